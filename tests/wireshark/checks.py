"""What the dissector must say of recorded conversations."""

import re
import socket
from pathlib import Path

import capture
import compare
import damaged
import dissected
import filters
import made
import rare
import secured
import testdata
from capture import Recorder
from compare import Mismatch
from dissected import PORT
from messages import compare_blocks, make_blocks
from processes import Session, free_port
from scenarios import ALL, COMPACT, PEER, TOOL, Lab, Mode, Scenario, start_publisher, start_subscriber

TSSC = Mode()
PART = "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'"


def all_checks() -> list[Scenario]:
    ways = {
        "": ([], []), ", in packets as they were sent": ([], []), ", base times": (["--base-times"], []),
        ", base times with milliseconds": (["--base-times"], ["--milliseconds"]),
    }
    return [
        *(Scenario(f"tool to tool, {mode}", exactly(TOOL, TOOL, mode)) for mode in (TSSC, Mode(protocol=1))),
        *(Scenario(f"tool to tool, {COMPACT}{name}", exactly(TOOL, TOOL, COMPACT, *way, whole="sent" in name))
          for name, way in ways.items()),
        Scenario("tool to tool, without times", exactly(TOOL, TOOL, COMPACT, [], ["--no-time"], has_times=False)),
        *(Scenario(f"{publisher} to {subscriber}, {mode}", exactly(publisher, subscriber, mode))
          for publisher, subscriber in ((TOOL, PEER), (PEER, TOOL)) for mode in (TSSC, COMPACT)),
        *(Scenario(f"tool to tool, {mode}, all encrypted", exactly(TOOL, TOOL, mode, ["--encrypt", "all"]))
          for mode in (TSSC, COMPACT)),
        *(Scenario(f"tool to sttpapi, {mode}, other signals on the way", resubscribed(mode))
          for mode in (TSSC, COMPACT)),
        Scenario("tool to tool, historical data", historical),
        Scenario("tool to tool, on any port", on_any_port),
        Scenario("tool to tool, UDP", by_udp([])),
        Scenario("tool to tool, UDP encrypted by changing keys", by_udp(["--encrypt", "udp", "--key-rotation", 1], 40)),
        Scenario("tool to tool, UDP late for its keys",
                 by_udp(["--encrypt", "udp", "--key-rotation", 1], 20, changed=rare.overtaken)),
        *(Scenario(f"{publisher} to {subscriber}, {mode}, buffer blocks", buffer_blocks(publisher, subscriber, mode))
          for publisher, subscriber, mode in ((TOOL, TOOL, TSSC), (PEER, TOOL, COMPACT))),
        Scenario("metadata", metadata),
        Scenario("UTF-16, and publishers unlike the standard", made.check),
        Scenario("TSSC, the highest sequence number", rare.sequence_ends),
        Scenario("signal indexes below 0", rare.below_zero),
        Scenario("TLS", secured.check),
        Scenario("as it is installed", made.as_installed),
        Scenario("every documented filter", filters.check),
        Scenario("a capture that begins later, or lacks packets", damaged.incomplete),
        Scenario("keys that were not captured", keys_not_captured),
        Scenario("changed bytes", damaged.changed),
    ]


def record(lab: Lab, session: Session, publisher: str, subscriber: str, publish: list, subscribe: list, udp_port=0):
    """A conversation, and what the subscriber received in it."""
    source = ["--metadata", lab.metadata, "--wait-subscribers", 1]
    if "--replay" not in publish:
        source += ["--replay", lab.replay(lab.fewest)]
    if "--rate" not in publish:
        source += ["--rate", 0]
    publishing, port = start_publisher(lab, session, publisher, [*source, *publish])
    with Recorder(port, udp_port) as recorder:
        once = ["--once"] if subscriber == TOOL else []
        name = f"subscriber{len(list(session.folder.glob('*.stdout')))}"
        received = start_subscriber(lab, session, subscriber, recorder.port, [*once, *subscribe], name)
        session.finish(received.child, publishing)
    received.publisher = publishing
    return recorder.pieces, received


def written(session: Session, made_packets: list, name: str = "capture") -> Path:
    path = session.folder / f"{name}.pcap"
    capture.write(path, made_packets)
    return path


def equal(received, path: Path, **options):
    if not received.rows:
        raise Mismatch("nothing was received")
    compare.equal_rows(received.rows, dissected.rows(path, **options))


def nothing_told(path: Path):
    """The dissector finds nothing wrong with a good conversation."""
    kinds = ("malformed", "unknown", "out_of_step", "cut", "undecoded", "sequence", "count", "too_many")
    for kind, found in zip(kinds, dissected.frames(path, *(f"sttp.{kind}" for kind in kinds)), strict=True):
        if found:
            raise Mismatch(f"sttp.{kind} is told of packets {found[:10]}")


def exactly(publisher: str, subscriber: str, mode: Mode, publish=(), subscribe=(), whole=False, has_times=True):
    """Every measurement that the subscriber received, and nothing else, in order."""
    def run(lab: Lab, session: Session):
        pieces, received = record(lab, session, publisher, subscriber, publish, [*mode.options(), *subscribe])
        path = written(session, capture.packets(pieces, PORT, whole=whole))
        equal(received, path, has_times=has_times)
        nothing_told(path)
    return run


def resubscribed(mode: Mode):
    def run(lab: Lab, session: Session):
        options = ["--filter", ALL, "--resubscribe", PART, "--resubscribe-after", 1000]
        pieces, received = record(lab, session, TOOL, PEER, ["--rate", 300], [*mode.options(), *options])
        path = written(session, capture.packets(pieces, PORT))
        equal(received, path)
        if set(dissected.values(path, "sttp.cache.slot")) != {"0", "1"}:
            raise Mismatch("the second list of signals did not come")
    return run


def historical(lab: Lab, session: Session):
    rows = [row._replace(ticks=testdata.START + number * 100) for number, row in enumerate(lab.fewest)]
    archive = session.folder / "archive.csv"
    testdata.write_rows(archive, rows)
    publish = ["--archive", archive, "--linger", 3, "--duration", 0.1]
    subscribe = ["--start", "2026-01-01 00:00:00", "--processing-interval", 0]
    pieces, received = record(lab, session, TOOL, TOOL, publish, subscribe)
    path = written(session, capture.packets(pieces, PORT))
    equal(received, path)
    if not dissected.frames(path, "sttp.response == 0x87")[0]:
        raise Mismatch("the end is not told")


def on_any_port(lab: Lab, session: Session):
    """Recognised by what subscribers send first."""
    pieces, received = record(lab, session, TOOL, TOOL, [], [])
    equal(received, written(session, capture.packets(pieces, 4711)))


def by_udp(options: list, rate: int = 500, changed=list):
    def run(lab: Lab, session: Session):
        port = free_port(socket.SOCK_DGRAM)
        publish = ["--rate", rate, "--linger", 0.5, *options]
        replay = session.folder / "part.csv"
        testdata.write_rows(replay, [row for batch in testdata.batches(lab.fewest)[:60] for row in batch])
        pieces, received = record(
            lab, session, TOOL, TOOL, ["--replay", replay, *publish], [*COMPACT.options(), "--udp", port], port
        )
        path = written(session, capture.packets(changed(pieces), PORT))
        equal(received, path)
        nothing_told(path)
        if not dissected.frames(path, f"udp.dstport == {port} and sttp.measurement")[0]:
            raise Mismatch("nothing came by UDP")
    return run


def keys_not_captured(lab: Lab, session: Session):
    pieces, _ = record(lab, session, TOOL, TOOL, ["--encrypt", "all"], COMPACT.options())
    kept = [piece for piece, message in filters.messages_of(pieces) if message.code != 0x85]
    path = written(session, capture.packets(kept, PORT))
    decoded, packets, told = dissected.frames(
        path, "sttp.measurement", "sttp.response == 0x82",
        'sttp.undecoded and _ws.expert.message contains "UpdateCipherKeys"',
    )
    if decoded:
        raise Mismatch("measurements were decoded without keys")
    if not packets or packets != told:
        raise Mismatch("it is not told what is missing")


def buffer_blocks(publisher: str, subscriber: str, mode: Mode):
    def run(lab: Lab, session: Session):
        sent, taken = session.folder / "sent.csv", session.folder / "taken.csv"
        blocks = make_blocks(sent, sorted(lab.filters.signals(ALL)))
        publish = ["--buffer-blocks", sent, "--confirm-blocks"]
        pieces, _ = record(
            lab, session, publisher, subscriber, publish,
            [*mode.options(), "--count", len(lab.fewest), "--buffer-blocks", taken],
        )
        compare_blocks(blocks, taken)
        path = written(session, filters.one_message_each(pieces))
        names = ["sttp.signal_id", "sttp.buffer_block.bytes"]
        shown = [
            f"{''.join(signal_id)},{''.join(content)}"
            for signal_id, content in dissected.fields(path, names, "sttp.response == 0x88")
        ]
        compare_blocks(blocks, taken)
        if shown != blocks:
            wrong = next(i for i, pair in enumerate(zip(shown, blocks, strict=False)) if pair[0] != pair[1])
            raise Mismatch(f"block {wrong} is {shown[wrong][:200]}, not {blocks[wrong][:200]}")
    return run


def metadata(lab: Lab, session: Session):
    """The document is decompressed and read as XML."""
    pieces, received = record(lab, session, TOOL, TOOL, [], [])
    path = written(session, filters.one_message_each(pieces))
    document = received.metadata.read_text(encoding="utf-8")
    tags = re.findall(r"<PointTag>([^<]*)</PointTag>", document)
    shown = dissected.values(path, "xml.cdata", "sttp.metadata")
    missing = set(tags) - set(shown)
    if not tags or missing:
        raise Mismatch(f"{len(missing)} of {len(tags)} point tags are not shown")
    request = dissected.frames(path, "sttp.command == 1")[0]
    answer = dissected.values(path, "sttp.request_in", "sttp.metadata")
    if [str(number) for number in request] != answer:
        raise Mismatch(f"the answer names the packets {answer} as its request, not {request}")
