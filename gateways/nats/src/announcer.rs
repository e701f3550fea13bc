//! What publishers tell, for the log.

use sttp::error::Error;
use sttp::publisher::{ConnectionInfo, PublisherHandler};
use sttp::session::Severity;

use crate::operation::log;

/// Writes the log.
pub(crate) struct Announcer;

impl PublisherHandler for Announcer {
    fn connected(&mut self, connection: &ConnectionInfo) {
        log::info!("subscriber {} connected", connection.address);
    }

    fn disconnected(&mut self, connection: &ConnectionInfo, reason: Result<(), &Error>) {
        match reason {
            Ok(()) => log::info!("subscriber {} has gone", connection.address),
            Err(error) => log::info!("subscriber {} is lost: {error}", connection.address),
        }
    }

    fn message(&mut self, severity: Severity, text: &str) {
        log::write(severity.into(), format_args!("publisher: {text}"));
    }
}
