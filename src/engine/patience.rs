//! Sockets that need not be looked at at once.
//!
//! Hundreds of peers that send one after the other would wake the loop for each of them, and to wake it takes longer than
//! to read what they send. Such sockets are watched by a poller of their own, which the loop's poller watches. While it
//! rests, the loop is not woken for their sake; what has happened to all of them is fetched when the rest is over.

use std::io;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token};

/// What has happened to patient sockets.
pub(super) struct Patience {
    poll: Poll,
    events: Events,
    /// The loop's poller.
    outer: Registry,
    token: Token,
    /// Whether that watches this one.
    is_watched: bool,
    /// Until when the loop is not to be woken.
    rests_until: Option<Instant>,
    /// There are more events than were fetched.
    has_more: bool,
}

impl Patience {
    /// Watched by `outer`, which tells of `token` when something has happened.
    ///
    /// # Errors
    /// The system gives no poll descriptor.
    pub(super) fn new(outer: Registry, token: Token, capacity: usize) -> io::Result<Patience> {
        let mut patience = Patience {
            poll: Poll::new()?,
            events: Events::with_capacity(capacity),
            outer,
            token,
            is_watched: false,
            rests_until: None,
            has_more: false,
        };
        patience.watch()?;
        Ok(patience)
    }

    /// What watches sockets for it, where there is such a thing.
    pub(super) fn registry(&self) -> Option<&Registry> {
        Some(self.poll.registry())
    }

    fn watch(&mut self) -> io::Result<()> {
        let descriptor = self.poll.as_raw_fd();
        self.outer.register(&mut SourceFd(&descriptor), self.token, Interest::READABLE)?;
        self.is_watched = true;
        Ok(())
    }

    fn unwatch(&mut self) -> io::Result<()> {
        let descriptor = self.poll.as_raw_fd();
        self.outer.deregister(&mut SourceFd(&descriptor))?;
        self.is_watched = false;
        Ok(())
    }

    /// Fetches what has happened, if the loop's poller has told of it or the rest is over.
    ///
    /// # Errors
    /// The system cannot tell.
    pub(super) fn fetch(&mut self, is_told: bool, now: Instant) -> io::Result<()> {
        let is_over = self.rests_until.is_some_and(|until| until <= now);
        if !(is_told || is_over || self.has_more) {
            self.events.clear();
            return Ok(());
        }
        self.rests_until = self.rests_until.filter(|_| !is_over);
        match self.poll.poll(&mut self.events, Some(Duration::ZERO)) {
            Ok(()) => {
                self.has_more = self.events.iter().count() == self.events.capacity();
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                self.has_more = true;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// What was fetched.
    pub(super) fn events(&self) -> &Events {
        &self.events
    }

    /// Whether to come again without waiting.
    pub(super) fn has_more(&self) -> bool {
        self.has_more
    }

    /// When to come again at the latest.
    pub(super) fn rests_until(&self) -> Option<Instant> {
        self.rests_until
    }

    /// Ends a turn: rests as long as it is wanted, or goes on.
    ///
    /// # Errors
    /// The system cannot watch.
    pub(super) fn end_turn(&mut self, rest: Option<Instant>) -> io::Result<()> {
        self.rests_until = rest.or(self.rests_until);
        match (self.rests_until, self.is_watched) {
            (Some(_), true) => self.unwatch(),
            (None, false) => self.watch(),
            (Some(_), false) | (None, true) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::UdpSocket;

    use super::*;

    const INNER: Token = Token(7);

    /// The loop's poller, a patient socket, and who sends to it.
    struct Bench {
        poll: Poll,
        patience: Patience,
        sender: UdpSocket,
        socket: mio::net::UdpSocket,
    }

    impl Bench {
        fn new() -> Bench {
            let poll = Poll::new().unwrap();
            let patience = Patience::new(poll.registry().try_clone().unwrap(), INNER, 4).unwrap();
            let mut socket = mio::net::UdpSocket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
            patience.registry().unwrap().register(&mut socket, Token(1), Interest::READABLE).unwrap();
            let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
            sender.connect(socket.local_addr().unwrap()).unwrap();
            Bench { poll, patience, sender, socket }
        }

        /// Whether the loop is woken, and the sockets to which something has happened then.
        fn turn(&mut self, now: Instant) -> (bool, Vec<usize>) {
            let mut events = Events::with_capacity(8);
            self.poll.poll(&mut events, Some(Duration::ZERO)).unwrap();
            let is_told = events.iter().any(|event| event.token() == INNER);
            self.patience.fetch(is_told, now).unwrap();
            let sockets: Vec<usize> = self.patience.events().iter().map(|event| event.token().0).collect();
            while sockets.contains(&1) && self.socket.recv(&mut [0; 16]).is_ok() {}
            (is_told, sockets)
        }
    }

    #[test]
    fn who_rests_is_not_woken_and_misses_nothing() {
        let mut bench = Bench::new();
        let start = Instant::now();
        let later = start + Duration::from_secs(1);
        assert_eq!(bench.turn(start), (false, vec![]));
        bench.patience.end_turn(None).unwrap();
        for _ in 0..2 {
            bench.sender.send(b"frame").unwrap();
            assert_eq!(bench.turn(start), (true, vec![1]));
            assert_eq!(bench.turn(start), (false, vec![]), "told once");
            bench.patience.end_turn(Some(later)).unwrap();
            assert_eq!(bench.patience.rests_until(), Some(later));
            bench.sender.send(b"frame").unwrap();
            assert_eq!(bench.turn(start), (false, vec![]));
            bench.patience.end_turn(None).unwrap();
            assert_eq!(bench.turn(start), (false, vec![]), "the rest is not over");
            assert_eq!(bench.turn(later), (false, vec![1]));
            // What comes before it is watched again is told then.
            bench.sender.send(b"frame").unwrap();
            bench.patience.end_turn(None).unwrap();
            assert_eq!(bench.turn(later), (true, vec![1]));
        }
    }

    #[test]
    fn more_than_fits_is_fetched_at_once() {
        let mut bench = Bench::new();
        let others: Vec<_> = (2..8)
            .map(|token| {
                let (near, far) = std::os::unix::net::UnixStream::pair().unwrap();
                near.set_nonblocking(true).unwrap();
                let mut near = mio::net::UnixStream::from_std(near);
                bench
                    .patience
                    .registry()
                    .unwrap()
                    .register(&mut near, Token(token), Interest::READABLE)
                    .unwrap();
                (near, far)
            })
            .collect();
        for (_, far) in &others {
            std::io::Write::write_all(&mut &*far, b"frame").unwrap();
        }
        let now = Instant::now();
        let (is_told, mut sockets) = bench.turn(now);
        assert!(is_told && bench.patience.has_more());
        while bench.patience.has_more() {
            sockets.extend(bench.turn(now).1);
        }
        sockets.sort_unstable();
        assert_eq!(sockets, (2..8).collect::<Vec<_>>());
        for (mut near, _) in others {
            assert_eq!(near.read(&mut [0; 16]).unwrap(), 5);
        }
    }
}
