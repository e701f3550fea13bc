//! Notifications (0x89) and their confirmation (0x07).
//!
//! Payload: four bytes that stand for the notification, then its text. The subscriber confirms with
//! the same four bytes. One subscriber takes them for the beginning of the text, so they are
//! letters and digits here.

use bytes::BufMut;

use super::reader::{Reader, Truncated};
use super::text::TextEncoding;

const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Stands for a notification: four bytes, read as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotificationId(pub u32);

impl NotificationId {
    /// Of what a publisher tells by itself: that something has to wait. No [number](Self::from_number) has it.
    pub const OF_WAITING: NotificationId = NotificationId(u32::from_be_bytes(*b"wait"));

    /// The ID of the notification with this number. Numbers apart by 1,679,616 have the same.
    pub fn from_number(number: u32) -> NotificationId {
        let base = DIGITS.len() as u32;
        let digit = |power: u32| DIGITS[(number / base.pow(power) % base) as usize];
        NotificationId(u32::from_be_bytes([digit(3), digit(2), digit(1), digit(0)]))
    }

    /// Reads the payload of ConfirmNotification.
    pub fn decode(payload: &[u8]) -> Result<NotificationId, Truncated> {
        Reader::new(payload).u32("notification ID").map(NotificationId)
    }
}

/// The payload of Notify.
pub fn encode_notification(id: NotificationId, text: &str, encoding: TextEncoding) -> Vec<u8> {
    let mut payload = Vec::with_capacity(4 + text.len());
    payload.put_u32(id.0);
    encoding.encode_into(text, &mut payload);
    payload
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_letters_and_digits() {
        for number in [0, 1, 35, 36, 1_679_615, 1_679_616, u32::MAX] {
            let NotificationId(id) = NotificationId::from_number(number);
            assert!(id.to_be_bytes().iter().all(u8::is_ascii_alphanumeric), "{number}: {id:#x}");
        }
        assert_eq!(NotificationId::from_number(36 * 36 + 10), NotificationId(u32::from_be_bytes(*b"010A")));
        assert_eq!(NotificationId::from_number(1_679_616), NotificationId::from_number(0));
    }

    #[test]
    fn the_text_is_in_the_encoding_of_the_connection() {
        let id = NotificationId::from_number(5);
        assert_eq!(encode_notification(id, "é", TextEncoding::Utf8), b"0005\xC3\xA9");
        assert_eq!(encode_notification(id, "é", TextEncoding::Utf16Le), b"0005\xE9\0");
        assert_eq!(NotificationId::decode(b"0005 more"), Ok(id));
        assert!(NotificationId::decode(b"000").is_err());
    }
}
