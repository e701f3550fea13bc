//! Measurements by UDP and by multicast.
//!
//! Everything else goes by TCP. What is lost on the way by UDP is lost for good.

use std::ffi::c_char;
use std::net::{IpAddr, Ipv4Addr};

use super::arguments::{invalid, optional_text};
use super::guard::guard;
use super::publisher::{self, sttp_publisher};
use super::status::Failure;
use super::subscriber::sttp_subscriber;
use super::subscriber_settings;
use crate::session::publisher::{LARGEST_DATAGRAM, SMALLEST_DATAGRAM};
use crate::subscriber::{Interface, MulticastReception, UdpReception};

/// Asks for measurements by UDP, from the next connection on. They come uncompressed then (without
/// TSSC), from the publisher's address only, to a socket that is open while there is a subscription.
/// A publisher that cannot send by UDP sends by TCP, or refuses the subscription. Default: 0.
///
/// \param subscriber      The subscriber.
/// \param enabled         0 or 1; 0 also ends the use of a multicast group.
/// \param port            Local UDP port; 0 for any free one.
/// \param receive_buffer  Bytes of datagrams that the system is asked to keep until they are read, for
///                        fast publishers; it may have a limit. 0 leaves it to the system.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_udp(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
    port: u16,
    receive_buffer: usize,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        subscriber_settings::change_settings(subscriber, |settings| {
            let multicast = settings.udp.and_then(|udp| udp.multicast);
            settings.udp = (enabled != 0).then_some(UdpReception { port, receive_buffer, multicast });
        })
    })
}

/// Asks for measurements by multicast, from the next connection on: the publisher sends them once for
/// all members of a group. An extension of this library, which the publisher must allow. All members
/// of a group and port have the same filter and subscription parameters, and get the same
/// measurements; protocol version 2 or 3. The port is that of sttp_subscriber_set_udp, which must not
/// be 0. Default: NULL.
///
/// \param subscriber         The subscriber.
/// \param group              Address of the group, as `239.1.2.3` or `ff15::7`; NULL for none.
/// \param network_interface  Where to join it: an IPv4 address of this machine, or the number of a
///                           network interface; NULL for the interface that leads to the publisher.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL, `group` is no multicast
///         address, or `network_interface` is none.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_multicast(
    subscriber: *mut sttp_subscriber,
    group: *const c_char,
    network_interface: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (group, network_interface) = unsafe {
            (optional_text(group, "group")?, optional_text(network_interface, "network_interface")?)
        };
        let multicast = group.map(|group| reception(group, network_interface)).transpose()?;
        // SAFETY: the contract of the header.
        unsafe {
            subscriber_settings::change_settings(subscriber, |settings| {
                if multicast.is_some() || settings.udp.is_some() {
                    settings.udp.get_or_insert_default().multicast = multicast;
                }
            })
        }
    })
}

/// Sets whether subscribers may have their measurements by UDP, and in datagrams of which size, from the
/// next start on. Default: 1, 1400.
///
/// \param publisher      The publisher.
/// \param enabled        0 or 1; with 0, subscriptions that ask for UDP fail.
/// \param datagram_size  Largest datagram in bytes, from 256 to 32768. What does not fit into one packet
///                       of the network is lost more often. A single buffer block may be larger.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `publisher` is NULL or the size is out of range.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set_udp(
    publisher: *mut sttp_publisher,
    enabled: i32,
    datagram_size: u32,
) -> i32 {
    guard(|| {
        let size = datagram_size as usize;
        if !(SMALLEST_DATAGRAM..=LARGEST_DATAGRAM).contains(&size) {
            return Err(invalid(format!(
                "datagram_size is {size}; give {SMALLEST_DATAGRAM} to {LARGEST_DATAGRAM}"
            )));
        }
        // SAFETY: the contract of the header.
        unsafe {
            publisher::change_settings(publisher, |settings| {
                settings.udp.enabled = enabled != 0;
                settings.udp.datagram_size = size;
            })
        }
    })
}

/// Sets whether subscribers may have their measurements by multicast, from the next start on. The first
/// member of a group and port decides what it carries; those who ask for something else are refused.
/// Measurements for a group are never encrypted. Default: 0.
///
/// \param publisher  The publisher.
/// \param enabled    0 or 1; with 0, subscriptions that ask for multicast fail.
/// \param ttl        How many routers the datagrams may pass, from 1 to 255; 1 keeps them in the local
///                   network.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when `publisher` is NULL or `ttl` is 0.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set_multicast(
    publisher: *mut sttp_publisher,
    enabled: i32,
    ttl: u8,
) -> i32 {
    guard(|| {
        if ttl == 0 {
            return Err(invalid("ttl is 0; give 1 to 255".into()));
        }
        // SAFETY: the contract of the header.
        unsafe {
            publisher::change_settings(publisher, |settings| {
                settings.udp.multicast = enabled != 0;
                settings.udp.multicast_ttl = ttl;
            })
        }
    })
}

fn reception(group: &str, network_interface: Option<&str>) -> Result<MulticastReception, Failure> {
    let address = group.parse().ok().filter(IpAddr::is_multicast).ok_or_else(|| {
        invalid(format!(
            "group is {group:?}; give an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on"
        ))
    })?;
    let interface = network_interface.filter(|name| !name.is_empty()).map(interface).transpose()?;
    Ok(MulticastReception { group: address, interface })
}

fn interface(name: &str) -> Result<Interface, Failure> {
    let address = name.parse::<Ipv4Addr>().map(Interface::Address);
    address.or_else(|_| name.parse().map(Interface::Index)).map_err(|_| {
        invalid(format!(
            "network_interface is {name:?}; give an IPv4 address of this machine or the number of an interface"
        ))
    })
}
