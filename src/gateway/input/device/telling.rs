//! What a device tells: its configuration, and its data.

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;

use super::{Device, DeviceState, Way};
use crate::c37118::client::ClientOutput;
use crate::c37118::mapping;
use crate::gateway::input::context::{Context, Passed};
use crate::gateway::input::merger::Described;
use crate::gateway::input::relay::Relay;

impl Device {
    /// Takes what the session tells, up to where it wants another connection, and says why.
    pub(super) fn take_outputs(&mut self, context: &mut Context<'_>) -> ControlFlow<String> {
        while let Some(output) = self.session.poll() {
            match output {
                ClientOutput::Send(bytes) => self.commands.push(bytes),
                ClientOutput::Data { frame, bytes, configuration } => {
                    context.handler.data(self.id, configuration, &frame, bytes);
                    let measurements = self.input.and_then(|input| context.map(input, &frame));
                    let is_relayed = self.relay.as_ref().is_some_and(|relay| {
                        relay.take(bytes, Passed::Data { is_mapped: measurements.is_some() }, context)
                    });
                    self.pending.mapped += u64::from(measurements.is_some());
                    self.pending.measurements += measurements.unwrap_or_default();
                    if measurements.is_some() || is_relayed {
                        self.pending.frames += 1;
                    } else {
                        self.counters.frames_not_mapped += 1;
                    }
                }
                ClientOutput::Configuration { configuration, frames } => {
                    self.state = DeviceState::Running;
                    self.input = None;
                    self.configuration = Some(Arc::clone(&configuration));
                    if self.plan.setup.published.has_frames() && self.relay.is_none() {
                        self.relay = Some(Relay::new(self.id, &self.relay_name(configuration.id_code)));
                    }
                    self.relay_description(&frames, context);
                    context.configured(self.id, self.described());
                    if let Way::Capture(player) = &mut self.way
                        && self.plan.setup.published.has_measurements()
                    {
                        player.hold(context.now);
                    }
                    context.handler.configuration(self.id, &configuration);
                    self.look_up(context);
                }
                ClientOutput::Description { frames, .. } => self.relay_description(&frames, context),
                ClientOutput::Header(text) => context.handler.header(self.id, &text),
                ClientOutput::Message { severity, text } => context.message(Some(self.id), severity, text),
                ClientOutput::Reconnect { reason } => return ControlFlow::Break(reason),
            }
        }
        ControlFlow::Continue(())
    }

    fn name(&self, id_code: u16) -> String {
        match self.plan.setup.name.trim() {
            "" => format!("C37118_{id_code}"),
            name => name.to_owned(),
        }
    }

    /// What the device is called whose frames are passed on: not as the one whose measurements are published.
    fn relay_name(&self, id_code: u16) -> String {
        let setup = &self.plan.setup;
        let suffix = if setup.published.has_measurements() { "_FRAMES" } else { "" };
        format!("{}{}{suffix}", setup.device_prefix, self.name(id_code))
    }

    /// What the device is in the metadata.
    fn described(&self) -> Described {
        let setup = &self.plan.setup;
        let configuration = self.configuration.as_ref().filter(|_| setup.published.has_measurements());
        Described {
            input: configuration.map(|configuration| mapping::Input {
                name: self.name(configuration.id_code),
                device_prefix: setup.device_prefix.clone(),
                company: setup.company.clone(),
                vendor: setup.vendor.clone(),
                configuration: Arc::clone(configuration),
            }),
            encapsulator: self.relay.as_ref().map(Relay::encapsulator),
        }
    }

    /// Passes on configuration and header frames.
    fn relay_description(&mut self, frames: &[Bytes], context: &mut Context<'_>) {
        let Some(relay) = &self.relay else { return };
        // Who cannot have them yet gets them when the metadata tell the signal.
        for frame in frames {
            relay.take(frame, Passed::Description, context);
        }
        if relay.has_new_metadata() && self.configuration.is_some() {
            context.configured(self.id, self.described());
        }
    }

    /// Passes on once more what describes the device.
    pub(in crate::gateway::input) fn describe_again(&self, context: &mut Context<'_>) {
        if let Some(relay) = &self.relay {
            relay.again(context);
        }
    }

    /// Finds out where its measurements are in the metadata.
    pub(in crate::gateway::input) fn look_up(&mut self, context: &Context<'_>) {
        let known = self.configuration.as_ref();
        self.input = known.and_then(|configuration| context.mapped?.input(self.id, configuration));
    }
}
