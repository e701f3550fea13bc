"""TSTP through one NATS server: an STTP publisher's measurements become events, and these an STTP publisher's again."""

import contextlib
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from load import Load, LoadError
from marks import Row
from processes import cpu_seconds, free_port, metric

# So many signals at so many frames a second have to come through, which is what has a mark, and a little more.
SIGNALS, RATE = 20_000, 30
MARK = 500_000
PATIENCE = 60
# In generation A each signal is a series of its own, whose points wait for others until an event is worth it.
INTERVALS = {"A": "1s", "B": "100ms"}
TAKEN = "sttp_tstp_in_measurements_total"


@dataclass
class Through:
    """What was published and came out, and seconds of processor by process."""

    published: int
    taken: int
    seconds: float
    cpu: dict[str, float]


def rows(load: Load, program: Path, seconds: float) -> Iterator[Row]:
    """Rows for both kinds of data points."""
    for generation, interval in INTERVALS.items():
        run = through(load, program, generation, interval, seconds)
        name = f"TSTP generation {generation}, {SIGNALS:,} signals at {RATE} frames/s"
        lost = run.published - run.taken
        failure = f"{lost:,} of {run.published:,} data points are lost" if lost else ""
        yield Row(f"{name}, STTP to STTP", run.taken / run.seconds, "/s", MARK, at_least=True, failure=failure)
        for process, cpu in run.cpu.items():
            yield Row(f"{name}, {process}", 1e6 * cpu / max(run.taken, 1), "s/million")


def through(load: Load, program: Path, generation: str, interval: str, seconds: float) -> Through:
    """One run at the fixed pace."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as ends:
        port, http = free_port(), f"127.0.0.1:{free_port()}"
        config = Path(folder) / "tstp.toml"
        config.write_text(
            f"[nats]\nservers = ['nats://127.0.0.1:{port}']\n[tstp-out]\ninterval = '{interval}'\n"
            f"[tstp-in]\nqueue = '256M'\nmetadata-interval = '100ms'\n",
            encoding="utf-8",
        )

        def start(*command: str | Path) -> subprocess.Popen:
            log = ends.enter_context((Path(folder) / "log").open("a"))
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            ends.callback(_kill, process)
            return process

        common = (program, "--config", config)
        server = start("nats-server", "-a", "127.0.0.1", "-p", str(port))
        receiver = start(*common, "--http", http, "tstp-in", "--generation", generation,
                         "--sttp", "port=0; interface=127.0.0.1")
        _wait("events are taken", lambda: "taking events" in (Path(folder) / "log").read_text(encoding="utf-8"))
        publish = f"--signals {SIGNALS} --rate {RATE} --seconds {seconds} --lossless"
        with load.sides(f"publish {publish}") as sides:
            publisher, address = sides.start("publish", publish)
            transmitter = start(*common, "tstp-out", "--generation", generation, "--source", f"load=server={address}")
            published = sides.end(publisher)
        _wait("all events", lambda: _has_settled(http, published["measurements"]))
        parts = {"nats-server": server, "tstp-out": transmitter, "tstp-in": receiver}
        cpu = {name: cpu_seconds(process) for name, process in parts.items()}
        return Through(published["measurements"], int(metric(http, TAKEN)), published["seconds"], cpu)


def _has_settled(http: str, published: int) -> bool:
    """Whether all has come, or nothing more comes for some seconds."""
    before = metric(http, TAKEN)
    if before >= published:
        return True
    time.sleep(3)
    return metric(http, TAKEN) == before


def _wait(what: str, is_so) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise LoadError(f"{what}: not in time")
        time.sleep(0.05)


def _kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
