//! Who may connect to a publisher or a subscriber, and whether and how the connections are secured.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::error::Error;
use crate::host;
use crate::settings::{AccessSettings, Address};
use crate::tls::{ReloadableTls, TlsError, TlsSession, TlsSettings};

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

/// A session for a connection, and how long its handshake may take.
pub(super) type NewSession = (TlsSession, Duration);

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
    pub(crate) fn connecting(&self, to: &Address) -> io::Result<Option<NewSession>> {
        let Some(tls) = self.current() else { return Ok(None) };
        let address = to.to_string();
        let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host);
        let tls = tls.current();
        tls.connect(host).map(|session| Some((session, tls.settings().handshake_timeout))).map_err(unusable)
    }

    /// A session for a connection that was accepted; `None` without TLS.
    ///
    /// # Errors
    /// There is no own certificate.
    pub(crate) fn accepting(&self) -> io::Result<Option<NewSession>> {
        let Some(tls) = self.current() else { return Ok(None) };
        let tls = tls.current();
        tls.accept().map(|session| Some((session, tls.settings().handshake_timeout))).map_err(unusable)
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

    /// The certificates, read again if their files were changed.
    fn current(&self) -> Option<Arc<ReloadableTls>> {
        let mut secure = self.secure();
        let Secure { tls, looked_at, notices_due } = secure.as_mut()?;
        let now = host::now();
        if now.saturating_duration_since(*looked_at) >= LEAST_INTERVAL {
            *looked_at = now;
            match tls.reload_if_changed() {
                Ok(false) => {}
                Ok(true) => {
                    *notices_due = now;
                    log::info!(target: "sttp::tls", "certificates were read again, as their files have changed");
                }
                Err(error) => log::error!(target: "sttp::tls", "certificates stay as they were: {error}"),
            }
        }
        Some(Arc::clone(tls))
    }
}

fn unusable(error: TlsError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}
