//! Measurements by UDP: any datagram may be lost, late, repeated, damaged or forged, and none of
//! that ends the connection.

use std::collections::VecDeque;
use std::time::Instant;

use super::SubscriberSession;
use super::events::EventSink;
use super::responses::warn;
use crate::wire::Response;
use crate::wire::frame::{RawResponse, responses};
use crate::wire::messages::DataPacketFlags;

/// Which signal index caches measurements by multicast can refer to. Those of other subscribers
/// may come before the cache that this session is about to get.
#[derive(Debug, Default)]
pub(super) struct GroupSignals {
    /// Generation of the first cache of the subscription in use, if that is by multicast.
    in_use: Option<u32>,
    /// The same of the subscriptions that the publisher has not answered yet.
    unanswered: VecDeque<Option<u32>>,
}

impl GroupSignals {
    /// A subscription was asked for; its first cache will have this generation if it is by
    /// multicast.
    pub(super) fn subscribe(&mut self, first_generation: Option<u32>) {
        self.unanswered.push_back(first_generation);
    }

    /// The publisher granted or refused the oldest subscription that it had not answered yet.
    pub(super) fn answered(&mut self, is_granted: bool) {
        if let Some(first_generation) = self.unanswered.pop_front()
            && is_granted
        {
            self.in_use = first_generation;
        }
    }

    fn first_generation(&self) -> Option<u32> {
        self.unanswered.back().copied().unwrap_or(self.in_use)
    }
}

impl SubscriberSession {
    /// Takes in a datagram. `from_publisher` tells whether it came from the address of the
    /// publisher; others are counted and left alone.
    pub fn receive_datagram(
        &mut self,
        bytes: &[u8],
        from_publisher: bool,
        now: Instant,
        events: &mut EventSink<'_>,
    ) {
        self.statistics.datagrams += 1;
        let taken = match from_publisher {
            true => self.handle_datagram(bytes, now, events),
            false => Err("it did not come from the publisher's address".into()),
        };
        if let Err(why) = taken {
            self.statistics.datagrams_rejected += 1;
            warn(events, format!("dropped a datagram of {} bytes: {why}", bytes.len()));
        }
    }

    fn handle_datagram(
        &mut self,
        bytes: &[u8],
        now: Instant,
        events: &mut EventSink<'_>,
    ) -> Result<(), String> {
        if bytes.is_empty() {
            return Err("it holds nothing".into());
        }
        responses(bytes).try_for_each(|response| {
            let response = response.map_err(|error| error.to_string())?;
            self.handle_datagram_response(response, now, events)
        })
    }

    /// Everything but measurements and buffer blocks comes by TCP only.
    fn handle_datagram_response(
        &mut self,
        raw: RawResponse<'_>,
        now: Instant,
        events: &mut EventSink<'_>,
    ) -> Result<(), String> {
        match Response::from_code(raw.response) {
            Some(Response::DataPacket) => {
                let flags = raw.payload.first().copied().unwrap_or_default();
                let flags = DataPacketFlags::from_bits_retain(flags);
                if flags.contains(DataPacketFlags::COMPRESSED) {
                    return Err("it is compressed in a way that cannot be read when some are lost".into());
                }
                if self.is_for_others(flags) {
                    return Ok(());
                }
                if self.is_of_replaced_cache(flags) {
                    self.drop_packet(events, "it came after the first one of newer signals".into());
                    return Ok(());
                }
            }
            Some(Response::BufferBlock) => {}
            _ => return Err(format!("response {:#04x} does not come by UDP", raw.response)),
        }
        // No datagram is worth a connection.
        self.handle_response(raw, now, events).map_err(|error| error.to_string())
    }

    /// A multicast group may get measurements, or still get those of an ended subscription, before
    /// this session has got the signals of its own.
    fn is_for_others(&self, flags: DataPacketFlags) -> bool {
        let Some(first) = self.group_signals.first_generation() else { return false };
        self.caches.named(flags).is_none_or(|slot| slot.generation < first)
    }

    /// The application was told of newer signals already, whose rows the measurements do not have.
    fn is_of_replaced_cache(&mut self, flags: DataPacketFlags) -> bool {
        let quirk = self.may_not_name_slots();
        self.caches.of_packet(flags, quirk).is_some_and(|slot| slot.generation < self.announced)
    }
}
