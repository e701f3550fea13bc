//! Historical data for subscribers, out of the stream.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::Measurement;
use sttp::publisher::{HistoryPause, HistoryReader, HistoryRequest, HistorySource};
use tokio::runtime::Handle;

use super::playback::{Archive, Playback};
use crate::bus::Failure;
use crate::operation::{Counter, log};

/// How long a window waits for a bus that is away before its subscriber is refused: for longer than a cluster needs to
/// find another leader, and no longer than subscribers should wait.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long before it is tried again.
const PAUSE: Duration = Duration::from_millis(200);

/// Reads the stream for the publisher, whose thread for historical data waits meanwhile.
pub(super) struct History {
    pub(super) archive: Archive,
    pub(super) runtime: Handle,
    pub(super) counts: Counts,
}

/// What is counted. Clones are the same.
#[derive(Clone)]
pub(super) struct Counts {
    /// Windows that were asked for, those of them that begin before the stream, and measurements that were read.
    pub(super) windows: Counter,
    pub(super) incomplete: Counter,
    pub(super) measurements: Counter,
}

impl HistorySource for History {
    fn open(&mut self, request: &HistoryRequest) -> Result<Box<dyn HistoryReader>, String> {
        self.counts.windows.add(1);
        Ok(Box::new(Window {
            archive: self.archive.clone(),
            runtime: self.runtime.clone(),
            counts: self.counts.clone(),
            signals: request.signals.as_slice().into(),
            at: request.window.start.value(),
            stop: request.window.stop.value(),
            playback: None,
            missing: None,
            away: None,
            read: Vec::new(),
            given: 0,
        }))
    }
}

/// A window that a subscriber gets.
struct Window {
    archive: Archive,
    runtime: Handle,
    counts: Counts,
    signals: Arc<[sttp::Uuid]>,
    /// What is before was read.
    at: i64,
    stop: i64,
    /// `None` until the bus is there, and again when it was away.
    playback: Option<Playback>,
    /// What the stream does not have, once that is known.
    missing: Option<String>,
    /// Since when the bus is away.
    away: Option<Instant>,
    read: Vec<Measurement>,
    /// So many of them the subscriber has.
    given: usize,
}

impl Window {
    /// The next measurements; `None` at the end.
    fn next(&mut self) -> Result<Option<Vec<Measurement>>, Failure> {
        let mut playback = match self.playback.take() {
            Some(playback) => playback,
            None => {
                let opened = Playback::open(self.archive.clone(), self.at, self.stop, &self.signals);
                self.runtime.block_on(opened)?
            }
        };
        if self.missing.is_none() {
            let missing = playback.missing();
            self.counts.incomplete.add(u64::from(!missing.is_empty()));
            self.missing = Some(missing);
        }
        // After a failure another one begins where this one was.
        let next = self.runtime.block_on(playback.next())?;
        self.at = playback.at();
        self.playback = Some(playback);
        Ok(next)
    }
}

impl HistoryReader for Window {
    fn read(&mut self, out: &mut [Measurement]) -> Result<usize, String> {
        if self.given == self.read.len() {
            self.given = 0;
            self.read.clear();
            match self.next() {
                Ok(read) => {
                    self.away = None;
                    self.read = read.unwrap_or_default();
                }
                Err(Failure::Away(error)) => {
                    let away = self.away.get_or_insert_with(Instant::now).elapsed();
                    if away > PATIENCE {
                        return Err(error);
                    }
                    log::debug!("history: {error}; it is tried again");
                    std::thread::sleep(PAUSE);
                }
                Err(Failure::Unreadable(error)) => return Err(error),
            }
            self.counts.measurements.add(self.read.len() as u64);
        }
        let rest = &self.read[self.given..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }

    fn pause(&mut self) -> HistoryPause {
        match self.away {
            Some(_) => HistoryPause::Later,
            None => HistoryPause::End { missing: self.missing.take().unwrap_or_default() },
        }
    }
}
