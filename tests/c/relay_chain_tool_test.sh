#!/bin/bash
# Relays behind relays: what they fetch of the past from each other, and from which of several publishers a signal comes.
#   relay_chain_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: relay_chain_tool_test.sh BIN_DIRECTORY}
whole=$(mktemp -d)
publisher=
other_publisher=
relay=
subscriber=
more_publishers=
trap 'rm -rf "$whole"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/parts.sh"
. "$here/tool_check.sh"
. "$here/relay_check.sh"

# From before both relays began; then the same at a relay that does not ask.
check_past() {
    local start stop first second
    start=$(now)
    start_publisher --signals 3 --rate 100 --history 10
    check "frames before there are relays" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --count 600
    start_chained first "$address" --listen 127.0.0.1:0 --history 10
    first=$chained
    check "frames that one relay has" ends 0 "" "$bin/sttp-subscribe" "$first" --format none --count 300
    start_chained second "$first" --listen 127.0.0.1:0 --history 10
    second=$chained
    check "frames that both have" ends 0 "" "$bin/sttp-subscribe" "$second" --format csv --count 300
    # What came last is everywhere.
    stop=$(time_of "$(tail -n 1 "$work/out")")
    check "of the publisher" history_of "$address" "$work/direct.csv" --start "$start" --stop "$stop"
    check "through two relays" history_of "$second" "$work/chained.csv" --start "$start" --stop "$stop"
    check "all that the publisher has, once" same_rows "$work/direct.csv" "$work/chained.csv"
    check "of all the time" test "$(rows_in "$work/direct.csv")" -ge 1200
    check "in the order of time" in_order "$work/chained.csv"
    check "up to now" history_of "$second" "$work/open.csv" --start "$start"
    check "as much at least" test "$(rows_in "$work/open.csv")" -ge "$(rows_in "$work/direct.csv")"
    check "without a gap" without_a_gap "$work/open.csv"
    check "from a publisher that pauses" after_a_pause "$second" "$start" "$stop"
    check "two at once, the one slowly" slow_and_fast "$second" "$start" "$stop"
    start_chained own "$first" --listen 127.0.0.1:0 --history 10 --own-history
    check "frames of a relay that does not ask" ends 0 "" "$bin/sttp-subscribe" "$chained" --format none --count 3
    check "what it has itself" history_of "$chained" "$work/own.csv" --start "$start"
    check "is less" test "$(rows_in "$work/own.csv")" -lt 600
    stop_others
    check "the end of the publisher" stop_publisher
}

after_a_pause() { # ADDRESS START STOP
    kill -STOP $publisher
    history_of "$1" "$work/paused.csv" --start "$2" --stop "$3" &
    local asking=$!
    sleep 1
    kill -CONT $publisher
    wait $asking && same_rows "$work/direct.csv" "$work/paused.csv"
}

# A playback that takes its time does not keep another one waiting.
slow_and_fast() { # ADDRESS START STOP
    timeout 60 "$bin/sttp-subscribe" "$1" --format none --start "$2" --processing-interval 1000 --duration 30 &
    local slow=$!
    history_of "$1" "$work/beside.csv" --start "$2" --stop "$3"
    kill -TERM $slow
    wait $slow || true
    without_a_gap "$work/beside.csv"
}

# What a publisher refuses, or cannot give, is told to who asks, and in the log.
check_refusals() {
    local first last
    start_publisher --signals 3 --rate 100
    start_relay "$address" --listen 127.0.0.1:0
    check "nobody has any" ends 1 "$address gives none: this publisher has no historical data" "$bin/sttp-subscribe" \
        "$relayed" --start '*-1h' --format csv
    check "that is in the log" grep -q "WARNING sttp-relay: historical data for a subscriber: $address gives none: " \
        "$work/relay.err"
    check "the end" end_relay
    start_relay "$address" --listen 127.0.0.1:0 --history 10
    check "frames" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 150
    check "what the relay has itself" ends 0 "" "$bin/sttp-subscribe" "$relayed" --start '*-1h' --processing-interval 0 \
        --format csv --log-level info
    check "came" without_a_gap "$work/out"
    check "and what is missing is told" grep -q "gives none" "$work/err"
    kill -TERM $publisher
    check "the end of the publisher" end_publisher 0
    check "the relay knows" await_line "$work/relay.err" "ERROR sttp-relay: $address: the publisher closed" $relay
    check "what cannot be had now is a failure" ends 1 "$address: " "$bin/sttp-subscribe" "$relayed" --start '*-1h' \
        --processing-interval 0 --format csv
    check "with what there is" without_a_gap "$work/out"
    first=$(time_of "$(sed -n 10p "$work/out")")
    last=$(time_of "$(tail -n 1 "$work/out")")
    check "nor what may have come since" ends 1 "$address: " "$bin/sttp-subscribe" "$relayed" --start "$first" \
        --processing-interval 0 --format none
    check "nobody is asked for what is here" ends 0 "" "$bin/sttp-subscribe" "$relayed" --start "$first" --stop "$last" \
        --processing-interval 0 --format csv
    check "and it comes" without_a_gap "$work/out"
    check "the end of the relay" end_relay
}

# The publisher with precedence gives none, another one does.
check_other_source() {
    local first second start stop
    start=$(now)
    start_publisher --signals 3 --rate 100 --history 10
    check "frames" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --count 300
    start_chained first "$address" --listen 127.0.0.1:0 --own-history
    first=$chained
    start_chained second "$address" --listen 127.0.0.1:0
    second=$chained
    start_relay "$first" "$second" --listen 127.0.0.1:0
    check "more frames" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format csv --count 300
    stop=$(time_of "$(tail -n 1 "$work/out")")
    check "of the publisher" history_of "$address" "$work/direct.csv" --start "$start" --stop "$stop"
    check "of another one" history_of "$relayed" "$work/other.csv" --start "$start" --stop "$stop"
    check "everything" same_rows "$work/direct.csv" "$work/other.csv"
    check "of all the time" test "$(rows_in "$work/direct.csv")" -ge 500
    check "nothing was wrong" test "$(grep -c "historical data" "$work/relay.err")" = 0
    check "the end" end_relay
    stop_others
    check "the end of the publisher" stop_publisher
}

# The publisher is started anew, so that the relay has more than it.
check_more_than_the_source() {
    local upstream
    start_publisher --signals 3 --rate 100 --history 10
    upstream=$address
    start_relay "$upstream" --listen 127.0.0.1:0 --history 10
    in_background live "$bin/sttp-subscribe" "$relayed" --format csv --output "$work/live.csv"
    subscriber=$!
    check "frames" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 300
    check "the end of the publisher" stop_publisher
    start_publisher_at --listen "$upstream" --signals 3 --rate 100 --history 10
    check "frames of the new one" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 300
    kill -TERM $subscriber
    check "the end of the subscriber" wait $subscriber
    subscriber=
    check "historical data" history_of "$relayed" "$work/all.csv" --start '*-1h'
    check "nothing is missing that came live" test -z "$(comm -23 <(sort "$work/live.csv") <(sort "$work/all.csv"))"
    check "what came live" test "$(rows_in "$work/live.csv")" -ge 500
    check "nothing is there twice" test -z "$(sort "$work/all.csv" | uniq -d)"
    check "the order of time" in_order "$work/all.csv"
    check "the end" end_relay
    check "the end of the new publisher" stop_publisher
}

# The relay in the middle is killed and comes back with nothing; the last one recovers through it what the source has.
check_cascade() {
    local first second before lost
    start_publisher --signals 3 --rate 100 --history 10
    start_chained first "$address" --listen 127.0.0.1:0 --history 10
    first=$chained before=${more_publishers##* }
    start_chained second "$first" --listen 127.0.0.1:0 --history 10 --recover --recover-delay 0.2
    second=$chained
    in_background end "$bin/sttp-subscribe" "$second" --recover --recover-delay 1 --format csv --output "$work/end.csv"
    subscriber=$!
    check "measurements" await_line "$work/end.csv" ",0$" $subscriber
    kill_chained "$before"
    check "frames that nobody relays" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --count 450
    lost=$(rows_in "$work/end.csv")
    start_chained first "$address" --listen "$first" --history 10
    check "the last relay recovers" await_line "$work/second.out" "Recovered what was missed" "${more_publishers##* }"
    check "and its subscriber has more" ends 0 "" "$bin/sttp-subscribe" "$second" --format none --count 60
    kill -TERM $subscriber
    check "the end of the subscriber" wait $subscriber
    subscriber=
    check "more than before" test "$(rows_in "$work/end.csv")" -gt $((lost + 450))
    check "nothing is missing, and nothing there twice" without_a_gap "$work/end.csv"
    stop_others
    check "the end of the publisher" stop_publisher
}

# Two relays have the same signals, at the same times. The first one is killed, and comes back.
check_fail_over() {
    local first second before
    start_publisher --signals 3 --rate 100 --history 10
    start_chained first "$address" --listen 127.0.0.1:0
    first=$chained before=${more_publishers##* }
    start_chained second "$address" --listen 127.0.0.1:0
    second=$chained
    start_relay "$first" "$second" --listen 127.0.0.1:0 --return-after 1 --recover --recover-delay 0 --report "$work/report.json"
    check "the first one has precedence" await_line "$work/relay.err" "3 of the signals of $second come from publishers" $relay
    in_background switched "$bin/sttp-subscribe" "$relayed" --format csv --output "$work/switched.csv"
    subscriber=$!
    check "measurements" await_line "$work/switched.csv" 000000000003, $subscriber
    kill_chained "$before"
    check "the second one stands in" await_line "$work/relay.err" \
        "3 signals that came from $first come from $second now" $relay
    check "frames of the second" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 300
    start_chained first "$address" --listen "$first"
    check "the first one is back" await_line "$work/relay.err" \
        "3 signals that came from $second come from $first now" $relay
    check "once" test "$(grep -c "signals that came from" "$work/relay.err")" = 2
    check "what it missed it has sent before" await_line "$work/relay.out" "Recovered what was missed" $relay
    check "frames of the first" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 300
    kill -TERM $subscriber
    check "the end of the subscriber" wait $subscriber
    subscriber=
    check "nothing is missing, and nothing there twice" without_a_gap "$work/switched.csv"
    check "the end" end_relay
    check "how complete each is" python3 - "$work/relay.err" "$work/report.json" <<'PYTHON'
import json, sys
sources = json.loads(open(sys.argv[1]).read().splitlines()[-1])["sources"]
report = json.load(open(sys.argv[2]))
assert [source["publisher"] for source in sources] == [source["publisher"] for source in report], (sources, report)
# The made-up metadata tell of 30 frames a second, of which a hundred come.
for source, told in zip(sources, report):
    assert source["counted"] > source["expected"] > 0 and source["completeness"] == 1, source
    assert told["devices"][0]["signals"] == 3 and told["devices"][0]["measurements"] <= source["counted"], told
PYTHON
    stop_others
    check "the end of the publisher" stop_publisher
}

# The first one stops granting two signals, and grants them again.
check_rights() {
    local first second
    start_publisher --signals 3 --rate 100 --history 10
    printf '[others]\nsignals = ALLOW WHERE True\n' >"$work/rights.txt"
    start_chained first "$address" --listen 127.0.0.1:0 --rights "$work/rights.txt"
    first=$chained
    start_chained second "$address" --listen 127.0.0.1:0
    second=$chained
    start_relay "$first" "$second" --listen 127.0.0.1:0 --return-after 1
    check "the first one has precedence" await_line "$work/relay.err" "3 of the signals of $second come from publishers" $relay
    in_background granted "$bin/sttp-subscribe" "$relayed" --format csv --output "$work/granted.csv"
    subscriber=$!
    check "measurements" await_line "$work/granted.csv" 000000000003, $subscriber
    printf "[others]\nsignals = ALLOW WHERE SignalType = 'FREQ'\n" >"$work/rights.txt"
    check "two come from the second" await_line "$work/relay.err" "2 signals that came from $first come from $second now" $relay
    check "frames" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 300
    printf '[others]\nsignals = ALLOW WHERE True\n' >"$work/rights.txt"
    check "and from the first again" await_line "$work/relay.err" "2 signals that came from $second come from $first now" $relay
    check "more frames" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 300
    kill -TERM $subscriber
    check "the end of the subscriber" wait $subscriber
    subscriber=
    check "nothing is missing, and nothing there twice" without_a_gap "$work/granted.csv"
    check "the end" end_relay
    stop_others
    check "the end of the publisher" stop_publisher
}

run_parts past refusals other_source more_than_the_source cascade fail_over rights
echo "Relay chain tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
