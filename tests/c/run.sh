#!/bin/bash
# Compiles every test_*.c as C99 and as C++17 against build/lib and include/, and runs each build, the C one once more
# under valgrind; two at a time, because most of them wait most of the time. The last line counts all checks.
#   run.sh [TEST...]     for instance: run.sh test_loopback
set -eu
cd "$(dirname "$0")/../.."

out=build/tests/c
at_once=2
mkdir -p $out
export LD_LIBRARY_PATH=$PWD/build/lib
strict=(-Wall -Wextra -Werror -pedantic -g -O1 -D_POSIX_C_SOURCE=200809L -Iinclude -Itests/c)
link=(-Lbuild/lib -lsttp -pthread -lm)
valgrind=(valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect --error-exitcode=99
    --errors-for-leak-kinds=definite,indirect --fair-sched=yes)

# Runs a test, and leaves in NAME.counts what its last line counts; an exit without such a line is a failure.
run() { # TITLE NAME COMMAND...
    local title=$1 name=$2 code=0 last passed=0 failed=1
    shift 2
    "$@" >"$out/$name.output" 2>"$out/$name.errors" || code=$?
    last=$(tail -n 1 "$out/$name.output")
    if [[ $last =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=${BASH_REMATCH[1]}
        failed=${BASH_REMATCH[2]}
        [ $code -eq 0 ] || [ "$failed" != 0 ] || failed=1
    else
        last="no result"
    fi
    echo "$passed $failed" >"$out/$name.counts"
    echo "$title: $last$([ $code -eq 0 ] || echo ", exit code $code")"
    [ $code -eq 0 ] || cat "$out/$name.errors"
}

begin() { # as run
    while [ "$(jobs -rp | wc -l)" -ge $at_once ]; do
        wait -n
    done
    run "$@" &
}

tests=("$@")
if [ ${#tests[@]} -eq 0 ]; then
    for source in tests/c/test_*.c; do
        tests+=("$(basename "$source" .c)")
    done
fi
rm -f $out/*.counts
for test in "${tests[@]}"; do
    "${CC:-cc}" -std=c99 "${strict[@]}" "tests/c/$test.c" -o "$out/$test" "${link[@]}"
    "${CXX:-c++}" -x c++ -std=c++17 "${strict[@]}" "tests/c/$test.c" -o "$out/$test-cxx" "${link[@]}"
    begin "C99" "$test" timeout 300 "$out/$test"
    begin "C++17" "$test-cxx" timeout 300 "$out/$test-cxx"
    begin "valgrind" "$test-valgrind" timeout 600 "${valgrind[@]}" "$out/$test"
done
wait

passed=0
failed=0
for test in "${tests[@]}"; do
    for way in "" -cxx -valgrind; do
        read -r more_passed more_failed <"$out/$test$way.counts"
        passed=$((passed + more_passed))
        failed=$((failed + more_failed))
    done
done
echo "C tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
