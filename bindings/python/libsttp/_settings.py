"""Settings: keyword arguments, and attributes that read and set them.

Generated from include/sttp.h and the tables of the library by bindings/generate.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict

from libsttp._setting_values import Settings

SubscriberSecurityMode = Literal[
    "None", "TLS"
]

SubscriberMinimumTlsVersion = Literal[
    "1.2", "1.3"
]

PublisherSecurityMode = Literal[
    "None", "TLS"
]

PublisherMinimumTlsVersion = Literal[
    "1.2", "1.3"
]

PublisherOverflow = Literal[
    "dropOldest", "disconnect", "wait"
]

PublisherEncryptPayload = Literal[
    "false", "udp", "true"
]

C37118InputTransport = Literal[
    "tcp", "tcpUdp", "udp", "spontaneousUdp"
]

C37118InputPublish = Literal[
    "measurements", "frames", "both"
]

C37118InputCaptureTimes = Literal[
    "recorded", "now"
]

C37118InputConfigurationFrame = Literal[
    "newest", "cfg2", "cfg3"
]

C37118OutputStandard = Literal[
    "2005", "2011"
]

C37118OutputFormat = Literal[
    "device", "polarFloat", "rectangularFloat", "polarInteger", "rectangularInteger"
]

C37118OutputNominalFrequency = Literal[
    "60", "50"
]

C37118OutputWaitBy = Literal[
    "clock", "arrival"
]

C37118OutputCommandIds = Literal[
    "own", "any"
]

C37118OutputAnnouncedConfiguration = Literal[
    "cfg2", "cfg3", "both"
]

BlockLinkSecurityMode = Literal[
    "None", "TLS"
]

BlockLinkMinimumTlsVersion = Literal[
    "1.2", "1.3"
]

BlockLinkTimes = Literal[
    "ticks", "dateTime2"
]

BlockLinkLinkEncryption = Literal[
    "none", "possible", "required"
]


class SubscriberKeywords(TypedDict, total=False):
    """The settings of a Subscriber as keyword arguments, each described in SubscriberSettings."""

    server: str | int | Iterable[str]
    port: str | int | Iterable[str]
    interface: str | int | Iterable[str]
    allowed_addresses: str | int | Iterable[str]
    denied_addresses: str | int | Iterable[str]
    security_mode: SubscriberSecurityMode
    local_certificate: str | int | Iterable[str]
    local_private_key: str | int | Iterable[str]
    remote_certificate: str | int | Iterable[str]
    certificate_authorities: str | int | Iterable[str]
    revocation_lists: str | int | Iterable[str]
    valid_policy_errors: str | int | Iterable[str]
    valid_chain_flags: str | int | Iterable[str]
    minimum_tls_version: SubscriberMinimumTlsVersion
    handshake_timeout: float
    max_handshakes: int
    certificate_expiry_warning: float
    version: int
    auto_reconnect: bool
    retry_interval: int
    max_retry_interval: int
    max_retries: str | int | Iterable[str]
    data_loss_interval: float
    answer_timeout: float
    max_frame_size: int
    max_metadata_size: int
    read_queue: int
    compression: bool
    compress_metadata: bool
    compress_signal_index_cache: bool
    synchronize_metadata: bool
    metadata_filters: str | int | Iterable[str]
    receive_internal_metadata: bool
    receive_external_metadata: bool
    follow_configuration: bool
    data_channel: str
    data_channel_port: str | int | Iterable[str]
    data_channel_multicast_group: str | int | Iterable[str]
    data_channel_interface: str | int | Iterable[str]
    data_channel_receive_buffer_size: int
    data_gap_recovery: str
    data_gap_recovery_enabled: bool
    data_gap_recovery_recovery_start_delay: float
    data_gap_recovery_data_monitoring_interval: float
    data_gap_recovery_minimum_recovery_span: float
    data_gap_recovery_maximum_recovery_span: float
    data_gap_recovery_start_recovery_buffer: str | int | Iterable[str]
    data_gap_recovery_end_recovery_buffer: float
    data_gap_recovery_recovery_processing_interval: int
    outage_log: str | int | Iterable[str]
    latency_statistics: bool
    signal_statistics: bool
    statistics_interval: float
    gzip: bool
    compression_modes: str | int | Iterable[str]
    filter_expression: str | int | Iterable[str]
    throttled: bool
    publish_interval: float
    include_time: bool
    enable_time_reasonability_check: bool
    lag_time: float
    lead_time: float
    use_local_clock_as_real_time: bool
    use_millisecond_resolution: bool
    request_nan_value_filter: bool
    start_time_constraint: str | int | Iterable[str]
    stop_time_constraint: str | int | Iterable[str]
    time_constraint_parameters: str | int | Iterable[str]
    processing_interval: int
    buffer_block_retransmission_timeout: float
    assembly_info: str
    assembly_info_source: str | int | Iterable[str]
    assembly_info_version: str | int | Iterable[str]
    assembly_info_updated_on: str | int | Iterable[str]
    extra_parameters: str | int | Iterable[str]
    command_channel: str
    command_channel_server: str | int | Iterable[str]
    command_channel_port: str | int | Iterable[str]
    command_channel_interface: str | int | Iterable[str]


class SubscriberSettings(Settings):
    """The settings of a Subscriber, as attributes. Deleting one sets its default."""

    _ROLE = "subscriber"
    _KEYS = {
        "server": "server",
        "port": "port",
        "interface": "interface",
        "allowed_addresses": "allowedAddresses",
        "denied_addresses": "deniedAddresses",
        "security_mode": "securityMode",
        "local_certificate": "localCertificate",
        "local_private_key": "localPrivateKey",
        "remote_certificate": "remoteCertificate",
        "certificate_authorities": "certificateAuthorities",
        "revocation_lists": "revocationLists",
        "valid_policy_errors": "validPolicyErrors",
        "valid_chain_flags": "validChainFlags",
        "minimum_tls_version": "minimumTlsVersion",
        "handshake_timeout": "handshakeTimeout",
        "max_handshakes": "maxHandshakes",
        "certificate_expiry_warning": "certificateExpiryWarning",
        "version": "version",
        "auto_reconnect": "autoReconnect",
        "retry_interval": "retryInterval",
        "max_retry_interval": "maxRetryInterval",
        "max_retries": "maxRetries",
        "data_loss_interval": "dataLossInterval",
        "answer_timeout": "answerTimeout",
        "max_frame_size": "maxFrameSize",
        "max_metadata_size": "maxMetadataSize",
        "read_queue": "readQueue",
        "compression": "compression",
        "compress_metadata": "compressMetadata",
        "compress_signal_index_cache": "compressSignalIndexCache",
        "synchronize_metadata": "synchronizeMetadata",
        "metadata_filters": "metadataFilters",
        "receive_internal_metadata": "receiveInternalMetadata",
        "receive_external_metadata": "receiveExternalMetadata",
        "follow_configuration": "followConfiguration",
        "data_channel": "dataChannel",
        "data_channel_port": "dataChannel.port",
        "data_channel_multicast_group": "dataChannel.multicastGroup",
        "data_channel_interface": "dataChannel.interface",
        "data_channel_receive_buffer_size": "dataChannel.receiveBufferSize",
        "data_gap_recovery": "dataGapRecovery",
        "data_gap_recovery_enabled": "dataGapRecovery.enabled",
        "data_gap_recovery_recovery_start_delay": "dataGapRecovery.recoveryStartDelay",
        "data_gap_recovery_data_monitoring_interval": "dataGapRecovery.dataMonitoringInterval",
        "data_gap_recovery_minimum_recovery_span": "dataGapRecovery.minimumRecoverySpan",
        "data_gap_recovery_maximum_recovery_span": "dataGapRecovery.maximumRecoverySpan",
        "data_gap_recovery_start_recovery_buffer": "dataGapRecovery.startRecoveryBuffer",
        "data_gap_recovery_end_recovery_buffer": "dataGapRecovery.endRecoveryBuffer",
        "data_gap_recovery_recovery_processing_interval": "dataGapRecovery.recoveryProcessingInterval",
        "outage_log": "outageLog",
        "latency_statistics": "latencyStatistics",
        "signal_statistics": "signalStatistics",
        "statistics_interval": "statisticsInterval",
        "gzip": "gzip",
        "compression_modes": "compressionModes",
        "filter_expression": "filterExpression",
        "throttled": "throttled",
        "publish_interval": "publishInterval",
        "include_time": "includeTime",
        "enable_time_reasonability_check": "enableTimeReasonabilityCheck",
        "lag_time": "lagTime",
        "lead_time": "leadTime",
        "use_local_clock_as_real_time": "useLocalClockAsRealTime",
        "use_millisecond_resolution": "useMillisecondResolution",
        "request_nan_value_filter": "requestNaNValueFilter",
        "start_time_constraint": "startTimeConstraint",
        "stop_time_constraint": "stopTimeConstraint",
        "time_constraint_parameters": "timeConstraintParameters",
        "processing_interval": "processingInterval",
        "buffer_block_retransmission_timeout": "bufferBlockRetransmissionTimeout",
        "assembly_info": "assemblyInfo",
        "assembly_info_source": "assemblyInfo.source",
        "assembly_info_version": "assemblyInfo.version",
        "assembly_info_updated_on": "assemblyInfo.updatedOn",
        "extra_parameters": "extraParameters",
        "command_channel": "commandChannel",
        "command_channel_server": "commandChannel.server",
        "command_channel_port": "commandChannel.port",
        "command_channel_interface": "commandChannel.interface",
    }

    @property
    def server(self) -> str:
        """Whom to connect to, host:port; a publisher may have several, with commas between them. The port may
        stand beside it. Without a server, the port is to listen on.
        Value: host:port.
        Key: server.
        """
        return self._text("server")

    @server.setter
    def server(self, value: str | int | Iterable[str] | None) -> None:
        self._set("server", value)

    @server.deleter
    def server(self) -> None:
        self._set("server", None)

    @property
    def port(self) -> str:
        """Port of a server that is written without one, else the port to listen on; 0 takes any free one.
        Value: a port, 0 to 65535.
        Key: port.
        """
        return self._text("port")

    @port.setter
    def port(self, value: str | int | Iterable[str] | None) -> None:
        self._set("port", value)

    @port.deleter
    def port(self) -> None:
        self._set("port", None)

    @property
    def interface(self) -> str:
        """Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood.
        Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.
        Key: interface.
        """
        return self._text("interface")

    @interface.setter
    def interface(self, value: str | int | Iterable[str] | None) -> None:
        self._set("interface", value)

    @interface.deleter
    def interface(self) -> None:
        self._set("interface", None)

    @property
    def allowed_addresses(self) -> str:
        """Addresses from which one may connect; empty for all. As 192.0.2.7, 10.0.0.0/8 or fd00::/8. Connections
        that are made, not accepted, are not concerned, nor are those that stand.
        Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between them.
        Key: allowedAddresses.
        """
        return self._text("allowedAddresses")

    @allowed_addresses.setter
    def allowed_addresses(self, value: str | int | Iterable[str] | None) -> None:
        self._set("allowedAddresses", value)

    @allowed_addresses.deleter
    def allowed_addresses(self) -> None:
        self._set("allowedAddresses", None)

    @property
    def denied_addresses(self) -> str:
        """Addresses from which nobody may connect, also where they are among the allowed ones.
        Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between them.
        Key: deniedAddresses.
        """
        return self._text("deniedAddresses")

    @denied_addresses.setter
    def denied_addresses(self, value: str | int | Iterable[str] | None) -> None:
        self._set("deniedAddresses", value)

    @denied_addresses.deleter
    def denied_addresses(self) -> None:
        self._set("deniedAddresses", None)

    @property
    def security_mode(self) -> SubscriberSecurityMode:
        """How the TCP connections are secured: not at all, or by TLS with certificates of both sides. The side
        that connects is the TLS client, whichever of them publishes. docs/security.md tells which certificates
        are taken. Of a block link, TLS is the same as linkEncryption=required.
        Value: None or TLS.
        Default: None.
        Key: securityMode.
        """
        return self._text("securityMode")  # type: ignore[return-value]

    @security_mode.setter
    def security_mode(self, value: SubscriberSecurityMode | None) -> None:
        self._set("securityMode", value)

    @security_mode.deleter
    def security_mode(self) -> None:
        self._set("securityMode", None)

    @property
    def local_certificate(self) -> str:
        """The own certificate, PEM or DER; in PEM, those of its authorities may follow. Who listens needs one, and
        so does who connects to a peer that wants one, as all of GSF do.
        Value: a file.
        Key: localCertificate.
        """
        return self._text("localCertificate")

    @local_certificate.setter
    def local_certificate(self, value: str | int | Iterable[str] | None) -> None:
        self._set("localCertificate", value)

    @local_certificate.deleter
    def local_certificate(self) -> None:
        self._set("localCertificate", None)

    @property
    def local_private_key(self) -> str:
        """The key of the own certificate, PKCS#8 without a pass phrase; empty when it is in the same file.
        Value: a file.
        Key: localPrivateKey.
        """
        return self._text("localPrivateKey")

    @local_private_key.setter
    def local_private_key(self, value: str | int | Iterable[str] | None) -> None:
        self._set("localPrivateKey", value)

    @local_private_key.deleter
    def local_private_key(self) -> None:
        self._set("localPrivateKey", None)

    @property
    def remote_certificate(self) -> str:
        """Certificates of peers that are trusted as they are, PEM or DER. Several, to rotate one. Of folders, all
        files ending in .cer, .crt, .der and .pem count.
        Value: files or folders, with commas between them.
        Key: remoteCertificate.
        """
        return self._text("remoteCertificate")

    @remote_certificate.setter
    def remote_certificate(self, value: str | int | Iterable[str] | None) -> None:
        self._set("remoteCertificate", value)

    @remote_certificate.deleter
    def remote_certificate(self) -> None:
        self._set("remoteCertificate", None)

    @property
    def certificate_authorities(self) -> str:
        """Certificates of authorities: peers whose certificates they have issued are trusted.
        Value: files or folders, with commas between them.
        Key: certificateAuthorities.
        """
        return self._text("certificateAuthorities")

    @certificate_authorities.setter
    def certificate_authorities(self, value: str | int | Iterable[str] | None) -> None:
        self._set("certificateAuthorities", value)

    @certificate_authorities.deleter
    def certificate_authorities(self) -> None:
        self._set("certificateAuthorities", None)

    @property
    def revocation_lists(self) -> str:
        """Revocation lists (CRLs) of the authorities. Each certificate of a chain then needs a current one of its
        issuer.
        Value: files or folders, with commas between them.
        Key: revocationLists.
        """
        return self._text("revocationLists")

    @revocation_lists.setter
    def revocation_lists(self, value: str | int | Iterable[str] | None) -> None:
        self._set("revocationLists", value)

    @revocation_lists.deleter
    def revocation_lists(self) -> None:
        self._set("revocationLists", None)

    @property
    def valid_policy_errors(self) -> str:
        """What is tolerated of a peer's certificate.
        RemoteCertificateNameMismatch: it is for another host. RemoteCertificateNotAvailable: a client has none.
        RemoteCertificateChainErrors: what validChainFlags names.
        Value: words with commas between them.
        Key: validPolicyErrors.
        """
        return self._text("validPolicyErrors")

    @valid_policy_errors.setter
    def valid_policy_errors(self, value: str | int | Iterable[str] | None) -> None:
        self._set("validPolicyErrors", value)

    @valid_policy_errors.deleter
    def valid_policy_errors(self) -> None:
        self._set("validPolicyErrors", None)

    @property
    def valid_chain_flags(self) -> str:
        """What is tolerated of its chain, with validPolicyErrors=RemoteCertificateChainErrors.
        NotTimeValid: it has expired, or is not valid yet. UntrustedRoot or PartialChain: no trusted authority
        stands behind it, so that anybody is let in, unless certificates are pinned. RevocationStatusUnknown or
        OfflineRevocation: no current revocation list tells of it.
        Value: words with commas between them.
        Key: validChainFlags.
        """
        return self._text("validChainFlags")

    @valid_chain_flags.setter
    def valid_chain_flags(self, value: str | int | Iterable[str] | None) -> None:
        self._set("validChainFlags", value)

    @valid_chain_flags.deleter
    def valid_chain_flags(self) -> None:
        self._set("validChainFlags", None)

    @property
    def minimum_tls_version(self) -> SubscriberMinimumTlsVersion:
        """The oldest version of TLS that is spoken.
        Value: 1.2 or 1.3.
        Default: 1.2.
        Key: minimumTlsVersion.
        """
        return self._text("minimumTlsVersion")  # type: ignore[return-value]

    @minimum_tls_version.setter
    def minimum_tls_version(self, value: SubscriberMinimumTlsVersion | None) -> None:
        self._set("minimumTlsVersion", value)

    @minimum_tls_version.deleter
    def minimum_tls_version(self) -> None:
        self._set("minimumTlsVersion", None)

    @property
    def handshake_timeout(self) -> float:
        """A handshake of TLS that is not done by then ends the connection.
        Value: seconds, 0.1 or more.
        Default: 10.
        Key: handshakeTimeout.
        """
        return self._seconds("handshakeTimeout")

    @handshake_timeout.setter
    def handshake_timeout(self, value: float | None) -> None:
        self._set("handshakeTimeout", value)

    @handshake_timeout.deleter
    def handshake_timeout(self) -> None:
        self._set("handshakeTimeout", None)

    @property
    def max_handshakes(self) -> int:
        """Handshakes of those who connect that are under way at a time. Some 50 KB each. They take no more than an
        eighth of the descriptors that the process may have. When another one begins, the address that has most
        of them loses its oldest.
        Value: handshakes, 1 to 16384.
        Default: 512.
        Key: maxHandshakes.
        """
        return self._integer("maxHandshakes")

    @max_handshakes.setter
    def max_handshakes(self, value: int | None) -> None:
        self._set("maxHandshakes", value)

    @max_handshakes.deleter
    def max_handshakes(self) -> None:
        self._set("maxHandshakes", None)

    @property
    def certificate_expiry_warning(self) -> float:
        """Certificates that expire within so long are told, once a day.
        Value: seconds.
        Default: 2592000.
        Key: certificateExpiryWarning.
        """
        return self._seconds("certificateExpiryWarning")

    @certificate_expiry_warning.setter
    def certificate_expiry_warning(self, value: float | None) -> None:
        self._set("certificateExpiryWarning", value)

    @certificate_expiry_warning.deleter
    def certificate_expiry_warning(self) -> None:
        self._set("certificateExpiryWarning", None)

    @property
    def version(self) -> int:
        """Protocol version. Every publisher speaks version 2.
        Value: a version, 1 to 3.
        Default: 2.
        Key: version.
        """
        return self._integer("version")

    @version.setter
    def version(self, value: int | None) -> None:
        self._set("version", value)

    @version.deleter
    def version(self) -> None:
        self._set("version", None)

    @property
    def auto_reconnect(self) -> bool:
        """Connect again when a connection is lost or cannot be made.
        Value: true or false.
        Default: true.
        Key: autoReconnect.
        """
        return self._flag("autoReconnect")

    @auto_reconnect.setter
    def auto_reconnect(self, value: bool | None) -> None:
        self._set("autoReconnect", value)

    @auto_reconnect.deleter
    def auto_reconnect(self) -> None:
        self._set("autoReconnect", None)

    @property
    def retry_interval(self) -> int:
        """Before the first attempt to connect again; doubles from attempt to attempt. Each delay is shortened by a
        random part of up to a half, so that many clients of a restarted peer do not come back all at once.
        Value: milliseconds, 1 to 4294967295.
        Default: 1000.
        Key: retryInterval.
        """
        return self._integer("retryInterval")

    @retry_interval.setter
    def retry_interval(self, value: int | None) -> None:
        self._set("retryInterval", value)

    @retry_interval.deleter
    def retry_interval(self) -> None:
        self._set("retryInterval", None)

    @property
    def max_retry_interval(self) -> int:
        """Longest time between two attempts.
        Value: milliseconds, 1 to 4294967295.
        Default: 30000.
        Key: maxRetryInterval.
        """
        return self._integer("maxRetryInterval")

    @max_retry_interval.setter
    def max_retry_interval(self, value: int | None) -> None:
        self._set("maxRetryInterval", value)

    @max_retry_interval.deleter
    def max_retry_interval(self) -> None:
        self._set("maxRetryInterval", None)

    @property
    def max_retries(self) -> str:
        """Attempts in a row before giving up. The typed setting has 0 for never.
        Value: attempts, 1 or more, or -1 to never give up.
        Default: -1.
        Key: maxRetries.
        """
        return self._text("maxRetries")

    @max_retries.setter
    def max_retries(self, value: str | int | Iterable[str] | None) -> None:
        self._set("maxRetries", value)

    @max_retries.deleter
    def max_retries(self) -> None:
        self._set("maxRetries", None)

    @property
    def data_loss_interval(self) -> float:
        """A connection without any byte for so long, 6 at least, is lost; 0 for never. Publishers that have
        nothing else to send send a keep-alive every five seconds: in less time than that an idle connection
        cannot be told from a lost one. With TLS bytes of a record in part count, too.
        Value: seconds.
        Default: 20.
        Key: dataLossInterval.
        """
        return self._seconds("dataLossInterval")

    @data_loss_interval.setter
    def data_loss_interval(self, value: float | None) -> None:
        self._set("dataLossInterval", value)

    @data_loss_interval.deleter
    def data_loss_interval(self) -> None:
        self._set("dataLossInterval", None)

    @property
    def answer_timeout(self) -> float:
        """How long the publisher may take to answer, and the rest of a record of TLS to arrive. Answered are
        requests for metadata, subscriptions, and operational modes of version 3. Then the connection is given
        up, and made again as after any other loss. An answer underway may take longer, while 1 KiB of it
        arrives in that time.
        Value: seconds, 1 or more.
        Default: 60.
        Key: answerTimeout.
        """
        return self._seconds("answerTimeout")

    @answer_timeout.setter
    def answer_timeout(self, value: float | None) -> None:
        self._set("answerTimeout", value)

    @answer_timeout.deleter
    def answer_timeout(self) -> None:
        self._set("answerTimeout", None)

    @property
    def max_frame_size(self) -> int:
        """Largest message that is accepted. A larger one ends the connection.
        Value: bytes, 65536 or more.
        Default: 134217728.
        Key: maxFrameSize.
        """
        return self._integer("maxFrameSize")

    @max_frame_size.setter
    def max_frame_size(self, value: int | None) -> None:
        self._set("maxFrameSize", value)

    @max_frame_size.deleter
    def max_frame_size(self) -> None:
        self._set("maxFrameSize", None)

    @property
    def max_metadata_size(self) -> int:
        """Largest metadata that are accepted, after decompression. A thousand bytes for each signal, roughly.
        Larger ones are told as a failure of their request.
        Value: bytes, 65536 or more.
        Default: 536870912.
        Key: maxMetadataSize.
        """
        return self._integer("maxMetadataSize")

    @max_metadata_size.setter
    def max_metadata_size(self, value: int | None) -> None:
        self._set("maxMetadataSize", value)

    @max_metadata_size.deleter
    def max_metadata_size(self) -> None:
        self._set("maxMetadataSize", None)

    @property
    def read_queue(self) -> int:
        """Measurements that are kept to be read, in place of callbacks; 0 for callbacks. While so many wait,
        nothing is received: the publisher decides what it does with a slow subscriber. Each takes 40 bytes.
        Value: measurements, 0 or more.
        Default: 0.
        Key: readQueue.
        """
        return self._integer("readQueue")

    @read_queue.setter
    def read_queue(self, value: int | None) -> None:
        self._set("readQueue", value)

    @read_queue.deleter
    def read_queue(self) -> None:
        self._set("readQueue", None)

    @property
    def compression(self) -> bool:
        """Compressed measurements (TSSC); those by UDP never are.
        Value: true or false.
        Default: true.
        Key: compression.
        """
        return self._flag("compression")

    @compression.setter
    def compression(self, value: bool | None) -> None:
        self._set("compression", value)

    @compression.deleter
    def compression(self) -> None:
        self._set("compression", None)

    @property
    def compress_metadata(self) -> bool:
        """Compressed metadata (GZip).
        Value: true or false.
        Default: true.
        Key: compressMetadata.
        """
        return self._flag("compressMetadata")

    @compress_metadata.setter
    def compress_metadata(self, value: bool | None) -> None:
        self._set("compressMetadata", value)

    @compress_metadata.deleter
    def compress_metadata(self) -> None:
        self._set("compressMetadata", None)

    @property
    def compress_signal_index_cache(self) -> bool:
        """Compressed signal index caches, the lists of subscribed signals (GZip).
        Value: true or false.
        Default: true.
        Key: compressSignalIndexCache.
        """
        return self._flag("compressSignalIndexCache")

    @compress_signal_index_cache.setter
    def compress_signal_index_cache(self, value: bool | None) -> None:
        self._set("compressSignalIndexCache", value)

    @compress_signal_index_cache.deleter
    def compress_signal_index_cache(self) -> None:
        self._set("compressSignalIndexCache", None)

    @property
    def synchronize_metadata(self) -> bool:
        """Request the metadata on each connection. That is done before the subscription.
        Value: true or false.
        Default: true.
        Key: synchronizeMetadata.
        """
        return self._flag("synchronizeMetadata")

    @synchronize_metadata.setter
    def synchronize_metadata(self, value: bool | None) -> None:
        self._set("synchronizeMetadata", value)

    @synchronize_metadata.deleter
    def synchronize_metadata(self) -> None:
        self._set("synchronizeMetadata", None)

    @property
    def metadata_filters(self) -> str:
        """Filter statements for that request, with semicolons between them; empty for everything. As `FILTER
        MeasurementDetail WHERE SignalAcronym = 'FREQ'`.
        Value: filter statements.
        Key: metadataFilters.
        """
        return self._text("metadataFilters")

    @metadata_filters.setter
    def metadata_filters(self, value: str | int | Iterable[str] | None) -> None:
        self._set("metadataFilters", value)

    @metadata_filters.deleter
    def metadata_filters(self) -> None:
        self._set("metadataFilters", None)

    @property
    def receive_internal_metadata(self) -> bool:
        """Metadata of the publisher's own devices.
        Value: true or false.
        Default: true.
        Key: receiveInternalMetadata.
        """
        return self._flag("receiveInternalMetadata")

    @receive_internal_metadata.setter
    def receive_internal_metadata(self, value: bool | None) -> None:
        self._set("receiveInternalMetadata", value)

    @receive_internal_metadata.deleter
    def receive_internal_metadata(self) -> None:
        self._set("receiveInternalMetadata", None)

    @property
    def receive_external_metadata(self) -> bool:
        """Metadata of devices that the publisher has from others.
        Value: true or false.
        Default: true.
        Key: receiveExternalMetadata.
        """
        return self._flag("receiveExternalMetadata")

    @receive_external_metadata.setter
    def receive_external_metadata(self, value: bool | None) -> None:
        self._set("receiveExternalMetadata", value)

    @receive_external_metadata.deleter
    def receive_external_metadata(self) -> None:
        self._set("receiveExternalMetadata", None)

    @property
    def follow_configuration(self) -> bool:
        """Request the metadata and subscribe again when the publisher's configuration changes. So that signals
        which the filter now selects come too. The metadata are requested if that is also done on each
        connection. The application is told of the change all the same.
        Value: true or false.
        Default: false.
        Key: followConfiguration.
        """
        return self._flag("followConfiguration")

    @follow_configuration.setter
    def follow_configuration(self, value: bool | None) -> None:
        self._set("followConfiguration", value)

    @follow_configuration.deleter
    def follow_configuration(self) -> None:
        self._set("followConfiguration", None)

    @property
    def data_channel(self) -> str:
        """Measurements by UDP: keys in braces, or just a port. Only datagrams from the publisher's address are
        taken, by a socket that is open while there is a subscription.
        Value: keys in braces: port, multicastGroup, interface, receiveBufferSize.
        Key: dataChannel.
        """
        return self._text("dataChannel")

    @data_channel.setter
    def data_channel(self, value: str | None) -> None:
        self._set("dataChannel", value)

    @data_channel.deleter
    def data_channel(self) -> None:
        self._set("dataChannel", None)

    @property
    def data_channel_port(self) -> str:
        """Local UDP port, 0 for any free one; empty for TCP. Measurements by UDP are never compressed. A publisher
        that cannot sends them by TCP, or refuses the subscription.
        Value: a port, 0 to 65535.
        Key: dataChannel.port.
        """
        return self._text("dataChannel.port")

    @data_channel_port.setter
    def data_channel_port(self, value: str | int | Iterable[str] | None) -> None:
        self._set("dataChannel.port", value)

    @data_channel_port.deleter
    def data_channel_port(self) -> None:
        self._set("dataChannel.port", None)

    @property
    def data_channel_multicast_group(self) -> str:
        """Group that shares the measurements; empty for none. An extension that the publisher must have too. All
        subscribers of a group and port have the same filter and options.
        Value: an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on.
        Key: dataChannel.multicastGroup.
        """
        return self._text("dataChannel.multicastGroup")

    @data_channel_multicast_group.setter
    def data_channel_multicast_group(self, value: str | int | Iterable[str] | None) -> None:
        self._set("dataChannel.multicastGroup", value)

    @data_channel_multicast_group.deleter
    def data_channel_multicast_group(self) -> None:
        self._set("dataChannel.multicastGroup", None)

    @property
    def data_channel_interface(self) -> str:
        """Where to join the group, or the address of this machine where datagrams arrive. Without it, or with
        0.0.0.0 or ::, the one that the publisher is connected with.
        Value: an address of this machine; for a group, an IPv4 address or the number of an interface.
        Key: dataChannel.interface.
        """
        return self._text("dataChannel.interface")

    @data_channel_interface.setter
    def data_channel_interface(self, value: str | int | Iterable[str] | None) -> None:
        self._set("dataChannel.interface", value)

    @data_channel_interface.deleter
    def data_channel_interface(self) -> None:
        self._set("dataChannel.interface", None)

    @property
    def data_channel_receive_buffer_size(self) -> int:
        """Bytes of datagrams that the system keeps; 0 for as many as the subscription needs. The system may have a
        limit. When it gives less, that is told.
        Value: bytes, 0 or more.
        Default: 0.
        Key: dataChannel.receiveBufferSize.
        """
        return self._integer("dataChannel.receiveBufferSize")

    @data_channel_receive_buffer_size.setter
    def data_channel_receive_buffer_size(self, value: int | None) -> None:
        self._set("dataChannel.receiveBufferSize", value)

    @data_channel_receive_buffer_size.deleter
    def data_channel_receive_buffer_size(self) -> None:
        self._set("dataChannel.receiveBufferSize", None)

    @property
    def data_gap_recovery(self) -> str:
        """Fetch what was missed while a connection was lost.
        Value: keys in braces: enabled, recoveryStartDelay, dataMonitoringInterval, minimumRecoverySpan,
        maximumRecoverySpan, startRecoveryBuffer, endRecoveryBuffer, recoveryProcessingInterval.
        Key: dataGapRecovery.
        """
        return self._text("dataGapRecovery")

    @data_gap_recovery.setter
    def data_gap_recovery(self, value: str | None) -> None:
        self._set("dataGapRecovery", value)

    @data_gap_recovery.deleter
    def data_gap_recovery(self) -> None:
        self._set("dataGapRecovery", None)

    @property
    def data_gap_recovery_enabled(self) -> bool:
        """Recover at all. What was missed while the connection was lost is fetched by temporal subscriptions on a
        second connection. That needs times in the measurements, and a publisher with historical data; it is not
        done where the publisher connects.
        Value: true or false.
        Default: false.
        Key: dataGapRecovery.enabled.
        """
        return self._flag("dataGapRecovery.enabled")

    @data_gap_recovery_enabled.setter
    def data_gap_recovery_enabled(self, value: bool | None) -> None:
        self._set("dataGapRecovery.enabled", value)

    @data_gap_recovery_enabled.deleter
    def data_gap_recovery_enabled(self) -> None:
        self._set("dataGapRecovery.enabled", None)

    @property
    def data_gap_recovery_recovery_start_delay(self) -> float:
        """Wait so long after measurements flow again. The publisher's archive may be behind.
        Value: seconds.
        Default: 20.
        Key: dataGapRecovery.recoveryStartDelay.
        """
        return self._seconds("dataGapRecovery.recoveryStartDelay")

    @data_gap_recovery_recovery_start_delay.setter
    def data_gap_recovery_recovery_start_delay(self, value: float | None) -> None:
        self._set("dataGapRecovery.recoveryStartDelay", value)

    @data_gap_recovery_recovery_start_delay.deleter
    def data_gap_recovery_recovery_start_delay(self) -> None:
        self._set("dataGapRecovery.recoveryStartDelay", None)

    @property
    def data_gap_recovery_data_monitoring_interval(self) -> float:
        """A recovery that gets nothing for so long is given up.
        Value: seconds, 0.1 or more.
        Default: 10.
        Key: dataGapRecovery.dataMonitoringInterval.
        """
        return self._seconds("dataGapRecovery.dataMonitoringInterval")

    @data_gap_recovery_data_monitoring_interval.setter
    def data_gap_recovery_data_monitoring_interval(self, value: float | None) -> None:
        self._set("dataGapRecovery.dataMonitoringInterval", value)

    @data_gap_recovery_data_monitoring_interval.deleter
    def data_gap_recovery_data_monitoring_interval(self) -> None:
        self._set("dataGapRecovery.dataMonitoringInterval", None)

    @property
    def data_gap_recovery_minimum_recovery_span(self) -> float:
        """Shorter gaps are not recovered.
        Value: seconds.
        Default: 0.
        Key: dataGapRecovery.minimumRecoverySpan.
        """
        return self._seconds("dataGapRecovery.minimumRecoverySpan")

    @data_gap_recovery_minimum_recovery_span.setter
    def data_gap_recovery_minimum_recovery_span(self, value: float | None) -> None:
        self._set("dataGapRecovery.minimumRecoverySpan", value)

    @data_gap_recovery_minimum_recovery_span.deleter
    def data_gap_recovery_minimum_recovery_span(self) -> None:
        self._set("dataGapRecovery.minimumRecoverySpan", None)

    @property
    def data_gap_recovery_maximum_recovery_span(self) -> float:
        """Longer gaps are not recovered.
        Value: seconds.
        Default: 864000.
        Key: dataGapRecovery.maximumRecoverySpan.
        """
        return self._seconds("dataGapRecovery.maximumRecoverySpan")

    @data_gap_recovery_maximum_recovery_span.setter
    def data_gap_recovery_maximum_recovery_span(self, value: float | None) -> None:
        self._set("dataGapRecovery.maximumRecoverySpan", value)

    @data_gap_recovery_maximum_recovery_span.deleter
    def data_gap_recovery_maximum_recovery_span(self) -> None:
        self._set("dataGapRecovery.maximumRecoverySpan", None)

    @property
    def data_gap_recovery_start_recovery_buffer(self) -> str:
        """From so long before the gap, a number that is not positive. Clocks and delays of signals differ. The
        typed setting is the span, without a sign.
        Value: seconds, 0 or less.
        Default: -20.
        Key: dataGapRecovery.startRecoveryBuffer.
        """
        return self._text("dataGapRecovery.startRecoveryBuffer")

    @data_gap_recovery_start_recovery_buffer.setter
    def data_gap_recovery_start_recovery_buffer(self, value: str | int | Iterable[str] | None) -> None:
        self._set("dataGapRecovery.startRecoveryBuffer", value)

    @data_gap_recovery_start_recovery_buffer.deleter
    def data_gap_recovery_start_recovery_buffer(self) -> None:
        self._set("dataGapRecovery.startRecoveryBuffer", None)

    @property
    def data_gap_recovery_end_recovery_buffer(self) -> float:
        """Until so long after the gap.
        Value: seconds.
        Default: 10.
        Key: dataGapRecovery.endRecoveryBuffer.
        """
        return self._seconds("dataGapRecovery.endRecoveryBuffer")

    @data_gap_recovery_end_recovery_buffer.setter
    def data_gap_recovery_end_recovery_buffer(self, value: float | None) -> None:
        self._set("dataGapRecovery.endRecoveryBuffer", value)

    @data_gap_recovery_end_recovery_buffer.deleter
    def data_gap_recovery_end_recovery_buffer(self) -> None:
        self._set("dataGapRecovery.endRecoveryBuffer", None)

    @property
    def data_gap_recovery_recovery_processing_interval(self) -> int:
        """Pace, for each step; 0 as fast as possible, -1 as the publisher likes.
        Value: milliseconds, -1 to 2147483647.
        Default: 0.
        Key: dataGapRecovery.recoveryProcessingInterval.
        """
        return self._integer("dataGapRecovery.recoveryProcessingInterval")

    @data_gap_recovery_recovery_processing_interval.setter
    def data_gap_recovery_recovery_processing_interval(self, value: int | None) -> None:
        self._set("dataGapRecovery.recoveryProcessingInterval", value)

    @data_gap_recovery_recovery_processing_interval.deleter
    def data_gap_recovery_recovery_processing_interval(self) -> None:
        self._set("dataGapRecovery.recoveryProcessingInterval", None)

    @property
    def outage_log(self) -> str:
        """File that remembers over the end of the program what is still missing; empty for none. A later run of
        the program recovers it, the time in between included. A run that ended without notice may repeat what
        was delivered in its last five seconds; one that waits until it is disconnected repeats nothing. The
        file has a line `start;stop` for each gap; a missing stop means until now. A third field names signals
        whose clock differs. No other subscriber may use it. A file that cannot be used is told as a message.
        Value: a file.
        Key: outageLog.
        """
        return self._text("outageLog")

    @outage_log.setter
    def outage_log(self, value: str | int | Iterable[str] | None) -> None:
        self._set("outageLog", value)

    @outage_log.deleter
    def outage_log(self) -> None:
        self._set("outageLog", None)

    @property
    def latency_statistics(self) -> bool:
        """Measure how late measurements arrive. At the cost of a look at the clock for each packet.
        Value: true or false.
        Default: false.
        Key: latencyStatistics.
        """
        return self._flag("latencyStatistics")

    @latency_statistics.setter
    def latency_statistics(self, value: bool | None) -> None:
        self._set("latencyStatistics", value)

    @latency_statistics.deleter
    def latency_statistics(self) -> None:
        self._set("latencyStatistics", None)

    @property
    def signal_statistics(self) -> bool:
        """Count the measurements of each signal.
        Value: true or false.
        Default: false.
        Key: signalStatistics.
        """
        return self._flag("signalStatistics")

    @signal_statistics.setter
    def signal_statistics(self, value: bool | None) -> None:
        self._set("signalStatistics", value)

    @signal_statistics.deleter
    def signal_statistics(self) -> None:
        self._set("signalStatistics", None)

    @property
    def statistics_interval(self) -> float:
        """Length of the intervals that rates and latencies are of.
        Value: seconds, 0.01 or more.
        Default: 1.
        Key: statisticsInterval.
        """
        return self._seconds("statisticsInterval")

    @statistics_interval.setter
    def statistics_interval(self, value: float | None) -> None:
        self._set("statisticsInterval", value)

    @statistics_interval.deleter
    def statistics_interval(self) -> None:
        self._set("statisticsInterval", None)

    @property
    def gzip(self) -> bool:
        """compressMetadata and compressSignalIndexCache together.
        Value: true or false.
        Default: true.
        Key: gzip.
        """
        return self._flag("gzip")

    @gzip.setter
    def gzip(self, value: bool | None) -> None:
        self._set("gzip", value)

    @gzip.deleter
    def gzip(self) -> None:
        self._set("gzip", None)

    @property
    def compression_modes(self) -> str:
        """TSSC for compression, GZip for gzip, both with a comma, or None.
        Value: None, GZip or TSSC, or both with a comma.
        Default: GZip, TSSC.
        Key: compressionModes.
        """
        return self._text("compressionModes")

    @compression_modes.setter
    def compression_modes(self, value: str | int | Iterable[str] | None) -> None:
        self._set("compressionModes", value)

    @compression_modes.deleter
    def compression_modes(self) -> None:
        self._set("compressionModes", None)

    @property
    def filter_expression(self) -> str:
        """What to subscribe: filter statements, measurement keys, signal IDs, point tags.
        Value: a filter expression.
        Key: filterExpression.
        """
        return self._text("filterExpression")

    @filter_expression.setter
    def filter_expression(self, value: str | int | Iterable[str] | None) -> None:
        self._set("filterExpression", value)

    @filter_expression.deleter
    def filter_expression(self) -> None:
        self._set("filterExpression", None)

    @property
    def throttled(self) -> bool:
        """Only the latest value of each signal, once per publishInterval. Each interval brings all signals that
        ever had a value, also those that did not change.
        Value: true or false.
        Default: false.
        Key: throttled.
        """
        return self._flag("throttled")

    @throttled.setter
    def throttled(self, value: bool | None) -> None:
        self._set("throttled", value)

    @throttled.deleter
    def throttled(self) -> None:
        self._set("throttled", None)

    @property
    def publish_interval(self) -> float:
        """Interval of a throttled subscription; 0 leaves it to the publisher. That is lagTime then, or a second if
        that has its default value. A libsttp publisher takes at least 0.01 and at most a day.
        Value: seconds.
        Default: 1.
        Key: publishInterval.
        """
        return self._seconds("publishInterval")

    @publish_interval.setter
    def publish_interval(self, value: float | None) -> None:
        self._set("publishInterval", value)

    @publish_interval.deleter
    def publish_interval(self) -> None:
        self._set("publishInterval", None)

    @property
    def include_time(self) -> bool:
        """Measurements with their times. Without times, each takes fewer bytes and has timestamp 0. Compressed
        measurements (TSSC) always have times.
        Value: true or false.
        Default: true.
        Key: includeTime.
        """
        return self._flag("includeTime")

    @include_time.setter
    def include_time(self, value: bool | None) -> None:
        self._set("includeTime", value)

    @include_time.deleter
    def include_time(self) -> None:
        self._set("includeTime", None)

    @property
    def enable_time_reasonability_check(self) -> bool:
        """Mark times outside lagTime and leadTime. A publisher that checks marks measurements of throttled
        subscriptions that are older or newer with a bad time; some implementations also replace their values by
        NaN. Times that are not reasonable are no source of base times either.
        Value: true or false.
        Default: false.
        Key: enableTimeReasonabilityCheck.
        """
        return self._flag("enableTimeReasonabilityCheck")

    @enable_time_reasonability_check.setter
    def enable_time_reasonability_check(self, value: bool | None) -> None:
        self._set("enableTimeReasonabilityCheck", value)

    @enable_time_reasonability_check.deleter
    def enable_time_reasonability_check(self) -> None:
        self._set("enableTimeReasonabilityCheck", None)

    @property
    def lag_time(self) -> float:
        """How far in the past a time is reasonable.
        Value: seconds, 0.001 or more.
        Default: 10.
        Key: lagTime.
        """
        return self._seconds("lagTime")

    @lag_time.setter
    def lag_time(self, value: float | None) -> None:
        self._set("lagTime", value)

    @lag_time.deleter
    def lag_time(self) -> None:
        self._set("lagTime", None)

    @property
    def lead_time(self) -> float:
        """How far in the future a time is reasonable.
        Value: seconds, 0.001 or more.
        Default: 5.
        Key: leadTime.
        """
        return self._seconds("leadTime")

    @lead_time.setter
    def lead_time(self, value: float | None) -> None:
        self._set("leadTime", value)

    @lead_time.deleter
    def lead_time(self) -> None:
        self._set("leadTime", None)

    @property
    def use_local_clock_as_real_time(self) -> bool:
        """Base times from the publisher's clock. Rather than from the newest measurement. Matters only to a
        publisher that uses base times.
        Value: true or false.
        Default: false.
        Key: useLocalClockAsRealTime.
        """
        return self._flag("useLocalClockAsRealTime")

    @use_local_clock_as_real_time.setter
    def use_local_clock_as_real_time(self, value: bool | None) -> None:
        self._set("useLocalClockAsRealTime", value)

    @use_local_clock_as_real_time.deleter
    def use_local_clock_as_real_time(self) -> None:
        self._set("useLocalClockAsRealTime", None)

    @property
    def use_millisecond_resolution(self) -> bool:
        """Times of whole milliseconds where that saves bytes. In measurements that are not compressed (TSSC), from
        a publisher that uses base times. Parts of a millisecond are cut off then.
        Value: true or false.
        Default: false.
        Key: useMillisecondResolution.
        """
        return self._flag("useMillisecondResolution")

    @use_millisecond_resolution.setter
    def use_millisecond_resolution(self, value: bool | None) -> None:
        self._set("useMillisecondResolution", value)

    @use_millisecond_resolution.deleter
    def use_millisecond_resolution(self) -> None:
        self._set("useMillisecondResolution", None)

    @property
    def request_nan_value_filter(self) -> bool:
        """Without measurements that are not a number. A publisher may forbid or force that.
        Value: true or false.
        Default: false.
        Key: requestNaNValueFilter.
        """
        return self._flag("requestNaNValueFilter")

    @request_nan_value_filter.setter
    def request_nan_value_filter(self, value: bool | None) -> None:
        self._set("requestNaNValueFilter", value)

    @request_nan_value_filter.deleter
    def request_nan_value_filter(self) -> None:
        self._set("requestNaNValueFilter", None)

    @property
    def start_time_constraint(self) -> str:
        """First time of historical data; empty for live data. It is sent as every publisher reads it: relative in
        whole seconds, minutes, hours or days, else as the time that it means when it is asked for.
        Value: a time: *, *-20m, 2026-01-31 08:30:00.
        Key: startTimeConstraint.
        """
        return self._text("startTimeConstraint")

    @start_time_constraint.setter
    def start_time_constraint(self, value: str | int | Iterable[str] | None) -> None:
        self._set("startTimeConstraint", value)

    @start_time_constraint.deleter
    def start_time_constraint(self) -> None:
        self._set("startTimeConstraint", None)

    @property
    def stop_time_constraint(self) -> str:
        """Last time of historical data; empty for no end. It is sent as startTimeConstraint is.
        Value: a time: *, *-20m, 2026-01-31 08:30:00.
        Key: stopTimeConstraint.
        """
        return self._text("stopTimeConstraint")

    @stop_time_constraint.setter
    def stop_time_constraint(self, value: str | int | Iterable[str] | None) -> None:
        self._set("stopTimeConstraint", value)

    @stop_time_constraint.deleter
    def stop_time_constraint(self) -> None:
        self._set("stopTimeConstraint", None)

    @property
    def time_constraint_parameters(self) -> str:
        """Text for the source of historical data.
        Value: a text.
        Key: timeConstraintParameters.
        """
        return self._text("timeConstraintParameters")

    @time_constraint_parameters.setter
    def time_constraint_parameters(self, value: str | int | Iterable[str] | None) -> None:
        self._set("timeConstraintParameters", value)

    @time_constraint_parameters.deleter
    def time_constraint_parameters(self) -> None:
        self._set("timeConstraintParameters", None)

    @property
    def processing_interval(self) -> int:
        """Pace of historical data, for each step; 0 as fast as possible, -1 as the publisher likes.
        Value: milliseconds, -1 to 2147483647.
        Default: -1.
        Key: processingInterval.
        """
        return self._integer("processingInterval")

    @processing_interval.setter
    def processing_interval(self, value: int | None) -> None:
        self._set("processingInterval", value)

    @processing_interval.deleter
    def processing_interval(self) -> None:
        self._set("processingInterval", None)

    @property
    def buffer_block_retransmission_timeout(self) -> float:
        """Buffer blocks come again when not confirmed for so long; 0 leaves it to the publisher.
        Value: seconds.
        Default: 0.
        Key: bufferBlockRetransmissionTimeout.
        """
        return self._seconds("bufferBlockRetransmissionTimeout")

    @buffer_block_retransmission_timeout.setter
    def buffer_block_retransmission_timeout(self, value: float | None) -> None:
        self._set("bufferBlockRetransmissionTimeout", value)

    @buffer_block_retransmission_timeout.deleter
    def buffer_block_retransmission_timeout(self) -> None:
        self._set("bufferBlockRetransmissionTimeout", None)

    @property
    def assembly_info(self) -> str:
        """Who subscribes, for the publisher's display.
        Value: keys in braces: source, version, updatedOn.
        Key: assemblyInfo.
        """
        return self._text("assemblyInfo")

    @assembly_info.setter
    def assembly_info(self, value: str | None) -> None:
        self._set("assemblyInfo", value)

    @assembly_info.deleter
    def assembly_info(self) -> None:
        self._set("assemblyInfo", None)

    @property
    def assembly_info_source(self) -> str:
        """Name of the program.
        Value: a text.
        Key: assemblyInfo.source.
        """
        return self._text("assemblyInfo.source")

    @assembly_info_source.setter
    def assembly_info_source(self, value: str | int | Iterable[str] | None) -> None:
        self._set("assemblyInfo.source", value)

    @assembly_info_source.deleter
    def assembly_info_source(self) -> None:
        self._set("assemblyInfo.source", None)

    @property
    def assembly_info_version(self) -> str:
        """Its version.
        Value: a text.
        Key: assemblyInfo.version.
        """
        return self._text("assemblyInfo.version")

    @assembly_info_version.setter
    def assembly_info_version(self, value: str | int | Iterable[str] | None) -> None:
        self._set("assemblyInfo.version", value)

    @assembly_info_version.deleter
    def assembly_info_version(self) -> None:
        self._set("assemblyInfo.version", None)

    @property
    def assembly_info_updated_on(self) -> str:
        """Date of that version.
        Value: a text.
        Key: assemblyInfo.updatedOn.
        """
        return self._text("assemblyInfo.updatedOn")

    @assembly_info_updated_on.setter
    def assembly_info_updated_on(self, value: str | int | Iterable[str] | None) -> None:
        self._set("assemblyInfo.updatedOn", value)

    @assembly_info_updated_on.deleter
    def assembly_info_updated_on(self) -> None:
        self._set("assemblyInfo.updatedOn", None)

    @property
    def extra_parameters(self) -> str:
        """Parameters of the subscription that only the publisher knows: keys in braces.
        Value: keys in braces.
        Key: extraParameters.
        """
        return self._text("extraParameters")

    @extra_parameters.setter
    def extra_parameters(self, value: str | int | Iterable[str] | None) -> None:
        self._set("extraParameters", value)

    @extra_parameters.deleter
    def extra_parameters(self) -> None:
        self._set("extraParameters", None)

    @property
    def command_channel(self) -> str:
        """server, port and interface, where other implementations have them.
        Value: keys in braces: server, port, interface.
        Key: commandChannel.
        """
        return self._text("commandChannel")

    @command_channel.setter
    def command_channel(self, value: str | None) -> None:
        self._set("commandChannel", value)

    @command_channel.deleter
    def command_channel(self) -> None:
        self._set("commandChannel", None)

    @property
    def command_channel_server(self) -> str:
        """Whom to connect to, host:port; a publisher may have several, with commas between them. The port may
        stand beside it. Without a server, the port is to listen on.
        Value: host:port.
        Key: commandChannel.server.
        """
        return self._text("commandChannel.server")

    @command_channel_server.setter
    def command_channel_server(self, value: str | int | Iterable[str] | None) -> None:
        self._set("commandChannel.server", value)

    @command_channel_server.deleter
    def command_channel_server(self) -> None:
        self._set("commandChannel.server", None)

    @property
    def command_channel_port(self) -> str:
        """Port of a server that is written without one, else the port to listen on; 0 takes any free one.
        Value: a port, 0 to 65535.
        Key: commandChannel.port.
        """
        return self._text("commandChannel.port")

    @command_channel_port.setter
    def command_channel_port(self, value: str | int | Iterable[str] | None) -> None:
        self._set("commandChannel.port", value)

    @command_channel_port.deleter
    def command_channel_port(self) -> None:
        self._set("commandChannel.port", None)

    @property
    def command_channel_interface(self) -> str:
        """Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood.
        Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.
        Key: commandChannel.interface.
        """
        return self._text("commandChannel.interface")

    @command_channel_interface.setter
    def command_channel_interface(self, value: str | int | Iterable[str] | None) -> None:
        self._set("commandChannel.interface", value)

    @command_channel_interface.deleter
    def command_channel_interface(self) -> None:
        self._set("commandChannel.interface", None)


class PublisherKeywords(TypedDict, total=False):
    """The settings of a Publisher as keyword arguments, each described in PublisherSettings."""

    server: str | int | Iterable[str]
    port: str | int | Iterable[str]
    interface: str | int | Iterable[str]
    auto_reconnect: bool
    retry_interval: int
    max_retry_interval: int
    max_retries: str | int | Iterable[str]
    allowed_addresses: str | int | Iterable[str]
    denied_addresses: str | int | Iterable[str]
    rights_file: str | int | Iterable[str]
    security_mode: PublisherSecurityMode
    local_certificate: str | int | Iterable[str]
    local_private_key: str | int | Iterable[str]
    remote_certificate: str | int | Iterable[str]
    certificate_authorities: str | int | Iterable[str]
    revocation_lists: str | int | Iterable[str]
    valid_policy_errors: str | int | Iterable[str]
    valid_chain_flags: str | int | Iterable[str]
    minimum_tls_version: PublisherMinimumTlsVersion
    handshake_timeout: float
    max_handshakes: int
    certificate_expiry_warning: float
    node_id: str | int | Iterable[str]
    allow_metadata_refresh: bool
    max_connections: int
    kept_connections: int
    max_connections_per_address: int
    send_queue_limit: int
    longest_backlog: float
    max_backlog: int
    direct_sending: bool
    overflow: PublisherOverflow
    overflow_wait_timeout: float
    allow_nan_value_filter: bool
    force_nan_value_filter: bool
    use_base_time_offsets: bool
    buffer_block_retransmission_timeout: float
    encrypt_payload: PublisherEncryptPayload
    cipher_key_rotation_period: int
    allow_udp: bool
    datagram_size: int
    allow_multicast: bool
    allow_clear_udp: bool
    multicast_ttl: int
    max_command_size: int
    max_unfinished_commands: int
    command_timeout: float
    modes_timeout: float
    idle_timeout: float
    unread_timeout: float
    refused_channel_timeout: float
    max_unread_answers: int
    max_unread_messages: int
    max_unconfirmed_blocks: int
    max_waiting_answers: int
    max_filter_steps: int
    steps_per_second: int
    subscribes_per_second: int
    metadata_requests_per_second: int
    commands_per_second: int
    audit_events_per_second: int
    max_send_queues: int
    max_streams: int
    max_udp_channels: int
    max_udp_rate: int
    max_playbacks: int
    cached_values: bool
    history_duration: float
    history_limit: int
    command_channel: str
    command_channel_server: str | int | Iterable[str]
    command_channel_port: str | int | Iterable[str]
    command_channel_interface: str | int | Iterable[str]


class PublisherSettings(Settings):
    """The settings of a Publisher, as attributes. Deleting one sets its default."""

    _ROLE = "publisher"
    _KEYS = {
        "server": "server",
        "port": "port",
        "interface": "interface",
        "auto_reconnect": "autoReconnect",
        "retry_interval": "retryInterval",
        "max_retry_interval": "maxRetryInterval",
        "max_retries": "maxRetries",
        "allowed_addresses": "allowedAddresses",
        "denied_addresses": "deniedAddresses",
        "rights_file": "rightsFile",
        "security_mode": "securityMode",
        "local_certificate": "localCertificate",
        "local_private_key": "localPrivateKey",
        "remote_certificate": "remoteCertificate",
        "certificate_authorities": "certificateAuthorities",
        "revocation_lists": "revocationLists",
        "valid_policy_errors": "validPolicyErrors",
        "valid_chain_flags": "validChainFlags",
        "minimum_tls_version": "minimumTlsVersion",
        "handshake_timeout": "handshakeTimeout",
        "max_handshakes": "maxHandshakes",
        "certificate_expiry_warning": "certificateExpiryWarning",
        "node_id": "nodeId",
        "allow_metadata_refresh": "allowMetadataRefresh",
        "max_connections": "maxConnections",
        "kept_connections": "keptConnections",
        "max_connections_per_address": "maxConnectionsPerAddress",
        "send_queue_limit": "sendQueueLimit",
        "longest_backlog": "longestBacklog",
        "max_backlog": "maxBacklog",
        "direct_sending": "directSending",
        "overflow": "overflow",
        "overflow_wait_timeout": "overflowWaitTimeout",
        "allow_nan_value_filter": "allowNaNValueFilter",
        "force_nan_value_filter": "forceNaNValueFilter",
        "use_base_time_offsets": "useBaseTimeOffsets",
        "buffer_block_retransmission_timeout": "bufferBlockRetransmissionTimeout",
        "encrypt_payload": "encryptPayload",
        "cipher_key_rotation_period": "cipherKeyRotationPeriod",
        "allow_udp": "allowUdp",
        "datagram_size": "datagramSize",
        "allow_multicast": "allowMulticast",
        "allow_clear_udp": "allowClearUdp",
        "multicast_ttl": "multicastTtl",
        "max_command_size": "maxCommandSize",
        "max_unfinished_commands": "maxUnfinishedCommands",
        "command_timeout": "commandTimeout",
        "modes_timeout": "modesTimeout",
        "idle_timeout": "idleTimeout",
        "unread_timeout": "unreadTimeout",
        "refused_channel_timeout": "refusedChannelTimeout",
        "max_unread_answers": "maxUnreadAnswers",
        "max_unread_messages": "maxUnreadMessages",
        "max_unconfirmed_blocks": "maxUnconfirmedBlocks",
        "max_waiting_answers": "maxWaitingAnswers",
        "max_filter_steps": "maxFilterSteps",
        "steps_per_second": "stepsPerSecond",
        "subscribes_per_second": "subscribesPerSecond",
        "metadata_requests_per_second": "metadataRequestsPerSecond",
        "commands_per_second": "commandsPerSecond",
        "audit_events_per_second": "auditEventsPerSecond",
        "max_send_queues": "maxSendQueues",
        "max_streams": "maxStreams",
        "max_udp_channels": "maxUdpChannels",
        "max_udp_rate": "maxUdpRate",
        "max_playbacks": "maxPlaybacks",
        "cached_values": "cachedValues",
        "history_duration": "historyDuration",
        "history_limit": "historyLimit",
        "command_channel": "commandChannel",
        "command_channel_server": "commandChannel.server",
        "command_channel_port": "commandChannel.port",
        "command_channel_interface": "commandChannel.interface",
    }

    @property
    def server(self) -> str:
        """Whom to connect to, host:port; a publisher may have several, with commas between them. The port may
        stand beside it. Without a server, the port is to listen on.
        Value: host:port.
        Key: server.
        """
        return self._text("server")

    @server.setter
    def server(self, value: str | int | Iterable[str] | None) -> None:
        self._set("server", value)

    @server.deleter
    def server(self) -> None:
        self._set("server", None)

    @property
    def port(self) -> str:
        """Port of a server that is written without one, else the port to listen on; 0 takes any free one.
        Value: a port, 0 to 65535.
        Key: port.
        """
        return self._text("port")

    @port.setter
    def port(self, value: str | int | Iterable[str] | None) -> None:
        self._set("port", value)

    @port.deleter
    def port(self) -> None:
        self._set("port", None)

    @property
    def interface(self) -> str:
        """Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood.
        Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.
        Key: interface.
        """
        return self._text("interface")

    @interface.setter
    def interface(self, value: str | int | Iterable[str] | None) -> None:
        self._set("interface", value)

    @interface.deleter
    def interface(self) -> None:
        self._set("interface", None)

    @property
    def auto_reconnect(self) -> bool:
        """Connect again when a connection is lost or cannot be made.
        Value: true or false.
        Default: true.
        Key: autoReconnect.
        """
        return self._flag("autoReconnect")

    @auto_reconnect.setter
    def auto_reconnect(self, value: bool | None) -> None:
        self._set("autoReconnect", value)

    @auto_reconnect.deleter
    def auto_reconnect(self) -> None:
        self._set("autoReconnect", None)

    @property
    def retry_interval(self) -> int:
        """Before the first attempt to connect again; doubles from attempt to attempt. Each delay is shortened by a
        random part of up to a half, so that many clients of a restarted peer do not come back all at once.
        Value: milliseconds, 1 to 4294967295.
        Default: 1000.
        Key: retryInterval.
        """
        return self._integer("retryInterval")

    @retry_interval.setter
    def retry_interval(self, value: int | None) -> None:
        self._set("retryInterval", value)

    @retry_interval.deleter
    def retry_interval(self) -> None:
        self._set("retryInterval", None)

    @property
    def max_retry_interval(self) -> int:
        """Longest time between two attempts.
        Value: milliseconds, 1 to 4294967295.
        Default: 30000.
        Key: maxRetryInterval.
        """
        return self._integer("maxRetryInterval")

    @max_retry_interval.setter
    def max_retry_interval(self, value: int | None) -> None:
        self._set("maxRetryInterval", value)

    @max_retry_interval.deleter
    def max_retry_interval(self) -> None:
        self._set("maxRetryInterval", None)

    @property
    def max_retries(self) -> str:
        """Attempts in a row before giving up. The typed setting has 0 for never.
        Value: attempts, 1 or more, or -1 to never give up.
        Default: -1.
        Key: maxRetries.
        """
        return self._text("maxRetries")

    @max_retries.setter
    def max_retries(self, value: str | int | Iterable[str] | None) -> None:
        self._set("maxRetries", value)

    @max_retries.deleter
    def max_retries(self) -> None:
        self._set("maxRetries", None)

    @property
    def allowed_addresses(self) -> str:
        """Addresses from which one may connect; empty for all. As 192.0.2.7, 10.0.0.0/8 or fd00::/8. Connections
        that are made, not accepted, are not concerned, nor are those that stand.
        Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between them.
        Key: allowedAddresses.
        """
        return self._text("allowedAddresses")

    @allowed_addresses.setter
    def allowed_addresses(self, value: str | int | Iterable[str] | None) -> None:
        self._set("allowedAddresses", value)

    @allowed_addresses.deleter
    def allowed_addresses(self) -> None:
        self._set("allowedAddresses", None)

    @property
    def denied_addresses(self) -> str:
        """Addresses from which nobody may connect, also where they are among the allowed ones.
        Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between them.
        Key: deniedAddresses.
        """
        return self._text("deniedAddresses")

    @denied_addresses.setter
    def denied_addresses(self, value: str | int | Iterable[str] | None) -> None:
        self._set("deniedAddresses", value)

    @denied_addresses.deleter
    def denied_addresses(self) -> None:
        self._set("deniedAddresses", None)

    @property
    def rights_file(self) -> str:
        """A file that says which subscribers are let in, and what each may. docs/security.md tells how it is
        written. It is read again when it changes. Without it, everybody who is let in may everything.
        Value: a file.
        Key: rightsFile.
        """
        return self._text("rightsFile")

    @rights_file.setter
    def rights_file(self, value: str | int | Iterable[str] | None) -> None:
        self._set("rightsFile", value)

    @rights_file.deleter
    def rights_file(self) -> None:
        self._set("rightsFile", None)

    @property
    def security_mode(self) -> PublisherSecurityMode:
        """How the TCP connections are secured: not at all, or by TLS with certificates of both sides. The side
        that connects is the TLS client, whichever of them publishes. docs/security.md tells which certificates
        are taken. Of a block link, TLS is the same as linkEncryption=required.
        Value: None or TLS.
        Default: None.
        Key: securityMode.
        """
        return self._text("securityMode")  # type: ignore[return-value]

    @security_mode.setter
    def security_mode(self, value: PublisherSecurityMode | None) -> None:
        self._set("securityMode", value)

    @security_mode.deleter
    def security_mode(self) -> None:
        self._set("securityMode", None)

    @property
    def local_certificate(self) -> str:
        """The own certificate, PEM or DER; in PEM, those of its authorities may follow. Who listens needs one, and
        so does who connects to a peer that wants one, as all of GSF do.
        Value: a file.
        Key: localCertificate.
        """
        return self._text("localCertificate")

    @local_certificate.setter
    def local_certificate(self, value: str | int | Iterable[str] | None) -> None:
        self._set("localCertificate", value)

    @local_certificate.deleter
    def local_certificate(self) -> None:
        self._set("localCertificate", None)

    @property
    def local_private_key(self) -> str:
        """The key of the own certificate, PKCS#8 without a pass phrase; empty when it is in the same file.
        Value: a file.
        Key: localPrivateKey.
        """
        return self._text("localPrivateKey")

    @local_private_key.setter
    def local_private_key(self, value: str | int | Iterable[str] | None) -> None:
        self._set("localPrivateKey", value)

    @local_private_key.deleter
    def local_private_key(self) -> None:
        self._set("localPrivateKey", None)

    @property
    def remote_certificate(self) -> str:
        """Certificates of peers that are trusted as they are, PEM or DER. Several, to rotate one. Of folders, all
        files ending in .cer, .crt, .der and .pem count.
        Value: files or folders, with commas between them.
        Key: remoteCertificate.
        """
        return self._text("remoteCertificate")

    @remote_certificate.setter
    def remote_certificate(self, value: str | int | Iterable[str] | None) -> None:
        self._set("remoteCertificate", value)

    @remote_certificate.deleter
    def remote_certificate(self) -> None:
        self._set("remoteCertificate", None)

    @property
    def certificate_authorities(self) -> str:
        """Certificates of authorities: peers whose certificates they have issued are trusted.
        Value: files or folders, with commas between them.
        Key: certificateAuthorities.
        """
        return self._text("certificateAuthorities")

    @certificate_authorities.setter
    def certificate_authorities(self, value: str | int | Iterable[str] | None) -> None:
        self._set("certificateAuthorities", value)

    @certificate_authorities.deleter
    def certificate_authorities(self) -> None:
        self._set("certificateAuthorities", None)

    @property
    def revocation_lists(self) -> str:
        """Revocation lists (CRLs) of the authorities. Each certificate of a chain then needs a current one of its
        issuer.
        Value: files or folders, with commas between them.
        Key: revocationLists.
        """
        return self._text("revocationLists")

    @revocation_lists.setter
    def revocation_lists(self, value: str | int | Iterable[str] | None) -> None:
        self._set("revocationLists", value)

    @revocation_lists.deleter
    def revocation_lists(self) -> None:
        self._set("revocationLists", None)

    @property
    def valid_policy_errors(self) -> str:
        """What is tolerated of a peer's certificate.
        RemoteCertificateNameMismatch: it is for another host. RemoteCertificateNotAvailable: a client has none.
        RemoteCertificateChainErrors: what validChainFlags names.
        Value: words with commas between them.
        Key: validPolicyErrors.
        """
        return self._text("validPolicyErrors")

    @valid_policy_errors.setter
    def valid_policy_errors(self, value: str | int | Iterable[str] | None) -> None:
        self._set("validPolicyErrors", value)

    @valid_policy_errors.deleter
    def valid_policy_errors(self) -> None:
        self._set("validPolicyErrors", None)

    @property
    def valid_chain_flags(self) -> str:
        """What is tolerated of its chain, with validPolicyErrors=RemoteCertificateChainErrors.
        NotTimeValid: it has expired, or is not valid yet. UntrustedRoot or PartialChain: no trusted authority
        stands behind it, so that anybody is let in, unless certificates are pinned. RevocationStatusUnknown or
        OfflineRevocation: no current revocation list tells of it.
        Value: words with commas between them.
        Key: validChainFlags.
        """
        return self._text("validChainFlags")

    @valid_chain_flags.setter
    def valid_chain_flags(self, value: str | int | Iterable[str] | None) -> None:
        self._set("validChainFlags", value)

    @valid_chain_flags.deleter
    def valid_chain_flags(self) -> None:
        self._set("validChainFlags", None)

    @property
    def minimum_tls_version(self) -> PublisherMinimumTlsVersion:
        """The oldest version of TLS that is spoken.
        Value: 1.2 or 1.3.
        Default: 1.2.
        Key: minimumTlsVersion.
        """
        return self._text("minimumTlsVersion")  # type: ignore[return-value]

    @minimum_tls_version.setter
    def minimum_tls_version(self, value: PublisherMinimumTlsVersion | None) -> None:
        self._set("minimumTlsVersion", value)

    @minimum_tls_version.deleter
    def minimum_tls_version(self) -> None:
        self._set("minimumTlsVersion", None)

    @property
    def handshake_timeout(self) -> float:
        """A handshake of TLS that is not done by then ends the connection.
        Value: seconds, 0.1 or more.
        Default: 10.
        Key: handshakeTimeout.
        """
        return self._seconds("handshakeTimeout")

    @handshake_timeout.setter
    def handshake_timeout(self, value: float | None) -> None:
        self._set("handshakeTimeout", value)

    @handshake_timeout.deleter
    def handshake_timeout(self) -> None:
        self._set("handshakeTimeout", None)

    @property
    def max_handshakes(self) -> int:
        """Handshakes of those who connect that are under way at a time. Some 50 KB each. They take no more than an
        eighth of the descriptors that the process may have. When another one begins, the address that has most
        of them loses its oldest.
        Value: handshakes, 1 to 16384.
        Default: 512.
        Key: maxHandshakes.
        """
        return self._integer("maxHandshakes")

    @max_handshakes.setter
    def max_handshakes(self, value: int | None) -> None:
        self._set("maxHandshakes", value)

    @max_handshakes.deleter
    def max_handshakes(self) -> None:
        self._set("maxHandshakes", None)

    @property
    def certificate_expiry_warning(self) -> float:
        """Certificates that expire within so long are told, once a day.
        Value: seconds.
        Default: 2592000.
        Key: certificateExpiryWarning.
        """
        return self._seconds("certificateExpiryWarning")

    @certificate_expiry_warning.setter
    def certificate_expiry_warning(self, value: float | None) -> None:
        self._set("certificateExpiryWarning", value)

    @certificate_expiry_warning.deleter
    def certificate_expiry_warning(self) -> None:
        self._set("certificateExpiryWarning", None)

    @property
    def node_id(self) -> str:
        """ID of this publisher; empty for none. The metadata that it publishes have it where a device has no
        NodeID, and ActiveMeasurements as SourceNodeID: subscribers of several publishers tell them apart by it.
        It should stay the same from run to run.
        Value: a GUID, as 12345678-9abc-def0-1234-56789abcdef0.
        Key: nodeId.
        """
        return self._text("nodeId")

    @node_id.setter
    def node_id(self, value: str | int | Iterable[str] | None) -> None:
        self._set("nodeId", value)

    @node_id.deleter
    def node_id(self) -> None:
        self._set("nodeId", None)

    @property
    def allow_metadata_refresh(self) -> bool:
        """Subscribers get the metadata that they ask for. Else they are refused, and get measurements all the
        same.
        Value: true or false.
        Default: true.
        Key: allowMetadataRefresh.
        """
        return self._flag("allowMetadataRefresh")

    @allow_metadata_refresh.setter
    def allow_metadata_refresh(self, value: bool | None) -> None:
        self._set("allowMetadataRefresh", value)

    @allow_metadata_refresh.deleter
    def allow_metadata_refresh(self) -> None:
        self._set("allowMetadataRefresh", None)

    @property
    def max_connections(self) -> int:
        """Connections that are accepted at a time; 0 for no limit. More are refused. Unless it is 0, connections
        take no more than three quarters of the descriptors that the process may have (`ulimit -n`), so that
        some are left to the program.
        Value: connections, 0 to 4294967295.
        Default: 10000.
        Key: maxConnections.
        """
        return self._integer("maxConnections")

    @max_connections.setter
    def max_connections(self, value: int | None) -> None:
        self._set("maxConnections", value)

    @max_connections.deleter
    def max_connections(self) -> None:
        self._set("maxConnections", None)

    @property
    def kept_connections(self) -> int:
        """So many of the maxConnections, the last ones, are only for subscribers that are known. Those of the
        rights, those with a certificate, and those that the program has let in. However many strangers connect,
        these get a place.
        Value: connections, 0 to 4294967295.
        Default: 0.
        Key: keptConnections.
        """
        return self._integer("keptConnections")

    @kept_connections.setter
    def kept_connections(self, value: int | None) -> None:
        self._set("keptConnections", value)

    @kept_connections.deleter
    def kept_connections(self) -> None:
        self._set("keptConnections", None)

    @property
    def max_connections_per_address(self) -> int:
        """Connections that are accepted at a time from one address; 0 for no limit. More are refused, so that one
        machine, or those behind one router, cannot take all connections. IPv6 addresses of one /64 network
        count as one. Where the descriptors of the process bound the connections, one address has half of them
        at most, unless this is 0.
        Value: connections, 0 to 4294967295.
        Default: 2000.
        Key: maxConnectionsPerAddress.
        """
        return self._integer("maxConnectionsPerAddress")

    @max_connections_per_address.setter
    def max_connections_per_address(self, value: int | None) -> None:
        self._set("maxConnectionsPerAddress", value)

    @max_connections_per_address.deleter
    def max_connections_per_address(self) -> None:
        self._set("maxConnectionsPerAddress", None)

    @property
    def send_queue_limit(self) -> int:
        """Measurements that may wait to be sent on each connection. Metadata and other answers are not counted;
        where publishing waits for slow subscribers, the last packets may go beyond it.
        Value: bytes, 65536 or more.
        Default: 8388608.
        Key: sendQueueLimit.
        """
        return self._integer("sendQueueLimit")

    @send_queue_limit.setter
    def send_queue_limit(self, value: int | None) -> None:
        self._set("sendQueueLimit", value)

    @send_queue_limit.deleter
    def send_queue_limit(self) -> None:
        self._set("sendQueueLimit", None)

    @property
    def longest_backlog(self) -> float:
        """Measurements that have waited so long for the engine are dropped. The oldest first, and counted; it does
        not keep up then. Not where publishing waits for slow subscribers.
        Value: seconds, 0.1 or more.
        Default: 5.
        Key: longestBacklog.
        """
        return self._seconds("longestBacklog")

    @longest_backlog.setter
    def longest_backlog(self, value: float | None) -> None:
        self._set("longestBacklog", value)

    @longest_backlog.deleter
    def longest_backlog(self) -> None:
        self._set("longestBacklog", None)

    @property
    def max_backlog(self) -> int:
        """Measurements that may wait for the engine. More are dropped, the oldest first, and counted. Each takes
        24 bytes. Not where publishing waits for slow subscribers: there fewer wait.
        Value: measurements, 65536 or more.
        Default: 1048576.
        Key: maxBacklog.
        """
        return self._integer("maxBacklog")

    @max_backlog.setter
    def max_backlog(self, value: int | None) -> None:
        self._set("maxBacklog", value)

    @max_backlog.deleter
    def max_backlog(self) -> None:
        self._set("maxBacklog", None)

    @property
    def direct_sending(self) -> bool:
        """Threads that publish may send to a few subscribers themselves, which saves waking the engine. That saves
        some 30 to 70 microseconds, and the call that publishes takes that much longer. It is done only where it
        holds up nobody: on an engine with one thread of its own, for up to 4 connections, 4096 measurements and
        a thousand calls a second, and as long as every subscriber keeps up; all else is left to the engine.
        Callbacks are never called by a thread that publishes.
        Value: true or false.
        Default: true.
        Key: directSending.
        """
        return self._flag("directSending")

    @direct_sending.setter
    def direct_sending(self, value: bool | None) -> None:
        self._set("directSending", value)

    @direct_sending.deleter
    def direct_sending(self) -> None:
        self._set("directSending", None)

    @property
    def overflow(self) -> PublisherOverflow:
        """What happens to a subscriber that is too slow.
        dropOldest: measurements that wait to be sent to it are dropped, and counted; newer ones follow.
        disconnect: it is disconnected. wait: nothing is lost, publishing waits for it.
        Value: dropOldest, disconnect or wait.
        Default: dropOldest.
        Key: overflow.
        """
        return self._text("overflow")  # type: ignore[return-value]

    @overflow.setter
    def overflow(self, value: PublisherOverflow | None) -> None:
        self._set("overflow", value)

    @overflow.deleter
    def overflow(self) -> None:
        self._set("overflow", None)

    @property
    def overflow_wait_timeout(self) -> float:
        """With overflow=wait: a subscriber that takes nothing for so long is disconnected; 0 for never. So that it
        cannot stop all others. Those who take nothing for some seconds are named in messages.
        Value: seconds.
        Default: 30.
        Key: overflowWaitTimeout.
        """
        return self._seconds("overflowWaitTimeout")

    @overflow_wait_timeout.setter
    def overflow_wait_timeout(self, value: float | None) -> None:
        self._set("overflowWaitTimeout", value)

    @overflow_wait_timeout.deleter
    def overflow_wait_timeout(self) -> None:
        self._set("overflowWaitTimeout", None)

    @property
    def allow_nan_value_filter(self) -> bool:
        """Subscribers may have measurements that are not a number left out.
        Value: true or false.
        Default: true.
        Key: allowNaNValueFilter.
        """
        return self._flag("allowNaNValueFilter")

    @allow_nan_value_filter.setter
    def allow_nan_value_filter(self, value: bool | None) -> None:
        self._set("allowNaNValueFilter", value)

    @allow_nan_value_filter.deleter
    def allow_nan_value_filter(self) -> None:
        self._set("allowNaNValueFilter", None)

    @property
    def force_nan_value_filter(self) -> bool:
        """Measurements that are not a number are left out for all.
        Value: true or false.
        Default: false.
        Key: forceNaNValueFilter.
        """
        return self._flag("forceNaNValueFilter")

    @force_nan_value_filter.setter
    def force_nan_value_filter(self, value: bool | None) -> None:
        self._set("forceNaNValueFilter", value)

    @force_nan_value_filter.deleter
    def force_nan_value_filter(self) -> None:
        self._set("forceNaNValueFilter", None)

    @property
    def use_base_time_offsets(self) -> bool:
        """Shorter times, as offsets from base times, in measurements that are not compressed. 4 bytes, or 2 for
        subscribers that ask for millisecond resolution, in place of 8. Historical data, and what goes by UDP,
        always have 8-byte times. By the rules of the protocol two base times take turns, after 7 minutes, or
        after one for millisecond resolution. One implementation's subscriber (sttpapi with NumPy 2) breaks its
        connection when the second comes into use; all others that are known understand both.
        Value: true or false.
        Default: false.
        Key: useBaseTimeOffsets.
        """
        return self._flag("useBaseTimeOffsets")

    @use_base_time_offsets.setter
    def use_base_time_offsets(self, value: bool | None) -> None:
        self._set("useBaseTimeOffsets", value)

    @use_base_time_offsets.deleter
    def use_base_time_offsets(self) -> None:
        self._set("useBaseTimeOffsets", None)

    @property
    def buffer_block_retransmission_timeout(self) -> float:
        """Buffer blocks are sent again when not confirmed for so long. Unless a subscriber asks for another time.
        Value: seconds, 0.1 or more.
        Default: 5.
        Key: bufferBlockRetransmissionTimeout.
        """
        return self._seconds("bufferBlockRetransmissionTimeout")

    @buffer_block_retransmission_timeout.setter
    def buffer_block_retransmission_timeout(self, value: float | None) -> None:
        self._set("bufferBlockRetransmissionTimeout", value)

    @buffer_block_retransmission_timeout.deleter
    def buffer_block_retransmission_timeout(self) -> None:
        self._set("bufferBlockRetransmissionTimeout", None)

    @property
    def encrypt_payload(self) -> PublisherEncryptPayload:
        """Measurements that are encrypted: none, those by UDP, or all. With AES-256 in CBC mode. The keys go to
        each subscriber by TCP in the clear: unless that connection is protected (TLS), this hides measurements
        only from those who do not see it; and nothing protects them from being changed. Only subscribers of
        this library and of the reference implementation (GSF) can decrypt; for others leave it off.
        Value: false, udp or true.
        Default: false.
        Key: encryptPayload.
        """
        return self._text("encryptPayload")  # type: ignore[return-value]

    @encrypt_payload.setter
    def encrypt_payload(self, value: PublisherEncryptPayload | None) -> None:
        self._set("encryptPayload", value)

    @encrypt_payload.deleter
    def encrypt_payload(self) -> None:
        self._set("encryptPayload", None)

    @property
    def cipher_key_rotation_period(self) -> int:
        """Subscribers get new keys after so long.
        Value: milliseconds, 1000 to 4294967295.
        Default: 60000.
        Key: cipherKeyRotationPeriod.
        """
        return self._integer("cipherKeyRotationPeriod")

    @cipher_key_rotation_period.setter
    def cipher_key_rotation_period(self, value: int | None) -> None:
        self._set("cipherKeyRotationPeriod", value)

    @cipher_key_rotation_period.deleter
    def cipher_key_rotation_period(self) -> None:
        self._set("cipherKeyRotationPeriod", None)

    @property
    def allow_udp(self) -> bool:
        """Subscribers may have measurements by UDP. Else they are refused when they ask for it.
        Value: true or false.
        Default: true.
        Key: allowUdp.
        """
        return self._flag("allowUdp")

    @allow_udp.setter
    def allow_udp(self, value: bool | None) -> None:
        self._set("allowUdp", value)

    @allow_udp.deleter
    def allow_udp(self) -> None:
        self._set("allowUdp", None)

    @property
    def datagram_size(self) -> int:
        """Largest datagram. Datagrams that do not fit what the network carries in one piece are lost more often. A
        single buffer block may be larger.
        Value: bytes, 256 to 32768.
        Default: 1400.
        Key: datagramSize.
        """
        return self._integer("datagramSize")

    @datagram_size.setter
    def datagram_size(self, value: int | None) -> None:
        self._set("datagramSize", value)

    @datagram_size.deleter
    def datagram_size(self) -> None:
        self._set("datagramSize", None)

    @property
    def allow_multicast(self) -> bool:
        """Subscribers may have measurements by multicast. An extension of this library. The first member of a
        group and port decides what it carries; those who ask for something else are refused. Measurements for a
        group are never encrypted. On an engine with several threads, one of them serves all connections that
        are made while this is set.
        Value: true or false.
        Default: false.
        Key: allowMulticast.
        """
        return self._flag("allowMulticast")

    @allow_multicast.setter
    def allow_multicast(self, value: bool | None) -> None:
        self._set("allowMulticast", value)

    @allow_multicast.deleter
    def allow_multicast(self) -> None:
        self._set("allowMulticast", None)

    @property
    def allow_clear_udp(self) -> bool:
        """With securityMode=TLS, measurements by UDP may go unencrypted. Datagrams go beside the TLS session.
        Without this, encryptPayload=false is udp there.
        Value: true or false.
        Default: false.
        Key: allowClearUdp.
        """
        return self._flag("allowClearUdp")

    @allow_clear_udp.setter
    def allow_clear_udp(self, value: bool | None) -> None:
        self._set("allowClearUdp", value)

    @allow_clear_udp.deleter
    def allow_clear_udp(self) -> None:
        self._set("allowClearUdp", None)

    @property
    def multicast_ttl(self) -> int:
        """How many routers datagrams for groups may pass; 1 keeps them in the local network.
        Value: routers, 1 to 255.
        Default: 1.
        Key: multicastTtl.
        """
        return self._integer("multicastTtl")

    @multicast_ttl.setter
    def multicast_ttl(self, value: int | None) -> None:
        self._set("multicastTtl", value)

    @multicast_ttl.deleter
    def multicast_ttl(self) -> None:
        self._set("multicastTtl", None)

    @property
    def max_command_size(self) -> int:
        """Largest command that is accepted. 37 bytes for each signal ID of a list. Who announces a larger one is
        told so and disconnected.
        Value: bytes, 8192 to 67108864.
        Default: 4194304.
        Key: maxCommandSize.
        """
        return self._integer("maxCommandSize")

    @max_command_size.setter
    def max_command_size(self, value: int | None) -> None:
        self._set("maxCommandSize", value)

    @max_command_size.deleter
    def max_command_size(self) -> None:
        self._set("maxCommandSize", None)

    @property
    def max_unfinished_commands(self) -> int:
        """Commands, and records of TLS, that have arrived in part, of all connections together. Who sends more is
        told so and disconnected.
        Value: bytes, 65536 or more.
        Default: 67108864.
        Key: maxUnfinishedCommands.
        """
        return self._integer("maxUnfinishedCommands")

    @max_unfinished_commands.setter
    def max_unfinished_commands(self, value: int | None) -> None:
        self._set("maxUnfinishedCommands", value)

    @max_unfinished_commands.deleter
    def max_unfinished_commands(self) -> None:
        self._set("maxUnfinishedCommands", None)

    @property
    def command_timeout(self) -> float:
        """How long the rest of a command, or of a record of TLS, may take to arrive. Then its subscriber is
        disconnected.
        Value: seconds, 1 or more.
        Default: 30.
        Key: commandTimeout.
        """
        return self._seconds("commandTimeout")

    @command_timeout.setter
    def command_timeout(self, value: float | None) -> None:
        self._set("commandTimeout", value)

    @command_timeout.deleter
    def command_timeout(self) -> None:
        self._set("commandTimeout", None)

    @property
    def modes_timeout(self) -> float:
        """How long a new connection may take to tell its operational modes. Then it is disconnected.
        Value: seconds, 1 or more.
        Default: 30.
        Key: modesTimeout.
        """
        return self._seconds("modesTimeout")

    @modes_timeout.setter
    def modes_timeout(self, value: float | None) -> None:
        self._set("modesTimeout", value)

    @modes_timeout.deleter
    def modes_timeout(self) -> None:
        self._set("modesTimeout", None)

    @property
    def idle_timeout(self) -> float:
        """How long a stranger may stay connected without ever subscribing; 0 for as long as it likes. Then it is
        told so and disconnected. Strangers are those who have connected by themselves, without a certificate,
        and are none of the subscribers of the rights file.
        Value: seconds.
        Default: 3600.
        Key: idleTimeout.
        """
        return self._seconds("idleTimeout")

    @idle_timeout.setter
    def idle_timeout(self, value: float | None) -> None:
        self._set("idleTimeout", value)

    @idle_timeout.deleter
    def idle_timeout(self) -> None:
        self._set("idleTimeout", None)

    @property
    def unread_timeout(self) -> float:
        """How long a subscriber may leave its answers unread. While answers of some size wait for it, what it asks
        for waits too; if it takes nothing for so long, it is disconnected.
        Value: seconds, 1 or more.
        Default: 60.
        Key: unreadTimeout.
        """
        return self._seconds("unreadTimeout")

    @unread_timeout.setter
    def unread_timeout(self, value: float | None) -> None:
        self._set("unreadTimeout", value)

    @unread_timeout.deleter
    def unread_timeout(self) -> None:
        self._set("unreadTimeout", None)

    @property
    def refused_channel_timeout(self) -> float:
        """How long a subscriber may refuse the datagrams that it has asked for. Its host says then that nobody
        listens on the port. It is told so and disconnected.
        Value: seconds, 1 or more.
        Default: 10.
        Key: refusedChannelTimeout.
        """
        return self._seconds("refusedChannelTimeout")

    @refused_channel_timeout.setter
    def refused_channel_timeout(self, value: float | None) -> None:
        self._set("refusedChannelTimeout", value)

    @refused_channel_timeout.deleter
    def refused_channel_timeout(self) -> None:
        self._set("refusedChannelTimeout", None)

    @property
    def max_unread_answers(self) -> int:
        """Answers that a subscriber may leave unread before what it asks for next waits. Each counts as 1 KiB at
        least, and one may be larger. Once there is no room for those of all (maxWaitingAnswers) it is 4 KiB.
        Value: bytes, 4096 or more.
        Default: 262144.
        Key: maxUnreadAnswers.
        """
        return self._integer("maxUnreadAnswers")

    @max_unread_answers.setter
    def max_unread_answers(self, value: int | None) -> None:
        self._set("maxUnreadAnswers", value)

    @max_unread_answers.deleter
    def max_unread_answers(self) -> None:
        self._set("maxUnreadAnswers", None)

    @property
    def max_unread_messages(self) -> int:
        """Answers that a subscriber may leave unread before it is told nothing more that it has not asked for.
        Each counts as 64 KiB at least, and 16 may be larger. Beyond, answers of the program fail with an error,
        notifications are given up, and that the configuration has changed is not told.
        Value: bytes, 1048576 or more.
        Default: 67108864.
        Key: maxUnreadMessages.
        """
        return self._integer("maxUnreadMessages")

    @max_unread_messages.setter
    def max_unread_messages(self, value: int | None) -> None:
        self._set("maxUnreadMessages", value)

    @max_unread_messages.deleter
    def max_unread_messages(self) -> None:
        self._set("maxUnreadMessages", None)

    @property
    def max_unconfirmed_blocks(self) -> int:
        """Buffer blocks that may wait for the confirmation of a subscriber. Beside them, 1,024 at most, as many as
        subscribers of libsttp keep while one before is missing; one may be larger. Others are dropped, counted
        and told.
        Value: bytes, 65536 to 67108864.
        Default: 16777216.
        Key: maxUnconfirmedBlocks.
        """
        return self._integer("maxUnconfirmedBlocks")

    @max_unconfirmed_blocks.setter
    def max_unconfirmed_blocks(self, value: int | None) -> None:
        self._set("maxUnconfirmedBlocks", value)

    @max_unconfirmed_blocks.deleter
    def max_unconfirmed_blocks(self) -> None:
        self._set("maxUnconfirmedBlocks", None)

    @property
    def max_waiting_answers(self) -> int:
        """Answers, such as metadata, that wait to be sent, of all connections together. What several subscribers
        get alike counts once. When there are more, requests for metadata wait, and subscribers that take next
        to nothing for 5 seconds are disconnected. Once half of it is taken, the same holds for an address that
        has an eighth.
        Value: bytes, 1048576 or more.
        Default: 268435456.
        Key: maxWaitingAnswers.
        """
        return self._integer("maxWaitingAnswers")

    @max_waiting_answers.setter
    def max_waiting_answers(self, value: int | None) -> None:
        self._set("maxWaitingAnswers", value)

    @max_waiting_answers.deleter
    def max_waiting_answers(self) -> None:
        self._set("maxWaitingAnswers", None)

    @property
    def max_filter_steps(self) -> int:
        """Work that a filter may be. A step is an operator at one row, a compared item of a list, or 16 bytes of
        text; 100 million take a second or two. Filters that take more are refused, those of metadata, too.
        Value: steps, 1000 to 100000000.
        Default: 100000000.
        Key: maxFilterSteps.
        """
        return self._integer("maxFilterSteps")

    @max_filter_steps.setter
    def max_filter_steps(self, value: int | None) -> None:
        self._set("maxFilterSteps", value)

    @max_filter_steps.deleter
    def max_filter_steps(self) -> None:
        self._set("maxFilterSteps", None)

    @property
    def steps_per_second(self) -> int:
        """Work that the subscribers of one address may ask for, lastingly; 0 for no limit. Four seconds' worth may
        be asked for at once. Each request counts as 2000 steps at least. What is beyond waits, without being
        refused.
        Value: steps, 0 or more.
        Default: 50000000.
        Key: stepsPerSecond.
        """
        return self._integer("stepsPerSecond")

    @steps_per_second.setter
    def steps_per_second(self, value: int | None) -> None:
        self._set("stepsPerSecond", value)

    @steps_per_second.deleter
    def steps_per_second(self) -> None:
        self._set("stepsPerSecond", None)

    @property
    def subscribes_per_second(self) -> int:
        """Subscribes of the subscribers of one address, lastingly; 0 for no limit. Four seconds' worth may come at
        once. What is beyond waits, without being refused.
        Value: requests, 0 to 1000000.
        Default: 1000.
        Key: subscribesPerSecond.
        """
        return self._integer("subscribesPerSecond")

    @subscribes_per_second.setter
    def subscribes_per_second(self, value: int | None) -> None:
        self._set("subscribesPerSecond", value)

    @subscribes_per_second.deleter
    def subscribes_per_second(self) -> None:
        self._set("subscribesPerSecond", None)

    @property
    def metadata_requests_per_second(self) -> int:
        """Requests for metadata, or their schema, of the subscribers of one address, lastingly; 0 for no limit.
        Four seconds' worth may come at once. What is beyond waits, without being refused.
        Value: requests, 0 to 1000000.
        Default: 500.
        Key: metadataRequestsPerSecond.
        """
        return self._integer("metadataRequestsPerSecond")

    @metadata_requests_per_second.setter
    def metadata_requests_per_second(self, value: int | None) -> None:
        self._set("metadataRequestsPerSecond", value)

    @metadata_requests_per_second.deleter
    def metadata_requests_per_second(self) -> None:
        self._set("metadataRequestsPerSecond", None)

    @property
    def commands_per_second(self) -> int:
        """Commands of all kinds, but confirmations, of the subscribers of one address, lastingly; 0 for no limit.
        Four seconds' worth may come at once. What is beyond waits, without being refused.
        Value: commands, 0 to 1000000.
        Default: 10000.
        Key: commandsPerSecond.
        """
        return self._integer("commandsPerSecond")

    @commands_per_second.setter
    def commands_per_second(self, value: int | None) -> None:
        self._set("commandsPerSecond", value)

    @commands_per_second.deleter
    def commands_per_second(self) -> None:
        self._set("commandsPerSecond", None)

    @property
    def audit_events_per_second(self) -> int:
        """Audit events of accepted peers and requests, and as many of refused ones, that are told in a second. The
        last one of a second follows then, with the number of those that were left out.
        Value: events, 1 to 1000000.
        Default: 100.
        Key: auditEventsPerSecond.
        """
        return self._integer("auditEventsPerSecond")

    @audit_events_per_second.setter
    def audit_events_per_second(self, value: int | None) -> None:
        self._set("auditEventsPerSecond", value)

    @audit_events_per_second.deleter
    def audit_events_per_second(self) -> None:
        self._set("auditEventsPerSecond", None)

    @property
    def max_send_queues(self) -> int:
        """Measurements and buffer blocks that wait for subscribers, to be sent or confirmed, of all connections
        together. Measurements that several subscribers get alike count once. When there are more, less waits
        for each connection than sendQueueLimit, and the rest is dropped, or ends the connection, or is waited
        for, as overflow says.
        Value: bytes, 65536 or more.
        Default: 1073741824.
        Key: maxSendQueues.
        """
        return self._integer("maxSendQueues")

    @max_send_queues.setter
    def max_send_queues(self, value: int | None) -> None:
        self._set("maxSendQueues", value)

    @max_send_queues.deleter
    def max_send_queues(self) -> None:
        self._set("maxSendQueues", None)

    @property
    def max_streams(self) -> int:
        """Distinct subscriptions, each of which is encoded for itself. Who wants another one is refused.
        Value: subscriptions, 1 or more.
        Default: 2000.
        Key: maxStreams.
        """
        return self._integer("maxStreams")

    @max_streams.setter
    def max_streams(self, value: int | None) -> None:
        self._set("maxStreams", value)

    @max_streams.deleter
    def max_streams(self) -> None:
        self._set("maxStreams", None)

    @property
    def max_udp_channels(self) -> int:
        """Subscribers and multicast groups that are sent datagrams. Who wants another channel is refused.
        Value: channels, 1 or more.
        Default: 1000.
        Key: maxUdpChannels.
        """
        return self._integer("maxUdpChannels")

    @max_udp_channels.setter
    def max_udp_channels(self, value: int | None) -> None:
        self._set("maxUdpChannels", value)

    @max_udp_channels.deleter
    def max_udp_channels(self) -> None:
        self._set("maxUdpChannels", None)

    @property
    def max_udp_rate(self) -> int:
        """Measurements and buffer blocks that are sent by UDP in a second, to all together; 0 for no limit. Those
        beyond are dropped and counted, up to the end of the second.
        Value: bytes a second, 0 or more.
        Default: 250000000.
        Key: maxUdpRate.
        """
        return self._integer("maxUdpRate")

    @max_udp_rate.setter
    def max_udp_rate(self, value: int | None) -> None:
        self._set("maxUdpRate", value)

    @max_udp_rate.deleter
    def max_udp_rate(self) -> None:
        self._set("maxUdpRate", None)

    @property
    def max_playbacks(self) -> int:
        """Historical subscriptions that are played back at a time; of each connection it is one. Who wants another
        one is refused.
        Value: playbacks, 1 or more.
        Default: 100.
        Key: maxPlaybacks.
        """
        return self._integer("maxPlaybacks")

    @max_playbacks.setter
    def max_playbacks(self, value: int | None) -> None:
        self._set("maxPlaybacks", value)

    @max_playbacks.deleter
    def max_playbacks(self) -> None:
        self._set("maxPlaybacks", None)

    @property
    def cached_values(self) -> bool:
        """The latest measurement of each signal is sent to a new subscriber at once. So that it need not wait for
        signals that change seldom. They come before all others, with the flag LateTimeAlarm (0x00040000) beside
        their own; compact measurements have all flags of times then. Not to multicast groups, nor with
        historical data.
        Value: true or false.
        Default: false.
        Key: cachedValues.
        """
        return self._flag("cachedValues")

    @cached_values.setter
    def cached_values(self, value: bool | None) -> None:
        self._set("cachedValues", value)

    @cached_values.deleter
    def cached_values(self) -> None:
        self._set("cachedValues", None)

    @property
    def history_duration(self) -> float:
        """How long measurements are kept in memory for subscribers of historical data; 0 keeps none.
        Value: seconds.
        Default: 0.
        Key: historyDuration.
        """
        return self._seconds("historyDuration")

    @history_duration.setter
    def history_duration(self, value: float | None) -> None:
        self._set("historyDuration", value)

    @history_duration.deleter
    def history_duration(self) -> None:
        self._set("historyDuration", None)

    @property
    def history_limit(self) -> int:
        """Memory that they may take; the oldest are dropped first. They are compressed.
        Value: bytes, 1048576 or more.
        Default: 268435456.
        Key: historyLimit.
        """
        return self._integer("historyLimit")

    @history_limit.setter
    def history_limit(self, value: int | None) -> None:
        self._set("historyLimit", value)

    @history_limit.deleter
    def history_limit(self) -> None:
        self._set("historyLimit", None)

    @property
    def command_channel(self) -> str:
        """server, port and interface, where other implementations have them.
        Value: keys in braces: server, port, interface.
        Key: commandChannel.
        """
        return self._text("commandChannel")

    @command_channel.setter
    def command_channel(self, value: str | None) -> None:
        self._set("commandChannel", value)

    @command_channel.deleter
    def command_channel(self) -> None:
        self._set("commandChannel", None)

    @property
    def command_channel_server(self) -> str:
        """Whom to connect to, host:port; a publisher may have several, with commas between them. The port may
        stand beside it. Without a server, the port is to listen on.
        Value: host:port.
        Key: commandChannel.server.
        """
        return self._text("commandChannel.server")

    @command_channel_server.setter
    def command_channel_server(self, value: str | int | Iterable[str] | None) -> None:
        self._set("commandChannel.server", value)

    @command_channel_server.deleter
    def command_channel_server(self) -> None:
        self._set("commandChannel.server", None)

    @property
    def command_channel_port(self) -> str:
        """Port of a server that is written without one, else the port to listen on; 0 takes any free one.
        Value: a port, 0 to 65535.
        Key: commandChannel.port.
        """
        return self._text("commandChannel.port")

    @command_channel_port.setter
    def command_channel_port(self, value: str | int | Iterable[str] | None) -> None:
        self._set("commandChannel.port", value)

    @command_channel_port.deleter
    def command_channel_port(self) -> None:
        self._set("commandChannel.port", None)

    @property
    def command_channel_interface(self) -> str:
        """Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood.
        Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.
        Key: commandChannel.interface.
        """
        return self._text("commandChannel.interface")

    @command_channel_interface.setter
    def command_channel_interface(self, value: str | int | Iterable[str] | None) -> None:
        self._set("commandChannel.interface", value)

    @command_channel_interface.deleter
    def command_channel_interface(self) -> None:
        self._set("commandChannel.interface", None)


class C37118InputKeywords(TypedDict, total=False):
    """The settings of a C37118Input as keyword arguments, each described in C37118InputSettings."""

    device: str | int | Iterable[str]
    transport: C37118InputTransport
    data_port: str | int | Iterable[str]
    data_interface: str | int | Iterable[str]
    multicast_group: str | int | Iterable[str]
    name: str | int | Iterable[str]
    device_prefix: str | int | Iterable[str]
    company_acronym: str | int | Iterable[str]
    vendor_acronym: str | int | Iterable[str]
    publish: C37118InputPublish
    collect_time: float
    capture: str | int | Iterable[str]
    capture_speed: int
    capture_loop: bool
    capture_times: C37118InputCaptureTimes
    access_id: int
    configuration_frame: C37118InputConfigurationFrame
    request_header: bool
    request_every_description: bool
    stop_data_first: bool
    settling_time: float
    answer_timeout: float
    max_configuration_requests: int
    silence_timeout: float
    keep_alive_interval: float
    auto_reconnect: bool
    retry_interval: int
    max_retry_interval: int
    max_retries: str | int | Iterable[str]


class C37118InputSettings(Settings):
    """The settings of a C37118Input, as attributes. Deleting one sets its default."""

    _ROLE = "c37118_input"
    _KEYS = {
        "device": "device",
        "transport": "transport",
        "data_port": "dataPort",
        "data_interface": "dataInterface",
        "multicast_group": "multicastGroup",
        "name": "name",
        "device_prefix": "devicePrefix",
        "company_acronym": "companyAcronym",
        "vendor_acronym": "vendorAcronym",
        "publish": "publish",
        "collect_time": "collectTime",
        "capture": "capture",
        "capture_speed": "captureSpeed",
        "capture_loop": "captureLoop",
        "capture_times": "captureTimes",
        "access_id": "accessID",
        "configuration_frame": "configurationFrame",
        "request_header": "requestHeader",
        "request_every_description": "requestEveryDescription",
        "stop_data_first": "stopDataFirst",
        "settling_time": "settlingTime",
        "answer_timeout": "answerTimeout",
        "max_configuration_requests": "maxConfigurationRequests",
        "silence_timeout": "silenceTimeout",
        "keep_alive_interval": "keepAliveInterval",
        "auto_reconnect": "autoReconnect",
        "retry_interval": "retryInterval",
        "max_retry_interval": "maxRetryInterval",
        "max_retries": "maxRetries",
    }

    @property
    def device(self) -> str:
        """The device or concentrator, host or host:port; without a port 4712. With transport=spontaneousUdp only
        datagrams from this host are taken, and from every host when it is empty.
        Value: host:port.
        Key: device.
        """
        return self._text("device")

    @device.setter
    def device(self, value: str | int | Iterable[str] | None) -> None:
        self._set("device", value)

    @device.deleter
    def device(self) -> None:
        self._set("device", None)

    @property
    def transport(self) -> C37118InputTransport:
        """How the device is talked to. `tcpUdp` has commands and configurations by TCP and data frames by UDP;
        with `spontaneousUdp` the device takes no commands and tells its configuration by itself.
        Value: tcp, tcpUdp, udp or spontaneousUdp.
        Default: tcp.
        Key: transport.
        """
        return self._text("transport")  # type: ignore[return-value]

    @transport.setter
    def transport(self, value: C37118InputTransport | None) -> None:
        self._set("transport", value)

    @transport.deleter
    def transport(self) -> None:
        self._set("transport", None)

    @property
    def data_port(self) -> str:
        """Local UDP port where datagrams of the device arrive, 0 for any free one.
        Value: a port, 0 to 65535.
        Key: dataPort.
        """
        return self._text("dataPort")

    @data_port.setter
    def data_port(self, value: str | int | Iterable[str] | None) -> None:
        self._set("dataPort", value)

    @data_port.deleter
    def data_port(self) -> None:
        self._set("dataPort", None)

    @property
    def data_interface(self) -> str:
        """Address of this machine, or for a group the number of an interface, where datagrams arrive.
        Value: an IP address of this machine, or a number.
        Key: dataInterface.
        """
        return self._text("dataInterface")

    @data_interface.setter
    def data_interface(self, value: str | int | Iterable[str] | None) -> None:
        self._set("dataInterface", value)

    @data_interface.deleter
    def data_interface(self) -> None:
        self._set("dataInterface", None)

    @property
    def multicast_group(self) -> str:
        """Multicast group that the device sends its datagrams to.
        Value: an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on.
        Key: multicastGroup.
        """
        return self._text("multicastGroup")

    @multicast_group.setter
    def multicast_group(self, value: str | int | Iterable[str] | None) -> None:
        self._set("multicastGroup", value)

    @multicast_group.deleter
    def multicast_group(self) -> None:
        self._set("multicastGroup", None)

    @property
    def name(self) -> str:
        """Name of a concentrator of several PMUs, as a device of the metadata; without one C37118_ and its ID
        code.
        Value: a text.
        Key: name.
        """
        return self._text("name")

    @name.setter
    def name(self, value: str | int | Iterable[str] | None) -> None:
        self._set("name", value)

    @name.deleter
    def name(self) -> None:
        self._set("name", None)

    @property
    def device_prefix(self) -> str:
        """Goes in front of the names of the stations, so that they differ from those of other devices.
        Value: a text.
        Key: devicePrefix.
        """
        return self._text("devicePrefix")

    @device_prefix.setter
    def device_prefix(self, value: str | int | Iterable[str] | None) -> None:
        self._set("devicePrefix", value)

    @device_prefix.deleter
    def device_prefix(self) -> None:
        self._set("devicePrefix", None)

    @property
    def company_acronym(self) -> str:
        """Who owns the devices; in front of point tags.
        Value: a text.
        Key: companyAcronym.
        """
        return self._text("companyAcronym")

    @company_acronym.setter
    def company_acronym(self, value: str | int | Iterable[str] | None) -> None:
        self._set("companyAcronym", value)

    @company_acronym.deleter
    def company_acronym(self) -> None:
        self._set("companyAcronym", None)

    @property
    def vendor_acronym(self) -> str:
        """Who made the devices; in point tags.
        Value: a text.
        Key: vendorAcronym.
        """
        return self._text("vendorAcronym")

    @vendor_acronym.setter
    def vendor_acronym(self, value: str | int | Iterable[str] | None) -> None:
        self._set("vendorAcronym", value)

    @vendor_acronym.deleter
    def vendor_acronym(self) -> None:
        self._set("vendorAcronym", None)

    @property
    def publish(self) -> C37118InputPublish:
        """What is published of the device. `frames` are passed on byte by byte in buffer blocks, configuration and
        header frames included, for a C37.118 output with `relay`.
        Value: measurements, frames or both.
        Default: measurements.
        Key: publish.
        """
        return self._text("publish")  # type: ignore[return-value]

    @publish.setter
    def publish(self, value: C37118InputPublish | None) -> None:
        self._set("publish", value)

    @publish.deleter
    def publish(self) -> None:
        self._set("publish", None)

    @property
    def collect_time(self) -> float:
        """How long measurements of the device may wait for those of others, to be published with them. They wait
        only when something was published less than that ago, so that one device never waits. The more are
        published together, the less that takes; 0 for what comes at the same time only.
        Value: seconds.
        Default: 0.002.
        Key: collectTime.
        """
        return self._seconds("collectTime")

    @collect_time.setter
    def collect_time(self, value: float | None) -> None:
        self._set("collectTime", value)

    @collect_time.deleter
    def collect_time(self) -> None:
        self._set("collectTime", None)

    @property
    def capture(self) -> str:
        """File of recorded traffic, pcap or pcapng, that is played in place of a device. What the device with the
        ID code sent in it is received again, at the pace in which it was recorded.
        Value: the name of a file.
        Key: capture.
        """
        return self._text("capture")

    @capture.setter
    def capture(self, value: str | int | Iterable[str] | None) -> None:
        self._set("capture", value)

    @capture.deleter
    def capture(self) -> None:
        self._set("capture", None)

    @property
    def capture_speed(self) -> int:
        """Speed at which a capture is played, in percent of that of its recording; 0 for as fast as possible.
        Value: percent, 0 to 1000000.
        Default: 100.
        Key: captureSpeed.
        """
        return self._integer("captureSpeed")

    @capture_speed.setter
    def capture_speed(self, value: int | None) -> None:
        self._set("captureSpeed", value)

    @capture_speed.deleter
    def capture_speed(self) -> None:
        self._set("captureSpeed", None)

    @property
    def capture_loop(self) -> bool:
        """Play the capture again and again. Times go on from round to round, by whole seconds.
        Value: true or false.
        Default: false.
        Key: captureLoop.
        """
        return self._flag("captureLoop")

    @capture_loop.setter
    def capture_loop(self, value: bool | None) -> None:
        self._set("captureLoop", value)

    @capture_loop.deleter
    def capture_loop(self) -> None:
        self._set("captureLoop", None)

    @property
    def capture_times(self) -> C37118InputCaptureTimes:
        """Times of the frames: recorded, or now for moved by whole seconds so that the capture begins now.
        Value: recorded or now.
        Default: recorded.
        Key: captureTimes.
        """
        return self._text("captureTimes")  # type: ignore[return-value]

    @capture_times.setter
    def capture_times(self, value: C37118InputCaptureTimes | None) -> None:
        self._set("captureTimes", value)

    @capture_times.deleter
    def capture_times(self) -> None:
        self._set("captureTimes", None)

    @property
    def access_id(self) -> int:
        """ID code of the data stream; 0 for the one that comes first. Frames with another ID code are dropped and
        counted. With 0, commands carry ID code 1 until a frame has told another, which few devices answer.
        Value: ID code, 0 to 65534.
        Default: 0.
        Key: accessID.
        """
        return self._integer("accessID")

    @access_id.setter
    def access_id(self, value: int | None) -> None:
        self._set("accessID", value)

    @access_id.deleter
    def access_id(self) -> None:
        self._set("accessID", None)

    @property
    def configuration_frame(self) -> C37118InputConfigurationFrame:
        """Configuration frame that the device is asked for: newest, cfg2 or cfg3. newest asks for CFG-3, and for
        CFG-2 when the device does not answer.
        Value: newest, cfg2 or cfg3.
        Default: newest.
        Key: configurationFrame.
        """
        return self._text("configurationFrame")  # type: ignore[return-value]

    @configuration_frame.setter
    def configuration_frame(self, value: C37118InputConfigurationFrame | None) -> None:
        self._set("configurationFrame", value)

    @configuration_frame.deleter
    def configuration_frame(self) -> None:
        self._set("configurationFrame", None)

    @property
    def request_header(self) -> bool:
        """Ask for the text of the header frame, too.
        Value: true or false.
        Default: false.
        Key: requestHeader.
        """
        return self._flag("requestHeader")

    @request_header.setter
    def request_header(self, value: bool | None) -> None:
        self._set("requestHeader", value)

    @request_header.deleter
    def request_header(self) -> None:
        self._set("requestHeader", None)

    @property
    def request_every_description(self) -> bool:
        """Ask for every form of the configuration and for the header, to pass them on as they are. Where the
        frames of the device are relayed.
        Value: true or false.
        Default: false.
        Key: requestEveryDescription.
        """
        return self._flag("requestEveryDescription")

    @request_every_description.setter
    def request_every_description(self, value: bool | None) -> None:
        self._set("requestEveryDescription", value)

    @request_every_description.deleter
    def request_every_description(self) -> None:
        self._set("requestEveryDescription", None)

    @property
    def stop_data_first(self) -> bool:
        """Tell the device to stop sending data before it is asked for its configuration. Without it, a device that
        is sending already is not interrupted.
        Value: true or false.
        Default: true.
        Key: stopDataFirst.
        """
        return self._flag("stopDataFirst")

    @stop_data_first.setter
    def stop_data_first(self, value: bool | None) -> None:
        self._set("stopDataFirst", value)

    @stop_data_first.deleter
    def stop_data_first(self) -> None:
        self._set("stopDataFirst", None)

    @property
    def settling_time(self) -> float:
        """How long a device is left alone after it was told to stop.
        Value: seconds.
        Default: 1.
        Key: settlingTime.
        """
        return self._seconds("settlingTime")

    @settling_time.setter
    def settling_time(self, value: float | None) -> None:
        self._set("settlingTime", value)

    @settling_time.deleter
    def settling_time(self) -> None:
        self._set("settlingTime", None)

    @property
    def answer_timeout(self) -> float:
        """How long an answer may take. Then the question is asked again, in the other form where there is one.
        Value: seconds, 0.01 or more.
        Default: 5.
        Key: answerTimeout.
        """
        return self._seconds("answerTimeout")

    @answer_timeout.setter
    def answer_timeout(self, value: float | None) -> None:
        self._set("answerTimeout", value)

    @answer_timeout.deleter
    def answer_timeout(self) -> None:
        self._set("answerTimeout", None)

    @property
    def max_configuration_requests(self) -> int:
        """How often the configuration is asked for before the connection is made anew.
        Value: questions, 1 to 1000.
        Default: 6.
        Key: maxConfigurationRequests.
        """
        return self._integer("maxConfigurationRequests")

    @max_configuration_requests.setter
    def max_configuration_requests(self, value: int | None) -> None:
        self._set("maxConfigurationRequests", value)

    @max_configuration_requests.deleter
    def max_configuration_requests(self) -> None:
        self._set("maxConfigurationRequests", None)

    @property
    def silence_timeout(self) -> float:
        """A device that sends no data for so long is started again, and then connected to again. At least three
        times as long as its frames are apart.
        Value: seconds, 0.01 or more.
        Default: 5.
        Key: silenceTimeout.
        """
        return self._seconds("silenceTimeout")

    @silence_timeout.setter
    def silence_timeout(self, value: float | None) -> None:
        self._set("silenceTimeout", value)

    @silence_timeout.deleter
    def silence_timeout(self) -> None:
        self._set("silenceTimeout", None)

    @property
    def keep_alive_interval(self) -> float:
        """With commands by UDP, tell the device so often to go on sending; 0 for never. For devices that forget
        those who are silent.
        Value: seconds.
        Default: 0.
        Key: keepAliveInterval.
        """
        return self._seconds("keepAliveInterval")

    @keep_alive_interval.setter
    def keep_alive_interval(self, value: float | None) -> None:
        self._set("keepAliveInterval", value)

    @keep_alive_interval.deleter
    def keep_alive_interval(self) -> None:
        self._set("keepAliveInterval", None)

    @property
    def auto_reconnect(self) -> bool:
        """Connect again when a connection is lost or cannot be made.
        Value: true or false.
        Default: true.
        Key: autoReconnect.
        """
        return self._flag("autoReconnect")

    @auto_reconnect.setter
    def auto_reconnect(self, value: bool | None) -> None:
        self._set("autoReconnect", value)

    @auto_reconnect.deleter
    def auto_reconnect(self) -> None:
        self._set("autoReconnect", None)

    @property
    def retry_interval(self) -> int:
        """Before the first attempt to connect again; doubles from attempt to attempt. Each delay is shortened by a
        random part of up to a half, so that many clients of a restarted peer do not come back all at once.
        Value: milliseconds, 1 to 4294967295.
        Default: 1000.
        Key: retryInterval.
        """
        return self._integer("retryInterval")

    @retry_interval.setter
    def retry_interval(self, value: int | None) -> None:
        self._set("retryInterval", value)

    @retry_interval.deleter
    def retry_interval(self) -> None:
        self._set("retryInterval", None)

    @property
    def max_retry_interval(self) -> int:
        """Longest time between two attempts.
        Value: milliseconds, 1 to 4294967295.
        Default: 30000.
        Key: maxRetryInterval.
        """
        return self._integer("maxRetryInterval")

    @max_retry_interval.setter
    def max_retry_interval(self, value: int | None) -> None:
        self._set("maxRetryInterval", value)

    @max_retry_interval.deleter
    def max_retry_interval(self) -> None:
        self._set("maxRetryInterval", None)

    @property
    def max_retries(self) -> str:
        """Attempts in a row before giving up. The typed setting has 0 for never.
        Value: attempts, 1 or more, or -1 to never give up.
        Default: -1.
        Key: maxRetries.
        """
        return self._text("maxRetries")

    @max_retries.setter
    def max_retries(self, value: str | int | Iterable[str] | None) -> None:
        self._set("maxRetries", value)

    @max_retries.deleter
    def max_retries(self) -> None:
        self._set("maxRetries", None)


class C37118OutputKeywords(TypedDict, total=False):
    """The settings of a C37118Output as keyword arguments, each described in C37118OutputSettings."""

    port: str | int | Iterable[str]
    udp_port: str | int | Iterable[str]
    interface: str | int | Iterable[str]
    udp_targets: str | int | Iterable[str]
    multicast_ttl: int
    allowed_addresses: str | int | Iterable[str]
    denied_addresses: str | int | Iterable[str]
    access_id: int
    devices: str | int | Iterable[str]
    filter_expression: str | int | Iterable[str]
    relay: str | int | Iterable[str]
    data_rate: int
    standard: C37118OutputStandard
    format: C37118OutputFormat
    nominal_frequency: C37118OutputNominalFrequency
    header_text: str | int | Iterable[str]
    lag_time: float
    lead_time: float
    wait_by: C37118OutputWaitBy
    command_ids: C37118OutputCommandIds
    max_clients: int
    data_port: int
    announced_configuration: C37118OutputAnnouncedConfiguration
    push_configuration: bool
    max_send_queue: int
    unread_timeout: float
    idle_timeout: float
    datagram_client_timeout: float
    refused_timeout: float
    max_commands_per_second: int


class C37118OutputSettings(Settings):
    """The settings of a C37118Output, as attributes. Deleting one sets its default."""

    _ROLE = "c37118_output"
    _KEYS = {
        "port": "port",
        "udp_port": "udpPort",
        "interface": "interface",
        "udp_targets": "udpTargets",
        "multicast_ttl": "multicastTtl",
        "allowed_addresses": "allowedAddresses",
        "denied_addresses": "deniedAddresses",
        "access_id": "accessID",
        "devices": "devices",
        "filter_expression": "filterExpression",
        "relay": "relay",
        "data_rate": "dataRate",
        "standard": "standard",
        "format": "format",
        "nominal_frequency": "nominalFrequency",
        "header_text": "headerText",
        "lag_time": "lagTime",
        "lead_time": "leadTime",
        "wait_by": "waitBy",
        "command_ids": "commandIDs",
        "max_clients": "maxClients",
        "data_port": "dataPort",
        "announced_configuration": "announcedConfiguration",
        "push_configuration": "pushConfiguration",
        "max_send_queue": "maxSendQueue",
        "unread_timeout": "unreadTimeout",
        "idle_timeout": "idleTimeout",
        "datagram_client_timeout": "datagramClientTimeout",
        "refused_timeout": "refusedTimeout",
        "max_commands_per_second": "maxCommandsPerSecond",
    }

    @property
    def port(self) -> str:
        """TCP port to listen on for clients, 0 for any free one; empty for none.
        Value: a port, 0 to 65535.
        Key: port.
        """
        return self._text("port")

    @port.setter
    def port(self, value: str | int | Iterable[str] | None) -> None:
        self._set("port", value)

    @port.deleter
    def port(self) -> None:
        self._set("port", None)

    @property
    def udp_port(self) -> str:
        """UDP port for clients that send commands by UDP, and that datagrams are sent from; empty for none.
        Value: a port, 0 to 65535.
        Key: udpPort.
        """
        return self._text("udpPort")

    @udp_port.setter
    def udp_port(self, value: str | int | Iterable[str] | None) -> None:
        self._set("udpPort", value)

    @udp_port.deleter
    def udp_port(self) -> None:
        self._set("udpPort", None)

    @property
    def interface(self) -> str:
        """Address of this machine to listen on and to send from; without it all of them.
        Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.
        Key: interface.
        """
        return self._text("interface")

    @interface.setter
    def interface(self, value: str | int | Iterable[str] | None) -> None:
        self._set("interface", value)

    @interface.deleter
    def interface(self) -> None:
        self._set("interface", None)

    @property
    def udp_targets(self) -> str:
        """Where data and configurations are sent by UDP, host:port, several with commas; groups too. Nobody has to
        ask for them there.
        Value: host:port.
        Key: udpTargets.
        """
        return self._text("udpTargets")

    @udp_targets.setter
    def udp_targets(self, value: str | int | Iterable[str] | None) -> None:
        self._set("udpTargets", value)

    @udp_targets.deleter
    def udp_targets(self) -> None:
        self._set("udpTargets", None)

    @property
    def multicast_ttl(self) -> int:
        """How many routers datagrams for groups may pass; 1 keeps them in the local network.
        Value: routers, 1 to 255.
        Default: 1.
        Key: multicastTtl.
        """
        return self._integer("multicastTtl")

    @multicast_ttl.setter
    def multicast_ttl(self, value: int | None) -> None:
        self._set("multicastTtl", value)

    @multicast_ttl.deleter
    def multicast_ttl(self) -> None:
        self._set("multicastTtl", None)

    @property
    def allowed_addresses(self) -> str:
        """Addresses from which one may connect; empty for all. As 192.0.2.7, 10.0.0.0/8 or fd00::/8. Connections
        that are made, not accepted, are not concerned, nor are those that stand.
        Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between them.
        Key: allowedAddresses.
        """
        return self._text("allowedAddresses")

    @allowed_addresses.setter
    def allowed_addresses(self, value: str | int | Iterable[str] | None) -> None:
        self._set("allowedAddresses", value)

    @allowed_addresses.deleter
    def allowed_addresses(self) -> None:
        self._set("allowedAddresses", None)

    @property
    def denied_addresses(self) -> str:
        """Addresses from which nobody may connect, also where they are among the allowed ones.
        Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between them.
        Key: deniedAddresses.
        """
        return self._text("deniedAddresses")

    @denied_addresses.setter
    def denied_addresses(self, value: str | int | Iterable[str] | None) -> None:
        self._set("deniedAddresses", value)

    @denied_addresses.deleter
    def denied_addresses(self) -> None:
        self._set("deniedAddresses", None)

    @property
    def access_id(self) -> int:
        """ID code of the stream.
        Value: ID code, 1 to 65534.
        Default: 1.
        Key: accessID.
        """
        return self._integer("accessID")

    @access_id.setter
    def access_id(self, value: int | None) -> None:
        self._set("accessID", value)

    @access_id.deleter
    def access_id(self) -> None:
        self._set("accessID", None)

    @property
    def devices(self) -> str:
        """Devices whose measurements are sent, by their acronyms with commas; empty for all. A concentrator stands
        for the devices that report through it.
        Value: acronyms.
        Key: devices.
        """
        return self._text("devices")

    @devices.setter
    def devices(self, value: str | int | Iterable[str] | None) -> None:
        self._set("devices", value)

    @devices.deleter
    def devices(self) -> None:
        self._set("devices", None)

    @property
    def filter_expression(self) -> str:
        """Filter statements or signals that say what is sent, in place of devices.
        Value: filter statements, or signals.
        Key: filterExpression.
        """
        return self._text("filterExpression")

    @filter_expression.setter
    def filter_expression(self, value: str | int | Iterable[str] | None) -> None:
        self._set("filterExpression", value)

    @filter_expression.deleter
    def filter_expression(self) -> None:
        self._set("filterExpression", None)

    @property
    def relay(self) -> str:
        """Device whose frames are passed on byte by byte, by its acronym; empty for a stream of measurements. A
        C37.118 input with publish=frames has published them. What else says how the stream is to be does not
        count then.
        Value: an acronym.
        Key: relay.
        """
        return self._text("relay")

    @relay.setter
    def relay(self, value: str | int | Iterable[str] | None) -> None:
        self._set("relay", value)

    @relay.deleter
    def relay(self) -> None:
        self._set("relay", None)

    @property
    def data_rate(self) -> int:
        """Frames per second; negative for seconds per frame.
        Value: frames per second, -3600 to 1000.
        Default: 30.
        Key: dataRate.
        """
        return self._integer("dataRate")

    @data_rate.setter
    def data_rate(self, value: int | None) -> None:
        self._set("dataRate", value)

    @data_rate.deleter
    def data_rate(self) -> None:
        self._set("dataRate", None)

    @property
    def standard(self) -> C37118OutputStandard:
        """Year of the standard that frames follow: C37.118-2005 or C37.118.2-2011.
        Value: 2005 or 2011.
        Default: 2005.
        Key: standard.
        """
        return self._text("standard")  # type: ignore[return-value]

    @standard.setter
    def standard(self, value: C37118OutputStandard | None) -> None:
        self._set("standard", value)

    @standard.deleter
    def standard(self) -> None:
        self._set("standard", None)

    @property
    def format(self) -> C37118OutputFormat:
        """How values are written; device for as the devices themselves write them, where that is known.
        Value: device, polarFloat, rectangularFloat, polarInteger or rectangularInteger.
        Default: device.
        Key: format.
        """
        return self._text("format")  # type: ignore[return-value]

    @format.setter
    def format(self, value: C37118OutputFormat | None) -> None:
        self._set("format", value)

    @format.deleter
    def format(self) -> None:
        self._set("format", None)

    @property
    def nominal_frequency(self) -> C37118OutputNominalFrequency:
        """Nominal frequency of devices that do not tell theirs, in hertz.
        Value: 60 or 50.
        Default: 60.
        Key: nominalFrequency.
        """
        return self._text("nominalFrequency")  # type: ignore[return-value]

    @nominal_frequency.setter
    def nominal_frequency(self, value: C37118OutputNominalFrequency | None) -> None:
        self._set("nominalFrequency", value)

    @nominal_frequency.deleter
    def nominal_frequency(self) -> None:
        self._set("nominalFrequency", None)

    @property
    def header_text(self) -> str:
        """Text of the header frame, for people.
        Value: a text.
        Key: headerText.
        """
        return self._text("headerText")

    @header_text.setter
    def header_text(self, value: str | int | Iterable[str] | None) -> None:
        self._set("headerText", value)

    @header_text.deleter
    def header_text(self) -> None:
        self._set("headerText", None)

    @property
    def lag_time(self) -> float:
        """How long a frame waits for the measurements of its time.
        Value: seconds, 0.001 or more.
        Default: 3.
        Key: lagTime.
        """
        return self._seconds("lagTime")

    @lag_time.setter
    def lag_time(self, value: float | None) -> None:
        self._set("lagTime", value)

    @lag_time.deleter
    def lag_time(self) -> None:
        self._set("lagTime", None)

    @property
    def lead_time(self) -> float:
        """How far ahead of this machine's clock the time of a measurement may be.
        Value: seconds.
        Default: 1.
        Key: leadTime.
        """
        return self._seconds("leadTime")

    @lead_time.setter
    def lead_time(self, value: float | None) -> None:
        self._set("leadTime", value)

    @lead_time.deleter
    def lead_time(self) -> None:
        self._set("leadTime", None)

    @property
    def wait_by(self) -> C37118OutputWaitBy:
        """Whether a frame waits by this machine's clock, or by the times of what arrives.
        Value: clock or arrival.
        Default: clock.
        Key: waitBy.
        """
        return self._text("waitBy")  # type: ignore[return-value]

    @wait_by.setter
    def wait_by(self, value: C37118OutputWaitBy | None) -> None:
        self._set("waitBy", value)

    @wait_by.deleter
    def wait_by(self) -> None:
        self._set("waitBy", None)

    @property
    def command_ids(self) -> C37118OutputCommandIds:
        """ID codes that commands may carry: own or any. Commands with another ID code than that of the stream are
        counted and not obeyed, unless it is any.
        Value: own or any.
        Default: own.
        Key: commandIDs.
        """
        return self._text("commandIDs")  # type: ignore[return-value]

    @command_ids.setter
    def command_ids(self, value: C37118OutputCommandIds | None) -> None:
        self._set("commandIDs", value)

    @command_ids.deleter
    def command_ids(self) -> None:
        self._set("commandIDs", None)

    @property
    def max_clients(self) -> int:
        """Clients by TCP and by UDP that are served at once.
        Value: clients, 1 to 100000.
        Default: 64.
        Key: maxClients.
        """
        return self._integer("maxClients")

    @max_clients.setter
    def max_clients(self, value: int | None) -> None:
        self._set("maxClients", value)

    @max_clients.deleter
    def max_clients(self) -> None:
        self._set("maxClients", None)

    @property
    def data_port(self) -> int:
        """Data go to this UDP port of a client that connects by TCP; 0 for the TCP connection itself.
        Value: port, 0 to 65535.
        Default: 0.
        Key: dataPort.
        """
        return self._integer("dataPort")

    @data_port.setter
    def data_port(self, value: int | None) -> None:
        self._set("dataPort", value)

    @data_port.deleter
    def data_port(self) -> None:
        self._set("dataPort", None)

    @property
    def announced_configuration(self) -> C37118OutputAnnouncedConfiguration:
        """Configuration frames that go every minute to UDP targets, which cannot ask: cfg2, cfg3 or both.
        Value: cfg2, cfg3 or both.
        Default: cfg2.
        Key: announcedConfiguration.
        """
        return self._text("announcedConfiguration")  # type: ignore[return-value]

    @announced_configuration.setter
    def announced_configuration(self, value: C37118OutputAnnouncedConfiguration | None) -> None:
        self._set("announcedConfiguration", value)

    @announced_configuration.deleter
    def announced_configuration(self) -> None:
        self._set("announcedConfiguration", None)

    @property
    def push_configuration(self) -> bool:
        """Clients that receive data get a configuration that changes without asking for it. In the forms that each
        asked for, else as CFG-2. Then no data frame is read by the wrong configuration.
        Value: true or false.
        Default: true.
        Key: pushConfiguration.
        """
        return self._flag("pushConfiguration")

    @push_configuration.setter
    def push_configuration(self, value: bool | None) -> None:
        self._set("pushConfiguration", value)

    @push_configuration.deleter
    def push_configuration(self) -> None:
        self._set("pushConfiguration", None)

    @property
    def max_send_queue(self) -> int:
        """Bytes that may wait to be sent to a client by TCP. When there would be more, data frames that wait for
        it are dropped and counted; newer ones follow.
        Value: bytes, 131072 or more.
        Default: 1048576.
        Key: maxSendQueue.
        """
        return self._integer("maxSendQueue")

    @max_send_queue.setter
    def max_send_queue(self, value: int | None) -> None:
        self._set("maxSendQueue", value)

    @max_send_queue.deleter
    def max_send_queue(self) -> None:
        self._set("maxSendQueue", None)

    @property
    def unread_timeout(self) -> float:
        """A client by TCP that takes nothing of what waits for it for so long is disconnected.
        Value: seconds, 0.1 or more.
        Default: 30.
        Key: unreadTimeout.
        """
        return self._seconds("unreadTimeout")

    @unread_timeout.setter
    def unread_timeout(self, value: float | None) -> None:
        self._set("unreadTimeout", value)

    @unread_timeout.deleter
    def unread_timeout(self) -> None:
        self._set("unreadTimeout", None)

    @property
    def idle_timeout(self) -> float:
        """A client that receives no data and asks for nothing for so long is disconnected; 0 for never.
        Value: seconds.
        Default: 600.
        Key: idleTimeout.
        """
        return self._seconds("idleTimeout")

    @idle_timeout.setter
    def idle_timeout(self, value: float | None) -> None:
        self._set("idleTimeout", value)

    @idle_timeout.deleter
    def idle_timeout(self) -> None:
        self._set("idleTimeout", None)

    @property
    def datagram_client_timeout(self) -> float:
        """A client by UDP that receives data and sends no command for so long is forgotten; 0 for never. Standard
        clients send one command and are silent for as long as they get data, so that their silence says
        nothing. Set it where commands may be forged, and where the system does not tell of refused datagrams:
        any but Linux.
        Value: seconds.
        Default: 0.
        Key: datagramClientTimeout.
        """
        return self._seconds("datagramClientTimeout")

    @datagram_client_timeout.setter
    def datagram_client_timeout(self, value: float | None) -> None:
        self._set("datagramClientTimeout", value)

    @datagram_client_timeout.deleter
    def datagram_client_timeout(self) -> None:
        self._set("datagramClientTimeout", None)

    @property
    def refused_timeout(self) -> float:
        """A client by UDP whose host refuses its datagrams for so long is forgotten. One that begins anew is
        refused for a moment, and a single refusal may be forged.
        Value: seconds.
        Default: 30.
        Key: refusedTimeout.
        """
        return self._seconds("refusedTimeout")

    @refused_timeout.setter
    def refused_timeout(self, value: float | None) -> None:
        self._set("refusedTimeout", value)

    @refused_timeout.deleter
    def refused_timeout(self) -> None:
        self._set("refusedTimeout", None)

    @property
    def max_commands_per_second(self) -> int:
        """Commands per second that a client's are obeyed; others are counted and dropped. Ten times as many may
        come at once.
        Value: commands, 1 to 100000.
        Default: 10.
        Key: maxCommandsPerSecond.
        """
        return self._integer("maxCommandsPerSecond")

    @max_commands_per_second.setter
    def max_commands_per_second(self, value: int | None) -> None:
        self._set("maxCommandsPerSecond", value)

    @max_commands_per_second.deleter
    def max_commands_per_second(self) -> None:
        self._set("maxCommandsPerSecond", None)


class BlockLinkKeywords(TypedDict, total=False):
    """The settings of a BlockLink as keyword arguments, each described in BlockLinkSettings."""

    link: str | int | Iterable[str]
    one_way: bool
    serial_converter: bool
    link_interface: str | int | Iterable[str]
    multicast_ttl: int
    device_prefix: str | int | Iterable[str]
    security_mode: BlockLinkSecurityMode
    local_certificate: str | int | Iterable[str]
    local_private_key: str | int | Iterable[str]
    remote_certificate: str | int | Iterable[str]
    certificate_authorities: str | int | Iterable[str]
    revocation_lists: str | int | Iterable[str]
    valid_policy_errors: str | int | Iterable[str]
    valid_chain_flags: str | int | Iterable[str]
    minimum_tls_version: BlockLinkMinimumTlsVersion
    handshake_timeout: float
    max_handshakes: int
    certificate_expiry_warning: float
    block_size: int
    compact_blocks: bool
    standard_stream: bool
    times: BlockLinkTimes
    link_encryption: BlockLinkLinkEncryption
    steps_per_second: int
    signals: str | int | Iterable[str]
    repeat_interval: float
    repeat_rate: int
    heartbeat_interval: float
    silence_timeout: float
    block_timeout: float
    send_queue: int
    max_document_size: int
    auto_reconnect: bool
    retry_interval: int
    max_retry_interval: int
    max_retries: str | int | Iterable[str]


class BlockLinkSettings(Settings):
    """The settings of a BlockLink, as attributes. Deleting one sets its default."""

    _ROLE = "block_link"
    _KEYS = {
        "link": "link",
        "one_way": "oneWay",
        "serial_converter": "serialConverter",
        "link_interface": "linkInterface",
        "multicast_ttl": "multicastTtl",
        "device_prefix": "devicePrefix",
        "security_mode": "securityMode",
        "local_certificate": "localCertificate",
        "local_private_key": "localPrivateKey",
        "remote_certificate": "remoteCertificate",
        "certificate_authorities": "certificateAuthorities",
        "revocation_lists": "revocationLists",
        "valid_policy_errors": "validPolicyErrors",
        "valid_chain_flags": "validChainFlags",
        "minimum_tls_version": "minimumTlsVersion",
        "handshake_timeout": "handshakeTimeout",
        "max_handshakes": "maxHandshakes",
        "certificate_expiry_warning": "certificateExpiryWarning",
        "block_size": "blockSize",
        "compact_blocks": "compactBlocks",
        "standard_stream": "standardStream",
        "times": "times",
        "link_encryption": "linkEncryption",
        "steps_per_second": "stepsPerSecond",
        "signals": "signals",
        "repeat_interval": "repeatInterval",
        "repeat_rate": "repeatRate",
        "heartbeat_interval": "heartbeatInterval",
        "silence_timeout": "silenceTimeout",
        "block_timeout": "blockTimeout",
        "send_queue": "sendQueue",
        "max_document_size": "maxDocumentSize",
        "auto_reconnect": "autoReconnect",
        "retry_interval": "retryInterval",
        "max_retry_interval": "maxRetryInterval",
        "max_retries": "maxRetries",
    }

    @property
    def link(self) -> str:
        """Where the link is: `tcp:`, `tcp-listen:`, `udp:`, `udp-listen:`, `serial:` or `file:`, and what follows.
        `tcp:HOST:PORT` connects, `tcp-listen:PORT` or `tcp-listen:ADDRESS:PORT` waits for who connects;
        `udp:HOST:PORT` sends there and takes what comes back, `udp-listen:PORT` or `udp-listen:ADDRESS:PORT`
        takes datagrams and answers; the address may be that of a multicast group.
        `serial:/dev/ttyS0,115200,8N1` is a serial line, `file:PATH` a file.
        Value: tcp:HOST:PORT, tcp-listen:PORT, udp:HOST:PORT, udp-listen:PORT, serial:DEVICE,RATE,8N1 or
        file:PATH.
        Key: link.
        """
        return self._text("link")

    @link.setter
    def link(self, value: str | int | Iterable[str] | None) -> None:
        self._set("link", value)

    @link.deleter
    def link(self) -> None:
        self._set("link", None)

    @property
    def one_way(self) -> bool:
        """Only the side that sends measurements can send. Both sides have to be told the same. Multicast and files
        are always so.
        Value: true or false.
        Default: false.
        Key: oneWay.
        """
        return self._flag("oneWay")

    @one_way.setter
    def one_way(self, value: bool | None) -> None:
        self._set("oneWay", value)

    @one_way.deleter
    def one_way(self) -> None:
        self._set("oneWay", None)

    @property
    def serial_converter(self) -> bool:
        """The TCP connection leads to a converter for a serial line, which may lose and damage what is sent.
        Value: true or false.
        Default: false.
        Key: serialConverter.
        """
        return self._flag("serialConverter")

    @serial_converter.setter
    def serial_converter(self, value: bool | None) -> None:
        self._set("serialConverter", value)

    @serial_converter.deleter
    def serial_converter(self) -> None:
        self._set("serialConverter", None)

    @property
    def link_interface(self) -> str:
        """Where groups are joined and datagrams for them sent: an IPv4 address of this machine, or a number.
        Value: an IP address of this machine, or a number.
        Key: linkInterface.
        """
        return self._text("linkInterface")

    @link_interface.setter
    def link_interface(self, value: str | int | Iterable[str] | None) -> None:
        self._set("linkInterface", value)

    @link_interface.deleter
    def link_interface(self) -> None:
        self._set("linkInterface", None)

    @property
    def multicast_ttl(self) -> int:
        """How many routers datagrams for groups may pass; 1 keeps them in the local network.
        Value: routers, 1 to 255.
        Default: 1.
        Key: multicastTtl.
        """
        return self._integer("multicastTtl")

    @multicast_ttl.setter
    def multicast_ttl(self, value: int | None) -> None:
        self._set("multicastTtl", value)

    @multicast_ttl.deleter
    def multicast_ttl(self) -> None:
        self._set("multicastTtl", None)

    @property
    def device_prefix(self) -> str:
        """Goes in front of the names of the C37.118 streams that come over the link, where they are published.
        Value: a text.
        Key: devicePrefix.
        """
        return self._text("devicePrefix")

    @device_prefix.setter
    def device_prefix(self, value: str | int | Iterable[str] | None) -> None:
        self._set("devicePrefix", value)

    @device_prefix.deleter
    def device_prefix(self) -> None:
        self._set("devicePrefix", None)

    @property
    def security_mode(self) -> BlockLinkSecurityMode:
        """How the TCP connections are secured: not at all, or by TLS with certificates of both sides. The side
        that connects is the TLS client, whichever of them publishes. docs/security.md tells which certificates
        are taken. Of a block link, TLS is the same as linkEncryption=required.
        Value: None or TLS.
        Default: None.
        Key: securityMode.
        """
        return self._text("securityMode")  # type: ignore[return-value]

    @security_mode.setter
    def security_mode(self, value: BlockLinkSecurityMode | None) -> None:
        self._set("securityMode", value)

    @security_mode.deleter
    def security_mode(self) -> None:
        self._set("securityMode", None)

    @property
    def local_certificate(self) -> str:
        """The own certificate, PEM or DER; in PEM, those of its authorities may follow. Who listens needs one, and
        so does who connects to a peer that wants one, as all of GSF do.
        Value: a file.
        Key: localCertificate.
        """
        return self._text("localCertificate")

    @local_certificate.setter
    def local_certificate(self, value: str | int | Iterable[str] | None) -> None:
        self._set("localCertificate", value)

    @local_certificate.deleter
    def local_certificate(self) -> None:
        self._set("localCertificate", None)

    @property
    def local_private_key(self) -> str:
        """The key of the own certificate, PKCS#8 without a pass phrase; empty when it is in the same file.
        Value: a file.
        Key: localPrivateKey.
        """
        return self._text("localPrivateKey")

    @local_private_key.setter
    def local_private_key(self, value: str | int | Iterable[str] | None) -> None:
        self._set("localPrivateKey", value)

    @local_private_key.deleter
    def local_private_key(self) -> None:
        self._set("localPrivateKey", None)

    @property
    def remote_certificate(self) -> str:
        """Certificates of peers that are trusted as they are, PEM or DER. Several, to rotate one. Of folders, all
        files ending in .cer, .crt, .der and .pem count.
        Value: files or folders, with commas between them.
        Key: remoteCertificate.
        """
        return self._text("remoteCertificate")

    @remote_certificate.setter
    def remote_certificate(self, value: str | int | Iterable[str] | None) -> None:
        self._set("remoteCertificate", value)

    @remote_certificate.deleter
    def remote_certificate(self) -> None:
        self._set("remoteCertificate", None)

    @property
    def certificate_authorities(self) -> str:
        """Certificates of authorities: peers whose certificates they have issued are trusted.
        Value: files or folders, with commas between them.
        Key: certificateAuthorities.
        """
        return self._text("certificateAuthorities")

    @certificate_authorities.setter
    def certificate_authorities(self, value: str | int | Iterable[str] | None) -> None:
        self._set("certificateAuthorities", value)

    @certificate_authorities.deleter
    def certificate_authorities(self) -> None:
        self._set("certificateAuthorities", None)

    @property
    def revocation_lists(self) -> str:
        """Revocation lists (CRLs) of the authorities. Each certificate of a chain then needs a current one of its
        issuer.
        Value: files or folders, with commas between them.
        Key: revocationLists.
        """
        return self._text("revocationLists")

    @revocation_lists.setter
    def revocation_lists(self, value: str | int | Iterable[str] | None) -> None:
        self._set("revocationLists", value)

    @revocation_lists.deleter
    def revocation_lists(self) -> None:
        self._set("revocationLists", None)

    @property
    def valid_policy_errors(self) -> str:
        """What is tolerated of a peer's certificate.
        RemoteCertificateNameMismatch: it is for another host. RemoteCertificateNotAvailable: a client has none.
        RemoteCertificateChainErrors: what validChainFlags names.
        Value: words with commas between them.
        Key: validPolicyErrors.
        """
        return self._text("validPolicyErrors")

    @valid_policy_errors.setter
    def valid_policy_errors(self, value: str | int | Iterable[str] | None) -> None:
        self._set("validPolicyErrors", value)

    @valid_policy_errors.deleter
    def valid_policy_errors(self) -> None:
        self._set("validPolicyErrors", None)

    @property
    def valid_chain_flags(self) -> str:
        """What is tolerated of its chain, with validPolicyErrors=RemoteCertificateChainErrors.
        NotTimeValid: it has expired, or is not valid yet. UntrustedRoot or PartialChain: no trusted authority
        stands behind it, so that anybody is let in, unless certificates are pinned. RevocationStatusUnknown or
        OfflineRevocation: no current revocation list tells of it.
        Value: words with commas between them.
        Key: validChainFlags.
        """
        return self._text("validChainFlags")

    @valid_chain_flags.setter
    def valid_chain_flags(self, value: str | int | Iterable[str] | None) -> None:
        self._set("validChainFlags", value)

    @valid_chain_flags.deleter
    def valid_chain_flags(self) -> None:
        self._set("validChainFlags", None)

    @property
    def minimum_tls_version(self) -> BlockLinkMinimumTlsVersion:
        """The oldest version of TLS that is spoken.
        Value: 1.2 or 1.3.
        Default: 1.2.
        Key: minimumTlsVersion.
        """
        return self._text("minimumTlsVersion")  # type: ignore[return-value]

    @minimum_tls_version.setter
    def minimum_tls_version(self, value: BlockLinkMinimumTlsVersion | None) -> None:
        self._set("minimumTlsVersion", value)

    @minimum_tls_version.deleter
    def minimum_tls_version(self) -> None:
        self._set("minimumTlsVersion", None)

    @property
    def handshake_timeout(self) -> float:
        """A handshake of TLS that is not done by then ends the connection.
        Value: seconds, 0.1 or more.
        Default: 10.
        Key: handshakeTimeout.
        """
        return self._seconds("handshakeTimeout")

    @handshake_timeout.setter
    def handshake_timeout(self, value: float | None) -> None:
        self._set("handshakeTimeout", value)

    @handshake_timeout.deleter
    def handshake_timeout(self) -> None:
        self._set("handshakeTimeout", None)

    @property
    def max_handshakes(self) -> int:
        """Handshakes of those who connect that are under way at a time. Some 50 KB each. They take no more than an
        eighth of the descriptors that the process may have. When another one begins, the address that has most
        of them loses its oldest.
        Value: handshakes, 1 to 16384.
        Default: 512.
        Key: maxHandshakes.
        """
        return self._integer("maxHandshakes")

    @max_handshakes.setter
    def max_handshakes(self, value: int | None) -> None:
        self._set("maxHandshakes", value)

    @max_handshakes.deleter
    def max_handshakes(self) -> None:
        self._set("maxHandshakes", None)

    @property
    def certificate_expiry_warning(self) -> float:
        """Certificates that expire within so long are told, once a day.
        Value: seconds.
        Default: 2592000.
        Key: certificateExpiryWarning.
        """
        return self._seconds("certificateExpiryWarning")

    @certificate_expiry_warning.setter
    def certificate_expiry_warning(self, value: float | None) -> None:
        self._set("certificateExpiryWarning", value)

    @certificate_expiry_warning.deleter
    def certificate_expiry_warning(self) -> None:
        self._set("certificateExpiryWarning", None)

    @property
    def block_size(self) -> int:
        """Largest block that is sent and taken, in bytes; 0 for what is usual on such a link. Usual are 512 on
        serial lines, 1,400 on UDP and 4,095 on TCP. Of small blocks, damage costs less.
        Value: bytes, 0 to 32767.
        Default: 0.
        Key: blockSize.
        """
        return self._integer("blockSize")

    @block_size.setter
    def block_size(self, value: int | None) -> None:
        self._set("blockSize", value)

    @block_size.deleter
    def block_size(self) -> None:
        self._set("blockSize", None)

    @property
    def compact_blocks(self) -> bool:
        """Use compact blocks where the link loses nothing.
        Value: true or false.
        Default: true.
        Key: compactBlocks.
        """
        return self._flag("compactBlocks")

    @compact_blocks.setter
    def compact_blocks(self, value: bool | None) -> None:
        self._set("compactBlocks", value)

    @compact_blocks.deleter
    def compact_blocks(self) -> None:
        self._set("compactBlocks", None)

    @property
    def standard_stream(self) -> bool:
        """Use the Standard stream where the link loses nothing.
        Value: true or false.
        Default: true.
        Key: standardStream.
        """
        return self._flag("standardStream")

    @standard_stream.setter
    def standard_stream(self, value: bool | None) -> None:
        self._set("standardStream", value)

    @standard_stream.deleter
    def standard_stream(self) -> None:
        self._set("standardStream", None)

    @property
    def times(self) -> BlockLinkTimes:
        """How times of measurements are written: ticks or dateTime2. A subscriber asks for it; on one-way links
        the sender decides.
        Value: ticks or dateTime2.
        Default: ticks.
        Key: times.
        """
        return self._text("times")  # type: ignore[return-value]

    @times.setter
    def times(self, value: BlockLinkTimes | None) -> None:
        self._set("times", value)

    @times.deleter
    def times(self) -> None:
        self._set("times", None)

    @property
    def link_encryption(self) -> BlockLinkLinkEncryption:
        """Whether the link is encrypted: none, possible or required. Only TCP can be. `possible` is for sides that
        are not all equipped yet: who sits on the way can keep both from TLS. Whoever demands it cannot be kept
        from it. securityMode=TLS is `required`, too.
        Value: none, possible or required.
        Default: none.
        Key: linkEncryption.
        """
        return self._text("linkEncryption")  # type: ignore[return-value]

    @link_encryption.setter
    def link_encryption(self, value: BlockLinkLinkEncryption | None) -> None:
        self._set("linkEncryption", value)

    @link_encryption.deleter
    def link_encryption(self) -> None:
        self._set("linkEncryption", None)

    @property
    def steps_per_second(self) -> int:
        """Work that filters of the other side may be, lastingly; 0 for no limit. Four seconds' worth may be asked
        for at once. Each subscription counts as 2000 steps at least. What is beyond waits, without being
        refused.
        Value: steps, 0 or more.
        Default: 5000000.
        Key: stepsPerSecond.
        """
        return self._integer("stepsPerSecond")

    @steps_per_second.setter
    def steps_per_second(self, value: int | None) -> None:
        self._set("stepsPerSecond", value)

    @steps_per_second.deleter
    def steps_per_second(self) -> None:
        self._set("stepsPerSecond", None)

    @property
    def signals(self) -> str:
        """Filter of the signals that are sent where nobody can subscribe; empty for all.
        Value: a filter expression.
        Key: signals.
        """
        return self._text("signals")

    @signals.setter
    def signals(self, value: str | int | Iterable[str] | None) -> None:
        self._set("signals", value)

    @signals.deleter
    def signals(self) -> None:
        self._set("signals", None)

    @property
    def repeat_interval(self) -> float:
        """How often everything is repeated that was told already, where it may have been lost.
        Value: seconds, 0.1 or more.
        Default: 10.
        Key: repeatInterval.
        """
        return self._seconds("repeatInterval")

    @repeat_interval.setter
    def repeat_interval(self, value: float | None) -> None:
        self._set("repeatInterval", value)

    @repeat_interval.deleter
    def repeat_interval(self) -> None:
        self._set("repeatInterval", None)

    @property
    def repeat_rate(self) -> int:
        """How much of what is repeated or asked for again is sent in a second. Besides, it takes no more than
        every fifth block while measurements wait.
        Value: bytes per second, 100 or more.
        Default: 20000.
        Key: repeatRate.
        """
        return self._integer("repeatRate")

    @repeat_rate.setter
    def repeat_rate(self, value: int | None) -> None:
        self._set("repeatRate", value)

    @repeat_rate.deleter
    def repeat_rate(self) -> None:
        self._set("repeatRate", None)

    @property
    def heartbeat_interval(self) -> float:
        """After so long without another block a heartbeat is sent.
        Value: seconds, 0.1 or more.
        Default: 1.
        Key: heartbeatInterval.
        """
        return self._seconds("heartbeatInterval")

    @heartbeat_interval.setter
    def heartbeat_interval(self, value: float | None) -> None:
        self._set("heartbeatInterval", value)

    @heartbeat_interval.deleter
    def heartbeat_interval(self) -> None:
        self._set("heartbeatInterval", None)

    @property
    def silence_timeout(self) -> float:
        """A two-way link on which nothing comes for so long has ended.
        Value: seconds, 0.2 or more.
        Default: 10.
        Key: silenceTimeout.
        """
        return self._seconds("silenceTimeout")

    @silence_timeout.setter
    def silence_timeout(self, value: float | None) -> None:
        self._set("silenceTimeout", value)

    @silence_timeout.deleter
    def silence_timeout(self) -> None:
        self._set("silenceTimeout", None)

    @property
    def block_timeout(self) -> float:
        """The rest of a block that has begun is waited for so long.
        Value: seconds, 0.01 or more.
        Default: 1.
        Key: blockTimeout.
        """
        return self._seconds("blockTimeout")

    @block_timeout.setter
    def block_timeout(self, value: float | None) -> None:
        self._set("blockTimeout", value)

    @block_timeout.deleter
    def block_timeout(self) -> None:
        self._set("blockTimeout", None)

    @property
    def send_queue(self) -> int:
        """Bytes that wait to be sent; beyond, the oldest measurements are dropped. In the Standard stream, the
        newest. Definitions are kept besides.
        Value: bytes, 4096 or more.
        Default: 65536.
        Key: sendQueue.
        """
        return self._integer("sendQueue")

    @send_queue.setter
    def send_queue(self, value: int | None) -> None:
        self._set("sendQueue", value)

    @send_queue.deleter
    def send_queue(self) -> None:
        self._set("sendQueue", None)

    @property
    def max_document_size(self) -> int:
        """Largest metadata that are taken, in bytes, also after decompression.
        Value: bytes, 1024 or more.
        Default: 16777216.
        Key: maxDocumentSize.
        """
        return self._integer("maxDocumentSize")

    @max_document_size.setter
    def max_document_size(self, value: int | None) -> None:
        self._set("maxDocumentSize", value)

    @max_document_size.deleter
    def max_document_size(self) -> None:
        self._set("maxDocumentSize", None)

    @property
    def auto_reconnect(self) -> bool:
        """Connect again when a connection is lost or cannot be made.
        Value: true or false.
        Default: true.
        Key: autoReconnect.
        """
        return self._flag("autoReconnect")

    @auto_reconnect.setter
    def auto_reconnect(self, value: bool | None) -> None:
        self._set("autoReconnect", value)

    @auto_reconnect.deleter
    def auto_reconnect(self) -> None:
        self._set("autoReconnect", None)

    @property
    def retry_interval(self) -> int:
        """Before the first attempt to connect again; doubles from attempt to attempt. Each delay is shortened by a
        random part of up to a half, so that many clients of a restarted peer do not come back all at once.
        Value: milliseconds, 1 to 4294967295.
        Default: 1000.
        Key: retryInterval.
        """
        return self._integer("retryInterval")

    @retry_interval.setter
    def retry_interval(self, value: int | None) -> None:
        self._set("retryInterval", value)

    @retry_interval.deleter
    def retry_interval(self) -> None:
        self._set("retryInterval", None)

    @property
    def max_retry_interval(self) -> int:
        """Longest time between two attempts.
        Value: milliseconds, 1 to 4294967295.
        Default: 30000.
        Key: maxRetryInterval.
        """
        return self._integer("maxRetryInterval")

    @max_retry_interval.setter
    def max_retry_interval(self, value: int | None) -> None:
        self._set("maxRetryInterval", value)

    @max_retry_interval.deleter
    def max_retry_interval(self) -> None:
        self._set("maxRetryInterval", None)

    @property
    def max_retries(self) -> str:
        """Attempts in a row before giving up. The typed setting has 0 for never.
        Value: attempts, 1 or more, or -1 to never give up.
        Default: -1.
        Key: maxRetries.
        """
        return self._text("maxRetries")

    @max_retries.setter
    def max_retries(self, value: str | int | Iterable[str] | None) -> None:
        self._set("maxRetries", value)

    @max_retries.deleter
    def max_retries(self) -> None:
        self._set("maxRetries", None)
