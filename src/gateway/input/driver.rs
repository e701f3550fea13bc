//! All devices of an input on their loop.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use mio::Token;
use uuid::Uuid;

use super::collecting::Collecting;
use super::context::{Batch, Context, NotPublished};
use super::device::{Device, Plan};
use super::handler::InputHandler;
use super::merger::{Mapped, Merged, Merger};
use super::{DeviceId, Request, Shared};
use crate::Measurement;
use crate::engine::{Driver, Io, JobError, Readiness};
use crate::error::Error;
use crate::gateway::owed::Owed;
use crate::metadata::{MeasurementRecord, Metadata};
use crate::operator::{MessageLimiter, Severity};
use crate::publisher::Publisher;

/// Devices are read as often as that at least, however long they may wait: their silence is noticed, and what they send
/// does not have to be kept by the system.
const LONGEST_REST: Duration = Duration::from_millis(10);

/// The devices of an input.
pub(super) struct InputDriver {
    requests: Receiver<Request>,
    handler: Box<dyn InputHandler>,
    /// The input keeps it; without it there is nobody to publish.
    publisher: Weak<Publisher>,
    shared: Arc<Shared>,
    devices: BTreeMap<DeviceId, Device>,
    /// Whose socket a token was last, by token.
    owners: Vec<DeviceId>,
    /// When to look at which device.
    alarms: BTreeSet<(Instant, DeviceId)>,
    /// Those that wait for a name or a connection.
    trying: BTreeSet<DeviceId>,
    /// Those to which something has happened since the application could last see it.
    touched: BTreeSet<DeviceId>,
    collecting: Collecting,
    merger: Merger,
    mapped: Option<Arc<Mapped>>,
    limiter: MessageLimiter,
    batch: Batch,
    /// Descriptions of devices for those who have subscribed.
    owed: Owed<DeviceId>,
    /// How many subscriptions there were when devices were described last.
    subscriptions: u64,
    finished: bool,
}

impl InputDriver {
    pub(super) fn new(
        handler: Box<dyn InputHandler>,
        publisher: Weak<Publisher>,
        source: String,
        shared: Arc<Shared>,
        requests: Receiver<Request>,
    ) -> InputDriver {
        InputDriver {
            requests,
            handler,
            publisher,
            shared,
            devices: BTreeMap::new(),
            owners: Vec::new(),
            alarms: BTreeSet::new(),
            trying: BTreeSet::new(),
            touched: BTreeSet::new(),
            collecting: Collecting::default(),
            merger: Merger::new(source),
            mapped: None,
            limiter: MessageLimiter::default(),
            batch: Batch::default(),
            owed: Owed::default(),
            subscriptions: 0,
            finished: false,
        }
    }

    fn handle_request(&mut self, request: Request, io: &mut Io<'_>) {
        match request {
            Request::Add(id, plan) => self.add(id, *plan, io),
            Request::Remove(device) => self.remove(device, io),
        }
    }

    fn add(&mut self, id: DeviceId, plan: Plan, io: &mut Io<'_>) {
        self.devices.insert(id, Device::new(id, plan));
        self.with_device(id, io, Device::start);
    }

    fn remove(&mut self, id: DeviceId, io: &mut Io<'_>) {
        let Some(device) = self.devices.remove(&id) else { return };
        if let Some(alarm) = device.alarm {
            self.alarms.remove(&(alarm, id));
        }
        self.trying.remove(&id);
        self.touched.remove(&id);
        let (mut context, _) = self.context(io.now());
        device.end(&mut context, io);
        self.merger.remove(id, io.now());
        self.owed.forget(id);
    }

    /// What the devices share, and the devices.
    fn context(&mut self, now: Instant) -> (Context<'_>, &mut BTreeMap<DeviceId, Device>) {
        let context = Context {
            handler: &mut *self.handler,
            mapped: self.mapped.as_deref(),
            merger: &mut self.merger,
            limiter: &mut self.limiter,
            batch: &mut self.batch,
            owed: &mut self.owed,
            devices: self.devices.len(),
            now,
        };
        (context, &mut self.devices)
    }

    /// Has a device do something, and notes what it waits for afterwards.
    fn with_device(
        &mut self,
        id: DeviceId,
        io: &mut Io<'_>,
        call: impl FnOnce(&mut Device, &mut Context<'_>, &mut Io<'_>),
    ) {
        let (mut context, devices) = self.context(io.now());
        let Some(device) = devices.get_mut(&id) else { return };
        call(device, &mut context, io);
        let (collect_time, is_trying) = (device.collect_time(), device.is_trying());
        // An alarm that rings too early finds the deadline; most move on with every frame.
        let before = device.alarm;
        let earlier = device.deadline().filter(|deadline| before.is_none_or(|alarm| *deadline < alarm));
        device.alarm = earlier.or(before);
        if let Some(alarm) = earlier {
            if let Some(before) = before {
                self.alarms.remove(&(before, id));
            }
            self.alarms.insert((alarm, id));
        }
        if is_trying {
            self.trying.insert(id);
        } else {
            self.trying.remove(&id);
        }
        self.touched.insert(id);
        let may_wait = if self.batch.is_empty() { Duration::ZERO } else { collect_time };
        self.collecting.happened(may_wait, io.now());
        if self.batch.is_full() {
            self.publish(io);
        }
    }

    /// Whose socket a token is.
    fn owner(&mut self, token: Token) -> Option<DeviceId> {
        let owns = |id: &DeviceId| self.devices.get(id).is_some_and(|device| device.owns(token));
        if let Some(owner) = self.owners.get(token.0).copied().filter(owns) {
            return Some(owner);
        }
        let owner = self.devices.values().find(|device| device.owns(token))?.id;
        if self.owners.len() <= token.0 {
            self.owners.resize(token.0 + 1, 0);
        }
        self.owners[token.0] = owner;
        Some(owner)
    }

    /// Whether something is to be published or shown now.
    fn is_due(&self, now: Instant) -> bool {
        [self.collecting.deadline(), self.owed.deadline()].into_iter().flatten().any(|due| due <= now)
    }

    /// Publishes and shows what is due.
    fn settle(&mut self, io: &mut Io<'_>) {
        if self.is_due(io.now()) {
            self.publish(io);
            self.show();
            self.collecting.settled();
        }
    }

    /// Publishes what has come, and describes devices to those who do not know them yet.
    fn publish(&mut self, io: &mut Io<'_>) {
        let now = io.now();
        let is_owed = self.owed.deadline().is_some_and(|due| due <= now);
        if self.batch.is_empty() && !is_owed {
            return;
        }
        if let Some(until) = self.collecting.published(now) {
            io.rest_until(until.min(now + LONGEST_REST));
        }
        let publisher = self.publisher.upgrade();
        let there = || publisher.as_deref().ok_or_else(|| Error::Closed("the publisher is gone".into()));
        let send = |signal: &Uuid, bytes: &[u8]| there()?.send_buffer_block(signal, bytes, false);
        let refused = self.owed.send(now, send);
        let publish = |measurements: &[Measurement]| there()?.publish(measurements);
        let not = self.batch.publish(&self.owed, publish, send);
        for id in &self.touched {
            if let Some(device) = self.devices.get_mut(id) {
                device.published(&not);
            }
        }
        let NotPublished { owed, error, .. } = not;
        let (mut context, devices) = self.context(now);
        owed.iter().filter_map(|id| devices.get(id)).for_each(|device| device.describe_again(&mut context));
        for error in refused.into_iter().chain(error) {
            context.message(None, Severity::Warning, format!("Not all was published: {error}"));
        }
    }

    /// Goes on with the metadata.
    fn merge(&mut self, io: &mut Io<'_>) {
        match self.merger.proceed(io) {
            None => {}
            Some(Ok(Merged { outcome, left_out })) => {
                let (mut context, _) = self.context(io.now());
                for (device, error) in left_out {
                    let text = format!("The device is not published: {error}");
                    context.message(Some(device), Severity::Error, text);
                }
                match outcome {
                    Ok((mapped, metadata)) => {
                        self.use_metadata(mapped, &metadata, io);
                    }
                    Err(error) => self.tell_failure(&error, io),
                }
            }
            Some(Err(error @ (JobError::Panicked(_) | JobError::NoThread(_) | JobError::Stopped))) => {
                self.tell_failure(&error, io);
            }
        }
    }

    fn use_metadata(&mut self, mapped: Arc<Mapped>, metadata: &Arc<Metadata>, io: &mut Io<'_>) {
        // What was mapped by those before.
        self.publish(io);
        let Some(publisher) = self.publisher.upgrade() else { return };
        if let Err(error) = publisher.set_metadata(Arc::clone(metadata)) {
            return self.tell_failure(&error, io);
        }
        self.mapped = Some(mapped);
        let (mut context, devices) = self.context(io.now());
        devices.values_mut().for_each(|device| device.look_up(&context));
        devices.values().for_each(|device| device.describe_again(&mut context));
        context.handler.metadata(metadata);
        let is_in_use = |measurement: &MeasurementRecord<'_>| measurement.enabled() != Some(false);
        let text = format!(
            "The metadata have {} signals of {} devices.",
            metadata.measurements().filter(is_in_use).count(),
            metadata.devices().len()
        );
        context.message(None, Severity::Info, text);
    }

    fn tell_failure(&mut self, error: &dyn std::error::Error, io: &Io<'_>) {
        let (mut context, _) = self.context(io.now());
        context.message(None, Severity::Error, format!("The metadata stay as they were: {error}"));
    }

    /// Describes devices whose frames are passed on to those who have subscribed since.
    fn describe_again(&mut self, io: &Io<'_>) {
        let subscriptions = self.publisher.upgrade().map_or(0, |publisher| publisher.subscription_count());
        if mem::replace(&mut self.subscriptions, subscriptions) != subscriptions {
            let (mut context, devices) = self.context(io.now());
            devices.values().for_each(|device| device.describe_again(&mut context));
        }
    }

    /// Lets the application see what has become of the devices.
    fn show(&mut self) {
        let mut shown = self.shared.devices();
        for id in mem::take(&mut self.touched) {
            if let (Some(info), Some(device)) = (shown.get_mut(&id), self.devices.get(&id)) {
                info.state = device.state;
                info.configuration.clone_from(&device.configuration);
                info.counters = device.counters();
                info.session = device.session_counters();
            }
        }
    }

    fn stop(&mut self, io: &mut Io<'_>) {
        self.publish(io);
        let ids: Vec<DeviceId> = self.devices.keys().copied().collect();
        ids.into_iter().for_each(|id| self.remove(id, io));
        self.finished = true;
    }
}

impl Driver for InputDriver {
    fn start(&mut self, io: &mut Io<'_>) {
        if let Some(publisher) = self.publisher.upgrade() {
            publisher.watch_subscriptions(io.handle());
        }
        self.notified(io);
    }

    fn notified(&mut self, io: &mut Io<'_>) {
        while let Ok(request) = self.requests.try_recv() {
            self.handle_request(request, io);
        }
        if self.shared.dropped.load(Ordering::Acquire) {
            return self.stop(io);
        }
        for id in self.trying.clone() {
            self.with_device(id, io, Device::proceed);
        }
        self.describe_again(io);
        self.settle(io);
        self.merge(io);
    }

    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness) {
        let Some(owner) = self.owner(token) else { return };
        self.with_device(owner, io, |device, context, io| device.ready(token, readiness, context, io));
        if self.is_due(io.now()) {
            // When every socket had its turn.
            io.handle().notify();
        } else if let Some(due) = self.collecting.deadline() {
            // What comes until then is published with it, and may as well be read with it.
            io.rest_until(due.min(io.now() + LONGEST_REST));
        }
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        let later = self.alarms.split_off(&(io.now(), DeviceId::MAX));
        for (_, id) in mem::replace(&mut self.alarms, later) {
            self.with_device(id, io, |device, context, io| {
                device.alarm = None;
                device.timeout(context, io);
            });
        }
        self.settle(io);
        self.merge(io);
    }

    fn deadline(&self) -> Option<Instant> {
        let device = self.alarms.first().map(|(alarm, _)| *alarm);
        [device, self.collecting.deadline(), self.merger.deadline(), self.owed.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    fn finished(&self) -> bool {
        self.finished
    }
}
