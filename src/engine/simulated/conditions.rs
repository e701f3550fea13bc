//! What the ways between hosts are like.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// One direction of the way between two hosts. The default is that of a network which is slow and cuts
/// bytes anywhere, but loses nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// Longest time that bytes and datagrams are on their way.
    pub delay: Duration,
    /// Bytes of one connection that may be on their way, the buffers of both systems included, before
    /// its sender has to wait.
    pub capacity: usize,
    /// Bytes are taken and handed out in pieces of any size.
    pub splits: bool,
    /// The part of pieces of a connection that arrive with a wrong byte, 0 to 1.
    pub corruption: f64,
    /// The part of pieces of a connection in which a record of TLS, or a frame, if one begins there, arrives with another
    /// length, 0 to 1: of what follows too much or too little is then taken for its rest.
    pub altered_lengths: f64,
    /// Nothing of connections arrives, as if the other side did not read; what is on its way waits.
    /// Datagrams, and wishes to be connected, arrive all the same.
    pub stalled: bool,
    /// Nothing arrives at all. What is on its way of connections waits, datagrams are lost.
    pub unreachable: bool,
    /// The part of datagrams that get lost, 0 to 1.
    pub datagram_loss: f64,
    /// The part of datagrams that arrive twice, 0 to 1.
    pub datagram_repeats: f64,
    /// Datagrams overtake each other.
    pub datagrams_overtake: bool,
    /// The system of the sender takes no datagrams.
    pub datagrams_refused: bool,
}

impl Default for Conditions {
    fn default() -> Conditions {
        Conditions {
            delay: Duration::from_millis(20),
            capacity: 16 << 10,
            splits: true,
            corruption: 0.0,
            altered_lengths: 0.0,
            stalled: false,
            unreachable: false,
            datagram_loss: 0.0,
            datagram_repeats: 0.0,
            datagrams_overtake: false,
            datagrams_refused: false,
        }
    }
}

impl Conditions {
    /// Nothing of connections arrives.
    pub(super) fn holds_bytes(&self) -> bool {
        self.stalled || self.unreachable
    }
}

/// The conditions between all hosts.
#[derive(Default)]
pub(super) struct Ways {
    usual: Conditions,
    special: BTreeMap<(IpAddr, IpAddr), Conditions>,
}

impl Ways {
    pub(super) fn between(&self, from: IpAddr, to: IpAddr) -> &Conditions {
        self.special.get(&(from, to)).unwrap_or(&self.usual)
    }

    pub(super) fn usual_mut(&mut self) -> &mut Conditions {
        &mut self.usual
    }

    pub(super) fn between_mut(&mut self, from: IpAddr, to: IpAddr) -> &mut Conditions {
        let usual = self.usual;
        self.special.entry((from, to)).or_insert(usual)
    }
}
