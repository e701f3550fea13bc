//! A data packet, as all connections with the same subscription get it.

use std::sync::Arc;
use std::time::Instant;

use crate::Ticks;
use crate::session::meter::{Meter, Spread};
use crate::wire::messages::BaseTimes;

/// A finished data packet.
#[derive(Debug)]
pub(super) struct Packet {
    /// The frame for subscribers that use cache slot 0, and the one for slot 1, as needed.
    pub(super) frames: [Option<Arc<Vec<u8>>>; 2],
    pub(super) measurements: u32,
    pub(super) first_time: Ticks,
    /// When its first measurement was encoded.
    pub(super) encoded: Instant,
    /// How late its first and its last measurement were then, which stand for all of them. Historical
    /// ones are late by nature.
    pub(super) latencies: Spread,
    /// What its times may be offsets from.
    pub(super) base_times: Option<BaseTimes>,
    /// A subscriber can begin to decode with this packet.
    pub(super) starts_anew: bool,
}

impl Packet {
    pub(super) fn frame(&self, slot: u8) -> Option<&Arc<Vec<u8>>> {
        self.frames[usize::from(slot & 1)].as_ref()
    }

    /// Adds it to what a meter counts.
    pub(super) fn count_in(&self, meter: &mut Meter) {
        meter.add(self.measurements.into(), self.latencies, self.encoded);
    }
}
