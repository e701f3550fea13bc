//! Types that fields of the settings can have.

use std::time::Duration;

use super::values::{from_milliseconds, milliseconds_of};
use crate::wire::Version;

/// Types that a number of the table can have.
pub(super) trait Number: Copy {
    fn to_number(self) -> i64;
    /// Nothing when it does not hold the number.
    fn from_number(number: i64) -> Option<Self>;
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Number for $type {
            fn to_number(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }

            fn from_number(number: i64) -> Option<$type> {
                number.try_into().ok()
            }
        }
    )*};
}

numbers!(u8, u16, u32, i32, usize);

/// A time that is written as a number of milliseconds.
impl Number for Duration {
    fn to_number(self) -> i64 {
        milliseconds_of(self)
    }

    fn from_number(number: i64) -> Option<Duration> {
        Some(from_milliseconds(number))
    }
}

/// Types that a time of the table can have.
pub(super) trait Time: Copy {
    fn to_time(self) -> Duration;
    fn from_time(time: Duration) -> Self;
}

impl Time for Duration {
    fn to_time(self) -> Duration {
        self
    }

    fn from_time(time: Duration) -> Duration {
        time
    }
}

/// Zero is none.
impl Time for Option<Duration> {
    fn to_time(self) -> Duration {
        self.unwrap_or_default()
    }

    fn from_time(time: Duration) -> Option<Duration> {
        Some(time).filter(|time| !time.is_zero())
    }
}

/// Types that a text of the table can have.
pub(super) trait Words {
    fn to_words(&self) -> String;
    fn from_words(text: &str) -> Self;
}

impl Words for String {
    fn to_words(&self) -> String {
        self.clone()
    }

    fn from_words(text: &str) -> String {
        text.to_owned()
    }
}

/// An empty text is none.
impl Words for Option<String> {
    fn to_words(&self) -> String {
        self.clone().unwrap_or_default()
    }

    fn from_words(text: &str) -> Option<String> {
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }
}

/// A protocol version.
impl Number for Version {
    fn to_number(self) -> i64 {
        i64::from(self as u32)
    }

    fn from_number(number: i64) -> Option<Version> {
        Version::from_number(number.try_into().ok()?)
    }
}

/// The words of a choice, without their values.
pub(super) const fn words_of<T, const N: usize>(choice: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut number = 0;
    while number < N {
        words[number] = choice[number].0;
        number += 1;
    }
    words
}
