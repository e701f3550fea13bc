//! `sttp-parquet`: recordings as Apache Parquet.

mod csv;
mod from_csv;
mod live;
mod names;
mod recording;
mod signals;
mod table;
mod to_csv;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use sttp::metadata::{DataSet, Limits as MetadataLimits, Metadata};
use sttp_programs::log::{self, Level};
use sttp_programs::metrics;
use sttp_programs::options::{Arguments, CONNECTION, Program, Row, Section};
use sttp_programs::program::{self, Failure};
use sttp_programs::stop::Stop;

const PROGRAM: Program = Program {
    name: "sttp-parquet",
    usage: &[
        "FILE.csv FILE.parquet [--metadata FILE.xml] [--overwrite]",
        "FILE.parquet FILE.csv [--overwrite]",
        "FILE.parquet --metadata-out FILE.xml",
        "HOST:PORT FILE.parquet [OPTION]...",
        "FILE.parquet --listen ADDR:PORT|--connection-string TEXT [OPTION]...",
    ],
    operands: 2,
    about: "Converts recordings of sttp-subscribe to Apache Parquet and back, and records from a publisher.\nA single hyphen in \
            place of a CSV file is standard input or output.",
    sections: &[
        Section {
            heading: "Files",
            rows: &[
                Row::new(
                    "metadata",
                    "FILE.xml",
                    "What signals of a CSV file are called: columns tag, device and type.",
                ),
                Row::new(
                    "metadata-out",
                    "FILE.xml",
                    "Writes what the signals of a Parquet file are, for `--metadata` of sttp-publish: the metadata that stand \
                     in files of this program, or else what the columns signal_id, tag, device and type tell. A single \
                     hyphen is standard output.",
                ),
                Row::new("overwrite", "", "The file that is written is replaced if it is there already."),
            ],
        },
        CONNECTION,
        Section {
            heading: "How long",
            rows: &[
                Row::new("count", "N", "Ends after exactly N measurements."),
                Row::new("duration", "S", "Ends S seconds after the first measurement."),
                Row::new("timeout", "S", "Fails if no measurement has come after S seconds.").standard("30"),
                metrics::OPTION,
            ],
        },
    ],
    notes: &[
        "A Parquet file is written under its name with .part behind it, and has its name once it is whole; SIGINT and",
        "SIGTERM end a recording so.",
    ],
    missing: "nothing tells what the signals of a file are",
    runs_long: is_recording,
};

fn main() -> std::process::ExitCode {
    program::main(&PROGRAM, run)
}

/// Whether a publisher is to be recorded, and not a file to be converted.
fn is_recording(arguments: &Arguments) -> bool {
    match arguments.operands() {
        [to] => ends(to, "parquet") && !arguments.has("metadata-out"),
        [from, to] => !Path::new(from).is_file() && from != "-" && ends(to, "parquet") && !ends(from, "csv"),
        _ => false,
    }
}

fn run(arguments: &Arguments, stop: &Stop) -> Result<(), Failure> {
    let overwrites = arguments.has("overwrite");
    let rows = match arguments.operands() {
        [from] if arguments.has("metadata-out") => return tell_signals(arguments, from),
        [to] if is_recording(arguments) => record(arguments, None, to, stop)?,
        [from, to] if is_recording(arguments) => record(arguments, Some(from), to, stop)?,
        [from, to] if ends(to, "parquet") => {
            let metadata =
                arguments.text("metadata").map(read_metadata).transpose().map_err(Failure::Work)?;
            from_csv(from, Path::new(to), overwrites, metadata.as_ref(), stop).map_err(Failure::Work)?
        }
        // What is written to standard output says itself that it is Parquet.
        [from, to] if to == "-" || (ends(from, "parquet") && ends(to, "csv")) => {
            to_csv(Path::new(from), to, overwrites, stop).map_err(Failure::Work)?
        }
        _ => {
            return Err(Failure::Usage(
                "from what to what? Give FROM and TO, one of them FILE.parquet; --help tells more".into(),
            ));
        }
    };
    log::line(Level::Info, &format!("{rows} rows"));
    Ok(())
}

fn ends(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

fn record(arguments: &Arguments, from: Option<&str>, to: &str, stop: &Stop) -> Result<u64, Failure> {
    let setup = arguments.setup(from).map_err(Failure::Usage)?;
    let seconds = |name| {
        let given = arguments.number(name, [0.0, 1e9]).map_err(Failure::Usage)?;
        Ok::<_, Failure>(given.map(Duration::from_secs_f64))
    };
    let limits = live::Limits {
        count: arguments.number("count", [1, u64::MAX]).map_err(Failure::Usage)?,
        duration: seconds("duration")?,
        timeout: seconds("timeout")?.unwrap_or(Duration::from_secs(30)),
    };
    let (overwrites, counted_at) = (arguments.has("overwrite"), arguments.text("metrics"));
    live::record(&setup, Path::new(to), overwrites, &limits, counted_at, stop).map_err(Failure::Work)
}

fn tell_signals(arguments: &Arguments, from: &str) -> Result<(), Failure> {
    let to = arguments.text("metadata-out").unwrap_or("-");
    let xml = signals::of_file(Path::new(from)).map_err(Failure::Work)?;
    let xml = xml.ok_or_else(|| {
        Failure::Missing(format!(
            "{from}: nothing tells what its signals are: it has no metadata in it, and no column signal_id beside tag, \
             device or type"
        ))
    })?;
    let written = match to {
        "-" => io::stdout().write_all(&xml),
        _ => open(to, arguments.has("overwrite")).map_err(Failure::Work)?.write_all(&xml),
    };
    written.map_err(|error| Failure::Work(format!("{to}: {error}")))
}

fn read_metadata(path: &str) -> Result<Metadata, String> {
    let bytes = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let data_set =
        DataSet::from_xml(&bytes, &MetadataLimits::default()).map_err(|error| format!("{path}: {error}"))?;
    Ok(Metadata::new(data_set))
}

fn from_csv(
    from: &str,
    to: &Path,
    overwrites: bool,
    metadata: Option<&Metadata>,
    stop: &Stop,
) -> Result<u64, String> {
    let converted = if from == "-" {
        from_csv::convert(io::stdin().lock(), to, overwrites, metadata, stop)
    } else {
        let file = File::open(from).map_err(|error| format!("{from}: {error}"))?;
        from_csv::convert(BufReader::new(file), to, overwrites, metadata, stop)
    };
    converted.map_err(|what| if what.starts_with("line ") { format!("{from}: {what}") } else { what })
}

fn to_csv(from: &Path, to: &str, overwrites: bool, stop: &Stop) -> Result<u64, String> {
    if to == "-" {
        return to_csv::convert(from, BufWriter::new(io::stdout().lock()), stop);
    }
    to_csv::convert(from, BufWriter::new(open(to, overwrites)?), stop)
}

/// A file to write to.
fn open(to: &str, overwrites: bool) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.write(true).truncate(true);
    let file = if overwrites { options.create(true).open(to) } else { options.create_new(true).open(to) };
    file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{to} is there already; --overwrite replaces it"),
        _ => format!("{to}: {error}"),
    })
}
