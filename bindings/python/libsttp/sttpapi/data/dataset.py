"""Metadata as a set of tables that can be changed."""

from __future__ import annotations

from collections.abc import Iterator

from libsttp import metadata as native
from libsttp.errors import SttpError
from libsttp.sttpapi.data.datatable import DataTable


class DataSet:
    """Tables by their names, in upper or lower case."""

    DEFAULT_NAME = "DataSet"

    def __init__(self, name: str = DEFAULT_NAME) -> None:
        self.name = name
        self._tables: dict[str, DataTable] = {}
        # The same for the library, as long as nothing is changed.
        self._native: native.Metadata | None = None

    @classmethod
    def of(cls, metadata: native.Metadata) -> DataSet:
        """The tables of native metadata."""
        made = cls()
        made._read(metadata)
        return made

    def _read(self, metadata: native.Metadata) -> None:
        self._tables = {table.name.upper(): DataTable._of(self, table) for table in metadata.tables}
        self._native = metadata

    def native(self) -> native.Metadata:
        """The tables as the library has them, as they are now."""
        if self._native is None:
            with native.MetadataBuilder(empty=True, name=self.name) as builder:
                for table in self:
                    builder.add_table(table.name, {column.name: column.datatype.native for column in table.columns})
                    for row in table:
                        cells = {column.name: row[column.index] for column in table.columns}
                        builder.add_row(table.name, **cells)
                self._native = builder.finish()
        return self._native

    def _change(self) -> None:
        self._native = None

    def __getitem__(self, key: str) -> DataTable | None:
        return self.table(key)

    def __delitem__(self, key: str) -> None:
        del self._tables[key.upper()]
        self._change()

    def __len__(self) -> int:
        return len(self._tables)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: str) -> bool:
        return item.upper() in self._tables

    def __iter__(self) -> Iterator[DataTable]:
        return iter(list(self._tables.values()))

    def clear_tables(self) -> None:
        """Removes all tables."""
        self._tables.clear()
        self._change()

    def add_table(self, table: DataTable) -> None:
        """Adds a table, in the place of one of the same name."""
        self._tables[table.name.upper()] = table
        self._change()

    def table(self, tablename: str) -> DataTable | None:
        """The table of a name."""
        return self._tables.get(tablename.upper())

    def tablenames(self) -> list[str]:
        """The names of the tables."""
        return [table.name for table in self]

    def tables(self) -> list[DataTable]:
        """The tables."""
        return list(self)

    def create_table(self, name: str) -> DataTable:
        """Makes a table, to be added."""
        return DataTable(self, name)

    @property
    def tablecount(self) -> int:
        """How many tables there are."""
        return len(self._tables)

    def remove_table(self, tablename: str) -> bool:
        """Removes a table; whether there was one."""
        found = self._tables.pop(tablename.upper(), None) is not None
        self._change()
        return found

    @staticmethod
    def from_xml(buffer: str | bytes) -> tuple[DataSet, Exception | None]:
        """Reads a data set from XML; gives it, and what is wrong."""
        made = DataSet()
        return made, made.parse_xml(buffer)

    def parse_xml(self, buffer: str | bytes) -> Exception | None:
        """Reads XML into this data set; gives what is wrong."""
        try:
            self._read(native.Metadata.parse(buffer))
        except SttpError as error:
            return error
        return None

    def to_xml(self, dataset_name: str | None = None) -> str:
        """The document that publishers send."""
        if dataset_name is not None and dataset_name != self.name:
            self.name = dataset_name
            for table in self:
                assert table._rows is not None
            self._change()
        return self.native().to_xml()

    def __repr__(self) -> str:
        return f"{self.name} [{', '.join(f'{table.name} ({table.rowcount} rows)' for table in self)}]"
