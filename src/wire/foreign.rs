//! Peers that speak something else than STTP, told by the first bytes that they send.

use std::fmt;

/// A protocol that peers speak by mistake on a port of STTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ForeignProtocol {
    /// A TLS handshake: a client that wants TLS, or a server that answers one.
    TlsHandshake,
    /// A TLS alert: a server that expected TLS.
    TlsAlert,
    /// HTTP, a request or an answer.
    Http,
    /// SSH.
    Ssh,
    /// IEEE C37.118 synchrophasors.
    C37118,
    /// The Gateway Exchange Protocol with its older framing, from which STTP comes.
    Gep,
    /// Some protocol of plain text.
    Text([u8; 4]),
}

/// The least length of a frame, as its four bytes say it, that could be the beginning of another
/// protocol. No frame at the start of a connection is nearly as long.
pub(super) const LEAST_LENGTH: usize = u32::from_be_bytes([0x15, 3, 0, 0]) as usize;

impl ForeignProtocol {
    /// The protocol whose connections begin with these bytes; `None` when there are fewer than four, or
    /// they belong to none that is known. Frames of STTP that begin a connection are never mistaken.
    pub fn of_first_bytes(bytes: &[u8]) -> Option<ForeignProtocol> {
        const HTTP: [&[u8; 4]; 9] =
            [b"GET ", b"HEAD", b"POST", b"PUT ", b"DELE", b"OPTI", b"CONN", b"PRI ", b"HTTP"];
        let first = bytes.first_chunk::<4>()?;
        Some(match first {
            [0x16, 3, 0..=4, _] => ForeignProtocol::TlsHandshake,
            [0x15, 3, 0..=4, _] => ForeignProtocol::TlsAlert,
            [0xAA, 0xBB, 0xCC, 0xDD] => ForeignProtocol::Gep,
            // The kind of the frame, data to extended configuration, and its version, 1 to 3.
            [0xAA, kind, ..] if kind >> 4 <= 5 && (1..=3).contains(&(kind & 15)) => ForeignProtocol::C37118,
            b"SSH-" => ForeignProtocol::Ssh,
            _ if HTTP.contains(&first) => ForeignProtocol::Http,
            _ if first.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t')) => {
                ForeignProtocol::Text(*first)
            }
            _ => return None,
        })
    }
}

/// What the peer speaks, and what to do.
impl fmt::Display for ForeignProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ForeignProtocol::TlsHandshake => f.write_str(
                "the peer speaks TLS, and this connection is without: use TLS on both sides or on neither",
            ),
            ForeignProtocol::TlsAlert => {
                f.write_str("the peer answers with a TLS alert: it expects TLS, and this connection is without")
            }
            ForeignProtocol::Http => f.write_str("the peer speaks HTTP, not STTP: check address and port"),
            ForeignProtocol::Ssh => f.write_str("the peer speaks SSH, not STTP: check address and port"),
            ForeignProtocol::C37118 => f.write_str(
                "the peer speaks IEEE C37.118, not STTP: a concentrator that publishes STTP belongs in between",
            ),
            ForeignProtocol::Gep => f.write_str(
                "the peer speaks the older Gateway Exchange Protocol (marker AA BB CC DD), not STTP: choose an STTP \
                 publisher or subscriber there",
            ),
            ForeignProtocol::Text(first) => {
                write!(f, "the peer sends text that begins with {:?}, not STTP: check address and port", first.escape_ascii().to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_told_by_their_first_bytes() {
        for (bytes, expected) in [
            (&b"\x16\x03\x01\x02\x00\x01"[..], Some(ForeignProtocol::TlsHandshake)),
            (b"\x16\x03\x03\x00", Some(ForeignProtocol::TlsHandshake)),
            (b"\x15\x03\x03\x00\x02\x02\x28", Some(ForeignProtocol::TlsAlert)),
            (b"GET / HTTP/1.1\r\n", Some(ForeignProtocol::Http)),
            (b"HTTP/1.1 400 Bad Request", Some(ForeignProtocol::Http)),
            (b"PRI * HTTP/2.0", Some(ForeignProtocol::Http)),
            (b"SSH-2.0-OpenSSH_9.7\r\n", Some(ForeignProtocol::Ssh)),
            (b"\xAA\x01\x00\x34", Some(ForeignProtocol::C37118)),
            (b"\xAA\x41\x00\x12", Some(ForeignProtocol::C37118)),
            (b"\xAA\x52\x01\x00", Some(ForeignProtocol::C37118)),
            (b"\xAA\xBB\xCC\xDD\x05\x00\x00\x00", Some(ForeignProtocol::Gep)),
            (b"220 mail", Some(ForeignProtocol::Text(*b"220 "))),
            (b"\xAA\x61\x00\x12", None),
            (b"\xAA\xBB\xCC\xDE", None),
            (b"\x16\x03\x01", None),
            (b"\x16\x03\x09\x00", None),
            (b"\x00\x00\x00\x05", None),
            (b"\xFF\xFF\xFF\xFF", None),
            (b"", None),
        ] {
            assert_eq!(ForeignProtocol::of_first_bytes(bytes), expected, "{bytes:x?}");
            if let Some(protocol) = expected {
                let length = u32::from_be_bytes(*bytes.first_chunk().unwrap()) as usize;
                assert!(length >= LEAST_LENGTH, "{protocol:?}");
                assert!(protocol.to_string().starts_with("the peer "), "{protocol}");
            }
        }
    }
}
