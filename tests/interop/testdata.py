"""Sample metadata and measurements for the interop scenarios, the same on every run.

A measurement is a `Row`; its value is held as the float32 bit pattern, so that comparing rows compares
every bit. The CSV form is the one the tools read and write: signal_id,timestamp,flags,value with the
timestamp in ticks of 100 ns since 0001-01-01 UTC.
"""

import csv
import random
import struct
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID
from xml.sax.saxutils import escape

import numpy as np

COLUMNS = ["signal_id", "timestamp", "flags", "value"]
START = 639_028_224_000_000_000  # 2026-01-01T00:00:00Z
SECOND = 10_000_000
QUIET_NAN = 0x7FC00000


class Row(NamedTuple):
    signal_id: str
    ticks: int
    flags: int
    bits: int


def to_bits(value: float) -> int:
    """The float32 pattern of a value; every NaN counts as the same one, because text keeps no payload."""
    bits = struct.unpack(">I", struct.pack(">f", np.float32(value)))[0]
    return QUIET_NAN if np.isnan(np.float32(value)) else bits


def from_bits(bits: int) -> np.float32:
    return np.frombuffer(struct.pack("<I", bits), dtype="<f4")[0]


def write_rows(path, rows: Iterable[Row], timestamp_text=str):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([row.signal_id, timestamp_text(row.ticks), row.flags, str(from_bits(row.bits))])


def read_rows(path) -> list[Row]:
    with open(path, newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if header != COLUMNS:
            raise ValueError(f"{path}: header is {header}, not {COLUMNS}")
        return [
            Row(str(UUID(signal_id)), int(ticks), int(flags), to_bits(float(value)))
            for signal_id, ticks, flags, value in reader
        ]


def iso_timestamp(ticks: int) -> str:
    """ISO 8601 with all seven fraction digits, which numpy's nanoseconds hold exactly."""
    nanoseconds = (ticks - 621_355_968_000_000_000) * 100
    return str(np.datetime64(nanoseconds, "ns"))[:-2] + "Z"


def batches(rows: list[Row]) -> list[list[Row]]:
    """Consecutive rows with one timestamp belong together."""
    groups: list[list[Row]] = []
    for row in rows:
        if groups and groups[-1][0].ticks == row.ticks:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


# ---- metadata ---------------------------------------------------------------------------------------

COLUMN_TYPES = {
    "DeviceDetail": {
        "NodeID": "guid", "UniqueID": "guid", "OriginalSource": "string", "IsConcentrator": "boolean",
        "Acronym": "string", "Name": "string", "AccessID": "int", "ParentAcronym": "string",
        "ProtocolName": "string", "FramesPerSecond": "int", "CompanyAcronym": "string",
        "VendorAcronym": "string", "VendorDeviceName": "string", "Longitude": "decimal",
        "Latitude": "decimal", "InterconnectionName": "string", "ContactList": "string",
        "Enabled": "boolean", "UpdatedOn": "dateTime",
    },
    "MeasurementDetail": {
        "DeviceAcronym": "string", "ID": "string", "SignalID": "guid", "PointTag": "string",
        "SignalReference": "string", "SignalAcronym": "string", "PhasorSourceIndex": "int",
        "Description": "string", "Internal": "boolean", "Enabled": "boolean", "UpdatedOn": "dateTime",
    },
    "PhasorDetail": {
        "ID": "int", "DeviceAcronym": "string", "Label": "string", "Type": "string", "Phase": "string",
        "DestinationPhasorID": "int", "SourceIndex": "int", "UpdatedOn": "dateTime",
    },
    "SchemaVersion": {"VersionNumber": "int"},
    # Not a table of the protocol: whatever a host adds must arrive as well, in columns of every type.
    "CalibrationDetail": {
        "SignalID": "guid", "Gain": "double", "Offset": "float", "Counter": "long", "Small": "short",
        "Total": "unsignedLong", "Note": "string", "Tiny": "byte", "Octet": "unsignedByte", "Port": "unsignedShort",
        "Address": "unsignedInt", "Number": "int", "Share": "decimal", "Checked": "boolean", "CheckedOn": "dateTime",
    },
}

_DEVICES = ["NORTH_1", "NORTH_2", "EAST-A", "WEST.9", "LAKE", "ISLAND"]
_COMPANIES = ["HILL", "DALE", "HILL", "MOOR", "DALE", "MOOR"]


def _guid(number: int) -> str:
    return str(UUID(int=random.Random(number).getrandbits(128), version=4))


def _metadata_records(updated_on: str) -> list[tuple[str, dict]]:
    records: list[tuple[str, dict]] = []
    measurements: list[dict] = []
    node_id = _guid(1)

    def measurement(device, kind, acronym, phasor, description, enabled=True):
        number = len(measurements) + 1
        measurements.append({
            "DeviceAcronym": device, "ID": f"RIVER:{number}", "SignalID": _guid(1000 + number),
            "PointTag": f"RV_{device or 'GRID'}-{kind}{number}", "SignalReference": f"{device or 'GRID'}-{kind}",
            "SignalAcronym": acronym, "PhasorSourceIndex": phasor, "Description": description,
            "Internal": number % 3 != 0, "Enabled": enabled, "UpdatedOn": updated_on,
        })

    for index, device in enumerate(_DEVICES):
        records.append(("DeviceDetail", {
            "NodeID": node_id, "UniqueID": _guid(100 + index), "OriginalSource": None if index % 2 else "ORIGIN",
            "IsConcentrator": index == 4, "Acronym": device, "Name": f"Überlandwerk {device} <&> \"{index}\" 電力",
            "AccessID": index * 100 - 50, "ParentAcronym": "" if index < 3 else None,
            "ProtocolName": ["IEEE C37.118", "STTP", "ModbusTCP"][index % 3],
            "FramesPerSecond": [30, 60, 50][index % 3], "CompanyAcronym": _COMPANIES[index],
            "Longitude": f"-{80 + index}.{index}25", "Latitude": f"{35 + index}.5",
            "InterconnectionName": "Eastern", "Enabled": True, "UpdatedOn": updated_on,
        }))
        measurement(device, "FQ", "FREQ", None, f"Frequency of {device}")
        measurement(device, "DF", "DFDT", None, f"dF/dt of {device} ≠ frequency")
        measurement(device, "SF", "FLAG", None, "Status flags")
        measurement(device, "AV1", "ALOG", None, "Analog <1> & \"more\"")
        for phasor in (1, 2, 3):
            kind = "I" if phasor == 3 else "V"
            records.append(("PhasorDetail", {
                "ID": index * 10 + phasor, "DeviceAcronym": device, "Label": f"Bus {phasor}", "Type": kind,
                "Phase": "+AB"[phasor - 1], "DestinationPhasorID": 1 if phasor == 3 else None,
                "SourceIndex": phasor, "UpdatedOn": updated_on,
            }))
            measurement(device, f"PA{phasor}", f"{kind}PHA", phasor, f"Angle {phasor}")
            measurement(device, f"PM{phasor}", f"{kind}PHM", phasor, f"Magnitude {phasor}")
    measurement(None, "CV1", "CALC", None, "")
    measurement(None, "CV2", "CALC", None, "Switched off", enabled=False)

    records += [("MeasurementDetail", record) for record in measurements]
    records.append(("SchemaVersion", {"VersionNumber": 14}))
    records.append(("CalibrationDetail", {
        "SignalID": measurements[0]["SignalID"], "Gain": 1.0000000000000002, "Offset": "-0.15625",
        "Counter": -(2**62), "Small": -32768, "Total": 2**63 + 1, "Note": "  kept as it is  ", "Tiny": -128,
        "Octet": 255, "Port": 65535, "Address": 2**32 - 1, "Number": -(2**31), "Share": "-0.000125",
        "Checked": False, "CheckedOn": "1999-12-31T23:59:59.875Z",
    }))
    # All else is null.
    records.append(("CalibrationDetail", {"Note": "]]> <![CDATA[ & \"quoted\"\n\tline \U0001F50C e\u0301 &amp;"}))
    records.append(("CalibrationDetail", {"Note": "", "Gain": -5e-324, "Offset": "3.4028235e+38", "Checked": True}))
    return records


def metadata_xml(updated_on: str = "2026-03-04T05:06:07.125Z") -> str:
    return to_xml(COLUMN_TYPES, _metadata_records(updated_on))


def to_xml(tables: dict[str, dict[str, str]], records: Iterable[tuple[str, dict]]) -> str:
    """A data set in the XML dialect of the protocol: absent elements are nulls."""
    parts = ['<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<DataSet>\n']
    parts.append(
        '<xs:schema id="DataSet" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:ext="urn:schemas-microsoft-com:xml-msdata">\n<xs:element name="DataSet">'
        '<xs:complexType><xs:choice minOccurs="0" maxOccurs="unbounded">\n'
    )
    for table, columns in tables.items():
        parts.append(f'<xs:element name="{table}"><xs:complexType><xs:sequence>\n')
        for column, kind in columns.items():
            guid = ' ext:DataType="System.Guid"' if kind == "guid" else ""
            kind = "string" if kind == "guid" else kind
            parts.append(f'<xs:element name="{column}" type="xs:{kind}"{guid} minOccurs="0" />\n')
        parts.append("</xs:sequence></xs:complexType></xs:element>\n")
    parts.append("</xs:choice></xs:complexType></xs:element></xs:schema>\n")
    for table, record in records:
        fields = "".join(
            f"<{column}>{escape(_xml_value(value))}</{column}>"
            for column, value in record.items() if value is not None
        )
        parts.append(f"<{table}>{fields}</{table}>\n")
    parts.append("</DataSet>\n")
    return "".join(parts)


def _xml_value(value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def signal_ids(enabled_only: bool = True) -> list[str]:
    return [
        record["SignalID"] for table, record in _metadata_records("")
        if table == "MeasurementDetail" and (record["Enabled"] or not enabled_only)
    ]


# ---- measurements -----------------------------------------------------------------------------------

_SPECIAL_VALUES = [
    0.0, -0.0, 1.0, -1.0, float("nan"), float("inf"), float("-inf"), 3.4028234e38, 1e-45, 1.1754944e-38,
    16777217.0, 59.999996, 0.1,
]
_SPECIAL_FLAGS = [0, 1, 2, 0x80, 0xFF, 0x1000, 0x10000, 0x400000, 0x1F000000, 0x80000000, 0xFFFFFFFF, 0x4000]


def sample_rows(count: int, seed: int = 2664) -> list[Row]:
    """At least `count` rows of every kind of traffic the codecs treat differently."""
    source = _RowSource(seed)
    rows: list[Row] = []
    while len(rows) < count:
        rows += source.steady(frames=40)
        rows += source.irregular(frames=40)
        rows += source.repeating(frames=20)
        rows += source.one_by_one(200)
    return rows


class _RowSource:
    def __init__(self, seed: int):
        self._random = random.Random(seed)
        self._ids = signal_ids()
        self._ticks = START
        self._walk = [self._random.uniform(-180, 180) for _ in self._ids]

    def steady(self, frames: int) -> list[Row]:
        """60 frames a second, all signals in the same order, noisy values, clean flags."""
        rows = []
        for frame in range(frames):
            ticks = self._ticks + frame * SECOND // 60
            for index, signal_id in enumerate(self._ids):
                self._walk[index] += self._random.gauss(0, 0.01)
                rows.append(Row(signal_id, ticks, 0, to_bits(self._walk[index])))
        self._ticks += frames * SECOND // 60
        return rows

    def irregular(self, frames: int) -> list[Row]:
        """Jitter, times that run backwards, signals missing and shuffled, every flag, special values."""
        rows = []
        for _ in range(frames):
            self._ticks += self._random.choice([-166_667, 1, 33, 166_667, 166_666, 3_000_000, 600 * SECOND])
            chosen = self._random.sample(self._ids, self._random.randint(1, len(self._ids)))
            rows += [Row(signal_id, self._ticks, self._flags(), self._value()) for signal_id in chosen]
        return rows

    def repeating(self, frames: int) -> list[Row]:
        """Two alternating times and three alternating values and flags a signal."""
        rows = []
        for frame in range(frames):
            ticks = self._ticks + frame % 2
            for index, signal_id in enumerate(self._ids):
                turn = self._random.randrange(3)
                rows.append(Row(signal_id, ticks, 4 * (turn % 2), to_bits([index, 2.5, 0.0][turn])))
        return rows

    def one_by_one(self, count: int) -> list[Row]:
        """Every row with a time of its own."""
        rows = []
        for _ in range(count):
            self._ticks += self._random.randint(1, 5000)
            rows.append(Row(self._random.choice(self._ids), self._ticks, self._flags(), self._value()))
        return rows

    def _flags(self) -> int:
        kind = self._random.random()
        if kind < 0.6:
            return 0
        return self._random.choice(_SPECIAL_FLAGS) if kind < 0.9 else self._random.getrandbits(32)

    def _value(self) -> int:
        kind = self._random.random()
        if kind < 0.2:
            return to_bits(self._random.choice(_SPECIAL_VALUES))
        if kind < 0.9:
            return to_bits(self._random.uniform(-1e6, 1e6))
        return to_bits(from_bits(self._random.getrandbits(32)))
