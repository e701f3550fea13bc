"""Records that the library fills, as immutable objects.

Generated from include/sttp.h and the tables of the library by bindings/generate.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from libsttp import _declarations as c
from libsttp._constants import (
    AuditSubject,
    BlockLinkFeatures,
    BlockLinkForm,
    BlockLinkLevels,
    BlockLinkRole,
    BlockLinkState,
    BlockLinkStream,
    C37118State,
    Encoding,
    FindingKind,
    SettingType,
    StateFlags,
    ValueType,
)
from libsttp._library import guid_of, text_of, texts_of


@dataclass(frozen=True)
class Datetime2:
    """A time of UTC that tells leap seconds apart."""

    ticks: int
    """Units of 100 ns since the start of the day; 864,000,000,000 or more, but less than 864,010,000,000, in
    the inserted leap second 23:59:60.
    """
    days: int
    """Days since 0001-01-01, at most 4194303."""
    flags: int
    """0, or STTP_DATETIME2_SECOND_DELETED; bit 1 has no meaning yet."""

    @classmethod
    def _read(cls, record: c.sttp_datetime2) -> Datetime2:
        return cls(
            record.ticks,
            record.days,
            record.flags,
        )


@dataclass(frozen=True)
class Latency:
    """How late measurements were: the time by this machine's clock less `timestamp`, in ticks of 100 ns; below
    0 when the clock that the timestamp is of is ahead. All 0 without any measurement.
    """

    measurements: int
    """Measurements that this is of: those with a time."""
    minimum: int
    """Of the quickest one."""
    mean: int
    """Mean of all of them."""
    maximum: int
    """Of the slowest one."""

    @classmethod
    def _read(cls, record: c.sttp_latency) -> Latency:
        return cls(
            record.measurements,
            record.minimum,
            record.mean,
            record.maximum,
        )


@dataclass(frozen=True)
class Tls:
    """What was agreed on with a peer by TLS, and who it is by its certificate. Texts are never None; those of
    the certificate are empty for a peer without one.
    """

    version: str
    """The version, as `TLS 1.3`."""
    cipher_suite: str
    """The cipher suite, as `TLS13_AES_256_GCM_SHA384`."""
    subject: str
    """Whom the peer's certificate is of, as `CN=north,O=Utility`; control characters are escaped."""
    issuer: str
    """Who has made it, written as the subject."""
    fingerprint: str
    """Its SHA-256, as `openssl x509 -fingerprint -sha256` shows it: `9F:86:...`."""
    not_before: int
    """From when it is valid, in ticks; 0 without a certificate."""
    not_after: int
    """Until when it is valid, in ticks; 0 without a certificate."""
    pinned: bool
    """1 when it is one of the pinned certificates, else 0."""
    tolerated: int
    """How many things it lacks that are tolerated; messages have told them."""

    @classmethod
    def _read(cls, record: c.sttp_tls) -> Tls:
        return cls(
            text_of(record.version),
            text_of(record.cipher_suite),
            text_of(record.subject),
            text_of(record.issuer),
            text_of(record.fingerprint),
            record.not_before,
            record.not_after,
            record.pinned == 1,
            record.tolerated,
        )


@dataclass(frozen=True)
class Setting:
    """A setting. Its texts are the library's and stay valid for ever; none is None."""

    key: str
    """Its key, as STTP_SETTING_... has it. `dataChannel.port` is `port` in the group `dataChannel`."""
    aliases: str
    """Other spellings of the key, without the group, separated by commas; empty when there are none."""
    unit: str
    """What a number counts, as `bytes` or `seconds`; empty for other types."""
    least: str
    """The least number; empty when there is no such bound."""
    most: str
    """The greatest number; empty when there is no such bound."""
    words: str
    """The words of a choice, separated by commas; empty for other types."""
    value: str
    """What its value can be, in one line."""
    default_value: str
    """Its value when it is not set."""
    summary: str
    """What it means, in one line without a full stop."""
    document: str
    """All that there is to say, the summary first; each paragraph is a line."""
    type: SettingType
    """STTP_SETTING_TYPE_..."""
    repeats_others: bool
    """1 when it says in another way what other settings say, else 0."""

    @classmethod
    def _read(cls, record: c.sttp_setting) -> Setting:
        return cls(
            text_of(record.key),
            text_of(record.aliases),
            text_of(record.unit),
            text_of(record.least),
            text_of(record.most),
            text_of(record.words),
            text_of(record.value),
            text_of(record.default_value),
            text_of(record.summary),
            text_of(record.document),
            SettingType(record.type),
            record.repeats_others == 1,
        )


@dataclass(frozen=True)
class SubscriberCounters:
    """What is counted of a subscriber since it was made, over all its connections."""

    measurements: int
    """Measurements delivered."""
    packets: int
    """Data packets delivered."""
    bytes_received: int
    """Bytes received."""
    bytes_sent: int
    """Bytes sent."""
    measurements_dropped: int
    """Measurements not delivered, because their signal was not in the signal index cache."""
    packets_dropped: int
    """Data packets not delivered: damaged, out of sequence, not to be decrypted, late for a change of signals,
    or without a signal index cache.
    """
    connections: int
    """Connections made."""
    reconnects: int
    """Attempts to connect again."""
    signal_count: int
    """Signals of the current signal index cache."""
    last_timestamp: int
    """Time of the measurement delivered last."""
    connections_refused: int
    """Connections closed at once, because another publisher was connected."""
    buffer_blocks: int
    """Buffer blocks delivered."""
    buffer_blocks_dropped: int
    """Buffer blocks not delivered: damaged, of an unknown signal, or too far before their turn."""
    buffer_blocks_lost: int
    """Buffer blocks that never came."""
    gaps: int
    """Gaps in the measurements, where they are recovered."""
    gaps_recovered: int
    """Gaps that were asked for to their end."""
    gaps_abandoned: int
    """Gaps that were given up."""
    measurements_recovered: int
    """Measurements delivered as recovered; they are not among `measurements`."""
    datagrams: int
    """Datagrams received."""
    datagrams_rejected: int
    """Datagrams not used: damaged, or not from the publisher."""
    measurements_per_second: float
    """Measurements delivered per second, in the latest complete interval of statistics."""
    outage_log_failures: int
    """How often the outage log could not be written, or used at all."""
    measurements_unattributed: int
    """Measurements not delivered, because the publisher changed its signal index cache and did not tell which
    of both they refer to.
    """
    packets_missing: int
    """Data packets that never came, as the sequence numbers of others tell."""
    metadata_findings: int
    """What was wrong in metadata that were received and used all the same, such as cells that cannot be read."""
    metadata_unusable: int
    """Metadata received that could not be used at all."""
    datagrams_lost: int
    """Datagrams that the publisher sent and that did not come, as far as it tells: another libsttp does."""
    measurements_dropped_by_publisher: int
    """Measurements that the publisher dropped, because they were not taken as fast as they were published or
    more than it allows to one subscriber or to all together, as far as it tells: another libsttp does.
    """
    command_channel_bytes_received: int
    """Bytes received by TCP, the command channel, through which measurements come too unless they come by UDP."""
    data_channel_bytes_received: int
    """Bytes received by UDP, the data channel."""

    @classmethod
    def _read(cls, record: c.sttp_subscriber_counters) -> SubscriberCounters:
        return cls(
            record.measurements,
            record.packets,
            record.bytes_received,
            record.bytes_sent,
            record.measurements_dropped,
            record.packets_dropped,
            record.connections,
            record.reconnects,
            record.signal_count,
            record.last_timestamp,
            record.connections_refused,
            record.buffer_blocks,
            record.buffer_blocks_dropped,
            record.buffer_blocks_lost,
            record.gaps,
            record.gaps_recovered,
            record.gaps_abandoned,
            record.measurements_recovered,
            record.datagrams,
            record.datagrams_rejected,
            record.measurements_per_second,
            record.outage_log_failures,
            record.measurements_unattributed,
            record.packets_missing,
            record.metadata_findings,
            record.metadata_unusable,
            record.datagrams_lost,
            record.measurements_dropped_by_publisher,
            record.command_channel_bytes_received,
            record.data_channel_bytes_received,
        )


@dataclass(frozen=True)
class Signal:
    """One signal of a subscription: 40 bytes on 64-bit machines."""

    signal_id: UUID
    """The signal."""
    key_number: int
    """Number of its measurement key: the 12 of `PPA:12`."""
    key_source: str
    """Source of its measurement key: the `PPA` of `PPA:12`. May be empty, never None."""
    wire_index: int
    """Number that stands for the signal in packets; for diagnostics."""

    @classmethod
    def _read(cls, record: c.sttp_signal) -> Signal:
        return cls(
            guid_of(record.signal_id),
            record.key_number,
            text_of(record.key_source),
            record.wire_index,
        )


@dataclass(frozen=True)
class PublisherInfo:
    """What is known of the publisher of a connection, and how both sides speak."""

    address: str
    """Where it is, as `192.0.2.7:7175` or `[::1]:7175`; never None."""
    subscriber_id: UUID
    """The ID that it has given this subscriber. It comes with the first list of signals; all 0 before."""
    connected_since: int
    """Ticks of when the connection was made."""
    incoming: bool
    """1 when the publisher made the connection, 0 when the subscriber did."""
    protocol_version: int
    """Protocol version: 1, 2 or 3."""
    encoding: Encoding
    """STTP_ENCODING_... of all texts."""
    modes_confirmed: bool
    """1 when the publisher has answered the operational modes, which those of version 1 and 2 need not do;
    else 0.
    """
    metadata_compression_asked: bool
    """1 when metadata were asked for compressed by GZip, else 0."""
    metadata_compressed: int
    """1 when those that came last were compressed, 0 when not, -1 before any have come."""
    cache_compression_asked: bool
    """1 when signal index caches were asked for compressed by GZip, else 0."""
    cache_compressed: int
    """1 when the one that came last was compressed, 0 when not, -1 before any has come."""
    payload_compression_asked: bool
    """1 when measurements were asked for compressed by TSSC, else 0."""
    payload_compressed: int
    """1 when those that came last were compressed, 0 when not, -1 before any have come."""
    data_port: int
    """The local port where measurements come by UDP; -1 for TCP."""

    @classmethod
    def _read(cls, record: c.sttp_publisher_info) -> PublisherInfo:
        return cls(
            text_of(record.address),
            guid_of(record.subscriber_id),
            record.connected_since,
            record.incoming == 1,
            record.protocol_version,
            Encoding(record.encoding),
            record.modes_confirmed == 1,
            record.metadata_compression_asked == 1,
            record.metadata_compressed,
            record.cache_compression_asked == 1,
            record.cache_compressed,
            record.payload_compression_asked == 1,
            record.payload_compressed,
            record.data_port,
        )


@dataclass(frozen=True)
class SignalStatistics:
    """What came of one signal since the current signals came into use."""

    signal_id: UUID
    """The signal."""
    measurements: int
    """Measurements that arrived; not those recovered afterwards."""
    measurements_with_flags: StateFlags
    """Measurements with any state flag (STTP_FLAG_...)."""
    last_timestamp: int
    """Ticks of the latest to arrive; 0 before the first."""
    last_value: float
    """Value of the latest to arrive; 0 before the first."""
    latency: Latency
    """How late they were."""

    @classmethod
    def _read(cls, record: c.sttp_signal_statistics) -> SignalStatistics:
        return cls(
            guid_of(record.signal_id),
            record.measurements,
            StateFlags(record.measurements_with_flags),
            record.last_timestamp,
            record.last_value,
            Latency._read(record.latency),
        )


@dataclass(frozen=True)
class PublisherCounters:
    """What is counted of a publisher since it was made. What is also counted of each connection is the sum of
    them, those included that have ended: what goes to two subscribers counts twice.
    """

    measurements_published: int
    """Measurements handed in."""
    measurements_unknown: int
    """Measurements handed in whose signal is not in the metadata, or whose row there has no signal ID of its
    own.
    """
    measurements_sent: int
    """Measurements sent."""
    measurements_dropped: int
    """Measurements dropped, because the subscriber was too slow or the system did not take datagrams; for the
    publisher also, once, those that the engine was too slow for.
    """
    measurements_per_second: float
    """Measurements queued per second, in the latest complete second."""
    packets_sent: int
    """Data packets queued; for a member of a multicast group, those of the group."""
    bytes_sent: int
    """Bytes sent, protocol included."""
    bytes_received: int
    """Bytes received, protocol included."""
    datagrams_sent: int
    """Datagrams handed to the system; for a member of a multicast group, those of the group."""
    datagrams_dropped: int
    """Datagrams dropped, because the system did not take them at once."""
    buffer_blocks_sent: int
    """Buffer blocks queued, repetitions not counted."""
    buffer_blocks_repeated: int
    """Buffer blocks queued once more, because they were not confirmed."""
    buffer_blocks_dropped: int
    """Buffer blocks not sent, because the subscriber was too slow to take or to confirm others; for the
    publisher also, once, those that the engine was too slow for.
    """
    buffer_blocks_unconfirmed: int
    """Buffer blocks that were sent, but whose confirmation never came."""
    connections_accepted: int
    """Connections accepted or made."""
    connections_refused: int
    """Connections refused, as those above the limit."""
    connections: int
    """Connections now."""
    subscribed: int
    """Connections now that get measurements."""
    commands_received: int
    """Commands received, those included that were refused."""
    command_channel_bytes_sent: int
    """Bytes sent by TCP, the command channel, through which measurements go too unless they go by UDP."""
    data_channel_bytes_sent: int
    """Bytes sent by UDP, the data channel; for a member of a multicast group, those of the group."""

    @classmethod
    def _read(cls, record: c.sttp_publisher_counters) -> PublisherCounters:
        return cls(
            record.measurements_published,
            record.measurements_unknown,
            record.measurements_sent,
            record.measurements_dropped,
            record.measurements_per_second,
            record.packets_sent,
            record.bytes_sent,
            record.bytes_received,
            record.datagrams_sent,
            record.datagrams_dropped,
            record.buffer_blocks_sent,
            record.buffer_blocks_repeated,
            record.buffer_blocks_dropped,
            record.buffer_blocks_unconfirmed,
            record.connections_accepted,
            record.connections_refused,
            record.connections,
            record.subscribed,
            record.commands_received,
            record.command_channel_bytes_sent,
            record.data_channel_bytes_sent,
        )


@dataclass(frozen=True)
class ConnectionCounters:
    """What is counted of a connection to a subscriber, from its beginning."""

    measurements_sent: int
    """Measurements sent."""
    measurements_dropped: int
    """Measurements dropped, because the subscriber was too slow or the system did not take datagrams; for the
    publisher also, once, those that the engine was too slow for.
    """
    measurements_per_second: float
    """Measurements queued per second, in the latest complete second."""
    packets_sent: int
    """Data packets queued; for a member of a multicast group, those of the group."""
    bytes_sent: int
    """Bytes sent, protocol included."""
    bytes_received: int
    """Bytes received, protocol included."""
    datagrams_sent: int
    """Datagrams handed to the system; for a member of a multicast group, those of the group."""
    datagrams_dropped: int
    """Datagrams dropped, because the system did not take them at once."""
    buffer_blocks_sent: int
    """Buffer blocks queued, repetitions not counted."""
    buffer_blocks_repeated: int
    """Buffer blocks queued once more, because they were not confirmed."""
    buffer_blocks_dropped: int
    """Buffer blocks not sent, because the subscriber was too slow to take or to confirm others; for the
    publisher also, once, those that the engine was too slow for.
    """
    buffer_blocks_unconfirmed: int
    """Buffer blocks that were sent, but whose confirmation never came."""
    signal_count: int
    """Signals of the subscription."""
    queued_bytes: int
    """Bytes that wait to be sent."""
    commands_received: int
    """Commands received, those included that were refused."""
    command_channel_bytes_sent: int
    """Bytes sent by TCP, the command channel, through which measurements go too unless they go by UDP."""
    data_channel_bytes_sent: int
    """Bytes sent by UDP, the data channel; for a member of a multicast group, those of the group."""

    @classmethod
    def _read(cls, record: c.sttp_connection_counters) -> ConnectionCounters:
        return cls(
            record.measurements_sent,
            record.measurements_dropped,
            record.measurements_per_second,
            record.packets_sent,
            record.bytes_sent,
            record.bytes_received,
            record.datagrams_sent,
            record.datagrams_dropped,
            record.buffer_blocks_sent,
            record.buffer_blocks_repeated,
            record.buffer_blocks_dropped,
            record.buffer_blocks_unconfirmed,
            record.signal_count,
            record.queued_bytes,
            record.commands_received,
            record.command_channel_bytes_sent,
            record.data_channel_bytes_sent,
        )


@dataclass(frozen=True)
class ConnectionModes:
    """How a subscriber wants to be spoken to, and what it gets. Each is 1 or 0."""

    protocol_version: int
    """Protocol version: 1, 2 or 3."""
    encoding: Encoding
    """STTP_ENCODING_... of all texts."""
    metadata_compression_asked: bool
    """Metadata compressed by GZip are asked for."""
    metadata_compressed: bool
    """Metadata are compressed."""
    cache_compression_asked: bool
    """Signal index caches compressed by GZip are asked for."""
    cache_compressed: bool
    """Signal index caches are compressed."""
    payload_compression_asked: bool
    """Measurements compressed by TSSC are asked for."""
    payload_compressed: bool
    """Measurements are compressed, unless they go by UDP."""
    internal_metadata: bool
    """Metadata are to include the publisher's own."""
    external_metadata: bool
    """Metadata are to include what the publisher has from others."""

    @classmethod
    def _read(cls, record: c.sttp_connection_modes) -> ConnectionModes:
        return cls(
            record.protocol_version,
            Encoding(record.encoding),
            record.metadata_compression_asked == 1,
            record.metadata_compressed == 1,
            record.cache_compression_asked == 1,
            record.cache_compressed == 1,
            record.payload_compression_asked == 1,
            record.payload_compressed == 1,
            record.internal_metadata == 1,
            record.external_metadata == 1,
        )


@dataclass(frozen=True)
class SubscriptionTerms:
    """What a subscription asks for, or what it gets. Texts are never None; long ones are cut."""

    compressed: bool
    """1 when measurements are compressed by TSSC, else 0: compact."""
    by_udp: bool
    """1 when they go by UDP, else 0."""
    include_time: bool
    """1 when they have times, else 0. Compressed ones always have."""
    base_times: bool
    """1 when times may be offsets from base times, else 0. Nobody asks for that."""
    millisecond_resolution: bool
    """1 when such offsets may be whole milliseconds, else 0."""
    nan_filter: bool
    """1 when measurements that are not a number are left out, else 0."""
    throttled: bool
    """1 when only the latest value of each signal comes, once per publish_interval; else 0."""
    check_time_reasonability: bool
    """1 when times outside lag_time and lead_time are marked, or are no base times; else 0."""
    encrypted: bool
    """1 when measurements are encrypted, else 0. Nobody asks for that."""
    processing_interval: int
    """Pace of historical data in milliseconds for each step; 0 for as fast as possible, -1 for the publisher's
    default, and for live data.
    """
    publish_interval: float
    """Interval of a throttled subscription in seconds; asked for, 0 leaves it to the publisher."""
    lag_time: float
    """How far in the past a time is reasonable, in seconds."""
    lead_time: float
    """How far in the future a time is reasonable, in seconds."""
    buffer_block_timeout: float
    """Buffer blocks are sent again when not confirmed for so many seconds; asked for, 0 leaves it to the
    publisher.
    """
    start_time: int
    """Ticks of the first time of historical data; 0 for live data, and where it is only asked for."""
    stop_time: int
    """Ticks of the last time of historical data; 0 for live data, and where it is only asked for."""
    start_time_text: str
    """The first time as the subscriber wrote it; empty for live data, and of what it gets."""
    stop_time_text: str
    """The last time as the subscriber wrote it; empty for none, and of what it gets."""
    time_parameters: str
    """Text for the source of historical data; empty for none, and of what it gets."""
    largest_packet: int
    """Largest data packet in bytes; 0 of what is asked for."""

    @classmethod
    def _read(cls, record: c.sttp_subscription_terms) -> SubscriptionTerms:
        return cls(
            record.compressed == 1,
            record.by_udp == 1,
            record.include_time == 1,
            record.base_times == 1,
            record.millisecond_resolution == 1,
            record.nan_filter == 1,
            record.throttled == 1,
            record.check_time_reasonability == 1,
            record.encrypted == 1,
            record.processing_interval,
            record.publish_interval,
            record.lag_time,
            record.lead_time,
            record.buffer_block_timeout,
            record.start_time,
            record.stop_time,
            text_of(record.start_time_text),
            text_of(record.stop_time_text),
            text_of(record.time_parameters),
            record.largest_packet,
        )


@dataclass(frozen=True)
class Connection:
    """What a publisher knows of one subscriber. Texts are never None."""

    id: int
    """Number of the connection, not used again by the same publisher."""
    subscriber_id: UUID
    """ID that the publisher gave the subscriber."""
    address: str
    """The subscriber's address, as `127.0.0.1:41234` or `[::1]:41234`."""
    identity: str
    """Program and version that the subscriber names, for display only; empty when it names none."""
    filter: str
    """Filter expression of its subscription; empty when it has none."""
    protocol_version: int
    """Protocol version it asked for: 1, 2 or 3; 0 as long as it has not said."""
    subscribed: bool
    """1 while data can flow to it, else 0."""
    outgoing: bool
    """1 when the publisher made the connection, 0 when it accepted it."""
    data_channel: str
    """Where its measurements go by UDP, as `127.0.0.1:9600`, or the multicast group; empty for TCP."""
    connected_since: int
    """Ticks of when the connection was made."""
    latency: Latency
    """How late measurements were when they were queued for it, since it connected: of the first and the last
    one of each data packet, historical ones aside.
    """
    recent_latency: Latency
    """The same of the latest complete second."""
    counters: ConnectionCounters
    """What is counted of it; as valid as the connection."""
    tls: Tls | None
    """What was agreed on by TLS, and who the subscriber is; None without TLS. As valid as the connection."""
    modes: ConnectionModes | None
    """How the subscriber wants to be spoken to, and what it gets; None before it has said so. As valid as the
    connection.
    """
    asked: SubscriptionTerms | None
    """What its subscription asks for; None without one. As valid as the connection."""
    granted: SubscriptionTerms | None
    """What its subscription gets; None without one. As valid as the connection."""
    program: str
    """The program that it says it is; empty when it names none."""
    program_version: str
    """Version of that program; empty when it names none."""
    program_updated_on: str
    """Date of that version; empty when it names none."""
    rights: str
    """What the rights call the subscriber; empty when there are none for it."""

    @classmethod
    def _read(cls, record: c.sttp_connection) -> Connection:
        return cls(
            record.id,
            guid_of(record.subscriber_id),
            text_of(record.address),
            text_of(record.identity),
            text_of(record.filter),
            record.protocol_version,
            record.subscribed == 1,
            record.outgoing == 1,
            text_of(record.data_channel),
            record.connected_since,
            Latency._read(record.latency),
            Latency._read(record.recent_latency),
            ConnectionCounters._read(record.counters.contents),
            Tls._read(record.tls.contents) if record.tls else None,
            ConnectionModes._read(record.modes.contents) if record.modes else None,
            SubscriptionTerms._read(record.asked.contents) if record.asked else None,
            SubscriptionTerms._read(record.granted.contents) if record.granted else None,
            text_of(record.program),
            text_of(record.program_version),
            text_of(record.program_updated_on),
            text_of(record.rights),
        )


@dataclass(frozen=True)
class Peer:
    """Somebody who has connected, or was connected to, and may be a subscriber."""

    address: str
    """Its address, as `127.0.0.1:41234` or `[::1]:41234`; never None."""
    tls: Tls | None
    """What was agreed on by TLS, and who the peer is by its certificate; None without TLS."""
    outgoing: bool
    """1 when the publisher made the connection, 0 when it accepted it."""

    @classmethod
    def _read(cls, record: c.sttp_peer) -> Peer:
        return cls(
            text_of(record.address),
            Tls._read(record.tls.contents) if record.tls else None,
            record.outgoing == 1,
        )


@dataclass(frozen=True)
class Audit:
    """A peer or a request that was accepted or refused. Texts are never None."""

    time: int
    """When, in ticks."""
    peer: Peer
    """Who, with its texts as valid as these."""
    connection_id: int
    """`id` of its connection; 0 when it has none yet."""
    name: str
    """What the rights call it; empty where there are none for it."""
    identity: str
    """Program and version as it names itself; empty before it has."""
    reason: str
    """What exactly, or why not."""
    line: str
    """All of it in one line, for a log."""
    left_out: int
    """So many others before it were left out, because there were too many."""
    subject: AuditSubject
    """What was accepted or refused: STTP_AUDIT_..."""
    accepted: bool
    """1 when it was accepted, 0 when it was refused."""

    @classmethod
    def _read(cls, record: c.sttp_audit) -> Audit:
        return cls(
            record.time,
            Peer._read(record.peer.contents),
            record.connection_id,
            text_of(record.name),
            text_of(record.identity),
            text_of(record.reason),
            text_of(record.line),
            record.left_out,
            AuditSubject(record.subject),
            record.accepted == 1,
        )


@dataclass(frozen=True)
class HistoryExtent:
    """What a publisher keeps in memory of what it published."""

    measurements: int
    """Measurements."""
    bytes: int
    """Bytes that they take."""
    earliest: int
    """Earliest time of a measurement, in ticks; 0 when there is none."""
    latest: int
    """Latest time of a measurement, in ticks; 0 when there is none."""
    dropped: int
    """Latest time of a measurement that was kept and is not any more, in ticks; 0 when there is none: of later
    ones nothing was dropped.
    """

    @classmethod
    def _read(cls, record: c.sttp_history_extent) -> HistoryExtent:
        return cls(
            record.measurements,
            record.bytes,
            record.earliest,
            record.latest,
            record.dropped,
        )


@dataclass(frozen=True)
class C37118Stream:
    """A stream of data frames."""

    id_code: int
    """ID code of the stream, 1 to 65534."""
    pmu_count: int
    """How many PMUs its data frames have."""
    data_rate: int
    """DATA_RATE: frames per second when positive, seconds per frame when negative."""
    time_base: int
    """Units of the fraction of a second."""
    version: int
    """Version of the frames: 1 for C37.118-2005, 2 for C37.118.2-2011."""
    form: int
    """Which frame told it: 1 to 3 for CFG-1 to CFG-3."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_stream) -> C37118Stream:
        return cls(
            record.id_code,
            record.pmu_count,
            record.data_rate,
            record.time_base,
            record.version,
            record.form,
        )


@dataclass(frozen=True)
class C37118Pmu:
    """A PMU of a configuration."""

    station: str
    """Name of the station, without the blanks that fill it up."""
    id_code: int
    """ID code of the source of its data."""
    format: int
    """FORMAT: bit 0 polar, bit 1 phasors, bit 2 analog values, bit 3 frequency as floating point."""
    phasor_count: int
    """How many phasors it has."""
    analog_count: int
    """How many analog values."""
    digital_count: int
    """How many words of sixteen digital values."""
    nominal_frequency: int
    """Nominal frequency in hertz, 50 or 60."""
    change_count: int
    """CFGCNT: grows with each change of the configuration."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_pmu) -> C37118Pmu:
        return cls(
            text_of(record.station),
            record.id_code,
            record.format,
            record.phasor_count,
            record.analog_count,
            record.digital_count,
            record.nominal_frequency,
            record.change_count,
        )


@dataclass(frozen=True)
class C37118PmuDetails:
    """What only CFG-3 tells of a PMU."""

    global_id: int
    """Its ID over all systems, byte by byte as it is sent."""
    latitude: float
    """Degrees north; infinite when it is not told."""
    longitude: float
    """Degrees east; infinite when it is not told."""
    elevation: float
    """Metres above sea level; infinite when it is not told."""
    service_class: int
    """'M' for measurement, 'P' for protection."""
    window: int
    """Length of the measurement window in microseconds."""
    group_delay: int
    """Delay of the measurement in microseconds."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_pmu_details) -> C37118PmuDetails:
        return cls(
            record.global_id,
            record.latitude,
            record.longitude,
            record.elevation,
            record.service_class,
            record.window,
            record.group_delay,
        )


@dataclass(frozen=True)
class C37118Phasor:
    """A phasor of a PMU."""

    name: str
    """Its label."""
    per_count: float
    """Volts or amperes for each count, where phasors are integers."""
    angle_offset: float
    """Radians that are added to the angle."""
    is_current: bool
    """1 for a current, 0 for a voltage."""
    component: int
    """'0', '+' or '-' for a sequence, 'A', 'B' or 'C' for a phase; 0 when it is not told, which only CFG-3
    does.
    """
    flags: int
    """What was done to the phasor, as the bits of PHSCALE in CFG-3: resampled, filtered, adjusted."""
    user: int
    """The user's byte of PHSCALE in CFG-3."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_phasor) -> C37118Phasor:
        return cls(
            text_of(record.name),
            record.per_count,
            record.angle_offset,
            record.is_current == 1,
            record.component,
            record.flags,
            record.user,
        )


@dataclass(frozen=True)
class C37118Analog:
    """An analog value of a PMU."""

    name: str
    """Its label."""
    factor: float
    """The factor: of CFG-1 and CFG-2 the one that the user knows, of CFG-3 what the value is to be multiplied
    by.
    """
    offset: float
    """What is to be added to the multiplied value (CFG-3)."""
    code: int
    """0 single point on wave, 1 RMS, 2 peak, 65 to 255 the user's; -1 with CFG-3, which does not tell."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_analog) -> C37118Analog:
        return cls(
            text_of(record.name),
            record.factor,
            record.offset,
            record.code,
        )


@dataclass(frozen=True)
class C37118DigitalWord:
    """A word of sixteen digital values of a PMU."""

    names: list[str]
    """The labels of bits 0 to 15."""
    normal: int
    """The values in the normal state."""
    valid: int
    """The bits that are in use."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_digital_word) -> C37118DigitalWord:
        return cls(
            texts_of(record.names, 16),
            record.normal,
            record.valid,
        )


@dataclass(frozen=True)
class C37118PmuData:
    """What a PMU says in a data frame beside its channels."""

    frequency: float
    """Hertz; NaN when it is absent."""
    rate_of_change: float
    """Hertz per second; NaN when it is absent."""
    status: int
    """STAT, bit by bit."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_pmu_data) -> C37118PmuData:
        return cls(
            record.frequency,
            record.rate_of_change,
            record.status,
        )


@dataclass(frozen=True)
class C37118Polar:
    """A phasor of a data frame."""

    magnitude: float
    """Volts or amperes; NaN when it is absent."""
    angle: float
    """Degrees; NaN when it is absent."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_polar) -> C37118Polar:
        return cls(
            record.magnitude,
            record.angle,
        )


@dataclass(frozen=True)
class C37118RawPhasor:
    """A phasor as it is sent."""

    first: float
    """The real part; where FORMAT is polar, the magnitude. Counts where phasors are integers, volts or amperes
    where they are floats; NaN when it is absent.
    """
    second: float
    """The imaginary part, in the same unit; where FORMAT is polar, the angle: ten-thousandths of a radian
    where phasors are integers, radians where they are floats.
    """

    @classmethod
    def _read(cls, record: c.sttp_c37118_raw_phasor) -> C37118RawPhasor:
        return cls(
            record.first,
            record.second,
        )


@dataclass(frozen=True)
class C37118PmuValues:
    """What a PMU measures: the values for a data frame. Arrays have as many elements as the configuration has
    channels; None stands for values that are absent.
    """

    phasors: C37118Polar | None
    """The phasors in volts or amperes and degrees; or None, and raw_phasors."""
    raw_phasors: C37118RawPhasor | None
    """The phasors as they are sent; or None."""
    analogs: int
    """The analog values, unscaled."""
    digitals: int
    """The words of digital values."""
    frequency: float
    """Hertz; NaN when it is absent."""
    rate_of_change: float
    """Hertz per second; NaN when it is absent."""
    status: int
    """STAT, bit by bit."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_pmu_values) -> C37118PmuValues:
        return cls(
            C37118Polar._read(record.phasors.contents) if record.phasors else None,
            C37118RawPhasor._read(record.raw_phasors.contents) if record.raw_phasors else None,
            record.analogs,
            record.digitals,
            record.frequency,
            record.rate_of_change,
            record.status,
        )


@dataclass(frozen=True)
class C37118ClientCounters:
    """What is counted of a client of a C37.118 device since it was made, over all its connections."""

    data_frames: int
    """Data frames delivered."""
    frames: int
    """Frames received, of all kinds."""
    bytes_received: int
    """Bytes received."""
    commands: int
    """Commands sent."""
    bad_checks: int
    """Places where a frame seemed to begin, but its check word was wrong."""
    skipped_bytes: int
    """Bytes that belonged to no frame."""
    other_ids: int
    """Frames dropped, because they had another ID code."""
    unusable_frames: int
    """Frames dropped that no device sends, or whose content cannot be read."""
    early_frames: int
    """Data frames dropped, because the configuration was not known yet."""
    misfit_frames: int
    """Data frames dropped, because they did not fit the configuration."""
    missing_frames: int
    """Data frames that never came, or came late, as the times of others tell by the rate of the device."""
    duplicate_frames: int
    """Data frames dropped that had been there before."""
    late_frames: int
    """Data frames delivered whose time was not after that of an earlier one."""
    time_jumps: int
    """Jumps of the time by a minute or more, or ten frames where these are longer."""
    overflown_frames: int
    """Data frames dropped, because those before them were not taken in time."""
    configurations: int
    """Configurations that came into use."""
    refused_configurations: int
    """Configurations refused: damaged, too large, or in pieces that did not fit together."""
    silences: int
    """Times when the device had sent nothing for too long."""
    connections: int
    """Connections made."""
    last_timestamp: int
    """Time of the newest data frame."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_client_counters) -> C37118ClientCounters:
        return cls(
            record.data_frames,
            record.frames,
            record.bytes_received,
            record.commands,
            record.bad_checks,
            record.skipped_bytes,
            record.other_ids,
            record.unusable_frames,
            record.early_frames,
            record.misfit_frames,
            record.missing_frames,
            record.duplicate_frames,
            record.late_frames,
            record.time_jumps,
            record.overflown_frames,
            record.configurations,
            record.refused_configurations,
            record.silences,
            record.connections,
            record.last_timestamp,
        )


@dataclass(frozen=True)
class C37118DeviceCounters:
    """What is counted of a device since it was added to an input, beside what its session counts."""

    bytes_sent: int
    """Bytes that were sent to it."""
    datagrams: int
    """Datagrams that have come."""
    foreign_datagrams: int
    """Datagrams that have come from elsewhere and were not looked at."""
    frames_published: int
    """Data frames that were published."""
    measurements_published: int
    """Measurements that were published of them."""
    frames_not_mapped: int
    """Data frames that came while the publisher's metadata had not yet the configuration that they belong to."""
    frames_not_taken: int
    """Data frames that the publisher did not take: it was not started, or its subscribers are slow."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_device_counters) -> C37118DeviceCounters:
        return cls(
            record.bytes_sent,
            record.datagrams,
            record.foreign_datagrams,
            record.frames_published,
            record.measurements_published,
            record.frames_not_mapped,
            record.frames_not_taken,
        )


@dataclass(frozen=True)
class C37118Device:
    """What is known of a device."""

    id: int
    """Which it is, as sttp_c37118_input_add told it."""
    state: C37118State
    """STTP_C37118_CONNECTING to STTP_C37118_GAVE_UP."""
    pmu_count: int
    """How many PMUs its data frames have; 0 before it has told its configuration."""
    id_code: int
    """ID code of its data frames; 0 before it has told its configuration."""
    data_rate: int
    """Frames per second when positive, seconds per frame when negative; 0 before it has told its
    configuration.
    """

    @classmethod
    def _read(cls, record: c.sttp_c37118_device) -> C37118Device:
        return cls(
            record.id,
            C37118State(record.state),
            record.pmu_count,
            record.id_code,
            record.data_rate,
        )


@dataclass(frozen=True)
class C37118StreamCounters:
    """What is counted of a stream of frames that are made of measurements."""

    measurements: int
    """Measurements that were used."""
    measurements_of_others: int
    """Measurements of signals that the stream has not."""
    measurements_late: int
    """Measurements that came when their frame had been sent, or was not to be waited for any more."""
    measurements_early: int
    """Measurements whose time is too far ahead."""
    measurements_repeated: int
    """Measurements in place of others of the same signal and frame."""
    measurements_between_frames: int
    """Measurements whose frame has one of the same signal that is nearer to its time."""
    frames: int
    """Frames made."""
    frames_incomplete: int
    """Frames among them in which values were missing."""
    frames_dropped: int
    """Frames of which no value was there, and which were dropped, because the metadata changed or time went
    back.
    """
    frames_skipped: int
    """Frames left out, because nothing was received for longer than is waited for."""
    values_filled: int
    """Values filled in as absent."""
    restarts: int
    """How often the times of measurements went back and the stream began anew with them."""
    configuration_changes: int
    """Changes of the configuration."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_stream_counters) -> C37118StreamCounters:
        return cls(
            record.measurements,
            record.measurements_of_others,
            record.measurements_late,
            record.measurements_early,
            record.measurements_repeated,
            record.measurements_between_frames,
            record.frames,
            record.frames_incomplete,
            record.frames_dropped,
            record.frames_skipped,
            record.values_filled,
            record.restarts,
            record.configuration_changes,
        )


@dataclass(frozen=True)
class C37118RelayCounters:
    """What is counted of a stream of frames that is made of buffer blocks."""

    data_frames: int
    """Data frames received."""
    configuration_frames: int
    """Configuration and header frames received."""
    configuration_frames_repeated: int
    """Configuration and header frames among them that were known."""
    blocks_rejected: int
    """Blocks that are no frame, not one of their signal, or no configuration that means anything."""
    frames_dropped: int
    """Frames dropped, because no configuration came for longer than is waited for, or because they were not
    taken.
    """

    @classmethod
    def _read(cls, record: c.sttp_c37118_relay_counters) -> C37118RelayCounters:
        return cls(
            record.data_frames,
            record.configuration_frames,
            record.configuration_frames_repeated,
            record.blocks_rejected,
            record.frames_dropped,
        )


@dataclass(frozen=True)
class C37118ServerCounters:
    """What is counted of a server of a C37.118 stream since it was made."""

    published_frames: int
    """Data frames published."""
    data_frames: int
    """Data frames given to clients and targets, once for each; those by datagrams that failed too."""
    dropped_frames: int
    """Data frames dropped, because the client that they waited for took too little."""
    description_frames: int
    """Configuration and header frames given to clients and targets, once for each; those by datagrams that
    failed too.
    """
    bytes_received: int
    """Bytes received."""
    commands: int
    """Commands obeyed."""
    refused_commands: int
    """Commands not obeyed, because they came too often or their answers were not read."""
    other_ids: int
    """Commands not obeyed, because they had another ID code."""
    unusable_frames: int
    """Frames received that are no commands, or whose content cannot be read."""
    bad_checks: int
    """Places where a frame seemed to begin, but its check word was wrong."""
    skipped_bytes: int
    """Bytes that belonged to no frame."""
    clients: int
    """Clients that are served."""
    refused_clients: int
    """Clients refused, because there were too many."""
    ended_clients: int
    """Clients disconnected or forgotten, because they read nothing, sent garbage or were idle."""
    refused_datagrams: int
    """Datagrams that the hosts of clients and targets have refused."""
    failed_datagrams: int
    """Datagrams that could not be sent, and are lost."""

    @classmethod
    def _read(cls, record: c.sttp_c37118_server_counters) -> C37118ServerCounters:
        return cls(
            record.published_frames,
            record.data_frames,
            record.dropped_frames,
            record.description_frames,
            record.bytes_received,
            record.commands,
            record.refused_commands,
            record.other_ids,
            record.unusable_frames,
            record.bad_checks,
            record.skipped_bytes,
            record.clients,
            record.refused_clients,
            record.ended_clients,
            record.refused_datagrams,
            record.failed_datagrams,
        )


@dataclass(frozen=True)
class BlockLinkSessionCounters:
    """What is counted of a block link."""

    blocks_sent: int
    """Blocks sent."""
    bytes_sent: int
    """Bytes sent, blocks around their data included."""
    blocks_received: int
    """Blocks received, those aside that had come before."""
    bytes_received: int
    """Bytes received, whatever they were."""
    blocks_lost: int
    """Blocks of the other side that never came."""
    blocks_late: int
    """Blocks that came behind later ones."""
    blocks_repeated: int
    """Blocks that had come before, and were dropped."""
    sequence_restarts: int
    """How often the other side began its sequence numbers anew."""
    bad_checks: int
    """Places where a block seemed to begin, but its check word was wrong."""
    bytes_skipped: int
    """Bytes received that belonged to no block."""
    blocks_unknown: int
    """Blocks of a feature that was not agreed, or before anything was."""
    messages_rejected: int
    """Messages that cannot be read, or come from the wrong side."""
    points_sent: int
    """Data points sent."""
    points_dropped: int
    """Data points that were not sent, because the link was too slow or nothing was agreed yet."""
    points_received: int
    """Data points received that became measurements or parts of frames."""
    points_unknown: int
    """Data points received that nobody knows the definition or the signal of."""
    points_malformed: int
    """Data points received that are not as their definition says, or whose time is none."""
    contradictions: int
    """Definitions and assignments that say something else of an ID than those before."""
    deliveries_dropped: int
    """Measurements and frames that the application has not taken in time."""
    frames_whole: int
    """Data frames of C37.118 that were put together."""
    frames_incomplete: int
    """Data frames of C37.118 of which some points came, but not all."""
    documents: int
    """Documents received."""
    agreements: int
    """Agreements that came into force."""
    rejections: int
    """Offers that were refused, by either side."""
    points_late: int
    """Data points of C37.118 received when their frame was over, or again."""

    @classmethod
    def _read(cls, record: c.sttp_block_link_session_counters) -> BlockLinkSessionCounters:
        return cls(
            record.blocks_sent,
            record.bytes_sent,
            record.blocks_received,
            record.bytes_received,
            record.blocks_lost,
            record.blocks_late,
            record.blocks_repeated,
            record.sequence_restarts,
            record.bad_checks,
            record.bytes_skipped,
            record.blocks_unknown,
            record.messages_rejected,
            record.points_sent,
            record.points_dropped,
            record.points_received,
            record.points_unknown,
            record.points_malformed,
            record.contradictions,
            record.deliveries_dropped,
            record.frames_whole,
            record.frames_incomplete,
            record.documents,
            record.agreements,
            record.rejections,
            record.points_late,
        )


@dataclass(frozen=True)
class BlockLinkCounters:
    """What is counted of a block link since it was made, beside what its session counts."""

    openings: int
    """How often the link was opened."""
    foreign_datagrams: int
    """Datagrams that have come from elsewhere and were not looked at."""
    datagrams_not_sent: int
    """Datagrams that the system would not send."""
    measurements_while_closed: int
    """Measurements to be sent while the link was closed."""
    frames_while_closed: int
    """Frames of C37.118 to be sent while the link was closed."""
    frames_refused: int
    """Frames of C37.118 that are no data frames, or by another configuration than the one that was set."""

    @classmethod
    def _read(cls, record: c.sttp_block_link_counters) -> BlockLinkCounters:
        return cls(
            record.openings,
            record.foreign_datagrams,
            record.datagrams_not_sent,
            record.measurements_while_closed,
            record.frames_while_closed,
            record.frames_refused,
        )


@dataclass(frozen=True)
class BlockLinkAgreement:
    """What both sides of a link have agreed; on one-way links, what the sender says of itself, at either side."""

    exchange: int
    """Number of the agreement, which no other one of the link has."""
    peer: BlockLinkRole
    """The role of the other side: STTP_BLOCK_LINK_CLIENT to STTP_BLOCK_LINK_PEER."""
    levels: BlockLinkLevels
    """Levels of compliance that the other side has: bits STTP_BLOCK_LINK_APPLICATION to
    STTP_BLOCK_LINK_CONCENTRATOR.
    """
    features: BlockLinkFeatures
    """Features that were agreed: bits STTP_BLOCK_LINK_POINTS to STTP_BLOCK_LINK_C37118."""
    blocks: BlockLinkForm
    """STTP_BLOCK_LINK_STANDARD_BLOCKS or STTP_BLOCK_LINK_COMPACT_BLOCKS."""
    stream: BlockLinkStream
    """STTP_BLOCK_LINK_RAW_STREAM or STTP_BLOCK_LINK_STANDARD_STREAM."""
    largest_block: int
    """Largest block that the other side takes, in bytes."""
    is_encrypted: bool
    """1 when the link is encrypted by TLS, else 0."""
    is_authenticated: bool
    """1 when the sides know each other by certificates, else 0."""

    @classmethod
    def _read(cls, record: c.sttp_block_link_agreement) -> BlockLinkAgreement:
        return cls(
            record.exchange,
            BlockLinkRole(record.peer),
            BlockLinkLevels(record.levels),
            BlockLinkFeatures(record.features),
            BlockLinkForm(record.blocks),
            BlockLinkStream(record.stream),
            record.largest_block,
            record.is_encrypted == 1,
            record.is_authenticated == 1,
        )


@dataclass(frozen=True)
class BlockLinkInfo:
    """Where a link stands."""

    id: int
    """Which it is, as sttp_block_link_input_add or sttp_block_link_output_add told it; 0 for a
    sttp_block_link.
    """
    state: BlockLinkState
    """STTP_BLOCK_LINK_CLOSED to STTP_BLOCK_LINK_CLOSING."""
    is_two_way: bool
    """1 when both sides can send, 0 when only one can."""
    waiting_points: int
    """Data points that wait to be sent, or are in blocks that the line, the socket or the file has not taken
    whole yet.
    """

    @classmethod
    def _read(cls, record: c.sttp_block_link_info) -> BlockLinkInfo:
        return cls(
            record.id,
            BlockLinkState(record.state),
            record.is_two_way == 1,
            record.waiting_points,
        )


@dataclass(frozen=True)
class BlockLinkInputCounters:
    """What is counted of a link whose measurements are published, beside what the link and its session count."""

    measurements_published: int
    """Measurements that were given to the publisher."""
    measurements_not_taken: int
    """Measurements that the publisher did not take: it was not started, or its subscribers are slow."""
    frames: int
    """Data frames of C37.118 that were put together, and told."""
    frames_published: int
    """Data frames of C37.118 that were given to the publisher."""
    frames_not_taken: int
    """Data frames of C37.118 that the publisher did not take: it was not started, its metadata did not have
    the stream yet, or its subscribers are slow.
    """

    @classmethod
    def _read(cls, record: c.sttp_block_link_input_counters) -> BlockLinkInputCounters:
        return cls(
            record.measurements_published,
            record.measurements_not_taken,
            record.frames,
            record.frames_published,
            record.frames_not_taken,
        )


@dataclass(frozen=True)
class Device:
    """A device: one row of the metadata's DeviceDetail. Texts are never None; what the metadata do not tell is
    empty or 0.
    """

    acronym: str
    """Name that measurements and phasors refer to."""
    name: str
    """Name for people."""
    parent_acronym: str
    """Acronym of the device, usually a concentrator, that this one belongs to."""
    protocol_name: str
    """Protocol that the publisher gets the device's data with."""
    company_acronym: str
    """Owner."""
    vendor_acronym: str
    """Maker."""
    vendor_device_name: str
    """Model."""
    interconnection_name: str
    """Grid that the device belongs to."""
    unique_id: UUID
    """The device, for ever."""
    longitude: float
    """Degrees, east is positive."""
    latitude: float
    """Degrees, north is positive."""
    access_id: int
    """Number that the device's own protocol knows it by, as the ID code of IEEE C37.118."""
    frames_per_second: int
    """Data frames a second."""
    is_concentrator: bool
    """1 for a concentrator, else 0."""
    enabled: bool
    """1 for a device in use, else 0."""
    measurement_count: int
    """Rows of MeasurementDetail that name the device."""
    phasor_count: int
    """Rows of PhasorDetail that name the device."""

    @classmethod
    def _read(cls, record: c.sttp_device) -> Device:
        return cls(
            text_of(record.acronym),
            text_of(record.name),
            text_of(record.parent_acronym),
            text_of(record.protocol_name),
            text_of(record.company_acronym),
            text_of(record.vendor_acronym),
            text_of(record.vendor_device_name),
            text_of(record.interconnection_name),
            guid_of(record.unique_id),
            record.longitude,
            record.latitude,
            record.access_id,
            record.frames_per_second,
            record.is_concentrator == 1,
            record.enabled == 1,
            record.measurement_count,
            record.phasor_count,
        )


@dataclass(frozen=True)
class MeasurementMetadata:
    """A measurement's description: one row of the metadata's MeasurementDetail. Texts are never None; what the
    metadata do not tell is empty or 0.
    """

    signal_id: UUID
    """The signal."""
    id: str
    """Measurement key, as `PPA:12`."""
    point_tag: str
    """Name of the signal."""
    signal_reference: str
    """Place of the signal in its device, as `SHELBY-PA1`."""
    signal_type: str
    """Kind of signal, as `FREQ`, `VPHM` or `IPHA`."""
    device_acronym: str
    """Acronym of its device."""
    description: str
    """Text for people."""
    phasor_source_index: int
    """Phasor number of the phasor that the signal is a part of; 0 for none."""
    internal: bool
    """1 when the publisher owns the signal, 0 when it got it from elsewhere."""
    enabled: bool
    """1 for a signal in use, which subscriptions can have, else 0."""
    updated_on: int
    """Ticks of the latest change; 0 when unknown."""
    adder: float
    """What is added to values after they were multiplied, so that they are in engineering units; 0 unless the
    metadata say otherwise. Measurements come as they were published: value * multiplier + adder is up to
    the program.
    """
    multiplier: float
    """What values are multiplied with; 1 unless the metadata say otherwise."""

    @classmethod
    def _read(cls, record: c.sttp_measurement_metadata) -> MeasurementMetadata:
        return cls(
            guid_of(record.signal_id),
            text_of(record.id),
            text_of(record.point_tag),
            text_of(record.signal_reference),
            text_of(record.signal_type),
            text_of(record.device_acronym),
            text_of(record.description),
            record.phasor_source_index,
            record.internal == 1,
            record.enabled == 1,
            record.updated_on,
            record.adder,
            record.multiplier,
        )


@dataclass(frozen=True)
class Phasor:
    """A phasor: one row of the metadata's PhasorDetail. Texts are never None; what the metadata do not tell is
    empty or 0.
    """

    device_acronym: str
    """Acronym of its device."""
    label: str
    """Name for people."""
    type: str
    """`V` for a voltage, `I` for a current."""
    phase: str
    """`A`, `B`, `C`, or `+`, `-`, `0` for a sequence."""
    id: int
    """Row of the phasor."""
    source_index: int
    """Row of the phasor in its device, from 1."""
    destination_id: int
    """`id` of the voltage that a current belongs to; 0 for none."""
    updated_on: int
    """Ticks of the latest change; 0 when unknown."""

    @classmethod
    def _read(cls, record: c.sttp_phasor) -> Phasor:
        return cls(
            text_of(record.device_acronym),
            text_of(record.label),
            text_of(record.type),
            text_of(record.phase),
            record.id,
            record.source_index,
            record.destination_id,
            record.updated_on,
        )


@dataclass(frozen=True)
class Finding:
    """Something wrong in metadata, and where it is. Texts are never None."""

    message: str
    """The whole finding as a sentence for people, with its place and the text that is wrong."""
    table: str
    """The table, as the metadata spell it."""
    column: str
    """The column; empty when it is about the row or the table as a whole."""
    row: int
    """The row of the table, from 0, or STTP_FINDING_NO_ROW."""
    kind: FindingKind
    """STTP_FINDING_...: what is wrong."""
    line: int
    """Line of the document that the metadata were read from, from 1; 0 when it was not found while reading
    one.
    """
    character: int
    """Character of that line, from 1; 0 likewise."""

    @classmethod
    def _read(cls, record: c.sttp_finding) -> Finding:
        return cls(
            text_of(record.message),
            text_of(record.table),
            text_of(record.column),
            record.row,
            FindingKind(record.kind),
            record.line,
            record.character,
        )


@dataclass(frozen=True)
class Counter:
    """A counter of a record."""

    name: str
    """Its name: that of the record's field. Valid for ever, as the other texts."""
    unit: str
    """What it is a number of, as `bytes`."""
    document: str
    """What it tells, in a sentence or two."""
    offset: int
    """Bytes from the beginning of the record to its value. A record of an earlier version may end before."""
    type: ValueType
    """STTP_TYPE_UINT64, STTP_TYPE_DOUBLE, or STTP_TYPE_DATETIME for ticks."""
    is_total: bool
    """1 when it only grows, 0 when it is as it is now."""

    @classmethod
    def _read(cls, record: c.sttp_counter) -> Counter:
        return cls(
            text_of(record.name),
            text_of(record.unit),
            text_of(record.document),
            record.offset,
            ValueType(record.type),
            record.is_total == 1,
        )
