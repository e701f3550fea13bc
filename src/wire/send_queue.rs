//! What a connection has still to send.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, IoSlice};
use std::sync::Arc;

/// Frames given to the system in one call.
const PIECES_PER_WRITE: usize = 64;

/// A frame to send. Connections with the same subscription share the frames of its measurements.
#[derive(Debug, Clone)]
pub struct Frame {
    bytes: Arc<Vec<u8>>,
    content: Content,
    /// What counts its bytes as long as it lives, if they are counted one by one.
    account: Option<Account>,
}

/// Something that counts bytes until its last holder drops it.
pub(crate) type Account = Arc<dyn fmt::Debug + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// An answer, or what subscribers must know.
    Control,
    /// The same, that others hold too.
    SharedControl,
    /// So many measurements.
    Measurements(u32),
    BufferBlock,
}

impl Frame {
    /// A frame that must reach the peer.
    pub fn control(bytes: Vec<u8>) -> Frame {
        Frame { bytes: Arc::new(bytes), content: Content::Control, account: None }
    }

    /// A frame that must reach the peer and that others hold too.
    pub fn shared(bytes: Arc<Vec<u8>>) -> Frame {
        Frame { bytes, content: Content::SharedControl, account: None }
    }

    /// A frame of measurements, which may be dropped when the peer is too slow.
    pub fn data(bytes: Arc<Vec<u8>>, measurements: u32) -> Frame {
        Frame { bytes, content: Content::Measurements(measurements), account: None }
    }

    /// A buffer block, which counts as data but is not dropped once it is queued.
    pub fn buffer_block(bytes: Arc<Vec<u8>>) -> Frame {
        Frame { bytes, content: Content::BufferBlock, account: None }
    }

    /// The same, whose bytes something counts until the frame has gone.
    pub(crate) fn counted_by(self, account: Account) -> Frame {
        Frame { account: Some(account), ..self }
    }

    /// Its bytes, unless something counts them already.
    pub(crate) fn uncounted_len(&self) -> usize {
        if self.account.is_some() { 0 } else { self.bytes.len() }
    }

    /// Number of measurements in it.
    pub(crate) fn measurements(&self) -> u32 {
        match self.content {
            Content::Measurements(count) => count,
            Content::Control | Content::SharedControl | Content::BufferBlock => 0,
        }
    }

    /// The frame as it goes on the wire.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Frames in the order in which they go out, and how much of the first one has gone.
#[derive(Debug, Default)]
pub struct SendQueue {
    frames: VecDeque<Frame>,
    sent_of_first: usize,
    bytes: usize,
    /// Bytes of the frames of measurements and buffer blocks, what was sent of the first one
    /// included.
    data_bytes: usize,
    control_frames: usize,
    /// So many of them others hold too.
    shared_frames: usize,
    /// Bytes of the others, what was sent of the first one included.
    own_bytes: usize,
    buffer_blocks: usize,
    /// Bytes of the frames of measurements and buffer blocks that nothing else counts.
    uncounted_data: usize,
}

impl SendQueue {
    /// Adds a frame at the end.
    pub fn push(&mut self, frame: Frame) {
        self.bytes += frame.bytes.len();
        match frame.content {
            Content::Control => {
                self.control_frames += 1;
                self.own_bytes += frame.bytes.len();
            }
            Content::SharedControl => {
                self.control_frames += 1;
                self.shared_frames += 1;
            }
            Content::Measurements(_) => {
                self.data_bytes += frame.bytes.len();
                self.uncounted_data += frame.uncounted_len();
            }
            Content::BufferBlock => {
                self.data_bytes += frame.bytes.len();
                self.uncounted_data += frame.uncounted_len();
                self.buffer_blocks += 1;
            }
        }
        self.frames.push_back(frame);
    }

    /// Bytes not sent yet.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Bytes of the frames of measurements and buffer blocks that are not sent completely yet.
    pub fn data_len(&self) -> usize {
        self.data_bytes
    }

    /// Bytes of those of these frames that nothing else counts.
    pub(crate) fn uncounted_data_len(&self) -> usize {
        self.uncounted_data
    }

    /// Buffer blocks that are not sent completely yet.
    pub fn buffer_blocks(&self) -> usize {
        self.buffer_blocks
    }

    /// Frames of answers that are not sent completely yet, and their bytes.
    pub fn control_frames(&self) -> (usize, usize) {
        (self.control_frames, self.bytes.saturating_sub(self.data_bytes))
    }

    /// Of the frames of answers that are not sent completely yet: bytes of those that are this queue's alone, and how
    /// many others hold too.
    pub(crate) fn answers_in_memory(&self) -> (usize, usize) {
        (self.own_bytes, self.shared_frames)
    }

    /// True when everything is sent.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// The bytes to send next, in pieces for a vectored write.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let mut skip = self.sent_of_first;
        self.frames.iter().map(move |frame| &frame.bytes[std::mem::take(&mut skip)..])
    }

    /// Offers the next pieces to `write`, up to `most` bytes, which tells how many bytes it took.
    pub fn write_with(
        &self,
        most: usize,
        write: impl FnOnce(&[IoSlice<'_>]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); PIECES_PER_WRITE];
        let (mut count, mut left) = (0, most);
        for (slice, piece) in slices.iter_mut().zip(self.pieces()) {
            if left == 0 {
                break;
            }
            let piece = piece.get(..left).unwrap_or(piece);
            *slice = IoSlice::new(piece);
            left -= piece.len();
            count += 1;
        }
        write(&slices[..count])
    }

    /// Forgets the first `count` bytes, which were sent. Returns the number of measurements whose
    /// frames are thereby complete.
    pub fn advance(&mut self, count: usize) -> u64 {
        let mut measurements = 0;
        self.bytes -= count;
        self.sent_of_first += count;
        while let Some(first) = self.frames.front() {
            if self.sent_of_first < first.bytes.len() {
                break;
            }
            self.sent_of_first -= first.bytes.len();
            match first.content {
                Content::Control => {
                    self.control_frames -= 1;
                    self.own_bytes -= first.bytes.len();
                }
                Content::SharedControl => {
                    self.control_frames -= 1;
                    self.shared_frames -= 1;
                }
                Content::Measurements(count) => {
                    measurements += u64::from(count);
                    self.data_bytes -= first.bytes.len();
                    self.uncounted_data -= first.uncounted_len();
                }
                Content::BufferBlock => {
                    self.data_bytes -= first.bytes.len();
                    self.uncounted_data -= first.uncounted_len();
                    self.buffer_blocks -= 1;
                }
            }
            self.frames.pop_front();
        }
        measurements
    }

    /// Drops every frame of measurements of which nothing was sent yet. Returns the number of
    /// measurements lost.
    pub fn drop_data(&mut self) -> u64 {
        self.drop_frames(|content| matches!(content, Content::Measurements(_))).0
    }

    /// Drops every frame of measurements, and every buffer block, of which nothing was sent yet. Returns the number of
    /// measurements lost, and that of blocks.
    pub fn drop_data_and_blocks(&mut self) -> (u64, u64) {
        self.drop_frames(|content| !matches!(content, Content::Control | Content::SharedControl))
    }

    fn drop_frames(&mut self, is_dropped: impl Fn(Content) -> bool) -> (u64, u64) {
        let (mut measurements, mut blocks) = (0, 0);
        let mut is_being_sent = self.sent_of_first > 0;
        let SendQueue { frames, bytes, data_bytes, buffer_blocks, uncounted_data, .. } = self;
        frames.retain(|frame| {
            let is_kept = std::mem::take(&mut is_being_sent) || !is_dropped(frame.content);
            if !is_kept {
                measurements += u64::from(frame.measurements());
                blocks += u64::from(frame.content == Content::BufferBlock);
                *bytes -= frame.bytes.len();
                *data_bytes -= frame.bytes.len();
                *uncounted_data -= frame.uncounted_len();
            }
            is_kept
        });
        *buffer_blocks -= blocks as usize;
        (measurements, blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(length: usize, measurements: u32) -> Frame {
        Frame::data(Arc::new(vec![7; length]), measurements)
    }

    #[test]
    fn partial_sends_are_remembered() {
        let mut queue = SendQueue::default();
        queue.push(Frame::control(vec![1, 2, 3]));
        queue.push(data(4, 10));
        assert_eq!(queue.advance(2), 0);
        assert_eq!(queue.pieces().map(<[u8]>::len).collect::<Vec<_>>(), [1, 4]);
        assert_eq!(queue.advance(5), 10);
        assert!(queue.is_empty());
        assert_eq!(queue.pieces().count(), 0);
    }

    #[test]
    fn answers_count_until_they_are_sent_completely() {
        let mut queue = SendQueue::default();
        queue.push(Frame::control(vec![1; 3]));
        queue.push(Frame::shared(Arc::new(vec![2; 10])));
        queue.push(data(4, 1));
        queue.push(Frame::control(vec![3; 5]));
        assert_eq!(queue.answers_in_memory(), (8, 1));
        queue.advance(2);
        assert_eq!(queue.answers_in_memory(), (8, 1));
        queue.advance(10);
        assert_eq!(queue.answers_in_memory(), (5, 1));
        queue.advance(1);
        assert_eq!((queue.answers_in_memory(), queue.control_frames()), ((5, 0), (1, 5)));
        queue.advance(9);
        assert_eq!(queue.answers_in_memory(), (0, 0));
    }

    #[test]
    fn buffer_blocks_are_data_that_is_not_dropped() {
        let mut queue = SendQueue::default();
        queue.push(Frame::buffer_block(Arc::new(vec![8; 5])));
        queue.push(data(4, 2));
        assert_eq!((queue.data_len(), queue.buffer_blocks(), queue.control_frames()), (9, 1, (0, 0)));
        assert_eq!(queue.drop_data(), 2);
        assert_eq!((queue.data_len(), queue.buffer_blocks()), (5, 1));
        assert_eq!(queue.advance(5), 0);
        assert_eq!((queue.data_len(), queue.buffer_blocks(), queue.is_empty()), (0, 0, true));

        queue.push(Frame::control(vec![9; 3]));
        queue.push(Frame::buffer_block(Arc::new(vec![8; 5])));
        queue.push(data(4, 2));
        queue.push(Frame::buffer_block(Arc::new(vec![8; 5])));
        assert_eq!(queue.drop_data_and_blocks(), (2, 2));
        assert_eq!((queue.len(), queue.data_len(), queue.buffer_blocks()), (3, 0, 0));
    }

    #[test]
    fn dropping_spares_control_frames_and_the_frame_being_sent() {
        let mut queue = SendQueue::default();
        queue.push(data(4, 1));
        queue.push(data(4, 2));
        queue.push(Frame::control(vec![9; 3]));
        queue.push(data(4, 4));
        queue.advance(1);
        assert_eq!(queue.drop_data(), 6);
        assert_eq!(queue.len(), 3 + 3);
        assert_eq!(queue.data_len(), 4);
        assert_eq!(queue.control_frames(), (1, 2));
        assert_eq!(queue.advance(6), 1);

        queue.push(Frame::control(vec![9; 3]));
        queue.push(data(4, 8));
        queue.advance(1);
        assert_eq!(queue.drop_data(), 8);
        queue.advance(2);
        assert!(queue.is_empty());
        assert_eq!((queue.data_len(), queue.control_frames()), (0, (0, 0)));
    }
}
