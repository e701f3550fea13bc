//! What a session is given to be sent: measurements and frames of C37.118, and the documents that say what they are.

use std::sync::Arc;

use bytes::Bytes;

use super::super::c37118::Slots;
use super::super::documents::{DocumentKind, DocumentName, MOST_PIECES};
use super::super::feature::Feature;
use super::receiving::read_configuration;
use super::repetition::piece_size;
use super::{FrameRefused, LinkSession};
use crate::c37118::{Configuration, Frame, FrameType};
use crate::codec::gzip;
use crate::host::Moment;
use crate::measurement::Measurement;
use crate::metadata::Metadata;
use crate::operator::Severity;

impl LinkSession {
    /// Sets or changes the metadata of what is sent, which subscriptions are evaluated with.
    pub fn set_metadata(&mut self, metadata: Arc<Metadata>, now: Moment) {
        let content = gzip::compress(&metadata.data_set().to_xml());
        self.metadata = Some(metadata);
        if self.sending.set_document(DocumentName::METADATA, Bytes::from(content)) {
            self.tell_document(DocumentName::METADATA, now);
        }
        self.metadata_changed(now);
    }

    /// The metadata of what is sent.
    pub fn metadata(&self) -> Option<&Arc<Metadata>> {
        self.metadata.as_ref()
    }

    /// Sets or changes the configuration of a stream of C37.118, whose data frames are given to
    /// [`publish_frame`](Self::publish_frame): its configuration frames as the device sent them, one behind the other, of which the last
    /// CFG-2 or CFG-3 counts.
    ///
    /// # Errors
    ///
    /// [`FrameRefused::NoConfiguration`] when there is none among them.
    pub fn set_configuration(&mut self, frames: Bytes, now: Moment) -> Result<(), FrameRefused> {
        let configuration: Configuration =
            read_configuration(&frames).ok_or(FrameRefused::NoConfiguration)?;
        let name = DocumentName::configuration(configuration.id_code);
        let needs_agreement = self.sending.set_stream(Slots::new(Arc::new(configuration)));
        if self.sending.set_document(name, frames) {
            self.tell_document(name, now);
        }
        if needs_agreement {
            self.renegotiate(now);
        }
        Ok(())
    }

    /// Sends measurements: those that the other side has subscribed to, or, where it cannot, those that the settings say.
    pub fn publish(&mut self, measurements: &[Measurement], now: Moment) {
        if self.is_open && self.sends() {
            self.sending.publish(measurements, &mut self.outbox, &mut self.ground, now);
        }
    }

    /// Sends a data frame of C37.118, as a data point for each of its values, by the configuration that was set.
    ///
    /// # Errors
    ///
    /// [`FrameRefused`] when it is none, or by another configuration, or blocks are too small for its names.
    pub fn publish_frame(&mut self, frame: &Frame<'_>) -> Result<(), FrameRefused> {
        if frame.kind != FrameType::Data {
            return Err(FrameRefused::NotData(frame.kind.name()));
        }
        if !self.is_open {
            return Ok(());
        }
        self.sending.publish_frame(frame, &mut self.outbox, &mut self.ground)
    }

    /// Says what a document is now, as soon as anything is agreed.
    pub(super) fn tell_document(&mut self, name: DocumentName, now: Moment) {
        let Some(document) = self.sending.document(name).filter(|_| self.outbox.has(Feature::Documents))
        else {
            return;
        };
        if piece_size(document, self.outbox.room()).is_some() {
            return self.sending.tell_current(name, &mut self.outbox);
        }
        let what = match name.kind {
            DocumentKind::Metadata => "The metadata are not sent: they have".to_owned(),
            DocumentKind::C37118Configuration => {
                format!("The configuration of stream {} is not sent: it has", name.subject)
            }
        };
        let length = document.edition.length;
        let text = format!(
            "{what} {length} bytes, which is more than {MOST_PIECES} pieces; raise blockSize at both sides, or publish fewer signals"
        );
        self.ground.message(Severity::Error, text, now);
    }
}
