use uuid::Uuid;

use super::NOW;
use crate::filter::ast::{Node, Operation};
use crate::filter::evaluate::Environment;
use crate::filter::{Allowance, Expression, Filter, FilterProblem, PrimaryTable};
use crate::metadata::{Column, ColumnType, DataSet, DataSetBuilder, RowLookup};

fn signal(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Signals 1 to 6 in ActiveMeasurements, and a table of other names.
fn data() -> DataSet {
    let mut builder = DataSetBuilder::new("Test");
    let table = builder
        .add_table(
            "ActiveMeasurements",
            vec![
                Column::new("SignalID", ColumnType::Guid),
                Column::new("ID", ColumnType::String),
                Column::new("PointTag", ColumnType::String),
                Column::new("Device", ColumnType::String),
                Column::new("SignalType", ColumnType::String),
                Column::new("FramesPerSecond", ColumnType::Int32),
                Column::new("Adder", ColumnType::Double),
                Column::new("Count", ColumnType::UInt64),
                Column::new("UpdatedOn", ColumnType::DateTime),
                Column::new("order", ColumnType::Int8),
            ],
        )
        .unwrap();
    let rows = [
        ("PPA:1", "SHELBY:FREQ", Some("SHELBY"), "FREQ", Some(30)),
        ("PPA:2", "SHELBY:ABBV", Some("Shelby"), "VPHM", Some(60)),
        ("PPA:3", "cordova:freq", Some("CORDOVA"), "freq", None),
        ("PPA:4", "LOWELL:FREQ", Some("LOWELL"), "FREQ", Some(120)),
        ("ppa:5", "calc", None, "CALC", Some(30)),
        ("PPA:6", "B", None, "CALC", Some(30)),
    ];
    for (number, (key, tag, device, signal_type, frames)) in (1_u32..).zip(rows) {
        builder
            .append_row(table)
            .unwrap()
            .set("SignalID", signal(number.into()))
            .and_then(|row| row.set("ID", key))
            .and_then(|row| row.set("PointTag", tag))
            .and_then(|row| row.set("Device", device))
            .and_then(|row| row.set("SignalType", signal_type))
            .and_then(|row| row.set("FramesPerSecond", frames))
            .and_then(|row| row.set("Adder", f64::from(number) / 2.0))
            .and_then(|row| row.set("Count", u64::MAX - u64::from(number)))
            .and_then(|row| row.set("UpdatedOn", NOW))
            .and_then(|row| row.set("order", number as i8))
            .unwrap();
    }
    let other = builder.add_table("DeviceDetail", vec![Column::new("Acronym", ColumnType::String)]).unwrap();
    for acronym in ["SHELBY", "LOWELL"] {
        builder.append_row(other).unwrap().set("Acronym", acronym).unwrap();
    }
    builder.finish()
}

/// The rows that a filter selects: `1` is the first of the primary table, `DeviceDetail 1` of another.
fn select(filter: &str) -> String {
    let data = data();
    match Filter::parse(filter).and_then(|filter| {
        let selected = filter.select(&data, &PrimaryTable::default(), NOW)?;
        Ok(selected
            .iter()
            .map(|found| match found.table.name() {
                "ActiveMeasurements" => (found.row + 1).to_string(),
                other => format!("{other} {}", found.row + 1),
            })
            .collect::<Vec<_>>()
            .join(", "))
    }) {
        Ok(rows) => rows,
        Err(error) => error.to_string(),
    }
}

fn check(cases: &[(&str, &str)]) {
    for (filter, expected) in cases {
        assert_eq!(select(filter), *expected, "{filter}");
    }
}

#[test]
fn conditions_select_rows() {
    check(&[
        ("FILTER ActiveMeasurements WHERE SignalType = 'FREQ' AND Device LIKE 'SHELBY%'", "1"),
        ("filter activemeasurements where signaltype = 'freq'", "1, 3, 4"),
        ("FILTER ActiveMeasurements WHERE SignalType === 'freq'", "3"),
        ("FILTER ActiveMeasurements WHERE Device LIKE 'shelby'", "1, 2"),
        ("FILTER ActiveMeasurements WHERE Device NOT LIKE '%EL%'", "3"),
        ("FILTER ActiveMeasurements WHERE Device IN ('shelby', 'LOWELL')", "1, 2, 4"),
        ("FILTER ActiveMeasurements WHERE Device IN BINARY ('Shelby', Upper('lowell'))", "2, 4"),
        ("FILTER ActiveMeasurements WHERE Device IS NULL", "5, 6"),
        ("FILTER ActiveMeasurements WHERE Device <> 'SHELBY'", "3, 4"),
        ("FILTER ActiveMeasurements WHERE FramesPerSecond > 30", "2, 4"),
        ("FILTER ActiveMeasurements WHERE NOT FramesPerSecond > 30", "1, 5, 6"),
        ("FILTER ActiveMeasurements WHERE FramesPerSecond IN (60, 120)", "2, 4"),
        ("FILTER ActiveMeasurements WHERE FramesPerSecond IN ('60', 120.0)", "2, 4"),
        ("FILTER ActiveMeasurements WHERE Adder * 2 = 3", "3"),
        ("FILTER ActiveMeasurements WHERE Count > 9223372036854775807", "1, 2, 3, 4, 5, 6"),
        ("FILTER ActiveMeasurements WHERE UpdatedOn = Now() AND [order] = 2", "2"),
        ("FILTER ActiveMeasurements WHERE `PointTag` = 'b'", "6"),
        ("FILTER ActiveMeasurements WHERE SignalID = '00000000-0000-0000-0000-000000000002'", "2"),
        (
            "FILTER ActiveMeasurements WHERE SignalID IN ({00000000-0000-0000-0000-000000000004}, '00000000-0000-0000-0000-000000000009')",
            "4",
        ),
        ("FILTER ActiveMeasurements WHERE SignalID > '00000000-0000-0000-0000-000000000005'", "6"),
        ("SignalType = 'CALC'", "5, 6"),
        ("True", "1, 2, 3, 4, 5, 6"),
    ]);
}

#[test]
fn alternatives_of_a_column_are_a_list() {
    check(&[
        ("Device = 'lowell' OR (DEVICE = 'SHELBY') OR [device] = 'x'", "1, 2, 4"),
        ("Device === 'Shelby' OR Device === 'SHELBY'", "1, 2"),
        ("Device === 'Shelby' OR Device = 'LOWELL'", "2, 4"),
        ("FramesPerSecond = 60 OR FramesPerSecond = '120'", "2, 4"),
        ("FramesPerSecond = 60 OR Adder = 2.0", "2, 4"),
        ("Device = 'SHELBY' OR PointTag = 'B'", "1, 2"),
        ("NOT (Device = 'SHELBY' OR Device = 'LOWELL')", "3"),
        ("SignalID = 1 OR SignalID = 2", "filter, line 1, column 10: = cannot be applied to Guid and Int32"),
    ]);
    let is_list = |text: &str| match Expression::parse(text).unwrap().tree.root {
        Node::Chain(chain) => {
            matches!(chain.steps.as_slice(), [step] if matches!(step.operation, Operation::In { .. }))
        }
        _ => false,
    };
    assert!(is_list("A = 1 OR a = 2 OR (A = 3)"));
    assert!(is_list("(A = 'x') OR A = 'y'"));
    for other in
        ["A = 1", "A = 1 OR B = 2", "A = 1 OR A = 'x'", "A = 1 OR A = 2 AND A = 3", "A = 1 OR A <> 2"]
    {
        assert!(!is_list(other), "{other}");
    }
    let ids: Vec<String> = (4..10_000).map(|number| format!("SignalID = {{{}}}", signal(number))).collect();
    assert_eq!(select(&ids.join(" OR ")), "4, 5, 6");
}

#[test]
fn only_true_selects() {
    check(&[
        ("FILTER ActiveMeasurements WHERE NULL", ""),
        ("FILTER ActiveMeasurements WHERE 1", ""),
        ("FILTER ActiveMeasurements WHERE 'true'", ""),
        ("FILTER ActiveMeasurements WHERE Device = 'SHELBY' OR FramesPerSecond = 30", "1, 2"),
    ]);
}

#[test]
fn the_first_matches_are_taken_and_then_sorted() {
    check(&[
        ("FILTER TOP 2 ActiveMeasurements WHERE True", "1, 2"),
        ("FILTER TOP 3 ActiveMeasurements WHERE True ORDER BY PointTag", "3, 2, 1"),
        ("FILTER TOP 0 ActiveMeasurements WHERE True", ""),
        ("FILTER TOP -1 ActiveMeasurements WHERE True", "1, 2, 3, 4, 5, 6"),
        ("FILTER TOP +0x2 ActiveMeasurements WHERE SignalType = 'FREQ'", "1, 3"),
        ("FILTER TOP 99999999999 ActiveMeasurements WHERE False", ""),
    ]);
}

#[test]
fn rows_are_ordered() {
    check(&[
        ("FILTER ActiveMeasurements WHERE True ORDER BY PointTag", "6, 5, 3, 4, 2, 1"),
        ("FILTER ActiveMeasurements WHERE True ORDER BY BINARY PointTag", "6, 4, 2, 1, 5, 3"),
        ("FILTER ActiveMeasurements WHERE True ORDER BY === PointTag DESC", "3, 5, 1, 2, 4, 6"),
        ("FILTER ActiveMeasurements WHERE True ORDER BY FramesPerSecond", "3, 1, 5, 6, 2, 4"),
        (
            "FILTER ActiveMeasurements WHERE True ORDER BY FramesPerSecond DESC, Adder DESC",
            "4, 2, 6, 5, 1, 3",
        ),
        ("FILTER ActiveMeasurements WHERE True ORDER BY Device ASC, [order] DESC", "6, 5, 3, 4, 2, 1"),
    ]);
}

#[test]
fn identifiers_select_one_row_each() {
    check(&[
        ("00000000-0000-0000-0000-000000000002", "2"),
        ("{00000000-0000-0000-0000-000000000003};'00000000-0000-0000-0000-000000000001';", "3, 1"),
        ("ppa:2; PPA:5; PPA:9", "2, 5"),
        ("\"CORDOVA:FREQ\"; \"none\"", "3"),
        (";;PPA:2;;\"b\";FILTER ActiveMeasurements WHERE FramesPerSecond = 30;", "2, 6, 1, 5"),
        ("FILTER DeviceDetail WHERE Acronym LIKE '%'; PPA:1", "DeviceDetail 1, DeviceDetail 2, 1"),
        ("{00000000-0000-0000-0000-000000000002} = SignalID", "2"),
    ]);
}

#[test]
fn what_does_not_exist_is_an_error() {
    check(&[
        (
            "FILTER Nothing WHERE True",
            "filter, line 1, column 8: there is no table Nothing in the data set Test",
        ),
        (
            "FILTER DeviceDetail WHERE\n Name = 'x'",
            "filter, line 2, column 2: there is no column Name in the table DeviceDetail",
        ),
        (
            "FILTER DeviceDetail WHERE True ORDER BY Name",
            "filter, line 1, column 41: there is no column Name in the table DeviceDetail",
        ),
        ("PPA:1; Device / 2 = 1", "filter, line 1, column 15: / cannot be applied to String and Int32"),
    ]);
    let data = data();
    let primary = PrimaryTable { measurement_key: "Key", ..PrimaryTable::default() };
    let error = Filter::parse("{00000000-0000-0000-0000-000000000002}; PPA:1")
        .unwrap()
        .select(&data, &primary, NOW)
        .unwrap_err();
    assert_eq!(
        (error.column(), error.problem().to_string().as_str()),
        (41, "there is no column Key in the table ActiveMeasurements")
    );
    let primary = PrimaryTable { name: "Other", ..PrimaryTable::default() };
    assert!(Filter::parse("FILTER DeviceDetail WHERE True").unwrap().select(&data, &primary, NOW).is_ok());
    assert!(Filter::parse("PPA:1").unwrap().select(&data, &primary, NOW).is_err());
}

#[test]
fn a_lookup_replaces_the_search() {
    struct Fixed;
    impl RowLookup for Fixed {
        fn by_signal_id(&self, _: Uuid) -> Option<usize> {
            Some(3)
        }
        fn by_key(&self, _: &str) -> Option<usize> {
            Some(1_000)
        }
        fn by_point_tag(&self, _: &str) -> Option<usize> {
            None
        }
    }
    let data = data();
    let primary = PrimaryTable { lookup: Some(&Fixed), ..PrimaryTable::default() };
    let selected = Filter::parse("{00000000-0000-0000-0000-000000000002}; PPA:1; \"B\"")
        .unwrap()
        .select(&data, &primary, NOW)
        .unwrap();
    assert_eq!(selected.iter().map(|found| found.row).collect::<Vec<_>>(), [3]);
}

#[test]
fn statements_can_be_used_by_themselves() {
    let data = data();
    let filter = Filter::parse("FILTER Nothing WHERE True; PPA:2; FILTER DeviceDetail WHERE True").unwrap();
    assert_eq!(filter.tables().collect::<Vec<_>>(), [Some("Nothing"), None, Some("DeviceDetail")]);
    let counts: Vec<_> = filter
        .select_each(&data, &PrimaryTable::default(), NOW, &mut Allowance::default())
        .into_iter()
        .map(|selected| selected.map(|selected| selected.len()).map_err(|error| error.column()))
        .collect();
    assert_eq!(counts, [Err(8), Ok(1), Ok(2)]);
}

#[test]
fn expressions_are_evaluated_at_a_row() {
    let data = data();
    let table = data.table("ActiveMeasurements").unwrap();
    let evaluate = |text: &str, row| {
        Expression::parse(text).unwrap().evaluate(Some((table, row)), NOW).unwrap().to_string()
    };
    assert_eq!(evaluate("PointTag + ' ' + FramesPerSecond", 1), "String: SHELBY:ABBV 60");
    assert_eq!(evaluate("FramesPerSecond", 2), "Int32: null");
    assert_eq!(evaluate("Count", 0), "Double: 1.8446744073709552e19");
    assert_eq!(evaluate("Device", 99), "String: null");
}

#[test]
fn work_is_bounded() {
    let environment = Environment::new(NOW);
    assert_eq!(environment.spend(1_000_000), Ok(()));
    assert!(matches!(environment.spend(usize::MAX), Err(FilterProblem::TooMuchWork { .. })));
}
