//! Handles as a C program uses them.

use std::ffi::{CStr, c_char, c_void};
use std::net::TcpListener;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};
use std::time::{Duration, Instant};

use crate::capi::engine::*;
use crate::capi::library::sttp_last_error;
use crate::capi::metadata::records::*;
use crate::capi::metadata::select::*;
use crate::capi::metadata::*;
use crate::capi::metadata_builder::standard::*;
use crate::capi::metadata_builder::*;
use crate::capi::shared::records::*;
use crate::capi::shared::status::*;
use crate::capi::subscriber::events::*;
use crate::capi::subscriber::settings::*;
use crate::capi::subscriber::*;

fn check(status: i32) {
    // SAFETY: the last error is a text.
    let message = unsafe { CStr::from_ptr(sttp_last_error()) };
    assert_eq!(status, STTP_OK, "{message:?}");
}

#[derive(Default)]
struct Inside {
    engine: AtomicPtr<sttp_engine>,
    subscriber: AtomicPtr<sttp_subscriber>,
    reason: AtomicI32,
    polled: AtomicI32,
    destroyed: AtomicI32,
}

/// Polls the engine it is called by, then frees everything.
unsafe extern "C" fn free_all(user_data: *mut c_void, reason: i32, _: *const c_char) {
    // SAFETY: the test registers an `Inside` that outlives the callback, with live handles.
    unsafe {
        let inside = &*user_data.cast::<Inside>();
        let engine = inside.engine.load(Ordering::SeqCst);
        inside.polled.store(sttp_engine_poll(engine, 0), Ordering::SeqCst);
        sttp_subscriber_free(inside.subscriber.load(Ordering::SeqCst));
        sttp_engine_free(engine);
        assert_eq!(inside.destroyed.load(Ordering::SeqCst), 0, "destroyed during its call");
        inside.reason.store(reason, Ordering::SeqCst);
    }
}

unsafe extern "C" fn destroy(user_data: *mut c_void) {
    // SAFETY: the test registers an `Inside` that outlives the callback.
    unsafe { &*user_data.cast::<Inside>() }.destroyed.fetch_add(1, Ordering::SeqCst);
}

#[test]
fn a_callback_may_free_its_subscriber_and_its_engine() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = std::ffi::CString::new(nobody.to_string()).unwrap();
    let inside = Inside::default();
    let user_data = ptr::from_ref(&inside).cast_mut().cast();
    let (mut engine, mut subscriber) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: live handles, texts and places.
    unsafe {
        check(sttp_engine_new_polled(&raw mut engine));
        check(sttp_subscriber_new(engine, &raw mut subscriber));
        inside.engine.store(engine, Ordering::SeqCst);
        inside.subscriber.store(subscriber, Ordering::SeqCst);
        check(sttp_subscriber_set(subscriber, c"autoReconnect".as_ptr(), c"false".as_ptr()));
        check(sttp_subscriber_on_disconnected(subscriber, Some(free_all), user_data, Some(destroy)));
        check(sttp_subscriber_connect(subscriber, address.as_ptr()));
        let patience = Instant::now() + Duration::from_secs(60);
        while inside.reason.load(Ordering::SeqCst) == 0 && Instant::now() < patience {
            check(sttp_engine_poll(engine, 100));
        }
    }
    assert_eq!(inside.reason.load(Ordering::SeqCst), STTP_ERR_IO);
    assert_eq!(inside.polled.load(Ordering::SeqCst), STTP_ERR_WOULD_BLOCK);
    assert_eq!(inside.destroyed.load(Ordering::SeqCst), 1);
}

#[test]
fn metadata_are_built_written_read_and_selected_from() {
    let (mut builder, mut built, mut read) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    let id = sttp_guid { bytes: [7; 16] };
    let (mut xml, mut length, mut index, mut count) = (ptr::null(), 0, usize::MAX, 0);
    let mut selected = [sttp_guid::default(); 2];
    // SAFETY: live handles, texts and places; records are filled before they are read.
    unsafe {
        check(sttp_metadata_builder_new(&raw mut builder));
        check(sttp_metadata_builder_add_device(builder, c"SHELBY".as_ptr(), ptr::null(), 60));
        let status =
            sttp_metadata_builder_set(builder, c"DeviceDetail".as_ptr(), c"Colour".as_ptr(), ptr::null());
        assert_eq!(status, STTP_ERR_NOT_FOUND);
        let status =
            sttp_metadata_builder_set(builder, c"DeviceDetail".as_ptr(), c"AccessID".as_ptr(), c"x".as_ptr());
        assert_eq!(status, STTP_ERR_METADATA);
        check(sttp_metadata_builder_set(
            builder,
            c"DeviceDetail".as_ptr(),
            c"Longitude".as_ptr(),
            c"-89.5".as_ptr(),
        ));
        check(sttp_metadata_builder_add_measurement(
            builder,
            &raw const id,
            c"PPA:12".as_ptr(),
            c"SHELBY:FQ".as_ptr(),
            ptr::null(),
            c"FREQ".as_ptr(),
            c"SHELBY".as_ptr(),
            0,
            ptr::null(),
        ));
        check(sttp_metadata_builder_finish(builder, &raw mut built));
        sttp_metadata_builder_free(builder);

        check(sttp_metadata_to_xml(built, &raw mut xml, &raw mut length));
        check(sttp_metadata_parse(xml, length, &raw mut read));
        sttp_metadata_free(built);

        let mut device = std::mem::zeroed();
        check(sttp_metadata_device(read, 0, &raw mut device, size_of_val(&device)));
        assert_eq!(CStr::from_ptr(device.acronym), c"SHELBY");
        assert_eq!(CStr::from_ptr(device.vendor_acronym), c"");
        assert_eq!((device.longitude, device.frames_per_second, device.measurement_count), (-89.5, 60, 1));
        assert_eq!(sttp_metadata_device(read, 1, &raw mut device, size_of_val(&device)), STTP_ERR_NOT_FOUND);

        check(sttp_metadata_find_measurement(read, &raw const id, &raw mut index));
        let mut measurement = std::mem::zeroed();
        check(sttp_metadata_measurement(read, index, &raw mut measurement, size_of_val(&measurement)));
        assert_eq!(CStr::from_ptr(measurement.id), c"PPA:12");
        assert_eq!((measurement.signal_id, measurement.enabled), (id, 1));

        check(sttp_metadata_select(read, c"PPA:12".as_ptr(), selected.as_mut_ptr(), 2, &raw mut count));
        assert_eq!((count, selected), (1, [id, sttp_guid::default()]));
        let status = sttp_metadata_select(read, c"FILTER (".as_ptr(), ptr::null_mut(), 0, &raw mut count);
        assert_eq!(status, STTP_ERR_FILTER);
        sttp_metadata_free(read);
    }
}

#[test]
fn what_does_not_fit_leaves_no_row() {
    let (mut builder, mut built, mut count) = (ptr::null_mut(), ptr::null_mut(), usize::MAX);
    let long = std::ffi::CString::new(vec![b'x'; (1 << 20) + 1]).unwrap();
    // SAFETY: live handles, texts and places.
    unsafe {
        check(sttp_metadata_builder_new(&raw mut builder));
        let status = sttp_metadata_builder_add_device(builder, long.as_ptr(), ptr::null(), 60);
        assert_eq!(status, STTP_ERR_METADATA);
        check(sttp_metadata_builder_finish(builder, &raw mut built));
        check(sttp_metadata_device_count(built, &raw mut count));
        sttp_metadata_free(built);
        sttp_metadata_builder_free(builder);
    }
    assert_eq!(count, 0);
}
