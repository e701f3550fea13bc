//! Who may connect to a publisher or a subscriber, and whether and how the connections are secured.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::error::Error;
use crate::host;
use crate::settings::{AccessSettings, Address};
use crate::tls::{ReloadableTls, TlsContext, TlsError, TlsSession, TlsSettings};

/// Files are not looked at more often than that.
const LEAST_INTERVAL: Duration = Duration::from_secs(1);
/// What operators should know of certificates is told that often.
const NOTICE_INTERVAL: Duration = Duration::from_secs(24 * 3600);

/// Lets in or does not, and secures connections or leaves them as they are. Clones are handles to the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Security {
    access: Arc<Mutex<AccessSettings>>,
    tls: Arc<Mutex<Option<Secure>>>,
}

#[derive(Debug, Clone)]
struct Secure {
    tls: Arc<ReloadableTls>,
    looked_at: Instant,
    /// When to tell what operators should know.
    notices_due: Instant,
}

/// The session of a connection that is to be secured.
pub(super) struct NewSession {
    pub(super) made: Making,
    /// How long its handshake may take.
    pub(super) timeout: Duration,
}

/// How a session comes about.
pub(super) enum Making {
    Done(Box<TlsSession>),
    /// Files are to be looked at before, which is not for the loop.
    Elsewhere(Box<dyn FnOnce() -> io::Result<TlsSession> + Send>),
}

impl Security {
    /// Secures the connections to come by TLS, or no longer.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`]: what cannot be used of the settings, or their files.
    pub(crate) fn set_up(&self, settings: Option<TlsSettings>) -> Result<(), Error> {
        let secure = match settings {
            None => None,
            Some(settings) => {
                let tls = Arc::new(ReloadableTls::load(settings)?);
                let now = host::now();
                Some(Secure { tls, looked_at: now, notices_due: now })
            }
        };
        *self.secure() = secure;
        Ok(())
    }

    /// Accepts connections from these addresses from now on. Those that stand go on.
    pub(crate) fn set_access(&self, access: AccessSettings) {
        *self.access.lock().unwrap_or_else(PoisonError::into_inner) = access;
    }

    /// Whether one may connect from an address.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn admits(&self, address: IpAddr) -> io::Result<()> {
        let access = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        access.admits(address).map_err(|reason| io::Error::new(io::ErrorKind::PermissionDenied, reason))
    }

    /// Reads all files again, for the connections to come.
    pub(crate) fn reload(&self) -> Result<(), Error> {
        let tls = self.secure().as_ref().map(|secure| Arc::clone(&secure.tls));
        match tls {
            Some(tls) => {
                tls.reload()?;
                self.tell_soon();
                Ok(())
            }
            None => Err(Error::InvalidState("there are no certificates to read again: TLS is off".into())),
        }
    }

    /// Whether the connections to come are secured.
    pub(crate) fn is_on(&self) -> bool {
        self.secure().is_some()
    }

    /// A session for a connection that is made to an address; `None` without TLS.
    ///
    /// # Errors
    /// The host of the address cannot stand in a certificate.
    pub(super) fn connecting(&self, to: &Address) -> io::Result<Option<NewSession>> {
        let address = to.to_string();
        let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host).to_owned();
        self.session(move |tls| tls.connect(&host))
    }

    /// A session for a connection that was accepted; `None` without TLS.
    ///
    /// # Errors
    /// There is no own certificate.
    pub(super) fn accepting(&self) -> io::Result<Option<NewSession>> {
        self.session(TlsContext::accept)
    }

    /// A session by the certificates in use, which are read again before if their files were changed.
    fn session(
        &self,
        make: impl FnOnce(&TlsContext) -> Result<TlsSession, TlsError> + Send + 'static,
    ) -> io::Result<Option<NewSession>> {
        let (tls, is_to_look) = match self.secure().as_mut() {
            None => return Ok(None),
            Some(secure) => {
                let now = host::now();
                let is_to_look = now.saturating_duration_since(secure.looked_at) >= LEAST_INTERVAL;
                if is_to_look {
                    secure.looked_at = now;
                }
                (Arc::clone(&secure.tls), is_to_look)
            }
        };
        let current = tls.current();
        let timeout = current.settings().handshake_timeout;
        let made = if is_to_look {
            let security = self.clone();
            Making::Elsewhere(Box::new(move || {
                security.look(&tls);
                make(&tls.current()).map_err(unusable)
            }))
        } else {
            Making::Done(Box::new(make(&current).map_err(unusable)?))
        };
        Ok(Some(NewSession { made, timeout }))
    }

    /// When to call [`notices`](Self::notices) next.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.secure().as_ref().map(|secure| secure.notices_due)
    }

    /// What an operator should know of the certificates, once a day and when they were read: those that
    /// soon end, and what is tolerated.
    pub(crate) fn notices(&self, now: Instant) -> Vec<String> {
        let mut secure = self.secure();
        let Some(secure) = secure.as_mut().filter(|secure| now >= secure.notices_due) else {
            return Vec::new();
        };
        secure.notices_due = now + NOTICE_INTERVAL;
        secure.tls.current().notices(SystemTime::now())
    }

    fn secure(&self) -> MutexGuard<'_, Option<Secure>> {
        self.tls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_soon(&self) {
        if let Some(secure) = self.secure().as_mut() {
            secure.notices_due = host::now();
        }
    }

    /// Reads certificates again if their files were changed.
    fn look(&self, tls: &ReloadableTls) {
        match tls.reload_if_changed() {
            Ok(false) => {}
            Ok(true) => {
                self.tell_soon();
                log::info!(target: "sttp::tls", "certificates were read again, as their files have changed");
            }
            Err(error) => log::error!(target: "sttp::tls", "certificates stay as they were: {error}"),
        }
    }
}

fn unusable(error: TlsError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::{IdentitySource, SelfSigned, SelfSignedOptions, Source};

    #[test]
    fn files_are_looked_at_elsewhere_than_on_the_loop() {
        let folder = std::env::temp_dir().join(format!("sttp-security-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let options =
            SelfSignedOptions { name: "publisher".into(), hosts: Vec::new(), validity: NOTICE_INTERVAL };
        let made = SelfSigned::make(&options, SystemTime::now()).unwrap();
        let trusted = folder.join("trusted.pem");
        std::fs::write(&trusted, &made.certificate_pem).unwrap();
        let identity = IdentitySource {
            certificates: Source::memory(made.certificate_pem.as_bytes()),
            private_key: Some(Source::memory(made.private_key_pem.as_bytes())),
        };
        let settings = TlsSettings {
            identity: Some(identity),
            pinned: vec![Source::file(&trusted)],
            ..TlsSettings::default()
        };
        let security = Security::default();
        assert!(security.accepting().unwrap().is_none(), "TLS is off");
        security.set_up(Some(settings)).unwrap();
        let is_made =
            |security: &Security| matches!(security.accepting().unwrap().unwrap().made, Making::Done(_));
        assert!(is_made(&security), "they were read just now");

        let tls = security.secure().as_ref().unwrap().tls.clone();
        let before = tls.current();
        std::fs::write(&trusted, [made.certificate_pem.as_str(), "\n"].concat()).unwrap();
        let now = host::now();
        security.secure().as_mut().unwrap().looked_at = now.checked_sub(LEAST_INTERVAL).unwrap();
        let Making::Elsewhere(make) = security.accepting().unwrap().unwrap().made else {
            panic!("it was made on this thread")
        };
        assert!(Arc::ptr_eq(&before, &tls.current()), "nothing was read yet");
        assert!(is_made(&security), "others do not look again meanwhile");
        make().unwrap();
        assert!(!Arc::ptr_eq(&before, &tls.current()));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
