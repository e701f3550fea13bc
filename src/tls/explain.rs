//! Why a session failed, in words that tell the operator what to do.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring::ALL_CIPHER_SUITES;
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible, PeerMisbehaved};

use super::error::SessionError;
use super::settings::MinimumVersion;
use super::suites;
use super::verifier::Seen;

const SUITES_HERE: &str = "ECDHE with AES-GCM or ChaCha20-Poly1305";

/// Which part a side plays in the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The one that has connected.
    Client,
    /// The one that has accepted.
    Server,
}

/// What is known of a session that may explain its end.
#[derive(Debug)]
pub(super) struct Explainer {
    pub(super) role: Role,
    pub(super) seen: Arc<Seen>,
    pub(super) own_certificate: Option<String>,
    pub(super) minimum_version: MinimumVersion,
}

impl Explainer {
    /// Why rustls has ended the session.
    pub(super) fn explain(&self, error: Error) -> SessionError {
        if let Some(Err(refusal)) = self.seen.verdict.get() {
            return SessionError::Refused(refusal.clone());
        }
        match error {
            Error::AlertReceived(alert) => self.explain_alert(alert),
            Error::PeerIncompatible(reason) => SessionError::Incompatible(self.explain_incompatible(&reason)),
            Error::NoCertificatesPresented => SessionError::Incompatible(
                "the peer has sent no certificate, and none is let in without: give it one of its own".to_owned(),
            ),
            Error::InvalidCertificate(CertificateError::BadSignature) => SessionError::Broken(
                "the peer has not proved that its certificate's key is its own: its signature is wrong".to_owned(),
            ),
            Error::DecryptError => SessionError::Broken(
                "what arrived was altered on its way, or is not of this session: a record cannot be decrypted".to_owned(),
            ),
            Error::PeerMisbehaved(PeerMisbehaved::TooManyRenegotiationRequests) => self.renegotiation_declined(),
            Error::PeerMisbehaved(PeerMisbehaved::AttemptedDowngradeToTls12WhenTls13IsSupported) => {
                SessionError::Broken(
                    "somebody between both sides has tampered with the handshake, so that it would use TLS 1.2 \
                     although both speak 1.3"
                        .to_owned(),
                )
            }
            error => SessionError::Broken(format!("the peer does not keep to TLS: {error}")),
        }
    }

    /// The peer has ended the session because there is no second handshake in it.
    pub(super) fn renegotiation_declined(&self) -> SessionError {
        SessionError::Broken(
            "the peer insists on renegotiation, which is not done here as it is not safe: have it turned off there"
                .to_owned(),
        )
    }

    /// What an alert of the peer means.
    fn explain_alert(&self, alert: AlertDescription) -> SessionError {
        use AlertDescription as Alert;
        let own = match &self.own_certificate {
            Some(certificate) => format!("our certificate ({certificate})"),
            None => "that we have no certificate".to_owned(),
        };
        match alert {
            Alert::UnknownCA | Alert::CertificateUnknown | Alert::BadCertificate | Alert::AccessDenied => {
                SessionError::RefusedByPeer(format!(
                    "the peer does not accept {own}: have it added to those trusted there ({})",
                    name(alert)
                ))
            }
            Alert::CertificateExpired | Alert::CertificateRevoked => SessionError::RefusedByPeer(format!(
                "the peer does not accept {own}: it needs a new one, or the peer's clock is wrong ({})",
                name(alert)
            )),
            Alert::UnsupportedCertificate => SessionError::RefusedByPeer(format!(
                "the peer cannot use {own}: it needs one of another kind, such as RSA of 2048 bits ({})",
                name(alert)
            )),
            Alert::CertificateRequired | Alert::NoCertificate => SessionError::RefusedByPeer(
                "the peer wants a certificate of us: give the own one (localCertificate)".to_owned(),
            ),
            Alert::ProtocolVersion => SessionError::Incompatible(format!(
                "the peer speaks no version of TLS that is spoken here, which are {}: change the minimum of either side",
                self.versions()
            )),
            Alert::HandshakeFailure | Alert::InsufficientSecurity => SessionError::Incompatible(format!(
                "the peer wants other cipher suites than are here ({SUITES_HERE}), or does not accept {own} ({})",
                name(alert)
            )),
            Alert::DecodeError | Alert::UnexpectedMessage => SessionError::RefusedByPeer(format!(
                "the peer does not understand what we send; it may not speak TLS on this port ({})",
                name(alert)
            )),
            Alert::DecryptError | Alert::BadRecordMac => SessionError::RefusedByPeer(format!(
                "what we sent was altered on its way to the peer ({})",
                name(alert)
            )),
            alert => SessionError::RefusedByPeer(format!("the peer has ended TLS: {}", name(alert))),
        }
    }

    fn explain_incompatible(&self, reason: &PeerIncompatible) -> String {
        use PeerIncompatible as Reason;
        let minimum = match self.minimum_version {
            MinimumVersion::Tls12 => {
                "the peer speaks TLS 1.1 or older: only 1.2 and 1.3 are safe, and spoken here"
            }
            MinimumVersion::Tls13 => {
                "the peer speaks TLS 1.2 or older, and 1.3 is the minimum set here: update it, or set 1.2"
            }
        };
        match reason {
            Reason::Tls12NotOffered
            | Reason::Tls12NotOfferedOrEnabled
            | Reason::ServerDoesNotSupportTls12Or13
            | Reason::ServerTlsVersionIsDisabledByOurConfig
            | Reason::SupportedVersionsExtensionRequired
            | Reason::SignatureAlgorithmsExtensionRequired => minimum.to_owned(),
            Reason::NoCipherSuitesInCommon => self.no_suite_in_common(),
            // Who has no key exchange by curves names none.
            Reason::NoKxGroupsInCommon | Reason::NamedGroupsExtensionRequired if !self.offers_known_suites() => {
                self.no_suite_in_common()
            }
            Reason::NoKxGroupsInCommon | Reason::NamedGroupsExtensionRequired => {
                "the peer offers no curve for the key exchange that is known here: X25519, P-256 and P-384 are".to_owned()
            }
            Reason::NoSignatureSchemesInCommon | Reason::NoCertificateRequestSignatureSchemesInCommon => format!(
                "the peer takes no signature that our certificate's key can make: use RSA of 2048 bits and more, or \
                 ECDSA on P-256{}",
                self.offered_suites()
            ),
            other => format!("the peer speaks TLS in a way that is not spoken here: {}", Error::from(other.clone())),
        }
    }

    fn no_suite_in_common(&self) -> String {
        format!(
            "the peer offers no cipher suite that is spoken here ({SUITES_HERE}){}; key exchange by RSA and CBC, which \
             are not safe, are not: turn on others there",
            self.offered_suites()
        )
    }

    fn offers_known_suites(&self) -> bool {
        let Some(offered) = self.seen.offered.get() else { return true };
        ALL_CIPHER_SUITES.iter().any(|known| offered.contains(&known.suite()))
    }

    fn offered_suites(&self) -> String {
        let Some(offered) = self.seen.offered.get() else { return String::new() };
        format!("; it offers {}", suites::names(offered))
    }

    fn versions(&self) -> &'static str {
        match self.minimum_version {
            MinimumVersion::Tls12 => "1.2 and 1.3",
            MinimumVersion::Tls13 => "1.3 only",
        }
    }

    /// Who does not speak TLS.
    pub(super) fn not_tls(&self, what: &str) -> SessionError {
        SessionError::NotTls(match self.role {
            Role::Client => format!(
                "the peer does not speak TLS on this port but {what}: connect to its port for TLS, or turn TLS off here"
            ),
            Role::Server => format!(
                "the peer does not speak TLS but {what}: turn TLS on there (securityMode=TLS), or let it connect to a \
                 port without TLS"
            ),
        })
    }

    /// The connection was closed before the handshake was done; `heard` tells whether the peer has
    /// said anything.
    pub(super) fn closed_in_handshake(&self, heard: bool) -> SessionError {
        SessionError::ClosedInHandshake(match (self.role, heard) {
            (Role::Client, false) => {
                "the peer has closed the connection without an answer to TLS: it may not speak TLS on this port, or \
                 have no place for us"
                    .to_owned()
            }
            (Role::Client, true) => {
                "the peer has closed the connection during the handshake of TLS, without saying why; its log may tell"
                    .to_owned()
            }
            (Role::Server, false) => "the peer has closed the connection before it began TLS".to_owned(),
            (Role::Server, true) => format!(
                "the peer has closed the connection during the handshake of TLS, without saying why: it may not accept \
                 {}",
                self.own()
            ),
        })
    }

    /// The handshake has taken so long that it is given up; `heard` tells whether the peer has said
    /// anything.
    pub(super) fn timed_out(&self, after: Duration, heard: bool) -> SessionError {
        let reason = match (self.role, heard) {
            (_, true) => "the peer began and went no further",
            (Role::Client, false) => "the peer says nothing: it may not speak TLS on this port",
            (Role::Server, false) => {
                "the peer says nothing: it may wait for us, as publishers that connect without TLS do, or hold the \
                 connection for nothing"
            }
        };
        SessionError::TimedOut(format!(
            "the handshake of TLS was not done within {} s (handshakeTimeout): {reason}",
            after.as_secs_f64()
        ))
    }

    /// The connection was closed after the handshake and before anything was said: so GSF refuses
    /// a certificate that it does not know.
    pub(super) fn closed_after_handshake(&self) -> SessionError {
        SessionError::RefusedByPeer(format!(
            "the peer has closed the connection right after the handshake of TLS: so openPDC and others of GSF refuse \
             a certificate that they do not know, or whose lacks they do not tolerate. Have {} added there",
            self.own()
        ))
    }

    fn own(&self) -> String {
        match &self.own_certificate {
            Some(certificate) => format!("our certificate ({certificate})"),
            None => "a certificate of ours, which we do not have (localCertificate),".to_owned(),
        }
    }
}

/// An alert's name as the standard writes it.
fn name(alert: AlertDescription) -> String {
    let mut name = String::from("alert ");
    for (index, character) in format!("{alert:?}").chars().enumerate() {
        if character.is_uppercase() && index > 0 && !name.ends_with(char::is_uppercase) {
            name.push('_');
        }
        name.push(character);
    }
    name.to_lowercase()
}
