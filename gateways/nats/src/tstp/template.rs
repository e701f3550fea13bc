//! Names made of metadata: `{DeviceAcronym}-{signal|PointTag}`.

use std::fmt::Write;

use sttp::metadata::{MeasurementRecord, Metadata, Table, Value};

/// A text with fields of metadata in braces. A field is a column of `MeasurementDetail`; `device.` before it, of
/// `DeviceDetail`; `phasor.`, of `PhasorDetail`; `signal`, what follows the device in the signal reference, as `PM1`; or
/// `source`, the name that the publisher has here.
/// `|` separates fields of which the first one that is not empty counts; one in quotes is a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The first one that is not empty.
    Field(Vec<Source>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    Measurement(String),
    Device(String),
    Phasor(String),
    Signal,
    /// The name of the publisher.
    Publisher,
    Text(String),
}

impl std::str::FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Template, String> {
        let mut parts = Vec::new();
        let mut left = text;
        while let Some((before, behind)) = left.split_once('{') {
            let (field, after) = behind
                .split_once('}')
                .ok_or_else(|| format!("{text:?}: a brace is not closed; write {{PointTag}}"))?;
            if !before.is_empty() {
                parts.push(Part::Text(before.into()));
            }
            let sources = field.split('|').map(|source| read_source(source.trim())).collect::<Option<_>>();
            let sources = sources.ok_or_else(|| {
                format!("{text:?}: {{{field}}} is no field; write {{PointTag}}, {{device.Name|DeviceAcronym}} or {{signal|'x'}}")
            })?;
            parts.push(Part::Field(sources));
            left = after;
        }
        if left.contains('}') {
            return Err(format!("{text:?}: a brace is not opened; write {{PointTag}}"));
        }
        if !left.is_empty() {
            parts.push(Part::Text(left.into()));
        }
        Ok(Template { parts })
    }
}

impl<'de> serde::Deserialize<'de> for Template {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Template, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

fn read_source(text: &str) -> Option<Source> {
    let is_name = |name: &str| !name.is_empty() && !name.contains(['.', '\'', '{']);
    if let Some(quoted) = text.strip_prefix('\'') {
        return quoted
            .strip_suffix('\'')
            .filter(|text| !text.contains('\''))
            .map(|text| Source::Text(text.into()));
    }
    match text {
        "signal" => return Some(Source::Signal),
        "source" => return Some(Source::Publisher),
        _ => {}
    }
    let (source, name): (fn(String) -> Source, &str) = match text.split_once('.') {
        Some(("device", name)) => (Source::Device, name),
        Some(("phasor", name)) => (Source::Phasor, name),
        Some(_) => return None,
        None => (Source::Measurement, text),
    };
    is_name(name).then(|| source(name.into()))
}

impl Template {
    /// The name of a measurement of a publisher.
    pub(crate) fn name(&self, publisher: &str, metadata: &Metadata, record: MeasurementRecord<'_>) -> String {
        let mut name = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => name += text,
                Part::Field(sources) => {
                    let start = name.len();
                    for source in sources {
                        source.put(publisher, metadata, record, &mut name);
                        if name.len() > start {
                            break;
                        }
                    }
                }
            }
        }
        name
    }
}

impl Source {
    fn put(&self, publisher: &str, metadata: &Metadata, record: MeasurementRecord<'_>, name: &mut String) {
        let (table, row, column) = match self {
            Source::Text(text) => return name.push_str(text),
            Source::Publisher => return name.push_str(publisher),
            Source::Signal => {
                if let Some(reference) = record.reference() {
                    name.push_str(reference.kind.code());
                    if reference.index > 0 {
                        let _ = write!(name, "{}", reference.index);
                    }
                }
                return;
            }
            Source::Measurement(column) => ("MeasurementDetail", Some(record.row()), column),
            Source::Device(column) => ("DeviceDetail", record.device().map(|device| device.row()), column),
            Source::Phasor(column) => ("PhasorDetail", record.phasor().map(|phasor| phasor.row()), column),
        };
        if let (Some(table), Some(row)) = (metadata.data_set().table(table), row) {
            put_cell(table, row, column, name);
        }
    }
}

fn put_cell(table: &Table, row: usize, column: &str, name: &mut String) {
    let Some(column) = table.column_index(column) else { return };
    // Into a text nothing fails to be written.
    let _ = match table.value(row, column) {
        Value::Null => Ok(()),
        Value::Boolean(value) => write!(name, "{value}"),
        Value::Int(value) => write!(name, "{value}"),
        Value::UInt64(value) => write!(name, "{value}"),
        Value::Single(value) => write!(name, "{value}"),
        Value::Double(value) => write!(name, "{value}"),
        Value::Decimal(value) => write!(name, "{value}"),
        Value::String(value) => write!(name, "{}", value.trim()),
        Value::Guid(value) => write!(name, "{value}"),
        Value::DateTime(value) => write!(name, "{value}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use sttp::metadata::DataSetBuilder;

    fn metadata() -> Metadata {
        let mut builder = DataSetBuilder::standard().unwrap();
        let [devices, measurements, phasors] = ["DeviceDetail", "MeasurementDetail", "PhasorDetail"]
            .map(|name| builder.table_index(name).unwrap());
        let device = builder.append_row(devices).unwrap();
        device.set("Acronym", "SHELBY").unwrap().set("Name", "Shelby, bus 1").unwrap();
        let phasor = builder.append_row(phasors).unwrap();
        phasor
            .set("DeviceAcronym", "SHELBY")
            .unwrap()
            .set("SourceIndex", 1)
            .unwrap()
            .set("Phase", "A")
            .unwrap();
        for (tag, reference, index) in [("S:F", "SHELBY-FQ", None), ("S:V", "SHELBY-PM1", Some(1))] {
            let row = builder.append_row(measurements).unwrap();
            let row = row.set("DeviceAcronym", "SHELBY").unwrap().set("PointTag", tag).unwrap();
            row.set("SignalReference", reference).unwrap().set("PhasorSourceIndex", index).unwrap();
        }
        Metadata::new(builder.finish())
    }

    #[test]
    fn fields_come_from_all_tables() {
        let metadata = metadata();
        let cases = [
            ("{PointTag}", "S:F", "S:V"),
            ("{device.name}/{signal}", "Shelby, bus 1/FQ", "Shelby, bus 1/PM1"),
            ("x{phasor.Phase|'?'}y", "x?y", "xAy"),
            ("{Nothing|device.Nothing|DeviceAcronym}", "SHELBY", "SHELBY"),
            ("{Nothing}", "", ""),
            ("", "", ""),
            ("{PhasorSourceIndex}", "", "1"),
            ("{source}.{PointTag}", "north.S:F", "north.S:V"),
        ];
        for (text, first, second) in cases {
            let template: Template = text.parse().unwrap();
            for (row, expected) in [first, second].into_iter().enumerate() {
                assert_eq!(
                    template.name("north", &metadata, metadata.measurement(row).unwrap()),
                    expected,
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_template_is_told() {
        for text in ["{", "{}", "}", "a}b", "{PointTag", "{other.X}", "{device.}", "{'x}", "{A||B}", "{a{b}"]
        {
            assert!(text.parse::<Template>().is_err_and(|error| error.contains(text)), "{text}");
        }
    }
}
