//! Addresses as people write them, and the search for what they stand for.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use thiserror::Error;

use super::driver::DriverHandle;

/// The longest name that the domain name system knows.
const MAX_NAME_LENGTH: usize = 253;

/// Names looked up at the same time in this process. A look-up that nobody waits for any more
/// goes on until the system gives it up, which can take minutes.
const MAX_LOOKUPS: usize = 64;

static LOOKUPS: AtomicUsize = AtomicUsize::new(0);

/// A text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AddressError {
    #[error("the address is empty; write host:port, for instance localhost:7165")]
    Empty,
    #[error("address \"{0}\" has no port; write {0}:port, for instance {0}:7165")]
    MissingPort(String),
    #[error("address \"{text}\" has the port \"{port}\"; write a number from {least} to 65535")]
    InvalidPort { text: String, port: String, least: u16 },
    #[error("address \"{0}\" has no host before the colon; write host:port, for instance localhost:7165")]
    MissingHost(String),
    #[error(
        "address \"{0}\" has several colons; write host:port, with an IPv6 address in brackets as in [::1]:7165"
    )]
    MissingBrackets(String),
    #[error(
        "address \"{0}\" has brackets that hold no IPv6 address; write [address]:port, for instance [::1]:7165"
    )]
    InvalidBrackets(String),
    #[error(
        "address \"{text}\" has the host \"{host}\"; write a host name or an IP address, without scheme, path or spaces"
    )]
    InvalidHost { text: String, host: String },
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    host: Host,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Literal(IpAddr),
    Name(String),
    /// All interfaces of this machine.
    Any,
}

impl Address {
    /// Reads the address of a peer: `host:port`, `192.0.2.1:port` or `[2001:db8::1]:port`. The
    /// port is not 0.
    pub(crate) fn remote(text: &str) -> Result<Address, AddressError> {
        let (host, port) = split(text)?;
        if host.is_empty() {
            return Err(AddressError::MissingHost(text.to_owned()));
        }
        Ok(Address { host: read_host(text, host)?, port: read_port(text, port, 1)? })
    }

    /// Reads an address to listen on: as that of a peer, and besides `:port` or `*:port` for
    /// all interfaces, IPv4 and IPv6. Port 0 takes any free one.
    pub(crate) fn local(text: &str) -> Result<Address, AddressError> {
        let (host, port) = split(text)?;
        let host = if matches!(host, "" | "*") { Host::Any } else { read_host(text, host)? };
        Ok(Address { host, port: read_port(text, port, 0)? })
    }

    /// Finds the socket addresses, to be tried in turn. A name is looked up on a thread of its
    /// own, which notifies the driver when it is done.
    pub(crate) fn resolve(&self, driver: &DriverHandle) -> Resolver {
        match &self.host {
            Host::Literal(ip) => Resolver::found(vec![SocketAddr::new(*ip, self.port)]),
            // The second is for systems without IPv6.
            Host::Any => Resolver::found(vec![
                SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), self.port),
                SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), self.port),
            ]),
            Host::Name(name) => Resolver::look_up(name, self.port, driver.clone()),
        }
    }
}

/// A search for addresses. Dropping it abandons the search.
#[derive(Debug)]
pub(crate) struct Resolver {
    answer: Receiver<io::Result<Vec<SocketAddr>>>,
}

impl Resolver {
    /// The answer, once; `None` while there is none. At least one address is found, or an error
    /// tells why not.
    pub(crate) fn take(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        match self.answer.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(io::Error::other("the name was asked for already"))),
        }
    }

    fn found(addresses: Vec<SocketAddr>) -> Resolver {
        Resolver::answered(Ok(addresses))
    }

    fn answered(result: io::Result<Vec<SocketAddr>>) -> Resolver {
        let (sender, answer) = bounded(1);
        // There is room for one, and the receiver is in our hands.
        let _ = sender.send(result);
        Resolver { answer }
    }

    fn look_up(name: &str, port: u16, driver: DriverHandle) -> Resolver {
        let Some(permit) = Permit::take() else {
            return Resolver::answered(Err(io::Error::other(format!(
                "{MAX_LOOKUPS} host names are being looked up already; check the name servers of this machine"
            ))));
        };
        let (sender, answer) = bounded(1);
        let target = (name.to_owned(), port);
        let spawned = thread::Builder::new().name("sttp-resolver".to_owned()).spawn(move || {
            let result = addresses_of(&target);
            drop(permit);
            // Nobody listens if the search was abandoned.
            let _ = sender.send(result);
            driver.notify();
        });
        match spawned {
            Ok(_) => Resolver { answer },
            Err(error) => Resolver::answered(Err(error)),
        }
    }
}

/// The right to one look-up.
struct Permit;

impl Permit {
    fn take() -> Option<Permit> {
        LOOKUPS
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |running| {
                (running < MAX_LOOKUPS).then_some(running + 1)
            })
            .ok()
            .map(|_| Permit)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        LOOKUPS.fetch_sub(1, Ordering::AcqRel);
    }
}

fn addresses_of(target: &(String, u16)) -> io::Result<Vec<SocketAddr>> {
    let addresses: Vec<SocketAddr> = (target.0.as_str(), target.1).to_socket_addrs()?.collect();
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the host name has no address"));
    }
    Ok(addresses)
}

/// Host, in its brackets if it has them, and port.
fn split(text: &str) -> Result<(&str, &str), AddressError> {
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    if text.starts_with('[') {
        let end = text.find(']').ok_or_else(|| AddressError::InvalidBrackets(text.to_owned()))?;
        let (host, rest) = text.split_at(end + 1);
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, port)),
            None if rest.is_empty() => Err(AddressError::MissingPort(text.to_owned())),
            None => Err(AddressError::InvalidBrackets(text.to_owned())),
        };
    }
    let (host, port) = text.rsplit_once(':').ok_or_else(|| AddressError::MissingPort(text.to_owned()))?;
    if host.contains(':') && !host.contains('/') {
        return Err(AddressError::MissingBrackets(text.to_owned()));
    }
    Ok((host, port))
}

fn read_host(text: &str, host: &str) -> Result<Host, AddressError> {
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return read_bracketed(inner).ok_or_else(|| AddressError::InvalidBrackets(text.to_owned()));
    }
    if let Ok(ip) = host.parse() {
        return Ok(Host::Literal(IpAddr::V4(ip)));
    }
    let is_foreign = |c: char| c.is_whitespace() || c.is_control() || "/\\[]@?#:*%\"".contains(c);
    if host.len() > MAX_NAME_LENGTH || host.contains(is_foreign) {
        return Err(AddressError::InvalidHost { text: text.to_owned(), host: host.to_owned() });
    }
    Ok(Host::Name(host.to_owned()))
}

/// An IPv6 address, which may name the interface it belongs to: only the system knows how to
/// read that part.
fn read_bracketed(inner: &str) -> Option<Host> {
    match inner.split_once('%') {
        None => inner.parse().ok().map(|ip| Host::Literal(IpAddr::V6(ip))),
        Some((ip, interface)) => {
            ip.parse::<Ipv6Addr>().ok()?;
            let is_plain = !interface.is_empty() && interface.chars().all(|c| c.is_ascii_graphic());
            is_plain.then(|| Host::Name(inner.to_owned()))
        }
    }
}

fn read_port(text: &str, port: &str, least: u16) -> Result<u16, AddressError> {
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse()
        .ok()
        .filter(|&number: &u16| digits && number >= least)
        .ok_or_else(|| AddressError::InvalidPort { text: text.to_owned(), port: port.to_owned(), least })
}
