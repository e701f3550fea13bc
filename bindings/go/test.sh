#!/bin/bash
# Installs to a scratch prefix, and tests the Go package against that: style, vet, all tests and examples with the race
# detector, and the example programs. With sttpapi, where STTP_TEST_PYTHON names a Python that has it.
#   test.sh [PREFIX]      a prefix where the library is installed already
set -eu
cd "$(dirname "$0")/../.."
. tests/c/check.sh

export GOTOOLCHAIN=local
if ! go=$(tests/go.sh 2>&1); then
    echo "SKIPPED: the Go tests: $go"
    exit 0
fi
PATH=$(dirname "$go"):$PATH
# Without the tests with sttpapi, go by itself compiles and runs all others.
tags=()
if [ -n "${STTP_TEST_PYTHON:-}" ]; then
    tags=(-tags interop)
else
    echo "SKIPPED: Go with sttpapi, because STTP_TEST_PYTHON does not name a Python that has it"
fi

work=$(mktemp -d)
publisher=
trap '[ -z "$publisher" ] || kill "$publisher"; rm -rf "$work"' EXIT
prefix=${1:-$PWD/target/go-prefix}
[ $# -gt 0 ] || rm -rf "$prefix"
[ $# -gt 0 ] || make --no-print-directory install PREFIX="$prefix" LIBDIR=lib DESTDIR= >"$work/install.log" 2>&1 || {
    cat "$work/install.log"
    exit 1
}
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
# What was compiled earlier is used again, also when pkg-config or the header says something else, unless these change.
header=$(sha256sum "$prefix/include/sttp.h" | cut -c 1-16)
export CGO_CFLAGS="-O2 -g -DSTTP_HEADER=0x$header" CGO_LDFLAGS="-O2 -g -L$prefix/lib"
cd bindings/go

unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || {
    echo "not formatted as gofmt does: $unformatted" >&2
    exit 1
}
go vet "${tags[@]}" ./...
go test "${tags[@]}" -race -count=1 -timeout 5m .

# What pages show: each block as a function of a program that uses the package.
mkdir "$work/pages"
awk -v folder="$work/pages" '
    /^```go$/ {
        block = sprintf("%s/block%02d.go", folder, ++number)
        print "package pages\n\nimport (\n\t\"context\"\n\t\"fmt\"\n" >block
        print "\tsttp \"github.com/sttp/libsttp/bindings/go\"\n)\n\nvar _ = fmt.Println\n" >block
        print "func block" number "(ctx context.Context, metadata *sttp.Metadata) error {" >block
        next
    }
    /^```$/ && block { print "\treturn nil\n}" >block; close(block); block = "" }
    block { print >block }' README.md ../../docs/bindings.md
printf 'module pages\n\ngo %s\n\nrequire github.com/sttp/libsttp/bindings/go v0.0.0\n\nreplace github.com/sttp/libsttp/bindings/go => %s\n' \
    "$(sed -n 's/^go //p' go.mod)" "$PWD" >"$work/pages/go.mod"
(cd "$work/pages" && go build -buildvcs=false .)

# The example programs, with each other.
go build -buildvcs=false -o "$work/bin/" ./examples/...
in_background publish "$work/bin/publish" 127.0.0.1:0
publisher=$!
await_line "$work/publish.out" "^listening on " "$publisher" >&2 || {
    cat "$work/publish.err" >&2
    exit 1
}
address=$(sed -n 's/^listening on //p' "$work/publish.out")
timeout 120 "$work/bin/subscribe" "$address" "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'" 3 >"$work/subscribe.log" 2>"$work/messages.log" || {
    cat "$work/publish.out" "$work/publish.err" "$work/messages.log"
    exit 1
}
grep -qE '^20[0-9-]+T[0-9:.]+Z [A-Z].* (59|60)\.[0-9]+ $' "$work/subscribe.log" || {
    echo "the example subscriber has printed no frequency" >&2
    head "$work/subscribe.log" "$work/messages.log" >&2
    exit 1
}
kill "$publisher"
publisher=
echo "Go: all tests have passed, with $(go env GOVERSION)"
