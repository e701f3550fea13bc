//! What kinds of publishers and subscribers a run has.

use std::time::Duration;

use sttp::engine::simulated::Random;
use sttp::publisher::{Encryption, Overflow, PublisherSettings};
use sttp::subscriber::{MulticastReception, SubscriberSettings, UdpReception};
use sttp::wire::Version;

use crate::harness::{coming_back, subscriber};

/// Signals of the publisher.
pub(super) const SIGNALS: usize = 12;

/// The multicast group, and what all of its members ask for.
const GROUP: [u8; 4] = [239, 1, 2, 3];
const GROUP_PORT: u16 = 9600;
pub(super) const GROUP_SIGNALS: [usize; 4] = [2, 5, 8, 11];

/// How a subscriber is connected, and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It gets everything by the connection that it makes.
    Tcp,
    /// It fetches afterwards what it missed.
    Recovering,
    /// It listens, and the publisher connects.
    Called,
    /// It gets its measurements by UDP.
    Udp,
    /// It is a member of the multicast group.
    Member,
}

impl Kind {
    /// One that a publisher with these settings can serve.
    pub(super) fn any(publisher: &PublisherSettings, random: &mut Random) -> Kind {
        match random.below(8) {
            0 | 1 => Kind::Called,
            2 => Kind::Udp,
            3 | 4 if publisher.udp.multicast => Kind::Member,
            5 | 6 if keeps_history(publisher) => Kind::Recovering,
            _ => Kind::Tcp,
        }
    }

    pub(super) fn by_udp(self) -> bool {
        matches!(self, Kind::Udp | Kind::Member)
    }
}

/// Some of the signals, the last one among them.
pub(super) fn any_signals(random: &mut Random) -> Vec<usize> {
    (0..SIGNALS).filter(|signal| *signal == SIGNALS - 1 || random.below(2) == 0).collect()
}

/// Whether there is something to be played back.
pub(super) fn keeps_history(publisher: &PublisherSettings) -> bool {
    !publisher.history_duration.is_zero()
}

pub(super) fn publisher(random: &mut Random) -> PublisherSettings {
    let overflow = match random.below(3) {
        0 => Overflow::DropOldest,
        1 => Overflow::Disconnect,
        _ => Overflow::Wait { timeout: [None, Some(Duration::from_secs(5))][random.below(2)] },
    };
    let mut settings = PublisherSettings::default().overflow(overflow);
    settings.send_queue_limit = [0, 1 << 20][random.below(2)];
    settings.direct_sending = random.below(2) == 0;
    settings.base_times = random.below(3) == 0;
    settings.udp.multicast = random.below(3) == 0;
    // Groups have no keys.
    if !settings.udp.multicast && random.below(2) == 0 {
        settings.encryption.scope = [Encryption::Udp, Encryption::All][random.below(2)];
        settings.encryption.rotation = Duration::from_secs(1);
    }
    // Those who want TLS, and groups too, know what they do.
    settings.udp.clear_with_tls = settings.udp.multicast;
    settings.udp.datagram_size = [256, 1400][random.below(2)];
    if random.below(2) == 0 {
        settings.history_duration = Duration::from_secs(600);
        settings.history_limit = 1 << 20;
    }
    // What is not given back is missing soon.
    settings.limits.max_streams = 32;
    settings.limits.max_waiting_answers = 1 << 20;
    settings.limits.max_udp_channels = 8;
    settings.limits.max_playbacks = 8;
    settings
}

/// All that everybody may take together, and ask for, is little: a few who take too much use it up.
pub(super) fn lower_totals(settings: &mut PublisherSettings) {
    let limits = &mut settings.limits;
    limits.max_send_queues = 64 << 10;
    limits.max_unfinished_commands = 128 << 10;
    limits.max_unread_answers = 8 << 10;
    limits.max_unread_messages = 1 << 20;
    limits.commands_per_second = 20;
    limits.subscribes_per_second = 5;
    limits.metadata_requests_per_second = 5;
    limits.steps_per_second = 500_000;
    limits.audit_events_per_second = 5;
}

pub(super) fn form(kind: Kind, random: &mut Random) -> SubscriberSettings {
    subscriber(|settings| {
        settings.version = [Version::V1, Version::V2, Version::V3][random.below(3)];
        settings.compress_payload = random.below(2) == 0;
        settings.compress_metadata = random.below(2) == 0;
        settings.compress_signal_index_cache = settings.compress_metadata;
        settings.request_metadata = random.below(2) == 0;
        settings.follow_configuration = random.below(2) == 0;
        settings.data_loss_timeout = [None, Some(Duration::from_secs(12))][random.below(2)];
        settings.reconnect = coming_back();
        // Datagrams of version 1 do not tell which signals they mean: late ones are taken for others.
        if kind.by_udp() && settings.version == Version::V1 {
            settings.version = Version::V2;
        }
        match kind {
            Kind::Tcp | Kind::Called => {}
            Kind::Recovering => {
                settings.recovery.enabled = true;
                settings.recovery.start_delay = Duration::from_secs(1);
            }
            Kind::Udp => settings.udp = Some(UdpReception::default()),
            Kind::Member => {
                settings.compress_payload = false;
                let multicast = Some(MulticastReception::new(GROUP.into()));
                settings.udp = Some(UdpReception::default().port(GROUP_PORT).multicast(multicast));
            }
        }
    })
}
