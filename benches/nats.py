"""Relays over NATS: a publisher, an ingest, a NATS server, relays and subscribers, as processes over loopback.

What each costs for a measurement, a relay and a subscriber is measured with one relay, and tells what many will cost:
once for relays that are run, too, and once for a hundred with a thousand subscribers each.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from load import Load, LoadError
from marks import Row

PATIENCE = 30
TICKS = os.sysconf("SC_CLK_TCK")
# Of what is simulated: synchrophasors of a hundred devices.
SIGNALS, RATE = 1000, 30
# As much as is to come through, and some more.
FLOOD_SIGNALS, FLOOD_RATE = 10_000, 1_100
CHECKED_RELAYS, CHECKED_SUBSCRIBERS = 4, 250
MANY_RELAYS, MANY_SUBSCRIBERS = 100, 1000


def missing(program: Path) -> str:
    """What is missing to measure, in words."""
    if not shutil.which("nats-server"):
        return "nats-server is missing (apt install nats-server)"
    return "" if program.exists() else f"{program} is missing (make nats)"


def run(load: Load, program: Path, seconds: float) -> Iterator[Row]:
    with World(load, program) as world:
        world.publish(f"--signals {FLOOD_SIGNALS} --rate {FLOOD_RATE} --seconds {600} --lossless")
        world.ingest()
        address = world.serve("overflow=wait")
        flood, bytes_each = world.measured([address], 1, 2 * seconds)
    yield Row("NATS, ingest to relay", flood.per_second, "/s", 10e6, at_least=True, failure=flood.failure)
    yield Row("NATS, bytes of a measurement", bytes_each, "", 3.0)
    with World(load, program) as world:
        world.publish(f"--signals {SIGNALS} --rate {RATE} --seconds {600}")
        world.ingest()
        address = world.serve()
        quiet, _ = world.measured([address], 1, 3 * seconds)
    yield Row("NATS, latency p50", quiet.latency["p50"], "us")
    yield Row("NATS, latency p99", quiet.latency["p99"], "us", 10_000.0, failure=quiet.failure)
    yield from simulation(load, program, seconds)


def simulation(load: Load, program: Path, seconds: float) -> Iterator[Row]:
    """Costs of one relay, and of a second one to NATS, and what they say about several, which are run besides."""
    few, many = CHECKED_SUBSCRIBERS // 10, CHECKED_SUBSCRIBERS
    with World(load, program) as world:
        world.publish(f"--signals {SIGNALS} --rate {RATE} --seconds {600}")
        world.ingest()
        addresses = [world.serve()]
        of_few, of_many = (world.measured(addresses, count, seconds)[0] for count in (few, many))
        addresses.append(world.serve())
        of_two, _ = world.measured(addresses, few, seconds)
        addresses += [world.serve() for _ in range(CHECKED_RELAYS - len(addresses))]
        checked, _ = world.measured(addresses, many, seconds)
    costs = Costs(of_few, of_many, of_two, few, many)
    told = costs.of(CHECKED_RELAYS, many)
    yield Row(f"NATS, {CHECKED_RELAYS} relays x {many}, measured", checked.cores, "cores", failure=checked.failure)
    yield Row(f"NATS, {CHECKED_RELAYS} relays x {many}, by the costs of one", told, "cores")
    # Too much is as wrong as too little.
    yield Row("NATS, the costs of one, off what was measured", 100 * abs(told / checked.cores - 1), "%", 30.0,
              failure=" and ".join(filter(None, {run.failure for run in (of_few, of_many, of_two, checked)})))
    yield Row(f"NATS, {MANY_RELAYS} relays x {MANY_SUBSCRIBERS}, by the costs",
              costs.of(MANY_RELAYS, MANY_SUBSCRIBERS), "cores")
    yield Row(f"NATS, a relay with {MANY_SUBSCRIBERS}, by the costs", costs.relay(MANY_SUBSCRIBERS), "cores")


@dataclass
class Measured:
    """What subscribers have got, and the processor time that each role took meanwhile, in cores."""

    measurements: int
    seconds: float
    latency: dict
    is_complete: bool
    ingest: float
    nats: float
    relays: list[float]

    @property
    def per_second(self) -> float:
        return self.measurements / self.seconds if self.seconds else 0.0

    @property
    def cores(self) -> float:
        return self.ingest + self.nats + sum(self.relays)

    @property
    def failure(self) -> str:
        return "" if self.is_complete else "measurements were lost"


class Costs:
    """Of an ingest, of NATS, of a relay and of a subscriber, in cores: by one relay with few and with many subscribers,
    and by two with few each, which tell what a further relay costs NATS."""

    def __init__(self, few: Measured, many: Measured, two: Measured, few_subscribers: int, many_subscribers: int):
        self.ingest = many.ingest
        self.nats = many.nats
        self.nats_relay = max(0.0, two.nats - few.nats)
        self.subscriber = max(0.0, (many.relays[0] - few.relays[0]) / (many_subscribers - few_subscribers))
        self.base = max(0.0, few.relays[0] - few_subscribers * self.subscriber)

    def relay(self, subscribers: int) -> float:
        return self.base + subscribers * self.subscriber

    def of(self, relays: int, subscribers: int) -> float:
        return self.ingest + self.nats + (relays - 1) * self.nats_relay + relays * self.relay(subscribers)


class World:
    """The processes of one run, ended with this."""

    def __init__(self, load: Load, program: Path):
        self.load = load
        self.program = program

    def __enter__(self) -> "World":
        self.stack = contextlib.ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.relays: list[subprocess.Popen] = []
        port = free_port()
        self.url = f"nats://127.0.0.1:{port}"
        self.nats = self.start(["nats-server", "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", self.folder / "nats"])
        return self

    def __exit__(self, *_):
        self.stack.close()

    def start(self, command: list, **options) -> subprocess.Popen:
        log = self.stack.enter_context(open(self.folder / f"{len(list(self.folder.iterdir()))}.log", "w"))
        process = subprocess.Popen(command, stderr=log, stdin=subprocess.DEVNULL,
                                   stdout=options.get("stdout", subprocess.DEVNULL), text=True)

        def end():
            process.terminate()
            process.wait()
            if process.stdout:
                process.stdout.close()

        self.stack.callback(end)
        return process

    def publish(self, options: str):
        publisher = self.start([self.load.program, "publish", *options.split()], stdout=subprocess.PIPE)
        self.source = publisher.stdout.readline().split()[-1]

    def ingest(self):
        self.ingesting = self.start_well("ingest", "--spool", self.folder / "spool",
                                         "--source", f"east=server={self.source}; retryInterval=100")

    def serve(self, settings: str = "") -> str:
        """Where the relay is."""
        address = f"127.0.0.1:{free_port()}"
        host, port = address.split(":")
        self.relays.append(self.start_well("serve", "--sttp", f"interface={host}; port={port}; {settings}"))
        return address

    def start_well(self, *arguments) -> subprocess.Popen:
        http = f"127.0.0.1:{free_port()}"
        process = self.start([self.program, *arguments, "--nats", self.url, "--http", http])
        if arguments[0] == "ingest":
            self.http = http
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://{http}/health", timeout=1).close()
                return process
            if time.monotonic() > until:
                raise LoadError(f"sttp-nats {arguments[0]} is not well")
            time.sleep(0.1)

    def metric(self, name: str) -> float:
        """Of the ingest."""
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    def bus(self) -> tuple[float, float]:
        """Bytes and measurements that the bus has taken."""
        return self.metric("sttp_nats_published_bytes_total"), self.metric("sttp_nats_published_measurements_total")

    def measured(self, addresses: list[str], subscribers: int, seconds: float) -> tuple[Measured, float]:
        """So many subscribers of each relay; and the bytes that a measurement takes on the bus."""
        processes = [self.ingesting, self.nats, *self.relays[:len(addresses)]]
        command = f"--connections {subscribers} --seconds {seconds}"
        with self.load.sides(*(f"subscribe {command}" for _ in addresses)) as sides:
            before, bytes_before, begun = cpu(processes), self.bus(), time.monotonic()
            receiving = [sides.launch("subscribe", f"{address} {command}") for address in addresses]
            got = [sides.end(side) for side in receiving]
            spent, after, elapsed = cpu(processes), self.bus(), time.monotonic() - begun
        ingest, nats, *relays = [(now - then) / elapsed for now, then in zip(spent, before, strict=True)]
        size, count = (now - then for now, then in zip(after, bytes_before, strict=True))
        measured = Measured(
            sum(one["measurements"] for one in got), max(one["seconds"] for one in got), got[0]["latency_us"],
            all(one["lost"] == 0 for one in got), ingest, nats, relays,
        )
        return measured, size / count


def cpu(processes: list[subprocess.Popen]) -> list[float]:
    """Seconds of processor time so far."""

    def of(process: subprocess.Popen) -> float:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    return [of(process) for process in processes]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
