//! Names of devices and signals.

use std::sync::Arc;

use uuid::Uuid;

use crate::metadata::SignalKind;

/// The namespace of signal IDs that are made from signal references.
const NAMESPACE: Uuid = Uuid::from_u128(0x5c1d_3a52_9f6e_4b0b_8d3c_37a1_18c3_7118);

/// The acronym of a device that has this name: in upper case, blanks as underscores, and nothing but
/// letters, digits and `-!_.@#$`.
pub fn device_acronym(name: &str) -> String {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-!_.@#$".contains(character);
    let trimmed = name.trim().to_uppercase();
    trimmed
        .chars()
        .map(|character| if character == ' ' { '_' } else { character })
        .filter(|c| allowed(*c))
        .collect()
}

/// The ID of the signal that has this signal reference: always the same for the same one, whatever the
/// case of its letters (a UUID of version 5).
pub fn signal_id(reference: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, reference.to_uppercase().as_bytes())
}

/// One signal of a device.
#[derive(Debug, Clone)]
pub(super) struct Signal {
    pub(super) device: Arc<str>,
    pub(super) company: Arc<str>,
    pub(super) vendor: Arc<str>,
    pub(super) kind: SignalKind,
    /// Counted from 1; 0 where there is only one.
    pub(super) index: usize,
    /// Of a current, where it is one of a phasor.
    pub(super) is_current: bool,
}

impl Signal {
    /// `SHELBY-PM1`.
    pub(super) fn reference(&self) -> String {
        format!("{}-{}{}", self.device, self.kind.code(), self.number())
    }

    fn number(&self) -> String {
        if self.index == 0 { String::new() } else { self.index.to_string() }
    }

    /// `GPA_SHELBY-PM1:ABBV`.
    pub(super) fn point_tag(&self) -> String {
        let company = if self.company.is_empty() { String::new() } else { format!("{}_", self.company) };
        let phasor = matches!(self.kind, SignalKind::Magnitude | SignalKind::Angle);
        let channel = if phasor { format!("-{}{}", self.kind.code(), self.number()) } else { String::new() };
        let suffix = match (self.kind, self.is_current) {
            (SignalKind::Magnitude, false) => "V".to_owned(),
            (SignalKind::Angle, false) => "VH".to_owned(),
            (SignalKind::Magnitude, true) => "I".to_owned(),
            (SignalKind::Angle, true) => "IH".to_owned(),
            (SignalKind::Frequency, _) => "F".to_owned(),
            (SignalKind::FrequencyChange, _) => "DF".to_owned(),
            (SignalKind::Status, _) => "S".to_owned(),
            (kind, _) => format!("{}{}", kind.code(), self.number()),
        };
        format!("{company}{}{channel}:{}{suffix}", self.device, self.vendor)
    }

    /// `VPHM`, `FREQ` and so on.
    pub(super) fn acronym(&self) -> &'static str {
        match (self.kind, self.is_current) {
            (SignalKind::Magnitude, false) => "VPHM",
            (SignalKind::Magnitude, true) => "IPHM",
            (SignalKind::Angle, false) => "VPHA",
            (SignalKind::Angle, true) => "IPHA",
            (SignalKind::Frequency, _) => "FREQ",
            (SignalKind::FrequencyChange, _) => "DFDT",
            (SignalKind::Status, _) => "FLAG",
            (SignalKind::Digital, _) => "DIGI",
            (SignalKind::Analog, _) => "ALOG",
            (SignalKind::Quality, _) => "QUAL",
            (SignalKind::Alarm, _) => "ALRM",
            (SignalKind::Calculation, _) => "CALC",
            (SignalKind::Statistic, _) => "STAT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acronyms_have_only_what_openpdc_allows() {
        assert_eq!(device_acronym(" Shelby bus 2 "), "SHELBY_BUS_2");
        assert_eq!(device_acronym("Süd/Ost (1)#$"), "SDOST_1#$");
    }

    #[test]
    fn names_of_signals() {
        let signal = Signal {
            device: "SHELBY".into(),
            company: "GPA".into(),
            vendor: "ABB".into(),
            kind: SignalKind::Magnitude,
            index: 1,
            is_current: false,
        };
        assert_eq!((signal.reference().as_str(), signal.acronym()), ("SHELBY-PM1", "VPHM"));
        assert_eq!(signal.point_tag(), "GPA_SHELBY-PM1:ABBV");
        let current = Signal { kind: SignalKind::Angle, is_current: true, ..signal.clone() };
        assert_eq!(current.point_tag(), "GPA_SHELBY-PA1:ABBIH");
        let digital = Signal { kind: SignalKind::Digital, index: 2, company: "".into(), ..signal.clone() };
        assert_eq!(digital.point_tag(), "SHELBY:ABBDV2");
        let frequency = Signal { kind: SignalKind::Frequency, index: 0, ..signal };
        assert_eq!(
            (frequency.reference().as_str(), frequency.point_tag().as_str()),
            ("SHELBY-FQ", "GPA_SHELBY:ABBF")
        );
    }

    #[test]
    fn a_signal_id_depends_on_the_reference_alone() {
        assert_eq!(signal_id("shelby-fq"), signal_id("SHELBY-FQ"));
        assert_ne!(signal_id("SHELBY-FQ"), signal_id("SHELBY-DF"));
        assert_eq!(signal_id("SHELBY-FQ").get_version_num(), 5);
    }
}
