"""The log of the library, as that of a logger of Python's `logging`."""

from __future__ import annotations

import atexit
import logging

from libsttp import _declarations as c
from libsttp._constants import LogLevel
from libsttp._library import check, library, text_of

logger = logging.getLogger("libsttp")
"""Receives the log of the library; each part of it has a child, as `libsttp.engine`."""

LEVELS = {
    LogLevel.ERROR: logging.ERROR,
    LogLevel.WARNING: logging.WARNING,
    LogLevel.INFO: logging.INFO,
    LogLevel.DEBUG: logging.DEBUG,
}
"""The levels of `logging`, by those of the library."""


def _log(_: int, level: int, target: bytes, message: bytes) -> None:
    part = text_of(target).removeprefix("sttp::").replace("::", ".")
    logging.getLogger(f"libsttp.{part}" if part else "libsttp").log(
        LEVELS.get(LogLevel(level), logging.ERROR), "%s", text_of(message)
    )


_receive = c.sttp_log_fn(_log)


def enable_logging(level: int = logging.INFO) -> None:
    """Sends the log of the whole library, from a level of `logging` on, to the logger `libsttp` and its children.

    What happens on one connection also comes as a message of its handle, whether this is called or not.
    """
    fitting = [own for own, theirs in LEVELS.items() if theirs >= level]
    check(library.sttp_set_log_sink(int(max(fitting, default=LogLevel.ERROR)), _receive, None, c.sttp_destroy_fn()))


# Threads of the library must not log into an interpreter that has ended.
@atexit.register
def disable_logging() -> None:
    """Switches the log off."""
    check(library.sttp_set_log_sink(int(LogLevel.ERROR), c.sttp_log_fn(), None, c.sttp_destroy_fn()))
