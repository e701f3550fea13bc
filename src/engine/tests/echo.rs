//! A server and clients on one loop.

use std::collections::HashMap;
use std::io::{ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use mio::Token;

use super::{PATIENCE, loopback};
use crate::engine::listener::Listener;
use crate::engine::{Driver, Engine, EngineError, Io, Readiness, Transport};

/// Accepts connections and sends back what they send, until the peer has finished.
struct EchoServer {
    listener: Listener,
    accepting: Option<Token>,
    connections: HashMap<Token, Echo>,
}

struct Echo {
    transport: Transport,
    unsent: Vec<u8>,
    ended: bool,
}

impl EchoServer {
    fn new() -> (EchoServer, SocketAddr) {
        let listener = Listener::bind(loopback()).unwrap();
        let address = listener.local_addr().unwrap();
        (EchoServer { listener, accepting: None, connections: HashMap::new() }, address)
    }
}

impl Driver for EchoServer {
    fn start(&mut self, io: &mut Io<'_>) {
        self.accepting = Some(io.register(&mut self.listener).unwrap());
    }

    fn notified(&mut self, _: &mut Io<'_>) {}

    fn ready(&mut self, io: &mut Io<'_>, token: Token, _: Readiness) {
        if Some(token) == self.accepting {
            while let Some((mut transport, _)) = self.listener.accept().unwrap() {
                let token = io.register(&mut transport).unwrap();
                self.connections.insert(token, Echo { transport, unsent: Vec::new(), ended: false });
            }
        } else if self.connections.get_mut(&token).is_some_and(|echo| echo.serve(io, token)) {
            let mut echo = self.connections.remove(&token).unwrap();
            io.deregister(&mut echo.transport, token).unwrap();
        }
    }

    fn timeout(&mut self, _: &mut Io<'_>) {}

    fn deadline(&self) -> Option<Instant> {
        self.listener.retry_at()
    }

    fn finished(&self) -> bool {
        false
    }
}

impl Echo {
    /// Reads one piece, writes what it can; whether everything has been done.
    fn serve(&mut self, io: &mut Io<'_>, token: Token) -> bool {
        match self.transport.read(io.scratch()) {
            Ok(0) => self.ended = true,
            Ok(length) => {
                self.unsent.extend_from_slice(&io.scratch()[..length]);
                io.again(token);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
        while !self.unsent.is_empty() {
            match self.transport.write_vectored(&[IoSlice::new(&self.unsent)]) {
                Ok(length) => drop(self.unsent.drain(..length)),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    break;
                }
            }
        }
        self.ended && self.unsent.is_empty()
    }
}

/// Sends a message, finishes sending, and hands over everything that comes back.
struct EchoClient {
    transport: Transport,
    token: Option<Token>,
    connected: bool,
    unsent: Vec<u8>,
    received: Vec<u8>,
    result: Sender<Vec<u8>>,
    finished: bool,
}

impl EchoClient {
    fn new(address: SocketAddr, message: Vec<u8>, result: Sender<Vec<u8>>) -> EchoClient {
        EchoClient {
            transport: Transport::connect(address).unwrap(),
            token: None,
            connected: false,
            unsent: message,
            received: Vec::new(),
            result,
            finished: false,
        }
    }
}

impl Driver for EchoClient {
    fn start(&mut self, io: &mut Io<'_>) {
        self.token = Some(io.register(&mut self.transport).unwrap());
    }

    fn notified(&mut self, _: &mut Io<'_>) {}

    fn ready(&mut self, io: &mut Io<'_>, token: Token, _: Readiness) {
        assert_eq!(Some(token), self.token);
        if !self.connected {
            self.connected = self.transport.is_connected().unwrap();
            if !self.connected {
                return;
            }
        }
        while !self.unsent.is_empty() {
            let (head, tail) = self.unsent.split_at(self.unsent.len() / 2);
            match self.transport.write_vectored(&[IoSlice::new(head), IoSlice::new(tail)]) {
                Ok(length) => drop(self.unsent.drain(..length)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
            if self.unsent.is_empty() {
                self.transport.shutdown_write().unwrap();
            }
        }
        loop {
            match self.transport.read(io.scratch()) {
                Ok(0) => {
                    self.finished = true;
                    let _ = self.result.send(std::mem::take(&mut self.received));
                    return;
                }
                Ok(length) => self.received.extend_from_slice(&io.scratch()[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn timeout(&mut self, _: &mut Io<'_>) {}

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn finished(&self) -> bool {
        self.finished
    }
}

/// More than the buffers of the system hold, so that both sides meet `WouldBlock`.
fn message(seed: u8) -> Vec<u8> {
    (0..8_000_000_u32).map(|index| (index % 251) as u8 ^ seed).collect()
}

/// Waits for a value, polling the engine if it has no thread of its own.
fn receive<T>(engine: &Engine, receiver: &Receiver<T>) -> T {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        match engine.poll(Some(Duration::from_millis(100))) {
            Ok(()) => {}
            Err(EngineError::OwnThread) => return receiver.recv_timeout(PATIENCE).unwrap(),
            Err(error) => panic!("{error}"),
        }
        if let Ok(value) = receiver.try_recv() {
            return value;
        }
    }
    panic!("nothing has happened for a minute");
}

fn echo(engine: &Engine) {
    let (server, address) = EchoServer::new();
    engine.add(server);
    let (sender, receiver) = unbounded();
    for seed in 0..4 {
        engine.add(EchoClient::new(address, message(seed), sender.clone()));
    }
    let mut received: Vec<_> = (0..4).map(|_| receive(engine, &receiver)).collect();
    received.sort_by_key(|bytes| bytes[0]);
    for (seed, bytes) in received.iter().enumerate() {
        assert!(*bytes == message(seed as u8), "the bytes of client {seed} came back changed");
    }
}

#[test]
fn bytes_go_through_sockets_on_an_own_thread() {
    echo(&Engine::new().unwrap());
}

#[test]
fn bytes_go_through_sockets_of_a_polled_engine() {
    echo(&Engine::polled().unwrap());
}
