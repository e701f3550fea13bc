//! The publisher of the Rust API.

mod audit;
mod batches;
mod datagrams;
mod direct;
mod driver;
mod handler;
mod history;
mod history_source;
mod history_worker;
mod in_turn;
mod leavings;
mod long_requests;
mod messages;
mod node;
mod pace;
mod points;
mod rights;
mod rights_in_force;
mod rows;
mod security;
mod send_turns;
mod server;
mod setup;
mod shard_driver;
mod shards;
mod unknown_signals;

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError, bounded};
use uuid::Uuid;

use crate::Measurement;
use crate::codec::RawMeasurement;
use crate::engine::{Address, DriverHandle, Engine, ListeningPort, Transport};
use crate::error::Error;
use crate::host;
use crate::metadata::Metadata;
use crate::rights::Admission;
use crate::session::publisher::Catalog;

pub use crate::codec::history::HistoryExtent;
pub use crate::engine::ReconnectSettings;
pub use crate::session::publisher::{
    ConnectionCounters, ConnectionId, ConnectionInfo, ConnectionModes, Encryption, EncryptionSettings,
    GrantedTerms, HistoryRequest, LimitSettings, NanFilter, Overflow, PublisherCounters, PublisherSettings,
    SubscriptionTerms, UdpSettings, UserAnswer, Wish,
};
pub use crate::session::{Latency, LatencyStatistics};
pub use crate::wire::notification::NotificationId;
use batches::{Batch, Content, PIECE, Pushed};
use driver::PublisherDriver;
pub use handler::PublisherHandler;
pub use history_source::{HistoryPause, HistoryReader, HistorySource};
pub use messages::MAX_BUFFER_BLOCK;
use node::Node;
use points::{points_by_id, points_by_index};
use shard_driver::ShardDriver;
use shards::Shared;
use unknown_signals::Missing;

/// Requests that may wait for the engine.
const WAITING_REQUESTS: usize = 1024;
/// What may have happened on other loops before the one that leads tells of it.
const WAITING_EVENTS: usize = 4096;
/// Signals whose metadata are written ahead: from about ten milliseconds of work on, as long as the answer does not
/// take much memory, which nobody may ever ask for.
const WRITTEN_AHEAD: RangeInclusive<usize> = 5_000..=200_000;
/// How long connections may take to receive what is queued for them when the publisher stops.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// A publisher: sends each of its subscribers the measurements that it asked for. It listens for
/// subscribers, connects to some that listen, or both; it runs from the first
/// [`start`](Self::start) or [`connect`](Self::connect) until [`stop`](Self::stop).
///
/// All methods may be called from any thread and from inside the handler. Dropping it stops it;
/// the handler is dropped by the engine soon after, a [`HistorySource`] at once. In a fork of the process they
/// fail with [`Error::Forked`], and those that cannot fail must not be called.
///
/// ```
/// use std::sync::Arc;
/// use sttp::engine::Engine;
/// use sttp::metadata::{DataSetBuilder, Metadata};
/// use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
/// use sttp::{Measurement, StateFlags, Ticks, Uuid};
///
/// struct Quiet;
///
/// impl PublisherHandler for Quiet {}
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let frequency = Uuid::from_u128(1);
/// let mut metadata = DataSetBuilder::standard()?;
/// let table = metadata.table_index("MeasurementDetail").ok_or("a standard table")?;
/// metadata.append_row(table)?.set("SignalID", frequency)?.set("PointTag", "SHELBY-FQ")?.set("Enabled", true)?;
///
/// let publisher = Publisher::new(&Engine::shared()?, Quiet);
/// publisher.set_metadata(Arc::new(Metadata::new(metadata.finish())))?;
/// publisher.start("127.0.0.1:0", PublisherSettings::default())?;
/// publisher.publish(&[Measurement {
///     signal_id: frequency,
///     timestamp: Ticks::now(),
///     value: 59.98,
///     flags: StateFlags::empty(),
///     signal_index: 0,
/// }])?;
/// # Ok(())
/// # }
/// ```
pub struct Publisher {
    shared: Arc<Shared>,
    requests: Sender<Request>,
    driver: DriverHandle,
    others: Vec<OtherShard>,
    engine: Engine,
}

/// What is wanted of the loop that leads.
enum Request {
    Link(LinkRequest),
    Shard(ShardRequest),
}

/// What concerns the ways to subscribers.
enum LinkRequest {
    Listen(ListeningPort),
    ConnectTo(Target, ReconnectSettings),
    DisconnectFrom(TargetId),
}

/// What concerns the connections of a shard.
enum ShardRequest {
    Serve(Box<Accepted>),
    Stop,
    UseCatalog(Arc<Catalog>),
}

/// A connection that was accepted.
struct Accepted {
    transport: Transport,
    address: SocketAddr,
    admission: Admission,
}

/// The way to the driver of a shard that does not lead.
#[derive(Clone)]
struct OtherShard {
    requests: Sender<ShardRequest>,
    driver: DriverHandle,
}

/// Where connections come from.
#[derive(Default)]
struct Links {
    /// Here and not only in the driver, so that stopping frees the port at once.
    port: Option<ListeningPort>,
    targets: Vec<Target>,
    last_target: TargetId,
}

/// Names a target of a publisher; never used twice.
type TargetId = u64;

/// A subscriber that the publisher connects to.
#[derive(Clone)]
struct Target {
    id: TargetId,
    address: Address,
}

impl Publisher {
    /// A publisher that neither listens nor connects yet, and has no metadata.
    pub fn new(engine: &Engine, handler: impl PublisherHandler) -> Publisher {
        let shared = Arc::new(Shared::new(engine.loop_count()));
        let first_loop = engine.idlest_loop();
        let (told, heard) = bounded(WAITING_EVENTS);
        let other = |shard| {
            let (requests, receiver) = bounded(WAITING_REQUESTS);
            let driver = ShardDriver::new(shared.clone(), shard, receiver, told.clone());
            OtherShard { requests, driver: engine.add_to(first_loop + shard, driver) }
        };
        let others: Vec<OtherShard> = (1..engine.loop_count()).map(other).collect();
        let (requests, receiver) = bounded(WAITING_REQUESTS);
        let driver = PublisherDriver::new(Box::new(handler), shared.clone(), receiver, others.clone(), heard);
        let driver = engine.add_to(first_loop, driver);
        shared.home.get_or_init(|| driver.clone());
        Publisher { shared, requests, driver, others, engine: engine.clone() }
    }

    /// What it runs on.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Has a driver notified whenever measurements begin to flow to a subscriber.
    pub(crate) fn watch_subscriptions(&self, driver: DriverHandle) {
        self.shared.watchers.lock().unwrap_or_else(PoisonError::into_inner).push(driver);
    }

    /// How often that was so.
    pub(crate) fn subscription_count(&self) -> u64 {
        self.shared.subscriptions.load(Ordering::Acquire)
    }

    /// Asks the loop that leads.
    fn request(&self, request: Request) -> Result<(), Error> {
        self.engine.check_process()?;
        let sent = self.requests.try_send(request).map_err(unwanted);
        self.driver.notify();
        sent
    }

    /// Asks the loop of a shard.
    fn request_of(&self, shard: usize, request: ShardRequest) -> Result<(), Error> {
        self.engine.check_process()?;
        let Some(other) = shard.checked_sub(1).map(|index| &self.others[index]) else {
            return self.request(Request::Shard(request));
        };
        let sent = other.requests.try_send(request).map_err(unwanted);
        other.driver.notify();
        sent
    }

    /// Has all loops look at what was published or queued.
    fn notify_loops(&self) {
        self.driver.notify();
        self.others.iter().for_each(|other| other.driver.notify());
    }

    /// Publishes `metadata` from now on, before or after [`start`](Self::start). Connected
    /// subscribers are told, and those whose filter selects other signals now get them.
    ///
    /// What is [wrong](Metadata::validate) with them the handler is told in messages. Rows without a signal
    /// ID, or with that of an earlier row, cannot be subscribed to; measurements of such rows are counted as
    /// unknown.
    pub fn set_metadata(&self, metadata: Arc<Metadata>) -> Result<(), Error> {
        self.engine.check_process()?;
        let mut node = self.shared.node();
        node.given = Some(metadata);
        self.publish_metadata(&node)
    }

    fn publish_metadata(&self, node: &Node) -> Result<(), Error> {
        let Some(metadata) = node.metadata() else { return Ok(()) };
        let catalog = Arc::new(self.shared.catalog().followed_by(metadata));
        if WRITTEN_AHEAD.contains(&catalog.signal_count()) {
            let prepared = Arc::clone(&catalog);
            self.engine.worker().post(move || {
                // Nobody else has it when other metadata came meanwhile.
                if Arc::strong_count(&prepared) > 1 {
                    prepared.prepare_metadata();
                }
            });
        }
        catalog.prepare_subscriptions();
        self.shared.prepare_rights(&catalog);
        catalog.metadata().validate();
        host::give_back_memory_of(catalog.signal_count());
        {
            let mut in_use = self.shared.catalog.write().unwrap_or_else(PoisonError::into_inner);
            self.shared.rows.replaced(&in_use, &catalog);
            *in_use = catalog.clone();
        }
        let mut shards = 0..=self.others.len();
        shards.try_for_each(|shard| self.request_of(shard, ShardRequest::UseCatalog(catalog.clone())))
    }

    /// Listens on `address`: `127.0.0.1:7175`, `[::]:7175`, or port 0 for any free one. Waits for
    /// the name service when the host is a name.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when `address` is none, [`Error::InvalidState`] when listening
    /// already, [`Error::Io`] when the system refuses, for instance because the port is in use.
    pub fn start(&self, address: &str, settings: PublisherSettings) -> Result<(), Error> {
        self.engine.check_process()?;
        let parsed = Address::local(address).map_err(|error| Error::InvalidArgument(error.to_string()))?;
        let mut links = self.shared.links();
        if links.port.is_some() {
            return Err(Error::InvalidState("the publisher is listening already; stop it first".into()));
        }
        let port = ListeningPort::open(&parsed)
            .map_err(|source| Error::Io { context: format!("cannot listen on {address}"), source })?;
        self.configure(settings)?;
        links.port = Some(port.clone());
        self.shared.run();
        self.request(Request::Link(LinkRequest::Listen(port)))
    }

    /// Sets the limits from now on. Not needed before [`start`](Self::start), which does it too. With another node ID
    /// the metadata are published anew.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn configure(&self, settings: PublisherSettings) -> Result<(), Error> {
        self.engine.check_process()?;
        self.shared.configure(settings);
        let mut node = self.shared.node();
        match std::mem::replace(&mut node.id, settings.node_id) == settings.node_id {
            true => Ok(()),
            false => self.publish_metadata(&node),
        }
    }

    /// Connects to a subscriber that listens on `address`, `host:port`, and stays connected until
    /// [`disconnect_from`](Self::disconnect_from) or [`stop`](Self::stop), over losses of the
    /// connection if the settings say so. May be called for several subscribers, before, after or
    /// instead of [`start`](Self::start). Beyond
    /// [`max_connections`](PublisherSettings::max_connections), too.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when `address` is none, [`Error::InvalidState`] when the
    /// publisher connects there already.
    pub fn connect(&self, address: &str, reconnect: ReconnectSettings) -> Result<(), Error> {
        self.engine.check_process()?;
        let address = read_remote(address)?;
        let mut links = self.shared.links();
        if links.targets.iter().any(|target| target.address == address) {
            return Err(Error::InvalidState(format!(
                "the publisher connects to {address} already; disconnect from it first"
            )));
        }
        links.last_target += 1;
        let target = Target { id: links.last_target, address };
        self.request(Request::Link(LinkRequest::ConnectTo(target.clone(), reconnect)))?;
        links.targets.push(target);
        self.shared.run();
        Ok(())
    }

    /// Ends the connection to a subscriber that [`connect`](Self::connect) was called for, after
    /// what is queued for it, and all attempts to make one.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when `address` is none, [`Error::NotFound`] when the publisher
    /// does not connect there, or has given that up.
    pub fn disconnect_from(&self, address: &str) -> Result<(), Error> {
        self.engine.check_process()?;
        let address = read_remote(address)?;
        let mut links = self.shared.links();
        let index = links.targets.iter().position(|target| target.address == address).ok_or_else(|| {
            Error::NotFound(format!("the publisher does not connect to {address}; connect to it first"))
        })?;
        self.request(Request::Link(LinkRequest::DisconnectFrom(links.targets[index].id)))?;
        links.targets.remove(index);
        Ok(())
    }

    /// Whether it listens or connects, or did so until it gave up.
    pub fn is_running(&self) -> bool {
        self.shared.runs.load(Ordering::Acquire)
    }

    /// Stops listening at once, so that the port is free when this returns, stops connecting, and
    /// closes all connections as soon as they have what was published before, after two seconds at
    /// the latest; what they have not taken by then a message tells. Does nothing when it neither listens nor connects.
    pub fn stop(&self) -> Result<(), Error> {
        self.engine.check_process()?;
        self.shared.stop();
        (0..=self.others.len()).try_for_each(|shard| self.request_of(shard, ShardRequest::Stop))
    }

    /// Where the publisher listens, with the port that the system chose.
    pub fn address(&self) -> Option<SocketAddr> {
        self.shared.links().port.as_ref().map(ListeningPort::address)
    }

    /// Publishes measurements by their `signal_id`; `signal_index` does not matter. Those whose
    /// signal is not in the metadata are left out, counted, and told to
    /// [`message`](PublisherHandler::message) with the IDs, at once and then every ten seconds. (As long as nobody
    /// is subscribed, and nothing is kept in memory, no measurement is looked at.) Of several rows of one signal ID the
    /// first counts.
    ///
    /// The engine sends them, or this thread does, for a few subscribers
    /// ([`direct_sending`](PublisherSettings::direct_sending)).
    ///
    /// Returns at once, unless [`Overflow::Wait`] was chosen and subscribers are slow: then it
    /// waits for them, as it does in the midst of more than a hundred thousand measurements.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] when not started, or stopped while waiting; [`Error::WouldBlock`] when it
    /// would have to wait for subscribers and cannot, because the handler calls or because the
    /// engine is driven by polling. Then nothing was published.
    pub fn publish(&self, measurements: &[Measurement]) -> Result<(), Error> {
        self.publish_points(measurements, |_| Ok(()), points_by_id)
    }

    /// As [`publish`](Self::publish), by `signal_index`: the row of the signal in the metadata's
    /// MeasurementDetail table. Saves a look-up per measurement; `signal_id` does not matter.
    ///
    /// Once [`set_metadata`](Self::set_metadata) has given other signals to rows that were in use, rows have to be
    /// looked up again by [`signal_index`](Self::signal_index), and from then on a `signal_id` that is not nil has to
    /// be that of the row.
    ///
    /// # Errors
    ///
    /// As [`publish`](Self::publish); [`Error::InvalidArgument`] when a row is one of metadata that were replaced, and
    /// now that of another signal. Then nothing was published.
    pub fn publish_indexed(&self, measurements: &[Measurement]) -> Result<(), Error> {
        self.shared.rows.used();
        let check = |catalog: &Catalog| self.shared.rows.check(catalog, measurements);
        self.publish_points(measurements, check, points_by_index)
    }

    fn check_running(&self) -> Result<(), Error> {
        self.engine.check_process()?;
        if self.is_running() {
            return Ok(());
        }
        Err(Error::Closed("the publisher is not started; call start, or connect, first".into()))
    }

    /// `fill` appends the measurements whose signals it finds in the catalog, unless `check` finds fault with all.
    fn publish_points(
        &self,
        measurements: &[Measurement],
        check: impl FnOnce(&Catalog) -> Result<(), Error>,
        fill: impl Fn(&Catalog, &[Measurement], &mut Vec<RawMeasurement>, &mut Missing),
    ) -> Result<(), Error> {
        self.check_running()?;
        let published = measurements.len() as u64;
        let is_wanted = self.shared.is_subscribed() || self.shared.keeps_published.load(Ordering::Acquire);
        if !is_wanted && !self.shared.rows.have_changed() {
            self.shared.published.fetch_add(published, Ordering::Relaxed);
            return Ok(());
        }
        let catalog = self.shared.catalog();
        check(&catalog)?;
        let mut missing = Missing::default();
        let mut fill = |piece: &[Measurement], points: &mut Vec<RawMeasurement>| {
            points.reserve(piece.len());
            fill(&catalog, piece, points, &mut missing);
        };
        if !self.publish_directly(measurements, &catalog, &mut fill) {
            for piece in measurements.chunks(self.most_at_once()) {
                let mut batch = self.shared.batches.spare();
                fill(piece, Arc::make_mut(&mut batch));
                self.push(Batch { content: Content::Measurements(batch), catalog: Arc::clone(&catalog) })?;
            }
        }
        self.shared.published.fetch_add(published, Ordering::Relaxed);
        self.left_out(&missing);
        Ok(())
    }

    /// Measurements of a batch. Whoever waits for room anyway needs no memory for a copy of all that is published at
    /// once; otherwise all of it is queued, or nothing.
    fn most_at_once(&self) -> usize {
        let waits = self.shared.waits.load(Ordering::Acquire) && self.engine.goes_on_meanwhile();
        if waits { PIECE } else { usize::MAX }
    }

    /// Counts what was left out, and has it told.
    fn left_out(&self, missing: &Missing) {
        if missing.measurements > 0 {
            self.shared.unknown.fetch_add(missing.measurements, Ordering::Relaxed);
            if self.shared.unknown_signals.add(missing) {
                self.driver.notify();
            }
        }
    }

    fn push(&self, batch: Batch) -> Result<(), Error> {
        let waits = self.shared.waits.load(Ordering::Acquire);
        let may_wait = self.engine.goes_on_meanwhile();
        let deadline = if may_wait { None } else { Some(host::now()) };
        match self.shared.batches.push(batch, waits, deadline) {
            Pushed::Queued(dropped) => {
                if dropped.measurements > 0 {
                    self.shared.drop_early(dropped.measurements);
                }
                self.shared.blocks_dropped_early.fetch_add(dropped.buffer_blocks, Ordering::Relaxed);
                self.notify_loops();
                Ok(())
            }
            Pushed::TimedOut => Err(Error::WouldBlock(
                "subscribers have not taken earlier measurements yet; let the engine run and try again"
                    .into(),
            )),
            Pushed::Closed => Err(Error::Closed("the publisher was stopped".into())),
        }
    }

    /// Index of a signal for [`publish_indexed`](Self::publish_indexed).
    pub fn signal_index(&self, signal_id: &Uuid) -> Option<u32> {
        self.shared.rows.looked_up();
        self.shared.catalog().signal_index(signal_id)
    }

    /// Waits until everything published so far is in the history, if that is kept, and in the system's hands, so that it will reach
    /// its subscribers even if this process ends; and until buffer blocks that want a confirmation
    /// have it, or are given up. Without a time-out, for as long as it takes. What throttled
    /// subscribers get only when their interval is over is not waited for.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`], [`Error::Closed`] when stopped, [`Error::WouldBlock`] inside the
    /// handler.
    pub fn flush(&self, timeout: Option<Duration>) -> Result<(), Error> {
        self.engine.check_process()?;
        if self.engine.is_current_thread() {
            return Err(Error::WouldBlock(
                "flush inside a callback would stop the engine; call it elsewhere".into(),
            ));
        }
        match self.shared.batches.wait_until_done(timeout) {
            Some(true) => Ok(()),
            Some(false) => Err(Error::Closed("the publisher is stopped".into())),
            None => Err(Error::Timeout("subscribers did not take everything in time".into())),
        }
    }

    /// All connections now.
    pub fn connections(&self) -> Vec<ConnectionInfo> {
        let now = host::now();
        self.shared.sessions().flat_map(|mut session| session.connections(now)).collect()
    }

    /// Ends a connection after what is queued for it: nothing that it asks is answered any more. One that the publisher has made is made
    /// again, unless its [`ReconnectSettings`] forbid it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such connection.
    pub fn disconnect(&self, id: ConnectionId) -> Result<(), Error> {
        self.engine.check_process()?;
        let is_ended = self.shared.session_of(id).end(id);
        self.notify_loops();
        match is_ended {
            true => Ok(()),
            false => {
                Err(Error::NotFound(format!("there is no connection {id}; list the connections to see them")))
            }
        }
    }

    /// Counts since the publisher was made.
    pub fn statistics(&self) -> PublisherCounters {
        let now = host::now();
        let mut counters = PublisherCounters::default();
        for mut session in self.shared.sessions() {
            counters += session.statistics();
            counters.measurements_per_second += session.measurements_per_second(now);
        }
        counters.measurements_published = self.shared.published.load(Ordering::Relaxed);
        counters.measurements_unknown = self.shared.unknown.load(Ordering::Relaxed);
        counters.measurements_dropped += self.shared.dropped_early.load(Ordering::Relaxed);
        counters.buffer_blocks_dropped += self.shared.blocks_dropped_early.load(Ordering::Relaxed);
        counters
    }

    /// How late measurements were when they were queued, once for each subscriber: of the first and
    /// the last one of each data packet, historical ones aside. The interval is the latest complete
    /// second.
    pub fn latency_statistics(&self) -> LatencyStatistics {
        let now = host::now();
        self.shared.sessions().map(|mut session| session.latency(now)).fold(
            LatencyStatistics::default(),
            |all, one| LatencyStatistics {
                total: all.total.with(one.total),
                interval: all.interval.with(one.interval),
            },
        )
    }
}

/// Why a request did not get to its loop.
fn unwanted<T>(error: TrySendError<T>) -> Error {
    match error {
        TrySendError::Full(_) => Error::WouldBlock(format!(
            "{WAITING_REQUESTS} requests already wait for the engine; let it run, or poll it"
        )),
        TrySendError::Disconnected(_) => {
            Error::Internal("the engine gave up this publisher after a panic; make a new one".into())
        }
    }
}

fn read_remote(address: &str) -> Result<Address, Error> {
    Address::remote(address).map_err(|error| Error::InvalidArgument(error.to_string()))
}

impl Drop for Publisher {
    fn drop(&mut self) {
        if self.engine.is_left() {
            std::mem::forget((self.requests.clone(), self.others.clone()));
            return;
        }
        self.shared.dropped.store(true, Ordering::Release);
        self.shared.stop();
        self.notify_loops();
        self.shared.stop_history();
    }
}
