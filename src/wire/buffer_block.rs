//! Buffer blocks (0x88): opaque bytes that belong to a signal.
//!
//! Payload: four bytes of sequence number, flags, four bytes of signal index, the bytes. Publishers
//! from before the flags existed put the slot of the signal index cache in their place, or nothing
//! at all (version 1), and end each block with six zero bytes that mean nothing.

use bitflags::bitflags;
use bytes::BufMut;

use super::reader::{Reader, Truncated};

/// Bytes in front of a block's own bytes.
pub const BUFFER_BLOCK_HEADER_SIZE: usize = 9;
/// Where the flags lie in the payload.
pub const BUFFER_BLOCK_FLAGS_OFFSET: usize = 4;

/// What publishers from before the flags put behind each block.
const STRAY_BYTES: [u8; 6] = [0; 6];

bitflags! {
    /// The byte behind the sequence number.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct BufferBlockFlags: u8 {
        /// The subscriber is to send ConfirmBufferBlock; without it the block comes again.
        const REQUIRE_CONFIRMATION = 0x01;
        /// Set of cipher keys in use.
        const CIPHER_INDEX = 0x04;
        /// The block's bytes are compressed with GZip.
        const COMPRESSED = 0x08;
        /// Slot of the signal index cache in use (versions 2 and 3).
        const CACHE_INDEX = 0x10;
    }
}

/// Payload of BufferBlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BufferBlock<'a> {
    /// Number of the block on its connection, from 0; wraps.
    pub sequence: u32,
    /// The flags byte, unknown bits included.
    pub flags: BufferBlockFlags,
    /// Signal index, from the cache that the flags name.
    pub signal_index: u32,
    /// The block, perhaps compressed.
    pub bytes: &'a [u8],
}

impl<'a> BufferBlock<'a> {
    /// Splits the payload.
    pub fn decode(payload: &'a [u8]) -> Result<BufferBlock<'a>, Truncated> {
        let mut reader = Reader::new(payload);
        Ok(BufferBlock {
            sequence: reader.u32("sequence number")?,
            flags: BufferBlockFlags::from_bits_retain(reader.u8("buffer block flags")?),
            signal_index: reader.u32("signal index")?,
            bytes: reader.rest(),
        })
    }

    /// Splits a payload in which the signal index follows the sequence number at once, as
    /// publishers from before the flags send it in version 1. They expect a confirmation.
    pub fn decode_without_flags(payload: &'a [u8]) -> Result<BufferBlock<'a>, Truncated> {
        let mut reader = Reader::new(payload);
        Ok(BufferBlock {
            sequence: reader.u32("sequence number")?,
            flags: BufferBlockFlags::REQUIRE_CONFIRMATION,
            signal_index: reader.u32("signal index")?,
            bytes: reader.rest(),
        })
    }

    /// Appends the payload.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        out.reserve(BUFFER_BLOCK_HEADER_SIZE + self.bytes.len());
        out.put_u32(self.sequence);
        out.put_u8(self.flags.bits());
        out.put_u32(self.signal_index);
        out.put_slice(self.bytes);
    }

    /// The same block without the six bytes that a publisher from before the flags put behind it.
    pub fn without_stray_bytes(self) -> BufferBlock<'a> {
        BufferBlock { bytes: self.bytes.strip_suffix(&STRAY_BYTES).unwrap_or(self.bytes), ..self }
    }
}

/// Reads the payload of ConfirmBufferBlock (0x08): a sequence number.
pub fn decode_block_confirmation(payload: &[u8]) -> Result<u32, Truncated> {
    Reader::new(payload).u32("sequence number")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BLOCK: BufferBlock<'_> = BufferBlock {
        sequence: 0x0102_0304,
        flags: BufferBlockFlags::from_bits_retain(0x19),
        signal_index: 7,
        bytes: b"abc",
    };

    #[test]
    fn fields_stand_where_every_peer_reads_them() {
        let mut payload = Vec::new();
        BLOCK.encode_into(&mut payload);
        assert_eq!(payload, [1, 2, 3, 4, 0x19, 0, 0, 0, 7, b'a', b'b', b'c']);
        assert_eq!(BufferBlock::decode(&payload), Ok(BLOCK));
        for length in 0..BUFFER_BLOCK_HEADER_SIZE {
            assert!(BufferBlock::decode(&payload[..length]).is_err());
        }
    }

    #[test]
    fn blocks_from_before_the_flags() {
        let payload = [0, 0, 0, 1, 0, 0, 0, 7, b'a', 0, 0, 0, 0, 0, 0];
        let block = BufferBlock::decode_without_flags(&payload).unwrap();
        assert_eq!((block.sequence, block.signal_index), (1, 7));
        assert_eq!(block.without_stray_bytes().bytes, b"a");
        let short = BufferBlock { bytes: &payload[11..], ..block };
        assert_eq!(short.without_stray_bytes(), short);
        assert!(BufferBlock::decode_without_flags(&payload[..7]).is_err());
    }

    #[test]
    fn confirmations_may_be_longer_but_not_shorter() {
        assert_eq!(decode_block_confirmation(&[0, 0, 1, 0, 9]), Ok(256));
        assert!(decode_block_confirmation(&[0, 0, 1]).is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_payloads_never_panic(payload in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(block) = BufferBlock::decode(&payload) {
                let mut again = Vec::new();
                block.encode_into(&mut again);
                prop_assert_eq!(again, payload.clone());
                block.without_stray_bytes();
            }
            let _ = BufferBlock::decode_without_flags(&payload);
        }
    }
}
