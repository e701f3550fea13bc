//! Measurements.

use std::mem::offset_of;

use uuid::Uuid;

use crate::measurement::Measurement;

/// A GUID: 16 bytes in the order of its text (RFC 4122), whatever the machine's byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct sttp_guid {
    /// The bytes.
    pub bytes: [u8; 16],
}

/// One measurement of one signal at one time: 40 bytes, 8-byte aligned (on 32-bit x86 4-byte).
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
    /// Receiving: the signal index, always a valid one. Publishing with sttp_publisher_publish_indexed: the
    /// signal index, as sttp_publisher_signal_index tells it.
    pub signal_index: u32,
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
