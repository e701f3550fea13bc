//! What the values, tags and names of data points mean as measurements.

use std::collections::{HashMap, HashSet};

use sttp::{StateFlags, Ticks, Uuid};

use crate::tstp::avro::Value;
use crate::tstp::event::{Field, Point, Typed};
use crate::tstp::moment::Moment;
use crate::tstp::settings::{Carriers, TstpIn};

/// The tags that tell the ID and the type of a signal.
const SIGNAL_ID: &str = "signalID";
const SIGNAL_TYPE: &str = "signalType";

/// What a value is as a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// The number, and whether 32-bit floating point has it as it is.
    Of {
        value: f64,
        is_exact: bool,
    },
    /// A text, or bytes, that are none; or no value.
    Text,
    Bytes,
    Null,
}

impl Number {
    pub(crate) fn of(typed: Typed<'_>, in_texts: bool) -> Number {
        let exact = |value: f64| Number::Of { value, is_exact: true };
        match typed.value {
            Value::Boolean(value) => exact(value.into()),
            Value::Int(value) => Number::of_integer(value.into()),
            Value::Long(value) => Number::of_integer(value),
            Value::Float(value) => exact(value.into()),
            Value::Double(value) => Number::of_double(value),
            Value::String(text) if in_texts && typed.content_type.is_none() => match read_number(text) {
                Some(value) => Number::of_double(value),
                None => Number::Text,
            },
            Value::String(_) => Number::Text,
            Value::Bytes(_) => Number::Bytes,
            Value::Null => Number::Null,
        }
    }

    fn of_integer(value: i64) -> Number {
        let single = value as f32;
        Number::Of { value: single.into(), is_exact: single as i128 == i128::from(value) }
    }

    fn of_double(value: f64) -> Number {
        Number::Of { value, is_exact: value.is_nan() || f64::from(value as f32) == value }
    }
}

/// A finite number in the usual notation, and nothing else.
fn read_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_usual = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    let value: f64 = text.bytes().all(is_usual).then(|| text.parse().ok())??;
    value.is_finite().then_some(value)
}

/// A value of a data point with what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample<'a> {
    /// The name of the value; empty in generation A.
    pub(crate) name: &'a str,
    pub(crate) number: Number,
    pub(crate) flags: StateFlags,
    /// The ID that the transmitter wants for the signal.
    pub(crate) signal_id: Option<Uuid>,
    /// What the signal is, as the transmitter says.
    pub(crate) signal_type: Option<&'a str>,
}

impl<'a> Sample<'a> {
    fn new(name: &'a str, number: Number) -> Sample<'a> {
        Sample { name, number, flags: StateFlags::empty(), signal_id: None, signal_type: None }
    }

    /// Takes what a tag says of the signal, if it is one that does.
    fn read_tag(&mut self, tag: &str, field: &Field<'a>) -> bool {
        let Value::String(text) = field.typed.value else { return false };
        match tag {
            SIGNAL_ID => self.signal_id = Uuid::try_parse(text).ok(),
            SIGNAL_TYPE => self.signal_type = Some(text).filter(|text| !text.is_empty()),
            _ => return false,
        }
        tag != SIGNAL_ID || self.signal_id.is_some()
    }
}

/// Takes data points apart. What it was taken apart into is used again for the next.
pub(super) struct Parts<'a> {
    pub(super) samples: Vec<Sample<'a>>,
    /// `None` when there are no such ticks.
    pub(super) time: Option<Ticks>,
    /// Tags that mean nothing here.
    pub(super) unused_tags: u64,
}

impl<'a> Parts<'a> {
    pub(super) fn new() -> Parts<'a> {
        Parts { samples: Vec::new(), time: None, unused_tags: 0 }
    }

    /// Takes a data point apart.
    pub(super) fn read(&mut self, settings: &TstpIn, point: &Point<'a>, fields: &[Field<'a>]) {
        self.samples.clear();
        self.unused_tags = 0;
        let mut moment = Moment { milliseconds: point.timestamp, ticks: 0, leap: 0 };
        match point.value {
            Some(typed) => self.read_tags(settings, typed, fields, &mut moment),
            None => self.read_values(settings, fields, &mut moment),
        }
        self.time = moment.time();
    }

    /// Generation A: one value, and tags.
    fn read_tags(&mut self, settings: &TstpIn, typed: Typed<'a>, fields: &[Field<'a>], moment: &mut Moment) {
        let number = Number::of(typed, settings.numbers_in_texts);
        let mut sample = Sample::new("", number);
        for field in fields {
            let is_used = is_moment(&settings.carriers, field, moment)
                || (field.name == settings.carriers.flags && read_flags(field, &mut sample.flags))
                || sample.read_tag(field.name, field);
            self.unused_tags += u64::from(!is_used);
        }
        self.samples.push(sample);
    }

    /// Generations B and C: named values. One whose name is that of another, a dot and that of the carrier tells the
    /// other's flags.
    fn read_values(&mut self, settings: &TstpIn, fields: &[Field<'a>], moment: &mut Moment) {
        let mut beside = Vec::new();
        for field in fields {
            if is_moment(&settings.carriers, field, moment) {
                continue;
            }
            // Few have a dot in their name; only those can be beside another.
            if let Some((name, what)) = field.name.rsplit_once('.') {
                beside.push((name, what, *field));
                continue;
            }
            self.push_value(settings, field);
        }
        if beside.is_empty() {
            return;
        }
        // Those with a dot can be beside values with a dot themselves.
        let names: HashSet<&str> = fields.iter().map(|field| field.name).collect();
        let (beside, values): (Vec<_>, Vec<_>) = beside
            .into_iter()
            .partition(|(name, what, field)| names.contains(name) && is_beside(settings, what, field));
        values.iter().for_each(|(_, _, field)| self.push_value(settings, field));
        let places: HashMap<&str, usize> =
            self.samples.iter().enumerate().map(|(place, sample)| (sample.name, place)).collect();
        for (name, what, field) in beside {
            let Some(sample) = places.get(name).and_then(|place| self.samples.get_mut(*place)) else {
                self.unused_tags += 1;
                continue;
            };
            let is_used = match what == settings.carriers.flags {
                true => read_flags(&field, &mut sample.flags),
                false => sample.read_tag(what, &field),
            };
            self.unused_tags += u64::from(!is_used);
        }
    }

    fn push_value(&mut self, settings: &TstpIn, field: &Field<'a>) {
        let number = Number::of(field.typed, settings.numbers_in_texts);
        self.samples.push(Sample::new(field.name, number));
    }
}

/// Whether a field behind the name of another one and a dot tells something of it: flags as a number, or a text.
fn is_beside(settings: &TstpIn, what: &str, field: &Field<'_>) -> bool {
    match field.typed.value {
        Value::String(_) => true,
        Value::Int(_) | Value::Long(_) => {
            what == settings.carriers.flags && read_flags(field, &mut StateFlags::empty())
        }
        _ => false,
    }
}

fn integer(field: &Field<'_>) -> Option<i64> {
    match field.typed.value {
        Value::Int(value) => Some(value.into()),
        Value::Long(value) => Some(value),
        _ => None,
    }
}

/// Reads ticks or leap seconds, if the field is those.
fn is_moment(carriers: &Carriers, field: &Field<'_>, moment: &mut Moment) -> bool {
    let read = |of: fn(i64) -> Option<i32>| integer(field).and_then(of);
    if field.name == carriers.ticks {
        return read(Moment::ticks_of).inspect(|ticks| moment.ticks = *ticks).is_some();
    }
    field.name == carriers.leap && read(Moment::leap_of).inspect(|leap| moment.leap = *leap).is_some()
}

fn read_flags(field: &Field<'_>, flags: &mut StateFlags) -> bool {
    let bits = integer(field).and_then(|bits| u32::try_from(bits).ok());
    bits.inspect(|bits| *flags = StateFlags::from_bits_retain(*bits)).is_some()
}
