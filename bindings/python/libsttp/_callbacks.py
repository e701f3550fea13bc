"""Methods that register callbacks.

Generated from include/sttp.h and the tables of the library by bindings/generate.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from libsttp import _declarations as c
from libsttp._arguments import Admission, Batch, admit, batch_of, bytes_of, signals_of
from libsttp._c37118 import Configuration
from libsttp._constants import BlockLinkAnswer, Command, LogLevel, Schema, Status
from libsttp._handle import Handle
from libsttp._library import guid_of, text_of
from libsttp._records import Audit, BlockLinkAgreement, Connection, Peer, Signal
from libsttp.metadata import Metadata

AuditFunction = TypeVar(
    "AuditFunction", bound="Callable[[Audit], object] | None"
)
BatchFunction = TypeVar(
    "BatchFunction", bound="Callable[[Batch], object] | None"
)
BytesFunction = TypeVar(
    "BytesFunction", bound="Callable[[bytes], object] | None"
)
CommandStrFunction = TypeVar(
    "CommandStrFunction", bound="Callable[[Command, str], object] | None"
)
ConnectionFunction = TypeVar(
    "ConnectionFunction", bound="Callable[[Connection], object] | None"
)
ConnectionStatusStrFunction = TypeVar(
    "ConnectionStatusStrFunction", bound="Callable[[Connection, Status, str], object] | None"
)
Function = TypeVar(
    "Function", bound="Callable[[], object] | None"
)
IntBlocklinkagreementFunction = TypeVar(
    "IntBlocklinkagreementFunction", bound="Callable[[int, BlockLinkAgreement], object] | None"
)
IntBlocklinkanswerIntStrFunction = TypeVar(
    "IntBlocklinkanswerIntStrFunction", bound="Callable[[int, BlockLinkAnswer, int, str], object] | None"
)
IntBytesFunction = TypeVar(
    "IntBytesFunction", bound="Callable[[int, bytes], object] | None"
)
IntConfigurationBytesFunction = TypeVar(
    "IntConfigurationBytesFunction", bound="Callable[[int, Configuration, bytes], object] | None"
)
IntConfigurationFunction = TypeVar(
    "IntConfigurationFunction", bound="Callable[[int, Configuration], object] | None"
)
IntFunction = TypeVar(
    "IntFunction", bound="Callable[[int], object] | None"
)
IntIntBoolFunction = TypeVar(
    "IntIntBoolFunction", bound="Callable[[int, int, bool], object] | None"
)
IntIntBytesFunction = TypeVar(
    "IntIntBytesFunction", bound="Callable[[int, int, bytes], object] | None"
)
IntIntFunction = TypeVar(
    "IntIntFunction", bound="Callable[[int, int], object] | None"
)
IntIntIntFunction = TypeVar(
    "IntIntIntFunction", bound="Callable[[int, int, int], object] | None"
)
IntIntStrNoneFunction = TypeVar(
    "IntIntStrNoneFunction", bound="Callable[[int, int, str | None], object] | None"
)
IntListSignalFunction = TypeVar(
    "IntListSignalFunction", bound="Callable[[int, list[Signal]], object] | None"
)
IntLoglevelStrFunction = TypeVar(
    "IntLoglevelStrFunction", bound="Callable[[int, LogLevel, str], object] | None"
)
IntMetadataFunction = TypeVar(
    "IntMetadataFunction", bound="Callable[[int, Metadata], object] | None"
)
IntStatusStrFunction = TypeVar(
    "IntStatusStrFunction", bound="Callable[[int, Status, str], object] | None"
)
IntStrFunction = TypeVar(
    "IntStrFunction", bound="Callable[[int, str], object] | None"
)
IntStrStrFunction = TypeVar(
    "IntStrStrFunction", bound="Callable[[int, str, str], object] | None"
)
LoglevelStrFunction = TypeVar(
    "LoglevelStrFunction", bound="Callable[[LogLevel, str], object] | None"
)
MetadataFunction = TypeVar(
    "MetadataFunction", bound="Callable[[Metadata], object] | None"
)
PeerAdmissionFunction = TypeVar(
    "PeerAdmissionFunction", bound="Callable[[Peer, Admission], object] | None"
)
SchemaMetadataFunction = TypeVar(
    "SchemaMetadataFunction", bound="Callable[[Schema, Metadata], object] | None"
)
StatusStrFunction = TypeVar(
    "StatusStrFunction", bound="Callable[[Status, str], object] | None"
)
StrFunction = TypeVar(
    "StrFunction", bound="Callable[[str], object] | None"
)
StrIntIntFunction = TypeVar(
    "StrIntIntFunction", bound="Callable[[str, int, int], object] | None"
)
StrStatusStrFunction = TypeVar(
    "StrStatusStrFunction", bound="Callable[[str, Status, str], object] | None"
)
UuidIntBytesFunction = TypeVar(
    "UuidIntBytesFunction", bound="Callable[[UUID, int, bytes], object] | None"
)


class SubscriberCallbacks(Handle):
    """Each method registers a function in the place of an earlier one; None removes it.

    All give the function back, so that they can be decorators. Functions are called on the thread of
    the engine, one at a time for each handle; what they raise goes to `callback_error`.
    """

    def on_connected(self, callback: StrFunction) -> StrFunction:
        """Registers who is told that a connection is established, each time.
        A connection is established.

        address: The publisher's, as `127.0.0.1:7175`; valid during the call.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_connected",
            c.sttp_connected_fn,
            None if call is None else lambda address: call(text_of(address)),
            callback,
        )
        return callback

    def on_disconnected(self, callback: StatusStrFunction) -> StatusStrFunction:
        """Registers who is told that a connection has ended or could not be made, each time, and why.
        A connection has ended, or could not be made. When another attempt is to follow, the callback for that
        is called next.

        reason: STTP_OK when the program asked for it, else why, as STTP_ERR_TIMEOUT.
        message: The reason as a sentence, empty for STTP_OK; valid during the call.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_disconnected",
            c.sttp_disconnected_fn,
            None if call is None else lambda reason, message: call(Status(reason), text_of(message)),
            callback,
        )
        return callback

    def on_reconnecting(self, callback: IntIntFunction) -> IntIntFunction:
        """Registers who is told that an attempt to connect again follows.
        The next attempt to connect follows after a delay.

        attempt: Number of that attempt since the connection was lost, from 1.
        delay_ms: Milliseconds until then.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_reconnecting",
            c.sttp_reconnecting_fn,
            None if call is None else lambda attempt, delay_ms: call(attempt, delay_ms),
            callback,
        )
        return callback

    def on_metadata(self, callback: MetadataFunction) -> MetadataFunction:
        """Registers who receives metadata.
        Metadata were received.

        metadata: The metadata; valid during the call. Keep them with sttp_metadata_clone.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_metadata",
            c.sttp_metadata_fn,
            None if call is None else lambda metadata: call(Metadata._clone_of(metadata)),
            callback,
        )
        return callback

    def on_metadata_document(self, callback: BytesFunction) -> BytesFunction:
        """Registers who receives the documents of metadata as they came.
        Metadata were received: the document as it came, but not compressed, before it is handed over as
        metadata; also one that cannot be used.

        xml: The document, without a NUL; valid during the call. None when it is empty, or could not be
        decompressed.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_metadata_document",
            c.sttp_metadata_document_fn,
            None if call is None else lambda xml, length: call(bytes_of(xml, length)),
            callback,
        )
        return callback

    def on_subscription_updated(self, callback: IntListSignalFunction) -> IntListSignalFunction:
        """Registers who is told the signals of the subscription: when it is granted, on each connection, and
        whenever the publisher changes them.
        The publisher granted a subscription, or changed it. From here on, `signal_index` of received
        measurements is the row of their signal here.

        generation: Number of the signals on this connection; grows with each update.
        signals: The signals, in the order of their signal indexes: `signals[i]->signal_id`. They and their
        texts are valid during the call.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_subscription_updated",
            c.sttp_subscription_updated_fn,
            None if call is None else lambda generation, signals, count: call(generation, signals_of(signals, count)),
            callback,
        )
        return callback

    def on_measurements(self, callback: BatchFunction, *, copy: bool = True) -> BatchFunction:
        """Registers who receives measurements: one call for each packet. Not called with a read queue.
        The function is handed an array of `libsttp.MEASUREMENT`. It is a copy that may be kept, unless `copy`
        is false: then it is the library's own memory, to be read during the call only. A function that keeps
        such an array, or a view of it, beyond its call is reported as one that raises.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_measurements",
            c.sttp_measurements_fn,
            None if call is None else lambda at, count: batch_of(at, count, call, copy),
            callback,
        )
        return callback

    def on_data_start_time(self, callback: IntFunction) -> IntFunction:
        """Registers who is told the time of a subscription's first measurement.
        The publisher told the time of the first measurement of the subscription.

        timestamp: Ticks: units of 100 ns since 0001-01-01 UTC.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_data_start_time",
            c.sttp_data_start_time_fn,
            None if call is None else lambda timestamp: call(timestamp),
            callback,
        )
        return callback

    def on_configuration_changed(self, callback: Function) -> Function:
        """Registers who is told that the publisher's metadata have changed.
        The publisher's metadata have changed; request them and subscribe again as needed.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_configuration_changed",
            c.sttp_configuration_changed_fn,
            None if call is None else lambda: call(),
            callback,
        )
        return callback

    def on_request_succeeded(self, callback: CommandStrFunction) -> CommandStrFunction:
        """Registers who is told that the publisher did what was requested: subscribe, unsubscribe, a user command.
        Answers with more than words have callbacks of their own.
        The publisher did what was requested.

        command: STTP_COMMAND_...: what was requested.
        message: The publisher's words, may be empty; valid during the call.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_request_succeeded",
            c.sttp_request_succeeded_fn,
            None if call is None else lambda command, message: call(Command(command), text_of(message)),
            callback,
        )
        return callback

    def on_request_failed(self, callback: CommandStrFunction) -> CommandStrFunction:
        """Registers who is told that the publisher refused a request, as a subscription.
        The publisher refused a request, or it was not sent, because the connection ended before.

        command: STTP_COMMAND_...: what was requested.
        message: The publisher's reason; valid during the call.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_request_failed",
            c.sttp_request_failed_fn,
            None if call is None else lambda command, message: call(Command(command), text_of(message)),
            callback,
        )
        return callback

    def on_message(self, callback: LoglevelStrFunction) -> LoglevelStrFunction:
        """Registers who receives messages for operators: what goes well, what goes wrong, and what the publisher
        tells. Repeated ones are held back, and counted.
        Something that operators want to know.

        level: STTP_LOG_ERROR to STTP_LOG_DEBUG.
        message: One sentence without a line end; valid during the call.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_message",
            c.sttp_message_fn,
            None if call is None else lambda level, message: call(LogLevel(level), text_of(message)),
            callback,
        )
        return callback

    def on_processing_complete(self, callback: StrFunction) -> StrFunction:
        """Registers who is told the end of historical data.
        The historical data that were subscribed have ended: everything was sent, or nothing more can be. The
        subscription is over; the connection stays. With sttp_subscriber_read, measurements may still wait to be
        read.

        text: The publisher's words, may be empty; valid during the call.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_processing_complete",
            c.sttp_processing_complete_fn,
            None if call is None else lambda text: call(text_of(text)),
            callback,
        )
        return callback

    def on_recovered_measurements(self, callback: BatchFunction, *, copy: bool = True) -> BatchFunction:
        """Registers who receives measurements that were missed and fetched afterwards
        (STTP_SETTING_DATA_GAP_RECOVERY), in the order of their times, while newer ones go on coming to
        sttp_subscriber_on_measurements. Their `signal_index` is a row of the same latest signals. With a read
        queue they come here all the same.
        The function is handed an array of `libsttp.MEASUREMENT`. It is a copy that may be kept, unless `copy`
        is false: then it is the library's own memory, to be read during the call only. A function that keeps
        such an array, or a view of it, beyond its call is reported as one that raises.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_recovered_measurements",
            c.sttp_measurements_fn,
            None if call is None else lambda at, count: batch_of(at, count, call, copy),
            callback,
        )
        return callback

    def on_buffer_block(self, callback: UuidIntBytesFunction) -> UuidIntBytesFunction:
        """Registers who receives buffer blocks: each once, in the order in which the publisher sent them. What
        never came, or could not be read, is counted in the statistics. With a read queue they come here all the
        same, ahead of measurements that wait there.
        Opaque bytes of a signal were received: a buffer block.

        signal_id: The signal; valid during the call.
        signal_index: Row of the signal in the latest signals of sttp_subscriber_on_subscription_updated.
        data: The bytes; valid during the call. None when there are none.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_buffer_block",
            c.sttp_buffer_block_fn,
            None if call is None else lambda signal_id, signal_index, data, size: call(
                guid_of(signal_id.contents),
                signal_index,
                bytes_of(data, size),
            ),
            callback,
        )
        return callback

    def on_notification(self, callback: StrFunction) -> StrFunction:
        """Registers who receives texts from the publisher's operators. They also come to the message callback.
        A text from the publisher's operators was received, and confirmed.

        text: The text; valid during the call. Many publishers put the time in front of it.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_notification",
            c.sttp_notification_fn,
            None if call is None else lambda text: call(text_of(text)),
            callback,
        )
        return callback

    def on_user_response(self, callback: IntIntBytesFunction) -> IntIntBytesFunction:
        """Registers who receives user responses. Publishers may also answer that a user command succeeded or
        failed: see sttp_subscriber_on_request_succeeded and sttp_subscriber_on_request_failed.
        The publisher sent a user response.

        response: Number of the response, 0 to 15.
        command: Number of the user command that it answers, 0 to 15; -1 when it answers no user command.
        data: What it carries; valid during the call. None when that is nothing.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_user_response",
            c.sttp_user_response_fn,
            None if call is None else lambda response, command, data, size: call(
                response,
                command,
                bytes_of(data, size),
            ),
            callback,
        )
        return callback

    def on_schema(self, callback: SchemaMetadataFunction) -> SchemaMetadataFunction:
        """Registers who receives schemas.
        A schema that was asked for has come.

        schema: STTP_SCHEMA_METADATA or STTP_SCHEMA_SIGNAL_SELECTION.
        tables: Its tables, without rows; valid during the call. Keep them with sttp_metadata_clone.
        """
        call = callback
        self._register(
            "sttp_subscriber_on_schema",
            c.sttp_schema_fn,
            None if call is None else lambda schema, tables: call(Schema(schema), Metadata._clone_of(tables)),
            callback,
        )
        return callback


class PublisherCallbacks(Handle):
    """Each method registers a function in the place of an earlier one; None removes it.

    All give the function back, so that they can be decorators. Functions are called on the thread of
    the engine, one at a time for each handle; what they raise goes to `callback_error`.
    """

    def on_reconnecting(self, callback: StrIntIntFunction) -> StrIntIntFunction:
        """Registers who is told that an attempt to connect to a subscriber again follows.
        The next attempt to connect to a subscriber follows after a delay.

        address: As given to sttp_publisher_connect; valid during the call.
        attempt: Number of that attempt since the subscriber was last connected, from 1.
        delay_ms: Milliseconds until then.
        """
        call = callback
        self._register(
            "sttp_publisher_on_reconnecting",
            c.sttp_publisher_reconnecting_fn,
            None if call is None else lambda address, attempt, delay_ms: call(text_of(address), attempt, delay_ms),
            callback,
        )
        return callback

    def on_gave_up(self, callback: StrStatusStrFunction) -> StrStatusStrFunction:
        """Registers who is told that no further attempt to connect to a subscriber follows, because they are used
        up or switched off.
        No further attempt to connect to a subscriber follows.

        address: As given to sttp_publisher_connect; valid during the call.
        reason: Why the last connection ended or could not be made, as STTP_ERR_IO.
        message: The reason as a sentence; valid during the call.
        """
        call = callback
        self._register(
            "sttp_publisher_on_gave_up",
            c.sttp_gave_up_fn,
            None if call is None else lambda address, reason, message: call(
                text_of(address),
                Status(reason),
                text_of(message),
            ),
            callback,
        )
        return callback

    def on_admit(self, callback: PeerAdmissionFunction) -> PeerAdmissionFunction:
        """Registers who decides about each peer, before anything is told to it beyond the own certificate.
        Decides whether a peer is let in, and what it may, by sttp_admission_refuse or sttp_admission_grant;
        without either, what the file of rights says holds. The last call counts, and one that fails refuses the
        peer.

        peer: Who it is, with its texts valid during the call.
        admission: Takes the decision, during the call.
        """
        call = callback
        self._register(
            "sttp_publisher_on_admit",
            c.sttp_admit_fn,
            None if call is None else lambda peer, admission: admit(call, peer, admission),
            callback,
        )
        return callback

    def on_audit(self, callback: AuditFunction) -> AuditFunction:
        """Registers who is told of every peer and every request that was accepted or refused. When there are more
        of either in a second than the setting `auditEventsPerSecond` allows, some are left out, and counted.
        Is told what was accepted or refused.

        audit: What, with its texts valid during the call.
        """
        call = callback
        self._register(
            "sttp_publisher_on_audit",
            c.sttp_audit_fn,
            None if call is None else lambda audit: call(Audit._read(audit.contents)),
            callback,
        )
        return callback

    def on_connected(self, callback: ConnectionFunction) -> ConnectionFunction:
        """Registers who is told that a subscriber has connected.
        Is told of a connection to a subscriber.

        connection: The connection as it was then, with its texts valid during the call.
        """
        call = callback
        self._register(
            "sttp_publisher_on_connected",
            c.sttp_connection_fn,
            None if call is None else lambda connection: call(Connection._read(connection.contents)),
            callback,
        )
        return callback

    def on_disconnected(self, callback: ConnectionStatusStrFunction) -> ConnectionStatusStrFunction:
        """Registers who is told that a connection to a subscriber has ended, and why.
        A connection to a subscriber has ended.

        connection: The connection as it was last, with its texts valid during the call.
        reason: STTP_OK when the program or the subscriber ended it, else why.
        message: The reason as a sentence, empty for STTP_OK; valid during the call.
        """
        call = callback
        self._register(
            "sttp_publisher_on_disconnected",
            c.sttp_connection_ended_fn,
            None if call is None else lambda connection, reason, message: call(
                Connection._read(connection.contents),
                Status(reason),
                text_of(message),
            ),
            callback,
        )
        return callback

    def on_subscribed(self, callback: ConnectionFunction) -> ConnectionFunction:
        """Registers who is told that measurements flow to a subscriber from now on: it has been told its signals,
        and has confirmed them (protocol versions 2 and 3).
        Is told of a connection to a subscriber.

        connection: The connection as it was then, with its texts valid during the call.
        """
        call = callback
        self._register(
            "sttp_publisher_on_subscribed",
            c.sttp_connection_fn,
            None if call is None else lambda connection: call(Connection._read(connection.contents)),
            callback,
        )
        return callback

    def on_unsubscribed(self, callback: ConnectionFunction) -> ConnectionFunction:
        """Registers who is told that a subscriber has ended its subscription and stays connected.
        Is told of a connection to a subscriber.

        connection: The connection as it was then, with its texts valid during the call.
        """
        call = callback
        self._register(
            "sttp_publisher_on_unsubscribed",
            c.sttp_connection_fn,
            None if call is None else lambda connection: call(Connection._read(connection.contents)),
            callback,
        )
        return callback

    def on_message(self, callback: LoglevelStrFunction) -> LoglevelStrFunction:
        """Registers who receives messages for operators. Repeated ones are held back, and counted.
        Something that operators want to know.

        level: STTP_LOG_ERROR to STTP_LOG_DEBUG.
        message: One sentence without a line end; valid during the call.
        """
        call = callback
        self._register(
            "sttp_publisher_on_message",
            c.sttp_message_fn,
            None if call is None else lambda level, message: call(LogLevel(level), text_of(message)),
            callback,
        )
        return callback

    def on_processing_interval(self, callback: IntIntFunction) -> IntIntFunction:
        """Registers who is told that a subscriber has changed the pace of its historical data.
        A subscriber has changed the pace of its historical data.

        connection_id: `id` of the connection.
        milliseconds: For each step, which is everything up to the next later time; 0 for as fast as possible,
        -1 for the publisher's default.
        """
        call = callback
        self._register(
            "sttp_publisher_on_processing_interval",
            c.sttp_processing_interval_fn,
            None if call is None else lambda connection_id, milliseconds: call(connection_id, milliseconds),
            callback,
        )
        return callback

    def on_notification(self, callback: IntIntBoolFunction) -> IntIntBoolFunction:
        """Registers who is told which subscribers have confirmed notifications.
        A subscriber has confirmed a notification, or never will.

        connection_id: `id` of the connection.
        notification_id: The notification, as sttp_publisher_notify told it.
        confirmed: 1 when the subscriber has it, 0 when that will not be known: the connection ended, or too
        many others wait for their confirmation.
        """
        call = callback
        self._register(
            "sttp_publisher_on_notification",
            c.sttp_notification_ended_fn,
            None if call is None else lambda connection_id, notification_id, confirmed: call(
                connection_id,
                notification_id,
                confirmed == 1,
            ),
            callback,
        )
        return callback

    def on_user_command(self, callback: IntIntBytesFunction) -> IntIntBytesFunction:
        """Registers who receives user commands. Without a callback, subscribers are told that their command failed
        because it is not supported; with one, the program is to answer.
        A subscriber sent a user command. Answer with sttp_publisher_send_user_response,
        sttp_publisher_succeed_user_command or sttp_publisher_fail_user_command: in the callback or later, from
        any thread.

        connection_id: `id` of the connection.
        command: Number of the command, 0 to 15.
        data: What it carries; valid during the call. None when that is nothing.
        """
        call = callback
        self._register(
            "sttp_publisher_on_user_command",
            c.sttp_user_command_fn,
            None if call is None else lambda connection_id, command, data, size: call(
                connection_id,
                command,
                bytes_of(data, size),
            ),
            callback,
        )
        return callback


class C37118InputCallbacks(Handle):
    """Each method registers a function in the place of an earlier one; None removes it.

    All give the function back, so that they can be decorators. Functions are called on the thread of
    the engine, one at a time for each handle; what they raise goes to `callback_error`.
    """

    def on_connected(self, callback: IntStrFunction) -> IntStrFunction:
        """Registers who is told that a device is connected, each time.
        A device is connected; by UDP, its socket is open.

        device: Number of the device.
        address: Its address; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_input_on_connected",
            c.sttp_c37118_connected_fn,
            None if call is None else lambda device, address: call(device, text_of(address)),
            callback,
        )
        return callback

    def on_disconnected(self, callback: IntStatusStrFunction) -> IntStatusStrFunction:
        """Registers who is told that the connection to a device has ended or could not be made, each time, and
        why.
        The connection to a device has ended, or could not be made.

        device: Number of the device.
        reason: STTP_OK when the program wanted it, else why.
        message: The reason as a sentence, empty for STTP_OK; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_input_on_disconnected",
            c.sttp_c37118_disconnected_fn,
            None if call is None else lambda device, reason, message: call(device, Status(reason), text_of(message)),
            callback,
        )
        return callback

    def on_reconnecting(self, callback: IntIntIntFunction) -> IntIntIntFunction:
        """Registers who is told that an attempt to connect to a device again follows.
        An attempt to connect to a device again follows.

        device: Number of the device.
        attempt: Number of the attempt since the last success, from 1.
        delay_ms: Milliseconds until then.
        """
        call = callback
        self._register(
            "sttp_c37118_input_on_reconnecting",
            c.sttp_c37118_reconnecting_fn,
            None if call is None else lambda device, attempt, delay_ms: call(device, attempt, delay_ms),
            callback,
        )
        return callback

    def on_configuration(self, callback: IntConfigurationFunction) -> IntConfigurationFunction:
        """Registers who is told that a device has told its configuration, the first one or another. Its data
        frames are published once the metadata have it.
        A device has told its configuration, or a stream of an output has one: the first one, or another.

        number: Number of the device or the stream.
        configuration: What its data frames carry; valid during the call, sttp_c37118_configuration_clone keeps
        it.
        """
        call = callback
        self._register(
            "sttp_c37118_input_on_configuration",
            c.sttp_c37118_configuration_fn,
            None if call is None else lambda number, configuration: call(
                number,
                Configuration._clone_of(configuration),
            ),
            callback,
        )
        return callback

    def on_data(self, callback: IntConfigurationBytesFunction) -> IntConfigurationBytesFunction:
        """Registers who receives the data frames of devices, before their measurements are published.
        A device has sent a data frame.

        device: Number of the device.
        configuration: What it carries, for sttp_c37118_data_pmu and its like; valid during the call.
        frame: The whole frame; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_input_on_data",
            c.sttp_c37118_data_fn,
            None if call is None else lambda device, configuration, frame, length: call(
                device,
                Configuration._clone_of(configuration),
                bytes_of(frame, length),
            ),
            callback,
        )
        return callback

    def on_header(self, callback: IntBytesFunction) -> IntBytesFunction:
        """Registers who receives the texts of header frames, for which devices are asked with
        STTP_SETTING_REQUEST_HEADER.
        A device has sent the text of its header frame.

        device: Number of the device.
        text: The text as it came, without a NUL; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_input_on_header",
            c.sttp_c37118_header_fn,
            None if call is None else lambda device, text, length: call(device, bytes_of(text, length)),
            callback,
        )
        return callback

    def on_metadata(self, callback: MetadataFunction) -> MetadataFunction:
        """Registers who is told the metadata that the publisher has from then on: those of all devices that have
        told their configurations.
        Metadata were received.

        metadata: The metadata; valid during the call. Keep them with sttp_metadata_clone.
        """
        call = callback
        self._register(
            "sttp_c37118_input_on_metadata",
            c.sttp_metadata_fn,
            None if call is None else lambda metadata: call(Metadata._clone_of(metadata)),
            callback,
        )
        return callback

    def on_message(self, callback: IntLoglevelStrFunction) -> IntLoglevelStrFunction:
        """Registers who receives messages for operators. Repeated ones are held back, and counted.
        Something that operators want to know.

        number: Number of the device or the stream that it is about; 0 for all of them.
        level: STTP_LOG_ERROR to STTP_LOG_DEBUG.
        message: One sentence without a line end; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_input_on_message",
            c.sttp_c37118_message_fn,
            None if call is None else lambda number, level, message: call(number, LogLevel(level), text_of(message)),
            callback,
        )
        return callback


class C37118OutputCallbacks(Handle):
    """Each method registers a function in the place of an earlier one; None removes it.

    All give the function back, so that they can be decorators. Functions are called on the thread of
    the engine, one at a time for each handle; what they raise goes to `callback_error`.
    """

    def on_connected(self, callback: StrFunction) -> StrFunction:
        """Registers who is told that the publisher is connected, each time.
        A connection is established.

        address: The publisher's, as `127.0.0.1:7175`; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_output_on_connected",
            c.sttp_connected_fn,
            None if call is None else lambda address: call(text_of(address)),
            callback,
        )
        return callback

    def on_disconnected(self, callback: StatusStrFunction) -> StatusStrFunction:
        """Registers who is told that the connection to the publisher has ended or could not be made, each time,
        and why.
        A connection has ended, or could not be made. When another attempt is to follow, the callback for that
        is called next.

        reason: STTP_OK when the program asked for it, else why, as STTP_ERR_TIMEOUT.
        message: The reason as a sentence, empty for STTP_OK; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_output_on_disconnected",
            c.sttp_disconnected_fn,
            None if call is None else lambda reason, message: call(Status(reason), text_of(message)),
            callback,
        )
        return callback

    def on_reconnecting(self, callback: IntIntFunction) -> IntIntFunction:
        """Registers who is told that an attempt to connect to the publisher again follows.
        The next attempt to connect follows after a delay.

        attempt: Number of that attempt since the connection was lost, from 1.
        delay_ms: Milliseconds until then.
        """
        call = callback
        self._register(
            "sttp_c37118_output_on_reconnecting",
            c.sttp_reconnecting_fn,
            None if call is None else lambda attempt, delay_ms: call(attempt, delay_ms),
            callback,
        )
        return callback

    def on_metadata(self, callback: MetadataFunction) -> MetadataFunction:
        """Registers who receives the publisher's metadata, of which the streams are made.
        Metadata were received.

        metadata: The metadata; valid during the call. Keep them with sttp_metadata_clone.
        """
        call = callback
        self._register(
            "sttp_c37118_output_on_metadata",
            c.sttp_metadata_fn,
            None if call is None else lambda metadata: call(Metadata._clone_of(metadata)),
            callback,
        )
        return callback

    def on_configuration(self, callback: IntConfigurationFunction) -> IntConfigurationFunction:
        """Registers who is told that a stream has a configuration from then on, the first one or another.
        A device has told its configuration, or a stream of an output has one: the first one, or another.

        number: Number of the device or the stream.
        configuration: What its data frames carry; valid during the call, sttp_c37118_configuration_clone keeps
        it.
        """
        call = callback
        self._register(
            "sttp_c37118_output_on_configuration",
            c.sttp_c37118_configuration_fn,
            None if call is None else lambda number, configuration: call(
                number,
                Configuration._clone_of(configuration),
            ),
            callback,
        )
        return callback

    def on_client_connected(self, callback: IntStrFunction) -> IntStrFunction:
        """Registers who is told that a client has connected by TCP.
        A client has connected to a stream by TCP.

        stream: Number of the stream.
        address: Address of the client; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_output_on_client_connected",
            c.sttp_c37118_client_connected_fn,
            None if call is None else lambda stream, address: call(stream, text_of(address)),
            callback,
        )
        return callback

    def on_client_disconnected(self, callback: IntStrStrFunction) -> IntStrStrFunction:
        """Registers who is told that the connection of a client has ended, and why.
        The connection of a client has ended.

        stream: Number of the stream.
        address: Address of the client; valid during the call.
        message: Why, as a sentence; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_output_on_client_disconnected",
            c.sttp_c37118_client_disconnected_fn,
            None if call is None else lambda stream, address, message: call(
                stream,
                text_of(address),
                text_of(message),
            ),
            callback,
        )
        return callback

    def on_message(self, callback: IntLoglevelStrFunction) -> IntLoglevelStrFunction:
        """Registers who receives messages for operators. Repeated ones are held back, and counted.
        Something that operators want to know.

        number: Number of the device or the stream that it is about; 0 for all of them.
        level: STTP_LOG_ERROR to STTP_LOG_DEBUG.
        message: One sentence without a line end; valid during the call.
        """
        call = callback
        self._register(
            "sttp_c37118_output_on_message",
            c.sttp_c37118_message_fn,
            None if call is None else lambda number, level, message: call(number, LogLevel(level), text_of(message)),
            callback,
        )
        return callback


class BlockLinkCallbacks(Handle):
    """Each method registers a function in the place of an earlier one; None removes it.

    All give the function back, so that they can be decorators. Functions are called on the thread of
    the engine, one at a time for each handle; what they raise goes to `callback_error`.
    """

    def on_opened(self, callback: IntStrFunction) -> IntStrFunction:
        """Registers who is told that the link is open, each time.
        A link is open: there is a connection, a port, a line or a file. Nothing is known of the other side yet.

        link: Number of the link; 0 for a sttp_block_link, here and in the other callbacks.
        address: What it is open to, as `127.0.0.1:7170`, `UDP port 7170` or `/dev/ttyS0`; valid during the
        call.
        """
        call = callback
        self._register(
            "sttp_block_link_on_opened",
            c.sttp_block_link_opened_fn,
            None if call is None else lambda link, address: call(link, text_of(address)),
            callback,
        )
        return callback

    def on_agreed(self, callback: IntBlocklinkagreementFunction) -> IntBlocklinkagreementFunction:
        """Registers who is told what both sides have agreed, each time.
        Both sides of a link have agreed how they talk; on one-way links, who sends has said how, which it is
        told itself, too. It may come again at any time.

        link: Number of the link.
        agreement: What was agreed, the levels of compliance of the other side among it; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_on_agreed",
            c.sttp_block_link_agreed_fn,
            None if call is None else lambda link, agreement: call(
                link,
                BlockLinkAgreement._read(agreement.contents),
            ),
            callback,
        )
        return callback

    def on_closed(self, callback: IntStatusStrFunction) -> IntStatusStrFunction:
        """Registers who is told that the link has ended or could not be opened, each time, and why.
        A link has ended, or could not be opened. When another attempt is to follow, the callback for that is
        called next.

        link: Number of the link.
        reason: STTP_OK when the program wanted it, or a file was read to its end; else why.
        message: The reason as a sentence, empty for STTP_OK; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_on_closed",
            c.sttp_block_link_closed_fn,
            None if call is None else lambda link, reason, message: call(link, Status(reason), text_of(message)),
            callback,
        )
        return callback

    def on_reopening(self, callback: IntIntIntFunction) -> IntIntIntFunction:
        """Registers who is told that an attempt to open the link again follows.
        An attempt to open a link again follows.

        link: Number of the link.
        attempt: Number of the attempt since the last success, from 1.
        delay_ms: Milliseconds until then.
        """
        call = callback
        self._register(
            "sttp_block_link_on_reopening",
            c.sttp_block_link_reopening_fn,
            None if call is None else lambda link, attempt, delay_ms: call(link, attempt, delay_ms),
            callback,
        )
        return callback

    def on_metadata(self, callback: IntMetadataFunction) -> IntMetadataFunction:
        """Registers who receives the metadata of the other side.
        The other side of a link has told its metadata, the first ones or others.

        link: Number of the link.
        metadata: The metadata; valid during the call. Keep them with sttp_metadata_clone.
        """
        call = callback
        self._register(
            "sttp_block_link_on_metadata",
            c.sttp_block_link_metadata_fn,
            None if call is None else lambda link, metadata: call(link, Metadata._clone_of(metadata)),
            callback,
        )
        return callback

    def on_measurements(self, callback: BatchFunction, *, copy: bool = True) -> BatchFunction:
        """Registers who receives measurements: one call for each block. Their signal index means nothing.
        The function is handed an array of `libsttp.MEASUREMENT`. It is a copy that may be kept, unless `copy`
        is false: then it is the library's own memory, to be read during the call only. A function that keeps
        such an array, or a view of it, beyond its call is reported as one that raises.
        """
        call = callback
        self._register(
            "sttp_block_link_on_measurements",
            c.sttp_measurements_fn,
            None if call is None else lambda at, count: batch_of(at, count, call, copy),
            callback,
        )
        return callback

    def on_configuration(self, callback: IntIntBytesFunction) -> IntIntBytesFunction:
        """Registers who receives the configuration frames of streams of C37.118.
        The configuration frames of a stream of C37.118 have come.

        link: Number of the link.
        id_code: ID code of the stream.
        frames: The frames as their device has sent them, one behind the other; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_on_configuration",
            c.sttp_block_link_configuration_fn,
            None if call is None else lambda link, id_code, frames, length: call(
                link,
                id_code,
                bytes_of(frames, length),
            ),
            callback,
        )
        return callback

    def on_frame(self, callback: IntBytesFunction) -> IntBytesFunction:
        """Registers who receives data frames of C37.118.
        A data frame of C37.118 has come, put together of its data points.

        link: Number of the link.
        frame: The whole frame, as its device has sent it; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_on_frame",
            c.sttp_block_link_frame_fn,
            None if call is None else lambda link, frame, length: call(link, bytes_of(frame, length)),
            callback,
        )
        return callback

    def on_subscribed(self, callback: IntIntStrNoneFunction) -> IntIntStrNoneFunction:
        """Registers who is told what the other side has subscribed to.
        The other side of a link has subscribed, or wants nothing any more.

        link: Number of the link.
        signals: How many signals of the metadata match.
        filter: Its filter expression, empty for everything; None when it wants nothing any more. Valid during
        the call.
        """
        call = callback
        self._register(
            "sttp_block_link_on_subscribed",
            c.sttp_block_link_subscribed_fn,
            None if call is None else lambda link, signals, filter: call(
                link,
                signals,
                None if filter is None else text_of(filter),
            ),
            callback,
        )
        return callback

    def on_answered(self, callback: IntBlocklinkanswerIntStrFunction) -> IntBlocklinkanswerIntStrFunction:
        """Registers who is told what became of sttp_block_link_subscribe.
        The other side has answered a subscription, which is made again whenever the link is opened again.

        link: 0.
        answer: STTP_BLOCK_LINK_ACCEPTED to STTP_BLOCK_LINK_REFUSED.
        signals: How many signals it sends.
        message: What it says to people, may be empty; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_on_answered",
            c.sttp_block_link_answered_fn,
            None if call is None else lambda link, answer, signals, message: call(
                link,
                BlockLinkAnswer(answer),
                signals,
                text_of(message),
            ),
            callback,
        )
        return callback

    def on_message(self, callback: IntLoglevelStrFunction) -> IntLoglevelStrFunction:
        """Registers who receives messages for operators. Repeated ones are held back, and counted.
        Something that operators want to know.

        link: Number of the link that it is about; 0 for all of them.
        level: STTP_LOG_ERROR to STTP_LOG_DEBUG.
        message: One sentence without a line end; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_on_message",
            c.sttp_block_link_message_fn,
            None if call is None else lambda link, level, message: call(link, LogLevel(level), text_of(message)),
            callback,
        )
        return callback


class BlockLinkInputCallbacks(Handle):
    """Each method registers a function in the place of an earlier one; None removes it.

    All give the function back, so that they can be decorators. Functions are called on the thread of
    the engine, one at a time for each handle; what they raise goes to `callback_error`.
    """

    def on_opened(self, callback: IntStrFunction) -> IntStrFunction:
        """Registers who is told that a link is open, each time.
        A link is open: there is a connection, a port, a line or a file. Nothing is known of the other side yet.

        link: Number of the link; 0 for a sttp_block_link, here and in the other callbacks.
        address: What it is open to, as `127.0.0.1:7170`, `UDP port 7170` or `/dev/ttyS0`; valid during the
        call.
        """
        call = callback
        self._register(
            "sttp_block_link_input_on_opened",
            c.sttp_block_link_opened_fn,
            None if call is None else lambda link, address: call(link, text_of(address)),
            callback,
        )
        return callback

    def on_agreed(self, callback: IntBlocklinkagreementFunction) -> IntBlocklinkagreementFunction:
        """Registers who is told what both sides of a link have agreed, each time.
        Both sides of a link have agreed how they talk; on one-way links, who sends has said how, which it is
        told itself, too. It may come again at any time.

        link: Number of the link.
        agreement: What was agreed, the levels of compliance of the other side among it; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_input_on_agreed",
            c.sttp_block_link_agreed_fn,
            None if call is None else lambda link, agreement: call(
                link,
                BlockLinkAgreement._read(agreement.contents),
            ),
            callback,
        )
        return callback

    def on_closed(self, callback: IntStatusStrFunction) -> IntStatusStrFunction:
        """Registers who is told that a link has ended or could not be opened, each time, and why.
        A link has ended, or could not be opened. When another attempt is to follow, the callback for that is
        called next.

        link: Number of the link.
        reason: STTP_OK when the program wanted it, or a file was read to its end; else why.
        message: The reason as a sentence, empty for STTP_OK; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_input_on_closed",
            c.sttp_block_link_closed_fn,
            None if call is None else lambda link, reason, message: call(link, Status(reason), text_of(message)),
            callback,
        )
        return callback

    def on_reopening(self, callback: IntIntIntFunction) -> IntIntIntFunction:
        """Registers who is told that an attempt to open a link again follows.
        An attempt to open a link again follows.

        link: Number of the link.
        attempt: Number of the attempt since the last success, from 1.
        delay_ms: Milliseconds until then.
        """
        call = callback
        self._register(
            "sttp_block_link_input_on_reopening",
            c.sttp_block_link_reopening_fn,
            None if call is None else lambda link, attempt, delay_ms: call(link, attempt, delay_ms),
            callback,
        )
        return callback

    def on_metadata(self, callback: IntMetadataFunction) -> IntMetadataFunction:
        """Registers who is told the metadata of a link; the publisher has them, merged with those of the other
        links.
        The other side of a link has told its metadata, the first ones or others.

        link: Number of the link.
        metadata: The metadata; valid during the call. Keep them with sttp_metadata_clone.
        """
        call = callback
        self._register(
            "sttp_block_link_input_on_metadata",
            c.sttp_block_link_metadata_fn,
            None if call is None else lambda link, metadata: call(link, Metadata._clone_of(metadata)),
            callback,
        )
        return callback

    def on_configuration(self, callback: IntIntBytesFunction) -> IntIntBytesFunction:
        """Registers who receives the configuration frames of streams of C37.118.
        The configuration frames of a stream of C37.118 have come.

        link: Number of the link.
        id_code: ID code of the stream.
        frames: The frames as their device has sent them, one behind the other; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_input_on_configuration",
            c.sttp_block_link_configuration_fn,
            None if call is None else lambda link, id_code, frames, length: call(
                link,
                id_code,
                bytes_of(frames, length),
            ),
            callback,
        )
        return callback

    def on_frame(self, callback: IntBytesFunction) -> IntBytesFunction:
        """Registers who receives data frames of C37.118, before they are published.
        A data frame of C37.118 has come, put together of its data points.

        link: Number of the link.
        frame: The whole frame, as its device has sent it; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_input_on_frame",
            c.sttp_block_link_frame_fn,
            None if call is None else lambda link, frame, length: call(link, bytes_of(frame, length)),
            callback,
        )
        return callback

    def on_message(self, callback: IntLoglevelStrFunction) -> IntLoglevelStrFunction:
        """Registers who receives messages for operators. Repeated ones are held back, and counted.
        Something that operators want to know.

        link: Number of the link that it is about; 0 for all of them.
        level: STTP_LOG_ERROR to STTP_LOG_DEBUG.
        message: One sentence without a line end; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_input_on_message",
            c.sttp_block_link_message_fn,
            None if call is None else lambda link, level, message: call(link, LogLevel(level), text_of(message)),
            callback,
        )
        return callback


class BlockLinkOutputCallbacks(Handle):
    """Each method registers a function in the place of an earlier one; None removes it.

    All give the function back, so that they can be decorators. Functions are called on the thread of
    the engine, one at a time for each handle; what they raise goes to `callback_error`.
    """

    def on_connected(self, callback: StrFunction) -> StrFunction:
        """Registers who is told that the publisher is connected, each time.
        A connection is established.

        address: The publisher's, as `127.0.0.1:7175`; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_connected",
            c.sttp_connected_fn,
            None if call is None else lambda address: call(text_of(address)),
            callback,
        )
        return callback

    def on_disconnected(self, callback: StatusStrFunction) -> StatusStrFunction:
        """Registers who is told that the connection to the publisher has ended or could not be made, each time,
        and why.
        A connection has ended, or could not be made. When another attempt is to follow, the callback for that
        is called next.

        reason: STTP_OK when the program asked for it, else why, as STTP_ERR_TIMEOUT.
        message: The reason as a sentence, empty for STTP_OK; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_disconnected",
            c.sttp_disconnected_fn,
            None if call is None else lambda reason, message: call(Status(reason), text_of(message)),
            callback,
        )
        return callback

    def on_reconnecting(self, callback: IntIntFunction) -> IntIntFunction:
        """Registers who is told that an attempt to connect to the publisher again follows.
        The next attempt to connect follows after a delay.

        attempt: Number of that attempt since the connection was lost, from 1.
        delay_ms: Milliseconds until then.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_reconnecting",
            c.sttp_reconnecting_fn,
            None if call is None else lambda attempt, delay_ms: call(attempt, delay_ms),
            callback,
        )
        return callback

    def on_metadata(self, callback: MetadataFunction) -> MetadataFunction:
        """Registers who receives the publisher's metadata, which all links get.
        Metadata were received.

        metadata: The metadata; valid during the call. Keep them with sttp_metadata_clone.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_metadata",
            c.sttp_metadata_fn,
            None if call is None else lambda metadata: call(Metadata._clone_of(metadata)),
            callback,
        )
        return callback

    def on_opened(self, callback: IntStrFunction) -> IntStrFunction:
        """Registers who is told that a link is open, each time.
        A link is open: there is a connection, a port, a line or a file. Nothing is known of the other side yet.

        link: Number of the link; 0 for a sttp_block_link, here and in the other callbacks.
        address: What it is open to, as `127.0.0.1:7170`, `UDP port 7170` or `/dev/ttyS0`; valid during the
        call.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_opened",
            c.sttp_block_link_opened_fn,
            None if call is None else lambda link, address: call(link, text_of(address)),
            callback,
        )
        return callback

    def on_agreed(self, callback: IntBlocklinkagreementFunction) -> IntBlocklinkagreementFunction:
        """Registers who is told what both sides of a link have agreed, each time.
        Both sides of a link have agreed how they talk; on one-way links, who sends has said how, which it is
        told itself, too. It may come again at any time.

        link: Number of the link.
        agreement: What was agreed, the levels of compliance of the other side among it; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_agreed",
            c.sttp_block_link_agreed_fn,
            None if call is None else lambda link, agreement: call(
                link,
                BlockLinkAgreement._read(agreement.contents),
            ),
            callback,
        )
        return callback

    def on_closed(self, callback: IntStatusStrFunction) -> IntStatusStrFunction:
        """Registers who is told that a link has ended or could not be opened, each time, and why.
        A link has ended, or could not be opened. When another attempt is to follow, the callback for that is
        called next.

        link: Number of the link.
        reason: STTP_OK when the program wanted it, or a file was read to its end; else why.
        message: The reason as a sentence, empty for STTP_OK; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_closed",
            c.sttp_block_link_closed_fn,
            None if call is None else lambda link, reason, message: call(link, Status(reason), text_of(message)),
            callback,
        )
        return callback

    def on_reopening(self, callback: IntIntIntFunction) -> IntIntIntFunction:
        """Registers who is told that an attempt to open a link again follows.
        An attempt to open a link again follows.

        link: Number of the link.
        attempt: Number of the attempt since the last success, from 1.
        delay_ms: Milliseconds until then.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_reopening",
            c.sttp_block_link_reopening_fn,
            None if call is None else lambda link, attempt, delay_ms: call(link, attempt, delay_ms),
            callback,
        )
        return callback

    def on_subscribed(self, callback: IntIntStrNoneFunction) -> IntIntStrNoneFunction:
        """Registers who is told what the other side of a link has subscribed to.
        The other side of a link has subscribed, or wants nothing any more.

        link: Number of the link.
        signals: How many signals of the metadata match.
        filter: Its filter expression, empty for everything; None when it wants nothing any more. Valid during
        the call.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_subscribed",
            c.sttp_block_link_subscribed_fn,
            None if call is None else lambda link, signals, filter: call(
                link,
                signals,
                None if filter is None else text_of(filter),
            ),
            callback,
        )
        return callback

    def on_message(self, callback: IntLoglevelStrFunction) -> IntLoglevelStrFunction:
        """Registers who receives messages for operators. Repeated ones are held back, and counted.
        Something that operators want to know.

        link: Number of the link that it is about; 0 for all of them.
        level: STTP_LOG_ERROR to STTP_LOG_DEBUG.
        message: One sentence without a line end; valid during the call.
        """
        call = callback
        self._register(
            "sttp_block_link_output_on_message",
            c.sttp_block_link_message_fn,
            None if call is None else lambda link, level, message: call(link, LogLevel(level), text_of(message)),
            callback,
        )
        return callback
