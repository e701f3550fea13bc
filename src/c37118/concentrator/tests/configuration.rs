//! What a stream is, by metadata and settings.

use super::*;

#[test]
fn the_configuration_is_that_of_the_device() {
    for form in [ConfigurationForm::Cfg2, ConfigurationForm::Cfg3] {
        let bench = Bench::new(sample(form));
        let settings = StreamSettings { change_count: 12, ..bench.settings() };
        let concentrator = bench.concentrator(settings);
        let mut made = concentrator.configuration_in(form);
        made.time = bench.device.time;
        let mut expected = bench.device.clone();
        for pmu in &mut expected.pmus {
            for phasor in &mut pmu.phasors {
                if let PhasorScale::Full { angle_offset, .. } = &mut phasor.scale {
                    *angle_offset = 0.0;
                }
            }
        }
        let (mut made_bytes, mut expected_bytes) = (Vec::new(), Vec::new());
        made.encode(&mut made_bytes).unwrap();
        expected.encode(&mut expected_bytes).unwrap();
        assert_eq!(made_bytes, expected_bytes, "{made:#?}\n{expected:#?}");
    }
}

#[test]
fn integers_of_factors_that_phunit_cannot_tell_come_back() {
    for format in [0, Format::POLAR] {
        let mut device = sample(ConfigurationForm::Cfg3);
        for pmu in &mut device.pmus {
            pmu.format = Format(format);
            for phasor in &mut pmu.phasors {
                let PhasorScale::Full { factor, angle_offset, .. } = &mut phasor.scale else {
                    unreachable!()
                };
                (*factor, *angle_offset) = (0.987_654_3, 0.0);
            }
        }
        let bench = Bench::new(device);
        let mut concentrator = bench.concentrator(bench.settings());
        let long = concentrator.configuration_in(ConfigurationForm::Cfg3);
        assert_eq!(long.pmus[0].phasors[0].scale.per_count(), f64::from(0.987_654_3_f32));
        let short = concentrator.configuration().pmus[0].phasors[0].scale;
        assert_eq!(short, PhasorScale::Unit { code: 0, factor: 98_765 });
        for index in 0..60 {
            let mut values = some_values(&bench.device, index as u16);
            // The largest are the farthest from what PHUNIT says.
            values[0].phasors[0] = match values[0].phasors[0] {
                PhasorBits::PolarInteger(_, angle) => PhasorBits::PolarInteger(u16::MAX, angle),
                _ => PhasorBits::RectangularInteger(i16::MAX, -i16::MAX),
            };
            let sent = bench.frame(bench.time(index, 0), &values);
            let now = later(bench.now, index as u64 * 33 + 20);
            concentrator.push(&bench.measurements(&sent), now);
            let made = concentrator.poll(now).expect("a frame that is complete").to_vec();
            let (_, made) = bench.values(&made);
            made.iter().zip(&values).for_each(|(made, sent)| assert_same(made, sent));
        }
    }
}

#[test]
fn phasors_of_scales_beyond_phunit_are_floats_that_no_reader_gets_wrong() {
    for format in [0, Format::POLAR] {
        let mut device = sample(ConfigurationForm::Cfg3);
        for pmu in &mut device.pmus {
            pmu.format = Format(format);
            for phasor in &mut pmu.phasors {
                let PhasorScale::Full { factor, angle_offset, .. } = &mut phasor.scale else {
                    unreachable!()
                };
                (*factor, *angle_offset) = (0.125, 0.0);
            }
        }
        // One of its phasors is enough.
        let PhasorScale::Full { factor, .. } = &mut device.pmus[0].phasors[1].scale else { unreachable!() };
        *factor = 200.0;
        let bench = Bench::new(device);
        let asked = StreamSettings { format: Some(Format(format)), ..bench.settings() };
        for settings in [bench.settings(), asked] {
            let mut concentrator = bench.concentrator(settings);
            let mut values = some_values(&bench.device, 1);
            values[0].phasors[1] = match values[0].phasors[1] {
                PhasorBits::PolarInteger(_, angle) => PhasorBits::PolarInteger(u16::MAX, angle),
                _ => PhasorBits::RectangularInteger(i16::MAX, -i16::MAX),
            };
            concentrator.push(&bench.measurements(&bench.frame(bench.time(0, 0), &values)), bench.now);
            let made = concentrator.poll(bench.now).expect("a frame that is complete").to_vec();
            let made = Frame::decode(&made).unwrap();
            for form in [ConfigurationForm::Cfg2, ConfigurationForm::Cfg3] {
                let read = concentrator.configuration_in(form);
                let formats: Vec<_> = read.pmus.iter().map(|pmu| pmu.format.0).collect();
                assert_eq!(formats, [format | Format::FLOAT_PHASORS, format]);
                let data = DataLayout::new(&read).unwrap();
                let data = data.decode(&made).unwrap();
                let bits = data.pmus().next().unwrap().phasors().nth(1).unwrap();
                let (found, _) = bits.polar(read.pmus[0].phasors[1].scale);
                let (sent, _) = values[0].phasors[1].polar(bench.device.pmus[0].phasors[1].scale);
                assert!(close(found as f32, sent as f32, sent as f32), "{form:?}: {found} of {sent}");
            }
            let long = concentrator.configuration_in(ConfigurationForm::Cfg3);
            assert_eq!(long.pmus[0].phasors[1].scale.per_count(), 200.0, "that of the device");
        }
    }
}

#[test]
fn a_changed_configuration_is_told_for_a_minute() {
    let (bench, mut concentrator, frames) = three_frames();
    assert!(!concentrator.set_metadata(&bench.metadata, bench.now).unwrap(), "nothing changed");
    concentrator.push(&frames[0][..3], bench.now);
    let mut changed = bench.device.clone();
    changed.pmus[0].phasors.pop();
    changed.pmus.iter_mut().for_each(|pmu| pmu.change_count = 99);
    let mut other = Bench::new(changed);
    other.now = bench.now;
    assert!(concentrator.finish(bench.now).is_some(), "what was collected is not lost");
    assert!(concentrator.set_metadata(&other.metadata, bench.now).unwrap());
    assert_eq!(concentrator.counters().frames_dropped, 0);
    concentrator.set_rows(&other.mapping.signal_ids());
    assert_eq!(concentrator.configuration().pmus[0].change_count, 1);
    assert_eq!(concentrator.signals().len(), bench.mapping.signal_ids().len() - 2);
    for (second, is_told) in [(1, true), (59, true), (60, false)] {
        let now = later(bench.now, second * 1000 + 10);
        let mut values = some_values(&other.device, 1);
        values.iter_mut().for_each(|values| values.status = StatusWord(0));
        let sent = other.frame(other.time(second as i64 * 30, 0), &values);
        concentrator.push(&other.measurements(&sent), now);
        let mut made = Vec::new();
        while let Some(frame) = concentrator.finish(now) {
            made = frame.to_vec();
        }
        let statuses: Vec<_> = other.values(&made).1.iter().map(|values| values.status.0).collect();
        let expected = if is_told { StatusWord::CONFIGURATION_CHANGE } else { 0 };
        assert_eq!(statuses, [expected; 2], "after {second} s");
    }
}

#[test]
fn devices_are_selected_by_name_and_by_signal() {
    let bench = Bench::new(sample(ConfigurationForm::Cfg2));
    let stations = |selection: Selection| -> Result<Vec<String>, ConcentratorError> {
        let settings = StreamSettings { selection, ..bench.settings() };
        let concentrator = Concentrator::new(settings, &bench.metadata, bench.now)?;
        Ok(concentrator.configuration().pmus.iter().map(|pmu| pmu.station.to_string()).collect())
    };
    let devices = |names: &[&str]| Selection::Devices(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(stations(Selection::All).unwrap(), ["SHELBY 1", "SHELBY 2"]);
    assert_eq!(stations(devices(&["shelby_2", "SHELBY_1"])).unwrap(), ["SHELBY 2", "SHELBY 1"]);
    assert_eq!(
        stations(devices(&["PDC"])).unwrap(),
        ["SHELBY 1", "SHELBY 2"],
        "the children of the concentrator"
    );
    let id = |reference| crate::c37118::mapping::signal_id(reference);
    let chosen = Selection::Signals(vec![id("SHELBY_2-FQ"), id("SHELBY_2-PM2"), id("SHELBY_2-PA2")]);
    assert_eq!(stations(chosen).unwrap(), ["SHELBY 2"]);
    assert_eq!(stations(devices(&["NOWHERE"])), Err(ConcentratorError::NoDevice("NOWHERE".into())));
    assert_eq!(stations(Selection::Signals(vec![id("PDC-QF")])), Err(ConcentratorError::NothingToSend));
}

#[test]
fn metadata_of_others_have_their_defaults() {
    use crate::metadata::DataSetBuilder;
    let mut builder = DataSetBuilder::standard().unwrap();
    let tables =
        ["DeviceDetail", "MeasurementDetail", "PhasorDetail"].map(|name| builder.table_index(name).unwrap());
    let row = builder.append_row(tables[0]).unwrap();
    let row = row.set("Acronym", "OTHER-SIDE").unwrap().set("Name", "A substation of a long name").unwrap();
    row.set("AccessID", 33)
        .unwrap()
        .set_text("Latitude", "999")
        .unwrap()
        .set_text("Longitude", "8.5")
        .unwrap();
    for (number, (reference, acronym)) in [
        ("other-side-fq", "FREQ"),
        ("OTHER-SIDE-PM2", "IPHM"),
        ("OTHER-SIDE-PA2", "IPHA"),
        ("OTHER-SIDE-AV3", "ALOG"),
    ]
    .into_iter()
    .enumerate()
    {
        let row = builder.append_row(tables[1]).unwrap();
        let row = row.set("SignalID", Uuid::from_u128(number as u128 + 1)).unwrap();
        let row = row.set("SignalReference", reference).unwrap().set("SignalAcronym", acronym).unwrap();
        row.set("DeviceAcronym", "OTHER-SIDE").unwrap().set("Enabled", true).unwrap();
    }
    let metadata = Metadata::new(builder.finish());
    let settings = StreamSettings {
        nominal_frequency: NominalFrequency(1),
        format: Some(Format(0)),
        ..StreamSettings::default()
    };
    let concentrator = Concentrator::new(settings, &metadata, start()).unwrap();
    let pmu = &concentrator.configuration().pmus[0];
    assert_eq!((pmu.id_code, pmu.nominal_frequency.hertz()), (33, 50.0));
    assert_eq!(pmu.phasors[0].scale, PhasorScale::Unit { code: 1, factor: 2_423 });
    assert_eq!(pmu.analogs[0].scale, crate::c37118::AnalogScale::Unit { code: 0, factor: 1_373_291 });
    let details = concentrator.configuration_in(ConfigurationForm::Cfg3).pmus[0].details.unwrap();
    assert_eq!((details.latitude, details.longitude), (f32::INFINITY, 8.5));
    let mut bytes = Vec::new();
    concentrator.configuration().encode(&mut bytes).unwrap();
    let read = Configuration::decode(&Frame::decode(&bytes).unwrap()).unwrap();
    assert_eq!(read.pmus[0].station.to_string(), "A substation of");
    assert_eq!(read.pmus[0].phasors[0].name.to_string(), "PHASOR 2 I+");
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let bench = Bench::new(sample(ConfigurationForm::Cfg2));
    let refused = |change: &dyn Fn(&mut StreamSettings)| {
        let mut settings = bench.settings();
        change(&mut settings);
        Concentrator::new(settings, &bench.metadata, bench.now).unwrap_err().to_string()
    };
    assert!(refused(&|settings| settings.data_rate = 0).contains("data rate"));
    assert!(refused(&|settings| settings.id_code = 0).contains("65534"));
    assert!(refused(&|settings| settings.lag = Duration::from_secs(1_000_000)).contains("shorter lag"));
}
