"""Measurements: published and received, by callback and from the queue, their arrays and times."""

import gc
import sys
import threading
from datetime import UTC, datetime

import libsttp
import numpy as np
import pandas
import pytest
from conftest import EVERYTHING, FREQUENCIES, PATIENCE, Pair, Told, values, wait_for
from libsttp import MEASUREMENT, StateFlags


def same(received: np.ndarray, published: np.ndarray) -> None:
    """Signal, time, value and flags bit for bit; STTP carries single precision."""
    assert received["signal_id"].tobytes() == published["signal_id"].tobytes()
    assert np.array_equal(received["timestamp"], published["timestamp"])
    assert received["value"].astype(np.float32).tobytes() == published["value"].astype(np.float32).tobytes()
    assert np.array_equal(received["flags"], published["flags"])


def test_publish_and_subscribe(pair: Pair) -> None:
    received = Told()
    pair.subscriber.on_measurements(received)
    pair.flow()
    frames = [values(pair.metadata, start=0.1 * frame) for frame in range(50)]
    frames[7]["value"][0], frames[8]["value"][1] = np.nan, -0.0
    for frame in frames:
        pair.publisher.publish(frame)
    came = []
    while sum(map(len, came)) < sum(map(len, frames)):
        came.append(received.next())
    same(np.concatenate(came), np.concatenate(frames))
    signals = pair.subscriber.signals()
    for batch in came:
        for measurement in batch:
            assert signals[measurement["signal_index"]].signal_id.bytes == measurement["signal_id"].tobytes()


def test_publish_by_index(reading: Pair) -> None:
    reading.flow(FREQUENCIES)
    rows = [row for row, one in enumerate(reading.metadata.measurements) if one.signal_type == "FREQ"]
    published = libsttp.empty_measurements(len(rows))
    published["signal_index"] = [
        reading.publisher.signal_index(reading.metadata.measurements[row].signal_id) for row in rows
    ]
    assert published["signal_index"].tolist() == rows
    published["timestamp"] = libsttp.now()
    published["value"] = [60.01, 59.99]
    reading.publisher.publish_indexed(published)
    received = reading.subscriber.read(PATIENCE)
    assert libsttp.uuids(received) == [reading.metadata.measurements[row].signal_id for row in rows]
    assert received["value"].astype(np.float32).tolist() == np.float32([60.01, 59.99]).tolist()
    with pytest.raises(libsttp.errors.NotFoundError):
        reading.publisher.signal_index("00000000-0000-0000-0000-000000000001")


def test_read_from_queue(reading: Pair) -> None:
    subscriber, publisher = reading.subscriber, reading.publisher
    array = libsttp.empty_measurements(4)
    with pytest.raises(libsttp.errors.InvalidStateError, match="read queue"):
        subscriber.read_into(array, timeout=0)
    reading.flow()
    subscriber.wait_until_subscribed(PATIENCE)
    with pytest.raises(TimeoutError):
        subscriber.read_into(array, timeout=0)

    published = values(reading.metadata)
    publisher.publish(published)
    count = subscriber.read_into(array, PATIENCE)
    same(array[:count], published[:count])
    # What the array has no room for is there for the next read.
    rest = [array[:count].copy()]
    while sum(map(len, rest)) < len(published):
        rest.append(subscriber.read(PATIENCE))
    same(np.concatenate(rest), published)
    assert [one.signal_id for one in subscriber.read_signals()] == [
        one.signal_id for one in reading.metadata.measurements
    ]

    # The end is told to a thread that waits.
    ended: list[str] = []
    started = threading.Event()

    def read() -> None:
        started.set()
        for batch in subscriber:
            ended.append(f"unexpected {batch}")
        ended.append("end")

    reader = threading.Thread(target=read)
    reader.start()
    started.wait(PATIENCE)
    subscriber.disconnect()
    reader.join(PATIENCE)
    assert ended == ["end"]


def test_read_into_wants_an_array_of_measurements(reading: Pair) -> None:
    for wrong in (np.zeros(3), libsttp.empty_measurements(6)[::2], np.frombuffer(bytes(80), MEASUREMENT)):
        with pytest.raises(ValueError, match="array of libsttp.MEASUREMENT"):
            reading.subscriber.read_into(wrong, 0)
    with pytest.raises(ValueError, match="array of libsttp.MEASUREMENT"):
        reading.publisher.publish(np.zeros(3))


def test_close_ends_a_read_of_another_thread(reading: Pair) -> None:
    reading.flow()
    batches: list[int] = []
    reader = threading.Thread(target=lambda: batches.extend(len(batch) for batch in reading.subscriber))
    reader.start()
    reading.publisher.publish(values(reading.metadata))
    wait_for(lambda: batches)
    gone = Told()
    reading.subscriber.on_disconnected(gone)
    reading.subscriber.close()
    # What happens until the reader has left is not told any more.
    reading.publisher.close()
    reader.join(PATIENCE)
    assert not reader.is_alive() and gone.empty()
    assert sum(batches) == len(reading.metadata.measurements)


def test_batches_of_one_array(reading: Pair) -> None:
    reading.flow()
    for frame in range(3):
        reading.publisher.publish(values(reading.metadata, start=frame))
    seen, count = set(), 0
    for batch in reading.subscriber.batches(reuse=True):
        seen.add(batch.ctypes.data)
        count += len(batch)
        if count == 3 * len(reading.metadata.measurements):
            break
    assert len(seen) == 1


def test_lent_batch(pair: Pair) -> None:
    """A batch that is not copied can be read in the callback, and whoever keeps it is told."""
    told, kept, sums = Told(), [], Told()

    def sum_up(batch: np.ndarray) -> None:
        assert not batch.flags.writeable
        sums(float(batch["value"].sum()))

    pair.subscriber.callback_error = told
    pair.subscriber.on_measurements(sum_up, copy=False)
    pair.flow()
    published = values(pair.metadata)
    pair.publisher.publish(published)
    assert sums.next() == published["value"].sum()
    assert told.empty()
    pair.subscriber.on_measurements(lambda batch: kept.append(batch["value"]), copy=False)
    pair.publisher.publish(published)
    assert "still in use" in str(told.next())


def test_copied_batch_outlives_the_callback(pair: Pair) -> None:
    kept: list[np.ndarray] = []
    pair.subscriber.on_measurements(kept.append)
    pair.flow()
    published = [values(pair.metadata, start=frame) for frame in range(20)]
    for frame in published:
        pair.publisher.publish(frame)
    wait_for(lambda: sum(map(len, kept)) == sum(map(len, published)))
    gc.collect()
    same(np.concatenate(kept), np.concatenate(published))


def test_dtype_is_the_record_of_c() -> None:
    assert MEASUREMENT.itemsize == 40
    assert [(name, MEASUREMENT.fields[name][1]) for name in MEASUREMENT.names] == [
        ("signal_id", 0), ("timestamp", 16), ("value", 24), ("flags", 32), ("signal_index", 36)
    ]  # fmt: skip


def test_times() -> None:
    moment = datetime(2026, 11, 21, 8, 30, 0, 33333, tzinfo=UTC)
    ticks = libsttp.ticks(moment)
    assert libsttp.format_time(ticks) == "2026-11-21T08:30:00.033333Z"
    assert libsttp.ticks("2026-11-21T08:30:00.033333Z") == ticks
    assert libsttp.ticks(np.datetime64("2026-11-21T08:30:00.033333")) == ticks
    assert libsttp.to_datetime(ticks) == moment
    batch = libsttp.empty_measurements(2)
    batch["timestamp"] = ticks
    batch["timestamp"][1] |= np.int64(-(2**63))
    assert libsttp.to_datetime64(batch).tolist() == [np.datetime64(moment.replace(tzinfo=None), "ns").tolist()] * 2
    assert libsttp.is_leap_second(batch).tolist() == [False, True]
    with pytest.raises(ValueError, match="is no time"):
        libsttp.ticks("soon")


def test_flags() -> None:
    assert libsttp.format_flags(StateFlags.BAD_DATA | StateFlags.SUSPECT_TIME) == "BAD_DATA SUSPECT_TIME"
    assert libsttp.format_flags(0) == ""


def test_frame_of_measurements(reading: Pair) -> None:
    reading.flow(FREQUENCIES)
    published = values(reading.metadata)
    reading.publisher.publish(published)
    frame = libsttp.to_frame(reading.subscriber.read(PATIENCE), reading.metadata)
    assert isinstance(frame, pandas.DataFrame)
    assert frame["point_tag"].tolist() == ["STATION1:FREQ", "STATION2:FREQ"]
    assert frame["value"].tolist() == [0.0, 3.0]
    assert [str(one) for one in frame["signal_id"]] == [str(one) for one in reading.metadata.select(FREQUENCIES)]
    assert frame["time"].dt.tz is not None


def test_reading_lets_other_threads_run(reading: Pair) -> None:
    """While a read waits in the library, other threads of Python go on."""
    reading.flow(EVERYTHING)
    switch = sys.getswitchinterval()
    # Far more than the read waits.
    sys.setswitchinterval(100 * PATIENCE)
    try:
        reader = threading.Thread(target=lambda: reading.subscriber.read(PATIENCE))
        reader.start()
        # Would not be reached before the read has ended if that kept the interpreter.
        reading.publisher.publish(values(reading.metadata))
        reader.join(PATIENCE)
        assert not reader.is_alive()
    finally:
        sys.setswitchinterval(switch)
