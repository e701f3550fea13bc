//! How the TCP connections are secured.

use std::time::Duration;

use super::error::{SettingError, shown};
use super::macros::settings;
use crate::tls::{
    DEFAULT_EXPIRY_WARNING, DEFAULT_HANDSHAKE_TIMEOUT, DEFAULT_MAX_HANDSHAKES, IdentitySource,
    MinimumVersion, Source, TlsSettings, Tolerance,
};

/// Whether the TCP connections are secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecurityMode {
    /// Anybody may connect, read and change what is sent.
    #[default]
    None,
    /// By TLS: encrypted, and both sides show certificates.
    Tls,
}

const MODES: [(&str, SecurityMode); 2] = [("None", SecurityMode::None), ("TLS", SecurityMode::Tls)];
const VERSIONS: [(&str, MinimumVersion); 2] =
    [("1.2", MinimumVersion::Tls12), ("1.3", MinimumVersion::Tls13)];
const FILES: &str = "files or folders, with commas between them";

settings! {
    /// How the TCP connections are secured.
    pub struct SecuritySettings: Eq {
        /// How the TCP connections are secured: not at all, or by TLS with certificates of both sides.
        ///
        /// The side that connects is the TLS client, whichever of them publishes. docs/security.md tells which
        /// certificates are taken. Of a block link, TLS is the same as linkEncryption=required.
        mode: SecurityMode = SecurityMode::None => choice("securityMode"; MODES),
        /// The own certificate, PEM or DER; in PEM, those of its authorities may follow.
        ///
        /// Who listens needs one, and so does who connects to a peer that wants one, as all of GSF do.
        local_certificate: String = String::new() => text("localCertificate"; "a file"),
        /// The key of the own certificate, PKCS#8 without a pass phrase; empty when it is in the same file.
        local_private_key: String = String::new() => text("localPrivateKey"; "a file"),
        /// Certificates of peers that are trusted as they are, PEM or DER.
        ///
        /// Several, to rotate one. Of folders, all files ending in .cer, .crt, .der and .pem count.
        remote_certificate: String = String::new() => text("remoteCertificate"; FILES),
        /// Certificates of authorities: peers whose certificates they have issued are trusted.
        certificate_authorities: String = String::new() => text("certificateAuthorities"; FILES),
        /// Revocation lists (CRLs) of the authorities.
        ///
        /// Each certificate of a chain then needs a current one of its issuer.
        revocation_lists: String = String::new() => text("revocationLists"; FILES),
        /// What is tolerated of a peer's certificate.
        ///
        /// RemoteCertificateNameMismatch: it is for another host. RemoteCertificateNotAvailable: a client has none.
        /// RemoteCertificateChainErrors: what validChainFlags names.
        valid_policy_errors: String = String::new() => text("validPolicyErrors"; "words with commas between them"),
        /// What is tolerated of its chain, with validPolicyErrors=RemoteCertificateChainErrors.
        ///
        /// NotTimeValid: it has expired, or is not valid yet. UntrustedRoot or PartialChain: no trusted authority
        /// stands behind it, so that anybody is let in, unless certificates are pinned. RevocationStatusUnknown or
        /// OfflineRevocation: no current revocation list tells of it.
        valid_chain_flags: String = String::new() => text("validChainFlags"; "words with commas between them"),
        /// The oldest version of TLS that is spoken.
        minimum_version: MinimumVersion = MinimumVersion::Tls12 => choice("minimumTlsVersion"; VERSIONS),
        /// A handshake of TLS that is not done by then ends the connection.
        handshake_timeout: Duration = DEFAULT_HANDSHAKE_TIMEOUT
            => seconds("handshakeTimeout"; Duration::from_millis(100)),
        /// Handshakes of those who connect that are under way at a time.
        ///
        /// Some 50 KB each. They take no more than an eighth of the descriptors that the process may have. When another
        /// one begins, the address that has most of them loses its oldest.
        max_handshakes: usize = DEFAULT_MAX_HANDSHAKES => integer("maxHandshakes"; 1, 16_384, "handshakes"),
        /// Certificates that expire within so long are told, once a day.
        expiry_warning: Duration = DEFAULT_EXPIRY_WARNING => seconds("certificateExpiryWarning"; Duration::ZERO),
    }
}

impl SecuritySettings {
    /// What TLS is told; `None` without it.
    ///
    /// # Errors
    ///
    /// [`SettingError`] when something cannot be tolerated, or certificates are given and TLS is off.
    pub fn tls(&self) -> Result<Option<TlsSettings>, SettingError> {
        let tolerated = self.tolerated()?;
        if self.mode == SecurityMode::None {
            return self.check_off().map(|()| None);
        }
        let one = |file: &str| Some(file.trim()).filter(|file| !file.is_empty()).map(Source::file);
        Ok(Some(TlsSettings {
            identity: one(&self.local_certificate).map(|certificates| IdentitySource {
                certificates,
                private_key: one(&self.local_private_key),
            }),
            pinned: sources(&self.remote_certificate),
            authorities: sources(&self.certificate_authorities),
            revocations: sources(&self.revocation_lists),
            tolerated,
            minimum_version: self.minimum_version,
            peer_certificate_required: true,
            expiry_warning: self.expiry_warning,
            handshake_timeout: self.handshake_timeout,
            max_handshakes: self.max_handshakes,
        }))
    }

    /// What is tolerated of peers' certificates.
    pub(super) fn tolerated(&self) -> Result<Tolerance, SettingError> {
        Tolerance::from_gsf(&self.valid_policy_errors, &self.valid_chain_flags)
            .map_err(|error| SettingError::Unusable(error.to_string()))
    }

    /// Whoever gives certificates means TLS: without it, nothing would be secured, and nobody told.
    fn check_off(&self) -> Result<(), SettingError> {
        let files = [
            ("localCertificate", &self.local_certificate),
            ("localPrivateKey", &self.local_private_key),
            ("remoteCertificate", &self.remote_certificate),
            ("certificateAuthorities", &self.certificate_authorities),
            ("revocationLists", &self.revocation_lists),
        ];
        match files.iter().find(|(_, file)| !file.trim().is_empty()) {
            None => Ok(()),
            Some((key, value)) => Err(SettingError::BadValue {
                key: (*key).into(),
                value: shown(value),
                allowed: "securityMode=TLS with it, or leave it out; without TLS nothing is secured".into(),
            }),
        }
    }
}

fn sources(files: &str) -> Vec<Source> {
    files.split(',').map(str::trim).filter(|file| !file.is_empty()).map(Source::file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{PublisherSetup, SubscriberSetup};

    #[test]
    fn the_keys_of_gsf_say_what_they_say_there() {
        let setup: SubscriberSetup =
            "server=pdc:7167; securityMode=TLS; localCertificate=own.pem; remoteCertificate={a.cer, \
             trusted}; validPolicyErrors={RemoteCertificateNameMismatch, RemoteCertificateChainErrors}; \
             validChainFlags=UntrustedRoot; checkCertificateRevocation=false; minimumTlsVersion=1.3"
                .parse()
                .unwrap();
        let tls = setup.security.tls().unwrap().unwrap();
        let identity = tls.identity.unwrap();
        assert_eq!(
            (identity.certificates.to_string(), identity.private_key.is_none()),
            ("own.pem".to_owned(), true)
        );
        let pinned: Vec<_> = tls.pinned.iter().map(ToString::to_string).collect();
        assert_eq!(pinned, ["a.cer", "trusted"]);
        assert_eq!(tls.tolerated, Tolerance::OTHER_NAME | Tolerance::UNTRUSTED_ROOT);
        assert_eq!(tls.minimum_version, MinimumVersion::Tls13);
        assert!(tls.peer_certificate_required && tls.authorities.is_empty() && tls.revocations.is_empty());
    }

    #[test]
    fn without_tls_there_are_no_certificates() {
        let setup: PublisherSetup = "port=7165".parse().unwrap();
        assert!(setup.security.tls().unwrap().is_none());
        let setup: PublisherSetup = "port=7165; localCertificate=own.pem".parse().unwrap();
        let text = setup.security.tls().unwrap_err().to_string();
        assert!(text.contains("securityMode=TLS with it"), "{text}");
    }
}
