//! Links out: what a subscriber receives goes over them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::frames::{EncapsulatedFrames, Sendable};
use super::input::no_link;
use super::{Link, LinkHandler, LinkId, LinkInfo};
use uuid::Uuid;

use crate::Measurement;
use crate::block_link::negotiation::LinkRole;
use crate::engine::Engine;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::session::Severity;
use crate::settings::{BlockLinkSetup, SubscriberSetup};
use crate::subscriber::{Subscriber, SubscriberHandler};

/// What is subscribed when nothing is said: everything.
const EVERYTHING: &str = "FILTER ActiveMeasurements WHERE True";

/// Links over which goes what one subscriber receives: any number of them, each with the metadata of the publisher.
///
/// The subscriber's setup says what is subscribed, everything if it has no filter; of that each link sends what its other
/// side has subscribed to, or, where that cannot, what the link's settings say. Streams of C37.118 that the publisher passes on
/// in buffer blocks go as data points of C37.118; of two with the same ID code the one that comes first.
///
/// Methods return at once; they may be called from any thread and from inside the handlers. Dropping it closes everything.
/// A program that has a publisher of its own gives its measurements to a [`Link`] besides.
///
/// ```no_run
/// use sttp::engine::Engine;
/// use sttp::gateway::block_link::{LinkHandler, LinkOutput};
/// use sttp::subscriber::SubscriberHandler;
///
/// struct Quiet;
///
/// impl LinkHandler for Quiet {}
/// impl SubscriberHandler for Quiet {}
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let output = LinkOutput::new(&Engine::shared()?, Quiet);
/// output.add_link(&"link=serial:/dev/ttyS0,115200,8N1".parse()?, Quiet)?;
/// output.connect(&"server=pdc.example.com:7175".parse()?)?;
/// # Ok(())
/// # }
/// ```
pub struct LinkOutput {
    shared: Arc<Shared>,
    subscriber: Arc<Subscriber>,
}

/// What the subscriber feeds.
#[derive(Default)]
struct Shared {
    links: Mutex<BTreeMap<LinkId, Entry>>,
    metadata: Mutex<Option<Arc<Metadata>>>,
    frames: Mutex<EncapsulatedFrames>,
    last_link: AtomicU64,
    subscriber: Mutex<Weak<Subscriber>>,
}

struct Entry {
    link: Link,
    /// Measurements and frames that the link did not take, because too much waited for it.
    not_taken: u64,
}

impl Entry {
    fn send(&mut self, sendable: &Sendable) {
        let sent = match sendable {
            Sendable::Configuration(frames) => self.link.set_configuration(frames),
            Sendable::Data(frame) => self.link.publish_frame(frame),
        };
        self.not_taken += u64::from(sent.is_err());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LinkOutput {
    /// An output without links that is not connected. The handler is told what the subscriber is.
    pub fn new(engine: &Engine, handler: impl SubscriberHandler) -> LinkOutput {
        let shared = Arc::new(Shared::default());
        let source = Source { shared: shared.clone(), handler };
        let subscriber = Arc::new(Subscriber::new(engine, source));
        *lock(&shared.subscriber) = Arc::downgrade(&subscriber);
        LinkOutput { shared, subscriber }
    }

    /// What receives the measurements, for its state and its counts.
    pub fn subscriber(&self) -> &Subscriber {
        &self.subscriber
    }

    /// Connects to a publisher, or listens for one, as `setup` says, until [`disconnect`](Self::disconnect).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when `setup` does not say where the publisher is, or has a read queue;
    /// [`Error::InvalidState`] when connected, connecting or listening already; [`Error::Io`] when the system refuses to
    /// listen.
    pub fn connect(&self, setup: &SubscriberSetup) -> Result<(), Error> {
        if setup.settings.read_queue > 0 {
            return Err(Error::InvalidArgument("an output reads by itself; leave readQueue out".into()));
        }
        let mut setup = setup.clone();
        setup.settings.request_metadata = true;
        if setup.subscription.filter.trim().is_empty() {
            setup.subscription.filter = EVERYTHING.to_owned();
        }
        self.subscriber.set_up(&setup)
    }

    /// Ends the connection to the publisher, and all attempts to make one. The links stay.
    ///
    /// # Errors
    ///
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn disconnect(&self) -> Result<(), Error> {
        self.subscriber.disconnect()
    }

    /// Adds a link and opens it.
    ///
    /// # Errors
    ///
    /// As [`Link::new`] and [`Link::open`].
    pub fn add_link(&self, setup: &BlockLinkSetup, handler: impl LinkHandler) -> Result<LinkId, Error> {
        self.add_link_with(setup, |_| handler)
    }

    /// The same, with a handler that knows which link it is of.
    ///
    /// # Errors
    ///
    /// As [`add_link`](Self::add_link).
    pub fn add_link_with<H: LinkHandler>(
        &self,
        setup: &BlockLinkSetup,
        handler: impl FnOnce(LinkId) -> H,
    ) -> Result<LinkId, Error> {
        let id = 1 + self.shared.last_link.fetch_add(1, Ordering::Relaxed);
        let link = Link::new(self.subscriber.engine(), LinkRole::Server, setup, handler(id))?;
        // Those that come from here on all links get.
        let mut links = lock(&self.shared.links);
        if let Some(metadata) = &*lock(&self.shared.metadata) {
            link.set_metadata(Arc::clone(metadata))?;
        }
        let mut entry = Entry { link, not_taken: 0 };
        lock(&self.shared.frames).configurations().for_each(|configuration| entry.send(&configuration));
        entry.link.open()?;
        links.insert(id, entry);
        Ok(id)
    }

    /// Closes a link.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such link.
    pub fn remove_link(&self, link: LinkId) -> Result<(), Error> {
        let removed = lock(&self.shared.links).remove(&link);
        removed.map(drop).ok_or_else(|| no_link(link))
    }

    /// The links, in the order in which they were added.
    pub fn links(&self) -> Vec<LinkId> {
        lock(&self.shared.links).keys().copied().collect()
    }

    /// What is known of a link, and how many measurements and frames it did not take because too much waited for the engine.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such link.
    pub fn link(&self, link: LinkId) -> Result<(LinkInfo, u64), Error> {
        let links = lock(&self.shared.links);
        links.get(&link).map(|entry| (entry.link.info(), entry.not_taken)).ok_or_else(|| no_link(link))
    }
}

/// Feeds the links with what the subscriber receives, and tells the application of all else.
struct Source<H> {
    shared: Arc<Shared>,
    handler: H,
}

impl<H: SubscriberHandler> SubscriberHandler for Source<H> {
    fn connected(&mut self, address: &str) {
        self.handler.connected(address);
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        self.handler.disconnected(reason);
    }

    fn reconnecting(&mut self, attempt: u32, delay: Duration) {
        self.handler.reconnecting(attempt, delay);
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        let links = lock(&self.shared.links);
        *lock(&self.shared.metadata) = Some(Arc::clone(metadata));
        lock(&self.shared.frames).set_metadata(metadata);
        let failures: Vec<Error> =
            links.values().filter_map(|entry| entry.link.set_metadata(Arc::clone(metadata)).err()).collect();
        drop(links);
        for error in failures {
            self.handler.message(Severity::Warning, &format!("A link does not get the metadata: {error}"));
        }
        self.handler.metadata(metadata);
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        for entry in lock(&self.shared.links).values_mut() {
            if entry.link.publish(measurements).is_err() {
                entry.not_taken += measurements.len() as u64;
            }
        }
        self.handler.measurements(measurements);
    }

    fn recovered_measurements(&mut self, measurements: &[Measurement]) {
        self.measurements(measurements);
    }

    fn buffer_block(&mut self, signal_id: &Uuid, signal_index: u32, bytes: &[u8]) {
        let mut links = lock(&self.shared.links);
        for sendable in lock(&self.shared.frames).receive(*signal_id, bytes) {
            links.values_mut().for_each(|entry| entry.send(&sendable));
        }
        drop(links);
        self.handler.buffer_block(signal_id, signal_index, bytes);
    }

    fn configuration_changed(&mut self) {
        let subscriber = lock(&self.shared.subscriber).upgrade();
        if let Some(Err(error)) = subscriber.map(|subscriber| subscriber.request_metadata("")) {
            let text = format!("The changed metadata were not asked for: {error}");
            self.handler.message(Severity::Warning, &text);
        }
        self.handler.configuration_changed();
    }

    fn message(&mut self, severity: Severity, text: &str) {
        self.handler.message(severity, text);
    }
}
