//! Who is let in, what for, and what becomes of those who are when that changes.

use std::sync::Arc;

use super::PublisherSession;
use super::close_reason::CloseReason;
use super::context::Ground;
use super::events::{ConnectionId, NewConnection};
use super::requests::Undone;
use crate::rights::{Admission, AuditSubject, Grant, Peer, Rights, SignalRights};
use crate::session::Moment;
use crate::wire::Command;

impl Ground {
    /// What a peer may, `None` for everything, or why it is not let in.
    pub(super) fn decide(&self, peer: &Peer, admission: &Admission) -> Result<Option<Arc<Grant>>, String> {
        match admission {
            Admission::Refused(why) => Err(why.clone()),
            Admission::Granted(grant) => Ok(Some(Arc::clone(grant))),
            Admission::ByRights => self.rights.as_ref().map(|rights| rights.decide(peer)).transpose(),
        }
    }
}

impl Ground {
    /// Whether a peer is no stranger: it was connected to, has shown a certificate, or is a subscriber of the rights.
    pub(super) fn knows(&self, new: &NewConnection) -> bool {
        let has_certificate = new.tls.as_ref().is_some_and(|details| details.peer.is_some());
        let is_granted = matches!(new.admission, Admission::Granted(_));
        let is_known = || self.rights.as_ref().is_some_and(|rights| rights.knows(&new.peer()));
        new.outgoing || has_certificate || is_granted || is_known()
    }
}

impl PublisherSession {
    /// From now on the application is told of each subscriber before that is told anything but that its operational
    /// modes are accepted: it waits for [`was_told`](Self::was_told).
    #[must_use]
    pub fn telling_first(mut self) -> PublisherSession {
        self.ground.told_first = true;
        self
    }

    /// The application was told that a subscriber [has connected](super::PublisherEvent::Connected).
    pub fn was_told(&mut self, id: ConnectionId, now: Moment) {
        if let Some(connection) = self.connections.with_id(id) {
            connection.inbox.is_held = false;
            let key = connection.key;
            self.attend(key, now);
        }
    }

    /// What subscribers may from now on; without rights everybody may everything. Those who are connected too, but
    /// for those to whom the application has [granted](Self::set_grant) something else: they get other signals, or
    /// are disconnected.
    pub fn set_rights(&mut self, rights: Option<Arc<Rights>>, now: Moment) {
        self.finish_packets();
        self.ground.rights = rights;
        let by_rights = self.connections.iter().filter(|connection| !connection.has_own_grant());
        let ids: Vec<ConnectionId> = by_rights.map(|connection| connection.info.id).collect();
        for id in ids {
            let Some(peer) = self.connections.with_id(id).map(|connection| connection.info.peer()) else {
                continue;
            };
            let decision = self.ground.decide(&peer, &Admission::ByRights);
            self.change_grant(id, decision, false, now);
        }
        self.attend_selections(now);
    }

    /// What one subscriber may from now on, whatever the rights say; `None` for what they say.
    pub fn set_grant(
        &mut self,
        id: ConnectionId,
        grant: Option<Arc<Grant>>,
        now: Moment,
    ) -> Result<(), Undone> {
        self.finish_packets();
        let connection = self.connections.with_id(id).filter(|connection| !connection.is_closing());
        let peer = connection.map(|connection| connection.info.peer()).ok_or(Undone::NoConnection)?;
        let is_own = grant.is_some();
        let admission = grant.map_or(Admission::ByRights, Admission::Granted);
        let decision = self.ground.decide(&peer, &admission);
        self.change_grant(id, decision, is_own, now);
        self.attend_selections(now);
        Ok(())
    }

    fn change_grant(
        &mut self,
        id: ConnectionId,
        decision: Result<Option<Arc<Grant>>, String>,
        is_own: bool,
        now: Moment,
    ) {
        let PublisherSession { ground, connections, feed, .. } = self;
        let cx = &mut ground.at(now);
        let Some(connection) = connections.with_id(id).filter(|connection| !connection.is_closing()) else {
            return;
        };
        let grant = match decision {
            Ok(grant) => grant,
            Err(why) => {
                let reason = CloseReason::NotAdmitted(why);
                connection.record(AuditSubject::Rights, false, &reason.to_string(), cx);
                return connection.close(reason, cx.outbox);
            }
        };
        let is_same = connection.grant() == grant.as_ref();
        let has_same_signals =
            connection.signal_rights() == grant.as_ref().map(|grant| Arc::clone(grant.signals()));
        connection.set_grant(grant, is_own);
        if is_same {
            return;
        }
        connection.accept(AuditSubject::Rights, "what it may has changed", cx);
        feed.end_forbidden(connection, cx);
        if !has_same_signals {
            feed.withhold(connection, cx);
            if connection.group.is_some() && !connection.is_closing() {
                let text = "what the subscriber may have has changed; subscribe again";
                connection.outlet.fail(Command::Subscribe, text);
                feed.leave(connection, cx);
            }
            connection.announce_configuration_change(&cx.settings.limits);
            feed.select_anew(connection, cx);
        }
        connection.outlet.tell(cx.outbox);
        feed.settle(connections, cx);
    }

    /// The rights of all connections.
    pub fn signal_rights(&self) -> Vec<Arc<SignalRights>> {
        self.connections.iter().filter_map(|connection| connection.signal_rights()).collect()
    }
}
