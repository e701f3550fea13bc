#!/bin/bash
# Fuzzes with the stable compiler: each target for so many seconds, starting from the seeds, one on each processor; 0 never ends.
#
#     fuzz/run.sh SECONDS [TARGET...]
#     fuzz/run.sh --build [TARGET...]       only compiles
#
# An input that fails is left in fuzz/artifacts/TARGET. What libFuzzer finds new is kept for the next run, below the
# target directory. With the nightly compiler, cargo-fuzz runs the same targets: cargo +nightly fuzz run TARGET
set -eu
cd "$(dirname "$0")"

seconds=$1
shift
[ $# -gt 0 ] || set -- $(cd fuzz_targets && ls | sed 's/\.rs$//')

command -v g++ >/dev/null || { echo "A C++ compiler (g++) is missing. Install it: apt install g++" >&2; exit 1; }
host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/../target}/fuzz
# What cargo-fuzz asks of the compiler, without the address sanitizer, which only nightly compilers have and which the
# fuzzed parts, being without unsafe code, do not need.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares"
${CARGO:-cargo} build --release --target "$host" $(printf -- '--bin %s ' "$@")
[ "$seconds" != --build ] || exit 0

export seconds programs=$CARGO_TARGET_DIR/$host/release found=$CARGO_TARGET_DIR/corpus
fuzz_one() {
    mkdir -p "$found/$1" "artifacts/$1"
    log=$found/$1.log
    if "$programs/$1" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 -verbosity=1 -print_final_stats=1 \
        -artifact_prefix="artifacts/$1/" "$found/$1" "corpus/$1" >"$log" 2>&1; then
        echo "$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs passed"
    else
        tail -n 40 "$log"
        echo "$1 failed: the input is in fuzz/artifacts/$1, the whole output in $log" >&2
        return 1
    fi
}
export -f fuzz_one
printf '%s\n' "$@" | xargs -P "$(nproc)" -I TARGET bash -c 'fuzz_one TARGET' || exit 1
