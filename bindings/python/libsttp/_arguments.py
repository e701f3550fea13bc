"""What callbacks are handed: arguments of C made into those of Python."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from libsttp import _declarations as c
from libsttp._library import bytes_of_text, check, library
from libsttp._records import Peer, Signal
from libsttp.errors import ClosedError
from libsttp.measurements import MEASUREMENT

Batch: TypeAlias = npt.NDArray[np.void]
"""Measurements: an array of `libsttp.MEASUREMENT`."""


def bytes_of(at: int | None, length: int) -> bytes:
    return ctypes.string_at(at, length) if at else b""


def signals_of(signals: Any, count: int) -> list[Signal]:
    return [Signal._read(signals[row].contents) for row in range(count)]


def array_at(address: int, count: int) -> Batch:
    """The measurements at an address, not copied."""
    memory: Any = (ctypes.c_char * (count * MEASUREMENT.itemsize)).from_address(address)
    return np.frombuffer(memory, MEASUREMENT)


def measurements_of(batch: Batch) -> tuple[Any, int]:
    """An array of the program, for a function that publishes it."""
    if batch.dtype != MEASUREMENT or not batch.flags.c_contiguous:
        raise ValueError("measurements are published from a contiguous array of libsttp.MEASUREMENT")
    return (batch.ctypes.data_as(_MEASUREMENTS) if len(batch) else None), len(batch)


_MEASUREMENTS = ctypes.POINTER(c.sttp_measurement)


def batch_of(address: int, count: int, call: Callable[[Any], object], copy: bool) -> None:
    """Hands measurements at an address to a function of the program."""
    if copy:
        batch = np.empty(count, MEASUREMENT)
        ctypes.memmove(batch.ctypes.data, address, batch.nbytes)
        call(batch)
        return
    lent = array_at(address, count)
    lent.flags.writeable = False
    alone = sys.getrefcount(lent)
    call(lent)
    if sys.getrefcount(lent) > alone:
        raise RuntimeError(
            "a batch that was lent to a callback is still in use after it: the library will write other measurements "
            "there. Copy what is to be kept, or register the callback without copy=False."
        )


class Admission:
    """Takes the decision about a peer, during the call of the function that it was handed to. Without a decision what
    the file of rights says holds; a decision that fails, and a function that raises, refuse the peer."""

    def __init__(self, pointer: int) -> None:
        self._pointer: int | None = pointer
        self._has_failed = False
        """The last decision: the library refuses then, and knows why."""

    def _decide(self, function: Callable[..., int], *texts: str) -> None:
        if self._pointer is None:
            raise ClosedError("a peer is decided about during the call of the function only")
        self._has_failed = False
        try:
            given = [bytes_of_text(text) for text in texts]
        except BaseException:
            # The library knows nothing of it.
            why = b"the decision about it has failed: its text cannot be UTF-8 without NUL"
            library.sttp_admission_refuse(self._pointer, why)
            self._has_failed = True
            raise
        status = function(self._pointer, *given)
        self._has_failed = status != 0
        check(status)

    def refuse(self, reason: str) -> None:
        """Does not let the peer in. It is told nothing; the reason is for the audit and for messages."""
        self._decide(library.sttp_admission_refuse, reason)

    def grant(self, name: str, rights: str) -> None:
        """Lets the peer in, under this name, with these rights, as `signals={ALLOW WHERE SignalType = 'FREQ'}`."""
        self._decide(library.sttp_admission_grant, name, rights)


def admit(call: Callable[[Any, Any], object], peer: Any, pointer: int) -> None:
    """Lets a function of the program decide about a peer, which is refused when that raises; the reason of a decision
    that had failed stays."""
    admission = Admission(pointer)
    try:
        call(Peer._read(peer.contents), admission)
    except BaseException:
        if not admission._has_failed:
            library.sttp_admission_refuse(pointer, b"the callback that decides has failed")
        raise
    finally:
        admission._pointer = None
