//! Where the datagrams of a device arrive, and where commands go if they are datagrams, too.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;

use mio::Token;

use super::DeviceCounters;
use crate::engine::{DatagramReceiver, Io, Membership};
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
            piece.datagrams(&io.scratch()[..piece.length]).try_for_each(&mut take)?;
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
