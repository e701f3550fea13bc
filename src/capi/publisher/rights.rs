//! Publishers: rights.
//!
//! What each subscriber may: by a file (STTP_SETTING_RIGHTS_FILE, docs/security.md), which holds when nothing else is
//! decided; by a callback that decides when somebody connects, before anything is told to them; or later, for one
//! connection. In texts rights are the keys of a section of the file, as a connection string:
//! `signals={ALLOW WHERE SignalType = 'FREQ'}; udp=false`. Who is granted no signals has none.

use std::ffi::{CString, c_char, c_void};
use std::ptr;
use std::sync::{Arc, Mutex};

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{live, lock, optional_text, reference, text};
use crate::capi::shared::callback::{Slot, sttp_destroy_fn};
use crate::capi::shared::guard::{c_string, guard};
use crate::capi::shared::handles::register;
use crate::capi::shared::status::Failure;
use crate::capi::shared::tls::{TlsTexts, sttp_tls};
use crate::error::Error;
use crate::rights::{Admission, Audit, AuditSubject, Grant, Peer};
use crate::settings::RightsSettings;

/// Somebody connected, or asked to stay connected.
pub const STTP_AUDIT_CONNECTION: i32 = 0;
/// A subscriber asked for measurements.
pub const STTP_AUDIT_SUBSCRIPTION: i32 = 1;
/// A subscriber asked for historical data.
pub const STTP_AUDIT_HISTORICAL_DATA: i32 = 2;
/// A subscriber asked for metadata, or their schema.
pub const STTP_AUDIT_METADATA: i32 = 3;
/// A subscriber sent a user command.
pub const STTP_AUDIT_USER_COMMAND: i32 = 4;
/// What a subscriber may has changed while it was connected; when that was refused, it is disconnected.
pub const STTP_AUDIT_RIGHTS: i32 = 5;
/// Subject of an audit event: to get no measurements any more.
pub const STTP_AUDIT_UNSUBSCRIPTION: i32 = 6;
/// Subject of an audit event: to get other keys for encrypted measurements.
pub const STTP_AUDIT_CIPHER_KEYS: i32 = 7;
/// Subject of an audit event: to get historical data at another pace.
pub const STTP_AUDIT_PROCESSING_INTERVAL: i32 = 8;
/// Subject of an audit event: to use operational modes.
pub const STTP_AUDIT_OPERATIONAL_MODES: i32 = 9;
/// Subject of an audit event: any other command, which there is not, or not here.
pub const STTP_AUDIT_OTHER_COMMAND: i32 = 10;

/// Somebody who has connected, or was connected to, and may be a subscriber.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_peer {
    /// Its address, as `127.0.0.1:41234` or `[::1]:41234`; never NULL.
    pub address: *const c_char,
    /// What was agreed on by TLS, and who the peer is by its certificate; NULL without TLS.
    pub tls: *const sttp_tls,
    /// 1 when the publisher made the connection, 0 when it accepted it.
    pub outgoing: i32,
    /// 0.
    pub reserved: u32,
}

/// What is to be done with a peer; valid during the call that it is handed to.
pub struct sttp_admission {
    decision: Mutex<Admission>,
}

impl sttp_admission {
    /// Takes a decision. One that fails refuses the peer: without the file of rights, "nothing was decided" would let
    /// in for everything whom the program wanted to give less.
    fn take(&self, make: impl FnOnce() -> Result<Admission, Failure>) -> Result<(), Failure> {
        let made = make();
        *lock(&self.decision) = match &made {
            Ok(decision) => decision.clone(),
            Err(failure) => Admission::Refused(format!("the decision about it has failed: {failure}")),
        };
        made.map(drop)
    }
}

/// Decides whether a peer is let in, and what it may, by sttp_admission_refuse or sttp_admission_grant; without
/// either, what the file of rights says holds. The last call counts, and one that fails refuses the peer.
///
/// \param user_data  As registered.
/// \param peer       Who it is, with its texts valid during the call.
/// \param admission  Takes the decision, during the call.
pub type sttp_admit_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, peer: *const sttp_peer, admission: *mut sttp_admission),
>;

/// Registers who decides about each peer, before anything is told to it beyond the own certificate.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_admit(
    publisher: *mut sttp_publisher,
    callback: sttp_admit_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(publisher, "publisher", |publisher| &publisher.callbacks.admit, callback, user_data, destroy)
    }
}

/// Does not let a peer in. It is told nothing; the reason is for the audit and for messages.
///
/// \param reason  Why, in a few words.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such text: the peer is refused then, too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_admission_refuse(admission: *mut sttp_admission, reason: *const c_char) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let admission = unsafe { reference(admission, "admission")? };
        // SAFETY: the contract of the header.
        admission.take(|| Ok(Admission::Refused(unsafe { text(reason, "reason")? }.to_owned())))
    })
}

/// Lets a peer in, and grants it these rights as long as it is connected, whatever the file of rights says.
///
/// \param name    What to call it in messages and in the audit.
/// \param rights  Its rights.
/// \return STTP_ERR_INVALID_ARGUMENT when the rights cannot be read: the peer is refused then, unless a later call
///         grants it others.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_admission_grant(
    admission: *mut sttp_admission,
    name: *const c_char,
    rights: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let admission = unsafe { reference(admission, "admission")? };
        admission.take(|| {
            // SAFETY: the contract of the header.
            let (name, rights) = unsafe { (text(name, "name")?, text(rights, "rights")?) };
            Ok(Admission::Granted(Arc::new(read_grant(name, rights)?)))
        })
    })
}

/// Grants a subscriber that is connected other rights, from now on and as long as it is connected. What it may not
/// have any more is not sent to it any more.
///
/// \param connection_id  `id` of the connection.
/// \param name           What to call it in messages and in the audit; not looked at without rights.
/// \param rights         Its rights; NULL for what the file of rights says.
/// \return STTP_ERR_NOT_FOUND when there is no such connection any more; STTP_ERR_INVALID_ARGUMENT when the rights
///         cannot be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set_rights(
    publisher: *mut sttp_publisher,
    connection_id: u64,
    name: *const c_char,
    rights: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, name, rights) = unsafe {
            (live(publisher, "publisher")?, optional_text(name, "name")?, optional_text(rights, "rights")?)
        };
        let grant = rights.map(|rights| read_grant(name.unwrap_or_default(), rights)).transpose()?;
        Ok(publisher.publisher.set_connection_rights(connection_id, grant)?)
    })
}

/// Reads the file of rights again, at once. A file that has changed is read again by itself, when it
/// stays as it is for a second.
///
/// \return STTP_ERR_INVALID_ARGUMENT when there is a mistake in it: then everything stays as it was, and
///         sttp_last_error tells the line and what to write; STTP_ERR_INVALID_STATE when there is no file.
/// *Blocks*: for the file, on a share that hangs for ever. Connections go on meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_reload_rights(publisher: *mut sttp_publisher) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| Ok(unsafe { live(publisher, "publisher")? }.publisher.reload_rights()?))
}

/// A peer or a request that was accepted or refused. Texts are never NULL.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_audit {
    /// When, in ticks.
    pub time: i64,
    /// Who, with its texts as valid as these.
    pub peer: *const sttp_peer,
    /// `id` of its connection; 0 when it has none yet.
    pub connection_id: u64,
    /// What the rights call it; empty where there are none for it.
    pub name: *const c_char,
    /// Program and version as it names itself; empty before it has.
    pub identity: *const c_char,
    /// What exactly, or why not.
    pub reason: *const c_char,
    /// All of it in one line, for a log.
    pub line: *const c_char,
    /// So many others before it were left out, because there were too many.
    pub left_out: u64,
    /// What was accepted or refused: STTP_AUDIT_...
    pub subject: i32,
    /// 1 when it was accepted, 0 when it was refused.
    pub accepted: i32,
}

/// Is told what was accepted or refused.
///
/// \param user_data  As registered.
/// \param audit      What, with its texts valid during the call.
pub type sttp_audit_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, audit: *const sttp_audit)>;

/// Registers who is told of every peer and every request that was accepted or refused. When there are more
/// of either in a second than the setting `auditEventsPerSecond` allows, some are left out, and counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_on_audit(
    publisher: *mut sttp_publisher,
    callback: sttp_audit_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(publisher, "publisher", |publisher| &publisher.callbacks.audit, callback, user_data, destroy)
    }
}

fn read_grant(name: &str, rights: &str) -> Result<Grant, Failure> {
    let settings: RightsSettings = rights.parse().map_err(Error::from)?;
    Ok(Grant::new(name, settings).map_err(|error| Error::InvalidArgument(error.to_string()))?)
}

/// Asks the program about a peer.
pub(super) fn decide(slot: &Slot<sttp_admit_fn>, peer: &Peer) -> Admission {
    let mut admission = sttp_admission { decision: Mutex::default() };
    slot.dispatch(|callback, user_data| {
        let texts = PeerTexts::new(peer);
        let record = texts.record(peer);
        // SAFETY: registered for this user data; the record, its texts and the admission live during the call.
        unsafe { callback(user_data, &raw const record, &raw mut admission) };
    });
    std::mem::take(&mut *lock(&admission.decision))
}

/// Tells the program what was accepted or refused.
pub(super) fn dispatch_audit(slot: &Slot<sttp_audit_fn>, audit: &Audit) {
    slot.dispatch(|callback, user_data| {
        let texts = PeerTexts::new(&audit.peer);
        let peer = texts.record(&audit.peer);
        let [name, identity, reason] =
            [&audit.name, &audit.identity, &audit.reason].map(|text| c_string(text.as_str()));
        let line = c_string(audit.to_string());
        let record = sttp_audit {
            time: audit.time.0,
            peer: &raw const peer,
            connection_id: audit.connection.unwrap_or_default(),
            name: name.as_ptr(),
            identity: identity.as_ptr(),
            reason: reason.as_ptr(),
            line: line.as_ptr(),
            left_out: audit.left_out,
            subject: number_of(audit.subject),
            accepted: audit.accepted.into(),
        };
        // SAFETY: registered for this user data; the record and its texts live during the call.
        unsafe { callback(user_data, &raw const record) };
    });
}

fn number_of(subject: AuditSubject) -> i32 {
    match subject {
        AuditSubject::Connection => STTP_AUDIT_CONNECTION,
        AuditSubject::Subscription => STTP_AUDIT_SUBSCRIPTION,
        AuditSubject::HistoricalData => STTP_AUDIT_HISTORICAL_DATA,
        AuditSubject::Metadata => STTP_AUDIT_METADATA,
        AuditSubject::UserCommand => STTP_AUDIT_USER_COMMAND,
        AuditSubject::Rights => STTP_AUDIT_RIGHTS,
        AuditSubject::Unsubscription => STTP_AUDIT_UNSUBSCRIPTION,
        AuditSubject::CipherKeys => STTP_AUDIT_CIPHER_KEYS,
        AuditSubject::ProcessingInterval => STTP_AUDIT_PROCESSING_INTERVAL,
        AuditSubject::OperationalModes => STTP_AUDIT_OPERATIONAL_MODES,
        AuditSubject::OtherCommand => STTP_AUDIT_OTHER_COMMAND,
    }
}

/// The texts of a peer for C.
struct PeerTexts {
    address: CString,
    /// What points to the texts beside it.
    tls: Option<(sttp_tls, TlsTexts)>,
}

impl PeerTexts {
    fn new(peer: &Peer) -> PeerTexts {
        PeerTexts {
            address: c_string(peer.address.to_string()),
            tls: peer.tls.as_deref().map(|details| {
                let texts = TlsTexts::new(details);
                (texts.record(details), texts)
            }),
        }
    }

    /// The peer with pointers to these texts.
    fn record(&self, peer: &Peer) -> sttp_peer {
        sttp_peer {
            address: self.address.as_ptr(),
            tls: self.tls.as_ref().map_or(ptr::null(), |(record, _)| ptr::from_ref(record)),
            outgoing: peer.outgoing.into(),
            reserved: 0,
        }
    }
}
