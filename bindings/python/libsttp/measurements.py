"""Measurements as numpy arrays, and their times and signals."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt

from libsttp import _declarations as c
from libsttp._constants import TICKS_LEAP_SECOND_BIT, TICKS_VALUE_MASK, TIME_TEXT_SIZE, StateFlags
from libsttp._library import bytes_of_text, check, library, read_text

if TYPE_CHECKING:
    from libsttp.metadata import Metadata

MEASUREMENT: np.dtype[np.void] = np.dtype(
    [(row[0], "V16" if row[1] is c.sttp_guid else np.dtype(row[1])) for row in c.sttp_measurement._fields_]
)
"""A measurement, as the library has it in memory.

`signal_id` is the GUID's 16 bytes in the order of its text, `timestamp` ticks of 100 ns since 0001-01-01 UTC (bit 63
marks a leap second), `value` in the signal's units, `flags` those of `StateFlags`, and `signal_index` the row of the
signal in the subscription's signals, or for publishing in the publisher's metadata.
"""

UNIX_EPOCH = 621_355_968_000_000_000
"""1970-01-01 UTC in ticks."""
TICKS_PER_SECOND = 10_000_000

Time: TypeAlias = "int | str | datetime | np.datetime64"
"""Ticks, a text that the library reads, a datetime (UTC when it has no zone), or numpy's datetime64."""


def empty_measurements(count: int) -> npt.NDArray[np.void]:
    """An array of measurements, all zero, to be filled in and published."""
    return np.zeros(count, MEASUREMENT)


def make_measurements(
    signals: Sequence[UUID] | npt.NDArray[Any], values: npt.ArrayLike, timestamp: Any, flags: npt.ArrayLike = 0
) -> npt.NDArray[np.void]:
    """Measurements of these signals, given as UUIDs or as `signal_id`s of an array. `timestamp` is a time, or an
    array of ticks.
    """
    made = np.zeros(len(signals), MEASUREMENT)
    made["signal_id"] = signals if isinstance(signals, np.ndarray) else signal_ids(signals)
    made["timestamp"] = timestamp if isinstance(timestamp, np.ndarray) else ticks(timestamp)
    made["value"] = values
    made["flags"] = flags
    return made


def signal_ids(signals: Sequence[UUID]) -> npt.NDArray[np.void]:
    """UUIDs as an array for the field `signal_id`."""
    return np.frombuffer(b"".join(signal.bytes for signal in signals), "V16")


def uuids(array: npt.NDArray[Any]) -> list[UUID]:
    """The signals of measurements, or of an array of `signal_id`s, as UUIDs."""
    ids = array["signal_id"] if array.dtype.names else array
    return [UUID(bytes=signal_id) for signal_id in np.ascontiguousarray(ids).view("V16").ravel().tolist()]


def now() -> int:
    """The current time in ticks."""
    return int(library.sttp_time_now())


def ticks(time: Time) -> int:
    """A time in ticks. Texts are those of the library: ISO 8601, or from now on, as `*-20m`."""
    if isinstance(time, str):
        value = ctypes.c_int64()
        check(library.sttp_time_parse(bytes_of_text(time), ctypes.byref(value)))
        return value.value
    if isinstance(time, np.datetime64):
        return int(time.astype("datetime64[ns]").astype(np.int64)) // 100 + UNIX_EPOCH
    if isinstance(time, datetime):
        since = (time if time.tzinfo else time.replace(tzinfo=UTC)) - datetime(1, 1, 1, tzinfo=UTC)
        return (since.days * 86400 + since.seconds) * TICKS_PER_SECOND + since.microseconds * 10
    return int(time)


def to_datetime(time: int) -> datetime:
    """Ticks as a datetime in UTC, cut to microseconds; a leap second is the second before."""
    return datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=(int(time) & TICKS_VALUE_MASK) // 10)


def to_datetime64(times: npt.NDArray[Any]) -> npt.NDArray[np.datetime64]:
    """Ticks, or the timestamps of measurements, as datetime64[ns]: for the years 1678 to 2262."""
    of = times["timestamp"] if times.dtype.names else times
    return (((of & TICKS_VALUE_MASK) - UNIX_EPOCH) * 100).view("datetime64[ns]")


def is_leap_second(times: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which ticks, or timestamps of measurements, are in a leap second."""
    of = times["timestamp"] if times.dtype.names else times
    return (of.view(np.uint64) >> np.uint64(TICKS_LEAP_SECOND_BIT)).astype(np.bool_)


def format_time(time: int) -> str:
    """Ticks as ISO 8601 in UTC: `2026-11-21T08:30:00.0333333Z`."""
    return read_text(lambda buffer, size: int(library.sttp_time_format(int(time), buffer, size)), TIME_TEXT_SIZE)


def format_flags(flags: int) -> str:
    """The names of all flags that are set, with spaces between them."""
    return " ".join(flag.name for flag in StateFlags if flags & flag and flag.name)


def to_frame(batch: npt.NDArray[Any], metadata: Metadata | None = None) -> Any:
    """Measurements as a pandas DataFrame: time, signal, value, flags; with metadata, the point tag and type of each
    signal, too. Needs pandas.
    """
    from libsttp._frames import measurements_frame

    return measurements_frame(batch, metadata)
