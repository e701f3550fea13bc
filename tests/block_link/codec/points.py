"""Data points: their definitions and strings, in both streams, and their times."""

from dataclasses import dataclass, field

from values import Malformed, Reader, number

# Bytes of each type of field; None for those behind a number.
SIZES = {1: 1, 2: 2, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 8: 8, 9: 4, 10: 8, 11: 8, 12: 8, 13: 16, 14: None, 15: None}

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
    # IDs of points that came without a definition.
    strangers: set[int] = field(default_factory=set)
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
            self.strangers.add(runtime_id)
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
    for place, block in enumerate(command["blocks"]):
        try:
            found.append(points.read(bytes.fromhex(block)))
        except Malformed:
            return {"found": found, "ended": place, "counts": points.counts}
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


def date_time_2_of(ticks: int) -> int:
    """The other way round."""
    value, marks = ticks & (1 << 62) - 1, ticks >> 62
    days, of_day = divmod(value, DAY)
    if marks == 2:
        of_day += SECOND
    return days << 42 | of_day << 2 | (marks == 3)
