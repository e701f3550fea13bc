"""Who is connected, as publishers and subscribers are told."""

import libsttp


class Version:
    """Name and version of the library."""

    STTP_SOURCE = "libsttp"
    STTP_VERSION = libsttp.__version__
    STTP_UPDATEDON = ""
