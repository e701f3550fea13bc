//! What all handles share: arguments, statuses, callbacks, and records that are values.

/// The name of a constant by its value.
macro_rules! name_of {
    ($value:expr, $unknown:expr, $($constant:ident),+ $(,)?) => {
        match $value {
            $($constant => {
                const NAME: &str = concat!(stringify!($constant), "\0");
                const { $crate::counters::text(NAME, 0) }
            })+
            _ => $unknown,
        }
    };
}

pub(super) mod arguments;
pub(super) mod callback;
pub(super) mod commands;
pub(super) mod date_time2;
pub(super) mod events;
pub(super) mod flags;
pub(super) mod guard;
pub(super) mod handles;
pub(super) mod latency;
pub(super) mod modes;
pub(super) mod records;
pub(super) mod status;
pub(super) mod time_and_values;
pub(super) mod tls;
