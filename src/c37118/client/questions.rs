//! What the device was asked for, one question at a time, and until when it may answer.

use std::collections::VecDeque;
use std::time::Instant;

use super::ground::Ground;
use crate::c37118::{Command, FrameType};
use crate::host::Moment;
use crate::settings::RequestedConfiguration;

/// How often the device is asked for what is not needed to read its data.
const TRIES_OF_EXTRAS: u32 = 2;
/// So many times as long as an answer may take, one that comes in pieces may take in all.
const WHOLE_ANSWER: u32 = 10;

/// What came of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was asked again, or there was nothing to do.
    Asking,
    /// The device does not tell its configuration.
    NoConfiguration,
    /// The device does not tell something else.
    NoExtra(FrameType),
}

#[derive(Debug)]
struct Question {
    kind: FrameType,
    /// The configuration that data are read by, in any form that may be asked for.
    is_essential: bool,
    tries: u32,
    deadline: Instant,
    /// Also of an answer that arrives in pieces.
    last_deadline: Instant,
}

#[derive(Debug, Default)]
pub(super) struct Questions {
    current: Option<Question>,
    extras: VecDeque<FrameType>,
    /// CFG-3 was not answered.
    wants_short_form: bool,
}

impl Questions {
    pub(super) fn clear(&mut self) {
        self.current = None;
        self.extras.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.current.is_none() && self.extras.is_empty()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.current.as_ref().map(|question| question.deadline)
    }

    pub(super) fn is_asking_for_configuration(&self) -> bool {
        self.current.as_ref().is_some_and(|question| question.is_essential)
    }

    /// Asks for the configuration that data are read by, before everything else.
    pub(super) fn ask_for_configuration(&mut self, ground: &mut Ground, now: Moment) {
        if let Some(interrupted) = self.current.take().filter(|question| !question.is_essential) {
            self.extras.push_front(interrupted.kind);
        }
        let kind = self.form(ground);
        self.ask(kind, true, 1, ground, now);
    }

    /// Asks for something else, when nothing is asked for any more.
    pub(super) fn ask_for_extra(&mut self, kind: FrameType, ground: &mut Ground, now: Moment) {
        if !self.extras.contains(&kind) {
            self.extras.push_back(kind);
        }
        self.go_on(ground, now);
    }

    /// An answer has come, or something that might be one.
    pub(super) fn answered(&mut self, kind: FrameType, ground: &mut Ground, now: Moment) {
        let is_answer = self.current.as_ref().is_some_and(|question| {
            let is_usable = matches!(kind, FrameType::Configuration2 | FrameType::Configuration3);
            question.kind == kind || question.is_essential && is_usable
        });
        self.extras.retain(|extra| *extra != kind);
        if is_answer {
            self.current = None;
            self.go_on(ground, now);
        }
    }

    /// A part of an answer has come.
    pub(super) fn has_part(&mut self, ground: &Ground, now: Moment) {
        if let Some(question) = &mut self.current {
            question.deadline = (now.instant + ground.settings.answer_timeout).min(question.last_deadline);
        }
    }

    pub(super) fn handle_timeout(&mut self, ground: &mut Ground, now: Moment) -> Outcome {
        let Some(Question { kind, is_essential, tries, .. }) =
            self.current.take_if(|question| question.deadline <= now.instant)
        else {
            return Outcome::Asking;
        };
        if is_essential {
            self.wants_short_form = !self.wants_short_form;
            if tries >= ground.settings.max_questions {
                self.go_on(ground, now);
                return Outcome::NoConfiguration;
            }
            self.ask(self.form(ground), true, tries + 1, ground, now);
        } else if tries < TRIES_OF_EXTRAS {
            self.ask(kind, false, tries + 1, ground, now);
        } else {
            self.go_on(ground, now);
            return Outcome::NoExtra(kind);
        }
        Outcome::Asking
    }

    /// The form of the configuration to ask for.
    fn form(&self, ground: &Ground) -> FrameType {
        match ground.settings.configuration {
            RequestedConfiguration::Newest if self.wants_short_form => FrameType::Configuration2,
            RequestedConfiguration::Newest | RequestedConfiguration::Cfg3 => FrameType::Configuration3,
            RequestedConfiguration::Cfg2 => FrameType::Configuration2,
        }
    }

    fn go_on(&mut self, ground: &mut Ground, now: Moment) {
        if self.current.is_none()
            && let Some(kind) = self.extras.pop_front()
        {
            self.ask(kind, false, 1, ground, now);
        }
    }

    fn ask(&mut self, kind: FrameType, is_essential: bool, tries: u32, ground: &mut Ground, now: Moment) {
        let command = match kind {
            FrameType::Configuration1 => Command::SendConfiguration1,
            FrameType::Configuration2 => Command::SendConfiguration2,
            FrameType::Configuration3 => Command::SendConfiguration3,
            FrameType::Header | FrameType::Data | FrameType::Command => Command::SendHeader,
        };
        ground.command(&command, now);
        let timeout = ground.settings.answer_timeout;
        self.current = Some(Question {
            kind,
            is_essential,
            tries,
            deadline: now.instant + timeout,
            last_deadline: now.instant + timeout * WHOLE_ANSWER,
        });
    }
}
