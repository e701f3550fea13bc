//! What an operator should know of certificates that are in order so far.

use std::time::SystemTime;

use super::certificate::CertificateDetails;
use super::context::TlsContext;
use super::tolerance::Tolerance;

const DAY: u64 = 24 * 3600;

impl TlsContext {
    /// What an operator should know now: certificates that have expired or soon will, a private key
    /// that others may read, and what is tolerated. Sentences for the log, to be told once when
    /// certificates were loaded and once a day.
    pub fn notices(&self, now: SystemTime) -> Vec<String> {
        let mut notices = Vec::new();
        if let Some(identity) = self.identity() {
            notices.extend(self.of_end("our certificate", &identity.details, &identity.source_name, now));
            if let Some(path) = &identity.exposed_key {
                notices.push(format!(
                    "others than its owner may read the private key {path}: 'chmod 600' mends that"
                ));
            }
        }
        let trust = self.trust();
        for pinned in &trust.pinned {
            notices.extend(self.of_end("the peer's certificate", &pinned.details, &pinned.source_name, now));
        }
        for authority in &trust.authorities {
            notices.extend(self.of_end(
                "the authority's certificate",
                &authority.details,
                &authority.source_name,
                now,
            ));
        }
        notices.extend(self.of_tolerance());
        notices
    }

    fn of_end(
        &self,
        what: &str,
        details: &CertificateDetails,
        source: &str,
        now: SystemTime,
    ) -> Option<String> {
        let end = details.not_after();
        let text = match end.duration_since(now) {
            Ok(left) if left > self.settings().expiry_warning => return None,
            Ok(left) => {
                format!("{what} in {source} expires in {} days: replace it ({details})", left.as_secs() / DAY)
            }
            Err(_) => format!("{what} in {source} has expired: replace it ({details})"),
        };
        Some(text)
    }

    fn of_tolerance(&self) -> Option<String> {
        let trust = self.trust();
        let tolerated = self.settings().tolerated;
        if tolerated.contains(Tolerance::UNTRUSTED_ROOT)
            && (trust.pinned.is_empty() || !trust.authorities.is_empty())
        {
            return Some(
                "TLS encrypts, but lets anybody in: untrusted roots are tolerated; pin the peers' certificates".to_owned(),
            );
        }
        let tolerated = tolerated - Tolerance::UNTRUSTED_ROOT;
        (!tolerated.is_empty()).then(|| format!("TLS tolerates of peers' certificates: {tolerated}"))
    }
}
