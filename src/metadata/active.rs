//! The `ActiveMeasurements` table: what subscription filters select from.

use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use super::RowLookup;
use super::cells::{Cell, Cells};
use super::data_set::{Column, DataSet, Table, TableDraft};
use super::index::{GuidColumn, TextIndex};
use super::standard::{DeviceRecord, MeasurementRecord};
use super::string_pool::StringId;
use super::value::ColumnType;
use super::view::Metadata;

/// One row per enabled measurement, in the order of `MeasurementDetail`, with what its device and
/// phasor say about it.
///
/// When `MeasurementDetail` has no column `Enabled`, all measurements count as enabled; where the
/// column is null, they do not; where it says nothing that can be read, they do.
#[derive(Debug)]
pub struct ActiveMeasurements {
    data_set: DataSet,
    table: Table,
    measurement_rows: MeasurementRows,
    signal_ids: OnceLock<GuidColumn>,
    keys: OnceLock<TextIndex>,
    point_tags: OnceLock<TextIndex>,
}

/// Frames per second of a measurement whose device does not tell.
const DEFAULT_FRAMES_PER_SECOND: i32 = 30;

/// Protocols that deliver single measurements instead of frames: whole names, then beginnings.
const MEASUREMENT_PROTOCOLS: [&str; 2] = ["STTP", "Streaming Telemetry Transport Protocol"];
const MEASUREMENT_PROTOCOL_FAMILIES: [&str; 3] = ["Gateway", "Modbus", "DNP"];

const COLUMNS: [(&str, ColumnType); 25] = [
    ("SourceNodeID", ColumnType::Guid),
    (ID, ColumnType::String),
    (SIGNAL_ID, ColumnType::Guid),
    (POINT_TAG, ColumnType::String),
    ("AlternateTag", ColumnType::String),
    ("SignalReference", ColumnType::String),
    ("Internal", ColumnType::Int32),
    ("Subscribed", ColumnType::Int32),
    ("Device", ColumnType::String),
    ("DeviceID", ColumnType::Int32),
    ("FramesPerSecond", ColumnType::Int32),
    ("Protocol", ColumnType::String),
    ("ProtocolType", ColumnType::String),
    ("SignalType", ColumnType::String),
    ("EngineeringUnits", ColumnType::String),
    ("PhasorID", ColumnType::Int32),
    ("PhasorType", ColumnType::String),
    ("Phase", ColumnType::String),
    ("Adder", ColumnType::Double),
    ("Multiplier", ColumnType::Double),
    ("Company", ColumnType::String),
    ("Longitude", ColumnType::Decimal),
    ("Latitude", ColumnType::Decimal),
    ("Description", ColumnType::String),
    ("UpdatedOn", ColumnType::DateTime),
];
const DATA_SET: &str = "Iaon";
const ID: &str = "ID";
const SIGNAL_ID: &str = "SignalID";
const POINT_TAG: &str = "PointTag";

impl ActiveMeasurements {
    /// The name of the table.
    pub const TABLE: &'static str = "ActiveMeasurements";

    pub(super) fn of(metadata: &Metadata) -> ActiveMeasurements {
        let columns = COLUMNS.iter().map(|(name, column_type)| Column::new(*name, *column_type));
        let measurement_rows = MeasurementRows::of(metadata);
        let taken = taken_over(metadata, &measurement_rows);
        let mut draft = TableDraft::new(Self::TABLE.to_owned(), columns.collect());
        for measurement in measurement_rows.iter().filter_map(|row| metadata.measurement(row)) {
            let row = draft.push_row();
            let made = draft.cells.iter_mut().zip(active_cells(measurement)).zip(&taken);
            for ((cells, cell), _) in made.filter(|(_, taken)| taken.is_none()) {
                cells.set(row, cell);
            }
        }
        let mut content = draft.finish();
        for (cells, taken) in content.cells.iter_mut().zip(taken) {
            taken.into_iter().for_each(|taken| *cells = taken);
        }
        let table = metadata.data_set.table_over_texts(content);
        ActiveMeasurements {
            data_set: metadata.data_set.of_tables(DATA_SET, vec![table.clone()]),
            table,
            measurement_rows,
            signal_ids: OnceLock::new(),
            keys: OnceLock::new(),
            point_tags: OnceLock::new(),
        }
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// A data set named `Iaon` that holds just the table.
    pub fn data_set(&self) -> &DataSet {
        &self.data_set
    }

    /// The row of `MeasurementDetail` that a row of this table is about.
    pub fn measurement_row(&self, active_row: usize) -> Option<usize> {
        self.measurement_rows.get(active_row)
    }

    /// The row of this table about a row of `MeasurementDetail`; `None` when that measurement is
    /// not enabled.
    pub fn active_row(&self, measurement_row: usize) -> Option<usize> {
        self.measurement_rows.position(measurement_row)
    }

    fn text_index<'a>(&self, index: &'a OnceLock<TextIndex>, column: &str) -> &'a TextIndex {
        index.get_or_init(|| TextIndex::new(&self.table, self.table.column_index(column)))
    }
}

impl RowLookup for ActiveMeasurements {
    fn by_signal_id(&self, signal_id: Uuid) -> Option<usize> {
        let new = || GuidColumn::new(&self.table, self.table.column_index(SIGNAL_ID));
        self.signal_ids.get_or_init(new).find(&self.table, signal_id)
    }

    fn by_key(&self, key: &str) -> Option<usize> {
        self.text_index(&self.keys, ID).find(&self.table, key)
    }

    fn by_point_tag(&self, point_tag: &str) -> Option<usize> {
        self.text_index(&self.point_tags, POINT_TAG).find(&self.table, point_tag)
    }
}

/// The rows of `MeasurementDetail` that are enabled, in ascending order.
#[derive(Debug)]
enum MeasurementRows {
    /// All of so many.
    All(usize),
    Some(Vec<u32>),
}

impl MeasurementRows {
    fn of(metadata: &Metadata) -> MeasurementRows {
        let count = metadata.measurements().len();
        if metadata.measurements().all(MeasurementRecord::is_active) {
            return MeasurementRows::All(count);
        }
        let active = (0u32..).zip(metadata.measurements()).filter(|(_, measurement)| measurement.is_active());
        MeasurementRows::Some(active.map(|(row, _)| row).collect())
    }

    fn len(&self) -> usize {
        match self {
            MeasurementRows::All(count) => *count,
            MeasurementRows::Some(rows) => rows.len(),
        }
    }

    fn get(&self, position: usize) -> Option<usize> {
        match self {
            MeasurementRows::All(count) => Some(position).filter(|row| row < count),
            MeasurementRows::Some(rows) => rows.get(position).map(|row| *row as usize),
        }
    }

    fn position(&self, row: usize) -> Option<usize> {
        match self {
            MeasurementRows::All(count) => Some(row).filter(|row| row < count),
            MeasurementRows::Some(rows) => rows.binary_search(&u32::try_from(row).ok()?).ok(),
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).filter_map(|position| self.get(position))
    }
}

/// The columns of [`COLUMNS`] that say just what those of `MeasurementDetail` do: they are shared as a whole, or as far
/// as rows are enabled, which takes less memory and time than one cell after the other.
fn taken_over(metadata: &Metadata, rows: &MeasurementRows) -> [Option<Arc<Cells>>; COLUMNS.len()] {
    let columns = &metadata.measurements.columns;
    let table = metadata.measurements.table(&metadata.data_set);
    let cells = |column: Option<usize>| table?.cells(column?);
    let is_empty = |id: Option<StringId>| id == Some(StringId::EMPTY);
    let has_none = |cells: &Cells, is_other: &dyn Fn(Option<StringId>) -> bool| {
        !rows.iter().any(|row| is_other(cells.string_id(row)))
    };
    let sources = [
        (ID, cells(columns.id)),
        (SIGNAL_ID, cells(columns.signal_id)),
        (POINT_TAG, cells(columns.point_tag)),
        ("AlternateTag", cells(columns.alternate_tag)),
        ("SignalReference", cells(columns.signal_reference)),
        ("Device", cells(columns.device_acronym).filter(|cells| has_none(cells, &is_empty))),
        (
            "SignalType",
            cells(columns.signal_acronym).filter(|cells| has_none(cells, &|id| id.is_none() || is_empty(id))),
        ),
        ("Description", cells(columns.description)),
        ("UpdatedOn", cells(columns.updated_on)),
    ];
    let selected = match rows {
        MeasurementRows::All(_) => None,
        MeasurementRows::Some(_) => Some(rows.iter().collect::<Vec<usize>>()),
    };
    COLUMNS.map(|(name, column_type)| {
        let (_, cells) = sources.into_iter().find(|(taken, _)| *taken == name)?;
        // Of another type, each cell is read as far as it makes sense.
        let cells = cells.filter(|cells| cells.column_type() == column_type)?;
        Some(match &selected {
            None => Arc::clone(cells),
            Some(rows) => Arc::new(cells.select(rows)),
        })
    })
}

/// The cells of a measurement's row, in the order of [`COLUMNS`].
fn active_cells(measurement: MeasurementRecord<'_>) -> [Option<Cell>; COLUMNS.len()] {
    let metadata = measurement.metadata;
    let columns = &metadata.measurements.columns;
    let text = |column| measurement.string_id(column).map(Cell::String);
    let device = measurement.device();
    let device_columns = &metadata.devices.columns;
    let device_text = |column| device.and_then(|device| device.string_id(column)).map(Cell::String);
    let phasor = measurement.phasor_at(measurement.phasor_source_index().unwrap_or(0));
    let phasor_columns = &metadata.phasors.columns;
    let phasor_text = |column| phasor.and_then(|phasor| phasor.string_id(column)).map(Cell::String);
    let signal_type = measurement.signal_acronym().unwrap_or_default();
    let device_name = measurement.device_acronym().filter(|acronym| !acronym.is_empty());
    [
        Some(Cell::Guid(metadata.node_id)),
        text(columns.id),
        measurement.signal_id().map(Cell::Guid),
        text(columns.point_tag),
        text(columns.alternate_tag),
        text(columns.signal_reference),
        integer(i64::from(measurement.internal() == Some(true))),
        integer(0),
        device_name.and_then(|_| text(columns.device_acronym)),
        device.and_then(|device| i64::try_from(device.row()).ok()).map(Cell::Int),
        frames_per_second(device_name, device).map(|frames| Cell::Int(frames.into())),
        device_text(device_columns.protocol_name),
        device.map(|device| Cell::String(protocol_type(device.protocol_name().unwrap_or_default()))),
        if signal_type.is_empty() {
            Some(Cell::String(StringId::CALCULATION))
        } else {
            text(columns.signal_acronym)
        },
        Some(Cell::String(engineering_units(signal_type))),
        phasor.and_then(|phasor| phasor.id()).map(|id| Cell::Int(id.into())),
        phasor_text(phasor_columns.phasor_type),
        phasor_text(phasor_columns.phase),
        Some(Cell::Double(measurement.adder().unwrap_or(0.0))),
        Some(Cell::Double(measurement.multiplier().unwrap_or(1.0))),
        device_text(device_columns.company_acronym),
        device.and_then(DeviceRecord::longitude).map(Cell::Decimal),
        device.and_then(DeviceRecord::latitude).map(Cell::Decimal),
        text(columns.description),
        measurement.updated_on().map(Cell::DateTime),
    ]
}

fn integer(value: i64) -> Option<Cell> {
    Some(Cell::Int(value))
}

/// Unknown only when the measurement names a device that the metadata do not describe.
fn frames_per_second(device_name: Option<&str>, device: Option<DeviceRecord<'_>>) -> Option<i32> {
    match (device_name, device) {
        (Some(_), None) => None,
        (_, device) => {
            let of_device = device.and_then(DeviceRecord::frames_per_second);
            Some(of_device.filter(|frames| *frames > 0).unwrap_or(DEFAULT_FRAMES_PER_SECOND))
        }
    }
}

fn protocol_type(protocol: &str) -> StringId {
    let starts_with = |start: &&str| {
        protocol.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
    };
    if MEASUREMENT_PROTOCOLS.iter().any(|name| name.eq_ignore_ascii_case(protocol))
        || MEASUREMENT_PROTOCOL_FAMILIES.iter().any(starts_with)
    {
        StringId::MEASUREMENT
    } else {
        StringId::FRAME
    }
}

fn engineering_units(signal_type: &str) -> StringId {
    match signal_type.to_ascii_uppercase().as_str() {
        "IPHM" => StringId::AMPS,
        "VPHM" => StringId::VOLTS,
        "FREQ" => StringId::HERTZ,
        upper if upper.ends_with("PHA") => StringId::DEGREES,
        _ => StringId::EMPTY,
    }
}
