//! What a block link can be told: where it is, and how it is used.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::LazyLock;

use super::address::{Address, Host};
use super::block_link::{BlockLinkSettings, LinkEncryption};
use super::error::{SettingError, shown};
use super::foreign::Foreign;
use super::macros::settings;
use super::reception::Interface;
use super::reconnect::ReconnectSettings;
use super::security::{SecurityMode, SecuritySettings};
use super::serial_line::SerialLine;
use super::setup::setup;
use super::table::{Setup, Table};
use crate::tls::TlsSettings;

const FORMS: &str =
    "tcp:HOST:PORT, tcp-listen:PORT, udp:HOST:PORT, udp-listen:PORT, serial:DEVICE,RATE,8N1 or file:PATH";

settings! {
    /// Everything that a connection string can tell of a block link. Read one with [`parse`](str::parse), or
    /// [`apply`](Self::apply) several, the later ones over the earlier.
    pub struct BlockLinkSetup: Eq {
        /// Where the link is: `tcp:`, `tcp-listen:`, `udp:`, `udp-listen:`, `serial:` or `file:`, and what follows.
        ///
        /// `tcp:HOST:PORT` connects, `tcp-listen:PORT` or `tcp-listen:ADDRESS:PORT` waits for who connects;
        /// `udp:HOST:PORT` sends there and takes what comes back, `udp-listen:PORT` or `udp-listen:ADDRESS:PORT` takes
        /// datagrams and answers; the address may be that of a multicast group. `serial:/dev/ttyS0,115200,8N1` is a
        /// serial line, `file:PATH` a file.
        link: String = String::new() => text("link"; "tcp:HOST:PORT, tcp-listen:PORT, udp:HOST:PORT, udp-listen:PORT, serial:DEVICE,RATE,8N1 or file:PATH"),
        /// Only the side that sends measurements can send.
        ///
        /// Both sides have to be told the same. Multicast and files are always so.
        one_way: bool = false => flag("oneWay"),
        /// The TCP connection leads to a converter for a serial line, which may lose and damage what is sent.
        converter: bool = false => flag("serialConverter"),
        /// Where groups are joined and datagrams for them sent: an IPv4 address of this machine, or a number.
        interface: String = String::new() => text("linkInterface"; "an IP address of this machine, or a number"),
        /// How many routers datagrams for groups may pass; 1 keeps them in the local network.
        multicast_ttl: u8 = 1 => integer("multicastTtl"; 1, 255, "routers"),
        /// Goes in front of the names of the C37.118 streams that come over the link, where they are published.
        device_prefix: String = String::new() => text("devicePrefix"; "a text"),
        /// How TLS is used, where it is.
        security: SecuritySettings = SecuritySettings::default() => part(),
        /// How the link is used.
        session: BlockLinkSettings = BlockLinkSettings::default() => part(),
        /// What happens when the link is lost or cannot be opened.
        reconnect: ReconnectSettings = ReconnectSettings::default() => part(),
    }
}

setup!(BlockLinkSetup);

/// Where a block link is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LinkPlace {
    /// Connects by TCP.
    Connect(Address),
    /// Waits for a connection by TCP.
    Listen(Address),
    /// Sends datagrams there, and takes those that come back.
    SendTo(Address),
    /// Sends datagrams to a group.
    SendToGroup(SocketAddr, Option<Interface>),
    /// Takes datagrams, perhaps those of a group, and answers.
    Receive { local: SocketAddr, group: Option<(IpAddr, Option<Interface>)> },
    /// A serial line.
    Serial(SerialLine),
    /// A file, which is written or read.
    File(PathBuf),
}

impl LinkPlace {
    /// Only one side can send, whatever the settings say.
    pub(crate) fn is_one_way(&self) -> bool {
        match self {
            LinkPlace::SendToGroup(..) | LinkPlace::File(_) => true,
            LinkPlace::Receive { group, .. } => group.is_some(),
            LinkPlace::Connect(_) | LinkPlace::Listen(_) | LinkPlace::SendTo(_) | LinkPlace::Serial(_) => {
                false
            }
        }
    }
}

impl BlockLinkSetup {
    /// Where the link is.
    pub(crate) fn place(&self) -> Result<LinkPlace, SettingError> {
        let text = self.link.trim();
        if text.is_empty() {
            return Err(SettingError::Unusable(format!(
                "connection string does not say where the link is; give link={FORMS}"
            )));
        }
        let (kind, rest) = text.split_once(':').ok_or_else(|| self.bad_link(FORMS))?;
        let rest = rest.trim();
        let bad = |error: super::address::AddressError| self.bad_link(&format!("{FORMS} ({error})"));
        match kind {
            "tcp" => Address::remote(rest).map(LinkPlace::Connect).map_err(bad),
            "tcp-listen" => Address::local(&local(rest)).map(LinkPlace::Listen).map_err(bad),
            "udp" => {
                let address = Address::remote(rest).map_err(bad)?;
                match address.host {
                    Host::Literal(ip) if ip.is_multicast() => {
                        let interface = self.group_interface()?;
                        if ip.is_ipv4() && matches!(interface, Some(Interface::Index(_))) {
                            return Err(self
                                .bad_interface("to send to an IPv4 group, an IPv4 address of this machine"));
                        }
                        Ok(LinkPlace::SendToGroup(SocketAddr::new(ip, address.port), interface))
                    }
                    _ => Ok(LinkPlace::SendTo(address)),
                }
            }
            "udp-listen" => self.receive(Address::local(&local(rest)).map_err(bad)?),
            "serial" => {
                SerialLine::parse(rest).map(LinkPlace::Serial).map_err(|allowed| self.bad_link(&allowed))
            }
            "file" if !rest.is_empty() => Ok(LinkPlace::File(PathBuf::from(rest))),
            _ => Err(self.bad_link(FORMS)),
        }
    }

    /// Whether the link is encrypted, and what TLS is told where it may be.
    ///
    /// # Errors
    ///
    /// [`SettingError`] when the keys contradict each other, something cannot be tolerated, or certificates are given and the
    /// link is never encrypted.
    pub fn encryption(&self) -> Result<(LinkEncryption, Option<TlsSettings>), SettingError> {
        let encryption = match (self.security.mode, self.session.encryption) {
            (SecurityMode::None, encryption) => encryption,
            (SecurityMode::Tls, LinkEncryption::Possible) => {
                return Err(SettingError::Unusable(
                    "securityMode=TLS demands what linkEncryption=possible leaves open; leave one of them out".into(),
                ));
            }
            (SecurityMode::Tls, _) => LinkEncryption::Required,
        };
        let mode = if encryption == LinkEncryption::None { SecurityMode::None } else { SecurityMode::Tls };
        Ok((encryption, self.security.clone().mode(mode).tls()?))
    }

    fn receive(&self, address: Address) -> Result<LinkPlace, SettingError> {
        let Address { host, port } = address;
        let (ip, group) = match host {
            Host::Any => (IpAddr::V4(Ipv4Addr::UNSPECIFIED), None),
            Host::Literal(IpAddr::V4(ip)) if ip.is_multicast() => {
                (Ipv4Addr::UNSPECIFIED.into(), Some(IpAddr::V4(ip)))
            }
            Host::Literal(IpAddr::V6(ip)) if ip.is_multicast() => {
                (Ipv6Addr::UNSPECIFIED.into(), Some(IpAddr::V6(ip)))
            }
            Host::Literal(ip) => (ip, None),
            Host::Name(_) => {
                return Err(self.bad_link("an IP address of this machine, or a multicast group"));
            }
        };
        if group.is_some() && port == 0 {
            return Err(self.bad_link("the port that is sent to, 1 to 65535"));
        }
        let group = group.map(|group| Ok::<_, SettingError>((group, self.group_interface()?))).transpose()?;
        Ok(LinkPlace::Receive { local: SocketAddr::new(ip, port), group })
    }

    /// The interface for groups; none for the one that the system chooses.
    fn group_interface(&self) -> Result<Option<Interface>, SettingError> {
        let text = self.interface.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let address = text.parse().ok().map(Interface::Address);
        let interface = address.or_else(|| text.parse().ok().map(Interface::Index));
        let allowed = "an IPv4 address of this machine, or the number of an interface";
        interface.map(Some).ok_or_else(|| self.bad_interface(allowed))
    }

    fn bad_interface(&self, allowed: &str) -> SettingError {
        SettingError::BadValue {
            key: "linkInterface".into(),
            value: shown(&self.interface),
            allowed: allowed.into(),
        }
    }

    fn bad_link(&self, allowed: &str) -> SettingError {
        SettingError::BadValue { key: "link".into(), value: shown(&self.link), allowed: allowed.into() }
    }
}

/// A port alone is that of all addresses.
fn local(text: &str) -> String {
    if text.contains(':') { text.to_owned() } else { format!("*:{text}") }
}

impl Setup for BlockLinkSetup {
    const ROLE: &'static str = "block link";
    const DOCUMENT: &'static str = "docs/block-links.md";
    const FOREIGN: &'static [Foreign] = &[];

    fn table() -> &'static Table {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(&BlockLinkSetup::default()));
        &TABLE
    }

    fn check(&self) -> Result<(), SettingError> {
        self.reconnect.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(link: &str) -> Result<LinkPlace, SettingError> {
        BlockLinkSetup::default().link(link.to_owned()).place()
    }

    #[test]
    fn links_are_read_as_they_are_written() {
        let address = |text| Address::local(text).unwrap();
        for (text, expected) in [
            ("tcp:pdc:7170", LinkPlace::Connect(address("pdc:7170"))),
            ("tcp-listen:7170", LinkPlace::Listen(address("*:7170"))),
            ("tcp-listen:127.0.0.1:0", LinkPlace::Listen(address("127.0.0.1:0"))),
            ("udp:[::1]:7170", LinkPlace::SendTo(address("[::1]:7170"))),
            ("udp:239.1.2.3:7170", LinkPlace::SendToGroup("239.1.2.3:7170".parse().unwrap(), None)),
            ("udp-listen:7170", LinkPlace::Receive { local: "0.0.0.0:7170".parse().unwrap(), group: None }),
            (
                "udp-listen:239.1.2.3:7170",
                LinkPlace::Receive {
                    local: "0.0.0.0:7170".parse().unwrap(),
                    group: Some(("239.1.2.3".parse().unwrap(), None)),
                },
            ),
            ("file:/tmp/a b", LinkPlace::File("/tmp/a b".into())),
        ] {
            assert_eq!(place(text), Ok(expected), "{text}");
        }
        assert!(matches!(place("serial:/dev/ttyS0,9600,8E1"), Ok(LinkPlace::Serial(_))));
        assert!(place("udp:239.1.2.3:1").unwrap().is_one_way() && place("file:x").unwrap().is_one_way());
        assert!(!place("udp:127.0.0.1:1").unwrap().is_one_way());
    }

    #[test]
    fn wrong_links_say_what_to_write() {
        for text in [
            "",
            "tcp",
            "tcp:",
            "tcp:pdc",
            "tcp:*:1",
            "http:a:1",
            "file:",
            "udp-listen:pdc:1",
            "udp-listen:239.1.2.3:0",
            "serial:",
            "tcp-listen:70000",
        ] {
            let told = place(text).unwrap_err().to_string();
            assert!(told.contains("give "), "{text}: {told}");
        }
        let interface = |link: &str, text: &str| {
            BlockLinkSetup::default().link(link.into()).interface(text.into()).place()
        };
        for link in ["udp:239.1.2.3:9", "udp-listen:239.1.2.3:9"] {
            assert!(interface(link, "eth0").is_err() && interface(link, "127.0.0.1").is_ok());
        }
        assert!(interface("udp:239.1.2.3:9", "3").is_err(), "it is sent from an address");
        assert!(interface("udp:[ff15::7]:9", "3").is_ok());
    }

    #[test]
    fn tls_is_told_by_the_keys_that_other_connections_have_too() {
        let encryption = |text: &str| text.parse::<BlockLinkSetup>().unwrap().encryption();
        for (text, expected) in [
            ("link=tcp:a:1", LinkEncryption::None),
            ("linkEncryption=possible; remoteCertificate=a.pem", LinkEncryption::Possible),
            ("linkEncryption=required; remoteCertificate=a.pem", LinkEncryption::Required),
            ("securityMode=TLS; remoteCertificate=a.pem", LinkEncryption::Required),
            ("securityMode=TLS; linkEncryption=required", LinkEncryption::Required),
        ] {
            let (found, tls) = encryption(text).unwrap();
            assert_eq!((found, tls.is_some()), (expected, expected != LinkEncryption::None), "{text}");
        }
        for (text, told) in [
            ("remoteCertificate=a.pem", "without TLS nothing is secured"),
            ("securityMode=TLS; linkEncryption=possible", "leave one of them out"),
        ] {
            let error = encryption(text).unwrap_err().to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
