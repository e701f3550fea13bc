#!/bin/bash
# A publisher, an ingest, a NATS server, two relays and a subscriber of the second one, on this machine for some seconds.
#   demo_nats.sh FOLDER-OF-TOOLS PROGRAM
set -eu
tools=$1 program=$2

command -v nats-server >/dev/null || {
    echo "SKIPPED: the demonstration of NATS, because nats-server is missing (apt install nats-server)"
    exit 0
}
folder=$(mktemp -d)
started=() names=()
finish() {
    # The last one first, so that nobody misses anybody.
    for ((i = ${#started[@]} - 1; i >= 0; i--)); do
        kill "${started[i]}" 2>/dev/null || true
        wait "${started[i]}" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap finish EXIT
start() { # NAME COMMAND...
    local name=$1
    shift
    { "$@" & } >"$folder/$name.log" 2>&1
    started+=($!) names+=("$name")
}
# Fails if something that has to go on has ended.
all_run() {
    local i code
    for i in "${!started[@]}"; do
        if ! kill -0 "${started[i]}" 2>/dev/null; then
            code=0
            wait "${started[i]}" || code=$?
            echo "${names[i]} has ended, with exit code $code:" >&2
            cat "$folder/${names[i]}.log" >&2
            exit 1
        fi
    done
}
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
well() { # NAME PORT
    for _ in $(seq 1200); do
        if python3 -c 'import sys, urllib.request as r; r.urlopen(f"http://127.0.0.1:{sys.argv[1]}/health", timeout=1)' \
            "$2" 2>/dev/null; then return; fi
        all_run
        sleep 0.1
    done
    echo "$1 is not well:" >&2
    cat "$folder/$1.log" >&2
    exit 1
}

nats=$(port) publisher=$(port)
echo "a NATS server with JetStream at 127.0.0.1:$nats"
# As much as an ingest wants to be kept by default, which little of is used here.
echo 'jetstream { max_file_store: 100GB }' >"$folder/nats.conf"
start nats nats-server -c "$folder/nats.conf" -a 127.0.0.1 -p "$nats" -js -sd "$folder/nats"
echo "a publisher of 100 made-up signals, 30 times a second"
start publish "$tools/sttp-publish" --listen "127.0.0.1:$publisher" --signals 100 --rate 30
http=$(port)
echo "sttp-nats ingest: from the publisher to NATS"
start ingest "$program" ingest --nats "nats://127.0.0.1:$nats" --spool "$folder/spool" --http "127.0.0.1:$http" \
    --source "demo=server=127.0.0.1:$publisher; retryInterval=200"
well ingest "$http"
for relay in 1 2; do
    http=$(port) sttp=$(port)
    echo "sttp-nats serve: relay $relay, at 127.0.0.1:$sttp"
    start "serve$relay" "$program" serve --nats "nats://127.0.0.1:$nats" --http "127.0.0.1:$http" \
        --sttp "port=$sttp; interface=127.0.0.1"
    well "serve$relay" "$http"
done
received() { # FURTHER OPTIONS: how many measurements came
    "$tools/sttp-subscribe" "127.0.0.1:$sttp" "$@" --stats 2>"$folder/subscribe.log" >"$folder/subscribe.out" || {
        cat "$folder/subscribe.log" >&2
        exit 1
    }
    tail -n 1 "$folder/subscribe.log" | sed -n 's/.*"measurements":\([0-9]*\).*/\1/p'
}

live=$(received --count 6000)
echo "a subscriber of relay 2 received $live measurements as they came"
history=$(received --start '*-2s' --stop '*-1s' --processing-interval 0)
echo "and $history of one second again, from the history in NATS"
[ "$live" = 6000 ] && [ "$history" -ge 2700 ] || {
    echo "which is not what was published" >&2
    exit 1
}
