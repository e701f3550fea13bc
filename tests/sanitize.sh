#!/bin/bash
# Runs the tests under the sanitizers of the nightly compiler: what reads or writes where it may not, leaks, or races.
#   tests/sanitize.sh [address|thread|miri]...     all three if none is named
#
# address  the tests in Rust, and those in C with the library, under AddressSanitizer, leaks included
# thread   the tests in Rust under ThreadSanitizer, the standard library built anew for it
# miri     the modules with unsafe code that calls no system, interpreted, so that every access is checked
#
# Needs rustup's nightly toolchain with rust-src and miri, and says how to get it. Takes some minutes each.
set -eu
cd "$(dirname "$0")/.."

target_folder=${CARGO_TARGET_DIR:-$PWD/target}
host=$(rustc -vV | sed -n 's/^host: //p')

if ! cargo +nightly --version >/dev/null 2>&1 || ! cargo +nightly miri --version >/dev/null 2>&1; then
    echo "The nightly toolchain is missing: rustup toolchain install nightly --profile minimal -c rust-src -c miri" >&2
    exit 1
fi

# Tests of values only, with millions of measurements, are left to 'make test': they have no threads and no unsafe code.
rust_tests=(--lib --test rust_api --test udp --test simulated_link)

# Where the library has unsafe code of its own beside system calls.
interpreted=(capi::filter capi::metadata capi::metadata_builder capi::settings capi::shared)

sanitize_address() {
    export RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR=$target_folder/address
    cargo +nightly test --no-fail-fast --target "$host" "${rust_tests[@]}"
    cargo +nightly build --lib --target "$host"
    local folder=$CARGO_TARGET_DIR/c library=$CARGO_TARGET_DIR/$host/debug
    mkdir -p "$folder"
    for source in tests/c/test_*.c; do
        local program
        program=$folder/$(basename "$source" .c)
        "${CC:-cc}" -std=c99 -g -O1 -fsanitize=address -D_POSIX_C_SOURCE=200809L -Iinclude -Itests/c "$source" \
            -o "$program" -L"$library" -lsttp -pthread -lm
        echo "$(basename "$source"): $(LD_LIBRARY_PATH=$library timeout 600 "$program" | tail -n 1)"
    done
}

sanitize_thread() {
    RUSTFLAGS=-Zsanitizer=thread CARGO_TARGET_DIR=$target_folder/thread \
        cargo +nightly test --no-fail-fast -Zbuild-std --target "$host" "${rust_tests[@]}"
}

sanitize_miri() {
    CARGO_TARGET_DIR=$target_folder/miri MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test --lib -- \
        "${interpreted[@]}"
}

[ $# -gt 0 ] || set -- address thread miri
for what in "$@"; do
    (set -o pipefail && "sanitize_$what")
done
