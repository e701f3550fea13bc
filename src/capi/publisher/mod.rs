//! Publishers.
//!
//! A publisher sends measurements to any number of subscribers, each of which gets those that it asked for. Make it,
//! set the metadata, which describe its signals, register callbacks, then start it: it listens (sttp_publisher_start)
//! or connects to subscribers that listen (sttp_publisher_connect), or both. Settings hold from the next start on.
//!
//! It runs from the first start or connect until sttp_publisher_stop, after which it may be started again. Each
//! connection begins with the callback connected and ends with disconnected; between them, subscribed and
//! unsubscribed may come several times. Publishing while nobody is subscribed costs next to nothing.
//!
//! ```c
//! static int publish_once(const sttp_metadata *metadata, const sttp_guid *signal_id) {
//!     sttp_publisher *publisher = NULL;
//!     sttp_measurement measurement = {{{0}}, 0, 0, 0, 0};
//!     int32_t status = sttp_publisher_new(NULL, &publisher);
//!     if (status == STTP_OK) status = sttp_publisher_set_metadata(publisher, metadata);
//!     if (status == STTP_OK) status = sttp_publisher_start(publisher, "0.0.0.0:7175");
//!     measurement.signal_id = *signal_id;
//!     measurement.timestamp = sttp_time_now();
//!     measurement.value = 60.01;
//!     if (status == STTP_OK) status = sttp_publisher_publish(publisher, &measurement, 1);
//!     if (status == STTP_OK) status = sttp_publisher_flush(publisher, 1000);
//!     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
//!     sttp_publisher_free(publisher);
//!     return status == STTP_OK ? 0 : 1;
//! }
//! ```

pub(super) mod buffer_blocks;
pub(super) mod callbacks;
pub(super) mod configuration;
pub(super) mod connecting;
pub(super) mod connection_strings;
pub(super) mod connections;
pub(super) mod events;
pub(super) mod history;
pub(super) mod notifications;
pub(super) mod rights;
pub(super) mod security;
pub(super) mod settings;
pub(super) mod statistics;
pub(super) mod user_commands;

use std::ffi::c_char;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::capi::engine::{engine_or_shared, sttp_engine};
use crate::capi::metadata::sttp_metadata;
use crate::capi::publisher::callbacks::{CallbackHandler, PublisherCallbacks};
use crate::capi::shared::arguments::{
    OnEngine, elements, give, live, lock, output, reference, text, timeout, write_record, write_text,
};
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::free;
use crate::capi::shared::records::{sttp_guid, sttp_measurement};
use crate::capi::shared::status::Failure;
use crate::engine::Engine;
use crate::error::Error;
use crate::measurement::Measurement;
use crate::publisher::Publisher;
use crate::publisher::PublisherCounters as sttp_publisher_counters;
use crate::settings::PublisherSetup;

/// Sends measurements to any number of subscribers.
pub struct sttp_publisher {
    pub(super) publisher: Arc<Publisher>,
    callbacks: Arc<PublisherCallbacks>,
    /// What was set, for the next start or connect.
    pub(super) setup: Mutex<PublisherSetup>,
}

impl sttp_publisher {
    /// For those who publish with it.
    pub(in crate::capi) fn shared(&self) -> &Arc<Publisher> {
        &self.publisher
    }
}

impl OnEngine for sttp_publisher {
    fn engine(&self) -> &Engine {
        self.publisher.engine()
    }
}

/// Makes a publisher, without metadata, that neither listens nor connects yet.
///
/// \param engine     What it runs on; NULL for the process's shared engine.
/// \param publisher  Receives the publisher.
/// \return STTP_ERR_IO when the shared engine cannot be started.
/// *Ownership*: The engine stays the caller's and may be freed before the publisher.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_new(
    engine: *mut sttp_engine,
    publisher: *mut *mut sttp_publisher,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { output(publisher, "publisher")? };
        // SAFETY: the contract of the header.
        let engine = unsafe { engine_or_shared(engine)? };
        let callbacks = Arc::new(PublisherCallbacks::new());
        let handle = sttp_publisher {
            publisher: Arc::new(Publisher::new(&engine, CallbackHandler(Arc::clone(&callbacks)))),
            callbacks,
            setup: Mutex::default(),
        };
        give(publisher, handle);
        Ok(())
    })
}

/// Frees a publisher; it stops listening and its connections are closed. No callback is called any
/// more. Call sttp_publisher_flush first if what was published must arrive.
///
/// *Blocks*: while a callback of the publisher runs on another thread, that which reads historical data
/// included. Does not wait for connections to close.
/// *From a callback*: allowed, also from its own.
/// *Ownership*: the publisher is gone; the destructors of its callbacks have run, except that of the
/// callback which this was called from: it runs when that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_free(publisher: *mut sttp_publisher) {
    let end = |publisher: &sttp_publisher| {
        publisher.callbacks.clear();
        // Who publishes with it still has it.
        if Arc::strong_count(&publisher.publisher) > 1
            && let Err(error) = publisher.publisher.stop()
        {
            log::warn!(target: "sttp::publisher", "a publisher that is freed cannot be told: {error}");
        }
    };
    // SAFETY: the contract of the header.
    unsafe { free(publisher, end) };
}

/// Sets what is published: the metadata that subscribers can request and select signals from. May be
/// replaced while listening: connected subscribers are told, and subscriptions follow.
///
/// \param metadata  The metadata.
/// \return STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Ownership*: the metadata stay the caller's and may be freed at once: the publisher shares them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set_metadata(
    publisher: *mut sttp_publisher,
    metadata: *const sttp_metadata,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, metadata) =
            unsafe { (live(publisher, "publisher")?, reference(metadata, "metadata")?) };
        Ok(publisher.publisher.set_metadata(metadata.shared())?)
    })
}

/// Starts to listen for subscribers. The settings as they are now hold until the stop.
///
/// \param address  Where: `127.0.0.1:7175`, `[::]:7175` for all addresses of IPv6 and IPv4, port 0 for
///                 any free one, which sttp_publisher_address then tells.
/// \return STTP_ERR_INVALID_ARGUMENT when `address` cannot be read as one; STTP_ERR_INVALID_STATE when
///         listening already; STTP_ERR_IO when the system refuses, as when the address is in use;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: for the name service when the host is a name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_start(publisher: *mut sttp_publisher, address: *const c_char) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, address) = unsafe { (live(publisher, "publisher")?, text(address, "address")?) };
        let settings = lock(&publisher.setup).settings;
        publisher.secure()?;
        Ok(publisher.publisher.start(address, settings)?)
    })
}

/// Stops listening and connecting, and closes all connections when they have taken what is queued for
/// them, after two seconds at the latest. The publisher may be started again. A process that ends
/// before its connections are closed (`connections` of sttp_publisher_statistics is 0 then) may
/// cost subscribers what they have not read yet.
///
/// \return STTP_OK, also when it did neither; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; the port is free when this returns, connections close later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_stop(publisher: *mut sttp_publisher) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(publisher, "publisher")? }.publisher.stop()?))
}

/// Writes the address that a publisher listens on, with the port that the system chose, as
/// `127.0.0.1:7175`.
///
/// \param buffer  Receives the text and a NUL.
/// \param size    Bytes of the buffer; 64 always suffice.
/// \return STTP_ERR_INVALID_STATE when not listening; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_address(
    publisher: *const sttp_publisher,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { live(publisher, "publisher")? };
        let address = publisher
            .publisher
            .address()
            .ok_or_else(|| Error::InvalidState("the publisher does not listen; start it first".into()))?;
        // SAFETY: the contract of the header.
        unsafe { write_text(&address.to_string(), buffer, size) }
    })
}

/// Publishes measurements by their `signal_id`; `signal_index` does not matter. Each subscriber gets
/// those that it asked for. Signals that are not in the metadata are counted and left out. The engine
/// sends them, or for a few subscribers the calling thread (STTP_SETTING_DIRECT_SENDING).
///
/// \param measurements  The measurements; NULL when there are none.
/// \param count         How many there are.
/// \return STTP_ERR_CLOSED when not started, or stopped meanwhile; STTP_ERR_WOULD_BLOCK when, with
///         `overflow=wait`, it would have to wait for subscribers but cannot: then nothing was
///         taken, try again later.
/// *Thread*: any; calls of one thread keep their order.
/// *Blocks*: no, but with `overflow=wait` until subscribers have taken enough of what was published,
/// by this call or before.
/// *From a callback*: allowed; gives STTP_ERR_WOULD_BLOCK instead of waiting, as it does on a polled
/// engine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_publish(
    publisher: *mut sttp_publisher,
    measurements: *const sttp_measurement,
    count: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, measurements) = unsafe { publication(publisher, measurements, count)? };
        Ok(publisher.publish(measurements)?)
    })
}

/// Publishes measurements by their `signal_index`. Saves a look-up for each; `signal_id` does not matter.
/// Otherwise as sttp_publisher_publish.
///
/// Once sttp_publisher_set_metadata has given other signals to rows that were in use, rows have to be looked up
/// again by sttp_publisher_signal_index, and from then on a `signal_id` that is not all zero has to be that of
/// the row.
///
/// \param measurements  The measurements; NULL when there are none.
/// \param count         How many there are.
/// \return As sttp_publisher_publish; STTP_ERR_INVALID_ARGUMENT when a row is one of metadata that were replaced,
///         and now that of another signal: then nothing was published.
/// *Thread*: any; calls of one thread keep their order.
/// *Blocks*: as sttp_publisher_publish.
/// *From a callback*: as sttp_publisher_publish.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_publish_indexed(
    publisher: *mut sttp_publisher,
    measurements: *const sttp_measurement,
    count: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, measurements) = unsafe { publication(publisher, measurements, count)? };
        Ok(publisher.publish_indexed(measurements)?)
    })
}

/// Publishes measurements by their `signal_id` to one connection, as far as they are in its subscription: for
/// instance the latest values to a subscriber that has just come. They are sent at once, also when the subscription is
/// throttled. Where measurements are compressed (TSSC), all who share the subscription get their next ones less
/// compressed; so do not do it for every frame. They are neither counted as published nor kept for historical data.
///
/// \param connection_id  `id` of the connection.
/// \param measurements   The measurements; NULL when there are none.
/// \param count          How many there are.
/// \return STTP_ERR_NOT_FOUND when there is no such connection; STTP_ERR_INVALID_STATE when no measurements of the
///         present flow to it alone; STTP_ERR_CLOSED when not started.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_publish_to(
    publisher: *mut sttp_publisher,
    connection_id: u64,
    measurements: *const sttp_measurement,
    count: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, measurements) = unsafe { publication(publisher, measurements, count)? };
        Ok(publisher.publish_to(connection_id, measurements)?)
    })
}

/// Finds the signal index of a signal: the row of its measurement in the metadata. It holds until the metadata
/// are replaced.
///
/// \param signal_id     The signal.
/// \param signal_index  Receives its index.
/// \return STTP_ERR_NOT_FOUND when the signal is not in the metadata.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_signal_index(
    publisher: *const sttp_publisher,
    signal_id: *const sttp_guid,
    signal_index: *mut u32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, signal_id, signal_index) = unsafe {
            (
                live(publisher, "publisher")?,
                reference(signal_id, "signal_id")?,
                output(signal_index, "signal_index")?,
            )
        };
        let signal_id = (*signal_id).into();
        let index = publisher.publisher.signal_index(&signal_id).ok_or_else(|| {
            Error::NotFound(format!("the publisher's metadata have no measurement {signal_id}"))
        })?;
        signal_index.write(index);
        Ok(())
    })
}

/// Waits until everything that was published so far is in the hands of the system, so that it will
/// arrive even if the process ends; and until buffer blocks that want a confirmation have it, or are
/// given up. What throttled subscribers get only when their interval is over is not waited for.
///
/// \param timeout_ms  How long to wait, in milliseconds: -1 for ever, 0 not at all.
/// \return STTP_ERR_INVALID_ARGUMENT when `timeout_ms` is below -1; STTP_ERR_TIMEOUT; STTP_ERR_CLOSED
///         when not started or stopped meanwhile; STTP_ERR_WOULD_BLOCK in a callback.
/// *Thread*: any; of a polled engine, not the one that polls.
/// *Blocks*: until it is done, at most for the time-out.
/// *From a callback*: STTP_ERR_WOULD_BLOCK.
/// *Ownership*: Do not free the publisher while another thread waits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_flush(publisher: *mut sttp_publisher, timeout_ms: i32) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { live(publisher, "publisher")? };
        Ok(publisher.publisher.flush(timeout(timeout_ms)?)?)
    })
}

/// Reads the counters of a publisher.
///
/// \param statistics  Receives the counters.
/// \param size        sizeof(*statistics).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_statistics(
    publisher: *const sttp_publisher,
    statistics: *mut sttp_publisher_counters,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { live(publisher, "publisher")? };
        let counters = publisher.publisher.statistics();
        // SAFETY: the contract of the header.
        unsafe { write_record(&counters, statistics, size, "statistics") }
    })
}

impl sttp_publisher {
    /// Lets in whom the settings let in, for what they let them, and secures the connections to come as they say.
    pub(super) fn secure(&self) -> Result<(), Failure> {
        let (tls, access, rights) = {
            let setup = lock(&self.setup);
            let rights = setup.file_of_rights().map(Path::to_owned);
            (setup.security.tls().map_err(Error::from)?, setup.access.clone(), rights)
        };
        self.publisher.set_access(access);
        self.publisher.secure(tls)?;
        Ok(self.publisher.use_rights_file(rights.as_deref())?)
    }
}

unsafe fn publication<'a>(
    publisher: *mut sttp_publisher,
    measurements: *const sttp_measurement,
    count: usize,
) -> Result<(&'a Publisher, &'a [Measurement]), Failure> {
    // SAFETY: the caller has the contract of the header; both measurement types have the same layout.
    unsafe {
        let publisher = live(publisher, "publisher")?;
        Ok((&publisher.publisher, elements(measurements.cast::<Measurement>(), count, "measurements")?))
    }
}
