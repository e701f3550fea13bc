//! What one subscriber gets: its signals and the form of its data packets.

use std::net::SocketAddr;
use std::sync::Arc;

use super::rules::{BaseTimeRules, ThrottleRules};
use super::selection::Selection;
use super::settings::{NanFilter, PublisherSettings};
use crate::rights::SignalRights;
use crate::settings::SubscriptionOptions;
use crate::time_expression::TimeWindow;
use crate::wire::{DataChannel, OperationalModes};

/// Form of the data packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PayloadFormat {
    /// TSSC packets.
    Tssc,
    /// Compact measurements.
    Compact {
        /// Measurements carry their time.
        include_time: bool,
        /// Times may be offsets from base times; otherwise each takes 8 bytes.
        base_times: Option<BaseTimeRules>,
    },
}

impl PayloadFormat {
    fn new(
        options: &SubscriptionOptions,
        modes: OperationalModes,
        use_base_times: bool,
        carriage: &Carriage,
    ) -> PayloadFormat {
        // A TSSC decoder needs every packet, in order.
        if modes.uses_tssc() && carriage.channel.is_none() {
            return PayloadFormat::Tssc;
        }
        let include_time = options.include_time;
        // A datagram could overtake the base times, which always go by TCP.
        let use_base_times = use_base_times && include_time && carriage.channel.is_none();
        let base_times = use_base_times.then(|| BaseTimeRules::new(options));
        PayloadFormat::Compact { include_time, base_times }
    }
}

/// How data packets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Carriage {
    /// Where they go by UDP; `None` for TCP.
    pub(super) channel: Option<DataChannel>,
    /// The multicast group and port, if that is where.
    pub(super) group: Option<SocketAddr>,
    /// Largest frame in bytes, with its length field, before it is encrypted.
    pub(super) frame_limit: usize,
    pub(super) is_encrypted: bool,
}

/// One accepted Subscribe command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) filter: String,
    /// Which signals the subscriber may have; `None` for all.
    pub(super) rights: Option<Arc<SignalRights>>,
    pub(super) selection: Arc<Selection>,
    pub(super) format: PayloadFormat,
    /// Measurements that are not a number are left out.
    pub(super) nan_filter: bool,
    /// Only the latest measurements, once per interval.
    pub(super) throttle: Option<ThrottleRules>,
    pub(super) carriage: Carriage,
    /// Historical measurements of this window instead of live ones.
    pub(super) window: Option<TimeWindow>,
}

impl Default for Subscription {
    fn default() -> Subscription {
        Subscription {
            filter: String::new(),
            rights: None,
            selection: Arc::default(),
            format: PayloadFormat::Tssc,
            nan_filter: false,
            throttle: None,
            carriage: Carriage::default(),
            window: None,
        }
    }
}

impl Subscription {
    pub(super) fn new(
        options: &SubscriptionOptions,
        modes: OperationalModes,
        settings: &PublisherSettings,
        selection: Arc<Selection>,
        carriage: Carriage,
    ) -> Subscription {
        let nan_filter = match settings.nan_filter {
            NanFilter::Allowed => options.nan_filter,
            NanFilter::Forbidden => false,
            NanFilter::Forced => true,
        };
        Subscription {
            filter: options.filter.clone(),
            rights: None,
            selection,
            format: PayloadFormat::new(options, modes, settings.base_times, &carriage),
            nan_filter,
            throttle: ThrottleRules::new(options),
            carriage,
            window: None,
        }
    }

    /// What to call the form of the data packets.
    fn form(&self) -> &'static str {
        match (self.format, self.carriage.channel) {
            (PayloadFormat::Tssc, _) => "TSSC",
            (PayloadFormat::Compact { .. }, None) => "compact",
            (PayloadFormat::Compact { .. }, Some(_)) if self.carriage.group.is_some() => {
                "compact over UDP multicast"
            }
            (PayloadFormat::Compact { .. }, Some(_)) => "compact over UDP",
        }
    }

    /// The same wishes for historical measurements, if there is a window. Their times are always full
    /// ones, because base times follow the clock, and the subscriber's processing interval is what sets
    /// their pace, so that they are not throttled.
    pub(super) fn in_window(self, window: Option<TimeWindow>) -> Subscription {
        let format = match self.format {
            PayloadFormat::Compact { include_time, .. } if window.is_some() => {
                PayloadFormat::Compact { include_time, base_times: None }
            }
            format => format,
        };
        let throttle = self.throttle.filter(|_| window.is_none());
        Subscription { format, throttle, window, ..self }
    }

    /// What the subscriber gets, in words for its operator.
    pub(super) fn describe(&self, options: &SubscriptionOptions) -> String {
        let (form, count) = (self.form(), self.selection.signal_count());
        let mut text = format!("Client subscribed as {form} with {count} signals");
        let unauthorized = self.selection.signals.unauthorized().len();
        if unauthorized > 0 {
            text += &format!(", without {unauthorized} that it may not have");
        }
        if let Some(throttle) = &self.throttle {
            text += &format!(", the latest values every {} s", throttle.interval.as_secs_f64());
        }
        if let Some(TimeWindow { start, stop }) = self.window {
            text += &format!(", historical data from {start} to {stop}");
        }
        text += match (options.nan_filter, self.nan_filter) {
            (true, false) => "; NaN values are not filtered, because this publisher forbids it.",
            (false, true) => "; this publisher filters NaN values for all subscribers.",
            _ => ".",
        };
        text
    }

    /// Signal index of its first signal.
    pub(super) fn first_index(&self) -> u32 {
        if self.carriage.channel.is_some() { self.selection.first_in_datagrams } else { 0 }
    }

    /// The same wishes for other signals.
    pub(super) fn with_selection(&self, selection: Arc<Selection>) -> Subscription {
        Subscription { selection, ..self.clone() }
    }

    /// True when both would get the same bytes if they selected the same signals.
    fn has_same_form(&self, other: &Subscription) -> bool {
        self.format == other.format
            && self.nan_filter == other.nan_filter
            && self.throttle == other.throttle
            && self.carriage.frame_limit == other.carriage.frame_limit
            && self.carriage.group == other.carriage.group
    }

    /// True when both always get the same bytes, whatever the metadata.
    pub(super) fn has_same_wishes(&self, other: &Subscription) -> bool {
        self.has_same_form(other) && self.filter == other.filter && self.rights == other.rights
    }

    /// True when both get the same bytes in their data packets, by the same way.
    pub(super) fn has_same_stream(&self, other: &Subscription) -> bool {
        self.has_same_form(other)
            && self.first_index() == other.first_index()
            && (Arc::ptr_eq(&self.selection, &other.selection)
                || self.selection.has_same_signals(&other.selection))
    }
}
