//! Settings: all that a subscriber, a publisher or a gateway can be told, in one table.
//!
//! Each setting is stated once, in a row with its key, its document, its type, default and bounds:
//! of a subscriber in `subscriber` and `subscription`, of a publisher in `publisher`, and in the parts
//! that both have. From these rows come the typed settings ([`SubscriberSettings`], [`PublisherSettings`]
//! and their parts), connection strings, the settings of the C API and the lists of the documents.
//!
//! Where peers are read leniently ([`ConnectionString`](crate::wire::ConnectionString)), operators are read
//! strictly: a mistake is an error that names the key, the value and what is allowed, and nothing of the
//! string is used.
//!
//! To add a setting, add its row, and use its field.

mod access;
mod address;
mod block_link;
mod block_link_setup;
mod c37118_capture;
mod c37118_client;
mod c37118_input;
mod c37118_output;
mod c37118_server;
mod command_channel;
mod error;
mod field;
mod fingerprints;
mod foreign;
mod gsf;
mod key_values;
mod limits;
mod macros;
mod nearest;
mod part;
mod policies;
mod publisher;
mod reader;
mod reception;
mod reconnect;
mod recovery;
mod rights;
mod row;
mod security;
mod serial_line;
mod setup;
mod subscriber;
mod subscription;
mod table;
#[cfg(test)]
mod tests;
mod values;
mod writer;

pub use access::{AccessSettings, AddressList};
pub(crate) use address::{Address, Host};
pub use block_link::{BlockLinkSettings, LinkEncryption, TimeForm};
pub use block_link_setup::BlockLinkSetup;
pub(crate) use block_link_setup::LinkPlace;
pub use c37118_capture::{C37118CaptureSettings, CaptureTimes};
pub use c37118_client::{C37118ClientSettings, RequestedConfiguration};
pub(crate) use c37118_input::DatagramEndpoint;
pub use c37118_input::{C37118_PORT, C37118InputSetup, C37118Published, C37118Transport};
pub use c37118_output::{C37118Format, C37118OutputSetup};
pub use c37118_server::{AnnouncedConfiguration, C37118ServerSettings, CommandIds};
pub use command_channel::CommandChannel;
pub use error::SettingError;
pub use fingerprints::FingerprintList;
pub use limits::LimitSettings;
pub use policies::{Encryption, NanFilter, Overflow};
pub(crate) use publisher::SHORTEST_ROTATION;
pub use publisher::{
    EncryptionSettings, LARGEST_DATAGRAM, PublisherSettings, PublisherSetup, SMALLEST_DATAGRAM,
    SMALLEST_SEND_QUEUE, UdpSettings,
};
pub use reception::{Interface, MulticastReception, UdpReception};
pub use reconnect::ReconnectSettings;
pub use recovery::RecoverySettings;
pub use rights::{PeerSettings, RightsSection, RightsSettings};
pub use security::{SecurityMode, SecuritySettings};
#[cfg(unix)]
pub(crate) use serial_line::Parity;
pub(crate) use serial_line::SerialLine;
pub(crate) use subscriber::KEEP_ALIVE;
pub use subscriber::{Endpoint, SubscriberSettings, SubscriberSetup};
pub use subscription::{AssemblyInfo, SubscriptionOptions};
use table::Setup;
pub use table::{Setting, SettingKind};

/// The role that has a key among its settings.
fn role_with(key: &str) -> Option<&'static str> {
    fn role<S: Setup>(key: &str) -> Option<&'static str> {
        S::table().find(key).map(|_| S::ROLE)
    }
    role::<SubscriberSetup>(key)
        .or_else(|| role::<PublisherSetup>(key))
        .or_else(|| role::<C37118InputSetup>(key))
        .or_else(|| role::<C37118OutputSetup>(key))
        .or_else(|| role::<BlockLinkSetup>(key))
}
