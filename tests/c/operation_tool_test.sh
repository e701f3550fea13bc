#!/bin/bash
# What the tools do for those who run them day and night: the log, signs of life, metrics, readiness, files of options,
# completions and exit codes.
#   operation_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: operation_tool_test.sh BIN_DIRECTORY}
whole=$(mktemp -d)
publisher=
subscriber=
trap 'rm -rf "$whole"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
root=$here/../..
. "$here/check.sh"
. "$here/parts.sh"
. "$here/tool_check.sh"

time_pattern='20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'

lacks() { # PATTERN FILE
    ! grep -E -- "$1" "$2"
}

# Every line is an object with these members, and none is empty.
are_objects() { # FILE
    python3 -c '
import json, sys
lines = open(sys.argv[1]).read().splitlines()
assert lines
for line in lines:
    entry = json.loads(line)
    assert list(entry) == ["time", "level", "program", "message"] and all(entry.values()), entry
    assert entry["level"] in ("error", "warning", "info", "debug"), entry' "$1"
}

check_log() {
    local nobody="nobody was subscribed"
    check "times and levels" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 2 --rate 0
    check "a line with its time and level" grep -qE "^$time_pattern WARNING sttp-publish: $nobody" "$work/err"
    check "what happens on standard output" grep -q "^Publishing 33 measurements" "$work/out"
    check "plain" ends 0 "^sttp-publish: $nobody" \
        "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 2 --rate 0 --log-format plain
    check "objects" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 2 --rate 0 --log-format json
    check "nothing but objects" are_objects "$work/err"
    check "what happens is in the log then" grep -q '"level":"info".*"message":"Publishing 33 measurements' "$work/err"
    check "and not on standard output" test ! -s "$work/out"
    check "a journal" ends 0 "^<4>$nobody" \
        "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 2 --rate 0 --log-format journal
    check "quiet" ends 0 "" "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 2 --rate 0 --quiet
    check "says nothing" test ! -s "$work/out" -a ! -s "$work/err"
    check "errors are said all the same" ends 1 "cannot listen" "$bin/sttp-publish" --quiet --listen 192.0.2.1:1
    check "STTP_LOG" ends 0 "" env STTP_LOG=error "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 2 --rate 0
    check "only errors" lacks "$nobody" "$work/err"
    check "--log-level goes over it" ends 0 "$nobody" \
        env STTP_LOG=error "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 2 --rate 0 --log-level warning
    check "no level" ends 2 "STTP_LOG of the environment is error, warning, info or debug, not 'loud'" \
        env STTP_LOG=loud "$bin/sttp-publish"
    check "no file" ends 1 "^sttp-metadata: cannot read" "$bin/sttp-metadata" "$work/none.xml"
    # A name that has to be escaped.
    check "escapes" ends 1 "" "$bin/sttp-metadata" "$work/a\"b\\c"$'\t\xff.xml' --log-format json
    check "escaped" are_objects "$work/err"
}

check_silence() {
    # It begins when a second one is subscribed.
    start_publisher --signals 5 --wait-subscribers 2
    in_background silence "$bin/sttp-subscribe" "$address" --format none
    subscriber=$!
    check "a publisher that sends nothing" await_line "$work/silence.err" \
        "WARNING sttp-subscribe: $address is connected, and has sent no measurement for [0-9]* s" $subscriber
    check "another subscriber" ends 0 "" "$bin/sttp-subscribe" "$address" --format none --count 50
    check "measurements again" await_line "$work/silence.err" \
        "INFO sttp-subscribe: measurements of $address come again after [0-9]* s" $subscriber
    kill $subscriber
    check "the subscriber ends" wait $subscriber
    subscriber=
    kill $publisher
    check "the publisher ends" end_publisher 0
}

# Told every five seconds.
check_progress() {
    start_publisher --signals 5 --duration 7
    check "a subscriber" ends 0 "" "$bin/sttp-subscribe" "$address" --duration 6.5 --once --format csv --output "$work/rows.csv"
    check "how far it is" grep -qE "^[0-9,]+ measurements received so far \([78][0-9] %\)" "$work/err"
    check "the publisher ends" end_publisher 0
    check "how far it was" grep -qE "INFO sttp-publish: [0-9,]+ measurements published so far \([67][0-9] %\), 0 dropped" \
        "$work/publisher.err"
}

check_outage() {
    local address
    "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 1 --rate 0 >"$work/free" 2>&1
    address=$(sed -n 's/^Publishing .*on //p' "$work/free")
    in_background outage "$bin/sttp-subscribe" "$address" --format csv --output "$work/outage.csv" --count 300 --timeout 120
    subscriber=$!
    check "a sign of life" await_line "$work/outage.err" \
        "WARNING sttp-subscribe: no connection with $address for [0-9]* s, [0-9]* attempts failed; the next one in" $subscriber
    in_background late "$bin/sttp-publish" --listen "$address" --signals 10 --duration 30
    publisher=$!
    check "the subscriber comes back" wait $subscriber
    subscriber=
    kill $publisher
    wait $publisher || true
    publisher=
    check "and says so" grep -qE "INFO sttp-subscribe: connected with $address again after [0-9]+ s, at attempt [0-9]+" \
        "$work/outage.err"
    check "all have come" test "$(wc -l <"$work/outage.csv")" = 301
}

# A subscriber that listens, and comes late, by its name.
check_publisher_outage() {
    local port
    "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 1 --rate 0 >"$work/free" 2>&1
    port=$(sed -n 's/^Publishing .*://p' "$work/free")
    in_background publisher "$bin/sttp-publish" --connect "localhost:$port" --signals 10
    publisher=$!
    check "a sign of life" await_line "$work/publisher.err" \
        "WARNING sttp-publish: no connection with localhost:$port for [0-9]* s, [0-9]* attempts failed; the next one in" $publisher
    check "a subscriber that listens" ends 0 "" "$bin/sttp-subscribe" --listen "127.0.0.1:$port" --count 30 --format none
    check "connected again" await_line "$work/publisher.err" \
        "INFO sttp-publish: connected with localhost:$port again after [0-9]* s, at attempt [0-9]*" $publisher
    kill $publisher
    check "the publisher ends" end_publisher 0
}

# The code of the answer to a request line; or that nothing came.
answers() { # URL CODE REQUEST
    python3 -c '
import socket, sys, urllib.parse
where = urllib.parse.urlsplit(sys.argv[1])
with socket.create_connection((where.hostname, where.port), timeout=60) as connection:
    connection.sendall(sys.argv[3].encode() + b"\r\nHost: x\r\n\r\n")
    answer = b""
    while part := connection.recv(65536):
        answer += part
assert answer.startswith(b"HTTP/1.1 " + sys.argv[2].encode()), answer[:200]
head, _, body = answer.partition(b"\r\n\r\n")
assert (body == b"") == sys.argv[3].startswith("HEAD"), answer' "$@"
}

check_metrics() {
    local publisher_metrics subscriber_metrics other
    start_publisher --metrics 0 --signals 10
    publisher_metrics=$(metrics_of "$work/publisher.err" $publisher)
    in_background subscriber "$bin/sttp-subscribe" "$address" --metrics 127.0.0.1:0 --stats --format none
    subscriber=$!
    subscriber_metrics=$(metrics_of "$work/subscriber.err" $subscriber)
    check "measurements flow" await_line "$work/subscriber.err" "^Receiving" $subscriber
    check "what the library logs" ends 0 "DEBUG sttp-subscribe: sttp::subscriber: Received success code" \
        env STTP_LOG=debug "$bin/sttp-subscribe" "$address" --count 5 --format none
    check "metrics of a publisher" fetch "$publisher_metrics" "$work/publisher.metrics"
    check "metrics of a subscriber" fetch "$subscriber_metrics" "$work/subscriber.metrics"
    check "a connection has its labels" grep -qE \
        '^sttp_connection_[a-z_]+\{connection="[0-9]+",address="127.0.0.1:[0-9]+",identity="[^"]+"\} ' "$work/publisher.metrics"
    check "what is counted is told" grep -qE '^sttp_subscriber_measurements_total [1-9][0-9]*$' "$work/subscriber.metrics"
    check "connected" grep -qx 'sttp_subscriber_subscribed 1' "$work/subscriber.metrics"
    check "HEAD" answers "$publisher_metrics" "200 OK" "HEAD /metrics HTTP/1.1"
    check "another path" answers "$publisher_metrics" "404 " "GET /metricsx HTTP/1.1"
    check "another method" answers "$publisher_metrics" "405 " "POST /metrics HTTP/1.1"
    check "what is no request" answers "$publisher_metrics" "405 " "hello"
    other=${publisher_metrics#http://}
    check "a port in use" ends 1 "--metrics ${other%/metrics}: cannot listen there" \
        "$bin/sttp-publish" --listen 127.0.0.1:0 --metrics "${other%/metrics}"
    check "no address" ends 1 "--metrics is ADDR:PORT" "$bin/sttp-publish" --listen 127.0.0.1:0 --metrics there
    in_background askers timeout 150 python3 "$here/slow_askers.py" "$publisher_metrics"
    local askers=$!
    check "some ask slowly" await_line "$work/askers.out" "^there" $askers
    check "beside them an answer" fetch "$publisher_metrics" "$work/publisher.metrics"
    # When nobody needs its place, one that never asks is closed all the same.
    check "who never asks is closed" python3 -c '
import socket, sys, urllib.parse
where = urllib.parse.urlsplit(sys.argv[1])
with socket.create_connection((where.hostname, where.port), timeout=60) as silent:
    assert silent.recv(1) == b""' "$subscriber_metrics"
    kill -INT $subscriber
    wait $subscriber || true
    subscriber=
    kill -INT $publisher
    check "the publisher ends, while they ask" end_publisher 0
    kill $askers 2>/dev/null || true
    check "every counter of a publisher once" python3 "$here/metrics_check.py" "$work/publisher.metrics" \
        "sttp_publisher=$(counters_of "$work/publisher.err" 'stats["counters"]')" \
        "sttp_connection=$(counters_of "$work/publisher.err" 'stats["connections"][0]["counters"]')"
    check "every counter of a subscriber once" python3 "$here/metrics_check.py" "$work/subscriber.metrics" \
        "sttp_subscriber=$(counters_of "$work/subscriber.err" 'list(stats["counters"]) + ["connected", "subscribed"]')"
}

check_gateway_metrics() {
    local metrics
    start_publisher --duration 60
    in_background serve "$bin/sttp-c37118" serve "$address" --listen 127.0.0.1:0 --metrics 0 --stats
    subscriber=$!
    metrics=$(metrics_of "$work/serve.err" $subscriber)
    check "a stream" await_line "$work/serve.out" "^Stream 1 has " $subscriber
    check "metrics of streams" fetch "$metrics" "$work/serve.metrics"
    in_background devices "$bin/sttp-c37118" publish "$(sed -n 's/^Stream 1 listens on //p' "$work/serve.out")" \
        --listen 127.0.0.1:0 --metrics 0 --stats
    local devices=$!
    metrics=$(metrics_of "$work/devices.err" $devices)
    check "a device" await_line "$work/devices.out" "^Publishing .* measurements" $devices
    check "metrics of devices" fetch "$metrics" "$work/devices.metrics"
    kill -INT $devices
    wait $devices || true
    kill -INT $subscriber
    wait $subscriber || true
    subscriber=
    kill -INT $publisher
    check "the publisher ends" end_publisher 0
    check "every counter of streams once" python3 "$here/metrics_check.py" "$work/serve.metrics" \
        "sttp_subscriber=$(counters_of "$work/serve.err" 'stats["counters"]')" \
        "sttp_c37118_stream=$(counters_of "$work/serve.err" 'stats["streams"][0]["counters"]')" \
        "sttp_c37118_server=$(counters_of "$work/serve.err" 'stats["streams"][0]["server"]')"
    check "every counter of devices once" python3 "$here/metrics_check.py" "$work/devices.metrics" \
        "sttp_publisher=$(counters_of "$work/devices.err" 'stats["counters"]')" \
        "sttp_c37118_device=$(counters_of "$work/devices.err" 'stats["devices"][0]["counters"]')" \
        "sttp_c37118_client=$(counters_of "$work/devices.err" 'stats["devices"][0]["session"]')"
}

# Runs a command as systemd does, and prints what it tells, a line each.
supervise() { # SOCKET COMMAND...
    python3 -c '
import os, socket, subprocess, sys
name = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("\0" + name[1:] if name.startswith("@") else name)
subprocess.run(sys.argv[2:], env=dict(os.environ, NOTIFY_SOCKET=name), check=True, timeout=60)
listener.setblocking(False)
try:
    while True:
        print(listener.recv(65536).decode())
except BlockingIOError:
    pass' "$@" >"$work/told"
}

# Whatever it has to say is a mistake, though it may succeed all the same.
verify_units() { # UNIT...
    systemd-analyze verify --man=no "$@" 2>&1 | tee "$work/verified"
    [ ! -s "$work/verified" ]
}

check_readiness() {
    local socket unit
    for socket in "$work/notify" "@sttp-test-$$"; do
        check "supervised" supervise "$socket" "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 3 --rate 0
        check "ready" grep -qx "READY=1" "$work/told"
        check "how it stands" grep -q "^STATUS=Publishing 33 measurements of 3 devices on 127.0.0.1:" "$work/told"
        check "ends" grep -qx "STOPPING=1" "$work/told"
    done
    start_publisher --signals 5
    check "a subscriber" supervise "$work/subscriber" "$bin/sttp-subscribe" "$address" --count 20 --format none
    check "ready before it is subscribed" grep -qx "STATUS=Connecting to $address" "$work/told"
    check "and subscribed" grep -qx "STATUS=Subscribed to 5 signals of $address" "$work/told"
    check "a relay" supervise "$work/relay" "$bin/sttp-relay" "$address" --listen 127.0.0.1:0 --duration 2
    check "ready before it is connected" grep -qx "READY=1" "$work/told"
    check "its first words" grep -qx "STATUS=Connecting to 1 publisher" "$work/told"
    check "and relaying" grep -qx "STATUS=Relaying 1 publisher" "$work/told"
    check "its end" grep -qx "STOPPING=1" "$work/told"
    check "streams" supervise "$work/serve" timeout --preserve-status -s INT 3 "$bin/sttp-c37118" serve "$address" \
        --listen 127.0.0.1:0
    check "ready" grep -qx "READY=1" "$work/told"
    check "their end" grep -qx "STOPPING=1" "$work/told"
    kill $publisher
    check "the publisher ends" end_publisher 0
    check "a gateway whose device is away" supervise "$work/devices" timeout --preserve-status -s INT 2 "$bin/sttp-c37118" \
        publish 127.0.0.1:1 --listen 127.0.0.1:0
    check "ready without it" grep -qx "READY=1" "$work/told"
    check "nobody to tell" ends 0 "systemd, which has started this, cannot be told" \
        env NOTIFY_SOCKET="$work/nowhere" "$bin/sttp-publish" --listen 127.0.0.1:0 --frames 1 --rate 0

    if ! command -v systemd-analyze >/dev/null; then
        echo "SKIPPED: units of systemd, without systemd-analyze (apt install systemd)"
        return
    fi
    mkdir "$work/units"
    for unit in "$root"/packaging/systemd/*.in; do
        # A unit of a template, which is what is started.
        sed "s:@BINDIR@:$(realpath "$bin"):" "$unit" >"$work/units/$(basename "${unit/@/@north}" .in)"
    done
    # sttp-nats is not among the tools: what stands for it has its name.
    mkdir "$work/nats"
    printf '#!/bin/sh\n' >"$work/nats/sttp-nats"
    chmod +x "$work/nats/sttp-nats"
    "$root/packaging/nats/units.sh" "$work/nats" "$work/units"
    for unit in "$work"/units/*@.service; do
        check "a unit of its role" grep -q "/sttp-nats [a-z-]* --config" "$unit"
        check "one user for all" grep -qx "User=sttp" "$unit"
        check "a folder for each instance" grep -qx "StateDirectory=sttp-nats/[a-z-]*-%i" "$unit"
        mv "$unit" "${unit/@/@north}"
    done
    check "units" verify_units "$work"/units/*.service
    check "hardened" systemd-analyze security --offline=true --threshold=20 "$work"/units/*.service
}

check_config() {
    printf '# A publisher\r\nlisten = 127.0.0.1:0\r\n\r\n  --signals= 7\nframes = 3\nrate = 0\n' >"$work/publish.conf"
    check "a file of options" ends 0 "" "$bin/sttp-publish" --config "$work/publish.conf"
    check "has been read" grep -q "^Publishing 7 measurements of 1 device" "$work/out"
    check "the command line goes over it" ends 0 "" "$bin/sttp-publish" --signals 4 --config "$work/publish.conf"
    check "has gone over it" grep -q "^Publishing 4 measurements of 1 device" "$work/out"
    echo "connect = 127.0.0.1:1" >"$work/connect.conf"
    check "also over what adds up" ends 1 "no subscription with 127.0.0.1:2 after" \
        "$bin/sttp-subscribe" --config "$work/connect.conf" --connect 127.0.0.1:2 --timeout 0.1
    echo "stats" >"$work/more.conf"
    check "two files" ends 0 '"measurements":21,' \
        "$bin/sttp-publish" --config "$work/publish.conf" --config "$work/more.conf"
    # Any number of them; what is behind the second '=' is the value, whatever is in it.
    printf "set = compression=false\nset = metadataFilters=FILTER MeasurementDetail WHERE SignalAcronym = 'FREQ'\n" \
        >"$work/set.conf"
    start_publisher
    check "settings" ends 0 "" "$bin/sttp-subscribe" --config "$work/set.conf" --diagnose "$address" --duration 1
    check "one of them" grep -q "^good   modes .*, metadata by GZip; " "$work/out"
    check "and another one" grep -q "^good   metadata      3 measurements of 3 devices" "$work/out"
    kill $publisher
    check "the publisher ends" end_publisher 0
    echo "argument = $work/none.xml" >"$work/metadata.conf"
    check "an argument" ends 1 "cannot read the metadata from $work/none.xml" \
        "$bin/sttp-metadata" --config "$work/metadata.conf"
    local number=0 wrong
    for wrong in "listn = 1:there is no option 'listn'" "signals:'signals' needs a value: signals = ..." \
        "stats = yes:'stats' has no value" "signals = many:--signals needs a whole number" "config = x:there is no option 'config'" \
        "argument = x:there is no option 'argument'" "set = x:--set is KEY=VALUE" "help:there is no option 'help'"; do
        number=$((number + 1))
        printf '\n# one\n%s\n' "${wrong%%:*}" >"$work/wrong.conf"
        check "a mistake in a file" ends 2 "^sttp-publish: $work/wrong.conf:3: ${wrong#*:}" \
            "$bin/sttp-publish" --config "$work/wrong.conf"
    done
    check "mistakes" test $number = 8
    check "no file" ends 2 "cannot read $work/none.conf: No such file" "$bin/sttp-publish" --config "$work/none.conf"
    check "a folder" ends 2 "cannot read $work: Is a directory" "$bin/sttp-publish" --config "$work"
    check "no text" ends 2 "cannot read $bin/sttp-publish: it is " "$bin/sttp-publish" --config "$bin/sttp-publish"
    check "what needs another" ends 2 "--latency needs --stats" "$bin/sttp-subscribe" --config <(echo latency) a:1
}

# What bash offers for a line whose last word is to be completed.
bash_offers() { # TOOL WORD...
    bash -c '
        . "$1"
        shift
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        "$(complete -p "$1" | sed "s/.*-F \([^ ]*\) .*/\1/")" 2>/dev/null
        printf "%s\n" "${COMPREPLY[@]}"' - "$work/completions/bash/$1" "$@"
}

offers() { # WANTED... -- COMMAND...
    local wanted=()
    while [ "$1" != -- ]; do
        wanted+=("$1")
        shift
    done
    shift
    "$@" >"$work/offered"
    cat "$work/offered"
    local word
    for word in "${wanted[@]}"; do
        grep -qE -- "^$word(	|\[|$)" "$work/offered" || return 1
    done
}

has_every_option() { # TOOL [COMMAND...]
    "$bin/$1" "${@:2}" --help | grep -oE '^  --[a-z0-9-]+' | sed 's/^ *//' | sort >"$work/wanted"
    bash_offers "$@" -- | grep . | sort | diff "$work/wanted" -
}

check_completions() {
    local shell tool
    for shell in bash zsh fish; do
        mkdir -p "$work/completions/$shell"
        for tool in sttp-publish sttp-subscribe sttp-metadata sttp-relay sttp-c37118; do
            "$root/tools/completions.sh" $shell "$bin/$tool" >"$work/completions/$shell/$tool"
        done
    done
    for tool in sttp-publish sttp-subscribe sttp-metadata sttp-relay; do
        check "bash knows every option" has_every_option $tool
    done
    check "bash knows every option of a command" has_every_option sttp-c37118 relay in
    check "words" offers forbidden forced -- bash_offers sttp-publish --nan-filter for
    check "commands" offers show relay -- bash_offers sttp-c37118 ""
    check "sides" offers in out -- bash_offers sttp-c37118 relay ""
    check "words of a command" offers 'spontaneousUdp' -- bash_offers sttp-c37118 show --transport sp
    : >"$work/some.conf"
    check "files" offers "$work/some.conf" -- bash_offers sttp-publish --config "$work/so"
    if ! command -v zsh >/dev/null; then
        echo "SKIPPED: completions of zsh, which is missing (apt install zsh)"
    else
        for tool in sttp-publish sttp-subscribe sttp-metadata sttp-relay sttp-c37118; do
            check "zsh reads it" zsh -n "$work/completions/zsh/$tool"
        done
        # What would be shown, in place of showing it.
        check "zsh" offers '\*--nan-filter' '\*--config' -- zsh -f -c \
            '_arguments() { print -l -- "$@" }; CURRENT=2; words=(sttp-publish -); . "$1"' - "$work/completions/zsh/sttp-publish"
        check "zsh and commands" offers '\*--targets' -- zsh -f -c \
            '_arguments() { print -l -- "$@" }; CURRENT=4; words=(sttp-c37118 relay out -); . "$1"' - \
            "$work/completions/zsh/sttp-c37118"
    fi
    if ! command -v fish >/dev/null; then
        echo "SKIPPED: completions of fish, which is missing (apt install fish)"
    else
        check "fish" offers --nan-filter -- fish_offers sttp-publish "--nan-"
        check "fish and words" offers forbidden forced -- fish_offers sttp-publish "--nan-filter for"
        check "fish and commands" offers --targets -- fish_offers sttp-c37118 "relay out --ta"
    fi
}

fish_offers() { # TOOL REST
    HOME=$work fish --no-config -c "source '$work/completions/fish/$1'; complete -C '$1 $2'"
}

every_option_is_one() { # TOOL [COMMAND]
    local option
    "$bin/$1" "${@:2}" --help=list | awk -F '\t' '$1 != "help" && $1 != "version" { print "--" $1 ($2 != "" ? "=x" : "") }' |
        while read -r option; do
            "$bin/$1" "${@:2}" --config "$work/none.conf" "$option" 2>"$work/err" && return 1
            # Something is wrong with the file, or with what the option was given, not with its name.
            if head -n 1 "$work/err" | grep -E "^Try|option"; then
                echo "$option"
                return 1
            fi
        done
}

check_exit_codes() {
    local tool code other
    for tool in sttp-publish sttp-subscribe sttp-metadata sttp-relay sttp-c37118; do
        check "done" ends 0 "" "$bin/$tool" --version
        check "wrong usage" ends 2 "Try '$tool --help'" "$bin/$tool" --bogus
        for code in "0 done" "1 failed" "2 wrong usage" "3 done, and found"; do
            check "exit code $code is told" grep -q "^Exit codes: .*$code" <("$bin/$tool" --help)
            check "exit code $code is on the manual page" grep -q "$code" \
                <("$root/tools/man.sh" "$bin/$tool" 0 | sed -n '/^.SH EXIT STATUS/,/^.SH SEE/p')
        done
        for other in sttp-publish sttp-subscribe sttp-metadata sttp-relay sttp-c37118; do
            [ $other = $tool ] || check "the manual page refers to $other" grep -qF "\fB${other//-/\\-}\fR(1)," \
                <("$root/tools/man.sh" "$bin/$tool" 0 | sed -n '/^.SH SEE/,$p')
        done
    done
    # Whichever place an option has among the others, and whatever is wrong with its value.
    for tool in sttp-publish sttp-subscribe sttp-metadata sttp-relay "sttp-c37118 publish" "sttp-c37118 serve"; do
        check "every option of $tool is one" every_option_is_one $tool
    done
    check "failed" ends 1 "cannot listen" "$bin/sttp-publish" --listen 192.0.2.1:1
    check "failed" ends 1 "no subscription" "$bin/sttp-subscribe" 127.0.0.1:1 --timeout 0.1
    check "failed" ends 1 "cannot read" "$bin/sttp-metadata" "$work/none.xml"
    check "failed" ends 1 "--timeout S waits longer" "$bin/sttp-c37118" show 127.0.0.1:1 --timeout 0.2
}

run_parts silence outage publisher_outage progress log config readiness completions exit_codes metrics gateway_metrics
echo "Operation tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
