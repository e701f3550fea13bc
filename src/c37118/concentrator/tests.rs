mod configuration;

use super::super::configuration::{Format, Name, PhasorScale, sample};
use super::super::mapping::{FlagValue, Input, Mapping};
use super::super::{Frame, FrameTime, NominalFrequency, PhasorBits, Real, TimeBase};
use super::*;
use crate::StateFlags;
use crate::metadata::{DataSet, Limits};

/// A device, and the concentrator that gets its measurements.
struct Bench {
    device: Configuration,
    layout: DataLayout,
    mapping: Mapping,
    metadata: Metadata,
    now: Moment,
}

/// Two clocks at the beginning of a second.
fn start() -> Moment {
    Moment { instant: Instant::now(), utc: "2026-01-01T00:00:00Z".parse().unwrap() }
}

fn later(now: Moment, milliseconds: u64) -> Moment {
    now + Duration::from_millis(milliseconds)
}

fn input(configuration: &Configuration) -> Input {
    Input {
        name: "PDC".into(),
        device_prefix: String::new(),
        company: "GPA".into(),
        vendor: String::new(),
        configuration: Arc::new(configuration.clone()),
    }
}

impl Bench {
    fn new(device: Configuration) -> Bench {
        let mapping = Mapping::new(vec![input(&device)]).unwrap();
        let data_set = mapping.data_set("PMU", Ticks::UNIX_EPOCH).unwrap();
        // As subscribers get it.
        let metadata = Metadata::new(DataSet::from_xml(&data_set.to_xml(), &Limits::default()).unwrap());
        Bench { layout: DataLayout::new(&device).unwrap(), device, mapping, metadata, now: start() }
    }

    /// A stream like that of the device.
    fn settings(&self) -> StreamSettings {
        StreamSettings {
            id_code: self.device.id_code,
            version: self.device.version,
            data_rate: self.device.data_rate,
            time_base: self.device.time_base,
            lag: Duration::from_millis(500),
            lead: Duration::from_millis(500),
            ..StreamSettings::default()
        }
    }

    /// A concentrator whose rows are those of the mapping.
    fn concentrator(&self, settings: StreamSettings) -> Concentrator {
        let mut concentrator = Concentrator::new(settings, &self.metadata, self.now).unwrap();
        concentrator.set_rows(&self.mapping.signal_ids());
        concentrator
    }

    /// The time of frame number `index` from the start on.
    fn time(&self, index: i64, quality: u8) -> FrameTime {
        let grid = Grid::new(self.device.data_rate).unwrap();
        let (mut place, _) = grid.place(self.now.utc).unwrap();
        (0..index).for_each(|_| place = grid.after(place));
        grid.time(place, self.device.time_base, quality)
    }

    fn frame(&self, time: FrameTime, values: &[PmuValues]) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.layout.encode(&mut bytes, time, values).unwrap();
        bytes
    }

    /// The measurements of a frame, as a subscriber gets them.
    fn measurements(&self, frame: &[u8]) -> Vec<Measurement> {
        let mut values = Vec::new();
        let frame = Frame::decode(frame).unwrap();
        let time = self.mapping.read(0, &self.layout.decode(&frame).unwrap(), &mut values).unwrap();
        let measurement = |value: &super::super::mapping::MappedValue| Measurement {
            signal_id: Uuid::nil(),
            timestamp: time,
            value: f64::from(value.value as f32),
            flags: value.flags,
            signal_index: value.row,
        };
        values.iter().map(measurement).collect()
    }

    fn values(&self, bytes: &[u8]) -> (FrameTime, Vec<PmuValues>) {
        let frame = Frame::decode(bytes).unwrap();
        (frame.time, self.layout.decode(&frame).unwrap().pmus().map(|pmu| pmu.values()).collect())
    }
}

/// Plausible values that differ with `seed`.
fn some_values(device: &Configuration, seed: u16) -> Vec<PmuValues> {
    let mut state = u32::from(seed).wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as u16
    };
    let mut values: Vec<_> = device.pmus.iter().map(PmuValues::absent).collect();
    for (values, pmu) in values.iter_mut().zip(&device.pmus) {
        values.status.0 = next();
        for phasor in &mut values.phasors {
            let (magnitude, angle) = (f32::from(next()) + 0.5, f32::from(next()) / 65_536.0 * 6.0 - 3.0);
            *phasor = match phasor {
                PhasorBits::RectangularInteger(..) => PhasorBits::RectangularInteger(
                    next().cast_signed().max(-32_767),
                    next().cast_signed().max(-32_767),
                ),
                PhasorBits::PolarInteger(..) => PhasorBits::PolarInteger(next().max(1), (angle * 1e4) as i16),
                PhasorBits::PolarFloat(..) => PhasorBits::PolarFloat(magnitude, angle),
                PhasorBits::RectangularFloat(..) => {
                    PhasorBits::RectangularFloat(magnitude * angle.cos(), magnitude * angle.sin())
                }
            };
        }
        let nominal = pmu.nominal_frequency.hertz() as f32;
        let offset = f32::from(next() % 1000) / 1000.0;
        match pmu.format.has(Format::FLOAT_FREQUENCY) {
            true => {
                (values.frequency, values.rate_of_change) =
                    (Real::Float(nominal + offset), Real::Float(offset))
            }
            false => {
                values.frequency = Real::Integer((next() % 4000).cast_signed() - 2000);
                values.rate_of_change = Real::Integer((next() % 4000).cast_signed() - 2000);
            }
        }
        for analog in &mut values.analogs {
            *analog = match pmu.format.has(Format::FLOAT_ANALOGS) {
                true => Real::Float(f32::from(next()) / 7.0),
                false => Real::Integer(next().cast_signed().max(-32_767)),
            };
        }
        values.digitals.iter_mut().for_each(|word| *word = next());
    }
    values
}

fn close(one: f32, two: f32, of: f32) -> bool {
    (one - two).abs() <= of.abs() * 1e-6
}

/// Integers are equal bit by bit; floats of phasors to a millionth of the magnitude or of a radian, all other
/// floats bit by bit.
fn assert_same(made: &PmuValues, sent: &PmuValues) {
    let without_phasors = |values: &PmuValues| PmuValues { phasors: Vec::new(), ..values.clone() };
    assert_eq!(without_phasors(made), without_phasors(sent));
    for (made, sent) in made.phasors.iter().zip(&sent.phasors) {
        let is_same = match (*made, *sent) {
            (PhasorBits::PolarFloat(m1, a1), PhasorBits::PolarFloat(m2, a2)) => {
                m1 == m2 && close(a1, a2, 1.0)
            }
            (PhasorBits::RectangularFloat(r1, i1), PhasorBits::RectangularFloat(r2, i2)) => {
                close(r1, r2, r2.hypot(i2)) && close(i1, i2, r2.hypot(i2))
            }
            (made, sent) => made == sent,
        };
        assert!(is_same, "{made:?} of {sent:?}");
    }
}

#[test]
fn frames_of_every_format_come_back() {
    for (form, format) in [ConfigurationForm::Cfg2, ConfigurationForm::Cfg3]
        .into_iter()
        .flat_map(|form| (0..16).map(move |bits| (form, bits)))
    {
        let mut device = sample(form);
        device.pmus.iter_mut().for_each(|pmu| {
            pmu.format = Format(format);
            // What has no place in a CFG-2 is not told again.
            for phasor in &mut pmu.phasors {
                if let PhasorScale::Full { angle_offset, .. } = &mut phasor.scale {
                    *angle_offset = 0.0;
                }
            }
        });
        let bench = Bench::new(device);
        let mut concentrator = bench.concentrator(bench.settings());
        assert_eq!(concentrator.configuration().pmus[0].format, Format(format), "that of the device");
        for index in 0..60 {
            let (quality, values) =
                ((index * 7 % 256) as u8 & !0x10, some_values(&bench.device, index as u16));
            let sent = bench.frame(bench.time(index, quality), &values);
            let now = later(bench.now, index as u64 * 33 + 20);
            concentrator.push(&bench.measurements(&sent), now);
            let made = concentrator.poll(now).expect("a frame that is complete").to_vec();
            let (time, made_values) = bench.values(&made);
            assert_eq!(time, bench.time(index, quality), "{form:?} {format} {index}");
            for (made, sent) in made_values.iter().zip(&values) {
                assert_same(made, sent);
            }
            if format & Format::FLOAT_PHASORS == 0 {
                assert_eq!(made, sent, "with integer phasors, the same bytes: {form:?} {format} {index}");
            }
            assert!(concentrator.poll(now).is_none());
        }
        let counters = concentrator.counters();
        assert_eq!((counters.frames, counters.frames_incomplete, counters.values_filled), (60, 0, 0));
    }
}

/// A stream of the sample, and three of its frames.
fn three_frames() -> (Bench, Concentrator, Vec<Vec<Measurement>>) {
    three_frames_with(|_| ())
}

fn three_frames_with(change: impl Fn(&mut StreamSettings)) -> (Bench, Concentrator, Vec<Vec<Measurement>>) {
    let bench = Bench::new(sample(ConfigurationForm::Cfg2));
    let mut settings = bench.settings();
    change(&mut settings);
    let concentrator = bench.concentrator(settings);
    let frames = (0..3)
        .map(|index| {
            bench.measurements(&bench.frame(bench.time(index, 0), &some_values(&bench.device, index as u16)))
        })
        .collect();
    (bench, concentrator, frames)
}

#[test]
fn what_is_missing_is_filled_in_when_the_lag_is_over() {
    let (bench, mut concentrator, frames) = three_frames();
    let now = later(bench.now, 10);
    // The second PMU does not come, and of the first an analog value.
    let first_of_second = frames[0].len() / 2 + 1;
    let some: Vec<_> = (0..first_of_second).filter(|row| *row != 8).map(|row| frames[0][row]).collect();
    concentrator.push(&some, now);
    assert!(concentrator.poll(now).is_none());
    assert_eq!(concentrator.deadline(now), Some(later(bench.now, 500).instant));
    assert!(concentrator.poll(later(bench.now, 499)).is_none());
    let made = concentrator.poll(later(bench.now, 500)).unwrap().to_vec();
    let (_, values) = bench.values(&made);
    let sent = some_values(&bench.device, 0);
    assert_eq!(values[0].analogs, [Real::Integer(i16::MIN)]);
    assert_eq!(values[0].digitals, sent[0].digitals);
    assert_absent(values[0].status, sent[0].status);
    assert_eq!(format!("{:?}", values[1]), format!("{:?}", PmuValues::absent(&bench.device.pmus[1])));
    assert_eq!(values[1].status, StatusWord::ABSENT);
    assert_eq!((concentrator.counters().frames_incomplete, concentrator.counters().values_filled), (1, 10));
    assert_eq!(concentrator.deadline(now), None);
    concentrator.push(&frames[0], later(bench.now, 510));
    assert_eq!(concentrator.counters().measurements_late, frames[0].len() as u64);
}

#[test]
fn a_missing_digital_word_is_no_word_of_zeros() {
    let (bench, mut concentrator, frames) = three_frames();
    let without: Vec<_> = frames[0].iter().filter(|one| one.signal_index != 9).copied().collect();
    concentrator.push(&without, bench.now);
    let made = concentrator.poll(later(bench.now, 500)).unwrap().to_vec();
    assert_absent(bench.values(&made).1[0].status, some_values(&bench.device, 0)[0].status);
}

/// That it says of a PMU of which something is filled in what the device said, but for the data error.
fn assert_absent(status: StatusWord, sent: StatusWord) {
    let is_worse = sent.has(StatusWord::DATA_INVALID | StatusWord::DEVICE_ERROR);
    assert_eq!(status.0 >> 14, if is_worse { 3 } else { 2 }, "{status:?} of {sent:?}");
    assert_eq!(status.0 & 0x3FFF, sent.0 & 0x3FFF);
}

#[test]
fn a_pmu_is_marked_for_every_value_that_is_filled_in_and_others_are_not() {
    for missing in 1..=9 {
        let (bench, mut concentrator, frames) = three_frames();
        let good = |row: u32| Measurement {
            // A good PMU: what it says comes of what is missing alone.
            value: if row == 1 { 0.0 } else { frames[0][row as usize].value },
            ..frames[0][row as usize]
        };
        let rows = 0..frames[0].len() as u32;
        let some: Vec<_> = rows.filter(|row| *row != missing).map(good).collect();
        concentrator.push(&some, bench.now);
        let made = concentrator.poll(later(bench.now, 500)).unwrap().to_vec();
        let (_, values) = bench.values(&made);
        assert_eq!(values[0].status, StatusWord::ABSENT, "without row {missing}");
        assert_eq!(values[1].status, some_values(&bench.device, 0)[1].status);
        assert_eq!(concentrator.counters().values_filled, 1);
    }
}

#[test]
fn frames_keep_their_order_and_those_between_are_filled() {
    for wait_by in [WaitBy::Clock, WaitBy::Arrival] {
        let (bench, mut concentrator, frames) = three_frames_with(|settings| settings.wait_by = wait_by);
        let now = later(bench.now, 100);
        concentrator.push(&frames[0], now);
        concentrator.push(&frames[2], now);
        assert!(concentrator.poll(now).is_some());
        assert!(concentrator.poll(now).is_none(), "the one between may still come");
        let due = later(bench.now, 634);
        let between = concentrator.poll(due).unwrap().to_vec();
        let (time, values) = bench.values(&between);
        assert_eq!((time.count, values[0].status), (33_333, StatusWord::ABSENT), "{wait_by:?}");
        let last = concentrator.poll(due).unwrap().to_vec();
        assert_eq!(bench.values(&last).0, bench.time(2, 0));
    }
}

#[test]
fn measurements_in_any_order_make_the_same_frames() {
    let (bench, mut concentrator, frames) = three_frames();
    let mut all: Vec<_> = frames.concat();
    let length = all.len();
    (0..length).for_each(|at| all.swap(at, at * 31 % length));
    for piece in all.chunks(7) {
        concentrator.push(piece, later(bench.now, 100));
    }
    let now = later(bench.now, 100);
    for index in 0..3 {
        let made = concentrator.poll(now).unwrap().to_vec();
        let (time, values) = bench.values(&made);
        assert_eq!(time, bench.time(index, 0));
        for (made, sent) in values.iter().zip(&some_values(&bench.device, index as u16)) {
            assert_same(made, sent);
        }
    }
}

#[test]
fn of_two_values_the_last_one_counts() {
    let (bench, mut concentrator, frames) = three_frames();
    let mut first = frames[0][8];
    first.value = 5.0;
    concentrator.push(&[first], bench.now);
    concentrator.push(&frames[0], bench.now);
    let made = concentrator.poll(bench.now).unwrap().to_vec();
    assert_eq!(bench.values(&made).1[0].analogs, some_values(&bench.device, 0)[0].analogs);
    assert_eq!(concentrator.counters().measurements_repeated, 1);
}

#[test]
fn a_slower_stream_takes_the_values_at_its_times() {
    let (bench, mut concentrator, frames) = three_frames_with(|settings| settings.data_rate = 10);
    // The frames at 33 and at 67 ms are nearest to those at 0 and at 100 ms, which have their own.
    let own = bench.measurements(&bench.frame(bench.time(3, 0), &some_values(&bench.device, 3)));
    for frame in frames.iter().chain([&own]) {
        concentrator.push(frame, later(bench.now, 110));
    }
    let now = later(bench.now, 110);
    for (index, seed) in [(0, 0), (3, 3)] {
        let made = concentrator.poll(now).unwrap().to_vec();
        let (time, values) = bench.values(&made);
        assert_eq!(time, bench.time(index, 0));
        assert_same(&values[0], &some_values(&bench.device, seed)[0]);
    }
    assert_eq!(concentrator.counters().measurements_between_frames, frames[0].len() as u64);
}

#[test]
fn times_ahead_and_behind_are_not_used_and_counted() {
    let (bench, mut concentrator, frames) = three_frames();
    let count = frames[0].len() as u64;
    let at = |time: &str| -> Vec<Measurement> {
        let timestamp = time.parse().unwrap();
        frames[0].iter().map(|one| Measurement { timestamp, ..*one }).collect()
    };
    concentrator.push(&at("2026-01-01T00:00:01Z"), bench.now);
    concentrator.push(&at("9999-01-01T00:00:00Z"), bench.now);
    assert_eq!(concentrator.counters().measurements_early, 2 * count);
    concentrator.push(&at("2025-12-31T23:59:59Z"), bench.now);
    concentrator.push(&at("0001-01-01T00:00:00Z"), bench.now);
    assert_eq!(concentrator.counters().measurements_late, 2 * count);
    assert!(concentrator.poll(later(bench.now, 10_000)).is_none());
}

#[test]
fn a_clock_that_was_wrong_does_not_stop_a_stream_by_arrival() {
    let (bench, mut concentrator, frames) = three_frames_with(|settings| settings.wait_by = WaitBy::Arrival);
    let wrong: Vec<_> = frames[0]
        .iter()
        .map(|one| Measurement { timestamp: "2031-01-01T00:00:00Z".parse().unwrap(), ..*one })
        .collect();
    concentrator.push(&wrong, bench.now);
    assert!(concentrator.poll(bench.now).is_some());
    let mut made = 0;
    for index in 0..90 {
        let now = later(bench.now, index * 33);
        let frame = bench.frame(bench.time(index as i64, 0), &some_values(&bench.device, 1));
        concentrator.push(&bench.measurements(&frame), now);
        made += usize::from(concentrator.poll(now).is_some());
    }
    assert_eq!(concentrator.counters().restarts, 1);
    assert!((40..50).contains(&made), "{made} frames: all after lag and a second");
}

#[test]
fn silence_is_not_filled() {
    let (bench, mut concentrator, frames) = three_frames();
    concentrator.push(&frames[0], bench.now);
    assert!(concentrator.poll(bench.now).is_some());
    let index = 30 * 60;
    let frame = bench.frame(bench.time(index, 0), &some_values(&bench.device, 1));
    let now = later(bench.now, 60_000);
    concentrator.push(&bench.measurements(&frame), now);
    let made = concentrator.poll(now).unwrap().to_vec();
    assert_eq!(bench.values(&made).0, bench.time(index, 0));
    assert_eq!(concentrator.counters().frames_skipped, 1_799);
}

#[test]
fn an_inserted_second_goes_through() {
    let mut bench = Bench::new(sample(ConfigurationForm::Cfg2));
    // The clock shows the second before once more.
    bench.now.utc = "2016-12-31T23:59:59.1Z".parse().unwrap();
    let mut concentrator =
        bench.concentrator(StreamSettings { lead: Duration::from_secs(1), ..bench.settings() });
    let base = bench.device.time_base;
    let times = ["2016-12-31T23:59:59.9666667Z", "2016-12-31T23:59:60Z", "2016-12-31T23:59:60.0333333Z"];
    let mut made = Vec::new();
    for time in times {
        let time: Ticks = time.parse().unwrap();
        let sent = bench.frame(FrameTime::from_ticks(time, base, 0), &some_values(&bench.device, 1));
        concentrator.push(&bench.measurements(&sent), bench.now);
        let frame = concentrator.poll(bench.now).unwrap().to_vec();
        made.push(bench.values(&frame).0.ticks(base).to_string());
        assert_eq!(frame[..14], sent[..14], "time and quality");
    }
    assert_eq!(made[2], "2016-12-31T23:59:60.033333Z");
}

#[test]
fn without_status_flags_the_state_of_the_values_makes_the_status() {
    let bench = Bench::new(sample(ConfigurationForm::Cfg2));
    let ids = bench.mapping.signal_ids();
    // Neither the status flags nor the frequency of the first PMU are signals of the stream: nothing of it is late.
    let signals = (0..).zip(&ids).filter(|(row, _)| ![1, 2].contains(row)).map(|(_, id)| *id).collect();
    let mut concentrator =
        bench.concentrator(StreamSettings { selection: Selection::Signals(signals), ..bench.settings() });
    let mut all = bench.measurements(&bench.frame(bench.time(0, 0), &some_values(&bench.device, 0)));
    all.iter_mut().for_each(|one| one.flags = StateFlags::BAD_TIME);
    concentrator.push(&all, bench.now);
    let made = concentrator.poll(bench.now).unwrap().to_vec();
    let (_, values) = bench.values(&made);
    assert_eq!(values[0].status, StatusWord(StatusWord::NOT_SYNCHRONISED));
    assert!(values[0].frequency.number().is_nan(), "there is none");
}

#[test]
fn status_flags_that_did_not_come_are_not_good_ones() {
    let (bench, mut concentrator, frames) = three_frames();
    let mut without: Vec<_> = frames[0].iter().filter(|one| one.signal_index != 1).copied().collect();
    without.iter_mut().for_each(|one| one.flags = StateFlags::BAD_TIME);
    concentrator.push(&without, bench.now);
    let made = concentrator.poll(later(bench.now, 500)).unwrap().to_vec();
    let expected = StatusWord::NOT_SYNCHRONISED | StatusWord::DATA_INVALID;
    assert_eq!(bench.values(&made).1[0].status, StatusWord(expected));
}

#[test]
fn the_worst_clock_is_told() {
    let mut device = sample(ConfigurationForm::Cfg2);
    device.pmus.truncate(1);
    let mut other = device.clone();
    other.pmus[0].station = Name::new("SHELBY 9");
    let mapping = Mapping::new(vec![input(&device), Input { name: "TWO".into(), ..input(&other) }]).unwrap();
    let metadata = Metadata::new(mapping.data_set("PMU", Ticks::UNIX_EPOCH).unwrap());
    let now = start();
    let settings = StreamSettings { data_rate: 30, ..StreamSettings::default() };
    let mut concentrator = Concentrator::new(settings, &metadata, now).unwrap();
    let ids = mapping.signal_ids();
    concentrator.set_rows(&ids);
    let qualities = [("SHELBY_1-QF", 0x25_u32), ("SHELBY_9-QF", 0x07)];
    let measurements: Vec<_> = qualities
        .iter()
        .map(|(reference, quality)| {
            let id = super::super::mapping::signal_id(reference);
            let row = ids.iter().position(|one| *one == id).unwrap();
            Measurement {
                signal_id: id,
                timestamp: now.utc,
                value: f64::from(quality << 24),
                flags: StateFlags::empty(),
                signal_index: row as u32,
            }
        })
        .collect();
    concentrator.push(&measurements, now);
    let made = concentrator.finish(now).unwrap();
    assert_eq!(Frame::decode(made).unwrap().time.quality, 0x27);
}

#[test]
fn flags_of_the_wire_are_exact() {
    assert_eq!(FlagValue(0x002D_E2FF).status(), StatusWord(0xE2FF));
    assert_eq!(TimeBase::FINEST.per_second(), 16_777_215);
}
