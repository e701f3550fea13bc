//! Publishers: connections.

use std::ffi::{CString, c_char, c_void};
use std::ptr;

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{invalid, live};
use crate::capi::shared::guard::{c_string, guard};
use crate::capi::shared::latency::sttp_latency;
use crate::capi::shared::records::sttp_guid;
use crate::capi::shared::tls::{TlsTexts, sttp_tls};
use crate::publisher::{ConnectionCounters as sttp_connection_counters, ConnectionInfo};

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

/// Ends a connection, after it has taken what is queued for it. One that the publisher has made is made
/// again, unless STTP_SETTING_AUTO_RECONNECT forbids it: sttp_publisher_disconnect_from ends it
/// for good.
///
/// \param connection_id  `id` of the connection.
/// \return STTP_ERR_NOT_FOUND when there is no such connection any more; STTP_ERR_WOULD_BLOCK when too
///         many requests wait.
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
    data_channel: CString,
    /// What points to the texts beside it.
    tls: Option<(sttp_tls, TlsTexts)>,
}

impl ConnectionTexts {
    pub(super) fn new(connection: &ConnectionInfo) -> ConnectionTexts {
        ConnectionTexts {
            address: c_string(connection.address.to_string()),
            identity: c_string(connection.identity.as_str()),
            filter: c_string(connection.filter.as_str()),
            data_channel: c_string(
                connection.data_channel.map_or(String::new(), |address| address.to_string()),
            ),
            tls: connection.tls.as_deref().map(|details| {
                let texts = TlsTexts::new(details);
                (texts.record(details), texts)
            }),
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
        }
    }
}
