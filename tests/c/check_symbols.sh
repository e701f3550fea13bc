#!/bin/bash
# The shared library exports exactly the functions in tests/abi/symbols.txt, and the header declares exactly these.
#   check_symbols.sh LIBRARY
set -eu
cd "$(dirname "$0")/../.."

library=${1:?usage: check_symbols.sh LIBRARY}
list=tests/abi/symbols.txt
failed=0

compare() { # WHAT: the names on standard input against the list
    if ! diff -u --label $list --label "$1" $list -; then
        failed=$((failed + 1))
    fi
}

nm --dynamic --defined-only "$library" | awk '{ print $3 }' | LC_ALL=C sort | compare "exported by $library"
grep -v '^ *[/*]' include/sttp.h | grep -o '\bsttp_[a-z0-9_]*(' | tr -d '(' | LC_ALL=C sort -u |
    compare "declared in include/sttp.h"

if [ $failed -gt 0 ]; then
    echo "If the change of the interface is wanted, update the list:" >&2
    echo "  nm --dynamic --defined-only $library | awk '{ print \$3 }' | LC_ALL=C sort > $list" >&2
fi
echo "Symbols: $((2 - failed)) passed, $failed failed"
[ $failed -eq 0 ]
