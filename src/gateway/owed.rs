//! Descriptions of devices of C37.118 that are still to be passed on: nobody can read the frames of a device without them.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::error::Error;

/// Bytes that are handed over at once, so that what the publisher has waiting is not pushed out by them.
const MOST_AT_ONCE: usize = 256 << 10;
/// How long to wait for room after so many.
const BETWEEN: Duration = Duration::from_millis(1);
/// How long to wait when there is no room.
const RETRY: Duration = Duration::from_millis(20);

/// Buffer blocks that describe devices, which `D` names, until the publisher has taken them.
#[derive(Debug, Default)]
pub(super) struct Owed<D> {
    devices: BTreeMap<D, VecDeque<(Uuid, Vec<u8>)>>,
    /// When to try it.
    due: Option<Instant>,
}

impl<D: Copy + Ord> Owed<D> {
    /// All that describes a device is to be passed on, in place of what was of it before.
    pub(super) fn set(&mut self, device: D, blocks: impl IntoIterator<Item = (Uuid, Vec<u8>)>, now: Instant) {
        self.devices.insert(device, blocks.into_iter().collect());
        self.due.get_or_insert(now);
    }

    /// Whether some of what describes a device still waits.
    pub(super) fn has(&self, device: D) -> bool {
        self.devices.contains_key(&device)
    }

    /// A device is none of the input any more.
    pub(super) fn forget(&mut self, device: D) {
        self.devices.remove(&device);
        self.due = self.due.filter(|_| !self.devices.is_empty());
    }

    /// When to [`send`](Self::send).
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Hands over what there is room for. What is refused for lack of room waits; a device that is refused for
    /// anything else is left out, and the first reason returned.
    pub(super) fn send(
        &mut self,
        now: Instant,
        mut send: impl FnMut(&Uuid, &[u8]) -> Result<(), Error>,
    ) -> Option<Error> {
        self.due.take_if(|due| *due <= now)?;
        let (mut size, mut refused) = (0, None);
        while let Some(mut first) = self.devices.first_entry() {
            let Some((signal, bytes)) = first.get().front() else {
                first.remove();
                continue;
            };
            if size >= MOST_AT_ONCE {
                self.due = Some(now + BETWEEN);
                break;
            }
            match send(signal, bytes) {
                Ok(()) => {
                    size += bytes.len();
                    first.get_mut().pop_front();
                }
                Err(Error::WouldBlock(_)) => {
                    self.due = Some(now + RETRY);
                    break;
                }
                Err(error) => {
                    first.remove();
                    refused.get_or_insert(error);
                }
            }
        }
        refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(device: u8, number: u8, size: usize) -> (Uuid, Vec<u8>) {
        (Uuid::from_bytes([device; 16]), vec![number; size])
    }

    #[test]
    fn what_finds_no_room_waits_and_what_is_wrong_keeps_nothing_else_back() {
        let start = Instant::now();
        let mut owed = Owed::<u64>::default();
        for device in 1..=3_u8 {
            owed.set(device.into(), [block(device, 0, 9), block(device, 1, 9)], start);
        }
        let mut taken = Vec::new();
        let mut room = 1;
        let mut send = |owed: &mut Owed<u64>, now: Instant, more: usize| {
            room += more;
            owed.send(now, |signal, bytes| {
                let device = signal.as_bytes()[0];
                match room {
                    _ if device == 2 => Err(Error::NotFound("no such signal".into())),
                    0 => Err(Error::WouldBlock("full".into())),
                    _ => {
                        room -= 1;
                        taken.push((device, bytes[0]));
                        Ok(())
                    }
                }
            })
        };
        assert!(send(&mut owed, start, 0).is_none());
        let again = owed.deadline().unwrap();
        assert!(again > start && owed.has(1));
        assert!(send(&mut owed, start, 9).is_none(), "it is too early");
        // What is owed anew is owed whole.
        owed.set(1, [block(1, 5, 9), block(1, 6, 9)], start);
        assert!(matches!(send(&mut owed, again, 0), Some(Error::NotFound(_))));
        assert_eq!((owed.deadline(), owed.has(1)), (None, false));
        assert_eq!(taken, [(1, 0), (1, 5), (1, 6), (3, 0), (3, 1)]);
    }

    #[test]
    fn much_is_handed_over_piece_by_piece() {
        let mut now = Instant::now();
        let mut owed = Owed::<u64>::default();
        for device in 1..=20 {
            owed.set(device.into(), [block(device, 0, 60_000)], now);
        }
        owed.forget(20);
        let (mut turns, mut taken) = (0, 0);
        while let Some(due) = owed.deadline() {
            now = due;
            let mut size = 0;
            assert!(
                owed.send(now, |_, bytes| {
                    size += bytes.len();
                    Ok(())
                })
                .is_none()
            );
            assert!(size < MOST_AT_ONCE + 60_000);
            taken += size;
            turns += 1;
        }
        assert_eq!((taken, turns), (19 * 60_000, 4));
    }
}
