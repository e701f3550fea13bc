//! Puts messages on the bus, each until it is acknowledged, or on disk while the bus does not take them.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::connection::State;
use async_nats::jetstream::Context;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Stream;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sttp::Ticks;
use tokio::sync::mpsc::Receiver;

use super::item::{Item, Outgoing};
use super::spool::{Kept, Spool, Spooled};
use crate::bus::{Subjects, TIMES_HEADER, Table, Tables, is_late};
use crate::operation::{Counter, Gauge, Operation, log};

/// Messages that may wait for their acknowledgement.
const MOST_FLIGHTS: usize = 512;
/// Of them, those that come from the spool: what is new goes first.
const MOST_SPOOLED_FLIGHTS: usize = 64;
/// How long the bus may take none of them before it counts as slow.
const SLOW: Duration = Duration::from_secs(1);
/// How often the bus is asked whether it is back.
const PROBE: Duration = Duration::from_millis(250);
/// How often a slow bus is told.
const TELL: Duration = Duration::from_secs(10);
const PART: &str = "bus";

type Flight = Pin<Box<dyn Future<Output = Landed> + Send>>;
type Probe = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// A message that was sent, and what came of it.
struct Landed {
    outgoing: Outgoing,
    /// Where it is on disk, if there.
    segment: Option<u64>,
    result: Result<(), String>,
}

/// What is counted.
struct Counts {
    published: Counter,
    messages: Counter,
    bytes: Counter,
    spooled: Counter,
    dropped: Counter,
    slow: Counter,
    failed: Counter,
    waiting: Gauge,
    waiting_bytes: Gauge,
    in_flight: Gauge,
}

impl Counts {
    fn new(operation: &Operation) -> Counts {
        let metrics = &operation.metrics;
        let counter = |name, help| metrics.counter(name, help, &[]);
        let gauge = |name, help| metrics.gauge(name, help, &[]);
        Counts {
            published: counter(
                "sttp_nats_published_measurements_total",
                "Measurements that the bus has acknowledged.",
            ),
            messages: counter(
                "sttp_nats_published_messages_total",
                "Messages that the bus has acknowledged.",
            ),
            bytes: counter(
                "sttp_nats_published_bytes_total",
                "Bytes of messages that the bus has acknowledged.",
            ),
            spooled: counter("sttp_nats_spooled_measurements_total", "Measurements that were put on disk."),
            dropped: counter(
                "sttp_nats_dropped_measurements_total",
                "Measurements that are lost because neither the bus nor the disk took them.",
            ),
            slow: counter("sttp_nats_slow_bus_total", "Times that the bus took nothing for a second."),
            failed: counter(
                "sttp_nats_failed_messages_total",
                "Messages that the bus did not acknowledge in time.",
            ),
            waiting: gauge("sttp_nats_spool_measurements", "Measurements that wait on disk."),
            waiting_bytes: gauge("sttp_nats_spool_bytes", "Bytes that wait on disk."),
            in_flight: gauge("sttp_nats_in_flight_messages", "Messages that are not acknowledged yet."),
        }
    }
}

/// The one way to the bus.
pub(super) struct Sender {
    context: Context,
    stream: Stream,
    subjects: Subjects,
    tables: Tables,
    spool: Spool,
    counts: Counts,
    operation: Operation,
    flights: FuturesUnordered<Flight>,
    /// Of them, those from the spool.
    spooled_flights: usize,
    /// From the spool, and to be sent again.
    returned: Vec<Spooled>,
    /// Tables that are not in the bucket yet.
    tables_waiting: Vec<Arc<Table>>,
    /// The bus does not take anything.
    is_away: bool,
    /// It says that it does again, and has not taken anything yet.
    is_back: bool,
    probe: Option<Probe>,
    /// What found no room on disk.
    held: Option<Item>,
    /// When a message was acknowledged last, or there was none to acknowledge.
    progressed: Instant,
    told: BTreeMap<Matter, Instant>,
}

/// What is told no more often than every ten seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    Away,
    Slow,
    Full,
    Disk,
}

impl Sender {
    pub(super) fn new(
        context: Context,
        stream: Stream,
        subjects: Subjects,
        tables: Tables,
        spool: Spool,
        operation: Operation,
    ) -> Sender {
        if !spool.is_empty() {
            log::info!(
                "{} measurements of an earlier run wait on disk, and are sent now",
                spool.measurements()
            );
        }
        Sender {
            counts: Counts::new(&operation),
            context,
            stream,
            subjects,
            tables,
            spool,
            operation,
            flights: FuturesUnordered::new(),
            spooled_flights: 0,
            returned: Vec::new(),
            tables_waiting: Vec::new(),
            is_away: false,
            is_back: false,
            probe: None,
            held: None,
            progressed: Instant::now(),
            told: BTreeMap::new(),
        }
    }

    /// Sends what comes until there is no more, and everything is acknowledged or on disk.
    pub(super) async fn run(mut self, mut items: Receiver<Item>) {
        let mut tick = tokio::time::interval(PROBE);
        let mut has_ended = false;
        while !(has_ended && self.flights.is_empty() && self.held.is_none()) {
            let takes =
                !has_ended && self.held.is_none() && (self.has_room() || self.is_away || self.is_slow());
            tokio::select! {
                Some(landed) = self.flights.next() => self.landed(landed),
                item = items.recv(), if takes => match item {
                    Some(item) => self.take(item).await,
                    None => has_ended = true,
                },
                found = probed(&mut self.probe) => self.probed(found),
                _ = tick.tick() => self.tick(has_ended),
            }
            if !has_ended {
                self.send_spooled().await;
            }
        }
        if !self.spool.is_empty() {
            log::warning!("{} measurements wait on disk for the next run", self.spool.measurements());
        }
    }

    fn has_room(&self) -> bool {
        self.flights.len() < MOST_FLIGHTS
    }

    /// No message was acknowledged for too long, and no other may be sent.
    fn is_slow(&self) -> bool {
        !self.has_room() && self.progressed.elapsed() > SLOW
    }

    async fn take(&mut self, item: Item) {
        match item {
            Item::Table(table) => self.take_table(table).await,
            Item::Message(_) if self.is_away => self.keep(item),
            Item::Message(outgoing) if self.has_room() => self.send(outgoing, None).await,
            Item::Message(_) => {
                self.counts.slow.add(1);
                self.tell(
                    Matter::Slow,
                    "the bus is slow: what it does not take is put on disk, and sent later",
                );
                self.keep(item);
            }
        }
    }

    /// A table has to be in the bucket before messages of it are sent.
    async fn take_table(&mut self, table: Arc<Table>) {
        if !self.is_away {
            match self.tables.put(table.clone()).await {
                Ok(()) => return,
                Err(error) => self.went_away(&error),
            }
        }
        self.tables_waiting.push(table.clone());
        self.keep(Item::Table(table));
    }

    /// Puts something on disk.
    fn keep(&mut self, item: Item) {
        let count = match &item {
            Item::Table(_) => 0,
            Item::Message(outgoing) => outgoing.message.head.measurements.into(),
        };
        match self.spool.add(&item) {
            Ok(Kept::Yes { dropped }) => {
                self.counts.spooled.add(count);
                if dropped > 0 {
                    self.counts.dropped.add(dropped);
                    self.tell(
                        Matter::Full,
                        "the spool is full: the oldest measurements in it are dropped, and counted",
                    );
                }
            }
            Ok(Kept::NoRoom) => {
                self.tell(
                    Matter::Full,
                    "the spool is full: nothing is taken from publishers until the bus is back",
                );
                self.held = Some(item);
            }
            Err(error) => {
                self.counts.dropped.add(count);
                self.tell(Matter::Disk, &format!("measurements are lost: {error}"));
            }
        }
    }

    /// Sends a message, which is in the spool if it has a segment.
    async fn send(&mut self, outgoing: Outgoing, segment: Option<u64>) {
        let head = outgoing.message.head;
        let late = is_late(head.earliest, head.latest, Ticks::now().value());
        let subject = self.subjects.of(late, &outgoing.source, outgoing.group);
        let publish =
            PublishMessage::build().payload(outgoing.message.bytes.clone().into()).message_id(&outgoing.name);
        let publish = match late {
            true => publish.header(TIMES_HEADER, format!("{} {}", head.earliest, head.latest)),
            false => publish,
        };
        if self.flights.is_empty() {
            self.progressed = Instant::now();
        }
        let sent = match self.context.client().connection_state() {
            State::Connected => {
                self.context.send_publish(subject, publish).await.map_err(|error| error.to_string())
            }
            State::Pending | State::Disconnected => Err("there is no connection".into()),
        };
        self.spooled_flights += usize::from(segment.is_some());
        match sent {
            Err(error) => self.landed(Landed { outgoing, segment, result: Err(error) }),
            Ok(acknowledged) => self.flights.push(Box::pin(async move {
                let result = acknowledged.await.map(drop).map_err(|error| error.to_string());
                Landed { outgoing, segment, result }
            })),
        }
    }

    fn landed(&mut self, Landed { outgoing, segment, result }: Landed) {
        self.spooled_flights -= usize::from(segment.is_some());
        match result {
            Ok(()) => {
                self.progressed = Instant::now();
                if std::mem::take(&mut self.is_back) {
                    log::info!("the bus is back; {} measurements wait on disk", self.spool.measurements());
                }
                self.counts.published.add(outgoing.message.head.measurements.into());
                self.counts.messages.add(1);
                self.counts.bytes.add(outgoing.message.bytes.len() as u64);
                if let Some(Err(error)) = segment.map(|segment| self.spool.taken(segment)) {
                    self.tell(Matter::Disk, &error);
                }
            }
            Err(error) => {
                self.counts.failed.add(1);
                self.went_away(&error);
                let item = Item::Message(outgoing);
                match segment {
                    Some(segment) => self.returned.push(Spooled { item, segment }),
                    None => self.keep(item),
                }
            }
        }
    }

    fn went_away(&mut self, why: &str) {
        self.operation.health.ill(PART, format!("the bus takes nothing ({why}); what comes is put on disk"));
        if !std::mem::replace(&mut self.is_away, true) {
            self.tell(
                Matter::Away,
                &format!("the bus takes nothing ({why}): what comes is put on disk, and sent later"),
            );
        }
    }

    /// Does what is due now and then.
    fn tick(&mut self, has_ended: bool) {
        self.counts.waiting.set(self.spool.measurements() as f64);
        self.counts.waiting_bytes.set(self.spool.bytes() as f64);
        self.counts.in_flight.set(self.flights.len() as f64);
        if let Some(item) = self.held.take() {
            match has_ended {
                false => self.keep(item),
                true => {
                    if let Item::Message(outgoing) = item {
                        self.counts.dropped.add(outgoing.message.head.measurements.into());
                        log::error!("measurements are lost: the spool is full, and the bus is away");
                    }
                }
            }
        }
        if self.is_away
            && self.probe.is_none()
            && self.context.client().connection_state() == State::Connected
        {
            let (stream, tables, waiting) =
                (self.stream.clone(), self.tables.clone(), self.tables_waiting.clone());
            self.probe = Some(Box::pin(async move {
                for table in waiting {
                    tables.put(table).await?;
                }
                stream.get_info().await.map(drop).map_err(|error| error.to_string())
            }));
        }
    }

    /// The bus was asked whether it is back.
    fn probed(&mut self, found: Result<(), String>) {
        self.probe = None;
        match found {
            Ok(()) => {
                self.is_away = false;
                self.tables_waiting.clear();
                self.operation.health.well(PART);
                self.is_back = true;
            }
            Err(error) => log::debug!("the bus is still away: {error}"),
        }
    }

    /// Sends what waits on disk, as far as there is room.
    async fn send_spooled(&mut self) {
        while !self.is_away && self.spooled_flights < MOST_SPOOLED_FLIGHTS && self.has_room() {
            let next = match self.returned.pop() {
                Some(spooled) => Ok(Some(spooled)),
                None => self.spool.next(),
            };
            match next {
                Ok(None) => return,
                Ok(Some(Spooled { item: Item::Message(outgoing), segment })) => {
                    self.send(outgoing, Some(segment)).await;
                }
                Ok(Some(Spooled { item: Item::Table(table), segment })) => {
                    match self.tables.put(table.clone()).await {
                        Ok(()) => {
                            if let Err(error) = self.spool.taken(segment) {
                                self.tell(Matter::Disk, &error);
                            }
                        }
                        Err(error) => {
                            self.went_away(&error);
                            self.returned.push(Spooled { item: Item::Table(table), segment });
                        }
                    }
                }
                Err(error) => {
                    self.tell(Matter::Disk, &error);
                    return;
                }
            }
        }
    }

    /// Says what is wrong, not too often.
    fn tell(&mut self, matter: Matter, text: &str) {
        if self.told.get(&matter).is_none_or(|told| told.elapsed() > TELL) {
            self.told.insert(matter, Instant::now());
            log::warning!("{text}");
        }
    }
}

/// What was found out, as soon as something is.
async fn probed(probe: &mut Option<Probe>) -> Result<(), String> {
    match probe {
        Some(probe) => probe.await,
        None => std::future::pending().await,
    }
}
