//! What handles of several kinds have in common: how they end, how they are set, and how callbacks get their places.
//!
//! Every function here is `unsafe` for the reason that [`super::arguments`] gives.

use std::ffi::{c_char, c_void};

use super::arguments::{OnEngine, live, optional_text, output, room, take_live, text, write_text_and_length};
use super::callback::{CallbackSlot, sttp_destroy_fn};
use super::guard::{guard, guard_or};
use crate::error::Error;
use crate::settings::SettingError;

/// Frees a handle, when `end` has ended its callbacks.
pub(in crate::capi) unsafe fn free<H: OnEngine>(handle: *mut H, end: impl FnOnce(&H)) {
    guard_or((), || {
        // SAFETY: the contract of the header.
        if let Some(handle) = unsafe { take_live(handle) } {
            end(&handle);
        }
    });
}

/// Registers a callback of a handle in its slot.
pub(in crate::capi) unsafe fn register<H: OnEngine, F: Copy>(
    handle: *mut H,
    name: &str,
    slot: impl FnOnce(&H) -> &CallbackSlot<F>,
    callback: Option<F>,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let handle = unsafe { live(handle, name)? };
        slot(handle).register(callback, user_data, destroy);
        Ok(())
    })
}

/// Sets what a handle keeps as connection strings have it, by its key.
pub(in crate::capi) unsafe fn set<H: OnEngine>(
    handle: *mut H,
    name: &str,
    key: *const c_char,
    value: *const c_char,
    set: impl FnOnce(&H, &str, Option<&str>) -> Result<(), SettingError>,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, key, value) =
            unsafe { (live(handle, name)?, text(key, "key")?, optional_text(value, "value")?) };
        Ok(set(handle, key, value).map_err(Error::from)?)
    })
}

/// Reads what a handle keeps as connection strings have it, by its key.
pub(in crate::capi) unsafe fn get<H: OnEngine>(
    handle: *const H,
    name: &str,
    key: *const c_char,
    get: impl FnOnce(&H, &str) -> Result<String, SettingError>,
    (buffer, size): (*mut c_char, usize),
    length: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, key) = unsafe { (live(handle, name)?, text(key, "key")?) };
        let value = get(handle, key).map_err(Error::from)?;
        // SAFETY: the contract of the header.
        unsafe { write_text_and_length(&value, buffer, size, length) }
    })
}

/// Lists the numbers of what a handle has, as many as there is room for, and tells how many there are.
pub(in crate::capi) unsafe fn list<H: OnEngine>(
    handle: *const H,
    name: &str,
    numbers: impl FnOnce(&H) -> Vec<u64>,
    (places, count_of_places, name_of_places): (*mut u64, usize, &str),
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, places, count) = unsafe {
            (live(handle, name)?, room(places, count_of_places, name_of_places)?, output(count, "count")?)
        };
        let numbers = numbers(handle);
        places.iter_mut().zip(&numbers).for_each(|(place, number)| *place = *number);
        count.write(numbers.len());
        Ok(())
    })
}
