"""A column of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libsttp.sttpapi.data.datatype import DataType

if TYPE_CHECKING:
    from libsttp.sttpapi.data.datatable import DataTable


class DataColumn:
    """A column: its name and the type of its values. Columns with an expression come as their values."""

    def __init__(self, parent: DataTable, name: str, datatype: DataType, expression: str = "") -> None:
        if expression:
            raise NotImplementedError("columns with an expression cannot be made: set the values instead")
        self.parent = parent
        self.name = name
        self.datatype = datatype
        self.expression = ""
        self.computed = False
        self.index = -1

    def __repr__(self) -> str:
        return f"{self.name} ({self.datatype.name.capitalize()})"
