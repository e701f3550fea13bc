//! Buffer blocks: opaque bytes of a signal, kept until they are confirmed where that is asked for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::{Connection, Delivery};
use super::encryption::BUFFER_BLOCK;
use super::events::{ConnectionId, PublisherEvent};
use super::settings::LARGEST_DATAGRAM;
use super::timers::Task;
use super::{CloseReason, Overflow, PublisherSession, mark_changed};
use crate::codec::gzip;
use crate::session::{Frame, Moment, Severity};
use crate::wire::buffer_block::{
    BUFFER_BLOCK_HEADER_SIZE, BufferBlock, BufferBlockFlags, decode_block_confirmation,
};
use crate::wire::frame::{LENGTH_SIZE, RESPONSE_HEADER_SIZE, write_response_header};
use crate::wire::{Command, OperationalModes, Response};

/// Blocks that may wait for their confirmation on a connection: as many as a subscriber keeps that
/// misses the one before them.
const MAX_UNCONFIRMED: usize = 1024;
/// Bytes of blocks that may wait for their confirmation on a connection, unless it is only one.
const MAX_UNCONFIRMED_BYTES: usize = 16 << 20;
/// A block that is not confirmed after so many repetitions is given up.
const MAX_REPETITIONS: u32 = 10;
/// Least time between repetitions of a block, whatever a subscriber sends.
const LEAST_PAUSE: Duration = Duration::from_millis(100);
/// Longest time without a confirmation that a subscriber may ask for.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);

/// The buffer blocks of one connection.
#[derive(Debug, Default)]
pub(super) struct BlockSender {
    pub(super) next_sequence: u32,
    /// Blocks that want a confirmation, oldest first.
    unconfirmed: VecDeque<Unconfirmed>,
    bytes: usize,
    /// What the subscriber asked for.
    timeout: Option<Duration>,
    timer_is_set: bool,
    /// Blocks whose confirmation never came, not yet counted by the publisher.
    given_up: u64,
}

#[derive(Debug)]
struct Unconfirmed {
    sequence: u32,
    frame: Arc<Vec<u8>>,
    /// Slot of the signal index cache that its index is of.
    slot: u8,
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
}

/// A block for all subscribers, compressed when the first one wants it so.
struct Content<'a> {
    plain: &'a [u8],
    /// `None` when compression does not make it smaller.
    compressed: Option<Option<Vec<u8>>>,
}

impl Content<'_> {
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
    /// The subscriber's wish, in seconds, after how long blocks come again.
    pub(super) fn set_timeout(&mut self, seconds: Option<f64>) {
        let timeout = seconds.map(|seconds| {
            let timeout = Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_TIMEOUT);
            timeout.clamp(LEAST_PAUSE, LONGEST_TIMEOUT)
        });
        self.timeout = timeout;
    }

    /// True when no block is to be sent again.
    pub(super) fn is_confirmed(&self) -> bool {
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
        self.bytes = self.unconfirmed.iter().map(|block| block.frame.len()).sum();
        self.given_up += (before - self.unconfirmed.len()) as u64;
    }

    fn has_room(&self, bytes: usize) -> bool {
        self.unconfirmed.is_empty()
            || self.unconfirmed.len() < MAX_UNCONFIRMED && self.bytes + bytes <= MAX_UNCONFIRMED_BYTES
    }

    /// Forgets a confirmed block. Returns how many older ones are not confirmed, or `None` when
    /// nothing waited for this confirmation.
    fn confirm(&mut self, sequence: u32) -> Option<usize> {
        let oldest = self.unconfirmed.front()?.sequence;
        // Sequence numbers wrap, so they are compared by their distance from the oldest one.
        let distance = sequence.wrapping_sub(oldest);
        let place = self.unconfirmed.partition_point(|block| block.sequence.wrapping_sub(oldest) < distance);
        let block = self.unconfirmed.get(place).filter(|block| block.sequence == sequence)?;
        self.bytes -= block.frame.len();
        self.unconfirmed.remove(place);
        Some(place)
    }

    /// When the next block is due to be sent again.
    fn due(&self, timeout: Duration) -> Option<Instant> {
        self.unconfirmed.iter().map(|block| block.sent + timeout).min()
    }
}

impl Connection {
    fn send_block(
        &mut self,
        signal_index: u32,
        content: &mut Content<'_>,
        confirm: bool,
        limit: Option<usize>,
        now: Instant,
    ) -> Result<(), Refusal> {
        let (mut flags, bytes) = content.for_modes(self.modes);
        let length = RESPONSE_HEADER_SIZE + BUFFER_BLOCK_HEADER_SIZE + bytes.len();
        if limit.is_some_and(|limit| self.queue.data_len() > 0 && self.queue.data_len() + length > limit) {
            return Err(Refusal::QueueFull);
        }
        if confirm && !self.blocks.has_room(length) {
            return Err(Refusal::Unconfirmed);
        }
        let (sequence, slot) = (self.blocks.next_sequence, self.exchange.slot());
        self.blocks.next_sequence = sequence.wrapping_add(1);
        flags.set(BufferBlockFlags::REQUIRE_CONFIRMATION, confirm);
        flags.set(BufferBlockFlags::CACHE_INDEX, slot == 1);
        let frame = Arc::new(block_frame(&BufferBlock { sequence, flags, signal_index, bytes }));
        if confirm {
            self.blocks.bytes += frame.len();
            let block = Unconfirmed { sequence, frame: frame.clone(), slot, sent: now, repetitions: 0 };
            self.blocks.unconfirmed.push_back(block);
        }
        // What is to be confirmed is sent again in any case.
        match self.hand_over_block(frame) || confirm {
            true => Ok(()),
            false => Err(Refusal::DatagramsFull),
        }
    }

    /// Where every frame of a buffer block goes to its transport: by UDP if measurements do and it
    /// fits into a datagram. False when too many datagrams wait already.
    fn hand_over_block(&mut self, frame: Arc<Vec<u8>>) -> bool {
        let frame = Frame::buffer_block(self.sealed(&frame, BUFFER_BLOCK));
        if self.datagrams.is_some() && frame.bytes().len() - LENGTH_SIZE <= LARGEST_DATAGRAM {
            return self.push_datagram(frame) == Delivery::Queued;
        }
        self.push(frame);
        true
    }

    /// Sends those of the oldest `count` unconfirmed blocks again that `is_due` selects, unless
    /// the subscriber has not taken the earlier ones yet. Returns how many.
    fn repeat_blocks(
        &mut self,
        count: usize,
        limit: usize,
        now: Instant,
        is_due: impl Fn(&Unconfirmed) -> bool,
    ) -> u64 {
        if self.queue.buffer_blocks() > 0 || self.closing.is_some() {
            return 0;
        }
        let mut repeated = 0;
        for place in 0..count {
            let Some(block) = self.blocks.unconfirmed.get(place) else { break };
            if !is_due(block) {
                continue;
            }
            // Repetitions leave room for what is new.
            if repeated > 0 && self.queue.data_len() + block.frame.len() > limit / 2 {
                break;
            }
            let frame = block.frame.clone();
            if !self.hand_over_block(frame) {
                break;
            }
            if let Some(block) = self.blocks.unconfirmed.get_mut(place) {
                block.sent = now;
                block.repetitions += 1;
            }
            repeated += 1;
        }
        repeated
    }
}

fn block_frame(block: &BufferBlock<'_>) -> Vec<u8> {
    let mut frame = Vec::with_capacity(RESPONSE_HEADER_SIZE + BUFFER_BLOCK_HEADER_SIZE + block.bytes.len());
    frame.resize(RESPONSE_HEADER_SIZE, 0);
    block.encode_into(&mut frame);
    write_response_header(&mut frame, Response::BufferBlock, Command::Subscribe.code());
    frame
}

impl PublisherSession {
    /// Sends opaque bytes of a signal, a row of the catalog's MeasurementDetail table, to every
    /// connection whose subscription has that signal, behind the measurements published before.
    /// With `confirm` they are sent again until they are confirmed; not every implementation can
    /// read such blocks.
    pub fn send_buffer_block(&mut self, row: u32, bytes: &[u8], confirm: bool, now: Moment) {
        self.finish_packets();
        let limit = match self.settings.overflow {
            Overflow::Wait { .. } => None,
            Overflow::DropOldest | Overflow::Disconnect => Some(self.settings.send_queue_limit),
        };
        let mut content = Content { plain: bytes, compressed: None };
        let receivers: Vec<(ConnectionId, u32)> = self
            .streams
            .iter()
            .filter_map(|stream| Some((stream, stream.signal_index(row)?)))
            .flat_map(|(stream, index)| stream.members.iter().map(move |id| (*id, index)))
            .collect();
        for (id, signal_index) in receivers {
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            if connection.closing.is_some() {
                continue;
            }
            match connection.send_block(signal_index, &mut content, confirm, limit, now.instant) {
                Ok(()) => {
                    self.statistics.buffer_blocks_sent += 1;
                    connection.info.buffer_blocks_sent += 1;
                }
                Err(refusal) => self.drop_block(id, &refusal, bytes.len()),
            }
            self.set_block_timer(id, now.instant);
            if let Some(connection) = self.connections.get_mut(&id) {
                mark_changed(connection, &mut self.changed);
            }
            self.mark_channel(id);
        }
    }

    fn drop_block(&mut self, id: ConnectionId, refusal: &Refusal, length: usize) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        self.statistics.buffer_blocks_dropped += 1;
        connection.info.buffer_blocks_dropped += 1;
        let why = match refusal {
            Refusal::Unconfirmed => "too many before it are not confirmed",
            Refusal::QueueFull => "its send queue is full",
            Refusal::DatagramsFull => "too many datagrams wait to be sent",
        };
        let text = format!("dropped a buffer block of {length} bytes for {}: {why}", connection.info.address);
        self.pending_events.push(PublisherEvent::Message(Severity::Warning, text));
        if *refusal == Refusal::QueueFull && self.settings.overflow == Overflow::Disconnect {
            connection.closing = Some(CloseReason::TooSlow { queued: connection.queue.data_len() });
        }
    }

    pub(super) fn handle_block_confirmation(&mut self, id: ConnectionId, payload: &[u8], now: Instant) {
        let limit = self.settings.send_queue_limit;
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Ok(sequence) = decode_block_confirmation(payload) else { return };
        let Some(older) = connection.blocks.confirm(sequence) else { return };
        // What was sent before and is not confirmed must have been lost. Confirmations that arrive
        // in any order must not make the same blocks go out again and again.
        let repeated = connection.repeat_blocks(older, limit, now, |block| {
            block.repetitions == 0 || now >= block.sent + LEAST_PAUSE
        });
        connection.info.buffer_blocks_repeated += repeated;
        self.statistics.buffer_blocks_repeated += repeated;
        self.mark_channel(id);
    }

    /// Sends again what should have been confirmed by now.
    pub(super) fn repeat_due_blocks(&mut self, id: ConnectionId, now: Instant) {
        let limit = self.settings.send_queue_limit;
        let default = self.settings.buffer_block_timeout;
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.blocks.timer_is_set = false;
        let timeout = connection.blocks.timeout.unwrap_or(default);
        let before = connection.blocks.given_up;
        connection
            .blocks
            .give_up(|block| block.repetitions >= MAX_REPETITIONS && now >= block.sent + timeout);
        let given_up = connection.blocks.given_up - before;
        if given_up > 0 {
            let address = connection.info.address;
            let text = format!(
                "gave up {given_up} buffer blocks that {address} did not confirm after {MAX_REPETITIONS} repetitions"
            );
            self.pending_events.push(PublisherEvent::Message(Severity::Warning, text));
        }
        let count = connection.blocks.unconfirmed.len();
        let repeated = connection.repeat_blocks(count, limit, now, |block| now >= block.sent + timeout);
        if repeated > 0 {
            mark_changed(connection, &mut self.changed);
        }
        connection.info.buffer_blocks_repeated += repeated;
        self.statistics.buffer_blocks_repeated += repeated;
        self.count_given_up_blocks(id);
        self.mark_channel(id);
        self.set_block_timer(id, now);
    }

    fn set_block_timer(&mut self, id: ConnectionId, now: Instant) {
        let default = self.settings.buffer_block_timeout;
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let blocks = &mut connection.blocks;
        if blocks.timer_is_set {
            return;
        }
        if let Some(due) = blocks.due(blocks.timeout.unwrap_or(default)) {
            blocks.timer_is_set = true;
            // What is due already waits for the subscriber to take what was sent.
            self.timers.set(due.max(now + LEAST_PAUSE), id, Task::RepeatBlocks);
        }
    }

    fn count_given_up_blocks(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            let given_up = std::mem::take(&mut connection.blocks.given_up);
            connection.info.buffer_blocks_unconfirmed += given_up;
            self.statistics.buffer_blocks_unconfirmed += given_up;
        }
    }

    /// The connection ends: what it has not confirmed will never be.
    pub(super) fn give_up_blocks(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.blocks.give_up(|_| true);
        }
        self.count_given_up_blocks(id);
    }
}
