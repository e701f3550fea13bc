//! Block links on an engine: STTP over serial lines, radio, one-way UDP, TCP and files.
//!
//! A [`Link`] is one side of a link, with what [`LinkSession`](crate::block_link::session::LinkSession) does and sockets,
//! serial lines and files beside. A [`LinkInput`] publishes what comes over links with a publisher; a [`LinkOutput`] sends
//! what a subscriber receives over links. `docs/block-links.md` tells how links are written and set.

mod counters;
mod driver;
mod file;
mod frames;
mod handler;
mod input;
mod line;
mod merged;
mod output;
mod plan;
mod port;
mod relay;
mod relaying;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::Measurement;
use crate::block_link::Levels;
use crate::block_link::negotiation::{Agreement, LinkRole};
use crate::block_link::session::BlockLinkCounters;
use crate::engine::{DriverHandle, Engine, Requests};
use crate::error::Error;
use crate::metadata::Metadata;
use crate::settings::{BlockLinkSetup, TimeForm};
use crate::tls::TlsDetails;

pub use counters::LinkCounters;
use driver::LinkDriver;
pub use handler::LinkHandler;
pub use input::{LinkInput, LinkInputCounters, LinkInputHandler};
pub use output::LinkOutput;
use plan::{Plan, TakeMetadata};

/// Requests that may wait for the engine.
const WAITING_REQUESTS: usize = 10_000;
/// Measurements, or bytes of frames, that may wait for the engine besides.
const MOST_WAITING: usize = 1 << 20;

/// Names a link of a [`LinkInput`] or [`LinkOutput`]; never used twice there.
pub type LinkId = u64;

/// One side of a block link.
///
/// What it sends is given to [`publish`](Self::publish) and [`publish_frame`](Self::publish_frame), with
/// [`set_metadata`](Self::set_metadata) and [`set_configuration`](Self::set_configuration) before; what comes the handler
/// gets. Whatever was set and subscribed holds when the link is opened again, too.
///
/// Methods return at once, but for [`open`](Self::open) of a link that listens at a host name, and those that read certificates;
/// they may be called from any thread and from inside the handler. Dropping it closes the link; the handler is dropped by the engine soon after.
///
/// ```no_run
/// use sttp::block_link::negotiation::LinkRole;
/// use sttp::engine::Engine;
/// use sttp::gateway::block_link::{Link, LinkHandler};
/// use sttp::{Measurement, settings::TimeForm};
///
/// struct Printer;
///
/// impl LinkHandler for Printer {
///     fn measurements(&mut self, measurements: &[Measurement]) {
///         println!("{measurements:?}");
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let setup = "link=serial:/dev/ttyS0,115200,8N1".parse()?;
/// let link = Link::new(&Engine::shared()?, LinkRole::Client, &setup, Printer)?;
/// link.subscribe("FILTER ActiveMeasurements WHERE SignalType = 'FREQ'", TimeForm::Ticks)?;
/// link.open()?;
/// # Ok(())
/// # }
/// ```
pub struct Link {
    shared: Arc<Shared>,
    requests: Requests<Request>,
    driver: DriverHandle,
    engine: Engine,
    plan: Plan,
}

/// What an API thread wants of the engine.
enum Request {
    Open,
    Close,
    Subscribe(String, TimeForm),
    Unsubscribe,
    AskForMetadata,
    SetMetadata(Arc<Metadata>),
    SetConfiguration(Bytes),
    Publish(Vec<Measurement>),
    PublishFrame(Vec<u8>),
}

/// What the engine and API threads both see.
#[derive(Default)]
struct Shared {
    dropped: AtomicBool,
    /// The engine has let go of the link.
    ended: AtomicBool,
    /// Measurements and bytes of frames in requests whose outcome is not in the info yet.
    waiting: AtomicUsize,
    /// How often it is to be opened by requests that the engine has not seen.
    openings: AtomicUsize,
    info: Mutex<LinkInfo>,
    /// The engine has shown how the link stands.
    shown: Condvar,
}

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkState {
    /// It is not to be open, or a file was read to its end.
    #[default]
    Closed,
    /// It is being opened, or waits for a connection.
    Opening,
    /// It is open, and nothing is agreed with the other side.
    Open,
    /// Both sides have agreed how they talk.
    Running,
    /// It was lost or could not be opened; the next attempt is due after a delay.
    Reopening,
    /// It was lost or could not be opened, and no attempt follows.
    GaveUp,
    /// What waits for a file is being written.
    Closing,
}

/// What is known of a link.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LinkInfo {
    /// Where it stands.
    pub state: LinkState,
    /// What it is open to: the address of the other side, a port, a device or a file; empty while it is not open.
    pub address: String,
    /// Whether both sides can send.
    pub is_two_way: bool,
    /// Where it listens, with the port that the system chose.
    pub listening: Option<SocketAddr>,
    /// What is agreed; among it the levels of compliance of the other side.
    pub agreement: Option<Agreement>,
    /// The levels of compliance that this side has, and tells the other one.
    pub levels: Levels,
    /// What was agreed on by TLS, and with whom; None without it.
    pub tls: Option<Arc<TlsDetails>>,
    /// Data points that wait to be sent, or are in blocks that the line, the socket or the file has not taken whole yet.
    pub waiting_points: usize,
    /// What was counted since it was made.
    pub counters: LinkCounters,
    /// What its session counted, over all openings.
    pub session: BlockLinkCounters,
}

impl Shared {
    fn info(&self) -> MutexGuard<'_, LinkInfo> {
        self.info.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link {
    /// A link that is not open. `role` says whether this side receives, sends, or both.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the settings do not say where the link is, or do not go together, or a certificate, a
    /// key or a revocation list cannot be used: which, why, and what to do.
    pub fn new(
        engine: &Engine,
        role: LinkRole,
        setup: &BlockLinkSetup,
        handler: impl LinkHandler,
    ) -> Result<Link, Error> {
        Link::with(engine, role, setup, Box::new(handler), None)
    }

    /// The same, where metadata that come are taken elsewhere than on the loop, before the handler is told.
    fn with(
        engine: &Engine,
        role: LinkRole,
        setup: &BlockLinkSetup,
        handler: Box<dyn LinkHandler>,
        take_metadata: Option<TakeMetadata>,
    ) -> Result<Link, Error> {
        engine.check_process()?;
        let plan = Plan::new(setup, role, take_metadata)?;
        let info = LinkInfo { is_two_way: plan.kind.is_two_way(), ..LinkInfo::default() };
        let shared = Arc::new(Shared { info: Mutex::new(info), ..Shared::default() });
        let (requests, receiver) = Requests::new("link", WAITING_REQUESTS);
        let driver = engine.add(LinkDriver::new(shared.clone(), receiver, plan.clone(), handler));
        Ok(Link { shared, requests, driver, engine: engine.clone(), plan })
    }

    /// Opens the link, until it is [closed](Self::close), over losses if the settings say so.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidState`] when it is open or being opened; [`Error::Io`] when the system refuses to listen;
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn open(&self) -> Result<(), Error> {
        self.engine.check_process()?;
        let mut info = self.shared.info();
        if !matches!(info.state, LinkState::Closed | LinkState::GaveUp) {
            return Err(Error::InvalidState("the link is open already; close it first".into()));
        }
        self.requests.check_room()?;
        info.listening = self.plan.listen()?;
        info.state = LinkState::Opening;
        self.shared.openings.fetch_add(1, Ordering::AcqRel);
        drop(info);
        let made = self.requests.make_at_once(Request::Open);
        self.driver.notify();
        made
    }

    /// Closes the link. A file gets what waits to be written; elsewhere only what can be sent at once is.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn close(&self) -> Result<(), Error> {
        self.request(Request::Close)
    }

    /// Wants the signals of a filter expression, an empty one for all, with times in this form. Only on two-way links.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidState`] on a one-way link, where the sender decides; [`Error::WouldBlock`] when too many requests wait
    /// for the engine.
    pub fn subscribe(&self, filter: &str, times: TimeForm) -> Result<(), Error> {
        if !self.plan.kind.is_two_way() {
            return Err(Error::InvalidState(
                "nobody can subscribe over a one-way link; its sender decides, by signals and times".into(),
            ));
        }
        self.request(Request::Subscribe(filter.to_owned(), times))
    }

    /// Wants nothing any more.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn unsubscribe(&self) -> Result<(), Error> {
        self.request(Request::Unsubscribe)
    }

    /// Asks for the metadata once more. They come by themselves when they change.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn request_metadata(&self) -> Result<(), Error> {
        self.request(Request::AskForMetadata)
    }

    /// Sets or changes the metadata of what is sent. Only signals that they have are sent.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn set_metadata(&self, metadata: Arc<Metadata>) -> Result<(), Error> {
        self.request(Request::SetMetadata(metadata))
    }

    /// Sets or changes the configuration of a stream of C37.118: its configuration frames, one behind the other, of which
    /// the last CFG-2 or CFG-3 counts. What is wrong with them the handler is told.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn set_configuration(&self, frames: &[u8]) -> Result<(), Error> {
        self.request(Request::SetConfiguration(Bytes::copy_from_slice(frames)))
    }

    /// Sends measurements by their `signal_id`: those that the other side has subscribed to, or on a one-way link those that
    /// the settings say. What is published while the link is closed is counted, and not sent.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too much waits for the engine. Then nothing was published.
    pub fn publish(&self, measurements: &[Measurement]) -> Result<(), Error> {
        self.reserve(measurements.len())?;
        self.request_reserved(Request::Publish(measurements.to_vec()), measurements.len())
    }

    /// Sends a data frame of C37.118, as a data point for each of its values, by the configuration that was set. What cannot
    /// be sent is counted, and the handler is told.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too much waits for the engine. Then nothing was published.
    pub fn publish_frame(&self, frame: &[u8]) -> Result<(), Error> {
        self.reserve(frame.len())?;
        self.request_reserved(Request::PublishFrame(frame.to_vec()), frame.len())
    }

    /// Waits until what was published has left for the line, the socket or the file, or was dropped and counted; up to
    /// `timeout`, or as long as it takes. What is published while the link is closed does not wait.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] when something waits still; [`Error::WouldBlock`] inside a handler, which would keep it from
    /// being sent; [`Error::Closed`] when the engine is gone.
    pub fn flush(&self, timeout: Option<Duration>) -> Result<(), Error> {
        self.engine.check_process()?;
        if self.engine.is_current_thread() {
            return Err(Error::WouldBlock(
                "flush inside a callback would stop the engine; call it elsewhere".into(),
            ));
        }
        let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut info = self.shared.info();
        loop {
            let is_open = matches!(info.state, LinkState::Open | LinkState::Running | LinkState::Closing);
            if self.shared.waiting.load(Ordering::Acquire) == 0 && (info.waiting_points == 0 || !is_open) {
                return Ok(());
            }
            if self.shared.ended.load(Ordering::Acquire) {
                return Err(Error::Closed("the engine is gone; nothing is sent any more".into()));
            }
            info = match until {
                None => self.shared.shown.wait(info).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(Error::Timeout("the link did not take everything in time".into()));
                    }
                    self.shared.shown.wait_timeout(info, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// What it runs on.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Reads certificates, keys and revocation lists again, for the connections to come. (Files that have changed are read
    /// again by themselves, when the next connection is made.) Waits until they are read: on a share that hangs, for ever.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new): then everything stays as it was. [`Error::InvalidState`] without TLS.
    pub fn reload_certificates(&self) -> Result<(), Error> {
        self.plan.security.reload()?;
        self.driver.notify();
        Ok(())
    }

    /// What is known of it.
    pub fn info(&self) -> LinkInfo {
        self.shared.info().clone()
    }

    fn reserve(&self, count: usize) -> Result<(), Error> {
        let waiting = self.shared.waiting.fetch_add(count, Ordering::AcqRel);
        if waiting == 0 || waiting + count <= MOST_WAITING {
            return Ok(());
        }
        self.shared.waiting.fetch_sub(count, Ordering::AcqRel);
        self.driver.notify();
        Err(Error::WouldBlock("too much waits for the engine already; let it run, or poll it".into()))
    }

    fn request_reserved(&self, request: Request, count: usize) -> Result<(), Error> {
        self.request(request).inspect_err(|_| {
            self.shared.waiting.fetch_sub(count, Ordering::AcqRel);
        })
    }

    fn request(&self, request: Request) -> Result<(), Error> {
        self.engine.check_process()?;
        let made = self.requests.make(request);
        self.driver.notify();
        made
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.engine.is_left() {
            self.requests.leave();
            return;
        }
        self.shared.dropped.store(true, Ordering::Release);
        self.driver.notify();
    }
}
