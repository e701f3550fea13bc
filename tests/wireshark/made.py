"""Conversations that no program here has: texts in UTF-16, and what publishers in the field do otherwise."""

import gzip
import os
import shutil
import struct
import subprocess
from uuid import UUID

import capture
import dissected
from capture import TO_PUBLISHER, TO_SUBSCRIBER, Piece
from compare import Mismatch

FIRST, SECOND = UUID(int=0x38A47B0FF10B41439A0A0DBC4FFEF1E8), UUID(int=0xE7E7E7E7)
TICKS = 639_028_224_000_000_000


def command(code: int, payload: bytes = b"") -> bytes:
    return struct.pack(">IB", 1 + len(payload), code) + payload


def response(code: int, answered: int, payload: bytes = b"") -> bytes:
    body = struct.pack(">BBI", code, answered, len(payload)) + payload
    return struct.pack(">I", len(body)) + body


def cache(signals: list[UUID], encoding: str, length_error: int = 0, first: int = 0) -> bytes:
    """Signal indexes count from `first` on."""
    source = "ПРОБА".encode(encoding)
    records = b"".join(
        struct.pack(">i", first + number) + signal.bytes
        + struct.pack(">i", len(source)) + source + struct.pack(">Q", 7 + number)
        for number, signal in enumerate(signals)
    )
    body = bytes(16) + struct.pack(">i", len(signals)) + records
    return struct.pack(">I", len(body) + 4 + length_error) + body


def measurement(index: int, value: float, ticks: int = TICKS) -> bytes:
    return struct.pack(">BifQ", 0, index, value, ticks)


def compressed(sequence: int, value: float | None = None, moved_by: int = 0) -> bytes:
    """A packet of TSSC with a measurement, or with none: of the signal that the decoder expects, whose index is XORed
    with `moved_by` in 32 bits unless that is 0, and whose value was 0 before."""
    block = b""
    if value is not None:
        # Code words in the 8 bits of the first model: 7 and 31 before the bytes of the index and the value, 0 for
        # the end.
        moved = bytes([7]) + struct.pack("<I", moved_by) if moved_by else b""
        block = moved + bytes([31]) + struct.pack("<f", value) + bytes([0])
    count = struct.pack(">I", value is not None)
    return response(0x82, 2, b"\x08" + count + struct.pack(">BH", 85, sequence) + block)


def text(words: str, encoding: str) -> bytes:
    encoded = words.encode(encoding)
    return struct.pack(">I", len(encoded)) + encoded


def conversation(*messages: tuple[int, bytes], connection: int = 0) -> list[Piece]:
    return [
        Piece(1_770_000_000 + number, direction, data, connection)
        for number, (direction, data) in enumerate(messages)
    ]


def check(_, session):
    pieces = _utf16(0) + _utf16(1, "utf-16-be", 0x100) + _of_sttpapi(2) + _of_gsf(3) + _of_cppapi(4)
    path = session.folder / "made.pcap"
    capture.write(path, capture.packets(pieces, dissected.PORT, whole=True))
    expected = [
        ("utf-16le", "sttp.text", "tcp.stream == 0", ["Grüße, жизнь"]),
        ("utf-16be", "sttp.text", "tcp.stream == 1", ["Grüße, жизнь"]),
        ("utf-16le filter", "sttp.subscribe.filter", "tcp.stream == 0", ["Straße;x=y"]),
        ("utf-16 keys", "sttp.signal_key", "tcp.stream == 1", ["ПРОБА:7"]),
        ("no count", "sttp.value", "tcp.stream == 2", ["1.5", "-2.5"]),
        ("no count, told", "frame.number", "tcp.stream == 2 and sttp.peculiar", ["14", "16", "18"]),
        ("prefixed text", "sttp.text", "tcp.stream == 2", ["fine"]),
        ("several responses", "sttp.value", "tcp.stream == 3", ["1", "2", "3"]),
        ("their signals", "sttp.signal_id", "tcp.stream == 3", [str(FIRST), str(SECOND), str(FIRST)]),
        ("slots that are not named", "sttp.signal_id", "tcp.stream == 4", [str(FIRST), str(SECOND)]),
        ("leap second", "sttp.leap_second", "tcp.stream == 0", ["inserted"]),
        ("time of it", "sttp.time", "tcp.stream == 0", ["Jan  1, 2026 00:00:00.000000000 UTC"]),
    ]
    for name, field, chosen, wanted in expected:
        found = dissected.values(path, field, chosen)
        if found != wanted:
            raise Mismatch(f"{name}: {found}, not {wanted}")


def as_installed(_, session):
    """Wireshark loads each file of a folder of plugins by itself."""
    path, home = session.folder / "made.pcap", session.folder / "home"
    capture.write(path, capture.packets(_of_gsf(0), dissected.PORT))
    shutil.copytree(dissected.DISSECTOR.parent, home / ".local/lib/wireshark/plugins/sttp")
    done = subprocess.run(
        ["tshark", "-n", "-r", path, "-T", "fields", "-e", "sttp.value"], capture_output=True, text=True,
        env={**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")},
    )
    if done.stdout.split() != ["1,2,3"] or ".lua" in done.stderr:
        raise Mismatch(f"{done.stdout}{done.stderr}")


def _utf16(connection: int, encoding: str = "utf-16-le", bits: int = 0) -> list[Piece]:
    leap = TICKS | 1 << 63
    return conversation(
        (TO_PUBLISHER, command(6, struct.pack(">I", 2 | bits))),
        (TO_PUBLISHER, command(2, b"\x02" + text("throttled=0; filterExpression={Straße;x=y}", encoding))),
        (TO_SUBSCRIBER, response(0x83, 2, b"\0" + cache([FIRST], encoding))),
        (TO_SUBSCRIBER, response(0x80, 2, "Grüße, жизнь".encode(encoding))),
        (TO_PUBLISHER, command(10)),
        (TO_SUBSCRIBER, response(0x82, 2, b"\2\0\0\0\1" + measurement(0, 1.0, leap))),
        connection=connection,
    )


def _of_sttpapi(connection: int) -> list[Piece]:
    """No count, a text behind its length, slot 0xFF, and a length of the cache that leaves itself out."""
    return conversation(
        (TO_PUBLISHER, command(6, struct.pack(">I", 0x202))),
        (TO_SUBSCRIBER, response(0x80, 6, text("fine", "utf-8"))),
        (TO_PUBLISHER, command(2, b"\x02" + text("filterExpression={True}", "utf-8"))),
        (TO_SUBSCRIBER, response(0x83, 2, b"\xFF" + cache([FIRST, SECOND], "utf-8", -4))),
        (TO_PUBLISHER, command(10)),
        (TO_SUBSCRIBER, response(0x82, 2, b"\2" + measurement(0, 1.5) + measurement(1, -2.5))),
        connection=connection,
    )


def _of_gsf(connection: int) -> list[Piece]:
    """Several responses in one frame, and a cache that is compressed behind its slot."""
    packets = b"".join(
        response(0x82, 2, b"\2\0\0\0\1" + measurement(number % 2, 1.0 + number))[4:] for number in range(3)
    )
    return conversation(
        (TO_PUBLISHER, command(6, struct.pack(">I", 0xC4000222))),
        (TO_SUBSCRIBER, response(0x83, 2, b"\0" + gzip.compress(cache([FIRST, SECOND], "utf-8")))),
        (TO_PUBLISHER, command(10)),
        (TO_SUBSCRIBER, struct.pack(">I", len(packets)) + packets),
        connection=connection,
    )


def _of_cppapi(connection: int) -> list[Piece]:
    """The second cache is in slot 1, which the packets never say; a new encoder does."""
    return conversation(
        (TO_PUBLISHER, command(6, struct.pack(">I", 0xE0000262))),
        (TO_SUBSCRIBER, response(0x83, 2, b"\0" + cache([FIRST], "utf-8"))),
        (TO_PUBLISHER, command(10)),
        (TO_SUBSCRIBER, compressed(0, 1.0)),
        (TO_SUBSCRIBER, response(0x83, 2, b"\1" + cache([SECOND], "utf-8"))),
        (TO_PUBLISHER, command(10)),
        (TO_SUBSCRIBER, compressed(0, 2.0)),
        connection=connection,
    )
