"""Metadata: devices, measurements and phasors, any other tables, and filters over them."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt

from libsttp import _declarations as c
from libsttp._constants import ValueType
from libsttp._handle import Handle
from libsttp._library import bytes_of_text, check, guid_from, library, text_of
from libsttp._records import Device, Finding, MeasurementMetadata, Phasor
from libsttp._values import Value, cell_text, value_of
from libsttp.errors import NotFoundError

_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
SignalID: TypeAlias = "UUID | bytes | str"


class Metadata(Handle):
    """Describes devices, measurements and phasors. It never changes, so that any number of threads may read it; to
    change metadata, build new ones with a `MetadataBuilder`.

    Records are known by their rows: `devices[3]` is the device of row 3, and `device_of(measurement)` gives a row.
    """

    _FREE = "sttp_metadata_free"
    _PASSIVE = True

    @classmethod
    def parse(cls, xml: str | bytes) -> Metadata:
        """Reads metadata from their XML, as publishers send it. What is wrong but can be lived with, `findings`
        tells.
        """
        # A text has left the encoding behind that its declaration names.
        document = _DECLARATION.sub("", xml, count=1).encode() if isinstance(xml, str) else xml
        pointer = ctypes.c_void_p()
        check(library.sttp_metadata_parse(document, len(document), ctypes.byref(pointer)))
        return cls(pointer.value)

    @classmethod
    def sample(cls) -> Metadata:
        """Sample metadata: three devices with 30 frames a second."""
        pointer = ctypes.c_void_p()
        check(library.sttp_metadata_sample(ctypes.byref(pointer)))
        return cls(pointer.value)

    @classmethod
    def _clone_of(cls, lent: int) -> Metadata:
        pointer = ctypes.c_void_p()
        check(library.sttp_metadata_clone(lent, ctypes.byref(pointer)))
        return cls(pointer.value)

    def to_xml(self) -> str:
        """The document that publishers send."""
        xml, length = ctypes.c_char_p(), ctypes.c_size_t()
        pointer = self._enter()
        try:
            check(library.sttp_metadata_to_xml(pointer, ctypes.byref(xml), ctypes.byref(length)))
            return ctypes.string_at(xml, length.value).decode()
        finally:
            self._leave()

    @property
    def schema_version(self) -> int | None:
        """The version of the schema that they follow, 14 of STTP publishers today; None when they do not say."""
        version = ctypes.c_int32()
        try:
            self._call("sttp_metadata_schema_version", ctypes.byref(version))
        except NotFoundError:
            return None
        return version.value

    # ---- records -------------------------------------------------------------------------------------

    @cached_property
    def devices(self) -> list[Device]:
        """All devices: the rows of DeviceDetail."""
        return self._all("device", c.sttp_device, Device._read)

    @cached_property
    def measurements(self) -> list[MeasurementMetadata]:
        """All measurements: the rows of MeasurementDetail. A row is the signal index for publishing."""
        return self._all("measurement", c.sttp_measurement_metadata, MeasurementMetadata._read)

    @cached_property
    def phasors(self) -> list[Phasor]:
        """All phasors: the rows of PhasorDetail."""
        return self._all("phasor", c.sttp_phasor, Phasor._read)

    def _all(self, kind: str, of: Any, read: Any) -> list[Any]:
        count, record, size = ctypes.c_size_t(), of(), ctypes.sizeof(of)
        pointer = self._enter()
        try:
            check(getattr(library, f"sttp_metadata_{kind}_count")(pointer, ctypes.byref(count)))
            function, address, rows = getattr(library, f"sttp_metadata_{kind}"), ctypes.byref(record), []
            for row in range(count.value):
                check(function(pointer, row, address, size))
                rows.append(read(record))
            return rows
        finally:
            self._leave()

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with them: of each kind the first hundred."""
        found: list[Finding] = []
        record = c.sttp_finding()
        pointer = self._enter()
        try:
            while (
                library.sttp_metadata_finding(pointer, len(found), ctypes.byref(record), ctypes.sizeof(record)) == 0
            ):
                found.append(Finding._read(record))
        finally:
            self._leave()
        return found

    # ---- finding one by the other --------------------------------------------------------------------

    def find_measurement(self, signal_id: SignalID) -> int | None:
        """The row of the measurement of a signal."""
        return self._row("sttp_metadata_find_measurement", ctypes.byref(guid_from(signal_id)))

    def find_measurement_by_key(self, key: str) -> int | None:
        """The row of the first measurement with a key, as `PPA:12`."""
        return self._row("sttp_metadata_find_measurement_by_key", bytes_of_text(key))

    def find_measurement_by_tag(self, point_tag: str) -> int | None:
        """The row of the first measurement with a point tag."""
        return self._row("sttp_metadata_find_measurement_by_tag", bytes_of_text(point_tag))

    def find_device(self, acronym: str) -> int | None:
        """The row of the first device with an acronym."""
        return self._row("sttp_metadata_find_device", bytes_of_text(acronym))

    def find_device_by_name(self, name: str) -> int | None:
        """The row of the first device with a name."""
        return self._row("sttp_metadata_find_device_by_name", bytes_of_text(name))

    def find_phasor(self, device: int, label: str) -> int | None:
        """The row of the first phasor of a device with a label."""
        return self._row("sttp_metadata_find_phasor", device, bytes_of_text(label))

    def parent_of(self, device: int) -> int | None:
        """The row of the concentrator that a device reports through."""
        return self._row("sttp_metadata_device_parent", device)

    def device_of(self, measurement: int) -> int | None:
        """The row of the device of a measurement."""
        return self._row("sttp_metadata_measurement_device", measurement)

    def phasor_of(self, measurement: int) -> int | None:
        """The row of the phasor whose magnitude or angle a measurement is."""
        return self._row("sttp_metadata_measurement_phasor", measurement)

    def device_of_phasor(self, phasor: int) -> int | None:
        """The row of the device of a phasor."""
        return self._row("sttp_metadata_phasor_device", phasor)

    def magnitude_of(self, phasor: int) -> int | None:
        """The row of the measurement of a phasor's magnitude."""
        return self._row("sttp_metadata_phasor_magnitude", phasor)

    def angle_of(self, phasor: int) -> int | None:
        """The row of the measurement of a phasor's angle."""
        return self._row("sttp_metadata_phasor_angle", phasor)

    def measurements_of(self, device: int) -> list[int]:
        """The rows of the measurements of a device."""
        return self._rows("sttp_metadata_device_measurements", device)

    def phasors_of(self, device: int) -> list[int]:
        """The rows of the phasors of a device."""
        return self._rows("sttp_metadata_device_phasors", device)

    def children_of(self, device: int) -> list[int]:
        """The rows of the devices that report through a concentrator."""
        return self._rows("sttp_metadata_device_children", device)

    def _row(self, name: str, *arguments: Any) -> int | None:
        row = ctypes.c_size_t()
        try:
            self._call(name, *arguments, ctypes.byref(row))
        except NotFoundError:
            return None
        return row.value

    def _rows(self, name: str, *arguments: Any) -> list[int]:
        return [int(row) for row in self._filled(name, ctypes.c_size_t, arguments)]

    def _filled(self, name: str, of: Any, arguments: Sequence[Any]) -> Any:
        """The array that a function fills, which tells how many elements there are."""
        count, capacity = ctypes.c_size_t(), 0
        while True:
            array = (of * capacity)()
            self._call(name, *arguments, array if capacity else None, capacity, ctypes.byref(count))
            if count.value <= capacity:
                return array[: count.value]
            capacity = count.value

    # ---- filters and expressions ---------------------------------------------------------------------

    def select(self, filter: str) -> list[UUID]:
        """The signals that a filter selects, as a publisher does for a subscription. FilterError says where it is
        wrong.
        """
        return [UUID(bytes=bytes(guid.bytes)) for guid in self._select(filter)]

    def select_ids(self, filter: str) -> npt.NDArray[np.void]:
        """The same as an array for the field `signal_id`."""
        guids = self._select(filter)
        return np.frombuffer(b"".join(bytes(guid.bytes) for guid in guids), "V16")

    def _select(self, filter: str) -> Any:
        return self._filled("sttp_metadata_select", c.sttp_guid, (bytes_of_text(filter),))

    def select_rows(self, filter: str, table: str = "ActiveMeasurements") -> list[tuple[str, int]]:
        """Tables and rows that a filter selects. Conditions alone, keys and GUIDs are about `table`; statements as
        `FILTER TOP 5 DeviceDetail WHERE True ORDER BY Acronym` name theirs.
        """
        number = self.table(table).number
        rows = self._filled("sttp_metadata_select_rows", c.sttp_row, (number, bytes_of_text(filter)))
        names = {row.table: self._table(row.table).name for row in rows}
        return [(names[row.table], row.row) for row in rows]

    def evaluate(self, expression: str, table: str, row: int) -> Value:
        """The value of an expression at a row of a table, as `Len(PointTag) > 10`."""
        number = self.table(table).number
        pointer = self._enter()
        try:
            return value_of(
                lambda value, buffer, size: int(
                    library.sttp_metadata_evaluate(
                        pointer, number, row, bytes_of_text(expression), value, buffer, size
                    )
                )
            )
        finally:
            self._leave()

    # ---- tables --------------------------------------------------------------------------------------

    @property
    def tables(self) -> list[Table]:
        """All tables, without ActiveMeasurements, which is derived from the others."""
        count = ctypes.c_size_t()
        self._call("sttp_metadata_table_count", ctypes.byref(count))
        return [self._table(number) for number in range(count.value)]

    def table(self, name: str) -> Table:
        """The table of a name, in upper or lower case; also ActiveMeasurements."""
        number = ctypes.c_size_t()
        self._call("sttp_metadata_find_table", bytes_of_text(name), ctypes.byref(number))
        return self._table(number.value)

    def __getitem__(self, name: str) -> Table:
        try:
            return self.table(name)
        except NotFoundError as error:
            raise KeyError(name) from error

    def __contains__(self, name: object) -> bool:
        try:
            return isinstance(name, str) and self.table(name) is not None
        except NotFoundError:
            return False

    def _table(self, number: int) -> Table:
        name, rows, columns = ctypes.c_char_p(), ctypes.c_size_t(), ctypes.c_size_t()
        arguments = (ctypes.byref(name), ctypes.byref(rows), ctypes.byref(columns))
        pointer = self._enter()
        try:
            check(library.sttp_metadata_table(pointer, number, *arguments))
            return Table(self, number, text_of(name.value), rows.value, columns.value)
        finally:
            self._leave()

    def to_frames(self) -> dict[str, Any]:
        """All tables as pandas DataFrames, by their names. Needs pandas."""
        return {table.name: table.to_frame() for table in self.tables}

    # ---- adding --------------------------------------------------------------------------------------

    def append(self, other: Metadata) -> Metadata:
        """New metadata with the rows of both, those of the other behind."""
        return self._both("sttp_metadata_append", other)

    def merge(self, other: Metadata) -> Metadata:
        """New metadata with the rows of both, where rows of the other that are of the same take the place of these.
        """
        return self._both("sttp_metadata_merge", other)

    def _both(self, name: str, other: Metadata) -> Metadata:
        both = ctypes.c_void_p()
        pointer = other._enter()
        try:
            self._call(name, pointer, ctypes.byref(both), *[None] * (len(getattr(library, name).argtypes) - 3))
        finally:
            other._leave()
        return Metadata(both.value)


class Table:
    """A table of metadata: a sequence of rows, each a tuple of values."""

    def __init__(self, metadata: Metadata, number: int, name: str, rows: int, columns: int) -> None:
        self.metadata = metadata
        self.number = number
        self.name = name
        self._rows = rows
        self._count = columns

    @cached_property
    def columns(self) -> dict[str, ValueType]:
        """The types of the columns, by their names."""
        found, name, kind = {}, ctypes.c_char_p(), ctypes.c_int32()
        pointer = self.metadata._enter()
        try:
            for column in range(self._count):
                check(
                    library.sttp_metadata_column(pointer, self.number, column, ctypes.byref(name), ctypes.byref(kind))
                )
                found[text_of(name.value)] = ValueType(kind.value)
        finally:
            self.metadata._leave()
        return found

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, row: int) -> tuple[Value, ...]:
        row = row + self._rows if row < 0 else row
        if not 0 <= row < self._rows:
            raise IndexError(f"{self.name} has {self._rows} rows")
        return tuple(self._cell(row, column) for column in range(self._count))

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return (self[row] for row in range(self._rows))

    def column(self, name: str) -> list[Value]:
        """The values of a column."""
        index = ctypes.c_size_t()
        self.metadata._call("sttp_metadata_find_column", self.number, bytes_of_text(name), ctypes.byref(index))
        return [self._cell(row, index.value) for row in range(self._rows)]

    def cell(self, row: int, column: str) -> Value:
        """A cell."""
        index = ctypes.c_size_t()
        self.metadata._call("sttp_metadata_find_column", self.number, bytes_of_text(column), ctypes.byref(index))
        return self._cell(row, index.value)

    def _cell(self, row: int, column: int) -> Value:
        pointer = self.metadata._enter()
        try:
            return value_of(
                lambda value, buffer, size: int(
                    library.sttp_metadata_cell(pointer, self.number, row, column, value, buffer, size)
                )
            )
        finally:
            self.metadata._leave()

    def to_frame(self) -> Any:
        """The table as a pandas DataFrame. Needs pandas."""
        from libsttp._frames import table_frame

        return table_frame(self)


class MetadataBuilder(Handle):
    """Builds metadata row by row: the standard tables, those of other metadata, or tables of the program's own."""

    _FREE = "sttp_metadata_builder_free"
    _PASSIVE = True

    def __init__(self, start: Metadata | None = None, *, empty: bool = False, name: str | None = None) -> None:
        """With the standard tables; with all tables and rows of `start`; or empty, without tables, where `name` is
        the data set's.
        """
        pointer = ctypes.c_void_p()
        if start is not None:
            start._call("sttp_metadata_builder_new_from", ctypes.byref(pointer))
        elif empty or name is not None:
            check(library.sttp_metadata_builder_new_empty(bytes_of_text(name), ctypes.byref(pointer)))
        else:
            check(library.sttp_metadata_builder_new(ctypes.byref(pointer)))
        super().__init__(pointer.value)

    def add_device(self, acronym: str, name: str | None = None, frames_per_second: int = 30, **cells: object) -> None:
        """Adds a device, with any other cells by the names of their columns, as `Longitude=-89.5`."""
        arguments = (bytes_of_text(acronym), bytes_of_text(name), frames_per_second)
        self._call("sttp_metadata_builder_add_device", *arguments)
        self._set_cells("DeviceDetail", cells)

    def add_measurement(
        self,
        signal_id: SignalID,
        id: str,
        *,
        signal_type: str,
        device_acronym: str | None = None,
        point_tag: str | None = None,
        signal_reference: str | None = None,
        phasor_source_index: int = 0,
        description: str | None = None,
        **cells: object,
    ) -> None:
        """Adds a measurement, as key `PPA:12`. Its signal index for publishing is the number of those added before.
        """
        texts = [bytes_of_text(text) for text in (id, point_tag, signal_reference, signal_type, device_acronym)]
        guid = ctypes.byref(guid_from(signal_id))
        last = (phasor_source_index, bytes_of_text(description))
        self._call("sttp_metadata_builder_add_measurement", guid, *texts, *last)
        self._set_cells("MeasurementDetail", cells)

    def add_phasor(
        self, device_acronym: str, label: str, type: str, phase: str, source_index: int, **cells: object
    ) -> None:
        """Adds a phasor: type `V` or `I`, phase `A`, `B`, `C`, `+`, `-` or `0`, number from 1 in its device."""
        texts = [bytes_of_text(text) for text in (device_acronym, label, type, phase)]
        self._call("sttp_metadata_builder_add_phasor", *texts, source_index)
        self._set_cells("PhasorDetail", cells)

    def add_table(self, name: str, columns: dict[str, ValueType] | None = None) -> None:
        """Adds an empty table with these columns."""
        self._call("sttp_metadata_builder_add_table", bytes_of_text(name))
        for column, kind in (columns or {}).items():
            self.add_column(name, column, kind)

    def add_column(self, table: str, name: str, type: ValueType) -> None:
        """Adds a column to a table. It is null in the rows that the table has."""
        self._call("sttp_metadata_builder_add_column", bytes_of_text(table), bytes_of_text(name), int(type))

    def add_row(self, table: str, /, **cells: object) -> None:
        """Adds a row to a table, with cells by the names of their columns; the others are null."""
        self._call("sttp_metadata_builder_add_row", bytes_of_text(table))
        self._set_cells(table, cells)

    def set(self, table: str, column: str, value: object, row: int | None = None) -> None:
        """Sets a cell of the row that was last added, or of any other. Values are numbers, truth values, UUIDs,
        datetimes, or texts as in XML; None is null.
        """
        text = None if value is None else bytes_of_text(cell_text(value))
        if row is None:
            self._call("sttp_metadata_builder_set", bytes_of_text(table), bytes_of_text(column), text)
        else:
            self._call("sttp_metadata_builder_set_at", bytes_of_text(table), row, bytes_of_text(column), text)

    def _set_cells(self, table: str, cells: dict[str, object]) -> None:
        for column, value in cells.items():
            self.set(table, column, value)

    def finish(self) -> Metadata:
        """The metadata that were built. The builder is as new afterwards."""
        pointer = ctypes.c_void_p()
        self._call("sttp_metadata_builder_finish", ctypes.byref(pointer))
        return Metadata(pointer.value)
