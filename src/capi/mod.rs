//! The C API, declared in `include/sttp.h`.
//!
//! One file per handle. The documents of functions, types and constants are written for C
//! programmers: they become the header (`make header`).
// Types have the names that C sees; `pub` means that an item is in the header.
#![allow(non_camel_case_types, unreachable_pub)]

mod arguments;
mod buffer_blocks;
mod callback;
mod configuration;
mod connection_strings;
mod data_channels;
mod date_time2;
mod encryption;
mod engine;
mod flags;
mod guard;
mod library;
mod metadata;
mod metadata_builder;
mod metadata_builder_standard;
mod metadata_links;
mod metadata_records;
mod metadata_select;
mod metadata_tables;
mod notifications;
mod publisher;
mod publisher_callbacks;
mod publisher_events;
mod publisher_forms;
mod publisher_history;
mod records;
mod recovery;
mod reverse;
mod statistics;
mod status;
mod subscriber;
mod subscriber_callbacks;
mod subscriber_events;
mod subscriber_forms;
mod subscriber_history;
mod subscriber_settings;
mod time_and_values;
mod user_commands;
mod values;

#[cfg(test)]
mod connection_strings_tests;
#[cfg(test)]
mod handles_tests;
