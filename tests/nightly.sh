#!/usr/bin/env bash
# The long tests, beside run.sh: nightly.sh [all | fuzz [SECONDS PER TARGET] | model | faults | bench | scale]...
#
#   fuzz    coverage-guided fuzzing of every target of fuzz/, 600 seconds each; needs a nightly toolchain
#   model   random sequences of every command against the model, and races of several sessions
#   faults  kill -9, power loss and damage in the numbers below, and the differential parser test
#   bench   the store's and the whole server's benchmarks
#   scale   a million names in the store, a zone of 100,000
#
# Without arguments: all. Each part prints its figures; the first failure ends the run. The differential test and
# the walks use what run.sh installed.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p target
export HKEPP_TEST_PYTHON="${HKEPP_TEST_PYTHON:-$PWD/target/test-venv/bin/python}"

# A day's worth; the environment overrides.
export HKEPP_KILL_ROUNDS="${HKEPP_KILL_ROUNDS:-1000}"
export HKEPP_POWER_ROUNDS="${HKEPP_POWER_ROUNDS:-200}"
export HKEPP_DAMAGE_TRIALS="${HKEPP_DAMAGE_TRIALS:-3000}"
export HKEPP_RACES="${HKEPP_RACES:-100000}"
export HKEPP_MODEL_SEQUENCES="${HKEPP_MODEL_SEQUENCES:-100000}"
export HKEPP_MODEL_SEED="${HKEPP_MODEL_SEED:-$(date +%Y%m%d)}"
export HKEPP_CREATE_RACES="${HKEPP_CREATE_RACES:-20000}"
export HKEPP_RACE_SEQUENCES="${HKEPP_RACE_SEQUENCES:-3000}"
export HKEPP_PAIR_ROUNDS="${HKEPP_PAIR_ROUNDS:-1000}"
export HKEPP_ZONE_NAMES="${HKEPP_ZONE_NAMES:-100000}"
export HKEPP_DIFFERENTIAL="${HKEPP_DIFFERENTIAL:-1000000}"

step() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }

fuzz() {
    local seconds="$1" target
    step "fuzz: tools"
    cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked --quiet
    for target in $(cargo +nightly fuzz list); do
        step "fuzz: $target, $seconds s"
        # What is found on the way stays in target/; fuzz/corpus holds what is worth keeping.
        local found="target/fuzz-corpus/$target" inputs=("fuzz/corpus/$target")
        mkdir -p "$found"
        case "$target" in xml | command) inputs+=(tests/data) ;; esac
        # No sanitizer: this code is safe Rust, and the time is better spent on more inputs.
        cargo +nightly fuzz run --sanitizer none "$target" "$found" "${inputs[@]}" -- \
            -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=5 -print_final_stats=1 2>&1 |
            tee "target/fuzz-$target.log" | grep -E '^(stat::|Done |SUMMARY|==[0-9]+==|thread )|panicked' || true
        # The pipe's status is grep's; the log tells whether the run came to its end.
        grep -q '^Done ' "target/fuzz-$target.log" || { tail -n 40 "target/fuzz-$target.log"; return 1; }
    done
}

model() {
    step "model: $HKEPP_MODEL_SEQUENCES sequences, races $HKEPP_CREATE_RACES"
    cargo test --locked --release --test model -- --nocapture --test-threads 1
}

faults() {
    step "faults: kill $HKEPP_KILL_ROUNDS, power $HKEPP_POWER_ROUNDS, damage $HKEPP_DAMAGE_TRIALS, races $HKEPP_RACES"
    cargo test --locked --release --test faults --test store -- --nocapture --test-threads 1
    step "faults: $HKEPP_DIFFERENTIAL documents against libxml2"
    cargo test --locked --release --test differential -- --nocapture
}

bench() {
    step "bench: store"
    cargo bench --locked --bench store
    step "bench: load"
    cargo bench --locked --bench load -- --assert
    step "bench: start of a new sandbox"
    cargo test --locked --release --test interop start_of -- --nocapture
}

scale() {
    step "scale: a million names in the store, and the index rebuilt"
    HKEPP_BENCH_SECONDS=1 HKEPP_BENCH_NAMES=1000000 cargo bench --locked --bench store
    step "scale: a zone of $HKEPP_ZONE_NAMES names"
    cargo test --locked --release --test admin export_of_many -- --nocapture
}

[ "$#" -gt 0 ] || set -- all
while [ "$#" -gt 0 ]; do
    part="$1"
    shift
    case "$part" in
        fuzz)
            seconds=600
            if [[ "${1:-}" =~ ^[0-9]+$ ]]; then seconds="$1"; shift; fi
            fuzz "$seconds"
            ;;
        model | faults | bench | scale) "$part" ;;
        all) fuzz 600; model; faults; bench; scale ;;
        *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done
step "done"
