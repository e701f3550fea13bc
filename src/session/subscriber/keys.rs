//! Measurements that the publisher encrypts.

use std::borrow::Cow;

use super::caches::CacheSlots;
use super::outbox::Outbox;
use crate::codec::cipher::{BLOCK_SIZE, CipherKey};
use crate::codec::compact;
use crate::session::Severity;
use crate::wire::cipher_keys::CipherKeys;
use crate::wire::messages::{DataPacketFlags, TSSC_VERSION};

/// Where the encrypted part of a data packet begins, behind its flags.
pub(super) const PACKET_ENCRYPTED_FROM: usize = 1;
/// Where that of a buffer block begins, behind its sequence number and flags.
pub(super) const BLOCK_ENCRYPTED_FROM: usize = 5;
/// Bytes of the count in front of measurements.
const COUNT_SIZE: usize = 4;

/// The publisher's keys; none before it told some.
#[derive(Debug, Default)]
pub(super) struct Keys {
    sets: Option<[KeySet; 2]>,
}

/// The key of a set, and the one before: datagrams that were on their way when the key came need
/// the old one.
#[derive(Debug)]
struct KeySet {
    key: CipherKey,
    previous: Option<CipherKey>,
}

impl Keys {
    /// The publisher has told keys.
    pub(super) fn are_there(&self) -> bool {
        self.sets.is_some()
    }

    /// Takes in the publisher's keys.
    pub(super) fn receive(&mut self, payload: &[u8], outbox: &mut Outbox) {
        let keys = match CipherKeys::decode(payload) {
            Ok(keys) => keys,
            Err(error) => return outbox.warn(format!("ignored UpdateCipherKeys: {error}")),
        };
        if self.sets.is_none() {
            outbox.message(Severity::Info, "The publisher encrypts measurements from now on.".into());
        }
        self.use_keys(&keys);
    }

    fn use_keys(&mut self, keys: &CipherKeys<'_>) {
        let [even, odd] = keys.sets.map(|(key, iv)| CipherKey::new(*key, *iv));
        match &mut self.sets {
            Some(sets) => {
                sets[0].replace(even);
                sets[1].replace(odd);
            }
            None => self.sets = Some([even, odd].map(|key| KeySet { key, previous: None })),
        }
    }

    /// Whether a payload must be encrypted from there on, and is not. So it is with what comes by UDP once
    /// there are keys: the keys come before what they encrypt, and anyone can send datagrams.
    pub(super) fn lacks_encryption(&self, payload: &[u8], encrypted_from: usize) -> bool {
        self.sets.is_some() && split_encrypted(payload, encrypted_from).is_none()
    }

    /// The payload of a response whose bytes from `encrypted_from` on may be encrypted, as it was
    /// before that. `flags` name the set of keys; `is_plausible` tells whether decrypted bytes can
    /// be meant, which a wrong key hardly ever makes true.
    ///
    /// What was sent before the keys, or cannot be encrypted for its length, is taken as it is; see
    /// [`lacks_encryption`](Self::lacks_encryption).
    pub(super) fn open<'a>(
        &self,
        flags: DataPacketFlags,
        payload: &'a [u8],
        encrypted_from: usize,
        is_plausible: impl Fn(&[u8]) -> bool,
    ) -> Result<Cow<'a, [u8]>, String> {
        let Some([even, odd]) = &self.sets else { return Ok(Cow::Borrowed(payload)) };
        let Some((clear, encrypted)) = split_encrypted(payload, encrypted_from) else {
            return Ok(Cow::Borrowed(payload));
        };
        let set = if flags.contains(DataPacketFlags::CIPHER_INDEX) { odd } else { even };
        let mut opened = Vec::with_capacity(payload.len());
        opened.extend_from_slice(clear);
        for key in std::iter::once(&set.key).chain(&set.previous) {
            opened.truncate(encrypted_from);
            if key.decrypt(encrypted, &mut opened).is_ok() && is_plausible(&opened[encrypted_from..]) {
                return Ok(Cow::Owned(opened));
            }
        }
        Err("it cannot be decrypted with the keys that the publisher told".into())
    }
}

impl Keys {
    /// The payload of a buffer block as it was before encryption, which leaves its sequence number
    /// and flags clear.
    pub(super) fn open_block<'a>(
        &self,
        payload: &'a [u8],
        caches: &CacheSlots,
    ) -> Result<Cow<'a, [u8]>, String> {
        let flags = DataPacketFlags::from_bits_retain(payload.get(4).copied().unwrap_or_default());
        self.open(flags, payload, BLOCK_ENCRYPTED_FROM, |plain| {
            plain.first_chunk().is_some_and(|index| caches.have_signal(u32::from_be_bytes(*index)))
        })
    }
}

impl KeySet {
    fn replace(&mut self, key: CipherKey) {
        if self.key != key {
            self.previous = Some(std::mem::replace(&mut self.key, key));
        }
    }
}

/// The clear and the encrypted part of a payload whose length allows that it is encrypted.
fn split_encrypted(payload: &[u8], encrypted_from: usize) -> Option<(&[u8], &[u8])> {
    let (clear, message) = payload.split_at_checked(encrypted_from)?;
    (!message.is_empty() && message.len().is_multiple_of(BLOCK_SIZE)).then_some((clear, message))
}

/// Whether these can be the bytes behind the flags of a data packet.
pub(super) fn is_data_packet(flags: DataPacketFlags, plain: &[u8]) -> bool {
    let Some((count, body)) = plain.split_first_chunk::<COUNT_SIZE>() else { return false };
    if flags.contains(DataPacketFlags::COMPRESSED) {
        return body.first() == Some(&TSSC_VERSION);
    }
    let count = u32::from_be_bytes(*count) as usize;
    let lengths = count.checked_mul(compact::MIN_LENGTH).zip(count.checked_mul(compact::MAX_LENGTH));
    lengths.is_some_and(|(least, most)| (least..=most).contains(&body.len()))
}
