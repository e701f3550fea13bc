//! Requests that take long to answer: large metadata, and filters over many signals.
//!
//! The driver has them answered on another thread. Their connection waits meanwhile, with whatever else
//! it has asked for, so that its answers come in order; all others go on.

use std::sync::{Arc, Weak};

use super::catalog::{Catalog, WrittenMetadata};
use super::connection::Connection;
use super::events::{ConnectionId, PublisherEvent};
use super::selection::Selection;
use super::{CloseReason, PublisherSession, mark_changed};
use crate::Ticks;
use crate::session::{Frame, Moment, Severity};
use crate::wire::{Command, OperationalModes, SubscriptionOptions};

/// A request to be answered on another thread.
#[derive(Debug)]
pub struct LongRequest {
    connection: ConnectionId,
    catalog: Arc<Catalog>,
    question: Question,
    now: Ticks,
    wanted: Weak<()>,
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
    connection: ConnectionId,
    catalog: Arc<Catalog>,
    found: Found,
}

#[derive(Debug)]
enum Found {
    Signals(Result<Arc<Selection>, String>),
    Metadata(Result<WrittenMetadata, String>),
}

/// What a connection keeps until its long request is answered.
#[derive(Debug)]
pub(super) struct Unanswered {
    /// What a Subscribe asks for.
    options: Option<Box<SubscriptionOptions>>,
    /// What came after it.
    rest: Vec<u8>,
    /// Tells by its end that nobody wants the answer any more.
    _wanted: Arc<()>,
}

impl LongRequest {
    /// Works the answer out. Takes up to seconds.
    pub fn answer(&self) -> LongAnswer {
        let found = match &self.question {
            Question::Signals(filter) => {
                Found::Signals(self.catalog.select(filter, self.now).map_err(|error| error.to_string()))
            }
            Question::Metadata(filters, modes) => {
                Found::Metadata(Ok(self.catalog.written_metadata(filters, *modes, self.now)))
            }
        };
        self.answer_with(found)
    }

    /// The answer that there is none, for a reason that the subscriber is told.
    pub fn fail(&self, why: &str) -> LongAnswer {
        self.answer_with(match &self.question {
            Question::Signals(_) => Found::Signals(Err(why.to_owned())),
            Question::Metadata(..) => Found::Metadata(Err(why.to_owned())),
        })
    }

    fn answer_with(&self, found: Found) -> LongAnswer {
        LongAnswer { connection: self.connection, catalog: self.catalog.clone(), found }
    }

    /// False when the connection is gone.
    pub fn is_wanted(&self) -> bool {
        self.wanted.strong_count() > 0
    }
}

impl LongAnswer {
    /// Whose request this answers.
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }
}

impl PublisherSession {
    /// The requests to be answered on other threads, as [`supply_answer`](Self::supply_answer) is then
    /// told.
    pub fn take_long_requests(&mut self) -> Vec<LongRequest> {
        std::mem::take(&mut self.long_requests)
    }

    /// Whether a connection waits for the answer to a long request. Then nothing is to be read from its
    /// transport; what is [received](Self::receive) nevertheless is kept.
    pub fn awaits_answer(&self, id: ConnectionId) -> bool {
        self.connections.get(&id).is_some_and(|connection| connection.unanswered.is_some())
    }

    /// Goes on with a connection whose long request is answered. Comes too late if it is gone, which does
    /// not matter. After an error the connection must be closed.
    pub fn supply_answer(
        &mut self,
        answer: LongAnswer,
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) -> Result<(), CloseReason> {
        let LongAnswer { connection: id, catalog, found } = answer;
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        let Some(unanswered) = connection.unanswered.take() else { return Ok(()) };
        if connection.closing.is_some() {
            return Ok(());
        }
        let Unanswered { options, rest, .. } = unanswered;
        match (found, options) {
            (Found::Signals(_), Some(options)) if !Arc::ptr_eq(&catalog, &self.catalog) => {
                self.select_signals(id, options, now, events);
            }
            (Found::Signals(selected), Some(options)) => {
                let selected = selected.map(|selection| (options, selection));
                self.answer_subscribe(id, selected, now, events);
            }
            (Found::Metadata(Ok(metadata)), _) => connection.send_metadata(metadata, events),
            (Found::Metadata(Err(why)), _) => connection.fail(Command::MetadataRefresh, &why),
            (Found::Signals(_), None) => {}
        }
        if let Some(connection) = self.connections.get_mut(&id) {
            mark_changed(connection, &mut self.changed);
        }
        self.handle_bytes(id, &rest, now, events)
    }

    /// Has a request answered on another thread. `options` are what a Subscribe asks for.
    pub(super) fn answer_later(
        &mut self,
        id: ConnectionId,
        question: Question,
        options: Option<Box<SubscriptionOptions>>,
        now: Ticks,
    ) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let wanted = Arc::new(());
        self.long_requests.push(LongRequest {
            connection: id,
            catalog: self.catalog.clone(),
            question,
            now,
            wanted: Arc::downgrade(&wanted),
        });
        connection.unanswered = Some(Unanswered { options, rest: Vec::new(), _wanted: wanted });
    }
}

impl Connection {
    /// Keeps bytes for when the long request before them is answered. False when there is none.
    pub(super) fn keep_for_later(&mut self, bytes: &[u8]) -> bool {
        let Some(unanswered) = &mut self.unanswered else { return false };
        unanswered.rest.extend_from_slice(bytes);
        true
    }

    pub(super) fn send_metadata(&mut self, metadata: WrittenMetadata, events: &mut Vec<PublisherEvent>) {
        for ignored in metadata.ignored {
            let text = format!("ignored a metadata filter of {}: {ignored}", self.info.address);
            events.push(PublisherEvent::Message(Severity::Warning, text));
        }
        self.push(Frame::shared(metadata.response));
    }
}
