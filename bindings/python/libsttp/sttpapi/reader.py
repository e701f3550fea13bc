"""Measurements pulled one by one."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from uuid import UUID

from libsttp._arguments import Batch
from libsttp.sttpapi.transport.measurement import Measurement, from_batch

_readers: weakref.WeakSet[MeasurementReader] = weakref.WeakSet()

# While so many packets wait, nothing is received: the publisher decides what it does with a slow subscriber.
WAITING = 64


class MeasurementReader:
    """Gives the measurements of a subscriber to a thread of the program, one by one. One thread uses it."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Batch, list[UUID]]] = deque()
        self._changed = threading.Condition()
        self._disposed = False
        self._current: Iterator[Measurement] = iter(())
        _readers.add(self)

    def dispose(self) -> None:
        """Ends it: a thread that waits goes on."""
        with self._changed:
            self._disposed = True
            self._changed.notify_all()

    def put(self, batch: Batch, signals: list[UUID]) -> None:
        """Takes a batch, from the thread that receives; waits while too many wait."""
        with self._changed:
            while len(self._waiting) >= WAITING and not self._disposed:
                self._changed.wait()
            if self._disposed:
                return
            self._waiting.append((batch, signals))
            self._changed.notify_all()

    def next_measurement(self) -> tuple[Measurement | None, bool]:
        """The next measurement and True, once it has come; None and False when the connection has ended."""
        while True:
            for measurement in self._current:
                return measurement, True
            with self._changed:
                while not self._waiting and not self._disposed:
                    self._changed.wait()
                if self._disposed:
                    return None, False
                batch, signals = self._waiting.popleft()
                self._changed.notify_all()
            self._current = from_batch(batch, signals)


# Registered after what closes the handles, so that it runs before: closing waits for the thread that receives.
@atexit.register
def _dispose_all() -> None:
    """Before the interpreter ends: nobody reads any more."""
    for reader in list(_readers):
        reader.dispose()
