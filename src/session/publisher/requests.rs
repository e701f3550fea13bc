//! What the application wants for one connection, or for each of them.

use super::PublisherSession;
use super::connection::UserAnswer;
use super::events::ConnectionId;
use crate::codec::RawMeasurement;
use crate::session::Moment;

/// Why something was not done for one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// There is no such connection, or it is about to end.
    NoConnection,
    /// No measurements of the present flow to it alone: it has no subscription, shares a multicast group, or
    /// gets historical data.
    NoStream,
    /// It gets no historical data.
    NoPlayback,
}

impl PublisherSession {
    /// Publishes measurements, as [`publish`](Self::publish), to one connection, as far as they are in its
    /// subscription: at once, even when it is throttled.
    pub fn publish_to(
        &mut self,
        id: ConnectionId,
        points: &[RawMeasurement],
        now: Moment,
    ) -> Result<(), Undone> {
        self.finish_packets();
        let key = self.connections.with_id(id).filter(|connection| !connection.is_closing());
        let key = key.map(|connection| connection.key).ok_or(Undone::NoConnection)?;
        let cx = &mut self.ground.at(now);
        let is_done = self.feed.publish_to(key, points, &mut self.connections, cx);
        if is_done { Ok(()) } else { Err(Undone::NoStream) }
    }

    /// Ends the historical data of a connection, which is told why. The connection stays.
    pub fn end_playback(&mut self, id: ConnectionId, why: &str, now: Moment) -> Result<(), Undone> {
        let connection = self.connections.with_id(id).filter(|connection| !connection.is_closing());
        let connection = connection.ok_or(Undone::NoConnection)?;
        let cx = &mut self.ground.at(now);
        if !self.feed.playbacks.end(connection, why, cx) {
            return Err(Undone::NoPlayback);
        }
        connection.outlet.tell(cx.outbox);
        Ok(())
    }

    /// Refuses metadata from now on, in these words, or with `None` no longer: to one connection, or to all, those to
    /// come included. False when there is no such connection.
    pub fn refuse_metadata(&mut self, to: Option<ConnectionId>, why: Option<&str>) -> bool {
        let why = why.map(str::to_owned);
        let Some(id) = to else {
            self.ground.metadata_refusal = why;
            return true;
        };
        let Some(connection) = self.connections.with_id(id) else { return false };
        connection.metadata_refusal = why;
        true
    }

    /// Answers user command `command`, 0 to 15, on every connection that has told its operational modes.
    /// Returns how many of them have not taken earlier answers, and do not get this one.
    pub fn answer_all_user_commands(&mut self, command: u8, answer: UserAnswer<'_>) -> usize {
        let (mut missed, limits) = (0, &self.ground.settings.limits);
        for connection in self.connections.iter_mut().filter(|connection| connection.modes().is_some()) {
            missed += usize::from(connection.answer_user_command(command, answer, limits).is_err());
            connection.outlet.tell(&mut self.ground.outbox);
        }
        missed
    }
}
