"""What travels beside measurements: buffer blocks, notifications, user commands, changed configurations."""

import random
import re
import sys
from pathlib import Path

import compare
import testdata
from compare import Mismatch
from processes import Session, free_port
from scenarios import (
    ALL,
    COMPACT,
    DIRECTIONS,
    HERE,
    PEER,
    TOOL,
    Lab,
    Mode,
    Scenario,
    exchange,
    start_publisher,
    start_subscriber,
)

MODES = [Mode(), COMPACT, Mode(protocol=1), Mode(protocol=3, tssc=False, gzip=False)]


def message_scenarios() -> list[Scenario]:
    return [
        *(
            Scenario(
                f"{publisher} to {subscriber}, {mode}, buffer blocks{' with confirmation' if confirm else ''}",
                _buffer_blocks(publisher, subscriber, mode, confirm), needs_tools=True,
            )
            for publisher, subscriber in DIRECTIONS for mode in MODES for confirm in (False, True)
        ),
        *(
            Scenario(
                f"{publisher} to {subscriber}, {mode}, user command", _user_command(publisher, subscriber, mode),
                needs_tools=True,
            )
            for publisher, subscriber in DIRECTIONS for mode in MODES[:2]
        ),
        Scenario("tool to tool, refused user command", _refused_command, needs_tools=True),
        Scenario("tool to sttpapi, notification", notification(PEER), needs_tools=True),
        Scenario("tool to tool, notification", notification(TOOL), needs_tools=True),
        Scenario("tool to sttpapi, told to wait", told_to_wait(PEER), needs_tools=True),
        Scenario("tool to tool, told to wait", told_to_wait(TOOL), needs_tools=True),
        *(
            Scenario(f"sttpapi to tool, {mode}, changed configuration", _followed_change(mode), needs_tools=True)
            for mode in MODES[:2]
        ),
        Scenario("libsttp to sttpapi, changed configuration", _changed_configuration, needs_tools=True),
        Scenario("tool to a subscriber that reads late and confirms", _late_reader, needs_tools=True),
    ]


def make_blocks(path: Path, signals: list[str]) -> list[str]:
    """Blocks of every kind: empty, short, long, compressible and not."""
    values = random.Random(60)
    sizes = [0, 1, 9, 200, 5_000, 60_000, 300_000]
    blocks = []
    for number in range(20):
        size = sizes[number % len(sizes)]
        content = values.randbytes(size) if number % 2 else bytes([number]) * size
        blocks.append(f"{signals[number % len(signals)]},{content.hex()}")
    path.write_text("\n".join(["signal_id,bytes", *blocks, ""]), encoding="ascii")
    return blocks


def compare_blocks(sent: list[str], file: Path):
    taken = file.read_text(encoding="ascii").splitlines()[1:]
    if taken != sent:
        place = next((i for i, pair in enumerate(zip(taken, sent, strict=False)) if pair[0] != pair[1]), len(taken))
        raise Mismatch(f"{len(taken)} of {len(sent)} buffer blocks came, the first wrong one is {place}")


def _buffer_blocks(publisher: str, subscriber: str, mode: Mode, confirm: bool):
    def run(lab: Lab, session: Session):
        sent, taken = session.folder / "sent.csv", session.folder / "taken.csv"
        blocks = make_blocks(sent, sorted(lab.filters.signals(ALL)))
        # Each block goes behind a frame, so all of them are there before the last measurement.
        if len(testdata.batches(lab.few)) <= len(blocks):
            raise ValueError("too few frames")
        publish = ["--buffer-blocks", sent, *(["--confirm-blocks"] if confirm else [])]
        subscribe = [*mode.options(), "--filter", ALL, "--count", len(lab.few), "--buffer-blocks", taken]
        received = exchange(
            lab, session, publisher, subscriber, lab.few, publish_options=publish, subscribe_options=subscribe
        )
        compare.equal_rows(mode.expected(lab.few), received.rows)
        compare_blocks(blocks, taken)

    return run


def _user_command(publisher: str, subscriber: str, mode: Mode):
    def run(lab: Lab, session: Session):
        publish = ["--echo-commands", *(["--linger", 10] if publisher == PEER else ["--rate", 200])]
        # The tool ends with the connection, so that it cannot miss the answer; the peer waits for it.
        end = ["--once"] if subscriber == TOOL else ["--count", len(lab.few)]
        if publisher == PEER:
            end = ["--count", len(lab.few)] if subscriber == PEER else ["--duration", 3]
        subscribe = [*mode.options(), "--filter", ALL, *end, "--command", "5=what about it?"]
        received = exchange(
            lab, session, publisher, subscriber, lab.few, publish_options=publish, subscribe_options=subscribe
        )
        expect(received.child.stderr(), r"user response 5: what about it\?")

    return run


def _refused_command(lab: Lab, session: Session):
    subscribe = ["--filter", ALL, "--once", "--command", "0=x"]
    received = exchange(
        lab, session, TOOL, TOOL, lab.few, publish_options=["--rate", 200], subscribe_options=subscribe
    )
    expect(received.child.stderr(), "UserCommand: this publisher does not support user command 0")


def notification(subscriber: str):
    def run(lab: Lab, session: Session):
        # A publisher that is about to leave hears no confirmation.
        publish = ["--notify", "maintenance at noon, åäö", "--linger", 1]
        subscribe = ["--filter", ALL, "--count", len(lab.few)]
        received = exchange(
            lab, session, TOOL, subscriber, lab.few, publish_options=publish, subscribe_options=subscribe
        )
        # sttpapi takes what stands for the notification for the beginning of its text, and confirms nothing.
        expect(received.child.stderr(), r"NOTIFICATION: \w*\[[0-9T:-]+Z\] maintenance at noon, åäö")
        compare.equal_rows(lab.few, received.rows)
        if subscriber != PEER:
            expect((session.folder / "publisher.stdout").read_text(), "has confirmed")

    return run


def told_to_wait(subscriber: str):
    """What it asks for first uses up what its address may; the rest waits, and then all goes on."""

    def run(lab: Lab, session: Session):
        publish = ["--set", "stepsPerSecond=1000"]
        subscribe = ["--filter", ALL, "--count", len(lab.few)]
        received = exchange(
            lab, session, TOOL, subscriber, lab.few, publish_options=publish, subscribe_options=subscribe
        )
        why = r"what you ask for waits: from its address comes more than stepsPerSecond, 1000, allows lastingly"
        expect(received.child.stderr(), rf"NOTIFICATION: \w*\[[0-9T:-]+Z\] {why}")
        compare.equal_rows(lab.few, received.rows)

    return run


def _other_metadata(session: Session) -> Path:
    path = session.folder / "other.xml"
    path.write_text(testdata.metadata_xml(updated_on="2026-03-04T05:06:07.5Z"), encoding="utf-8")
    return path


def _followed_change(mode: Mode):
    """The subscriber asks for the new metadata, subscribes again, and misses nothing."""

    def run(lab: Lab, session: Session):
        other = _other_metadata(session)
        received = exchange(
            lab, session, PEER, TOOL, lab.few, publish_options=["--redefine", other, "--rate", 300, "--linger", 5],
            subscribe_options=[*mode.options(), "--filter", ALL, "--follow-changes", "--count", len(lab.few)],
        )
        compare.equal_rows(mode.expected(lab.few), received.rows)
        compare.equal_metadata(compare.load(other.read_bytes()), compare.load(received.metadata.read_bytes()))

    return run


def _changed_configuration(lab: Lab, session: Session):
    """sttp-publish keeps its metadata for life, so that the publisher is a program on the C functions."""
    other, port = _other_metadata(session), free_port()
    publisher = session.start("publisher", [
        sys.executable, HERE / "library_publisher.py", f"127.0.0.1:{port}", "--library", lab.library,
        "--metadata", lab.metadata, "--redefine", other,
    ])
    session.wait_listening(publisher, port)
    received = start_subscriber(lab, session, PEER, port, ["--filter", ALL, "--follow-changes"])
    session.finish(received.child, publisher)
    compare.equal_metadata(compare.load(other.read_bytes()), compare.load(received.metadata.read_bytes()))


def _late_reader(lab: Lab, session: Session):
    source = ["--metadata", lab.metadata, "--replay", lab.replay(lab.fewest), "--wait-subscribers", 1, "--rate", 0]
    publisher, port = start_publisher(lab, session, TOOL, source)
    reader = session.start("reader", [sys.executable, HERE / "late_reader.py", f"127.0.0.1:{port}"])
    session.finish(reader, publisher)
    received, sent = int((session.folder / "reader.stdout").read_text()), publisher.stats()["bytes"]
    if received != sent or sent < 17 * len(lab.fewest):
        raise Mismatch(f"{received} of {sent} bytes were received")


def expect(text: str, pattern: str):
    if re.search(pattern, text) is None:
        raise Mismatch(f"nothing like {pattern!r} was said")
