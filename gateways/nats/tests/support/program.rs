//! The program under test.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use super::{free_port, wait_until};

/// A running program, killed with this.
pub struct Program {
    arguments: Vec<String>,
    log: PathBuf,
    pub http: u16,
    child: Option<Child>,
}

impl Program {
    /// Runs it with a port for HTTP and a log in a folder.
    pub fn start(folder: &Path, name: &str, arguments: &[&str]) -> Program {
        let http = free_port();
        let address = format!("127.0.0.1:{http}");
        let arguments = arguments.iter().copied().chain(["--http", &address]).map(str::to_owned).collect();
        let mut program = Program { arguments, log: folder.join(format!("{name}.log")), http, child: None };
        program.run();
        program
    }

    /// An ingest of sources, named.
    pub fn ingest(
        folder: &Path,
        name: &str,
        nats: &[String],
        sources: &[(&str, String)],
        more: &[&str],
    ) -> Program {
        let spool = folder.join(format!("{name}.spool")).to_string_lossy().into_owned();
        let mut arguments = vec!["ingest".to_owned(), "--spool".into(), spool];
        for server in nats {
            arguments.extend(["--nats".into(), server.clone()]);
        }
        for (name, connection) in sources {
            arguments.extend(["--source".into(), format!("{name}={connection}")]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        Program::start(folder, name, &arguments)
    }

    /// A relay that listens at a port.
    pub fn serve(folder: &Path, name: &str, nats: &[String], port: u16, more: &[&str]) -> Program {
        let sttp = format!("port={port}; interface=127.0.0.1");
        let mut arguments = vec!["serve".to_owned(), "--sttp".into(), sttp];
        for server in nats {
            arguments.extend(["--nats".into(), server.clone()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        Program::start(folder, name, &arguments)
    }

    /// Runs again.
    pub fn run(&mut self) {
        let log = File::options().append(true).create(true).open(&self.log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_sttp-nats")).args(&self.arguments).stderr(log).spawn();
        self.child = Some(child.unwrap());
    }

    /// As a power cut does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        let child = self.child.as_mut().unwrap();
        let kill = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let mut status = None;
        wait_until("the end of the program", || {
            status = child.try_wait().unwrap();
            status.is_some()
        });
        self.child = None;
        status.unwrap()
    }

    /// How many of its threads have a name that begins so.
    pub fn threads_named(&self, name: &str) -> usize {
        let tasks = format!("/proc/{}/task", self.child.as_ref().unwrap().id());
        let tasks = std::fs::read_dir(tasks).unwrap().map(|task| task.unwrap().path().join("comm"));
        tasks.filter(|comm| std::fs::read_to_string(comm).is_ok_and(|own| own.starts_with(name))).count()
    }

    /// A connection for metrics and health.
    pub fn connect(&self) -> io::Result<TcpStream> {
        TcpStream::connect(("127.0.0.1", self.http))
    }

    /// What it answers to a request, with its first line.
    pub fn get(&self, path: &str) -> Option<String> {
        let mut stream = self.connect().ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// Waits until all of it is well.
    pub fn wait_until_well(&self) {
        wait_until("health", || self.get("/health").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
    }

    /// A number of its metrics, the sum over labels.
    pub fn metric(&self, name: &str) -> f64 {
        let text = self.get("/metrics").unwrap_or_default();
        let of_name = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']));
        let lines = text.lines().filter(of_name);
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
    }

    /// Waits for a line of the log with a text, and gives what follows it.
    pub fn says(&self, text: &str) -> String {
        let find = || self.log().lines().find_map(|line| Some(line.split_once(text)?.1.trim().to_owned()));
        wait_until(text, || find().is_some());
        find().unwrap()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("-- {}\n{}", self.log.display(), self.log());
        }
    }
}
