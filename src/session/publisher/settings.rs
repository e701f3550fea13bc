//! What a publisher grants to its subscribers, as the parts of a session look at it.

pub(super) use crate::settings::SHORTEST_ROTATION;
pub use crate::settings::{
    Encryption, EncryptionSettings, LARGEST_DATAGRAM, LimitSettings, NanFilter, Overflow, PublisherSettings,
    SMALLEST_DATAGRAM, UdpSettings,
};

impl EncryptionSettings {
    /// Whether a connection gets keys with a subscription by UDP, or by TCP.
    pub(super) fn covers(self, by_udp: bool) -> bool {
        match self.scope {
            Encryption::Off => false,
            Encryption::Udp => by_udp,
            Encryption::All => true,
        }
    }
}
