//! Certificates, keys and revocation lists, as they are loaded.

use std::time::SystemTime;

use sttp::tls::{IdentitySource, Source, TlsContext, TlsSettings};

/// Whatever stands in a file, it is loaded or refused by a text that can be shown. The first byte tells what the
/// file is to be.
pub(crate) fn certificates(input: &[u8]) {
    let Some((role, bytes)) = input.split_first() else { return };
    let source = || Source::memory(bytes);
    let mut settings = TlsSettings::default();
    match role % 5 {
        0 => settings.pinned.push(source()),
        1 => settings.authorities.push(source()),
        2 => settings.identity = Some(IdentitySource { certificates: source(), private_key: None }),
        3 => settings.identity = Some(IdentitySource { certificates: source(), private_key: Some(source()) }),
        _ => settings.revocations.push(source()),
    }
    match TlsContext::load(&settings) {
        Ok(context) => {
            let shown = context.notices(SystemTime::now());
            shown.iter().for_each(|text| check_text(text));
            drop(context.accept());
            drop(context.connect("gateway.example"));
        }
        Err(error) => check_text(&error.to_string()),
    }
}

/// Nothing in a file can disturb the terminal or the log.
fn check_text(text: &str) {
    assert!(!text.is_empty() && text.len() < 8192, "{} bytes of text", text.len());
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
