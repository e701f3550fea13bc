#!/bin/bash
# Runs sttp-publish and sttp-subscribe against each other on a free loopback port and sums up what they counted.
#   demo.sh BIN_DIRECTORY [SECONDS]
set -eu

bin=${1:?usage: demo.sh BIN_DIRECTORY [SECONDS]}
seconds=${2:-${DEMO_SECONDS:-12}}
work=$(mktemp -d)
publisher=
cleanup() {
    if [ -n "$publisher" ]; then
        kill "$publisher" 2>/dev/null || true
        wait "$publisher" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap cleanup EXIT

# This shell opens the files, so that they are there when they are read.
{ "$bin/sttp-publish" --listen 127.0.0.1:0 --stats & } >"$work/publisher.out" 2>"$work/publisher.err"
publisher=$!

# Port 0 is a free port of the system's choice, which the publisher's first line tells.
address=
while [ -z "$address" ]; do
    if ! kill -0 "$publisher" 2>/dev/null; then
        cat "$work/publisher.err" >&2
        exit 1
    fi
    sleep 0.1
    address=$(sed -n 's/^Publishing .* on //p' "$work/publisher.out")
done

echo "Publisher:  sttp-publish --listen $address"
echo "Subscriber: sttp-subscribe $address --duration $seconds"
echo
"$bin/sttp-subscribe" "$address" --duration "$seconds" --stats 2>"$work/subscriber.err" || {
    cat "$work/subscriber.err" "$work/publisher.err" >&2
    exit 1
}

kill -TERM "$publisher"
wait "$publisher" || {
    cat "$work/publisher.err" >&2
    exit 1
}
publisher=

member() { # FILE NAME: a number of the JSON object that --stats wrote last
    tail -n 1 "$1" | sed -n "s/.*\"$2\":\([0-9.]*\).*/\1/p"
}

received=$(member "$work/subscriber.err" measurements)
echo
echo "Received $received measurements in $(member "$work/subscriber.err" seconds) seconds:" \
    "$(member "$work/subscriber.err" bytes_received) bytes," \
    "$(member "$work/subscriber.err" cpu_seconds) seconds of processor time."
# A count of the one connection.
connection() { # NAME
    tail -n 1 "$work/publisher.err" | sed 's/.*"connections":\[//' | grep -oE "\"$1\":[0-9]+" | head -n 1 | cut -d : -f 2
}

echo "The publisher sent $(connection measurements_sent) to this connection, $(connection measurements_dropped) were dropped."
[ "$received" -gt 0 ] || {
    echo "Nothing was received." >&2
    exit 1
}
