//! From time series events to measurements and metadata, without sockets or clocks.

mod counts;
mod points;
mod registry;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use sttp::metadata::{Metadata, MetadataError};
use sttp::{Measurement, Ticks};

use super::avro::Reader;
use super::event::{Event, Header};
use super::generation::Generation;
use super::mishap::shown;
use super::moment::{Moment, Now};
use super::settings::TstpIn;
use super::subject;
pub(crate) use counts::Mishaps;
use points::{Number, Parts, Sample};
use registry::{Refusal, Registry};

/// Measurements of new signals that may wait for the metadata that tell of them.
const MOST_WAITING: usize = 1_000_000;

/// How an event was processed, as HTTP has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) reason: Option<String>,
}

/// Understands events.
pub(crate) struct Incoming {
    settings: TstpIn,
    registry: Registry,
    mishaps: Mishaps,
    /// What can be published now. Rows are those of the metadata.
    pub(crate) ready: Vec<Measurement>,
    /// Of signals that the metadata in use do not have yet.
    waiting: Vec<Measurement>,
    /// Signals that the metadata in use have.
    known_rows: usize,
    /// When metadata may change again.
    pause_until: Option<Instant>,
}

/// What became of the data points of an event.
#[derive(Default)]
struct Tally {
    values: u64,
    taken: u64,
    texts: u64,
    bytes: u64,
    nulls: u64,
    rounded: u64,
    unused_tags: u64,
    bad_times: u64,
    overflown: u64,
    refused: u64,
    refusal: Option<Refusal>,
}

impl Incoming {
    pub(crate) fn new(settings: TstpIn, mishaps: Mishaps) -> Incoming {
        Incoming {
            registry: Registry::new(&settings),
            mishaps,
            ready: Vec::new(),
            waiting: Vec::new(),
            known_rows: 0,
            pause_until: None,
            settings,
        }
    }

    /// Takes an event. Its measurements are added to those that are [`ready`](Self::ready), or wait for the
    /// [metadata](Self::metadata).
    pub(crate) fn take(&mut self, subject: &str, payload: &[u8], now: Now) -> Outcome {
        let most = usize::try_from(self.settings.max_event).unwrap_or(usize::MAX);
        if payload.len() > most {
            self.mishaps.oversized.happened(1, now.instant, || {
                format!(
                    "an event of {} has {} bytes and was dropped; max-event allows {most}",
                    shown(subject),
                    payload.len()
                )
            });
            return Outcome::new(413, format!("the event has more than {most} bytes"));
        }
        let event = match self.decode(subject, payload, now) {
            Ok(event) => event,
            Err(outcome) => return outcome,
        };
        if event.header.has_expired(now.milliseconds) {
            let late = now.milliseconds.saturating_sub(event.header.timestamp);
            self.mishaps.expired.happened(1, now.instant, || {
                format!(
                    "an event of {} came {late} ms after it was made, and expires after {} ms; it was dropped",
                    shown(subject),
                    event.header.timeout
                )
            });
            return Outcome::new(408, "the event has expired".into());
        }
        self.check_subject(subject, &event.header, now);
        let tally = self.take_points(&event, now);
        self.tell(&tally, subject, &event.header, now);
        tally.outcome()
    }

    /// Reads an event, or tells what is wrong with it.
    fn decode<'a>(&mut self, subject: &str, payload: &'a [u8], now: Now) -> Result<Event<'a>, Outcome> {
        let generation = self.settings.generation;
        let decoded = match Event::decode(generation, payload) {
            Ok(event) if event.unknown_bytes == 0 => return Ok(event),
            decoded => decoded,
        };
        // It may be one of another generation, which then is read to the end.
        let is_of = |other: &Generation| {
            *other != generation && Event::decode(*other, payload).is_ok_and(|event| event.unknown_bytes == 0)
        };
        if let Some(other) = Generation::ALL.into_iter().find(is_of) {
            self.mishaps.wrong_generation.happened(1, now.instant, || {
                format!(
                    "an event of {} was dropped: it is of generation {other}, and {generation} is set; set \
                     generation to that of the transmitters",
                    shown(subject)
                )
            });
            return Err(Outcome::new(400, format!("the event is of generation {other}, not {generation}")));
        }
        match decoded {
            Ok(event) => {
                self.mishaps.unknown_fields.happened(1, now.instant, || {
                    format!(
                        "{} bytes behind the end of an event of {} were left out: its transmitter has fields that \
                         generation {generation} has not",
                        event.unknown_bytes,
                        shown(subject)
                    )
                });
                Ok(event)
            }
            Err(error) => {
                self.mishaps.malformed.happened(1, now.instant, || {
                    format!(
                        "a message of {} was dropped: it is no event of generation {generation}: {error}",
                        shown(subject)
                    )
                });
                Err(Outcome::new(400, format!("no event of generation {generation}: {error}")))
            }
        }
    }

    /// The payload counts; but who subscribes by names of series misses what is under another one.
    fn check_subject(&mut self, subject: &str, header: &Header<'_>, now: Now) {
        let series = subject::names_in(subject).map(|(_, series)| series);
        if series.as_deref() != Some(header.series) {
            self.mishaps.other_subject.happened(1, now.instant, || {
                format!(
                    "an event of {} is of time series {:?}; that is what counts",
                    shown(subject),
                    shown(header.series)
                )
            });
        }
    }

    fn take_points(&mut self, event: &Event<'_>, now: Now) -> Tally {
        let mut tally = Tally::default();
        let mut series = self.registry.find(&event.header);
        let mut parts = Parts::new();
        for (point, fields) in event.points() {
            parts.read(&self.settings, point, fields);
            tally.unused_tags += parts.unused_tags;
            for sample in &parts.samples {
                tally.values += 1;
                let (value, is_exact) = match sample.number {
                    Number::Of { value, is_exact } => (value, is_exact),
                    Number::Text => {
                        tally.texts += 1;
                        continue;
                    }
                    Number::Bytes => {
                        tally.bytes += 1;
                        continue;
                    }
                    Number::Null => {
                        tally.nulls += 1;
                        continue;
                    }
                };
                let Some(timestamp) = parts.time else {
                    tally.bad_times += 1;
                    continue;
                };
                let row = match self.row(&event.header, &mut series, sample, now) {
                    Ok(row) => row,
                    Err(refusal) => {
                        tally.refused += 1;
                        tally.refusal = Some(refusal);
                        continue;
                    }
                };
                let is_known = (row as usize) < self.known_rows;
                if !is_known && self.waiting.len() >= MOST_WAITING {
                    tally.overflown += 1;
                    continue;
                }
                tally.rounded += u64::from(!is_exact);
                tally.taken += 1;
                let signal_id = self.registry.id(row);
                let measurement =
                    Measurement { signal_id, timestamp, value, flags: sample.flags, signal_index: row };
                if is_known { &mut self.ready } else { &mut self.waiting }.push(measurement);
            }
        }
        tally
    }

    fn row(
        &mut self,
        header: &Header<'_>,
        series: &mut Option<usize>,
        sample: &Sample<'_>,
        now: Now,
    ) -> Result<u32, Refusal> {
        if let Some(row) = series.and_then(|series| self.registry.row(series, sample.name)) {
            return Ok(row);
        }
        let moment = Moment { milliseconds: now.milliseconds, ticks: 0, leap: 0 };
        let time = moment.time().unwrap_or(Ticks::UNIX_EPOCH);
        let (place, row) = self.registry.add(header, sample, time)?;
        *series = Some(place);
        Ok(row)
    }

    fn tell(&mut self, tally: &Tally, subject: &str, header: &Header<'_>, now: Now) {
        let mishaps = &mut self.mishaps;
        mishaps.values.add(tally.values);
        mishaps.taken.add(tally.taken);
        mishaps.rounded.add(tally.rounded);
        mishaps.unused_tags.add(tally.unused_tags);
        let event = || format!("{} ({})", shown(subject), shown(header.endpoint));
        let kinds = [
            (&mut mishaps.texts, tally.texts, "texts that are no numbers"),
            (&mut mishaps.bytes, tally.bytes, "bytes, which are no numbers"),
            (&mut mishaps.nulls, tally.nulls, "nulls, which are no values"),
            (&mut mishaps.bad_times, tally.bad_times, "values of times that STTP does not have"),
        ];
        for (mishap, count, what) in kinds {
            mishap.happened(count, now.instant, || {
                format!("{count} {what} were left out of an event of {}", event())
            });
        }
        mishaps.overflown.happened(tally.overflown, now.instant, || {
            format!("{} values of new signals were dropped: too many wait for the metadata", tally.overflown)
        });
        if let Some(refusal) = tally.refusal {
            mishaps.refused.happened(tally.refused, now.instant, || {
                format!("{} values of an event of {} were left out: {refusal}", tally.refused, event())
            });
        }
    }

    /// When metadata are to be made, if any are: [`metadata`](Self::metadata) is due then.
    pub(crate) fn metadata_due(&self, now: Now) -> Option<Instant> {
        self.registry.has_news().then(|| self.pause_until.unwrap_or(now.instant).max(now.instant))
    }

    /// The metadata with all signals so far. Once they are in use, call [`use_metadata`](Self::use_metadata).
    pub(crate) fn metadata(&mut self) -> Result<Metadata, MetadataError> {
        self.registry.metadata(&self.settings)
    }

    /// The metadata are in use: what waited for them is ready. Making them took until `now` from `started` on; so long
    /// a pause follows that they take a fifth of the time at most.
    pub(crate) fn use_metadata(&mut self, started: Instant, now: Now) {
        self.known_rows = self.registry.signal_count();
        self.ready.append(&mut self.waiting);
        let took = now.instant.saturating_duration_since(started);
        let pause = self.settings.metadata_interval.max(took.saturating_mul(4)).min(Duration::from_secs(600));
        self.pause_until = Some(now.instant + pause);
    }

    /// The metadata could not be put in use: they are due again after a pause.
    pub(crate) fn keep_metadata(&mut self, now: Now) {
        self.registry.renew();
        self.pause_until = Some(now.instant + self.settings.metadata_interval.max(Duration::from_secs(1)));
    }

    /// Whether events with a reply subject are answered.
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.settings.generation.is_acknowledged()
    }

    /// How many measurements wait for the metadata.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How many devices and signals were seen.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.registry.device_count(), self.registry.signal_count())
    }
}

impl Outcome {
    fn new(status: i32, reason: String) -> Outcome {
        Outcome { status, reason: Some(reason) }
    }
}

impl Tally {
    fn outcome(&self) -> Outcome {
        let no_numbers = self.texts + self.bytes + self.nulls;
        match self.refusal {
            _ if self.taken == self.values => Outcome { status: 200, reason: None },
            Some(refusal) => Outcome::new(507, format!("{} values were left out: {refusal}", self.refused)),
            None if self.overflown > 0 => {
                Outcome::new(503, format!("{} values of new signals were dropped", self.overflown))
            }
            None if self.taken == 0 => Outcome::new(422, "no value can be a measurement".into()),
            None => Outcome::new(
                200,
                format!(
                    "{no_numbers} of {} values are no numbers, {} have no time of STTP",
                    self.values, self.bad_times
                ),
            ),
        }
    }
}

/// The ID of an event whose rest may be wrong; empty if that is, too.
pub(crate) fn correlation_id(payload: &[u8]) -> &str {
    Reader::new(payload).string("correlationId").unwrap_or_default()
}
