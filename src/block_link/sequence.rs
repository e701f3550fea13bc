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

/// Check words that are kept. A block that comes again within so many is dropped.
const KEPT: usize = 1_024;

/// Tells blocks that are missing, late or repeated.
#[derive(Debug, Clone)]
pub(super) struct SequenceTracker {
    /// The latest sequence number; None before the first block.
    latest: Option<u16>,
    /// Bit n: the block n + 1 before the latest has come.
    came: u64,
    /// Bit n: the block n + 1 before the latest was sent before counting began, and is not counted as lost.
    before: u64,
    /// Numbers and check words of blocks that have come, by the rest of the number.
    checks: Box<[Option<(u16, u16)>]>,
    lost: u64,
    /// A block has come that is very late, or of a sender that has begun anew: the next number shows which.
    suspected: Option<Suspicion>,
}

#[derive(Debug, Clone, Copy)]
struct Suspicion {
    next: u16,
    /// The block was taken for one that was lost.
    was_lost: bool,
}

impl Default for SequenceTracker {
    fn default() -> SequenceTracker {
        SequenceTracker {
            latest: None,
            came: 0,
            before: 0,
            checks: vec![None; KEPT].into(),
            lost: 0,
            suspected: None,
        }
    }
}

impl SequenceTracker {
    /// A block with this sequence number and this check word has come. Who repeats a block repeats its check word; a number that
    /// has come with another one is of a sender that has begun anew, and so are two numbers in a row from far back, or low ones from
    /// far ahead: one alone may be very late.
    pub(super) fn take(&mut self, sequence: u16, check: u16) -> Arrival {
        let kept = self.checks[usize::from(sequence) % KEPT].replace((sequence, check));
        let is_known = kept == Some((sequence, check));
        let Some(latest) = self.latest else {
            return match self.begin(sequence) {
                0 => Arrival::Due,
                missing => Arrival::Ahead(missing),
            };
        };
        if let Some(Suspicion { was_lost, .. }) =
            self.suspected.take().filter(|suspicion| suspicion.next == sequence)
        {
            self.lost += u64::from(was_lost);
            if self.begin(sequence) > 0 {
                self.lost -= 1;
            }
            self.came |= 1;
            return Arrival::Restarted;
        }
        match sequence.wrapping_sub(latest) {
            0 => self.again(sequence, is_known),
            ahead @ 1..0x8000 if ahead <= WINDOW || sequence >= WINDOW => {
                // Of more than the window all are missing but for the ones that are out of it.
                self.came = if ahead > WINDOW { 0 } else { (self.came << 1 | 1) << (ahead - 1) };
                self.before = self.before.checked_shl(ahead.into()).unwrap_or(0);
                self.latest = Some(sequence);
                let missing = ahead - 1;
                self.lost += u64::from(missing);
                if missing == 0 { Arrival::Due } else { Arrival::Ahead(missing) }
            }
            difference => {
                let behind = difference.wrapping_neg();
                if behind > WINDOW {
                    if usize::from(behind) < KEPT && is_known {
                        return Arrival::Repeated;
                    }
                    let was_lost = self.lost > 0;
                    self.lost -= u64::from(was_lost);
                    self.suspected = Some(Suspicion { next: sequence.wrapping_add(1), was_lost });
                    return Arrival::Late;
                }
                let bit = 1 << (behind - 1);
                if self.came & bit != 0 {
                    return self.again(sequence, is_known);
                }
                self.came |= bit;
                self.lost -= u64::from(self.before & bit == 0);
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
        (self.latest, self.suspected) = (None, None);
    }

    /// A number has come that is not waited for.
    fn again(&mut self, sequence: u16, is_same: bool) -> Arrival {
        if is_same {
            return Arrival::Repeated;
        }
        self.begin(sequence);
        Arrival::Restarted
    }

    /// Counts from this block on, or from the first one of its sender, when that cannot be long ago. Returns how many before it
    /// are missing.
    fn begin(&mut self, sequence: u16) -> u16 {
        let missing = if sequence < WINDOW { sequence } else { 0 };
        (self.latest, self.came, self.before) = (Some(sequence), 0, u64::MAX << missing);
        self.lost += u64::from(missing);
        missing
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
            // From before counting began.
            (0xFFF0, Arrival::Late, 1),
            (0xFFF0, Arrival::Repeated, 1),
            (4, Arrival::Due, 1),
            (2, Arrival::Late, 0),
            (104, Arrival::Ahead(99), 99),
            (40, Arrival::Late, 98),
            // Out of the window: very late, and once more.
            (39, Arrival::Late, 97),
            (39, Arrival::Repeated, 97),
            (105, Arrival::Due, 97),
            // Two in a row: new, and 30 before them have not come.
            (30, Arrival::Late, 96),
            (31, Arrival::Restarted, 97 + 30),
            (32, Arrival::Due, 97 + 30),
            (0x9000, Arrival::Late, 97 + 29),
            (0x9001, Arrival::Restarted, 97 + 30),
            // Far ahead, but one of the first of a sender: a very late one does no harm, two in a row are new.
            (12, Arrival::Late, 97 + 29),
            (0x9002, Arrival::Due, 97 + 29),
            (62, Arrival::Late, 97 + 28),
            (63, Arrival::Restarted, 97 + 29 + 62),
            (61, Arrival::Late, 97 + 29 + 61),
        ] {
            let taken = (tracker.take(sequence, sequence ^ 0x5A5A), tracker.lost());
            assert_eq!(taken, (arrival, lost), "{sequence}");
        }
    }

    #[test]
    fn what_comes_again_within_a_thousand_blocks_is_dropped() {
        let mut tracker = SequenceTracker::default();
        for number in 0..3_000_u16 {
            assert_eq!(tracker.take(number, number ^ 0x5A5A), Arrival::Due);
            for behind in [1, 64, 65, 128, 500, 1_023] {
                if let Some(again) = number.checked_sub(behind) {
                    assert_eq!(
                        tracker.take(again, again ^ 0x5A5A),
                        Arrival::Repeated,
                        "{again} behind {number}"
                    );
                }
            }
        }
        assert_eq!(tracker.lost(), 0);
    }

    #[test]
    fn blocks_before_the_first_one_are_missing_when_its_sender_has_just_begun() {
        for (first, missing) in [(0, 0), (1, 1), (63, 63), (64, 0), (0xFFFF, 0)] {
            let mut tracker = SequenceTracker::default();
            let arrival = tracker.take(first, 7);
            assert_eq!(arrival, if missing == 0 { Arrival::Due } else { Arrival::Ahead(missing) });
            assert_eq!(tracker.lost(), u64::from(missing));
            // All of them may come late, and each once.
            for number in (0..missing).rev() {
                assert_eq!(tracker.take(number, number), Arrival::Late);
                assert_eq!(tracker.take(number, number), Arrival::Repeated);
            }
            assert_eq!(tracker.lost(), 0, "{first}");
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
                match tracker.take(*sequence, sequence ^ 0x5A5A) {
                    Arrival::Repeated => {}
                    Arrival::Restarted => prop_assert!(false, "nobody began anew"),
                    _ => taken += 1,
                }
            }
            let kept = order.len() as u64;
            prop_assert_eq!(taken, kept);
            // Those before the first one are missing where its sender has just begun.
            let before = if start < WINDOW { u64::from(start) } else { 0 };
            prop_assert_eq!(tracker.lost(), before + fates.len() as u64 - kept);
        }

        #[test]
        fn a_sender_that_begins_anew_loses_no_block_but_to_a_few_that_seem_to_be_ahead(
            before in prop_oneof![1_u32..200, 32_000_u32..34_000, 65_000_u32..66_000],
            after in 1_u32..200,
        ) {
            let mut tracker = SequenceTracker::default();
            let mut restarts = 0;
            for (run, count) in [(1, before), (2, after)] {
                for number in 0..count {
                    let sequence = number as u16;
                    match tracker.take(sequence, sequence.wrapping_mul(31).wrapping_add(run)) {
                        Arrival::Restarted => restarts += 1,
                        arrival => prop_assert_ne!(arrival, Arrival::Repeated),
                    }
                }
            }
            // Just before numbers wrap, the first ones are those that are due soon.
            let latest = (before - 1) as u16;
            let seems_ahead = latest.wrapping_neg() <= WINDOW && latest != 0;
            // From far away, the second block shows it.
            let is_far = latest > WINDOW;
            prop_assert_eq!(restarts, u32::from(!seems_ahead && (!is_far || after > 1)));
            prop_assert_eq!(tracker.lost(), if seems_ahead { u64::from(latest.wrapping_neg()) - 1 } else { 0 });
        }
    }
}
