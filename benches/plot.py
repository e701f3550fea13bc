"""Draws what the sweep has measured: throughput and CPU against the number of subscribers and of signals."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.ticker import FuncFormatter, NullLocator  # noqa: E402

PUBLISHER, SUBSCRIBER, DELIVERED = "#1f77b4", "#d2691e", "#2e8b57"
INK, GRID, PAPER = "#24292f", "#d0d7de", "#ffffff"
# What takes their place where the reader prefers a dark page.
DARK = {INK: "#e6edf3", GRID: "#3d444d", PAPER: "#0d1117"}
STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "sttp", "font.family": "sans-serif", "font.size": 10,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
    "figure.facecolor": PAPER, "axes.facecolor": PAPER, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "grid.color": GRID, "grid.linewidth": 0.6, "axes.titlesize": 11, "axes.titlelocation": "left",
    "lines.linewidth": 2, "lines.marker": "o", "lines.markersize": 5, "legend.frameon": False,
}


def draw(sweep: dict, folder: Path) -> list[Path]:
    with pyplot.rc_context(STYLE):
        return [
            _subscribers(sweep, folder / "subscribers.svg"),
            _signals(sweep, folder / "signals.svg"),
        ]


def _subscribers(sweep: dict, path: Path) -> Path:
    points, filters = sweep["by_subscribers"], sweep["by_filters"]
    figure, load = _panels(sweep, points, "subscribers", "subscribers (1,000 signals each)")
    _line(load, points, "subscribers", "subscriber_core_percent", SUBSCRIBER, "all subscribers together")
    _line(load, filters, "subscribers", "publisher_core_percent", PUBLISHER, "publisher, a filter each", "--")
    _line(load, points, "subscribers", "publisher_core_percent", PUBLISHER, "publisher, same filter")
    return _save(figure, load, path)


def _signals(sweep: dict, path: Path) -> Path:
    points = sweep["by_signals"]
    figure, load = _panels(sweep, points, "signals", "signals (one subscriber)")
    _line(load, points, "signals", "publisher_core_percent", PUBLISHER, "publisher")
    _line(load, points, "signals", "subscriber_core_percent", SUBSCRIBER, "subscriber")
    return _save(figure, load, path)


def _panels(sweep: dict, points: list[dict], cause: str, label: str) -> tuple[Figure, Axes]:
    """The throughput, drawn, and the axes of the CPU."""
    figure, (throughput, load) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    throughput.set_title("Throughput: as many frames as are taken")
    throughput.plot([point[cause] for point in points], [point["flood_per_second"] / 1e6 for point in points],
                    color=DELIVERED)
    throughput.set_ylabel("million measurements received per second")
    throughput.set_ylim(bottom=0)
    load.set_title(f"CPU at {sweep['frames_per_second']} frames per second")
    load.set_ylabel("% of a core")
    load.set_yscale("log")
    load.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    amounts = [point[cause] for point in points]
    for axes in (throughput, load):
        axes.set_xscale("log")
        axes.set_xticks(amounts, [f"{amount:,}" for amount in amounts])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel(label)
    return figure, load


def _line(axes: Axes, points: list[dict], cause: str, effect: str, color: str, label: str, style: str = "-"):
    amounts, effects = [point[cause] for point in points], [point[effect] for point in points]
    axes.plot(amounts, effects, linestyle=style, color=color, label=label)


def _save(figure: Figure, legend: Axes, path: Path) -> Path:
    legend.legend(loc="upper left")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    _add_dark_colours(path)
    return path


def _add_dark_colours(path: Path):
    rules = " ".join(f'[style*="{kind}: {light}"] {{ {kind}: {dark} !important }}'
                     for light, dark in DARK.items() for kind in ("fill", "stroke"))
    drawing = path.read_text(encoding="utf-8")
    style = f"<style>@media (prefers-color-scheme: dark) {{ {rules} }}</style>"
    path.write_text(drawing.replace("</defs>", f"{style}\n </defs>", 1), encoding="utf-8")
