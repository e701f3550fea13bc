//! Whether a peer's certificate is accepted.

use std::fmt;

use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{EndEntityCert, OwnedCertRevocationList, anchor_from_trusted_cert};

use super::accepted::{Accepted, Peer};
use super::certificate::CertificateDetails;
use super::chain::Chains;
use super::error::{Content, Refusal, TlsError};
use super::identity::check_usable;
use super::material::Document;
use super::settings::TlsSettings;
use super::tolerance::Tolerance;

/// Whom to trust.
pub(super) struct Trust {
    pub(super) pinned: Vec<Certificate>,
    pub(super) authorities: Vec<Certificate>,
    pub(super) chains: Chains,
}

/// A certificate that is trusted, and where it was found.
pub(super) struct Certificate {
    pub(super) der: CertificateDer<'static>,
    pub(super) details: CertificateDetails,
    pub(super) source_name: String,
}

impl Trust {
    pub(super) fn load(
        settings: &TlsSettings,
        algorithms: WebPkiSupportedAlgorithms,
    ) -> Result<Trust, TlsError> {
        let mut trust = Trust {
            pinned: Vec::new(),
            authorities: Vec::new(),
            chains: Chains {
                anchors: Vec::new(),
                revocations: Vec::new(),
                tolerated: settings.tolerated,
                algorithms,
            },
        };
        for source in &settings.pinned {
            for document in Document::read_all(source, Content::Pinned)? {
                for certificate in read_certificates(&document)? {
                    check_usable(&certificate.details).map_err(|problem| document.unusable(problem))?;
                    trust.pinned.push(certificate);
                }
            }
        }
        for source in &settings.authorities {
            for document in Document::read_all(source, Content::Authority)? {
                for certificate in read_certificates(&document)? {
                    trust.add_authority(certificate, &document)?;
                }
            }
        }
        for source in &settings.revocations {
            for document in Document::read_all(source, Content::Revocations)? {
                for list in document.revocations()? {
                    let list = OwnedCertRevocationList::from_der(&list)
                        .map_err(|error| document.unusable(format!("it is no revocation list: {error}")))?;
                    trust.chains.revocations.push(list.into());
                }
            }
        }
        Ok(trust)
    }

    fn add_authority(&mut self, authority: Certificate, document: &Document) -> Result<(), TlsError> {
        let anchor = anchor_from_trusted_cert(&authority.der).map_err(|error| {
            document.unusable(format!("it cannot be an authority ({}): {error}", authority.details))
        })?;
        self.chains.anchors.push(anchor.to_owned());
        self.authorities.push(authority);
        Ok(())
    }

    /// Whether somebody is trusted at all.
    pub(super) fn is_empty(&self) -> bool {
        self.pinned.is_empty() && self.chains.anchors.is_empty()
    }

    /// Judges a peer's certificate. That the peer has its key is not seen here.
    pub(super) fn judge(
        &self,
        peer: &Peer,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<Accepted, Refusal> {
        let certificate = CertificateDetails::read(end_entity).map_err(Refusal::Unusable)?;
        check_usable(&certificate).map_err(Refusal::Unusable)?;
        let mut accepted = Accepted { certificate, is_pinned: false, tolerated: Vec::new() };
        if self.pinned.iter().any(|pinned| pinned.der == *end_entity) {
            accepted.is_pinned = true;
            self.judge_alone(&mut accepted, now)?;
            return Ok(accepted);
        }
        let anybody = self.chains.tolerated.contains(Tolerance::UNTRUSTED_ROOT);
        if self.chains.anchors.is_empty() && !(self.pinned.is_empty() && anybody) {
            let certificate = Box::new(accepted.certificate);
            return Err(Refusal::NotPinned { certificate, pinned: self.pinned.len() });
        }
        let parsed = EndEntityCert::try_from(end_entity).map_err(|error| {
            Refusal::Unusable(format!("it cannot be read ({}): {error}", accepted.certificate))
        })?;
        match self.chains.judge(peer, &parsed, intermediates, &mut accepted, now) {
            Err(Refusal::UnknownIssuer { .. }) if anybody => {
                accepted.tolerated.push("no trusted authority stands behind it".to_owned());
                self.judge_alone(&mut accepted, now)?;
            }
            result => result?,
        }
        if let Peer::Server(name) = peer {
            self.judge_name(&parsed, name, &mut accepted)?;
        }
        Ok(accepted)
    }

    /// Judges a certificate without a chain: its time, and whether it was revoked.
    fn judge_alone(&self, accepted: &mut Accepted, now: UnixTime) -> Result<(), Refusal> {
        let certificate = &accepted.certificate;
        for list in
            self.chains.revocations.iter().filter(|list| list.issuer() == certificate.issuer_contents())
        {
            match list.find_serial(certificate.serial()) {
                Ok(None) => {}
                Ok(Some(_)) => return Err(Refusal::Revoked { certificate: Box::new(certificate.clone()) }),
                Err(error) => {
                    let reason = format!("a revocation list of its issuer cannot be read: {error}");
                    return Err(Refusal::UnknownRevocation {
                        certificate: Box::new(certificate.clone()),
                        reason,
                    });
                }
            }
        }
        self.judge_time(accepted, now)
    }

    /// Judges the time of the peer's own certificate.
    fn judge_time(&self, accepted: &mut Accepted, now: UnixTime) -> Result<(), Refusal> {
        let certificate = &accepted.certificate;
        let problem = match () {
            () if certificate.is_expired(now) => {
                Refusal::Expired { certificate: Box::new(certificate.clone()) }
            }
            () if certificate.is_not_valid_yet(now) => {
                Refusal::NotValidYet { certificate: Box::new(certificate.clone()) }
            }
            () => return Ok(()),
        };
        accepted.tolerate(problem, self.chains.tolerated, Tolerance::OUTSIDE_VALIDITY)
    }

    fn judge_name(
        &self,
        parsed: &EndEntityCert<'_>,
        name: &ServerName<'static>,
        accepted: &mut Accepted,
    ) -> Result<(), Refusal> {
        match parsed.verify_is_valid_for_subject_name(name) {
            Ok(()) => Ok(()),
            Err(error) => {
                let problem = Refusal::OtherName {
                    certificate: Box::new(accepted.certificate.clone()),
                    expected: name.to_str().into_owned(),
                    presented: presented_names(error),
                };
                accepted.tolerate(problem, self.chains.tolerated, Tolerance::OTHER_NAME)
            }
        }
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pinned, authorities) = (self.pinned.len(), self.authorities.len());
        write!(
            f,
            "Trust({pinned} pinned, {authorities} authorities, {} revocation lists)",
            self.chains.revocations.len()
        )
    }
}

fn presented_names(error: webpki::Error) -> String {
    let webpki::Error::CertNotValidForName(context) = error else { return error.to_string() };
    match context.presented.is_empty() {
        true => "no name at all".to_owned(),
        false => super::certificate::shown(&context.presented.join(", ")),
    }
}

fn read_certificates(document: &Document) -> Result<Vec<Certificate>, TlsError> {
    let found = document.certificates()?.into_iter();
    Ok(found.map(|(der, details)| Certificate { der, details, source_name: document.name.clone() }).collect())
}
