//! `tstp-in`: events on NATS to an STTP publisher.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use async_nats::{Client, Subject};
use bytes::Bytes;
use futures_util::StreamExt;
use sttp::engine::Engine;
use sttp::publisher::Publisher;
use tokio::runtime::Handle;

use super::event::Processed;
use super::incoming::{Incoming, Mishaps, correlation_id};
use super::mishap::{Mishap, shown};
use super::moment::Now;
use super::settings::TstpIn;
use crate::announcer::Announcer;
use crate::bus;
use crate::config::Configuration;
use crate::operation::{Counter, Gauge, Operation, log};

/// Measurements that are published at once, and events that are read before.
const BATCH: usize = 8_192;
const EVENTS: usize = 1_024;
/// The longest pause between looks at the clock.
const IDLE: Duration = Duration::from_secs(1);
/// How long what came before the end may take to be published.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// Publishes events until it is time to stop.
pub(crate) async fn run(configuration: Configuration, operation: Operation) -> Result<(), String> {
    let settings = configuration.tstp_in;
    let engine = Engine::new().map_err(|error| format!("the engine cannot be started: {error}"))?;
    let publisher = Arc::new(Publisher::new(&engine, Announcer));
    let mut incoming = Incoming::new(settings.clone(), Mishaps::new(&operation.metrics));
    let metadata = incoming.metadata().map_err(|error| format!("no metadata: {error}"))?;
    publisher.set_metadata(Arc::new(metadata)).map_err(|error| error.to_string())?;
    publisher.set_up(&settings.setup()?).map_err(|error| format!("tstp-in.sttp: {error}"))?;
    if let Some(address) = publisher.address() {
        log::info!("publishing at {address}");
    }
    let client = bus::connect(&configuration.nats, "sttp-nats tstp-in", &operation).await?;
    let (messages, arrived) = channel();
    let queue = Queue {
        messages,
        bytes: Arc::default(),
        most: usize::try_from(settings.queue).unwrap_or(usize::MAX),
        events: operation.metrics.counter("sttp_tstp_in_events_total", "Messages that came.", &[]),
    };
    let mut takers = Vec::new();
    let mut subscriptions = Vec::new();
    for subject in settings.subjects()? {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let subscription = subscribe(&client, subject, &settings).await?;
        let dropped = queue.dropped(&operation);
        takers.push(tokio::spawn(queue.clone().take(subscription, dropped, stopped)));
        subscriptions.push(stop);
    }
    tokio::select! {
        flushed = client.flush() => flushed.map_err(|error| error.to_string())?,
        // NATS was never there.
        () = operation.stop.wait() => return publisher.stop().map_err(|error| error.to_string()),
    }
    log::info!("taking events of {}", settings.subjects()?.join(", "));
    let worker = Worker::new(incoming, publisher.clone(), client.clone(), &operation, queue.bytes.clone());
    drop(queue);
    let thread = thread::Builder::new().name("tstp-in".into());
    let worker = thread.spawn(move || worker.run(&arrived)).map_err(|error| format!("no thread: {error}"))?;
    operation.stop.wait().await;
    drop(subscriptions);
    for taker in takers {
        // One that panicked has nothing more to give.
        let _ = taker.await;
    }
    let ended = tokio::task::spawn_blocking(move || {
        let is_well = worker.join().is_ok();
        let flushed = publisher.flush(Some(STOP_GRACE)).map_err(|error| error.to_string());
        let stopped = publisher.stop().map_err(|error| error.to_string());
        if is_well { flushed.and(stopped) } else { Err("the worker panicked".into()) }
    });
    let ended = ended.await.map_err(|error| error.to_string())?;
    // Acknowledgements.
    let acknowledged = tokio::time::timeout(STOP_GRACE, client.flush()).await;
    ended.map_err(|error| format!("the last measurements may be lost: {error}"))?;
    match acknowledged {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err("NATS did not take the last acknowledgements in time".into()),
    }
}

async fn subscribe(
    client: &Client,
    subject: String,
    settings: &TstpIn,
) -> Result<async_nats::Subscriber, String> {
    let told = subject.clone();
    let subscribed = match settings.queue_group.as_str() {
        "" => client.subscribe(subject).await,
        group => client.queue_subscribe(subject, group.to_owned()).await,
    };
    subscribed.map_err(|error| format!("{told}: {error}"))
}

/// A message that waits.
struct Message {
    subject: Subject,
    reply: Option<Subject>,
    payload: Bytes,
}

impl Message {
    /// What it counts for in the queue.
    fn size(&self) -> usize {
        self.payload.len() + self.subject.len() + size_of::<Message>()
    }
}

/// Messages between NATS, which cannot wait, and the worker.
#[derive(Clone)]
struct Queue {
    messages: Sender<Message>,
    bytes: Arc<AtomicUsize>,
    most: usize,
    events: Counter,
}

impl Queue {
    fn dropped(&self, operation: &Operation) -> Mishap {
        let help = "Events that were dropped, by why.";
        Mishap::new(operation.metrics.counter("sttp_tstp_in_events_dropped_total", help, &[("why", "queue")]))
    }

    /// Takes all messages of a subscription until it is to end, then what is left of it.
    async fn take(
        self,
        mut subscription: async_nats::Subscriber,
        mut dropped: Mishap,
        mut stopped: tokio::sync::oneshot::Receiver<()>,
    ) {
        loop {
            tokio::select! {
                message = subscription.next() => match message {
                    Some(message) => self.add(message, &mut dropped),
                    None => return,
                },
                _ = &mut stopped => break,
            }
        }
        let rest = async {
            if subscription.drain().await.is_ok() {
                while let Some(message) = subscription.next().await {
                    self.add(message, &mut dropped);
                }
            }
        };
        // Without a connection there is no end.
        if tokio::time::timeout(STOP_GRACE, rest).await.is_err() {
            log::warning!("NATS did not say in time that nothing more comes");
        }
    }

    fn add(&self, message: async_nats::Message, dropped: &mut Mishap) {
        self.events.add(1);
        let message = Message { subject: message.subject, reply: message.reply, payload: message.payload };
        let size = message.size();
        if self.bytes.fetch_add(size, Ordering::Relaxed) + size > self.most {
            self.bytes.fetch_sub(size, Ordering::Relaxed);
            dropped.happened(1, Instant::now(), || {
                let subject = shown(&message.subject);
                format!(
                    "an event of {subject} was dropped: too many wait; raise queue, or let several share them"
                )
            });
        } else if self.messages.send(message).is_err() {
            log::error!("an event is lost: the worker has ended");
        }
    }
}

/// Makes measurements of messages, on a thread of its own.
struct Worker {
    incoming: Incoming,
    publisher: Arc<Publisher>,
    client: Client,
    runtime: Handle,
    queued: Arc<AtomicUsize>,
    /// Acknowledgements of events whose measurements are published next, and of those that wait for metadata.
    answers: Vec<(Subject, Vec<u8>)>,
    held_answers: Vec<(Subject, Vec<u8>)>,
    acknowledged: Counter,
    unanswered: Mishap,
    lost: Mishap,
    devices: Gauge,
    signals: Gauge,
    is_acknowledged: bool,
}

impl Worker {
    fn new(
        incoming: Incoming,
        publisher: Arc<Publisher>,
        client: Client,
        operation: &Operation,
        queued: Arc<AtomicUsize>,
    ) -> Worker {
        let metrics = &operation.metrics;
        let plain = |name, help| metrics.counter(name, help, &[]);
        let unanswered = plain("sttp_tstp_in_acknowledgements_lost_total", "Answers that NATS did not take.");
        let lost = plain("sttp_tstp_in_measurements_lost_total", "Measurements that were not published.");
        Worker {
            is_acknowledged: incoming.is_acknowledged(),
            incoming,
            publisher,
            client,
            runtime: Handle::current(),
            queued,
            answers: Vec::new(),
            held_answers: Vec::new(),
            acknowledged: plain("sttp_tstp_in_acknowledgements_total", "Events that were answered."),
            unanswered: Mishap::new(unanswered),
            lost: Mishap::new(lost),
            devices: metrics.gauge("sttp_tstp_in_devices", "Devices that events were of.", &[]),
            signals: metrics.gauge("sttp_tstp_in_signals", "Signals that events were of.", &[]),
        }
    }

    fn run(mut self, arrived: &Receiver<Message>) {
        loop {
            let due = self.incoming.metadata_due(Now::of_clocks());
            let wait = due.map_or(IDLE, |due| due.saturating_duration_since(Instant::now()).min(IDLE));
            match arrived.recv_timeout(wait) {
                Ok(message) => self.take(&message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            for message in arrived.try_iter().take(EVENTS) {
                self.take(&message);
                if self.incoming.ready.len() >= BATCH {
                    break;
                }
            }
            self.publish();
            let now = Now::of_clocks();
            if self.incoming.metadata_due(now).is_some_and(|due| due <= now.instant) {
                self.renew_metadata();
                self.publish();
            }
        }
        self.renew_metadata();
        self.publish();
    }

    fn take(&mut self, message: &Message) {
        self.queued.fetch_sub(message.size(), Ordering::Relaxed);
        let now = Now::of_clocks();
        let waiting = self.incoming.waiting();
        let outcome = self.incoming.take(&message.subject, &message.payload, now);
        if let Some(reply) = message.reply.as_ref().filter(|_| self.is_acknowledged) {
            let processed = Processed {
                correlation_id: correlation_id(&message.payload),
                timestamp: now.milliseconds,
                status: outcome.status,
                reason: outcome.reason.as_deref(),
            };
            let answer = (reply.clone(), processed.encode());
            let waits = self.incoming.waiting() > waiting;
            if waits { &mut self.held_answers } else { &mut self.answers }.push(answer);
        }
    }

    /// Publishes what is ready, then answers.
    fn publish(&mut self) {
        let ready = &mut self.incoming.ready;
        for measurements in ready.chunks(BATCH) {
            if let Err(error) = self.publisher.publish_indexed(measurements) {
                let count = measurements.len() as u64;
                self.lost
                    .happened(count, Instant::now(), || format!("{count} measurements are lost: {error}"));
            }
        }
        ready.clear();
        for (reply, answer) in self.answers.drain(..) {
            let published = async {
                let published =
                    tokio::time::timeout(STOP_GRACE, self.client.publish(reply, answer.into())).await;
                published.map_err(|_| "NATS does not take it".to_owned())?.map_err(|error| error.to_string())
            };
            match self.runtime.block_on(published) {
                Ok(()) => self.acknowledged.add(1),
                Err(error) => self
                    .unanswered
                    .happened(1, Instant::now(), || format!("an acknowledgement is lost: {error}")),
            }
        }
    }

    /// Has the publisher tell of the signals that came since the last time.
    fn renew_metadata(&mut self) {
        let started = Instant::now();
        let renewed = self.incoming.metadata().map_err(|error| error.to_string());
        let used = renewed.and_then(|metadata| {
            self.publisher.set_metadata(Arc::new(metadata)).map_err(|error| error.to_string())
        });
        match used {
            Ok(()) => {
                self.incoming.use_metadata(started, Now::of_clocks());
                self.answers.append(&mut self.held_answers);
                let (devices, signals) = self.incoming.counts();
                self.devices.set(devices as f64);
                self.signals.set(signals as f64);
            }
            Err(error) => {
                log::error!("the metadata cannot be made: {error}");
                self.incoming.keep_metadata(Now::of_clocks());
            }
        }
    }
}
