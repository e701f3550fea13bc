//! The handshakes of TLS of all who connect to a port.
//!
//! Nobody else sees a connection before its handshake is done. Strangers may connect as they like:
//! handshakes have a number and a time, and who takes most places loses one when they are needed.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use mio::Token;

use super::dialer::Established;
use super::handshake::{Farewell, Handshake, Progress};
use super::io::Io;
use super::security::NewSession;
use super::transport::Transport;
use super::worker::Elsewhere;
use crate::host;
use crate::session::publisher::network;

/// Handshakes take one of so many parts of the descriptors that the process may have.
const PART_OF_DESCRIPTORS: usize = 8;
/// That limit, as messages name it.
const DESCRIPTORS: &str = "an eighth of the descriptors, ulimit -n";
/// Threads that do their work.
const THREADS: usize = 2;

/// Handshakes of connections that were accepted.
pub(super) struct Handshakes {
    under_way: BTreeMap<Token, Visitor>,
    farewells: BTreeMap<Token, Farewell>,
    outcomes: VecDeque<Outcome>,
    elsewhere: Elsewhere,
    /// Handshakes at a time that descriptors are left for.
    affordable: usize,
    /// Handshakes at a time that the settings allow.
    most_set: usize,
    /// Given to the next visitor: the oldest has the least.
    next: u64,
}

struct Visitor {
    handshake: Box<Handshake>,
    address: SocketAddr,
    number: u64,
}

/// What has come of a handshake.
pub(super) enum Outcome {
    /// A connection that is secured, and registered no more.
    Secured(Transport, SocketAddr),
    /// Why there is none.
    Failed(SocketAddr, io::Error),
}

impl Handshakes {
    pub(super) fn new(io: &Io<'_>) -> Handshakes {
        let affordable =
            host::most_descriptors().map_or(usize::MAX, |all| (all / PART_OF_DESCRIPTORS).max(1));
        Handshakes {
            affordable,
            most_set: affordable,
            under_way: BTreeMap::new(),
            farewells: BTreeMap::new(),
            outcomes: VecDeque::new(),
            elsewhere: io.elsewhere().beside("sttp-handshake", THREADS),
            next: 0,
        }
    }

    /// Handshakes at a time; one, whatever is set, so that there is always a place to make.
    fn most(&self) -> usize {
        self.most_set.min(self.affordable).max(1)
    }

    /// Begins the handshake on a connection that was accepted.
    pub(super) fn begin(
        &mut self,
        mut transport: Transport,
        address: SocketAddr,
        session: NewSession,
        io: &mut Io<'_>,
    ) {
        let token = match io.register(&mut transport) {
            Ok(token) => token,
            Err(error) => return self.outcomes.push_back(Outcome::Failed(address, error)),
        };
        self.most_set = session.most_at_once;
        while self.under_way.len() >= self.most() {
            self.make_place(io);
        }
        let made = Established { transport, token, address };
        let progress = Handshake::begin(made, session, self.elsewhere.clone(), Vec::new(), io);
        self.next += 1;
        self.took_step(progress, address, self.next, io);
    }

    /// Whether a token is that of a connection here.
    pub(super) fn owns(&self, token: Token) -> bool {
        self.under_way.contains_key(&token) || self.farewells.contains_key(&token)
    }

    /// The socket of a token is ready.
    pub(super) fn ready(&mut self, token: Token, io: &mut Io<'_>) {
        self.proceed(token, io);
        if self.farewells.get_mut(&token).is_some_and(|farewell| farewell.proceed(io))
            && let Some(farewell) = self.farewells.remove(&token)
        {
            farewell.discard(io);
        }
    }

    /// What has come of a handshake, one after the other. To be called when the driver is notified, when a
    /// socket was [ready](Self::ready), and when the deadline has passed.
    pub(super) fn outcome(&mut self, io: &mut Io<'_>) -> Option<Outcome> {
        if self.outcomes.is_empty() {
            let now = io.now();
            let due = self.under_way.iter().filter(|(_, visitor)| visitor.handshake.is_due(now));
            for token in due.map(|(token, _)| *token).collect::<Vec<_>>() {
                self.proceed(token, io);
            }
            while let Some(token) =
                self.farewells.values().find(|farewell| farewell.deadline() <= now).map(Farewell::token)
            {
                if let Some(farewell) = self.farewells.remove(&token) {
                    farewell.discard(io);
                }
            }
        }
        self.outcomes.pop_front()
    }

    /// When [`outcome`](Self::outcome) is to be called even if nothing happens.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let handshakes = self.under_way.values().map(|visitor| visitor.handshake.deadline());
        handshakes.chain(self.farewells.values().map(Farewell::deadline)).min()
    }

    /// Gives up all.
    pub(super) fn stop(&mut self, io: &mut Io<'_>) {
        std::mem::take(&mut self.under_way).into_values().for_each(|visitor| visitor.handshake.discard(io));
        std::mem::take(&mut self.farewells).into_values().for_each(|farewell| farewell.discard(io));
        self.outcomes.clear();
    }

    fn proceed(&mut self, token: Token, io: &mut Io<'_>) {
        if let Some(Visitor { handshake, address, number }) = self.under_way.remove(&token) {
            let progress = handshake.proceed(io);
            self.took_step(progress, address, number, io);
        }
    }

    fn took_step(&mut self, progress: Progress, address: SocketAddr, number: u64, io: &mut Io<'_>) {
        match progress {
            Progress::Waits(handshake) => {
                self.under_way.insert(handshake.token(), Visitor { handshake, address, number });
            }
            Progress::Done(Established { mut transport, token, .. }) => {
                // Whoever serves it may do so on another loop.
                let outcome = match io.deregister(&mut transport, token) {
                    Ok(()) => Outcome::Secured(transport, address),
                    Err(error) => Outcome::Failed(address, error),
                };
                self.outcomes.push_back(outcome);
            }
            Progress::Failed(mut farewell, error) => {
                self.outcomes.push_back(Outcome::Failed(address, error));
                if farewell.proceed(io) || self.farewells.len() >= self.most() {
                    farewell.discard(io);
                } else {
                    self.farewells.insert(farewell.token(), farewell);
                }
            }
        }
    }

    /// Ends the oldest handshake of the address that has most of them.
    fn make_place(&mut self, io: &mut Io<'_>) {
        let visitors = self.under_way.iter();
        let greediest =
            greediest(visitors.map(|(token, visitor)| (*token, visitor.address.ip(), visitor.number)));
        if let Some(visitor) = greediest.and_then(|token| self.under_way.remove(&token)) {
            let most = self.most();
            let limit = if self.most_set <= self.affordable { "maxHandshakes" } else { DESCRIPTORS };
            let text = format!(
                "{most} handshakes of TLS are under way ({limit}), the most of them with this address"
            );
            self.outcomes.push_back(Outcome::Failed(visitor.address, io::Error::other(text)));
            visitor.handshake.discard(io);
        }
    }
}

/// The oldest visitor of the address, or of those that are treated alike, that has most of them.
fn greediest(visitors: impl Iterator<Item = (Token, IpAddr, u64)> + Clone) -> Option<Token> {
    let mut counts: HashMap<IpAddr, usize> = HashMap::new();
    for (_, address, _) in visitors.clone() {
        *counts.entry(network(address)).or_default() += 1;
    }
    let most = visitors.max_by_key(|(_, address, number)| (counts[&network(*address)], u64::MAX - number));
    most.map(|(token, ..)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_most_places_loses_the_oldest() {
        let place = |addresses: &[&str]| {
            let visitors = addresses.iter().enumerate();
            let visitors =
                visitors.map(|(number, address)| (Token(number), address.parse().unwrap(), number as u64));
            greediest(visitors).map(usize::from)
        };
        assert_eq!(place(&[]), None);
        assert_eq!(place(&["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.2"]), Some(1));
        assert_eq!(
            place(&["192.0.2.1", "2001:db8::1", "192.0.2.1", "2001:db8::2", "2001:db8::3"]),
            Some(1),
            "who has one address of IPv6 has all with the same first half"
        );
    }
}
