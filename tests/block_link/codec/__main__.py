"""Block links, written from docs/block-links.md alone: an implementation that knows nothing of the library's.

Reads commands from standard input, one a line, each a JSON object, and answers each with a JSON object in a line:

    {"do": "write", "format": "standard", "stream": "raw", "sequence": 0, "items": [...]} -> {"bytes": hex}
    {"do": "read", "format": ..., "stream": ..., "bytes": hex}                      -> {"items": [...], ...}
    {"do": "blocks", "pieces": [hex, ...], "datagrams": false, "largest": 4095}     -> what comes of each block
    {"do": "number", "blocks": [[sequence, hex], ...]}                              -> {"bytes": [hex, ...]}
    {"do": "points", "stream": ..., "blocks": [hex, ...]}                           -> points, and what was skipped
    {"do": "select", "offer": hex, "can": {...}, "secured": false, "loses": false}  -> Select or the reason of a Reject
    {"do": "times", "bits": [hex, ...]}                                             -> ticks of each, or null
    {"do": "open" or "receive" or ..., ...}                                         -> what a whole side does: `side`

Items are blocks: {"feature": n, "kind": KIND, ...}; see `write_item` for the kinds.
"""

import json
import sys

from blocks import BlockWriter, number_blocks, read_compact, read_standard, take_blocks
from messages import READERS, WRITERS
from negotiation import read_negotiation, select, write_negotiation
from points import Points, take_points, ticks_of
from side import Side
from values import Malformed

# The test's own table of runtime IDs.
KINDS = {0: "negotiation", 1: "points", 2: "signals", 3: "documents", 4: "subscription", 5: "c37118"}
ALL_WRITERS = WRITERS | {"negotiation": write_negotiation}
ALL_READERS = READERS | {"negotiation": read_negotiation}


def write_item(points: Points, entry: dict) -> bytes:
    """The data of the block that an item is."""
    if entry["kind"] == "raw":
        return bytes.fromhex(entry["data"])
    if entry["kind"] == "points":
        out = b""
        for part in entry["parts"]:
            if "definition" in part:
                out += points.write_definition(part["definition"], part["types"])
            else:
                out += points.write_string([(i, bytes.fromhex(data)) for i, data in part["points"]])
        return out
    return ALL_WRITERS[entry["kind"]](entry["content"])


def read_item(points: Points, feature: int, data: bytes) -> dict:
    kind = KINDS.get(feature)
    if kind is None or not data:
        return {"feature": feature, "kind": "raw", "data": data.hex()}
    if kind == "points":
        return {"feature": feature, "kind": kind, "parts": points.read(data)}
    return {"feature": feature, "kind": kind, "content": ALL_READERS[kind](data)}


OTHERS = {
    "blocks": take_blocks,
    "number": number_blocks,
    "points": take_points,
    "select": select,
    "times": lambda command: {"ticks": [ticks_of(int(bits, 16)) for bits in command["bits"]]},
}


def answer(command: dict, sides: list[Side]) -> dict:
    if command["do"] in OTHERS:
        return OTHERS[command["do"]](command)
    if command["do"] not in ("write", "read"):
        if command["do"] == "open":
            sides[:] = [Side(command)]
        return sides[0].do(command)
    points = Points(command["stream"])
    if command["do"] == "write":
        writer = BlockWriter(command["format"], command.get("sequence", 0))
        stream = b"".join(
            writer.write(entry["feature"], write_item(points, entry)) if entry["kind"] != "garbage"
            else bytes.fromhex(entry["data"])
            for entry in command["items"]
        )  # fmt: skip
        return {"bytes": stream.hex()}
    stream = bytes.fromhex(command["bytes"])
    if command["format"] == "standard":
        blocks, skipped = read_standard(stream)
        sequences = [block.sequence for block in blocks]
        items = [read_item(points, block.feature, block.data) for block in blocks]
        return {"items": items, "sequences": sequences, "skipped": skipped}
    return {"items": [read_item(points, block.feature, block.data) for block in read_compact(stream)]}


def main() -> None:
    sides: list[Side] = []
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), sides)
        except (Malformed, KeyError, ValueError) as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
