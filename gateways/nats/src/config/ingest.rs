//! What an ingest takes, and how it puts that on the bus.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use sttp::settings::SubscriberSetup;

use super::{connection, size, span};

/// Most signals of a group: their table has to fit in a message of NATS.
const MOST_GROUP_SIGNALS: usize = 50_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Ingest {
    /// A connection string of a subscriber for each publisher, by a name that every ingest of the same publisher
    /// gives it.
    pub(crate) sources: BTreeMap<String, String>,
    /// How long measurements wait for others to share a message with, unless nothing came for so long. More make it
    /// smaller, and later.
    #[serde(with = "span")]
    pub(crate) linger: Duration,
    /// Devices are put together in a group until it has so many signals. A message is of one group.
    pub(crate) group_signals: usize,
    pub(crate) spool: Spool,
}

/// What happens while the bus does not take what comes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Spool {
    pub(crate) folder: PathBuf,
    /// How much may wait there.
    #[serde(with = "size")]
    pub(crate) max_bytes: u64,
    pub(crate) when_full: WhenFull,
}

/// What happens when the spool is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WhenFull {
    /// The oldest is dropped, and counted.
    DropOldest,
    /// Nothing is taken from publishers, which do what they do with slow subscribers.
    Wait,
}

impl Default for Ingest {
    fn default() -> Ingest {
        Ingest {
            sources: BTreeMap::new(),
            linger: Duration::from_millis(5),
            group_signals: 4_000,
            spool: Spool::default(),
        }
    }
}

impl Default for Spool {
    fn default() -> Spool {
        // systemd says where an instance of a unit may keep something.
        let given = std::env::var_os("STATE_DIRECTORY").filter(|folder| !folder.is_empty());
        let folder = given.map_or_else(|| "/var/lib/sttp-nats".into(), PathBuf::from);
        Spool { folder, max_bytes: 1 << 30, when_full: WhenFull::DropOldest }
    }
}

impl Ingest {
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.sources.is_empty() {
            return Err(
                "there is nothing to ingest; give --source NAME=CONNECTION, or [ingest.sources]".into()
            );
        }
        for name in self.sources.keys() {
            connection::check_name(name).map_err(|error| format!("ingest.sources: {error}"))?;
            self.setup(name)?;
        }
        if !(1..=MOST_GROUP_SIGNALS).contains(&self.group_signals) {
            return Err(format!("ingest.group-signals: give 1 to {MOST_GROUP_SIGNALS}"));
        }
        if self.linger > Duration::from_secs(5) {
            return Err("ingest.linger: give no more than 5s: what is later counts as late".into());
        }
        if self.spool.max_bytes < 1 << 20 {
            return Err("ingest.spool.max-bytes: give 1M at least".into());
        }
        Ok(())
    }

    /// What a source's connection string says.
    pub(crate) fn setup(&self, name: &str) -> Result<SubscriberSetup, String> {
        let connection = self.sources.get(name).map_or("", String::as_str);
        connection::subscriber(connection).map_err(|error| format!("source {name}: {error}"))
    }
}
