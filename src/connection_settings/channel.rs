//! Where the TCP connection comes from: a server, a port, an interface.

use std::net::{IpAddr, SocketAddr};

use super::error::{SettingError, shown};
use super::key::{Key, Value};
use super::values::{from_milliseconds, milliseconds_of, read_integer};
use crate::engine::{Address, ReconnectSettings};

/// The TCP connection as operators write it: `server=pdc.example.com:7165` connects,
/// `port=7165; interface=0.0.0.0` listens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandChannel {
    /// `server`: whom to connect to, `host:port`, or `host` with the port beside it; a publisher may
    /// have several, separated by commas. Empty to listen.
    pub server: String,
    /// `port`: the port of a server that is written without one, else the port to listen on, 0 for
    /// any free one.
    pub port: Option<u16>,
    /// `interface`: the address to listen on; `None` for all of this machine.
    pub interface: Option<IpAddr>,
}

impl CommandChannel {
    /// The addresses to connect to.
    pub(super) fn servers(&self) -> Result<Vec<String>, SettingError> {
        self.written_servers().map(|server| self.complete(server)).collect()
    }

    /// True when the port is that of a server.
    pub(super) fn port_is_remote(&self) -> bool {
        self.written_servers().any(|server| Address::remote(server).is_err())
    }

    /// The address to listen on, when the port is for that.
    pub(super) fn listening(&self) -> Option<String> {
        let port = self.port.filter(|_| !self.port_is_remote())?;
        Some(match self.interface {
            Some(interface) => SocketAddr::new(interface, port).to_string(),
            None => format!("*:{port}"),
        })
    }

    fn written_servers(&self) -> impl Iterator<Item = &str> {
        self.server.split(',').map(str::trim).filter(|server| !server.is_empty())
    }

    fn complete(&self, server: &str) -> Result<String, SettingError> {
        let Err(error) = Address::remote(server) else { return Ok(server.to_owned()) };
        let address = match (self.port, server.parse()) {
            (Some(port), Ok(ip)) => SocketAddr::new(ip, port).to_string(),
            (Some(port), Err(_)) => format!("{server}:{port}"),
            (None, _) => server.to_owned(),
        };
        if Address::remote(&address).is_ok() {
            Ok(address)
        } else {
            Err(not_usable(server, &error.to_string()))
        }
    }

    /// Refuses what would have no effect: an interface, where nothing listens.
    pub(super) fn check_interface(&self) -> Result<(), SettingError> {
        match self.interface {
            Some(interface) if self.listening().is_none() && !interface.is_unspecified() => {
                Err(SettingError::BadValue {
                    key: "interface".into(),
                    value: interface.to_string(),
                    allowed: "an address only where a port to listen on is given; connections to a server leave by \
                              the interface that leads there"
                        .into(),
                })
            }
            _ => Ok(()),
        }
    }
}

fn not_usable(server: &str, why: &str) -> SettingError {
    SettingError::BadValue {
        key: "server".into(),
        value: shown(server),
        allowed: format!("host:port ({})", shown(why)),
    }
}

/// What has a command channel, and connects again when it is lost.
pub(super) trait Connects {
    fn channel(&self) -> &CommandChannel;
    fn channel_mut(&mut self) -> &mut CommandChannel;
    fn reconnect(&self) -> &ReconnectSettings;
    fn reconnect_mut(&mut self) -> &mut ReconnectSettings;
}

pub(super) const fn server<S: Connects>(text: &'static str) -> Key<S> {
    let value = Value::Text {
        form: "host:port",
        get: |setup: &S| setup.channel().server.clone(),
        set: |setup, text| {
            text.clone_into(&mut setup.channel_mut().server);
            Ok(())
        },
    };
    Key::new("server", text, value)
}

const PORT_FORM: &str = "a port, 0 to 65535";

pub(super) const fn port<S: Connects>() -> Key<S> {
    let value = Value::Text {
        form: PORT_FORM,
        get: |setup: &S| setup.channel().port.map(|port| port.to_string()).unwrap_or_default(),
        set: |setup, text| {
            setup.channel_mut().port = read_port(text)?;
            Ok(())
        },
    };
    Key::new(
        "port",
        "Port of a server that is written without one, else the port to listen on; 0 takes any free one",
        value,
    )
}

/// A port; an empty text for none.
pub(super) fn read_port(text: &str) -> Result<Option<u16>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).map(Some).ok_or_else(|| PORT_FORM.to_owned())
}

const INTERFACE_FORM: &str = "an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::";

pub(super) const fn interface<S: Connects>() -> Key<S> {
    let value = Value::Text {
        form: INTERFACE_FORM,
        get: |setup: &S| setup.channel().interface.map(|interface| interface.to_string()).unwrap_or_default(),
        set: |setup, text| {
            let interface = match text {
                "" => None,
                _ => Some(text.parse().map_err(|_| INTERFACE_FORM.to_owned())?),
            };
            setup.channel_mut().interface = interface;
            Ok(())
        },
    };
    Key::new(
        "interface",
        "Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood",
        value,
    )
}

pub(super) const fn auto_reconnect<S: Connects>() -> Key<S> {
    let value = Value::Flag {
        get: |setup: &S| setup.reconnect().enabled,
        set: |setup, value| setup.reconnect_mut().enabled = value,
    };
    Key::new("autoReconnect", "Connect again when a connection is lost or cannot be made", value)
}

/// In milliseconds, as the implementations have it that know this setting.
pub(super) const fn retry_interval<S: Connects>() -> Key<S> {
    let value = Value::Integer {
        least: 1,
        most: u32::MAX as i64,
        unit: "milliseconds",
        get: |setup: &S| milliseconds_of(setup.reconnect().initial_delay),
        set: |setup, value| setup.reconnect_mut().initial_delay = from_milliseconds(value),
    };
    Key::new(
        "retryInterval",
        "Before the first attempt to connect again; doubles from attempt to attempt",
        value,
    )
}

pub(super) const fn max_retry_interval<S: Connects>() -> Key<S> {
    let value = Value::Integer {
        least: 1,
        most: u32::MAX as i64,
        unit: "milliseconds",
        get: |setup: &S| milliseconds_of(setup.reconnect().max_delay),
        set: |setup, value| setup.reconnect_mut().max_delay = from_milliseconds(value),
    };
    Key::new("maxRetryInterval", "Longest time between two attempts", value)
}

const RETRIES_FORM: &str = "attempts, 1 or more, or -1 to never give up";

pub(super) const fn max_retries<S: Connects>() -> Key<S> {
    let value = Value::Text {
        form: RETRIES_FORM,
        get: |setup: &S| match setup.reconnect().max_attempts {
            0 => "-1".to_owned(),
            attempts => attempts.to_string(),
        },
        set: |setup, text| {
            let attempts = match read_integer(text) {
                Some(-1) => Some(0),
                number => number.and_then(|number| number.try_into().ok()).filter(|attempts| *attempts > 0),
            };
            setup.reconnect_mut().max_attempts = attempts.ok_or(RETRIES_FORM)?;
            Ok(())
        },
    };
    Key::new("maxRetries", "Attempts in a row before giving up", value)
}

/// The longest delay is no shorter than the first one.
pub(super) fn check_reconnect(settings: &ReconnectSettings) -> Result<(), SettingError> {
    if settings.max_delay >= settings.initial_delay {
        return Ok(());
    }
    Err(SettingError::BadValue {
        key: "maxRetryInterval".into(),
        value: milliseconds_of(settings.max_delay).to_string(),
        allowed: format!("as much as retryInterval, {}, or more", milliseconds_of(settings.initial_delay)),
    })
}
