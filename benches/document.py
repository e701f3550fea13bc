"""Puts figures of a run of benches/run.py into docs/performance.md, between the comments that name them, and draws
docs/streams.svg.

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
from table import quantity

DOCUMENT = crate.REPOSITORY / "docs/performance.md"


def main():
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else crate.target_folder() / "bench/bench.json"
    result = json.loads(path.read_text(encoding="utf-8"))
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, lines in {"streams": streams(result), "run": run(result)}.items():
        text = fill(text, name, lines)
    DOCUMENT.write_text(text, encoding="utf-8")
    with drawing.style():
        plot.streams(result["crate"]["codec"], DOCUMENT.with_name("streams.svg"))


def fill(text: str, name: str, lines: list[str]) -> str:
    """The text with other lines where that name is."""
    begin, end = f"<!-- {name} -->", "<!-- end -->"
    found = re.compile(f"{begin}\n.*?{end}", re.DOTALL)
    if not found.search(text):
        raise SystemExit(f"{DOCUMENT} has nothing between '{begin}' and '{end}'")
    return found.sub(lambda _: "\n".join([begin, *lines, end]), text, count=1)


def run(result: dict) -> list[str]:
    """When and where it was measured."""
    machine = result["machine"]
    spell = "quiet" if result["parts"]["crate"]["spell"] == "quiet" else "noisy: expect less than what is stated"
    return [f"Measured on {result['date']}, on {machine['cores']} cores of {machine['processor']}, which were {spell}."]


def streams(result: dict) -> list[str]:
    """A row for each kind of stream: nanoseconds of either side, bytes, and the same of sttpapi."""
    rows = {row["name"]: row for row in result["crate"]["codec"]}
    peer = {row["name"]: row["peer"] for row in result["rows"]}
    lines = ["| stream | encode | decode | bytes | `sttpapi` encode | decode |", "| --- | --- | --- | --- | --- | --- |"]
    for stream in crate.STREAMS:
        encode, decode = (crate.row_name(f"tssc {work}", stream) for work in ("encode", "decode"))
        others = [quantity(peer.get(marks.codec_row(name)), "ns") for name in (encode, decode)]
        lines.append(
            f"| {crate.title(stream)} | {rows[encode]['median_ns']:.1f} ns | {rows[decode]['median_ns']:.1f} ns | "
            f"{rows[encode]['bytes']:.2f} | {others[0]} | {others[1]} |")
    return lines


if __name__ == "__main__":
    main()
