//! What the viewers share: the model of a stream, and reports; and what each of them shows.

pub mod model;
pub mod report;
pub mod top;
pub mod view;
pub mod watch;
