#!/bin/bash
# Tools that were built for another system, and those of this one, talk to each other on loopback: each publishes to the
# other, by TCP, by UDP, with TLS, by block links and through a relay.
#   peers.sh BIN_HERE BIN_THERE SUFFIX [RUNNER...]      what runs programs of the other system
set -eu

here=$(realpath "$1")
there=$(realpath "$2")
suffix=$3
shift 3
runner=("$@")
work=$(mktemp -d)
publisher=
relay=
trap 'stop_publisher; stop_relay; rm -rf "$work"' EXIT
fixtures=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../fixtures")
. "$(dirname "${BASH_SOURCE[0]}")/../c/check.sh"

# How a tool of a side is run; in $command.
# With an end, should a datagram be lost that is waited for.
choose() { # here|there TOOL
    if [ "$1" = here ]; then
        command=(timeout 600 "$here/$2")
    else
        command=(timeout 600 "${runner[@]}" "$there/$2$suffix")
    fi
}

# Runs a tool of a side.
at() { # here|there TOOL ARGUMENT...
    local command
    choose "$1" "$2"
    "${command[@]}" "${@:3}"
}

# Starts a publisher of a side, which is ended by a signal to its process, and so must not be a function's.
start_publisher() { # SIDE OPTION...
    local command
    stop_publisher
    choose "$1" sttp-publish
    in_background publisher "${command[@]}" "${@:2}"
    publisher=$!
}

# Ends the publisher, if there is one.
stop_publisher() {
    [ -z "$publisher" ] || { kill $publisher && wait $publisher; } 2>/dev/null || true
    publisher=
}

# What a process says of where it listens, which is in $address then.
await_address() { # NAME PROCESS BEGINNING
    await_line "$work/$1.out" "$3" "$2" || {
        cat "$work/$1.err"
        return 1
    }
    address=$(tr -d '\r' <"$work/$1.out" | sed -n "s/$3//p")
}

# Starts a publisher of a side on a free port of loopback; where it listens is in $address.
publish() { # SIDE OPTION...
    start_publisher "$1" --listen 127.0.0.1:0 "${@:2}"
    await_address publisher $publisher "^Publishing .* on "
}

# The publisher has ended well.
published() {
    local code=0
    wait $publisher || code=$?
    publisher=
    cat "$work/publisher.out" "$work/publisher.err"
    return $code
}

# Rows that a publisher of one side replays come to a subscriber of the other as they were, and as many bytes.
replayed() { # FROM TO "PUBLISHER'S OPTIONS" "SUBSCRIBER'S OPTIONS"
    local from=$1 to=$2
    rm -f "$work/got.csv"
    # shellcheck disable=SC2086
    publish "$from" --signals 20 --replay "$work/rows.csv" --wait-subscribers 1 $3 &&
        at "$to" sttp-subscribe "$address" --format csv --once --output "$work/got.csv" $4 &&
        published && cmp "$work/rows.csv" "$work/got.csv" && return 0
    cat "$work/publisher.out" "$work/publisher.err"
    return 1
}

# They come over a block link as they were.
by_link() { # FROM TO
    local from=$1 to=$2
    rm -f "$work/got.csv"
    start_publisher "$from" --link tcp-listen:127.0.0.1:0 --signals 20 --replay "$work/rows.csv" --wait-subscribers 1
    await_address publisher $publisher "^Publishing .* over tcp-listen:" &&
        at "$to" sttp-subscribe --link "tcp:$address" --filter "FILTER ActiveMeasurements WHERE True" --format csv \
            --count $rows --timeout 120 --output "$work/got.csv" && published && cmp "$work/rows.csv" "$work/got.csv"
}

# A file that a side writes is what the other reads.
by_file() { # FROM TO
    local from=$1 to=$2
    rm -f "$work/got.csv" "$work/link"
    at "$from" sttp-publish --link "file:$work/link" --signals 20 --replay "$work/rows.csv" &&
        at "$to" sttp-subscribe --link "file:$work/link" --format csv --once --output "$work/got.csv" &&
        cmp "$work/rows.csv" "$work/got.csv"
}

# A relay of the other side passes on what comes and goes on this one.
relayed() { # ENDS RELAY
    local ends=$1 command
    publish "$ends" --signals 20 --rate 100 || return 1
    choose "$2" sttp-relay
    in_background relay "${command[@]}" "$address" --listen 127.0.0.1:0
    relay=$!
    await_address relay $relay "^Publishing on " &&
        at "$ends" sttp-subscribe "$address" --format csv --count 400 --timeout 120 >"$work/got.csv" &&
        stop_relay && stop_publisher && [ "$(wc -l <"$work/got.csv")" = 401 ]
}

stop_relay() {
    [ -z "$relay" ] || { kill $relay && wait $relay; } 2>/dev/null || true
    relay=
}

# Both sides read the same of a capture of C37.118, but for when they read it.
same_frames() {
    local side
    for side in here there; do
        at $side sttp-c37118 show --capture "$fixtures/c37118.pcap" --id 235 --speed 0 --interval 0 --format jsonl \
            >"$work/shown" || return 1
        sed -E 's/"(frames_per_second|delay|jitter)":[^,]*,//g' "$work/shown" >"$work/$side.jsonl"
    done
    [ "$(wc -l <"$work/here.jsonl")" -gt 80 ] && diff "$work/here.jsonl" "$work/there.jsonl"
}

# Measurements come by datagrams.
by_udp() { # FROM TO
    local from=$1 to=$2
    publish "$from" --signals 20 --rate 100 &&
        at "$to" sttp-subscribe "$address" --format csv --udp 0 --count 2000 --stats >"$work/got.csv" 2>"$work/stats" &&
        stop_publisher && cat "$work/stats" && [ "$(wc -l <"$work/got.csv")" = 2001 ] &&
        [ "$(grep -o '"datagrams":[0-9]*' "$work/stats" | head -n 1 | cut -d : -f 2)" -gt 10 ]
}

# The subscriber listens, and the publisher connects.
reversed() { # FROM TO
    local from=$1 to=$2 port
    port=$(at here sttp-publish --listen 127.0.0.1:0 --rate 0 --frames 1 2>/dev/null | sed -n 's/.* on 127.0.0.1://p')
    start_publisher "$from" --connect "127.0.0.1:$port" --signals 20
    at "$to" sttp-subscribe --listen "127.0.0.1:$port" --format csv --count 200 --timeout 120 >"$work/got.csv" &&
        stop_publisher && [ "$(wc -l <"$work/got.csv")" = 201 ]
}

# What one side tells of its metadata is what the other makes of them.
same_metadata() { # FROM TO
    local from=$1 to=$2
    publish "$from" --rate 1 && at "$to" sttp-metadata "$address" --xml >"$work/got.xml" && stop_publisher &&
        cmp "$work/sample.xml" "$work/got.xml"
}

make_certificates() {
    (cd "$work" && at here sttp-publish --make-certificate near && at there sttp-publish --make-certificate far)
}

# Rows that are compared, and metadata: made by the tools of this system alone.
publish here --signals 20 --rate 0 --frames 60 --wait-subscribers 1
at here sttp-subscribe "$address" --format csv --once --output "$work/rows.csv"
published
publish here --rate 1
at here sttp-metadata "$address" --xml >"$work/sample.xml"
stop_publisher
rows=$(($(wc -l <"$work/rows.csv") - 1))

# The tools of the other system are to be found by both sides wherever they are run from.
check "certificates" make_certificates
near="--certificate $work/near.cer --private-key $work/near.key --trust $work/far.cer"
far="--certificate $work/far.cer --private-key $work/far.key --trust $work/near.cer"
check "rows from here" replayed here there "" ""
check "rows from there" replayed there here "" ""
check "compact rows from here" replayed here there "" "--no-tssc --no-gzip"
check "compact rows from there" replayed there here "" "--no-tssc --no-gzip"
check "with TLS from here" replayed here there "$near" "$far"
check "with TLS from there" replayed there here "$far" "$near"
check "encrypted measurements from here" replayed here there "--encrypt all" ""
check "encrypted measurements from there" replayed there here "--encrypt all" ""
for direction in "here there" "there here"; do
    # shellcheck disable=SC2086
    set -- $direction
    check "UDP from $1" by_udp "$1" "$2"
    check "connected to from $1" reversed "$1" "$2"
    check "metadata from $1" same_metadata "$1" "$2"
    check "a block link from $1" by_link "$1" "$2"
    check "a block link's file from $1" by_file "$1" "$2"
    check "relayed for $1" relayed "$1" "$2"
done
check "frames of C37.118" same_frames
echo "Peers: $passed passed, $failed failed"
[ $failed -eq 0 ]
