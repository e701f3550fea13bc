#!/bin/bash
# The programs of examples-c and examples-cpp do what they say.
#   examples_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: examples_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
example=
trap 'for child in $publisher $example; do kill "$child"; done; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

# What the example reads comes from a pipe that stays open until end_example; what it says is in $work/NAME.out.
start_example() { # NAME ARGUMENT...
    local name=$1
    shift
    rm -f "$work/input"
    mkfifo "$work/input"
    { "$bin/$name" "$@" <"$work/input" & } >"$work/$name.out" 2>"$work/$name.err"
    example=$!
    exec 3>"$work/input"
}

# Closes its input, on which it ends well.
end_example() { # NAME
    local code=0
    exec 3>&-
    wait $example || code=$?
    example=
    cat "$work/$1.out" "$work/$1.err"
    [ $code -eq 0 ]
}

# A port that nobody uses.
free_port() {
    "$bin/sttp-publish" --listen 127.0.0.1:0 --rate 0 --frames 1 2>/dev/null | sed -n 's/.* on 127.0.0.1://p'
}

check_simple_publish() { # NAME
    address=127.0.0.1:$(free_port)
    in_background publisher "$bin/$1" "$address"
    publisher=$!
    check "two signals" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --count 20
    check "frequencies" test "$(grep -cE ',0,(59.99|60|60.00)[0-9]*$' "$work/out")" = 10
    check "voltages" test "$(grep -cE ',0,299[0-9]{3}$' "$work/out")" = 10
    check "it stays" kill $publisher
    check "end by a signal" end_publisher 143
    check "address in use" ends 1 "Cannot.* publish" "$bin/$1" nowhere
}

check_simple_subscribe() { # NAME
    start_publisher --signals 30
    start_example "$1" "$address"
    check "measurements" await_line "$work/$1.out" "^[0-9a-f-]* @ 20[0-9TZ:. -]* = [0-9.-]*$" $example
    check "end of input" end_example "$1"
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    check "a name for who has none" grep -qE "^Subscriber [0-9.:]+, libsttp [0-9.]+ subscribed" "$work/publisher.out"
    check "no publisher" ends 1 "Cannot subscribe" "$bin/$1" nowhere
}

check_epoll_loop() {
    start_publisher --signals 20
    start_example epoll_loop "$address"
    check "a count every second" await_line "$work/epoll_loop.out" "^[1-9][0-9]* measurements$" $example
    check "one thread" test "$(ls /proc/$example/task | wc -l)" = 1
    check "end of input" end_example epoll_loop
    check "whole frames" test $(($(sed -n 's/ measurements in all//p' "$work/epoll_loop.out") % 20)) = 0
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
}

# Two frequencies, with times that differ by their rounding; frame 3 is missing from the second one, frame 2 doubtful, and
# its last clock is wrong.
write_frequencies() {
    local id=73747470-6d61-8064-8065-000000000001 now frame
    now=$((621355968000000000 + $(date +%s) * 10000000))
    for frame in 0 1 2 3 4; do
        echo "$id,$((now + frame * 333333)),0,60.$frame" >>"$work/first.csv"
        [ $frame = 3 ] || echo "$id,$((now + frame * 333334)),$((frame == 2)),59" >>"$work/second.csv"
    done
    echo "$id,$((now + 40000000000)),0,60" >>"$work/second.csv"
}

check_merge() {
    local first second other subscriber
    first=127.0.0.1:$(free_port)
    second=127.0.0.1:$(free_port)
    start_example merge_publishers "$first" "$second" 127.0.0.1:0
    check "where it publishes" await_line "$work/merge_publishers.out" "^Publishing on" $example
    address=$(sed -n 's/^Publishing on //p' "$work/merge_publishers.out")
    in_background merged "$bin/sttp-subscribe" "$address" --format csv --count 4 3>&-
    subscriber=$!
    check "subscriber of the difference" await_line "$work/merged.err" "^Client subscribed" $subscriber
    write_frequencies
    in_background second "$bin/sttp-publish" --listen "$second" --signals 1 --replay "$work/second.csv" \
        --wait-subscribers 1 3>&-
    other=$!
    start_publisher_at --listen "$first" --signals 1 --replay "$work/first.csv" --wait-subscribers 1 3>&-
    check "end of the first publisher" end_publisher 0
    check "end of the second publisher" wait $other
    check "end of the subscriber" wait $subscriber
    cut -d, -f3- "$work/merged.out" | awk -F, 'NR > 1 { printf "%s %.3f\n", $1, $2 }' >"$work/differences"
    check "differences" diff <(printf '0 1.000\n0 1.100\n1 1.200\n0 1.400\n') "$work/differences"
    check "end of input" end_example merge_publishers
    check "counts" grep -qx "4 merged, 0 incomplete, 0 late, 1 of a wrong clock" "$work/merge_publishers.out"
}

# How many rows the database has, of how many signals.
rows_of_database() {
    python3 -c 'import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("SELECT COUNT(*), COUNT(DISTINCT signal_id) FROM measurement").fetchone())' \
        "$work/measurements.db"
}

check_sqlite() {
    if [ ! -x "$bin/read_into_sqlite" ]; then
        echo "read_into_sqlite was not built, for SQLite is missing"
        return
    fi
    start_publisher --signals 25 --rate 0 --frames 200 --wait-subscribers 1
    check "recording" ends 0 "" "$bin/read_into_sqlite" "$address" "$work/measurements.db" 5000
    check "it says how many" grep -qx "5000 measurements recorded" "$work/out"
    check "rows" test "$(rows_of_database)" = "5000 25"
    check "end of the publisher" end_publisher 0
    check "no database" ends 1 "Cannot open the database" "$bin/read_into_sqlite" 127.0.0.1:1 "$work/none/x.db"
}

# What is published becomes a stream of C37.118, which is published again.
check_gateway() {
    local stream port out
    start_publisher --signals 20
    port=$(free_port)
    mkfifo "$work/served"
    { "$bin/gateway" out "server=$address" "port=0; interface=127.0.0.1; accessID=235" <"$work/served" & } \
        >"$work/out_gateway.out" 2>"$work/out_gateway.err"
    out=$!
    exec 4>"$work/served"
    check "a stream" await_line "$work/out_gateway.out" "^1: ID code 235, [1-9][0-9]* PMUs" $out
    stream=$(sed -n 's/^1: listens on //p' "$work/out_gateway.out")
    start_example gateway in "127.0.0.1:$port" "device=$stream; accessID=235; devicePrefix=AGAIN_"
    check "a device" await_line "$work/gateway.out" "^1: ID code 235" $example
    check "its metadata" await_line "$work/gateway.out" "^0: The metadata have" $example
    check "measurements" ends 0 "" "$bin/sttp-subscribe" "127.0.0.1:$port" --format csv --count 100
    check "end of input" end_example gateway
    exec 4>&-
    check "end of the other one" wait $out
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    check "no device" ends 1 "Cannot publish" "$bin/gateway" in 127.0.0.1:0 "device="
    check "usage" ends 2 "usage" "$bin/gateway"
}

# A device that is asked for what it is able to give answers with a CFG-1.
answers_with_configuration_1() { # ADDRESS
    PYTHONDONTWRITEBYTECODE=1 python3 - "$here/../fixtures" "$1" <<'END'
import socket, struct, sys
sys.path.insert(0, sys.argv[1])
import c37118_capture as capture

host, port = sys.argv[2].rsplit(":", 1)
with socket.create_connection((host, int(port)), 30) as device:
    device.sendall(capture.frame(0xAA41, 7, capture.BEGIN, 0, struct.pack(">H", 4)))
    assert device.makefile("rb").read(2) == bytes([0xAA, 0x22])
END
}

# A device that has descriptors for its listener only.
ends_without_descriptors() {
    local code=0
    rm -f "$work/input"
    mkfifo "$work/input"
    { (ulimit -n 4 && exec "$bin/simulate_pmu" 0) <"$work/input" & } >"$work/full.out" 2>"$work/full.err"
    example=$!
    exec 3>"$work/input"
    await_line "$work/full.out" "^Listening on" $example
    "$bin/sttp-c37118" show "$(sed -n 's/^Listening on //p' "$work/full.out")" --id 7 --timeout 1 || true
    wait $example || code=$?
    example=
    exec 3>&-
    cat "$work/full.err"
    [ $code -eq 1 ] && grep -q "^Cannot accept a client: " "$work/full.err"
}

# A device with sockets of its own, seen by a client of the library in both forms of the configuration, one after the other.
check_pmu() {
    local device
    start_example simulate_pmu 0
    check "where it listens" await_line "$work/simulate_pmu.out" "^Listening on" $example
    device=$(sed -n 's/^Listening on //p' "$work/simulate_pmu.out")
    check "seen as CFG-3" ends 0 "" "$bin/sttp-c37118" show "$device" --id 7 --header --interval 0 --duration 1 --stats
    check "its stream" grep -q "^Stream 7: C37.118.2-2011 by CFG-3, 1 PMU, 50 frames/s" "$work/out"
    check "its header" grep -q "^Header: A PMU made up by libsttp$" "$work/out"
    check "its frequency" grep -qE "frequency +(49.9[89]|50.0[012])[0-9]* Hz, [+-]0.00[0-9] Hz/s$" "$work/out"
    check "its phasors" grep -q "phasor 1 .*Bus 1 V+ .*132790.000 V, " "$work/out"
    check "nothing is lost" test "$(grep -c "; no losses$" "$work/out")" = "$(grep -c "  clock locked" "$work/out")"
    check "seen as CFG-2" ends 0 "" "$bin/sttp-c37118" show "$device" --id 7 --configuration-frame cfg2 --once
    check "its short form" grep -q "^Stream 7: C37.118.2-2011 by CFG-2" "$work/out"
    check "seen as CFG-1" answers_with_configuration_1 "$device"
    check "end of input" end_example simulate_pmu
    check "no descriptor for a client" ends_without_descriptors
    check "usage" ends 2 "usage" "$bin/simulate_pmu"
}

# A substation, and who subscribes to it over a serial line.
check_link() {
    local line first second
    start_publisher --signals 20
    check "metadata" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --count 1 --metadata-out "$work/metadata.xml"
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    in_background line python3 "$here/serial_line.py"
    line=$!
    check "a line" await_line "$work/line.out" " " $line
    read -r first second <"$work/line.out"
    start_example substation_link "link=serial:$first,115200,8N1" "$work/metadata.xml"
    check "measurements" ends 0 "" "$bin/sttp-subscribe" --link "serial:$second,115200,8N1" --format csv --count 60 \
        --filter "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'"
    check "frequencies" test "$(grep -cE ',0,(59.99|60|60.00)[0-9]*$' "$work/out")" = 60
    check "who is at the other side" grep -qx "The other side is a gateway" "$work/substation_link.out"
    check "what it wants" grep -qE "^It wants [1-9][0-9]* signals: FILTER" "$work/substation_link.out"
    check "end of input" end_example substation_link
    check "counts" grep -qE "^[1-9][0-9]* measurements sent, 0 dropped$" "$work/substation_link.out"
    kill $line
    wait $line 2>/dev/null || true
    check "no place" ends 1 "Cannot make the link" "$bin/substation_link" "link=nowhere" "$work/metadata.xml"
    check "usage" ends 2 "usage" "$bin/substation_link"
}

check_simple_publish simple_publish
check_simple_subscribe simple_subscribe
check_simple_publish simple_publish_cpp
check_simple_subscribe simple_subscribe_cpp
check_gateway
check_pmu
check_link
check_epoll_loop
check_merge
check_sqlite
echo "Tests of the examples: $passed passed, $failed failed"
[ $failed -eq 0 ]
