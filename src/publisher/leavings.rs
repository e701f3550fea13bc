//! Memory that connections have left behind, free but still held by the allocator: it goes back to the system.

use std::time::{Duration, Instant};

use crate::engine::{Io, Job};
use crate::host;

/// Less is kept for the next connections.
const MUCH: usize = 8 << 20;
/// What a connection takes that has sent nothing large.
const OF_EACH: usize = 8 << 10;
/// Those that leave together are dealt with together.
const SETTLING: Duration = Duration::from_secs(1);
/// Who makes connections come and go takes no more than a few milliseconds of each of these.
const REPOSE: Duration = Duration::from_secs(4);

/// What has ended of one shard since memory was given back.
#[derive(Default)]
pub(super) struct Leavings {
    bytes: usize,
    due: Option<Instant>,
    last: Option<Instant>,
    giving_back: Option<Job<()>>,
}

impl Leavings {
    /// A connection has ended that kept so many bytes of commands and answers.
    pub(super) fn add(&mut self, bytes: usize, now: Instant) {
        self.bytes = self.bytes.saturating_add(bytes + OF_EACH);
        if self.bytes >= MUCH && self.due.is_none() {
            let rested = self.last.map_or(now, |last| last + REPOSE);
            self.due = Some(rested.max(now + SETTLING));
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Has memory given back elsewhere when that is due, since it takes some milliseconds.
    pub(super) fn settle(&mut self, io: &Io<'_>) {
        let now = io.now();
        if let Some(Err(error)) = self.giving_back.as_mut().and_then(Job::take) {
            log::error!(target: "sttp::publisher", "memory was not given back to the system: {error}");
        }
        if self.due.is_some_and(|due| due <= now) {
            *self = Leavings {
                last: Some(now),
                giving_back: Some(io.elsewhere().run(host::give_back_memory)),
                ..Leavings::default()
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Shutdown, TcpStream};
    use std::sync::Arc;
    use std::thread;

    use super::*;
    use crate::engine::Engine;
    use crate::engine::worker::stepped::Stepped;
    use crate::publisher::{Publisher, PublisherHandler, PublisherSettings};

    struct Quiet;

    impl PublisherHandler for Quiet {}

    #[test]
    fn what_connections_leave_of_commands_in_part_goes_back() {
        let executor = Arc::new(Stepped::default());
        let engine = Engine::polled_with(executor.clone()).unwrap();
        let publisher = Publisher::new(&engine, Quiet);
        publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
        let address = publisher.address().unwrap();
        let attacker = thread::spawn(move || {
            // Operational modes, then a Subscribe of 3 MiB of which 2 come.
            let begin = [0, 0, 0, 5, 6, 0, 0, 2, 2, 0, 0x30, 0, 0, 2];
            let commands = [begin.as_slice(), &vec![b'A'; 2 << 20]].concat();
            for _ in 0..2 * MUCH / commands.len() {
                let mut connection = TcpStream::connect(address).unwrap();
                connection.write_all(&commands).unwrap();
                connection.shutdown(Shutdown::Write).unwrap();
                // A reset is an end, too.
                let _ = connection.read_to_end(&mut Vec::new());
            }
        });
        let patience = Instant::now() + Duration::from_secs(60);
        while executor.runners() == 0 {
            assert!(Instant::now() < patience, "nothing is given back");
            engine.poll(Some(Duration::from_millis(10))).unwrap();
        }
        attacker.join().unwrap();
    }

    #[test]
    fn memory_goes_back_when_much_was_left_and_not_without_end() {
        let mut leavings = Leavings::default();
        let begun = host::now();
        leavings.add(MUCH / 2, begun);
        assert_eq!(leavings.deadline(), None, "that is kept for others");
        leavings.add(MUCH / 2, begun);
        assert_eq!(leavings.deadline(), Some(begun + SETTLING));
        leavings.add(MUCH, begun + SETTLING / 2);
        assert_eq!(leavings.deadline(), Some(begun + SETTLING), "who leaves later does not put it off");

        let mut leavings = Leavings { last: Some(begun), ..Leavings::default() };
        leavings.add(MUCH, begun);
        assert_eq!(leavings.deadline(), Some(begun + REPOSE));
    }

    #[test]
    fn many_small_connections_are_much() {
        let mut leavings = Leavings::default();
        let now = host::now();
        (1..MUCH / OF_EACH).for_each(|_| leavings.add(0, now));
        assert_eq!(leavings.deadline(), None);
        leavings.add(0, now);
        assert_eq!(leavings.deadline(), Some(now + SETTLING));
    }
}
