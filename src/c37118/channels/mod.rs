//! Table `C37118Channel` of metadata: everything that a configuration frame tells of each channel, for
//! readers that never see the frame.
//!
//! A row has the fields of the design notes of STTP (ID codes, time base, value type, size, phasor type,
//! position, PMU, names, nominal frequency, rate, configuration count) and what they lack to understand a
//! data frame: FORMAT, PHUNIT or PHSCALE, ANUNIT or ANSCALE, DIGUNIT, and what CFG-3 says of a PMU.

mod read;

use uuid::Uuid;

use super::configuration::{AnalogScale, Configuration, ConfigurationForm, DigitalWord, Format, Name, Pmu};
use super::configuration::{PhasorChannel, PhasorScale};
use crate::metadata::{Column, ColumnType, DataSetBuilder, MetadataError, RowBuilder, Value};

pub(super) use read::{Channels, KnownChannel};

/// The name of the table.
pub(super) const TABLE: &str = "C37118Channel";
/// What stands between the sixteen labels of a digital word.
const LABEL_SEPARATOR: char = '|';

/// Makes the names of the columns and the list of them in one go.
macro_rules! columns {
    ($($constant:ident $name:literal $column_type:ident,)*) => {
        mod column {
            $(pub(super) const $constant: &str = $name;)*
        }
        const COLUMNS: &[(&str, ColumnType)] = &[$(($name, ColumnType::$column_type),)*];
    };
}

columns! {
    SIGNAL_ID "SignalID" Guid,
    DEVICE "DeviceAcronym" String,
    STREAM_ID_CODE "ConcentratorIDCode" Int32,
    SOURCE_ID_CODE "SourceIDCode" Int32,
    TIME_BASE "TimeBase" Int64,
    VALUE_TYPE "ValueType" String,
    SIZE "Size" Int32,
    PHASOR_TYPE "PhasorType" String,
    POSITION "PositionIndex" Int32,
    PMU_NUMBER "PMUNumber" Int32,
    STATION "StationName" String,
    NAME "ChannelName" String,
    NOMINAL_FREQUENCY "NominalFrequency" Int32,
    DATA_RATE "DataRate" Int32,
    CHANGE_COUNT "ConfigurationCount" Int32,
    VERSION "Version" Int32,
    FORM "ConfigurationForm" Int32,
    FORMAT "Format" Int32,
    FNOM "FNOM" Int32,
    CODE "UnitCode" Int32,
    FACTOR "Factor" Double,
    OFFSET "Offset" Double,
    FLAGS "PhasorFlags" Int32,
    USER "PhasorUserByte" Int32,
    NORMAL "NormalState" Int32,
    VALID "ValidInputs" Int32,
    GLOBAL_ID "GlobalPMUID" Guid,
    LATITUDE "Latitude" Double,
    LONGITUDE "Longitude" Double,
    ELEVATION "Elevation" Double,
    SERVICE_CLASS "ServiceClass" Int32,
    WINDOW "Window" Int32,
    GROUP_DELAY "GroupDelay" Int32,
}

/// What kind of value a channel has: the letters of the design notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ValueType {
    Status,
    Phasor,
    Frequency,
    RateOfChange,
    Analog,
    Digital,
}

impl ValueType {
    fn letter(self) -> &'static str {
        match self {
            ValueType::Status => "S",
            ValueType::Phasor => "P",
            ValueType::Frequency => "F",
            ValueType::RateOfChange => "Q",
            ValueType::Analog => "A",
            ValueType::Digital => "D",
        }
    }
}

/// Adds the table without rows.
pub(super) fn add_table(builder: &mut DataSetBuilder) -> Result<usize, MetadataError> {
    match builder.table_index(TABLE) {
        Some(table) => Ok(table),
        None => builder.add_table(
            TABLE,
            COLUMNS.iter().map(|(name, column_type)| Column::new(*name, *column_type)).collect(),
        ),
    }
}

/// Adds a row for each channel of a PMU, in the order of its data. `signal` tells what the values of a channel
/// travel by: of a phasor, the signal of its magnitude; channels of a type are counted from 1.
pub(super) fn add_channels(
    builder: &mut DataSetBuilder,
    device: &str,
    configuration: &Configuration,
    pmu_index: usize,
    signal: impl Fn(ValueType, usize) -> Uuid,
) -> Result<(), MetadataError> {
    let table = add_table(builder)?;
    let Some(pmu) = configuration.pmus.get(pmu_index) else { return Ok(()) };
    let phasors = (1..).zip(&pmu.phasors).map(|(number, phasor)| Channel::of_phasor(number, phasor));
    let analogs = (1..).zip(&pmu.analogs).map(|(number, analog)| Channel {
        name: plain(&analog.name),
        scale: Scale::Analog(analog.scale),
        ..Channel::new(ValueType::Analog, number)
    });
    let digitals = (1..).zip(&pmu.digitals).map(|(number, word)| Channel::of_digital(number, word));
    let channels = std::iter::once(Channel::new(ValueType::Status, 1))
        .chain(phasors)
        .chain([Channel::new(ValueType::Frequency, 1), Channel::new(ValueType::RateOfChange, 1)])
        .chain(analogs)
        .chain(digitals);
    for channel in channels {
        let row = builder.append_row(table)?;
        let row = row
            .set(column::SIGNAL_ID, signal(channel.value_type, channel.position))?
            .set(column::DEVICE, device)?;
        let row = set_pmu(row, configuration, pmu, pmu_index)?;
        channel.set(row, pmu.format)?;
    }
    Ok(())
}

/// A name as a text that metadata can hold.
pub(super) fn plain(name: &Name) -> String {
    let text = name.to_string();
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// What is the same for all channels of a PMU.
fn set_pmu<'b>(
    row: RowBuilder<'b>,
    configuration: &Configuration,
    pmu: &Pmu,
    pmu_index: usize,
) -> Result<RowBuilder<'b>, MetadataError> {
    let form = match configuration.form {
        ConfigurationForm::Cfg1 => 1,
        ConfigurationForm::Cfg2 => 2,
        ConfigurationForm::Cfg3 => 3,
    };
    let row = row
        .set(column::STREAM_ID_CODE, configuration.id_code)?
        .set(column::SOURCE_ID_CODE, pmu.id_code)?
        .set(column::TIME_BASE, configuration.time_base.0)?
        .set(column::PMU_NUMBER, pmu_index as i64 + 1)?
        .set(column::STATION, plain(&pmu.station).as_str())?
        .set(column::NOMINAL_FREQUENCY, pmu.nominal_frequency.hertz() as i64)?
        .set(column::DATA_RATE, configuration.data_rate)?
        .set(column::CHANGE_COUNT, pmu.change_count)?
        .set(column::VERSION, configuration.version.number())?
        .set(column::FORM, form)?
        .set(column::FORMAT, pmu.format.0)?
        .set(column::FNOM, pmu.nominal_frequency.0)?;
    let Some(details) = pmu.details else { return Ok(row) };
    row.set(column::GLOBAL_ID, Uuid::from_bytes(details.global_id))?
        .set(column::LATITUDE, finite(details.latitude))?
        .set(column::LONGITUDE, finite(details.longitude))?
        .set(column::ELEVATION, finite(details.elevation))?
        .set(column::SERVICE_CLASS, details.service_class)?
        .set(column::WINDOW, details.window)?
        .set(column::GROUP_DELAY, details.group_delay)
}

/// Not given is null: metadata have no infinity.
fn finite(number: f32) -> Option<f64> {
    number.is_finite().then_some(number.into())
}

/// What is a channel's own.
struct Channel {
    value_type: ValueType,
    position: usize,
    name: String,
    scale: Scale,
}

enum Scale {
    None,
    Phasor(PhasorScale),
    Analog(AnalogScale),
    Digital { normal: u16, valid: u16 },
}

impl Channel {
    fn new(value_type: ValueType, position: usize) -> Channel {
        Channel { value_type, position, name: String::new(), scale: Scale::None }
    }

    fn of_phasor(position: usize, phasor: &PhasorChannel) -> Channel {
        let name = plain(&phasor.name);
        Channel { name, scale: Scale::Phasor(phasor.scale), ..Channel::new(ValueType::Phasor, position) }
    }

    fn of_digital(position: usize, word: &DigitalWord) -> Channel {
        let labels = word.names.iter().map(|name| plain(name).replace(LABEL_SEPARATOR, "/"));
        let name = labels.collect::<Vec<_>>().join(&LABEL_SEPARATOR.to_string());
        let scale = Scale::Digital { normal: word.normal, valid: word.valid };
        Channel { name, scale, ..Channel::new(ValueType::Digital, position) }
    }

    fn set(self, row: RowBuilder<'_>, format: Format) -> Result<(), MetadataError> {
        let float = match self.value_type {
            ValueType::Phasor => Format::FLOAT_PHASORS,
            ValueType::Frequency | ValueType::RateOfChange => Format::FLOAT_FREQUENCY,
            ValueType::Analog => Format::FLOAT_ANALOGS,
            // All formats have them in 16 bits.
            ValueType::Status | ValueType::Digital => u16::MAX,
        };
        let phasor_type = match (self.value_type, format.has(Format::POLAR)) {
            (ValueType::Phasor, true) => Value::from("P"),
            (ValueType::Phasor, false) => Value::from("R"),
            _ => Value::Null,
        };
        let row = row
            .set(column::VALUE_TYPE, self.value_type.letter())?
            .set(column::SIZE, if format.has(float) { 4 } else { 2 })?
            .set(column::PHASOR_TYPE, phasor_type)?
            .set(column::POSITION, self.position as i64)?
            .set(column::NAME, (!self.name.is_empty()).then_some(self.name.as_str()))?;
        self.scale.set(row)
    }
}

impl Scale {
    fn set(&self, row: RowBuilder<'_>) -> Result<(), MetadataError> {
        match *self {
            Scale::None => return Ok(()),
            Scale::Phasor(PhasorScale::Unit { code, factor }) => {
                row.set(column::CODE, code)?.set(column::FACTOR, f64::from(factor))?
            }
            Scale::Phasor(PhasorScale::Full { flags, code, user, factor, angle_offset }) => row
                .set(column::CODE, code)?
                .set(column::FACTOR, finite(factor))?
                .set(column::OFFSET, finite(angle_offset))?
                .set(column::FLAGS, flags)?
                .set(column::USER, user)?,
            Scale::Analog(AnalogScale::Unit { code, factor }) => {
                row.set(column::CODE, code)?.set(column::FACTOR, f64::from(factor))?
            }
            Scale::Analog(AnalogScale::Full { factor, offset }) => {
                row.set(column::FACTOR, finite(factor))?.set(column::OFFSET, finite(offset))?
            }
            Scale::Digital { normal, valid } => row.set(column::NORMAL, normal)?.set(column::VALID, valid)?,
        };
        Ok(())
    }
}
