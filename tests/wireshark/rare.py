"""What few captures have: a sequence that comes to its end, packets late for their keys, signal indexes below 0."""

import struct
from uuid import UUID

import capture
import dissected
from capture import TO_PUBLISHER, TO_SUBSCRIBER, Piece
from compare import Mismatch
from made import FIRST, SECOND, cache, command, compressed, conversation, measurement, response

THIRD = UUID(int=0x3A3A)
TSSC, COMPACT = struct.pack(">I", 0xE0000262), struct.pack(">I", 0x202)
HIGHEST = 65535
# Datagrams that a message with new keys overtakes.
LATE = 2


def sequence_ends(_, session):
    """After the highest number comes 1, with everything that was seen before; 0 begins anew, wherever it comes."""
    packets = [compressed(0, 1.0), compressed(1, 2.0), *map(compressed, range(2, HIGHEST + 1)), compressed(1, 3.0)]
    packets += [compressed(0, 4.0), compressed(1, 5.0)]
    pieces = conversation(
        (TO_PUBLISHER, command(6, TSSC)),
        (TO_SUBSCRIBER, response(0x83, 2, b"\0" + cache([FIRST, SECOND, THIRD], "utf-8"))),
        (TO_PUBLISHER, command(10)),
        (TO_SUBSCRIBER, b"".join(packets)),
    )
    signals = [str(signal) for signal in (FIRST, SECOND, THIRD, FIRST, SECOND)]
    _compare(session, pieces, {"sttp.value": ["1", "2", "3", "4", "5"], "sttp.signal_id": signals}, {
        "sttp.malformed or sttp.sequence or sttp.undecoded or sttp.count or sttp.out_of_step": [],
    })


def below_zero(_, session):
    """No list of signals has such an index, and no measurement that has one has a signal; it is shown as what it is."""
    pieces = conversation(
        (TO_PUBLISHER, command(6, COMPACT)),
        (TO_SUBSCRIBER, response(0x83, 2, b"\0" + cache([SECOND, FIRST], "utf-8", first=-1))),
        (TO_SUBSCRIBER, response(0x83, 2, b"\0" + cache([FIRST, SECOND], "utf-8"))),
        (TO_PUBLISHER, command(10)),
        (TO_SUBSCRIBER, response(0x82, 2, b"\2\0\0\0\2" + measurement(-1, 1.0) + measurement(1, 2.0))),
        (TO_SUBSCRIBER, compressed(0, 3.0, moved_by=0xFFFFFFFE)),
        (TO_SUBSCRIBER, response(0x88, 2, struct.pack(">IBi", 0, 0, -3) + b"abc")),
    )
    # Numbers of packets: the first list is the second one, measurements are in the fifth and the sixth.
    _compare(session, pieces, {
        "sttp.measurement.signal_index": ["-1", "1", "-2", "-3"],
        "sttp.cache.signal_index": ["0", "1"],
        "sttp.signal_id": [str(SECOND)],
        "sttp.value": ["1", "2", "3"],
    }, {
        'sttp.malformed and _ws.expert.message contains "a signal index is negative"': [2],
        'sttp.count and _ws.expert.message contains "1 measurements have no signal"': [5, 6, 7],
    })


def overtaken(pieces: list[Piece]) -> list[Piece]:
    """Keys that are changed twice before the last datagrams come that the old ones encrypt: the second change replaces
    those, too."""
    datagrams = [at for at, piece in enumerate(pieces) if piece.udp_port]
    changes = [at for at, piece in enumerate(pieces) if _has_keys(piece) and at > datagrams[LATE]][:2]
    if len(changes) < 2:
        raise Mismatch("keys did not change twice while datagrams came")
    place = [at for at in datagrams if at < changes[0]][-LATE]
    others = [piece for at, piece in enumerate(pieces) if at not in changes]
    return others[:place] + [pieces[at] for at in changes] + others[place:]


def _has_keys(piece: Piece) -> bool:
    return not piece.udp_port and piece.direction == TO_SUBSCRIBER and piece.data[4:5] == b"\x85"


def _compare(session, pieces: list[Piece], expected: dict[str, list[str]], told: dict[str, list[int]]):
    """Values of fields, and numbers of packets that pass filters, in one run of tshark: many packets take seconds."""
    path = session.folder / "rare.pcap"
    capture.write(path, capture.packets(pieces, dissected.PORT, whole=True))
    found, packets = dissected.fields_and_frames(path, list(expected), *told)
    for field, wanted in expected.items():
        if found[field] != wanted:
            raise Mismatch(f"{field}: {found[field][:10]}, not {wanted}")
    if packets != list(told.values()):
        raise Mismatch(f"{[numbers[:10] for numbers in packets]} are told of, not {told}")
