//! Expressions evaluated by this library and, beforehand, by sttpapi: see `fixtures/filter.py`.

use sttp::Ticks;
use sttp::filter::{Expression, Value};

/// An expression that gives something else than in sttpapi, what it gives here (`error`, or type and
/// value), and why.
struct Difference {
    expression: &'static str,
    ours: &'static str,
    reason: &'static str,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        expression: "'x' + #2021-02-03#",
        ours: "String: x2021-02-03 00:00:00",
        reason: "times are written as in C++",
    },
    Difference {
        expression: "NULL + 4 IN (4)",
        ours: "Boolean: null",
        reason: "the null can be used where a Boolean is needed; that of other implementations has the type of the left side",
    },
    Difference {
        expression: "'x' IS NULL + 4",
        ours: "error",
        reason: "what the grammar does not know is an error instead of the end",
    },
    Difference {
        expression: "'pmu' LIKE 'PMU'",
        ours: "Boolean: true",
        reason: "a pattern without wildcards matches the text it equals",
    },
    Difference {
        expression: "'pmu' NOT LIKE 'q%'",
        ours: "Boolean: true",
        reason: "sttpapi ignores the NOT; the C++ and Go implementations do not",
    },
    Difference {
        expression: "'pmu' NOT LIKE 'p%'",
        ours: "Boolean: false",
        reason: "sttpapi ignores the NOT; the C++ and Go implementations do not",
    },
    Difference {
        expression: "'pmu' NOT LIKE BINARY 'P%'",
        ours: "Boolean: true",
        reason: "sttpapi ignores the NOT; the C++ and Go implementations do not",
    },
    Difference {
        expression: "-9 % 4",
        ours: "Int32: -1",
        reason: "the remainder has the sign of the dividend, as in C++ and Go",
    },
    Difference {
        expression: "9 % -4",
        ours: "Int32: 1",
        reason: "the remainder has the sign of the dividend, as in C++ and Go",
    },
    Difference { expression: "9 / 0", ours: "error", reason: "an integer division by zero has no value" },
    Difference { expression: "9 % 0", ours: "error", reason: "an integer division by zero has no value" },
    Difference { expression: "2147483647 + 1", ours: "error", reason: "integers do not wrap" },
    Difference {
        expression: "True + 'x'",
        ours: "String: truex",
        reason: "the text of a Boolean is that of C++",
    },
    Difference {
        expression: "Convert(True, 'String')",
        ours: "String: true",
        reason: "the text of a Boolean is that of C++",
    },
    Difference {
        expression: "True * False",
        ours: "Boolean: false",
        reason: "Booleans count as 0 and 1, as in C++",
    },
    Difference {
        expression: "True * True",
        ours: "Boolean: true",
        reason: "Booleans count as 0 and 1, as in C++",
    },
    Difference {
        expression: "True / True",
        ours: "Boolean: true",
        reason: "Booleans count as 0 and 1, as in C++",
    },
    Difference {
        expression: "True / False",
        ours: "Boolean: false",
        reason: "Booleans count as 0 and 1, as in C++",
    },
    Difference {
        expression: "1 << 32",
        ours: "Int32: 1",
        reason: "the lowest five bits of the count are used, as in C++ on common processors",
    },
    Difference {
        expression: "Round(4.5)",
        ours: "Decimal: 5",
        reason: "halves are rounded away from zero, as in C++ and Go",
    },
    Difference {
        expression: "Round(-4.5)",
        ours: "Decimal: -5",
        reason: "halves are rounded away from zero, as in C++ and Go",
    },
    Difference {
        expression: "Convert(4.50, 'String')",
        ours: "String: 4.5",
        reason: "decimals are written without trailing zeros, as in C++",
    },
    Difference {
        expression: "Convert('yes', 'Boolean')",
        ours: "error",
        reason: "only true, false and numbers are Booleans",
    },
    Difference {
        expression: "Convert(#2021-02-03#, 'String')",
        ours: "String: 2021-02-03 00:00:00",
        reason: "times are written as in C++",
    },
    Difference {
        expression: "StartsWith(NULL, 'v')",
        ours: "Boolean: null",
        reason: "the null has the type of the function's result, as in C++",
    },
    Difference {
        expression: "StrCmp(NULL, 'a')",
        ours: "Int32: null",
        reason: "the null has the type of the function's result, as in C++",
    },
    Difference {
        expression: "IndexOf('phasephase', '')",
        ours: "Int32: -1",
        reason: "an empty text is found nowhere, as in C++",
    },
    Difference {
        expression: "NthIndexOf('phasephase', 'a', -1)",
        ours: "Int32: 7",
        reason: "negative numbers count from the end, as in C++",
    },
    Difference {
        expression: "SubStr('phasor', 1, -1)",
        ours: "String: hasor",
        reason: "a negative length takes the rest, as in C++",
    },
    Difference {
        expression: "DateAdd(#2021-02-03#, 1, 'WeekDay')",
        ours: "DateTime: 2021-02-04 00:00:00",
        reason: "adding week days adds days, as in C++ and Go",
    },
    Difference {
        expression: "DateDiff(#2021-01-31#, #2021-03-01#, 'Month')",
        ours: "Int32: 2",
        reason: "years, months and days are counted by the calendar's fields, as in C++",
    },
    Difference {
        expression: "DateDiff(#2020-12-31#, #2021-01-01#, 'Year')",
        ours: "Int32: 1",
        reason: "years, months and days are counted by the calendar's fields, as in C++",
    },
    Difference {
        expression: "DateDiff(#2021-01-01 12:00#, #2021-01-02 06:00#, 'Day')",
        ours: "Int32: 1",
        reason: "years, months and days are counted by the calendar's fields, as in C++",
    },
    Difference {
        expression: "DatePart(#2021-12-26#, 'WeekDay')",
        ours: "Int32: 1",
        reason: "Sunday is day 1 of the week, as in C++ and Go",
    },
    Difference {
        expression: "UtcNow() > #2020-01-01#",
        ours: "Boolean: true",
        reason: "in sttpapi times with and without a zone cannot be compared",
    },
    Difference {
        expression: "3 BETWEEN 4",
        ours: "error",
        reason: "what the grammar does not know is an error instead of the end",
    },
];

#[test]
fn expressions_give_what_they_give_in_sttpapi() {
    let fixture: serde_json::Value = serde_json::from_str(include_str!("fixtures/filter.json")).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let expression = case["expression"].as_str().unwrap();
        let ours = evaluate(expression);
        let difference = DIFFERENCES.iter().find(|difference| difference.expression == expression);
        match difference {
            None if agrees(ours.as_ref(), case) => {}
            None => wrong.push(format!("{expression}: {} instead of {case}", shown(ours.as_ref()))),
            Some(difference) if agrees(ours.as_ref(), case) => {
                wrong.push(format!("{expression} no longer differs: {}", difference.reason));
            }
            Some(difference) if shown(ours.as_ref()) != difference.ours => {
                wrong.push(format!("{expression}: {} instead of {}", shown(ours.as_ref()), difference.ours));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for difference in DIFFERENCES {
        assert!(
            cases.iter().any(|case| case["expression"] == difference.expression),
            "{} is not in the fixture",
            difference.expression
        );
    }
}

fn evaluate(expression: &str) -> Option<Value<'static>> {
    Expression::parse(expression).and_then(|expression| expression.evaluate(None, Ticks::now())).ok()
}

fn shown(value: Option<&Value<'_>>) -> String {
    value.map_or_else(|| "error".to_owned(), Value::to_string)
}

fn agrees(ours: Option<&Value<'_>>, case: &serde_json::Value) -> bool {
    let Some(ours) = ours else {
        return case["error"] == true;
    };
    if case["type"] != ours.value_type().name() {
        return false;
    }
    match (case["value"].as_str(), ours) {
        (None, value) => value.is_null() && case["value"].is_null(),
        // Both print the shortest text, but 3 and 3.0 or 2.5 and 2.50.
        (Some(theirs), Value::Double(_) | Value::Decimal(_)) => {
            theirs.parse::<f64>().ok() == ours.to_text().and_then(|text| text.parse().ok())
        }
        (Some(theirs), value) => value.to_text().as_deref() == Some(theirs),
    }
}
