//! Rights files.

use std::sync::LazyLock;

use sttp::Ticks;
use sttp::metadata::{DataSet, Metadata};
use sttp::rights::{Peer, Rights};

static SAMPLE: LazyLock<Metadata> =
    LazyLock::new(|| Metadata::new(DataSet::sample().expect("the sample can be read")));

/// A mistake is told with its line; what can be read grants nobody more than it allows.
pub(crate) fn rights(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let rights = match Rights::parse(&text, "rights") {
        Ok(rights) => rights,
        Err(error) => {
            assert!(
                error.line.is_none_or(|line| (1..=text.lines().count().max(1)).contains(&line)),
                "{error}"
            );
            return;
        }
    };
    assert_eq!(Rights::parse(&text, "rights").as_ref(), Ok(&rights));
    for address in ["10.1.2.3:7165", "[2001:db8::1]:7165"] {
        let peer = Peer { address: address.parse().expect("an address"), outgoing: false, tls: None };
        let Ok(grant) = rights.decide(&peer) else { continue };
        let allowed = grant.signals().allowed(&SAMPLE, Ticks(639_028_224_000_000_000));
        assert_eq!(allowed.rows.len(), SAMPLE.measurements().len());
        let visible = SAMPLE.visible(|row| allowed.has(row));
        assert_eq!(
            visible.measurements().len(),
            allowed.rows.iter().filter(|is_allowed| **is_allowed).count()
        );
        for device in visible.devices() {
            assert!(device.measurements().next().is_some() || device.children().next().is_some());
        }
        assert!(visible.phasors().all(|phasor| phasor.device().is_some()));
    }
}
