"""What must be equal between the two ends of a connection, and what the report shows when it is not."""

import re

from sttp.data.dataset import DataSet
from sttp.data.filterexpressionparser import FilterExpressionParser
from sttp.transport.compactmeasurement import _map_to_compactflags, _map_to_fullflags
from sttp.transport.datapublisher import DataPublisher
from testdata import QUIET_NAN, Row, batches, from_bits

SHOWN = 5


class Mismatch(Exception):
    """The two ends disagree; the message says where."""


# ---- expectations -----------------------------------------------------------------------------------

class Filters:
    """Which signals a subscription filter selects, as the independent implementation evaluates it."""

    def __init__(self, metadata_xml: str):
        self._publisher = DataPublisher()
        self._publisher.define_metadata(load(metadata_xml))

    def signals(self, expression: str) -> set[str]:
        rows, error = FilterExpressionParser.select_datarows(
            self._publisher.filtering_metadata, expression, "ActiveMeasurements"
        )
        if error is not None:
            raise ValueError(f"{expression}: {error}")
        column = self._publisher.filtering_metadata["ActiveMeasurements"].column_byname("SignalID").index
        return {str(row[column]) for row in rows}


def selected(rows: list[Row], signals: set[str]) -> list[Row]:
    return [row for row in rows if row.signal_id in signals]


def compact_flags(rows: list[Row]) -> list[Row]:
    """The compact form keeps one bit a group of state flags and gives back the whole group."""
    return [row._replace(flags=int(_map_to_fullflags(_map_to_compactflags(row.flags)))) for row in rows]


def without_nan(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.bits != QUIET_NAN]


def without_time(rows: list[Row]) -> list[Row]:
    return [row._replace(ticks=0) for row in rows]


# ---- measurements -----------------------------------------------------------------------------------

def equal_rows(expected: list[Row], received: list[Row]):
    """Every row, in the order of publication, and not one more."""
    if expected == received:
        return
    wrong = [
        index for index in range(max(len(expected), len(received)))
        if expected[index:index + 1] != received[index:index + 1]
    ]
    lines = [f"{len(expected)} rows expected, {len(received)} received, {len(wrong)} places differ; first:"]
    for index in wrong[:SHOWN]:
        lines.append(f"  row {index}: expected {_show(expected, index)}")
        lines.append(f"  {' ' * len(f'row {index}:')} received {_show(received, index)}")
    raise Mismatch("\n".join(lines))


def equal_but_for_milliseconds(expected: list[Row], received: list[Row]):
    """Times may lose what is less than a millisecond, and some do."""
    lost = [left.ticks - right.ticks for left, right in zip(expected, received, strict=False)]
    if not any(lost):
        raise Mismatch("no time was cut to milliseconds")
    cut = [
        row._replace(ticks=row.ticks - max(0, min(ticks, 9_999)))
        for row, ticks in zip(expected, lost, strict=False)
    ]
    equal_rows(cut + expected[len(cut):], received)


def latest_values(published: list[Row], received: list[Row]):
    """Sets of one row of each signal, which advance among the published ones."""
    of_signal: dict[str, list[Row]] = {}
    for row in published:
        of_signal.setdefault(row.signal_id, []).append(row)
    positions = dict.fromkeys(of_signal, 0)
    size = len(of_signal)
    if not received or len(received) % size:
        raise Mismatch(f"{len(received)} rows received, which are no sets of {size} signals")
    for start in range(0, len(received), size):
        if {row.signal_id for row in received[start:start + size]} != set(of_signal):
            raise Mismatch(f"rows {start} to {start + size - 1} are not one of each signal")
        for index in range(start, start + size):
            signal = received[index].signal_id
            try:
                positions[signal] = of_signal[signal].index(received[index], positions[signal])
            except ValueError:
                raise Mismatch(f"row {index} was not published, or earlier: {_show(received, index)}") from None
    if not any(positions.values()):
        raise Mismatch("nothing but the first values were received")


def subsequence(expected: list[Row], received: list[Row]):
    """Datagrams may be lost; what arrived must be right and in order."""
    if not received:
        raise Mismatch(f"nothing of {len(expected)} rows received")
    remaining = iter(expected)
    for index, row in enumerate(received):
        if all(row != candidate for candidate in remaining):
            raise Mismatch(f"row {index} was not published, or not in this order: {_show(received, index)}")


def resubscribed(rows: list[Row], before: set[str], after: set[str], received: list[Row], compact: bool):
    """One batch must exist up to which exactly the old selection arrived, and from there the new one."""
    frames = batches(compact_flags(rows) if compact else rows)
    old = [selected(frame, before) for frame in frames]
    new = [selected(frame, after) for frame in frames]
    for switch in range(1, len(frames)):
        if sum(map(len, old[:switch])) + sum(map(len, new[switch:])) == len(received):
            if [row for frame in old[:switch] + new[switch:] for row in frame] == received:
                return
    steps = [index for index, row in enumerate(received) if row.signal_id not in before][:1]
    raise Mismatch(
        f"{len(received)} rows received, which no single switch between the two selections explains "
        f"(old alone {sum(map(len, old))}, new alone {sum(map(len, new))}); "
        f"first row of the new selection only: {steps[0] if steps else 'none'}"
    )


def _show(rows: list[Row], index: int) -> str:
    if index >= len(rows):
        return "nothing"
    row = rows[index]
    return f"{row.signal_id} {row.ticks} flags 0x{row.flags:08x} value {from_bits(row.bits)!s} (0x{row.bits:08x})"


# ---- metadata ---------------------------------------------------------------------------------------

def load(xml: str | bytes) -> DataSet:
    data_set, error = DataSet.from_xml(xml)
    if error is not None:
        raise Mismatch(f"sttpapi cannot read the metadata: {error}")
    return data_set


def without_dangling_dots(xml: str) -> str:
    """sttpapi writes a whole second as `05.Z`, which its own reader refuses."""
    return re.sub(r"\.Z<", "Z<", xml)


def equal_metadata(expected: DataSet, received: DataSet, skip_tables=()):
    """Every table, column, row and value."""
    names = [sorted(name for name in data_set.tablenames()) for data_set in (expected, received)]
    if names[0] != names[1]:
        raise Mismatch(f"tables {names[0]} expected, {names[1]} received")
    for name in names[0]:
        if name not in skip_tables:
            _equal_table(name, expected[name], received[name])


def _equal_table(name: str, expected, received):
    columns = [
        {table.column(index).name: table.column(index).datatype for index in range(table.columncount)}
        for table in (expected, received)
    ]
    if columns[0] != columns[1]:
        raise Mismatch(f"{name}: columns {columns[0]} expected, {columns[1]} received")
    if expected.rowcount != received.rowcount:
        raise Mismatch(f"{name}: {expected.rowcount} rows expected, {received.rowcount} received")
    for index in range(expected.rowcount):
        for column in columns[0]:
            left = expected.row(index)[expected.column_byname(column).index]
            right = received.row(index)[received.column_byname(column).index]
            if left != right:
                raise Mismatch(f"{name} row {index}, {column}: {left!r} expected, {right!r} received")


def filtered_metadata(xml: str, table: str, expression: str) -> DataSet:
    """The metadata with one table cut down as the independent implementation filters it."""
    data_set = load(xml)
    rows, error = FilterExpressionParser.select_datarows(data_set, expression, table)
    if error is not None:
        raise ValueError(f"{expression}: {error}")
    data_set[table].clear_rows()
    for row in rows:
        data_set[table].add_row(row)
    return data_set
