//! Expressions and filters evaluated by this library and, beforehand, by sttpapi: see
//! `fixtures/filter.py`.

use sttp::Ticks;
use sttp::filter::{Expression, Filter, FilterError, PrimaryTable, Value};
use sttp::metadata::{Column, ColumnType, DataSet, DataSetBuilder};

/// An expression or filter that gives something else than in sttpapi, what it gives here (`error`, type
/// and value, or rows), and why.
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

const DIFFERENT_SELECTIONS: &[Difference] = &[
    Difference {
        expression: "FILTER ActiveMeasurements WHERE True ORDER BY PointTag",
        ours: "[8, 9, 7, 1, 0, 2, 3, 4, 6, 5]",
        reason: "BINARY makes the order exact, as in C++; in sttpapi it does the opposite",
    },
    Difference {
        expression: "FILTER ActiveMeasurements WHERE True ORDER BY BINARY PointTag",
        ours: "[8, 7, 1, 0, 3, 4, 6, 5, 9, 2]",
        reason: "BINARY makes the order exact, as in C++; in sttpapi it does the opposite",
    },
    Difference {
        expression: "FILTER ActiveMeasurements WHERE True ORDER BY PointTag DESC",
        ours: "[5, 6, 4, 3, 2, 0, 1, 7, 9, 8]",
        reason: "BINARY makes the order exact, as in C++; in sttpapi it does the opposite",
    },
    Difference {
        expression: "FILTER ActiveMeasurements WHERE True ORDER BY Device, PointTag DESC",
        ours: "[5, 7, 9, 8, 2, 0, 1, 4, 3, 6]",
        reason: "BINARY makes the order exact, as in C++; in sttpapi it does the opposite",
    },
    Difference {
        expression: "FILTER ActiveMeasurements WHERE True ORDER BY Enabled, SignalID",
        ours: "[6, 2, 5, 0, 1, 3, 4, 7, 8, 9]",
        reason: "false comes before true, as in C++",
    },
    Difference {
        expression: ";;GRID:2;;FILTER ActiveMeasurements WHERE Device = 'NORTH';GRID:4;",
        ours: "[1, 0, 2, 3]",
        reason: "statements select in their order; in sttpapi identifiers come first",
    },
];

#[test]
fn expressions_give_what_they_give_in_sttpapi() {
    let fixture = fixture();
    let outcomes = fixture["cases"].as_array().unwrap().iter().map(|case| {
        let expression = case["expression"].as_str().unwrap();
        let ours = evaluate(expression).ok();
        let shown = ours.as_ref().map_or_else(|| "error".to_owned(), Value::to_string);
        (expression, agrees(ours.as_ref(), case), shown, case)
    });
    check(outcomes, DIFFERENCES);
}

#[test]
fn filters_select_what_they_select_in_sttpapi() {
    let fixture = fixture();
    let data = data_set(&fixture);
    let outcomes = fixture["selections"].as_array().unwrap().iter().map(|case| {
        let filter = case["filter"].as_str().unwrap();
        let ours = select(filter, &data).ok();
        let theirs: Option<Vec<_>> = case["rows"]
            .as_array()
            .map(|rows| rows.iter().map(|row| row.as_u64().unwrap() as usize).collect());
        let shown = ours.as_ref().map_or_else(|| "error".to_owned(), |rows| format!("{rows:?}"));
        (filter, ours == theirs, shown, case)
    });
    check(outcomes, DIFFERENT_SELECTIONS);
}

fn fixture() -> serde_json::Value {
    serde_json::from_str(include_str!("fixtures/filter.json")).unwrap()
}

/// Checks that outcomes agree, or differ as listed: of each the text that was evaluated, whether it
/// gives the same in sttpapi, what it gives here, and the case of the fixture.
fn check<'f>(
    outcomes: impl Iterator<Item = (&'f str, bool, String, &'f serde_json::Value)>,
    differences: &[Difference],
) {
    let mut wrong = Vec::new();
    let mut listed = 0;
    for (text, agrees, ours, case) in outcomes {
        let difference = differences.iter().find(|difference| difference.expression == text);
        listed += usize::from(difference.is_some());
        match difference {
            None if agrees => {}
            None => wrong.push(format!("{text}: {ours} instead of {case}")),
            Some(difference) if agrees => {
                wrong.push(format!("{text} no longer differs: {}", difference.reason))
            }
            Some(difference) if ours != difference.ours => {
                wrong.push(format!("{text}: {ours} instead of {}", difference.ours));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(listed, differences.len(), "each listed difference must be in the fixture once");
}

fn evaluate(expression: &str) -> Result<Value<'static>, FilterError> {
    Expression::parse(expression)?.evaluate(None, Ticks::now())
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

fn select(filter: &str, data: &DataSet) -> Result<Vec<usize>, FilterError> {
    let selected = Filter::parse(filter)?.select(data, &PrimaryTable::default(), Ticks::now())?;
    Ok(selected.iter().map(|selected| selected.row).collect())
}

/// The table of measurements in the fixture.
fn data_set(fixture: &serde_json::Value) -> DataSet {
    let columns: Vec<(&str, ColumnType)> = fixture["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| (column[0].as_str().unwrap(), column_type(column[1].as_str().unwrap())))
        .collect();
    let mut builder = DataSetBuilder::new("Fixture");
    let defined = columns.iter().map(|(name, column_type)| Column::new(*name, *column_type)).collect();
    let table = builder.add_table("ActiveMeasurements", defined).unwrap();
    for cells in fixture["rows"].as_array().unwrap() {
        let mut row = builder.append_row(table).unwrap();
        for ((name, _), cell) in columns.iter().zip(cells.as_array().unwrap()) {
            if let Some(text) = cell.as_str() {
                row = row.set_text(name, text).unwrap();
            }
        }
    }
    builder.finish()
}

fn column_type(name: &str) -> ColumnType {
    use ColumnType::{Boolean, DateTime, Decimal, Double, Guid, Int16, Int32, Int64, Single, String};
    [Boolean, DateTime, Decimal, Double, Guid, Int16, Int32, Int64, Single, String]
        .into_iter()
        .find(|column_type| column_type.to_string() == name)
        .unwrap()
}
