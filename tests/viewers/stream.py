"""A publisher of three devices for the viewers to look at: one is good, one has flags, one falls silent."""

import csv
import math
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "src/metadata/sample.xml"
TICKS_AT_1970 = 621_355_968_000_000_000
RATE = 30

# Frames after which FELLBRIDGE has the flag, and QUARRYWICK sends nothing.
FLAGGED, SILENT = 60, 90
BAD_TIME = 0x10000


class Publisher:
    """sttp-publish, on a port that is free unless the address says which."""

    def __init__(self, folder: Path, options: list[str], address: str = "127.0.0.1:0", stdin=subprocess.DEVNULL):
        command = [str(folder / "sttp-publish"), "--listen", address, *options]
        self.process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self.process.stdout.readline()
        self.address = re.search(r"on (\S+)$", line.strip()).group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def devices(folder: Path, work: Path, seconds: int = 120) -> Publisher:
    """Three devices, as long as that, from when somebody has subscribed."""
    rows = work / "stream.csv"
    write(rows, seconds)
    options = ["--metadata", str(SAMPLE), "--replay", str(rows), "--rate", str(RATE), "--wait-subscribers", "1"]
    return Publisher(folder, options)


def write(path: Path, seconds: int):
    signals = [
        (record.findtext("SignalID"), record.findtext("DeviceAcronym"), record.findtext("SignalAcronym"))
        for record in ElementTree.parse(SAMPLE).getroot().iter("MeasurementDetail")
    ]
    # Read before the first frame goes out, which takes a moment.
    began = time.time() + 0.5
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["signal_id", "timestamp", "flags", "value"])
        for frame in range(seconds * RATE):
            ticks = TICKS_AT_1970 + int((began + frame / RATE) * 1e7)
            for signal, device, kind in signals:
                if device == "QUARRYWICK" and frame >= SILENT:
                    continue
                flags = BAD_TIME if device == "FELLBRIDGE" and frame >= FLAGGED else 0
                writer.writerow([signal, ticks, flags, f"{value(device, kind, frame / RATE):.6g}"])


def value(device: str, kind: str, second: float) -> float:
    number = {"ALDERMOOR": 0, "FELLBRIDGE": 1, "QUARRYWICK": 2}[device]
    swing = 2 * math.pi * second / 23 + number / 3
    turn = 30 * math.sin(second / 40) - 20 * number
    values = {
        "FREQ": 50.01 + 0.018 * math.sin(swing) + 0.002 * math.sin(7 * swing),
        "DFDT": 0.018 * 2 * math.pi / 23 * math.cos(swing),
        "VPHM": 231_000 + 400 * math.sin(swing / 2),
        "VPHA": turn,
        "IPHM": 810 + 60 * math.sin(swing),
        "IPHA": turn - 24,
        "FLAG": 0,
    }
    return values[kind]


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
