//! The subscriber of the Rust API.

mod connection;
mod datagrams;
mod delivery;
mod documents;
#[cfg(test)]
mod documents_tests;
mod driver;
mod handler;
mod outage_log;
mod publisher_info;
mod read_queue;
#[cfg(unix)]
mod read_signal;
mod recoverer;
mod security;
mod settings;
mod setup;
mod source;
mod standing;
mod statistics;
mod stream;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::{Address, DriverHandle, Engine, ListeningPort, Requests, Security};
use crate::error::Error;
use crate::filter::Filter;
use crate::host;
use crate::session::SubscribeRequest;
use crate::tls::TlsDetails;
use crate::wire::TextEncoding;
use crate::{Measurement, Ticks};

pub use crate::engine::Interface;
pub use crate::engine::ReconnectSettings;
pub use crate::session::recovery::RecoverySettings;
pub use crate::session::subscriber::SubscriberCounters;
pub use crate::session::subscriber::{AgreedModes, Compression, Schema};
pub use crate::session::{Latency, LatencyStatistics};
pub use crate::settings::{AssemblyInfo, SubscriptionOptions};
use driver::SubscriberDriver;
pub use handler::SubscriberHandler;
pub use publisher_info::PublisherInfo;
pub use read_queue::Signals;
use read_queue::{Read, ReadQueue};
pub use settings::{ConnectionState, MulticastReception, SubscriberSettings, UdpReception};
use standing::{SharedStanding, Standing};
pub use statistics::SignalStatistics;
use statistics::{SignalTally, Statistics};

/// Requests that may wait for the engine. Applications make few; a full queue means that the
/// engine is not being driven.
const WAITING_REQUESTS: usize = 1024;
/// Size of user commands that no publisher takes any more, in bytes.
const MAX_USER_COMMAND: usize = 16 << 20;

/// A subscriber: one connection to a publisher at a time, kept up over losses. Either side may
/// be the one that connects.
///
/// All methods return at once, but for [`read`](Self::read) and
/// [`wait_until_subscribed`](Self::wait_until_subscribed), and may be called from any thread
/// and from inside the handler. Dropping it closes the connection; the handler is dropped by the
/// engine soon after. In a fork of the process they fail with [`Error::Forked`], and what tells counts or states
/// must not be called.
///
/// ```no_run
/// use sttp::Measurement;
/// use sttp::engine::Engine;
/// use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings};
/// use sttp::subscriber::SubscriptionOptions;
///
/// struct Printer;
///
/// impl SubscriberHandler for Printer {
///     fn measurements(&mut self, measurements: &[Measurement]) {
///         for one in measurements {
///             println!("{} {} {}", one.timestamp, one.signal_id, one.value);
///         }
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let subscriber = Subscriber::new(&Engine::shared()?, Printer);
/// let filter = "FILTER TOP 8 ActiveMeasurements WHERE SignalType = 'FREQ'".into();
/// subscriber.subscribe(SubscriptionOptions::default().filter(filter))?;
/// subscriber.connect("localhost:7165", SubscriberSettings::default())?;
/// # Ok(())
/// # }
/// ```
pub struct Subscriber {
    shared: Arc<Shared>,
    requests: Requests<Request>,
    driver: DriverHandle,
    engine: Engine,
}

/// What an API thread wants of the engine.
enum Request {
    Connect(Address, Box<SubscriberSettings>),
    Listen(ListeningPort, Box<SubscriberSettings>),
    Disconnect,
    Subscribe(Box<SubscriptionOptions>),
    Unsubscribe,
    UpdateProcessingInterval(i32),
    Metadata(String),
    UserCommand(u8, Vec<u8>),
    Schema(Schema),
    RotateCipherKeys,
}

/// What the engine and API threads both see.
#[derive(Default)]
struct Shared {
    queue: ReadQueue,
    /// How the connections to come are secured.
    security: Security,
    /// What was agreed on by TLS, while there is a connection.
    tls: Mutex<Option<Arc<TlsDetails>>>,
    standing: SharedStanding,
    /// The publisher of the connection, while there is one.
    publisher: Mutex<Option<PublisherInfo>>,
    /// The signals that the handler was told of last.
    signals: Mutex<Option<Signals>>,
    /// The [`Subscriber`] was dropped.
    dropped: AtomicBool,
    state: AtomicU8,
    /// A connect or listen was asked for and not yet undone.
    connecting: AtomicBool,
    /// Here and not only in the driver, so that disconnecting frees the port at once.
    port: Mutex<Option<ListeningPort>>,
    pulls: AtomicBool,
    signal_count: AtomicU64,
    last_timestamp: AtomicI64,
    counts: Mutex<SubscriberCounters>,
    statistics: Statistics,
}

impl Shared {
    fn set_state(&self, state: ConnectionState) {
        self.state.store(state as u8, Ordering::Release);
    }

    fn port(&self) -> MutexGuard<'_, Option<ListeningPort>> {
        self.port.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tls(&self) -> MutexGuard<'_, Option<Arc<TlsDetails>>> {
        self.tls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close_port(&self) {
        if let Some(port) = self.port().take() {
            port.close();
        }
    }

    /// Changes where the subscription stands, as readers of the queue see it, too.
    fn stand(&self, change: impl FnOnce(&mut Standing)) {
        self.standing.change(|standing| {
            change(standing);
            self.queue.set_ended(standing.is_settled());
        });
    }

    /// No connection comes any more before the application wants one again; `why` unless it wants that.
    fn close(&self, why: Option<&str>) {
        self.stand(|standing| standing.closed(why));
        self.queue.close();
        self.set_state(ConnectionState::Idle);
    }

    fn count(&self, change: impl FnOnce(&mut SubscriberCounters)) {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Subscriber {
    /// A subscriber that is not connected yet.
    pub fn new(engine: &Engine, handler: impl SubscriberHandler) -> Subscriber {
        Subscriber::on_loop(engine, engine.idlest_loop(), handler)
    }

    /// The same on the loop of a number.
    pub(crate) fn on_loop(engine: &Engine, number: usize, handler: impl SubscriberHandler) -> Subscriber {
        let shared = Arc::new(Shared::default());
        let (requests, receiver) = Requests::new("subscriber", WAITING_REQUESTS);
        let driver = SubscriberDriver::new(Box::new(handler), shared.clone(), receiver);
        let driver = engine.add_to(number, driver);
        Subscriber { shared, requests, driver, engine: engine.clone() }
    }

    /// What it runs on.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    fn request(&self, request: Request) -> Result<(), Error> {
        self.engine.check_process()?;
        let made = self.requests.make(request);
        self.driver.notify();
        made
    }

    /// What was agreed on by TLS with the publisher, and who it is by its certificate. `None` without TLS, and
    /// while there is no connection.
    pub fn tls(&self) -> Option<Arc<TlsDetails>> {
        self.shared.tls().clone()
    }

    /// Connects to `host:port` and stays connected until [`disconnect`](Self::disconnect), over
    /// losses of the connection if the settings say so.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when `address` is none or the settings cannot be,
    /// [`Error::InvalidState`] when connected,
    /// connecting or listening already.
    pub fn connect(&self, address: &str, settings: SubscriberSettings) -> Result<(), Error> {
        let address = Address::remote(address).map_err(|error| Error::InvalidArgument(error.to_string()))?;
        settings.check()?;
        self.claim()?;
        self.begin(&settings, ConnectionState::Connecting);
        self.request(Request::Connect(address, Box::new(settings))).inspect_err(|_| self.unclaim())
    }

    /// Listens on `address` for a publisher that connects, until [`disconnect`](Self::disconnect):
    /// `127.0.0.1:7175`, `[::]:7175` for all interfaces, or port 0 for any free one. One publisher
    /// at a time is served; others are closed at once, until it has gone. A publisher that
    /// vanishes without a word counts as gone after
    /// [`data_loss_timeout`](SubscriberSettings::data_loss_timeout). Waits for the name service
    /// when the host is a name.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when `address` is none or the settings cannot be,
    /// [`Error::InvalidState`] when connected,
    /// connecting or listening already, [`Error::Io`] when the system refuses, for instance
    /// because the port is in use.
    pub fn listen(&self, address: &str, settings: SubscriberSettings) -> Result<(), Error> {
        let parsed = Address::local(address).map_err(|error| Error::InvalidArgument(error.to_string()))?;
        settings.check()?;
        self.claim()?;
        let port = ListeningPort::open(&parsed).map_err(|source| {
            self.unclaim();
            Error::Io { context: format!("cannot listen on {address}"), source }
        })?;
        *self.shared.port() = Some(port.clone());
        self.begin(&settings, ConnectionState::Listening);
        self.request(Request::Listen(port, Box::new(settings))).inspect_err(|_| self.unclaim())
    }

    /// Where the subscriber listens, with the port that the system chose.
    pub fn address(&self) -> Option<SocketAddr> {
        self.shared.port().as_ref().map(ListeningPort::address)
    }

    /// Fails where [`connect`](Self::connect) and [`listen`](Self::listen) would, because of an
    /// earlier one.
    pub(crate) fn check_idle(&self) -> Result<(), Error> {
        self.engine.check_process()?;
        if self.shared.connecting.load(Ordering::Acquire) { Err(not_idle()) } else { Ok(()) }
    }

    fn claim(&self) -> Result<(), Error> {
        self.engine.check_process()?;
        if self.shared.connecting.swap(true, Ordering::AcqRel) { Err(not_idle()) } else { Ok(()) }
    }

    /// Nothing has come of a connect or listen.
    fn unclaim(&self) {
        self.shared.close_port();
        self.shared.close(None);
        self.shared.connecting.store(false, Ordering::Release);
    }

    fn begin(&self, settings: &SubscriberSettings, state: ConnectionState) {
        self.shared.pulls.store(settings.read_queue > 0, Ordering::Release);
        if settings.read_queue > 0 {
            self.shared.queue.open(settings.read_queue);
        }
        self.shared.stand(Standing::open);
        self.shared.set_state(state);
    }

    /// Ends the connection, and all attempts to make one or listening for one: the port is free
    /// when this returns. Does nothing when there is none.
    pub fn disconnect(&self) -> Result<(), Error> {
        self.engine.check_process()?;
        self.shared.close_port();
        self.shared.connecting.store(false, Ordering::Release);
        self.request(Request::Disconnect)
    }

    /// Asks for measurements, in place of an earlier subscription. Kept over reconnects; may
    /// precede [`connect`](Self::connect).
    ///
    /// With a start time, asks for historical measurements: those from the start to the stop time,
    /// both included. Their end is told to the handler. If the connection is lost before, the whole
    /// window is asked for again on the next one.
    ///
    /// Who names no program in `assembly` subscribes as this library: publishers show that to their operators, and
    /// some show nothing else.
    ///
    /// The filter is sent as every publisher reads it, see [`Filter::portable`]; one that cannot be read here as
    /// it is, since the publisher may know more.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the options cannot be written as a connection string.
    pub fn subscribe(&self, mut options: SubscriptionOptions) -> Result<(), Error> {
        if let Ok(filter) = Filter::parse(&options.filter) {
            options.filter = filter.portable().into_owned();
        }
        if options.assembly.source.is_empty() {
            options.assembly.source = "libsttp".into();
            options.assembly.version = env!("CARGO_PKG_VERSION").into();
        }
        let request = SubscribeRequest { asked_at: Some(host::utc()), ..options.into() };
        request.encode(TextEncoding::Utf8).map_err(|error| Error::InvalidArgument(error.to_string()))?;
        self.wish(true, Request::Subscribe(Box::new(request.options)))
    }

    /// Ends the subscription; the connection stays. When not connected, nothing is asked for on the next
    /// connection.
    pub fn unsubscribe(&self) -> Result<(), Error> {
        self.wish(false, Request::Unsubscribe)
    }

    /// What the publisher says to an earlier wish tells nothing any more.
    fn wish(&self, wants: bool, request: Request) -> Result<(), Error> {
        self.engine.check_process()?;
        self.shared.stand(|standing| standing.wish(wants));
        self.request(request).inspect_err(|_| self.shared.stand(Standing::seen))
    }

    /// Waits until the publisher has granted the subscription, so that measurements come as they are
    /// published, or until it is known that none will. With a time-out of zero, tells where the subscription
    /// stands now.
    ///
    /// The publisher begins when it knows that the list of signals has arrived. That is said when this returns, and
    /// takes the time of a message to get there: what is published before may not come. Who has the publisher too, in a
    /// test for example, waits for [`PublisherHandler::subscribed`](crate::publisher::PublisherHandler::subscribed).
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] and why; [`Error::NoSignals`] when the publisher has no signal for it, though it
    /// may get one; [`Error::Complete`] when it was for historical data and they have ended;
    /// [`Error::InvalidState`] when nothing is subscribed; [`Error::Closed`] when the subscriber is
    /// disconnected, and why if it gave up; once the time-out has passed, [`Error::NotConnected`], and why if
    /// that is known, or [`Error::Timeout`] when the publisher is connected and has not answered;
    /// [`Error::WouldBlock`] when waiting would stop the engine, because the handler calls.
    pub fn wait_until_subscribed(&self, timeout: Option<Duration>) -> Result<(), Error> {
        self.engine.check_process()?;
        let is_inside = self.engine.is_current_thread();
        let waited = self.shared.standing.wait(if is_inside { Some(Duration::ZERO) } else { timeout });
        match waited {
            Err(Error::NotConnected(_) | Error::Timeout(_))
                if is_inside && timeout != Some(Duration::ZERO) =>
            {
                Err(would_stop_the_engine())
            }
            waited => waited,
        }
    }

    /// Changes the pace at which historical data are played back: milliseconds for each step, which
    /// is everything up to the next later time; 0 for as fast as possible, -1 for the publisher's
    /// default. The handler is told whether the publisher did so. Kept over reconnects.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] below -1, [`Error::NotConnected`].
    pub fn update_processing_interval(&self, milliseconds: i32) -> Result<(), Error> {
        if milliseconds < -1 {
            return Err(Error::InvalidArgument(format!(
                "the processing interval is {milliseconds} ms; give 0 for as fast as possible, or -1 for the default"
            )));
        }
        self.check_connected()?;
        self.request(Request::UpdateProcessingInterval(milliseconds))
    }

    /// Asks for the metadata, or the part that filter statements select. They come to the handler.
    ///
    /// As for everything that is asked of a connection: when that is lost before the request is sent, the
    /// handler is told that it failed.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`].
    pub fn request_metadata(&self, filters: &str) -> Result<(), Error> {
        self.check_connected()?;
        self.request(Request::Metadata(filters.to_owned()))
    }

    /// Sends user command `command`, 0 to 15, to the publisher. Its answer comes to the handler.
    /// One implementation ends connections on which a command of more than 32,768 bytes comes.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when there is no such command or the payload has 16 MiB or more,
    /// [`Error::NotConnected`].
    pub fn send_user_command(&self, command: u8, payload: &[u8]) -> Result<(), Error> {
        if command > 15 {
            return Err(Error::InvalidArgument(format!("there is no user command {command}; give 0 to 15")));
        }
        if payload.len() >= MAX_USER_COMMAND {
            let length = payload.len();
            return Err(Error::InvalidArgument(format!(
                "the user command has {length} bytes; give less than {MAX_USER_COMMAND}"
            )));
        }
        self.check_connected()?;
        self.request(Request::UserCommand(command, payload.to_vec()))
    }

    /// Asks for the tables and columns of a data set; they come to the handler. Many publishers do
    /// not answer.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`].
    pub fn request_schema(&self, schema: Schema) -> Result<(), Error> {
        self.check_connected()?;
        self.request(Request::Schema(schema))
    }

    fn check_connected(&self) -> Result<(), Error> {
        match self.state() {
            ConnectionState::Connected | ConnectionState::Subscribed => Ok(()),
            ConnectionState::Idle
            | ConnectionState::Connecting
            | ConnectionState::Reconnecting
            | ConnectionState::Listening => {
                Err(Error::NotConnected("the subscriber is not connected; wait until it is".into()))
            }
        }
    }

    /// Asks a publisher that encrypts measurements for new keys. One that does not encrypt, or has new
    /// keys already, refuses.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`].
    pub fn rotate_cipher_keys(&self) -> Result<(), Error> {
        self.check_connected()?;
        self.request(Request::RotateCipherKeys)
    }

    /// Where the subscriber stands.
    pub fn state(&self) -> ConnectionState {
        ConnectionState::from_u8(self.shared.state.load(Ordering::Acquire))
    }

    /// Moves received measurements into `out` and returns how many. Waits for the first one until
    /// `timeout` has passed, for ever without one. Needs
    /// [`read_queue`](SubscriberSettings::read_queue).
    ///
    /// All measurements of one read refer to the same signals, which [`read_signals`](Self::read_signals) tells until
    /// the next read.
    ///
    /// # Errors
    ///
    /// When nothing is left to read and nothing will come before the application does something, at once:
    /// [`Error::Refused`] when the publisher refused the subscription, and why; [`Error::Complete`] when it was
    /// for historical data and they have ended; [`Error::Closed`] when disconnected, and why if the subscriber
    /// gave up.
    ///
    /// When nothing came in time: [`Error::NotConnected`], and why if that is known; [`Error::NoSignals`] when
    /// the publisher has no signal for the subscription; [`Error::InvalidState`] when nothing is subscribed;
    /// [`Error::Timeout`] when it is just quiet.
    ///
    /// [`Error::InvalidState`] without a read queue, [`Error::WouldBlock`] when waiting would stop the engine,
    /// because the handler calls.
    pub fn read(&self, out: &mut [Measurement], timeout: Option<Duration>) -> Result<usize, Error> {
        self.read_with_signals(out, timeout).map(|(count, _)| count)
    }

    /// As [`read`](Self::read), and tells the signals that the measurements refer to: for several threads that read.
    /// There are none only when `out` is empty.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_with_signals(
        &self,
        out: &mut [Measurement],
        timeout: Option<Duration>,
    ) -> Result<(usize, Option<Signals>), Error> {
        self.engine.check_process()?;
        if !self.shared.pulls.load(Ordering::Acquire) {
            return Err(Error::InvalidState("no read queue was set before connect; set one to read".into()));
        }
        let waits = timeout != Some(Duration::ZERO);
        let timeout = if self.engine.is_current_thread() { Some(Duration::ZERO) } else { timeout };
        match self.shared.queue.read(out, timeout) {
            Read::Measurements { count, signals, has_room } => {
                if has_room {
                    self.driver.notify();
                }
                Ok((count, signals))
            }
            Read::TimedOut if waits && self.engine.is_current_thread() => Err(would_stop_the_engine()),
            Read::TimedOut | Read::Ended | Read::Closed => {
                let quiet = || Error::Timeout("no measurement arrived in time".into());
                Err(self.shared.standing.check().err().unwrap_or_else(quiet))
            }
        }
    }

    /// The signals that the measurements refer to which were [`read`](Self::read) last; none before the first. They may
    /// not be those that the handler was told of last: what waits to be read may be older.
    pub fn read_signals(&self) -> Option<Signals> {
        self.shared.queue.read_signals()
    }

    /// A descriptor that is readable while [`read`](Self::read) would return at once, with measurements or
    /// because nothing will come. For the application's own event loop: only wait on it, and no longer than the
    /// subscriber lives.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the system has none left.
    #[cfg(unix)]
    pub fn read_descriptor(&self) -> Result<std::os::fd::RawFd, Error> {
        self.engine.check_process()?;
        let descriptor = self.shared.queue.descriptor();
        descriptor.map_err(|source| Error::io("no descriptor for the read queue can be had", source))
    }

    /// Counts so far, over all connections.
    pub fn statistics(&self) -> SubscriberCounters {
        let counts = *self.shared.counts.lock().unwrap_or_else(PoisonError::into_inner);
        SubscriberCounters {
            signal_count: self.shared.signal_count.load(Ordering::Relaxed),
            last_timestamp: Ticks(self.shared.last_timestamp.load(Ordering::Relaxed)),
            measurements_per_second: self.shared.statistics.measurements_per_second(host::now()),
            ..counts
        }
    }

    /// How late measurements arrive. Needs
    /// [`latency_statistics`](SubscriberSettings::latency_statistics); all 0 without.
    pub fn latency_statistics(&self) -> LatencyStatistics {
        self.shared.statistics.latency(host::now())
    }

    /// What came of each signal since the current signal index cache came into use, by row of that
    /// cache, and the cache's generation as
    /// [`subscription_updated`](SubscriberHandler::subscription_updated) was told: generation 0
    /// and no rows before the first. A new cache, also that of another connection, begins anew at 0
    /// before the handler is told of it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidState`] without [`signal_statistics`](SubscriberSettings::signal_statistics).
    pub fn signal_statistics(&self) -> Result<(u32, Vec<SignalStatistics>), Error> {
        self.read_signal_statistics(|generation, rows| {
            (generation, rows.iter().map(SignalTally::statistics).collect())
        })
    }

    /// The same for `read`, without a copy; measurements wait meanwhile.
    pub(crate) fn read_signal_statistics<R>(
        &self,
        read: impl FnOnce(u32, &[SignalTally]) -> R,
    ) -> Result<R, Error> {
        self.shared.statistics.read_signals(read).ok_or_else(|| {
            Error::InvalidState(
                "signals are not counted; switch their statistics on, then connect or listen".into(),
            )
        })
    }
}

fn would_stop_the_engine() -> Error {
    Error::WouldBlock("waiting inside a callback would stop the engine; give time-out 0".into())
}

fn not_idle() -> Error {
    Error::InvalidState("already connected, connecting or listening; disconnect first".into())
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        if self.engine.is_left() {
            self.requests.leave();
            return;
        }
        self.shared.dropped.store(true, Ordering::Release);
        self.shared.close_port();
        self.shared.close(None);
        self.driver.notify();
    }
}
