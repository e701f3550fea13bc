//! What is found in captures, and with which times it is played.

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::file::{PORTION, Portion, Reader};
use super::{Playing, Round, Source, Step};
use crate::Ticks;
use crate::c37118::capture::CapturedFrame;
use crate::c37118::{Frame, FrameType};
use crate::settings::{C37118CaptureSettings, CaptureTimes};

fn fixture() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/c37118.pcap").to_owned()
}

/// A file of its own for each test.
fn write(name: &str, bytes: &[u8]) -> String {
    let path: PathBuf = std::env::temp_dir().join(format!("libsttp-capture-{}-{name}", std::process::id()));
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn refusal(path: &str, id_code: u16) -> String {
    Reader::find(path, id_code).err().expect("it is no use").to_string()
}

/// All frames of one round, and how it ended.
fn read_all(mut reader: Reader) -> (Vec<CapturedFrame>, Result<(), String>) {
    let mut all = Vec::new();
    loop {
        let Portion { frames, repeats, rest } = reader.read(false);
        assert!(frames.len() <= PORTION && !repeats);
        all.extend(frames);
        match rest {
            Ok(Some(next)) => reader = next,
            Ok(None) => return (all, Ok(())),
            Err(error) => return (all, Err(error.to_string())),
        }
    }
}

#[test]
fn what_one_device_sent_is_found() {
    for (id_code, data_frames) in [(235, 89), (7, 30)] {
        let (frames, end) = read_all(Reader::find(&fixture(), id_code).unwrap());
        assert_eq!(end, Ok(()));
        let kinds: Vec<FrameType> =
            frames.iter().map(|frame| Frame::decode(&frame.bytes).unwrap().kind).collect();
        assert_eq!(kinds[0], FrameType::Configuration2);
        assert!(kinds[1..].iter().all(|kind| *kind == FrameType::Data));
        assert_eq!(kinds.len(), 1 + data_frames, "{id_code}");
    }
}

#[test]
fn devices_are_told_by_their_id_codes() {
    let told = refusal(&fixture(), 0);
    assert!(told.contains("has the devices with ID codes 7, 235; give one of them, as accessID"), "{told}");
    let told = refusal(&fixture(), 9);
    assert!(told.contains("has no device with ID code 9, but 7, 235"), "{told}");
}

#[test]
fn what_is_no_capture_of_a_device_is_told() {
    assert!(refusal("/nowhere/x.pcap", 0).contains("cannot read the capture /nowhere/x.pcap"));
    assert!(refusal(env!("CARGO_MANIFEST_DIR"), 0).contains("is no file"));
    let text = write("text", b"This is a letter and not a capture.");
    assert!(refusal(&text, 0).contains("no pcap or pcapng file"));
    let header = fs::read(fixture()).unwrap()[..24].to_vec();
    let empty = write("empty", &header);
    assert!(refusal(&empty, 0).contains("has no frames of C37.118"), "{}", refusal(&empty, 0));
    [text, empty].iter().for_each(|path| fs::remove_file(path).unwrap());
}

#[test]
fn what_stands_before_a_damaged_place_is_read_and_the_place_is_told() {
    let whole = fs::read(fixture()).unwrap();
    let cut = write("cut", &whole[..whole.len() - 5_000]);
    let (frames, end) = read_all(Reader::find(&cut, 235).unwrap());
    assert!((20..89).contains(&frames.len()), "{}", frames.len());
    let told = end.unwrap_err();
    assert!(told.contains(&cut) && told.contains("cannot be read behind packet"), "{told}");
    fs::remove_file(cut).unwrap();
}

#[test]
fn a_capture_begins_again() {
    let Portion { frames, repeats, rest } = Reader::find(&fixture(), 7).unwrap().read(true);
    assert!(repeats);
    let again = rest.unwrap().expect("it goes on").read(true);
    assert_eq!(frames.len(), 31);
    assert_eq!(again.frames, frames);
}

/// The frames of a device, ready to be played.
fn playing() -> (Playing, Vec<CapturedFrame>) {
    let (frames, _) = read_all(Reader::find(&fixture(), 7).unwrap());
    let source = Source::Exhausted(Ok(()));
    let steps: VecDeque<Step> = frames.iter().cloned().map(Step::Frame).collect();
    (Playing { steps, source, pace: None, round: Round::default() }, frames)
}

#[test]
fn frames_are_due_as_they_were_recorded() {
    let now = Instant::now();
    for (speed, apart) in [(100, 100), (200, 50), (10, 1000)] {
        let settings = C37118CaptureSettings::default().speed(speed);
        let (mut playing, frames) = playing();
        assert_eq!(playing.due(&settings, &playing.steps[0]), None);
        playing.play(&settings, now, Ticks::now()).unwrap();
        let due: Vec<Instant> =
            playing.steps.iter().map(|step| playing.due(&settings, step).unwrap()).collect();
        assert_eq!(due.len(), frames.len() - 1);
        assert!(due.windows(2).all(|due| due[1] - due[0] == Duration::from_millis(apart)), "{speed}");
    }
    let (mut playing, _) = playing();
    let settings = C37118CaptureSettings::default().speed(0);
    playing.play(&settings, now, Ticks::now()).unwrap();
    assert_eq!(playing.due(&settings, &playing.steps[5]), None);
}

#[test]
fn a_round_begins_at_once_and_keeps_its_own_pace() {
    let (mut playing, frames) = playing();
    let settings = C37118CaptureSettings::default();
    playing.steps.push_back(Step::Again);
    playing.steps.extend(frames.iter().cloned().map(Step::Frame));
    let begun = Instant::now();
    frames.iter().for_each(|_| assert!(playing.play(&settings, begun, Ticks::now()).is_some()));
    assert_eq!(playing.due(&settings, &playing.steps[0]), None);
    playing.begin_round();
    let second = begun + Duration::from_secs(60);
    assert_eq!(playing.due(&settings, &playing.steps[0]), None);
    let again = playing.play(&settings, second, Ticks::now()).unwrap();
    assert!(playing.due(&settings, &playing.steps[0]).unwrap() > second);
    // Its times are behind those of the round before, which took less than three seconds.
    let (before, after) = (Frame::decode(&frames[0].bytes).unwrap(), Frame::decode(&again).unwrap());
    assert_eq!(after.time.second, before.time.second + 3);
    assert_eq!(after.payload(), before.payload());
}

#[test]
fn times_stay_or_are_moved_by_whole_seconds() {
    let now = Instant::now();
    let (mut playing_as_it_was, frames) = playing();
    let settings = C37118CaptureSettings::default();
    let played = playing_as_it_was.play(&settings, now, Ticks::now()).unwrap();
    assert_eq!(played, frames[0].bytes);

    let (mut moved, _) = playing();
    let settings = settings.times(CaptureTimes::Now);
    let utc = Ticks(frames[0].time.value() + 1_000 * Ticks::PER_SECOND + 7);
    for captured in &frames {
        // Time goes on, and the shift stays.
        let later = Ticks(utc.value() + 5 * Ticks::PER_SECOND);
        let bytes = moved.play(&settings, now, if captured == &frames[0] { utc } else { later }).unwrap();
        let (before, after) = (Frame::decode(&captured.bytes).unwrap(), Frame::decode(&bytes).unwrap());
        assert_eq!(after.time.second, before.time.second + 1_000);
        assert_eq!((after.time.count, after.time.quality), (before.time.count, before.time.quality));
        assert_eq!(after.payload(), before.payload());
    }
}
