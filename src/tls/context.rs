//! Certificates that are loaded, and the sessions made with them.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
#[cfg(feature = "simulation")]
use rustls::crypto::{GetRandomFailed, SecureRandom};
use rustls::pki_types::ServerName;
use rustls::server::NoServerSessionStorage;
use rustls::sign::SingleCertAndKey;
use rustls::{
    ALL_VERSIONS, ClientConfig, ClientConnection, ServerConfig, ServerConnection, SupportedProtocolVersion,
    version,
};

use super::accepted::Peer;
use super::certificate::CertificateDetails;
use super::error::TlsError;
use super::explain::{Explainer, Role};
use super::identity::Identity;
use super::session::TlsSession;
use super::settings::{MinimumVersion, TlsSettings};
use super::tolerance::Tolerance;
use super::trust::Trust;
use super::verifier::{Presenter, Seen, Verifier};

/// Certificates that are loaded: makes sessions. Any thread may use it.
#[derive(Debug)]
pub struct TlsContext {
    settings: TlsSettings,
    provider: Arc<CryptoProvider>,
    identity: Option<Identity>,
    trust: Arc<Trust>,
}

impl TlsContext {
    /// Reads all files.
    ///
    /// # Errors
    /// What cannot be used, in which file, and what to do.
    pub fn load(settings: &TlsSettings) -> Result<TlsContext, TlsError> {
        let provider = Arc::new(provider());
        let identity = match &settings.identity {
            Some(source) => Some(Identity::load(source, &provider)?),
            None => None,
        };
        let trust = Trust::load(settings, provider.signature_verification_algorithms)?;
        if trust.is_empty() && !settings.tolerated.contains(Tolerance::UNTRUSTED_ROOT) {
            return Err(TlsError::Settings(
                "TLS does not know whom to trust: give the peer's certificate (remoteCertificate), or those of the \
                 authorities that stand behind it (certificateAuthorities)"
                    .to_owned(),
            ));
        }
        Ok(TlsContext { settings: settings.clone(), provider, identity, trust: Arc::new(trust) })
    }

    /// The settings that it was loaded by.
    pub fn settings(&self) -> &TlsSettings {
        &self.settings
    }

    /// The own certificate.
    pub fn own_certificate(&self) -> Option<&CertificateDetails> {
        self.identity.as_ref().map(|identity| &identity.details)
    }

    /// A session with a server, on a connection made to `host`: a name or an IP address.
    ///
    /// # Errors
    /// The host can be in no certificate.
    pub fn connect(&self, host: &str) -> Result<TlsSession, TlsError> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        // The zone of an address of one link is of this machine only.
        let host = host.split_once('%').map_or(host, |(address, _)| address);
        let name = ServerName::try_from(host.to_owned()).map_err(|_| TlsError::Name(host.to_owned()))?;
        let seen = Arc::new(Seen::default());
        let verifier = self.verifier(Peer::Server(name.clone()), &seen);
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(self.versions())
            .map_err(internal)?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.identity {
            Some(identity) => {
                config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(&identity.key))))
            }
            None => config.with_no_client_auth(),
        };
        // Each connection proves anew who is at its ends.
        config.resumption = Resumption::disabled();
        let connection = ClientConnection::new(Arc::new(config), name).map_err(internal)?;
        Ok(TlsSession::new(connection.into(), self.explainer(Role::Client, seen)))
    }

    /// A session with a client, on a connection that was accepted.
    ///
    /// # Errors
    /// There is no own certificate.
    pub fn accept(&self) -> Result<TlsSession, TlsError> {
        let identity = self.identity.as_ref().ok_or_else(|| {
            TlsError::Settings(
                "to accept connections with TLS takes a certificate: give the own one (localCertificate)"
                    .to_owned(),
            )
        })?;
        let seen = Arc::new(Seen::default());
        let verifier = self.verifier(Peer::Client, &seen);
        let presenter = Presenter { key: Arc::clone(&identity.key), seen: Arc::clone(&seen) };
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(self.versions())
            .map_err(internal)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(presenter));
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        let connection = ServerConnection::new(Arc::new(config)).map_err(internal)?;
        Ok(TlsSession::new(connection.into(), self.explainer(Role::Server, seen)))
    }

    pub(super) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    pub(super) fn trust(&self) -> &Trust {
        &self.trust
    }

    fn verifier(&self, peer: Peer, seen: &Arc<Seen>) -> Arc<Verifier> {
        Arc::new(Verifier {
            trust: Arc::clone(&self.trust),
            peer,
            certificate_required: self.certificate_required(),
            seen: Arc::clone(seen),
        })
    }

    fn certificate_required(&self) -> bool {
        self.settings.peer_certificate_required
            && !self.settings.tolerated.contains(Tolerance::NO_CERTIFICATE)
    }

    fn explainer(&self, role: Role, seen: Arc<Seen>) -> Explainer {
        Explainer {
            role,
            seen,
            own_certificate: self.own_certificate().map(ToString::to_string),
            minimum_version: self.settings.minimum_version,
        }
    }

    fn versions(&self) -> &'static [&'static SupportedProtocolVersion] {
        match self.settings.minimum_version {
            MinimumVersion::Tls12 => ALL_VERSIONS,
            MinimumVersion::Tls13 => &TLS13_ONLY,
        }
    }
}

/// The cryptography of `ring`.
fn provider() -> CryptoProvider {
    let provider = rustls::crypto::ring::default_provider();
    #[cfg(feature = "simulation")]
    let provider = CryptoProvider { secure_random: &OfSimulation, ..provider };
    provider
}

/// Random numbers from the seed of a simulation where the thread runs one, elsewhere those of the system. Keys, which
/// are made inside `ring`, always have those, but their lengths do not depend on them.
#[cfg(feature = "simulation")]
#[derive(Debug)]
struct OfSimulation;

#[cfg(feature = "simulation")]
impl SecureRandom for OfSimulation {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        crate::host::fill_random(bytes).map_err(|_| GetRandomFailed)
    }
}

static TLS13_ONLY: [&SupportedProtocolVersion; 1] = [&version::TLS13];

/// What rustls answers to settings that it is never given.
fn internal(error: rustls::Error) -> TlsError {
    TlsError::Internal(format!("TLS cannot be set up: {error}"))
}
