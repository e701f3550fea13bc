//! One direction of a connection: bytes that were sent and have not arrived yet.

use std::collections::VecDeque;
use std::time::{Duration, Instant};
use sttp::engine::simulated::Random;

/// Bytes on their way, like the two socket buffers and the network between them.
#[derive(Debug)]
pub(crate) struct Direction {
    pieces: VecDeque<(Instant, Vec<u8>)>,
    in_flight: usize,
    /// Bytes that fit before the sender has to wait.
    pub(crate) capacity: usize,
    /// Longest time that a piece is on its way.
    pub(crate) delay: Duration,
    /// The receiver reads nothing.
    pub(crate) stalled: bool,
}

impl Direction {
    pub(crate) fn new() -> Direction {
        Direction {
            pieces: VecDeque::new(),
            in_flight: 0,
            capacity: 16 << 10,
            delay: Duration::from_millis(20),
            stalled: false,
        }
    }

    /// Takes some of `bytes`, as a write to a socket does. Returns how many.
    pub(crate) fn write(&mut self, bytes: &[u8], now: Instant, random: &mut Random) -> usize {
        let room = (self.capacity - self.in_flight).min(bytes.len());
        if room == 0 {
            return 0;
        }
        let count = random.piece(room);
        let arrival = now + self.delay.mul_f64(random.below(1000) as f64 / 1000.0);
        // Pieces never overtake each other.
        let arrival = self.pieces.back().map_or(arrival, |(before, _)| arrival.max(*before));
        self.pieces.push_back((arrival, bytes[..count].to_vec()));
        self.in_flight += count;
        count
    }

    /// What the receiver reads next, in a piece of any size.
    pub(crate) fn read(&mut self, now: Instant, random: &mut Random) -> Option<Vec<u8>> {
        if self.stalled {
            return None;
        }
        let (_, piece) = self.pieces.front_mut().filter(|(arrival, _)| *arrival <= now)?;
        let count = random.piece(piece.len());
        let read: Vec<u8> = piece.drain(..count).collect();
        if piece.is_empty() {
            self.pieces.pop_front();
        }
        self.in_flight -= count;
        Some(read)
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.stalled || self.pieces.is_empty()
    }
}
