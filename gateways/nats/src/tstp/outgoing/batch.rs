//! The data points of one series that wait to be an event.

use sttp::Ticks;

use super::plan::Route;
use crate::tstp::avro::{Value, put_float, put_long, put_string};
use crate::tstp::event::{Field, Typed, put_field, put_no_content_type, put_times};
use crate::tstp::generation::Generation;
use crate::tstp::moment::Moment;
use crate::tstp::settings::Carriers;

/// A measurement on its way, without the signal.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub(super) time: Ticks,
    pub(super) value: f32,
    pub(super) flags: u32,
    /// Unix milliseconds at which it came.
    pub(super) came: i64,
}

/// How data points are written.
pub(super) struct Format {
    pub(super) generation: Generation,
    pub(super) carriers: Carriers,
}

/// Encoded data points, and in generations B and C the one that still gets values.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) points: Vec<u8>,
    pub(super) point_count: i64,
    /// Measurements in the points that are complete.
    pub(super) measurements: u64,
    open: Option<OpenPoint>,
    /// Bytes that were used for an open point, to be used again.
    spare: Vec<u8>,
}

/// Values of one time.
struct OpenPoint {
    time: Ticks,
    came: i64,
    /// Tells it from all others.
    number: u64,
    values: Vec<u8>,
    value_count: i64,
    measurements: u64,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.points.is_empty() && self.open.is_none()
    }

    /// Adds a data point of generation A.
    pub(super) fn add_point(&mut self, format: &Format, route: &Route, reading: Reading) {
        let moment = Moment::from(reading.time);
        let out = &mut self.points;
        put_times(format.generation, out, reading.came, moment.milliseconds);
        put_no_content_type(out);
        put_float(out, reading.value);
        let tag_count = route.tag_count + moment_fields(moment) + i64::from(reading.flags != 0);
        if tag_count > 0 {
            put_long(out, tag_count);
            out.extend_from_slice(&route.tags);
            put_moment(format, out, moment);
            put_flags(format, out, route, reading.flags);
        }
        put_long(out, 0);
        self.point_count += 1;
        self.measurements += 1;
    }

    /// Whether a value belongs to the open point: it is of the same time, has room, and its signal, whose value was
    /// in the point `last` most recently, has none there yet.
    pub(super) fn takes(&self, time: Ticks, last: u64, room: usize) -> bool {
        let has_room = |point: &OpenPoint| point.values.len() < room;
        self.open.as_ref().is_some_and(|point| point.time == time && point.number != last && has_room(point))
    }

    /// Begins a point of generations B and C.
    pub(super) fn open(&mut self, format: &Format, time: Ticks, came: i64, number: u64) {
        let moment = Moment::from(time);
        let mut values = std::mem::take(&mut self.spare);
        put_moment(format, &mut values, moment);
        let value_count = moment_fields(moment);
        self.open = Some(OpenPoint { time, came, number, values, value_count, measurements: 0 });
    }

    /// Adds a value to the open point, and returns the number of that point.
    pub(super) fn add_value(&mut self, format: &Format, route: &Route, reading: Reading) -> u64 {
        let Some(point) = &mut self.open else { return 0 };
        put_string(&mut point.values, &route.value);
        put_float(&mut point.values, reading.value);
        point.values.extend_from_slice(&route.tags);
        put_flags(format, &mut point.values, route, reading.flags);
        point.value_count += 1 + route.tag_count + i64::from(reading.flags != 0);
        point.measurements += 1;
        point.number
    }

    /// Completes the open point, if there is one.
    pub(super) fn close(&mut self, format: &Format) {
        let Some(mut point) = self.open.take() else { return };
        let out = &mut self.points;
        put_times(format.generation, out, point.came, Moment::from(point.time).milliseconds);
        put_long(out, point.value_count);
        out.extend_from_slice(&point.values);
        put_long(out, 0);
        self.point_count += 1;
        self.measurements += point.measurements;
        point.values.clear();
        self.spare = point.values;
    }

    /// Empties it.
    pub(super) fn clear(&mut self) {
        self.points.clear();
        self.point_count = 0;
        self.measurements = 0;
    }
}

fn moment_fields(moment: Moment) -> i64 {
    i64::from(moment.ticks != 0) + i64::from(moment.leap != 0)
}

fn put_moment(format: &Format, out: &mut Vec<u8>, moment: Moment) {
    for (name, number) in [(&format.carriers.ticks, moment.ticks), (&format.carriers.leap, moment.leap)] {
        if number != 0 {
            put_number(format, out, name, Value::Int(number));
        }
    }
}

/// Flags with the highest bit are no `int`.
fn put_flags(format: &Format, out: &mut Vec<u8>, route: &Route, flags: u32) {
    if flags != 0 {
        let value = i32::try_from(flags).map_or(Value::Long(flags.into()), Value::Int);
        put_number(format, out, &route.flags, value);
    }
}

fn put_number(format: &Format, out: &mut Vec<u8>, name: &str, value: Value<'_>) {
    put_field(format.generation, out, &Field { name, typed: Typed { content_type: None, value } });
}
