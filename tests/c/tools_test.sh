#!/bin/bash
# What sttp-publish and sttp-subscribe promise about options, exit codes, messages and files.
#   tools_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: tools_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
subscriber=
trap 'for child in $publisher $subscriber; do kill "$child"; done; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

# Starts a publisher that connects to $address.
connect_publisher() { # OPTION...
    in_background publisher "$bin/sttp-publish" --connect "$address" "$@"
    publisher=$!
}

# Starts a subscriber that listens on $address, where it then leaves the port it got. Rows go to $work/NAME.csv.
start_subscriber() { # NAME OPTION...
    local name=$1
    shift
    in_background subscriber "$bin/sttp-subscribe" --listen "$address" --timeout 120 --format csv --output "$work/$name.csv" "$@"
    subscriber=$!
    await_line "$work/subscriber.err" "^Listening on " $subscriber
    address=$(sed -n 's/^Listening on \(.*\) for a publisher.$/\1/p' "$work/subscriber.err")
}

end_subscriber() { # CODE
    local code=0
    wait $subscriber || code=$?
    subscriber=
    cat "$work/subscriber.err"
    [ $code -eq "$1" ]
}

check_usage() {
    local option
    check "publisher's help" grep -q -- --wait-subscribers <("$bin/sttp-publish" --help)
    check "subscriber's help" grep -q -- --metadata-out <("$bin/sttp-subscribe" --help)
    for option in --bogus "--rate fast" "--signals 0" "--frames -1" "--metadata a --signals 1" "--nan-filter off" "--threads 0" extra; do
        # shellcheck disable=SC2086 # an option and its value
        check "publisher's usage" ends 2 "Try 'sttp-publish --help'" "$bin/sttp-publish" $option
    done
    for option in "--history 0" "--history-bytes 1048575" "--linger x" "--encrypt tcp" "--multicast 0"; do
        # shellcheck disable=SC2086
        check "publisher's usage" ends 2 "${option%% *} " "$bin/sttp-publish" $option
    done
    for option in "" "--listen a:1 b:1" "--connect a:1 --listen a:1" "a:1 b:1" "a:1 --format xml" "a:1 --protocol 4" \
        "a:1 --count 0" "a:1 --duration x" "a:1 --throttle x" "a:1 --lag-time 0"; do
        # shellcheck disable=SC2086
        check "subscriber's usage" ends 2 "Try 'sttp-subscribe --help'" "$bin/sttp-subscribe" $option
    done
    for option in "--stop now" "--processing-interval -2" "--recover-delay 0" "--outage-log f" "--recover-delay x" \
        "--recover --start *-1m" "--recover --no-time" "--recover --outage-log f --count 5" "--multicast 239.1.1.1" \
        "--receive-buffer 100" "--interface lo" "--udp 65536" "--latency"; do
        # shellcheck disable=SC2086
        check "options that miss others" ends 2 "sttp-subscribe: .*--" "$bin/sttp-subscribe" a:1 $option
    done
    check "what is missed" ends 2 "--interface needs --multicast GROUP" "$bin/sttp-subscribe" a:1 --interface lo
    check "no form of help" ends 2 "has the form markdown" "$bin/sttp-publish" --help=poem
    check "recovery needs a publisher that listens" ends 2 "publisher must listen" \
        "$bin/sttp-subscribe" --listen a:1 --recover
}

# The program in the README is what people copy first.
check_readme() {
    local root
    root=$(dirname "${BASH_SOURCE[0]}")/../..
    awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/README.md" >"$work/readme.c"
    check "README has a program" grep -q "int main" "$work/readme.c"
    check "README's program" "${CC:-cc}" -std=c99 -Wall -Wextra -Werror -pedantic -fsyntax-only -I"$root/include" \
        "$work/readme.c"
}

check_failures() {
    check "no metadata file" ends 1 "$work/none.xml" "$bin/sttp-publish" --metadata "$work/none.xml"
    echo "<DataSet" >"$work/broken.xml"
    check "broken metadata" ends 1 "broken.xml is not STTP metadata: .*line 1" \
        "$bin/sttp-publish" --metadata "$work/broken.xml"
    check "not an address" ends 1 "127.0.0.1" "$bin/sttp-publish" --listen 127.0.0.1
    check "nobody there" ends 1 "no subscription with 127.0.0.1:1 after 0.3 seconds" \
        "$bin/sttp-subscribe" 127.0.0.1:1 --timeout 0.3
    start_publisher --frames 100000
    check "address in use" ends 1 "$address.*--listen" "$bin/sttp-publish" --listen "$address"
    check "refused filter" ends 1 "refused the subscription" "$bin/sttp-subscribe" "$address" --filter "FILTER x"
    check "output that cannot be written" ends 1 "$work/none/x" \
        "$bin/sttp-subscribe" "$address" --output "$work/none/x"
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    check "publisher's statistics" statistics_of "$work/publisher.err" measurements seconds per_second bytes_sent \
        measurements_dropped cpu_seconds peak_rss_bytes subscribers
}

check_formats() {
    start_publisher --signals 25
    check "exactly the count" ends 0 '"measurements":101,' \
        "$bin/sttp-subscribe" "$address" --format csv --count 101 --metadata-out "$work/metadata.xml" --stats
    check "subscriber's statistics" statistics_of "$work/err" measurements seconds per_second bytes_received \
        measurements_dropped cpu_seconds peak_rss_bytes
    check "header and rows" test "$(wc -l <"$work/out")" = 102
    check "names of the columns" grep -qx "signal_id,timestamp,flags,value" <(head -n 1 "$work/out")
    check "a row" grep -qxE "[0-9a-f-]{36},[0-9]{18},0,-?[0-9.]+" <(sed -n 2p "$work/out")
    check "metadata" grep -q "<SignalReference>PMU0001-FQ</SignalReference>" "$work/metadata.xml"
    check "objects" ends 0 "" "$bin/sttp-subscribe" "$address" --format jsonl --count 7 --output "$work/rows.jsonl"
    check "number of objects" test "$(wc -l <"$work/rows.jsonl")" = 7
    check "an object" grep -qxE \
        '\{"signal_id":"[0-9a-f-]{36}","timestamp":"20[0-9]{2}-[0-9T:.-]+Z","flags":0,"value":[0-9.-]+\}' \
        <(head -n 1 "$work/rows.jsonl")
    check "text" ends 0 "" "$bin/sttp-subscribe" "$address" --count 30
    check "text says what was received" grep -q "25 MeasurementDetail records" "$work/out"
    kill -INT $publisher
    check "end by a signal" end_publisher 0
    check "subscribers that went" grep -qE "^Subscriber 127.0.0.1:[0-9]+ disconnected$" "$work/publisher.out"
}

# What is replayed arrives as it was, values in their shortest form.
check_replay() {
    local id=73747470-6d61-8064-8065-00000000000
    cat >"$work/rows.csv" <<END
signal_id,timestamp,flags,value
${id}1,639000000000000000,0,0.1
${id}2,639000000000000000,4096,nan
${id}1,639000000000333333,1,3.4028235e38
${id}3,639000000000333333,0,-inf
${id}2,638999999999666667,0,0
END
    start_publisher --signals 3 --replay "$work/rows.csv" --wait-subscribers 1
    check "replay" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --once
    check "end of the replay" end_publisher 0
    check "the same rows" diff "$work/rows.csv" "$work/out"

    start_publisher --signals 3 --replay "$work/rows.csv" --wait-subscribers 2 --threads 2
    check "two threads" test "$(grep -c sttp-engine <(cat /proc/$publisher/task/*/comm))" = 2
    "$bin/sttp-subscribe" "$address" --format csv --once --output "$work/other.csv" &
    subscriber=$!
    check "replay by two threads" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --once
    wait $subscriber && subscriber=
    check "end of the replay by two threads" end_publisher 0
    check "the same rows by two threads" diff "$work/rows.csv" "$work/out"
    check "the same rows for the other one" diff "$work/rows.csv" "$work/other.csv"
}

# JSON keeps apart what floats keep apart, and times as they are.
check_json() {
    local id=73747470-6d61-8064-8065-000000000001 value number=0
    for value in nan inf -inf -0 1.5e-7; do
        echo "$id,63900000000000000$((number++)),0,$value"
    done >"$work/rows.csv"
    echo "$id,-8587183780864775807,0,60" >>"$work/rows.csv"
    echo "$id,4611686018427387903,0,61" >>"$work/rows.csv"
    start_publisher --signals 3 --replay "$work/rows.csv" --wait-subscribers 1
    check "JSON" ends 0 "" "$bin/sttp-subscribe" "$address" --format jsonl --once
    check "end of the replay" end_publisher 0
    check "values and times" python3 - "$work/out" <<'END'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert [row["value"] for row in rows] == ["NaN", "Infinity", "-Infinity", 0, 1.5e-7, 60, 61], rows
assert str(rows[3]["value"]).startswith("-"), rows[3]
times = [row["timestamp"] for row in rows]
assert times[:2] == ["2025-11-29T08:00:00Z", "2025-11-29T08:00:00.0000001Z"], times
assert times[5] == "2016-12-31T23:59:60.0000001Z", times
assert times[6] == "4611686018427387903", times
END
}

# Nothing that somebody has recorded is lost unasked; what cannot be written is told, with an exit code.
check_outputs() {
    local option
    start_publisher --signals 10
    echo precious >"$work/recording.csv"
    for option in output buffer-blocks; do
        check "a recording is left alone" ends 1 "recording.csv is there already (--overwrite replaces it, --append" \
            "$bin/sttp-subscribe" "$address" --count 10 --format csv --$option "$work/recording.csv"
        check "as it was" grep -qx precious "$work/recording.csv"
    done
    check "a wrong option" ends 1 "--start" "$bin/sttp-subscribe" "$address" --start never --overwrite --format csv \
        --output "$work/recording.csv"
    check "as it was" grep -qx precious "$work/recording.csv"
    check "unless it is to be overwritten" ends 0 "" "$bin/sttp-subscribe" "$address" --count 10 --format csv \
        --output "$work/recording.csv" --overwrite
    check "header and rows" test "$(wc -l <"$work/recording.csv")" = 11
    for option in "--format csv" "--format jsonl" "--format text"; do
        # shellcheck disable=SC2086 # an option and its value
        check "full disk, $option" ends 1 "cannot write .*No space" "$bin/sttp-subscribe" "$address" --count 10 \
            $option --output /dev/full
    done
    for option in --metadata-out --signal-stats; do
        check "full disk, $option" ends 1 "cannot write .*/dev/full: No space" "$bin/sttp-subscribe" "$address" \
            --count 10 --format none $option /dev/full
    done
    kill -TERM $publisher
    check "end by a signal" end_publisher 0

    echo "73747470-6d61-8064-8065-000000000001,00" >"$work/blocks.csv"
    start_publisher --signals 3 --rate 10 --buffer-blocks "$work/blocks.csv" --wait-subscribers 1
    check "full disk, --buffer-blocks" ends 1 "cannot write to /dev/full: No space" "$bin/sttp-subscribe" "$address" \
        --format none --buffer-blocks /dev/full
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    for option in "--frames 1 --rate 0 --listen 127.0.0.1:0" --help --help=markdown --version; do
        # shellcheck disable=SC2086
        check "full disk, $option" ends 1 "cannot write to standard output: No space" \
            bash -c "'$bin/sttp-publish' $option >/dev/full"
    done
    check "full disk, --stats" ends 1 "" bash -c \
        "'$bin/sttp-publish' --frames 1 --rate 0 --listen 127.0.0.1:0 --stats 2>/dev/full"
}

check_count() {
    start_publisher --signals 1
    check "so many measurements of no signal" ends 1 "no signal of the publisher matches 'PPA:9999'" \
        "$bin/sttp-subscribe" "$address" --filter "PPA:9999" --count 5 --timeout 0.5
    check "seconds of no signal" ends 0 "matches no signal" "$bin/sttp-subscribe" "$address" --filter "PPA:9999" \
        --duration 0.2
    check "one signal" ends 0 "" "$bin/sttp-subscribe" "$address" --count 1
    check "one record" grep -q " 1 DeviceDetail record$" "$work/out"
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    check "one measurement" grep -q "^Publishing 1 measurement of 1 device on" "$work/publisher.out"
    check "one subscription" grep -q "subscribed to 1 signal: " "$work/publisher.out"
    check "who subscribes" grep -qE "^Subscriber [0-9.:]+, sttp-subscribe [0-9.]+ subscribed" "$work/publisher.out"
}

# What the demo says last is what came.
check_demo() {
    local demo
    demo=$(dirname "${BASH_SOURCE[0]}")/../../tools/demo.sh
    check "the demo" ends 0 "" "$demo" "$bin" 1
    check "what was received and sent" test \
        "$(sed -n 's/^Received \([0-9]*\) measurements .*/\1/p' "$work/out")" -le \
        "$(sed -n 's/^The publisher sent \([0-9]*\) to this connection, 0 were dropped.$/\1/p' "$work/out")"
}

# Buffer blocks, notifications and user commands travel beside the rows.
check_messages() {
    local id=73747470-6d61-8064-8065-00000000000 number
    { echo "signal_id,timestamp,flags,value"
      for number in 1 2 3 4 5 6; do echo "${id}1,63900000000000000$number,0,$number"; done; } >"$work/rows.csv"
    printf 'signal_id,bytes\n%s1,00ff7a\n%s2,\n%s3,%01000d\n' $id $id $id 0 >"$work/blocks.csv"
    start_publisher --signals 3 --replay "$work/rows.csv" --rate 2 --wait-subscribers 1 --echo-commands \
        --buffer-blocks "$work/blocks.csv" --confirm-blocks --notify "maintenance at noon"
    check "messages" ends 0 "" "$bin/sttp-subscribe" "$address" --once --buffer-blocks "$work/taken.csv" \
        --command "7=a b" --follow-changes
    check "end of the publisher" end_publisher 0
    check "the same blocks" diff "$work/blocks.csv" "$work/taken.csv"
    check "user response" grep -qx "Received user response 7: a b" "$work/out"
    check "notification" grep -q "NOTIFICATION: .*maintenance at noon" "$work/out"
    check "confirmation" grep -q "has confirmed the notification" "$work/publisher.out"

    check "no file of blocks" ends 1 "$work/none" "$bin/sttp-publish" --listen 127.0.0.1:0 --buffer-blocks "$work/none"
    for number in x "${id}1" "${id}1,0" "${id}1,0g" "${id},00"; do
        echo "$number" >"$work/blocks.csv"
        check "no row of blocks" ends 1 "line 1: not a signal ID" "$bin/sttp-publish" --listen 127.0.0.1:0 --rate 0 \
            --buffer-blocks "$work/blocks.csv"
    done
    for number in x 16=x -1=x =x; do
        check "no user command" ends 2 "--command" "$bin/sttp-subscribe" 127.0.0.1:1 --command "$number"
    done
}

# Totals come every five seconds, with a time of day that has its milliseconds even at whole seconds.
check_totals() {
    local second rows="$work/seconds.csv"
    echo "signal_id,timestamp,flags,value" >"$rows"
    for second in 0 1 2 3 4 5 6 7; do
        echo "73747470-6d61-8064-8065-000000000001,2026-11-20T03:04:0${second}Z,0,1" >>"$rows"
    done
    start_publisher --signals 3 --replay "$rows" --rate 1 --wait-subscribers 2
    in_background subscriber "$bin/sttp-subscribe" "$address" --count 8
    subscriber=$!
    check "totals" ends 0 "" "$bin/sttp-subscribe" "$address" --count 8 --columns raw
    check "named totals" end_subscriber 0
    check "end of the replay" end_publisher 0
    check "time of day of a whole second" grep -qE "@ 03:04:0[0-7]\.000 = 1\.000 \(Normal\)" "$work/out"
    check "a signal by its names" grep -qE "STTP_PMU0001:FQ of PMU0001, FREQ @ 2026-11-20T03:04:0[0-7]Z = 1\.000 Hz \(Normal\)" \
        "$work/subscriber.out"
}

# The publisher connects, and whoever goes finds the other one again.
check_reverse() {
    address=127.0.0.1:0
    start_subscriber first --count 500
    check "listening twice" ends 1 "cannot listen on $address" "$bin/sttp-subscribe" --listen "$address"
    connect_publisher --signals 10 --rate 100
    check "publisher that connects" end_subscriber 0
    check "what it publishes" test "$(wc -l <"$work/first.csv")" = 501
    check "publisher says where it connects" grep -qxF "Publishing 10 measurements of 1 device to $address" \
        "$work/publisher.out"
    check "publisher notices the end" await_line "$work/publisher.out" "^Subscriber $address disconnected" $publisher

    start_subscriber second
    check "publisher comes back" await_line "$work/second.csv" "^[0-9a-f-]*,[0-9]*,0,[0-9.-]*$" $publisher
    kill -KILL $publisher
    check "publisher is killed" end_publisher 137
    connect_publisher --signals 10 --rate 100
    check "subscriber waits for another" await_line "$work/publisher.out" "subscribed to 10 signals" $publisher
    kill -KILL $subscriber
    check "subscriber is killed" end_subscriber 137
    check "publisher stays" await_line "$work/publisher.err" "check that a subscriber listens there" $publisher
    start_subscriber third --count 100
    check "publisher finds the subscriber again" end_subscriber 0
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
}

check_listen_and_connect() {
    address=127.0.0.1:0
    start_subscriber reverse --count 30
    local reverse=$address
    start_publisher --connect "$reverse" --signals 3 --wait-subscribers 2
    check "both ways" grep -q ", connecting to $reverse$" "$work/publisher.out"
    address=${address%, connecting to*}
    check "subscriber that connects" ends 0 "" "$bin/sttp-subscribe" --connect "$address" --format csv --count 30
    check "subscriber that listens" end_subscriber 0
    check "the same rows" diff "$work/reverse.csv" "$work/out"
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
}

# How many signals the rows of the last program are of.
signals_in_output() {
    tail -n +2 "$work/out" | cut -d, -f1 | sort -u | wc -l
}

check_connection_strings() {
    local one='filterExpression={FILTER TOP 1 ActiveMeasurements WHERE True}' string
    start_publisher_at --connection-string "port=0; interface=127.0.0.1; overflow=wait" --signals 3 --wait-subscribers 1
    string="server=$address; compression=false"
    check "all signals" ends 0 "" "$bin/sttp-subscribe" --connection-string "$string" --format csv --count 30
    check "three of them" [ "$(signals_in_output)" = 3 ]
    check "the string's filter" ends 0 "" "$bin/sttp-subscribe" --connection-string "$string; $one" --format csv \
        --count 30
    check "one of them" [ "$(signals_in_output)" = 1 ]
    check "an option over it" ends 0 "" "$bin/sttp-subscribe" --connection-string "$string; $one" --format csv \
        --filter "FILTER TOP 2 ActiveMeasurements WHERE True" --count 30
    check "two of them" [ "$(signals_in_output)" = 2 ]
    kill -TERM $publisher
    check "end by a signal" end_publisher 0

    start_publisher --signals 3 --set overflow=wait --set historyDuration=60 --history 5
    check "a setting by its key" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --count 30 \
        --set compression=false
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    check "no such key" ends 1 "--set overflw=wait: .*did you mean overflow?" "$bin/sttp-publish" --set overflw=wait
    check "no setting" ends 2 "--set is KEY=VALUE" "$bin/sttp-subscribe" a:1 --set compression
    check "a setting that is an option" ends 2 "--set filterExpression has no effect here; give --filter EXPR" \
        "$bin/sttp-subscribe" a:1 --set filterexpression=x
    check "a setting for nobody" ends 1 "--set is for the connection" "$bin/sttp-metadata" /dev/null --set version=2

    check "unknown key" ends 1 "did you mean server?" "$bin/sttp-subscribe" --connection-string "servr=a:1"
    check "unknown key" ends 1 "did you mean maxConnections?" "$bin/sttp-publish" --connection-string "maxConections=1"
    check "no publisher" ends 1 "give server=host:port" "$bin/sttp-subscribe" --connection-string "compression=false"
    check "no subscriber" ends 1 "give port=PORT" "$bin/sttp-publish" --connection-string "overflow=wait"
    check "two publishers" ends 2 "is enough" "$bin/sttp-subscribe" --connection-string "server=a:1" b:1
    check "two places" ends 2 "leave out --listen" "$bin/sttp-publish" --connection-string "port=0" --listen 127.0.0.1:0
}

check_bad_rows() {
    local id=73747470-6d61-8064-8065-000000000001 row
    for row in "x,1,0,1" "$id,1,0" "$id,1,0,1,1" "$id,soon,0,1" "$id,1,-1,1" "$id,1,0,1e39" "$id,1,0,1x" \
        "${id%1}9,1,0,1" "$(printf '%2000d' 0)"; do
        printf '%s\r\n\r\n%s\n' "$id,2026-11-20T12:00:00Z,0,1" "$row" >"$work/bad.csv"
        check "row '$row'" ends 1 "bad.csv, line 3: " "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 3 \
            --replay "$work/bad.csv"
    done
}

check_usage
check_readme
check_failures
check_formats
check_replay
check_json
check_outputs
check_count
check_demo
check_messages
check_totals
check_reverse
check_listen_and_connect
check_connection_strings
check_bad_rows
echo "Tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
