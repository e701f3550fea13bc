"""Draws what the sweep has measured: throughput and CPU against the number of subscribers and of signals."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
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
            _figure(sweep["by_subscribers"], "subscribers", "subscribers (1,000 signals, same filter)",
                    "all subscribers together", sweep["frames_per_second"], folder / "subscribers.svg"),
            _figure(sweep["by_signals"], "signals", "signals (one subscriber)",
                    "subscriber", sweep["frames_per_second"], folder / "signals.svg"),
        ]


def _figure(points: list[dict], cause: str, label: str, receivers: str, rate: int, path: Path) -> Path:
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    amounts = [point[cause] for point in points]

    left.set_title("Throughput: as many frames as the subscribers take")
    left.plot(amounts, [point["flood"]["per_second"] / 1e6 for point in points], color=DELIVERED)
    left.set_ylabel("million measurements received per second")
    left.set_ylim(bottom=0)

    right.set_title(f"CPU at {rate} frames per second")
    for side, name, color in (("publisher", "publisher", PUBLISHER), ("subscriber", receivers, SUBSCRIBER)):
        right.plot(amounts, [point["steady"][f"{side}_core_percent"] for point in points], label=name, color=color)
    right.set_ylabel("% of a core")
    right.set_yscale("log")
    right.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    right.legend(loc="upper left")

    for axes in (left, right):
        _number_axis(axes, amounts, label)
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


def _number_axis(axes: Axes, amounts: list[int], label: str):
    axes.set_xscale("log")
    axes.set_xticks(amounts, [f"{amount:,}" for amount in amounts])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(label)
