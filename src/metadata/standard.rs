//! The standard tables of STTP metadata and typed access to their rows.
//!
//! Publishers may leave out any table and any column and may add others, so every field of a
//! record is optional.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::builder::DataSetBuilder;
use super::cells::Cell;
use super::data_set::{Column, Table};
use super::error::MetadataError;
use super::string_pool::StringId;
use super::text::{boolean_of_text, parse_decimal, rounded};
use super::value::{ColumnType, Value};
use super::view::Metadata;
use crate::time::Ticks;

/// The number that the `SchemaVersion` table of the standard tables holds.
pub const SCHEMA_VERSION: i32 = 14;

impl DataSetBuilder {
    /// A data set of the standard tables: `DeviceDetail`, `MeasurementDetail` and `PhasorDetail`
    /// without rows, and `SchemaVersion` with the one row it has.
    ///
    /// # Errors
    ///
    /// None in practice: the tables are within every default limit.
    pub fn standard() -> Result<DataSetBuilder, MetadataError> {
        let mut builder = DataSetBuilder::new("DataSet");
        let tables = [
            (DeviceColumns::TABLE, DeviceColumns::STANDARD),
            (MeasurementColumns::TABLE, MeasurementColumns::STANDARD),
            (PhasorColumns::TABLE, PhasorColumns::STANDARD),
            (SCHEMA_VERSION_TABLE, &[(SCHEMA_VERSION_COLUMN, ColumnType::Int32)]),
        ];
        let mut last = 0;
        for (name, columns) in tables {
            let columns = columns.iter().map(|(name, column_type)| Column::new(*name, *column_type));
            last = builder.add_table(name, columns.collect())?;
        }
        builder.append_row(last)?.set(SCHEMA_VERSION_COLUMN, SCHEMA_VERSION)?;
        Ok(builder)
    }
}

pub(super) const SCHEMA_VERSION_TABLE: &str = "SchemaVersion";
/// Some .NET publishers name the table so.
pub(super) const VERSION_INFO_TABLE: &str = "VersionInfo";
pub(super) const SCHEMA_VERSION_COLUMN: &str = "VersionNumber";

/// What a cell that cannot be read counts as when it tells whether a device or measurement is in use: all
/// others serve such a signal, and nobody would find it missing.
pub(super) fn counts_as_enabled(table: &str, column: &str, column_type: ColumnType) -> Option<Cell> {
    const ENABLED: &str = "Enabled";
    let has_it =
        [DeviceColumns::TABLE, MeasurementColumns::TABLE].iter().any(|name| name.eq_ignore_ascii_case(table));
    let is_it = has_it && ENABLED.eq_ignore_ascii_case(column) && column_type == ColumnType::Boolean;
    is_it.then_some(Cell::Boolean(true))
}

/// What a record's field is read as from whatever type its column has.
pub(super) trait FromValue<'a>: Sized {
    fn from_value(value: Value<'a>) -> Option<Self>;
}

impl<'a> FromValue<'a> for &'a str {
    fn from_value(value: Value<'a>) -> Option<Self> {
        value.as_str()
    }
}

impl FromValue<'_> for bool {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Boolean(value) => Some(value),
            Value::Int(value) => Some(value != 0),
            Value::UInt64(value) => Some(value != 0),
            Value::Decimal(value) => Some(!value.is_zero()),
            Value::String(text) => boolean_of_text(text),
            _ => None,
        }
    }
}

impl FromValue<'_> for i32 {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Int(value) => value.try_into().ok(),
            Value::UInt64(value) => value.try_into().ok(),
            value => rounded(Decimal::from_value(value)?).try_into().ok(),
        }
    }
}

impl FromValue<'_> for Decimal {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Decimal(value) => Some(value),
            Value::Int(value) => Some(value.into()),
            Value::Single(value) => value.try_into().ok(),
            Value::Double(value) => value.try_into().ok(),
            Value::String(text) => parse_decimal(text.trim()),
            _ => None,
        }
    }
}

impl FromValue<'_> for f64 {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Double(value) => Some(value),
            Value::Single(value) => Some(value.into()),
            value => Decimal::from_value(value)?.try_into().ok(),
        }
    }
}

impl FromValue<'_> for Uuid {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Guid(value) => Some(value),
            Value::String(text) => Uuid::parse_str(text.trim()).ok(),
            _ => None,
        }
    }
}

impl FromValue<'_> for Ticks {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::DateTime(value) => Some(value),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }
}

/// Defines the record of a standard table: where its columns are in an actual table, which of them
/// the standard table has, and one method per field.
macro_rules! record {
    (
        $(#[$record_doc:meta])*
        $record:ident, $columns:ident, $table_field:ident, $table:literal,
        standard { $($(#[$doc:meta])* $field:ident: $name:literal $column_type:ident => $rust:ty,)* }
        additional { $($(#[$more_doc:meta])* $more:ident: $more_name:literal => $more_rust:ty,)* }
    ) => {
        /// Where the columns of the table are.
        #[derive(Debug, Clone, Default)]
        pub(super) struct $columns {
            $(pub(super) $field: Option<usize>,)*
            $(pub(super) $more: Option<usize>,)*
        }

        impl $columns {
            pub(super) const TABLE: &'static str = $table;
            pub(super) const STANDARD: &'static [(&'static str, ColumnType)] =
                &[$(($name, ColumnType::$column_type),)*];

            /// Whether a value means something for the field of a standard column.
            pub(super) fn is_readable<'a>(column: &str, value: Value<'a>) -> bool {
                match column {
                    $($name => <$rust as FromValue<'a>>::from_value(value).is_some(),)*
                    _ => true,
                }
            }

            pub(super) fn of(table: &Table) -> $columns {
                $columns {
                    $($field: table.column_index($name),)*
                    $($more: table.column_index($more_name),)*
                }
            }
        }

        $(#[$record_doc])*
        ///
        /// A field is `None` when its cell is null, its column is missing, or its value makes no
        /// sense for it.
        #[derive(Debug, Clone, Copy)]
        pub struct $record<'a> {
            pub(super) metadata: &'a Metadata,
            pub(super) row: usize,
        }

        impl<'a> $record<'a> {
            /// The row of the record in its table.
            pub fn row(self) -> usize {
                self.row
            }

            $(
                $(#[$doc])*
                pub fn $field(self) -> Option<$rust> {
                    self.get(self.metadata.$table_field.columns.$field)
                }
            )*
            $(
                $(#[$more_doc])*
                pub fn $more(self) -> Option<$more_rust> {
                    self.get(self.metadata.$table_field.columns.$more)
                }
            )*

            fn get<T: FromValue<'a>>(self, column: Option<usize>) -> Option<T> {
                let table = self.metadata.$table_field.table(&self.metadata.data_set)?;
                T::from_value(table.value(self.row, column?))
            }

            pub(super) fn string_id(self, column: Option<usize>) -> Option<StringId> {
                let table = self.metadata.$table_field.table(&self.metadata.data_set)?;
                table.string_id(self.row, column?)
            }
        }
    };
}

record! {
    /// A row of `DeviceDetail`: a device, most often a phasor measurement unit.
    DeviceRecord, DeviceColumns, devices, "DeviceDetail",
    standard {
        /// Identifies the publisher's node that the device belongs to.
        node_id: "NodeID" Guid => Uuid,
        /// Identifies the device.
        unique_id: "UniqueID" Guid => Uuid,
        /// Where the publisher itself has the device from, if not its own.
        original_source: "OriginalSource" String => &'a str,
        /// True when the device is a concentrator of other devices.
        is_concentrator: "IsConcentrator" Boolean => bool,
        /// The device's unique short name.
        acronym: "Acronym" String => &'a str,
        /// The device's long name.
        name: "Name" String => &'a str,
        /// The ID code of the device in its own protocol.
        access_id: "AccessID" Int32 => i32,
        /// The acronym of the concentrator that the device reports through.
        parent_acronym: "ParentAcronym" String => &'a str,
        /// The protocol in which the publisher receives the device.
        protocol_name: "ProtocolName" String => &'a str,
        /// Frames per second.
        frames_per_second: "FramesPerSecond" Int32 => i32,
        /// The company that owns the device.
        company_acronym: "CompanyAcronym" String => &'a str,
        /// The device's vendor.
        vendor_acronym: "VendorAcronym" String => &'a str,
        /// The vendor's name of the device's type.
        vendor_device_name: "VendorDeviceName" String => &'a str,
        /// Degrees east.
        longitude: "Longitude" Decimal => Decimal,
        /// Degrees north.
        latitude: "Latitude" Decimal => Decimal,
        /// The power system that the device is in.
        interconnection_name: "InterconnectionName" String => &'a str,
        /// Whom to ask about the device.
        contact_list: "ContactList" String => &'a str,
        /// True when the device is in use.
        enabled: "Enabled" Boolean => bool,
        /// When the row was changed last.
        updated_on: "UpdatedOn" DateTime => Ticks,
    }
    additional {}
}

record! {
    /// A row of `MeasurementDetail`: a signal that can be subscribed to.
    MeasurementRecord, MeasurementColumns, measurements, "MeasurementDetail",
    standard {
        /// The acronym of the measurement's device.
        device_acronym: "DeviceAcronym" String => &'a str,
        /// The measurement key, `SOURCE:number`; see also [`MeasurementRecord::key`].
        id: "ID" String => &'a str,
        /// Identifies the signal everywhere and for ever.
        signal_id: "SignalID" Guid => Uuid,
        /// The measurement's unique name.
        point_tag: "PointTag" String => &'a str,
        /// Device, kind and index; see also [`MeasurementRecord::reference`].
        signal_reference: "SignalReference" String => &'a str,
        /// The type of the signal: `FREQ`, `VPHM`, `IPHA`, …
        signal_acronym: "SignalAcronym" String => &'a str,
        /// Which phasor of the device the measurement belongs to, counted from 1.
        phasor_source_index: "PhasorSourceIndex" Int32 => i32,
        /// A text for people.
        description: "Description" String => &'a str,
        /// True when the publisher owns the measurement.
        internal: "Internal" Boolean => bool,
        /// True when the measurement is in use.
        enabled: "Enabled" Boolean => bool,
        /// When the row was changed last.
        updated_on: "UpdatedOn" DateTime => Ticks,
    }
    additional {
        /// Another name of the measurement, from publishers that send one.
        alternate_tag: "AlternateTag" => &'a str,
        /// What is added to values, after the multiplication, from publishers that send it.
        adder: "Adder" => f64,
        /// What values are multiplied with, from publishers that send it.
        multiplier: "Multiplier" => f64,
    }
}

record! {
    /// A row of `PhasorDetail`: an angle and a magnitude that belong together.
    PhasorRecord, PhasorColumns, phasors, "PhasorDetail",
    standard {
        /// The publisher's number of the phasor.
        id: "ID" Int32 => i32,
        /// The acronym of the phasor's device.
        device_acronym: "DeviceAcronym" String => &'a str,
        /// The phasor's name.
        label: "Label" String => &'a str,
        /// `V` for voltage, `I` for current.
        phasor_type: "Type" String => &'a str,
        /// `A`, `B`, `C`, or `+`, `-`, `0` for a sequence.
        phase: "Phase" String => &'a str,
        /// The number of the phasor at the other end of the line.
        destination_phasor_id: "DestinationPhasorID" Int32 => i32,
        /// Which phasor of its device it is, counted from 1.
        source_index: "SourceIndex" Int32 => i32,
        /// When the row was changed last.
        updated_on: "UpdatedOn" DateTime => Ticks,
    }
    additional {
        /// Nominal voltage in kV, from publishers that send it.
        base_kv: "BaseKV" => i32,
        /// The number of a current's voltage phasor, from publishers that send it.
        primary_voltage_id: "PrimaryVoltageID" => i32,
        /// The number of a current's second voltage phasor, from publishers that send it.
        secondary_voltage_id: "SecondaryVoltageID" => i32,
    }
}
