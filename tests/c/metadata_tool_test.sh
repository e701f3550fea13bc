#!/bin/bash
# What sttp-metadata promises about sources, selections, values, options, exit codes and messages.
#   metadata_tool_test.sh BIN_DIRECTORY
set -eu

bin=${1:?usage: metadata_tool_test.sh BIN_DIRECTORY}
work=$(mktemp -d)
publisher=
trap '[ -z "$publisher" ] || kill "$publisher"; rm -rf "$work"' EXIT
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/check.sh"
. "$here/tool_check.sh"

tool=$bin/sttp-metadata
grid=$work/grid.xml

# Runs the tool, which has to succeed and to print exactly this.
prints() { # EXPECTED OPTION...
    printf '%s\n' "$1" >"$work/expected"
    shift
    ends 0 "" "$tool" "$@" && diff "$work/expected" "$work/out"
}

column() { # NAME TYPE
    echo "<xs:element name='$1' type='xs:$2' minOccurs='0'/>"
}

table() { # NAME COLUMN...
    local name=$1
    shift
    echo "<xs:element name='$name'><xs:complexType><xs:sequence>$*</xs:sequence></xs:complexType></xs:element>"
}

# A concentrator with a device that has a phasor; devices that report to each other; a measurement without device; and
# texts that CSV has to quote and terminals should not see.
write_grid() {
    cat >"$grid" <<END
<?xml version="1.0"?>
<DataSet xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:schema id="DataSet"><xs:element name="DataSet"><xs:complexType><xs:choice>
$(table DeviceDetail "$(column Acronym string)" "$(column Name string)" "$(column ParentAcronym string)" \
    "$(column IsConcentrator boolean)" "$(column FramesPerSecond int)" "$(column Enabled boolean)" \
    "$(column Longitude decimal)")
$(table MeasurementDetail "$(column SignalID string)" "$(column ID string)" "$(column PointTag string)" \
    "$(column SignalAcronym string)" "$(column DeviceAcronym string)" "$(column PhasorSourceIndex int)" \
    "$(column Enabled boolean)" "$(column UpdatedOn dateTime)")
$(table PhasorDetail "$(column DeviceAcronym string)" "$(column Label string)" "$(column Type string)" \
    "$(column Phase string)" "$(column SourceIndex int)")
</xs:choice></xs:complexType></xs:element></xs:schema>
<DeviceDetail><Acronym>LOOP1</Acronym><ParentAcronym>LOOP2</ParentAcronym><Enabled>true</Enabled></DeviceDetail>
<DeviceDetail><Acronym>LOOP2</Acronym><ParentAcronym>LOOP1</ParentAcronym><Enabled>true</Enabled></DeviceDetail>
<DeviceDetail><Acronym>A</Acronym><Name>"North", old</Name><ParentAcronym>PDC</ParentAcronym>
  <FramesPerSecond>60</FramesPerSecond><Enabled>false</Enabled><Longitude>-89.500</Longitude></DeviceDetail>
<DeviceDetail><Acronym>PDC</Acronym><Name>Bell&#x7f;</Name><IsConcentrator>true</IsConcentrator>
  <FramesPerSecond>30</FramesPerSecond><Enabled>true</Enabled></DeviceDetail>
$(measurement 1 FREQ A '' true 2026-11-21T08:30:00.5Z)
$(measurement 2 VPHA A '<PhasorSourceIndex>1</PhasorSourceIndex>' true)
$(measurement 3 VPHM A '<PhasorSourceIndex>1</PhasorSourceIndex>' true)
$(measurement 4 CALC NOWHERE '' false)
<PhasorDetail><DeviceAcronym>A</DeviceAcronym><Label>Bus 1</Label><Type>V</Type><Phase>+</Phase>
  <SourceIndex>1</SourceIndex></PhasorDetail>
</DataSet>
END
}

id() { # NUMBER
    printf '7e000000-0000-0000-0000-%012d' "$1"
}

measurement() { # NUMBER TYPE DEVICE PHASOR ENABLED [TIME]
    echo "<MeasurementDetail><SignalID>$(id "$1")</SignalID><ID>G:$1</ID><PointTag>tag $1</PointTag>"
    echo "<SignalAcronym>$2</SignalAcronym><DeviceAcronym>$3</DeviceAcronym>$4<Enabled>$5</Enabled>"
    echo "${6:+<UpdatedOn>$6</UpdatedOn>}</MeasurementDetail>"
}

check_usage() {
    local option
    check "help" grep -q -- "--signals EXPR" <("$tool" --help)
    for option in "" "a b" "$grid --bogus" "--select True" "--eval 1 --table T" "--eval 1 --row 1" "$grid --row -1" \
        "$grid --xml --select True" "$grid --timeout soon"; do
        # shellcheck disable=SC2086 # several words
        check "usage '$option'" ends 2 "Try 'sttp-metadata --help'" "$tool" $option
    done
}

check_failures() {
    check "no file" ends 1 "$work/none.xml: No such file" "$tool" "$work/none.xml"
    echo "<DataSet" >"$work/broken.xml"
    check "broken file" ends 1 "broken.xml is not STTP metadata: .*line 1" "$tool" "$work/broken.xml"
    check "nobody there" ends 1 "no metadata from 127.0.0.1:1 after 0.3 seconds.*refused" \
        "$tool" 127.0.0.1:1 --timeout 0.3
    check "no table" ends 1 "no table \"Nothing\"" "$tool" "$grid" --select True --table Nothing
    check "no table in a filter" ends 1 "line 1, column 8: there is no table Nothing" \
        "$tool" "$grid" --select "FILTER Nothing WHERE True"
    check "no column" ends 1 "line 2, column 1: there is no column Colour" "$tool" "$grid" --select "ID = '1' OR
Colour = 2"
    check "several tables" ends 1 "several tables" "$tool" "$grid" \
        --select "FILTER DeviceDetail WHERE True; FILTER PhasorDetail WHERE True"
    check "bad filter" ends 1 "line 1, column " "$tool" "$grid" --signals "FILTER x"
    check "bad expression" ends 1 "line 1, column 4" "$tool" --eval "1 +"
    check "column without table" ends 1 "evaluated without a table" "$tool" --eval "PointTag"
    check "no row" ends 1 "has no row 4" "$tool" "$grid" --eval "1" --row 4
    check "full disk" ends 1 "cannot write to standard output" bash -c "'$tool' '$grid' >/dev/full"
    check "filter for a file" ends 1 "--metadata-filter" "$tool" "$grid" --metadata-filter "FILTER"
}

# What is wrong with metadata is told, and the rest of them used.
check_findings() {
    check "findings" ends 0 "grid.xml: MeasurementDetail, row 3, DeviceAcronym: there is no device \"NOWHERE\"" \
        "$tool" "$grid"
    check "findings" test "$(wc -l <"$work/err")" = 1
    sed -e "s/>true</>perhaps</; s/>60</>59.94</; s/$(id 2)/$(id 1)/; s/2026-11-21T08:30:00.5Z/21.11.2026 08:30:00/" \
        "$grid" >"$work/dirty.xml"
    check "dirty cells" ends 0 "row 0, Enabled (line [0-9]*, column [0-9]*): \"perhaps\" is not how XML writes a Boolean value" \
        "$tool" "$work/dirty.xml" --signals "FILTER ActiveMeasurements WHERE True"
    check "signals of dirty cells" test "$(wc -l <"$work/out")" = 2
    check "equal IDs" grep -q "row 1, SignalID: signal ID $(id 1) is that of row 0 already" "$work/err"
    check "first of each kind" grep -q "more findings of the kind ReadFreely" "$work/err"
    check "rate" ends 0 "\"59.94\" is not how XML writes" "$tool" "$work/dirty.xml" --eval FramesPerSecond \
        --table DeviceDetail --row 2
    check "rate" grep -q "^Int32: 60$" "$work/out"
    echo "<html><body>404 Not Found</body></html>" >"$work/page.xml"
    check "web page" ends 1 "page.xml is not STTP metadata: .*404 Not Found" "$tool" "$work/page.xml"
    sed "/<xs:schema/,/<\\/xs:schema>/d" "$grid" >"$work/bare.xml"
    check "no schema" ends 1 "bare.xml is not STTP metadata: .*has no schema" "$tool" "$work/bare.xml"
}

check_tree() {
    check "tree" prints "Tables:
             4 rows  DeviceDetail
             4 rows  MeasurementDetail
             1 row   PhasorDetail
             3 rows  ActiveMeasurements, what subscriptions select from

Devices:
    PDC: Bell?, concentrator, 30 frames a second
        A: \"North\", old, 60 frames a second (not enabled)
            Phasor 1: Bus 1 (V +)
                magnitude VPHM $(id 3) G:3 tag 3
                angle     VPHA $(id 2) G:2 tag 2
            FREQ $(id 1) G:1 tag 1
    LOOP1, 0 frames a second
        LOOP2, 0 frames a second

Measurements without device:
    CALC $(id 4) G:4 tag 4 (not enabled)" "$grid"
    check "nothing to show" prints "Tables:
             0 rows  ActiveMeasurements, what subscriptions select from

No devices." - <<<"<DataSet/>"
}

check_selections() {
    check "rows" prints "Acronym,Name,ParentAcronym,IsConcentrator,FramesPerSecond,Enabled,Longitude
PDC,$(printf 'Bell\177'),,true,30,true,
A,\"\"\"North\"\", old\",PDC,,60,false,-89.5" "$grid" --table devicedetail \
        --select "FILTER DeviceDetail WHERE Name IS NOT NULL ORDER BY Acronym DESC; Acronym = 'A'"
    check "rows of the default table" prints "SignalID,ID,PointTag,SignalAcronym,DeviceAcronym,PhasorSourceIndex,Enabled,UpdatedOn
$(id 1),G:1,tag 1,FREQ,A,,true,2026-11-21T08:30:00.5Z" "$grid" --select "SignalAcronym = 'freq'"
    check "no rows" prints "DeviceAcronym,Label,Type,Phase,SourceIndex" "$grid" \
        --select "FILTER PhasorDetail WHERE False"
    check "TOP of another table" ends 0 "" "$tool" "$grid" \
        --select "FILTER TOP 2 ActiveMeasurements WHERE Device = 'A' ORDER BY ID DESC"
    check "TOP of another table" test "$(cut -d , -f 2 "$work/out" | tr '\n' ' ')" = "ID G:2 G:1 "
    check "signals" prints "$(id 3)
$(id 1)
$(id 2)" "$grid" --signals "G:3; FILTER ActiveMeasurements WHERE True ORDER BY ID"
    check "signals that are not enabled" ends 0 "" "$tool" "$grid" --signals "$(id 4)"
    check "signals that are not enabled" test ! -s "$work/out"
}

check_values() {
    local now
    check "Int32" prints "Int32: 7" --eval "1 + 2 * 3 - 2"
    check "Decimal" prints "Decimal: -89.5" "$grid" --eval "Longitude" --table DeviceDetail --row 2
    check "Double" prints "Double: 0.1" --eval "Convert('0.1', 'Double')"
    check "null" prints "Decimal: NULL" "$grid" --eval "Longitude" --table DeviceDetail
    check "String" prints "String: tag 2, VPHA" "$grid" --eval "PointTag + ', ' + SignalAcronym" --row 1
    check "Boolean" prints "Boolean: true" "$grid" --eval "SignalType LIKE '%PHM'" --row 2 --table ActiveMeasurements
    check "Guid" prints "Guid: $(id 1)" --eval "{7E000000-0000-0000-0000-000000000001}"
    check "DateTime" prints "DateTime: 2026-11-21T08:30:00.5Z" "$grid" --eval "UpdatedOn"
    now=$(printf '%0300d' 0)
    check "long text" prints "String: $now" --eval "'$now'"
}

check_xml() {
    check "XML" ends 0 "" "$tool" "$grid" --xml
    cp "$work/out" "$work/again.xml"
    check "XML again" prints "$(cat "$work/again.xml")" - --xml <"$work/again.xml"
}

# An expression of Python about the object in $work/out, `it`.
tells() { # EXPRESSION
    python3 -c 'import json, sys; it = json.load(open(sys.argv[1])); print(it); assert eval("(" + sys.argv[2] + ")"), it' "$work/out" "$1"
}

check_validation() {
    sed 's/<PhasorSourceIndex>1</<PhasorSourceIndex>9</; s/>G:4</>G4</' "$grid" >"$work/wrong.xml"
    check "what is wrong" ends 3 "" "$tool" "$work/wrong.xml" --validate
    check "a finding" grep -q '^UnknownPhasor: MeasurementDetail, row 1, PhasorSourceIndex: the device "A" has no phasor 9' "$work/out"
    check "of every kind" grep -q "^BadKey: " "$work/out"
    check "said once" test ! -s "$work/err"
    check "how much" grep -q "wrong.xml: 4 devices, 4 measurements, 1 phasor; [4-9] findings$" "$work/out"
    check "what is wrong, as an object" ends 3 "" "$tool" "$work/wrong.xml" --validate --format json
    check "an object" tells 'not it["valid"] and it["counts"]["UnknownPhasor"] == 2 and it["tables"]["DeviceDetail"] == 4
        and len(it["findings"]) == sum(it["counts"].values()) and it["findings"][0]["message"]'
    "$tool" "$grid" --xml 2>/dev/null | sed '/<\(DeviceAcronym\|ParentAcronym\)>\(NOWHERE\|LOOP.\)</d' >"$work/right.xml"
    check "nothing is wrong" ends 0 "" "$tool" "$work/right.xml" --validate
    check "says so" grep -q ": 2 devices, 3 measurements, 1 phasor; nothing is wrong$" "$work/out"
    check "no metadata" ends 1 "none.xml" "$tool" "$work/none.xml" --validate
    check "a form for answers" ends 2 "--format json is for" "$tool" "$grid" --format json
}

check_differences() {
    check "the same" ends 0 "" "$tool" "$grid" --diff "$grid"
    check "says so" grep -qx "The same" "$work/out"
    # Another order, another time of writing, a new tag, a device less, and a measurement more.
    sed "s/tag 2</tag two</; s/2026-11-21T08:30:00.5Z/2026-11-22T00:00:00Z/; /<Acronym>LOOP1</d
         s|^<PhasorDetail>|$(measurement 9 FREQ A '' true | tr -d '\n')&|" "$grid" >"$work/newer.xml"
    check "differences" ends 3 "" "$tool" "$grid" --diff "$work/newer.xml"
    printf '%s\n' "- DeviceDetail LOOP1" "+ MeasurementDetail $(id 9) tag 9" \
        "~ MeasurementDetail $(id 2) tag two, PointTag: tag 2 -> tag two" >"$work/expected"
    check "each of them" diff "$work/expected" "$work/out"
    check "differences as an object" ends 3 "" "$tool" "$grid" --diff "$work/newer.xml" --format json
    check "an object" tells "not it['same'] and [table['name'] for table in it['tables']] == ['DeviceDetail', 'MeasurementDetail']
        and it['tables'][0]['removed'] == ['LOOP1'] and it['tables'][1]['added'] == ['$(id 9)']
        and it['tables'][1]['changed'] == [{'row': '$(id 2)', 'columns': {'PointTag': ['tag 2', 'tag two']}}]"
    sed "s/name='Longitude'/name='Altitude'/" "$grid" >"$work/column.xml"
    sed "s/tag 2</tag two</" "$grid" >"$work/tag.xml"
    check "nothing but a change" ends 3 "" "$tool" "$grid" --diff "$work/tag.xml"
    check "of a tag" grep -qx "~ MeasurementDetail $(id 2) tag two, PointTag: tag 2 -> tag two" "$work/out"
    check "columns" ends 3 "" "$tool" "$grid" --diff "$work/column.xml"
    check "each of them" diff <(printf '%s\n' "- DeviceDetail, the column Longitude" "+ DeviceDetail, the column Altitude") "$work/out"
    check "nothing to compare with" ends 1 "none.xml" "$tool" "$grid" --diff "$work/none.xml"
    check "one thing at a time" ends 2 "exclude each other" "$tool" "$grid" --diff "$grid" --validate
}

check_filters() {
    check "a filter" ends 0 "" "$tool" --check-filter "FILTER TOP 5 ActiveMeasurements WHERE SignalType = 'FREQ'; PPA:1, 0.5, 2"
    check "how it is sent" diff <(printf '%s\n' "Can be used: 2 statements" \
        "Is sent as: FILTER TOP 5 ActiveMeasurements WHERE SignalType = 'FREQ'; PPA:1") "$work/out"
    check "a filter that ends too early" ends 3 "" "$tool" --check-filter "FILTER x"
    check "where" grep -qx "Cannot be used: filter, line 1, column 9: found the end, expected WHERE" "$work/out"
    check "a column that there is not" ends 3 "" "$tool" --check-filter "FILTER ActiveMeasurements WHERE Colour = 'red'"
    check "whose" grep -q "no column Colour in the table ActiveMeasurements (of what publishers usually have" "$work/out"
    check "what it gets" ends 0 "" "$tool" "$grid" --check-filter "FILTER ActiveMeasurements WHERE Device = 'A'" --format json
    check "an object" tells 'it["valid"] and it["signals"] == 3 and it["of"] == 4 and it["statements"] == 1 and it["problem"] is None'
    check "nothing matches" ends 3 "" "$tool" "$grid" --check-filter "PPA:1"
    check "says so" grep -q "^Cannot be used: it matches none of the signals" "$work/out"
}

# A publisher, and files whose names look like one.
check_fetch() {
    start_publisher --signals 25
    check "metadata to compare with" bash -c "'$tool' '$address' --xml >'$work/fetched.xml'"
    check "a file and a publisher" ends 0 "" "$tool" "$work/fetched.xml" --diff "$address"
    check "the same" grep -qx "The same" "$work/out"
    check "metadata of a publisher" ends 0 "" "$tool" "$address"
    check "devices of a publisher" grep -q "^    PMU0001" "$work/out"
    check "signals of a publisher" ends 0 "" "$tool" "$address" --signals "FILTER TOP 7 ActiveMeasurements WHERE True"
    check "number of signals" test "$(wc -l <"$work/out")" = 7
    check "some metadata of a publisher" ends 0 "" "$tool" "$address" --select True --table DeviceDetail \
        --metadata-filter "FILTER TOP 1 DeviceDetail WHERE True"
    check "number of rows" test "$(wc -l <"$work/out")" = 2
    kill -INT $publisher
    check "end by a signal" end_publisher 0
    cp "$grid" "$work/host:7175"
    check "file with the name of a publisher" bash -c "cd '$work' && '$tool' host:7175 | grep -q PDC"
}

tool=$(realpath "$tool")
write_grid
check_usage
check_failures
check_findings
check_tree
check_selections
check_values
check_xml
check_validation
check_differences
check_filters
check_fetch
echo "Metadata tool tests: $passed passed, $failed failed"
[ $failed -eq 0 ]
