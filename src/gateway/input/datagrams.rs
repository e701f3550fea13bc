//! Where the datagrams of a device arrive, and where commands go if they are datagrams, too.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;
use std::time::Instant;

use mio::Token;

use super::DeviceCounters;
use crate::engine::{Address, Backoff, DatagramReceiver, Io, Membership, ReconnectSettings, Resolver, Retry};
use crate::error::Error;
use crate::settings::DatagramEndpoint;

/// Datagrams of one turn, so that a fast device does not keep the loop from others.
const DATAGRAMS_PER_TURN: usize = 64;
/// Bytes of datagrams that the system is asked to keep: a second of the largest frames.
const RECEIVE_BUFFER: usize = 4 << 20;

/// The UDP socket of a device.
pub(super) struct DataSocket {
    receiver: DatagramReceiver,
    token: Token,
    /// Where commands go.
    remote: Option<SocketAddr>,
    /// The only host whose datagrams are looked at.
    only_from: Option<IpAddr>,
    datagrams: u64,
    foreign_datagrams: u64,
}

impl DataSocket {
    /// Opens the socket. Commands go to `remote`. A patient one waits while others are collected.
    pub(super) fn open(
        endpoint: DatagramEndpoint,
        remote: Option<SocketAddr>,
        only_from: Option<IpAddr>,
        is_patient: bool,
        io: &mut Io<'_>,
    ) -> Result<DataSocket, Error> {
        let DatagramEndpoint { local, group } = endpoint;
        let membership = group.map(|(group, interface)| Membership { group, interface });
        let opened = DatagramReceiver::bind(local, membership, RECEIVE_BUFFER).and_then(|mut receiver| {
            let token = io.register(&mut receiver)?;
            if is_patient {
                io.be_patient(&mut receiver, token)?;
            }
            Ok(DataSocket { receiver, token, remote, only_from, datagrams: 0, foreign_datagrams: 0 })
        });
        opened.map_err(|source| {
            let context = match group {
                Some((group, _)) => format!(
                    "cannot join multicast group {group} with port {}; check both and dataInterface",
                    local.port()
                ),
                None => {
                    format!("cannot receive datagrams on {local}; choose another dataPort or dataInterface")
                }
            };
            Error::io(context, source)
        })
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        self.token == token
    }

    /// Sends a command.
    pub(super) fn send(&self, command: &[u8]) -> io::Result<()> {
        match self.remote {
            Some(remote) => self.receiver.send_to(command, remote),
            None => Ok(()),
        }
    }

    /// Hands over the datagrams that have come, until `take` wants no more, and says why.
    pub(super) fn read(
        &mut self,
        io: &mut Io<'_>,
        mut take: impl FnMut(&[u8]) -> ControlFlow<String>,
    ) -> ControlFlow<String> {
        let mut datagrams = 0;
        while datagrams < DATAGRAMS_PER_TURN {
            let piece = match self.receiver.receive(io.scratch()) {
                Ok(piece) => piece,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return ControlFlow::Continue(()),
                // The system tells of one datagram, or of a command that nobody took; others will come.
                Err(error) => {
                    log::debug!(target: "sttp::gateway", "a datagram could not be received: {error}");
                    break;
                }
            };
            datagrams += piece.count();
            if self.only_from.is_some_and(|host| host != piece.from.ip()) {
                self.foreign_datagrams += piece.count() as u64;
                continue;
            }
            self.datagrams += piece.count() as u64;
            let mut rest = &io.scratch()[..piece.length];
            loop {
                let (datagram, others) = piece.split(rest);
                take(datagram)?;
                if others.is_empty() {
                    break;
                }
                rest = others;
            }
        }
        io.again(self.token);
        ControlFlow::Continue(())
    }

    /// Adds what has come so far.
    pub(super) fn add_counts(&self, counters: &mut DeviceCounters) {
        counters.datagrams += self.datagrams;
        counters.foreign_datagrams += self.foreign_datagrams;
    }

    pub(super) fn close(self, io: &mut Io<'_>) {
        io.discard(self.receiver, self.token);
    }
}

/// Finds the host of a device that nothing is sent to by TCP, attempt after attempt.
pub(super) struct Finder {
    /// None where every host may send.
    address: Option<Address>,
    backoff: Option<Backoff>,
    state: State,
}

enum State {
    Idle,
    Resolving(Resolver),
    /// Until the next attempt.
    Waiting(Instant),
}

impl Finder {
    pub(super) fn new(address: Option<Address>, reconnect: ReconnectSettings) -> Finder {
        Finder { address, backoff: Backoff::from_settings(reconnect), state: State::Idle }
    }

    /// Begins an attempt. Answers as [`proceed`](Self::proceed).
    pub(super) fn start(&mut self, io: &mut Io<'_>) -> Option<io::Result<Option<SocketAddr>>> {
        match &self.address {
            None => {
                self.state = State::Idle;
                Some(Ok(None))
            }
            Some(address) => {
                self.state = State::Resolving(address.resolve(&io.handle()));
                self.proceed(io)
            }
        }
    }

    /// Goes on: tells once where the device is, if it is known that.
    pub(super) fn proceed(&mut self, io: &mut Io<'_>) -> Option<io::Result<Option<SocketAddr>>> {
        match &mut self.state {
            State::Idle => None,
            State::Waiting(due) if io.now() >= *due => self.start(io),
            State::Waiting(_) => None,
            State::Resolving(resolver) => {
                let found = resolver.take()?;
                self.state = State::Idle;
                Some(found.map(|addresses| addresses.first().copied()))
            }
        }
    }

    /// Plans the next attempt, if there is to be one.
    pub(super) fn retry(&mut self, now: Instant) -> Option<Retry> {
        let backoff = self.backoff.as_mut()?;
        let delay = backoff.next_delay()?;
        self.state = State::Waiting(now + delay);
        Some(Retry { attempt: backoff.attempts(), delay })
    }

    /// The device has shown that it is there.
    pub(super) fn proven(&mut self) {
        self.backoff.iter_mut().for_each(Backoff::reset);
    }

    pub(super) fn is_trying(&self) -> bool {
        matches!(self.state, State::Resolving(_))
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Waiting(due) => Some(due),
            State::Idle | State::Resolving(_) => None,
        }
    }
}
