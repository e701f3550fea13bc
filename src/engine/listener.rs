//! A socket that waits for connections.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::Token;
use mio::net::TcpListener;
use socket2::{Domain, Protocol, Socket, Type};

use super::poller::{Registry, Source};
#[cfg(feature = "simulation")]
use super::simulated;
use super::transport::{Transport, canonical};
use crate::host;

/// Connections that the system holds until they are accepted.
const BACKLOG: i32 = 1024;

/// The pause after the system has refused to give a connection, for want of descriptors or
/// memory.
const RETRY_INTERVAL: Duration = Duration::from_millis(100);

/// Accepts connections without blocking.
#[derive(Debug)]
pub(crate) struct Listener {
    port: Port,
    retry_at: Option<Instant>,
}

#[derive(Debug)]
enum Port {
    Tcp(TcpListener),
    #[cfg(feature = "simulation")]
    Simulated(simulated::StreamListener),
}

impl Listener {
    /// Listens on an address; port 0 takes any free one. `[::]` listens for IPv4 too where the
    /// system can. A listener may be bound again at once to the port of one that was closed.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Listener> {
        #[cfg(feature = "simulation")]
        if let Some(network) = simulated::current() {
            let listener = simulated::StreamListener::bind(&network, address)?;
            return Ok(Listener { port: Port::Simulated(listener), retry_at: None });
        }
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // Elsewhere the option would let others take the port away, and is not needed.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        if address.is_ipv6() && address.ip().is_unspecified() {
            // Some systems refuse; then this is a listener for IPv6 only.
            let _ = socket.set_only_v6(false);
        }
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(Listener { port: Port::Tcp(TcpListener::from_std(socket.into())), retry_at: None })
    }

    /// The next connection and where it comes from; `None` when there is none waiting.
    ///
    /// # Errors
    /// The system cannot give a connection now, for instance because the process has too many
    /// open files. Connections may be waiting all the same, and nothing will report them: call
    /// again when `retry_at` has passed, no sooner.
    pub(crate) fn accept(&mut self) -> io::Result<Option<(Transport, SocketAddr)>> {
        self.retry_at = None;
        let socket = match &self.port {
            Port::Tcp(socket) => socket,
            #[cfg(feature = "simulation")]
            Port::Simulated(listener) => {
                return Ok(listener
                    .accept()
                    .map(|(stream, address)| (Transport::Simulated(stream), address)));
            }
        };
        loop {
            match socket.accept() {
                Ok((stream, address)) => return Ok(Some((Transport::accepted(stream), canonical(address)))),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if concerns_one_connection(error.kind()) => {}
                Err(error) => {
                    self.retry_at = Some(host::now() + RETRY_INTERVAL);
                    return Err(error);
                }
            }
        }
    }

    /// When to call `accept` again even if no event comes: part of the driver's deadline.
    pub(crate) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// The address listened on, with the port that the system has chosen.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.port {
            Port::Tcp(socket) => socket.local_addr(),
            #[cfg(feature = "simulation")]
            Port::Simulated(listener) => Ok(listener.local_addr()),
        }
    }
}

impl Source for Listener {
    fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match &mut self.port {
            Port::Tcp(socket) => registry.watch(socket, token),
            #[cfg(feature = "simulation")]
            Port::Simulated(listener) => listener.register(registry.simulated()?, token),
        }
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        match &mut self.port {
            Port::Tcp(socket) => registry.unwatch(socket),
            #[cfg(feature = "simulation")]
            Port::Simulated(listener) => listener.deregister(),
        }
    }
}

/// Whether the error is that of a connection which broke before it was accepted: the next one
/// may be fine.
fn concerns_one_connection(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Interrupted
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::{Ipv4Addr, Ipv6Addr, TcpStream};
    use std::thread;

    fn accept(listener: &mut Listener) -> (Transport, SocketAddr) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(accepted) = listener.accept().unwrap() {
                return accepted;
            }
            assert!(Instant::now() < end, "no connection has come for a minute");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_port_can_be_taken_again_at_once() {
        let mut address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        for _ in 0..3 {
            let mut listener = Listener::bind(address).unwrap();
            address = listener.local_addr().unwrap();
            let mut client = TcpStream::connect(address).unwrap();
            let (transport, peer) = accept(&mut listener);
            assert_eq!(peer, client.local_addr().unwrap());
            // The side that closes first keeps the port in use for a while.
            drop(transport);
            assert_eq!(client.read(&mut [0]).unwrap(), 0);
        }
    }

    #[test]
    fn a_port_in_use_is_refused() {
        let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let error = Listener::bind(listener.local_addr().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
    }

    #[test]
    fn nobody_waiting_is_no_error() {
        let mut listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        assert!(listener.accept().unwrap().is_none());
        assert_eq!(listener.retry_at(), None);
    }

    #[test]
    fn all_interfaces_are_those_of_both_families() {
        let Ok(mut listener) = Listener::bind((Ipv6Addr::UNSPECIFIED, 0).into()) else {
            return; // This machine has no IPv6.
        };
        let port = listener.local_addr().unwrap().port();
        let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let (_transport, peer) = accept(&mut listener);
        assert_eq!(peer, client.local_addr().unwrap());
    }

    /// Runs itself in a process that it can deprive of descriptors.
    #[cfg(target_os = "linux")]
    #[test]
    fn without_descriptors_accepting_waits_for_better_times() {
        const CHILD: &str = "STTP_TEST_DESCRIPTORS";
        if std::env::var_os(CHILD).is_none() {
            let name = "engine::listener::tests::without_descriptors_accepting_waits_for_better_times";
            let child = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", name, "--nocapture"])
                .env(CHILD, "1")
                .output()
                .unwrap();
            assert!(child.status.success(), "{child:?}");
            assert!(String::from_utf8_lossy(&child.stdout).contains("accepted in the end"), "{child:?}");
            return;
        }
        let mut listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let none = libc::rlimit { rlim_cur: 3, rlim_max: 4096 };
        // SAFETY: the pointer is to a valid `rlimit`; the process runs this test only.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const none) }, 0);
        let before = Instant::now();
        let error = listener.accept().unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EMFILE));
        assert!(listener.retry_at().is_some_and(|retry_at| retry_at >= before + RETRY_INTERVAL));
        let enough = libc::rlimit { rlim_cur: 4096, rlim_max: 4096 };
        // SAFETY: as above.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const enough) }, 0);
        accept(&mut listener);
        assert_eq!(listener.retry_at(), None);
        println!("accepted in the end");
    }
}
