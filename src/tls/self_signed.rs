//! A certificate and its key for a first try.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::pki_types::CertificateDer;
use zeroize::Zeroizing;

use super::certificate::CertificateDetails;
use super::error::TlsError;

/// For whom a self-signed certificate is, and how long.
#[derive(Debug, Clone)]
pub struct SelfSignedOptions {
    /// The subject's common name: what people know the system by.
    pub name: String,
    /// Host names and IP addresses under which it is reached. Where certificates are pinned they do
    /// not matter.
    pub hosts: Vec<String>,
    /// How long it is valid, from yesterday on.
    pub validity: Duration,
}

/// A self-signed certificate and its private key: ECDSA on P-256, good for both sides of TLS.
pub struct SelfSigned {
    /// The certificate as PEM, for the own side (`localCertificate`) and for peers
    /// (`remoteCertificate`).
    pub certificate_pem: String,
    /// The certificate as DER, which is what GSF calls a `.cer` file.
    pub certificate_der: Vec<u8>,
    /// The private key, PKCS#8 as PEM. It stays where it is made.
    pub private_key_pem: Zeroizing<String>,
    /// What stands in the certificate.
    pub details: CertificateDetails,
}

const DAY: Duration = Duration::from_secs(24 * 3600);
/// The longest validity: there are no dates after the year 9999.
const LONGEST: Duration = Duration::from_secs(1000 * 366 * 24 * 3600);

impl SelfSigned {
    /// Makes a certificate that is valid from a day before `now` on, as clocks differ.
    ///
    /// # Errors
    /// A name that cannot stand in a certificate.
    pub fn make(options: &SelfSignedOptions, now: SystemTime) -> Result<SelfSigned, TlsError> {
        let unusable = |error: rcgen::Error| {
            TlsError::Settings(format!("no certificate can be made for '{}': {error}", options.name))
        };
        let mut params = CertificateParams::new(options.hosts.clone()).map_err(unusable)?;
        params.distinguished_name.remove(DnType::CommonName);
        params.distinguished_name.push(DnType::CommonName, options.name.as_str());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.not_before = (now - DAY).into();
        params.not_after = (now + options.validity.min(LONGEST)).into();
        let key = KeyPair::generate().map_err(unusable)?;
        let certificate = params.self_signed(&key).map_err(unusable)?;
        let details = CertificateDetails::read(&CertificateDer::from(certificate.der().to_vec()))
            .map_err(TlsError::Internal)?;
        Ok(SelfSigned {
            certificate_pem: certificate.pem(),
            certificate_der: certificate.der().to_vec(),
            private_key_pem: Zeroizing::new(key.serialize_pem()),
            details,
        })
    }

    /// Writes certificate and key as PEM, to files that do not exist yet. The key's may be read by
    /// its owner only.
    ///
    /// # Errors
    /// Which file cannot be written, and why.
    pub fn write(&self, certificate: &Path, private_key: &Path) -> Result<(), TlsError> {
        write_new(private_key, self.private_key_pem.as_bytes(), true)?;
        write_new(certificate, self.certificate_pem.as_bytes(), false)
    }
}

fn write_new(path: &Path, bytes: &[u8], is_secret: bool) -> Result<(), TlsError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if is_secret { 0o600 } else { 0o644 });
    #[cfg(not(unix))]
    let _ = is_secret;
    options.open(path).and_then(|mut file| file.write_all(bytes)).map_err(|error| TlsError::Write {
        path: path.display().to_string(),
        reason: match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                "it exists, and is not overwritten: remove it, or choose another name".to_owned()
            }
            _ => error.to_string(),
        },
    })
}
