//! The UDP channel from the publisher to one subscriber.

use std::time::{Duration, Instant};
use sttp::engine::simulated::Random;

/// Datagrams on their way. Without [`lossy`](Self::lossy) they arrive late, but all and in order.
#[derive(Debug, Default)]
pub(crate) struct DatagramLink {
    in_flight: Vec<(Instant, Vec<u8>)>,
    is_lossy: bool,
    /// The system takes no more datagrams.
    pub(crate) full: bool,
    /// Sizes of all that were sent.
    pub(crate) sizes: Vec<usize>,
    pub(crate) lost: u64,
    pub(crate) repeated: u64,
}

impl DatagramLink {
    /// From now on datagrams get lost, overtake each other and arrive twice.
    pub(crate) fn lossy(&mut self) {
        self.is_lossy = true;
    }

    /// Sends a datagram. False when the system does not take it.
    pub(crate) fn send(&mut self, bytes: &[u8], now: Instant, random: &mut Random) -> bool {
        if self.full {
            return false;
        }
        self.sizes.push(bytes.len());
        let mut copies = 1;
        if self.is_lossy {
            match random.below(10) {
                0 => copies = 0,
                1 => copies = 2,
                _ => {}
            }
        }
        self.lost += u64::from(copies == 0);
        self.repeated += u64::from(copies == 2);
        for _ in 0..copies {
            let mut arrival = now + Duration::from_micros(random.below(40_000) as u64);
            if !self.is_lossy {
                arrival = self.in_flight.last().map_or(arrival, |(before, _)| arrival.max(*before));
            }
            self.in_flight.push((arrival, bytes.to_vec()));
        }
        true
    }

    /// The next datagram that has arrived.
    pub(crate) fn receive(&mut self, now: Instant) -> Option<Vec<u8>> {
        let (position, (arrival, _)) =
            self.in_flight.iter().enumerate().min_by_key(|(position, (arrival, _))| (*arrival, *position))?;
        (*arrival <= now).then(|| self.in_flight.remove(position).1)
    }

    /// Everything on its way is lost.
    pub(crate) fn forget(&mut self) {
        self.in_flight.clear();
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Length of a full datagram of measurements with full times under this limit.
    pub(crate) fn largest_expected(&self, limit: usize) -> usize {
        11 + (limit - 11) / 17 * 17
    }
}
