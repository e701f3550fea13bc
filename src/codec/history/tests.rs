//! Recording and reading back, against a plain list of measurements.

use proptest::prelude::*;

use super::*;
use crate::time_expression::TimeWindow;

const NO_LIMITS: HistoryLimits = HistoryLimits { duration: Duration::from_secs(1 << 30), bytes: 1 << 30 };

fn signals(rows: std::ops::Range<u128>) -> Vec<Uuid> {
    rows.map(|number| Uuid::from_u128(1 + number)).collect()
}

fn measurement(ticks: i64, row: u32, value: u32) -> RawMeasurement {
    RawMeasurement { ticks, row, flags: value & 3, value_bits: value }
}

/// Frames of `rows` signals each, with times 100, 200 and so on.
fn frames(rows: u32, numbers: std::ops::Range<i64>) -> Vec<RawMeasurement> {
    let frame = |number: i64| (0..rows).map(move |row| measurement(number * 100, row, number as u32 * 7));
    numbers.flat_map(frame).collect()
}

fn window(start: i64, stop: i64) -> TimeWindow {
    TimeWindow { start: Ticks(start), stop: Ticks(stop) }
}

fn read_all(history: &mut History, window: TimeWindow, wanted: &[Uuid]) -> Vec<RawMeasurement> {
    let mut reader = HistoryReader::new(history, window, wanted.iter().copied());
    let mut out = Vec::new();
    while reader.read(history, &mut out) {}
    assert_eq!(reader.missed(), 0);
    out
}

/// The wanted ones of `all`, with rows that are positions in `rows`.
fn expected(all: &[RawMeasurement], window: TimeWindow, rows: &[u32]) -> Vec<RawMeasurement> {
    let position = |row| rows.iter().position(|wanted| *wanted == row);
    let in_window = all.iter().filter(|measurement| window.contains(Ticks(measurement.ticks)));
    let wanted = |measurement: &RawMeasurement| {
        position(measurement.row).map(|row| RawMeasurement { row: row as u32, ..*measurement })
    };
    in_window.filter_map(wanted).collect()
}

#[test]
fn a_window_gives_back_exactly_what_lies_in_it() {
    let now = Instant::now();
    let mut history = History::new(NO_LIMITS, signals(0..20));
    let all = frames(20, 1..20_000);
    for batch in all.chunks(977) {
        history.record(batch, now);
    }
    assert!(history.segments.len() > 3);
    assert_eq!(history.extent().measurements, all.len() as u64);
    assert_eq!(history.extent().earliest, Ticks(100));
    assert_eq!(history.extent().latest, Ticks(1_999_900));
    let rows = [7, 19, 0];
    let wanted: Vec<Uuid> = rows.iter().map(|row| history.recorder.signals[*row as usize]).collect();
    for (start, stop) in [
        (0, i64::MAX >> 2),
        (100, 100),
        (101, 199),
        (150_000, 900_000),
        (1_999_900, 1_999_900),
        (1_999_901, 3_000_000),
        (0, 99),
    ] {
        let window = window(start, stop);
        let read = read_all(&mut history, window, &wanted);
        assert_eq!(read, expected(&all, window, &rows), "{start} to {stop}");
    }
}

#[test]
fn what_follows_a_window_in_its_segment_is_not_decoded() {
    let now = Instant::now();
    let mut history = History::new(NO_LIMITS, signals(0..20));
    for batch in frames(20, 1..20_000).chunks(20) {
        history.record(batch, now);
    }
    let wanted = signals(0..20);
    for (start, stop, blocks) in [(0, 99, 0), (0, 100, 1)] {
        let mut reader = HistoryReader::new(&history, window(start, stop), wanted.iter().copied());
        let (mut out, mut read) = (Vec::new(), 0);
        while reader.read(&mut history, &mut out) {
            read += 1;
        }
        assert_eq!(read, blocks, "{start} to {stop}");
    }
}

#[test]
fn what_is_recorded_meanwhile_is_read_too() {
    let now = Instant::now();
    let mut history = History::new(NO_LIMITS, signals(0..5));
    let all = frames(5, 1..9_000);
    let wanted = signals(0..5);
    let mut reader = HistoryReader::new(&history, window(0, 1_000_000), wanted.iter().copied());
    let mut out = Vec::new();
    for batch in all.chunks(700) {
        history.record(batch, now);
        while reader.read(&mut history, &mut out) {}
    }
    assert_eq!(out, all);
}

#[test]
fn segments_skipped_while_open_are_read_once_they_meet_the_window() {
    let now = Instant::now();
    let mut history = History::new(NO_LIMITS, signals(0..1));
    let wanted = signals(0..1);
    let mut reader = HistoryReader::new(&history, window(300, 300), wanted.iter().copied());
    let mut out = Vec::new();
    for number in 1..10 {
        history.record(&frames(1, number..number + 1), now);
        while reader.read(&mut history, &mut out) {}
    }
    assert_eq!(out, frames(1, 3..4));
}

#[test]
fn times_out_of_order_keep_the_order_of_publishing() {
    let now = Instant::now();
    let mut history = History::new(NO_LIMITS, signals(0..3));
    let mut all = frames(3, 1..3_000);
    all.chunks_mut(10).for_each(<[_]>::reverse);
    history.record(&all, now);
    let window = window(5_000, 250_000);
    assert_eq!(read_all(&mut history, window, &signals(0..3)), expected(&all, window, &[0, 1, 2]));
}

#[test]
fn the_limit_in_bytes_is_kept_and_readers_count_what_they_missed() {
    let now = Instant::now();
    let limits = HistoryLimits { bytes: 0, ..NO_LIMITS };
    let mut history = History::new(limits, signals(0..10));
    let noise = |number: i64| {
        let value = (number as u32).wrapping_mul(0x9E37_79B9);
        measurement(number * 10, number as u32 % 10, value ^ value >> 15)
    };
    history.record(&(0..1_000).map(noise).collect::<Vec<_>>(), now);
    let wanted = signals(0..10);
    let mut reader = HistoryReader::new(&history, window(0, i64::MAX >> 2), wanted.iter().copied());
    let mut out = Vec::new();
    assert!(reader.read(&mut history, &mut out));
    assert_eq!(out.len(), 1_000);
    for start in (1_000..1_000_000).step_by(1_000) {
        history.record(&(start..start + 1_000).map(noise).collect::<Vec<_>>(), now);
        assert!(history.bytes <= SMALLEST_LIMIT + SMALLEST_LIMIT / 4, "{}", history.bytes);
    }
    let segments: usize = history.segments.iter().map(Segment::size).sum();
    assert_eq!(history.bytes, segments + table_size(&history.recorder.signals));
    out.clear();
    while reader.read(&mut history, &mut out) {}
    assert_eq!(out.len() as u64, history.extent().measurements);
    assert_eq!(reader.missed() + history.extent().measurements, 1_000_000);
    assert_eq!(out.last(), Some(&noise(999_999)));
}

#[test]
fn what_is_too_old_is_dropped() {
    let start = Instant::now();
    let limits = HistoryLimits { duration: Duration::from_secs(80), bytes: 1 << 30 };
    let mut history = History::new(limits, signals(0..1));
    for second in 0..1_000 {
        let now = start + Duration::from_secs(second);
        history.record(&[measurement(second as i64, 0, second as u32)], now);
        let kept = read_all(&mut history, window(0, 2_000), &signals(0..1));
        assert_eq!(kept.last().map(|last| last.ticks), Some(second as i64));
        let oldest = second.saturating_sub(80);
        let youngest_allowed = oldest.saturating_sub(11) as i64..=oldest as i64;
        assert!(youngest_allowed.contains(&kept[0].ticks), "{second}: {:?}", kept[0]);
    }
    // After a pause everything before it is too old.
    history.record(&[measurement(5_000, 0, 1)], start + Duration::from_secs(5_000));
    assert_eq!(history.extent().measurements, 1);
    assert_eq!(history.extent().dropped, Ticks(999));
}

#[test]
fn rows_may_stand_for_other_signals_later() {
    let now = Instant::now();
    let mut history = History::new(NO_LIMITS, signals(0..10));
    history.record(&frames(10, 1..3), now);
    history.set_signals(signals(0..10));
    assert_eq!(history.segments.len(), 1, "the same signals change nothing");
    // Signals 5 to 14 are rows 0 to 9 now.
    history.set_signals(signals(5..15));
    history.record(&frames(12, 3..4), now);
    history.set_signals(signals(0..2));
    history.record(&frames(3, 4..5), now);

    let read = |history: &mut History, signal: u128| -> Vec<i64> {
        let all = read_all(history, window(0, 1_000), &signals(signal..signal + 1));
        all.iter().map(|measurement| measurement.ticks).collect()
    };
    assert_eq!(read(&mut history, 1), [100, 200, 400]);
    assert_eq!(read(&mut history, 7), [100, 200, 300]);
    assert_eq!(read(&mut history, 14), [300]);
    assert_eq!(read(&mut history, 15), [0_i64; 0]);
    let mut both = signals(14..15);
    both.extend(signals(7..8));
    let rows: Vec<u32> =
        read_all(&mut history, window(0, 1_000), &both).iter().map(|measurement| measurement.row).collect();
    assert_eq!(rows, [1, 1, 1, 0]);
    let tables: usize = [10, 10, 2].iter().map(|count| count * size_of::<Uuid>()).sum();
    let segments: usize = history.segments.iter().map(Segment::size).sum();
    assert_eq!(history.bytes, segments + tables);
}

#[test]
fn a_reader_goes_on_when_the_signals_change() {
    let now = Instant::now();
    let mut history = History::new(NO_LIMITS, signals(0..2));
    history.record(&frames(2, 1..3), now);
    let mut reader = HistoryReader::new(&history, window(0, 1_000), signals(1..2).into_iter());
    let mut out = Vec::new();
    while reader.read(&mut history, &mut out) {}
    history.set_signals(signals(1..3));
    history.record(&frames(2, 3..4), now);
    while reader.read(&mut history, &mut out) {}
    let times: Vec<i64> = out.iter().map(|measurement| measurement.ticks).collect();
    assert_eq!(times, [100, 200, 300]);
}

#[test]
fn leap_seconds_belong_to_the_second_before() {
    let now = Instant::now();
    let mut history = History::new(NO_LIMITS, signals(0..1));
    let marked = measurement(500 | Ticks::LEAP_SECOND, 0, 1);
    history.record(&[marked], now);
    assert_eq!(history.extent().latest, Ticks(500));
    assert_eq!(read_all(&mut history, window(500, 500), &signals(0..1)), [marked]);
    assert_eq!(read_all(&mut history, window(501, 600), &signals(0..1)), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_measurements_come_back(
        batches in prop::collection::vec(
            prop::collection::vec((any::<i64>(), 0u32..8, any::<u32>(), any::<u32>()), 0..400), 0..40),
        start in any::<i64>(),
        stop in any::<i64>(),
    ) {
        let now = Instant::now();
        let mut history = History::new(NO_LIMITS, signals(0..6));
        let mut all = Vec::new();
        for batch in batches {
            let batch: Vec<_> = batch
                .into_iter()
                .map(|(ticks, row, flags, value_bits)| RawMeasurement { ticks, row, flags, value_bits })
                .collect();
            history.record(&batch, now);
            all.extend(batch);
        }
        let window = window(start, stop);
        let rows = [5, 0, 3];
        let wanted: Vec<Uuid> = rows.iter().map(|row| history.recorder.signals[*row as usize]).collect();
        prop_assert_eq!(read_all(&mut history, window, &wanted), expected(&all, window, &rows));
    }
}
