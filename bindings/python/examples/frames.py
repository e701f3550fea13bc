"""Metadata and ten seconds of measurements as pandas DataFrames: frames.py [ADDRESS [SECONDS]]"""

import queue
import sys
import time

import libsttp
import numpy as np

address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7175"
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10

received: queue.Queue[libsttp.Metadata] = queue.Queue()
with libsttp.Subscriber(read_queue=1_000_000) as subscriber:
    subscriber.on_metadata(received.put)
    subscriber.subscribe("FILTER ActiveMeasurements WHERE True")
    subscriber.connect(address)
    metadata = received.get(timeout=30)
    print(metadata["DeviceDetail"].to_frame()[["Acronym", "Name", "FramesPerSecond"]])

    batches, end = [subscriber.read(30)], time.monotonic() + seconds
    while time.monotonic() < end:
        batches.append(subscriber.read(30))

frame = libsttp.to_frame(np.concatenate(batches), metadata)
print(frame.groupby("signal_type")["value"].describe())
