//! TLS 1.2 and 1.3 over rustls: whom to trust, who we are, and sessions without sockets.
//!
//! [`TlsSettings`] say where certificates, keys and revocation lists are; [`TlsContext::load`] reads
//! them all, and its errors name the file and what to do. A context makes sessions:
//! [`connect`](TlsContext::connect) for the side that has connected, [`accept`](TlsContext::accept) for
//! the one that has accepted. A [`TlsSession`] turns plaintext into ciphertext and back; whoever
//! drives it moves the bytes.
//!
//! Nothing here is of the whole process: rustls gets its cryptography (`ring`) with each context, so
//! that a program which uses rustls itself is not disturbed. Sessions are never resumed: each
//! connection proves anew who is at its ends, and a certificate that is no longer trusted opens none.

mod accepted;
mod certificate;
mod chain;
mod context;
mod details;
mod error;
mod explain;
mod identity;
mod material;
mod mismatch;
mod notices;
mod records;
mod reload;
mod self_signed;
mod session;
mod settings;
mod suites;
mod tolerance;
mod trust;
mod verifier;

pub use accepted::Accepted;
pub use certificate::{CertificateDetails, Fingerprint, PublicKey};
pub use context::TlsContext;
pub use details::TlsDetails;
pub use error::{Content, Refusal, SessionError, TlsError};
pub use explain::Role;
pub use reload::ReloadableTls;
pub use self_signed::{SelfSigned, SelfSignedOptions};
pub use session::{LEAST_BUFFER, TlsSession};
pub use settings::{
    DEFAULT_EXPIRY_WARNING, DEFAULT_HANDSHAKE_TIMEOUT, DEFAULT_MAX_HANDSHAKES, IdentitySource,
    MinimumVersion, Source, TlsSettings,
};
pub use tolerance::{Tolerance, ToleranceError};
