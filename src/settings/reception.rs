//! The `dataChannel` of a subscriber: measurements by UDP and by multicast.

use std::net::{IpAddr, Ipv4Addr};

use super::error::SettingError;
use super::macros::setters;
use super::row::{ANY, Row, Rows, Value};
use super::values::{PORT_FORM, read_integer, read_port};

/// How measurements are received by UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct UdpReception {
    /// Port to receive on, 0 for any free one.
    pub port: u16,
    /// Bytes of datagrams that the system is asked to keep until they are read; it may have a
    /// limit. 0 for two frames of the subscription.
    pub receive_buffer: usize,
    /// Address of this machine where datagrams arrive; `None` for the one that the publisher is connected
    /// with. A group has an interface of its own.
    pub local_address: Option<IpAddr>,
    /// Share measurements with other subscribers that want the same.
    pub multicast: Option<MulticastReception>,
}

/// How measurements are received by multicast, an extension that the publisher must have too.
/// All subscribers of a group and port have the same filter and options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MulticastReception {
    /// The group. [`UdpReception::port`] is its port, the same for all, and not 0.
    pub group: IpAddr,
    /// Where to join the group; `None` for the interface that leads to the publisher.
    pub interface: Option<Interface>,
}

setters! {
    UdpReception:
    port: u16, receive_buffer: usize, local_address: Option<IpAddr>, multicast: Option<MulticastReception>
}
setters! { MulticastReception: interface: Option<Interface> }

impl MulticastReception {
    /// Joins a group where the interface is that leads to the publisher.
    pub fn new(group: IpAddr) -> MulticastReception {
        MulticastReception { group, interface: None }
    }
}

/// A network interface of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interface {
    /// By an IPv4 address that it has.
    Address(Ipv4Addr),
    /// By the number that the system gave it.
    Index(u32),
}

impl UdpReception {
    /// A group has a port that all its members use.
    pub(super) fn check(&self) -> Result<(), SettingError> {
        let Some(multicast) = self.multicast else { return Ok(()) };
        if !multicast.group.is_multicast() {
            return Err(SettingError::Unusable(format!(
                "{} is no multicast group; give {GROUP_FORM}",
                multicast.group
            )));
        }
        if self.port == 0 {
            return Err(SettingError::Unusable(
                "a multicast group needs a port that all its members use; give 1 to 65535".into(),
            ));
        }
        Ok(())
    }
}

/// In this order: the port decides whether there is any reception, the group whether it is shared.
impl Rows for Option<UdpReception> {
    const ROWS: &'static [Row<Option<UdpReception>>] = &[
        Row::new(
            "port",
            "Local UDP port, 0 for any free one; empty for TCP.\n\nMeasurements by UDP are never compressed. A \
             publisher that cannot sends them by TCP, or refuses the subscription.",
            PORT,
        )
        .or(&["localport"]),
        Row::new(
            "multicastGroup",
            "Group that shares the measurements; empty for none.\n\nAn extension that the publisher must have too. \
             All subscribers of a group and port have the same filter and options.",
            GROUP,
        ),
        Row::new(
            "interface",
            "Where to join the group, or the address of this machine where datagrams arrive.\n\nWithout it, or with \
             0.0.0.0 or ::, the one that the publisher is connected with.",
            INTERFACE,
        ),
        Row::new(
            "receiveBufferSize",
            "Bytes of datagrams that the system keeps; 0 for as many as the subscription needs.\n\nThe system may have a \
             limit. When it gives less, that is told.",
            RECEIVE_BUFFER,
        )
        .or(&["bufferSize"]),
    ];
}

const PORT: Value<Option<UdpReception>> = Value::Text {
    form: PORT_FORM,
    get: |udp| udp.map(|udp| udp.port.to_string()).unwrap_or_default(),
    set: |udp, text| {
        match read_port(text)? {
            Some(port) => udp.get_or_insert_default().port = port,
            None => *udp = None,
        }
        Ok(())
    },
};

const GROUP_FORM: &str = "an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on";

const GROUP: Value<Option<UdpReception>> = Value::Text {
    form: GROUP_FORM,
    get: |udp| multicast(udp).map(|multicast| multicast.group.to_string()).unwrap_or_default(),
    set: |udp, text| {
        let group = match text {
            "" => None,
            _ => Some(text.parse().ok().filter(IpAddr::is_multicast).ok_or(GROUP_FORM)?),
        };
        let interface = multicast(udp).and_then(|multicast| multicast.interface);
        let reception = group.map(|group| MulticastReception { group, interface });
        if reception.is_some() || udp.is_some() {
            udp.get_or_insert_default().multicast = reception;
        }
        Ok(())
    },
};

const INTERFACE_FORM: &str =
    "an address of this machine; for a group, an IPv4 address or the number of an interface";

const INTERFACE: Value<Option<UdpReception>> = Value::Text {
    form: INTERFACE_FORM,
    get: |udp| match multicast(udp).map(|multicast| multicast.interface) {
        Some(Some(Interface::Address(address))) => address.to_string(),
        Some(Some(Interface::Index(index))) => index.to_string(),
        Some(None) => String::new(),
        None => udp.and_then(|udp| udp.local_address).map(|address| address.to_string()).unwrap_or_default(),
    },
    set: |udp, text| {
        match udp {
            Some(UdpReception { multicast: Some(multicast), .. }) => {
                multicast.interface = read_interface(text)?;
            }
            Some(udp) => udp.local_address = read_local_address(text)?,
            None if text.is_empty() || read_local_address(text)?.is_none() => {}
            None => return Err("it only with a port, which may be 0".into()),
        }
        Ok(())
    },
};

const RECEIVE_BUFFER: Value<Option<UdpReception>> = Value::Integer {
    least: 0,
    most: ANY,
    unit: "bytes",
    get: |udp| udp.map_or(0, |udp| i64::try_from(udp.receive_buffer).unwrap_or(ANY)),
    set: |udp, bytes| {
        match udp {
            Some(udp) => udp.receive_buffer = usize::try_from(bytes).unwrap_or(udp.receive_buffer),
            None if bytes == 0 => {}
            None => return Err("it only with a port, which may be 0".into()),
        }
        Ok(())
    },
};

fn multicast(udp: &Option<UdpReception>) -> Option<MulticastReception> {
    udp.and_then(|udp| udp.multicast)
}

/// Where datagrams arrive; none for every address, which is where the publisher is connected.
fn read_local_address(text: &str) -> Result<Option<IpAddr>, String> {
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(Some(address).filter(|address| !address.is_unspecified())),
        Err(_) if text.is_empty() => Ok(None),
        Err(_) => Err(INTERFACE_FORM.to_owned()),
    }
}

/// Where to join a group; none for every interface, which is where the publisher is connected.
fn read_interface(text: &str) -> Result<Option<Interface>, String> {
    match text.parse() {
        Ok(IpAddr::V4(address)) if !address.is_unspecified() => Ok(Some(Interface::Address(address))),
        Ok(address) if address.is_unspecified() => Ok(None),
        Ok(_) => Err(INTERFACE_FORM.to_owned()),
        Err(_) if text.is_empty() => Ok(None),
        Err(_) => {
            let index = read_integer(text).and_then(|index| u32::try_from(index).ok());
            index.map(|index| Some(Interface::Index(index))).ok_or_else(|| INTERFACE_FORM.to_owned())
        }
    }
}
