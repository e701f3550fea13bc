#!/bin/bash
# Historical data, recovery and statistics of sttp-publish and sttp-subscribe.
#   history_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: history_tool_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
subscriber=
trap 'for child in $publisher $subscriber; do kill "$child"; done; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

id=73747470-6d61-8064-8065-00000000000

# Two signals at each of ten seconds, in $work/rows.csv.
write_rows() {
    local second
    echo "signal_id,timestamp,flags,value" >"$work/rows.csv"
    for second in 0 1 2 3 4 5 6 7 8 9; do
        printf '%s1,6390000000%s0000000,0,%s\n%s2,6390000000%s0000000,0,-%s\n' $id $second $second.5 $id $second \
            $second.25 >>"$work/rows.csv"
    done
}

# Rows of these seconds.
rows_of() { # FIRST LAST
    grep -E "^signal_id|,6390000000[$1-$2]" "$work/rows.csv"
}

same_rows() { # FIRST LAST
    diff <(rows_of "$1" "$2") "$work/out"
}

subscribes() { # CODE PATTERN OPTION...
    local code=$1 pattern=$2
    shift 2
    ends "$code" "$pattern" "$bin/sttp-subscribe" "$address" --format csv "$@"
}

check_memory() {
    start_publisher --signals 3 --replay "$work/rows.csv" --wait-subscribers 1 --history 600 --history-bytes 1048576 \
        --linger 3600
    check "live first" subscribes 0 "" --count 20
    check "all that memory has" subscribes 0 "" --start '2025-01-01' --processing-interval 0
    check "rows out of memory" same_rows 0 9
    check "a window" subscribes 0 "" --start 2025-11-29T08:00:02Z --stop "11/29/2025 08:00:05" \
        --processing-interval 0 --time-parameters "nobody = reads"
    check "rows of the window" same_rows 2 5
    check "as fast as possible, or at a pace" subscribes 0 "" --start 2025-11-29T08:00:08Z --processing-interval 1
    check "rows at a pace" same_rows 8 9
    check "nothing there" subscribes 0 "" --start 2024-01-01 --stop 2024-01-02
    check "no rows" test "$(wc -l <"$work/out")" = 1
    check "no time" subscribes 1 "--start: .*half past nine" --start "half past nine"
    kill -TERM $publisher
    check "end of lingering by a signal" end_publisher 0
    check "lingering ends by itself" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 3 --frames 1 \
        --rate 0 --linger 0.1
}

check_archive() {
    start_publisher --signals 3 --archive "$work/rows.csv"
    check "all of the archive" subscribes 0 "" --start '2025-01-01' --processing-interval 0
    check "rows out of the archive" same_rows 0 9
    check "a part of the archive" subscribes 0 "" --start 2025-11-29T08:00:03Z --stop 2025-11-29T08:00:06Z \
        --processing-interval 0 --filter "${id}1"
    check "rows of one signal" diff <(rows_of 3 6 | grep -v "${id}2") "$work/out"
    rm "$work/rows.csv"
    check "an archive that has gone" subscribes 1 "historical data could not be read" --start '2025-01-01'
    write_rows
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    start_publisher --signals 3
    check "no historical data" subscribes 1 "refused the subscription" --start '*-1m'
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
}

# Starts a subscriber that recovers. Rows go to $work/NAME.csv.
start_recovering() { # NAME OPTION...
    local name=$1
    shift
    in_background "$name" "$bin/sttp-subscribe" "$address" --format csv --output "$work/$name.csv" --recover \
        --recover-delay 0 --outage-log "$work/outages" --stats "$@"
    subscriber=$!
}

# Ends it, and leaves what it said in $work/NAME.err.
end_recovering() { # NAME
    local code=0
    kill -TERM $subscriber
    wait $subscriber || code=$?
    subscriber=
    cat "$work/$1.err"
    [ $code -eq 0 ]
}

# The subscriber ends with an exit code.
ends_waiting() { # CODE
    local code=0
    wait $subscriber || code=$?
    subscriber=
    [ $code -eq "$1" ]
}

# The frames of two runs together follow each other, a hundred a second, each with three signals.
without_a_gap() { # FILE...
    cat "$@" | grep -v signal_id | cut -d, -f1,2 | sort -t, -k2,2n -k1,1 |
        awk -F, '{ frame = int($2 / 100000 + 0.5) }
            NR > 1 && frame != last + (NR % 3 == 1) { print "row " NR ": " $0 " after frame " last; wrong = 1 }
            { last = frame }
            END { exit wrong || NR == 0 || NR % 3 != 0 }'
}

# Recovery that only the connection string asks for is written as that of --recover.
subscriber_of_string() {
    local string="server=$address; outageLog=$work/outages; dataGapRecovery={enabled=true; recoveryStartDelay=0}"
    in_background string "$bin/sttp-subscribe" --connection-string "$string" --format csv --output "$work/string.csv"
    subscriber=$!
    check "recovery by a connection string" await_line "$work/string.err" "Recovered what was missed" $subscriber
    check "end of the run by a connection string" end_recovering string
    check "recovered rows of it" grep -q ",1$" "$work/string.csv"
    check "a frame in between" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --count 3
}

check_recovery() {
    start_publisher --signals 3 --rate 100 --history 60
    start_recovering first
    check "live measurements" await_line "$work/first.csv" ",0$" $subscriber
    check "end of the first run" end_recovering first
    check "outage log" grep -qxE '[0-9TZ:.-]+;' "$work/outages"
    # Somebody else gets a frame, so that there is one to be recovered.
    check "a frame in between" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --count 3
    start_recovering second
    check "recovery by the second run" await_line "$work/second.err" "Recovered what was missed" $subscriber
    check "end of the second run" end_recovering second
    check "nothing is missing, and nothing there twice" without_a_gap "$work/first.csv" "$work/second.csv"
    check "a column more" grep -qx "signal_id,timestamp,flags,value,recovered" <(head -n 1 "$work/second.csv")
    check "recovered rows" grep -q ",1$" "$work/second.csv"
    check "statistics of the recovery" statistics_of "$work/second.err" measurements_recovered gaps gaps_recovered gaps_abandoned
    check "a frame in between" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --count 3
    subscriber_of_string
    start_recovering wide --columns wide
    check "recovery of wide rows" await_line "$work/wide.err" "Recovered what was missed" $subscriber
    check "end of the wide run" end_recovering wide
    check "recovered wide rows" grep -qE "^20[^,]*(,-?[0-9.]+){3},,1$" "$work/wide.csv"
    check "with all that came" eval '! grep -q "left out" "$work/wide.err"'
    check "an outage log without a folder" ends 1 "outage log .* cannot be used" "$bin/sttp-subscribe" "$address" \
        --format none --recover --outage-log "$work/none/outages" --duration 0.5
    start_recovering third
    check "live measurements" await_line "$work/third.csv" ",0$" $subscriber
    # The subscriber may be writing a file of that name just now, which it then renames.
    for _ in {1..500}; do
        mkdir "$work/outages.new" 2>/dev/null && break
        sleep 0.01
    done
    kill -TERM $subscriber
    check "an outage log that cannot be written" ends_waiting 1
    check "it is told" grep -q "outage log cannot be written: .*directory" "$work/third.err"
    rmdir "$work/outages.new"
    check "objects" ends 0 "" "$bin/sttp-subscribe" "$address" --format jsonl --recover --count 3
    check "an object" grep -q ',"recovered":false}$' <(head -n 1 "$work/out")
    check "objects without recovery" ends 0 "" "$bin/sttp-subscribe" "$address" --format jsonl --count 3
    check "the same members as ever" grep -vq recovered "$work/out"
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
}

# The last line of a file is JSON of which a Python expression about `s` is true.
says() { # FILE EXPRESSION
    tail -n 1 "$1" | python3 -c "import json, sys; s = json.load(sys.stdin); print(s); sys.exit(not ($2))"
}

check_statistics() {
    start_publisher --signals 3 --rate 100
    check "latencies" subscribes 0 "" --count 30 --stats --latency --signal-stats "$work/signals.csv"
    check "latencies of the subscriber" says "$work/err" 's["latency"]["measurements"] >= 30'
    check "their order" says "$work/err" \
        's["latency"]["minimum"] <= s["latency"]["mean"] <= s["latency"]["maximum"]'
    check "rate of the subscriber" says "$work/err" 's["counters"]["measurements_per_second"] >= 0'
    check "columns of the signals" grep -q "^signal_id,measurements,flagged,last_timestamp,last_value,latency_minimum" \
        "$work/signals.csv"
    check "a row for each signal" test "$(wc -l <"$work/signals.csv")" = 4
    check "a row" grep -qxE "[0-9a-f-]{36},[0-9]+,0,[0-9]{18},[0-9.-]+(,-?[0-9]+\.[0-9]{7}){3}" \
        <(sed -n 2p "$work/signals.csv")
    check "no latencies unasked" subscribes 0 "" --count 3 --stats
    check "statistics without latencies" says "$work/err" '"latency" not in s'
    check "signals that cannot be written" subscribes 1 "$work/none/x" --count 3 --signal-stats "$work/none/x"
    rm "$work/outages"
    start_recovering last
    check "a subscriber that stays" await_line "$work/last.csv" ",0$" $subscriber
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    check "end of the subscriber" end_recovering last
    check "connections of the publisher" says "$work/publisher.err" \
        'len(s["connections"]) == 4 and len({c["id"] for c in s["connections"]}) == 4'
    check "counts of each connection" says "$work/publisher.err" \
        'all(all(c["counters"][n] > 0 for n in ("measurements_sent", "packets_sent", "bytes_sent", "bytes_received"))
             for c in s["connections"])'
    check "all is the sum of all" says "$work/publisher.err" \
        's["counters"]["bytes_sent"] >= sum(c["counters"]["bytes_sent"] for c in s["connections"]) > 0 \
         == s["counters"]["measurements_dropped"]'
    check "latencies of the publisher" says "$work/publisher.err" \
        's["latency"]["measurements"] >= s["connections"][0]["latency"]["measurements"] > 0'
}

write_rows
check_memory
check_archive
check_recovery
check_statistics
echo "History tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
