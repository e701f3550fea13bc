//! What is sent besides measurements: pieces of documents that were asked for, and all that is told again and again on links that
//! lose, or on which nobody can ask.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::super::documents::{Document, DocumentMessage, DocumentName, MOST_PIECES, PIECE_HEADER};
use super::super::feature::Feature;
use super::super::kind::LinkKind;
use super::outbox::{Outbox, Sent};
use super::sending::Sending;

/// Blocks of other things between two blocks of this, while others wait.
const OTHERS: u32 = 4;
/// Requests that wait; more are dropped, and will come again.
const MOST_REQUESTS: usize = 16;
/// Largest blocks of what is repeated, in bytes of data.
const LARGEST: usize = 1_024;

/// Pieces that the other side wants.
#[derive(Debug)]
struct Request {
    name: DocumentName,
    number: u32,
    ranges: VecDeque<(u16, u16)>,
}

/// Where a round of repetitions is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Announcement,
    /// From here on of all that was defined.
    Defined(usize),
    /// A piece of a document, by the place of the document.
    Piece(usize, u16),
}

/// What is sent when there is time.
#[derive(Debug)]
pub(super) struct Repetition {
    kind: LinkKind,
    interval: Duration,
    rate: usize,
    /// On one-way links, what was agreed.
    announcement: Option<Vec<u8>>,
    requests: VecDeque<Request>,
    round: Option<Step>,
    round_at: Option<Instant>,
    /// Bytes that may be sent only later, because of the rate.
    next_at: Option<Instant>,
    /// The second half of what was made.
    left: Option<(Feature, Vec<u8>)>,
    others: u32,
}

impl Repetition {
    pub(super) fn new(kind: LinkKind, interval: Duration, rate: usize) -> Repetition {
        Repetition {
            kind,
            interval,
            rate,
            announcement: None,
            requests: VecDeque::new(),
            round: None,
            round_at: None,
            next_at: None,
            left: None,
            others: 0,
        }
    }

    /// Nothing was told.
    pub(super) fn restart(&mut self, now: Instant) {
        *self = Repetition::new(self.kind, self.interval, self.rate);
        // On a one-way link everything is told at once: nobody can ask.
        let first = if self.kind.is_two_way() { now + self.interval } else { now };
        self.round_at = self.kind.repeats().then_some(first);
    }

    pub(super) fn set_announcement(&mut self, message: Vec<u8>, now: Instant) {
        self.announcement = Some(message);
        (self.round, self.left, self.round_at) = (None, None, Some(now));
    }

    /// A document is wanted, or some pieces of it. While pieces of it are being sent, that changes nothing: those that are asked for
    /// may be on the way.
    pub(super) fn request(&mut self, name: DocumentName, number: u32, ranges: Vec<(u16, u16)>) {
        let ranges = if ranges.is_empty() { vec![(0, u16::MAX)] } else { ranges };
        let is_known = self.requests.iter().any(|request| request.name == name);
        if !is_known && self.requests.len() < MOST_REQUESTS {
            self.requests.push_back(Request { name, number, ranges: ranges.into() });
        }
    }

    /// Another block was sent.
    pub(super) fn note_other(&mut self) {
        self.others += 1;
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let paused = self.next_at.filter(|_| self.has_work());
        let round = self.round_at.filter(|_| self.round.is_none());
        paused.into_iter().chain(round).min()
    }

    /// A pause is over, or a round begins.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        self.next_at = self.next_at.filter(|at| *at > now);
        if self.round.is_none() && self.round_at.is_some_and(|at| at <= now) {
            self.round = Some(Step::Announcement);
            self.round_at = Some(now + self.interval);
        }
    }

    fn has_work(&self) -> bool {
        !self.requests.is_empty() || self.round.is_some() || self.left.is_some()
    }

    /// Whether it is time to send something.
    pub(super) fn is_due(&self, outbox: &Outbox) -> bool {
        let has_turn = outbox.is_empty() || self.others >= OTHERS;
        has_turn && self.next_at.is_none() && self.has_work() && outbox.is_settled()
    }

    /// Appends one block to `out`. None when there is nothing, after all.
    pub(super) fn write_next(
        &mut self,
        out: &mut Vec<u8>,
        sending: &mut Sending,
        outbox: &mut Outbox,
        now: Instant,
    ) -> Option<Sent> {
        let start = out.len();
        let sent = self.write(out, sending, outbox);
        if sent.is_some() {
            self.others = 0;
            if self.kind.repeats() {
                let pause = Duration::from_secs_f64((out.len() - start) as f64 / self.rate as f64);
                self.next_at = Some(now + pause);
            }
        }
        sent
    }

    fn write(&mut self, out: &mut Vec<u8>, sending: &mut Sending, outbox: &mut Outbox) -> Option<Sent> {
        let room = outbox.room();
        if let Some((feature, data)) = self.left.take()
            && let Some(sent) = outbox.write_block(out, feature, &data, 0)
        {
            return Some(sent);
        }
        if let Some(data) = self.next_requested(sending, room)
            && let Some(sent) = outbox.write_block(out, Feature::Documents, &data, 0)
        {
            return Some(sent);
        }
        while let Some(step) = self.round {
            let sent = match step {
                Step::Announcement => {
                    self.round = Some(Step::Defined(0));
                    self.announcement.as_ref().and_then(|message| outbox.write_now(out, message))
                }
                Step::Defined(place) if place >= sending.defined() => {
                    self.round = Some(Step::Piece(0, 0));
                    None
                }
                Step::Defined(place) => {
                    let (next, [definitions, assignment]) = sending.describe(place, room.min(LARGEST));
                    self.round = Some(Step::Defined(next));
                    self.left = Some(assignment);
                    outbox.write_block(out, definitions.0, &definitions.1, 0)
                }
                Step::Piece(place, number) => {
                    let data = self.next_piece(sending, place, number, room);
                    data.and_then(|data| outbox.write_block(out, Feature::Documents, &data, 0))
                }
            };
            if sent.is_some() {
                return sent;
            }
        }
        None
    }

    /// The next piece of a document that was asked for.
    fn next_requested(&mut self, sending: &Sending, room: usize) -> Option<Vec<u8>> {
        while let Some(request) = self.requests.front_mut() {
            let mut data = Vec::new();
            let document = sending.document(request.name);
            let Some((document, size)) =
                document.and_then(|document| Some((document, piece_size(document, room)?)))
            else {
                DocumentMessage::None.write(&mut data, request.name);
                self.requests.pop_front();
                return Some(data);
            };
            // Of an older edition nothing is left; its pieces would not fit.
            if request.number != 0 && request.number != document.edition.number {
                DocumentMessage::Current(document.edition).write(&mut data, request.name);
                self.requests.pop_front();
                return Some(data);
            }
            let Some((first, last)) = request.ranges.front_mut() else {
                self.requests.pop_front();
                continue;
            };
            let Some(piece) = document.piece(size, *first) else {
                request.ranges.pop_front();
                continue;
            };
            DocumentMessage::Piece(piece).write(&mut data, request.name);
            if first >= last {
                request.ranges.pop_front();
            } else {
                *first += 1;
            }
            return Some(data);
        }
        None
    }

    /// The next piece of a round: on two-way links, what a document is now.
    fn next_piece(&mut self, sending: &Sending, place: usize, number: u16, room: usize) -> Option<Vec<u8>> {
        let Some(document) = sending.documents().nth(place) else {
            self.round = None;
            return None;
        };
        let mut data = Vec::new();
        if self.kind.is_two_way() {
            DocumentMessage::Current(document.edition).write(&mut data, document.name);
            self.round = Some(Step::Piece(place + 1, 0));
            return Some(data);
        }
        let piece = piece_size(document, room).and_then(|size| document.piece(size, number));
        let Some(piece) = piece else {
            self.round = Some(Step::Piece(place + 1, 0));
            return None;
        };
        DocumentMessage::Piece(piece).write(&mut data, document.name);
        self.round = match number.checked_add(1) {
            Some(next) => Some(Step::Piece(place, next)),
            None => Some(Step::Piece(place + 1, 0)),
        };
        Some(data)
    }
}

/// Bytes of the pieces of a document in blocks with so much data; None when there would be more than can be numbered.
pub(super) fn piece_size(document: &Document, room: usize) -> Option<usize> {
    let most = room - PIECE_HEADER;
    let least = (document.edition.length as usize).div_ceil(MOST_PIECES);
    (least <= most).then_some(most.min(LARGEST - PIECE_HEADER).max(least))
}
