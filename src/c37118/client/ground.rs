//! What all parts of a client session work with: its settings, what is on its way to the driver, and counts.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::active::ActiveConfiguration;
use super::counters::ClientCounters;
use super::{Channels, ClientOutput};
use crate::c37118::frame::encode_command;
use crate::c37118::{Command, Configuration, FrameTime, FrameType, TimeBase, Version};
use crate::host::Moment;
use crate::operator::{MessageLimiter, Severity};
use crate::settings::C37118ClientSettings;

/// Bytes of data frames that wait for the driver. It takes them after each call, so that more only come when
/// it does not.
const MOST_WAITING: usize = 8 << 20;
/// ID code of commands to a device whose own is not known.
const UNKNOWN_ID: u16 = 1;

/// What waits for the driver.
#[derive(Debug)]
pub(super) enum PendingOutput {
    Send(Vec<u8>),
    Configuration(Arc<ActiveConfiguration>),
    /// A data frame, where it lies among the others.
    Data(Range<usize>, FrameTime, Arc<ActiveConfiguration>),
    Header(Bytes),
    Description(FrameType, Arc<[Bytes]>),
    Message(Severity, String),
    Reconnect(String),
}

#[derive(Debug)]
pub(super) struct Ground {
    pub(super) settings: C37118ClientSettings,
    pub(super) channels: Channels,
    pub(super) counters: ClientCounters,
    /// ID code of the stream, where it is set or was heard.
    pub(super) id_code: Option<u16>,
    limiter: MessageLimiter,
    outputs: VecDeque<PendingOutput>,
    /// Data frames that wait, one behind the other.
    data: Vec<u8>,
    /// Configuration of the data frame that was taken last.
    borrowed: Option<Arc<ActiveConfiguration>>,
}

impl Ground {
    pub(super) fn new(settings: C37118ClientSettings, channels: Channels) -> Ground {
        let mut ground = Ground {
            settings,
            channels,
            counters: ClientCounters::default(),
            id_code: None,
            limiter: MessageLimiter::default(),
            outputs: VecDeque::new(),
            data: Vec::new(),
            borrowed: None,
        };
        ground.forget_id();
        ground
    }

    /// The ID code that was heard is that of another connection.
    pub(super) fn forget_id(&mut self) {
        self.id_code = Some(self.settings.id_code).filter(|id_code| *id_code > 0);
    }

    /// Whether the device can be asked.
    pub(super) fn can_command(&self) -> bool {
        self.channels != Channels::SpontaneousDatagrams
    }

    pub(super) fn command(&mut self, command: &Command, now: Moment) {
        let mut frame = Vec::new();
        let time = FrameTime::from_ticks(now.utc, TimeBase::FINEST, 0);
        let id_code = self.id_code.unwrap_or(UNKNOWN_ID);
        // Only messages that version 2 has added are marked with it, and commands are none.
        if encode_command(&mut frame, Version::V1, id_code, time, command).is_ok() {
            self.counters.commands += 1;
            self.outputs.push_back(PendingOutput::Send(frame));
        }
    }

    pub(super) fn tell(&mut self, output: PendingOutput) {
        self.outputs.push_back(output);
    }

    pub(super) fn message(&mut self, severity: Severity, text: impl Into<String>, now: Moment) {
        if let Some(text) = self.limiter.pass(text.into(), now.instant) {
            self.outputs.push_back(PendingOutput::Message(severity, text));
        }
    }

    /// Hands on a data frame. False when there is no room.
    pub(super) fn deliver(
        &mut self,
        bytes: &[u8],
        time: FrameTime,
        active: &Arc<ActiveConfiguration>,
    ) -> bool {
        if self.outputs.is_empty() {
            self.data.clear();
        }
        let start = self.data.len();
        if start + bytes.len() > MOST_WAITING {
            return false;
        }
        self.data.extend_from_slice(bytes);
        self.outputs.push_back(PendingOutput::Data(start..self.data.len(), time, active.clone()));
        true
    }

    pub(super) fn poll(&mut self) -> Option<ClientOutput<'_>> {
        Some(match self.outputs.pop_front()? {
            PendingOutput::Send(bytes) => ClientOutput::Send(bytes),
            PendingOutput::Configuration(active) => ClientOutput::Configuration {
                configuration: active.configuration.clone(),
                frames: active.frames.clone(),
            },
            PendingOutput::Data(place, time, active) => {
                let bytes = &self.data[place];
                let active = self.borrowed.insert(active);
                let configuration: &Arc<Configuration> = &active.configuration;
                ClientOutput::Data { frame: active.layout.known(time, bytes), bytes, configuration }
            }
            PendingOutput::Header(text) => ClientOutput::Header(text),
            PendingOutput::Description(kind, frames) => ClientOutput::Description { kind, frames },
            PendingOutput::Message(severity, text) => ClientOutput::Message { severity, text },
            PendingOutput::Reconnect(reason) => ClientOutput::Reconnect { reason },
        })
    }
}
