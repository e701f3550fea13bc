//! A peer whose certificate was accepted.

use rustls::pki_types::ServerName;

use super::certificate::CertificateDetails;
use super::error::Refusal;
use super::tolerance::Tolerance;

/// What the peer is in the handshake.
#[derive(Debug, Clone)]
pub(super) enum Peer {
    /// The server connected to by this name.
    Server(ServerName<'static>),
    Client,
}

/// A peer whose certificate was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What stands in its certificate.
    pub certificate: CertificateDetails,
    /// Whether it is one of the pinned certificates.
    pub is_pinned: bool,
    /// What was tolerated, as sentences for the log.
    pub tolerated: Vec<String>,
}

impl Accepted {
    /// Notes a problem that is tolerated; otherwise it is the answer.
    pub(super) fn tolerate(
        &mut self,
        problem: Refusal,
        tolerated: Tolerance,
        needed: Tolerance,
    ) -> Result<(), Refusal> {
        if !tolerated.contains(needed) {
            return Err(problem);
        }
        self.tolerated.push(problem.to_string());
        Ok(())
    }
}
