//! The real NATS server, on the loop-back interface only.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::skipped::skipped;
use super::{free_port, wait_until};

/// Says that a test is left out where there is no NATS server.
pub fn is_missing() -> bool {
    let found =
        Command::new("nats-server").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_missing = found.is_err();
    if is_missing {
        skipped("what needs NATS, because nats-server is missing (apt install nats-server)");
    }
    is_missing
}

/// Arguments with a configuration, theirs if they have one, by which there is room for what ingests want to be kept,
/// however little there is on this machine: it is not used.
fn with_room(folder: &Path, arguments: &[String]) -> Vec<String> {
    const ROOM: &str = "max_file_store: 100GB";
    let own = arguments.iter().position(|word| word == "-c").map(|at| &arguments[at + 1]);
    let text = own.map_or_else(String::new, |path| std::fs::read_to_string(path).unwrap());
    let text = match text.split_once("jetstream {") {
        Some((before, behind)) => format!("{before}jetstream {{ {ROOM}\n{behind}"),
        None => format!("{text}\njetstream {{ {ROOM} }}\n"),
    };
    let path = folder.with_extension("room.conf");
    std::fs::write(&path, text).unwrap();
    let others = arguments.iter().filter(|word| *word != "-c" && Some(*word) != own).cloned();
    others.chain(["-c".into(), path.to_string_lossy().into_owned()]).collect()
}

/// A server with JetStream, killed with this.
pub struct Server {
    pub port: u16,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// A server of its own.
    pub fn start(folder: &Path) -> Server {
        Server::with(folder, &[])
    }

    /// A server with further arguments.
    pub fn with(folder: &Path, further: &[String]) -> Server {
        let port = free_port();
        let further = with_room(folder, further);
        let words = ["-a", "127.0.0.1", "-js", "-sd"].map(str::to_owned).into_iter();
        let own = [folder.to_string_lossy().into_owned(), "-p".into(), port.to_string()];
        let arguments = words.chain(own).chain(further.iter().cloned()).collect();
        let mut server = Server { port, arguments, child: None };
        server.run();
        server
    }

    /// Three servers of one cluster.
    pub fn cluster(folder: &Path) -> Vec<Server> {
        let ports: Vec<u16> = (0..3).map(|_| free_port()).collect();
        let routes: Vec<String> = ports.iter().map(|port| format!("nats-route://127.0.0.1:{port}")).collect();
        let start = |(number, port): (usize, &u16)| {
            let further = [
                "--server_name".to_owned(),
                format!("n{number}"),
                "--cluster_name".into(),
                "c".into(),
                "--cluster".into(),
                format!("nats://127.0.0.1:{port}"),
                "--routes".into(),
                routes.join(","),
            ];
            Server::with(&folder.join(number.to_string()), &further)
        };
        ports.iter().enumerate().map(start).collect()
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Runs again after [`kill`](Self::kill), with what it has stored.
    pub fn run(&mut self) {
        let mut command = Command::new("nats-server");
        command.args(&self.arguments).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        wait_until("the NATS server", || TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    /// Runs again as a server without JetStream, which refuses at once whatever is asked of streams.
    pub fn run_without_streams(&mut self) {
        let arguments = self.arguments.clone();
        self.arguments = ["-a", "127.0.0.1", "-p", &self.port.to_string()].map(str::to_owned).to_vec();
        self.run();
        self.arguments = arguments;
    }

    /// Does nothing for a while, and keeps its connections.
    pub fn stand_still(&self, meanwhile: impl FnOnce()) {
        let id = self.child.as_ref().unwrap().id().to_string();
        let signal =
            |name: &str| assert!(Command::new("kill").args([name, id.as_str()]).status().unwrap().success());
        signal("-STOP");
        meanwhile();
        signal("-CONT");
    }

    /// As a power cut does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
