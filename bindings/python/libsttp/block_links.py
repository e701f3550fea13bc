"""Block links: measurements over serial lines, UDP, TCP and files, by sides of links and by gateways."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, Unpack

from libsttp import _declarations as c
from libsttp._arguments import Batch, measurements_of
from libsttp._callbacks import BlockLinkCallbacks, BlockLinkInputCallbacks, BlockLinkOutputCallbacks
from libsttp._constants import (
    BlockLinkAnswer,
    BlockLinkFeatures,
    BlockLinkForm,
    BlockLinkLevels,
    BlockLinkRole,
    BlockLinkState,
    BlockLinkStream,
)
from libsttp._gateways import connection_string_of, numbers_of, with_sizes
from libsttp._handle import Handle
from libsttp._library import bytes_of_text
from libsttp._records import (
    BlockLinkAgreement,
    BlockLinkCounters,
    BlockLinkInfo,
    BlockLinkInputCounters,
    BlockLinkSessionCounters,
    SubscriberCounters,
)
from libsttp._settings import BlockLinkSettings
from libsttp.engine import Engine, PolledEngine, made_on
from libsttp.metadata import Metadata
from libsttp.publisher import Publisher

if TYPE_CHECKING:
    from libsttp._settings import BlockLinkKeywords

__all__ = [
    "BlockLinkAgreement",
    "BlockLinkAnswer",
    "BlockLinkFeatures",
    "BlockLinkForm",
    "BlockLinkInfo",
    "BlockLinkLevels",
    "BlockLinkRole",
    "BlockLinkState",
    "BlockLinkStream",
    "Input",
    "Link",
    "Output",
]


class _LinkSettings(BlockLinkSettings):
    """What a link was made with."""

    def _set(self, key: str, value: object) -> None:
        raise AttributeError(f"{key} is set when a link is made: it can only be read")


class _InputSettings(BlockLinkSettings):
    _ROLE = "block_link_input"


class _OutputSettings(BlockLinkSettings):
    _ROLE = "block_link_output"


class Link(BlockLinkCallbacks):
    """One side of a link, for programs that have measurements or want them, without any publisher or subscriber.

    Make it, register callbacks, say what is wanted (`subscribe`) or set the metadata of what is sent, and open it. What
    was set and subscribed holds when it is opened again, too, which happens by itself after a loss.
    """

    _FREE = "sttp_block_link_free"
    _END = "sttp_block_link_close"

    def __init__(
        self,
        role: BlockLinkRole,
        connection_string: str = "",
        *,
        engine: Engine | PolledEngine | None = None,
        **settings: Unpack[BlockLinkKeywords],
    ) -> None:
        """`link=serial:/dev/ttyS0,115200,8N1; repeatInterval=5`, or the same as keyword arguments. The role is CLIENT
        to receive, SERVER to send, PEER for both, which one-way links do not have.
        """
        string = connection_string_of(connection_string, BlockLinkSettings._KEYS, dict(settings))
        super().__init__(made_on(engine, "sttp_block_link_new", int(role), string))
        self.settings = _LinkSettings(self)
        """What it was made with, as attributes."""

    def open(self) -> None:
        """Opens the link, until it is disconnected; over losses if the settings say so."""
        self._call("sttp_block_link_open")

    def disconnect(self) -> None:
        """Closes the link, which may be opened again. A file gets what waits to be written."""
        self._call("sttp_block_link_close")

    def subscribe(self, filter: str = "") -> None:
        """Wants the signals of a filter, in the place of what was wanted before; empty for everything. What becomes of
        it is told to `on_answered`.
        """
        self._call("sttp_block_link_subscribe", bytes_of_text(filter))

    def unsubscribe(self) -> None:
        """Wants nothing any more."""
        self._call("sttp_block_link_unsubscribe")

    def request_metadata(self) -> None:
        """Asks for the metadata of the other side once more. They come by themselves when they change."""
        self._call("sttp_block_link_request_metadata")

    def set_metadata(self, metadata: Metadata) -> None:
        """Sets or changes the metadata of what is sent. Only signals that they have are sent."""
        pointer = metadata._enter()
        try:
            self._call("sttp_block_link_set_metadata", pointer)
        finally:
            metadata._leave()

    def set_configuration(self, frames: bytes) -> None:
        """Sets or changes the configuration of a stream of C37.118, whose data frames `publish_frame` sends."""
        self._call("sttp_block_link_set_configuration", frames, len(frames))

    def publish(self, measurements: Batch) -> None:
        """Sends an array of `libsttp.MEASUREMENT` by `signal_id`: those that the other side has subscribed to, or on a
        one-way link those that the settings say. What is published while the link is closed is counted, and not sent.
        """
        self._call("sttp_block_link_publish", *measurements_of(measurements))

    def publish_frame(self, frame: bytes) -> None:
        """Sends a data frame of C37.118, by the configuration that was set."""
        self._call("sttp_block_link_publish_frame", frame, len(frame))

    def flush(self, timeout: float | None = None) -> None:
        """Waits until what was published has left, or was dropped and counted. Raises TimedOutError."""
        self._flush("sttp_block_link_flush", timeout)

    def reload_certificates(self) -> None:
        """Reads certificates, keys and revocation lists again, for the connections to come."""
        self._call("sttp_block_link_reload_certificates")

    @property
    def state(self) -> BlockLinkInfo:
        """Where it stands."""
        return _state(self, "sttp_block_link_state")

    @property
    def agreed(self) -> BlockLinkAgreement:
        """What both sides have agreed. Raises InvalidStateError while nothing is."""
        return _agreed(self, "sttp_block_link_agreed")

    @property
    def address(self) -> str:
        """Where it listens by TCP, with the port that the system chose; of other links what they are open to."""
        return self._text("sttp_block_link_address")

    def statistics(self) -> tuple[BlockLinkCounters, BlockLinkSessionCounters]:
        """What was counted of the link, and of its blocks, bytes and data points, over all openings."""
        return _statistics(self, "sttp_block_link_statistics")


class Input(BlockLinkInputCallbacks):
    """Publishes what comes over links, any number of them, with a publisher, whose metadata it makes of theirs."""

    _FREE = "sttp_block_link_input_free"

    def __init__(self, publisher: Publisher, **settings: Unpack[BlockLinkKeywords]) -> None:
        """The settings hold for links that are added."""
        pointer = ctypes.c_void_p()
        publisher._call("sttp_block_link_input_new", ctypes.byref(pointer))
        super().__init__(pointer.value)
        self.settings = _InputSettings(self)
        """What holds for links that are added from now on."""
        with self._making():
            self.settings.update(settings)

    def add(
        self, connection_string: str = "", *, filter: str | None = None, **settings: Unpack[BlockLinkKeywords]
    ) -> int:
        """Adds a link, as `link=udp-listen:7170; oneWay=true`, or the same as keyword arguments, and opens it. The
        filter says which signals are wanted, None all; on one-way links the sender decides. Gives its number.
        """
        number = ctypes.c_uint64()
        string = connection_string_of(connection_string, BlockLinkSettings._KEYS, dict(settings))
        self._call("sttp_block_link_input_add", string, bytes_of_text(filter), ctypes.byref(number))
        return number.value

    def remove(self, link: int) -> None:
        """Closes a link. Its rows leave the metadata of the publisher."""
        self._call("sttp_block_link_input_remove", link)

    @property
    def links(self) -> list[int]:
        """The numbers of the links."""
        return numbers_of(self, "sttp_block_link_input_links")

    def state(self, link: int) -> BlockLinkInfo:
        """Where a link stands."""
        return _state(self, "sttp_block_link_input_state", link)

    def agreed(self, link: int) -> BlockLinkAgreement:
        """What both sides of a link have agreed."""
        return _agreed(self, "sttp_block_link_input_agreed", link)

    def address(self, link: int) -> str:
        """Where a link listens, or what it is open to."""
        return self._text("sttp_block_link_input_address", link)

    def statistics(self, link: int) -> tuple[BlockLinkInputCounters, BlockLinkCounters, BlockLinkSessionCounters]:
        """What was counted of what was published, of the link, and of its blocks, bytes and data points."""
        published = c.sttp_block_link_input_counters()
        of_link = _statistics(self, "sttp_block_link_input_statistics", link, *with_sizes(published))
        return BlockLinkInputCounters._read(published), *of_link


class Output(BlockLinkOutputCallbacks):
    """Subscribes, and sends what it receives over links, any number of them, each what its other side wants."""

    _FREE = "sttp_block_link_output_free"

    def __init__(
        self, *, engine: Engine | PolledEngine | None = None, **settings: Unpack[BlockLinkKeywords]
    ) -> None:
        """The settings hold for links that are added."""
        super().__init__(made_on(engine, "sttp_block_link_output_new"))
        self.settings = _OutputSettings(self)
        """What holds for links that are added from now on."""
        with self._making():
            self.settings.update(settings)

    def open(self, connection_string: str) -> None:
        """Connects to a publisher, or listens for one, until `disconnect`, as `server=localhost:7175`."""
        self._call("sttp_block_link_output_open", bytes_of_text(connection_string))

    def disconnect(self) -> None:
        """Ends the connection to the publisher. The links stay."""
        self._call("sttp_block_link_output_close")

    def add(self, connection_string: str = "", **settings: Unpack[BlockLinkKeywords]) -> int:
        """Adds a link, as `link=serial:/dev/ttyS0,115200,8N1`, or the same as keyword arguments, and opens it. Gives
        its number.
        """
        number = ctypes.c_uint64()
        string = connection_string_of(connection_string, BlockLinkSettings._KEYS, dict(settings))
        self._call("sttp_block_link_output_add", string, ctypes.byref(number))
        return number.value

    def remove(self, link: int) -> None:
        """Closes a link."""
        self._call("sttp_block_link_output_remove", link)

    @property
    def links(self) -> list[int]:
        """The numbers of the links."""
        return numbers_of(self, "sttp_block_link_output_links")

    def state(self, link: int) -> BlockLinkInfo:
        """Where a link stands."""
        return _state(self, "sttp_block_link_output_state", link)

    def agreed(self, link: int) -> BlockLinkAgreement:
        """What both sides of a link have agreed."""
        return _agreed(self, "sttp_block_link_output_agreed", link)

    def address(self, link: int) -> str:
        """Where a link listens, or what it is open to."""
        return self._text("sttp_block_link_output_address", link)

    def statistics(self, link: int) -> tuple[int, BlockLinkCounters, BlockLinkSessionCounters]:
        """How many measurements a link did not take because too much waited, and what was counted of it, and of its
        blocks, bytes and data points.
        """
        not_taken = ctypes.c_uint64()
        of_link = _statistics(self, "sttp_block_link_output_statistics", link, ctypes.byref(not_taken))
        return not_taken.value, *of_link

    def subscription_statistics(self) -> SubscriberCounters:
        """The counters of the subscription that all links share."""
        counters = c.sttp_subscriber_counters()
        self._call("sttp_block_link_output_subscription_statistics", *with_sizes(counters))
        return SubscriberCounters._read(counters)


def _state(handle: Handle, name: str, *arguments: Any) -> BlockLinkInfo:
    record = c.sttp_block_link_info()
    handle._call(name, *arguments, *with_sizes(record))
    return BlockLinkInfo._read(record)


def _agreed(handle: Handle, name: str, *arguments: Any) -> BlockLinkAgreement:
    record = c.sttp_block_link_agreement()
    handle._call(name, *arguments, *with_sizes(record))
    return BlockLinkAgreement._read(record)


def _statistics(handle: Handle, name: str, *arguments: Any) -> tuple[BlockLinkCounters, BlockLinkSessionCounters]:
    link, session = c.sttp_block_link_counters(), c.sttp_block_link_session_counters()
    handle._call(name, *arguments, *with_sizes(link, session))
    return BlockLinkCounters._read(link), BlockLinkSessionCounters._read(session)
