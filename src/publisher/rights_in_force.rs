//! What subscribers may, as all loops of a publisher see it, and the file that it comes from.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::host::FileStamp;
use crate::rights::Rights;

/// What subscribers may. Its locks are taken before those of sessions.
#[derive(Debug, Default)]
pub(super) struct RightsInForce {
    /// Held while the sessions are told, so that all are told the same in the end.
    current: Mutex<Option<Arc<Rights>>>,
    pub(super) file: Mutex<Option<Watched>>,
    /// What operators should know.
    pub(super) untold: Mutex<Option<String>>,
}

/// The file that rights come from, as it was when it was read.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) path: PathBuf,
    pub(super) stamp: FileStamp,
    /// As it was at the last look, if that is something else.
    changed: Option<FileStamp>,
}

impl Watched {
    pub(super) fn new(path: PathBuf, stamp: FileStamp) -> Watched {
        Watched { path, stamp, changed: None }
    }
}

impl RightsInForce {
    pub(super) fn current(&self) -> MutexGuard<'_, Option<Arc<Rights>>> {
        lock(&self.current)
    }

    pub(super) fn is_watched(&self) -> bool {
        lock(&self.file).is_some()
    }

    /// Whether the file has changed, and is as it was at the last look: whoever writes it has finished. Waits for the
    /// system to tell, on a share that hangs for ever; nobody else does meanwhile.
    pub(super) fn has_changed(&self) -> bool {
        let path = lock(&self.file).as_ref().map(|file| file.path.clone());
        let Some(found) = path.as_deref().map(FileStamp::of) else { return false };
        let mut file = lock(&self.file);
        let Some(file) = file.as_mut().filter(|file| Some(&file.path) == path.as_ref()) else { return false };
        let found = Some(found).filter(|found| *found != file.stamp);
        let is_finished = found.is_some() && found == file.changed;
        file.changed = found;
        is_finished
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
