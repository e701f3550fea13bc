//! Streams of C37.118 that come over links, published byte by byte in buffer blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Instant;

use uuid::Uuid;

use super::LinkId;
use crate::Ticks;
use crate::c37118::encapsulation::Encapsulator;
use crate::c37118::{Frame, FrameAssembler};
use crate::engine::DriverHandle;
use crate::error::Error;
use crate::gateway::owed::Owed;
use crate::host;
use crate::metadata::{DataSetBuilder, Metadata};
use crate::publisher::Publisher;

/// In front of the measurement keys of streams.
const SOURCE: &str = "C37118";

/// A stream: the link that it comes over, and the ID code of its frames.
type StreamKey = (LinkId, u16);

/// The streams of all links of an input. Any thread may use it.
pub(super) struct Relay {
    publisher: Weak<Publisher>,
    state: Mutex<State>,
    driver: OnceLock<DriverHandle>,
    is_over: AtomicBool,
}

#[derive(Default)]
struct State {
    streams: BTreeMap<StreamKey, Stream>,
    /// Those whose signals the publisher's metadata have.
    known: BTreeSet<StreamKey>,
    /// Descriptions that subscribers have not got yet.
    owed: Owed<StreamKey>,
    /// Links because of whose streams the metadata are to be made anew.
    changed: BTreeSet<LinkId>,
    /// Why streams of links are not published, for their operators.
    untold: Vec<(LinkId, String)>,
}

struct Stream {
    encapsulator: Encapsulator,
    /// When it has told its configuration, or another one.
    updated_on: Ticks,
}

impl Relay {
    pub(super) fn new(publisher: &Arc<Publisher>) -> Relay {
        Relay {
            publisher: Arc::downgrade(publisher),
            state: Mutex::default(),
            driver: OnceLock::new(),
            is_over: AtomicBool::new(false),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn publisher(&self) -> Result<Arc<Publisher>, Error> {
        self.publisher.upgrade().ok_or_else(|| Error::Closed("the publisher is gone".into()))
    }

    fn notify(&self) {
        if let Some(driver) = self.driver.get() {
            driver.notify();
        }
    }

    /// Who is notified whenever there is something to be done.
    pub(super) fn set_driver(&self, driver: DriverHandle) {
        // There is one.
        let _ = self.driver.set(driver);
    }

    /// The input is dropped: the driver ends.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        self.notify();
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    /// Links because of whose streams the metadata are to be made anew, asked once.
    pub(super) fn take_changed(&self) -> BTreeSet<LinkId> {
        mem::take(&mut self.state().changed)
    }

    /// Everybody is to be told once more what the streams carry.
    pub(super) fn describe_again(&self) {
        self.state().describe_again();
    }

    /// When to [`send_owed`](Self::send_owed).
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.state().owed.deadline()
    }

    /// Tells what the streams carry, as far as there is room. What is refused for anything else is left out: returns why, and the
    /// links with streams.
    pub(super) fn send_owed(&self, publisher: &Publisher, now: Instant) -> Option<(BTreeSet<LinkId>, Error)> {
        let mut state = self.state();
        let send = |signal_id: &Uuid, bytes: &[u8]| publisher.send_buffer_block(signal_id, bytes, false);
        let error = state.owed.send(now, send)?;
        Some((state.streams.keys().map(|key| key.0).collect(), error))
    }

    /// A stream has told its configuration frames: publishes those that are new, or does so once the metadata have its
    /// signals. The device is called by `prefix` and its ID code.
    pub(super) fn configure(&self, key: StreamKey, prefix: &str, frames: &[u8]) {
        let mut state = self.state();
        let State { streams, known, owed, changed, .. } = &mut *state;
        let name = format!("{}C37118_{}", prefix.trim(), key.1);
        let stream = streams
            .entry(key)
            .or_insert_with(|| Stream { encapsulator: Encapsulator::new(&name), updated_on: host::utc() });
        let mut blocks: Vec<(Uuid, Vec<u8>)> = Vec::new();
        FrameAssembler::default().receive(frames, |frame| match stream.encapsulator.take(&frame) {
            Ok(block) => blocks.extend(block.map(|block| (block.signal_id, block.bytes.to_vec()))),
            // The session takes no configuration that cannot be read; what else is among the frames is left out.
            Err(error) => log::debug!(target: "sttp::gateway", "a frame is not passed on: {error}"),
        });
        if known.contains(&key) && !blocks.is_empty() {
            // In front of the data frames that are by it.
            let send = |(signal_id, bytes): &(Uuid, Vec<u8>)| {
                self.publisher()?.send_buffer_block(signal_id, bytes, false)
            };
            if owed.has(key) || blocks.iter().try_for_each(send).is_err() {
                owe(owed, key, stream);
            }
        }
        if stream.encapsulator.has_new_metadata() {
            stream.updated_on = host::utc();
            changed.insert(key.0);
        }
        drop(state);
        self.notify();
    }

    /// Publishes a data frame.
    ///
    /// # Errors
    ///
    /// Why it is not published: the metadata do not have its stream yet, or the publisher does not take it.
    pub(super) fn publish(&self, link: LinkId, bytes: &[u8]) -> Result<(), Error> {
        let frame = Frame::decode(bytes).map_err(|error| Error::Protocol(error.to_string().into()))?;
        let key = (link, frame.id_code);
        let mut state = self.state();
        let State { streams, known, .. } = &mut *state;
        let stream = streams.get_mut(&key).filter(|_| known.contains(&key)).ok_or_else(|| {
            Error::NotFound(format!("the metadata do not have stream {} of C37.118 yet", key.1))
        })?;
        match stream.encapsulator.take(&frame) {
            Ok(Some(block)) => self.publisher()?.send_buffer_block(&block.signal_id, block.bytes, false),
            Ok(None) => Ok(()),
            Err(error) => Err(Error::Protocol(error.to_string().into())),
        }
    }

    /// A link is none of the input any more. Returns whether it had streams.
    pub(super) fn remove(&self, link: LinkId) -> bool {
        let mut state = self.state();
        let keys: Vec<StreamKey> = state.streams.keys().filter(|key| key.0 == link).copied().collect();
        for key in &keys {
            state.streams.remove(key);
            state.known.remove(key);
            state.owed.forget(*key);
        }
        !keys.is_empty()
    }

    /// Whether there are any streams.
    pub(super) fn is_empty(&self) -> bool {
        self.state().streams.is_empty()
    }

    /// Adds all streams to metadata, but those whose names others have already. Tells which were added, and why others were
    /// not.
    pub(super) fn describe(&self, metadata: &Arc<Metadata>) -> (Arc<Metadata>, Described) {
        let state = self.state();
        let mut described = Described::default();
        let mut names: BTreeSet<String> =
            metadata.devices().filter_map(|device| device.acronym().map(str::to_owned)).collect();
        let mut data_set = None;
        for (key, Stream { encapsulator, updated_on }) in &state.streams {
            let name = encapsulator.stream().device.clone();
            if names.contains(&name) {
                described
                    .left_out
                    .push((*key, format!("there is a device {name} already; give the link a devicePrefix")));
                continue;
            }
            let mut builder = DataSetBuilder::from_data_set(data_set.as_ref().unwrap_or(metadata.data_set()));
            match encapsulator.describe(&mut builder, SOURCE, *updated_on) {
                Ok(()) => {
                    names.insert(name);
                    described.added.insert(*key);
                    data_set = Some(builder.finish());
                }
                // Some of its rows may be there: that data set is not taken.
                Err(error) => described.left_out.push((*key, error.to_string())),
            }
        }
        let metadata =
            data_set.map_or_else(|| Arc::clone(metadata), |data_set| Arc::new(Metadata::new(data_set)));
        (metadata, described)
    }

    /// The publisher has these metadata.
    pub(super) fn set_known(&self, described: Described) {
        let mut state = self.state();
        state.known = described.added;
        state.describe_again();
        let told = |(key, why): (StreamKey, String)| {
            (key.0, format!("Stream {} of C37.118 is not published: {why}", key.1))
        };
        state.untold = described.left_out.into_iter().map(told).collect();
        drop(state);
        self.notify();
    }

    /// Why streams of links are not published, asked once.
    pub(super) fn take_untold(&self) -> Vec<(LinkId, String)> {
        mem::take(&mut self.state().untold)
    }
}

impl State {
    fn describe_again(&mut self) {
        let State { streams, known, owed, .. } = self;
        for (key, stream) in streams.iter().filter(|(key, _)| known.contains(key)) {
            owe(owed, *key, stream);
        }
    }
}

fn owe(owed: &mut Owed<StreamKey>, key: StreamKey, stream: &Stream) {
    let blocks = stream.encapsulator.again().map(|block| (block.signal_id, block.bytes.to_vec()));
    owed.set(key, blocks, host::now());
}

/// What has become of streams in metadata.
#[derive(Default)]
pub(super) struct Described {
    added: BTreeSet<StreamKey>,
    left_out: Vec<(StreamKey, String)>,
}
