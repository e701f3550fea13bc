#!/bin/bash
# Tries tests/wanted.sh with an apt-get, and a user, that are none.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/c/check.sh

says() { # NAME COMMANDS
    printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

wanted() { # CODE PATTERN COMMAND
    local code=0
    PATH=$work/bin:$PATH tests/wanted.sh "$3" some-package "some part" >"$work/told" 2>&1 || code=$?
    cat "$work/told"
    [ $code -eq "$1" ] && { [ -z "$2" ] || grep -q -- "$2" "$work/told"; }
}

mkdir "$work/bin"
says apt-get 'echo "no network" >&2; exit 100'
says id 'echo 0'
check "what is there is left alone" wanted 0 "" sh
check "root of a Debian has to get it" wanted 1 "cannot be installed: some-package" no-such-program
says apt-get 'exit 0'
check "and gets it" wanted 0 "Installing some-package" no-such-program
says id 'echo 1000'
check "others are told what is skipped" wanted 0 \
    "SKIPPED: some part, because no-such-program is missing (apt install some-package)" no-such-program

echo "Tests of what is wanted: $passed passed, $failed failed"
[ $failed -eq 0 ]
