//! What programs on libsttp share: their options, and how they begin and end.

pub mod log;
pub mod options;
pub mod program;
pub mod stop;
