#!/bin/bash
# What sttp-c37118 promises: what is shown of devices, published of them and served as devices; options, exit codes and
# messages.
#   c37118_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: c37118_tool_test.sh BIN_DIRECTORY}
bin=$(cd "$bin" && pwd)
work=$(mktemp -d)
publisher=
running=
trap 'kill $publisher $running 2>/dev/null || true; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

tool=$bin/sttp-c37118

# Runs a command in the background, with what it says in files of that name; its process is in $running, the first one.
start() { # NAME COMMAND...
    local name=$1
    shift
    in_background "$name" "$@"
    running="$running $!"
    eval "$name=$!"
}

end() { # NAME CODE
    local process=${!1} code=0
    kill -INT "$process"
    wait "$process" || code=$?
    running=${running/ $process/}
    cat "$work/$1.err"
    [ $code -eq "$2" ]
}

# One that ends by itself, and well.
wait_for() { # NAME
    local process=${!1} code=0
    wait "$process" || code=$?
    running=${running/ $process/}
    cat "$work/$1.err"
    [ $code -eq 0 ]
}

# What the line with that beginning ends with.
told() { # NAME BEGINNING
    await_line "$work/$1.out" "$2" "${!1}" && sed -n "s/^$2//p" "$work/$1.out" | head -n 1
}

# Standard output has such lines.
shows() { # PATTERN...
    local pattern
    for pattern in "$@"; do
        grep -q -- "$pattern" "$work/out" || {
            cat "$work/out"
            return 1
        }
    done
}

check_usage() {
    local command option
    check "help" ends 0 "" "$tool" --help
    check "help" shows "show  *Shows" "publish  *Publishes" "serve  *Serves"
    check "version" ends 0 "" "$tool" --version
    check "no command" ends 2 "Try 'sttp-c37118 --help'" "$tool"
    check "unknown command" ends 2 "no command 'bogus'" "$tool" bogus
    for command in show publish serve "relay in" "relay out"; do
        # shellcheck disable=SC2086 # two words
        check "help of $command" ends 0 "" "$tool" $command --help
        check "help of $command" shows "^Usage: sttp-c37118 $command " "--stats "
        # shellcheck disable=SC2086 # two words
        check "nothing for $command" ends 2 "is missing: HOST:PORT" "$tool" $command
        check "hint of $command" grep -q "Try 'sttp-c37118 $command --help'" "$work/err"
    done
    check "no side of relay" ends 2 "'relay in' where the device is, 'relay out' where its clients are" "$tool" relay
    check "another side of relay" ends 2 "'relay' has two sides" "$tool" relay across
    check "help of both sides" ends 0 "" "$tool" relay --help
    check "help of both sides" shows "relay in  *Publishes frames" "relay out  *Serves"
    check "no value" ends 2 "^sttp-c37118 relay in: option '--capture' requires an argument" "$tool" relay in --capture
    for option in "show a b" "show a --id 65535" "show a --id x" "show a --interval -1" "show a --format xml" \
        "show a --set device=b" "show a --group 239.1.2.3" "publish a --bogus" "publish a --set port=1" \
        "serve a port=1 --listen 127.0.0.1:0" "serve a --list port=1" "serve a --set server=b" "serve a --rate x" \
        "relay in a --company b" "relay out a" "relay out a b c" "relay out a b --id 7"; do
        # shellcheck disable=SC2086 # several words
        check "usage '$option'" ends 2 "Try 'sttp-c37118 " "$tool" $option
    done
}

check_failures() {
    check "wrong device" ends 1 "bogus" "$tool" show "device=127.0.0.1; bogus=1"
    check "device without place" ends 1 "does not say where the device is" "$tool" show "accessID=7"
    check "nobody there" ends 1 "no data frame from 127.0.0.1:1 after 0.3 seconds.*check that a C37.118 device" \
        "$tool" show 127.0.0.1:1 --timeout 0.3
    check "wrong transport" ends 1 "--transport: .*pigeon" "$tool" show a --transport pigeon
    check "wrong address" ends 1 "--listen chooses another address" "$tool" publish a --listen 203.0.113.1:1
    check "no publisher" ends 1 "no configuration from 127.0.0.1:1 after 0.3 seconds" \
        "$tool" serve 127.0.0.1:1 --list --timeout 0.3
    check "wrong stream" ends 1 "bogus" "$tool" serve 127.0.0.1:1 "port=0; bogus=1"
    check "stream without clients" ends 1 "port=PORT" "$tool" serve 127.0.0.1:1 "accessID=7"
    check "wrong --listen" ends 1 "--listen is ADDR:PORT, not '4712'" "$tool" serve 127.0.0.1:1 --listen 4712
    check "wrong port" ends 1 "--listen 127.0.0.1:x" "$tool" serve 127.0.0.1:1 --listen 127.0.0.1:x
}

# STTP becomes C37.118, is shown, becomes STTP again, and is received.
check_gateway() {
    local stream values
    start_publisher --frames 100000
    check "list" ends 0 "" "$tool" serve "$address" --list --id 7
    check "list" shows "^Stream 7: C37.118-2005 by CFG-2, 3 PMUs, 30 frames/s" "PMU 2: Fellbridge 400 kV, ID " \
        "phasor 3: .* I+, A$"
    start serve "$tool" serve "$address" --listen 127.0.0.1:0 --id 235 --header-text "made up" --stats
    stream=$(told serve "Stream 1 listens on ")
    check "show" ends 0 "" "$tool" show "$stream" --id 235 --once --header
    check "show" shows "^Connected to $stream$" "^Stream 235: C37.118" "^20..-.*  clock locked" \
        "^  Aldermoor 400 kV: STAT 0x000., good" "frequency  *[56][09]\.[0-9]* Hz, " "phasor 1 .* V, .* degrees$"
    check "show as JSON" ends 0 "" "$tool" show "device=$stream; accessID=235" --format jsonl --interval 0 \
        --duration 1 --stats
    check "objects" python3 -c "
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert lines[0]['type'] == 'configuration' and len(lines[0]['pmus']) == 3, lines[0]
data = [line for line in lines if line['type'] == 'data']
assert len(data) >= 3, len(data)
assert all(59 < pmu['frequency'] < 61 and len(pmu['phasors']) == 4 for line in data for pmu in line['pmus'])
session = json.loads(open(sys.argv[2]).read().splitlines()[-1])['devices'][0]['session']
assert session['data_frames'] >= 3 and session['missing_frames'] == 0, session" "$work/out" "$work/err"
    check "wrong ID" ends 1 "no data frame from .*; most devices answer to their own ID code only, which --id says$" "$tool" show "$stream" --id 7 --timeout 1
    start publish "$tool" publish "$stream" --id 235 --listen 127.0.0.1:0 --company LIB --stats
    address=$(told publish "Publishing 1 device on ")
    check "published" await_line "$work/publish.out" "^Publishing 34 measurements of 4 devices" "$publish"
    check "received" ends 0 "" "$bin/sttp-subscribe" "$address" --count 340 --format csv --metadata-out "$work/m.xml"
    check "names" grep -q "LIB_ALDERMOOR_400_KV-PM1" "$work/m.xml"
    check "publish ends" end publish 0
    check "counters of publish" python3 -c "
import json, sys
told = json.loads(open(sys.argv[1]).read().splitlines()[-1])
assert told['measurements'] >= 340 and told['devices'][0]['counters']['frames_published'] >= 10, told" \
        "$work/publish.err"
    check "serve ends" end serve 0
    check "counters of serve" python3 -c "
import json, sys
told = json.loads(open(sys.argv[1]).read().splitlines()[-1])
assert told['streams'][0]['counters']['frames'] >= 10 and told['streams'][0]['server']['data_frames'] >= 10, told" \
        "$work/serve.err"
    kill -INT $publisher
    check "publisher ends" end_publisher 0
}

# Two PMUs of a capture: 7 and 235.
check_captures() {
    local pcap=$here/../fixtures/c37118.pcap
    check "fixture" python3 "$here/../fixtures/c37118_capture.py" --check
    check "several devices" ends 1 "has the devices with ID codes 7, 235; give one of them" \
        "$tool" show --capture "$pcap"
    check "no such device" ends 1 "has no device with ID code 9, but 7, 235" "$tool" show --capture "$pcap" --id 9
    check "no such file" ends 1 "cannot read the capture $work/none.pcap" "$tool" publish --capture "$work/none.pcap" \
        --listen 127.0.0.1:0
    echo "no capture" >"$work/text.pcap"
    check "no capture" ends 1 "this is no pcap or pcapng file" "$tool" show --capture "$work/text.pcap"
    head -c 24 "$pcap" >"$work/empty.pcap"
    check "empty capture" ends 1 "has no frames of C37.118" "$tool" show --capture "$work/empty.pcap"
    head -c 9000 "$pcap" >"$work/cut.pcap"
    check "cut capture" ends 1 "cannot be read behind packet" "$tool" show --capture "$work/cut.pcap" --id 235 --speed 0
    check "frames before the cut" shows "^  SHELBY: STAT 0x2030"
    check "both" ends 1 "device and capture exclude each other" "$tool" show a --capture "$pcap"
    check "speed alone" ends 2 "--speed needs --capture FILE" "$tool" show a --speed 10

    check "capture" ends 0 "" "$tool" show --capture "$pcap" --id 235 --once
    check "capture" shows "^Playing .*c37118.pcap$" "^Stream 235: C37.118-2005 by CFG-2, 1 PMU, 30 frames/s" \
        "phasor 1: VA, V, 9.15527 V per count$" "analog 1: POWER, RMS, factor 100$" "bit 1: BREAKER 1$" \
        "^2025-11-30T08:00:00Z  clock locked" \
        "^  SHELBY: STAT 0x2030, good, not synchronised, unlocked for 1000 s or more$" \
        "frequency   60.0000 Hz, -0.010 Hz/s" "phasor 1 .* 128173.780 V, 0.000 degrees$" "analog 1 .* 100$" \
        "digital 1 .*0x0000"
    check "all of it" ends 0 "" "$tool" show --capture "$pcap" --id 235 --speed 0 --interval 0 --format jsonl --stats
    check "all frames" python3 -c "
import json, sys
data = [line for line in map(json.loads, open(sys.argv[1])) if line['type'] == 'data']
triggers = [(line['time'], line['pmus'][0]['status']['trigger']) for line in data]
assert [one for one in triggers if one[1]] == [('2025-11-30T08:00:01.333333Z', 'magnitude high')], triggers
assert len(data) == 89 and data[0]['time'] == '2025-11-30T08:00:00Z', len(data)
session = json.loads(open(sys.argv[2]).read().splitlines()[-1])['devices'][0]['session']
assert session['data_frames'] == 89 and session['missing_frames'] == 1, session" "$work/out" "$work/err"
    check "new times" ends 0 "" "$tool" show --capture "$pcap" --id 7 --times now --once --format jsonl
    check "new times" python3 -c "
import datetime, json, sys
data = [line for line in map(json.loads, open(sys.argv[1])) if line['type'] == 'data']
time = datetime.datetime.fromisoformat(data[0]['time'].split('.')[0].rstrip('Z') + '+00:00')
assert abs(datetime.datetime.now(datetime.timezone.utc) - time) < datetime.timedelta(minutes=2), data" "$work/out"

    start publish "$tool" publish --capture "$pcap" --id 7 --speed 1000 --loop --listen 127.0.0.1:0
    address=$(told publish "Publishing 1 device on ")
    check "published" await_line "$work/publish.out" "^Publishing [0-9]* measurements of 1 device" "$publish"
    check "received" ends 0 "" "$bin/sttp-subscribe" "$address" --count 600 --format csv \
        --filter "FILTER ActiveMeasurements WHERE SignalType = 'FREQ' OR SignalType = 'VPHM'"
    check "values" python3 -c "
import csv, struct, sys
def float32(number):
    return struct.unpack('f', struct.pack('f', number))[0]
wanted = {float32(59.98 + number / 1000) for number in range(30)} | {230000.0 + number for number in range(30)}
told = {float32(float(row['value'])) for row in csv.DictReader(open(sys.argv[1]))}
assert told == wanted, told ^ wanted" "$work/out"
    check "publish ends" end publish 0
}

# What is told of a device that is irregular: losses exactly, rate and jitter as near as a busy machine lets them be.
check_regularity() {
    PYTHONDONTWRITEBYTECODE=1 python3 "$here/../fixtures/c37118_irregular.py" "$work/irregular.pcap"
    check "irregular" ends 0 "" "$tool" show --capture "$work/irregular.pcap" --interval 1.5 --times now
    check "nothing yet" shows "  clock locked; no losses$"
    check "losses" shows "; missing frame: 3; duplicate frame: 1; late frame: 1$"
    check "rate and jitter" python3 -c "
import re, sys
told = re.findall(r'; ([0-9.]+) frames/s, delay (-?[0-9.]+) ms, jitter ([0-9.]+) ms; missing', open(sys.argv[1]).read())
[(rate, delay, jitter)] = [tuple(map(float, one)) for one in told]
assert 10 < rate < 40, rate
assert -1_000 < delay < 60_000, delay
assert 14 < jitter < 1_000, jitter" "$work/out"
}

# A client of a stream gets what PMU 235 of the capture has sent, byte by byte.
gets_its_bytes() { # ADDRESS
    PYTHONDONTWRITEBYTECODE=1 python3 - "$here/../fixtures" "$1" <<'END'
import socket, sys
sys.path.insert(0, sys.argv[1])
import c37118_capture as capture

configuration, *data = [frame for _, frame in capture.shelby()]
_, send_configuration, start = capture.commands(235)
host, port = sys.argv[2].rsplit(":", 1)
with socket.create_connection((host, int(port)), 30) as client:
    reader = client.makefile("rb")

    def next_frame():
        head = reader.read(4)
        return head + reader.read(int.from_bytes(head[2:], "big") - 4)

    client.sendall(send_configuration)
    assert next_frame() == configuration
    client.sendall(start)
    received = [frame for frame in (next_frame() for _ in range(150)) if frame[:2] == data[0][:2]]
    # A later round of the capture has later seconds, and nothing else.
    known = {(frame[10:14], frame[14:-2]) for frame in data}
    assert len(received) > 100 and {(frame[10:14], frame[14:-2]) for frame in received} <= known
    for frame in received:
        second, fraction = int.from_bytes(frame[6:10], "big"), int.from_bytes(frame[10:14], "big")
        assert frame == capture.frame(0xAA01, 235, second, fraction, frame[14:-2])
END
}

# Frames of a capture go through STTP as they are, also to who comes later.
check_relay() {
    local stream
    start publish "$tool" relay in --capture "$here/../fixtures/c37118.pcap" --id 235 --speed 500 --loop \
        --name RELAYED --listen 127.0.0.1:0
    address=$(told publish "Publishing 1 device on ")
    check "relayed" await_line "$work/publish.out" "^Relaying 1 device: RELAYED$" "$publish"
    start first "$tool" relay out "$address" relayed --listen 127.0.0.1:0
    stream=$(told first "Stream 1 listens on ")
    check "configuration" await_line "$work/first.out" "^Stream 1 has 1 PMU: ID code 235" "$first"
    check "bytes" gets_its_bytes "$stream"
    start second "$tool" serve "$address" "port=0; interface=127.0.0.1; relay=RELAYED"
    stream=$(told second "Stream 1 listens on ")
    check "configuration for another" await_line "$work/second.out" "^Stream 1 has 1 PMU: ID code 235" "$second"
    check "bytes for another" gets_its_bytes "$stream"
    check "nothing to relay" ends 1 "the publisher has no frames of a device NOBODY" \
        "$tool" relay out "$address" NOBODY --list --timeout 3
    check "first ends" end first 0
    check "second ends" end second 0
    check "publish ends" end publish 0
}

# So many lines of a file are like that.
has_lines() { # COUNT PATTERN FILE
    [ "$(grep -c -- "$2" "$3")" -eq "$1" ] || {
        cat "$3"
        return 1
    }
}

# Several devices, one of which is not there and one of which is published in both ways; and several streams of them, one
# of which is of nothing.
check_several() {
    local capture="capture={$here/../fixtures/c37118.pcap}; captureSpeed=500; captureLoop=true"
    local nobody="device=127.0.0.1:1; retryInterval=10; maxRetries=3" place="port=0; interface=127.0.0.1"
    check "nobody at two places" ends 1 "" "$tool" publish --listen 127.0.0.1:0 "$nobody" "$nobody"
    check "first problem" has_lines 1 ": device 1: cannot connect to 127.0.0.1:1" "$work/err"
    check "second problem" has_lines 1 ": device 2: cannot connect to 127.0.0.1:1" "$work/err"

    start publish "$tool" publish "$capture; accessID=235; publish=both; name=BOTH" "$capture; accessID=7" "$nobody" \
        --listen 127.0.0.1:0 --stats
    address=$(told publish "Publishing 3 devices on ")
    check "published" await_line "$work/publish.out" "^Publishing 20 measurements of 3 devices: SHELBY, CORDOVA, BOTH_FRAMES$" "$publish"
    check "missing" await_line "$work/publish.err" ": device 3: No further attempt" "$publish"
    start serve "$tool" serve "$address" "$place; relay=BOTH_FRAMES" \
        "$place; devices=SHELBY; accessID=21; waitBy=arrival" "$place; devices=CORDOVA; accessID=22; waitBy=arrival" \
        "$place; devices=NOBODY" --stats
    check "first stream" await_line "$work/serve.out" "^Stream 1 has 1 PMU: ID code 235" "$serve"
    check "second stream" await_line "$work/serve.out" "^Stream 2 has 1 PMU: ID code 21, data rate 30" "$serve"
    check "third stream" await_line "$work/serve.out" "^Stream 3 has 1 PMU: ID code 22, data rate 30" "$serve"
    check "fourth stream" await_line "$work/serve.err" ": stream 4: .*NOBODY" "$serve"
    check "frames of both" gets_its_bytes "$(told serve "Stream 1 listens on ")"
    check "measurements of both" ends 0 "" "$tool" show "$(told serve "Stream 2 listens on ")" --id 21 \
        --interval 0 --duration 1
    check "measurements of both" shows "^  SHELBY: STAT " "frequency   60.0000 Hz"
    check "the other device" ends 0 "" "$tool" show "$(told serve "Stream 3 listens on ")" --id 22 \
        --interval 0 --duration 1
    check "the other device" shows "^  CORDOVA: STAT " "phasor 1 .* V, "
    # Two of three frames are between those of the device.
    check "what is absent" shows "frequency   absent, absent$" "phasor 1 .* absent, absent$"
    check "serve ends" end serve 0
    check "publish ends" end publish 0
    check "counters of several" python3 -c "
import json, sys
devices, streams = (json.loads(open(name).read().splitlines()[-1]) for name in sys.argv[1:])
assert [one['session']['data_frames'] > 0 for one in devices['devices']] == [True, True, False], devices
assert [one['server']['data_frames'] > 0 for one in streams['streams']] == [True, True, True, False], streams" \
        "$work/publish.err" "$work/serve.err"
}

# A UDP port that nobody uses.
free_udp_port() {
    python3 -c "
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_port:
    any_port.bind(('127.0.0.1', 0))
    print(any_port.getsockname()[1])"
}

# Waits until a process has a UDP port.
await_udp_port() { # PORT PROCESS
    await_line /proc/net/udp ":$(printf %04X "$1") " "$2"
}

# Streams by UDP, in all three ways.
check_datagrams() {
    local port target data stream
    port=$(free_udp_port)
    target=$(free_udp_port)
    start_publisher --frames 100000
    start show "$tool" show dataInterface=127.0.0.1 --transport spontaneousUdp --data-port "$target" --once
    check "listens for datagrams" await_udp_port "$target" "$show"
    start serve "$tool" serve "$address" --listen 127.0.0.1:0 --udp-port "$port" --targets "127.0.0.1:$target" --id 235
    stream=$(told serve "Stream 1 listens on ")
    check "sent by itself" wait_for show
    check "sent by itself" grep -q "^  Aldermoor 400 kV: STAT " "$work/show.out"
    check "asked by UDP" ends 0 "" "$tool" show "device=127.0.0.1:$port; dataInterface=127.0.0.1" --transport udp \
        --id 235 --once
    check "asked by UDP" shows "^Connected to 127.0.0.1:$port$" "^  Aldermoor 400 kV: STAT "
    check "serve ends" end serve 0
    start serve "$tool" serve "$address" --targets "127.0.0.1:$target" --id 235
    check "no clients" await_line "$work/serve.out" "^Stream 1 is sent by UDP$" "$serve"
    check "serve ends" end serve 0
    data=$(free_udp_port)
    start serve "$tool" serve "$address" "port=0; interface=127.0.0.1; accessID=235; dataPort=$data"
    stream=$(told serve "Stream 1 listens on ")
    check "data by UDP" ends 0 "" "$tool" show "device=$stream; dataInterface=127.0.0.1" --transport tcpUdp \
        --data-port "$data" --id 235 --once
    check "data by UDP" shows "^Connected to $stream$" "^  Aldermoor 400 kV: STAT "
    check "serve ends" end serve 0
    kill -INT $publisher
    check "publisher ends" end_publisher 0
}

check_usage
check_failures
check_gateway
check_captures
check_regularity
check_relay
check_several
check_datagrams
echo "C37.118 tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
