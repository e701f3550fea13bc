//! What takes long and is done elsewhere: large metadata, filters over many signals, historical data.
//!
//! A connection waits for the answer to its long request, with whatever else it has asked for, so that
//! its answers come in order; all others go on.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use uuid::Uuid;

use super::catalog::{View, WrittenMetadata};
use super::events::{ConnectionId, ConnectionKey};
use super::selection::Selection;
use crate::Ticks;
use crate::codec::RawMeasurement;
use crate::filter::Allowance;
use crate::time_expression::TimeWindow;
use crate::wire::OperationalModes;

/// Something to be done elsewhere. [`PublisherSession::finish_work`](super::PublisherSession::finish_work)
/// takes what has come of it.
#[derive(Debug)]
pub enum Work {
    /// Answer a request.
    Answer(LongRequest),
    /// Ask the application's source of historical data, in this order.
    History(HistoryCall),
}

/// What has come of some [`Work`].
#[derive(Debug)]
pub enum WorkResult {
    /// The answer to a request.
    Answer(LongAnswer),
    /// What was read for a playback.
    History(ReplayId, HistoryChunk),
}

/// What comes next in a playback, or why nothing does.
pub type HistoryChunk = Result<HistoryPart, String>;

/// What comes next in a playback out of the application's source.
#[derive(Debug)]
pub enum HistoryPart {
    /// Measurements, none if nothing has come yet. Their rows are positions in the request's list of signals.
    Rows(Vec<RawMeasurement>),
    /// What the publisher keeps in memory of these times; then the source is asked again.
    Kept(TimeWindow),
    /// The end, and what is missing, in words; empty when nothing is.
    End(String),
}

/// Identifies a playback for the life of its publisher; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplayId {
    /// Whose playback it is.
    pub connection: ConnectionId,
    /// Its number among those of its session.
    pub number: u64,
}

/// What a temporal subscription wants of the source of historical data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRequest {
    /// Whose subscription it is.
    pub connection: ConnectionId,
    /// The times wanted. An open end is [`Ticks::MAX`](crate::Ticks::MAX).
    pub window: TimeWindow,
    /// The signals wanted.
    pub signals: Vec<Uuid>,
    /// Text of the subscriber for the source of the data, empty if it has none.
    pub parameters: String,
}

/// What the source of historical data is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryCall {
    /// Read the next chunk of a playback.
    Read(ReplayId, Arc<HistoryRequest>),
    /// No more of this playback is wanted.
    Close(ReplayId),
}

/// A request to be answered elsewhere.
#[derive(Debug)]
pub struct LongRequest {
    connection: ConnectionKey,
    view: View,
    question: Question,
    now: Ticks,
    /// Steps that filters may take.
    allowance: Allowance,
    /// The answer may take much memory.
    is_large: bool,
    /// Nobody wants the answer any more.
    is_cancelled: Arc<AtomicBool>,
}

#[derive(Debug)]
pub(super) enum Question {
    /// The signals that a filter selects.
    Signals(String),
    /// The metadata that filters select, as these modes want them.
    Metadata(String, OperationalModes),
}

/// The answer to a [`LongRequest`].
#[derive(Debug)]
pub struct LongAnswer {
    pub(super) connection: ConnectionKey,
    pub(super) view: View,
    pub(super) found: Found,
    /// Steps that it took.
    pub(super) steps: u64,
}

#[derive(Debug)]
pub(super) enum Found {
    Signals(Result<Arc<Selection>, String>),
    Metadata(Result<WrittenMetadata, String>),
}

impl LongRequest {
    /// A question of a connection about what it sees of a catalog, as of `now`.
    pub(super) fn new(
        connection: ConnectionKey,
        view: View,
        question: Question,
        now: Ticks,
        allowance: Allowance,
    ) -> LongRequest {
        let is_large = matches!(&question, Question::Metadata(filters, _) if !filters.trim().is_empty());
        let is_cancelled = Arc::default();
        LongRequest { connection, view, question, now, allowance, is_large, is_cancelled }
    }

    /// The same, whose answer is known to take much memory.
    pub(super) fn with_large_answer(self) -> LongRequest {
        LongRequest { is_large: true, ..self }
    }

    /// Setting it ends the work on the request.
    pub(super) fn cancelled_by(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_cancelled)
    }

    /// Whose request it is.
    pub fn connection(&self) -> ConnectionKey {
        self.connection
    }

    /// Whether the answer may take much memory.
    pub(super) fn makes_large_answer(&self) -> bool {
        self.is_large
    }

    /// Works the answer out. Takes up to seconds.
    pub fn answer(&self) -> LongAnswer {
        let mut allowance = self.allowance.clone().until(self.cancelled_by());
        let found = match &self.question {
            Question::Signals(filter) => {
                let selected = self.view.select(filter, self.now, &mut allowance);
                Found::Signals(selected.map_err(|error| error.to_string()))
            }
            Question::Metadata(filters, modes) => {
                let written = self.view.written_metadata(filters, *modes, self.now, &mut allowance);
                Found::Metadata(written.map_err(|error| error.to_string()))
            }
        };
        self.answer_with(found, allowance.spent())
    }

    /// The answer that there is none, for a reason that the subscriber is told.
    pub fn fail(&self, why: &str) -> LongAnswer {
        let found = match &self.question {
            Question::Signals(_) => Found::Signals(Err(why.to_owned())),
            Question::Metadata(..) => Found::Metadata(Err(why.to_owned())),
        };
        self.answer_with(found, 0)
    }

    fn answer_with(&self, found: Found, steps: u64) -> LongAnswer {
        LongAnswer { connection: self.connection, view: self.view.clone(), found, steps }
    }
}

impl LongAnswer {
    /// Whose request this answers.
    pub fn connection(&self) -> ConnectionKey {
        self.connection
    }
}
