"""What is exchanged between the tools and sttpapi, in which ways, and what must come out.

A scenario is a name and a function of a `Lab`; it raises `Mismatch` when the two ends disagree.
"""

import gzip
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import compare
import testdata
from compare import Mismatch
from processes import Child, Session, free_port
from testdata import Row

HERE = Path(__file__).resolve().parent
ALL = "FILTER ActiveMeasurements WHERE True"
SUBSCRIPTION_SECONDS = 30
TOOL, PEER, GOAPI = "tool", "sttpapi", "goapi"
BAD_TIME = 0x10000


class Scenario(NamedTuple):
    name: str
    run: Callable
    needs_tools: bool = False
    needs_goapi: bool = False


@dataclass(frozen=True)
class Mode:
    """How a subscriber asks for the data."""

    protocol: int = 2
    tssc: bool = True
    gzip: bool = True

    def __str__(self) -> str:
        return f"v{self.protocol} {'TSSC' if self.tssc else 'compact'}{'' if self.gzip else ' without gzip'}"

    def options(self) -> list[str]:
        switches = [(self.tssc, "--no-tssc"), (self.gzip, "--no-gzip")]
        return ["--protocol", str(self.protocol)] + [option for wanted, option in switches if not wanted]

    def expected(self, rows: list[Row]) -> list[Row]:
        return rows if self.tssc else compare.compact_flags(rows)


MODES = [
    Mode(), Mode(tssc=False), Mode(gzip=False), Mode(tssc=False, gzip=False),
    Mode(protocol=1), Mode(protocol=1, tssc=False, gzip=False),
    Mode(protocol=3), Mode(protocol=3, tssc=False, gzip=False),
]
COMPACT = Mode(tssc=False)


class Lab:
    """The commands under test and the files that all scenarios share."""

    def __init__(self, folder: Path, binaries: Path | None):
        peer = [sys.executable, str(HERE / "sttp_peer.py")]
        if binaries is None:
            publish = [*peer, "publish", "--conforming"]
            self.publish = {TOOL: publish, PEER: publish}
            self.subscribe = {TOOL: [*peer, "subscribe"], PEER: [*peer, "subscribe"]}
        else:
            self.publish = {TOOL: [str(binaries / "sttp-publish")], PEER: [*peer, "publish"]}
            self.subscribe = {TOOL: [str(binaries / "sttp-subscribe")], PEER: [*peer, "subscribe"]}
            self.library = binaries.parent / "lib/libsttp.so"
        self.metadata_xml = testdata.metadata_xml()
        self.metadata = folder / "metadata.xml"
        self.metadata.write_text(self.metadata_xml, encoding="utf-8")
        self.many = testdata.sample_rows(20_000)
        self.few = testdata.sample_rows(5_000, seed=60)
        self.fewest = testdata.sample_rows(1, seed=7)
        self.filters = compare.Filters(self.metadata_xml)
        self._replays = {}
        for name, rows in (("many", self.many), ("few", self.few), ("fewest", self.fewest)):
            self._replays[id(rows)] = folder / f"{name}.csv"
            testdata.write_rows(self._replays[id(rows)], rows)

    def replay(self, rows: list[Row]) -> Path:
        return self._replays[id(rows)]


class Received:
    publisher: Child

    def __init__(self, child: Child, folder: Path, port: int):
        self.child = child
        self.csv = folder / f"{child.name}.csv"
        self.metadata = folder / f"{child.name}.xml"
        self._port = port

    @property
    def rows(self) -> list[Row]:
        return testdata.read_rows(self.csv)


def start_publisher(lab: Lab, session: Session, kind: str, options) -> tuple[Child, int]:
    port = free_port()
    child = session.start("publisher", [*lab.publish[kind], "--listen", f"127.0.0.1:{port}", "--stats", *options])
    session.wait_listening(child, port)
    return child, port


def start_subscriber(lab: Lab, session: Session, kind: str, port: int, options, name="subscriber") -> Received:
    command = [*lab.subscribe[kind], f"127.0.0.1:{port}", "--duration", SUBSCRIPTION_SECONDS, "--format", "csv"]
    outputs = ["--output", session.folder / f"{name}.csv", "--metadata-out", session.folder / f"{name}.xml"]
    return Received(session.start(name, [*command, *outputs, "--stats", *options]), session.folder, port)


def exchange(lab, session, publisher, subscriber, rows, publish_options=(), subscribe_options=(), metadata=None):
    """Replays the rows from one publisher to one subscriber and waits until both are done."""
    source = ["--metadata", metadata or lab.metadata, "--replay", lab.replay(rows), "--wait-subscribers", 1]
    publishing, port = start_publisher(lab, session, publisher, [*source, "--rate", 0, *publish_options])
    received = start_subscriber(lab, session, subscriber, port, subscribe_options)
    received.publisher = publishing
    session.finish(received.child, publishing)
    for child in (publishing, received.child):
        if child.stats()["dropped"]:
            raise Mismatch(f"{child.name} dropped {child.stats()['dropped']} measurements")
    return received


def all_scenarios() -> list[Scenario]:
    return [
        *_bulk(), *_filters(), *_resubscriptions(), *_subscription_options(), *_metadata(), *_tools(),
    ]


# ---- every mode in every direction ------------------------------------------------------------------

DIRECTIONS = [(TOOL, PEER), (PEER, TOOL), (TOOL, TOOL)]


def _bulk() -> list[Scenario]:
    return [
        Scenario(f"{publisher} to {subscriber}, {mode}", _everything(publisher, subscriber, mode))
        for publisher, subscriber in DIRECTIONS for mode in MODES
    ]


def _everything(publisher: str, subscriber: str, mode: Mode):
    def run(lab: Lab, session: Session):
        options = [*mode.options(), "--filter", ALL, "--count", len(lab.many)]
        received = exchange(lab, session, publisher, subscriber, lab.many, subscribe_options=options)
        compare.equal_rows(mode.expected(lab.many), received.rows)
        compare.equal_metadata(compare.load(lab.metadata_xml), compare.load(received.metadata.read_bytes()))
        if (count := received.child.stats()["measurements"]) != len(lab.many):
            raise Mismatch(f"statistics of the subscriber: {count} measurements, not {len(lab.many)}")

    return run


# ---- filters ----------------------------------------------------------------------------------------

_IDS = testdata.signal_ids()
_STATEMENTS = [
    "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'",
    "FILTER TOP 7 ActiveMeasurements WHERE SignalType IN ('VPHM', 'IPHM') ORDER BY PointTag DESC",
    "FILTER ActiveMeasurements WHERE Device LIKE 'NORTH%' AND (SignalType = 'VPHA' OR SignalType = 'IPHA')",
    "FILTER ActiveMeasurements WHERE Company <> 'HILL' AND PhasorType IS NOT NULL AND NOT Phase = 'A'",
    "FILTER ActiveMeasurements WHERE Longitude < -81.5 AND FramesPerSecond >= 50 ORDER BY SignalType, ID",
    "FILTER ActiveMeasurements WHERE Len(PointTag) > 12 OR Internal = 0",
    f"FILTER ActiveMeasurements WHERE SignalID IN ('{_IDS[3]}', '{_IDS[17]}', '{_IDS[40]}')",
    _IDS[5],
    "RIVER:12",
]
LISTS = [
    f"{_IDS[0]}; {{{_IDS[9].upper()}}}; {_IDS[33]}",
    "RIVER:1; RIVER:30;RIVER:61; RIVER:999",
    '"RV_NORTH_1-FQ1"; "rv_east-a-av124"',
    f"RIVER:2; {_IDS[1]}; FILTER TOP 3 ActiveMeasurements WHERE SignalType = 'DFDT' ORDER BY ID; \"RV_LAKE-FQ41\"",
]


def _filters() -> list[Scenario]:
    # sttpapi's publisher cuts a filter at its first semicolon.
    taken = [(TOOL, PEER, _STATEMENTS + LISTS), (PEER, TOOL, _STATEMENTS), (TOOL, TOOL, LISTS)]
    return [
        Scenario(
            f"{publisher} to {subscriber}, filter {expression}",
            filtered(publisher, subscriber, expression, MODES[number % 2]),
            needs_tools=expression in LISTS,
        )
        for publisher, subscriber, expressions in taken for number, expression in enumerate(expressions)
    ]


def filtered(publisher: str, subscriber: str, expression: str, mode: Mode):
    def run(lab: Lab, session: Session):
        signals = lab.filters.signals(expression)
        expected = compare.selected(mode.expected(lab.few), signals)
        if not expected:
            raise ValueError(f"{expression} selects nothing")
        options = [*mode.options(), "--filter", expression, "--count", len(expected)]
        received = exchange(lab, session, publisher, subscriber, lab.few, subscribe_options=options)
        compare.equal_rows(expected, received.rows)

    return run


# ---- subscribing again ------------------------------------------------------------------------------

def _resubscriptions() -> list[Scenario]:
    half = "FILTER ActiveMeasurements WHERE Internal = 1"
    other = "FILTER ActiveMeasurements WHERE Internal = 0"
    changes = [("to more signals", half, ALL), ("to fewer signals", ALL, half), ("to other signals", half, other)]
    modes = [Mode(), COMPACT, Mode(gzip=False), Mode(protocol=1)]
    return [
        scenario for mode in modes for name, before, after in changes for scenario in (
            Scenario(f"tool to sttpapi, {mode}, resubscribed {name}", _resubscribe(mode, before, after)),
            Scenario(
                f"sttpapi to libsttp, {mode}, resubscribed {name}",
                _resubscribe_library(mode, before, after), needs_tools=True,
            ),
        )
    ]


def _resubscribe(mode: Mode, before: str, after: str):
    def run(lab: Lab, session: Session):
        options = [*mode.options(), "--filter", before, "--resubscribe", after]
        received = exchange(
            lab, session, TOOL, PEER, lab.many, publish_options=["--rate", 600], subscribe_options=options
        )
        _one_switch(lab, mode, before, after, received.csv)

    return run


def _resubscribe_library(mode: Mode, before: str, after: str):
    """sttpapi goes on with its TSSC state, and with the indexes of the new cache at once."""

    def run(lab: Lab, session: Session):
        source = ["--metadata", lab.metadata, "--replay", lab.replay(lab.many), "--rate", 600]
        publisher, port = start_publisher(lab, session, PEER, source)
        output = session.folder / "subscriber.csv"
        options = ["--library", lab.library, "--output", output, "--filter", before, "--resubscribe", after]
        subscriber = session.start("subscriber", [
            sys.executable, HERE / "library_subscriber.py", f"127.0.0.1:{port}", *mode.options(), *options,
        ])
        session.finish(subscriber, publisher)
        _one_switch(lab, mode, before, after, output)

    return run


def _one_switch(lab: Lab, mode: Mode, before: str, after: str, csv: Path):
    signals = [lab.filters.signals(expression) for expression in (before, after)]
    compare.resubscribed(lab.many, *signals, testdata.read_rows(csv), compact=not mode.tssc)


# ---- options of a subscription ----------------------------------------------------------------------

def _subscription_options() -> list[Scenario]:
    return [
        Scenario("tool to sttpapi, TSSC, NaN filter", _nan_filter(Mode()), needs_tools=True),
        Scenario("tool to sttpapi, compact, NaN filter", _nan_filter(COMPACT), needs_tools=True),
        Scenario("tool to sttpapi, compact without time", _without_time, needs_tools=True),
        Scenario("tool to sttpapi, compact, millisecond resolution", _milliseconds),
        # sttpapi does not survive the second base time, which comes into use after a period of at least a minute.
        *(
            Scenario(
                f"tool to {subscriber}, compact, {name}", base_times(subscriber, milliseconds), needs_tools=True
            )
            for subscriber in (PEER, TOOL)
            for name, milliseconds in (("base times", False), ("base times in milliseconds", True))
        ),
        *(
            Scenario(
                f"tool to {subscriber}, {mode}, throttled{name}", throttled(subscriber, mode, check),
                needs_tools=True,
            )
            for subscriber in (PEER, TOOL)
            for mode, name, check in ((Mode(), "", False), (COMPACT, ", times checked", True))
        ),
        Scenario("tool to sttpapi and to tool, different modes at once", _two_subscribers),
    ]


def _nan_filter(mode: Mode):
    def run(lab: Lab, session: Session):
        expected = compare.without_nan(mode.expected(lab.few))
        options = [*mode.options(), "--nan-filter", "--count", len(expected)]
        received = exchange(lab, session, TOOL, PEER, lab.few, subscribe_options=options)
        compare.equal_rows(expected, received.rows)

    return run


def _without_time(lab: Lab, session: Session):
    options = [*COMPACT.options(), "--no-time", "--count", len(lab.few)]
    received = exchange(lab, session, TOOL, PEER, lab.few, subscribe_options=options)
    compare.equal_rows(compare.without_time(COMPACT.expected(lab.few)), received.rows)


def _milliseconds(lab: Lab, session: Session):
    # Without base times every timestamp travels in full, whatever resolution was asked for.
    options = [*COMPACT.options(), "--milliseconds", "--count", len(lab.few)]
    received = exchange(lab, session, TOOL, PEER, lab.few, subscribe_options=options)
    compare.equal_rows(COMPACT.expected(lab.few), received.rows)


def base_times(subscriber: str, milliseconds: bool):
    def run(lab: Lab, session: Session):
        rows = lab.fewest
        options = [*COMPACT.options(), *(["--milliseconds"] if milliseconds else []), "--count", len(rows)]
        received = exchange(
            lab, session, TOOL, subscriber, rows, publish_options=["--base-times"], subscribe_options=options
        )
        if milliseconds:
            compare.equal_but_for_milliseconds(COMPACT.expected(rows), received.rows)
        else:
            compare.equal_rows(COMPACT.expected(rows), received.rows)
            least_without = 17 * len(rows) + len(gzip.compress(lab.metadata_xml.encode()))
            if (octets := received.publisher.stats()["bytes"]) >= least_without:
                raise Mismatch(f"{octets} bytes for {len(rows)} measurements are no fewer than without base times")

    return run


def throttled(subscriber: str, mode: Mode, check: bool):
    def run(lab: Lab, session: Session):
        published = lab.fewest
        if check:
            # They are not of today.
            published = [row._replace(flags=row.flags | BAD_TIME) for row in published]
        count = 3 * len({row.signal_id for row in published})
        options = [*mode.options(), "--throttle", 0.2, *(["--check-times"] if check else []), "--count", count]
        received = exchange(
            lab, session, TOOL, subscriber, lab.fewest, publish_options=["--rate", 60], subscribe_options=options
        )
        compare.latest_values(mode.expected(published), received.rows[:count])

    return run


def _two_subscribers(lab: Lab, session: Session):
    source = ["--metadata", lab.metadata, "--replay", lab.replay(lab.many), "--rate", 0]
    publisher, port = start_publisher(lab, session, TOOL, [*source, "--wait-subscribers", 2])
    wanted = [(PEER, Mode(), _STATEMENTS[2]), (TOOL, Mode(protocol=1, tssc=False, gzip=False), ALL)]
    runs = []
    for number, (kind, mode, expression) in enumerate(wanted):
        rows = compare.selected(mode.expected(lab.many), lab.filters.signals(expression))
        options = [*mode.options(), "--filter", expression, "--count", len(rows)]
        runs.append((rows, start_subscriber(lab, session, kind, port, options, f"subscriber{number}")))
    session.finish(*(received.child for _, received in runs), publisher)
    for rows, received in runs:
        compare.equal_rows(rows, received.rows)


# ---- metadata ---------------------------------------------------------------------------------------

def _metadata() -> list[Scenario]:
    return [
        Scenario("tool to sttpapi, filtered metadata", _metadata_filter, needs_tools=True),
        Scenario("sttpapi to tool, times of whole seconds", _whole_seconds),
        Scenario("tool to sttpapi, rights", _rights, needs_tools=True),
    ]


def _metadata_filter(lab: Lab, session: Session):
    table, condition = "MeasurementDetail", "SignalAcronym = 'FREQ' OR PhasorSourceIndex = 2"
    statement = f"FILTER {table} WHERE {condition}"
    options = ["--metadata-filter", statement, "--count", len(lab.few)]
    received = exchange(lab, session, TOOL, PEER, lab.few, subscribe_options=options)
    expected = compare.filtered_metadata(lab.metadata_xml, table, statement)
    compare.equal_metadata(expected, compare.load(received.metadata.read_bytes()))


def _rights(lab: Lab, session: Session):
    """Whoever asks for everything gets what its rights allow: metadata, and measurements."""
    allowed = "SignalType = 'FREQ' OR SignalType = 'STAT'"
    rights, log = session.folder / "rights.txt", session.folder / "audit.log"
    rights.write_text(f"[subscriber peer]\naddresses = 127.0.0.1\nsignals = ALLOW WHERE {allowed}\n", encoding="utf-8")
    expected = compare.selected(lab.few, lab.filters.signals(f"FILTER ActiveMeasurements WHERE {allowed}"))
    received = exchange(
        lab, session, TOOL, PEER, lab.few, publish_options=["--rights", rights, "--audit-log", log],
        subscribe_options=["--filter", ALL, "--count", len(expected)],
    )
    compare.equal_rows(expected, received.rows)
    signals = {row.signal_id for row in expected}
    detail = compare.load(received.metadata.read_bytes())["MeasurementDetail"]
    known = {str(row[detail.column_byname("SignalID").index]) for row in detail}
    if not signals or not signals <= known or len(known) >= len({row.signal_id for row in lab.few}):
        raise Mismatch(f"{len(known)} signals in the metadata, {len(signals)} among the measurements")
    lines = log.read_text(encoding="utf-8").splitlines()
    for what in ("accepted connection", "accepted metadata", "accepted subscription"):
        if not any(what in line and 'rights "peer"' in line for line in lines):
            raise Mismatch(f"the audit log has no {what}: {lines}")


def _whole_seconds(lab: Lab, session: Session):
    xml = testdata.metadata_xml(updated_on="2026-03-04T05:06:07Z")
    path = session.folder / "whole-seconds.xml"
    path.write_text(xml, encoding="utf-8")
    options = ["--filter", ALL, "--count", len(lab.few)]
    received = exchange(lab, session, PEER, TOOL, lab.few, subscribe_options=options, metadata=path)
    compare.equal_rows(lab.few, received.rows)
    text = compare.without_dangling_dots(received.metadata.read_text(encoding="utf-8"))
    compare.equal_metadata(compare.load(xml), compare.load(text))


# ---- the tools themselves ---------------------------------------------------------------------------

def _tools() -> list[Scenario]:
    return [
        Scenario("tool to sttpapi, ISO 8601 times in the replayed file", _iso_times, needs_tools=True),
        Scenario("tool to sttpapi, generated signals", _generated_signals, needs_tools=True),
        Scenario("tool to sttpapi, built-in sample", _built_in_sample, needs_tools=True),
        Scenario("tool to tool, nothing beyond the published rows", _no_surplus, needs_tools=True),
        Scenario("tool to sttpapi, refused filter", _refused(TOOL, PEER)),
        Scenario("sttpapi to tool, refused filter", _refused(PEER, TOOL)),
    ]


def _iso_times(lab: Lab, session: Session):
    path = session.folder / "iso.csv"
    testdata.write_rows(path, lab.few, timestamp_text=testdata.iso_timestamp)
    received = exchange(
        lab, session, TOOL, PEER, lab.few, publish_options=["--replay", path],
        subscribe_options=["--count", len(lab.few)],
    )
    compare.equal_rows(lab.few, received.rows)


def _generated_signals(lab: Lab, session: Session):
    _check_generated(lab, session, ["--signals", 200], signals=200)


def _built_in_sample(lab: Lab, session: Session):
    metadata = _check_generated(lab, session, [])
    if metadata["DeviceDetail"].rowcount != 3:
        raise Mismatch(f"the sample has {metadata['DeviceDetail'].rowcount} devices, not 3")


def _check_generated(lab: Lab, session: Session, source: list, signals: int | None = None):
    """Each frame has every signal once, with one time later than that of the frame before."""
    frames = 20
    options = [*source, "--rate", 0, "--frames", frames, "--wait-subscribers", 1]
    publisher, port = start_publisher(lab, session, TOOL, options)
    received = start_subscriber(lab, session, PEER, port, ["--filter", ALL])
    session.finish(received.child, publisher)

    metadata = compare.load(received.metadata.read_bytes())
    detail = metadata["MeasurementDetail"]
    known = {str(row[detail.column_byname("SignalID").index]) for row in detail}
    if signals is not None and len(known) != signals:
        raise Mismatch(f"{len(known)} signals in the metadata, not {signals}")
    batches = testdata.batches(received.rows)
    if len(batches) != frames:
        raise Mismatch(f"{len(batches)} frames received, not {frames}")
    for number, batch in enumerate(batches):
        if {row.signal_id for row in batch} != known or len(batch) != len(known):
            raise Mismatch(f"frame {number} has {len(batch)} measurements, the metadata {len(known)} signals")
        if number and batch[0].ticks <= batches[number - 1][0].ticks:
            raise Mismatch(f"frame {number} is not later than the one before")
    return metadata


def _no_surplus(lab: Lab, session: Session):
    received = exchange(lab, session, TOOL, TOOL, lab.few, subscribe_options=["--filter", ALL, "--once"])
    compare.equal_rows(lab.few, received.rows)


def _refused(publisher: str, subscriber: str):
    def run(lab: Lab, session: Session):
        source = ["--metadata", lab.metadata, "--replay", lab.replay(lab.few), "--wait-subscribers", 1]
        _, port = start_publisher(lab, session, publisher, source)
        broken = ["--filter", "FILTER ActiveMeasurements WHERE NoSuchColumn = 1"]
        session.finish(start_subscriber(lab, session, subscriber, port, broken).child, exit_code=1)

    return run
