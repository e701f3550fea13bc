//! Metadata: reading, writing.
//!
//! Metadata describe devices, measurements and phasors, in tables. A handle of them never changes, so that any number
//! of threads may read it; to change metadata, build new ones from them. They come from the callback of
//! sttp_subscriber_on_metadata, which lends a handle (keep it with sttp_metadata_clone), from XML, or from a builder.
//!
//! ```c
//! static void list_devices(const sttp_metadata *metadata) {
//!     size_t count = 0;
//!     sttp_device device;
//!     sttp_metadata_device_count(metadata, &count);
//!     for (size_t row = 0; row < count; row++) {
//!         if (sttp_metadata_device(metadata, row, &device, sizeof device) == STTP_OK) {
//!             printf("%s: %s\n", device.acronym, device.name);
//!         }
//!     }
//! }
//! ```

pub(super) mod combine;
pub(super) mod evaluate;
pub(super) mod findings;
pub(super) mod links;
pub(super) mod records;
pub(super) mod references;
pub(super) mod select;
pub(super) mod tables;
pub(super) mod values;

use std::ffi::{CString, c_char};
use std::sync::{Arc, OnceLock};

use crate::capi::metadata::findings::FindingTexts;
use crate::capi::metadata::tables::NameCache;
use crate::capi::shared::arguments::{check, elements, give, output, reference, take};
use crate::capi::shared::guard::{c_string, guard, guard_or};
use crate::error::Error;
use crate::metadata::{DataSet, Limits, Metadata, MetadataError};

/// Describes devices, measurements and phasors. Immutable, so that any number of threads may read the same
/// handle at the same time; clones share it.
pub struct sttp_metadata(Arc<Shared>);

struct Shared {
    metadata: Arc<Metadata>,
    /// Texts that C asked for, made once.
    xml: OnceLock<CString>,
    names: NameCache,
    findings: OnceLock<Vec<FindingTexts>>,
}

impl sttp_metadata {
    pub(super) fn new(metadata: Arc<Metadata>) -> sttp_metadata {
        sttp_metadata(Arc::new(Shared {
            metadata,
            xml: OnceLock::new(),
            names: NameCache::default(),
            findings: OnceLock::new(),
        }))
    }

    pub(super) fn shared(&self) -> Arc<Metadata> {
        Arc::clone(&self.0.metadata)
    }

    pub(super) fn get(&self) -> &Metadata {
        &self.0.metadata
    }

    fn name_cache(&self) -> &NameCache {
        &self.0.names
    }

    /// The texts of the findings that are listed.
    fn finding_texts(&self) -> &[FindingTexts] {
        self.0.findings.get_or_init(|| FindingTexts::of_all(self.get().validate()))
    }
}

/// Reads metadata from their XML, as publishers send it. What is wrong with them but can be lived with, such as cells
/// that cannot be read, sttp_metadata_finding tells.
///
/// \param xml       The document, in UTF-8 or UTF-16; needs no NUL.
/// \param length    Bytes of the document.
/// \param metadata  Receives the metadata.
/// \return STTP_ERR_METADATA when the document is not that of a data set; the message says where.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_parse(
    xml: *const c_char,
    length: usize,
    metadata: *mut *mut sttp_metadata,
) -> i32 {
    guard(|| {
        check(xml, "xml")?;
        // SAFETY: the contract of the header.
        let (xml, metadata) =
            unsafe { (elements(xml.cast::<u8>(), length, "xml")?, output(metadata, "metadata")?) };
        let data_set = DataSet::from_xml(xml, &Limits::default()).map_err(refused)?;
        give(metadata, sttp_metadata::new(Arc::new(Metadata::new(data_set))));
        Ok(())
    })
}

/// Makes sample metadata: three devices with 30 frames a second.
///
/// \param metadata  Receives the metadata.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_sample(metadata: *mut *mut sttp_metadata) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let metadata = unsafe { output(metadata, "metadata")? };
        let sample = DataSet::sample().map_err(refused)?;
        give(metadata, sttp_metadata::new(Arc::new(Metadata::new(sample))));
        Ok(())
    })
}

/// Makes another handle of the same metadata, which lives on when this one is freed. Copies nothing.
///
/// \param metadata  The metadata; also those that a callback is handed.
/// \param clone     Receives the other handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_clone(
    metadata: *const sttp_metadata,
    clone: *mut *mut sttp_metadata,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, clone) = unsafe { (reference(metadata, "metadata")?, output(clone, "clone")?) };
        give(clone, sttp_metadata(Arc::clone(&metadata.0)));
        Ok(())
    })
}

/// Frees a handle of metadata. What publishers use, and other clones, stay.
///
/// \param metadata  The metadata, or NULL. Not those that a callback is handed.
/// *Ownership*: the handle is gone, and with it the texts of its records, unless a clone lives.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_free(metadata: *mut sttp_metadata) {
    // SAFETY: the contract of the header.
    guard_or((), || drop(unsafe { take(metadata) }));
}

/// Writes metadata as XML: the document that publishers send.
///
/// \param xml     Receives the document, in UTF-8 with a closing NUL.
/// \param length  Receives its bytes without the NUL.
/// *Blocks*: no; the first call writes the document, which takes long for large metadata.
/// *Ownership*: the document is the library's and stays valid until the handle is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_to_xml(
    metadata: *const sttp_metadata,
    xml: *mut *const c_char,
    length: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, xml, length) =
            unsafe { (reference(metadata, "metadata")?, output(xml, "xml")?, output(length, "length")?) };
        let document = metadata.0.xml.get_or_init(|| c_string(metadata.get().data_set().to_xml()));
        xml.write(document.as_ptr());
        length.write(document.count_bytes());
        Ok(())
    })
}

/// Tells the version of the schema that metadata follow; that of STTP publishers today is 14.
///
/// \param version  Receives the version.
/// \return STTP_ERR_NOT_FOUND when the metadata do not say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_schema_version(
    metadata: *const sttp_metadata,
    version: *mut i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, version) = unsafe { (reference(metadata, "metadata")?, output(version, "version")?) };
        let found = metadata.shared().schema_version();
        version.write(found.ok_or_else(|| Error::NotFound("the metadata have no schema version".into()))?);
        Ok(())
    })
}

pub(super) fn refused(error: MetadataError) -> Error {
    Error::Metadata(error.into())
}
