//! What a publisher can be told.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use super::channel::{
    CommandChannel, Connects, auto_reconnect, check_reconnect, interface, max_retries, max_retry_interval,
    port, retry_interval, server,
};
use super::error::SettingError;
use super::foreign::{Foreign, OF_PUBLISHERS};
use super::key::{Key, LONGEST, Value, flag, integer, seconds};
use super::values::{from_milliseconds, milliseconds_of, read_seconds, seconds_text};
use super::{KeyInfo, Setup, key_infos, reader, write};
use crate::engine::{Engine, ReconnectSettings};
use crate::error::Error;
use crate::metadata::Metadata;
use crate::publisher::{Encryption, NanFilter, Overflow, Publisher, PublisherHandler, PublisherSettings};
use crate::session::publisher::{LARGEST_DATAGRAM, SMALLEST_DATAGRAM};
use crate::wire::ConnectionString;

/// Everything that a connection string can tell a publisher. Read one with
/// [`parse`](str::parse), or [`apply`](Self::apply) several, the later ones over the earlier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublisherSetup {
    /// Where to listen, and which subscribers to connect to.
    pub command_channel: CommandChannel,
    /// What subscribers are granted.
    pub settings: PublisherSettings,
    /// What happens when a connection that the publisher makes is lost.
    pub reconnect: ReconnectSettings,
}

impl PublisherSetup {
    /// Sets what a connection string says. What it does not mention stays.
    ///
    /// # Errors
    ///
    /// [`SettingError`]; then nothing has changed.
    pub fn apply(&mut self, connection_string: &str) -> Result<(), SettingError> {
        reader::apply(self, connection_string)
    }

    /// The address to listen on, if there is a port to listen on.
    pub fn listening(&self) -> Option<String> {
        self.command_channel.listening()
    }

    /// The addresses of the subscribers to connect to; may be none.
    ///
    /// # Errors
    ///
    /// [`SettingError`] when a server is no address.
    pub fn subscribers(&self) -> Result<Vec<String>, SettingError> {
        self.command_channel.servers()
    }

    /// All keys, for help and for editors of connection strings.
    pub fn keys() -> Vec<KeyInfo> {
        key_infos::<PublisherSetup>()
    }

    /// The connection string that says the same. Keys with their default are left out.
    pub fn to_connection_string(&self) -> ConnectionString {
        write(self)
    }

    fn check_runs(&self) -> Result<(), SettingError> {
        if self.listening().is_some() || !self.subscribers()?.is_empty() {
            return Ok(());
        }
        Err(SettingError::Unusable(
            "connection string does not say where subscribers are; give port=PORT to listen, or server=host:port to \
             connect"
                .into(),
        ))
    }
}

impl FromStr for PublisherSetup {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<PublisherSetup, SettingError> {
        let mut setup = PublisherSetup::default();
        setup.apply(text)?;
        Ok(setup)
    }
}

impl fmt::Display for PublisherSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_connection_string().fmt(f)
    }
}

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
    /// Those of [`start`](Self::start) and [`connect`](Self::connect), when the publisher may have
    /// done a part already; [`Error::InvalidArgument`] when `setup` has neither a port nor a server.
    pub fn set_up(&self, setup: &PublisherSetup) -> Result<(), Error> {
        setup.check_runs()?;
        let subscribers = setup.subscribers()?;
        match setup.listening() {
            Some(address) => self.start(&address, setup.settings)?,
            None if self.is_running() => {}
            None => self.configure(setup.settings),
        }
        subscribers.iter().try_for_each(|address| self.connect(address, setup.reconnect))
    }
}

impl Connects for PublisherSetup {
    fn channel(&self) -> &CommandChannel {
        &self.command_channel
    }

    fn channel_mut(&mut self) -> &mut CommandChannel {
        &mut self.command_channel
    }

    fn reconnect(&self) -> &ReconnectSettings {
        &self.reconnect
    }

    fn reconnect_mut(&mut self) -> &mut ReconnectSettings {
        &mut self.reconnect
    }
}

impl Setup for PublisherSetup {
    const ROLE: &'static str = "publisher";
    const KEYS: &'static [Key<PublisherSetup>] = KEYS;
    const FOREIGN: &'static [Foreign] = OF_PUBLISHERS;

    fn check(&self) -> Result<(), SettingError> {
        self.command_channel.servers()?;
        self.command_channel.check_interface()?;
        check_reconnect(&self.reconnect)
    }
}

/// Lets the compiler know whose key it is before its modifiers follow.
const fn key(name: &'static str, text: &'static str, value: Value<PublisherSetup>) -> Key<PublisherSetup> {
    Key::new(name, text, value)
}

const KEYS: &[Key<PublisherSetup>] = &[
    server("Subscribers to connect to, host:port, with commas between them"),
    port(),
    interface(),
    key(
        "commandChannel",
        "server, port and interface, where other implementations have them",
        Value::Group { keys: &[server("As server"), port(), interface()], bare: None },
    )
    .repeats_others(),
    auto_reconnect().c(&["sttp_publisher_set_reconnect"]),
    retry_interval().c(&["sttp_publisher_set_reconnect"]),
    max_retry_interval().c(&["sttp_publisher_set_reconnect"]),
    max_retries().c(&["sttp_publisher_set_reconnect"]),
    key(
        "maxConnections",
        "Connections that are accepted at a time; 0 for no limit",
        integer!(settings.max_connections, 0, u32::MAX as i64, "connections"),
    )
    .or(&["maxClientConnections"])
    .c(&["sttp_publisher_set_max_connections"]),
    key(
        "sendQueueLimit",
        "Measurements that may wait to be sent on each connection",
        integer!(settings.send_queue_limit, 65_536, i64::MAX, "bytes"),
    )
    .c(&["sttp_publisher_set_send_queue_limit"]),
    key(
        "directSending",
        "Threads that publish may send to a few subscribers themselves, which saves waking the engine",
        flag!(settings.direct_sending),
    )
    .c(&["sttp_publisher_set_direct_sending"]),
    key("overflow", "What happens to a subscriber that is too slow", OVERFLOW)
        .c(&["sttp_publisher_set_overflow"]),
    key(
        "overflowWaitTimeout",
        "With overflow=wait: a subscriber that takes nothing for so long is disconnected; 0 for never",
        OVERFLOW_WAIT,
    )
    .c(&["sttp_publisher_set_overflow"]),
    key(
        "allowNaNValueFilter",
        "Subscribers may have measurements that are not a number left out",
        Value::Flag {
            get: |setup| setup.settings.nan_filter != NanFilter::Forbidden,
            set: |setup, allowed| {
                setup.settings.nan_filter = match (allowed, setup.settings.nan_filter) {
                    (false, _) => NanFilter::Forbidden,
                    (true, NanFilter::Forbidden) => NanFilter::Allowed,
                    (true, filter) => filter,
                };
            },
        },
    )
    .c(&["sttp_publisher_set_nan_filter"]),
    key(
        "forceNaNValueFilter",
        "Measurements that are not a number are left out for all",
        Value::Flag {
            get: |setup| setup.settings.nan_filter == NanFilter::Forced,
            set: |setup, forced| {
                setup.settings.nan_filter = match (forced, setup.settings.nan_filter) {
                    (true, _) => NanFilter::Forced,
                    (false, NanFilter::Forced) => NanFilter::Allowed,
                    (false, filter) => filter,
                };
            },
        },
    )
    .c(&["sttp_publisher_set_nan_filter"]),
    key(
        "useBaseTimeOffsets",
        "Shorter times, as offsets from base times, in measurements that are not compressed",
        flag!(settings.base_times),
    )
    .c(&["sttp_publisher_set_base_times"]),
    key(
        "bufferBlockRetransmissionTimeout",
        "Buffer blocks are sent again when not confirmed for so long",
        seconds!(settings.buffer_block_timeout, Duration::from_millis(100)),
    )
    .c(&["sttp_publisher_set_buffer_block_timeout"]),
    key("encryptPayload", "Measurements that are encrypted: none, those by UDP, or all", ENCRYPTION)
        .c(&["sttp_publisher_set_encryption"]),
    key(
        "cipherKeyRotationPeriod",
        "Subscribers get new keys after so long",
        Value::Integer {
            least: 1000,
            most: u32::MAX as i64,
            unit: "milliseconds",
            get: |setup| milliseconds_of(setup.settings.encryption.rotation),
            set: |setup, value| setup.settings.encryption.rotation = from_milliseconds(value),
        },
    )
    .c(&["sttp_publisher_set_encryption"]),
    key("allowUdp", "Subscribers may have measurements by UDP", flag!(settings.udp.enabled))
        .c(&["sttp_publisher_set_udp"]),
    key(
        "datagramSize",
        "Largest datagram",
        integer!(settings.udp.datagram_size, SMALLEST_DATAGRAM as i64, LARGEST_DATAGRAM as i64, "bytes"),
    )
    .c(&["sttp_publisher_set_udp"]),
    key("allowMulticast", "Subscribers may have measurements by multicast", flag!(settings.udp.multicast))
        .c(&["sttp_publisher_set_multicast"]),
    key(
        "multicastTtl",
        "How many routers datagrams for groups may pass; 1 keeps them in the local network",
        integer!(settings.udp.multicast_ttl, 1, 255, "routers"),
    )
    .c(&["sttp_publisher_set_multicast"]),
    key(
        "historyDuration",
        "How long measurements are kept in memory for subscribers of historical data; 0 keeps none",
        seconds!(settings.history_duration, Duration::ZERO),
    )
    .c(&["sttp_publisher_set_history"]),
    key(
        "historyLimit",
        "Memory that they may take; the oldest are dropped first",
        integer!(settings.history_limit, 1 << 20, i64::MAX, "bytes"),
    )
    .c(&["sttp_publisher_set_history"]),
];

const OVERFLOW: Value<PublisherSetup> = Value::Choice {
    words: &["dropOldest", "disconnect", "wait"],
    get: |setup| match setup.settings.overflow {
        Overflow::DropOldest => 0,
        Overflow::Disconnect => 1,
        Overflow::Wait { .. } => 2,
    },
    set: |setup, word| {
        setup.settings.overflow = match (word, setup.settings.overflow) {
            (0, _) => Overflow::DropOldest,
            (1, _) => Overflow::Disconnect,
            (_, waits @ Overflow::Wait { .. }) => waits,
            (_, _) => Overflow::Wait { timeout: None },
        };
    },
};

const OVERFLOW_WAIT: Value<PublisherSetup> = Value::Text {
    form: "seconds",
    get: |setup| match setup.settings.overflow {
        Overflow::Wait { timeout } => seconds_text(timeout.unwrap_or_default()),
        Overflow::DropOldest | Overflow::Disconnect => seconds_text(Duration::ZERO),
    },
    set: |setup, text| {
        let time = read_seconds(text).filter(|time| *time <= LONGEST).ok_or("seconds, as 2.5")?;
        match &mut setup.settings.overflow {
            Overflow::Wait { timeout } => *timeout = Some(time).filter(|time| !time.is_zero()),
            Overflow::DropOldest | Overflow::Disconnect if time.is_zero() => {}
            Overflow::DropOldest | Overflow::Disconnect => return Err("it only with overflow=wait".into()),
        }
        Ok(())
    },
};

const ENCRYPTION: Value<PublisherSetup> = Value::Choice {
    words: &["false", "udp", "true"],
    get: |setup| match setup.settings.encryption.scope {
        Encryption::Off => 0,
        Encryption::Udp => 1,
        Encryption::All => 2,
    },
    set: |setup, word| {
        setup.settings.encryption.scope = match word {
            0 => Encryption::Off,
            1 => Encryption::Udp,
            _ => Encryption::All,
        };
    },
};
