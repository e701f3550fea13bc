"""Runs the load program: a publisher or a gateway with devices, and subscribers, as processes over loopback."""

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WORD = 2**64
PATIENCE = 180
# A frame so many seconds after its time is not a hiccup of the machine.
LATE = 0.5


@dataclass
class Run:
    """What the two sides have told: see what benches/load prints."""

    publisher: dict
    subscriber: dict

    @property
    def per_second(self) -> float:
        """Measurements received, of all connections together."""
        return self.subscriber["measurements"] / self.subscriber["seconds"]

    @property
    def publisher_cpu_per_million(self) -> float:
        """Seconds per million measurements published."""
        return self.publisher["cpu_seconds"] / self.publisher["measurements"] * 1e6

    @property
    def subscriber_cpu_per_million(self) -> float:
        """Seconds per million measurements received."""
        return self.subscriber["cpu_seconds"] / self.subscriber["measurements"] * 1e6

    @property
    def publisher_core_percent(self) -> float:
        return 100 * self.publisher["cpu_seconds"] / self.publisher["seconds"]

    @property
    def subscriber_core_percent(self) -> float:
        return 100 * self.subscriber["cpu_seconds"] / self.subscriber["seconds"]

    @property
    def is_complete(self) -> bool:
        """Whether nothing was dropped or lost, every connection has got the same, and the publisher kept its pace."""
        publisher, subscriber = self.publisher, self.subscriber
        return (
            publisher["dropped"] == 0 and subscriber["lost"] == 0 and subscriber["least"] == subscriber["most"]
            and publisher["connections"] == publisher["connections_at_end"]
            and publisher["latest_frame_seconds"] < LATE
        )


@dataclass
class GatewayRun:
    """The same of devices of C37.118, the gateway that publishes what they send, and its subscribers."""

    devices: dict
    gateway: dict
    subscriber: dict

    @property
    def gateway_core_percent(self) -> float:
        return 100 * self.gateway["cpu_seconds"] / self.devices["seconds"]

    @property
    def is_complete(self) -> bool:
        """Whether every subscriber has got every value of every frame, and the devices kept their pace."""
        devices, gateway, subscriber = self.devices, self.gateway, self.subscriber
        return (
            gateway["frames"] == devices["frames"] and gateway["measurements"] == devices["measurements"]
            and subscriber["least"] == subscriber["most"] == devices["measurements"]
            and gateway["dropped"] == 0 and subscriber["lost"] == 0 and devices["latest_frame_seconds"] < LATE
        )


class LoadError(Exception):
    """The load program failed, or what it received is not what it sent."""


class Load:
    def __init__(self, program: Path):
        self.program = program

    def run(self, publish: str, subscribe: str = "") -> Run:
        """Options of both roles, as on their command lines."""
        with self.sides(f"publish {publish}", f"subscribe {subscribe}") as sides:
            publisher, address = sides.start("publish", publish)
            subscriber = sides.finish("subscribe", f"{address} {subscribe}")
            run = Run(sides.end(publisher), subscriber)
        _check_sums(run.publisher, run.subscriber)
        return run

    def run_beside(self, publish: str, subscriber: list[str], adds_up: bool = True) -> Run:
        """With a subscriber that is another program, which is given the address and prints what this one does, the
        sums too if it adds up."""
        with self.sides(f"publish {publish}", " ".join(subscriber)) as sides:
            publisher, address = sides.start("publish", publish)
            subscribing = sides.end(sides.launch_program([part.format(address=address) for part in subscriber]))
            run = Run(sides.end(publisher), subscribing)
        if adds_up:
            _check_sums(run.publisher, run.subscriber)
        return run

    def gateway(self, devices: str, count: int, subscribers: int) -> GatewayRun:
        """Options of the devices; how many there are, and how many subscribers."""
        devices = f"--devices {count} {devices}"
        with self.sides(f"devices {devices}", "gateway", "subscribe") as sides:
            source, address = sides.start("devices", devices)
            gateway, address = sides.start("gateway", f"{address} --devices {count} --wait {subscribers}")
            receiving = sides.launch("subscribe", f"{address} --connections {subscribers}")
            if not gateway.stdout.readline().startswith("Everybody"):
                raise sides.failure()
            source.stdin.close()
            run = GatewayRun(*(sides.end(side) for side in (source, gateway, receiving)))
        _check_sums(run.devices, run.subscriber)
        return run

    @contextlib.contextmanager
    def sides(self, *commands: str) -> Iterator["Sides"]:
        """Processes that end with this; the commands are told if one fails."""
        with tempfile.TemporaryFile("w+") as errors:
            sides = Sides(self.program, commands, errors)
            try:
                yield sides
            finally:
                sides.kill()

    def floor(self) -> dict:
        """Latencies of what the system alone does for a frame."""
        output = subprocess.run([self.program, "floor"], stdout=subprocess.PIPE, check=True, timeout=PATIENCE).stdout
        return json.loads(output)["latency_us"]


class Sides:
    """Processes of one run. Whatever fails is told with what all of them have said."""

    def __init__(self, program: Path, commands: tuple[str, ...], errors):
        self.program = program
        self.commands = commands
        self.errors = errors
        self.processes: list[subprocess.Popen] = []

    def launch(self, role: str, options: str) -> subprocess.Popen:
        return self.launch_program([self.program, role, *options.split()])

    def launch_program(self, command: list) -> subprocess.Popen:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                   text=True)
        self.processes.append(process)
        return process

    def start(self, role: str, options: str) -> tuple[subprocess.Popen, str]:
        """With the address where it listens, which it prints first."""
        process = self.launch(role, options)
        words = process.stdout.readline().split()
        if not words:
            raise self.failure()
        return process, words[-1]

    def finish(self, role: str, options: str) -> dict:
        return self.end(self.launch(role, options))

    def end(self, process: subprocess.Popen) -> dict:
        """What it has told at its end."""
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise self.failure() from None
        if process.returncode != 0:
            raise self.failure()
        return json.loads(process.stdout.read())

    def kill(self):
        for process in self.processes:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()

    def failure(self) -> LoadError:
        self.kill()
        self.errors.seek(0)
        commands = ", ".join(f"'sttp-load {command.strip()}'" for command in self.commands)
        return LoadError(f"{commands} failed:\n{self.errors.read()}")


def _check_sums(sent: dict, received: dict):
    """Whoever has received as much as was sent must have received the same."""
    if received["least"] != sent["measurements"] or received["most"] != sent["measurements"]:
        return
    for name in ("value_sum", "time_sum"):
        if received[name] != sent[name] * received["connections"] % WORD:
            raise LoadError(f"what arrived is not what was sent: {name} differs: {sent} {received}")
