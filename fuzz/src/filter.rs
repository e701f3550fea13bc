//! Filter expressions.

use std::sync::LazyLock;

use sttp::Ticks;
use sttp::filter::{Allowance, Expression, Filter, PrimaryTable, Value};
use sttp::metadata::{Column, ColumnType, DataSet, DataSetBuilder};

/// 2026-01-01 in ticks.
const NOW: Ticks = Ticks(639_028_224_000_000_000);

/// Any text is parsed or refused with a place in it.
pub(crate) fn parse(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Err(error) = Expression::parse(&text) {
        assert!(!error.to_string().is_empty());
    }
    match Filter::parse(&text) {
        Ok(filter) => assert!(filter.tables().flatten().all(|table| !table.is_empty())),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// What can be parsed is evaluated, and gives the same value each time; what is null is so with the same type.
pub(crate) fn evaluate(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let table = DATA.table("ActiveMeasurements").expect("a table of the fixed data");
    if let Ok(expression) = Expression::parse(&text) {
        for row in [None, Some((table, 0)), Some((table, 1)), Some((table, 2)), Some((table, 3))] {
            match (expression.evaluate(row, NOW), expression.evaluate(row, NOW)) {
                (Ok(value), Ok(again)) => assert_same(&value, &again),
                (Err(error), Err(again)) => assert_eq!(error.to_string(), again.to_string()),
                (value, again) => panic!("{value:?} became {again:?}"),
            }
        }
    }
    if let Ok(filter) = Filter::parse(&text) {
        let primary = PrimaryTable::default();
        let selected = filter.select(&DATA, &primary, NOW);
        let each = filter.select_each(&DATA, &primary, NOW, &mut Allowance::default());
        assert!(each.len() == filter.tables().count());
        if let Ok(selected) = selected {
            for (place, one) in selected.iter().enumerate() {
                assert!(one.row < one.table.row_count());
                let is_same = |other: &&sttp::filter::Selected<'_>| {
                    other.row == one.row && other.table.name() == one.table.name()
                };
                assert_eq!(selected[place..].iter().filter(is_same).count(), 1, "a row was selected twice");
            }
        }
    }
}

fn assert_same(left: &Value<'_>, right: &Value<'_>) {
    assert_eq!(left.value_type(), right.value_type());
    assert_eq!(left.is_null(), right.is_null());
    assert_eq!(left.to_text(), right.to_text());
}

/// A table with a column of every type: rows of least, of greatest and of usual values, and one of nulls.
static DATA: LazyLock<DataSet> = LazyLock::new(|| {
    use ColumnType::*;
    let columns = [
        (
            "SignalID",
            Guid,
            [
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8",
            ],
        ),
        ("ID", String, ["", "GRID:18446744073709551615", "GRID:1"]),
        ("PointTag", String, ["%_[]", "\u{10FFFF}ǅß", "SHELBY:FREQ"]),
        ("Device", String, ["a", "A", "SHELBY"]),
        ("Boolean", Boolean, ["false", "true", "true"]),
        ("Int8", Int8, ["-128", "127", "1"]),
        ("Int16", Int16, ["-32768", "32767", "2"]),
        ("Int32", Int32, ["-2147483648", "2147483647", "3"]),
        ("Int64", Int64, ["-9223372036854775808", "9223372036854775807", "4"]),
        ("UInt8", UInt8, ["0", "255", "5"]),
        ("UInt16", UInt16, ["0", "65535", "6"]),
        ("UInt32", UInt32, ["0", "4294967295", "7"]),
        ("UInt64", UInt64, ["0", "18446744073709551615", "8"]),
        ("Single", Single, ["-INF", "3.4028235e38", "59.98"]),
        ("Double", Double, ["NaN", "1.7976931348623157e308", "-0.5"]),
        ("Decimal", Decimal, ["-79228162514264337593543950335", "0.0000000000000000000000000001", "2.50"]),
        (
            "DateTime",
            DateTime,
            ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2024-02-29T12:30:00Z"],
        ),
    ];
    let mut builder = DataSetBuilder::new("Fuzz");
    let defined = columns.iter().map(|(name, column_type, _)| Column::new(*name, *column_type)).collect();
    let table = builder.add_table("ActiveMeasurements", defined).expect("within limits");
    for number in 0..3 {
        let row = builder.append_row(table).expect("within limits");
        columns
            .iter()
            .try_fold(row, |row, (name, _, texts)| row.set_text(name, texts[number]))
            .expect("values of their types");
    }
    builder.append_row(table).expect("within limits");
    builder.finish()
});
