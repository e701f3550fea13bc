//! Where the TCP connection comes from: a server, a port, an interface.

use std::net::{IpAddr, SocketAddr};

use super::address::Address;
use super::error::{SettingError, shown};
use super::macros::settings;

settings! {
    /// The TCP connection as operators write it: `server=pdc.example.com:7165` connects,
    /// `port=7165; interface=0.0.0.0` listens.
    pub struct CommandChannel: Eq {
        /// Whom to connect to, host:port; a publisher may have several, with commas between them.
        ///
        /// The port may stand beside it. Without a server, the port is to listen on.
        server: String = String::new() => text("server"; "host:port"),
        /// Port of a server that is written without one, else the port to listen on; 0 takes any free one.
        port: Option<u16> = None => port("port"),
        /// Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood.
        interface: Option<IpAddr> = None => ip("interface"),
    }
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
