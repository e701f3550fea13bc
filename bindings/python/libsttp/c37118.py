"""C37.118: devices in, streams out, and frames for programs with sockets of their own."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from libsttp import _declarations as c
from libsttp._c37118 import Configuration, DataFrame
from libsttp._callbacks import C37118InputCallbacks, C37118OutputCallbacks
from libsttp._constants import C37118Command, C37118FrameType, C37118State
from libsttp._gateways import connection_string_of, numbers_of, with_sizes
from libsttp._handle import Handle, forget, register, trampoline
from libsttp._library import bytes_of_text, check, library
from libsttp._records import (
    C37118ClientCounters,
    C37118Device,
    C37118DeviceCounters,
    C37118RelayCounters,
    C37118ServerCounters,
    C37118StreamCounters,
    SubscriberCounters,
)
from libsttp._settings import C37118InputSettings, C37118OutputSettings
from libsttp.engine import Engine, PolledEngine, made_on
from libsttp.publisher import Publisher

if TYPE_CHECKING:
    from libsttp._settings import C37118InputKeywords, C37118OutputKeywords

__all__ = [
    "Assembler",
    "C37118Command",
    "C37118FrameType",
    "C37118State",
    "Configuration",
    "DataFrame",
    "Frame",
    "Input",
    "Output",
    "command_frame",
]


class Input(C37118InputCallbacks):
    """Connects to devices, and publishes what they measure with a publisher, whose metadata it makes."""

    _FREE = "sttp_c37118_input_free"

    def __init__(
        self, publisher: Publisher, source: str | None = None, **settings: Unpack[C37118InputKeywords]
    ) -> None:
        """`source` stands in front of measurement keys; the settings hold for devices that are added."""
        pointer = ctypes.c_void_p()
        publisher._call("sttp_c37118_input_new", bytes_of_text(source), ctypes.byref(pointer))
        super().__init__(pointer.value)
        self.settings = C37118InputSettings(self)
        """What holds for devices that are added from now on."""
        with self._making():
            self.settings.update(settings)

    def add(self, connection_string: str = "", **settings: Unpack[C37118InputKeywords]) -> int:
        """Adds a device, as `device=192.0.2.20:4712; accessID=7`, or the same as keyword arguments, and connects to
        it. Gives its number.
        """
        number = ctypes.c_uint64()
        string = connection_string_of(connection_string, C37118InputSettings._KEYS, dict(settings))
        self._call("sttp_c37118_input_add", string, ctypes.byref(number))
        return number.value

    def remove(self, device: int) -> None:
        """Ends the connection to a device. Its rows leave the metadata, but for those of its measurements, which
        stay, not enabled, for the case that it comes back.
        """
        self._call("sttp_c37118_input_remove", device)

    @property
    def devices(self) -> list[int]:
        """The numbers of the devices."""
        return numbers_of(self, "sttp_c37118_input_devices")

    def device(self, number: int) -> C37118Device:
        """What is known of a device."""
        record = c.sttp_c37118_device()
        self._call("sttp_c37118_input_device", number, ctypes.byref(record), ctypes.sizeof(record))
        return C37118Device._read(record)

    def statistics(self, device: int) -> tuple[C37118DeviceCounters, C37118ClientCounters]:
        """What was counted of a device's frames, and of the connections to it."""
        counters, session = c.sttp_c37118_device_counters(), c.sttp_c37118_client_counters()
        self._call("sttp_c37118_input_statistics", device, *with_sizes(counters, session))
        return C37118DeviceCounters._read(counters), C37118ClientCounters._read(session)


class Output(C37118OutputCallbacks):
    """Serves what a subscriber receives as streams of C37.118."""

    _FREE = "sttp_c37118_output_free"

    def __init__(
        self, *, engine: Engine | PolledEngine | None = None, **settings: Unpack[C37118OutputKeywords]
    ) -> None:
        """The settings hold for streams that are added."""
        super().__init__(made_on(engine, "sttp_c37118_output_new"))
        self.settings = C37118OutputSettings(self)
        """What holds for streams that are added from now on."""
        with self._making():
            self.settings.update(settings)

    def open(self, connection_string: str) -> None:
        """Connects to a publisher, or listens for one, until `disconnect`, as `server=localhost:7175`."""
        self._call("sttp_c37118_output_open", bytes_of_text(connection_string))

    def disconnect(self) -> None:
        """Ends the connection to the publisher. The streams stay."""
        self._call("sttp_c37118_output_close")

    def add(self, connection_string: str = "", **settings: Unpack[C37118OutputKeywords]) -> int:
        """Adds a stream, as `port=4712; accessID=235; dataRate=30`, or the same as keyword arguments. Gives its
        number.
        """
        number = ctypes.c_uint64()
        string = connection_string_of(connection_string, C37118OutputSettings._KEYS, dict(settings))
        self._call("sttp_c37118_output_add", string, ctypes.byref(number))
        return number.value

    def remove(self, stream: int) -> None:
        """Ends a stream."""
        self._call("sttp_c37118_output_remove", stream)

    @property
    def streams(self) -> list[int]:
        """The numbers of the streams."""
        return numbers_of(self, "sttp_c37118_output_streams")

    def address(self, stream: int) -> str:
        """The address that a stream listens on by TCP, with the port that the system chose."""
        return self._text("sttp_c37118_output_address", stream)

    def statistics(self, stream: int) -> tuple[C37118StreamCounters, C37118ServerCounters]:
        """What was counted of a stream's frames, and of its clients."""
        counters, server = c.sttp_c37118_stream_counters(), c.sttp_c37118_server_counters()
        self._call("sttp_c37118_output_statistics", stream, *with_sizes(counters, server))
        return C37118StreamCounters._read(counters), C37118ServerCounters._read(server)

    def relay_statistics(self, stream: int) -> C37118RelayCounters:
        """What was counted of frames of a device that a stream passes on."""
        counters = c.sttp_c37118_relay_counters()
        self._call("sttp_c37118_output_relay_statistics", stream, *with_sizes(counters))
        return C37118RelayCounters._read(counters)

    def subscription_statistics(self) -> SubscriberCounters:
        """The counters of the subscription that all streams share."""
        counters = c.sttp_subscriber_counters()
        self._call("sttp_c37118_output_subscription_statistics", *with_sizes(counters))
        return SubscriberCounters._read(counters)


# ---- frames ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """A frame whose length and check word are right."""

    type: C37118FrameType
    """What it is."""
    octets: bytes
    """The whole frame."""
    version: int
    """1 or 2."""
    id_code: int
    """The data stream that it belongs to."""
    second: int
    """SOC: seconds since 1970 UTC."""
    fraction: int
    """FRACSEC: time quality in the high byte, and the fraction of the second in units of the time base."""
    configuration: Configuration | None
    """What it says, for a configuration that is whole."""


class Assembler(Handle):
    """Finds frames in a stream of bytes, and its way back after bytes that are none. One thread uses it at a time."""

    _FREE = "sttp_c37118_assembler_free"
    _PASSIVE = True

    def __init__(self) -> None:
        pointer = ctypes.c_void_p()
        check(library.sttp_c37118_assembler_new(ctypes.byref(pointer)))
        super().__init__(pointer.value)

    def receive(self, octets: bytes) -> list[Frame]:
        """Takes bytes of a stream, which continue those of the call before, and gives the frames in them."""
        return self._receive("sttp_c37118_assembler_receive", octets)

    def receive_datagram(self, octets: bytes) -> list[Frame]:
        """Takes a datagram, and gives the frames in it."""
        return self._receive("sttp_c37118_assembler_receive_datagram", octets)

    def _receive(self, name: str, octets: bytes) -> list[Frame]:
        frames: list[Frame] = []
        number = register(self, lambda frame, configuration: frames.append(_frame(frame.contents, configuration)))
        try:
            self._call(name, octets, len(octets), trampoline(c.sttp_c37118_frame_fn), number)
        finally:
            forget(number)
        return frames


def _frame(frame: Any, configuration: int | None) -> Frame:
    return Frame(
        C37118FrameType(frame.type),
        ctypes.string_at(frame.bytes, frame.length),
        frame.version,
        frame.id_code,
        frame.second,
        frame.fraction,
        Configuration._clone_of(configuration) if configuration else None,
    )


def command_frame(id_code: int, command: C37118Command | int, timestamp: int, version: int = 1) -> bytes:
    """A command frame for a device: version 1 is C37.118-2005, 2 C37.118.2-2011."""
    buffer = ctypes.create_string_buffer(_COMMAND_SIZE)
    check(library.sttp_c37118_command(id_code, version, timestamp, int(command), buffer, _COMMAND_SIZE))
    return buffer.raw


_COMMAND_SIZE = 18
