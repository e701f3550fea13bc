"""Metadata: records, relations, tables, XML, findings."""

from datetime import UTC, datetime
from uuid import UUID

import libsttp
import pandas
import pytest
from conftest import Pair, Told, grid, signal
from libsttp import FindingKind, ValueType


def test_metadata(pair: Pair) -> None:
    """Built row by row, they arrive whole; tables of the program's own among them."""
    with libsttp.MetadataBuilder(pair.metadata) as builder:
        builder.add_table(
            "Breakers", {"Name": ValueType.STRING, "Rating": ValueType.DOUBLE, "Since": ValueType.DATETIME}
        )
        since = datetime(2020, 2, 29, 12, tzinfo=UTC)
        builder.add_row("Breakers", Name="Schalter ÄÖÜ 開閉器 😀", Rating=12.5, Since=since)
        builder.add_row("Breakers", Name=None)
        builder.set("DeviceDetail", "Latitude", 54.25, row=0)
        metadata = builder.finish()
    received = Told()
    pair.subscriber.on_metadata(received)
    pair.publisher.set_metadata(metadata)
    pair.flow()
    with received.next() as came:
        assert [device.acronym for device in came.devices] == ["STATION1", "STATION2"]
        assert came.devices[0].name == "Umspannwerk Süd 1 – 北"
        assert (came.devices[0].longitude, came.devices[0].latitude) == (-89.5, 54.25)
        assert came.devices[0].frames_per_second == 30
        assert [one.signal_id for one in came.measurements[:3]] == [
            signal(f"STATION1-{kind}") for kind in ("FQ", "PM1", "PA1")
        ]
        assert came.measurements[0].id == "GRID:1"
        assert came.phasors[0].label == "Bus voltage"
        assert came.schema_version == 14
        breakers = came["breakers"]
        assert list(breakers.columns) == ["Name", "Rating", "Since"]
        assert list(breakers) == [("Schalter ÄÖÜ 開閉器 😀", 12.5, since), (None, None, None)]
        assert breakers.column("Rating") == [12.5, None]
        assert breakers.cell(0, "Since") == since
        assert breakers[-1] == (None, None, None)
        with pytest.raises(IndexError):
            breakers[2]


def test_relations(metadata: libsttp.Metadata) -> None:
    device = metadata.find_device("station2")
    assert device == metadata.find_device_by_name("Umspannwerk Süd 2 – 北") == 1
    assert metadata.measurements_of(device) == [3, 4, 5]
    (phasor,) = metadata.phasors_of(device)
    assert metadata.find_phasor(device, "bus voltage") == phasor
    assert metadata.device_of_phasor(phasor) == device
    assert (metadata.magnitude_of(phasor), metadata.angle_of(phasor)) == (4, 5)
    assert metadata.phasor_of(4) == phasor and metadata.phasor_of(3) is None
    assert metadata.device_of(5) == device
    assert metadata.parent_of(device) is None and metadata.children_of(device) == []
    key = metadata.measurements[3].id
    assert metadata.find_measurement_by_key(key) == metadata.find_measurement(signal("STATION2-FQ")) == 3
    assert metadata.find_measurement_by_tag("STATION2:FREQ") == 3
    assert metadata.find_measurement(UUID(int=1)) is None
    assert metadata.select_rows("FILTER DeviceDetail WHERE Acronym LIKE '%2'") == [("DeviceDetail", 1)]


def test_xml(metadata: libsttp.Metadata) -> None:
    again = libsttp.Metadata.parse(metadata.to_xml())
    assert again.devices == metadata.devices and again.measurements == metadata.measurements
    assert again.to_xml() == metadata.to_xml()
    assert libsttp.Metadata.parse(metadata.to_xml().encode()).phasors == metadata.phasors
    with pytest.raises(libsttp.errors.MetadataError, match="1:|line"):
        libsttp.Metadata.parse("<oops")
    assert "DeviceDetail" in metadata and "Nothing" not in metadata
    with pytest.raises(KeyError):
        metadata["Nothing"]


def test_findings(metadata: libsttp.Metadata) -> None:
    assert metadata.findings == []
    with libsttp.MetadataBuilder(metadata) as builder:
        builder.add_measurement(signal("lost"), "GRID:99", signal_type="FREQ", device_acronym="NOWHERE")
        (finding,) = builder.finish().findings
    assert (finding.kind, finding.table, finding.row) == (FindingKind.UNKNOWN_DEVICE, "MeasurementDetail", 6)


def test_append_and_merge(metadata: libsttp.Metadata) -> None:
    other = grid(devices=1, suffix="B")
    both = metadata.append(other)
    assert [device.acronym for device in both.devices] == ["STATION1", "STATION2", "STATION1B"]
    assert len(both.measurements) == 9
    assert len(metadata.merge(grid(devices=1)).measurements) == 6


def test_frames(metadata: libsttp.Metadata) -> None:
    frames = metadata.to_frames()
    assert frames["MeasurementDetail"]["SignalID"].tolist() == [one.signal_id for one in metadata.measurements]
    assert isinstance(frames["DeviceDetail"]["UpdatedOn"].dtype, pandas.DatetimeTZDtype)
    active = metadata["ActiveMeasurements"].to_frame()
    assert active[active["SignalType"] == "FREQ"]["Device"].tolist() == ["STATION1", "STATION2"]


def test_metadata_outlive_their_publisher() -> None:
    metadata = grid()
    with libsttp.Publisher(metadata) as publisher:
        metadata.close()
        publisher.start("127.0.0.1:0")
        assert publisher.signal_index(signal("STATION1-FQ")) == 0
    with pytest.raises(libsttp.errors.ClosedError):
        metadata.select("FILTER ActiveMeasurements WHERE True")
