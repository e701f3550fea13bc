//! The `dataChannel` of a subscriber: measurements by UDP and by multicast.

use std::net::IpAddr;

use super::channel::read_port;
use super::key::{Key, Value};
use super::subscriber::{SubscriberSetup, key};
use super::values::read_integer;
use crate::subscriber::{Interface, MulticastReception};

pub(super) const KEYS: &[Key<SubscriberSetup>] = &[
    key("port", "Local UDP port, 0 for any free one; empty for TCP", PORT)
        .or(&["localport"])
        .c(&["sttp_subscriber_set_udp"]),
    key("multicastGroup", "Group that shares the measurements; empty for none", GROUP)
        .c(&["sttp_subscriber_set_multicast"]),
    key("interface", "Where to join the group; without one, 0.0.0.0 and :: are understood", INTERFACE)
        .c(&["sttp_subscriber_set_multicast"]),
    key(
        "receiveBufferSize",
        "Bytes of datagrams that the system keeps; 0 leaves it to the system",
        RECEIVE_BUFFER,
    )
    .or(&["bufferSize"])
    .c(&["sttp_subscriber_set_udp"]),
];

const PORT: Value<SubscriberSetup> = Value::Text {
    form: "a port, 0 to 65535",
    get: |setup| setup.settings.udp.map(|udp| udp.port.to_string()).unwrap_or_default(),
    set: |setup, text| {
        match read_port(text)? {
            Some(port) => setup.settings.udp.get_or_insert_default().port = port,
            None => setup.settings.udp = None,
        }
        Ok(())
    },
};

const GROUP_FORM: &str = "an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on";

const GROUP: Value<SubscriberSetup> = Value::Text {
    form: GROUP_FORM,
    get: |setup| multicast(setup).map(|multicast| multicast.group.to_string()).unwrap_or_default(),
    set: |setup, text| {
        let group = match text {
            "" => None,
            _ => Some(text.parse().ok().filter(IpAddr::is_multicast).ok_or(GROUP_FORM)?),
        };
        let interface = multicast(setup).and_then(|multicast| multicast.interface);
        let reception = group.map(|group| MulticastReception { group, interface });
        if reception.is_some() || setup.settings.udp.is_some() {
            setup.settings.udp.get_or_insert_default().multicast = reception;
        }
        Ok(())
    },
};

const INTERFACE_FORM: &str = "an IPv4 address of this machine, or the number of an interface";

const INTERFACE: Value<SubscriberSetup> = Value::Text {
    form: INTERFACE_FORM,
    get: |setup| match multicast(setup).and_then(|multicast| multicast.interface) {
        Some(Interface::Address(address)) => address.to_string(),
        Some(Interface::Index(index)) => index.to_string(),
        None => String::new(),
    },
    set: |setup, text| {
        let interface = read_interface(text)?;
        match setup.settings.udp.as_mut().and_then(|udp| udp.multicast.as_mut()) {
            Some(multicast) => multicast.interface = interface,
            None if interface.is_none() => {}
            None => {
                return Err("it only with a multicastGroup; other datagrams arrive where the publisher is \
                            connected"
                    .into());
            }
        }
        Ok(())
    },
};

const BUFFER_FORM: &str = "bytes, 0 or more";

const RECEIVE_BUFFER: Value<SubscriberSetup> = Value::Text {
    form: BUFFER_FORM,
    get: |setup| setup.settings.udp.map_or(0, |udp| udp.receive_buffer).to_string(),
    set: |setup, text| {
        let bytes = read_integer(text).and_then(|bytes| usize::try_from(bytes).ok()).ok_or(BUFFER_FORM)?;
        match &mut setup.settings.udp {
            Some(udp) => udp.receive_buffer = bytes,
            None if bytes == 0 => {}
            None => return Err("it only with a port, which may be 0".into()),
        }
        Ok(())
    },
};

fn multicast(setup: &SubscriberSetup) -> Option<MulticastReception> {
    setup.settings.udp.and_then(|udp| udp.multicast)
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
