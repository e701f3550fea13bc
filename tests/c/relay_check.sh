# Runs relays; to be sourced behind tool_check.sh by a test script that has the process of a relay in $relay, and of publishers in
# $more_publishers.

# Starts a relay; its address is in $relayed.
start_relay() { # OPTION...
    in_background relay "$bin/sttp-relay" --stats "$@"
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
    in_background "$name" "$bin/sttp-publish" --listen 127.0.0.1:0 --rate 50 "$@"
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

# Starts a relay beside others; its address is in $chained, its process in $!, what it says in NAME.out and NAME.err.
start_chained() { # NAME OPTION...
    local name=$1 process
    shift
    in_background "$name" "$bin/sttp-relay" --stats "$@"
    process=$!
    more_publishers="$more_publishers $process"
    check "the relay $name publishes" await_line "$work/$name.out" "^Publishing on " $process
    chained=$(sed -n 's/^Publishing on //p' "$work/$name.out")
}

kill_chained() { # PROCESS
    kill -KILL "$1"
    wait "$1" || true
    more_publishers=${more_publishers/ $1/}
}

# The time of now by the publishers' clock, as --start and --stop take it.
now() { date -u +%Y-%m-%dT%H:%M:%S.%NZ | cut -c1-26,30; }

# The time of a row, the same way.
time_of() { # ROW
    local ticks
    ticks=$(cut -d, -f2 <<<"$1")
    date -u -d "@$(((ticks - 621355968000000000) / 10000000))" "+%Y-%m-%dT%H:%M:%S.$(printf %07d $((ticks % 10000000)))Z"
}

history_of() { # ADDRESS FILE OPTION...
    local address=$1 file=$2
    shift 2
    timeout 120 "$bin/sttp-subscribe" "$address" --format csv --processing-interval 0 --output "$file" "$@"
}

# Each row once, whatever its order.
same_rows() { # FILE FILE
    diff <(sort "$1") <(sort "$2") | head -n 20 && cmp <(sort "$1") <(sort "$2") && [ "$(sort "$1" | uniq -d | wc -l)" = 0 ]
}

in_order() { # FILE
    grep -v signal_id "$1" | cut -d, -f2 | sort -n -c
}

rows_in() { wc -l <"$1"; }
