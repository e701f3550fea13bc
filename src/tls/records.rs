//! Where records of TLS begin and end in the ciphertext that arrives.

/// Bytes before the contents of a record; the last two of them tell how many those are.
const HEADER: usize = 5;

/// Follows ciphertext from record to record.
#[derive(Debug, Default)]
pub(super) struct Records {
    header: [u8; HEADER],
    /// Bytes of the present record that have arrived, its header among them.
    arrived: usize,
}

impl Records {
    pub(super) fn follow(&mut self, mut bytes: &[u8]) {
        while let Some((first, others)) = bytes.split_first() {
            if let Some(place) = self.header.get_mut(self.arrived) {
                *place = *first;
                self.arrived += 1;
                bytes = others;
            } else {
                let taken = (self.size() - self.arrived).min(bytes.len());
                self.arrived += taken;
                bytes = &bytes[taken..];
            }
            if self.arrived >= HEADER && self.arrived == self.size() {
                self.arrived = 0;
            }
        }
    }

    /// Bytes of a record of which the rest has not arrived; 0 when there is none.
    pub(super) fn unfinished(&self) -> usize {
        self.arrived
    }

    /// The size of the present record, once its header has arrived.
    fn size(&self) -> usize {
        HEADER + usize::from(u16::from_be_bytes([self.header[3], self.header[4]]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_end_where_their_headers_say() {
        let record = |length: u8| [&[23, 3, 3, 0, length][..], &vec![length; usize::from(length)]].concat();
        let all = [record(1), record(0), record(200)].concat();
        for piece in 1..=all.len() {
            let mut records = Records::default();
            let mut come = 0;
            for bytes in all.chunks(piece) {
                records.follow(bytes);
                come += bytes.len();
                // Where the last record begins of which something has come.
                let begins = [11, 6, 0].into_iter().find(|begins| *begins < come).unwrap_or_default();
                let is_whole = [6, 11, 216].contains(&come);
                assert_eq!(records.unfinished(), if is_whole { 0 } else { come - begins });
            }
        }
    }
}
