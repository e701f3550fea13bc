//! A stream connection to a peer.

use std::io::{self, IoSlice, Read};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;

use mio::Token;
use mio::net::TcpStream;
use socket2::SockRef;

use super::poller::{Registry, Source};
use super::secured::Secured;
#[cfg(feature = "simulation")]
use super::simulated;
use crate::tls::{TlsDetails, TlsSession};

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
    /// On a simulated network.
    #[cfg(feature = "simulation")]
    Simulated(simulated::Stream),
    /// With TLS, on one of the others.
    Secured(Box<Secured>),
}

impl Transport {
    /// Starts to connect. Register the transport, and at each readiness ask `is_connected`
    /// until it answers.
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Transport> {
        #[cfg(feature = "simulation")]
        if let Some(network) = simulated::current() {
            return Ok(Transport::Simulated(simulated::Stream::connect(&network, address)));
        }
        TcpStream::connect(address).map(Transport::Tcp)
    }

    /// Takes over a connection that a listener has accepted.
    pub(super) fn accepted(stream: TcpStream) -> Transport {
        // A failure costs latency at most; if the peer is gone, the first read tells.
        let _ = stream.set_nodelay(true);
        Transport::Tcp(stream)
    }

    /// The same connection with a TLS session on it whose handshake is done. `early` is what the peer
    /// has said right after it.
    pub(super) fn secured(self, session: TlsSession, early: Vec<u8>) -> Transport {
        Transport::Secured(Box::new(Secured::new(self, session, early)))
    }

    /// What was agreed on with the peer by TLS; `None` without.
    pub(crate) fn tls(&self) -> Option<&Arc<TlsDetails>> {
        match self {
            Transport::Secured(secured) => secured.details.as_ref(),
            _ => None,
        }
    }

    /// Whether the connection stands, after `connect`.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub(crate) fn is_connected(&self) -> io::Result<bool> {
        match self {
            Transport::Tcp(stream) => is_connected(stream),
            #[cfg(feature = "simulation")]
            Transport::Simulated(stream) => stream.is_connected(),
            Transport::Secured(secured) => secured.plain.is_connected(),
        }
    }

    /// The address of this end of the connection.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Transport::Tcp(stream) => stream.local_addr().map(canonical),
            #[cfg(feature = "simulation")]
            Transport::Simulated(stream) => stream.local_addr(),
            Transport::Secured(secured) => secured.plain.local_addr(),
        }
    }

    /// Reads what has arrived; zero when the peer sends no more.
    ///
    /// # Errors
    /// `WouldBlock` when nothing has arrived; others end the connection.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Transport::Tcp(stream) => uninterrupted(|| stream.read(buffer)),
            #[cfg(feature = "simulation")]
            Transport::Simulated(stream) => stream.read(buffer),
            Transport::Secured(secured) => secured.read(buffer),
        }
    }

    /// Bytes that have arrived and cannot be read before more do: with TLS, those of a record in part.
    pub(crate) fn unfinished(&self) -> usize {
        match self {
            Transport::Secured(secured) => secured.unfinished(),
            _ => 0,
        }
    }

    /// Writes as much of the slices as there is room for, and tells how much that was. With TLS it may
    /// be held back: see [`flush`](Self::flush).
    ///
    /// # Errors
    /// `WouldBlock` when there is no room; others end the connection. Never raises `SIGPIPE`.
    pub(crate) fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let slices = slices.get(..MAX_SLICES).unwrap_or(slices);
        match self {
            Transport::Tcp(stream) => uninterrupted(|| {
                stream.try_io(|| SockRef::from(&*stream).send_vectored_with_flags(slices, SEND_FLAGS))
            }),
            #[cfg(feature = "simulation")]
            Transport::Simulated(stream) => stream.write_vectored(slices),
            Transport::Secured(secured) => secured.write_vectored(slices),
        }
    }

    /// Sends what was written and held back. True when nothing is left of it.
    ///
    /// # Errors
    /// They end the connection.
    pub(crate) fn flush(&mut self) -> io::Result<bool> {
        match self {
            Transport::Secured(secured) => secured.flush(),
            _ => Ok(true),
        }
    }

    /// Tells the peer that no more bytes will come; reading goes on.
    pub(crate) fn shutdown_write(&mut self) -> io::Result<()> {
        match self {
            Transport::Tcp(stream) => stream.shutdown(Shutdown::Write),
            #[cfg(feature = "simulation")]
            Transport::Simulated(stream) => stream.shutdown_write(),
            Transport::Secured(secured) => secured.shutdown_write(),
        }
    }

    /// Tells the peer of a connection that is given up now that this is its end, where TLS has a word
    /// for that: without it, whoever cuts connections could not be told from whoever ends them.
    pub(crate) fn say_farewell(&mut self) {
        if let Transport::Secured(secured) = self {
            // Whom it does not reach is gone, or takes nothing: nothing more can be done for it.
            let _ = secured.shutdown_write();
        }
    }
}

impl Source for Transport {
    fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match self {
            Transport::Tcp(stream) => registry.watch(stream, token),
            #[cfg(feature = "simulation")]
            Transport::Simulated(stream) => stream.register(registry.simulated()?, token),
            Transport::Secured(secured) => secured.plain.register(registry, token),
        }
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        match self {
            Transport::Tcp(stream) => registry.unwatch(stream),
            #[cfg(feature = "simulation")]
            Transport::Simulated(stream) => stream.deregister(),
            Transport::Secured(secured) => secured.plain.deregister(registry),
        }
    }
}

fn is_connected(stream: &TcpStream) -> io::Result<bool> {
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

/// An IPv4 peer of a socket for both families as an IPv4 address, which is what people know it
/// by.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip if ip == address.ip() => address,
        ip => SocketAddr::new(ip, address.port()),
    }
}

/// Repeats a call that a signal has interrupted.
pub(super) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::listener::Listener;
    use std::thread;
    use std::time::{Duration, Instant};

    /// Calls until something comes of it, for sockets that no loop watches.
    fn wait<T>(mut call: impl FnMut() -> io::Result<Option<T>>) -> io::Result<T> {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            match call() {
                Ok(Some(value)) => return Ok(value),
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            assert!(Instant::now() < end, "nothing has happened for a minute");
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn connected_pair(address: &str) -> (Transport, Transport) {
        let mut listener = Listener::bind(address.parse().unwrap()).unwrap();
        let near = Transport::connect(listener.local_addr().unwrap()).unwrap();
        let (far, _) = wait(|| listener.accept()).unwrap();
        wait(|| near.is_connected().map(|connected| connected.then_some(()))).unwrap();
        (near, far)
    }

    #[test]
    fn slices_arrive_in_order_and_the_end_is_seen() {
        let (mut near, mut far) = connected_pair("127.0.0.1:0");
        let written = near.write_vectored(&[IoSlice::new(b"synchro"), IoSlice::new(b"phasor")]).unwrap();
        assert_eq!(written, 13);
        near.shutdown_write().unwrap();
        let mut received = Vec::new();
        let mut buffer = [0; 4];
        while let length @ 1.. = wait(|| far.read(&mut buffer).map(Some)).unwrap() {
            received.extend_from_slice(&buffer[..length]);
        }
        assert_eq!(received, b"synchrophasor");
        assert_eq!(far.write_vectored(&[IoSlice::new(b"!")]).unwrap(), 1, "the other direction is open");
        assert_eq!(wait(|| near.read(&mut buffer).map(Some)).unwrap(), 1);
    }

    #[test]
    fn more_slices_than_the_system_takes_are_written_in_part() {
        let (mut near, _far) = connected_pair("127.0.0.1:0");
        let slices = vec![IoSlice::new(b"x"); MAX_SLICES * 3];
        assert_eq!(near.write_vectored(&slices).unwrap(), MAX_SLICES);
    }

    #[test]
    fn both_ends_send_without_delay() {
        let (near, far) = connected_pair("127.0.0.1:0");
        for end in [near, far] {
            assert!(matches!(end, Transport::Tcp(stream) if stream.nodelay().unwrap()));
        }
    }

    #[test]
    fn a_refused_connection_says_so() {
        let address = {
            let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
            listener.local_addr().unwrap()
        };
        let refused = Transport::connect(address)
            .and_then(|transport| wait(|| transport.is_connected().map(|connected| connected.then_some(()))));
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }

    #[test]
    fn an_ipv4_peer_of_a_socket_for_both_families_keeps_its_address() {
        let mapped: SocketAddr = "[::ffff:192.0.2.7]:7165".parse().unwrap();
        assert_eq!(canonical(mapped).to_string(), "192.0.2.7:7165");
        let scoped: SocketAddr = "[fe80::1%3]:7165".parse().unwrap();
        assert_eq!(canonical(scoped), scoped);
    }

    /// Runs itself in a process in which `SIGPIPE` kills, as it does in a C program.
    #[cfg(unix)]
    #[test]
    fn writing_to_a_closed_peer_raises_no_signal() {
        const CHILD: &str = "STTP_TEST_SIGPIPE";
        if std::env::var_os(CHILD).is_some() {
            // SAFETY: sets the default action, in a process that runs this test only.
            unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
            let (mut near, far) = connected_pair("127.0.0.1:0");
            drop(far);
            wait(|| match near.write_vectored(&[IoSlice::new(b"too late")]) {
                // Only this error comes with a signal; a reset may come before.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Some(())),
                _ => Ok(None),
            })
            .unwrap();
            println!("still alive");
            return;
        }
        let name = "engine::transport::tests::writing_to_a_closed_peer_raises_no_signal";
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        assert!(child.status.success(), "{child:?}");
        assert!(String::from_utf8_lossy(&child.stdout).contains("still alive"), "{child:?}");
    }
}
