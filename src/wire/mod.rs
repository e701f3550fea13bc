//! Bytes to typed messages and back: framing, commands, responses, texts.
//!
//! All integers on the wire are big-endian. Decoding never panics and never allocates for a
//! length that it has not checked; each error names the message and what was wrong in it.

pub mod buffer_block;
pub mod cipher_keys;
pub mod codes;
pub mod connection_string;
pub mod data_channel;
pub mod foreign;
pub mod frame;
pub mod messages;
pub mod modes;
pub mod notification;
mod reader;
pub(crate) mod send_queue;
pub mod text;

pub use codes::{Command, Response};
pub use connection_string::ConnectionString;
pub use data_channel::DataChannel;
pub use foreign::ForeignProtocol;
pub use modes::{OperationalModes, Version};
pub use reader::{Reader, Truncated};
pub use text::TextEncoding;
