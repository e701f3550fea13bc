//! What unit tests share with those of the program: a real NATS server.

#![allow(dead_code, reason = "they use a part")]

mod basics;
pub mod nats;
#[path = "../../../../tests/skipped/mod.rs"]
pub mod skipped;

pub use basics::{Folder, free_port, wait_until};
