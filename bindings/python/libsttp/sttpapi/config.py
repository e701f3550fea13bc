"""How a subscriber connects."""

from __future__ import annotations

import numpy as np

from libsttp.sttpapi.transport.constants import Defaults


class Config:
    """Connection, metadata, and forms of what is sent."""

    DEFAULT_MAXRETRIES = Defaults.MAXRETRIES
    DEFAULT_RETRYINTERVAL = Defaults.RETRYINTERVAL
    DEFAULT_MAXRETRYINTERVAL = Defaults.MAXRETRYINTERVAL
    DEFAULT_AUTORECONNECT = Defaults.AUTORECONNECT
    DEFAULT_AUTOREQUESTMETADATA = Defaults.AUTOREQUESTMETADATA
    DEFAULT_AUTOSUBSCRIBE = Defaults.AUTOSUBSCRIBE
    DEFAULT_COMPRESS_PAYLOADDATA = Defaults.COMPRESS_PAYLOADDATA
    DEFAULT_COMPRESS_METADATA = Defaults.COMPRESS_METADATA
    DEFAULT_COMPRESS_SIGNALINDEXCACHE = Defaults.COMPRESS_SIGNALINDEXCACHE
    DEFAULT_METADATAFILTERS = Defaults.METADATAFILTERS
    DEFAULT_SOCKET_TIMEOUT = Defaults.SOCKET_TIMEOUT
    DEFAULT_VERSION = Defaults.VERSION

    def __init__(
        self,
        maxretries: int = DEFAULT_MAXRETRIES,
        retryinterval: float = DEFAULT_RETRYINTERVAL,
        maxretryinterval: float = DEFAULT_MAXRETRYINTERVAL,
        autoreconnect: bool = DEFAULT_AUTORECONNECT,
        autorequestmetadata: bool = DEFAULT_AUTOREQUESTMETADATA,
        autosubscribe: bool = DEFAULT_AUTOSUBSCRIBE,
        compress_payloaddata: bool = DEFAULT_COMPRESS_PAYLOADDATA,
        compress_metadata: bool = DEFAULT_COMPRESS_METADATA,
        compress_signalindexcache: bool = DEFAULT_COMPRESS_SIGNALINDEXCACHE,
        metadatafilters: str = DEFAULT_METADATAFILTERS,
        socket_timeout: float = DEFAULT_SOCKET_TIMEOUT,
        version: np.byte = DEFAULT_VERSION,
    ) -> None:
        self.maxretries = maxretries
        """Attempts in a row to connect; -1 without end."""
        self.retryinterval = retryinterval
        """Seconds before the first attempt to connect again; doubles from attempt to attempt."""
        self.maxretryinterval = maxretryinterval
        """Longest time between two attempts, in seconds."""
        self.autoreconnect = autoreconnect
        """Whether to connect again when a connection is lost."""
        self.autorequestmetadata = autorequestmetadata
        """Whether to ask for metadata on each connection, before the subscription."""
        self.autosubscribe = autosubscribe
        """Whether to subscribe on each connection; else `subscribe` does it while connected."""
        self.compress_payloaddata = compress_payloaddata
        """Whether measurements are compressed."""
        self.compress_metadata = compress_metadata
        """Whether metadata are compressed."""
        self.compress_signalindexcache = compress_signalindexcache
        """Whether lists of signals are compressed."""
        self.metadatafilters = metadatafilters
        """Filter statements for the metadata; empty for all."""
        self.socket_timeout = socket_timeout
        """Not used: the library never waits for a socket."""
        self.version = version
        """Version of the protocol."""
