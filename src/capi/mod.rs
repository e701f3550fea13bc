//! The C API, declared in `include/sttp.h`.
//!
//! A folder per handle, and one for what they share. The documents of functions, types and
//! constants are written for C programmers: they become the header (`make header`).
// Types have the names that C sees; `pub` means that an item is in the header.
#![allow(non_camel_case_types, unreachable_pub)]

// Before those that use its macro.
#[macro_use]
mod shared;

mod block_link;
mod c37118;
mod certificates;
mod counters;
mod engine;
mod filter;
mod library;
mod metadata;
mod metadata_builder;
mod publisher;
mod settings;
mod subscriber;

#[cfg(test)]
mod handles_tests;
#[cfg(test)]
mod memory_tests;
#[cfg(test)]
mod settings_tests;
