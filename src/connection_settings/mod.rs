//! Settings as operators write them: one connection string for everything that a subscriber or a
//! publisher can be told.
//!
//! Where peers are read leniently ([`ConnectionString`]), operators are read strictly: a mistake is
//! an error that names the key, the value and what is allowed, and nothing of the string is used.
//! The keys stand in two tables, with the settings that they read and write; `docs/connection-strings.md`
//! lists the same keys.

mod channel;
mod data_channel;
mod error;
mod foreign;
mod key;
mod nearest;
mod publisher;
mod reader;
mod subscriber;
#[cfg(test)]
mod tests;
mod values;

use crate::wire::ConnectionString;

pub use channel::CommandChannel;
pub use error::SettingError;
use foreign::Foreign;
use key::{Key, Value};
pub use publisher::PublisherSetup;
pub use subscriber::{Endpoint, SubscriberSetup};

/// What a connection string can set up.
pub(crate) trait Setup: Clone + Default + 'static {
    /// Who is set up, for error texts.
    const ROLE: &'static str;
    /// What can be set, in the order in which it is.
    const KEYS: &'static [Key<Self>];
    /// Keys of other implementations.
    const FOREIGN: &'static [Foreign];

    /// What no key can see alone.
    fn check(&self) -> Result<(), SettingError>;
}

/// A key that a connection string may have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyInfo {
    /// Its name; `dataChannel.port` is `port` in the braces of `dataChannel`.
    pub name: String,
    /// Other spellings of it.
    pub aliases: &'static [&'static str],
    /// What its value can be.
    pub value: String,
    /// The value without it.
    pub default: String,
    /// What it means, in one line.
    pub text: &'static str,
    /// Functions of the C API that set the same.
    pub functions: &'static [&'static str],
}

/// Everything that can be set, groups before what is in them.
fn key_infos<S: Setup>() -> Vec<KeyInfo> {
    fn add<S: Setup>(keys: &[Key<S>], prefix: &str, infos: &mut Vec<KeyInfo>) {
        for key in keys {
            infos.push(KeyInfo {
                name: format!("{prefix}{}", key.name),
                aliases: key.aliases,
                value: key.value.allowed(),
                default: key.value.text(&S::default()),
                text: key.text,
                functions: key.functions,
            });
            if let Value::Group { keys, .. } = &key.value {
                add(keys, &format!("{}.", key.name), infos);
            }
        }
    }
    let mut infos = Vec::new();
    add(S::KEYS, "", &mut infos);
    infos
}

/// The connection string that makes `setup` of the default.
fn write<S: Setup>(setup: &S) -> ConnectionString {
    write_keys(S::KEYS, setup, &S::default())
}

fn write_keys<S>(keys: &[Key<S>], setup: &S, default: &S) -> ConnectionString {
    let mut written = ConnectionString::default();
    for key in keys.iter().filter(|key| !key.repeats_others) {
        let (value, usual) = match &key.value {
            Value::Group { keys, .. } => (write_keys(keys, setup, default).to_string(), String::new()),
            value => (value.text(setup), value.text(default)),
        };
        if value != usual {
            written.set(key.name, value);
        }
    }
    written
}
