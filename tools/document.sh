#!/bin/bash
# Prints docs/tools.md with the tables of options that the tools themselves have.
#   document.sh BIN_DIRECTORY DOCS_TOOLS_MD
set -eu

bin=${1:?usage: document.sh BIN_DIRECTORY DOCS_TOOLS_MD}
page=${2:?usage: document.sh BIN_DIRECTORY DOCS_TOOLS_MD}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each section of a tool as a file of its own, named as the page's marks name it.
for tool in sttp-publish sttp-subscribe sttp-metadata sttp-relay "sttp-c37118 show" "sttp-c37118 publish" "sttp-c37118 serve" \
    "sttp-c37118 relay in" "sttp-c37118 relay out"; do
    # shellcheck disable=SC2086 # a program and its command
    "$bin"/$tool --help=markdown | awk -v folder="$work" -v tool="$tool" '
        /^### / { file = folder "/" tool ": " substr($0, 5); next }
        /^\|/ { print >file }'
done

awk -v folder="$work" '
    /^<!-- end -->$/ { inside = 0 }
    !inside { print }
    /^<!-- sttp-/ {
        inside = 1
        file = folder "/" substr($0, 6, length($0) - 9)
        while ((getline row <file) > 0) print row
    }' "$page"

# Nothing may be missing; what all have stands there once.
for section in "$work"/*; do
    name=$(basename "$section")
    if [[ $name != *": In general" ]] && ! grep -qxF -- "<!-- $name -->" "$page"; then
        echo "$page has no place for the options of $name" >&2
        exit 1
    fi
done
