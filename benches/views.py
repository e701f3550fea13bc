"""What the viewers cost: 1,000 signals at 30 frames a second.

    python3 benches/views.py [SECONDS]

Needs 'make' and 'make viewers'. Tells the CPU time of sttp-top in a terminal, and of sttp-view with a browser, Chromium
or else one that only takes everything, each as a part of one core. Fails when one takes more than its mark.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests/viewers"))

import stream  # noqa: E402
from top_test import Terminal  # noqa: E402
from view_test import View  # noqa: E402

SIGNALS = 1000
MARKS = {"sttp-top": 10.0, "sttp-view": 20.0}


def cpu_seconds(process: int) -> float:
    """Of all threads of a process."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def part_of_a_core(process: int, seconds: float) -> float:
    before = cpu_seconds(process)
    time.sleep(seconds)
    return 100 * (cpu_seconds(process) - before) / seconds


def child_of(name: str) -> int:
    """The newest process of that name."""
    return int(subprocess.run(["pgrep", "-n", "-x", name], check=True, capture_output=True, text=True).stdout)


def measure(bins: Path, viewers: Path, seconds: float) -> dict[str, float]:
    """Parts of a core, in percent, by program."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with stream.Publisher(bins, ["--signals", str(SIGNALS), "--rate", "30"]) as publisher:
            with Terminal(work, [str(viewers / "sttp-top"), publisher.address]) as terminal:
                terminal.wait(r"1,000 signals +[23]\d,\d{3} values/s")
                found["sttp-top"] = part_of_a_core(child_of("sttp-top"), seconds)
            with View(viewers, publisher.address) as view:
                found["sttp-view"] = with_browser(work, view, seconds)
    return found


def with_browser(work: Path, view: View, seconds: float) -> float:
    import chromium

    if chromium.find():
        with chromium.Chromium(work, 1600, 1000) as page:
            page.go(view.url)
            time.sleep(5)
            found = part_of_a_core(view.process.pid, seconds)
            drawn = page.evaluate("document.querySelectorAll('#rows tr').length")
            if drawn != SIGNALS // 10:
                raise SystemExit(f"the page shows {drawn} devices")
            return found
    name = re.search(rb'"name":"([^"]+)"', view.ask("/snapshot.json")[2]).group(1).decode()
    for path in ("/events", f"/device?name={name}"):
        threading.Thread(target=take, args=[view.listen(path)], daemon=True).start()
    return part_of_a_core(view.process.pid, seconds)


def take(connection):
    while connection.recv(1 << 20):
        pass


def above_marks(found: dict[str, float]) -> list[str]:
    """The programs that take more than they may."""
    return [name for name, value in found.items() if value > MARKS[name]]


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    folder = REPOSITORY / "build/bin"
    found = measure(folder, folder, seconds)
    for name, value in found.items():
        print(f"{name}: {SIGNALS} signals x 30 frames/s take {value:.1f} % of a core (mark: {MARKS[name]:.0f} %)")
    sys.exit(1 if above_marks(found) else 0)


if __name__ == "__main__":
    main()
