//! NATS as everything here uses it, and the format of what goes over it, which `docs/bus.md` describes.

mod bucket;
mod codec;
mod compare;
mod connect;
mod documents;
mod failure;
mod recorder;
mod scan;
mod stream;
mod subjects;
mod table;
mod tables;

pub(crate) use bucket::open_bucket;
pub(crate) use codec::{Head, Message, Reader, Start, Writer};
pub(crate) use connect::{connect, jetstream, random_name};
pub(crate) use documents::{Change, Documents};
pub(crate) use failure::Failure;
pub(crate) use recorder::Recorder;
pub(crate) use scan::{Begin, Scan, Stored, TIMES_HEADER, as_ticks};
pub(crate) use stream::{make_stream, open_stream};
pub(crate) use subjects::{AFTER, BEFORE, Subjects, is_found, is_late};
pub(crate) use table::{Table, TableId};
pub(crate) use tables::{FRESH, Tables};

use std::fmt::Display;
use std::time::Duration;

use crate::operation::{Operation, log};

/// Pause before the bus is asked again for something that it did not do.
const PAUSE: Duration = Duration::from_secs(1);

/// Does something on the bus until it is done; `None` when it is time to stop. What is in the way is told at first,
/// and in what health tells under `part`.
pub(crate) async fn insist<T, E: Display, F: Future<Output = Result<T, E>>>(
    operation: &Operation,
    part: &str,
    mut attempt: impl FnMut() -> F,
) -> Option<T> {
    let mut is_told = false;
    loop {
        let done = tokio::select! {
            done = attempt() => done,
            () = operation.stop.wait() => return None,
        };
        match done {
            Ok(done) => {
                operation.health.well(part);
                return Some(done);
            }
            Err(error) => {
                operation.health.ill(part, error.to_string());
                if !std::mem::replace(&mut is_told, true) {
                    log::warning!("{part}: {error}; it is tried again every second");
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = operation.stop.wait() => return None,
        }
    }
}
