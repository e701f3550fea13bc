//! What has come of a gap, to be told.

use std::fmt;
use std::time::Duration;

use crate::Ticks;

/// A gap that was asked for to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// Newest time that was received before it.
    pub start: Ticks,
    /// First time that was received after it.
    pub stop: Ticks,
    /// Measurements of it that were recovered.
    pub measurements: u64,
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Recovered { start, stop, measurements } = self;
        write!(f, "Recovered what was missed from {start} to {stop}: {measurements} measurements.")
    }
}

/// A gap that is not recovered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// Newest time that was received before it.
    pub start: Ticks,
    /// First time that was received after it.
    pub stop: Ticks,
    /// How many signals miss it, as far as that is known.
    pub signals: u64,
    /// Why it is not recovered.
    pub reason: Reason,
}

/// Why a gap is not recovered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is longer than the settings allow.
    TooLong(Duration),
    /// It is shorter than the settings allow.
    TooShort(Duration),
    /// What came after it has earlier times than what came before.
    WentBack,
    /// The times of signals differ so much that it would take more windows than there may be.
    TooManyClocks,
    /// Others wait to be recovered, more than there may be.
    TooMany,
    /// The publisher refuses.
    Refused(String),
    /// The publisher sends nothing of it.
    Silent(Duration),
}

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let GivenUp { start, stop, signals, reason } = self;
        write!(f, "Gave up what was missed from {start} to {stop}")?;
        match signals {
            0 => {}
            1 => write!(f, " of 1 signal")?,
            _ => write!(f, " of {signals} signals")?,
        }
        let seconds = |time: &Duration| time.as_secs_f64();
        match reason {
            Reason::TooLong(most) => {
                write!(f, ": that is longer than maximumRecoverySpan, {} seconds.", seconds(most))
            }
            Reason::TooShort(least) => {
                write!(f, ": that is shorter than minimumRecoverySpan, {} seconds.", seconds(least))
            }
            Reason::WentBack => {
                write!(f, ": the times after it are earlier than those before. A clock was set, or is wrong.")
            }
            Reason::TooManyClocks => {
                write!(
                    f,
                    ": the times of too many signals are far from those of all others. Check their clocks."
                )
            }
            Reason::TooMany => write!(f, ": too many later ones wait to be recovered."),
            Reason::Refused(text) => write!(f, ": the publisher refuses: {text}"),
            Reason::Silent(time) => {
                write!(f, ": the publisher has sent nothing of it for {} seconds.", seconds(time))
            }
        }
    }
}
