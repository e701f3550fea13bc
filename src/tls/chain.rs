//! Whether a chain leads from a peer's certificate to a trusted authority.

use std::time::Duration;

use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    CertRevocationList, EndEntityCert, Error, ExpirationPolicy, KeyUsage, RevocationCheckDepth,
    RevocationOptionsBuilder, UnknownStatusPolicy,
};

use super::accepted::{Accepted, Peer};
use super::certificate::CertificateDetails;
use super::error::Refusal;
use super::tolerance::Tolerance;

/// What chains may lead to.
pub(super) struct Chains {
    pub(super) anchors: Vec<TrustAnchor<'static>>,
    pub(super) revocations: Vec<CertRevocationList<'static>>,
    pub(super) tolerated: Tolerance,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl Chains {
    /// Judges a chain, and notes what is tolerated of it.
    pub(super) fn judge(
        &self,
        peer: &Peer,
        end_entity: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        accepted: &mut Accepted,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        let mut attempt = Attempt { chains: self, peer, end_entity, intermediates, time: now, strict: true };
        // Each kind of problem is tolerated at most once.
        loop {
            let error = match attempt.verify() {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            match error {
                Error::CertExpired { .. } | Error::CertNotValidYet { .. } if attempt.time == now => {
                    let problem = outside_validity(&error, accepted, intermediates, now);
                    attempt.time = common_time(accepted, intermediates).unwrap_or(now);
                    let needed = match attempt.time == now {
                        // There is no time at which all of them were valid.
                        true => return Err(problem),
                        false => Tolerance::OUTSIDE_VALIDITY,
                    };
                    accepted.tolerate(problem, self.tolerated, needed)?;
                }
                Error::UnknownRevocationStatus | Error::CrlExpired { .. } if attempt.strict => {
                    attempt.strict = false;
                    let problem = refusal(error, accepted);
                    accepted.tolerate(problem, self.tolerated, Tolerance::UNKNOWN_REVOCATION)?;
                }
                error => return Err(refusal(error, accepted)),
            }
        }
    }
}

struct Attempt<'a, 'c> {
    chains: &'a Chains,
    peer: &'a Peer,
    end_entity: &'a EndEntityCert<'c>,
    intermediates: &'a [CertificateDer<'a>],
    /// The time at which the certificates are to be valid.
    time: UnixTime,
    /// Whether each certificate of the chain needs a current revocation list.
    strict: bool,
}

impl Attempt<'_, '_> {
    fn verify(&self) -> Result<(), Error> {
        let lists: Vec<&CertRevocationList<'_>> = self.chains.revocations.iter().collect();
        // Without lists there is nothing to look at.
        let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|options| {
            let (status, expiration) = match self.strict {
                true => (UnknownStatusPolicy::Deny, ExpirationPolicy::Enforce),
                false => (UnknownStatusPolicy::Allow, ExpirationPolicy::Ignore),
            };
            options
                .with_depth(RevocationCheckDepth::Chain)
                .with_status_policy(status)
                .with_expiration_policy(expiration)
                .build()
        });
        let usage = match self.peer {
            Peer::Server(_) => KeyUsage::server_auth(),
            Peer::Client => KeyUsage::client_auth(),
        };
        self.end_entity
            .verify_for_usage(
                self.chains.algorithms.all,
                &self.chains.anchors,
                self.intermediates,
                self.time,
                usage,
                revocation,
                None,
            )
            .map(drop)
    }
}

/// The last moment at which the peer's certificate and all that came with it were valid.
fn common_time(accepted: &Accepted, intermediates: &[CertificateDer<'_>]) -> Option<UnixTime> {
    let (mut begin, mut end) = accepted.certificate.validity();
    for intermediate in intermediates {
        let (other_begin, other_end) = CertificateDetails::read(intermediate).ok()?.validity();
        begin = begin.max(other_begin);
        end = end.min(other_end);
    }
    (begin <= end).then(|| UnixTime::since_unix_epoch(Duration::from_secs(end)))
}

/// Names the certificate of the chain that is outside of its time.
fn outside_validity(
    error: &Error,
    accepted: &Accepted,
    intermediates: &[CertificateDer<'_>],
    now: UnixTime,
) -> Refusal {
    let outside = |details: &CertificateDetails| details.is_expired(now) || details.is_not_valid_yet(now);
    let others = intermediates.iter().filter_map(|other| CertificateDetails::read(other).ok());
    let culprit = std::iter::once(accepted.certificate.clone()).chain(others).find(outside);
    let certificate = Box::new(culprit.unwrap_or_else(|| accepted.certificate.clone()));
    match error {
        Error::CertNotValidYet { .. } => Refusal::NotValidYet { certificate },
        _ => Refusal::Expired { certificate },
    }
}

fn refusal(error: Error, accepted: &Accepted) -> Refusal {
    let certificate = Box::new(accepted.certificate.clone());
    let unusable = |reason: String| Refusal::Unusable(format!("{reason} ({})", accepted.certificate));
    match error {
        Error::CertRevoked => Refusal::Revoked { certificate },
        Error::UnknownIssuer => {
            let hint = match accepted.certificate.is_self_issued() {
                true => "; it is self-signed: if it is the peer's, pin it",
                false => "; add the certificate of its authority, or let the peer send its whole chain",
            };
            Refusal::UnknownIssuer { certificate, hint }
        }
        Error::InvalidSignatureForPublicKey => Refusal::UnknownIssuer {
            certificate,
            hint: "; one of that name is trusted, but has another key: add its present certificate, if it has changed",
        },
        Error::UnknownRevocationStatus => Refusal::UnknownRevocation {
            certificate,
            reason: "a revocation list is needed of its issuer, and of that of each authority below the root; \
                     add them, or tolerate RevocationStatusUnknown"
                .to_owned(),
        },
        Error::CrlExpired { .. } => Refusal::UnknownRevocation {
            certificate,
            reason: "a revocation list of its chain is out of date; fetch the next one, or tolerate OfflineRevocation"
                .to_owned(),
        },
        Error::CaUsedAsEndEntity => {
            unusable("it is that of an authority, not of a peer; if it is self-signed, pin it".to_owned())
        }
        error => unusable(format!("its chain does not hold: {error}")),
    }
}
