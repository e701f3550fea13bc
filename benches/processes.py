"""What a process has taken so far, and what it tells by HTTP."""

import os
import socket
import subprocess
import urllib.request
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60


def cpu_seconds(process: subprocess.Popen) -> float:
    """Processor time so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def metric(address: str, name: str) -> float:
    """A number that a process tells Prometheus, the sum over labels."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=PATIENCE) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.split(" ")[0].split("{")[0] == name)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
