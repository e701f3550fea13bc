//! Whose turn it is to send. Each connection sends a piece at a time, and what takes longer than a turn of the loop
//! may is left to the next one: thousands of connections that have much to send hold up nobody who asks for something.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use slotmap::SecondaryMap;

use crate::engine::pump::Written;
use crate::session::publisher::ConnectionKey;

/// Time of one turn of the loop.
const TIME_PER_TURN: Duration = Duration::from_millis(20);
/// Bytes of one round, in which everybody who waits has a turn: what the system takes in some ten milliseconds.
const BYTES_PER_ROUND: usize = 64 << 20;
/// Bytes that a connection sends in its turn, if there are so many, however many others wait.
const SMALLEST_PIECE: usize = 16 << 10;
/// And however few.
const LARGEST_PIECE: usize = 256 << 10;

/// The connections that have something to send, in the order in which they do.
#[derive(Debug, Default)]
pub(super) struct SendTurns {
    waiting: VecDeque<ConnectionKey>,
    states: SecondaryMap<ConnectionKey, State>,
    /// The turn of the loop, named by its time.
    turn: Option<Instant>,
    /// Time that was spent on sending in it.
    spent: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waits,
    /// Its transport takes no more at present.
    IsBlocked,
}

impl SendTurns {
    /// A connection has something to send.
    pub(super) fn add(&mut self, key: ConnectionKey) {
        if !self.states.contains_key(key) {
            self.states.insert(key, State::Waits);
            self.waiting.push_back(key);
        }
    }

    /// The transport of a connection takes something again.
    pub(super) fn unblock(&mut self, key: ConnectionKey) {
        if self.states.get(key) == Some(&State::IsBlocked) {
            self.states.remove(key);
        }
        self.add(key);
    }

    /// The connection that sends next, and how many bytes; `None` when there is none, or the time is over that the turn
    /// of the loop has for it.
    pub(super) fn next(&mut self, turn: Instant) -> Option<(ConnectionKey, usize)> {
        if self.turn.replace(turn) != Some(turn) {
            self.spent = Duration::ZERO;
        }
        while self.spent < TIME_PER_TURN {
            let key = self.waiting.pop_front()?;
            if self.states.contains_key(key) {
                let piece = BYTES_PER_ROUND / (self.waiting.len() + 1);
                return Some((key, piece.clamp(SMALLEST_PIECE, LARGEST_PIECE)));
            }
        }
        None
    }

    /// The connection whose turn it was has sent something, in that time.
    pub(super) fn sent(&mut self, key: ConnectionKey, written: Written, time: Duration) {
        self.spent += time;
        match written {
            Written::Everything => _ = self.states.remove(key),
            Written::Blocked => _ = self.states.insert(key, State::IsBlocked),
            Written::Piece => self.waiting.push_back(key),
        }
    }

    /// A connection is gone.
    pub(super) fn forget(&mut self, key: ConnectionKey) {
        self.states.remove(key);
    }

    /// Whether anybody waits for its turn.
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotmap::SlotMap;

    #[test]
    fn each_sends_a_piece_at_a_time_and_none_while_it_is_blocked() {
        let mut keys = SlotMap::<ConnectionKey, ()>::with_key();
        let [one, two, three] = [(); 3].map(|()| keys.insert(()));
        let (mut turns, turn) = (SendTurns::default(), Instant::now());
        let next = |turns: &mut SendTurns| turns.next(turn).map(|(key, _)| key);
        for key in [one, two, one, three] {
            turns.add(key);
        }
        assert_eq!(next(&mut turns), Some(one));
        turns.sent(one, Written::Piece, Duration::ZERO);
        assert_eq!(next(&mut turns), Some(two));
        turns.sent(two, Written::Blocked, Duration::ZERO);
        turns.add(two);
        turns.forget(three);
        assert_eq!(next(&mut turns), Some(one));
        turns.sent(one, Written::Everything, Duration::ZERO);
        assert_eq!(next(&mut turns), None);
        turns.unblock(two);
        turns.unblock(two);
        turns.add(one);
        assert_eq!([next(&mut turns), next(&mut turns), next(&mut turns)], [Some(two), Some(one), None]);
    }

    #[test]
    fn the_rest_is_left_to_the_next_turn() {
        let mut keys = SlotMap::<ConnectionKey, ()>::with_key();
        let (mut turns, turn) = (SendTurns::default(), Instant::now());
        let [one, two] = [(); 2].map(|()| keys.insert(()));
        turns.add(one);
        turns.add(two);
        assert_eq!(turns.next(turn), Some((one, LARGEST_PIECE)));
        turns.sent(one, Written::Piece, TIME_PER_TURN);
        assert_eq!(turns.next(turn), None);
        assert!(turns.has_waiting());
        let turn = turn + TIME_PER_TURN;
        assert_eq!(turns.next(turn), Some((two, LARGEST_PIECE)));
        turns.sent(two, Written::Everything, TIME_PER_TURN / 2);
        assert_eq!(turns.next(turn), Some((one, LARGEST_PIECE)));
    }

    #[test]
    fn the_more_wait_the_less_each_sends() {
        let mut keys = SlotMap::<ConnectionKey, ()>::with_key();
        let mut turns = SendTurns::default();
        (0..100_000).for_each(|_| turns.add(keys.insert(())));
        assert_eq!(turns.next(Instant::now()).map(|(_, bytes)| bytes), Some(SMALLEST_PIECE));
    }
}
