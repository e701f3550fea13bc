//! What an output stream is to be like.

use std::time::Duration;

use uuid::Uuid;

use super::super::configuration::{Format, NominalFrequency};
use super::super::frame::Version;
use super::super::time::TimeBase;

/// Which signals of the metadata go into a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Selection {
    /// All that frames of C37.118 can carry.
    #[default]
    All,
    /// Those of the devices with these acronyms, in this order; a concentrator stands for the devices that
    /// report through it.
    Devices(Vec<String>),
    /// These, as a filter found them.
    Signals(Vec<Uuid>),
}

/// When frames are due that are not complete. One that is complete is sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WaitBy {
    /// When the clock is the lag past the time of the frame. Both sides need good clocks.
    #[default]
    Clock,
    /// When the lag is over since the first of its values arrived, whatever the clock says.
    Arrival,
}

/// What an output stream is like.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamSettings {
    /// ID code of the stream, 1 to 65534.
    pub id_code: u16,
    /// Which standard its frames follow.
    pub version: Version,
    /// DATA_RATE: frames per second when positive, seconds per frame when negative. Not zero.
    pub data_rate: i16,
    /// In which units fractions of a second are told.
    pub time_base: TimeBase,
    /// How values are written; None: as the devices themselves write them, where the metadata tell, and
    /// else as 32-bit floats, phasors by magnitude and angle.
    pub format: Option<Format>,
    /// The nominal frequency of devices that do not tell theirs.
    pub nominal_frequency: NominalFrequency,
    /// How long a frame waits for values that are late.
    pub lag: Duration,
    /// How far values may be ahead: of the clock, or, by arrival, of the newest frame.
    pub lead: Duration,
    /// What the lag counts from.
    pub wait_by: WaitBy,
    /// Which signals go into it.
    pub selection: Selection,
    /// ID codes of devices by acronym, for those that are to have another one than in the metadata.
    pub id_codes: Vec<(String, u16)>,
    /// CFGCNT of the first configuration; each later one has the next.
    pub change_count: u16,
}

impl Default for StreamSettings {
    fn default() -> StreamSettings {
        StreamSettings {
            id_code: 1,
            version: Version::V1,
            data_rate: 30,
            time_base: TimeBase::FINEST,
            format: None,
            nominal_frequency: NominalFrequency(0),
            lag: Duration::from_secs(3),
            lead: Duration::from_secs(1),
            wait_by: WaitBy::Clock,
            selection: Selection::All,
            id_codes: Vec::new(),
            change_count: 0,
        }
    }
}
