//! One direction of a TCP connection, in the order in which it was sent.

use std::collections::VecDeque;

use super::payloads::Segment;
use crate::Ticks;

/// Bytes that wait for others before them; beyond that those are given up, because the recorder missed them.
const MOST_WAITING: usize = 256 << 10;
/// And so many pieces.
const MOST_PIECES: usize = 512;

#[derive(Debug)]
struct Piece {
    sequence: u32,
    time: Ticks,
    bytes: Vec<u8>,
}

/// Puts segments in order, and leaves out what was sent twice.
#[derive(Debug, Default)]
pub(super) struct Segments {
    /// Sequence number of the byte that is due, once there was one.
    next: Option<u32>,
    /// Pieces behind one that is missing, by their sequence numbers.
    waiting: VecDeque<Piece>,
    waiting_bytes: usize,
    missing_bytes: u64,
}

impl Segments {
    /// Bytes that never came.
    pub(super) fn missing_bytes(&self) -> u64 {
        self.missing_bytes
    }

    /// Takes a segment in, and gives what is in order now, with its time, to `visit`.
    pub(super) fn take(
        &mut self,
        segment: Segment,
        bytes: &[u8],
        time: Ticks,
        mut visit: impl FnMut(&[u8], Ticks),
    ) {
        if segment.is_first {
            *self = Segments { missing_bytes: self.missing_bytes, ..Segments::default() };
        }
        let due = *self.next.get_or_insert(segment.sequence);
        let (sequence, bytes) = without_known(due, segment.sequence, bytes);
        if bytes.is_empty() {
            return;
        }
        if sequence != due {
            self.keep(Piece { sequence, time, bytes: bytes.to_vec() }, due);
            if self.waiting_bytes > MOST_WAITING || self.waiting.len() > MOST_PIECES {
                self.skip();
                self.release(&mut visit);
            }
            return;
        }
        self.next = Some(due.wrapping_add(bytes.len() as u32));
        visit(bytes, time);
        self.release(&mut visit);
    }

    /// Gives what waits, whatever is missing before it.
    pub(super) fn finish(&mut self, mut visit: impl FnMut(&[u8], Ticks)) {
        while !self.waiting.is_empty() {
            self.skip();
            self.release(&mut visit);
        }
    }

    fn keep(&mut self, piece: Piece, due: u32) {
        let distance = piece.sequence.wrapping_sub(due);
        let at = self.waiting.partition_point(|other| other.sequence.wrapping_sub(due) <= distance);
        self.waiting_bytes += piece.bytes.len();
        self.waiting.insert(at, piece);
    }

    /// Gives up what is missing before the first piece.
    fn skip(&mut self) {
        let (Some(first), Some(due)) = (self.waiting.front(), self.next) else { return };
        self.missing_bytes += u64::from(first.sequence.wrapping_sub(due));
        self.next = Some(first.sequence);
    }

    /// Gives the pieces that are in order now.
    fn release(&mut self, visit: &mut impl FnMut(&[u8], Ticks)) {
        while let (Some(due), Some(first)) = (self.next, self.waiting.front()) {
            let (sequence, bytes) = without_known(due, first.sequence, &first.bytes);
            if sequence != due {
                return;
            }
            visit(bytes, first.time);
            self.next = Some(due.wrapping_add(bytes.len() as u32));
            self.waiting_bytes -= first.bytes.len();
            self.waiting.pop_front();
        }
    }
}

/// Those of the bytes that do not lie before the one that is due, and the sequence number of the first.
fn without_known(due: u32, sequence: u32, bytes: &[u8]) -> (u32, &[u8]) {
    match due.wrapping_sub(sequence).cast_signed() {
        known @ 1.. => (due, &bytes[bytes.len().min(known.unsigned_abs() as usize)..]),
        _ => (sequence, bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of segments, each a sequence number, its bytes and whether it is the first of a connection.
    fn in_order(segments: &[(u32, &[u8], bool)]) -> (Vec<u8>, Segments) {
        let mut all = Segments::default();
        let mut out = Vec::new();
        for &(sequence, bytes, is_first) in segments {
            all.take(Segment { sequence, is_first }, bytes, Ticks::default(), |bytes, _| {
                out.extend_from_slice(bytes);
            });
        }
        all.finish(|bytes, _| out.extend_from_slice(bytes));
        (out, all)
    }

    #[test]
    fn what_comes_late_or_twice_is_put_in_order() {
        let near_the_end = u32::MAX - 1;
        let (out, all) = in_order(&[
            (near_the_end, b"", true),
            (near_the_end, b"ab", false),
            (3, b"fgh", false),
            (3, b"fgh", false),
            (near_the_end, b"abc", false),
            (1, b"de", false),
            (2, b"efgh", false),
        ]);
        assert_eq!(out, b"abcdefgh");
        assert_eq!(all.missing_bytes(), 0);
    }

    #[test]
    fn what_the_recorder_missed_is_counted_and_left_out() {
        let (out, all) = in_order(&[(10, b"ab", false), (15, b"fg", false), (20, b"k", false)]);
        assert_eq!(out, b"abfgk");
        assert_eq!(all.missing_bytes(), 3 + 3);
    }

    #[test]
    fn no_more_waits_than_is_allowed() {
        let mut all = Segments::default();
        let mut out = 0;
        all.take(Segment { sequence: 0, is_first: true }, b"", Ticks::default(), |_, _| {});
        let piece = [0; 1_000];
        for number in 0..10_000_u32 {
            let segment = Segment { sequence: 1 + number * 1_000, is_first: false };
            all.take(segment, &piece, Ticks::default(), |bytes, _| out += bytes.len());
            assert!(all.waiting_bytes <= MOST_WAITING);
        }
        assert_eq!((out, all.missing_bytes()), (10_000_000, 1));
    }

    #[test]
    fn a_connection_between_the_same_ports_begins_anew() {
        let (out, all) = in_order(&[(5_000, b"old", false), (17, b"", true), (17, b"new", false)]);
        assert_eq!(out, b"oldnew");
        assert_eq!(all.missing_bytes(), 0);
    }
}
