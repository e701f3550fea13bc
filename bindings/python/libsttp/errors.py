"""Errors: one for each status of the library.

Generated from include/sttp.h and the tables of the library by bindings/generate.py.
"""

from __future__ import annotations

from libsttp._constants import Status


class SttpError(Exception):
    """What the library cannot do: its sentence says why, and what to do."""

    status: Status
    """The status."""

    def __init__(self, message: str, status: Status | None = None) -> None:
        super().__init__(message)
        if status is not None:
            self.status = status


class InvalidArgumentError(SttpError, ValueError):
    """An argument is None, no valid UTF-8, or out of range; the message names it."""

    status = Status.INVALID_ARGUMENT


class InvalidStateError(SttpError):
    """The call does not fit what went before, as starting what is already started."""

    status = Status.INVALID_STATE


class NotFoundError(SttpError, LookupError):
    """There is no such signal, connection or row."""

    status = Status.NOT_FOUND


class TimedOutError(SttpError, TimeoutError):
    """The time that the caller gave is over."""

    status = Status.TIMEOUT


class ClosedError(SttpError):
    """The handle is not started, or was disconnected or stopped and nothing is left."""

    status = Status.CLOSED


class WouldBlockError(SttpError):
    """The call would have to wait for the engine from inside one of its callbacks."""

    status = Status.WOULD_BLOCK


class IoError(SttpError, OSError):
    """The operating system refused something, as an address that is in use."""

    status = Status.IO


class ProtocolError(SttpError):
    """The peer broke the protocol."""

    status = Status.PROTOCOL


class RefusedError(SttpError):
    """The peer refused a command."""

    status = Status.REFUSED


class MetadataError(SttpError, ValueError):
    """Metadata, or their XML, are invalid."""

    status = Status.METADATA


class FilterError(SttpError, ValueError):
    """A filter expression is invalid."""

    status = Status.FILTER


class BufferTooSmallError(SttpError):
    """The caller's buffer is too small; the message says how many bytes are needed."""

    status = Status.BUFFER_TOO_SMALL


class NotConnectedError(SttpError, ConnectionError):
    """The subscriber is not connected, or not any more; it may be again."""

    status = Status.NOT_CONNECTED


class NoSignalsError(SttpError):
    """The publisher has granted the subscription, and has no signal for it."""

    status = Status.NO_SIGNALS


class CompleteError(SttpError):
    """The historical data that were subscribed have ended, and all of them were read."""

    status = Status.COMPLETE


class ForkedError(SttpError):
    """The process was forked from the one that made the handle, and has none of the library's threads; make
    engines, subscribers and publishers anew, after the fork.
    """

    status = Status.FORKED


class InternalError(SttpError):
    """The library failed. The handle stays safe to use and to free. Please report the message."""

    status = Status.INTERNAL


_BY_STATUS: dict[Status, type[SttpError]] = {
    Status.INVALID_ARGUMENT: InvalidArgumentError,
    Status.INVALID_STATE: InvalidStateError,
    Status.NOT_FOUND: NotFoundError,
    Status.TIMEOUT: TimedOutError,
    Status.CLOSED: ClosedError,
    Status.WOULD_BLOCK: WouldBlockError,
    Status.IO: IoError,
    Status.PROTOCOL: ProtocolError,
    Status.REFUSED: RefusedError,
    Status.METADATA: MetadataError,
    Status.FILTER: FilterError,
    Status.BUFFER_TOO_SMALL: BufferTooSmallError,
    Status.NOT_CONNECTED: NotConnectedError,
    Status.NO_SIGNALS: NoSignalsError,
    Status.COMPLETE: CompleteError,
    Status.FORKED: ForkedError,
    Status.INTERNAL: InternalError,
}


def error_of(status: int, message: str) -> SttpError:
    """The error of a status, with the library's message."""
    known = Status(status)
    return _BY_STATUS.get(known, SttpError)(message, known)
