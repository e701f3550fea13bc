#!/bin/bash
# What sttp-subscribe writes: columns, names, wide rows, files that are compressed, appended to, and follow each other.
#   recording_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: recording_tool_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
subscriber=
trap 'for child in $publisher $subscriber; do kill "$child"; done; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

header=signal_id,timestamp,flags,value
id=73747470-6d61-8064-8065-00000000000

# What a subscriber writes of a file that is replayed; in $work/out, unless an option says otherwise.
records() { # FILE OPTION...
    local file=$1
    shift
    start_publisher --signals 12 --replay "$file" --wait-subscribers 1
    ends 0 "" "$bin/sttp-subscribe" "$address" --once "$@" && end_publisher 0
}

# The bytes of a recording.
unpacked() { # FILE
    case $1 in
    *.gz) gzip -dc "$1" ;;
    *.zst) zstd -dcq "$1" ;;
    *) cat "$1" ;;
    esac
}

# Three times of three signals, with flags, values that are none, and two columns of more.
cat >"$work/rows.csv" <<END
$header
${id}1,639000000000000000,0,60.02
${id}2,639000000000000000,65537,-0.5
${id}3,639000000000000000,0,nan
${id}1,639000000000333333,0,60.03
${id}3,639000000000333333,0,-inf
END

check_usage() {
    local option
    for option in "--columns" "--columns bogus" "--columns tag,tag" "--columns tag,,value" "--columns wide --format text" \
        "--columns tag --format text" "--rotate-size 0 --output a" "--rotate-size 5X --output a" "--rotate-time 0.5 --output a" \
        "--rotate-time 1h" "--rotate-size 1M --output a --append" "--rotate-size 1M --output a --overwrite" \
        "--append --overwrite --output a" "--row-wait x"; do
        # shellcheck disable=SC2086 # options and their values
        check "usage: $option" ends 2 "Try 'sttp-subscribe --help'" "$bin/sttp-subscribe" a:1 --format csv $option
    done
    check "which columns there are" ends 2 "raw, named, wide, or some of signal_id, key, tag, .*, not 'bogus'" \
        "$bin/sttp-subscribe" a:1 --columns bogus
    for option in "--output a.gz" "--rotate-size 1M --output a"; do
        # shellcheck disable=SC2086
        check "text: $option" ends 2 "add --format csv" "$bin/sttp-subscribe" a:1 $option
    done
}

check_columns() {
    check "raw" records "$work/rows.csv" --format csv --columns raw
    check "what was replayed" diff "$work/rows.csv" "$work/out"
    check "named" records "$work/rows.csv" --format csv --columns named
    cat >"$work/wanted" <<'END'
time,device,tag,type,value,unit,flag_names
2025-11-29T08:00:00Z,PMU0001,STTP_PMU0001:FQ,FREQ,60.02,Hz,
2025-11-29T08:00:00Z,PMU0001,STTP_PMU0001:DF,DFDT,-0.5,Hz/s,BAD_DATA BAD_TIME
2025-11-29T08:00:00Z,PMU0001,STTP_PMU0001:PM1,VPHM,nan,V,
2025-11-29T08:00:00.0333333Z,PMU0001,STTP_PMU0001:FQ,FREQ,60.03,Hz,
2025-11-29T08:00:00.0333333Z,PMU0001,STTP_PMU0001:PM1,VPHM,-inf,V,
END
    check "names, times and flags" diff "$work/wanted" "$work/out"
    check "a list" records "$work/rows.csv" --format csv --columns key,value,reference,flags,description,timestamp --recover
    cat >"$work/wanted" <<'END'
key,value,reference,flags,description,timestamp,recovered
STTP:1,60.02,PMU0001-FQ,0,Made-up FREQ of PMU0001,639000000000000000,0
STTP:2,-0.5,PMU0001-DF,65537,Made-up DFDT of PMU0001,639000000000000000,0
END
    check "columns in that order" diff "$work/wanted" <(head -n 3 "$work/out")
    check "JSON" records "$work/rows.csv" --format jsonl --columns named
    check "members" python3 - "$work/out" <<'END'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert rows[1] == {"time": "2025-11-29T08:00:00Z", "device": "PMU0001", "tag": "STTP_PMU0001:DF", "type": "DFDT",
                   "value": -0.5, "unit": "Hz/s", "flag_names": "BAD_DATA BAD_TIME"}, rows
assert rows[2]["value"] == "NaN" and len(rows) == 5, rows
END
}

# Names that CSV and JSON quote, of a metadata file.
check_odd_names() {
    in_background publisher "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 2 --frames 3 --rate 0 --wait-subscribers 1
    publisher=$!
    await_address
    check "metadata" ends 0 "" "$bin/sttp-subscribe" "$address" --once --metadata-out "$work/metadata.xml"
    check "end of the publisher" end_publisher 0
    sed -e 's/STTP_PMU0001:FQ/Bus "A", north/' -e 's/STTP_PMU0001:DF/Bus\&#9;B/' "$work/metadata.xml" >"$work/odd.xml"
    for format in csv jsonl text; do
        start_publisher --metadata "$work/odd.xml" --replay "$work/two.csv" --wait-subscribers 1
        check "odd names" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format $format \
            $([ $format = text ] || echo --columns tag,value) --output "$work/odd.$format"
        check "end of the publisher" end_publisher 0
    done
    check "CSV reads them" python3 - "$work/odd.csv" <<'END'
import csv, sys
assert list(csv.reader(open(sys.argv[1], newline=""))) == [
    ["tag", "value"], ['Bus "A", north', "1"], ["Bus\tB", "2"]]
END
    check "JSON reads them" python3 - "$work/odd.jsonl" <<'END'
import json, sys
assert [json.loads(line)["tag"] for line in open(sys.argv[1])] == ['Bus "A", north', "Bus\tB"]
END
}

check_wide() {
    cat >"$work/scattered.csv" <<END
$header
${id}1,639000000000000000,0,1
${id}2,639000000000333333,0,12
${id}2,639000000000000000,0,2
${id}1,639000000000333333,3,11
${id}1,639000000000666667,0,21
${id}1,639000000000666667,0,22
${id}2,638999999999000000,0,-1
END
    check "wide" records "$work/scattered.csv" --format csv --columns wide --filter "STTP:1;STTP:2"
    cat >"$work/wanted" <<'END'
time,STTP_PMU0001:FQ,STTP_PMU0001:DF,flags
2025-11-29T08:00:00Z,1,2,
2025-11-29T08:00:00.0333333Z,11,12,STTP_PMU0001:FQ=BAD_DATA SUSPECT_DATA
2025-11-29T07:59:59.9Z,,-1,
2025-11-29T08:00:00.0666667Z,22,,
END
    check "a row for each time" diff <(sort "$work/wanted") <(sort "$work/out")
    check "what had no place" grep -q "1 value was replaced by another one of the same signal and time" "$work/err"
    check "wide JSON" records "$work/scattered.csv" --format jsonl --columns wide
    check "values by names" python3 - "$work/out" <<'END'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert {"time": "2025-11-29T08:00:00.0333333Z", "values": {"STTP_PMU0001:FQ": 11, "STTP_PMU0001:DF": 12},
        "flags": {"STTP_PMU0001:FQ": "BAD_DATA SUSPECT_DATA"}} in rows, rows
assert len(rows) == 4, rows
END
}

# The flags of a row may be longer than any buffer: when a clock fails, all signals have some.
check_long_flags() {
    local format
    python3 - "$work/flagged.csv" <<'END'
import sys
with open(sys.argv[1], "w") as rows:
    print("tag,timestamp,flags,value", file=rows)
    for time in range(2):
        for number in range(9000):
            print(f"A_SUBSTATION_WITH_A_LONG_NAME_{number:04}:FREQ,{639000000000000000 + time * 333333},65536,{number}", file=rows)
END
    for format in csv jsonl; do
        start_publisher --replay "$work/flagged.csv" --wait-subscribers 1
        check "long flags" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format $format --columns wide --row-wait 60 \
            --output "$work/flagged.$format.out"
        check "end of the publisher" end_publisher 0
    done
    check "all of them" python3 - "$work/flagged.csv.out" "$work/flagged.jsonl.out" <<'END'
import csv, json, sys
csv.field_size_limit(1 << 24)
wanted = {f"A_SUBSTATION_WITH_A_LONG_NAME_{number:04}:FREQ": "BAD_TIME" for number in range(9000)}
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert len(rows) == 2, len(rows)
assert all(len(row["flags"]) > 256 * 1024 for row in rows), [len(row["flags"]) for row in rows]
assert all(dict(pair.split("=") for pair in row["flags"].split(";")) == wanted for row in rows)
rows = [json.loads(line) for line in open(sys.argv[2])]
assert len(rows) == 2 and all(row["flags"] == wanted for row in rows)
END
}

# A value whose row has been written already gets one of its own, and that is told.
check_late_values() {
    { echo "$header"; echo "${id}1,639000000000000000,0,1"; echo "${id}1,639000000000333333,0,11"
      echo "${id}2,639000000000000000,0,2"; } >"$work/late.csv"
    start_publisher --signals 2 --replay "$work/late.csv" --rate 2 --wait-subscribers 1
    check "late values" ends 0 "1 row is more than one for a time" "$bin/sttp-subscribe" "$address" --once --format csv \
        --columns wide --row-wait 0.1
    check "end of the publisher" end_publisher 0
    check "a row of its own" test "$(tail -n +2 "$work/out" | cut -d, -f2,3 | tr '\n' ' ')" = "1, 11, ,2 "
}

# Signals that a subscriber may have from some time on. What the file had no column for is left out, unless there may be
# another file.
check_new_signals() {
    local option files
    for option in "" "--rotate-time 1d --follow-changes"; do
        printf '[subscriber all]\naddresses = 127.0.0.1\nallow = STTP:1\n' >"$work/rights.txt"
        start_publisher --signals 2 --rights "$work/rights.txt"
        # shellcheck disable=SC2086 # an option and its value
        in_background new "$bin/sttp-subscribe" "$address" --format csv --columns wide --output "$work/new.csv" $option
        subscriber=$!
        await_any "STTP_PMU0001:FQ,flags" $subscriber
        printf '[subscriber all]\naddresses = 127.0.0.1\nallow = STTP:2;STTP:1\n' >"$work/rights.new"
        mv "$work/rights.new" "$work/rights.txt"
        if [ -z "$option" ]; then
            check "it is told" await_line "$work/new.err" "has no column for 1 new signal" $subscriber
        else
            check "another file" await_any "STTP_PMU0001:FQ,STTP_PMU0001:DF,flags\|STTP_PMU0001:DF,STTP_PMU0001:FQ,flags" $subscriber
        fi
        kill -INT $subscriber
        check "end of the subscriber" wait $subscriber
        subscriber=
        kill -TERM $publisher
        check "end by a signal" end_publisher 0
        [ -n "$option" ] || check "how many" grep -q "measurements\{0,1\} w[a-z]* left out, of signals without a column" "$work/new.err"
        files=("$work"/new*.csv)
        check "each file has one header" test "$(cat "${files[@]}" | grep -c "^time,")" = ${#files[@]}
        rm "${files[@]}"
    done
}

# Waits until one of the recordings has such a line.
await_any() { # PATTERN PROCESS
    local turn
    for ((turn = 0; turn < 1200; turn++)); do
        ! cat "$work"/new*.csv 2>/dev/null | grep -q -- "$1" || return 0
        kill -0 "$2" || return 1
        sleep 0.1
    done
    return 1
}

check_packing() {
    local kind
    for kind in gz zst; do
        if "$bin/sttp-subscribe" 127.0.0.1:1 --timeout 0.1 --format csv --output "$work/try.$kind" 2>&1 | grep -q "built without"; then
            echo "SKIPPED: recordings that end with .$kind, which the tools were built without (apt install zlib1g-dev libzstd-dev)"
            continue
        fi
        check ".$kind" records "$work/rows.csv" --format csv --output "$work/packed.csv.$kind"
        check ".$kind, appended" records "$work/rows.csv" --format csv --output "$work/packed.csv.$kind" --append
        check_killed $kind
        check ".$kind with other columns" ends 1 "cannot be appended to: its first row is not 'time,device" \
            "$bin/sttp-subscribe" 127.0.0.1:1 --format csv --columns named --output "$work/packed.csv.$kind" --append
        if [ $kind = zst ] && ! command -v zstd >/dev/null; then
            echo "SKIPPED: reading what is compressed by zstd, because its program is missing (apt install zstd)"
            continue
        fi
        { cat "$work/rows.csv"; tail -n +2 "$work/rows.csv"; } >"$work/twice.csv"
        check "what is in .$kind" diff "$work/twice.csv" <(unpacked "$work/packed.csv.$kind")
    done
    ln -s /dev/full "$work/full.csv.gz"
    start_publisher --signals 10 --frames 1000 --rate 0 --wait-subscribers 1
    check "full disk" ends 1 "cannot write .*No space" "$bin/sttp-subscribe" "$address" --once --format csv \
        --output "$work/full.csv.gz"
    check "end of the publisher" end_publisher 0
}

# What can be read from a file, though it may have no end.
read_rows() { # FILE
    case $1 in
    *.gz) gzip -dc "$1" ;;
    *) zstd -dcq "$1" ;;
    esac 2>"$work/unread" || true
}

has_rows() { # FILE COUNT PROCESS
    local turn
    for ((turn = 0; turn < 1200; turn++)); do
        [ ! -s "$1" ] || [ "$(read_rows "$1" | grep -c "^$id")" -lt "$2" ] || return 0
        kill -0 "$3" || return 1
        sleep 0.1
    done
    return 1
}

# What has come can be read though no more comes, and nobody ends the file. Behind such a file nobody could read what is
# appended, so that this goes to another one.
check_killed() { # KIND
    local file=$work/killed.csv.$1 others
    if [ "$1" = zst ] && ! command -v zstd >/dev/null; then
        return
    fi
    start_publisher --signals 3 --frames 5 --wait-subscribers 1
    in_background killed "$bin/sttp-subscribe" "$address" --timeout 0 --format csv --output "$file"
    subscriber=$!
    check ".$1 of a stream that has stopped" has_rows "$file" 15 $subscriber
    check "end of the publisher" end_publisher 0
    kill -KILL $subscriber
    wait $subscriber 2>"$work/unread" || true
    subscriber=
    cp "$file" "$work/before"
    check ".$1 of a program that was killed" records "$work/rows.csv" --format csv --output "$file" --append
    check "which is told" grep -q "killed.csv.$1 has no end, .* goes to $work/killed-20.*.csv.$1" "$work/err"
    check "it is left as it was" cmp "$file" "$work/before"
    others=("$work"/killed-20*Z.csv."$1")
    check "what was appended" diff "$work/rows.csv" <(unpacked "${others[0]}")
}

check_append() {
    check "append to nothing" records "$work/rows.csv" --format csv --output "$work/appended.csv" --append
    printf '%s1,63900000' $id >>"$work/appended.csv"
    check "append to a cut row" records "$work/rows.csv" --format csv --output "$work/appended.csv" --append
    check "the cut row is told" grep -q "appended.csv: its last row is cut off" "$work/err"
    { cat "$work/rows.csv"; echo "${id}1,63900000"; tail -n +2 "$work/rows.csv"; } >"$work/wanted"
    check "one header" diff "$work/wanted" "$work/appended.csv"
    check "wide" records "$work/rows.csv" --format csv --columns wide --output "$work/wide.csv" --append
    check "wide, appended" records "$work/rows.csv" --format csv --columns wide --output "$work/wide.csv" --append
    check "its header" test "$(grep -c "^time," "$work/wide.csv")" = 1
    check "its rows" test "$(wc -l <"$work/wide.csv")" = 5
    start_publisher --signals 3 --frames 30 --wait-subscribers 1
    check "wide with other signals" ends 1 "cannot be appended to" "$bin/sttp-subscribe" "$address" --once --format csv \
        --columns wide --output "$work/wide.csv" --append
    check "end of the publisher" end_publisher 0
    check "as it was" test "$(wc -l <"$work/wide.csv")" = 5
}

check_rotation() {
    local files
    start_publisher --signals 10 --rate 20 --frames 60 --wait-subscribers 1
    check "files of one second" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv --rotate-time 1s \
        --output "$work/rotated.day.csv"
    check "end of the publisher" end_publisher 0
    files=("$work"/rotated.day-[0-9]*T[0-9]*Z.csv)
    check "more than two files" test ${#files[@]} -gt 2
    check "each has a header" test "$(cat "${files[@]}" | grep -c "^$header$")" = ${#files[@]}
    check "nothing is lost" test "$(cat "${files[@]}" | grep -vc "^$header$")" = 600
    start_publisher --signals 10 --rate 0 --frames 60 --wait-subscribers 1
    check "files of 10 kB" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv --rotate-size 10k \
        --columns wide --output "$work/sized.csv"
    check "end of the publisher" end_publisher 0
    files=("$work"/sized-*.csv)
    check "some files" test ${#files[@]} -ge 1
    check "nothing is lost" test "$(cat "${files[@]}" | grep -vc "^time,")" = 60
    start_publisher --signals 10 --rate 0 --frames 2000 --wait-subscribers 1
    check "files of 10 kB" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv --rotate-size 10k \
        --output "$work/small.csv"
    check "end of the publisher" end_publisher 0
    files=("$work"/small-*Z*.csv)
    check "several files" test ${#files[@]} -gt 1
    check "nothing is lost" test "$(cat "${files[@]}" | grep -vc "^$header$")" = 20000
}

printf '%s\n' "$header" ${id}1,639000000000000000,0,1 ${id}2,639000000000000000,0,2 >"$work/two.csv"
check_usage
check_columns
check_odd_names
check_wide
check_long_flags
check_late_values
check_new_signals
check_packing
check_append
check_rotation
echo "Recording tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
