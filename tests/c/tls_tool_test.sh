#!/bin/bash
# The tools over TLS: certificates for a first try, whoever connects, and what is said to those who are not let in.
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
    "$bin/sttp-subscribe" --listen 127.0.0.1:0 --count 120 --format csv --output "$work/reverse.csv" \
        $(by subscriber publisher) >"$work/out" 2>"$work/subscriber.err" &
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
    local fingerprint
    fingerprint=$(openssl x509 -in "$work/subscriber.cer" -noout -fingerprint -sha256 | cut -d= -f2)
    printf '[subscriber ours]\ncertificate = %s\nsignals = ALLOW WHERE True\n' "$fingerprint" >"$work/rights.txt"
    start_secured --rights "$work/rights.txt" --audit-log "$work/audit.log"
    check "who has the certificate gets all" receives_all "$address"
    check "and the publisher ends" end_publisher 0
    check "the log tells who came" grep -q "accepted connection of .*CN=subscriber, SHA-256 $fingerprint.*rights \"ours\"" \
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

openssl_sees() { # PATTERN
    openssl s_client -connect "$address" -cert "$work/subscriber.cer" -key "$work/subscriber.key" </dev/null 2>&1 |
        grep "$1"
}

check_certificates
check_exchange
check_reverse
check_strangers
check_rights
echo "TLS tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
