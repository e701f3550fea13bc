# Counts what passes and fails; to be sourced by a test script that keeps its files in $work.

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
