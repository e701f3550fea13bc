//! The messages of TSTP: time series events of the three generations, and the acknowledgement of the last.

use super::avro::{AvroError, Reader, Value, put_long, put_string, put_value};
use super::generation::Generation;

/// A time series event: data points of one time series of one endpoint.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event<'a> {
    pub(crate) header: Header<'a>,
    pub(crate) points: Vec<Point<'a>>,
    /// The tags or named values of all points, one after the other.
    pub(crate) fields: Vec<Field<'a>>,
    /// Bytes behind what the schema knows: fields of a later one.
    pub(crate) unknown_bytes: usize,
}

/// What an event says of all its data points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Header<'a> {
    pub(crate) correlation_id: &'a str,
    /// Unix milliseconds.
    pub(crate) timestamp: i64,
    /// Milliseconds from the timestamp on until the event expires; 0 for never.
    pub(crate) timeout: i64,
    pub(crate) app_version: &'a str,
    pub(crate) endpoint: &'a str,
    pub(crate) series: &'a str,
}

/// A data point.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point<'a> {
    /// Unix milliseconds, of generation C; 0 in the others.
    pub(crate) ingested: i64,
    /// Unix milliseconds.
    pub(crate) timestamp: i64,
    /// The one value of generation A.
    pub(crate) value: Option<Typed<'a>>,
    /// How many of the event's fields are its own: the tags of generation A, the values of the others.
    pub(crate) field_count: usize,
}

/// A value, and what is in it if it is composite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Typed<'a> {
    pub(crate) content_type: Option<&'a str>,
    pub(crate) value: Value<'a>,
}

/// A tag or a named value. The latter have no content type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) typed: Typed<'a>,
}

impl<'a> Event<'a> {
    /// Reads an event of a generation.
    pub(crate) fn decode(generation: Generation, payload: &'a [u8]) -> Result<Event<'a>, AvroError> {
        let mut reader = Reader::new(payload);
        let header = Header::read(&mut reader)?;
        let (mut points, mut fields) = (Vec::new(), Vec::new());
        // Each field of a point has a byte at least; the one of a map that is empty ends it.
        let least = match generation {
            Generation::A => 4,
            Generation::B => 2,
            Generation::C => 3,
        };
        reader.items("data points", least, |reader| {
            points.push(Point::read(generation, reader, &mut fields)?);
            Ok(())
        })?;
        Ok(Event { header, points, fields, unknown_bytes: reader.left() })
    }

    /// The points, each with its fields.
    pub(crate) fn points(&self) -> impl Iterator<Item = (&Point<'a>, &[Field<'a>])> {
        let mut fields = self.fields.as_slice();
        self.points.iter().map(move |point| {
            let (own, others) = fields.split_at(point.field_count.min(fields.len()));
            fields = others;
            (point, own)
        })
    }

    /// Appends the event as a generation has it.
    #[cfg(test)]
    pub(crate) fn encode(&self, generation: Generation, out: &mut Vec<u8>) {
        self.header.put(out);
        if !self.points.is_empty() {
            put_long(out, self.points.len() as i64);
        }
        for (point, fields) in self.points() {
            put_times(generation, out, point.ingested, point.timestamp);
            if !generation.has_named_values() {
                let null = Typed { content_type: None, value: Value::Null };
                put_typed(out, point.value.unwrap_or(null));
            }
            if !fields.is_empty() {
                put_long(out, fields.len() as i64);
            }
            for field in fields {
                put_field(generation, out, field);
            }
            put_long(out, 0);
        }
        put_long(out, 0);
    }
}

impl<'a> Header<'a> {
    /// Reads what precedes the data points, which is the same in every generation.
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Header<'a>, AvroError> {
        Ok(Header {
            correlation_id: reader.string("correlationId")?,
            timestamp: reader.long("timestamp")?,
            timeout: reader.long("timeout")?,
            app_version: reader.string("appVersionName")?,
            endpoint: reader.string("endpointId")?,
            series: reader.string("timeSeriesName")?,
        })
    }

    /// Appends what precedes the data points.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        put_string(out, self.correlation_id);
        put_long(out, self.timestamp);
        put_long(out, self.timeout);
        put_string(out, self.app_version);
        put_string(out, self.endpoint);
        put_string(out, self.series);
    }

    /// Whether the event has expired at a time in Unix milliseconds.
    pub(crate) fn has_expired(&self, now: i64) -> bool {
        self.timeout > 0 && self.timestamp.saturating_add(self.timeout) < now
    }
}

impl<'a> Point<'a> {
    fn read(
        generation: Generation,
        reader: &mut Reader<'a>,
        fields: &mut Vec<Field<'a>>,
    ) -> Result<Point<'a>, AvroError> {
        let ingested = if generation.has_ingestion_time() { reader.long("ingestionTimestamp")? } else { 0 };
        let timestamp = reader.long("timestamp of a data point")?;
        let before = fields.len();
        let value = if generation.has_named_values() {
            reader.items("values", 2, |reader| {
                let name = reader.string("name of a value")?;
                let typed = Typed { content_type: None, value: reader.value("value")? };
                fields.push(Field { name, typed });
                Ok(())
            })?;
            None
        } else {
            let value = read_typed(reader, "value")?;
            reader.items("tags", 3, |reader| {
                let name = reader.string("name of a tag")?;
                fields.push(Field { name, typed: read_typed(reader, "value of a tag")? });
                Ok(())
            })?;
            Some(value)
        };
        Ok(Point { ingested, timestamp, value, field_count: fields.len() - before })
    }
}

fn read_typed<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<Typed<'a>, AvroError> {
    let content_type = match reader.branch("contentType", 2)? {
        // The default of the schema is a text of four letters and no null; who takes it means none.
        0 => Some(reader.string("contentType")?).filter(|text| *text != "null"),
        _ => None,
    };
    Ok(Typed { content_type, value: reader.value(what)? })
}

/// Appends what a data point begins with.
pub(crate) fn put_times(generation: Generation, out: &mut Vec<u8>, ingested: i64, timestamp: i64) {
    if generation.has_ingestion_time() {
        put_long(out, ingested);
    }
    put_long(out, timestamp);
}

/// Appends that a value has no content type, as generation A has it.
pub(crate) fn put_no_content_type(out: &mut Vec<u8>) {
    put_long(out, 1);
}

/// Appends a value with its content type, as generation A has it.
pub(crate) fn put_typed(out: &mut Vec<u8>, typed: Typed<'_>) {
    match typed.content_type {
        Some(text) => {
            put_long(out, 0);
            put_string(out, text);
        }
        None => put_no_content_type(out),
    }
    put_value(out, typed.value);
}

/// Appends a tag, or a named value.
pub(crate) fn put_field(generation: Generation, out: &mut Vec<u8>, field: &Field<'_>) {
    put_string(out, field.name);
    match generation.has_named_values() {
        true => put_value(out, field.typed.value),
        false => put_typed(out, field.typed),
    }
}

/// What a receiver of generation C answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Processed<'a> {
    /// That of the event.
    pub(crate) correlation_id: &'a str,
    /// Unix milliseconds.
    pub(crate) timestamp: i64,
    /// As HTTP has it.
    pub(crate) status: i32,
    /// Why, for people.
    pub(crate) reason: Option<&'a str>,
}

impl Processed<'_> {
    /// The schema, as JSON.
    pub(crate) const SCHEMA: &'static str = include_str!("schema/processed.avsc");

    /// The message.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_string(&mut out, self.correlation_id);
        put_long(&mut out, self.timestamp);
        // It does not expire.
        put_long(&mut out, 0);
        put_long(&mut out, self.status.into());
        match self.reason {
            None => put_long(&mut out, 0),
            Some(text) => {
                put_long(&mut out, 1);
                put_string(&mut out, text);
            }
        }
        out
    }
}
