//! What differs from other implementations or is not in the vectors made with one of them.

use super::outcome;

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(outcome(text), *expected, "{text}");
    }
}

#[test]
fn operators_bind_as_those_of_other_implementations_do() {
    check(&[
        ("1 + 2 * 3", "Int32: 9"),
        ("10 - 2 * 3", "Int32: 24"),
        ("1 | 2 + 4 & 6", "Int32: 6"),
        ("True OR False AND False", "Boolean: false"),
        ("NOT 1 = 2", "Boolean: true"),
        ("!5 + 3", "Int32: -9"),
        ("~5 + 3", "Int32: -3"),
        ("True = NOT False", "Boolean: true"),
        ("NOT NOT True AND True", "Boolean: true"),
        ("1 = 1 IN (True)", "Boolean: true"),
        ("1 IN (1) IS NOT NULL", "Boolean: true"),
        ("NULL IS NULL = True", "Boolean: true"),
        ("'ab' LIKE 'a' + '%'", "Boolean: true"),
        ("True = 'b' ! IN ('c')", "Boolean: true"),
        ("'a' ! LIKE 'b%' && 5 IS ! NULL", "Boolean: true"),
        ("- - 5", "Int32: 5"),
    ]);
}

#[test]
fn literals_take_the_longest_form() {
    check(&[
        ("0x7fffffff", "Int32: 2147483647"),
        ("0x80000000", "Int64: 2147483648"),
        ("18446744073709551616", "Decimal: 18446744073709551616"),
        ("99999999999999999999999999999999", "Double: 1e32"),
        (".5", "Decimal: 0.5"),
        ("1.50", "Decimal: 1.5"),
        ("2.5E-1", "Double: 0.25"),
        ("38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8", "Guid: 38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8"),
        ("'{38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8}'", "String: {38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8}"),
        ("a8a47b0ff10b-41439a0a0dbc4ffef1e8", "Guid: a8a47b0f-f10b-4143-9a0a-0dbc4ffef1e8"),
        ("'it''s'", "String: it''s"),
        ("#1/31/2020 3:00 PM#", "DateTime: 2020-01-31 15:00:00"),
        ("#2020-01-01 10:00:00.250-06:00#", "DateTime: 2020-01-01 16:00:00.25"),
        ("1 -- the rest does not count", "Int32: 1"),
        ("/* neither */ 1 /* does this", "Int32: 1"),
    ]);
}

#[test]
fn integers_do_not_wrap() {
    check(&[
        ("2147483647 + 1", "filter, line 1, column 12: the result of + is out of the range of Int32"),
        ("-2147483647 - 2", "filter, line 1, column 13: the result of - is out of the range of Int32"),
        ("-9223372036854775807 - 1", "Int64: -9223372036854775808"),
        (
            "(-9223372036854775807 - 1) / -1",
            "filter, line 1, column 28: the result of / is out of the range of Int64",
        ),
        ("(-9223372036854775807 - 1) % -1", "Int64: 0"),
        (
            "-Convert('-2147483648', 'Int32')",
            "filter, line 1, column 1: the result of unary - is out of the range of Int32",
        ),
        ("1 / 0", "filter, line 1, column 3: / by zero"),
        ("1 % 0", "filter, line 1, column 3: % by zero"),
        ("1.5 / 0", "filter, line 1, column 5: / by zero"),
        ("1e0 / 0", "Double: inf"),
        (
            "Abs(Convert('-2147483648', 'Int32'))",
            "filter, line 1, column 1: the result of Abs is out of the range of Int32",
        ),
        (
            "79228162514264337593543950335 + 1",
            "filter, line 1, column 31: the result of + is out of the range of Decimal",
        ),
    ]);
}

#[test]
fn shifts_use_the_lowest_bits_of_the_count() {
    check(&[
        ("1 << 33", "Int32: 2"),
        ("1 << -1", "Int32: -2147483648"),
        ("2147483648 << 32", "Int64: -9223372036854775808"),
        ("-8 >> 1", "Int32: -4"),
        ("True >> 1", "Boolean: false"),
        ("1 << NULL", "filter, line 1, column 3: the right side of << is null"),
        ("1 << 1.0", "filter, line 1, column 3: << cannot be applied to Int32 and Decimal"),
    ]);
}

#[test]
fn null_has_a_type() {
    check(&[
        ("NULL", "Boolean: null"),
        ("NULL + 1", "Int32: null"),
        ("NULL + 'x'", "String: null"),
        ("-NULL", "Boolean: null"),
        ("NULL LIKE 'a'", "Boolean: null"),
        ("'a' LIKE NULL", "filter, line 1, column 5: the right side of LIKE is null"),
        ("1 IN (NULL)", "Boolean: false"),
        ("NULL NOT IN (1)", "Boolean: null"),
        ("Convert(NULL, 'DateTime')", "DateTime: null"),
        ("SubStr(NULL, 1)", "String: null"),
        ("Power(NULL, 2)", "Double: null"),
        ("StrCmp(NULL, 'a')", "Int32: null"),
        ("StrCount(NULL, 'a')", "Int32: 0"),
        ("Contains('a', NULL)", "Boolean: false"),
        ("MaxOf(NULL, 2, 1)", "Int32: 2"),
        ("Coalesce(NULL, NULL)", "Boolean: null"),
        ("NULL AND 1", "filter, line 1, column 6: AND cannot be applied to Boolean and Int32"),
        (
            "{38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8} = NULL",
            "filter, line 1, column 40: = cannot be applied to Guid and Boolean",
        ),
    ]);
}

#[test]
fn texts_are_converted_where_a_type_is_asked_for() {
    check(&[
        ("Convert(' 12.9 ', 'int32')", "Int32: 12"),
        ("Convert('1e3', 'Int64')", "Int64: 1000"),
        ("Convert('x', 'Int32')", "filter, line 1, column 1: x (String) cannot be converted to Int32"),
        (
            "Convert(3000000000, 'Int32')",
            "filter, line 1, column 1: 3000000000 (Int64) cannot be converted to Int32",
        ),
        ("Convert(-2.9, 'System.Int32')", "Int32: -2"),
        (
            "Convert(1e300, 'Decimal')",
            "filter, line 1, column 1: 1e300 (Double) cannot be converted to Decimal",
        ),
        ("Convert('2', 'bool')", "Boolean: true"),
        (
            "Convert('{38A47B0F-F10B-4143-9A0A-0DBC4FFEF1E8}', 'uuid')",
            "Guid: 38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8",
        ),
        ("Convert(True, 'String')", "String: true"),
        ("Convert(#1970-01-01 00:00:01.9#, 'Double')", "Double: 1"),
        ("1 = '1.0'", "Boolean: true"),
        ("'b' > 1e9", "Boolean: true"),
        ("#2020-01-01# < '2020-01-02'", "Boolean: true"),
        ("'x' + 1.50 + True", "String: x1.5true"),
    ]);
}

#[test]
fn like_without_wildcards_is_equality() {
    check(&[
        ("'abc' LIKE 'ABC'", "Boolean: true"),
        ("'abc' LIKE BINARY 'ABC'", "Boolean: false"),
        ("'abc' LIKE === 'abc'", "Boolean: true"),
        ("'abcd' NOT LIKE 'abc'", "Boolean: true"),
        ("'abc' LIKE '*'", "Boolean: true"),
        ("'a_c' LIKE 'a_%'", "Boolean: true"),
        ("'abc' LIKE 'a_%'", "Boolean: false"),
        ("'ÄÖÜ' LIKE '%ö%'", "Boolean: true"),
        (
            "'abc' LIKE 'a%c'",
            "filter, line 1, column 7: \"a%c\" is not a pattern of LIKE: % and * may only stand first and last",
        ),
        ("1 LIKE 'a'", "filter, line 1, column 3: LIKE cannot be applied to Int32 and String"),
    ]);
}

#[test]
fn functions_count_characters() {
    check(&[
        ("Len('größe')", "Int32: 5"),
        ("IndexOf('größe', 'E', True)", "Int32: 4"),
        ("SubStr('größe', 2, 2)", "String: öß"),
        ("SubStr('abc', -1)", "String: "),
        ("SubStr('abc', 1, -1)", "String: bc"),
        ("SubStr('abc', 3)", "String: "),
        ("SubStr('abc', 4, 1)", "String: "),
        ("Reverse('größe')", "String: eßörg"),
        ("NthIndexOf('abcabc', 'B', -1, True)", "Int32: 4"),
        ("NthIndexOf('abcabc', 'b', 2)", "Int32: -1"),
        ("IndexOf('abc', '')", "Int32: -1"),
        ("Replace('aXbxc', 'x', '-', True)", "String: a-b-c"),
        ("Replace('abc', '', '-')", "String: abc"),
        ("Split('a-B-c', '-b-', 1, True)", "String: c"),
        ("Split('abc', '', 0)", "String: abc"),
        ("Split('abc', ',', -1)", "String: "),
        ("TrimLeft('  a ') + '.' + TrimRight('  a ')", "String: a .  a"),
        ("RegExVal('[0-9]+', 'ab12cd')", "String: 12"),
        ("RegExMatch('^b', 'ab')", "Boolean: false"),
    ]);
}

#[test]
fn numbers_are_rounded_away_from_zero() {
    check(&[
        ("Round(2.5)", "Decimal: 3"),
        ("Round(-2.5e0)", "Double: -3"),
        ("Ceiling(-1.5)", "Decimal: -1"),
        ("Floor(-1.5)", "Decimal: -2"),
        ("Power(2, 10)", "Int32: 1024"),
        ("Power(2, 31)", "filter, line 1, column 1: the result of Power is out of the range of Int32"),
        ("Power(2, -1)", "Int32: 0"),
        ("Power(-1, -3)", "Int32: -1"),
        ("Power(0, -1)", "filter, line 1, column 1: Power: division by zero"),
        ("Power(1.5, 2)", "Decimal: 2.25"),
        ("Power(2e0, 0.5)", "Double: 1.4142135623730951"),
        ("Sqrt(0.0)", "Decimal: 0"),
        ("Sqrt(0.01)", "Decimal: 0.1"),
        ("Sqrt(0.5)", "Decimal: 0.7071067811865475244008443621"),
        ("Sqrt(-1)", "Double: NaN"),
        ("Sqrt(-1.0)", "filter, line 1, column 1: the result of Sqrt is out of the range of Decimal"),
    ]);
}

#[test]
fn dates_count_fields_or_elapsed_time() {
    check(&[
        ("Now()", "DateTime: 2026-11-21 08:30:00"),
        ("Now() = UtcNow()", "Boolean: true"),
        ("DateAdd('2020-02-29', 1, 'year')", "DateTime: 2021-02-28 00:00:00"),
        ("DateAdd(NULL, 1, 'Day')", "DateTime: null"),
        ("DateAdd(NULL, 1, 'Fortnight')", "DateTime: null"),
        ("DateDiff(NULL, #2020-01-01#, 'Fortnight')", "Int32: null"),
        ("DatePart(NULL, 'Fortnight')", "Int32: null"),
        (
            "DateAdd(#9999-12-31#, 1, 'Day')",
            "filter, line 1, column 1: the result of DateAdd is out of the range of DateTime",
        ),
        ("DateDiff(#2019-12-31 23:00#, #2020-01-01 01:00#, 'Day')", "Int32: 1"),
        ("DateDiff(#2020-01-01#, #2019-12-01#, 'Week')", "Int32: -4"),
        (
            "DateDiff(#2020-01-01#, #2021-01-01#, 'Millisecond')",
            "filter, line 1, column 1: the result of DateDiff is out of the range of Int32",
        ),
        ("DatePart(#2020-12-31 23:59:58.123#, 'DayOfYear')", "Int32: 366"),
        ("DatePart(#2020-03-01#, 'WeekDay')", "Int32: 1"),
    ]);
}

#[test]
fn only_the_chosen_argument_is_evaluated() {
    check(&[
        ("IIf(True, 1, 1 / 0)", "Int32: 1"),
        ("IIf(NULL, 1 / 0, 'x')", "String: x"),
        ("Coalesce(1, 1 / 0)", "Int32: 1"),
        ("False AND 1 / 0 = 1", "filter, line 1, column 13: / by zero"),
    ]);
}
