"""Relays over NATS: a publisher, an ingest, a NATS server, relays and subscribers, as processes over loopback.

What each costs for a measurement, a relay and a subscriber is measured with one relay, and tells what many will cost:
once for relays that are run, too, and once for a hundred with a thousand subscribers each.
"""

import contextlib
import math
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from load import Load, LoadError
from marks import Row
from processes import cpu_seconds, free_port, metric

PATIENCE = 30
# Of what is simulated: synchrophasors of a hundred devices.
SIGNALS, RATE = 1000, 30
# As much as is to come through, and some more.
FLOOD_SIGNALS, FLOOD_RATE = 10_000, 1_100
# What an ingest puts together by default.
GROUP_SIGNALS = 4_000
CHECKED_RELAYS, CHECKED_SUBSCRIBERS = 4, 250
MANY_RELAYS, MANY_SUBSCRIBERS = 100, 1000


def missing(program: Path) -> str:
    """What is missing to measure, in words."""
    if not shutil.which("nats-server"):
        return "nats-server is missing (apt install nats-server)"
    return "" if program.exists() else f"{program} is missing (make nats)"


def run(load: Load, program: Path, seconds: float, details: dict) -> Iterator[Row]:
    """Rows; and in `details` what docs/scale.md says of them."""
    with World(load, program) as world:
        world.publish(f"--signals {FLOOD_SIGNALS} --rate {FLOOD_RATE} --seconds {600} --lossless")
        world.ingest()
        address = world.serve("overflow=wait")
        world.wait_for_references(math.ceil(FLOOD_SIGNALS / GROUP_SIGNALS))
        flood = world.measured([address], 1, 2 * seconds)
    yield Row("NATS, ingest to relay", flood.per_second, "/s", 10e6, at_least=True, failure=flood.failure)
    yield Row("NATS, bytes of a measurement", flood.bus_bytes, "bytes each", 3.0)
    with World(load, program) as world:
        world.publish(f"--signals {SIGNALS} --rate {RATE} --seconds {600}")
        world.ingest()
        address = world.serve()
        world.wait_for_references(1)
        quiet = world.measured([address], 1, 3 * seconds)
    yield Row("NATS, latency p50", quiet.latency["p50"], "us")
    yield Row("NATS, latency p99", quiet.latency["p99"], "us", 10_000.0, failure=quiet.failure)
    details |= {
        "per_second": flood.per_second, "bus_bytes": {"flood": flood.bus_bytes, "frames": quiet.bus_bytes},
        "latency_us": quiet.latency,
    }
    yield from simulation(load, program, seconds, details)


def simulation(load: Load, program: Path, seconds: float, details: dict) -> Iterator[Row]:
    """Costs of one relay, and of a second one to NATS, and what they say about several, which are run besides."""
    few, many = CHECKED_SUBSCRIBERS // 10, CHECKED_SUBSCRIBERS
    with World(load, program) as world:
        world.publish(f"--signals {SIGNALS} --rate {RATE} --seconds {600}")
        world.ingest()
        addresses = [world.serve()]
        world.wait_for_references(1)
        of_few, of_many = (world.measured(addresses, count, seconds) for count in (few, many))
        addresses.append(world.serve())
        of_two = world.measured(addresses, few, seconds)
        addresses += [world.serve() for _ in range(CHECKED_RELAYS - len(addresses))]
        checked = world.measured(addresses, many, seconds)
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
    details |= {
        "costs": vars(costs),
        "subscriber_bytes_per_second": of_many.sent_bytes / of_many.seconds / many,
        "checked": {"relays": CHECKED_RELAYS, "subscribers": many, "measured": checked.cores, "told": told},
    }


@dataclass
class Measured:
    """What subscribers have got, and the processor time that each role took meanwhile, in cores."""

    measurements: int
    seconds: float
    # Of a measurement on the bus, and of all that relays have sent.
    bus_bytes: float
    sent_bytes: float
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
        # Where programs tell their metrics.
        self.http: dict[subprocess.Popen, str] = {}
        port = free_port()
        self.url = f"nats://127.0.0.1:{port}"
        # As much as an ingest wants to be kept by default, which little of is used.
        config = self.folder / "nats.conf"
        config.write_text("jetstream { max_file_store: 100GB }\n", encoding="utf-8")
        self.nats = self.start(["nats-server", "-c", config, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd",
                                self.folder / "nats"])
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

    def wait_for_references(self, groups: int):
        """Until messages are as short as they are from then on."""
        until = time.monotonic() + PATIENCE
        while metric(self.http[self.ingesting], "sttp_nats_referenced_groups") < groups:
            if time.monotonic() > until:
                raise LoadError("messages begin from no reference")
            time.sleep(0.2)

    def serve(self, settings: str = "") -> str:
        """Where the relay is."""
        address = f"127.0.0.1:{free_port()}"
        host, port = address.split(":")
        self.relays.append(self.start_well("serve", "--sttp", f"interface={host}; port={port}; {settings}"))
        return address

    def start_well(self, *arguments) -> subprocess.Popen:
        http = f"127.0.0.1:{free_port()}"
        process = self.start([self.program, *arguments, "--nats", self.url, "--http", http])
        self.http[process] = http
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://{http}/health", timeout=1).close()
                return process
            if time.monotonic() > until:
                raise LoadError(f"sttp-nats {arguments[0]} is not well")
            time.sleep(0.1)

    def counts(self, relays: list[subprocess.Popen]) -> tuple[float, ...]:
        """Bytes and measurements that the bus has taken, and bytes that relays have sent."""
        published = [f"sttp_nats_published_{what}_total" for what in ("bytes", "measurements")]
        taken = [metric(self.http[self.ingesting], name) for name in published]
        return *taken, sum(metric(self.http[relay], "sttp_nats_sent_bytes_total") for relay in relays)

    def measured(self, addresses: list[str], subscribers: int, seconds: float) -> Measured:
        """So many subscribers of each relay."""
        relays = self.relays[:len(addresses)]
        processes = [self.ingesting, self.nats, *relays]
        command = f"--connections {subscribers} --seconds {seconds}"
        with self.load.sides(*(f"subscribe {command}" for _ in addresses)) as sides:
            before = [cpu_seconds(process) for process in processes]
            counts_before, begun = self.counts(relays), time.monotonic()
            receiving = [sides.launch("subscribe", f"{address} {command}") for address in addresses]
            got = [sides.end(side) for side in receiving]
            spent = [cpu_seconds(process) for process in processes]
            counts, elapsed = self.counts(relays), time.monotonic() - begun
        ingest, nats, *of_relays = [(now - then) / elapsed for now, then in zip(spent, before, strict=True)]
        size, count, sent = (now - then for now, then in zip(counts, counts_before, strict=True))
        return Measured(
            sum(one["measurements"] for one in got), max(one["seconds"] for one in got), size / count, sent,
            got[0]["latency_us"], all(one["lost"] == 0 for one in got), ingest, nats, of_relays,
        )
