use super::super::channels::Channels;
use super::super::configuration::{Configuration, ConfigurationForm, Format, Name, sample};
use super::super::{DataLayout, Frame, FrameTime, PmuValues, Version, encode_command, encode_header};
use super::*;
use crate::Ticks;
use crate::metadata::{DataSetBuilder, Limits, Metadata};

const MOST_HELD: usize = 10_000;

fn encoded(configuration: &Configuration) -> Vec<u8> {
    let mut bytes = Vec::new();
    configuration.encode(&mut bytes).unwrap();
    bytes
}

fn data(configuration: &Configuration, second: u32) -> Vec<u8> {
    let layout = DataLayout::new(configuration).unwrap();
    let values: Vec<_> = configuration.pmus.iter().map(PmuValues::absent).collect();
    let mut bytes = Vec::new();
    layout.encode(&mut bytes, FrameTime { second, ..configuration.time }, &values).unwrap();
    bytes
}

fn header() -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_header(&mut bytes, Version::V1, 7, FrameTime::default(), b"SHELBY").unwrap();
    bytes
}

/// Blocks of what the device sends.
fn take(encapsulator: &mut Encapsulator, frame: &[u8]) -> Vec<(Uuid, Vec<u8>)> {
    let block = encapsulator.take(&Frame::decode(frame).unwrap()).unwrap();
    block.into_iter().map(|block| (block.signal_id, block.bytes.to_vec())).collect()
}

fn frames(decapsulator: &mut Decapsulator) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| decapsulator.poll().map(<[u8]>::to_vec)).collect()
}

#[test]
fn frames_come_out_as_they_went_in_for_those_who_come_late_too() {
    for form in [ConfigurationForm::Cfg2, ConfigurationForm::Cfg3] {
        let device = sample(form);
        let sent = [encoded(&device), header(), data(&device, 1), data(&device, 2)];
        let mut encapsulator = Encapsulator::new("Shelby PDC");
        let mut early = Decapsulator::new(encapsulator.stream().clone(), MOST_HELD);
        let mut late = Decapsulator::new(encapsulator.stream().clone(), MOST_HELD);
        for (number, frame) in sent.iter().enumerate() {
            for (signal_id, bytes) in take(&mut encapsulator, frame) {
                early.receive(signal_id, &bytes);
                if number == 3 {
                    late.receive(signal_id, &bytes);
                }
            }
        }
        assert_eq!(frames(&mut early), sent);
        assert_eq!(frames(&mut late), Vec::<Vec<u8>>::new(), "held until the configuration is there");
        for block in encapsulator.again() {
            early.receive(block.signal_id, block.bytes);
            late.receive(block.signal_id, block.bytes);
        }
        assert_eq!(frames(&mut early), Vec::<Vec<u8>>::new(), "it knew them");
        assert_eq!(early.counters().configuration_frames_repeated, 2);
        assert_eq!(frames(&mut late), [&sent[0], &sent[3], &sent[1]].map(Vec::clone));
        assert_eq!(late.configuration().unwrap().pmus.len(), 2);
        assert!(late.answers().eq([sent[0].as_slice(), &sent[1]]));
    }
}

#[test]
fn the_blocks_of_another_stream_are_followed_and_counted_on() {
    let device = sample(ConfigurationForm::Cfg2);
    let (mut first, mut second) = (Encapsulator::new("PDC"), Encapsulator::new("OTHER"));
    let mut decapsulator = Decapsulator::new(first.stream().clone(), MOST_HELD);
    for frame in [encoded(&device), data(&device, 1)] {
        for (signal_id, bytes) in take(&mut first, &frame) {
            decapsulator.receive(signal_id, &bytes);
        }
    }
    decapsulator.follow(second.stream().clone());
    assert_eq!((decapsulator.stream(), decapsulator.configuration()), (second.stream(), None));
    assert_eq!(frames(&mut decapsulator), Vec::<Vec<u8>>::new(), "they are of the stream before");
    assert_eq!(decapsulator.counters().frames_dropped, 2);
    for (signal_id, bytes) in take(&mut second, &encoded(&device)) {
        decapsulator.receive(signal_id, &bytes);
    }
    assert_eq!(frames(&mut decapsulator), [encoded(&device)]);
    let counters = decapsulator.counters();
    assert_eq!((counters.data_frames, counters.configuration_frames), (1, 2));
}

#[test]
fn what_is_known_is_not_sent_again_and_commands_never() {
    let mut device = sample(ConfigurationForm::Cfg2);
    let mut encapsulator = Encapsulator::new("PDC");
    assert!(encapsulator.has_new_metadata(), "they are told once at least");
    assert_eq!(take(&mut encapsulator, &encoded(&device)).len(), 1);
    assert!(encapsulator.has_new_metadata() && !encapsulator.has_new_metadata());
    device.time.second += 60;
    assert!(take(&mut encapsulator, &encoded(&device)).is_empty(), "only the time is another");
    let mut command = Vec::new();
    encode_command(&mut command, Version::V1, 7, FrameTime::default(), &super::super::Command::StartData)
        .unwrap();
    assert!(take(&mut encapsulator, &command).is_empty());
    device.pmus[0].change_count += 1;
    assert_eq!(take(&mut encapsulator, &encoded(&device)).len(), 1);
    assert!(encapsulator.has_new_metadata());
    assert!(encapsulator.again().map(|block| block.bytes.to_vec()).eq([encoded(&device)]));
}

#[test]
fn a_changed_configuration_makes_other_forms_old() {
    let mut encapsulator = Encapsulator::new("PDC");
    let (mut short, mut long) = (sample(ConfigurationForm::Cfg2), sample(ConfigurationForm::Cfg3));
    for configuration in [&short, &long] {
        take(&mut encapsulator, &encoded(configuration));
    }
    assert_eq!(encapsulator.again().count(), 2);
    assert_eq!(encapsulator.configuration().unwrap().form, ConfigurationForm::Cfg3, "it tells more");
    short.pmus.pop();
    take(&mut encapsulator, &encoded(&short));
    assert!(encapsulator.again().map(|block| block.bytes.to_vec()).eq([encoded(&short)]));
    assert_eq!(encapsulator.configuration().unwrap().pmus.len(), 1);
    long.pmus.pop();
    take(&mut encapsulator, &encoded(&long));
    assert_eq!(encapsulator.again().count(), 2);
}

#[test]
fn a_configuration_in_pieces_is_whole_at_its_last() {
    let mut device = sample(ConfigurationForm::Cfg3);
    let pmu = device.pmus[0].clone();
    for number in 0..400 {
        device
            .pmus
            .push(super::super::Pmu { station: Name::new(&format!("STATION {number}")), ..pmu.clone() });
    }
    let pieces = device.encode_fragments().unwrap();
    assert!(pieces.len() > 1);
    let mut encapsulator = Encapsulator::new("PDC");
    let mut decapsulator = Decapsulator::new(encapsulator.stream().clone(), 1 << 20);
    let frame = data(&device, 1);
    for bytes in [&frame].into_iter().chain(&pieces) {
        assert!(decapsulator.configuration().is_none());
        for (signal_id, bytes) in take(&mut encapsulator, bytes) {
            decapsulator.receive(signal_id, &bytes);
        }
    }
    let mut expected = pieces.clone();
    expected.push(frame);
    assert_eq!(frames(&mut decapsulator), expected);
    assert!(encapsulator.again().map(|block| block.bytes.to_vec()).eq(pieces));
}

#[test]
fn what_nobody_takes_is_dropped_and_what_is_no_frame_refused() {
    let device = sample(ConfigurationForm::Cfg2);
    let encapsulator = Encapsulator::new("PDC");
    let stream = encapsulator.stream();
    let mut decapsulator = Decapsulator::new(stream.clone(), MOST_HELD);
    let frame = data(&device, 1);
    let fit = MOST_HELD / frame.len();
    for second in 0..1000 {
        decapsulator.receive(stream.data_signal, &data(&device, second));
    }
    assert_eq!(decapsulator.counters().frames_dropped as usize, 1000 - fit);
    decapsulator.receive(stream.data_signal, b"no frame");
    decapsulator.receive(stream.data_signal, &encoded(&device));
    decapsulator.receive(stream.configuration_signal, &frame);
    decapsulator.receive(stream.configuration_signal, &[encoded(&device), encoded(&device)].concat());
    assert_eq!(decapsulator.counters().blocks_rejected, 4);
    decapsulator.receive(Uuid::nil(), b"of others");
    decapsulator.receive(stream.configuration_signal, &encoded(&device));
    let frames = frames(&mut decapsulator);
    assert_eq!(frames[0], encoded(&device));
    assert_eq!(*frames.last().unwrap(), data(&device, 999), "the newest stayed");
}

#[test]
fn metadata_tell_all_that_the_configuration_tells() {
    for form in [ConfigurationForm::Cfg2, ConfigurationForm::Cfg3] {
        let device = sample(form);
        let mut encapsulator = Encapsulator::new("Shelby PDC");
        take(&mut encapsulator, &encoded(&device));
        let mut builder = DataSetBuilder::standard().unwrap();
        encapsulator.describe(&mut builder, "PMU", Ticks::UNIX_EPOCH).unwrap();
        let data_set = DataSet::from_xml(&builder.finish().to_xml(), &Limits::default()).unwrap();
        assert_eq!(EncapsulatedStream::of_metadata(&data_set), [encapsulator.stream().clone()]);
        assert_eq!(encapsulator.stream().id_code, 7);
        let table = data_set.table("C37118Channel").unwrap().clone();
        let text = |row: usize, name: &str| {
            let value = table.value(row, table.column_index(name).unwrap());
            format!("{value:?}")
        };
        let types: Vec<String> = (0..table.row_count()).map(|row| text(row, "ValueType")).collect();
        let expected = ["S", "P", "P", "F", "Q", "A", "D"].map(|letter| format!("String({letter:?})"));
        assert_eq!(types, [expected.clone(), expected].concat());
        assert_eq!(text(1, "PhasorType"), "String(\"R\")");
        assert_eq!((text(8, "PhasorType"), text(8, "Size")), ("String(\"P\")".into(), "Int(4)".into()));
        assert_eq!((text(9, "PositionIndex"), text(9, "PMUNumber")), ("Int(2)".into(), "Int(2)".into()));
        assert_eq!(text(0, "ConcentratorIDCode"), "Int(7)");
        assert!(text(6, "ChannelName").contains("BREAKER 0|BREAKER 1|"));
        // The first row of the signal is that of the status of the first PMU.
        let channels = Channels::of(&data_set);
        let first = channels.find(encapsulator.stream().data_signal).unwrap();
        assert_eq!(first.format(), Some(Format(0)));
        assert_eq!(first.details(), device.pmus[0].details);
        let metadata = Metadata::new(data_set.clone());
        for signal in [encapsulator.stream().data_signal, encapsulator.stream().configuration_signal] {
            assert_eq!(
                metadata.measurement_by_signal_id(signal).unwrap().device_acronym(),
                Some("SHELBY_PDC")
            );
        }
        assert_eq!(metadata.active_measurements().table().row_count(), 2);
    }
}
