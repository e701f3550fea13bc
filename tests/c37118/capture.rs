//! The payloads of a classic pcap file with Ethernet frames: those of UDP, and of TCP in the order of their
//! sequence numbers.

use std::collections::BTreeMap;

/// Source, destination and their ports, protocol.
type Flow = ([u8; 4], [u8; 4], u16, u16, u8);

/// The streams of the capture, each as its pieces. A datagram is a piece.
pub(crate) fn streams(pcap: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let is_little = match pcap[..4] {
        [0xD4, 0xC3, 0xB2, 0xA1] | [0x4D, 0x3C, 0xB2, 0xA1] => true,
        [0xA1, 0xB2, 0xC3, 0xD4] | [0xA1, 0xB2, 0x3C, 0x4D] => false,
        _ => panic!("no pcap file"),
    };
    let word = |at: usize| {
        let bytes = pcap[at..at + 4].try_into().unwrap();
        if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    };
    assert_eq!(word(20), 1, "only Ethernet is read");
    let mut flows: BTreeMap<Flow, Vec<(u32, Vec<u8>)>> = BTreeMap::new();
    let mut at = 24;
    while at + 16 <= pcap.len() {
        let length = word(at + 8) as usize;
        let packet = &pcap[at + 16..at + 16 + length];
        at += 16 + length;
        if let Some((flow, sequence, payload)) = payload(packet) {
            flows.entry(flow).or_default().push((sequence, payload.to_vec()));
        }
    }
    flows.into_iter().map(|(flow, pieces)| in_order(flow, pieces)).collect()
}

fn in_order((.., protocol): Flow, mut pieces: Vec<(u32, Vec<u8>)>) -> Vec<Vec<u8>> {
    if protocol == 6 {
        let first = pieces[0].0;
        pieces.sort_by_key(|(sequence, _)| sequence.wrapping_sub(first).cast_signed());
        // What was sent twice is read once.
        pieces.dedup_by_key(|(sequence, _)| *sequence);
    }
    pieces.into_iter().map(|(_, payload)| payload).collect()
}

fn payload(packet: &[u8]) -> Option<(Flow, u32, &[u8])> {
    let u16_at = |at: usize| u16::from_be_bytes([packet[at], packet[at + 1]]);
    let mut ip = 14;
    if u16_at(12) == 0x8100 {
        ip = 18;
    }
    if u16_at(ip - 2) != 0x0800 {
        return None;
    }
    let end = ip + usize::from(u16_at(ip + 2));
    let protocol = packet[ip + 9];
    let ports = ip + usize::from(packet[ip] & 15) * 4;
    let (sequence, start) = match protocol {
        6 => (
            u32::from_be_bytes(packet[ports + 4..ports + 8].try_into().ok()?),
            ports + usize::from(packet[ports + 12] >> 4) * 4,
        ),
        17 => (0, ports + 8),
        _ => return None,
    };
    let address = |at: usize| packet[at..at + 4].try_into().ok();
    let flow = (address(ip + 12)?, address(ip + 16)?, u16_at(ports), u16_at(ports + 2), protocol);
    (start < end).then(|| (flow, sequence, &packet[start..end]))
}
