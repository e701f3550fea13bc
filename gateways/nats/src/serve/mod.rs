//! From the bus to STTP subscribers.

mod history;
mod late;
mod latecomers;
mod live;
mod mirror;
mod playback;
mod relay;
mod routes;
mod seen;
mod shared;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::Stream;
use sttp::engine::Engine;
use sttp::publisher::{Publisher, PublisherCounters};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::announcer::Announcer;
use crate::bus::{self, Documents, Scan, Subjects, Tables, insist};
use crate::config::{Configuration, Serve};
use crate::operation::{Operation, log};
use history::History;
use late::LateIndex;
use latecomers::Latecomers;
use live::Live;
use playback::Archive;
use relay::Relay;
use shared::Shared;

/// How long the first subscribers wait for metadata to come: nobody is told that there are none.
const METADATA_WAIT: Duration = Duration::from_secs(5);
/// How long subscribers may take what is queued for them when it is time to stop.
const GRACE: Duration = Duration::from_secs(2);

/// Publishes until it is time to stop.
pub(crate) async fn run(configuration: Configuration, operation: Operation) -> Result<(), String> {
    let (serve, settings) = (&configuration.serve, &configuration.bus);
    let setup = serve.setup()?;
    operation.health.ill("publisher", "it does not listen yet");
    let client = bus::connect(&configuration.nats, "sttp-nats serve", &operation).await?;
    let context = bus::jetstream(&client, settings);
    let Some(bucket) = insist(&operation, "bucket", || bus::open_bucket(&context, settings)).await else {
        return Ok(());
    };
    let Some(stream) = insist(&operation, "stream", || bus::open_stream(&context, settings)).await else {
        return Ok(());
    };
    let archive = Archive {
        stream: stream.clone(),
        subjects: Subjects::new(settings),
        tables: Tables::new(bucket.clone(), &settings.stream),
        late: Arc::new(LateIndex::new()),
        reached: Arc::default(),
        unreadable: operation.metrics.counter(
            "sttp_nats_history_unreadable_messages_total",
            "Times that a message of the stream could not be read, and was left out of what was looked for.",
            &[],
        ),
    };
    let engine = Engine::with_threads(NonZeroUsize::new(serve.threads).unwrap_or(NonZeroUsize::MIN));
    let engine = engine.map_err(|error| format!("the engine cannot be started: {error}"))?;
    let publisher = Arc::new(Publisher::new(&engine, Announcer));
    publisher.set_history_source(Some(Box::new(history(&archive, &operation))));
    let relay = Arc::new(Relay::new(publisher.clone(), serve.merge_window, &operation));
    count(&publisher, &relay, &archive, &operation);

    let is_ready = Arc::new(Notify::new());
    let shared = Shared {
        relay: relay.clone(),
        publisher: publisher.clone(),
        documents: Documents::new(bucket),
        sources: serve.sources.clone(),
        shares_rights: serve.shared_rights,
        operation: operation.clone(),
        is_ready: is_ready.clone(),
    };
    if serve.shared_rights {
        shared.refuse_all("the bucket has told no rights yet");
    }
    tokio::spawn(shared.follow());
    if tokio::time::timeout(METADATA_WAIT, is_ready.notified()).await.is_err() {
        log::warning!(
            "there are no metadata yet; subscribers get none before an ingest puts them into the bucket"
        );
    }
    if !settings.mirror_of.is_empty() {
        tokio::spawn(mirror::watch(stream.clone(), settings.mirror_of.clone(), operation.clone()));
        // What is removed at the other site stays in mirrors.
        tokio::spawn(archive.tables.clone().keep_clean(stream.clone()));
    }
    follow(serve, &archive, &relay, stream, &operation).await;
    publisher.set_up(&setup).map_err(|error| format!("serve.sttp: {error}"))?;
    if let Some(address) = publisher.address() {
        log::info!("publishing at {address}");
    }
    operation.health.well("publisher");
    operation.stop.wait().await;
    stop(&publisher).await
}

fn history(archive: &Archive, operation: &Operation) -> History {
    let counter = |name, help| operation.metrics.counter(name, help, &[]);
    History {
        archive: archive.clone(),
        runtime: Handle::current(),
        counts: history::Counts {
            windows: counter(
                "sttp_nats_history_windows_total",
                "Windows of historical data that were asked for.",
            ),
            incomplete: counter(
                "sttp_nats_history_incomplete_windows_total",
                "Windows of historical data that begin before the oldest message of the stream.",
            ),
            measurements: counter(
                "sttp_nats_history_measurements_total",
                "Historical measurements that were read.",
            ),
        },
    }
}

/// Begins to follow the stream.
async fn follow(serve: &Serve, archive: &Archive, relay: &Arc<Relay>, stream: Stream, operation: &Operation) {
    let scan_of = |is_late: bool, source: Option<&str>| {
        let (stream, subject) = (stream.clone(), archive.subjects.all(is_late, source));
        move |begin| Scan::new(stream, subject, begin)
    };
    let sources: Vec<Option<&str>> = match serve.sources.is_empty() {
        true => vec![None],
        false => serve.sources.iter().map(|source| Some(source.as_str())).collect(),
    };
    for source in sources {
        let live = Live::new(
            relay.clone(),
            archive,
            scan_of(false, source),
            source.unwrap_or("*"),
            operation.clone(),
        );
        tokio::spawn(live.follow());
    }
    let last = insist(operation, "stream", || stream.get_info()).await;
    let Some(last) = last.map(|info| info.state.last_sequence) else { return };
    let (late, scan, operation_of_late) =
        (archive.late.clone(), scan_of(true, None)(bus::Begin::Oldest), operation.clone());
    tokio::spawn(async move { late.follow(stream, scan.headers_only(), &operation_of_late).await });
    let latecomers = Latecomers::new(relay.clone(), archive.clone(), last, operation.clone());
    tokio::spawn(latecomers.follow());
}

/// Ends connections after what was published.
async fn stop(publisher: &Arc<Publisher>) -> Result<(), String> {
    let publisher = publisher.clone();
    let stopped = tokio::task::spawn_blocking(move || {
        if let Err(error) = publisher.flush(Some(GRACE)) {
            log::warning!("subscribers did not take everything: {error}");
        }
        publisher.stop()
    });
    match stopped.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("the publisher was not stopped: {error}")),
        Err(error) => Err(format!("the publisher was not stopped: {error}")),
    }
}

/// Tells the publisher's counts.
fn count(publisher: &Arc<Publisher>, relay: &Arc<Relay>, archive: &Archive, operation: &Operation) {
    type Read = fn(&PublisherCounters) -> f64;
    let numbers: [(&'static str, &'static str, Read); 3] = [
        (
            "sttp_nats_sent_measurements_total",
            "Measurements that were sent to subscribers, once for each.",
            |counters| counters.measurements_sent as f64,
        ),
        (
            "sttp_nats_subscriber_dropped_measurements_total",
            "Measurements that slow subscribers did not get.",
            |counters| counters.measurements_dropped as f64,
        ),
        ("sttp_nats_sent_bytes_total", "Bytes that were sent to subscribers.", |counters| {
            counters.bytes_sent as f64
        }),
    ];
    for (name, help, read) in numbers {
        let publisher = publisher.clone();
        operation.metrics.read(name, help, &[], move || read(&publisher.statistics()));
    }
    let of = publisher.clone();
    let help = "Connections of subscribers.";
    operation.metrics.read("sttp_nats_subscribers", help, &[], move || of.connections().len() as f64);
    let relay = relay.clone();
    let help = "Sets of up to 64 measurements that are remembered, so that each is published once.";
    operation.metrics.read("sttp_nats_remembered_sets", help, &[], move || relay.remembered() as f64);
    let late = archive.late.clone();
    let help = "Late messages of the stream.";
    operation.metrics.read("sttp_nats_late_messages", help, &[], move || late.len() as f64);
}
