//! Framing of the TCP command channel.
//!
//! Both directions: a four-byte length, then as many bytes. From the subscriber these are a
//! command byte and its payload; from the publisher a six-byte header (response code, code of the
//! command it answers, payload length) and its payload.

use bytes::BufMut;
use thiserror::Error;

use super::codes::{Command, Response};
use super::foreign::{ForeignProtocol, LEAST_LENGTH};

/// Bytes of the length in front of each frame; datagrams have none.
pub const LENGTH_SIZE: usize = 4;

/// Memory kept for frames that come in pieces; that of a larger frame is given back after it.
const KEPT_CAPACITY: usize = 64 << 10;

/// Bytes in front of the payload of a response frame.
pub const RESPONSE_HEADER_SIZE: usize = LENGTH_SIZE + 6;

/// A frame that ends its connection, because what follows it cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The frame is larger than the receiver accepts.
    #[error("the peer announced a frame of {length} bytes, but at most {limit} are accepted here")]
    TooLarge {
        /// Announced length in bytes.
        length: usize,
        /// Largest accepted length in bytes.
        limit: usize,
    },
    /// There is no memory for what has arrived of the frame.
    #[error("the system has no memory for a frame of {length} bytes that the peer announced")]
    OutOfMemory {
        /// Announced length in bytes.
        length: usize,
    },
    /// What the peer sends first is no frame but the beginning of another protocol.
    #[error("{0}")]
    Foreign(ForeignProtocol),
    /// A response is shorter than its header.
    #[error("a response of {0} bytes is shorter than its header of 6")]
    ResponseHeader(usize),
}

/// Cuts a byte stream into frames, whatever pieces it arrives in.
///
/// Frames that lie whole in the input are lent from there; only what a piece cuts is copied, and
/// memory grows with the bytes that arrived, never with an announced length.
#[derive(Debug, Default)]
pub struct FrameAssembler {
    /// Start of a frame whose rest has not arrived, with its length field.
    partial: Vec<u8>,
    /// The frame in `partial` was handed out and is to be forgotten.
    delivered: bool,
    /// A frame has been handed out, so that the peer speaks STTP.
    has_begun: bool,
}

impl FrameAssembler {
    /// The next frame without its length field, or `None` when `input` is used up. Empty frames
    /// are skipped. A frame of more than `limit` bytes is an error.
    pub fn next<'frame, 'input: 'frame>(
        &'frame mut self,
        input: &mut &'input [u8],
        limit: usize,
    ) -> Result<Option<&'frame [u8]>, FrameError> {
        if self.delivered {
            self.partial.clear();
            self.partial.shrink_to(KEPT_CAPACITY);
            self.delivered = false;
        }
        if self.partial.is_empty() {
            while let Some((length, rest)) = input.split_first_chunk::<LENGTH_SIZE>() {
                let length = self.checked_length(*length, limit)?;
                match rest.split_at_checked(length) {
                    Some(([], rest)) => *input = rest,
                    Some((frame, rest)) => {
                        *input = rest;
                        self.has_begun = true;
                        return Ok(Some(frame));
                    }
                    None => break,
                }
            }
        }
        self.next_from_pieces(input, limit)
    }

    fn next_from_pieces(&mut self, input: &mut &[u8], limit: usize) -> Result<Option<&[u8]>, FrameError> {
        loop {
            let wanted = match self.partial.first_chunk::<LENGTH_SIZE>() {
                Some(length) => LENGTH_SIZE + self.checked_length(*length, limit)?,
                None => LENGTH_SIZE,
            };
            let missing = wanted - self.partial.len();
            let (piece, rest) = input.split_at(missing.min(input.len()));
            copy_into(&mut self.partial, piece)
                .map_err(|_| FrameError::OutOfMemory { length: wanted - LENGTH_SIZE })?;
            *input = rest;
            if self.partial.len() < wanted {
                return Ok(None);
            }
            if self.partial == [0; LENGTH_SIZE] {
                self.partial.clear();
            } else if wanted > LENGTH_SIZE {
                self.delivered = true;
                self.has_begun = true;
                return Ok(Some(&self.partial[LENGTH_SIZE..]));
            }
        }
    }

    fn checked_length(&self, bytes: [u8; LENGTH_SIZE], limit: usize) -> Result<usize, FrameError> {
        let length = u32::from_be_bytes(bytes) as usize;
        if length < LEAST_LENGTH && length <= limit {
            return Ok(length);
        }
        match ForeignProtocol::of_first_bytes(&bytes).filter(|_| !self.has_begun) {
            Some(protocol) => Err(FrameError::Foreign(protocol)),
            None if length > limit => Err(FrameError::TooLarge { length, limit }),
            None => Ok(length),
        }
    }

    /// A part of a frame has arrived, and its rest has not.
    pub fn is_within_frame(&self) -> bool {
        !self.delivered && !self.partial.is_empty()
    }

    /// The length that a frame has announced which is not complete yet, without its length field; `None` when there is
    /// none, or not even that has arrived.
    pub fn announced(&self) -> Option<usize> {
        let length = self.partial.first_chunk::<LENGTH_SIZE>().filter(|_| !self.delivered)?;
        Some(u32::from_be_bytes(*length) as usize)
    }

    /// What has arrived of a frame that is not complete yet, without its length field.
    pub fn pending(&self) -> &[u8] {
        if self.delivered { &[] } else { self.partial.get(LENGTH_SIZE..).unwrap_or_default() }
    }
}

/// A command frame from a subscriber.
pub fn command_frame(command: Command, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(LENGTH_SIZE + 1 + payload.len());
    frame.put_u32(1 + payload.len() as u32);
    frame.put_u8(command.code());
    frame.put_slice(payload);
    frame
}

/// A response frame from a publisher. `command` is the code of the command that it answers, or of
/// `Subscribe` when nobody asked.
pub fn response_frame(response: Response, command: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(RESPONSE_HEADER_SIZE + payload.len());
    frame.put_bytes(0, RESPONSE_HEADER_SIZE);
    frame.put_slice(payload);
    write_response_header(&mut frame, response, command);
    frame
}

/// Fills in the first [`RESPONSE_HEADER_SIZE`] bytes of a frame whose payload stands behind them.
///
/// # Panics
///
/// When `frame` is shorter than the header.
pub fn write_response_header(frame: &mut [u8], response: Response, command: u8) {
    write_response_header_of_part(frame, response, command, 0);
}

/// The same when `more` bytes of the payload follow, which do not stand in `frame`.
///
/// # Panics
///
/// When `frame` is shorter than the header.
pub fn write_response_header_of_part(frame: &mut [u8], response: Response, command: u8, more: usize) {
    frame[LENGTH_SIZE] = response.code();
    frame[LENGTH_SIZE + 1] = command;
    write_lengths(frame, more);
}

/// Fills in the two lengths of a response frame whose payload has got another length.
///
/// # Panics
///
/// When `frame` is shorter than the header.
pub fn write_response_length(frame: &mut [u8]) {
    write_lengths(frame, 0);
}

fn write_lengths(frame: &mut [u8], more: usize) {
    let payload_length = frame.len() - RESPONSE_HEADER_SIZE + more;
    let (mut frame_length, mut response_length) = frame[..RESPONSE_HEADER_SIZE].split_at_mut(LENGTH_SIZE + 2);
    frame_length.put_u32(6 + payload_length as u32);
    response_length.put_u32(payload_length as u32);
}

/// One response of a frame or a datagram, its codes not yet interpreted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawResponse<'a> {
    /// Response code.
    pub response: u8,
    /// Code of the command that is answered.
    pub command: u8,
    /// Everything behind the header.
    pub payload: &'a [u8],
}

/// Takes the next response from the front of a frame or datagram, which usually holds one, but a
/// publisher may batch several. `None` when nothing is left.
///
/// A payload length past the end of the frame is read as "the rest", as every peer does.
pub fn next_response<'a>(rest: &mut &'a [u8]) -> Option<Result<RawResponse<'a>, FrameError>> {
    if rest.is_empty() {
        return None;
    }
    let Some(([response, command, length @ ..], payload)) = rest.split_first_chunk::<6>() else {
        let short = FrameError::ResponseHeader(rest.len());
        *rest = &[];
        return Some(Err(short));
    };
    let length = u32::from_be_bytes(*length) as usize;
    let (payload, next) = payload.split_at(length.min(payload.len()));
    *rest = next;
    Some(Ok(RawResponse { response: *response, command: *command, payload }))
}

/// The responses of one frame or datagram, as [`next_response`] takes them.
pub fn responses(body: &[u8]) -> impl Iterator<Item = Result<RawResponse<'_>, FrameError>> {
    let mut rest = body;
    std::iter::from_fn(move || next_response(&mut rest))
}

/// A copy of a part of a frame, which may be large.
///
/// # Errors
/// The system has no memory for it.
pub(crate) fn copied(part: &[u8]) -> Result<Vec<u8>, FrameError> {
    let mut copy = Vec::new();
    copy_into(&mut copy, part)?;
    Ok(copy)
}

/// The same, behind what is there.
///
/// # Errors
/// The system has no memory for it.
pub(crate) fn copy_into(buffer: &mut Vec<u8>, part: &[u8]) -> Result<(), FrameError> {
    buffer.try_reserve(part.len()).map_err(|_| FrameError::OutOfMemory { length: part.len() })?;
    buffer.extend_from_slice(part);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn collect(pieces: &[&[u8]], limit: usize) -> Result<Vec<Vec<u8>>, FrameError> {
        let mut assembler = FrameAssembler::default();
        let mut frames = Vec::new();
        for mut piece in pieces.iter().copied() {
            while let Some(frame) = assembler.next(&mut piece, limit)? {
                frames.push(frame.to_vec());
            }
        }
        Ok(frames)
    }

    #[test]
    fn keep_alive_is_ten_bytes() {
        let frame = response_frame(Response::NoOp, Command::Subscribe.code(), &[]);
        assert_eq!(frame, [0, 0, 0, 6, 0xFF, 2, 0, 0, 0, 0]);
    }

    #[test]
    fn empty_frames_are_skipped() {
        assert_eq!(collect(&[&[0, 0, 0, 0, 0, 0, 0, 1, 9]], 8), Ok(vec![vec![9]]));
        assert_eq!(collect(&[&[0, 0], &[0, 0, 0, 0, 0], &[1, 9]], 8), Ok(vec![vec![9]]));
    }

    #[test]
    fn oversized_frames_are_refused_before_they_arrive() {
        let too_large = Err(FrameError::TooLarge { length: 9, limit: 8 });
        assert_eq!(collect(&[&[0, 0, 0, 9]], 8), too_large);
        assert_eq!(collect(&[&[0, 0, 0], &[9]], 8), too_large);
    }

    #[test]
    fn another_protocol_is_named_where_a_connection_begins_with_it() {
        let tls = [0x16, 3, 1, 2, 0, 1];
        let foreign = Err(FrameError::Foreign(ForeignProtocol::TlsHandshake));
        for limit in [8, usize::MAX] {
            assert_eq!(collect(&[&tls], limit), foreign);
            assert_eq!(collect(&[&tls[..1], &tls[1..]], limit), foreign);
        }
        let text = collect(&[b"GET / HTTP/1.1\r\n"], 8).unwrap_err().to_string();
        assert_eq!(text, "the peer speaks HTTP, not STTP: check address and port");
        // Later it is a frame like any other.
        let later = [&[0, 0, 0, 1, 9][..], &tls].concat();
        assert_eq!(collect(&[&later], 8), Err(FrameError::TooLarge { length: 0x1603_0102, limit: 8 }));
        assert_eq!(collect(&[&later], usize::MAX), Ok(vec![vec![9]]));
    }

    #[test]
    fn batched_responses_are_told_apart() {
        let body = [0x80, 2, 0, 0, 0, 1, b'a', 0xFF, 2, 0, 0, 0, 9, b'b'];
        let all: Result<Vec<_>, _> = responses(&body).collect();
        let all = all.unwrap();
        assert_eq!(all[0], RawResponse { response: 0x80, command: 2, payload: b"a" });
        assert_eq!(all[1], RawResponse { response: 0xFF, command: 2, payload: b"b" });
        assert_eq!(responses(&[1, 2, 3]).next(), Some(Err(FrameError::ResponseHeader(3))));
    }

    proptest! {
        #[test]
        fn frames_survive_any_split(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 1..8),
            cuts in prop::collection::vec(1_usize..30, 0..40),
        ) {
            let stream: Vec<u8> = payloads.iter()
                .flat_map(|payload| command_frame(Command::User(payload[0] & 15), payload))
                .collect();
            let mut pieces = Vec::new();
            let mut rest = stream.as_slice();
            for cut in cuts {
                let (piece, next) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece);
                rest = next;
            }
            pieces.push(rest);
            let frames = collect(&pieces, 64).unwrap();
            prop_assert_eq!(frames.len(), payloads.len());
            for (frame, payload) in frames.iter().zip(&payloads) {
                prop_assert_eq!(&frame[1..], payload.as_slice());
            }
        }

        #[test]
        fn garbage_never_panics(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..8)) {
            let slices: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let _ = collect(&slices, 1000);
            for piece in slices {
                let _ = responses(piece).count();
            }
        }
    }
}
