//! What packets carry.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use etherparse::defrag::IpDefragPool;
use etherparse::err::packet::SliceError;
use etherparse::{EtherType, IpNumber, NetSlice, SlicedPacket, TcpSlice, TransportSlice, UdpSlice};
use pcap_parser::Linktype;

/// Packets after which an IP datagram that is not whole is given up.
const LONGEST_FRAGMENTED: u64 = 512;
/// How often that is looked for, in packets.
const CLEANED_EVERY: u64 = 64;
/// Length of the header in front of packets of loopback interfaces.
const LOOPBACK_HEADER: usize = 4;
/// What Linux records of all interfaces together, as newer recorders write it.
const LINUX_SLL2: Linktype = Linktype(276);
/// Length of the header in front of such packets, of which the first two bytes are the EtherType.
const LINUX_SLL2_HEADER: usize = 20;

/// How a frame travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaptureTransport {
    /// In a TCP connection.
    Tcp,
    /// In a UDP datagram.
    Udp,
}

/// Where bytes of a TCP connection belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// Sequence number of the first byte.
    pub(super) sequence: u32,
    /// A connection begins: what came before belongs to an older one between the same ports.
    pub(super) is_first: bool,
}

/// What a packet carries.
pub(super) struct Payload<'a> {
    pub(super) sender: SocketAddr,
    pub(super) receiver: SocketAddr,
    pub(super) transport: CaptureTransport,
    pub(super) segment: Option<Segment>,
    pub(super) bytes: Cow<'a, [u8]>,
}

/// Takes payloads out of packets, and puts IP datagrams together that were sent in fragments.
#[derive(Debug)]
pub(super) struct Payloads {
    fragments: IpDefragPool<u64, ()>,
    /// Number of the packet at which those are given up that are not whole.
    next_cleaning: u64,
}

impl Default for Payloads {
    fn default() -> Payloads {
        Payloads { fragments: IpDefragPool::new(), next_cleaning: CLEANED_EVERY }
    }
}

impl Payloads {
    /// What the packet with this number carries by TCP or UDP.
    pub(super) fn read<'a>(&mut self, link: Linktype, packet: &'a [u8], number: u64) -> Option<Payload<'a>> {
        let sliced = slice(link, packet)?;
        let (from, to) = addresses(sliced.net.as_ref()?)?;
        if let Some(transport) = &sliced.transport {
            return match transport {
                TransportSlice::Tcp(tcp) => Some(of_tcp(from, to, tcp, Cow::Borrowed(tcp.payload()))),
                TransportSlice::Udp(udp) => Some(of_udp(from, to, udp, Cow::Borrowed(udp.payload()))),
                _ => None,
            };
        }
        if number >= self.next_cleaning {
            self.next_cleaning = number + CLEANED_EVERY;
            self.fragments.retain(|begun| number - begun < LONGEST_FRAGMENTED);
        }
        let whole = self.fragments.process_sliced_packet(&sliced, number, ()).ok()??;
        match whole.ip_number {
            IpNumber::TCP => {
                let tcp = TcpSlice::from_slice(&whole.payload).ok()?;
                Some(of_tcp(from, to, &tcp, Cow::Owned(tcp.payload().to_vec())))
            }
            IpNumber::UDP => {
                let udp = UdpSlice::from_slice(&whole.payload).ok()?;
                Some(of_udp(from, to, &udp, Cow::Owned(udp.payload().to_vec())))
            }
            _ => None,
        }
    }
}

fn slice(link: Linktype, packet: &[u8]) -> Option<SlicedPacket<'_>> {
    let sliced: Result<SlicedPacket<'_>, SliceError> = match link {
        Linktype::ETHERNET => SlicedPacket::from_ethernet(packet),
        Linktype::LINUX_SLL => SlicedPacket::from_linux_sll(packet),
        LINUX_SLL2 => {
            let ether_type = EtherType(u16::from_be_bytes(*packet.first_chunk()?));
            SlicedPacket::from_ether_type(ether_type, packet.get(LINUX_SLL2_HEADER..)?)
        }
        Linktype::RAW | Linktype::IPV4 | Linktype::IPV6 => SlicedPacket::from_ip(packet),
        Linktype::NULL | Linktype::LOOP => SlicedPacket::from_ip(packet.get(LOOPBACK_HEADER..)?),
        _ => return None,
    };
    sliced.ok()
}

fn addresses(net: &NetSlice<'_>) -> Option<(IpAddr, IpAddr)> {
    match net {
        NetSlice::Ipv4(ip) => Some((ip.header().source_addr().into(), ip.header().destination_addr().into())),
        NetSlice::Ipv6(ip) => Some((ip.header().source_addr().into(), ip.header().destination_addr().into())),
        NetSlice::Arp(_) => None,
    }
}

fn of_tcp<'a>(from: IpAddr, to: IpAddr, tcp: &TcpSlice<'_>, bytes: Cow<'a, [u8]>) -> Payload<'a> {
    // The mark of a connection's begin counts as a byte.
    let sequence = tcp.sequence_number().wrapping_add(u32::from(tcp.syn()));
    Payload {
        sender: SocketAddr::new(from, tcp.source_port()),
        receiver: SocketAddr::new(to, tcp.destination_port()),
        transport: CaptureTransport::Tcp,
        segment: Some(Segment { sequence, is_first: tcp.syn() }),
        bytes,
    }
}

fn of_udp<'a>(from: IpAddr, to: IpAddr, udp: &UdpSlice<'_>, bytes: Cow<'a, [u8]>) -> Payload<'a> {
    Payload {
        sender: SocketAddr::new(from, udp.source_port()),
        receiver: SocketAddr::new(to, udp.destination_port()),
        transport: CaptureTransport::Udp,
        segment: None,
        bytes,
    }
}
