"""Block links, written from docs/block-links.md alone: an implementation that knows nothing of the library's.

Reads commands from standard input, one a line, each a JSON object, and answers each with a JSON object in a line:

    {"do": "write", "format": "standard", "stream": "raw", "sequence": 0, "items": [...]}   -> {"bytes": hex}
    {"do": "read", "format": ..., "stream": ..., "bytes": hex}                              -> {"items": [...], ...}

Items are blocks: {"feature": n, "kind": KIND, ...}; see `write_item` for the kinds.
"""

import json
import struct
import sys
from dataclasses import dataclass, field

SYNC = b"\xa7\x7a"
LARGEST = 4095
# Bytes of each type of field; None for those behind a number.
SIZES = {1: 1, 2: 2, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 8: 8, 9: 4, 10: 8, 11: 8, 12: 8, 13: 16, 14: None, 15: None}
MESSAGES = {1: "offer", 2: "select", 3: "commit", 4: "reject"}


class Malformed(Exception):
    """What was read is not what the document says."""


def crc(data: bytes) -> int:
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def number(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80 and len(out) < 8:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Reader:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def left(self) -> int:
        return len(self.data) - self.at

    def bytes(self, count: int) -> bytes:
        if count > self.left():
            raise Malformed(f"{count} bytes at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]

    def int(self, size: int) -> int:
        return int.from_bytes(self.bytes(size), "big")

    def number(self) -> int:
        value = 0
        for group in range(8):
            byte = self.int(1)
            value |= (byte & 0x7F) << 7 * group
            if byte < 0x80:
                return value
        return value | self.int(1) << 56

    def counted(self) -> bytes:
        return self.bytes(self.number())


# -- blocks --


@dataclass
class BlockWriter:
    format: str
    sequence: int = 0
    feature: int | None = None

    def write(self, feature: int, data: bytes) -> bytes:
        if self.format == "standard":
            content = SYNC + struct.pack(">HHH", len(data) + 10, self.sequence, feature) + data
            self.sequence = self.sequence + 1 & 0xFFFF
            return content + struct.pack(">H", crc(content))
        same = feature == self.feature
        self.feature = feature
        length = min(len(data), 127)
        out = bytes([length | 0x80 if same else length])
        out += b"" if same else struct.pack(">H", feature)
        out += struct.pack(">H", len(data)) if length == 127 else b""
        return out + data


def read_standard(stream: bytes) -> tuple[list[tuple[int, int, bytes]], int]:
    """Sequence number, feature and data of each block, and how many bytes belonged to none."""
    blocks, at, skipped = [], 0, 0
    while at < len(stream):
        head = stream[at : at + 8]
        if len(head) == 8 and head[:2] == SYNC:
            size, sequence, feature = struct.unpack(">HHH", head[2:])
            block = stream[at : at + size]
            if 10 <= size <= LARGEST and len(block) == size and crc(block[:-2]) == int.from_bytes(block[-2:], "big"):
                blocks.append((sequence, feature, block[8:-2]))
                at += size
                continue
        at += 1
        skipped += 1
    return blocks, skipped


def read_compact(stream: bytes) -> list[tuple[int, bytes]]:
    reader, feature, blocks = Reader(stream), None, []
    while reader.left():
        first = reader.int(1)
        if not first & 0x80:
            feature = reader.int(2)
        elif feature is None:
            raise Malformed("no feature before")
        length = first & 0x7F
        if length == 127:
            length = reader.int(2)
        blocks.append((feature, reader.bytes(length)))
    return blocks


# -- data points --


@dataclass
class Points:
    """Both ends of a stream have one of these for each direction."""

    stream: str
    types: dict[int, list[int]] = field(default_factory=dict)
    last_kind: int | None = None
    last_id: int | None = None
    follower: dict[int, int] = field(default_factory=dict)

    def write_kind(self, kind: int) -> bytes:
        if self.stream == "raw":
            return bytes([kind])
        same = self.last_kind == kind
        self.last_kind = kind
        return b"\x80" if same else bytes([0, kind])

    def write_definition(self, runtime_id: int, types: list[int]) -> bytes:
        out = self.write_kind(1)
        if self.stream == "raw":
            out += number(runtime_id)
        self.types[runtime_id] = types
        return out + number(len(types)) + bytes(types)

    def write_string(self, points: list[tuple[int, bytes]]) -> bytes:
        out = self.write_kind(0) + number(len(points))
        if self.stream == "raw":
            return out + b"".join(number(i) + number(len(data)) + data for i, data in points)
        bits, body = "", b""
        for runtime_id, data in points:
            same = self.last_id is not None and self.follower.get(self.last_id) == runtime_id
            bits += "1" if same else "0"
            body += data if same else number(runtime_id) + data
            if self.last_id is not None:
                self.follower[self.last_id] = runtime_id
            self.last_id = runtime_id
        bits += "0" * (-len(bits) % 8)
        return out + bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)) + body

    def fields(self, reader: Reader, types: list[int]) -> bytes:
        start = reader.at
        for code in types:
            size = SIZES[code]
            reader.counted() if size is None else reader.bytes(size)
        return reader.data[start : reader.at]

    def read(self, data: bytes) -> list[dict]:
        reader, found = Reader(data), []
        while reader.left():
            kind = reader.int(1)
            if self.stream == "standard":
                if kind == 0x80:
                    kind = self.last_kind
                elif kind == 0:
                    kind = reader.int(1)
                else:
                    raise Malformed("header")
                self.last_kind = kind
            if kind == 1:
                runtime_id = reader.number() if self.stream == "raw" else len(self.types)
                types = list(reader.bytes(reader.number()))
                if not 1 <= len(types) <= 64 or any(code not in SIZES for code in types):
                    raise Malformed("types")
                self.types[runtime_id] = types
                found.append({"definition": runtime_id, "types": types})
            elif kind == 0:
                found.append({"points": self.read_string(reader)})
            else:
                raise Malformed("kind")
        return found

    def read_string(self, reader: Reader) -> list:
        count, points = reader.number(), []
        if self.stream == "raw":
            for _ in range(count):
                runtime_id, data = reader.number(), reader.counted()
                inner = Reader(data)
                if runtime_id in self.types:
                    self.fields(inner, self.types[runtime_id])
                    if inner.left():
                        raise Malformed("length of a point")
                    points.append([runtime_id, data.hex()])
            return points
        bits = "".join(f"{byte:08b}" for byte in reader.bytes((count + 7) // 8))
        if "1" in bits[count:]:
            raise Malformed("bits left over")
        for bit in bits[:count]:
            runtime_id = self.follower[self.last_id] if bit == "1" else reader.number()
            if self.last_id is not None:
                self.follower[self.last_id] = runtime_id
            self.last_id = runtime_id
            points.append([runtime_id, self.fields(reader, self.types[runtime_id]).hex()])
        return points


# -- negotiation --


def item(tag: int, value: bytes) -> bytes:
    return struct.pack(">BH", tag, len(value)) + value


def counted(text: bytes) -> bytes:
    return number(len(text)) + text


def write_negotiation(message: dict) -> bytes:
    code = {name: code for code, name in MESSAGES.items()}[message["message"]]
    out = struct.pack(">BI", code, message["exchange"])
    if code == 4:
        return out + item(9, bytes([message["reason"]])) + item(10, message["text"].encode())
    out += item(1, bytes(message["encryption"])) + item(2, bytes(message["authentication"]))
    out += item(4, bytes([message["role"]]))
    if "features" in message:
        names = b""
        for runtime_id, name in message["features"]:
            names += (b"" if code == 1 else struct.pack(">H", runtime_id)) + counted(name.encode())
        out += item(3, bytes(message["format"])) + item(5, names) + item(6, bytes(message["stream"]))
        out += item(7, struct.pack(">H", message["largest"])) + item(8, bytes([message["levels"]]))
    return out + (item(10, message["text"].encode()) if message["text"] else b"")


def read_negotiation(data: bytes) -> dict:
    reader = Reader(data)
    code, exchange = reader.int(1), reader.int(4)
    message = {"message": MESSAGES[code], "exchange": exchange, "text": ""}
    items = {}
    while reader.left():
        tag = reader.int(1)
        if tag in items:
            raise Malformed(f"tag {tag} twice")
        items[tag] = reader.bytes(reader.int(2))
    for tag, name in {1: "encryption", 2: "authentication", 3: "format", 6: "stream"}.items():
        if tag in items:
            message[name] = list(items[tag])
            if code in (2, 3) and len(items[tag]) != 1:
                raise Malformed(name)
    for tag, name in {4: "role", 7: "largest", 8: "levels", 9: "reason"}.items():
        if tag in items:
            message[name] = int.from_bytes(items[tag], "big")
    if 10 in items:
        message["text"] = items[10].decode()
    if 5 in items:
        names, features = Reader(items[5]), []
        while names.left():
            runtime_id = 0 if code == 1 else names.int(2)
            features.append([runtime_id, names.counted().decode()])
        message["features"] = features
    return message


# -- what is said of data points --


def write_signals(message: dict) -> bytes:
    if "ask" in message:
        return b"\x02" + number(len(message["ask"])) + b"".join(number(i) for i in message["ask"])
    records = [bytes.fromhex(guid) + number(plain) + number(flagged) for guid, plain, flagged in message["assign"]]
    return b"\x01" + number(len(records)) + b"".join(records)


def read_signals(data: bytes) -> dict:
    reader = Reader(data)
    code, count = reader.int(1), reader.number()
    if code == 1:
        found = {"assign": [[reader.bytes(16).hex(), reader.number(), reader.number()] for _ in range(count)]}
    elif code == 2:
        found = {"ask": [reader.number() for _ in range(count)]}
    else:
        raise Malformed("signals")
    return ended(reader, found)


def ended(reader: Reader, found: dict) -> dict:
    if reader.left():
        raise Malformed("more behind the last field")
    return found


def write_documents(message: dict) -> bytes:
    name, kind, subject = message["message"], message["kind_of"], message["subject"]
    code = {"piece": 1, "current": 2, "request": 3, "none": 4}[name]
    out = struct.pack(">BBH", code, kind, subject)
    if name in ("piece", "current"):
        out += struct.pack(">III", message["document"], message["length"], message["check"])
    if name == "piece":
        out += struct.pack(">HH", message["size"], message["number"]) + bytes.fromhex(message["data"])
    if name == "request":
        out += struct.pack(">I", message["document"]) + number(len(message["ranges"]))
        out += b"".join(struct.pack(">HH", *pair) for pair in message["ranges"])
    return out


def read_documents(data: bytes) -> dict:
    reader = Reader(data)
    code = reader.int(1)
    found = {"message": {1: "piece", 2: "current", 3: "request", 4: "none"}[code]}
    found |= {"kind_of": reader.int(1), "subject": reader.int(2)}
    if code in (1, 2):
        found |= {"document": reader.int(4), "length": reader.int(4), "check": reader.int(4)}
    if code == 1:
        found |= {"size": reader.int(2), "number": reader.int(2), "data": reader.bytes(reader.left()).hex()}
    if code == 3:
        found |= {"document": reader.int(4)}
        found |= {"ranges": [[reader.int(2), reader.int(2)] for _ in range(reader.number())]}
    return ended(reader, found)


def write_subscription(message: dict) -> bytes:
    name = message["message"]
    code = {"subscribe": 1, "unsubscribe": 2, "answer": 3}[name]
    out = struct.pack(">BH", code, message["request"])
    if name == "subscribe":
        out += bytes([message["times"]]) + counted(message["filter"].encode())
    if name == "answer":
        out += struct.pack(">BI", message["status"], message["signals"]) + counted(message["text"].encode())
    return out


def read_subscription(data: bytes) -> dict:
    reader = Reader(data)
    code = reader.int(1)
    found = {"message": {1: "subscribe", 2: "unsubscribe", 3: "answer"}[code], "request": reader.int(2)}
    if code == 1:
        found |= {"times": reader.int(1), "filter": reader.counted().decode()}
    if code == 3:
        found |= {"status": reader.int(1), "signals": reader.int(4), "text": reader.counted().decode()}
    return ended(reader, found)


# The fields of a record of C37.118 in their order, with their bytes; texts have None.
CHANNEL = [
    ("concentrator", 2), ("source", 2), ("time_base", 4), ("type", 1), ("size", 1), ("phasor", 1), ("position", 2),
    ("pmu", 2), ("station", None), ("names", None), ("nominal", 2), ("rate", 2), ("changes", 2),
]  # fmt: skip


def write_channels(message: dict) -> bytes:
    out = b"\x01" + number(len(message["channels"]))
    for channel in message["channels"]:
        out += number(channel["id"])
        for name, size in CHANNEL:
            value = channel[name]
            if name == "names":
                out += b"".join(counted(bytes.fromhex(label)) for label in value)
            elif size is None:
                out += counted(bytes.fromhex(value))
            else:
                out += (value & 256**size - 1).to_bytes(size, "big")
    return out


def read_channels(data: bytes) -> dict:
    reader = Reader(data)
    if reader.int(1) != 1:
        raise Malformed("channels")
    channels = []
    for _ in range(reader.number()):
        channel = {"id": reader.number()}
        for name, size in CHANNEL:
            if name == "names":
                count = 16 if channel["type"] == ord("D") else 1
                channel[name] = [reader.counted().hex() for _ in range(count)]
            elif size is None:
                channel[name] = reader.counted().hex()
            else:
                channel[name] = reader.int(size)
        channel["rate"] -= 0x10000 if channel["rate"] >= 0x8000 else 0
        channels.append(channel)
    return ended(reader, {"channels": channels})


WRITERS = {
    "negotiation": write_negotiation,
    "signals": write_signals,
    "documents": write_documents,
    "subscription": write_subscription,
    "c37118": write_channels,
}
READERS = {
    "negotiation": read_negotiation,
    "signals": read_signals,
    "documents": read_documents,
    "subscription": read_subscription,
    "c37118": read_channels,
}
# The test's own table of runtime IDs.
KINDS = {0: "negotiation", 1: "points", 2: "signals", 3: "documents", 4: "subscription", 5: "c37118"}


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
    return WRITERS[entry["kind"]](entry["content"])


def read_item(points: Points, feature: int, data: bytes) -> dict:
    kind = KINDS.get(feature)
    if kind is None or not data:
        return {"feature": feature, "kind": "raw", "data": data.hex()}
    if kind == "points":
        return {"feature": feature, "kind": kind, "parts": points.read(data)}
    return {"feature": feature, "kind": kind, "content": READERS[kind](data)}


def answer(command: dict) -> dict:
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
        sequences = [sequence for sequence, _, _ in blocks]
        items = [read_item(points, feature, data) for _, feature, data in blocks]
        return {"items": items, "sequences": sequences, "skipped": skipped}
    return {"items": [read_item(points, feature, data) for feature, data in read_compact(stream)]}


def main() -> None:
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except (Malformed, KeyError, ValueError) as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
