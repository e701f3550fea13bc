//! Any text gives a value or an error, soon.

use proptest::prelude::*;

use super::{NOW, evaluate, outcome};
use crate::filter::{Expression, Filter, FilterProblem};

#[test]
fn nesting_is_bounded() {
    for (open, close) in
        [("(", ")"), ("- ", ""), ("NOT ", ""), ("Abs(", ")"), ("1 IN (", ")"), ("1 + (", ")")]
    {
        let nested = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        assert!(Expression::parse(&nested(60)).is_ok(), "{open}");
        let error = Expression::parse(&nested(100_000)).unwrap_err();
        assert!(matches!(error.problem(), FilterProblem::TooDeep { .. }), "{open}: {error}");
    }
}

#[test]
fn the_deepest_nesting_needs_little_stack() {
    let deepest = |open: &str, close: &str| {
        (0..=200)
            .rev()
            .map(|levels| format!("{}1{}", open.repeat(levels), close.repeat(levels)))
            .find(|text| Expression::parse(text).is_ok())
            .unwrap()
    };
    for (open, close) in
        [("(", ")"), ("1 IN (", ")"), ("1 + (", ")"), ("Coalesce(NULL, MaxOf(1, 1 + (", ")))")]
    {
        let text = deepest(open, close);
        let thread = std::thread::Builder::new().stack_size(512 << 10);
        let outcome = thread.spawn(move || evaluate(&text).is_ok()).unwrap().join().unwrap();
        assert!(outcome, "{open}");
    }
}

#[test]
fn chains_of_any_length_are_flat() {
    let chain = |first: &str, step: &str| outcome(&format!("{first}{}", step.repeat(50_000)));
    assert_eq!(chain("1", " + 1"), "Int32: 50001");
    assert_eq!(chain("True", " AND True"), "Boolean: true");
    assert_eq!(chain("True", " IS NULL"), "Boolean: false");
    assert_eq!(chain("True", " IN (True)"), "Boolean: true");
    assert_eq!(chain("1", " = 1"), "Boolean: true");
    assert_eq!(chain("1", "-1"), "Int32: -49999");
}

#[test]
fn texts_cannot_grow_without_bound() {
    let mut text = "'ab'".to_owned();
    for _ in 0..30 {
        text = format!("Replace({text}, 'a', 'aaaa')");
    }
    let error = evaluate(&text).unwrap_err();
    assert!(matches!(error.problem(), FilterProblem::TextTooLong { .. }), "{error}");
    let long = "x".repeat(600_000);
    let error = evaluate(&format!("'{long}' + '{long}'")).unwrap_err();
    assert!(matches!(error.problem(), FilterProblem::TextTooLong { .. }), "{error}");
}

#[test]
fn regular_expressions_are_bounded() {
    for pattern in ["(a{1000}){1000}", "((((a{100}){100}){100}){100})", "(?<x", "[", "\\p{Nope}"] {
        let error = evaluate(&format!("RegExMatch('{pattern}', 'aaa')")).unwrap_err();
        assert!(matches!(error.problem(), FilterProblem::RegularExpression { .. }), "{pattern}: {error}");
    }
    let error = evaluate(&format!("RegExMatch('{}', 'a')", "(".repeat(10_000))).unwrap_err();
    assert!(error.to_string().len() < 300, "{error}");
    assert_eq!(outcome(&format!("RegExMatch('(a*)*b', '{}')", "a".repeat(100_000))), "Boolean: false");
}

#[test]
fn a_filter_cannot_be_longer_than_allowed() {
    let error = Filter::parse(&" ".repeat(5 << 20)).unwrap_err();
    assert!(matches!(error.problem(), FilterProblem::TooLong { .. }), "{error}");
}

#[test]
fn conditions_are_counted_and_identifiers_are_not() {
    assert!(Filter::parse(&"A:1;".repeat(50_000)).is_ok());
    let error = Filter::parse(&"1;".repeat(50_000)).unwrap_err();
    assert!(matches!(error.problem(), FilterProblem::TooManyConditions { .. }), "{error}");
}

#[test]
fn runs_of_key_characters_are_read_once() {
    // Each of the tokens could be the start of a measurement key that ends at the end of the text.
    let text = "1-".repeat(200_000) + "1";
    assert_eq!(outcome(&text), "Int32: -199999");
}

/// Pieces of expressions, of which most sequences are nonsense and some are not.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "1",
        "2147483647",
        "-",
        "+",
        "*",
        "/",
        "%",
        "0",
        "0x1F",
        "1.5",
        "1e308",
        "(",
        ")",
        ",",
        ";",
        "NULL",
        "TRUE",
        "NOT",
        "!",
        "~",
        "AND",
        "OR",
        "XOR",
        "<<",
        ">>",
        "&",
        "|",
        "=",
        "===",
        "<>",
        "<=",
        "IN",
        "IS",
        "LIKE",
        "BINARY",
        "'a%'",
        "'é'",
        "''",
        "'12'",
        "#2020-01-01#",
        "#x#",
        "[a b]",
        "`c`",
        "\"T\"",
        "A:1",
        "FILTER",
        "TOP",
        "WHERE",
        "ORDER",
        "BY",
        "DESC",
        "T",
        "Abs(",
        "Len(",
        "Power(",
        "DateAdd(",
        "SubStr(",
        "Convert(",
        "RegExVal(",
        "IIf(",
        "'Int32'",
        "'Month'",
        "{38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8}",
        "--",
        "/*",
        "*/",
        "'",
        "#",
        "é",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.join(" "))
}

/// Well-formed expressions of all operators and functions over few values.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "0",
        "1",
        "-1",
        "2147483647",
        "9223372036854775807",
        "(-9223372036854775807-1)",
        "0.5",
        "-79228162514264337593543950335",
        "1e308",
        "Sqrt(-1)",
        "NULL",
        "TRUE",
        "FALSE",
        "''",
        "'a'",
        "'ßé'",
        "'12'",
        "'Int32'",
        "'Day'",
        "'Month'",
        "#9999-12-31 23:59:59.9999999#",
        "#0001-01-01#",
        "{38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8}",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 4, |inner| {
        let binary = prop::sample::select(vec![
            "*",
            "/",
            "%",
            "+",
            "-",
            "<<",
            ">>",
            "&",
            "|",
            "^",
            "<",
            "<=",
            ">",
            ">=",
            "=",
            "===",
            "<>",
            "!==",
            "LIKE",
            "NOT LIKE BINARY",
            "AND",
            "OR",
        ]);
        let unary = prop::sample::select(vec!["- ", "+", "~", "NOT "]);
        let function = prop::sample::select(vec![
            "Abs",
            "Ceiling",
            "Coalesce",
            "Convert",
            "Contains",
            "DateAdd",
            "DateDiff",
            "DatePart",
            "EndsWith",
            "Floor",
            "IIf",
            "IndexOf",
            "IsDate",
            "IsInteger",
            "IsGuid",
            "IsNull",
            "IsNumeric",
            "LastIndexOf",
            "Len",
            "Lower",
            "MaxOf",
            "MinOf",
            "NthIndexOf",
            "Power",
            "RegExMatch",
            "RegExVal",
            "Replace",
            "Reverse",
            "Round",
            "Split",
            "Sqrt",
            "StartsWith",
            "StrCount",
            "StrCmp",
            "SubStr",
            "Trim",
            "TrimLeft",
            "TrimRight",
            "Upper",
        ]);
        prop_oneof![
            (inner.clone(), binary, inner.clone())
                .prop_map(|(left, op, right)| format!("({left} {op} {right})")),
            (unary, inner.clone()).prop_map(|(operator, operand)| format!("({operator}{operand})")),
            (inner.clone(), prop::collection::vec(inner.clone(), 1..4))
                .prop_map(|(value, list)| format!("({value} IN ({}))", list.join(", "))),
            (function, prop::collection::vec(inner, 1..4))
                .prop_map(|(function, arguments)| format!("{function}({})", arguments.join(", "))),
        ]
    })
}

proptest! {
    #[test]
    fn parsing_never_panics(text in any::<String>()) {
        let _ = Filter::parse(&text);
    }

    #[test]
    fn pieces_never_panic(text in pieces()) {
        let _ = Filter::parse(&text);
        let _ = Expression::parse(&text).and_then(|expression| expression.evaluate(None, NOW));
    }

    #[test]
    fn evaluation_never_panics(text in expressions()) {
        if let Err(error) = evaluate(&text) {
            prop_assert!(
                !matches!(error.problem(), FilterProblem::Unexpected { .. } | FilterProblem::UnknownFunction { .. }),
                "{}", error
            );
        }
    }
}
