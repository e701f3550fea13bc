//! A file that remembers what a subscriber missed, over the end of its process.
//!
//! One gap a line, `start;stop`, UTC. A line that lacks its stop is of a gap that goes on: measurements were
//! received until then. A third field, `start;stop;ID ID`, names the signals that have this gap, if those are not
//! all that no other line names. The file is written by a thread of its own, since a disk may be slow.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use crate::host::threads;
use crate::session::recovery::LoggedGap;
use crate::wire::text::printable;

/// How often the newest time is written while measurements flow: as much may be delivered twice
/// after a crash.
pub(super) const WRITE_INTERVAL: Duration = Duration::from_secs(5);
/// How long the end of a subscriber waits for a slow disk.
const LAST_WRITE: Duration = Duration::from_secs(2);
/// Larger files are not ours.
const MAX_SIZE: u64 = 4 << 20;
/// Gaps that are kept of a file: each is looked for in every signal.
const MOST_GAPS: usize = 256;

/// Writes gaps to a file. Once it is dropped, what was handed in last is written, unless the disk
/// takes too long.
pub(super) struct OutageLog {
    /// Only the newest gaps matter, so the channel holds one list. `None` once it is dropped.
    writer: Option<Sender<Vec<LoggedGap>>>,
    unwritten: Receiver<Vec<LoggedGap>>,
    /// Nothing comes here, but the thread's end is seen.
    ended: Receiver<()>,
    /// A failure that was not asked for yet; one tells as much as many.
    failures: Receiver<io::Error>,
}

impl OutageLog {
    /// Opens the log and returns the gaps that it holds.
    ///
    /// # Errors
    /// The file cannot be read or written, or is no outage log.
    pub(super) fn open(path: &str) -> io::Result<(OutageLog, Vec<LoggedGap>)> {
        let path = PathBuf::from(path);
        let gaps = read(&path)?;
        write(&path, &gaps)?;
        let (writer, unwritten) = bounded::<Vec<LoggedGap>>(1);
        let lists = unwritten.clone();
        let (end, ended) = bounded(1);
        let (fail, failures) = bounded(1);
        threads::spawn("sttp-outage-log", move || {
            while let Ok(gaps) = lists.recv() {
                if let Err(error) = write(&path, &gaps) {
                    let _ = fail.try_send(error);
                }
            }
            drop(end);
        })?;
        Ok((OutageLog { writer: Some(writer), unwritten, ended, failures }, gaps))
    }

    /// Has these gaps written in place of all earlier ones, soon.
    pub(super) fn write(&self, gaps: Vec<LoggedGap>) {
        let Some(writer) = &self.writer else { return };
        if let Err(TrySendError::Full(gaps)) = writer.try_send(gaps) {
            // The thread is busy: replace what waits for it.
            let _ = self.unwritten.try_recv();
            let _ = writer.try_send(gaps);
        }
    }

    /// Why something that was handed in could not be written, since this was asked last.
    pub(super) fn failure(&self) -> Option<io::Error> {
        self.failures.try_recv().ok()
    }

    /// Waits until what was handed in last is written. Nothing can be handed in any more.
    ///
    /// # Errors
    /// It could not be written, or the disk takes too long.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if self.writer.take().is_none() {
            return Ok(());
        }
        if let Err(RecvTimeoutError::Timeout) = self.ended.recv_timeout(LAST_WRITE) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "its disk is slow"));
        }
        self.failure().map_or(Ok(()), Err)
    }
}

impl Drop for OutageLog {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            log::warn!("an outage log is not written: {error}");
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<LoggedGap>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
        Ok(found) if found.len() > MAX_SIZE => return Err(invalid("it is too large".into())),
        Ok(_) => {}
    }
    let text = fs::read_to_string(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let gaps = lines.map(|(number, line)| {
        let what = || format!("line {} is not `start;stop` in UTC: {:?}", number + 1, printable(line, 100));
        parse(line).ok_or_else(|| invalid(what()))
    });
    Ok(merged(gaps.collect::<io::Result<_>>()?))
}

/// The same gaps in order. Those that have ended are merged where they meet and are of the same signals; all that go on
/// are kept, because any of them may be wrong. The newest, if there are too many.
fn merged(gaps: Vec<LoggedGap>) -> Vec<LoggedGap> {
    let (mut ended, mut open): (Vec<_>, Vec<_>) = gaps.into_iter().partition(|gap| gap.stop.is_some());
    open.sort_by_key(|gap| gap.start.value());
    open.dedup();
    ended.sort_by_key(|gap| gap.start.value());
    let mut merged: Vec<LoggedGap> = Vec::new();
    for gap in ended {
        match merged.last_mut() {
            Some(last) if last.stop.is_some_and(|end| gap.start <= end) && last.signals == gap.signals => {
                last.stop = last.stop.max(gap.stop);
            }
            _ => merged.push(gap),
        }
    }
    keep_newest(&mut merged);
    keep_newest(&mut open);
    merged.extend(open);
    merged
}

fn keep_newest(gaps: &mut Vec<LoggedGap>) {
    let surplus = gaps.len().saturating_sub(MOST_GAPS);
    if surplus > 0 {
        log::warn!(
            target: "sttp::subscriber",
            "an outage log has {} gaps; the {surplus} oldest are given up, and {MOST_GAPS} kept",
            gaps.len()
        );
    }
    gaps.drain(..surplus);
}

fn invalid(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("this is no outage log, move it away: {what}"))
}

fn parse(line: &str) -> Option<LoggedGap> {
    let mut fields = line.split(';');
    let (start, stop) = (fields.next()?, fields.next()?);
    let stop = match stop.trim() {
        "" => None,
        stop => Some(stop.parse().ok()?),
    };
    let signals = fields.next().unwrap_or_default().split_whitespace().map(|id| id.parse().ok());
    let signals = signals.collect::<Option<Vec<_>>>()?;
    let gap = LoggedGap { start: start.parse().ok()?, stop, signals };
    fields.next().is_none().then_some(gap)
}

/// Replaces the file as a whole, so that a crash leaves the old or the new one.
fn write(path: &Path, gaps: &[LoggedGap]) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let mut file = BufWriter::new(fs::File::create(&temporary)?);
    for LoggedGap { start, stop, signals } in gaps {
        write!(file, "{start};")?;
        if let Some(stop) = stop {
            write!(file, "{stop}")?;
        }
        for (number, signal) in signals.iter().enumerate() {
            write!(file, "{}{signal}", if number == 0 { ';' } else { ' ' })?;
        }
        writeln!(file)?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(temporary, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ticks;

    /// A path of a file that does not exist, in a folder that is removed in the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let folder = std::env::temp_dir().join(format!("sttp-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Scratch(folder)
        }

        fn file(&self) -> String {
            self.0.join("outages.txt").to_str().unwrap().to_owned()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn gaps_are_found_again() {
        let scratch = Scratch::new("outages-found-again");
        let (log, gaps) = OutageLog::open(&scratch.file()).unwrap();
        assert_eq!(gaps, []);
        let time = |text: &str| text.parse::<Ticks>().unwrap();
        let signals = vec![uuid::Uuid::from_u128(7), uuid::Uuid::from_u128(8)];
        let start = time("2026-11-21T11:00:45Z");
        let written = vec![
            LoggedGap::of_all(time("2026-11-21T10:00:00.0333333Z"), Some(time("2026-11-21T10:05:00Z"))),
            LoggedGap { start, stop: Some(start), signals: signals[..1].to_vec() },
            LoggedGap::of_all(time("2026-11-21T11:00:00Z"), None),
            LoggedGap { start, stop: None, signals },
        ];
        for count in 0..=written.len() {
            log.write(written[..count].to_vec());
        }
        drop(log);
        assert_eq!(read(Path::new(&scratch.file())).unwrap(), written);
        assert_eq!(OutageLog::open(&scratch.file()).unwrap().1, written);
    }

    #[test]
    fn gaps_are_merged_and_bounded() {
        let scratch = Scratch::new("outages-merged");
        let minute = |minute: usize| {
            format!("2026-11-{:02}T{:02}:{:02}:00Z", 1 + minute / 1440, minute / 60 % 24, minute % 60)
        };
        let time = |number: usize| minute(number).parse::<Ticks>().unwrap();
        let line = |from: usize, to: usize| format!("{};{}\n", minute(from), minute(to));
        fs::write(scratch.file(), line(20, 30) + &line(5, 10) + &line(8, 15) + &line(9, 12) + &line(15, 17))
            .unwrap();
        let gaps = read(Path::new(&scratch.file())).unwrap();
        assert_eq!(
            gaps,
            [(5, 17), (20, 30)].map(|(start, stop)| LoggedGap::of_all(time(start), Some(time(stop))))
        );
        let many: String = (0..20_000).map(|number| line(number * 2, number * 2 + 1)).collect();
        fs::write(scratch.file(), many + &format!("{};\n", minute(39_999))).unwrap();
        let gaps = read(Path::new(&scratch.file())).unwrap();
        assert_eq!(gaps.len(), MOST_GAPS + 1);
        assert_eq!(gaps.last(), Some(&LoggedGap::of_all(time(39_999), None)));
        // Those that go on are all kept.
        fs::write(scratch.file(), format!("{};\n{};\n", minute(50), minute(20)) + &line(10, 30)).unwrap();
        let gaps = read(Path::new(&scratch.file())).unwrap();
        let open = [20, 50].map(|start| LoggedGap::of_all(time(start), None));
        assert_eq!(gaps, [&[LoggedGap::of_all(time(10), Some(time(30)))], &open[..]].concat());
    }

    #[test]
    fn failures_are_told() {
        let scratch = Scratch::new("outages-that-fail");
        let (mut log, _) = OutageLog::open(&scratch.file()).unwrap();
        assert!(log.failure().is_none());
        fs::create_dir(scratch.file() + ".new").unwrap();
        log.write(Vec::new());
        assert!(log.finish().is_err());
        fs::remove_dir(scratch.file() + ".new").unwrap();
        let (mut log, _) = OutageLog::open(&scratch.file()).unwrap();
        log.write(Vec::new());
        assert!(log.finish().is_ok());
        assert!(log.finish().is_ok());
    }

    #[test]
    fn files_of_others_are_left_alone() {
        let scratch = Scratch::new("outages-of-others");
        for text in
            ["10:00 to 11:00", "2026-11-21;tomorrow", "2026-11-21", "2026-11-21;;FREQ", "2026-11-21;;;"]
        {
            fs::write(scratch.file(), text).unwrap();
            let Err(error) = OutageLog::open(&scratch.file()) else { panic!("{text:?} was taken") };
            assert!(error.to_string().contains("line 1"), "{error}");
            assert_eq!(fs::read_to_string(scratch.file()).unwrap(), text);
        }
        fs::write(scratch.file(), "\n".repeat(5 << 20)).unwrap();
        assert!(OutageLog::open(&scratch.file()).is_err());
        assert!(OutageLog::open("/nonexistent/folder/outages.txt").is_err());
    }
}
