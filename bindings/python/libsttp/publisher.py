"""Publishers: they send measurements to subscribers."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, Unpack
from uuid import UUID

from libsttp import _declarations as c
from libsttp._arguments import Batch, measurements_of
from libsttp._callbacks import PublisherCallbacks
from libsttp._library import bytes_of_text, guid_from
from libsttp._records import Connection, HistoryExtent, Latency, PublisherCounters
from libsttp._settings import PublisherSettings
from libsttp._visit import visit
from libsttp.engine import Engine, PolledEngine, made_on
from libsttp.history import HistorySource, register_source
from libsttp.metadata import Metadata

if TYPE_CHECKING:
    from libsttp._settings import PublisherKeywords

ALL = 0
"""In the place of a connection's number: all of them."""


class Publisher(PublisherCallbacks):
    """Sends measurements to any number of subscribers, to each those that it asked for.

    Make it, with settings as keyword arguments, set the metadata, which describe the signals, and start it.
    """

    _FREE = "sttp_publisher_free"
    _END = "sttp_publisher_stop"

    def __init__(
        self,
        metadata: Metadata | None = None,
        *,
        engine: Engine | PolledEngine | None = None,
        **settings: Unpack[PublisherKeywords],
    ) -> None:
        super().__init__(made_on(engine, "sttp_publisher_new"))
        self.settings = PublisherSettings(self)
        """The settings, as attributes; they hold from the next start on."""
        with self._making():
            self.settings.update(settings)
            if metadata is not None:
                self.set_metadata(metadata)

    # ---- start and stop ------------------------------------------------------------------------------

    def set_metadata(self, metadata: Metadata) -> None:
        """Sets what is published, also while it runs: subscribers are told, and subscriptions follow."""
        pointer = metadata._enter()
        try:
            self._call("sttp_publisher_set_metadata", pointer)
        finally:
            metadata._leave()

    def start(self, address: str) -> None:
        """Starts to listen at `host:port`: `127.0.0.1:7175`, `[::]:7175`, port 0 for any free one."""
        self._call("sttp_publisher_start", bytes_of_text(address))

    def open(self, connection_string: str | None = None) -> None:
        """Does what a connection string says, as `port=7165; overflow=wait`: sets it, listens or connects."""
        self._call("sttp_publisher_open", bytes_of_text(connection_string))

    def configure(self, connection_string: str) -> None:
        """Sets what a connection string says, all of it or, after a mistake, nothing."""
        self._call("sttp_publisher_configure", bytes_of_text(connection_string))

    def stop(self) -> None:
        """Stops listening and connecting, and closes connections when they have taken what is queued for them."""
        self._call("sttp_publisher_stop")

    def connect(self, address: str) -> None:
        """Connects to a subscriber that listens, and keeps the connection up until `disconnect_from` or `stop`."""
        self._call("sttp_publisher_connect", bytes_of_text(address))

    def disconnect_from(self, address: str) -> None:
        """Ends the connection that `connect` was called for."""
        self._call("sttp_publisher_disconnect_from", bytes_of_text(address))

    def disconnect(self, connection: Connection | int) -> None:
        """Ends a connection, after it has taken what is queued for it."""
        self._call("sttp_publisher_disconnect", _id(connection))

    @property
    def address(self) -> str:
        """The address that it listens on, with the port that the system chose."""
        return self._text("sttp_publisher_address")

    # ---- publishing ----------------------------------------------------------------------------------

    def publish(self, measurements: Batch) -> None:
        """Publishes an array of `libsttp.MEASUREMENT` by `signal_id`. The array is read during the call, without a
        copy in Python, and other threads go on meanwhile: do not write to it then.
        """
        self._publish("sttp_publisher_publish", measurements)

    def publish_indexed(self, measurements: Batch) -> None:
        """The same by `signal_index`, which saves a look-up for each: the row of the signal in the metadata."""
        self._publish("sttp_publisher_publish_indexed", measurements)

    def publish_to(self, connection: Connection | int, measurements: Batch) -> None:
        """Publishes to one connection, as the latest values to a subscriber that has just come."""
        self._publish("sttp_publisher_publish_to", measurements, _id(connection))

    def _publish(self, name: str, measurements: Batch, *arguments: Any) -> None:
        self._call(name, *arguments, *measurements_of(measurements))

    def signal_index(self, signal_id: UUID | bytes | str) -> int:
        """The signal index of a signal: the row of its measurement in the metadata."""
        index = ctypes.c_uint32()
        self._call("sttp_publisher_signal_index", ctypes.byref(guid_from(signal_id)), ctypes.byref(index))
        return index.value

    def flush(self, timeout: float | None = None) -> None:
        """Waits until what was published is in the hands of the system. Raises TimedOutError."""
        self._flush("sttp_publisher_flush", timeout)

    def send_buffer_block(self, signal_id: UUID | bytes | str, data: bytes, *, confirm: bool = False) -> None:
        """Sends opaque bytes of a signal to every subscriber that has the signal."""
        guid = ctypes.byref(guid_from(signal_id))
        self._call("sttp_publisher_send_buffer_block", guid, data, len(data), int(confirm))

    # ---- subscribers ---------------------------------------------------------------------------------

    def connections(self) -> list[Connection]:
        """All connections there are."""
        return visit(self, "sttp_publisher_for_each_connection", c.sttp_connection_fn, Connection._read)

    def notify(self, message: str, connection: Connection | int = ALL) -> int:
        """Sends a text to the operators of one subscriber, or of all. What is given back names it in
        `on_notification`.
        """
        number = ctypes.c_uint32()
        self._call("sttp_publisher_notify", _id(connection), bytes_of_text(message), ctypes.byref(number))
        return number.value

    def send_user_response(
        self, connection: Connection | int, command: int, data: bytes = b"", *, response: int = 0
    ) -> None:
        """Answers user command 0 to 15 with user response 0 to 15."""
        arguments = (_id(connection), command, response, data, len(data))
        self._call("sttp_publisher_send_user_response", *arguments)

    def succeed_user_command(self, connection: Connection | int, command: int, message: str = "") -> None:
        """Answers a user command: it succeeded."""
        self._call("sttp_publisher_succeed_user_command", _id(connection), command, bytes_of_text(message))

    def fail_user_command(self, connection: Connection | int, command: int, message: str = "") -> None:
        """Answers a user command: it failed, for this reason."""
        self._call("sttp_publisher_fail_user_command", _id(connection), command, bytes_of_text(message))

    def announce_configuration_change(self) -> None:
        """Tells all subscribers that the configuration has changed. `set_metadata` does so by itself."""
        self._call("sttp_publisher_announce_configuration_change")

    def refuse_metadata(self, why: str | None, connection: Connection | int = ALL) -> None:
        """Refuses metadata from now on, to one subscriber or to all; None gives them again."""
        self._call("sttp_publisher_refuse_metadata", _id(connection), bytes_of_text(why))

    # ---- rights and certificates ---------------------------------------------------------------------

    def set_rights(self, connection: Connection | int, name: str, rights: str | None) -> None:
        """Grants a subscriber other rights, as `signals={ALLOW WHERE SignalType = 'FREQ'}; udp=false`; None for what
        the file of rights says.
        """
        self._call("sttp_publisher_set_rights", _id(connection), bytes_of_text(name), bytes_of_text(rights))

    def reload_rights(self) -> None:
        """Reads the file of rights again, at once."""
        self._call("sttp_publisher_reload_rights")

    def reload_certificates(self) -> None:
        """Reads certificates, keys and revocation lists again, for the connections to come."""
        self._call("sttp_publisher_reload_certificates")

    # ---- history -------------------------------------------------------------------------------------

    def set_history_source(self, source: HistorySource | None) -> None:
        """Sets who reads historical data for subscribers, in place of what `history_duration` keeps: see
        `libsttp.history`.
        """
        register_source(self, source)

    def end_playback(self, connection: Connection | int, message: str = "") -> None:
        """Ends the historical data of a subscriber, which is told why."""
        self._call("sttp_publisher_end_playback", _id(connection), bytes_of_text(message))

    def history_extent(self) -> HistoryExtent:
        """What is kept in memory of what was published."""
        extent = c.sttp_history_extent()
        self._call("sttp_publisher_history_extent", ctypes.byref(extent), ctypes.sizeof(extent))
        return HistoryExtent._read(extent)

    # ---- what is known -------------------------------------------------------------------------------

    def statistics(self) -> PublisherCounters:
        """What is counted, since it was made."""
        counters = c.sttp_publisher_counters()
        self._call("sttp_publisher_statistics", ctypes.byref(counters), ctypes.sizeof(counters))
        return PublisherCounters._read(counters)

    def latency_statistics(self) -> tuple[Latency, Latency]:
        """How late measurements were when they were queued: all, and those of the latest second."""
        total, recent = c.sttp_latency(), c.sttp_latency()
        self._call("sttp_publisher_latency_statistics", ctypes.byref(total), ctypes.byref(recent))
        return Latency._read(total), Latency._read(recent)




def _id(connection: Connection | int) -> int:
    return connection.id if isinstance(connection, Connection) else connection
