//! What is known of a peer when it connects.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::settings::PeerSettings;
use crate::tls::{Accepted, TlsDetails};

/// A subscriber that has connected, or was connected to, before anything is said. Its text is for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Where it is.
    pub address: SocketAddr,
    /// The publisher has made the connection.
    pub outgoing: bool,
    /// What was agreed on by TLS, and its certificate; `None` without TLS.
    pub tls: Option<Arc<TlsDetails>>,
}

impl Peer {
    /// Whether it is the one that a section of a rights file is about.
    pub(super) fn fits(&self, known: &PeerSettings) -> bool {
        let accepted = self.tls.as_ref().and_then(|details| details.peer.as_ref());
        // The handshake has proved that the peer has the key of the certificate, whatever is tolerated of it.
        let has_certificate = || {
            known.certificates.is_empty()
                || accepted.is_some_and(|peer| known.certificates.contains(peer.certificate.fingerprint()))
        };
        let has_subject =
            || known.subject.is_empty() || accepted.is_some_and(|peer| is_named(peer, &known.subject));
        let has_address = || known.addresses.is_empty() || known.addresses.contains(self.address.ip());
        has_certificate() && has_subject() && has_address()
    }
}

/// Anybody can make a certificate with any subject: it counts where nothing had to be tolerated.
fn is_named(peer: &Accepted, subject: &str) -> bool {
    (peer.is_pinned || peer.tolerated.is_empty()) && peer.certificate.subject() == subject
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)?;
        match self.tls.as_ref().map(|details| &details.peer) {
            None => f.write_str(", without TLS"),
            Some(None) => f.write_str(", without a certificate"),
            Some(Some(peer)) => {
                write!(f, ", {}, SHA-256 {}", peer.certificate.subject(), peer.certificate.fingerprint())
            }
        }
    }
}
