//! As much of HTTP as a page needs: requests without a body, answers, and streams of events.

use std::io::{self, BufRead, Write};
use std::net::SocketAddr;

/// Bytes of a request's head.
const MOST: u64 = 8 << 10;

/// What a browser asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Without what stands behind the question mark.
    pub(super) path: String,
    /// What stands there, as names and values.
    pub(super) query: Vec<(String, String)>,
    /// Only the head of the answer is wanted.
    pub(super) is_head: bool,
}

/// Why a request is not answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It cannot be read.
    Malformed,
    /// It is too long.
    TooLong,
    /// Nothing but reading is possible.
    Method,
    /// It was meant for another host: a page from elsewhere tries to read this one.
    Host,
}

impl Refusal {
    pub(super) fn answer(&self) -> Answer<'static> {
        let (status, text) = match self {
            Refusal::Malformed => ("400 Bad Request", "This is no request.\n"),
            Refusal::TooLong => ("431 Request Header Fields Too Large", "The request is too long.\n"),
            Refusal::Method => ("405 Method Not Allowed", "Only GET and HEAD.\n"),
            Refusal::Host => (
                "421 Misdirected Request",
                "The page has another name; --host of sttp-view tells it more of them.\n",
            ),
        };
        Answer { status, kind: TEXT, body: text.as_bytes() }
    }
}

/// Names and addresses of the page.
#[derive(Debug, Clone)]
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    pub(super) fn new(address: SocketAddr, more: Option<&str>) -> Hosts {
        let mut hosts = vec![address.to_string(), format!("localhost:{}", address.port())];
        hosts.extend(more.map(str::to_ascii_lowercase));
        Hosts(hosts)
    }

    fn has(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.0.contains(&host)
    }
}

/// Reads a request. `None` when there is none.
pub(super) fn read(from: impl BufRead, hosts: &Hosts) -> io::Result<Option<Result<Request, Refusal>>> {
    let mut from = from.take(MOST);
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        from.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            let refused = if from.limit() == 0 { Refusal::TooLong } else { Refusal::Malformed };
            let nothing = lines.is_empty() && line.is_empty();
            return Ok((!nothing).then_some(Err(refused)));
        }
        match String::from_utf8(line) {
            Ok(line) if line.trim_end().is_empty() => break,
            Ok(line) => lines.push(line.trim_end().to_owned()),
            Err(_) => return Ok(Some(Err(Refusal::Malformed))),
        }
    }
    Ok(Some(understand(&lines, hosts)))
}

fn understand(lines: &[String], hosts: &Hosts) -> Result<Request, Refusal> {
    let (first, fields) = lines.split_first().ok_or(Refusal::Malformed)?;
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1"), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refusal::Malformed);
    };
    if !target.starts_with('/') {
        return Err(Refusal::Malformed);
    }
    let named = fields.iter().filter_map(|field| field.split_once(':'));
    let mut host = named.filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, value)| value.trim());
    match (host.next(), host.next()) {
        (Some(host), None) if hosts.has(host) => {}
        (Some(_), None) => return Err(Refusal::Host),
        _ => return Err(Refusal::Malformed),
    }
    if !matches!(method, "GET" | "HEAD") {
        return Err(Refusal::Method);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let query = pairs.map(|(name, value)| Some((plain(name)?, plain(value)?))).collect::<Option<Vec<_>>>();
    Ok(Request { path: path.to_owned(), query: query.ok_or(Refusal::Malformed)?, is_head: method == "HEAD" })
}

/// Text without its percent signs.
fn plain(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match first {
            b'%' => {
                let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
                rest = &rest[2..];
                u8::from_str_radix(digits, 16).ok()?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

pub(super) const TEXT: &str = "text/plain; charset=utf-8";

/// What goes with every answer: nothing is fetched from elsewhere, shown elsewhere, or kept.
const FIELDS: &str = "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src \
                      'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
                      X-Content-Type-Options: nosniff\r\n\
                      Referrer-Policy: no-referrer\r\n\
                      Cross-Origin-Resource-Policy: same-origin\r\n\
                      Cross-Origin-Opener-Policy: same-origin\r\n\
                      Cache-Control: no-store\r\n\
                      Connection: close\r\n";

/// An answer that is there as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) status: &'a str,
    pub(super) kind: &'a str,
    pub(super) body: &'a [u8],
}

impl Answer<'_> {
    pub(super) fn write(&self, mut to: impl Write, is_head: bool) -> io::Result<()> {
        let length = self.body.len();
        let mut bytes = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {length}\r\n{FIELDS}\r\n",
            self.status, self.kind
        )
        .into_bytes();
        if !is_head {
            bytes.extend_from_slice(self.body);
        }
        to.write_all(&bytes)?;
        to.flush()
    }
}

/// Begins a stream of events.
pub(super) fn begin_events(mut to: impl Write) -> io::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{FIELDS}\r\nretry: 1000\n\n");
    to.write_all(head.as_bytes())
}

/// Sends an event. Its text has no line breaks.
pub(super) fn send_event(mut to: impl Write, name: &str, text: &str) -> io::Result<()> {
    to.write_all(format!("event: {name}\ndata: {text}\n\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<Result<Request, Refusal>> {
        let hosts = Hosts::new("127.0.0.1:80".parse().unwrap(), Some("Wall.example"));
        read(text.as_bytes(), &hosts).unwrap()
    }

    #[test]
    fn requests_are_read() {
        let request =
            asked("GET /device?name=A%20b+c&x HTTP/1.1\r\nhost: LOCALHOST:80\r\nAccept: */*\r\n\r\n");
        let query = vec![("name".into(), "A b c".into()), ("x".into(), String::new())];
        assert_eq!(request, Some(Ok(Request { path: "/device".into(), query, is_head: false })));
        for host in ["127.0.0.1:80", "wall.example"] {
            let request = asked(&format!("HEAD / HTTP/1.1\r\nHost: {host}\r\n\r\n")).unwrap().unwrap();
            assert!(request.is_head && request.path == "/");
        }
        assert_eq!(asked(""), None);
    }

    #[test]
    fn others_are_refused() {
        let with =
            |first: &str| asked(&format!("{first}\r\nHost: localhost:80\r\n\r\n")).unwrap().unwrap_err();
        assert_eq!(with("POST / HTTP/1.1"), Refusal::Method);
        for first in [
            "GET /",
            "GET / HTTP/2",
            "GET  / HTTP/1.1",
            "GET http://x/ HTTP/1.1",
            "GET /?a=%zz HTTP/1.1",
            "\u{1}",
        ] {
            assert_eq!(with(first), Refusal::Malformed, "{first}");
        }
        let of = |text: &str| asked(text).unwrap().unwrap_err();
        assert_eq!(of("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), Refusal::Host);
        assert_eq!(of("GET / HTTP/1.1\r\n\r\n"), Refusal::Malformed);
        assert_eq!(of("GET / HTTP/1.1\r\nHost: localhost:80\r\nHost: evil\r\n\r\n"), Refusal::Malformed);
        assert_eq!(of("GET / HTTP/1.1\r\nHost: localhost:80\r\n"), Refusal::Malformed);
        assert_eq!(of(&format!("GET /{} HTTP/1.1\r\n", "x".repeat(9000))), Refusal::TooLong);
    }

    #[test]
    fn answers_say_what_a_browser_must_not_do() {
        let mut written = Vec::new();
        Answer { status: "200 OK", kind: TEXT, body: b"hello" }.write(&mut written, true).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\n"), "{text}");
        for field in
            ["Content-Length: 5", "default-src 'none'", "nosniff", "frame-ancestors 'none'", "no-store"]
        {
            assert!(text.contains(field), "{field}: {text}");
        }
    }
}
