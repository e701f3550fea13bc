//! What a server tells of its stream: the configuration in all forms, and the header frame.

use std::sync::Arc;

use bytes::Bytes;

use crate::Ticks;
use crate::c37118::frame::{are_same_but_for_times, encode_header, restamp};
use crate::c37118::{
    C37118Error, Configuration, ConfigurationForm, DataLayout, Frame, FrameAssembler, FrameTime, FrameType,
    TimeBase, Version,
};

/// A frame that may be shared by many.
pub(super) type SharedFrame = Arc<Vec<u8>>;

/// Where the frames of a kind stand.
const KINDS: [FrameType; 4] =
    [FrameType::Header, FrameType::Configuration1, FrameType::Configuration2, FrameType::Configuration3];

/// Frames of a kind that can be told.
#[derive(Debug, Clone)]
struct Told {
    frames: Vec<SharedFrame>,
    /// They are told as they are; others get the time when they are told.
    is_raw: bool,
}

#[derive(Debug, Default)]
pub(super) struct Description {
    id_code: Option<u16>,
    version: Option<Version>,
    time_base: Option<TimeBase>,
    /// Of data frames, where the configuration is made here.
    layout: Option<DataLayout>,
    /// In the order of `KINDS`.
    told: [Option<Told>; 4],
    /// How often each of them has changed.
    versions: [u64; 4],
    header: Option<Vec<u8>>,
}

impl Description {
    /// ID code of the stream, when it is known.
    pub(super) fn id_code(&self) -> Option<u16> {
        self.id_code
    }

    /// Whether there is any configuration.
    pub(super) fn has_configuration(&self) -> bool {
        self.told[1..].iter().any(Option::is_some)
    }

    /// Takes a configuration, to be told in all forms: as CFG-3 as `long` has it, which is the same one or the same
    /// data frames in more words. Returns the kinds that are not the same as before, and the forms in which it
    /// cannot be told.
    pub(super) fn set_configuration(
        &mut self,
        configuration: &Configuration,
        long: &Configuration,
    ) -> Result<(Vec<FrameType>, Vec<C37118Error>), C37118Error> {
        let layout = DataLayout::new(configuration)?;
        if !layout.is_that_of(long) {
            let text = "the configuration and the one to be told as CFG-3 are of different data frames";
            return Err(C37118Error::Unencodable(text.into()));
        }
        let mut changed = Vec::new();
        let mut errors = Vec::new();
        let mut told = [const { None }; 3];
        use ConfigurationForm::{Cfg1, Cfg2, Cfg3};
        let all = [(configuration, Cfg1), (configuration, Cfg2), (long, Cfg3)];
        for (told, (of, form)) in told.iter_mut().zip(all) {
            match of.to_form(form).encode_frames() {
                Ok(frames) => {
                    let frames = frames.into_iter().map(Arc::new).collect();
                    *told = Some(Told { frames, is_raw: false });
                }
                Err(error) => errors.push(error),
            }
        }
        if told.iter().all(Option::is_none)
            && let Some(error) = errors.pop()
        {
            return Err(error);
        }
        self.layout = Some(layout);
        self.id_code = Some(configuration.id_code);
        self.version = Some(configuration.version);
        self.time_base = Some(configuration.time_base);
        for (place, told) in told.into_iter().enumerate() {
            self.replace(place + 1, told, &mut changed);
        }
        self.make_header(&mut changed);
        Ok((changed, errors))
    }

    /// Takes the text of the header frame. Returns what is not the same as before.
    pub(super) fn set_header(&mut self, text: Vec<u8>) -> Result<Vec<FrameType>, C37118Error> {
        let mut changed = Vec::new();
        encode_header(&mut Vec::new(), Version::V1, 0, FrameTime::default(), &text)?;
        self.header = Some(text);
        self.make_header(&mut changed);
        Ok(changed)
    }

    /// Takes frames that are told as they are. Returns what is not the same as before. When what the data frames
    /// carry is another thing than before, configurations of other forms are forgotten: they tell what was before.
    pub(super) fn set_raw(
        &mut self,
        kind: FrameType,
        frames: &[Bytes],
    ) -> Result<Vec<FrameType>, C37118Error> {
        let Some(place) = KINDS.iter().position(|known| *known == kind) else {
            let text = format!("a {} describes no stream", kind.name());
            return Err(C37118Error::Unencodable(text));
        };
        let mut id_code = None;
        for bytes in frames {
            let mut assembler = FrameAssembler::default();
            let mut is_one = false;
            assembler.receive(bytes, |frame| {
                is_one = frame.bytes.len() == bytes.len() && frame.kind == kind;
                id_code = Some(frame.id_code);
            });
            if !is_one {
                let text = format!("the bytes are not one whole {}", kind.name());
                return Err(C37118Error::Unencodable(text));
            }
        }
        let Some(id_code) = id_code else {
            return Err(C37118Error::Unencodable(format!("no frames of a {}", kind.name())));
        };
        self.layout = None;
        self.id_code = Some(id_code);
        let frames = frames.iter().map(|bytes| Arc::new(bytes.to_vec())).collect();
        let mut changed = Vec::new();
        let was_known = self.told[place].is_some();
        self.replace(place, Some(Told { frames, is_raw: true }), &mut changed);
        let tells_data = matches!(kind, FrameType::Configuration2 | FrameType::Configuration3);
        if tells_data && was_known && !changed.is_empty() {
            for (other, told) in self.told.iter_mut().enumerate().skip(1) {
                if other != place {
                    *told = None;
                }
            }
        }
        Ok(changed)
    }

    fn make_header(&mut self, changed: &mut Vec<FrameType>) {
        let (Some(text), Some(id_code)) = (&self.header, self.id_code) else { return };
        let mut frame = Vec::new();
        let version = self.version.unwrap_or(Version::V1);
        if encode_header(&mut frame, version, id_code, FrameTime::default(), text).is_ok() {
            self.replace(0, Some(Told { frames: vec![Arc::new(frame)], is_raw: false }), changed);
        }
    }

    fn replace(&mut self, place: usize, told: Option<Told>, changed: &mut Vec<FrameType>) {
        let is_same = match (&self.told[place], &told) {
            (Some(before), Some(now)) => {
                let [before, now] =
                    [before, now].map(|told| told.frames.iter().map(|frame| frame.as_slice()));
                are_same_but_for_times(before, now)
            }
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            changed.push(KINDS[place]);
            self.versions[place] += 1;
        }
        self.told[place] = told;
    }

    /// How often the frames of a kind have changed.
    pub(super) fn version(&self, kind: FrameType) -> u64 {
        KINDS.iter().position(|known| *known == kind).map_or(0, |place| self.versions[place])
    }

    /// The frames of a kind, to be sent now.
    pub(super) fn frames(&mut self, kind: FrameType, now: Ticks) -> Option<&[SharedFrame]> {
        let place = KINDS.iter().position(|known| *known == kind)?;
        let told = self.told[place].as_mut()?;
        if !told.is_raw {
            let time = FrameTime::from_ticks(now, self.time_base.unwrap_or(TimeBase::FINEST), 0);
            let is_of_another_second = |frame: &SharedFrame| {
                Frame::unchecked(frame).is_ok_and(|frame| frame.time.second != time.second)
            };
            // Those who ask within a second share them.
            if told.frames.first().is_some_and(is_of_another_second) {
                told.frames.iter_mut().for_each(|frame| restamp(Arc::make_mut(frame).as_mut_slice(), time));
            }
        }
        Some(&told.frames)
    }

    /// Checks that a data frame is one of this stream.
    pub(super) fn check_data(&self, bytes: &[u8]) -> Result<(), C37118Error> {
        let frame = Frame::decode(bytes)?;
        if let Some(layout) = &self.layout {
            return layout.decode(&frame).map(|_| ());
        }
        if frame.kind != FrameType::Data {
            return Err(C37118Error::Unencodable(format!("a {} is no data frame", frame.kind.name())));
        }
        match self.id_code {
            Some(expected) if expected != frame.id_code => {
                Err(C37118Error::OtherId { found: frame.id_code, expected })
            }
            _ => Ok(()),
        }
    }
}
