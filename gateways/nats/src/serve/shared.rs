//! What all relays show alike: metadata and rights, as the bucket has them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sttp::metadata::{DataSet, DataSetBuilder, Limits, Metadata};
use sttp::publisher::Publisher;
use sttp::rights::Rights;
use tokio::sync::Notify;

use super::relay::Relay;
use crate::bus::{Change, Documents, insist};
use crate::operation::{Operation, log};

/// How long a change of metadata waits for another one.
const PAUSE: Duration = Duration::from_millis(200);
/// How long metadata that cannot be read wait until they are tried again.
const AGAIN: Duration = Duration::from_secs(2);
const PART: &str = "metadata";

/// Follows the bucket.
pub(super) struct Shared {
    pub(super) relay: Arc<Relay>,
    pub(super) publisher: Arc<Publisher>,
    pub(super) documents: Documents,
    /// Sources that are published; all if empty.
    pub(super) sources: Vec<String>,
    pub(super) shares_rights: bool,
    pub(super) operation: Operation,
    /// Told when there are metadata.
    pub(super) is_ready: Arc<Notify>,
}

/// Metadata by source: the same order everywhere, so that what is merged of them is the same, too.
type Sets = BTreeMap<String, Arc<Metadata>>;

impl Shared {
    /// Follows it as long as the program runs.
    pub(super) async fn follow(self) {
        let mut sets = Sets::new();
        while let Some(mut changes) = insist(&self.operation, PART, || self.documents.watch()).await {
            let mut is_changed = false;
            loop {
                let change = match is_changed {
                    false => changes.next().await,
                    true => match tokio::time::timeout(PAUSE, changes.next()).await {
                        Ok(change) => change,
                        Err(_) => {
                            is_changed = false;
                            self.publish(&sets);
                            continue;
                        }
                    },
                };
                match change {
                    Ok(change) => is_changed |= self.take(change, &mut sets).await,
                    Err(error) => {
                        log::warning!("{error}; it is tried again");
                        break;
                    }
                }
            }
            if is_changed {
                self.publish(&sets);
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Whether metadata have changed.
    async fn take(&self, change: Change, sets: &mut Sets) -> bool {
        match change {
            Change::Rights { text, revision } if self.shares_rights => self.use_rights(&text, revision),
            Change::Rights { .. } => {}
            Change::Metadata { source, revision, name } if self.publishes(&source) => {
                return self.read(source, revision, &name, sets).await;
            }
            Change::NoMetadata { source } => return sets.remove(&source).is_some(),
            Change::Metadata { .. } => {}
        }
        false
    }

    fn publishes(&self, source: &str) -> bool {
        self.sources.is_empty() || self.sources.iter().any(|wanted| wanted == source)
    }

    async fn read(&self, source: String, revision: u64, name: &str, sets: &mut Sets) -> bool {
        let read = async {
            let document = self.documents.get(&source, name).await?;
            DataSet::from_xml(&document, &Limits::default())
                .map_err(|error| format!("the metadata of {source}: {error}"))
        };
        match read.await {
            Ok(data_set) => {
                let metadata = Arc::new(Metadata::new(data_set));
                log::info!(
                    "source {source}: {} signals, metadata revision {revision}",
                    metadata.measurements().len()
                );
                let label = [("source", source.as_str())];
                let help = "Revision of the metadata in use.";
                self.operation
                    .metrics
                    .gauge("sttp_nats_metadata_revision", help, &label)
                    .set(revision as f64);
                sets.insert(source, metadata);
                true
            }
            Err(error) => {
                // Newer ones are about to be told, or the bucket is away and is watched anew.
                log::warning!("{error}");
                false
            }
        }
    }

    fn publish(&self, sets: &Sets) {
        let published = merged(sets).and_then(|metadata| {
            self.relay.use_metadata(Arc::new(metadata)).map_err(|error| error.to_string())
        });
        match published {
            Ok(()) => {
                self.operation.health.well(PART);
                self.is_ready.notify_one();
            }
            Err(error) => {
                self.operation.health.ill(PART, error.as_str());
                log::error!("the metadata are not published: {error}");
            }
        }
    }

    fn use_rights(&self, text: &str, revision: u64) {
        match Rights::parse(text, "the rights in the bucket") {
            Ok(rights) => {
                self.publisher.set_rights(Some(rights));
                log::info!("rights of revision {revision} are in force");
            }
            Err(error) => log::error!("the rights stay as they were: {error}"),
        }
    }
}

/// The metadata of all sources.
fn merged(sets: &Sets) -> Result<Metadata, String> {
    let mut all: Option<DataSet> = None;
    for (source, metadata) in sets {
        all = Some(match &all {
            None => DataSetBuilder::from_data_set(metadata.data_set()).finish(),
            Some(before) => {
                let merged = DataSetBuilder::from_merged(before, metadata.data_set());
                merged
                    .map_err(|error| format!("those of {source} do not go with the others: {error}"))?
                    .0
                    .finish()
            }
        });
    }
    match all {
        Some(all) => Ok(Metadata::new(all)),
        None => Ok(Metadata::new(DataSetBuilder::standard().map_err(|error| error.to_string())?.finish())),
    }
}
