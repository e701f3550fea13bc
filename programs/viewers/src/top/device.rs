//! One device: a phasor diagram, and the numbers beside it.

use std::f64::consts::TAU;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::canvas::{Canvas, Circle, Context, Line as Stroke};
use ratatui::widgets::{Cell, Paragraph, Row, Table};

use super::app::App;
use super::{style, text};
use crate::model::{Board, Device, PhasorLayout, PhasorReading, worst};

/// Currents are drawn shorter than voltages, so that both can be told apart.
const CURRENT_LENGTH: f64 = 0.7;
/// What a number takes in a diagram whose circle has a radius of 1.
const LABEL: f64 = 0.12;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect, board: &Board) {
    let visible = app.visible(board);
    let Some(device) = visible.get(app.place(&visible)) else {
        style::nothing(frame, area, app, board);
        return;
    };
    // Twice as wide as high is about round.
    let side = (area.height * 2).min(area.width / 2);
    let [diagram, numbers] =
        Layout::horizontal([Constraint::Length(side), Constraint::Min(20)]).spacing(1).areas(area);
    let phasors: Vec<_> = device.layout.phasors.iter().zip(device.phasors()).collect();
    let reference = match phasors.iter().find(|(layout, _)| !layout.is_current) {
        Some((_, reading)) if app.is_relative && reading.angle.is_finite() => reading.angle,
        _ => 0.0,
    };
    draw_diagram(app, frame, diagram, &phasors, reference);
    let [head, table, signals] = Layout::vertical([
        Constraint::Length(4),
        Constraint::Length(phasors.len() as u16 + 2),
        Constraint::Min(0),
    ])
    .areas(numbers);
    frame.render_widget(Paragraph::new(head_lines(app, device)), head);
    draw_phasors(app, frame, table, &phasors, reference);
    draw_signals(app, frame, signals, device);
}

fn head_lines<'a>(app: &App, device: &Device) -> Vec<Line<'a>> {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let flags = device.flags().to_string();
    let frames = match device.layout.frames_per_second {
        Some(expected) => format!("{:.0} of {expected} fps", device.frames),
        None => format!("{:.0} fps", device.frames),
    };
    vec![
        Line::from(vec![
            Span::styled(device.name().to_owned(), bold),
            Span::raw("  "),
            Span::styled(device.state.word(), style::style_of(app, device.state)),
        ]),
        Line::from(format!(
            "{} Hz  {} Hz/s  {frames}",
            text::number(device.frequency().map(|reading| reading.value), 4),
            text::number(device.change().map(|reading| reading.value), 3),
        )),
        Line::from(match device.status() {
            Some(status) => {
                format!("status {status:#06x}  {}", device.time().map(text::clock).unwrap_or_default())
            }
            None => device.time().map(text::clock).unwrap_or_default(),
        }),
        Line::styled(flags, style::style_of(app, device.state)),
    ]
}

fn draw_phasors(
    app: &App,
    frame: &mut Frame<'_>,
    area: Rect,
    phasors: &[(&PhasorLayout, PhasorReading)],
    reference: f64,
) {
    let rows = phasors.iter().enumerate().map(|(number, (layout, reading))| {
        Row::new([
            Cell::from(sign(number).to_string()).style(style::coloured(app, colour(layout))),
            Cell::from(layout.label.to_string()),
            Cell::from(layout.phase.to_string()),
            right(text::magnitude(reading.magnitude, layout.is_current)),
            right(text::angle(reading.angle - reference)),
        ])
    });
    let angle = if app.is_relative { "to first" } else { "angle" };
    let header = Row::new([
        Cell::from(""),
        Cell::from("phasor"),
        Cell::from(""),
        right("size".into()),
        right(angle.into()),
    ]);
    let widths =
        [1, 0, 1, 9, 8].map(|width| if width == 0 { Constraint::Min(8) } else { Constraint::Length(width) });
    let table = Table::new(rows, widths)
        .column_spacing(1)
        .header(header.style(Style::new().add_modifier(Modifier::UNDERLINED)));
    frame.render_widget(table, area);
}

/// Signals that are no part of what stands above.
fn draw_signals(app: &App, frame: &mut Frame<'_>, area: Rect, device: &Device) {
    let layout = &device.layout;
    let is_above = |row: usize| {
        [layout.frequency, layout.change, layout.status].contains(&Some(row))
            || layout.phasors.iter().any(|phasor| [phasor.magnitude, phasor.angle].contains(&Some(row)))
    };
    let others = layout.signals.iter().zip(&device.readings).filter(|(signal, _)| !is_above(signal.row));
    let rows = others.take(usize::from(area.height)).map(|(signal, reading)| {
        let flags = worst(reading.flags).unwrap_or_default();
        let style = if flags.is_empty() { Style::new() } else { style::style_of(app, device.state) };
        Row::new([
            Cell::from(signal.kind.to_string()),
            Cell::from(signal.tag.to_string()),
            right(text::number(Some(reading.value), 3)),
            Cell::from(flags),
        ])
        .style(style)
    });
    let widths = [Constraint::Length(4), Constraint::Min(8), Constraint::Length(10), Constraint::Length(10)];
    frame.render_widget(Table::new(rows, widths).column_spacing(1), area);
}

fn right<'a>(text: String) -> Cell<'a> {
    Cell::from(Text::from(text).right_aligned())
}

/// What a phasor is called in the diagram and in the table.
fn sign(number: usize) -> char {
    "123456789abcdefghijklmnopqrstuvwxyz".chars().nth(number).unwrap_or('·')
}

fn colour(layout: &PhasorLayout) -> Color {
    if layout.is_current { Color::Yellow } else { Color::Cyan }
}

fn draw_diagram(
    app: &App,
    frame: &mut Frame<'_>,
    area: Rect,
    phasors: &[(&PhasorLayout, PhasorReading)],
    reference: f64,
) {
    let greatest = |of_currents: bool| {
        let same = phasors.iter().filter(|(layout, _)| layout.is_current == of_currents);
        same.map(|(_, reading)| reading.magnitude).filter(|size| size.is_finite()).fold(0.0, f64::max)
    };
    let [voltage, current] = [greatest(false), greatest(true)];
    let length = |layout: &PhasorLayout, reading: &PhasorReading| match layout.is_current {
        true if current > 0.0 => reading.magnitude / current * CURRENT_LENGTH,
        false if voltage > 0.0 => reading.magnitude / voltage,
        _ => 0.0,
    };
    let known = |reading: &PhasorReading| reading.magnitude.is_finite() && reading.angle.is_finite();
    let grey = if app.colours { Color::DarkGray } else { Color::Reset };
    let canvas = Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([-1.15, 1.15])
        .y_bounds([-1.15, 1.15])
        .paint(|context: &mut Context<'_>| {
            context.draw(&Circle { x: 0.0, y: 0.0, radius: 1.0, color: grey });
            context.draw(&Stroke { x1: -1.0, y1: 0.0, x2: 1.0, y2: 0.0, color: grey });
            context.draw(&Stroke { x1: 0.0, y1: -1.0, x2: 0.0, y2: 1.0, color: grey });
            context.layer();
            for (layout, reading) in phasors.iter().filter(|(_, reading)| known(reading)) {
                let size = length(layout, reading);
                let shown = if app.colours { colour(layout) } else { Color::Reset };
                arrow(context, size, (reading.angle - reference) / 360.0 * TAU, shown);
            }
            context.layer();
            let mut labels: Vec<(f64, f64)> = Vec::new();
            for (number, (layout, reading)) in
                phasors.iter().enumerate().filter(|(_, (_, reading))| known(reading))
            {
                let (sine, cosine) = ((reading.angle - reference) / 360.0 * TAU).sin_cos();
                let style = style::coloured(app, colour(layout)).add_modifier(Modifier::BOLD);
                let mut place = length(layout, reading) + 0.08;
                // Phasors that lie on each other have their numbers in a row.
                let is_near = |x: f64, y: f64| (x - cosine * place).hypot(y - sine * place) < LABEL;
                let others = labels.iter().filter(|(x, y)| is_near(*x, *y)).count();
                place -= LABEL * others as f64;
                labels.push((cosine * place, sine * place));
                context.print(cosine * place, sine * place, Line::styled(sign(number).to_string(), style));
            }
        });
    frame.render_widget(canvas, area);
}

fn arrow(context: &mut Context<'_>, size: f64, angle: f64, color: Color) {
    let point = |size: f64, angle: f64| (size * angle.cos(), size * angle.sin());
    let (x2, y2) = point(size, angle);
    context.draw(&Stroke { x1: 0.0, y1: 0.0, x2, y2, color });
    for side in [-0.06, 0.06] {
        let (along, across) = (size - 0.1, side);
        let (x1, y1) =
            (along * angle.cos() - across * angle.sin(), along * angle.sin() + across * angle.cos());
        context.draw(&Stroke { x1, y1, x2, y2, color });
    }
}
