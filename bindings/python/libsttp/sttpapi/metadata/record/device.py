"""A device."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from libsttp.sttpapi.gsf import Empty

if TYPE_CHECKING:
    from libsttp.sttpapi.metadata.record.measurement import MeasurementRecord
    from libsttp.sttpapi.metadata.record.phasor import PhasorRecord


@dataclass(eq=False)
class DeviceRecord:
    """A row of DeviceDetail."""

    nodeid: UUID
    deviceid: UUID
    acronym: str
    name: str
    accessid: int
    parentacronym: str = ""
    protocolname: str = ""
    framespersecond: int = 30
    companyacronym: str = ""
    vendoracronym: str = ""
    vendordevicename: str = ""
    longitude: Decimal = Empty.DECIMAL
    latitude: Decimal = Empty.DECIMAL
    updatedon: datetime = Empty.DATETIME
    measurements: set[MeasurementRecord] = field(default_factory=set, repr=False)
    phasors: set[PhasorRecord] = field(default_factory=set, repr=False)
