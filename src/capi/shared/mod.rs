//! What all handles share: arguments, statuses, callbacks, and records that are values.

pub(super) mod arguments;
pub(super) mod callback;
pub(super) mod date_time2;
pub(super) mod events;
pub(super) mod flags;
pub(super) mod guard;
pub(super) mod latency;
pub(super) mod records;
pub(super) mod status;
pub(super) mod time_and_values;
