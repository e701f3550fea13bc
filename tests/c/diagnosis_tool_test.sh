#!/bin/bash
# sttp-subscribe --diagnose and --report: what they find where something is wrong, and where nothing is.
#   diagnosis_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: diagnosis_tool_test.sh BIN_DIRECTORY}
whole=$(mktemp -d)
publisher=
subscriber=
trap 'rm -rf "$whole"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/parts.sh"
. "$here/tool_check.sh"

# Exit code, and the outcome of each step in its order: g(ood), n(oted), w(rong), or '-' where it was not reached. What the
# system says of this machine's clock does not matter where that is right.
finds() { # CODE OUTCOMES OPTION...
    local code=0
    timeout 120 "$bin/sttp-subscribe" --diagnose --format json --duration 1 "${@:3}" >"$work/out" 2>"$work/err" || code=$?
    cat "$work/err"
    [ $code -eq "$1" ] || { echo "exit code $code" && cat "$work/out" && return 1; }
    python3 -c '
import json, sys
it = json.load(open(sys.argv[1]))
names = "name route connect tls modes metadata rights subscription data clock losses devices".split()
assert [step["step"] for step in it["steps"]] == names, it
outcomes = ""
for step in it["steps"]:
    outcome = step["outcome"]
    assert (step["found"] is None) == (outcome == "not reached"), step
    assert outcome != "wrong" or step["advice"], step
    if step["step"] == "clock" and "is not synchronised" in (step["found"] or "") and outcome == "noted":
        outcome = "good"
    outcomes += "-" if outcome == "not reached" else outcome[0]
assert outcomes == sys.argv[2], (outcomes, it)
assert it["outcome"] == ("wrong" if "w" in outcomes else "good"), it' "$work/out" "$2"
}

# What is said at a step.
says() { # STEP PATTERN
    python3 -c '
import json, re, sys
step = [step for step in json.load(open(sys.argv[1]))["steps"] if step["step"] == sys.argv[2]][0]
print(step)
assert re.search(sys.argv[3], step["found"] + " -> " + (step["advice"] or "")), step' "$work/out" "$1" "$2"
}

stop_publisher() {
    kill $publisher
    wait $publisher || true
    publisher=
}

# An expression of Python about the devices of a report, by their names.
tells() { # FILE EXPRESSION
    python3 -c '
import json, sys
it = json.load(open(sys.argv[1]))
devices = {device["device"]: device for device in it["devices"]}
print(it)
assert eval("(" + sys.argv[2] + ")"), it' "$1" "$2"
}

check_waiting() {
    local code=0
    start_publisher --wait-subscribers 9
    "$bin/sttp-subscribe" --diagnose "$address" >"$work/said" || code=$?
    check "exit code" test $code = 3
    check "a publisher without data" grep -qE "^wrong  data  +subscribed, and no measurement has come for 5 s" "$work/said"
    check "what to do about it" grep -qE "^  +-> ask whether the devices are connected" "$work/said"
    check "the end of it" grep -qx "Something is wrong: see above" "$work/said"
    stop_publisher
}

check_usage() {
    check "who connects" ends 2 "give HOST:PORT" "$bin/sttp-subscribe" --diagnose --listen 127.0.0.1:0
    check "the past" ends 2 "leave out --start" "$bin/sttp-subscribe" --diagnose a:1 --start '*-1m'
    check "a form" ends 2 "text or json" "$bin/sttp-subscribe" --diagnose a:1 --format csv
    check "a form of it alone" ends 2 "measurements are --format jsonl" "$bin/sttp-subscribe" a:1 --format json
}

check_network() {
    check "a report of nothing" ends 1 "no subscription" "$bin/sttp-subscribe" 127.0.0.1:1 --timeout 0.1 --format none --report -
    check "is not good" grep -qx "no signal was subscribed to" "$work/out"
    check "no address" finds 3 w----------- nonsense
    check "no name" finds 3 w----------- no-such-host.invalid:7175
    check "says so" says name "no address for no-such-host.invalid: .* -> check how it is written"
    check "nobody listens" finds 3 ggw--------- 127.0.0.1:1
    check "what to do" says connect "127.0.0.1: Connection refused -> .*nobody listens on this port: start the publisher"
    # Servers of two other kinds: one waits to be asked, one speaks first.
    for stranger_says in "web server (HTTP)" "secure shell (SSH)"; do
        in_background publisher python3 -c '
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print("Publishing on 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    try:
        connection.settimeout(20)
        if "SSH" in sys.argv[1]:
            connection.sendall(b"SSH-2.0-x\r\n")
        data = b""
        while not data.endswith(b"\r\n\r\n") and (part := connection.recv(4096)):
            data += part
        if data.startswith(b"GET "):
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
    except OSError:
        pass
    connection.close()' "$stranger_says"
        publisher=$!
        await_address
        check "a stranger" finds 3 "ggg-w-------" "$address"
        check "who it is" says modes "${stranger_says//[()]/.}|SSH"
        stop_publisher
    done
}

check_tls() {
    "$bin/sttp-publish" --make-certificate "$work/north" >"$work/made"
    "$bin/sttp-publish" --make-certificate "$work/south" >>"$work/made"
    start_publisher --certificate "$work/north.cer" --private-key "$work/north.key" --trust "$work/south.cer"
    check "TLS there only" finds 3 "gggw--------" "$address"
    check "what to do" says tls "this port is for TLS.* -> it takes TLS only: give --certificate and --trust"
    check "TLS on both sides" finds 0 gggggggggggg "$address" --certificate "$work/south.cer" --private-key "$work/south.key" \
        --trust "$work/north.cer"
    check "with whom" says tls "^TLS 1.3, .* with CN=north until 20"
    stop_publisher
    start_publisher
    check "TLS here only" finds 3 "gggw--------" "$address" --certificate "$work/south.cer" \
        --private-key "$work/south.key" --trust "$work/north.cer"
    check "what to do" says tls "cannot be secured.* -> use TLS on both sides or on neither"
    check "nothing is wrong" finds 0 gggngggggggg "$address"
    check "modes" says modes "^STTP version 2, texts in UTF-8, metadata by GZip, measurements by TSSC; confirmed"
    check "metadata" says metadata "^33 measurements of 3 devices after .*; 0 things are wrong in them"
    check "devices of the object" python3 -c '
import json, sys
assert [d["device"] for d in json.load(open(sys.argv[1]))["devices"]["devices"]] == ["ALDERMOOR", "FELLBRIDGE", "QUARRYWICK"]' \
        "$work/out"
    check "a filter that is none" finds 3 "gggngg-w----" "$address" --filter "FILTER x"
    check "a filter that matches nothing" finds 3 "gggngggw----" "$address" --filter "PPA:999999"
    stop_publisher
}

check_rights() {
    printf '[subscriber other]\naddresses = 192.0.2.1\nsignals = ALLOW WHERE True\n' >"$work/rights"
    start_publisher --rights "$work/rights"
    check "no rights at all" finds 3 "ggg---w-----" "$address"
    check "what to do" says rights "closed the connection before it said anything.*may not let us in.*rightsFile"
    stop_publisher
    printf "[others]\nsignals = ALLOW WHERE SignalType = 'FREQ'\nmetadata = false\n" >"$work/rights"
    start_publisher --rights "$work/rights"
    check "no metadata" finds 3 "gggngwnggggg" "$address"
    check "what to do" says metadata "refused: this subscriber may not have metadata -> ask"
    stop_publisher
    printf '[others]\nsignals =\n' >"$work/rights"
    start_publisher --rights "$work/rights"
    check "no signals" finds 3 "gggngwgw----" "$address"
    check "what to do" says metadata "^0 measurements .* -> the publisher has no signals, or none that we may have"
    stop_publisher
}

check_clock() {
    "${CC:-cc}" -shared -fPIC -o "$work/set_clock.so" "$here/set_clock.c"
    echo 3600 >"$work/clock"
    in_background publisher env LD_PRELOAD="$work/set_clock.so" SET_CLOCK="$work/clock" \
        "$bin/sttp-publish" --listen 127.0.0.1:0
    publisher=$!
    await_address
    check "a clock an hour ahead" finds 3 "gggngggggwgg" "$address"
    check "how far" says clock "times of 3 of 3 devices are wrong, those of .* (3599|3600)\.[0-9]* s ahead of this machine's clock"
    check "a report" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --duration 1 --report "$work/clock.json"
    check "of clocks" tells "$work/clock.json" 'it["wrong"] == 3 and all(d["problems"] == ["clock"] and
        -3601 < d["latency_mean"] < -3598 and d["silence"] < 60 for d in it["devices"])'
    stop_publisher
}

# Rows of the signals of the first device only, at its pace.
send_first_device() {
    python3 -c '
import sys, time
signals = sys.argv[1:]
while True:
    ticks = time.time_ns() // 100 + 621355968000000000
    print("\n".join(f"{signal},{ticks},0,60" for signal in signals), flush=True)
    time.sleep(1 / 30)' "$@"
}

check_losses() {
    start_publisher --rate 15
    check "half of the frames" finds 3 "gggngggggggw" "$address"
    check "whose" says devices "0 of 3 devices are silent, and 3 without all measurements: ALDERMOOR, FELLBRIDGE, QUARRYWICK"
    check "a report" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --output "$work/rows.csv" --duration 1.5 --report -
    check "a table" grep -qE "^ALDERMOOR +11 +[0-9,]+ +[45][0-9]\.[0-9]{2} % +0 +\+0\.[0-9]{3} s  incomplete$" "$work/out"
    check "in words" grep -qE "^  [0-9]+ of [0-9]+ measurements are missing, at the 30 frames a second" "$work/out"
    stop_publisher
    "${CC:-cc}" -shared -fPIC -o "$work/lose_datagrams.so" "$here/lose_datagrams.c"
    in_background publisher env LD_PRELOAD="$work/lose_datagrams.so" "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 2000
    publisher=$!
    await_address
    check "lost datagrams" finds 3 gggnggggggww "$address" --udp 0
    check "what to do" says losses "have come by UDP.* -> datagrams seem to be lost|-> datagrams are lost"
    stop_publisher
}

check_silence() {
    local signals
    start_publisher --signals 30 --frames 1000000
    mapfile -t signals < <("$bin/sttp-metadata" "$address" --signals "FILTER TOP 10 ActiveMeasurements WHERE True")
    stop_publisher
    { send_first_device "${signals[@]}" 2>"$work/ignored" | "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 30 \
        --replay - & } >"$work/publisher.out" 2>"$work/publisher.err"
    publisher=$!
    await_address
    check "two devices are silent" finds 3 "gggngggggggw" "$address"
    check "which" says devices "2 of 3 devices are silent, and 0 without all measurements: PMU0002, PMU0003"
    check "a report" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --duration 1 --report "$work/silent.json"
    check "of them" tells "$work/silent.json" 'it["wrong"] == 2 and devices["PMU0002"]["measurements"] == 0
        and devices["PMU0002"]["problems"] in (["silent"], ["silent", "incomplete"])
        and devices["PMU0001"]["silent_signals"] == 0 and devices["PMU0001"]["measurements"] > 0'
    stop_publisher
}

# Waits until so many rows of a device have come.
await_rows() { # DEVICE COUNT
    local turn
    for ((turn = 0; turn < 1200; turn++)); do
        [ "$(grep -c "^$1," "$work/outage.csv")" -lt "$2" ] || return 0
        kill -0 $subscriber || return 1
        sleep 0.1
    done
    return 1
}

# A report is of all connections, of what was missed in between, and of signals that were there for a time.
check_outage() {
    local before
    start_publisher --signals 20 --frames 60 --wait-subscribers 1
    : >"$work/outage.csv"
    in_background outage "$bin/sttp-subscribe" "$address" --format csv --columns device,value --output "$work/outage.csv" \
        --report "$work/outage.json"
    subscriber=$!
    check "the first publisher ends" end_publisher 0
    # So much more than what may be on its way.
    sleep 1
    start_publisher_at --listen "$address" --signals 30
    check "of the second one" await_rows PMU0003 1200
    stop_publisher
    before=$(grep -c "^PMU0001," "$work/outage.csv")
    start_publisher_at --listen "$address" --signals 10
    check "of the third one" await_rows PMU0001 $((before + 200))
    kill -INT $subscriber
    check "the subscriber ends" wait $subscriber
    subscriber=
    check "all connections" tells "$work/outage.json" 'it["connections"] == 3 and it["seconds"] > 7
        and it["began"] < devices["PMU0001"]["last"] and devices["PMU0001"]["measurements"] >= '$((before + 200))
    check "what is missing" tells "$work/outage.json" '"incomplete" in devices["PMU0001"]["problems"]
        and abs(devices["PMU0001"]["expected"] / 300 - it["seconds"]) < 0.2'
    check "what came later" tells "$work/outage.json" 'devices["PMU0003"]["measurements"] >= 1200
        and devices["PMU0003"]["expected"] < devices["PMU0002"]["expected"] < devices["PMU0001"]["expected"]'
    check "what has gone is not silent" tells "$work/outage.json" 'len(devices) == 3 and all(
        "silent" not in devices[name]["problems"] and devices[name]["silence"] is None for name in ("PMU0002", "PMU0003"))'
    stop_publisher
}

# Where something could not be looked at, nobody says that nothing is wrong.
check_memory() {
    "${CC:-cc}" -shared -fPIC -I"$here/../../include" -o "$work/no_memory.so" "$here/no_memory.c"
    start_publisher
    check "no memory for a report" ends 1 "not enough memory to tell what came of 3 devices" \
        env LD_PRELOAD="$work/no_memory.so" "$bin/sttp-subscribe" --diagnose "$address" --duration 1
    check "which is the end of it" grep -qx "Not everything was looked at" "$work/out"
    check "as an object" ends 1 "" \
        env LD_PRELOAD="$work/no_memory.so" "$bin/sttp-subscribe" --diagnose "$address" --duration 1 --format json
    check "has no outcome" grep -q '"outcome":"not reached","steps"' "$work/out"
    stop_publisher
}

run_parts usage network tls rights clock waiting silence outage memory
# It takes all processors for a moment.
run_parts losses
echo "Diagnosis tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
