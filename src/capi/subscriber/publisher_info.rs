//! Subscribers: the publisher, and the signals.

use std::ffi::{c_char, c_void};

use crate::capi::shared::arguments::{invalid, live, lock};
use crate::capi::shared::guard::{c_string, guard};
use crate::capi::shared::modes::encoding_number;
use crate::capi::shared::records::sttp_guid;
use crate::capi::subscriber::events::sttp_signal;
use crate::capi::subscriber::reading::{lend, tell_signals};
use crate::capi::subscriber::sttp_subscriber;
use crate::error::Error;
use crate::subscriber::{Compression, PublisherInfo};

/// What is known of the publisher of a connection, and how both sides speak.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_publisher_info {
    /// Where it is, as `192.0.2.7:7175` or `[::1]:7175`; never NULL.
    pub address: *const c_char,
    /// The ID that it has given this subscriber. It comes with the first list of signals; all 0 before.
    pub subscriber_id: sttp_guid,
    /// Ticks of when the connection was made.
    pub connected_since: i64,
    /// 1 when the publisher made the connection, 0 when the subscriber did.
    pub incoming: i32,
    /// Protocol version: 1, 2 or 3.
    pub protocol_version: i32,
    /// STTP_ENCODING_... of all texts.
    pub encoding: i32,
    /// 1 when the publisher has answered the operational modes, which those of version 1 and 2 need not do; else 0.
    pub modes_confirmed: i32,
    /// 1 when metadata were asked for compressed by GZip, else 0.
    pub metadata_compression_asked: i32,
    /// 1 when those that came last were compressed, 0 when not, -1 before any have come.
    pub metadata_compressed: i32,
    /// 1 when signal index caches were asked for compressed by GZip, else 0.
    pub cache_compression_asked: i32,
    /// 1 when the one that came last was compressed, 0 when not, -1 before any has come.
    pub cache_compressed: i32,
    /// 1 when measurements were asked for compressed by TSSC, else 0.
    pub payload_compression_asked: i32,
    /// 1 when those that came last were compressed, 0 when not, -1 before any have come.
    pub payload_compressed: i32,
    /// The local port where measurements come by UDP; -1 for TCP.
    pub data_port: i32,
    /// 0.
    pub reserved: u32,
}

/// Is told what is known of the publisher.
///
/// \param user_data  As given.
/// \param publisher  The publisher, with its texts valid during the call.
pub type sttp_publisher_info_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, publisher: *const sttp_publisher_info)>;

/// Calls a function with what is known of the publisher, on the calling thread, before this returns.
///
/// \param visit      The function.
/// \param user_data  Handed to the call.
/// \return STTP_ERR_NOT_CONNECTED.
/// *Blocks*: no longer than `visit` takes.
/// *From a callback*: allowed. `visit` may call everything, also free the subscriber.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_publisher_info(
    subscriber: *const sttp_subscriber,
    visit: sttp_publisher_info_fn,
    user_data: *mut c_void,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { live(subscriber, "subscriber")? };
        let visit = visit.ok_or_else(|| invalid("visit is NULL".into()))?;
        let publisher = subscriber.subscriber.publisher().ok_or_else(|| {
            Error::NotConnected("no publisher is connected; wait until the subscriber is connected".into())
        })?;
        let address = c_string(publisher.address.to_string());
        let record = record_of(&publisher, address.as_ptr());
        // SAFETY: given for this user data; the record and its text live during the call.
        unsafe { visit(user_data, &raw const record) };
        Ok(())
    })
}

fn record_of(publisher: &PublisherInfo, address: *const c_char) -> sttp_publisher_info {
    let modes = &publisher.modes;
    let in_use = |compression: Compression| compression.in_use.map_or(-1, i32::from);
    sttp_publisher_info {
        address,
        subscriber_id: publisher.subscriber_id.unwrap_or_default().into(),
        connected_since: publisher.connected_since.0,
        incoming: publisher.incoming.into(),
        protocol_version: modes.version as i32,
        encoding: encoding_number(modes.encoding),
        modes_confirmed: modes.confirmed.into(),
        metadata_compression_asked: modes.metadata.asked_for.into(),
        metadata_compressed: in_use(modes.metadata),
        cache_compression_asked: modes.signal_index_cache.asked_for.into(),
        cache_compressed: in_use(modes.signal_index_cache),
        payload_compression_asked: modes.payload.asked_for.into(),
        payload_compressed: in_use(modes.payload),
        data_port: publisher.data_port.map_or(-1, i32::from),
        reserved: 0,
    }
}

/// Tells the current list of signals: the one that sttp_subscriber_on_subscription_updated was told last on this
/// connection. What waits to be read may be of an earlier one, which sttp_subscriber_read_signals tells.
///
/// \param subscriber  The subscriber.
/// \param signals     Receives the signals, in the order of their signal indexes: `(*signals)[i]->signal_id`. NULL
///                    when there are none, or no list has come yet on this connection.
/// \param count       Receives how many there are.
/// \param generation  Receives their number, as the callback was told; 0 when no list has come. Each connection
///                    counts from its own start. May be NULL.
/// *Thread*: one at a time calls this, as long as the signals are looked at.
/// *Ownership*: The signals and their texts are valid until this is called once there are others, or the subscriber
///         is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_signals(
    subscriber: *mut sttp_subscriber,
    signals: *mut *const *const sttp_signal,
    count: *mut usize,
    generation: *mut u32,
) -> i32 {
    let current =
        |subscriber: &sttp_subscriber| lend(&mut lock(&subscriber.signals), subscriber.subscriber.signals());
    // SAFETY: the contract of the header.
    unsafe { tell_signals(subscriber, current, signals, count, generation) }
}
