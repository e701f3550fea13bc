//! Numbers of connections and playbacks.

/// Gives numbers that are never used again, nor by another session of the same publisher.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers {
    last: u64,
    step: u64,
}

impl Default for Numbers {
    /// 1, 2, 3 and so on.
    fn default() -> Numbers {
        Numbers { last: 0, step: 1 }
    }
}

impl Numbers {
    /// Those whose remainder is `member` when they are divided by `count`.
    pub(super) fn of_member(member: u64, count: u64) -> Numbers {
        Numbers { last: member, step: count }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.last += self.step;
        self.last
    }
}
