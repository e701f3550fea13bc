"""What a device of C37.118 sends: configurations, and data frames read by them."""

from __future__ import annotations

import ctypes
from functools import cached_property
from typing import Any

from libsttp import _declarations as c
from libsttp._handle import Handle
from libsttp._library import check, library
from libsttp._records import (
    C37118Analog,
    C37118DigitalWord,
    C37118Phasor,
    C37118Pmu,
    C37118PmuData,
    C37118Polar,
    C37118Stream,
)


class Configuration(Handle):
    """What the data frames of a device carry. It never changes."""

    _FREE = "sttp_c37118_configuration_free"
    _PASSIVE = True

    @classmethod
    def _clone_of(cls, lent: int) -> Configuration:
        pointer = ctypes.c_void_p()
        check(library.sttp_c37118_configuration_clone(lent, ctypes.byref(pointer)))
        return cls(pointer.value)

    def _read(self, name: str, of: Any, read: Any, *arguments: Any) -> Any:
        record = of()
        pointer = self._enter()
        try:
            function = getattr(library, name)
            check(function(pointer, *arguments, ctypes.byref(record), ctypes.sizeof(record)))
            return read(record)
        finally:
            self._leave()

    @cached_property
    def stream(self) -> C37118Stream:
        """What it says of the stream."""
        name = "sttp_c37118_configuration_stream"
        stream: C37118Stream = self._read(name, c.sttp_c37118_stream, C37118Stream._read)
        return stream

    @cached_property
    def pmus(self) -> list[C37118Pmu]:
        """The PMUs of the stream."""
        name, count = "sttp_c37118_configuration_pmu", self.stream.pmu_count
        return [self._read(name, c.sttp_c37118_pmu, C37118Pmu._read, number) for number in range(count)]

    def phasors(self, pmu: int) -> list[C37118Phasor]:
        """The phasors of a PMU."""
        name, count = "sttp_c37118_configuration_phasor", self.pmus[pmu].phasor_count
        return [self._read(name, c.sttp_c37118_phasor, C37118Phasor._read, pmu, number) for number in range(count)]

    def analogs(self, pmu: int) -> list[C37118Analog]:
        """The analog values of a PMU."""
        name, count = "sttp_c37118_configuration_analog", self.pmus[pmu].analog_count
        return [self._read(name, c.sttp_c37118_analog, C37118Analog._read, pmu, number) for number in range(count)]

    def digitals(self, pmu: int) -> list[C37118DigitalWord]:
        """The words of sixteen digital values of a PMU."""
        name, of, count = (
            "sttp_c37118_configuration_digital",
            c.sttp_c37118_digital_word,
            self.pmus[pmu].digital_count,
        )
        return [self._read(name, of, C37118DigitalWord._read, pmu, number) for number in range(count)]


class DataFrame:
    """A data frame of a device, read by its configuration."""

    def __init__(self, configuration: Configuration, frame: bytes) -> None:
        self.configuration = configuration
        self.frame = frame

    def _call(self, name: str, *arguments: Any) -> None:
        self.configuration._call(name, self.frame, len(self.frame), *arguments)

    @property
    def timestamp(self) -> int:
        """Its time in ticks."""
        return self._time()[0]

    @property
    def time_quality(self) -> int:
        """The high byte of FRACSEC: leap seconds and the quality of the clock."""
        return self._time()[1]

    def _time(self) -> tuple[int, int]:
        timestamp, quality = ctypes.c_int64(), ctypes.c_uint32()
        self._call("sttp_c37118_data_time", ctypes.byref(timestamp), ctypes.byref(quality))
        return timestamp.value, quality.value

    def pmu(self, number: int) -> C37118PmuData:
        """Status word and frequency of a PMU."""
        record = c.sttp_c37118_pmu_data()
        self._call("sttp_c37118_data_pmu", number, ctypes.byref(record), ctypes.sizeof(record))
        return C37118PmuData._read(record)

    def phasors(self, pmu: int) -> list[C37118Polar]:
        """The phasors of a PMU."""
        room = (c.sttp_c37118_polar * self.configuration.pmus[pmu].phasor_count)()
        self._call("sttp_c37118_data_phasors", pmu, room if len(room) else None, len(room))
        return [C37118Polar._read(polar) for polar in room]

    def analogs(self, pmu: int) -> list[float]:
        """The analog values of a PMU, unscaled; NaN for absent ones."""
        room = (ctypes.c_double * self.configuration.pmus[pmu].analog_count)()
        self._call("sttp_c37118_data_analogs", pmu, room if len(room) else None, len(room))
        return list(room)

    def digitals(self, pmu: int) -> list[int]:
        """The words of digital values of a PMU."""
        room = (ctypes.c_uint16 * self.configuration.pmus[pmu].digital_count)()
        self._call("sttp_c37118_data_digitals", pmu, room if len(room) else None, len(room))
        return list(room)
