#!/bin/sh
# Builds the programs on goapi into a folder: build.sh FOLDER. Each folder beside this file is a program.
#
# Exits with 77 and says why when there is no Go tool chain or goapi cannot be downloaded.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)

if ! command -v go >/dev/null; then
    echo "build.sh: no go: install it (apt install golang-go) to compare with goapi" >&2
    exit 77
fi
# The module is built in a copy, because the sums of what is downloaded are noted beside it.
rm -rf "$out/source"
cp -R "$here" "$out/source"
cd "$out/source"
if ! go mod tidy 2>"$out/download.log"; then
    cat "$out/download.log" >&2
    echo "build.sh: goapi cannot be downloaded: the Go module proxy (GOPROXY) does not give it" >&2
    exit 77
fi
go build -o "$out/" ./...
