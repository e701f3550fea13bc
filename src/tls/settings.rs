//! What an operator says of TLS.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::tolerance::Tolerance;

/// How long before its end a certificate is told of, if nothing else is said.
pub const DEFAULT_EXPIRY_WARNING: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long a handshake may take, if nothing else is said.
pub const DEFAULT_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Handshakes of those who connect that are under way at a time, if nothing else is said.
pub const DEFAULT_MAX_HANDSHAKES: usize = 512;

/// How to secure the connections of a publisher or subscriber.
///
/// Whichever side makes a connection is the TLS client; the one that listens is the TLS server.
/// The settings are the same for both.
#[derive(Debug, Clone)]
pub struct TlsSettings {
    /// The own certificate and its private key. A TLS server needs them, and so does a client of a
    /// server that requires certificates, as publishers do.
    pub identity: Option<IdentitySource>,
    /// Certificates of peers that are trusted as they are: PEM or DER, in each file one or more.
    /// Where a path is that of a folder, all its `.cer`, `.crt`, `.der` and `.pem` files count.
    pub pinned: Vec<Source>,
    /// Certificates of authorities: a peer is trusted when a chain leads from its certificate to one
    /// of them.
    pub authorities: Vec<Source>,
    /// Revocation lists (CRLs), PEM or DER. With authorities, each certificate of a chain needs one of
    /// its issuer.
    pub revocations: Vec<Source>,
    /// What a peer's certificate may lack.
    pub tolerated: Tolerance,
    /// The oldest version of TLS that is spoken.
    pub minimum_version: MinimumVersion,
    /// Whether a TLS server refuses clients without a certificate.
    pub peer_certificate_required: bool,
    /// How long before its end a certificate is told of.
    pub expiry_warning: Duration,
    /// How long a handshake may take.
    pub handshake_timeout: Duration,
    /// Handshakes of those who connect that are under way at a time: some 50 KB each. When there are more, the address
    /// that has most of them loses its oldest.
    pub max_handshakes: usize,
}

impl Default for TlsSettings {
    /// Mutual, TLS 1.2 or 1.3, and nothing tolerated; whom to trust is to be said.
    fn default() -> TlsSettings {
        TlsSettings {
            identity: None,
            pinned: Vec::new(),
            authorities: Vec::new(),
            revocations: Vec::new(),
            tolerated: Tolerance::empty(),
            minimum_version: MinimumVersion::default(),
            peer_certificate_required: true,
            expiry_warning: DEFAULT_EXPIRY_WARNING,
            handshake_timeout: DEFAULT_HANDSHAKE_TIMEOUT,
            max_handshakes: DEFAULT_MAX_HANDSHAKES,
        }
    }
}

/// Where the own certificate and its private key are.
#[derive(Debug, Clone)]
pub struct IdentitySource {
    /// The certificate, and after it those of the authorities that lead to its root: PEM or DER.
    pub certificates: Source,
    /// The private key: PKCS#8, or the older forms for RSA and ECDSA, as PEM or DER. `None`: it
    /// stands in the file of the certificate.
    pub private_key: Option<Source>,
}

/// The oldest version of TLS that is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MinimumVersion {
    /// TLS 1.2 and 1.3. GSF speaks 1.2 only unless it is told otherwise.
    #[default]
    Tls12,
    /// TLS 1.3 only.
    Tls13,
}

impl fmt::Display for MinimumVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MinimumVersion::Tls12 => "TLS 1.2",
            MinimumVersion::Tls13 => "TLS 1.3",
        })
    }
}

/// Where certificates, a key or a revocation list come from.
#[derive(Clone)]
pub enum Source {
    /// A file, or for certificates and revocation lists a folder of files.
    File(PathBuf),
    /// Bytes as they would stand in a file. They cannot be reloaded.
    Memory(Arc<[u8]>),
}

impl Source {
    /// A file.
    pub fn file(path: impl AsRef<Path>) -> Source {
        Source::File(path.as_ref().to_owned())
    }

    /// Bytes as they would stand in a file.
    pub fn memory(bytes: impl Into<Arc<[u8]>>) -> Source {
        Source::Memory(bytes.into())
    }
}

/// Never shows the bytes, which may be a private key.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::File(path) => write!(f, "File({})", path.display()),
            Source::Memory(bytes) => write!(f, "Memory({} bytes)", bytes.len()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::File(path) => write!(f, "{}", path.display()),
            Source::Memory(bytes) => write!(f, "the {} bytes given", bytes.len()),
        }
    }
}
