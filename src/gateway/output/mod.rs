//! C37.118 out: measurements of a publisher as streams.

mod driver;
mod feed;
mod handler;
mod plan;
mod stream;
mod targets;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::c37118::Configuration;
use crate::c37118::concentrator::ConcentratorCounters;
use crate::c37118::encapsulation::DecapsulatorCounters;
use crate::c37118::server::ServerCounters;
use crate::engine::{DriverHandle, Engine, Requests};
use crate::error::Error;
use crate::settings::{C37118OutputSetup, SubscriberSetup, SubscriptionOptions};
use crate::subscriber::Subscriber;

use driver::OutputDriver;
use feed::{Feeds, Source};
pub use handler::OutputHandler;
use plan::Plan;

/// Requests that may wait for the engine.
const WAITING_REQUESTS: usize = 10_000;

/// Names a stream of an output; never used twice.
pub type StreamId = u64;

/// Streams of C37.118, made of what one subscriber receives: any number of them, each with clients and targets of its
/// own.
///
/// The output subscribes to what its streams are made of, once for all of them, and makes their configurations of the
/// publisher's metadata; when these change, so do the streams.
///
/// Methods return at once, but for those that open a port at a host name; they may be called from any thread and from
/// inside the handler. Dropping it closes everything; the handler is dropped by the engine soon after.
///
/// ```no_run
/// use sttp::engine::Engine;
/// use sttp::gateway::{Output, OutputHandler};
///
/// struct Quiet;
///
/// impl OutputHandler for Quiet {}
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let output = Output::new(&Engine::shared()?, Quiet);
/// output.add_stream(&"port=4712; accessID=235; dataRate=30".parse()?)?;
/// output.connect(&"server=pdc.example.com:7175".parse()?)?;
/// # Ok(())
/// # }
/// ```
pub struct Output {
    shared: Arc<Shared>,
    subscriber: Arc<Subscriber>,
}

/// What is wanted of the driver.
enum Request {
    Add(StreamId, Arc<Plan>),
    Remove(StreamId),
    /// There are metadata that the streams are to be made of.
    UseMetadata,
    /// The publisher has others.
    AskForMetadata,
}

/// What the subscriber, the driver and API threads see.
struct Shared {
    /// Only used on the loop.
    handler: Mutex<Box<dyn OutputHandler>>,
    feeds: Mutex<Feeds>,
    streams: Mutex<BTreeMap<StreamId, StreamInfo>>,
    /// Of the subscription, all but the signals.
    options: Mutex<SubscriptionOptions>,
    last_stream: AtomicU64,
    dropped: AtomicBool,
    requests: Requests<Request>,
    driver: OnceLock<DriverHandle>,
}

/// What is known of a stream.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct StreamInfo {
    /// Which it is.
    pub id: StreamId,
    /// Where it listens, with the port that the system chose.
    pub address: Option<SocketAddr>,
    /// What its data frames carry, once that is known.
    pub configuration: Option<Arc<Configuration>>,
    /// What was counted of frames that are made of measurements.
    pub concentrator: ConcentratorCounters,
    /// What was counted of frames of a device that are passed on.
    pub relay: DecapsulatorCounters,
    /// What was counted of its clients.
    pub server: ServerCounters,
}

impl Shared {
    /// The handler, on the loop, where nobody else has it.
    fn handler(&self) -> MutexGuard<'_, Box<dyn OutputHandler>> {
        self.handler.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn feeds(&self) -> MutexGuard<'_, Feeds> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn streams(&self) -> MutexGuard<'_, BTreeMap<StreamId, StreamInfo>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn options(&self) -> SubscriptionOptions {
        self.options.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn notify(&self) {
        self.driver.get().into_iter().for_each(DriverHandle::notify);
    }

    /// Asks the driver for something for which there is room, or which nobody but the loop asks for.
    fn ask(&self, request: Request) -> Result<(), Error> {
        let made = self.requests.make_at_once(request);
        self.notify();
        made
    }
}

impl Output {
    /// An output without streams that is not connected.
    pub fn new(engine: &Engine, handler: impl OutputHandler) -> Output {
        let (requests, receiver) = Requests::new("output", WAITING_REQUESTS);
        let shared = Arc::new(Shared {
            handler: Mutex::new(Box::new(handler)),
            feeds: Mutex::default(),
            streams: Mutex::default(),
            options: Mutex::default(),
            last_stream: AtomicU64::new(0),
            dropped: AtomicBool::new(false),
            requests,
            driver: OnceLock::new(),
        });
        let number = engine.idlest_loop();
        let subscriber = Arc::new(Subscriber::on_loop(engine, number, Source(shared.clone())));
        let driver = OutputDriver::new(shared.clone(), Arc::downgrade(&subscriber), receiver);
        shared.driver.get_or_init(|| engine.add_to(number, driver));
        Output { shared, subscriber }
    }

    /// What receives the measurements, for its state and its counts.
    pub fn subscriber(&self) -> &Subscriber {
        &self.subscriber
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.subscriber.engine()
    }

    /// Connects to a publisher, or listens for one, as `setup` says, until [`disconnect`](Self::disconnect). What is
    /// subscribed the streams say.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when `setup` does not say where the publisher is, or has a filter or a read queue;
    /// [`Error::InvalidState`] when connected, connecting or listening already; [`Error::Io`] when the system refuses
    /// to listen.
    pub fn connect(&self, setup: &SubscriberSetup) -> Result<(), Error> {
        if !setup.subscription.filter.trim().is_empty() {
            return Err(Error::InvalidArgument(
                "the streams of an output say what is subscribed; give devices or filterExpression to a stream, not \
                 to the subscriber"
                    .into(),
            ));
        }
        if setup.settings.read_queue > 0 {
            return Err(Error::InvalidArgument("an output reads by itself; leave readQueue out".into()));
        }
        let mut setup = setup.clone();
        setup.settings.request_metadata = true;
        self.subscriber.check_idle()?;
        setup
            .subscription
            .clone_into(&mut self.shared.options.lock().unwrap_or_else(PoisonError::into_inner));
        self.subscriber.set_up(&setup)
    }

    /// Ends the connection to the publisher, and all attempts to make one. The streams stay.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn disconnect(&self) -> Result<(), Error> {
        self.subscriber.disconnect()
    }

    /// Adds a stream. Its port is open when this returns; its clients get a configuration once the publisher has told
    /// its metadata.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the settings do not go together, or do not say where clients are;
    /// [`Error::Io`] when the system refuses to listen; [`Error::WouldBlock`] when too many requests wait for the
    /// engine.
    pub fn add_stream(&self, setup: &C37118OutputSetup) -> Result<StreamId, Error> {
        self.engine().check_process()?;
        self.check_room()?;
        let plan = Arc::new(Plan::new(setup)?);
        let id = 1 + self.shared.last_stream.fetch_add(1, Ordering::Relaxed);
        let address = plan.port.as_ref().map(|port| port.address());
        self.shared.streams().insert(id, StreamInfo { id, address, ..StreamInfo::default() });
        self.shared.ask(Request::Add(id, plan)).inspect_err(|_| drop(self.shared.streams().remove(&id)))?;
        Ok(id)
    }

    /// Ends a stream: its port is closed, and its clients are disconnected.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such stream; [`Error::WouldBlock`] when too many requests wait for the
    /// engine.
    pub fn remove_stream(&self, stream: StreamId) -> Result<(), Error> {
        self.engine().check_process()?;
        self.check_room()?;
        self.shared.streams().remove(&stream).ok_or_else(|| no_stream(stream))?;
        self.shared.ask(Request::Remove(stream))
    }

    /// All streams, in the order in which they were added.
    pub fn streams(&self) -> Vec<StreamInfo> {
        self.shared.streams().values().cloned().collect()
    }

    /// What is known of a stream.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such stream.
    pub fn stream(&self, stream: StreamId) -> Result<StreamInfo, Error> {
        self.shared.streams().get(&stream).cloned().ok_or_else(|| no_stream(stream))
    }

    fn check_room(&self) -> Result<(), Error> {
        self.shared.requests.check_room().inspect_err(|_| self.shared.notify())
    }
}

fn no_stream(stream: StreamId) -> Error {
    Error::NotFound(format!("the output has no stream {stream}; add it first"))
}

impl Drop for Output {
    fn drop(&mut self) {
        if self.engine().is_left() {
            std::mem::forget(self.shared.clone());
            return;
        }
        self.shared.dropped.store(true, Ordering::Release);
        self.shared.notify();
    }
}
