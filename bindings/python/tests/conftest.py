"""A grid, a publisher of it on loopback, and subscribers: what the tests share."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import libsttp
import numpy as np
import pytest

# The package that was installed, not the folder beside this one.
assert Path(__file__).parents[1] not in Path(libsttp.__file__).parents
PATIENCE = 30
"""Seconds until something is taken for not coming. No test takes as long when all is well."""
NAMESPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
FREQUENCIES = "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'"
EVERYTHING = "FILTER ActiveMeasurements WHERE True"


def signal(name: str) -> UUID:
    return uuid5(NAMESPACE, name)


def grid(devices: int = 2, suffix: str = "") -> libsttp.Metadata:
    """Metadata of devices with a frequency and a voltage each."""
    with libsttp.MetadataBuilder() as builder:
        keys = count(1)
        for number in range(1, devices + 1):
            device = f"STATION{number}{suffix}"
            builder.add_device(device, f"Umspannwerk Süd {number} – 北", 30, Longitude=-89.5, Enabled=True)
            builder.add_phasor(device, "Bus voltage", "V", "+", 1)
            for kind, reference, phasor in (("FREQ", "FQ", 0), ("VPHM", "PM1", 1), ("VPHA", "PA1", 1)):
                builder.add_measurement(
                    signal(f"{device}-{reference}"),
                    f"GRID:{next(keys)}",
                    signal_type=kind,
                    device_acronym=device,
                    point_tag=f"{device}:{kind}",
                    signal_reference=f"{device}-{reference}",
                    phasor_source_index=phasor,
                    description=f"{kind} of {device}",
                )
        return builder.finish()


class Told:
    """Collects what callbacks are called with, and waits for it."""

    def __init__(self) -> None:
        self._calls: queue.Queue[tuple[Any, ...]] = queue.Queue()

    def __call__(self, *arguments: Any) -> None:
        self._calls.put(arguments)

    def next(self, timeout: float = PATIENCE) -> Any:
        """The arguments of the next call; of one argument, itself."""
        arguments = self._calls.get(timeout=timeout)
        return arguments[0] if len(arguments) == 1 else arguments

    def until(self, wanted: Callable[..., bool]) -> Any:
        """Those of the first call for which this holds."""
        while True:
            arguments = self._calls.get(timeout=PATIENCE)
            if wanted(*arguments):
                return arguments[0] if len(arguments) == 1 else arguments

    def empty(self) -> bool:
        return self._calls.empty()


def wait_for(condition: Callable[[], Any]) -> Any:
    """What the condition gives, once it is something."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.005)
    return found


def values(metadata: libsttp.Metadata, start: float = 0.0) -> np.ndarray:
    """One measurement of each signal, by ID, with flags of its own."""
    signals = [measurement.signal_id for measurement in metadata.measurements]
    numbers = np.arange(len(signals))
    return libsttp.make_measurements(signals, numbers + start, libsttp.now(), flags=numbers * 3)


class Pair:
    """A publisher, and a subscriber to it that receives by callback or by its queue."""

    def __init__(
        self, metadata: libsttp.Metadata, publisher: libsttp.Publisher, subscriber: libsttp.Subscriber
    ) -> None:
        self.metadata = metadata
        self.publisher = publisher
        self.subscriber = subscriber
        self.flowing = Told()
        publisher.on_subscribed(self.flowing)

    def flow(self, filter: str = EVERYTHING) -> libsttp.Connection:
        """Connects, and waits until measurements flow."""
        self.subscriber.subscribe(filter)
        self.subscriber.connect(self.publisher.address)
        return self.flowing.next()


@pytest.fixture
def metadata() -> Iterator[libsttp.Metadata]:
    with grid() as made:
        yield made


@pytest.fixture
def publisher(metadata: libsttp.Metadata) -> Iterator[libsttp.Publisher]:
    with libsttp.Publisher(metadata) as made:
        made.start("127.0.0.1:0")
        yield made


@pytest.fixture
def subscriber() -> Iterator[libsttp.Subscriber]:
    with libsttp.Subscriber() as made:
        yield made


@pytest.fixture
def pair(metadata: libsttp.Metadata, publisher: libsttp.Publisher, subscriber: libsttp.Subscriber) -> Pair:
    return Pair(metadata, publisher, subscriber)


@pytest.fixture
def reading(metadata: libsttp.Metadata, publisher: libsttp.Publisher) -> Iterator[Pair]:
    """With a read queue."""
    with libsttp.Subscriber(read_queue=100_000) as made:
        yield Pair(metadata, publisher, made)
