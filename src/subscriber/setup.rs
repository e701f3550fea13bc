//! Opening a subscriber by a connection string.

use super::{Subscriber, SubscriberHandler};
use crate::engine::Engine;
use crate::error::Error;
use crate::settings::{Endpoint, SubscriberSetup};

impl Subscriber {
    /// A subscriber that does what a connection string says: connects or listens, and subscribes if
    /// there is a filter in it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when something is wrong with the string, and those of
    /// [`set_up`](Self::set_up).
    pub fn open(
        engine: &Engine,
        connection_string: &str,
        handler: impl SubscriberHandler,
    ) -> Result<Subscriber, Error> {
        let setup: SubscriberSetup = connection_string.parse()?;
        setup.endpoint()?;
        let subscriber = Subscriber::new(engine, handler);
        subscriber.set_up(&setup)?;
        Ok(subscriber)
    }

    /// Does what `setup` says: subscribes if there is a filter in it, and connects or listens.
    ///
    /// # Errors
    ///
    /// Those of [`subscribe`](Self::subscribe), [`connect`](Self::connect) and
    /// [`listen`](Self::listen); [`Error::InvalidArgument`] when `setup` does not say which.
    pub fn set_up(&self, setup: &SubscriberSetup) -> Result<(), Error> {
        let endpoint = setup.endpoint()?;
        self.check_idle()?;
        self.set_access(setup.access.clone());
        self.secure(setup.security.tls()?)?;
        if !setup.subscription.filter.trim().is_empty() {
            self.subscribe(setup.subscription.clone())?;
        }
        match endpoint {
            Endpoint::Connect(address) => self.connect(&address, setup.settings.clone()),
            Endpoint::Listen(address) => self.listen(&address, setup.settings.clone()),
        }
    }
}
