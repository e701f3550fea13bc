# Runs relays; to be sourced behind tool_check.sh by a test script that has the process of a relay in $relay, and of publishers in
# $more_publishers.

# Starts a relay; its address is in $relayed.
start_relay() { # OPTION...
    # What an earlier one said must not be taken for what this one says.
    : >"$work/relay.out"
    "$bin/sttp-relay" --stats "$@" >"$work/relay.out" 2>"$work/relay.err" &
    relay=$!
    check "the relay publishes" await_line "$work/relay.out" "^Publishing on " $relay
    relayed=$(sed -n 's/^Publishing on //p' "$work/relay.out")
}

end_relay() {
    local code=0
    kill -TERM $relay
    wait $relay || code=$?
    relay=
    cat "$work/relay.err"
    [ $code -eq 0 ]
}

stop_publisher() {
    kill -TERM $publisher
    end_publisher 0
}

# Starts another publisher; its address is in $another.
start_another() { # NAME OPTION...
    local name=$1
    shift
    "$bin/sttp-publish" --listen 127.0.0.1:0 --rate 50 "$@" >"$work/$name.out" 2>&1 &
    more_publishers="$more_publishers $!"
    check "another publisher" await_line "$work/$name.out" "^Publishing " $!
    another=$(sed -n 's/^Publishing .* on //p' "$work/$name.out")
}

stop_others() {
    for child in $more_publishers; do
        kill -TERM "$child"
        check "the end of a publisher" wait "$child"
    done
    more_publishers=
}

# The frames follow each other, a hundred a second, each with three signals.
without_a_gap() { # FILE
    grep -v signal_id "$1" | cut -d, -f1,2 | sort -t, -k2,2n -k1,1 |
        awk -F, '{ frame = int($2 / 100000 + 0.5) }
            NR > 1 && frame != last + (NR % 3 == 1) { printf "row %d: %s, frame %d after frame %d\n", NR, $0, frame, last; wrong = 1 }
            { last = frame }
            END { exit wrong || NR == 0 || NR % 3 != 0 }'
}
