//! Certificates of publishers and subscribers that trust each other.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ED25519, SerialNumber};
use sttp::tls::{IdentitySource, SelfSigned, SelfSignedOptions, Source, TlsSettings};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn made(name: &str, days: u32) -> SelfSigned {
    let options = SelfSignedOptions { name: name.to_owned(), hosts: Vec::new(), validity: DAY * days };
    SelfSigned::make(&options, SystemTime::now()).unwrap()
}

/// Settings of one who trusts only a peer.
pub(crate) fn trusting(own: &SelfSigned, peer: &SelfSigned) -> TlsSettings {
    let own = [&own.certificate_pem, own.private_key_pem.as_str()];
    trusting_pem(own, &peer.certificate_pem)
}

/// The same, of a certificate and its key, and of a certificate to trust.
fn trusting_pem([certificate, private_key]: [&str; 2], peer: &str) -> TlsSettings {
    let memory = |text: &str| Source::memory(text.as_bytes());
    TlsSettings {
        identity: Some(IdentitySource {
            certificates: memory(certificate),
            private_key: Some(memory(private_key)),
        }),
        pinned: vec![memory(peer)],
        ..TlsSettings::default()
    }
}

/// Settings of a publisher and of its subscribers.
pub(super) fn both() -> [TlsSettings; 2] {
    static MADE: OnceLock<[[String; 2]; 2]> = OnceLock::new();
    let [ours, theirs] = MADE.get_or_init(|| ["publisher", "subscriber"].map(of_one_length));
    let trusting =
        |[certificate, key]: &[String; 2], [peer, _]: &[String; 2]| trusting_pem([certificate, key], peer);
    [trusting(ours, theirs), trusting(theirs, ours)]
}

/// A certificate and its key. However often it is made, it has the same length, and so have the signatures by its key,
/// which those of ECDSA have not: what is sent in a handshake is cut as the seed says.
fn of_one_length(name: &str) -> [String; 2] {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(1_u64));
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    [params.self_signed(&key).unwrap().pem(), key.serialize_pem()]
}
