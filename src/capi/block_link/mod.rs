//! Block links in the C API: one side of a link, and bridges between links and STTP.

pub(super) mod events;
pub(super) mod input;
pub(super) mod link;
pub(super) mod output;
pub(super) mod records;
