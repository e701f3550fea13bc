//! What happened, the latest first.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use sttp::session::Severity;

use super::app::App;
use super::{style, text};
use crate::model::Board;

pub(super) fn draw(app: &mut App, frame: &mut Frame<'_>, area: Rect, board: &Board) {
    app.page = usize::from(area.height).max(1);
    let lines: Vec<Line<'_>> = board
        .events
        .iter()
        .rev()
        .skip(app.event)
        .take(app.page)
        .map(|event| {
            let word = match event.severity {
                Severity::Error => "error  ",
                Severity::Warning => "warning",
                Severity::Info | Severity::Debug => "       ",
            };
            Line::from(vec![
                Span::raw(format!("{} ", text::clock(event.time))),
                Span::styled(format!("{word} {}", event.text), style::style_of_severity(app, event.severity)),
            ])
        })
        .collect();
    let lines = if lines.is_empty() { vec![Line::from("Nothing has happened yet.")] } else { lines };
    frame.render_widget(Paragraph::new(lines), area);
}
