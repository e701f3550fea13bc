//! Publishers: connections.

use std::ffi::{CString, c_char, c_void};
use std::ptr;
use std::time::Duration;

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{invalid, live};
use crate::capi::shared::guard::{c_string, guard};
use crate::capi::shared::latency::sttp_latency;
use crate::capi::shared::modes::encoding_number;
use crate::capi::shared::records::sttp_guid;
use crate::capi::shared::tls::{TlsTexts, sttp_tls};
use crate::publisher::ConnectionCounters as sttp_connection_counters;
use crate::publisher::{ConnectionInfo, ConnectionModes, SubscriptionTerms};

/// How a subscriber wants to be spoken to, and what it gets. Each is 1 or 0.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_connection_modes {
    /// Protocol version: 1, 2 or 3.
    pub protocol_version: i32,
    /// STTP_ENCODING_... of all texts.
    pub encoding: i32,
    /// Metadata compressed by GZip are asked for.
    pub metadata_compression_asked: i32,
    /// Metadata are compressed.
    pub metadata_compressed: i32,
    /// Signal index caches compressed by GZip are asked for.
    pub cache_compression_asked: i32,
    /// Signal index caches are compressed.
    pub cache_compressed: i32,
    /// Measurements compressed by TSSC are asked for.
    pub payload_compression_asked: i32,
    /// Measurements are compressed, unless they go by UDP.
    pub payload_compressed: i32,
    /// Metadata are to include the publisher's own.
    pub internal_metadata: i32,
    /// Metadata are to include what the publisher has from others.
    pub external_metadata: i32,
}

/// What a subscription asks for, or what it gets. Texts are never NULL; long ones are cut.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_subscription_terms {
    /// 1 when measurements are compressed by TSSC, else 0: compact.
    pub compressed: i32,
    /// 1 when they go by UDP, else 0.
    pub by_udp: i32,
    /// 1 when they have times, else 0. Compressed ones always have.
    pub include_time: i32,
    /// 1 when times may be offsets from base times, else 0. Nobody asks for that.
    pub base_times: i32,
    /// 1 when such offsets may be whole milliseconds, else 0.
    pub millisecond_resolution: i32,
    /// 1 when measurements that are not a number are left out, else 0.
    pub nan_filter: i32,
    /// 1 when only the latest value of each signal comes, once per publish_interval; else 0.
    pub throttled: i32,
    /// 1 when times outside lag_time and lead_time are marked, or are no base times; else 0.
    pub check_time_reasonability: i32,
    /// 1 when measurements are encrypted, else 0. Nobody asks for that.
    pub encrypted: i32,
    /// Pace of historical data in milliseconds for each step; 0 for as fast as possible, -1 for the publisher's default,
    /// and for live data.
    pub processing_interval: i32,
    /// Interval of a throttled subscription in seconds; asked for, 0 leaves it to the publisher.
    pub publish_interval: f64,
    /// How far in the past a time is reasonable, in seconds.
    pub lag_time: f64,
    /// How far in the future a time is reasonable, in seconds.
    pub lead_time: f64,
    /// Buffer blocks are sent again when not confirmed for so many seconds; asked for, 0 leaves it to the publisher.
    pub buffer_block_timeout: f64,
    /// Ticks of the first time of historical data; 0 for live data, and where it is only asked for.
    pub start_time: i64,
    /// Ticks of the last time of historical data; 0 for live data, and where it is only asked for.
    pub stop_time: i64,
    /// The first time as the subscriber wrote it; empty for live data, and of what it gets.
    pub start_time_text: *const c_char,
    /// The last time as the subscriber wrote it; empty for none, and of what it gets.
    pub stop_time_text: *const c_char,
    /// Text for the source of historical data; empty for none, and of what it gets.
    pub time_parameters: *const c_char,
    /// Largest data packet in bytes; 0 of what is asked for.
    pub largest_packet: u64,
}

/// What a publisher knows of one subscriber. Texts are never NULL.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_connection {
    /// Number of the connection, not used again by the same publisher.
    pub id: u64,
    /// ID that the publisher gave the subscriber.
    pub subscriber_id: sttp_guid,
    /// The subscriber's address, as `127.0.0.1:41234` or `[::1]:41234`.
    pub address: *const c_char,
    /// Program and version that the subscriber names, for display only; empty when it names none.
    pub identity: *const c_char,
    /// Filter expression of its subscription; empty when it has none.
    pub filter: *const c_char,
    /// Protocol version it asked for: 1, 2 or 3; 0 as long as it has not said.
    pub protocol_version: i32,
    /// 1 while data can flow to it, else 0.
    pub subscribed: i32,
    /// 1 when the publisher made the connection, 0 when it accepted it.
    pub outgoing: i32,
    /// 0.
    pub reserved: u32,
    /// Where its measurements go by UDP, as `127.0.0.1:9600`, or the multicast group; empty for TCP.
    pub data_channel: *const c_char,
    /// Ticks of when the connection was made.
    pub connected_since: i64,
    /// How late measurements were when they were queued for it, since it connected: of the first and the last
    /// one of each data packet, historical ones aside.
    pub latency: sttp_latency,
    /// The same of the latest complete second.
    pub recent_latency: sttp_latency,
    /// What is counted of it; as valid as the connection.
    pub counters: *const sttp_connection_counters,
    /// What was agreed on by TLS, and who the subscriber is; NULL without TLS. As valid as the connection.
    pub tls: *const sttp_tls,
    /// How the subscriber wants to be spoken to, and what it gets; NULL before it has said so. As valid as the
    /// connection.
    pub modes: *const sttp_connection_modes,
    /// What its subscription asks for; NULL without one. As valid as the connection.
    pub asked: *const sttp_subscription_terms,
    /// What its subscription gets; NULL without one. As valid as the connection.
    pub granted: *const sttp_subscription_terms,
    /// The program that it says it is; empty when it names none.
    pub program: *const c_char,
    /// Version of that program; empty when it names none.
    pub program_version: *const c_char,
    /// Date of that version; empty when it names none.
    pub program_updated_on: *const c_char,
    /// What the rights call the subscriber; empty when there are none for it.
    pub rights: *const c_char,
}

/// Is told of a connection to a subscriber.
///
/// \param user_data   As registered, or as given.
/// \param connection  The connection as it was then, with its texts valid during the call.
pub type sttp_connection_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, connection: *const sttp_connection)>;

/// Calls a function once for each connection there is, on the calling thread, before this returns.
///
/// \param visit      The function.
/// \param user_data  Handed to every call.
/// *Blocks*: no longer than `visit` takes.
/// *From a callback*: allowed. `visit` may call everything, also free the publisher.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_for_each_connection(
    publisher: *const sttp_publisher,
    visit: sttp_connection_fn,
    user_data: *mut c_void,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { live(publisher, "publisher")? };
        let visit = visit.ok_or_else(|| invalid("visit is NULL".into()))?;
        for connection in publisher.publisher.connections() {
            let texts = ConnectionTexts::new(&connection);
            let record = texts.record(&connection);
            // SAFETY: given for this user data; the record and its texts live during the call.
            unsafe { visit(user_data, &raw const record) };
        }
        Ok(())
    })
}

/// Ends a connection, after it has taken what is queued for it: nothing that it asks is answered any more, in the
/// callback connected nothing at all. One that the publisher has made is made
/// again, unless STTP_SETTING_AUTO_RECONNECT forbids it: sttp_publisher_disconnect_from ends it
/// for good.
///
/// \param connection_id  `id` of the connection.
/// \return STTP_ERR_NOT_FOUND when there is no such connection any more.
/// *Blocks*: no; the callback for its end follows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_disconnect(
    publisher: *mut sttp_publisher,
    connection_id: u64,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(publisher, "publisher")? }.publisher.disconnect(connection_id)?))
}

/// The texts of a connection for C.
pub(super) struct ConnectionTexts {
    address: CString,
    identity: CString,
    filter: CString,
    rights: CString,
    data_channel: CString,
    /// What points to the texts beside it.
    tls: Option<(sttp_tls, TlsTexts)>,
    program: [CString; 3],
    modes: Option<sttp_connection_modes>,
    terms: Option<Terms>,
}

impl ConnectionTexts {
    pub(super) fn new(connection: &ConnectionInfo) -> ConnectionTexts {
        ConnectionTexts {
            address: c_string(connection.address.to_string()),
            identity: c_string(connection.identity.as_str()),
            filter: c_string(connection.filter.as_str()),
            rights: c_string(connection.rights.as_str()),
            data_channel: c_string(
                connection.data_channel.map_or(String::new(), |address| address.to_string()),
            ),
            tls: connection.tls.as_deref().map(|details| {
                let texts = TlsTexts::new(details);
                (texts.record(details), texts)
            }),
            program: {
                let assembly = &connection.assembly;
                [&assembly.source, &assembly.version, &assembly.updated_on]
                    .map(|text| c_string(text.as_str()))
            },
            modes: connection.modes.as_ref().map(modes_record),
            terms: connection.terms.as_deref().map(|terms| Terms::new(terms, connection.modes.as_ref())),
        }
    }

    /// The connection with pointers to these texts.
    pub(super) fn record(&self, connection: &ConnectionInfo) -> sttp_connection {
        sttp_connection {
            id: connection.id,
            subscriber_id: connection.subscriber_id.into(),
            address: self.address.as_ptr(),
            identity: self.identity.as_ptr(),
            filter: self.filter.as_ptr(),
            protocol_version: connection.version.map_or(0, |version| version as i32),
            subscribed: connection.subscribed.into(),
            outgoing: connection.outgoing.into(),
            reserved: 0,
            data_channel: self.data_channel.as_ptr(),
            connected_since: connection.connected_since.0,
            latency: connection.latency.total.into(),
            recent_latency: connection.latency.interval.into(),
            counters: &raw const connection.counters,
            tls: self.tls.as_ref().map_or(ptr::null(), |(record, _)| ptr::from_ref(record)),
            modes: self.modes.as_ref().map_or(ptr::null(), ptr::from_ref),
            asked: self.terms.as_ref().map_or(ptr::null(), |terms| ptr::from_ref(&terms.asked)),
            granted: self.terms.as_ref().map_or(ptr::null(), |terms| ptr::from_ref(&terms.granted)),
            program: self.program[0].as_ptr(),
            program_version: self.program[1].as_ptr(),
            program_updated_on: self.program[2].as_ptr(),
            rights: self.rights.as_ptr(),
        }
    }
}

fn modes_record(modes: &ConnectionModes) -> sttp_connection_modes {
    sttp_connection_modes {
        protocol_version: modes.version as i32,
        encoding: encoding_number(modes.encoding),
        metadata_compression_asked: modes.compressed_metadata.asked_for.into(),
        metadata_compressed: modes.compressed_metadata.granted.into(),
        cache_compression_asked: modes.compressed_cache.asked_for.into(),
        cache_compressed: modes.compressed_cache.granted.into(),
        payload_compression_asked: modes.compressed_payload.asked_for.into(),
        payload_compressed: modes.compressed_payload.granted.into(),
        internal_metadata: modes.internal_metadata.into(),
        external_metadata: modes.external_metadata.into(),
    }
}

/// What a subscription asks for and gets, for C.
struct Terms {
    asked: sttp_subscription_terms,
    granted: sttp_subscription_terms,
    /// What pointers of the records lead to.
    _texts: [CString; 3],
}

impl Terms {
    fn new(terms: &SubscriptionTerms, modes: Option<&ConnectionModes>) -> Terms {
        let (asked, granted) = (&terms.asked_for, &terms.granted);
        let texts = [&asked.start_time, &asked.stop_time, &asked.time_parameters]
            .map(|text| c_string(text.as_deref().unwrap_or_default()));
        let seconds = |time: Option<Duration>| time.unwrap_or_default().as_secs_f64();
        let limits = granted.time_limits;
        Terms {
            asked: sttp_subscription_terms {
                compressed: modes.is_some_and(|modes| modes.compressed_payload.asked_for).into(),
                by_udp: terms.asked_channel.is_some().into(),
                include_time: asked.include_time.into(),
                base_times: 0,
                millisecond_resolution: asked.millisecond_resolution.into(),
                nan_filter: asked.nan_filter.into(),
                throttled: asked.throttled.into(),
                check_time_reasonability: asked.check_time_reasonability.into(),
                encrypted: 0,
                processing_interval: asked.processing_interval,
                publish_interval: asked.publish_interval.as_secs_f64(),
                lag_time: asked.lag_time.as_secs_f64(),
                lead_time: asked.lead_time.as_secs_f64(),
                buffer_block_timeout: seconds(asked.buffer_block_timeout),
                start_time: 0,
                stop_time: 0,
                start_time_text: texts[0].as_ptr(),
                stop_time_text: texts[1].as_ptr(),
                time_parameters: texts[2].as_ptr(),
                largest_packet: 0,
            },
            granted: sttp_subscription_terms {
                compressed: granted.compressed.into(),
                by_udp: granted.data_channel.is_some().into(),
                include_time: granted.include_time.into(),
                base_times: granted.base_times.into(),
                millisecond_resolution: granted.millisecond_resolution.into(),
                nan_filter: granted.nan_filter.into(),
                throttled: granted.publish_interval.is_some().into(),
                check_time_reasonability: limits.is_some().into(),
                encrypted: granted.encrypted.into(),
                processing_interval: granted.processing_interval.unwrap_or(-1),
                publish_interval: seconds(granted.publish_interval),
                lag_time: seconds(limits.map(|(lag, _)| lag)),
                lead_time: seconds(limits.map(|(_, lead)| lead)),
                buffer_block_timeout: granted.buffer_block_timeout.as_secs_f64(),
                start_time: granted.window.map_or(0, |window| window.start.0),
                stop_time: granted.window.map_or(0, |window| window.stop.0),
                start_time_text: c"".as_ptr(),
                stop_time_text: c"".as_ptr(),
                time_parameters: c"".as_ptr(),
                largest_packet: granted.largest_packet as u64,
            },
            _texts: texts,
        }
    }
}
