//! What programs on libsttp share: their options, how they begin and end, and what they tell operators.

pub mod accepting;
pub mod connection;
pub mod json;
pub mod log;
pub mod metrics;
pub mod options;
pub mod program;
pub mod progress;
pub mod silence;
pub mod stop;
pub mod supervisor;
pub mod text;
