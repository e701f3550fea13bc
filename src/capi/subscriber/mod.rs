//! Subscribers.
//!
//! A subscriber receives the measurements of one publisher at a time. Make it, register callbacks, say what is
//! wanted (sttp_subscriber_subscribe), and connect; settings hold from the next connect or subscribe on.
//!
//! States: STTP_STATE_IDLE until sttp_subscriber_connect (or _open, or _listen); then CONNECTING, CONNECTED, and
//! SUBSCRIBED once the publisher has granted the subscription. After a loss RECONNECTING, and CONNECTING again, until
//! sttp_subscriber_disconnect or the last attempt; the subscription is asked for again on each connection. While it
//! listens without a publisher, LISTENING.
//!
//! On each connection callbacks come in this order: connected, metadata where they are requested, subscription
//! updated, data start time, then measurements, until disconnected. Measurements come by callback, or by
//! sttp_subscriber_read from a queue.
//!
//! ```c
//! static void print_them(void *user_data, const sttp_measurement *measurements, size_t count) {
//!     (void)user_data;
//!     for (size_t i = 0; i < count; i++) {
//!         printf("%g\n", measurements[i].value);
//!     }
//! }
//!
//! static sttp_subscriber *receive(void) {
//!     sttp_subscriber *subscriber = NULL;
//!     if (sttp_subscriber_new(NULL, &subscriber) != STTP_OK
//!         || sttp_subscriber_on_measurements(subscriber, print_them, NULL, NULL) != STTP_OK
//!         || sttp_subscriber_subscribe(subscriber, "FILTER TOP 20 ActiveMeasurements WHERE True") != STTP_OK
//!         || sttp_subscriber_connect(subscriber, "localhost:7175") != STTP_OK) {
//!         fprintf(stderr, "%s\n", sttp_last_error());
//!         sttp_subscriber_free(subscriber);
//!         return NULL;
//!     }
//!     return subscriber;
//! }
//! ```

pub(super) mod buffer_blocks;
pub(super) mod callbacks;
pub(super) mod configuration;
pub(super) mod connection_strings;
pub(super) mod dispatch;
pub(super) mod encryption;
pub(super) mod events;
pub(super) mod history;
pub(super) mod listening;
pub(super) mod notifications;
pub(super) mod publisher_info;
pub(super) mod reading;
pub(super) mod recovery;
pub(super) mod security;
pub(super) mod settings;
pub(super) mod statistics;
pub(super) mod user_commands;
pub(super) mod waiting;

use std::ffi::c_char;
use std::sync::{Arc, Mutex};

use crate::capi::engine::{engine_or_shared, sttp_engine};
use crate::capi::shared::arguments::{
    OnEngine, give, invalid, live, lock, optional_text, output, text, write_record,
};
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::free;
use crate::capi::shared::status::Failure;
use crate::capi::subscriber::callbacks::{CallbackHandler, SubscriberCallbacks};
use crate::engine::Engine;
use crate::error::Error;
use crate::settings::SubscriberSetup;
use crate::settings::SubscriptionOptions;
use crate::subscriber::SubscriberCounters as sttp_subscriber_counters;
use crate::subscriber::{ConnectionState, Subscriber};

/// State of a subscriber: not connected, and not about to be.
pub const STTP_STATE_IDLE: i32 = 0;
/// State of a subscriber: a connection is being made.
pub const STTP_STATE_CONNECTING: i32 = 1;
/// State of a subscriber: connected, without a subscription that the publisher has accepted.
pub const STTP_STATE_CONNECTED: i32 = 2;
/// State of a subscriber: connected, and the publisher has accepted the subscription.
pub const STTP_STATE_SUBSCRIBED: i32 = 3;
/// State of a subscriber: the connection was lost or could not be made, the next attempt follows.
pub const STTP_STATE_RECONNECTING: i32 = 4;
/// State of a subscriber: it listens, and no publisher is connected.
pub const STTP_STATE_LISTENING: i32 = 5;

/// The name of a state, as `STTP_STATE_SUBSCRIBED`.
///
/// \param state  The state.
/// \return The name, never NULL and valid for ever; `unknown state` for another number.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_state_name(state: i32) -> *const c_char {
    name_of!(
        state,
        c"unknown state",
        STTP_STATE_IDLE,
        STTP_STATE_CONNECTING,
        STTP_STATE_CONNECTED,
        STTP_STATE_SUBSCRIBED,
        STTP_STATE_RECONNECTING,
        STTP_STATE_LISTENING,
    )
    .as_ptr()
}

/// Receives measurements from one publisher at a time.
pub struct sttp_subscriber {
    pub(super) subscriber: Subscriber,
    callbacks: Arc<SubscriberCallbacks>,
    /// What was set, for the next connect or subscribe.
    pub(super) setup: Mutex<SubscriberSetup>,
    /// The signals of what was read last, if a program has asked for them.
    read_signals: Mutex<Option<reading::LentSignals>>,
    /// The current signals, if a program has asked for them.
    signals: Mutex<Option<reading::LentSignals>>,
}

impl sttp_subscriber {
    /// Lets in whom the settings let in, and secures the connections to come as they say.
    pub(super) fn secure(&self) -> Result<(), Failure> {
        let (tls, access) = {
            let setup = lock(&self.setup);
            (setup.security.tls().map_err(Error::from)?, setup.access.clone())
        };
        self.subscriber.set_access(access);
        Ok(self.subscriber.secure(tls)?)
    }
}

impl OnEngine for sttp_subscriber {
    fn engine(&self) -> &Engine {
        self.subscriber.engine()
    }
}

/// Makes a subscriber, not connected yet.
///
/// \param engine      What it runs on; NULL for the process's shared engine.
/// \param subscriber  Receives the subscriber.
/// \return STTP_ERR_IO when the shared engine cannot be started.
/// *Ownership*: The engine stays the caller's and may be freed before the subscriber.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_new(
    engine: *mut sttp_engine,
    subscriber: *mut *mut sttp_subscriber,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { output(subscriber, "subscriber")? };
        // SAFETY: the contract of the header.
        let engine = unsafe { engine_or_shared(engine)? };
        let callbacks = Arc::new(SubscriberCallbacks::new());
        let handle = sttp_subscriber {
            subscriber: Subscriber::new(&engine, CallbackHandler(Arc::clone(&callbacks))),
            callbacks,
            setup: Mutex::default(),
            read_signals: Mutex::default(),
            signals: Mutex::default(),
        };
        give(subscriber, handle);
        Ok(())
    })
}

/// Frees a subscriber; its connection is closed. No callback is called any more, not even the one for
/// the end of the connection.
///
/// *Blocks*: while a callback of the subscriber runs on another thread. Does not wait for the
/// connection to close.
/// *From a callback*: allowed, also from its own.
/// *Ownership*: the subscriber is gone; the destructors of its callbacks have run, except that of the
/// callback which this was called from: it runs when that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_free(subscriber: *mut sttp_subscriber) {
    // SAFETY: the contract of the header.
    unsafe { free(subscriber, |subscriber| subscriber.callbacks.clear()) };
}

/// Connects to a publisher, and keeps the connection up until sttp_subscriber_disconnect, over losses
/// if so set. The settings as they are now hold until then.
///
/// \param address  `host:port`, as `localhost:7175`, `192.0.2.7:7175` or `[::1]:7175`.
/// \return STTP_OK: success and failure of the attempt are told to the callbacks;
///         STTP_ERR_INVALID_ARGUMENT when `address` cannot be read as one; STTP_ERR_INVALID_STATE when
///         connected, connecting or listening; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; the name is looked up and the connection made in the background.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_connect(
    subscriber: *mut sttp_subscriber,
    address: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, address) = unsafe { (live(subscriber, "subscriber")?, text(address, "address")?) };
        let settings = lock(&subscriber.setup).settings.clone();
        subscriber.secure()?;
        Ok(subscriber.subscriber.connect(address, settings)?)
    })
}

/// Ends the connection, and all attempts to make one or listening for one. The subscription is kept for
/// the next connect or listen.
///
/// \return STTP_OK, also when it was idle; STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; the callback for the end of the connection follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_disconnect(subscriber: *mut sttp_subscriber) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(subscriber, "subscriber")? }.subscriber.disconnect()?))
}

/// Asks for measurements, in place of an earlier subscription. Kept over reconnects; may precede
/// sttp_subscriber_connect.
///
/// \param filter  Which signals: filter statements, as `FILTER TOP 20 ActiveMeasurements WHERE
///                SignalType = 'FREQ'`, measurement keys (`PPA:12`), GUIDs, and point tags in double
///                quotes, separated by semicolons.
/// \return STTP_OK: whether the publisher grants it is told to the callbacks; STTP_ERR_INVALID_ARGUMENT
///         when the filter is empty, or it or a subscription parameter cannot be sent;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_subscribe(
    subscriber: *mut sttp_subscriber,
    filter: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, filter) = unsafe { (live(subscriber, "subscriber")?, text(filter, "filter")?) };
        if filter.trim().is_empty() {
            return Err(invalid("filter is empty; to end a subscription, unsubscribe".into()));
        }
        let mut setup = lock(&subscriber.setup);
        let options = SubscriptionOptions { filter: filter.to_owned(), ..setup.subscription.clone() };
        subscriber.subscriber.subscribe(options)?;
        filter.clone_into(&mut setup.subscription.filter);
        Ok(())
    })
}

/// Ends the subscription; the connection stays.
///
/// \return STTP_ERR_WOULD_BLOCK when too many requests wait.
/// *Blocks*: no; some measurements may still come.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_unsubscribe(subscriber: *mut sttp_subscriber) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { live(subscriber, "subscriber")? };
        subscriber.subscriber.unsubscribe()?;
        lock(&subscriber.setup).subscription.filter.clear();
        Ok(())
    })
}

/// Asks for the publisher's metadata; they come to the metadata callback. When the connection is lost before
/// the request is sent, that comes to the callback for requests that failed, as for all requests.
///
/// \param filters  Filter statements, as `FILTER MeasurementDetail WHERE SignalAcronym = 'FREQ'`,
///                 separated by semicolons; NULL or empty for all metadata.
/// \return STTP_ERR_NOT_CONNECTED; STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_request_metadata(
    subscriber: *mut sttp_subscriber,
    filters: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, filters) =
            unsafe { (live(subscriber, "subscriber")?, optional_text(filters, "filters")?) };
        Ok(subscriber.subscriber.request_metadata(filters.unwrap_or_default())?)
    })
}

/// Tells where a subscriber stands.
///
/// \param state  Receives STTP_STATE_IDLE to STTP_STATE_LISTENING.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_state(subscriber: *const sttp_subscriber, state: *mut i32) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, state) = unsafe { (live(subscriber, "subscriber")?, output(state, "state")?) };
        state.write(state_number(subscriber.subscriber.state()));
        Ok(())
    })
}

/// Reads the counters of a subscriber.
///
/// \param statistics  Receives the counters.
/// \param size        sizeof(*statistics).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_statistics(
    subscriber: *const sttp_subscriber,
    statistics: *mut sttp_subscriber_counters,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { live(subscriber, "subscriber")? };
        let counters = subscriber.subscriber.statistics();
        // SAFETY: the contract of the header.
        unsafe { write_record(&counters, statistics, size, "statistics") }
    })
}

fn state_number(state: ConnectionState) -> i32 {
    match state {
        ConnectionState::Idle => STTP_STATE_IDLE,
        ConnectionState::Connecting => STTP_STATE_CONNECTING,
        ConnectionState::Connected => STTP_STATE_CONNECTED,
        ConnectionState::Subscribed => STTP_STATE_SUBSCRIBED,
        ConnectionState::Reconnecting => STTP_STATE_RECONNECTING,
        ConnectionState::Listening => STTP_STATE_LISTENING,
    }
}
