//! Which signal index cache a packet refers to when its publisher does not say so.
//!
//! One implementation alternates the two slots of caches, but its packets never name one. It goes on with the old cache
//! until it has processed the confirmation of the new one, which may be long after that was sent, and a thread of it that
//! is just encoding measurements finishes with the old cache even later. So for a while a packet may refer to either:
//!
//! - A compressed packet tells it by its sequence number: the encoder begins anew, with 0, when the cache changes.
//! - A compact packet tells it only by signal indexes that one of the caches does not have. Measurements whose index means
//!   the same signal in both can be delivered; of the others it cannot be known which signal they are of.
//!
//! The change is over when the publisher has answered two commands, the first sent behind the confirmation and the second
//! some time after its answer, which is more than such a thread needs. Until then no other cache is confirmed and no other
//! subscription asked for, so that there are never more than two caches to tell apart.
//!
//! In version 1 caches are not confirmed: the publisher has made the change before it sends a cache, and only what it was
//! encoding then refers to the one before. One command is enough, sent when that must be over. A publisher that sends yet
//! another cache meanwhile makes three of them: nothing is delivered before it is known that the newest is in use.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::slot::Slot;

/// How long a thread of the publisher may take to send measurements that it began to encode before the change.
const ENCODING_TIME: Duration = Duration::from_millis(500);
/// How long a publisher gets to answer that has never answered. One that has is waited for as long as it takes.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// What a data packet refers to.
pub(super) enum Reference {
    To(Arc<Slot>),
    /// To the cache before or the one after a change.
    Either {
        old: Arc<Slot>,
        new: Arc<Slot>,
    },
    /// To one of more than two caches; this one has room for what it holds.
    Unknown(Arc<Slot>),
}

/// The caches of packets that do not name theirs.
#[derive(Debug, Default)]
pub(super) struct Unnamed {
    in_use: Option<Arc<Slot>>,
    /// The cache before: a packet that has one of its indexes is a very late one.
    previous: Option<Arc<Slot>>,
    change: Option<Change>,
    /// The encoder has begun anew since the cache in use was confirmed, so that the next time is due to another cache.
    has_begun: bool,
    /// The publisher has answered a probe.
    answers: bool,
    /// Caches up to this generation belong to subscriptions that were ended.
    ended: u32,
    /// Measurements not delivered since this was last told.
    undelivered: u64,
}

/// The publisher changes from the cache in use to the next one.
#[derive(Debug)]
struct Change {
    next: Arc<Slot>,
    /// The publisher has done so before it sent the cache: what it was encoding then refers to the one in use.
    is_made: bool,
    /// Another cache came in between, which packets may refer to as well.
    has_third: bool,
    /// Compact packets do not tell when it has happened.
    is_compact: bool,
    /// The encoder has begun anew, because of this change or the one before.
    begun: bool,
    is_urgent: bool,
    stage: Stage,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    Unasked {
        since: Instant,
    },
    Asked {
        since: Instant,
    },
    /// The publisher has processed the confirmation.
    Waiting {
        until: Instant,
    },
    AskedAgain {
        since: Instant,
    },
}

impl Change {
    fn wants_answer(&self) -> bool {
        self.is_compact || self.is_urgent
    }
}

impl Unnamed {
    /// A cache came in place of the one in use, if any, at once.
    pub(super) fn replace(&mut self, next: Arc<Slot>) {
        self.change = None;
        self.has_begun = false;
        self.use_next(next);
    }

    fn use_next(&mut self, next: Arc<Slot>) {
        self.previous = self.in_use.replace(next);
    }

    /// The publisher will use another cache soon, or does so already.
    pub(super) fn change(&mut self, next: Arc<Slot>, is_made: bool, is_compact: bool, now: Instant) {
        let stage = Stage::Unasked { since: now };
        match &mut self.change {
            // Some publishers send it twice.
            Some(change) if change.next.equals(&next) => change.next = next,
            Some(change) => {
                (change.next, change.stage) = (next, stage);
                (change.has_third, change.is_urgent) = (true, true);
            }
            None => {
                self.change = Some(Change {
                    next,
                    is_made,
                    has_third: false,
                    is_compact,
                    begun: false,
                    is_urgent: false,
                    stage,
                });
            }
        }
    }

    pub(super) fn in_use(&self) -> Option<&Arc<Slot>> {
        self.in_use.as_ref()
    }

    /// Whether it is known which cache packets refer to. If not, nothing else that changes it may begin.
    pub(super) fn is_settled(&self) -> bool {
        self.change.is_none()
    }

    /// The application has ended the subscriptions of the caches up to this generation.
    pub(super) fn end(&mut self, generation: u32) {
        self.ended = generation;
    }

    /// Measurements of the cache before a change are not wanted any more.
    pub(super) fn is_ended(&self, slot: &Slot) -> bool {
        slot.generation <= self.ended
    }

    fn settle(&mut self) {
        if let Some(change) = self.change.take() {
            self.use_next(change.next);
        }
    }

    /// The cache of a compressed packet, which `begins` with a new encoder or goes on with the one before.
    pub(super) fn of_compressed(&mut self, begins: bool) -> Option<Reference> {
        let has_begun = self.has_begun;
        self.has_begun |= begins;
        if let Some(change) = &mut self.change {
            if change.has_third {
                return self.either();
            }
            if begins && has_begun {
                self.settle();
            } else {
                change.begun |= begins;
                // Whichever of both it was, only an answer tells when both have come.
                change.is_urgent |= begins;
                if change.begun {
                    return self.either();
                }
            }
        }
        self.in_use.clone().map(Reference::To)
    }

    /// The cache of a compact packet.
    pub(super) fn of_compact(&mut self) -> Option<Reference> {
        if let Some(change) = &mut self.change {
            change.is_compact = true;
            return self.either();
        }
        self.in_use.clone().map(Reference::To)
    }

    fn either(&self) -> Option<Reference> {
        let (old, change) = (self.in_use.clone()?, self.change.as_ref()?);
        Some(match change.has_third {
            true => Reference::Unknown(old),
            false => Reference::Either { old, new: change.next.clone() },
        })
    }

    /// The cache that was in use before the one of a packet, if the packet may be a very late one.
    pub(super) fn previous(&self) -> Option<&Arc<Slot>> {
        self.previous.as_ref()
    }

    /// The end of a change is waited for.
    pub(super) fn hurry(&mut self) {
        if let Some(change) = &mut self.change {
            change.is_urgent = true;
        }
    }

    /// Whether a command has to be sent now that the publisher answers.
    pub(super) fn asks(&mut self, now: Instant) -> bool {
        let Some(change) = &mut self.change else { return false };
        if let Stage::Unasked { since } = change.stage
            && change.is_made
            && change.wants_answer()
        {
            change.stage = Stage::Waiting { until: since + ENCODING_TIME };
        }
        change.stage = match change.stage {
            Stage::Unasked { .. } if change.wants_answer() => Stage::Asked { since: now },
            Stage::Waiting { until } if now >= until => Stage::AskedAgain { since: now },
            _ => return false,
        };
        true
    }

    /// The publisher has answered.
    pub(super) fn answered(&mut self, now: Instant) {
        self.answers = true;
        let Some(change) = &mut self.change else { return };
        match change.stage {
            Stage::Asked { .. } => change.stage = Stage::Waiting { until: now + ENCODING_TIME },
            Stage::AskedAgain { .. } => {
                // The next packet begins anew, if none has done so because of this change.
                self.has_begun = false;
                self.settle();
            }
            Stage::Unasked { .. } | Stage::Waiting { .. } => {}
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), or to ask again.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let change = self.change.as_ref()?;
        match change.stage {
            Stage::Unasked { since } => change.wants_answer().then_some(since),
            Stage::Waiting { until } => Some(until),
            Stage::Asked { since } | Stage::AskedAgain { since } if !self.answers => {
                Some(since + ANSWER_LIMIT)
            }
            Stage::Asked { .. } | Stage::AskedAgain { .. } => None,
        }
    }

    /// Ends a change that the publisher does not help to end.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        let is_asked =
            |change: &Change| matches!(change.stage, Stage::Asked { .. } | Stage::AskedAgain { .. });
        if self.change.as_ref().is_some_and(is_asked)
            && self.deadline().is_some_and(|deadline| now >= deadline)
        {
            self.settle();
        }
    }

    /// Measurements are not delivered, because it is not known which signal they are of.
    pub(super) fn lose(&mut self, measurements: u64) {
        self.undelivered += measurements;
    }

    /// How many were not delivered since this was last asked, once a change is over.
    pub(super) fn take_undelivered(&mut self) -> u64 {
        if self.is_settled() { std::mem::take(&mut self.undelivered) } else { 0 }
    }
}
