//! Parquet into CSV: recordings as `sttp-subscribe` writes them, and all other flat files column by column.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use parquet::basic::{LogicalType, TimeUnit};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use sttp::Ticks;
use sttp_programs::progress::Progress;
use sttp_programs::stop::Stop;

use crate::csv;
use crate::recording::RECOVERED;
use crate::signals;

/// The column of an index that has no name, as pandas writes it.
const INDEX: &str = "__index_level_0__";

/// Converts it; tells how many rows there are.
///
/// # Errors
///
/// What cannot be read or written.
pub fn convert(from: &Path, mut to: impl Write, stop: &Stop) -> Result<u64, String> {
    let cannot = |error: &dyn std::fmt::Display| format!("{}: {error}", from.display());
    let file = File::open(from).map_err(|error| cannot(&error))?;
    let reader = SerializedFileReader::new(file).map_err(|error| cannot(&error))?;
    let columns = columns(&reader).map_err(|error| cannot(&error))?;
    let shown = shown(&columns);
    let names = shown.iter().map(|place| columns[*place].name.as_str());
    let write = |error: std::io::Error| format!("cannot write: {error}");
    csv::write(&mut to, names).map_err(write)?;
    let mut rows = 0;
    let mut progress = Progress::begin();
    for row in reader.get_row_iter(None).map_err(|error| cannot(&error))? {
        let row = row.map_err(|error| cannot(&error))?;
        let fields: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
        let texts = shown.iter().map(|place| text(fields[*place], columns[*place].form));
        let texts = texts.collect::<Result<Vec<String>, String>>().map_err(|error| cannot(&error))?;
        csv::write(&mut to, texts.iter().map(String::as_str)).map_err(write)?;
        rows += 1;
        progress.step(rows, stop)?;
    }
    to.flush().map_err(write)?;
    Ok(rows)
}

struct Column {
    name: String,
    form: Form,
}

/// How values of a column are to be read, beside their type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Nanoseconds,
    Guid,
    /// 0 or 1, as recordings have it.
    Digit,
}

fn columns(reader: &SerializedFileReader<File>) -> Result<Vec<Column>, String> {
    let schema = reader.metadata().file_metadata().schema_descr();
    let fields = schema.root_schema().get_fields();
    if fields.iter().any(|field| !field.is_primitive()) {
        return Err("it has columns inside columns, which CSV has not".into());
    }
    let has_time = fields.iter().any(|field| field.name() == "time");
    let columns = fields.iter().map(|field| {
        let (logical, name) = (field.get_basic_info().logical_type_ref(), field.name());
        let form = match logical {
            Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::NANOS => Form::Nanoseconds,
            Some(LogicalType::Uuid) => Form::Guid,
            // Programs that know no such type write its bytes.
            _ if name == "signal_id" => Form::Guid,
            _ if name == RECOVERED => Form::Digit,
            _ => Form::Plain,
        };
        let is_index = name == INDEX && matches!(logical, Some(LogicalType::Timestamp(_)));
        let name = if is_index && !has_time { "time" } else { name };
        Column { name: name.to_owned(), form }
    });
    Ok(columns.collect())
}

/// Of a recording what it has as CSV, in that order; else everything.
fn shown(columns: &[Column]) -> Vec<usize> {
    let place = |name: &&str| columns.iter().position(|column| column.name == **name);
    let raw: Option<Vec<usize>> = ["signal_id", "timestamp", "flags", "value"].iter().map(place).collect();
    match raw {
        Some(raw) => raw.into_iter().chain(place(&RECOVERED)).collect(),
        None => (0..columns.len()).collect(),
    }
}

fn text(field: &Field, form: Form) -> Result<String, String> {
    Ok(match (field, form) {
        (Field::Null, _) => String::new(),
        (Field::Bool(value), Form::Digit) => u8::from(*value).to_string(),
        (Field::Long(value), Form::Nanoseconds) => Ticks::from_unix_nanoseconds(*value).to_string(),
        (Field::Bytes(_), Form::Guid) => signals::id(field)
            .ok_or_else(|| format!("a signal ID of other than 16 bytes: {field}"))?
            .to_string(),
        (Field::TimestampMillis(value), _) => of_unix(value.checked_mul(1_000_000))?,
        (Field::TimestampMicros(value), _) => of_unix(value.checked_mul(1_000))?,
        (Field::Float(value), _) => float(f64::from(*value), *value),
        (Field::Double(value), _) => float(*value, *value),
        (Field::Str(text), _) => text.clone(),
        (Field::Bool(_) | Field::Byte(_) | Field::Short(_) | Field::Int(_) | Field::Long(_), _)
        | (Field::UByte(_) | Field::UShort(_) | Field::UInt(_) | Field::ULong(_) | Field::Date(_), _)
        | (Field::Decimal(_) | Field::Float16(_) | Field::TimeMillis(_) | Field::TimeMicros(_), _) => {
            field.to_string()
        }
        _ => return Err(format!("a value that has no text: {field}")),
    })
}

fn of_unix(nanoseconds: Option<i64>) -> Result<String, String> {
    let time = nanoseconds.ok_or("a time that is too far from ours")?;
    Ok(Ticks::from_unix_nanoseconds(time).to_string())
}

/// The shortest text that reads back to `shortest`, as the other programs write it.
fn float(value: f64, shortest: impl std::fmt::Display + std::fmt::LowerExp) -> String {
    let size = value.abs();
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_finite() && size != 0.0 && !(1e-5..1e16).contains(&size) {
        format!("{shortest:e}")
    } else {
        shortest.to_string()
    }
}
