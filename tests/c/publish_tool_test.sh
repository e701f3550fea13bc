#!/bin/bash
# sttp-publish: what it reads, and when it sends it.
#   publish_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: publish_tool_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
subscriber=
trap 'for child in $publisher $subscriber; do kill "$child"; done; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

header=signal_id,timestamp,flags,value
id=73747470-6d61-8064-8065-00000000000

# Replays a file, and compares what comes with another one.
replays() { # FILE EXPECTED OPTION...
    local file=$1 expected=$2
    shift 2
    start_publisher --signals 3 --replay "$file" --wait-subscribers 1 "$@"
    ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --once && end_publisher 0 && diff "$expected" "$work/out"
}

# A replay that fails with a message.
refuses() { # MESSAGE FILE OPTION...
    local message=$1 file=$2
    shift 2
    ends 1 "$message" "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 3 --replay "$file" "$@"
}

check_nothing_to_replay() {
    : >"$work/empty.csv"
    check "an empty file" refuses "empty.csv has no rows" "$work/empty.csv"
    echo "$header" >"$work/header.csv"
    check "names of columns only" refuses "header.csv has no rows" "$work/header.csv"
    printf '%s\r%s1,639000000000000000,0,1\r%s1,639000000000000001,0,1\r' "$header" $id $id >"$work/returns.csv"
    check "carriage returns" refuses "returns.csv, line 1: carriage returns" "$work/returns.csv"
    printf '%s1,639000000000000000,0,1\n%s1,639000000000\0000001,0,1\n' $id $id >"$work/zero.csv"
    check "a zero byte" refuses "zero.csv, line 2: .*zero byte" "$work/zero.csv"
    check "an empty pipe" refuses "- has no rows" - <"$work/empty.csv"
    check "a folder" refuses "$work" "$work"
    printf 'signal_id,bytes\n' >"$work/blocks.csv"
    check "no blocks" ends 1 "blocks.csv has no rows" "$bin/sttp-publish" --listen 127.0.0.1:0 --rate 0 --frames 1 \
        --buffer-blocks "$work/blocks.csv"
    printf 'signal_id,bytes\r\n%s1,00ff\r\n' $id >"$work/blocks.csv"
    check "blocks with line ends of Windows" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --rate 0 --frames 1 \
        --signals 3 --buffer-blocks "$work/blocks.csv"
    printf '%s1,00\rff\n' $id >"$work/blocks.csv"
    check "a block with a carriage return" ends 1 "line 1: not a signal ID" "$bin/sttp-publish" --listen 127.0.0.1:0 \
        --rate 0 --signals 3 --buffer-blocks "$work/blocks.csv"
}

check_recordings() {
    printf '%s\n' $header ${id}1,636188255995000000,0,60 ${id}1,-8587183780864775808,0,60.1 \
        ${id}1,-8587183780859775808,0,nan ${id}1,636188256000000000,0,-inf >"$work/leap.csv"
    check "leap seconds" replays "$work/leap.csv" "$work/leap.csv"
    check "leap seconds, compact" replays "$work/leap.csv" "$work/leap.csv" --base-times
    printf '%s\n' $header,recovered ${id}1,639000000000000000,0,60,0 ${id}2,639000000000000001,1,61,1 \
        >"$work/recovered.csv"
    printf '%s\n' $header ${id}1,639000000000000000,0,60 ${id}2,639000000000000001,1,61 >"$work/plain.csv"
    check "the column recovered" replays "$work/recovered.csv" "$work/plain.csv"
    printf '\357\273\277Value,Quality,Flags,Timestamp,Signal_ID\r\n60,good,0,639000000000000000,%s1\r\n\r\n61 , bad, 1, 639000000000000001, %s2' \
        $id $id >"$work/other.csv"
    check "columns in another order" replays "$work/other.csv" "$work/plain.csv"
    echo "$header,recovered,flags" >"$work/twice.csv"
    check "a column twice" refuses "line 1: there are two columns flags" "$work/twice.csv"
    printf '%s\n' signal_id,timestamp,value ${id}1,639000000000000000,60 >"$work/three.csv"
    printf '%s\n' $header ${id}1,639000000000000000,0,60 >"$work/four.csv"
    check "no flags are none" replays "$work/three.csv" "$work/four.csv"
    printf '%s\n' $header ${id}1,639000000000000000,0, ${id}2,639000000000000000,0,No\ Data >"$work/values.csv"
    check "no value" refuses "line 2: the value must be a number" "$work/values.csv"
    printf '%s\n' $header ${id}1,639000000000000000,0,nan ${id}2,639000000000000000,0,nan >"$work/nan.csv"
    check "no value is NaN" replays "$work/values.csv" "$work/nan.csv" --unreadable nan
    check "both are told" test "$(grep -c "it becomes NaN" "$work/publisher.err")" = 2
}

# A good row a second from 0 to 59, and bad ones among them.
check_archive() {
    local second
    for second in $(seq 10 69); do
        echo "${id}1,6390000000${second}0000000,0,$second"
    done | sed "20i nonsense
        30i ${id}9,639000000030000000,0,1
        40i $(printf '%5000d' 0)
        50i ${id}1,639000000050000000,0,x" | sed 's/^ *//' >"$work/archive.csv"
    start_publisher --signals 3 --archive "$work/archive.csv"
    check "an archive with bad rows" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --start 2025-01-01 \
        --processing-interval 0
    check "all good rows" test "$(cut -d, -f4 "$work/out" | tail -n +2 | tr '\n' ' ')" = "$(seq -s ' ' 10 69) "
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    check "each bad row is told" test "$(grep -cE "archive.csv, line (20|31|42|53): " "$work/publisher.err")" = 4
    start_publisher --signals 3 --archive "$work/archive.csv" --unreadable nan
    check "a value as NaN" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --start 2025-01-01 \
        --processing-interval 0
    check "one row more" test "$(wc -l <"$work/out")" = 62
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    yes nonsense | head -n 20 >>"$work/archive.csv"
    start_publisher --signals 3 --archive "$work/archive.csv"
    check "an archive with many bad rows" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --start 2025-01-01 \
        --processing-interval 0
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    check "they are summed up" grep -q "archive.csv: 19 more lines like these" "$work/publisher.err"
}

# What somebody writes to a pipe is published before more is written.
check_pipe() {
    mkfifo "$work/pipe"
    in_background publisher "$bin/sttp-publish" --listen 127.0.0.1:0 --stats --signals 3 --replay "$work/pipe" \
        --wait-subscribers 1
    publisher=$!
    await_address
    in_background piped "$bin/sttp-subscribe" "$address" --format csv --once
    subscriber=$!
    exec 4>"$work/pipe"
    printf '%s\n' $header ${id}1,639000000000000000,0,1 ${id}2,639000000000000000,0,2 >&4
    check "a row of a pipe" await_line "$work/piped.out" "^${id}2,639000000000000000,0,2$" $subscriber
    printf '%s1,639000000000000001,0,' $id >&4
    sleep 0.1
    printf '3' >&4
    exec 4>&-
    check "end of the publisher" end_publisher 0
    check "end of the subscriber" wait $subscriber
    subscriber=
    check "rest of the pipe" grep -qx "${id}1,639000000000000001,0,3" "$work/piped.out"
    check "three rows" test "$(wc -l <"$work/piped.out")" = 4
    exec 4<>"$work/pipe"
    check "a pipe that is quiet ends with --duration" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --duration 0.2 \
        --replay "$work/pipe"
    exec 4>&-
}

# A command that takes at least so long.
lasts() { # SECONDS COMMAND...
    local least=$1 begun=$EPOCHREALTIME
    shift
    "$@" && awk -v begun="$begun" -v ended="$EPOCHREALTIME" -v least="$least" \
        'BEGIN { print ended - begun; exit ended - begun < least }'
}

check_duration() {
    local publish="$bin/sttp-publish --listen 127.0.0.1:0 --stats"
    check "slow frames" lasts 2 ends 0 '"measurements":3,' $publish --signals 3 --rate 0.1 --duration 2
    check "fast frames" lasts 1 ends 0 '"measurements":300,' $publish --signals 3 --rate 100 --duration 1
    check "as fast as possible" lasts 0.5 ends 0 "" $publish --signals 3 --rate 0 --duration 0.5
}

# Times of the frames received since the last call, as whole seconds since the year 1970.
first_time() { # FILE
    sed -n 2p "$1" | cut -d, -f2 | awk '{ printf "%.0f", ($1 - 621355968000000000) / 1e7 }'
}

check_clocks() {
    local now
    "${CC:-cc}" -shared -fPIC -o "$work/set_clock.so" "$here/set_clock.c"
    echo 0 >"$work/clock"
    start_publisher_with_clock
    check "before the clock is set" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --count 3
    for now in -7200 7200; do
        echo $now >"$work/clock.new"
        mv "$work/clock.new" "$work/clock"
        check "the clock is set by $now" await_line "$work/publisher.err" "clock was set" $publisher
        check "frames after that" timeout 120 "$bin/sttp-subscribe" "$address" --format csv --count 30 \
            --output "$work/set$now.csv"
        check "their times" test $(($(first_time "$work/set$now.csv") - $(date +%s) - now)) -ge -60
        check "their times" test $(($(first_time "$work/set$now.csv") - $(date +%s) - now)) -le 60
        check "their pace" test "$(cut -d, -f2 "$work/set$now.csv" | sort -u | wc -l)" -ge 10
        sed 's/was set/was once set/' "$work/publisher.err" >"$work/said"
        : >"$work/publisher.err"
        check "what was said" grep -qE "set (forward by 14400|back by 7200)\.[0-9] seconds; times follow it" "$work/said"
    done
    kill -STOP $publisher
    sleep 2.5
    kill -CONT $publisher
    check "a publisher that did not run" await_line "$work/publisher.err" \
        "did not run for [0-9]*\.[0-9] seconds; [0-9]* frames are left out" $publisher
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
}

start_publisher_with_clock() {
    { LD_PRELOAD="$work/set_clock.so" SET_CLOCK="$work/clock" "$bin/sttp-publish" --stats --listen 127.0.0.1:0 \
        --signals 3 & } >"$work/publisher.out" 2>>"$work/publisher.err"
    publisher=$!
    await_address
}

# Of signals that come no more, a newcomer gets what came last, marked; else nothing.
check_cached_values() {
    start_publisher --signals 3 --frames 4 --rate 0 --linger 3600 --cached-values
    check "the latest values" ends 0 "" "$bin/sttp-subscribe" "$address" --count 3 --format csv
    check "of each signal once, marked" test "$(cut -d, -f1,3 "$work/out" | sort | uniq -c | grep -c ' 1 .*,262144$')" = 3
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
}

# Fifty frames as one packet.
check_batches() {
    start_publisher --signals 3 --frames 50 --rate 0 --wait-subscribers 1 --batch 30
    check "all frames" ends 0 "" "$bin/sttp-subscribe" "$address" --count 150 --format csv
    check "each of them" test "$(wc -l <"$work/out")" = 151
    check "the publisher ends" end_publisher 0
    check "one packet" grep -q '"packets_sent":1,' "$work/publisher.err"
}

# What waits is published when its time has come, whether anything follows or not.
check_batch_interval() {
    start_publisher --signals 3 --frames 100 --rate 100 --wait-subscribers 1 --batch 0.1
    check "frames" ends 0 "" "$bin/sttp-subscribe" "$address" --count 300 --format none
    check "the publisher ends" end_publisher 0
    # A tenth of a second has ten frames, and no less time is between two packets.
    check "ten packets" test "$(packets_sent)" -ge 2 -a "$(packets_sent)" -le 20
    for feeder in cat flood; do
        rm -f "$work/batches"
        mkfifo "$work/batches"
        start_publisher --signals 3 --replay "$work/batches" --wait-subscribers 1 --batch 0.5 4<>"$work/batches"
        in_background batched "$bin/sttp-subscribe" "$address" --format csv --once
        subscriber=$!
        exec 5>"$work/batches"
        printf '%s\n' $header ${id}1,639000000000000000,0,1 ${id}2,639000000000000001,0,2 >&5
        if [ $feeder = flood ]; then
            flood >&5 &
            flood=$!
        fi
        check "what waits comes, with $feeder" await_line "$work/batched.out" "^${id}2,639000000000000001,0,2$" $subscriber
        [ $feeder != flood ] || kill $flood
        kill -TERM $publisher
        check "end by a signal" end_publisher 0
        [ $feeder = flood ] || check "together" test "$(packets_sent)" = 1
        exec 5>&-
        check "end of the subscriber" wait $subscriber
        subscriber=
    done
    printf '%s\n' signal_id,bytes ${id}1,00 ${id}1,01 >"$work/blocks.csv"
    start_publisher --signals 3 --frames 4 --rate 0 --wait-subscribers 1 --batch 30 --buffer-blocks "$work/blocks.csv"
    check "blocks and frames" ends 0 "" "$bin/sttp-subscribe" "$address" --count 12 --format none
    check "the publisher ends" end_publisher 0
    check "none overtakes its frame" test "$(packets_sent)" = 3
}

# Rows without an end, slower than a batch has room for.
flood() {
    local time=639000000000000002
    while echo "${id}1,$((time += 1)),0,1"; do
        sleep 0.02
    done
}

packets_sent() {
    sed -n 's/.*"packets_sent":\([0-9]*\),.*/\1/p' "$work/publisher.err"
}

# What an object has at the end of a chain of members.
is() { # FILE EXPRESSION
    python3 -c '
import json, sys
report = json.loads(open(sys.argv[1]).read().splitlines()[-1])
assert eval("(" + sys.argv[2] + ")"), report' "$1" "$2"
}

check_completeness() {
    check "made-up frames" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 12 --frames 60 --rate 0 --stats \
        --report "$work/report.json"
    check "are all that is expected" is "$work/report.json" '[(each["device"], each["signals"], each["measurements"],
        each["expected"], each["completeness"], each["flagged"], each["silent_signals"]) for each in report["devices"]] ==
        [("PMU0001", 10, 600, 600, 1, 0, 0), ("PMU0002", 2, 120, 120, 1, 0, 0)]'
    check "and so are totals" is "$work/err" 'report["completeness"] == {"seconds": 1.966667, "device_count": 2, "signals": 12,
        "silent_signals": 0, "measurements": 720, "flagged": 0, "expected": 720, "completeness": 1}'
    # Of the first device every other frame of one signal, of the second one each frame of both, in three seconds at 30 frames.
    awk -v id=${id%?} -v header=$header 'BEGIN {
        print header
        for (i = 0; i < 90; i++) {
            time = sprintf("6390000000%d%07d", int(i / 30), i % 30 * 333333)
            if (i % 2 == 0) print id "01," time "," (i < 10) ",1"
            print id "0b," time ",0,1"
            print id "0c," time ",0,1"
        }
    }' >"$work/half.csv"
    check "a recording" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 12 --replay "$work/half.csv" --report \
        "$work/report.json"
    check "what it lacks" is "$work/report.json" '[(each["device"], each["measurements"], each["expected"], each["completeness"],
        each["flagged"], each["silent_signals"]) for each in report["devices"]] ==
        [("PMU0001", 45, 900, 0.05, 5, 9), ("PMU0002", 180, 180, 1, 0, 0)]'
    check "in all" is "$work/report.json" 'report["measurements"] == 225 and report["expected"] == 1080 and
        report["completeness"] == 0.208333'
    check "twice" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 12 --replay "$work/half.csv" --loop --frames 180 \
        --report -
    check "for people" grep -qx "PMU0001 *10 *90 *1,800 *5.00 % *10  nothing of 9 signals" "$work/out"
    check "whole" grep -qx "PMU0002 *2 *360 *360 *100.00 % *0" "$work/out"
    check "all" grep -qx "all *12 *450 *2,160 *20.83 % *10  nothing of 9 signals" "$work/out"
    # Of devices whose frames a second nobody knows, nothing is expected.
    printf '%s\n' time,signal,value 2026-01-31T08:30:00Z,a,1 2026-01-31T08:30:09Z,b,2 >"$work/named.csv"
    check "signals of a file" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --replay "$work/named.csv" --report \
        "$work/report.json"
    check "no more than what came" is "$work/report.json" 'report["measurements"] == 2 and report["expected"] is None and
        report["completeness"] is None and report["devices"][0]["frames_per_second"] == 0'
    check "a file that cannot be written" ends 1 "cannot write to $work/none/report" "$bin/sttp-publish" --listen 127.0.0.1:0 \
        --frames 1 --rate 0 --report "$work/none/report"
}

check_nothing_to_replay
check_recordings
check_archive
check_pipe
check_duration
check_clocks
check_cached_values
check_batches
check_batch_interval
check_completeness
echo "Publish tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
