//! Certificates that are exchanged while connections stand.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    /// The files that were read, as they were. Held while they are read, so that who begins later
    /// ends later: what was true before never takes the place of what is true now.
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

    /// Reads all files again, for the connections to come. Waits for whoever is reading them.
    ///
    /// # Errors
    /// As [`TlsContext::load`]; everything stays as it was.
    pub fn reload(&self) -> Result<(), TlsError> {
        self.read(&mut self.known_stamps())
    }

    /// Reads all files again if one of them was changed, added or removed since they were read, and
    /// tells whether it did. Looks at each file's time and length only, so it may be called every
    /// some seconds. Waits for whoever is reading them.
    ///
    /// # Errors
    /// As [`reload`](Self::reload), once for each change.
    pub fn reload_if_changed(&self) -> Result<bool, TlsError> {
        let mut known = self.known_stamps();
        match *known == stamps(&self.settings) {
            true => Ok(false),
            false => self.read(&mut known).map(|()| true),
        }
    }

    fn read(&self, known: &mut Vec<FileStamp>) -> Result<(), TlsError> {
        // Before reading, so that what changes meanwhile is seen the next time.
        *known = stamps(&self.settings);
        let context = Arc::new(TlsContext::load(&self.settings)?);
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = context;
        Ok(())
    }

    fn known_stamps(&self) -> MutexGuard<'_, Vec<FileStamp>> {
        self.stamps.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::process::Command;
    use std::time::{Duration, SystemTime};

    use crossbeam_channel::unbounded;

    use super::*;
    use crate::tls::{IdentitySource, SelfSigned, SelfSignedOptions};

    #[test]
    fn what_was_read_slowly_does_not_take_the_place_of_what_is_newer() {
        let folder = std::env::temp_dir().join(format!("sttp-reload-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let validity = Duration::from_secs(24 * 3600);
        let options = SelfSignedOptions { name: "publisher".into(), hosts: Vec::new(), validity };
        let made = SelfSigned::make(&options, SystemTime::now()).unwrap();
        let identity = IdentitySource {
            certificates: Source::memory(made.certificate_pem.as_bytes()),
            private_key: Some(Source::memory(made.private_key_pem.as_bytes())),
        };
        let trusted = folder.join("trusted.pem");
        fs::write(&trusted, &made.certificate_pem).unwrap();
        let pinned = vec![Source::file(&trusted)];
        let settings = TlsSettings { identity: Some(identity), pinned, ..TlsSettings::default() };
        let tls = Arc::new(ReloadableTls::load(settings).unwrap());

        // A file that is read as slowly as it is written.
        fs::remove_file(&trusted).unwrap();
        assert!(Command::new("mkfifo").arg(&trusted).status().unwrap().success());
        let (done, when_done) = unbounded();
        let look = || {
            let (tls, done) = (Arc::clone(&tls), done.clone());
            std::thread::spawn(move || {
                assert!(tls.reload_if_changed().unwrap());
                let _ = done.send(());
                tls.current()
            })
        };
        let slow = look();
        let mut writer = fs::OpenOptions::new().write(true).open(&trusted).unwrap();
        let newer = folder.join("newer.pem");
        fs::write(&newer, [made.certificate_pem.as_str(), "\n"].concat()).unwrap();
        fs::rename(&newer, &trusted).unwrap();
        let quick = look();
        // It has the time to be first, if it may be.
        assert!(when_done.recv_timeout(Duration::from_millis(300)).is_err(), "two read at once");
        writer.write_all(made.certificate_pem.as_bytes()).unwrap();
        drop(writer);
        slow.join().unwrap();
        let newest = quick.join().unwrap();
        assert!(Arc::ptr_eq(&newest, &tls.current()), "what was older came into use");
        assert!(!tls.reload_if_changed().unwrap());
        fs::remove_dir_all(&folder).unwrap();
    }
}
