//! A host without the library: raw bytes, as no honest peer sends them.

use std::io::{self, ErrorKind, IoSlice};
use std::net::{IpAddr, SocketAddr};

use super::datagram::DatagramSocket;
use super::listener::StreamListener;
use super::stream::Stream;

/// One end of a connection that a test holds.
pub struct Peer {
    stream: Stream,
    address: SocketAddr,
}

impl Peer {
    pub(super) fn new(stream: Stream, address: SocketAddr) -> Peer {
        Peer { stream, address }
    }

    /// The address of the other end.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends as much of `bytes` as there is room for, and returns how much that was.
    ///
    /// # Errors
    /// `WouldBlock` when there is no room, or no connection yet; others when the connection has ended.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write_vectored(&[IoSlice::new(bytes)])
    }

    /// Everything that has arrived, and whether the other end sends no more.
    ///
    /// # Errors
    /// The connection broke, or could not be made.
    pub fn read(&self) -> io::Result<(Vec<u8>, bool)> {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok((bytes, true)),
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok((bytes, false)),
                Err(error) if bytes.is_empty() => return Err(error),
                Err(_) => return Ok((bytes, false)),
            }
        }
    }

    /// Tells the other end that no more bytes will come.
    ///
    /// # Errors
    /// There is no connection.
    pub fn shutdown_write(&self) -> io::Result<()> {
        self.stream.shutdown_write()
    }
}

/// A port that a test listens on.
pub struct RawListener {
    listener: StreamListener,
}

impl RawListener {
    pub(super) fn new(listener: StreamListener) -> RawListener {
        RawListener { listener }
    }

    /// The address, with the port that the network chose.
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr()
    }

    /// The next connection, if one waits.
    pub fn accept(&self) -> Option<Peer> {
        self.listener.accept().map(|(stream, address)| Peer::new(stream, address))
    }
}

/// A socket by which a test receives and sends datagrams.
pub struct RawDatagrams {
    socket: DatagramSocket,
    address: SocketAddr,
}

impl RawDatagrams {
    pub(super) fn new(socket: DatagramSocket, address: SocketAddr) -> RawDatagrams {
        RawDatagrams { socket, address }
    }

    /// The address, or the group, with the port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a datagram from here.
    ///
    /// # Errors
    /// The way takes none.
    pub fn send(&self, bytes: &[u8], to: SocketAddr) -> io::Result<()> {
        self.socket.send_to(bytes, to)
    }

    /// The next datagram and the host that sent it, if one has arrived.
    pub fn receive(&self) -> Option<(Vec<u8>, IpAddr)> {
        let mut buffer = vec![0; 1 << 16];
        let (length, from) = self.socket.receive(&mut buffer).ok()?;
        buffer.truncate(length);
        Some((buffer, from.ip()))
    }
}
