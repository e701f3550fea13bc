//! Publishers: measurements by UDP and by multicast.
//!
//! Everything else goes by TCP. What is lost on the way by UDP is lost for good.

use crate::capi::publisher::{self, sttp_publisher};
use crate::capi::shared::arguments::invalid;
use crate::capi::shared::guard::guard;
use crate::session::publisher::{LARGEST_DATAGRAM, SMALLEST_DATAGRAM};

/// Sets whether subscribers may have their measurements by UDP, and in datagrams of which size, from
/// the next start on. Default: 1, 1400.
///
/// \param enabled        0 or 1; with 0, subscriptions that ask for UDP fail.
/// \param datagram_size  Largest datagram in bytes, from 256 to 32768. What does not fit into one
///                       packet of the network is lost more often. A single buffer block may be larger.
/// \return STTP_ERR_INVALID_ARGUMENT when the size is out of range.
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
/// \param enabled  0 or 1; with 0, subscriptions that ask for multicast fail.
/// \param ttl      How many routers the datagrams may pass, from 1 to 255; 1 keeps them in the local
///                 network.
/// \return STTP_ERR_INVALID_ARGUMENT when `ttl` is 0.
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
