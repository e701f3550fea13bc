"""Historical data: windows of an archive or of a publisher's memory, the end of the playback, and its pace."""

import time

import compare
import testdata
from compare import Mismatch
from processes import Session
from scenarios import (
    ALL,
    COMPACT,
    MODES,
    PEER,
    TOOL,
    Lab,
    Mode,
    Scenario,
    exchange,
    start_publisher,
    start_subscriber,
)
from testdata import SECOND, Row

HOUR = 3_600_000
UNIX_EPOCH = 621_355_968_000_000_000
# A window from 2026-01-01 00:00:20.5 up to 40 seconds later, in the forms that a subscriber may use.
ABSOLUTE = [
    ("2026-01-01 00:00:20.5", "2026-01-01 00:01:00.5"),
    ("2026-01-01T00:00:20.5Z", "2026-01-01T02:01:00.5+02:00"),
    ("01/01/2026 00:00:20.5", "01/01/2026 00:01:00.5"),
]
# Measurements lie at these minutes from now, and the windows end so far from each that the time that the test
# takes does not matter.
CLUSTERS = [-90, -50, -10, 60]
RELATIVE = [
    ("*-70m", "*-30m", [-50]), ("*-1800s", "*", [-10]), ("*-1h", "*+2h", [-50, -10, 60]), ("* - 1 d", "", CLUSTERS),
]


def history_scenarios() -> list[Scenario]:
    return [
        *(
            Scenario(
                f"tool to {subscriber}, {mode}, window of an archive", archive_window(subscriber, mode),
                needs_tools=True,
            )
            for subscriber in (PEER, TOOL) for mode in MODES
        ),
        *(
            Scenario(
                f"tool to {subscriber}, {mode}, window of memory", _memory(subscriber, mode), needs_tools=True
            )
            for subscriber in (PEER, TOOL) for mode in (Mode(), COMPACT)
        ),
        *(
            Scenario(f"tool to {subscriber}, window from {times[0]}", run(subscriber, *times), needs_tools=True)
            for subscriber in (PEER, TOOL)
            for run, choices in ((_absolute, ABSOLUTE), (relative_window, RELATIVE)) for times in choices
        ),
        Scenario("tool to sttpapi, empty window", _empty, needs_tools=True),
        Scenario("tool to sttpapi, playback at a pace", _paced, needs_tools=True),
        Scenario("tool to sttpapi, changed pace of a playback", _changed_pace, needs_tools=True),
        Scenario("tool to sttpapi, no historical data", _refused(["--start", "*-1h"], "no historical data"),
                 needs_tools=True),
        Scenario("tool to sttpapi, start that is no time", _refused(["--start", "yesterday"], "no time"),
                 needs_tools=True),
        Scenario("sttpapi to tool, window is ignored", _ignored, needs_tools=True),
    ]


def _start_archive(lab: Lab, session: Session, file) -> int:
    # Live measurements flow meanwhile, to nobody.
    _, port = start_publisher(lab, session, TOOL, ["--metadata", lab.metadata, "--archive", file, "--duration", 60])
    return port


def _take(lab, session, subscriber, port, expected: list[Row], options, name="historian"):
    """Everything arrives, and then the end: both sides of an exchange fail without it."""
    received = start_subscriber(lab, session, subscriber, port, ["--filter", ALL, *options], name)
    session.finish(received.child)
    compare.equal_rows(expected, received.rows)


def _window(start: str, stop: str) -> list[str]:
    return ["--start", start, *(["--stop", stop] if stop else []), "--processing-interval", 0]


def _middle(rows: list[Row]) -> tuple[list[Row], list]:
    """The rows from one time to another, both included, and the options that ask for them."""
    times = sorted({row.ticks for row in rows})
    start, stop = times[len(times) // 4], times[3 * len(times) // 4]
    expected = [row for row in rows if start <= row.ticks <= stop]
    if not 0 < len(expected) < len(rows):
        raise ValueError("the window holds nothing, or everything")
    return expected, _window(testdata.iso_timestamp(start), testdata.iso_timestamp(stop))


def archive_window(subscriber: str, mode: Mode):
    def run(lab: Lab, session: Session):
        port = _start_archive(lab, session, lab.replay(lab.many))
        expected, window = _middle(lab.many)
        _take(lab, session, subscriber, port, mode.expected(expected), [*mode.options(), *window])

    return run


def _memory(subscriber: str, mode: Mode):
    def run(lab: Lab, session: Session):
        source = ["--metadata", lab.metadata, "--replay", lab.replay(lab.many), "--wait-subscribers", 1]
        publishing, port = start_publisher(lab, session, TOOL, [*source, "--history", 60, "--linger", 60])
        live = start_subscriber(lab, session, TOOL, port, ["--filter", ALL, "--count", len(lab.many)])
        # When the live subscriber has everything, memory has it too.
        session.finish(live.child)
        if publishing.ended():
            raise Mismatch("the publisher does not linger")
        expected, window = _middle(lab.many)
        _take(lab, session, subscriber, port, mode.expected(expected), [*mode.options(), *window])

    return run


def _absolute(subscriber: str, start: str, stop: str):
    def run(lab: Lab, session: Session):
        # One row each quarter of a second, with rows at both ends of the window.
        rows = [row._replace(ticks=testdata.START + number * SECOND // 4) for number, row in enumerate(lab.few[:400])]
        archive = session.folder / "archive.csv"
        testdata.write_rows(archive, rows)
        _take(lab, session, subscriber, _start_archive(lab, session, archive), rows[82:243], _window(start, stop))

    return run


def relative_window(subscriber: str, start: str, stop: str, clusters: list[int]):
    def run(lab: Lab, session: Session):
        now = UNIX_EPOCH + time.time_ns() // 100
        rows = {
            minutes: [
                row._replace(ticks=now + minutes * 60 * SECOND + number)
                for number, row in enumerate(lab.few[100 * place:100 * place + 100])
            ]
            for place, minutes in enumerate(CLUSTERS)
        }
        archive = session.folder / "archive.csv"
        testdata.write_rows(archive, [row for cluster in rows.values() for row in cluster])
        expected = [row for minutes in clusters for row in rows[minutes]]
        _take(lab, session, subscriber, _start_archive(lab, session, archive), expected, _window(start, stop))

    return run


def _empty(lab: Lab, session: Session):
    port = _start_archive(lab, session, lab.replay(lab.fewest))
    _take(lab, session, PEER, port, [], _window("1999-01-01", "1999-12-31"))


def _paced(lab: Lab, session: Session):
    """With steps of an hour there is no second one; those of a millisecond all come."""
    port = _start_archive(lab, session, lab.replay(lab.fewest))
    window = ["--start", "2000-01-01", "--processing-interval"]
    first = testdata.batches(lab.fewest)[0]
    _take(lab, session, PEER, port, first, [*window, HOUR, "--count", len(first)], "slow")
    _take(lab, session, PEER, port, lab.fewest, [*window, 1], "fast")


def _changed_pace(lab: Lab, session: Session):
    """At first there would be one step an hour."""
    port = _start_archive(lab, session, lab.replay(lab.fewest))
    options = ["--start", "2000-01-01", "--processing-interval", HOUR, "--then-pace", 0]
    _take(lab, session, PEER, port, lab.fewest, options)


def _refused(options: list[str], reason: str):
    def run(lab: Lab, session: Session):
        _, port = start_publisher(lab, session, TOOL, ["--metadata", lab.metadata, "--duration", 60])
        received = start_subscriber(lab, session, PEER, port, ["--filter", ALL, *options])
        session.finish(received.child, exit_code=1)
        if reason not in received.child.stderr():
            raise Mismatch("the subscriber was not told why")

    return run


def _ignored(lab: Lab, session: Session):
    """sttpapi's publisher sends live measurements whatever is asked for."""
    options = ["--filter", ALL, "--start", "2000-01-01", "--stop", "2000-01-02", "--count", len(lab.few)]
    received = exchange(lab, session, PEER, TOOL, lab.few, subscribe_options=options)
    compare.equal_rows(lab.few, received.rows)
