"""How the project's plots look, on a light page and on a dark one."""

from contextlib import AbstractContextManager
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

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


def style() -> AbstractContextManager:
    return pyplot.rc_context(STYLE)


def beside(count: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """A figure of panels beside each other."""
    figure, panels = pyplot.subplots(1, count, figsize=(width, height), layout="constrained", squeeze=False)
    return figure, list(panels[0])


def stacked(count: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """A figure of panels one below the other, which share what is below them."""
    return pyplot.subplots(count, 1, sharex=True, figsize=(width, height), layout="constrained")


def save(figure: Figure, legend: Axes, path: Path, legend_at: str = "upper left") -> Path:
    legend.legend(loc=legend_at)
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
