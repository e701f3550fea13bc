//! What the times of data frames tell: what is missing, doubled or out of order.

use crate::Ticks;
use crate::c37118::Frame;

/// Frames of which a second copy is noticed.
const REMEMBERED: usize = 32;
/// Steps that are longer are those of a clock that was set, not frames that are missing.
const LONGEST_GAP: f64 = 60.0 * Ticks::PER_SECOND as f64;
/// At least so many frames may be missing, however far they are apart.
const LONGEST_GAP_IN_FRAMES: f64 = 10.0;

/// How a data frame stands to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It is newer than all before it; so many that belong between are missing.
    Ahead(u64),
    /// It is not newer than one before it.
    Late,
    /// The same frame was there before.
    Duplicate,
    /// Its time is far from those before it: the clock of the device was set.
    Jump,
}

/// The times of the data frames of a device.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// The newest time, in ticks that go on through inserted seconds.
    newest: Option<i64>,
    is_inserted: bool,
    /// Inserted seconds that passed, in ticks.
    inserted: i64,
    /// SOC, FRACSEC and CHK of the latest frames.
    recent: [Option<(u32, u32, u16)>; REMEMBERED],
    next: usize,
}

impl Timeline {
    /// Another connection begins: what is missing between both is not known. Frames that the one before brought
    /// may still come once more.
    pub(super) fn restart(&mut self) {
        let Timeline { recent, next, .. } = *self;
        *self = Timeline { recent, next, ..Timeline::default() };
    }

    /// Notes a data frame. `interval` are the ticks between frames, where the device tells a rate.
    pub(super) fn note(&mut self, frame: &Frame<'_>, ticks: Ticks, interval: Option<f64>) -> Arrival {
        let check = frame.bytes.last_chunk().map_or(0, |check| u16::from_be_bytes(*check));
        let mark = Some((frame.time.second, frame.time.fraction_word(), check));
        if self.recent.contains(&mark) {
            return Arrival::Duplicate;
        }
        self.recent[self.next] = mark;
        self.next = (self.next + 1) % REMEMBERED;
        let is_inserted = ticks.is_inserted_second();
        let is_after = self.is_inserted && !is_inserted;
        let passed = self.inserted + if is_inserted || is_after { Ticks::PER_SECOND } else { 0 };
        let time = ticks.value() + passed;
        let Some(newest) = self.newest else {
            (self.newest, self.is_inserted) = (Some(time), is_inserted);
            return Arrival::Ahead(0);
        };
        let step = (time - newest) as f64;
        let longest = LONGEST_GAP.max(LONGEST_GAP_IN_FRAMES * interval.unwrap_or_default());
        if step <= 0.0 && step >= -longest {
            return Arrival::Late;
        }
        (self.newest, self.is_inserted) = (Some(time), is_inserted);
        if is_after {
            self.inserted = passed;
        }
        if step.abs() > longest {
            return Arrival::Jump;
        }
        let missing = interval.map_or(0.0, |interval| (step / interval).round() - 1.0);
        Arrival::Ahead(missing.max(0.0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c37118::frame::encode_header;
    use crate::c37118::{FrameTime, TimeBase, Version};

    const BASE: TimeBase = TimeBase(1000);
    const PENDING: u8 = 0x10;
    const OCCURRED: u8 = 0x20;

    /// Ten frames a second, each told by its second, its tenth, and its content.
    struct Device(Timeline);

    impl Device {
        fn sends(&mut self, second: u32, tenth: u32, quality: u8, content: &str) -> Arrival {
            let time = FrameTime { second, quality, count: tenth * 100 };
            let mut bytes = Vec::new();
            encode_header(&mut bytes, Version::V1, 1, time, content.as_bytes()).unwrap();
            let frame = Frame::decode(&bytes).unwrap();
            self.0.note(&frame, time.ticks(BASE), Some(Ticks::PER_SECOND as f64 / 10.0))
        }
    }

    #[test]
    fn gaps_copies_and_late_frames_are_told_apart() {
        let mut device = Device(Timeline::default());
        assert_eq!(device.sends(100, 0, 0, "a"), Arrival::Ahead(0));
        assert_eq!(device.sends(100, 1, 0, "a"), Arrival::Ahead(0));
        assert_eq!(device.sends(100, 5, 0, "a"), Arrival::Ahead(3));
        assert_eq!(device.sends(100, 1, 0, "a"), Arrival::Duplicate);
        assert_eq!(device.sends(100, 3, 0, "a"), Arrival::Late);
        assert_eq!(device.sends(100, 5, 0, "b"), Arrival::Late, "another frame of the same time");
        assert_eq!(device.sends(100, 6, 0, "a"), Arrival::Ahead(0));
        device.0.restart();
        assert_eq!(
            device.sends(100, 6, 0, "a"),
            Arrival::Duplicate,
            "it was on its way when the connection ended"
        );
        assert_eq!(device.sends(100, 9, 0, "a"), Arrival::Ahead(0));
    }

    #[test]
    fn a_clock_that_is_set_makes_no_gap() {
        let mut device = Device(Timeline::default());
        device.sends(100, 0, 0, "");
        assert_eq!(device.sends(1000, 0, 0, ""), Arrival::Jump);
        assert_eq!(device.sends(1000, 1, 0, ""), Arrival::Ahead(0));
        assert_eq!(device.sends(200, 0, 0, ""), Arrival::Jump);
        assert_eq!(device.sends(200, 1, 0, ""), Arrival::Ahead(0));
    }

    #[test]
    fn an_inserted_second_is_neither_late_nor_a_gap() {
        let midnight = 1_483_228_800;
        let mut device = Device(Timeline::default());
        for (second, quality) in
            [(midnight - 1, PENDING), (midnight, PENDING), (midnight, OCCURRED), (midnight + 1, OCCURRED)]
        {
            for tenth in 0..10 {
                assert_eq!(device.sends(second, tenth, quality, ""), Arrival::Ahead(0), "{second}.{tenth}");
            }
        }
    }
}
