//! Puts messages on the bus, each until it is acknowledged, or on disk while the bus does not take them.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::connection::State;
use async_nats::jetstream::Context;
use async_nats::jetstream::kv::Store;
use async_nats::jetstream::message::PublishMessage;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sttp::Ticks;
use tokio::sync::{mpsc, watch};

use super::fresh::Fresh;
use super::item::{Item, Outgoing};
use super::remaking::Remaking;
use super::spool::{Kept, Spool, Spooled};
use super::way::{Found, Missing, Way, find, remake};
use crate::bus::{Subjects, TIMES_HEADER, Table, is_late};
use crate::config::Bus;
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
/// Behind the name of a message whose own name the bus takes for that of one that it has not got.
const AGAIN: &str = "-again";
const PART: &str = "bus";

type Flight = Pin<Box<dyn Future<Output = Landed> + Send>>;
type Probe = Pin<Box<dyn Future<Output = Result<Found, Missing>> + Send>>;

/// A message that was sent, and what came of it.
struct Landed {
    outgoing: Outgoing,
    /// Where it is on disk, if there.
    segment: Option<u64>,
    /// The number that it has in the stream, 0 for none.
    result: Result<u64, String>,
}

/// What is counted.
struct Counts {
    published: Counter,
    messages: Counter,
    bytes: Counter,
    spooled: Counter,
    dropped: Counter,
    slow: Counter,
    full: Counter,
    failed: Counter,
    remade: Counter,
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
            slow: counter(
                "sttp_nats_slow_bus_total",
                "Messages that were put on disk because the bus had taken nothing for a second.",
            ),
            full: counter(
                "sttp_nats_full_bus_milliseconds_total",
                "Milliseconds in which no message could be sent, because too many were not acknowledged yet.",
            ),
            failed: counter(
                "sttp_nats_failed_messages_total",
                "Messages that the bus did not acknowledge in time.",
            ),
            remade: counter(
                "sttp_nats_remade_streams_total",
                "Times that the stream was made anew because somebody had deleted it.",
            ),
            waiting: gauge("sttp_nats_spool_measurements", "Measurements that wait on disk."),
            waiting_bytes: gauge("sttp_nats_spool_bytes", "Bytes that wait on disk."),
            in_flight: gauge("sttp_nats_in_flight_messages", "Messages that are not acknowledged yet."),
        }
    }
}

/// Puts what comes onto the bus.
pub(super) struct Sender {
    context: Context,
    settings: Bus,
    subjects: Subjects,
    spool: Spool,
    counts: Counts,
    operation: Operation,
    /// `None` until the bus was there for the first time.
    way: Option<Way>,
    /// Who else waits for the bucket.
    bucket: watch::Sender<Option<Store>>,
    flights: FuturesUnordered<Flight>,
    /// Of them, those from the spool.
    spooled_flights: usize,
    /// From the spool, and to be sent again.
    returned: Vec<Spooled>,
    /// Tables without a reference that are not in the bucket yet, each once.
    tables_waiting: Vec<Arc<Table>>,
    /// Tables that need not be put into the bucket again.
    fresh: Fresh,
    /// The bus does not take anything.
    is_away: bool,
    /// It says that it does again, and has not taken anything yet.
    is_back: bool,
    probe: Option<Probe>,
    remaking: Remaking,
    /// Why it was not there when it was asked last.
    trouble: String,
    /// What found no room on disk: no more than was on its way when the bus went away, and what came last.
    held: VecDeque<Outgoing>,
    /// It is time to stop: nothing is held any more.
    is_stopping: bool,
    /// Measurements that found no room then.
    lost_at_end: u64,
    /// When a message was acknowledged last, or there was none to acknowledge.
    progressed: Instant,
    /// Time in which no message could be sent, since the last tick.
    full: Duration,
    /// Ticks in a row with more of that than not.
    full_ticks: u32,
    told: BTreeMap<Matter, Instant>,
}

/// What is told no more often than every ten seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    Away,
    Slow,
    Behind,
    Full,
    Disk,
}

impl Sender {
    /// Whatever comes before the bus is there goes to disk.
    pub(super) fn new(context: Context, settings: &Bus, spool: Spool, operation: Operation) -> Sender {
        if !spool.is_empty() {
            log::info!(
                "{} measurements of an earlier run wait on disk, and are sent as soon as the bus is there",
                spool.measurements()
            );
        }
        operation.health.ill(PART, "it was not reached yet; what comes is put on disk");
        Sender {
            counts: Counts::new(&operation),
            context,
            settings: settings.clone(),
            subjects: Subjects::new(settings),
            spool,
            operation,
            way: None,
            bucket: watch::Sender::new(None),
            flights: FuturesUnordered::new(),
            spooled_flights: 0,
            returned: Vec::new(),
            tables_waiting: Vec::new(),
            fresh: Fresh::default(),
            is_away: true,
            is_back: false,
            probe: None,
            remaking: Remaking::default(),
            trouble: String::new(),
            held: VecDeque::new(),
            is_stopping: false,
            lost_at_end: 0,
            progressed: Instant::now(),
            full: Duration::ZERO,
            full_ticks: 0,
            told: BTreeMap::new(),
        }
    }

    /// The bucket, once it is open.
    pub(super) fn bucket(&self) -> watch::Receiver<Option<Store>> {
        self.bucket.subscribe()
    }

    /// Sends what comes until there is no more, and everything is acknowledged or on disk.
    pub(super) async fn run(mut self, mut items: mpsc::Receiver<Item>) {
        let mut tick = tokio::time::interval(PROBE);
        let stop = self.operation.stop.clone();
        let mut has_ended = false;
        while !(has_ended && self.flights.is_empty()) {
            let takes =
                !has_ended && self.held.is_empty() && (self.has_room() || self.is_away || self.is_slow());
            let (is_full, waiting) = (!self.has_room() && !self.is_away, Instant::now());
            tokio::select! {
                Some(landed) = self.flights.next() => self.landed(landed),
                item = items.recv(), if takes => match item {
                    Some(item) => self.take(item).await,
                    None => has_ended = true,
                },
                found = probed(&mut self.probe) => self.probed(found),
                () = stop.wait(), if !self.is_stopping => {
                    // Who waits for room would wait for ever if the bus stayed away.
                    self.is_stopping = true;
                    self.keep_held();
                }
                _ = tick.tick() => self.tick(),
            }
            if is_full {
                self.full += waiting.elapsed();
            }
            if !has_ended {
                self.send_spooled().await;
            }
        }
        // What came back last may have found no room before it was told to stop.
        self.is_stopping = true;
        self.keep_held();
        if !self.spool.is_empty() {
            log::warning!("{} measurements wait on disk for the next run", self.spool.measurements());
        }
        if self.lost_at_end > 0 {
            log::error!(
                "{} measurements are lost: the spool is full, and the bus was away to the end",
                self.lost_at_end
            );
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
            Item::Message(outgoing) if self.is_away => self.keep(outgoing),
            Item::Message(outgoing) if self.has_room() => self.send(outgoing, None).await,
            Item::Message(outgoing) => {
                self.counts.slow.add(1);
                self.tell(
                    Matter::Slow,
                    "the bus is slow: what it does not take is put on disk, and sent later",
                );
                self.keep(outgoing);
            }
        }
    }

    /// A table has to be in the bucket before messages of it are sent.
    async fn take_table(&mut self, table: Arc<Table>) {
        if let Err(error) = self.refresh(&table).await {
            self.went_away(&error);
            // One with a reference, of which there is another one each hour, goes there with the first message of it.
            let waits = self.tables_waiting.iter().any(|waiting| waiting.id() == table.id());
            if !waits && !table.has_reference() {
                self.tables_waiting.push(table);
            }
        }
    }

    /// Puts a table into the bucket, again if that was long ago: it stays there as long as it is used.
    async fn refresh(&mut self, table: &Table) -> Result<(), String> {
        let (id, now) = (table.id(), Ticks::now().value());
        if self.fresh.has(id, now) {
            return Ok(());
        }
        match &self.way {
            Some(way) if !self.is_away => way.tables.put(table).await?,
            _ => return Err("the bucket is not there yet".into()),
        }
        self.fresh.add(id, now);
        Ok(())
    }

    /// Puts a message on disk.
    fn keep(&mut self, outgoing: Outgoing) {
        let count = outgoing.measurements();
        match self.spool.add(&outgoing) {
            Ok(Kept::Yes) => self.counts.spooled.add(count),
            Ok(Kept::NoRoom) if self.is_stopping => {
                self.counts.dropped.add(count);
                self.lost_at_end += count;
            }
            Ok(Kept::NoRoom) => {
                self.tell(
                    Matter::Full,
                    "the spool is full: nothing is taken from publishers until the bus is back",
                );
                self.held.push_back(outgoing);
            }
            Err(error) => {
                self.counts.dropped.add(count);
                self.tell(Matter::Disk, &format!("measurements are lost: {error}"));
            }
        }
        let lost = self.spool.take_lost();
        if lost > 0 {
            self.counts.dropped.add(lost);
            self.tell(
                Matter::Full,
                "the spool is full: the oldest measurements in it are dropped, and counted",
            );
        }
    }

    /// Tries once more to put what found no room on disk.
    fn keep_held(&mut self) {
        for outgoing in std::mem::take(&mut self.held) {
            self.keep(outgoing);
        }
    }

    /// Sends a message, which is in the spool if it has a segment.
    async fn send(&mut self, outgoing: Outgoing, segment: Option<u64>) {
        let head = outgoing.message.head;
        let late = is_late(head.earliest, head.latest, Ticks::now().value());
        let subject = self.subjects.of(late, &outgoing.source, outgoing.group);
        let publish = PublishMessage::build().payload(outgoing.message.bytes.clone().into());
        // What was sent in time may be stored long afterwards, where nobody looks for it: the late one is another message.
        let publish = match late {
            true => publish
                .message_id(format!("{}-late", outgoing.name))
                .header(TIMES_HEADER, format!("{} {}", head.earliest, head.latest)),
            false => publish.message_id(&outgoing.name),
        };
        if self.flights.is_empty() {
            self.progressed = Instant::now();
        }
        let begun = Instant::now();
        let sent = match self.context.client().connection_state() {
            State::Connected => match self.refresh(&outgoing.table).await {
                Ok(()) => {
                    self.context.send_publish(subject, publish).await.map_err(|error| error.to_string())
                }
                Err(error) => Err(error),
            },
            State::Pending | State::Disconnected => Err("there is no connection".into()),
        };
        // The client has no room for more, either.
        self.full += begun.elapsed();
        self.spooled_flights += usize::from(segment.is_some());
        match sent {
            Err(error) => self.landed(Landed { outgoing, segment, result: Err(error) }),
            Ok(acknowledged) => self.flights.push(Box::pin(async move {
                let result =
                    acknowledged.await.map(|taken| taken.sequence).map_err(|error| error.to_string());
                Landed { outgoing, segment, result }
            })),
        }
    }

    fn landed(&mut self, Landed { mut outgoing, segment, result }: Landed) {
        self.spooled_flights -= usize::from(segment.is_some());
        match result {
            // A server that led, and lost what it had begun to store, takes what comes again for a copy of that.
            Ok(0) => {
                self.counts.failed.add(1);
                if outgoing.name.ends_with(AGAIN) {
                    self.went_away("it acknowledges what it has not stored");
                } else {
                    outgoing.name.push_str(AGAIN);
                }
                self.keep_again(outgoing, segment);
            }
            Ok(_) => {
                self.progressed = Instant::now();
                if std::mem::take(&mut self.is_back) {
                    log::info!("the bus is back; {} measurements wait on disk", self.spool.measurements());
                }
                self.counts.published.add(outgoing.measurements());
                self.counts.messages.add(1);
                self.counts.bytes.add(outgoing.message.bytes.len() as u64);
                if let Some(Err(error)) = segment.map(|segment| self.spool.taken(segment)) {
                    self.tell(Matter::Disk, &error);
                }
            }
            Err(error) => {
                self.counts.failed.add(1);
                self.went_away(&error);
                self.keep_again(outgoing, segment);
            }
        }
    }

    /// Keeps a message that the bus has not taken.
    fn keep_again(&mut self, outgoing: Outgoing, segment: Option<u64>) {
        match segment {
            Some(segment) => self.returned.push(Spooled { item: Item::Message(outgoing), segment }),
            None => self.keep(outgoing),
        }
    }

    fn went_away(&mut self, why: &str) {
        if std::mem::replace(&mut self.is_away, true) {
            return;
        }
        self.is_back = false;
        // It may come back without them.
        self.fresh.clear();
        self.operation.health.ill(PART, format!("the bus takes nothing ({why}); what comes is put on disk"));
        self.tell(
            Matter::Away,
            &format!("the bus takes nothing ({why}): what comes is put on disk, and sent later"),
        );
    }

    /// It was away, and is not back. What is in the way is told whenever it is something else.
    fn stays_away(&mut self, why: String) {
        log::debug!("the bus is still away: {why}");
        if self.way.is_none() && why != self.trouble {
            log::warning!("the bus is not there yet ({why}): what comes is put on disk, and sent later");
        }
        self.operation.health.ill(PART, format!("the bus takes nothing ({why}); what comes is put on disk"));
        self.trouble = why;
    }

    /// Does what is due now and then.
    fn tick(&mut self) {
        self.counts.waiting.set(self.spool.measurements() as f64);
        self.counts.waiting_bytes.set(self.spool.bytes() as f64);
        self.counts.in_flight.set(self.flights.len() as f64);
        self.keep_held();
        let full = std::mem::take(&mut self.full);
        self.counts.full.add(full.as_millis() as u64);
        self.full_ticks = if full > PROBE / 2 { self.full_ticks + 1 } else { 0 };
        if PROBE * self.full_ticks >= SLOW {
            self.tell(
                Matter::Behind,
                "the bus takes less than comes: publishers are held up until it has acknowledged something",
            );
        }
        if self.is_away && self.probe.is_none() {
            match self.context.client().connection_state() {
                State::Connected => {
                    let (context, settings) = (self.context.clone(), self.settings.clone());
                    let probe = find(context, settings, self.way.clone(), self.tables_waiting.clone());
                    self.probe = Some(Box::pin(probe));
                }
                // Just begun: it is being made.
                State::Pending | State::Disconnected if self.progressed.elapsed() < SLOW => {}
                State::Pending | State::Disconnected => self.stays_away("there is no connection".into()),
            }
        }
    }

    /// The bus was asked whether it is back.
    fn probed(&mut self, found: Result<Found, Missing>) {
        self.probe = None;
        match found {
            Ok(Found { way, tables, is_remade }) => {
                if is_remade {
                    self.counts.remade.add(1);
                    log::error!(
                        "the stream {} was deleted, with the history in it; it is made anew",
                        self.settings.stream
                    );
                }
                self.bucket.send_replace(Some(way.bucket.clone()));
                self.way = Some(way);
                // Others may have come meanwhile.
                let now = Ticks::now().value();
                self.tables_waiting.drain(..tables).for_each(|table| self.fresh.add(table.id(), now));
                if self.tables_waiting.is_empty() {
                    self.is_away = false;
                    self.operation.health.well(PART);
                    self.is_back = true;
                    self.trouble.clear();
                }
            }
            Err(Missing::Stream) => self.remake(),
            Err(Missing::Bus(error)) => self.stays_away(error),
        }
    }

    /// Makes the stream anew, unless that was done too lately.
    fn remake(&mut self) {
        match (&self.way, self.remaking.begin(Instant::now())) {
            (Some(way), Ok(())) => {
                let (context, settings) = (self.context.clone(), self.settings.clone());
                self.probe = Some(Box::pin(remake(context, settings, way.clone())));
            }
            (_, again) => {
                let pause = again.err().unwrap_or_default().as_secs();
                let stream = &self.settings.stream;
                self.stays_away(format!("the stream {stream} was deleted; it is made anew in {pause} s"));
            }
        }
    }

    /// Sends what waits on disk, as far as there is room.
    async fn send_spooled(&mut self) {
        while !self.is_away && self.spooled_flights < MOST_SPOOLED_FLIGHTS && self.has_room() {
            let next = match self.returned.pop() {
                Some(spooled) => Ok(Some(spooled)),
                None => self.spool.next(),
            };
            self.counts.dropped.add(self.spool.take_lost());
            match next {
                Ok(None) => return,
                Ok(Some(Spooled { item: Item::Message(outgoing), segment })) => {
                    self.send(outgoing, Some(segment)).await;
                }
                Ok(Some(Spooled { item: Item::Table(table), segment })) => match self.refresh(&table).await {
                    Ok(()) => {
                        if let Err(error) = self.spool.taken(segment) {
                            self.tell(Matter::Disk, &error);
                        }
                    }
                    Err(error) => {
                        self.went_away(&error);
                        self.returned.push(Spooled { item: Item::Table(table), segment });
                    }
                },
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
async fn probed(probe: &mut Option<Probe>) -> Result<Found, Missing> {
    match probe {
        Some(probe) => probe.await,
        None => std::future::pending().await,
    }
}
