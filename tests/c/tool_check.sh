# Runs the tools; to be sourced by a test script that keeps them in $bin, its files in $work, and the process of a
# publisher in $publisher.

# Exit code, and what standard error has to say, if anything. Leaves standard output in $work/out.
ends() { # CODE PATTERN COMMAND...
    local wanted=$1 pattern=$2 code=0
    shift 2
    timeout 120 "$@" >"$work/out" 2>"$work/err" || code=$?
    cat "$work/err"
    [ $code -eq "$wanted" ] && { [ -z "$pattern" ] || grep -q -- "$pattern" "$work/err"; }
}

# Starts a publisher on a free port; its address is in $address.
start_publisher() { # OPTION...
    start_publisher_at --listen 127.0.0.1:0 "$@"
}

# The same, where the options say.
start_publisher_at() { # OPTION...
    in_background publisher "$bin/sttp-publish" --stats "$@"
    publisher=$!
    await_address
}

# Waits until the publisher has said where it listens, which is in $address then; empty when it has not.
await_address() {
    await_line "$work/publisher.out" "^Publishing .*on " "$publisher" >&2 || true
    address=$(sed -n 's/^Publishing .*on //p' "$work/publisher.out")
}

end_publisher() { # CODE
    local code=0
    wait $publisher || code=$?
    publisher=
    cat "$work/publisher.err"
    [ $code -eq "$1" ]
}

# The last line of a file is an object with these members, numbers all of them.
statistics_of() { # FILE MEMBER...
    local file=$1 last
    shift
    last=$(tail -n 1 "$file")
    [[ $last == '{'*'}' ]] || return 1
    for member in "$@"; do
        [[ $last == *"\"$member\":"[0-9]* ]] || return 1
    done
}

# The names of the counters of an object of --stats, with commas between them.
counters_of() { # FILE EXPRESSION
    python3 -c "
import json, sys
stats = json.loads(open(sys.argv[1]).read().splitlines()[-1])
print(','.join(eval(sys.argv[2])))" "$1" "$2"
}

# What metrics say, in a file.
fetch() { # URL FILE
    python3 -c '
import sys, urllib.request
answer = urllib.request.urlopen(sys.argv[1], timeout=60)
assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", answer.headers
open(sys.argv[2], "wb").write(answer.read())' "$@"
}

# Where the metrics of a program are that was started with --metrics 0, by its log.
metrics_of() { # FILE PROCESS
    await_line "$1" "metrics are at http://127.0.0.1:" "$2" >&2
    sed -n 's/.*metrics are at //p' "$1"
}
