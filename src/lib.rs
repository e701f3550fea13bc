//! `libsttp`: publish and subscribe to time-stamped measurements over the Streaming
//! Telemetry Transport Protocol (STTP, IEEE 2664).
//!
//! A publisher and a subscriber in one program:
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::mpsc::{Sender, channel};
//!
//! use sttp::engine::Engine;
//! use sttp::metadata::{DataSetBuilder, Metadata};
//! use sttp::publisher::{ConnectionInfo, Publisher, PublisherHandler, PublisherSettings};
//! use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings};
//! use sttp::subscriber::SubscriptionOptions;
//! use sttp::{Measurement, StateFlags, Ticks, Uuid};
//!
//! struct Joined(Sender<()>);
//!
//! impl PublisherHandler for Joined {
//!     fn subscribed(&mut self, _connection: &ConnectionInfo) {
//!         let _ = self.0.send(());
//!     }
//! }
//!
//! struct Received(Sender<Vec<Measurement>>);
//!
//! impl SubscriberHandler for Received {
//!     fn measurements(&mut self, measurements: &[Measurement]) {
//!         let _ = self.0.send(measurements.to_vec());
//!     }
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let engine = Engine::shared()?;
//!     let frequency = Uuid::from_u128(1);
//!     let mut metadata = DataSetBuilder::standard()?;
//!     let table = metadata.table_index("MeasurementDetail").ok_or("a standard table")?;
//!     metadata.append_row(table)?.set("SignalID", frequency)?.set("PointTag", "SHELBY-FQ")?.set("Enabled", true)?;
//!
//!     let (joined, has_joined) = channel();
//!     let publisher = Publisher::new(&engine, Joined(joined));
//!     publisher.set_metadata(Arc::new(Metadata::new(metadata.finish())))?;
//!     publisher.start("127.0.0.1:0", PublisherSettings::default())?;
//!     let address = publisher.address().ok_or("it listens")?.to_string();
//!
//!     let (received, measurements) = channel();
//!     let subscriber = Subscriber::new(&engine, Received(received));
//!     let filter = "FILTER ActiveMeasurements WHERE True".into();
//!     subscriber.subscribe(SubscriptionOptions::default().filter(filter))?;
//!     subscriber.connect(&address, SubscriberSettings::default())?;
//!
//!     has_joined.recv()?;
//!     publisher.publish(&[Measurement {
//!         signal_id: frequency,
//!         timestamp: Ticks::now(),
//!         value: 59.5,
//!         flags: StateFlags::empty(),
//!         signal_index: 0,
//!     }])?;
//!     assert_eq!(measurements.recv()?[0].value, 59.5);
//!     Ok(())
//! }
//! ```
//!
//! More programs are in `examples`. The crate is a stack of floors; each uses only the floors below it:
//!
//! 1. [`wire`], [`time`], [`time_expression`] and [`date_time2`]: bytes to typed messages and back; ticks
//!    and leap seconds; times as subscribers write them. `host`: the machine's clocks. [`tls`]: certificates,
//!    and sessions without sockets.
//! 2. [`codec`] and [`metadata`]: measurement payloads; data sets and their XML. [`settings`]: all that a
//!    subscriber or a publisher can be told, in one table.
//! 3. [`filter`]: filter expressions over metadata. Above it [`rights`]: which subscribers a publisher knows, and what each may.
//! 4. [`session`]: the protocol as state machines without sockets, threads or clocks.
//! 5. [`engine`]: the `mio` loop: sockets, timers, reconnects, back-pressure.
//! 6. [`subscriber`] and [`publisher`]: the Rust API.
//! 7. [`gateway`]: between other protocols and publishers or subscribers; block links.
//! 8. `capi`: the C API, declared in `include/sttp.h`.
//!
//! `docs/architecture.md` in the repository tells how a measurement travels through them.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]
// Without the simulation some enums have one variant.
#![cfg_attr(not(feature = "simulation"), allow(clippy::infallible_destructuring_match))]

pub mod block_link;
pub mod c37118;
pub mod codec;
pub mod counters;
pub mod date_time2;
pub mod engine;
pub mod error;
pub mod filter;
pub mod gateway;
pub mod measurement;
pub mod metadata;
pub mod publisher;
pub mod rights;
pub mod session;
pub mod settings;
pub mod subscriber;
pub mod time;
pub mod time_expression;
pub mod tls;
pub mod wire;

mod capi;
mod host;
mod operator;

pub use date_time2::DateTime2;
pub use measurement::{Measurement, StateFlags};
pub use time::Ticks;
pub use uuid::Uuid;
