//! C37.118 in the C API: frames for those with sockets of their own, and gateways.

pub(super) mod builder;
pub(super) mod configuration;
pub(super) mod data;
pub(super) mod encoding;
pub(super) mod events;
pub(super) mod frames;
pub(super) mod input;
pub(super) mod output;
