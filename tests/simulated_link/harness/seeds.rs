//! The seeds that somebody wants to be played.

use std::env;
use std::ops::Range;

/// The seeds that the environment names, if it does: `STTP_SEED=17` means this one, `STTP_SEEDS=1000` so many, and
/// `STTP_SEEDS=1200..2400` those from 1200 to 2399.
pub(crate) fn said_seeds() -> Option<Range<u64>> {
    let one = |text: &str| text.parse().ok().map(|seed: u64| seed..seed + 1);
    let several = |text: &str| {
        let (first, end) = text.split_once("..").unwrap_or(("0", text));
        Some(first.parse().ok()?..end.parse().ok()?)
    };
    said("STTP_SEED", one).or_else(|| said("STTP_SEEDS", several))
}

fn said(name: &str, read: impl Fn(&str) -> Option<Range<u64>>) -> Option<Range<u64>> {
    let text = env::var(name).ok()?;
    Some(read(&text).unwrap_or_else(|| panic!("{name} is \"{text}\"; give a number, or 5..9 in STTP_SEEDS")))
}
