//! `sttp-view`: a stream in browsers of this machine.

mod events;
mod http;
mod page;
mod server;

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::watch::Watch;
use http::Hosts;
use server::Server;
use sttp_programs::metrics;
use sttp_programs::options::{Arguments, CONNECTION, Program, Row, Section};
use sttp_programs::program::Failure;
use sttp_programs::stop::Stop;
use sttp_programs::supervisor;

/// Where the page is, unless it is told otherwise.
const ADDRESS: &str = "127.0.0.1:7180";

/// What `sttp-view` can be told.
pub const PROGRAM: Program = Program {
    name: "sttp-view",
    usage: &["HOST:PORT [OPTION]...", "--listen ADDR:PORT [OPTION]...", "--connection-string TEXT [OPTION]..."],
    operands: 1,
    about: "Shows a stream of STTP (IEEE 2664) in browsers of this machine, live: frequencies, phasor diagrams, the state of\n\
            all devices, and alarms. Its page needs nothing from elsewhere.",
    sections: &[
        CONNECTION,
        Section {
            heading: "The page",
            rows: &[
                Row::new(
                    "serve",
                    "ADDR:PORT",
                    "Where browsers find the page: an address of this machine that others cannot reach. Port 0 takes any \
                     free one, which the first line of output tells.",
                )
                .standard(ADDRESS),
                Row::new(
                    "host",
                    "NAME",
                    "A name by which browsers know the page, too: that of a proxy on this machine, which others reach.",
                ),
                metrics::OPTION,
            ],
        },
    ],
    notes: &[
        "The page knows no users. Others see it by a tunnel (ssh -L 7180:127.0.0.1:7180 HOST), or by a proxy on this",
        "machine that asks who they are.",
    ],
    missing: "",
    runs_long: |_| true,
};

/// Serves the page until the program is asked to end.
///
/// # Errors
///
/// What failed.
pub fn run(arguments: &Arguments, stop: &Stop) -> Result<(), Failure> {
    let setup = arguments.setup(arguments.operands().first().map(String::as_str)).map_err(Failure::Usage)?;
    let address = address(arguments.text("serve").unwrap_or(ADDRESS)).map_err(Failure::Usage)?;
    let cannot = |error: io::Error| Failure::Work(format!("cannot serve on {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let watch = Watch::begin(&setup, PROGRAM.name).map_err(|error| Failure::Work(error.to_string()))?;
    println!("http://{address}/");
    let server = Server::new(watch.board(), Hosts::new(address, arguments.text("host")));
    // Answers as long as the page is there.
    let metrics = arguments.text("metrics").map(|address| server.count_at(address, &watch)).transpose();
    let _answers = metrics.map_err(Failure::Work)?;
    // Whether or not there is a publisher.
    supervisor::ready();
    server.serve(&listener, &watch, stop).map_err(cannot)
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_| format!("--serve is {text}; give ADDR:PORT, as {ADDRESS}"))?;
    if !address.ip().is_loopback() {
        return Err(format!(
            "--serve is {text}, which others can reach, and the page knows no users; give an address of loopback, as \
             {ADDRESS}, and let others in by ssh or by a proxy"
        ));
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_served() {
        assert_eq!(address("[::1]:80").unwrap().port(), 80);
        assert!(address("0.0.0.0:80").unwrap_err().contains("others can reach"));
        assert!(address("localhost").unwrap_err().contains("give ADDR:PORT"));
    }
}
