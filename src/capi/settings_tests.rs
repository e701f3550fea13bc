//! Settings of both roles through the C API, and the table of them.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use crate::capi::engine::*;
use crate::capi::publisher::connection_strings::*;
use crate::capi::publisher::settings::*;
use crate::capi::publisher::*;
use crate::capi::settings::*;
use crate::capi::shared::arguments::lock;
use crate::capi::shared::status::*;
use crate::capi::subscriber::connection_strings::*;
use crate::capi::subscriber::settings::*;
use crate::capi::subscriber::*;
use crate::settings::{BlockLinkSetup, C37118InputSetup, C37118OutputSetup, PublisherSetup, SubscriberSetup};

/// A subscriber and a publisher on an engine that nobody polls.
struct Handles {
    engine: *mut sttp_engine,
    subscriber: *mut sttp_subscriber,
    publisher: *mut sttp_publisher,
}

impl Handles {
    fn new() -> Handles {
        let (mut engine, mut subscriber, mut publisher) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: there is room for the handles.
        unsafe {
            assert_eq!(sttp_engine_new_polled(&mut engine), STTP_OK);
            assert_eq!(sttp_subscriber_new(engine, &mut subscriber), STTP_OK);
            assert_eq!(sttp_publisher_new(engine, &mut publisher), STTP_OK);
        }
        Handles { engine, subscriber, publisher }
    }

    fn subscriber_set(&self, key: &CStr, value: &CStr) -> i32 {
        // SAFETY: the handle lives, the texts end with a NUL.
        unsafe { sttp_subscriber_set(self.subscriber, key.as_ptr(), value.as_ptr()) }
    }

    fn subscriber_setup(&self) -> SubscriberSetup {
        // SAFETY: the handle lives.
        lock(unsafe { &(*self.subscriber).setup }).clone()
    }

    fn publisher_setup(&self) -> PublisherSetup {
        // SAFETY: the handle lives.
        lock(unsafe { &(*self.publisher).setup }).clone()
    }
}

impl Drop for Handles {
    fn drop(&mut self) {
        // SAFETY: they were made above.
        unsafe {
            sttp_subscriber_free(self.subscriber);
            sttp_publisher_free(self.publisher);
            sttp_engine_free(self.engine);
        }
    }
}

#[test]
fn single_settings_do_what_connection_strings_do() {
    let handles = Handles::new();
    let other = Handles::new();
    // SAFETY: the handles live, the texts end with a NUL.
    unsafe {
        for (key, value) in [
            (c"DATACHANNEL.port", c"9600"),
            (c"dataChannel.multicastGroup", c"239.1.2.3"),
            (c"gzip", c"false"),
            (c"dataGapRecovery", c"enabled=true; recoveryStartDelay=2.5"),
            (c"extraParameters", c"a=1; b={c=2}"),
            (c"filterExpression", c"FILTER A WHERE B = 'x;y'"),
        ] {
            assert_eq!(handles.subscriber_set(key, value), STTP_OK, "{key:?}");
        }
        let string = c"dataChannel={localport=9600; multicastGroup=239.1.2.3}; compressMetadata=false; compressSignalIndexCache=false; \
                       extraParameters={a=1; b={c=2}}; outputMeasurements={FILTER A WHERE B = 'x;y'}; \
                       dataGapRecovery={enabled=1; recoveryStartDelay=2.5}";
        assert_eq!(sttp_subscriber_configure(other.subscriber, string.as_ptr()), STTP_OK);
        assert_eq!(handles.subscriber_setup(), other.subscriber_setup());
        for key in [
            c"dataChannel",
            c"compressMetadata",
            c"compressSignalIndexCache",
            c"dataGapRecovery",
            c"extraParameters",
            c"filterExpression",
        ] {
            assert_eq!(sttp_subscriber_set(handles.subscriber, key.as_ptr(), ptr::null()), STTP_OK);
        }
        assert_eq!(handles.subscriber_setup(), SubscriberSetup::default());

        for (key, value) in [(c"overflow", c"wait"), (c"overflowWaitTimeout", c"2.5"), (c"maxRetries", c"7")]
        {
            assert_eq!(
                sttp_publisher_set(handles.publisher, key.as_ptr(), value.as_ptr()),
                STTP_OK,
                "{key:?}"
            );
        }
        let string = c"maxRetries=7; overflow=wait; overflowWaitTimeout=2.5";
        assert_eq!(sttp_publisher_configure(other.publisher, string.as_ptr()), STTP_OK);
        assert_eq!(handles.publisher_setup(), other.publisher_setup());
    }
}

#[test]
fn both_refuse_the_same() {
    let handles = Handles::new();
    for (key, value, string) in [
        (c"version", c"4", c"version=4"),
        (c"maxRetryInterval", c"999", c"maxRetryInterval=999"),
        (c"lagTime", c"0", c"lagTime=0"),
        (c"stopTimeConstraint", c"*", c"stopTimeConstraint=*"),
        (c"extraParameters", c"throttled=maybe", c"extraParameters={throttled=maybe}"),
        (c"extraParameters", c"a}", c"extraParameters=a}"),
        (c"maxConnections", c"1", c"maxConnections=1"),
        (c"securityMode", c"SSL", c"securityMode=SSL"),
    ] {
        // SAFETY: the handle lives, the text ends with a NUL.
        let by_string = unsafe { sttp_subscriber_configure(handles.subscriber, string.as_ptr()) };
        assert_eq!(by_string, STTP_ERR_INVALID_ARGUMENT, "{string:?}");
        assert_eq!(handles.subscriber_set(key, value), STTP_ERR_INVALID_ARGUMENT, "{string:?}");
        assert_eq!(handles.subscriber_setup(), SubscriberSetup::default(), "{string:?}");
    }
}

#[test]
fn settings_are_read_into_buffers_of_any_size() {
    let handles = Handles::new();
    let mut buffer = [1_u8; 16];
    let mut length = 0;
    let mut get = |key: &CStr, size: usize| {
        // SAFETY: the handle lives, the buffer has that size.
        let status = unsafe {
            let buffer = buffer.as_mut_ptr().cast::<c_char>();
            sttp_subscriber_get(handles.subscriber, key.as_ptr(), buffer, size, &mut length)
        };
        let text = CStr::from_bytes_until_nul(&buffer).ok().map(|text| text.to_str().unwrap().to_owned());
        (status, text.filter(|_| status == STTP_OK), length)
    };
    assert_eq!(get(c"lagTime", 16), (STTP_OK, Some("10".into()), 2));
    assert_eq!(get(c"lagTime", 3), (STTP_OK, Some("10".into()), 2));
    assert_eq!(get(c"lagTime", 2), (STTP_ERR_BUFFER_TOO_SMALL, None, 2));
    assert_eq!(get(c"lagTime", 0), (STTP_ERR_BUFFER_TOO_SMALL, None, 2));
    assert_eq!(get(c"lagtime", 16).0, STTP_OK);
    assert_eq!(get(c"colour", 16).0, STTP_ERR_INVALID_ARGUMENT);
    // SAFETY: the handle lives, NULL is refused.
    unsafe {
        let key = c"lagTime".as_ptr();
        let text = buffer.as_mut_ptr().cast();
        assert_eq!(sttp_subscriber_get(handles.subscriber, key, text, 16, ptr::null_mut()), STTP_OK);
        for status in [
            sttp_subscriber_get(ptr::null(), key, text, 16, ptr::null_mut()),
            sttp_subscriber_get(handles.subscriber, ptr::null(), text, 16, ptr::null_mut()),
            sttp_subscriber_get(handles.subscriber, key, ptr::null_mut(), 16, ptr::null_mut()),
            sttp_publisher_get(ptr::null(), key, text, 16, ptr::null_mut()),
            sttp_subscriber_set(ptr::null_mut(), key, key),
            sttp_subscriber_set(handles.subscriber, ptr::null(), key),
            sttp_publisher_set(ptr::null_mut(), key, key),
            sttp_publisher_set(handles.publisher, key, c"1".as_ptr()),
        ] {
            assert_eq!(status, STTP_ERR_INVALID_ARGUMENT);
        }
    }
}

#[test]
fn the_table_is_listed_and_searched() {
    let size = size_of::<sttp_setting>();
    for (role, settings) in [
        (STTP_ROLE_SUBSCRIBER, SubscriberSetup::table_of_settings()),
        (STTP_ROLE_PUBLISHER, PublisherSetup::table_of_settings()),
        (STTP_ROLE_C37118_INPUT, C37118InputSetup::table_of_settings()),
        (STTP_ROLE_C37118_OUTPUT, C37118OutputSetup::table_of_settings()),
        (STTP_ROLE_BLOCK_LINK, BlockLinkSetup::table_of_settings()),
    ] {
        // SAFETY: there is room for the records, whose texts live for ever.
        unsafe {
            let mut count = 0;
            assert_eq!(sttp_setting_count(role, &mut count), STTP_OK);
            assert_eq!(count, settings.len());
            let mut record: sttp_setting = std::mem::zeroed();
            assert_eq!(sttp_setting_at(role, count, &mut record, size), STTP_ERR_NOT_FOUND);
            for (index, setting) in settings.iter().enumerate() {
                assert_eq!(sttp_setting_at(role, index, &mut record, size), STTP_OK);
                for (text, expected) in [
                    (record.key, &*setting.key),
                    (record.aliases, &*setting.aliases.join(",")),
                    (record.unit, setting.unit),
                    (record.least, &*setting.least),
                    (record.most, &*setting.most),
                    (record.words, &*setting.words.join(",")),
                    (record.value, &*setting.value),
                    (record.default_value, &*setting.default),
                    (record.summary, &*setting.summary),
                    (record.document, &*setting.document),
                ] {
                    assert_eq!(CStr::from_ptr(text).to_str(), Ok(expected));
                }
                let key = CString::new(setting.key.to_uppercase()).unwrap();
                let mut found: sttp_setting = std::mem::zeroed();
                assert_eq!(sttp_setting_find(role, key.as_ptr(), &mut found, size), STTP_OK);
                assert_eq!(found.key, record.key);
            }
            assert_eq!(
                sttp_setting_find(role, c"colour".as_ptr(), &mut record, size),
                STTP_ERR_INVALID_ARGUMENT
            );
            assert_eq!(sttp_setting_find(role, ptr::null(), &mut record, size), STTP_ERR_INVALID_ARGUMENT);
            assert_eq!(sttp_setting_at(role, 0, ptr::null_mut(), size), STTP_ERR_INVALID_ARGUMENT);
            assert_eq!(sttp_setting_at(role, 0, &mut record, 1), STTP_ERR_INVALID_ARGUMENT);
            assert_eq!(sttp_setting_count(role, ptr::null_mut()), STTP_ERR_INVALID_ARGUMENT);
            assert_eq!(sttp_setting_count(STTP_ROLE_BLOCK_LINK + 1, &mut count), STTP_ERR_INVALID_ARGUMENT);
        }
    }
}
