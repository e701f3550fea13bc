//! Certificates that are exchanged while connections stand.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::context::TlsContext;
use super::error::TlsError;
use super::material;
use super::settings::{Source, TlsSettings};
use crate::host::FileStamp;

/// The certificates in use. When their files change, [`reload`](Self::reload) takes them for new
/// connections; those that stand go on as they are. If the new files are not in order, the old
/// certificates stay in use.
///
/// Any thread may use it; [`current`](Self::current) never waits for files.
#[derive(Debug)]
pub struct ReloadableTls {
    settings: TlsSettings,
    current: Mutex<Arc<TlsContext>>,
    /// The files that were read, as they were.
    stamps: Mutex<Vec<FileStamp>>,
}

impl ReloadableTls {
    /// Reads all files.
    ///
    /// # Errors
    /// As [`TlsContext::load`].
    pub fn load(settings: TlsSettings) -> Result<ReloadableTls, TlsError> {
        let stamps = stamps(&settings);
        let current = Arc::new(TlsContext::load(&settings)?);
        Ok(ReloadableTls { settings, current: Mutex::new(current), stamps: Mutex::new(stamps) })
    }

    /// What new connections use.
    pub fn current(&self) -> Arc<TlsContext> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads all files again, for the connections to come.
    ///
    /// # Errors
    /// As [`TlsContext::load`]; everything stays as it was.
    pub fn reload(&self) -> Result<(), TlsError> {
        // Before reading, so that what changes meanwhile is seen the next time.
        let stamps = stamps(&self.settings);
        *self.stamps.lock().unwrap_or_else(PoisonError::into_inner) = stamps;
        let context = Arc::new(TlsContext::load(&self.settings)?);
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = context;
        Ok(())
    }

    /// Reads all files again if one of them was changed, added or removed since they were read, and
    /// tells whether it did. Looks at each file's time and length only, so it may be called every
    /// some seconds.
    ///
    /// # Errors
    /// As [`reload`](Self::reload), once for each change.
    pub fn reload_if_changed(&self) -> Result<bool, TlsError> {
        let is_same = *self.stamps.lock().unwrap_or_else(PoisonError::into_inner) == stamps(&self.settings);
        match is_same {
            true => Ok(false),
            false => self.reload().map(|()| true),
        }
    }
}

fn stamps(settings: &TlsSettings) -> Vec<FileStamp> {
    let identity = settings
        .identity
        .iter()
        .flat_map(|identity| std::iter::once(&identity.certificates).chain(&identity.private_key));
    let others = settings.pinned.iter().chain(&settings.authorities).chain(&settings.revocations);
    identity.chain(others).flat_map(paths).map(|path| FileStamp::of(&path)).collect()
}

/// The files of a source: none for memory, which does not change.
fn paths(source: &Source) -> Vec<PathBuf> {
    match (source, material::files(source)) {
        (Source::Memory(_), _) => Vec::new(),
        (Source::File(_), Ok(Some(paths))) => paths,
        // What cannot be read now is another thing when it can be.
        (Source::File(path), _) => vec![path.clone()],
    }
}
