//! `libsttp`: publish and subscribe to time-stamped measurements over the Streaming
//! Telemetry Transport Protocol (STTP, IEEE 2664).
//!
//! The crate is a stack of floors; each uses only the floors below it:
//!
//! 1. [`wire`], [`time`], [`time_expression`] and [`date_time2`]: bytes to typed messages and back; ticks
//!    and leap seconds; times as subscribers write them. `host`: the machine's clocks. [`tls`]: certificates,
//!    and sessions without sockets.
//! 2. [`codec`] and [`metadata`]: measurement payloads; data sets and their XML. [`settings`]: all that a
//!    subscriber or a publisher can be told, in one table.
//! 3. [`filter`]: filter expressions over metadata.
//! 4. [`session`]: the protocol as state machines without sockets, threads or clocks.
//! 5. [`engine`]: the `mio` loop: sockets, timers, reconnects, back-pressure.
//! 6. [`subscriber`] and [`publisher`]: the Rust API.
//! 7. `capi`: the C API, declared in `include/sttp.h`.
//!
//! `docs/architecture.md` in the repository tells how a measurement travels through them.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod c37118;
pub mod codec;
pub mod date_time2;
pub mod engine;
pub mod error;
pub mod filter;
pub mod measurement;
pub mod metadata;
pub mod publisher;
pub mod session;
pub mod settings;
pub mod subscriber;
pub mod time;
pub mod time_expression;
pub mod tls;
pub mod wire;

mod capi;
mod host;

pub use date_time2::DateTime2;
pub use measurement::{Measurement, StateFlags};
pub use time::Ticks;
