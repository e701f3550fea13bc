//! Blocks in a stream of bytes, or in datagrams.

use super::block::{
    BlockFormat, CHECK_SIZE, HEADER_SIZE, LARGEST_BLOCK, LONG, OVERHEAD, SAME_FEATURE, SYNC, USUAL_BLOCK,
    check_word,
};
use super::error::BlockLinkError;
use super::sequence::{Arrival, SequenceTracker};

/// A block as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// Runtime ID of the feature that it belongs to.
    pub feature: u16,
    /// What it carries.
    pub data: &'a [u8],
    /// What its sequence number says; compact blocks are always due.
    pub arrival: Arrival,
}

/// What became of the bytes of a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct BlockCounts {
    /// Blocks that came, repeated ones aside.
    pub blocks: u64,
    /// Blocks that never came.
    pub lost: u64,
    /// Blocks that came behind later ones.
    pub late: u64,
    /// Blocks that had come before, and were dropped.
    pub repeated: u64,
    /// How often the sequence numbers of the sender began anew.
    pub restarts: u64,
    /// Places where a block seemed to begin, but its check word was wrong.
    pub bad_checks: u64,
    /// Bytes that belonged to no block.
    pub skipped_bytes: u64,
}

/// Bytes whose check words may be computed for each byte received, where check words turn out wrong: bytes that
/// look like the begin of a long block over and over must not cost more.
const CHECKED_PER_BYTE: u64 = 16;
/// As much may be checked at once.
const MOST_CREDIT: u64 = 4 << 20;

/// Cuts the bytes of a direction into blocks. After bytes that are no block it goes on one byte later, so that a good
/// block behind garbage, or inside what a damaged one claims to be, is found. It keeps one unfinished block at most,
/// beside the bytes that were handed in last.
#[derive(Debug)]
pub struct BlockAssembler {
    format: BlockFormat,
    largest: usize,
    bytes: Vec<u8>,
    /// Bytes at the begin of `bytes` that are done with.
    used: usize,
    /// Bytes that were done with, of all that came.
    done: u64,
    /// The bytes end where a datagram did: what is unfinished stays so.
    is_datagram: bool,
    /// Feature of the compact block before.
    feature: Option<u16>,
    tracker: SequenceTracker,
    counts: BlockCounts,
    /// Bytes that may still be checked in vain.
    credit: u64,
}

impl Default for BlockAssembler {
    fn default() -> BlockAssembler {
        BlockAssembler {
            format: BlockFormat::Standard,
            largest: USUAL_BLOCK,
            bytes: Vec::new(),
            used: 0,
            done: 0,
            is_datagram: false,
            feature: None,
            tracker: SequenceTracker::default(),
            counts: BlockCounts::default(),
            credit: MOST_CREDIT,
        }
    }
}

/// What begins at some place.
enum Step {
    /// Unknown before there are more bytes.
    Unfinished,
    /// A block of so many bytes.
    Block(usize),
    /// No block. So many bytes were checked to know it.
    Nothing(usize),
}

impl BlockAssembler {
    /// The form of the blocks.
    pub fn format(&self) -> BlockFormat {
        self.format
    }

    /// The form of the blocks to come. What has come already, but was not taken, is read in that form, too.
    pub fn set_format(&mut self, format: BlockFormat) {
        if self.format != format {
            (self.format, self.feature) = (format, None);
        }
    }

    /// The largest block that is taken, in bytes, from here on: 10 to 32,767.
    pub fn set_largest(&mut self, largest: usize) {
        self.largest = largest.clamp(OVERHEAD, LARGEST_BLOCK);
    }

    /// Hands in bytes that continue those before. Take the blocks with [`next_block`](Self::next_block) afterwards.
    pub fn push(&mut self, bytes: &[u8]) {
        self.add(bytes);
        self.is_datagram = false;
    }

    /// Hands in a datagram, in which whole blocks are. Take them with [`next_block`](Self::next_block) before the next
    /// datagram; what is not taken is lost.
    pub fn push_datagram(&mut self, bytes: &[u8]) {
        self.counts.skipped_bytes += self.unfinished() as u64;
        self.used = self.bytes.len();
        self.add(bytes);
        self.is_datagram = true;
    }

    fn add(&mut self, bytes: &[u8]) {
        self.credit = MOST_CREDIT.min(self.credit + CHECKED_PER_BYTE * bytes.len() as u64);
        self.bytes.drain(..self.used);
        self.used = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next block; None when more bytes are needed.
    ///
    /// # Errors
    ///
    /// In compact form, after which the link has to end: [`BlockLinkError::CompactTooLarge`],
    /// [`BlockLinkError::NoFeatureBefore`].
    pub fn next_block(&mut self) -> Result<Option<Block<'_>>, BlockLinkError> {
        match self.format {
            BlockFormat::Standard => Ok(self.next_standard()),
            BlockFormat::Compact => self.next_compact(),
        }
    }

    /// Bytes that wait for the rest of their block.
    pub fn unfinished(&self) -> usize {
        self.bytes.len() - self.used
    }

    /// The rest of an unfinished block does not come: gives up its first byte, and looks for blocks in the others.
    pub fn give_up(&mut self) {
        if self.unfinished() > 0 && self.format == BlockFormat::Standard {
            self.skip(1);
        }
    }

    /// All bytes that were not taken, which belong to another protocol from here on.
    pub fn take_rest(&mut self) -> Vec<u8> {
        let rest = self.bytes.split_off(self.used);
        self.restart();
        rest
    }

    /// Forgets what has begun: the bytes to come are those of another link, in standard form.
    pub fn restart(&mut self) {
        self.counts.skipped_bytes += self.unfinished() as u64;
        self.bytes.clear();
        self.used = 0;
        self.format = BlockFormat::Standard;
        self.largest = USUAL_BLOCK;
        self.feature = None;
        self.tracker.restart();
    }

    /// What was found and lost so far.
    pub fn counts(&self) -> BlockCounts {
        BlockCounts { lost: self.tracker.lost(), ..self.counts }
    }

    /// How many bytes came before the first one that is not done with: the same as long as that one is.
    pub fn position(&self) -> u64 {
        self.done
    }

    fn skip(&mut self, count: usize) {
        self.done += count as u64;
        self.counts.skipped_bytes += count as u64;
        self.used += count;
    }

    fn next_standard(&mut self) -> Option<Block<'_>> {
        let (start, size, arrival) = loop {
            let rest = &self.bytes[self.used..];
            let Some(garbage) = rest.iter().position(|byte| *byte == SYNC[0]) else {
                self.skip(rest.len());
                return None;
            };
            self.skip(garbage);
            match self.examine(&self.bytes[self.used..]) {
                Step::Unfinished if self.is_datagram => self.skip(1),
                Step::Unfinished => return None,
                Step::Nothing(checked) => {
                    self.counts.bad_checks += u64::from(checked > 0);
                    let (credit, is_short) = self.credit.overflowing_sub(checked as u64);
                    self.credit = if is_short { 0 } else { credit };
                    self.skip(if is_short { checked } else { 1 });
                }
                Step::Block(size) => {
                    let start = self.used;
                    self.used += size;
                    self.done += size as u64;
                    let sequence = u16::from_be_bytes([self.bytes[start + 4], self.bytes[start + 5]]);
                    let check = u16::from_be_bytes([self.bytes[self.used - 2], self.bytes[self.used - 1]]);
                    let arrival = self.tracker.take(sequence, check);
                    if arrival == Arrival::Repeated {
                        self.counts.repeated += 1;
                        continue;
                    }
                    break (start, size, arrival);
                }
            }
        };
        self.counts.blocks += 1;
        self.counts.late += u64::from(arrival == Arrival::Late);
        self.counts.restarts += u64::from(arrival == Arrival::Restarted);
        let block = &self.bytes[start..start + size];
        let feature = u16::from_be_bytes([block[6], block[7]]);
        Some(Block { feature, data: &block[HEADER_SIZE..size - CHECK_SIZE], arrival })
    }

    /// What begins at the first of these bytes, which is the first sync byte.
    fn examine(&self, bytes: &[u8]) -> Step {
        match bytes.get(1) {
            None => return Step::Unfinished,
            Some(second) if *second != SYNC[1] => return Step::Nothing(0),
            Some(_) => {}
        }
        let Some(field) = bytes.get(2..4) else { return Step::Unfinished };
        let size = usize::from(u16::from_be_bytes([field[0], field[1]]));
        if !(OVERHEAD..=self.largest).contains(&size) {
            return Step::Nothing(0);
        }
        let Some(block) = bytes.get(..size) else { return Step::Unfinished };
        let (content, check) = block.split_at(size - CHECK_SIZE);
        match check_word(content).to_be_bytes() == check {
            true => Step::Block(size),
            false => Step::Nothing(size),
        }
    }

    fn next_compact(&mut self) -> Result<Option<Block<'_>>, BlockLinkError> {
        let rest = &self.bytes[self.used..];
        let Some(first) = rest.first() else { return Ok(None) };
        let feature = match (first & SAME_FEATURE != 0, rest.get(1..3)) {
            (true, _) => self.feature.ok_or(BlockLinkError::NoFeatureBefore)?,
            (false, None) => return Ok(None),
            (false, Some(field)) => u16::from_be_bytes([field[0], field[1]]),
        };
        let mut start = if first & SAME_FEATURE != 0 { 1 } else { 3 };
        let mut length = usize::from(first & !SAME_FEATURE);
        if length == LONG.into() {
            let Some(field) = rest.get(start..start + 2) else { return Ok(None) };
            length = usize::from(u16::from_be_bytes([field[0], field[1]]));
            start += 2;
        }
        let most = LARGEST_BLOCK - OVERHEAD;
        if length > most {
            return Err(BlockLinkError::CompactTooLarge { size: length, most });
        }
        if rest.len() < start + length {
            return Ok(None);
        }
        let at = self.used + start;
        self.used = at + length;
        self.feature = Some(feature);
        self.counts.blocks += 1;
        Ok(Some(Block { feature, data: &self.bytes[at..self.used], arrival: Arrival::Due }))
    }
}
