"""Puts figures of a run of benches/run.py into docs/performance.md, docs/scale.md and docs/tstp.md, between the
comments that name them, and draws docs/streams.svg. What the run has not measured stays as it is.

    target/bench-venv/bin/python benches/document.py [target/bench/bench.json]
"""

import json
import re
import sys
from pathlib import Path

import crate
import drawing
import marks
import plot
import relays
from table import quantity

DOCUMENTS = crate.REPOSITORY / "docs"


def main():
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else crate.target_folder() / "bench/bench.json"
    result = json.loads(path.read_text(encoding="utf-8"))
    lines: dict[str, dict[str, list[str]]] = {"performance.md": {}, "scale.md": {}, "tstp.md": {}}
    if "crate" in result and "sttpapi" in result:
        lines["performance.md"] |= {"streams": streams(result), "run": run(result, "crate")}
        with drawing.style():
            plot.streams(result["crate"]["codec"], DOCUMENTS / "streams.svg")
    if "sweep" in result:
        lines["performance.md"] |= {"costs": costs(result["sweep"]["costs"]), "loads": loads(result)}
    if "links" in result:
        lines["performance.md"]["links"] = [*links(result["links"]), "", *run(result, "links")]
    if result.get("nats"):
        measured = relays.measured(result["nats"])
        lines["scale.md"] |= {"measured": [*measured, "", *run(result, "nats")], "plan": relays.plan(result["nats"])}
    if "tstp" in result["parts"]:
        lines["tstp.md"] |= {"speed": [*relays.events(result["rows"]), "", *run(result, "tstp")]}
    for document, parts in lines.items():
        for name, lines_of_it in parts.items():
            fill(DOCUMENTS / document, name, lines_of_it)


def fill(document: Path, name: str, lines: list[str]) -> None:
    """Puts other lines where that name is."""
    text = document.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->", "<!-- end -->"
    found = re.compile(f"{begin}\n.*?{end}", re.DOTALL)
    if not found.search(text):
        raise SystemExit(f"{document} has nothing between '{begin}' and '{end}'")
    document.write_text(found.sub(lambda _: "\n".join([begin, *lines, end]), text, count=1), encoding="utf-8")


def run(result: dict, part: str) -> list[str]:
    """When and where a part was measured."""
    machine = result["machine"]
    spell = "quiet" if result["parts"][part]["spell"] == "quiet" else "noisy: expect less than what is stated"
    return [f"Measured on {result['date']}, on {machine['cores']} cores of {machine['processor']}, which were {spell}."]


def streams(result: dict) -> list[str]:
    """A row for each kind of stream: nanoseconds of either side, bytes, and the same of sttpapi."""
    rows = {row["name"]: row for row in result["crate"]["codec"]}
    peer = {row["name"]: row["peer"] for row in result["rows"]}
    lines = [
        "| stream | encode | decode | bytes | `sttpapi` encode | decode |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for stream in crate.STREAMS:
        encode, decode = (crate.row_name(f"tssc {work}", stream) for work in ("encode", "decode"))
        others = [quantity(peer.get(marks.codec_row(name)), "ns") for name in (encode, decode)]
        lines.append(
            f"| {crate.title(stream)} | {rows[encode]['median_ns']:.1f} ns | {rows[decode]['median_ns']:.1f} ns | "
            f"{rows[encode]['bytes']:.2f} | {others[0]} | {others[1]} |")
    return lines


def links(found: dict) -> list[str]:
    """A row for each form of a measurement, and of a phasor; and what a serial line takes."""
    lines = ["| on the same stream | bytes | encode | decode |", "| --- | --- | --- | --- |"]
    for form in found["forms"]:
        times = " | ".join(f"{form[f'{work}_ns']:.0f} ns" for work in ("encode", "decode"))
        lines.append(f"| a {form['of']}, {form['form']} | {form['bytes']:.2f} | {times} |")
    if line := found["line"]:
        lines += [
            "",
            f"A serial line of {line['settings']} took {line['measured']:.0f} measurements a second in blocks of "
            f"{line['block']} bytes; by the formula of [block-links.md](block-links.md#what-it-costs) "
            f"{line['formula']:.0f} are the most.",
        ]
    return lines


# The constants of the document's formulas: side and cause of the sweep, and what is said of them.
COSTS = {
    "`a`, a frame": (
        "publisher",
        "frames",
        "waking the publishing thread and, beyond four connections, the engine; caches that have grown cold in between",
    ),
    "`b`, a measurement published": ("publisher", "measurements_published", "copying into the queue"),
    "`c`, a measurement encoded": ("publisher", "measurements_encoded", "TSSC"),
    "`d`, a packet to a subscriber": ("publisher", "packets_sent", "`sendmsg` through the TCP of the system"),
    "`e`, a measurement received": ("subscriber", "measurements_received", "TSSC, and the callback"),
    "`f`, a packet received": (
        "subscriber",
        "packets_received",
        "`recv` through the TCP of the system, waking the engine",
    ),
}


def costs(found: dict) -> list[str]:
    """A row for each constant; what is lost in the noise has none measured."""
    lines = ["| constant | measured | what it is made of |", "| --- | --- | --- |"]
    for name, (side, cause, parts) in COSTS.items():
        seconds = found[side]["seconds_per"].get(cause)
        measured = "too little to tell" if seconds is None else quantity(seconds, "s").replace("us", "µs")
        lines.append(f"| {name} | {measured} | {parts} |")
    return lines


def loads(result: dict) -> list[str]:
    """The share of a core that each load takes."""
    rows = {row["name"]: row["value"] for row in result["rows"]}
    of_signals = {point["signals"]: point["publisher_core_percent"] for point in result["sweep"]["by_signals"]}
    shares = {
        "1 subscriber, 1,000 signals": of_signals.get(1000),
        "1 subscriber, 100,000 signals": of_signals.get(100_000),
        "64 subscribers, 1,000 signals, same filter": rows.get("64 subscribers, same filter"),
        "1,000 subscribers, 1,000 signals, same filter": rows.get("1,000 subscribers, same filter"),
        "64 subscribers, 1,000 signals, 64 filters": rows.get("64 subscribers, 64 filters"),
    }
    lines = ["| load | CPU of the publisher, of one core |", "| --- | --- |"]
    return lines + [f"| {load} | {share:.2g} % |" for load, share in shares.items() if share is not None]


if __name__ == "__main__":
    main()
