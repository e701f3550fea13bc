//! CSV into Parquet: recordings of `sttp-subscribe` in each of their forms.

use std::io::BufRead;
use std::path::Path;

use parquet::data_type::ByteArray;
use sttp::metadata::Metadata;
use sttp::{StateFlags, Ticks};
use sttp_programs::progress::Progress;
use sttp_programs::stop::Stop;

use crate::csv::Reader;
use crate::recording::{RECOVERED, Recording, Row};
use crate::table::{Cell, Kind, Table};

/// Columns of texts, of `--columns named` and of lists; all others but the time hold numbers.
const TEXTS: [&str; 10] =
    ["device", "tag", "type", "unit", "flag_names", "key", "signal_id", "reference", "description", "flags"];

/// Converts it; tells how many rows there are.
///
/// # Errors
///
/// What cannot be read, with its line, or be written.
pub fn convert(
    from: impl BufRead,
    to: &Path,
    overwrites: bool,
    metadata: Option<&Metadata>,
    stop: &Stop,
) -> Result<u64, String> {
    let mut reader = Reader::new(from);
    let mut header = Vec::new();
    if !reader.read(&mut header)? {
        return Err("the file is empty; its first row has the names of columns".into());
    }
    let place = |name: &str| header.iter().position(|column| column == name);
    match (place("signal_id"), place("timestamp"), place("flags"), place("value")) {
        (Some(id), Some(timestamp), Some(flags), Some(value)) => {
            let places =
                Places { id, timestamp, flags, value, recovered: place(RECOVERED), columns: header.len() };
            raw(reader, &places, to, overwrites, metadata, stop)
        }
        _ if header.iter().any(|name| name == "time") => named(reader, &header, to, overwrites, stop),
        _ => Err(format!(
            "line 1: columns are {}; a recording has signal_id, timestamp, flags and value, or time and others. \
             sttp-publish --replay reads other files, and sttp-subscribe records them",
            header.join(", ")
        )),
    }
}

/// Where the columns of a raw recording are.
struct Places {
    id: usize,
    timestamp: usize,
    flags: usize,
    value: usize,
    recovered: Option<usize>,
    columns: usize,
}

fn raw<R: BufRead>(
    mut reader: Reader<R>,
    places: &Places,
    to: &Path,
    overwrites: bool,
    metadata: Option<&Metadata>,
    stop: &Stop,
) -> Result<u64, String> {
    let mut progress = Progress::begin();
    let mut recording = Recording::create(to, overwrites, metadata.is_some(), places.recovered.is_some())?;
    let mut fields = Vec::new();
    while reader.read(&mut fields)? {
        let row = row(&fields, places).map_err(|what| format!("line {}: {what}", reader.number()))?;
        recording.push(row, metadata)?;
        progress.step(recording.rows(), stop)?;
    }
    recording.finish(metadata)
}

fn row(fields: &[String], places: &Places) -> Result<Row, String> {
    if fields.len() != places.columns {
        return Err(format!("it has {} fields; the first line has {}", fields.len(), places.columns));
    }
    let field = |place: usize| fields[place].trim();
    let wrong = |what: &str, place: usize, allowed: &str| format!("{what} is {}; {allowed}", field(place));
    let timestamp = field(places.timestamp);
    let timestamp = match timestamp.parse::<i64>() {
        Ok(ticks) => Ticks(ticks),
        Err(_) => timestamp.parse().map_err(|_| {
            wrong("timestamp", places.timestamp, "give ticks (100 ns since 0001-01-01) or ISO 8601")
        })?,
    };
    let flags = field(places.flags);
    let number =
        flags.strip_prefix("0x").map_or_else(|| flags.parse(), |digits| u32::from_str_radix(digits, 16));
    let recovered = match places.recovered.map(field) {
        None | Some("0" | "false") => false,
        Some("1" | "true") => true,
        Some(other) => return Err(format!("{RECOVERED} is {other}; give 0 or 1")),
    };
    Ok(Row {
        signal_id: field(places.id).parse().map_err(|_| wrong("signal_id", places.id, "give a GUID"))?,
        timestamp,
        value: field(places.value)
            .parse()
            .map_err(|_| wrong("value", places.value, "give a number or nan"))?,
        flags: StateFlags::from_bits_retain(
            number.map_err(|_| wrong("flags", places.flags, "give a number of 32 bits"))?,
        ),
        recovered,
    })
}

/// Any rows with a time: names, or a column for each signal.
fn named<R: BufRead>(
    mut reader: Reader<R>,
    header: &[String],
    to: &Path,
    overwrites: bool,
    stop: &Stop,
) -> Result<u64, String> {
    let kind = |name: &str| match name {
        "time" => Kind::Time,
        "timestamp" => Kind::Long,
        name if TEXTS.contains(&name) => Kind::Text,
        _ => Kind::Double,
    };
    let columns: Vec<(String, Kind)> = header.iter().map(|name| (name.clone(), kind(name))).collect();
    let mut table = Table::create(to, overwrites, &columns)?;
    let mut progress = Progress::begin();
    let mut fields = Vec::new();
    while reader.read(&mut fields)? {
        let told = |what: String| format!("line {}: {what}", reader.number());
        if fields.len() != columns.len() {
            return Err(told(format!(
                "it has {} fields; the first line has {}",
                fields.len(),
                columns.len()
            )));
        }
        let cells = columns.iter().zip(&fields).map(|((name, kind), field)| {
            cell(*kind, field).ok_or_else(|| told(format!("{name} is {field}, which is no {kind:?}")))
        });
        table.push(cells.collect::<Result<Vec<_>, _>>()?)?;
        progress.step(table.rows(), stop)?;
    }
    table.finish()
}

fn cell(kind: Kind, field: &str) -> Option<Cell> {
    if field.is_empty() {
        return Some(Cell::Null);
    }
    Some(match kind {
        Kind::Time => Cell::time(field.parse().ok()?),
        Kind::Long => Cell::Long(field.parse().ok()?),
        Kind::Text => Cell::Text(ByteArray::from(field)),
        _ => Cell::Double(field.parse().ok()?),
    })
}
