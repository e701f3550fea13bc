//! Encrypted measurements: each connection has keys of its own, which change from time to time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::PublisherSession;
use super::connection::Connection;
use super::events::ConnectionId;
use super::settings::SHORTEST_ROTATION;
use super::subscription::Carriage;
use super::timers::Task;
use crate::codec::cipher::{BLOCK_SIZE, CipherKey};
use crate::session::{Moment, Severity, log_message};
use crate::wire::cipher_keys::CipherKeys;
use crate::wire::frame::{RESPONSE_HEADER_SIZE, write_response_length};
use crate::wire::messages::DataPacketFlags;
use crate::wire::{Command, Response};

/// For how long subscribers keep the keys that are not used any more. Datagrams that are on their way
/// need them, and some subscribers end when they decrypt one with others.
pub(super) const RETIREMENT: Duration = Duration::from_millis(500);

/// What encryption adds to a data packet at most.
pub(super) const ENCRYPTION_OVERHEAD: usize = BLOCK_SIZE;

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
pub(super) struct Cipher {
    sets: [CipherKey; 2],
    active: usize,
    rotated: Instant,
    /// Takes the place of the set that is not active, once nobody needs that any more.
    successor: Option<CipherKey>,
}

impl Cipher {
    fn new(now: Instant) -> std::io::Result<Cipher> {
        let sets = [CipherKey::random()?, CipherKey::random()?];
        Ok(Cipher { sets, active: 0, rotated: now, successor: None })
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
        let Some(cipher) = &self.cipher else { return };
        let [even, odd] = &cipher.sets;
        let sets = [(even.key(), even.iv()), (odd.key(), odd.iv())];
        let payload = CipherKeys { active: cipher.active as u8, sets }.encode();
        self.announce(Response::UpdateCipherKeys, &payload);
        self.succeed(Command::RotateCipherKeys, "New cipher keys established.");
    }

    /// A frame as this connection gets it: encrypted once it has keys.
    pub(super) fn sealed(&self, frame: &Arc<Vec<u8>>, sealing: Sealing) -> Arc<Vec<u8>> {
        match &self.cipher {
            Some(cipher) => Arc::new(cipher.seal(frame, sealing)),
            None => frame.clone(),
        }
    }
}

impl PublisherSession {
    /// Gives a connection its first keys, if its measurements are to be encrypted from now on.
    /// Once it has some, all its measurements are encrypted, because subscribers expect that.
    pub(super) fn begin_encryption(
        &mut self,
        id: ConnectionId,
        carriage: &Carriage,
        now: Moment,
    ) -> Result<(), String> {
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        if connection.cipher.is_some() || !carriage.is_encrypted {
            return Ok(());
        }
        let cipher = Cipher::new(now.instant).map_err(no_random_numbers)?;
        connection.cipher = Some(cipher);
        connection.send_cipher_keys();
        self.timers.set(now.instant + self.settings.encryption.rotation, id, Task::RotateCipherKeys);
        Ok(())
    }

    pub(super) fn handle_rotation_command(&mut self, id: ConnectionId, now: Moment) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let refusal = match &connection.cipher {
            None => Some("this connection has no cipher keys: its measurements are not encrypted".into()),
            Some(cipher) if now.instant < cipher.rotated + SHORTEST_ROTATION => {
                Some("the cipher keys are less than a second old; try again later".into())
            }
            Some(_) => self.rotate_cipher_keys(id, now.instant).err(),
        };
        if let (Some(text), Some(connection)) = (refusal, self.connections.get_mut(&id)) {
            connection.fail(Command::RotateCipherKeys, &text);
        }
    }

    /// Changes to the other keys. The subscriber is told, as the answer, when it gets new ones for those
    /// that were used up to now.
    fn rotate_cipher_keys(&mut self, id: ConnectionId, now: Instant) -> Result<(), String> {
        if let Some(cipher) = self.connections.get_mut(&id).and_then(|connection| connection.cipher.as_mut())
        {
            cipher.rotate(now).map_err(no_random_numbers)?;
            self.timers.set(now + RETIREMENT, id, Task::RetireCipherKeys);
        }
        Ok(())
    }

    /// Tells a connection the keys that take the place of those from before the rotation.
    pub(super) fn retire_old_keys(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.cipher.as_mut().is_some_and(Cipher::retire) {
            connection.send_cipher_keys();
            super::mark_changed(connection, &mut self.changed);
        }
    }

    /// New keys for a connection whose keys have been used for long enough.
    pub(super) fn rotate_old_keys(&mut self, id: ConnectionId, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(cipher) = &connection.cipher else { return };
        let rotation = self.settings.encryption.rotation;
        let mut due = cipher.rotated + rotation;
        if due <= now {
            due = now + rotation;
            let address = connection.info.address;
            if let Err(text) = self.rotate_cipher_keys(id, now) {
                let text = format!("{address} keeps its cipher keys: {text}");
                log_message(Severity::Error, "sttp::publisher", &text);
            }
        }
        self.timers.set(due, id, Task::RotateCipherKeys);
    }
}
