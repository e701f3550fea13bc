//! The wall between Rust and C: no panic crosses it, and failures become statuses.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::status::{Failure, STTP_OK};
use crate::error::Error;

/// Runs the body of a C function that can fail. Answers its status and keeps the message of a
/// failure for [`last_error`].
pub(in crate::capi) fn guard(body: impl FnOnce() -> Result<(), Failure>) -> i32 {
    // What a body changes sits behind locks that are taken again after a panic.
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| Err(panicked(panic).into()));
    match outcome {
        Ok(()) => STTP_OK,
        Err(failure) => {
            keep(&failure);
            failure.status()
        }
    }
}

/// Runs the body of a C function that answers a value or nothing; `fallback` is the answer when
/// it panics.
pub(in crate::capi) fn guard_or<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        keep(&panicked(panic).into());
        fallback
    })
}

/// The message of the calling thread's last failure; empty when there was none.
pub(in crate::capi) fn last_error() -> *const c_char {
    LAST_ERROR
        .try_with(|message| message.borrow().as_ref().map_or(EMPTY, |message| message.as_ptr()))
        .unwrap_or(EMPTY)
}

/// `text` for C: what stands behind a NUL character would be lost, so NUL characters are.
pub(in crate::capi) fn c_string(text: impl Into<Vec<u8>>) -> CString {
    CString::new(text).unwrap_or_else(|error| {
        let mut bytes = error.into_vec();
        bytes.retain(|byte| *byte != 0);
        CString::new(bytes).unwrap_or_default()
    })
}

const EMPTY: *const c_char = c"".as_ptr();

thread_local! {
    static LAST_ERROR: RefCell<Option<CString>> = const { RefCell::new(None) };
}

fn keep(failure: &Failure) {
    let message = c_string(failure.to_string());
    // A thread that is about to end has no place for a message any more.
    let _ = LAST_ERROR.try_with(|last| last.replace(Some(message)));
}

fn panicked(panic: Box<dyn Any + Send>) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::Internal(format!("panic: {}", text.unwrap_or("no message")))
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;
    use crate::capi::shared::status::{STTP_ERR_INTERNAL, STTP_ERR_NOT_FOUND};

    fn message() -> &'static str {
        // SAFETY: the last error is a text, and no test fails between two looks at it.
        unsafe { CStr::from_ptr(last_error()) }.to_str().unwrap()
    }

    #[test]
    fn failures_become_statuses_and_messages() {
        assert_eq!(guard(|| Err(Error::NotFound("no signal\0 7".into()).into())), STTP_ERR_NOT_FOUND);
        assert_eq!(message(), "no signal 7");
        assert_eq!(guard(|| Ok(())), STTP_OK);
        assert_eq!(message(), "no signal 7");
        std::thread::spawn(|| assert_eq!(message(), "")).join().unwrap();
    }

    #[test]
    fn panics_end_at_the_wall() {
        assert_eq!(guard(|| panic!("row {}", 7)), STTP_ERR_INTERNAL);
        assert!(message().contains("panic: row 7"), "{}", message());
        assert_eq!(guard_or(-1, || panic!("on purpose")), -1);
        assert!(message().contains("on purpose"));
    }
}
