//! Frames of C37.118.

use std::sync::Arc;

use sttp::c37118::mapping::{Input, Mapping};
use sttp::c37118::{
    Configuration, DataLayout, Fragments, Frame, FrameAssembler, FrameType, Message, PmuValues,
    encode_command, encode_header,
};

/// Frames that are read of one input.
const MOST_FRAMES: usize = 64;
/// What FRAMESIZE can tell.
const MOST_FRAME_BYTES: usize = 65_535;

/// A stream of bytes gives the same frames in whatever pieces it arrives; every frame that is read is written as
/// the same bytes, and what fits a configuration can be mapped. The first byte tells the size of the pieces.
pub(crate) fn frames(input: &[u8]) {
    let Some((size, stream)) = input.split_first() else { return };
    let whole = cut(std::iter::once(stream));
    assert_eq!(whole, cut(stream.chunks(usize::from(*size).max(1))));
    let mut device = Device::default();
    for bytes in whole.iter().take(MOST_FRAMES) {
        device.take(&Frame::decode(bytes).expect("the assembler has checked it"));
    }
}

fn cut<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
    let mut assembler = FrameAssembler::default();
    let mut frames = Vec::new();
    for piece in pieces {
        assembler.receive(piece, |frame| frames.push(frame.bytes.to_vec()));
    }
    assert_eq!(assembler.counts().frames, frames.len() as u64);
    frames
}

fn written(configuration: &Configuration) -> Vec<Vec<u8>> {
    configuration.encode_fragments().expect("what was read can be written")
}

/// The configuration of frames that were written.
fn read(frames: &[Vec<u8>]) -> Configuration {
    let mut fragments = Fragments::default();
    let read = frames.iter().filter_map(|bytes| {
        let frame = Frame::decode(bytes).expect("a frame that was written");
        match frame.message().expect("a frame that was written") {
            Message::Configuration(whole) => Some(*whole),
            Message::ConfigurationFragment { index } => {
                fragments.receive(&frame, index).expect("pieces in their order")
            }
            other => panic!("{other:?}"),
        }
    });
    read.last().expect("the last piece was among them")
}

/// What was heard of a device.
#[derive(Default)]
struct Device {
    fragments: Fragments,
    configuration: Option<(Arc<Configuration>, DataLayout)>,
}

impl Device {
    fn take(&mut self, frame: &Frame<'_>) {
        let mut again = Vec::new();
        match frame.message() {
            Err(_) => return,
            Ok(Message::Data) => return self.take_data(frame),
            Ok(Message::ConfigurationFragment { index }) => {
                if let Ok(Some(configuration)) = self.fragments.receive(frame, index) {
                    self.configure(configuration);
                }
                return;
            }
            Ok(Message::Configuration(configuration)) if frame.bytes.len() > MOST_FRAME_BYTES => {
                // An image of several frames; who writes it writes frames of their own.
                let frames = written(&configuration);
                assert_eq!(written(&read(&frames)), frames);
                return self.configure(*configuration);
            }
            Ok(Message::Configuration(configuration)) => {
                configuration.encode(&mut again).expect("what a frame held fits a frame");
                if frame.kind != FrameType::Configuration1 {
                    self.configure(*configuration);
                }
            }
            Ok(Message::Header(text)) => {
                encode_header(&mut again, frame.version, frame.id_code, frame.time, text).expect("it fitted");
            }
            Ok(Message::Command(command)) => {
                // What follows the code of a command that is not extended has no meaning.
                let is_plain = frame.payload().len() == 2 || command.code() == 8;
                encode_command(&mut again, frame.version, frame.id_code, frame.time, &command)
                    .expect("it fitted");
                if !is_plain {
                    return;
                }
            }
        }
        assert_eq!(again, frame.bytes);
    }

    fn configure(&mut self, configuration: Configuration) {
        if let Ok(layout) = DataLayout::new(&configuration) {
            self.configuration = Some((Arc::new(configuration), layout));
        }
    }

    fn take_data(&self, frame: &Frame<'_>) {
        let Some((configuration, layout)) = &self.configuration else { return };
        let Ok(data) = layout.decode(frame) else { return };
        if frame.version == configuration.version {
            let values: Vec<PmuValues> = data.pmus().map(|pmu| pmu.values()).collect();
            let mut again = Vec::new();
            layout.encode(&mut again, frame.time, &values).expect("they were read by the same layout");
            assert_eq!(again, frame.bytes);
        }
        let input = Input {
            name: "PDC".into(),
            device_prefix: String::new(),
            company: String::new(),
            vendor: String::new(),
            configuration: configuration.clone(),
        };
        let Ok(mapping) = Mapping::new(vec![input]) else { return };
        let mut measurements = Vec::new();
        assert!(mapping.read(0, &data, &mut measurements).is_some());
        assert_eq!(measurements.len(), mapping.signal_ids().len());
    }
}
