"""A subscriber with the names of sttpapi."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np

import libsttp
from libsttp._arguments import Batch
from libsttp._records import Signal
from libsttp.errors import ClosedError, NotConnectedError, SttpError
from libsttp.sttpapi.config import Config
from libsttp.sttpapi.data.dataset import DataSet
from libsttp.sttpapi.gsf import Empty, Limits
from libsttp.sttpapi.metadata.cache import MetadataCache
from libsttp.sttpapi.metadata.record.measurement import MeasurementRecord
from libsttp.sttpapi.reader import MeasurementReader
from libsttp.sttpapi.settings import Settings
from libsttp.sttpapi.transport.bufferblock import BufferBlock
from libsttp.sttpapi.transport.constants import ServerCommand, ServerResponse
from libsttp.sttpapi.transport.measurement import Measurement, from_batch
from libsttp.sttpapi.transport.signalindexcache import SignalIndexCache
from libsttp.sttpapi.transport.subscriberconnection import number_of

Logger: TypeAlias = Callable[[str], None]
_CONNECTED = (libsttp.State.CONNECTED, libsttp.State.SUBSCRIBED)


class Subscriber:
    """Receives measurements. Receivers are called on the one thread that a subscriber has; see `libsttp.Subscriber`
    for whole batches as arrays.
    """

    def __init__(self) -> None:
        self.statusmessage_logger: Logger | None = self.default_statusmessage_logger
        """Is called with messages of what goes well."""
        self.errormessage_logger: Logger | None = self.default_errormessage_logger
        """Is called with messages of what goes wrong."""
        self.metadatanotification_receiver: Callable[[DataSet], None] | None = None
        """Is called with metadata that have come."""
        self.subscriptionupdated_receiver: Callable[[SignalIndexCache], None] | None = None
        """Is called with the signals of the subscription, each time they change."""
        self.data_starttime_receiver: Callable[[np.int64], None] | None = None
        """Is called with the time of the first measurement."""
        self.configurationchanged_receiver: Callable[[], None] | None = None
        """Is called when the publisher's metadata have changed."""
        self.newmeasurements_receiver: Callable[[list[Measurement]], None] | None = None
        """Is called with the measurements of each packet."""
        self.newbufferblock_receiver: Callable[[list[BufferBlock]], None] | None = None
        """Is called with buffer blocks."""
        self.notification_receiver: Callable[[str], None] | None = None
        """Is called with texts of the publisher's operators."""
        self.userresponse_receiver: Callable[[ServerResponse, ServerCommand, bytes], None] | None = None
        """Is called with answers to user commands."""
        self.historicalreadcomplete_receiver: Callable[[], None] | None = None
        """Is called at the end of historical data."""
        self.connectionestablished_receiver: Callable[[], None] | None = self.default_connectionestablished_receiver
        """Is called on each connection."""
        self.connectionterminated_receiver: Callable[[], None] | None = self.default_connectionterminated_receiver
        """Is called when a connection has ended."""
        self._config = Config()
        self._filter = ""
        self._address = ""
        self._connected = False
        self._ending = threading.Lock()
        self._received = 0
        self._signals: list[UUID] = []
        self._cache = SignalIndexCache()
        self._dataset: DataSet | None = None
        self._metadata: MetadataCache | None = None
        self._reader: MeasurementReader | None = None
        self._console = threading.Lock()
        self._engine = libsttp.Engine()
        self._native = libsttp.Subscriber(engine=self._engine)
        self._register()

    def _register(self) -> None:
        native = self._native
        native.on_connected(self._establish)
        native.on_disconnected(lambda reason, message: self._terminate())
        native.on_message(self._tell)
        native.on_metadata(self._receive_metadata)
        native.on_subscription_updated(self._update)
        native.on_measurements(self._receive)
        native.on_data_start_time(lambda time: self._call(self.data_starttime_receiver, np.int64(time)))
        native.on_configuration_changed(lambda: self._call(self.configurationchanged_receiver))
        native.on_processing_complete(lambda text: self._call(self.historicalreadcomplete_receiver))
        native.on_notification(lambda text: self._call(self.notification_receiver, text))
        native.on_buffer_block(
            lambda signal, index, data: self._call(self.newbufferblock_receiver, [BufferBlock(signal, data)])
        )
        native.on_user_response(self._receive_response)

    @staticmethod
    def _call(receiver: Callable[..., None] | None, *arguments: Any) -> None:
        if receiver is not None:
            receiver(*arguments)

    # ---- what comes ----------------------------------------------------------------------------------

    def _establish(self, address: str) -> None:
        self._connected = True
        self._call(self.connectionestablished_receiver)

    def _terminate(self) -> None:
        """Once for each connection, whoever ends it."""
        with self._ending:
            was, self._connected = self._connected, False
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.dispose()
        if was:
            self._call(self.connectionterminated_receiver)

    def _tell(self, level: libsttp.LogLevel, message: str) -> None:
        # Receivers tell of connections themselves.
        if message.startswith("Connection to ") and message.endswith("established."):
            return
        if level <= libsttp.LogLevel.WARNING:
            self.errormessage(message)
        elif level == libsttp.LogLevel.INFO:
            self.statusmessage(message)

    def _receive_metadata(self, metadata: libsttp.Metadata) -> None:
        self._dataset, self._metadata = DataSet.of(metadata), None
        tables = [f"        {table.rowcount:,} {table.name} records" for table in self._dataset]
        version = metadata.schema_version
        known = "The metadata name no schema version" if version is None else f"Metadata schema version: {version}"
        self.statusmessage("\n".join(["    Discovered:", *tables, known]))
        self._call(self.metadatanotification_receiver, self._dataset)

    def _update(self, generation: int, signals: list[Signal]) -> None:
        self._signals = [signal.signal_id for signal in signals]
        self._cache = SignalIndexCache(signals)
        self._call(self.subscriptionupdated_receiver, self._cache)

    def _receive(self, batch: Batch) -> None:
        self._received += len(batch)
        reader, receiver = self._reader, self.newmeasurements_receiver
        if reader is not None:
            reader.put(batch, self._signals)
        if receiver is not None:
            receiver(list(from_batch(batch, self._signals)))

    def _receive_response(self, response: int, command: int, data: bytes) -> None:
        self._call(
            self.userresponse_receiver,
            ServerResponse(ServerResponse.USERRESPONSE00 + response),
            ServerCommand(ServerCommand.USERCOMMAND00 + command) if command >= 0 else ServerCommand.CONNECT,
            data,
        )

    # ---- what is known -------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether a publisher is connected."""
        return self._connected

    @property
    def subscribed(self) -> bool:
        """Whether the subscription was granted."""
        return not self._native.closed and self._native.state == libsttp.State.SUBSCRIBED

    @property
    def metadatacache(self) -> MetadataCache:
        """The latest metadata, as records."""
        if self._metadata is None:
            self._metadata = MetadataCache(self._dataset)
        return self._metadata

    @property
    def activesignalindexcache(self) -> SignalIndexCache:
        """The signals of the subscription."""
        return self._cache

    @property
    def subscriberid(self) -> UUID:
        """The ID that the publisher has given; all zero when not connected."""
        try:
            return self._native.publisher_info().subscriber_id
        except (NotConnectedError, ClosedError):
            return Empty.GUID

    @property
    def total_commandchannel_bytesreceived(self) -> np.uint64:
        """Bytes received by TCP."""
        return np.uint64(self._native.statistics().command_channel_bytes_received)

    @property
    def total_datachannel_bytesreceived(self) -> np.uint64:
        """Bytes received by UDP."""
        return np.uint64(self._native.statistics().data_channel_bytes_received)

    @property
    def total_measurementsreceived(self) -> np.uint64:
        """Measurements received since the latest subscription."""
        return np.uint64(self._received)

    def measurement_metadata(self, measurement: Measurement) -> MeasurementRecord | None:
        """The description of a measurement's signal."""
        return self.metadatacache.find_measurement_signalid(measurement.signalid)

    def adjustedvalue(self, measurement: Measurement) -> np.float64:
        """The value with the multiplier and adder of its metadata applied."""
        record = self.measurement_metadata(measurement)
        value = np.float64(measurement.value)
        return value if record is None else np.float64(value * record.multiplier + record.adder)

    # ---- what is asked for ---------------------------------------------------------------------------

    def connect(self, address: str, config: Config | None = None) -> Exception | None:
        """Connects to `host:port`, and keeps the connection up; waits for the first one. Gives what is wrong."""
        host, colon, port = address.rpartition(":")
        if not colon:
            return ValueError("the address has no port: write host:port")
        if not (port.isascii() and port.isdigit() and 1 <= int(port) <= Limits.MAXUINT16):
            return ValueError(f'"{port}" is no port: 1 to {Limits.MAXUINT16} are')
        self._config = config or Config()
        self._address = address
        try:
            self._configure(self._config)
            if self._config.autosubscribe and self._filter:
                self._native.subscribe(self._filter)
            self._native.connect(address)
            return self._wait_for_connection()
        except SttpError as error:
            return error

    def _configure(self, config: Config) -> None:
        retries = int(config.maxretries)
        self._native.settings.update(
            {
                "auto_reconnect": config.autoreconnect and retries != 0,
                "max_retries": retries if retries > 0 else -1,
                "retry_interval": max(1, round(config.retryinterval * 1000)),
                "max_retry_interval": max(1, round(config.maxretryinterval * 1000)),
                "synchronize_metadata": config.autorequestmetadata,
                "metadata_filters": config.metadatafilters,
                "compression": config.compress_payloaddata,
                "compress_metadata": config.compress_metadata,
                "compress_signal_index_cache": config.compress_signalindexcache,
                "version": int(config.version),
            }
        )

    def _wait_for_connection(self) -> Exception | None:
        while True:
            if self._native.closed:
                return RuntimeError("the connection was canceled")
            if self._connected or self._native.state in _CONNECTED:
                return None
            if self._native.state == libsttp.State.IDLE:
                return RuntimeError("all attempts to connect have failed")
            time.sleep(0.01)

    def disconnect(self) -> None:
        """Ends the connection."""
        if not self._native.closed:
            self._native.disconnect()
        # Whoever receives may wait for a thread that does not read any more.
        reader = self._reader
        if reader is not None:
            reader.dispose()

    def dispose(self) -> None:
        """Ends everything."""
        self.disconnect()
        self._terminate()
        self._native.close()
        self._engine.close()

    def request_metadata(self) -> None:
        """Asks for the publisher's metadata."""
        self._native.request_metadata(self._config.metadatafilters or None)

    def subscribe(self, filterexpression: str, settings: Settings | None = None) -> None:
        """Says what is wanted: at once while connected, else on the next connection."""
        settings = settings or Settings()
        udp = int(settings.udpport) > 0
        self._native.settings.update(
            {
                "throttled": settings.throttled,
                "publish_interval": float(settings.publishinterval),
                "data_channel_port": int(settings.udpport) if udp else "",
                "data_channel_interface": settings.udpinterface if udp else "",
                "include_time": settings.includetime,
                "enable_time_reasonability_check": settings.enabletimereasonabilitycheck,
                "lag_time": float(settings.lagtime),
                "lead_time": float(settings.leadtime),
                "use_local_clock_as_real_time": settings.uselocalclockasrealtime,
                "use_millisecond_resolution": settings.use_millisecondresolution,
                "request_nan_value_filter": settings.request_nanvaluefilter,
                "start_time_constraint": settings.starttime,
                "stop_time_constraint": settings.stoptime,
                "time_constraint_parameters": settings.constraintparameters,
                "processing_interval": int(settings.processinginterval),
                "extra_parameters": settings.extra_connectionstring_parameters,
            }
        )
        self._filter = filterexpression
        self._received = 0
        if self._connected:
            self._native.subscribe(filterexpression)

    def unsubscribe(self) -> None:
        """Ends the subscription; the connection stays."""
        self._native.unsubscribe()

    def read_measurements(self) -> MeasurementReader:
        """A reader of the measurements that come from now on; the same until the connection ends."""
        with self._ending:
            if self._reader is None:
                self._reader = MeasurementReader()
            if self._native.closed:
                self._reader.dispose()
            return self._reader

    def send_usercommand(self, commandcode: ServerCommand, data: bytes | bytearray | None = None) -> None:
        """Sends a user command."""
        self._native.send_user_command(number_of(commandcode, ServerCommand.USERCOMMAND00), bytes(data or b""))

    # ---- messages ------------------------------------------------------------------------------------

    def statusmessage(self, message: str) -> None:
        """Gives a message to the logger of what goes well."""
        self._call(self.statusmessage_logger, message)

    def errormessage(self, message: str) -> None:
        """Gives a message to the logger of what goes wrong."""
        self._call(self.errormessage_logger, message)

    def default_statusmessage_logger(self, message: str) -> None:
        """Prints a message."""
        with self._console:
            print(message, flush=True)

    def default_errormessage_logger(self, message: str) -> None:
        """Prints a message to stderr."""
        with self._console:
            print(message, file=sys.stderr, flush=True)

    def default_connectionestablished_receiver(self) -> None:
        """Tells of the connection."""
        self.statusmessage(f"Connection to {self._address} established.")

    def default_connectionterminated_receiver(self) -> None:
        """Tells of its end."""
        self.errormessage(f"Connection to {self._address} terminated.")

    # ---- setters, as older programs have them --------------------------------------------------------

    def set_statusmessage_logger(self, callback: Logger | None) -> None:
        """Sets `statusmessage_logger`."""
        self.statusmessage_logger = callback

    def set_errormessage_logger(self, callback: Logger | None) -> None:
        """Sets `errormessage_logger`."""
        self.errormessage_logger = callback

    def set_metadatanotification_receiver(self, callback: Callable[[DataSet], None] | None) -> None:
        """Sets `metadatanotification_receiver`."""
        self.metadatanotification_receiver = callback

    def set_subscriptionupdated_receiver(self, callback: Callable[[SignalIndexCache], None] | None) -> None:
        """Sets `subscriptionupdated_receiver`."""
        self.subscriptionupdated_receiver = callback

    def set_data_starttime_receiver(self, callback: Callable[[np.int64], None] | None) -> None:
        """Sets `data_starttime_receiver`."""
        self.data_starttime_receiver = callback

    def set_configurationchanged_receiver(self, callback: Callable[[], None] | None) -> None:
        """Sets `configurationchanged_receiver`."""
        self.configurationchanged_receiver = callback

    def set_newmeasurements_receiver(self, callback: Callable[[list[Measurement]], None] | None) -> None:
        """Sets `newmeasurements_receiver`."""
        self.newmeasurements_receiver = callback

    def set_newbufferblock_receiver(self, callback: Callable[[list[BufferBlock]], None] | None) -> None:
        """Sets `newbufferblock_receiver`."""
        self.newbufferblock_receiver = callback

    def set_notification_receiver(self, callback: Callable[[str], None] | None) -> None:
        """Sets `notification_receiver`."""
        self.notification_receiver = callback

    def set_historicalreadcomplete_receiver(self, callback: Callable[[], None] | None) -> None:
        """Sets `historicalreadcomplete_receiver`."""
        self.historicalreadcomplete_receiver = callback

    def set_connectionestablished_receiver(self, callback: Callable[[], None] | None) -> None:
        """Sets `connectionestablished_receiver`."""
        self.connectionestablished_receiver = callback

    def set_connectionterminated_receiver(self, callback: Callable[[], None] | None) -> None:
        """Sets `connectionterminated_receiver`."""
        self.connectionterminated_receiver = callback
