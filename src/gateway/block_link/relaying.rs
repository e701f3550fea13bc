//! What is done for streams of C37.118 on the loop of their publisher.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use mio::Token;

use super::LinkId;
use super::merged::Merged;
use super::relay::Relay;
use crate::engine::{Driver, Io, Job, Readiness};
use crate::publisher::Publisher;
use crate::session::Severity;

/// Tells the operators of a link something.
pub(super) type Tell = Box<dyn FnMut(LinkId, Severity, &str) + Send>;

/// Metadata that are being made, because of the streams of these links.
type Making = (BTreeSet<LinkId>, Job<Result<(), String>>);

/// Makes the metadata anew when a stream has changed, and tells subscribers what the streams carry.
pub(super) struct RelayDriver {
    relay: Arc<Relay>,
    merged: Arc<Merged>,
    tell: Tell,
    job: Option<Making>,
    /// How many subscriptions there were when the streams were described last.
    subscriptions: u64,
}

impl RelayDriver {
    /// Has the engine of the publisher run it.
    pub(super) fn start(relay: &Arc<Relay>, merged: &Arc<Merged>, publisher: &Publisher, tell: Tell) {
        let driver = RelayDriver {
            relay: Arc::clone(relay),
            merged: Arc::clone(merged),
            tell,
            job: None,
            subscriptions: 0,
        };
        relay.set_driver(publisher.engine().add(driver));
    }

    fn tell_all(&mut self, links: BTreeSet<LinkId>, severity: Severity, text: &str) {
        links.into_iter().for_each(|link| (self.tell)(link, severity, text));
    }

    fn proceed(&mut self, io: &Io<'_>) {
        if let Some(made) = self.job.as_mut().and_then(|(_, job)| job.take()) {
            let links = self.job.take().map(|(links, _)| links).unwrap_or_default();
            if let Err(reason) = made.map_err(|error| error.to_string()).and_then(|made| made) {
                self.tell_all(links, Severity::Error, &format!("The metadata stay as they were: {reason}"));
            }
        }
        for (link, text) in self.relay.take_untold() {
            (self.tell)(link, Severity::Error, &text);
        }
        let changed = if self.job.is_none() { self.relay.take_changed() } else { BTreeSet::new() };
        if !changed.is_empty() {
            let merged = Arc::clone(&self.merged);
            self.job = Some((changed, io.elsewhere().run(move || merged.publish())));
        }
        let Ok(publisher) = self.relay.publisher() else { return };
        let subscriptions = publisher.subscription_count();
        if std::mem::replace(&mut self.subscriptions, subscriptions) != subscriptions {
            self.relay.describe_again();
        }
        if let Some((links, error)) = self.relay.send_owed(&publisher, io.now()) {
            let text = format!("What streams of C37.118 carry is not published: {error}");
            self.tell_all(links, Severity::Warning, &text);
        }
    }
}

impl Driver for RelayDriver {
    fn start(&mut self, io: &mut Io<'_>) {
        if let Ok(publisher) = self.relay.publisher() {
            publisher.watch_subscriptions(io.handle());
        }
        self.proceed(io);
    }

    fn notified(&mut self, io: &mut Io<'_>) {
        self.proceed(io);
    }

    // It has no sockets.
    fn ready(&mut self, _io: &mut Io<'_>, _token: Token, _readiness: Readiness) {}

    fn timeout(&mut self, io: &mut Io<'_>) {
        self.proceed(io);
    }

    fn deadline(&self) -> Option<Instant> {
        self.relay.deadline()
    }

    fn finished(&self) -> bool {
        self.relay.is_over()
    }
}
