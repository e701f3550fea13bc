//! Who may connect to a publisher or a subscriber, and whether and how the connections are secured.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::error::Error;
use crate::host;
use crate::settings::{AccessSettings, Address};
use crate::tls::{ReloadableTls, TlsContext, TlsError, TlsSession, TlsSettings};

/// Files are not looked at more often than that.
const LEAST_INTERVAL: Duration = Duration::from_secs(1);
/// What operators should know of certificates is told that often.
const NOTICE_INTERVAL: Duration = Duration::from_secs(24 * 3600);

/// Lets in or does not, and secures connections or leaves them as they are. Clones are handles to the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Security {
    access: Arc<Mutex<AccessSettings>>,
    tls: Arc<Mutex<Option<Secure>>>,
}

#[derive(Debug, Clone)]
struct Secure {
    tls: Arc<ReloadableTls>,
    looked_at: Instant,
    /// Somebody looks at the files now: as long as that takes, on a share that hangs, nobody else does.
    is_looked_at: Arc<AtomicBool>,
    /// When to tell what operators should know.
    notices_due: Instant,
}

/// The session of a connection that is to be secured.
pub(super) struct NewSession {
    pub(super) made: Making,
    /// How long its handshake may take.
    pub(super) timeout: Duration,
    /// Handshakes that may be under way with it.
    pub(super) most_at_once: usize,
}

/// How a session comes about.
pub(super) enum Making {
    Done(Box<TlsSession>),
    /// Files are to be looked at before, which is not for the loop.
    Elsewhere(Box<dyn FnOnce() -> io::Result<TlsSession> + Send>),
}

impl Security {
    /// Secures the connections to come by TLS, or no longer.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`]: what cannot be used of the settings, or their files.
    pub(crate) fn set_up(&self, settings: Option<TlsSettings>) -> Result<(), Error> {
        let secure = match settings {
            None => None,
            Some(settings) => {
                let tls = Arc::new(ReloadableTls::load(settings)?);
                let now = host::now();
                Some(Secure { tls, looked_at: now, is_looked_at: Arc::default(), notices_due: now })
            }
        };
        *self.secure() = secure;
        Ok(())
    }

    /// Accepts connections from these addresses from now on. Those that stand go on.
    pub(crate) fn set_access(&self, access: AccessSettings) {
        *self.access.lock().unwrap_or_else(PoisonError::into_inner) = access;
    }

    /// Whether one may connect from an address.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn admits(&self, address: IpAddr) -> io::Result<()> {
        let access = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        access.admits(address).map_err(|reason| io::Error::new(io::ErrorKind::PermissionDenied, reason))
    }

    /// Reads all files again, for the connections to come.
    pub(crate) fn reload(&self) -> Result<(), Error> {
        let tls = self.secure().as_ref().map(|secure| Arc::clone(&secure.tls));
        match tls {
            Some(tls) => {
                tls.reload()?;
                self.tell_soon();
                Ok(())
            }
            None => Err(Error::InvalidState("there are no certificates to read again: TLS is off".into())),
        }
    }

    /// Whether the connections to come are secured.
    pub(crate) fn is_on(&self) -> bool {
        self.secure().is_some()
    }

    /// A session for a connection that is made to an address; `None` without TLS.
    ///
    /// # Errors
    /// The host of the address cannot stand in a certificate.
    pub(super) fn connecting(&self, to: &Address) -> io::Result<Option<NewSession>> {
        let address = to.to_string();
        let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host).to_owned();
        self.session(move |tls| tls.connect(&host))
    }

    /// A session for a connection that was accepted; `None` without TLS.
    ///
    /// # Errors
    /// There is no own certificate.
    pub(super) fn accepting(&self) -> io::Result<Option<NewSession>> {
        self.session(TlsContext::accept)
    }

    /// A session by the certificates in use, which are read again before if their files were changed.
    fn session(
        &self,
        make: impl FnOnce(&TlsContext) -> Result<TlsSession, TlsError> + Send + 'static,
    ) -> io::Result<Option<NewSession>> {
        let (tls, look) = match self.secure().as_mut() {
            None => return Ok(None),
            Some(secure) => (Arc::clone(&secure.tls), secure.begin_look(host::now())),
        };
        let current = tls.current();
        let (timeout, most_at_once) =
            (current.settings().handshake_timeout, current.settings().max_handshakes);
        let made = if let Some(look) = look {
            let security = self.clone();
            Making::Elsewhere(Box::new(move || {
                security.look(&tls);
                drop(look);
                make(&tls.current()).map_err(unusable)
            }))
        } else {
            Making::Done(Box::new(make(&current).map_err(unusable)?))
        };
        Ok(Some(NewSession { made, timeout, most_at_once }))
    }

    /// When to call [`notices`](Self::notices) next.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.secure().as_ref().map(|secure| secure.notices_due)
    }

    /// What an operator should know of the certificates, once a day and when they were read: those that
    /// soon end, and what is tolerated.
    pub(crate) fn notices(&self, now: Instant) -> Vec<String> {
        let mut secure = self.secure();
        let Some(secure) = secure.as_mut().filter(|secure| now >= secure.notices_due) else {
            return Vec::new();
        };
        secure.notices_due = now + NOTICE_INTERVAL;
        secure.tls.current().notices(SystemTime::now())
    }

    fn secure(&self) -> MutexGuard<'_, Option<Secure>> {
        self.tls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_soon(&self) {
        if let Some(secure) = self.secure().as_mut() {
            secure.notices_due = host::now();
        }
    }

    /// Reads certificates again if their files were changed.
    fn look(&self, tls: &ReloadableTls) {
        match tls.reload_if_changed() {
            Ok(false) => {}
            Ok(true) => {
                self.tell_soon();
                log::info!(target: "sttp::tls", "certificates were read again, as their files have changed");
            }
            Err(error) => log::error!(target: "sttp::tls", "certificates stay as they were: {error}"),
        }
    }
}

impl Secure {
    /// Whether the files are to be looked at again, by whoever gets this.
    fn begin_look(&mut self, now: Instant) -> Option<Look> {
        let is_due = now.saturating_duration_since(self.looked_at) >= LEAST_INTERVAL;
        if !is_due || self.is_looked_at.swap(true, Ordering::AcqRel) {
            return None;
        }
        self.looked_at = now;
        Some(Look(Arc::clone(&self.is_looked_at)))
    }
}

/// A look at the files, until it is dropped: also when nobody takes it, or it panics.
struct Look(Arc<AtomicBool>);

impl Drop for Look {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

fn unusable(error: TlsError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::tls::{IdentitySource, SelfSigned, SelfSignedOptions, Source};

    /// A folder of its own with one certificate, which a publisher has and trusts, and what it is set up by.
    struct Files {
        folder: PathBuf,
        trusted: PathBuf,
        certificate: String,
        settings: TlsSettings,
    }

    impl Files {
        fn new(name: &str) -> Files {
            let folder = std::env::temp_dir().join(format!("sttp-security-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            let options =
                SelfSignedOptions { name: "publisher".into(), hosts: Vec::new(), validity: NOTICE_INTERVAL };
            let made = SelfSigned::make(&options, SystemTime::now()).unwrap();
            let trusted = folder.join("trusted.pem");
            fs::write(&trusted, &made.certificate_pem).unwrap();
            let identity = IdentitySource {
                certificates: Source::memory(made.certificate_pem.as_bytes()),
                private_key: Some(Source::memory(made.private_key_pem.as_bytes())),
            };
            let pinned = vec![Source::file(&trusted)];
            let settings = TlsSettings { identity: Some(identity), pinned, ..TlsSettings::default() };
            Files { folder, trusted, certificate: made.certificate_pem, settings }
        }
    }

    impl Drop for Files {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    /// The last look was long ago.
    fn age(security: &Security) {
        let now = host::now();
        security.secure().as_mut().unwrap().looked_at = now.checked_sub(LEAST_INTERVAL).unwrap();
    }

    #[test]
    fn files_are_looked_at_elsewhere_than_on_the_loop() {
        let files = Files::new("looks");
        let security = Security::default();
        assert!(security.accepting().unwrap().is_none(), "TLS is off");
        security.set_up(Some(files.settings.clone())).unwrap();
        let is_made =
            |security: &Security| matches!(security.accepting().unwrap().unwrap().made, Making::Done(_));
        assert!(is_made(&security), "they were read just now");

        let tls = security.secure().as_ref().unwrap().tls.clone();
        let before = tls.current();
        fs::write(&files.trusted, [files.certificate.as_str(), "\n"].concat()).unwrap();
        age(&security);
        let Making::Elsewhere(make) = security.accepting().unwrap().unwrap().made else {
            panic!("it was made on this thread")
        };
        assert!(Arc::ptr_eq(&before, &tls.current()), "nothing was read yet");
        assert!(is_made(&security), "others do not look again meanwhile");
        age(&security);
        assert!(is_made(&security), "however long it takes");
        make().unwrap();
        assert!(!Arc::ptr_eq(&before, &tls.current()));
        drop(security.accepting().unwrap().unwrap());
        age(&security);
        assert!(!is_made(&security), "who looked has done so or has given up");
    }

    #[cfg(unix)]
    mod hung {
        use std::io::Read;
        use std::net::TcpStream;
        use std::process::Command;

        use crossbeam_channel::{Receiver, Sender, unbounded};
        use mio::Token;

        use super::*;
        use crate::engine::acceptor::{Acceptor, Arrival, ListeningPort};
        use crate::engine::{Driver, Engine, Io, Readiness};
        use crate::tls::LEAST_BUFFER;

        /// Ends a test that would hang for ever; no test passes because of it.
        const PATIENCE: Duration = Duration::from_secs(60);

        /// Accepts connections, and tells what has come of each.
        struct Port {
            port: ListeningPort,
            security: Security,
            acceptor: Option<Acceptor>,
            told: Sender<String>,
        }

        impl Port {
            fn accept(&mut self, io: &mut Io<'_>) {
                while let Some(arrival) = self.acceptor.as_mut().unwrap().accept(io) {
                    let _ = self.told.send(match arrival {
                        Arrival::Accepted(..) => "accepted".to_owned(),
                        Arrival::Refused(_, error) | Arrival::NotAccepting(error) => error.to_string(),
                    });
                }
            }
        }

        impl Driver for Port {
            fn start(&mut self, io: &mut Io<'_>) {
                self.acceptor = Acceptor::start(self.port.clone(), self.security.clone(), io).unwrap();
                self.accept(io);
            }

            fn notified(&mut self, io: &mut Io<'_>) {
                self.accept(io);
            }

            fn ready(&mut self, io: &mut Io<'_>, token: Token, _: Readiness) {
                self.acceptor.as_mut().unwrap().ready(token, io);
                self.accept(io);
            }

            fn timeout(&mut self, io: &mut Io<'_>) {
                self.accept(io);
            }

            fn deadline(&self) -> Option<Instant> {
                self.acceptor.as_ref()?.deadline()
            }

            fn finished(&self) -> bool {
                false
            }
        }

        /// Somebody listens whose certificate file hangs since it was read first.
        struct Listening {
            _engine: Engine,
            files: Files,
            security: Security,
            port: ListeningPort,
            told: Receiver<String>,
        }

        impl Listening {
            fn new(name: &str, handshake_timeout: Duration) -> Listening {
                let files = Files::new(name);
                let security = Security::default();
                security.set_up(Some(TlsSettings { handshake_timeout, ..files.settings.clone() })).unwrap();
                fs::remove_file(&files.trusted).unwrap();
                assert!(Command::new("mkfifo").arg(&files.trusted).status().unwrap().success());
                let port = ListeningPort::open(&Address::local("127.0.0.1:0").unwrap()).unwrap();
                let (teller, told) = unbounded();
                let engine = Engine::new().unwrap();
                engine.add(Port {
                    port: port.clone(),
                    security: security.clone(),
                    acceptor: None,
                    told: teller,
                });
                Listening { _engine: engine, files, security, port, told }
            }

            fn connect(&self) -> TcpStream {
                TcpStream::connect(self.port.address()).unwrap()
            }

            /// Waits until somebody reads the file, who gets no more of it before the result is dropped.
            fn is_read(&self) -> fs::File {
                fs::OpenOptions::new().write(true).open(&self.files.trusted).unwrap()
            }

            fn told(&self) -> String {
                self.told.recv_timeout(PATIENCE).expect("nothing has come of a connection for a minute")
            }
        }

        #[test]
        fn a_look_that_hangs_holds_up_nobody_else() {
            let listening = Listening::new("others", 2 * PATIENCE);
            let mut strangers = Vec::new();
            let mut held = None;
            for _ in 0..3 {
                age(&listening.security);
                strangers.push(listening.connect());
                held = held.or_else(|| Some(listening.is_read()));
            }
            shake_hands(&listening.files.settings, listening.connect());
            assert_eq!(listening.told(), "accepted");
        }

        #[test]
        fn who_waits_for_a_look_is_given_up_in_time() {
            let listening = Listening::new("in-time", Duration::from_millis(100));
            age(&listening.security);
            let mut stranger = listening.connect();
            let _held = listening.is_read();
            let why = listening.told();
            assert!(
                why.contains(
                    "not done within 0.1 s (handshakeTimeout): the certificate files are not read yet"
                ),
                "{why}"
            );
            assert_eq!(stranger.read(&mut [0]).unwrap(), 0);
        }

        /// Does the part of somebody who connects.
        fn shake_hands(settings: &TlsSettings, mut stream: TcpStream) {
            let certificate = settings.identity.as_ref().unwrap().certificates.clone();
            let settings = TlsSettings { pinned: vec![certificate], ..settings.clone() };
            let mut session = TlsContext::load(&settings).unwrap().connect("publisher").unwrap();
            let mut buffer = vec![0; LEAST_BUFFER];
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            while session.is_handshaking() {
                session.send_with(|ciphertext| io::Write::write_vectored(&mut stream, ciphertext)).unwrap();
                let mut is_read = false;
                let read = session.read_with(&mut buffer, |ciphertext| {
                    match std::mem::replace(&mut is_read, true) {
                        false => stream.read(ciphertext),
                        true => Err(io::ErrorKind::WouldBlock.into()),
                    }
                });
                assert_eq!(read.unwrap_err().kind(), io::ErrorKind::WouldBlock);
            }
            session.send_with(|ciphertext| io::Write::write_vectored(&mut stream, ciphertext)).unwrap();
        }
    }
}
