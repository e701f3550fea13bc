//! What stands in a certificate, for people and for the checks that rustls leaves to others.

use std::fmt::{self, Write as _};
use std::time::{Duration, SystemTime};

use rustls::pki_types::{CertificateDer, UnixTime};
use x509_cert::certificate::{CertificateInner, Raw, Version};
use x509_cert::der::asn1::UintRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{DateTime, Decode, Encode, Reader, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// Characters of a name that are shown; the peer may send any number.
const LONGEST_NAME: usize = 200;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// What stands in a certificate. Its text names it: subject, end, fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateDetails {
    subject: String,
    issuer: String,
    version: u8,
    key: PublicKey,
    not_before: Duration,
    not_after: Duration,
    fingerprint: Fingerprint,
    serial: Vec<u8>,
    /// As in the certificate, to be compared.
    issuer_der: Vec<u8>,
    is_self_issued: bool,
}

/// The SHA-256 of a certificate, as `openssl x509 -fingerprint -sha256` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

/// The kind of a certificate's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA of so many bits.
    Rsa(usize),
    /// ECDSA on a curve of so many bits.
    Ecdsa(u16),
    /// Ed25519.
    Ed25519,
    /// What TLS as it is spoken here does not know: the object identifier.
    Other(String),
}

impl CertificateDetails {
    /// Reads a certificate.
    ///
    /// # Errors
    /// What is not as it must be, as a part of a sentence.
    pub fn read(certificate: &CertificateDer<'_>) -> Result<CertificateDetails, String> {
        let read = CertificateInner::<Raw>::from_der(certificate)
            .map_err(|error| format!("it is no X.509 certificate: {error}"))?;
        let contents = read.tbs_certificate();
        let encoded = |name: &x509_cert::name::Name| {
            name.to_der().map_err(|error| format!("a name in it cannot be read: {error}"))
        };
        let issuer_der = encoded(contents.issuer())?;
        Ok(CertificateDetails {
            subject: shown(&contents.subject().to_string()),
            issuer: shown(&contents.issuer().to_string()),
            version: match contents.version() {
                Version::V1 => 1,
                Version::V2 => 2,
                Version::V3 => 3,
            },
            key: PublicKey::read(contents.subject_public_key_info()),
            not_before: contents.validity().not_before.to_unix_duration(),
            not_after: contents.validity().not_after.to_unix_duration(),
            fingerprint: Fingerprint::of(certificate),
            serial: contents.serial_number().as_bytes().to_vec(),
            is_self_issued: issuer_der == encoded(contents.subject())?,
            issuer_der,
        })
    }

    /// Whom it is of, as `CN=gateway,O=Utility`; control characters are escaped, and long names cut.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Who has made it, written as the subject.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The version of X.509: TLS takes 3 only.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// The kind of its key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// From when it is valid.
    pub fn not_before(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.not_before
    }

    /// Until when it is valid.
    pub fn not_after(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.not_after
    }

    /// Its SHA-256.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The number that its issuer has given it, as it stands in revocation lists.
    pub(super) fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The contents of the issuer's name, without their tag and length, as webpki has them.
    pub(super) fn issuer_contents(&self) -> &[u8] {
        let mut reader = match SliceReader::new(&self.issuer_der) {
            Ok(reader) => reader,
            Err(_) => return &[],
        };
        match x509_cert::der::Header::decode(&mut reader) {
            Ok(header) => {
                let length = usize::try_from(header.length()).unwrap_or(0);
                self.issuer_der.len().checked_sub(length).map_or(&[], |start| &self.issuer_der[start..])
            }
            Err(_) => &[],
        }
    }

    /// Whether its issuer and its subject are the same.
    pub(super) fn is_self_issued(&self) -> bool {
        self.is_self_issued
    }

    pub(super) fn is_expired(&self, now: UnixTime) -> bool {
        now.as_secs() > self.not_after.as_secs()
    }

    pub(super) fn is_not_valid_yet(&self, now: UnixTime) -> bool {
        now.as_secs() < self.not_before.as_secs()
    }

    /// The times at which it is valid, in seconds.
    pub(super) fn validity(&self) -> (u64, u64) {
        (self.not_before.as_secs(), self.not_after.as_secs())
    }

    /// The first moment of its validity, for people.
    pub(super) fn begin(&self) -> String {
        date(self.not_before)
    }

    /// The last moment of its validity, for people.
    pub(super) fn end(&self) -> String {
        date(self.not_after)
    }
}

impl fmt::Display for CertificateDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = if self.subject.is_empty() { "(no subject)" } else { &self.subject };
        write!(f, "{subject}, valid until {}, SHA-256 {}", self.end(), self.fingerprint)
    }
}

impl Fingerprint {
    /// That of a certificate.
    pub fn of(certificate: &CertificateDer<'_>) -> Fingerprint {
        let digest = ring::digest::digest(&ring::digest::SHA256, certificate);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        Fingerprint(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl PublicKey {
    fn read(key: &SubjectPublicKeyInfoOwned) -> PublicKey {
        let algorithm = key.algorithm.oid;
        if algorithm == RSA || algorithm == RSA_PSS {
            return PublicKey::Rsa(rsa_bits(key.subject_public_key.raw_bytes()).unwrap_or(0));
        }
        if algorithm == ED25519 {
            return PublicKey::Ed25519;
        }
        let curve =
            key.algorithm.parameters.as_ref().and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
        match curve {
            Some(P256) if algorithm == EC => PublicKey::Ecdsa(256),
            Some(P384) if algorithm == EC => PublicKey::Ecdsa(384),
            Some(P521) if algorithm == EC => PublicKey::Ecdsa(521),
            Some(curve) if algorithm == EC => PublicKey::Other(format!("ECDSA on curve {curve}")),
            _ => PublicKey::Other(format!("algorithm {algorithm}")),
        }
    }

    /// Why it cannot be used in TLS as it is spoken here; `None` when it can.
    pub(super) fn objection(&self) -> Option<String> {
        let taken = "RSA of 2048 bits and more, and ECDSA on P-256 and P-384, are taken";
        match self {
            PublicKey::Rsa(2048..=8192) | PublicKey::Ecdsa(256 | 384) | PublicKey::Ed25519 => None,
            unusable => Some(format!("its key is {unusable}; {taken}")),
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PublicKey::Rsa(bits) => write!(f, "RSA of {bits} bits"),
            PublicKey::Ecdsa(bits) => write!(f, "ECDSA on P-{bits}"),
            PublicKey::Ed25519 => f.write_str("Ed25519"),
            PublicKey::Other(kind) => f.write_str(kind),
        }
    }
}

fn rsa_bits(key: &[u8]) -> Option<usize> {
    let read = |reader: &mut SliceReader<'_>| -> x509_cert::der::Result<usize> {
        reader.sequence(|fields| {
            let modulus = UintRef::decode(fields)?;
            UintRef::decode(fields)?;
            let unused = modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros() as usize);
            Ok(modulus.as_bytes().len() * 8 - unused)
        })
    };
    read(&mut SliceReader::new(key).ok()?).ok()
}

/// A moment as `2026-11-29T18:05:23Z`.
pub(super) fn date(since_1970: Duration) -> String {
    match DateTime::from_unix_duration(Duration::from_secs(since_1970.as_secs())) {
        Ok(date) => date.to_string(),
        Err(_) => format!("{} s after 1970", since_1970.as_secs()),
    }
}

/// A peer's text for people: without control characters, and not too long.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == LONGEST_NAME {
            shown.push('…');
            break;
        }
        match character.is_control() || is_invisible(character) {
            true => write!(shown, "{}", character.escape_unicode()).unwrap_or_default(),
            false => shown.push(character),
        }
    }
    shown
}

/// Characters that change the order of others, or take no place.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}
