"""A table of a data set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from libsttp import metadata as native
from libsttp.errors import SttpError
from libsttp.sttpapi.data.datacolumn import DataColumn
from libsttp.sttpapi.data.datarow import DataRow, _text
from libsttp.sttpapi.data.datatype import DataType

if TYPE_CHECKING:
    from libsttp.sttpapi.data.dataset import DataSet


class DataTable:
    """Columns, and rows of values. Those of metadata that were read are fetched when they are looked at."""

    def __init__(self, parent: DataSet, name: str) -> None:
        self.parent = parent
        self.name = name
        self.columns: list[DataColumn] = []
        self._made: list[DataRow] | None = []
        self._source: native.Table | None = None

    @classmethod
    def _of(cls, parent: DataSet, source: native.Table) -> DataTable:
        table = cls(parent, source.name)
        for name, kind in source.columns.items():
            table._add(DataColumn(table, name, DataType[kind.name]))
        table._source, table._made = source, None
        return table

    @property
    def _rows(self) -> list[DataRow]:
        if self._made is None:
            assert self._source is not None
            self._made = [DataRow._of(self, values) for values in self._source]
        return self._made

    def _change(self) -> None:
        self.parent._change()

    # ---- columns -------------------------------------------------------------------------------------

    def _add(self, column: DataColumn) -> None:
        column.index = len(self.columns)
        self.columns.append(column)

    def clear_columns(self) -> None:
        """Removes all columns."""
        self.columns.clear()
        self._change()

    def add_column(self, column: DataColumn) -> None:
        """Adds a column, which is null in the rows that there are."""
        rows = self._rows
        self._add(column)
        assert rows is not None
        self._change()

    def column(self, columnindex: int) -> DataColumn | None:
        """The column of a number."""
        return self.columns[columnindex] if 0 <= columnindex < len(self.columns) else None

    def column_byname(self, columnname: str) -> DataColumn | None:
        """The column of a name, in upper or lower case."""
        return self.column(self.columnindex(columnname))

    def columnindex(self, columnname: str) -> int:
        """The number of the column of a name; -1 when there is none."""
        wanted = columnname.upper()
        return next((column.index for column in self.columns if column.name.upper() == wanted), -1)

    def create_column(self, name: str, datatype: DataType, expression: str = "") -> DataColumn:
        """Makes a column for the table, to be added."""
        return DataColumn(self, name, datatype, expression)

    def clone_column(self, source: DataColumn) -> DataColumn:
        """Makes a column like another."""
        return self.create_column(source.name, source.datatype)

    @property
    def columncount(self) -> int:
        """How many columns there are."""
        return len(self.columns)

    # ---- rows ----------------------------------------------------------------------------------------

    def __getitem__(self, key: int) -> DataRow:
        return self._rows[key]

    def __setitem__(self, key: int, value: DataRow) -> None:
        self._rows[key] = value
        self._change()

    def __delitem__(self, key: int) -> None:
        del self._rows[key]
        self._change()

    def __len__(self) -> int:
        return self.rowcount

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: DataRow) -> bool:
        return item in self._rows

    def __iter__(self) -> Iterator[DataRow]:
        return iter(self._rows)

    @property
    def rowcount(self) -> int:
        """How many rows there are."""
        return len(self._source) if self._made is None and self._source is not None else len(self._rows)

    def clear_rows(self) -> None:
        """Removes all rows."""
        self._made = []
        self._change()

    def create_row(self) -> DataRow:
        """Makes a row of nulls, to be added."""
        return DataRow(self)

    def clone_row(self, source: DataRow) -> DataRow:
        """Makes a row like another."""
        return DataRow._of(self, tuple(source))

    def add_row(self, row: DataRow) -> None:
        """Adds a row."""
        self._rows.append(row)
        self._change()

    def row(self, rowindex: int) -> DataRow | None:
        """The row of a number."""
        return self._rows[rowindex] if 0 <= rowindex < len(self._rows) else None

    def rowswhere(self, predicate: Callable[[DataRow], bool], limit: int = -1) -> list[DataRow]:
        """The rows for which a function says so, at most so many."""
        found: list[DataRow] = []
        for row in self._rows:
            if len(found) == limit:
                break
            if predicate(row):
                found.append(row)
        return found

    def rowvalue_as_string(self, rowindex: int, columnindex: int) -> str:
        """A cell as text; empty where there is none."""
        row = self.row(rowindex)
        return _text(row.value(columnindex)[0]) if row else ""

    def rowvalue_as_string_byname(self, rowindex: int, columnname: str) -> str:
        """A cell as text; empty where there is none."""
        return self.rowvalue_as_string(rowindex, self.columnindex(columnname))

    def select(
        self, filterexpression: str, sortorder: str | None = None, limit: int = -1
    ) -> tuple[list[DataRow] | None, Exception | None]:
        """The rows of a condition, in an order as `PointTag DESC`; and what is wrong."""
        top = f"TOP {limit} " if limit >= 0 else ""
        order = f" ORDER BY {sortorder}" if sortorder else ""
        statement = f"FILTER {top}{self.name} WHERE {filterexpression or 'True'}{order}"
        try:
            return [self._rows[row] for _, row in self.parent.native().select_rows(statement, self.name)], None
        except SttpError as error:
            return None, error

    def __repr__(self) -> str:
        return f"{self.name} [{', '.join(str(column) for column in self.columns)}] ({self.rowcount} rows)"
