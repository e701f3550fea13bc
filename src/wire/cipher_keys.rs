//! UpdateCipherKeys (0x85): the two sets of keys, and which of them is in use.

use bytes::BufMut;
use thiserror::Error;

use super::reader::{Reader, Truncated};

/// Bytes of a key: AES-256.
pub const KEY_SIZE: usize = 32;
/// Bytes of an initialisation vector.
pub const IV_SIZE: usize = 16;

/// Payload of UpdateCipherKeys: five fields for each set behind the index of the one in use. Not
/// protected by anything but TLS.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CipherKeys<'a> {
    /// The set that packets are encrypted with from now on: 0 is the even one, 1 the odd one.
    pub active: u8,
    /// Key and initialisation vector of the even and of the odd set.
    pub sets: [(&'a [u8; KEY_SIZE], &'a [u8; IV_SIZE]); 2],
}

/// Cipher keys that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CipherKeysError {
    /// The payload ends too early.
    #[error(transparent)]
    Truncated(#[from] Truncated),
    /// A field has another length than AES-256 needs.
    #[error("{field} has {length} bytes, but AES-256 in CBC mode takes {expected}")]
    Length {
        /// Name of the field.
        field: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The length it must have.
        expected: usize,
    },
}

impl<'a> CipherKeys<'a> {
    /// Reads the payload; bytes behind the last field are ignored.
    pub fn decode(payload: &'a [u8]) -> Result<CipherKeys<'a>, CipherKeysError> {
        let mut reader = Reader::new(payload);
        let active = u8::from(reader.u8("index of the active cipher keys")? != 0);
        let even = (field(&mut reader, "even key")?, field(&mut reader, "even initialisation vector")?);
        let odd = (field(&mut reader, "odd key")?, field(&mut reader, "odd initialisation vector")?);
        Ok(CipherKeys { active, sets: [even, odd] })
    }

    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(1 + 2 * (4 + KEY_SIZE + 4 + IV_SIZE));
        payload.put_u8(self.active);
        for (key, iv) in self.sets {
            payload.put_u32(KEY_SIZE as u32);
            payload.put_slice(key);
            payload.put_u32(IV_SIZE as u32);
            payload.put_slice(iv);
        }
        payload
    }
}

fn field<'a, const N: usize>(
    reader: &mut Reader<'a>,
    name: &'static str,
) -> Result<&'a [u8; N], CipherKeysError> {
    let length = reader.u32(name)? as usize;
    if length != N {
        return Err(CipherKeysError::Length { field: name, length, expected: N });
    }
    Ok(reader.array(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_round_trip() {
        let keys = CipherKeys { active: 1, sets: [(&[1; 32], &[2; 16]), (&[3; 32], &[4; 16])] };
        let mut payload = keys.encode();
        assert_eq!(payload.len(), 113);
        assert_eq!((&payload[..5], payload[37 + 3], payload[113 - 16]), (&[1, 0, 0, 0, 32][..], 16, 4));
        payload.push(9);
        assert!(CipherKeys::decode(&payload) == Ok(keys));
    }

    #[test]
    fn any_index_but_0_is_1() {
        let keys = CipherKeys { active: 255, sets: [(&[1; 32], &[2; 16]); 2] };
        assert!(CipherKeys::decode(&keys.encode()).is_ok_and(|keys| keys.active == 1));
    }

    #[test]
    fn keys_that_are_cut_or_of_another_length_are_errors() {
        let payload = CipherKeys { active: 0, sets: [(&[1; 32], &[2; 16]); 2] }.encode();
        for length in 0..payload.len() {
            assert!(matches!(CipherKeys::decode(&payload[..length]), Err(CipherKeysError::Truncated(_))));
        }
        for position in [1, 4, 37, 40, 57, 93] {
            let mut wrong = payload.clone();
            wrong[position] ^= 0x81;
            assert!(matches!(CipherKeys::decode(&wrong), Err(CipherKeysError::Length { .. })), "{position}");
        }
    }
}
