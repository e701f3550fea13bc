//! What waits to be sent over a link.

use std::collections::VecDeque;

use super::super::block::{BlockFormat, BlockWriter, OVERHEAD};
use super::super::feature::{Feature, NEGOTIATION};
use super::super::negotiation::Agreement;

/// Messages of the negotiation that may wait.
const MOST_URGENT: usize = 64;
/// Bytes of answers to the other side that may wait.
const MOST_ANSWERS: usize = 64 << 10;

/// Something to be sent in one block.
#[derive(Debug)]
enum Entry {
    Block {
        feature: Feature,
        data: Vec<u8>,
        /// Data points in it. None when it is needed to understand what follows, and never dropped.
        points: Option<usize>,
        /// The other side has asked for it.
        is_answer: bool,
    },
    /// What follows is by this agreement.
    Commit { message: Vec<u8>, agreement: Agreement },
}

/// Blocks in the order in which they are sent.
#[derive(Debug)]
pub(super) struct Outbox {
    /// Largest block of this side.
    largest: usize,
    writer: BlockWriter,
    /// Messages of the negotiation, in front of all else.
    urgent: VecDeque<Vec<u8>>,
    entries: VecDeque<Entry>,
    /// Bytes of data points that wait.
    point_bytes: usize,
    /// Bytes of answers that wait.
    answer_bytes: usize,
    /// What is sent by now.
    sending: Option<Agreement>,
    /// What is sent by behind all that waits.
    planned: Option<Agreement>,
}

/// A block was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    /// Data points in it.
    pub(super) points: usize,
}

impl Outbox {
    pub(super) fn new(largest: usize) -> Outbox {
        Outbox {
            largest,
            writer: BlockWriter::default(),
            urgent: VecDeque::new(),
            entries: VecDeque::new(),
            point_bytes: 0,
            answer_bytes: 0,
            sending: None,
            planned: None,
        }
    }

    /// The most data of a block that is put in: what the other side takes, and no more than this side's own blocks have.
    pub(super) fn room(&self) -> usize {
        let session = self.planned.and_then(|agreement| agreement.session);
        self.largest.min(session.map_or(self.largest, |session| session.largest)) - OVERHEAD
    }

    /// Whether a feature can be used.
    pub(super) fn has(&self, feature: Feature) -> bool {
        self.planned.is_some_and(|agreement| agreement.features().id(feature).is_some())
    }

    /// False when too many wait: who causes them does not take them.
    pub(super) fn push_urgent(&mut self, message: Vec<u8>) -> bool {
        let has_room = self.urgent.len() < MOST_URGENT;
        if has_room {
            self.urgent.push_back(message);
        }
        has_room
    }

    pub(super) fn push_commit(&mut self, message: Vec<u8>, agreement: Agreement) {
        self.planned = Some(agreement);
        self.entries.push_back(Entry::Commit { message, agreement });
    }

    /// Puts in what is needed to understand what follows, or what this side wants to know.
    pub(super) fn push(&mut self, feature: Feature, data: Vec<u8>) {
        self.push_as(feature, data, false);
    }

    /// Puts in what the other side has asked for. False when too much of that waits.
    pub(super) fn push_answer(&mut self, feature: Feature, data: Vec<u8>) -> bool {
        let has_room = self.answer_bytes <= MOST_ANSWERS;
        if has_room {
            self.push_as(feature, data, true);
        }
        has_room
    }

    fn push_as(&mut self, feature: Feature, data: Vec<u8>, is_answer: bool) {
        if self.has(feature) {
            self.answer_bytes += if is_answer { data.len() } else { 0 };
            self.entries.push_back(Entry::Block { feature, data, points: None, is_answer });
        }
    }

    /// Whether something waits that the other side has asked for.
    pub(super) fn has_answers(&self) -> bool {
        self.answer_bytes > 0
    }

    /// Puts in data points.
    pub(super) fn push_points(&mut self, data: Vec<u8>, points: usize) {
        self.point_bytes += data.len();
        self.entries.push_back(Entry::Block {
            feature: Feature::Points,
            data,
            points: Some(points),
            is_answer: false,
        });
    }

    /// Bytes of data points that wait.
    pub(super) fn point_bytes(&self) -> usize {
        self.point_bytes
    }

    /// Drops the oldest block of data points. Returns how many there were in it; None when none waits.
    pub(super) fn drop_oldest(&mut self) -> Option<usize> {
        let is_points = |entry: &Entry| matches!(entry, Entry::Block { points: Some(_), .. });
        let place = self.entries.iter().position(is_points)?;
        let Entry::Block { data, points, .. } = self.entries.remove(place)? else { return None };
        self.point_bytes -= data.len();
        points
    }

    /// Whether a message of the negotiation waits.
    pub(super) fn is_urgent(&self) -> bool {
        !self.urgent.is_empty()
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.urgent.is_empty() && self.entries.is_empty()
    }

    /// Appends the next block to `out`. None when nothing waits.
    pub(super) fn write_next(&mut self, out: &mut Vec<u8>) -> Option<Sent> {
        if let Some(message) = self.urgent.pop_front() {
            return self.write(out, NEGOTIATION, &message, 0);
        }
        loop {
            match self.entries.pop_front()? {
                Entry::Commit { message, agreement } => {
                    let sent = self.write(out, NEGOTIATION, &message, 0);
                    self.sending = Some(agreement);
                    self.writer.set_format(
                        agreement.session.map_or(BlockFormat::Standard, |session| session.format),
                    );
                    return sent;
                }
                Entry::Block { feature, data, points, is_answer } => {
                    if is_answer {
                        self.answer_bytes -= data.len();
                    }
                    if points.is_some() {
                        self.point_bytes -= data.len();
                    }
                    if let Some(sent) = self.write_block(out, feature, &data, points.unwrap_or(0)) {
                        return Some(sent);
                    }
                }
            }
        }
    }

    /// Appends a block past all that waits, by the agreement that is in force for what is sent now.
    pub(super) fn write_block(
        &mut self,
        out: &mut Vec<u8>,
        feature: Feature,
        data: &[u8],
        points: usize,
    ) -> Option<Sent> {
        let id = self.sending?.features().id(feature)?;
        self.write(out, id, data, points)
    }

    /// Appends a block of the negotiation, or a heartbeat, past all that waits.
    pub(super) fn write_now(&mut self, out: &mut Vec<u8>, message: &[u8]) -> Option<Sent> {
        self.write(out, NEGOTIATION, message, 0)
    }

    /// Whether what waits is by the agreement that is in force.
    pub(super) fn is_settled(&self) -> bool {
        self.sending == self.planned
    }

    /// Whatever was told or waits is forgotten.
    pub(super) fn restart(&mut self) {
        *self = Outbox::new(self.largest);
    }

    /// Data points that wait.
    pub(super) fn waiting_points(&self) -> usize {
        let points = |entry: &Entry| match entry {
            Entry::Block { points, .. } => points.unwrap_or(0),
            Entry::Commit { .. } => 0,
        };
        self.entries.iter().map(points).sum()
    }

    fn write(&mut self, out: &mut Vec<u8>, feature: u16, data: &[u8], points: usize) -> Option<Sent> {
        // Data are made to fit.
        self.writer.write(out, feature, data).ok()?;
        Some(Sent { points })
    }
}
