//! GZip (RFC 1952) of metadata and signal index caches, with a bound on what is inflated.

use std::io::{self, Read, Write};

use flate2::bufread::GzDecoder;
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use thiserror::Error;

/// Why data could not be decompressed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GzipError {
    /// The data do not start with the GZip mark `1F 8B`.
    #[error("{length} bytes are not GZip data: they do not start with 1F 8B")]
    NotGzip {
        /// Bytes given.
        length: usize,
    },
    /// The data are damaged or end too early.
    #[error("GZip data of {length} bytes are damaged after {inflated} inflated bytes: {reason}")]
    Damaged {
        /// Bytes given.
        length: usize,
        /// Bytes that came out before the damage.
        inflated: usize,
        /// What the inflater said.
        reason: String,
    },
    /// There is no memory for what the data inflate to.
    #[error(
        "the system has no memory for what GZip data of {length} bytes inflate to: {inflated} bytes so far"
    )]
    OutOfMemory {
        /// Bytes given.
        length: usize,
        /// Bytes that came out before.
        inflated: usize,
    },
    /// The data inflate to more than the caller allows.
    #[error("GZip data of {length} bytes inflate to more than the {limit} bytes allowed")]
    TooLong {
        /// Bytes given.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
}

impl GzipError {
    /// What is wrong, with the key of the setting whose limit the data inflate beyond, if that is it.
    pub fn with_key(&self, key: &str) -> String {
        match self {
            GzipError::TooLong { .. } => format!("{self} ({key})"),
            _ => self.to_string(),
        }
    }
}

/// True when the data start with the GZip mark `1F 8B`. Neither XML nor a signal index cache does.
pub fn is_gzip(data: &[u8]) -> bool {
    data.starts_with(&[0x1F, 0x8B])
}

/// Compresses into one GZip member, at the least effort: more would hold up everything else on the
/// engine's thread seven times as long, and save a third of what is left.
pub fn compress(data: &[u8]) -> Vec<u8> {
    compress_onto(Vec::with_capacity(data.len() / 4 + 64), |out| out.write_all(data))
}

/// As [`compress`], for data that `write` writes in pieces, behind what there is in `out`. `write`
/// fails only when its output does, which never happens.
#[expect(clippy::expect_used, reason = "a vector takes everything")]
pub(crate) fn compress_onto(out: Vec<u8>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(out, Compression::fast());
    let finished = write(&mut encoder).and_then(|()| encoder.finish());
    finished.expect("writing into a vector cannot fail")
}

/// A member without flags and time, that was compressed at the least effort on an unknown system.
const MEMBER_HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255];

/// What members need that end with the same data.
#[derive(Debug)]
pub(crate) struct TailSum(Crc);

/// Compresses what several members end with, each behind data of its own.
#[expect(clippy::expect_used, reason = "a vector takes everything")]
pub(crate) fn compress_tail(data: &[u8]) -> (Vec<u8>, TailSum) {
    let out = Vec::with_capacity(data.len() / 4 + 64);
    let mut encoder = DeflateEncoder::new(out, Compression::fast());
    let finished = encoder.write_all(data).and_then(|()| encoder.finish());
    let mut sum = Crc::new();
    sum.update(data);
    (finished.expect("writing into a vector cannot fail"), TailSum(sum))
}

impl TailSum {
    /// What stands in front of the compressed tail, and behind it, in a member whose data begin with `head`, which has
    /// less than 64 KiB and is not compressed.
    pub(crate) fn enclose(&self, head: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let length = head.len() as u16;
        // A stored block that is not the last one: its length and the complement of that follow.
        let before =
            [&MEMBER_HEADER[..], &[0], &length.to_le_bytes(), &(!length).to_le_bytes(), head].concat();
        let mut sum = Crc::new();
        sum.update(head);
        sum.combine(&self.0);
        (before, [sum.sum().to_le_bytes(), sum.amount().to_le_bytes()].concat())
    }
}

/// Decompresses all GZip members of `data`, which may inflate to at most `limit` bytes. Bytes after
/// the last member that do not start another one are ignored.
///
/// # Errors
/// See [`GzipError`]. Memory stays within `limit` and a fixed reserve in each case.
pub fn decompress(data: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let length = data.len();
    if !is_gzip(data) {
        return Err(GzipError::NotGzip { length });
    }
    let mut inflated = Vec::new();
    let mut rest = data;
    while is_gzip(rest) {
        // One byte more than allowed tells "exactly at the limit" from "beyond it".
        let room = (limit - inflated.len()) as u64 + 1;
        let member = GzDecoder::new(&mut rest).take(room).read_to_end(&mut inflated);
        if inflated.len() > limit {
            return Err(GzipError::TooLong { length, limit });
        }
        if let Err(error) = member {
            let inflated = inflated.len();
            return Err(match error.kind() {
                io::ErrorKind::OutOfMemory => GzipError::OutOfMemory { length, inflated },
                _ => GzipError::Damaged { length, inflated, reason: error.to_string() },
            });
        }
    }
    Ok(inflated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn members_are_joined_and_a_foreign_tail_is_ignored() {
        let mut data = compress(b"signal ");
        data.extend(compress(b"index cache"));
        data.extend([0, 0, 7]);
        assert_eq!(decompress(&data, 100), Ok(b"signal index cache".to_vec()));
    }

    #[test]
    fn the_limit_holds_over_all_members() {
        let mut data = compress(&[0; 60]);
        data.extend(compress(&[0; 40]));
        assert_eq!(decompress(&data, 100).map(|inflated| inflated.len()), Ok(100));
        assert_eq!(decompress(&data, 99), Err(GzipError::TooLong { length: data.len(), limit: 99 }));
        let bomb = compress(&vec![0; 10_000_000]);
        assert!(matches!(decompress(&bomb, 1_000), Err(GzipError::TooLong { .. })));
        assert!(matches!(decompress(&bomb, 0), Err(GzipError::TooLong { .. })));
    }

    #[test]
    fn damage_is_an_error() {
        let data = compress(b"some text that is long enough to be cut in the middle");
        for cut in 2..data.len() {
            assert!(matches!(decompress(&data[..cut], 1_000), Err(GzipError::Damaged { .. })), "{cut}");
        }
        let mut wrong_sum = data.clone();
        let check_sum = data.len() - 8;
        wrong_sum[check_sum] ^= 1;
        assert!(matches!(decompress(&wrong_sum, 1_000), Err(GzipError::Damaged { .. })));
        assert_eq!(decompress(b"<xml/>", 10), Err(GzipError::NotGzip { length: 6 }));
    }

    proptest! {
        #[test]
        fn members_that_share_their_tail_are_members_like_others(
            heads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..100), 1..4),
            tail in proptest::collection::vec(any::<u8>(), 0..2_000),
        ) {
            let (compressed, sum) = compress_tail(&tail);
            for head in heads {
                let (before, after) = sum.enclose(&head);
                let member = [before, compressed.clone(), after].concat();
                prop_assert_eq!(decompress(&member, 1 << 20), Ok([head, tail.clone()].concat()));
            }
        }

        #[test]
        fn round_trips(data in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            prop_assert_eq!(decompress(&compress(&data), data.len()), Ok(data));
        }

        #[test]
        fn arbitrary_bytes_never_panic(data in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decompress(&[&[0x1F, 0x8B], &data[..]].concat(), 1_000);
        }
    }
}
