//! The keys.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::widgets::{Block, Clear, Paragraph};

const KEYS: [(&str, &str); 14] = [
    ("1 2 3 4, Tab", "devices, phasors, frequency, events"),
    ("↑ ↓, j k", "another device, or through events"),
    ("PgUp PgDn", "a page; Home and End all the way"),
    ("Enter", "the phasors of the device"),
    ("Esc", "back to the devices, then all of them"),
    ("/", "only devices with this in their names"),
    ("s", "sort by name, frequency, dF/dt, frames, state"),
    ("r", "the other way round"),
    ("a", "angles from the first voltage on, or as they are"),
    ("+ -", "more or fewer minutes"),
    ("space, p", "freeze what is shown, and go on"),
    ("? h F1", "this; any key closes it"),
    ("q, Ctrl+C", "end"),
    ("", "Flags stand in place of a state, the worst first."),
];

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect) {
    let text: Vec<String> = KEYS.iter().map(|(key, what)| format!(" {key:<13} {what}")).collect();
    let height = KEYS.len() as u16 + 2;
    let place =
        area.centered(Constraint::Length(68.min(area.width)), Constraint::Length(height.min(area.height)));
    frame.render_widget(Clear, place);
    frame.render_widget(Paragraph::new(text.join("\n")).block(Block::bordered().title(" Keys ")), place);
}
