//! Historical data for subscribers, out of the stream.

use sttp::Measurement;
use sttp::publisher::{HistoryPause, HistoryReader, HistoryRequest, HistorySource};
use tokio::runtime::Handle;

use super::playback::{Archive, Playback};
use crate::operation::Counter;

/// Reads the stream for the publisher, whose thread for historical data waits meanwhile.
pub(super) struct History {
    pub(super) archive: Archive,
    pub(super) runtime: Handle,
    /// Windows that were asked for, those of them that begin before the stream, and measurements that were read.
    pub(super) windows: Counter,
    pub(super) incomplete: Counter,
    pub(super) measurements: Counter,
}

impl HistorySource for History {
    fn open(&mut self, request: &HistoryRequest) -> Result<Box<dyn HistoryReader>, String> {
        self.windows.add(1);
        let (start, stop) = (request.window.start.value(), request.window.stop.value());
        let opened = Playback::open(self.archive.clone(), start, stop, &request.signals);
        let playback = self.runtime.block_on(opened).map_err(|error| error.to_string())?;
        let missing = playback.missing();
        if !missing.is_empty() {
            self.incomplete.add(1);
        }
        Ok(Box::new(Window {
            playback,
            missing,
            runtime: self.runtime.clone(),
            read: Vec::new(),
            given: 0,
            measurements: self.measurements.clone(),
        }))
    }
}

/// A window that a subscriber gets.
struct Window {
    playback: Playback,
    missing: String,
    runtime: Handle,
    read: Vec<Measurement>,
    /// So many of them the subscriber has.
    given: usize,
    measurements: Counter,
}

impl HistoryReader for Window {
    fn read(&mut self, out: &mut [Measurement]) -> Result<usize, String> {
        if self.given == self.read.len() {
            self.given = 0;
            let read = self.runtime.block_on(self.playback.next()).map_err(|error| error.to_string())?;
            self.read = read.unwrap_or_default();
            self.measurements.add(self.read.len() as u64);
        }
        let rest = &self.read[self.given..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }

    fn pause(&mut self) -> HistoryPause {
        HistoryPause::End { missing: std::mem::take(&mut self.missing) }
    }
}
