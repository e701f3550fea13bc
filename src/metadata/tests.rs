use proptest::prelude::*;
use uuid::{Uuid, uuid};

use super::*;
use crate::time::Ticks;

const ANGLE: Uuid = uuid!("00000000-0000-0000-0000-000000000001");
const MAGNITUDE: Uuid = uuid!("00000000-0000-0000-0000-000000000002");
const FREQUENCY: Uuid = uuid!("00000000-0000-0000-0000-000000000003");
const LOST: Uuid = uuid!("00000000-0000-0000-0000-000000000004");
const NODE: Uuid = uuid!("00000000-0000-0000-0000-0000000000ff");

/// Two devices; `SHELBY` has a phasor and a disabled frequency, `MODBUS` one measurement that is
/// external, and one measurement has no device.
fn two_devices() -> Metadata {
    try_two_devices().unwrap()
}

fn try_two_devices() -> Result<Metadata, MetadataError> {
    let mut builder = DataSetBuilder::standard()?;
    let [devices, measurements, phasors] =
        ["DeviceDetail", "measurementdetail", "PhasorDetail"].map(|name| builder.table_index(name).unwrap());
    let row = builder.append_row(devices)?.set("Acronym", "SHELBY")?.set("ProtocolName", "IeeeC37_118V1")?;
    row.set("FramesPerSecond", 60)?.set_text("Longitude", "-89.5")?.set("CompanyAcronym", "TVA")?;
    let row = builder.append_row(devices)?.set("Acronym", "MODBUS")?.set("ProtocolName", "modbus TCP")?;
    row.set("OriginalSource", "FAR")?;
    let row =
        builder.append_row(phasors)?.set("ID", 7)?.set("DeviceAcronym", "SHELBY")?.set("SourceIndex", 1)?;
    row.set("Type", "V")?.set("Phase", "+")?;
    let mut add = |signal_id: Uuid, device: Option<&str>, signal_type: &str, number: u32| {
        let row =
            builder.append_row(measurements)?.set("SignalID", signal_id)?.set("DeviceAcronym", device)?;
        let row = row.set("SignalAcronym", signal_type)?.set("ID", format!("PPA:{number}").as_str())?;
        let row = row.set("PointTag", format!("Tag{number}").as_str())?.set("Enabled", true)?;
        row.set("Internal", true).map(|row| row.row())
    };
    let angle = add(ANGLE, Some("SHELBY"), "VPHA", 1)?;
    let frequency = add(FREQUENCY, Some("SHELBY"), "FREQ", 2)?;
    let magnitude = add(MAGNITUDE, Some("SHELBY"), "VPHM", 3)?;
    let lost = add(LOST, Some("MODBUS"), "", 4)?;
    add(Uuid::nil(), None, "IPHA", 5)?;
    let column = |name| builder.column_index(measurements, name).unwrap();
    let (enabled, internal, source_index) =
        (column("Enabled"), column("Internal"), column("PhasorSourceIndex"));
    builder.set(measurements, frequency, enabled, false.into())?;
    builder.set(measurements, lost, internal, Value::Null)?;
    builder.set(measurements, angle, source_index, 1.into())?;
    builder.set(measurements, magnitude, source_index, 1.into())?;
    Ok(Metadata::with_node_id(builder.finish(), NODE))
}

#[test]
fn records_are_linked() {
    let metadata = two_devices();
    let shelby = metadata.device_by_acronym("shelby").unwrap();
    assert_eq!(shelby.row(), 0);
    let ids: Vec<_> = shelby.measurements().map(|measurement| measurement.signal_id().unwrap()).collect();
    assert_eq!(ids, [ANGLE, FREQUENCY, MAGNITUDE]);
    let phasor = shelby.phasors().next().unwrap();
    assert_eq!(phasor.id(), Some(7));
    assert_eq!(phasor.device().unwrap().row(), 0);
    assert_eq!(phasor.angle().unwrap().signal_id(), Some(ANGLE));
    assert_eq!(phasor.magnitude().unwrap().signal_id(), Some(MAGNITUDE));
    let angle = metadata.measurement_by_signal_id(ANGLE).unwrap();
    assert_eq!(angle.phasor().unwrap().row(), phasor.row());
    assert_eq!(angle.key(), Some(MeasurementKey { source: "PPA", number: 1 }));
    assert!(metadata.measurement_by_signal_id(FREQUENCY).unwrap().phasor().is_none());
    assert!(metadata.measurement_by_signal_id(Uuid::max()).is_none());
    assert!(metadata.device_by_acronym("nowhere").is_none());
}

#[test]
fn records_are_found_by_all_their_names() {
    let mut builder = DataSetBuilder::from_data_set(two_devices().data_set());
    let [devices, measurements, phasors] =
        ["DeviceDetail", "MeasurementDetail", "PhasorDetail"].map(|name| builder.table_index(name).unwrap());
    for (table, column, value) in [(devices, "Name", "Shelby 500 kV"), (phasors, "Label", "Bus 1")] {
        let column = builder.column_index(table, column).unwrap();
        builder.set(table, 0, column, value.into()).unwrap();
    }
    for (name, column_type, text) in
        [("Adder", ColumnType::Double, "0.5"), ("Multiplier", ColumnType::String, "2")]
    {
        let column = builder.add_column(measurements, Column::new(name, column_type)).unwrap();
        builder.set_text(measurements, 0, column, text).unwrap();
    }
    let metadata = Metadata::new(builder.finish());
    assert_eq!(metadata.measurement_by_key("ppa:3").unwrap().signal_id(), Some(MAGNITUDE));
    assert_eq!(metadata.measurement_by_point_tag("TAG2").unwrap().signal_id(), Some(FREQUENCY));
    let shelby = metadata.device_by_name("SHELBY 500 kv").unwrap();
    assert_eq!(shelby.acronym(), Some("SHELBY"));
    assert_eq!(shelby.phasor_by_label("BUS 1").unwrap().row(), 0);
    assert!(shelby.phasor_by_label("Bus 2").is_none() && metadata.measurement_by_key("PPA:9").is_none());
    assert_eq!(metadata.measurement(0).unwrap().adjusted(10.0), 20.5);
    assert_eq!(metadata.measurement(1).unwrap().adjusted(10.0), 10.0);
    let active = metadata.active_measurements().table();
    let adder = active.column_index("Adder").unwrap();
    assert_eq!([active.value(0, adder), active.value(1, adder)], [Value::Double(0.5), Value::Double(0.0)]);
}

#[test]
fn concentrators_know_their_children() {
    let mut builder = DataSetBuilder::standard().unwrap();
    let devices = builder.table_index("DeviceDetail").unwrap();
    for (acronym, parent) in [("PDC", None), ("A", Some("PDC")), ("B", Some("PDC")), ("LOOP", Some("LOOP"))] {
        builder
            .append_row(devices)
            .unwrap()
            .set("Acronym", acronym)
            .unwrap()
            .set("ParentAcronym", parent)
            .unwrap();
    }
    let metadata = Metadata::new(builder.finish());
    let children = |acronym| -> Vec<usize> {
        metadata.device_by_acronym(acronym).unwrap().children().map(DeviceRecord::row).collect()
    };
    assert_eq!(children("PDC"), [1, 2]);
    assert_eq!(children("A"), []);
    assert_eq!(children("LOOP"), [3]);
    assert_eq!(metadata.device(2).unwrap().parent().unwrap().row(), 0);
}

#[test]
fn all_tables_are_those_of_the_data_set_and_the_active_measurements() {
    let metadata = two_devices();
    let names: Vec<&str> = metadata.all_tables().tables().map(Table::name).collect();
    assert_eq!(
        names,
        ["DeviceDetail", "MeasurementDetail", "PhasorDetail", "SchemaVersion", "ActiveMeasurements"]
    );
    assert_eq!(metadata.all_tables().table("activemeasurements").unwrap().row_count(), 4);

    let mut builder = DataSetBuilder::from_data_set(metadata.data_set());
    builder.add_table("ACTIVEMEASUREMENTS", Vec::new()).unwrap();
    let metadata = Metadata::new(builder.finish());
    assert_eq!(metadata.all_tables().tables().len(), 5);
    assert_eq!(metadata.all_tables().table("ActiveMeasurements").unwrap().row_count(), 0);
}

#[test]
fn a_builder_goes_on_from_a_data_set() {
    let metadata = two_devices();
    let mut builder = DataSetBuilder::from_data_set(metadata.data_set());
    assert_eq!(builder.finish().to_xml(), metadata.data_set().to_xml());

    builder = DataSetBuilder::from_data_set(metadata.data_set());
    let devices = builder.table_index("DeviceDetail").unwrap();
    let remark = builder.add_column(devices, Column::new("Remark", ColumnType::String)).unwrap();
    builder.append_row(devices).unwrap().set("Acronym", "SHELBY").unwrap().set("Remark", "new").unwrap();
    builder.set(devices, 0, remark, "MODBUS".into()).unwrap();
    let changed = builder.finish();
    let table = changed.table("DeviceDetail").unwrap();
    let acronym = table.column_index("Acronym").unwrap();
    assert_eq!(table.row_count(), 3);
    assert_eq!(table.string_id(0, acronym), table.string_id(2, acronym), "equal texts stay shared");
    assert_eq!(table.string_id(0, remark), table.string_id(1, acronym));
    assert_eq!([table.value(1, remark), table.value(2, remark)], [Value::Null, Value::String("new")]);
    assert_eq!(metadata.devices().len(), 2, "the original does not change");
}

#[test]
fn columns_are_added_within_the_limits() {
    let limits = Limits { columns: 2, cells: 5, ..Limits::default() };
    let mut builder = DataSetBuilder::with_limits("Data", limits);
    let column = |name| Column::new(name, ColumnType::Int32);
    assert!(matches!(builder.add_column(0, column("A")), Err(MetadataError::Missing { .. })));
    let table = builder.add_table("T", vec![column("A")]).unwrap();
    assert!(matches!(builder.add_column(table, column("a")), Err(MetadataError::BadName { .. })));
    let rows: Vec<_> = (0..3).map(|_| builder.push_row(table).unwrap()).collect();
    assert_eq!(rows, [0, 1, 2]);
    let cells = builder.add_column(table, column("B"));
    assert!(matches!(cells, Err(MetadataError::TooMany { what: "cells", count: 6, .. })), "{cells:?}");
    let other = builder.add_table("U", vec![column("A")]).unwrap();
    assert_eq!(builder.add_column(other, column("B")), Ok(1));
    let columns = builder.add_column(other, column("C"));
    assert!(matches!(columns, Err(MetadataError::TooMany { what: "columns", .. })), "{columns:?}");
    assert!(builder.set(table, 0, 1, 7.into()).is_err(), "the refused column is not there");
}

/// Whether a column of `ActiveMeasurements` is that of `MeasurementDetail` itself.
fn is_taken_over(metadata: &Metadata, name: &str, source: &str) -> bool {
    let cells = |table: &Table, name: &str| {
        std::sync::Arc::as_ptr(table.cells(table.column_index(name).unwrap()).unwrap())
    };
    let measurements = metadata.data_set().table("MeasurementDetail").unwrap();
    std::ptr::eq(cells(metadata.active_measurements().table(), name), cells(measurements, source))
}

#[test]
fn columns_that_say_the_same_in_active_measurements_are_shared() {
    let taken = |device: &str, signal_type: Option<&str>, is_enabled: bool| {
        let mut builder = DataSetBuilder::standard().unwrap();
        let table = builder.table_index("MeasurementDetail").unwrap();
        for (id, device, signal_type, enabled) in
            [(ANGLE, "SHELBY", Some("VPHA"), true), (LOST, device, signal_type, is_enabled)]
        {
            let row = builder.append_row(table).unwrap().set("SignalID", id).unwrap();
            let row = row.set("DeviceAcronym", device).unwrap().set("SignalAcronym", signal_type).unwrap();
            row.set("Enabled", enabled).unwrap();
        }
        let metadata = Metadata::new(builder.finish());
        let table = metadata.active_measurements().table().clone();
        let value = |name: &str| table.value(1, table.column_index(name).unwrap()).to_string();
        let columns =
            [("SignalID", "SignalID"), ("Device", "DeviceAcronym"), ("SignalType", "SignalAcronym")];
        (
            columns.map(|(name, source)| is_taken_over(&metadata, name, source)),
            ["SignalID", "Device", "SignalType"].map(value),
        )
    };
    let lost = LOST.to_string();
    let row = |device: &str, signal_type: &str| [lost.clone(), device.to_owned(), signal_type.to_owned()];
    assert_eq!(taken("MODBUS", Some("FREQ"), true), ([true, true, true], row("MODBUS", "FREQ")));
    assert_eq!(taken("", Some("FREQ"), true), ([true, false, true], row("", "FREQ")));
    assert_eq!(taken("MODBUS", None, true), ([true, true, false], row("MODBUS", "CALC")));
    assert_eq!(taken("MODBUS", Some(""), true), ([true, true, false], row("MODBUS", "CALC")));
    assert_eq!(taken("MODBUS", Some("FREQ"), false).0, [false, false, false]);
}

#[test]
fn active_measurements_are_derived() {
    let metadata = two_devices();
    let active = metadata.active_measurements();
    let table = active.table();
    assert_eq!(table.name(), "ActiveMeasurements");
    assert_eq!(active.data_set().table("activemeasurements").map(Table::row_count), Some(4));
    assert_eq!(
        (0..5).map(|row| active.measurement_row(row)).collect::<Vec<_>>(),
        [Some(0), Some(2), Some(3), Some(4), None]
    );
    assert_eq!([active.active_row(1), active.active_row(2)], [None, Some(1)]);
    let cells = |row: usize, columns: &[&str]| -> Vec<String> {
        let value = |name: &&str| table.value(row, table.column_index(name).unwrap());
        columns
            .iter()
            .map(|name| if value(name).is_null() { "null".into() } else { value(name).to_string() })
            .collect()
    };
    let device =
        ["Device", "DeviceID", "FramesPerSecond", "Protocol", "ProtocolType", "Company", "Longitude"];
    assert_eq!(cells(0, &device), ["SHELBY", "0", "60", "IeeeC37_118V1", "Frame", "TVA", "-89.5"]);
    assert_eq!(cells(2, &device), ["MODBUS", "1", "30", "modbus TCP", "Measurement", "null", "null"]);
    assert_eq!(cells(3, &device), ["null", "null", "30", "null", "null", "null", "null"]);
    let signal =
        ["SignalType", "EngineeringUnits", "PhasorID", "PhasorType", "Phase", "Internal", "Subscribed"];
    assert_eq!(cells(0, &signal), ["VPHA", "Degrees", "7", "V", "+", "1", "0"]);
    assert_eq!(cells(1, &signal), ["VPHM", "Volts", "7", "V", "+", "1", "0"]);
    assert_eq!(cells(2, &signal), ["CALC", "", "null", "null", "null", "0", "0"]);
    assert_eq!(cells(3, &signal), ["IPHA", "Degrees", "null", "null", "null", "1", "0"]);
    let rest = ["SourceNodeID", "ID", "PointTag", "AlternateTag", "Adder", "Multiplier", "Description"];
    assert_eq!(cells(1, &rest), [&NODE.to_string(), "PPA:3", "Tag3", "null", "0.0", "1.0", "null"]);
}

#[test]
fn active_measurements_are_found() {
    let metadata = two_devices();
    let active = metadata.active_measurements();
    assert_eq!(active.by_signal_id(MAGNITUDE), Some(1));
    assert_eq!(active.by_signal_id(FREQUENCY), None);
    assert_eq!(active.by_key("ppa:4"), Some(2));
    assert_eq!(active.by_point_tag("TAG1"), Some(0));
    assert_eq!(active.by_point_tag("Tag2"), None);
}

#[test]
fn views_share_the_texts() {
    let metadata = two_devices();
    let measurements = metadata.data_set().table("MeasurementDetail").unwrap();
    let active = metadata.active_measurements().table();
    let (tag, active_tag) =
        (measurements.column_index("PointTag").unwrap(), active.column_index("PointTag").unwrap());
    assert_eq!(active.string_id(1, active_tag), measurements.string_id(2, tag));
    assert_eq!(active.c_str(1, active_tag).unwrap().as_ptr(), measurements.c_str(2, tag).unwrap().as_ptr());
    assert_eq!(active.c_str(1, active_tag), Some(c"Tag3"));
}

#[test]
fn scopes_drop_what_loses_its_counterpart() {
    let metadata = two_devices();
    assert_eq!(metadata.rows_in_scope(MetadataScope::from_flags(true, true)).len(), 4);
    assert_eq!(MetadataScope::from_flags(false, false), MetadataScope::All);
    let all = metadata.rows_in_scope(MetadataScope::All);
    assert_eq!(all, [(0, vec![0, 1]), (1, vec![0, 1, 2, 3, 4]), (2, vec![0]), (3, vec![0])]);
    let internal = metadata.rows_in_scope(MetadataScope::from_flags(true, false));
    assert_eq!(internal, [(0, vec![0]), (1, vec![0, 1, 2, 4]), (2, vec![0]), (3, vec![0])]);
    let external = metadata.rows_in_scope(MetadataScope::from_flags(false, true));
    assert_eq!(external, [(0, vec![1]), (1, vec![3]), (2, vec![]), (3, vec![0])]);
}

#[test]
fn selected_rows_come_in_their_order() {
    let metadata = two_devices();
    let selected = metadata.data_set().select_rows(&[(1, vec![3, 0, 99, 3]), (9, vec![0])]);
    let counts: Vec<_> = selected.tables().map(Table::row_count).collect();
    assert_eq!(counts, [0, 3, 0, 0]);
    let table = selected.table("MeasurementDetail").unwrap();
    let signal_id = table.column_index("SignalID").unwrap();
    assert_eq!([0, 1, 2].map(|row| table.value(row, signal_id)), [LOST, ANGLE, LOST].map(Value::Guid));
    let again = DataSet::from_xml(&selected.to_xml(), &Limits::default()).unwrap();
    assert_eq!(again.table("MeasurementDetail").unwrap().value(1, signal_id), Value::Guid(ANGLE));
}

#[test]
fn metadata_without_standard_tables_are_empty() {
    let metadata = Metadata::new(DataSetBuilder::new("Empty").finish());
    assert_eq!(metadata.schema_version(), None);
    assert_eq!(metadata.devices().len() + metadata.measurements().len() + metadata.phasors().len(), 0);
    assert_eq!(metadata.active_measurements().table().row_count(), 0);
    assert!(metadata.measurement_by_signal_id(ANGLE).is_none());
    assert!(metadata.rows_in_scope(MetadataScope::Internal).is_empty());
}

#[test]
fn columns_of_unexpected_types_are_read_where_they_make_sense() {
    let mut builder = DataSetBuilder::new("DataSet");
    let names = ["SignalID", "PhasorSourceIndex", "Internal", "UpdatedOn", "PointTag"];
    let types =
        [ColumnType::String, ColumnType::Decimal, ColumnType::Int16, ColumnType::String, ColumnType::Int32];
    let columns = names.into_iter().zip(types).map(|(name, column_type)| Column::new(name, column_type));
    let table = builder.add_table("MeasurementDetail", columns.collect()).unwrap();
    let texts = ["{00000000-0000-0000-0000-000000000001}", "2", "1", "1970-01-01", "9"];
    texts
        .into_iter()
        .zip(names)
        .fold(builder.append_row(table).unwrap(), |row, (text, name)| row.set_text(name, text).unwrap());
    let metadata = Metadata::new(builder.finish());
    let measurement = metadata.measurement_by_signal_id(ANGLE).unwrap();
    assert_eq!(measurement.phasor_source_index(), Some(2));
    assert_eq!(measurement.internal(), Some(true));
    assert_eq!(measurement.updated_on(), Some(Ticks::UNIX_EPOCH));
    assert_eq!(measurement.point_tag(), None);
    // Without a column `Enabled` nothing is disabled.
    assert_eq!(metadata.active_measurements().table().row_count(), 1);
}

#[test]
fn the_builder_says_what_is_wrong() {
    let mut builder = DataSetBuilder::new("DataSet");
    let columns = || vec![Column::new("A", ColumnType::Int8), Column::new("B", ColumnType::String)];
    let table = builder.add_table("T", columns()).unwrap();
    builder.push_row(table).unwrap();
    let message = |result: Result<(), MetadataError>| result.unwrap_err().to_string();
    for (value, text) in [(Value::Int(128), "128"), (Value::String("7"), "7"), (Value::Double(1.0), "1.0")] {
        assert_eq!(message(builder.set(table, 0, 0, value)), format!("T.A holds Int8 values, not {text:?}"));
    }
    assert_eq!(message(builder.set_text(table, 0, 0, "-129")), "T.A holds Int8 values, not \"-129\"");
    assert_eq!(message(builder.set_text(table, 0, 0, "")), "T.A holds Int8 values, not \"\"");
    assert_eq!(
        message(builder.set(table, 0, 1, "a\0b".into())),
        "the text for T.B contains a NUL character at byte 1"
    );
    assert_eq!(message(builder.set(table, 1, 1, Value::Null)), "there is no row 1 in T");
    assert_eq!(message(builder.set(table, 0, 2, Value::Null)), "there is no column 2 in T");
    assert_eq!(message(builder.set(4, 0, 0, Value::Null)), "there is no table 4 in DataSet");
    assert_eq!(message(builder.push_row(4).map(drop)), "there is no table 4 in DataSet");
    assert_eq!(
        message(builder.append_row(table).unwrap().set("C", 1).map(drop)),
        "there is no column C in T"
    );
    assert_eq!(
        message(builder.add_table("t", columns()).map(drop)),
        "\"t\" cannot name a table: it is already used"
    );
    let twice = vec![Column::new("A", ColumnType::Int8), Column::new("a", ColumnType::Int8)];
    assert_eq!(
        message(builder.add_table("U", twice).map(drop)),
        "\"a\" cannot name a column: it is already used"
    );
    assert_eq!(message(builder.add_table("", vec![]).map(drop)), "\"\" cannot name a table: it is empty");
}

#[test]
fn failed_sets_change_nothing_and_null_clears() {
    let mut builder = DataSetBuilder::new("DataSet");
    let table = builder.add_table("T", vec![Column::new("A", ColumnType::UInt64)]).unwrap();
    for _ in 0..130 {
        builder.push_row(table).unwrap();
    }
    builder.set(table, 64, 0, 5u64.into()).unwrap();
    builder.set(table, 129, 0, 6i32.into()).unwrap();
    assert!(builder.set(table, 64, 0, (-1).into()).is_err());
    builder.set(table, 129, 0, Value::Null).unwrap();
    let data_set = builder.finish();
    let table = data_set.table("T").unwrap();
    let filled: Vec<_> = (0..131).filter(|row| !table.value(*row, 0).is_null()).collect();
    assert_eq!(filled, [64]);
    assert_eq!(table.value(64, 0), Value::UInt64(5));
}

proptest! {
    #[test]
    fn texts_round_trip_and_are_shared(texts in proptest::collection::vec(proptest::option::of("[a-cé]{0,3}"), 0..80)) {
        let mut builder = DataSetBuilder::new("DataSet");
        let table = builder.add_table("T", vec![Column::new("A", ColumnType::String)]).unwrap();
        for text in &texts {
            builder.append_row(table).unwrap().set("A", text.as_deref()).unwrap();
        }
        let built = builder.finish();
        let read = DataSet::from_xml(&built.to_xml(), &Limits::default()).unwrap();
        for data_set in [&built, &read] {
            let table = data_set.table("T").unwrap();
            for (row, text) in texts.iter().enumerate() {
                prop_assert_eq!(table.value(row, 0).as_str(), text.as_deref());
                for (other, other_text) in texts.iter().enumerate() {
                    prop_assert_eq!(table.string_id(row, 0) == table.string_id(other, 0), text == other_text);
                }
            }
        }
    }

    #[test]
    fn text_look_ups_ignore_case(texts in proptest::collection::vec("[a-zA-ZßéÉ]{1,4}", 1..40)) {
        let mut builder = DataSetBuilder::new("DataSet");
        let table = builder.add_table("DeviceDetail", vec![Column::new("Acronym", ColumnType::String)]).unwrap();
        for text in &texts {
            builder.append_row(table).unwrap().set("Acronym", text.as_str()).unwrap();
        }
        let metadata = Metadata::new(builder.finish());
        for text in &texts {
            let first = texts.iter().position(|other| other.to_uppercase() == text.to_uppercase());
            for form in [text.to_uppercase(), text.clone()] {
                prop_assert_eq!(metadata.device_by_acronym(&form).map(DeviceRecord::row), first);
            }
        }
    }
}

/// A row: its SignalID, ID, PointTag, DeviceAcronym and PhasorSourceIndex.
type MeasurementRow<'a> = (Option<Uuid>, &'a str, &'a str, &'a str, Option<i32>);

/// The findings of standard tables with the given rows.
fn findings_of(rows: &[MeasurementRow<'_>]) -> Vec<String> {
    let try_findings = || -> Result<Vec<String>, MetadataError> {
        let mut builder = DataSetBuilder::standard()?;
        let [devices, measurements, phasors] = ["DeviceDetail", "MeasurementDetail", "PhasorDetail"]
            .map(|name| builder.table_index(name).unwrap());
        builder.append_row(devices)?.set("Acronym", "SHELBY")?;
        builder.append_row(phasors)?.set("DeviceAcronym", "SHELBY")?.set("SourceIndex", 1)?;
        for (signal_id, id, tag, device, source_index) in rows {
            let row = builder.append_row(measurements)?.set("SignalID", *signal_id)?.set("ID", *id)?;
            let row = row.set("PointTag", *tag)?.set("DeviceAcronym", *device)?;
            row.set("PhasorSourceIndex", *source_index)?;
        }
        let metadata = Metadata::new(builder.finish());
        Ok(metadata.validate().iter().map(ToString::to_string).collect())
    };
    try_findings().unwrap()
}

#[test]
fn good_metadata_have_no_findings() {
    let good = [
        (Some(ANGLE), "PPA:1", "A", "SHELBY", Some(1)),
        (Some(MAGNITUDE), "PPA:2", "B", "", None),
        (Some(FREQUENCY), "", "", "SHELBY", Some(0)),
    ];
    assert_eq!(findings_of(&good), Vec::<String>::new());
    assert!(Metadata::new(DataSet::sample().unwrap()).validate().is_empty());
}

#[test]
fn rows_that_cannot_be_told_apart_or_referred_to_are_found() {
    let rows = [
        (Some(ANGLE), "PPA:1", "A", "SHELBY", None),
        (Some(ANGLE), "ppa:1", "a", "NOWHERE", None),
        (Some(Uuid::nil()), "PPA:x", "B", "SHELBY", Some(2)),
        (None, "PPA", "C", "shelby", None),
    ];
    let expected = [
        format!("row 1, SignalID: signal ID {ANGLE} is that of row 0 already: only that row gets its data"),
        "row 1, ID: \"ppa:1\" is that of row 0 already: only that row is found by it".into(),
        "row 1, PointTag: \"a\" is that of row 0 already: only that row is found by it".into(),
        "row 1, DeviceAcronym: there is no device \"NOWHERE\"".into(),
        "row 2, SignalID: the signal ID is all zeros, which stands for none".into(),
        "row 2, ID: \"PPA:x\" is no measurement key: give SOURCE:number".into(),
        "row 2, PhasorSourceIndex: the device \"SHELBY\" has no phasor 2".into(),
        "row 3, SignalID: the measurement has no signal ID: it can neither be published nor subscribed to"
            .into(),
        "row 3, ID: \"PPA\" is no measurement key: give SOURCE:number".into(),
        "row 3, DeviceAcronym: there is no device \"shelby\"".into(),
    ];
    assert_eq!(findings_of(&rows), expected.map(|text| format!("MeasurementDetail, {text}")));
}

#[test]
fn devices_and_phasors_without_names_are_found() {
    let mut builder = DataSetBuilder::standard().unwrap();
    let [devices, phasors] = ["DeviceDetail", "PhasorDetail"].map(|name| builder.table_index(name).unwrap());
    for acronym in [Some("A"), None, Some("a")] {
        builder.append_row(devices).unwrap().set("Acronym", acronym).unwrap();
    }
    for (device, index) in [(Some("A"), Some(1)), (None, Some(1)), (Some("B"), None)] {
        let row = builder.append_row(phasors).unwrap();
        row.set("DeviceAcronym", device).unwrap().set("SourceIndex", index).unwrap();
    }
    let metadata = Metadata::new(builder.finish());
    let found: Vec<String> = metadata.validate().iter().map(ToString::to_string).collect();
    let expected = [
        "DeviceDetail, row 1, Acronym: nothing can refer to the row: it has none",
        "DeviceDetail, row 2, Acronym: \"a\" is that of row 0 already: only that row is found by it",
        "PhasorDetail, row 1, DeviceAcronym: nothing can refer to the row: it has none",
        "PhasorDetail, row 2, DeviceAcronym: there is no device \"B\"",
        "PhasorDetail, row 2, SourceIndex: nothing can refer to the row: it has none",
    ];
    assert_eq!(found, expected);
    assert_eq!(metadata.validate().count_of(FindingKind::NoName), 3);
}

#[test]
fn a_node_id_goes_where_none_is_given() {
    let given = two_devices();
    let mut builder = DataSetBuilder::from_data_set(given.data_set());
    let devices = builder.table_index("DeviceDetail").unwrap();
    let column = builder.column_index(devices, "NodeID").unwrap();
    builder.set(devices, 1, column, Value::Guid(ANGLE)).unwrap();
    let published = Metadata::new(builder.finish()).of_node(NODE);
    let ids: Vec<Option<Uuid>> = published.devices().map(|device| device.node_id()).collect();
    assert_eq!(ids, [Some(NODE), Some(ANGLE)]);
    assert_eq!(published.device(0).unwrap().acronym(), Some("SHELBY"), "the rest stays");
    let view = published.active_measurements().data_set();
    let table = view.table("ActiveMeasurements").unwrap();
    let source = table.column_index("SourceNodeID").unwrap();
    assert_eq!(table.value(0, source), Value::Guid(NODE));
    // Without the table, and where texts stand in place of IDs.
    let empty = Metadata::new(DataSetBuilder::new("DataSet").finish());
    assert_eq!(empty.of_node(NODE).devices().len(), 0);
    let mut builder = DataSetBuilder::new("DataSet");
    let table = builder.add_table("DeviceDetail", vec![Column::new("NodeID", ColumnType::String)]).unwrap();
    builder.append_row(table).unwrap();
    let data_set = Metadata::new(builder.finish()).of_node(NODE);
    assert!(data_set.data_set().table("DeviceDetail").unwrap().value(0, 0).is_null());
}
