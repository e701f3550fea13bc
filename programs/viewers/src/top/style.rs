//! Colours, each beside a word that says the same; and what stands where there is nothing to show.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::Paragraph;
use sttp::session::Severity;

use super::app::App;
use crate::model::{Board, DeviceState};

/// A style for a state, which a word tells as well.
pub(super) fn style_of(app: &App, state: DeviceState) -> Style {
    match state {
        DeviceState::Good => Style::new(),
        DeviceState::Waiting | DeviceState::Unknown => coloured(app, Color::DarkGray),
        DeviceState::Warning => coloured(app, Color::Yellow),
        DeviceState::Silent | DeviceState::Alarm => coloured(app, Color::Red).add_modifier(Modifier::BOLD),
    }
}

/// A style for something that was said.
pub(super) fn style_of_severity(app: &App, severity: Severity) -> Style {
    match severity {
        Severity::Error => coloured(app, Color::Red),
        Severity::Warning => coloured(app, Color::Yellow),
        Severity::Info | Severity::Debug => Style::new(),
    }
}

/// A colour, where there are to be any.
pub(super) fn coloured(app: &App, colour: Color) -> Style {
    if app.colours { Style::new().fg(colour) } else { Style::new() }
}

/// Where the middle of a screen says that there is nothing to show.
pub(super) fn nothing(frame: &mut Frame<'_>, area: Rect, app: &App, board: &Board) {
    let text = match (board.devices.is_empty(), board.connection.is_subscribed()) {
        (false, _) => format!("No device has \"{}\" in its name. Esc shows all.", app.search),
        (true, true) => "The publisher has no signal for this subscription.".to_owned(),
        (true, false) => format!("Not connected yet: {}. Events (4) tell why.", board.connection.word()),
    };
    frame.render_widget(Paragraph::new(text), area);
}
