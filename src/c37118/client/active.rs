//! The configuration in use.

use std::sync::Arc;

use bytes::Bytes;

use crate::c37118::{Configuration, DataLayout};

/// A configuration, and how it lays out data frames.
#[derive(Debug)]
pub(super) struct ActiveConfiguration {
    pub(super) configuration: Arc<Configuration>,
    pub(super) layout: DataLayout,
    /// As it came.
    pub(super) frames: Arc<[Bytes]>,
}
