//! Streams of C37.118.

use bytes::Bytes;

use super::*;
use crate::c37118::{ConfigurationForm, DataLayout, Frame, FrameTime, PmuValues, sample};

/// A configuration, and data frames by it.
pub(super) fn frames(format: u16, count: u32) -> (Bytes, Vec<Vec<u8>>) {
    let mut configuration = sample(ConfigurationForm::Cfg2);
    configuration.pmus[0].format.0 = format;
    let mut cfg = Vec::new();
    configuration.encode(&mut cfg).unwrap();
    let layout = DataLayout::new(&configuration).unwrap();
    let frames = (0..count).map(|number| {
        let mut pmus: Vec<_> = configuration.pmus.iter().map(PmuValues::absent).collect();
        pmus[0].digitals[0] = number as u16;
        let mut frame = Vec::new();
        let time = FrameTime { second: 1_700_000_000 + number / 30, quality: 0, count: number % 30 * 33_333 };
        layout.encode(&mut frame, time, &pmus).unwrap();
        frame
    });
    (cfg.into(), frames.collect())
}

#[test]
fn a_stream_of_c37118_comes_out_as_it_went_in_but_for_frames_that_were_lost() {
    let mut line = Line::usual(LinkKind::DATAGRAMS.one_way());
    let (configuration, frames) = frames(0, 600);
    line.sides[PUBLISHER].set_configuration(configuration.clone(), line.now).unwrap();
    line.run(12 * SECOND);
    assert_eq!(line.logs[SUBSCRIBER].configurations, [configuration.to_vec()]);
    line.faults.lost = 50_000;
    for (number, bytes) in frames.iter().enumerate() {
        let frame = Frame::decode(bytes).unwrap();
        line.sides[PUBLISHER].publish_frame(&frame).unwrap();
        line.run(SECOND / 30);
        if number == 0 {
            line.run(11 * SECOND);
        }
    }
    line.faults = Faults::default();
    line.run(3 * SECOND);
    let got = &line.logs[SUBSCRIBER].frames;
    let mut rest = frames.iter();
    assert!(got.iter().all(|frame| rest.any(|sent| sent == frame)), "in order, and equal");
    let counters = line.sides[SUBSCRIBER].counters();
    assert_eq!(counters.frames_whole, got.len() as u64);
    assert!(got.len() > 540 && got.len() < 600, "{}", got.len());
}

#[test]
fn another_configuration_brings_another_agreement() {
    for kind in [LinkKind::STREAM, LinkKind::SERIAL, LinkKind::SERIAL.one_way()] {
        let mut line = Line::usual(kind);
        for format in [0, 15] {
            let (configuration, frames) = frames(format, 3);
            line.sides[PUBLISHER].set_configuration(configuration, line.now).unwrap();
            line.run(25 * SECOND);
            for bytes in &frames {
                line.sides[PUBLISHER].publish_frame(&Frame::decode(bytes).unwrap()).unwrap();
                line.settle();
            }
            assert_eq!(std::mem::take(&mut line.logs[SUBSCRIBER].frames), frames);
        }
        assert_eq!(line.logs[SUBSCRIBER].agreements.len(), 2);
    }
    let mut line = Line::usual(LinkKind::STREAM);
    let (configuration, frames) = frames(0, 1);
    let frame = Frame::decode(&frames[0]).unwrap();
    assert_eq!(line.sides[PUBLISHER].publish_frame(&frame), Err(FrameRefused::OtherConfiguration(7)));
    let data: Bytes = frames[0].clone().into();
    assert_eq!(line.sides[PUBLISHER].set_configuration(data, line.now), Err(FrameRefused::NoConfiguration));
    let frame = Frame::decode(&configuration).unwrap();
    assert_eq!(line.sides[PUBLISHER].publish_frame(&frame), Err(FrameRefused::NotData("CFG-2")));
}

#[test]
fn frames_are_never_made_by_the_configuration_before() {
    let layouts = [1, 2].map(|analogs| {
        let mut configuration = sample(ConfigurationForm::Cfg2);
        let analog = configuration.pmus[0].analogs[0].clone();
        configuration.pmus[0].analogs = vec![analog; analogs];
        configuration
    });
    let mut line = Line::usual(LinkKind::DATAGRAMS.one_way());
    let mut sent = Vec::new();
    for (number, configuration) in layouts.iter().enumerate() {
        let mut frames = Vec::new();
        configuration.encode(&mut frames).unwrap();
        line.sides[PUBLISHER].set_configuration(frames.into(), line.now).unwrap();
        // The first one is known before its frames come; the second one's come at once.
        line.run(if number == 0 { 25 * SECOND } else { Duration::ZERO });
        let layout = DataLayout::new(configuration).unwrap();
        for count in 0..300 {
            let pmus: Vec<_> = configuration.pmus.iter().map(PmuValues::absent).collect();
            let time =
                FrameTime { second: 1_700_000_000 + count / 30, quality: 0, count: count % 30 * 33_333 };
            let mut frame = Vec::new();
            layout.encode(&mut frame, time, &pmus).unwrap();
            line.sides[PUBLISHER].publish_frame(&Frame::decode(&frame).unwrap()).unwrap();
            line.run(SECOND / 30);
            sent.push(frame);
        }
    }
    line.run(25 * SECOND);
    let got = &line.logs[SUBSCRIBER].frames;
    let mut rest = sent.iter();
    assert!(got.iter().all(|frame| rest.any(|sent| sent == frame)), "each as it was sent, in order");
    assert!(got.len() > 300, "{}", got.len());
}

#[test]
fn points_that_come_again_are_counted_so_that_points_and_frames_add_up() {
    let mut line = Line::usual(LinkKind::DATAGRAMS.one_way());
    let (configuration, frames) = frames(0, 2);
    line.sides[PUBLISHER].set_configuration(configuration, line.now).unwrap();
    line.run(12 * SECOND);
    for number in [0, 1, 0] {
        line.sides[PUBLISHER].publish_frame(&Frame::decode(&frames[number]).unwrap()).unwrap();
        line.settle();
    }
    assert_eq!(line.logs[SUBSCRIBER].frames, frames);
    let [sent, got] = line.sides.each_ref().map(LinkSession::counters);
    assert_eq!((got.frames_whole, got.frames_incomplete), (2, 0));
    assert_eq!((got.points_received, got.points_late), (sent.points_sent / 3 * 2, sent.points_sent / 3));
    assert_eq!((got.points_unknown, got.points_malformed), (0, 0));
}
