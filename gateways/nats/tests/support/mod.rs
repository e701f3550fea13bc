//! What the tests of the bus share: a real NATS server, the program, a publisher and subscribers that keep account.

#![allow(dead_code, reason = "each test uses a part")]

pub mod account;
mod basics;
pub mod between;
pub mod hand;
pub mod link;
pub mod nats;
pub mod past;
pub mod program;
#[path = "../../../../tests/skipped/mod.rs"]
pub mod skipped;
pub mod source;

pub use basics::{Folder, free_port, wait_until};
