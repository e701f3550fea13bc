//! What the user has chosen, and what keys do.

use std::sync::Arc;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::model::{Board, Device};

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    /// All devices, a line each.
    Devices,
    /// The phasors and signals of one.
    Device,
    /// Its frequency over minutes.
    Strip,
    /// What happened.
    Events,
}

impl Screen {
    pub(super) const ALL: [(Screen, &'static str); 4] = [
        (Screen::Devices, "1 devices"),
        (Screen::Device, "2 phasors"),
        (Screen::Strip, "3 strip"),
        (Screen::Events, "4 events"),
    ];
}

/// What devices are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Metadata,
    Name,
    Frequency,
    Change,
    Frames,
    State,
}

impl Sort {
    const ALL: [Sort; 6] =
        [Sort::Metadata, Sort::Name, Sort::Frequency, Sort::Change, Sort::Frames, Sort::State];

    /// Which column of the devices it is, if any.
    pub(super) fn column(self) -> Option<usize> {
        match self {
            Sort::Metadata => None,
            Sort::Name => Some(0),
            Sort::Frequency => Some(1),
            Sort::Change => Some(2),
            Sort::Frames => Some(5),
            Sort::State => Some(6),
        }
    }

    fn next(self) -> Sort {
        let place = Sort::ALL.iter().position(|sort| *sort == self).unwrap_or(0);
        Sort::ALL[(place + 1) % Sort::ALL.len()]
    }
}

/// What comes after a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    End,
}

/// What is shown, and how.
pub(super) struct App {
    pub(super) screen: Screen,
    pub(super) sort: Sort,
    pub(super) is_reversed: bool,
    /// Only devices with this in their names.
    pub(super) search: String,
    /// What is typed belongs to the search.
    pub(super) is_searching: bool,
    pub(super) shows_help: bool,
    /// Angles are told from the first voltage of the device on.
    pub(super) is_relative: bool,
    pub(super) minutes: usize,
    /// How many of the latest events are above the screen.
    pub(super) event: usize,
    /// Rows of a page, as of the last picture.
    pub(super) page: usize,
    pub(super) colours: bool,
    /// By name, so that it stays when others come, go, or move.
    chosen: Option<Arc<str>>,
    /// What is shown in place of what comes.
    pub(super) frozen: Option<Box<Board>>,
}

impl App {
    pub(super) fn new(colours: bool) -> App {
        App {
            screen: Screen::Devices,
            sort: Sort::Metadata,
            is_reversed: false,
            search: String::new(),
            is_searching: false,
            shows_help: false,
            is_relative: false,
            minutes: 5,
            event: 0,
            page: 20,
            colours,
            chosen: None,
            frozen: None,
        }
    }

    /// The devices that are shown, in their order.
    pub(super) fn visible<'a>(&self, board: &'a Board) -> Vec<&'a Device> {
        let search = self.search.to_lowercase();
        let mut visible: Vec<&Device> =
            board.devices.iter().filter(|device| device.name().to_lowercase().contains(&search)).collect();
        let value = |device: &Device, of: Sort| match of {
            Sort::Frequency => device.frequency().map_or(f64::NAN, |reading| reading.value),
            Sort::Change => device.change().map_or(f64::NAN, |reading| reading.value),
            _ => device.frames,
        };
        match self.sort {
            Sort::Metadata => {}
            Sort::Name => visible.sort_by_key(|device| device.name().to_lowercase()),
            Sort::State => visible.sort_by_key(|device| std::cmp::Reverse(device.state)),
            sort => visible.sort_by(|one, other| value(one, sort).total_cmp(&value(other, sort))),
        }
        if self.is_reversed {
            visible.reverse();
        }
        visible
    }

    /// Which of those that are shown is chosen.
    pub(super) fn place(&self, visible: &[&Device]) -> usize {
        let chosen = self.chosen.as_deref();
        visible.iter().position(|device| Some(device.name()) == chosen).unwrap_or(0)
    }

    /// Does what a key says.
    pub(super) fn press(&mut self, key: KeyEvent, live: &Board) -> Next {
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if is_control => return Next::End,
            _ if self.is_searching => self.type_search(key.code, live),
            _ if self.shows_help => self.shows_help = false,
            KeyCode::Char('q') => return Next::End,
            code => self.press_plain(code, live),
        }
        Next::Go
    }

    fn type_search(&mut self, code: KeyCode, live: &Board) {
        match code {
            KeyCode::Enter => self.is_searching = false,
            KeyCode::Esc => (self.is_searching, self.search) = (false, String::new()),
            KeyCode::Backspace => drop(self.search.pop()),
            KeyCode::Char(character) if self.search.len() < 60 => self.search.push(character),
            KeyCode::Up => self.step(-1, live),
            KeyCode::Down => self.step(1, live),
            _ => {}
        }
    }

    fn press_plain(&mut self, code: KeyCode, live: &Board) {
        let page = self.page as isize;
        match code {
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.shows_help = true,
            KeyCode::Char(' ' | 'p') => self.freeze(live),
            KeyCode::Char('/') => (self.screen, self.is_searching) = (Screen::Devices, true),
            KeyCode::Char('s') => self.sort = self.sort.next(),
            KeyCode::Char('r') => self.is_reversed = !self.is_reversed,
            KeyCode::Char('a') => self.is_relative = !self.is_relative,
            KeyCode::Char('+' | '=') => self.minutes = (self.minutes + 1).min(10),
            KeyCode::Char('-') => self.minutes = (self.minutes - 1).max(1),
            KeyCode::Char(digit @ '1'..='4') => self.screen = Screen::ALL[digit as usize - '1' as usize].0,
            KeyCode::Tab => self.turn(1),
            KeyCode::BackTab => self.turn(Screen::ALL.len() - 1),
            KeyCode::Enter => self.screen = Screen::Device,
            KeyCode::Esc if self.screen != Screen::Devices => self.screen = Screen::Devices,
            KeyCode::Esc => self.search.clear(),
            KeyCode::Up | KeyCode::Char('k') => self.step(-1, live),
            KeyCode::Down | KeyCode::Char('j') => self.step(1, live),
            KeyCode::PageUp => self.step(-page, live),
            KeyCode::PageDown => self.step(page, live),
            KeyCode::Home | KeyCode::Char('g') => self.step(isize::MIN, live),
            KeyCode::End | KeyCode::Char('G') => self.step(isize::MAX, live),
            _ => {}
        }
    }

    fn freeze(&mut self, live: &Board) {
        self.frozen = match self.frozen {
            None => Some(Box::new(live.clone())),
            Some(_) => None,
        };
    }

    fn turn(&mut self, by: usize) {
        let place = Screen::ALL.iter().position(|(screen, _)| *screen == self.screen).unwrap_or(0);
        self.screen = Screen::ALL[(place + by) % Screen::ALL.len()].0;
    }

    /// Moves on by so many devices or events.
    fn step(&mut self, by: isize, live: &Board) {
        let board = self.frozen.as_deref().unwrap_or(live);
        if self.screen == Screen::Events {
            self.event =
                self.event.saturating_add_signed(by).min(board.events.iter().len().saturating_sub(1));
            return;
        }
        let visible = self.visible(board);
        let place = self.place(&visible).saturating_add_signed(by).min(visible.len().saturating_sub(1));
        self.chosen = visible.get(place).map(|device| device.layout.name.clone());
    }
}
