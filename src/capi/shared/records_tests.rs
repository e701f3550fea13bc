use std::fmt::Write;
use std::mem::offset_of;
use std::path::Path;

use super::*;
use crate::capi::publisher::history::{sttp_history_extent, sttp_history_window};
use crate::capi::shared::date_time2::sttp_datetime2;
use crate::capi::shared::latency::sttp_latency;
use crate::capi::subscriber::statistics::sttp_signal_statistics;

/// Size and alignment of each struct, then its fields with their offsets and sizes.
macro_rules! layouts {
    ($($record:ident { $($field:ident),* $(,)? })*) => {{
        let mut text = String::new();
        $(
            writeln!(text, "{} size {} align {}", stringify!($record), size_of::<$record>(), align_of::<$record>())
                .unwrap();
            // Naming every field without `..` makes a forgotten one an error.
            let size = |record: &$record| {
                let $record { $($field),* } = record;
                [$((stringify!($field).trim_start_matches("r#"), offset_of!($record, $field), size_of_val($field))),*]
            };
            // SAFETY: the fields are integers, floating-point numbers and pointers, all of which may be zero.
            for (field, offset, size) in size(&unsafe { std::mem::zeroed() }) {
                writeln!(text, "    {field} offset {offset} size {size}").unwrap();
            }
        )*
        text
    }};
}

#[test]
fn layouts_are_those_that_programs_were_compiled_with() {
    let layouts = layouts! {
        sttp_guid { bytes }
        sttp_measurement { signal_id, timestamp, value, flags, signal_index }
        sttp_datetime2 { ticks, days, flags }
        sttp_signal { signal_id, key_number, key_source, signal_index, reserved }
        sttp_connection {
            id, subscriber_id, address, identity, filter, signal_count, measurements_sent,
            measurements_dropped, bytes_sent, queued_bytes, protocol_version, subscribed, outgoing,
            reserved, data_channel, connected_since, bytes_received, packets_sent,
            datagrams_sent, datagrams_dropped, buffer_blocks_sent, buffer_blocks_repeated,
            buffer_blocks_dropped, buffer_blocks_unconfirmed, measurements_per_second, latency, recent_latency,
        }
        sttp_device {
            acronym, name, parent_acronym, protocol_name, company_acronym, vendor_acronym,
            vendor_device_name, interconnection_name, unique_id, longitude, latitude, access_id,
            frames_per_second, is_concentrator, enabled, measurement_count, phasor_count,
        }
        sttp_measurement_metadata {
            signal_id, id, point_tag, signal_reference, signal_type, device_acronym, description,
            phasor_source_index, internal, enabled, reserved, updated_on,
        }
        sttp_phasor {
            device_acronym, label, r#type, phase, id, source_index, destination_id, reserved, updated_on,
        }
        sttp_value { guid, integer, number, text_length, r#type, is_null }
        sttp_row { table, row }
        sttp_subscriber_statistics {
            measurements, packets, bytes_received, bytes_sent, measurements_dropped, packets_dropped,
            connections, reconnects, signal_count, last_timestamp, connections_refused,
            buffer_blocks, buffer_blocks_dropped, buffer_blocks_lost,
            gaps, gaps_recovered, gaps_abandoned, measurements_recovered, datagrams, datagrams_rejected,
            measurements_per_second,
        }
        sttp_latency { measurements, minimum, mean, maximum }
        sttp_signal_statistics {
            signal_id, measurements, measurements_with_flags, last_timestamp, last_value, latency,
        }
        sttp_publisher_statistics {
            measurements_published, measurements_sent, measurements_dropped, measurements_unknown,
            packets_sent, bytes_sent, bytes_received, connections_accepted, connections_refused,
            connections, subscribed, buffer_blocks_sent, buffer_blocks_repeated, buffer_blocks_dropped,
            buffer_blocks_unconfirmed, datagrams_sent, datagrams_dropped, measurements_per_second,
        }
        sttp_history_window { connection_id, start, stop, signals, signal_count, parameters }
        sttp_history_extent { measurements, bytes, earliest, latest }
    };
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/abi/layouts.txt");
    if std::env::var_os("STTP_UPDATE_ABI").is_some() {
        std::fs::write(&snapshot, &layouts).unwrap();
    }
    let expected = std::fs::read_to_string(&snapshot).unwrap();
    assert_eq!(layouts, expected, "after a change on purpose: STTP_UPDATE_ABI=1 cargo test --lib layouts");
}
