//! What TLS has agreed on with a peer.

use std::ffi::{CString, c_char, c_void};

use crate::capi::shared::guard::c_string;
use crate::time::Ticks;
use crate::tls::TlsDetails;

/// What was agreed on with a peer by TLS, and who it is by its certificate. Texts are never NULL; those of the
/// certificate are empty for a peer without one.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_tls {
    /// The version, as `TLS 1.3`.
    pub version: *const c_char,
    /// The cipher suite, as `TLS13_AES_256_GCM_SHA384`.
    pub cipher_suite: *const c_char,
    /// Whom the peer's certificate is of, as `CN=north,O=Utility`; control characters are escaped.
    pub subject: *const c_char,
    /// Who has made it, written as the subject.
    pub issuer: *const c_char,
    /// Its SHA-256, as `openssl x509 -fingerprint -sha256` shows it: `9F:86:...`.
    pub fingerprint: *const c_char,
    /// From when it is valid, in ticks; 0 without a certificate.
    pub not_before: i64,
    /// Until when it is valid, in ticks; 0 without a certificate.
    pub not_after: i64,
    /// 1 when it is one of the pinned certificates, else 0.
    pub pinned: i32,
    /// How many things it lacks that are tolerated; messages have told them.
    pub tolerated: u32,
}

/// Is told what was agreed on by TLS.
///
/// \param user_data  As given.
/// \param tls        What was agreed on, with its texts valid during the call.
pub type sttp_tls_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, tls: *const sttp_tls)>;

/// The texts of what was agreed on, for C.
pub(in crate::capi) struct TlsTexts {
    version: CString,
    cipher_suite: CString,
    subject: CString,
    issuer: CString,
    fingerprint: CString,
}

impl TlsTexts {
    pub(in crate::capi) fn new(details: &TlsDetails) -> TlsTexts {
        let certificate = details.peer.as_ref().map(|peer| &peer.certificate);
        TlsTexts {
            version: c_string(details.version),
            cipher_suite: c_string(details.cipher_suite.as_str()),
            subject: c_string(certificate.map_or("", |certificate| certificate.subject())),
            issuer: c_string(certificate.map_or("", |certificate| certificate.issuer())),
            fingerprint: c_string(
                certificate.map_or(String::new(), |certificate| certificate.fingerprint().to_string()),
            ),
        }
    }

    /// What was agreed on, with pointers to these texts.
    pub(in crate::capi) fn record(&self, details: &TlsDetails) -> sttp_tls {
        let peer = details.peer.as_ref();
        sttp_tls {
            version: self.version.as_ptr(),
            cipher_suite: self.cipher_suite.as_ptr(),
            subject: self.subject.as_ptr(),
            issuer: self.issuer.as_ptr(),
            fingerprint: self.fingerprint.as_ptr(),
            not_before: peer.map_or(0, |peer| Ticks::from(peer.certificate.not_before()).0),
            not_after: peer.map_or(0, |peer| Ticks::from(peer.certificate.not_after()).0),
            pinned: peer.is_some_and(|peer| peer.is_pinned).into(),
            tolerated: u32::try_from(details.tolerated().len()).unwrap_or(u32::MAX),
        }
    }
}
