//! Opening a publisher by a connection string.

use std::sync::Arc;

use super::{Publisher, PublisherHandler};
use crate::engine::Engine;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::settings::PublisherSetup;

impl Publisher {
    /// A publisher of `metadata` that does what a connection string says: listens, connects to
    /// subscribers, or both.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when something is wrong with the string, and those of
    /// [`set_up`](Self::set_up).
    pub fn open(
        engine: &Engine,
        connection_string: &str,
        metadata: Arc<Metadata>,
        handler: impl PublisherHandler,
    ) -> Result<Publisher, Error> {
        let setup: PublisherSetup = connection_string.parse()?;
        setup.check_runs()?;
        let publisher = Publisher::new(engine, handler);
        publisher.set_metadata(metadata)?;
        publisher.set_up(&setup)?;
        Ok(publisher)
    }

    /// Does what `setup` says: listens, connects to subscribers, or both.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start), [`connect`](Self::connect), [`secure`](Self::secure) and
    /// [`use_rights_file`](Self::use_rights_file), when the publisher may have
    /// done a part already; [`Error::InvalidArgument`] when `setup` has neither a port nor a server.
    pub fn set_up(&self, setup: &PublisherSetup) -> Result<(), Error> {
        setup.check_runs()?;
        let subscribers = setup.subscribers()?;
        self.set_access(setup.access.clone());
        self.secure(setup.security.tls()?)?;
        self.use_rights_file(setup.file_of_rights())?;
        match setup.listening() {
            Some(address) => self.start(&address, setup.settings)?,
            None if self.is_running() => {}
            None => self.configure(setup.settings)?,
        }
        subscribers.iter().try_for_each(|address| self.connect(address, setup.reconnect))
    }
}
