"""Captures that are not whole, or whose bytes have changed: something is told, and the dissector never fails."""

import random

import capture
import checks
import dissected
from capture import Piece
from compare import Mismatch
from messages import make_blocks
from scenarios import ALL, COMPACT, PEER, TOOL, Mode

CONVERSATIONS = 30


def incomplete(lab, session):
    options = ["--filter", checks.PART, "--resubscribe", ALL, "--resubscribe-after", 200]
    pieces, received = checks.record(lab, session, TOOL, PEER, ["--rate", 300], [*Mode().options(), *options])
    packets = capture.packets(pieces, dissected.PORT)

    later = checks.written(session, packets[len(packets) // 4:], "later")
    if not dissected.frames(later, "sttp.undecoded or sttp.out_of_step")[0]:
        raise Mismatch("it is not told that the beginning is missing")

    # From the second list of signals on, all is known again.
    second, data = dissected.frames(checks.written(session, packets), "sttp.cache.slot == 1", "sttp.measurement")
    resumed = dissected.rows(checks.written(session, packets[second[0] - 20:], "resumed"))
    if not resumed or resumed != received.rows[-len(resumed):]:
        raise Mismatch("what comes after a new subscription is not decoded")

    lost = data[len(data) // 3]
    lacking = checks.written(session, packets[:lost - 1] + packets[lost:], "lacking")
    told = "sttp.sequence or sttp.out_of_step or sttp.undecoded or tcp.analysis.lost_segment"
    if not dissected.frames(lacking, told)[0]:
        raise Mismatch("it is not told that a packet is missing")

    cut = session.folder / "cut.pcap"
    capture.write(cut, packets, snapped=100)
    if not dissected.frames(cut, "sttp.cut or sttp.out_of_step")[0]:
        raise Mismatch("it is not told that packets were cut")


def changed(lab, session):
    """Many conversations side by side, in each of which bytes are changed, removed and put in at random."""
    blocks = session.folder / "blocks.csv"
    blocks.write_text("\n".join(make_blocks(blocks, sorted(lab.filters.signals(ALL)))[:5]), encoding="ascii")
    chance = random.Random(118)
    conversations = []
    plain = Mode(protocol=1, tssc=False, gzip=False)
    for mode, encryption in ((Mode(), []), (COMPACT, ["--encrypt", "all"]), (plain, [])):
        publish = ["--frames", 25, "--buffer-blocks", blocks, "--notify", "x", *encryption]
        conversations.append(checks.record(lab, session, TOOL, TOOL, publish, mode.options())[0])
    made_packets = []
    for number in range(CONVERSATIONS):
        pieces = [_changed(piece, number, chance) for piece in conversations[number % len(conversations)]]
        made_packets += capture.packets(pieces, dissected.PORT, seed=number)
    path = checks.written(session, made_packets)
    # In two passes, as Wireshark makes them when packets are looked at again. An error in Lua is a mismatch.
    if not dissected.frames(path, "sttp.malformed", options=["-2"])[0]:
        raise Mismatch("nothing is malformed")


def _changed(piece: Piece, connection: int, chance: random.Random) -> Piece:
    data = bytearray(piece.data)
    for _ in range(len(data) // 3000 + (chance.random() < 0.15)):
        # More of them near the beginnings of messages, where lengths and counts stand.
        at = chance.randrange(min(len(data), 40) if chance.random() < 0.3 else len(data)) if data else 0
        kind = chance.random()
        if not data:
            break
        if kind < 0.8:
            data[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
        elif kind < 0.9:
            del data[at:at + chance.randint(1, 9)]
        else:
            data[at:at] = chance.randbytes(chance.randint(1, 9))
    return Piece(piece.at, piece.direction, bytes(data), connection, piece.udp_port)
