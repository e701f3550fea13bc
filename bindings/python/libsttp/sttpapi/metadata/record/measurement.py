"""A measurement's description."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from libsttp.sttpapi.gsf import Empty
from libsttp.sttpapi.metadata.signaltype import SignalType

if TYPE_CHECKING:
    from libsttp.sttpapi.metadata.record.device import DeviceRecord
    from libsttp.sttpapi.metadata.record.phasor import PhasorRecord


@dataclass(eq=False)
class MeasurementRecord:
    """A row of MeasurementDetail."""

    signalid: UUID
    adder: np.float64 = np.float64(0)
    multiplier: np.float64 = np.float64(1)
    id: np.uint64 = Empty.UINT64
    source: str = ""
    signalacronym: str = "UNKN"
    signalreference: str = ""
    pointtag: str = ""
    deviceacronym: str = ""
    description: str = ""
    updatedon: datetime = Empty.DATETIME
    phasorsourceindex: int = 0
    device: DeviceRecord | None = field(default=None, repr=False)
    phasor: PhasorRecord | None = field(default=None, repr=False)

    @property
    def signaltypename(self) -> str:
        """The kind of the signal, by its four letters."""
        return self.signalacronym

    @property
    def signaltype(self) -> SignalType:
        """The kind of the signal."""
        return SignalType.parse(self.signalacronym)
