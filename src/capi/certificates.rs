//! Certificates: a pair of certificate and private key for a first try of TLS.
//!
//! TLS itself is a setting of publishers and subscribers: `securityMode=TLS` and what goes with it, in connection
//! strings. docs/security.md tells which certificates are taken.

use std::ffi::c_char;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::capi::shared::arguments::{optional_text, text};
use crate::capi::shared::guard::guard;
use crate::error::Error;
use crate::tls::{SelfSigned, SelfSignedOptions};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Makes a self-signed certificate and its private key (ECDSA on P-256), and writes both as PEM to files that do not
/// exist yet. The certificate is for both sides of TLS, and goes to the peers, who pin it (`remoteCertificate`); the
/// key can be read by its owner only, and stays.
///
/// \param name         Whom the certificate is of: its common name, as `North gateway`.
/// \param hosts        Host names and IP addresses under which it is reached, with commas between them; NULL for none.
///                     Where the certificate is pinned they do not matter.
/// \param days         How long it is valid, 1 or more.
/// \param certificate  File for the certificate.
/// \param private_key  File for the key.
/// \return STTP_ERR_INVALID_ARGUMENT when there can be no such certificate; STTP_ERR_IO when a file exists already, or
///         cannot be written.
/// *Blocks*: for some milliseconds, and for the files.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_make_certificate(
    name: *const c_char,
    hosts: *const c_char,
    days: u32,
    certificate: *const c_char,
    private_key: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (name, hosts, certificate, private_key) = unsafe {
            (
                text(name, "name")?,
                optional_text(hosts, "hosts")?.unwrap_or_default(),
                text(certificate, "certificate")?,
                text(private_key, "private_key")?,
            )
        };
        let hosts = hosts.split(',').map(str::trim).filter(|host| !host.is_empty());
        let options = SelfSignedOptions {
            name: name.to_owned(),
            hosts: hosts.map(str::to_owned).collect(),
            validity: DAY * days.max(1),
        };
        let made = SelfSigned::make(&options, SystemTime::now()).map_err(Error::from)?;
        Ok(made.write(Path::new(certificate), Path::new(private_key)).map_err(Error::from)?)
    })
}
