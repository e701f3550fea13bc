use std::sync::Arc;

use super::super::field::DataPoint;
use super::frames::points_of;
use super::*;
use crate::c37118::{ConfigurationForm, DataLayout, Frame, FrameTime, PmuValues, sample};

fn frame(second: u32) -> Vec<u8> {
    let configuration = sample(ConfigurationForm::Cfg2);
    let layout = DataLayout::new(&configuration).unwrap();
    let pmus: Vec<_> = configuration.pmus.iter().map(PmuValues::absent).collect();
    let mut bytes = Vec::new();
    layout.encode(&mut bytes, FrameTime { second, quality: 0x21, count: 7_000 }, &pmus).unwrap();
    bytes
}

fn points(slots: &Slots, bytes: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let frame = Frame::decode(bytes).unwrap();
    let mut found = Vec::new();
    assert!(points_of(slots, frame.time, frame.payload(), |place, data| found.push((place, data.to_vec()))));
    assert!(!points_of(slots, frame.time, &frame.payload()[1..], |_, _| panic!("it does not fit")));
    found
}

fn take(builder: &mut FrameBuilder, (place, data): &(usize, Vec<u8>)) -> Option<Vec<u8>> {
    let types = builder.slots().record(&builder.slots().slots()[*place], 0).types();
    builder.take(*place, &DataPoint { id: 0, types: &types, data })
}

#[test]
fn frames_come_back_byte_by_byte_in_whatever_order_their_points_come() {
    let slots = Slots::new(Arc::new(sample(ConfigurationForm::Cfg2)));
    let mut builder = FrameBuilder::new(slots.clone());
    let frames = [frame(1), frame(2)];
    let mut all: Vec<_> = frames.iter().flat_map(|frame| points(&slots, frame)).collect();
    let half = all.len() / 2;
    all.rotate_left(half / 2);
    let mut whole: Vec<Vec<u8>> = all.iter().filter_map(|point| take(&mut builder, point)).collect();
    whole.sort();
    assert_eq!(whole, frames);
    assert_eq!(take(&mut builder, &all[0]), None);
    let counts = builder.counts();
    assert_eq!((counts.whole, counts.incomplete, counts.late_points), (2, 0, 1));
}

#[test]
fn a_frame_without_a_point_is_lost_and_counted() {
    let slots = Slots::new(Arc::new(sample(ConfigurationForm::Cfg2)));
    let mut builder = FrameBuilder::new(slots.clone());
    for second in 0..100 {
        for point in points(&slots, &frame(second)).iter().skip(1) {
            assert_eq!(take(&mut builder, point), None);
        }
    }
    assert_eq!(builder.open_frames(), 64);
    assert_eq!((builder.counts().whole, builder.counts().incomplete), (0, 100));
}

#[test]
fn records_come_back_and_find_their_values() {
    for form in [ConfigurationForm::Cfg2, ConfigurationForm::Cfg3] {
        let slots = Slots::new(Arc::new(sample(form)));
        let records: Vec<_> = (300..).zip(slots.slots()).map(|(id, slot)| slots.record(slot, id)).collect();
        let mut bytes = Vec::new();
        write_records(&mut bytes, &records);
        let sizes: usize = records.iter().map(|record| record.encoded_size()).sum();
        assert_eq!(bytes.len(), 2 + sizes);
        assert_eq!(read_records(&bytes).unwrap(), records);
        for (place, record) in records.iter().enumerate() {
            assert_eq!(slots.find(record), Some(place));
        }
        for cut in 0..bytes.len() {
            assert!(read_records(&bytes[..cut]).is_err());
        }
    }
}
