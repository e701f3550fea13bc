//! The operational modes, and what the answer to them tells of the publisher.

use std::time::Instant;

use super::caches::Naming;
use super::outbox::Outbox;
use super::settings::SessionSettings;
use crate::session::GREETING;
use crate::wire::messages::{decode_status_text, has_length};
use crate::wire::{Command, TextEncoding, Version};

/// Where a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Operational modes were sent at that time. Publishers of version 1 and 2 need not answer, so
    /// everything goes on meanwhile; for version 3, commands wait.
    Unanswered { since: Instant },
    /// By a publisher that may never name the slot of its second cache.
    Accepted,
    /// By a publisher that is known to name slots, or to use only one.
    AcceptedWithoutQuirk,
    /// Something ended the connection.
    Ended,
}

/// Negotiates how both sides speak.
#[derive(Debug)]
pub(super) struct Handshake {
    phase: Phase,
}

impl Handshake {
    /// Sends the operational modes.
    pub(super) fn begin(settings: &SessionSettings, outbox: &mut Outbox, now: Instant) -> Handshake {
        let modes = settings.operational_modes().bits().to_be_bytes();
        outbox.send(Command::DefineOperationalModes, &modes);
        if settings.version == Version::V3 {
            outbox.hold();
        }
        Handshake { phase: Phase::Unanswered { since: now } }
    }

    /// Our own publisher names slots; the one that puts lengths in front of texts uses one slot.
    pub(super) fn accept(&mut self, payload: &[u8], outbox: &mut Outbox) {
        let text = || decode_status_text(payload, TextEncoding::Utf8);
        let without_quirk = has_length(payload) || text().starts_with(GREETING);
        self.phase = if without_quirk { Phase::AcceptedWithoutQuirk } else { Phase::Accepted };
        outbox.release();
    }

    /// Nothing is taken in any more.
    pub(super) fn end(&mut self) {
        self.phase = Phase::Ended;
    }

    pub(super) fn is_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// Whether the publisher has answered. Every one that does sends buffer blocks with flags.
    pub(super) fn is_answered(&self) -> bool {
        matches!(self.phase, Phase::Accepted | Phase::AcceptedWithoutQuirk)
    }

    /// Whether packets may not tell which cache they refer to. One implementation alternates slots but never names
    /// them; it answers operational modes, as others do that name them. In version 1 there is only one slot, and of
    /// an unknown publisher it is not certain that the first packet after a cache refers to it.
    pub(super) fn naming(&self, version: Version) -> Naming {
        match self.phase {
            Phase::Accepted => Naming::None,
            Phase::Unanswered { .. } if !version.confirms_caches() => Naming::None,
            Phase::Unanswered { .. } | Phase::AcceptedWithoutQuirk | Phase::Ended => Naming::Slots,
        }
    }

    /// Whether the publisher is known to do one thing after the other, as it was asked.
    pub(super) fn is_orderly(&self) -> bool {
        self.phase == Phase::AcceptedWithoutQuirk
    }

    /// Since when an answer is due that has to come.
    pub(super) fn awaits_answer_since(&self, version: Version) -> Option<Instant> {
        match self.phase {
            Phase::Unanswered { since } if version == Version::V3 => Some(since),
            _ => None,
        }
    }

    /// The publisher gets as long again to answer.
    pub(super) fn put_off(&mut self, now: Instant) {
        if let Phase::Unanswered { since } = &mut self.phase {
            *since = now;
        }
    }
}
