//! What every part of a session may use during a call.

use std::time::Instant;

use super::counters::SubscriberCounters;
use super::outbox::Outbox;
use super::settings::SessionSettings;

/// The ground on which the parts stand. A part that needs another one is given that beside it.
pub(super) struct Ground<'a> {
    pub(super) settings: &'a SessionSettings,
    pub(super) outbox: &'a mut Outbox,
    pub(super) counts: &'a mut SubscriberCounters,
    pub(super) now: Instant,
}

impl Ground<'_> {
    /// Counts and reports a data packet that is not used.
    pub(super) fn drop_packet(&mut self, why: &str) {
        self.counts.packets_dropped += 1;
        self.outbox.warn(format!("dropped a data packet: {why}"));
    }
}
