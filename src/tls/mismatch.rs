//! One side speaks TLS, and the other one does not.

/// What somebody says who does not speak TLS, by the first bytes; `None` when they begin TLS.
pub(super) fn not_tls(first: &[u8]) -> Option<&'static str> {
    match first {
        [] | [ALERT | HANDSHAKE, ..] => None,
        // Commands of STTP begin with the four bytes of their length.
        [0, ..] => Some("STTP without TLS"),
        [b'G', b'E', ..] | [b'P', b'O', ..] | [b'H', b'E', ..] => Some("HTTP"),
        [b'S', b'S', b'H', ..] => Some("SSH"),
        _ => Some("something else"),
    }
}

/// Whether the first bytes from a peer, which should begin STTP without TLS, begin TLS: a record of
/// a handshake, or an alert, of any version. As the length of a frame they would be over 350 MB.
///
/// Fewer than three bytes tell nothing.
pub fn is_tls(first: &[u8]) -> bool {
    matches!(first, [HANDSHAKE | ALERT, 3, 0..=4, ..])
}

/// What somebody is told who speaks TLS where it is not spoken: a fatal alert, unexpected_message.
pub const ALERT_FOR_TLS: [u8; 7] = [ALERT, 3, 1, 0, 2, 2, 10];

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_is_known_by_its_first_bytes() {
        let hello = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];
        assert_eq!(not_tls(&hello), None);
        assert!(is_tls(&hello));
        assert!(is_tls(&ALERT_FOR_TLS));
        let modes = [0, 0, 0, 5, 6, 0, 0, 0, 0x7F];
        assert_eq!(not_tls(&modes), Some("STTP without TLS"));
        assert!(!is_tls(&modes));
        assert_eq!(not_tls(b"GET / HTTP/1.1\r\n"), Some("HTTP"));
        assert_eq!(not_tls(b"SSH-2.0-x"), Some("SSH"));
        assert_eq!(not_tls(&[0xFF]), Some("something else"));
    }
}
