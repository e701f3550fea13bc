//! Rows on their way into a Parquet file, column by column.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType,
    Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use sttp::Ticks;

/// Rows of a row group: as many are kept in memory.
const GROUP: usize = 1 << 17;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A time, UTC, in nanoseconds.
    Time,
    /// A whole number of 64 bits.
    Long,
    /// A whole number of 32 bits, from 0 on.
    Flags,
    /// A number of single precision.
    Float,
    /// A number of double precision.
    Double,
    /// A signal ID.
    Id,
    /// A text.
    Text,
    /// True or false.
    Bool,
}

/// A value for a column of its kind.
#[derive(Debug, Clone)]
pub enum Cell {
    /// None.
    Null,
    /// Also a time, see [`Cell::time`].
    Long(i64),
    /// Flags.
    Flags(u32),
    /// A number.
    Float(f32),
    /// A number.
    Double(f64),
    /// A signal ID, in the order of its text.
    Id(FixedLenByteArray),
    /// A text.
    Text(ByteArray),
    /// True or false.
    Bool(bool),
}

impl Cell {
    /// A time; none where 64 bits do not hold its nanoseconds, and without a time.
    pub fn time(time: Ticks) -> Cell {
        match time.to_unix_nanoseconds() {
            Some(nanoseconds) if time.value() != 0 => Cell::Long(nanoseconds),
            _ => Cell::Null,
        }
    }
}

enum Values {
    Longs(Vec<i64>),
    Flags(Vec<i32>),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
    Ids(Vec<FixedLenByteArray>),
    Texts(Vec<ByteArray>),
    Bools(Vec<bool>),
}

struct Column {
    values: Values,
    /// 1 for each row with a value, 0 for one without.
    levels: Vec<i16>,
}

/// A Parquet file that is being written. It has its name once it is whole.
pub struct Table {
    writer: SerializedFileWriter<BufWriter<File>>,
    columns: Vec<Column>,
    rows: usize,
    total: u64,
    path: PathBuf,
    unfinished: Unfinished,
}

/// The file as long as it is not whole. What never becomes whole is removed.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Once it has its name there is none.
        let _ = fs::remove_file(&self.0);
    }
}

impl Table {
    /// Begins a file with these columns.
    ///
    /// # Errors
    ///
    /// When the file is there already and is not to be replaced, or cannot be written.
    pub fn create(path: &Path, overwrites: bool, columns: &[(String, Kind)]) -> Result<Table, String> {
        if !overwrites && path.exists() {
            return Err(format!("{} is there already; --overwrite replaces it", path.display()));
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".part");
        let unfinished = Unfinished(PathBuf::from(unfinished));
        let file =
            File::create(&unfinished.0).map_err(|error| format!("{}: {error}", unfinished.0.display()))?;
        let fields = columns.iter().map(|(name, kind)| field(name, *kind)).collect::<Result<Vec<_>, _>>();
        let schema =
            fields.and_then(|fields| Type::group_type_builder("recording").with_fields(fields).build());
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("sttp-parquet {}", env!("CARGO_PKG_VERSION")))
            .build();
        let writer = schema
            .and_then(|schema| {
                SerializedFileWriter::new(BufWriter::new(file), Arc::new(schema), Arc::new(properties))
            })
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let columns =
            columns.iter().map(|(_, kind)| Column { values: values(*kind), levels: Vec::new() }).collect();
        Ok(Table { writer, columns, rows: 0, total: 0, path: path.to_owned(), unfinished })
    }

    /// Adds a row: a cell for each column, of its kind.
    ///
    /// # Errors
    ///
    /// When rows cannot be written.
    pub fn push(&mut self, cells: impl IntoIterator<Item = Cell>) -> Result<(), String> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
        self.rows += 1;
        self.total += 1;
        if self.rows == GROUP { self.flush() } else { Ok(()) }
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.total
    }

    /// Puts a text into the file, beside its rows.
    pub fn annotate(&mut self, key: &str, text: String) {
        self.writer.append_key_value_metadata(KeyValue::new(key.to_owned(), text));
    }

    /// Ends the file, and gives it its name.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<u64, String> {
        self.flush()?;
        let file =
            self.writer.into_inner().map_err(|error| format!("{}: {error}", self.unfinished.0.display()))?;
        let whole =
            file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        whole
            .and_then(|()| fs::rename(&self.unfinished.0, &self.path))
            .map_err(|error| format!("{}: {error}", self.path.display()))?;
        Ok(self.total)
    }

    fn flush(&mut self) -> Result<(), String> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let written = self.writer.next_row_group().and_then(|mut group| {
            self.columns.iter_mut().try_for_each(|column| column.write(&mut group))?;
            group.close().map(|_| ())
        });
        written.map_err(|error| format!("{}: {error}", self.unfinished.0.display()))
    }
}

fn field(name: &str, kind: Kind) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match kind {
        Kind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::NANOS))),
        Kind::Long => (Physical::INT64, None),
        Kind::Flags => (Physical::INT32, Some(LogicalType::integer(32, false))),
        Kind::Float => (Physical::FLOAT, None),
        Kind::Double => (Physical::DOUBLE, None),
        Kind::Id => (Physical::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::Uuid)),
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Bool => (Physical::BOOLEAN, None),
    };
    let builder = Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .with_length(if kind == Kind::Id { 16 } else { -1 });
    builder.build().map(Arc::new)
}

fn values(kind: Kind) -> Values {
    match kind {
        Kind::Time | Kind::Long => Values::Longs(Vec::new()),
        Kind::Flags => Values::Flags(Vec::new()),
        Kind::Float => Values::Floats(Vec::new()),
        Kind::Double => Values::Doubles(Vec::new()),
        Kind::Id => Values::Ids(Vec::new()),
        Kind::Text => Values::Texts(Vec::new()),
        Kind::Bool => Values::Bools(Vec::new()),
    }
}

impl Column {
    fn push(&mut self, cell: Cell) {
        match (&mut self.values, cell) {
            (Values::Longs(values), Cell::Long(value)) => values.push(value),
            // As Parquet has them: the bits of a number without a sign.
            (Values::Flags(values), Cell::Flags(value)) => values.push(value.cast_signed()),
            (Values::Floats(values), Cell::Float(value)) => values.push(value),
            (Values::Doubles(values), Cell::Double(value)) => values.push(value),
            (Values::Ids(values), Cell::Id(value)) => values.push(value),
            (Values::Texts(values), Cell::Text(value)) => values.push(value),
            (Values::Bools(values), Cell::Bool(value)) => values.push(value),
            (_, Cell::Null) => {
                self.levels.push(0);
                return;
            }
            _ => unreachable!("a cell of another kind than its column"),
        }
        self.levels.push(1);
    }

    fn write<W: io::Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        let Some(mut column) = group.next_column()? else { return Ok(()) };
        let levels = Some(&*self.levels);
        match &mut self.values {
            Values::Longs(values) => column.typed::<Int64Type>().write_batch(values, levels, None)?,
            Values::Flags(values) => column.typed::<Int32Type>().write_batch(values, levels, None)?,
            Values::Floats(values) => column.typed::<FloatType>().write_batch(values, levels, None)?,
            Values::Doubles(values) => column.typed::<DoubleType>().write_batch(values, levels, None)?,
            Values::Ids(values) => {
                column.typed::<FixedLenByteArrayType>().write_batch(values, levels, None)?
            }
            Values::Texts(values) => column.typed::<ByteArrayType>().write_batch(values, levels, None)?,
            Values::Bools(values) => column.typed::<BoolType>().write_batch(values, levels, None)?,
        };
        self.levels.clear();
        match &mut self.values {
            Values::Longs(values) => values.clear(),
            Values::Flags(values) => values.clear(),
            Values::Floats(values) => values.clear(),
            Values::Doubles(values) => values.clear(),
            Values::Ids(values) => values.clear(),
            Values::Texts(values) => values.clear(),
            Values::Bools(values) => values.clear(),
        }
        column.close()
    }
}
