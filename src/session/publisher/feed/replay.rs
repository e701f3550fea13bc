//! The playback of one temporal subscription: from its source, at its pace, into its connection.

use std::sync::Arc;
use std::time::Instant;

use super::pacer::Pacer;
use super::stream::Stream;
use crate::codec::RawMeasurement;
use crate::codec::history::{History, HistoryReader};
use crate::session::Moment;
use crate::session::publisher::connection::Connection;
use crate::session::publisher::counts::Counts;
use crate::session::publisher::subscription::Subscription;
use crate::session::publisher::totals::Place;
use crate::session::publisher::work::{HistoryRequest, ReplayId};

/// Blocks of memory, or chunks of the application, that are sent in one turn.
const CHUNKS_PER_TURN: usize = 4;

/// The playback of one temporal subscription.
pub(super) struct Replay {
    pub(super) id: ReplayId,
    pub(super) subscription: Arc<Subscription>,
    pub(super) request: Arc<HistoryRequest>,
    pub(super) source: Source,
    pub(super) pacer: Pacer,
    /// When its subscription was accepted.
    pub(super) accepted: Instant,
    /// Encodes for this connection alone, once its subscriber has confirmed the signals.
    stream: Option<Stream>,
    /// Measurements of the source, by position in the selection, and how many of them were sent.
    chunk: Vec<RawMeasurement>,
    sent: usize,
    /// When there is something to do.
    pub(super) deadline: Option<Instant>,
    /// The connection has to take something first.
    pub(super) waits_for_room: bool,
    /// Its place among the playbacks of the publisher.
    _place: Place,
}

/// Where historical measurements come from.
pub(super) enum Source {
    /// What the publisher keeps in memory.
    Memory(Box<HistoryReader>),
    /// The application.
    Application(Supply),
}

/// What came from the application, and was not begun yet.
pub(super) struct Supply {
    /// Something is asked for.
    asked: bool,
    next: Option<Supplied>,
    /// Nothing will follow.
    is_over: bool,
    /// What the application could not give, in its words.
    missing: String,
    /// Measurements that memory had lost when their turn came.
    missed: u64,
}

/// What the application has next.
pub(super) enum Supplied {
    Rows(Vec<RawMeasurement>),
    /// The next one is read out of memory.
    Kept(Box<HistoryReader>),
    /// Nothing, and what is missing.
    End(String),
}

impl Supply {
    pub(super) fn new(request: &HistoryRequest) -> Supply {
        Supply {
            asked: false,
            next: None,
            is_over: request.signals.is_empty(),
            missing: String::new(),
            missed: 0,
        }
    }

    /// Replaces `chunk` by what follows it.
    fn next(&mut self, chunk: &mut Vec<RawMeasurement>, history: Option<&mut History>) -> Refill {
        match self.next.take() {
            Some(Supplied::Rows(rows)) => *chunk = rows,
            Some(Supplied::Kept(mut reader)) => {
                match history.is_some_and(|history| reader.read(history, chunk)) {
                    true => self.next = Some(Supplied::Kept(reader)),
                    false => self.missed += reader.missed(),
                }
            }
            Some(Supplied::End(missing)) => {
                self.missing = missing;
                self.is_over = true;
            }
            None if self.is_over => return Refill::End,
            None => return Refill::Later { ask: !std::mem::replace(&mut self.asked, true) },
        }
        Refill::Chunk
    }
}

/// Where a playback goes.
pub(super) struct Target<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) counts: &'a mut Counts,
    /// Bytes of measurements that may wait to be sent.
    pub(super) room: usize,
}

impl Target<'_> {
    fn has_room(&self) -> bool {
        self.connection.outlet.queue.data_len() < self.room
    }

    /// Queues the packet under construction, if there is anything in it.
    fn finish_packet(&mut self, stream: &mut Stream) {
        let mut slots = [false; 2];
        slots[usize::from(self.connection.exchange.slot())] = true;
        let Some(packet) = stream.finish_packet(slots) else { return };
        self.connection.deliver(&packet, None, self.counts);
        stream.recycle(packet);
    }
}

/// How far a playback came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It goes on at its deadline, or when something happens.
    Waits,
    /// The application is to be asked for a chunk.
    Asks,
    /// Everything is queued.
    Complete,
}

/// What a source has next.
enum Refill {
    Chunk,
    /// The application takes its time; `ask` when it does not know yet that more is wanted.
    Later {
        ask: bool,
    },
    End,
}

impl Replay {
    pub(super) fn new(
        id: ReplayId,
        subscription: Arc<Subscription>,
        request: HistoryRequest,
        source: Source,
        processing_interval: i32,
        place: Place,
        now: Instant,
    ) -> Replay {
        Replay {
            id,
            subscription,
            request: Arc::new(request),
            source,
            pacer: Pacer::new(processing_interval),
            stream: None,
            accepted: now,
            chunk: Vec::new(),
            sent: 0,
            deadline: None,
            waits_for_room: false,
            _place: place,
        }
    }

    /// The subscriber knows its signals: playback begins with the next turn.
    pub(super) fn start(&mut self) {
        self.stream = Some(Stream::of_selection(self.subscription.clone()));
        self.deadline = Some(self.accepted);
    }

    /// Its signals are confirmed.
    pub(super) fn is_started(&self) -> bool {
        self.stream.is_some()
    }

    pub(super) fn is_from_application(&self) -> bool {
        matches!(self.source, Source::Application(_))
    }

    /// Changes the pace, from the next step on.
    pub(super) fn set_pace(&mut self, processing_interval: i32, now: Instant) {
        self.pacer = Pacer::new(processing_interval);
        if self.stream.is_some() && !self.waits_for_room {
            self.deadline = Some(now);
        }
    }

    /// The application has sent something.
    pub(super) fn supply(&mut self, supplied: Supplied, now: Instant) {
        if let Source::Application(supply) = &mut self.source {
            supply.asked = false;
            supply.next = Some(supplied);
            if !self.waits_for_room {
                self.deadline = Some(now);
            }
        }
    }

    /// Sends what is due, as far as there is room, but not so much that others have to wait.
    pub(super) fn advance(
        &mut self,
        mut target: Target<'_>,
        mut history: Option<&mut History>,
        now: Moment,
    ) -> Progress {
        let Some(mut stream) = self.stream.take() else { return Progress::Waits };
        self.deadline = None;
        self.waits_for_room = false;
        let progress = self.play_chunks(&mut stream, &mut target, &mut history, now);
        target.finish_packet(&mut stream);
        self.stream = Some(stream);
        progress
    }

    fn play_chunks(
        &mut self,
        stream: &mut Stream,
        target: &mut Target<'_>,
        history: &mut Option<&mut History>,
        now: Moment,
    ) -> Progress {
        for _ in 0..CHUNKS_PER_TURN {
            if self.sent == self.chunk.len() {
                match self.refill(history.as_deref_mut()) {
                    Refill::Chunk => {}
                    Refill::Later { ask: true } => return Progress::Asks,
                    Refill::Later { ask: false } => return Progress::Waits,
                    Refill::End => return Progress::Complete,
                }
            }
            let (due, next) = self.pacer.due(&self.chunk[self.sent..], now.instant);
            let end = self.sent + due;
            while self.sent < end {
                if !target.has_room() {
                    self.waits_for_room = true;
                    return Progress::Waits;
                }
                self.sent += stream.encode(&self.chunk[self.sent..end], now);
                if self.sent < end {
                    target.finish_packet(stream);
                }
            }
            if next.is_some() {
                self.deadline = next;
                return Progress::Waits;
            }
        }
        self.deadline = Some(now.instant);
        Progress::Waits
    }

    fn refill(&mut self, history: Option<&mut History>) -> Refill {
        let refill = self.source.next(&mut self.chunk, history);
        self.sent = 0;
        if self.subscription.nan_filter {
            self.chunk.retain(|measurement| !f32::from_bits(measurement.value_bits).is_nan());
        }
        refill
    }
}

impl Source {
    /// Replaces `chunk` by what follows it.
    fn next(&mut self, chunk: &mut Vec<RawMeasurement>, history: Option<&mut History>) -> Refill {
        chunk.clear();
        match self {
            Source::Memory(reader) => match history.is_some_and(|history| reader.read(history, chunk)) {
                true => Refill::Chunk,
                false => Refill::End,
            },
            Source::Application(supply) => supply.next(chunk, history),
        }
    }

    /// How many measurements could not be sent because they were forgotten first, at most.
    pub(super) fn missed(&self) -> u64 {
        match self {
            Source::Memory(reader) => reader.missed(),
            Source::Application(supply) => supply.missed,
        }
    }

    /// What could not be sent, in words; empty when nothing is missing.
    pub(super) fn loss(&self) -> String {
        let missed = self.missed();
        let missing = match self {
            Source::Memory(_) => "",
            Source::Application(supply) => supply.missing.as_str(),
        };
        let forgotten = (missed > 0).then(|| {
            format!(
                "up to {missed} measurements were too old to be kept when their turn came; keep more history, \
                 or play faster"
            )
        });
        let words = forgotten.as_deref().into_iter().chain(Some(missing).filter(|words| !words.is_empty()));
        words.collect::<Vec<&str>>().join("; ")
    }
}
