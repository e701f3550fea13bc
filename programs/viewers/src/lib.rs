//! What the viewers share: the model of a stream, options, and reports; and what each of them shows.

pub mod json;
pub mod model;
pub mod options;
pub mod program;
pub mod report;
pub mod stop;
pub mod top;
pub mod view;
pub mod watch;
