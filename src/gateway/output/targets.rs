//! Hosts and groups that get a stream by UDP without asking.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::engine::{Address, Io, Resolver};

/// When a name is looked up again that was not found.
const PAUSE: Duration = Duration::from_secs(30);

/// The targets of a stream, by address and by name.
pub(super) struct Targets {
    targets: Vec<Target>,
    retry_at: Option<Instant>,
}

struct Target {
    address: Address,
    search: Option<Resolver>,
    found: Option<SocketAddr>,
}

impl Targets {
    pub(super) fn new(addresses: &[Address], io: &Io<'_>) -> Targets {
        let target = |address: &Address| Target {
            address: address.clone(),
            search: Some(address.resolve(&io.handle())),
            found: None,
        };
        Targets { targets: addresses.iter().map(target).collect(), retry_at: None }
    }

    /// Goes on looking for names. Tells all targets that are known when there is another one; `failed` is told why one
    /// is not found.
    pub(super) fn proceed(&mut self, io: &Io<'_>, mut failed: impl FnMut(String)) -> Option<Vec<SocketAddr>> {
        let is_due = self.retry_at.take_if(|due| *due <= io.now()).is_some();
        let mut has_changed = false;
        for target in &mut self.targets {
            if is_due && target.found.is_none() && target.search.is_none() {
                target.search = Some(target.address.resolve(&io.handle()));
            }
            let Some(answer) = target.search.as_mut().and_then(Resolver::take) else { continue };
            target.search = None;
            match answer.map(|addresses| addresses.first().copied()) {
                Ok(found) => {
                    target.found = found;
                    has_changed = true;
                }
                Err(error) => {
                    self.retry_at = Some(io.now() + PAUSE);
                    failed(format!("Nothing is sent to {}: {error}", target.address));
                }
            }
        }
        has_changed.then(|| self.targets.iter().filter_map(|target| target.found).collect())
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.retry_at
    }
}
