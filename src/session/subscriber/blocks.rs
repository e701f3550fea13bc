//! Buffer blocks: read in every layout, confirmed, delivered once and in order.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::caches::Caches;
use super::ground::Ground;
use super::keys::Keys;
use super::output::Output;
use super::slot::Slot;
use super::subscription::Subscription;
use crate::codec::{SignalIndexCache, gzip};
use crate::settings::SubscriptionOptions;
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

/// What a block is read with, beside the state that is carried from block to block.
pub(super) struct Reading<'a> {
    pub(super) keys: &'a Keys,
    pub(super) subscription: &'a Subscription,
    pub(super) caches: &'a mut Caches,
    /// The publisher has answered operational modes, as those do that send flags.
    pub(super) has_flags: bool,
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

    /// A block came that has this number.
    fn distance(&self, sequence: u32) -> i32 {
        sequence.wrapping_sub(self.expected) as i32
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

    fn is_overdue(&self, options: Option<&SubscriptionOptions>, now: Instant) -> bool {
        let limit = || match self.comes_again {
            true => repetition_timeout(options) * REPETITIONS,
            false => LATE_LIMIT,
        };
        self.missing_since.is_some_and(|since| now >= since + limit())
    }
}

fn repetition_timeout(options: Option<&SubscriptionOptions>) -> Duration {
    let timeout = options.and_then(|options| options.buffer_block_timeout);
    timeout.map_or(REPETITION_TIMEOUT, |timeout| timeout.min(MAX_REPETITION_TIMEOUT))
}

/// Taking blocks in.
impl BufferBlocks {
    pub(super) fn receive(&mut self, payload: &[u8], reading: &mut Reading<'_>, ground: &mut Ground<'_>) {
        let opened = reading.keys.open_block(payload, &reading.caches.slots);
        let read = match &opened {
            Ok(payload) => self.read(payload, reading, ground).map_err(|error| error.to_string()),
            Err(error) => Err(error.clone()),
        };
        let (block, received) = match read {
            Ok(read) => read,
            Err(error) => {
                ground.counts.buffer_blocks_dropped += 1;
                return ground.outbox.warn(format!("dropped a buffer block: {error}"));
            }
        };
        let is_wanted = block.flags.contains(BufferBlockFlags::REQUIRE_CONFIRMATION);
        let comes_again = is_wanted || self.layout == Layout::NoFlags;
        let distance = self.distance(block.sequence);
        if distance < 0 {
            return self.receive_repeated(&block, comes_again, reading, ground);
        }
        if distance == 0 || self.takes_next {
            ground.counts.buffer_blocks_lost += distance as u64;
            return self.take(&block, received, comes_again, reading, ground);
        }
        let place = distance as usize - 1;
        if self.is_kept(place) {
            confirm(block.sequence, comes_again, ground);
        } else if self.has_room(place, received.bytes.len()) {
            self.keep(place, received, comes_again);
            confirm(block.sequence, comes_again, ground);
        } else if comes_again {
            // Without a confirmation it comes again, when there may be room.
            ground.counts.buffer_blocks_dropped += 1;
            self.miss(ground.now, comes_again);
            let text =
                format!("put off buffer block {}: it came {distance} blocks before its turn", block.sequence);
            ground.outbox.warn(text);
        } else {
            self.skip_until(block.sequence, reading, ground);
            self.take(&block, received, comes_again, reading, ground);
        }
    }

    /// Splits a payload, which may have any layout that ever was, and finds its signal.
    fn read<'a>(
        &mut self,
        payload: &'a [u8],
        reading: &Reading<'_>,
        ground: &Ground<'_>,
    ) -> Result<(BufferBlock<'a>, Received<'a>), Truncated> {
        let confirms_caches = ground.settings.version.confirms_caches();
        let with_flags = BufferBlock::decode(payload);
        let without_flags = BufferBlock::decode_without_flags(payload);
        if !reading.has_flags {
            let (with_flags, without_flags) = (with_flags.as_ref().ok(), without_flags.as_ref().ok());
            self.recognise_layout(with_flags, without_flags, confirms_caches, reading.caches);
        }
        let lacks_flags = self.layout == Layout::NoFlags;
        let mut block = match lacks_flags && !confirms_caches {
            true => without_flags?,
            false => with_flags?,
        };
        if lacks_flags {
            block = block.without_stray_bytes();
        }
        let signal = self.signal_of(&block, confirms_caches, reading.caches);
        let compressed = !lacks_flags && block.flags.contains(BufferBlockFlags::COMPRESSED);
        Ok((block, Received { signal, compressed, bytes: Cow::Borrowed(block.bytes), arrived: ground.now }))
    }

    /// Learns from a block whether the publisher is one from before the flags, if that can only be
    /// read in one way.
    fn recognise_layout(
        &mut self,
        with_flags: Option<&BufferBlock<'_>>,
        without_flags: Option<&BufferBlock<'_>>,
        confirms_caches: bool,
        caches: &Caches,
    ) {
        let is_known = |block: &&BufferBlock<'_>| BufferBlockFlags::all().contains(block.flags);
        let with_flags = with_flags.filter(is_known);
        if confirms_caches {
            // No slot has another number than 0 or 1.
            if with_flags.is_some_and(|block| block.flags.bits() > 1) {
                self.layout = Layout::Flags;
            }
            return;
        }
        let is_subscribed =
            |block: &BufferBlock<'_>| self.signal_of(block, confirms_caches, caches).is_some();
        match (with_flags.is_some_and(is_subscribed), without_flags.is_some_and(is_subscribed)) {
            (true, false) => self.layout = Layout::Flags,
            (false, true) => self.layout = Layout::NoFlags,
            (true, true) | (false, false) => {}
        }
    }

    fn signal_of(&self, block: &BufferBlock<'_>, confirms_caches: bool, caches: &Caches) -> Option<Signal> {
        let second = match self.layout {
            Layout::NoFlags => block.flags.bits() == 1 && confirms_caches,
            Layout::Unknown | Layout::Flags => block.flags.contains(BufferBlockFlags::CACHE_INDEX),
        };
        Signal::find(caches.slots.of_block(second), block.signal_index)
    }

    /// A block that was delivered already. Nobody repeats a block that needs no confirmation, so a
    /// publisher that does, and does not even answer operational modes, is one from before the
    /// flags.
    fn receive_repeated(
        &mut self,
        block: &BufferBlock<'_>,
        comes_again: bool,
        reading: &Reading<'_>,
        ground: &mut Ground<'_>,
    ) {
        let silent = !reading.has_flags;
        if silent && !comes_again && block.flags.is_empty() && self.layout == Layout::Unknown {
            self.layout = Layout::NoFlags;
        }
        confirm(block.sequence, comes_again || self.layout == Layout::NoFlags, ground);
    }

    /// Delivers the block whose turn it is, and those after it that have come already.
    fn take(
        &mut self,
        block: &BufferBlock<'_>,
        received: Received<'_>,
        comes_again: bool,
        reading: &mut Reading<'_>,
        ground: &mut Ground<'_>,
    ) {
        confirm(block.sequence, comes_again, ground);
        self.expected = block.sequence;
        self.takes_next = false;
        deliver(received, reading, ground);
        while let Some(next) = self.take_next() {
            deliver(next, reading, ground);
        }
        self.restart_waiting();
    }

    /// Gives the expected block up. If the one after it is there, that is delivered.
    fn skip(&mut self, reading: &mut Reading<'_>, ground: &mut Ground<'_>) {
        ground.counts.buffer_blocks_lost += 1;
        while let Some(next) = self.take_next() {
            deliver(next, reading, ground);
        }
    }

    /// Gives up all blocks that are missing before the one with this number, which is not kept.
    fn skip_until(&mut self, sequence: u32, reading: &mut Reading<'_>, ground: &mut Ground<'_>) {
        while self.expected != sequence && self.keeps_any() {
            self.skip(reading, ground);
        }
        ground.counts.buffer_blocks_lost += u64::from(sequence.wrapping_sub(self.expected));
        self.expected = sequence;
    }

    /// Gives blocks up that have been missing for too long. Looked at whenever something arrives,
    /// which publishers see to every five seconds.
    pub(super) fn give_up_missing(&mut self, reading: &mut Reading<'_>, ground: &mut Ground<'_>) {
        let first = self.expected;
        let lost_before = ground.counts.buffer_blocks_lost;
        while self.is_overdue(reading.subscription.options(), ground.now) {
            if !self.keeps_any() {
                self.takes_next = true;
                self.restart_waiting();
                let text =
                    format!("gave up waiting for buffer block {first}: the publisher is far beyond it");
                return ground.outbox.warn(text);
            }
            while !self.is_kept(0) {
                self.skip(reading, ground);
            }
            self.skip(reading, ground);
            self.restart_waiting();
        }
        let lost = ground.counts.buffer_blocks_lost - lost_before;
        if lost > 0 {
            ground.outbox.warn(format!("gave up waiting for {lost} buffer blocks from number {first} on"));
        }
    }
}

fn confirm(sequence: u32, comes_again: bool, ground: &mut Ground<'_>) {
    if comes_again {
        ground.outbox.send(Command::ConfirmBufferBlock, &sequence.to_be_bytes());
    }
}

fn deliver(block: Received<'_>, reading: &mut Reading<'_>, ground: &mut Ground<'_>) {
    if reading.subscription.is_discarding() {
        return;
    }
    let Received { signal, compressed, bytes, .. } = block;
    let length = bytes.len();
    let Some(signal) = signal else {
        ground.counts.buffer_blocks_dropped += 1;
        let text = format!("dropped a buffer block of {length} bytes: its signal is not subscribed");
        return ground.outbox.warn(text);
    };
    let bytes = match compressed {
        false => bytes.into_owned(),
        true => match gzip::decompress(&bytes, ground.settings.max_frame_size) {
            Ok(bytes) => bytes,
            Err(error) => {
                ground.counts.buffer_blocks_dropped += 1;
                let error = error.with_key("maxFrameSize");
                let text = format!("dropped a buffer block of {length} bytes: {error}");
                return ground.outbox.warn(text);
            }
        },
    };
    reading.caches.announce(signal.generation, signal.cache, ground.outbox);
    ground.counts.buffer_blocks += 1;
    ground.outbox.tell(Output::BufferBlock { signal_id: signal.id, signal_index: signal.row, bytes });
}
