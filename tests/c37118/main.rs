//! C37.118 from outside: sessions of both sides in a simulated world, and recorded traffic, of which every frame is
//! read and written again as the same bytes.
//!
//! The frames of `tests/fixtures/c37118.json` and the captures beside it are this project's own and always read; other
//! captures where `STTP_C37118_CAPTURES` names a folder of them.

mod peers;
mod sample;
#[path = "../simulated_link/harness/seeds.rs"]
mod seeds;
mod simulated;
#[path = "../skipped/mod.rs"]
mod skipped;
mod tshark;

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

mod golden;
mod round_trip;

use round_trip::RoundTrip;
use sttp::c37118::capture::Capture;
use sttp::c37118::{
    Configuration, DataLayout, Frame, FrameAssembler, FrameType, Message, PmuValues, encode_command,
    encode_header,
};

use skipped::skipped;

/// What became of a stream.
#[derive(Default)]
struct Outcome {
    data: usize,
    configurations: usize,
    others: usize,
    layout: Option<DataLayout>,
    round_trip: RoundTrip,
}

impl Outcome {
    fn take(&mut self, frame: Frame<'_>) {
        self.round_trip.take(&frame);
        let mut again = Vec::new();
        match frame.message().unwrap() {
            Message::Data => {
                let Some(layout) = &self.layout else { return };
                let read = layout.decode(&frame).unwrap();
                let values: Vec<PmuValues> = read.pmus().map(|pmu| pmu.values()).collect();
                layout.encode(&mut again, frame.time, &values).unwrap();
                self.data += 1;
            }
            Message::Configuration(configuration) => {
                configuration.encode(&mut again).unwrap();
                self.configurations += 1;
                if frame.kind != FrameType::Configuration1 {
                    self.layout = Some(DataLayout::new(&configuration).unwrap());
                    check_sense(&configuration);
                }
            }
            Message::Header(text) => {
                encode_header(&mut again, frame.version, frame.id_code, frame.time, text).unwrap();
                self.others += 1;
            }
            Message::Command(command) => {
                encode_command(&mut again, frame.version, frame.id_code, frame.time, &command).unwrap();
                self.others += 1;
            }
            Message::ConfigurationFragment { index } => panic!("piece {index} of a configuration"),
        }
        assert_eq!(again, frame.bytes, "{:?}", frame.kind);
    }
}

/// What a real device says of itself is plausible.
fn check_sense(configuration: &Configuration) {
    assert!(configuration.frames_per_second() > 0.0 && configuration.frames_per_second() <= 240.0);
    for pmu in &configuration.pmus {
        assert!(!pmu.station.to_string().is_empty());
        assert!(pmu.phasors.iter().all(|phasor| !phasor.name.to_string().is_empty()));
    }
}

#[test]
fn frames_of_this_project_are_written_as_they_were_read() {
    let fixture: serde_json::Value = serde_json::from_str(include_str!("../fixtures/c37118.json")).unwrap();
    let frames = fixture["frames"].as_array().unwrap();
    let mut outcome = Outcome::default();
    let mut assembler = FrameAssembler::default();
    for frame in frames {
        assembler.receive(&bytes(frame["hex"].as_str().unwrap()), |frame| outcome.take(frame));
    }
    assert_eq!(assembler.counts().frames as usize, frames.len());
    assert_eq!((outcome.data, outcome.configurations, outcome.others), (2, 2, 2));
    // Of one the phasors are turned, by an angle offset; the other is between the frames of its rate.
    let RoundTrip { frames, equal, on_time, .. } = outcome.round_trip;
    assert_eq!((frames, equal, on_time), (2, 1, 1));
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn every_frame_of_the_captures_is_written_as_it_was_read() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    assert!(check_captures(&fixtures) > 0, "no fixture was read");
    match std::env::var_os("STTP_C37118_CAPTURES") {
        Some(folder) => assert!(check_captures(Path::new(&folder)) > 0, "no capture was read"),
        None => skipped("STTP_C37118_CAPTURES names no folder of captures beside the fixtures"),
    }
}

/// Reads all captures of a folder. Returns how many there are.
fn check_captures(folder: &Path) -> usize {
    let mut captures = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pcap") {
            check_capture(&path);
            captures += 1;
        }
    }
    captures
}

fn check_capture(path: &Path) {
    // Each stream has its configuration, and its way there and back.
    let mut outcomes: HashMap<u16, Outcome> = HashMap::new();
    let mut bad = 0;
    // Data may come before their configuration: the second pass has it from the start.
    for _ in 0..2 {
        let mut capture = Capture::new(File::open(path).unwrap()).unwrap();
        while let Some(captured) = capture.next_frame().unwrap() {
            let frame = Frame::decode(&captured.bytes).unwrap();
            outcomes.entry(frame.id_code).or_default().take(frame);
        }
        bad += capture.counts().bad_checks + capture.counts().missing_bytes;
    }
    assert_eq!(bad, 0, "{}", path.display());
    let mut streams = 0;
    for (id_code, outcome) in outcomes {
        let RoundTrip { frames, equal, on_time, .. } = outcome.round_trip;
        let Outcome { data, configurations, others, .. } = outcome;
        println!(
            "{}, ID code {id_code}: {data} data frames, {configurations} configurations, {others} others; of {frames} \
             mapped and back {equal} are the same bytes but for their time",
            path.display()
        );
        assert_eq!(on_time, frames, "{}", path.display());
        streams += usize::from(data > 0 && configurations > 0 && frames > 0);
    }
    assert!(streams > 0, "{}", path.display());
}
