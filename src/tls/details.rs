//! What two sides have agreed on, for operators.

use std::fmt;

use super::accepted::Accepted;

/// What was agreed on with a peer, once the handshake was done. Its text is for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsDetails {
    /// The version, as `TLS 1.3`.
    pub version: &'static str,
    /// The cipher suite, as `TLS13_AES_256_GCM_SHA384`.
    pub cipher_suite: String,
    /// Who the peer is; `None` for a client without a certificate.
    pub peer: Option<Accepted>,
}

impl TlsDetails {
    /// What was tolerated of the peer's certificate, as sentences for the log.
    pub fn tolerated(&self) -> &[String] {
        self.peer.as_ref().map_or(&[], |peer| &peer.tolerated)
    }
}

impl fmt::Display for TlsDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} with ", self.version, self.cipher_suite)?;
        match &self.peer {
            Some(peer) => peer.certificate.fmt(f),
            None => f.write_str("a peer without a certificate"),
        }
    }
}
