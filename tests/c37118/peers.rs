//! Sessions with `pyc37`, an independent implementation, over sockets of this machine: it as device for our client, and as
//! client of our server. It knows one PMU at a time here, CFG-1 and CFG-2, and no time quality.
//!
//! Set `STTP_TEST_PYTHON` to a Python that has `pyc37`.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use sttp::c37118::client::{Channels, ClientOutput, ClientSession};
use sttp::c37118::server::{ServerOutput, ServerSession};
use sttp::c37118::{DataLayout, FrameTime, PhasorBits, PhasorScale, PmuValues, Real, StatusWord};
use sttp::session::Moment;
use sttp::settings::{C37118ClientSettings, C37118ServerSettings};

use super::sample;
use super::skipped::skipped;

/// Nothing here takes so long, whatever else the machine does.
const LONGEST: Duration = Duration::from_secs(60);
/// How often a socket that is silent is left to look at the time.
const TURN: Duration = Duration::from_millis(20);

fn python() -> Option<OsString> {
    let python = std::env::var_os("STTP_TEST_PYTHON");
    if python.is_none() {
        skipped("STTP_TEST_PYTHON does not name a Python with pyc37");
    }
    python
}

/// A Python program of this folder, which ends when the test does.
struct Peer(Child);

impl Peer {
    fn start(python: &OsString, script: &str, arguments: &[String]) -> Peer {
        let script = format!("{}/tests/c37118/{script}", env!("CARGO_MANIFEST_DIR"));
        let mut process = Process::new(python);
        process.arg(script).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        Peer(process.spawn().expect("a Python that runs"))
    }

    fn output(&mut self) -> BufReader<impl Read + use<>> {
        BufReader::new(self.0.stdout.take().expect("its output"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It ends when its input does.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// What has arrived within a turn; nothing at the end.
fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> Option<usize> {
    match stream.read(buffer) {
        Ok(0) => None,
        Ok(count) => Some(count),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Some(0),
        Err(error) if error.kind() == ErrorKind::ConnectionReset => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_device_by_pyc37_is_understood() {
    let Some(python) = python() else { return };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut device = Peer::start(&python, "pyc37_device.py", &[port.to_string()]);
    let output = device.output();
    assert!(output.lines().map_while(Result::ok).any(|line| line == "listening"));
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(TURN)).unwrap();
    // It knows no CFG-3 and says nothing when asked for it.
    let settings = C37118ClientSettings::default()
        .id_code(7734)
        .header(true)
        .settling_time(Duration::from_millis(200))
        .answer_timeout(Duration::from_secs(2));
    let mut session = ClientSession::new(settings, Channels::Stream);
    session.connected(Moment::now());
    let mut buffer = vec![0; 65_536];
    let (mut headers, mut configurations, mut frames) = (Vec::new(), Vec::new(), 0);
    let started = Instant::now();
    while frames < 20 {
        assert!(started.elapsed() < LONGEST, "{:?}", session.counters());
        while let Some(output) = session.poll() {
            match output {
                ClientOutput::Send(bytes) => stream.write_all(&bytes).unwrap(),
                ClientOutput::Header(text) => headers.push(text),
                ClientOutput::Configuration { configuration, .. } => configurations.push(configuration),
                ClientOutput::Data { frame, .. } => {
                    let pmu = frame.pmus().next().unwrap();
                    let phasors: Vec<PhasorBits> = pmu.phasors().collect();
                    let expected = [(14_635, 0), (-7318, -12_676), (-7318, 12_675), (1092, 0)];
                    assert_eq!(phasors, expected.map(|(re, im)| PhasorBits::RectangularInteger(re, im)));
                    assert_eq!((pmu.frequency(), pmu.rate_of_change()), (62.5, 0.0));
                    let analogs: Vec<f64> = pmu.analogs().map(Real::number).collect();
                    assert_eq!(analogs, [100.0, 1000.0, 10_000.0]);
                    assert_eq!(pmu.digitals().collect::<Vec<_>>(), [0x3C12]);
                    frames += 1;
                }
                ClientOutput::Message { text, .. } => println!("{text}"),
                other => panic!("{other:?}"),
            }
        }
        let count = read(&mut stream, &mut buffer).expect("the device stays");
        session.receive(&buffer[..count], Moment::now());
        session.handle_timeout(Moment::now());
    }
    assert_eq!(headers, ["Hi! I am tinyPMU!"]);
    assert_eq!(configurations.len(), 1);
    let pmu = &configurations[0].pmus[0];
    assert_eq!(
        (pmu.station.to_string().as_str(), pmu.id_code, configurations[0].data_rate),
        ("Station A", 7734, 30)
    );
    assert_eq!(pmu.phasors[3].scale, PhasorScale::Unit { code: 1, factor: 45_776 });
    let counters = session.counters();
    assert_eq!((counters.bad_checks, counters.misfit_frames, counters.early_frames), (0, 0, 0));
    session.close(Moment::now());
    let Some(ClientOutput::Send(bytes)) = session.poll() else { panic!("the device is told to stop") };
    stream.write_all(&bytes).unwrap();
}

/// What our server sends.
const PHASORS: [PhasorBits; 2] =
    [PhasorBits::RectangularInteger(14_635, 0), PhasorBits::RectangularInteger(-1092, 500)];

#[test]
fn a_client_by_pyc37_understands() {
    let Some(python) = python() else { return };
    // One PMU with integers, whose digital words are all in use: that is what pyc37 reads.
    let mut pmu = sample::pmu(77, 0);
    (pmu.digitals[0].normal, pmu.digitals[0].valid) = (0, 0xFFFF);
    let configuration = sample::configuration(vec![pmu]);
    let layout = DataLayout::new(&configuration).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut client =
        Peer::start(&python, "pyc37_client.py", &[port.to_string(), sample::ID_CODE.to_string()]);
    let output = client.output();
    let reader = std::thread::spawn(move || output.lines().map_while(Result::ok).collect::<Vec<String>>());
    let (mut stream, peer) = listener.accept().unwrap();
    stream.set_read_timeout(Some(TURN)).unwrap();
    let mut session = ServerSession::new(C37118ServerSettings::default());
    session.set_header(b"SHELBY substation".to_vec(), Moment::now()).unwrap();
    session.set_configuration(&configuration, Moment::now()).unwrap();
    let key = session.accepted(peer, Moment::now()).unwrap();
    let mut buffer = vec![0; 65_536];
    let mut second = 1_700_000_000;
    let started = Instant::now();
    while let Some(count) = read(&mut stream, &mut buffer) {
        assert!(started.elapsed() < LONGEST, "{:?}", session.counters());
        let now = Moment::now();
        session.receive(key, &buffer[..count], now);
        let values = PmuValues {
            status: StatusWord::default(),
            phasors: PHASORS.to_vec(),
            frequency: Real::Integer(-250),
            rate_of_change: Real::Integer(7),
            analogs: vec![Real::Integer(100)],
            digitals: vec![0x3C12],
        };
        let mut frame = Vec::new();
        layout.encode(&mut frame, FrameTime { second, quality: 0, count: 500_000 }, &[values]).unwrap();
        session.publish(&frame, now).unwrap();
        second += 1;
        while let Some(output) = session.poll() {
            if let ServerOutput::Message { text, .. } = output {
                panic!("{text}");
            }
        }
        let Some(queue) = session.queue(key) else { break };
        let bytes: Vec<u8> = queue.pieces().flatten().copied().collect();
        // It may be gone with what it has seen.
        let _ = stream.write_all(&bytes);
        session.sent(key, bytes.len(), now);
    }
    let lines: Vec<Json> =
        reader.join().unwrap().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["header"].as_str().unwrap().contains("SHELBY substation"), "{}", lines[0]);
    assert_eq!(lines[1]["stations"].as_str().unwrap().trim(), "STATION 77");
    assert_eq!(
        (&lines[1]["ids"], &lines[1]["nominal"], &lines[1]["rate"]),
        (&177.into(), &50.into(), &30.into())
    );
    assert_eq!(lines[1]["phasor units"].to_string(), r#"[[915527,"v"],[45776,"i"]]"#);
    assert_eq!(lines.len(), 2 + 5, "{lines:?}");
    for data in &lines[2..] {
        let values = &data["measurements"][0];
        assert_eq!((&data["pmu_id"], &values["stat"]), (&sample::ID_CODE.into(), &"ok".into()));
        assert_eq!(data["time"].as_f64().unwrap().fract(), 0.5);
        for (place, (channel, bits)) in configuration.pmus[0].phasors.iter().zip(PHASORS).enumerate() {
            let (magnitude, angle) = bits.polar(channel.scale);
            for (told, number) in [magnitude, angle.to_radians()].into_iter().enumerate() {
                let told = values["phasors"][place][told].as_f64().unwrap();
                assert!((told - number).abs() < 1e-6 * magnitude, "phasor {place}: {told}, not {number}");
            }
        }
        assert_eq!((&values["frequency"], &values["rocof"]), (&49.75.into(), &7.into()));
        assert_eq!(
            (&values["analog"].to_string(), &values["digital"].to_string()),
            (&"[100]".into(), &"[15378]".into())
        );
    }
}
