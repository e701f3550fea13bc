"""Describes one device with two signals, and publishes them 30 times a second: publish.py [ADDRESS [SECONDS]]"""

import sys
import time
from uuid import UUID

import libsttp
import numpy as np

address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7175"
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 3600


def described() -> libsttp.Metadata:
    """A signal keeps its ID for ever: it is how all subscribers know it."""
    with libsttp.MetadataBuilder() as builder:
        builder.add_device("SHELBY", "Shelby substation", 30)
        builder.add_phasor("SHELBY", "Bus 1", "V", "+", 1)
        builder.add_measurement(
            UUID("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f01"), "DEMO:1", signal_type="FREQ", device_acronym="SHELBY",
            point_tag="SHELBY:FREQ", signal_reference="SHELBY-FQ", description="System frequency",
        )  # fmt: skip
        builder.add_measurement(
            UUID("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f02"), "DEMO:2", signal_type="VPHM", device_acronym="SHELBY",
            point_tag="SHELBY:BUS1", signal_reference="SHELBY-PM1", phasor_source_index=1,
            description="Bus 1 voltage magnitude",
        )  # fmt: skip
        return builder.finish()


with described() as metadata, libsttp.Publisher(metadata) as publisher:
    publisher.on_connected(lambda connection: print(f"{connection.address} has connected", flush=True))
    publisher.start(address)
    print(f"Publishing on {publisher.address}", flush=True)

    # Published by rows of the metadata, so that no signal is looked up.
    frame = libsttp.empty_measurements(2)
    frame["signal_index"] = 0, 1
    random = np.random.default_rng()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        frame["timestamp"] = libsttp.now()
        frame["value"] = random.normal(60, 0.005), random.normal(299_000, 100)
        publisher.publish_indexed(frame)
        time.sleep(1 / 30)
