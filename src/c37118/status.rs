//! STAT, the status word of a PMU in a data frame.

/// Bits 15 and 14 of a status word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataError {
    /// The measurements are good.
    None,
    /// An error of the PMU; it says nothing of the data.
    Device,
    /// The PMU is in test mode, or absent data were filled in: do not use the values.
    TestOrAbsent,
    /// An error of the PMU: do not use the values.
    DoNotUse,
}

/// STAT, bit by bit as it is sent. The default is a good measurement of a synchronised PMU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StatusWord(
    /// The word.
    pub u16,
);

impl StatusWord {
    /// Bit 15: the data are invalid.
    pub const DATA_INVALID: u16 = 1 << 15;
    /// Bit 14: an error of the PMU.
    pub const DEVICE_ERROR: u16 = 1 << 14;
    /// Bit 13: not synchronised with a source of UTC.
    pub const NOT_SYNCHRONISED: u16 = 1 << 13;
    /// Bit 12: sorted by arrival, not by time.
    pub const SORTED_BY_ARRIVAL: u16 = 1 << 12;
    /// Bit 11: a trigger of the PMU was detected.
    pub const TRIGGER: u16 = 1 << 11;
    /// Bit 10: the configuration changes within a minute, or has just changed.
    pub const CONFIGURATION_CHANGE: u16 = 1 << 10;
    /// Bit 9: the data were modified after they were measured.
    pub const MODIFIED: u16 = 1 << 9;
    /// What stands in for data that are absent: data error 2.
    pub const ABSENT: StatusWord = StatusWord(Self::DATA_INVALID);

    /// True when all of these bits are set.
    pub const fn has(self, bits: u16) -> bool {
        self.0 & bits == bits
    }

    /// Whether the data are good.
    pub const fn data_error(self) -> DataError {
        match self.0 >> 14 {
            0 => DataError::None,
            1 => DataError::Device,
            2 => DataError::TestOrAbsent,
            _ => DataError::DoNotUse,
        }
    }

    /// How exact the time is: 0 not used (version 1), 1 within 100 ns, 2 within 1 µs, then ten times
    /// as much for each, 6 within 10 ms, 7 worse or unknown.
    pub const fn time_quality(self) -> u8 {
        (self.0 >> 6 & 7) as u8
    }

    /// How long the clock has been unlocked: 0 locked or less than 10 s, 1 less than 100 s, 2 less
    /// than 1000 s, 3 longer.
    pub const fn unlocked_time(self) -> u8 {
        (self.0 >> 4 & 3) as u8
    }

    /// Why the trigger was set, 0 to 15.
    pub const fn trigger_reason(self) -> u8 {
        (self.0 & 15) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::unusual_byte_groupings, reason = "the groups are the fields")]
    fn fields_are_where_the_standard_has_them() {
        let status = StatusWord(0b10_1_0_1_1_0_101_10_0111);
        assert_eq!(status.data_error(), DataError::TestOrAbsent);
        assert!(
            status.has(StatusWord::NOT_SYNCHRONISED | StatusWord::TRIGGER | StatusWord::CONFIGURATION_CHANGE)
        );
        assert!(!status.has(StatusWord::SORTED_BY_ARRIVAL) && !status.has(StatusWord::MODIFIED));
        assert_eq!((status.time_quality(), status.unlocked_time(), status.trigger_reason()), (5, 2, 7));
    }
}
