//! What every long-running program needs: a log with times, metrics and health over HTTP, a clean stop.

pub(crate) mod health;
mod http;
pub(crate) mod log;
pub(crate) mod metrics;
mod stop;

use std::sync::Arc;

pub(crate) use health::Health;
pub(crate) use metrics::{Counter, Gauge, Metrics};
pub(crate) use stop::Stop;

use crate::config::Http;
use sttp_programs::supervisor;

/// Handed to whatever runs. Clones share everything.
#[derive(Clone)]
pub(crate) struct Operation {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
    pub(crate) stop: Stop,
}

impl Operation {
    /// Listens for HTTP if that is wanted, and for signals to stop.
    pub(crate) async fn start(http: &Http) -> Result<Operation, String> {
        let operation =
            Operation { metrics: Arc::default(), health: Arc::default(), stop: Stop::on_signals()? };
        if !http.listen.is_empty() {
            http::listen(&http.listen, operation.metrics.clone(), operation.health.clone()).await?;
        }
        // Neither a bus nor a publisher that is away holds up the start of the machine.
        supervisor::status("Connecting");
        supervisor::ready();
        Ok(operation)
    }
}
