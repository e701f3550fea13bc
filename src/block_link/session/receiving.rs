//! What a side receives: data points, what they are, and documents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashbrown::HashMap;
use uuid::Uuid;

use super::super::c37118::{ChannelRecord, FrameBuilder, FrameCounts, Slots};
use super::super::documents::{Collected, DocumentCollector, DocumentKind, DocumentMessage, DocumentName};
use super::super::error::BlockLinkError;
use super::super::feature::Feature;
use super::super::field::{DataPoint, Field};
use super::super::signals::{MOST_ASKED, SignalMessage, SignalRecord};
use super::super::stream::{MOST_DEFINITIONS, PointItem, PointReader, PointStream};
use super::event::LinkEvent;
use super::ground::Ground;
use super::outbox::Outbox;
use crate::c37118::{Configuration, Fragments, FrameAssembler, Message};
use crate::codec::gzip;
use crate::host::Moment;
use crate::measurement::{Measurement, StateFlags};
use crate::operator::Severity;

/// How long an answer is waited for before something is asked for again.
pub(super) const RETRY: Duration = Duration::from_secs(1);
/// The most of that, on a line that is so slow that nothing comes for longer.
const LONGEST_RETRY: Duration = Duration::from_secs(60);
/// Streams of C37.118 whose configurations are kept.
const MOST_STREAMS: usize = 16;
/// Largest configuration that is taken, in bytes of its frames.
const MOST_CONFIGURATION: usize = 1 << 20;

/// Bytes of what asks for definitions in front of its IDs, and the most of each.
const ASK_HEADER: usize = 1 + 1;
const LONGEST_ID: usize = 5;
/// Bytes of a request for a document in front of its ranges, and of each.
const REQUEST_HEADER: usize = 1 + 1 + 2 + 4 + 1;
const RANGE_SIZE: usize = 2 + 2;

/// What the points of a runtime ID are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    Signal {
        index: u32,
        signal_id: Uuid,
        record: SignalRecord,
    },
    /// With the place of its value in the frames of its stream, once the configuration is known.
    Channel(Box<ChannelRecord>, Option<usize>),
}

/// Data points and what they are, by the agreement that is in force for what comes.
#[derive(Debug)]
pub(super) struct Receiving {
    max_document: usize,
    reader: PointReader,
    meanings: HashMap<u32, Meaning>,
    signals: Vec<Uuid>,
    indexes: HashMap<Uuid, u32>,
    builders: BTreeMap<u16, FrameBuilder>,
    /// Of builders that are gone.
    frames_before: FrameCounts,
    collectors: BTreeMap<DocumentName, DocumentCollector>,
    /// Documents that are wanted, and nothing came of.
    wanted: BTreeSet<DocumentName>,
    /// Runtime IDs of points that nobody knows.
    unknown: BTreeSet<u32>,
    ask_at: Option<Instant>,
    document_at: Option<Instant>,
    /// When a piece of a document came last, since some were asked for.
    piece_at: Option<Instant>,
    /// The time between the last two pieces.
    gap: Duration,
    /// How long the next one is waited for before it is asked for.
    patience: Duration,
}

impl Receiving {
    pub(super) fn new(max_document: usize) -> Receiving {
        Receiving {
            max_document,
            reader: PointReader::new(PointStream::Raw),
            meanings: HashMap::new(),
            signals: Vec::new(),
            indexes: HashMap::new(),
            builders: BTreeMap::new(),
            frames_before: FrameCounts::default(),
            collectors: BTreeMap::new(),
            wanted: BTreeSet::new(),
            unknown: BTreeSet::new(),
            ask_at: None,
            document_at: None,
            piece_at: None,
            gap: Duration::ZERO,
            patience: RETRY,
        }
    }

    /// The signals that were heard of, by the index of their measurements.
    pub(super) fn signals(&self) -> &[Uuid] {
        &self.signals
    }

    /// What comes from here on is by another agreement: nothing is defined. Documents stay.
    pub(super) fn restart(&mut self, stream: PointStream) {
        self.reader.restart(stream);
        self.meanings.clear();
        self.unknown.clear();
        self.ask_at = None;
        for builder in self.builders.values_mut() {
            self.frames_before += builder.counts();
            *builder = FrameBuilder::new(builder.slots().clone());
        }
    }

    /// The link is another one, and so may be the other side: nothing is kept of it.
    pub(super) fn forget_peer(&mut self) {
        self.forget_documents();
        self.signals.clear();
        self.indexes.clear();
        let id_codes: Vec<u16> = self.builders.keys().copied().collect();
        id_codes.into_iter().for_each(|id_code| self.forget_configuration(id_code));
    }

    /// Documents are to come anew.
    pub(super) fn forget_documents(&mut self) {
        self.collectors.clear();
        self.wanted.clear();
        self.document_at = None;
        (self.piece_at, self.gap, self.patience) = (None, Duration::ZERO, RETRY);
    }

    /// Adds to counters what parts have counted.
    pub(super) fn count(&self, counters: &mut super::counters::BlockLinkCounters) {
        let points = self.reader.counts();
        counters.points_unknown += points.unknown + points.dropped;
        counters.points_malformed += points.malformed;
        counters.contradictions += points.contradictions;
        counters.messages_rejected += points.broken + points.refused;
        let mut frames = self.frames_before;
        self.builders.values().for_each(|builder| frames += builder.counts());
        counters.frames_whole += frames.whole;
        counters.frames_incomplete += frames.incomplete;
        counters.points_received += frames.points;
        counters.points_late += frames.late_points;
        counters.points_malformed += frames.malformed_points;
    }

    /// A block of data points has come.
    pub(super) fn take_points(
        &mut self,
        data: &[u8],
        ground: &mut Ground,
        now: Moment,
    ) -> Result<(), BlockLinkError> {
        let Receiving { reader, meanings, builders, unknown, ask_at, .. } = self;
        let mut note = |id: u32| {
            if unknown.len() < MOST_ASKED && unknown.insert(id) && ask_at.is_none() {
                *ask_at = Some(now.instant + RETRY);
            }
        };
        reader.take(data, |item| match item {
            PointItem::Definition { .. } => {}
            PointItem::Unknown(id) => note(id),
            PointItem::Point(point) => match meanings.get(&point.id) {
                None => {
                    ground.counters.points_unknown += 1;
                    note(point.id);
                }
                Some(Meaning::Signal { index, signal_id, record }) => {
                    match measurement(&point, *signal_id, *index, record) {
                        Some(measurement) => {
                            ground.counters.points_received += 1;
                            ground.deliver(measurement);
                        }
                        None => ground.counters.points_malformed += 1,
                    }
                }
                Some(Meaning::Channel(record, Some(place))) => {
                    let builder = builders.get_mut(&record.concentrator_id);
                    if let Some(frame) = builder.and_then(|builder| builder.take(*place, &point)) {
                        ground.tell(LinkEvent::Frame(frame));
                    }
                }
                // Its configuration has not come.
                Some(Meaning::Channel(_, None)) => ground.counters.points_unknown += 1,
            },
        })
    }

    /// Signals were assigned.
    pub(super) fn take_signals(&mut self, records: &[SignalRecord], ground: &mut Ground, now: Moment) {
        for record in records {
            let index = match self.indexes.get(&record.signal_id) {
                Some(index) => *index,
                None if self.signals.len() >= MOST_DEFINITIONS => {
                    ground.counters.messages_rejected += 1;
                    let text = format!(
                        "There are {MOST_DEFINITIONS} signals already, and no others are taken; subscribe to fewer"
                    );
                    ground.message(Severity::Warning, text, now);
                    continue;
                }
                None => {
                    let index = self.signals.len() as u32;
                    self.signals.push(record.signal_id);
                    self.indexes.insert(record.signal_id, index);
                    ground.tell(LinkEvent::Signal { index, signal_id: record.signal_id });
                    index
                }
            };
            let meaning = Meaning::Signal { index, signal_id: record.signal_id, record: *record };
            self.assign(record.plain, meaning.clone(), ground);
            self.assign(record.flagged, meaning, ground);
        }
    }

    /// Channels of C37.118 were assigned.
    pub(super) fn take_channels(&mut self, records: Vec<ChannelRecord>, ground: &mut Ground) {
        for record in records {
            let builder = self.builders.get(&record.concentrator_id);
            let place = builder.map(|builder| builder.slots().find(&record));
            // There is another configuration, which has not come: by the one before, frames would be others.
            if place == Some(None) {
                self.forget_configuration(record.concentrator_id);
                // It is taken again, should it be the same after all.
                self.collectors.remove(&DocumentName::configuration(record.concentrator_id));
            }
            self.assign(record.id, Meaning::Channel(Box::new(record), place.flatten()), ground);
        }
    }

    fn forget_configuration(&mut self, id_code: u16) {
        if let Some(builder) = self.builders.remove(&id_code) {
            self.frames_before += builder.counts();
        }
        for meaning in self.meanings.values_mut() {
            if let Meaning::Channel(record, place) = meaning
                && record.concentrator_id == id_code
            {
                *place = None;
            }
        }
    }

    fn assign(&mut self, id: u32, meaning: Meaning, ground: &mut Ground) {
        let is_full = self.meanings.len() >= MOST_DEFINITIONS;
        match self.meanings.get(&id) {
            Some(known) if *known == meaning => {}
            Some(_) => ground.counters.contradictions += 1,
            None if is_full => ground.counters.messages_rejected += 1,
            None => {
                self.meanings.insert(id, meaning);
                self.unknown.remove(&id);
            }
        }
    }

    /// Wants a document, and asks for it until something comes of it.
    pub(super) fn want(&mut self, name: DocumentName, outbox: &mut Outbox, now: Moment) {
        if !outbox.has(Feature::Documents) {
            return;
        }
        self.wanted.insert(name);
        self.document_at = Some(now.instant + self.patience);
        request(name, 0, Vec::new(), outbox);
    }

    /// A message of a document has come from who sends it.
    pub(super) fn take_document(
        &mut self,
        name: DocumentName,
        message: &DocumentMessage<'_>,
        outbox: &mut Outbox,
        ground: &mut Ground,
        now: Moment,
    ) {
        self.wanted.remove(&name);
        match message {
            DocumentMessage::None => ground.tell(LinkEvent::NoDocument(name)),
            DocumentMessage::Current(edition) => {
                if self.collector(name).is_some_and(|collector| !collector.has(edition)) {
                    self.want(name, outbox, now);
                }
            }
            DocumentMessage::Piece(piece) => {
                self.note_piece(now.instant);
                let Some(collector) = self.collector(name) else {
                    ground.counters.messages_rejected += 1;
                    return;
                };
                match collector.take(piece) {
                    Collected::Kept | Collected::Known => {}
                    Collected::Refused => {
                        ground.counters.messages_rejected += 1;
                        let text = format!(
                            "A document of {} bytes is not taken; raise maxDocumentSize if it should be",
                            piece.edition.length
                        );
                        ground.message(Severity::Warning, text, now);
                    }
                    Collected::Damaged => {
                        ground.counters.messages_rejected += 1;
                        let text =
                            "A document was put together, but is not what was sent; it is waited for again";
                        ground.message(Severity::Warning, text, now);
                        self.want(name, outbox, now);
                    }
                    Collected::Whole(content) => self.take_whole(name, content, ground, now),
                }
            }
            DocumentMessage::Request { .. } => ground.counters.messages_rejected += 1,
        }
    }

    /// A piece has come: others are waited for as long as it takes on this line, and other things between them.
    fn note_piece(&mut self, now: Instant) {
        if let Some(before) = self.piece_at.replace(now) {
            self.gap = now.saturating_duration_since(before);
        }
        self.patience = (2 * self.gap).clamp(RETRY, LONGEST_RETRY);
        self.document_at = Some(now + self.patience);
    }

    fn collector(&mut self, name: DocumentName) -> Option<&mut DocumentCollector> {
        let most = match name.kind {
            DocumentKind::Metadata if name.subject != 0 => return None,
            DocumentKind::Metadata => self.max_document,
            DocumentKind::C37118Configuration => self.max_document.min(MOST_CONFIGURATION),
        };
        if !self.collectors.contains_key(&name) && self.collectors.len() > MOST_STREAMS {
            return None;
        }
        Some(self.collectors.entry(name).or_insert_with(|| DocumentCollector::new(most)))
    }

    fn take_whole(&mut self, name: DocumentName, content: Vec<u8>, ground: &mut Ground, now: Moment) {
        match name.kind {
            DocumentKind::Metadata => match gzip::decompress(&content, self.max_document) {
                Ok(xml) => {
                    ground.counters.documents += 1;
                    ground.tell(LinkEvent::Metadata(xml));
                }
                Err(error) => {
                    ground.counters.messages_rejected += 1;
                    let text = format!("The metadata cannot be read: {}", error.with_key("maxDocumentSize"));
                    ground.message(Severity::Warning, text, now);
                }
            },
            DocumentKind::C37118Configuration => match read_configuration(&content) {
                Some(configuration) if configuration.id_code == name.subject => {
                    ground.counters.documents += 1;
                    self.set_configuration(configuration);
                    ground.tell(LinkEvent::Configuration { id_code: name.subject, frames: content });
                }
                _ => {
                    ground.counters.messages_rejected += 1;
                    let text = format!("The configuration of stream {} cannot be read", name.subject);
                    ground.message(Severity::Warning, text, now);
                }
            },
        }
    }

    /// The places of values in the frames of a stream are known.
    fn set_configuration(&mut self, configuration: Configuration) {
        let id_code = configuration.id_code;
        let builder = FrameBuilder::new(Slots::new(Arc::new(configuration)));
        for meaning in self.meanings.values_mut() {
            if let Meaning::Channel(record, place) = meaning
                && record.concentrator_id == id_code
            {
                *place = builder.slots().find(record);
            }
        }
        if let Some(before) = self.builders.insert(id_code, builder) {
            self.frames_before += before.counts();
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called; only on two-way links.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.ask_at.into_iter().chain(self.document_at).min()
    }

    /// Asks for what is missing.
    pub(super) fn handle_timeout(&mut self, outbox: &mut Outbox, now: Moment) {
        if self.ask_at.is_some_and(|at| at <= now.instant) {
            self.ask_at = None;
            let most = (outbox.room() - ASK_HEADER) / LONGEST_ID;
            let ids: Vec<u32> = std::mem::take(&mut self.unknown).into_iter().take(most).collect();
            if !ids.is_empty() {
                let mut data = Vec::new();
                SignalMessage::Ask(ids).write(&mut data);
                outbox.push(Feature::Signals, data);
            }
        }
        if self.document_at.is_some_and(|at| at <= now.instant) {
            self.document_at = None;
            let mut is_missing = false;
            for (name, collector) in &self.collectors {
                if let Some((number, ranges)) = collector.missing() {
                    is_missing = true;
                    request(*name, number, ranges, outbox);
                }
            }
            for name in &self.wanted {
                is_missing = true;
                request(*name, 0, Vec::new(), outbox);
            }
            // How long it takes until something is asked for, or changes, says nothing of the line.
            self.piece_at = None;
            self.patience = (2 * self.patience).min(LONGEST_RETRY);
            self.document_at = is_missing.then_some(now.instant + self.patience);
        }
    }
}

fn request(name: DocumentName, number: u32, mut ranges: Vec<(u16, u16)>, outbox: &mut Outbox) {
    ranges.truncate((outbox.room() - REQUEST_HEADER) / RANGE_SIZE);
    let mut data = Vec::new();
    DocumentMessage::Request { number, ranges }.write(&mut data, name);
    outbox.push(Feature::Documents, data);
}

/// The measurement that a point is; None when it has other fields, or its time is none.
fn measurement(
    point: &DataPoint<'_>,
    signal_id: Uuid,
    signal_index: u32,
    record: &SignalRecord,
) -> Option<Measurement> {
    let mut fields = point.fields();
    let timestamp = fields.next()?.time()?;
    let value = match fields.next()? {
        Field::F32(value) => value.into(),
        Field::F64(value) => value,
        _ => return None,
    };
    let flags = match fields.next() {
        Some(Field::U32(flags)) if point.id == record.flagged => StateFlags::from_bits_retain(flags),
        None if point.id == record.plain => StateFlags::empty(),
        _ => return None,
    };
    fields.next().is_none().then_some(Measurement { signal_id, timestamp, value, flags, signal_index })
}

/// The configuration that data frames are by: the last one of these frames.
pub(super) fn read_configuration(frames: &[u8]) -> Option<Configuration> {
    let mut found = None;
    let mut fragments = Fragments::default();
    FrameAssembler::default().receive(frames, |frame| match frame.message() {
        Ok(Message::Configuration(configuration)) => found = Some(*configuration),
        Ok(Message::ConfigurationFragment { index }) => {
            if let Ok(Some(configuration)) = fragments.receive(&frame, index) {
                found = Some(configuration);
            }
        }
        _ => {}
    });
    found
}
