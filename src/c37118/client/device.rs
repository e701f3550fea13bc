//! What is known of the device, and what is done with it at which time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::active::ActiveConfiguration;
use super::configurations::{Configurations, Verdict, refuse};
use super::counters::ClientCounters;
use super::ground::{Ground, PendingOutput};
use super::questions::{Outcome, Questions};
use super::timeline::{Arrival, Timeline};
use super::{Channels, ClientOutput};
use crate::Ticks;
use crate::c37118::{C37118Error, Command, Configuration, DataFrame, Frame, FrameType, Message, StatusWord};
use crate::host::Moment;
use crate::operator::Severity;
use crate::settings::C37118ClientSettings;

/// The configuration is asked for again no sooner than so long after it was asked for before.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(5);
/// Times the distance of frames, until their absence is silence.
const FRAMES_OF_SILENCE: f64 = 3.0;

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Not connected, or told to be connected anew.
    Idle,
    /// The device was told to stop, and is left alone until then.
    Settling(Instant),
    /// It was asked for its configuration.
    Configuring,
    /// It was asked for what else there is to know of it.
    Describing,
    /// It was started, or sends by itself.
    Receiving,
    /// It was silent, was told to stop, and is started again then.
    Restarting(Instant),
}

/// When the configuration is to be asked for again.
#[derive(Debug, Default)]
struct Refresh {
    is_wanted: bool,
    not_before: Option<Instant>,
    /// STAT of the frame before tells that the configuration changes.
    is_announced: bool,
}

#[derive(Debug)]
pub(super) struct Device {
    ground: Ground,
    phase: Phase,
    configurations: Configurations,
    questions: Questions,
    timeline: Timeline,
    refresh: Refresh,
    /// When the device was heard last, or was told to send.
    heard: Option<Instant>,
    /// It was started again since it was heard.
    was_restarted: bool,
    next_keep_alive: Option<Instant>,
    has_received_data: bool,
}

impl Device {
    pub(super) fn new(settings: C37118ClientSettings, channels: Channels) -> Device {
        Device {
            ground: Ground::new(settings, channels),
            phase: Phase::Idle,
            configurations: Configurations::default(),
            questions: Questions::default(),
            timeline: Timeline::default(),
            refresh: Refresh::default(),
            heard: None,
            was_restarted: false,
            next_keep_alive: None,
            has_received_data: false,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.phase != Phase::Idle
    }

    pub(super) fn connected(&mut self, now: Moment) {
        self.disconnected();
        self.has_received_data = false;
        self.ground.counters.connections += 1;
        self.ground.forget_id();
        if !self.ground.can_command() {
            return self.listen(now);
        }
        if self.ground.settings.stop_first {
            self.ground.command(&Command::StopData, now);
            self.phase = Phase::Settling(now.instant + self.ground.settings.settling_time);
        } else {
            self.configure(now);
        }
    }

    pub(super) fn disconnected(&mut self) {
        self.phase = Phase::Idle;
        self.configurations.restart(&self.ground);
        self.questions.clear();
        self.timeline.restart();
        self.refresh = Refresh::default();
        self.next_keep_alive = None;
    }

    pub(super) fn close(&mut self, now: Moment) {
        if self.is_connected() && self.ground.can_command() {
            self.ground.command(&Command::StopData, now);
        }
        self.disconnected();
    }

    pub(super) fn count_bytes(&mut self, bytes: &[u8]) {
        self.ground.counters.bytes_received += bytes.len() as u64;
    }

    /// A frame has arrived.
    pub(super) fn take(&mut self, frame: &Frame<'_>, now: Moment) {
        if !self.is_connected() {
            return;
        }
        self.ground.counters.frames += 1;
        if self.ground.id_code.is_none() && self.tells_id(frame.kind) {
            self.ground.id_code = Some(frame.id_code);
        }
        let expected = self.ground.id_code.unwrap_or(frame.id_code);
        if frame.id_code != expected {
            self.ground.counters.other_ids += 1;
            let text = format!(
                "Frames with ID code {} are dropped; those of this stream have {expected}. If they are the wanted ones, \
                 set accessID={}",
                frame.id_code, frame.id_code
            );
            return self.ground.message(Severity::Warning, text, now);
        }
        match frame.kind {
            FrameType::Data => self.take_data(frame, now),
            FrameType::Command => {
                self.ground.counters.unusable_frames += 1;
                let text = "The device sends commands, as a client does; is this its address?";
                self.ground.message(Severity::Warning, text, now);
            }
            FrameType::Header => {
                let text = Bytes::copy_from_slice(frame.payload());
                self.ground.tell(PendingOutput::Header(text));
                self.configurations.describe(frame.kind, &whole(frame), &mut self.ground);
                self.answered(frame.kind, now);
            }
            FrameType::Configuration1 | FrameType::Configuration2 | FrameType::Configuration3 => {
                self.take_configuration(frame, now);
            }
        }
    }

    /// Whether the stream is known by such a frame, where its ID code is not. Where the device was not asked for
    /// anything, frames of others may come first.
    fn tells_id(&self, kind: FrameType) -> bool {
        match kind {
            FrameType::Command => false,
            FrameType::Data | FrameType::Header => self.ground.can_command(),
            FrameType::Configuration1 | FrameType::Configuration2 | FrameType::Configuration3 => true,
        }
    }

    fn take_configuration(&mut self, frame: &Frame<'_>, now: Moment) {
        let verdict = match frame.message() {
            Ok(Message::Configuration(configuration)) => {
                Some(self.configurations.take(*configuration, whole(frame), &mut self.ground, now))
            }
            Ok(Message::ConfigurationFragment { index }) => {
                self.questions.has_part(&self.ground, now);
                self.configurations.take_piece(frame, index, &mut self.ground, now)
            }
            Ok(_) => None,
            Err(error) => Some(refuse(&error, &mut self.ground, now)),
        };
        match verdict {
            None | Some(Verdict::Refused) => {}
            Some(Verdict::Outdated) => self.want_refresh(now),
            Some(Verdict::Known) => self.answered(frame.kind, now),
            Some(Verdict::InUse) => {
                self.answered(frame.kind, now);
                // Also those forms that are not in use have changed.
                if self.phase == Phase::Receiving && self.ground.can_command() {
                    self.ask_for_extras(now);
                }
            }
        }
    }

    fn answered(&mut self, kind: FrameType, now: Moment) {
        self.questions.answered(kind, &mut self.ground, now);
        self.go_on(now);
    }

    /// Does what is next when the questions of a phase are answered.
    fn go_on(&mut self, now: Moment) {
        if self.phase == Phase::Configuring && self.configurations.confirmed().is_some() {
            self.phase = Phase::Describing;
            self.ask_for_extras(now);
        }
        if self.phase == Phase::Describing && self.questions.is_empty() {
            self.ground.command(&Command::StartData, now);
            self.listen(now);
        }
    }

    fn ask_for_extras(&mut self, now: Moment) {
        use FrameType::{Configuration1, Configuration2, Configuration3, Header};
        let settings = self.ground.settings;
        let in_use = self.configuration().map(|configuration| configuration.form.frame_type());
        for kind in [Header, Configuration1, Configuration2, Configuration3] {
            let is_wanted = settings.every_description || settings.header && kind == Header;
            if is_wanted && Some(kind) != in_use {
                self.questions.ask_for_extra(kind, &mut self.ground, now);
            }
        }
    }

    fn configure(&mut self, now: Moment) {
        self.phase = Phase::Configuring;
        self.ask_for_configuration(now);
    }

    fn ask_for_configuration(&mut self, now: Moment) {
        self.refresh.is_wanted = false;
        self.refresh.not_before = Some(now.instant + BETWEEN_QUESTIONS);
        self.questions.ask_for_configuration(&mut self.ground, now);
    }

    fn listen(&mut self, now: Moment) {
        self.phase = Phase::Receiving;
        self.heard = Some(now.instant);
        let interval = self.ground.settings.keep_alive;
        if self.ground.channels == Channels::Datagrams && !interval.is_zero() {
            self.next_keep_alive = Some(now.instant + interval);
        }
    }

    fn take_data(&mut self, frame: &Frame<'_>, now: Moment) {
        let Some(active) = self.configurations.confirmed().cloned() else {
            self.ground.counters.early_frames += 1;
            return self.await_configuration(
                "Data frames are dropped until the device has sent its configuration",
                now,
            );
        };
        match active.layout.decode(frame) {
            Ok(data) => self.deliver(frame, &data, &active, now),
            Err(error) => {
                self.ground.counters.misfit_frames += 1;
                self.ground.message(Severity::Warning, format!("A data frame is dropped: {error}"), now);
                self.await_configuration("The device has not sent its changed configuration yet", now);
                if !self.questions.is_asking_for_configuration() {
                    self.want_refresh(now);
                }
            }
        }
    }

    /// The device sends data by a configuration that is not known. Where it cannot be asked, that is no silence:
    /// to connect again would help nothing.
    fn await_configuration(&mut self, what: &str, now: Moment) {
        if !self.ground.can_command() {
            self.heard = Some(now.instant);
            let text = format!("{what}; devices that are not asked send it every minute");
            self.ground.message(Severity::Info, text, now);
        }
    }

    fn deliver(
        &mut self,
        frame: &Frame<'_>,
        data: &DataFrame<'_>,
        active: &Arc<ActiveConfiguration>,
        now: Moment,
    ) {
        let ticks = data.ticks();
        let counters = &mut self.ground.counters;
        match self.timeline.note(frame, ticks, interval(&active.configuration)) {
            Arrival::Duplicate => {
                counters.duplicate_frames += 1;
                return;
            }
            Arrival::Late => counters.late_frames += 1,
            Arrival::Jump => {
                counters.time_jumps += 1;
                counters.last_timestamp = ticks;
            }
            Arrival::Ahead(missing) => {
                counters.missing_frames += missing;
                counters.last_timestamp = ticks;
            }
        }
        (self.heard, self.was_restarted, self.has_received_data) = (Some(now.instant), false, true);
        match self.ground.deliver(frame.bytes, frame.time, active) {
            true => self.ground.counters.data_frames += 1,
            false => self.ground.counters.overflown_frames += 1,
        }
        let is_announced = data.pmus().any(|pmu| pmu.status().has(StatusWord::CONFIGURATION_CHANGE));
        // Some devices tell it before they change, others afterwards.
        if std::mem::replace(&mut self.refresh.is_announced, is_announced) != is_announced {
            self.want_refresh(now);
        }
    }

    fn want_refresh(&mut self, now: Moment) {
        self.refresh.is_wanted = self.ground.can_command();
        self.ask_if_due(now);
    }

    fn ask_if_due(&mut self, now: Moment) {
        let is_due = self.refresh_deadline().is_some_and(|due| due <= now.instant);
        if is_due {
            self.ask_for_configuration(now);
        }
    }

    /// When the configuration is to be asked for again.
    fn refresh_deadline(&self) -> Option<Instant> {
        let can_ask = self.phase == Phase::Receiving && !self.questions.is_asking_for_configuration();
        self.refresh.not_before.filter(|_| self.refresh.is_wanted && can_ask)
    }

    pub(super) fn has_part(&mut self, now: Moment) {
        self.questions.has_part(&self.ground, now);
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let of_phase = match self.phase {
            Phase::Idle => return None,
            Phase::Settling(until) | Phase::Restarting(until) => Some(until),
            Phase::Configuring | Phase::Describing => None,
            Phase::Receiving => self.heard.map(|heard| heard + self.silence()),
        };
        let others = [self.questions.deadline(), self.refresh_deadline(), self.next_keep_alive];
        others.into_iter().flatten().chain(of_phase).min()
    }

    /// How long the device may send nothing.
    fn silence(&self) -> Duration {
        let interval = self.configuration().and_then(|configuration| interval(configuration));
        let frames = interval.map_or(0.0, |ticks| FRAMES_OF_SILENCE * ticks / Ticks::PER_SECOND as f64);
        self.ground.settings.silence.max(Duration::from_secs_f64(frames))
    }

    pub(super) fn handle_timeout(&mut self, now: Moment) {
        match self.phase {
            Phase::Idle => return,
            Phase::Settling(until) if until <= now.instant => self.configure(now),
            Phase::Restarting(until) if until <= now.instant => {
                self.ground.command(&Command::StartData, now);
                self.listen(now);
            }
            Phase::Receiving if self.heard.is_some_and(|heard| heard + self.silence() <= now.instant) => {
                self.handle_silence(now);
            }
            Phase::Receiving | Phase::Configuring | Phase::Describing => {}
            Phase::Settling(_) | Phase::Restarting(_) => {}
        }
        if let Phase::Idle = self.phase {
            return;
        }
        match self.questions.handle_timeout(&mut self.ground, now) {
            Outcome::Asking => {}
            Outcome::NoConfiguration if self.configurations.confirmed().is_none() => {
                return self.reconnect("the device does not tell its configuration", now);
            }
            Outcome::NoConfiguration => {
                let text = "The device does not tell its configuration again; the one before stays in use";
                self.ground.message(Severity::Warning, text, now);
            }
            Outcome::NoExtra(kind) => {
                let text = format!("The device does not send its {}; it is left out", kind.name());
                self.ground.message(Severity::Info, text, now);
            }
        }
        self.go_on(now);
        self.ask_if_due(now);
        if self.next_keep_alive.is_some_and(|next| next <= now.instant) {
            self.next_keep_alive = Some(now.instant + self.ground.settings.keep_alive);
            self.ground.command(&Command::StartData, now);
        }
    }

    fn handle_silence(&mut self, now: Moment) {
        self.ground.counters.silences += 1;
        let seconds = self.silence().as_secs_f64();
        if self.was_restarted || !self.ground.can_command() {
            self.was_restarted = false;
            return self.reconnect(&format!("the device has sent no data for {seconds} s"), now);
        }
        self.was_restarted = true;
        let text = format!("The device has sent no data for {seconds} s; it is stopped and started again");
        self.ground.message(Severity::Warning, text, now);
        self.ground.command(&Command::StopData, now);
        self.next_keep_alive = None;
        self.phase = Phase::Restarting(now.instant + self.ground.settings.settling_time);
    }

    fn reconnect(&mut self, reason: &str, now: Moment) {
        self.ground.message(Severity::Warning, format!("Connecting again: {reason}"), now);
        self.ground.tell(PendingOutput::Reconnect(reason.to_owned()));
        self.disconnected();
    }

    pub(super) fn tell_error(&mut self, error: &C37118Error, now: Moment) {
        self.ground.message(Severity::Error, format!("What the device sends cannot be read: {error}"), now);
    }

    pub(super) fn message(&mut self, severity: Severity, text: impl Into<String>, now: Moment) {
        self.ground.message(severity, text, now);
    }

    pub(super) fn poll(&mut self) -> Option<ClientOutput<'_>> {
        self.ground.poll()
    }

    pub(super) fn has_received_data(&self) -> bool {
        self.has_received_data
    }

    pub(super) fn configuration(&self) -> Option<&Arc<Configuration>> {
        self.configurations.confirmed().map(|active| &active.configuration)
    }

    pub(super) fn counters(&self) -> ClientCounters {
        self.ground.counters
    }
}

/// Ticks between frames, where the device tells a rate.
fn interval(configuration: &Configuration) -> Option<f64> {
    let rate = configuration.frames_per_second();
    (rate > 0.0).then(|| Ticks::PER_SECOND as f64 / rate)
}

/// The frames of what came as one.
fn whole(frame: &Frame<'_>) -> Arc<[Bytes]> {
    Arc::new([Bytes::copy_from_slice(frame.bytes)])
}
