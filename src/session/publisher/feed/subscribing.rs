//! What is granted to a subscriber that asks for measurements.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::playbacks::Playbacks;
use crate::session::SubscribeRequest;
use crate::session::publisher::connection::{Connection, ENCRYPTION_OVERHEAD};
use crate::session::publisher::context::Context;
use crate::session::publisher::selection::Selection;
use crate::session::publisher::settings::PublisherSettings;
use crate::session::publisher::subscription::{Carriage, Subscription};
use crate::settings::SubscriptionOptions;
use crate::wire::DataChannel;
use crate::wire::frame::LENGTH_SIZE;
use crate::wire::text::printable;

/// Largest data packet that every subscriber accepts by TCP, with the frame's length field.
const LARGEST_FRAME: usize = LENGTH_SIZE + 32_768;
/// Characters kept of how a subscriber names itself.
const MAX_IDENTITY: usize = 256;

/// The subscription that a subscriber gets, or why it gets none. Its connection is prepared for it.
pub(super) fn grant(
    connection: &mut Connection,
    request: &SubscribeRequest,
    selection: Arc<Selection>,
    playbacks: &Playbacks,
    cx: &mut Context<'_>,
) -> Result<Subscription, String> {
    let Some(modes) = connection.modes() else { return Err("the connection is about to end".into()) };
    // Historical data are not lost on their way, so they do not go by UDP.
    let options = &request.options;
    connection.info.identity = identity(options);
    connection.may_have_data(options.start_time.is_some(), request.data_channel.is_some())?;
    let channel = request.data_channel.filter(|_| options.start_time.is_none());
    let carriage = carriage(channel, connection, cx.settings)?;
    let window = playbacks.window(options, cx.now.utc)?;
    connection.blocks.set_timeout(options.buffer_block_timeout);
    if carriage.is_encrypted {
        connection.begin_encryption(cx)?;
    }
    let subscription = Subscription::new(options, modes, cx.settings, selection, carriage);
    Ok(Subscription { rights: connection.signal_rights(), ..subscription.in_window(window) })
}

/// How measurements travel to a subscriber that asks for this channel, or why they cannot.
fn carriage(
    channel: Option<DataChannel>,
    connection: &Connection,
    settings: &PublisherSettings,
) -> Result<Carriage, String> {
    let is_encrypted = connection.has_cipher_keys() || settings.encryption.covers(channel.is_some());
    let overhead = if is_encrypted { ENCRYPTION_OVERHEAD } else { 0 };
    let Some(wanted) = channel else {
        return Ok(Carriage { channel, group: None, frame_limit: LARGEST_FRAME - overhead, is_encrypted });
    };
    if !settings.udp.enabled {
        return Err("this publisher sends measurements by TCP only; leave out dataChannel".into());
    }
    let group = wanted.multicast_group.map(|group| with_ip(connection.info.address, group, wanted.port));
    if let Some(group) = group {
        check_group(group, connection, settings, is_encrypted)?;
    }
    let frame_limit = LENGTH_SIZE + settings.udp.datagram_size - overhead;
    Ok(Carriage { channel, group, frame_limit, is_encrypted })
}

fn check_group(
    group: SocketAddr,
    connection: &Connection,
    settings: &PublisherSettings,
    is_encrypted: bool,
) -> Result<(), String> {
    let refusal = if !settings.udp.multicast {
        "this publisher does not send to multicast groups; leave out multicastGroup"
    } else if !connection.modes().is_some_and(|modes| modes.version.confirms_caches()) {
        "only subscribers of protocol version 2 or 3 can share a multicast group; use one of them"
    } else if group.is_ipv4() != connection.info.address.is_ipv4() {
        "the multicast group and the connection are not both IPv4 or both IPv6; use a group of the connection's kind"
    } else if is_encrypted {
        "measurements for a multicast group cannot be encrypted, and here they must be; leave out multicastGroup"
    } else {
        return Ok(());
    };
    Err(refusal.into())
}

/// Another address on the same link.
fn with_ip(mut address: SocketAddr, ip: IpAddr, port: u16) -> SocketAddr {
    address.set_ip(ip);
    address.set_port(port);
    address
}

/// Program and version as the subscriber names itself, cut after as much as anyone reads.
fn identity(options: &SubscriptionOptions) -> String {
    let assembly = &options.assembly;
    let identity = format!("{} {}", assembly.source, assembly.version);
    let kept: String = identity.trim().chars().take(MAX_IDENTITY).collect();
    printable(&kept, MAX_IDENTITY).into_owned()
}
