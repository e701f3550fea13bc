"""The signals of a subscription."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from libsttp._records import Signal
from libsttp.sttpapi.gsf import Empty, Limits


class SignalIndexCache:
    """The signals that are received, by the numbers that stand for them in packets."""

    def __init__(self, signals: Sequence[Signal] = ()) -> None:
        self._signals = {signal.wire_index: signal for signal in signals}
        self._indexes = {signal.signal_id: signal.wire_index for signal in signals}

    def contains(self, signalindex: int) -> bool:
        """Whether there is such a signal."""
        return int(signalindex) in self._signals

    def signalid(self, signalindex: int) -> UUID:
        """The signal; all zero when there is none."""
        signal = self._signals.get(int(signalindex))
        return signal.signal_id if signal else Empty.GUID

    @property
    def signalids(self) -> set[UUID]:
        """All signals."""
        return set(self._indexes)

    def source(self, signalindex: int) -> str:
        """The source of its measurement key, as the `PPA` of `PPA:12`."""
        signal = self._signals.get(int(signalindex))
        return signal.key_source if signal else ""

    def id(self, signalindex: int) -> np.uint64:
        """The number of its measurement key, as the 12 of `PPA:12`."""
        signal = self._signals.get(int(signalindex))
        return np.uint64(signal.key_number if signal else Limits.MAXUINT64)

    def record(self, signalindex: int) -> tuple[UUID, str, np.uint64, bool]:
        """Signal, source and number, and whether there is one."""
        signal = self._signals.get(int(signalindex))
        if signal is None:
            return Empty.GUID, "", np.uint64(0), False
        return signal.signal_id, signal.key_source, np.uint64(signal.key_number), True

    def signalindex(self, signalid: UUID) -> np.int32:
        """The number of a signal; -1 when there is none."""
        return np.int32(self._indexes.get(signalid, -1))

    @property
    def count(self) -> np.uint32:
        """How many signals there are."""
        return np.uint32(len(self._signals))
