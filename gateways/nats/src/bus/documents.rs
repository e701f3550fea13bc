//! Metadata, and rights, in the bucket.
//!
//! `shared.metadata.SOURCE` names the document: its hash, how many pieces it has, and its length. The pieces, compressed with
//! GZip, are `document.SOURCE.HASH.NUMBER`. The name is written when all pieces are there, so that nobody reads half a
//! document; its revision is the document's. `shared.rights` is the text of a file of rights.

use std::pin::Pin;

use async_nats::jetstream::kv::{EntryError, Operation as KvOperation, Store, UpdateErrorKind, Watch};
use futures_util::StreamExt;
use ring::digest::{SHA256, digest};
use sttp::codec::gzip;

use crate::operation::log;

/// Bytes of a piece: far below what a message of NATS may have.
const PIECE: usize = 256 << 10;
/// Most pieces, compressed, and most bytes, not compressed, that are believed.
const MOST_PIECES: usize = 1024;
const LONGEST_DOCUMENT: usize = 512 << 20;
/// Attempts to put a document while others put theirs.
const ATTEMPTS: usize = 5;
/// In front of the keys that are watched.
const SHARED: &str = "shared.";
const RIGHTS: &str = "shared.rights";
const METADATA: &str = "shared.metadata.";

/// What has changed in the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// The metadata of a source, with their revision.
    Metadata { source: String, revision: u64, name: String },
    /// There are none any more.
    NoMetadata { source: String },
    /// What subscribers may.
    Rights { text: String, revision: u64 },
    /// Nothing says that any more.
    NoRights,
}

/// Why a document is not put.
#[derive(Debug, thiserror::Error)]
enum PutError {
    #[error("others put theirs meanwhile")]
    Overtaken,
    #[error("{0}")]
    Failed(String),
}

/// Documents in the bucket.
#[derive(Clone)]
pub(crate) struct Documents {
    bucket: Store,
}

impl Documents {
    pub(crate) fn new(bucket: Store) -> Documents {
        Documents { bucket }
    }

    /// Puts the metadata of a source there, unless they are; their revision.
    pub(crate) async fn put(&self, source: &str, document: &[u8]) -> Result<u64, String> {
        let hash = hash_of(document);
        let mut attempts = 1;
        loop {
            match self.try_put(source, document, &hash).await {
                Ok(revision) => return Ok(revision),
                Err(PutError::Overtaken) if attempts < ATTEMPTS => attempts += 1,
                Err(error) => {
                    let why = format!("the metadata of {source} cannot be put into the bucket: {error}");
                    return Err(why);
                }
            }
        }
    }

    async fn try_put(&self, source: &str, document: &[u8], hash: &str) -> Result<u64, PutError> {
        let wrong = |error: &dyn std::fmt::Display| PutError::Failed(error.to_string());
        let key = format!("{METADATA}{source}");
        let before = self.bucket.entry(&key).await.map_err(|error| wrong(&error))?;
        let revision_before = before.as_ref().map_or(0, |entry| entry.revision);
        let before = before.filter(|entry| entry.operation == KvOperation::Put);
        let name_before = before.as_ref().and_then(|entry| Name::read(&entry.value));
        if let (Some(entry), Some(name)) = (&before, &name_before)
            && name.hash == hash
        {
            return Ok(entry.revision);
        }
        let compressed = gzip::compress(document);
        let name =
            Name { hash: hash.to_owned(), pieces: compressed.len().div_ceil(PIECE), length: document.len() };
        for (number, piece) in compressed.chunks(PIECE).enumerate() {
            let put = self.bucket.put(name.piece(source, number), piece.to_vec().into()).await;
            put.map_err(|error| wrong(&error))?;
        }
        let old = self.old_pieces(source, name_before).await.map_err(|error| wrong(&error))?;
        // Unless another ingest was faster, which may have removed the pieces that were put here.
        let put = self.bucket.update(&key, name.text().into(), revision_before).await;
        let revision = put.map_err(|error| match error.kind() {
            UpdateErrorKind::WrongLastRevision => PutError::Overtaken,
            _ => wrong(&error),
        })?;
        for (piece, revision) in old {
            let purged = self.bucket.purge_expect_revision(&piece, Some(revision)).await;
            if let Err(error) = purged {
                // Somebody needs it again, and has put it; else it is some bytes that nobody reads.
                log::debug!("{piece} is not removed: {error}");
            }
        }
        Ok(revision)
    }

    /// Pieces of a document that is about to be replaced, with their revisions: who puts one again later keeps it.
    async fn old_pieces(&self, source: &str, name: Option<Name>) -> Result<Vec<(String, u64)>, EntryError> {
        let mut pieces = Vec::new();
        let Some(name) = name else { return Ok(pieces) };
        for number in 0..name.pieces {
            let key = name.piece(source, number);
            if let Some(entry) = self.bucket.entry(&key).await? {
                pieces.push((key, entry.revision));
            }
        }
        Ok(pieces)
    }

    /// The document that a [change](Change::Metadata) names.
    pub(crate) async fn get(&self, source: &str, name: &str) -> Result<Vec<u8>, String> {
        let wrong = |error: &dyn std::fmt::Display| {
            format!("the metadata of {source} cannot be read from the bucket: {error}")
        };
        let name = Name::read(name.as_bytes()).ok_or_else(|| wrong(&"their name is none"))?;
        let mut compressed = Vec::new();
        for number in 0..name.pieces {
            let piece = self.bucket.get(name.piece(source, number)).await.map_err(|error| wrong(&error))?;
            compressed.extend_from_slice(
                &piece.ok_or_else(|| wrong(&"a piece is missing; others may be put now"))?,
            );
        }
        let document = gzip::decompress(&compressed, name.length).map_err(|error| wrong(&error))?;
        match hash_of(&document) == name.hash {
            true => Ok(document),
            false => Err(wrong(&"they are not what their name says")),
        }
    }

    /// Puts what subscribers may there; its revision.
    pub(crate) async fn put_rights(&self, text: &str) -> Result<u64, String> {
        let put = self.bucket.put(RIGHTS, text.to_owned().into()).await;
        put.map_err(|error| format!("the rights cannot be put into the bucket: {error}"))
    }

    /// What is there, then what changes, as it changes.
    pub(crate) async fn watch(&self) -> Result<Changes, String> {
        let watch = self.bucket.watch_with_history(format!("{SHARED}>")).await;
        let watch = watch.map_err(|error| format!("the bucket cannot be watched: {error}"))?;
        Ok(Changes { watch: Box::pin(watch) })
    }
}

/// Changes as they come.
pub(crate) struct Changes {
    watch: Pin<Box<Watch>>,
}

impl Changes {
    /// The next one.
    pub(crate) async fn next(&mut self) -> Result<Change, String> {
        loop {
            let entry = match self.watch.next().await {
                Some(Ok(entry)) => entry,
                Some(Err(error)) => return Err(format!("the bucket is not watched any more: {error}")),
                None => return Err("the bucket is not watched any more".into()),
            };
            let is_put = entry.operation == KvOperation::Put;
            let text = String::from_utf8_lossy(&entry.value).into_owned();
            match entry.key.strip_prefix(METADATA) {
                Some(source) if is_put => {
                    return Ok(Change::Metadata {
                        source: source.into(),
                        revision: entry.revision,
                        name: text,
                    });
                }
                Some(source) => return Ok(Change::NoMetadata { source: source.into() }),
                None if entry.key == RIGHTS && is_put => {
                    return Ok(Change::Rights { text, revision: entry.revision });
                }
                None if entry.key == RIGHTS => return Ok(Change::NoRights),
                None => {}
            }
        }
    }
}

/// A document's name.
struct Name {
    hash: String,
    pieces: usize,
    length: usize,
}

impl Name {
    fn read(text: &[u8]) -> Option<Name> {
        let text = std::str::from_utf8(text).ok()?;
        let mut words = text.split(' ');
        let name = Name {
            hash: words.next()?.to_owned(),
            pieces: words.next()?.parse().ok()?,
            length: words.next()?.parse().ok()?,
        };
        let is_hash = name.hash.len() == 32 && name.hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_good = is_hash && name.pieces <= MOST_PIECES && name.length <= LONGEST_DOCUMENT;
        (words.next().is_none() && is_good).then_some(name)
    }

    fn text(&self) -> String {
        format!("{} {} {}", self.hash, self.pieces, self.length)
    }

    fn piece(&self, source: &str, number: usize) -> String {
        format!("document.{source}.{}.{number}", self.hash)
    }
}

fn hash_of(document: &[u8]) -> String {
    let hash = digest(&SHA256, document);
    hash.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
