//! Reading what the stream keeps, from some place on, in its order and without gaps, whatever happens to NATS meanwhile.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use async_nats::Subject;
use async_nats::jetstream::consumer::pull::{self, Config};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy};
use async_nats::jetstream::stream::Stream;
use bytes::Bytes;
use futures_util::StreamExt;
use sttp::Ticks;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep_until};

use super::compare::{Agreement, Mark, compare};
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
/// How often what comes is compared with what the leader of the stream has.
const COMPARE: Duration = Duration::from_secs(1);
/// Attempts to find what was read before at a leader that has less: one that was just chosen gets it soon.
const BEHIND: usize = 25;
/// How far the clocks of NATS servers may be apart, in ticks.
const CLOCKS: i64 = 10 * Ticks::PER_SECOND;
const DIFFERS: &str = "what was read is not what the stream's leader has: copies of the stream differ";

type Comparison = Pin<Box<dyn Future<Output = (Mark, Result<Agreement, String>)> + Send>>;

/// A message of the stream.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) subject: Subject,
    pub(crate) sequence: u64,
    /// When it was stored: ticks without leap-second bits.
    pub(crate) time: i64,
    /// Text of the header that tells the times of late messages.
    pub(crate) times: Option<(i64, i64)>,
    pub(crate) payload: Bytes,
    /// Messages behind it when it was sent.
    pub(crate) pending: u64,
}

impl Stored {
    fn mark(&self) -> Mark {
        Mark { sequence: self.sequence, time: self.time }
    }
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

/// Reads messages of a subject, as the leader of the stream has them, whichever server they come from. NATS keeps nothing
/// for it but its place, and forgets that soon after it is dropped.
pub(crate) struct Scan {
    stream: Stream,
    subject: String,
    headers_only: bool,
    /// Where the next reader begins.
    begin: Begin,
    /// Where one begins when what was read since is not to be believed.
    sure: Begin,
    /// What was read up to there is what the leader has.
    compared: Option<Mark>,
    /// What was read last.
    last: Option<Mark>,
    comparison: Option<Comparison>,
    /// It was compared with nothing, and is once more: a leader that counts in another way would always have less than
    /// what was read last.
    unsure: Option<Mark>,
    /// When the next one is due.
    due: Instant,
    /// How often the leader had less, in a row.
    behind: usize,
    /// The leader numbers messages in another way than before.
    is_renumbered: bool,
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
            sure: begin,
            compared: None,
            last: None,
            comparison: None,
            unsure: None,
            due: Instant::now(),
            behind: 0,
            is_renumbered: false,
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

    /// Whether the numbers of messages have another meaning since this was asked.
    pub(crate) fn was_renumbered(&mut self) -> bool {
        std::mem::take(&mut self.is_renumbered)
    }

    /// The next message, whenever it comes; after a failure some come once more. What is in the way meanwhile is told,
    /// also as the health of a part.
    pub(crate) async fn follow(&mut self, operation: &Operation, part: &str) -> Stored {
        let mut failures = 0;
        let differing = operation.metrics.counter(
            "sttp_nats_differing_copies_total",
            "Times that a copy of the stream was not what its leader has: it was read once more.",
            &[("part", part)],
        );
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
                Err(error) if error == DIFFERS => {
                    differing.add(1);
                    log::warning!("{part}: {error}; it is read once more");
                }
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
        self.go_back().await?;
        let consumer = self.consumer().await?;
        let flow = consumer.stream().max_messages_per_batch(AT_ONCE).heartbeat(HEARTBEAT).messages().await;
        self.flow = Some(flow.map_err(|error| failed(&error))?);
        self.flowed = 0;
        self.last = None;
        self.comparison = None;
        self.unsure = None;
        self.due = Instant::now();
        Ok(true)
    }

    /// Puts the next reader behind what is known to be what the leader has.
    async fn go_back(&mut self) -> Result<(), String> {
        if let Some(mark) = self.compared {
            match compare(&self.stream, mark).await? {
                Agreement::Same => self.sure = Begin::Sequence(mark.sequence + 1),
                Agreement::Behind if self.behind < BEHIND => {
                    self.behind += 1;
                    return Err(failed(&"its leader does not have everything yet"));
                }
                Agreement::Other | Agreement::Behind => {
                    self.sure = Begin::Time(mark.time.saturating_sub(CLOCKS));
                    self.compared = None;
                    self.is_renumbered = true;
                }
            }
        }
        self.behind = 0;
        self.begin = self.sure;
        Ok(())
    }

    /// The next message of the flow. What came before is compared meanwhile.
    async fn receive(&mut self) -> Result<Stored, String> {
        let message = loop {
            let Some(flow) = &mut self.flow else { return Err(failed(&"there is no flow")) };
            let next = self.unsure.or(self.last).filter(|mark| Some(*mark) != self.compared);
            tokio::select! {
                message = flow.next() => break message.ok_or_else(|| failed(&"it has ended"))?,
                (mark, agreement) = compared(&mut self.comparison) => {
                    self.comparison = None;
                    self.unsure = Some(mark);
                    match agreement {
                        Ok(Agreement::Same) => (self.compared, self.unsure) = (Some(mark), None),
                        Ok(Agreement::Other) => return Err(DIFFERS.into()),
                        Ok(Agreement::Behind) => log::debug!("the stream's leader has less than was read"),
                        Err(error) => log::debug!("{error}"),
                    }
                }
                () = sleep_until(self.due), if next.is_some() && self.comparison.is_none() => {
                    self.due = Instant::now() + COMPARE;
                    self.comparison = next.map(|mark| {
                        let stream = self.stream.clone();
                        Box::pin(async move { (mark, compare(&stream, mark).await) }) as Comparison
                    });
                }
            }
        };
        let message = message.map_err(|error| failed(&error))?;
        let (stored, number) = stored(&message)?;
        if number != self.flowed + 1 {
            return Err(failed(&"messages were lost on the way"));
        }
        self.flowed = number;
        self.last = Some(stored.mark());
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
        let mut read = VecDeque::new();
        while let Some(message) = messages.next().await {
            let (stored, _) = stored(&message.map_err(|error| failed(&error))?)?;
            read.push_back(stored);
        }
        let Some(last) = read.back() else {
            // What was behind may have been dropped by the stream's limits meanwhile: a new reader is told.
            self.consumer = None;
            return Ok(());
        };
        if compare(&self.stream, last.mark()).await? != Agreement::Same {
            return Err(failed(&DIFFERS));
        }
        self.begin = Begin::Sequence(last.sequence + 1);
        self.is_at_end = last.pending == 0;
        self.read = read;
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

/// What came of a comparison, as soon as something did.
async fn compared(comparison: &mut Option<Comparison>) -> (Mark, Result<Agreement, String>) {
    match comparison {
        Some(comparison) => comparison.await,
        None => std::future::pending().await,
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
        subject: message.subject.clone(),
        sequence: info.stream_sequence,
        time,
        times,
        payload: message.payload.clone(),
        pending: info.pending,
    };
    Ok((stored, info.consumer_sequence))
}
