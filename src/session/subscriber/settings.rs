//! How a subscriber speaks to its publisher.

use std::time::Duration;

use crate::settings::SubscriberSettings;
use crate::wire::modes::ModeFlags;
use crate::wire::{OperationalModes, TextEncoding, Version};

/// How a subscriber speaks to its publisher.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionSettings {
    /// Protocol version.
    pub version: Version,
    /// Ask for TSSC-compressed measurements. Leave it off when they come by UDP.
    pub compress_payload: bool,
    /// Ask for GZip-compressed metadata.
    pub compress_metadata: bool,
    /// Ask for GZip-compressed signal index caches.
    pub compress_signal_index_cache: bool,
    /// Receive the metadata of the publisher's own devices.
    pub internal_metadata: bool,
    /// Receive the metadata of devices that the publisher has from others.
    pub external_metadata: bool,
    /// Largest accepted frame, and largest signal index cache after decompression, in bytes.
    pub max_frame_size: usize,
    /// A connection without any byte for so long is lost; publishers send something every five
    /// seconds. `None` waits for ever.
    pub data_loss_timeout: Option<Duration>,
    /// How long the publisher may take to answer a metadata request, a Subscribe, or operational modes
    /// of version 3.
    pub answer_timeout: Duration,
}

impl Default for SessionSettings {
    fn default() -> SessionSettings {
        let settings = SubscriberSettings::default();
        SessionSettings {
            version: settings.version,
            compress_payload: settings.compress_payload,
            compress_metadata: settings.compress_metadata,
            compress_signal_index_cache: settings.compress_signal_index_cache,
            internal_metadata: settings.internal_metadata,
            external_metadata: settings.external_metadata,
            max_frame_size: settings.max_frame_size,
            data_loss_timeout: settings.data_loss_timeout,
            answer_timeout: settings.answer_timeout,
        }
    }
}

impl SessionSettings {
    pub(super) fn operational_modes(&self) -> OperationalModes {
        let mut flags = ModeFlags::empty();
        flags.set(ModeFlags::INTERNAL_METADATA, self.internal_metadata);
        flags.set(ModeFlags::EXTERNAL_METADATA, self.external_metadata);
        if self.compress_payload {
            flags |= ModeFlags::TSSC | ModeFlags::COMPRESS_PAYLOAD;
        }
        if self.compress_metadata {
            flags |= ModeFlags::GZIP | ModeFlags::COMPRESS_METADATA;
        }
        if self.compress_signal_index_cache {
            flags |= ModeFlags::GZIP | ModeFlags::COMPRESS_CACHE;
        }
        OperationalModes { version: self.version, encoding: TextEncoding::Utf8, flags }
    }
}
