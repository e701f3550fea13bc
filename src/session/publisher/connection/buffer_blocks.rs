//! Buffer blocks: opaque bytes of a signal, kept until they are confirmed where that is asked for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Connection;
use super::keys::BUFFER_BLOCK;
use crate::codec::gzip;
use crate::session::Frame;
use crate::session::publisher::close_reason::CloseReason;
use crate::session::publisher::context::Context;
use crate::session::publisher::counts::Counts;
use crate::session::publisher::settings::{LARGEST_DATAGRAM, Overflow};
use crate::session::publisher::timers::Task;
use crate::session::publisher::totals::{BEYOND_TOTAL, BlockAccount, HeldBlock};
use crate::session::publisher::udp_channel::UdpChannel;
use crate::wire::buffer_block::{
    BUFFER_BLOCK_HEADER_SIZE, BufferBlock, BufferBlockFlags, decode_block_confirmation,
};
use crate::wire::frame::{LENGTH_SIZE, RESPONSE_HEADER_SIZE, write_response_header};
use crate::wire::{Command, OperationalModes, Response};

/// Blocks that may wait for their confirmation on a connection: as many as a subscriber keeps that
/// misses the one before them.
const MAX_UNCONFIRMED: usize = 1024;
/// A block that is not confirmed after so many repetitions is given up.
const MAX_REPETITIONS: u32 = 10;
/// Least time between repetitions of a block, whatever a subscriber sends.
const LEAST_PAUSE: Duration = Duration::from_millis(100);
/// Longest time without a confirmation that a subscriber may ask for.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);

/// The buffer blocks of one connection.
#[derive(Debug)]
pub(crate) struct BlockSender {
    /// What blocks take of the memory for all subscribers, wherever they wait.
    account: Arc<BlockAccount>,
    pub(crate) next_sequence: u32,
    /// Blocks that want a confirmation, oldest first.
    unconfirmed: VecDeque<Unconfirmed>,
    bytes: usize,
    /// What the subscriber asked for.
    timeout: Option<Duration>,
    timer_is_set: bool,
    /// Blocks whose confirmation never came, not yet counted.
    given_up: u64,
}

/// A frame before it is encrypted.
#[derive(Debug, Clone)]
struct BlockFrame {
    bytes: Arc<Vec<u8>>,
    held: Arc<HeldBlock>,
}

#[derive(Debug)]
struct Unconfirmed {
    sequence: u32,
    frame: BlockFrame,
    /// Slot of the signal index cache that its index is of.
    slot: u8,
    signal_index: u32,
    sent: Instant,
    repetitions: u32,
}

/// Why a subscriber does not get a block.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// Too many bytes wait to be sent.
    QueueFull,
    /// Too many blocks wait for their confirmation.
    Unconfirmed,
    /// The system does not take datagrams fast enough.
    DatagramsFull,
    /// A limit of all subscribers together, of which this tells.
    Beyond(&'static str),
}

/// A block for all subscribers, compressed when the first one wants it so.
pub(crate) struct Content<'a> {
    plain: &'a [u8],
    /// `None` when compression does not make it smaller.
    compressed: Option<Option<Vec<u8>>>,
}

impl<'a> Content<'a> {
    pub(crate) fn new(plain: &'a [u8]) -> Content<'a> {
        Content { plain, compressed: None }
    }

    fn for_modes(&mut self, modes: Option<OperationalModes>) -> (BufferBlockFlags, &[u8]) {
        if !modes.is_some_and(OperationalModes::uses_tssc) {
            return (BufferBlockFlags::empty(), self.plain);
        }
        let plain = self.plain;
        let compressed = self
            .compressed
            .get_or_insert_with(|| Some(gzip::compress(plain)).filter(|packed| packed.len() < plain.len()));
        match compressed {
            Some(packed) => (BufferBlockFlags::COMPRESSED, packed),
            None => (BufferBlockFlags::empty(), plain),
        }
    }
}

impl BlockSender {
    pub(super) fn new(account: Arc<BlockAccount>) -> BlockSender {
        BlockSender {
            account,
            next_sequence: 0,
            unconfirmed: VecDeque::new(),
            bytes: 0,
            timeout: None,
            timer_is_set: false,
            given_up: 0,
        }
    }

    /// The subscriber's wish after how long blocks come again.
    pub(crate) fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout.map(|timeout| timeout.clamp(LEAST_PAUSE, LONGEST_TIMEOUT));
    }

    pub(crate) fn timeout_or(&self, default: Duration) -> Duration {
        self.timeout.unwrap_or(default)
    }

    /// True when no block is to be sent again.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.unconfirmed.is_empty()
    }

    /// A cache is about to replace the one in `slot`: blocks that refer to that can not be sent
    /// again, because the subscriber would take their signals for others.
    pub(super) fn give_up_slot(&mut self, slot: u8) {
        self.give_up(|block| block.slot == slot);
    }

    fn give_up(&mut self, is_hopeless: impl Fn(&Unconfirmed) -> bool) {
        let before = self.unconfirmed.len();
        self.unconfirmed.retain(|block| !is_hopeless(block));
        self.bytes = self.unconfirmed.iter().map(|block| block.frame.bytes.len()).sum();
        self.given_up += (before - self.unconfirmed.len()) as u64;
    }

    /// Why no more bytes may wait for their confirmation, if so: `most` may, unless it is one block. `share` is what
    /// there is for each while too much waits for all subscribers together.
    fn refusal(&self, bytes: usize, most: usize, share: Option<usize>) -> Option<Refusal> {
        if self.unconfirmed.is_empty() {
            return None;
        }
        let waiting = self.bytes + bytes;
        if self.unconfirmed.len() >= MAX_UNCONFIRMED || waiting > most {
            return Some(Refusal::Unconfirmed);
        }
        share.filter(|share| waiting > *share).map(|_| Refusal::Beyond(BEYOND_TOTAL))
    }

    /// Forgets a confirmed block. Returns how many older ones are not confirmed, or `None` when
    /// nothing waited for this confirmation.
    fn confirm(&mut self, sequence: u32) -> Option<usize> {
        let oldest = self.unconfirmed.front()?.sequence;
        // Sequence numbers wrap, so they are compared by their distance from the oldest one.
        let distance = sequence.wrapping_sub(oldest);
        let place = self.unconfirmed.partition_point(|block| block.sequence.wrapping_sub(oldest) < distance);
        let block = self.unconfirmed.get(place).filter(|block| block.sequence == sequence)?;
        self.bytes -= block.frame.bytes.len();
        self.unconfirmed.remove(place);
        Some(place)
    }

    /// When the next block is due to be sent again.
    fn due(&self, timeout: Duration) -> Option<Instant> {
        self.unconfirmed.iter().map(|block| block.sent + timeout).min()
    }
}

impl Connection {
    /// Sends a block, or tells that it was dropped.
    pub(crate) fn send_block(
        &mut self,
        signal_index: u32,
        content: &mut Content<'_>,
        confirm: bool,
        cx: &mut Context<'_>,
    ) {
        match self.queue_block(signal_index, content, confirm, cx) {
            Ok(()) => {
                cx.counts.statistics.buffer_blocks_sent += 1;
                self.info.counters.buffer_blocks_sent += 1;
            }
            Err(refusal) => self.drop_block(&refusal, content.plain.len(), cx),
        }
        self.set_block_timer(cx);
    }

    fn queue_block(
        &mut self,
        signal_index: u32,
        content: &mut Content<'_>,
        confirm: bool,
        cx: &Context<'_>,
    ) -> Result<(), Refusal> {
        let (mut flags, bytes) = content.for_modes(self.modes());
        let length = RESPONSE_HEADER_SIZE + BUFFER_BLOCK_HEADER_SIZE + bytes.len();
        let queued = self.outlet.queue.data_len();
        if cx
            .limits
            .totals
            .droppable_beyond(cx.settings)
            .is_some_and(|limit| queued > 0 && queued + length > limit)
        {
            return Err(Refusal::QueueFull);
        }
        let (most, share) = (cx.settings.limits.max_unconfirmed_blocks, cx.limits.totals.share());
        if let Some(refusal) = self.blocks.refusal(length, most, share).filter(|_| confirm) {
            return Err(refusal);
        }
        let (sequence, slot) = (self.blocks.next_sequence, self.exchange.slot());
        self.blocks.next_sequence = sequence.wrapping_add(1);
        flags.set(BufferBlockFlags::REQUIRE_CONFIRMATION, confirm);
        flags.set(BufferBlockFlags::CACHE_INDEX, slot == 1);
        let bytes = Arc::new(block_frame(&BufferBlock { sequence, flags, signal_index, bytes }));
        let held = Arc::new(self.blocks.account.hold(bytes.len()));
        let frame = BlockFrame { bytes, held };
        if confirm {
            self.blocks.bytes += frame.bytes.len();
            let sent = cx.now.instant;
            let block =
                Unconfirmed { sequence, frame: frame.clone(), slot, signal_index, sent, repetitions: 0 };
            self.blocks.unconfirmed.push_back(block);
        }
        // What is to be confirmed is sent again in any case.
        match self.hand_over_block(frame, cx.now.instant) || confirm {
            true => Ok(()),
            false => Err(self.datagrams_refusal()),
        }
    }

    /// Where every frame of a buffer block goes to its transport: by UDP if measurements do and it
    /// fits into a datagram. False when too many datagrams wait already, or were sent.
    fn hand_over_block(&mut self, frame: BlockFrame, now: Instant) -> bool {
        let bytes = self.outlet.sealed(&frame.bytes, BUFFER_BLOCK);
        let held = match Arc::ptr_eq(&bytes, &frame.bytes) {
            true => frame.held,
            false => Arc::new(self.blocks.account.hold(bytes.len())),
        };
        let frame = Frame::buffer_block(bytes).counted_by(held);
        if frame.bytes().len() - LENGTH_SIZE <= LARGEST_DATAGRAM {
            return self.outlet.push_block(frame, now);
        }
        self.outlet.push(frame);
        true
    }

    /// Why its datagrams do not take a block.
    fn datagrams_refusal(&mut self) -> Refusal {
        let channel = self.outlet.channel.as_mut();
        channel.and_then(UdpChannel::take_beyond).map_or(Refusal::DatagramsFull, Refusal::Beyond)
    }

    fn drop_block(&mut self, refusal: &Refusal, length: usize, cx: &mut Context<'_>) {
        cx.counts.statistics.buffer_blocks_dropped += 1;
        self.info.counters.buffer_blocks_dropped += 1;
        let key = cx.limits.totals.queue_limit_key(cx.settings);
        let why = match refusal {
            Refusal::Unconfirmed => {
                "too many before it are not confirmed: 1024 may wait, of as many bytes as maxUnconfirmedBlocks says"
            }
            Refusal::QueueFull if key == "maxSendQueues" => BEYOND_TOTAL,
            Refusal::QueueFull => "its send queue is full (sendQueueLimit)",
            Refusal::DatagramsFull => "too many datagrams wait to be sent",
            Refusal::Beyond(why) => why,
        };
        cx.outbox.warn(format!("dropped a buffer block of {length} bytes for {}: {why}", self.info.address));
        if *refusal == Refusal::QueueFull && cx.settings.overflow == Overflow::Disconnect {
            let queued = self.outlet.queue.data_len();
            self.close(CloseReason::TooSlow { key, queued }, cx.outbox);
        }
    }

    /// The subscriber confirmed a block.
    pub(crate) fn confirm_block(&mut self, payload: &[u8], cx: &mut Context<'_>) {
        let Ok(sequence) = decode_block_confirmation(payload) else { return };
        let Some(older) = self.blocks.confirm(sequence) else { return };
        let now = cx.now.instant;
        // What was sent before and is not confirmed must have been lost. Confirmations that arrive
        // in any order must not make the same blocks go out again and again.
        let is_due = |block: &Unconfirmed| block.repetitions == 0 || now >= block.sent + LEAST_PAUSE;
        self.repeat_blocks(older, is_due, cx);
    }

    /// Sends those of the oldest `count` unconfirmed blocks again that `is_due` selects, unless
    /// the subscriber has not taken the earlier ones yet.
    fn repeat_blocks(&mut self, count: usize, is_due: impl Fn(&Unconfirmed) -> bool, cx: &mut Context<'_>) {
        if self.outlet.queue.buffer_blocks() > 0 || self.is_closing() {
            return;
        }
        let limit = cx.settings.send_queue_limit;
        let mut repeated = 0;
        for place in 0..count {
            let Some(block) = self.blocks.unconfirmed.get(place) else { break };
            if !is_due(block) {
                continue;
            }
            // Repetitions leave room for what is new.
            if repeated > 0 && self.outlet.queue.data_len() + block.frame.bytes.len() > limit / 2 {
                break;
            }
            let frame = block.frame.clone();
            if !self.hand_over_block(frame, cx.now.instant) {
                break;
            }
            if let Some(block) = self.blocks.unconfirmed.get_mut(place) {
                block.sent = cx.now.instant;
                block.repetitions += 1;
            }
            repeated += 1;
        }
        self.info.counters.buffer_blocks_repeated += repeated;
        cx.counts.statistics.buffer_blocks_repeated += repeated;
    }

    /// Sends again what should have been confirmed by now.
    pub(crate) fn repeat_due_blocks(&mut self, cx: &mut Context<'_>) {
        let now = cx.now.instant;
        self.blocks.timer_is_set = false;
        let timeout = self.blocks.timeout_or(cx.settings.buffer_block_timeout);
        let before = self.blocks.given_up;
        self.blocks.give_up(|block| block.repetitions >= MAX_REPETITIONS && now >= block.sent + timeout);
        let given_up = self.blocks.given_up - before;
        if given_up > 0 {
            let address = self.info.address;
            cx.outbox.warn(format!(
                "gave up {given_up} buffer blocks that {address} did not confirm after {MAX_REPETITIONS} repetitions"
            ));
        }
        self.repeat_blocks(self.blocks.unconfirmed.len(), |block| now >= block.sent + timeout, cx);
        self.count_given_up_blocks(cx.counts);
        self.set_block_timer(cx);
    }

    fn set_block_timer(&mut self, cx: &mut Context<'_>) {
        let blocks = &mut self.blocks;
        if blocks.timer_is_set {
            return;
        }
        if let Some(due) = blocks.due(blocks.timeout_or(cx.settings.buffer_block_timeout)) {
            blocks.timer_is_set = true;
            // What is due already waits for the subscriber to take what was sent.
            cx.timers.set(due.max(cx.now.instant + LEAST_PAUSE), self.key, Task::RepeatBlocks);
        }
    }

    fn count_given_up_blocks(&mut self, counts: &mut Counts) {
        let given_up = std::mem::take(&mut self.blocks.given_up);
        self.info.counters.buffer_blocks_unconfirmed += given_up;
        counts.statistics.buffer_blocks_unconfirmed += given_up;
    }

    /// Gives up the blocks that are to be sent again, but for those of the cache in use whose signal `is_kept`.
    pub(super) fn give_up_blocks_but(&mut self, is_kept: impl Fn(u32) -> bool, counts: &mut Counts) {
        let slot = self.exchange.slot();
        self.blocks.give_up(|block| block.slot != slot || !is_kept(block.signal_index));
        self.count_given_up_blocks(counts);
    }

    /// What is not confirmed will never be.
    pub(super) fn give_up_blocks(&mut self, counts: &mut Counts) {
        self.blocks.give_up(|_| true);
        self.count_given_up_blocks(counts);
    }
}

fn block_frame(block: &BufferBlock<'_>) -> Vec<u8> {
    let mut frame = Vec::with_capacity(RESPONSE_HEADER_SIZE + BUFFER_BLOCK_HEADER_SIZE + block.bytes.len());
    frame.resize(RESPONSE_HEADER_SIZE, 0);
    block.encode_into(&mut frame);
    write_response_header(&mut frame, Response::BufferBlock, Command::Subscribe.code());
    frame
}
