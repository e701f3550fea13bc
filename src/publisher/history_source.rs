//! Historical data that the application reads from somewhere.

use crate::Measurement;
use crate::session::publisher::HistoryRequest;

/// Gives measurements of the past, from a database for instance.
///
/// All calls of a source and its readers come one at a time on a thread of their own, so that they
/// may take as long as they need; subscribers of historical data are served in turns meanwhile, and
/// all others are not held up.
pub trait HistorySource: Send + 'static {
    /// Begins to read a window for one subscriber.
    ///
    /// # Errors
    ///
    /// Why that cannot be done, in words that the subscriber's operator gets.
    fn open(&mut self, request: &HistoryRequest) -> Result<Box<dyn HistoryReader>, String>;
}

/// Reads the measurements of one window. Dropped when the subscriber has everything or does not
/// want any more.
pub trait HistoryReader {
    /// Writes the next measurements, in the order of time, to the beginning of `out`, and returns
    /// how many; 0 is the end. Both ends of the window belong to it; measurements outside of it, and
    /// of signals that were not asked for, are left out. A `signal_index` that is the position of
    /// the signal among those asked for saves a look-up for each.
    ///
    /// # Errors
    ///
    /// Why reading cannot go on, in words that the subscriber's operator gets.
    fn read(&mut self, out: &mut [Measurement]) -> Result<usize, String>;
}
