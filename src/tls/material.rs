//! Reading certificates, keys and revocation lists from files and memory, PEM and DER.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use zeroize::Zeroizing;

use super::certificate::CertificateDetails;
use super::error::{Content, TlsError};
use super::settings::Source;

/// Bytes of a file; revocation lists of large authorities have some megabytes.
const LARGEST_FILE: u64 = 32 << 20;
/// Files of a folder.
const MOST_FILES: usize = 10_000;
/// What counts of a folder's files.
const EXTENSIONS: [&str; 4] = ["cer", "crt", "der", "pem"];

/// The bytes of a file, or what was given in place of one. Wiped when it goes, as it may be a key.
pub(super) struct Document {
    what: Content,
    pub(super) name: String,
    bytes: Zeroizing<Vec<u8>>,
}

impl Document {
    /// Reads a source that is one file.
    pub(super) fn read(source: &Source, what: Content) -> Result<Document, TlsError> {
        let bytes = match source {
            Source::Memory(bytes) => Ok(bytes.to_vec()),
            Source::File(path) => read_file(path),
        };
        let name = source.to_string();
        match bytes {
            Ok(bytes) => Ok(Document { what, name, bytes: Zeroizing::new(bytes) }),
            Err(problem) => Err(TlsError::Unusable { what, source_name: name, problem }),
        }
    }

    /// Reads a source that may be a folder.
    pub(super) fn read_all(source: &Source, what: Content) -> Result<Vec<Document>, TlsError> {
        let unusable = |problem| TlsError::Unusable { what, source_name: source.to_string(), problem };
        match files(source).map_err(unusable)? {
            None => Ok(vec![Document::read(source, what)?]),
            Some(paths) if paths.is_empty() => Err(unusable(format!(
                "the folder holds no file whose name ends in .{}",
                EXTENSIONS.join(", .")
            ))),
            Some(paths) => paths.into_iter().map(|path| Document::read(&Source::File(path), what)).collect(),
        }
    }

    /// The certificates in it, at least one, each with what stands in it.
    pub(super) fn certificates(
        &self,
    ) -> Result<Vec<(CertificateDer<'static>, CertificateDetails)>, TlsError> {
        let mut found = match self.is_pem() {
            true => self.sections(|kind| kind == SectionKind::Certificate)?,
            false => vec![self.bytes.to_vec()],
        };
        if found.is_empty() {
            return Err(self.unusable("it holds no section '-----BEGIN CERTIFICATE-----'".to_owned()));
        }
        let count = found.len();
        let read =
            |(index, bytes): (usize, Vec<u8>)| {
                let certificate = CertificateDer::from(bytes);
                match CertificateDetails::read(&certificate) {
                    Ok(details) => Ok((certificate, details)),
                    Err(problem) if count == 1 => Err(self.unusable(self.otherwise(problem))),
                    Err(problem) => Err(self
                        .unusable(format!("of the {count} certificates, number {}: {problem}", index + 1))),
                }
            };
        found.drain(..).enumerate().map(read).collect()
    }

    /// The private key in it.
    pub(super) fn private_key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        if !self.is_pem() {
            return PrivateKeyDer::try_from(self.bytes.to_vec())
                .map_err(|_| self.unusable(self.otherwise("it is no private key in PKCS#8".to_owned())));
        }
        let is_key = |kind| {
            matches!(kind, SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey)
        };
        self.sections(is_key)?;
        PrivateKeyDer::from_pem_slice(&self.bytes).map_err(|_| {
            let problem = match self.holds(b"ENCRYPTED") {
                true => ENCRYPTED,
                false => "it holds no section '-----BEGIN PRIVATE KEY-----'",
            };
            self.unusable(problem.to_owned())
        })
    }

    /// The revocation lists in it.
    pub(super) fn revocations(&self) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
        let found = match self.is_pem() {
            true => self.sections(|kind| kind == SectionKind::Crl)?,
            false => vec![self.bytes.to_vec()],
        };
        match found.is_empty() {
            true => Err(self.unusable("it holds no section '-----BEGIN X509 CRL-----'".to_owned())),
            false => Ok(found.into_iter().map(CertificateRevocationListDer::from).collect()),
        }
    }

    pub(super) fn unusable(&self, problem: String) -> TlsError {
        TlsError::Unusable { what: self.what, source_name: self.name.clone(), problem }
    }

    fn is_pem(&self) -> bool {
        self.holds(b"-----BEGIN ")
    }

    fn holds(&self, text: &[u8]) -> bool {
        self.bytes.windows(text.len()).any(|window| window == text)
    }

    fn sections(&self, wanted: impl Fn(SectionKind) -> bool) -> Result<Vec<Vec<u8>>, TlsError> {
        let mut found = Vec::new();
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(&self.bytes) {
            match section {
                Ok((kind, bytes)) if wanted(kind) => found.push(bytes),
                Ok(_) => {}
                Err(error) => return Err(self.unusable(format!("its PEM cannot be read: {error:?}"))),
            }
        }
        Ok(found)
    }

    /// What it may be instead of what was looked for.
    fn otherwise(&self, problem: String) -> String {
        let contents = contents_of_sequence(&self.bytes).unwrap_or(&[]);
        let nested = contents_of_sequence(contents).unwrap_or(&[]);
        if contents.starts_with(&[2, 1, 3]) {
            return PKCS12.to_owned();
        }
        if contents.starts_with(PKCS7) {
            return "it is PKCS#7: convert it by 'openssl pkcs7 -inform DER -print_certs -in FILE -out FILE.pem'".to_owned();
        }
        if nested.starts_with(PKCS5) {
            return ENCRYPTED.to_owned();
        }
        problem
    }
}

const PKCS12: &str = "it is PKCS#12, which has a pass phrase: convert it by \
    'openssl pkcs12 -nodes -in FILE.pfx -out FILE.pem', which holds certificate and key";
const ENCRYPTED: &str = "the key is encrypted by a pass phrase: write it without one by \
    'openssl pkcs8 -topk8 -nocrypt -in FILE -out FILE.pem', readable by its owner only";
/// The object identifiers of signed data, and of what encrypts by pass phrases.
const PKCS7: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const PKCS5: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05];

/// What follows the tag and the length of a SEQUENCE.
fn contents_of_sequence(der: &[u8]) -> Option<&[u8]> {
    let (&[tag, length], rest) = der.split_first_chunk::<2>()?;
    match (tag, length) {
        (0x30, ..=0x80) => Some(rest),
        (0x30, 0x81..=0x84) => rest.get(usize::from(length & 0x7F)..),
        _ => None,
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.len() as u64 > LARGEST_FILE {
        true => Err(format!("it has more than {} MiB", LARGEST_FILE >> 20)),
        false => Ok(bytes),
    }
}

/// The files of a folder, in the order of their names; `None` when the source is no folder.
pub(super) fn files(source: &Source) -> Result<Option<Vec<PathBuf>>, String> {
    let Source::File(folder) = source else { return Ok(None) };
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase);
        if extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str())) {
            paths.push(path);
        }
        if paths.len() > MOST_FILES {
            return Err(format!("the folder holds more than {MOST_FILES} certificates"));
        }
    }
    paths.sort();
    Ok(Some(paths))
}
