//! What can be wrong: each text says what, where and what to do.

use thiserror::Error;

use super::certificate::CertificateDetails;

/// Why TLS cannot be used as it is set up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The settings lack something, or contradict themselves.
    #[error("{0}")]
    Settings(String),
    /// A file, or what was given in place of one, cannot be used.
    #[error("the {what} in {source_name} cannot be used: {problem}")]
    Unusable {
        /// What was looked for.
        what: Content,
        /// The file.
        source_name: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The name of the peer is neither a host name nor an address.
    #[error("'{0}' is neither a host name nor an IP address, so that no certificate can be for it")]
    Name(String),
    /// A file could not be written.
    #[error("cannot write {path}: {reason}")]
    Write {
        /// The file.
        path: String,
        /// What the system says, and what to do.
        reason: String,
    },
    /// TLS itself failed where it should not.
    #[error("{0}; this is a defect of libsttp, please report it")]
    Internal(String),
}

/// What is looked for in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// The own certificate.
    Certificate,
    /// The key of the own certificate.
    PrivateKey,
    /// A peer's certificate.
    Pinned,
    /// An authority's certificate.
    Authority,
    /// A revocation list.
    Revocations,
}

impl std::fmt::Display for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Content::Certificate => "own certificate",
            Content::PrivateKey => "private key",
            Content::Pinned => "peer's certificate",
            Content::Authority => "authority's certificate",
            Content::Revocations => "revocation list",
        })
    }
}

/// Why a peer's certificate was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is none of the pinned ones, and there is no authority.
    #[error(
        "it is none of the {pinned} certificates trusted here ({certificate}); if it is the peer's, add its file to those trusted"
    )]
    NotPinned {
        /// The peer's certificate.
        certificate: Box<CertificateDetails>,
        /// How many are trusted.
        pinned: usize,
    },
    /// No chain leads to a trusted authority.
    #[error("no trusted authority stands behind it ({certificate}, issued by {}){hint}", .certificate.issuer())]
    UnknownIssuer {
        /// The peer's certificate.
        certificate: Box<CertificateDetails>,
        /// What to do.
        hint: &'static str,
    },
    /// Its time is over.
    #[error("it has expired ({certificate}): the peer needs a new one")]
    Expired {
        /// The certificate that has expired: the peer's, or one of its chain.
        certificate: Box<CertificateDetails>,
    },
    /// Its time has not begun.
    #[error("it is valid from {} only ({certificate}): compare the clocks of both sides", .certificate.begin())]
    NotValidYet {
        /// The peer's certificate, or one of its chain.
        certificate: Box<CertificateDetails>,
    },
    /// Its issuer has called it back.
    #[error("it was revoked by its issuer ({certificate}): the peer needs a new one")]
    Revoked {
        /// The peer's certificate.
        certificate: Box<CertificateDetails>,
    },
    /// No current revocation list tells of it.
    #[error("whether it was revoked is unknown ({certificate}): {reason}")]
    UnknownRevocation {
        /// The peer's certificate.
        certificate: Box<CertificateDetails>,
        /// Why, and what to do.
        reason: String,
    },
    /// It is for another host.
    #[error(
        "it is for {presented}, not for '{expected}' ({certificate}): connect by that name, pin the certificate, or tolerate RemoteCertificateNameMismatch"
    )]
    OtherName {
        /// The peer's certificate.
        certificate: Box<CertificateDetails>,
        /// The host connected to.
        expected: String,
        /// The names in the certificate.
        presented: String,
    },
    /// It is of a form that cannot be used.
    #[error("{0}")]
    Unusable(String),
}

/// Why a session has ended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The peer's certificate is not accepted.
    #[error("the peer's certificate is refused: {0}")]
    Refused(#[from] Refusal),
    /// The peer does not accept our certificate, or wants one.
    #[error("{0}")]
    RefusedByPeer(String),
    /// The peer does not speak TLS.
    #[error("{0}")]
    NotTls(String),
    /// Both sides have nothing in common.
    #[error("{0}")]
    Incompatible(String),
    /// The connection was closed before the handshake was done.
    #[error("{0}")]
    ClosedInHandshake(String),
    /// The handshake was not done in time.
    #[error("{0}")]
    TimedOut(String),
    /// The connection was closed without the farewell of TLS.
    #[error("the connection was cut: it ended without TLS's close_notify")]
    Truncated,
    /// The peer broke the protocol, or somebody altered what it sent.
    #[error("{0}")]
    Broken(String),
}
