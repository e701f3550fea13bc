"""C37.118: an output serves what a publisher sends, an input publishes what that serves, frames are read by hand."""

import math
import socket

import libsttp
import numpy as np
import pytest
from conftest import PATIENCE, Told, wait_for
from libsttp import c37118
from libsttp.c37118 import C37118Command, C37118FrameType, C37118State


@pytest.fixture
def sample():
    with libsttp.Metadata.sample() as metadata:
        yield metadata


def frame(metadata: libsttp.Metadata) -> np.ndarray:
    """Voltages and currents of 100, at 90 degrees and 60 Hz."""
    by_kind = {"FREQ": 60.02, "DFDT": 0.5, "VPHM": 100, "IPHM": 100, "VPHA": 90, "IPHA": 90}
    signals = [one.signal_id for one in metadata.measurements]
    values = [by_kind.get(one.signal_type, 0) for one in metadata.measurements]
    now = libsttp.now()
    # Of the frame that is due.
    return libsttp.make_measurements(signals, values, now - now % (libsttp.ticks("0001-01-01T00:00:01") // 30))


def test_there_and_back(sample: libsttp.Metadata) -> None:
    """Publisher, output, input and publisher again: devices and values arrive."""
    flowing, configured, metadata, data, states = (Told() for _ in range(5))
    with libsttp.Publisher(sample) as source, c37118.Output(interface="127.0.0.1") as output:
        source.on_subscribed(flowing)
        source.start("127.0.0.1:0")
        output.on_configuration(configured)
        stream = output.add(port=0, access_id=235, data_rate=30, lag_time=0.2, nominal_frequency="60")
        assert output.streams == [stream]
        output.open(f"server={source.address}")
        number, configuration = configured.next()
        assert number == stream and configuration.stream.id_code == 235
        assert configuration.stream.pmu_count == len(configuration.pmus) == 3
        assert [pmu.nominal_frequency for pmu in configuration.pmus] == [60, 60, 60]
        assert len(configuration.phasors(0)) == configuration.pmus[0].phasor_count == 4
        flowing.next()
        with libsttp.Publisher() as second, c37118.Input(second, "BACK") as back:
            back.on_metadata(metadata)
            back.on_data(data)
            back.on_connected(states)
            device = back.add(device=output.address(stream), access_id=235)
            assert back.devices == [device]
            states.next()

            def publish() -> bool:
                source.publish(frame(sample))
                return not data.empty()

            wait_for(publish)
            number, configuration, octets = data.next()
            read = c37118.DataFrame(configuration, octets)
            assert number == device and abs(read.timestamp - libsttp.now()) < PATIENCE * 10_000_000
            assert math.isclose(read.pmu(0).frequency, 60.02, abs_tol=0.01)
            assert len(read.phasors(0)) == 4 and read.phasors(0)[0].magnitude > 0
            assert len(read.digitals(0)) == configuration.pmus[0].digital_count
            assert len(read.analogs(0)) == configuration.pmus[0].analog_count
            info = back.device(device)
            assert (info.state, info.pmu_count, info.id_code) == (C37118State.RUNNING, 3, 235)
            # The stream as concentrator, and its devices.
            assert [bool(one.parent_acronym) for one in metadata.next().devices] == [False, True, True, True]
            assert back.statistics(device)[1].data_frames > 0
            assert output.statistics(stream)[1].clients == 1
            assert output.subscription_statistics().measurements > 0


def test_frames_by_hand(sample: libsttp.Metadata) -> None:
    """A client with a socket of its own asks for the configuration."""
    configured = Told()
    with libsttp.Publisher(sample) as source, c37118.Output(interface="127.0.0.1") as output:
        source.start("127.0.0.1:0")
        output.on_configuration(configured)
        stream = output.add(port=0, access_id=7)
        output.open(f"server={source.address}")
        configured.next()
        host, port = output.address(stream).split(":")
        with socket.create_connection((host, int(port)), PATIENCE) as client, c37118.Assembler() as assembler:
            client.sendall(c37118.command_frame(7, C37118Command.SEND_CONFIGURATION_2, libsttp.now()))
            frames: list[c37118.Frame] = []
            while not frames:
                octets = client.recv(100)
                assert octets
                frames = assembler.receive(octets)
        (answer,) = frames
        assert (answer.type, answer.id_code) == (C37118FrameType.CONFIGURATION_2, 7)
        assert answer.configuration is not None
        assert [pmu.station.rstrip() != "" for pmu in answer.configuration.pmus] == [True] * 3
        assert assembler.closed
    with c37118.Assembler() as other:
        assert other.receive_datagram(b"\xaa\x00") == []
    with pytest.raises(libsttp.errors.InvalidArgumentError):
        c37118.command_frame(0, C37118Command.STOP_DATA, libsttp.now())
