//! Lists of identifiers, as connection strings have them for output measurements.

use super::super::{Adjustment, Filter, PrimaryTable};
use super::NOW;
use crate::metadata::{Column, ColumnType, DataSet, DataSetBuilder};

const GUID: &str = "00000000-0000-0000-0000-000000000003";

fn data() -> DataSet {
    let mut builder = DataSetBuilder::new("Test");
    let columns =
        [("SignalID", ColumnType::Guid), ("ID", ColumnType::String), ("PointTag", ColumnType::String)];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type));
    let table = builder.add_table("ActiveMeasurements", columns.into()).unwrap();
    for (number, key, tag) in [
        (1, "PPA:1", "SHELBY:FREQ"),
        (2, "PPA:2", "TVA_SHELBY-BUS1:ABBV"),
        (3, "PPA:3", "A:B:7"),
        (4, "PPA:4", "with blank:X"),
        (5, "PPA:5", "SHELBY-PA1"),
    ] {
        let row = builder.append_row(table).unwrap().set("SignalID", uuid::Uuid::from_u128(number)).unwrap();
        row.set("ID", key).unwrap().set("PointTag", tag).unwrap();
    }
    builder.finish()
}

/// The numbers of the selected signals, or what is wrong.
fn selected(filter: &str) -> Result<Vec<usize>, String> {
    let filter = Filter::parse(filter).map_err(|error| error.to_string())?;
    let data = data();
    let selected = filter.select(&data, &PrimaryTable::default(), NOW).map_err(|error| error.to_string())?;
    Ok(selected.iter().map(|one| one.row + 1).collect())
}

#[test]
fn point_tags_need_no_quotes_where_they_can_be_nothing_else() {
    for (filter, expected) in [
        ("SHELBY:FREQ", vec![1]),
        ("shelby:freq;", vec![1]),
        ("  TVA_SHELBY-BUS1:ABBV ; SHELBY:FREQ\n;PPA:5", vec![2, 1, 5]),
        ("A:B:7", vec![3]),
        ("\"with blank:X\"; \"SHELBY-PA1\"", vec![4, 5]),
        ("NONE:X", vec![]),
        ("PPA:1;PPA:2", vec![1, 2]),
        ("FILTER ActiveMeasurements WHERE PointTag LIKE '%:FREQ'; A:B:7", vec![1, 3]),
    ] {
        assert_eq!(selected(filter), Ok(expected), "{filter}");
    }
}

#[test]
fn adders_and_multipliers_stand_behind_identifiers() {
    let text = format!(
        "PPA:1,0.5; {GUID}, -1 , 2e1;SHELBY:FREQ,+.5;\"with blank:X\",0,1; FILTER ActiveMeasurements WHERE False"
    );
    assert_eq!(selected(&text), Ok(vec![1, 3, 4]));
    let filter = Filter::parse(&text).unwrap();
    let adjustment = |adder, multiplier| Some(Adjustment { adder, multiplier });
    let expected =
        [adjustment(0.5, 1.0), adjustment(-1.0, 20.0), adjustment(0.5, 1.0), adjustment(0.0, 1.0), None];
    assert_eq!(filter.adjustments().collect::<Vec<_>>(), expected);
    assert_eq!(expected[1].unwrap().apply(3.0), 59.0);
    let portable =
        format!("PPA:1; {GUID}; \"SHELBY:FREQ\"; \"with blank:X\"; FILTER ActiveMeasurements WHERE False");
    assert_eq!(filter.portable(), portable);
    assert_eq!(selected(&portable), selected(&text));
    assert_eq!(Filter::parse("PPA:1").unwrap().portable(), "PPA:1");
}

#[test]
fn what_is_ambiguous_tells_how_to_quote() {
    for (filter, part) in [
        ("SHELBY-PA1", "if a point tag is meant, write it in double quotes"),
        ("with blank:X", "a point tag stands in double quotes"),
        ("SHELBY:FREQ SHELBY:FREQ", "a point tag stands in double quotes"),
        ("PPA:1, PPA:2", "expected an adder; identifiers are separated by ;"),
        ("PPA:1, 1, 2, 3", "expected an operator, ; or the end"),
        ("PPA:1, 1, x", "expected a multiplier"),
        (":FREQ", "a point tag stands in double quotes"),
        ("True, 1", "expected an operator, ; or the end"),
    ] {
        let error = selected(filter).unwrap_err();
        assert!(error.contains(part), "{filter}: {error}");
    }
}

proptest::proptest! {
    #[test]
    fn portable_filters_select_the_same(text in "(SHELBY:FREQ|PPA:[1-5]|A:B:7|\"A:B:7\"|True|'x'|, ?-?[0-9.]{1,3}|;| |-|:){1,8}") {
        if let (Ok(filter), Ok(rows)) = (Filter::parse(&text), selected(&text)) {
            let portable = filter.portable();
            proptest::prop_assert_eq!(selected(&portable), Ok(rows), "{}", portable);
        }
    }
}
