"""What tshark says of a capture with the dissector of packaging/wireshark."""

import os
import subprocess
import tempfile
from pathlib import Path

from compare import Mismatch
from testdata import Row, to_bits

HERE = Path(__file__).resolve().parent
DISSECTOR = HERE.parents[1] / "packaging/wireshark/sttp.lua"
TAPS = HERE / "taps.lua"
PORT = 7165
SEPARATOR, AGGREGATOR = "\t", "|"
ERRORS = "_ws.lua.error"


def tshark(capture: Path, *options, filters=()) -> tuple[str, list[list[int]]]:
    """The output, and the numbers of the packets that pass each filter. An error of the dissector is a mismatch."""
    asked = [ERRORS, *filters]
    command = ["tshark", "-n", "-r", capture, "-X", f"lua_script:{DISSECTOR}", "-X", f"lua_script:{TAPS}"]
    command += [part for one in asked for part in ("-X", f"lua_script2:{one}")]
    done = _run([*command, *map(str, options)])
    if done.returncode < 0:
        # Nothing that is written in Lua may break tshark's own memory, but tshark 4.0 was once seen to.
        print(f"tshark was ended by signal {-done.returncode}, and is started once more: {done.stderr[-200:].strip()}")
        done = _run([*command, *map(str, options)])
    lines = [line.split("\t") for line in done.stderr.splitlines() if line.startswith("FILTER\t")]
    found = {int(line[1]): [int(number) for number in line[2].split()] for line in lines}
    if done.returncode or len(found) != len(asked):
        raise Mismatch(f"tshark ended with {done.returncode}: {done.stderr[-2000:]}")
    if found[1]:
        raise Mismatch(f"errors in Lua in packets {found[1][:10]} of {capture}")
    return done.stdout, [found[place] for place in range(2, len(asked) + 1)]


def _run(command: list) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as home:
        # A home without other dissectors or preferences.
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace",
            env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "TZ": "UTC"},
        )


def fields(capture: Path, names: list[str], display_filter: str = "", *options) -> list[list[list[str]]]:
    """Of each packet that passes the filter, the values of each field."""
    return _fields(capture, names, display_filter, options, [])[0]


def fields_and_frames(capture: Path, names: list[str], *filters: str) -> tuple[dict[str, list[str]], list[list[int]]]:
    """All values of each field, and the numbers of the packets that pass each of the filters, in one run."""
    lines, found = _fields(capture, names, "", (), filters)
    return {name: [value for line in lines for value in line[place]] for place, name in enumerate(names)}, found


def _fields(capture: Path, names: list[str], display_filter: str, options, filters) -> tuple[list, list[list[int]]]:
    asked = [option for name in names for option in ("-e", name)]
    chosen = ["-Y", display_filter] if display_filter else []
    form = ["-T", "fields", "-E", f"separator={SEPARATOR}", "-E", f"aggregator={AGGREGATOR}", "-E", "occurrence=a"]
    output, found = tshark(capture, *chosen, *form, *asked, *options, filters=filters)
    lines = [line.split(SEPARATOR) for line in output.splitlines()]
    return [[cell.split(AGGREGATOR) if cell else [] for cell in line] for line in lines], found


def values(capture: Path, name: str, display_filter: str = "", *options) -> list[str]:
    """All values of a field, in order."""
    return [value for line in fields(capture, [name], display_filter, *options) for value in line[0]]


def frames(capture: Path, *filters: str, options=()) -> list[list[int]]:
    """The numbers of the packets that pass each of the filters."""
    return tshark(capture, "-q", *options, filters=filters)[1]


def rows(capture: Path, *options, has_times: bool = True) -> list[Row]:
    """The measurements as they were decoded. Buffer blocks, which name signals too, must be in other captures."""
    names = ["sttp.signal_id", "sttp.value", "sttp.flags"] + ["sttp.ticks"] * has_times
    found = []
    for number, line in enumerate(fields(capture, names, "sttp.measurement", *options)):
        if len({len(cells) for cells in line}) != 1:
            raise Mismatch(f"packet {number} of measurements has {[len(cells) for cells in line]} of {names}")
        ticks = line[3] if has_times else ["0"] * len(line[0])
        for signal_id, value, flags, time in zip(*line[:3], ticks, strict=True):
            found.append(Row(signal_id, signed(int(time)), int(flags, 16), to_bits(float(value))))
    return found


def signed(ticks: int) -> int:
    return ticks - (1 << 64) if ticks >> 63 else ticks
