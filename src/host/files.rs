//! Whether files are still what they were.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What tells that a file is another one. What cannot be read now is another thing when it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileStamp {
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
}

impl FileStamp {
    /// That of a file as it is now.
    pub(crate) fn of(path: &Path) -> FileStamp {
        let metadata = fs::metadata(path).ok();
        FileStamp {
            path: path.to_owned(),
            modified: metadata.as_ref().and_then(|metadata| metadata.modified().ok()),
            length: metadata.map_or(0, |metadata| metadata.len()),
        }
    }
}
