//! Encryption of measurements: AES-256 in CBC mode with PKCS #7 padding. Every message starts from
//! the same initialisation vector, as the protocol has it, and nothing tells whether a message is
//! genuine: this hides measurements from casual eyes. Against anyone who can read the keys on
//! their way, or change packets, only TLS helps.

use std::fmt;

use aes::Aes256;
use aes::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use thiserror::Error;
use zeroize::Zeroize;

use crate::wire::cipher_keys::{IV_SIZE, KEY_SIZE};

/// Encrypted messages have a multiple of so many bytes.
pub const BLOCK_SIZE: usize = 16;

/// A message that cannot be decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CipherError {
    /// Nothing, or not a multiple of [`BLOCK_SIZE`].
    #[error("an encrypted message has {0} bytes, which is no multiple of {BLOCK_SIZE}")]
    Length(usize),
    /// The padding is none: the key is another one, or the message is damaged.
    #[error("the key does not fit the message")]
    Padding,
}

/// A key with its initialisation vector. Its memory is overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct CipherKey {
    key: [u8; KEY_SIZE],
    iv: [u8; IV_SIZE],
}

impl CipherKey {
    /// The key of these bytes.
    pub fn new(key: [u8; KEY_SIZE], iv: [u8; IV_SIZE]) -> CipherKey {
        CipherKey { key, iv }
    }

    /// A new key from the system's random numbers.
    ///
    /// # Errors
    /// The system has none to give.
    pub fn random() -> std::io::Result<CipherKey> {
        let mut made = CipherKey { key: [0; KEY_SIZE], iv: [0; IV_SIZE] };
        crate::host::fill_random(&mut made.key)?;
        crate::host::fill_random(&mut made.iv)?;
        Ok(made)
    }

    /// The key's bytes.
    pub fn key(&self) -> &[u8; KEY_SIZE] {
        &self.key
    }

    /// The bytes of the initialisation vector.
    pub fn iv(&self) -> &[u8; IV_SIZE] {
        &self.iv
    }

    /// Encrypts what `message` holds from byte `from` on. It grows by 1 to [`BLOCK_SIZE`] bytes.
    ///
    /// # Panics
    /// When `message` is shorter than `from`.
    pub fn encrypt(&self, message: &mut Vec<u8>, from: usize) {
        let padding = BLOCK_SIZE - (message.len() - from) % BLOCK_SIZE;
        message.resize(message.len() + padding, padding as u8);
        let (blocks, _) = Array::slice_as_chunks_mut(&mut message[from..]);
        cbc::Encryptor::<Aes256>::new(&self.key.into(), &self.iv.into()).encrypt_blocks(blocks);
    }

    /// Appends the decrypted message to `out`, which is as before after an error.
    pub fn decrypt(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), CipherError> {
        if message.is_empty() || !message.len().is_multiple_of(BLOCK_SIZE) {
            return Err(CipherError::Length(message.len()));
        }
        let before = out.len();
        out.extend_from_slice(message);
        let (blocks, _) = Array::slice_as_chunks_mut(&mut out[before..]);
        cbc::Decryptor::<Aes256>::new(&self.key.into(), &self.iv.into()).decrypt_blocks(blocks);
        match padding_of(&out[before..]) {
            Some(padding) => {
                out.truncate(out.len() - padding);
                Ok(())
            }
            None => {
                out.truncate(before);
                Err(CipherError::Padding)
            }
        }
    }
}

/// Length of the padding: so many bytes, each of this value.
fn padding_of(message: &[u8]) -> Option<usize> {
    let length = usize::from(*message.last()?);
    let (_, padding) = message.split_at_checked(message.len().checked_sub(length)?)?;
    let is_padding =
        (1..=BLOCK_SIZE).contains(&length) && padding.iter().all(|byte| usize::from(*byte) == length);
    is_padding.then_some(length)
}

impl Drop for CipherKey {
    fn drop(&mut self) {
        self.key.zeroize();
        self.iv.zeroize();
    }
}

/// Without the key.
impl fmt::Debug for CipherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CipherKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counting<const N: usize>(from: u8) -> [u8; N] {
        std::array::from_fn(|index| from + index as u8)
    }

    fn key() -> CipherKey {
        CipherKey::new(counting(0), counting(100))
    }

    /// As `openssl enc -aes-256-cbc` encrypts it.
    #[test]
    fn messages_are_those_of_other_implementations() {
        let mut message = b"??synchrophasor measurement".to_vec();
        key().encrypt(&mut message, 2);
        let expected = [
            0x4D, 0x73, 0xA0, 0x7E, 0x73, 0x4F, 0x99, 0xBA, 0x54, 0x56, 0x0A, 0x48, 0x03, 0x29, 0x67, 0xE6,
            0x35, 0x53, 0x84, 0x86, 0x35, 0x30, 0x6A, 0x0F, 0xFA, 0xA4, 0x9E, 0x83, 0xA8, 0x79, 0xEE, 0x5C,
        ];
        assert_eq!(message[2..], expected);
        let mut plain = vec![9];
        key().decrypt(&expected, &mut plain).unwrap();
        assert_eq!(plain, b"\x09synchrophasor measurement");
    }

    #[test]
    fn full_blocks_get_a_block_of_padding() {
        let mut message = vec![7; BLOCK_SIZE];
        key().encrypt(&mut message, 0);
        assert_eq!(message.len(), 2 * BLOCK_SIZE);
    }

    #[test]
    fn what_is_no_message_is_an_error_and_leaves_nothing() {
        let mut out = vec![1, 2];
        for length in [0, 1, 15, 17] {
            assert_eq!(key().decrypt(&vec![0; length], &mut out), Err(CipherError::Length(length)));
        }
        let mut message = b"measurements".to_vec();
        key().encrypt(&mut message, 0);
        let other = CipherKey::new(counting(1), counting(100));
        assert_eq!(other.decrypt(&message, &mut out), Err(CipherError::Padding));
        assert_eq!(out, [1, 2]);
    }

    #[test]
    fn random_keys_differ_and_are_not_shown() {
        let (one, two) = (CipherKey::random().unwrap(), CipherKey::random().unwrap());
        assert_ne!(one, two);
        assert_ne!(one.key(), &[0; KEY_SIZE]);
        assert_eq!(format!("{one:?}"), "CipherKey { .. }");
    }

    proptest! {
        #[test]
        fn messages_round_trip(text in prop::collection::vec(any::<u8>(), 0..100), clear in 0_usize..9) {
            let mut message = [vec![0xAA; clear], text.clone()].concat();
            key().encrypt(&mut message, clear);
            prop_assert_eq!(&message[..clear], vec![0xAA; clear]);
            let mut plain = Vec::new();
            key().decrypt(&message[clear..], &mut plain).unwrap();
            prop_assert_eq!(plain, text);
        }

        #[test]
        fn garbage_never_panics(message in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = key().decrypt(&message, &mut Vec::new());
        }
    }
}
