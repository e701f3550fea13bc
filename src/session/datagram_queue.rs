//! What is to be sent to one UDP address.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::Frame;
use crate::wire::frame::LENGTH_SIZE;

/// A response to send by UDP: a frame without its length field.
#[derive(Debug, Clone)]
pub struct Datagram {
    frame: Frame,
}

impl Datagram {
    /// The response that `frame` holds.
    pub(super) fn new(frame: Frame) -> Datagram {
        Datagram { frame }
    }

    /// The datagram as it goes on the wire.
    pub fn bytes(&self) -> &[u8] {
        self.frame.bytes().get(LENGTH_SIZE..).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Datagram {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

/// What the driver did with datagrams that were handed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handed {
    /// The system took so many, from the first on.
    pub taken: usize,
    /// The others wait for the driver to come again. Otherwise they are dropped.
    pub others_wait: bool,
}

impl Handed {
    /// The system took so many, and the others are dropped.
    pub fn dropping_others(taken: usize) -> Handed {
        Handed { taken, others_wait: false }
    }
}

/// What became of some datagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Outcome {
    pub(super) datagrams_sent: u64,
    pub(super) datagrams_dropped: u64,
    pub(super) measurements_sent: u64,
    pub(super) measurements_dropped: u64,
    /// Bytes of the datagrams that were sent.
    pub(super) bytes_sent: u64,
}

/// Datagrams in the order in which they go out. They wait for the pace at which the driver sends, but none of them
/// ever waits for the network: what the system does not take at once is dropped.
#[derive(Debug)]
pub(super) struct DatagramQueue {
    destination: SocketAddr,
    datagrams: VecDeque<Datagram>,
    bytes: usize,
    /// Bytes of the frames that nothing else counts.
    uncounted: usize,
}

impl DatagramQueue {
    pub(super) fn new(destination: SocketAddr) -> DatagramQueue {
        DatagramQueue { destination, datagrams: VecDeque::new(), bytes: 0, uncounted: 0 }
    }

    pub(super) fn destination(&self) -> SocketAddr {
        self.destination
    }

    pub(super) fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    /// Bytes of the datagrams that wait.
    pub(super) fn waiting(&self) -> usize {
        self.bytes
    }

    /// Bytes in memory of what waits, but for what is counted elsewhere.
    pub(super) fn uncounted_len(&self) -> usize {
        self.uncounted
    }

    /// Adds a datagram, unless more than `limit` bytes would wait. False when it was not added.
    pub(super) fn push(&mut self, datagram: Datagram, limit: usize) -> bool {
        let bytes = self.bytes + datagram.bytes().len();
        if bytes > limit {
            return false;
        }
        self.bytes = bytes;
        self.uncounted += datagram.frame.uncounted_len();
        self.datagrams.push_back(datagram);
        true
    }

    /// Hands all datagrams to `send`, which tells what became of them.
    pub(super) fn hand_out(&mut self, send: impl FnOnce(&[Datagram]) -> Handed) -> Outcome {
        let handed = send(self.datagrams.make_contiguous());
        let gone = if handed.others_wait { handed.taken } else { self.datagrams.len() };
        let mut outcome = Outcome::default();
        for (number, datagram) in self.datagrams.drain(..gone).enumerate() {
            let (bytes, measurements) = (datagram.bytes().len(), u64::from(datagram.frame.measurements()));
            self.bytes -= bytes;
            self.uncounted -= datagram.frame.uncounted_len();
            if number < handed.taken {
                outcome.datagrams_sent += 1;
                outcome.measurements_sent += measurements;
                outcome.bytes_sent += bytes as u64;
            } else {
                outcome.datagrams_dropped += 1;
                outcome.measurements_dropped += measurements;
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn datagram(measurements: u32) -> Datagram {
        Datagram::new(Frame::data(Arc::new(vec![0, 0, 0, 3, 7, 8, 9]), measurements))
    }

    #[test]
    fn what_the_system_does_not_take_is_dropped_and_counted() {
        let mut queue = DatagramQueue::new(([127, 0, 0, 1], 9).into());
        assert!((0..3).all(|_| queue.push(datagram(10), 9)));
        assert!(!queue.push(datagram(10), 9), "the queue is full");
        let waiting = queue.hand_out(|_| Handed { taken: 0, others_wait: true });
        assert_eq!(waiting, Outcome::default());
        let outcome = queue.hand_out(|datagrams| {
            assert!(datagrams.iter().all(|datagram| datagram.bytes() == [7, 8, 9]));
            Handed::dropping_others(datagrams.len() - 1)
        });
        let expected = Outcome {
            datagrams_sent: 2,
            datagrams_dropped: 1,
            measurements_sent: 20,
            measurements_dropped: 10,
            bytes_sent: 6,
        };
        assert_eq!(outcome, expected);
        assert!(queue.is_empty() && queue.push(datagram(1), 3));
    }
}
