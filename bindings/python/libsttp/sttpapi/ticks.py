"""Times in units of 100 ns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from libsttp import measurements
from libsttp._constants import TICKS_LEAP_SECOND_BIT, TICKS_SECOND_DELETED_BIT, TICKS_VALUE_MASK


class Ticks:
    """Times as STTP has them: units of 100 ns since 0001-01-01, with two marks for leap seconds in the top bits."""

    PERSECOND = np.uint64(measurements.TICKS_PER_SECOND)
    PERMILLISECOND = np.uint64(10_000)
    PERMICROSECOND = np.uint64(10)
    PERMINUTE = np.uint64(60) * PERSECOND
    PERHOUR = np.uint64(60) * PERMINUTE
    PERDAY = np.uint64(24) * PERHOUR
    LEAPSECOND_FLAG = np.uint64(1 << TICKS_LEAP_SECOND_BIT)
    LEAPSECOND_DIRECTION = np.uint64(1 << TICKS_SECOND_DELETED_BIT)
    VALUEMASK = np.uint64(TICKS_VALUE_MASK)
    UNIXBASEOFFSET = np.uint64(measurements.UNIX_EPOCH)

    @staticmethod
    def timestampvalue(ticks: np.uint64) -> np.uint64:
        """The time without the marks."""
        return np.uint64(int(ticks) & TICKS_VALUE_MASK)

    @staticmethod
    def from_datetime(dt: datetime) -> np.uint64:
        """The ticks of a datetime, in UTC when it has no zone."""
        return np.uint64(measurements.ticks(dt))

    @staticmethod
    def from_timedelta(td: timedelta) -> np.uint64:
        """How many ticks a time span has."""
        return np.uint64(td // timedelta(microseconds=1) * 10)

    @staticmethod
    def to_datetime(ticks: np.uint64) -> datetime:
        """A datetime in UTC, rounded to microseconds."""
        microseconds = ((int(ticks) & TICKS_VALUE_MASK) + 5) // 10
        return datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)

    @staticmethod
    def is_leapsecond(ticks: np.uint64) -> bool:
        """Whether it is marked as second 60."""
        return int(ticks) >> TICKS_LEAP_SECOND_BIT & 1 == 1

    @staticmethod
    def set_leapsecond(ticks: np.uint64) -> np.uint64:
        """The time marked as second 60."""
        return np.uint64(int(ticks) | 1 << TICKS_LEAP_SECOND_BIT)

    @staticmethod
    def is_negative_leapsecond(ticks: np.uint64) -> bool:
        """Whether it is marked as second 58 of a minute without second 59."""
        return int(ticks) >> TICKS_SECOND_DELETED_BIT & 3 == 3

    @staticmethod
    def set_negative_leapsecond(ticks: np.uint64) -> np.uint64:
        """The time marked as second 58 of a minute without second 59."""
        return np.uint64(int(ticks) | 3 << TICKS_SECOND_DELETED_BIT)

    @staticmethod
    def now() -> np.uint64:
        """The current local time."""
        return Ticks.from_datetime(datetime.now())

    @staticmethod
    def utcnow() -> np.uint64:
        """The current time in UTC."""
        return np.uint64(measurements.now())

    @staticmethod
    def to_string(ticks: np.uint64, timespec: str = "microseconds") -> str:
        """As 2006-01-02 15:04:05.999999."""
        return Ticks.to_datetime(ticks).replace(tzinfo=None).isoformat(" ", timespec)

    @staticmethod
    def to_shortstring(ticks: np.uint64) -> str:
        """As 15:04:05.999."""
        return Ticks.to_string(ticks, "milliseconds").split(" ")[1]
