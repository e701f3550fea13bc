#!/bin/sh
# Writes the path of a Go compiler that is new enough for the Go package; else one line that says what to install, and
# fails.
set -eu
cd "$(dirname "$0")/.."

wanted=$(sed -n 's/^go //p' bindings/go/go.mod)
for go in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
    [ -x "$go" ] || continue
    have=$(GOTOOLCHAIN=local "$go" env GOVERSION | sed 's/^go//')
    if [ "$(printf '%s\n' "$wanted" "$have" | sort -V | head -n 1)" = "$wanted" ]; then
        echo "$go"
        exit 0
    fi
done
echo "Go $wanted or later is missing${have:+, there is only $have} (https://go.dev/dl, or on Debian 12: apt install -t bookworm-backports golang-go)" >&2
exit 1
