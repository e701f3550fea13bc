//! What an input of C37.118 can be told of a device.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::LazyLock;
use std::time::Duration;

use super::address::Address;
use super::c37118_capture::C37118CaptureSettings;
use super::c37118_client::C37118ClientSettings;
use super::error::{SettingError, shown};
use super::foreign::Foreign;
use super::macros::settings;
use super::reception::Interface;
use super::reconnect::ReconnectSettings;
use super::setup::setup;
use super::table::{Setup, Table};

/// Port of devices and servers that are written without one: commands, and everything by TCP.
pub const C37118_PORT: u16 = 4712;

/// How a device is talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum C37118Transport {
    /// Everything by TCP.
    #[default]
    Tcp,
    /// Commands and configurations by TCP, data frames by UDP.
    TcpUdp,
    /// Everything by UDP.
    Udp,
    /// The device sends all by UDP, and takes no commands.
    SpontaneousUdp,
}

const TRANSPORTS: [(&str, C37118Transport); 4] = [
    ("tcp", C37118Transport::Tcp),
    ("tcpUdp", C37118Transport::TcpUdp),
    ("udp", C37118Transport::Udp),
    ("spontaneousUdp", C37118Transport::SpontaneousUdp),
];

/// What of a device is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum C37118Published {
    /// Its measurements.
    #[default]
    Measurements,
    /// Its frames, byte by byte, in buffer blocks.
    Frames,
    /// Both.
    Both,
}

impl C37118Published {
    /// Frames are published.
    pub(crate) fn has_frames(self) -> bool {
        self != C37118Published::Measurements
    }

    /// Measurements are published.
    pub(crate) fn has_measurements(self) -> bool {
        self != C37118Published::Frames
    }
}

const PUBLISHED: [(&str, C37118Published); 3] = [
    ("measurements", C37118Published::Measurements),
    ("frames", C37118Published::Frames),
    ("both", C37118Published::Both),
];

settings! {
    /// Everything that a connection string can tell of a C37.118 device whose measurements are to be
    /// published. Read one with [`parse`](str::parse), or [`apply`](Self::apply) several, the later ones over the
    /// earlier.
    pub struct C37118InputSetup: Eq {
        /// The device or concentrator, host or host:port; without a port 4712.
        ///
        /// With transport=spontaneousUdp only datagrams from this host are taken, and from every host when it is
        /// empty.
        device: String = String::new() => text("device"; "host:port"),
        /// How the device is talked to.
        ///
        /// `tcpUdp` has commands and configurations by TCP and data frames by UDP; with `spontaneousUdp` the device
        /// takes no commands and tells its configuration by itself.
        transport: C37118Transport = C37118Transport::Tcp => choice("transport"; TRANSPORTS),
        /// Local UDP port where datagrams of the device arrive, 0 for any free one.
        data_port: Option<u16> = None => port("dataPort"),
        /// Address of this machine, or for a group the number of an interface, where datagrams arrive.
        data_interface: String = String::new() => text("dataInterface"; "an IP address of this machine, or a number"),
        /// Multicast group that the device sends its datagrams to.
        multicast_group: String = String::new()
            => text("multicastGroup"; "an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on"),
        /// Name of a concentrator of several PMUs, as a device of the metadata; without one C37118_ and its ID code.
        name: String = String::new() => text("name"; "a text"),
        /// Goes in front of the names of the stations, so that they differ from those of other devices.
        device_prefix: String = String::new() => text("devicePrefix"; "a text"),
        /// Who owns the devices; in front of point tags.
        company: String = String::new() => text("companyAcronym"; "a text"),
        /// Who made the devices; in point tags.
        vendor: String = String::new() => text("vendorAcronym"; "a text"),
        /// What is published of the device.
        ///
        /// `frames` are passed on byte by byte in buffer blocks, configuration and header frames included, for a
        /// C37.118 output with `relay`.
        published: C37118Published = C37118Published::Measurements => choice("publish"; PUBLISHED),
        /// How long measurements of the device may wait for those of others, to be published with them.
        ///
        /// They wait only when something was published less than that ago, so that one device never waits. The more
        /// are published together, the less that takes; 0 for what comes at the same time only.
        collect_time: Duration = Duration::from_millis(2) => seconds("collectTime"; Duration::ZERO),
        /// What is played in place of a device.
        capture: C37118CaptureSettings = C37118CaptureSettings::default() => part(),
        /// How the device is asked for its data.
        session: C37118ClientSettings = C37118ClientSettings::default() => part(),
        /// What happens when the connection is lost or cannot be made.
        reconnect: ReconnectSettings = ReconnectSettings::default() => part(),
    }
}

setup!(C37118InputSetup);

/// Where datagrams of a device arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DatagramEndpoint {
    pub(crate) local: SocketAddr,
    /// The group to join, and where.
    pub(crate) group: Option<(IpAddr, Option<Interface>)>,
}

impl DatagramEndpoint {
    /// Receives on all addresses of the kind that the device has, where none was given.
    pub(crate) fn fit(&mut self, device: Option<SocketAddr>) {
        if device.is_some_and(|device| device.is_ipv6())
            && self.group.is_none()
            && self.local.ip() == IpAddr::V4(Ipv4Addr::UNSPECIFIED)
        {
            self.local.set_ip(Ipv6Addr::UNSPECIFIED.into());
        }
    }
}

impl C37118InputSetup {
    /// The address that commands go to; where the device takes none, the only host that datagrams are taken from, if
    /// there is one.
    pub(crate) fn remote(&self) -> Result<Option<Address>, SettingError> {
        match (self.device.trim(), self.transport) {
            ("", _) if self.plays_capture() => Ok(None),
            (_, _) if self.plays_capture() => Err(SettingError::Unusable(
                "device and capture exclude each other; leave out one of them".into(),
            )),
            ("", C37118Transport::SpontaneousUdp) => Ok(None),
            ("", _) => Err(SettingError::Unusable(
                "connection string does not say where the device is; give device=host:port, \
                 transport=spontaneousUdp with a dataPort, or capture=FILE"
                    .into(),
            )),
            (device, _) => remote_of("device", device).map(Some),
        }
    }

    /// Where datagrams arrive; none when everything goes by TCP.
    pub(crate) fn datagrams(&self) -> Result<Option<DatagramEndpoint>, SettingError> {
        if self.plays_capture() {
            return Ok(None);
        }
        if self.transport == C37118Transport::Tcp {
            return match (self.data_port, self.multicast_group.trim()) {
                (None, "") => Ok(None),
                (_, group) => Err(SettingError::BadValue {
                    key: "transport".into(),
                    value: "tcp".into(),
                    allowed: format!(
                        "tcpUdp, udp or spontaneousUdp with {}",
                        if group.is_empty() { "a dataPort" } else { "a multicastGroup" }
                    ),
                }),
            };
        }
        let interface = self.data_interface.trim();
        let address = interface.parse::<IpAddr>().ok();
        let index = interface.parse::<u32>().ok();
        if !interface.is_empty() && address.is_none() && index.is_none() {
            return Err(self.bad_interface("an IP address of this machine, or the number of an interface"));
        }
        match self.multicast_group.trim() {
            "" if index.is_some() => {
                Err(self.bad_interface("an IP address of this machine; numbers are for groups"))
            }
            "" => {
                // A device that takes no commands sends to a port that was agreed on.
                let port = self.data_port.or(Some(0).filter(|_| self.transport == C37118Transport::Udp));
                let port = port.ok_or_else(|| {
                    SettingError::Unusable("datagrams need a port of this machine; give dataPort=PORT".into())
                })?;
                let any = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
                let local = SocketAddr::new(address.unwrap_or(any), port);
                Ok(Some(DatagramEndpoint { local, group: None }))
            }
            text => {
                let group: IpAddr =
                    text.parse().ok().filter(IpAddr::is_multicast).ok_or_else(|| SettingError::BadValue {
                        key: "multicastGroup".into(),
                        value: shown(text),
                        allowed: "an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on".into(),
                    })?;
                let port = self.data_port.filter(|port| *port != 0).ok_or_else(|| {
                    SettingError::Unusable(
                        "a multicast group has a port that the device sends to; give dataPort=PORT".into(),
                    )
                })?;
                let interface = match (address, index) {
                    (Some(IpAddr::V4(address)), _) if !address.is_unspecified() => {
                        Some(Interface::Address(address))
                    }
                    (Some(address), _) if address.is_unspecified() => None,
                    (Some(_), _) => {
                        return Err(self.bad_interface("for a group, an IPv4 address or a number"));
                    }
                    (None, index) => index.map(Interface::Index),
                };
                let any = match group {
                    IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
                    IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
                };
                Ok(Some(DatagramEndpoint {
                    local: SocketAddr::new(any, port),
                    group: Some((group, interface)),
                }))
            }
        }
    }

    /// Whether a capture takes the place of the device.
    pub(crate) fn plays_capture(&self) -> bool {
        !self.capture.file.trim().is_empty()
    }

    fn bad_interface(&self, allowed: &str) -> SettingError {
        SettingError::BadValue {
            key: "dataInterface".into(),
            value: shown(&self.data_interface),
            allowed: allowed.into(),
        }
    }
}

/// `host:port`, or a host, which then has the usual port.
pub(super) fn remote_of(key: &str, text: &str) -> Result<Address, SettingError> {
    let text = text.trim();
    let completed = match text.parse::<IpAddr>() {
        Ok(ip) => SocketAddr::new(ip, C37118_PORT).to_string(),
        Err(_) if text.contains(':') => text.to_owned(),
        Err(_) => format!("{text}:{C37118_PORT}"),
    };
    Address::remote(&completed).map_err(|error| SettingError::BadValue {
        key: key.into(),
        value: shown(text),
        allowed: format!("host or host:port ({})", shown(&error.to_string())),
    })
}

impl Setup for C37118InputSetup {
    const ROLE: &'static str = "C37.118 input";
    const FOREIGN: &'static [Foreign] = &[];

    fn table() -> &'static Table {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(&C37118InputSetup::default()));
        &TABLE
    }

    fn check(&self) -> Result<(), SettingError> {
        self.reconnect.check()
    }
}
