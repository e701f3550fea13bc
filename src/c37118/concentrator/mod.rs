//! Measurements as a stream of C37.118: the signals of a subscription become frames at the rate of the
//! stream, aligned by time. No sockets, no clocks.
//!
//! A [`Concentrator`] chooses devices and signals from metadata and makes a [`Configuration`] of them. Its
//! [signals](Concentrator::signals) are what to subscribe to. Measurements are [pushed](Concentrator::push)
//! as they come, by rows that [`set_rows`](Concentrator::set_rows) names; frames are
//! [polled](Concentrator::poll). Several concentrators may be fed with the same measurements: each takes
//! what belongs to its stream.
//!
//! A value belongs to the frame whose time is nearest, and of several in one frame the nearest counts, of
//! equals the last. A frame is sent as soon as it is complete and all before it are sent, or else when it is
//! [due](WaitBy); while a value is more than 4 ms or a quarter of an interval away from its frame, a nearer one
//! may come, and the frame is not complete. Then absent values are filled in: with NaN, or
//! 8000 where values are integers; the data error of a PMU of which a value or the status flags did not come is 2, or
//! 3 where the device says that. A frame between two others of which nothing at all came is sent too. Where status
//! flags (FLAG) are among the signals, the status word is otherwise that of the device, bit by bit; elsewhere it is
//! made of the state flags of the values. What no signal is of is filled in without a mark. The time quality is that
//! of the signal of time quality (QF), of several the worst; without one it is 0.

mod channel;
mod counters;
mod error;
mod fill;
mod grid;
mod notice;
mod outline;
mod settings;
mod window;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::configuration::{Configuration, ConfigurationForm};
use super::data::{DataLayout, PmuValues};
use super::status::StatusWord;
use crate::host::Moment;
use crate::metadata::Metadata;
use crate::{Measurement, Ticks};
use grid::{Grid, Place};
use notice::Notices;
use outline::Outline;
use window::{NO_CELL, OpenFrame, Put, Window};

pub use counters::ConcentratorCounters;
pub use error::ConcentratorError;
pub use settings::{Selection, StreamSettings, WaitBy};

/// How long frames say that the configuration changed.
const CHANGE_IS_TOLD: Duration = Duration::from_secs(60);
/// For how long all measurements must be out of time before the stream begins anew with theirs, beside the lag.
const RESTART_AFTER: Duration = Duration::from_secs(1);
/// Most bytes of frames that are collected at a time.
const MOST_COLLECTED: usize = 256 << 20;
/// Fewest frames that are collected at a time.
const FEWEST_FRAMES: usize = 4;

/// Makes the frames of one stream. When it is warm, it allocates nothing for measurements and frames. It
/// collects at most as many frames as lag and lead hold, twice.
#[derive(Debug)]
pub struct Concentrator {
    settings: StreamSettings,
    grid: Grid,
    outline: Outline,
    layout: DataLayout,
    configuration: Arc<Configuration>,
    /// The cell of the signal of each row.
    cells_of_rows: Vec<u32>,
    rows: Vec<Uuid>,
    window: Window,
    /// Frames that are collected before the first of them is due whatever the time.
    most_frames: usize,
    /// The frame sent last.
    sent: Option<Place>,
    /// Since when all measurements are out of time.
    rejecting_since: Option<Instant>,
    /// Until when frames say that the configuration changed.
    changed_until: Option<Instant>,
    /// The time quality of the frame sent last.
    quality: u8,
    values: Vec<PmuValues>,
    frame: Vec<u8>,
    counters: ConcentratorCounters,
    notices: Notices,
}

/// What a stream is to be by some metadata. To find that out takes long where these are large, and may be done on
/// another thread than that of the [`Concentrator`].
#[derive(Debug)]
pub struct StreamDefinition {
    settings: StreamSettings,
    grid: Grid,
    outline: Outline,
    layout: DataLayout,
    /// Frames that are collected before the first of them is due whatever the time.
    most_frames: usize,
}

impl StreamDefinition {
    /// A stream of what `settings` select from the metadata, told at `utc`.
    ///
    /// # Errors
    ///
    /// [`ConcentratorError`] when there is nothing to select, or when frames cannot hold it.
    pub fn new(
        settings: StreamSettings,
        metadata: &Metadata,
        utc: Ticks,
    ) -> Result<StreamDefinition, ConcentratorError> {
        let setting = |text: &str| ConcentratorError::Setting(text.to_owned());
        let grid = Grid::new(settings.data_rate).ok_or_else(|| {
            setting("a stream has a data rate: frames per second, or seconds per frame below zero")
        })?;
        if !(1..u16::MAX).contains(&settings.id_code) {
            return Err(setting("the ID code of a stream is 1 to 65534"));
        }
        let outline = Outline::new(&settings, metadata, utc)?;
        let layout = DataLayout::new(&outline.configuration)?;
        outline.configuration.encode(&mut Vec::new())?;
        let waited = ticks(settings.lag).saturating_add(ticks(settings.lead));
        let most_frames = (waited / grid.interval()) as usize + FEWEST_FRAMES;
        let size = Window::size_of_frame(outline.signals.len());
        if most_frames.saturating_mul(2 * size) > MOST_COLLECTED {
            return Err(ConcentratorError::Setting(format!(
                "with this lag and lead {most_frames} frames of {size} bytes would be collected at a time; choose a \
                 shorter lag or lead, a lower rate, or fewer signals"
            )));
        }
        Ok(StreamDefinition { settings, grid, outline, layout, most_frames })
    }
}

/// What becomes of measurements of one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// Index of the frame in the window, ticks from the time of the frame.
    Frame(usize, u32),
    Late,
    Early,
}

impl Concentrator {
    /// A stream of what `settings` select from the metadata.
    ///
    /// # Errors
    ///
    /// [`ConcentratorError`] when there is nothing to select, or when frames cannot hold it.
    pub fn new(
        settings: StreamSettings,
        metadata: &Metadata,
        now: Moment,
    ) -> Result<Concentrator, ConcentratorError> {
        Ok(Concentrator::of(StreamDefinition::new(settings, metadata, now.utc)?))
    }

    /// The stream of a definition.
    pub fn of(definition: StreamDefinition) -> Concentrator {
        let StreamDefinition { settings, grid, outline, layout, most_frames } = definition;
        let rows = outline.signals.clone();
        let mut concentrator = Concentrator {
            grid,
            configuration: Arc::new(outline.configuration.clone()),
            window: Window::new(outline.signals.len()),
            values: outline.configuration.pmus.iter().map(PmuValues::absent).collect(),
            outline,
            layout,
            settings,
            cells_of_rows: Vec::new(),
            rows: Vec::new(),
            most_frames,
            sent: None,
            rejecting_since: None,
            changed_until: None,
            quality: 0,
            frame: Vec::new(),
            counters: ConcentratorCounters::default(),
            notices: Notices::default(),
        };
        concentrator.set_rows(&rows);
        concentrator
    }

    /// The configuration of the stream as CFG-2.
    pub fn configuration(&self) -> &Arc<Configuration> {
        &self.configuration
    }

    /// The configuration of the stream as one form or another has it.
    pub fn configuration_in(&self, form: ConfigurationForm) -> Configuration {
        match form {
            ConfigurationForm::Cfg1 | ConfigurationForm::Cfg2 => {
                Configuration { form, ..Configuration::clone(&self.configuration) }
            }
            ConfigurationForm::Cfg3 => self.outline.long.clone(),
        }
    }

    /// The signals of the stream: what to subscribe to. Rows of measurements are these, in this order,
    /// until [`set_rows`](Self::set_rows) says otherwise.
    pub fn signals(&self) -> &[Uuid] {
        &self.outline.signals
    }

    /// Says which signal each row is that `signal_index` of measurements names: the signal index cache of
    /// the subscription. To be called again whenever that changes. Rows of signals that the stream has not
    /// are skipped when they come.
    pub fn set_rows(&mut self, signal_ids: &[Uuid]) {
        if self.rows != signal_ids {
            self.rows.clear();
            self.rows.extend_from_slice(signal_ids);
        }
        let cells: HashMap<Uuid, u32> = self.outline.signals.iter().copied().zip(NO_CELL + 1..).collect();
        self.cells_of_rows.clear();
        self.cells_of_rows.extend(self.rows.iter().map(|id| cells.get(id).copied().unwrap_or(NO_CELL)));
    }

    /// Takes measurements. Their `signal_index` counts, not their `signal_id`. Values are kept in 32 bits,
    /// as STTP carries them.
    pub fn push(&mut self, measurements: &[Measurement], now: Moment) {
        let mut rest = measurements;
        while let Some(first) = rest.first() {
            let is_other = |other: &Measurement| other.timestamp != first.timestamp;
            let (run, others) = rest.split_at(rest.iter().position(is_other).unwrap_or(rest.len()));
            self.push_run(run, now);
            rest = others;
        }
    }

    /// Takes measurements of one time.
    fn push_run(&mut self, run: &[Measurement], now: Moment) {
        let cell_of = |cells: &[u32], measurement: &Measurement| {
            cells.get(measurement.signal_index as usize).copied().unwrap_or(NO_CELL)
        };
        // The times of what others measure do not matter.
        let first = run.iter().position(|measurement| cell_of(&self.cells_of_rows, measurement) != NO_CELL);
        let (of_others, run) = run.split_at(first.unwrap_or(run.len()));
        self.counters.measurements_of_others += of_others.len() as u64;
        let Some(first) = run.first() else { return };
        let target = self.locate(first.timestamp, now);
        let mut frame = match target {
            Target::Frame(index, distance) => self.window.frame_mut(index).map(|frame| (frame, distance)),
            Target::Late | Target::Early => None,
        };
        let jitter = self.grid.jitter();
        let (mut others, mut unused, mut repeated, mut farther) = (0, 0, 0, 0);
        for measurement in run {
            let cell = cell_of(&self.cells_of_rows, measurement);
            if cell == NO_CELL {
                others += 1;
                continue;
            }
            let Some((frame, distance)) = &mut frame else {
                unused += 1;
                continue;
            };
            match frame.put(cell, measurement.value as f32, measurement.flags, *distance, jitter) {
                Put::New => {}
                Put::Replaced => repeated += 1,
                Put::Farther => farther += 1,
            }
        }
        let counters = &mut self.counters;
        counters.measurements_of_others += others;
        counters.measurements += run.len() as u64 - others - unused - farther;
        counters.measurements_repeated += repeated;
        counters.measurements_between_frames += farther;
        match target {
            Target::Late => counters.measurements_late += unused,
            Target::Early => counters.measurements_early += unused,
            Target::Frame(..) => {}
        }
    }

    /// The frame of a time, opened if it is not yet. Frames between it and others are opened too.
    fn locate(&mut self, time: Ticks, now: Moment) -> Target {
        let Some((place, distance)) = self.grid.place(time) else {
            return if time.value() < Ticks::UNIX_EPOCH.value() { Target::Late } else { Target::Early };
        };
        let found = self.window.find(place);
        let index = match found {
            Ok(index) => index,
            Err(index) => match self.refuse(place, now) {
                Some(refused) => return refused,
                None => self.open(place, index, now),
            },
        };
        self.rejecting_since = None;
        Target::Frame(index, distance)
    }

    /// Why a frame is not to be opened. Begins anew when measurements have been out of time for long enough,
    /// and nothing else.
    fn refuse(&mut self, place: Place, now: Moment) -> Option<Target> {
        if self.settings.wait_by == WaitBy::Clock {
            // Which the clock will change, and nothing else.
            let time = self.grid.ticks(place).value();
            if time > now.utc.value().saturating_add(ticks(self.settings.lead)) {
                return Some(Target::Early);
            }
            if time.saturating_add(ticks(self.settings.lag)) <= now.utc.value() {
                return Some(Target::Late);
            }
        }
        let newest = self.window.latest();
        let refused = if self.sent.is_some_and(|sent| place <= sent) {
            Target::Late
        } else if self.window.len() >= 2 * self.most_frames
            || self.settings.wait_by == WaitBy::Arrival
                && newest.is_some_and(|newest| self.is_beyond_lead(newest, place))
        {
            Target::Early
        } else {
            return None;
        };
        let since = *self.rejecting_since.get_or_insert(now.instant);
        let is_over = now.instant.saturating_duration_since(since) >= self.settings.lag + RESTART_AFTER;
        if !is_over || self.window.len() > 0 {
            return Some(refused);
        }
        self.counters.restarts += 1;
        self.sent = None;
        None
    }

    fn is_beyond_lead(&self, newest: Place, place: Place) -> bool {
        place > newest
            && self.grid.ticks(place).value() - self.grid.ticks(newest).value()
                > ticks(self.settings.lead).max(self.grid.interval())
    }

    /// Opens a frame that the window would have at `index`, and those between it and its neighbours.
    fn open(&mut self, place: Place, index: usize, now: Moment) -> usize {
        let is_last = index == self.window.len();
        let before = if is_last { self.window.latest().or(self.sent) } else { None };
        let mut at = index;
        if let Some(before) = before {
            // An inserted second is no frame behind the second before it.
            let between = (self.grid.frames_between(before, place) - 1).max(0);
            if between as usize > self.most_frames {
                self.counters.frames_skipped += between as u64;
            } else {
                let mut next = self.grid.after(before);
                while next < place && self.window.len() < 2 * self.most_frames {
                    self.window.open(at, next, now.instant);
                    at += 1;
                    next = self.grid.after(next);
                }
            }
        }
        self.window.open(at, place, now.instant);
        at
    }

    /// The next data frame that is complete or due, if there is one. To be called until it gives None after
    /// each [`push`](Self::push), and when the [`deadline`](Self::deadline) has come.
    pub fn poll(&mut self, now: Moment) -> Option<&[u8]> {
        let front = self.window.front()?;
        let is_due =
            front.waited_for == 0 || self.window.len() > self.most_frames || self.is_over(front, now);
        if is_due { self.finish(now) } else { None }
    }

    fn is_over(&self, frame: &OpenFrame, now: Moment) -> bool {
        match self.settings.wait_by {
            WaitBy::Clock => {
                self.grid.ticks(frame.place).value().saturating_add(ticks(self.settings.lag))
                    <= now.utc.value()
            }
            WaitBy::Arrival => now.instant.saturating_duration_since(frame.arrived) >= self.settings.lag,
        }
    }

    /// The next data frame, complete, due or not: to be called until it gives None before the stream is
    /// [changed](Self::change), so that nothing is lost.
    pub fn finish(&mut self, now: Moment) -> Option<&[u8]> {
        let frame = self.window.pop()?;
        self.sent = Some(frame.place);
        let is_written = self.write(&frame, now);
        self.window.reuse(frame);
        // The values have the form of the configuration that the layout was made of.
        debug_assert!(is_written);
        is_written.then_some(&self.frame)
    }

    fn write(&mut self, frame: &OpenFrame, now: Moment) -> bool {
        let mut filled = 0;
        let pmus = self.outline.pmus.iter().zip(&self.outline.long.pmus);
        for (values, (cells, pmu)) in self.values.iter_mut().zip(pmus) {
            filled += fill::fill(values, cells, pmu, frame);
        }
        if self.changed_until.is_some_and(|until| now.instant >= until) {
            self.changed_until = None;
        }
        if self.changed_until.is_some() {
            self.values.iter_mut().for_each(|values| values.status.0 |= StatusWord::CONFIGURATION_CHANGE);
        }
        self.quality = fill::quality(frame, &self.outline.quality, self.quality);
        self.counters.frames += 1;
        self.counters.frames_incomplete += u64::from(filled > 0);
        self.counters.values_filled += filled as u64;
        let time = self.grid.time(frame.place, self.settings.time_base, self.quality);
        self.layout.encode(&mut self.frame, time, &self.values).is_ok()
    }

    /// When [`poll`](Self::poll) is to be called at the latest.
    pub fn deadline(&self, now: Moment) -> Option<Instant> {
        let front = self.window.front()?;
        if front.waited_for == 0 || self.window.len() > self.most_frames {
            return Some(now.instant);
        }
        Some(match self.settings.wait_by {
            WaitBy::Clock => {
                let due = self.grid.ticks(front.place).value().saturating_add(ticks(self.settings.lag));
                let rest = due.saturating_sub(now.utc.value()).max(0);
                now.instant + Duration::from_nanos((rest as u64).saturating_mul(100))
            }
            WaitBy::Arrival => front.arrived + self.settings.lag,
        })
    }

    /// Whether a definition is of another stream: then call [`finish`](Self::finish) for what is collected, and
    /// [`change`](Self::change).
    pub fn is_changed_by(&self, definition: &StreamDefinition) -> bool {
        let of_metadata = &definition.settings;
        let settings = StreamSettings {
            selection: of_metadata.selection.clone(),
            change_count: of_metadata.change_count,
            ..self.settings.clone()
        };
        settings != *of_metadata || !self.outline.is_same_as(&definition.outline)
    }

    /// Selects anew from metadata that changed. True when the configuration is another one now, as after
    /// [`change`](Self::change).
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); the stream goes on as it was.
    pub fn set_metadata(&mut self, metadata: &Metadata, now: Moment) -> Result<bool, ConcentratorError> {
        let definition = StreamDefinition::new(self.settings.clone(), metadata, now.utc)?;
        let is_changed = self.is_changed_by(&definition);
        if is_changed {
            self.change(definition, now);
        }
        Ok(is_changed)
    }

    /// Makes the stream another one: CFGCNT is then the next, frames say for a minute that the configuration changed,
    /// and [signals](Self::signals) are to be subscribed to anew. Rows stay valid as far as their signals are.
    pub fn change(&mut self, definition: StreamDefinition, now: Moment) {
        let change_count = self.settings.change_count.wrapping_add(1);
        if self.grid != definition.grid {
            self.sent = None;
        }
        StreamDefinition {
            settings: self.settings,
            grid: self.grid,
            outline: self.outline,
            layout: self.layout,
            most_frames: self.most_frames,
        } = definition;
        self.settings.change_count = change_count;
        self.outline.set_change_count(change_count);
        self.counters.frames_dropped += self.window.len() as u64;
        self.counters.configuration_changes += 1;
        self.window = Window::new(self.outline.signals.len());
        self.values = self.outline.configuration.pmus.iter().map(PmuValues::absent).collect();
        self.configuration = Arc::new(self.outline.configuration.clone());
        self.changed_until = Some(now.instant + CHANGE_IS_TOLD);
        let rows = std::mem::take(&mut self.rows);
        self.set_rows(&rows);
    }

    /// What operators are to be told of measurements that are late or ahead: a text at most once a minute.
    pub fn take_notice(&mut self, now: Moment) -> Option<String> {
        self.notices.take(&self.counters, &self.settings, now.instant)
    }

    /// What became of measurements and frames.
    pub fn counters(&self) -> &ConcentratorCounters {
        &self.counters
    }
}

fn ticks(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos() / 100).unwrap_or(i64::MAX)
}
