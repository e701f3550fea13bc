//! What one subscriber gets: its signals and the form of its data packets.

use std::net::SocketAddr;
use std::sync::Arc;

use uuid::Uuid;

use crate::codec::SignalIndexCache;
use crate::wire::{DataChannel, OperationalModes, SubscriptionOptions};

/// The signals that a filter selects, in its order. Subscribers with the same filter share it.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Selection {
    /// The signals as they are announced; the subscriber ID is each connection's own.
    pub(super) cache: SignalIndexCache,
}

impl Selection {
    pub(super) fn signal_count(&self) -> usize {
        self.cache.records().len()
    }

    pub(super) fn signal_ids(&self) -> impl Iterator<Item = Uuid> {
        self.cache.records().iter().map(|record| record.signal_id)
    }
}

/// Form of the data packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum PayloadFormat {
    /// TSSC packets.
    Tssc,
    /// Compact measurements, with their full time or without any.
    Compact {
        /// Measurements carry their time.
        include_time: bool,
    },
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
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) filter: String,
    pub(super) selection: Arc<Selection>,
    pub(super) format: PayloadFormat,
    /// Measurements that are not a number are left out.
    pub(super) nan_filter: bool,
    pub(super) carriage: Carriage,
}

impl Default for Subscription {
    fn default() -> Subscription {
        Subscription {
            filter: String::new(),
            selection: Arc::default(),
            format: PayloadFormat::Tssc,
            nan_filter: false,
            carriage: Carriage::default(),
        }
    }
}

impl Subscription {
    pub(super) fn new(
        options: &SubscriptionOptions,
        modes: OperationalModes,
        selection: Arc<Selection>,
        carriage: Carriage,
    ) -> Subscription {
        // A TSSC decoder needs every packet, in order.
        let format = match modes.uses_tssc() && carriage.channel.is_none() {
            true => PayloadFormat::Tssc,
            // Base times are never sent, so every measurement carries its full time.
            false => PayloadFormat::Compact { include_time: options.include_time },
        };
        let (filter, nan_filter) = (options.filter.clone(), options.nan_filter);
        Subscription { filter, selection, format, nan_filter, carriage }
    }

    /// What to call the form of the data packets.
    pub(super) fn form(&self) -> &'static str {
        match (self.format, self.carriage.channel) {
            (PayloadFormat::Tssc, _) => "TSSC",
            (PayloadFormat::Compact { .. }, None) => "compact",
            (PayloadFormat::Compact { .. }, Some(_)) if self.carriage.group.is_some() => {
                "compact over UDP multicast"
            }
            (PayloadFormat::Compact { .. }, Some(_)) => "compact over UDP",
        }
    }

    /// The same wishes for other signals.
    pub(super) fn with_selection(&self, selection: Arc<Selection>) -> Subscription {
        Subscription {
            filter: self.filter.clone(),
            selection,
            format: self.format,
            nan_filter: self.nan_filter,
            carriage: self.carriage,
        }
    }

    /// True when both would get the same bytes if they selected the same signals.
    fn has_same_form(&self, other: &Subscription) -> bool {
        self.format == other.format
            && self.nan_filter == other.nan_filter
            && self.carriage.frame_limit == other.carriage.frame_limit
            && self.carriage.group == other.carriage.group
    }

    /// True when both always get the same bytes, whatever the metadata.
    pub(super) fn has_same_wishes(&self, other: &Subscription) -> bool {
        self.has_same_form(other) && self.filter == other.filter
    }

    /// True when both get the same bytes in their data packets, by the same way.
    pub(super) fn has_same_stream(&self, other: &Subscription) -> bool {
        self.has_same_form(other)
            && (Arc::ptr_eq(&self.selection, &other.selection) || self.selection == other.selection)
    }
}
