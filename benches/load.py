"""Runs the load program: a publisher and its subscribers as two processes over loopback."""

import json
import subprocess
import tempfile
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


class LoadError(Exception):
    """The load program failed, or what it received is not what it sent."""


class Load:
    def __init__(self, program: Path):
        self.program = program

    def run(self, publish: str, subscribe: str = "") -> Run:
        """Options of both roles, as on their command lines."""
        with tempfile.TemporaryFile("w+") as errors:
            publisher = subprocess.Popen(
                [self.program, "publish", *publish.split()], stdout=subprocess.PIPE, stderr=errors, text=True)
            try:
                address = publisher.stdout.readline().split()[-1:]
                subscriber = subprocess.run(
                    [self.program, "subscribe", *address, *subscribe.split()], stdout=subprocess.PIPE,
                    stderr=errors, text=True, timeout=PATIENCE)
                output, _ = publisher.communicate(timeout=PATIENCE if subscriber.returncode == 0 else 1)
            except subprocess.TimeoutExpired:
                raise _failure(publish, subscribe, errors) from None
            finally:
                publisher.kill()
                publisher.wait()
            if subscriber.returncode != 0 or publisher.returncode != 0:
                raise _failure(publish, subscribe, errors)
        run = Run(json.loads(output), json.loads(subscriber.stdout))
        _check_sums(run)
        return run

    def floor(self) -> dict:
        """Latencies of what the system alone does for a frame."""
        output = subprocess.run([self.program, "floor"], stdout=subprocess.PIPE, check=True, timeout=PATIENCE).stdout
        return json.loads(output)["latency_us"]


def _failure(publish: str, subscribe: str, errors) -> LoadError:
    errors.seek(0)
    return LoadError(f"'sttp-load publish {publish}' with 'subscribe {subscribe}' failed:\n{errors.read()}")


def _check_sums(run: Run):
    """Whoever has received as much as was published must have received the same."""
    sent, received = run.publisher, run.subscriber
    if received["least"] != sent["measurements"] or received["most"] != sent["measurements"]:
        return
    for name in ("value_sum", "time_sum"):
        if received[name] != sent[name] * received["connections"] % WORD:
            raise LoadError(f"what arrived is not what was published: {name} differs: {run}")
