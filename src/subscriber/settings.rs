//! How a subscriber connects, and what can be learnt of it.

use crate::session::subscriber::SessionSettings;
pub use crate::settings::{MulticastReception, SubscriberSettings, UdpReception};

impl SubscriberSettings {
    pub(super) fn session(&self) -> SessionSettings {
        SessionSettings {
            version: self.version,
            compress_payload: self.compress_payload && self.udp.is_none(),
            compress_metadata: self.compress_metadata,
            compress_signal_index_cache: self.compress_signal_index_cache,
            internal_metadata: self.internal_metadata,
            external_metadata: self.external_metadata,
            max_frame_size: self.max_frame_size,
            data_loss_timeout: self.data_loss_timeout,
            answer_timeout: self.answer_timeout,
        }
    }
}

/// Where a subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum ConnectionState {
    /// Not connected and not about to be.
    #[default]
    Idle = 0,
    /// A connection is being made.
    Connecting = 1,
    /// Connected, no measurements asked for or granted.
    Connected = 2,
    /// Connected, and the publisher has accepted the subscription.
    Subscribed = 3,
    /// The connection was lost or could not be made; the next attempt is due after a delay.
    Reconnecting = 4,
    /// No publisher is connected; the subscriber listens for one.
    Listening = 5,
}

impl ConnectionState {
    pub(super) fn from_u8(number: u8) -> ConnectionState {
        match number {
            1 => ConnectionState::Connecting,
            2 => ConnectionState::Connected,
            3 => ConnectionState::Subscribed,
            4 => ConnectionState::Reconnecting,
            5 => ConnectionState::Listening,
            _ => ConnectionState::Idle,
        }
    }
}
