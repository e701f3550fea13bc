//! What subscribers may, on all loops of a publisher: set by the program, or read from a file that is watched.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::rights_in_force::{Watched, lock};
use super::shards::Shared;
use super::{ConnectionId, Publisher};
use crate::engine::{Io, Job};
use crate::error::Error;
use crate::host::{self, FileStamp};
use crate::rights::{Grant, Rights, RightsError};
use crate::session::Moment;
use crate::session::publisher::Catalog;

/// How often the file is looked at.
const INTERVAL: Duration = Duration::from_secs(1);

impl Shared {
    /// Works out which signals of a catalog are allowed, before it comes into use.
    pub(super) fn prepare_rights(&self, catalog: &Catalog) {
        let rights = self.rights.current().clone();
        let known = rights.iter().flat_map(|rights| rights.grants()).map(|grant| Arc::clone(grant.signals()));
        let of_connections = self.sessions().flat_map(|session| session.signal_rights());
        let now = host::utc();
        known.chain(of_connections).for_each(|rights| catalog.prepare_rights(&rights, now));
    }

    /// Takes rights, and where they come from.
    fn take_rights(&self, file: Option<Watched>, rights: Option<Arc<Rights>>) {
        self.prepare(rights.as_deref());
        let mut watched = lock(&self.rights.file);
        *watched = file;
        self.put_in_force(rights);
    }

    /// What has to be done with rights before they come into use.
    fn prepare(&self, rights: Option<&Rights>) {
        let Some(rights) = rights else { return };
        let (catalog, now) = (self.catalog(), host::utc());
        rights.grants().for_each(|grant| catalog.prepare_rights(grant.signals(), now));
    }

    /// Who calls it has the file locked, so that rights and the file they come from change together.
    fn put_in_force(&self, rights: Option<Arc<Rights>>) {
        if rights.as_ref().is_some_and(|rights| rights.need_certificates()) && !self.security.is_on() {
            let text = "the rights know subscribers by their certificates, but there are none without \
                        securityMode=TLS: these subscribers are not known";
            *lock(&self.rights.untold) = Some(text.to_owned());
        }
        let mut current = self.rights.current();
        current.clone_from(&rights);
        for mut session in self.sessions() {
            session.set_rights(rights.clone(), Moment::now());
        }
    }

    /// Reads the file, and tells whether what it says came into force: it does not if meanwhile other rights have,
    /// or the file was read again. Everything stays as it was if there is a mistake in it.
    fn read_rights(&self) -> Result<bool, RightsError> {
        let Some(path) = lock(&self.rights.file).as_ref().map(|file| file.path.clone()) else {
            return Ok(false);
        };
        // Before reading, so that what changes meanwhile is seen the next time. Nothing is locked that others wait for.
        let stamp = FileStamp::of(&path);
        match lock(&self.rights.file).as_mut().filter(|file| file.path == path) {
            Some(file) => file.stamp = stamp.clone(),
            None => return Ok(false),
        }
        let rights = Arc::new(Rights::load(&path)?);
        self.prepare(Some(&*rights));
        let file = lock(&self.rights.file);
        let is_wanted = file.as_ref().is_some_and(|file| file.path == path && file.stamp == stamp);
        if is_wanted {
            self.put_in_force(Some(rights));
        }
        Ok(is_wanted)
    }
}

impl Publisher {
    /// What subscribers may from now on, in place of what a file says; `None` for everything. It holds for those
    /// who are connected, too: what they may not have any more is not sent to them from now on.
    pub fn set_rights(&self, rights: Option<Rights>) {
        self.shared.take_rights(None, rights.map(Arc::new));
        self.notify_loops();
    }

    /// Takes what subscribers may from a file, as `docs/security.md` tells, now and whenever it changes. Without a
    /// file, what was read from one before holds no longer.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when there is a mistake in the file: which line, and what to write. Then everything
    /// stays as it was.
    pub fn use_rights_file(&self, file: Option<&Path>) -> Result<(), Error> {
        self.engine.check_process()?;
        match file {
            Some(path) => {
                // Before reading, so that what changes meanwhile is seen the next time.
                let stamp = FileStamp::of(path);
                let rights = Rights::load(path).map_err(unusable)?;
                self.shared.take_rights(Some(Watched::new(path.to_owned(), stamp)), Some(Arc::new(rights)));
            }
            None if self.shared.rights.is_watched() => self.shared.take_rights(None, None),
            None => return Ok(()),
        }
        self.notify_loops();
        Ok(())
    }

    /// Reads the file of rights again, at once: waits until it is read, on a share that hangs for ever. Nobody else does
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// As [`use_rights_file`](Self::use_rights_file); [`Error::InvalidState`] when there is no file.
    pub fn reload_rights(&self) -> Result<(), Error> {
        self.engine.check_process()?;
        if !self.shared.rights.is_watched() {
            return Err(Error::InvalidState(
                "there is no file of rights to read again; give rightsFile".into(),
            ));
        }
        self.shared.read_rights().map_err(unusable)?;
        self.notify_loops();
        Ok(())
    }

    /// What one subscriber may from now on, as long as it is connected and whatever the rights say; `None` for what
    /// they say.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such connection.
    pub fn set_connection_rights(&self, connection: ConnectionId, grant: Option<Grant>) -> Result<(), Error> {
        self.engine.check_process()?;
        let grant = grant.map(Arc::new);
        if let Some(grant) = &grant {
            self.shared.catalog().prepare_rights(grant.signals(), host::utc());
        }
        let done = self.shared.session_of(connection).set_grant(connection, grant, Moment::now());
        self.notify_loops();
        done.map_err(|_| {
            Error::NotFound(format!("there is no connection {connection}; list the connections to see them"))
        })
    }
}

/// Looks at the file now and then, for the loop that leads.
#[derive(Default)]
pub(super) struct RightsWatch {
    next_look: Option<Instant>,
    /// The file is looked at, and read if it has changed.
    reading: Option<Job<Result<bool, RightsError>>>,
}

impl RightsWatch {
    /// Does what is due. Returns what operators are to be told: what was done, or what is wrong.
    pub(super) fn proceed(&mut self, shared: &Arc<Shared>, io: &Io<'_>) -> Option<Result<String, String>> {
        if let Some(untold) = lock(&shared.rights.untold).take() {
            return Some(Err(untold));
        }
        if let Some(reading) = &mut self.reading {
            let read = reading.take()?;
            self.reading = None;
            return Some(match read {
                Ok(Ok(false)) => return None,
                Ok(Ok(true)) => Ok("the rights were read again, as their file has changed".to_owned()),
                Ok(Err(error)) => Err(format!("the rights stay as they were: {error}")),
                Err(error) => Err(format!("the rights stay as they were: the file was not read: {error}")),
            });
        }
        let now = io.now();
        if self.next_look.is_some_and(|due| now < due) {
            return None;
        }
        self.next_look = shared.rights.is_watched().then_some(now + INTERVAL);
        if self.next_look.is_some() {
            let shared = Arc::clone(shared);
            self.reading = Some(io.elsewhere().run(move || match shared.rights.has_changed() {
                true => shared.read_rights(),
                false => Ok(false),
            }));
        }
        None
    }

    /// When to call [`proceed`](Self::proceed).
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next_look.filter(|_| self.reading.is_none())
    }
}

fn unusable(error: RightsError) -> Error {
    Error::InvalidArgument(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_for_each_change_and_not_while_it_is_written() {
        let folder = std::env::temp_dir().join(format!("sttp-rights-watch-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("rights.txt");
        let write = |lines: usize| {
            std::fs::write(&path, "[others]\nsignals = ALLOW WHERE True\n".to_owned() + &"#\n".repeat(lines))
                .unwrap();
        };
        write(0);
        let shared = Shared::new(1);
        *lock(&shared.rights.file) = Some(Watched::new(path.clone(), FileStamp::of(&path)));
        let has_changed = || shared.rights.has_changed();
        assert!(!has_changed());
        write(1);
        assert!(!has_changed(), "it may be written yet");
        write(2);
        assert!(!has_changed(), "it was");
        assert!(has_changed());
        assert!(shared.read_rights().unwrap());
        assert!(!has_changed() && !has_changed(), "it was read");
        assert!(shared.rights.current().is_some());
        std::fs::remove_dir_all(&folder).unwrap();
    }
    #[cfg(unix)]
    #[test]
    fn what_is_read_slowly_does_not_take_the_place_of_what_was_set_meanwhile() {
        let folder = std::env::temp_dir().join(format!("sttp-rights-slow-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        // A file that is read as slowly as it is written.
        let path = folder.join("rights.txt");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let shared = Arc::new(Shared::new(1));
        for set in [None, Some(Rights::parse("[others]\nsignals = ALLOW WHERE True\n", "set").unwrap())] {
            let set = set.map(Arc::new);
            *lock(&shared.rights.file) = Some(Watched::new(path.clone(), FileStamp::of(&path)));
            let reader = {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || shared.read_rights())
            };
            // Opened when the reader has opened it.
            let mut writer = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            shared.take_rights(None, set.clone());
            std::io::Write::write_all(&mut writer, b"[others]\nsignals = ALLOW WHERE False\n").unwrap();
            drop(writer);
            assert!(!reader.join().unwrap().unwrap());
            assert_eq!(shared.rights.current().as_ref().map(Arc::as_ptr), set.as_ref().map(Arc::as_ptr));
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
