"""Draws what 'soak.py' has written down: memory, descriptors and threads over time.

    target/bench-venv/bin/python tests/reliability/plot.py target/soak.json docs/soak.svg

Needs what 'benches/requirements.txt' names.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))
import drawing  # noqa: E402

ROWS = ("memory, MB", "descriptors", "threads")


def main():
    source, target = map(Path, sys.argv[1:])
    soak = json.loads(source.read_text())
    with drawing.style():
        figure, panels = drawing.stacked(len(ROWS), width=9, height=7)
        for column, (title, axes) in enumerate(zip(ROWS, panels, strict=True), start=1):
            axes.set_title(title)
            axes.set_ylim(bottom=0)
            for name, samples in soak["samples"].items():
                axes.plot([sample[0] / 60 for sample in samples], [sample[column] for sample in samples],
                          label=name, marker="", linewidth=1.2)
            highest = max(sample[column] for samples in soak["samples"].values() for sample in samples)
            axes.set_ylim(top=highest * 1.7)
        panels[-1].set_xlabel("minutes")
        drawing.save(figure, panels[0], target)


if __name__ == "__main__":
    main()
