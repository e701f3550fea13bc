//! Two sessions with nothing but memory between them.

use std::io::{self, ErrorKind, IoSlice};

use sttp::tls::{LEAST_BUFFER, SessionError, TlsContext, TlsSession, TlsSettings};

/// One side, and what is on its way to it.
pub(crate) struct End {
    pub(crate) session: TlsSession,
    pub(crate) incoming: Vec<u8>,
    /// What it has received.
    pub(crate) received: Vec<u8>,
    pub(crate) end: Option<Result<(), SessionError>>,
    buffer: Vec<u8>,
}

impl End {
    pub(crate) fn new(session: TlsSession) -> End {
        End {
            session,
            incoming: Vec::new(),
            received: Vec::new(),
            end: None,
            buffer: vec![0; LEAST_BUFFER * 4],
        }
    }

    /// Reads all that has come, in pieces of at most `piece` bytes.
    pub(crate) fn read(&mut self, piece: usize) {
        while self.end.is_none() {
            let incoming = &mut self.incoming;
            let length = self.session.read_with(&mut self.buffer, |buffer| {
                let length = incoming.len().min(piece).min(buffer.len());
                if length == 0 {
                    return Err(ErrorKind::WouldBlock.into());
                }
                buffer[..length].copy_from_slice(&incoming[..length]);
                incoming.drain(..length);
                Ok(length)
            });
            match length {
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                other => self.note(other),
            }
        }
    }

    /// The connection has ended.
    pub(crate) fn cut(&mut self) {
        let length = self.session.read_with(&mut self.buffer, |_| Ok(0));
        self.note(length);
    }

    fn note(&mut self, read: io::Result<usize>) {
        match read {
            Ok(0) => self.end = Some(Ok(())),
            Ok(length) => self.received.extend_from_slice(&self.buffer[..length]),
            Err(error) => {
                let failure = error.get_ref().and_then(|inner| inner.downcast_ref::<SessionError>());
                self.end = Some(Err(failure.expect("only sessions fail here").clone()));
            }
        }
    }

    /// What there is to send.
    pub(crate) fn sent(&mut self) -> Vec<u8> {
        let mut sent = Vec::new();
        let collect = |slices: &[IoSlice<'_>]| {
            slices.iter().for_each(|slice| sent.extend_from_slice(slice));
            Ok(slices.iter().map(|slice| slice.len()).sum())
        };
        self.session.send_with(collect).unwrap();
        sent
    }

    /// Why it failed.
    pub(crate) fn failure(&self) -> String {
        match &self.end {
            Some(Err(failure)) => failure.to_string(),
            other => panic!("it should have failed, and has {other:?}"),
        }
    }
}

pub(crate) struct Pair {
    pub(crate) client: End,
    pub(crate) server: End,
}

impl Pair {
    pub(crate) fn new(client: &TlsSettings, server: &TlsSettings) -> Pair {
        Pair::to("gateway.example", client, server)
    }

    /// A client that connects to a host.
    pub(crate) fn to(host: &str, client: &TlsSettings, server: &TlsSettings) -> Pair {
        let client = TlsContext::load(client).unwrap().connect(host).unwrap();
        let server = TlsContext::load(server).unwrap().accept().unwrap();
        Pair { client: End::new(client), server: End::new(server) }
    }

    /// Carries bytes in pieces until nobody has more to say.
    pub(crate) fn exchange(&mut self, piece: usize) {
        loop {
            let (from_client, from_server) = (self.client.sent(), self.server.sent());
            if from_client.is_empty() && from_server.is_empty() {
                return;
            }
            self.server.incoming.extend_from_slice(&from_client);
            self.client.incoming.extend_from_slice(&from_server);
            self.server.read(piece);
            self.client.read(piece);
        }
    }

    /// Shakes hands, which must succeed.
    pub(crate) fn connected(client: &TlsSettings, server: &TlsSettings) -> Pair {
        let mut pair = Pair::new(client, server);
        pair.exchange(usize::MAX);
        assert_eq!((&pair.client.end, &pair.server.end), (&None, &None));
        assert!(!pair.client.session.is_handshaking() && !pair.server.session.is_handshaking());
        pair
    }

    /// Shakes hands, which must fail. Why, on both sides.
    pub(crate) fn refused(mut self) -> (String, String) {
        self.exchange(usize::MAX);
        (self.client.failure(), self.server.failure())
    }
}
