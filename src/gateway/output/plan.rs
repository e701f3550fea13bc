//! What a stream is to be like, found to be possible.

use crate::Ticks;
use crate::c37118::concentrator::{Selection, StreamDefinition, StreamSettings, WaitBy};
use crate::c37118::encapsulation::EncapsulatedStream;
use crate::c37118::{Format, NominalFrequency, Version};
use crate::engine::{Address, ListeningPort};
use crate::error::Error;
use crate::filter::{Allowance, Filter};
use crate::host;
use crate::metadata::Metadata;
use crate::settings::{C37118Format, C37118OutputSetup};

/// A stream that can be served.
pub(super) struct Plan {
    pub(super) setup: C37118OutputSetup,
    pub(super) port: Option<ListeningPort>,
    pub(super) targets: Vec<Address>,
}

impl Plan {
    /// Opens the port.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the settings do not go together, [`Error::Io`] when the system refuses.
    pub(super) fn new(setup: &C37118OutputSetup) -> Result<Plan, Error> {
        setup.check_runs()?;
        let targets = setup.targets()?;
        let port = match setup.listening() {
            None => None,
            Some(address) => {
                let parsed =
                    Address::local(&address).map_err(|error| Error::InvalidArgument(error.to_string()))?;
                let opened = ListeningPort::open(&parsed)
                    .map_err(|source| Error::io(format!("cannot listen on {address}"), source))?;
                Some(opened)
            }
        };
        Ok(Plan { setup: setup.clone(), port, targets })
    }
}

impl Plan {
    /// Frames of a device are passed on.
    pub(super) fn relays(&self) -> bool {
        !self.setup.relay.trim().is_empty()
    }
}

/// What a stream is to be made of.
pub(super) enum Made {
    /// Of measurements.
    Measurements(Box<StreamDefinition>),
    /// Of the frames of a device, which are passed on.
    Frames(EncapsulatedStream),
}

/// What the settings mean for the metadata of a publisher, which takes long where these are large; the error is for
/// operators.
pub(super) fn made_of(setup: &C37118OutputSetup, metadata: &Metadata, utc: Ticks) -> Result<Made, String> {
    let device = setup.relay.trim();
    if device.is_empty() {
        let definition = StreamDefinition::new(stream_settings(setup, metadata)?, metadata, utc);
        return definition
            .map(|definition| Made::Measurements(definition.into()))
            .map_err(|error| error.to_string());
    }
    let streams = EncapsulatedStream::of_metadata(metadata.data_set());
    let found = streams.into_iter().find(|stream| stream.device.eq_ignore_ascii_case(device));
    found.map(Made::Frames).ok_or_else(|| format!("the publisher has no frames of a device {device}"))
}

fn stream_settings(setup: &C37118OutputSetup, metadata: &Metadata) -> Result<StreamSettings, String> {
    Ok(StreamSettings {
        id_code: setup.id_code,
        version: if setup.version == 2 { Version::V2 } else { Version::V1 },
        data_rate: setup.rate.try_into().unwrap_or(i16::MAX),
        format: format(setup.format),
        nominal_frequency: NominalFrequency(u16::from(setup.nominal_frequency == 50)),
        lag: setup.lag,
        lead: setup.lead,
        wait_by: if setup.by_arrival { WaitBy::Arrival } else { WaitBy::Clock },
        selection: selection(setup, metadata)?,
        ..StreamSettings::default()
    })
}

fn format(format: C37118Format) -> Option<Format> {
    let floats = Format::FLOAT_PHASORS | Format::FLOAT_ANALOGS | Format::FLOAT_FREQUENCY;
    match format {
        C37118Format::Device => None,
        C37118Format::PolarFloat => Some(Format(floats | Format::POLAR)),
        C37118Format::RectangularFloat => Some(Format(floats)),
        C37118Format::PolarInteger => Some(Format(Format::POLAR)),
        C37118Format::RectangularInteger => Some(Format(0)),
    }
}

/// What of the metadata goes into the stream.
fn selection(setup: &C37118OutputSetup, metadata: &Metadata) -> Result<Selection, String> {
    let devices = setup.wanted_devices();
    match setup.filter.trim() {
        "" if devices.is_empty() => Ok(Selection::All),
        "" => Ok(Selection::Devices(devices)),
        text => {
            let filter = Filter::parse(text).map_err(|error| error.to_string())?;
            let selected = filter.select_signals(metadata, host::utc(), &mut Allowance::default());
            let selected = selected.map_err(|error| error.to_string())?;
            Ok(Selection::Signals(selected.iter().filter_map(|signal| signal.signal_id()).collect()))
        }
    }
}
