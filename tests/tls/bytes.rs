//! What a session does with bytes.

use std::io::{ErrorKind, IoSlice};

use sttp::tls::{LEAST_BUFFER, SessionError, TlsSettings};

use crate::certificates::Kind;
use crate::pair::Pair;

fn settings() -> (TlsSettings, TlsSettings) {
    let subscriber = Kind { name: "Subscriber", ..Kind::default() }.self_signed();
    let publisher = Kind::default().self_signed();
    (subscriber.trusting(&[&publisher]), publisher.trusting(&[&subscriber]))
}

fn connected() -> Pair {
    let (client, server) = settings();
    Pair::connected(&client, &server)
}

#[test]
fn bytes_arrive_in_pieces_of_any_size() {
    let (client, server) = settings();
    for piece in [1, 2, 7, 4096, 5000, usize::MAX] {
        let mut pair = Pair::new(&client, &server);
        pair.exchange(piece);
        let text: Vec<u8> = (0..100_000_u32).map(|n| (n / 3) as u8).collect();
        let mut rest = text.as_slice();
        while !rest.is_empty() {
            let slices: Vec<_> = rest.chunks(700).take(64).map(IoSlice::new).collect();
            let taken = pair.server.session.write_vectored(&slices).unwrap();
            assert!(taken > 0);
            rest = &rest[taken..];
            pair.exchange(piece);
        }
        assert!(pair.client.received == text, "in pieces of {piece}");
    }
}

#[test]
fn a_record_in_part_is_known_until_its_rest_has_come() {
    let mut pair = connected();
    pair.server.session.write_vectored(&[IoSlice::new(b"data")]).unwrap();
    for (come, byte) in pair.server.sent().into_iter().enumerate() {
        assert_eq!((pair.client.session.unfinished(), pair.client.received.len()), (come, 0));
        pair.client.incoming.push(byte);
        pair.client.read(1);
    }
    assert_eq!((pair.client.session.unfinished(), pair.client.received.as_slice()), (0, &b"data"[..]));
}

#[test]
fn small_slices_fill_records() {
    let mut pair = connected();
    let frame = [7; 1000];
    let taken = pair.server.session.write_vectored(&vec![IoSlice::new(&frame); 200]).unwrap();
    assert_eq!(taken, 4 * 16_384, "no more than is to be held");
    let sent = pair.server.sent();
    let mut lengths = Vec::new();
    let mut rest = sent.as_slice();
    while let [23, 3, 3, high, low, after @ ..] = rest {
        let length = usize::from(*high) << 8 | usize::from(*low);
        lengths.push(length);
        rest = &after[length..];
    }
    assert_eq!(lengths, [16_384 + 1 + 16; 4]);
}

#[test]
fn no_more_is_taken_than_is_sent() {
    let mut pair = connected();
    let frame = vec![7; 200_000];
    pair.server.session.write_vectored(&[IoSlice::new(&frame)]).unwrap();
    let refused = pair.server.session.write_vectored(&[IoSlice::new(&frame)]).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::WouldBlock);
    // A socket that takes some bytes at a time.
    let mut room = 100;
    let sent = pair.server.session.send_with(|slices| {
        let length = slices[0].len().min(std::mem::take(&mut room));
        if length == 0 { Err(ErrorKind::WouldBlock.into()) } else { Ok(length) }
    });
    assert_eq!(sent.unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(pair.server.session.wants_to_send());
}

#[test]
fn nothing_is_taken_before_the_handshake_is_done() {
    let (client, server) = settings();
    let mut pair = Pair::new(&client, &server);
    assert_eq!(
        pair.client.session.write_vectored(&[IoSlice::new(b"x")]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    pair.exchange(usize::MAX);
    assert_eq!(pair.client.session.write_vectored(&[IoSlice::new(b"x")]).unwrap(), 1);
}

#[test]
fn a_farewell_ends_a_session_and_a_cut_is_told() {
    let mut pair = connected();
    pair.server.session.write_vectored(&[IoSlice::new(b"data")]).unwrap();
    pair.exchange(usize::MAX);
    pair.server.session.close();
    pair.server.session.close();
    pair.exchange(usize::MAX);
    assert_eq!((pair.client.received.as_slice(), &pair.client.end), (b"data".as_slice(), &Some(Ok(()))));

    // The same in one piece.
    let mut pair = connected();
    pair.server.session.write_vectored(&[IoSlice::new(b"data")]).unwrap();
    pair.server.session.close();
    pair.exchange(usize::MAX);
    assert_eq!((pair.client.received.as_slice(), &pair.client.end), (b"data".as_slice(), &Some(Ok(()))));

    let mut pair = connected();
    pair.server.session.write_vectored(&[IoSlice::new(b"data")]).unwrap();
    let sent = pair.server.sent();
    // The record comes in part, and nothing after it.
    pair.client.incoming.extend_from_slice(&sent[..sent.len() - 1]);
    pair.client.read(usize::MAX);
    assert_eq!(pair.client.received, b"");
    pair.client.received.clear();
    pair.client.cut();
    assert!(pair.client.end.is_some());
    let mut pair = connected();
    pair.client.session.write_vectored(&[IoSlice::new(b"data")]).unwrap();
    pair.exchange(usize::MAX);
    pair.server.cut();
    assert_eq!(pair.server.end, Some(Err(SessionError::Truncated)));
}

#[test]
fn an_altered_record_ends_a_session_after_what_came_before() {
    let mut pair = connected();
    pair.server.session.write_vectored(&[IoSlice::new(b"good")]).unwrap();
    let mut sent = pair.server.sent();
    pair.server.session.write_vectored(&[IoSlice::new(b"altered")]).unwrap();
    let second = pair.server.sent();
    sent.extend_from_slice(&second);
    let last = sent.len() - 1;
    sent[last] ^= 1;
    pair.client.incoming = sent;
    pair.client.read(usize::MAX);
    assert_eq!(pair.client.received, b"good");
    assert!(pair.client.failure().contains("cannot be decrypted"), "{}", pair.client.failure());
    assert!(pair.client.session.wants_to_send(), "the peer is told");
}

#[test]
fn gsf_refuses_by_closing_after_the_handshake() {
    for farewell in [false, true] {
        let mut pair = connected();
        if farewell {
            pair.server.session.close();
            pair.exchange(usize::MAX);
        } else {
            pair.client.cut();
        }
        let text = pair.client.failure();
        assert!(text.contains("right after the handshake") && text.contains("CN=Subscriber"), "{text}");
    }
    // What it had not read makes a reset of its close.
    let mut pair = connected();
    let mut buffer = vec![0; LEAST_BUFFER];
    let reset = |_: &mut [u8]| Err(ErrorKind::ConnectionReset.into());
    for side in [&mut pair.client, &mut pair.server] {
        let error = side.session.read_with(&mut buffer, reset).unwrap_err();
        assert!(error.to_string().contains("right after the handshake"), "{error}");
    }
    // Who has said something before did not mean that.
    let mut pair = connected();
    pair.client.session.write_vectored(&[IoSlice::new(b"said")]).unwrap();
    pair.exchange(usize::MAX);
    let error = pair.server.session.read_with(&mut buffer, reset).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    // One's own wish is no refusal.
    let mut pair = connected();
    pair.client.session.close();
    pair.server.session.close();
    pair.exchange(usize::MAX);
    assert_eq!(pair.client.end, Some(Ok(())));
}

#[test]
fn who_does_not_speak_tls_is_told_so() {
    let (client, server) = settings();
    let mut pair = Pair::new(&client, &server);
    pair.server.incoming.extend_from_slice(&[0, 0, 0, 5, 6, 0, 0, 0, 0x7F]);
    pair.server.read(usize::MAX);
    let text = pair.server.failure();
    assert!(text.contains("STTP without TLS") && text.contains("securityMode=TLS"), "{text}");

    let mut pair = Pair::new(&client, &server);
    pair.client.incoming.extend_from_slice(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    pair.client.read(1);
    assert!(pair.client.failure().contains("connect to its port for TLS"), "{}", pair.client.failure());

    let mut pair = Pair::new(&client, &server);
    pair.client.incoming.extend_from_slice(&[21, 3, 1, 0, 2, 2, 10]);
    pair.client.read(usize::MAX);
    assert!(pair.client.failure().contains("may not speak TLS on this port"), "{}", pair.client.failure());

    let mut pair = Pair::new(&client, &server);
    pair.client.cut();
    assert!(pair.client.failure().contains("may not speak TLS on this port"), "{}", pair.client.failure());
}

#[test]
fn a_buffer_too_small_is_refused() {
    let mut pair = connected();
    let error = pair.client.session.read_with(&mut [0; 4096], |_| panic!("nothing is read")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
