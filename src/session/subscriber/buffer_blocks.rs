//! Buffer blocks: read in every layout, confirmed, delivered once and in order.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::caches::Slot;
use super::events::{EventSink, SubscriberEvent};
use super::responses::warn;
use super::{ModesAnswer, SubscriberSession};
use crate::codec::{SignalIndexCache, gzip};
use crate::wire::buffer_block::{BufferBlock, BufferBlockFlags};
use crate::wire::{Command, Truncated};

/// Blocks kept that came before their turn.
const MAX_EARLY: usize = 1024;
/// Bytes of blocks kept that came before their turn.
const MAX_EARLY_BYTES: usize = 64 << 20;
/// How long a missing block is waited for that nobody will send again: the network may still
/// bring it after its successors.
const LATE_LIMIT: Duration = Duration::from_secs(1);
/// After how long without a confirmation publishers send again when not asked for another time.
const REPETITION_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest time between repetitions that is believed.
const MAX_REPETITION_TIMEOUT: Duration = Duration::from_secs(3600);
/// Repetitions in which a block must come that the publisher wants to be confirmed.
const REPETITIONS: u32 = 4;

/// What ordering needs from block to block.
#[derive(Default)]
pub(super) struct BufferBlocks {
    /// Sequence number of the next block to deliver.
    pub(super) expected: u32,
    /// Blocks after the expected one, as far as they have come.
    pub(super) early: VecDeque<Option<Received<'static>>>,
    early_count: usize,
    early_bytes: usize,
    /// Since when the expected block is missing.
    missing_since: Option<Instant>,
    /// Some block after the missing one wants a confirmation, so the missing one probably does.
    comes_again: bool,
    /// The expected block was given up, and nothing after it has been kept.
    takes_next: bool,
    layout: Layout,
}

/// Whether the fifth byte of blocks is flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Layout {
    #[default]
    Unknown,
    Flags,
    /// A publisher from before the flags: the byte is the slot of the cache, or missing (version
    /// 1); every block is to be confirmed.
    NoFlags,
}

/// A block whose signal is known, if its cache had it.
pub(super) struct Received<'a> {
    signal: Option<Signal>,
    compressed: bool,
    bytes: Cow<'a, [u8]>,
    arrived: Instant,
}

/// A signal, and the cache that it was found in.
struct Signal {
    id: Uuid,
    row: u32,
    generation: u32,
    cache: Arc<SignalIndexCache>,
}

impl Signal {
    fn find(slot: Option<&Slot>, signal_index: u32) -> Option<Signal> {
        let slot = slot?;
        let signal = slot.table.get(signal_index)?;
        let cache = slot.cache.clone();
        Some(Signal { id: signal.id, row: signal.row, generation: slot.generation, cache })
    }
}

impl Received<'_> {
    fn into_owned(self) -> Received<'static> {
        let Received { signal, compressed, bytes, arrived } = self;
        Received { signal, compressed, bytes: Cow::Owned(bytes.into_owned()), arrived }
    }
}

impl BufferBlocks {
    /// Takes the block that has become the next one, if it came already.
    fn take_next(&mut self) -> Option<Received<'static>> {
        self.expected = self.expected.wrapping_add(1);
        let block = self.early.pop_front().flatten()?;
        self.early_count -= 1;
        self.early_bytes -= block.bytes.len();
        Some(block)
    }

    fn has_room(&self, place: usize, length: usize) -> bool {
        place < MAX_EARLY && self.early_bytes + length <= MAX_EARLY_BYTES
    }

    fn is_kept(&self, place: usize) -> bool {
        self.early.get(place).is_some_and(Option::is_some)
    }

    /// Keeps a block that is not kept yet, and for which there is room.
    fn keep(&mut self, place: usize, block: Received<'_>, comes_again: bool) {
        if self.early.len() <= place {
            self.early.resize_with(place + 1, || None);
        }
        self.early_count += 1;
        self.early_bytes += block.bytes.len();
        self.miss(block.arrived, comes_again);
        self.early[place] = Some(block.into_owned());
    }

    fn keeps_any(&self) -> bool {
        self.early_count > 0
    }

    fn miss(&mut self, now: Instant, comes_again: bool) {
        self.missing_since.get_or_insert(now);
        self.comes_again |= comes_again;
    }

    /// The expected block is another one now: if later ones are kept, it has been missing since they
    /// came.
    fn restart_waiting(&mut self) {
        self.missing_since = self.early.iter().flatten().next().map(|block| block.arrived);
        if self.missing_since.is_none() {
            self.early.clear();
            self.comes_again = false;
        }
    }
}

impl SubscriberSession {
    pub(super) fn handle_buffer_block(&mut self, payload: &[u8], now: Instant, events: &mut EventSink<'_>) {
        let opened = self.decryption.open_block(payload, &self.caches);
        let read = match &opened {
            Ok(payload) => self.read_block(payload, now).map_err(|error| error.to_string()),
            Err(error) => Err(error.clone()),
        };
        let (block, received) = match read {
            Ok(read) => read,
            Err(error) => {
                self.statistics.buffer_blocks_dropped += 1;
                return warn(events, format!("dropped a buffer block: {error}"));
            }
        };
        let is_wanted = block.flags.contains(BufferBlockFlags::REQUIRE_CONFIRMATION);
        let comes_again = is_wanted || self.blocks.layout == Layout::NoFlags;
        let distance = block.sequence.wrapping_sub(self.blocks.expected) as i32;
        if distance < 0 {
            return self.handle_repeated_block(&block, comes_again);
        }
        if distance == 0 || self.blocks.takes_next {
            self.statistics.buffer_blocks_lost += distance as u64;
            self.take_block(&block, received, comes_again, events);
            return;
        }
        let place = distance as usize - 1;
        if self.blocks.is_kept(place) {
            self.confirm_block(block.sequence, comes_again);
        } else if self.blocks.has_room(place, received.bytes.len()) {
            self.blocks.keep(place, received, comes_again);
            self.confirm_block(block.sequence, comes_again);
        } else if comes_again {
            // Without a confirmation it comes again, when there may be room.
            self.statistics.buffer_blocks_dropped += 1;
            self.blocks.miss(now, comes_again);
            let text =
                format!("put off buffer block {}: it came {distance} blocks before its turn", block.sequence);
            warn(events, text);
        } else {
            self.skip_until(block.sequence, events);
            self.take_block(&block, received, comes_again, events);
        }
    }

    /// Splits a payload, which may have any layout that ever was, and finds its signal.
    fn read_block<'a>(
        &mut self,
        payload: &'a [u8],
        now: Instant,
    ) -> Result<(BufferBlock<'a>, Received<'a>), Truncated> {
        let with_flags = BufferBlock::decode(payload);
        let without_flags = BufferBlock::decode_without_flags(payload);
        // Every publisher that answers operational modes sends flags.
        if self.modes == ModesAnswer::None {
            self.recognise_layout(with_flags.as_ref().ok(), without_flags.as_ref().ok());
        }
        let lacks_flags = self.blocks.layout == Layout::NoFlags;
        let mut block = match lacks_flags && !self.settings.version.confirms_caches() {
            true => without_flags?,
            false => with_flags?,
        };
        if lacks_flags {
            block = block.without_stray_bytes();
        }
        let signal = self.signal_of_block(&block);
        let compressed = !lacks_flags && block.flags.contains(BufferBlockFlags::COMPRESSED);
        Ok((block, Received { signal, compressed, bytes: Cow::Borrowed(block.bytes), arrived: now }))
    }

    /// Learns from a block whether the publisher is one from before the flags, if that can only be
    /// read in one way.
    fn recognise_layout(
        &mut self,
        with_flags: Option<&BufferBlock<'_>>,
        without_flags: Option<&BufferBlock<'_>>,
    ) {
        let is_known = |block: &&BufferBlock<'_>| BufferBlockFlags::all().contains(block.flags);
        let with_flags = with_flags.filter(is_known);
        if self.settings.version.confirms_caches() {
            // No slot has another number than 0 or 1.
            if with_flags.is_some_and(|block| block.flags.bits() > 1) {
                self.blocks.layout = Layout::Flags;
            }
            return;
        }
        let is_subscribed = |block: &BufferBlock<'_>| self.signal_of_block(block).is_some();
        match (with_flags.is_some_and(is_subscribed), without_flags.is_some_and(is_subscribed)) {
            (true, false) => self.blocks.layout = Layout::Flags,
            (false, true) => self.blocks.layout = Layout::NoFlags,
            (true, true) | (false, false) => {}
        }
    }

    fn signal_of_block(&self, block: &BufferBlock<'_>) -> Option<Signal> {
        let second = match self.blocks.layout {
            Layout::NoFlags => block.flags.bits() == 1 && self.settings.version.confirms_caches(),
            Layout::Unknown | Layout::Flags => block.flags.contains(BufferBlockFlags::CACHE_INDEX),
        };
        Signal::find(self.caches.of_block(second), block.signal_index)
    }

    /// A block that was delivered already. Nobody repeats a block that needs no confirmation, so a
    /// publisher that does, and does not even answer operational modes, is one from before the
    /// flags.
    fn handle_repeated_block(&mut self, block: &BufferBlock<'_>, comes_again: bool) {
        let silent = self.modes == ModesAnswer::None;
        if silent && !comes_again && block.flags.is_empty() && self.blocks.layout == Layout::Unknown {
            self.blocks.layout = Layout::NoFlags;
        }
        self.confirm_block(block.sequence, comes_again || self.blocks.layout == Layout::NoFlags);
    }

    fn confirm_block(&mut self, sequence: u32, comes_again: bool) {
        if comes_again {
            self.send(Command::ConfirmBufferBlock, &sequence.to_be_bytes());
        }
    }

    /// Delivers the block whose turn it is, and those after it that have come already.
    fn take_block(
        &mut self,
        block: &BufferBlock<'_>,
        received: Received<'_>,
        comes_again: bool,
        events: &mut EventSink<'_>,
    ) {
        self.confirm_block(block.sequence, comes_again);
        self.blocks.expected = block.sequence;
        self.blocks.takes_next = false;
        self.deliver_block(&received, events);
        while let Some(next) = self.blocks.take_next() {
            self.deliver_block(&next, events);
        }
        self.blocks.restart_waiting();
    }

    /// Gives the expected block up. If the one after it is there, that is delivered.
    fn skip_block(&mut self, events: &mut EventSink<'_>) {
        self.statistics.buffer_blocks_lost += 1;
        while let Some(next) = self.blocks.take_next() {
            self.deliver_block(&next, events);
        }
    }

    /// Gives up all blocks that are missing before the one with this number, which is not kept.
    fn skip_until(&mut self, sequence: u32, events: &mut EventSink<'_>) {
        while self.blocks.expected != sequence && self.blocks.keeps_any() {
            self.skip_block(events);
        }
        self.statistics.buffer_blocks_lost += u64::from(sequence.wrapping_sub(self.blocks.expected));
        self.blocks.expected = sequence;
    }

    /// Gives blocks up that have been missing for too long. Looked at whenever something arrives,
    /// which publishers see to every five seconds.
    pub(super) fn give_up_missing_blocks(&mut self, now: Instant, events: &mut EventSink<'_>) {
        let first = self.blocks.expected;
        let lost_before = self.statistics.buffer_blocks_lost;
        while self.is_overdue(now) {
            if !self.blocks.keeps_any() {
                self.blocks.takes_next = true;
                self.blocks.restart_waiting();
                return warn(
                    events,
                    format!("gave up waiting for buffer block {first}: the publisher is far beyond it"),
                );
            }
            while !self.blocks.is_kept(0) {
                self.skip_block(events);
            }
            self.skip_block(events);
            self.blocks.restart_waiting();
        }
        let lost = self.statistics.buffer_blocks_lost - lost_before;
        if lost > 0 {
            warn(events, format!("gave up waiting for {lost} buffer blocks from number {first} on"));
        }
    }

    fn is_overdue(&self, now: Instant) -> bool {
        let limit = || match self.blocks.comes_again {
            true => self.repetition_timeout() * REPETITIONS,
            false => LATE_LIMIT,
        };
        self.blocks.missing_since.is_some_and(|since| now >= since + limit())
    }

    fn repetition_timeout(&self) -> Duration {
        let seconds = self.subscription.as_ref().and_then(|options| options.buffer_block_timeout);
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map_or(REPETITION_TIMEOUT, |timeout| timeout.min(MAX_REPETITION_TIMEOUT))
    }

    fn deliver_block(&mut self, block: &Received<'_>, events: &mut EventSink<'_>) {
        if self.discarding {
            return;
        }
        let length = block.bytes.len();
        let Some(signal) = &block.signal else {
            self.statistics.buffer_blocks_dropped += 1;
            let text = format!("dropped a buffer block of {length} bytes: its signal is not subscribed");
            return warn(events, text);
        };
        let bytes = match self.unpacked(block) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.statistics.buffer_blocks_dropped += 1;
                return warn(events, format!("dropped a buffer block of {length} bytes: {why}"));
            }
        };
        if signal.generation != self.announced {
            self.announced = signal.generation;
            events(SubscriberEvent::SubscriptionUpdated {
                generation: signal.generation,
                cache: &signal.cache,
            });
        }
        self.statistics.buffer_blocks += 1;
        events(SubscriberEvent::BufferBlock {
            signal_id: signal.id,
            signal_index: signal.row,
            bytes: &bytes,
        });
    }

    fn unpacked<'a>(&self, block: &'a Received<'_>) -> Result<Cow<'a, [u8]>, String> {
        if !block.compressed {
            return Ok(Cow::Borrowed(&block.bytes));
        }
        let unpacked = gzip::decompress(&block.bytes, self.settings.max_frame_size);
        unpacked.map(Cow::Owned).map_err(|error| error.to_string())
    }
}
