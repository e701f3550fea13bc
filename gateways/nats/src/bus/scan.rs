//! Reading what the stream keeps, from some place on, in its order and without gaps, whatever happens to NATS meanwhile.

use std::collections::VecDeque;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::{self, Config};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy};
use async_nats::jetstream::stream::Stream;
use bytes::Bytes;
use futures_util::StreamExt;
use sttp::Ticks;
use time::OffsetDateTime;

use crate::operation::{Operation, log};

/// Messages that are asked for at once.
const AT_ONCE: usize = 64;
/// How long NATS remembers a reader that it does not hear of.
const FORGOTTEN: Duration = Duration::from_secs(30);
/// Where nothing is to be read, NATS says so as often as that; else another place of the stream is tried.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Failures in a row before they are told.
const ATTEMPTS: usize = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// A message of the stream.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) sequence: u64,
    /// When it was stored: ticks without leap-second bits.
    pub(crate) time: i64,
    /// Text of the header that tells the times of late messages.
    pub(crate) times: Option<(i64, i64)>,
    pub(crate) payload: Bytes,
    /// Messages behind it when it was sent.
    pub(crate) pending: u64,
}

/// Header of late messages: earliest and latest time in ticks, so that who looks for a time need not have the message.
pub(crate) const TIMES_HEADER: &str = "Sttp-Times";

/// Where to begin.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Begin {
    /// With the oldest.
    Oldest,
    /// With what was stored at this time or later, in ticks.
    Time(i64),
    /// With this number or a later one.
    Sequence(u64),
}

/// Reads messages of a subject. NATS keeps nothing for it but its place, and forgets that soon after it is dropped.
pub(crate) struct Scan {
    stream: Stream,
    subject: String,
    headers_only: bool,
    begin: Begin,
    consumer: Option<Consumer<Config>>,
    /// What comes while [`follow`](Self::follow) waits for it.
    flow: Option<pull::Stream>,
    /// Messages that came of the flow.
    flowed: u64,
    read: VecDeque<Stored>,
    /// Nothing was behind what was read last.
    is_at_end: bool,
}

impl Scan {
    pub(crate) fn new(stream: Stream, subject: String, begin: Begin) -> Scan {
        Scan {
            stream,
            subject,
            headers_only: false,
            begin,
            consumer: None,
            flow: None,
            flowed: 0,
            read: VecDeque::new(),
            is_at_end: false,
        }
    }

    /// Without what is in the messages.
    pub(crate) fn headers_only(mut self) -> Scan {
        self.headers_only = true;
        self
    }

    /// The next message that is there already; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Stored>, String> {
        let mut failures = 0;
        loop {
            if let Some(stored) = self.read.pop_front() {
                return Ok(Some(stored));
            }
            if self.is_at_end {
                return Ok(None);
            }
            match self.read_some().await {
                Ok(()) => {}
                Err(error) if failures >= ATTEMPTS => return Err(error),
                Err(_) => self.begin_again(&mut failures).await,
            }
        }
    }

    /// The next message, whenever it comes. What is in the way meanwhile is told, also as the health of a part.
    pub(crate) async fn follow(&mut self, operation: &Operation, part: &str) -> Stored {
        let mut failures = 0;
        loop {
            let received = match self.begin_flow().await {
                Ok(is_new) => {
                    if is_new {
                        operation.health.well(part);
                    }
                    self.receive().await
                }
                Err(error) => Err(error),
            };
            match received {
                Ok(stored) => return stored,
                Err(error) if failures == ATTEMPTS => {
                    operation.health.ill(part, error.as_str());
                    log::warning!("{part}: {error}; it is tried again");
                }
                Err(error) => log::debug!("{part}: {error}; it is tried again"),
            }
            self.begin_again(&mut failures).await;
        }
    }

    async fn begin_again(&mut self, failures: &mut usize) {
        *failures += 1;
        self.consumer = None;
        self.flow = None;
        tokio::time::sleep(PAUSE).await;
    }

    async fn consumer(&mut self) -> Result<&Consumer<Config>, String> {
        if self.consumer.is_none() {
            let made = self.stream.create_consumer(self.config()).await;
            self.consumer = Some(made.map_err(|error| failed(&error))?);
        }
        self.consumer.as_ref().ok_or_else(|| failed(&"there is no reader"))
    }

    /// Sees to it that messages flow; whether they did not before.
    async fn begin_flow(&mut self) -> Result<bool, String> {
        if self.flow.is_some() {
            return Ok(false);
        }
        let consumer = self.consumer().await?;
        let flow = consumer.stream().max_messages_per_batch(AT_ONCE).heartbeat(HEARTBEAT).messages().await;
        self.flow = Some(flow.map_err(|error| failed(&error))?);
        self.flowed = 0;
        Ok(true)
    }

    /// The next message of the flow.
    async fn receive(&mut self) -> Result<Stored, String> {
        let Some(flow) = &mut self.flow else { return Err(failed(&"there is no flow")) };
        let message = flow.next().await.ok_or_else(|| failed(&"it has ended"))?;
        let message = message.map_err(|error| failed(&error))?;
        let (stored, number) = stored(&message)?;
        if number != self.flowed + 1 {
            return Err(failed(&"messages were lost on the way"));
        }
        self.flowed = number;
        self.begin = Begin::Sequence(stored.sequence + 1);
        Ok(stored)
    }

    /// Reads what is there.
    async fn read_some(&mut self) -> Result<(), String> {
        let is_new = self.consumer.is_none();
        let consumer = self.consumer().await?;
        if is_new && consumer.cached_info().num_pending == 0 {
            self.is_at_end = true;
            return Ok(());
        }
        let batch = consumer.fetch().max_messages(AT_ONCE).messages().await;
        let mut messages = batch.map_err(|error| failed(&error))?;
        let mut is_empty = true;
        while let Some(message) = messages.next().await {
            let (stored, _) = stored(&message.map_err(|error| failed(&error))?)?;
            is_empty = false;
            self.begin = Begin::Sequence(stored.sequence + 1);
            self.is_at_end = stored.pending == 0;
            self.read.push_back(stored);
        }
        if is_empty {
            // What was behind may have been dropped by the stream's limits meanwhile: a new reader is told.
            self.consumer = None;
        }
        Ok(())
    }

    fn config(&self) -> Config {
        let deliver_policy = match self.begin {
            Begin::Oldest => DeliverPolicy::All,
            Begin::Sequence(start_sequence) => DeliverPolicy::ByStartSequence { start_sequence },
            Begin::Time(time) => match as_date(time) {
                Some(start_time) => DeliverPolicy::ByStartTime { start_time },
                None => DeliverPolicy::All,
            },
        };
        Config {
            deliver_policy,
            ack_policy: AckPolicy::None,
            filter_subject: self.subject.clone(),
            headers_only: self.headers_only,
            inactive_threshold: FORGOTTEN,
            num_replicas: 1,
            memory_storage: true,
            ..Config::default()
        }
    }
}

/// A time for NATS; `None` before 1970, when nothing was stored.
fn as_date(time: i64) -> Option<OffsetDateTime> {
    let (seconds, nanoseconds) = Ticks(time).to_unix();
    let date = OffsetDateTime::from_unix_timestamp(seconds.max(0)).ok()?;
    (seconds >= 0).then(|| date + Duration::from_nanos(nanoseconds.into()))
}

/// A time of NATS, in ticks.
pub(crate) fn as_ticks(date: OffsetDateTime) -> i64 {
    Ticks::from_unix(date.unix_timestamp(), date.nanosecond()).map_or(0, Ticks::value)
}

fn failed(error: &dyn std::fmt::Display) -> String {
    format!("the stream cannot be read: {error}")
}

/// A message, and which one of its reader's it is.
fn stored(message: &async_nats::jetstream::Message) -> Result<(Stored, u64), String> {
    let info = message.info().map_err(|error| failed(&error))?;
    let time = as_ticks(info.published);
    let times = message.headers.as_ref().and_then(|headers| headers.get(TIMES_HEADER)).and_then(|text| {
        let (earliest, latest) = text.as_str().split_once(' ')?;
        Some((earliest.parse().ok()?, latest.parse().ok()?))
    });
    let stored = Stored {
        sequence: info.stream_sequence,
        time,
        times,
        payload: message.payload.clone(),
        pending: info.pending,
    };
    Ok((stored, info.consumer_sequence))
}
