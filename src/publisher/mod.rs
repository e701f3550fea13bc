//! The publisher of the Rust API.

mod batches;
mod datagrams;
mod driver;
mod handler;
mod history;
mod history_worker;
mod messages;
mod outgoing;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, TrySendError, bounded};
use uuid::Uuid;

use crate::Measurement;
use crate::codec::{RawMeasurement, narrow_value};
use crate::engine::{Address, DriverHandle, Engine, ListeningPort};
use crate::error::Error;
use crate::metadata::Metadata;
use crate::session::PublisherSession;
use crate::session::publisher::Catalog;

pub use crate::codec::history::HistoryExtent;
pub use crate::engine::ReconnectSettings;
pub use crate::session::publisher::{
    ConnectionId, ConnectionInfo, Encryption, EncryptionSettings, HistoryRequest, NanFilter, Overflow,
    PublisherSettings, UdpSettings, UserAnswer,
};
pub use crate::wire::notification::NotificationId;
use batches::{Batch, Batches, Content, Pushed};
use driver::PublisherDriver;
pub use handler::PublisherHandler;
pub use history::{HistoryReader, HistorySource};
use history_worker::HistoryWorker;
pub use messages::MAX_BUFFER_BLOCK;

/// Requests that may wait for the engine.
const WAITING_REQUESTS: usize = 1024;
/// Signals whose metadata are written ahead: about ten milliseconds of work.
const MANY_SIGNALS: usize = 5_000;
/// How long connections may take to receive what is queued for them when the publisher stops.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// A publisher: sends each of its subscribers the measurements that it asked for. It listens for
/// subscribers, connects to some that listen, or both; it runs from the first
/// [`start`](Self::start) or [`connect`](Self::connect) until [`stop`](Self::stop).
///
/// All methods may be called from any thread and from inside the handler. Dropping it stops it;
/// the handler is dropped by the engine soon after, a [`HistorySource`] at once.
pub struct Publisher {
    shared: Arc<Shared>,
    requests: Sender<Request>,
    driver: DriverHandle,
    engine: Engine,
}

/// What an API thread wants of the engine.
enum Request {
    Listen(ListeningPort),
    ConnectTo(Target, ReconnectSettings),
    DisconnectFrom(TargetId),
    Stop,
    UseCatalog(Arc<Catalog>),
    Disconnect(ConnectionId),
}

/// What the engine and API threads both see. No lock is held while the handler runs.
struct Shared {
    session: Mutex<PublisherSession>,
    catalog: RwLock<Arc<Catalog>>,
    batches: Batches,
    links: Mutex<Links>,
    /// It listens or connects.
    runs: AtomicBool,
    waits: AtomicBool,
    /// What is published is kept in memory, whether anybody gets it now or not.
    keeps_history: AtomicBool,
    /// Reads historical data from the application, if it has any.
    history_worker: Mutex<Option<Arc<HistoryWorker>>>,
    /// The [`Publisher`] was dropped.
    dropped: AtomicBool,
    /// Connections that get measurements.
    subscribed: AtomicUsize,
    published: AtomicU64,
    unknown: AtomicU64,
    dropped_early: AtomicU64,
    blocks_dropped_early: AtomicU64,
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

impl Shared {
    fn session(&self) -> MutexGuard<'_, PublisherSession> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn catalog(&self) -> Arc<Catalog> {
        self.catalog.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Counts of a publisher since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PublisherStatistics {
    /// Measurements handed in.
    pub measurements_published: u64,
    /// Measurements handed to the system, once for each subscriber.
    pub measurements_sent: u64,
    /// Measurements dropped, once for each slow subscriber and for each whose datagrams the system
    /// did not take, or once when the engine was too slow for all of them.
    pub measurements_dropped: u64,
    /// Measurements handed in whose signal is not in the metadata.
    pub measurements_unknown: u64,
    /// Data packets queued, once for each subscriber.
    pub packets_sent: u64,
    /// Bytes handed to the system.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Datagrams handed to the system.
    pub datagrams_sent: u64,
    /// Datagrams dropped, because the system did not take them at once.
    pub datagrams_dropped: u64,
    /// Connections accepted or made.
    pub connections_accepted: u64,
    /// Connections refused.
    pub connections_refused: u64,
    /// Buffer blocks sent, once for each subscriber, repetitions not counted.
    pub buffer_blocks_sent: u64,
    /// Buffer blocks sent once more, because they were not confirmed.
    pub buffer_blocks_repeated: u64,
    /// Buffer blocks not sent, once for each subscriber that was too slow to take or to confirm
    /// others, or once when the engine was too slow for all of them.
    pub buffer_blocks_dropped: u64,
    /// Buffer blocks that were sent, but whose confirmation never came.
    pub buffer_blocks_unconfirmed: u64,
    /// Connections now.
    pub connections: u64,
    /// Connections now that get measurements.
    pub subscribed: u64,
}

impl Publisher {
    /// A publisher that neither listens nor connects yet, and has no metadata.
    pub fn new(engine: &Engine, handler: impl PublisherHandler) -> Publisher {
        let catalog = Arc::new(Catalog::default());
        let shared = Arc::new(Shared {
            session: Mutex::new(PublisherSession::new(PublisherSettings::default(), catalog.clone())),
            catalog: RwLock::new(catalog),
            batches: Batches::default(),
            links: Mutex::default(),
            runs: AtomicBool::new(false),
            waits: AtomicBool::new(false),
            keeps_history: AtomicBool::new(false),
            history_worker: Mutex::default(),
            dropped: AtomicBool::new(false),
            subscribed: AtomicUsize::new(0),
            published: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
            dropped_early: AtomicU64::new(0),
            blocks_dropped_early: AtomicU64::new(0),
        });
        shared.batches.close();
        let (requests, receiver) = bounded(WAITING_REQUESTS);
        let driver = engine.add(PublisherDriver::new(Box::new(handler), shared.clone(), receiver));
        Publisher { shared, requests, driver, engine: engine.clone() }
    }

    fn request(&self, request: Request) -> Result<(), Error> {
        let sent = self.requests.try_send(request);
        self.driver.notify();
        match sent {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Error::WouldBlock(format!(
                "{WAITING_REQUESTS} requests already wait for the engine; let it run, or poll it"
            ))),
            Err(TrySendError::Disconnected(_)) => {
                Err(Error::Internal("the engine gave up this publisher after a panic; make a new one".into()))
            }
        }
    }

    /// Publishes `metadata` from now on, before or after [`start`](Self::start). Connected
    /// subscribers are told, and those whose filter selects other signals now get them.
    pub fn set_metadata(&self, metadata: Arc<Metadata>) -> Result<(), Error> {
        let catalog = Arc::new(Catalog::new(metadata));
        *self.shared.catalog.write().unwrap_or_else(PoisonError::into_inner) = catalog.clone();
        prepare(&catalog);
        self.request(Request::UseCatalog(catalog))
    }

    /// Listens on `address`: `127.0.0.1:7175`, `[::]:7175`, or port 0 for any free one. Waits for
    /// the name service when the host is a name.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when `address` is none, [`Error::InvalidState`] when listening
    /// already, [`Error::Io`] when the system refuses, for instance because the port is in use.
    pub fn start(&self, address: &str, settings: PublisherSettings) -> Result<(), Error> {
        let parsed = Address::local(address).map_err(|error| Error::InvalidArgument(error.to_string()))?;
        let mut links = self.shared.links();
        if links.port.is_some() {
            return Err(Error::InvalidState("the publisher is listening already; stop it first".into()));
        }
        let port = ListeningPort::open(&parsed)
            .map_err(|source| Error::Io { context: format!("cannot listen on {address}"), source })?;
        self.configure(settings);
        links.port = Some(port.clone());
        self.shared.run();
        self.request(Request::Listen(port))
    }

    /// Sets the limits from now on. Not needed before [`start`](Self::start), which does it too.
    pub fn configure(&self, settings: PublisherSettings) {
        self.shared.session().configure(settings);
        self.shared.waits.store(matches!(settings.overflow, Overflow::Wait { .. }), Ordering::Release);
        self.shared.keeps_history.store(!settings.history_duration.is_zero(), Ordering::Release);
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
        let address = read_remote(address)?;
        let mut links = self.shared.links();
        if links.targets.iter().any(|target| target.address == address) {
            return Err(Error::InvalidState(format!(
                "the publisher connects to {address} already; disconnect from it first"
            )));
        }
        links.last_target += 1;
        let target = Target { id: links.last_target, address };
        self.request(Request::ConnectTo(target.clone(), reconnect))?;
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
        let address = read_remote(address)?;
        let mut links = self.shared.links();
        let index = links.targets.iter().position(|target| target.address == address).ok_or_else(|| {
            Error::NotFound(format!("the publisher does not connect to {address}; connect to it first"))
        })?;
        self.request(Request::DisconnectFrom(links.targets[index].id))?;
        links.targets.remove(index);
        Ok(())
    }

    /// Whether it listens or connects, or did so until it gave up.
    pub fn is_running(&self) -> bool {
        self.shared.runs.load(Ordering::Acquire)
    }

    /// Stops listening at once, so that the port is free when this returns, stops connecting, and
    /// closes all connections as soon as they have what is queued for them, after two seconds at
    /// the latest. Does nothing when it neither listens nor connects.
    pub fn stop(&self) -> Result<(), Error> {
        self.shared.stop();
        self.request(Request::Stop)
    }

    /// Where the publisher listens, with the port that the system chose.
    pub fn address(&self) -> Option<SocketAddr> {
        self.shared.links().port.as_ref().map(ListeningPort::address)
    }

    /// Publishes measurements by their `signal_id`; `signal_index` does not matter. Those whose
    /// signal is not in the metadata are counted and left out.
    ///
    /// Returns at once, unless [`Overflow::Wait`] was chosen and subscribers are slow: then it
    /// waits for them.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] when not started, or stopped while waiting; [`Error::WouldBlock`] when it
    /// would have to wait for subscribers and cannot, because the handler calls or because the
    /// engine is driven by polling. Then nothing was published.
    pub fn publish(&self, measurements: &[Measurement]) -> Result<(), Error> {
        self.publish_points(measurements, points_by_id)
    }

    /// As [`publish`](Self::publish), by `signal_index`: the row of the signal in the metadata's
    /// MeasurementDetail table. Saves a look-up per measurement; `signal_id` does not matter.
    pub fn publish_indexed(&self, measurements: &[Measurement]) -> Result<(), Error> {
        self.publish_points(measurements, points_by_index)
    }

    fn check_running(&self) -> Result<(), Error> {
        if self.is_running() {
            return Ok(());
        }
        Err(Error::Closed("the publisher is not started; call start, or connect, first".into()))
    }

    /// `fill` appends the measurements whose signals it finds in the catalog.
    fn publish_points(
        &self,
        measurements: &[Measurement],
        fill: impl Fn(&Catalog, &[Measurement], &mut Vec<RawMeasurement>),
    ) -> Result<(), Error> {
        self.check_running()?;
        let published = measurements.len() as u64;
        let is_wanted = self.shared.subscribed.load(Ordering::Acquire) > 0;
        if !is_wanted && !self.shared.keeps_history.load(Ordering::Acquire) {
            self.shared.published.fetch_add(published, Ordering::Relaxed);
            return Ok(());
        }
        let catalog = self.shared.catalog();
        let mut points = self.shared.batches.spare();
        points.reserve(measurements.len());
        fill(&catalog, measurements, &mut points);
        let unknown = published - points.len() as u64;
        self.push(Batch { content: Content::Measurements(points), catalog })?;
        self.shared.published.fetch_add(published, Ordering::Relaxed);
        self.shared.unknown.fetch_add(unknown, Ordering::Relaxed);
        Ok(())
    }

    fn push(&self, batch: Batch) -> Result<(), Error> {
        let waits = self.shared.waits.load(Ordering::Acquire);
        let may_wait = !self.engine.is_current_thread() && !self.engine.is_polled();
        let deadline = if may_wait { None } else { Some(Instant::now()) };
        match self.shared.batches.push(batch, waits, deadline) {
            Pushed::Queued(dropped) => {
                self.shared.dropped_early.fetch_add(dropped.measurements, Ordering::Relaxed);
                self.shared.blocks_dropped_early.fetch_add(dropped.buffer_blocks, Ordering::Relaxed);
                self.driver.notify();
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
        self.shared.catalog().signal_index(signal_id)
    }

    /// Waits until everything published so far is in the system's hands, so that it will reach
    /// its subscribers even if this process ends; and until buffer blocks that want a confirmation
    /// have it, or are given up. Without a time-out, for as long as it takes. What throttled
    /// subscribers get only when their interval is over is not waited for.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`], [`Error::Closed`] when stopped, [`Error::WouldBlock`] inside the
    /// handler.
    pub fn flush(&self, timeout: Option<Duration>) -> Result<(), Error> {
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
        self.shared.session().connections()
    }

    /// Ends a connection after what is queued for it. One that the publisher has made is made
    /// again, unless its [`ReconnectSettings`] forbid it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such connection.
    pub fn disconnect(&self, id: ConnectionId) -> Result<(), Error> {
        if self.shared.session().info(id).is_none() {
            return Err(Error::NotFound(format!(
                "there is no connection {id}; list the connections to see them"
            )));
        }
        self.request(Request::Disconnect(id))
    }

    /// Counts since the publisher was made.
    pub fn statistics(&self) -> PublisherStatistics {
        let session = self.shared.session();
        let counts = session.statistics();
        let (connections, subscribed) = session.connection_counts();
        PublisherStatistics {
            measurements_published: self.shared.published.load(Ordering::Relaxed),
            measurements_sent: counts.measurements_sent,
            measurements_dropped: counts.measurements_dropped
                + self.shared.dropped_early.load(Ordering::Relaxed),
            measurements_unknown: self.shared.unknown.load(Ordering::Relaxed),
            packets_sent: counts.packets_sent,
            bytes_sent: counts.bytes_sent,
            bytes_received: counts.bytes_received,
            datagrams_sent: counts.datagrams_sent,
            datagrams_dropped: counts.datagrams_dropped,
            connections_accepted: counts.connections_accepted,
            connections_refused: counts.connections_refused,
            buffer_blocks_sent: counts.buffer_blocks_sent,
            buffer_blocks_repeated: counts.buffer_blocks_repeated,
            buffer_blocks_dropped: counts.buffer_blocks_dropped
                + self.shared.blocks_dropped_early.load(Ordering::Relaxed),
            buffer_blocks_unconfirmed: counts.buffer_blocks_unconfirmed,
            connections: connections as u64,
            subscribed: subscribed as u64,
        }
    }
}

impl Shared {
    fn run(&self) {
        if !self.runs.swap(true, Ordering::AcqRel) {
            self.batches.open();
        }
    }

    fn stop(&self) {
        let mut links = self.links();
        self.runs.store(false, Ordering::Release);
        self.batches.close();
        if let Some(port) = links.port.take() {
            port.close();
        }
        links.targets.clear();
    }
}

fn read_remote(address: &str) -> Result<Address, Error> {
    Address::remote(address).map_err(|error| Error::InvalidArgument(error.to_string()))
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.shared.dropped.store(true, Ordering::Release);
        self.shared.stop();
        self.driver.notify();
        self.shared.stop_history();
    }
}

/// Writes the metadata of many signals for subscribers before the first one asks, on a thread of
/// its own: it takes longer than an engine, or the application, should be held up.
fn prepare(catalog: &Arc<Catalog>) {
    if catalog.signal_count() < MANY_SIGNALS {
        return;
    }
    let catalog = catalog.clone();
    let thread = thread::Builder::new().name("sttp-metadata".into());
    if let Err(error) = thread.spawn(move || catalog.prepare_metadata()) {
        log::debug!(target: "sttp::publisher", "metadata are written when the first subscriber asks: {error}");
    }
}

fn points_by_id(catalog: &Catalog, measurements: &[Measurement], points: &mut Vec<RawMeasurement>) {
    // The row after the one before is the right one when measurements come in the order of the metadata.
    let mut expected = 0;
    for measurement in measurements {
        let is_expected = catalog.signal_id(expected) == Some(measurement.signal_id);
        let row = if is_expected { Some(expected) } else { catalog.signal_index(&measurement.signal_id) };
        if let Some(row) = row {
            points.push(raw(row, measurement));
            expected = row.wrapping_add(1);
        }
    }
}

fn points_by_index(catalog: &Catalog, measurements: &[Measurement], points: &mut Vec<RawMeasurement>) {
    let signals = catalog.signal_count();
    let is_known = |measurement: &&Measurement| (measurement.signal_index as usize) < signals;
    let point = |measurement: &Measurement| raw(measurement.signal_index, measurement);
    // When nothing has to be left out, the number of points is known and their room is not checked for each.
    if measurements.iter().all(|measurement| is_known(&measurement)) {
        points.extend(measurements.iter().map(point));
    } else {
        points.extend(measurements.iter().filter(is_known).map(point));
    }
}

/// A measurement as encoders take it, its value rounded to what the wire carries.
fn raw(row: u32, measurement: &Measurement) -> RawMeasurement {
    RawMeasurement {
        ticks: measurement.timestamp.0,
        row,
        flags: measurement.flags.bits(),
        value_bits: narrow_value(measurement.value),
    }
}
