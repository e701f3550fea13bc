"""Publishes metadata through the C functions of libsttp, and others as soon as somebody is subscribed.

It ends when that subscriber leaves.
"""

import argparse
import ctypes
import sys
import threading
from pathlib import Path

TIMEOUT_SECONDS = 50

CONNECTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
DISCONNECTED = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)


def main() -> int:
    options = _parse()
    library = ctypes.CDLL(options.library)
    library.sttp_last_error.restype = ctypes.c_char_p
    publisher = ctypes.c_void_p()
    subscribed, left = threading.Event(), threading.Event()

    def call(name: str, *arguments):
        if (status := getattr(library, name)(*arguments)) != 0:
            raise SystemExit(f"{name}: {status}: {library.sttp_last_error().decode()}")

    def define(path: Path):
        metadata, xml = ctypes.c_void_p(), path.read_bytes()
        call("sttp_metadata_parse", xml, ctypes.c_size_t(len(xml)), ctypes.byref(metadata))
        call("sttp_publisher_set_metadata", publisher, metadata)
        library.sttp_metadata_free(metadata)

    @CONNECTION
    def see_subscribed(*_):
        subscribed.set()

    @DISCONNECTED
    def see_left(*_):
        # Those who only look whether the port is there leave too.
        if subscribed.is_set():
            left.set()

    call("sttp_publisher_new", None, ctypes.byref(publisher))
    call("sttp_publisher_on_subscribed", publisher, see_subscribed, None, None)
    call("sttp_publisher_on_disconnected", publisher, see_left, None, None)
    define(options.metadata)
    call("sttp_publisher_start", publisher, options.endpoint.encode())
    in_time = subscribed.wait(TIMEOUT_SECONDS)
    if in_time:
        define(options.redefine)
        in_time = left.wait(TIMEOUT_SECONDS)
    library.sttp_publisher_free(publisher)
    return 0 if in_time else 1


def _parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("endpoint", metavar="ADDR:PORT")
    parser.add_argument("--library", required=True, help="libsttp.so")
    parser.add_argument("--metadata", required=True, type=Path, metavar="FILE.xml")
    parser.add_argument("--redefine", required=True, type=Path, metavar="FILE.xml")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
