#!/bin/bash
# Compiles every test_*.c as C99 and as C++17 against build/lib and include/, and runs each build, the C one once more
# under valgrind. The last line counts all checks.
#   run.sh [TEST...]     for instance: run.sh test_loopback
set -eu
cd "$(dirname "$0")/../.."

out=build/tests/c
mkdir -p $out
export LD_LIBRARY_PATH=$PWD/build/lib
strict=(-Wall -Wextra -Werror -pedantic -g -O1 -D_POSIX_C_SOURCE=200809L -Iinclude -Itests/c)
link=(-Lbuild/lib -lsttp -pthread -lm)
valgrind=(valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect --error-exitcode=99
    --errors-for-leak-kinds=definite,indirect --fair-sched=yes)
passed=0
failed=0

# Runs a test, adds what its last line counts, and counts an exit without such a line as a failure.
run() { # TITLE COMMAND...
    local title=$1 code=0 last
    shift
    "$@" >$out/output 2>$out/errors || code=$?
    last=$(tail -n 1 $out/output)
    if [[ $last =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        if [ $code -ne 0 ] && [ "${BASH_REMATCH[2]}" = 0 ]; then
            failed=$((failed + 1))
        fi
    else
        failed=$((failed + 1))
        last="no result"
    fi
    echo "$title: $last$([ $code -eq 0 ] || echo ", exit code $code")"
    [ $code -eq 0 ] || cat $out/errors
}

tests=("$@")
if [ ${#tests[@]} -eq 0 ]; then
    for source in tests/c/test_*.c; do
        tests+=("$(basename "$source" .c)")
    done
fi
for test in "${tests[@]}"; do
    "${CC:-cc}" -std=c99 "${strict[@]}" "tests/c/$test.c" -o "$out/$test" "${link[@]}"
    "${CXX:-c++}" -x c++ -std=c++17 "${strict[@]}" "tests/c/$test.c" -o "$out/$test-cxx" "${link[@]}"
    run "C99" timeout 300 "$out/$test"
    run "C++17" timeout 300 "$out/$test-cxx"
    run "valgrind" timeout 600 "${valgrind[@]}" "$out/$test"
done
echo "C tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
