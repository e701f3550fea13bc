"""The C API as ctypes has it: records, types of callbacks, and functions.

Generated from include/sttp.h and the tables of the library by bindings/generate.py.
"""

from __future__ import annotations

from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any

VERSION = '0.1.0'
"""The version of the header that these were read from."""


class sttp_guid(Structure):
    """A GUID: 16 bytes in the order of its text (RFC 4122), whatever the machine's byte order."""

    _fields_ = [
        ("bytes", c_uint8 * 16),
    ]
    bytes: Any


class sttp_measurement(Structure):
    """One measurement of one signal at one time: 40 bytes, 8-byte aligned (on 32-bit x86 4-byte)."""

    _fields_ = [
        ("signal_id", sttp_guid),
        ("timestamp", c_int64),
        ("value", c_double),
        ("flags", c_uint32),
        ("signal_index", c_uint32),
    ]
    signal_id: sttp_guid
    timestamp: int
    value: float
    flags: int
    signal_index: int


class sttp_datetime2(Structure):
    """A time of UTC that tells leap seconds apart."""

    _fields_ = [
        ("ticks", c_uint64),
        ("days", c_uint32),
        ("flags", c_uint32),
    ]
    ticks: int
    days: int
    flags: int


class sttp_latency(Structure):
    """How late measurements were: the time by this machine's clock less `timestamp`, in ticks of 100 ns; below
    0 when the clock that the timestamp is of is ahead. All 0 without any measurement.
    """

    _fields_ = [
        ("measurements", c_uint64),
        ("minimum", c_int64),
        ("mean", c_int64),
        ("maximum", c_int64),
    ]
    measurements: int
    minimum: int
    mean: int
    maximum: int


class sttp_tls(Structure):
    """What was agreed on with a peer by TLS, and who it is by its certificate. Texts are never None; those of
    the certificate are empty for a peer without one.
    """

    _fields_ = [
        ("version", c_char_p),
        ("cipher_suite", c_char_p),
        ("subject", c_char_p),
        ("issuer", c_char_p),
        ("fingerprint", c_char_p),
        ("not_before", c_int64),
        ("not_after", c_int64),
        ("pinned", c_int32),
        ("tolerated", c_uint32),
    ]
    version: bytes
    cipher_suite: bytes
    subject: bytes
    issuer: bytes
    fingerprint: bytes
    not_before: int
    not_after: int
    pinned: int
    tolerated: int


class sttp_setting(Structure):
    """A setting. Its texts are the library's and stay valid for ever; none is None."""

    _fields_ = [
        ("key", c_char_p),
        ("aliases", c_char_p),
        ("unit", c_char_p),
        ("least", c_char_p),
        ("most", c_char_p),
        ("words", c_char_p),
        ("value", c_char_p),
        ("default_value", c_char_p),
        ("summary", c_char_p),
        ("document", c_char_p),
        ("type", c_int32),
        ("repeats_others", c_int32),
    ]
    key: bytes
    aliases: bytes
    unit: bytes
    least: bytes
    most: bytes
    words: bytes
    value: bytes
    default_value: bytes
    summary: bytes
    document: bytes
    type: int
    repeats_others: int


class sttp_subscriber_counters(Structure):
    """What is counted of a subscriber since it was made, over all its connections."""

    _fields_ = [
        ("measurements", c_uint64),
        ("packets", c_uint64),
        ("bytes_received", c_uint64),
        ("bytes_sent", c_uint64),
        ("measurements_dropped", c_uint64),
        ("packets_dropped", c_uint64),
        ("connections", c_uint64),
        ("reconnects", c_uint64),
        ("signal_count", c_uint64),
        ("last_timestamp", c_int64),
        ("connections_refused", c_uint64),
        ("buffer_blocks", c_uint64),
        ("buffer_blocks_dropped", c_uint64),
        ("buffer_blocks_lost", c_uint64),
        ("gaps", c_uint64),
        ("gaps_recovered", c_uint64),
        ("gaps_abandoned", c_uint64),
        ("measurements_recovered", c_uint64),
        ("datagrams", c_uint64),
        ("datagrams_rejected", c_uint64),
        ("measurements_per_second", c_double),
        ("outage_log_failures", c_uint64),
        ("measurements_unattributed", c_uint64),
        ("packets_missing", c_uint64),
        ("metadata_findings", c_uint64),
        ("metadata_unusable", c_uint64),
        ("datagrams_lost", c_uint64),
        ("measurements_dropped_by_publisher", c_uint64),
        ("command_channel_bytes_received", c_uint64),
        ("data_channel_bytes_received", c_uint64),
    ]
    measurements: int
    packets: int
    bytes_received: int
    bytes_sent: int
    measurements_dropped: int
    packets_dropped: int
    connections: int
    reconnects: int
    signal_count: int
    last_timestamp: int
    connections_refused: int
    buffer_blocks: int
    buffer_blocks_dropped: int
    buffer_blocks_lost: int
    gaps: int
    gaps_recovered: int
    gaps_abandoned: int
    measurements_recovered: int
    datagrams: int
    datagrams_rejected: int
    measurements_per_second: float
    outage_log_failures: int
    measurements_unattributed: int
    packets_missing: int
    metadata_findings: int
    metadata_unusable: int
    datagrams_lost: int
    measurements_dropped_by_publisher: int
    command_channel_bytes_received: int
    data_channel_bytes_received: int


class sttp_signal(Structure):
    """One signal of a subscription: 40 bytes on 64-bit machines."""

    _fields_ = [
        ("signal_id", sttp_guid),
        ("key_number", c_uint64),
        ("key_source", c_char_p),
        ("wire_index", c_uint32),
        ("reserved", c_uint32),
    ]
    signal_id: sttp_guid
    key_number: int
    key_source: bytes
    wire_index: int
    reserved: int


class sttp_publisher_info(Structure):
    """What is known of the publisher of a connection, and how both sides speak."""

    _fields_ = [
        ("address", c_char_p),
        ("subscriber_id", sttp_guid),
        ("connected_since", c_int64),
        ("incoming", c_int32),
        ("protocol_version", c_int32),
        ("encoding", c_int32),
        ("modes_confirmed", c_int32),
        ("metadata_compression_asked", c_int32),
        ("metadata_compressed", c_int32),
        ("cache_compression_asked", c_int32),
        ("cache_compressed", c_int32),
        ("payload_compression_asked", c_int32),
        ("payload_compressed", c_int32),
        ("data_port", c_int32),
        ("reserved", c_uint32),
    ]
    address: bytes
    subscriber_id: sttp_guid
    connected_since: int
    incoming: int
    protocol_version: int
    encoding: int
    modes_confirmed: int
    metadata_compression_asked: int
    metadata_compressed: int
    cache_compression_asked: int
    cache_compressed: int
    payload_compression_asked: int
    payload_compressed: int
    data_port: int
    reserved: int


class sttp_signal_statistics(Structure):
    """What came of one signal since the current signals came into use."""

    _fields_ = [
        ("signal_id", sttp_guid),
        ("measurements", c_uint64),
        ("measurements_with_flags", c_uint64),
        ("last_timestamp", c_int64),
        ("last_value", c_double),
        ("latency", sttp_latency),
    ]
    signal_id: sttp_guid
    measurements: int
    measurements_with_flags: int
    last_timestamp: int
    last_value: float
    latency: sttp_latency


class sttp_publisher_counters(Structure):
    """What is counted of a publisher since it was made. What is also counted of each connection is the sum of
    them, those included that have ended: what goes to two subscribers counts twice.
    """

    _fields_ = [
        ("measurements_published", c_uint64),
        ("measurements_unknown", c_uint64),
        ("measurements_sent", c_uint64),
        ("measurements_dropped", c_uint64),
        ("measurements_per_second", c_double),
        ("packets_sent", c_uint64),
        ("bytes_sent", c_uint64),
        ("bytes_received", c_uint64),
        ("datagrams_sent", c_uint64),
        ("datagrams_dropped", c_uint64),
        ("buffer_blocks_sent", c_uint64),
        ("buffer_blocks_repeated", c_uint64),
        ("buffer_blocks_dropped", c_uint64),
        ("buffer_blocks_unconfirmed", c_uint64),
        ("connections_accepted", c_uint64),
        ("connections_refused", c_uint64),
        ("connections", c_uint64),
        ("subscribed", c_uint64),
        ("commands_received", c_uint64),
        ("command_channel_bytes_sent", c_uint64),
        ("data_channel_bytes_sent", c_uint64),
    ]
    measurements_published: int
    measurements_unknown: int
    measurements_sent: int
    measurements_dropped: int
    measurements_per_second: float
    packets_sent: int
    bytes_sent: int
    bytes_received: int
    datagrams_sent: int
    datagrams_dropped: int
    buffer_blocks_sent: int
    buffer_blocks_repeated: int
    buffer_blocks_dropped: int
    buffer_blocks_unconfirmed: int
    connections_accepted: int
    connections_refused: int
    connections: int
    subscribed: int
    commands_received: int
    command_channel_bytes_sent: int
    data_channel_bytes_sent: int


class sttp_connection_counters(Structure):
    """What is counted of a connection to a subscriber, from its beginning."""

    _fields_ = [
        ("measurements_sent", c_uint64),
        ("measurements_dropped", c_uint64),
        ("measurements_per_second", c_double),
        ("packets_sent", c_uint64),
        ("bytes_sent", c_uint64),
        ("bytes_received", c_uint64),
        ("datagrams_sent", c_uint64),
        ("datagrams_dropped", c_uint64),
        ("buffer_blocks_sent", c_uint64),
        ("buffer_blocks_repeated", c_uint64),
        ("buffer_blocks_dropped", c_uint64),
        ("buffer_blocks_unconfirmed", c_uint64),
        ("signal_count", c_uint64),
        ("queued_bytes", c_uint64),
        ("commands_received", c_uint64),
        ("command_channel_bytes_sent", c_uint64),
        ("data_channel_bytes_sent", c_uint64),
    ]
    measurements_sent: int
    measurements_dropped: int
    measurements_per_second: float
    packets_sent: int
    bytes_sent: int
    bytes_received: int
    datagrams_sent: int
    datagrams_dropped: int
    buffer_blocks_sent: int
    buffer_blocks_repeated: int
    buffer_blocks_dropped: int
    buffer_blocks_unconfirmed: int
    signal_count: int
    queued_bytes: int
    commands_received: int
    command_channel_bytes_sent: int
    data_channel_bytes_sent: int


class sttp_connection_modes(Structure):
    """How a subscriber wants to be spoken to, and what it gets. Each is 1 or 0."""

    _fields_ = [
        ("protocol_version", c_int32),
        ("encoding", c_int32),
        ("metadata_compression_asked", c_int32),
        ("metadata_compressed", c_int32),
        ("cache_compression_asked", c_int32),
        ("cache_compressed", c_int32),
        ("payload_compression_asked", c_int32),
        ("payload_compressed", c_int32),
        ("internal_metadata", c_int32),
        ("external_metadata", c_int32),
    ]
    protocol_version: int
    encoding: int
    metadata_compression_asked: int
    metadata_compressed: int
    cache_compression_asked: int
    cache_compressed: int
    payload_compression_asked: int
    payload_compressed: int
    internal_metadata: int
    external_metadata: int


class sttp_subscription_terms(Structure):
    """What a subscription asks for, or what it gets. Texts are never None; long ones are cut."""

    _fields_ = [
        ("compressed", c_int32),
        ("by_udp", c_int32),
        ("include_time", c_int32),
        ("base_times", c_int32),
        ("millisecond_resolution", c_int32),
        ("nan_filter", c_int32),
        ("throttled", c_int32),
        ("check_time_reasonability", c_int32),
        ("encrypted", c_int32),
        ("processing_interval", c_int32),
        ("publish_interval", c_double),
        ("lag_time", c_double),
        ("lead_time", c_double),
        ("buffer_block_timeout", c_double),
        ("start_time", c_int64),
        ("stop_time", c_int64),
        ("start_time_text", c_char_p),
        ("stop_time_text", c_char_p),
        ("time_parameters", c_char_p),
        ("largest_packet", c_uint64),
    ]
    compressed: int
    by_udp: int
    include_time: int
    base_times: int
    millisecond_resolution: int
    nan_filter: int
    throttled: int
    check_time_reasonability: int
    encrypted: int
    processing_interval: int
    publish_interval: float
    lag_time: float
    lead_time: float
    buffer_block_timeout: float
    start_time: int
    stop_time: int
    start_time_text: bytes
    stop_time_text: bytes
    time_parameters: bytes
    largest_packet: int


class sttp_connection(Structure):
    """What a publisher knows of one subscriber. Texts are never None."""

    _fields_ = [
        ("id", c_uint64),
        ("subscriber_id", sttp_guid),
        ("address", c_char_p),
        ("identity", c_char_p),
        ("filter", c_char_p),
        ("protocol_version", c_int32),
        ("subscribed", c_int32),
        ("outgoing", c_int32),
        ("reserved", c_uint32),
        ("data_channel", c_char_p),
        ("connected_since", c_int64),
        ("latency", sttp_latency),
        ("recent_latency", sttp_latency),
        ("counters", POINTER(sttp_connection_counters)),
        ("tls", POINTER(sttp_tls)),
        ("modes", POINTER(sttp_connection_modes)),
        ("asked", POINTER(sttp_subscription_terms)),
        ("granted", POINTER(sttp_subscription_terms)),
        ("program", c_char_p),
        ("program_version", c_char_p),
        ("program_updated_on", c_char_p),
        ("rights", c_char_p),
    ]
    id: int
    subscriber_id: sttp_guid
    address: bytes
    identity: bytes
    filter: bytes
    protocol_version: int
    subscribed: int
    outgoing: int
    reserved: int
    data_channel: bytes
    connected_since: int
    latency: sttp_latency
    recent_latency: sttp_latency
    counters: Any
    tls: Any
    modes: Any
    asked: Any
    granted: Any
    program: bytes
    program_version: bytes
    program_updated_on: bytes
    rights: bytes


class sttp_peer(Structure):
    """Somebody who has connected, or was connected to, and may be a subscriber."""

    _fields_ = [
        ("address", c_char_p),
        ("tls", POINTER(sttp_tls)),
        ("outgoing", c_int32),
        ("reserved", c_uint32),
    ]
    address: bytes
    tls: Any
    outgoing: int
    reserved: int


class sttp_audit(Structure):
    """A peer or a request that was accepted or refused. Texts are never None."""

    _fields_ = [
        ("time", c_int64),
        ("peer", POINTER(sttp_peer)),
        ("connection_id", c_uint64),
        ("name", c_char_p),
        ("identity", c_char_p),
        ("reason", c_char_p),
        ("line", c_char_p),
        ("left_out", c_uint64),
        ("subject", c_int32),
        ("accepted", c_int32),
    ]
    time: int
    peer: Any
    connection_id: int
    name: bytes
    identity: bytes
    reason: bytes
    line: bytes
    left_out: int
    subject: int
    accepted: int


class sttp_history_window(Structure):
    """What a subscriber wants of the past."""

    _fields_ = [
        ("connection_id", c_uint64),
        ("start", c_int64),
        ("stop", c_int64),
        ("signals", POINTER(sttp_guid)),
        ("signal_count", c_size_t),
        ("parameters", c_char_p),
    ]
    connection_id: int
    start: int
    stop: int
    signals: Any
    signal_count: int
    parameters: bytes


class sttp_history_extent(Structure):
    """What a publisher keeps in memory of what it published."""

    _fields_ = [
        ("measurements", c_uint64),
        ("bytes", c_uint64),
        ("earliest", c_int64),
        ("latest", c_int64),
        ("dropped", c_int64),
    ]
    measurements: int
    bytes: int
    earliest: int
    latest: int
    dropped: int


class sttp_c37118_stream(Structure):
    """A stream of data frames."""

    _fields_ = [
        ("id_code", c_uint32),
        ("pmu_count", c_uint32),
        ("data_rate", c_int32),
        ("time_base", c_uint32),
        ("version", c_int32),
        ("form", c_int32),
    ]
    id_code: int
    pmu_count: int
    data_rate: int
    time_base: int
    version: int
    form: int


class sttp_c37118_pmu(Structure):
    """A PMU of a configuration."""

    _fields_ = [
        ("station", c_char_p),
        ("id_code", c_uint32),
        ("format", c_uint32),
        ("phasor_count", c_uint32),
        ("analog_count", c_uint32),
        ("digital_count", c_uint32),
        ("nominal_frequency", c_uint32),
        ("change_count", c_uint32),
        ("reserved", c_uint32),
    ]
    station: bytes
    id_code: int
    format: int
    phasor_count: int
    analog_count: int
    digital_count: int
    nominal_frequency: int
    change_count: int
    reserved: int


class sttp_c37118_pmu_details(Structure):
    """What only CFG-3 tells of a PMU."""

    _fields_ = [
        ("global_id", c_uint8 * 16),
        ("latitude", c_double),
        ("longitude", c_double),
        ("elevation", c_double),
        ("service_class", c_int32),
        ("window", c_int32),
        ("group_delay", c_int32),
        ("reserved", c_int32),
    ]
    global_id: Any
    latitude: float
    longitude: float
    elevation: float
    service_class: int
    window: int
    group_delay: int
    reserved: int


class sttp_c37118_phasor(Structure):
    """A phasor of a PMU."""

    _fields_ = [
        ("name", c_char_p),
        ("per_count", c_double),
        ("angle_offset", c_double),
        ("is_current", c_int32),
        ("component", c_int32),
        ("flags", c_uint32),
        ("user", c_uint32),
    ]
    name: bytes
    per_count: float
    angle_offset: float
    is_current: int
    component: int
    flags: int
    user: int


class sttp_c37118_analog(Structure):
    """An analog value of a PMU."""

    _fields_ = [
        ("name", c_char_p),
        ("factor", c_double),
        ("offset", c_double),
        ("code", c_int32),
        ("reserved", c_int32),
    ]
    name: bytes
    factor: float
    offset: float
    code: int
    reserved: int


class sttp_c37118_digital_word(Structure):
    """A word of sixteen digital values of a PMU."""

    _fields_ = [
        ("names", POINTER(c_char_p)),
        ("normal", c_uint32),
        ("valid", c_uint32),
    ]
    names: Any
    normal: int
    valid: int


class sttp_c37118_pmu_data(Structure):
    """What a PMU says in a data frame beside its channels."""

    _fields_ = [
        ("frequency", c_double),
        ("rate_of_change", c_double),
        ("status", c_uint32),
        ("reserved", c_uint32),
    ]
    frequency: float
    rate_of_change: float
    status: int
    reserved: int


class sttp_c37118_polar(Structure):
    """A phasor of a data frame."""

    _fields_ = [
        ("magnitude", c_double),
        ("angle", c_double),
    ]
    magnitude: float
    angle: float


class sttp_c37118_raw_phasor(Structure):
    """A phasor as it is sent."""

    _fields_ = [
        ("first", c_double),
        ("second", c_double),
    ]
    first: float
    second: float


class sttp_c37118_frame(Structure):
    """A frame whose length and check word are right."""

    _fields_ = [
        ("bytes", c_void_p),
        ("length", c_size_t),
        ("type", c_int32),
        ("version", c_int32),
        ("id_code", c_uint32),
        ("second", c_uint32),
        ("fraction", c_uint32),
        ("command", c_uint32),
        ("content", c_void_p),
        ("content_length", c_size_t),
    ]
    bytes: Any
    length: int
    type: int
    version: int
    id_code: int
    second: int
    fraction: int
    command: int
    content: Any
    content_length: int


class sttp_c37118_pmu_values(Structure):
    """What a PMU measures: the values for a data frame. Arrays have as many elements as the configuration has
    channels; None stands for values that are absent.
    """

    _fields_ = [
        ("phasors", POINTER(sttp_c37118_polar)),
        ("raw_phasors", POINTER(sttp_c37118_raw_phasor)),
        ("analogs", POINTER(c_double)),
        ("digitals", POINTER(c_uint16)),
        ("frequency", c_double),
        ("rate_of_change", c_double),
        ("status", c_uint32),
        ("reserved", c_uint32),
    ]
    phasors: Any
    raw_phasors: Any
    analogs: Any
    digitals: Any
    frequency: float
    rate_of_change: float
    status: int
    reserved: int


class sttp_c37118_client_counters(Structure):
    """What is counted of a client of a C37.118 device since it was made, over all its connections."""

    _fields_ = [
        ("data_frames", c_uint64),
        ("frames", c_uint64),
        ("bytes_received", c_uint64),
        ("commands", c_uint64),
        ("bad_checks", c_uint64),
        ("skipped_bytes", c_uint64),
        ("other_ids", c_uint64),
        ("unusable_frames", c_uint64),
        ("early_frames", c_uint64),
        ("misfit_frames", c_uint64),
        ("missing_frames", c_uint64),
        ("duplicate_frames", c_uint64),
        ("late_frames", c_uint64),
        ("time_jumps", c_uint64),
        ("overflown_frames", c_uint64),
        ("configurations", c_uint64),
        ("refused_configurations", c_uint64),
        ("silences", c_uint64),
        ("connections", c_uint64),
        ("last_timestamp", c_int64),
    ]
    data_frames: int
    frames: int
    bytes_received: int
    commands: int
    bad_checks: int
    skipped_bytes: int
    other_ids: int
    unusable_frames: int
    early_frames: int
    misfit_frames: int
    missing_frames: int
    duplicate_frames: int
    late_frames: int
    time_jumps: int
    overflown_frames: int
    configurations: int
    refused_configurations: int
    silences: int
    connections: int
    last_timestamp: int


class sttp_c37118_device_counters(Structure):
    """What is counted of a device since it was added to an input, beside what its session counts."""

    _fields_ = [
        ("bytes_sent", c_uint64),
        ("datagrams", c_uint64),
        ("foreign_datagrams", c_uint64),
        ("frames_published", c_uint64),
        ("measurements_published", c_uint64),
        ("frames_not_mapped", c_uint64),
        ("frames_not_taken", c_uint64),
    ]
    bytes_sent: int
    datagrams: int
    foreign_datagrams: int
    frames_published: int
    measurements_published: int
    frames_not_mapped: int
    frames_not_taken: int


class sttp_c37118_device(Structure):
    """What is known of a device."""

    _fields_ = [
        ("id", c_uint64),
        ("state", c_int32),
        ("pmu_count", c_uint32),
        ("id_code", c_uint32),
        ("data_rate", c_int32),
    ]
    id: int
    state: int
    pmu_count: int
    id_code: int
    data_rate: int


class sttp_c37118_stream_counters(Structure):
    """What is counted of a stream of frames that are made of measurements."""

    _fields_ = [
        ("measurements", c_uint64),
        ("measurements_of_others", c_uint64),
        ("measurements_late", c_uint64),
        ("measurements_early", c_uint64),
        ("measurements_repeated", c_uint64),
        ("measurements_between_frames", c_uint64),
        ("frames", c_uint64),
        ("frames_incomplete", c_uint64),
        ("frames_dropped", c_uint64),
        ("frames_skipped", c_uint64),
        ("values_filled", c_uint64),
        ("restarts", c_uint64),
        ("configuration_changes", c_uint64),
    ]
    measurements: int
    measurements_of_others: int
    measurements_late: int
    measurements_early: int
    measurements_repeated: int
    measurements_between_frames: int
    frames: int
    frames_incomplete: int
    frames_dropped: int
    frames_skipped: int
    values_filled: int
    restarts: int
    configuration_changes: int


class sttp_c37118_relay_counters(Structure):
    """What is counted of a stream of frames that is made of buffer blocks."""

    _fields_ = [
        ("data_frames", c_uint64),
        ("configuration_frames", c_uint64),
        ("configuration_frames_repeated", c_uint64),
        ("blocks_rejected", c_uint64),
        ("frames_dropped", c_uint64),
    ]
    data_frames: int
    configuration_frames: int
    configuration_frames_repeated: int
    blocks_rejected: int
    frames_dropped: int


class sttp_c37118_server_counters(Structure):
    """What is counted of a server of a C37.118 stream since it was made."""

    _fields_ = [
        ("published_frames", c_uint64),
        ("data_frames", c_uint64),
        ("dropped_frames", c_uint64),
        ("description_frames", c_uint64),
        ("bytes_received", c_uint64),
        ("commands", c_uint64),
        ("refused_commands", c_uint64),
        ("other_ids", c_uint64),
        ("unusable_frames", c_uint64),
        ("bad_checks", c_uint64),
        ("skipped_bytes", c_uint64),
        ("clients", c_uint64),
        ("refused_clients", c_uint64),
        ("ended_clients", c_uint64),
        ("refused_datagrams", c_uint64),
        ("failed_datagrams", c_uint64),
    ]
    published_frames: int
    data_frames: int
    dropped_frames: int
    description_frames: int
    bytes_received: int
    commands: int
    refused_commands: int
    other_ids: int
    unusable_frames: int
    bad_checks: int
    skipped_bytes: int
    clients: int
    refused_clients: int
    ended_clients: int
    refused_datagrams: int
    failed_datagrams: int


class sttp_block_link_session_counters(Structure):
    """What is counted of a block link."""

    _fields_ = [
        ("blocks_sent", c_uint64),
        ("bytes_sent", c_uint64),
        ("blocks_received", c_uint64),
        ("bytes_received", c_uint64),
        ("blocks_lost", c_uint64),
        ("blocks_late", c_uint64),
        ("blocks_repeated", c_uint64),
        ("sequence_restarts", c_uint64),
        ("bad_checks", c_uint64),
        ("bytes_skipped", c_uint64),
        ("blocks_unknown", c_uint64),
        ("messages_rejected", c_uint64),
        ("points_sent", c_uint64),
        ("points_dropped", c_uint64),
        ("points_received", c_uint64),
        ("points_unknown", c_uint64),
        ("points_malformed", c_uint64),
        ("contradictions", c_uint64),
        ("deliveries_dropped", c_uint64),
        ("frames_whole", c_uint64),
        ("frames_incomplete", c_uint64),
        ("documents", c_uint64),
        ("agreements", c_uint64),
        ("rejections", c_uint64),
        ("points_late", c_uint64),
    ]
    blocks_sent: int
    bytes_sent: int
    blocks_received: int
    bytes_received: int
    blocks_lost: int
    blocks_late: int
    blocks_repeated: int
    sequence_restarts: int
    bad_checks: int
    bytes_skipped: int
    blocks_unknown: int
    messages_rejected: int
    points_sent: int
    points_dropped: int
    points_received: int
    points_unknown: int
    points_malformed: int
    contradictions: int
    deliveries_dropped: int
    frames_whole: int
    frames_incomplete: int
    documents: int
    agreements: int
    rejections: int
    points_late: int


class sttp_block_link_counters(Structure):
    """What is counted of a block link since it was made, beside what its session counts."""

    _fields_ = [
        ("openings", c_uint64),
        ("foreign_datagrams", c_uint64),
        ("datagrams_not_sent", c_uint64),
        ("measurements_while_closed", c_uint64),
        ("frames_while_closed", c_uint64),
        ("frames_refused", c_uint64),
    ]
    openings: int
    foreign_datagrams: int
    datagrams_not_sent: int
    measurements_while_closed: int
    frames_while_closed: int
    frames_refused: int


class sttp_block_link_agreement(Structure):
    """What both sides of a link have agreed; on one-way links, what the sender says of itself, at either side."""

    _fields_ = [
        ("exchange", c_uint32),
        ("peer", c_int32),
        ("levels", c_int32),
        ("features", c_int32),
        ("blocks", c_int32),
        ("stream", c_int32),
        ("largest_block", c_uint32),
        ("is_encrypted", c_int32),
        ("is_authenticated", c_int32),
        ("reserved", c_uint32),
    ]
    exchange: int
    peer: int
    levels: int
    features: int
    blocks: int
    stream: int
    largest_block: int
    is_encrypted: int
    is_authenticated: int
    reserved: int


class sttp_block_link_info(Structure):
    """Where a link stands."""

    _fields_ = [
        ("id", c_uint64),
        ("state", c_int32),
        ("is_two_way", c_int32),
        ("waiting_points", c_uint64),
    ]
    id: int
    state: int
    is_two_way: int
    waiting_points: int


class sttp_block_link_input_counters(Structure):
    """What is counted of a link whose measurements are published, beside what the link and its session count."""

    _fields_ = [
        ("measurements_published", c_uint64),
        ("measurements_not_taken", c_uint64),
        ("frames", c_uint64),
        ("frames_published", c_uint64),
        ("frames_not_taken", c_uint64),
    ]
    measurements_published: int
    measurements_not_taken: int
    frames: int
    frames_published: int
    frames_not_taken: int


class sttp_device(Structure):
    """A device: one row of the metadata's DeviceDetail. Texts are never None; what the metadata do not tell is
    empty or 0.
    """

    _fields_ = [
        ("acronym", c_char_p),
        ("name", c_char_p),
        ("parent_acronym", c_char_p),
        ("protocol_name", c_char_p),
        ("company_acronym", c_char_p),
        ("vendor_acronym", c_char_p),
        ("vendor_device_name", c_char_p),
        ("interconnection_name", c_char_p),
        ("unique_id", sttp_guid),
        ("longitude", c_double),
        ("latitude", c_double),
        ("access_id", c_int32),
        ("frames_per_second", c_int32),
        ("is_concentrator", c_int32),
        ("enabled", c_int32),
        ("measurement_count", c_uint64),
        ("phasor_count", c_uint64),
    ]
    acronym: bytes
    name: bytes
    parent_acronym: bytes
    protocol_name: bytes
    company_acronym: bytes
    vendor_acronym: bytes
    vendor_device_name: bytes
    interconnection_name: bytes
    unique_id: sttp_guid
    longitude: float
    latitude: float
    access_id: int
    frames_per_second: int
    is_concentrator: int
    enabled: int
    measurement_count: int
    phasor_count: int


class sttp_measurement_metadata(Structure):
    """A measurement's description: one row of the metadata's MeasurementDetail. Texts are never None; what the
    metadata do not tell is empty or 0.
    """

    _fields_ = [
        ("signal_id", sttp_guid),
        ("id", c_char_p),
        ("point_tag", c_char_p),
        ("signal_reference", c_char_p),
        ("signal_type", c_char_p),
        ("device_acronym", c_char_p),
        ("description", c_char_p),
        ("phasor_source_index", c_int32),
        ("internal", c_int32),
        ("enabled", c_int32),
        ("reserved", c_int32),
        ("updated_on", c_int64),
        ("adder", c_double),
        ("multiplier", c_double),
    ]
    signal_id: sttp_guid
    id: bytes
    point_tag: bytes
    signal_reference: bytes
    signal_type: bytes
    device_acronym: bytes
    description: bytes
    phasor_source_index: int
    internal: int
    enabled: int
    reserved: int
    updated_on: int
    adder: float
    multiplier: float


class sttp_phasor(Structure):
    """A phasor: one row of the metadata's PhasorDetail. Texts are never None; what the metadata do not tell is
    empty or 0.
    """

    _fields_ = [
        ("device_acronym", c_char_p),
        ("label", c_char_p),
        ("type", c_char_p),
        ("phase", c_char_p),
        ("id", c_int32),
        ("source_index", c_int32),
        ("destination_id", c_int32),
        ("reserved", c_int32),
        ("updated_on", c_int64),
    ]
    device_acronym: bytes
    label: bytes
    type: bytes
    phase: bytes
    id: int
    source_index: int
    destination_id: int
    reserved: int
    updated_on: int


class sttp_value(Structure):
    """A value of a cell or an expression: 48 bytes, 8-byte aligned (on 32-bit x86 4-byte).
    Functions that answer one write its text into a buffer of the caller: `true` or `false`, `-12`, a
    Decimal with all its digits but without trailing zeros (`0.25`), a Single or Double as the shortest text
    that reads back to the same number (`60`, `1e-7`, `nan`, `inf`, `-inf`), a Guid as `01234567-89ab-
    cdef-0123-456789abcdef`, a DateTime as `2026-11-21T08:30:00.5Z`, a String as it is, null as the empty
    text. sttp_metadata_builder_set reads all of these but null.
    """

    _fields_ = [
        ("guid", sttp_guid),
        ("integer", c_int64),
        ("number", c_double),
        ("text_length", c_uint64),
        ("type", c_int32),
        ("is_null", c_int32),
    ]
    guid: sttp_guid
    integer: int
    number: float
    text_length: int
    type: int
    is_null: int


class sttp_row(Structure):
    """A row of a table of metadata."""

    _fields_ = [
        ("table", c_uint64),
        ("row", c_uint64),
    ]
    table: int
    row: int


class sttp_finding(Structure):
    """Something wrong in metadata, and where it is. Texts are never None."""

    _fields_ = [
        ("message", c_char_p),
        ("table", c_char_p),
        ("column", c_char_p),
        ("row", c_uint64),
        ("kind", c_int32),
        ("line", c_uint32),
        ("character", c_uint32),
        ("reserved", c_uint32),
    ]
    message: bytes
    table: bytes
    column: bytes
    row: int
    kind: int
    line: int
    character: int
    reserved: int


class sttp_counter(Structure):
    """A counter of a record."""

    _fields_ = [
        ("name", c_char_p),
        ("unit", c_char_p),
        ("document", c_char_p),
        ("offset", c_uint64),
        ("type", c_int32),
        ("is_total", c_int32),
    ]
    name: bytes
    unit: bytes
    document: bytes
    offset: int
    type: int
    is_total: int


SIZES = {
    sttp_guid: 16,
    sttp_measurement: 40,
    sttp_datetime2: 16,
    sttp_latency: 32,
    sttp_tls: 64,
    sttp_setting: 88,
    sttp_subscriber_counters: 240,
    sttp_signal: 40,
    sttp_publisher_info: 80,
    sttp_signal_statistics: 80,
    sttp_publisher_counters: 168,
    sttp_connection_counters: 136,
    sttp_connection_modes: 40,
    sttp_subscription_terms: 120,
    sttp_connection: 216,
    sttp_peer: 24,
    sttp_audit: 72,
    sttp_history_window: 48,
    sttp_history_extent: 40,
    sttp_c37118_stream: 24,
    sttp_c37118_pmu: 40,
    sttp_c37118_pmu_details: 56,
    sttp_c37118_phasor: 40,
    sttp_c37118_analog: 32,
    sttp_c37118_digital_word: 16,
    sttp_c37118_pmu_data: 24,
    sttp_c37118_polar: 16,
    sttp_c37118_raw_phasor: 16,
    sttp_c37118_frame: 56,
    sttp_c37118_pmu_values: 56,
    sttp_c37118_client_counters: 160,
    sttp_c37118_device_counters: 56,
    sttp_c37118_device: 24,
    sttp_c37118_stream_counters: 104,
    sttp_c37118_relay_counters: 40,
    sttp_c37118_server_counters: 128,
    sttp_block_link_session_counters: 200,
    sttp_block_link_counters: 48,
    sttp_block_link_agreement: 40,
    sttp_block_link_info: 24,
    sttp_block_link_input_counters: 40,
    sttp_device: 128,
    sttp_measurement_metadata: 104,
    sttp_phasor: 56,
    sttp_value: 48,
    sttp_row: 16,
    sttp_finding: 48,
    sttp_counter: 40,
}
"""The bytes of each record as a C compiler has them."""

sttp_destroy_fn = CFUNCTYPE(None, c_void_p)
sttp_log_fn = CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_char_p)
sttp_message_fn = CFUNCTYPE(None, c_void_p, c_int32, c_char_p)
sttp_tls_fn = CFUNCTYPE(None, c_void_p, POINTER(sttp_tls))
sttp_connected_fn = CFUNCTYPE(None, c_void_p, c_char_p)
sttp_disconnected_fn = CFUNCTYPE(None, c_void_p, c_int32, c_char_p)
sttp_reconnecting_fn = CFUNCTYPE(None, c_void_p, c_uint32, c_uint32)
sttp_metadata_fn = CFUNCTYPE(None, c_void_p, c_void_p)
sttp_metadata_document_fn = CFUNCTYPE(None, c_void_p, c_void_p, c_size_t)
sttp_subscription_updated_fn = CFUNCTYPE(None, c_void_p, c_uint32, POINTER(POINTER(sttp_signal)), c_size_t)
sttp_measurements_fn = CFUNCTYPE(None, c_void_p, c_void_p, c_size_t)
sttp_data_start_time_fn = CFUNCTYPE(None, c_void_p, c_int64)
sttp_configuration_changed_fn = CFUNCTYPE(None, c_void_p)
sttp_request_succeeded_fn = CFUNCTYPE(None, c_void_p, c_int32, c_char_p)
sttp_request_failed_fn = CFUNCTYPE(None, c_void_p, c_int32, c_char_p)
sttp_publisher_info_fn = CFUNCTYPE(None, c_void_p, POINTER(sttp_publisher_info))
sttp_processing_complete_fn = CFUNCTYPE(None, c_void_p, c_char_p)
sttp_buffer_block_fn = CFUNCTYPE(None, c_void_p, POINTER(sttp_guid), c_uint32, c_void_p, c_size_t)
sttp_notification_fn = CFUNCTYPE(None, c_void_p, c_char_p)
sttp_user_response_fn = CFUNCTYPE(None, c_void_p, c_int32, c_int32, c_void_p, c_size_t)
sttp_schema_fn = CFUNCTYPE(None, c_void_p, c_int32, c_void_p)
sttp_publisher_reconnecting_fn = CFUNCTYPE(None, c_void_p, c_char_p, c_uint32, c_uint32)
sttp_gave_up_fn = CFUNCTYPE(None, c_void_p, c_char_p, c_int32, c_char_p)
sttp_connection_fn = CFUNCTYPE(None, c_void_p, POINTER(sttp_connection))
sttp_admit_fn = CFUNCTYPE(None, c_void_p, POINTER(sttp_peer), c_void_p)
sttp_audit_fn = CFUNCTYPE(None, c_void_p, POINTER(sttp_audit))
sttp_connection_ended_fn = CFUNCTYPE(None, c_void_p, POINTER(sttp_connection), c_int32, c_char_p)
sttp_processing_interval_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_int32)
sttp_history_read_fn = CFUNCTYPE(
    c_int32, c_void_p, POINTER(sttp_history_window), POINTER(c_void_p), c_void_p, c_size_t,
    POINTER(c_size_t)
)
sttp_history_close_fn = CFUNCTYPE(None, c_void_p, c_void_p)
sttp_notification_ended_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_uint32, c_int32)
sttp_user_command_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_int32, c_void_p, c_size_t)
sttp_c37118_frame_fn = CFUNCTYPE(None, c_void_p, POINTER(sttp_c37118_frame), c_void_p)
sttp_c37118_configuration_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_void_p)
sttp_c37118_message_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_int32, c_char_p)
sttp_c37118_connected_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_char_p)
sttp_c37118_disconnected_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_int32, c_char_p)
sttp_c37118_reconnecting_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_uint32, c_uint32)
sttp_c37118_data_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_void_p, c_void_p, c_size_t)
sttp_c37118_header_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_void_p, c_size_t)
sttp_c37118_client_connected_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_char_p)
sttp_c37118_client_disconnected_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_char_p, c_char_p)
sttp_block_link_opened_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_char_p)
sttp_block_link_agreed_fn = CFUNCTYPE(None, c_void_p, c_uint64, POINTER(sttp_block_link_agreement))
sttp_block_link_closed_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_int32, c_char_p)
sttp_block_link_reopening_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_uint32, c_uint32)
sttp_block_link_metadata_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_void_p)
sttp_block_link_configuration_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_uint32, c_void_p, c_size_t)
sttp_block_link_frame_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_void_p, c_size_t)
sttp_block_link_subscribed_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_size_t, c_char_p)
sttp_block_link_message_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_int32, c_char_p)
sttp_block_link_answered_fn = CFUNCTYPE(None, c_void_p, c_uint64, c_int32, c_uint32, c_char_p)

_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "sttp_version": (c_uint32,),
    "sttp_version_text": (c_char_p,),
    "sttp_status_name": (c_char_p, c_int32,),
    "sttp_last_error": (c_char_p,),
    "sttp_set_log_sink": (c_int32, c_int32, sttp_log_fn, c_void_p, sttp_destroy_fn,),
    "sttp_command_name": (c_char_p, c_int32,),
    "sttp_flag_name": (c_char_p, c_uint32,),
    "sttp_flags_format": (c_int32, c_uint32, c_void_p, c_size_t,),
    "sttp_time_now": (c_int64,),
    "sttp_time_parse": (c_int32, c_char_p, POINTER(c_int64),),
    "sttp_time_to_unix": (c_int32, c_int64, POINTER(c_int64), POINTER(c_uint32),),
    "sttp_time_from_unix": (c_int32, c_int64, c_uint32, POINTER(c_int64),),
    "sttp_time_to_unix_nanoseconds": (c_int32, c_int64, POINTER(c_int64),),
    "sttp_time_from_unix_nanoseconds": (c_int64, c_int64,),
    "sttp_time_format": (c_int32, c_int64, c_void_p, c_size_t,),
    "sttp_guid_parse": (c_int32, c_char_p, POINTER(sttp_guid),),
    "sttp_guid_format": (c_int32, POINTER(sttp_guid), c_void_p, c_size_t,),
    "sttp_value_format": (c_int32, c_double, c_void_p, c_size_t,),
    "sttp_ticks_compare": (c_int32, c_int64, c_int64,),
    "sttp_ticks_to_datetime2": (c_int32, c_int64, POINTER(sttp_datetime2),),
    "sttp_datetime2_to_ticks": (c_int32, POINTER(sttp_datetime2), POINTER(c_int64),),
    "sttp_datetime2_pack": (c_int32, POINTER(sttp_datetime2), POINTER(c_uint64),),
    "sttp_datetime2_unpack": (c_int32, c_uint64, POINTER(sttp_datetime2),),
    "sttp_make_certificate": (c_int32, c_char_p, c_char_p, c_uint32, c_char_p, c_char_p,),
    "sttp_engine_new": (c_int32, POINTER(c_void_p),),
    "sttp_engine_new_threads": (c_int32, c_int32, POINTER(c_void_p),),
    "sttp_engine_new_polled": (c_int32, POINTER(c_void_p),),
    "sttp_engine_poll": (c_int32, c_void_p, c_int32,),
    "sttp_engine_descriptor": (c_int32, c_void_p, POINTER(c_int32),),
    "sttp_engine_next_timeout": (c_int32, c_void_p, POINTER(c_int32),),
    "sttp_engine_free": (None, c_void_p,),
    "sttp_setting_count": (c_int32, c_int32, POINTER(c_size_t),),
    "sttp_setting_at": (c_int32, c_int32, c_size_t, POINTER(sttp_setting), c_size_t,),
    "sttp_setting_find": (c_int32, c_int32, c_char_p, POINTER(sttp_setting), c_size_t,),
    "sttp_state_name": (c_char_p, c_int32,),
    "sttp_subscriber_new": (c_int32, c_void_p, POINTER(c_void_p),),
    "sttp_subscriber_free": (None, c_void_p,),
    "sttp_subscriber_connect": (c_int32, c_void_p, c_char_p,),
    "sttp_subscriber_disconnect": (c_int32, c_void_p,),
    "sttp_subscriber_subscribe": (c_int32, c_void_p, c_char_p,),
    "sttp_subscriber_unsubscribe": (c_int32, c_void_p,),
    "sttp_subscriber_request_metadata": (c_int32, c_void_p, c_char_p,),
    "sttp_subscriber_state": (c_int32, c_void_p, POINTER(c_int32),),
    "sttp_subscriber_statistics": (c_int32, c_void_p, POINTER(sttp_subscriber_counters), c_size_t,),
    "sttp_subscriber_wait_until_subscribed": (c_int32, c_void_p, c_int32,),
    "sttp_subscriber_read_descriptor": (c_int32, c_void_p, POINTER(c_int32),),
    "sttp_subscriber_configure": (c_int32, c_void_p, c_char_p,),
    "sttp_subscriber_open": (c_int32, c_void_p, c_char_p,),
    "sttp_subscriber_listen": (c_int32, c_void_p, c_char_p,),
    "sttp_subscriber_address": (c_int32, c_void_p, c_void_p, c_size_t,),
    "sttp_subscriber_set": (c_int32, c_void_p, c_char_p, c_char_p,),
    "sttp_subscriber_get": (c_int32, c_void_p, c_char_p, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_subscriber_on_connected": (c_int32, c_void_p, sttp_connected_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_on_disconnected": (c_int32, c_void_p, sttp_disconnected_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_on_reconnecting": (c_int32, c_void_p, sttp_reconnecting_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_on_metadata": (c_int32, c_void_p, sttp_metadata_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_on_metadata_document": (
        c_int32, c_void_p, sttp_metadata_document_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_subscriber_on_subscription_updated": (
        c_int32, c_void_p, sttp_subscription_updated_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_subscriber_on_measurements": (c_int32, c_void_p, sttp_measurements_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_on_data_start_time": (
        c_int32, c_void_p, sttp_data_start_time_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_subscriber_on_configuration_changed": (
        c_int32, c_void_p, sttp_configuration_changed_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_subscriber_on_request_succeeded": (
        c_int32, c_void_p, sttp_request_succeeded_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_subscriber_on_request_failed": (c_int32, c_void_p, sttp_request_failed_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_on_message": (c_int32, c_void_p, sttp_message_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_publisher_info": (c_int32, c_void_p, sttp_publisher_info_fn, c_void_p,),
    "sttp_subscriber_signals": (
        c_int32, c_void_p, POINTER(POINTER(POINTER(sttp_signal))), POINTER(c_size_t), POINTER(c_uint32)
    ),
    "sttp_subscriber_read": (c_int32, c_void_p, POINTER(sttp_measurement), c_size_t, c_int32, POINTER(c_size_t),),
    "sttp_subscriber_read_signals": (
        c_int32, c_void_p, POINTER(POINTER(POINTER(sttp_signal))), POINTER(c_size_t), POINTER(c_uint32)
    ),
    "sttp_subscriber_update_processing_interval": (c_int32, c_void_p, c_int32,),
    "sttp_subscriber_on_processing_complete": (
        c_int32, c_void_p, sttp_processing_complete_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_subscriber_on_recovered_measurements": (
        c_int32, c_void_p, sttp_measurements_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_subscriber_on_buffer_block": (c_int32, c_void_p, sttp_buffer_block_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_on_notification": (c_int32, c_void_p, sttp_notification_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_on_user_response": (c_int32, c_void_p, sttp_user_response_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_send_user_command": (c_int32, c_void_p, c_int32, c_void_p, c_size_t,),
    "sttp_subscriber_on_schema": (c_int32, c_void_p, sttp_schema_fn, c_void_p, sttp_destroy_fn,),
    "sttp_subscriber_request_schema": (c_int32, c_void_p, c_int32,),
    "sttp_subscriber_rotate_cipher_keys": (c_int32, c_void_p,),
    "sttp_subscriber_tls": (c_int32, c_void_p, sttp_tls_fn, c_void_p,),
    "sttp_subscriber_reload_certificates": (c_int32, c_void_p,),
    "sttp_subscriber_latency_statistics": (c_int32, c_void_p, POINTER(sttp_latency), POINTER(sttp_latency),),
    "sttp_subscriber_signal_statistics": (
        c_int32, c_void_p, POINTER(sttp_signal_statistics), c_size_t, c_size_t, POINTER(c_size_t),
        POINTER(c_uint32)
    ),
    "sttp_publisher_new": (c_int32, c_void_p, POINTER(c_void_p),),
    "sttp_publisher_free": (None, c_void_p,),
    "sttp_publisher_set_metadata": (c_int32, c_void_p, c_void_p,),
    "sttp_publisher_start": (c_int32, c_void_p, c_char_p,),
    "sttp_publisher_stop": (c_int32, c_void_p,),
    "sttp_publisher_address": (c_int32, c_void_p, c_void_p, c_size_t,),
    "sttp_publisher_publish": (c_int32, c_void_p, POINTER(sttp_measurement), c_size_t,),
    "sttp_publisher_publish_indexed": (c_int32, c_void_p, POINTER(sttp_measurement), c_size_t,),
    "sttp_publisher_publish_to": (c_int32, c_void_p, c_uint64, POINTER(sttp_measurement), c_size_t,),
    "sttp_publisher_signal_index": (c_int32, c_void_p, POINTER(sttp_guid), POINTER(c_uint32),),
    "sttp_publisher_flush": (c_int32, c_void_p, c_int32,),
    "sttp_publisher_statistics": (c_int32, c_void_p, POINTER(sttp_publisher_counters), c_size_t,),
    "sttp_publisher_configure": (c_int32, c_void_p, c_char_p,),
    "sttp_publisher_open": (c_int32, c_void_p, c_char_p,),
    "sttp_publisher_connect": (c_int32, c_void_p, c_char_p,),
    "sttp_publisher_disconnect_from": (c_int32, c_void_p, c_char_p,),
    "sttp_publisher_on_reconnecting": (
        c_int32, c_void_p, sttp_publisher_reconnecting_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_publisher_on_gave_up": (c_int32, c_void_p, sttp_gave_up_fn, c_void_p, sttp_destroy_fn,),
    "sttp_publisher_reload_certificates": (c_int32, c_void_p,),
    "sttp_publisher_set": (c_int32, c_void_p, c_char_p, c_char_p,),
    "sttp_publisher_get": (c_int32, c_void_p, c_char_p, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_publisher_for_each_connection": (c_int32, c_void_p, sttp_connection_fn, c_void_p,),
    "sttp_publisher_disconnect": (c_int32, c_void_p, c_uint64,),
    "sttp_publisher_on_admit": (c_int32, c_void_p, sttp_admit_fn, c_void_p, sttp_destroy_fn,),
    "sttp_admission_refuse": (c_int32, c_void_p, c_char_p,),
    "sttp_admission_grant": (c_int32, c_void_p, c_char_p, c_char_p,),
    "sttp_publisher_set_rights": (c_int32, c_void_p, c_uint64, c_char_p, c_char_p,),
    "sttp_publisher_reload_rights": (c_int32, c_void_p,),
    "sttp_publisher_on_audit": (c_int32, c_void_p, sttp_audit_fn, c_void_p, sttp_destroy_fn,),
    "sttp_publisher_on_connected": (c_int32, c_void_p, sttp_connection_fn, c_void_p, sttp_destroy_fn,),
    "sttp_publisher_on_disconnected": (c_int32, c_void_p, sttp_connection_ended_fn, c_void_p, sttp_destroy_fn,),
    "sttp_publisher_on_subscribed": (c_int32, c_void_p, sttp_connection_fn, c_void_p, sttp_destroy_fn,),
    "sttp_publisher_on_unsubscribed": (c_int32, c_void_p, sttp_connection_fn, c_void_p, sttp_destroy_fn,),
    "sttp_publisher_on_message": (c_int32, c_void_p, sttp_message_fn, c_void_p, sttp_destroy_fn,),
    "sttp_publisher_on_processing_interval": (
        c_int32, c_void_p, sttp_processing_interval_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_history_from_memory": (c_int32, c_int64, c_int64,),
    "sttp_history_tell": (c_int32, c_char_p,),
    "sttp_publisher_set_history_source": (
        c_int32, c_void_p, sttp_history_read_fn, sttp_history_close_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_publisher_end_playback": (c_int32, c_void_p, c_uint64, c_char_p,),
    "sttp_publisher_history_extent": (c_int32, c_void_p, POINTER(sttp_history_extent), c_size_t,),
    "sttp_publisher_send_buffer_block": (c_int32, c_void_p, POINTER(sttp_guid), c_void_p, c_size_t, c_int32,),
    "sttp_publisher_on_notification": (c_int32, c_void_p, sttp_notification_ended_fn, c_void_p, sttp_destroy_fn,),
    "sttp_publisher_notify": (c_int32, c_void_p, c_uint64, c_char_p, POINTER(c_uint32),),
    "sttp_publisher_on_user_command": (c_int32, c_void_p, sttp_user_command_fn, c_void_p, sttp_destroy_fn,),
    "sttp_publisher_send_user_response": (c_int32, c_void_p, c_uint64, c_int32, c_int32, c_void_p, c_size_t,),
    "sttp_publisher_succeed_user_command": (c_int32, c_void_p, c_uint64, c_int32, c_char_p,),
    "sttp_publisher_fail_user_command": (c_int32, c_void_p, c_uint64, c_int32, c_char_p,),
    "sttp_publisher_announce_configuration_change": (c_int32, c_void_p,),
    "sttp_publisher_refuse_metadata": (c_int32, c_void_p, c_uint64, c_char_p,),
    "sttp_publisher_latency_statistics": (c_int32, c_void_p, POINTER(sttp_latency), POINTER(sttp_latency),),
    "sttp_c37118_configuration_clone": (c_int32, c_void_p, POINTER(c_void_p),),
    "sttp_c37118_configuration_free": (None, c_void_p,),
    "sttp_c37118_configuration_stream": (c_int32, c_void_p, POINTER(sttp_c37118_stream), c_size_t,),
    "sttp_c37118_configuration_pmu": (c_int32, c_void_p, c_size_t, POINTER(sttp_c37118_pmu), c_size_t,),
    "sttp_c37118_configuration_details": (
        c_int32, c_void_p, c_size_t, POINTER(sttp_c37118_pmu_details), c_size_t
    ),
    "sttp_c37118_configuration_phasor": (
        c_int32, c_void_p, c_size_t, c_size_t, POINTER(sttp_c37118_phasor), c_size_t
    ),
    "sttp_c37118_configuration_analog": (
        c_int32, c_void_p, c_size_t, c_size_t, POINTER(sttp_c37118_analog), c_size_t
    ),
    "sttp_c37118_configuration_digital": (
        c_int32, c_void_p, c_size_t, c_size_t, POINTER(sttp_c37118_digital_word), c_size_t
    ),
    "sttp_c37118_data_time": (c_int32, c_void_p, c_void_p, c_size_t, POINTER(c_int64), POINTER(c_uint32),),
    "sttp_c37118_data_pmu": (
        c_int32, c_void_p, c_void_p, c_size_t, c_size_t, POINTER(sttp_c37118_pmu_data), c_size_t
    ),
    "sttp_c37118_data_phasors": (
        c_int32, c_void_p, c_void_p, c_size_t, c_size_t, POINTER(sttp_c37118_polar), c_size_t
    ),
    "sttp_c37118_data_raw_phasors": (
        c_int32, c_void_p, c_void_p, c_size_t, c_size_t, POINTER(sttp_c37118_raw_phasor), c_size_t
    ),
    "sttp_c37118_data_analogs": (c_int32, c_void_p, c_void_p, c_size_t, c_size_t, POINTER(c_double), c_size_t,),
    "sttp_c37118_data_digitals": (c_int32, c_void_p, c_void_p, c_size_t, c_size_t, POINTER(c_uint16), c_size_t,),
    "sttp_c37118_assembler_new": (c_int32, POINTER(c_void_p),),
    "sttp_c37118_assembler_free": (None, c_void_p,),
    "sttp_c37118_assembler_receive": (c_int32, c_void_p, c_void_p, c_size_t, sttp_c37118_frame_fn, c_void_p,),
    "sttp_c37118_assembler_receive_datagram": (
        c_int32, c_void_p, c_void_p, c_size_t, sttp_c37118_frame_fn, c_void_p
    ),
    "sttp_c37118_builder_new": (c_int32, POINTER(sttp_c37118_stream), c_size_t, POINTER(c_void_p),),
    "sttp_c37118_builder_free": (None, c_void_p,),
    "sttp_c37118_builder_add_pmu": (c_int32, c_void_p, POINTER(sttp_c37118_pmu), c_size_t,),
    "sttp_c37118_builder_set_details": (c_int32, c_void_p, POINTER(sttp_c37118_pmu_details), c_size_t,),
    "sttp_c37118_builder_add_phasor": (c_int32, c_void_p, POINTER(sttp_c37118_phasor), c_size_t,),
    "sttp_c37118_builder_add_analog": (c_int32, c_void_p, POINTER(sttp_c37118_analog), c_size_t,),
    "sttp_c37118_builder_add_digital": (c_int32, c_void_p, POINTER(sttp_c37118_digital_word), c_size_t,),
    "sttp_c37118_builder_finish": (c_int32, c_void_p, c_int32, POINTER(c_void_p),),
    "sttp_c37118_configuration_encode": (
        c_int32, c_void_p, c_int64, c_uint32, c_void_p, c_size_t, POINTER(c_size_t)
    ),
    "sttp_c37118_data_encode": (
        c_int32, c_void_p, c_int64, c_uint32, POINTER(sttp_c37118_pmu_values), c_size_t, c_size_t, c_void_p,
        c_size_t, POINTER(c_size_t)
    ),
    "sttp_c37118_header_encode": (
        c_int32, c_void_p, c_int64, c_uint32, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(c_size_t)
    ),
    "sttp_c37118_command": (c_int32, c_uint32, c_int32, c_int64, c_uint32, c_void_p, c_size_t,),
    "sttp_c37118_extended_command": (
        c_int32, c_uint32, c_int32, c_int64, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(c_size_t)
    ),
    "sttp_c37118_input_new": (c_int32, c_void_p, c_char_p, POINTER(c_void_p),),
    "sttp_c37118_input_free": (None, c_void_p,),
    "sttp_c37118_input_set": (c_int32, c_void_p, c_char_p, c_char_p,),
    "sttp_c37118_input_get": (c_int32, c_void_p, c_char_p, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_c37118_input_add": (c_int32, c_void_p, c_char_p, POINTER(c_uint64),),
    "sttp_c37118_input_remove": (c_int32, c_void_p, c_uint64,),
    "sttp_c37118_input_devices": (c_int32, c_void_p, POINTER(c_uint64), c_size_t, POINTER(c_size_t),),
    "sttp_c37118_input_device": (c_int32, c_void_p, c_uint64, POINTER(sttp_c37118_device), c_size_t,),
    "sttp_c37118_input_statistics": (
        c_int32, c_void_p, c_uint64, POINTER(sttp_c37118_device_counters), c_size_t,
        POINTER(sttp_c37118_client_counters), c_size_t
    ),
    "sttp_c37118_input_on_connected": (c_int32, c_void_p, sttp_c37118_connected_fn, c_void_p, sttp_destroy_fn,),
    "sttp_c37118_input_on_disconnected": (
        c_int32, c_void_p, sttp_c37118_disconnected_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_c37118_input_on_reconnecting": (
        c_int32, c_void_p, sttp_c37118_reconnecting_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_c37118_input_on_configuration": (
        c_int32, c_void_p, sttp_c37118_configuration_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_c37118_input_on_data": (c_int32, c_void_p, sttp_c37118_data_fn, c_void_p, sttp_destroy_fn,),
    "sttp_c37118_input_on_header": (c_int32, c_void_p, sttp_c37118_header_fn, c_void_p, sttp_destroy_fn,),
    "sttp_c37118_input_on_metadata": (c_int32, c_void_p, sttp_metadata_fn, c_void_p, sttp_destroy_fn,),
    "sttp_c37118_input_on_message": (c_int32, c_void_p, sttp_c37118_message_fn, c_void_p, sttp_destroy_fn,),
    "sttp_c37118_output_new": (c_int32, c_void_p, POINTER(c_void_p),),
    "sttp_c37118_output_free": (None, c_void_p,),
    "sttp_c37118_output_set": (c_int32, c_void_p, c_char_p, c_char_p,),
    "sttp_c37118_output_get": (c_int32, c_void_p, c_char_p, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_c37118_output_open": (c_int32, c_void_p, c_char_p,),
    "sttp_c37118_output_close": (c_int32, c_void_p,),
    "sttp_c37118_output_add": (c_int32, c_void_p, c_char_p, POINTER(c_uint64),),
    "sttp_c37118_output_remove": (c_int32, c_void_p, c_uint64,),
    "sttp_c37118_output_streams": (c_int32, c_void_p, POINTER(c_uint64), c_size_t, POINTER(c_size_t),),
    "sttp_c37118_output_address": (c_int32, c_void_p, c_uint64, c_void_p, c_size_t,),
    "sttp_c37118_output_statistics": (
        c_int32, c_void_p, c_uint64, POINTER(sttp_c37118_stream_counters), c_size_t,
        POINTER(sttp_c37118_server_counters), c_size_t
    ),
    "sttp_c37118_output_relay_statistics": (
        c_int32, c_void_p, c_uint64, POINTER(sttp_c37118_relay_counters), c_size_t
    ),
    "sttp_c37118_output_subscription_statistics": (
        c_int32, c_void_p, POINTER(sttp_subscriber_counters), c_size_t
    ),
    "sttp_c37118_output_on_connected": (c_int32, c_void_p, sttp_connected_fn, c_void_p, sttp_destroy_fn,),
    "sttp_c37118_output_on_disconnected": (c_int32, c_void_p, sttp_disconnected_fn, c_void_p, sttp_destroy_fn,),
    "sttp_c37118_output_on_reconnecting": (c_int32, c_void_p, sttp_reconnecting_fn, c_void_p, sttp_destroy_fn,),
    "sttp_c37118_output_on_metadata": (c_int32, c_void_p, sttp_metadata_fn, c_void_p, sttp_destroy_fn,),
    "sttp_c37118_output_on_configuration": (
        c_int32, c_void_p, sttp_c37118_configuration_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_c37118_output_on_client_connected": (
        c_int32, c_void_p, sttp_c37118_client_connected_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_c37118_output_on_client_disconnected": (
        c_int32, c_void_p, sttp_c37118_client_disconnected_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_c37118_output_on_message": (c_int32, c_void_p, sttp_c37118_message_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_new": (c_int32, c_void_p, c_int32, c_char_p, POINTER(c_void_p),),
    "sttp_block_link_free": (None, c_void_p,),
    "sttp_block_link_get": (c_int32, c_void_p, c_char_p, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_block_link_open": (c_int32, c_void_p,),
    "sttp_block_link_close": (c_int32, c_void_p,),
    "sttp_block_link_subscribe": (c_int32, c_void_p, c_char_p,),
    "sttp_block_link_unsubscribe": (c_int32, c_void_p,),
    "sttp_block_link_request_metadata": (c_int32, c_void_p,),
    "sttp_block_link_set_metadata": (c_int32, c_void_p, c_void_p,),
    "sttp_block_link_set_configuration": (c_int32, c_void_p, c_void_p, c_size_t,),
    "sttp_block_link_publish": (c_int32, c_void_p, POINTER(sttp_measurement), c_size_t,),
    "sttp_block_link_publish_frame": (c_int32, c_void_p, c_void_p, c_size_t,),
    "sttp_block_link_reload_certificates": (c_int32, c_void_p,),
    "sttp_block_link_flush": (c_int32, c_void_p, c_int32,),
    "sttp_block_link_state": (c_int32, c_void_p, POINTER(sttp_block_link_info), c_size_t,),
    "sttp_block_link_agreed": (c_int32, c_void_p, POINTER(sttp_block_link_agreement), c_size_t,),
    "sttp_block_link_address": (c_int32, c_void_p, c_void_p, c_size_t,),
    "sttp_block_link_statistics": (
        c_int32, c_void_p, POINTER(sttp_block_link_counters), c_size_t,
        POINTER(sttp_block_link_session_counters), c_size_t
    ),
    "sttp_block_link_on_opened": (c_int32, c_void_p, sttp_block_link_opened_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_on_agreed": (c_int32, c_void_p, sttp_block_link_agreed_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_on_closed": (c_int32, c_void_p, sttp_block_link_closed_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_on_reopening": (c_int32, c_void_p, sttp_block_link_reopening_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_on_metadata": (c_int32, c_void_p, sttp_block_link_metadata_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_on_measurements": (c_int32, c_void_p, sttp_measurements_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_on_configuration": (
        c_int32, c_void_p, sttp_block_link_configuration_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_on_frame": (c_int32, c_void_p, sttp_block_link_frame_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_on_subscribed": (
        c_int32, c_void_p, sttp_block_link_subscribed_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_on_answered": (c_int32, c_void_p, sttp_block_link_answered_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_on_message": (c_int32, c_void_p, sttp_block_link_message_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_input_new": (c_int32, c_void_p, POINTER(c_void_p),),
    "sttp_block_link_input_free": (None, c_void_p,),
    "sttp_block_link_input_set": (c_int32, c_void_p, c_char_p, c_char_p,),
    "sttp_block_link_input_get": (c_int32, c_void_p, c_char_p, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_block_link_input_add": (c_int32, c_void_p, c_char_p, c_char_p, POINTER(c_uint64),),
    "sttp_block_link_input_remove": (c_int32, c_void_p, c_uint64,),
    "sttp_block_link_input_links": (c_int32, c_void_p, POINTER(c_uint64), c_size_t, POINTER(c_size_t),),
    "sttp_block_link_input_state": (c_int32, c_void_p, c_uint64, POINTER(sttp_block_link_info), c_size_t,),
    "sttp_block_link_input_agreed": (c_int32, c_void_p, c_uint64, POINTER(sttp_block_link_agreement), c_size_t,),
    "sttp_block_link_input_address": (c_int32, c_void_p, c_uint64, c_void_p, c_size_t,),
    "sttp_block_link_input_statistics": (
        c_int32, c_void_p, c_uint64, POINTER(sttp_block_link_input_counters), c_size_t,
        POINTER(sttp_block_link_counters), c_size_t, POINTER(sttp_block_link_session_counters), c_size_t
    ),
    "sttp_block_link_input_on_opened": (c_int32, c_void_p, sttp_block_link_opened_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_input_on_agreed": (c_int32, c_void_p, sttp_block_link_agreed_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_input_on_closed": (c_int32, c_void_p, sttp_block_link_closed_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_input_on_reopening": (
        c_int32, c_void_p, sttp_block_link_reopening_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_input_on_metadata": (
        c_int32, c_void_p, sttp_block_link_metadata_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_input_on_configuration": (
        c_int32, c_void_p, sttp_block_link_configuration_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_input_on_frame": (c_int32, c_void_p, sttp_block_link_frame_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_input_on_message": (
        c_int32, c_void_p, sttp_block_link_message_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_output_new": (c_int32, c_void_p, POINTER(c_void_p),),
    "sttp_block_link_output_free": (None, c_void_p,),
    "sttp_block_link_output_set": (c_int32, c_void_p, c_char_p, c_char_p,),
    "sttp_block_link_output_get": (c_int32, c_void_p, c_char_p, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_block_link_output_open": (c_int32, c_void_p, c_char_p,),
    "sttp_block_link_output_close": (c_int32, c_void_p,),
    "sttp_block_link_output_add": (c_int32, c_void_p, c_char_p, POINTER(c_uint64),),
    "sttp_block_link_output_remove": (c_int32, c_void_p, c_uint64,),
    "sttp_block_link_output_links": (c_int32, c_void_p, POINTER(c_uint64), c_size_t, POINTER(c_size_t),),
    "sttp_block_link_output_state": (c_int32, c_void_p, c_uint64, POINTER(sttp_block_link_info), c_size_t,),
    "sttp_block_link_output_agreed": (c_int32, c_void_p, c_uint64, POINTER(sttp_block_link_agreement), c_size_t,),
    "sttp_block_link_output_address": (c_int32, c_void_p, c_uint64, c_void_p, c_size_t,),
    "sttp_block_link_output_statistics": (
        c_int32, c_void_p, c_uint64, POINTER(c_uint64), POINTER(sttp_block_link_counters), c_size_t,
        POINTER(sttp_block_link_session_counters), c_size_t
    ),
    "sttp_block_link_output_subscription_statistics": (
        c_int32, c_void_p, POINTER(sttp_subscriber_counters), c_size_t
    ),
    "sttp_block_link_output_on_connected": (c_int32, c_void_p, sttp_connected_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_output_on_disconnected": (
        c_int32, c_void_p, sttp_disconnected_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_output_on_reconnecting": (
        c_int32, c_void_p, sttp_reconnecting_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_output_on_metadata": (c_int32, c_void_p, sttp_metadata_fn, c_void_p, sttp_destroy_fn,),
    "sttp_block_link_output_on_opened": (
        c_int32, c_void_p, sttp_block_link_opened_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_output_on_agreed": (
        c_int32, c_void_p, sttp_block_link_agreed_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_output_on_closed": (
        c_int32, c_void_p, sttp_block_link_closed_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_output_on_reopening": (
        c_int32, c_void_p, sttp_block_link_reopening_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_output_on_subscribed": (
        c_int32, c_void_p, sttp_block_link_subscribed_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_block_link_output_on_message": (
        c_int32, c_void_p, sttp_block_link_message_fn, c_void_p, sttp_destroy_fn
    ),
    "sttp_metadata_parse": (c_int32, c_char_p, c_size_t, POINTER(c_void_p),),
    "sttp_metadata_sample": (c_int32, POINTER(c_void_p),),
    "sttp_metadata_clone": (c_int32, c_void_p, POINTER(c_void_p),),
    "sttp_metadata_free": (None, c_void_p,),
    "sttp_metadata_to_xml": (c_int32, c_void_p, POINTER(c_char_p), POINTER(c_size_t),),
    "sttp_metadata_schema_version": (c_int32, c_void_p, POINTER(c_int32),),
    "sttp_metadata_device_count": (c_int32, c_void_p, POINTER(c_size_t),),
    "sttp_metadata_device": (c_int32, c_void_p, c_size_t, POINTER(sttp_device), c_size_t,),
    "sttp_metadata_measurement_count": (c_int32, c_void_p, POINTER(c_size_t),),
    "sttp_metadata_measurement": (c_int32, c_void_p, c_size_t, POINTER(sttp_measurement_metadata), c_size_t,),
    "sttp_metadata_find_measurement": (c_int32, c_void_p, POINTER(sttp_guid), POINTER(c_size_t),),
    "sttp_metadata_find_measurement_by_key": (c_int32, c_void_p, c_char_p, POINTER(c_size_t),),
    "sttp_metadata_find_measurement_by_tag": (c_int32, c_void_p, c_char_p, POINTER(c_size_t),),
    "sttp_metadata_phasor_count": (c_int32, c_void_p, POINTER(c_size_t),),
    "sttp_metadata_phasor": (c_int32, c_void_p, c_size_t, POINTER(sttp_phasor), c_size_t,),
    "sttp_metadata_find_device": (c_int32, c_void_p, c_char_p, POINTER(c_size_t),),
    "sttp_metadata_find_device_by_name": (c_int32, c_void_p, c_char_p, POINTER(c_size_t),),
    "sttp_metadata_find_phasor": (c_int32, c_void_p, c_size_t, c_char_p, POINTER(c_size_t),),
    "sttp_metadata_device_measurements": (
        c_int32, c_void_p, c_size_t, POINTER(c_size_t), c_size_t, POINTER(c_size_t)
    ),
    "sttp_metadata_device_phasors": (
        c_int32, c_void_p, c_size_t, POINTER(c_size_t), c_size_t, POINTER(c_size_t)
    ),
    "sttp_metadata_device_children": (
        c_int32, c_void_p, c_size_t, POINTER(c_size_t), c_size_t, POINTER(c_size_t)
    ),
    "sttp_metadata_device_parent": (c_int32, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_metadata_measurement_device": (c_int32, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_metadata_measurement_phasor": (c_int32, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_metadata_phasor_device": (c_int32, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_metadata_phasor_magnitude": (c_int32, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_metadata_phasor_angle": (c_int32, c_void_p, c_size_t, POINTER(c_size_t),),
    "sttp_signal_reference_parse": (c_int32, c_char_p, POINTER(c_int32), POINTER(c_uint32), c_void_p, c_size_t,),
    "sttp_signal_kind_code": (c_char_p, c_int32,),
    "sttp_type_name": (c_char_p, c_int32,),
    "sttp_metadata_table_count": (c_int32, c_void_p, POINTER(c_size_t),),
    "sttp_metadata_table": (
        c_int32, c_void_p, c_size_t, POINTER(c_char_p), POINTER(c_size_t), POINTER(c_size_t)
    ),
    "sttp_metadata_find_table": (c_int32, c_void_p, c_char_p, POINTER(c_size_t),),
    "sttp_metadata_column": (c_int32, c_void_p, c_size_t, c_size_t, POINTER(c_char_p), POINTER(c_int32),),
    "sttp_metadata_find_column": (c_int32, c_void_p, c_size_t, c_char_p, POINTER(c_size_t),),
    "sttp_metadata_cell": (
        c_int32, c_void_p, c_size_t, c_size_t, c_size_t, POINTER(sttp_value), c_void_p, c_size_t
    ),
    "sttp_metadata_cell_string": (c_int32, c_void_p, c_size_t, c_size_t, c_size_t, POINTER(c_char_p),),
    "sttp_metadata_select": (c_int32, c_void_p, c_char_p, POINTER(sttp_guid), c_size_t, POINTER(c_size_t),),
    "sttp_metadata_select_rows": (
        c_int32, c_void_p, c_size_t, c_char_p, POINTER(sttp_row), c_size_t, POINTER(c_size_t)
    ),
    "sttp_metadata_filter_table": (c_int32, c_void_p, c_size_t, c_char_p, POINTER(c_size_t),),
    "sttp_metadata_evaluate": (
        c_int32, c_void_p, c_size_t, c_size_t, c_char_p, POINTER(sttp_value), c_void_p, c_size_t
    ),
    "sttp_metadata_finding_count": (c_int32, c_void_p, c_int32, POINTER(c_size_t),),
    "sttp_metadata_finding": (c_int32, c_void_p, c_size_t, POINTER(sttp_finding), c_size_t,),
    "sttp_finding_name": (c_char_p, c_int32,),
    "sttp_metadata_append": (c_int32, c_void_p, c_void_p, POINTER(c_void_p), POINTER(c_size_t),),
    "sttp_metadata_merge": (
        c_int32, c_void_p, c_void_p, POINTER(c_void_p), POINTER(c_size_t), POINTER(c_size_t)
    ),
    "sttp_filter_new": (c_int32, c_char_p, POINTER(c_void_p),),
    "sttp_filter_free": (None, c_void_p,),
    "sttp_filter_select": (c_int32, c_void_p, c_void_p, POINTER(sttp_guid), c_size_t, POINTER(c_size_t),),
    "sttp_filter_select_rows": (
        c_int32, c_void_p, c_void_p, c_size_t, POINTER(sttp_row), c_size_t, POINTER(c_size_t)
    ),
    "sttp_filter_portable": (c_int32, c_void_p, POINTER(c_char_p),),
    "sttp_filter_adjustment": (c_int32, c_void_p, c_size_t, POINTER(c_double), POINTER(c_double),),
    "sttp_expression_new": (c_int32, c_char_p, POINTER(c_void_p),),
    "sttp_expression_free": (None, c_void_p,),
    "sttp_expression_evaluate": (
        c_int32, c_void_p, c_void_p, c_size_t, c_size_t, POINTER(sttp_value), c_void_p, c_size_t
    ),
    "sttp_metadata_builder_new": (c_int32, POINTER(c_void_p),),
    "sttp_metadata_builder_new_empty": (c_int32, c_char_p, POINTER(c_void_p),),
    "sttp_metadata_builder_new_from": (c_int32, c_void_p, POINTER(c_void_p),),
    "sttp_metadata_builder_free": (None, c_void_p,),
    "sttp_metadata_builder_add_table": (c_int32, c_void_p, c_char_p,),
    "sttp_metadata_builder_add_column": (c_int32, c_void_p, c_char_p, c_char_p, c_int32,),
    "sttp_metadata_builder_add_row": (c_int32, c_void_p, c_char_p,),
    "sttp_metadata_builder_set": (c_int32, c_void_p, c_char_p, c_char_p, c_char_p,),
    "sttp_metadata_builder_set_at": (c_int32, c_void_p, c_char_p, c_size_t, c_char_p, c_char_p,),
    "sttp_metadata_builder_finish": (c_int32, c_void_p, POINTER(c_void_p),),
    "sttp_metadata_builder_add_device": (c_int32, c_void_p, c_char_p, c_char_p, c_int32,),
    "sttp_metadata_builder_add_measurement": (
        c_int32, c_void_p, POINTER(sttp_guid), c_char_p, c_char_p, c_char_p, c_char_p, c_char_p, c_int32,
        c_char_p
    ),
    "sttp_metadata_builder_add_phasor": (c_int32, c_void_p, c_char_p, c_char_p, c_char_p, c_char_p, c_int32,),
    "sttp_counter_at": (c_int32, c_int32, c_size_t, POINTER(sttp_counter), c_size_t,),
}


def declare(library: CDLL) -> None:
    """Tells ctypes what each function of the library takes and gives."""
    for name, (result, *parameters) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = parameters
