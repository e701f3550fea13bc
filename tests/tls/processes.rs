//! Other programs that speak TLS, and a session on a socket to one of them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use sttp::tls::{LEAST_BUFFER, TlsContext, TlsSession, TlsSettings};

use crate::patience::PATIENCE;

/// Another program; it is killed in the end.
pub(crate) struct Peer(Child);

impl Peer {
    fn start(command: &mut Command) -> Peer {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Peer(pipes.spawn().expect("openssl and python3 must be there: tests/needs.sh installs them"))
    }

    /// An openssl server, on a port that the system chooses.
    pub(crate) fn openssl_server(arguments: &[&str]) -> (Peer, u16) {
        let mut peer =
            Peer::start(Command::new("openssl").args(["s_server", "-accept", "127.0.0.1:0"]).args(arguments));
        let port = peer.line_with("ACCEPT").rsplit(':').next().unwrap().trim().parse().unwrap();
        (peer, port)
    }

    /// An openssl client of a port.
    pub(crate) fn openssl_client(port: u16, arguments: &[&str]) -> Peer {
        let address = format!("127.0.0.1:{port}");
        Peer::start(Command::new("openssl").args(["s_client", "-connect", &address]).args(arguments))
    }

    pub(crate) fn python_server(arguments: &[&str]) -> (Peer, u16) {
        let mut peer = Peer::python("server", "0", arguments);
        let port = peer.port();
        (peer, port)
    }

    pub(crate) fn python_client(port: u16, arguments: &[&str]) -> Peer {
        Peer::python("client", &port.to_string(), arguments)
    }

    fn python(role: &str, port: &str, arguments: &[&str]) -> Peer {
        Peer::script("peer.py", &[&[role, port], arguments].concat())
    }

    /// A program in Python of this folder.
    pub(crate) fn script(name: &str, arguments: &[&str]) -> Peer {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name);
        Peer::start(Command::new("python3").arg(script).args(arguments))
    }

    /// The port that it prints.
    pub(crate) fn port(&mut self) -> u16 {
        self.line_with("").trim().parse().unwrap()
    }

    /// What it prints up to the first line with the text.
    fn line_with(&mut self, text: &str) -> String {
        Peer::line_of(self.0.stdout.as_mut().unwrap(), text)
    }

    /// Byte by byte, so that the rest stays.
    fn line_of(stream: &mut impl Read, text: &str) -> String {
        let mut lines = BufReader::with_capacity(1, stream);
        loop {
            let mut line = String::new();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "the peer has ended early");
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Types a line, or a command of openssl.
    pub(crate) fn type_line(&mut self, line: &str) {
        // In one piece: openssl takes a letter alone for a command, and what follows for text.
        self.0.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// The lines that it prints before one with the text.
    pub(crate) fn lines_before(&mut self, text: &str) -> Vec<String> {
        let lines = std::iter::repeat_with(|| self.line_with(""));
        lines.take_while(|line| !line.contains(text)).collect()
    }

    /// Waits for a line on its output.
    pub(crate) fn prints(&mut self, text: &str) {
        self.line_with(text);
    }

    /// Waits for a line on its other output.
    pub(crate) fn tells(&mut self, text: &str) {
        Peer::line_of(self.0.stderr.as_mut().unwrap(), text);
    }

    /// Ends its input, waits for its end, and answers all that it has printed.
    pub(crate) fn ended(mut self) -> String {
        drop(self.0.stdin.take());
        let mut printed = String::new();
        // openssl prints names of certificates as bytes.
        let mut bytes = Vec::new();
        self.0.stdout.take().unwrap().read_to_end(&mut bytes).unwrap();
        printed.push_str(&String::from_utf8_lossy(&bytes));
        bytes.clear();
        self.0.stderr.take().unwrap().read_to_end(&mut bytes).unwrap();
        printed.push_str(&String::from_utf8_lossy(&bytes));
        printed
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A session on a socket.
pub(crate) struct Link {
    pub(crate) session: TlsSession,
    stream: TcpStream,
    buffer: Vec<u8>,
    /// What came along with the end of the handshake.
    early: Vec<u8>,
}

impl Link {
    /// Connects, and shakes hands; the text is why that has failed.
    pub(crate) fn connect(port: u16, settings: &TlsSettings) -> Result<Link, String> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let session = TlsContext::load(settings).unwrap().connect("127.0.0.1").unwrap();
        Link::new(stream, session).shake_hands()
    }

    /// Accepts the connection of a peer that is started with the port.
    pub(crate) fn accept(
        settings: &TlsSettings,
        start: impl FnOnce(u16) -> Peer,
    ) -> (Peer, Result<Link, String>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let peer = start(listener.local_addr().unwrap().port());
        let (stream, _) = listener.accept().unwrap();
        let session = TlsContext::load(settings).unwrap().accept().unwrap();
        (peer, Link::new(stream, session).shake_hands())
    }

    fn new(stream: TcpStream, session: TlsSession) -> Link {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Link { session, stream, buffer: vec![0; LEAST_BUFFER * 4], early: Vec::new() }
    }

    fn shake_hands(mut self) -> Result<Link, String> {
        while self.session.is_handshaking() {
            self.send().map_err(|error| error.to_string())?;
            if self.session.is_handshaking()
                && let length @ 1.. = self.read_once()?
                && length != usize::MAX
            {
                self.early.extend_from_slice(&self.buffer[..length]);
            }
        }
        self.send().map_err(|error| error.to_string())?;
        Ok(self)
    }

    fn send(&mut self) -> std::io::Result<()> {
        let Link { session, stream, .. } = self;
        session.send_with(|slices| stream.write_vectored(slices))
    }

    /// The length of what one read of the socket has brought.
    fn read_once(&mut self) -> Result<usize, String> {
        let Link { session, stream, buffer, .. } = self;
        let mut reads = 0;
        let read = session.read_with(buffer, |buffer| {
            reads += 1;
            // During the handshake an answer may be due before the peer says more.
            if reads > 1 { Err(std::io::ErrorKind::WouldBlock.into()) } else { stream.read(buffer) }
        });
        let sent = self.send();
        match read {
            Ok(length) => Ok(length),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                sent.map(|()| usize::MAX).map_err(|e| e.to_string())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// The next plaintext; empty at the end.
    pub(crate) fn read(&mut self) -> Result<Vec<u8>, String> {
        if !self.early.is_empty() {
            return Ok(std::mem::take(&mut self.early));
        }
        loop {
            match self.read_once()? {
                usize::MAX => {}
                length => return Ok(self.buffer[..length].to_vec()),
            }
        }
    }

    /// Reads so much plaintext.
    pub(crate) fn read_exactly(&mut self, length: usize) -> Result<Vec<u8>, String> {
        let mut all = Vec::new();
        while all.len() < length {
            let more = self.read()?;
            if more.is_empty() {
                return Err(format!("the end came after {} bytes", all.len()));
            }
            all.extend_from_slice(&more);
        }
        Ok(all)
    }

    pub(crate) fn write(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let taken = self.session.write_vectored(&[std::io::IoSlice::new(bytes)]).unwrap();
            self.send().unwrap();
            bytes = &bytes[taken..];
        }
    }

    /// Says farewell.
    pub(crate) fn close(&mut self) {
        self.session.close();
        self.send().unwrap();
    }
}
