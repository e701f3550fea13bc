"""Settings, errors, callbacks, engines, and the ends of handles."""

import asyncio
import ctypes
import gc
import logging
import os
import selectors
import signal as signals
import subprocess
import sys
import threading

import libsttp
import pytest
from conftest import EVERYTHING, PATIENCE, Pair, Told, grid, values, wait_for
from libsttp import c37118
from libsttp._settings import C37118InputSettings, C37118OutputSettings, PublisherSettings, SubscriberSettings


def test_settings_table(metadata: libsttp.Metadata) -> None:
    with (
        libsttp.Subscriber() as subscriber,
        libsttp.Publisher(metadata) as publisher,
        c37118.Input(publisher) as gateway,
        c37118.Output() as output,
    ):
        for handle, kind in (
            (subscriber, SubscriberSettings),
            (publisher, PublisherSettings),
            (gateway, C37118InputSettings),
            (output, C37118OutputSettings),
        ):
            settings = handle.settings
            defaults = settings.as_dict()
            assert list(defaults) == list(kind._KEYS) and len(settings) == len(defaults) > 20
            for name, value in defaults.items():
                assert isinstance(getattr(kind, name), property) and getattr(kind, name).__doc__
                setattr(settings, name, value)
                assert getattr(settings, name) == value, name
                if isinstance(value, bool) and name not in ("gzip", "enabled"):
                    setattr(settings, name, not value)
                    assert getattr(settings, name) is not value, name
                    delattr(settings, name)
                assert getattr(settings, name) == value, name
        subscriber.settings.read_queue = 5000
        subscriber.settings.data_gap_recovery_recovery_start_delay = 2.5
        subscriber.settings.data_channel = "port=9600; interface=127.0.0.1"
        assert subscriber.settings.read_queue == 5000
        assert subscriber.settings.data_gap_recovery_recovery_start_delay == 2.5
        assert subscriber.settings.data_channel_port == "9600"
        publisher.settings.allowed_addresses = ["127.0.0.1", "10.0.0.0/8"]
        assert publisher.settings.allowed_addresses.replace(" ", "") == "127.0.0.1,10.0.0.0/8"
        for wrong in (-1, "much"):
            with pytest.raises(libsttp.errors.InvalidArgumentError, match="readQueue"):
                subscriber.settings.read_queue = wrong
        assert subscriber.settings.read_queue == 5000
        with pytest.raises(AttributeError, match="no setting 'read_queu'"):
            subscriber.settings.read_queu = 1
    with pytest.raises(TypeError, match="no setting 'read_queu'"):
        libsttp.Subscriber(read_queu=1)
    with pytest.raises(libsttp.errors.InvalidArgumentError, match="overflow"):
        libsttp.Publisher(overflow="explode")


def test_settings_are_updated_together(metadata: libsttp.Metadata) -> None:
    """All of them or none, whatever is among the values, and of each kind of handle."""
    with (
        libsttp.Subscriber(retry_interval=700) as subscriber,
        libsttp.Publisher(metadata) as publisher,
        c37118.Input(publisher, "GRID", retry_interval=700) as gateway,
        c37118.Output(data_rate=25) as output,
    ):
        for handle, first, wrong in (
            (subscriber, "retry_interval", "max_retry_interval"),
            (gateway, "retry_interval", "max_retry_interval"),
            (output, "data_rate", "access_id"),
        ):
            before = handle.settings.as_dict()
            for value in (None, 50):
                with pytest.raises(libsttp.errors.InvalidArgumentError, match="never"):
                    handle.settings.update({first: value, wrong: "never"})
                assert handle.settings.as_dict() == before
        with pytest.raises(libsttp.errors.InvalidArgumentError, match="extraParameters"):
            subscriber.settings.update({"read_queue": 7, "extra_parameters": "a}; retryInterval={5"})
        assert (subscriber.settings.retry_interval, subscriber.settings.read_queue) == (700, 0)
        subscriber.settings.update({"retry_interval": None, "read_queue": 8})
        assert (subscriber.settings.retry_interval, subscriber.settings.read_queue) == (1000, 8)


def test_handles_whose_settings_are_refused_are_closed(metadata: libsttp.Metadata) -> None:
    """Otherwise there would be a warning, which is an error."""
    with libsttp.Publisher(metadata) as publisher:
        for make in (
            libsttp.Subscriber,
            libsttp.Publisher,
            c37118.Output,
            lambda **settings: c37118.Input(publisher, **settings),
        ):
            with pytest.raises(TypeError, match="no setting 'nonsense'"):
                make(nonsense=1)
            gc.collect()


def test_errors(metadata: libsttp.Metadata, publisher: libsttp.Publisher, subscriber: libsttp.Subscriber) -> None:
    codes = [status for status in libsttp.Status if status < 0]
    assert len(codes) == 17
    for status in codes:
        error = libsttp.errors.error_of(status, "why")
        assert type(error) is not libsttp.SttpError and error.status == status and str(error) == "why"
    unknown = libsttp.errors.error_of(-77, "why")
    assert type(unknown) is libsttp.SttpError and unknown.status == -77

    with pytest.raises(libsttp.errors.InvalidArgumentError, match="nowhere") as wrong:
        subscriber.connect("nowhere")
    assert isinstance(wrong.value, ValueError)
    with pytest.raises(libsttp.errors.IoError, match=publisher.address.split(":")[1]) as taken, \
            libsttp.Publisher(metadata) as second:  # fmt: skip
        second.start(publisher.address)
    assert isinstance(taken.value, OSError)
    with pytest.raises(libsttp.errors.NotConnectedError):
        subscriber.request_metadata()
    with pytest.raises(libsttp.errors.NotFoundError):
        publisher.disconnect(4711)
    with pytest.raises(libsttp.errors.InvalidStateError):
        publisher.start("127.0.0.1:0")
    with pytest.raises(ValueError, match="NUL"):
        subscriber.subscribe("GRID:1\0")
    with pytest.raises(ValueError, match="time-out"):
        subscriber.wait_until_subscribed(-1)

    failed = Told()
    with libsttp.Subscriber(auto_reconnect=False, read_queue=100) as refused:
        refused.on_request_failed(failed)
        refused.subscribe("FILTER ActiveMeasurements WHERE Nonsense = 1")
        refused.connect(publisher.address)
        command, message = failed.next()
        assert command == libsttp.Command.SUBSCRIBE and "Nonsense" in message
        with pytest.raises(libsttp.errors.RefusedError):
            refused.wait_until_subscribed(PATIENCE)
        with pytest.raises(libsttp.errors.RefusedError):
            list(refused)

    # A connection that cannot be made, and is not tried again, is an error for who reads.
    address = publisher.address
    publisher.close()
    with libsttp.Subscriber(auto_reconnect=False, read_queue=100) as lost:
        lost.subscribe(EVERYTHING)
        lost.connect(address)
        with pytest.raises(libsttp.errors.ClosedError):
            list(lost)

    subscriber.close()
    subscriber.close()
    for use in (subscriber.disconnect, subscriber.statistics, lambda: subscriber.on_connected(print)):
        with pytest.raises(libsttp.errors.ClosedError, match="closed"):
            use()


def test_free_inside_callback(metadata: libsttp.Metadata) -> None:
    """Both sides are closed from inside their own callbacks, and none is called afterwards."""
    for _ in range(5):
        publisher, subscriber = libsttp.Publisher(metadata), libsttp.Subscriber()
        flowing, closed, late = Told(), Told(), Told()

        def close(batch, subscriber=subscriber, closed=closed) -> None:
            subscriber.close()
            closed("subscriber")

        def leave(connection, reason, message, publisher=publisher, closed=closed) -> None:
            publisher.close()
            closed("publisher")

        subscriber.on_measurements(close)
        subscriber.on_disconnected(late)
        publisher.on_disconnected(leave)
        publisher.on_subscribed(flowing)
        publisher.start("127.0.0.1:0")
        subscriber.subscribe(EVERYTHING)
        subscriber.connect(publisher.address)
        flowing.next()
        publisher.publish(values(metadata))
        assert [closed.next(), closed.next()] == ["subscriber", "publisher"]
        assert subscriber.closed and publisher.closed and late.empty()


def test_callback_error(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    told, unraisable = Told(), Told()
    monkeypatch.setattr(sys, "unraisablehook", lambda raised: unraisable(raised.exc_value))
    pair.subscriber.on_measurements(lambda batch: 1 / 0)
    pair.flow()
    pair.publisher.publish(values(pair.metadata))
    assert isinstance(unraisable.next(), ZeroDivisionError)
    pair.subscriber.callback_error = told
    pair.publisher.publish(values(pair.metadata))
    assert isinstance(told.next(), ZeroDivisionError)
    assert pair.subscriber.state == libsttp.State.SUBSCRIBED
    received = Told()
    pair.subscriber.on_measurements(received)
    pair.publisher.publish(values(pair.metadata))
    assert len(received.next()) == len(pair.metadata.measurements)
    assert unraisable.empty()


def test_callbacks_are_kept_and_let_go(subscriber: libsttp.Subscriber) -> None:
    from libsttp._handle import _registered

    before = len(_registered)
    for _ in range(100):
        subscriber.on_connected(lambda address: None)
        gc.collect(0)
    assert len(_registered) == before + 1
    subscriber.on_connected(None)
    assert len(_registered) == before

    @subscriber.on_message
    def message(level: libsttp.LogLevel, text: str) -> None:
        pass

    assert message.__name__ == "message"
    subscriber.close()
    assert len(_registered) == before


def test_many_handles(metadata: libsttp.Metadata) -> None:
    """A hundred subscribers on one engine, closed in another order while data flow."""
    with libsttp.Engine(threads=2) as engine, libsttp.Publisher(metadata, engine=engine) as publisher:
        publisher.start("127.0.0.1:0")
        counts, flowing = [0] * 100, Told()
        publisher.on_subscribed(flowing)
        subscribers = [libsttp.Subscriber(engine=engine, synchronize_metadata=False) for _ in counts]
        for number, subscriber in enumerate(subscribers):

            def count(batch, number=number) -> None:
                counts[number] += len(batch)

            subscriber.on_measurements(count)
            subscriber.subscribe(EVERYTHING)
            subscriber.connect(publisher.address)
        for _ in subscribers:
            flowing.next()
        stop = threading.Event()

        def publish() -> None:
            while not stop.wait(0.005):
                publisher.publish(values(metadata))

        publishing = threading.Thread(target=publish)
        publishing.start()
        try:
            wait_for(lambda: all(counts))
            frozen = {}
            for number in [*range(1, 100, 2), *range(98, -1, -2)]:
                subscribers[number].close()
                frozen[number] = counts[number]
            wait_for(lambda: publisher.statistics().connections == 0)
            assert frozen == dict(enumerate(counts))
        finally:
            stop.set()
            publishing.join()
    from libsttp._handle import _registered

    assert not [one for one in _registered.values() if one() in subscribers]


def test_close_waits_for_callbacks_and_calls(pair: Pair) -> None:
    """While other threads are in a call and in a callback, which go on until then."""
    entered, closed = threading.Event(), threading.Event()
    ends, outcome = Told(), Told()

    def hold(batch) -> None:
        entered.set()
        # Long enough for the calls of all others to end.
        outcome(closed.wait(1))

    pair.subscriber.on_measurements(hold)
    pair.flow()
    pair.publisher.publish(values(pair.metadata))
    assert entered.wait(PATIENCE)
    waiting = threading.Thread(target=lambda: ends(wait_until_closed(pair.subscriber)))
    waiting.start()
    wait_for(lambda: pair.subscriber._users)
    pair.subscriber.close()
    closed.set()
    assert outcome.next() is False
    assert ends.next() == "closed"
    waiting.join(PATIENCE)


def wait_until_closed(subscriber: libsttp.Subscriber) -> str:
    """Is in a call of the library nearly all the time."""
    while True:
        try:
            subscriber.statistics()
        except libsttp.errors.ClosedError:
            return "closed"


def test_close_ends_waiting_calls(metadata: libsttp.Metadata) -> None:
    """Reads that wait for ever, and whoever closes a second time meanwhile."""
    ended = Told()
    with libsttp.Subscriber(read_queue=10) as subscriber:

        def read() -> None:
            with pytest.raises(libsttp.errors.ClosedError):
                subscriber.read()
            ended("read")

        def close() -> None:
            subscriber.close()
            ended(subscriber._pointer)

        threads = [threading.Thread(target=target) for target in (read, read, close, close)]
        for thread in threads:
            thread.start()
        assert sorted(str(ended.next()) for _ in threads) == ["None", "None", "read", "read"]
        for thread in threads:
            thread.join(PATIENCE)


def test_close_in_a_signal_handler() -> None:
    """Inside of a call of the same thread, which would never end if it were waited for."""
    with libsttp.Subscriber(read_queue=10) as subscriber:
        before = signals.signal(signals.SIGALRM, lambda *_: subscriber.close())
        try:
            signals.setitimer(signals.ITIMER_REAL, 0.05)
            with pytest.raises(libsttp.errors.ClosedError):
                subscriber.read(PATIENCE)
        finally:
            signals.signal(signals.SIGALRM, before)
        assert subscriber._pointer is None


def test_handle_that_was_never_closed() -> None:
    with pytest.warns(ResourceWarning, match="Subscriber was never closed"):
        libsttp.Subscriber()
        gc.collect()


def test_handle_with_callbacks_that_was_never_closed() -> None:
    """Also callbacks that refer to it do not keep it."""
    from libsttp._handle import _registered

    def drop() -> None:
        subscriber = libsttp.Subscriber()
        subscriber.on_connected(lambda address: subscriber.close())

    before = len(_registered)
    with pytest.warns(ResourceWarning, match="Subscriber was never closed"):
        drop()
        gc.collect()
    assert len(_registered) == before


def test_polled_engine(metadata: libsttp.Metadata) -> None:
    with libsttp.PolledEngine() as engine, selectors.DefaultSelector() as selector:
        threads = set()
        received, flowing = Told(), Told()
        with libsttp.Publisher(metadata, engine=engine) as publisher, libsttp.Subscriber(engine=engine) as subscriber:
            publisher.on_subscribed(flowing)
            subscriber.on_measurements(lambda batch: (threads.add(threading.get_ident()), received(batch)))
            publisher.start("127.0.0.1:0")
            subscriber.subscribe(EVERYTHING)
            subscriber.connect(publisher.address)
            selector.register(engine, selectors.EVENT_READ)

            def turn_until(told: Told) -> None:
                while told.empty():
                    selector.select(engine.next_timeout())
                    engine.poll(0)

            turn_until(flowing)
            publisher.publish(values(metadata))
            turn_until(received)
            assert len(received.next()) == len(metadata.measurements)
            assert threads == {threading.get_ident()}
            with pytest.raises(ValueError):
                engine.poll(-2)

            # Ctrl-C in a callback comes out of poll.
            def interrupt(batch) -> None:
                raise KeyboardInterrupt

            subscriber.on_measurements(interrupt)
            publisher.publish(values(metadata))
            with pytest.raises(KeyboardInterrupt):
                while True:
                    engine.poll(1)


def test_asyncio(metadata: libsttp.Metadata) -> None:
    """Both sides on one event loop, without another thread."""

    async def main() -> tuple[int, set[int]]:
        threads = set()
        flowing = asyncio.Event()
        with libsttp.PolledEngine() as engine:
            engine.attach()
            with libsttp.Publisher(metadata, engine=engine) as publisher:
                publisher.on_subscribed(lambda connection: (threads.add(threading.get_ident()), flowing.set()))
                publisher.start("127.0.0.1:0")
                with libsttp.Subscriber(engine=engine, read_queue=10_000) as subscriber:
                    subscriber.subscribe(EVERYTHING)
                    subscriber.connect(publisher.address)
                    await asyncio.wait_for(flowing.wait(), PATIENCE)

                    async def publish() -> None:
                        for frame in range(20):
                            publisher.publish(values(metadata, start=frame))
                            await asyncio.sleep(0.001)

                    task, count = asyncio.create_task(publish()), 0
                    async for batch in subscriber:
                        count += len(batch)
                        if count == 20 * len(metadata.measurements):
                            subscriber.disconnect()
                    await task
                    return count, threads

    count, threads = asyncio.run(asyncio.wait_for(main(), PATIENCE))
    assert count == 20 * len(metadata.measurements)
    assert threads == {threading.get_ident()}


def test_asyncio_ends(metadata: libsttp.Metadata) -> None:
    """An engine of its own thread does, too; closing ends the loop, and a refusal is raised."""

    async def main() -> None:
        with libsttp.Publisher(metadata) as publisher, libsttp.Subscriber(read_queue=100) as subscriber:
            publisher.start("127.0.0.1:0")
            subscriber.subscribe(EVERYTHING)
            subscriber.connect(publisher.address)
            asyncio.get_running_loop().call_later(0.1, subscriber.close)
            assert [batch async for batch in subscriber] == []
            with libsttp.Subscriber(read_queue=100) as refused:
                refused.subscribe("FILTER Nonsense WHERE True")
                refused.connect(publisher.address)
                with pytest.raises(libsttp.errors.RefusedError):
                    async for _ in refused:
                        pass
            with libsttp.Subscriber() as unread:
                with pytest.raises(libsttp.errors.InvalidStateError, match="read_queue"):
                    async for _ in unread:
                        pass

    asyncio.run(asyncio.wait_for(main(), PATIENCE))


def test_asyncio_descriptors(reading: Pair) -> None:
    """Each `async for` waits for a descriptor of its own, which it closes."""

    async def main() -> set[int]:
        loop, waited = asyncio.get_running_loop(), set()
        add = loop.add_reader

        def add_reader(descriptor, *call) -> None:
            waited.add(descriptor)
            add(descriptor, *call)

        loop.add_reader = add_reader

        async def read() -> None:
            async for _ in reading.subscriber:
                pass

        tasks = [asyncio.create_task(read()) for _ in range(2)]
        while len(waited) < 2:
            await asyncio.sleep(0.001)
        assert reading.subscriber.read_fileno() not in waited
        reading.subscriber.close()
        await asyncio.gather(*tasks)
        return waited

    waited = asyncio.run(asyncio.wait_for(main(), PATIENCE))
    for descriptor in waited:
        with pytest.raises(OSError):
            os.fstat(descriptor)


def test_logging(caplog: pytest.LogCaptureFixture) -> None:
    libsttp.enable_logging(logging.INFO)
    try:
        with caplog.at_level(logging.INFO, "libsttp"), libsttp.Publisher(grid()) as publisher:
            publisher.start("127.0.0.1:0")
            with libsttp.Subscriber() as subscriber:
                subscriber.connect(publisher.address)
                wait_for(lambda: [record for record in caplog.records if "established" in record.getMessage()])
    finally:
        libsttp.disable_logging()
    assert all(record.name.startswith("libsttp") for record in caplog.records)


def run(program: str, *, interrupt: bool = False) -> subprocess.CompletedProcess[str]:
    child = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with child:
        if interrupt:
            assert child.stdout.readline() == "ready\n"
            child.send_signal(signals.SIGINT)
        try:
            out, err = child.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
    return subprocess.CompletedProcess(child.args, child.returncode, out, err)


START = """
import libsttp
metadata = libsttp.Metadata.sample()
publisher, subscriber = libsttp.Publisher(metadata), libsttp.Subscriber(read_queue=1000)
publisher.start("127.0.0.1:0")
subscriber.subscribe("FILTER ActiveMeasurements WHERE True")
"""


def test_process_ends_while_handles_are_open() -> None:
    program = START + (
        "libsttp.enable_logging(10)\nsubscriber.on_message(lambda *_: None)\n"
        "subscriber.connect(publisher.address)\nprint('done')\n"
    )
    ended = run(program)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "done\n", "")


def test_process_ends_while_daemon_threads_read() -> None:
    """The library lets go of all callbacks before the interpreter ends."""
    program = (
        "import atexit, threading, time\n"
        "@atexit.register\ndef last():\n    print(len(libsttp._handle._registered))\n" + START + "flowing, come = "
        "threading.Event(), threading.Event()\npublisher.on_subscribed(lambda connection: flowing.set())\n"
        "subscriber.on_message(lambda *_: None)\n"
        "def read():\n    for batch in subscriber:\n        come.set()\n"
        "def publish():\n    while True:\n"
        "        publisher.publish_indexed(libsttp.empty_measurements(3))\n        time.sleep(0.001)\n"
        "threading.excepthook = lambda raised: None\n"
        "threading.Thread(target=read, daemon=True).start()\nsubscriber.connect(publisher.address)\nflowing.wait()\n"
        "threading.Thread(target=publish, daemon=True).start()\ncome.wait()\n"
        "idle = libsttp.Subscriber(read_queue=10)\nidle.on_message(lambda *_: None)\n"
        "waiting = threading.Thread(target=idle.read, daemon=True)\nwaiting.start()\n"
        "while not idle._users:\n    time.sleep(0.001)\n"
    )
    ended = run(program)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "0\n", "")


def test_ctrl_c_ends_a_read() -> None:
    # Programs of a shell's background ignore the signal, as do those that they start.
    program = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n" + START + (
        "subscriber.connect(publisher.address)\nprint('ready', flush=True)\nsubscriber.read()\n"
    )
    ended = run(program, interrupt=True)
    assert ended.returncode == -signals.SIGINT, ended.stderr
    assert "KeyboardInterrupt" in ended.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_fork() -> None:
    program = START + (
        "import os\nchild = os.fork()\nif child == 0:\n"
        "    try:\n        subscriber.connect(publisher.address)\n    except libsttp.errors.ForkedError:\n"
        "        os._exit(7)\n    os._exit(1)\nprint(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert run(program).stdout == "7\n"


@pytest.mark.parametrize(("major", "minor", "fits"), [(0, 0, True), (0, 1, False), (1, 0, False)])
def test_library_of_another_version(major: int, minor: int, fits: bool) -> None:
    """Before version 1 any other minor version may differ. The package is told another version of its own."""
    program = (
        "import libsttp\nfrom libsttp import _constants as own\n"
        f"own.VERSION_MAJOR, own.VERSION_MINOR = abs(own.VERSION_MAJOR - {major}), abs(own.VERSION_MINOR - {minor})\n"
        "import importlib, sys\nimportlib.reload(sys.modules['libsttp._library'])\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == (0 if fits else 1), ended.stderr
    assert fits or "is version" in ended.stderr


def test_library_that_cannot_be_loaded() -> None:
    environment = {**os.environ, "LIBSTTP_LIBRARY": "/nowhere/libsttp.so"}
    ended = subprocess.run([sys.executable, "-c", "import libsttp"], env=environment, capture_output=True, text=True)
    assert ended.returncode == 1 and "LIBSTTP_LIBRARY" in ended.stderr


def test_records_are_as_large_as_in_c() -> None:
    from libsttp import _declarations

    assert len(_declarations.SIZES) > 20
    assert {record: ctypes.sizeof(record) for record in _declarations.SIZES} == _declarations.SIZES


def test_handle_that_outlives_the_modules() -> None:
    """It goes with the process, and says nothing."""
    program = """
import sys
import types
first = sys.modules["first"] = types.ModuleType("first")
import libsttp
first.kept = libsttp.Metadata.sample()
sys.kept = first, sys.modules["libsttp._handle"]
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE)
    assert (ended.returncode, ended.stderr) == (0, "")
