#!/bin/bash
# What sttp-publish makes of the files that other programs export.
#   import_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: import_tool_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
trap 'for child in $publisher; do kill "$child"; done; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

# Signals of two made-up devices, whose names the files have.
in_background publisher "$bin/sttp-publish" --listen 127.0.0.1:0 --signals 12 --frames 1 --rate 0 --wait-subscribers 1
publisher=$!
await_address
"$bin/sttp-subscribe" "$address" --once --format none --metadata-out "$work/metadata.xml" 2>"$work/err"
end_publisher 0 >"$work/ignored"

# What subscribers get of a file, as rows time,tag,value,flag_names, sorted; it is what is in $work/wanted.
imports() { # FILE OPTION...
    local file=$1
    shift
    start_publisher --replay "$file" --wait-subscribers 1 "$@"
    ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv --columns time,tag,value,flag_names && end_publisher 0 &&
        diff <(sort "$work/wanted") <(tail -n +2 "$work/out" | sort)
}

with_metadata() { # FILE OPTION...
    imports "$@" --metadata "$work/metadata.xml"
}

refuses() { # MESSAGE FILE OPTION...
    local message=$1 file=$2
    shift 2
    ends 1 "$message" "$bin/sttp-publish" --listen 127.0.0.1:0 --replay "$file" "$@"
}

checks() { # CODE FILE OPTION...
    local code=$1 file=$2
    shift 2
    ends "$code" "" "$bin/sttp-publish" --check --replay "$file" "$@"
}

# The same three times of two signals in every layout.
cat >"$work/wanted" <<'END'
2026-01-31T08:30:00Z,STTP_PMU0001:FQ,59.98,
2026-01-31T08:30:00Z,STTP_PMU0001:DF,-0.015,
2026-01-31T08:30:00.5Z,STTP_PMU0001:FQ,60.01,
2026-01-31T08:30:00.5Z,STTP_PMU0001:DF,0.25,
2026-01-31T08:30:01Z,STTP_PMU0001:FQ,60.02,
2026-01-31T08:30:01Z,STTP_PMU0001:DF,0,
END

check_historian() {
    # A row for each value, and keys in place of tags.
    cat >"$work/historian.csv" <<'END'
PointID,Key,Time Stamp,Value,Quality
1,STTP:1,2026-01-31 08:30:00.000,59.98,Good
2,STTP:2,2026-01-31 08:30:00.000,-0.015,Good
1,STTP:1,2026-01-31 08:30:00.500,60.01,Good
2,STTP:2,2026-01-31 08:30:00.500,0.25,Good
1,STTP:1,2026-01-31 08:30:01.000,60.02,Good
2,STTP:2,2026-01-31 08:30:01.000,0,Good
END
    check "a historian" with_metadata "$work/historian.csv"
    check "with its qualities" with_metadata "$work/historian.csv" --map quality=Quality
    sed 's/0.25,Good/0.25,Bad/' "$work/historian.csv" >"$work/bad.csv"
    cp "$work/wanted" "$work/good"
    sed -i 's/0\.25,/0.25,BAD_DATA/' "$work/wanted"
    check "a bad quality" with_metadata "$work/bad.csv" --map quality=Quality
    sed 's/Good/192/; s/Bad/0/' "$work/bad.csv" >"$work/opc.csv"
    check "a quality of OPC" with_metadata "$work/opc.csv" --map quality=Quality
    mv "$work/good" "$work/wanted"
}

check_pi() {
    # Dates with the names of months, years of two digits.
    cat >"$work/pi.csv" <<'END'
tag,timestamp,value,status
STTP_PMU0001:FQ,31-Jan-26 08:30:00,59.98,
STTP_PMU0001:DF,31-Jan-26 08:30:00,-0.015,
STTP_PMU0001:FQ,31-JAN-2026 08:30:00.500,60.01,
STTP_PMU0001:DF,31-JAN-2026 08:30:00.500,0.25,
STTP_PMU0001:FQ,31-Jan-26 08:30:01,60.02,
STTP_PMU0001:DF,31-Jan-26 08:30:01,0,
END
    check "PI" with_metadata "$work/pi.csv"
}

check_openhistorian() {
    cat >"$work/openhistorian.csv" <<'END'
"Timestamp","[STTP:1] STTP_PMU0001:FQ","[STTP:2] STTP_PMU0001:DF"
01/31/2026 08:30:00.000,59.98,-0.015
01/31/2026 08:30:00.500,60.01,0.25
01/31/2026 08:30:01.000,60.02,0
END
    check "openHistorian" with_metadata "$work/openhistorian.csv" \
        --map 'STTP:1=[STTP:1] STTP_PMU0001:FQ,STTP:2=[STTP:2] STTP_PMU0001:DF'
    check "by the numbers of its columns" with_metadata "$work/openhistorian.csv" --map 'time=#1,STTP:1=#2,STTP:2=#3'
}

check_pandas() {
    # The index has no name.
    cat >"$work/pandas.csv" <<'END'
,STTP_PMU0001:FQ,STTP_PMU0001:DF
2026-01-31 08:30:00+00:00,59.98,-0.015
2026-01-31 09:30:00.500000+01:00,60.01,0.25
2026-01-31T08:30:01Z,60.02,0.0
END
    check "pandas" with_metadata "$work/pandas.csv"
    gzip -k "$work/pandas.csv"
    if "$bin/sttp-publish" --check --replay "$work/pandas.csv.gz" 2>&1 | grep -q "built without"; then
        echo "SKIPPED: files that end with .gz, which the tools were built without (apt install zlib1g-dev)"
    else
        check "compressed pandas" with_metadata "$work/pandas.csv.gz"
        head -c 60 "$work/pandas.csv.gz" >"$work/cut.csv.gz"
        check "a cut file" refuses "ends too early" "$work/cut.csv.gz" --metadata "$work/metadata.xml"
    fi
}

check_excel() {
    # Semicolons, decimal commas, dates of Germany, quotes, line ends of Windows, a mark in front, and an empty column.
    printf '\357\273\277Zeitstempel;Name;Wert;Bemerkung;\r\n' >"$work/excel.csv"
    cat >>"$work/excel.csv" <<'END'
31.01.2026 08:30:00,000;STTP_PMU0001:FQ;59,98;"a; b";
31.01.2026 08:30:00,000;STTP_PMU0001:DF;-0,015;"he said ""off""";
31.01.2026 08:30:00,500;STTP_PMU0001:FQ;60,01;;
31.01.2026 08:30:00,500;STTP_PMU0001:DF;0,25;;
31.01.2026 08:30:01;STTP_PMU0001:FQ;60,02;;
31.01.2026 08:30:01;STTP_PMU0001:DF;0;;
END
    check "Excel" with_metadata "$work/excel.csv"
    check "Excel in Germany" checks 0 "$work/excel.csv" --metadata "$work/metadata.xml"
    check "what was understood" grep -q "fields are separated by semicolons" "$work/out"
    check "the time" grep -q "column 1, Zeitstempel: the time" "$work/out"
    check "what is left out" grep -q "column 4, Bemerkung: left out" "$work/out"
    # Days since 1899-12-30, as numbers.
    cat >"$work/days.csv" <<'END'
time	STTP_PMU0001:FQ	STTP_PMU0001:DF
46053,3541666667	59,98	-0,015
46053,3541724537	60,01	0,25
46053,3541782407	60,02	0
END
    check "days of a spreadsheet" with_metadata "$work/days.csv" --time-unit days
}

check_labview() {
    # A head of its own, tabs, and seconds since it began.
    printf '%s\n' "LabVIEW Measurement	" "Writer_Version	2" "Separator	Tab" "Time_Pref	Relative" \
        "Date	2026/01/31" "Time	08:30:00.000" "***End_of_Header***	" "" "Channels	2" \
        "X_Value	STTP_PMU0001:FQ	STTP_PMU0001:DF	Comment" "0.000000	59.980000	-0.015000	begun" \
        "0.500000	60.010000	0.250000" "1.000000	60.020000	0.000000" >"$work/labview.lvm"
    check "LabVIEW" with_metadata "$work/labview.lvm" --time-start "2026-01-31 08:30:00" --unreadable skip
    check "without its beginning" refuses "line 11: the time '0.000000' is a number of seconds .*--time-start" \
        "$work/labview.lvm" --metadata "$work/metadata.xml"
}

check_pmu_tester() {
    # Date and time of day in columns of their own, names with units, a row of units below.
    cat >"$work/tester.csv" <<'END'
Date,Time,Frequency (Hz),dF/dt (Hz/s),Status
(day),(UTC),(Hz),(Hz/s),
2026/01/31,08:30:00.000,59.98,-0.015,OK
2026/01/31,08:30:00.500,60.01,0.25,OK
2026/01/31,08:30:01.000,60.02,0,OK
END
    check "PMU Connection Tester" with_metadata "$work/tester.csv" \
        --map 'STTP_PMU0001:FQ=Frequency (Hz),STTP_PMU0001:DF=dF/dt (Hz/s)'
}

check_influx() {
    # Annotations, an empty first column, and a table after another.
    cat >"$work/influx.csv" <<'END'
#group,false,false,false,false,true,true
#datatype,string,long,dateTime:RFC3339,double,string,string
#default,_result,,,,,
,result,table,_time,_value,_field,_measurement
,,0,2026-01-31T08:30:00Z,59.98,STTP_PMU0001:FQ,pmu
,,0,2026-01-31T08:30:00.5Z,60.01,STTP_PMU0001:FQ,pmu
,,0,2026-01-31T08:30:01Z,60.02,STTP_PMU0001:FQ,pmu

#group,false,false,false,false,true,true
,result,table,_time,_value,_field,_measurement
,,1,2026-01-31T08:30:00Z,-0.015,STTP_PMU0001:DF,pmu
,,1,2026-01-31T08:30:00.5Z,0.25,STTP_PMU0001:DF,pmu
,,1,2026-01-31T08:30:01Z,0,STTP_PMU0001:DF,pmu
END
    check "InfluxDB" with_metadata "$work/influx.csv"
    cat >"$work/line.csv" <<'END'
name,tags,time,value
STTP_PMU0001:FQ,a=b,1769848200000000000,59.98
STTP_PMU0001:DF,a=b,1769848200000000000,-0.015
STTP_PMU0001:FQ,a=b,1769848200500000000,60.01
STTP_PMU0001:DF,a=b,1769848200500000000,0.25
STTP_PMU0001:FQ,a=b,1769848201000000000,60.02
STTP_PMU0001:DF,a=b,1769848201000000000,0
END
    check "nanoseconds" with_metadata "$work/line.csv"
    sed 's/000000,\([-0-9.]*\)$/,\1/' "$work/line.csv" >"$work/milliseconds.csv"
    check "milliseconds" with_metadata "$work/milliseconds.csv"
    sed 's/00000000,\([-0-9.]*\)$/,\1/; s/\([0-9]\),\([-0-9.]*\)$/.\1,\2/' "$work/line.csv" >"$work/seconds.csv"
    check "seconds with a fraction" with_metadata "$work/seconds.csv"
}

check_dates() {
    # Half a day, in the order of a file that has a day which is no month.
    cat >"$work/british.csv" <<'END'
DateTime,Point,Value
3/2/2026 8:30:00 PM,STTP_PMU0001:FQ,1
31/1/2026 12:00:00 AM,STTP_PMU0001:FQ,2
END
    printf '%s\n' "2026-02-03T20:30:00Z,STTP_PMU0001:FQ,1," "2026-01-31T00:00:00Z,STTP_PMU0001:FQ,2," >"$work/other"
    mv "$work/wanted" "$work/good"
    mv "$work/other" "$work/wanted"
    check "the day first" with_metadata "$work/british.csv"
    cp "$work/british.csv" "$work/day.csv"
    sed -i 's|31/1|1/31|' "$work/british.csv"
    sed -i 's/2026-02-03/2026-03-02/' "$work/wanted"
    check "the month first" with_metadata "$work/british.csv"
    check "a month that is none" refuses "line 3: the time '1/31/2026 12:00:00 AM' is no time" "$work/british.csv" --dates dmy \
        --metadata "$work/metadata.xml"
    check "and the other way" refuses "line 3: the time '31/1/2026 12:00:00 AM' is no time with the month first.*--dates dmy" \
        "$work/day.csv" --dates mdy --metadata "$work/metadata.xml"
    # No date of those that are looked at tells the order: the first one that does comes too late.
    awk 'BEGIN { print "time,signal,value"; for (i = 0; i < 21000; i++) print "3/2/2026 8:30:00,STTP:1,1"; print "13/2/2026 8:30:00,STTP:1,2" }' \
        >"$work/late.csv"
    check "not both in one file" checks 1 "$work/late.csv" --metadata "$work/metadata.xml"
    check "what helps" grep -q "line 21002: the time '13/2/2026 8:30:00' is no time with the month first.*--dates dmy" "$work/err"
    check "what is taken for granted" grep -q "dates have the month first where they could be read two ways (--dates dmy: the day)" \
        "$work/out"
    check "days first" checks 0 "$work/late.csv" --metadata "$work/metadata.xml" --dates dmy
    check "a pipe whose first date tells" ends 0 "" "$bin/sttp-publish" --check --metadata "$work/metadata.xml" --replay - \
        < <(sed 's|^3/2|13/2|' "$work/late.csv" | tail -n 3 | cat <(head -n 1 "$work/late.csv") -)
    check "of days" grep -q "dates have the day first" "$work/out"
    check "a pipe whose first one does not" ends 1 "line 3: the time '13/2/2026 8:30:00' is no time with the month first" \
        "$bin/sttp-publish" --check --metadata "$work/metadata.xml" --replay - \
        < <(tail -n 2 "$work/late.csv" | cat <(head -n 1 "$work/late.csv") -)
    printf '%s\n' "time,signal,value" "2026-07-01 10:00:00,STTP:1,1" "2026-10-25 02:30:00,STTP:1,2" \
        "2026-07-01 10:00:00Z,STTP:1,3" >"$work/zones.csv"
    printf '%s\n' "2026-07-01T08:00:00Z,STTP_PMU0001:FQ,1," "2026-10-25T00:30:00Z,STTP_PMU0001:FQ,2," \
        "2026-07-01T10:00:00Z,STTP_PMU0001:FQ,3," >"$work/wanted"
    TZ=CET-1CEST,M3.5.0,M10.5.0/3 check "times of this machine's zone" with_metadata "$work/zones.csv" --time-zone local
    sed -i 's/T00:30/T00:30/' "$work/wanted"
    check "an offset" with_metadata "$work/zones.csv" --time-zone +02:00
    mv "$work/good" "$work/wanted"
}

# Commas of decimals and of thousands, as the whole file has them.
check_decimals() {
    local row="2026-01-31T08:30:0" value
    mv "$work/wanted" "$work/good"
    numbers() { # VALUE...
        echo "time;signal;value"
        for value in "$@"; do
            printf '%s%dZ;STTP:1;%s\n' $row $((second++)) "$value"
        done
    }
    wants() { # VALUE...
        local second=0
        for value in "$@"; do
            printf '%s%dZ,STTP_PMU0001:FQ,%s,\n' $row $((second++)) "$value"
        done >"$work/wanted"
    }
    second=0 numbers 1,234 1,234.5 1,234,567 -12,345 7 0.5 >"$work/thousands.csv"
    wants 1234 1234.5 1234567 -12345 7 0.5
    check "commas of thousands" with_metadata "$work/thousands.csv"
    check "told by --check" checks 0 "$work/thousands.csv" --metadata "$work/metadata.xml"
    check "as points" grep -q "numbers have a decimal point" "$work/out"
    second=0 numbers 1.234 59,98 1.234,5 1.234.567,5 0,125 59,980 >"$work/decimals.csv"
    wants 1234 59.98 1234.5 1234567.5 0.125 59.98
    check "points of thousands" with_metadata "$work/decimals.csv"
    second=0 numbers 7 1,234 8,500 >"$work/either.csv"
    check "commas that may be either" refuses "line 3: the comma of the value '1,234' may be .*--decimal comma or --decimal point" \
        "$work/either.csv" --metadata "$work/metadata.xml"
    check "told by --check" checks 1 "$work/either.csv" --metadata "$work/metadata.xml"
    wants 7 1.234 8.5
    check "as decimals" with_metadata "$work/either.csv" --decimal comma
    wants 7 1234 8500
    check "as thousands" with_metadata "$work/either.csv" --decimal point
    second=0 numbers 1.234 1,5 10.25 >"$work/mixed.csv"
    check "both kinds in one file" refuses "line 4: the value must be a number that float32 can hold, not '10.25'" \
        "$work/mixed.csv" --metadata "$work/metadata.xml"
    mv "$work/good" "$work/wanted"
}

check_own() {
    # What sttp-subscribe writes with other columns.
    local columns
    printf '%s\n' signal_id,timestamp,flags,value \
        73747470-6d61-8064-8065-000000000001,639054450000000000,0,59.98 \
        73747470-6d61-8064-8065-000000000002,639054450000000000,65537,nan \
        73747470-6d61-8064-8065-000000000001,639054450005000000,0,60.01 >"$work/raw.csv"
    for columns in raw named wide key,time,flags,value; do
        start_publisher --metadata "$work/metadata.xml" --replay "$work/raw.csv" --wait-subscribers 1
        check "recorded $columns" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv --columns $columns \
            --filter "STTP:1;STTP:2" --output "$work/own.csv" --overwrite
        check "end of the publisher" end_publisher 0
        start_publisher --metadata "$work/metadata.xml" --replay "$work/own.csv" --wait-subscribers 1
        check "replayed $columns" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv
        check "end of the publisher" end_publisher 0
        check "it is the same as $columns" diff "$work/raw.csv" "$work/out"
    done
}

# A recording has nothing but signal IDs.
check_ids() {
    printf '%s\n' signal_id,timestamp,flags,value \
        C0FFEE00-0000-4000-8000-000000000001,639054450000000000,0,59.98 \
        c0ffee00-0000-4000-8000-000000000002,639054450000000000,1,60 \
        c0ffee00-0000-4000-8000-000000000001,639054450005000000,0,60.01 >"$work/ids.csv"
    start_publisher --replay "$work/ids.csv" --wait-subscribers 1
    check "signals that only have IDs" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv
    check "end of the publisher" end_publisher 0
    check "each of them" diff <(sed 's/^C0FFEE/c0ffee/' "$work/ids.csv") "$work/out"
    check "two signals" grep -q "^Publishing 2 measurements of 1 device" "$work/publisher.out"
    check "checked" checks 0 "$work/ids.csv"
    check "not of a pipe" ends 1 "the metadata (see --metadata, --signal-list) has no signal 'C0FFEE00" "$bin/sttp-publish" \
        --listen 127.0.0.1:0 --replay - <"$work/ids.csv"
    # Those of the embedded sample have names.
    start_publisher --frames 2 --wait-subscribers 1
    check "a recording of the sample" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv --output "$work/sample.csv"
    check "end of the publisher" end_publisher 0
    check "is one of its signals" checks 0 "$work/sample.csv"
    check "of which there are 33" sh -c "! grep 'no values' '$work/out'"
    start_publisher --replay "$work/sample.csv" --frames 1
    check "with names" grep -q "^Publishing 33 measurements of 3 devices" "$work/publisher.out"
    check "end of the publisher" end_publisher 0
}

check_signals() {
    # Of the file itself, and of a list.
    cat >"$work/wide.csv" <<'END'
Time,Bus 7 Frequency [Hz],Bus 7 Voltage [kV],Remark
2026-01-31T08:30:00Z,50.01,110.5,all well
2026-01-31T08:30:01Z,50.02,,
END
    start_publisher --replay "$work/wide.csv" --wait-subscribers 1
    check "signals of a file" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv --columns tag,type,device,value
    check "end of the publisher" end_publisher 0
    printf '%s\n' tag,type,device,value "Bus 7 Frequency,FREQ,IMPORTED,50.01" "Bus 7 Voltage,ALOG,IMPORTED,110.5" \
        "Bus 7 Frequency,FREQ,IMPORTED,50.02" >"$work/list"
    check "their names and kinds" diff "$work/list" "$work/out"
    check "both signals" grep -q "^Publishing 2 measurements of 1 device" "$work/publisher.out"
    cat >"$work/signals.csv" <<'END'
tag;device;type;description;signal_id
Bus 7 Frequency;BUS7;FREQ;of the north bus;
Bus 7 Voltage;BUS7;VPHM;"kV; line to line";c0ffee00-0000-4000-8000-000000000001
Bus 8;BUS8;ALOG;;
END
    start_publisher --replay "$work/wide.csv" --wait-subscribers 1 --signal-list "$work/signals.csv"
    check "signals of a list" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv \
        --columns tag,type,device,value,description,signal_id
    check "end of the publisher" end_publisher 0
    check "as they stand there" grep -qx \
        "Bus 7 Voltage,VPHM,BUS7,110.5,kV; line to line,c0ffee00-0000-4000-8000-000000000001" "$work/out"
    check "all of them" grep -q "^Publishing 3 measurements of 2 devices" "$work/publisher.out"
    sed -n 2p "$work/signals.csv" >>"$work/signals.csv"
    check "a signal twice" ends 1 "signals.csv, line 5: the signal 'Bus 7 Frequency' stands there already" \
        "$bin/sttp-publish" --signal-list "$work/signals.csv"
    printf '%s\n' name,signal_id a,b >"$work/signals.csv"
    check "no signal ID" ends 1 "signals.csv, line 2: the signal ID must be a GUID, not 'b'" "$bin/sttp-publish" \
        --signal-list "$work/signals.csv"
    echo "a,b" >"$work/signals.csv"
    check "no list" ends 1 "signals.csv, line 1: the first line of a list of signals names its columns" \
        "$bin/sttp-publish" --signal-list "$work/signals.csv"
}

check_unreadable() {
    cat >"$work/gaps.csv" <<'END'
tag,timestamp,value
STTP_PMU0001:FQ,2026-01-31T08:30:00Z,59.98
STTP_PMU0001:FQ,2026-01-31T08:30:01Z,Bad Input
STTP_PMU0001:FQ,2026-01-31T08:30:02Z,
nowhere,2026-01-31T08:30:03Z,1
STTP_PMU0001:FQ,2026-01-31T08:30:04Z,60
STTP_PMU0001:FQ,2026-01-31T08:30:05Z,1,2
END
    mv "$work/wanted" "$work/good"
    printf '%s\n' "2026-01-31T08:30:00Z,STTP_PMU0001:FQ,59.98," "2026-01-31T08:30:04Z,STTP_PMU0001:FQ,60," >"$work/wanted"
    check "left out" with_metadata "$work/gaps.csv" --unreadable skip
    check "each is told" test "$(grep -cE "gaps.csv, line [34567]: " "$work/publisher.err")" = 4
    check "checked" checks 1 "$work/gaps.csv" --metadata "$work/metadata.xml"
    check "how many" grep -q "2 values are no numbers, the first one in line 3" "$work/out"
    check "and lines" grep -q "2 lines cannot be read" "$work/out"
    check "where it ends else" refuses "line 3: .*not 'Bad Input' (--unreadable nan or skip goes on)" "$work/gaps.csv" \
        --metadata "$work/metadata.xml"
    head -n 4 "$work/gaps.csv" >"$work/nan.csv"
    printf '%s\n' "2026-01-31T08:30:00Z,STTP_PMU0001:FQ,59.98," "2026-01-31T08:30:01Z,STTP_PMU0001:FQ,nan," \
        "2026-01-31T08:30:02Z,STTP_PMU0001:FQ,nan," >"$work/wanted"
    check "as NaN" with_metadata "$work/nan.csv" --unreadable nan
    mv "$work/good" "$work/wanted"
}

check_refusals() {
    printf '%s\n' "a,b,c" "1,2,3" >"$work/none.csv"
    check "no time" refuses "no line names a column of times; say which .*: a, b, c" "$work/none.csv"
    check "no such column" refuses "no line has the columns of --map, 'When'.*: a, b, c" "$work/none.csv" --map time=When
    printf '%s\n' "time,x,y" "2026-01-31,2,3" >"$work/none.csv"
    check "no signal" refuses "no column has the name of a signal.*'x', 'y'" "$work/none.csv" --signals 3
    printf '%s\n' "time,signal,value" '2026-01-31,"STTP:1,3' >"$work/none.csv"
    check "an open quote" refuses "line 2: a quote does not end in this line" "$work/none.csv" --signals 3
    check "no rows" checks 1 /dev/null
    local option
    for option in "--check" "--loop" "--speed 100" "--map x" "--map time=a,time=b" "--map time=" "--dates ymd" "--decimal dot" \
        "--separator ," "--time-zone Berlin" "--time-unit h" "--time-start soon" "--signals 3 --signal-list a" \
        "--replay a --rate 5 --speed 100" "--map signal=a,FQ=b"; do
        # shellcheck disable=SC2086 # options and their values
        check "usage: $option" ends 2 "Try 'sttp-publish --help'" "$bin/sttp-publish" $option
    done
    check "a pipe again and again" ends 1 "--loop reads a file again and again" "$bin/sttp-publish" --listen 127.0.0.1:0 \
        --replay - --loop --signals 3 </dev/null
}

# Times between batches are those of the recording, or part of them.
check_pace() {
    local begun
    check "half the speed" lasts 1.9 60 with_metadata "$work/pandas.csv" --speed 50
    mv "$work/wanted" "$work/good"
    printf '%s\n' time,signal,value 2026-01-31T08:30:00Z,STTP:1,1 2026-01-31T09:30:00Z,STTP:1,2 >"$work/hour.csv"
    printf '%s\n' 2026-01-31T08:30:00Z,STTP_PMU0001:FQ,1, 2026-01-31T09:30:00Z,STTP_PMU0001:FQ,2, >"$work/wanted"
    check "an hour in a second" lasts 0.9 60 with_metadata "$work/hour.csv" --speed 360000
    mv "$work/good" "$work/wanted"
    begun=$(date +%s)
    start_publisher --metadata "$work/metadata.xml" --replay "$work/pandas.csv" --wait-subscribers 1 --times now --loop \
        --speed 1000 --frames 9
    check "again and again, from now on" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv
    check "end of the publisher" end_publisher 0
    check "nine batches, half a second apart" test "$(cut -d, -f2 "$work/out" | tail -n +2 | cut -c 1-12 | sort -u |
        awk 'NR > 1 { print $1 - last } { last = $1 }' | sort -u | wc -l)" = 1
    check "none of them twice" test "$(cut -d, -f2 "$work/out" | tail -n +2 | sort -u | wc -l)" = 9
    check "three times each value" test "$(cut -d, -f4 "$work/out" | grep -cx 59.98)" = 3
    check "times of now" test $(($(sed -n 2p "$work/out" | cut -d, -f2 | cut -c 1-11) - 62135596800 - begun)) -ge 0
    check "and not of later" test $(($(sed -n 2p "$work/out" | cut -d, -f2 | cut -c 1-11) - 62135596800 - begun)) -le 120
    start_publisher --metadata "$work/metadata.xml" --replay "$work/pandas.csv" --wait-subscribers 1 --loop --frames 7
    check "the same times again" ends 0 "" "$bin/sttp-subscribe" "$address" --once --format csv --columns time,value
    check "end of the publisher" end_publisher 0
    check "seven batches" test "$(tail -n +2 "$work/out" | sort | uniq -c | awk '{ print $1 }' | sort -n | tr '\n' ' ')" = "2 2 2 2 3 3 "
}

# A command that takes so long, in seconds.
lasts() { # LEAST MOST COMMAND...
    local least=$1 most=$2 begun=$EPOCHREALTIME
    shift 2
    "$@" && awk -v begun="$begun" -v ended="$EPOCHREALTIME" -v least="$least" -v most="$most" \
        'BEGIN { print ended - begun; exit ended - begun < least || ended - begun > most }'
}

# An archive of another layout is served as well.
check_archive() {
    start_publisher --metadata "$work/metadata.xml" --archive "$work/pandas.csv"
    check "an archive" ends 0 "" "$bin/sttp-subscribe" "$address" --format csv --columns time,tag,value,flag_names \
        --start "2026-01-31 08:30:00.1" --processing-interval 0
    kill -TERM $publisher
    check "end by a signal" end_publisher 0
    check "its window" diff <(grep -v ":00Z" "$work/wanted" | sort) <(tail -n +2 "$work/out" | sort)
}

check_historian
check_pi
check_openhistorian
check_pandas
check_excel
check_labview
check_pmu_tester
check_influx
check_dates
check_decimals
check_own
check_ids
check_signals
check_unreadable
check_refusals
check_pace
check_archive
echo "Import tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
