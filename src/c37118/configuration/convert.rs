//! One configuration in another form.

use super::{AnalogScale, Configuration, ConfigurationForm, Name, PhasorKind, PhasorScale, Pmu};
use crate::c37118::Version;

/// PHUNIT, ANUNIT: the largest factor that 24 bits hold.
const LARGEST_UNIT: f64 = 0x00FF_FFFF as f64;
/// PHSCALE: current, not voltage.
const CURRENT: u8 = 8;
/// PHSCALE: which component a phasor is of, where nobody has said it.
const NO_COMPONENT: u8 = 3;

impl Configuration {
    /// The same configuration in another form, for the same data frames. What the other form has no room for
    /// is left out, and what only it tells is told as not known. In its own form it is unchanged.
    pub fn to_form(&self, form: ConfigurationForm) -> Configuration {
        let mut converted = self.clone();
        converted.form = form;
        let is_long = form == ConfigurationForm::Cfg3;
        if is_long == (self.form == ConfigurationForm::Cfg3) {
            return converted;
        }
        converted.version = if is_long { Version::V2 } else { Version::V1 };
        for pmu in &mut converted.pmus {
            convert(pmu, is_long);
        }
        converted
    }
}

fn convert(pmu: &mut Pmu, is_long: bool) {
    let rename = |name: &mut Name| *name = Name::new(&name.to_string());
    rename(&mut pmu.station);
    for phasor in &mut pmu.phasors {
        rename(&mut phasor.name);
        phasor.scale = phasor_scale(phasor.scale, is_long);
    }
    for analog in &mut pmu.analogs {
        rename(&mut analog.name);
        analog.scale = analog_scale(analog.scale, is_long);
    }
    pmu.digitals.iter_mut().flat_map(|digital| &mut digital.names).for_each(rename);
    pmu.details = is_long.then(|| pmu.details.unwrap_or_default());
}

fn phasor_scale(scale: PhasorScale, is_long: bool) -> PhasorScale {
    let is_current = scale.kind() == PhasorKind::Current;
    match (scale, is_long) {
        (PhasorScale::Unit { .. }, true) => PhasorScale::Full {
            flags: 0,
            code: NO_COMPONENT | if is_current { CURRENT } else { 0 },
            user: 0,
            factor: scale.per_count() as f32,
            angle_offset: 0.0,
        },
        (PhasorScale::Full { .. }, false) => PhasorScale::Unit {
            code: is_current.into(),
            factor: (scale.per_count() * 1e5).round().clamp(0.0, LARGEST_UNIT) as u32,
        },
        (same, _) => same,
    }
}

fn analog_scale(scale: AnalogScale, is_long: bool) -> AnalogScale {
    match (scale, is_long) {
        (AnalogScale::Unit { factor, .. }, true) => AnalogScale::Full { factor: factor as f32, offset: 0.0 },
        (AnalogScale::Full { factor, .. }, false) => {
            let most = LARGEST_UNIT as f32 / 2.0;
            AnalogScale::Unit { code: 0, factor: factor.round().clamp(-most, most) as i32 }
        }
        (same, _) => same,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::c37118::DataLayout;

    #[test]
    fn every_form_describes_the_same_data_frames() {
        use ConfigurationForm::{Cfg1, Cfg2, Cfg3};
        for from in [Cfg1, Cfg2, Cfg3] {
            let original = sample(from);
            let size = |configuration: &Configuration| {
                let layout = DataLayout::new(configuration).unwrap();
                let mut frame = Vec::new();
                let absent: Vec<_> =
                    configuration.pmus.iter().map(crate::c37118::PmuValues::absent).collect();
                layout.encode(&mut frame, original.time, &absent).unwrap();
                frame.len()
            };
            for to in [Cfg1, Cfg2, Cfg3] {
                let converted = original.to_form(to);
                let mut frame = Vec::new();
                converted.encode(&mut frame).unwrap();
                assert_eq!(size(&converted), size(&original));
                assert_eq!(converted.pmus[0].station.to_string(), "SHELBY 1");
                let kinds = |configuration: &Configuration| {
                    configuration.pmus[0].phasors.iter().map(|phasor| phasor.scale.kind()).collect::<Vec<_>>()
                };
                assert_eq!(kinds(&converted), kinds(&original));
                if to == from {
                    assert_eq!(converted, original);
                }
            }
        }
    }

    #[test]
    fn scales_of_the_short_form_come_back() {
        let original = sample(ConfigurationForm::Cfg2);
        let again = original.to_form(ConfigurationForm::Cfg3).to_form(ConfigurationForm::Cfg2);
        for (again, original) in again.pmus.iter().zip(&original.pmus) {
            assert_eq!(again.phasors[0].scale, original.phasors[0].scale);
            assert_eq!(again.phasors[1].scale, original.phasors[1].scale);
        }
    }
}
