//! Whether what a reader was given is what the leader of the stream has.
//!
//! Readers of a cluster get the copy of any server. Copies are to be the same, and are not always: one that led, stood
//! still and goes on can number messages in another way than all others from then on, and have fewer (NATS 2.9.10).

use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};

use super::as_ticks;

/// A message that was read: its number, and when it was stored, which no other message has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) sequence: u64,
    pub(super) time: i64,
}

/// What the leader has there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    /// The same, or nothing any more.
    Same,
    /// Something else.
    Other,
    /// Nothing yet: it was just chosen, or counts in another way.
    Behind,
}

/// Compares a message with what the leader has.
pub(super) async fn compare(stream: &Stream, mark: Mark) -> Result<Agreement, String> {
    let failed = |error: &dyn std::fmt::Display| format!("the stream's leader does not answer: {error}");
    match stream.get_raw_message(mark.sequence).await {
        Ok(message) if as_ticks(message.time) == mark.time => return Ok(Agreement::Same),
        Ok(_) => return Ok(Agreement::Other),
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => {}
        Err(error) => return Err(failed(&error)),
    }
    let state = stream.get_info().await.map_err(|error| failed(&error))?.state;
    Ok(match mark.sequence {
        past if past < state.first_sequence => Agreement::Same,
        coming if coming > state.last_sequence => Agreement::Behind,
        _ => Agreement::Other,
    })
}
