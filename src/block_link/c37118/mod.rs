//! C37.118 over a block link: a data point for each value of a data frame.
//!
//! [`Slots`] says where the values of a configuration are in its data frames; [`FrameBuilder`] puts frames together of
//! their points.

mod frames;
mod record;
mod slots;
#[cfg(test)]
mod tests;

pub(super) use frames::points_of;
pub use frames::{FrameBuilder, FrameCounts};
pub use record::{ChannelRecord, ValueType, read_records, write_records};
pub use slots::{Slot, Slots};
