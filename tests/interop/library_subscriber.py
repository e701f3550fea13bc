"""Subscribes through the C functions of libsttp, and once more with another filter while data flow.

sttp-subscribe keeps its filter for life, so this stands beside it for changes of a subscription. It ends when
the publisher leaves, and writes the measurements as CSV.
"""

import argparse
import ctypes
import sys
import threading
from uuid import UUID

import testdata

TIMEOUT_SECONDS = 50


class Measurement(ctypes.Structure):
    _fields_ = [
        ("signal_id", ctypes.c_ubyte * 16),
        ("timestamp", ctypes.c_int64),
        ("value", ctypes.c_double),
        ("flags", ctypes.c_uint32),
        ("signal_index", ctypes.c_uint32),
    ]


MEASUREMENTS = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(Measurement), ctypes.c_size_t)
DISCONNECTED = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)


def main() -> int:
    options = _parse()
    library = ctypes.CDLL(options.library)
    library.sttp_last_error.restype = ctypes.c_char_p
    rows: list[testdata.Row] = []
    left = threading.Event()
    subscriber = ctypes.c_void_p()

    def call(name: str, *arguments):
        if (status := getattr(library, name)(*arguments)) != 0:
            raise SystemExit(f"{name}: {status}: {library.sttp_last_error().decode()}")

    @MEASUREMENTS
    def receive(_, measurements, count):
        before = len(rows)
        rows.extend(_row(measurements[index]) for index in range(count))
        if before < options.resubscribe_after <= len(rows):
            call("sttp_subscriber_subscribe", subscriber, options.resubscribe.encode())

    @DISCONNECTED
    def leave(*_):
        left.set()

    call("sttp_subscriber_new", None, ctypes.byref(subscriber))
    settings = f"version={options.protocol}; compression={not options.no_tssc}; gzip={not options.no_gzip}"
    call("sttp_subscriber_configure", subscriber, settings.encode())
    call("sttp_subscriber_on_measurements", subscriber, receive, None, None)
    call("sttp_subscriber_on_disconnected", subscriber, leave, None, None)
    call("sttp_subscriber_subscribe", subscriber, options.filter.encode())
    call("sttp_subscriber_connect", subscriber, options.endpoint.encode())
    in_time = left.wait(TIMEOUT_SECONDS)
    library.sttp_subscriber_free(subscriber)
    testdata.write_rows(options.output, rows)
    return 0 if in_time else 1


def _row(measurement: Measurement) -> testdata.Row:
    signal_id = str(UUID(bytes=bytes(measurement.signal_id)))
    return testdata.Row(
        signal_id, measurement.timestamp, measurement.flags, testdata.to_bits(measurement.value)
    )


def _parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("endpoint", metavar="HOST:PORT")
    parser.add_argument("--library", required=True, help="libsttp.so")
    parser.add_argument("--filter", required=True)
    parser.add_argument("--resubscribe", required=True, metavar="EXPR", help="second filter, without unsubscribing")
    parser.add_argument("--resubscribe-after", type=int, default=1000, metavar="K", help="measurements before it")
    parser.add_argument("--protocol", type=int, choices=[1, 2, 3], default=2)
    parser.add_argument("--no-tssc", action="store_true")
    parser.add_argument("--no-gzip", action="store_true")
    parser.add_argument("--output", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
