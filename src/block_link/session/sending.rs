//! What a side sends: data points of measurements and of frames of C37.118, and what they are.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use uuid::Uuid;

use super::super::c37118::{ChannelRecord, Slots, points_of, write_records};
use super::super::documents::{Document, DocumentMessage, DocumentName};
use super::super::feature::Feature;
use super::super::field::FieldType;
use super::super::negotiation::Agreement;
use super::super::signals::{SignalMessage, SignalRecord};
use super::super::stream::{MOST_DEFINITIONS, PointStream, PointWriter};
use super::FrameRefused;
use super::ground::Ground;
use super::outbox::Outbox;
use crate::c37118::Frame;
use crate::date_time2::DateTime2;
use crate::host::Moment;
use crate::measurement::Measurement;
use crate::operator::Severity;
use crate::settings::{BlockLinkSettings, TimeForm};

/// What a runtime ID, or two of them, were defined for.
#[derive(Debug)]
pub(super) enum Defined {
    Signal(SignalRecord),
    Channel(ChannelRecord),
}

impl Defined {
    /// The runtime IDs, each with the fields of its points.
    fn layouts(&self, times: TimeForm) -> Vec<(u32, Vec<FieldType>)> {
        match self {
            Defined::Signal(record) => {
                let plain = vec![times.field_type(), FieldType::F32];
                let flagged = [&plain[..], &[FieldType::U32]].concat();
                vec![(record.plain, plain), (record.flagged, flagged)]
            }
            Defined::Channel(record) => vec![(record.id, record.types())],
        }
    }

    /// Bytes that it takes in a message.
    fn size(&self) -> usize {
        match self {
            Defined::Signal(record) => record.size(),
            Defined::Channel(record) => record.encoded_size(),
        }
    }
}

/// Most bytes of two definitions: kind, ID, number of fields and types of each.
const DEFINITIONS_SIZE: usize = 32;
/// Bytes of a message of assignments besides its records.
const ASSIGN_SIZE: usize = 1 + 5;

/// A stream of C37.118.
#[derive(Debug)]
struct FrameStream {
    slots: Slots,
    /// Runtime ID of its first value; those of the others follow. None before they were defined.
    first: Option<u32>,
    /// Its layout is another than the one that was defined: it waits for another agreement.
    is_outdated: bool,
}

/// Data points, and what was said of them by the agreement that is planned.
#[derive(Debug)]
pub(super) struct Sending {
    settings: BlockLinkSettings,
    writer: PointWriter,
    times: TimeForm,
    defined: Vec<Defined>,
    next_id: u32,
    /// Signals that are sent: their plain runtime IDs, or None before they were defined.
    wanted: HashMap<Uuid, Option<u32>>,
    streams: BTreeMap<u16, FrameStream>,
    documents: BTreeMap<DocumentName, Document>,
    next_document: u32,
}

impl Sending {
    pub(super) fn new(settings: BlockLinkSettings) -> Sending {
        Sending {
            times: settings.times,
            settings,
            writer: PointWriter::new(PointStream::Raw),
            defined: Vec::new(),
            next_id: 0,
            wanted: HashMap::new(),
            streams: BTreeMap::new(),
            documents: BTreeMap::new(),
            next_document: 1,
        }
    }

    /// What is put into the outbox from here on is by another agreement: nothing is defined.
    pub(super) fn restart(&mut self, agreement: Option<&Agreement>) {
        let stream = agreement.and_then(|agreement| agreement.session).map(|session| session.stream);
        self.writer = PointWriter::new(stream.unwrap_or_default());
        self.defined.clear();
        self.next_id = 0;
        self.wanted.values_mut().for_each(|plain| *plain = None);
        for stream in self.streams.values_mut() {
            (stream.first, stream.is_outdated) = (None, false);
        }
    }

    /// Sends these signals from here on. What was defined with other times needs another agreement: returns whether it does.
    pub(super) fn want(&mut self, signals: impl Iterator<Item = Uuid>, times: TimeForm) -> bool {
        let mut known: HashMap<Uuid, u32> = HashMap::new();
        for defined in &self.defined {
            if let Defined::Signal(record) = defined {
                known.insert(record.signal_id, record.plain);
            }
        }
        let is_other = self.times != times && !known.is_empty();
        self.times = times;
        self.wanted = signals.map(|signal_id| (signal_id, known.get(&signal_id).copied())).collect();
        is_other
    }

    /// Puts measurements into the outbox, those of signals that are sent.
    pub(super) fn publish(
        &mut self,
        measurements: &[Measurement],
        outbox: &mut Outbox,
        ground: &mut Ground,
        now: Moment,
    ) {
        let is_wanted = |measurement: &&Measurement| self.wanted.contains_key(&measurement.signal_id);
        if !outbox.has(Feature::Points) {
            ground.counters.points_dropped += measurements.iter().filter(is_wanted).count() as u64;
            return;
        }
        let missing = measurements
            .iter()
            .filter(|measurement| self.wanted.get(&measurement.signal_id).is_some_and(Option::is_none));
        let missing: Vec<Uuid> = missing.map(|measurement| measurement.signal_id).collect();
        self.define_signals(&missing, outbox, ground, now);
        let mut data = Vec::with_capacity(16);
        for measurement in measurements {
            let Some(plain) = self.wanted.get(&measurement.signal_id).copied() else { continue };
            let Some(plain) = plain else {
                ground.counters.points_dropped += 1;
                continue;
            };
            data.clear();
            match self.times {
                TimeForm::Ticks => data.extend_from_slice(&measurement.timestamp.0.to_be_bytes()),
                TimeForm::DateTime2 => match DateTime2::try_from(measurement.timestamp) {
                    Ok(time) => data.extend_from_slice(&time.pack().to_be_bytes()),
                    Err(error) => {
                        ground.counters.points_dropped += 1;
                        ground.message(Severity::Warning, format!("A measurement is not sent: {error}"), now);
                        continue;
                    }
                },
            }
            data.extend_from_slice(&(measurement.value as f32).to_be_bytes());
            let is_flagged = !measurement.flags.is_empty();
            if is_flagged {
                data.extend_from_slice(&measurement.flags.bits().to_be_bytes());
            }
            self.push(plain + u32::from(is_flagged), &data, outbox, ground);
        }
        self.flush(outbox);
    }

    /// Adds a data point to the string that is being made.
    fn push(&mut self, id: u32, data: &[u8], outbox: &mut Outbox, ground: &mut Ground) {
        if self.writer.stream() == PointStream::Standard && outbox.point_bytes() > self.settings.send_queue {
            ground.counters.points_dropped += 1;
            return;
        }
        if self.writer.count() > 0 && self.writer.size_with(1, data.len()) > outbox.room() {
            self.flush(outbox);
        }
        while outbox.point_bytes() > self.settings.send_queue {
            let Some(dropped) = outbox.drop_oldest() else { break };
            ground.counters.points_dropped += dropped as u64;
        }
        self.writer.push_encoded(id, data);
    }

    fn flush(&mut self, outbox: &mut Outbox) {
        let points = self.writer.count();
        if points > 0 {
            let mut data = Vec::new();
            self.writer.finish(&mut data);
            outbox.push_points(data, points);
        }
    }

    fn define_signals(&mut self, signals: &[Uuid], outbox: &mut Outbox, ground: &mut Ground, now: Moment) {
        let first = self.defined.len();
        for signal_id in signals {
            let Some(plain) = self.wanted.get_mut(signal_id).filter(|plain| plain.is_none()) else {
                continue;
            };
            if self.next_id as usize + 2 > MOST_DEFINITIONS {
                let text = format!(
                    "Not all signals can be sent: {MOST_DEFINITIONS} definitions are the most, and each takes two"
                );
                ground.message(Severity::Warning, text, now);
                break;
            }
            *plain = Some(self.next_id);
            let record =
                SignalRecord { signal_id: *signal_id, plain: self.next_id, flagged: self.next_id + 1 };
            self.next_id += 2;
            self.defined.push(Defined::Signal(record));
        }
        self.tell_defined(first, outbox);
    }

    /// Puts in the definitions of all from `first` on, and what they are of.
    fn tell_defined(&mut self, first: usize, outbox: &mut Outbox) {
        let mut place = first;
        while place < self.defined.len() {
            let (next, blocks) = self.describe(place, outbox.room());
            for (feature, data) in blocks {
                outbox.push(feature, data);
            }
            place = next;
        }
    }

    /// How much was defined.
    pub(super) fn defined(&self) -> usize {
        self.defined.len()
    }

    /// Two blocks with data of at most `room` bytes, of as much as fits from `place` on: definitions, and what they are of. Returns the
    /// place behind.
    pub(super) fn describe(&mut self, place: usize, room: usize) -> (usize, [(Feature, Vec<u8>); 2]) {
        let is_signal = |defined: &Defined| matches!(defined, Defined::Signal(_));
        let kind = self.defined.get(place).is_some_and(is_signal);
        let mut next = place;
        let (mut size, mut definitions_size) = (ASSIGN_SIZE, 0);
        while let Some(defined) = self.defined.get(next).filter(|defined| is_signal(defined) == kind) {
            size += defined.size();
            definitions_size += DEFINITIONS_SIZE;
            if next > place && size.max(definitions_size) > room {
                break;
            }
            next += 1;
        }
        let mut definitions = Vec::new();
        for defined in &self.defined[place..next] {
            for (id, types) in defined.layouts(self.times) {
                // IDs are given in order, and never twice: there is nothing to refuse.
                let defined = self.writer.define(&mut definitions, id, &types);
                debug_assert!(defined.is_ok(), "{defined:?}");
            }
        }
        let mut assignment = Vec::new();
        let feature = if kind {
            let records = self.defined[place..next].iter().filter_map(|defined| match defined {
                Defined::Signal(record) => Some(*record),
                Defined::Channel(_) => None,
            });
            SignalMessage::Assign(records.collect()).write(&mut assignment);
            Feature::Signals
        } else {
            let records = self.defined[place..next].iter().filter_map(|defined| match defined {
                Defined::Channel(record) => Some(record.clone()),
                Defined::Signal(_) => None,
            });
            write_records(&mut assignment, &records.collect::<Vec<_>>());
            Feature::C37118
        };
        (next, [(Feature::Points, definitions), (feature, assignment)])
    }

    /// The other side does not know what these are: they are told again.
    pub(super) fn tell_again(&mut self, ids: &[u32], outbox: &mut Outbox) {
        if self.writer.stream() == PointStream::Standard {
            return;
        }
        let room = outbox.room();
        let mut told = None;
        for id in ids {
            let place = self.defined.partition_point(|defined| match defined {
                Defined::Signal(record) => record.flagged < *id,
                Defined::Channel(record) => record.id < *id,
            });
            if place >= self.defined.len() || told.is_some_and(|next| place < next) {
                continue;
            }
            let (next, blocks) = self.describe(place, room);
            told = Some(next);
            for (feature, data) in blocks {
                // What finds no room is asked for again.
                outbox.push_answer(feature, data);
            }
        }
    }

    /// The frames of a stream are by this configuration from here on. Returns whether that needs another agreement.
    pub(super) fn set_stream(&mut self, slots: Slots) -> bool {
        let id_code = slots.configuration().id_code;
        let stream = self.streams.get(&id_code);
        let is_defined = stream.is_some_and(|stream| stream.first.is_some() || stream.is_outdated);
        let is_same = stream.is_some_and(|stream| stream.slots.configuration() == slots.configuration());
        if is_same {
            return false;
        }
        self.streams.insert(id_code, FrameStream { slots, first: None, is_outdated: is_defined });
        is_defined
    }

    /// Puts a data frame into the outbox.
    pub(super) fn publish_frame(
        &mut self,
        frame: &Frame<'_>,
        outbox: &mut Outbox,
        ground: &mut Ground,
    ) -> Result<(), FrameRefused> {
        let id_code = frame.id_code;
        let stream = self.streams.get_mut(&id_code).ok_or(FrameRefused::OtherConfiguration(id_code))?;
        let payload = frame.payload();
        if payload.len() != stream.slots.payload_size() {
            return Err(FrameRefused::OtherConfiguration(id_code));
        }
        let count = stream.slots.slots().len();
        let is_full = self.next_id as usize + count > MOST_DEFINITIONS && stream.first.is_none();
        if stream.is_outdated || is_full || !outbox.has(Feature::C37118) {
            ground.counters.points_dropped += count as u64;
            return Ok(());
        }
        let first = match stream.first {
            Some(first) => first,
            None => {
                let first = self.next_id;
                let records =
                    (first..).zip(stream.slots.slots()).map(|(id, slot)| stream.slots.record(slot, id));
                let records: Vec<Defined> = records.map(Defined::Channel).collect();
                let largest = records.iter().map(|record| ASSIGN_SIZE + record.size()).max().unwrap_or(0);
                let room = outbox.room();
                if largest > room {
                    return Err(FrameRefused::LongNames { id_code, largest, room });
                }
                stream.first = Some(first);
                let place = self.defined.len();
                self.defined.extend(records);
                self.next_id += count as u32;
                self.tell_defined(place, outbox);
                first
            }
        };
        let stream = self.streams.get(&id_code).ok_or(FrameRefused::OtherConfiguration(id_code))?;
        let mut points = Vec::with_capacity(count);
        points_of(&stream.slots, frame.time, payload, |place, data| {
            points.push((first + place as u32, data.to_vec()));
        });
        for (id, data) in points {
            self.push(id, &data, outbox, ground);
        }
        self.flush(outbox);
        Ok(())
    }

    /// Changes a document. True when it is another one than before.
    pub(super) fn set_document(&mut self, name: DocumentName, content: bytes::Bytes) -> bool {
        let document = Document::new(name, self.next_document, content);
        if let Some(before) = self.documents.get(&name)
            && (before.edition.length, before.edition.check)
                == (document.edition.length, document.edition.check)
        {
            return false;
        }
        self.next_document += 1;
        self.documents.insert(name, document);
        true
    }

    pub(super) fn document(&self, name: DocumentName) -> Option<&Document> {
        self.documents.get(&name)
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values()
    }

    /// Says what a document is now.
    pub(super) fn tell_current(&self, name: DocumentName, outbox: &mut Outbox) {
        let Some(document) = self.documents.get(&name) else { return };
        let mut data = Vec::new();
        DocumentMessage::Current(document.edition).write(&mut data, name);
        outbox.push(Feature::Documents, data);
    }
}
