"""Historical data that a program reads for a publisher, from a historian or a file."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import numpy as np

from libsttp import _declarations as c
from libsttp._arguments import Batch, array_at
from libsttp._constants import Status
from libsttp._handle import destroy, forget, register, registration_of, run_callback
from libsttp._library import bytes_of_text, check, library, text_of
from libsttp.measurements import MEASUREMENT

if TYPE_CHECKING:
    from libsttp.publisher import Publisher


@dataclass(frozen=True)
class HistoryWindow:
    """What a subscriber wants of the past."""

    connection_id: int
    """`id` of the subscriber's connection."""
    start: int
    """First time wanted, in ticks."""
    stop: int
    """Last time wanted, in ticks."""
    signals: list[UUID]
    """The signals wanted."""
    parameters: str
    """Text of the subscriber for the source of the data."""


@dataclass(frozen=True)
class FromMemory:
    """What the publisher keeps in memory of these times belongs here (`history_duration`)."""

    start: int
    """First time, in ticks."""
    stop: int
    """Last time, in ticks."""


HistorySource: TypeAlias = Callable[[HistoryWindow], Iterable[Batch | FromMemory]]
"""Gives the measurements of a window in batches, in the order of time, as a generator does; `FromMemory` in place of a
batch leaves some times to the publisher. It runs on a thread of the publisher, one step at a time for all windows. A
generator is closed when its window is not wanted any more. What it raises ends the window: the subscriber is told its
text, and it goes to `callback_error`.
"""

# Windows that are being read, by the number that stands for each with the library.
_windows: dict[int, _Reading] = {}
_numbers = itertools.count(1)


class _Reading:
    """A window that is being read, and the rest of a batch that was larger than there was room."""

    def __init__(self, batches: Iterator[Batch | FromMemory]) -> None:
        self.batches = batches
        self.rest: Batch = np.empty(0, MEASUREMENT)


def register_source(publisher: Publisher, source: HistorySource | None) -> None:
    if source is None:
        publisher._call(
            "sttp_publisher_set_history_source",
            c.sttp_history_read_fn(), c.sttp_history_close_fn(), None, c.sttp_destroy_fn(),
        )  # fmt: skip
        return
    number = register(publisher, source)
    try:
        publisher._call("sttp_publisher_set_history_source", _READ, _CLOSE, number, destroy)
    except BaseException:
        forget(number)
        raise


def _read(number: int, window: Any, reader: Any, room: int, capacity: int, count: Any) -> int:
    registered = registration_of(number)
    if registered is None:
        return int(Status.CLOSED)
    publisher, source = registered
    written = run_callback(publisher, _fill_or_tell, (source, window.contents, reader, room, capacity), -1)
    if written < 0:
        return int(Status.IO)
    count[0] = written
    return int(Status.OK)


def _fill_or_tell(source: HistorySource, window: Any, reader: Any, room: int, capacity: int) -> int:
    try:
        return _fill(source, window, reader, room, capacity)
    except Exception as problem:
        library.sttp_history_tell(bytes_of_text(str(problem).replace("\0", "")))
        raise


def _fill(source: HistorySource, window: Any, reader: Any, room: int, capacity: int) -> int:
    key = reader[0]
    if not key:
        signals = [UUID(bytes=bytes(window.signals[place].bytes)) for place in range(window.signal_count)]
        wanted = HistoryWindow(window.connection_id, window.start, window.stop, signals, text_of(window.parameters))
        key = next(_numbers)
        _windows[key] = _Reading(iter(source(wanted)))
        reader[0] = key
    reading = _windows[key]
    while len(reading.rest) == 0:
        batch = next(reading.batches, None)
        if batch is None:
            return 0
        if isinstance(batch, FromMemory):
            check(library.sttp_history_from_memory(batch.start, batch.stop))
            return 0
        if batch.dtype != MEASUREMENT:
            raise ValueError("a history source gives arrays of libsttp.MEASUREMENT")
        reading.rest = np.ascontiguousarray(batch)
    taken = reading.rest[:capacity]
    ctypes.memmove(room, taken.ctypes.data, taken.nbytes)
    # Which signal of the window each is of, the library looks up itself.
    array_at(room, len(taken))["signal_index"] = 2**32 - 1
    reading.rest = reading.rest[capacity:]
    return len(taken)


def _close(number: int, key: int | None) -> None:
    reading = _windows.pop(key or 0, None)
    close = getattr(reading.batches, "close", None) if reading else None
    if close is not None:
        close()


_READ = c.sttp_history_read_fn(_read)
_CLOSE = c.sttp_history_close_fn(_close)
