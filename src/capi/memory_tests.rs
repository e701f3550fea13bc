//! What passes between a caller's memory and handles that nobody is connected to.

use std::ffi::{CStr, c_char};
use std::ptr;

use crate::capi::engine::*;
use crate::capi::filter::*;
use crate::capi::library::sttp_last_error;
use crate::capi::metadata::links::*;
use crate::capi::metadata::records::*;
use crate::capi::metadata::tables::*;
use crate::capi::metadata::*;
use crate::capi::metadata_builder::standard::*;
use crate::capi::metadata_builder::*;
use crate::capi::publisher::connecting::*;
use crate::capi::publisher::history::*;
use crate::capi::publisher::settings::*;
use crate::capi::publisher::*;
use crate::capi::shared::records::*;
use crate::capi::shared::status::*;

fn check(status: i32) {
    // SAFETY: the last error is a text.
    let message = unsafe { CStr::from_ptr(sttp_last_error()) };
    assert_eq!(status, STTP_OK, "{message:?}");
}

fn id(number: u8) -> sttp_guid {
    sttp_guid { bytes: [number; 16] }
}

/// A device with a phasor, of which 1 is the magnitude and 2 the angle, and a frequency, 3.
fn shelby() -> *mut sttp_metadata {
    let (mut builder, mut built) = (ptr::null_mut(), ptr::null_mut());
    let device = c"SHELBY".as_ptr();
    // SAFETY: live handles, texts and places.
    unsafe {
        check(sttp_metadata_builder_new(&raw mut builder));
        check(sttp_metadata_builder_add_device(builder, device, ptr::null(), 60));
        check(sttp_metadata_builder_add_phasor(
            builder,
            device,
            c"Bus".as_ptr(),
            c"V".as_ptr(),
            c"+".as_ptr(),
            1,
        ));
        for (number, key, tag, kind, phasor) in [
            (1, c"PPA:1", c"SHELBY-PM1", c"VPHM", 1),
            (2, c"PPA:2", c"SHELBY-PA1", c"VPHA", 1),
            (3, c"PPA:3", c"SHELBY-FQ", c"FREQ", 0),
        ] {
            check(sttp_metadata_builder_add_measurement(
                builder,
                &id(number),
                key.as_ptr(),
                tag.as_ptr(),
                tag.as_ptr(),
                kind.as_ptr(),
                device,
                phasor,
                ptr::null(),
            ));
        }
        check(sttp_metadata_builder_finish(builder, &raw mut built));
        sttp_metadata_builder_free(builder);
    }
    built
}

#[test]
fn metadata_are_walked_from_record_to_record() {
    let metadata = shelby();
    let (mut row, mut count, mut table, mut column, mut columns) = (9, 9, 9, 9, 9);
    let mut rows = [9; 4];
    let (mut name, mut kind) = (ptr::null(), 0);
    let mut clone = ptr::null_mut();
    // SAFETY: live handles, texts and places; there is room for as many rows as is said.
    unsafe {
        check(sttp_metadata_clone(metadata, &raw mut clone));
        sttp_metadata_free(metadata);
        check(sttp_metadata_find_device(clone, c"SHELBY".as_ptr(), &raw mut row));
        assert_eq!(row, 0);
        check(sttp_metadata_device_measurements(clone, 0, rows.as_mut_ptr(), 2, &raw mut count));
        assert_eq!((count, rows), (3, [0, 1, 9, 9]), "no more than there is room for");
        check(sttp_metadata_device_phasors(clone, 0, rows.as_mut_ptr(), 4, &raw mut count));
        assert_eq!((count, rows[0]), (1, 0));
        let mut phasor = std::mem::zeroed();
        check(sttp_metadata_phasor(clone, 0, &raw mut phasor, size_of_val(&phasor)));
        assert_eq!(CStr::from_ptr(phasor.label), c"Bus");
        check(sttp_metadata_phasor_magnitude(clone, 0, &raw mut row));
        assert_eq!(row, 0);
        check(sttp_metadata_phasor_angle(clone, 0, &raw mut row));
        assert_eq!(row, 1);
        check(sttp_metadata_find_measurement_by_tag(clone, c"SHELBY-FQ".as_ptr(), &raw mut row));
        assert_eq!(row, 2);
        check(sttp_metadata_find_measurement_by_key(clone, c"PPA:2".as_ptr(), &raw mut row));
        assert_eq!(row, 1);

        check(sttp_metadata_find_table(clone, c"MeasurementDetail".as_ptr(), &raw mut table));
        check(sttp_metadata_table(clone, table, &raw mut name, &raw mut count, &raw mut columns));
        assert_eq!((CStr::from_ptr(name), count), (c"MeasurementDetail", 3));
        check(sttp_metadata_find_column(clone, table, c"PointTag".as_ptr(), &raw mut column));
        check(sttp_metadata_column(clone, table, column, &raw mut name, &raw mut kind));
        assert_eq!(CStr::from_ptr(name), c"PointTag");
        assert_eq!(
            sttp_metadata_column(clone, table, columns, &raw mut name, &raw mut kind),
            STTP_ERR_NOT_FOUND
        );
        check(sttp_metadata_cell_string(clone, table, 2, column, &raw mut name));
        assert_eq!(CStr::from_ptr(name), c"SHELBY-FQ");
        let (mut value, mut short) = (std::mem::zeroed(), [1 as c_char; 4]);
        let status =
            sttp_metadata_cell(clone, table, 2, column, &raw mut value, short.as_mut_ptr(), short.len());
        assert_eq!(status, STTP_ERR_BUFFER_TOO_SMALL);
        sttp_metadata_free(clone);
    }
}

#[test]
fn filters_fill_arrays_of_any_room() {
    let metadata = shelby();
    let (mut filter, mut count) = (ptr::null_mut(), 9);
    let mut signals = [sttp_guid::default(); 3];
    let text = c"FILTER ActiveMeasurements WHERE SignalType LIKE 'VPH%' ORDER BY PointTag DESC";
    // SAFETY: live handles, texts and places; there is room for as many signals as is said.
    unsafe {
        check(sttp_filter_new(text.as_ptr(), &raw mut filter));
        check(sttp_filter_select(filter, metadata, ptr::null_mut(), 0, &raw mut count));
        assert_eq!(count, 2);
        check(sttp_filter_select(filter, metadata, signals.as_mut_ptr(), 1, &raw mut count));
        assert_eq!((count, signals), (2, [id(1), sttp_guid::default(), sttp_guid::default()]));
        check(sttp_filter_select(filter, metadata, signals.as_mut_ptr(), 3, &raw mut count));
        assert_eq!(signals, [id(1), id(2), sttp_guid::default()]);
        sttp_filter_free(filter);
        sttp_metadata_free(metadata);
    }
}

#[test]
fn measurements_are_taken_from_arrays_of_callers() {
    let metadata = shelby();
    let (mut engine, mut publisher, mut index) = (ptr::null_mut(), ptr::null_mut(), u32::MAX);
    let measured = |number: u8, signal_index: u32| sttp_measurement {
        signal_id: id(number),
        timestamp: 639_028_224_000_000_000,
        value: f64::from(number),
        flags: 0,
        signal_index,
    };
    // SAFETY: live handles, texts and places; there are as many measurements as is said.
    unsafe {
        check(sttp_engine_new_polled(&raw mut engine));
        check(sttp_publisher_new(engine, &raw mut publisher));
        check(sttp_publisher_set_metadata(publisher, metadata));
        sttp_metadata_free(metadata);
        // What is kept is read, though nobody is there to get it.
        check(sttp_publisher_set(publisher, c"historyDuration".as_ptr(), c"60".as_ptr()));
        check(sttp_publisher_connect(publisher, c"127.0.0.1:9".as_ptr()));
        check(sttp_engine_poll(engine, 0));
        check(sttp_publisher_signal_index(publisher, &id(3), &raw mut index));
        let measurements = [measured(1, 0), measured(3, index), measured(7, 0)];
        check(sttp_publisher_publish(publisher, measurements.as_ptr(), 3));
        check(sttp_publisher_publish_indexed(publisher, &raw const measurements[1], 1));
        check(sttp_publisher_publish(publisher, ptr::null(), 0));
        assert_eq!(sttp_publisher_publish(publisher, ptr::null(), 1), STTP_ERR_INVALID_ARGUMENT);
        let mut counters = std::mem::zeroed();
        check(sttp_publisher_statistics(publisher, &raw mut counters, size_of_val(&counters)));
        assert_eq!((counters.measurements_published, counters.measurements_unknown), (4, 1));
        let mut extent: sttp_history_extent = std::mem::zeroed();
        // A turn of the engine ends by the clock.
        for _ in 0..1_000 {
            check(sttp_engine_poll(engine, 0));
            check(sttp_publisher_history_extent(publisher, &raw mut extent, size_of_val(&extent)));
            if extent.measurements == 3 {
                break;
            }
        }
        assert_eq!(extent.measurements, 3);
        sttp_publisher_free(publisher);
        sttp_engine_free(engine);
    }
}
