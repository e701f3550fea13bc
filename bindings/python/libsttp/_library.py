"""The shared library: finding it, calling it, and the values that it hands out."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from libsttp import _declarations as c
from libsttp._constants import VALUE_TEXT_SIZE, VERSION_MAJOR, VERSION_MINOR, Status
from libsttp.errors import BufferTooSmallError, error_of

VARIABLE = "LIBSTTP_LIBRARY"
NAMES = {"win32": "sttp.dll", "darwin": "libsttp.dylib"}


def _load() -> ctypes.CDLL:
    """Loads the library that a variable names, else the one in the package, else the one that the system finds."""
    name = NAMES.get(sys.platform, "libsttp.so")
    named, packaged = os.environ.get(VARIABLE), Path(__file__).parent / name
    path = named or (
        str(packaged) if packaged.exists() else f"{name}.{VERSION_MAJOR}" if name.endswith("so") else name
    )
    try:
        library = ctypes.CDLL(path)
    except OSError as problem:
        raise ImportError(
            f"{path} cannot be loaded: {problem}. Install the package from its wheel, which has the library in it, "
            f"or name a library in the variable {VARIABLE}."
        ) from problem
    library.sttp_version.restype = ctypes.c_uint32
    version = library.sttp_version()
    major, minor = version >> 16, version >> 8 & 0xFF
    # Before version 1 minor versions may differ in what functions take.
    fits = minor == VERSION_MINOR if VERSION_MAJOR == 0 else minor >= VERSION_MINOR
    if major != VERSION_MAJOR or not fits:
        raise ImportError(
            f"{path} is version {major}.{minor} of the library, and this package is made for "
            f"{c.VERSION}: install one of the other's version."
        )
    try:
        c.declare(library)
    except AttributeError as problem:
        raise ImportError(f"{path} is not the library that this package was made for: {problem}") from problem
    return library


library = _load()


def check(status: int) -> None:
    """Raises the error of a status that is not OK, with the calling thread's message."""
    if status != Status.OK:
        raise error_of(status, text_of(library.sttp_last_error()))


def text_of(text: bytes | None) -> str:
    return text.decode("utf-8", "replace") if text else ""


def bytes_of_text(text: str | None) -> bytes | None:
    """For a function that takes a text. A NUL inside would end it early."""
    if text is None:
        return None
    if "\0" in text:
        raise ValueError(f"a NUL cannot be in a text: {text!r}")
    return text.encode()


def texts_of(texts: Any, count: int) -> list[str]:
    return [text_of(texts[index]) for index in range(count)]


def guid_of(guid: Any) -> UUID:
    return UUID(bytes=bytes(guid.bytes))


def guid_from(signal_id: UUID | bytes | str) -> c.sttp_guid:
    """For a function that takes a GUID: a UUID, its 16 bytes in the order of its text, or its text."""
    if isinstance(signal_id, str):
        signal_id = UUID(signal_id)
    octets = signal_id.bytes if isinstance(signal_id, UUID) else bytes(signal_id)
    if len(octets) != ctypes.sizeof(c.sttp_guid):
        raise ValueError(f"a GUID has 16 bytes, not {len(octets)}")
    return c.sttp_guid.from_buffer_copy(octets)


def read_text(fill: Callable[[Any, int], int], size: int = VALUE_TEXT_SIZE) -> str:
    """The text that a function writes into a buffer, which is made larger until it is large enough."""
    while True:
        buffer = ctypes.create_string_buffer(size)
        try:
            check(fill(buffer, size))
            return text_of(buffer.value)
        except BufferTooSmallError:
            size *= 4


# Python deals with signals, as Ctrl-C, between calls of the library that are not longer than so many seconds.
SLICE = 0.2


class Patience:
    """How long a call waits in all, slice by slice; None for ever."""

    def __init__(self, seconds: float | None) -> None:
        if seconds is not None and not seconds >= 0:
            raise ValueError(f"a time-out is not below 0, as {seconds} is; None waits for ever")
        self._end = None if seconds is None else time.monotonic() + seconds

    def slice(self) -> int:
        """Milliseconds of the next slice."""
        left = SLICE if self._end is None else max(0.0, min(SLICE, self._end - time.monotonic()))
        return round(left * 1000)

    def over(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end
