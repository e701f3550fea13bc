"""A measurement as an object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np

from libsttp._arguments import Batch
from libsttp.measurements import MEASUREMENT
from libsttp.sttpapi.gsf import Empty, normalize_enumname
from libsttp.sttpapi.ticks import Ticks
from libsttp.sttpapi.transport.constants import StateFlags


class Measurement:
    """One value of one signal at one time."""

    DEFAULT_SIGNALID = Empty.GUID
    DEFAULT_VALUE = np.float64(np.nan)
    DEFAULT_TIMESTAMP = Empty.TICKS
    DEFAULT_FLAGS = StateFlags.NORMAL

    def __init__(
        self,
        signalid: UUID = DEFAULT_SIGNALID,
        value: np.float64 = DEFAULT_VALUE,
        timestamp: np.uint64 = DEFAULT_TIMESTAMP,
        flags: StateFlags = DEFAULT_FLAGS,
    ) -> None:
        self.signalid = signalid
        self.value = value
        self.timestamp = timestamp
        self.flags = flags

    @property
    def timestampvalue(self) -> np.int64:
        """The time in ticks, without the marks of leap seconds."""
        return np.int64(Ticks.timestampvalue(self.timestamp))

    @property
    def datetime(self) -> datetime:
        """The time, rounded to microseconds."""
        return Ticks.to_datetime(self.timestamp)

    def __repr__(self) -> str:
        time, flags = Ticks.to_shortstring(self.timestamp), normalize_enumname(self.flags)
        return f"{self.signalid} @ {time} = {self.value:.3f} ({flags})"


_flags: dict[int, StateFlags] = {0: StateFlags.NORMAL}


def _flags_of(bits: int) -> StateFlags:
    return _flags.setdefault(bits, StateFlags(bits))


def from_batch(batch: Batch, signals: Sequence[UUID]) -> Iterator[Measurement]:
    """The measurements of a batch as objects, made one by one; `signals` are those of its signal indexes."""
    known = _flags
    for row, value, time, bits in zip(
        batch["signal_index"].tolist(),
        batch["value"],
        batch["timestamp"].view(np.uint64),
        batch["flags"].tolist(),
        strict=True,
    ):
        yield Measurement(signals[row], value, time, known[bits] if bits in known else _flags_of(bits))


def to_batch(measurements: Sequence[Measurement]) -> Batch:
    """Measurements as an array to be published."""
    made = np.empty(len(measurements), MEASUREMENT)
    made["signal_id"] = np.frombuffer(b"".join([one.signalid.bytes for one in measurements]), "V16")
    made["timestamp"] = np.array([one.timestamp for one in measurements], np.uint64).view(np.int64)
    made["value"] = [one.value for one in measurements]
    made["flags"] = [one.flags for one in measurements]
    made["signal_index"] = 0
    return made
