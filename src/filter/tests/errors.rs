//! Messages name the place, what was found and what was expected.

use super::outcome;
use crate::filter::{Expression, Filter, FilterProblem};

#[test]
fn messages_tell_what_stands_where_it_must_not() {
    for (text, expected) in [
        ("", "filter, line 1, column 1: found the end, expected a literal, a column, a function or ("),
        (
            "1 BETWEEN 2",
            "filter, line 1, column 3: found \"BETWEEN\", expected an operator or the end of the expression",
        ),
        (
            "1 +\n  é",
            "filter, line 2, column 3: found \"é\", expected a literal, a name, a function or an operator",
        ),
        ("'é' + +", "filter, line 1, column 8: found the end, expected a literal, a column, a function or ("),
        ("(1 + 2", "filter, line 1, column 7: found the end, expected an operator or )"),
        ("1 IN 2", "filter, line 1, column 6: found \"2\", expected BINARY or ("),
        ("1 IN (1", "filter, line 1, column 8: found the end, expected an operator, a comma or )"),
        ("1 IS 2", "filter, line 1, column 6: found \"2\", expected NULL or NOT NULL"),
        (
            "1 IN (1) + 2",
            "filter, line 1, column 10: found \"+\", expected an operator or the end of the expression",
        ),
        (
            "NOT 1 IN (1) + 2",
            "filter, line 1, column 14: found \"+\", expected an operator or the end of the expression",
        ),
        ("'abc", "filter, line 1, column 1: found \"'abc\", expected a text between single quotes"),
        ("#2020", "filter, line 1, column 1: found \"#2020\", expected a date between # and #"),
        ("#2020-02-30#", "filter, line 1, column 1: #2020-02-30# is not a date"),
        ("{123}", "filter, line 1, column 1: found \"{123}\", expected a GUID between { and }"),
        ("[]", "filter, line 1, column 1: found \"[]\", expected a name between [ and ]"),
        (
            "SHELBY:7",
            "filter, line 1, column 1: found \"SHELBY:7\", expected a literal, a column, a function or (",
        ),
        ("Sum(1)", "filter, line 1, column 1: there is no function Sum"),
        ("Abs()", "filter, line 1, column 1: Abs takes 1 argument, found 0"),
        ("1 + Contains('a')", "filter, line 1, column 5: Contains takes 2 to 3 arguments, found 1"),
        ("MaxOf(1)", "filter, line 1, column 1: MaxOf takes 2 or more arguments, found 1"),
        ("Now(1)", "filter, line 1, column 1: Now takes no arguments, found 1"),
        ("Len(5)", "filter, line 1, column 1: argument 1 of Len is Int32, expected a text"),
        ("IndexOf('a', NULL)", "filter, line 1, column 1: argument 2 of IndexOf is null, expected a text"),
        ("IIf(1, 2, 3)", "filter, line 1, column 1: argument 1 of IIf is Int32, expected true or false"),
        (
            "IsNull(1, NULL)",
            "filter, line 1, column 1: argument 2 of IsNull is null, expected a value that is not null",
        ),
        (
            "DateAdd(#2020-01-01#, 1.5, 'Day')",
            "filter, line 1, column 1: argument 2 of DateAdd is Decimal, expected an integer",
        ),
        ("Abs('1')", "filter, line 1, column 1: argument 1 of Abs is String, expected a number"),
        ("DatePart(1, 'Day')", "filter, line 1, column 1: argument 1 of DatePart is Int32, expected a date"),
        ("1 || 0", "filter, line 1, column 3: OR cannot be applied to Int32 and Int32"),
        ("~1.5", "filter, line 1, column 1: NOT cannot be applied to Decimal"),
        ("+'x'", "filter, line 1, column 1: unary + cannot be applied to String"),
        ("1 * 'x'", "filter, line 1, column 3: * cannot be applied to Int32 and String"),
        ("True % True", "filter, line 1, column 6: % cannot be applied to Boolean and Boolean"),
        (
            "Device",
            "filter, line 1, column 1: the column Device has no value here: the expression is evaluated without a table",
        ),
        (
            "RegExMatch('(', 'a')",
            "filter, line 1, column 1: \"(\" is not a regular expression: unclosed group",
        ),
    ] {
        assert_eq!(outcome(text), expected, "{text}");
    }
}

#[test]
fn unknown_names_list_the_known_ones() {
    let problem =
        |text| Expression::parse(text).unwrap().evaluate(None, super::NOW).unwrap_err().problem().to_string();
    assert!(problem("Convert(1, 'Byte')").contains("expected Boolean, Int32"));
    assert!(problem("DatePart(Now(), 'Decade')").contains("expected Year, Month"));
}

#[test]
fn statements_have_their_own_grammar() {
    for (text, column, expected) in [
        ("", 1, "a literal, a column, a function or ("),
        (";;", 3, "a literal, a column, a function or ("),
        ("FILTER WHERE True", 8, "TOP or the name of a table"),
        ("FILTER T True", 10, "WHERE"),
        ("FILTER TOP T WHERE True", 12, "a number of rows"),
        ("FILTER T WHERE True ORDER X", 27, "BY"),
        ("FILTER T WHERE True ORDER BY 1", 30, "the name of a column"),
        ("FILTER T WHERE True ORDER BY X,", 32, "the name of a column"),
        ("FILTER T WHERE True LIMIT 1", 21, "an operator, ; or the end of the filter"),
        ("PPA:1 PPA:2", 7, "an operator, ; or the end of the filter"),
        ("\"\"", 1, "a point tag between double quotes"),
    ] {
        let error = Filter::parse(text).unwrap_err();
        let FilterProblem::Unexpected { expected: found, .. } = error.problem() else {
            panic!("{text}: {error}");
        };
        assert_eq!((error.line(), error.column(), *found), (1, column, expected), "{text}");
    }
}
