"""The filters of packaging/wireshark/README.md, each against what is known of the messages from elsewhere."""

import gzip
import itertools
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import capture
import checks
import dissected
import made
import testdata
from capture import TO_PUBLISHER, TO_SUBSCRIBER, Piece
from compare import Mismatch
from messages import make_blocks
from scenarios import ALL, COMPACT, PEER, TOOL, Mode
from sttp.transport.compactmeasurement import _map_to_fullflags

README = Path(__file__).resolve().parents[2] / "packaging/wireshark/README.md"
SIGNAL = testdata.signal_ids()[0]
BAD_TIME = 0x10000


@dataclass
class Message:
    """A command or a response, as its bytes tell."""

    direction: int
    code: int
    answered: int | None
    payload: bytes
    # Those of a compressed packet, which come from elsewhere.
    decompressed: list[tuple] = field(default_factory=list)

    @property
    def measurements(self) -> list[tuple]:
        """State flags, signal index, value and ticks of each."""
        if not self.is_data or not self.payload[0] & 2:
            return self.decompressed
        rows = struct.iter_unpack(">BifQ", self.payload[5:])
        return [(int(_map_to_fullflags(flags)), *rest) for flags, *rest in rows]

    @property
    def is_data(self) -> bool:
        return self.code == 0x82 and self.direction == TO_SUBSCRIBER

    @property
    def count(self) -> int:
        """The number of measurements that a packet of them tells."""
        return struct.unpack_from(">I", self.payload, 1)[0]

    @property
    def cache(self) -> bytes:
        if self.code != 0x83 or self.direction != TO_SUBSCRIBER:
            return b""
        return gzip.decompress(self.payload[1:]) if self.payload[1:3] == b"\x1f\x8b" else self.payload[1:]

    def has(self, text: str) -> bool:
        return text.encode() in self.payload


def messages_of(pieces: list[Piece]) -> Iterator[tuple[Piece, Message]]:
    """Each message as a piece of its own, in the order in which they were complete."""
    pending: dict[tuple, bytes] = {}
    for piece in pieces:
        if piece.udp_port:
            continue
        way = (piece.connection, piece.direction)
        data = pending.get(way, b"") + piece.data
        while len(data) >= 4 and len(data) >= 4 + (length := struct.unpack_from(">I", data)[0]):
            frame, data = data[:4 + length], data[4 + length:]
            if piece.direction == TO_PUBLISHER:
                message = Message(piece.direction, frame[4], None, frame[5:])
            else:
                message = Message(piece.direction, frame[4], frame[5], frame[10:])
            yield Piece(piece.at, piece.direction, frame, piece.connection), message
        pending[way] = data


def one_message_each(pieces: list[Piece]) -> list[tuple]:
    """Packets with one message each; a long one has several packets."""
    split = [part for piece, _ in messages_of(pieces) for part in _parts(piece)]
    return capture.packets(split, dissected.PORT, whole=True)


def _parts(piece: Piece) -> list[Piece]:
    return [
        Piece(piece.at, piece.direction, piece.data[at:at + capture.LONGEST], piece.connection)
        for at in range(0, len(piece.data), capture.LONGEST)
    ]


def _response(code: int) -> Callable[[Message], bool]:
    return lambda message: message.direction == TO_SUBSCRIBER and message.code == code


def _command(code: int) -> Callable[[Message], bool]:
    return lambda message: message.direction == TO_PUBLISHER and message.code == code


def _any(measurement: Callable[[tuple], bool]) -> Callable[[Message], bool]:
    return lambda message: any(map(measurement, message.measurements))


def _modes(message: Message) -> int | None:
    return struct.unpack(">I", message.payload)[0] if _command(6)(message) else None


SECONDS_10 = testdata.START + 10 * testdata.SECOND
ANSWERS = {1, 2, 3, 5, 6, 0xD5}
# What every filter finds.
EXPECTED: dict[str, Callable[[Message], bool]] = {
    "sttp": lambda _: True,
    "sttp.command": lambda message: message.direction == TO_PUBLISHER,
    "sttp.command == 2": _command(2),
    "sttp.response == 0x82": _response(0x82),
    "sttp.response == 0x81": _response(0x81),
    "sttp.in_response_to == 6": lambda message: message.answered == 6,
    "sttp.response_time < 60":
        lambda message: (_response(0x80)(message) or _response(0x81)(message)) and message.answered in ANSWERS,
    "sttp.modes.version == 2": lambda message: (_modes(message) or 0) & 31 == 2,
    "sttp.modes.tssc == 0": lambda message: _modes(message) is not None and not _modes(message) & 0x40,
    'sttp.subscribe.filter contains "FREQ"': lambda message: _command(2)(message) and message.has("FREQ"),
    'sttp.subscribe.parameter == "includetime=true"':
        lambda message: _command(2)(message) and message.has("includeTime=true"),
    "sttp.cache.slot == 1": lambda message: _response(0x83)(message) and message.payload[0] == 1,
    "sttp.cache.signal_id == SIGNAL": lambda message: UUID(SIGNAL).bytes in message.cache,
    "sttp.measurement": lambda message: message.is_data,
    "sttp.signal_id == SIGNAL": lambda message: _of_signal(message),
    'sttp.signal_key == "RIVER:1"': lambda message: _of_signal(message),
    "sttp.value > 100000": _any(lambda one: one[2] > 100000),
    'sttp.time >= "2026-01-01 00:00:10"': _any(lambda one: one[3] >= SECONDS_10),
    "sttp.ticks < 639028224050000000": _any(lambda one: one[3] < 639028224050000000),
    "sttp.flags != 0": lambda message: bool(message.measurements) and all(one[0] for one in message.measurements),
    "sttp.flags.bad_time == 1": _any(lambda one: bool(one[0] & BAD_TIME)),
    "sttp.data.count > 20": lambda message: message.is_data and message.count > 20,
    "sttp.data.compact == 1": lambda message: message.is_data and bool(message.payload[0] & 2),
    "sttp.data.cache_slot == 1": lambda message: message.is_data and bool(message.payload[0] & 16),
    "sttp.data.tssc.sequence == 0":
        lambda message: message.is_data and message.payload[0] & 8 and message.payload[6:8] == b"\0\0",
    "sttp.buffer_block.sequence == 1":
        lambda message: (_response(0x88)(message) or _command(8)(message)) and message.payload[:4] == b"\0\0\0\1",
    "sttp.buffer_block.confirm == 1": lambda message: _response(0x88)(message) and bool(message.payload[4] & 1),
    "sttp.notification": lambda message: _response(0x89)(message) or _command(7)(message),
    'sttp.text contains "noon"': lambda message: message.code in (0x80, 0x81, 0x89) and message.has("noon"),
    "sttp.metadata": lambda message: _response(0x80)(message) and message.answered == 1,
    'sttp.metadata.filter contains "DeviceDetail"':
        lambda message: _command(1)(message) and message.has("DeviceDetail"),
    "sttp.failed": _response(0x81),
    "sttp.malformed": lambda message: _command(2)(message) and len(message.payload) < 5,
}


def _of_signal(message: Message) -> bool:
    # Its index is that of its row in the list of all signals, and in a list of one signal it has 0.
    if _response(0x88)(message):
        return struct.unpack_from(">i", message.payload, 5)[0] == 0
    return any(one[1] == 0 for one in message.measurements)


def _everything(lab, session) -> tuple[list[Piece], list[tuple[Piece, Message]]]:
    """Conversations that have each kind of message: as they came, and message by message."""
    blocks = session.folder / "blocks.csv"
    make_blocks(blocks, [SIGNAL])
    publish = [
        "--rate", 400, "--buffer-blocks", blocks, "--confirm-blocks", "--notify", "maintenance at noon", "--linger", 1,
    ]
    plain = Mode(tssc=False, gzip=False)
    first = f"FILTER ActiveMeasurements WHERE SignalID = '{SIGNAL}' OR SignalType = 'FREQ'"
    subscribe = [*plain.options(), "--filter", first, "--command", "5=x"]
    pieces, _ = checks.record(lab, session, TOOL, TOOL, publish, subscribe)
    other, _ = checks.record(lab, session, TOOL, PEER, ["--rate", 400], [
        *COMPACT.options(), "--filter", checks.PART, "--resubscribe", ALL, "--resubscribe-after", 100,
        "--metadata-filter", "FILTER DeviceDetail WHERE True",
    ])
    third, received = checks.record(lab, session, TOOL, TOOL, [], Mode().options() + ["--filter", SIGNAL])
    wrong = made.conversation((TO_PUBLISHER, made.command(2, b"\2\0\0")))
    for number, conversation in enumerate((pieces, other, third, wrong)):
        for piece in conversation:
            piece.connection = number
    pieces += other + third + wrong
    messages = list(messages_of(pieces))
    rows = iter((row.flags, 0, float(testdata.from_bits(row.bits)), row.ticks) for row in received.rows)
    for _, message in messages:
        if message.is_data and message.payload[0] & 8:
            message.decompressed = list(itertools.islice(rows, message.count))
    return pieces, messages


def check(lab, session):
    page = README.read_text(encoding="utf-8").split("## What is told")[0]
    documented = set(re.findall(r"^\| `(sttp[^`]*)` \| ", page, re.M))
    if documented != set(EXPECTED):
        raise Mismatch(f"documented and not checked, or the reverse: {documented ^ set(EXPECTED)}")
    pieces, messages = _everything(lab, session)
    # Of a message that has several packets, the last one shows it.
    numbers = list(itertools.accumulate(len(_parts(piece)) for piece, _ in messages))
    path = checks.written(session, one_message_each(pieces))
    found_by = dissected.frames(path, *(display_filter.replace("SIGNAL", SIGNAL) for display_filter in EXPECTED))
    wrong = []
    for (display_filter, predicate), found in zip(EXPECTED.items(), found_by, strict=True):
        expected = [number for number, (_, message) in zip(numbers, messages, strict=True) if predicate(message)]
        if not expected:
            wrong.append(f"{display_filter}: no message shows that it works")
        elif found != expected:
            differing = sorted(set(found) ^ set(expected))[:5]
            wrong.append(f"{display_filter}: {len(found)} packets, not {len(expected)}; they differ in {differing}")
    if wrong:
        raise Mismatch("\n".join(wrong))
