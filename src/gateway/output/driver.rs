//! All streams of an output on their loop.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use mio::Token;
use uuid::Uuid;

use super::plan::Plan;
use super::stream::Stream;
use super::{Request, Shared, StreamId};
use crate::engine::{Driver, Io, Readiness};
use crate::error::Error;
use crate::operator::MessageLimiter;
use crate::session::Severity;
use crate::subscriber::Subscriber;

/// When a subscription is asked for again that could not be.
const PAUSE: Duration = Duration::from_secs(1);

/// The streams of an output.
pub(super) struct OutputDriver {
    shared: Arc<Shared>,
    /// The output keeps it.
    subscriber: Weak<Subscriber>,
    requests: Receiver<Request>,
    streams: BTreeMap<StreamId, Stream>,
    /// When to see whether the streams are made of other signals than those that are subscribed.
    subscribe_at: Option<Instant>,
    limiter: MessageLimiter,
    finished: bool,
}

impl OutputDriver {
    pub(super) fn new(
        shared: Arc<Shared>,
        subscriber: Weak<Subscriber>,
        requests: Receiver<Request>,
    ) -> OutputDriver {
        OutputDriver {
            shared,
            subscriber,
            requests,
            streams: BTreeMap::new(),
            subscribe_at: None,
            limiter: MessageLimiter::default(),
            finished: false,
        }
    }

    fn handle_request(&mut self, request: Request, io: &mut Io<'_>) {
        match request {
            Request::Add(id, plan) => self.add(id, plan, io),
            Request::Remove(id) => {
                self.subscribe_at = Some(io.now());
                self.shared.feeds().remove(id);
                self.streams.remove(&id).into_iter().for_each(|stream| stream.end(io));
            }
            Request::UseMetadata => self.streams.values().for_each(|stream| stream.make(io)),
            Request::AskForMetadata => {
                let asked = self.with_subscriber(|subscriber| subscriber.request_metadata(""));
                self.tell(&asked, "The changed metadata were not asked for", io);
            }
        }
    }

    fn add(&mut self, id: StreamId, plan: Arc<Plan>, io: &mut Io<'_>) {
        self.shared.feeds().add(id, Arc::clone(&plan));
        let stream = Stream::start(id, plan, Arc::clone(&self.shared), io);
        stream.make(io);
        self.streams.insert(id, stream);
    }

    /// Subscribes to what the streams are made of now; when that cannot be, tries again soon.
    fn subscribe(&mut self, io: &Io<'_>) {
        if self.subscribe_at.take_if(|at| *at <= io.now()).is_none() {
            return;
        }
        let wish = self.shared.feeds().wish();
        let Some(wanted) = wish else { return };
        let subscribed = self.with_subscriber(|subscriber| match wanted.is_empty() {
            true => subscriber.unsubscribe(),
            false => subscriber.subscribe(self.shared.options().filter(list(&wanted))),
        });
        self.tell(&subscribed, "The streams' signals were not subscribed, which is tried again soon", io);
        match subscribed {
            Ok(()) => self.shared.feeds().set_subscribed(wanted),
            Err(_) => self.subscribe_at = Some(io.now() + PAUSE),
        }
    }

    fn with_subscriber(&self, call: impl FnOnce(&Subscriber) -> Result<(), Error>) -> Result<(), Error> {
        // Without one, the output is being dropped.
        self.subscriber.upgrade().map_or(Ok(()), |subscriber| call(&subscriber))
    }

    fn tell(&mut self, done: &Result<(), Error>, what: &str, io: &Io<'_>) {
        if let Err(error) = done
            && let Some(text) = self.limiter.pass(format!("{what}: {error}"), io.now())
        {
            self.shared.handler().message(None, Severity::Warning, &text);
        }
    }

    /// Sends what there is to send, and lets the application see what has become of the streams.
    fn finish_call(&mut self, io: &mut Io<'_>) {
        for stream in self.streams.values_mut() {
            stream.poll(io);
            stream.drain(io);
        }
        self.subscribe(io);
        let feeds = self.shared.feeds();
        let mut shown = self.shared.streams();
        for (id, stream) in &self.streams {
            if let Some(info) = shown.get_mut(id) {
                info.configuration.clone_from(&stream.configuration);
                (info.concentrator, info.relay) = feeds.counters(*id);
                info.server = stream.counters();
            }
        }
    }
}

impl Driver for OutputDriver {
    fn start(&mut self, io: &mut Io<'_>) {
        self.notified(io);
    }

    fn notified(&mut self, io: &mut Io<'_>) {
        while let Ok(request) = self.requests.try_recv() {
            self.handle_request(request, io);
        }
        if self.shared.dropped.load(Ordering::Acquire) {
            std::mem::take(&mut self.streams).into_values().for_each(|stream| stream.end(io));
            self.finished = true;
            return;
        }
        for stream in self.streams.values_mut() {
            stream.proceed(io);
            if stream.proceed_with_making(io) {
                self.subscribe_at = Some(io.now());
            }
        }
        self.finish_call(io);
    }

    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness) {
        if let Some(stream) = self.streams.values_mut().find(|stream| stream.owns(token)) {
            stream.ready(token, readiness, io);
            stream.drain(io);
            // What was counted is shown when every socket had its turn.
            io.handle().notify();
        }
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        let is_due = |stream: &&mut Stream| stream.deadline().is_some_and(|deadline| deadline <= io.now());
        let due: Vec<&mut Stream> = self.streams.values_mut().filter(is_due).collect();
        due.into_iter().for_each(|stream| stream.timeout(io));
        self.finish_call(io);
    }

    fn deadline(&self) -> Option<Instant> {
        self.streams.values().filter_map(Stream::deadline).chain(self.subscribe_at).min()
    }

    fn finished(&self) -> bool {
        self.finished
    }
}

/// Signals as a filter has them.
fn list(signals: &BTreeSet<Uuid>) -> String {
    let mut text = String::with_capacity(37 * signals.len());
    for signal in signals {
        if !text.is_empty() {
            text.push(';');
        }
        text.push_str(&signal.to_string());
    }
    text
}
