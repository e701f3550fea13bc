"""Types of columns."""

from __future__ import annotations

from enum import IntEnum

from libsttp._constants import ValueType


class DataType(IntEnum):
    """What the values of a column are."""

    STRING = 0
    BOOLEAN = 1
    DATETIME = 2
    SINGLE = 3
    DOUBLE = 4
    DECIMAL = 5
    GUID = 6
    INT8 = 7
    INT16 = 8
    INT32 = 9
    INT64 = 10
    UINT8 = 11
    UINT16 = 12
    UINT32 = 13
    UINT64 = 14

    @property
    def native(self) -> ValueType:
        """As the library has it."""
        return ValueType[self.name]
