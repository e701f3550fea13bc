//! Metadata of any size for benchmarks: substations with phasors, as a utility publishes them.

use std::fmt::Write;

use sttp::metadata::{DataSet, DataSetBuilder, MetadataError};
use uuid::Uuid;

/// Signals of a device: frequency and its rate of change, then phasors of two signals each.
const PER_DEVICE: usize = 20;
const STATIONS: [&str; 4] = ["SHELBY", "CORDOVA", "LOWELL", "MAURY"];
const UPDATED_ON: &str = "2026-01-01T00:00:00.123Z";

/// The signal ID of a measurement by its number.
pub(crate) fn signal_id(number: usize) -> Uuid {
    // As random as real ones, which matters to GZip.
    let bits = (number as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
}

/// The standard tables with so many measurements; each takes about 670 bytes of XML, devices and phasors included.
pub(crate) fn data_set(measurements: usize) -> DataSet {
    build(measurements).expect("values of their types, within limits")
}

fn build(measurements: usize) -> Result<DataSet, MetadataError> {
    let mut builder = DataSetBuilder::standard()?;
    let mut text = Texts::default();
    for device in 0..measurements.div_ceil(PER_DEVICE) {
        add_device(&mut builder, &mut text, device)?;
        for signal in 0..PER_DEVICE.min(measurements - device * PER_DEVICE) {
            add_measurement(&mut builder, &mut text, device, signal)?;
        }
    }
    Ok(builder.finish())
}

fn add_device(builder: &mut DataSetBuilder, text: &mut Texts, device: usize) -> Result<(), MetadataError> {
    let table = builder.table_index("DeviceDetail").expect("standard table");
    let station = STATIONS[device % STATIONS.len()];
    text.device.clear();
    let _ = write!(text.device, "{station}_{device}");
    builder
        .append_row(table)?
        .set("NodeID", signal_id(usize::MAX - 1))?
        .set("UniqueID", signal_id(usize::MAX / 2 - device))?
        .set("IsConcentrator", false)?
        .set("Acronym", text.device.as_str())?
        .set("Name", text.device.as_str())?
        .set("AccessID", device as i32)?
        .set("ParentAcronym", "CONCENTRATOR")?
        .set("ProtocolName", "IEEE C37.118.2-2011")?
        .set("FramesPerSecond", 30)?
        .set("CompanyAcronym", "UTILITY")?
        .set_text("Longitude", "-89.8038")?
        .set_text("Latitude", "35.3871")?
        .set("InterconnectionName", "Eastern Interconnection")?
        .set("Enabled", true)?
        .set_text("UpdatedOn", UPDATED_ON)?;
    Ok(())
}

fn add_measurement(
    builder: &mut DataSetBuilder,
    text: &mut Texts,
    device: usize,
    signal: usize,
) -> Result<(), MetadataError> {
    let number = device * PER_DEVICE + signal;
    let phasor = signal / 2;
    let (kind, acronym, suffix) = match (signal, phasor % 2, signal % 2) {
        (0, ..) => ("Frequency", "FREQ", "FQ"),
        (1, ..) => ("Frequency Delta (dF/dt)", "DFDT", "DF"),
        (_, 0, 0) => ("Phase Magnitude", "VPHM", "PM"),
        (_, 0, _) => ("Phase Angle", "VPHA", "PA"),
        (_, _, 0) => ("Phase Magnitude", "IPHM", "PM"),
        _ => ("Phase Angle", "IPHA", "PA"),
    };
    if phasor > 0 && signal.is_multiple_of(2) {
        add_phasor(builder, text, device, phasor)?;
    }
    text.write(number, phasor, kind, acronym, suffix);
    let table = builder.table_index("MeasurementDetail").expect("standard table");
    builder
        .append_row(table)?
        .set("DeviceAcronym", text.device.as_str())?
        .set("ID", text.key.as_str())?
        .set("SignalID", signal_id(number))?
        .set("PointTag", text.tag.as_str())?
        .set("SignalReference", text.reference.as_str())?
        .set("SignalAcronym", acronym)?
        .set("PhasorSourceIndex", (phasor > 0).then_some(phasor as i32))?
        .set("Description", text.description.as_str())?
        .set("Internal", true)?
        .set("Enabled", true)?
        .set_text("UpdatedOn", UPDATED_ON)?;
    Ok(())
}

fn add_phasor(
    builder: &mut DataSetBuilder,
    text: &mut Texts,
    device: usize,
    phasor: usize,
) -> Result<(), MetadataError> {
    let table = builder.table_index("PhasorDetail").expect("standard table");
    text.label.clear();
    let _ = write!(text.label, "Line {phasor} to {}", STATIONS[(device + 1) % STATIONS.len()]);
    builder
        .append_row(table)?
        .set("ID", (device * PER_DEVICE + phasor) as i32)?
        .set("DeviceAcronym", text.device.as_str())?
        .set("Label", text.label.as_str())?
        .set("Type", if phasor.is_multiple_of(2) { "V" } else { "I" })?
        .set("Phase", "+")?
        .set("SourceIndex", phasor as i32)?
        .set_text("UpdatedOn", UPDATED_ON)?;
    Ok(())
}

/// Texts of the current rows, kept to spare their memory.
#[derive(Default)]
struct Texts {
    device: String,
    key: String,
    tag: String,
    reference: String,
    description: String,
    label: String,
}

impl Texts {
    fn write(&mut self, number: usize, phasor: usize, kind: &str, acronym: &str, suffix: &str) {
        for text in [&mut self.key, &mut self.tag, &mut self.reference, &mut self.description] {
            text.clear();
        }
        let device = &self.device;
        let place = if phasor > 0 { phasor.to_string() } else { String::new() };
        let _ = write!(self.key, "PPA:{}", number + 1);
        let _ = write!(self.tag, "UTILITY_{device}-{suffix}{place}:{acronym}");
        let _ = write!(self.reference, "{device}-{suffix}{place}");
        let _ = write!(self.description, "{device} Line {place} {kind} of the 500 kV bus & its transformer");
    }
}
