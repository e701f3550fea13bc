//! Whether there is room for another connection.

use std::net::IpAddr;

use super::context::Ground;
use super::events::NewConnection;
use super::shares::network;
use super::totals::{Kind, Place};

/// Connections take three of so many parts of the descriptors that the process may have. What is left is for the
/// program, for handshakes and for UDP.
const PARTS: usize = 4;

/// How many connections there may be; 0 is no limit.
struct Capacity {
    all: usize,
    from_one_address: usize,
    /// The descriptors that bound it, if they do.
    descriptors: Option<usize>,
}

impl Ground {
    /// A place for a connection, or why it is refused. Who is connected to is not: the limits are for those who come
    /// unasked.
    pub(super) fn place_for(&self, new: &NewConnection, is_stranger: bool) -> Result<Place, String> {
        let (totals, capacity) = (&self.limits.totals, self.capacity());
        let address = Some(new.address.ip()).filter(|_| !new.outgoing);
        totals.add_unless(Kind::Connection, address, |open, of_address| {
            capacity.refusal(address?, is_stranger, self.settings.kept_connections, open, of_address)
        })
    }

    fn capacity(&self) -> Capacity {
        let (all, from_one_address) =
            (self.settings.max_connections, self.settings.max_connections_per_address);
        let descriptors = self.limits.totals.descriptors();
        match descriptors.map(|descriptors| descriptors / PARTS * (PARTS - 1)) {
            // One address is not to have all of the few.
            Some(few) if few < all => {
                Capacity { all: few, from_one_address: from_one_address.min(few / 2), descriptors }
            }
            _ => Capacity { all, from_one_address, descriptors: None },
        }
    }
}

impl Capacity {
    /// Why a connection from an address is refused, if it is, while so many are open, and so many of them from there.
    fn refusal(
        &self,
        address: IpAddr,
        is_stranger: bool,
        kept: usize,
        open: usize,
        of_address: usize,
    ) -> Option<String> {
        let Capacity { all, from_one_address, descriptors } = *self;
        let few = descriptors
            .map(|descriptors| format!(", since its process may have {descriptors} descriptors"))
            .unwrap_or_default();
        if all > 0 && open >= all {
            return Some(format!(
                "this publisher accepts at most {all} connections{few} (maxConnections); try again later"
            ));
        }
        if all > 0 && is_stranger && open >= all.saturating_sub(kept) {
            return Some(format!(
                "of its {all} connections this publisher keeps the last {kept} for subscribers that it knows \
                 (keptConnections); try again later"
            ));
        }
        (from_one_address > 0 && of_address >= from_one_address).then(|| {
            let from = match network(address) {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(network) => format!("{network}/64"),
            };
            format!(
                "this publisher accepts at most {from_one_address} connections from {from}{few} \
                 (maxConnectionsPerAddress); close another one first"
            )
        })
    }
}
