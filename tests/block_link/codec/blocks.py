"""Blocks of both forms, how they are found, and what their numbers say."""

import binascii
import struct
from dataclasses import dataclass

from values import Malformed, Reader, Short

SYNC = b"\xa7\x7a"
# Of all blocks.
LARGEST = 32767


def crc(data: bytes) -> int:
    return binascii.crc_hqx(data, 0xFFFF)


@dataclass
class BlockWriter:
    format: str
    sequence: int = 0
    feature: int | None = None

    def change(self, form: str):
        """Blocks have this form from here on. The first compact one behind standard ones names its feature."""
        if form != self.format:
            self.format, self.feature = form, None

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


@dataclass
class Block:
    feature: int
    data: bytes
    # Of standard blocks.
    sequence: int = 0
    check: int = 0


class Assembler:
    """Finds blocks in what comes."""

    def __init__(self, largest: int = LARGEST):
        self.buffer, self.largest = bytearray(), largest
        self.format, self.feature = "standard", None
        # Bytes that were taken, and those of them that belonged to no block.
        self.position = self.skipped = 0

    def change(self, form: str):
        if form != self.format:
            self.format, self.feature = form, None

    def push(self, data: bytes):
        self.buffer += data

    def next(self) -> Block | None:
        """The next block; None when it is not there yet, or not whole."""
        if self.format == "compact":
            return self.next_compact()
        while self.buffer:
            head = bytes(self.buffer[:8])
            if head[:2] == SYNC[: len(head)]:
                size = int.from_bytes(head[2:4], "big") if len(head) >= 4 else 10
                if 10 <= size <= self.largest:
                    if len(self.buffer) < size:
                        return None
                    block = bytes(self.buffer[:size])
                    check = int.from_bytes(block[-2:], "big")
                    if crc(block[:-2]) == check:
                        self.drop(size)
                        sequence, feature = struct.unpack(">HH", head[4:])
                        return Block(feature, block[8:-2], sequence, check)
            self.skip()
        return None

    def next_compact(self) -> Block | None:
        reader = Reader(bytes(self.buffer))
        try:
            first = reader.int(1)
            if not first & 0x80:
                feature = reader.int(2)
            elif self.feature is None:
                raise Malformed("no feature before")
            else:
                feature = self.feature
            length = first & 0x7F
            if length == 127:
                length = reader.int(2)
            if length > LARGEST - 10:
                raise Malformed("more than a standard block would hold")
            data = reader.bytes(length)
        except Short:
            return None
        self.feature = feature
        self.drop(reader.at)
        return Block(feature, data)

    def drop(self, count: int):
        del self.buffer[:count]
        self.position += count

    def skip(self):
        """Gives up the first byte."""
        self.drop(1)
        self.skipped += 1


def read_standard(stream: bytes, largest: int = LARGEST) -> tuple[list[Block], int]:
    """The blocks, and how many bytes belonged to none. Nothing follows the bytes: what is unfinished never ends."""
    assembler, blocks = Assembler(largest), []
    assembler.push(stream)
    while assembler.buffer:
        block = assembler.next()
        if block:
            blocks.append(block)
        elif assembler.buffer:
            assembler.skip()
    return blocks, assembler.skipped


def read_compact(stream: bytes) -> list[Block]:
    assembler, blocks = Assembler(), []
    assembler.change("compact")
    assembler.push(stream)
    while block := assembler.next():
        blocks.append(block)
    if assembler.buffer:
        raise Short("an unfinished block")
    return blocks


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
        is_known = self.checks.get(number % 1024) == (number, check)
        self.checks[number % 1024] = (number, check)
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
        if behind <= 1023 and is_known:
            return "repeated"
        if behind > 64:
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
        for block in found:
            arrival = counting.take(block.sequence, block.check)
            if arrival == "repeated":
                repeated += 1
            else:
                blocks.append([block.feature, block.data.hex(), arrival])
    return {"blocks": blocks, "skipped": skipped, "repeated": repeated, "lost": counting.lost}


def number_blocks(command: dict) -> dict:
    """Blocks of these numbers, of feature 1."""
    blocks = [BlockWriter("standard", number).write(1, bytes.fromhex(data)) for number, data in command["blocks"]]
    return {"bytes": [block.hex() for block in blocks]}
