//! The NATS server, the program, and the peer, each in a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::skipped::skipped;

/// How long anything may take on a busy machine. Nothing waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends with the test.
struct Process(Child);

impl Process {
    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap().success());
    }

    fn end(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// A NATS server of its own on the loopback.
pub(crate) struct NatsServer {
    port: u16,
    process: Process,
}

impl NatsServer {
    /// `None`, said, where there is no server.
    pub(crate) fn start() -> Option<NatsServer> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        match NatsServer::run(port) {
            Ok(process) => Some(NatsServer { port, process }),
            Err(error) => {
                let help = "on Debian: apt-get install nats-server";
                skipped(&format!("events over NATS; nats-server: {error}; {help}"));
                None
            }
        }
    }

    fn run(port: u16) -> std::io::Result<Process> {
        let mut command = Command::new("nats-server");
        command
            .args(["-a", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = Process(command.spawn()?);
        wait_until("nats-server", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        Ok(process)
    }

    /// Runs again at the same port, as after a crash.
    pub(crate) fn crash(&mut self) {
        self.process.end();
        self.process = NatsServer::run(self.port).expect("it ran before");
    }

    /// Does nothing for a while, and keeps its connections.
    pub(crate) fn stand_still(&self, meanwhile: impl FnOnce()) {
        self.process.signal("-STOP");
        meanwhile();
        self.process.signal("-CONT");
    }

    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }
}

/// A file of settings that ends with the test.
struct Settings(PathBuf);

impl Settings {
    fn write(text: &str) -> Settings {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sttp-nats-tstp-{}-{number}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Settings(path)
    }
}

impl Drop for Settings {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// `sttp-nats`, and what it says.
pub(crate) struct Program {
    process: Process,
    said: Receiver<String>,
    _settings: Settings,
}

impl Program {
    pub(crate) fn start(server: &NatsServer, command: &str, settings: &str, flags: &[&str]) -> Program {
        let settings = Settings::write(settings);
        let mut child = Command::new(env!("CARGO_BIN_EXE_sttp-nats"))
            .args(["--nats", &server.url(), "--config"])
            .arg(&settings.0)
            .arg(command)
            .args(flags)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = lines(child.stderr.take().unwrap());
        Program { process: Process(child), said, _settings: settings }
    }

    /// Waits for a line with a text, and gives what follows it.
    pub(crate) fn says(&self, text: &str) -> String {
        let mut others = String::new();
        loop {
            let Ok(line) = self.said.recv_timeout(PATIENCE) else {
                panic!("{text} was not said, but\n{others}")
            };
            if let Some((_, rest)) = line.split_once(text) {
                return rest.trim().to_owned();
            }
            others += &format!("{line}\n");
        }
    }

    /// Asks it to stop, and tells whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        self.process.signal("-TERM");
        self.process.0.wait().unwrap().success()
    }
}

/// What `--check` says of settings, and whether they are good.
pub(crate) fn check(command: &str, settings: &str) -> (bool, String) {
    let settings = Settings::write(settings);
    let mut program = Command::new(env!("CARGO_BIN_EXE_sttp-nats"));
    let output = program.arg("--config").arg(&settings.0).args(["--check", command]).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// Waits until something is so.
pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What an address answers by HTTP.
pub(crate) fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // Nobody listens any more once the test is over.
            let _ = tell.send(line);
        }
    });
    told
}

/// `peer.py`.
pub(crate) struct Peer {
    _process: Process,
    commands: ChildStdin,
    answers: Receiver<String>,
    /// Events that came between answers.
    events: Vec<Json>,
}

impl Peer {
    /// `None`, said, where there is no Python for it.
    pub(crate) fn start(server: &NatsServer, generation: &str) -> Option<Peer> {
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
        Some(Peer { _process: Process(child), commands, answers, events: Vec::new() })
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
