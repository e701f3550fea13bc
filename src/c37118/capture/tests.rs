use std::io::Cursor;
use std::net::Ipv4Addr;

use etherparse::{IpFragOffset, IpNumber, Ipv4Header, PacketBuilder, UdpHeader};

use super::super::{FrameTime, Version, encode_header};
use super::*;

const DEVICE: ([u8; 4], u16) = ([192, 0, 2, 1], 4712);
const CLIENT: ([u8; 4], u16) = ([192, 0, 2, 9], 50_000);
/// Linktype of Ethernet.
const ETHERNET: u32 = 1;

/// A frame that tells a text.
fn frame(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_header(&mut bytes, Version::V2, 7, FrameTime::from_words(0, 0), text.as_bytes()).unwrap();
    bytes
}

/// A packet from the device to its client.
fn tcp(sequence: u32, bytes: &[u8]) -> Vec<u8> {
    let builder = PacketBuilder::ethernet2([1; 6], [2; 6])
        .single_vlan(etherparse::VlanId::ZERO)
        .ipv4(DEVICE.0, CLIENT.0, 64)
        .tcp(DEVICE.1, CLIENT.1, sequence, 1_000);
    let mut packet = Vec::new();
    builder.write(&mut packet, bytes).unwrap();
    packet
}

fn udp(bytes: &[u8]) -> Vec<u8> {
    let builder = PacketBuilder::ethernet2([1; 6], [2; 6]).ipv6([1; 16], [2; 16], 64).udp(DEVICE.1, CLIENT.1);
    let mut packet = Vec::new();
    builder.write(&mut packet, bytes).unwrap();
    packet
}

/// A datagram in two fragments of IP, without the headers of Ethernet.
fn fragments(bytes: &[u8]) -> [Vec<u8>; 2] {
    let header = UdpHeader::with_ipv4_checksum(
        DEVICE.1,
        CLIENT.1,
        &Ipv4Header::new(0, 64, IpNumber::UDP, DEVICE.0, CLIENT.0).unwrap(),
        bytes,
    );
    let datagram = [&header.unwrap().to_bytes()[..], bytes].concat();
    let cut = datagram.len() / 16 * 8;
    [(0, &datagram[..cut], true), (cut / 8, &datagram[cut..], false)].map(|(offset, piece, is_more)| {
        let mut ip = Ipv4Header::new(piece.len() as u16, 64, IpNumber::UDP, DEVICE.0, CLIENT.0).unwrap();
        ip.identification = 99;
        ip.more_fragments = is_more;
        ip.fragment_offset = IpFragOffset::try_new(offset as u16).unwrap();
        let mut packet = Vec::new();
        ip.write(&mut packet).unwrap();
        packet.extend_from_slice(piece);
        packet
    })
}

/// A pcap file; packet n was recorded n milliseconds after 2023-11-14 22:13:20.
fn pcap(link: u32, packets: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xA1B2_C3D4, 0x0004_0002, 0, 0, 65_535, link] {
        file.extend_from_slice(&u32::to_le_bytes(word));
    }
    for (number, packet) in packets.iter().enumerate() {
        let length = packet.len() as u32;
        for word in [1_700_000_000, number as u32 * 1_000, length, length] {
            file.extend_from_slice(&u32::to_le_bytes(word));
        }
        file.extend_from_slice(packet);
    }
    file
}

/// A pcapng file, big-endian, with times in nanoseconds.
fn pcapng(packets: &[Vec<u8>]) -> Vec<u8> {
    fn block(file: &mut Vec<u8>, kind: u32, body: &[u8]) {
        let padded = body.len().next_multiple_of(4);
        let length = (padded as u32 + 12).to_be_bytes();
        file.extend_from_slice(&kind.to_be_bytes());
        file.extend_from_slice(&length);
        file.extend_from_slice(body);
        file.resize(file.len() + padded - body.len(), 0);
        file.extend_from_slice(&length);
    }
    let mut file = Vec::new();
    let section = [&0x1A2B_3C4D_u32.to_be_bytes()[..], &[0, 1, 0, 0], &[0xFF; 8]].concat();
    block(&mut file, 0x0A0D_0D0A, &section);
    // Ethernet, whole packets; resolution 10^-9; end of options.
    let interface = [0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0];
    block(&mut file, 1, &interface);
    for (number, packet) in packets.iter().enumerate() {
        let time = 1_700_000_000_u64 * 1_000_000_000 + number as u64 * 1_000_000;
        let length = (packet.len() as u32).to_be_bytes();
        let body = [&[0; 4][..], &time.to_be_bytes(), &length, &length, packet].concat();
        block(&mut file, 6, &body);
    }
    file
}

/// All frames of a file: text, milliseconds, transport; and what was counted.
fn read(file: Vec<u8>) -> (Vec<(String, i64, CaptureTransport)>, CaptureCounts) {
    let mut capture = Capture::new(Cursor::new(file)).unwrap();
    let start = Ticks::from_unix(1_700_000_000, 0).unwrap().value();
    let mut frames = Vec::new();
    while let Some(found) = capture.next_frame().unwrap() {
        assert_eq!((found.sender.port(), found.receiver.port()), (DEVICE.1, CLIENT.1));
        let text = String::from_utf8(found.bytes[14..found.bytes.len() - 2].to_vec()).unwrap();
        let milliseconds = (found.time.value() - start) / Ticks::PER_MILLISECOND;
        frames.push((text, milliseconds, found.transport));
    }
    (frames, capture.counts())
}

/// Two frames by TCP, the second in two packets, the later of which comes first and once more; one by UDP; a packet of
/// something else; a damaged frame.
fn packets() -> Vec<Vec<u8>> {
    let second = frame("second");
    let mut damaged = frame("damaged");
    damaged[15] ^= 1;
    let first = frame("first");
    let at = 1 + first.len() as u32;
    vec![
        tcp(1, &first),
        tcp(at + 10, &second[10..]),
        tcp(at + 10, &second[10..]),
        tcp(at, &second[..10]),
        vec![0xEE; 60],
        udp(&frame("datagram")),
        udp(&damaged),
    ]
}

#[test]
fn frames_are_found_with_their_times_whatever_the_file_is() {
    for file in [pcap(ETHERNET, &packets()), pcapng(&packets())] {
        let (frames, counts) = read(file);
        let expected = [
            ("first", 0, CaptureTransport::Tcp),
            // The packet that completed it was recorded before the one that was missing.
            ("second", 1, CaptureTransport::Tcp),
            ("datagram", 5, CaptureTransport::Udp),
        ];
        assert_eq!(frames, expected.map(|(text, time, transport)| (text.to_owned(), time, transport)));
        let expected =
            CaptureCounts { packets: 7, other_packets: 1, frames: 3, bad_checks: 1, missing_bytes: 0 };
        assert_eq!(counts, expected);
    }
}

#[test]
fn a_datagram_in_fragments_is_put_together() {
    let raw_ip = 101;
    let long = "x".repeat(3_000);
    let [first, second] = fragments(&frame(&long));
    let (frames, counts) = read(pcap(raw_ip, &[second, first]));
    assert_eq!(frames, [(long, 1, CaptureTransport::Udp)]);
    assert_eq!(counts.frames, 1);
}

#[test]
fn packets_of_all_interfaces_of_linux_are_read() {
    let (linux_sll2, ethernet_header) = (276, 14);
    let cooked = |ether_type: u16, packet: &[u8]| {
        let mut header = [0; 20];
        header[..2].copy_from_slice(&ether_type.to_be_bytes());
        [&header[..], packet].concat()
    };
    let packets = [
        cooked(0x8100, &tcp(1, &frame("by TCP"))[ethernet_header..]),
        cooked(0x86DD, &udp(&frame("by UDP"))[ethernet_header..]),
        cooked(0x0806, &[0; 28]),
        vec![0x08],
        cooked(0x0800, &[])[..12].to_vec(),
    ];
    let (frames, counts) = read(pcap(linux_sll2, &packets));
    let expected = [("by TCP", 0, CaptureTransport::Tcp), ("by UDP", 1, CaptureTransport::Udp)];
    assert_eq!(frames, expected.map(|(text, time, transport)| (text.to_owned(), time, transport)));
    assert_eq!((counts.packets, counts.other_packets), (5, 3));
}

#[test]
fn a_frame_that_a_datagram_does_not_hold_whole_hides_none_behind_it() {
    let cut = [&frame(&"x".repeat(100))[..20], &frame("whole")].concat();
    let (frames, counts) = read(pcap(ETHERNET, &[udp(&cut), udp(&frame("next"))]));
    assert_eq!(frames.iter().map(|(text, ..)| &**text).collect::<Vec<_>>(), ["whole", "next"]);
    assert_eq!((counts.frames, counts.bad_checks), (2, 0));
}

#[test]
fn what_the_recorder_missed_does_not_hide_what_follows() {
    let (lost, kept) = (frame("lost"), frame("kept"));
    let at = 1 + lost.len() as u32;
    let (frames, counts) = read(pcap(ETHERNET, &[tcp(1, &lost[..5]), tcp(at, &kept)]));
    assert_eq!(frames, [("kept".to_owned(), 1, CaptureTransport::Tcp)]);
    assert_eq!(counts.missing_bytes, lost.len() as u64 - 5);
}

#[test]
fn what_is_no_capture_is_told_so() {
    let refused = Capture::new(Cursor::new(b"Timestamp,Value\n1,2\n3,4\n5,6\n".to_vec()));
    assert!(matches!(refused, Err(CaptureError::NoCapture)));
    assert!(matches!(Capture::new(Cursor::new(Vec::new())), Err(CaptureError::NoCapture)));
}

#[test]
fn a_capture_that_is_cut_gives_what_it_has_and_says_where_it_ends() {
    let whole = pcap(ETHERNET, &packets());
    for length in 24..whole.len() {
        let mut capture = Capture::new(Cursor::new(whole[..length].to_vec())).unwrap();
        let error = loop {
            match capture.next_frame() {
                Ok(Some(_)) => {}
                Ok(None) => break None,
                Err(error) => break Some(error.to_string()),
            }
        };
        if let Some(error) = error {
            let place = format!("behind packet {}: the file ends within a packet", capture.counts().packets);
            assert!(error.contains(&place), "{error}");
        }
    }
}

#[test]
fn no_damage_of_a_file_makes_reading_it_fail_otherwise_than_with_an_error() {
    let whole = pcapng(&packets());
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xFF;
        let Ok(mut capture) = Capture::new(Cursor::new(damaged)) else { continue };
        let mut frames = 0;
        while let Ok(Some(_)) = capture.next_frame() {
            frames += 1;
        }
        assert!(frames <= packets().len());
    }
}

#[test]
fn long_packets_are_read_up_to_the_limit() {
    let long = "x".repeat(60_000);
    let mut tail = tcp(1, &frame(&long));
    // As recorders do that take more than the packet.
    tail.resize(200_000, 0);
    let (frames, _) = read(pcap(ETHERNET, &[tail]));
    assert_eq!(frames.len(), 1);
    let mut capture = Capture::new(Cursor::new(pcap(ETHERNET, &[vec![0; 2 << 20]]))).unwrap();
    let error = capture.next_frame().unwrap_err().to_string();
    assert!(error.contains("longer than 1048576 bytes"), "{error}");
}

#[test]
fn flows_beyond_what_is_kept_take_the_place_of_old_ones() {
    let mut flows = HashMap::new();
    for number in 0..2 * MOST_FLOWS as u64 {
        let sender = SocketAddr::from((Ipv4Addr::from(number as u32), 4712));
        let key = FlowKey { sender, receiver: sender, transport: CaptureTransport::Udp };
        flow_of(&mut flows, key, number);
        assert!(flows.len() <= MOST_FLOWS);
    }
    assert!(flows.values().all(|flow| flow.last_packet >= MOST_FLOWS as u64));
}
