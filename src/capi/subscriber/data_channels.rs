//! Subscribers: measurements by UDP and by multicast.
//!
//! Everything else goes by TCP. What is lost on the way by UDP is lost for good.

use std::ffi::c_char;
use std::net::{IpAddr, Ipv4Addr};

use crate::capi::shared::arguments::{invalid, optional_text};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::capi::subscriber::settings;
use crate::capi::subscriber::sttp_subscriber;
use crate::subscriber::{Interface, MulticastReception, UdpReception};

/// Asks for measurements by UDP, from the next connection on. They come uncompressed then (without
/// TSSC), from the publisher's address only, to a socket that is open while there is a subscription. A
/// publisher that cannot send by UDP sends by TCP, or refuses the subscription. Default: 0.
///
/// \param enabled         0 or 1; 0 also ends the use of a multicast group.
/// \param port            Local UDP port; 0 for any free one.
/// \param receive_buffer  Bytes of datagrams that the system is asked to keep until they are read, for
///                        fast publishers; it may have a limit. 0 leaves it to the system.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_udp(
    subscriber: *mut sttp_subscriber,
    enabled: i32,
    port: u16,
    receive_buffer: usize,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        settings::change_settings(subscriber, |settings| {
            let multicast = settings.udp.and_then(|udp| udp.multicast);
            settings.udp = (enabled != 0).then_some(UdpReception { port, receive_buffer, multicast });
        })
    })
}

/// Asks for measurements by multicast, from the next connection on: the publisher sends them once for
/// all members of a group. An extension of this library, which the publisher must allow. All members of
/// a group and port have the same filter and subscription parameters, and get the same measurements;
/// protocol version 2 or 3. The port is that of sttp_subscriber_set_udp, which must not be 0. Default:
/// NULL.
///
/// \param group              Address of the group, as `239.1.2.3` or `ff15::7`; NULL for none.
/// \param network_interface  Where to join it: an IPv4 address of this machine, or the number of a
///                           network interface; NULL for the interface that leads to the publisher.
/// \return STTP_ERR_INVALID_ARGUMENT when `group` is no multicast address, or `network_interface` is
///         none.
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
            settings::change_settings(subscriber, |settings| {
                if multicast.is_some() || settings.udp.is_some() {
                    settings.udp.get_or_insert_default().multicast = multicast;
                }
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
