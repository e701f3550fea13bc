"""The processes of one scenario: started in a folder of their own, bounded in time, never left behind."""

import itertools
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from compare import Mismatch

TAIL_LINES = 12
STATS_KEYS = {"measurements", "seconds", "per_second", "bytes", "dropped", "cpu_seconds", "peak_rss_bytes"}
# The counters of the tools that peers tell by other names.
COUNTERS = {
    "bytes_sent": "bytes", "bytes_received": "bytes", "measurements_dropped": "dropped",
    "datagrams_sent": "datagrams", "datagrams": "datagrams",
}


class Child:
    def __init__(self, name: str, command: list[str], folder: Path):
        self.name = name
        self.command = command
        self._stdout = folder / f"{name}.stdout"
        self._stderr = folder / f"{name}.stderr"
        with open(self._stdout, "wb") as stdout, open(self._stderr, "wb") as stderr:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
            )

    def wait(self, deadline: float) -> int:
        try:
            return self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Mismatch(f"{self.name} has not ended in time") from None

    def ended(self) -> bool:
        return self._process.poll() is not None

    def kill(self):
        if not self.ended():
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stderr(self) -> str:
        return self._stderr.read_text(errors="replace")

    def stats(self) -> dict:
        """The JSON object in the last line, with every key it promises."""
        last = (self.stderr().splitlines() or [""])[-1]
        try:
            stats = json.loads(last)
        except ValueError:
            raise Mismatch(f"{self.name}: the last line of stderr is no JSON: {last!r}") from None
        counters = stats.get("counters", {})
        for name, value in counters.items():
            if name in COUNTERS and not (name == "bytes_received" and "bytes_sent" in counters):
                stats[COUNTERS[name]] = value
        if missing := STATS_KEYS - stats.keys():
            raise Mismatch(f"{self.name}: statistics without {sorted(missing)}")
        return stats

    def report(self) -> str:
        lines = self._stdout.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        lines += self.stderr().splitlines()[-TAIL_LINES:]
        state = f"exit code {self._process.poll()}" if self.ended() else "was still running"
        return "\n".join([f"--- {self.name} ({state}): {' '.join(self.command)}", *lines])


class Session:
    def __init__(self, folder: Path, seconds: float):
        self.folder = folder
        self._deadline = time.monotonic() + seconds
        self._children: list[Child] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in self._children:
            child.kill()

    def start(self, name: str, command: list[str]) -> Child:
        child = Child(name, [str(part) for part in command], self.folder)
        self._children.append(child)
        return child

    def wait_listening(self, child: Child, port: int):
        while time.monotonic() < self._deadline:
            if child.ended():
                raise Mismatch(f"{child.name} ended before it listened")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise Mismatch(f"{child.name} does not listen on port {port}")

    def finish(self, *children: Child, exit_code: int = 0):
        for child in children:
            if (code := child.wait(self._deadline)) != exit_code:
                raise Mismatch(f"{child.name} ended with {code}, not {exit_code}")

    def report(self) -> str:
        return "\n".join(child.report() for child in self._children)


# Below the ports that systems give to outgoing connections, which could take one before it is listened on.
_PORTS = itertools.count(20_000 + os.getpid() % 8_000)


def free_port(kind=socket.SOCK_STREAM) -> int:
    for port in _PORTS:
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
