//! The file of a capture: which device is in it, and what that sent.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;

use crate::c37118::capture::{Capture, CaptureError, CapturedFrame};
use crate::c37118::{Frame, FrameType};
use crate::error::Error;

/// Frames of one portion.
pub(super) const PORTION: usize = 512;

/// Reads what one device sent.
pub(super) struct Reader {
    path: String,
    id_code: u16,
    capture: Capture,
}

/// Some frames, and what follows them: None for nothing.
pub(super) struct Portion {
    pub(super) frames: Vec<CapturedFrame>,
    /// What follows begins the capture again.
    pub(super) repeats: bool,
    pub(super) rest: Result<Option<Reader>, Error>,
}

/// What was seen of a device.
#[derive(Default)]
struct Seen {
    has_data: bool,
    has_configuration: bool,
}

impl Reader {
    /// Looks the whole file through for the device with this ID code; for the only one when it is 0.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read, [`Error::InvalidArgument`] when it is no capture or has no such
    /// device.
    pub(super) fn find(path: &str, id_code: u16) -> Result<Reader, Error> {
        let mut capture = open(path)?;
        let mut seen: BTreeMap<u16, Seen> = BTreeMap::new();
        // A damaged place is told when it is played up to there.
        let mut end = Ok(());
        loop {
            match capture.next_frame() {
                Ok(Some(captured)) => note(&mut seen, &captured),
                Ok(None) => break,
                Err(error) => {
                    end = Err(error);
                    break;
                }
            }
        }
        let id_code = choose(path, id_code, &seen, end)?;
        Ok(Reader { path: path.to_owned(), id_code, capture: open(path)? })
    }

    /// Reads the next frames; from the beginning again when they are to be repeated.
    pub(super) fn read(mut self, repeat: bool) -> Portion {
        let mut frames = Vec::new();
        let mut repeats = false;
        let rest = loop {
            if frames.len() >= PORTION {
                break Ok(Some(self));
            }
            match self.capture.next_frame() {
                Ok(Some(frame)) if self.is_of_device(&frame) => frames.push(frame),
                Ok(Some(_)) => {}
                Ok(None) if !repeat => break Ok(None),
                Ok(None) => match open(&self.path) {
                    Ok(capture) => {
                        self.capture = capture;
                        repeats = true;
                        // One round at a time, however short it is.
                        break Ok(Some(self));
                    }
                    Err(error) => break Err(error),
                },
                Err(error) => break Err(unreadable(&self.path, &error)),
            }
        };
        Portion { frames, repeats, rest }
    }

    fn is_of_device(&self, captured: &CapturedFrame) -> bool {
        Frame::decode(&captured.bytes)
            .is_ok_and(|frame| frame.id_code == self.id_code && frame.kind != FrameType::Command)
    }
}

fn open(path: &str) -> Result<Capture, Error> {
    let failed = |source| Error::io(format!("cannot read the capture {path}"), source);
    // Before it is opened, which Windows refuses for a folder, and which waits where it is a pipe.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Error::InvalidArgument(format!(
            "the capture {path} is no file; record one with: tcpdump -w FILE port 4712"
        )));
    }
    let file = File::open(path).map_err(failed)?;
    Capture::new(BufReader::new(file)).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &str, error: &CaptureError) -> Error {
    Error::InvalidArgument(format!("{path}: {error}"))
}

fn note(seen: &mut BTreeMap<u16, Seen>, captured: &CapturedFrame) {
    let Ok(frame) = Frame::decode(&captured.bytes) else { return };
    if frame.kind == FrameType::Command {
        return;
    }
    let device = seen.entry(frame.id_code).or_default();
    device.has_data |= frame.kind == FrameType::Data;
    device.has_configuration |= matches!(frame.kind, FrameType::Configuration2 | FrameType::Configuration3);
}

/// The device to play.
fn choose(
    path: &str,
    wanted: u16,
    seen: &BTreeMap<u16, Seen>,
    end: Result<(), CaptureError>,
) -> Result<u16, Error> {
    let refuse = |text: String| Err(Error::InvalidArgument(format!("the capture {path} {text}")));
    let ids = seen.keys().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let found = match (wanted, seen.len()) {
        (0, 0) | (_, 0) => {
            end.map_err(|error| unreadable(path, &error))?;
            return refuse(
                "has no frames of C37.118 that a device sent; record one with: tcpdump -w FILE".into(),
            );
        }
        (0, 1) => seen.keys().next().copied().unwrap_or_default(),
        (0, _) => {
            return refuse(format!("has the devices with ID codes {ids}; give one of them, as accessID"));
        }
        (wanted, _) if !seen.contains_key(&wanted) => {
            return refuse(format!("has no device with ID code {wanted}, but {ids}"));
        }
        (wanted, _) => wanted,
    };
    match seen.get(&found) {
        Some(device) if !device.has_data => refuse(format!("has no data frames of ID code {found}")),
        Some(device) if !device.has_configuration => refuse(format!(
            "has no configuration frame of ID code {found}, without which its data cannot be read; record it while a \
             client connects to the device"
        )),
        _ => Ok(found),
    }
}
