"""A phasor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from libsttp.sttpapi.gsf import Empty

if TYPE_CHECKING:
    from libsttp.sttpapi.metadata.record.device import DeviceRecord
    from libsttp.sttpapi.metadata.record.measurement import MeasurementRecord


class CompositePhasorMeasurement(IntEnum):
    """Places of a phasor's parts among its measurements."""

    ANGLE = 0
    MAGNITUDE = 1


@dataclass(eq=False)
class PhasorRecord:
    """A row of PhasorDetail."""

    id: int
    deviceacronym: str
    label: str
    type: str = "V"
    phase: str = "+"
    sourceindex: int = 0
    basekv: int = 500
    updatedon: datetime = Empty.DATETIME
    device: DeviceRecord | None = field(default=None, repr=False)
    measurements: list[MeasurementRecord] = field(default_factory=list, repr=False)

    def _part(self, place: CompositePhasorMeasurement) -> MeasurementRecord | None:
        return self.measurements[place] if len(self.measurements) > place else None

    @property
    def angle_measurement(self) -> MeasurementRecord | None:
        """The measurement of its angle."""
        return self._part(CompositePhasorMeasurement.ANGLE)

    @property
    def magnitude_measurement(self) -> MeasurementRecord | None:
        """The measurement of its magnitude."""
        return self._part(CompositePhasorMeasurement.MAGNITUDE)
