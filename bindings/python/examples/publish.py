"""Publishes made-up values of sample signals, 30 times a second: publish.py [ADDRESS [SECONDS]]"""

import sys
import time

import libsttp
import numpy as np

address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7175"
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 3600

with libsttp.Metadata.sample() as metadata, libsttp.Publisher(metadata) as publisher:
    publisher.on_connected(lambda connection: print(f"{connection.address} has connected", flush=True))
    publisher.start(address)
    print(f"Publishing on {publisher.address}", flush=True)

    # Published by rows of the metadata, so that no signal is looked up.
    frame = libsttp.empty_measurements(len(metadata.measurements))
    frame["signal_index"] = np.arange(len(frame))
    frequencies = np.array([one.signal_type == "FREQ" for one in metadata.measurements])
    random = np.random.default_rng()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        frame["timestamp"] = libsttp.now()
        frame["value"] = np.where(frequencies, random.normal(60, 0.01, len(frame)), random.normal(0, 1, len(frame)))
        publisher.publish_indexed(frame)
        time.sleep(1 / 30)
