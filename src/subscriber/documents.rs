//! Metadata and schemas: inflating and parsing them, on the worker when that takes long.

use std::time::Duration;

use crate::codec::gzip;
use crate::engine::{Elsewhere, Job};
use crate::host;
use crate::metadata::{DataSet, DataSetBuilder, Limits, Metadata};
use crate::session::subscriber::Schema;

/// Documents of so many bytes are parsed on the loop: that takes less than half a millisecond, not
/// much more than a thread takes to start.
const SMALL: usize = 64 << 10;

/// What a document tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Metadata,
    Schema(Schema),
}

/// A document that was read, or why it cannot be used.
pub(super) struct Document {
    pub(super) subject: Subject,
    /// As it came, but not compressed.
    pub(super) xml: Vec<u8>,
    pub(super) content: Result<Metadata, String>,
    pub(super) effort: Effort,
}

/// What reading a document took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Effort {
    /// Size and time of decompression, if there was any.
    pub(super) inflated: Option<(usize, Duration)>,
    /// Time of parsing.
    pub(super) parsed: Duration,
}

/// A document, what it says, and what reading it took.
struct Content {
    xml: Vec<u8>,
    content: Result<Metadata, String>,
    effort: Effort,
}

impl Content {
    fn unusable(why: String, effort: Effort) -> Content {
        Content { xml: Vec::new(), content: Err(why), effort }
    }

    fn of(self, subject: Subject) -> Document {
        let Content { xml, content, effort } = self;
        Document { subject, xml, content, effort }
    }
}

/// Reads the documents of a connection, one at a time.
#[derive(Default)]
pub(super) struct Documents {
    /// The worker, from the start of the driver on.
    elsewhere: Option<Elsewhere>,
    max_size: usize,
    /// What the worker reads now.
    reading: Option<(Subject, Job<Content>)>,
}

impl Documents {
    /// The driver starts, which has large documents read there.
    pub(super) fn use_worker(&mut self, elsewhere: Elsewhere) {
        self.elsewhere = Some(elsewhere);
    }

    /// Documents have this size at most from now on, after decompression.
    pub(super) fn set_max_size(&mut self, bytes: usize) {
        self.max_size = bytes;
    }

    /// Reads a small document at once. A large one comes by [`take`](Self::take) once it is read,
    /// and nothing else may be begun before.
    pub(super) fn read(&mut self, subject: Subject, payload: Vec<u8>) -> Option<Document> {
        let max_size = self.max_size;
        let Some(elsewhere) = &self.elsewhere else { return Some(read(payload, max_size).of(subject)) };
        // What turns out to be larger costs no more than a small one before it is given away.
        if payload.len() <= SMALL {
            let read = read(payload.clone(), max_size.min(SMALL));
            if read.content.is_ok() {
                return Some(read.of(subject));
            }
        }
        self.reading = Some((subject, elsewhere.run(move || read(payload, max_size))));
        None
    }

    /// The document that was being read, once that is done.
    pub(super) fn take(&mut self) -> Option<Document> {
        let (subject, job) = self.reading.as_mut()?;
        let (subject, result) = (*subject, job.take()?);
        self.reading = None;
        let read = result.unwrap_or_else(|error| Content::unusable(error.to_string(), Effort::default()));
        Some(read.of(subject))
    }

    /// Nobody wants the document any more that is being read.
    pub(super) fn forget(&mut self) {
        self.reading = None;
    }
}

fn read(payload: Vec<u8>, max_size: usize) -> Content {
    let mut effort = Effort::default();
    let mut started = host::now();
    let xml = match gzip::is_gzip(&payload) {
        false => payload,
        true => match gzip::decompress(&payload, max_size) {
            Ok(xml) => {
                effort.inflated = Some((xml.len(), host::now().duration_since(started)));
                xml
            }
            Err(error) => return Content::unusable(error.with_key("maxMetadataSize"), effort),
        },
    };
    started = host::now();
    let content = parse(&xml, max_size);
    if let Ok(metadata) = &content {
        // Here, so that the loop need not look at all rows when it tells what is wrong with them.
        metadata.validate();
    }
    effort.parsed = host::now().duration_since(started);
    Content { xml, content, effort }
}

fn parse(xml: &[u8], max_size: usize) -> Result<Metadata, String> {
    let limits = Limits { document_bytes: max_size, ..Limits::default() };
    let key = if xml.len() > max_size { " (maxMetadataSize)" } else { "" };
    let data_set = match xml.is_empty() {
        // A publisher without metadata answers with nothing.
        true => DataSetBuilder::new("DataSet").finish(),
        false => DataSet::from_xml(xml, &limits).map_err(|error| format!("{error}{key}"))?,
    };
    Ok(Metadata::new(data_set))
}
