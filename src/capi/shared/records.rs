//! The structs that cross the boundary: fixed layouts that grow only at their end.

use std::ffi::c_char;
use std::mem::offset_of;

use uuid::Uuid;

use super::latency::sttp_latency;
use crate::measurement::Measurement;

/// A GUID: 16 bytes in the order of its text (RFC 4122), whatever the machine's byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct sttp_guid {
    /// The bytes.
    pub bytes: [u8; 16],
}

/// One measurement of one signal at one time: 40 bytes, 8-byte aligned.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_measurement {
    /// The signal.
    pub signal_id: sttp_guid,
    /// Ticks: units of 100 ns since 0001-01-01T00:00:00 UTC. Bit 63 marks a leap second.
    pub timestamp: i64,
    /// The value in the signal's engineering units. STTP carries it as IEEE-754 single precision.
    pub value: f64,
    /// STTP_FLAG_...: quality of value and time, 0 when all is well. Not every form of packet
    /// carries all of them.
    pub flags: u32,
    /// Receiving: row of the signal in the latest signals of sttp_subscriber_on_subscription_updated,
    /// always a valid one. Publishing with sttp_publisher_publish_indexed: row of the signal among
    /// the measurements of the publisher's metadata.
    pub signal_index: u32,
}

/// One signal of a subscription: 40 bytes on 64-bit machines.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_signal {
    /// The signal.
    pub signal_id: sttp_guid,
    /// Number of its measurement key: the 12 of `PPA:12`.
    pub key_number: u64,
    /// Source of its measurement key: the `PPA` of `PPA:12`. May be empty, never NULL.
    pub key_source: *const c_char,
    /// Index that stands for the signal on the wire; for diagnostics. `signal_index` of a received
    /// measurement is the row of this record.
    pub signal_index: u32,
    /// 0.
    pub reserved: u32,
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
    /// Signals of its subscription.
    pub signal_count: u64,
    /// Measurements sent to it.
    pub measurements_sent: u64,
    /// Measurements dropped because it was too slow.
    pub measurements_dropped: u64,
    /// Bytes sent to it, protocol included.
    pub bytes_sent: u64,
    /// Bytes in its send queue.
    pub queued_bytes: u64,
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
    /// Bytes received from it, protocol included.
    pub bytes_received: u64,
    /// Data packets queued for it, or for its multicast group.
    pub packets_sent: u64,
    /// Datagrams handed to the system for it, or for its multicast group.
    pub datagrams_sent: u64,
    /// Datagrams dropped, because the system did not take them at once.
    pub datagrams_dropped: u64,
    /// Buffer blocks queued for it, repetitions not counted.
    pub buffer_blocks_sent: u64,
    /// Buffer blocks queued once more, because it did not confirm them.
    pub buffer_blocks_repeated: u64,
    /// Buffer blocks not sent, because it was too slow to take or to confirm others.
    pub buffer_blocks_dropped: u64,
    /// Buffer blocks that it got but never confirmed.
    pub buffer_blocks_unconfirmed: u64,
    /// Measurements queued for it per second, in the latest complete second.
    pub measurements_per_second: f64,
    /// How late measurements were when they were queued for it, since it connected: of the first and the last
    /// one of each data packet, historical ones aside.
    pub latency: sttp_latency,
    /// The same of the latest complete second.
    pub recent_latency: sttp_latency,
}

/// A device: one row of the metadata's DeviceDetail. Texts are never NULL; what the metadata do
/// not tell is empty or 0.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_device {
    /// Name that measurements and phasors refer to.
    pub acronym: *const c_char,
    /// Name for people.
    pub name: *const c_char,
    /// Acronym of the device, usually a concentrator, that this one belongs to.
    pub parent_acronym: *const c_char,
    /// Protocol that the publisher gets the device's data with.
    pub protocol_name: *const c_char,
    /// Owner.
    pub company_acronym: *const c_char,
    /// Maker.
    pub vendor_acronym: *const c_char,
    /// Model.
    pub vendor_device_name: *const c_char,
    /// Grid that the device belongs to.
    pub interconnection_name: *const c_char,
    /// The device, for ever.
    pub unique_id: sttp_guid,
    /// Degrees, east is positive.
    pub longitude: f64,
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Number that the device's own protocol knows it by, as the ID code of IEEE C37.118.
    pub access_id: i32,
    /// Data frames a second.
    pub frames_per_second: i32,
    /// 1 for a concentrator, else 0.
    pub is_concentrator: i32,
    /// 1 for a device in use, else 0.
    pub enabled: i32,
    /// Rows of MeasurementDetail that name the device.
    pub measurement_count: u64,
    /// Rows of PhasorDetail that name the device.
    pub phasor_count: u64,
}

/// A measurement's description: one row of the metadata's MeasurementDetail. Texts are never NULL;
/// what the metadata do not tell is empty or 0.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_measurement_metadata {
    /// The signal.
    pub signal_id: sttp_guid,
    /// Measurement key, as `PPA:12`.
    pub id: *const c_char,
    /// Name of the signal.
    pub point_tag: *const c_char,
    /// Place of the signal in its device, as `SHELBY-PA1`.
    pub signal_reference: *const c_char,
    /// Kind of signal, as `FREQ`, `VPHM` or `IPHA`.
    pub signal_type: *const c_char,
    /// Acronym of its device.
    pub device_acronym: *const c_char,
    /// Text for people.
    pub description: *const c_char,
    /// `source_index` of the device's phasor that the signal is a part of; 0 for none.
    pub phasor_source_index: i32,
    /// 1 when the publisher owns the signal, 0 when it got it from elsewhere.
    pub internal: i32,
    /// 1 for a signal in use, else 0.
    pub enabled: i32,
    /// 0.
    pub reserved: i32,
    /// Ticks of the latest change; 0 when unknown.
    pub updated_on: i64,
}

/// A phasor: one row of the metadata's PhasorDetail. Texts are never NULL; what the metadata do
/// not tell is empty or 0.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_phasor {
    /// Acronym of its device.
    pub device_acronym: *const c_char,
    /// Name for people.
    pub label: *const c_char,
    /// `V` for a voltage, `I` for a current.
    pub r#type: *const c_char,
    /// `A`, `B`, `C`, or `+`, `-`, `0` for a sequence.
    pub phase: *const c_char,
    /// Number of the phasor.
    pub id: i32,
    /// Number of the phasor in its device, from 1.
    pub source_index: i32,
    /// Number of the voltage that a current belongs to; 0 for none.
    pub destination_id: i32,
    /// 0.
    pub reserved: i32,
    /// Ticks of the latest change; 0 when unknown.
    pub updated_on: i64,
}

/// A value of a cell or an expression: 48 bytes, 8-byte aligned.
///
/// Functions that answer one write its text into a buffer of the caller: `true` or `false`, `-12`, a
/// Decimal with all its digits but without trailing zeros (`0.25`), a Single or Double as the shortest text
/// that reads back to the same number (`60`, `1e-7`, `nan`, `inf`, `-inf`), a Guid as
/// `01234567-89ab-cdef-0123-456789abcdef`, a DateTime as `2026-11-21T08:30:00.5Z`, a String as it is, null
/// as the empty text. sttp_metadata_builder_set reads all of these but null.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_value {
    /// A Guid; else zeros.
    pub guid: sttp_guid,
    /// An integer, or 1 for true and 0 for false. A DateTime's ticks. A Single, Double or Decimal cut
    /// toward zero, 0 when that does not fit. UInt64: the same 64 bits, to be read as uint64_t. Else 0.
    pub integer: i64,
    /// A number of any type as the nearest double, 1 for true and 0 for false; else 0. The text of a
    /// Decimal is exact.
    pub number: f64,
    /// Bytes of a String without NUL; else 0.
    pub text_length: u64,
    /// STTP_TYPE_...: what it is a value of, even when it is null.
    pub r#type: i32,
    /// 1 when there is no value, else 0.
    pub is_null: i32,
}

/// A row of a table of metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct sttp_row {
    /// Number of the table, as sttp_metadata_table takes it.
    pub table: u64,
    /// Row of the table, from 0.
    pub row: u64,
}

/// Counters of a subscriber since it was made. Later versions of the library append fields.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub struct sttp_subscriber_statistics {
    /// Measurements received.
    pub measurements: u64,
    /// Data packets received.
    pub packets: u64,
    /// Bytes received, protocol included.
    pub bytes_received: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Measurements received but not handed over, as those of unknown signals.
    pub measurements_dropped: u64,
    /// Data packets that could not be used.
    pub packets_dropped: u64,
    /// Connections established.
    pub connections: u64,
    /// Connections established again after a loss.
    pub reconnects: u64,
    /// Signals of the current subscription.
    pub signal_count: u64,
    /// Ticks of the latest measurement; 0 before the first.
    pub last_timestamp: i64,
    /// Connections closed at once while listening, because another publisher was connected.
    pub connections_refused: u64,
    /// Buffer blocks received.
    pub buffer_blocks: u64,
    /// Buffer blocks that could not be used: damaged, of an unknown signal, or far before their turn.
    pub buffer_blocks_dropped: u64,
    /// Buffer blocks that never came.
    pub buffer_blocks_lost: u64,
    /// Gaps in the measurements, where they are recovered (sttp_subscriber_set_recovery).
    pub gaps: u64,
    /// Gaps that were asked for to their end.
    pub gaps_recovered: u64,
    /// Gaps that were given up: too short, too long, refused by the publisher, or without any measurement.
    pub gaps_abandoned: u64,
    /// Measurements handed over as recovered; `measurements` does not count them.
    pub measurements_recovered: u64,
    /// Datagrams received.
    pub datagrams: u64,
    /// Datagrams not used: damaged, or not from the publisher.
    pub datagrams_rejected: u64,
    /// Measurements handed over per second, in the latest complete interval
    /// (sttp_subscriber_set_statistics_interval).
    pub measurements_per_second: f64,
}

/// Counters of a publisher since it was made. Later versions of the library append fields.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub struct sttp_publisher_statistics {
    /// Measurements handed in.
    pub measurements_published: u64,
    /// Measurements sent, counted once for each subscriber.
    pub measurements_sent: u64,
    /// Measurements dropped because a subscriber was too slow, counted once for each subscriber.
    pub measurements_dropped: u64,
    /// Measurements handed in whose signal is not in the metadata.
    pub measurements_unknown: u64,
    /// Data packets sent.
    pub packets_sent: u64,
    /// Bytes sent, protocol included.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Connections accepted, or made by sttp_publisher_connect.
    pub connections_accepted: u64,
    /// Connections refused, as those above the limit.
    pub connections_refused: u64,
    /// Connections now.
    pub connections: u64,
    /// Connections now that data can flow to.
    pub subscribed: u64,
    /// Buffer blocks sent, counted once for each subscriber, repetitions not.
    pub buffer_blocks_sent: u64,
    /// Buffer blocks sent once more because they were not confirmed.
    pub buffer_blocks_repeated: u64,
    /// Buffer blocks not sent because a subscriber took or confirmed others too slowly.
    pub buffer_blocks_dropped: u64,
    /// Buffer blocks sent whose confirmation never came.
    pub buffer_blocks_unconfirmed: u64,
    /// Datagrams sent, once for all members of a multicast group.
    pub datagrams_sent: u64,
    /// Datagrams dropped, because the system did not take them at once.
    pub datagrams_dropped: u64,
    /// Measurements queued per second, once for each subscriber, in the latest complete second.
    pub measurements_per_second: f64,
}

// A pointer to measurements of C is one to measurements of Rust.
const _: () = {
    assert!(size_of::<sttp_measurement>() == size_of::<Measurement>());
    assert!(align_of::<sttp_measurement>() == align_of::<Measurement>());
    assert!(offset_of!(sttp_measurement, signal_id) == offset_of!(Measurement, signal_id));
    assert!(offset_of!(sttp_measurement, timestamp) == offset_of!(Measurement, timestamp));
    assert!(offset_of!(sttp_measurement, value) == offset_of!(Measurement, value));
    assert!(offset_of!(sttp_measurement, flags) == offset_of!(Measurement, flags));
    assert!(offset_of!(sttp_measurement, signal_index) == offset_of!(Measurement, signal_index));
    assert!(size_of::<sttp_guid>() == size_of::<Uuid>());
    assert!(align_of::<sttp_guid>() == align_of::<Uuid>());
};

impl From<Uuid> for sttp_guid {
    fn from(id: Uuid) -> sttp_guid {
        sttp_guid { bytes: id.into_bytes() }
    }
}

impl From<sttp_guid> for Uuid {
    fn from(guid: sttp_guid) -> Uuid {
        Uuid::from_bytes(guid.bytes)
    }
}

#[cfg(all(test, target_pointer_width = "64"))]
#[path = "records_tests.rs"]
mod tests;
