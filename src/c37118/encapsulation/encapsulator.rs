//! Frames to buffer blocks.

use std::sync::Arc;

use uuid::Uuid;

use super::super::channels;
use super::super::configuration::Configuration;
use super::super::error::C37118Error;
use super::super::frame::{Frame, FrameType, Version};
use super::super::mapping::{MappingError, device_acronym, signal_id};
use super::EncapsulatedStream;
use super::descriptions::{Change, Descriptions};
use crate::Ticks;
use crate::metadata::DataSetBuilder;

/// Frames of a device to buffer blocks.
#[derive(Debug)]
pub struct Encapsulator {
    name: String,
    stream: EncapsulatedStream,
    descriptions: Descriptions,
    has_new_metadata: bool,
}

/// A buffer block to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// Its signal.
    pub signal_id: Uuid,
    /// The frame, byte by byte.
    pub bytes: &'a [u8],
}

impl Encapsulator {
    /// For the device of that name. Signal IDs are made of its acronym.
    pub fn new(name: &str) -> Encapsulator {
        let device = device_acronym(name);
        let stream = EncapsulatedStream {
            data_signal: signal_id(&data_reference(&device)),
            configuration_signal: signal_id(&configuration_reference(&device)),
            device,
            id_code: 0,
        };
        Encapsulator {
            name: name.to_owned(),
            stream,
            descriptions: Descriptions::default(),
            has_new_metadata: true,
        }
    }

    /// The stream as metadata tell it.
    pub fn stream(&self) -> &EncapsulatedStream {
        &self.stream
    }

    /// What the data frames carry, as far as it is known.
    pub fn configuration(&self) -> Option<&Arc<Configuration>> {
        self.descriptions.configuration()
    }

    /// The block to publish for a frame of the device: none for commands, and none for a configuration or
    /// a header that is as it was but for its time. Configuration and header frames are kept for
    /// [`again`](Self::again).
    ///
    /// # Errors
    ///
    /// [`C37118Error`] when a configuration does not mean anything. It is not published.
    pub fn take<'a>(&mut self, frame: &Frame<'a>) -> Result<Option<Block<'a>>, C37118Error> {
        let signal_id = match frame.kind {
            FrameType::Data => self.stream.data_signal,
            FrameType::Command => return Ok(None),
            _ => self.stream.configuration_signal,
        };
        if frame.kind != FrameType::Data {
            match self.descriptions.take(frame)? {
                Change::None => return Ok(None),
                Change::Configuration => {
                    self.stream.id_code = frame.id_code;
                    self.has_new_metadata = true;
                }
                Change::Piece | Change::Text => {}
            }
        }
        Ok(Some(Block { signal_id, bytes: frame.bytes }))
    }

    /// Whether the [metadata](Self::describe) changed since this was asked last.
    pub fn has_new_metadata(&mut self) -> bool {
        std::mem::take(&mut self.has_new_metadata)
    }

    /// The configuration and header frames, which each new subscriber is to get.
    pub fn again(&self) -> impl Iterator<Item = Block<'_>> {
        let signal_id = self.stream.configuration_signal;
        self.descriptions.frames().map(move |bytes| Block { signal_id, bytes })
    }

    /// Adds the device, its two signals and its channels to metadata that have the standard tables, as changed
    /// at `updated_on`. `source` is in front of measurement keys.
    ///
    /// # Errors
    ///
    /// [`MappingError`] when the metadata do not hold them.
    pub fn describe(
        &self,
        metadata: &mut DataSetBuilder,
        source: &str,
        updated_on: Ticks,
    ) -> Result<(), MappingError> {
        let EncapsulatedStream { device, data_signal, configuration_signal, id_code } = &self.stream;
        let configuration = self.descriptions.configuration();
        let rate =
            configuration.map(|configuration| configuration.frames_per_second().round().max(1.0) as i32);
        let version = configuration.map_or(Version::V1, |configuration| configuration.version);
        let table = |metadata: &DataSetBuilder, name: &str| metadata.table_index(name).unwrap_or_default();
        let (devices, measurements) = (table(metadata, "DeviceDetail"), table(metadata, "MeasurementDetail"));
        metadata
            .append_row(devices)?
            .set("UniqueID", signal_id(device))?
            .set("IsConcentrator", false)?
            .set("Acronym", device.as_str())?
            .set("Name", self.name.as_str())?
            .set("AccessID", *id_code)?
            .set("ProtocolName", version.protocol_name())?
            .set("FramesPerSecond", rate)?
            .set("Enabled", true)?
            .set("UpdatedOn", updated_on)?;
        let signals = [
            (*data_signal, data_reference(device), "DATA", "data frames"),
            (
                *configuration_signal,
                configuration_reference(device),
                "CONFIGURATION",
                "configuration and header frames",
            ),
        ];
        for (signal_id, reference, tag, what) in signals {
            let key = format!("{source}:{}", metadata.row_count(measurements) + 1);
            metadata
                .append_row(measurements)?
                .set("DeviceAcronym", device.as_str())?
                .set("ID", key.as_str())?
                .set("SignalID", signal_id)?
                .set("PointTag", format!("{device}:C37118{tag}").as_str())?
                .set("SignalReference", reference.as_str())?
                .set("SignalAcronym", "CALC")?
                .set("Description", format!("{device}: {what} of C37.118 as buffer blocks").as_str())?
                .set("Internal", true)?
                .set("Enabled", true)?
                .set("UpdatedOn", updated_on)?;
        }
        super::streams::add(metadata, &self.stream)?;
        for index in 0..configuration.map_or(0, |configuration| configuration.pmus.len()) {
            if let Some(configuration) = configuration {
                channels::add_channels(metadata, device, configuration, index, |_, _| *data_signal)?;
            }
        }
        Ok(())
    }
}

/// Signals of this kind are nothing to those who do not know better.
fn data_reference(device: &str) -> String {
    format!("{device}-CV1")
}

fn configuration_reference(device: &str) -> String {
    format!("{device}-CV2")
}
