//! Somebody between the program and a NATS server, who changes what they say to each other.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

/// The words of a message's line, `HPUB`, `MSG` and so on first and its length last, and what follows: headers, if it has
/// any, and payload.
pub struct Said {
    pub words: Vec<String>,
    pub content: Vec<u8>,
}

impl Said {
    /// Other words, with a payload and no headers.
    pub fn replace(&mut self, words: &[&str], payload: &str) {
        self.words = words.iter().map(|word| (*word).to_owned()).collect();
        self.words.push(payload.len().to_string());
        self.content = payload.into();
    }
}

/// What becomes of a message: whether it is passed on.
pub type Change = Box<dyn FnMut(&mut Said) -> bool + Send>;

/// A port that leads to a server, by way of `change`.
pub fn between(server: u16, change: Change) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let change = Arc::new(Mutex::new(change));
    spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
            let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
            for (from, to) in [(client, server), back] {
                let change = change.clone();
                spawn(move || {
                    let (source, sink) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    // It ends with the connection.
                    let _ = pass(source, sink, &change);
                    let _ = from.shutdown(Shutdown::Both);
                    let _ = to.shutdown(Shutdown::Both);
                });
            }
        }
    });
    port
}

fn pass(from: TcpStream, mut to: TcpStream, change: &Mutex<Change>) -> Result<()> {
    let mut from = BufReader::new(from);
    loop {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let words: Vec<String> =
            String::from_utf8_lossy(&line).split_whitespace().map(str::to_owned).collect();
        if !["PUB", "HPUB", "MSG", "HMSG"].contains(&words.first().map_or("", String::as_str)) {
            to.write_all(&line)?;
            continue;
        }
        let mut content = vec![0; words.last().unwrap().parse().unwrap()];
        from.read_exact(&mut content)?;
        from.read_exact(&mut [0; 2])?;
        let mut said = Said { words, content };
        if (change.lock().unwrap())(&mut said) {
            let mut message = said.words.join(" ").into_bytes();
            message.extend_from_slice(b"\r\n");
            message.extend_from_slice(&said.content);
            message.extend_from_slice(b"\r\n");
            to.write_all(&message)?;
        }
    }
}
