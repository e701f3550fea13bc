//! Table `C37118Stream` of metadata: which signals carry the frames of a device.

use super::EncapsulatedStream;
use crate::metadata::{Column, ColumnType, DataSet, DataSetBuilder, MetadataError, Value};

const TABLE: &str = "C37118Stream";
const DEVICE: &str = "DeviceAcronym";
const DATA: &str = "DataSignalID";
const CONFIGURATION: &str = "ConfigurationSignalID";
const ID_CODE: &str = "IDCode";

/// Adds a row, and the table where it is not there yet.
pub(super) fn add(builder: &mut DataSetBuilder, stream: &EncapsulatedStream) -> Result<(), MetadataError> {
    let table = match builder.table_index(TABLE) {
        Some(table) => table,
        None => builder.add_table(
            TABLE,
            vec![
                Column::new(DEVICE, ColumnType::String),
                Column::new(DATA, ColumnType::Guid),
                Column::new(CONFIGURATION, ColumnType::Guid),
                Column::new(ID_CODE, ColumnType::Int32),
            ],
        )?,
    };
    builder
        .append_row(table)?
        .set(DEVICE, stream.device.as_str())?
        .set(DATA, stream.data_signal)?
        .set(CONFIGURATION, stream.configuration_signal)?
        .set(ID_CODE, stream.id_code)?;
    Ok(())
}

/// The rows that name both signals.
pub(super) fn read(metadata: &DataSet) -> Vec<EncapsulatedStream> {
    let Some(table) = metadata.table(TABLE) else { return Vec::new() };
    let value = |row, name| table.column_index(name).map_or(Value::Null, |column| table.value(row, column));
    let stream = |row| {
        let (Value::Guid(data_signal), Value::Guid(configuration_signal)) =
            (value(row, DATA), value(row, CONFIGURATION))
        else {
            return None;
        };
        let id_code = match value(row, ID_CODE) {
            Value::Int(code) => code.try_into().unwrap_or_default(),
            _ => 0,
        };
        let device = value(row, DEVICE).as_str().unwrap_or_default().to_owned();
        Some(EncapsulatedStream { device, data_signal, configuration_signal, id_code })
    };
    (0..table.row_count()).filter_map(stream).collect()
}
