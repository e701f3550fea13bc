//! What all handles share: arguments, statuses, callbacks, and records that are values.

/// The name of a constant by its value.
macro_rules! name_of {
    ($value:expr, $unknown:expr, $($constant:ident),+ $(,)?) => {
        match $value {
            $($constant => {
                const NAME: &str = concat!(stringify!($constant), "\0");
                const { $crate::capi::shared::text_of_name(NAME) }
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
pub(super) mod latency;
pub(super) mod records;
pub(super) mod status;
pub(super) mod time_and_values;

/// A text with its closing NUL for C. The compiler runs this.
const fn text_of_name(name: &'static str) -> &'static std::ffi::CStr {
    match std::ffi::CStr::from_bytes_with_nul(name.as_bytes()) {
        Ok(name) => name,
        Err(_) => panic!("the name has no NUL at its end"),
    }
}
