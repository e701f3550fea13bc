use std::ffi::CStr;
use std::ptr;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::capi::shared::status::*;
use crate::capi::shared::time_and_values::STTP_VALUE_TEXT_SIZE;

fn evaluate(expression: &CStr) -> (sttp_value, String) {
    let mut value = record(0, Value::Null);
    let mut buffer = [1 as c_char; 256];
    // SAFETY: a text and places for the results.
    let status = unsafe {
        sttp_metadata_evaluate(
            ptr::null(),
            7,
            7,
            expression.as_ptr(),
            &raw mut value,
            buffer.as_mut_ptr(),
            buffer.len(),
        )
    };
    assert_eq!(status, STTP_OK, "{expression:?}");
    // SAFETY: the buffer is filled and terminated.
    let text = unsafe { CStr::from_ptr(buffer.as_ptr()) };
    (value, text.to_str().unwrap().to_owned())
}

#[test]
fn expressions_have_values_of_each_type() {
    let known = [
        (c"True", STTP_TYPE_BOOLEAN, 1, 1.0, "true"),
        (c"1 + 2", STTP_TYPE_INT32, 3, 3.0, "3"),
        (c"-9000000000", STTP_TYPE_INT64, -9_000_000_000, -9e9, "-9000000000"),
        (c"-2.50", STTP_TYPE_DECIMAL, -2, -2.5, "-2.5"),
        (c"1E300", STTP_TYPE_DOUBLE, 0, 1e300, "1e300"),
        (c"Sqrt(3600)", STTP_TYPE_DOUBLE, 60, 60.0, "60"),
        (c"'\xC3\xA9' + 'b'", STTP_TYPE_STRING, 0, 0.0, "éb"),
        (
            c"#2026-11-21 08:30:00.5#",
            STTP_TYPE_DATETIME,
            639_308_466_005_000_000,
            0.0,
            "2026-11-21T08:30:00.5Z",
        ),
        (c"NULL", STTP_TYPE_BOOLEAN, 0, 0.0, ""),
    ];
    for (expression, number_of_type, integer, number, text) in known {
        let (value, found) = evaluate(expression);
        assert_eq!((value.r#type, found.as_str()), (number_of_type, text), "{expression:?}");
        assert_eq!((value.integer, value.number), (integer, number), "{expression:?}");
        assert_eq!(value.is_null, i32::from(expression == c"NULL"), "{expression:?}");
        let is_string = number_of_type == STTP_TYPE_STRING;
        assert_eq!(value.text_length, if is_string { text.len() as u64 } else { 0 });
    }
    let (value, text) = evaluate(c"{01234567-89AB-CDEF-0123-456789ABCDEF}");
    assert_eq!((value.r#type, text.as_str()), (STTP_TYPE_GUID, "01234567-89ab-cdef-0123-456789abcdef"));
    assert_eq!(value.guid.bytes[..4], [0x01, 0x23, 0x45, 0x67]);
}

#[test]
fn numbers_that_do_not_fit_are_cut_or_zero() {
    let parts = |value| (record(STTP_TYPE_DOUBLE, value).integer, record(STTP_TYPE_DOUBLE, value).number);
    assert_eq!(parts(Value::UInt64(u64::MAX)), (-1, u64::MAX as f64));
    assert_eq!(parts(Value::Double(-1.9)), (-1, -1.9));
    assert_eq!(parts(Value::Double(1e19)).0, 0);
    assert_eq!(parts(Value::Single(f32::INFINITY)), (0, f64::INFINITY));
    assert!(parts(Value::Double(f64::NAN)).1.is_nan());
    assert_eq!(parts(Value::Decimal(Decimal::MAX)).0, 0);
    assert_eq!(text_of(Value::Single(0.1)), "0.1");
    assert_eq!(text_of(Value::Double(f64::NEG_INFINITY)), "-inf");
}

#[test]
fn every_type_has_a_number_and_a_name() {
    for (number, (known, constant, name)) in (1..).zip(TYPES) {
        assert_eq!((type_number(known), column_type(number).ok()), (number, Some(known)));
        // SAFETY: names are texts.
        let found = unsafe { CStr::from_ptr(sttp_type_name(constant)) };
        assert_eq!((constant, found), (number, name));
        assert_eq!(name.to_str().unwrap(), known.to_string());
    }
    assert!(column_type(0).is_err() && column_type(16).is_err());
    // SAFETY: names are texts.
    assert_eq!(unsafe { CStr::from_ptr(sttp_type_name(0)) }, c"unknown type");
}

#[test]
fn failures_write_nothing() {
    let mut value = record(4711, Value::Null);
    let mut buffer = [0; STTP_VALUE_TEXT_SIZE];
    let mut status = |expression: &CStr, size| {
        let place = buffer.as_mut_ptr();
        // SAFETY: a text and places for the results.
        unsafe { sttp_metadata_evaluate(ptr::null(), 0, 0, expression.as_ptr(), &raw mut value, place, size) }
    };
    assert_eq!(status(c"1 +", 64), STTP_ERR_FILTER);
    assert_eq!(status(c"PointTag", 64), STTP_ERR_FILTER);
    assert_eq!(status(c"\xFF", 64), STTP_ERR_INVALID_ARGUMENT);
    assert_eq!(status(c"'four'", 4), STTP_ERR_BUFFER_TOO_SMALL);
    assert_eq!(status(c"'four'", 0), STTP_ERR_BUFFER_TOO_SMALL);
    assert_eq!((value.r#type, buffer[0]), (4711, 0));
}

proptest! {
    #[test]
    fn texts_of_numbers_read_back_and_fit(bits: u64, mantissa: i128, scale in 0..29_u32) {
        let number = f64::from_bits(bits);
        let text = text_of(Value::Double(number));
        let read: f64 = text.parse().unwrap();
        prop_assert!(read.to_bits() == number.to_bits() || read.is_nan() && number.is_nan());
        prop_assert!(text.len() < STTP_VALUE_TEXT_SIZE);
        let decimal = Decimal::from_i128_with_scale(mantissa >> 32, scale);
        let text = text_of(Value::Decimal(decimal));
        prop_assert_eq!(text.parse::<Decimal>().unwrap(), decimal);
        prop_assert!(text.len() < STTP_VALUE_TEXT_SIZE);
    }
}
