"""The module with sttpapi's names: programs of its README's shape, and both sides with sttpapi itself."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from uuid import UUID, uuid4

import libsttp
import numpy as np
import pytest
from conftest import EVERYTHING, FREQUENCIES, PATIENCE, Told, grid, signal, values, wait_for
from libsttp.sttpapi.config import Config
from libsttp.sttpapi.data.dataset import DataSet
from libsttp.sttpapi.data.datatype import DataType
from libsttp.sttpapi.metadata.cache import MetadataCache
from libsttp.sttpapi.metadata.signaltype import SignalType
from libsttp.sttpapi.publisher import Publisher
from libsttp.sttpapi.reader import WAITING
from libsttp.sttpapi.settings import Settings
from libsttp.sttpapi.subscriber import Subscriber
from libsttp.sttpapi.ticks import Ticks
from libsttp.sttpapi.transport.constants import ServerCommand, ServerResponse, StateFlags
from libsttp.sttpapi.transport.measurement import Measurement, to_batch


@pytest.fixture
def quiet() -> Iterator[Subscriber]:
    subscriber = Subscriber()
    subscriber.statusmessage_logger = subscriber.errormessage_logger = None
    yield subscriber
    subscriber.dispose()


@pytest.fixture
def station() -> Iterator[Publisher]:
    """A publisher on loopback, of the metadata as a program reads them from its file."""
    publisher = Publisher()
    publisher.statusmessage_logger = publisher.errormessage_logger = None
    publisher.clientconnected_receiver = publisher.clientdisconnected_receiver = None
    publisher.listen_address = "127.0.0.1"
    dataset, error = DataSet.from_xml(grid().to_xml())
    assert error is None
    publisher.define_metadata(dataset)
    publisher.start(0)
    yield publisher
    publisher.dispose()


def frame(publisher: Publisher, start: float = 0.0) -> list[Measurement]:
    made = []
    for place, record in enumerate(publisher.filter_metadata("SignalAcronym <> 'STAT'")):
        measurement = Measurement()
        measurement.signalid = record.signalid
        measurement.timestamp = Ticks.utcnow()
        measurement.value = np.float64(start + place)
        made.append(measurement)
    return made


def publish_until(publisher: Publisher, done: threading.Event) -> threading.Thread:
    def publish() -> None:
        while not done.wait(0.01):
            publisher.publish_measurements(frame(publisher))

    thread = threading.Thread(target=publish)
    thread.start()
    return thread


def test_program_that_reads(station: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    """One thread for each connection reads measurements one by one, until the subscriber is disposed of."""
    read: list[Measurement] = []
    ended, done = Told(), threading.Event()
    subscriber = Subscriber()

    def read_all() -> None:
        subscriber.default_connectionestablished_receiver()
        reader = subscriber.read_measurements()
        while subscriber.connected:
            measurement, success = reader.next_measurement()
            if not success:
                break
            read.append(measurement)
        ended()

    publishing = publish_until(station, done)
    try:
        subscriber.set_connectionestablished_receiver(lambda: threading.Thread(target=read_all).start())
        subscriber.subscribe("FILTER TOP 4 ActiveMeasurements WHERE True")
        assert subscriber.connect(station.address) is None
        wait_for(lambda: len(read) > 20)
        subscriber.statusmessage(f"{subscriber.total_measurementsreceived:,} measurements: {read[0]}")
    finally:
        subscriber.dispose()
        done.set()
        publishing.join()
    ended.next()
    assert not subscriber.connected
    wanted = set(grid().select("FILTER TOP 4 ActiveMeasurements WHERE True"))
    assert {one.signalid for one in read} == wanted
    first = read[0]
    assert (type(first.value), type(first.timestamp), first.flags) == (np.float64, np.uint64, StateFlags.NORMAL)
    assert abs(first.datetime - datetime.now(UTC)).total_seconds() < PATIENCE
    out, err = capsys.readouterr()
    assert f"Connection to {station.address} established.\n" in out and "6 MeasurementDetail records\n" in out
    assert f" = {first.value:.3f} (Normal)" in out and str(first.signalid) in out
    assert err == f"Connection to {station.address} terminated.\n"


def test_disconnecting_while_nobody_reads(station: Publisher, quiet: Subscriber) -> None:
    """A reader that is not read from any more holds nothing up for ever."""
    terminated, done = Told(), threading.Event()
    quiet.connectionterminated_receiver = terminated
    quiet.subscribe(EVERYTHING)
    reader = quiet.read_measurements()
    assert quiet.connect(station.address) is None
    publishing = publish_until(station, done)
    try:
        assert reader.next_measurement()[1]
        wait_for(lambda: len(reader._waiting) == WAITING)
        quiet.disconnect()
        terminated.next()
        # After the rest of the packet that was begun.
        rest = [reader.next_measurement() for _ in range(6)]
        assert rest[-1] == (None, False)
    finally:
        done.set()
        publishing.join()


def test_process_ends_while_nobody_reads() -> None:
    """Also when the program has not called `dispose`."""
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from conftest import EVERYTHING, Told, grid, values
import libsttp, time
from libsttp.sttpapi.subscriber import Subscriber
metadata, flowing = grid(), Told()
publisher = libsttp.Publisher(metadata)
publisher.on_subscribed(flowing)
publisher.start("127.0.0.1:0")
subscriber = Subscriber()
reader = subscriber.read_measurements()
subscriber.subscribe(EVERYTHING)
assert subscriber.connect(publisher.address) is None
flowing.next()
while not reader._changed._waiters:
    publisher.publish(values(metadata))
    time.sleep(0.001)
print("done")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE)
    assert (ended.returncode, ended.stdout[-5:]) == (0, "done\n"), ended.stderr


def test_receivers(station: Publisher, quiet: Subscriber) -> None:
    established, terminated, batches, metadata, caches, started = (Told() for _ in range(6))
    quiet.connectionestablished_receiver = established
    quiet.connectionterminated_receiver = terminated
    quiet.set_newmeasurements_receiver(batches)
    quiet.metadatanotification_receiver = metadata
    quiet.set_subscriptionupdated_receiver(caches)
    quiet.set_data_starttime_receiver(started)
    quiet.subscribe(FREQUENCIES)
    assert quiet.connect(station.address, Config(maxretries=1, version=np.byte(2))) is None
    established.next()
    dataset = metadata.next()
    assert [row["Acronym"] for row in dataset["DeviceDetail"]] == ["STATION1", "STATION2"]
    cache = caches.next()
    assert cache.count == 2 and cache.signalids == set(grid().select(FREQUENCIES))
    index = cache.signalindex(signal("STATION1-FQ"))
    assert cache.record(index) == (signal("STATION1-FQ"), "GRID", 1, True)
    wait_for(lambda: [one for one in station.subscriber_connections if one.is_subscribed])
    station.publish_measurements(frame(station))
    assert [one.value for one in batches.next()] == [0.0, 3.0]
    assert quiet.subscribed and quiet.total_measurementsreceived == 2
    assert quiet.subscriberid == station.subscriber_connections[0].subscriber_id
    assert quiet.total_commandchannel_bytesreceived > 0 == quiet.total_datachannel_bytesreceived

    record = quiet.measurement_metadata(Measurement(signal("STATION2-PM1")))
    assert record is not None and record.phasor is not None and record.device is not None
    assert record.phasor.magnitude_measurement is record and record.signaltype == SignalType.VPHM
    assert record.device.name == "Umspannwerk Süd 2 – 北" and record.source == "GRID"
    assert quiet.adjustedvalue(Measurement(record.signalid, np.float64(2.5))) == 2.5

    # As arrays too, which is faster.
    station.publish_measurements(values(grid(), start=10))
    assert [one.value for one in batches.next()] == [10.0, 13.0]
    station.stop()
    terminated.next()
    assert not quiet.connected
    station.publish_measurements(deque(frame(station)))


def test_resubscription_and_settings(station: Publisher, quiet: Subscriber) -> None:
    batches = Told()
    quiet.newmeasurements_receiver = batches
    assert quiet.connect(station.address, Config(autosubscribe=False, autorequestmetadata=False)) is None
    assert not quiet.subscribed
    done = threading.Event()
    publishing = publish_until(station, done)
    try:
        quiet.subscribe(FREQUENCIES, Settings(throttled=True, publishinterval=0.05, lagtime=np.float64(3)))
        assert {one.signalid for one in batches.next()} == set(grid().select(FREQUENCIES))
        quiet.subscribe(EVERYTHING)
        batches.until(lambda batch: len(batch) == 6)
        quiet.unsubscribe()
        wait_for(lambda: not station.subscriber_connections[0].is_subscribed)
    finally:
        done.set()
        publishing.join()


def test_user_commands_and_buffer_blocks(station: Publisher, quiet: Subscriber) -> None:
    commands, responses, blocks = Told(), Told(), Told()
    station.usercommand_receiver = commands
    quiet.userresponse_receiver = responses
    quiet.newbufferblock_receiver = blocks
    quiet.subscribe(EVERYTHING)
    assert quiet.connect(station.address) is None
    quiet.send_usercommand(ServerCommand.USERCOMMAND03, b"open")
    connection, command, data = commands.next()
    assert (command, data) == (ServerCommand.USERCOMMAND03, b"open")
    assert connection.is_connected and connection.ipaddress == "127.0.0.1" and connection.version == 2
    station.send_userresponse(connection, ServerResponse.USERRESPONSE05, command, b"done")
    assert responses.next() == (ServerResponse.USERRESPONSE05, ServerCommand.USERCOMMAND03, b"done")
    wait_for(lambda: connection.is_subscribed)
    assert station.broadcast_buffer_block(signal("STATION1-FQ"), b"block") == 1
    (block,) = blocks.next()
    assert (block.signalid, block.buffer) == (signal("STATION1-FQ"), b"block")
    with pytest.raises(ValueError, match="no user command"):
        quiet.send_usercommand(ServerCommand.SUBSCRIBE)


def test_connection_that_cannot_be_made(quiet: Subscriber) -> None:
    for wrong in ("localhost", "localhost:http", "localhost:70000"):
        assert isinstance(quiet.connect(wrong), ValueError)
    with libsttp.Publisher(grid()) as publisher:
        publisher.start("127.0.0.1:0")
        address = publisher.address
    error = quiet.connect(address, Config(maxretries=2, retryinterval=0.01))
    assert isinstance(error, RuntimeError) and not quiet.connected
    canceled = threading.Timer(0.2, quiet.dispose)
    canceled.start()
    assert isinstance(quiet.connect(address), Exception)
    canceled.join()


def test_data_set() -> None:
    dataset, error = DataSet.from_xml(grid().to_xml())
    assert error is None and dataset.tablecount == len(dataset) == 4
    table = dataset["measurementdetail"]
    assert table is not None and table.rowcount == 6 and "Nothing" not in dataset and dataset["Nothing"] is None
    row = table[0]
    assert row.value_byname("SignalID") == (signal("STATION1-FQ"), None)
    assert row.guidvalue_byname("SignalID") == (signal("STATION1-FQ"), False, None)
    assert row.stringvalue(table.columnindex("PointTag")) == ("STATION1:FREQ", False, None)
    assert isinstance(row.int32value_byname("SignalID")[2], ValueError)
    assert isinstance(row.value_byname("Nothing")[1], ValueError)
    selected, error = table.select("SignalAcronym = 'FREQ'", "PointTag DESC")
    assert error is None and [one["PointTag"] for one in selected] == ["STATION2:FREQ", "STATION1:FREQ"]
    assert len(table.select("", limit=2)[0]) == 2
    assert table.select("Nonsense = 1")[1] is not None

    # Changed, added to, and written.
    row["Description"] = "changed"
    added = table.clone_row(row)
    identity = uuid4()
    assert added.set_value_byname("SignalID", identity) is None
    assert added.set_value_byname("PointTag", "NEW:FREQ") is None
    table.add_row(added)
    own = dataset.create_table("Own")
    for name, kind in (("Name", DataType.STRING), ("Count", DataType.INT32), ("Since", DataType.DATETIME)):
        own.add_column(own.create_column(name, kind))
    dataset.add_table(own)
    one = own.create_row()
    one["Name"], one["Count"], one["Since"] = "Öl", 7, datetime(2020, 1, 2, tzinfo=UTC)
    own.add_row(one)
    again, error = DataSet.from_xml(dataset.to_xml())
    assert error is None
    assert again["MeasurementDetail"][0]["Description"] == "changed"
    assert again["MeasurementDetail"][6]["SignalID"] == identity
    assert list(again["Own"][0]) == ["Öl", np.int32(7), datetime(2020, 1, 2, tzinfo=UTC)]
    cache = MetadataCache(again)
    assert cache.find_measurement_pointtag("NEW:FREQ").signalid == identity
    assert len(cache.find_measurements_signaltype(SignalType.FREQ)) == 3
    assert [device.acronym for device in cache.find_devices("STATION2")] == ["STATION2"]
    assert dataset.remove_table("own") and dataset.tablecount == 4
    broken, error = DataSet.from_xml("<broken")
    assert error is not None and broken.tablecount == 0


def test_outputs_in_a_file(tmp_path: Path) -> None:
    publisher = Publisher()
    publisher.metadata_path = str(tmp_path / "Metadata.xml")
    device = publisher.define_output_source("My calculations")
    assert device == "MYCALCULATIONS" == publisher.define_output_source("My calculations")
    frequency = publisher.define_output_measurement(device, "AVG-FREQ", "mean", SignalType.FREQ)
    assert frequency == publisher.define_output_measurement(device, "AVG-FREQ", "mean")
    assert frequency == publisher.get_signal_id("AVG-FREQ")
    angle = publisher.define_output_measurement(device, "BUS-ANGLE", "angle", "VPHA", 1)
    magnitude = publisher.define_output_measurement(device, "BUS-MAGNITUDE", "magnitude", "VPHM", 1)
    assert publisher.define_output_phasor(device, "Bus", "V", "+", 1) == 1
    assert publisher.load_metadata() is None
    assert [one.id for one in publisher.filter_metadata("True")] == [1, 2, 3]
    cache = MetadataCache(DataSet.from_xml((tmp_path / "Metadata.xml").read_bytes())[0])
    (phasor,) = cache.phasor_records
    assert (phasor.angle_measurement.signalid, phasor.magnitude_measurement.signalid) == (angle, magnitude)
    publisher.dispose()


def test_ticks() -> None:
    moment = datetime(2026, 11, 21, 8, 30, 0, 33333, tzinfo=UTC)
    ticks = Ticks.from_datetime(moment)
    assert type(ticks) is np.uint64 and Ticks.to_datetime(ticks) == moment
    assert Ticks.to_string(ticks) == "2026-11-21 08:30:00.033333" and Ticks.to_shortstring(ticks) == "08:30:00.033"
    leap = Ticks.set_leapsecond(ticks)
    assert Ticks.is_leapsecond(leap) and not Ticks.is_negative_leapsecond(leap)
    assert Ticks.timestampvalue(leap) == ticks
    assert Ticks.is_negative_leapsecond(Ticks.set_negative_leapsecond(ticks))
    assert to_batch([Measurement(timestamp=leap)])["timestamp"].view(np.uint64)[0] == leap


# ---- sttpapi itself ----------------------------------------------------------------------------------

# What takes part in the protocol itself, and what only sttpapi's own parts call.
ELSEWHERE = {
    "transport.measurement": set(),
    "transport.signalindexcache": {"decode", "encode", "add_measurement_key", "get_signal_index", "signal_id_cache"},
    "transport.subscriberconnection": {
        "start", "stop", "send_data_packet", "publish_measurements", "send_buffer_block", "signal_index_cache",
        "instance_id", "is_validated", "operational_modes", "encoding",
    },
    "publisher": {"send_buffer_block"},
    "data.dataset": {"parse_xmldoc"},
    "data.datarow": {"compare_datarowcolumns", "columnvalue_as_string"},
    "metadata.signaltype": {"signalkind"},
}  # fmt: skip
CLASSES = {
    "subscriber": ["Subscriber"],
    "publisher": ["Publisher"],
    "reader": ["MeasurementReader"],
    "config": ["Config"],
    "settings": ["Settings"],
    "ticks": ["Ticks"],
    "version": ["Version"],
    "transport.measurement": ["Measurement"],
    "transport.bufferblock": ["BufferBlock"],
    "transport.constants": ["StateFlags", "ServerCommand", "ServerResponse", "Defaults", "ConnectStatus"],
    "transport.signalindexcache": ["SignalIndexCache"],
    "transport.subscriberconnection": ["SubscriberConnection"],
    "data.dataset": ["DataSet"],
    "data.datatable": ["DataTable"],
    "data.datarow": ["DataRow"],
    "data.datacolumn": ["DataColumn"],
    "data.datatype": ["DataType"],
    "metadata.cache": ["MetadataCache"],
    "metadata.signaltype": ["SignalType"],
    "metadata.record.device": ["DeviceRecord"],
    "metadata.record.measurement": ["MeasurementRecord"],
    "metadata.record.phasor": ["PhasorRecord", "CompositePhasorMeasurement"],
}


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in CLASSES.items() for name in names])
def test_names_and_parameters(module: str, name: str) -> None:
    """Each public name of sttpapi's class is there, with the same parameters in the same order."""
    theirs = getattr(import_module(f"sttp.{module}"), name)
    ours = getattr(import_module(f"libsttp.sttpapi.{module}"), name)
    source = inspect.getsource(ours)
    for attribute in vars(theirs):
        # The defaults of records stand in their parameters.
        default = ".record." in module and attribute.startswith("DEFAULT_")
        if attribute.startswith("_") or default or attribute in ELSEWHERE.get(module, ()):
            continue
        own = getattr(ours, attribute, None)
        made = rf"\bself\.{attribute}\b|^    {attribute}:"
        assert hasattr(ours, attribute) or re.search(made, source, re.MULTILINE), attribute
        if inspect.isfunction(own):
            wanted = list(inspect.signature(getattr(theirs, attribute)).parameters)
            have = list(inspect.signature(own).parameters)
            assert have == wanted or have == ["self", "key"], attribute
    if not issubclass(theirs, int) and theirs.__init__ is not object.__init__ and module not in ("reader",):
        wanted = [one for one in inspect.signature(theirs.__init__).parameters if one != "self"]
        if module not in ("transport.subscriberconnection",):
            assert list(inspect.signature(ours.__init__).parameters)[1 : 1 + len(wanted)] == wanted
    if issubclass(theirs, int):
        assert {one: int(ours[one]) for one in ours.__members__} == {
            one: int(theirs[one]) for one in theirs.__members__ if one in ours.__members__
        }


def test_sttpapi_subscribes(station: Publisher) -> None:
    theirs = import_module("sttp.subscriber")
    batches, done = Told(), threading.Event()
    subscriber = theirs.Subscriber()
    subscriber.set_statusmessage_logger(None)
    subscriber.set_errormessage_logger(None)
    subscriber.set_newmeasurements_receiver(batches)
    subscriber.subscribe(FREQUENCIES)
    publishing = publish_until(station, done)
    try:
        assert subscriber.connect(station.address) is None
        batch = batches.next()
        assert {one.signalid for one in batch} == set(grid().select(FREQUENCIES))
        assert {float(one.value) for one in batch} <= {0.0, 3.0}
        assert subscriber.measurement_metadata(batch[0]).deviceacronym.startswith("STATION")
    finally:
        done.set()
        publishing.join()
        subscriber.dispose()


def test_sttpapi_publishes(quiet: Subscriber, tmp_path: Path) -> None:
    transport = import_module("sttp.transport.datapublisher")
    datasets = import_module("sttp.data.dataset")
    measurements = import_module("sttp.transport.measurement")
    publisher, address = on_loopback(transport.DataPublisher)
    dataset, error = datasets.DataSet.from_xml(grid().to_xml())
    assert error is None
    publisher.define_metadata(dataset)
    batches = Told()
    quiet.newmeasurements_receiver = batches
    quiet.subscribe(FREQUENCIES)
    try:
        assert quiet.connect(address) is None
        stop = time.monotonic() + PATIENCE
        while batches.empty():
            assert time.monotonic() < stop
            publisher.publish_measurements(
                [measurements.Measurement(signal("STATION1-FQ"), np.float64(59.5), Ticks.utcnow())]
            )
            time.sleep(0.02)
        (measurement,) = batches.next()
        assert (measurement.signalid, measurement.value) == (signal("STATION1-FQ"), 59.5)
        assert isinstance(measurement.signalid, UUID)
        assert quiet.metadatacache.find_device_acronym("STATION2").name == "Umspannwerk Süd 2 – 北"
    finally:
        quiet.dispose()
        publisher.dispose()


@pytest.fixture
def programs(tmp_path: Path) -> list[Path]:
    """A subscriber and a publisher that sttpapi's own page shows, with the imports changed, and on loopback."""
    description = importlib.metadata.metadata("sttpapi")
    text = description.get("Description") or description.get_payload()
    shown = re.findall(r"```python\n(.*?)```", text.replace("\r\n", "\n"), re.DOTALL)
    assert len(shown) == 2, "the page of sttpapi, whose version is pinned, shows a subscriber and a publisher"
    assert "localhost:7175" in shown[0] and "publisher.start(7165)" in shown[1]
    changes = {
        "localhost:7175": "{ADDRESS}",
        "publisher.start(7165)": "publisher.listen_address = '127.0.0.1'; publisher.start(0); "
        "print(publisher.address)",
    }
    paths = []
    for name, program in zip(("subscribes.py", "publishes.py"), shown, strict=True):
        for old, new in changes.items():
            program = program.replace(old, new)
        paths.append(tmp_path / name)
        program = re.sub(r"\bfrom sttp\.", "from libsttp.sttpapi.", program)
        paths[-1].write_text(program + "\nmain()\n", encoding="utf-8")
    return paths


def started(program: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "-X", "utf8", program]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")


def test_shown_program_subscribes(station: Publisher, programs: list[Path]) -> None:
    program, done = programs[0], threading.Event()
    program.write_text(program.read_text(encoding="utf-8").replace("{ADDRESS}", station.address), encoding="utf-8")
    publishing = publish_until(station, done)
    try:
        with started(program) as process:
            lines = iter(process.stdout.readline, "")
            assert any("Receiving measurements..." in line for line in lines)
            _, errors = process.communicate("\n", timeout=PATIENCE)
    finally:
        done.set()
        publishing.join()
    assert process.returncode == 0 and "Traceback" not in errors, errors


def test_shown_program_publishes(quiet: Subscriber, programs: list[Path]) -> None:
    batches = Told()
    quiet.newmeasurements_receiver = batches
    quiet.subscribe(FREQUENCIES)
    programs[1].with_name("Metadata.xml").write_text(grid().to_xml(), encoding="utf-8")
    with started(programs[1]) as process:
        try:
            address = next(line for line in iter(process.stdout.readline, "") if line.startswith("127.0.0.1:"))
            assert quiet.connect(address.strip()) is None
            batch = batches.next()
        finally:
            # Its timer goes on after its end.
            process.kill()
    assert {one.signalid for one in batch} == set(grid().select(FREQUENCIES))
    assert all(abs(one.value - 60) <= 0.01 for one in batch)


def on_loopback(publishing: type) -> tuple[object, str]:
    """Their publisher, which listens on all addresses by itself, on this one."""
    import socket

    class Loopback(publishing):
        def listen(self) -> str:
            self._server_socket = socket.create_server(("127.0.0.1", 0))
            self._started = True
            self._accept_thread = threading.Thread(target=self._accept_connections, daemon=True)
            self._accept_thread.start()
            return f"127.0.0.1:{self._server_socket.getsockname()[1]}"

        def dispose(self) -> None:
            # Wakes the thread that accepts connections.
            self._shuttingdown = True
            self._server_socket.shutdown(socket.SHUT_RDWR)
            super().dispose()

    publisher = Loopback()
    return publisher, publisher.listen()
