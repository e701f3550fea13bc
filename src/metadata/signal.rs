//! What the texts that name a signal say: measurement keys and signal references.

/// A measurement key: the publisher's own short name of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MeasurementKey<'a> {
    /// The source of the measurement.
    pub source: &'a str,
    /// The number of the measurement within the source.
    pub number: u64,
}

impl<'a> MeasurementKey<'a> {
    /// Reads `SOURCE:number`; white space around either part is ignored. `None` when there is no
    /// number after the last colon.
    pub fn parse(text: &'a str) -> Option<MeasurementKey<'a>> {
        let (source, number) = text.rsplit_once(':')?;
        Some(MeasurementKey { source: source.trim(), number: number.trim().parse().ok()? })
    }
}

/// A signal reference: which signal of a device a measurement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignalReference<'a> {
    /// Acronym of the device.
    pub device: &'a str,
    /// Kind of the signal.
    pub kind: SignalKind,
    /// Which of the device's signals of that kind it is, counted from 1; 0 when there is only one.
    pub index: u32,
}

impl<'a> SignalReference<'a> {
    /// Reads `DEVICE-KIindex`, where `KI` are the two letters of the kind; the device may contain
    /// hyphens. `None` when the part after the last hyphen is something else.
    pub fn parse(text: &'a str) -> Option<SignalReference<'a>> {
        let (device, signal) = text.trim().rsplit_once('-')?;
        let (code, index) = signal.split_at_checked(2)?;
        let kind = SignalKind::from_code(code)?;
        let index = if index.is_empty() { 0 } else { index.parse().ok()? };
        Some(SignalReference { device, kind, index })
    }
}

/// The kind of a signal in a signal reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignalKind {
    /// `PA`: angle of a phasor.
    Angle,
    /// `PM`: magnitude of a phasor.
    Magnitude,
    /// `FQ`: frequency.
    Frequency,
    /// `DF`: rate of change of frequency.
    FrequencyChange,
    /// `SF`: status flags.
    Status,
    /// `DV`: digital value.
    Digital,
    /// `AV`: analog value.
    Analog,
    /// `CV`: calculated value.
    Calculation,
    /// `ST`: statistic.
    Statistic,
    /// `AL`: alarm.
    Alarm,
    /// `QF`: quality flags.
    Quality,
}

impl SignalKind {
    const CODES: [(&str, SignalKind); 11] = [
        ("PA", SignalKind::Angle),
        ("PM", SignalKind::Magnitude),
        ("FQ", SignalKind::Frequency),
        ("DF", SignalKind::FrequencyChange),
        ("SF", SignalKind::Status),
        ("DV", SignalKind::Digital),
        ("AV", SignalKind::Analog),
        ("CV", SignalKind::Calculation),
        ("ST", SignalKind::Statistic),
        ("AL", SignalKind::Alarm),
        ("QF", SignalKind::Quality),
    ];

    /// The kind of a two-letter code, upper or lower case.
    pub fn from_code(code: &str) -> Option<SignalKind> {
        Self::CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, kind)| *kind)
    }

    /// Its two letters.
    pub fn code(self) -> &'static str {
        Self::CODES.iter().find(|(_, kind)| *kind == self).map_or("", |(code, _)| code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(MeasurementKey::parse("PPA:12"), Some(MeasurementKey { source: "PPA", number: 12 }));
        assert_eq!(MeasurementKey::parse(" A:B : 7 "), Some(MeasurementKey { source: "A:B", number: 7 }));
        for text in ["", "PPA", "PPA:", "PPA:x", "PPA:-1", "PPA:99999999999999999999"] {
            assert_eq!(MeasurementKey::parse(text), None, "{text}");
        }
    }

    #[test]
    fn references() {
        let reference = |device, kind, index| Some(SignalReference { device, kind, index });
        assert_eq!(SignalReference::parse("SHELBY-PA12"), reference("SHELBY", SignalKind::Angle, 12));
        assert_eq!(
            SignalReference::parse("NORTH-SIDE-FQ"),
            reference("NORTH-SIDE", SignalKind::Frequency, 0)
        );
        for text in ["", "SHELBY", "SHELBY-", "SHELBY-P", "SHELBY-XX1", "SHELBY-PA1x", "SHELBY-é"] {
            assert_eq!(SignalReference::parse(text), None, "{text}");
        }
    }
}
