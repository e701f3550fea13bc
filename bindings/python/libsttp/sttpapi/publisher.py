"""A publisher with the names of sttpapi."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import numpy as np

import libsttp
from libsttp._arguments import Batch
from libsttp._records import Connection
from libsttp.errors import ClosedError, SttpError
from libsttp.sttpapi.data.dataset import DataSet
from libsttp.sttpapi.metadata.cache import measurement_of
from libsttp.sttpapi.metadata.record.measurement import MeasurementRecord
from libsttp.sttpapi.metadata.signaltype import SignalType
from libsttp.sttpapi.transport.constants import ServerCommand, ServerResponse
from libsttp.sttpapi.transport.measurement import Measurement, to_batch
from libsttp.sttpapi.transport.subscriberconnection import SubscriberConnection

Logger: TypeAlias = Callable[[str], None]


class Publisher:
    """Sends measurements to subscribers; see `libsttp.Publisher` for publishing whole arrays."""

    def __init__(self) -> None:
        self.statusmessage_logger: Logger | None = self.default_statusmessage_logger
        """Is called with messages of what goes well."""
        self.errormessage_logger: Logger | None = self.default_errormessage_logger
        """Is called with messages of what goes wrong."""
        self.clientconnected_receiver: Callable[[SubscriberConnection], None] | None = (
            self.default_clientconnected_receiver
        )
        """Is called when a subscriber has connected."""
        self.clientdisconnected_receiver: Callable[[SubscriberConnection], None] | None = (
            self.default_clientdisconnected_receiver
        )
        """Is called when a subscriber has gone."""
        self.usercommand_receiver: Callable[[SubscriberConnection, ServerCommand, bytes], None] | None = None
        """Is called with user commands."""
        self.listen_address = ""
        """The address to listen on, which sttpapi does not have: all of this machine when empty."""
        self._metadata: libsttp.Metadata | None = None
        self._path: Path | None = None
        self._started = False
        self._console = threading.Lock()
        self._native = libsttp.Publisher()
        self._native.on_connected(lambda one: self._call(self.clientconnected_receiver, self._of(one)))
        self._native.on_disconnected(
            lambda one, reason, message: self._call(self.clientdisconnected_receiver, self._of(one))
        )
        self._native.on_message(self._tell)
        self._native.on_user_command(self._receive_command)

    def dispose(self) -> None:
        """Ends everything."""
        self._started = False
        self._native.close()

    @staticmethod
    def _call(receiver: Callable[..., None] | None, *arguments: Any) -> None:
        if receiver is not None:
            receiver(*arguments)

    def _of(self, connection: Connection) -> SubscriberConnection:
        return SubscriberConnection(self._native, connection)

    def _tell(self, level: libsttp.LogLevel, message: str) -> None:
        if level <= libsttp.LogLevel.WARNING:
            self._call(self.errormessage_logger, message)
        elif level == libsttp.LogLevel.INFO:
            self._call(self.statusmessage_logger, message)

    def _receive_command(self, connection_id: int, command: int, data: bytes) -> None:
        connection = next((one for one in self._native.connections() if one.id == connection_id), None)
        if connection is None:
            return
        if self.usercommand_receiver is None:
            self._native.fail_user_command(connection, command, "user commands are not supported here")
            return
        code = ServerCommand(ServerCommand.USERCOMMAND00 + command)
        self.usercommand_receiver(self._of(connection), code, data)

    # ---- start and stop ------------------------------------------------------------------------------

    def start(self, port: int, ipv6: bool = False) -> None:
        """Starts to listen on a port of `listen_address`, which is all addresses of this machine if it is not set."""
        host = self.listen_address or ("::" if ipv6 else "0.0.0.0")
        self._native.start(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        self._started = True

    def stop(self) -> None:
        """Stops; subscribers are disconnected."""
        self._started = False
        if not self._native.closed:
            self._native.stop()

    @property
    def address(self) -> str:
        """Where it listens, with the port that the system chose."""
        return self._native.address

    @property
    def started(self) -> bool:
        """Whether it listens."""
        return self._started

    @property
    def subscriber_connections(self) -> list[SubscriberConnection]:
        """The subscribers that are connected."""
        return [self._of(one) for one in self._native.connections()]

    # ---- metadata ------------------------------------------------------------------------------------

    def define_metadata(self, metadata: DataSet) -> None:
        """Sets what is published."""
        self._metadata = metadata.native()
        self._native.set_metadata(self._metadata)

    def filter_metadata(self, filter_expression: str) -> list[MeasurementRecord]:
        """The enabled measurements of the metadata for which a condition holds. What is wrong goes to the logger."""
        if self._metadata is None:
            self._call(self.errormessage_logger, "there are no metadata to filter: define_metadata sets them")
            return []
        try:
            rows = self._metadata.select_rows(filter_expression or "True", "MeasurementDetail")
        except SttpError as error:
            self._call(self.errormessage_logger, f"the metadata cannot be filtered: {error}")
            return []
        found = [self._metadata.measurements[row] for _, row in rows]
        return [measurement_of(one) for one in found if one.enabled]

    # ---- metadata in a file --------------------------------------------------------------------------

    @property
    def metadata_path(self) -> str | None:
        """A file with metadata, to which `define_output_...` add; made when it is not there."""
        return str(self._path) if self._path else None

    @metadata_path.setter
    def metadata_path(self, value: str) -> None:
        self._path = Path(value)
        if not self._path.exists():
            with libsttp.MetadataBuilder() as builder:
                self._write(builder)

    def load_metadata(self) -> Exception | None:
        """Publishes the metadata of the file; gives what is wrong."""
        dataset, error = DataSet.from_xml(self._file().read_bytes())
        if error is None:
            self.define_metadata(dataset)
        return error

    def _file(self) -> Path:
        if self._path is None:
            raise ValueError("there is no file of metadata: set metadata_path")
        return self._path

    def _read(self) -> libsttp.Metadata:
        return libsttp.Metadata.parse(self._file().read_bytes())

    def _write(self, builder: libsttp.MetadataBuilder) -> None:
        self._file().write_text(builder.finish().to_xml(), encoding="utf-8")

    def define_output_source(self, name: str, acronym: str | None = None) -> str:
        """Adds a device to the file, if it is not there; gives its acronym."""
        acronym = self.get_valid_acronym(acronym or name)
        metadata = self._read()
        if metadata.find_device(acronym) is None:
            with libsttp.MetadataBuilder(metadata) as builder:
                builder.add_device(acronym, name, 1, ProtocolName="STTP")
                self._write(builder)
        return acronym

    def define_output_measurement(
        self,
        deviceacronym: str,
        pointtag: str,
        description: str,
        signaltype: str | SignalType = SignalType.CALC,
        sourceindex: int | None = None,
    ) -> UUID:
        """Adds a measurement to the file, if there is none with the point tag; gives its signal."""
        device, tag = self.get_valid_acronym(deviceacronym), self.get_valid_acronym(pointtag)
        metadata = self._read()
        row = metadata.find_measurement_by_tag(tag)
        if row is not None:
            return metadata.measurements[row].signal_id
        kind = signaltype.acronym if isinstance(signaltype, SignalType) else self.get_valid_acronym(signaltype)
        signal = uuid4()
        numbers = [one.id.rpartition(":")[2] for one in metadata.measurements if one.id.startswith(f"{device}:")]
        number = max([int(text) for text in numbers if text.isdigit()], default=0) + 1
        with libsttp.MetadataBuilder(metadata) as builder:
            builder.add_measurement(
                signal,
                f"{device}:{number}",
                signal_type=kind,
                device_acronym=device,
                point_tag=tag,
                signal_reference=_reference(device, kind, sourceindex),
                phasor_source_index=sourceindex or 0 if kind in _PHASOR_PARTS else 0,
                description=description,
            )
            self._write(builder)
        return signal

    def define_output_phasor(
        self,
        deviceacronym: str,
        label: str,
        phasortype: str,
        phase: str,
        sourceindex: int,
        destination_phasor_id: int = 0,
    ) -> int:
        """Adds a phasor to the file, if the device has none of the number; gives its ID."""
        device = self.get_valid_acronym(deviceacronym)
        metadata = self._read()
        for phasor in metadata.phasors:
            if (phasor.device_acronym, phasor.source_index) == (device, sourceindex):
                return phasor.id
        number = max([phasor.id for phasor in metadata.phasors], default=0) + 1
        with libsttp.MetadataBuilder(metadata) as builder:
            cells = {"ID": number, "DestinationPhasorID": destination_phasor_id or None}
            builder.add_phasor(device, label, phasortype, phase, sourceindex, **cells)
            self._write(builder)
        return number

    def get_signal_id(self, point_tag: str) -> UUID | None:
        """The signal with a point tag in the file."""
        metadata = self._read()
        row = metadata.find_measurement_by_tag(point_tag)
        return None if row is None else metadata.measurements[row].signal_id

    def get_valid_acronym(self, acronym: str) -> str:
        """A name as acronyms are written: capitals, digits and a few signs."""
        return re.sub(r"[^A-Z0-9\-!_.@#$]", "", acronym.upper())

    # ---- publishing ----------------------------------------------------------------------------------

    def publish_measurements(self, measurements: Sequence[Measurement] | Batch) -> None:
        """Publishes measurements, or an array of `libsttp.MEASUREMENT`; nothing when it is not started."""
        if not self._started or len(measurements) == 0:
            return
        batch = measurements if isinstance(measurements, np.ndarray) else to_batch(measurements)
        try:
            self._native.publish(batch)
        except ClosedError:
            # Stopped by another thread meanwhile.
            return

    def send_userresponse(
        self,
        connection: SubscriberConnection,
        responsecode: ServerResponse,
        commandcode: ServerCommand,
        data: bytes | bytearray | None = None,
    ) -> None:
        """Answers a user command of a subscriber."""
        connection.send_response(responsecode, commandcode, data)

    def broadcast_userresponse(
        self, responsecode: ServerResponse, commandcode: ServerCommand, data: bytes | bytearray | None = None
    ) -> None:
        """Sends a user response to all subscribers."""
        for connection in self.subscriber_connections:
            connection.send_response(responsecode, commandcode, data)

    def broadcast_buffer_block(
        self, signalid: UUID, buffer: bytes | bytearray, require_confirmation: bool = True
    ) -> int:
        """Sends opaque bytes of a signal to all who have subscribed it; gives how many subscribers there are."""
        self._native.send_buffer_block(signalid, bytes(buffer), confirm=require_confirmation)
        return sum(one.subscribed for one in self._native.connections())

    # ---- limits --------------------------------------------------------------------------------------

    @property
    def maximum_allowed_connections(self) -> int:
        """How many subscribers may connect; -1 for any number. Holds from the next start on, as the other limits."""
        return self._native.settings.max_connections or -1

    @maximum_allowed_connections.setter
    def maximum_allowed_connections(self, value: int) -> None:
        self._native.settings.max_connections = max(0, value)

    @property
    def is_metadata_refresh_allowed(self) -> bool:
        """Whether subscribers may ask for metadata."""
        return self._native.settings.allow_metadata_refresh

    @is_metadata_refresh_allowed.setter
    def is_metadata_refresh_allowed(self, value: bool) -> None:
        self._native.settings.allow_metadata_refresh = value

    @property
    def is_nan_value_filter_allowed(self) -> bool:
        """Whether subscribers may have values that are not a number left out."""
        return self._native.settings.allow_nan_value_filter

    @is_nan_value_filter_allowed.setter
    def is_nan_value_filter_allowed(self, value: bool) -> None:
        self._native.settings.allow_nan_value_filter = value

    @property
    def is_nan_value_filter_forced(self) -> bool:
        """Whether these are always left out."""
        return self._native.settings.force_nan_value_filter

    @is_nan_value_filter_forced.setter
    def is_nan_value_filter_forced(self, value: bool) -> None:
        self._native.settings.force_nan_value_filter = value

    # ---- messages ------------------------------------------------------------------------------------

    def default_statusmessage_logger(self, message: str) -> None:
        """Prints a message."""
        with self._console:
            print(message, flush=True)

    def default_errormessage_logger(self, message: str) -> None:
        """Prints a message to stderr."""
        with self._console:
            print(f"ERROR: {message}", file=sys.stderr, flush=True)

    def default_clientconnected_receiver(self, connection: SubscriberConnection) -> None:
        """Prints who has connected."""
        self.default_statusmessage_logger(f"Client connected: {connection.connection_id}")

    def default_clientdisconnected_receiver(self, connection: SubscriberConnection) -> None:
        """Prints who has gone."""
        self.default_statusmessage_logger(f"Client disconnected: {connection.connection_id}")


_PHASOR_PARTS = {"IPHM": "PM", "VPHM": "PM", "IPHA": "PA", "VPHA": "PA"}
_REFERENCES = _PHASOR_PARTS | {
    "FREQ": "FQ", "DFDT": "DF", "FLAG": "SF", "DIGI": "DV", "ALOG": "AV", "CALC": "CV", "STAT": "ST", "ALRM": "AL",
    "QUAL": "QF",
}  # fmt: skip


def _reference(device: str, kind: str, number: int | None) -> str:
    """The signal reference of a kind of signals, as `SHELBY-PA1`."""
    return f"{device}-{_REFERENCES.get(kind, kind)}{number if number is not None else ''}"
