//! Addresses as people write them.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use thiserror::Error;

/// The longest name that the domain name system knows.
const MAX_NAME_LENGTH: usize = 253;

/// A text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AddressError {
    #[error("the address is empty; write host:port, for instance localhost:7165")]
    Empty,
    #[error("address \"{0}\" has no port; write {0}:port, for instance {0}:7165")]
    MissingPort(String),
    #[error("address \"{text}\" has the port \"{port}\"; write a number from {least} to 65535")]
    InvalidPort { text: String, port: String, least: u16 },
    #[error("address \"{0}\" has no host before the colon; write host:port, for instance localhost:7165")]
    MissingHost(String),
    #[error(
        "address \"{0}\" has several colons; write host:port, with an IPv6 address in brackets as in [::1]:7165"
    )]
    MissingBrackets(String),
    #[error(
        "address \"{0}\" has brackets that hold no IPv6 address; write [address]:port, for instance [::1]:7165"
    )]
    InvalidBrackets(String),
    #[error(
        "address \"{text}\" has the host \"{host}\"; write a host name or an IP address, without scheme, path or spaces"
    )]
    InvalidHost { text: String, host: String },
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: Host,
    pub(crate) port: u16,
}

/// The host of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    Literal(IpAddr),
    Name(String),
    /// All interfaces of this machine.
    Any,
}

impl Address {
    /// Reads the address of a peer: `host:port`, `192.0.2.1:port` or `[2001:db8::1]:port`. The
    /// port is not 0.
    pub(crate) fn remote(text: &str) -> Result<Address, AddressError> {
        let (host, port) = split(text)?;
        if host.is_empty() {
            return Err(AddressError::MissingHost(text.to_owned()));
        }
        Ok(Address { host: read_host(text, host)?, port: read_port(text, port, 1)? })
    }

    /// Reads an address to listen on: as that of a peer, and besides `:port` or `*:port` for
    /// all interfaces, IPv4 and IPv6. Port 0 takes any free one.
    pub(crate) fn local(text: &str) -> Result<Address, AddressError> {
        let (host, port) = split(text)?;
        let host = if matches!(host, "" | "*") { Host::Any } else { read_host(text, host)? };
        Ok(Address { host, port: read_port(text, port, 0)? })
    }
}

/// As it can be read again.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Literal(ip) => write!(f, "{}", SocketAddr::new(*ip, self.port)),
            // An IPv6 address with its interface.
            Host::Name(name) if name.contains(':') => write!(f, "[{name}]:{}", self.port),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
            Host::Any => write!(f, "*:{}", self.port),
        }
    }
}

/// Host, in its brackets if it has them, and port.
fn split(text: &str) -> Result<(&str, &str), AddressError> {
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    if text.starts_with('[') {
        let end = text.find(']').ok_or_else(|| AddressError::InvalidBrackets(text.to_owned()))?;
        let (host, rest) = text.split_at(end + 1);
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, port)),
            None if rest.is_empty() => Err(AddressError::MissingPort(text.to_owned())),
            None => Err(AddressError::InvalidBrackets(text.to_owned())),
        };
    }
    let (host, port) = text.rsplit_once(':').ok_or_else(|| AddressError::MissingPort(text.to_owned()))?;
    if host.contains(':') && !host.contains('/') {
        return Err(AddressError::MissingBrackets(text.to_owned()));
    }
    Ok((host, port))
}

fn read_host(text: &str, host: &str) -> Result<Host, AddressError> {
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return read_bracketed(inner).ok_or_else(|| AddressError::InvalidBrackets(text.to_owned()));
    }
    if let Ok(ip) = host.parse() {
        return Ok(Host::Literal(IpAddr::V4(ip)));
    }
    let is_foreign = |c: char| c.is_whitespace() || c.is_control() || "/\\[]@?#:*%\"".contains(c);
    if host.len() > MAX_NAME_LENGTH || host.contains(is_foreign) {
        return Err(AddressError::InvalidHost { text: text.to_owned(), host: host.to_owned() });
    }
    Ok(Host::Name(host.to_owned()))
}

/// An IPv6 address, which may name the interface it belongs to: only the system knows how to
/// read that part.
fn read_bracketed(inner: &str) -> Option<Host> {
    match inner.split_once('%') {
        None => inner.parse().ok().map(|ip| Host::Literal(IpAddr::V6(ip))),
        Some((ip, interface)) => {
            ip.parse::<Ipv6Addr>().ok()?;
            let is_plain = !interface.is_empty() && interface.chars().all(|c| c.is_ascii_graphic());
            is_plain.then(|| Host::Name(inner.to_owned()))
        }
    }
}

fn read_port(text: &str, port: &str, least: u16) -> Result<u16, AddressError> {
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse()
        .ok()
        .filter(|&number: &u16| digits && number >= least)
        .ok_or_else(|| AddressError::InvalidPort { text: text.to_owned(), port: port.to_owned(), least })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn errors_say_what_to_write() {
        let cases = [
            ("", "the address is empty; write host:port, for instance localhost:7165"),
            ("pdc", "address \"pdc\" has no port; write pdc:port, for instance pdc:7165"),
            ("[::1]", "address \"[::1]\" has no port; write [::1]:port, for instance [::1]:7165"),
            (
                ":7165",
                "address \":7165\" has no host before the colon; write host:port, for instance localhost:7165",
            ),
            ("pdc:", "address \"pdc:\" has the port \"\"; write a number from 1 to 65535"),
            ("pdc:0", "address \"pdc:0\" has the port \"0\"; write a number from 1 to 65535"),
            ("pdc:65536", "address \"pdc:65536\" has the port \"65536\"; write a number from 1 to 65535"),
            ("pdc:+80", "address \"pdc:+80\" has the port \"+80\"; write a number from 1 to 65535"),
            (
                "::1",
                "address \"::1\" has several colons; write host:port, with an IPv6 address in brackets as in [::1]:7165",
            ),
            (
                "::1:7165",
                "address \"::1:7165\" has several colons; write host:port, with an IPv6 address in brackets as in [::1]:7165",
            ),
            (
                "[::1:7165",
                "address \"[::1:7165\" has brackets that hold no IPv6 address; write [address]:port, for instance [::1]:7165",
            ),
            (
                "[::1]7165",
                "address \"[::1]7165\" has brackets that hold no IPv6 address; write [address]:port, for instance [::1]:7165",
            ),
            (
                "[pdc]:7165",
                "address \"[pdc]:7165\" has brackets that hold no IPv6 address; write [address]:port, for instance [::1]:7165",
            ),
            (
                "sttp://pdc:7165",
                "address \"sttp://pdc:7165\" has the host \"sttp://pdc\"; write a host name or an IP address, without scheme, path or spaces",
            ),
            (
                "my pdc:7165",
                "address \"my pdc:7165\" has the host \"my pdc\"; write a host name or an IP address, without scheme, path or spaces",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(Address::remote(text).unwrap_err().to_string(), message);
        }
        assert!(Address::remote("*:7165").is_err());
        assert!(Address::remote(&format!("{}:7165", "x".repeat(254))).is_err());
        assert!(Address::remote("pdc\0:7165").is_err());
        assert_eq!(
            Address::local("pdc:-1").unwrap_err().to_string(),
            "address \"pdc:-1\" has the port \"-1\"; write a number from 0 to 65535"
        );
    }

    #[test]
    fn an_ipv6_address_may_name_its_interface() {
        let address = Address::remote("[fe80::1%eth0]:7165").unwrap();
        assert_eq!(address, Address { host: Host::Name("fe80::1%eth0".to_owned()), port: 7165 });
        assert_eq!(address.to_string(), "[fe80::1%eth0]:7165");
        for text in ["[fe80::1%]:7165", "[pdc%eth0]:7165", "[fe80::1%et h0]:7165"] {
            assert_eq!(Address::remote(text), Err(AddressError::InvalidBrackets(text.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_address_or_an_error(text in "[\\[\\]:%*./ a-f0-9é\\PC]{0,40}") {
            let _ = Address::remote(&text);
            let _ = Address::local(&text);
        }

        #[test]
        fn every_socket_address_is_read_as_itself(address: SocketAddr) {
            prop_assume!(address.port() != 0);
            let address = SocketAddr::new(address.ip(), address.port());
            let read = Address::remote(&address.to_string()).unwrap();
            prop_assert_eq!(read, Address { host: Host::Literal(address.ip()), port: address.port() });
        }
    }
}
