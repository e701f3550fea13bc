//! Certificates of all kinds, made anew for each run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RevokedCertParams, SerialNumber,
};
use sttp::tls::{IdentitySource, Source, TlsSettings};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

/// A certificate with its key, as PEM.
pub(crate) struct Made {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) der: Vec<u8>,
}

/// What a certificate is to be like.
#[derive(Clone)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) hosts: &'static [&'static str],
    pub(crate) rsa_bits: Option<u32>,
    /// Days from now.
    pub(crate) valid: (i32, i32),
    pub(crate) serial: u64,
}

impl Default for Kind {
    /// As GSF makes them: no names of hosts.
    fn default() -> Kind {
        Kind { name: "Gateway", hosts: &[], rsa_bits: None, valid: (-1, 365), serial: 77 }
    }
}

impl Kind {
    pub(crate) fn self_signed(&self) -> Made {
        let key = self.key();
        let certificate = self.params().self_signed(&key).unwrap();
        made(&certificate, &key)
    }

    pub(crate) fn issued_by(&self, authority: &Authority) -> Made {
        let key = self.key();
        let issuer = Issuer::new(authority.params.clone(), &authority.key);
        let mut params = self.params();
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        made(&params.signed_by(&key, &issuer).unwrap(), &key)
    }

    fn params(&self) -> CertificateParams {
        let hosts: Vec<String> = self.hosts.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.distinguished_name.push(DnType::CommonName, self.name);
        params.not_before = days_from_now(self.valid.0).into();
        params.not_after = days_from_now(self.valid.1).into();
        params.serial_number = Some(SerialNumber::from(self.serial));
        params
    }

    fn key(&self) -> KeyPair {
        match self.rsa_bits {
            None => KeyPair::generate().unwrap(),
            Some(bits) => KeyPair::from_pkcs8_pem_and_sign_algo(rsa_key(bits), &PKCS_RSA_SHA256).unwrap(),
        }
    }
}

/// An authority that issues certificates and revokes them.
pub(crate) struct Authority {
    params: CertificateParams,
    key: KeyPair,
    pub(crate) certificate: String,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Authority { params, key, certificate }
    }

    /// A revocation list of one serial number, until the given day.
    pub(crate) fn revoke(&self, serial: u64, until: i32) -> String {
        let params = CertificateRevocationListParams {
            this_update: days_from_now(-10).into(),
            next_update: days_from_now(until).into(),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: vec![RevokedCertParams {
                serial_number: SerialNumber::from(serial),
                revocation_time: days_from_now(-5).into(),
                reason_code: None,
                invalidity_date: None,
            }],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&Issuer::new(self.params.clone(), &self.key)).unwrap().pem().unwrap()
    }
}

impl Made {
    /// Settings of a side with this certificate, which trusts certificates as they are.
    pub(crate) fn trusting(&self, peers: &[&Made]) -> TlsSettings {
        TlsSettings {
            identity: Some(self.identity()),
            pinned: peers.iter().map(|peer| memory(&peer.certificate)).collect(),
            ..TlsSettings::default()
        }
    }

    pub(crate) fn identity(&self) -> IdentitySource {
        IdentitySource { certificates: memory(&self.certificate), private_key: Some(memory(&self.key)) }
    }

    /// The files of certificate and key, for other programs.
    pub(crate) fn files(&self, folder: &Folder) -> (PathBuf, PathBuf) {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let certificate = folder.write(&format!("{number}.cer"), &self.certificate);
        (certificate, folder.write(&format!("{number}.key"), &self.key))
    }
}

fn made(certificate: &rcgen::Certificate, key: &KeyPair) -> Made {
    Made { certificate: certificate.pem(), key: key.serialize_pem(), der: certificate.der().to_vec() }
}

pub(crate) fn memory(text: &str) -> Source {
    Source::memory(text.as_bytes())
}

fn days_from_now(days: i32) -> SystemTime {
    match days {
        0.. => SystemTime::now() + DAY * days.unsigned_abs(),
        _ => SystemTime::now() - DAY * days.unsigned_abs(),
    }
}

/// RSA keys take long to make: one of each length.
fn rsa_key(bits: u32) -> &'static str {
    static SHORT: OnceLock<String> = OnceLock::new();
    static LONG: OnceLock<String> = OnceLock::new();
    let key = if bits == 2048 { &SHORT } else { &LONG };
    key.get_or_init(|| {
        openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", &format!("rsa_keygen_bits:{bits}")], "")
    })
}

/// What openssl prints, given `input`.
pub(crate) fn openssl(arguments: &[&str], input: &str) -> String {
    String::from_utf8(openssl_bytes(arguments, input)).unwrap()
}

pub(crate) fn openssl_bytes(arguments: &[&str], input: &str) -> Vec<u8> {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl must be there: tests/needs.sh installs it");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A folder that is removed in the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sttp-tls-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, contents).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
