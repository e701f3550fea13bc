"""Opaque bytes of a signal."""

from __future__ import annotations

from uuid import UUID

from libsttp.sttpapi.gsf import Empty
from libsttp.sttpapi.transport.constants import BufferBlockFlags


class BufferBlock:
    """A buffer block that was received."""

    DEFAULT_SIGNALID = Empty.GUID
    DEFAULT_BUFFER: bytes | bytearray | None = None
    DEFAULT_FLAGS = BufferBlockFlags.NOFLAGS

    def __init__(
        self,
        signalid: UUID = DEFAULT_SIGNALID,
        buffer: bytes | bytearray | None = DEFAULT_BUFFER,
        flags: BufferBlockFlags = DEFAULT_FLAGS,
    ) -> None:
        self.signalid = signalid
        self.buffer = buffer
        self.flags = flags
