//! Links in: what comes over them a publisher publishes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::merged::Merged;
use super::relay::Relay;
use super::relaying::RelayDriver;
use super::{Link, LinkHandler, LinkId, LinkInfo};
use crate::Measurement;
use crate::block_link::negotiation::{Agreement, LinkRole};
use crate::block_link::subscription::Status;
use crate::counters::counter_record;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::operator::log_message;
use crate::publisher::Publisher;
use crate::session::Severity;
use crate::settings::BlockLinkSetup;

counter_record! {
    /// What is counted of a link whose measurements are published, beside what the link and its session count.
    // New rows belong to the end: programs that were compiled earlier know those before.
    pub struct LinkInputCounters {
        /// Measurements that were given to the publisher.
        measurements_published: u64, Total, "measurements";
        /// Measurements that the publisher did not take: it was not started, or its subscribers are slow.
        measurements_not_taken: u64, Total, "measurements";
        /// Data frames of C37.118 that were put together, and told.
        frames: u64, Total, "frames";
        /// Data frames of C37.118 that were given to the publisher.
        frames_published: u64, Total, "frames";
        /// Data frames of C37.118 that the publisher did not take: it was not started, its metadata did not have the stream
        /// yet, or its subscribers are slow.
        frames_not_taken: u64, Total, "frames";
    }
}

/// Receives what happens, on threads of the engine, one call at a time. While a method runs, no link of the input is served:
/// return soon.
pub trait LinkInputHandler: Send + 'static {
    /// A link is open.
    fn opened(&mut self, _link: LinkId, _address: &str) {}

    /// Both sides of a link have agreed how they talk.
    fn agreed(&mut self, _link: LinkId, _agreement: &Agreement) {}

    /// A link has ended: `Ok` when the application asked for it, or a file was read to its end.
    fn closed(&mut self, _link: LinkId, _reason: Result<(), &Error>) {}

    /// Attempt number `attempt` in a row to open a link follows after `delay`.
    fn reopening(&mut self, _link: LinkId, _attempt: u32, _delay: Duration) {}

    /// A link has told metadata; the publisher has them, merged with those of the other links.
    fn metadata(&mut self, _link: LinkId, _metadata: &Arc<Metadata>) {}

    /// The configuration frames of a stream of C37.118.
    fn configuration(&mut self, _link: LinkId, _id_code: u16, _frames: &[u8]) {}

    /// A data frame of C37.118, before it is published.
    fn frame(&mut self, _link: LinkId, _bytes: &[u8]) {}

    /// Something that operators want to know.
    fn message(&mut self, _link: LinkId, _severity: Severity, _text: &str) {}
}

/// Links whose measurements a publisher publishes: any number of them, into one publisher, whose metadata are those of all
/// links together.
///
/// The metadata of the publisher belong to the input: they are replaced whenever a link tells others. Where two links have a
/// signal of one ID or a device of one acronym, the row of the later link counts.
///
/// The frames of a stream of C37.118 are published byte by byte in buffer blocks, configuration frames included, as an
/// [`Input`](crate::gateway::Input) with `publish=frames` does: subscribers make the stream of them again, an
/// [`Output`](crate::gateway::Output) with `relay` among them. Its device is called `C37118_` and the ID code, behind the
/// `devicePrefix` of the link.
///
/// Methods return at once, but for [`remove_link`](Self::remove_link), which merges the metadata of those that stay; they may
/// be called from any thread and from inside the handler. Dropping it closes all links. The publisher goes on with the
/// metadata that it has.
///
/// ```no_run
/// use std::sync::Arc;
/// use sttp::engine::Engine;
/// use sttp::gateway::block_link::{LinkInput, LinkInputHandler};
/// use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
///
/// struct Quiet;
///
/// impl LinkInputHandler for Quiet {}
/// impl PublisherHandler for Quiet {}
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let publisher = Arc::new(Publisher::new(&Engine::shared()?, Quiet));
/// publisher.start("0.0.0.0:7175", PublisherSettings::default())?;
/// let input = LinkInput::new(&publisher, Quiet);
/// input.add_link(&"link=udp-listen:7170; oneWay=true".parse()?, "")?;
/// # Ok(())
/// # }
/// ```
pub struct LinkInput {
    publisher: Arc<Publisher>,
    handler: Arc<Mutex<Box<dyn LinkInputHandler>>>,
    relay: Arc<Relay>,
    merged: Arc<Merged>,
    links: Mutex<BTreeMap<LinkId, Entry>>,
    last_link: AtomicU64,
}

struct Entry {
    link: Link,
    counters: Arc<Mutex<LinkInputCounters>>,
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LinkInput {
    /// An input without links.
    pub fn new(publisher: &Arc<Publisher>, handler: impl LinkInputHandler) -> LinkInput {
        let relay = Arc::new(Relay::new(publisher));
        let merged = Arc::new(Merged::new(&relay));
        let handler: Arc<Mutex<Box<dyn LinkInputHandler>>> = Arc::new(Mutex::new(Box::new(handler)));
        let told = Arc::clone(&handler);
        let tell = move |link, severity, text: &str| {
            log_message(severity, "sttp::gateway", text);
            lock(&told).message(link, severity, text);
        };
        RelayDriver::start(&relay, &merged, publisher, Box::new(tell));
        LinkInput {
            publisher: Arc::clone(publisher),
            handler,
            relay,
            merged,
            links: Mutex::default(),
            last_link: AtomicU64::new(0),
        }
    }

    /// What it publishes with.
    pub fn publisher(&self) -> &Arc<Publisher> {
        &self.publisher
    }

    /// Adds a link and opens it. On a two-way link the signals of `filter` are subscribed, an empty one for all; on a one-way
    /// link the sender decides, and the filter has to be empty.
    ///
    /// # Errors
    ///
    /// As [`Link::new`], [`Link::open`] and [`Link::subscribe`].
    pub fn add_link(&self, setup: &BlockLinkSetup, filter: &str) -> Result<LinkId, Error> {
        let id = 1 + self.last_link.fetch_add(1, Ordering::Relaxed);
        let counters = Arc::new(Mutex::new(LinkInputCounters::default()));
        let feeding = Feeding {
            id,
            publisher: Arc::downgrade(&self.publisher),
            handler: Arc::clone(&self.handler),
            counters: Arc::clone(&counters),
            relay: Arc::clone(&self.relay),
            prefix: setup.device_prefix.clone(),
        };
        let merged = Arc::clone(&self.merged);
        let take = Arc::new(move |metadata: &Arc<Metadata>| merged.set(id, Arc::clone(metadata)));
        let engine = self.publisher.engine();
        let link = Link::with(engine, LinkRole::Client, setup, Box::new(feeding), Some(take))?;
        if link.plan.kind.is_two_way() || !filter.trim().is_empty() {
            link.subscribe(filter, setup.session.times)?;
        }
        self.merged.add(id);
        if let Err(error) = link.open() {
            // Nothing has come over it.
            let _ = self.merged.remove(id);
            return Err(error);
        }
        lock(&self.links).insert(id, Entry { link, counters });
        Ok(id)
    }

    /// Closes a link. Its rows leave the metadata of the publisher.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such link; [`Error::Metadata`] when those of the others cannot be merged.
    pub fn remove_link(&self, link: LinkId) -> Result<(), Error> {
        let removed = lock(&self.links).remove(&link).ok_or_else(|| no_link(link))?;
        drop(removed);
        self.merged.remove(link).map_err(|reason| Error::Metadata(reason.into()))
    }

    /// The links, in the order in which they were added.
    pub fn links(&self) -> Vec<LinkId> {
        lock(&self.links).keys().copied().collect()
    }

    /// What is known of a link, and what was counted of it here.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such link.
    pub fn link(&self, link: LinkId) -> Result<(LinkInfo, LinkInputCounters), Error> {
        let links = lock(&self.links);
        let entry = links.get(&link).ok_or_else(|| no_link(link))?;
        let counters = *lock(&entry.counters);
        Ok((entry.link.info(), counters))
    }
}

impl Drop for LinkInput {
    fn drop(&mut self) {
        self.relay.end();
    }
}

pub(super) fn no_link(link: LinkId) -> Error {
    Error::NotFound(format!("there is no link {link}; add it first"))
}

/// Publishes what comes over a link.
struct Feeding {
    id: LinkId,
    publisher: Weak<Publisher>,
    handler: Arc<Mutex<Box<dyn LinkInputHandler>>>,
    counters: Arc<Mutex<LinkInputCounters>>,
    relay: Arc<Relay>,
    /// In front of the names of streams of C37.118.
    prefix: String,
}

impl Feeding {
    /// The publisher has not taken something, which operators are told the first time.
    fn not_taken(&mut self, count: u64, counter: fn(&mut LinkInputCounters) -> &mut u64, error: &Error) {
        let is_first = {
            let mut counters = lock(&self.counters);
            let counter = counter(&mut counters);
            *counter += count;
            *counter == count
        };
        if is_first {
            self.message(Severity::Warning, &format!("Not all was published: {error}"));
        }
    }
}

impl LinkHandler for Feeding {
    fn opened(&mut self, address: &str) {
        lock(&self.handler).opened(self.id, address);
    }

    fn agreed(&mut self, agreement: &Agreement) {
        lock(&self.handler).agreed(self.id, agreement);
    }

    fn closed(&mut self, reason: Result<(), &Error>) {
        lock(&self.handler).closed(self.id, reason);
    }

    fn reopening(&mut self, attempt: u32, delay: Duration) {
        lock(&self.handler).reopening(self.id, attempt, delay);
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        lock(&self.handler).metadata(self.id, metadata);
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        let Some(publisher) = self.publisher.upgrade() else { return };
        let count = measurements.len() as u64;
        match publisher.publish(measurements) {
            Ok(()) => lock(&self.counters).measurements_published += count,
            Err(error) => self.not_taken(count, |counters| &mut counters.measurements_not_taken, &error),
        }
    }

    fn configuration(&mut self, id_code: u16, frames: &[u8]) {
        lock(&self.handler).configuration(self.id, id_code, frames);
        self.relay.configure((self.id, id_code), &self.prefix, frames);
    }

    fn frame(&mut self, bytes: &[u8]) {
        lock(&self.counters).frames += 1;
        lock(&self.handler).frame(self.id, bytes);
        match self.relay.publish(self.id, bytes) {
            Ok(()) => lock(&self.counters).frames_published += 1,
            Err(error) => self.not_taken(1, |counters| &mut counters.frames_not_taken, &error),
        }
    }

    fn answered(&mut self, status: Status, signals: u32, text: &str) {
        let (severity, told) = match status {
            Status::Accepted => (Severity::Info, format!("The other side sends {signals} signals.")),
            Status::BadFilter => {
                (Severity::Error, format!("The other side cannot evaluate the filter: {text}"))
            }
            Status::Refused => (Severity::Error, format!("The other side refuses the subscription: {text}")),
        };
        self.message(severity, &told);
    }

    fn message(&mut self, severity: Severity, text: &str) {
        lock(&self.handler).message(self.id, severity, text);
    }
}
