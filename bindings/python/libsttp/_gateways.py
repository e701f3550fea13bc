"""What gateways share: places that are added, by connection strings or keyword arguments, and known by numbers."""

from __future__ import annotations

import ctypes
from typing import Any

from libsttp._handle import Handle
from libsttp._library import bytes_of_text
from libsttp._setting_values import text_of_value


def connection_string_of(string: str, keys: dict[str, str], settings: dict[str, Any]) -> bytes | None:
    """A connection string, with settings that are given by their names behind it."""
    parts = [string] if string else []
    for name, value in settings.items():
        if name not in keys:
            raise TypeError(f"there is no setting {name!r}")
        parts.append(f"{keys[name]}={{{text_of_value(value)}}}")
    return bytes_of_text("; ".join(parts))


def with_sizes(*records: Any) -> list[Any]:
    """Each record and its size, for a function that fills them."""
    return [argument for record in records for argument in (ctypes.byref(record), ctypes.sizeof(record))]


def numbers_of(handle: Handle, name: str) -> list[int]:
    """The numbers that a function lists."""
    count, room = ctypes.c_size_t(), 0
    while True:
        numbers = (ctypes.c_uint64 * room)()
        handle._call(name, numbers if room else None, room, ctypes.byref(count))
        if count.value <= room:
            return list(numbers[: count.value])
        room = count.value
