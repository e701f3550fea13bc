"""What libsttp has to reach, and how each of it is measured with the load program."""

import contextlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from load import GatewayRun, Load, Run

KIB, MIB = 1024, 1024**2
# Two keep-alive periods of a publisher, and some more.
IDLE_SECONDS = 12


@dataclass
class Row:
    """One thing measured. What is to be at least its mark says so; all others are to be at most theirs."""

    name: str
    value: float
    unit: str
    mark: float | None = None
    noisy_mark: float | None = None
    at_least: bool = False
    failure: str = ""  # why it does not count, whatever the value
    peer: float | None = None  # the same of sttpapi
    quiet: bool = True

    @property
    def is_met(self) -> bool | None:
        if self.mark is None:
            return None
        mark = self.mark if self.quiet or self.noisy_mark is None else self.noisy_mark
        return not self.failure and (self.value >= mark if self.at_least else self.value <= mark)

    @property
    def times_as_good(self) -> float | None:
        if not self.peer or not self.value:
            return None
        return self.value / self.peer if self.at_least else self.peer / self.value

    def to_json(self) -> dict:
        return asdict(self) | {"met": self.is_met, "times_as_good": self.times_as_good}


# Of the TSSC encoder and decoder, in nanoseconds, by stream.
STREAM_MARKS = {
    "": (5.8, 5.8),
    "mixed values": (5.9, 5.9),
    "devices in changing order": (6.0, 7.0),
    "late devices": (7.0, 8.0),
    "devices with times": (7.0, 8.0),
    "changing flags": (8.0, 9.0),
    "random order": (12.0, 16.0),
    "measurements with times": (12.0, 16.0),
}
CODEC_MARKS = {"compact encode": 5.0, "compact decode": 5.0} | {
    f"tssc {work}" + (f", {stream}" if stream else ""): mark
    for stream, of_both in STREAM_MARKS.items() for work, mark in zip(("encode", "decode"), of_both, strict=True)
}
# Nanoseconds per value.
C37118_MARK = 25.0
INSTRUCTION_MARKS = {"tssc encode": 120.0, "tssc decode": 110.0}


# In microseconds, of a plain connection.
LATENCY_MARKS = {"": {"p50": 100.0, "p99": 300.0, "max": None}}


def codec_row(name: str) -> str:
    return f"{name}, per measurement"


def codec(rows: list[dict], instructions: dict[str, float]) -> Iterator[Row]:
    for row in rows:
        yield Row(codec_row(row["name"]), row["median_ns"], "ns", CODEC_MARKS.get(row["name"]))
    for row in rows:
        if row["name"] in ("tssc encode", "compact encode"):
            yield Row(f"{codec_row(row['name'])}, size", row["bytes"], "bytes")
    for name, mark in INSTRUCTION_MARKS.items():
        if name in instructions:
            yield Row(f"{name}, instructions", instructions[name], "", mark)


# Of what the formula of docs/block-links.md allows, in percent.
LINE_MARK = 95.0


def links(found: dict) -> Iterator[Row]:
    for form in found["forms"]:
        name = f"{form['form']}, per {form['of']}"
        yield Row(f"{name}, size", form["bytes"], "bytes")
        for work in ("encode", "decode"):
            yield Row(f"{name}, {work}", form[f"{work}_ns"], "ns")
    if line := found["line"]:
        name = f"serial line of {line['settings']}, blocks of {line['block']} bytes"
        yield Row(f"{name}, by the formula", line["formula"], "/s")
        yield Row(f"{name}, measured", line["measured"], "/s")
        yield Row(f"{name}, of the formula", 100 * line["measured"] / line["formula"], "%", LINE_MARK, at_least=True)


# What of benches/history.rs has a mark; what is counted by the second is to be at least that.
HISTORY_MARKS = {
    "appended, per measurement": 10.0,
    "memory, per measurement": 3.0,
    "played back to one subscriber": 20e6,
    "played back, 100 windows at a time": 20e6,
}


def history(rows: list[dict]) -> Iterator[Row]:
    for row in rows:
        name, unit = row["name"], row["unit"]
        yield Row(f"history, {name}", row["value"], unit, HISTORY_MARKS[name], at_least=unit == "/s")


def loopback(load: Load, seconds: float, rounds: int) -> Iterator[Row]:
    """Callbacks and pull reading take turns, so that they meet the same disturbances."""
    callback, pull, compact = [], [], []
    for _ in range(rounds):
        flood = f"--rate 0 --seconds {seconds}"
        callback.append(load.run(flood))
        pull.append(load.run(flood, "--receive pull"))
        compact.append(load.run(flood, "--compact"))
    yield Row("loopback TSSC, callback", median(callback, "per_second"), "/s", 40e6, 30e6, at_least=True)
    yield from _cpu(callback, "TSSC", 0.020)
    yield Row("loopback TSSC, pull reading", median(pull, "per_second"), "/s", at_least=True)
    yield Row("pull reading, of callbacks", 100 * median(pull, "per_second") / median(callback, "per_second"),
              "%", 90.0, at_least=True)
    yield Row("loopback compact, callback", median(compact, "per_second"), "/s", at_least=True)
    yield from _cpu(compact, "compact", None)


ONE_BY_ONE = "Python, sttpapi's names, one by one"
PYTHON_LOAD = Path(__file__).parent / "python_load.py"


def python(load: Load, seconds: float, rounds: int) -> Iterator[Row]:
    """The package for Python and C take turns, so that they meet the same disturbances."""
    flood = f"--rate 0 --seconds {seconds}"
    ways = {"lent": [], "copied": [], "read": [], "reader": []}
    callback = []
    for _ in range(rounds):
        callback.append(load.run(flood))
        for way, runs in ways.items():
            command = [sys.executable, str(PYTHON_LOAD), "{address}", way]
            runs.append(load.run_beside(flood, command, adds_up=way != "reader"))
    alone = median(callback, "per_second")
    names = {"lent": "lent to a callback", "copied": "copied for a callback", "read": "read into an array"}
    for way, name in names.items():
        share = 100 * median(ways[way], "per_second") / alone
        yield Row(f"Python, batches {name}, of C", share, "%", None if way == "copied" else 80.0, at_least=True)
    yield Row(ONE_BY_ONE, median(ways["reader"], "per_second"), "/s", at_least=True)


def cpp(load: Load, batches: Path, seconds: float, rounds: int) -> Iterator[Row]:
    """The same work on batches in C and C++, in turns."""
    runs = {"c": [], "c++": []}
    for _ in range(rounds):
        for language, done in runs.items():
            done.append(load.run_beside(f"--rate 0 --seconds {seconds}", [str(batches), language, "{address}"]))
    of_c = median(runs["c"], "per_second")
    yield Row("loopback TSSC, batches in C", of_c, "/s", at_least=True)
    yield Row("batches in C++, of C", 100 * median(runs["c++"], "per_second") / of_c, "%", 98.0, at_least=True)


def go(load: Load, batches: Path, batches_go: Path, seconds: float, rounds: int) -> Iterator[Row]:
    """The same work on batches in C and Go, in turns."""
    if not batches_go.exists():
        return
    ways = {"read": "read into a slice", "lent": "lent to a callback", "channel": "from a channel"}
    runs = {"c": []} | {way: [] for way in ways}
    for _ in range(rounds):
        for way, done in runs.items():
            program = [str(batches), way] if way == "c" else [str(batches_go), way]
            done.append(load.run_beside(f"--rate 0 --seconds {seconds}", [*program, "{address}"]))
    of_c = median(runs["c"], "per_second")
    for way, name in ways.items():
        share = 100 * median(runs[way], "per_second") / of_c
        yield Row(f"Go, batches {name}, of C", share, "%", 80.0 if way == "read" else None, at_least=True)


def dotnet(load: Load, batches: Path, command: list[str] | None, seconds: float, rounds: int) -> Iterator[Row]:
    """The same work on batches in C and in C# on .NET 8, in turns."""
    if command is None:
        return
    ways = {"lent": "lent to a handler", "read": "read into an array"}
    runs = {"c": []} | {way: [] for way in ways}
    for _ in range(rounds):
        for way, done in runs.items():
            program = [str(batches), way] if way == "c" else [*command, way]
            done.append(load.run_beside(f"--rate 0 --seconds {seconds}", [*program, "{address}"]))
    of_c = median(runs["c"], "per_second")
    for way, name in ways.items():
        share = 100 * median(runs[way], "per_second") / of_c
        yield Row(f"C#, batches {name}, of C", share, "%", 80.0, at_least=True)


def streams(load: Load, folder: Path, seconds: float, rounds: int) -> Iterator[Row]:
    """The whole way of a stream that is no best case, published by row and by signal ID in turns."""
    name = "devices with times"
    stream = f"--stream {folder / name.replace(' ', '-')}.stream --rate 0 --seconds {seconds}"
    by_row, by_id = [], []
    for _ in range(rounds):
        by_row.append(load.run(stream))
        by_id.append(load.run(f"{stream} --by-id"))
    for way, runs in (("by row", by_row), ("by signal ID", by_id)):
        yield Row(f"loopback, {name}, published {way}", median(runs, "per_second"), "/s", at_least=True)
        yield from _cpu(runs, f"{name}, {way}", None)


def _cpu(runs: list[Run], form: str, mark: float | None) -> Iterator[Row]:
    for side in ("publisher", "subscriber"):
        yield Row(f"{side}'s CPU per million, {form}", median(runs, f"{side}_cpu_per_million"), "s CPU", mark)


def subscribers(load: Load, seconds: float, rounds: int) -> Iterator[Row]:
    def measure(name: str, count: int, mark: float, publish: str = "", subscribe: str = "") -> Row:
        runs = [load.run(f"--seconds {seconds} --wait {count} {publish}", f"--connections {count} {subscribe}")
                for _ in range(rounds)]
        behind = "" if all(run.is_complete for run in runs) else "not everybody got every frame"
        return Row(name, median(runs, "publisher_core_percent"), "% of a core", mark, failure=behind)

    yield measure("64 subscribers, same filter", 64, 3.0)
    yield measure("1,000 subscribers, same filter", 1000, 40.0)
    yield measure("64 subscribers, 64 filters", 64, 10.0, "--signals 1100", "--filters distinct")


def latency(load: Load, seconds: float) -> Iterator[Row]:
    """At 30 frames per second, beside what the system alone takes in the same minute; and at 900."""
    floor, call = [], "publish call to callback"
    with certificates() as (publish, subscribe):
        ways = {"": ("", ""), ", TLS 1.3": (publish, subscribe), ", 16 subscribers": ("--wait 16", "--connections 16")}
        runs = {}
        for way, (publisher, subscriber) in ways.items():
            floor.append(load.floor()["p50"])
            runs[way] = load.run(f"--seconds {seconds} {publisher}", subscriber)
    floor = statistics.median(floor)
    for way, run in runs.items():
        behind = "" if run.is_complete else "a frame was lost"
        found = run.subscriber["latency_us"]
        for name, mark in LATENCY_MARKS.get(way, {"p50": None, "p99": None}).items():
            yield Row(f"{call}{way}, {name}", found[name], "us", mark, failure=behind)
        yield Row(f"{call}{way}, p50 of the floor", found["p50"] / floor, "times", 1.5 if way == "" else None)
    yield Row("the floor: loopback and waking the subscriber, p50", floor, "us")
    warm = load.run(f"--seconds {seconds / 4} --rate 900").subscriber["latency_us"]
    yield Row(f"{call} at 900 frames per second, p50", warm["p50"], "us")
    yield Row(f"{call} at 900 frames per second, p99", warm["p99"], "us")


# Devices that a gateway publishes, the subscribers of that, and its share of a core.
DEVICES, DEVICE_SUBSCRIBERS, GATEWAY_MARK = 500, 10, 40.0
# Most of the time between the frames of a device, in seconds.
SPREAD = 0.015
# The way of a device's frame, in floors.
FRAME_MARK = 3.0


def gateway(load: Load, seconds: float, rounds: int) -> Iterator[Row]:
    """Devices that send all at once or one after the other, by turns; and one device, beside what the system takes."""
    what = f"{DEVICES} C37.118 devices, {DEVICE_SUBSCRIBERS} subscribers"
    pace = f"--seconds {seconds}"
    at_once, in_turn, one, floor = [], [], [], []
    for _ in range(rounds):
        at_once.append(load.gateway(pace, DEVICES, DEVICE_SUBSCRIBERS))
        in_turn.append(load.gateway(f"{pace} --spread {SPREAD}", DEVICES, DEVICE_SUBSCRIBERS))
        floor.append(load.floor()["p50"])
        one.append(load.gateway(pace, 1, 1))
    for way, runs in (("sent at once", at_once), ("sent in turn", in_turn)):
        yield Row(f"{what}, {way}", median(runs, "gateway_core_percent"), "% of a core", GATEWAY_MARK,
                  failure=_gap(runs))
    latencies = {name: statistics.median(run.subscriber["latency_us"][name] for run in one) for name in ("p50", "p99")}
    for name, value in latencies.items():
        yield Row(f"C37.118 device to callback, {name}", value, "us", failure=_gap(one))
    yield Row("C37.118 device to callback, p50 of the floor", latencies["p50"] / statistics.median(floor), "times",
              FRAME_MARK, failure=_gap(one))


def _gap(runs: list[GatewayRun]) -> str:
    return "" if all(run.is_complete for run in runs) else "not everybody got every frame"


def idle(load: Load, connections: int) -> Iterator[Row]:
    run = load.run(f"--idle --wait {connections} --seconds {IDLE_SECONDS}", f"--idle --connections {connections}")
    stay = run.publisher["connections_at_end"]
    failure = "" if run.subscriber["least_connected_seconds"] >= IDLE_SECONDS else "some were lost before the end"
    yield Row(f"idle connections that stay, of {connections:,}", stay, "", connections, at_least=True,
              failure=failure)
    for name, side in (("publisher", run.publisher), ("subscriber", run.subscriber)):
        growth = (side["rss_bytes"] - side["rss_alone_bytes"]) / connections / KIB
        yield Row(f"idle connection, {name}'s memory", growth, "KiB", 32.0)


# In MiB.
PEAK_MARKS = {"publisher": 350.0, "subscriber": 600.0}


def million(load: Load) -> Iterator[Row]:
    run = load.run("--signals 1000000 --rate 1 --frames 2 --lossless")
    behind = "" if run.is_complete else "a frame was lost"
    yield Row("1,000,000 signals, connecting to first frame", run.subscriber["first_frame_seconds"], "s", 3.0,
              failure=behind)
    for name, side in (("publisher", run.publisher), ("subscriber", run.subscriber)):
        yield Row(f"1,000,000 signals, {name}'s peak memory", side["peak_rss_bytes"] / MIB, "MiB", PEAK_MARKS[name])


def udp(load: Load, seconds: float, rounds: int) -> Iterator[Row]:
    """Datagrams beside the same form over TCP at one pace, and a subscription whose datagrams overflow buffers."""
    by_udp = "--compact --settings dataChannelLocalPort=0"
    pace = f"--signals 10000 --rate 100 --seconds {seconds}"
    tcp, datagrams = [], []
    for _ in range(rounds):
        tcp.append(load.run(pace, "--compact"))
        datagrams.append(load.run(pace, by_udp))
    for name, runs in (("compact over TCP", tcp), ("compact by UDP", datagrams)):
        yield from _cpu(runs, f"{name}, 1 million a second", None)
    large = load.run(f"--signals 100000 --rate 30 --seconds {3 * seconds}", by_udp)
    lost = large.publisher["measurements"] - large.subscriber["measurements"]
    told = "" if large.subscriber["lost"] or not lost else "the subscriber counted nothing of it"
    yield Row("100,000 signals x 30 frames/s by UDP, lost", lost, "", 0.0, failure=told)
    yield Row("100,000 signals x 30 frames/s by UDP, publisher", large.publisher_core_percent, "% of a core")
    yield Row("100,000 signals x 30 frames/s by UDP, subscriber", large.subscriber_core_percent, "% of a core")


def tls(load: Load, seconds: float, rounds: int) -> Iterator[Row]:
    """Secured and plain connections take turns. Both sides' certificates are ECDSA on P-256, the version is 1.3."""
    with certificates() as (publish, subscribe):
        flood = f"--rate 0 --seconds {seconds}"
        plain, secured = [], []
        for _ in range(rounds):
            plain.append(load.run(flood))
            secured.append(load.run(f"{flood} {publish}", subscribe))
        yield Row("loopback TLS 1.3 TSSC, callback", median(secured, "per_second"), "/s", at_least=True)
        yield Row("loopback TLS 1.3 TSSC, of plain", 100 * median(secured, "per_second") / median(plain, "per_second"),
                  "%", 70.0, at_least=True)

        count = 1000
        for name, more in (("plain", ("", "")), ("TLS 1.3", (publish, subscribe))):
            run = load.run(f"--seconds {2 * seconds} --wait {count} {more[0]}", f"--connections {count} {more[1]}")
            behind = "" if run.is_complete else "not everybody got every frame"
            yield Row(f"1,000 subscribers, {name}", run.publisher_core_percent, "% of a core", failure=behind)
        run = load.run(f"--idle --wait {count} --seconds 1 {publish}", f"--idle --connections {count} {subscribe}")
        yield Row("handshakes of TLS 1.3, both sides on this machine",
                  count / run.subscriber["connecting_seconds"], "/s", at_least=True)


@contextlib.contextmanager
def certificates() -> Iterator[tuple[str, str]]:
    """Options of the load program's roles, with certificates for a moment."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("publisher", "subscriber"):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                 "2", "-subj", f"/CN={name}", "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.cer"],
                check=True, capture_output=True)

        def side(own: str, peer: str) -> str:
            return (f"--settings securityMode=TLS;localCertificate={folder}/{own}.cer;"
                    f"localPrivateKey={folder}/{own}.key;remoteCertificate={folder}/{peer}.cer")

        yield side("publisher", "subscriber"), side("subscriber", "publisher")


def median(runs: list[Run] | list[GatewayRun], name: str) -> float:
    return statistics.median(getattr(run, name) for run in runs)
