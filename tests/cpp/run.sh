#!/bin/bash
# Installs to a scratch prefix, and compiles and runs the C++ tests against that: each file of its own as C++17 with
# g++, under valgrind, too; and all in one as C++20 and with clang++. The last line counts all checks.
#   run.sh [PREFIX]      a prefix where the library is installed already
set -eu
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=${1:-$work/prefix}
[ $# -gt 0 ] || make --no-print-directory install PREFIX="$prefix" LIBDIR=lib DESTDIR= >"$work/install.log" 2>&1 || {
    cat "$work/install.log"
    exit 1
}
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
sources=(main test_data test_session test_metadata test_handles test_c37118 test_block_links)
strict=(-Wall -Wextra -Wconversion -Wshadow -Werror -pedantic -pthread -Itests/cpp)
read -ra flags <<<"$(pkg-config --cflags sttp)"
read -ra link <<<"$(pkg-config --libs sttp)"
passed=0
failed=0

# Counts what the last line of a test program says; an exit without such a line is a failure.
run() { # TITLE COMMAND...
    local title=$1 code=0 last more=0 wrong=1
    shift
    "$@" >"$work/output" 2>"$work/errors" || code=$?
    last=$(tail -n 1 "$work/output")
    if [[ $last =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        more=${BASH_REMATCH[1]}
        wrong=${BASH_REMATCH[2]}
        [ $code -eq 0 ] || [ "$wrong" != 0 ] || wrong=1
    fi
    echo "$title: $last$([ $code -eq 0 ] || echo ", exit code $code")"
    [ $code -eq 0 ] || cat "$work/errors"
    passed=$((passed + more))
    failed=$((failed + wrong))
}

# One file that has all, because most of the time goes into reading the headers.
for source in "${sources[@]}"; do
    echo "#include \"$source.cpp\""
done >"$work/all.cpp"
whole() { # NAME COMPILER...
    local name=$1
    shift
    "$@" "${strict[@]}" "${flags[@]}" "$work/all.cpp" -o "$work/$name" "${link[@]}" 2>"$work/$name.errors" || {
        cat "$work/$name.errors"
        return 1
    }
}

gcc=${CXX:-g++}
printf '%s\n' "${sources[@]}" | xargs -P 2 -I{} \
    "$gcc" -std=c++17 -g -O1 "${strict[@]}" "${flags[@]}" -c tests/cpp/{}.cpp -o "$work/{}.o"
"$gcc" -pthread "$work"/*.o -o "$work/gcc17" "${link[@]}"
whole gcc20 "$gcc" -std=c++20 &
gcc20=$!
run "g++, C++17" timeout 300 "$work/gcc17"
wait $gcc20
if command -v clang++ >/dev/null; then
    whole clang17 clang++ -std=c++17 &
    clang17=$!
    whole clang20 clang++ -std=c++20 &
    clang20=$!
fi
run "g++, C++20" timeout 300 "$work/gcc20"
# The assembly of the cryptography reckons with whole registers, also where only a part of them was set.
valgrind=(timeout 600 valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect --error-exitcode=99
    --errors-for-leak-kinds=definite,indirect --fair-sched=yes)
run "valgrind" "${valgrind[@]}" "$work/gcc17" -tls
run "valgrind, TLS" "${valgrind[@]}" --undef-value-errors=no "$work/gcc17" tls
if command -v clang++ >/dev/null; then
    wait $clang17
    wait $clang20
    run "clang++, C++17" timeout 300 "$work/clang17"
    run "clang++, C++20" timeout 300 "$work/clang20"
else
    echo "SKIPPED: the C++ tests with clang++, which is not there (apt install clang)"
fi

echo "C++ tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
