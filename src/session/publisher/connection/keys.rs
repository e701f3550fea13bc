//! Encrypted measurements: each connection has keys of its own, which change from time to time.

use std::time::{Duration, Instant};

use super::Connection;
use crate::codec::cipher::{BLOCK_SIZE, CipherKey};
use crate::rights::AuditSubject;
use crate::session::Severity;
use crate::session::publisher::context::Context;
use crate::session::publisher::settings::SHORTEST_ROTATION;
use crate::session::publisher::timers::Task;
use crate::wire::cipher_keys::CipherKeys;
use crate::wire::frame::{RESPONSE_HEADER_SIZE, write_response_length};
use crate::wire::messages::DataPacketFlags;
use crate::wire::{Command, Response};

/// For how long subscribers keep the keys that are not used any more. Datagrams that are on their way
/// need them, and some subscribers end when they decrypt one with others.
pub(crate) const RETIREMENT: Duration = Duration::from_millis(500);

/// What encryption adds to a data packet at most.
pub(crate) const ENCRYPTION_OVERHEAD: usize = BLOCK_SIZE;

/// Where a response has its flags, and from where on it is encrypted: offsets in the payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sealing {
    pub(super) flags: usize,
    pub(super) encrypted_from: usize,
}

/// Data packets: the flags stay clear.
pub(super) const DATA_PACKET: Sealing = Sealing { flags: 0, encrypted_from: 1 };
/// Buffer blocks: the sequence number and the flags stay clear.
pub(super) const BUFFER_BLOCK: Sealing = Sealing { flags: 4, encrypted_from: 5 };

/// The two sets of keys of a connection. Packets name the one they are encrypted with, so that
/// those on their way can still be read after a rotation.
#[derive(Debug)]
pub(super) struct CipherKeyring {
    sets: [CipherKey; 2],
    active: usize,
    rotated: Instant,
    /// Takes the place of the set that is not active, once nobody needs that any more.
    successor: Option<CipherKey>,
}

impl CipherKeyring {
    fn new(now: Instant) -> std::io::Result<CipherKeyring> {
        let sets = [CipherKey::random()?, CipherKey::random()?];
        Ok(CipherKeyring { sets, active: 0, rotated: now, successor: None })
    }

    /// The other set, which the subscriber knows already, is used from now on.
    fn rotate(&mut self, now: Instant) -> std::io::Result<()> {
        self.successor = Some(CipherKey::random()?);
        self.active ^= 1;
        self.rotated = now;
        Ok(())
    }

    /// The set that was used before the rotation gets its new keys. False if it has them.
    fn retire(&mut self) -> bool {
        let Some(successor) = self.successor.take() else { return false };
        self.sets[1 - self.active] = successor;
        true
    }

    /// An encrypted copy of a frame.
    pub(super) fn seal(&self, frame: &[u8], sealing: Sealing) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(frame.len() + ENCRYPTION_OVERHEAD);
        sealed.extend_from_slice(frame);
        if self.active == 1 {
            sealed[RESPONSE_HEADER_SIZE + sealing.flags] |= DataPacketFlags::CIPHER_INDEX.bits();
        }
        self.sets[self.active].encrypt(&mut sealed, RESPONSE_HEADER_SIZE + sealing.encrypted_from);
        write_response_length(&mut sealed);
        sealed
    }
}

fn no_random_numbers(error: std::io::Error) -> String {
    format!("the publisher has no random numbers for cipher keys: {error}; try again later")
}

impl Connection {
    /// Tells the keys, and that they are told.
    fn send_cipher_keys(&mut self) {
        let Some(keys) = &self.outlet.keys else { return };
        let [even, odd] = &keys.sets;
        let sets = [(even.key(), even.iv()), (odd.key(), odd.iv())];
        let payload = CipherKeys { active: keys.active as u8, sets }.encode();
        self.outlet.announce(Response::UpdateCipherKeys, &payload);
        self.outlet.succeed(Command::RotateCipherKeys, "New cipher keys established.");
    }

    pub(crate) fn has_cipher_keys(&self) -> bool {
        self.outlet.keys.is_some()
    }

    /// Gives the connection its first keys, unless it has some. Once it has, all its measurements are
    /// encrypted, because subscribers expect that.
    pub(crate) fn begin_encryption(&mut self, cx: &mut Context<'_>) -> Result<(), String> {
        if self.outlet.keys.is_none() {
            self.outlet.keys = Some(CipherKeyring::new(cx.now.instant).map_err(no_random_numbers)?);
            self.send_cipher_keys();
            let due = cx.now.instant + cx.settings.encryption.rotation;
            cx.timers.set(due, self.key, Task::RotateCipherKeys);
        }
        Ok(())
    }

    /// The subscriber wants other keys.
    pub(crate) fn answer_rotation_command(&mut self, cx: &mut Context<'_>) {
        let refusal = match &self.outlet.keys {
            None => Err("this connection has no cipher keys: its measurements are not encrypted".into()),
            Some(keys) if cx.now.instant < keys.rotated + SHORTEST_ROTATION => {
                Err("the cipher keys are less than a second old; try again later".into())
            }
            Some(_) => self.rotate_cipher_keys(cx),
        };
        match refusal {
            Ok(()) => self.accept(AuditSubject::CipherKeys, "they are changed", cx),
            Err(text) => self.refuse(Command::RotateCipherKeys, AuditSubject::CipherKeys, &text, cx),
        }
    }

    /// Changes to the other keys. The subscriber is told, as the answer, when it gets new ones for those
    /// that were used up to now.
    fn rotate_cipher_keys(&mut self, cx: &mut Context<'_>) -> Result<(), String> {
        if let Some(keys) = &mut self.outlet.keys {
            keys.rotate(cx.now.instant).map_err(no_random_numbers)?;
            cx.timers.set(cx.now.instant + RETIREMENT, self.key, Task::RetireCipherKeys);
        }
        Ok(())
    }

    /// Tells the keys that take the place of those from before the rotation.
    pub(crate) fn retire_cipher_keys(&mut self) {
        if self.outlet.keys.as_mut().is_some_and(CipherKeyring::retire) {
            self.send_cipher_keys();
        }
    }

    /// Changes keys that have been used for long enough.
    pub(crate) fn rotate_old_cipher_keys(&mut self, cx: &mut Context<'_>) {
        let Some(keys) = &self.outlet.keys else { return };
        let rotation = cx.settings.encryption.rotation;
        let mut due = keys.rotated + rotation;
        if due <= cx.now.instant {
            due = cx.now.instant + rotation;
            if let Err(text) = self.rotate_cipher_keys(cx) {
                let text = format!("{} keeps its cipher keys: {text}", self.info.address);
                cx.outbox.message(Severity::Error, text);
            }
        }
        cx.timers.set(due, self.key, Task::RotateCipherKeys);
    }
}
