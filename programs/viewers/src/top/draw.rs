//! The frame of every screen: what the connection does, the screen itself, and keys.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::app::{App, Screen};
use super::{device, devices, events, help, strip, style, text};
use crate::model::{Board, DeviceState};

/// Draws the board, or the one that was frozen.
pub(super) fn draw(app: &mut App, frame: &mut Frame<'_>, live: &Board) {
    let frozen = app.frozen.take();
    draw_board(app, frame, frozen.as_deref().unwrap_or(live), frozen.is_some());
    app.frozen = frozen;
}

fn draw_board(app: &mut App, frame: &mut Frame<'_>, board: &Board, is_frozen: bool) {
    let [top, middle, bottom] =
        Layout::vertical([Constraint::Length(3), Constraint::Min(3), Constraint::Length(1)])
            .areas(frame.area());
    frame.render_widget(Paragraph::new(connection(app, board, is_frozen, top.width)), top);
    match app.screen {
        Screen::Devices => devices::draw(app, frame, middle, board),
        Screen::Device => device::draw(app, frame, middle, board),
        Screen::Strip => strip::draw(app, frame, middle, board),
        Screen::Events => events::draw(app, frame, middle, board),
    }
    frame.render_widget(Paragraph::new(keys(app)), bottom);
    if app.shows_help {
        help::draw(frame, middle);
    }
}

/// Three lines: who, how much, and what is wrong.
fn connection<'a>(app: &App, board: &Board, is_frozen: bool, width: u16) -> Vec<Line<'a>> {
    let connection = &board.connection;
    let facts = &connection.facts;
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let is_good = connection.is_subscribed();
    let state = if is_good { bold } else { style::coloured(app, Color::Red).add_modifier(Modifier::BOLD) };
    let mut first = vec![
        Span::styled(facts.publisher.clone(), bold),
        Span::raw("  "),
        Span::styled(connection.word(), state),
        Span::raw(facts.since.map_or(String::new(), |since| format!(" since {}", text::clock(since)))),
        Span::raw(format!("  {}", facts.security.as_deref().unwrap_or("not encrypted"))),
    ];
    let clock = text::clock(board.time) + "Z";
    let used: usize = first.iter().map(Span::width).sum();
    let frozen = if is_frozen { " FROZEN " } else { "" };
    let space = usize::from(width).saturating_sub(used + clock.len() + frozen.len() + 1);
    first.push(Span::raw(" ".repeat(space)));
    first.push(Span::styled(frozen, Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)));
    first.push(Span::raw(format!(" {clock}")));
    let latency = connection.latency().map_or("unknown".to_owned(), |latency| {
        format!("{:.1} ms ({:.1} to {:.1})", latency.mean, latency.minimum, latency.maximum)
    });
    let second = format!(
        "{} signals  {} values/s  {}  latency {latency}",
        text::count(board.signals as f64),
        text::count(facts.counters.measurements_per_second),
        text::rate_of_bytes(connection.bytes_per_second),
    );
    vec![Line::from(first), Line::from(second), trouble(app, board)]
}

fn trouble<'a>(app: &App, board: &Board) -> Line<'a> {
    let losses = board.connection.losses();
    let lost = losses.packets + losses.damaged + losses.measurements;
    let reconnects = board.connection.facts.counters.reconnects;
    let mut line = vec![if lost == 0 {
        Span::raw("nothing lost")
    } else {
        let text = format!(
            "lost {} packets, {} damaged, {} values",
            text::count(losses.packets as f64),
            text::count(losses.damaged as f64),
            text::count(losses.measurements as f64)
        );
        Span::styled(text, style::coloured(app, Color::Yellow))
    }];
    if reconnects > 0 {
        line.push(Span::styled(format!("  {reconnects} reconnects"), style::coloured(app, Color::Yellow)));
    }
    let alarms = board.alarms();
    let worst = match (board.connection_alarm(), alarms.first()) {
        (Some(since), _) => {
            Some((format!("no connection since {}Z", text::clock(since)), DeviceState::Alarm))
        }
        (None, Some(worst)) => Some((format!("{} {}", worst.name(), worst.state.word()), worst.state)),
        (None, None) => None,
    };
    match worst {
        None => line.push(Span::raw("  no alarms")),
        Some((what, state)) => {
            let count = alarms.len() + usize::from(board.connection_alarm().is_some());
            let text = format!("  {count} alarm{}: {what}", if count == 1 { "" } else { "s" });
            line.push(Span::styled(text, style::style_of(app, state)));
        }
    }
    Line::from(line)
}

fn keys<'a>(app: &App) -> Line<'a> {
    let mut line = Vec::new();
    for (screen, name) in Screen::ALL {
        let style =
            if screen == app.screen { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
        line.push(Span::styled(format!(" {name} "), style));
    }
    let rest = match app.screen {
        _ if app.is_searching => format!(" /{}█  Enter keeps, Esc clears", app.search),
        Screen::Devices => "  / find  s sort  space freeze  ? keys".to_owned(),
        Screen::Device => "  ↑↓ device  a angles  ? keys".to_owned(),
        Screen::Strip => "  ↑↓ device  + - minutes  ? keys".to_owned(),
        Screen::Events => "  ↑↓ scroll  space freeze  ? keys".to_owned(),
    };
    line.push(Span::raw(rest));
    Line::from(line)
}
