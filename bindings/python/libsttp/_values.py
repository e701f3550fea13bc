"""Values of cells and expressions, in Python's types."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from libsttp import _declarations as c
from libsttp._constants import VALUE_TEXT_SIZE, ValueType
from libsttp._library import check, guid_of, text_of
from libsttp.errors import BufferTooSmallError
from libsttp.measurements import format_time, ticks, to_datetime

Value: TypeAlias = "None | bool | int | float | Decimal | str | UUID | datetime"

_INTEGERS = {ValueType.INT8, ValueType.INT16, ValueType.INT32, ValueType.INT64} | {
    ValueType.UINT8, ValueType.UINT16, ValueType.UINT32, ValueType.UINT64
}  # fmt: skip


def value_of(fill: Callable[[Any, Any, int], int]) -> Value:
    """The value that a function of the library writes, given a record, a buffer and its size."""
    value, size = c.sttp_value(), VALUE_TEXT_SIZE
    while True:
        buffer = ctypes.create_string_buffer(size)
        try:
            check(fill(ctypes.byref(value), buffer, size))
            break
        except BufferTooSmallError:
            size *= 4
    kind = ValueType(value.type)
    if value.is_null:
        return None
    if kind == ValueType.BOOLEAN:
        return value.integer == 1
    if kind in _INTEGERS:
        return value.integer % 2**64 if kind == ValueType.UINT64 else value.integer
    if kind in (ValueType.SINGLE, ValueType.DOUBLE):
        return value.number
    if kind == ValueType.DECIMAL:
        return Decimal(text_of(buffer.value))
    if kind == ValueType.GUID:
        return guid_of(value.guid)
    if kind == ValueType.DATETIME:
        return to_datetime(value.integer)
    return text_of(buffer.value)


def cell_text(value: object) -> str:
    """A value as a builder reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return format_time(ticks(value if value.tzinfo else value.replace(tzinfo=UTC)))
    return str(value)
