#!/bin/bash
# The guide's examples do what it says: those of its page about filters, the README's program, which it begins with, and
# the programs in Rust; the names that its pages about other libraries give are there.
#   run.sh BIN_DIRECTORY RUST_EXAMPLES_DIRECTORY
# Its commands are run by tests/c/docs_test.sh, its other programs by tests/c/examples_test.sh and the tests of each
# language.
set -eu

bin=$(cd "${1:?usage: run.sh BIN_DIRECTORY RUST_EXAMPLES_DIRECTORY}" && pwd)
rust=$(cd "${2:?usage: run.sh BIN_DIRECTORY RUST_EXAMPLES_DIRECTORY}" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
publisher=
example=
trap 'for child in $publisher $example; do kill "$child"; done; rm -rf "$work"' EXIT
. "$root/tests/c/check.sh"
. "$root/tests/c/tool_check.sh"

# As the guide says it, but for the port.
build_first_program() { # PORT
    sed -n '/^```c$/,/^```$/p' "$root/README.md" | sed '/^```/d' | sed "s/7175/$1/" >"$work/first.c"
    "${CC:-cc}" "$work/first.c" -I"$root/include" -L"$bin/../lib" -Wl,-rpath,"$bin/../lib" -lsttp -o "$work/first"
}

free_port() {
    "$bin/sttp-publish" --listen 127.0.0.1:0 --rate 0 --frames 1 2>/dev/null | sed -n 's/.* on 127.0.0.1://p'
}

# Without a publisher it says so and what to do; when there is one, measurements come, and Enter ends it.
check_first_program() {
    local port
    port=$(free_port)
    check "the README's program compiles" build_first_program "$port"
    mkfifo "$work/keys"
    { stdbuf -oL "$work/first" <"$work/keys" & } >"$work/first.out" 2>"$work/first.err"
    example=$!
    exec 3>"$work/keys"
    check "what it says without a publisher" await_line "$work/first.err" \
        "^cannot connect to 127.0.0.1:$port; check that a publisher listens there: Connection refused" $example
    start_publisher_at --listen "127.0.0.1:$port" 3>&-
    check "its measurements" await_line "$work/first.out" "^[0-9][0-9]* measurements, the first is [0-9.]*$" $example
    echo >&3
    exec 3>&-
    check "its end" wait $example
    example=
    kill -TERM $publisher
    check "the publisher's end" end_publisher 0
}

# One publishes a frequency, the other prints what it gets until it is told to end.
check_rust() {
    local address
    address=127.0.0.1:$(free_port)
    in_background rust_publish "$rust/publish" "$address"
    publisher=$!
    in_background rust_subscribe stdbuf -oL "$rust/subscribe" "$address"
    example=$!
    check "measurements from Rust to Rust" await_line "$work/rust_subscribe.out" \
        "^20[0-9TZ:.-]* [0-9a-f-]* [56][0-9.]*$" $example
    check "the publisher in Rust goes on" kill $publisher
    check "the subscriber in Rust goes on" kill $example
    wait $publisher $example || true
    publisher=
    example=
}

# Programs in C++ that pages show.
check_cpp() {
    local page=$1
    awk -v folder="$work" '
        /^```cpp$/ { block = sprintf("%s/block-%02d.cpp", folder, ++number); next }
        /^```$/ { block = ""; next }
        block != "" { print >block }' "$page"
    for block in "$work"/block-*.cpp; do
        check "C++ of $(basename "$page")" \
            "${CXX:-c++}" -std=c++17 -Wall -Wextra -Werror -fsyntax-only -I"$root/include" "$block"
    done
}

check_first_program
check_rust
check_cpp "$root/docs/bindings.md"
check "examples of the filter language" python3 "$root/tests/guide/filter_examples.py" "$root/docs/guide/filters.md" \
    "$bin" "$root/src/metadata/sample.xml"
tail -n 1 "$work/output"
check "names in pages about other libraries" python3 "$root/tests/guide/migration_names.py"
echo "Tests of the guide: $passed passed, $failed failed"
[ $failed -eq 0 ]
