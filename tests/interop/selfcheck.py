"""Faults that the harness must notice: each scenario here passes when the check in it fails."""

import sys

import compare
import testdata
from ciphers import read_keys
from compare import Mismatch
from processes import Session
from scenarios import ALL, PEER, TOOL, Lab, Mode, Scenario, exchange


def faults() -> list[Scenario]:
    damages = {
        "one bit of a value": lambda rows: _replace(rows, bits=rows[len(rows) // 2].bits ^ 1),
        "one tick": lambda rows: _replace(rows, ticks=rows[len(rows) // 2].ticks + 1),
        "one flag": lambda rows: _replace(rows, flags=rows[len(rows) // 2].flags ^ 0x10),
        "a signal": lambda rows: _replace(rows, signal_id=str(testdata._guid(0))),
        "a lost row": lambda rows: rows[:700] + rows[701:],
        "a row twice": lambda rows: rows[:700] + rows[699:],
        "two rows exchanged": lambda rows: rows[:700] + [rows[701], rows[700]] + rows[702:],
        "a missing end": lambda rows: rows[:-1],
    }
    return [
        *(Scenario(f"noticed: {name}", _damaged_rows(damage)) for name, damage in damages.items()),
        Scenario("noticed: a cell of the metadata", _damaged_metadata),
        Scenario("noticed: a row lost while resubscribing", _damaged_resubscription),
        Scenario("noticed: times cut by too much", _damaged_milliseconds),
        Scenario("noticed: wrong sets of latest values", _damaged_sets),
        Scenario("noticed: wrong rows among datagrams that may be lost", _damaged_datagrams),
        Scenario("noticed: wrong keys", _wrong_keys),
        Scenario("noticed: a tool that fails", _failing_tool),
        Scenario("noticed: a tool that hangs", _hanging_tool),
    ]


def _must_fail(check, *arguments, **options):
    try:
        check(*arguments, **options)
    except Mismatch:
        return
    raise Mismatch(f"{check.__name__} accepted faulty data")


def _replace(rows, **fields):
    middle = len(rows) // 2
    return rows[:middle] + [rows[middle]._replace(**fields)] + rows[middle + 1:]


def _damaged_milliseconds(lab: Lab, session: Session):
    rows = lab.fewest
    cut = [row._replace(ticks=row.ticks - row.ticks % 10_000) for row in rows]
    compare.equal_but_for_milliseconds(rows, cut)
    changed = next(index for index, row in enumerate(rows) if row != cut[index])
    for ticks in (rows[changed].ticks - 10_000, rows[changed].ticks + 1):
        faulty = cut[:changed] + [cut[changed]._replace(ticks=ticks)] + cut[changed + 1:]
        _must_fail(compare.equal_but_for_milliseconds, rows, faulty)
    for faulty in (rows, cut[:-1], cut + cut[-1:]):
        _must_fail(compare.equal_but_for_milliseconds, rows, faulty)


def _damaged_datagrams(lab: Lab, session: Session):
    rows = lab.fewest
    compare.subsequence(rows, rows[:100] + rows[150:-1])
    faulty = {
        "changed": _replace(rows, bits=rows[len(rows) // 2].bits ^ 1), "exchanged": rows[:5] + rows[6:7] + rows[5:6],
        "twice": rows[:700] + rows[699:], "one more": rows + rows[-1:], "none": [],
    }
    for received in faulty.values():
        _must_fail(compare.subsequence, rows, received)


def _wrong_keys(lab: Lab, session: Session):
    key, start = bytes(range(32)), bytes(range(16))
    part = [len(key).to_bytes(4, "big") + key, len(start).to_bytes(4, "big") + start]
    message = b"\0" + b"".join(part * 2)
    if read_keys(message) != [(key, start)] * 2:
        raise Mismatch("the keys are others")
    for faulty in (message[:-1], message + b"\0", b"\2" + message[1:], message[:4] + b"\x1f" + message[5:]):
        try:
            read_keys(faulty)
        except ValueError:
            continue
        raise Mismatch("faulty keys were read")


def _damaged_sets(lab: Lab, session: Session):
    frames = testdata.batches(lab.fewest)[:20]
    rows = [row for frame in frames for row in frame]
    first, middle, last = ([*frames[number]] for number in (0, 7, 19))
    compare.latest_values(rows, first + middle[:30] + last[30:] + last)
    short, uneven = first + middle[:-1], first + middle[:-1] + middle[:1]
    for faulty in (first, middle + first, short, uneven, first + _replace(last, flags=5), []):
        _must_fail(compare.latest_values, rows, faulty)


def _damaged_rows(damage):
    def run(lab: Lab, session: Session):
        mode = Mode()
        options = [*mode.options(), "--filter", ALL, "--count", len(lab.few)]
        rows = exchange(lab, session, TOOL, PEER, lab.few, subscribe_options=options).rows
        compare.equal_rows(lab.few, rows)
        _must_fail(compare.equal_rows, lab.few, damage(rows))

    return run


def _damaged_metadata(lab: Lab, session: Session):
    xml = lab.metadata_xml
    compare.equal_metadata(compare.load(xml), compare.load(xml))
    for old, new in [
        ("Bus 2", "Bus 3"), ("<ParentAcronym></ParentAcronym>", ""), ("<Internal>true", "<Internal>false"),
        ("05:06:07.125Z", "05:06:07.126Z"), ("<SchemaVersion>", "<NoTable>"), ("35.5", "35.51"),
    ]:
        damaged = xml.replace(old, new, 1).replace("</SchemaVersion>", "</NoTable>") if new == "<NoTable>" \
            else xml.replace(old, new, 1)
        _must_fail(compare.equal_metadata, compare.load(xml), compare.load(damaged))


def _damaged_resubscription(lab: Lab, session: Session):
    before, after = (lab.filters.signals(f"FILTER ActiveMeasurements WHERE Internal = {i}") for i in (1, 0))
    frames = testdata.batches(lab.few)
    rows = [row for frame in frames[:150] for row in compare.selected(frame, before)]
    rows += [row for frame in frames[150:] for row in compare.selected(frame, after)]
    compare.resubscribed(lab.few, before, after, rows, compact=False)
    for damaged in (rows[:100] + rows[101:], rows[:-1], compare.selected(lab.few, before), rows[:100] + rows[99:]):
        _must_fail(compare.resubscribed, lab.few, before, after, damaged, compact=False)


def _failing_tool(lab: Lab, session: Session):
    child = session.start("failing", [sys.executable, "-c", "raise SystemExit(3)"])
    _must_fail(session.finish, child)


def _hanging_tool(lab: Lab, session: Session):
    with Session(session.folder, seconds=0.5) as brief:
        child = brief.start("hanging", [sys.executable, "-c", "import time; time.sleep(100)"])
        _must_fail(brief.finish, child)
    if not child.ended():
        raise Mismatch("the hanging process has outlived its scenario")
