"""Block links, written from docs/block-links.md alone: an implementation that knows nothing of the library's.

Reads commands from standard input, one a line, each a JSON object, and answers each with a JSON object in a line:

    {"do": "write", "format": "standard", "stream": "raw", "sequence": 0, "items": [...]} -> {"bytes": hex}
    {"do": "read", "format": ..., "stream": ..., "bytes": hex}                      -> {"items": [...], ...}
    {"do": "blocks", "pieces": [hex, ...], "datagrams": false, "largest": 4095}     -> what comes of each block
    {"do": "number", "blocks": [[sequence, hex], ...]}                              -> {"bytes": [hex, ...]}
    {"do": "points", "stream": ..., "blocks": [hex, ...]}                           -> points, and what was skipped
    {"do": "select", "offer": hex, "can": {...}, "secured": false, "loses": false}  -> Select or the reason of a Reject
    {"do": "times", "bits": [hex, ...]}                                             -> ticks of each, or null

Items are blocks: {"feature": n, "kind": KIND, ...}; see `write_item` for the kinds.
"""

import json
import struct
import sys
from dataclasses import dataclass, field

SYNC = b"\xa7\x7a"
# Of all blocks.
LARGEST = 32767
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


def read_standard(stream: bytes, largest: int = LARGEST) -> tuple[list[tuple[int, int, bytes, int]], int]:
    """Sequence number, feature, data and check word of each block, and how many bytes belonged to none. Nothing follows
    the bytes: what is unfinished never ends."""
    blocks, at, skipped = [], 0, 0
    while at < len(stream):
        head = stream[at : at + 8]
        if len(head) == 8 and head[:2] == SYNC:
            size, sequence, feature = struct.unpack(">HHH", head[2:])
            block = stream[at : at + size]
            check = int.from_bytes(block[-2:], "big")
            if 10 <= size <= largest and len(block) == size and crc(block[:-2]) == check:
                blocks.append((sequence, feature, block[8:-2], check))
                at += size
                continue
        at += 1
        skipped += 1
    return blocks, skipped


class Counting:
    """What the numbers of blocks say, by the table under "Gaps"."""

    def __init__(self):
        self.latest: int | None = None
        # Numbers that have come and are missing since counting began, and the last number with each rest, with its
        # check word.
        self.came: set[int] = set()
        self.missing: set[int] = set()
        self.checks: dict[int, tuple[int, int]] = {}
        # Those that are too old to come late.
        self.gone = 0
        # The number that would show a new begin, and whether the one before was taken for a lost one.
        self.suspected: tuple[int, bool] | None = None

    @property
    def lost(self) -> int:
        return self.gone + len(self.missing)

    def take(self, number: int, check: int) -> str:
        is_known = self.checks.get(number % 128) == (number, check)
        self.checks[number % 128] = (number, check)
        if self.latest is None:
            return f"ahead {number}" if self.begin(number) else "due"
        suspected, self.suspected = self.suspected, None
        if suspected and suspected[0] == number:
            self.gone += suspected[1]
            self.begin(number)
            before = number - 1 & 0xFFFF
            self.came.add(before)
            self.missing.discard(before)
            return "restarted"
        ahead, behind = number - self.latest & 0xFFFF, self.latest - number & 0xFFFF
        if ahead == 1:
            self.move(number)
            return "due"
        if 2 <= ahead <= 64 or (64 < ahead <= 32767 and number >= 64):
            for between in range(1, ahead):
                self.missing.add(self.latest + between & 0xFFFF)
            self.move(number)
            return f"ahead {ahead - 1}"
        if 1 <= behind <= 64 and number not in self.came:
            self.came.add(number)
            self.missing.discard(number)
            return "late"
        if behind <= 127 and is_known:
            return "repeated"
        if 64 < behind <= 32768:
            was_lost = self.lost > 0
            self.gone -= was_lost
            self.suspected = (number + 1 & 0xFFFF, was_lost)
            return "late"
        self.begin(number)
        return "restarted"

    def begin(self, number: int) -> bool:
        """Counts from here on. True when blocks before this one are missing."""
        self.gone = self.lost
        self.came, self.missing, self.latest = {number}, set(range(number)) if number < 64 else set(), number
        return bool(self.missing)

    def move(self, number: int):
        """The latest is this one; what is more than 64 before it is neither late nor a repetition."""
        self.latest = number
        self.came.add(number)
        old = {each for each in self.came | self.missing if number - each & 0xFFFF > 64}
        self.gone += len(old & self.missing)
        self.came -= old
        self.missing -= old


def take_blocks(command: dict) -> dict:
    """What comes of pieces of a stream, or of datagrams, that are all there is."""
    pieces = [bytes.fromhex(piece) for piece in command["pieces"]]
    if not command["datagrams"]:
        pieces = [b"".join(pieces)]
    counting, blocks, skipped, repeated = Counting(), [], 0, 0
    for piece in pieces:
        found, none = read_standard(piece, command["largest"])
        skipped += none
        for sequence, feature, data, check in found:
            arrival = counting.take(sequence, check)
            if arrival == "repeated":
                repeated += 1
            else:
                blocks.append([feature, data.hex(), arrival])
    return {"blocks": blocks, "skipped": skipped, "repeated": repeated, "lost": counting.lost}


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
        if length > LARGEST - 10:
            raise Malformed("more than a standard block would hold")
        blocks.append((feature, reader.bytes(length)))
    return blocks


# -- data points --

# Why points, definitions or the rest of a block are skipped in the Raw stream.
SKIPPED = ("unknown", "malformed", "dropped", "contradictions", "broken")


@dataclass
class Points:
    """Both ends of a stream have one of these for each direction."""

    stream: str
    types: dict[int, list[int]] = field(default_factory=dict)
    last_kind: int | None = None
    last_id: int | None = None
    follower: dict[int, int] = field(default_factory=dict)
    # IDs that got other fields, of which nobody knows any more what they are.
    contradicted: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SKIPPED, 0))

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
        """What is in a block. Of the Standard stream anything wrong is an error, which ends the link; of the Raw stream
        it ends the block, whose begin counts."""
        reader, found = Reader(data), []
        while reader.left():
            try:
                self.read_part(reader, found)
            except Malformed:
                if self.stream == "standard":
                    raise
                self.counts["broken"] += 1
                break
        return [part for part in found if part.get("points") != []]

    def read_part(self, reader: Reader, found: list[dict]):
        kind = reader.int(1)
        if self.stream == "standard":
            if kind == 0x80:
                kind = self.last_kind
            elif kind == 0:
                kind = reader.int(1)
            else:
                raise Malformed("header")
        if kind == 1:
            self.read_definition(reader, found)
        elif kind == 0:
            found.append({"points": []})
            self.read_string(reader, found[-1]["points"])
        else:
            raise Malformed("kind")
        self.last_kind = kind

    def read_definition(self, reader: Reader, found: list[dict]):
        runtime_id = runtime_id_of(reader) if self.stream == "raw" else len(self.types)
        count = reader.number()
        if not 1 <= count <= 64:
            raise Malformed("number of fields")
        types = list(reader.bytes(count))
        if any(code not in SIZES for code in types):
            raise Malformed("types")
        known = self.types.setdefault(runtime_id, types)
        if known is types:
            found.append({"definition": runtime_id, "types": types})
        elif known != types:
            self.counts["contradictions"] += 1
            self.contradicted.add(runtime_id)

    def read_string(self, reader: Reader, points: list):
        count = reader.number()
        if self.stream == "raw":
            for _ in range(count):
                self.read_raw_point(runtime_id_of(reader), reader.counted(), points)
            return
        bits = reader.bytes(-(-count // 8))
        if count % 8 and bits[-1] & 0xFF >> count % 8:
            raise Malformed("bits left over")
        for place in range(count):
            if bits[place // 8] & 0x80 >> place % 8:
                runtime_id = self.follower.get(self.last_id)
                if runtime_id is None:
                    raise Malformed("a bit that refers to nothing")
            else:
                runtime_id = runtime_id_of(reader)
            if runtime_id not in self.types:
                raise Malformed("an unknown ID")
            if self.last_id is not None:
                self.follower[self.last_id] = runtime_id
            self.last_id = runtime_id
            points.append([runtime_id, self.fields(reader, self.types[runtime_id]).hex()])

    def read_raw_point(self, runtime_id: int, data: bytes, points: list):
        if runtime_id not in self.types:
            self.counts["unknown"] += 1
        elif runtime_id in self.contradicted:
            self.counts["dropped"] += 1
        elif not self.fits(data, self.types[runtime_id]):
            self.counts["malformed"] += 1
        else:
            points.append([runtime_id, data.hex()])

    def fits(self, data: bytes, types: list[int]) -> bool:
        reader = Reader(data)
        try:
            self.fields(reader, types)
        except Malformed:
            return False
        return not reader.left()


def runtime_id_of(reader: Reader) -> int:
    runtime_id = reader.number()
    if runtime_id >= 2**32:
        raise Malformed("runtime ID")
    return runtime_id


def take_points(command: dict) -> dict:
    """The points of blocks, one after the other, up to one that ends the link."""
    points, found = Points(command["stream"]), []
    for number, block in enumerate(command["blocks"]):
        try:
            found.append(points.read(bytes.fromhex(block)))
        except Malformed:
            return {"found": found, "ended": number, "counts": points.counts}
    return {"found": found, "ended": None, "counts": points.counts}


DAY, SECOND = 864_000_000_000, 10_000_000


def ticks_of(bits: int) -> int | None:
    """The ticks of a DateTime2; None when it is no time."""
    days, of_day, flags = bits >> 42, bits >> 2 & (1 << 40) - 1, bits & 3
    if of_day >= DAY + SECOND:
        return None
    if of_day >= DAY:
        # An inserted second, which has the value of the one before it.
        return None if flags & 1 else 1 << 63 | days * DAY + of_day - SECOND
    return days * DAY + of_day | (3 << 62 if flags & 1 else 0)


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


# What can be selected of each list, by its tag; the other numbers of the tables are there for their names.
ENTRIES = {1: {0, 2}, 2: {0, 4}, 3: {1, 2}, 6: {1, 2}}
LISTS = {1: "encryption", 2: "authentication", 3: "format", 6: "stream"}
FEATURES = ("points", "signals", "documents", "subscription", "c37118")
LEVELS = (FEATURES[:3], FEATURES[:4], FEATURES)


def one_of(items: dict[int, bytes], tag: int, size: int = 1) -> int:
    if len(items.get(tag, b"")) != size:
        raise Malformed(f"item {tag}")
    return int.from_bytes(items[tag], "big")


def read_negotiation(data: bytes) -> dict:
    reader = Reader(data)
    code, exchange, items = reader.int(1), reader.int(4), {}
    if code not in MESSAGES:
        raise Malformed("message")
    while reader.left():
        tag, value = reader.int(1), reader.bytes(reader.int(2))
        if tag in items and 1 <= tag <= 10:
            raise Malformed(f"tag {tag} twice")
        items[tag] = value
    message = {"message": MESSAGES[code], "exchange": exchange, "text": items.get(10, b"").decode(errors="replace")}
    if code == 4:
        return message | {"reason": one_of(items, 9)}
    message["role"] = one_of(items, 4)
    if message["role"] not in (1, 2, 3):
        raise Malformed("connection type")
    has_features = 5 in items
    for tag, name in LISTS.items():
        if tag in (1, 2) or has_features:
            entries = list(items.get(tag, b""))
            known = [entry for entry in entries if entry in ENTRIES[tag]]
            if not 1 <= len(entries) <= 64 or (code != 1 and (len(entries) != 1 or not known)):
                raise Malformed(name)
            message[name] = known
    if has_features:
        message |= read_features(items, code)
    return message


def read_features(items: dict[int, bytes], code: int) -> dict:
    names, features, count = Reader(items[5]), [], 0
    while names.left():
        runtime_id = 0 if code == 1 else names.int(2)
        name, count = names.counted().decode(errors="replace"), count + 1
        if name in FEATURES:
            features.append([runtime_id, name])
    known = [name for _, name in features]
    numbers = [number for number, _ in features]
    if count > 64 or len(set(known)) < len(known):
        raise Malformed("features")
    if code != 1 and (0 in numbers or len(set(numbers)) < len(numbers)):
        raise Malformed("runtime IDs")
    largest, levels = one_of(items, 7, 2), one_of(items, 8)
    if not 64 <= largest <= 32767:
        raise Malformed("largest block")
    if code == 1:
        believed = [bit for bit, needed in enumerate(LEVELS) if set(needed) <= set(known)]
        levels &= sum(1 << bit for bit in believed)
    return {"features": features, "largest": largest, "levels": levels}


def select(command: dict) -> dict:
    """What is answered to an Offer: of each list the first entry that is possible here, or the first reason why not."""
    try:
        offer = read_negotiation(bytes.fromhex(command["offer"]))
    except Malformed:
        return {"reject": 1}
    can, first_step = command["can"], "features" not in offer
    encryption = set(can["encryption"])
    if command["secured"]:
        encryption = {2}
    elif command["loses"] or not first_step:
        encryption.discard(2)
    possible = {"encryption": encryption, "authentication": can["authentication"]}
    if not first_step:
        # Compact blocks and the Standard stream are for links that lose nothing.
        possible["format"] = set(can["format"]) - ({2} if command["loses"] else set())
        possible["stream"] = set(can["stream"]) - ({2} if command["loses"] else set())
    selected, reasons = {}, []
    for name, reason in {"encryption": 2, "authentication": 3, "format": 4, "stream": 7}.items():
        if name in possible:
            entries = [entry for entry in offer[name] if entry in possible[name]]
            selected[name] = entries[0] if entries else None
            reasons += [] if entries else [reason]
    # Clients go with servers, peers with everybody.
    if can["role"] == offer["role"] and can["role"] != 3:
        reasons.append(5)
    if not first_step:
        selected["features"] = sorted({name for _, name in offer["features"]} & set(can["features"]))
        if not {"points", "signals"} <= set(selected["features"]):
            reasons.append(6)
    return {"reject": min(reasons)} if reasons else {"select": selected}


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


def number_blocks(command: dict) -> dict:
    """Blocks of these numbers, of feature 1."""
    blocks = [BlockWriter("standard", number).write(1, bytes.fromhex(data)) for number, data in command["blocks"]]
    return {"bytes": [block.hex() for block in blocks]}


OTHERS = {
    "blocks": take_blocks,
    "number": number_blocks,
    "points": take_points,
    "select": select,
    "times": lambda command: {"ticks": [ticks_of(int(bits, 16)) for bits in command["bits"]]},
}


def answer(command: dict) -> dict:
    if command["do"] in OTHERS:
        return OTHERS[command["do"]](command)
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
        sequences = [block[0] for block in blocks]
        items = [read_item(points, feature, data) for _, feature, data, _ in blocks]
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
