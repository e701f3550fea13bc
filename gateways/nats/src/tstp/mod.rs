//! Kaa's Time Series Transmission Protocol (14/TSTP): measurements as time series events, and back.
//!
//! `outgoing` and `incoming` do the work, without sockets or clocks; `transmitter` and `receiver` connect them with NATS
//! and STTP. `docs/tstp.md` tells what becomes what.

mod avro;
mod event;
mod generation;
mod incoming;
mod mishap;
mod moment;
mod outgoing;
mod receiver;
mod settings;
mod subject;
mod template;
#[cfg(test)]
mod tests;
mod transmitter;

pub(crate) use generation::Generation;
pub(crate) use receiver::run as run_in;
pub(crate) use settings::{TstpIn, TstpOut};
pub(crate) use transmitter::run as run_out;

/// The Avro schema of the events of a generation, or of their acknowledgements, as JSON.
pub(crate) fn schema(generation: Generation, of_processed: bool) -> &'static str {
    if of_processed { event::Processed::SCHEMA } else { generation.schema() }
}
