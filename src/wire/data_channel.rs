//! The `dataChannel` of Subscribe: where measurements are to go by UDP.

use std::net::IpAddr;

use thiserror::Error;

use super::connection_string::ConnectionString;

/// UDP channel that a subscription asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DataChannel {
    /// `localport` (`port` is understood too): UDP port of the subscriber, never 0.
    pub port: u16,
    /// `multicastGroup`, an extension of this library: the measurements go once to this group and
    /// port, however many subscribers ask for them.
    pub multicast_group: Option<IpAddr>,
}

/// A `dataChannel` that cannot be honoured.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DataChannelError {
    /// The group is no multicast address.
    #[error(
        "multicastGroup of dataChannel is {0:?}; give an IPv4 address from 224.0.0.0 to 239.255.255.255, or an IPv6 \
         address from ff00:: on"
    )]
    Group(String),
    /// A group without a port.
    #[error("dataChannel has a multicastGroup, but no port; give localport from 1 to 65535")]
    GroupWithoutPort,
}

impl DataChannel {
    /// The channel that the keys ask for. Port 0 and what is no port are sent by accident by some
    /// subscribers: no UDP.
    pub fn from_connection_string(keys: &ConnectionString) -> Result<Option<DataChannel>, DataChannelError> {
        let port = keys.get("port").or_else(|| keys.get("localport"));
        let port = port.and_then(|port| port.parse().ok()).filter(|port| *port != 0);
        let group =
            keys.get("multicastGroup").filter(|group| !group.is_empty()).map(read_group).transpose()?;
        match port {
            Some(port) => Ok(Some(DataChannel { port, multicast_group: group })),
            None if group.is_some() => Err(DataChannelError::GroupWithoutPort),
            None => Ok(None),
        }
    }

    /// The keys that ask for this channel.
    pub fn to_connection_string(self) -> ConnectionString {
        let mut keys = ConnectionString::default();
        keys.set("localport", self.port.to_string());
        if let Some(group) = self.multicast_group {
            keys.set("multicastGroup", group.to_string());
        }
        keys
    }
}

fn read_group(text: &str) -> Result<IpAddr, DataChannelError> {
    let group = text.parse().ok().filter(IpAddr::is_multicast);
    group.ok_or_else(|| DataChannelError::Group(text.chars().take(MAX_GROUP_SHOWN).collect()))
}

/// Characters of a wrong group that its error repeats.
const MAX_GROUP_SHOWN: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<DataChannel>, DataChannelError> {
        DataChannel::from_connection_string(&ConnectionString::parse(text).unwrap())
    }

    #[test]
    fn ports() {
        let channel = |port| Some(DataChannel { port, multicast_group: None });
        assert_eq!(read("localport=9600; interface=::1"), Ok(channel(9600)));
        assert_eq!(read("localport=2; PORT=1"), Ok(channel(1)));
        for none in ["localport=0", "localport=x", "localport=", "port=70000", "port=-1", "a=b", ""] {
            assert_eq!(read(none), Ok(None), "{none}");
        }
    }

    #[test]
    fn groups_round_trip() {
        for group in ["239.1.2.3", "ff15::7"] {
            let channel = DataChannel { port: 9600, multicast_group: Some(group.parse().unwrap()) };
            assert_eq!(
                DataChannel::from_connection_string(&channel.to_connection_string()),
                Ok(Some(channel))
            );
        }
        assert_eq!(
            read("localport=1; multicastGroup="),
            Ok(Some(DataChannel { port: 1, multicast_group: None }))
        );
    }

    #[test]
    fn groups_that_cannot_be() {
        for group in ["192.0.2.1", "2001:db8::1", "239.1.2", "239.1.2.3:9600", "x"] {
            let text = format!("localport=1;multicastGroup={group}");
            assert_eq!(read(&text), Err(DataChannelError::Group(group.into())));
        }
        assert_eq!(read("localport=0;multicastGroup=239.1.2.3"), Err(DataChannelError::GroupWithoutPort));
        let long = format!("port=1;multicastGroup={}", "é".repeat(1000));
        assert!(read(&long).unwrap_err().to_string().len() < 400);
    }
}
