//! `peer.py`, in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::nats::Server;
use crate::support::skipped::skipped;

/// How long anything may take on a busy machine. Nothing waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// `peer.py`.
pub(crate) struct Peer {
    child: Child,
    commands: ChildStdin,
    answers: Receiver<String>,
    /// Events that came between answers.
    events: Vec<Json>,
}

impl Peer {
    /// `None`, said, where there is no Python for it.
    pub(crate) fn start(server: &Server, generation: &str) -> Option<Peer> {
        let Some(python) = std::env::var_os("STTP_TEST_PYTHON") else {
            skipped("events of nats-py and fastavro; set STTP_TEST_PYTHON, as make test-rust does");
            return None;
        };
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let schema = |name: &str| root.join("src/tstp/schema").join(name);
        let mut child = Command::new(python)
            .arg(root.join("tests/tstp/peer.py"))
            .arg(server.url())
            .arg(schema(&format!("{}.avsc", generation.to_lowercase())))
            .arg(schema("processed.avsc"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let commands = child.stdin.take().unwrap();
        let answers = lines(child.stdout.take().unwrap());
        Some(Peer { child, commands, answers, events: Vec::new() })
    }

    fn line(&self) -> Json {
        let line = self.answers.recv_timeout(PATIENCE).expect("the peer tells something");
        serde_json::from_str(&line).unwrap()
    }

    fn command(&mut self, command: &Json) -> Json {
        writeln!(self.commands, "{command}").unwrap();
        loop {
            let answer = self.line();
            if answer.get("subject").is_none() {
                return answer;
            }
            self.events.push(answer);
        }
    }

    /// Hears events from now on.
    pub(crate) fn listen(&mut self, subject: &str) {
        assert_eq!(self.command(&json!(["listen", subject, null])), "listening");
    }

    pub(crate) fn send(&mut self, subject: &str, event: &Json) {
        assert_eq!(self.command(&json!(["send", subject, event])), "sent");
    }

    pub(crate) fn send_bytes(&mut self, subject: &str, hex: &str) {
        assert_eq!(self.command(&json!(["send-bytes", subject, hex])), "sent");
    }

    /// Sends an event with a reply subject, and gives the answer.
    pub(crate) fn ask(&mut self, subject: &str, event: &Json) -> Json {
        self.command(&json!(["ask", subject, event]))
    }

    pub(crate) fn ask_bytes(&mut self, subject: &str, hex: &str) -> Json {
        self.command(&json!(["ask-bytes", subject, hex]))
    }

    /// Events that it heard, until there is so much in them.
    pub(crate) fn events(&mut self, much: usize, of: impl Fn(&Json) -> usize) -> Vec<Json> {
        let mut events = std::mem::take(&mut self.events);
        while events.iter().map(&of).sum::<usize>() < much {
            events.push(self.line());
        }
        events
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(stream: ChildStdout) -> Receiver<String> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // Nobody listens any more once the test is over.
            let _ = tell.send(line);
        }
    });
    told
}
