//! From STTP publishers to the bus.

mod batcher;
mod fresh;
mod groups;
mod item;
mod pair;
mod record;
mod remaking;
mod sender;
mod source;
mod spool;
mod way;

use async_nats::jetstream::Context;
use async_nats::jetstream::kv::Store;
use tokio::sync::{mpsc, watch};

use crate::bus::{self, Documents, Tables, insist};
use crate::config::{Bus, Configuration};
use crate::operation::{Operation, log};
use batcher::{Batcher, Names};
use sender::Sender;
use source::Source;
use spool::Spool;

/// Messages that may wait for the sender. When there are more, sources wait.
const WAITING: usize = 256;

/// Ingests until it is time to stop, whether the bus is there or not.
pub(crate) async fn run(configuration: Configuration, operation: Operation) -> Result<(), String> {
    let ingest = &configuration.ingest;
    for name in ingest.sources.keys() {
        operation.health.ill(&source::part(name), "not subscribed yet");
    }
    let spool = Spool::open(&ingest.spool)?;
    let client = bus::connect(&configuration.nats, "sttp-nats ingest", &operation).await?;
    let (out, items) = mpsc::channel(WAITING);
    let context = bus::jetstream(&client, &configuration.bus);
    let sender = Sender::new(context.clone(), &configuration.bus, spool, operation.clone());
    let bucket = sender.bucket();
    let sending = tokio::spawn(sender.run(items));

    let names = Names::new(&bus::random_name()?);
    let mut sources = Vec::new();
    for name in ingest.sources.keys() {
        let referenced = operation.metrics.gauge(
            "sttp_nats_referenced_groups",
            "Groups of signals whose messages begin from a reference, and so are short.",
            &[("source", name)],
        );
        let client = context.client();
        let longest = move || client.max_payload();
        let batcher = Batcher::new(name, names.clone(), out.clone(), longest, referenced);
        let (source, metadata) = Source::start(name, ingest, batcher, &operation)?;
        tokio::spawn(put_metadata(name.clone(), metadata, bucket.clone(), operation.clone()));
        sources.push(source);
    }
    drop(out);
    tokio::spawn(clean(context, configuration.bus.clone(), bucket, operation.clone()));
    operation.stop.wait().await;
    for source in sources {
        source.stop().await;
    }
    sending.await.map_err(|error| format!("sending ended: {error}"))
}

/// Removes tables that are not used any more, once the bus is there.
async fn clean(
    context: Context,
    settings: Bus,
    mut bucket: watch::Receiver<Option<Store>>,
    operation: Operation,
) {
    let bucket = bucket.wait_for(Option::is_some).await.ok().and_then(|bucket| bucket.clone());
    let Some(tables) = bucket.map(|bucket| Tables::new(bucket, &settings.stream)) else { return };
    let stream = insist(&operation, "stream", || bus::open_stream(&context, &settings)).await;
    if let Some(stream) = stream {
        tables.keep_clean(stream).await;
    }
}

/// Puts the metadata of a source into the bucket once there is one, and whenever there are new ones.
async fn put_metadata(
    source: String,
    mut metadata: source::Documents,
    mut bucket: watch::Receiver<Option<Store>>,
    operation: Operation,
) {
    let bucket = bucket.wait_for(Option::is_some).await.ok().and_then(|bucket| bucket.clone());
    let Some(documents) = bucket.map(Documents::new) else { return };
    while metadata.changed().await.is_ok() {
        let Some(latest) = metadata.borrow_and_update().clone() else { continue };
        let document = latest.data_set().to_xml();
        let put = insist(&operation, "metadata", || documents.put(&source, &document)).await;
        if let Some(revision) = put {
            log::info!(
                "source {source}: {} signals, metadata revision {revision}",
                latest.measurements().len()
            );
        }
    }
}
