//! What rustls asks during a handshake: whether the peer's certificate is accepted, and whether it
//! has signed.
//!
//! Each session has a verifier of its own, so that what was found can be told afterwards.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, CipherSuite, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme,
};

use super::accepted::{Accepted, Peer};
use super::error::Refusal;
use super::trust::Trust;

/// What is seen of the peer during the handshake.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What was found of its certificate.
    pub(super) verdict: OnceLock<Result<Accepted, Refusal>>,
    /// The cipher suites that a client offers.
    pub(super) offered: OnceLock<Vec<CipherSuite>>,
}

/// Judges the peer of one session.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) trust: Arc<Trust>,
    pub(super) peer: Peer,
    pub(super) certificate_required: bool,
    pub(super) seen: Arc<Seen>,
}

impl Verifier {
    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let verdict = self.trust.judge(&self.peer, end_entity, intermediates, now);
        let answer = match &verdict {
            Ok(_) => Ok(()),
            Err(refusal) => Err(Error::InvalidCertificate(alert_of(refusal))),
        };
        // There is one certificate in a handshake, and no second handshake.
        let _ = self.seen.verdict.set(verdict);
        answer
    }

    fn verify_tls12(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.trust.chains.algorithms)
    }

    fn verify_tls13(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.trust.chains.algorithms)
    }
}

/// What the peer is told: the alert that rustls makes of it.
fn alert_of(refusal: &Refusal) -> CertificateError {
    match refusal {
        Refusal::NotPinned { .. } | Refusal::UnknownIssuer { .. } => CertificateError::UnknownIssuer,
        Refusal::Expired { .. } => CertificateError::Expired,
        Refusal::NotValidYet { .. } => CertificateError::NotValidYet,
        Refusal::Revoked { .. } => CertificateError::Revoked,
        Refusal::UnknownRevocation { .. } => CertificateError::UnknownRevocationStatus,
        Refusal::OtherName { .. } => CertificateError::NotValidForName,
        Refusal::Unusable(_) => CertificateError::ApplicationVerificationFailure,
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(end_entity, intermediates, now).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_tls12(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_tls13(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust.chains.algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Verifier {
    fn client_auth_mandatory(&self) -> bool {
        self.certificate_required
    }

    /// None: clients with one certificate then send it, whoever has issued it.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(end_entity, intermediates, now).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_tls12(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_tls13(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust.chains.algorithms.supported_schemes()
    }
}

/// Gives the own certificate to every client, and notes what the client offers.
#[derive(Debug)]
pub(super) struct Presenter {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) seen: Arc<Seen>,
}

impl ResolvesServerCert for Presenter {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // A second hello, after a retry, offers the same.
        let _ = self.seen.offered.set(hello.cipher_suites().to_vec());
        Some(Arc::clone(&self.key))
    }
}
