//! How to reach NATS, and as whom.

use std::path::PathBuf;

use serde::Deserialize;

/// The way to the NATS servers. Secrets are in files of their own, so that the configuration may be read by others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Nats {
    /// Servers of one cluster; others of it are found by themselves.
    pub(crate) servers: Vec<String>,
    /// With `password-file`.
    pub(crate) user: String,
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) token_file: Option<PathBuf>,
    /// A file with the seed of an NKey.
    pub(crate) nkey_file: Option<PathBuf>,
    /// A file of credentials, as `nsc` writes it.
    pub(crate) creds_file: Option<PathBuf>,
    pub(crate) tls: Tls,
}

/// TLS to NATS.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    /// Also where the server does not ask for it.
    pub(crate) required: bool,
    /// Before the server says anything, as servers with `handshake_first` want it.
    pub(crate) first: bool,
    /// Certificates of authorities, in place of those of the system.
    pub(crate) ca: Option<PathBuf>,
    /// The own certificate, and its key.
    pub(crate) cert: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

impl Default for Nats {
    fn default() -> Nats {
        Nats {
            servers: vec!["nats://127.0.0.1:4222".into()],
            user: String::new(),
            password_file: None,
            token_file: None,
            nkey_file: None,
            creds_file: None,
            tls: Tls::default(),
        }
    }
}

impl Nats {
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.servers.is_empty() {
            return Err("nats.servers is empty: give at least one server, as nats://localhost:4222".into());
        }
        for server in &self.servers {
            server.parse::<async_nats::ServerAddr>().map_err(|error| {
                format!("nats.servers: {server} is no server ({error}); write nats://host:4222")
            })?;
        }
        let ways = [
            ("user", !self.user.is_empty()),
            ("token-file", self.token_file.is_some()),
            ("nkey-file", self.nkey_file.is_some()),
            ("creds-file", self.creds_file.is_some()),
        ];
        let given: Vec<&str> = ways.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name).collect();
        if given.len() > 1 {
            return Err(format!("nats: {} are given; give one of them", given.join(" and ")));
        }
        if self.user.is_empty() != self.password_file.is_none() {
            return Err("nats: user and password-file go together; give both, or neither".into());
        }
        if self.tls.cert.is_none() != self.tls.key.is_none() {
            return Err("nats.tls: cert and key go together; give both, or neither".into());
        }
        let files = [&self.password_file, &self.token_file, &self.nkey_file, &self.creds_file];
        let of_tls = [&self.tls.ca, &self.tls.cert, &self.tls.key];
        for path in files.into_iter().chain(of_tls).flatten() {
            std::fs::metadata(path).map_err(|error| format!("nats: {}: {error}", path.display()))?;
        }
        Ok(())
    }
}
