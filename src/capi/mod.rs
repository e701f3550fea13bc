//! The C API, declared in `include/sttp.h`.
//!
//! One file per handle. The documents of functions, types and constants are written for C
//! programmers: they become the header (`make header`).
// Types have the names that C sees; `pub` means that an item is in the header.
#![allow(non_camel_case_types, unreachable_pub)]

mod arguments;
mod callback;
mod guard;
mod library;
mod records;
mod status;
mod time_and_values;
