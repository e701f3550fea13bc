//! What a peer's certificate may lack without being refused.

use std::fmt;

use bitflags::bitflags;
use thiserror::Error;

bitflags! {
    /// What a peer's certificate may lack. Nothing by default; whatever was tolerated is told for
    /// each connection.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Tolerance: u32 {
        /// The certificate is for another host than the one connected to. That of a pinned
        /// certificate is never looked at.
        const OTHER_NAME = 1;
        /// The certificate has expired, or is not valid yet.
        const OUTSIDE_VALIDITY = 2;
        /// No trusted authority stands behind the certificate: **anybody is let in**, unless there are
        /// pinned certificates and no authorities; then it is one of the pinned ones as always.
        const UNTRUSTED_ROOT = 4;
        /// No current revocation list tells of the certificate.
        const UNKNOWN_REVOCATION = 8;
        /// A TLS client without a certificate. (A server always has one.)
        const NO_CERTIFICATE = 16;
    }
}

/// A word that is none of those that GSF knows, or that cannot be tolerated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{word}' cannot be tolerated of a certificate: allowed are {allowed}")]
pub struct ToleranceError {
    /// The word.
    pub word: String,
    /// What is allowed in its place.
    pub allowed: String,
}

/// .NET's `SslPolicyErrors`. The errors of a chain are then to be named one by one.
const POLICY_ERRORS: [(&str, Tolerance); 4] = [
    ("None", Tolerance::empty()),
    ("RemoteCertificateNotAvailable", Tolerance::NO_CERTIFICATE),
    ("RemoteCertificateNameMismatch", Tolerance::OTHER_NAME),
    (CHAIN_ERRORS, Tolerance::empty()),
];
const CHAIN_ERRORS: &str = "RemoteCertificateChainErrors";

/// .NET's `X509ChainStatusFlags`, those that do not stand for a forged certificate.
const CHAIN_FLAGS: [(&str, Tolerance); 6] = [
    ("NoError", Tolerance::empty()),
    ("NotTimeValid", Tolerance::OUTSIDE_VALIDITY),
    ("UntrustedRoot", Tolerance::UNTRUSTED_ROOT),
    ("PartialChain", Tolerance::UNTRUSTED_ROOT),
    ("RevocationStatusUnknown", Tolerance::UNKNOWN_REVOCATION),
    ("OfflineRevocation", Tolerance::UNKNOWN_REVOCATION),
];

impl Tolerance {
    /// Reads GSF's `validPolicyErrors` and `validChainFlags`: words parted by commas. What is wrong
    /// with a chain is tolerated when its flag is named *and* the policy errors name
    /// `RemoteCertificateChainErrors`, as there.
    pub fn from_gsf(policy_errors: &str, chain_flags: &str) -> Result<Tolerance, ToleranceError> {
        let policy = Tolerance::read_words(policy_errors, &POLICY_ERRORS)?;
        let chain = Tolerance::read_words(chain_flags, &CHAIN_FLAGS)?;
        let with_chain = words(policy_errors).any(|word| word.eq_ignore_ascii_case(CHAIN_ERRORS));
        Ok(if with_chain { policy | chain } else { policy })
    }

    fn read_words(text: &str, known: &[(&str, Tolerance)]) -> Result<Tolerance, ToleranceError> {
        words(text).try_fold(Tolerance::empty(), |all, word| {
            match known.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
                Some((_, tolerance)) => Ok(all | *tolerance),
                None => Err(ToleranceError {
                    word: word.to_owned(),
                    allowed: known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
                }),
            }
        })
    }
}

/// What is tolerated, in words.
impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (Tolerance::OTHER_NAME, "another name"),
            (Tolerance::OUTSIDE_VALIDITY, "a time that is over or has not begun"),
            (Tolerance::UNTRUSTED_ROOT, "an untrusted root"),
            (Tolerance::UNKNOWN_REVOCATION, "that revocation is unknown"),
            (Tolerance::NO_CERTIFICATE, "that there is none"),
        ];
        let tolerated = words.iter().filter(|(flag, _)| self.contains(*flag)).map(|(_, words)| *words);
        f.write_str(&tolerated.collect::<Vec<_>>().join(", "))
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '|']).map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_gsf_are_read() {
        let read = |policy, chain| Tolerance::from_gsf(policy, chain).unwrap();
        assert_eq!(read("", ""), Tolerance::empty());
        assert_eq!(read("None", "NoError"), Tolerance::empty());
        assert_eq!(
            read(
                "RemoteCertificateNameMismatch, remotecertificatechainerrors",
                "UntrustedRoot, NotTimeValid"
            ),
            Tolerance::OTHER_NAME | Tolerance::UNTRUSTED_ROOT | Tolerance::OUTSIDE_VALIDITY
        );
        assert_eq!(read("RemoteCertificateNotAvailable", ""), Tolerance::NO_CERTIFICATE);
    }

    #[test]
    fn flags_of_a_chain_count_only_where_its_errors_do() {
        assert_eq!(Tolerance::from_gsf("None", "UntrustedRoot").unwrap(), Tolerance::empty());
    }

    #[test]
    fn forged_certificates_cannot_be_tolerated() {
        let error = Tolerance::from_gsf("RemoteCertificateChainErrors", "NotSignatureValid").unwrap_err();
        assert!(error.to_string().starts_with("'NotSignatureValid' cannot be tolerated"), "{error}");
        assert!(error.to_string().contains("UntrustedRoot"), "{error}");
    }
}
