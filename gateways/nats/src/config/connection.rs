//! Connection strings of STTP: everything that is wrong with one is said before anything runs.

use sttp::rights::Rights;
use sttp::settings::{PublisherSetup, SecuritySettings, SubscriberSetup};
use sttp::tls::TlsContext;

/// Longest name of a source.
const LONGEST_NAME: usize = 64;

/// What a subscriber's connection string says. What it does not say: everything is subscribed, and what is missed while
/// the connection is lost is recovered if the publisher has a history.
pub(crate) fn subscriber(connection: &str) -> Result<SubscriberSetup, String> {
    let mut setup = SubscriberSetup::default();
    setup.subscription.filter = "FILTER ActiveMeasurements WHERE True".into();
    setup.settings.recovery.enabled = true;
    setup.settings.follow_configuration = true;
    setup.apply(connection).map_err(|error| error.to_string())?;
    setup.endpoint().map_err(|error| error.to_string())?;
    check_security(&setup.security)?;
    Ok(setup)
}

/// What a publisher's connection string says.
pub(crate) fn publisher(connection: &str) -> Result<PublisherSetup, String> {
    let setup: PublisherSetup = connection.parse().map_err(|error| format!("{error}"))?;
    let subscribers = setup.subscribers().map_err(|error| error.to_string())?;
    if setup.listening().is_none() && subscribers.is_empty() {
        return Err("it does not say where subscribers are; give port=PORT to listen".into());
    }
    check_security(&setup.security)?;
    if let Some(file) = setup.file_of_rights() {
        Rights::load(file).map_err(|error| error.to_string())?;
    }
    Ok(setup)
}

/// Reads the files that TLS is to have.
fn check_security(security: &SecuritySettings) -> Result<(), String> {
    match security.tls().map_err(|error| error.to_string())? {
        Some(tls) => TlsContext::load(&tls).map(drop).map_err(|error| error.to_string()),
        None => Ok(()),
    }
}

/// A source's name is part of subjects and keys.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    match (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_good) {
        true => Ok(()),
        false => Err(format!("{name:?} is no name; write up to {LONGEST_NAME} letters, digits, - and _")),
    }
}
