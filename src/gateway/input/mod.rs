//! C37.118 in: devices whose measurements a publisher publishes.

mod capture;
mod collecting;
mod context;
mod counters;
mod datagrams;
mod device;
mod driver;
mod handler;
mod merger;
mod relay;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::c37118::Configuration;
use crate::c37118::client::ClientCounters;
use crate::engine::{DriverHandle, Engine, Requests};
use crate::error::Error;
use crate::publisher::Publisher;
use crate::settings::C37118InputSetup;

pub use counters::DeviceCounters;
use device::Plan;
use driver::InputDriver;
pub use handler::InputHandler;

/// Requests that may wait for the engine, beside the devices that are there.
const WAITING_REQUESTS: usize = 10_000;

/// Names a device of an input; never used twice.
pub type DeviceId = u64;

/// Devices that speak C37.118, whose measurements a publisher publishes: any number of them, each with its own
/// connection, into one publisher, whose metadata are made of what all of them are.
///
/// The metadata of the publisher belong to the input: they are replaced whenever a device tells another configuration.
/// The IDs of signals are made of their names and so stay the same, and so do subscriptions. The data frames of a
/// device are published once the metadata have it.
///
/// Methods return at once, and may be called from any thread and from inside the handler. It runs on a thread of the
/// publisher's engine. Dropping it closes all connections; the handler is dropped by the engine soon after. The
/// publisher goes on with the metadata that it has.
///
/// ```no_run
/// use std::sync::Arc;
/// use sttp::engine::Engine;
/// use sttp::gateway::{Input, InputHandler};
/// use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
///
/// struct Quiet;
///
/// impl InputHandler for Quiet {}
/// impl PublisherHandler for Quiet {}
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let publisher = Arc::new(Publisher::new(&Engine::shared()?, Quiet));
/// publisher.start("0.0.0.0:7175", PublisherSettings::default())?;
/// let input = Input::new(&publisher, "PMU", Quiet);
/// input.add_device(&"device=192.0.2.20; accessID=7".parse()?)?;
/// input.add_device(&"device=192.0.2.21; accessID=9; devicePrefix=NORTH_".parse()?)?;
/// # Ok(())
/// # }
/// ```
pub struct Input {
    shared: Arc<Shared>,
    requests: Requests<Request>,
    driver: DriverHandle,
    publisher: Arc<Publisher>,
}

/// What an API thread wants of the engine.
enum Request {
    Add(DeviceId, Box<Plan>),
    Remove(DeviceId),
}

/// What the engine and API threads both see.
#[derive(Default)]
struct Shared {
    dropped: AtomicBool,
    last_device: AtomicU64,
    devices: Mutex<BTreeMap<DeviceId, DeviceInfo>>,
}

/// Where a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceState {
    /// A connection is being made.
    #[default]
    Connecting,
    /// Connected, and it has not told its configuration yet.
    Connected,
    /// It has told its configuration.
    Running,
    /// The connection was lost or could not be made; the next attempt is due after a delay.
    Reconnecting,
    /// The connection was lost or could not be made, and no attempt follows; or a capture has ended.
    GaveUp,
}

/// What is known of a device.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DeviceInfo {
    /// Which it is.
    pub id: DeviceId,
    /// Its address as it was given.
    pub address: String,
    /// Where it stands.
    pub state: DeviceState,
    /// What its data frames carry, once it has told that.
    pub configuration: Option<Arc<Configuration>>,
    /// What was counted since it was added.
    pub counters: DeviceCounters,
    /// What its session counted, over all connections.
    pub session: ClientCounters,
}

impl Shared {
    fn devices(&self) -> MutexGuard<'_, BTreeMap<DeviceId, DeviceInfo>> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Input {
    /// An input without devices. `source` is in front of the measurement keys in the metadata, as `PMU` in `PMU:1`.
    pub fn new(publisher: &Arc<Publisher>, source: &str, handler: impl InputHandler) -> Input {
        let shared = Arc::new(Shared::default());
        let (requests, receiver) = Requests::new("input", WAITING_REQUESTS);
        let driver = InputDriver::new(
            Box::new(handler),
            Arc::downgrade(publisher),
            source.to_owned(),
            shared.clone(),
            receiver,
        );
        let driver = publisher.engine().add(driver);
        Input { shared, requests, driver, publisher: Arc::clone(publisher) }
    }

    /// What it publishes with.
    pub fn publisher(&self) -> &Arc<Publisher> {
        &self.publisher
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.publisher.engine()
    }

    /// Adds a device, and connects to it until it is [removed](Self::remove_device), over losses of the connection if
    /// the settings say so.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the settings do not go together, or do not say where the device is;
    /// [`Error::WouldBlock`] when too many requests wait for the engine.
    pub fn add_device(&self, setup: &C37118InputSetup) -> Result<DeviceId, Error> {
        self.engine().check_process()?;
        let plan = Plan::new(setup)?;
        let address = plan.address();
        let id = 1 + self.shared.last_device.fetch_add(1, Ordering::Relaxed);
        self.shared.devices().insert(id, DeviceInfo { id, address, ..DeviceInfo::default() });
        self.request(Request::Add(id, Box::new(plan)))
            .inspect_err(|_| drop(self.shared.devices().remove(&id)))?;
        Ok(id)
    }

    /// Ends the connection to a device. Its rows leave the metadata, but for those of its measurements, which stay, not
    /// enabled, for the case that it comes back.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such device; [`Error::WouldBlock`] when too many requests wait for the
    /// engine.
    pub fn remove_device(&self, device: DeviceId) -> Result<(), Error> {
        self.engine().check_process()?;
        if !self.shared.devices().contains_key(&device) {
            return Err(no_device(device));
        }
        self.request(Request::Remove(device))?;
        self.shared.devices().remove(&device);
        Ok(())
    }

    /// All devices, in the order in which they were added.
    pub fn devices(&self) -> Vec<DeviceInfo> {
        self.shared.devices().values().cloned().collect()
    }

    /// What is known of a device.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such device.
    pub fn device(&self, device: DeviceId) -> Result<DeviceInfo, Error> {
        self.shared.devices().get(&device).cloned().ok_or_else(|| no_device(device))
    }

    fn request(&self, request: Request) -> Result<(), Error> {
        let made = self.requests.make(request);
        self.driver.notify();
        made
    }
}

fn no_device(device: DeviceId) -> Error {
    Error::NotFound(format!("the input has no device {device}; add it first"))
}

impl Drop for Input {
    fn drop(&mut self) {
        if self.engine().is_left() {
            self.requests.leave();
            return;
        }
        self.shared.dropped.store(true, Ordering::Release);
        self.driver.notify();
    }
}
