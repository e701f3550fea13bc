//! A CFG-3 in several frames.

use super::configuration::{Configuration, ConfigurationForm};
use super::error::C37118Error;
use super::frame::{self, Frame, FrameType, HEADER_SIZE, INDEX_SIZE, LAST};

/// Largest configuration that is put together. Nothing real comes near.
pub(super) const MOST_BYTES: usize = 4 << 20;

/// Puts a CFG-3 together that came in pieces, each of them a frame of its own.
#[derive(Debug, Default)]
pub struct Fragments {
    payload: Vec<u8>,
    /// CONT_IDX that is due; 0 when no piece came yet.
    expected: u16,
}

impl Fragments {
    /// Takes the next piece. Returns the configuration when it was the last one.
    ///
    /// # Errors
    ///
    /// [`C37118Error::Fragment`] when a piece is missing, doubled or out of order, and those of
    /// [`Configuration::decode`]; the pieces before it are forgotten then.
    pub fn receive(&mut self, frame: &Frame<'_>, index: u16) -> Result<Option<Configuration>, C37118Error> {
        if index == 1 {
            self.payload.clear();
            // Where a whole configuration has CONT_IDX.
            self.payload.extend_from_slice(&[0; INDEX_SIZE]);
            self.expected = 1;
        }
        let is_due = self.expected > 0 && (index == self.expected || index == LAST);
        if !is_due {
            let expected = std::mem::take(&mut self.expected).max(1);
            return Err(C37118Error::Fragment { index, expected });
        }
        let piece = frame.payload().get(INDEX_SIZE..).unwrap_or_default();
        if self.payload.len() + piece.len() > MOST_BYTES {
            self.expected = 0;
            return Err(C37118Error::TooLarge {
                what: "a CFG-3 in pieces",
                size: self.payload.len() + piece.len(),
            });
        }
        self.payload.extend_from_slice(piece);
        if index != LAST {
            self.expected = index.saturating_add(1);
            return Ok(None);
        }
        self.expected = 0;
        let payload = std::mem::take(&mut self.payload);
        Configuration::decode_payload(frame, ConfigurationForm::Cfg3, &payload).map(Some)
    }
}

impl Configuration {
    /// Writes the frames of any form: one, or several where it is a CFG-3 that one cannot hold.
    ///
    /// # Errors
    ///
    /// Those of [`encode`](Self::encode) and [`encode_fragments`](Self::encode_fragments).
    pub fn encode_frames(&self) -> Result<Vec<Vec<u8>>, C37118Error> {
        if self.form == ConfigurationForm::Cfg3 {
            return self.encode_fragments();
        }
        let mut frame = Vec::new();
        self.encode(&mut frame)?;
        Ok(vec![frame])
    }

    /// Writes a CFG-3 of any length, as one frame, or as several where one cannot hold it.
    ///
    /// # Errors
    ///
    /// Those of [`encode`](Self::encode), but not for its length; one that would take more than 65,534
    /// frames is refused.
    pub fn encode_fragments(&self) -> Result<Vec<Vec<u8>>, C37118Error> {
        const ROOM: usize = frame::MAX_FRAME_SIZE - HEADER_SIZE - INDEX_SIZE - frame::CHECK_SIZE;
        let what = FrameType::Configuration3.name();
        if self.form != ConfigurationForm::Cfg3 {
            return Err(C37118Error::Unencodable("only a CFG-3 can come in pieces".into()));
        }
        let mut payload = Vec::new();
        self.write(&mut payload)?;
        let count = payload.len().div_ceil(ROOM);
        if count >= usize::from(LAST) {
            return Err(C37118Error::TooLarge { what, size: payload.len() });
        }
        let mut frames = Vec::with_capacity(count);
        for (number, piece) in payload.chunks(ROOM).enumerate() {
            let index = match number + 1 {
                1 if count == 1 => 0,
                number if number == count => LAST,
                number => number as u16,
            };
            let mut bytes = Vec::with_capacity(piece.len() + frame::MAX_FRAME_SIZE - ROOM);
            frame::begin(&mut bytes, FrameType::Configuration3, self.version, self.id_code, self.time);
            bytes.extend_from_slice(&index.to_be_bytes());
            bytes.extend_from_slice(piece);
            frame::finish(&mut bytes, what)?;
            frames.push(bytes);
        }
        Ok(frames)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Message;
    use super::super::configuration::sample;
    use super::*;

    /// A CFG-3 that takes several frames.
    fn large() -> Configuration {
        let mut configuration = sample(ConfigurationForm::Cfg3);
        let pmu = configuration.pmus[0].clone();
        configuration.pmus.resize(900, pmu);
        configuration
    }

    fn index(frame: &Frame<'_>) -> u16 {
        match frame.message().unwrap() {
            Message::ConfigurationFragment { index } => index,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_large_configuration_comes_in_pieces_and_is_put_together() {
        let configuration = large();
        assert!(matches!(configuration.encode(&mut Vec::new()), Err(C37118Error::TooLarge { .. })));
        let frames = configuration.encode_fragments().unwrap();
        assert!(frames.len() > 2);
        let mut fragments = Fragments::default();
        let mut whole = None;
        for bytes in &frames {
            assert_eq!(whole, None);
            let frame = Frame::decode(bytes).unwrap();
            whole = fragments.receive(&frame, index(&frame)).unwrap();
        }
        assert_eq!(whole, Some(configuration));
    }

    #[test]
    fn a_piece_that_is_missing_or_doubled_is_told_and_the_next_first_one_helps() {
        let frames = large().encode_fragments().unwrap();
        let frames: Vec<_> = frames.iter().map(|bytes| Frame::decode(bytes).unwrap()).collect();
        for order in [[0, 2], [0, 0], [1, 2]] {
            let mut fragments = Fragments::default();
            let taken = order.map(|number| fragments.receive(&frames[number], index(&frames[number])));
            match order {
                [0, 0] => assert!(matches!(taken, [Ok(None), Ok(None)]), "a first piece begins anew"),
                _ => assert!(matches!(taken[1], Err(C37118Error::Fragment { .. })), "{order:?}: {taken:?}"),
            }
        }
        let mut fragments = Fragments { expected: 3, ..Fragments::default() };
        let last = frames.len() - 1;
        for (number, frame) in frames.iter().enumerate() {
            let taken = fragments.receive(frame, index(frame)).unwrap();
            assert_eq!(taken.is_some(), number == last);
        }
    }

    #[test]
    fn a_small_one_is_one_whole_frame() {
        let configuration = sample(ConfigurationForm::Cfg3);
        let mut frame = Vec::new();
        configuration.encode(&mut frame).unwrap();
        assert_eq!(configuration.encode_fragments().unwrap(), [frame]);
    }
}
