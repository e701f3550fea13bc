//! How long the publisher may be silent, and how long it may take to answer.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::SubscriberError;
use super::part::Part;
use super::settings::SessionSettings;
use crate::wire::Command;

/// First byte of a signal index cache, and first bytes of the answer to a metadata request: either may take
/// long to arrive, and what comes behind it comes later.
const LARGE_RESPONSES: [&[u8]; 2] = [&[0x83], &[0x80, 0x01]];

/// Progress that makes a large response worth waiting for.
const SOME_BYTES: usize = 1024;

/// Changes of the processing interval whose answers may be told apart.
const MAX_INTERVALS: usize = 1024;

/// Who changed the processing interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    Application,
    /// The session, which wants to know how far the publisher is.
    Session,
}

/// What is waited for.
#[derive(Debug)]
pub(super) struct Questions {
    /// Who gets the answers to UpdateProcessingInterval, in order.
    intervals: VecDeque<Asker>,
    last_received: Instant,
    metadata_requested: Option<Instant>,
    /// Requests for metadata, and for schemas, that were not answered yet.
    unanswered: [u32; 2],
    subscribe: Asked,
    /// Since when the first whole response is awaited.
    first_awaited: Option<Instant>,
    /// Bytes of a response in part when it was last worth waiting for.
    seen: usize,
    /// The response of which a part has come, if there is one.
    part: Option<Part>,
    /// What has arrived and cannot be told before more does, if anything.
    untold: Option<Untold>,
}

/// What has arrived and cannot be told before more does.
#[derive(Debug, Clone, Copy)]
struct Untold {
    /// Since when its rest is awaited.
    begun: Instant,
    /// Bytes of it.
    bytes: usize,
}

/// What a document was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Document {
    Metadata = 0,
    Schema = 1,
}

/// Whether a Subscribe waits for its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    No,
    /// The clock was not looked at since.
    Now,
    Since(Instant),
}

impl Questions {
    pub(super) fn new(now: Instant) -> Questions {
        Questions {
            intervals: VecDeque::new(),
            last_received: now,
            metadata_requested: None,
            unanswered: [0; 2],
            subscribe: Asked::No,
            first_awaited: Some(now),
            seen: 0,
            part: None,
            untold: None,
        }
    }

    /// The publisher has sent something.
    pub(super) fn heard(&mut self, now: Instant) {
        self.last_received = now;
        self.untold = None;
        self.look_at_clock(now);
    }

    /// What had come was taken in by now, which may have needed a long time.
    pub(super) fn taken_in(&mut self, now: Instant) {
        if let Some(part) = &mut self.part {
            part.reading_went_on(now);
        }
        self.heard(now);
    }

    /// So many bytes have arrived, since the publisher was heard last, that cannot be told before more do. While any come
    /// the publisher is not silent. Their rest has a time however many come, for when somebody on the way has altered the
    /// length of a record, all that follows is taken for its rest; as all records are small, it is that of an answer.
    pub(super) fn heard_untold(&mut self, bytes: usize, now: Instant) {
        if bytes == 0 {
            self.untold = None;
            return;
        }
        // Fewer than before are others.
        let before = self.untold.filter(|before| before.bytes <= bytes);
        let untold = before.unwrap_or(Untold { begun: now, bytes: 0 });
        if bytes != untold.bytes {
            self.last_received = now;
            self.look_at_clock(now);
        }
        self.untold = Some(Untold { bytes, ..untold });
    }

    /// A whole response has come.
    pub(super) fn heard_response(&mut self) {
        self.first_awaited = None;
        self.seen = 0;
        self.part = None;
    }

    /// A document was asked for.
    pub(super) fn asked_for(&mut self, document: Document) {
        self.unanswered[document as usize] += 1;
    }

    /// A document has come, or will not. False when nobody has asked for it.
    pub(super) fn answered(&mut self, document: Document) -> bool {
        let unanswered = &mut self.unanswered[document as usize];
        let was_asked_for = *unanswered > 0;
        *unanswered = unanswered.saturating_sub(1);
        if self.unanswered[Document::Metadata as usize] == 0 {
            self.metadata_requested = None;
        }
        self.put_off_subscribe();
        was_asked_for
    }

    /// Subscribe was sent.
    pub(super) fn subscribed(&mut self) {
        if self.subscribe == Asked::No {
            self.subscribe = Asked::Now;
        }
    }

    /// Whether a Subscribe waits for its answer.
    pub(super) fn awaits_subscribe(&self) -> bool {
        self.subscribe != Asked::No
    }

    /// A Subscribe was answered, in so many words or by its signals. `others` tells whether others were not.
    pub(super) fn subscribe_answered(&mut self, others: bool) {
        self.subscribe = if others { Asked::Now } else { Asked::No };
    }

    /// From now on counts what was asked since the last look.
    pub(super) fn look_at_clock(&mut self, now: Instant) {
        if self.subscribe == Asked::Now {
            self.subscribe = Asked::Since(now);
        }
    }

    /// The processing interval is changed.
    pub(super) fn interval_changed(&mut self, asker: Asker) {
        if self.intervals.len() == MAX_INTERVALS {
            self.intervals.pop_front();
        }
        self.intervals.push_back(asker);
    }

    /// Whose change of the processing interval was answered.
    pub(super) fn interval_answered(&mut self) -> Asker {
        self.intervals.pop_front().unwrap_or(Asker::Application)
    }

    pub(super) fn metadata_requested(&mut self, now: Instant) {
        self.metadata_requested = Some(now);
        self.asked_for(Document::Metadata);
    }

    /// Looks at what has come of a frame of that length that is not whole yet: answers that are on their way may take
    /// longer, as long as they make some progress.
    pub(super) fn heard_part(&mut self, pending: &[u8], announced: Option<usize>, now: Instant) {
        self.part = announced.map(|announced| Part::look(self.part, pending, announced, now));
        let is_large = LARGE_RESPONSES.iter().any(|beginning| pending.starts_with(beginning));
        if is_large && pending.len() >= self.seen + SOME_BYTES {
            self.seen = pending.len();
            self.put_off_answers(now);
        }
    }

    /// The driver does not read on purpose, so what is missing is not the publisher's fault.
    pub(super) fn put_off(&mut self, now: Instant) {
        self.last_received = now;
        if let Some(untold) = &mut self.untold {
            untold.begun = now;
        }
        if let Some(part) = &mut self.part {
            part.begun = now;
        }
        self.put_off_answers(now);
    }

    fn put_off_answers(&mut self, now: Instant) {
        self.first_awaited = self.first_awaited.map(|_| now);
        if let Some(since) = &mut self.metadata_requested {
            *since = now;
        }
        self.put_off_subscribe();
        self.look_at_clock(now);
    }

    fn put_off_subscribe(&mut self) {
        if let Asked::Since(_) = self.subscribe {
            self.subscribe = Asked::Now;
        }
    }

    /// When to look at [`overdue`](Self::overdue). `modes` are awaited since then.
    pub(super) fn deadline(&self, modes: Option<Instant>, settings: &SessionSettings) -> Option<Instant> {
        let timeout = settings.answer_timeout;
        let silent = settings.data_loss_timeout.map(|timeout| self.last_received + timeout);
        let answer = self.oldest(modes).map(|(since, _)| self.due(since, timeout));
        let first = self.first_awaited.map(|since| self.due(since, timeout));
        let untold = self.untold.map(|untold| untold.begun + timeout);
        let part = self.part.map(|part| self.due(part.begun, part.time(timeout)));
        silent.into_iter().chain(answer).chain(first).chain(untold).chain(part).min()
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
        if let Some(untold) = self.untold.filter(|untold| now >= untold.begun + timeout) {
            return Some(SubscriberError::Unfinished { received: untold.bytes, timeout });
        }
        if let Some((_, command)) = self.oldest(modes).filter(|(since, _)| now >= self.due(*since, timeout)) {
            return Some(SubscriberError::NoAnswer { command: command.name(), timeout });
        }
        if self.first_awaited.is_some_and(|since| now >= self.due(since, timeout)) {
            return Some(SubscriberError::NoResponse(timeout));
        }
        let part = self.part.filter(|part| now >= self.due(part.begun, part.time(timeout)))?;
        let Part { received, announced, .. } = part;
        Some(SubscriberError::UnfinishedResponse { received, announced, timeout: part.time(timeout) })
    }

    /// When an answer is overdue that is awaited since then: not before the rest of what was there in part by that time
    /// has come, or is overdue itself, for the answer may be in it.
    fn due(&self, since: Instant, timeout: Duration) -> Instant {
        let due = since + timeout;
        let untold = self.untold.filter(|untold| untold.begun < due);
        untold.map_or(due, |untold| due.max(untold.begun + timeout))
    }

    /// The question that waits for its answer longest.
    fn oldest(&self, modes: Option<Instant>) -> Option<(Instant, Command)> {
        let subscribe = match self.subscribe {
            Asked::No => None,
            // Earlier than it was: then the clock is looked at.
            Asked::Now => Some(self.last_received),
            Asked::Since(since) => Some(since),
        };
        let modes = modes.map(|since| (since, Command::DefineOperationalModes));
        modes
            .or(self.metadata_requested.map(|since| (since, Command::MetadataRefresh)))
            .or(subscribe.map(|since| (since, Command::Subscribe)))
    }
}
