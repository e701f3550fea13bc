//! The table that the expressions are evaluated over: columns of every type, with and without nulls.

use sttp::metadata::{Column, ColumnType, DataSet, DataSetBuilder};

use crate::generator::Kind;

pub(crate) const TABLE: &str = "ActiveMeasurements";

/// Columns, and their texts in each row; an empty one is null.
const COLUMNS: &[(&str, ColumnType, Kind, [&str; 12])] = {
    use ColumnType::*;
    &[
        (
            "SignalID",
            Guid,
            Kind::Guid,
            [
                "00000000-0000-4000-8000-000000000001",
                "00000000-0000-4000-8000-000000000002",
                "6e1b5dc1-03d1-4e9c-9d4c-0a1f1f5a2b3c",
                "00000000-0000-4000-8000-000000000004",
                "10000000-0000-4000-8000-000000000005",
                "f0000000-0000-4000-8000-000000000006",
                "00000000-0000-4000-8000-000000000007",
                "00000000-0000-4000-8000-000000000008",
                "00000000-0000-4000-8000-000000000009",
                "00000000-0000-4000-8000-00000000000a",
                "00000000-0000-4000-8000-00000000000b",
                "fedcba98-7654-3210-fedc-ba9876543210",
            ],
        ),
        (
            "ID",
            String,
            Kind::Text,
            [
                "GRID:1", "GRID:2", "GRID:3", "grid:4", "GRID:5", "GRID:6", "GRID:7", "GRID:8", "GRID:9",
                "PMU:1", "PMU:2", "PMU:3",
            ],
        ),
        (
            "PointTag",
            String,
            Kind::Text,
            [
                "voltage",
                "North-Freq",
                "NORTH-FREQ",
                "tag",
                "",
                "banana",
                "Größe",
                "GRÖßE",
                "AnNa",
                "pmu",
                "PMU",
                "x;y;;z",
            ],
        ),
        (
            "Device",
            String,
            Kind::Text,
            ["", "NORTH", "North", "EAST", "EAST", "", "west", "WEST", "EAST", "NORTH", "SOUTH", "SOUTH"],
        ),
        (
            "SignalType",
            String,
            Kind::Text,
            ["FREQ", "VPHM", "VPHA", "freq", "DFDT", "CALC", "FREQ", "VPHM", "IPHM", "IPHA", "FLAG", "ALOG"],
        ),
        (
            "Enabled",
            Boolean,
            Kind::Boolean,
            [
                "true", "true", "false", "true", "false", "true", "true", "true", "false", "true", "true",
                "true",
            ],
        ),
        (
            "Checked",
            Boolean,
            Kind::Boolean,
            ["", "true", "", "false", "true", "", "", "false", "true", "true", "", ""],
        ),
        ("Small", Int8, Kind::Integer, ["-128", "127", "0", "1", "-1", "", "5", "5", "5", "7", "8", "9"]),
        (
            "Level",
            Int16,
            Kind::Integer,
            ["300", "2", "-3", "", "5", "6", "", "8", "9", "10", "-32768", "32767"],
        ),
        (
            "FramesPerSecond",
            Int32,
            Kind::Integer,
            ["30", "60", "30", "", "120", "30", "50", "30", "30", "15", "2147483647", "-2147483648"],
        ),
        (
            "Total",
            Int64,
            Kind::Integer,
            [
                "5000000000",
                "-1",
                "0",
                "7",
                "",
                "42",
                "42",
                "2147483648",
                "1",
                "1",
                "-9223372036854775808",
                "3",
            ],
        ),
        ("Octet", UInt8, Kind::Integer, ["255", "0", "1", "2", "3", "", "5", "6", "7", "8", "9", "10"]),
        ("Port", UInt16, Kind::Integer, ["65535", "0", "1", "2", "3", "", "5", "6", "7", "8", "9", "10"]),
        (
            "Address",
            UInt32,
            Kind::Integer,
            ["4294967295", "0", "1", "2", "3", "", "5", "6", "7", "8", "9", "10"],
        ),
        (
            "Serial",
            UInt64,
            Kind::Integer,
            ["9223372036854775807", "0", "1", "2", "3", "", "5", "6", "7", "8", "9", "10"],
        ),
        (
            "Huge",
            UInt64,
            Kind::Double,
            [
                "18446744073709551615",
                "9223372036854775808",
                "1",
                "2",
                "3",
                "4",
                "5",
                "6",
                "7",
                "8",
                "9",
                "10",
            ],
        ),
        (
            "Gain",
            Single,
            Kind::Double,
            ["1.5", "0.1", "2.5", "-1", "0", "3.5", "", "8", "9", "9", "-0.25", "16777216"],
        ),
        (
            "Adder",
            Double,
            Kind::Double,
            ["0.1", "-0.5", "", "1e3", "12", "0", "0", "2.25", "3.75", "1e-7", "1e20", "-2.5"],
        ),
        (
            "Latitude",
            Decimal,
            Kind::Decimal,
            [
                "35.25",
                "35.250",
                "-12.5",
                "0",
                "",
                "90.125",
                "-90.125",
                "1",
                "2",
                "2.0",
                "0.0001",
                "12345.678",
            ],
        ),
        (
            "UpdatedOn",
            DateTime,
            Kind::Time,
            [
                "2021-02-03T04:05:06Z",
                "2021-02-04T00:00:00Z",
                "2020-12-31T23:59:59.125Z",
                "2021-02-03T04:05:06Z",
                "",
                "2022-01-01T00:00:00Z",
                "2019-06-15T12:00:00Z",
                "2021-02-03T00:00:00Z",
                "2021-02-05T00:00:00.5Z",
                "2021-02-05T00:00:00Z",
                "1970-01-01T00:00:00Z",
                "2024-02-29T23:00:00Z",
            ],
        ),
        ("NullText", String, Kind::Text, [""; 12]),
        ("NullNumber", Int32, Kind::Integer, [""; 12]),
        ("NullDecimal", Decimal, Kind::Decimal, [""; 12]),
        ("NullDouble", Double, Kind::Double, [""; 12]),
        ("NullGuid", Guid, Kind::Guid, [""; 12]),
        ("NullTime", DateTime, Kind::Time, [""; 12]),
    ]
};

/// The names of the columns of a kind.
pub(crate) fn columns_of(kind: Kind) -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().filter(move |(_, _, known, _)| *known == kind).map(|(name, ..)| *name)
}

/// The names and types of the columns by which rows can be ordered.
pub(crate) fn all_columns() -> impl Iterator<Item = (&'static str, ColumnType)> {
    COLUMNS.iter().map(|(name, column_type, ..)| (*name, *column_type))
}

pub(crate) fn data_set() -> DataSet {
    let mut builder = DataSetBuilder::new("DataSet");
    let columns = all_columns().map(|(name, column_type)| Column::new(name, column_type)).collect();
    let table = builder.add_table(TABLE, columns).unwrap();
    for row in 0..12 {
        builder.push_row(table).unwrap();
        for (column, (.., texts)) in COLUMNS.iter().enumerate() {
            if !texts[row].is_empty() {
                builder.set_text(table, row, column, texts[row]).unwrap();
            }
        }
    }
    builder.finish()
}
