"""Subscriptions, their changes, and what else goes over a connection."""

import itertools

import libsttp
import numpy as np
import pytest
from conftest import EVERYTHING, FREQUENCIES, PATIENCE, Pair, Told, grid, signal, values, wait_for
from libsttp import Command, State


def test_filters(reading: Pair) -> None:
    filter = "FILTER TOP 3 ActiveMeasurements WHERE SignalType IN ('FREQ', 'VPHM') ORDER BY PointTag DESC"
    wanted = reading.metadata.select(filter)
    assert len(wanted) == 3
    with libsttp.Filter(filter) as compiled:
        assert compiled.select(reading.metadata) == wanted
    reading.flow(filter)
    reading.publisher.publish(values(reading.metadata))
    assert sorted(libsttp.uuids(reading.subscriber.read(PATIENCE))) == sorted(wanted)

    for use in (reading.metadata.select, libsttp.Filter):
        with pytest.raises(libsttp.errors.FilterError, match="column|position|character|line") as wrong:
            use("FILTER ActiveMeasurements WHERE SignalType = = 'FREQ'")
        assert wrong.value.status == libsttp.Status.FILTER
        assert isinstance(wrong.value, ValueError)
    assert libsttp.Expression("Len('four') * 10").evaluate() == 40
    assert reading.metadata.evaluate("SignalType = 'FREQ'", "ActiveMeasurements", 0) is True
    assert libsttp.Filter("GRID:1, 0.5, 2; GRID:2").adjustment(0) == (0.5, 2.0)


def test_resubscription(pair: Pair) -> None:
    """Measurements are always of the signals that were told last."""
    order = Told()
    pair.subscriber.on_subscription_updated(lambda _, signals: order("signals", [one.signal_id for one in signals]))
    pair.subscriber.on_measurements(lambda batch: order("batch", batch))
    pair.flow()
    filters = [FREQUENCIES, "FILTER ActiveMeasurements WHERE SignalType = 'VPHM'", EVERYTHING]
    current: list[object] = []
    for filter in filters:
        pair.subscriber.subscribe(filter)
        wanted = set(pair.metadata.select(filter))
        while True:
            pair.publisher.publish(values(pair.metadata))
            kind, what = order.next()
            if kind == "signals":
                current = what
            else:
                for measurement in what:
                    assert measurement["signal_id"].tobytes() == current[measurement["signal_index"]].bytes
                if set(libsttp.uuids(what)) == wanted and set(current) == wanted:
                    break


def test_history(metadata: libsttp.Metadata) -> None:
    with (
        libsttp.Publisher(metadata, history_duration=3600) as publisher,
        libsttp.Subscriber(read_queue=10_000, processing_interval=0) as subscriber,
    ):
        publisher.start("127.0.0.1:0")
        times = [libsttp.now() - (60 - second) * 10_000_000 for second in range(60)]
        for second, time in enumerate(times):
            frame = values(metadata, start=second)
            frame["timestamp"] = time
            publisher.publish(frame)
        publisher.flush(PATIENCE)
        wait_for(lambda: publisher.history_extent().measurements == 60 * len(metadata.measurements))
        complete = Told()
        subscriber.on_processing_complete(complete)
        subscriber.subscribe(
            FREQUENCIES,
            start_time_constraint=libsttp.format_time(times[10]),
            stop_time_constraint=libsttp.format_time(times[19]),
        )
        subscriber.connect(publisher.address)
        played = np.concatenate(list(subscriber))
        complete.next()
        assert sorted(set(played["timestamp"].tolist())) == times[10:20]
        assert len(played) == 20


def test_history_source(metadata: libsttp.Metadata) -> None:
    """Historical data that a generator reads, in batches larger than the library has room for."""
    windows, closed = Told(), Told()
    hour = 3600 * 10_000_000

    def source(window: libsttp.HistoryWindow):
        windows(window)
        try:
            for part in range(5):
                batch = libsttp.make_measurements(
                    [window.signals[0]] * 50_000, 1.0, window.start + part * hour + np.arange(50_000)
                )
                yield batch
        finally:
            closed()

    with libsttp.Publisher(metadata) as publisher, libsttp.Subscriber(read_queue=100_000) as subscriber:
        publisher.set_history_source(source)
        publisher.start("127.0.0.1:0")
        subscriber.subscribe(
            FREQUENCIES,
            start_time_constraint="2026-01-01",
            stop_time_constraint="2026-01-02",
            time_constraint_parameters="raw",
            processing_interval=0,
        )
        subscriber.connect(publisher.address)
        count = sum(len(batch) for batch in subscriber)
        assert count == 250_000
        window = windows.next()
        assert (window.parameters, window.start) == ("raw", libsttp.ticks("2026-01-01"))
        assert set(window.signals) == set(metadata.select(FREQUENCIES))
        closed.next()


def test_history_source_with_memory(metadata: libsttp.Metadata) -> None:
    """What is older comes from a program, what is newer out of memory."""
    with (
        libsttp.Publisher(metadata, history_duration=3600) as publisher,
        libsttp.Subscriber(read_queue=10_000, processing_interval=0) as subscriber,
    ):
        publisher.start("127.0.0.1:0")
        frame = values(metadata, start=1)
        frame["timestamp"] = newest = libsttp.now()
        publisher.publish(frame)
        publisher.flush(PATIENCE)
        older = newest - 3600 * 10_000_000

        def source(window: libsttp.HistoryWindow):
            yield libsttp.make_measurements([window.signals[0]], 1.0, older)
            yield libsttp.FromMemory(older + 1, window.stop)

        publisher.set_history_source(source)
        subscriber.subscribe(FREQUENCIES, start_time_constraint="2026-01-01")
        subscriber.connect(publisher.address)
        played = np.concatenate(list(subscriber))
        assert played["timestamp"].tolist() == [older, newest, newest]


def test_history_source_that_fails(metadata: libsttp.Metadata) -> None:
    told, ended, failed = Told(), Told(), Told()

    def source(window: libsttp.HistoryWindow):
        raise OSError("the disk is gone")

    with libsttp.Publisher(metadata) as publisher, libsttp.Subscriber() as subscriber:
        publisher.callback_error = told
        publisher.set_history_source(source)
        publisher.start("127.0.0.1:0")
        subscriber.on_processing_complete(ended)
        subscriber.on_request_failed(lambda _, text: failed(text))
        subscriber.subscribe(FREQUENCIES, start_time_constraint="2026-01-01", stop_time_constraint="2026-01-02")
        subscriber.connect(publisher.address)
        assert "the disk is gone" in str(told.next())
        assert "the disk is gone" in failed.next()
        ended.next()


def test_recovery(metadata: libsttp.Metadata, tmp_path) -> None:
    """What was missed while the publisher was away for the subscriber comes once, afterwards."""
    with libsttp.Publisher(metadata, history_duration=3600) as publisher:
        publisher.start("127.0.0.1:0")
        address = publisher.address
        live, recovered, flowing, gone = [], [], Told(), Told()
        publisher.on_subscribed(flowing)
        publisher.on_disconnected(gone)
        with libsttp.Subscriber(
            retry_interval=50,
            outage_log=str(tmp_path / "outages"),
            data_gap_recovery_enabled=True,
            data_gap_recovery_recovery_start_delay=0.1,
            data_gap_recovery_data_monitoring_interval=0.2,
            data_gap_recovery_start_recovery_buffer="0",
            data_gap_recovery_end_recovery_buffer=0,
        ) as subscriber:
            subscriber.on_measurements(lambda batch: live.extend(batch["timestamp"].tolist()))
            subscriber.on_recovered_measurements(lambda batch: recovered.extend(batch["timestamp"].tolist()))
            subscriber.subscribe("GRID:1")
            subscriber.connect(address)
            connection = flowing.next()

            def publish() -> int:
                frame = libsttp.make_measurements([signal("STATION1-FQ")], 60.0, libsttp.now())
                publisher.publish(frame)
                return int(frame["timestamp"][0])

            before = publish()
            wait_for(lambda: before in live)
            publisher.disconnect(connection)
            gone.next()
            missed = [publish() for _ in range(20)]
            flowing.next()
            after = publish()
            wait_for(lambda: after in live)
            wait_for(lambda: set(missed) <= set(recovered) | set(live))
            both = [time for time in itertools.chain(live, recovered) if time in set(missed)]
            assert len(both) == len(missed)


def test_reverse_connection(metadata: libsttp.Metadata) -> None:
    with libsttp.Subscriber(read_queue=1000) as subscriber, libsttp.Publisher(metadata) as publisher:
        subscriber.subscribe(EVERYTHING)
        subscriber.listen("127.0.0.1:0")
        assert subscriber.state == State.LISTENING
        flowing = Told()
        publisher.on_subscribed(flowing)
        publisher.connect(subscriber.address)
        assert flowing.next().outgoing
        publisher.publish(values(metadata))
        assert len(subscriber.read(PATIENCE)) == len(metadata.measurements)
        assert subscriber.publisher_info().incoming


def test_udp(metadata: libsttp.Metadata) -> None:
    with (
        libsttp.Publisher(metadata) as publisher,
        libsttp.Subscriber(read_queue=1000, data_channel_port=0, data_channel_interface="127.0.0.1") as subscriber,
    ):
        publisher.start("127.0.0.1:0")
        flowing = Told()
        publisher.on_subscribed(flowing)
        subscriber.subscribe(EVERYTHING)
        subscriber.connect(publisher.address)
        connection = flowing.next()
        assert connection.data_channel and connection.granted.by_udp
        # A datagram may get lost even on loopback.
        while True:
            publisher.publish(values(metadata))
            try:
                received = subscriber.read(1)
                break
            except TimeoutError:
                continue
        assert set(libsttp.uuids(received)) <= {one.signal_id for one in metadata.measurements}
        assert subscriber.statistics().datagrams > 0
        assert subscriber.publisher_info().data_port > 0


def test_user_commands(pair: Pair) -> None:
    commands, responses, failures, successes = Told(), Told(), Told(), Told()
    pair.publisher.on_user_command(commands)
    pair.subscriber.on_user_response(responses)
    pair.subscriber.on_request_failed(failures)
    pair.subscriber.on_request_succeeded(successes)
    pair.flow()
    pair.subscriber.send_user_command(3, b"\x00open\xff")
    connection, command, data = commands.next()
    assert (command, data) == (3, b"\x00open\xff")
    pair.publisher.send_user_response(connection, command, b"\x00done", response=7)
    assert responses.next() == (7, 3, b"\x00done")
    pair.subscriber.send_user_command(4)
    connection, command, data = commands.next()
    assert (command, data) == (4, b"")
    pair.publisher.fail_user_command(connection, command, "the breaker is locked")
    assert failures.next() == (Command.USER + 4, "the breaker is locked")
    pair.publisher.succeed_user_command(connection, 5, "opened")
    assert successes.until(lambda command, _: command == Command.USER + 5)[1] == "opened"
    with pytest.raises(libsttp.errors.InvalidArgumentError):
        pair.subscriber.send_user_command(16)


def test_notifications(pair: Pair) -> None:
    texts, confirmed, blocks = Told(), Told(), Told()
    pair.subscriber.on_notification(texts)
    pair.subscriber.on_buffer_block(blocks)
    pair.publisher.on_notification(confirmed)
    connection = pair.flow()
    number = pair.publisher.notify("Wartung um 12 Uhr – 維護")
    assert texts.next().endswith("Wartung um 12 Uhr – 維護")
    assert confirmed.next() == (connection.id, number, True)
    block = bytes(range(256)) * 100
    pair.publisher.send_buffer_block(signal("STATION1-FQ"), block, confirm=True)
    pair.publisher.send_buffer_block(signal("STATION1-FQ"), b"")
    signal_id, index, data = blocks.next()
    assert (signal_id, data) == (signal("STATION1-FQ"), block)
    assert pair.subscriber.signals()[index].signal_id == signal_id
    assert blocks.next()[2] == b""


def test_metadata_of_a_connection(pair: Pair) -> None:
    received, documents, changed = Told(), Told(), Told()
    pair.subscriber.on_metadata(received)
    pair.subscriber.on_metadata_document(documents)
    pair.subscriber.on_configuration_changed(changed)
    pair.flow()
    with received.next() as metadata:
        assert metadata.devices == pair.metadata.devices
        assert metadata.measurements == pair.metadata.measurements
    assert "Umspannwerk Süd 1 – 北" in documents.next().decode()
    pair.publisher.set_metadata(grid(devices=3))
    changed.next()
    pair.subscriber.request_metadata("FILTER DeviceDetail WHERE Acronym = 'STATION3'")
    assert [device.acronym for device in received.next().devices] == ["STATION3"]


def test_statistics(pair: Pair) -> None:
    received = Told()
    pair.subscriber.on_measurements(received)
    pair.subscriber.settings.update({"latency_statistics": True, "signal_statistics": True})
    connection = pair.flow()
    pair.publisher.publish(values(pair.metadata))
    received.next()
    count = len(pair.metadata.measurements)
    assert pair.subscriber.statistics().measurements == count
    assert pair.subscriber.statistics().signal_count == count
    assert pair.publisher.statistics().measurements_published == count
    assert pair.publisher.statistics().subscribed == 1
    assert pair.subscriber.latency_statistics()[0].measurements == count
    rows = pair.subscriber.signal_statistics()
    assert [row.measurements for row in rows] == [1] * count
    assert [row.signal_id for row in rows] == [one.signal_id for one in pair.subscriber.signals()]
    assert rows[0].last_value == 0.0
    (listed,) = pair.publisher.connections()
    assert (listed.id, listed.address, listed.subscribed) == (connection.id, connection.address, True)
    assert listed.filter == EVERYTHING
    assert listed.counters.signal_count == count
    assert listed.tls is None
