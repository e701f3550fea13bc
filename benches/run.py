"""Measures libsttp and sttpapi in one run, prints a table and writes build/bench.json.

    target/venv/bin/python benches/run.py --bin build/bin

Three parts: the benchmarks of the crate, one publisher to one subscriber over loopback as two processes, and
sttpapi's own codec and loopback (benches/sttpapi_bench.py), for the ratios.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
LOOPBACKS = {"tssc": [], "compact": ["--no-tssc"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=REPOSITORY / "build/bin", help="folder of the two tools")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "build/bench.json")
    parser.add_argument("--seconds", type=float, default=8, help="of each run over loopback")
    parser.add_argument("--signals", type=int, default=1000)
    options = parser.parse_args()

    result = {
        "machine": {"processor": processor(), "cores": os.cpu_count(), "system": platform.platform()},
        **crate(),
        "loopback": {name: loopback(options, extra) for name, extra in LOOPBACKS.items()},
        "sttpapi": sttpapi(options.signals),
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(table(result))
    print(f"\nWritten to {options.output}")


def processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found.group(1) if found else platform.machine()


def target_folder() -> Path:
    return REPOSITORY / os.environ.get("CARGO_TARGET_DIR", "target")


# ---- the benchmarks of the crate --------------------------------------------------------------------

def crate() -> dict:
    """Nanoseconds: a measurement for the codecs, an iteration or an element for the rest. Rows with units for scale."""
    started = time.time()
    subprocess.run([os.environ.get("CARGO", "cargo"), "bench", "--bench", "*"], cwd=REPOSITORY, check=True)
    target = target_folder()
    codec = json.loads((target / "bench/codec.json").read_text(encoding="utf-8"))
    scale = json.loads((target / "bench/scale.json").read_text(encoding="utf-8"))
    return {
        "codec": {row["name"]: row["median_ns"] for row in codec["rows"]},
        "scale": scale["rows"],
        "other": criterion(target, started),
    }


def criterion(target: Path, started: float) -> dict[str, float]:
    medians = {}
    for path in sorted(target.glob("criterion/**/new/benchmark.json")):
        if path.stat().st_mtime < started:
            continue
        benchmark = json.loads(path.read_text(encoding="utf-8"))
        estimates = json.loads((path.parent / "estimates.json").read_text(encoding="utf-8"))
        elements = (benchmark.get("throughput") or {}).get("Elements", 1)
        medians[benchmark["full_id"]] = estimates["median"]["point_estimate"] / elements
    return medians


# ---- publisher to subscriber ------------------------------------------------------------------------

def loopback(options, extra: list[str]) -> dict:
    publisher = subprocess.Popen(
        [options.bin / "sttp-publish", "--listen", "127.0.0.1:0", "--signals", str(options.signals), "--rate", "0",
         "--wait-subscribers", "1", "--duration", str(options.seconds), "--stats"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    address = publisher.stdout.readline().split()[-1]
    subscriber = subprocess.run(
        [options.bin / "sttp-subscribe", address, "--format", "none", "--once", "--stats", *extra],
        stderr=subprocess.PIPE, text=True, check=True, timeout=options.seconds + 60,
    )
    _, errors = publisher.communicate(timeout=60)
    sent, received = last_line(errors), last_line(subscriber.stderr)
    if sent["dropped"] or sent["measurements"] != received["measurements"]:
        sys.exit(f"published {sent['measurements']} measurements, received {received['measurements']}")
    return {
        "measurements": received["measurements"],
        "per_second": received["per_second"],
        "bytes_per_measurement": received["bytes"] / received["measurements"],
        "publisher_cpu_ns_per_measurement": sent["cpu_seconds"] / sent["measurements"] * 1e9,
        "subscriber_cpu_ns_per_measurement": received["cpu_seconds"] / received["measurements"] * 1e9,
    }


def last_line(errors: str) -> dict:
    return json.loads(errors.strip().splitlines()[-1])


# ---- sttpapi ----------------------------------------------------------------------------------------

def sttpapi(signals: int) -> dict:
    script = REPOSITORY / "benches/sttpapi_bench.py"
    output = subprocess.run(
        [sys.executable, script, "--signals", str(signals), "--documents", target_folder() / "bench"],
        stdout=subprocess.PIPE, text=True, check=True,
    ).stdout
    return json.loads(output)


# ---- the table --------------------------------------------------------------------------------------

def table(result: dict) -> str:
    peer = result["sttpapi"]
    rows = [("measured", "libsttp", f"sttpapi {peer['sttpapi']}", "times as fast", "mark")]
    for name, nanoseconds in result["codec"].items():
        method, _, work = name.partition(" ")
        theirs = peer[work]["ns_per_measurement"] if method == "tssc" else None
        rows.append(
            (f"{name}, per measurement", duration(nanoseconds), duration(theirs), ratio(theirs, nanoseconds), ""))
    for name, run in result["loopback"].items():
        ours, theirs = run["per_second"], peer[f"loopback_{name}"]["per_second"]
        rows.append((f"loopback {name}, per second", count(ours), count(theirs), ratio(ours, theirs), ""))
    rows += [scale_row(row, peer["metadata"]) for row in result["scale"]]
    for name, nanoseconds in result["other"].items():
        rows.append((name, duration(nanoseconds), "", "", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(text.ljust(width) if column == 0 else text.rjust(width)
                       for column, (text, width) in enumerate(zip(row, widths))).rstrip() for row in rows]
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(lines)


def scale_row(row: dict, peer: dict) -> tuple[str, ...]:
    """sttpapi is measured with one size only."""
    unit, is_time = row["unit"], row["unit"] == "s"

    def show(value: float | None) -> str:
        if value is None:
            return ""
        return duration(value * 1e9) if is_time else f"{value:,.1f} {unit}"

    theirs = peer["seconds"].get(row["name"]) if row["measurements"] == peer["measurements"] else None
    return (
        f"{row['measurements']:,} measurements: {row['name']}", show(row["value"]), show(theirs),
        ratio(theirs, row["value"]), show(row["mark"]),
    )


def duration(nanoseconds: float | None) -> str:
    if nanoseconds is None:
        return ""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:,.1f} {unit}"
    return f"{nanoseconds:,.1f} ns"


def count(number: float) -> str:
    return f"{number / 1e6:,.2f} million" if number >= 1e6 else f"{number:,.0f}"


def ratio(more: float | None, less: float) -> str:
    return "" if more is None else f"{more / less:,.0f}"


if __name__ == "__main__":
    main()
