#!/bin/bash
# Runs what README.md and pages of docs/ show: their commands do what they say, their output is that, their C compiles. The
# options of docs/tools.md are those that the tools have.
#   docs_test.sh BIN_DIRECTORY
set -eu

bin=$(cd "${1:?usage: docs_test.sh BIN_DIRECTORY}" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
background=
trap '[ -z "$background" ] || kill "$background"; rm -rf "$work"' EXIT
. "$root/tests/c/check.sh"
PATH=$bin:$PATH

# Every block of a language as a file of its own: LANGUAGE-PAGE-NUMBER.
extract() { # PAGE
    awk -v folder="$work" -v page="$(basename "$1" .md)" '
        /^```./ { block = sprintf("%s/%s-%s-%02d", folder, substr($0, 4), page, ++number); next }
        /^```$/ { block = ""; next }
        block != "" { print >block }' "$1"
}

free_port() {
    sttp-publish --listen 127.0.0.1:0 --rate 0 --frames 1 2>"$work/ignored" | sed -n 's/.* on 127.0.0.1://p'
}

# The page's ports become such that nobody uses.
use_free_ports() { # BLOCK
    local first second third
    first=$(free_port)
    second=$(free_port)
    third=$(free_port)
    sed -i "s/7175/$first/g; s/7176/$second/g; s/7177/$third/g" "$1"
}

# All commands of a block end well, also those in the background.
run_commands() { # BLOCK
    cd "$work"
    timeout 120 bash -eu -c ". '$1'; for job in \$(jobs -p); do wait \$job; done"
}

# Runs a command in the background until end_background, from when it has something to say.
start_background() { # COMMAND
    { bash -c "exec ${1%&}" & } >"$work/background" 2>&1
    background=$!
    await_line "$work/background" . "$background"
}

end_background() {
    [ -z "$background" ] || kill "$background"
    background=
}

# The lines after each '$ COMMAND' are what it says, in any order: some of it comes from another thread. Pages leave out
# the times and levels of the log.
compare_output() { # BLOCK
    local line
    : >"$work/said"
    grep -v '^\$ ' "$1" | sort >"$work/wanted"
    while IFS= read -r line; do
        case $line in
        '$ '*'&') start_background "${line#\$ }" ;;
        '$ '*) timeout 120 bash -c "${line#\$ }" >>"$work/said" 2>&1 || true ;;
        esac
    done <"$1"
    end_background
    sed -E 's/^20[0-9T:.-]+Z [A-Z]+ //' "$work/said" | sort | diff "$work/wanted" -
}

# Statements about a publisher and a subscriber, or handles of C37.118, as a function.
as_function() { # BLOCK
    printf '#include <sttp.h>\nvoid example(sttp_publisher *publisher, sttp_subscriber *subscriber);\n'
    printf 'void example(sttp_publisher *publisher, sttp_subscriber *subscriber) {\n'
    printf '(void)publisher;\n(void)subscriber;\n'
    printf 'sttp_c37118_input *input = NULL;\nsttp_c37118_output *output = NULL;\n'
    printf 'uint64_t device = 0, stream = 0;\n(void)input;\n(void)output;\n(void)device;\n(void)stream;\n'
    cat "$1"
    printf '}\n'
}

# A block is a program, or statements.
compile() { # BLOCK
    if grep -q '^int main' "$1"; then
        cp "$1" "$1.source.c"
    else
        as_function "$1" >"$1.source.c"
    fi
    "${CC:-cc}" -std=c99 -Wall -Wextra -Werror -pedantic -fsyntax-only -I"$root/include" "$1.source.c"
}

links_lead_somewhere() { # PAGE
    local part
    sed -n 's/^##* //p' "$1" | tr 'A-Z ' 'a-z-' >"$work/parts"
    for part in $(grep -o '](#[a-z-]*)' "$1" | sed 's/](#\(.*\))/\1/'); do
        grep -qx -- "$part" "$work/parts" || return 1
    done
}

# No table has a row twice.
tables_tell_once() { # PAGE
    awk '!/^\|/ { delete seen; next } /^\| *-/ { next } seen[$0]++ { print; twice = 1 } END { exit twice }' "$1"
}

check "options of the tools, which 'make docs' writes anew" \
    diff "$root/docs/tools.md" <("$root/tools/document.sh" "$bin" "$root/docs/tools.md")
for page in README docs/roles docs/tools docs/recordings docs/connection-strings docs/c37118 docs/guide/first-ten-minutes docs/guide/filters; do
    extract "$root/$page.md"
    check "links to parts of $page.md" links_lead_somewhere "$root/$page.md"
done
for page in "$root"/README.md "$root"/docs/*.md "$root"/docs/guide/*.md; do
    check "tables of $page" tables_tell_once "$page"
done
# README.md is read where the project is.
ln -s "$root/tests" "$work/tests"
for block in "$work"/sh-* "$work"/console-*; do
    use_free_ports "$block"
done
for block in "$work"/sh-*; do
    check "commands $(head -n 2 "$block" | tail -n 1)" run_commands "$block"
done
for block in "$work"/console-*; do
    check "output of $(head -n 1 "$block")" compare_output "$block"
done
for block in "$work"/c-*; do
    check "$(head -n 1 "$block")" compile "$block"
done
echo "Docs tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
