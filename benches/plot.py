"""Draws what was measured: the codec's cost by kind of stream, and of the sweep throughput and CPU against the number
of subscribers and of signals."""

from pathlib import Path

import crate
import drawing
from crate import STREAMS
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

PUBLISHER, SUBSCRIBER, DELIVERED = "#1f77b4", "#d2691e", "#2e8b57"


def draw(result: dict, folder: Path) -> list[Path]:
    """Draws of a result of benches/run.py what there is in it."""
    with drawing.style():
        drawn = []
        if "crate" in result:
            drawn.append(streams(result["crate"]["codec"], folder / "streams.svg"))
        if "sweep" in result:
            drawn.append(_subscribers(result["sweep"], folder / "subscribers.svg"))
            drawn.append(_signals(result["sweep"], folder / "signals.svg"))
        return drawn


def streams(codec: list[dict], path: Path) -> Path:
    """What a measurement costs the TSSC codec, by how orderly a stream is in order and times."""
    found = {row["name"]: row["median_ns"] for row in codec}
    names = [stream for stream in STREAMS if crate.row_name("tssc encode", stream) in found]
    figure, (axes,) = drawing.beside(1, width=10, height=4.5)
    places = range(len(names))
    for work, shift, color in (("encode", -0.2, PUBLISHER), ("decode", 0.2, SUBSCRIBER)):
        costs = [found[crate.row_name(f"tssc {work}", stream)] for stream in names]
        bars = axes.barh([place + shift for place in places], costs, height=0.38, color=color, label=f"to {work}")
        axes.bar_label(bars, fmt="%.1f", padding=3)
    axes.set_title("TSSC by order and times of the measurements, on one core")
    axes.set_yticks(places, [crate.title(stream) for stream in names])
    axes.set_xlabel("nanoseconds per measurement")
    axes.margins(x=0.1)
    axes.set_axisbelow(True)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    return drawing.save(figure, axes, path, legend_at="upper right")


def _subscribers(sweep: dict, path: Path) -> Path:
    points, filters = sweep["by_subscribers"], sweep["by_filters"]
    figure, load = _panels(sweep, points, "subscribers", "subscribers (1,000 signals each)")
    _line(load, points, "subscribers", "subscriber_core_percent", SUBSCRIBER, "all subscribers together")
    _line(load, filters, "subscribers", "publisher_core_percent", PUBLISHER, "publisher, a filter each", "--")
    _line(load, points, "subscribers", "publisher_core_percent", PUBLISHER, "publisher, same filter")
    return drawing.save(figure, load, path)


def _signals(sweep: dict, path: Path) -> Path:
    points = sweep["by_signals"]
    figure, load = _panels(sweep, points, "signals", "signals (one subscriber)")
    _line(load, points, "signals", "publisher_core_percent", PUBLISHER, "publisher")
    _line(load, points, "signals", "subscriber_core_percent", SUBSCRIBER, "subscriber")
    return drawing.save(figure, load, path)


def _panels(sweep: dict, points: list[dict], cause: str, label: str) -> tuple[Figure, Axes]:
    """The throughput, drawn, and the axes of the CPU."""
    figure, (throughput, load) = drawing.beside(2, width=10, height=4)
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
