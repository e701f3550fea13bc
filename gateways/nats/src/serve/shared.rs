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
use crate::operation::Operation;
use crate::operation::log::{self, Level};

/// How long a change of metadata waits for another one.
const PAUSE: Duration = Duration::from_millis(200);
/// How long metadata that cannot be read wait until they are tried again, and a bucket that cannot be watched.
const AGAIN: Duration = Duration::from_secs(2);
const METADATA: &str = "metadata";
const RIGHTS: &str = "rights";
const WATCH: &str = "bucket";

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
#[derive(Default)]
struct Sources {
    sets: BTreeMap<String, Arc<Metadata>>,
    /// What could not be read, by source: revision and name.
    unread: BTreeMap<String, (u64, String)>,
    /// The sets are not published as they are.
    is_changed: bool,
}

impl Shared {
    /// Follows it as long as the program runs. Until there are rights nobody is let in, if they are to be there.
    pub(super) async fn follow(self) {
        let mut sources = Sources::default();
        while let Some(mut changes) = insist(&self.operation, WATCH, || self.documents.watch()).await {
            loop {
                let change = match (sources.is_changed, sources.unread.is_empty()) {
                    (false, true) => Ok(changes.next().await),
                    (true, _) => tokio::time::timeout(PAUSE, changes.next()).await,
                    (false, false) => tokio::time::timeout(AGAIN, changes.next()).await,
                };
                match change {
                    Ok(Ok(change)) => self.take(change, &mut sources).await,
                    Ok(Err(error)) => {
                        log::warning!("{error}; it is tried again");
                        break;
                    }
                    Err(_) if sources.is_changed => self.publish(&mut sources),
                    Err(_) => self.read_again(&mut sources).await,
                }
            }
            if sources.is_changed {
                self.publish(&mut sources);
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Refuses everybody as long as there are no rights.
    pub(super) fn refuse_all(&self, why: &str) {
        self.publisher.set_rights(Some(Rights::default()));
        self.operation
            .health
            .ill(RIGHTS, format!("{why}; nobody is let in before sttp-nats rights puts some"));
        log::warning!("{why}: nobody is let in before sttp-nats rights puts some there");
    }

    async fn take(&self, change: Change, sources: &mut Sources) {
        match change {
            Change::Rights { text, revision } if self.shares_rights => self.use_rights(&text, revision),
            Change::NoRights if self.shares_rights => self.refuse_all("the bucket has no rights any more"),
            Change::Rights { .. } | Change::NoRights => {}
            Change::Metadata { source, revision, name } if self.publishes(&source) => {
                self.read(source, revision, name, sources).await;
            }
            Change::Metadata { .. } => {}
            Change::NoMetadata { source } => {
                sources.unread.remove(&source);
                sources.is_changed |= sources.sets.remove(&source).is_some();
                self.tell(sources);
            }
        }
    }

    fn publishes(&self, source: &str) -> bool {
        self.sources.is_empty() || self.sources.iter().any(|wanted| wanted == source)
    }

    async fn read(&self, source: String, revision: u64, name: String, sources: &mut Sources) {
        let read = async {
            let document = self.documents.get(&source, &name).await?;
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
                sources.unread.remove(&source);
                sources.sets.insert(source, metadata);
                sources.is_changed = true;
            }
            Err(error) => {
                // A server of the cluster may not have all pieces yet, or newer ones are about to be told.
                self.operation.health.ill(METADATA, error.as_str());
                let is_known = sources.unread.insert(source, (revision, name)).is_some();
                let level = if is_known { Level::Debug } else { Level::Warning };
                log::write(level, format_args!("{error}; it is tried again"));
            }
        }
    }

    async fn read_again(&self, sources: &mut Sources) {
        for (source, (revision, name)) in sources.unread.clone() {
            self.read(source, revision, name, sources).await;
        }
    }

    fn publish(&self, sources: &mut Sources) {
        sources.is_changed = false;
        let published = merged(&sources.sets).and_then(|metadata| {
            self.relay.use_metadata(Arc::new(metadata)).map_err(|error| error.to_string())
        });
        match published {
            Ok(()) => {
                self.tell(sources);
                self.is_ready.notify_one();
            }
            Err(error) => {
                self.operation.health.ill(METADATA, error.as_str());
                log::error!("the metadata are not published: {error}");
            }
        }
    }

    /// All is well unless something waits to be read again, which was told.
    fn tell(&self, sources: &Sources) {
        if sources.unread.is_empty() && !sources.is_changed {
            self.operation.health.well(METADATA);
        }
    }

    fn use_rights(&self, text: &str, revision: u64) {
        match Rights::parse(text, "the rights in the bucket") {
            Ok(rights) => {
                self.publisher.set_rights(Some(rights));
                self.operation.health.well(RIGHTS);
                log::info!("rights of revision {revision} are in force");
            }
            Err(error) => {
                self.operation.health.ill(RIGHTS, format!("they stay as they were: {error}"));
                log::error!("the rights stay as they were: {error}");
            }
        }
    }
}

/// The metadata of all sources.
fn merged(sets: &BTreeMap<String, Arc<Metadata>>) -> Result<Metadata, String> {
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
