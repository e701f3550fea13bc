"""What libsttp has to reach, and how each of it is measured with the load program."""

import contextlib
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from load import Load, Run

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


CODEC_MARKS = {"tssc encode": 9.0, "tssc decode": 9.5, "compact encode": 5.0, "compact decode": 5.0}


# Nanoseconds per value.
C37118_MARK = 25.0


INSTRUCTION_MARKS = {"tssc encode": 120.0, "tssc decode": 110.0}


def codec(nanoseconds: dict[str, float], instructions: dict[str, float]) -> Iterator[Row]:
    for name, value in nanoseconds.items():
        yield Row(f"{name}, per measurement", value, "ns", CODEC_MARKS.get(name))
    for name, mark in INSTRUCTION_MARKS.items():
        if name in instructions:
            yield Row(f"{name}, instructions", instructions[name], "", mark)


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
    run = load.run(f"--seconds {seconds}")
    behind = "" if run.is_complete else "a frame was lost"
    found = run.subscriber["latency_us"]
    for name, key, mark in (("p50", "p50", 100.0), ("p99", "p99", 300.0), ("most", "max", None)):
        yield Row(f"publish call to callback, {name}", found[key], "us", mark, failure=behind)
    yield Row("of which loopback and waking the subscriber, p50", load.floor()["p50"], "us")
    warm = load.run(f"--seconds {seconds / 4} --rate 900").subscriber["latency_us"]
    yield Row("publish call to callback at 900 frames per second, p50", warm["p50"], "us")
    yield Row("publish call to callback at 900 frames per second, p99", warm["p99"], "us")


def idle(load: Load, connections: int) -> Iterator[Row]:
    run = load.run(f"--idle --wait {connections} --seconds {IDLE_SECONDS}", f"--idle --connections {connections}")
    stay = run.publisher["connections_at_end"]
    failure = "" if run.subscriber["least_connected_seconds"] >= IDLE_SECONDS else "some were lost before the end"
    yield Row(f"idle connections that stay, of {connections:,}", stay, "", connections, at_least=True,
              failure=failure)
    for name, side in (("publisher", run.publisher), ("subscriber", run.subscriber)):
        growth = (side["rss_bytes"] - side["rss_alone_bytes"]) / connections / KIB
        yield Row(f"idle connection, {name}'s memory", growth, "KiB", 32.0)


def million(load: Load) -> Iterator[Row]:
    run = load.run("--signals 1000000 --rate 1 --frames 2 --lossless")
    behind = "" if run.is_complete else "a frame was lost"
    yield Row("1,000,000 signals, connecting to first frame", run.subscriber["first_frame_seconds"], "s", 3.0,
              failure=behind)
    for name, side in (("publisher", run.publisher), ("subscriber", run.subscriber)):
        yield Row(f"1,000,000 signals, {name}'s peak memory", side["peak_rss_bytes"] / MIB, "MiB", 600.0)


def udp(load: Load, seconds: float, rounds: int) -> Iterator[Row]:
    """Datagrams beside the same form over TCP at one pace, and a subscription whose datagrams overflow small buffers."""
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
        yield Row("handshakes of TLS 1.3, both sides on this machine", count / run.subscriber["connecting_seconds"], "/s",
                  at_least=True)


@contextlib.contextmanager
def certificates() -> Iterator[tuple[str, str]]:
    """Options of the load program's roles, with certificates for a moment."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("publisher", "subscriber"):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", f"/CN={name}", "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.cer"],
                check=True, capture_output=True)

        def side(own: str, peer: str) -> str:
            return (f"--settings securityMode=TLS;localCertificate={folder}/{own}.cer;"
                    f"localPrivateKey={folder}/{own}.key;remoteCertificate={folder}/{peer}.cer")

        yield side("publisher", "subscriber"), side("subscriber", "publisher")


def median(runs: list[Run], name: str) -> float:
    return statistics.median(getattr(run, name) for run in runs)
