"""Metadata as records that know each other."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import numpy as np

from libsttp import metadata as native
from libsttp._records import Device, MeasurementMetadata, Phasor
from libsttp.measurements import to_datetime
from libsttp.sttpapi.data.dataset import DataSet
from libsttp.sttpapi.gsf import Empty
from libsttp.sttpapi.metadata.record.device import DeviceRecord
from libsttp.sttpapi.metadata.record.measurement import MeasurementRecord
from libsttp.sttpapi.metadata.record.phasor import PhasorRecord
from libsttp.sttpapi.metadata.signaltype import SignalType


class MetadataCache:
    """The devices, measurements and phasors of metadata."""

    def __init__(self, dataset: DataSet | None = None) -> None:
        self.signalid_measurement_map: dict[UUID, MeasurementRecord] = {}
        self.id_measurement_map: dict[np.uint64, MeasurementRecord] = {}
        self.pointtag_measurement_map: dict[str, MeasurementRecord] = {}
        self.signalref_measurement_map: dict[str, MeasurementRecord] = {}
        self.deviceacronym_device_map: dict[str, DeviceRecord] = {}
        self.deviceid_device_map: dict[UUID, DeviceRecord] = {}
        self.measurement_records: list[MeasurementRecord] = []
        self.device_records: list[DeviceRecord] = []
        self.phasor_records: list[PhasorRecord] = []
        if dataset is not None:
            self._read(dataset.native())

    def _read(self, metadata: native.Metadata) -> None:
        for device in metadata.devices:
            self._add_device(_device_of(device))
        for measurement in metadata.measurements:
            self.add_measurement(measurement_of(measurement))
        for row, record in enumerate(self.measurement_records):
            place = metadata.device_of(row)
            if place is not None:
                record.device = self.device_records[place]
                record.device.measurements.add(record)
        for row, phasor in enumerate(metadata.phasors):
            composite = _phasor_of(phasor)
            self.phasor_records.append(composite)
            place = metadata.device_of_phasor(row)
            if place is not None:
                composite.device = self.device_records[place]
                composite.device.phasors.add(composite)
            angle, magnitude = metadata.angle_of(row), metadata.magnitude_of(row)
            if angle is not None and magnitude is not None:
                composite.measurements = [self.measurement_records[angle], self.measurement_records[magnitude]]
                for part in composite.measurements:
                    part.phasor = composite

    def _add_device(self, device: DeviceRecord) -> None:
        self.device_records.append(device)
        self.deviceacronym_device_map[device.acronym] = device
        self.deviceid_device_map[device.deviceid] = device

    def add_measurement(self, measurement: MeasurementRecord) -> None:
        """Adds a measurement."""
        self.measurement_records.append(measurement)
        self.signalid_measurement_map[measurement.signalid] = measurement
        if measurement.id > 0:
            self.id_measurement_map[measurement.id] = measurement
        if measurement.pointtag:
            self.pointtag_measurement_map[measurement.pointtag] = measurement
        if measurement.signalreference:
            self.signalref_measurement_map[measurement.signalreference] = measurement

    def find_measurement_signalid(self, signalid: UUID) -> MeasurementRecord | None:
        """The measurement of a signal."""
        return self.signalid_measurement_map.get(signalid)

    def find_measurement_id(self, id: np.uint64) -> MeasurementRecord | None:
        """The measurement whose key has a number."""
        return self.id_measurement_map.get(id)

    def find_measurement_pointtag(self, pointtag: str) -> MeasurementRecord | None:
        """The measurement with a point tag."""
        return self.pointtag_measurement_map.get(pointtag)

    def find_measurement_signalreference(self, signalreference: str) -> MeasurementRecord | None:
        """The measurement with a signal reference."""
        return self.signalref_measurement_map.get(signalreference)

    def find_measurements_signaltype(
        self, signaltype: SignalType, source: str | None = None
    ) -> list[MeasurementRecord]:
        """The measurements of a kind."""
        return self.find_measurements_signalacronym(signaltype.acronym, source)

    def find_measurements_signalacronym(
        self, signalacronym: str, source: str | None = None
    ) -> list[MeasurementRecord]:
        """The measurements of a kind, by its four letters."""
        wanted = signalacronym.upper()
        return [one for one in self._of(source) if one.signalacronym.upper() == wanted]

    def find_measurements(self, searchval: str, source: str | None = None) -> list[MeasurementRecord]:
        """The measurements with this point tag or signal reference, or this in the description or device."""
        return [
            one
            for one in self._of(source)
            if searchval in (one.pointtag, one.signalreference)
            or searchval in one.description
            or searchval in one.deviceacronym
        ]

    def _of(self, source: str | None) -> list[MeasurementRecord]:
        return [one for one in self.measurement_records if source is None or one.source == source]

    def find_device_acronym(self, deviceacronym: str) -> DeviceRecord | None:
        """The device with an acronym."""
        return self.deviceacronym_device_map.get(deviceacronym)

    def find_device_id(self, deviceid: UUID) -> DeviceRecord | None:
        """The device with an ID."""
        return self.deviceid_device_map.get(deviceid)

    def find_devices(self, searchval: str) -> list[DeviceRecord]:
        """The devices with this in one of their names."""
        return [
            one
            for one in self.device_records
            if any(
                searchval in text
                for text in (
                    one.acronym,
                    one.name,
                    one.parentacronym,
                    one.companyacronym,
                    one.vendoracronym,
                    one.vendordevicename,
                )
            )
        ]


def _device_of(device: Device) -> DeviceRecord:
    return DeviceRecord(
        nodeid=Empty.GUID,
        deviceid=device.unique_id,
        acronym=device.acronym,
        name=device.name,
        accessid=device.access_id,
        parentacronym=device.parent_acronym,
        protocolname=device.protocol_name,
        framespersecond=device.frames_per_second,
        companyacronym=device.company_acronym,
        vendoracronym=device.vendor_acronym,
        vendordevicename=device.vendor_device_name,
        longitude=Decimal(str(device.longitude)),
        latitude=Decimal(str(device.latitude)),
    )


def measurement_of(measurement: MeasurementMetadata) -> MeasurementRecord:
    """The record of a native one."""
    source, _, number = measurement.id.rpartition(":")
    return MeasurementRecord(
        signalid=measurement.signal_id,
        adder=np.float64(measurement.adder),
        multiplier=np.float64(measurement.multiplier),
        id=np.uint64(int(number) if number.isascii() and number.isdigit() else 0),
        source=source or "_",
        signalacronym=measurement.signal_type or "UNKN",
        signalreference=measurement.signal_reference,
        pointtag=measurement.point_tag,
        deviceacronym=measurement.device_acronym,
        description=measurement.description,
        updatedon=to_datetime(measurement.updated_on),
        phasorsourceindex=measurement.phasor_source_index,
    )


def _phasor_of(phasor: Phasor) -> PhasorRecord:
    return PhasorRecord(
        id=phasor.id,
        deviceacronym=phasor.device_acronym,
        label=phasor.label,
        type=phasor.type,
        phase=phasor.phase,
        sourceindex=phasor.source_index,
        updatedon=to_datetime(phasor.updated_on),
    )
