#!/bin/bash
# Recordings over block links: over a serial line, UDP, TCP and a file comes what was published, exactly, with metadata and
# what was counted.
#   link_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: link_tool_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
subscriber=
line=
trap 'kill $publisher $subscriber $line 2>/dev/null || true; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

signals=12
times=150
rows=$((signals * times))

# Values that a float32 holds, and flags here and there.
write_recording() {
    awk -v signals=$signals -v times=$times 'BEGIN {
        print "signal_id,timestamp,flags,value"
        for (time = 0; time < times; time++)
            for (signal = 1; signal <= signals; signal++)
                printf "7e000000-0000-0000-0000-%012d,6380000000%08d,%d,%.2f\n", signal, time * 333333,
                       (time + signal) % 29 == 0 ? 4096 : 0, (time * 7 + signal) / 4
    }' | sed 's/\.\([0-9]\)0$/.\1/; s/\.0$//' >"$work/recording.csv"
}

# Starts sttp-subscribe on a link, with its rows in $work/got.csv.
start_subscriber() { # PLACE OPTION...
    local place=$1
    shift
    rm -f "$work/got.csv"
    in_background subscriber "$bin/sttp-subscribe" --link "$place" --format csv --output "$work/got.csv" --stats \
        --count $rows --timeout 120 --duration 120 "$@"
    subscriber=$!
}

end_subscriber() {
    local code=0
    wait $subscriber || code=$?
    subscriber=
    cat "$work/subscriber.err"
    [ $code -eq 0 ]
}

# What came is what was published, in order.
is_exact() {
    cmp "$work/recording.csv" "$work/got.csv"
}

# A member of the last line of a file, by what follows `stats`.
told() { # FILE EXPRESSION
    tail -n 1 "$1" | python3 -c "import json, sys; stats = json.load(sys.stdin); assert ($2), stats"
}

start_line() { # [DAMAGE]
    in_background line python3 "$here/serial_line.py" "$@"
    line=$!
    check "a line" await_line "$work/line.out" " " $line
    read -r first second <"$work/line.out"
}

end_line() {
    kill $line
    wait $line 2>/dev/null || true
    line=
}

check_serial() {
    start_line
    start_subscriber "serial:$second,115200,8N1" --metadata-out "$work/metadata.xml"
    # With the shortest queue that there is, which a recording does not fit in.
    check "a recording goes over a serial line" ends 0 "" "$bin/sttp-publish" \
        --link "serial:$first,115200,8N1; sendQueue=4096" --replay "$work/recording.csv" --wait-subscribers 1 --stats
    cp "$work/err" "$work/publisher.err"
    cp "$work/out" "$work/publisher.out"
    check "and comes" end_subscriber
    check "exactly" is_exact
    check "with the metadata" grep -q "7e000000-0000-0000-0000-000000000012" "$work/metadata.xml"
    check "the sender says where" grep -q "^Publishing .* over serial:$first,115200,8N1$" "$work/publisher.out"
    check "and who has subscribed" grep -q "the other side subscribed to $signals signals" "$work/publisher.out"
    check "levels of compliance are told" grep -q "levels of compliance application, gateway and concentrator" \
        "$work/publisher.out" "$work/subscriber.err"
    check "what was sent is counted" told "$work/publisher.err" "stats['links'][0]['session']['points_sent'] == $rows
        and stats['links'][0]['levels'] == ['application', 'gateway', 'concentrator'] and stats['subscribers'] == 1"
    check "what came is counted" told "$work/subscriber.err" "stats['links'][0]['session']['points_received'] == $rows
        and stats['links'][0]['session']['blocks_lost'] == 0 and stats['measurements'] == $rows"
    end_line
}

check_damage() {
    start_line 2003
    rm -f "$work/got.csv"
    in_background subscriber "$bin/sttp-subscribe" --link "serial:$second" --format csv --output "$work/got.csv" \
        --stats --timeout 120
    subscriber=$!
    check "a recording goes over a line that damages bytes" ends 0 "" "$bin/sttp-publish" --link "serial:$first" \
        --replay "$work/recording.csv" --wait-subscribers 1 --linger 2
    kill -TERM $subscriber
    check "some of it comes" end_subscriber
    check "nothing of it changed" bash -c "! grep -vxFf '$work/recording.csv' '$work/got.csv'"
    check "what was lost is counted" told "$work/subscriber.err" "
        0 < stats['measurements'] < $rows and stats['links'][0]['session']['blocks_lost'] > 0
        and stats['links'][0]['session']['bytes_skipped'] > 0"
    end_line
}

check_udp() {
    start_subscriber "udp-listen:127.0.0.1:0; oneWay=true"
    check "a port is open" await_line "$work/subscriber.err" "is open: UDP port" $subscriber
    local port
    port=$(sed -n 's/.*UDP port \([0-9]*\)$/\1/p' "$work/subscriber.err")
    check "a recording goes over one-way UDP" ends 0 "" "$bin/sttp-publish" \
        --link "udp:127.0.0.1:$port; oneWay=true" --replay "$work/recording.csv"
    check "and comes" end_subscriber
    check "exactly" is_exact
}

check_tcp() {
    in_background publisher "$bin/sttp-publish" --link tcp-listen:127.0.0.1:0 --replay "$work/recording.csv" \
        --wait-subscribers 1 --stats
    publisher=$!
    check "it listens" await_line "$work/publisher.out" "over tcp-listen:127.0.0.1:" $publisher
    start_subscriber "$(sed -n 's/.* over tcp-listen:/tcp:/p' "$work/publisher.out")" \
        --filter "FILTER ActiveMeasurements WHERE True"
    check "a recording goes over TCP" end_publisher 0
    check "and comes" end_subscriber
    check "exactly" is_exact
    check "in compact blocks and the Standard stream" grep -q "compact blocks of .* Standard stream" "$work/subscriber.err"
}

# By TLS: a link says by its settings whose certificates are whose.
check_tls() {
    local secured="securityMode=TLS; localCertificate=$work/mine.cer; localPrivateKey=$work/mine.key; remoteCertificate=$work/mine.cer"
    check "a certificate" ends 0 "" "$bin/sttp-publish" --make-certificate "$work/mine"
    in_background publisher "$bin/sttp-publish" --link "tcp-listen:127.0.0.1:0; $secured" --replay "$work/recording.csv" \
        --wait-subscribers 1
    publisher=$!
    check "it listens" await_line "$work/publisher.out" "over tcp-listen:127.0.0.1:" $publisher
    start_subscriber "$(sed -n 's/.* over tcp-listen:/tcp:/p' "$work/publisher.out"); $secured"
    check "a recording goes over TLS" end_publisher 0
    check "and comes" end_subscriber
    check "exactly" is_exact
    check "TLS is told" grep -q "Standard stream, TLS$" "$work/subscriber.err"
}

check_group() {
    local port
    port=$(python3 -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("", 0)); print(s.getsockname()[1])')
    start_subscriber "udp-listen:239.255.71.8:$port; linkInterface=127.0.0.1"
    check "a group is joined" await_line "$work/subscriber.err" "is open" $subscriber
    check "a recording goes to a group" ends 0 "" "$bin/sttp-publish" \
        --link "udp:239.255.71.8:$port; linkInterface=127.0.0.1" --replay "$work/recording.csv"
    check "and comes" end_subscriber
    check "exactly" is_exact
}

check_file() {
    check "a recording goes into a file, and to a port" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 \
        --link "file:$work/blocks" --replay "$work/recording.csv"
    check "out of which it comes" ends 0 "" "$bin/sttp-subscribe" --link "file:$work/blocks" --format csv
    cp "$work/out" "$work/got.csv"
    check "exactly" is_exact
    check "with the names of the signals" ends 0 "" "$bin/sttp-subscribe" --link "file:$work/blocks" --format csv \
        --columns named
    check "in each row" [ "$(grep -c "Z,IMPORTED,," "$work/out")" = $rows ]
    check "a row for each time" ends 0 "" "$bin/sttp-subscribe" --link "file:$work/blocks" --format csv --columns wide
    check "has all signals" [ "$(wc -l <"$work/out")" = $((times + 1)) ]
    check "some signals" ends 0 "" "$bin/sttp-publish" --replay "$work/recording.csv" \
        --link "link={file:$work/some}; signals={7e000000-0000-0000-0000-000000000003}"
    check "out of a file" ends 0 "" "$bin/sttp-subscribe" --link "file:$work/some" --format csv
    check "are these alone" [ "$(grep -c 000000000003, "$work/out") $(wc -l <"$work/out")" = "$times $((times + 1))" ]
    check "nothing is overwritten" ends 1 "is not overwritten" "$bin/sttp-publish" --link "file:$work/blocks" \
        --replay "$work/recording.csv"
    check "no file" ends 1 "No such file" "$bin/sttp-subscribe" --link "file:$work/none"
}

# The value of a metric of the one link.
metric() { # FILE NAME
    sed -n "s/^sttp_block_link_$2{link=\"[a-z-]*:127.0.0.1:[0-9]*\"} //p" "$1"
}

check_metrics_and_report() {
    local publisher_metrics subscriber_metrics names='list(stats["links"][0]["counters"]) + list(stats["links"][0]["session"])'
    in_background publisher "$bin/sttp-publish" --link tcp-listen:127.0.0.1:0 --signals 20 --rate 30 --metrics 0 --stats
    publisher=$!
    check "it listens" await_line "$work/publisher.out" "over tcp-listen:127.0.0.1:" $publisher
    publisher_metrics=$(metrics_of "$work/publisher.err" $publisher)
    in_background subscriber "$bin/sttp-subscribe" --link "$(sed -n 's/.* over tcp-listen:/tcp:/p' "$work/publisher.out")" \
        --format csv --output "$work/live.csv" --metrics 127.0.0.1:0 --stats --report "$work/report.json"
    subscriber=$!
    subscriber_metrics=$(metrics_of "$work/subscriber.err" $subscriber)
    check "measurements flow" await_line "$work/subscriber.err" "^Receiving" $subscriber
    # Enough frames to tell how complete they are.
    check "rows come" await_rows 1000
    check "metrics of who sends" fetch "$publisher_metrics" "$work/publisher.metrics"
    check "metrics of who receives" fetch "$subscriber_metrics" "$work/subscriber.metrics"
    kill -INT $subscriber
    check "who receives ends" end_subscriber
    kill -INT $publisher
    check "who sends, too" end_publisher 0
    check "what came is told" [ "$(metric "$work/subscriber.metrics" points_received_total)" -ge 1000 ]
    check "and what was sent" [ "$(metric "$work/publisher.metrics" points_sent_total)" -ge 1000 ]
    check "and that nothing was lost" [ "$(metric "$work/subscriber.metrics" blocks_lost_total)" = 0 ]
    check "and that both sides get along" [ "$(metric "$work/subscriber.metrics" agreed)" = 1 ]
    for side in publisher subscriber; do
        check "every counter of who is the $side once" python3 "$here/metrics_check.py" "$work/$side.metrics" \
            "sttp_block_link=$(counters_of "$work/$side.err" "$names + ['open', 'agreed', 'waiting_points']")"
    done
    check "the report" python3 -c "
import json
report = json.load(open('$work/report.json'))
devices = report['devices']
assert [len(devices), report['connections']] == [2, 1] and report['publisher'].startswith('tcp:'), report
assert all(device['completeness'] > 0 and device['latency_mean'] is not None for device in devices), report
assert sum(device['measurements'] for device in devices) >= 1000 and all(device['signals'] == 10 for device in devices)
"
    # A recording is of its own time: that is no clock gone wrong.
    check "of a file" ends 0 "" "$bin/sttp-subscribe" --link "file:$work/blocks" --format none --report -
    check "a report, too" grep -qE "^IMPORTED +$signals +1,800 " "$work/out"
    check "without complaints" grep -qx "1 device, nothing is wrong" "$work/out"
}

await_rows() { # COUNT
    local turn
    for ((turn = 0; turn < 2400; turn++)); do
        [ "$(wc -l <"$work/live.csv")" -le "$1" ] || return 0
        sleep 0.05
    done
    return 1
}

check_usage() {
    check "no place" ends 1 "give .*serial:DEVICE" "$bin/sttp-publish" --link nowhere
    check "no such setting" ends 1 "onewey" "$bin/sttp-subscribe" --link "udp-listen:0; onewey=true"
    check "no device" ends 1 "/dev/none" "$bin/sttp-publish" --link serial:/dev/none
    check "no rate" ends 1 "RATE" "$bin/sttp-subscribe" --link serial:/dev/null,fast
    check "a filter where nobody can answer" ends 1 "one-way" "$bin/sttp-subscribe" --link "udp-listen:0; oneWay=true" \
        --filter x
    check "what only STTP has" ends 2 "--history is about connections of STTP" "$bin/sttp-publish" --link file:x --history 5
    check "the same of who receives" ends 2 "--throttle is about connections of STTP" "$bin/sttp-subscribe" --link file:x \
        --throttle 1
    check "a way that is none of a link" ends 2 "--report FILE tells what came" "$bin/sttp-subscribe" --link file:x --diagnose
    check "an address, too" ends 2 "and --link is enough" "$bin/sttp-subscribe" 127.0.0.1:1 --link file:x
}

write_recording
check_usage
check_file
check_metrics_and_report
check_udp
check_group
check_tcp
check_tls
check_serial
check_damage
echo "Link tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
