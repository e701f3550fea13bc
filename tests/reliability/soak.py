"""An hour with peers that join, leave, stall and are killed, plain and over TLS: what it leaves behind.

    python3 tests/reliability/soak.py --bin build/bin --minutes 60 --output target/soak.json

Two publishers, one of them over TLS, each with a subscriber that stays all the time, and guests that come and go: over
TCP and UDP, with and without compression, with filters of their own, for their live values and for the last minute of
history. Some leave as they should, some are stopped (SIGSTOP) for a while, some are killed. Memory, descriptors and
threads of the four that stay are written down every few seconds. They must be flat: after the first quarter no median
of a later tenth of the time may lie above the first one's by more than a tenth (and 4 MB); and once all guests have
left, descriptors and threads must be as they were before any came. Those who stay must never lose their connection.

'tests/reliability/plot.py' draws what was written. Loopback only. Exits with 1 if anything was not flat.
"""

import argparse
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from peer import Ended, Process, free_port

SIGNALS, FRAMES_PER_SECOND = 200, 30
GUESTS = 12
SETTLED = 20
LIVES = (
    "tcp", "tcp", "udp", "no compression", "own filter", "own filter", "history", "metadata only",
)
ENDS = ("leave", "leave", "stall and leave", "stall and die", "die")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True, help="folder of the tools")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1, help="of who comes, stays and goes how")
    parser.add_argument("--every", type=float, default=5, metavar="S", help="seconds between two samples")
    parser.add_argument("--output", type=Path, default=Path("target/soak.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(options.bin, Path(folder), random.Random(options.seed))
        soak.run(options.minutes * 60, options.every)
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(soak.record(), indent=1) + "\n")
    for line in soak.wrong:
        print(line)
    guests = ", ".join(f"{count} {how}" for how, count in sorted(soak.ended.items()))
    print(f"{sum(soak.ended.values())} guests in {options.minutes:g} minutes: {guests}; "
          f"{len(soak.wrong)} things were not flat. Written to {options.output}")
    return 1 if soak.wrong else 0


class Side:
    """A publisher and the subscriber that stays with it."""

    def __init__(self, folder: Path, certificates: Path | None, work: Path):
        self.name = "TLS" if certificates else "plain"
        self._folder, self._certificates = folder, certificates
        self.port = free_port()
        self.publisher = Process(
            [folder / "sttp-publish", "--listen", f"127.0.0.1:{self.port}", "--signals", str(SIGNALS),
             "--rate", str(FRAMES_PER_SECOND), "--history", "1", *self._secured("publisher", "subscriber")])
        self.publisher.wait_for_port(self.port)
        self.subscriber = Process([*self.subscribe(), "--format", "none", "--once"])

    def subscribe(self) -> list[str | Path]:
        return [self._folder / "sttp-subscribe", f"127.0.0.1:{self.port}", *self._secured("subscriber", "publisher")]

    def metadata(self) -> list[str | Path]:
        return [self._folder / "sttp-metadata", f"127.0.0.1:{self.port}", *self._secured("subscriber", "publisher")]

    def _secured(self, own: str, peer: str) -> list[str | Path]:
        if not self._certificates:
            return []
        path = self._certificates
        return ["--certificate", path / f"{own}.cer", "--private-key", path / f"{own}.key",
                "--trust", path / f"{peer}.cer"]

    def watched(self) -> dict[str, Process]:
        return {f"publisher, {self.name}": self.publisher, f"subscriber, {self.name}": self.subscriber}


class Guest:
    """A process that comes, stays for a while, and goes in one of several ways."""

    def __init__(self, side: Side, dice: random.Random, number: int, now: float):
        self.life = dice.choice(LIVES)
        self.end = dice.choice(ENDS)
        self.process = Process(self._command(side, self.life, dice, number))
        stays = dice.expovariate(1 / 12)
        self._steps = {
            "leave": [(stays, signal.SIGINT)],
            "die": [(stays, signal.SIGKILL)],
            "stall and leave": [(stays, signal.SIGSTOP), (stays + dice.uniform(1, 20), signal.SIGCONT),
                                (stays + 21, signal.SIGINT)],
            "stall and die": [(stays, signal.SIGSTOP), (stays + dice.uniform(1, 20), signal.SIGKILL)],
        }[self.end]
        self._came = now

    @staticmethod
    def _command(side: Side, life: str, dice: random.Random, number: int) -> list[str | Path]:
        own_filter = f"FILTER TOP {dice.randint(1, SIGNALS)} ActiveMeasurements WHERE PointTag <> '{number}'"
        if life == "metadata only":
            return side.metadata()
        options = {
            "tcp": [],
            # Over TLS data go by UDP only when they are encrypted, which has to be asked for on both sides.
            "udp": ["--udp", "0"] if side.name == "plain" else [],
            "no compression": ["--no-tssc", "--no-gzip"],
            "own filter": ["--filter", own_filter],
            "history": ["--start", "*-40s", "--processing-interval", "0"],
        }[life]
        return [*side.subscribe(), "--format", "none", *options]

    def go_on(self, now: float) -> bool:
        """Does what is due; false once it has gone."""
        while self._steps and now - self._came >= self._steps[0][0]:
            self.process.send(self._steps.pop(0)[1])
        return self.process.is_running()


class Soak:
    def __init__(self, folder: Path, work: Path, dice: random.Random):
        for name in ("publisher", "subscriber"):
            command = [folder / "sttp-publish", "--make-certificate", work / name]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self._sides = [Side(folder, None, work), Side(folder, work, work)]
        self._watched = {name: process for side in self._sides for name, process in side.watched().items()}
        self._dice = dice
        self._samples: dict[str, list[list[float]]] = {name: [] for name in self._watched}
        self.ended: dict[str, int] = {}
        self.wrong: list[str] = []

    def run(self, seconds: float, every: float):
        time.sleep(5)
        before = {name: (process.descriptors(), process.threads()) for name, process in self._watched.items()}
        begun = time.monotonic()
        guests: list[Guest] = []
        sampled = told = 0.0
        number = 0
        while (now := time.monotonic() - begun) < seconds:
            guests = [guest for guest in guests if guest.go_on(now) or self._count(guest)]
            if len(guests) < GUESTS and self._dice.random() < 0.3:
                number += 1
                guests.append(Guest(self._dice.choice(self._sides), self._dice, number, now))
            if now >= sampled:
                self._sample(now)
                sampled += every
            if now >= told + 60:
                told = now
                print(f"{now / 60:.0f} minutes, {sum(self.ended.values())} guests have left", flush=True)
            time.sleep(0.1)
        for guest in guests:
            guest.process.send(signal.SIGKILL)
            guest.process.wait()
        time.sleep(SETTLED)
        self._sample(time.monotonic() - begun)
        for name, process in self._watched.items():
            if not process.is_running():
                continue
            after = process.descriptors(), process.threads()
            if after != before[name]:
                self.wrong.append(f"{name}: {before[name]} descriptors and threads before, {after} after all had left")
        for name, samples in self._samples.items():
            self._judge(name, [sample[1] for sample in samples])
        self._end()

    def _count(self, guest: Guest) -> bool:
        self.ended[guest.end] = self.ended.get(guest.end, 0) + 1
        if guest.process.exit_code() not in (0, -signal.SIGKILL):
            self.wrong.append(f"a guest ({guest.life}) failed: {guest.process.told().strip()[-300:]}")
        return False

    def _sample(self, now: float):
        for name, process in self._watched.items():
            if process.is_running():
                megabytes = round(process.kilobytes() / 1024, 2)
                self._samples[name].append([round(now, 1), megabytes, process.descriptors(), process.threads()])

    def _judge(self, name: str, megabytes: list[float]):
        later = megabytes[len(megabytes) // 4:]
        tenth = max(1, len(later) // 10)
        medians = [statistics.median(later[at:at + tenth]) for at in range(0, len(later) - tenth + 1, tenth)]
        if max(medians) > medians[0] * 1.1 + 4:
            self.wrong.append(f"{name}: {medians[0]:.1f} MB after a quarter of the time, later {max(medians):.1f} MB")

    def _end(self):
        # Subscribers first: they end by themselves when their connection is lost.
        for name, process in reversed(self._watched.items()):
            try:
                process.stop()
            except Ended as end:
                self.wrong.append(f"{name}: {end}")

    def record(self) -> dict:
        return {
            "signals": SIGNALS, "frames_per_second": FRAMES_PER_SECOND, "guests": self.ended, "wrong": self.wrong,
            "columns": ["seconds", "megabytes", "descriptors", "threads"], "samples": self._samples,
        }


if __name__ == "__main__":
    sys.exit(main())
