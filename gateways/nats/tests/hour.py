"""Subscribers that lose their relay for an hour, by the clock, and recover from other ones: from one that ran all
the time, and from one that was started behind the outage. A third one asks the publisher itself, and so knows what
there was.

    gateways/nats/tests/hour.py FOLDER-OF-TOOLS PROGRAM [--outage SECONDS]

Exit code 0 when each of the two has exactly what the third one has, each measurement once.
"""

import argparse
import contextlib
import csv
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path

SIGNALS, RATE = 10, 5
PATIENCE = 300
# Of what is published before and behind the outage.
BESIDE = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", type=Path, help="a folder with sttp-publish and sttp-subscribe")
    parser.add_argument("program", type=Path, help="sttp-nats")
    parser.add_argument("--rate", type=float, default=RATE, metavar="FPS", help=f"default: {RATE}")
    parser.add_argument("--outage", type=float, default=3600, metavar="SECONDS", help="default: 3600")
    options = parser.parse_args()
    if not shutil.which("nats-server"):
        print("SKIPPED: an hour's outage, because nats-server is missing (apt install nats-server)")
        return
    with tempfile.TemporaryDirectory() as folder, World(options, Path(folder)) as world:
        try:
            world.run(options.outage)
        except SystemExit:
            for log in sorted(Path(folder).glob("*.log")):
                print(f"-- {log.name}\n{log.read_text(encoding='utf-8')[-5000:]}", file=sys.stderr)
            raise


class World:
    """All processes, ended with this."""

    def __init__(self, options: argparse.Namespace, folder: Path):
        self.tools, self.program, self.folder, self.rate = options.tools, options.program, folder, options.rate

    def __enter__(self) -> "World":
        self.ends = contextlib.ExitStack()
        port = free_port()
        self.url = f"nats://127.0.0.1:{port}"
        # As much as an ingest wants to be kept by default, which little of is used.
        config = self.folder / "nats.conf"
        config.write_text("jetstream { max_file_store: 100GB }\n", encoding="utf-8")
        self.start("nats", "nats-server", "-c", config, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd",
                   self.folder / "stream")
        return self

    def __exit__(self, *_: object) -> None:
        self.ends.close()

    def run(self, outage: float) -> None:
        publisher = free_port()
        publishing = self.start("publish", self.tools / "sttp-publish", "--listen", f"127.0.0.1:{publisher}", "--rate",
                                str(self.rate), "--signals", str(SIGNALS), "--wait-subscribers", "2")
        self.start_well("ingest", "--spool", self.folder / "spool",
                        "--source", f"east=server=127.0.0.1:{publisher}; retryInterval=100")
        first, first_port = self.relay("first")
        _, other_port = self.relay("other")
        links = [Link(first_port) for _ in range(2)]
        subscribers = [self.subscriber(name, link.port) for name, link in zip(("stays", "begins"), links, strict=True)]
        # The publisher begins with this one.
        truth = self.subscriber("truth", publisher)
        time.sleep(BESIDE)
        print(f"the relay dies, and nobody has another one for {outage:g} seconds", flush=True)
        for link in links:
            link.lead_to(None)
        first.kill()
        time.sleep(outage)
        links[0].lead_to(other_port)
        links[1].lead_to(self.relay("new")[1])
        wait("all rows", lambda: self.rows("truth", recovered=False) > 0 and all(
            self.rows(name, recovered=True) >= (outage - 1) * self.rate * SIGNALS for name in ("stays", "begins")))
        time.sleep(BESIDE)
        end(publishing)
        time.sleep(2)
        for process in (truth, *subscribers):
            end(process)
        published = Counter(row for row, _ in self.read("truth"))
        if max(published.values()) != 1 or len(published) < outage * self.rate * SIGNALS:
            sys.exit(f"what was published is not known: {len(published)} measurements")
        for name in ("stays", "begins"):
            self.check(name, published, outage)

    def check(self, name: str, published: Counter, outage: float) -> None:
        rows = list(self.read(name))
        got = Counter(row for row, _ in rows)
        recovered = sum(is_recovered for _, is_recovered in rows)
        missing, repeated = published - got, got - published
        print(f"{name}: {len(rows)} of {len(published)} measurements, {recovered} of them recovered; "
              f"{len(missing)} missing, {sum(repeated.values())} repeated or made up", flush=True)
        if missing or repeated or recovered < (outage - 1) * self.rate * SIGNALS:
            sys.exit(f"{name} has not everything exactly once: {list(missing)[:3]} {list(repeated)[:3]}")

    def relay(self, name: str) -> tuple[subprocess.Popen, int]:
        port = free_port()
        return self.start_well("serve", "--sttp", f"interface=127.0.0.1; port={port}", name=name), port

    def subscriber(self, name: str, port: int) -> subprocess.Popen:
        # As docs/scale.md recommends.
        connection = (f"server=127.0.0.1:{port}; maxRetryInterval=2000; "
                      "dataGapRecovery={enabled=true; recoveryStartDelay=5; dataMonitoringInterval=60}")
        process = self.start(name, self.tools / "sttp-subscribe", "--connection-string", connection, "--recover",
                             "--format", "csv", "--columns", "signal_id,timestamp,flags,value,recovered",
                             "--output", self.folder / f"{name}.csv", "--log-level", "info")
        wait(f"{name} subscribes", lambda: "subscribed" in (self.folder / f"{name}.log").read_text(encoding="utf-8"))
        return process

    def start_well(self, role: str, *arguments: object, name: str | None = None) -> subprocess.Popen:
        http = free_port()
        process = self.start(name or role, self.program, role, *arguments, "--nats", self.url,
                             "--http", f"127.0.0.1:{http}")
        wait(f"health of {name or role}", lambda: answers(http))
        return process

    def start(self, name: str, *command: object) -> subprocess.Popen:
        log = self.ends.enter_context((self.folder / f"{name}.log").open("w"))
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.ends.callback(end, process)
        return process

    def read(self, name: str):
        """Rows, and whether they were recovered."""
        with (self.folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            for *row, recovered in list(csv.reader(file))[1:]:
                yield tuple(row), recovered == "1"

    def rows(self, name: str, *, recovered: bool) -> int:
        """How many there are so far; the last line may not be whole yet."""
        with (self.folder / f"{name}.csv").open("rb") as file:
            return sum(line.endswith(b",1\n" if recovered else b",0\n") for line in file)


class Link:
    """Leads connections to a port, or nowhere."""

    def __init__(self, target: int):
        self.target: int | None = target
        self.streams: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def lead_to(self, target: int | None) -> None:
        """What is connected is cut."""
        self.target = target
        streams, self.streams = self.streams, []
        for stream in streams:
            with contextlib.suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)

    def listen(self) -> None:
        while True:
            client, _ = self.listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.target)) if self.target else None
            except OSError:
                server = None
            if server is None:
                client.close()
                continue
            self.streams += [client, server]
            for ends in ((client, server), (server, client)):
                threading.Thread(target=pass_on, args=ends, daemon=True).start()


def pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for stream in (source, sink):
        with contextlib.suppress(OSError):
            stream.shutdown(socket.SHUT_RDWR)


def end(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait()


def answers(http: int) -> bool:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{http}/health", timeout=1).close()
        return True
    return False


def wait(what: str, is_so) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > until:
            sys.exit(f"{what}: not in time")
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


if __name__ == "__main__":
    main()
