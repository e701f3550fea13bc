//! Which configuration data frames are read by.

use std::sync::Arc;

use bytes::Bytes;

use super::active::ActiveConfiguration;
use super::ground::{Ground, PendingOutput};
use crate::c37118::frame::are_same_but_for_times;
use crate::c37118::{C37118Error, Configuration, ConfigurationForm, DataLayout, Fragments, Frame, FrameType};
use crate::host::Moment;
use crate::operator::Severity;
use crate::settings::RequestedConfiguration;

/// What became of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Data frames are read by it from now on.
    InUse,
    /// It says what is known already, or less of it.
    Known,
    /// It says that the one in use, of another form, is outdated.
    Outdated,
    /// It cannot be used.
    Refused,
}

#[derive(Debug, Default)]
pub(super) struct Configurations {
    active: Option<Arc<ActiveConfiguration>>,
    /// The device has told it in this connection, or could not be asked.
    is_confirmed: bool,
    fragments: Fragments,
    /// The pieces that `fragments` has taken, as they came.
    pieces: Vec<Bytes>,
    /// Header frame and configurations as they were told last, for those who pass them on.
    described: Vec<(FrameType, Arc<[Bytes]>)>,
}

impl Configurations {
    /// The configuration that data frames are read by now.
    pub(super) fn confirmed(&self) -> Option<&Arc<ActiveConfiguration>> {
        self.active.as_ref().filter(|_| self.is_confirmed)
    }

    /// Another connection begins or has ended. Where nobody can ask, the configuration stays in use.
    pub(super) fn restart(&mut self, ground: &Ground) {
        self.is_confirmed &= !ground.can_command();
        self.forget_pieces();
    }

    fn forget_pieces(&mut self) {
        self.fragments = Fragments::default();
        self.pieces.clear();
    }

    /// Takes a piece of a CFG-3. Returns what became of the configuration when it was the last one.
    pub(super) fn take_piece(
        &mut self,
        frame: &Frame<'_>,
        index: u16,
        ground: &mut Ground,
        now: Moment,
    ) -> Option<Verdict> {
        if index == 1 {
            self.pieces.clear();
        }
        self.pieces.push(Bytes::copy_from_slice(frame.bytes));
        match self.fragments.receive(frame, index) {
            Ok(None) => None,
            Ok(Some(configuration)) => {
                let frames = std::mem::take(&mut self.pieces).into();
                Some(self.take(configuration, frames, ground, now))
            }
            Err(error) => {
                self.forget_pieces();
                Some(refuse(&error, ground, now))
            }
        }
    }

    /// Takes a whole configuration and the frames that it came in.
    pub(super) fn take(
        &mut self,
        configuration: Configuration,
        frames: Arc<[Bytes]>,
        ground: &mut Ground,
        now: Moment,
    ) -> Verdict {
        let form = configuration.form;
        self.describe(form.frame_type(), &frames, ground);
        if form == ConfigurationForm::Cfg1 {
            return Verdict::Known;
        }
        if let Some(active) = &self.active {
            if active.configuration.form == form {
                if has_same_content(&active.frames, &frames) {
                    self.is_confirmed = true;
                    return Verdict::Known;
                }
            } else if self.is_confirmed {
                let agree = describe_the_same(&active.configuration, &configuration);
                let is_wanted = match ground.settings.configuration {
                    RequestedConfiguration::Newest | RequestedConfiguration::Cfg3 => {
                        form == ConfigurationForm::Cfg3
                    }
                    RequestedConfiguration::Cfg2 => form == ConfigurationForm::Cfg2,
                };
                if agree && !is_wanted {
                    return Verdict::Known;
                }
                if !agree && !is_wanted && ground.can_command() {
                    return Verdict::Outdated;
                }
            }
        }
        let layout = match DataLayout::new(&configuration) {
            Ok(layout) => layout,
            Err(error) => return refuse(&error, ground, now),
        };
        let configuration = Arc::new(configuration);
        let active = Arc::new(ActiveConfiguration { configuration, layout, frames });
        ground.counters.configurations += 1;
        ground.tell(PendingOutput::Configuration(active.clone()));
        (self.active, self.is_confirmed) = (Some(active), true);
        Verdict::InUse
    }

    /// Tells a header frame or configuration to those who pass it on, unless they know it.
    pub(super) fn describe(&mut self, kind: FrameType, frames: &Arc<[Bytes]>, ground: &mut Ground) {
        if !ground.settings.every_description {
            return;
        }
        match self.described.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, known)) if has_same_content(known, frames) => return,
            Some((_, known)) => *known = frames.clone(),
            None => self.described.push((kind, frames.clone())),
        }
        ground.tell(PendingOutput::Description(kind, frames.clone()));
    }
}

/// Counts and tells a configuration that cannot be used.
pub(super) fn refuse(error: &C37118Error, ground: &mut Ground, now: Moment) -> Verdict {
    ground.counters.refused_configurations += 1;
    ground.message(Severity::Warning, format!("A configuration of the device is refused: {error}"), now);
    Verdict::Refused
}

/// Whether frames are the same but for their times and check words.
fn has_same_content(left: &[Bytes], right: &[Bytes]) -> bool {
    are_same_but_for_times(left.iter().map(Bytes::as_ref), right.iter().map(Bytes::as_ref))
}

/// Whether configurations of different forms are those of the same data frames.
fn describe_the_same(left: &Configuration, right: &Configuration) -> bool {
    left.time_base == right.time_base
        && left.data_rate == right.data_rate
        && left.pmus.len() == right.pmus.len()
        && left.pmus.iter().zip(&right.pmus).all(|(left, right)| {
            (left.id_code, left.format, left.change_count)
                == (right.id_code, right.format, right.change_count)
                && left.nominal_frequency == right.nominal_frequency
                && left.phasors.len() == right.phasors.len()
                && left.analogs.len() == right.analogs.len()
                && left.digitals.len() == right.digitals.len()
        })
}
