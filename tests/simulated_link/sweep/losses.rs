//! What subscribers miss for want of room, where there is little: what was dropped for them and counted, in the time in
//! which it was published or later, and what was published while their connection was ended for that reason and was not
//! made anew.

use sttp::publisher::{ConnectionId, ConnectionInfo};

use crate::harness::{End, Network};

/// What was dropped for a subscriber.
#[derive(Debug)]
pub(super) struct Losses {
    /// How many measurements were dropped for it before one was published: its number, and how many.
    dropped: Vec<(usize, u64)>,
    gaps: Vec<Gap>,
    /// Connections that have ended, of all subscribers, when this was looked at.
    ended: usize,
    /// Measurements that were dropped on connections of the subscriber that have ended.
    dropped_before: u64,
}

/// The time between two connections of which the first one was ended for want of room.
#[derive(Debug)]
struct Gap {
    ended: ConnectionId,
    /// The first measurement that was published after that was noticed.
    from: usize,
    /// The first one that was published when others came again.
    to: Option<usize>,
}

impl Losses {
    /// Of a subscriber for which nothing was dropped yet.
    pub(super) fn new() -> Losses {
        Losses { dropped: vec![(0, 0)], gaps: Vec::new(), ended: 0, dropped_before: 0 }
    }

    /// Looks at what has happened to a subscriber, given all connections that there are. To be called after whatever is
    /// published.
    pub(super) fn note(&mut self, peer: usize, network: &Network, connections: &[ConnectionInfo]) {
        let (host, next) = (network.peers[peer].host, network.published.next_number());
        let is_own = |info: &&ConnectionInfo| info.address.ip() == host;
        for (info, reason) in network.closed[self.ended..].iter().filter(|(info, _)| is_own(&info)) {
            self.dropped_before += info.counters.measurements_dropped;
            if reason.as_ref().is_err_and(is_for_want_of_room) {
                self.gaps.push(Gap { ended: info.id, from: next, to: None });
            }
        }
        self.ended = network.closed.len();
        let now = connections.iter().find(is_own);
        let dropped = now.map_or(0, |info| info.counters.measurements_dropped);
        self.dropped.push((next, self.dropped_before + dropped));
        let goes_on = |gap: &Gap| now.is_some_and(|info| info.subscribed && info.id != gap.ended);
        for gap in self.gaps.iter_mut().filter(|gap| gap.to.is_none()) {
            gap.to = goes_on(gap).then_some(next);
        }
    }

    /// Why what a subscriber got is not all of what it should have got, but for what it may miss; if that is so. All that
    /// was dropped of it has to be missing, where `exactly` says so.
    pub(super) fn unexplained(&self, got: &[usize], expected: &[usize], exactly: bool) -> Option<String> {
        let mut rest = got.iter().copied().peekable();
        let missing = |number: &usize| rest.next_if(|got| got == number).is_none();
        let mut missing: Vec<usize> = expected.iter().copied().filter(missing).collect();
        if let Some(other) = rest.next() {
            return Some(format!("{other} came, which is another one or not in its turn"));
        }
        self.gaps.iter().for_each(|gap| gap.close(&mut missing, expected));
        let first = *expected.first()?;
        self.too_many(&missing).or_else(|| {
            let since = self.dropped_since(first);
            let is_exact = self.gaps.is_empty() && missing.len() as u64 != since;
            (exactly && is_exact).then(|| format!("{since} were dropped, and {} are missing", missing.len()))
        })
    }

    /// When more of them are missing than were dropped since they were published, which of them.
    pub(super) fn too_many(&self, missing: &[usize]) -> Option<String> {
        let too_many = self.dropped.iter().find_map(|(next, _)| {
            let later = missing.len() - missing.partition_point(|number| number < next);
            let dropped = self.dropped_since(*next);
            (later as u64 > dropped).then_some((next, later, dropped))
        });
        let (next, later, dropped) = too_many?;
        let missing = &missing[missing.len() - later..];
        Some(format!("since {next} only {dropped} were dropped, and {later} are missing: {missing:?}"))
    }

    /// How many were dropped since a measurement was published, at most.
    fn dropped_since(&self, number: usize) -> u64 {
        let before = self.dropped.partition_point(|(next, _)| *next <= number);
        let before = before.checked_sub(1).map_or(0, |place| self.dropped[place].1);
        self.dropped.last().map_or(0, |(_, dropped)| dropped - before)
    }
}

impl Gap {
    /// Takes out of what is missing what was published while there was no connection, and the last ones before, which
    /// waited on the one that was ended.
    fn close(&self, missing: &mut Vec<usize>, expected: &[usize]) {
        let Some(to) = self.to else { return };
        let begin = expected.partition_point(|number| *number < self.from);
        let waited = expected[..begin].iter().rev();
        let waited = waited.take_while(|number| missing.binary_search(number).is_ok()).count();
        let begin = expected.get(begin - waited).copied().unwrap_or(to);
        missing.retain(|number| !(begin..to).contains(number));
    }
}

fn is_for_want_of_room(end: &End) -> bool {
    end.text().contains("(maxSendQueues)") || end.text().contains("(sendQueueLimit)")
}
