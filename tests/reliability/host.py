"""A program that publishes through the C functions of libsttp, and asks for the publisher's statistics all the time.

    python3 tests/reliability/host.py 127.0.0.1:7165 --library build/lib/libsttp.so --signals 1000 --rate 30

SIGUSR1 begins the time whose longest call is told, SIGINT ends the program. Its last line is that time in seconds.
"""

import argparse
import ctypes
import signal
import sys
import threading
import time
from array import array

MESSAGE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)
# As struct sttp_measurement: GUID, ticks, value, flags, signal index.
WORDS_OF_MEASUREMENT, WORD_OF_TICKS, INDEX_AT, MEASUREMENT_SIZE = 5, 2, 36, 40
TICKS_AT_UNIX_EPOCH = 621_355_968_000_000_000
# Between two calls that ask for statistics.
PAUSE = 0.01
COLUMNS = ("DeviceAcronym", "ID", "SignalID", "PointTag", "SignalReference", "SignalAcronym", "Internal")


def metadata(signals: int) -> bytes:
    """The signals, ten to a device."""
    columns = "".join(f'<xs:element name="{column}" type="xs:string" minOccurs="0" />' for column in COLUMNS)
    columns = columns.replace('"SignalID" type="xs:string"', '"SignalID" type="xs:string" ext:DataType="System.Guid"')
    columns = columns.replace('"Internal" type="xs:string"', '"Internal" type="xs:boolean"')
    rows = "".join(
        f"<MeasurementDetail><DeviceAcronym>DEVICE{row // 10}</DeviceAcronym><ID>HOST:{row}</ID>"
        f"<SignalID>05710000-0000-4000-8000-{row:012x}</SignalID><PointTag>HOST:{row}:FREQ</PointTag>"
        f"<SignalReference>DEVICE{row // 10}-FQ</SignalReference><SignalAcronym>FREQ</SignalAcronym>"
        "<Internal>true</Internal></MeasurementDetail>"
        for row in range(signals)
    )
    return (
        '<DataSet><xs:schema id="DataSet" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:ext="urn:schemas-microsoft-com:xml-msdata"><xs:element name="DataSet"><xs:complexType>'
        '<xs:choice minOccurs="0" maxOccurs="unbounded"><xs:element name="MeasurementDetail"><xs:complexType>'
        f"<xs:sequence>{columns}</xs:sequence></xs:complexType></xs:element></xs:choice></xs:complexType>"
        f"</xs:element></xs:schema>{rows}</DataSet>"
    ).encode()


class Host:
    def __init__(self, library: str, settings: str):
        self._library = ctypes.CDLL(library)
        self._library.sttp_last_error.restype = ctypes.c_char_p
        self._publisher = ctypes.c_void_p()
        self._longest = 0.0
        self._ends = threading.Event()
        self._take_message = MESSAGE(lambda _data, _level, text: print(text.decode("utf-8", "replace"), flush=True))
        self._call("sttp_publisher_new", None, ctypes.byref(self._publisher))
        self._call("sttp_publisher_on_message", self._publisher, self._take_message, None, None)
        self._call("sttp_publisher_configure", self._publisher, settings.encode())

    def _call(self, name: str, *arguments):
        if (status := getattr(self._library, name)(*arguments)) != 0:
            raise SystemExit(f"{name}: {status}: {self._library.sttp_last_error().decode()}")

    def start(self, address: str, signals: int):
        document, xml = ctypes.c_void_p(), metadata(signals)
        self._call("sttp_metadata_parse", xml, ctypes.c_size_t(len(xml)), ctypes.byref(document))
        self._call("sttp_publisher_set_metadata", self._publisher, document)
        self._library.sttp_metadata_free(document)
        self._call("sttp_publisher_start", self._publisher, address.encode())

    def forget_longest(self):
        self._longest = 0.0

    def end(self):
        self._ends.set()

    def ask(self):
        """Asks for statistics until the end, and notes the longest time that it takes."""
        counter = ctypes.c_uint64()
        size = ctypes.c_size_t(ctypes.sizeof(counter))
        while not self._ends.wait(PAUSE):
            begun = time.monotonic()
            self._call("sttp_publisher_statistics", self._publisher, ctypes.byref(counter), size)
            self._longest = max(self._longest, time.monotonic() - begun)

    def publish(self, signals: int, rate: float):
        """Publishes all signals so many times a second until the end, at 0 as fast as they are taken."""
        frame = bytearray(MEASUREMENT_SIZE * signals)
        for row in range(signals):
            begin = MEASUREMENT_SIZE * row + INDEX_AT
            frame[begin : begin + 4] = row.to_bytes(4, sys.byteorder)
        ticks = memoryview(frame).cast("q")[WORD_OF_TICKS::WORDS_OF_MEASUREMENT]
        points = (ctypes.c_char * len(frame)).from_buffer(frame)
        due = time.monotonic()
        while not self._ends.is_set():
            ticks[:] = array("q", [TICKS_AT_UNIX_EPOCH + time.time_ns() // 100]) * signals
            self._call("sttp_publisher_publish_indexed", self._publisher, points, ctypes.c_size_t(signals))
            if rate > 0:
                # What was late is not made up for.
                due = max(due + 1 / rate, time.monotonic())
                self._ends.wait(due - time.monotonic())

    def run(self, signals: int, rate: float):
        asking = threading.Thread(target=self.ask)
        publishing = threading.Thread(target=self.publish, args=(signals, rate))
        asking.start()
        publishing.start()
        while not self._ends.wait(0.2):
            pass  # Signals are dealt with here.
        asking.join()
        publishing.join()
        self._library.sttp_publisher_free(self._publisher)
        print(f"{self._longest:.6f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", metavar="ADDR:PORT")
    parser.add_argument("--library", required=True, help="libsttp.so")
    parser.add_argument("--signals", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=30, help="frames a second; 0 for as fast as they are taken")
    parser.add_argument("--settings", default="", help="further ones, as a connection string")
    options = parser.parse_args()
    overflow = "dropOldest" if options.rate > 0 else "wait"
    host = Host(options.library, f"overflow={overflow}; {options.settings}")
    signal.signal(signal.SIGUSR1, lambda *_: host.forget_longest())
    signal.signal(signal.SIGINT, lambda *_: host.end())
    host.start(options.address, options.signals)
    host.run(options.signals, options.rate)


if __name__ == "__main__":
    main()
