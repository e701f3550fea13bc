//! Counters, each stated once: in the table of the records that have it.
//!
//! From a table come the records with their documents, the sum of several, the list that tools and
//! metrics go through, and the structs of the C API. A new counter is a new row at the end of its
//! table, and the places that count. Programs that were compiled with fewer rows go on.

use std::ffi::CStr;

use crate::Ticks;

/// A counter of a record: what it is called, and what it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    pub(crate) name: &'static CStr,
    pub(crate) unit: &'static CStr,
    pub(crate) document: &'static CStr,
    /// What it counts towards.
    pub kind: CounterKind,
    /// How it is kept.
    pub value_type: CounterType,
    /// Bytes from the beginning of the record.
    pub offset: usize,
}

/// What becomes of a counter in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterKind {
    /// It only grows.
    Total,
    /// It is as it is now.
    Gauge,
}

/// How a counter is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterType {
    /// As `u64`.
    Integer,
    /// As `f64`.
    Number,
    /// As [`Ticks`].
    Time,
}

/// What a counter says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CounterValue {
    /// A number of things.
    Integer(u64),
    /// A rate.
    Number(f64),
    /// A time.
    Time(Ticks),
}

impl Counter {
    /// Its name: that of the record's field.
    pub fn name(&self) -> &'static str {
        self.name.to_str().unwrap_or_default()
    }

    /// What it is a number of, as `bytes`.
    pub fn unit(&self) -> &'static str {
        self.unit.to_str().unwrap_or_default()
    }

    /// What it tells, in a sentence or two.
    pub fn document(&self) -> &'static str {
        self.document.to_str().unwrap_or_default()
    }
}

/// A text of a table, which ends with a NUL, from its byte `start` on. The compiler runs this.
pub(crate) const fn text(text: &'static str, start: usize) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes().split_at(start).1) {
        Ok(text) => text,
        Err(_) => panic!("the text has no NUL at its end, or one before"),
    }
}

/// What can be kept in a record of counters.
pub(crate) trait Countable: Copy {
    const TYPE: CounterType;
    fn value(self) -> CounterValue;
}

impl Countable for u64 {
    const TYPE: CounterType = CounterType::Integer;
    fn value(self) -> CounterValue {
        CounterValue::Integer(self)
    }
}

impl Countable for f64 {
    const TYPE: CounterType = CounterType::Number;
    fn value(self) -> CounterValue {
        CounterValue::Number(self)
    }
}

impl Countable for Ticks {
    const TYPE: CounterType = CounterType::Time;
    fn value(self) -> CounterValue {
        CounterValue::Time(self)
    }
}

/// Makes a record of its table: rows of a document, a name, a type, a kind and a unit.
macro_rules! counter_record {
    (
        $(#[doc = $about:literal])+
        pub struct $record:ident {
            $($(#[doc = $document:literal])+ $field:ident: $type:ty, $kind:ident, $unit:literal;)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Default)]
        #[non_exhaustive]
        #[repr(C)]
        pub struct $record {
            $($(#[doc = $document])+ pub $field: $type,)+
        }

        impl $record {
            /// What the record is about.
            pub const DOCUMENT: &'static str = concat!($($about),+);

            /// The counters, in the order of the fields.
            pub const COUNTERS: &'static [$crate::counters::Counter] = &[$(
                $crate::counters::Counter {
                    name: $crate::counters::text(concat!(stringify!($field), "\0"), 0),
                    unit: $crate::counters::text(concat!($unit, "\0"), 0),
                    // Lines of documents begin with a space.
                    document: $crate::counters::text(concat!($($document,)+ "\0"), 1),
                    kind: $crate::counters::CounterKind::$kind,
                    value_type: <$type as $crate::counters::Countable>::TYPE,
                    offset: std::mem::offset_of!($record, $field),
                },
            )+];

            /// Each counter, and what it says.
            pub fn values(
                &self,
            ) -> impl Iterator<Item = (&'static $crate::counters::Counter, $crate::counters::CounterValue)> {
                Self::COUNTERS.iter().zip([$($crate::counters::Countable::value(self.$field)),+])
            }
        }
    };
}

pub(crate) use counter_record;

#[cfg(test)]
#[allow(unreachable_pub, reason = "records are public")]
mod tests {
    use super::*;

    counter_record! {
        /// Something.
        pub struct Sample {
            /// Things that were
            /// seen.
            seen: u64, Total, "things";
            /// When the latest was seen.
            latest: Ticks, Gauge, "ticks";
            /// Things per second.
            pace: f64, Gauge, "things per second";
        }
    }

    #[test]
    fn a_table_makes_a_record_and_its_list() {
        let sample = Sample { seen: 7, latest: Ticks(5), pace: 0.5 };
        let values: Vec<(&str, &str, CounterValue)> =
            sample.values().map(|(counter, value)| (counter.name(), counter.unit(), value)).collect();
        assert_eq!(
            values,
            [
                ("seen", "things", CounterValue::Integer(7)),
                ("latest", "ticks", CounterValue::Time(Ticks(5))),
                ("pace", "things per second", CounterValue::Number(0.5)),
            ]
        );
        let [seen, latest, pace] = Sample::COUNTERS else { panic!("three counters") };
        assert_eq!(seen.document(), "Things that were seen.");
        assert_eq!((seen.kind, pace.kind), (CounterKind::Total, CounterKind::Gauge));
        assert_eq!((seen.offset, latest.offset, pace.offset), (0, 8, 16));
        assert_eq!(Sample::DOCUMENT.trim(), "Something.");
    }
}
