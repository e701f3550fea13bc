#!/bin/bash
# Runs the tests in Rust, and those in C with the library, under AddressSanitizer: what reads or writes where it may not,
# and what is never freed.
#   tests/sanitize.sh
#
# Needs rustup's nightly toolchain, and says how to get it. Takes some minutes.
set -eu
cd "$(dirname "$0")/.."

if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "The nightly toolchain is missing: rustup toolchain install nightly --profile minimal" >&2
    exit 1
fi
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}/address

# Tests of values only, with millions of measurements, are left to 'make test': they have no threads and no unsafe code.
cargo +nightly test --no-fail-fast --target "$host" --lib --test rust_api --test udp --test simulated_link

cargo +nightly build --lib --target "$host"
library=$CARGO_TARGET_DIR/$host/debug
# The name that programs look for.
ln -sf libsttp.so "$library/libsttp.so.0"
programs=$CARGO_TARGET_DIR/c
failed=0
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
exit $failed
