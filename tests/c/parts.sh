# Runs the parts of a test script side by side, since most of their time they wait; to be sourced by a script that keeps
# its files in $whole. Each part has a folder $work of its own, and kills what it leaves in $publisher,
# $subscriber, $relay, $other_publisher and $more_publishers.

run_part() { # PART
    work=$whole/$1 passed=0 failed=0
    mkdir "$work"
    trap 'for child in $publisher $subscriber ${relay-} ${other_publisher-} ${more_publishers-}; do kill "$child"; done' EXIT
    "check_$1"
    echo "$passed $failed" >"$whole/$1.counts"
}

run_parts() { # PART...
    local part of_part_passed of_part_failed
    for part in "$@"; do
        (run_part "$part") &
    done
    wait
    for part in "$@"; do
        # A part that has ended early has left none.
        read -r of_part_passed of_part_failed <"$whole/$part.counts" || of_part_passed=0 of_part_failed=1
        passed=$((passed + of_part_passed)) failed=$((failed + of_part_failed))
    done
}
