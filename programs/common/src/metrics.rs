//! What a program counts, for Prometheus: the text format, and an HTTP server that answers it on threads of its own, so that
//! nothing waits for who asks. Names and texts are those of the C tools.

use std::collections::VecDeque;
use std::fmt::{Display, Write as _};
use std::fs;
use std::io::{self, ErrorKind, Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sttp::Ticks;
use sttp::counters::{CounterKind, CounterType, CounterValue};
use sttp::subscriber::{ConnectionState, Subscriber};

use crate::accepting::{Timed, accept_all};
use crate::log::{self, Level};
use crate::options::Row;
use crate::stop::Stop;

/// How long somebody may take to ask, and to take the answer.
const REQUEST: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);
/// So many are answered at a time. When one more comes, the one that came first gives way.
const AT_A_TIME: usize = 16;
/// Bytes of a request.
const LONGEST: usize = 4096;
const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The option for it.
pub const OPTION: Row = Row::new(
    "metrics",
    "ADDR:PORT",
    "Serves what is counted to Prometheus, at http://ADDR:PORT/metrics. `PORT` alone is on loopback; port 0 takes any \
     free one, which the log tells.",
)
.see("operation.md");

/// What is told to one question.
#[derive(Debug, Default)]
pub struct Metrics {
    text: String,
}

impl Metrics {
    /// A number.
    pub fn number(&mut self, name: &str, help: &str, value: f64) {
        self.family(name, help);
        self.sample(name, "", value);
    }

    /// A number for each word of a label.
    pub fn by_label(&mut self, name: &str, help: &str, label: &str, values: &[(&str, f64)]) {
        self.family(name, help);
        for (word, value) in values {
            self.sample(name, &format!("{{{label}=\"{}\"}}", escaped(word, true)), *value);
        }
    }

    /// Every counter of a subscriber, and whether it is connected.
    pub fn subscriber(&mut self, subscriber: &Subscriber) {
        for (counter, value) in subscriber.statistics().values() {
            let ending = match (counter.kind, counter.value_type) {
                (CounterKind::Total, _) => "_total",
                (CounterKind::Gauge, CounterType::Time) => "_seconds",
                (CounterKind::Gauge, _) => "",
            };
            let name = format!("sttp_subscriber_{}{ending}", counter.name());
            self.family(&name, counter.document());
            match value {
                CounterValue::Integer(number) => self.sample(&name, "", number),
                CounterValue::Number(number) => self.sample(&name, "", number),
                CounterValue::Time(time) => self.sample(&name, "", seconds(time)),
            }
        }
        let state = subscriber.state();
        let is = |states: &[ConnectionState]| f64::from(u8::from(states.contains(&state)));
        self.number(
            "sttp_subscriber_connected",
            "1 while a publisher is connected, else 0.",
            is(&[ConnectionState::Connected, ConnectionState::Subscribed]),
        );
        self.number(
            "sttp_subscriber_subscribed",
            "1 while the publisher has granted the subscription, else 0.",
            is(&[ConnectionState::Subscribed]),
        );
    }

    /// Of this process; what the system does not tell is left out.
    fn process(&mut self) {
        if let Some(seconds) = processor_seconds() {
            let help = "Seconds of processors that this process has taken.";
            self.number("process_cpu_seconds_total", help, seconds);
        }
        if let Some(bytes) = peak_memory() {
            let help = "The most memory that this process has had at a time.";
            self.number("sttp_process_peak_memory_bytes", help, bytes);
        }
        let version = [(env!("CARGO_PKG_VERSION"), 1.0)];
        self.by_label("sttp_build_info", "The library's version, as a label.", "version", &version);
    }

    fn family(&mut self, name: &str, help: &str) {
        let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
        self.put(format_args!("# HELP {name} {}\n# TYPE {name} {kind}\n", escaped(help, false)));
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        self.put(format_args!("{name}{labels} {value}\n"));
    }

    fn put(&mut self, text: impl Display) {
        // A string takes everything.
        let _ = write!(self.text, "{text}");
    }
}

/// Times are seconds since 1970 there; a time of 0 is none yet.
fn seconds(time: Ticks) -> f64 {
    match time.value() {
        0 => 0.0,
        value => (value - Ticks::UNIX_EPOCH.0) as f64 / Ticks::PER_SECOND as f64,
    }
}

fn escaped(text: &str, with_quotes: bool) -> String {
    let text = text.replace('\\', "\\\\").replace('\n', "\\n");
    if with_quotes { text.replace('"', "\\\"") } else { text }
}

/// Of all threads so far, in steps of the system's clock.
fn processor_seconds() -> Option<f64> {
    // Behind the name, which may have spaces and brackets.
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    // Linux counts these for programs in hundredths of a second, whatever it has itself.
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// Bytes.
fn peak_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024.0)
}

/// Answers as long as it lives.
#[derive(Debug)]
pub struct Server {
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers at `ADDR:PORT`, or on loopback for `PORT` alone, with what `collect` adds, and tells where.
    ///
    /// # Errors
    ///
    /// A line that says why not.
    pub fn begin(
        address: &str,
        collect: impl Fn(&mut Metrics) + Send + Sync + 'static,
    ) -> Result<Server, String> {
        let cannot = |error: &dyn Display| format!("--metrics {address}: {error}");
        let place = place(address)?;
        let listen = || {
            let listener = TcpListener::bind(place)?;
            listener.set_nonblocking(true)?;
            let bound = listener.local_addr()?;
            Ok::<_, io::Error>((listener, bound))
        };
        let (listener, bound) =
            listen().map_err(|error| cannot(&format_args!("cannot listen there: {error}")))?;
        let stop = Stop::default();
        let until = stop.clone();
        let mut answering = Answering { collect: Arc::new(collect), asking: VecDeque::new() };
        let work = move || {
            accept_all(&listener, &until, "those who ask for metrics", |stream| answering.take(stream))
        };
        let thread =
            thread::Builder::new().name("metrics".into()).spawn(work).map_err(|error| cannot(&error))?;
        log::line(Level::Info, &format!("metrics are at http://{bound}/metrics"));
        Ok(Server { stop, thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.ask();
        // One that has panicked has told so.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Those who are answered, each on a thread.
struct Answering<C> {
    collect: Arc<C>,
    /// In the order in which they came.
    asking: VecDeque<(Arc<TcpStream>, JoinHandle<()>)>,
}

impl<C: Fn(&mut Metrics) + Send + Sync + 'static> Answering<C> {
    fn take(&mut self, stream: TcpStream) {
        self.asking.retain(|(_, thread)| !thread.is_finished());
        if self.asking.len() >= AT_A_TIME {
            self.end_first();
        }
        let stream = Arc::new(stream);
        let (asked, collect) = (stream.clone(), self.collect.clone());
        let work = move || {
            // Who does not take the answer in time, or has gone, is nobody's concern.
            let _ = answer(&asked, &*collect);
            let _ = asked.shutdown(Shutdown::Both);
        };
        match thread::Builder::new().name("metrics".into()).spawn(work) {
            Ok(thread) => self.asking.push_back((stream, thread)),
            Err(error) => log::line(Level::Warning, &format!("no thread for who asks for metrics: {error}")),
        }
    }
}

impl<C> Answering<C> {
    fn end_first(&mut self) {
        if let Some((stream, thread)) = self.asking.pop_front() {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
            // One that has panicked has told so.
            let _ = thread.join();
        }
    }
}

/// Nothing is collected any more behind that.
impl<C> Drop for Answering<C> {
    fn drop(&mut self) {
        while !self.asking.is_empty() {
            self.end_first();
        }
    }
}

/// Where to listen.
fn place(address: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = address.parse::<u16>() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    let is_address = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if !is_address {
        return Err(format!("--metrics is ADDR:PORT, [ADDR]:PORT for IPv6, or PORT, not '{address}'"));
    }
    let address =
        address.strip_prefix("*:").map_or_else(|| address.to_owned(), |port| format!("0.0.0.0:{port}"));
    let mut found = address.to_socket_addrs().map_err(|error| format!("--metrics {address}: {error}"))?;
    found.next().ok_or_else(|| format!("--metrics {address}: there is no such address"))
}

fn answer(stream: &TcpStream, collect: &dyn Fn(&mut Metrics)) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    let request = read_request(stream)?;
    let mut words = request.split([' ', '\r', '\n']);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default();
    let (status, kind, body) = match (method, path) {
        ("GET" | "HEAD", "/metrics") => {
            let mut metrics = Metrics::default();
            collect(&mut metrics);
            metrics.process();
            ("200 OK", KIND, metrics.text)
        }
        ("GET" | "HEAD", _) => {
            ("404 Not Found", "text/plain", "What is counted is at /metrics.\n".to_owned())
        }
        _ => (
            "405 Method Not Allowed\r\nAllow: GET, HEAD",
            "text/plain",
            "Only GET and HEAD are answered.\n".to_owned(),
        ),
    };
    let length = body.len();
    let mut answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    if method != "HEAD" {
        answer += &body;
    }
    Timed::new(stream, ANSWER).write_all(answer.as_bytes())
}

/// The head of a request, or as much of it as is read.
fn read_request(stream: &TcpStream) -> io::Result<String> {
    let mut stream = Timed::new(stream, REQUEST);
    let mut request = Vec::new();
    let mut space = [0; 1024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < LONGEST {
        match stream.read(&mut space)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => request.extend_from_slice(&space[..count]),
        }
    }
    Ok(String::from_utf8_lossy(&request).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_reads_them() {
        let mut metrics = Metrics::default();
        metrics.number("a_total", "Things\\\nof \"all\" kinds.", 3.0);
        metrics.by_label("b", "By state.", "state", &[("go\"od", 1.5), ("bad", f64::NAN)]);
        let wanted = "# HELP a_total Things\\\\\\nof \"all\" kinds.\n# TYPE a_total counter\na_total 3\n\
                      # HELP b By state.\n# TYPE b gauge\nb{state=\"go\\\"od\"} 1.5\nb{state=\"bad\"} NaN\n";
        assert_eq!(metrics.text, wanted);
        assert_eq!([seconds(Ticks(0)), seconds(Ticks(Ticks::UNIX_EPOCH.0 + 15_000_000))], [0.0, 1.5]);
    }

    #[test]
    fn a_port_alone_is_on_loopback() {
        let of = |text: &str| place(text).map(|place| place.to_string());
        assert_eq!(of("9175"), Ok("127.0.0.1:9175".into()));
        assert_eq!(of("[::1]:0"), Ok("[::1]:0".into()));
        assert_eq!(of("*:7"), Ok("0.0.0.0:7".into()));
        for wrong in ["", "localhost", "127.0.0.1:x", "127.0.0.1:70000"] {
            assert!(of(wrong).unwrap_err().contains("--metrics is ADDR:PORT"), "{wrong}");
        }
    }

    #[test]
    fn who_is_silent_holds_up_nobody() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let collect = |metrics: &mut Metrics| metrics.number("x", "X.", 1.0);
        let mut answering = Answering { collect: Arc::new(collect), asking: VecDeque::new() };
        let mut connect = || {
            let asking = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            answering.take(listener.accept().unwrap().0);
            asking
        };
        let mut silent: Vec<_> = (0..AT_A_TIME).map(|_| connect()).collect();
        let mut asking = connect();
        asking.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
        let mut told = String::new();
        asking.read_to_string(&mut told).unwrap();
        assert!(told.contains("\nx 1\n"), "{told}");
        // The first of them had to go, and all of them at the end.
        assert_eq!(silent[0].read(&mut [0]).unwrap(), 0);
        drop(answering);
        assert_eq!(silent[AT_A_TIME - 1].read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn who_asks_is_answered() {
        let server = Server::begin("0", |metrics| metrics.number("x", "X.", 1.0));
        assert!(server.is_ok());
        // Where it is only the log tells, so this one is made by hand.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let asks = |text: &'static str| {
            let mut asking = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (asked, _) = listener.accept().unwrap();
            asking.write_all(text.as_bytes()).unwrap();
            answer(&asked, &|metrics| metrics.number("x", "X.", 1.0)).unwrap();
            drop(asked);
            let mut told = String::new();
            asking.read_to_string(&mut told).unwrap();
            told
        };
        let told = asks("GET /metrics?a HTTP/1.1\r\n\r\n");
        assert!(told.starts_with(&format!("HTTP/1.1 200 OK\r\nContent-Type: {KIND}\r\n")), "{told}");
        assert!(told.contains("\r\n\r\n# HELP x X.\n# TYPE x gauge\nx 1\n"), "{told}");
        assert!(told.ends_with("sttp_build_info{version=\"0.1.0\"} 1\n"), "{told}");
        assert!(asks("HEAD /metrics HTTP/1.1\r\n\r\n").ends_with("Connection: close\r\n\r\n"));
        assert!(asks("GET /other HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
        let told = asks("POST /metrics HTTP/1.1\r\n\r\n");
        assert!(told.starts_with("HTTP/1.1 405 ") && told.contains("\r\nAllow: GET, HEAD\r\n"), "{told}");
    }
}
