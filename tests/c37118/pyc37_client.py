#!/usr/bin/env python3
"""A client by pyc37, an independent implementation: pyc37_client.py PORT ID-CODE

It prints, as lines of JSON, the header text, the configuration and the first data frames of the device.
"""

import json
import logging
import sys

from pyc37.frame import DataFrame
from pyc37.pdc import Pdc

FRAMES = 5


def main():
    port, id_code = int(sys.argv[1]), int(sys.argv[2])
    logging.disable(logging.CRITICAL)
    client = Pdc(pdc_id=id_code, pmu_ip="127.0.0.1", pmu_port=port)
    client.run()
    print(json.dumps({"header": client.get_header().get_header()}))
    client.get_config("cfg1")
    configuration = client.get_config("cfg2")
    print(json.dumps({
        "stations": configuration.get_station_name(),
        "ids": configuration.get_stream_id_code(),
        "channels": configuration.get_channel_names(),
        "phasor units": configuration.get_ph_units(),
        "nominal": configuration.get_fnom(),
        "rate": configuration.get_data_rate(),
    }))
    client.start()
    received = 0
    while received < FRAMES:
        frame = client.get()
        if isinstance(frame, DataFrame):
            received += 1
            print(json.dumps(frame.get_measurements()))
    client.stop()
    client.quit()


if __name__ == "__main__":
    main()
