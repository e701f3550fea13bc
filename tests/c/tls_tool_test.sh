#!/bin/bash
# The tools over TLS, gateways to C37.118 among them: certificates for a first try, whoever connects, and what is said to
# those who are not let in.
#   tls_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: tls_tool_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
subscriber=
trap 'for child in $publisher $subscriber; do kill "$child"; done; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

# Options of a side with its own certificate, which trusts another.
by() { # OWN PEER
    echo --certificate "$work/$1.cer" --private-key "$work/$1.key" --trust "$work/$2.cer"
}

make_certificate() { # NAME
    ends 0 "" "$bin/sttp-publish" --make-certificate "$work/$1"
}

start_secured() { # OPTION...
    # shellcheck disable=SC2046
    start_publisher --signals 3 --rate 0 --frames 40 --wait-subscribers 1 $(by publisher subscriber) "$@"
}

# Ends a publisher that goes on.
stop_publisher() {
    kill -TERM $publisher
    end_publisher 0
}

check_certificates() {
    for name in publisher subscriber stranger; do
        check "a certificate" make_certificate $name
        check "which openssl reads" openssl x509 -in "$work/$name.cer" -noout -subject -checkend 86400
        check "and its key, for its owner only" test "$(stat -c %a "$work/$name.key")" = 600
    done
    check "nothing is overwritten" ends 1 "it exists" "$bin/sttp-publish" --make-certificate "$work/publisher"
    check "a key of another certificate" ends 1 "is not the key of the certificate in .*publisher.cer" "$bin/sttp-publish" \
        --listen 127.0.0.1:0 --certificate "$work/publisher.cer" --private-key "$work/stranger.key" \
        --trust "$work/subscriber.cer"
    check "nobody to trust" ends 1 "TLS does not know whom to trust" "$bin/sttp-publish" --listen 127.0.0.1:0 \
        --certificate "$work/publisher.cer" --private-key "$work/publisher.key"
    check "trust without a certificate" ends 2 "--certificate" "$bin/sttp-subscribe" 127.0.0.1:1 \
        --trust "$work/publisher.cer"
}

# The subscriber gets all there is.
receives_all() { # OPTION...
    # shellcheck disable=SC2046
    ends 0 "" "$bin/sttp-subscribe" --count 120 --format csv $(by subscriber publisher) "$@" &&
        [ "$(wc -l <"$work/out")" -eq 121 ]
}

check_exchange() {
    start_secured
    check "all measurements" receives_all "$address"
    check "the publisher tells whom it serves" end_publisher 0
    start_secured --set minimumTlsVersion=1.3
    check "TLS 1.3 only" receives_all "$address"
    check "and its end" end_publisher 0
}

check_reverse() {
    # shellcheck disable=SC2046
    in_background subscriber "$bin/sttp-subscribe" --listen 127.0.0.1:0 --count 120 --format csv \
        --output "$work/reverse.csv" $(by subscriber publisher)
    subscriber=$!
    check "a subscriber listens" await_line "$work/subscriber.err" "Listening on " $subscriber
    address=$(sed -n 's/.*Listening on \([0-9.:]*\) .*/\1/p' "$work/subscriber.err" | head -n 1)
    # shellcheck disable=SC2046
    check "a publisher connects" ends 0 "" "$bin/sttp-publish" --connect "$address" --signals 3 --rate 0 --frames 40 \
        --wait-subscribers 1 $(by publisher subscriber)
    check "all measurements" wait $subscriber
    subscriber=
    check "each of them" test "$(wc -l <"$work/reverse.csv")" -eq 121
}

check_strangers() {
    # shellcheck disable=SC2046
    start_publisher --signals 3 $(by publisher subscriber)
    check "without TLS" ends 1 "this port is for TLS" "$bin/sttp-subscribe" "$address" --once
    check "which the publisher tells" await_line "$work/publisher.err" "does not speak TLS but STTP without TLS" $publisher
    # shellcheck disable=SC2046
    check "a stranger" ends 1 "does not accept our certificate (CN=stranger" "$bin/sttp-subscribe" "$address" --once \
        $(by stranger publisher)
    check "which the publisher tells" await_line "$work/publisher.err" "certificates trusted here (CN=stranger" $publisher
    # shellcheck disable=SC2046
    check "a publisher that is not known" ends 1 "certificates trusted here (CN=publisher" "$bin/sttp-subscribe" \
        "$address" --once $(by subscriber stranger)
    # shellcheck disable=SC2046
    check "metadata" ends 0 "" "$bin/sttp-metadata" "$address" --select "SignalAcronym = 'FREQ'" $(by subscriber publisher)
    check "openssl sees our certificate" openssl_sees "CN *= *publisher"
    check "the publisher goes on" stop_publisher
    start_publisher --signals 3
    # shellcheck disable=SC2046
    check "a publisher without TLS" ends 1 "may not speak TLS on this port" "$bin/sttp-subscribe" "$address" --once \
        $(by subscriber publisher)
    check "goes on as well" stop_publisher
}

check_rights() {
    write_rights "ALLOW WHERE True"
    start_secured --rights "$work/rights.txt" --audit-log "$work/audit.log"
    check "who has the certificate gets all" receives_all "$address"
    check "and the publisher ends" end_publisher 0
    check "the log tells who came" grep -q "accepted connection of .*CN=subscriber, SHA-256 $(fingerprint).*rights \"ours\"" \
        "$work/audit.log"
    check "and what was asked" grep -q "accepted subscription of .*rights \"ours\"" "$work/audit.log"
    printf '[subscriber theirs]\ncertificate = %064d\nsignals =\n' 0 >"$work/rights.txt"
    # shellcheck disable=SC2046
    start_publisher --signals 3 --rights "$work/rights.txt" --audit-log "$work/audit.log" $(by publisher subscriber)
    # shellcheck disable=SC2046
    check "who has no rights is not let in" ends 1 "" "$bin/sttp-subscribe" "$address" --once $(by subscriber publisher)
    check "which the publisher tells" await_line "$work/publisher.err" "is not let in" $publisher
    check "and its log" await_line "$work/audit.log" "refused connection of .*CN=subscriber" $publisher
    check "the publisher goes on" stop_publisher
    printf '[others]\nsignal = ALLOW WHERE True\n' >"$work/rights.txt"
    check "a mistake in the file" ends 1 "rights.txt:2: unknown key \"signal\"; did you mean signals?" "$bin/sttp-publish" \
        --listen 127.0.0.1:0 --rights "$work/rights.txt"
}

# Of the certificate of the subscriber.
fingerprint() {
    openssl x509 -in "$work/subscriber.cer" -noout -fingerprint -sha256 | cut -d= -f2
}

# The rights of who has that certificate.
write_rights() { # SIGNALS
    printf '[subscriber ours]\ncertificate = %s\nsignals = %s\n' "$(fingerprint)" "$1" >"$work/rights.txt"
}

# Publishes a device of C37.118 that a capture plays.
start_device() { # COMMAND OPTION...
    # shellcheck disable=SC2046
    in_background publisher "$bin/sttp-c37118" "$@" --capture "$here/../fixtures/c37118.pcap" --id 235 --name SHELBY --speed 300 \
        --loop $(by publisher subscriber)
    publisher=$!
}

# What a gateway subscribes to is shown.
lists() { # COMMAND ARGUMENT...
    # shellcheck disable=SC2046
    ends 0 "" "$bin/sttp-c37118" "$@" --list $(by subscriber publisher) && grep -q "^  PMU 1: SHELBY, ID 235" "$work/out"
}

check_gateways() {
    local gateway=$bin/sttp-c37118
    write_rights "ALLOW WHERE True"
    start_device publish --listen 127.0.0.1:0 --rights "$work/rights.txt"
    await_address
    check "a gateway by TLS" lists serve "$address"
    check "all channels" grep -q "phasor 1: VA" "$work/out"
    # shellcheck disable=SC2046
    check "a gateway that nobody knows" ends 1 "does not accept our certificate (CN=stranger" "$gateway" serve "$address" \
        --list --timeout 1 $(by stranger publisher)
    check "a gateway without TLS" ends 1 "this port is for TLS" "$gateway" serve "$address" --list --timeout 1
    check "the gateway goes on" stop_publisher
    write_rights "ALLOW WHERE SignalType = 'FREQ'"
    start_device publish --listen 127.0.0.1:0 --rights "$work/rights.txt"
    await_address
    check "a gateway with few rights" lists serve "$address"
    check "fewer channels" test "$(grep -c "phasor [0-9]\|analog [0-9]" "$work/out")" = 0
    check "the gateway goes on" stop_publisher
    start_device relay in --listen 127.0.0.1:0
    await_address
    check "a relay by TLS" lists relay out "$address" SHELBY
    # shellcheck disable=SC2046
    check "a relay that nobody knows" ends 1 "does not accept our certificate (CN=stranger" "$gateway" relay out \
        "$address" SHELBY --list --timeout 1 $(by stranger publisher)
    check "the relay goes on" stop_publisher
}

# A port that nobody uses.
free_port() {
    "$bin/sttp-publish" --listen 127.0.0.1:0 --rate 0 --frames 1 2>/dev/null | sed -n 's/.* on 127.0.0.1://p'
}

check_reverse_gateways() {
    local port
    port=$(free_port)
    start_device publish --connect "127.0.0.1:$port"
    check "a gateway listens for its publisher" lists serve "commandChannel={port=$port; interface=127.0.0.1}"
    check "which has connected to it" await_line "$work/publisher.out" "^Subscriber 127.0.0.1:$port" $publisher
    check "the gateway goes on" stop_publisher
    start_device relay in --connect "127.0.0.1:$port"
    check "a relay listens for its publisher" lists relay out "commandChannel={port=$port; interface=127.0.0.1}" SHELBY
    check "the relay goes on" stop_publisher
}

openssl_sees() { # PATTERN
    openssl s_client -connect "$address" -cert "$work/subscriber.cer" -key "$work/subscriber.key" </dev/null 2>&1 |
        grep "$1"
}

check_certificates
check_exchange
check_reverse
check_strangers
check_rights
check_gateways
check_reverse_gateways
echo "TLS tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
