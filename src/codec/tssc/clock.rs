//! What both coders remember of the times in the stream.

use super::code::{TIME_FORWARD, TIME_REVERSE, TIME_XOR, TIMESTAMP_2};

/// The last two times and the four smallest steps between times, which stand for frame rates.
///
/// Arithmetic wraps at 64 bits: leap-second bits make times negative, and both sides must come to
/// the same steps whatever the times are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub(super) current: i64,
    previous: i64,
    /// Ascending.
    steps: [i64; 4],
}

impl Clock {
    pub(super) fn new() -> Clock {
        Clock { current: 0, previous: 0, steps: [i64::MAX; 4] }
    }

    /// The code for a time that is not the current one.
    pub(super) fn code_for(&self, ticks: i64) -> u8 {
        if ticks == self.previous {
            return TIMESTAMP_2;
        }
        let forward = self.current < ticks;
        let step = if forward { ticks.wrapping_sub(self.current) } else { self.current.wrapping_sub(ticks) };
        match (0u8..).zip(self.steps).find(|&(_, known)| known == step) {
            Some((index, _)) if forward => TIME_FORWARD + index,
            Some((index, _)) => TIME_REVERSE + index,
            None => TIME_XOR,
        }
    }

    /// The time that a code from [`TIME_FORWARD`] to [`TIMESTAMP_2`] stands for.
    pub(super) fn time_of(&self, code: u8) -> i64 {
        let step = self.steps[usize::from(code & 3)];
        match code {
            TIMESTAMP_2 => self.previous,
            TIME_REVERSE.. => self.current.wrapping_sub(step),
            _ => self.current.wrapping_add(step),
        }
    }

    /// Makes a time that is not the current one the current one.
    pub(super) fn advance(&mut self, ticks: i64) {
        let step = self.current.wrapping_sub(ticks).wrapping_abs();
        let [first, second, third, _] = self.steps;
        if step < self.steps[3] && ![first, second, third].contains(&step) {
            let rank = self.steps.partition_point(|&known| known <= step);
            self.steps.copy_within(rank..3, rank + 1);
            self.steps[rank] = step;
        }
        self.previous = self.current;
        self.current = ticks;
    }
}
