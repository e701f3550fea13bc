"""Measures libsttp beside its marks and beside sttpapi, in one run.

    target/bench-venv/bin/python benches/run.py --load build/bench/sttp-load

Prints a table, and writes bench.json, streams.svg, subscribers.svg and signals.svg to target/bench.
docs/performance.md tells what the rows mean; benches/document.py puts figures of bench.json into it. The parts, as
--only chooses them:

    crate       'cargo bench': codecs, filters, metadata, history
    sttpapi     the same codecs, metadata and loopback with sttpapi
    loopback    one publisher, one subscriber, as fast as they can
    streams     the same with devices in changing order, each with its own time, published by row and by signal ID
    subscribers 64 and 1,000 subscribers, 64 filters, at 30 frames per second
    latency     from the publish call to the callback
    gateway     devices of C37.118, whose measurements a process publishes
    idle        10,000 idle connections
    million     a subscription to 1,000,000 signals
    udp         datagrams beside TCP, and 100,000 signals by UDP
    tls         the same over TLS 1.3: as fast as they can, 1,000 subscribers, handshakes
    python      the Python package beside C: batches as arrays, and one by one with sttpapi's names
    cpp         C++ by batches, beside C
    go          the Go package by batches, beside C
    dotnet      the same in C# on .NET 8, where its packages are to be had
    tstp        measurements as time series events through a NATS server and back, where there is one
    views       CPU of sttp-top and sttp-view, where 'make viewers' has built them
    links       block links: bytes and time of a measurement and a phasor, and the rate of a serial line
    nats        relays over NATS, where 'make nats' has built the program and there is a nats-server
    sweep       throughput and CPU against subscribers and signals, for the plots
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import crate
import machine
import marks
import nats
import sweep
import table
import tstp
import views
from load import Load, LoadError
from marks import Row

REPOSITORY = Path(__file__).resolve().parents[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--load", type=Path, default=REPOSITORY / "build/bench/sttp-load", help="the load program")
    parser.add_argument("--batches", type=Path, default=REPOSITORY / "build/bench/sttp-batches", help="the C++ program")
    parser.add_argument(
        "--batches-go", type=Path, default=REPOSITORY / "build/bench/sttp-batches-go", help="the Go program"
    )
    parser.add_argument("--batches-dotnet", type=Path, help="the C# program")
    parser.add_argument("--nats", type=Path, default=REPOSITORY / "build/bin/sttp-nats", help="the program on NATS")
    parser.add_argument("--output", type=Path, default=crate.target_folder() / "bench", help="a folder")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), metavar="REGEX", help="parts to run")
    parser.add_argument("--quick", action="store_true", help="shorter, and so less exact")
    options = parser.parse_args()

    bench = Bench(options)
    bench.run()
    result = bench.result()
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / "bench.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(table.render(bench.rows))
    print(f"\n{summary(bench)}")
    print(f"Written to {path}{plots(result, options.output)}")
    if bench.failed:
        sys.exit(f"failed, and so not in the table: {', '.join(bench.failed)}")


class Bench:
    def __init__(self, options):
        self.options = options
        self.load = Load(options.load)
        self.calibration = machine.Calibration()
        self.started = time.monotonic()
        self.failed: list[str] = []
        self.rows: list[Row] = []
        self.parts: dict[str, dict] = {}
        self.details: dict[str, dict] = {}

    def run(self):
        quick = self.options.quick
        seconds, rounds = (1.5, 1) if quick else (3, 3)
        parts = {
            "crate": self.crate,
            "sttpapi": self.sttpapi,
            "loopback": lambda: marks.loopback(self.load, seconds, rounds),
            "streams": lambda: marks.streams(self.load, crate.streams(), seconds, rounds),
            "subscribers": lambda: marks.subscribers(self.load, 2 * seconds, rounds),
            "latency": lambda: marks.latency(self.load, 5 if quick else 20),
            "gateway": lambda: marks.gateway(self.load, 2 * seconds, rounds),
            "idle": lambda: marks.idle(self.load, 10_000),
            "million": lambda: marks.million(self.load),
            "udp": lambda: marks.udp(self.load, seconds, rounds),
            "tls": lambda: marks.tls(self.load, seconds, rounds),
            "python": lambda: marks.python(self.load, seconds, rounds),
            "cpp": lambda: marks.cpp(self.load, self.options.batches, seconds, rounds),
            "go": lambda: marks.go(self.load, self.options.batches, self.options.batches_go, seconds, rounds),
            "dotnet": lambda: marks.dotnet(self.load, self.options.batches, self.dotnet(), seconds, rounds),
            "views": self.views,
            "links": self.links,
            "nats": self.nats,
            "tstp": self.tstp,
            "sweep": self.sweep,
        }
        for name, part in parts.items():
            if self.options.only.search(name):
                self.run_part(name, part)
        self.compare()

    def run_part(self, name: str, part):
        """A part counts as measured in a quiet spell when it was quiet before and after it."""
        self.say(name)
        before = self.calibration.spell()
        try:
            rows = list(part())
        except (LoadError, subprocess.CalledProcessError) as problem:
            self.say(f"{name} failed: {problem}")
            self.failed.append(name)
            return
        after = self.calibration.spell()
        quiet = before["quiet"] and after["quiet"]
        for row in rows:
            row.quiet = quiet
        self.rows += rows
        self.parts[name] = {"spell": "quiet" if quiet else "noisy", "before": before, "after": after}

    def say(self, text: str):
        print(f"[{time.monotonic() - self.started:4.0f} s] {text}", file=sys.stderr, flush=True)

    def crate(self) -> Iterable[Row]:
        found = self.details["crate"] = crate.run(self.options.quick)
        yield from marks.codec(found["codec"], found["instructions"])
        for row in found["scale"]:
            yield Row(f"{row['measurements']:,} measurements: {row['name']}", row["value"], row["unit"], row["mark"])
        yield from marks.history(found["history"])
        for name, nanoseconds in found["other"].items():
            yield Row(name, nanoseconds, "ns", marks.C37118_MARK if name.startswith("C37.118/") else None)

    def sttpapi(self) -> Iterable[Row]:
        """Only what it is compared with: its figures stand beside those of libsttp."""
        command = [sys.executable, REPOSITORY / "benches/sttpapi_bench.py", "--streams", crate.streams()]
        if (self.options.output / "metadata.xml").exists():
            command += ["--documents", self.options.output]
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        self.details["sttpapi"] = json.loads(output)
        return []

    def dotnet(self) -> list[str] | None:
        """What runs the C# program; None where it could not be compiled."""
        program = self.options.batches_dotnet
        if program is None or not program.exists():
            return None
        library = (REPOSITORY / "build/lib/libsttp.so").resolve()
        host = [REPOSITORY / "target/dotnet-venv/bin/python", REPOSITORY / "bindings/dotnet/dotnet8.py", "run", program]
        return ["env", f"LIBSTTP_LIBRARY={library}", *map(str, host)]

    def views(self) -> Iterable[Row]:
        folder = REPOSITORY / "build/bin"
        if not (folder / "sttp-view").exists():
            self.say("SKIPPED: the viewers, which 'make viewers' has not built")
            return
        for name, value in views.measure(folder, folder, 10 if self.options.quick else 30).items():
            yield Row(f"{name}: {views.SIGNALS:,} signals at 30 fps", value, "% of a core", views.MARKS[name])

    def links(self) -> Iterable[Row]:
        found = self.details["links"] = crate.links(5 if self.options.quick else 20)
        yield from marks.links(found)

    def nats(self) -> Iterable[Row]:
        if missing := nats.missing(self.options.nats):
            self.say(f"SKIPPED: relays over NATS: {missing}")
            return
        found = self.details["nats"] = {}
        yield from nats.run(self.load, self.options.nats, 2 if self.options.quick else 5, found)

    def tstp(self) -> Iterable[Row]:
        if missing := nats.missing(self.options.nats):
            self.say(f"SKIPPED: time series events: {missing}")
            return
        yield from tstp.rows(self.load, self.options.nats, 3 if self.options.quick else 6)

    def sweep(self) -> Iterable[Row]:
        seconds = 1 if self.options.quick else 3
        found = self.details["sweep"] = sweep.run(self.load, seconds, self.options.quick, self.say)
        for side, cost in found["costs"].items():
            for cause, value in cost["seconds_per"].items():
                yield Row(f"cost to the {side}, by {cause.replace('_', ' ')}", value * 1e9, "ns")

    def compare(self):
        """Puts what sttpapi has reached beside what is of the same kind."""
        peer = self.details.get("sttpapi")
        if peer is None:
            return
        same = {
            "loopback TSSC, callback": peer["loopback_tssc"]["per_second"],
            "loopback compact, callback": peer["loopback_compact"]["per_second"],
            marks.ONE_BY_ONE: peer["loopback_tssc"]["per_second"],
        }
        for stream, found in peer["codec"].items():
            for work in ("encode", "decode"):
                same[marks.codec_row(crate.row_name(f"tssc {work}", stream))] = found[work]["ns_per_measurement"]
        if "metadata" in peer:
            size = peer["metadata"]["measurements"]
            same |= {f"{size:,} measurements: {name}": value for name, value in peer["metadata"]["seconds"].items()}
        for row in self.rows:
            row.peer = same.get(row.name)

    def result(self) -> dict:
        quiet = all(part["spell"] == "quiet" for part in self.parts.values())
        return {
            "date": time.strftime("%Y-%m-%d"),
            "machine": machine.description(),
            "spell": "quiet" if quiet else "noisy",
            "parts": self.parts,
            "rows": [row.to_json() for row in self.rows],
            **self.details,
        }


def summary(bench: Bench) -> str:
    verdicts = [row.is_met for row in bench.rows]
    noisy = [name for name, part in bench.parts.items() if part["spell"] == "noisy"]
    spell = f"noisy during {', '.join(noisy)}" if noisy else "quiet all the time"
    return f"{verdicts.count(True)} marks met, {verdicts.count(False)} missed. The machine was {spell}."


def plots(result: dict, folder: Path) -> str:
    if not {"crate", "sweep"} & result.keys():
        return ""
    import plot  # slow to load

    return "".join(f", {path.name}" for path in plot.draw(result, folder))


if __name__ == "__main__":
    main()
