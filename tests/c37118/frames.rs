//! Frames put together by hand from the tables of C37.118.2-2011, field by field, in hexadecimal.

/// CFG-2 of one PMU (rectangular 16-bit phasors, floats for frequency), a data frame of it, CFG-3 of the same, a
/// data frame, a command and a header frame.
pub(crate) const ALL: &[&str] = &[
    // SYNC, FRAMESIZE, IDCODE, SOC, FRACSEC
    "AA31 0000 000C 454B9BF0 000000BE \
     000F4240 0001 \
     53544154494F4E204120202020202020 000C 0008 0002 0000 0001 \
     56412020202020202020202020202020 49412020202020202020202020202020 DIGITAL \
     000DF847 01000973 0000FFFF 0001 0003 001E",
    "AA01 0000 000C 454B9BF1 00004000 0000 392B0000 E36A3180 42700000 3DCCCCCD 3C12",
    "AA52 0000 000C 454B9BF1 00000000 0000 000F4240 0001 \
     0953544154494F4E2041 000C 000102030405060708090A0B0C0D0E0F 0008 0002 0000 0000 025641 024941 \
     00000101 3C23D70A 00000000 00000901 3A83126F 3F000000 \
     42480000 C2480000 7F800000 4D 00004000 00002000 0001 0004 001E",
    "AA02 0000 000C 454B9BF2 32000001 2000 392B0000 E36A3180 42700000 BDCCCCCD",
    "AA42 0000 000C 454B9BF2 00000000 0006",
    "AA11 0000 000C 454B9BF2 00000000 53544154494F4E2041",
];

/// The bytes of a frame: names of digital values are filled in, and its length and check word.
pub(crate) fn bytes(frame: &str) -> Vec<u8> {
    let digital: String = (0..16).map(|bit| hex(&format!("BREAKER {bit:<8}"))).collect();
    let text: String = frame.replace("DIGITAL", &digital).split_whitespace().collect();
    let mut bytes: Vec<u8> =
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect();
    let size = bytes.len() as u16 + 2;
    bytes[2..4].copy_from_slice(&size.to_be_bytes());
    bytes.extend_from_slice(&check_word(&bytes).to_be_bytes());
    bytes
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}

/// CRC-CCITT bit by bit, as the standard's appendix describes it.
fn check_word(bytes: &[u8]) -> u16 {
    let mut word = 0xFFFF_u16;
    for byte in bytes {
        word ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            word = if word & 0x8000 == 0 { word << 1 } else { word << 1 ^ 0x1021 };
        }
    }
    word
}
