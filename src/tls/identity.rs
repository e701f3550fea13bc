//! The own certificate and its key.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;

use super::certificate::CertificateDetails;
use super::error::{Content, TlsError};
use super::material::Document;
use super::settings::{IdentitySource, Source};

/// The own certificate, ready for handshakes.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) details: CertificateDetails,
    pub(super) source_name: String,
    /// The file of the key, if anybody but its owner may read it.
    pub(super) exposed_key: Option<String>,
}

impl Identity {
    pub(super) fn load(source: &IdentitySource, provider: &CryptoProvider) -> Result<Identity, TlsError> {
        let document = Document::read(&source.certificates, Content::Certificate)?;
        let mut certificates = document.certificates()?.into_iter();
        let Some((end_entity, details)) = certificates.next() else {
            return Err(document.unusable("it holds no certificate".to_owned()));
        };
        check_usable(&details).map_err(|problem| document.unusable(problem))?;
        let key_source = source.private_key.as_ref().unwrap_or(&source.certificates);
        let key_document = Document::read(key_source, Content::PrivateKey)?;
        let private_key = key_document.private_key()?;
        let private_key = provider.key_provider.load_private_key(private_key).map_err(|error| {
            key_document.unusable(format!(
                "{error}; RSA of 2048 to 4096 bits, and ECDSA on P-256 and P-384, are taken"
            ))
        })?;
        let mut chain: Vec<CertificateDer<'static>> = vec![end_entity];
        chain.extend(certificates.map(|(certificate, _)| certificate));
        let key = CertifiedKey::new(chain, private_key);
        key.keys_match().map_err(|_| {
            key_document
                .unusable(format!("it is not the key of the certificate in {} ({details})", document.name))
        })?;
        Ok(Identity {
            key: Arc::new(key),
            details,
            source_name: document.name,
            exposed_key: exposed(key_source),
        })
    }
}

/// What a certificate must be for TLS as it is spoken here.
pub(super) fn check_usable(details: &CertificateDetails) -> Result<(), String> {
    if details.version() != 3 {
        return Err(format!(
            "it is an X.509 certificate of version {} ({details}), and TLS here takes version 3 only: make a new one, \
             with extensions ('openssl req -x509' does)",
            details.version()
        ));
    }
    match details.key().objection() {
        Some(objection) => Err(format!("{objection} ({details})")),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn exposed(key: &Source) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let Source::File(path) = key else { return None };
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| path.display().to_string())
}

#[cfg(not(unix))]
fn exposed(_key: &Source) -> Option<String> {
    None
}
