use super::super::{C37118Error, DataLayout, Message, PmuValues};
use super::*;
use proptest::prelude::*;

const FORMS: [ConfigurationForm; 3] =
    [ConfigurationForm::Cfg1, ConfigurationForm::Cfg2, ConfigurationForm::Cfg3];

fn encoded(configuration: &Configuration) -> Vec<u8> {
    let mut frame = Vec::new();
    configuration.encode(&mut frame).unwrap();
    frame
}

#[test]
fn every_form_is_read_as_it_was_written() {
    for form in FORMS {
        let configuration = sample(form);
        let bytes = encoded(&configuration);
        let message = Frame::decode(&bytes).unwrap().message().unwrap();
        assert_eq!(message, Message::Configuration(Box::new(configuration)));
    }
}

#[test]
fn a_cut_configuration_names_the_field_and_counts_are_not_believed() {
    for form in FORMS {
        let bytes = encoded(&sample(form));
        let payload = Frame::decode(&bytes).unwrap().payload().to_vec();
        for length in 0..payload.len() {
            let frame = Frame::decode(&bytes).unwrap();
            let cut = Configuration::decode_payload(&frame, form, &payload[..length]);
            assert!(matches!(cut, Err(C37118Error::Short { .. })), "{form:?} cut to {length}: {cut:?}");
        }
        let longer = [payload.as_slice(), &[0]].concat();
        let trailing = Configuration::decode_payload(&Frame::decode(&bytes).unwrap(), form, &longer);
        assert_eq!(trailing, Err(C37118Error::TrailingBytes { what: form.frame_type().name(), extra: 1 }));
    }
}

#[test]
fn scales_of_another_form_are_not_written() {
    let mut configuration = sample(ConfigurationForm::Cfg3);
    configuration.form = ConfigurationForm::Cfg2;
    let error = configuration.encode(&mut Vec::new()).unwrap_err().to_string();
    assert!(error.contains("channel VA of PMU SHELBY 1"), "{error}");
}

#[test]
fn rates_are_frames_per_second() {
    let mut configuration = sample(ConfigurationForm::Cfg2);
    for (rate, per_second) in [(30, 30.0), (-5, 0.2), (0, 0.0), (i16::MIN, 1.0 / 32_768.0)] {
        configuration.data_rate = rate;
        assert_eq!(configuration.frames_per_second(), per_second);
    }
}

#[test]
fn data_frames_of_every_format_are_written_as_they_were_read() {
    for format in 0..16 {
        let mut configuration = sample(ConfigurationForm::Cfg2);
        configuration.pmus[1].format = Format(format);
        let layout = DataLayout::new(&configuration).unwrap();
        let values: Vec<_> = configuration.pmus.iter().map(PmuValues::absent).collect();
        let mut bytes = Vec::new();
        layout.encode(&mut bytes, configuration.time, &values).unwrap();
        // Any bytes are values.
        let payload = Frame::decode(&bytes).unwrap().payload().len();
        let content: Vec<u8> = (0..payload).map(|at| (at * 37 + usize::from(format)) as u8).collect();
        let mut frame = Vec::new();
        frame::begin(
            &mut frame,
            FrameType::Data,
            configuration.version,
            configuration.id_code,
            configuration.time,
        );
        frame.extend_from_slice(&content);
        frame::finish(&mut frame, "test").unwrap();
        let read = layout
            .decode(&Frame::decode(&frame).unwrap())
            .unwrap()
            .pmus()
            .map(|pmu| pmu.values())
            .collect::<Vec<_>>();
        layout.encode(&mut bytes, configuration.time, &read).unwrap();
        assert_eq!(bytes, frame, "format {format}");
    }
}

#[test]
fn data_of_another_configuration_or_stream_are_refused() {
    let configuration = sample(ConfigurationForm::Cfg2);
    let layout = DataLayout::new(&configuration).unwrap();
    let mut values: Vec<_> = configuration.pmus.iter().map(PmuValues::absent).collect();
    let mut bytes = Vec::new();
    layout.encode(&mut bytes, configuration.time, &values).unwrap();
    let mut other = configuration.clone();
    other.pmus.pop();
    let other_layout = DataLayout::new(&other).unwrap();
    let frame = Frame::decode(&bytes).unwrap();
    assert!(matches!(other_layout.decode(&frame), Err(C37118Error::OtherConfiguration { .. })));
    other.id_code = 8;
    let refused = DataLayout::new(&other).unwrap().decode(&frame).unwrap_err();
    assert_eq!(refused, C37118Error::OtherId { found: 7, expected: 8 });
    values.swap(0, 1);
    assert!(matches!(
        layout.encode(&mut bytes, configuration.time, &values),
        Err(C37118Error::Unencodable(_))
    ));
    values.pop();
    assert!(matches!(
        layout.encode(&mut bytes, configuration.time, &values),
        Err(C37118Error::Unencodable(_))
    ));
}

proptest! {
    #[test]
    fn any_payload_is_refused_or_read_without_a_loss(
        form in proptest::sample::select(&FORMS),
        changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 0..8),
    ) {
        let configuration = sample(form);
        let mut bytes = encoded(&configuration);
        let length = bytes.len();
        for (at, byte) in changes {
            // Behind the header and CONT_IDX, before the check word.
            let at = 16 + usize::from(at) % (length - 18);
            bytes[at] = byte;
        }
        bytes.truncate(length - 2);
        frame::finish(&mut bytes, "test").unwrap();
        if let Ok(Message::Configuration(read)) = Frame::decode(&bytes).unwrap().message() {
            prop_assert_eq!(encoded(&read), bytes);
        }
    }
}
