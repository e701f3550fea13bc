//! Who does not speak TLS where TLS is spoken. (The reverse is seen by `wire`.)

/// What a peer speaks that has TLS turned off.
pub(super) const PLAIN_STTP: &str = "STTP without TLS";

/// What somebody says who does not speak TLS, by the first bytes; `None` when they begin TLS.
pub(super) fn not_tls(first: &[u8]) -> Option<&'static str> {
    match first {
        [] | [ALERT | HANDSHAKE, ..] => None,
        // Commands of STTP begin with the four bytes of their length.
        [0, ..] => Some(PLAIN_STTP),
        // So do blocks of a block link.
        [0xA7, 0x7A, ..] => Some("a block link without TLS"),
        [b'G', b'E', ..] | [b'P', b'O', ..] | [b'H', b'E', ..] => Some("HTTP"),
        [b'S', b'S', b'H', ..] => Some("SSH"),
        _ => Some("something else"),
    }
}

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_is_known_by_its_first_bytes() {
        let hello = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];
        assert_eq!(not_tls(&hello), None);
        let modes = [0, 0, 0, 5, 6, 0, 0, 0, 0x7F];
        assert_eq!(not_tls(&modes), Some("STTP without TLS"));
        assert_eq!(not_tls(&[0xA7, 0x7A, 0, 10]), Some("a block link without TLS"));
        assert_eq!(not_tls(b"GET / HTTP/1.1\r\n"), Some("HTTP"));
        assert_eq!(not_tls(b"SSH-2.0-x"), Some("SSH"));
        assert_eq!(not_tls(&[0xFF]), Some("something else"));
    }
}
