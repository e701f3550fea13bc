//! Who may connect, by address.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::macros::settings;
use super::row::Value;

settings! {
    /// Who may connect, by address. Whoever may not is let go before anything is said.
    pub struct AccessSettings: Eq {
        /// Addresses from which one may connect; empty for all.
        ///
        /// As 192.0.2.7, 10.0.0.0/8 or fd00::/8. Connections that are made, not accepted, are not concerned, nor are
        /// those that stand.
        allowed: AddressList = AddressList::default() => custom("allowedAddresses"; ALLOWED),
        /// Addresses from which nobody may connect, also where they are among the allowed ones.
        denied: AddressList = AddressList::default() => custom("deniedAddresses"; DENIED),
    }
}

pub(super) const ADDRESSES: &str =
    "IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between them";

const ALLOWED: Value<AccessSettings> = Value::Text {
    form: ADDRESSES,
    get: |access| access.allowed.to_string(),
    set: |access, text| {
        access.allowed = text.parse().map_err(|error: String| error)?;
        Ok(())
    },
};

const DENIED: Value<AccessSettings> = Value::Text {
    form: ADDRESSES,
    get: |access| access.denied.to_string(),
    set: |access, text| {
        access.denied = text.parse().map_err(|error: String| error)?;
        Ok(())
    },
};

impl AccessSettings {
    /// Whether one may connect from an address.
    ///
    /// # Errors
    ///
    /// Why not, as a sentence for operators.
    pub fn admits(&self, address: IpAddr) -> Result<(), String> {
        if let Some(network) = self.denied.network_of(address) {
            return Err(format!("its address is among the deniedAddresses ({network})"));
        }
        match self.allowed.is_empty() || self.allowed.network_of(address).is_some() {
            true => Ok(()),
            false => Err("its address is not among the allowedAddresses".to_owned()),
        }
    }
}

/// IP addresses and networks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressList {
    networks: Vec<Network>,
}

/// All addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    /// Its other bits are 0.
    first: IpAddr,
    length: u8,
}

impl AddressList {
    /// Whether it has an address.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.network_of(address).is_some()
    }

    /// Whether it has none at all.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    fn network_of(&self, address: IpAddr) -> Option<&Network> {
        let address = address.to_canonical();
        self.networks.iter().find(|network| network.contains(address))
    }
}

impl FromStr for AddressList {
    type Err = String;

    /// Reads addresses and networks with commas between them. The error is what is to be written instead.
    fn from_str(text: &str) -> Result<AddressList, String> {
        let written = text.split(',').map(str::trim).filter(|network| !network.is_empty());
        written.map(str::parse).collect::<Result<_, _>>().map(|networks| AddressList { networks })
    }
}

impl fmt::Display for AddressList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, network) in self.networks.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{network}")?;
        }
        Ok(())
    }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        self.first.is_ipv4() == address.is_ipv4() && (bits(self.first) ^ bits(address)) & self.mask() == 0
    }

    /// The bits that are the same for all.
    fn mask(&self) -> u128 {
        u128::MAX.checked_shl(u32::from(128 - self.length)).unwrap_or(0)
    }
}

/// An address as the first bits of a number.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let (address, length) =
            text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let first: IpAddr = address.parse().map_err(|_| ADDRESSES.to_owned())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let length =
            match length {
                None => most,
                Some(length) => length.parse().ok().filter(|length| *length <= most).ok_or_else(|| {
                    format!("{ADDRESSES}; after the '/' of {address}, a number up to {most}")
                })?,
            };
        let network = Network { first, length };
        match bits(first) & !network.mask() {
            0 => Ok(network),
            _ => Err(format!("{ADDRESSES}; of {text}, all bits after the first {length} must be 0")),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.length) {
            (IpAddr::V4(_), 32) | (IpAddr::V6(_), 128) => self.first.fmt(f),
            (first, length) => write!(f, "{first}/{length}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(allowed: &str, denied: &str) -> AccessSettings {
        let list = |text: &str| text.parse().unwrap();
        AccessSettings::default().allowed(list(allowed)).denied(list(denied))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_in_a_network_by_its_first_bits() {
        for (list, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.0.2.0/25", "192.0.2.127", "192.0.2.128"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
            ("fd00::/8, 2001:db8::1", "2001:db8::1", "2001:db8::2"),
            ("fd00::/8", "fdff::1", "fe80::1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"),
        ] {
            let list: AddressList = list.parse().unwrap();
            assert!(list.contains(ip(inside)), "{list} has {inside}");
            assert!(!list.contains(ip(outside)), "{list} has not {outside}");
        }
    }

    #[test]
    fn who_is_denied_is_denied_and_an_empty_list_allows_all() {
        assert_eq!(access("", "").admits(ip("10.1.1.1")), Ok(()));
        let both = access("10.0.0.0/8", "10.1.0.0/16");
        assert_eq!(both.admits(ip("10.2.1.1")), Ok(()));
        assert!(both.admits(ip("10.1.1.1")).unwrap_err().contains("deniedAddresses (10.1.0.0/16)"));
        assert!(both.admits(ip("11.1.1.1")).unwrap_err().contains("not among the allowedAddresses"));
    }

    #[test]
    fn what_is_written_wrongly_is_told() {
        for (text, wanted) in [
            ("10.0.0.0/33", "after the '/' of 10.0.0.0, a number up to 32"),
            ("fd00::/-1", "a number up to 128"),
            ("10.0.0.1/8", "all bits after the first 8 must be 0"),
            ("gateway.example.com", "IP addresses and networks"),
            ("10.0.0.0/8; 11.0.0.0/8", "a number up to 32"),
        ] {
            let error = text.parse::<AddressList>().unwrap_err();
            assert!(error.contains(wanted), "{text}: {error}");
        }
        let list: AddressList = " 10.0.0.0/8 ,, ::1 ".parse().unwrap();
        assert_eq!(list.to_string(), "10.0.0.0/8, ::1");
    }
}
