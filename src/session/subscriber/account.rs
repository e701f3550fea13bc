//! What the publisher says it has sent by UDP, against what came.

use crate::wire::DataChannel;

/// Accounts that have to agree: a datagram that is still on its way is not lost.
const AGREEING: usize = 3;

/// The datagrams of one channel.
#[derive(Debug, Default)]
pub(super) struct DatagramAccount {
    received: u64,
    /// What the publisher said last, until it was looked at.
    sent: Option<u64>,
    /// Of a multicast group, which others received before.
    others: Option<Others>,
    /// How many were missing the last times.
    missing: [u64; AGREEING],
    /// How many of them were told.
    told: u64,
}

/// What was sent to a group before this subscriber received it.
#[derive(Debug, Default)]
struct Others {
    /// How many datagrams that were; `None` before the first account. None of them is on its way in the account that
    /// tells the fewest.
    sent: Option<i64>,
    /// Accounts that were looked at to learn that.
    accounts: usize,
    /// What the publisher said before.
    last: u64,
}

impl Others {
    /// How many of this subscriber's datagrams are missing, or `None` when the group began anew.
    fn missing(&mut self, sent: u64, received: u64) -> Option<u64> {
        if sent < self.last {
            *self = Others::default();
            return None;
        }
        self.last = sent;
        let more = i64::try_from(sent).unwrap_or(i64::MAX).saturating_sub_unsigned(received);
        let before = match self.sent {
            Some(before) if self.accounts >= AGREEING => before,
            Some(before) => before.min(more),
            None => more,
        };
        self.sent = Some(before);
        self.accounts = (self.accounts + 1).min(AGREEING);
        Some(u64::try_from(more.saturating_sub(before)).unwrap_or_default())
    }
}

impl DatagramAccount {
    /// Of the channel that a subscriber asks for.
    pub(super) fn of(channel: Option<DataChannel>) -> DatagramAccount {
        let group = channel.and_then(|channel| channel.multicast_group);
        DatagramAccount { others: group.map(|_| Others::default()), ..DatagramAccount::default() }
    }

    /// A datagram of the publisher has come.
    pub(super) fn receive(&mut self) {
        self.received += 1;
    }

    /// The publisher tells how many it has sent since the channel was opened.
    pub(super) fn announce(&mut self, sent: u64) {
        self.sent = Some(sent);
    }

    /// Everything that has come was taken in. Tells how many more are missing than were known to be.
    pub(super) fn settle(&mut self) -> Option<u64> {
        let sent = self.sent.take()?;
        let missing = match &mut self.others {
            None => sent.saturating_sub(self.received),
            Some(others) => match others.missing(sent, self.received) {
                Some(missing) => missing,
                None => {
                    (self.received, self.missing, self.told) = (0, [0; AGREEING], 0);
                    return None;
                }
            },
        };
        self.missing.rotate_left(1);
        self.missing[AGREEING - 1] = missing;
        let lost = self.missing.iter().min()?.checked_sub(self.told)?;
        self.told += lost;
        (lost > 0).then_some(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_once_it_is_certain() {
        let mut account = DatagramAccount::default();
        assert_eq!(account.settle(), None);
        (0..90).for_each(|_| account.receive());
        // Three are late.
        let told: Vec<_> = [(100, 3), (100, 0), (120, 15), (120, 0), (120, 0)]
            .map(|(sent, received)| {
                account.announce(sent);
                let told = account.settle();
                (0..received).for_each(|_| account.receive());
                told
            })
            .into();
        assert_eq!(told, [None, None, Some(7), None, Some(5)]);
        account.announce(u64::MAX);
        assert_eq!(account.settle(), None, "one account alone tells nothing");
    }

    #[test]
    fn of_a_group_counts_what_was_sent_since_the_subscriber_receives_it() {
        let group = DataChannel { port: 1, multicast_group: "239.1.2.3".parse().ok() };
        let mut account = DatagramAccount::of(Some(group));
        let mut settle = |sent, received| {
            account.announce(sent);
            let told = account.settle();
            (0..received).for_each(|_| account.receive());
            told
        };
        // 5,000 were sent before; two are on their way at the first account, and come.
        let told = [(5_002, 2), (5_002, 10), (5_012, 10), (5_022, 8), (5_032, 10), (5_042, 10)]
            .map(|(sent, received)| settle(sent, received));
        assert_eq!(told, [None; 6]);
        assert_eq!(settle(5_052, 0), Some(2), "two of the group did not come, three accounts ago");
        // All members have left meanwhile.
        assert_eq!([settle(7, 3), settle(10, 0), settle(10, 5), settle(15, 5)], [None; 4]);
        assert_eq!([settle(22, 0), settle(22, 0), settle(22, 0)], [None, None, Some(2)]);
        for sent in [u64::MAX, u64::MAX, u64::MAX, 0, u64::MAX] {
            settle(sent, 1);
        }
    }
}
