"""The benchmarks of the crate: codecs, filters and metadata, by 'cargo bench'."""

import json
import os
import subprocess
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
# The streams of benches/support/stream.rs by the names of their files, from the most orderly one on.
STREAMS = {
    "best-case": "rows in order, noisy frequencies",
    "mixed-values": "a real mix of values",
    "devices-in-changing-order": "devices in changing order",
    "late-devices": "devices in changing order, some late",
    "devices-with-times": "devices in changing order, a time each",
    "changing-flags": "rows in order, a tenth flagged",
    "random-order": "signals in random order",
    "measurements-with-times": "rows in order, a time each",
}
BEST_CASE = "best-case"


def target_folder() -> Path:
    return REPOSITORY / os.environ.get("CARGO_TARGET_DIR", "target")


def run(quick: bool) -> dict:
    """Rows, each with its name: of the codecs with nanoseconds and bytes of a measurement, the others with units. Of
    the rest nanoseconds of an iteration or an element, by name."""
    started = time.time()
    names = ["codec"] if quick else ["*"]
    # Block links have a part of their own.
    brief = os.environ | {"LINKS_BENCH_SECONDS": "1"}
    command = [os.environ.get("CARGO", "cargo"), "bench", "--bench", *names]
    subprocess.run(command, cwd=REPOSITORY, check=True, env=brief)
    target = target_folder()
    return {
        "codec": _rows(target / "bench/codec.json"),
        "instructions": _budget(REPOSITORY / "benches/instructions.json"),
        "scale": [] if quick else _rows(target / "bench/scale.json"),
        "history": [] if quick else _rows(target / "bench/history.json"),
        "other": _criterion(target, started),
    }


def links(seconds: float) -> dict:
    """What benches/links.rs has measured: the forms of a measurement and a phasor, and a line that was looked at for so
    long."""
    command = [os.environ.get("CARGO", "cargo"), "bench", "--bench", "links"]
    subprocess.run(command, cwd=REPOSITORY, check=True, env=os.environ | {"LINKS_BENCH_SECONDS": str(seconds)})
    return json.loads((target_folder() / "bench/links.json").read_text(encoding="utf-8"))


def streams() -> Path:
    """Where the streams of benches/support/stream.rs lie, which the benchmark of codecs writes."""
    folder = target_folder() / "bench/streams"
    if not any(folder.glob("*.stream")):
        command = [os.environ.get("CARGO", "cargo"), "bench", "--bench", "codec"]
        subprocess.run(command, cwd=REPOSITORY, check=True, env=os.environ | {"CODEC_BENCH": "only streams"})
    return folder


def title(stream: str) -> str:
    """What a stream is, in a few words."""
    return STREAMS[stream]


def row_name(work: str, stream: str) -> str:
    """What the benchmark of codecs calls work on a stream, given the name of its file without the ending."""
    return work if stream == BEST_CASE else f"{work}, {stream.replace('-', ' ')}"


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
