//! What a publisher sends beside measurements: buffer blocks, notifications, answers to user
//! commands.

use std::sync::Arc;

use uuid::Uuid;

use super::batches::{Batch, Content};
use super::points::points_by_id;
use super::unknown_signals::Missing;
use super::{ConnectionId, NotificationId, Publisher, UserAnswer};
use crate::Measurement;
use crate::error::Error;
use crate::session::Moment;
use crate::session::publisher::{Unanswerable, Undone};

/// Largest buffer block in bytes.
pub const MAX_BUFFER_BLOCK: usize = 8 << 20;
/// Longest text of a notification in bytes.
const MAX_NOTIFICATION: usize = 64 << 10;
/// Largest payload of a user response in bytes.
const MAX_USER_RESPONSE: usize = 16 << 20;
/// User commands and user responses of each connection.
const USER_CODES: u8 = 16;

impl Publisher {
    /// Sends opaque bytes of a signal to every subscriber that has the signal in its subscription,
    /// behind the measurements that this thread published before. With `confirm` they are sent
    /// again until the subscriber has confirmed them; one implementation does not understand such
    /// blocks, and one ends its subscription at any block. A subscriber that takes or confirms too
    /// slowly does not get the block, which is counted and told.
    ///
    /// Returns at once, or waits as [`publish`](Self::publish) does.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when there are more than [`MAX_BUFFER_BLOCK`] bytes,
    /// [`Error::NotFound`] when the signal is not in the metadata, and those of
    /// [`publish`](Self::publish).
    pub fn send_buffer_block(&self, signal_id: &Uuid, bytes: &[u8], confirm: bool) -> Result<(), Error> {
        at_most("a buffer block", bytes.len(), MAX_BUFFER_BLOCK)?;
        self.check_running()?;
        let catalog = self.shared.catalog();
        let row = catalog.signal_index(signal_id).ok_or_else(|| {
            Error::NotFound(format!("signal {signal_id} is not in the metadata; set metadata that have it"))
        })?;
        if !self.shared.is_subscribed() {
            return Ok(());
        }
        self.push(Batch { content: Content::BufferBlock { row, bytes: bytes.into(), confirm }, catalog })
    }

    /// Sends a text, with the time in front of it, to the operators of one subscriber, or of all
    /// that are connected. The handler is told of each subscriber that confirms it, and of each
    /// that never will. Whoever connects later does not get it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the text is empty or has more than 64 KiB,
    /// [`Error::NotFound`] when there is no such connection.
    pub fn notify(&self, to: Option<ConnectionId>, text: &str) -> Result<NotificationId, Error> {
        self.engine.check_process()?;
        at_most("a notification", text.len(), MAX_NOTIFICATION)?;
        if text.is_empty() {
            return Err(Error::InvalidArgument("the text of the notification is empty".into()));
        }
        let (id, now) = (self.shared.next_notification(), Moment::now());
        let notified = match to {
            Some(connection) => self.shared.session_of(connection).notify(id, to, text, now),
            None => {
                for mut session in self.shared.sessions() {
                    session.notify(id, None, text, now);
                }
                true
            }
        };
        self.notify_loops();
        if notified { Ok(id) } else { Err(no_connection(to.unwrap_or_default())) }
    }

    /// Answers user command `command`, 0 to 15, of a subscriber, or of all that are connected. May be called
    /// from any thread, any time later, more than once, and even when nothing was asked.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when a number is above 15 or a payload has more than 16 MiB,
    /// [`Error::NotFound`] when there is no such connection any more, [`Error::WouldBlock`] when
    /// the subscriber, or one of all, has not taken earlier answers yet, and does not get this one.
    pub fn answer_user_command(
        &self,
        to: impl Into<Option<ConnectionId>>,
        command: u8,
        answer: UserAnswer<'_>,
    ) -> Result<(), Error> {
        self.engine.check_process()?;
        check_user_code("command", command)?;
        if let UserAnswer::Response(response, payload) = answer {
            check_user_code("response", response)?;
            at_most("a user response", payload.len(), MAX_USER_RESPONSE)?;
        }
        let Some(to) = to.into() else { return self.answer_all(command, answer) };
        let answered = self.shared.session_of(to).answer_user_command(to, command, answer);
        self.notify_loops();
        answered.map_err(|reason| match reason {
            Unanswerable::NoConnection => no_connection(to),
            Unanswerable::QueueFull => Error::WouldBlock(format!(
                "connection {to} has not taken earlier answers yet (maxUnreadMessages); try again later, or \
                 disconnect it"
            )),
        })
    }

    fn answer_all(&self, command: u8, answer: UserAnswer<'_>) -> Result<(), Error> {
        let missed: usize =
            self.shared.sessions().map(|mut session| session.answer_all_user_commands(command, answer)).sum();
        self.notify_loops();
        match missed {
            0 => Ok(()),
            _ => Err(Error::WouldBlock(format!(
                "{missed} of the subscribers have not taken earlier answers yet, and do not get this one"
            ))),
        }
    }

    /// Publishes measurements by their `signal_id` to one connection, as far as they are in its subscription:
    /// for instance the latest values to a subscriber that has just come. They are sent at once, also when the
    /// subscription is throttled. Where measurements are compressed (TSSC), all who share the subscription get
    /// their next ones less compressed; so do not do it for every frame.
    ///
    /// Measurements whose signal is not in the metadata are counted and left out. They are not recorded in the
    /// history, nor counted as published.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such connection, [`Error::InvalidState`] when no measurements of the
    /// present flow to it alone, [`Error::Closed`] when not started.
    pub fn publish_to(&self, connection: ConnectionId, measurements: &[Measurement]) -> Result<(), Error> {
        self.check_running()?;
        let catalog = self.shared.catalog();
        let mut points = Vec::with_capacity(measurements.len());
        let mut missing = Missing::default();
        points_by_id(&catalog, measurements, &mut points, &mut missing);
        self.left_out(&missing);
        let mut session = self.shared.session_of(connection);
        if !Arc::ptr_eq(session.catalog(), &catalog) {
            // Other metadata are on their way to the loop: their rows are not the session's yet.
            let current = session.catalog().clone();
            points.clear();
            points_by_id(&current, measurements, &mut points, &mut Missing::default());
        }
        let done = session.publish_to(connection, &points, Moment::now());
        drop(session);
        self.notify_loops();
        done.map_err(|reason| undone(connection, reason))
    }

    /// Ends the historical data of a subscriber, which is told `why`. Its connection stays.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such connection, [`Error::InvalidState`] when it gets no historical
    /// data.
    pub fn end_playback(&self, connection: ConnectionId, why: &str) -> Result<(), Error> {
        at_most("the reason", why.len(), MAX_NOTIFICATION)?;
        let done = self.shared.session_of(connection).end_playback(connection, why, Moment::now());
        self.notify_loops();
        done.map_err(|reason| undone(connection, reason))
    }

    /// Refuses metadata from now on, in these words, or with `None` no longer: to one connection, or to all, those to
    /// come included. Measurements flow all the same. A connection with a refusal of its own keeps that when others are
    /// given metadata again; [`allow_metadata`](super::PublisherSettings::allow_metadata) holds beside it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the words have more than 64 KiB, [`Error::NotFound`] when there is no such
    /// connection.
    pub fn refuse_metadata(
        &self,
        to: impl Into<Option<ConnectionId>>,
        why: Option<&str>,
    ) -> Result<(), Error> {
        self.engine.check_process()?;
        at_most("the reason", why.map_or(0, str::len), MAX_NOTIFICATION)?;
        match to.into() {
            Some(id) if !self.shared.session_of(id).refuse_metadata(Some(id), why) => Err(no_connection(id)),
            Some(_) => Ok(()),
            None => {
                for mut session in self.shared.sessions() {
                    session.refuse_metadata(None, why);
                }
                Ok(())
            }
        }
    }

    /// Tells all subscribers that the configuration has changed, so that they request the metadata
    /// again. [`set_metadata`](Self::set_metadata) does so by itself.
    pub fn announce_configuration_change(&self) {
        self.shared.sessions().for_each(|mut session| session.announce_configuration_change());
        self.notify_loops();
    }
}

fn at_most(what: &str, length: usize, limit: usize) -> Result<(), Error> {
    if length <= limit {
        return Ok(());
    }
    Err(Error::InvalidArgument(format!("{what} has {length} bytes; give {limit} at most, or several")))
}

fn check_user_code(what: &str, number: u8) -> Result<(), Error> {
    if number < USER_CODES {
        return Ok(());
    }
    Err(Error::InvalidArgument(format!("there is no user {what} {number}; give 0 to 15")))
}

fn undone(id: ConnectionId, reason: Undone) -> Error {
    match reason {
        Undone::NoConnection => no_connection(id),
        Undone::NoStream => Error::InvalidState(format!(
            "no measurements of the present flow to connection {id} alone; wait until it has subscribed"
        )),
        Undone::NoPlayback => Error::InvalidState(format!("connection {id} gets no historical data")),
    }
}

fn no_connection(id: ConnectionId) -> Error {
    Error::NotFound(format!("there is no connection {id}; list the connections to see them"))
}
