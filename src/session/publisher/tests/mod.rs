//! Subscribers played by hand-built bytes.

mod buffer_blocks;
mod commands;
mod encryption;
mod forms;
mod limits;
mod long_requests;
mod messages;
mod modes;
mod sharing;
mod statistics;
mod subscriptions;
mod temporal;

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::*;
use crate::Ticks;
use crate::codec::history::HistoryExtent;
use crate::codec::{RawMeasurement, SignalIndexCache};
use crate::metadata::{Column, ColumnType, DataSetBuilder, Metadata};
use crate::wire::TextEncoding;
use crate::wire::frame::{FrameAssembler, command_frame, responses};

const TICKS: i64 = 639_028_224_000_000_000;

/// Modes of version 2 with UTF-8 texts and nothing compressed.
const PLAIN: u32 = 0x0000_0202;
/// The same with TSSC.
const TSSC: u32 = 0x2000_0242;

/// A response as the subscriber gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    response: u8,
    command: u8,
    payload: Vec<u8>,
}

/// A publisher session with one connection, whose subscriber the test plays.
struct Publisher {
    session: PublisherSession,
    id: ConnectionId,
    now: Moment,
    events: Vec<PublisherEvent>,
}

impl Publisher {
    fn new(settings: PublisherSettings) -> Publisher {
        let now = Moment { instant: Instant::now(), utc: Ticks(TICKS) };
        let mut session = PublisherSession::new(settings, catalog(10));
        let id = session.open(([127, 0, 0, 1], 9).into(), now);
        Publisher { session, id, now, events: Vec::new() }
    }

    /// A publisher whose subscriber has told its modes.
    fn with_modes(modes: u32) -> Publisher {
        let mut publisher = Publisher::new(PublisherSettings::default());
        publisher.send(Command::DefineOperationalModes, &modes.to_be_bytes());
        let [answer] = &publisher.answers()[..] else { panic!("one answer") };
        assert_eq!((answer.response, answer.command), (0x80, 0x06));
        publisher
    }

    /// A publisher whose subscriber gets the signals of these rows.
    fn subscribed(modes: u32, rows: &[usize]) -> Publisher {
        Publisher::subscribed_with(PublisherSettings::default(), modes, rows)
    }

    fn subscribed_with(settings: PublisherSettings, modes: u32, rows: &[usize]) -> Publisher {
        let mut publisher = Publisher::new(settings);
        publisher.send(Command::DefineOperationalModes, &modes.to_be_bytes());
        publisher.subscribe(&filter(rows));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        publisher.answers();
        publisher
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<(), CloseReason> {
        self.session.receive(self.id, bytes, self.now, &mut self.events)
    }

    /// Answers the long requests that wait now, as another thread does. How many there were.
    fn answer_long_requests(&mut self) -> usize {
        let requests = self.session.take_long_requests();
        for request in &requests {
            self.session.supply_answer(request.answer(), self.now, &mut self.events).unwrap();
        }
        requests.len()
    }

    fn close(&mut self) -> Option<ConnectionInfo> {
        self.session.close(self.id, self.now)
    }

    fn send(&mut self, command: Command, payload: &[u8]) {
        self.receive(&command_frame(command, payload)).unwrap();
    }

    fn send_code(&mut self, code: u8, payload: &[u8]) {
        let mut frame = command_frame(Command::Subscribe, payload);
        frame[4] = code;
        self.receive(&frame).unwrap();
    }

    /// Subscribes in UTF-8 with this connection string.
    fn subscribe(&mut self, connection_string: &str) {
        self.send(Command::Subscribe, &subscribe_payload(connection_string, TextEncoding::Utf8));
    }

    /// Publishes a measurement of each row, in one batch.
    fn publish(&mut self, rows: &[usize]) {
        let measurements: Vec<RawMeasurement> = rows
            .iter()
            .map(|row| RawMeasurement {
                ticks: TICKS + *row as i64,
                row: *row as u32,
                flags: 0,
                value_bits: (*row as f32 + 0.5).to_bits(),
            })
            .collect();
        self.session.publish(&measurements, self.now);
        self.session.finish_packets();
    }

    /// Takes everything queued, as the transport does. Checks the form that every subscriber
    /// reads: one response in each frame.
    fn answers(&mut self) -> Vec<Answer> {
        let Some(queue) = self.session.queue(self.id) else { return Vec::new() };
        let bytes: Vec<u8> = queue.pieces().flatten().copied().collect();
        self.session.sent(self.id, bytes.len(), self.now);
        let (mut assembler, mut rest, mut answers) = (FrameAssembler::default(), &bytes[..], Vec::new());
        while let Some(frame) = assembler.next(&mut rest, usize::MAX).unwrap() {
            let all: Vec<_> = responses(frame).collect::<Result<_, _>>().unwrap();
            let [only] = all[..] else { panic!("{} responses in one frame", all.len()) };
            assert_eq!(frame.len(), 6 + only.payload.len());
            answers.push(Answer {
                response: only.response,
                command: only.command,
                payload: only.payload.to_vec(),
            });
        }
        answers
    }

    /// Response and command codes of everything queued.
    fn answer_codes(&mut self) -> Vec<(u8, u8)> {
        self.answers().iter().map(|answer| (answer.response, answer.command)).collect()
    }

    /// Lets time pass and tells the reasons for closing the connection.
    fn wait(&mut self, duration: Duration) -> Vec<CloseReason> {
        self.now += duration;
        self.session.handle_timeout(self.now).into_iter().map(|(_, reason)| reason).collect()
    }
}

impl Answer {
    fn text(&self, encoding: TextEncoding) -> String {
        encoding.decode(&self.payload).into_owned()
    }
}

fn signal_id(row: usize) -> Uuid {
    Uuid::from_u128(0x5E55_0000_0000_4000_8000_0000_0000_0000 + row as u128)
}

/// Metadata of this many signals.
fn catalog(rows: usize) -> Arc<Catalog> {
    let mut builder = DataSetBuilder::new("DataSet");
    let columns = [
        ("DeviceAcronym", ColumnType::String),
        ("ID", ColumnType::String),
        ("SignalID", ColumnType::Guid),
        ("PointTag", ColumnType::String),
        ("Internal", ColumnType::Boolean),
    ];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type)).to_vec();
    let table = builder.add_table("MeasurementDetail", columns).unwrap();
    for row in 0..rows {
        let source = if row < 5 { "DAM" } else { "ÅRSTA" };
        let (key, tag) = (format!("{source}:{row}"), format!("TAG-{row}"));
        let builder = builder.append_row(table).unwrap();
        let builder = builder.set("DeviceAcronym", "DEV").unwrap();
        let builder = builder.set("ID", key.as_str()).unwrap();
        let builder = builder.set("SignalID", signal_id(row)).unwrap();
        builder.set("PointTag", tag.as_str()).unwrap().set("Internal", true).unwrap();
    }
    Arc::new(Catalog::new(Arc::new(Metadata::new(builder.finish()))))
}

/// A connection string that asks for the signals of these rows.
fn filter(rows: &[usize]) -> String {
    let ids: Vec<String> = rows.iter().map(|row| signal_id(*row).to_string()).collect();
    format!("filterExpression={{{}}}", ids.join(";"))
}

fn subscribe_payload(connection_string: &str, encoding: TextEncoding) -> Vec<u8> {
    let text = encoding.encode(connection_string);
    [&[2][..], &(text.len() as u32).to_be_bytes(), &text].concat()
}

/// Signals of a cache that was sent to a subscriber of version 2 or 3, and its slot.
fn slot_and_signals(answer: &Answer) -> (u8, Vec<Uuid>) {
    let cache = SignalIndexCache::decode(&answer.payload[1..], TextEncoding::Utf8).unwrap();
    (answer.payload[0], cache.records().iter().map(|record| record.signal_id).collect())
}

fn signal_ids(rows: &[usize]) -> Vec<Uuid> {
    rows.iter().map(|row| signal_id(*row)).collect()
}
