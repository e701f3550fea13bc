//! Certificates of publishers and subscribers that trust each other.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use sttp::tls::{IdentitySource, SelfSigned, SelfSignedOptions, Source, TlsSettings};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn made(name: &str, days: u32) -> SelfSigned {
    let options = SelfSignedOptions { name: name.to_owned(), hosts: Vec::new(), validity: DAY * days };
    SelfSigned::make(&options, SystemTime::now()).unwrap()
}

/// Settings of one who trusts only a peer.
pub(crate) fn trusting(own: &SelfSigned, peer: &SelfSigned) -> TlsSettings {
    let memory = |text: &str| Source::memory(text.as_bytes());
    TlsSettings {
        identity: Some(IdentitySource {
            certificates: memory(&own.certificate_pem),
            private_key: Some(memory(&own.private_key_pem)),
        }),
        pinned: vec![memory(&peer.certificate_pem)],
        ..TlsSettings::default()
    }
}

/// Settings of a publisher and of its subscribers.
pub(super) fn both() -> [TlsSettings; 2] {
    static MADE: OnceLock<[SelfSigned; 2]> = OnceLock::new();
    let [ours, theirs] = MADE.get_or_init(|| ["publisher", "subscriber"].map(|name| made(name, 365)));
    [trusting(ours, theirs), trusting(theirs, ours)]
}
