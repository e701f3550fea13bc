//! What the C++ publisher was asked in a recording, asked of this library's publisher: the answers are of the
//! same kinds, in the same order.

use std::sync::Arc;
use std::time::Instant;

use sttp::Ticks;
use sttp::codec::RawMeasurement;
use sttp::metadata::{Column, ColumnType, DataSetBuilder, Metadata};
use sttp::session::publisher::{Catalog, ConnectionKey, NewConnection, Output, PublisherSettings};
use sttp::session::{Handed, Moment, PublisherSession};
use sttp::wire::Command;
use sttp::wire::frame::{FrameAssembler, command_frame};
use uuid::Uuid;

use crate::recording::Recording;

const TICKS: i64 = 639_028_224_000_000_000;
/// Modes of which the recording does not have the frame: version 2 with TSSC and GZip, and version 1.
const COMPRESSED: u32 = 0xE000_0262;
const VERSION_1: u32 = 0x0000_0221;

const DATA_PACKET: u8 = 0x82;

/// What this publisher answers more, in front: the time at which the data start with every subscription
/// and not with the first one only, and that a subscription is ended. Of the metadata, the recording has only
/// the header.
const DIFFERENCES: [(&str, (u8, u8)); 3] =
    [("after confirmation", (0x86, 0x02)), ("unsubscribe", (0x80, 0x03)), ("metadata refresh", (0x80, 0x01))];

pub(crate) fn check(recording: &Recording) {
    let mut plain = Asked::new();
    for name in [
        "modes v2 uncompressed",
        "subscribe three signals",
        "confirm cache",
        "resubscribe",
        "after confirmation",
        "unsubscribe",
        "metadata refresh",
        "bad filter",
    ] {
        plain.ask(recording, name);
    }
    let mut utf16 = Asked::new();
    utf16.ask(recording, "modes v2 UTF-16LE");
    utf16.ask(recording, "subscribe with UTF-16LE");
    let mut compressed = Asked::with_modes(COMPRESSED);
    compressed.ask(recording, "subscribe TSSC+gzip");
    compressed.ask(recording, "TSSC packets");
    Asked::with_modes(COMPRESSED).ask(recording, "UDP");
    Asked::with_modes(VERSION_1).ask(recording, "v1");
    Asked::new().ask(recording, "version 0");
}

/// A publisher that is asked what another one was asked.
struct Asked {
    session: PublisherSession,
    key: ConnectionKey,
    now: Moment,
}

impl Asked {
    fn new() -> Asked {
        let now = Moment { instant: Instant::now(), utc: Ticks(TICKS) };
        let mut session = PublisherSession::new(PublisherSettings::default(), catalog());
        let key = session.open(NewConnection::accepted(1, ([127, 0, 0, 1], 9).into()), now);
        Asked { session, key, now }
    }

    fn with_modes(modes: u32) -> Asked {
        let mut asked = Asked::new();
        let frame = command_frame(Command::DefineOperationalModes, &modes.to_be_bytes());
        asked.session.receive(asked.key, &frame, asked.now);
        asked.answers();
        asked
    }

    /// Sends the requests of a case, and publishes as many batches as were published then.
    fn ask(&mut self, recording: &Recording, name: &str) {
        println!("asked: {name}");
        for frame in recording.sent(name) {
            self.session.receive(self.key, &frame, self.now);
            while self.session.serve_commands(self.now) {}
        }
        let more = DIFFERENCES.iter().filter(|(case, _)| *case == name).map(|(_, codes)| *codes);
        let recorded = recording.frames(name);
        let expected: Vec<_> = more.chain(recorded.iter().map(|frame| (frame[4], frame[5]))).collect();
        let datagrams = recording.datagrams(name).len();
        let packets = expected.iter().filter(|(response, _)| *response == DATA_PACKET).count();
        for _ in 0..packets + datagrams {
            self.publish();
        }
        assert_eq!(self.answers(), expected, "{name}");
        assert_eq!(self.datagrams(), datagrams, "{name}");
        assert_eq!(self.session.closing(self.key).is_none(), !recording.ends(name), "{name}");
    }

    fn publish(&mut self) {
        let point = |row| RawMeasurement { ticks: TICKS, row, flags: 0, value_bits: 60_f32.to_bits() };
        self.session.publish(&[0, 1, 2].map(point), self.now);
        self.session.finish_packets();
    }

    /// How many datagrams wait, all of them data packets.
    fn datagrams(&mut self) -> usize {
        let mut count = 0;
        while let Some(output) = self.session.poll() {
            let Output::Datagrams(id) = output else { continue };
            self.session.send_datagrams(id, |datagrams| {
                assert!(datagrams.iter().all(|datagram| datagram.bytes()[0] == DATA_PACKET));
                count += datagrams.len();
                Handed::dropping_others(datagrams.len())
            });
        }
        count
    }

    /// Response and command codes of everything queued.
    fn answers(&mut self) -> Vec<(u8, u8)> {
        let Some(queue) = self.session.queue(self.key) else { return Vec::new() };
        let bytes: Vec<u8> = queue.pieces().flatten().copied().collect();
        self.session.sent(self.key, bytes.len(), self.now);
        let (mut assembler, mut rest, mut answers) = (FrameAssembler::default(), &bytes[..], Vec::new());
        while let Some(body) = assembler.next(&mut rest, usize::MAX).unwrap() {
            answers.push((body[0], body[1]));
        }
        answers
    }
}

/// The three signals that the recorded requests name.
fn catalog() -> Arc<Catalog> {
    let mut builder = DataSetBuilder::new("DataSet");
    let columns =
        [("ID", ColumnType::String), ("SignalID", ColumnType::Guid), ("PointTag", ColumnType::String)];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type)).to_vec();
    let table = builder.add_table("MeasurementDetail", columns).unwrap();
    for number in 1..=3_u128 {
        let key = format!("PPA:{number}");
        let row = builder.append_row(table).unwrap();
        let row = row.set("ID", key.as_str()).unwrap().set("SignalID", Uuid::from_u128(number)).unwrap();
        row.set("PointTag", key.as_str()).unwrap();
    }
    Arc::new(Catalog::new(Arc::new(Metadata::new(builder.finish()))))
}
