//! Which blocks of a direction are missing, by their sequence numbers.

/// How far behind the latest block one may come and still be late.
const WINDOW: u16 = 64;

/// What a sequence number says of its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It is the first one, or the one that is due.
    Due,
    /// So many before it have not come.
    Ahead(u16),
    /// It was missing, and comes late.
    Late,
    /// It has come before.
    Repeated,
    /// Its sender has begun anew.
    Restarted,
}

/// Tells blocks that are missing, late or repeated.
#[derive(Debug, Clone, Default)]
pub(super) struct SequenceTracker {
    /// The latest sequence number; None before the first block.
    latest: Option<u16>,
    /// Bit n: the block n + 1 before the latest has come, or is not waited for.
    came: u64,
    lost: u64,
}

impl SequenceTracker {
    /// A block with this sequence number has come.
    pub(super) fn take(&mut self, sequence: u16) -> Arrival {
        let Some(latest) = self.latest else {
            self.begin(sequence);
            return Arrival::Due;
        };
        match sequence.wrapping_sub(latest) {
            0 => Arrival::Repeated,
            ahead @ 1..0x8000 => {
                self.came = if ahead > WINDOW { 0 } else { (self.came << 1 | 1) << (ahead - 1) };
                // Of more than the window all are missing but for the ones that are out of it.
                self.latest = Some(sequence);
                let missing = ahead - 1;
                self.lost += u64::from(missing);
                if missing == 0 { Arrival::Due } else { Arrival::Ahead(missing) }
            }
            behind => {
                let behind = behind.wrapping_neg();
                if behind > WINDOW {
                    self.begin(sequence);
                    return Arrival::Restarted;
                }
                let bit = 1 << (behind - 1);
                if self.came & bit != 0 {
                    return Arrival::Repeated;
                }
                self.came |= bit;
                self.lost -= 1;
                Arrival::Late
            }
        }
    }

    /// Blocks that are missing for good, or still.
    pub(super) fn lost(&self) -> u64 {
        self.lost
    }

    /// Counts blocks of another stream.
    pub(super) fn restart(&mut self) {
        self.latest = None;
    }

    fn begin(&mut self, sequence: u16) {
        (self.latest, self.came) = (Some(sequence), u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn gaps_late_blocks_and_repetitions_are_told_apart() {
        let mut tracker = SequenceTracker::default();
        for (sequence, arrival, lost) in [
            (0xFFFE, Arrival::Due, 0),
            (0xFFFF, Arrival::Due, 0),
            (0, Arrival::Due, 0),
            (3, Arrival::Ahead(2), 2),
            (1, Arrival::Late, 1),
            (1, Arrival::Repeated, 1),
            (3, Arrival::Repeated, 1),
            (0xFFF0, Arrival::Repeated, 1),
            (4, Arrival::Due, 1),
            (2, Arrival::Late, 0),
            (104, Arrival::Ahead(99), 99),
            (40, Arrival::Late, 98),
            (39, Arrival::Restarted, 98),
            (40, Arrival::Due, 98),
            (0x8028, Arrival::Restarted, 98),
        ] {
            assert_eq!((tracker.take(sequence), tracker.lost()), (arrival, lost), "{sequence}");
        }
    }

    proptest! {
        #[test]
        fn what_comes_and_what_is_lost_add_up(
            start: u16,
            fates in proptest::collection::vec((any::<bool>(), 0_usize..6), 1..300),
        ) {
            // Blocks that are kept, each up to five places late, and each twice.
            let mut order: Vec<(usize, u16)> = (0..fates.len())
                .filter(|number| fates[*number].0 || *number == 0 || *number == fates.len() - 1)
                .map(|number| (number + if number == 0 { 0 } else { fates[number].1 }, start.wrapping_add(number as u16)))
                .collect();
            let last = order.pop();
            order.sort();
            order.extend(last);
            let mut tracker = SequenceTracker::default();
            let mut taken = 0;
            for (_, sequence) in order.iter().flat_map(|block| [block, block]) {
                match tracker.take(*sequence) {
                    Arrival::Repeated => {}
                    Arrival::Restarted => prop_assert!(false, "nobody began anew"),
                    _ => taken += 1,
                }
            }
            let kept = order.len() as u64;
            prop_assert_eq!(taken, kept);
            prop_assert_eq!(tracker.lost(), fates.len() as u64 - kept);
        }
    }
}
