//! Expressions: compiled once, evaluated at many rows.

use std::ffi::c_char;

use crate::capi::metadata::evaluate::write_result;
use crate::capi::metadata::select::refused;
use crate::capi::metadata::sttp_metadata;
use crate::capi::metadata::values::sttp_value;
use crate::capi::shared::arguments::{give, output, reference, take, text};
use crate::capi::shared::guard::{guard, guard_or};
use crate::filter::Expression;

/// A condition or calculation over the columns of a table, compiled. Immutable.
pub struct sttp_expression(Expression);

/// Compiles an expression, which checks how it is written.
///
/// \param text        The expression, as sttp_metadata_evaluate takes it.
/// \param expression  Receives the expression.
/// \return STTP_ERR_FILTER when the expression is invalid; the message says where.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_expression_new(
    text: *const c_char,
    expression: *mut *mut sttp_expression,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (text, place) = unsafe { (self::text(text, "text")?, output(expression, "expression")?) };
        give(place, sttp_expression(Expression::parse(text).map_err(refused)?));
        Ok(())
    })
}

/// Frees an expression.
///
/// \param expression  The expression, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_expression_free(expression: *mut sttp_expression) {
    // SAFETY: the contract of the header.
    guard_or((), || drop(unsafe { take(expression) }));
}

/// Evaluates an expression at a row of a table, as sttp_metadata_evaluate does.
///
/// \param metadata  The metadata; NULL for an expression that names no columns, which needs no row.
/// \param table     Number of the table, as sttp_metadata_find_table tells it.
/// \param row       Row of the table, from 0.
/// \param value     Receives the value; NULL when only the text is wanted.
/// \param buffer    Receives the text of the value and a NUL; NULL when that is not wanted.
/// \param size      Bytes of the buffer. STTP_VALUE_TEXT_SIZE suffices except for a String, which needs
///                  `text_length` + 1.
/// \return STTP_ERR_NOT_FOUND when there is no such table or row; STTP_ERR_FILTER when there is no such column, or an
///         operator cannot be applied at this row; STTP_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_expression_evaluate(
    expression: *const sttp_expression,
    metadata: *const sttp_metadata,
    table: usize,
    row: usize,
    value: *mut sttp_value,
    buffer: *mut c_char,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let expression = unsafe { reference(expression, "expression")? };
        // SAFETY: the contract of the header.
        unsafe { write_result(&expression.0, metadata, (table, row), value, buffer, size) }
    })
}
