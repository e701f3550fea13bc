//! How long the publisher may be silent, and how long it may take to answer.

use std::time::Instant;

use super::SubscriberError;
use super::settings::SessionSettings;
use crate::wire::Command;

/// First bytes of the answer to a metadata request.
const METADATA_ANSWER: [u8; 2] = [0x80, 0x01];

/// What is waited for.
#[derive(Debug)]
pub(super) struct Questions {
    last_received: Instant,
    metadata_requested: Option<Instant>,
}

impl Questions {
    pub(super) fn new(now: Instant) -> Questions {
        Questions { last_received: now, metadata_requested: None }
    }

    /// The publisher has sent something.
    pub(super) fn heard(&mut self, now: Instant) {
        self.last_received = now;
    }

    pub(super) fn metadata_requested(&mut self, now: Instant) {
        self.metadata_requested = Some(now);
    }

    pub(super) fn metadata_answered(&mut self) {
        self.metadata_requested = None;
    }

    /// Looks at what has come of a frame that is not whole yet: metadata that are on their way may
    /// take as long as they need.
    pub(super) fn heard_part(&mut self, pending: &[u8], now: Instant) {
        if pending.starts_with(&METADATA_ANSWER) {
            self.put_off_metadata(now);
        }
    }

    /// The driver does not read on purpose, so what is missing is not the publisher's fault.
    pub(super) fn put_off(&mut self, now: Instant) {
        self.last_received = now;
        self.put_off_metadata(now);
    }

    fn put_off_metadata(&mut self, now: Instant) {
        if let Some(since) = &mut self.metadata_requested {
            *since = now;
        }
    }

    /// When to look at [`overdue`](Self::overdue). `modes` are awaited since then.
    pub(super) fn deadline(&self, modes: Option<Instant>, settings: &SessionSettings) -> Option<Instant> {
        let silent = settings.data_loss_timeout.map(|timeout| self.last_received + timeout);
        let answer = self.oldest(modes).map(|(since, _)| since + settings.answer_timeout);
        silent.into_iter().chain(answer).min()
    }

    /// What the publisher should have done by now.
    pub(super) fn overdue(
        &self,
        modes: Option<Instant>,
        settings: &SessionSettings,
        now: Instant,
    ) -> Option<SubscriberError> {
        if let Some(limit) = settings.data_loss_timeout.filter(|limit| now >= self.last_received + *limit) {
            return Some(SubscriberError::Silent(limit));
        }
        let timeout = settings.answer_timeout;
        let (_, command) = self.oldest(modes).filter(|(since, _)| now >= *since + timeout)?;
        Some(SubscriberError::NoAnswer { command: command.name(), timeout })
    }

    /// The question that waits for its answer longest.
    fn oldest(&self, modes: Option<Instant>) -> Option<(Instant, Command)> {
        let modes = modes.map(|since| (since, Command::DefineOperationalModes));
        modes.or(self.metadata_requested.map(|since| (since, Command::MetadataRefresh)))
    }
}
