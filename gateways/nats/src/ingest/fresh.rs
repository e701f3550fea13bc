//! Which tables were put into the bucket so short a time ago that they need not be put again.

use std::collections::HashMap;

use crate::bus::{FRESH, TableId};

/// Tables with when they were put, in ticks.
#[derive(Default)]
pub(super) struct Fresh(HashMap<TableId, i64>);

impl Fresh {
    /// A table was put now.
    pub(super) fn add(&mut self, id: TableId, now: i64) {
        self.0.retain(|_, put| is_fresh(*put, now));
        self.0.insert(id, now);
    }

    /// Whether a table need not be put again.
    pub(super) fn has(&self, id: TableId, now: i64) -> bool {
        self.0.get(&id).is_some_and(|put| is_fresh(*put, now))
    }

    /// All are to be put again.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Clocks may be set back.
fn is_fresh(put: i64, now: i64) -> bool {
    (0..FRESH).contains(&now.saturating_sub(put))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_put_again_after_an_hour() {
        let (mut fresh, [one, other]) = (Fresh::default(), [1, 2].map(|byte| TableId([byte; 16])));
        fresh.add(one, 1_000);
        assert!(fresh.has(one, 1_000) && fresh.has(one, 999 + FRESH) && !fresh.has(other, 1_000));
        assert!(
            !fresh.has(one, 1_000 + FRESH) && !fresh.has(one, 999),
            "old, or from a clock that was set back"
        );
        fresh.add(other, 1_000 + FRESH);
        assert_eq!(fresh.0.len(), 1);
        fresh.clear();
        assert!(!fresh.has(other, 1_000 + FRESH));
    }
}
