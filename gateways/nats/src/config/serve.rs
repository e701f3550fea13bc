//! What a relay publishes, and how.

use std::time::Duration;

use serde::Deserialize;
use sttp::settings::PublisherSetup;

use super::{connection, span};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Serve {
    /// A connection string of a publisher: where it listens, TLS, rights.
    pub(crate) sttp: String,
    /// Sources that are published; empty for all.
    pub(crate) sources: Vec<String>,
    /// Whether what subscribers may is read from the bucket, where `sttp-nats rights` puts it.
    pub(crate) shared_rights: bool,
    /// Threads that serve subscribers.
    pub(crate) threads: usize,
    /// How long a measurement is remembered, so that one that comes again by another ingest is left out. More than
    /// what ingests may differ in time, twenty seconds at least.
    #[serde(with = "span")]
    pub(crate) merge_window: Duration,
}

impl Default for Serve {
    fn default() -> Serve {
        Serve {
            sttp: "port=7175; interface=127.0.0.1".into(),
            sources: Vec::new(),
            shared_rights: false,
            threads: 1,
            merge_window: Duration::from_secs(60),
        }
    }
}

impl Serve {
    pub(crate) fn check(&self) -> Result<(), String> {
        let setup = self.setup()?;
        for name in &self.sources {
            connection::check_name(name).map_err(|error| format!("serve.sources: {error}"))?;
        }
        if self.shared_rights && setup.file_of_rights().is_some() {
            return Err("serve: the rights are either shared-rights or rightsFile; give one of them".into());
        }
        if !(1..=64).contains(&self.threads) {
            return Err("serve.threads: give 1 to 64".into());
        }
        if self.merge_window < Duration::from_secs(20) {
            return Err("serve.merge-window: give 20s at least".into());
        }
        Ok(())
    }

    /// What the connection string says.
    pub(crate) fn setup(&self) -> Result<PublisherSetup, String> {
        connection::publisher(&self.sttp).map_err(|error| format!("serve.sttp: {error}"))
    }
}
