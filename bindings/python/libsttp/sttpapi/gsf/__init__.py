"""Empty values and limits, as the package `gsf` that comes with sttpapi has them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import numpy as np


class Empty:
    """Values that stand for none."""

    GUID = UUID(int=0)
    DATETIME = datetime(1, 1, 1, tzinfo=UTC)
    DECIMAL = Decimal(0)
    TICKS = np.uint64(0)
    STRING = ""
    SINGLE = np.float32(0)
    DOUBLE = np.float64(0)
    INT8 = np.int8(0)
    INT16 = np.int16(0)
    INT32 = np.int32(0)
    INT64 = np.int64(0)
    UINT8 = np.uint8(0)
    UINT16 = np.uint16(0)
    UINT32 = np.uint32(0)
    UINT64 = np.uint64(0)


class Limits:
    """The least and greatest values of types."""

    MAXTICKS = 3_155_378_975_999_999_999
    MAXBYTE = np.iinfo(np.uint8).max
    MININT16 = np.iinfo(np.int16).min
    MAXINT16 = np.iinfo(np.int16).max
    MAXUINT16 = np.iinfo(np.uint16).max
    MININT32 = np.iinfo(np.int32).min
    MAXINT32 = np.iinfo(np.int32).max
    MAXUINT32 = np.iinfo(np.uint32).max
    MININT64 = np.iinfo(np.int64).min
    MAXINT64 = np.iinfo(np.int64).max
    MAXUINT64 = np.iinfo(np.uint64).max


def normalize_enumname(value: Enum) -> str:
    """The name of a member, or of several flags, with one capital."""
    return (value.name or str(value.value)).capitalize()
