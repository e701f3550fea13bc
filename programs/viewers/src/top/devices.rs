//! All devices, a line each.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Text;
use ratatui::widgets::{Cell, Row, Table, TableState};

use super::app::App;
use super::{style, text};
use crate::model::{Board, Device, DeviceState, worst};

/// What is told of a device beside its name.
const COLUMNS: [(&str, u16); 6] =
    [("Hz", 8), ("Hz/s", 8), ("voltage", 9), ("angle", 8), ("fps", 5), ("state", 12)];
const SPACING: u16 = 1;

pub(super) fn draw(app: &mut App, frame: &mut Frame<'_>, area: Rect, board: &Board) {
    let visible = app.visible(board);
    app.page = usize::from(area.height.saturating_sub(2)).max(1);
    if visible.is_empty() {
        style::nothing(frame, area, app, board);
        return;
    }
    let longest = visible.iter().map(|device| device.name().chars().count()).max().unwrap_or(0);
    let name = (longest as u16).clamp(8, if area.width > 100 { 32 } else { 14 });
    let fixed: u16 = COLUMNS.iter().map(|(_, width)| width + SPACING).sum();
    let spark = area.width.saturating_sub(name + fixed + SPACING);
    let place = app.place(&visible);
    let mut state = TableState::default().with_selected(Some(place));
    // Only what can be seen is put into words.
    let first = place.saturating_sub(app.page.saturating_sub(1));
    *state.offset_mut() = first;
    let rows = visible.iter().enumerate().map(|(number, device)| {
        if number < first || number > first + app.page {
            Row::default()
        } else {
            row(app, board, device, spark)
        }
    });
    let header = std::iter::once("device")
        .chain(COLUMNS.iter().map(|(name, _)| *name))
        .enumerate()
        .map(|(number, name)| cell(format!("{name}{}", order(app, number)), is_number(number)))
        .chain([Cell::from(format!("last {spark} s"))]);
    let widths = std::iter::once(name).chain(COLUMNS.iter().map(|(_, width)| *width)).chain([spark]);
    let table = Table::new(rows, widths.map(Constraint::Length))
        .column_spacing(SPACING)
        .header(Row::new(header).style(Style::new().add_modifier(Modifier::UNDERLINED)))
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    frame.render_stateful_widget(table, area, &mut state);
}

/// The mark of the column that devices are sorted by.
fn order(app: &App, column: usize) -> &'static str {
    match (app.sort.column() == Some(column), app.is_reversed) {
        (false, _) => "",
        (true, false) => "▲",
        (true, true) => "▼",
    }
}

fn is_number(column: usize) -> bool {
    (1..=5).contains(&column)
}

fn cell<'a>(text: String, is_number: bool) -> Cell<'a> {
    let text = Text::from(text);
    Cell::from(if is_number { text.right_aligned() } else { text })
}

fn row<'a>(app: &App, board: &Board, device: &Device, spark: u16) -> Row<'a> {
    let voltage = device.layout.phasors.iter().zip(device.phasors()).find(|(layout, _)| !layout.is_current);
    let of = |value: Option<f64>, digits| text::number(value, digits);
    let cells = [
        device.name().to_owned(),
        of(device.frequency().map(|reading| reading.value), 4),
        of(device.change().map(|reading| reading.value), 3),
        voltage
            .as_ref()
            .map_or(text::NOTHING.to_owned(), |(_, reading)| text::magnitude(reading.magnitude, false)),
        voltage.as_ref().map_or(text::NOTHING.to_owned(), |(_, reading)| text::angle(reading.angle)),
        text::number(Some(device.frames), 0),
        state(board, device),
        text::sparkline(&device.history, usize::from(spark)),
    ];
    let cells = cells.into_iter().enumerate().map(|(number, text)| cell(text, is_number(number)));
    Row::new(cells).style(style::style_of(app, device.state))
}

/// How a device is doing, and for how long nothing has come, or which flag is the first.
fn state(board: &Board, device: &Device) -> String {
    match device.state {
        DeviceState::Silent => format!("silent {}", text::span(device.silence(board.now))),
        DeviceState::Alarm | DeviceState::Warning => {
            worst(device.flags()).unwrap_or(device.state.word()).to_owned()
        }
        state => state.word().to_owned(),
    }
}
