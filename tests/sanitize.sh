#!/bin/bash
# Runs tests under what finds mistakes that do not show by themselves, with the nightly compiler. Takes some minutes each.
#   tests/sanitize.sh [address] [thread] [miri]      all of them, unless some are named
#
# address  AddressSanitizer, over the tests in Rust and those in C: what reads or writes where it may not, and what is
#          never freed.
# thread   ThreadSanitizer, over the tests in Rust that have threads, with a standard library that is built for it:
#          what two threads access at the same time without a rule.
# miri     Unit tests of the C API, where the unsafe code is: undefined behaviour of any kind, as far as a run shows it.
#          What else is unsafe, in src/engine and src/host, are calls of the system, which Miri does not know; nor does it
#          reach what the C tests alone call. Takes a quarter of an hour.
set -eu
cd "$(dirname "$0")/.."

need() { # COMPONENT FOLDER-OR-PROGRAM
    [ -e "$(rustc +nightly --print sysroot)/$2" ] && return
    echo "The component $1 is missing: rustup component add $1 --toolchain nightly" >&2
    exit 1
}

address() {
    export RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR=$target/address
    # Tests of values only, with millions of measurements, are left to 'make test': they have no threads and no unsafe code.
    failed=0
    tests=(--lib --test rust_api --test udp --test tls --test block_link --test simulated_link)
    cargo +nightly test --no-fail-fast --target "$host" "${tests[@]}" || failed=1

    cargo +nightly build --lib --target "$host"
    library=$CARGO_TARGET_DIR/$host/debug
    # The name that programs look for.
    ln -sf libsttp.so "$library/libsttp.so.0"
    programs=$CARGO_TARGET_DIR/c
    mkdir -p "$programs"
    for source in tests/c/test_*.c; do
        name=$(basename "$source" .c)
        "${CC:-cc}" -std=c99 -g -O1 -fsanitize=address -D_POSIX_C_SOURCE=200809L -Iinclude -Itests/c "$source" \
            -o "$programs/$name" -L"$library" -lsttp -pthread -lm
        if LD_LIBRARY_PATH=$library timeout 600 "$programs/$name" >"$programs/$name.output" 2>&1; then
            echo "$name: $(tail -n 1 "$programs/$name.output")"
        else
            cat "$programs/$name.output"
            echo "$name failed" >&2
            failed=1
        fi
    done
    return $failed
}

thread() {
    need rust-src lib/rustlib/src/rust/library/Cargo.lock
    export RUSTFLAGS=-Zsanitizer=thread CARGO_TARGET_DIR=$target/thread
    test=(cargo +nightly test --no-fail-fast -Zbuild-std --target "$host")
    # The parts that have threads, or are called by several.
    "${test[@]}" --lib -- c37118:: capi:: engine:: gateway:: host:: publisher:: rights:: session:: subscriber:: tls::
    "${test[@]}" --test rust_api --test udp --test tls --test block_link
    # Its drivers have workers; some seeds are enough to meet all of them.
    STTP_SEEDS=0..30 "${test[@]}" --test simulated_link
}

miri() {
    need miri bin/miri
    # Clocks are those of the machine, which tests of time-outs look at; and what is computed is compared exactly.
    export MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-deterministic-floats" CARGO_TARGET_DIR=$target/miri
    # Some thousand times slower than otherwise, what is left out too slow to wait for.
    PROPTEST_CASES=4 cargo +nightly miri test --no-fail-fast --lib -- capi:: --skip many_threads_call
}

if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "The nightly toolchain is missing: rustup toolchain install nightly --profile minimal" >&2
    exit 1
fi
host=$(rustc -vV | sed -n 's/^host: //p')
# Tests over sockets wait longer, or ask for less, as tests/patience tells.
export STTP_TEST_SLOWNESS=10
target=${CARGO_TARGET_DIR:-$PWD/target}

[ $# -gt 0 ] || set -- address thread miri
for part in "$@"; do
    case $part in
    address | thread | miri) ;;
    *) echo "usage: tests/sanitize.sh [address] [thread] [miri]" >&2 && exit 2 ;;
    esac
done
for part in "$@"; do
    echo "== $part"
    ("$part")
done
