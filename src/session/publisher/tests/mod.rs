//! Subscribers played by hand-built bytes.

mod buffer_blocks;
mod commands;
mod encryption;
mod endings;
mod forms;
mod limits;
mod long_requests;
mod messages;
mod modes;
mod rights;
mod sharing;
mod shrinking;
mod statistics;
mod subscriptions;
mod temporal;
mod terms;
mod totals;
mod unfinished;
mod waiting;
mod waiting_answers;

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::*;
use crate::Ticks;
use crate::codec::history::HistoryExtent;
use crate::codec::{RawMeasurement, SignalIndexCache};
use crate::metadata::{Column, ColumnType, DataSetBuilder, Metadata};
use crate::rights::Audit;
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
    /// The connection whose subscriber the test plays now.
    peer: (ConnectionId, ConnectionKey),
    now: Moment,
    history: Option<HistoryStore>,
    notifications: u32,
    // What was polled.
    events: Vec<PublisherEvent>,
    audits: Vec<Audit>,
    closes: Vec<CloseReason>,
    work: Vec<Work>,
    channels: Vec<ChannelId>,
}

impl Publisher {
    fn new(settings: PublisherSettings) -> Publisher {
        let now = Moment { instant: Instant::now(), utc: Ticks(TICKS) };
        let session = PublisherSession::new(settings, catalog(10));
        let mut publisher = Publisher {
            session,
            peer: (0, ConnectionKey::default()),
            now,
            history: None,
            notifications: 0,
            events: Vec::new(),
            audits: Vec::new(),
            closes: Vec::new(),
            work: Vec::new(),
            channels: Vec::new(),
        };
        publisher.configure(settings);
        publisher.connect();
        publisher
    }

    /// Other limits, as a publisher sets them.
    fn configure(&mut self, settings: PublisherSettings) {
        self.session.configure(settings);
        self.history = HistoryStore::by_settings(self.history.take(), &settings, self.session.catalog());
        self.session.use_history(self.history.clone().map(HistoryUse::Record));
    }

    fn history(&self) -> HistoryExtent {
        self.history.as_ref().map(HistoryStore::extent).unwrap_or_default()
    }

    /// Another subscriber connects, whom the test plays from now on.
    fn connect(&mut self) {
        self.connect_from([127, 0, 0, 1]);
    }

    fn connect_from(&mut self, address: [u8; 4]) {
        let new = NewConnection::accepted(self.peer.0 + 1, (address, 9).into());
        self.peer = (new.id, self.session.open(new, self.now));
    }

    fn id(&self) -> ConnectionId {
        self.peer.0
    }

    fn key(&self) -> ConnectionKey {
        self.peer.1
    }

    /// Takes what the session wants of its driver.
    fn poll(&mut self) {
        while self.session.serve_commands(self.now) {}
        while let Some(output) = self.session.poll() {
            match output {
                Output::Send(key) => assert!(self.session.queue(key).is_none_or(|queue| !queue.is_empty())),
                Output::Read(_) => {}
                Output::Datagrams(id) => self.channels.push(id),
                Output::Close(_, reason) => self.closes.push(reason),
                Output::Work(work) => self.work.push(work),
                Output::Event(PublisherEvent::Audit(audit)) => self.audits.push(*audit),
                Output::Event(event) => self.events.push(event),
            }
        }
    }

    fn take_events(&mut self) -> Vec<PublisherEvent> {
        self.poll();
        std::mem::take(&mut self.events)
    }

    /// The requests to be answered elsewhere.
    fn long_requests(&mut self) -> Vec<LongRequest> {
        self.poll();
        let is_request = |work: &mut Work| matches!(work, Work::Answer(_));
        let requests = self.work.extract_if(.., is_request).filter_map(|work| match work {
            Work::Answer(request) => Some(request),
            Work::History(_) => None,
        });
        requests.collect()
    }

    /// What the application's source of historical data is to do.
    fn history_calls(&mut self) -> Vec<HistoryCall> {
        self.poll();
        let is_call = |work: &mut Work| matches!(work, Work::History(_));
        let calls = self.work.extract_if(.., is_call).filter_map(|work| match work {
            Work::History(call) => Some(call),
            Work::Answer(_) => None,
        });
        calls.collect()
    }

    /// The application's source has read something.
    fn supply(&mut self, replay: ReplayId, chunk: HistoryChunk) {
        self.session.finish_work(WorkResult::History(replay, chunk), self.now);
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

    fn receive(&mut self, bytes: &[u8]) {
        self.session.receive(self.key(), bytes, self.now);
        self.poll();
    }

    /// Answers the long requests that wait now, as another thread does. How many there were.
    fn answer_long_requests(&mut self) -> usize {
        let requests = self.long_requests();
        for request in &requests {
            self.session.finish_work(WorkResult::Answer(request.answer()), self.now);
        }
        requests.len()
    }

    /// The subscriber waits for the answer to a long request.
    fn awaits_answer(&self, key: ConnectionKey) -> bool {
        self.session.connections.get(key).is_some_and(|connection| connection.inbox.is_waiting())
    }

    fn close(&mut self) -> Option<ConnectionInfo> {
        self.session.close(self.key(), self.now)
    }

    fn send(&mut self, command: Command, payload: &[u8]) {
        self.receive(&command_frame(command, payload));
    }

    fn send_code(&mut self, code: u8, payload: &[u8]) {
        let mut frame = command_frame(Command::Subscribe, payload);
        frame[4] = code;
        self.receive(&frame);
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
        self.poll();
        let Some(queue) = self.session.queue(self.key()) else { return Vec::new() };
        let bytes: Vec<u8> = queue.pieces().flatten().copied().collect();
        self.session.sent(self.key(), bytes.len(), self.now);
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

    /// Lets time pass and tells the reasons for which connections are to be closed.
    fn wait(&mut self, duration: Duration) -> Vec<CloseReason> {
        self.now += duration;
        self.session.handle_timeout(self.now);
        self.poll();
        std::mem::take(&mut self.closes)
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
