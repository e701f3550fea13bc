#!/bin/bash
# Lets the installed tools publish and subscribe on this machine.
#   try_tools.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: try_tools.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
trap '[ -z "$publisher" ] || kill "$publisher" 2>/dev/null || true; rm -rf "$work"' EXIT

# This shell opens the file, so that it is there when it is read.
{ "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 10 --wait-subscribers 1 & } >"$work/publisher" 2>&1
publisher=$!
end=$((SECONDS + 120))
until address=$(grep -o -m 1 '127\.0\.0\.1:[0-9]*' "$work/publisher"); do
    kill -0 "$publisher" && [ $SECONDS -lt $end ] || { cat "$work/publisher" >&2 && exit 1; }
    sleep 0.05
done
timeout 120 "$bin/sttp-subscribe" "$address" --format csv --count 25 >"$work/received" || {
    cat "$work/publisher" "$work/received" >&2
    exit 1
}
# A line of names, then a line for each measurement.
[ "$(wc -l <"$work/received")" = 26 ]
"$bin/sttp-metadata" "$address" --signals True >"$work/signals"
[ "$(wc -l <"$work/signals")" = 10 ]
