//! How recorded traffic takes the place of a C37.118 device.

use super::macros::settings;

/// Which times the frames of a capture have when they are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CaptureTimes {
    /// Their own, as they were recorded.
    #[default]
    Recorded,
    /// Moved by whole seconds, so that the capture begins now.
    Now,
}

const TIMES: [(&str, CaptureTimes); 2] = [("recorded", CaptureTimes::Recorded), ("now", CaptureTimes::Now)];

settings! {
    /// How a capture is played in place of a device.
    pub struct C37118CaptureSettings: Eq {
        /// File of recorded traffic, pcap or pcapng, that is played in place of a device.
        ///
        /// What the device with the ID code sent in it is received again, at the pace in which it was recorded.
        file: String = String::new() => text("capture"; "the name of a file"),
        /// Speed at which a capture is played, in percent of that of its recording; 0 for as fast as possible.
        speed: u32 = 100 => integer("captureSpeed"; 0, 1_000_000, "percent"),
        /// Play the capture again and again.
        ///
        /// Times go on from round to round, by whole seconds.
        repeat: bool = false => flag("captureLoop"),
        /// Times of the frames: recorded, or now for moved by whole seconds so that the capture begins now.
        times: CaptureTimes = CaptureTimes::Recorded => choice("captureTimes"; TIMES),
    }
}
