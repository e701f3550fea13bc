//! What the publisher says it has sent by UDP, against what came.

/// Accounts that have to agree: a datagram that is still on its way is not lost.
const AGREEING: usize = 3;

/// The datagrams of one channel.
#[derive(Debug, Default)]
pub(super) struct Account {
    received: u64,
    /// What the publisher said last, until it was looked at.
    sent: Option<u64>,
    /// How many were missing the last times.
    missing: [u64; AGREEING],
    /// How many of them were told.
    told: u64,
}

impl Account {
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
        let missing = self.sent.take()?.saturating_sub(self.received);
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
        let mut account = Account::default();
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
}
