//! Frequency and its rate of change of a device over the last minutes.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Paragraph};

use super::app::App;
use super::{style, text};
use crate::model::{Board, Device, Point};

/// The frequency is not magnified more than so many hertz from bottom to top, nor its change.
const LEAST_SPANS: [f64; 2] = [0.02, 0.1];

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect, board: &Board) {
    let visible = app.visible(board);
    let Some(device) = visible.get(app.place(&visible)) else {
        style::nothing(frame, area, app, board);
        return;
    };
    let [head, frequency, change] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
    frame.render_widget(Paragraph::new(head_line(app, device)), head);
    let curves = Curves::of(app, device);
    curves.draw(app, frame, frequency, 0, "Hz", |point| [point.least, point.frequency, point.most]);
    curves.draw(app, frame, change, 1, "Hz/s", |point| [point.change; 3]);
}

fn head_line<'a>(app: &App, device: &Device) -> Line<'a> {
    Line::styled(
        format!(
            "{}  {} Hz  {} Hz/s  {}  last {} min",
            device.name(),
            text::number(device.frequency().map(|reading| reading.value), 4),
            text::number(device.change().map(|reading| reading.value), 3),
            device.state.word(),
            app.minutes,
        ),
        style::style_of(app, device.state).add_modifier(Modifier::BOLD),
    )
}

/// Points of the seconds that are shown.
struct Curves<'a> {
    points: Vec<&'a Point>,
    seconds: usize,
}

impl<'a> Curves<'a> {
    fn of(app: &App, device: &'a Device) -> Curves<'a> {
        let seconds = app.minutes * 60;
        Curves { points: device.history.last(seconds).collect(), seconds }
    }

    /// Draws what `of` takes from each second: least, latest and greatest.
    fn draw(
        &self,
        app: &App,
        frame: &mut Frame<'_>,
        area: Rect,
        which: usize,
        unit: &'static str,
        of: impl Fn(&Point) -> [f32; 3],
    ) {
        let begin = -(self.points.len() as f64);
        // All of a second lie on one line from least to greatest, so that what was short is seen as well.
        let line: Vec<(f64, f64)> = self
            .points
            .iter()
            .enumerate()
            .flat_map(|(place, point)| of(point).map(|value| (begin + place as f64, f64::from(value))))
            .filter(|(_, value)| value.is_finite())
            .collect();
        let least = line.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
        let most = line.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
        if line.is_empty() {
            frame.render_widget(Paragraph::new(format!("No {unit} yet.")), area);
            return;
        }
        let span = (most - least).max(LEAST_SPANS[which]) * 1.1;
        let middle = (least + most) / 2.0;
        let bounds = [middle - span / 2.0, middle + span / 2.0];
        let digits = if span < 0.5 { 3 } else { 2 };
        let colour = if which == 0 { Color::Green } else { Color::Magenta };
        let data = Dataset::default()
            .marker(Marker::Braille)
            .graph_type(GraphType::Line)
            .style(style::coloured(app, colour))
            .data(&line);
        let values = [bounds[0], middle, bounds[1]].map(|value| format!("{value:.digits$}"));
        let minutes = format!("-{} min", app.minutes);
        let chart = Chart::new(vec![data])
            .x_axis(Axis::default().bounds([-(self.seconds as f64), 0.0]).labels([
                minutes,
                unit.into(),
                "now".into(),
            ]))
            .y_axis(Axis::default().bounds(bounds).labels(values).style(Style::new()));
        frame.render_widget(chart, area);
    }
}
