//! The search for what an address stands for.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, TryRecvError, bounded};

use super::driver::DriverHandle;
#[cfg(feature = "simulation")]
use super::simulated;
use crate::host::threads;
use crate::settings::{Address, Host};

/// Names looked up at the same time in this process. A look-up that nobody waits for any more
/// goes on until the system gives it up, which can take minutes.
const MAX_LOOKUPS: usize = 64;

static LOOKUPS: AtomicUsize = AtomicUsize::new(0);

impl Address {
    /// Finds the socket addresses, to be tried in turn. A name is looked up on a thread of its
    /// own, which notifies the driver when it is done.
    pub(crate) fn resolve(&self, driver: &DriverHandle) -> Resolver {
        match &self.host {
            Host::Name(name) => Resolver::look_up(name, self.port, driver.clone()),
            Host::Literal(_) | Host::Any => Resolver::answered(self.resolve_now()),
        }
    }

    /// As [`resolve`](Self::resolve), but waits for the name service here.
    ///
    /// # Errors
    /// The name has no address, or the name service does not answer.
    pub(crate) fn resolve_now(&self) -> io::Result<Vec<SocketAddr>> {
        match &self.host {
            Host::Literal(ip) => Ok(vec![SocketAddr::new(*ip, self.port)]),
            // The second is for systems without IPv6.
            Host::Any => Ok(vec![
                SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), self.port),
                SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), self.port),
            ]),
            Host::Name(name) => addresses_of(&(name.clone(), self.port)),
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

    fn answered(result: io::Result<Vec<SocketAddr>>) -> Resolver {
        let (sender, answer) = bounded(1);
        // There is room for one, and the receiver is in our hands.
        let _ = sender.send(result);
        Resolver { answer }
    }

    fn look_up(name: &str, port: u16, driver: DriverHandle) -> Resolver {
        #[cfg(feature = "simulation")]
        if let Some(network) = simulated::current() {
            let (sender, answer) = bounded(1);
            let result = simulated::look_up(&network, name, port);
            simulated::later(&network, move || {
                let _ = sender.send(result);
                driver.notify();
            });
            return Resolver { answer };
        }
        let Some(permit) = Permit::take() else {
            return Resolver::answered(Err(io::Error::other(format!(
                "{MAX_LOOKUPS} host names are being looked up already; check the name servers of this machine"
            ))));
        };
        let (sender, answer) = bounded(1);
        let target = (name.to_owned(), port);
        let spawned = threads::spawn("sttp-resolver", move || {
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
    #[cfg(feature = "simulation")]
    if let Some(network) = simulated::current() {
        return simulated::look_up(&network, &target.0, target.1);
    }
    let addresses: Vec<SocketAddr> = (target.0.as_str(), target.1).to_socket_addrs()?.collect();
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the host name has no address"));
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Driver, Engine, Io, Readiness};
    use mio::Token;
    use std::time::{Duration, Instant};

    /// Looks up one address and hands over what it stands for.
    struct LookUp {
        address: Address,
        resolver: Option<Resolver>,
        result: crossbeam_channel::Sender<io::Result<Vec<SocketAddr>>>,
        finished: bool,
    }

    impl LookUp {
        fn take(&mut self) {
            if let Some(answer) = self.resolver.as_mut().and_then(Resolver::take) {
                self.result.send(answer).unwrap();
                self.finished = true;
            }
        }
    }

    impl Driver for LookUp {
        fn start(&mut self, io: &mut Io<'_>) {
            self.resolver = Some(self.address.resolve(&io.handle()));
            self.take();
        }

        fn notified(&mut self, _: &mut Io<'_>) {
            self.take();
        }

        fn ready(&mut self, _: &mut Io<'_>, _: Token, _: Readiness) {}

        fn timeout(&mut self, _: &mut Io<'_>) {}

        fn deadline(&self) -> Option<Instant> {
            None
        }

        fn finished(&self) -> bool {
            self.finished
        }
    }

    fn resolve(address: Address) -> io::Result<Vec<SocketAddr>> {
        let engine = Engine::new().unwrap();
        let (result, answer) = bounded(1);
        engine.add(LookUp { address, resolver: None, result, finished: false });
        answer.recv_timeout(Duration::from_secs(300)).unwrap()
    }

    fn resolved(address: Address) -> Vec<String> {
        resolve(address).unwrap().iter().map(SocketAddr::to_string).collect()
    }

    #[test]
    fn literal_addresses_are_found_at_once() {
        for text in ["127.0.0.1:7165", "[::1]:7165", "[2001:db8::7]:1", "0.0.0.0:65535"] {
            assert_eq!(resolved(Address::remote(text).unwrap()), [text]);
            assert_eq!(resolved(Address::local(text).unwrap()), [text]);
        }
    }

    #[test]
    fn all_interfaces_are_tried_for_both_families() {
        for text in [":7165", "*:7165"] {
            assert_eq!(resolved(Address::local(text).unwrap()), ["[::]:7165", "0.0.0.0:7165"]);
        }
        assert_eq!(resolved(Address::local("127.0.0.1:0").unwrap()), ["127.0.0.1:0"]);
    }

    #[test]
    fn names_are_looked_up() {
        let addresses = resolve(Address::remote("localhost:7165").unwrap()).unwrap();
        assert!(!addresses.is_empty());
        assert!(addresses.iter().all(|address| address.ip().is_loopback() && address.port() == 7165));
    }

    #[test]
    fn names_that_cannot_be_found_are_an_error() {
        // No label of a name is this long, so that no name server is asked.
        let name = "x".repeat(64);
        assert!(resolve(Address::remote(&format!("{name}:7165")).unwrap()).is_err());
    }

    #[test]
    fn an_answer_is_given_once() {
        let mut resolver = Resolver::answered(Ok(Vec::new()));
        assert!(resolver.take().is_some_and(|answer| answer.is_ok()));
        assert!(resolver.take().is_some_and(|answer| answer.is_err()));
    }
}
