//! Signal index caches as they are announced: encoded and compressed once for all who get the same at a time. What is a
//! connection's own, the subscriber ID, stands before the rest.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::BufMut;
use uuid::Uuid;

use super::selected_signals::SelectedSignals;
use crate::codec::gzip::{self, TailSum};
use crate::wire::TextEncoding;

/// Bytes of an encoded cache up to the end of the subscriber ID; the length of all stands in front of that.
const HEAD: usize = 4 + 16;

/// What the bytes of an announcement depend on, beside the signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AnnouncementForm {
    /// Signal index of the first signal.
    pub(super) first: u32,
    pub(super) encoding: TextEncoding,
    pub(super) compress: bool,
}

/// The announcements of one list of signals that somebody has not got whole yet.
#[derive(Debug, Default)]
pub(super) struct Announcements(Mutex<Vec<Announcement>>);

/// Everything behind the subscriber ID.
#[derive(Debug)]
struct Announcement {
    form: AnnouncementForm,
    /// Bytes of the whole cache before it is compressed.
    length: u32,
    tail: Weak<Vec<u8>>,
    /// Of the tail, when it is compressed.
    sum: Option<TailSum>,
}

/// An announcement to one connection: its payload is these three, in this order.
#[derive(Debug)]
pub(super) struct Pieces {
    /// The connection's own.
    pub(super) head: Vec<u8>,
    /// What others are sent too.
    pub(super) tail: Arc<Vec<u8>>,
    /// The connection's own; may be empty.
    pub(super) end: Vec<u8>,
}

impl Announcements {
    /// Announces `signals` to a connection.
    pub(super) fn pieces(
        &self,
        signals: &SelectedSignals,
        form: AnnouncementForm,
        subscriber: Uuid,
    ) -> Pieces {
        let mut announcements = self.lock();
        announcements.retain(Announcement::is_in_use);
        for known in announcements.iter().filter(|known| known.form == form) {
            if let Some(tail) = known.tail.upgrade() {
                return known.pieces(tail, subscriber);
            }
        }
        let (announcement, tail) = Announcement::new(signals, form);
        let pieces = announcement.pieces(tail, subscriber);
        announcements.push(announcement);
        pieces
    }

    /// Whether somebody is being sent one.
    pub(super) fn are_in_use(&self) -> bool {
        self.lock().iter().any(Announcement::is_in_use)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Announcement>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Announcement {
    fn new(signals: &SelectedSignals, form: AnnouncementForm) -> (Announcement, Arc<Vec<u8>>) {
        let mut encoded = signals.to_cache().encode_from(form.first, form.encoding);
        let length = encoded.len() as u32;
        encoded.drain(..HEAD);
        let (tail, sum) = match form.compress {
            true => {
                let (deflated, sum) = gzip::compress_tail(&encoded);
                (Arc::new(deflated), Some(sum))
            }
            false => (Arc::new(encoded), None),
        };
        (Announcement { form, length, tail: Arc::downgrade(&tail), sum }, tail)
    }

    fn is_in_use(&self) -> bool {
        self.tail.strong_count() > 0
    }

    fn pieces(&self, tail: Arc<Vec<u8>>, subscriber: Uuid) -> Pieces {
        let mut head = Vec::with_capacity(HEAD);
        head.put_u32(self.length);
        head.put_slice(subscriber.as_bytes());
        let (head, end) = self.sum.as_ref().map_or((head.clone(), Vec::new()), |sum| sum.enclose(&head));
        Pieces { head, tail, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(pieces: &Pieces) -> Vec<u8> {
        [&pieces.head[..], &pieces.tail, &pieces.end].concat()
    }

    #[test]
    fn what_several_are_announced_alike_is_worked_out_once_while_one_has_not_got_it() {
        let mut signals = SelectedSignals::default();
        (1..500).for_each(|number| signals.push(Uuid::from_u128(number), "PPA", number as u64));
        let mut cache = signals.to_cache();
        let announcements = Announcements::default();
        for compress in [false, true] {
            let form = AnnouncementForm { first: 7, encoding: TextEncoding::Utf8, compress };
            let subscribers = [Uuid::from_u128(1 << 99), Uuid::from_u128(2)];
            let sent = subscribers.map(|subscriber| announcements.pieces(&signals, form, subscriber));
            assert!(Arc::ptr_eq(&sent[0].tail, &sent[1].tail));
            for (subscriber, pieces) in subscribers.iter().zip(&sent) {
                let bytes = whole(pieces);
                let bytes = if compress { gzip::decompress(&bytes, 1 << 20).unwrap() } else { bytes };
                cache.subscriber_id = *subscriber;
                assert_eq!(bytes, cache.encode_from(7, TextEncoding::Utf8));
            }
            let other = AnnouncementForm { first: 8, ..form };
            assert_ne!(announcements.pieces(&signals, other, subscribers[0]).tail, sent[0].tail);
            assert!(announcements.are_in_use());
            drop(sent);
            assert!(!announcements.are_in_use());
        }
    }
}
