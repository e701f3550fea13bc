//! From the signal index on the wire to the signal.

use std::collections::HashMap;

use uuid::Uuid;

/// The signals of a signal index cache, found by the index the wire uses.
///
/// Publishers usually number from 0, or from somewhere, without gaps, so most indexes are positions in an array that
/// begins with the lowest one; those far beyond the number of signals are kept in a hash map.
#[derive(Debug, Clone, Default)]
pub struct SignalTable {
    /// Index of the first place of the array.
    first: u32,
    near: Vec<Signal>,
    far: HashMap<u32, Signal>,
    records: usize,
}

/// One signal of a [`SignalTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// The signal's identifier.
    pub id: Uuid,
    /// Its position among the records the table was made from.
    pub row: u32,
}

impl Signal {
    /// Fills the gaps of the array; no table has so many rows.
    const NONE: Signal = Signal { id: Uuid::nil(), row: u32::MAX };
}

impl SignalTable {
    /// Makes a table from the records of a signal index cache, in order: wire index and signal ID.
    /// When an index occurs twice, the last record counts.
    pub fn new(records: &[(u32, Uuid)]) -> SignalTable {
        let bound = array_bound(records.len());
        let first = records.iter().map(|&(index, _)| index).min().unwrap_or(0);
        let nearest =
            records.iter().map(|&(index, _)| (index - first) as usize).filter(|&place| place < bound);
        let array_length = nearest.max().map_or(0, |last| last + 1);
        let mut table = SignalTable {
            first,
            near: vec![Signal::NONE; array_length],
            far: HashMap::new(),
            records: records.len(),
        };
        for (row, &(index, id)) in (0u32..).zip(records) {
            let signal = Signal { id, row };
            match table.near.get_mut((index - first) as usize) {
                Some(near) => *near = signal,
                None => {
                    table.far.insert(index, signal);
                }
            }
        }
        table
    }

    /// Number of records the table was made from.
    pub fn len(&self) -> usize {
        self.records
    }

    /// True when there is no record.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// The signal with this index on the wire.
    #[inline(always)]
    pub fn get(&self, index: u32) -> Option<&Signal> {
        match self.near.get(index.wrapping_sub(self.first) as usize) {
            Some(signal) => (signal.row != Signal::NONE.row).then_some(signal),
            None => self.get_far(index),
        }
    }

    #[cold]
    #[inline(never)]
    fn get_far(&self, index: u32) -> Option<&Signal> {
        self.far.get(&index)
    }
}

/// How many wire indexes may be array positions when there are so many signals: enough for the gaps that publishers leave,
/// little enough that an odd or hostile index costs no more memory than what it came with, or some 80 KiB.
fn array_bound(signals: usize) -> usize {
    signals.saturating_mul(4).max(4_096)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_near_and_far_indexes_and_nothing_else() {
        let ids: Vec<Uuid> = (1..=4).map(Uuid::from_u128).collect();
        let table = SignalTable::new(&[(7, ids[0]), (0, ids[1]), (u32::MAX, ids[2]), (7, ids[3])]);
        assert_eq!(table.len(), 4);
        assert_eq!(table.get(0), Some(&Signal { id: ids[1], row: 1 }));
        assert_eq!(table.get(7), Some(&Signal { id: ids[3], row: 3 }));
        assert_eq!(table.get(u32::MAX), Some(&Signal { id: ids[2], row: 2 }));
        for unknown in [1, 6, 8, 4_095, 4_096, 65_536, u32::MAX - 1] {
            assert_eq!(table.get(unknown), None, "{unknown}");
        }
        let table = SignalTable::new(&[(70_007, ids[0]), (70_001, ids[1]), (200_000, ids[2])]);
        assert_eq!(table.near.len(), 7);
        for (index, row) in
            [(70_007, Some(0)), (70_001, Some(1)), (200_000, Some(2)), (70_000, None), (0, None)]
        {
            assert_eq!(table.get(index).map(|signal| signal.row), row, "{index}");
        }
        assert!(SignalTable::default().is_empty());
    }

    #[test]
    fn gaps_take_no_more_memory_than_what_is_between_them() {
        let spread = |signals: u32, gap: u32| {
            let records: Vec<_> = (0..signals).map(|n| (7 + n * gap, Uuid::from_u128(n.into()))).collect();
            let table = SignalTable::new(&records);
            for (row, (index, id)) in (0..).zip(records) {
                assert_eq!(table.get(index), Some(&Signal { id, row }), "{index}");
            }
            table.near.len()
        };
        assert_eq!(spread(2, 4_095), 4_096);
        assert_eq!(spread(2, 4_096), 1);
        assert_eq!(spread(2, 65_535), 1, "a whole array for two signals");
        assert_eq!(spread(10_000, 3), 29_998);
        assert!(spread(10_000, 50) <= 40_000);
    }
}
