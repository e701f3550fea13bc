//! What a subscriber asks for, and what it gets.

use std::net::SocketAddr;
use std::time::Duration;

use super::rules::BaseTimeRules;
use super::subscription::{PayloadFormat, Subscription};
use crate::session::SubscribeRequest;
use crate::settings::SubscriptionOptions;
use crate::time_expression::TimeWindow;
use crate::wire::modes::ModeFlags;
use crate::wire::text::printable;
use crate::wire::{DataChannel, OperationalModes, TextEncoding, Version};

/// Characters that are kept of each text of a subscriber.
const MAX_TEXT: usize = 4096;

/// Something that was asked for or not, and granted or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// The subscriber asks for it.
    pub asked_for: bool,
    /// It gets it.
    pub granted: bool,
}

/// The operational modes of a connection: how the subscriber wants to be spoken to, and what it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectionModes {
    /// Protocol version.
    pub version: Version,
    /// Encoding of all texts.
    pub encoding: TextEncoding,
    /// Metadata compressed by GZip.
    pub compressed_metadata: Wish,
    /// Signal index caches compressed by GZip.
    pub compressed_cache: Wish,
    /// Measurements compressed by TSSC, unless they go by UDP.
    pub compressed_payload: Wish,
    /// Metadata are to include the publisher's own.
    pub internal_metadata: bool,
    /// Metadata are to include what the publisher has from others.
    pub external_metadata: bool,
}

impl ConnectionModes {
    pub(super) fn of(modes: OperationalModes) -> ConnectionModes {
        let asked_for = |flag| modes.flags.contains(flag);
        let wish = |flag, granted| Wish { asked_for: asked_for(flag), granted };
        ConnectionModes {
            version: modes.version,
            encoding: modes.encoding,
            compressed_metadata: wish(ModeFlags::COMPRESS_METADATA, modes.compresses_metadata()),
            compressed_cache: wish(ModeFlags::COMPRESS_CACHE, modes.compresses_cache()),
            compressed_payload: wish(ModeFlags::COMPRESS_PAYLOAD, modes.uses_tssc()),
            internal_metadata: asked_for(ModeFlags::INTERNAL_METADATA),
            external_metadata: asked_for(ModeFlags::EXTERNAL_METADATA),
        }
    }
}

/// What a subscription asks for, and what it gets.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SubscriptionTerms {
    /// What the last Subscribe that was granted asks for. Long texts are cut.
    pub asked_for: SubscriptionOptions,
    /// Where it wants measurements by UDP; `None` for TCP.
    pub asked_channel: Option<DataChannel>,
    /// What it gets.
    pub granted: GrantedTerms,
}

/// What a subscription gets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GrantedTerms {
    /// Measurements are compressed by TSSC; otherwise they are compact.
    pub compressed: bool,
    /// Measurements have times.
    pub include_time: bool,
    /// Their times may be offsets from base times.
    pub base_times: bool,
    /// Such offsets may be whole milliseconds.
    pub millisecond_resolution: bool,
    /// Measurements that are not a number are left out.
    pub nan_filter: bool,
    /// Interval of a throttled subscription; `None` when all measurements come.
    pub publish_interval: Option<Duration>,
    /// How far in the past and in the future a time is reasonable, where that is checked.
    pub time_limits: Option<(Duration, Duration)>,
    /// The window of historical data; `None` for live ones.
    pub window: Option<TimeWindow>,
    /// Pace of historical data in milliseconds for each step, as it was asked for last; `None` for live ones.
    pub processing_interval: Option<i32>,
    /// Buffer blocks are sent again when not confirmed for so long.
    pub buffer_block_timeout: Duration,
    /// Where measurements go by UDP, or the multicast group; `None` for TCP.
    pub data_channel: Option<SocketAddr>,
    /// Measurements are encrypted.
    pub encrypted: bool,
    /// Largest data packet, in bytes.
    pub largest_packet: usize,
}

impl SubscriptionTerms {
    /// What `request` asks for, and `subscription` is; that of a group has the same form.
    pub(super) fn new(
        request: &SubscribeRequest,
        subscription: &Subscription,
        address: SocketAddr,
        buffer_block_timeout: Duration,
    ) -> SubscriptionTerms {
        let options = &request.options;
        SubscriptionTerms {
            asked_for: cut(options),
            asked_channel: request.data_channel,
            granted: GrantedTerms::new(options, subscription, address, buffer_block_timeout),
        }
    }
}

impl GrantedTerms {
    fn new(
        options: &SubscriptionOptions,
        subscription: &Subscription,
        mut address: SocketAddr,
        buffer_block_timeout: Duration,
    ) -> GrantedTerms {
        let (compressed, include_time, base_times) = match subscription.format {
            PayloadFormat::Tssc => (true, true, None),
            PayloadFormat::Compact { include_time, base_times } => (false, include_time, base_times),
        };
        let carriage = subscription.carriage;
        let data_channel = carriage.group.or_else(|| {
            address.set_port(carriage.channel?.port);
            Some(address)
        });
        let checks = |rules: BaseTimeRules| rules.checks_times();
        let is_checked = subscription.throttle.is_some_and(|rules| rules.limits.is_some())
            || base_times.is_some_and(checks);
        GrantedTerms {
            compressed,
            include_time,
            base_times: base_times.is_some(),
            millisecond_resolution: base_times.is_some_and(|rules| rules.millisecond_resolution),
            nan_filter: subscription.nan_filter,
            publish_interval: subscription.throttle.map(|rules| rules.interval),
            time_limits: is_checked.then_some((options.lag_time, options.lead_time)),
            window: subscription.window,
            processing_interval: subscription.window.map(|_| options.processing_interval),
            buffer_block_timeout,
            data_channel,
            encrypted: carriage.is_encrypted,
            largest_packet: carriage.frame_limit,
        }
    }
}

/// The options with texts that nobody needs in full cut.
fn cut(options: &SubscriptionOptions) -> SubscriptionOptions {
    let text = |text: &str| printable(text, MAX_TEXT).into_owned();
    let mut kept = SubscriptionOptions {
        filter: text(&options.filter),
        start_time: options.start_time.as_deref().map(text),
        stop_time: options.stop_time.as_deref().map(text),
        time_parameters: options.time_parameters.as_deref().map(text),
        extra: Default::default(),
        assembly: Default::default(),
        ..options.clone()
    };
    kept.assembly.source = text(&options.assembly.source);
    kept.assembly.version = text(&options.assembly.version);
    kept.assembly.updated_on = text(&options.assembly.updated_on);
    let mut room = MAX_TEXT;
    for (key, value) in options.extra.iter() {
        room = room.saturating_sub(key.len() + value.len());
        if room > 0 {
            kept.extra.set(key, value);
        }
    }
    kept
}
