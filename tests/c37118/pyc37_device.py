#!/usr/bin/env python3
"""A device by pyc37, an independent implementation: pyc37_device.py PORT

It sends the data frame of the standard's example thirty times a second to whoever asks, until its input ends.
"""

import logging
import os
import sys
import threading
import time

from pyc37.pmu import Pmu


def main():
    device = Pmu(ip="127.0.0.1", port=int(sys.argv[1]), pmu_id=7734, data_rate=30)
    logging.disable(logging.CRITICAL)
    device.run()
    print("listening", flush=True)
    ended = threading.Event()

    def publish():
        while not ended.is_set():
            device.send(device.ieee_data_sample)
            time.sleep(1 / 30)

    threading.Thread(target=publish, daemon=True).start()
    # Not by sys.stdin, whose lock the processes would inherit that pyc37 forks.
    while os.read(0, 1024):
        pass
    ended.set()
    device.stop()
    # What nobody has taken from its queues keeps it from ending.
    os._exit(0)


if __name__ == "__main__":
    main()
