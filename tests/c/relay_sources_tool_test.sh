#!/bin/bash
# Relays of several publishers, of which one is silent, forgetful or cut off, and what subscribers get of the past then.
#   relay_sources_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: relay_sources_tool_test.sh BIN_DIRECTORY}
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

# Runs a relay of two relays, the first of which sends nothing for a while, and records what a subscriber gets.
follow_silence() { # SILENCE SOUND
    start_relay "$first" "$second" --listen 127.0.0.1:0 --return-after 1
    check "the first one has precedence" await_line "$work/relay.err" "3 of the signals of $second come from publishers" $relay
    in_background silent "$bin/sttp-subscribe" "$relayed" --format csv --output "$work/silent.csv"
    subscriber=$!
    check "measurements" await_line "$work/silent.csv" 000000000003, $subscriber
    $1
    check "the second one stands in" await_line "$work/relay.err" \
        "3 signals that came from $first come from $second now" $relay
    check "frames of the second" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 300
    $2
    check "the first one is heard again" await_line "$work/relay.err" \
        "3 signals that came from $second come from $first now" $relay
    check "frames of the first" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 300
    kill -TERM $subscriber
    check "the end of the subscriber" wait $subscriber
    subscriber=
    check "nothing is missing, and nothing there twice" without_a_gap "$work/silent.csv"
    check "the end" end_relay
}

# It stays connected, and stands still.
check_frozen() {
    local first second process
    start_publisher --signals 3 --rate 100
    start_chained first "$address" --listen 127.0.0.1:0
    first=$chained process=${more_publishers##* }
    start_chained second "$address" --listen 127.0.0.1:0
    second=$chained
    freeze() { kill -STOP "$process"; }
    thaw() { kill -CONT "$process"; }
    follow_silence freeze thaw
    stop_others
    check "the end of the publisher" stop_publisher
}

# It stays connected, and has lost its own publisher.
check_without_its_own() {
    local first second between
    start_publisher --signals 3 --rate 100
    start_chained between "$address" --listen 127.0.0.1:0
    between=$chained
    local process=${more_publishers##* }
    start_chained first "$between" --listen 127.0.0.1:0
    first=$chained
    start_chained second "$address" --listen 127.0.0.1:0
    second=$chained
    lose() { kill_chained "$process"; }
    bring_back() { start_chained between "$address" --listen "$between"; }
    follow_silence lose bring_back
    stop_others
    check "the end of the publisher" stop_publisher
}

# Of two relays with a history the first was started anew, or has none: the second one has what lies before.
check_forgetful() {
    local start stop first second before
    start=$(now)
    start_publisher --signals 3 --rate 100 --history 10
    start_chained first "$address" --listen 127.0.0.1:0 --history 10 --own-history
    first=$chained before=${more_publishers##* }
    start_chained second "$address" --listen 127.0.0.1:0 --history 10 --own-history
    second=$chained
    check "frames that both have" ends 0 "" "$bin/sttp-subscribe" "$second" --format none --count 600
    kill_chained "$before"
    start_chained first "$address" --listen "$first" --history 10 --own-history
    check "frames that the first one has anew" ends 0 "" "$bin/sttp-subscribe" "$first" --format none --count 300
    stop=$(now)
    check "a frame behind that" ends 0 "" "$bin/sttp-subscribe" "$second" --format none --count 3
    start_chained both "$first" "$second" --listen 127.0.0.1:0
    check "a frame of the relay of both" ends 0 "" "$bin/sttp-subscribe" "$chained" --format none --count 3
    check "of the second one" history_of "$second" "$work/second.csv" --start "$start" --stop "$stop"
    check "more than of the first" history_of "$first" "$work/first.csv" --start "$start" --stop "$stop"
    check "by far" test "$(rows_in "$work/second.csv")" -ge $(($(rows_in "$work/first.csv") + 500))
    check "of both" history_of "$chained" "$work/both.csv" --start "$start" --stop "$stop"
    check "all that the second one has, once" same_rows "$work/second.csv" "$work/both.csv"
    check "in the order of time" in_order "$work/both.csv"
    # Before the first one began anew it has nothing at all.
    stop=$(time_of "$(sed -n 100p "$work/second.csv")")
    check "early ones of the second" history_of "$second" "$work/early.csv" --start "$start" --stop "$stop"
    check "early ones of both" history_of "$chained" "$work/early_of_both.csv" --start "$start" --stop "$stop"
    check "the same" same_rows "$work/early.csv" "$work/early_of_both.csv"
    check "which are some" test "$(rows_in "$work/early.csv")" -ge 90
    start_chained none "$address" --listen 127.0.0.1:0 --own-history
    first=$chained
    start_chained behind "$first" "$second" --listen 127.0.0.1:0
    check "a frame of that" ends 0 "" "$bin/sttp-subscribe" "$chained" --format none --count 3
    check "the first one refuses" history_of "$chained" "$work/refused.csv" --start "$start" --stop "$stop"
    check "and the second one has the same" same_rows "$work/early.csv" "$work/refused.csv"
    stop_others
    check "the end of the publisher" stop_publisher
}

# The connection for the past breaks again and again, as when a source gives up waiting for a slow subscriber.
check_cut() {
    local start stop
    start=$(now)
    start_publisher --signals 12 --rate 1000 --history 10
    check "frames before" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --count 70000
    in_background proxy python3 "$here/cutting_proxy.py" "$address" 80000
    local proxy=$!
    more_publishers="$more_publishers $proxy"
    check "the network" await_line "$work/proxy.out" "^127" $proxy
    start_relay "$(head -n 1 "$work/proxy.out")" --listen 127.0.0.1:0
    check "a frame of the relay" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 3
    stop=$(now)
    check "a frame behind that" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 30
    check "of the publisher" history_of "$address" "$work/direct.csv" --start "$start" --stop "$stop"
    check "through the relay" history_of "$relayed" "$work/cut.csv" --start "$start" --stop "$stop"
    check "it was cut" test "$(grep -c cut "$work/proxy.out")" -ge 2
    check "all that the publisher has, once" same_rows "$work/direct.csv" "$work/cut.csv"
    check "the end" end_relay
    kill -TERM $proxy
    wait $proxy || true
    more_publishers=
    check "the end of the publisher" stop_publisher
}

# The publisher of the first of two relays stands still. The first one gives it up early enough for the second one to get what
# the first one has itself.
check_patience() {
    local start first second
    start_publisher --signals 3 --rate 100 --history 10
    start_chained first "$address" --listen 127.0.0.1:0 --history 10
    first=$chained
    check "frames that one relay has" ends 0 "" "$bin/sttp-subscribe" "$first" --format none --count 600
    start_chained second "$first" --listen 127.0.0.1:0
    second=$chained
    check "frames that both have" ends 0 "" "$bin/sttp-subscribe" "$second" --format none --count 30
    start=$(date -u -d '1 hour ago' +%Y-%m-%dT%H:%M:%SZ)
    kill -STOP $publisher
    check "what is missing is told" ends 1 "$address: it has sent nothing" "$bin/sttp-subscribe" "$second" --start "$start" \
        --processing-interval 0 --format csv
    check "with what there is" without_a_gap "$work/out"
    check "which is much" test "$(rows_in "$work/out")" -ge 600
    kill -CONT $publisher
    stop_others
    check "the end of the publisher" stop_publisher
}

# A gap of which the relay has the end, and its publisher, which stands still, the beginning, is not taken for recovered.
check_gap() {
    local first before
    start_publisher --signals 3 --rate 100 --history 10
    start_chained first "$address" --listen 127.0.0.1:0 --history 10
    first=$chained before=${more_publishers##* }
    check "frames before the gap" ends 0 "" "$bin/sttp-subscribe" "$first" --recover --outage-log "$work/outages.txt" \
        --format none --duration 2
    kill_chained "$before"
    start_chained first "$address" --listen "$first" --history 10
    check "frames that the relay has" ends 0 "" "$bin/sttp-subscribe" "$first" --format none --count 300
    in_background gap "$bin/sttp-subscribe" "$first" --recover --recover-delay 3 --outage-log "$work/outages.txt" --stats \
        --format csv --output "$work/gap.csv"
    subscriber=$!
    check "measurements" await_line "$work/gap.csv" 000000000003, $subscriber
    kill -STOP $publisher
    check "it is given up" await_line "$work/gap.err" "it has sent nothing for a while" $subscriber
    kill -CONT $publisher
    kill -TERM $subscriber
    check "the end of the subscriber" wait $subscriber
    subscriber=
    check "which is counted" test "$(counters_of "$work/gap.err" \
        '[str(stats["counters"][name]) for name in ("gaps_recovered", "gaps_abandoned")]')" = 0,1
    check "what the relay had came" test "$(rows_in "$work/gap.csv")" -ge 300
    stop_others
    check "the end of the publisher" stop_publisher
}

# One of two publishers with different signals was started anew: what the relay may have of its signals is left out, which is
# told.
check_left_out() {
    local start stop first before
    start=$(now)
    printf "[others]\nsignals = ALLOW WHERE SignalType <> 'FREQ'\n" >"$work/first.txt"
    printf "[others]\nsignals = ALLOW WHERE SignalType = 'FREQ'\n" >"$work/second.txt"
    start_publisher --signals 3 --rate 100 --history 10
    start_chained first "$address" --rights "$work/first.txt" --listen 127.0.0.1:0 --history 10 --own-history
    first=$chained before=${more_publishers##* }
    check "frames before the relay of both" ends 0 "" "$bin/sttp-subscribe" "$first" --format none --count 60
    start_chained second "$address" --rights "$work/second.txt" --listen 127.0.0.1:0
    start_relay "$first" "$chained" --listen 127.0.0.1:0 --return-after 0 --history 10
    check "frames of both" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 500
    stop=$(now)
    kill_chained "$before"
    start_chained first "$address" --rights "$work/first.txt" --listen "$first" --history 10 --own-history
    check "the first one is back" await_line "$work/relay.err" "connected with $first again\|$first: " $relay
    check "measurements of it" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 10 \
        --filter "FILTER ActiveMeasurements WHERE SignalType <> 'FREQ'"
    check "the past" ends 0 "$first has none of these times; what this relay may have of its signals is left out" \
        "$bin/sttp-subscribe" "$relayed" --start "$start" --stop "$stop" --processing-interval 0 --format csv --log-level info
    check "the others are there" test "$(rows_in "$work/out")" -ge 150
    check "the end" end_relay
    stop_others
    check "the end of the publisher" stop_publisher
}

run_parts frozen without_its_own forgetful cut patience gap left_out
echo "Relay sources tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
