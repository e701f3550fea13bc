#!/bin/bash
# What sttp-load, the program of the benchmarks, promises about options, messages and what it counts.
#   load_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: load_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
devices=
subscriber=
trap 'for process in $publisher $devices $subscriber; do kill "$process" || true; done; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

load=$bin/sttp-load

start_load() { # OPTION...
    in_background publisher "$load" publish "$@"
    publisher=$!
    await_address
}

# A number of the last line that one of the sides has printed.
number() { # SIDE NAME
    tail -n 1 "$work/$1" | grep -oE "\"$2\":[0-9]+" | cut -d : -f 2
}

# Runs both sides, and expects what each connection and all of them together have received.
receives() { # EACH TOTAL SUBSCRIBE_OPTION...
    local each=$1 total=$2
    shift 2
    ends 0 "" "$load" subscribe "$address" "$@" && end_publisher 0 && cat "$work/out" "$work/publisher.out" &&
        [ "$(number out least)" -eq "$each" ] && [ "$(number out most)" -eq "$each" ] &&
        [ "$(number out measurements)" -eq "$total" ] && [ "$(number out lost)" -eq 0 ] &&
        [ "$(number publisher.out dropped)" -eq 0 ] && [ "$(number publisher.out sent)" -eq "$total" ]
}

# Arithmetic of the shell wraps around at 64 bits, as the sums do.
same_sums() { # CONNECTIONS [SIDE]
    local name
    for name in value_sum time_sum; do
        (($(number "${2:-publisher.out}" $name) * $1 == $(number out $name))) || return 1
    done
}

# Their address is in $source; what is written to descriptor 3 is their standard input.
start_devices() { # OPTION...
    rm -f "$work/word"
    mkfifo "$work/word"
    { "$load" devices "$@" <"$work/word" & } >"$work/devices.out" 2>"$work/devices.err"
    devices=$!
    exec 3>"$work/word"
    await_line "$work/devices.out" "^Devices on" $devices
    source=$(sed -n 's/^Devices on //p' "$work/devices.out")
}

end_devices() { # CODE
    local code=0
    exec 3>&-
    wait $devices || code=$?
    devices=
    cat "$work/devices.err"
    [ $code -eq "$1" ]
}

# Devices that the caller has started, the gateway, and subscribers: all of them to their ends.
pass_on() { # DEVICES SUBSCRIBERS
    in_background publisher "$load" gateway "$source" --devices "$1" --wait "$2"
    publisher=$!
    await_address
    { "$load" subscribe "$address" --connections "$2" & } >"$work/out" 2>"$work/err"
    subscriber=$!
    await_line "$work/publisher.out" "^Everybody" $publisher && echo "go on" >&3 && end_devices 0 && end_publisher 0 &&
        wait $subscriber && subscriber= && cat "$work/devices.out" "$work/publisher.out" "$work/out"
}

# Every frame of every device has come everywhere.
passes_on() { # DEVICES SUBSCRIBERS FRAMES
    local frames=$(($1 * $3))
    local values=$((frames * 21))
    pass_on "$1" "$2" && [ "$(number devices.out frames)" -eq $frames ] &&
        [ "$(number publisher.out frames)" -eq $frames ] && [ "$(number publisher.out not_mapped)" -eq 0 ] &&
        [ "$(number publisher.out not_taken)" -eq 0 ] && [ "$(number publisher.out dropped)" -eq 0 ] &&
        [ "$(number publisher.out measurements)" -eq $values ] && [ "$(number out least)" -eq $values ] &&
        [ "$(number out most)" -eq $values ] && [ "$(number out measurements)" -eq $((values * $2)) ]
}

check_usage() {
    local options
    check "help" grep -q -- --connections <("$load" --help)
    for options in "" send "publish --rate fast" "publish --signals 0" "publish --rate" "publish --connections 2" \
        subscribe "subscribe a:1 --filters some" "subscribe a:1 --receive none" "subscribe a:1 b:1" \
        "subscribe a:1 --filters distinct --select 20 --signals 10" "devices a:1" "devices --devices 0" \
        "devices --spread 0.1" gateway "gateway a:1 b:1" "gateway a:1 --devices 70000"; do
        # shellcheck disable=SC2086 # several words
        check "usage" ends 2 "Try 'sttp-load --help'" "$load" $options
    done
}

check_floor() {
    check "the floor" ends 0 "" "$load" floor
    check "its frames" test "$(grep -oE '"count":[0-9]+' "$work/out")" = '"count":300'
}

check_failures() {
    check "nobody there" ends 1 "cannot connect" "$load" subscribe 127.0.0.1:1
    check "nobody comes" ends 1 "only 0 of 2 connections.*--patience" "$load" publish --wait 2 --patience 0.1
    check "too many connections" ends 1 "need 50064 file descriptors.*hard limit" \
        prlimit --nofile=1024:1024 "$load" publish --wait 50000
}

# A number as bytes, the lowest first, for printf.
bytes() { # SIZE NUMBER
    local i
    for ((i = 0; i < $1; i++)); do printf '\\x%02x' $(($2 >> 8 * i & 255)); done
}

# Frames of signals in reverse order, each with a time of its own.
write_stream() { # FILE FRAMES SIGNALS
    local frame row records=
    for ((frame = 0; frame < $2; frame++)); do
        for ((row = $3 - 1; row >= 0; row--)); do
            records+=$(bytes 8 $((638500000000000000 + frame * 166666 + row)))$(bytes 4 "$row")$(bytes 4 0)
            records+=$(bytes 4 $((0x42700000 + frame + row)))
        done
    done
    # shellcheck disable=SC2059 # it is all format
    printf "$records" >"$1"
}

check_streams() {
    write_stream "$work/stream" 8 7
    start_load --signals 7 --frames 30 --rate 0 --stream "$work/stream"
    check "a stream, by row, more than once" receives 210 210
    check "as it was published" same_sums 1
    start_load --signals 7 --frames 30 --rate 0 --stream "$work/stream" --by-id
    check "a stream, by signal ID" receives 210 210
    check "as it was published" same_sums 1
    check "no stream" ends 1 "cannot read $work/none" "$load" publish --stream "$work/none"
    check "a stream of more signals" ends 1 "is of more signals than 6; --signals" \
        "$load" publish --signals 6 --stream "$work/stream"
    check "a stream of fewer signals" ends 1 "has 56 measurements, which are not 8 or more frames of 10" \
        "$load" publish --signals 10 --stream "$work/stream"
}

check_counts() {
    start_load --signals 70 --frames 30 --rate 0 --wait 3
    check "everybody gets everything" receives 2100 6300 --connections 3
    check "as it was published" same_sums 3
    start_load --signals 70 --frames 30 --rate 0
    check "compact" receives 2100 2100 --compact
    check "as it was published" same_sums 1
    start_load --signals 70 --frames 30 --rate 0 --wait 2
    check "pull reading" receives 2100 4200 --connections 2 --receive pull
    check "as it was published" same_sums 2
    start_load --signals 70 --frames 30 --rate 0 --wait 9 --threads 3
    check "engines with several threads" receives 2100 18900 --connections 9 --threads 2
    check "as it was published" same_sums 9
    start_load --signals 70 --frames 10 --rate 200 --wait 5
    check "other signals for each" receives 300 1500 --connections 5 --filters distinct --select 30 --signals 70
}

check_idle() {
    start_load --idle --wait 20 --seconds 0
    check "idle connections" ends 0 "" "$load" subscribe "$address" --idle --connections 20
    check "the publisher's end" end_publisher 0
    check "nothing is published" test "$(number publisher.out sent)" = 0
    check "all stay" test "$(number publisher.out connections_at_end)" = 20
}

check_gateway() {
    start_devices --devices 20 --rate 100 --frames 30
    check "devices through a gateway" passes_on 20 3 30
    check "as they have sent it" same_sums 3 devices.out
    start_devices --devices 3 --rate 50 --seconds 0.5 --spread 0.015
    check "devices one after the other" passes_on 3 1 25
    check "as they have sent it" same_sums 1 devices.out
    check "no devices" ends 1 "device 1: .*refused" "$load" gateway 127.0.0.1:1
    check "nobody wants data" ends 1 "only 0 of 2 connections.*--patience" "$load" devices --devices 2 --patience 0.1
    start_devices --devices 2
    check "no subscribers" ends 1 "only 0 of 1 connections" "$load" gateway "$source" --patience 1
    check "the devices' end" end_devices 1
    check "what they say" grep -q "who had called device 1 has hung up before there were data" "$work/devices.err"
    start_devices
    printf '\xaa\x41\0\x12\0\x01\0\0\0\0\0\0\0\0\0\x02\0\0' >"/dev/tcp/${source/://}"
    check "a command with a wrong check word" end_devices 1
    check "what it says" grep -q "no command for a device from 1 to 1" "$work/devices.err"
}

check_usage
check_floor
check_failures
check_streams
check_counts
check_idle
check_gateway
echo "Load program tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
