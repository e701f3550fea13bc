//! How both sides speak, as far as that is known.

use super::settings::SessionSettings;
use crate::wire::{TextEncoding, Version};

/// Whether something comes compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compression {
    /// The subscriber has asked for that.
    pub asked_for: bool,
    /// What came last was compressed; `None` before anything has come.
    pub in_use: Option<bool>,
}

impl Compression {
    fn asked_for(asked_for: bool) -> Compression {
        Compression { asked_for, in_use: None }
    }
}

/// How both sides speak: the subscriber says it in its operational modes, and the publisher may do less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgreedModes {
    /// Protocol version.
    pub version: Version,
    /// Encoding of all texts.
    pub encoding: TextEncoding,
    /// The publisher has answered the operational modes, which those of version 1 and 2 need not do.
    pub confirmed: bool,
    /// Metadata, by GZip.
    pub metadata: Compression,
    /// Signal index caches, by GZip.
    pub signal_index_cache: Compression,
    /// Measurements, by TSSC.
    pub payload: Compression,
}

impl AgreedModes {
    /// What the settings ask for, before anything has come.
    pub(super) fn new(settings: &SessionSettings) -> AgreedModes {
        let modes = settings.operational_modes();
        AgreedModes {
            version: modes.version,
            encoding: modes.encoding,
            confirmed: false,
            metadata: Compression::asked_for(modes.compresses_metadata()),
            signal_index_cache: Compression::asked_for(modes.compresses_cache()),
            payload: Compression::asked_for(modes.uses_tssc()),
        }
    }
}
