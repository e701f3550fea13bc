//! Somebody on the way between a subscriber and the publisher, who alters lengths and keeps bytes back.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use sttp::engine::simulated::{Peer, RawListener};
use sttp::subscriber::SubscriberSettings;
use sttp::wire::Response;

use super::{Network, PUBLISHER, coming_back, subscriber};

/// Where it is.
const BETWEEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 9, 0, 9)), 7165);
/// Who says something on a connection through there.
pub(crate) const BY_SUBSCRIBER: usize = 0;
pub(crate) const BY_PUBLISHER: usize = 1;
/// The type of records of everything that is encrypted.
const ENCRYPTED: u8 = 23;

/// What the bytes are cut into that are said there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    /// Records of TLS; those that are encrypted can be altered.
    Record,
    /// Frames; packets of measurements can be altered.
    Frame,
}

impl Unit {
    /// The length of the first one, its header included, once that has come.
    fn length(self, bytes: &[u8]) -> Option<usize> {
        match (self, bytes) {
            (Unit::Record, [_, _, _, high, low, ..]) => {
                Some(5 + usize::from(u16::from_be_bytes([*high, *low])))
            }
            (Unit::Frame, [first, second, third, fourth, ..]) => {
                Some(4 + u32::from_be_bytes([*first, *second, *third, *fourth]) as usize)
            }
            _ => None,
        }
    }

    /// Whether the first one can be altered, which is whole.
    fn can_be_altered(self, bytes: &[u8]) -> bool {
        match self {
            Unit::Record => bytes[0] == ENCRYPTED,
            Unit::Frame => bytes.get(4) == Some(&Response::DataPacket.code()),
        }
    }

    /// Lets the first one announce more than it has: kilobytes in a record, megabytes in a frame.
    fn alter(self, bytes: &mut [u8]) {
        match self {
            Unit::Record => bytes[3] += 0x20,
            Unit::Frame => bytes[1] += 0x40,
        }
    }
}

/// Somebody on the way, who carries what is said.
pub(crate) struct Between {
    listener: RawListener,
    links: Vec<Link>,
    unit: Unit,
    /// The next one that side says, and that can be altered, is to get another length.
    pub(crate) altered: Option<usize>,
    /// So much of what the publisher has said last is not carried on yet.
    pub(crate) kept_back: usize,
}

/// One connection through there: its ends, what came from each in part, and what is to go on to the other.
struct Link {
    ends: [Peer; 2],
    parts: [Vec<u8>; 2],
    unsent: [Vec<u8>; 2],
}

impl Between {
    pub(crate) fn new(network: &Network, unit: Unit) -> Between {
        let listener = network.simulation.listen(BETWEEN).unwrap();
        Between { listener, links: Vec::new(), unit, altered: None, kept_back: 0 }
    }

    /// Where to connect to.
    pub(crate) fn address(&self) -> String {
        BETWEEN.to_string()
    }

    pub(crate) fn carry(&mut self, network: &mut Network, span: Duration) {
        let end = network.simulation.elapsed() + span;
        while network.simulation.elapsed() < end {
            while let Some(near) = self.listener.accept() {
                let far = network.simulation.connect(BETWEEN.ip(), PUBLISHER);
                let (parts, unsent) = Default::default();
                self.links.push(Link { ends: [near, far], parts, unsent });
            }
            let Between { links, unit, altered, kept_back, .. } = self;
            links.retain_mut(|link| {
                link.carry(BY_SUBSCRIBER, *unit, altered, 0)
                    && link.carry(BY_PUBLISHER, *unit, altered, *kept_back)
            });
            network.step();
        }
    }

    /// Connects a subscriber through there, which gets signal 1.
    pub(crate) fn connect(&mut self, network: &mut Network, settings: SubscriberSettings) -> usize {
        let peer = network.add();
        network.peers[peer].subscriber.connect(&self.address(), settings).unwrap();
        network.subscribe(peer, &[1]);
        self.assert_signal_comes(network, peer, 1);
        peer
    }

    pub(crate) fn assert_signal_comes(&mut self, network: &mut Network, peer: usize, signal: usize) {
        self.carry(network, Duration::from_secs(4));
        let first = network.published.next_number();
        network.publish(200);
        self.carry(network, Duration::from_secs(4));
        network.assert_received_since(peer, &[signal], first);
    }
}

impl Link {
    /// Carries on what one side says, but for so much of the end. False when it says nothing more.
    fn carry(&mut self, by: usize, unit: Unit, altered: &mut Option<usize>, kept_back: usize) -> bool {
        let Ok((bytes, is_over)) = self.ends[by].read() else { return false };
        let part = &mut self.parts[by];
        part.extend(bytes);
        while let Some(length) = unit.length(part).filter(|length| part.len() >= *length) {
            if unit.can_be_altered(&part[..length]) && altered.take_if(|whose| *whose == by).is_some() {
                unit.alter(part);
            }
            self.unsent[by].extend(part.drain(..length));
        }
        let ready = self.unsent[by].len().saturating_sub(kept_back);
        let written = self.ends[1 - by].write(&self.unsent[by][..ready]).unwrap_or_default();
        self.unsent[by].drain(..written);
        !is_over
    }
}

/// Does not mind silence, and comes back.
pub(crate) fn patient() -> SubscriberSettings {
    subscriber(|settings| {
        settings.reconnect = coming_back();
        settings.data_loss_timeout = None;
    })
}
