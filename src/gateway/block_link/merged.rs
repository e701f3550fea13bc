//! The metadata of a publisher, merged of what comes over all links of an input.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::LinkId;
use super::relay::Relay;
use crate::metadata::{DataSet, DataSetBuilder, Metadata, MetadataError};

/// The metadata of all links.
pub(super) struct Merged {
    relay: Arc<Relay>,
    /// Those of each link, None before they have come.
    links: Mutex<BTreeMap<LinkId, Option<Arc<Metadata>>>>,
}

impl Merged {
    pub(super) fn new(relay: &Arc<Relay>) -> Merged {
        Merged { relay: Arc::clone(relay), links: Mutex::default() }
    }

    fn links(&self) -> MutexGuard<'_, BTreeMap<LinkId, Option<Arc<Metadata>>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is another link.
    pub(super) fn add(&self, link: LinkId) {
        self.links().insert(link, None);
    }

    /// A link has told its metadata: the publisher publishes what all have.
    pub(super) fn set(&self, link: LinkId, metadata: Arc<Metadata>) -> Result<(), String> {
        let mut links = self.links();
        // A link that was removed may have some on the way.
        let Some(known) = links.get_mut(&link) else { return Ok(()) };
        *known = Some(metadata);
        self.publish_these(&links)
    }

    /// A link is none of the input any more, nor are its streams.
    pub(super) fn remove(&self, link: LinkId) -> Result<(), String> {
        let mut links = self.links();
        let had_streams = self.relay.remove(link);
        match links.remove(&link) {
            Some(None) | None if !had_streams => Ok(()),
            _ => self.publish_these(&links),
        }
    }

    /// The publisher publishes what all have: streams have changed.
    pub(super) fn publish(&self) -> Result<(), String> {
        self.publish_these(&self.links())
    }

    fn publish_these(&self, links: &BTreeMap<LinkId, Option<Arc<Metadata>>>) -> Result<(), String> {
        let known: Vec<&Arc<Metadata>> = links.values().flatten().collect();
        let all = merge(&known, !self.relay.is_empty()).map_err(|error| error.to_string())?;
        // Without one, the input is being dropped.
        let Ok(publisher) = self.relay.publisher() else { return Ok(()) };
        let (all, described) = self.relay.describe(&all);
        publisher.set_metadata(all).map_err(|error| error.to_string())?;
        self.relay.set_known(described);
        Ok(())
    }
}

/// The metadata of all links, rows of later ones over those of earlier ones; in tables that others may be added to, if some are.
fn merge(links: &[&Arc<Metadata>], are_added_to: bool) -> Result<Arc<Metadata>, MetadataError> {
    let standard = match (links, are_added_to) {
        ([], _) | (_, true) => Some(Arc::new(Metadata::new(DataSetBuilder::standard()?.finish()))),
        _ => None,
    };
    let parts: Vec<&Arc<Metadata>> = standard.iter().chain(links.iter().copied()).collect();
    match parts[..] {
        [one] => Ok(Arc::clone(one)),
        _ => {
            let mut all: Option<DataSet> = None;
            for pair in parts.windows(2) {
                let own = all.as_ref().unwrap_or(pair[0].data_set());
                let (builder, _) = DataSetBuilder::from_merged(own, pair[1].data_set())?;
                all = Some(builder.finish());
            }
            Ok(Arc::new(Metadata::new(all.unwrap_or(DataSetBuilder::standard()?.finish()))))
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn metadata(signals: std::ops::Range<u128>) -> Arc<Metadata> {
        let mut builder = DataSetBuilder::standard().unwrap();
        let table = builder.table_index("MeasurementDetail").unwrap();
        for number in signals {
            let row = builder.append_row(table).unwrap();
            row.set("SignalID", Uuid::from_u128(number)).unwrap();
        }
        Arc::new(Metadata::new(builder.finish()))
    }

    #[test]
    fn metadata_of_links_are_merged_and_signals_of_one_id_are_one() {
        let [first, second, third] = [metadata(1..11), metadata(6..16), metadata(20..21)];
        for are_added_to in [false, true] {
            let signals =
                |links: &[&Arc<Metadata>]| merge(links, are_added_to).unwrap().measurements().count();
            assert_eq!(signals(&[]), 0);
            assert_eq!(signals(&[&first]), 10);
            assert_eq!(signals(&[&first, &second, &third]), 16);
            assert_eq!(signals(&[&first, &third]), 11);
        }
        assert!(Arc::ptr_eq(&merge(&[&first], false).unwrap(), &first), "one link has its own");
        let nothing = Arc::new(Metadata::new(DataSetBuilder::new("Nothing").finish()));
        let tables = merge(&[&nothing], true).unwrap();
        assert!(tables.data_set().table("DeviceDetail").is_some(), "there is a place for streams");
    }
}
