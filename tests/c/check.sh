# Counts what passes and fails, and runs programs in the background; to be sourced by a test script that keeps its files in
# $work.

passed=0
failed=0

check() { # TITLE COMMAND...
    local title=$1
    shift
    if "$@" >"$work/output" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$title failed: $*" >&2
        sed 's/^/    /' "$work/output" >&2
    fi
}

# Starts a command in the background, its process in $!, what it says in $work/NAME.out and $work/NAME.err. This shell opens
# these, and so empties them: the process may come to that only after this shell has read what an earlier one had left there.
in_background() { # NAME COMMAND...
    { "${@:2}" & } >"$work/$1.out" 2>"$work/$1.err"
}

# Waits until a file has such a line; fails when the process ends without it, or after two minutes, which nothing takes.
await_line() { # FILE PATTERN PROCESS
    local turn ended=
    for ((turn = 0; turn < 2400 && !ended; turn++)); do
        # Before the file is read: there is all in it that a process has said before it ended.
        kill -0 "$3" 2>/dev/null || ended=1
        ! grep -q -- "$2" "$1" || return 0
        sleep 0.05
    done
    echo "no line '$2' in $1${ended:+, and the process has ended}:"
    cat "$1"
    return 1
}
