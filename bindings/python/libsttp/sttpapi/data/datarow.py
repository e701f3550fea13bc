"""A row of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from libsttp.sttpapi.data.datatype import DataType
from libsttp.sttpapi.gsf import Empty

if TYPE_CHECKING:
    from libsttp.sttpapi.data.datatable import DataTable

_NATIVE: dict[DataType, tuple[Callable[[Any], Any], Any]] = {
    DataType.STRING: (str, ""),
    DataType.BOOLEAN: (bool, False),
    DataType.DATETIME: (lambda value: value, Empty.DATETIME),
    DataType.SINGLE: (np.float32, Empty.SINGLE),
    DataType.DOUBLE: (np.float64, Empty.DOUBLE),
    DataType.DECIMAL: (lambda value: Decimal(str(value)), Empty.DECIMAL),
    DataType.GUID: (lambda value: value if isinstance(value, UUID) else UUID(str(value)), Empty.GUID),
    DataType.INT8: (np.int8, Empty.INT8),
    DataType.INT16: (np.int16, Empty.INT16),
    DataType.INT32: (np.int32, Empty.INT32),
    DataType.INT64: (np.int64, Empty.INT64),
    DataType.UINT8: (np.uint8, Empty.UINT8),
    DataType.UINT16: (np.uint16, Empty.UINT16),
    DataType.UINT32: (np.uint32, Empty.UINT32),
    DataType.UINT64: (np.uint64, Empty.UINT64),
}


class DataRow:
    """The values of a row, by the numbers or the names of columns. None is null."""

    def __init__(self, parent: DataTable) -> None:
        self.parent = parent
        self._values: list[Any] = [None] * parent.columncount

    @classmethod
    def _of(cls, parent: DataTable, values: tuple[Any, ...]) -> DataRow:
        row = cls(parent)
        row._values = [
            None if value is None else _NATIVE[column.datatype][0](value)
            for value, column in zip(values, parent.columns, strict=True)
        ]
        return row

    def _index(self, key: int | str) -> int:
        if isinstance(key, str):
            index = self.parent.columnindex(key)
            if index < 0:
                raise ValueError(f'there is no column "{key}" in the table "{self.parent.name}"')
            return index
        if not 0 <= key < self.parent.columncount:
            raise IndexError(f'there is no column {key} in the table "{self.parent.name}"')
        return key

    def __getitem__(self, key: int | str) -> Any:
        index = self._index(key)
        # Columns may have been added since.
        return self._values[index] if index < len(self._values) else None

    def __setitem__(self, key: int | str, value: object) -> None:
        index = self._index(key)
        column = self.parent.columns[index]
        self._values += [None] * (index + 1 - len(self._values))
        self._values[index] = None if value is None else _NATIVE[column.datatype][0](value)
        self.parent._change()

    def __len__(self) -> int:
        return self.parent.columncount

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def __contains__(self, item: object) -> bool:
        return item in list(self)

    def value(self, columnindex: int) -> tuple[Any, Exception | None]:
        """The value of a column, and what is wrong."""
        return self._value(columnindex)

    def value_byname(self, columnname: str) -> tuple[Any, Exception | None]:
        """The value of a column, and what is wrong."""
        return self._value(columnname)

    def _value(self, key: int | str) -> tuple[Any, Exception | None]:
        try:
            return self[key], None
        except (ValueError, IndexError) as error:
            return None, error

    def set_value(self, columnindex: int, value: object) -> Exception | None:
        """Sets the value of a column; gives what is wrong."""
        return self._set(columnindex, value)

    def set_value_byname(self, columnname: str, value: object) -> Exception | None:
        """Sets the value of a column; gives what is wrong."""
        return self._set(columnname, value)

    def _set(self, key: int | str, value: object) -> Exception | None:
        try:
            self[key] = value
        except (ValueError, IndexError, ArithmeticError, TypeError) as error:
            return error
        return None

    def value_as_string(self, columnindex: int) -> str:
        """The value of a column as text; empty for null."""
        return _text(self[columnindex])

    def value_as_string_byname(self, columnname: str) -> str:
        """The value of a column as text; empty for null."""
        return _text(self[columnname])

    def _typed(self, key: int | str, wanted: DataType) -> tuple[Any, bool, Exception | None]:
        """The value of a column of a type, whether it is null, and what is wrong."""
        none = _NATIVE[wanted][1]
        try:
            index = self._index(key)
        except (ValueError, IndexError) as error:
            return none, False, error
        kind = self.parent.columns[index].datatype
        if kind != wanted:
            name = self.parent.columns[index].name
            return none, False, ValueError(f'the column "{name}" is {kind.name}, not {wanted.name}')
        value = self[index]
        return (none, True, None) if value is None else (value, False, None)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[[Any], tuple[Any, bool, Exception | None]]: ...

    def __repr__(self) -> str:
        return "[" + ", ".join(_text(value) for value in self) + "]"


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return "" if value is None else str(value)


def _add_typed(kind: DataType) -> None:
    """As stringvalue and stringvalue_byname: value, whether it is null, and what is wrong."""

    def typed(self: DataRow, key: Any) -> tuple[Any, bool, Exception | None]:
        return self._typed(key, kind)

    name = f"{kind.name.lower()}value"
    typed.__doc__ = f"The {kind.name} of a column, whether it is null, and what is wrong."
    setattr(DataRow, name, typed)
    setattr(DataRow, f"{name}_byname", typed)


for _kind in DataType:
    _add_typed(_kind)
