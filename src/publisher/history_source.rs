//! Historical data that the application reads from somewhere.

use crate::Measurement;
use crate::session::publisher::HistoryRequest;
use crate::time_expression::TimeWindow;

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
    /// how many; what 0 means [`pause`](Self::pause) tells. Both ends of the window belong to it; measurements outside of it, and
    /// of signals that were not asked for, are left out. A `signal_index` that is the position of
    /// the signal among those asked for saves a look-up for each.
    ///
    /// # Errors
    ///
    /// Why reading cannot go on, in words that the subscriber's operator gets.
    fn read(&mut self, out: &mut [Measurement]) -> Result<usize, String>;

    /// Why [`read`](Self::read) has just returned 0. Unless a reader says otherwise, everything was read.
    fn pause(&mut self) -> HistoryPause {
        HistoryPause::End { missing: String::new() }
    }
}

/// What it means that a [`HistoryReader`] has written nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryPause {
    /// Nothing has come yet. Other windows have their turn, then `read` is called again, at once if there are none: a
    /// reader waits a moment for something to come, a tenth of a second for instance, before it says so.
    Later,
    /// What the publisher keeps in memory of these times belongs here, as far as they are within the window; without
    /// [`history_duration`](super::PublisherSettings::history_duration), that is nothing. `read` is called again behind it.
    Kept(TimeWindow),
    /// The window ends here.
    End {
        /// What is missing in it, in words that the subscriber's operator gets; empty when nothing is.
        missing: String,
    },
}
