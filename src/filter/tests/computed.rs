//! Columns whose values an expression gives.

use super::super::{Filter, PrimaryTable};
use super::*;
use crate::metadata::{Column, ColumnType, DataSet, DataSetBuilder, FindingKind, Limits, Value as Cell};

/// A table `T` of the given columns, the first of which holds texts and is not computed.
fn table(columns: Vec<Column>, texts: &[&str]) -> DataSet {
    let mut builder = DataSetBuilder::new("DataSet");
    let columns = [vec![Column::new("A", ColumnType::String)], columns].concat();
    let table = builder.add_table("T", columns).unwrap();
    for text in texts {
        builder.append_row(table).unwrap().set("A", *text).unwrap();
    }
    builder.finish()
}

fn cells(data_set: &DataSet, column: usize) -> Vec<Cell<'_>> {
    let table = data_set.table("T").unwrap();
    (0..table.row_count()).map(|row| table.value(row, column)).collect()
}

#[test]
fn columns_are_computed_in_the_order_in_which_they_depend_on_each_other() {
    let columns = vec![
        Column::computed("Twice", ColumnType::Int64, "Length * 2"),
        Column::computed("Length", ColumnType::Int32, "Len(a)"),
        Column::computed("Text", ColumnType::String, "Upper(A) + Twice"),
        Column::computed("Half", ColumnType::Double, "Length / 2.0"),
        Column::computed("Small", ColumnType::Single, "0.5"),
        Column::computed("Is", ColumnType::Boolean, "A LIKE 'x%'"),
    ];
    let data_set = table(columns, &["x", "abc"]);
    assert!(data_set.findings().is_empty(), "{}", data_set.findings());
    assert_eq!(cells(&data_set, 1), [Cell::Int(2), Cell::Int(6)]);
    assert_eq!(cells(&data_set, 2), [Cell::Int(1), Cell::Int(3)]);
    assert_eq!(cells(&data_set, 3), [Cell::String("X2"), Cell::String("ABC6")]);
    assert_eq!(cells(&data_set, 4), [Cell::Double(0.5), Cell::Double(1.5)]);
    assert_eq!(cells(&data_set, 5), [Cell::Single(0.5), Cell::Single(0.5)]);
    assert_eq!(cells(&data_set, 6), [Cell::Boolean(true), Cell::Boolean(false)]);

    // They are not written but computed again, and filters find them.
    let written = String::from_utf8(data_set.to_xml()).unwrap();
    assert!(!written.contains("<Twice>"), "{written}");
    let again = DataSet::from_xml(written.as_bytes(), &Limits::default()).unwrap();
    for column in 1..7 {
        assert_eq!(cells(&again, column), cells(&data_set, column));
    }
    let filter = Filter::parse("FILTER T WHERE Twice > 5").unwrap();
    let selected = filter.select(&again, &PrimaryTable::default(), NOW).unwrap();
    assert_eq!(selected.iter().map(|one| one.row).collect::<Vec<_>>(), [1]);
}

#[test]
fn where_an_expression_has_no_value_the_cell_is_null_and_it_is_told() {
    let columns = vec![
        Column::computed("Bad", ColumnType::Int32, "Len("),
        Column::computed("Unknown", ColumnType::Int32, "Nothing + 1"),
        Column::computed("First", ColumnType::Int32, "Second"),
        Column::computed("Second", ColumnType::Int32, "First"),
        Column::computed("Number", ColumnType::Int8, "Convert(A, 'Int32')"),
        Column::computed("Null", ColumnType::String, "IIf(A = '7', NULL, A)"),
    ];
    let data_set = table(columns, &["7", "x", "300"]);
    let told: Vec<String> = data_set.findings().iter().map(ToString::to_string).collect();
    assert_eq!(data_set.findings().count_of(FindingKind::NotComputed), told.len());
    for (start, part) in [
        ("T, Bad: ", "column 5: found the end"),
        ("T, Unknown: ", "there is no column Nothing"),
        ("T, First: ", "depends on itself"),
        ("T, Second: ", "depends on itself"),
        ("T, row 1, Number: ", "cannot be converted to Int32"),
        ("T, row 2, Number: ", "not \"300\""),
    ] {
        assert!(told.iter().any(|text| text.starts_with(start) && text.contains(part)), "{start}: {told:#?}");
    }
    assert_eq!(told.len(), 6, "{told:#?}");
    assert_eq!(cells(&data_set, 5), [Cell::Int(7), Cell::Null, Cell::Null]);
    assert_eq!(cells(&data_set, 6), [Cell::Null, Cell::String("x"), Cell::String("300")]);
}

#[test]
fn long_chains_of_columns_and_too_much_work_end() {
    let name = |number| format!("C{number}");
    let chain = (0..30).map(|number| {
        let expression = if number == 0 { "1".into() } else { format!("C{} + 1", number - 1) };
        Column::computed(name(number), ColumnType::Int32, expression)
    });
    let data_set = table(chain.collect(), &["x"]);
    assert_eq!(cells(&data_set, 16), [Cell::Int(16)]);
    assert_eq!(cells(&data_set, 17), [Cell::Null]);
    assert_eq!(data_set.findings().count(), 14);

    let text = "x".repeat(1 << 20);
    let grown = Column::computed("B", ColumnType::String, "IIf(Len(A) > 0, A, A)");
    let data_set = table(vec![grown], &vec![text.as_str(); 300]);
    let told = data_set.findings().to_string();
    assert!(told.starts_with("T, row 256, B: ") && told.contains("bytes"), "{told}");
}

#[test]
fn one_expression_is_evaluated_at_many_rows() {
    let data_set = table(Vec::new(), &["7", "x", "9"]);
    let table = data_set.table("T").unwrap();
    let expression = Expression::parse("Convert(A, 'Int32') + 1").unwrap();
    let mut values = Vec::new();
    let visit = |row, value: Result<Value<'_>, FilterError>| {
        values.push((row, value.map_or_else(|error| error.to_string(), |value| value.to_string())));
    };
    expression.evaluate_each(table, [2, 0, 1, 7], NOW, visit).unwrap();
    assert_eq!(values.len(), 3);
    assert_eq!(values[..2], [(2, outcome("9 + 1")), (0, outcome("7 + 1"))]);
    assert!(values[2].1.contains("cannot be converted"), "{values:?}");
    let unknown = Expression::parse("B").unwrap().evaluate_each(table, [0], NOW, |_, _| {});
    assert!(unknown.unwrap_err().to_string().contains("there is no column B"));
}
