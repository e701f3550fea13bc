//! Metadata of 100,000 and of a million measurements: time and memory to read them, to select from them, and from
//! connecting to the first measurement. Prints a table with the marks that are to be kept, and writes it to
//! `target/bench/scale.json`. `SCALE_BENCH=name` runs only what contains that name.
//!
//! Memory is what the peak of a process's resident memory grows by; the document itself is not in it.

use std::fs;
use std::hint::black_box;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use sttp::engine::Engine;
use sttp::filter::{Filter, PrimaryTable};
use sttp::metadata::{DataSet, Limits, Metadata, RowLookup};
use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
use sttp::subscriber::SubscriptionOptions;
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings};
use sttp::{Measurement, StateFlags, Ticks};
use uuid::Uuid;

mod support;

const CONDITION: &str =
    "FILTER ActiveMeasurements WHERE SignalType = 'FREQ' AND Device LIKE 'SHELBY%' ORDER BY PointTag";
/// Measurements of the small and of the large case.
const SIZES: [usize; 2] = [100_000, 1_000_000];
/// Smaller metadata, the size that sttpapi is measured with.
const PEER_SIZE: usize = 10_000;
const PATIENCE: Duration = Duration::from_secs(60);
const MIB: f64 = (1 << 20) as f64;
/// How many times as much a measurement of the large case may take as one of the small case.
const GROWTH_MARKS: [(&str, f64); 2] = [("read, against", 1.2), ("index signal IDs, against", 2.0)];

fn main() {
    if let Ok(path) = std::env::var("SCALE_BENCH_MEMORY") {
        return print_memory(&PathBuf::from(path));
    }
    let mut report = Report::new();
    write_peer_documents(&report);
    measure_metadata(&mut report, PEER_SIZE, 9);
    measure_metadata(&mut report, SIZES[0], 7);
    measure_metadata(&mut report, SIZES[1], 3);
    report.compare_sizes();
    measure_publishing(&mut report, 1_000, 4.0);
    measure_publishing(&mut report, SIZES[0], 12.0);
    measure_connecting(&mut report);
    report.write();
}

// ---- reading and selecting --------------------------------------------------------------------------

/// Leaves what sttpapi reads and selects from in `target/bench`, for `benches/sttpapi_bench.py`.
fn write_peer_documents(report: &Report) {
    let metadata = Metadata::new(support::data_set(PEER_SIZE));
    fs::write(report.folder.join("metadata.xml"), metadata.data_set().to_xml()).unwrap();
    let active = metadata.active_measurements().data_set();
    fs::write(report.folder.join("active.xml"), active.to_xml()).unwrap();
}

fn measure_metadata(report: &mut Report, size: usize, rounds: usize) {
    let document = support::data_set(size).to_xml();
    report.add(size, "document", document.len() as f64, "bytes", None);
    if report.is_wanted("memory") {
        let path = report.folder.join(format!("metadata_{size}.xml"));
        fs::write(&path, &document).unwrap();
        let megabytes = memory_of_reading(&path);
        fs::remove_file(path).unwrap();
        report.add(size, "read, memory", megabytes, "MiB", Some((SIZES[0], 120.0)));
    }
    report.time(size, "read", rounds, Some((SIZES[0], 0.4)), || {
        Metadata::new(DataSet::from_xml(black_box(&document), &Limits::default()).unwrap())
    });
    let data_set = DataSet::from_xml(&document, &Limits::default()).unwrap();
    report.time(size, "build ActiveMeasurements", rounds, None, || {
        let metadata = Metadata::new(data_set.clone());
        metadata.active_measurements();
        metadata
    });
    let metadata = Metadata::new(data_set);
    metadata.active_measurements();
    report.time(size, "filter by type and device", rounds, Some((SIZES[0], 0.010)), || {
        let selected = select(CONDITION, &metadata);
        assert!(selected > size / 100, "the filter selects {selected}");
    });
    measure_index(report, size, rounds, metadata.data_set());
    let ids: Vec<Uuid> = (0..size / 10).map(|number| support::signal_id(number * 7 % size)).collect();
    let list = ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(";");
    report.time(size, "find a tenth by signal ID", rounds, Some((SIZES[0], 0.005)), || {
        assert_eq!(select(&list, &metadata), ids.len());
    });
}

/// The first look-up of a signal ID, which makes the index.
fn measure_index(report: &mut Report, size: usize, rounds: usize, data_set: &DataSet) {
    const NAME: &str = "index signal IDs";
    if !report.is_wanted(NAME) {
        return;
    }
    let seconds = (0..rounds).map(|_| {
        let metadata = Metadata::new(data_set.clone());
        let active = metadata.active_measurements();
        let started = Instant::now();
        assert_eq!(active.by_signal_id(support::signal_id(7)), Some(7));
        started.elapsed().as_secs_f64()
    });
    report.times(size, NAME, seconds.collect(), None);
}

fn select(filter: &str, metadata: &Metadata) -> usize {
    let active = metadata.active_measurements();
    let primary = PrimaryTable { lookup: Some(active), ..PrimaryTable::default() };
    let filter = Filter::parse(black_box(filter)).unwrap();
    filter.select(active.data_set(), &primary, Ticks(0)).unwrap().len()
}

// ---- memory -----------------------------------------------------------------------------------------

/// By how much reading a document makes a process grow at its peak, in MiB, in a process of its own.
fn memory_of_reading(document: &PathBuf) -> f64 {
    let child = Command::new(std::env::current_exe().unwrap())
        .env("SCALE_BENCH_MEMORY", document)
        .output()
        .expect("the benchmark runs itself");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    String::from_utf8(child.stdout).unwrap().trim().parse().unwrap()
}

/// Prints the growth of the peak resident memory over what was resident with the document loaded.
fn print_memory(document: &PathBuf) {
    let document = fs::read(document).unwrap();
    let before = resident("VmRSS");
    let metadata = Metadata::new(DataSet::from_xml(&document, &Limits::default()).unwrap());
    println!("{}", (resident("VmHWM") - before) / MIB);
    black_box((document, metadata));
}

/// A size of this process in bytes; `VmHWM` is the greatest that the resident one ever had.
fn resident(field: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("the memory is measured on Linux");
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}

// ---- publishing -------------------------------------------------------------------------------------

/// Frames of all signals, by row and by signal ID in turns, on the application's thread: what finding the rows costs.
/// The signals come device by device, in another order of devices in each frame. The engine never runs; batches wait,
/// until others push them out.
fn measure_publishing(report: &mut Report, size: usize, mark: f64) {
    const NAME: &str = "publish by signal ID, look-up";
    const PER_DEVICE: usize = 20;
    if !report.is_wanted(NAME) {
        return;
    }
    let publisher = Publisher::new(&Engine::polled().unwrap(), Quiet);
    publisher.set_metadata(Arc::new(Metadata::new(support::data_set(size)))).unwrap();
    // Without a subscriber, only what is kept is queued.
    let settings = PublisherSettings::default().history_duration(Duration::from_secs(60));
    publisher.start(&format!("{}:0", Ipv4Addr::LOCALHOST), settings).unwrap();
    let devices = size / PER_DEVICE;
    let (mut by_row, mut by_id) = (Vec::new(), Vec::new());
    for round in 0..(3_000_000 / size).max(30) {
        let place = |device| (device * 7_919 + round * 104_729) % devices;
        let signals = (0..devices).flat_map(|device| (0..PER_DEVICE).map(move |signal| (device, signal)));
        let frame: Vec<Measurement> = signals
            .map(|(device, signal)| place(device) * PER_DEVICE + signal)
            .map(|row| Measurement { signal_index: row as u32, ..measurement(support::signal_id(row)) })
            .collect();
        let mut ways = [
            (Publisher::publish_indexed as fn(&Publisher, &[Measurement]) -> _, &mut by_row),
            (Publisher::publish, &mut by_id),
        ];
        // Whoever is first finds the frame in no cache of the processor.
        if round % 2 == 1 {
            ways.reverse();
        }
        for (publish, times) in ways {
            let started = Instant::now();
            publish(&publisher, black_box(&frame)).unwrap();
            times.push(started.elapsed().as_secs_f64() * 1e9 / size as f64);
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let (by_row, by_id) = (median(&mut by_row), median(&mut by_id));
    report.add(size, "publish by row", by_row, "ns", None);
    report.add(size, NAME, by_id - by_row, "ns", Some((size, mark)));
}

// ---- connecting -------------------------------------------------------------------------------------

/// From connecting to the first measurement of a subscription to everything, after the metadata were received and
/// read: publisher and subscriber on a thread each, over loopback.
fn measure_connecting(report: &mut Report) {
    let size = SIZES[0];
    let metadata = Arc::new(Metadata::new(support::data_set(size)));
    for (name, gzip) in [("compressed", true), ("plain", false)] {
        let [first, next] = ["first", "next"].map(|which| format!("connect, {which} subscriber, {name}"));
        if !report.is_wanted(&first) && !report.is_wanted(&next) {
            continue;
        }
        let (mut firsts, mut nexts) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let publisher = publisher(Arc::new(Metadata::new(metadata.data_set().clone())));
            firsts.push(connect(&publisher, gzip, size));
            nexts.push(connect(&publisher, gzip, size));
        }
        report.times(size, &first, firsts, Some((size, 0.5)));
        report.times(size, &next, nexts, Some((size, 0.5)));
    }
}

struct Quiet;

impl PublisherHandler for Quiet {}

fn publisher(metadata: Arc<Metadata>) -> Publisher {
    let publisher = Publisher::new(&Engine::new().unwrap(), Quiet);
    publisher.set_metadata(metadata).unwrap();
    publisher.start(&format!("{}:0", Ipv4Addr::LOCALHOST), PublisherSettings::default()).unwrap();
    publisher
}

/// Tells of the first measurements.
struct First {
    metadata: Option<Arc<Metadata>>,
    arrived: Sender<(Instant, usize)>,
}

impl SubscriberHandler for First {
    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        self.metadata = Some(metadata.clone());
    }

    fn measurements(&mut self, _measurements: &[Measurement]) {
        if let Some(metadata) = self.metadata.take() {
            let _ = self.arrived.send((Instant::now(), metadata.measurements().len()));
        }
    }
}

fn connect(publisher: &Publisher, gzip: bool, size: usize) -> f64 {
    let (arrived, first) = channel();
    let subscriber = Subscriber::new(&Engine::new().unwrap(), First { metadata: None, arrived });
    let filter = "FILTER ActiveMeasurements WHERE True".to_owned();
    subscriber.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
    let settings = SubscriberSettings::default().gzip(gzip);
    let started = Instant::now();
    subscriber.connect(&publisher.address().unwrap().to_string(), settings).unwrap();
    let measurement = measurement(support::signal_id(0));
    loop {
        publisher.publish(&[measurement]).unwrap();
        match first.recv_timeout(Duration::from_millis(1)) {
            Ok((arrived, measurements)) => {
                assert_eq!(measurements, size);
                return (arrived - started).as_secs_f64();
            }
            Err(_) => assert!(started.elapsed() < PATIENCE, "no measurement came"),
        }
    }
}

fn measurement(signal_id: Uuid) -> Measurement {
    Measurement {
        signal_id,
        timestamp: Ticks::now(),
        value: 60.0,
        flags: StateFlags::empty(),
        signal_index: 0,
    }
}

// ---- report -----------------------------------------------------------------------------------------

struct Report {
    folder: PathBuf,
    only: String,
    rows: Vec<Row>,
}

struct Row {
    size: usize,
    name: String,
    value: f64,
    best: f64,
    unit: &'static str,
    mark: Option<f64>,
}

impl Report {
    fn new() -> Report {
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let folder = PathBuf::from(target).join("bench");
        fs::create_dir_all(&folder).unwrap();
        Report { folder, only: std::env::var("SCALE_BENCH").unwrap_or_default(), rows: Vec::new() }
    }

    fn is_wanted(&self, name: &str) -> bool {
        name.contains(&self.only)
    }

    /// Runs something several times. What it returns is dropped outside the time.
    fn time<T>(
        &mut self,
        size: usize,
        name: &str,
        rounds: usize,
        mark: Option<(usize, f64)>,
        mut round: impl FnMut() -> T,
    ) {
        if !self.is_wanted(name) {
            return;
        }
        let timed = |_| {
            let started = Instant::now();
            let result = round();
            let seconds = started.elapsed().as_secs_f64();
            drop(black_box(result));
            seconds
        };
        let seconds = (0..rounds).map(timed).collect();
        self.times(size, name, seconds, mark);
    }

    fn times(&mut self, size: usize, name: &str, mut seconds: Vec<f64>, mark: Option<(usize, f64)>) {
        seconds.sort_by(f64::total_cmp);
        let median = seconds[seconds.len() / 2];
        self.push(size, name, median, seconds[0], "s", mark);
    }

    fn add(&mut self, size: usize, name: &str, value: f64, unit: &'static str, mark: Option<(usize, f64)>) {
        if self.is_wanted(name) {
            self.push(size, name, value, value, unit, mark);
        }
    }

    /// A mark is for one size.
    fn push(
        &mut self,
        size: usize,
        name: &str,
        value: f64,
        best: f64,
        unit: &'static str,
        mark: Option<(usize, f64)>,
    ) {
        let mark = mark.filter(|(marked, _)| *marked == size).map(|(_, mark)| mark);
        let shown_mark = mark.map_or(String::new(), |mark| format!("   mark {mark} {unit}"));
        println!("{size:>9} {name:<46} {value:>14.4} {unit:<5} best {best:>14.4}{shown_mark}");
        self.rows.push(Row { size, name: name.to_owned(), value, best, unit, mark });
    }

    /// What a measurement of the large case costs beside one of the small case.
    fn compare_sizes(&mut self) {
        let of_size = |size| self.rows.iter().filter(move |row| row.size == size);
        let pairs = of_size(SIZES[1]).filter_map(|large| {
            let small = of_size(SIZES[0]).find(|small| small.name == large.name)?;
            let growth = (SIZES[1] / SIZES[0]) as f64;
            Some((format!("{}, against {}", large.name, SIZES[0]), large.value / small.value / growth))
        });
        for (name, ratio) in pairs.collect::<Vec<_>>() {
            let mark = GROWTH_MARKS.iter().find(|(marked, _)| name.starts_with(marked));
            self.push(SIZES[1], &name, ratio, ratio, "times", mark.map(|(_, mark)| (SIZES[1], *mark)));
        }
    }

    fn write(&self) {
        let rows: Vec<_> = self.rows.iter().map(Row::json).collect();
        let json = serde_json::json!({ "rows": rows });
        fs::write(self.folder.join("scale.json"), format!("{json:#}\n")).unwrap();
    }
}

impl Row {
    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "measurements": self.size, "name": self.name, "value": self.value, "best": self.best,
            "unit": self.unit, "mark": self.mark,
        })
    }
}
