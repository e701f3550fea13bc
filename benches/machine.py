"""What the measuring runs on: the machine, and how quiet it is at the moment."""

import os
import platform
import re
import statistics
import time
from pathlib import Path

# More than this of a core busy with other work, or a loop that much slower than at its best, is a noisy spell.
NOISY_CORES = 0.15
NOISY_SPREAD = 1.15


def description() -> dict:
    return {"processor": _processor(), "cores": os.cpu_count(), "system": platform.platform()}


def _processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found.group(1) if found else platform.machine()


class Calibration:
    """Times the same loop again and again; its best time so far is what the machine can do undisturbed."""

    def __init__(self):
        self.best = float("inf")

    def spell(self) -> dict:
        """How busy the machine is with other work, before or after a measurement. Takes half a second."""
        times = [_loop_seconds() for _ in range(15)]
        self.best = min(self.best, *times)
        spread = statistics.median(times) / self.best
        others = _busy_cores(0.3)
        return {
            "load_average": os.getloadavg()[0],
            "busy_cores": round(others, 3),
            "loop_ms": round(statistics.median(times) * 1e3, 3),
            "loop_against_best": round(spread, 3),
            "quiet": others <= NOISY_CORES and spread <= NOISY_SPREAD,
        }


def _loop_seconds() -> float:
    started = time.perf_counter()
    total = 0
    for number in range(100_000):
        total += number * number
    return time.perf_counter() - started


def _busy_cores(seconds: float) -> float:
    """How many cores are busy while this process sleeps, what a hypervisor takes included."""
    busy, total = _processor_ticks()
    time.sleep(seconds)
    busy_then, total_then = _processor_ticks()
    return (busy_then - busy) / max(total_then - total, 1) * (os.cpu_count() or 1)


def _processor_ticks() -> tuple[int, int]:
    """Busy and all ticks of all cores."""
    # user nice system idle iowait irq softirq steal; what guests take is part of user.
    fields = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)
