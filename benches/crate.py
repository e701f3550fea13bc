"""The benchmarks of the crate: codecs, filters and metadata, by 'cargo bench'."""

import json
import os
import subprocess
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def target_folder() -> Path:
    return REPOSITORY / os.environ.get("CARGO_TARGET_DIR", "target")


def run(quick: bool) -> dict:
    """Nanoseconds: of a measurement for the codecs, of an iteration or an element for the rest. Scale has units."""
    started = time.time()
    names = ["codec"] if quick else ["*"]
    subprocess.run([os.environ.get("CARGO", "cargo"), "bench", "--bench", *names], cwd=REPOSITORY, check=True)
    target = target_folder()
    return {
        "codec": {row["name"]: row["median_ns"] for row in _rows(target / "bench/codec.json")},
        "instructions": _budget(REPOSITORY / "benches/instructions.json"),
        "scale": [] if quick else _rows(target / "bench/scale.json"),
        "other": _criterion(target, started),
    }


def _budget(path: Path) -> dict[str, float]:
    """Instructions per measurement, as they are committed and checked elsewhere."""
    budget = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: count for name, count in budget.items() if name != "compiler"}


def _rows(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["rows"]


def _criterion(target: Path, started: float) -> dict[str, float]:
    medians = {}
    for path in sorted(target.glob("criterion/**/new/benchmark.json")):
        if path.stat().st_mtime < started:
            continue
        benchmark = json.loads(path.read_text(encoding="utf-8"))
        estimates = json.loads((path.parent / "estimates.json").read_text(encoding="utf-8"))
        elements = (benchmark.get("throughput") or {}).get("Elements", 1)
        medians[benchmark["full_id"]] = estimates["median"]["point_estimate"] / elements
    return medians
