//! Blocks as they are written.

use bytes::BufMut;
use crc::{CRC_16_IBM_3740, Crc, Table};

use super::error::BlockLinkError;

/// CRC-CCITT with polynomial 1021 and start FFFF, neither reflected nor inverted, as C37.118 has it.
static CHECK: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_IBM_3740);

/// First bytes of every standard block.
pub(super) const SYNC: [u8; 2] = [0xA7, 0x7A];
/// Bytes in front of the data of a standard block: sync bytes, size, sequence number, feature.
pub(super) const HEADER_SIZE: usize = 8;
/// Bytes of the check word.
pub(super) const CHECK_SIZE: usize = 2;
/// Bytes of a standard block besides its data.
pub const OVERHEAD: usize = HEADER_SIZE + CHECK_SIZE;
/// Largest block there is.
pub const LARGEST_BLOCK: usize = 32_767;
/// Largest block where nothing else was agreed; up to there any three wrong bits are noticed.
pub const USUAL_BLOCK: usize = 4_095;
/// Smallest block that a receiver may say is the largest that it takes.
pub const LEAST_LARGEST_BLOCK: usize = 64;
/// Length of compact blocks that has a field of its own.
pub(super) const LONG: u8 = 127;
/// Bit of the first byte of a compact block: the feature is that of the one before.
pub(super) const SAME_FEATURE: u8 = 0x80;

/// How blocks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BlockFormat {
    /// With sync bytes, sequence number and check word, for every link.
    #[default]
    Standard,
    /// With a length, for links that lose, damage and reorder nothing.
    Compact,
}

/// The check word of bytes.
pub(super) fn check_word(bytes: &[u8]) -> u16 {
    CHECK.checksum(bytes)
}

/// Writes the blocks of one direction.
#[derive(Debug, Default)]
pub struct BlockWriter {
    format: BlockFormat,
    sequence: u16,
    /// Feature of the compact block before.
    feature: Option<u16>,
}

impl BlockWriter {
    /// The form of the blocks.
    pub fn format(&self) -> BlockFormat {
        self.format
    }

    /// Writes the blocks to come in another form.
    pub fn set_format(&mut self, format: BlockFormat) {
        if self.format != format {
            (self.format, self.feature) = (format, None);
        }
    }

    /// Sequence number of the next standard block.
    pub fn sequence(&self) -> u16 {
        self.sequence
    }

    /// Appends a block.
    ///
    /// # Errors
    ///
    /// [`BlockLinkError::TooLarge`] when the data have more than 32,757 bytes; nothing is appended then.
    pub fn write(&mut self, out: &mut Vec<u8>, feature: u16, data: &[u8]) -> Result<(), BlockLinkError> {
        let size = OVERHEAD + data.len();
        if size > LARGEST_BLOCK {
            return Err(BlockLinkError::TooLarge { size: data.len(), most: LARGEST_BLOCK });
        }
        match self.format {
            BlockFormat::Standard => {
                let start = out.len();
                out.extend_from_slice(&SYNC);
                out.put_u16(size as u16);
                out.put_u16(self.sequence);
                out.put_u16(feature);
                out.extend_from_slice(data);
                let check = check_word(&out[start..]);
                out.put_u16(check);
                self.sequence = self.sequence.wrapping_add(1);
            }
            BlockFormat::Compact => {
                let same = self.feature == Some(feature);
                let length = data.len().min(LONG.into()) as u8;
                out.push(if same { length | SAME_FEATURE } else { length });
                if !same {
                    out.put_u16(feature);
                }
                if length == LONG {
                    out.put_u16(data.len() as u16);
                }
                out.extend_from_slice(data);
                self.feature = Some(feature);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_the_golden_ones() {
        let mut writer = BlockWriter::default();
        let mut out = Vec::new();
        writer.write(&mut out, 0, &[]).unwrap();
        assert_eq!(out, [0xA7, 0x7A, 0, 10, 0, 0, 0, 0, 0x41, 0x4E]);
        out.clear();
        writer.write(&mut out, 2, &[1, 2, 3, 4]).unwrap();
        assert_eq!(out, [0xA7, 0x7A, 0, 14, 0, 1, 0, 2, 1, 2, 3, 4, 0x73, 0x8A]);
        out.clear();
        writer.set_format(BlockFormat::Compact);
        writer.write(&mut out, 2, b"abc").unwrap();
        writer.write(&mut out, 2, b"abc").unwrap();
        assert_eq!(out, *b"\x03\0\x02abc\x83abc");
    }

    #[test]
    fn lengths_from_127_on_have_a_field_and_what_is_too_long_is_refused() {
        let mut writer = BlockWriter::default();
        let mut out = Vec::new();
        assert!(writer.write(&mut out, 1, &vec![0; LARGEST_BLOCK - OVERHEAD]).is_ok());
        assert_eq!((out.len(), &out[2..4]), (LARGEST_BLOCK, &[0x7F, 0xFF][..]));
        out.clear();
        let refused = writer.write(&mut out, 1, &vec![0; LARGEST_BLOCK - OVERHEAD + 1]);
        assert_eq!(refused, Err(BlockLinkError::TooLarge { size: 32_758, most: 32_767 }));
        assert_eq!((out.len(), writer.sequence()), (0, 1));
        writer.set_format(BlockFormat::Compact);
        writer.write(&mut out, 1, &[7; 126]).unwrap();
        assert_eq!(out[..4], [126, 0, 1, 7]);
        out.clear();
        writer.write(&mut out, 1, &[7; 127]).unwrap();
        assert_eq!(out[..4], [255, 0, 127, 7]);
    }
}
