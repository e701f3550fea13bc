//! Files as links, read and written elsewhere than on the loop.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::engine::{Elsewhere, Job, JobError};

/// Bytes that are read or written at once.
pub(super) const PIECE: usize = 64 << 10;

/// A file that is written. There is none before, or an empty one: nothing is overwritten, and behind other blocks those of
/// another sender would be taken for repetitions.
pub(super) struct FileWriter {
    /// None while something is being written, or the file is being opened.
    file: Option<File>,
    job: Option<Job<io::Result<File>>>,
}

impl FileWriter {
    pub(super) fn open(path: &Path, elsewhere: &Elsewhere) -> FileWriter {
        let path = path.to_owned();
        let job = elsewhere.run(move || {
            let file = OpenOptions::new().append(true).create(true).open(path)?;
            match file.metadata()?.len() {
                0 => Ok(file),
                _ => Err(io::Error::new(
                    io::ErrorKind::AlreadyExists,
                    "there is something in it, which is not overwritten; move it away, or take another name",
                )),
            }
        });
        FileWriter { file: None, job: Some(job) }
    }

    /// Begins to write all of the bytes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` while others are being written; another when these were not.
    pub(super) fn write(&mut self, bytes: &[u8], elsewhere: &Elsewhere) -> io::Result<usize> {
        self.proceed()?;
        let Some(mut file) = self.file.take() else { return Err(io::ErrorKind::WouldBlock.into()) };
        let (count, bytes) = (bytes.len(), bytes.to_vec());
        self.job = Some(elsewhere.run(move || {
            file.write_all(&bytes)?;
            Ok(file)
        }));
        Ok(count)
    }

    /// Whether everything is written.
    pub(super) fn is_done(&mut self) -> io::Result<bool> {
        self.proceed()?;
        Ok(self.file.is_some())
    }

    fn proceed(&mut self) -> io::Result<()> {
        if let Some(written) = self.job.as_mut().and_then(Job::take) {
            self.job = None;
            self.file = Some(written.map_err(not_done)??);
        }
        Ok(())
    }
}

/// A file that is read from its begin to its end.
pub(super) struct FileReader {
    job: Job<io::Result<(File, Vec<u8>)>>,
}

impl FileReader {
    pub(super) fn open(path: &Path, elsewhere: &Elsewhere) -> FileReader {
        let path = path.to_owned();
        FileReader { job: elsewhere.run(move || read(File::open(path)?)) }
    }

    /// What comes next, once it is there; nothing at the end.
    pub(super) fn next(&mut self, elsewhere: &Elsewhere) -> io::Result<Option<Vec<u8>>> {
        let Some(read_bytes) = self.job.take() else { return Ok(None) };
        let (file, bytes) = read_bytes.map_err(not_done)??;
        if !bytes.is_empty() {
            self.job = elsewhere.run(move || read(file));
        }
        Ok(Some(bytes))
    }
}

fn read(mut file: File) -> io::Result<(File, Vec<u8>)> {
    let mut bytes = Vec::with_capacity(PIECE);
    Read::by_ref(&mut file).take(PIECE as u64).read_to_end(&mut bytes)?;
    Ok((file, bytes))
}

fn not_done(error: JobError) -> io::Error {
    io::Error::other(error)
}
