#!/bin/bash
# The relay: what it passes on and from whom, metadata that change, what is missed while it is away, and TLS and rights on
# both sides.
#   relay_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: relay_tool_test.sh BIN_DIRECTORY}
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

check_usage() {
    check "no publisher" ends 2 "the address HOST:PORT of a publisher is missing" "$bin/sttp-relay"
    check "a setting of the publishing side" ends 2 "--publish-set is KEY=VALUE" "$bin/sttp-relay" 127.0.0.1:1 \
        --publish-set history
    check "one that there is not" ends 1 "--publish-set histry=1" "$bin/sttp-relay" 127.0.0.1:1 --publish-set histry=1
    check "trust without a certificate" ends 2 "--source-certificate" "$bin/sttp-relay" 127.0.0.1:1 --source-trust "$work"
    check "an address that is in use" ends 1 "--listen chooses another address" "$bin/sttp-relay" "$address" \
        --listen "$address"
}

# How many measurements of a frame come of each signal; there are to be so many signals.
once_a_frame() { # FILE SIGNALS
    grep -v signal_id "$1" | cut -d, -f1,2 | sort | uniq -c | awk -v signals="$2" '
        $1 != 1 { print "twice: " $0; wrong = 1 }
        { split($2, part, ","); ids[part[1]] = 1 }
        END { for (id in ids) count++; if (count != signals) print count " signals"; exit wrong || count != signals }'
}

# The made-up signals of both have the same IDs, so the second one has two that the first has not.
check_sources() {
    start_publisher --signals 3 --rate 50
    check_usage
    in_background other "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 5 --rate 50
    other_publisher=$!
    check "another publisher" await_line "$work/other.out" "^Publishing " $other_publisher
    start_relay "$address" "$(sed -n 's/^Publishing .* on //p' "$work/other.out")" --listen 127.0.0.1:0 --metrics 0
    check "two sources are one" await_line "$work/relay.out" "^Relaying 5 measurements of 1 device$" $relay
    check "of the second, what the first has not" await_line "$work/relay.err" "^.*WARNING sttp-relay: 3 of the signals of" \
        $relay
    check "measurements" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format csv --count 500
    check "of each signal once" once_a_frame "$work/out" 5
    check "metadata" ends 0 "" "$bin/sttp-metadata" "$relayed" --select "SignalAcronym = 'FREQ'"
    check "of the device" grep -q FREQ "$work/out"
    check "metrics" ends 0 "" python3 -c 'import sys, urllib.request
text = urllib.request.urlopen(sys.argv[1]).read().decode()
open(sys.argv[2], "w").write(text)
assert text.count("sttp_subscriber_measurements_total{source=") == 2 and "sttp_publisher_subscribed " in text, text
assert text.count("sttp_subscriber_connected{source=") == text.count("} 1\n", text.index("# TYPE sttp_subscriber_connected"),
    text.index("# HELP sttp_subscriber_subscribed")) == 2, text' \
        "$(sed -n 's|.*\(http://[0-9.:]*/metrics\).*|\1|p' "$work/relay.err" | head -n 1)" "$work/relay.metrics"
    kill -TERM $other_publisher
    check "the end of a source" wait $other_publisher
    other_publisher=
    check "the other one goes on" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 30
    check "the end" end_relay
    check "statistics" statistics_of "$work/relay.err" measurements cpu_seconds
    check "of each source" grep -q '"sources":\[{"counters":{.*},{"counters":{' "$work/relay.err"
    check "every counter of a relay once" python3 "$here/metrics_check.py" "$work/relay.metrics" \
        "sttp_publisher=$(counters_of "$work/relay.err" 'stats["counters"]')" \
        "sttp_subscriber=$(counters_of "$work/relay.err" 'list(stats["sources"][0]["counters"]) + ["connected", "subscribed"]')"
    check "the end of the publisher" stop_publisher
}

# Of signals that the first one has and does not grant, the second one's are relayed. What is asked for goes by point tags,
# of which the first one has one that fits.
check_grants() {
    local first
    start_another whole --signals 5
    check "metadata" ends 0 "" "$bin/sttp-subscribe" "$another" --once --count 1 --format none --metadata-out "$work/whole.xml"
    stop_others
    sed '/<SignalAcronym>FREQ/s/STTP_PMU/WANTED_PMU/' "$work/whole.xml" >"$work/one.xml"
    sed 's/STTP_PMU/WANTED_PMU/' "$work/whole.xml" >"$work/all.xml"
    start_another first --metadata "$work/one.xml"
    first=$another
    start_another second --metadata "$work/all.xml"
    start_relay "$first" "$another" --listen 127.0.0.1:0 --filter "FILTER ActiveMeasurements WHERE PointTag LIKE 'WANTED%'"
    check "the first one grants one" await_line "$work/relay.out" "^Subscribed to 1 signal of $first" $relay
    check "of the second one, all but that" await_line "$work/relay.err" \
        "WARNING sttp-relay: 1 of the signals of $another " $relay
    check "measurements of both" timeout 120 "$bin/sttp-subscribe" "$relayed" --format csv --count 500 --output "$work/both.csv"
    check "each signal once" once_a_frame "$work/both.csv" 5
    check "metadata" ends 0 "" "$bin/sttp-metadata" "$relayed" --select "PointTag LIKE 'WANTED%'"
    check "of who grants a signal" test "$(grep -c WANTED_PMU "$work/out")" = 5
    check "the end" end_relay
    stop_others
}

# Half of what the metadata tell comes.
check_completeness() {
    local metrics value=
    start_another half --signals 3 --rate 15
    start_relay "$another" --listen 127.0.0.1:0 --metrics 0 --report "$work/half.txt"
    metrics=$(sed -n 's|.*\(http://[0-9.:]*/metrics\).*|\1|p' "$work/relay.err" | head -n 1)
    for _ in {1..1200}; do
        python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode())' "$metrics" >"$work/half.metrics"
        value=$(sed -n 's/^sttp_source_completeness{.*} //p' "$work/half.metrics")
        [ -z "$value" ] || break
        sleep 0.1
    done
    check "by metrics" is_half "$value"
    check "and by totals" is_half "$(awk '/^sttp_source_counted_total\{/ { counted = $2 } /^sttp_source_expected_total\{/ { expected = $2 }
        END { print counted / expected }' "$work/half.metrics")"
    check "which are counters" test "$(grep -c "^# TYPE sttp_source_[a-z]*_total counter" "$work/half.metrics")" = 2
    check "more frames" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format none --count 60
    check "the end" end_relay
    check "by statistics" is_half "$(counters_of "$work/relay.err" '[str(stats["sources"][0]["completeness"])]')"
    check "by the report" grep -q "measurements are missing, at the 30 frames a second" "$work/half.txt"
    stop_others
}

# A report of an earlier run stays when nothing can begin.
check_beginning() {
    echo before >"$work/old.txt"
    check "a wrong setting" ends 1 "publish-set" "$bin/sttp-relay" 127.0.0.1:1 --publish-set nonsense=1 --report "$work/old.txt"
    check "the report of before" grep -q before "$work/old.txt"
}

is_half() { # NUMBER
    awk -v number="$1" 'BEGIN { print number; exit !(number > 0.3 && number < 0.7) }'
}

# Metadata that do not fit to those of publishers with precedence are left out, and no others.
check_metadata_that_do_not_fit() {
    local signals sources=()
    for signals in 5 3; do
        start_another whole --signals $signals
        check "metadata" ends 0 "" "$bin/sttp-subscribe" "$another" --once --count 1 --format none --metadata-out \
            "$work/$signals.xml"
    done
    stop_others
    # Texts where others have numbers.
    sed 's|<Description>[^<]*</Description>||' "$work/5.xml" >"$work/first.xml"
    sed 's|<Description>[^<]*</Description>||; s/\(name="Description" type="xs:\)string/\1int/' "$work/3.xml" >"$work/third.xml"
    check "a column of numbers" grep -q 'name="Description" type="xs:int"' "$work/third.xml"
    for signals in first 3 third; do
        start_another "$signals" --metadata "$work/$signals.xml"
        sources+=("$another")
    done
    start_relay "${sources[@]}" --listen 127.0.0.1:0
    check "what does not fit is told" grep -q "the metadata of ${sources[2]} cannot be combined with those of others" \
        "$work/relay.err"
    check "the others are relayed" await_line "$work/relay.out" "^Relaying 5 measurements of 1 device$" $relay
    check "the end" end_relay
    stop_others
}

# A subscriber that listens, and comes late.
check_late_subscriber() {
    local address
    start_another whole --signals 3
    address=$another
    # A port that nobody has any more.
    "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 1 --rate 0 >"$work/free" 2>&1
    local port
    port=$(sed -n 's/^Publishing .*://p' "$work/free")
    in_background late "$bin/sttp-relay" "$address" --connect "localhost:$port"
    relay=$!
    check "a sign of life" await_line "$work/late.err" \
        "WARNING sttp-relay: no connection with localhost:$port for [0-9]* s, [0-9]* attempts failed; the next one in" $relay
    check "the reason is told once" test "$(grep -c "cannot connect to localhost:$port" "$work/late.err")" = 1
    check "a subscriber that listens" ends 0 "" "$bin/sttp-subscribe" --listen "127.0.0.1:$port" --count 30 --format none
    check "connected again" await_line "$work/late.err" "INFO sttp-relay: connected with localhost:$port again after [0-9]* s" $relay
    check "the end" end_relay
    stop_others
}

# A publisher that is connected and sends nothing.
check_silence() {
    start_another silent --signals 3 --wait-subscribers 2
    start_relay "$another" --listen 127.0.0.1:0
    check "silence is told" await_line "$work/relay.err" \
        "WARNING sttp-relay: $another is connected, and has sent no measurement for [0-9]* s" $relay
    check "another subscriber" ends 0 "" "$bin/sttp-subscribe" "$another" --format none --count 50
    check "and its end" await_line "$work/relay.err" "INFO sttp-relay: measurements of $another come again after" $relay
    check "the end" end_relay
    stop_others
}

check_changed_metadata() {
    start_publisher --signals 3 --rate 50
    local upstream=$address
    start_relay "$upstream" --listen 127.0.0.1:0
    in_background changed "$bin/sttp-subscribe" "$relayed" --follow-changes --format csv --output "$work/changed.csv"
    subscriber=$!
    check "measurements before" await_line "$work/changed.csv" 000000000003, $subscriber
    check "the end of the publisher" stop_publisher
    start_publisher_at --listen "$upstream" --signals 5 --rate 50
    check "the relay follows" await_line "$work/relay.out" "^Relaying 5 measurements" $relay
    check "its subscriber has the new signals" await_line "$work/changed.csv" 000000000005, $subscriber
    kill -TERM $subscriber
    check "without a lost connection" wait $subscriber
    subscriber=
    check "nor an attempt to connect" sh -c "! grep -i 'connection with\|cannot connect' '$work/changed.err'"
    check "the end of the relay" end_relay
    check "the end of the publisher" stop_publisher
}

start_recovering_relay() { # ADDRESS
    start_relay "$address" --listen "$1" --recover --recover-delay 0 --outage-log "$work/relay.log" --history 10
}

# Nothing is lost, and nothing comes twice, though the relay is killed in between and misses measurements itself.
check_killed() {
    start_publisher --signals 3 --rate 100 --history 10
    start_recovering_relay 127.0.0.1:0
    in_background killed "$bin/sttp-subscribe" "$relayed" --recover --recover-delay 1 --format csv --output "$work/killed.csv"
    subscriber=$!
    check "measurements before" await_line "$work/killed.csv" ",0$" $subscriber
    # A relay that runs for less than five seconds has noted nothing yet that the next one could go on from.
    for _ in {1..2400}; do
        [ ! -s "$work/relay.log" ] || break
        sleep 0.05
    done
    kill -KILL $relay
    wait $relay || true
    relay=
    local lost
    lost=$(wc -l <"$work/killed.csv")
    check "frames that nobody relays" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --count 450
    start_recovering_relay "$relayed"
    check "recovery" await_line "$work/killed.err" "Recovered what was missed" $subscriber
    kill -TERM $subscriber
    check "the end of the subscriber" wait $subscriber
    subscriber=
    check "something was recovered" test "$(grep -c ',1$' "$work/killed.csv")" -ge 60
    check "after what came before" test "$(wc -l <"$work/killed.csv")" -gt "$lost"
    check "nothing is missing, and nothing there twice" without_a_gap "$work/killed.csv"
    check "the end of the relay" end_relay
    check "the end of the publisher" stop_publisher
}

# Options of a side with its own certificate, which trusts another.
by() { # PREFIX OWN PEER
    echo "--$1certificate" "$work/$2.cer" "--$1private-key" "$work/$2.key" "--$1trust" "$work/$3.cer"
}

check_tls() {
    for name in publisher relay subscriber; do
        check "a certificate" ends 0 "" "$bin/sttp-publish" --make-certificate "$work/$name"
    done
    write_rights
    # shellcheck disable=SC2046
    start_publisher --signals 5 --rate 50 $(by "" publisher relay)
    # shellcheck disable=SC2046
    start_relay "$address" --listen 127.0.0.1:0 $(by source- relay publisher) $(by "" relay subscriber) \
        --rights "$work/rights.txt"
    # shellcheck disable=SC2046
    check "by TLS on both sides" ends 0 "" "$bin/sttp-subscribe" "$relayed" --format csv --count 100 \
        $(by "" subscriber relay)
    check "what the rights allow" once_a_frame "$work/out" 1
    check "not without" ends 1 "this port is for TLS" "$bin/sttp-subscribe" "$relayed" --once
    check "the end of the relay" end_relay
    check "the end of the publisher" stop_publisher
}

# The subscriber may have one signal.
write_rights() {
    printf '[subscriber ours]\ncertificate = %s\nsignals = ALLOW WHERE SignalType = %s\n' \
        "$(openssl x509 -in "$work/subscriber.cer" -noout -fingerprint -sha256 | cut -d= -f2)" "'FREQ'" >"$work/rights.txt"
}

run_parts sources grants completeness beginning metadata_that_do_not_fit late_subscriber silence changed_metadata killed tls
echo "Relay tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
