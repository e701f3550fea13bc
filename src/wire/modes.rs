//! Operational modes: what the two sides of a connection do, as the subscriber dictates it.

use bitflags::bitflags;
use thiserror::Error;

use super::reader::{Reader, Truncated};
use super::text::TextEncoding;

/// Protocol version of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Version {
    /// Version 1: one signal index cache, never confirmed.
    V1 = 1,
    /// Version 2: double-buffered, confirmed caches. Every peer speaks it.
    #[default]
    V2 = 2,
    /// Version 3: as 2, and the subscriber waits for the answer to its operational modes.
    V3 = 3,
}

impl Version {
    /// The version of a number, or `None` when it is not 1, 2 or 3.
    pub fn from_number(number: u32) -> Option<Version> {
        match number {
            1 => Some(Version::V1),
            2 => Some(Version::V2),
            3 => Some(Version::V3),
            _ => None,
        }
    }

    /// True when signal index caches carry their slot and must be confirmed.
    pub fn confirms_caches(self) -> bool {
        self >= Version::V2
    }
}

bitflags! {
    /// The switches among the operational mode bits.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct ModeFlags: u32 {
        /// GZip may be used; publishers require it before they compress anything with GZip.
        const GZIP = 0x0000_0020;
        /// TSSC may be used; publishers require it before they compress measurements.
        const TSSC = 0x0000_0040;
        /// Metadata are to include what the publisher got from elsewhere.
        const EXTERNAL_METADATA = 0x0200_0000;
        /// Metadata are to include what belongs to the publisher.
        const INTERNAL_METADATA = 0x0400_0000;
        /// Compress measurements.
        const COMPRESS_PAYLOAD = 0x2000_0000;
        /// Compress the signal index cache.
        const COMPRESS_CACHE = 0x4000_0000;
        /// Compress metadata.
        const COMPRESS_METADATA = 0x8000_0000;
    }
}

const VERSION_MASK: u32 = 0x1F;
const ENCODING_MASK: u32 = 0x300;
const EXTENSION_MASK: u32 = 0x00FF_0000;

/// Payload of DefineOperationalModes (0x06): four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct OperationalModes {
    /// Protocol version.
    pub version: Version,
    /// Encoding of all texts.
    pub encoding: TextEncoding,
    /// The switches.
    pub flags: ModeFlags,
}

/// Operational modes that a publisher cannot honour.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ModesError {
    /// Fewer than four bytes.
    #[error(transparent)]
    Truncated(#[from] Truncated),
    /// The version is not 1, 2 or 3.
    #[error("STTP version {0} is not supported; use version 1, 2 or 3")]
    Version(u32),
    /// The encoding bits are both set.
    #[error(
        "operational modes {0:#010x} ask for an undefined text encoding; use UTF-8, UTF-16LE or UTF-16BE"
    )]
    Encoding(u32),
    /// A private extension is asked for.
    #[error(
        "UNSUPPORTED EXTENSION: operational modes ask for implementation-specific extension {0:#04x}; use 0"
    )]
    Extension(u32),
}

impl OperationalModes {
    /// Reads the payload; bytes past the fourth are ignored.
    pub fn decode(payload: &[u8]) -> Result<OperationalModes, ModesError> {
        OperationalModes::from_bits(Reader::new(payload).u32("operational modes")?)
    }

    /// The modes of a bit field; reserved bits are ignored.
    pub fn from_bits(bits: u32) -> Result<OperationalModes, ModesError> {
        let version = bits & VERSION_MASK;
        let extension = (bits & EXTENSION_MASK) >> 16;
        if extension != 0 {
            return Err(ModesError::Extension(extension));
        }
        let encoding = match bits & ENCODING_MASK {
            0x000 => TextEncoding::Utf16Le,
            0x100 => TextEncoding::Utf16Be,
            0x200 => TextEncoding::Utf8,
            _ => return Err(ModesError::Encoding(bits)),
        };
        Ok(OperationalModes {
            version: Version::from_number(version).ok_or(ModesError::Version(version))?,
            encoding,
            flags: ModeFlags::from_bits_truncate(bits),
        })
    }

    /// The bit field, as the payload carries it.
    pub fn bits(self) -> u32 {
        let encoding = match self.encoding {
            TextEncoding::Utf16Le => 0x000,
            TextEncoding::Utf16Be => 0x100,
            TextEncoding::Utf8 => 0x200,
        };
        self.version as u32 | encoding | self.flags.bits()
    }

    /// True when measurements are to be compressed with TSSC.
    pub fn uses_tssc(self) -> bool {
        self.flags.contains(ModeFlags::COMPRESS_PAYLOAD | ModeFlags::TSSC)
    }

    /// True when signal index caches are to be compressed with GZip.
    pub fn compresses_cache(self) -> bool {
        self.flags.contains(ModeFlags::COMPRESS_CACHE | ModeFlags::GZIP)
    }

    /// True when metadata are to be compressed with GZip.
    pub fn compresses_metadata(self) -> bool {
        self.flags.contains(ModeFlags::COMPRESS_METADATA | ModeFlags::GZIP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn modes_that_peers_send() {
        for (bits, version, encoding, tssc, cache, metadata) in [
            (0xE000_0262, Version::V2, TextEncoding::Utf8, true, true, true),
            (0xC000_0222, Version::V2, TextEncoding::Utf8, false, true, true),
            (0xC400_0002, Version::V2, TextEncoding::Utf16Le, false, false, false),
            (0xE400_0062, Version::V2, TextEncoding::Utf16Le, true, true, true),
            (0x0000_0263, Version::V3, TextEncoding::Utf8, false, false, false),
        ] {
            let modes = OperationalModes::from_bits(bits).unwrap();
            assert_eq!(modes.bits(), bits);
            assert_eq!((modes.version, modes.encoding), (version, encoding));
            assert_eq!(
                (modes.uses_tssc(), modes.compresses_cache(), modes.compresses_metadata()),
                (tssc, cache, metadata)
            );
        }
    }

    #[test]
    fn unsupported_modes_are_refused() {
        assert_eq!(OperationalModes::from_bits(0x204), Err(ModesError::Version(4)));
        assert_eq!(OperationalModes::from_bits(0x302), Err(ModesError::Encoding(0x302)));
        assert_eq!(OperationalModes::from_bits(0x0001_0202), Err(ModesError::Extension(1)));
        assert!(matches!(OperationalModes::decode(&[0, 0, 2]), Err(ModesError::Truncated(_))));
    }

    proptest! {
        #[test]
        fn what_is_accepted_keeps_its_known_bits(bits: u32) {
            if let Ok(modes) = OperationalModes::from_bits(bits) {
                prop_assert_eq!(modes.bits() & !bits, 0);
                prop_assert_eq!(OperationalModes::from_bits(modes.bits()), Ok(modes));
            }
        }
    }
}
