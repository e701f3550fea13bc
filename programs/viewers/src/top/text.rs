//! Numbers and words as they stand in cells.

use std::time::Duration;

use sttp::Ticks;

use crate::model::History;

/// What stands where nothing is known.
pub(super) const NOTHING: &str = "–";

/// A number with so many digits behind the point.
pub(super) fn number(value: Option<f64>, digits: usize) -> String {
    match value {
        Some(value) if value.is_finite() => format!("{value:.digits$}"),
        _ => NOTHING.to_owned(),
    }
}

/// A magnitude with its unit, in four or five digits.
pub(super) fn magnitude(value: f64, is_current: bool) -> String {
    let unit = if is_current { 'A' } else { 'V' };
    match value.abs() {
        size if !size.is_finite() => NOTHING.to_owned(),
        size if size >= 1e6 => format!("{:.3} M{unit}", value / 1e6),
        size if size >= 1e5 => format!("{:.1} k{unit}", value / 1e3),
        size if size >= 1e3 => format!("{:.2} k{unit}", value / 1e3),
        size if size >= 100.0 => format!("{value:.1} {unit}"),
        _ => format!("{value:.2} {unit}"),
    }
}

/// An angle in degrees, from -180 to 180.
pub(super) fn angle(value: f64) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let turned = (value + 180.0).rem_euclid(360.0) - 180.0;
    format!("{turned:.1}°")
}

/// A time that has passed.
pub(super) fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..100 => format!("{seconds} s"),
        seconds @ 100..6_000 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

/// A count, with commas.
pub(super) fn count(value: f64) -> String {
    let digits = format!("{:.0}", value.max(0.0));
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes of a second.
pub(super) fn rate_of_bytes(bytes: f64) -> String {
    match bytes * 8.0 {
        bits if bits >= 1e6 => format!("{:.1} Mbit/s", bits / 1e6),
        bits => format!("{:.0} kbit/s", bits / 1e3),
    }
}

/// Hours, minutes and seconds of a time, UTC.
pub(super) fn clock(time: Ticks) -> String {
    let seconds = time.date().3 / Ticks::PER_SECOND;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// A sparkline does not magnify less than this, in hertz: noise is to look like noise.
const LEAST_SPAN: f32 = 0.02;

/// The frequency of the last seconds, a character each.
pub(super) fn sparkline(history: &History, width: usize) -> String {
    let known = || history.last(width).map(|point| point.frequency).filter(|value| value.is_finite());
    let least = known().fold(f32::INFINITY, f32::min);
    let most = known().fold(f32::NEG_INFINITY, f32::max);
    let span = (most - least).max(LEAST_SPAN);
    let bottom = (least + most - span) / 2.0;
    let missing = width - history.last(width).len();
    let bars = history.last(width).map(|point| match point.frequency {
        value if value.is_finite() => BARS[(((value - bottom) / span * 8.0) as usize).min(7)],
        _ => ' ',
    });
    std::iter::repeat_n(' ', missing).chain(bars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Point;

    #[test]
    fn numbers_fit_into_cells() {
        assert_eq!(number(Some(59.99996), 4), "60.0000");
        assert_eq!([number(None, 2), number(Some(f64::NAN), 2)], [NOTHING, NOTHING]);
        let magnitudes = [230_000.0, 23_123.4, 1_234.5, 123.4, 1.5].map(|value| magnitude(value, false));
        assert_eq!(magnitudes, ["230.0 kV", "23.12 kV", "1.23 kV", "123.4 V", "1.50 V"]);
        assert_eq!([0.0, 190.0, -181.0, 540.0].map(angle), ["0.0°", "-170.0°", "179.0°", "-180.0°"]);
        assert_eq!(
            [5, 99, 120, 7_200].map(|s| span(Duration::from_secs(s))),
            ["5 s", "99 s", "2 min", "2 h"]
        );
        assert_eq!([0.0, 999.6, 1_234_567.0].map(count), ["0", "1,000", "1,234,567"]);
    }

    #[test]
    fn sparklines_show_what_moves() {
        let mut history = History::default();
        for frequency in [59.9, 59.99, f32::NAN, 60.1] {
            history.push(Point { frequency, ..Point::NOTHING }, 10);
        }
        assert_eq!(sparkline(&history, 6), "  ▁▄ █");
        let mut quiet = History::default();
        for frequency in [60.0, 60.001] {
            quiet.push(Point { frequency, ..Point::NOTHING }, 10);
        }
        assert_eq!(sparkline(&quiet, 2), "▄▅");
        assert_eq!(sparkline(&History::default(), 3), "   ");
    }
}
