"""Filters and expressions: compiled once, used often, on any metadata."""

from __future__ import annotations

import ctypes
from uuid import UUID

from libsttp import _declarations as c
from libsttp._handle import Handle
from libsttp._library import bytes_of_text, check, library, text_of
from libsttp._values import Value, value_of
from libsttp.errors import NotFoundError
from libsttp.metadata import Metadata


class Filter(Handle):
    """Statements that select signals. FilterError says where one is wrong."""

    _FREE = "sttp_filter_free"
    _PASSIVE = True

    def __init__(self, text: str) -> None:
        pointer = ctypes.c_void_p()
        check(library.sttp_filter_new(bytes_of_text(text), ctypes.byref(pointer)))
        super().__init__(pointer.value)

    def select(self, metadata: Metadata) -> list[UUID]:
        """The signals that it selects."""
        count, capacity, of = ctypes.c_size_t(), 0, metadata._enter()
        try:
            while True:
                guids = (c.sttp_guid * capacity)()
                self._call("sttp_filter_select", of, guids if capacity else None, capacity, ctypes.byref(count))
                if count.value <= capacity:
                    return [UUID(bytes=bytes(guid.bytes)) for guid in guids[: count.value]]
                capacity = count.value
        finally:
            metadata._leave()

    @property
    def portable(self) -> str:
        """The filter as every publisher reads it."""
        text = ctypes.c_char_p()
        self._call("sttp_filter_portable", ctypes.byref(text))
        return text_of(text.value)

    def adjustment(self, statement: int) -> tuple[float, float] | None:
        """Adder and multiplier behind an identifier, as in `PPA:1, 0.5, 2`; None where there is no such statement."""
        adder, multiplier = ctypes.c_double(), ctypes.c_double()
        try:
            self._call("sttp_filter_adjustment", statement, ctypes.byref(adder), ctypes.byref(multiplier))
        except NotFoundError:
            return None
        return adder.value, multiplier.value


class Expression(Handle):
    """A condition or calculation over the columns of a table. FilterError says where one is wrong."""

    _FREE = "sttp_expression_free"
    _PASSIVE = True

    def __init__(self, text: str) -> None:
        pointer = ctypes.c_void_p()
        check(library.sttp_expression_new(bytes_of_text(text), ctypes.byref(pointer)))
        super().__init__(pointer.value)

    def evaluate(self, metadata: Metadata | None = None, table: str = "ActiveMeasurements", row: int = 0) -> Value:
        """Its value at a row of a table; without metadata, of an expression that names no columns."""
        number = 0 if metadata is None else metadata.table(table).number
        of = None if metadata is None else metadata._enter()
        pointer = self._enter()
        try:
            return value_of(
                lambda value, buffer, size: int(
                    library.sttp_expression_evaluate(pointer, of, number, row, value, buffer, size)
                )
            )
        finally:
            self._leave()
            if metadata is not None:
                metadata._leave()
