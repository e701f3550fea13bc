//! Names and scales of channels, of what metadata tell.

use rust_decimal::prelude::ToPrimitive;

use super::super::channels::KnownChannel;
use super::super::configuration::{
    AnalogChannel, AnalogScale, DigitalWord, Format, Name, PhasorChannel, PhasorKind, PhasorScale, PmuDetails,
};
use crate::metadata::{DeviceRecord, MeasurementRecord, SignalKind};

/// Hundred-thousandths of a volt for each count, where nobody tells: 893 kV at most.
const VOLTAGE_FACTOR: u32 = 2_725_785;
/// Hundred-thousandths of an ampere for each count.
const CURRENT_FACTOR: u32 = 2_423;
/// ANUNIT where nobody tells.
const ANALOG_FACTOR: i32 = 1_373_291;
/// The largest PHUNIT that 24 bits hold.
const LARGEST_UNIT: u32 = 0x00FF_FFFF;
/// The most counts that an integer phasor has.
const MOST_COUNTS: f64 = 65_535.0;
/// Characters of a label in front of the phase.
const LABEL_SIZE: usize = 12;
/// What stands for a latitude or longitude that is not known.
const UNKNOWN_PLACE: f32 = 999.0;

/// Whether frames carry it: calculated values, alarms and statistics have no place in them.
pub(super) fn is_of_frames(kind: SignalKind) -> bool {
    !matches!(kind, SignalKind::Calculation | SignalKind::Statistic | SignalKind::Alarm)
}

/// What is known of a PMU.
pub(super) struct Facts<'a> {
    pub(super) record: Option<DeviceRecord<'a>>,
    pub(super) known: Option<KnownChannel<'a>>,
    pub(super) acronym: &'a str,
}

impl Facts<'_> {
    pub(super) fn station(&self) -> Name {
        let name = self.record.and_then(DeviceRecord::name).filter(|name| !name.is_empty());
        self.known
            .and_then(|known| known.station())
            .unwrap_or_else(|| Name::new(name.unwrap_or(self.acronym)))
    }

    pub(super) fn id_code(&self) -> Option<u16> {
        let access_id = self.record.and_then(DeviceRecord::access_id).and_then(|id| id.try_into().ok());
        self.known
            .and_then(|known| known.source_id_code())
            .or(access_id)
            .filter(|id| (1..u16::MAX).contains(id))
    }

    pub(super) fn details(&self) -> PmuDetails {
        if let Some(details) = self.known.and_then(|known| known.details()) {
            return details;
        }
        let place = |degrees: Option<rust_decimal::Decimal>| {
            let degrees = degrees.and_then(|degrees| degrees.to_f32()).unwrap_or(UNKNOWN_PLACE);
            if degrees == UNKNOWN_PLACE { f32::INFINITY } else { degrees }
        };
        PmuDetails {
            global_id: self.record.and_then(DeviceRecord::unique_id).unwrap_or_default().into_bytes(),
            latitude: place(self.record.and_then(DeviceRecord::latitude)),
            longitude: place(self.record.and_then(DeviceRecord::longitude)),
            ..PmuDetails::default()
        }
    }
}

/// A channel as CFG-2 and as CFG-3 have it.
pub(super) struct Forms<C> {
    pub(super) short: C,
    pub(super) long: C,
}

pub(super) fn phasor(
    index: u32,
    measurement: Option<MeasurementRecord<'_>>,
    known: Option<KnownChannel<'_>>,
    format: Format,
) -> Forms<PhasorChannel> {
    let record = measurement.and_then(MeasurementRecord::phasor);
    let known = known.and_then(KnownChannel::phasor);
    let acronym = measurement.and_then(MeasurementRecord::signal_acronym).unwrap_or_default();
    let of_record = record.and_then(|phasor| phasor.phasor_type()).map(|kind| kind.eq_ignore_ascii_case("I"));
    let of_acronym = || acronym.get(..1).is_some_and(|first| first.eq_ignore_ascii_case("I"));
    let is_current = match &known {
        Some(known) => known.scale.kind() == PhasorKind::Current,
        None => of_record.unwrap_or_else(of_acronym),
    };
    let phase =
        record.and_then(|phasor| phasor.phase()).and_then(|phase| phase.chars().next()).unwrap_or('+');
    let label = record.and_then(|phasor| phasor.label()).map(str::trim).filter(|label| !label.is_empty());
    let label = label.map_or_else(|| format!("PHASOR {index}"), str::to_owned);
    let unknown = if is_current { CURRENT_FACTOR } else { VOLTAGE_FACTOR };
    let scale = known.as_ref().map(|known| known.scale);
    let code = match scale {
        Some(PhasorScale::Unit { code, .. }) => code,
        _ => is_current.into(),
    };
    let (unit, factor) = factors(scale, unknown, format.has(Format::FLOAT_PHASORS));
    let (flags, user, component) = match scale {
        Some(PhasorScale::Full { flags, user, code, .. }) => (flags, user, code & 7),
        _ => (0, 0, component(phase)),
    };
    let scale = PhasorScale::Full {
        flags,
        code: component | u8::from(is_current) << 3,
        user,
        factor,
        angle_offset: 0.0,
    };
    let short_name = known.as_ref().map(|known| known.name.clone());
    let long_name = short_name.clone().unwrap_or_else(|| Name::new(&label));
    let short_name = short_name.unwrap_or_else(|| Name::new(&with_phase(&label, is_current, phase)));
    Forms {
        short: PhasorChannel { name: short_name, scale: PhasorScale::Unit { code, factor: unit } },
        long: PhasorChannel { name: long_name, scale },
    }
}

/// Whether counts of this scale would say something else to readers of CFG-2, because PHUNIT cannot tell one so large.
/// Smaller counts have no room for all values of the device: such phasors are sent as floats, which need no scale.
pub(super) fn is_beyond_phunit(known: KnownChannel<'_>) -> bool {
    match known.phasor().map(|known| known.scale) {
        Some(PhasorScale::Full { factor, .. }) => {
            factor.is_finite() && f64::from(factor) * 1e5 > LARGEST_UNIT.into()
        }
        Some(PhasorScale::Unit { factor, .. }) => factor > LARGEST_UNIT,
        None => false,
    }
}

/// PHUNIT, and the factor of PHSCALE, by which the counts of data frames are made. Those are the same for the readers
/// of both. PHUNIT is rounded: where its readers would be wrong by more than half a count, PHSCALE is the same, and
/// neither is smaller than that of the device, so that all values have room. Scales that are
/// [too large](is_beyond_phunit) for PHUNIT are those of floats, which nobody multiplies with them.
fn factors(scale: Option<PhasorScale>, unknown: u32, is_float: bool) -> (u32, f32) {
    let both = |unit: u32| (unit, (f64::from(unit) * 1e-5) as f32);
    let exact = match scale {
        Some(PhasorScale::Full { factor, .. }) => factor,
        // Floats need none, but an integer of counts that are nothing would say nothing.
        Some(PhasorScale::Unit { factor, .. }) if is_float || factor > 0 => {
            return both(factor.min(LARGEST_UNIT));
        }
        Some(PhasorScale::Unit { .. }) | None => return both(unknown),
    };
    let units = f64::from(exact) * 1e5;
    let rounded = units.round().clamp(0.0, LARGEST_UNIT.into()) as u32;
    if is_float {
        return (rounded, exact);
    }
    if !units.is_finite() || units <= 0.0 {
        return both(unknown);
    }
    let wrong_counts = (f64::from(rounded) - units).abs() / units * MOST_COUNTS;
    if wrong_counts <= 0.5 { (rounded, exact) } else { both(units.ceil() as u32) }
}

/// A phasor component of CFG-3.
fn component(phase: char) -> u8 {
    match phase.to_ascii_uppercase() {
        '0' | 'N' => 0,
        '-' => 2,
        'A' => 4,
        'B' => 5,
        'C' => 6,
        _ => 1,
    }
}

/// The label, cut to twelve characters, and which phase of what it is, unless the label says it itself.
fn with_phase(label: &str, is_current: bool, phase: char) -> String {
    let suffix = format!("{}{phase}", if is_current { 'I' } else { 'V' });
    if label.len() <= 16 && label.to_uppercase().ends_with(&suffix.to_uppercase()) {
        return label.to_owned();
    }
    let cut: String = label.chars().take(LABEL_SIZE).collect();
    format!("{} {suffix}", cut.trim_end())
}

pub(super) fn analog(
    index: u32,
    measurement: MeasurementRecord<'_>,
    known: Option<KnownChannel<'_>>,
) -> Forms<AnalogChannel> {
    let known = known.and_then(KnownChannel::analog);
    let name = known.as_ref().map_or_else(|| label(measurement, "AV", index), |known| known.name.clone());
    let multiplier = measurement.multiplier().unwrap_or(1.0) as f32;
    let adder = measurement.adder().unwrap_or_default() as f32;
    let short = match known.map(|known| known.scale) {
        Some(unit @ AnalogScale::Unit { .. }) => unit,
        _ => AnalogScale::Unit { code: 0, factor: ANALOG_FACTOR },
    };
    Forms {
        short: AnalogChannel { name: name.clone(), scale: short },
        long: AnalogChannel { name, scale: AnalogScale::Full { factor: multiplier, offset: adder } },
    }
}

pub(super) fn digital(
    index: u32,
    measurement: MeasurementRecord<'_>,
    known: Option<KnownChannel<'_>>,
) -> DigitalWord {
    known.and_then(KnownChannel::digital).unwrap_or_else(|| {
        let word = label(measurement, "DV", index).to_string();
        let word: String = word.chars().take(LABEL_SIZE).collect();
        DigitalWord {
            names: std::array::from_fn(|bit| Name::new(&format!("{word} {bit}"))),
            normal: 0,
            valid: u16::MAX,
        }
    })
}

/// What a measurement is called, where nobody tells the name of its channel.
fn label(measurement: MeasurementRecord<'_>, code: &str, index: u32) -> Name {
    let tag = measurement.alternate_tag().filter(|tag| !tag.is_empty());
    tag.map_or_else(|| Name::new(&format!("{code}{index}")), Name::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_phunit_is_wrong_by_no_more_than_half_a_count() {
        let full = |factor| Some(PhasorScale::Full { flags: 0, code: 8, user: 0, factor, angle_offset: 0.0 });
        for exact in [0.7_f32, 0.987_654_3, 27.123_457, 150.000_01] {
            let (unit, factor) = factors(full(exact), CURRENT_FACTOR, false);
            assert_eq!(factor, exact, "CFG-3 has that of the device");
            assert!(
                (f64::from(unit) * 1e-5 - f64::from(exact)).abs() * MOST_COUNTS <= f64::from(exact) / 2.0
            );
        }
        for (exact, unit) in [(0.000_014, 2), (0.012_345_6, 1235), (0.000_003, 1)] {
            let both = (unit, (f64::from(unit) * 1e-5) as f32);
            assert_eq!(factors(full(exact), CURRENT_FACTOR, false), both, "{exact}");
        }
        for nothing in [0.0, f32::NAN, -1.0, f32::INFINITY] {
            assert_eq!(factors(full(nothing), CURRENT_FACTOR, false).0, CURRENT_FACTOR, "{nothing}");
        }
        assert_eq!(factors(full(0.000_003), CURRENT_FACTOR, true), (0, 0.000_003), "floats have no counts");
        assert_eq!(factors(full(200.0), CURRENT_FACTOR, true), (LARGEST_UNIT, 200.0), "nor limits");
        let unit = |factor| Some(PhasorScale::Unit { code: 1, factor });
        assert_eq!(factors(unit(0), CURRENT_FACTOR, false).0, CURRENT_FACTOR);
        assert_eq!(factors(unit(0), CURRENT_FACTOR, true).0, 0);
        assert_eq!(factors(unit(7), CURRENT_FACTOR, false), (7, 0.000_07));
    }

    #[test]
    fn labels_say_the_phase_once() {
        for (label, is_current, phase, expected) in [
            ("BUS 1", false, '+', "BUS 1 V+"),
            ("NORTH SUBSTATION BUS 1", true, 'A', "NORTH SUBSTA IA"),
            ("Line 1 IA", true, 'A', "Line 1 IA"),
            ("VA", false, 'A', "VA"),
        ] {
            let made = with_phase(label, is_current, phase);
            assert_eq!(made, expected);
            assert!(made.len() <= 16);
        }
    }
}
