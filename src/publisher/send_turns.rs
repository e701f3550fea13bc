//! Whose turn it is to send. Each connection sends a piece at a time, and what takes longer than a turn of the loop
//! may is left to the next one: thousands of connections that have much to send hold up nobody who asks for something.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use hashbrown::HashMap;
use slotmap::SecondaryMap;

use crate::engine::pump::Written;
use crate::session::publisher::{ConnectionKey, network};

/// Time of one turn of the loop.
const TIME_PER_TURN: Duration = Duration::from_millis(20);
/// Bytes of one round, in which everybody who waits has a turn: what the system takes in some ten milliseconds.
const BYTES_PER_ROUND: usize = 64 << 20;
/// Bytes that a connection sends in its turn, if there are so many, however many others wait.
const SMALLEST_PIECE: usize = 16 << 10;
/// And however few.
const LARGEST_PIECE: usize = 256 << 10;

/// The connections that have something to send. Addresses take turns, and so do the connections of each: who has
/// thousands of them takes no more of the time than who has one.
#[derive(Debug, Default)]
pub(super) struct SendTurns {
    /// Those of which a connection waits, in the order in which they have their turn.
    addresses: VecDeque<IpAddr>,
    waiting: HashMap<IpAddr, VecDeque<ConnectionKey>>,
    /// How many connections wait.
    count: usize,
    connections: SecondaryMap<ConnectionKey, (IpAddr, State)>,
    /// The turn of the loop, named by its time.
    turn: Option<Instant>,
    /// Time that was spent on sending in it.
    spent: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It has nothing to send.
    Rests,
    Waits,
    /// Its transport takes no more at present.
    IsBlocked,
}

impl SendTurns {
    /// There is a connection with an address.
    pub(super) fn open(&mut self, key: ConnectionKey, address: IpAddr) {
        self.connections.insert(key, (network(address), State::Rests));
    }

    /// A connection has something to send.
    pub(super) fn add(&mut self, key: ConnectionKey) {
        if let Some((_, state @ State::Rests)) = self.connections.get_mut(key) {
            *state = State::Waits;
            self.enqueue(key);
        }
    }

    /// The transport of a connection takes something again.
    pub(super) fn unblock(&mut self, key: ConnectionKey) {
        if let Some((_, state @ State::IsBlocked)) = self.connections.get_mut(key) {
            *state = State::Rests;
        }
        self.add(key);
    }

    fn enqueue(&mut self, key: ConnectionKey) {
        let Some((address, _)) = self.connections.get(key) else { return };
        let queue = self.waiting.entry(*address).or_default();
        if queue.is_empty() {
            self.addresses.push_back(*address);
        }
        queue.push_back(key);
        self.count += 1;
    }

    /// The connection that sends next, and how many bytes; `None` when there is none, or the time is over that the turn
    /// of the loop has for it.
    pub(super) fn next(&mut self, turn: Instant) -> Option<(ConnectionKey, usize)> {
        if self.turn.replace(turn) != Some(turn) {
            self.spent = Duration::ZERO;
        }
        while self.spent < TIME_PER_TURN {
            let address = self.addresses.pop_front()?;
            let piece = BYTES_PER_ROUND / self.count.max(1);
            let Some(queue) = self.waiting.get_mut(&address) else { continue };
            let key = queue.pop_front();
            self.count -= usize::from(key.is_some());
            if queue.is_empty() {
                self.waiting.remove(&address);
            } else {
                self.addresses.push_back(address);
            }
            // It may be gone.
            if let Some(key) = key.filter(|key| self.connections.contains_key(*key)) {
                return Some((key, piece.clamp(SMALLEST_PIECE, LARGEST_PIECE)));
            }
        }
        None
    }

    /// The connection whose turn it was has sent something, in that time.
    pub(super) fn sent(&mut self, key: ConnectionKey, written: Written, time: Duration) {
        self.spent += time;
        let Some((_, state)) = self.connections.get_mut(key) else { return };
        match written {
            Written::Everything => *state = State::Rests,
            Written::Blocked => *state = State::IsBlocked,
            Written::Piece => self.enqueue(key),
        }
    }

    /// A connection is gone.
    pub(super) fn forget(&mut self, key: ConnectionKey) {
        self.connections.remove(key);
    }

    /// Whether anybody waits for its turn.
    pub(super) fn has_waiting(&self) -> bool {
        self.count > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotmap::SlotMap;

    /// Connections of hosts of these numbers.
    fn opened<const N: usize>(turns: &mut SendTurns, hosts: [u8; N]) -> [ConnectionKey; N] {
        let mut keys = SlotMap::<ConnectionKey, ()>::with_key();
        hosts.map(|host| {
            let key = keys.insert(());
            turns.open(key, [192, 0, 2, host].into());
            key
        })
    }

    #[test]
    fn each_sends_a_piece_at_a_time_and_none_while_it_is_blocked() {
        let (mut turns, turn) = (SendTurns::default(), Instant::now());
        let [one, two, three] = opened(&mut turns, [1, 2, 3]);
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
        assert!(!turns.has_waiting() && turns.waiting.is_empty());
        turns.unblock(two);
        turns.unblock(two);
        turns.add(one);
        assert_eq!([(); 3].map(|()| next(&mut turns)), [Some(two), Some(one), None]);
    }

    #[test]
    fn who_has_many_connections_has_no_more_turns() {
        let (mut turns, turn) = (SendTurns::default(), Instant::now());
        let keys @ [.., honest] = opened(&mut turns, [1, 1, 1, 1, 2]);
        keys.iter().for_each(|key| turns.add(*key));
        let mut order = Vec::new();
        for _ in 0..6 {
            let (key, _) = turns.next(turn).unwrap();
            turns.sent(key, Written::Piece, Duration::ZERO);
            order.push(key);
        }
        assert_eq!(order, [keys[0], honest, keys[1], honest, keys[2], honest]);
    }

    #[test]
    fn the_rest_is_left_to_the_next_turn() {
        let (mut turns, turn) = (SendTurns::default(), Instant::now());
        let [one, two] = opened(&mut turns, [1, 2]);
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
        let mut turns = SendTurns::default();
        let keys: [ConnectionKey; 8000] = opened(&mut turns, [1; 8000]);
        keys.into_iter().for_each(|key| turns.add(key));
        assert_eq!(turns.next(Instant::now()).map(|(_, bytes)| bytes), Some(SMALLEST_PIECE));
    }
}
