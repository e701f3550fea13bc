"""The subscribers' side of sttp-load in Python: one connection, by the package libsttp, which has to be installed.

    python benches/python_load.py ADDRESS WAY

WAY is how measurements are received: `lent` or `copied` to a callback, `read` into one array, or one by one by the
`reader` of the module with sttpapi's names. Prints one line of JSON, as `sttp-load subscribe` does.
"""

import argparse
import json
import os
import threading
import time

import libsttp
import numpy as np
from libsttp.sttpapi.config import Config
from libsttp.sttpapi.subscriber import Subscriber as NamedSubscriber

EVERYTHING = "FILTER ActiveMeasurements WHERE True"
READ_QUEUE = 65_536
PATIENCE = 120
WORD = 2**64


class Sums:
    """What has come, added up as sttp-load does."""

    def __init__(self):
        self.measurements = self.values = self.times = 0
        self.first = self.last = None
        self.cpu_at_first = 0.0

    def note_time(self):
        self.last = time.monotonic()
        if self.first is None:
            self.first, self.cpu_at_first = self.last, processor_time()

    def add(self, batch: np.ndarray):
        self.note_time()
        self.measurements += len(batch)
        self.values += int(batch["value"].view(np.uint64).sum())
        self.times += int(batch["timestamp"].view(np.uint64).sum())

    def result(self) -> dict:
        return {
            "role": "subscribe", "connections": 1, "measurements": self.measurements, "least": self.measurements,
            "most": self.measurements, "lost": 0, "seconds": self.last - self.first,
            "cpu_seconds": processor_time() - self.cpu_at_first,
            "value_sum": self.values % WORD, "time_sum": self.times % WORD,
        }


def processor_time() -> float:
    times = os.times()
    return times.user + times.system


def by_callback(address: str, sums: Sums, copy: bool):
    ended = threading.Event()
    with libsttp.Subscriber(auto_reconnect=False) as subscriber:
        subscriber.on_measurements(sums.add, copy=copy)
        subscriber.on_disconnected(lambda reason, message: ended.set())
        subscriber.subscribe(EVERYTHING)
        subscriber.connect(address)
        ended.wait(PATIENCE)


def by_reading(address: str, sums: Sums):
    with libsttp.Subscriber(auto_reconnect=False, read_queue=READ_QUEUE) as subscriber:
        subscriber.subscribe(EVERYTHING)
        subscriber.connect(address)
        try:
            for batch in subscriber.batches(reuse=True):
                sums.add(batch)
        except libsttp.errors.ClosedError:
            # The publisher has ended.
            return


def one_by_one(address: str, sums: Sums):
    """Values and times are not added up, which would be more work than the library's."""
    subscriber = NamedSubscriber()
    subscriber.statusmessage_logger = subscriber.errormessage_logger = None
    reader = subscriber.read_measurements()
    subscriber.subscribe(EVERYTHING)
    subscriber.connect(address, Config(autoreconnect=False))
    next_measurement = reader.next_measurement
    while next_measurement()[1]:
        sums.measurements += 1
        if sums.measurements % 1000 == 1:
            sums.note_time()
    subscriber.dispose()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("way", choices=["lent", "copied", "read", "reader"])
    options = parser.parse_args()
    sums = Sums()
    if options.way == "read":
        by_reading(options.address, sums)
    elif options.way == "reader":
        one_by_one(options.address, sums)
    else:
        by_callback(options.address, sums, copy=options.way == "copied")
    print(json.dumps(sums.result()))


if __name__ == "__main__":
    main()
