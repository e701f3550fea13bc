//! Frames and the messages in them, and connection strings.

use sttp::Ticks;
use sttp::session::SubscribeRequest;
use sttp::settings::{PublisherSetup, SubscriberSetup};
use sttp::time_expression::TimeExpression;
use sttp::wire::buffer_block::{BufferBlock, decode_block_confirmation};
use sttp::wire::frame::{FrameAssembler, FrameError, responses};
use sttp::wire::messages::{
    BaseTimes, DataPacket, TsscPacket, decode_data_start_time, decode_metadata_refresh, decode_status_text,
};
use sttp::wire::notification::NotificationId;
use sttp::wire::{Command, ConnectionString, OperationalModes, Response, TextEncoding};

const ENCODINGS: [TextEncoding; 3] = [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be];
const FRAME_LIMIT: usize = 1 << 16;

/// A stream of bytes gives the same frames in whatever pieces it arrives; each frame is read as a command and as
/// responses. The first byte tells the size of the pieces.
pub(crate) fn frames(input: &[u8]) {
    let Some((size, stream)) = input.split_first() else { return };
    let whole = cut(std::iter::once(stream));
    let pieces = cut(stream.chunks(usize::from(*size).max(1)));
    assert_eq!(whole, pieces);
    for frame in &whole.0 {
        if let Some((code, payload)) = frame.split_first() {
            read_command(*code, payload);
        }
        for response in responses(frame).flatten() {
            read_response(response.response, response.payload);
        }
    }
}

/// The frames of a stream, and what ended it if it could not be read on.
fn cut<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, Option<FrameError>) {
    let mut assembler = FrameAssembler::default();
    let mut frames = Vec::new();
    for mut piece in pieces {
        loop {
            match assembler.next(&mut piece, FRAME_LIMIT) {
                Ok(Some(frame)) => frames.push(frame.to_vec()),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
        assert!(assembler.pending().len() < FRAME_LIMIT);
    }
    (frames, None)
}

fn read_command(code: u8, payload: &[u8]) {
    if let Some(command) = Command::from_code(code) {
        assert_eq!(command.code(), code);
    }
    if let Ok(modes) = OperationalModes::decode(payload) {
        assert_eq!(OperationalModes::from_bits(modes.bits()), Ok(modes));
    }
    for encoding in ENCODINGS {
        decode_metadata_refresh(payload, encoding);
        decode_status_text(payload, encoding);
        let Ok(request) = SubscribeRequest::decode(payload, encoding) else { continue };
        // Not every value that can be read can be written: a text may hold half a pair of braces.
        if let Ok(written) = request.encode(encoding) {
            assert_same_request(&written, &request, encoding);
        }
    }
}

fn assert_same_request(written: &[u8], request: &SubscribeRequest, encoding: TextEncoding) {
    let read = SubscribeRequest::decode(written, encoding).expect("a written request can be read");
    assert_eq!(read.data_channel, request.data_channel);
    let (again, options) = (read.options, &request.options);
    assert_eq!(again.filter, options.filter);
    assert_eq!(again.include_time, options.include_time);
    assert_eq!(again.processing_interval, options.processing_interval);
    assert_eq!(again.start_time.as_deref().map(meaning), options.start_time.as_deref().map(meaning));
    assert_eq!(again.stop_time.as_deref().map(meaning), options.stop_time.as_deref().map(meaning));
}

/// The ticks that a time means, which is written as every publisher reads it; one that cannot be read goes as it is.
fn meaning(time: &str) -> Result<i64, &str> {
    const NOW: Ticks = Ticks(0x08DE_0000_0000_0000);
    time.parse::<TimeExpression>().map(|read| read.resolve(NOW).value()).map_err(|_| time)
}

fn read_response(code: u8, payload: &[u8]) {
    if let Some(response) = Response::from_code(code) {
        assert_eq!(response.code(), code);
    }
    let _ = (BaseTimes::decode(payload), decode_data_start_time(payload));
    let _ = (NotificationId::decode(payload), decode_block_confirmation(payload));
    if let Ok(block) = BufferBlock::decode(payload) {
        let mut written = Vec::new();
        block.encode_into(&mut written);
        assert_eq!(BufferBlock::decode(&written), Ok(block));
    }
    if let Ok(packet) = DataPacket::decode(payload) {
        let _ = TsscPacket::decode(packet.body);
    }
}

/// A connection string that can be read is written to one that reads the same, as that of a peer and as that of
/// an operator.
pub(crate) fn connection_string(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    settings(&text);
    let Ok(keys) = ConnectionString::parse(&text) else { return };
    let again = ConnectionString::parse(&keys.to_string()).expect("a written connection string can be read");
    assert_eq!(again, keys);
    for (key, _) in keys.iter() {
        let _ = (keys.get(key), keys.boolean(key), keys.number(key));
    }
    let _ = SubscribeRequest::from_connection_string(&keys);
}

fn settings(text: &str) {
    if let Ok(setup) = text.parse::<SubscriberSetup>() {
        assert_eq!(setup.to_string().parse(), Ok(setup));
    }
    if let Ok(setup) = text.parse::<PublisherSetup>() {
        assert_eq!(setup.to_string().parse(), Ok(setup));
    }
}
