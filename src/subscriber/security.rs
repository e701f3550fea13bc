//! Who may connect to a subscriber that listens, and how its connections are secured.

use super::Subscriber;
use crate::error::Error;
use crate::settings::AccessSettings;
use crate::tls::TlsSettings;

impl Subscriber {
    /// Lets only those connect who may by these addresses. Connections that stand go on.
    pub fn set_access(&self, access: AccessSettings) {
        self.shared.security.set_access(access);
    }

    /// Secures the connections to come by TLS, or with `None` no longer. To be called before
    /// [`connect`](Self::connect) and [`listen`](Self::listen).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when a certificate, a key or a revocation list cannot be used: which, why, and what
    /// to do.
    pub fn secure(&self, settings: Option<TlsSettings>) -> Result<(), Error> {
        self.shared.security.set_up(settings)?;
        self.driver.notify();
        Ok(())
    }

    /// Reads certificates, keys and revocation lists again, for the connections to come. The one that stands goes on.
    /// (Files that have changed are read again by themselves, when the next connection is made.) Waits until they are
    /// read, and before that for whoever reads them already: on a share that hangs, for ever. Connections go on meanwhile;
    /// call it where that may be waited for.
    ///
    /// # Errors
    ///
    /// As [`secure`](Self::secure): then everything stays as it was. [`Error::InvalidState`] without TLS.
    pub fn reload_certificates(&self) -> Result<(), Error> {
        self.shared.security.reload()?;
        self.driver.notify();
        Ok(())
    }
}
