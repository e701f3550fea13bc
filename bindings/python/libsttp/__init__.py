"""Publish and subscribe to measurements over STTP (IEEE 2664), by the C library libsttp.

    import libsttp

    with libsttp.Subscriber(read_queue=100_000) as subscriber:
        subscriber.subscribe("FILTER TOP 20 ActiveMeasurements WHERE True")
        subscriber.connect("localhost:7175")
        for batch in subscriber:
            print(libsttp.to_datetime64(batch)[0], batch["value"].mean())

Functions and methods may be called from any thread and from inside callbacks. What cannot be done raises an
`SttpError`, which has an own class for each status.
"""

from __future__ import annotations

from libsttp import errors
from libsttp._arguments import Admission, Batch
from libsttp._constants import (
    AuditSubject,
    Command,
    Encoding,
    FindingKind,
    LogLevel,
    Schema,
    SignalKind,
    State,
    StateFlags,
    Status,
    ValueType,
)
from libsttp._library import library as _library
from libsttp._library import text_of as _text_of
from libsttp._records import (
    Audit,
    Connection,
    Device,
    Finding,
    Latency,
    MeasurementMetadata,
    Peer,
    Phasor,
    PublisherCounters,
    PublisherInfo,
    Signal,
    SignalStatistics,
    SubscriberCounters,
    Tls,
)
from libsttp.certificates import make_certificate
from libsttp.engine import Engine, PolledEngine
from libsttp.errors import SttpError
from libsttp.filters import Expression, Filter
from libsttp.history import FromMemory, HistoryWindow
from libsttp.logs import disable_logging, enable_logging
from libsttp.measurements import (
    MEASUREMENT,
    empty_measurements,
    format_flags,
    format_time,
    is_leap_second,
    make_measurements,
    now,
    signal_ids,
    ticks,
    to_datetime,
    to_datetime64,
    to_frame,
    uuids,
)
from libsttp.metadata import Metadata, MetadataBuilder, Table
from libsttp.publisher import ALL, Publisher
from libsttp.subscriber import Subscriber

__version__ = _text_of(_library.sttp_version_text())

__all__ = [
    "ALL",
    "MEASUREMENT",
    "Admission",
    "Audit",
    "AuditSubject",
    "Batch",
    "Command",
    "Connection",
    "Device",
    "Encoding",
    "Engine",
    "Expression",
    "Filter",
    "Finding",
    "FindingKind",
    "FromMemory",
    "HistoryWindow",
    "Latency",
    "LogLevel",
    "MeasurementMetadata",
    "Metadata",
    "MetadataBuilder",
    "Peer",
    "Phasor",
    "PolledEngine",
    "Publisher",
    "PublisherCounters",
    "PublisherInfo",
    "Schema",
    "Signal",
    "SignalKind",
    "SignalStatistics",
    "State",
    "StateFlags",
    "Status",
    "SttpError",
    "Subscriber",
    "SubscriberCounters",
    "Table",
    "Tls",
    "ValueType",
    "disable_logging",
    "enable_logging",
    "errors",
    "format_flags",
    "format_time",
    "is_leap_second",
    "make_certificate",
    "make_measurements",
    "empty_measurements",
    "now",
    "signal_ids",
    "ticks",
    "to_datetime",
    "to_datetime64",
    "to_frame",
    "uuids",
]
