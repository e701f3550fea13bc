//! What the signals of a Parquet file are: the metadata that stand in files of this program, or else what columns tell.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;
use sttp::Uuid;
use sttp::metadata::{DataSetBuilder, Metadata, MetadataError, Value};
use sttp_programs::log::{self, Level};

/// The name of the metadata among what files have besides their rows.
pub const KEY: &str = "sttp.metadata";
/// Bytes of metadata: other readers take no texts of 100 MB there.
const LONGEST: usize = 64 << 20;
/// What device signals have that have none.
const DEVICE: &str = "IMPORTED";
/// Columns that tell of signals.
const COLUMNS: [&str; 4] = ["signal_id", "tag", "device", "type"];

/// Metadata as they stand in a file; none when they are too large, which is told.
pub fn written(metadata: &Metadata) -> Option<String> {
    let xml = metadata.data_set().to_xml();
    if xml.len() > LONGEST {
        let text =
            format!("the metadata have {} bytes, too many for a Parquet file, and are left out", xml.len());
        log::line(Level::Warning, &text);
        return None;
    }
    String::from_utf8(xml).ok()
}

/// The metadata of a file, as XML; `None` when nothing tells them.
///
/// # Errors
///
/// When the file cannot be read.
pub fn of_file(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let cannot = |error: &dyn Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| cannot(&error))?;
    let reader = SerializedFileReader::new(file).map_err(|error| cannot(&error))?;
    let there = reader.metadata().file_metadata().key_value_metadata();
    let there = there.into_iter().flatten().find(|pair| pair.key == KEY).and_then(|pair| pair.value.as_ref());
    if let Some(xml) = there {
        return Ok(Some(xml.clone().into_bytes()));
    }
    let signals = of_columns(&reader).map_err(|error| cannot(&error))?;
    if signals.is_empty() {
        return Ok(None);
    }
    describe(&signals).map(Some).map_err(|error| cannot(&error))
}

/// A signal as its rows have it; what they do not tell is empty.
struct Signal {
    id: Uuid,
    /// Tag, device and type.
    names: [String; 3],
}

/// The signals that rows name and describe, in the order in which they come; none when there are no such columns.
fn of_columns(reader: &SerializedFileReader<File>) -> Result<Vec<Signal>, String> {
    let schema = reader.metadata().file_metadata().schema_descr().root_schema();
    let find =
        |name: &str| schema.get_fields().iter().find(|field| field.is_primitive() && field.name() == name);
    let fields: Vec<Arc<Type>> = COLUMNS.iter().filter_map(|name| find(name).cloned()).collect();
    if find(COLUMNS[0]).is_none() || fields.len() == 1 {
        return Ok(Vec::new());
    }
    let wanted = Type::group_type_builder(schema.name()).with_fields(fields).build();
    let rows =
        wanted.and_then(|wanted| reader.get_row_iter(Some(wanted))).map_err(|error| error.to_string())?;
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    let mut signals: Vec<Signal> = Vec::new();
    for row in rows {
        let row = row.map_err(|error| error.to_string())?;
        let cells: HashMap<&str, &Field> =
            row.get_column_iter().map(|(name, field)| (name.as_str(), field)).collect();
        let Some(id) = cells.get(COLUMNS[0]).and_then(|field| id(field)) else { continue };
        let place = *places.entry(id).or_insert_with(|| {
            signals.push(Signal { id, names: Default::default() });
            signals.len() - 1
        });
        for (name, column) in signals[place].names.iter_mut().zip(&COLUMNS[1..]) {
            if let (true, Some(Field::Str(text))) = (name.is_empty(), cells.get(column)) {
                name.clone_from(text);
            }
        }
    }
    Ok(signals)
}

/// A signal ID, in any form in which programs write it.
pub fn id(field: &Field) -> Option<Uuid> {
    match field {
        Field::Bytes(bytes) => Uuid::from_slice(bytes.data()).ok(),
        Field::Str(text) => text.parse().ok(),
        _ => None,
    }
}

fn describe(signals: &[Signal]) -> Result<Vec<u8>, MetadataError> {
    let mut builder = DataSetBuilder::standard()?;
    // The standard tables have them.
    let table = |builder: &DataSetBuilder, name: &str| builder.table_index(name).unwrap_or_default();
    let (devices, measurements) = (table(&builder, "DeviceDetail"), table(&builder, "MeasurementDetail"));
    let mut known = HashSet::new();
    for (number, signal) in signals.iter().enumerate() {
        let [tag, device, kind] = &signal.names;
        let device = if device.is_empty() { DEVICE } else { device };
        let kind = if kind.is_empty() { "ALOG" } else { kind };
        if known.insert(device) {
            let row = builder.append_row(devices)?.set("Acronym", Value::String(device))?;
            let row = row.set("Name", Value::String(device))?.set("IsConcentrator", Value::Boolean(false))?;
            // Nobody has said how many frames a second it has.
            row.set("FramesPerSecond", 0)?.set("Enabled", Value::Boolean(true))?;
        }
        let key = format!("IMPORT:{}", number + 1);
        let row = builder.append_row(measurements)?.set("DeviceAcronym", Value::String(device))?;
        let row = row.set("ID", Value::String(&key))?.set("SignalID", Value::Guid(signal.id))?;
        let row = row.set("PointTag", Value::String(tag))?.set("SignalAcronym", Value::String(kind))?;
        let row = row.set("Internal", Value::Boolean(true))?.set("Enabled", Value::Boolean(true))?;
        let suffix = match kind {
            "FREQ" => "FQ",
            "DFDT" => "DF",
            _ => continue,
        };
        let reference = format!("{device}-{suffix}");
        row.set("SignalReference", Value::String(&reference))?;
    }
    Ok(builder.finish().to_xml())
}
