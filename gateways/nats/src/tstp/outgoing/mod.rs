//! From measurements to time series events, without sockets or clocks.

mod batch;
mod plan;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use sttp::codec::SignalIndexCache;
use sttp::metadata::Metadata;
use sttp::{Measurement, Uuid};

use super::avro::put_long;
use super::mishap::Mishap;
use super::moment::Now;
use super::settings::TstpOut;
use super::template::Template;
use batch::{Batch, Format, Reading};
use plan::Plan;

/// An event to be published.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) subject: Arc<str>,
    pub(crate) payload: Vec<u8>,
    pub(crate) points: u64,
    pub(crate) measurements: u64,
}

/// Gathers measurements into events.
pub(crate) struct Outgoing {
    /// The name of the publisher that measurements come from.
    publisher: String,
    settings: TstpOut,
    series: Template,
    format: Format,
    /// Most bytes of an event.
    limit: usize,
    plan: Plan,
    /// By group.
    batches: Vec<Batch>,
    /// Groups with something in their batch, and since when there are any.
    waiting: Vec<usize>,
    since: Option<Instant>,
    /// By row of the signal: the number of the point that its latest value is in.
    last_points: Vec<u64>,
    point_number: u64,
    /// What all IDs of messages begin with, and the next one's number.
    correlation: String,
    event_number: u64,
    /// Measurements of signals that no event can have.
    left_out: Mishap,
    /// Signals that did not get the names of the templates.
    renamed: Mishap,
}

impl Outgoing {
    pub(crate) fn new(
        publisher: &str,
        settings: TstpOut,
        left_out: Mishap,
        renamed: Mishap,
    ) -> Result<Outgoing, String> {
        let series = settings.series()?;
        let format = Format { generation: settings.generation, carriers: settings.carriers.clone() };
        Ok(Outgoing {
            publisher: publisher.to_owned(),
            series,
            format,
            limit: 0,
            plan: Plan::default(),
            batches: Vec::new(),
            waiting: Vec::new(),
            since: None,
            last_points: Vec::new(),
            point_number: 0,
            correlation: Uuid::new_v4().simple().to_string()[..16].to_owned(),
            event_number: 0,
            left_out,
            renamed,
            settings,
        })
    }

    /// From here on, `signal_index` of measurements is a row of `signals`, and the server takes messages of up to
    /// `max_payload` bytes. What waits goes out before.
    pub(crate) fn use_signals(
        &mut self,
        signals: &SignalIndexCache,
        metadata: Option<&Metadata>,
        max_payload: usize,
        now: Now,
        out: &mut Vec<Message>,
    ) {
        self.flush(now, out);
        self.limit = max_payload.min(usize::try_from(self.settings.max_event).unwrap_or(usize::MAX));
        let id_bytes = self.correlation_id().len();
        self.plan =
            Plan::new(&self.publisher, &self.settings, &self.series, self.limit, id_bytes, signals, metadata);
        let problems = std::mem::take(&mut self.plan.problems);
        if let Some(first) = problems.first() {
            self.renamed.happened(problems.len() as u64, now.instant, || first.clone());
        }
        self.batches.clear();
        self.batches.resize_with(self.plan.groups.len(), Batch::default);
        self.last_points.clear();
        self.last_points.resize(self.plan.routes.len(), 0);
    }

    /// Adds measurements. Events that are full go to `out`.
    pub(crate) fn add(&mut self, measurements: &[Measurement], now: Now, out: &mut Vec<Message>) {
        let mut left_out = 0;
        for measurement in measurements {
            let row = measurement.signal_index as usize;
            let Some(Some(route)) = self.plan.routes.get(row) else {
                left_out += 1;
                continue;
            };
            let group = route.group;
            if self.batches[group].is_empty() {
                self.waiting.push(group);
                self.since.get_or_insert(now.instant);
            }
            let reading = Reading {
                time: measurement.timestamp,
                value: measurement.value as f32,
                flags: measurement.flags.bits(),
                came: now.milliseconds,
            };
            match self.format.generation.has_named_values() {
                true => self.add_value(row, group, reading, now, out),
                false => self.add_point(row, group, reading, now, out),
            }
        }
        self.left_out.happened(left_out, now.instant, || {
            format!("{left_out} measurements of signals without a name that an event can have were left out")
        });
    }

    fn add_point(&mut self, row: usize, group: usize, reading: Reading, now: Now, out: &mut Vec<Message>) {
        let Some(Some(route)) = self.plan.routes.get(row) else { return };
        let batch = &mut self.batches[group];
        let before = (batch.points.len(), batch.point_count, batch.measurements);
        batch.add_point(&self.format, route, reading);
        if batch.points.len() > self.plan.groups[group].room && before.1 > 0 {
            let last = batch.points.split_off(before.0);
            (batch.point_count, batch.measurements) = (before.1, before.2);
            self.send(group, now, out);
            let batch = &mut self.batches[group];
            batch.points.extend_from_slice(&last);
            (batch.point_count, batch.measurements) = (1, 1);
        }
    }

    fn add_value(&mut self, row: usize, group: usize, reading: Reading, now: Now, out: &mut Vec<Message>) {
        // Half an event for one point, so that a value more does not make it too large.
        let room = self.plan.groups[group].room / 2;
        if !self.batches[group].takes(reading.time, self.last_points[row], room) {
            self.close(group, now, out);
            self.point_number += 1;
            self.batches[group].open(&self.format, reading.time, reading.came, self.point_number);
        }
        if let Some(Some(route)) = self.plan.routes.get(row) {
            self.last_points[row] = self.batches[group].add_value(&self.format, route, reading);
        }
    }

    /// Completes the open point of a group. If the event would be too large with it, it is sent without.
    fn close(&mut self, group: usize, now: Now, out: &mut Vec<Message>) {
        let batch = &mut self.batches[group];
        let before = (batch.points.len(), batch.point_count, batch.measurements);
        batch.close(&self.format);
        if batch.points.len() > self.plan.groups[group].room && before.1 > 0 {
            let last = batch.points.split_off(before.0);
            let measurements = batch.measurements - before.2;
            (batch.point_count, batch.measurements) = (before.1, before.2);
            self.send(group, now, out);
            let batch = &mut self.batches[group];
            batch.points.extend_from_slice(&last);
            (batch.point_count, batch.measurements) = (1, measurements);
        }
    }

    /// When what waits is to go out, if anything waits.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.since.map(|since| since + self.settings.interval)
    }

    /// Sends all that waits.
    pub(crate) fn flush(&mut self, now: Now, out: &mut Vec<Message>) {
        self.since = None;
        for group in std::mem::take(&mut self.waiting) {
            self.close(group, now, out);
            self.send(group, now, out);
        }
    }

    /// Makes an event of the complete points of a group.
    fn send(&mut self, group: usize, now: Now, out: &mut Vec<Message>) {
        if self.batches[group].point_count == 0 {
            return;
        }
        let correlation_id = self.correlation_id();
        self.event_number += 1;
        let batch = &mut self.batches[group];
        let names = &self.plan.groups[group];
        let mut payload = Vec::with_capacity(self.limit.min(batch.points.len() + 512));
        let timeout = i64::try_from(self.settings.timeout.as_millis()).unwrap_or(0);
        names.header(&correlation_id, now.milliseconds, timeout).put(&mut payload);
        put_long(&mut payload, batch.point_count);
        payload.extend_from_slice(&batch.points);
        put_long(&mut payload, 0);
        out.push(Message {
            subject: names.subject.clone(),
            payload,
            points: batch.point_count.unsigned_abs(),
            measurements: batch.measurements,
        });
        batch.clear();
    }

    fn correlation_id(&self) -> String {
        format!("{}-{:016x}", self.correlation, self.event_number)
    }
}
