//! `sttp-parquet`: recordings as Apache Parquet.

mod csv;
mod from_csv;
mod live;
mod names;
mod recording;
mod table;
mod to_csv;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter};
use std::path::Path;
use std::time::Duration;

use sttp::metadata::{DataSet, Limits as MetadataLimits, Metadata};
use sttp_programs::log::{self, Level};
use sttp_programs::options::{Arguments, CONNECTION, Program, Row, Section};
use sttp_programs::program::{self, Failure};
use sttp_programs::stop::Stop;

const PROGRAM: Program = Program {
    name: "sttp-parquet",
    usage: &[
        "FILE.csv FILE.parquet [--metadata FILE.xml] [--overwrite]",
        "FILE.parquet FILE.csv [--overwrite]",
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
            ],
        },
    ],
    notes: &[
        "A Parquet file is written under its name with .part behind it, and has its name once it is whole; SIGINT and",
        "SIGTERM end a recording so.",
    ],
    runs_long: false,
};

fn main() -> std::process::ExitCode {
    program::main(&PROGRAM, run)
}

fn run(arguments: &Arguments, stop: &Stop) -> Result<(), Failure> {
    let overwrites = arguments.has("overwrite");
    let rows = match arguments.operands() {
        [to] if ends(to, "parquet") => record(arguments, None, to, stop)?,
        [from, to]
            if !Path::new(from).is_file() && from != "-" && ends(to, "parquet") && !ends(from, "csv") =>
        {
            record(arguments, Some(from), to, stop)?
        }
        [from, to] if ends(to, "parquet") => {
            let metadata =
                arguments.text("metadata").map(read_metadata).transpose().map_err(Failure::Work)?;
            from_csv(from, Path::new(to), overwrites, metadata.as_ref()).map_err(Failure::Work)?
        }
        [from, to] if ends(from, "parquet") && (ends(to, "csv") || to == "-") => {
            to_csv(Path::new(from), to, overwrites).map_err(Failure::Work)?
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
    live::record(&setup, Path::new(to), arguments.has("overwrite"), &limits, stop).map_err(Failure::Work)
}

fn read_metadata(path: &str) -> Result<Metadata, String> {
    let bytes = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let data_set =
        DataSet::from_xml(&bytes, &MetadataLimits::default()).map_err(|error| format!("{path}: {error}"))?;
    Ok(Metadata::new(data_set))
}

fn from_csv(from: &str, to: &Path, overwrites: bool, metadata: Option<&Metadata>) -> Result<u64, String> {
    let converted = if from == "-" {
        from_csv::convert(io::stdin().lock(), to, overwrites, metadata)
    } else {
        let file = File::open(from).map_err(|error| format!("{from}: {error}"))?;
        from_csv::convert(BufReader::new(file), to, overwrites, metadata)
    };
    converted.map_err(|what| if what.starts_with("line ") { format!("{from}: {what}") } else { what })
}

fn to_csv(from: &Path, to: &str, overwrites: bool) -> Result<u64, String> {
    if to == "-" {
        return to_csv::convert(from, BufWriter::new(io::stdout().lock()));
    }
    let mut options = OpenOptions::new();
    options.write(true).truncate(true);
    let file = if overwrites { options.create(true).open(to) } else { options.create_new(true).open(to) };
    let file = file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{to} is there already; --overwrite replaces it"),
        _ => format!("{to}: {error}"),
    })?;
    to_csv::convert(from, BufWriter::new(file))
}
