//! Frames of C37.118 in the buffer blocks that a subscriber receives, for links to send.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::c37118::encapsulation::{Decapsulator, EncapsulatedStream};
use crate::c37118::{Frame, FrameType};
use crate::metadata::Metadata;

/// Bytes of frames of a stream that are held until its configuration has come.
const MOST_HELD: usize = 1 << 20;

/// Something that links are to send.
pub(super) enum Sendable {
    /// The configuration frames of a stream, one behind the other.
    Configuration(Vec<u8>),
    Data(Vec<u8>),
}

/// The streams of a publisher.
#[derive(Default)]
pub(super) struct EncapsulatedFrames {
    streams: Vec<Decapsulator>,
    /// The data signal of the stream that sends frames of an ID code: two of one code nobody could tell apart on a link.
    senders: BTreeMap<u16, Uuid>,
}

impl EncapsulatedFrames {
    /// The publisher has these metadata.
    pub(super) fn set_metadata(&mut self, metadata: &Metadata) {
        let mut before = std::mem::take(&mut self.streams);
        for stream in EncapsulatedStream::of_metadata(metadata.data_set()) {
            let known = before.iter().position(|known| known.stream().data_signal == stream.data_signal);
            let known = known.map(|place| before.swap_remove(place));
            self.streams.push(known.unwrap_or_else(|| Decapsulator::new(stream, MOST_HELD)));
        }
        let streams = &self.streams;
        self.senders.retain(|_, signal| streams.iter().any(|stream| stream.stream().data_signal == *signal));
    }

    /// A buffer block has come.
    pub(super) fn receive(&mut self, signal_id: Uuid, bytes: &[u8]) -> Vec<Sendable> {
        let mut sendable = Vec::new();
        for decapsulator in &mut self.streams {
            decapsulator.receive(signal_id, bytes);
            while let Some(bytes) = decapsulator.poll().map(<[u8]>::to_vec) {
                let Ok(frame) = Frame::decode(&bytes) else { continue };
                let (id_code, is_data) = (frame.id_code, frame.kind == FrameType::Data);
                let signal = decapsulator.stream().data_signal;
                if *self.senders.entry(id_code).or_insert(signal) != signal {
                    continue;
                }
                match is_data {
                    true => sendable.push(Sendable::Data(bytes)),
                    false => sendable.extend(configuration(decapsulator)),
                }
            }
        }
        sendable
    }

    /// What each new link is to get.
    pub(super) fn configurations(&self) -> impl Iterator<Item = Sendable> {
        let sends = |stream: &&Decapsulator| {
            self.senders.values().any(|signal| *signal == stream.stream().data_signal)
        };
        self.streams.iter().filter(sends).filter_map(configuration)
    }
}

/// What the data frames of a stream carry, if that is known.
fn configuration(decapsulator: &Decapsulator) -> Option<Sendable> {
    decapsulator.configuration()?;
    Some(Sendable::Configuration(decapsulator.answers().flatten().copied().collect()))
}
