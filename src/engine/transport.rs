//! A stream connection to a peer.

use std::io::{self, IoSlice, Read};
use std::net::{Shutdown, SocketAddr};

use mio::event::Source;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use socket2::SockRef;

/// Slices passed to the system at once; the least that POSIX systems in use allow.
const MAX_SLICES: usize = 1024;

/// The library lives in processes that may not ignore `SIGPIPE`: writing to a peer that has
/// closed must fail, not kill. (Apple's systems have a socket option instead, which `mio` and
/// `socket2` set.)
#[cfg(all(unix, not(target_vendor = "apple")))]
const SEND_FLAGS: libc::c_int = libc::MSG_NOSIGNAL;
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
const SEND_FLAGS: i32 = 0;

/// A connection that never blocks. Register it to learn when to read and write.
#[derive(Debug)]
pub(crate) enum Transport {
    /// Plain TCP.
    Tcp(TcpStream),
}

impl Transport {
    /// Starts to connect. Register the transport, and at each readiness ask `is_connected`
    /// until it answers.
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Transport> {
        TcpStream::connect(address).map(Transport::Tcp)
    }

    /// Takes over a connection that a listener has accepted.
    pub(super) fn accepted(stream: TcpStream) -> Transport {
        // A failure costs latency at most; if the peer is gone, the first read tells.
        let _ = stream.set_nodelay(true);
        Transport::Tcp(stream)
    }

    /// Whether the connection stands, after `connect`.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub(crate) fn is_connected(&self) -> io::Result<bool> {
        let Transport::Tcp(stream) = self;
        if let Some(error) = stream.take_error()? {
            return Err(error);
        }
        match stream.peer_addr() {
            Ok(_) => stream.set_nodelay(true).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
            #[cfg(unix)]
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads what has arrived; zero when the peer sends no more.
    ///
    /// # Errors
    /// `WouldBlock` when nothing has arrived; others end the connection.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Transport::Tcp(stream) = self;
        uninterrupted(|| stream.read(buffer))
    }

    /// Writes as much of the slices as there is room for, and tells how much that was.
    ///
    /// # Errors
    /// `WouldBlock` when there is no room; others end the connection. Never raises `SIGPIPE`.
    pub(crate) fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let Transport::Tcp(stream) = self;
        let slices = slices.get(..MAX_SLICES).unwrap_or(slices);
        uninterrupted(|| {
            stream.try_io(|| SockRef::from(&*stream).send_vectored_with_flags(slices, SEND_FLAGS))
        })
    }

    /// Tells the peer that no more bytes will come; reading goes on.
    pub(crate) fn shutdown_write(&self) -> io::Result<()> {
        let Transport::Tcp(stream) = self;
        stream.shutdown(Shutdown::Write)
    }

    /// The address of the peer.
    pub(crate) fn peer_addr(&self) -> io::Result<SocketAddr> {
        let Transport::Tcp(stream) = self;
        stream.peer_addr().map(canonical)
    }

    /// The address of this end.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        let Transport::Tcp(stream) = self;
        stream.local_addr().map(canonical)
    }
}

impl Source for Transport {
    fn register(&mut self, registry: &Registry, token: Token, interests: Interest) -> io::Result<()> {
        let Transport::Tcp(stream) = self;
        stream.register(registry, token, interests)
    }

    fn reregister(&mut self, registry: &Registry, token: Token, interests: Interest) -> io::Result<()> {
        let Transport::Tcp(stream) = self;
        stream.reregister(registry, token, interests)
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        let Transport::Tcp(stream) = self;
        stream.deregister(registry)
    }
}

/// An IPv4 peer of a socket for both families as an IPv4 address, which is what people know it
/// by.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip if ip == address.ip() => address,
        ip => SocketAddr::new(ip, address.port()),
    }
}

/// Repeats a call that a signal has interrupted.
fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
