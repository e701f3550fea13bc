//! Where on NATS measurements, history and metadata are.

use std::time::Duration;

use serde::Deserialize;

use super::{size, span};

/// The same for everything that works together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Bus {
    /// First tokens of all subjects.
    pub(crate) prefix: String,
    /// The stream that keeps what was published.
    pub(crate) stream: String,
    /// The bucket of metadata and tables of signals.
    pub(crate) bucket: String,
    /// Servers that keep a copy of each, when they are made.
    pub(crate) replicas: usize,
    /// How long the stream keeps what was published, when it is made.
    #[serde(with = "span")]
    pub(crate) max_age: Duration,
    /// How much the stream keeps, when it is made.
    #[serde(with = "size")]
    pub(crate) max_bytes: u64,
    /// Domain of JetStream that has stream and bucket; that of the servers if empty.
    pub(crate) domain: String,
    /// Domain whose stream and bucket are mirrored by those here, which a relay makes; empty for no mirrors.
    pub(crate) mirror_of: String,
}

impl Default for Bus {
    fn default() -> Bus {
        Bus {
            prefix: "sttp.v1".into(),
            stream: "STTP".into(),
            bucket: "STTP".into(),
            replicas: 1,
            max_age: Duration::from_secs(24 * 60 * 60),
            max_bytes: 10 << 30,
            domain: String::new(),
            mirror_of: String::new(),
        }
    }
}

impl Bus {
    pub(crate) fn check(&self) -> Result<(), String> {
        let is_token = |token: &str| {
            !token.is_empty()
                && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if !self.prefix.split('.').all(is_token) {
            return Err(format!(
                "bus.prefix: {:?} is none; write letters, digits, - and _, with dots between, as sttp.v1",
                self.prefix
            ));
        }
        for (key, name) in [("stream", &self.stream), ("bucket", &self.bucket)] {
            if !is_token(name) {
                return Err(format!("bus.{key}: {name:?} is no name; write letters, digits, - and _"));
            }
        }
        for (key, domain) in [("domain", &self.domain), ("mirror-of", &self.mirror_of)] {
            if !domain.is_empty() && !is_token(domain) {
                return Err(format!("bus.{key}: {domain:?} is no domain; write letters, digits, - and _"));
            }
        }
        if !self.mirror_of.is_empty() && self.mirror_of == self.domain {
            return Err("bus: domain and mirror-of are the same; what is there needs no mirror".into());
        }
        if !(1..=5).contains(&self.replicas) {
            return Err(format!("bus.replicas: {} is not possible; give 1 to 5", self.replicas));
        }
        if self.max_age.is_zero() || self.max_bytes < 1 << 20 {
            return Err("bus: nothing would be kept; give max-age a time, and max-bytes 1M at least".into());
        }
        Ok(())
    }
}
