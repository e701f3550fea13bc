//! Arguments of C functions, checked before they are believed.
//!
//! Every function here is `unsafe` for the same reason: that a pointer which is not NULL and is
//! aligned leads to a live object of its type, or a text to a NUL, is the caller's side of the
//! contract in the header and cannot be checked.

use std::ffi::{CStr, c_char};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::slice;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::status::Failure;
use crate::engine::Engine;
use crate::error::Error;

/// A handle or a record to read.
pub(in crate::capi) unsafe fn reference<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Failure> {
    check(pointer, name)?;
    // SAFETY: not NULL and aligned; the rest is the caller's contract.
    Ok(unsafe { &*pointer })
}

/// A handle that runs on an engine.
pub(in crate::capi) trait OnEngine {
    fn engine(&self) -> &Engine;
}

/// A handle of this process. In a fork of the one that made it, locks of it may be held by threads that are not
/// there.
pub(in crate::capi) unsafe fn live<'a, T: OnEngine>(pointer: *const T, name: &str) -> Result<&'a T, Failure> {
    // SAFETY: as `reference`.
    let handle = unsafe { reference(pointer, name)? };
    handle.engine().check_process()?;
    Ok(handle)
}

/// A handle or a record that may be NULL.
pub(in crate::capi) unsafe fn optional_reference<'a, T>(
    pointer: *const T,
    name: &str,
) -> Result<Option<&'a T>, Failure> {
    // SAFETY: as `reference`.
    if pointer.is_null() { Ok(None) } else { unsafe { reference(pointer, name) }.map(Some) }
}

/// A place for a result. Written only when the function succeeds.
pub(in crate::capi) unsafe fn output<'a, T>(
    pointer: *mut T,
    name: &str,
) -> Result<&'a mut MaybeUninit<T>, Failure> {
    check(pointer, name)?;
    // SAFETY: not NULL and aligned; the rest is the caller's contract.
    Ok(unsafe { &mut *pointer.cast() })
}

/// A place for a result that may not be wanted.
pub(in crate::capi) unsafe fn optional_output<'a, T>(
    pointer: *mut T,
    name: &str,
) -> Result<Option<&'a mut MaybeUninit<T>>, Failure> {
    // SAFETY: as `output`.
    if pointer.is_null() { Ok(None) } else { unsafe { output(pointer, name) }.map(Some) }
}

/// A text.
pub(in crate::capi) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str, Failure> {
    check(pointer, name)?;
    // SAFETY: not NULL; that it ends with a NUL is the caller's contract.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str()
        .map_err(|error| invalid(format!("{name} is not valid UTF-8 from byte {} on", error.valid_up_to())))
}

/// A text that may be NULL.
pub(in crate::capi) unsafe fn optional_text<'a>(
    pointer: *const c_char,
    name: &str,
) -> Result<Option<&'a str>, Failure> {
    // SAFETY: as `text`.
    if pointer.is_null() { Ok(None) } else { unsafe { text(pointer, name) }.map(Some) }
}

/// `count` elements to read; NULL when there are none.
pub(in crate::capi) unsafe fn elements<'a, T>(
    pointer: *const T,
    count: usize,
    name: &str,
) -> Result<&'a [T], Failure> {
    if count == 0 {
        return Ok(&[]);
    }
    check_array(pointer, count, name)?;
    // SAFETY: not NULL, aligned and no larger than an object may be; the rest is the caller's contract.
    Ok(unsafe { slice::from_raw_parts(pointer, count) })
}

/// Room for `count` elements; NULL when there is none.
pub(in crate::capi) unsafe fn room<'a, T>(
    pointer: *mut T,
    count: usize,
    name: &str,
) -> Result<&'a mut [T], Failure> {
    if count == 0 {
        return Ok(&mut []);
    }
    check_array(pointer, count, name)?;
    // SAFETY: not NULL, aligned and no larger than an object may be; the rest is the caller's contract.
    Ok(unsafe { slice::from_raw_parts_mut(pointer, count) })
}

/// Writes `text` with a closing NUL into the caller's buffer of `size` bytes.
pub(in crate::capi) unsafe fn write_text(
    text: &str,
    buffer: *mut c_char,
    size: usize,
) -> Result<(), Failure> {
    check(buffer, "buffer")?;
    if text.len() >= size {
        return Err(Failure::BufferTooSmall { needed: text.len() + 1, given: size });
    }
    // SAFETY: the buffer has room for the text and the NUL; that it has `size` bytes is the caller's contract.
    unsafe {
        buffer.cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), text.len());
        buffer.add(text.len()).write(0);
    }
    Ok(())
}

/// As [`write_text`], and tells the length of the text, also when the buffer is too small.
pub(in crate::capi) unsafe fn write_text_and_length(
    text: &str,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> Result<(), Failure> {
    check(buffer, "buffer")?;
    if !length.is_null() {
        // SAFETY: the caller has the contract of the header.
        unsafe { output(length, "length")? }.write(text.len());
    }
    // SAFETY: the caller has the contract of the header.
    unsafe { write_text(text, buffer, size) }
}

/// Writes `bytes` into the caller's buffer of `size` bytes, and tells how many they are, also when it is too small.
pub(in crate::capi) unsafe fn write_bytes(
    bytes: &[u8],
    (buffer, size): (*mut u8, usize),
    length: *mut usize,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (buffer, length) = unsafe { (room(buffer, size, "buffer")?, optional_output(length, "length")?) };
    if let Some(length) = length {
        length.write(bytes.len());
    }
    let too_small = Failure::BufferTooSmall { needed: bytes.len(), given: size };
    buffer.get_mut(..bytes.len()).ok_or(too_small)?.copy_from_slice(bytes);
    Ok(())
}

/// Writes a record into the first `size` bytes of the caller's.
pub(in crate::capi) unsafe fn write_record<T: Copy>(
    record: &T,
    pointer: *mut T,
    size: usize,
    name: &str,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    unsafe { record_room(pointer, size, 1, name)? }.write(0, record);
    Ok(())
}

/// Room for records of the caller's, which may be of an older or a newer version of the library.
pub(in crate::capi) struct RecordRoom<'a, T> {
    bytes: &'a mut [MaybeUninit<u8>],
    size: usize,
    _record: PhantomData<T>,
}

impl<T: Copy> RecordRoom<'_, T> {
    /// Writes a record where there is room for it. Fields that the caller does not know are left out,
    /// fields that the library does not know become zero.
    pub(in crate::capi) fn write(&mut self, row: usize, record: &T) {
        let Some(place) = self.bytes.chunks_exact_mut(self.size).nth(row) else { return };
        place.fill(MaybeUninit::new(0));
        let known = self.size.min(size_of::<T>());
        // SAFETY: both are as long as what is copied, and do not overlap.
        unsafe {
            place
                .as_mut_ptr()
                .cast::<u8>()
                .copy_from_nonoverlapping(std::ptr::from_ref(record).cast(), known);
        }
    }
}

/// Room for `count` records of `size` bytes each; NULL when there is none.
pub(in crate::capi) unsafe fn record_room<'a, T>(
    pointer: *mut T,
    size: usize,
    count: usize,
    name: &str,
) -> Result<RecordRoom<'a, T>, Failure> {
    if count > 0 {
        check(pointer, name)?;
    }
    check_record_size(pointer, size, name)?;
    let bytes = size.checked_mul(count).ok_or_else(|| too_large(name, count))?;
    // SAFETY: the caller has the contract of the header.
    let bytes = unsafe { room(pointer.cast(), bytes, name)? };
    Ok(RecordRoom { bytes, size, _record: PhantomData })
}

/// A record that callers hand in.
///
/// # Safety
///
/// It may have any bytes, or zeros where it has pointers.
pub(in crate::capi) unsafe trait Record: Copy {}

/// Reads a record of the caller's, which may be of an older or a newer version of the library.
pub(in crate::capi) unsafe fn record<T: Record>(
    pointer: *const T,
    size: usize,
    name: &str,
) -> Result<T, Failure> {
    // SAFETY: the caller has the contract of the header.
    let mut records = unsafe { records(pointer, size, 1, name)? };
    records.next().ok_or_else(|| invalid(format!("{name} is NULL")))
}

/// Reads `count` records of `size` bytes each; NULL when there are none. Fields that the caller does not know are zero,
/// fields that the library does not know are left out.
pub(in crate::capi) unsafe fn records<'a, T: Record>(
    pointer: *const T,
    size: usize,
    count: usize,
    name: &str,
) -> Result<impl ExactSizeIterator<Item = T> + use<'a, T>, Failure> {
    if count > 0 {
        check(pointer, name)?;
    }
    check_record_size(pointer, size, name)?;
    let length = size.checked_mul(count).ok_or_else(|| too_large(name, count))?;
    // SAFETY: the caller has the contract of the header.
    let bytes: &'a [MaybeUninit<u8>] = unsafe { elements(pointer.cast(), length, name)? };
    Ok(bytes.chunks_exact(size).map(move |bytes| {
        let mut record = MaybeUninit::<T>::zeroed();
        let known = size.min(size_of::<T>());
        // SAFETY: both are as long as what is copied; what is behind it is zero, which a record may be.
        unsafe {
            record.as_mut_ptr().cast::<MaybeUninit<u8>>().copy_from_nonoverlapping(bytes.as_ptr(), known);
            record.assume_init()
        }
    }))
}

fn check_record_size<T>(_: *const T, size: usize, name: &str) -> Result<(), Failure> {
    if size == 0 || !size.is_multiple_of(align_of::<T>()) {
        return Err(invalid(format!("size is {size}; give sizeof(*{name})")));
    }
    Ok(())
}

/// A time-out in milliseconds; -1 means no limit.
pub(in crate::capi) fn timeout(milliseconds: i32) -> Result<Option<Duration>, Failure> {
    match u64::try_from(milliseconds) {
        Ok(milliseconds) => Ok(Some(Duration::from_millis(milliseconds))),
        Err(_) if milliseconds == -1 => Ok(None),
        Err(_) => Err(invalid(format!("timeout_ms is {milliseconds}; give -1 for no limit, or 0 and more"))),
    }
}

/// The number of a user command or response. The API below says which of these numbers there are.
pub(in crate::capi) fn user_code(number: i32, name: &str) -> Result<u8, Failure> {
    u8::try_from(number).map_err(|_| invalid(format!("{name} is {number}; give 0 to 15")))
}

/// Hands a new handle to the caller.
pub(in crate::capi) fn give<T>(place: &mut MaybeUninit<*mut T>, handle: T) {
    place.write(Box::into_raw(Box::new(handle)));
}

/// Takes a handle back that [`give`] handed out; `None` for NULL and what cannot be a handle.
pub(in crate::capi) unsafe fn take<T>(handle: *mut T) -> Option<Box<T>> {
    if handle.is_null() || !handle.is_aligned() {
        return None;
    }
    // SAFETY: that it is a handle of the library which was not freed is the caller's contract.
    Some(unsafe { Box::from_raw(handle) })
}

/// The same for a handle that runs on an engine. In a fork of the process that made it, it is left alone.
pub(in crate::capi) unsafe fn take_live<T: OnEngine>(handle: *mut T) -> Option<Box<T>> {
    // SAFETY: as `take`.
    let handle = unsafe { take(handle)? };
    if handle.engine().is_left() {
        Box::leak(handle);
        return None;
    }
    Some(handle)
}

/// Locks what API threads share; what a panic left behind is still consistent.
pub(in crate::capi) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(in crate::capi) fn invalid(message: String) -> Failure {
    Error::InvalidArgument(message).into()
}

/// Refuses what cannot point to a `T`.
pub(in crate::capi) fn check<T>(pointer: *const T, name: &str) -> Result<(), Failure> {
    if pointer.is_null() {
        return Err(invalid(format!("{name} is NULL")));
    }
    if !pointer.is_aligned() {
        return Err(invalid(format!("{name} is {pointer:p}, which is not {}-byte aligned", align_of::<T>())));
    }
    Ok(())
}

fn check_array<T>(pointer: *const T, count: usize, name: &str) -> Result<(), Failure> {
    check(pointer, name)?;
    match count.checked_mul(size_of::<T>()) {
        Some(bytes) if isize::try_from(bytes).is_ok() => Ok(()),
        _ => Err(too_large(name, count)),
    }
}

fn too_large(name: &str, count: usize) -> Failure {
    invalid(format!("{name} cannot have {count} elements: no memory is that large"))
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    fn message<T>(result: Result<T, Failure>) -> String {
        result.err().map(|failure| failure.to_string()).unwrap_or_default()
    }

    #[test]
    fn null_and_misaligned_pointers_are_named() {
        let numbers = [1_u64, 2];
        let misaligned = numbers.as_ptr().wrapping_byte_add(1);
        // SAFETY: pointers to live numbers, or such that are refused.
        unsafe {
            assert_eq!(message(reference(ptr::null::<u64>(), "handle")), "handle is NULL");
            let why = format!("which is not {}-byte aligned", align_of::<u64>());
            assert!(message(reference(misaligned, "handle")).ends_with(&why));
            assert_eq!(reference(numbers.as_ptr(), "handle").ok(), Some(&1));
            assert_eq!(message(output(ptr::null_mut::<u64>(), "count")), "count is NULL");
            assert!(take(ptr::null_mut::<u64>()).is_none());
            assert!(take(misaligned.cast_mut()).is_none());
        }
    }

    #[test]
    fn arrays_are_as_large_as_memory_at_most() {
        let numbers = [1_u64, 2];
        // SAFETY: arrays of live numbers, or such that are refused.
        unsafe {
            assert_eq!(elements(numbers.as_ptr(), 2, "numbers").ok(), Some(&numbers[..]));
            assert_eq!(elements(ptr::null::<u64>(), 0, "numbers").ok(), Some(&[][..]));
            assert_eq!(message(elements(ptr::null::<u64>(), 1, "numbers")), "numbers is NULL");
            for count in [usize::MAX, usize::MAX / 8, isize::MAX as usize / 8 + 1] {
                assert!(message(elements(numbers.as_ptr(), count, "numbers")).contains("cannot have"));
            }
        }
    }

    #[test]
    fn texts_are_utf_8() {
        // SAFETY: texts, or NULL.
        unsafe {
            assert_eq!(text(c"é".as_ptr(), "filter").ok(), Some("é"));
            assert_eq!(
                message(text(c"a\xC3".as_ptr(), "filter")),
                "filter is not valid UTF-8 from byte 1 on"
            );
            assert_eq!(message(text(ptr::null(), "filter")), "filter is NULL");
            assert_eq!(optional_text(ptr::null(), "filter").ok(), Some(None));
        }
    }

    #[test]
    fn records_fit_callers_of_other_versions() {
        let record = [1_u64, 2, 3];
        for size in [8, 16, 24, 32] {
            let mut place = [u64::MAX; 4];
            // SAFETY: the place has room for 32 bytes.
            let written = unsafe { write_record(&record, place.as_mut_ptr().cast(), size, "record") };
            assert!(written.is_ok());
            let expected: Vec<u64> =
                [1, 2, 3, 0].into_iter().take(size / 8).chain([u64::MAX; 4]).take(4).collect();
            assert_eq!(place[..], expected);
        }
        let mut place = [0_u64; 4];
        for size in [0, 7, 25] {
            // SAFETY: the place has room for 32 bytes.
            let written = unsafe { write_record(&record, place.as_mut_ptr().cast(), size, "record") };
            assert_eq!(message(written), format!("size is {size}; give sizeof(*record)"));
        }
    }

    #[test]
    fn arrays_of_records_have_the_stride_of_the_caller() {
        for (size, expected) in [(8, [1, 3, u64::MAX, u64::MAX]), (16, [1, 2, 3, 4])] {
            let mut place = [u64::MAX; 4];
            // SAFETY: the place has room for two records of either size.
            let room = unsafe { record_room(place.as_mut_ptr().cast::<[u64; 2]>(), size, 2, "records") };
            let mut room = room.ok().unwrap();
            for (row, record) in [[1, 2], [3, 4], [5, 6]].iter().enumerate() {
                room.write(row, record);
            }
            assert_eq!(place, expected);
        }
        // SAFETY: refused.
        let refused = unsafe { record_room(ptr::null_mut::<u64>(), 8, usize::MAX, "records") };
        assert_eq!(message(refused), "records is NULL");
        // SAFETY: no room is looked at.
        assert!(unsafe { record_room(ptr::null_mut::<u64>(), 8, 0, "records") }.is_ok());
    }

    // SAFETY: numbers.
    unsafe impl Record for [u64; 3] {}

    #[test]
    fn records_of_callers_of_other_versions_are_read() {
        let given = [1_u64, 2, 3, 4];
        for (size, expected) in [(8, [1, 0, 0]), (16, [1, 2, 0]), (24, [1, 2, 3]), (32, [1, 2, 3])] {
            // SAFETY: there are 32 bytes.
            let read = unsafe { record(given.as_ptr().cast::<[u64; 3]>(), size, "record") };
            assert_eq!(read.ok(), Some(expected));
        }
        // SAFETY: there are 32 bytes.
        let read = unsafe { records(given.as_ptr().cast::<[u64; 3]>(), 16, 2, "records") };
        assert_eq!(read.ok().unwrap().collect::<Vec<_>>(), [[1, 2, 0], [3, 4, 0]]);
        // SAFETY: refused, or not looked at.
        unsafe {
            assert_eq!(message(record(ptr::null::<[u64; 3]>(), 24, "record")), "record is NULL");
            // No multiple of the alignment, which is 4 on 32-bit x86.
            let size = message(record(given.as_ptr().cast::<[u64; 3]>(), 22, "record"));
            assert_eq!(size, "size is 22; give sizeof(*record)");
            assert_eq!(records(ptr::null::<[u64; 3]>(), 24, 0, "records").ok().unwrap().len(), 0);
        }
    }

    #[test]
    fn a_buffer_that_is_too_small_is_told_what_is_needed() {
        let mut buffer = [0_u8; 4];
        let mut length = 0;
        // SAFETY: the buffer has room for four bytes.
        unsafe {
            assert!(write_bytes(b"abc", (buffer.as_mut_ptr(), 4), &raw mut length).is_ok());
            assert_eq!((&buffer, length), (b"abc\0", 3));
            let refused = write_bytes(b"abcde", (buffer.as_mut_ptr(), 4), &raw mut length);
            assert_eq!(message(refused), "5 bytes are needed, but the buffer has 4");
            assert_eq!((&buffer, length), (b"abc\0", 5));
            assert!(write_bytes(b"abc", (ptr::null_mut(), 0), &raw mut length).is_err());
            assert_eq!(length, 3);
        }
    }

    #[test]
    fn timeouts() {
        assert_eq!(timeout(-1).ok(), Some(None));
        assert_eq!(timeout(0).ok(), Some(Some(Duration::ZERO)));
        assert_eq!(timeout(1500).ok(), Some(Some(Duration::from_millis(1500))));
        assert!(timeout(-2).is_err());
    }
}
