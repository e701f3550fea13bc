//! Measurements that become frames of C37.118, and frames that travel in buffer blocks.

use std::time::{Duration, Instant};

use sttp::c37118::concentrator::{Concentrator, Selection, StreamSettings, WaitBy};
use sttp::c37118::encapsulation::{Decapsulator, Encapsulator};
use sttp::c37118::{ConfigurationForm, DataLayout, Format, Frame, FrameType};
use sttp::metadata::{DataSetBuilder, Metadata, MetadataError};
use sttp::session::Moment;
use sttp::{Measurement, StateFlags, Ticks, Uuid};

use super::input::Input;

const RATES: [i16; 10] = [0, 1, 10, 25, 30, 60, 120, 240, -1, -7];
const KINDS: [&str; 13] =
    ["FQ", "DF", "SF", "PM1", "PA1", "PM2", "PA9", "AV1", "DV1", "QF", "CV1", "pm3", "ST1"];
/// Steps of one input.
const MOST_STEPS: usize = 2_000;
/// Bytes that a decapsulator holds.
const MOST_HELD: usize = 4_096;

/// Any metadata, measurements and clocks: whole frames of the configuration come out, in the order of time unless the
/// stream begins anew; no measurement is unaccounted for, and no frame waits beyond its deadline.
pub(crate) fn concentrator(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let Some(mut stream) = Stream::new(&mut input) else { return };
    for _ in 0..MOST_STEPS {
        if stream.step(&mut input).is_none() {
            break;
        }
    }
    while stream.concentrator.finish(stream.now).is_some() {}
    let counters = stream.concentrator.counters();
    let accounted = counters.measurements
        + counters.measurements_of_others
        + counters.measurements_late
        + counters.measurements_early
        + counters.measurements_between_frames;
    assert_eq!(accounted, stream.pushed);
}

struct Stream {
    concentrator: Concentrator,
    layout: DataLayout,
    now: Moment,
    pushed: u64,
    /// When the stream began anew last, and the time of its latest frame.
    latest: (u64, Option<Ticks>),
}

impl Stream {
    fn new(input: &mut Input<'_>) -> Option<Stream> {
        let rate = RATES[usize::from(input.byte()?) % RATES.len()];
        let choice = input.byte()?;
        let settings = StreamSettings {
            data_rate: rate,
            format: (choice & 1 == 0).then_some(Format(u16::from(choice >> 1) & 15)),
            wait_by: if choice & 32 == 0 { WaitBy::Clock } else { WaitBy::Arrival },
            lag: Duration::from_millis(u64::from(input.byte()?) * 8),
            lead: Duration::from_millis(u64::from(input.byte()?) * 8),
            selection: match choice >> 6 {
                0 | 1 => Selection::All,
                2 => Selection::Devices(vec!["A".into(), "C".into()]),
                _ => Selection::Signals((0..8).map(Uuid::from_u128).collect()),
            },
            ..StreamSettings::default()
        };
        let metadata = Metadata::new(metadata(input).ok()??);
        let utc = Ticks(Ticks::UNIX_EPOCH.0 + 1_483_228_799 * Ticks::PER_SECOND);
        let now = Moment { instant: Instant::now(), utc };
        let concentrator = Concentrator::new(settings, &metadata, now).ok()?;
        let layout = layout(&concentrator);
        Some(Stream { concentrator, layout, now, pushed: 0, latest: (0, None) })
    }

    fn step(&mut self, input: &mut Input<'_>) -> Option<()> {
        match input.byte()? {
            0..=199 => {
                let row = u32::from(input.byte()?);
                let time = i64::from(i16::from_be_bytes([input.byte()?, input.byte()?]));
                let value = f64::from(i16::from_be_bytes([input.byte()?, input.byte()?])) * 100.0;
                let timestamp = match row & 64 {
                    // In steps of a quarter of a millisecond around now, some of them in an inserted second.
                    0 => Ticks((self.now.utc.0 + time * 2_500) | (i64::from(row >> 7) << 63)),
                    _ => Ticks((time << 48) | time),
                };
                let measurement = Measurement {
                    signal_id: Uuid::nil(),
                    timestamp,
                    value: if value == 0.0 { f64::NAN } else { value },
                    flags: StateFlags::from_bits_retain(time as u32),
                    signal_index: row & 31,
                };
                self.pushed += 1;
                self.concentrator.push(&[measurement], self.now);
            }
            200..=239 => {
                let step = Duration::from_millis(u64::from(input.byte()?));
                self.now = Moment {
                    instant: self.now.instant + step,
                    utc: Ticks(self.now.utc.0 + step.as_millis() as i64 * Ticks::PER_MILLISECOND),
                };
            }
            240..=249 => {
                // A clock that was set.
                let step = i64::from(i16::from_be_bytes([input.byte()?, input.byte()?]));
                self.now.utc = Ticks(self.now.utc.0 + step * Ticks::PER_SECOND);
            }
            250..=252 => {
                let rows: Vec<Uuid> = (0..32).map(|row| Uuid::from_u128(row ^ 3)).collect();
                self.concentrator.set_rows(&rows);
            }
            _ => {
                let metadata = Metadata::new(metadata(input).ok()??);
                let before = self.concentrator.configuration().pmus[0].change_count;
                if let Ok(is_other) = self.concentrator.set_metadata(&metadata, self.now) {
                    let after = self.concentrator.configuration().pmus[0].change_count;
                    assert_eq!(after, before.wrapping_add(u16::from(is_other)));
                    self.layout = layout(&self.concentrator);
                }
            }
        }
        self.poll();
        Some(())
    }

    fn poll(&mut self) {
        while self.concentrator.deadline(self.now).is_some_and(|deadline| deadline <= self.now.instant) {
            let restarts = self.concentrator.counters().restarts;
            let bytes = self.concentrator.poll(self.now).expect("a frame that is due");
            let frame = Frame::decode(bytes).expect("a whole frame");
            self.layout.decode(&frame).expect("a frame of the configuration");
            let time = frame.time.ticks(StreamSettings::default().time_base);
            let (began, latest) = self.latest;
            assert!(began < restarts || latest.is_none_or(|latest| latest < time), "{latest:?} {time:?}");
            self.latest = (restarts, Some(time));
        }
        assert!(self.concentrator.poll(self.now).is_none(), "a frame before its deadline");
    }
}

/// The layout of both forms of the configuration.
fn layout(concentrator: &Concentrator) -> DataLayout {
    let mut bytes = Vec::new();
    for form in [ConfigurationForm::Cfg2, ConfigurationForm::Cfg3] {
        let configuration = concentrator.configuration_in(form);
        configuration.encode(&mut bytes).expect("few channels");
        Frame::decode(&bytes).expect("a whole frame").message().expect("a configuration");
    }
    DataLayout::new(concentrator.configuration()).expect("few channels")
}

/// Up to 24 signals of up to four devices. None when the input ends.
fn metadata(input: &mut Input<'_>) -> Result<Option<sttp::metadata::DataSet>, MetadataError> {
    let Some(count) = input.byte() else { return Ok(None) };
    let mut builder = DataSetBuilder::standard()?;
    let table = builder.table_index("MeasurementDetail").unwrap_or_default();
    for number in 0..count % 24 {
        let Some(choice) = input.byte() else { return Ok(None) };
        let device = ["A", "B", "C", "A-B"][usize::from(choice) & 3];
        let kind = KINDS[usize::from(choice >> 2) % KINDS.len()];
        builder
            .append_row(table)?
            .set("SignalID", Uuid::from_u128(u128::from(number)))?
            .set("SignalReference", format!("{device}-{kind}").as_str())?
            .set("SignalAcronym", if choice & 128 == 0 { "VPHM" } else { "IPHM" })?
            .set("Enabled", true)?;
    }
    Ok(Some(builder.finish()))
}

/// Any blocks: only frames come out, as they came in; no data before a configuration; no more is held than allowed. What an
/// encapsulator takes of a device, and gives to newcomers, makes the same stream.
pub(crate) fn encapsulation(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut encapsulator = Encapsulator::new("device");
    let stream = encapsulator.stream().clone();
    let mut decapsulator = Decapsulator::new(stream.clone(), MOST_HELD);
    while let (Some(choice), Some(piece)) = (input.byte(), input.piece()) {
        if let Ok(frame) = Frame::decode(piece)
            && let Ok(Some(block)) = encapsulator.take(&frame)
        {
            assert_eq!(block.bytes, piece);
        }
        let signal_id = if choice & 1 == 0 { stream.data_signal } else { stream.configuration_signal };
        decapsulator.receive(signal_id, piece);
        if choice & 2 == 0 {
            continue;
        }
        let (is_configured, mut held) = (decapsulator.configuration().is_some(), 0);
        while let Some(bytes) = decapsulator.poll() {
            held += bytes.len();
            let is_data = Frame::decode(bytes).is_ok_and(|frame| frame.kind == FrameType::Data);
            assert!(is_configured || !is_data, "data before their configuration");
        }
        assert!(held <= MOST_HELD.max(piece.len()));
    }
    let mut late = Decapsulator::new(stream, 1 << 20);
    for block in encapsulator.again() {
        late.receive(block.signal_id, block.bytes);
    }
    assert_eq!(late.counters().blocks_rejected, 0);
    assert_eq!(late.configuration().is_some(), encapsulator.configuration().is_some());
    assert!(late.answers().eq(encapsulator.again().map(|block| block.bytes)));
}
