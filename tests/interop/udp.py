"""Measurements by UDP and multicast, and encrypted ones."""

import re
import socket

import compare
from compare import Mismatch
from messages import MODES, compare_blocks, expect, make_blocks
from processes import Session, free_port
from scenarios import (
    ALL,
    COMPACT,
    GOAPI,
    PEER,
    TOOL,
    Lab,
    Mode,
    Scenario,
    exchange,
    start_publisher,
    start_subscriber,
)
from testdata import Row

# Datagrams are lost when they come faster than they are read. Subscribers end with the connection, for which
# the publisher waits until they have read the last ones.
PACED = ["--rate", 500, "--linger", 0.5]
MOST = 0.9
GROUP = "239.255.77.20"


def udp_scenarios() -> list[Scenario]:
    forms = {
        "": ([], []), ", small datagrams": (["--datagram-size", 256], []), ", slowly": (["--rate", 60], []),
        ", without time": ([], ["--no-time"]), ", part of the signals": ([], ["--filter", _PART]),
        ", base times": (["--base-times"], []), ", protocol 1": ([], ["--protocol", 1]),
    }
    known = [(PEER, name) for name in forms] + [(TOOL, "")]
    return [
        *(Scenario(f"tool to {subscriber}, UDP{name}", by_udp(subscriber, *forms[name]), needs_tools=True)
          for subscriber, name in known),
        *(Scenario(f"tool to {subscriber}, UDP faster than it reads", _flooded(subscriber), needs_tools=True)
          for subscriber in (PEER, TOOL)),
        *(Scenario(f"tool to {subscriber}, refused UDP", _refused(subscriber), needs_tools=True)
          for subscriber in (PEER, TOOL)),
        Scenario("sttpapi to tool, UDP that the publisher does not have", _by_tcp_after_all, needs_tools=True),
        Scenario("tool to two tools, multicast", _multicast, needs_tools=True),
        *(Scenario(f"tool to {subscriber}, {mode}, all encrypted", encrypted(subscriber, mode), needs_tools=True)
          for subscriber in (PEER, TOOL) for mode in MODES),
        *(Scenario(f"tool to {subscriber}, UDP encrypted{name}", encrypted_udp(subscriber, *way), needs_tools=True)
          for subscriber in (PEER, TOOL) for name, *way in _rotations(subscriber)),
        *(Scenario(f"sttpapi to tool, {mode}, all encrypted", _encrypted_by_peer(mode), needs_tools=True)
          for mode in MODES),
        Scenario("tool to sttpapi, encrypted buffer blocks", _encrypted_blocks(TOOL, PEER), needs_tools=True),
        Scenario("sttpapi to tool, encrypted buffer blocks", _encrypted_blocks(PEER, TOOL), needs_tools=True),
    ]


_PART = "FILTER ActiveMeasurements WHERE SignalType = 'FREQ' OR SignalType = 'VPHM'"


def _subscriber(*options) -> list:
    return [*COMPACT.options(), "--udp", free_port(socket.SOCK_DGRAM), "--filter", ALL, *options]


def _end(subscriber: str) -> list[str]:
    """sttpapi's subscriber ends with its connection; the tool when it is told so."""
    return ["--once"] if subscriber == TOOL else []


def by_udp(subscriber: str, publish: list, subscribe: list):
    def run(lab: Lab, session: Session):
        rows = lab.fewest if publish else lab.few
        received = exchange(
            lab, session, TOOL, subscriber, rows, publish_options=[*PACED, *publish],
            subscribe_options=[*_subscriber(*subscribe), *_end(subscriber)],
        )
        expected = COMPACT.expected(rows)
        if _PART in subscribe:
            expected = compare.selected(expected, lab.filters.signals(_PART))
        if "--no-time" in subscribe:
            expected = compare.without_time(expected)
        _most(expected, received)

    return run


def _most(expected: list[Row], received):
    """Right, in order, hardly any lost, and in fact by UDP."""
    rows = received.rows
    compare.subsequence(expected, rows)
    if len(rows) < MOST * len(expected):
        raise Mismatch(f"only {len(rows)} of {len(expected)} measurements arrived")
    # The peer fails by itself when there are none.
    if received.child.stats().get("datagrams", 1) == 0:
        raise Mismatch("nothing arrived by UDP")


def _flooded(subscriber: str):
    def run(lab: Lab, session: Session):
        source = ["--metadata", lab.metadata, "--replay", lab.replay(lab.many), "--wait-subscribers", 1]
        publisher, port = start_publisher(lab, session, TOOL, [*source, "--rate", 0, "--linger", 1])
        received = start_subscriber(lab, session, subscriber, port, [*_subscriber(), *_end(subscriber)])
        session.finish(received.child, publisher)
        compare.subsequence(COMPACT.expected(lab.many), received.rows)

    return run


def _refused(subscriber: str):
    def run(lab: Lab, session: Session):
        source = ["--metadata", lab.metadata, "--replay", lab.replay(lab.few), "--wait-subscribers", 1, "--no-udp"]
        _, port = start_publisher(lab, session, TOOL, source)
        session.finish(start_subscriber(lab, session, subscriber, port, _subscriber()).child, exit_code=1)

    return run


def _by_tcp_after_all(lab: Lab, session: Session):
    options = ["--udp", 0, "--filter", ALL, "--count", len(lab.few)]
    received = exchange(lab, session, PEER, TOOL, lab.few, subscribe_options=options)
    compare.equal_rows(COMPACT.expected(lab.few), received.rows)
    if received.child.stats()["datagrams"]:
        raise Mismatch("sttpapi sends datagrams now")


def _multicast(lab: Lab, session: Session):
    source = ["--metadata", lab.metadata, "--replay", lab.replay(lab.few), "--wait-subscribers", 2, "--multicast", 1]
    publisher, port = start_publisher(lab, session, TOOL, [*source, *PACED])
    options = _subscriber("--multicast", GROUP, "--interface", "127.0.0.1", "--once")
    members = [start_subscriber(lab, session, TOOL, port, options, f"subscriber{number}") for number in range(2)]
    session.finish(*(member.child for member in members), publisher)
    for member in members:
        _most(COMPACT.expected(lab.few), member)
    if max(member.child.stats()["datagrams"] for member in members) > publisher.stats()["datagrams"]:
        raise Mismatch("datagrams were not sent once for both")


# ---- encryption -------------------------------------------------------------------------------------

def _rotations(subscriber: str) -> list[tuple]:
    by_itself = (", rotated every second", ["--key-rotation", 1], [])
    asked_for = (", rotated when asked", [], ["--rotate-keys", 1.5])
    return [("", [], []), by_itself, *([asked_for] if subscriber == PEER else [])]


def encrypted(subscriber: str, mode: Mode):
    def run(lab: Lab, session: Session):
        options = [*mode.options(), "--filter", ALL, "--count", len(lab.many), *_decrypt(subscriber)]
        received = exchange(
            lab, session, TOOL, subscriber, lab.many, publish_options=["--encrypt", "all"], subscribe_options=options,
        )
        compare.equal_rows(mode.expected(lab.many), received.rows)
        if subscriber == PEER:
            _decrypted(received)
        if subscriber == GOAPI:
            expect(received.child.stderr(), "new cipher keys")

    return run


def encrypted_udp(subscriber: str, publish: list, subscribe: list):
    def run(lab: Lab, session: Session):
        # Some seconds, so that keys change under way.
        changing = publish or subscribe
        rows, rate = (lab.few, 200) if changing else (lab.fewest, 500)
        received = exchange(
            lab, session, TOOL, subscriber, rows,
            publish_options=[*PACED, "--rate", rate, "--encrypt", "udp", *publish],
            subscribe_options=[*_subscriber(*subscribe), *_decrypt(subscriber), *_end(subscriber)],
        )
        _most(COMPACT.expected(rows), received)
        if subscriber == PEER:
            _decrypted(received, least_keys=2 if changing else 1)
        if subscriber == GOAPI and received.child.stderr().count("new cipher keys") < (2 if changing else 1):
            raise Mismatch("too few keys came")

    return run


def _encrypted_by_peer(mode: Mode):
    def run(lab: Lab, session: Session):
        options = [*mode.options(), "--filter", ALL, "--count", len(lab.many)]
        received = exchange(
            lab, session, PEER, TOOL, lab.many, publish_options=["--encrypt"], subscribe_options=options
        )
        compare.equal_rows(mode.expected(lab.many), received.rows)
        expect(received.child.stderr(), "The publisher encrypts measurements from now on")

    return run


def _encrypted_blocks(publisher: str, subscriber: str):
    def run(lab: Lab, session: Session):
        sent, taken = session.folder / "sent.csv", session.folder / "taken.csv"
        blocks = make_blocks(sent, sorted(lab.filters.signals(ALL)))
        publish = ["--encrypt", *(["all"] if publisher == TOOL else []), "--buffer-blocks", sent, "--confirm-blocks"]
        subscribe = ["--filter", ALL, "--count", len(lab.few), "--buffer-blocks", taken, *_decrypt(subscriber)]
        received = exchange(
            lab, session, publisher, subscriber, lab.few, publish_options=publish, subscribe_options=subscribe
        )
        compare_blocks(blocks, taken)
        if subscriber == PEER:
            _decrypted(received, blocks=len(blocks))

    return run


def _decrypt(subscriber: str) -> list[str]:
    return ["--decrypt"] if subscriber == PEER else []


def _decrypted(received, least_keys=1, blocks=0):
    """Everything was encrypted, with keys that changed."""
    text = received.child.stderr()
    found = re.search(r"decrypted (\d+) packets and (\d+) buffer blocks with (\d+) keys of (\d+) updates", text)
    if found is None:
        raise Mismatch("the subscriber does not tell what it decrypted")
    packets, decrypted_blocks, keys, _ = map(int, found.groups())
    if not packets or decrypted_blocks != blocks or keys < least_keys:
        raise Mismatch(found[0])
