#!/usr/bin/env python3
"""Writes the seeds in fuzz/corpus anew.

    fuzz/seeds.py

The messages come from tests/fixtures, the texts stand below. Seeds named found-* are inputs that once showed a
mistake; they stay.
"""

import json
import re
import subprocess
import tempfile
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
FIXTURES = FUZZ.parent / "tests/fixtures"

SCHEMA = """<?xml version="1.0" standalone="yes"?>
<DataSet>
  <xs:schema id="DataSet" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ext="urn:schemas-microsoft-com:xml-msdata">
    <xs:element name="DataSet" ext:IsDataSet="true"><xs:complexType><xs:choice minOccurs="0" maxOccurs="unbounded">
{tables}
    </xs:choice></xs:complexType></xs:element>
  </xs:schema>
{rows}
</DataSet>
"""
TABLE = '<xs:element name="{}"><xs:complexType><xs:sequence>{}</xs:sequence></xs:complexType></xs:element>'
COLUMN = '<xs:element name="{}" {} minOccurs="0" />'
GUID = 'ext:DataType="System.Guid" type="xs:string"'
ID = "38a47b0f-f10b-4143-9a0a-0dbc4ffef1e8"
EVERY_TYPE = {
    "boolean": "true", "byte": "-128", "short": "-32768", "int": "2147483647", "long": "-9223372036854775808",
    "unsignedByte": "255", "unsignedShort": "65535", "unsignedInt": "4294967295",
    "unsignedLong": "18446744073709551615", "float": "1.5e-7", "double": "-INF", "decimal": "-89.80380",
    "string": " a &lt;&amp;&#x1F50C;&gt; <![CDATA[<b>]]> ", "dateTime": "2026-01-01T00:00:00.1234567+02:00",
}

TEXTS = {
    "connection_string": [
        "throttled=false; includeTime=true; filterExpression={FILTER ActiveMeasurements WHERE SignalType = 'FREQ'}",
        "assemblyInfo={source=x; version=1.0; updatedOn=2026}; dataChannel={localport=9600; interface=::0}",
        "a=b=c;;=d;e; f = {{nested; {twice}} = text} ;g={a}{b};lagTime=1e300;processingInterval=-1",
        "startTimeConstraint=*-1H;stopTimeConstraint=*;timeConstraintParameters={};lagTime=0",
        "server=pdc:7165; interface=0.0.0.0; dataChannel={port=9600; multicastGroup=239.1.2.3; interface=2}; compressionModes={GZip, TSSC}"
        "; dataGapRecovery={enabled=true; startRecoveryBuffer=-7.5}; extraParameters={a={b;c}}; securityMode=None; maxRetries=-1",
        "port=7165; interface=::; server={a:1, b:2}; overflow=wait; overflowWaitTimeout=2.5; encryptPayload=udp; forceNaNValueFilter=1",
        "interface=0.0.0.0; autoConnect=true; securityMode=None; localport=9611; transportprotocol=udp; "
        "commandChannel={server=pdc:7165; interface=0.0.0.0}; internal=True; outputMeasurements={PPA:1,0.5,2; SHELBY:FREQ}",
        "port=9611; interface=192.0.2.7; commandChannel={server=pdc; port=7165}; dataChannelLocalPort=9611",
    ],
    "rights": [
        "# who may what\n[group all but states]\nsignals = ALLOW WHERE True;\n  DENY WHERE SignalType = 'STAT'\n\n"
        f"[subscriber north]\ncertificate = {'5B:' * 31}0C, {'ab' * 32}\nsubject = CN=north,O=Utility\n"
        "addresses = 10.0.0.0/8, fd00::/8\ngroups = all but states\nudp = false\n[others]\nsignals =\n",
        "[others]\r\nsignals = ALLOW WHERE SignalType LIKE 'V%' OR Device = 'SHELBY'\r\nallow = PPA:1; \"SHELBY:FREQ\"\r\n"
        f"deny = {ID};\r\n\tPPA:2\r\ntellUnauthorized = false\r\nmeasurementsPerSecond = 100\r\n",
        "\ufeff[subscriber a]\naddresses = 10.1.2.3\nsignals = DENY WHERE 1 % (Len(PointTag) - 5) = 1; ALLOW WHERE True\n"
        "metadata = 0\ntemporal = 0\nuserCommands = 0\nmaxFilterSteps = 10\nmetadataRequestsPerMinute = 6\n",
        "[others]\nsignals = ALLOW WHERE True\nsignals = x\n",
        "[subscriber b]\nenabled = false\naddresses = ::/0\nallow = FILTER TOP 3 ActiveMeasurements WHERE True\n",
    ],
    "texts": [
        "*-0.5h", "* + 500 ms", "*", "2026-11-29T16:46:60.1234567-06:00", "11/29/2026 4:46:59 PM", "29.11.2026 16:46:59",
        "639315676190000000", "SHELBY-NORTH-PM12", "PPA : 12", "PPA:1,0.5,-2; SHELBY:FREQ; \"A:B\"; FILTER A WHERE True",
    ],
    "filter_parse": [
        "FILTER TOP 5 ActiveMeasurements WHERE SignalType = 'FREQ' AND Device LIKE 'SHELBY%' ORDER BY BINARY PointTag DESC, ID",
        f"{ID};{{{ID}}};'{ID}';GRID:1;\"SHELBY:FREQ\";Device = 'A' OR NOT True",
        "FILTER A WHERE ((((1 + 2) * 3 - 4) / 5 % 6) ^ 7 & 8 | 9 << 10 >> 11) BETWEEN 1 AND 2",
        "IIf(IsNull(x), 1.5e-7, Coalesce(NULL, #2021-02-03 04:05:06.789#)) IN (1, 'a''b', \"c\", -2)",
    ],
    "filter_evaluate": [
        "FILTER TOP 3 ActiveMeasurements WHERE Device = 'SHELBY' OR Int32 IS NULL ORDER BY Double DESC, PointTag, Guid",
        "FILTER ActiveMeasurements WHERE PointTag LIKE BINARY '%FREQ' ORDER BY BINARY PointTag; GRID:1; ID IN ('', 'GRID:1')",
        "Int8 + Int16 * UInt32 - UInt64 / Decimal % Double",
        "Boolean AND Single > -0.5 OR Int64 = -9223372036854775808 XOR UInt8 != 255",
        "Int32 << 31 | UInt16 & ~Int8 ^ Int64 >> 63",
        "IIf(Boolean, Coalesce(Int32, Decimal, 'x'), Switch(DateTime > #2020-02-29#, 1, True, 2))",
        "DateAdd(DateTime, 1, 'Month') < DateTime AND DateDiff(DateTime, Now(), 'Second') > 0",
        "DatePart(DateTime, 'DayOfYear') + DatePart(UtcNow(), 'WeekDay') + Len(Trim(PointTag))",
        "Replace(Reverse(SubStr(PointTag, 1, 3)), 'E', PadLeft(Device, 9, '-')) + NthIndexOf(ID, 'G', -1)",
        "RegExMatch('^[A-Z]+:', PointTag) AND RegExVal('\\d+$', ID) = '1'",
        "Convert(SignalID, 'String') + Convert(Decimal, 'Int32') + Convert('1.5', 'Double')",
        "Power(Double, Round(Decimal)) + Sqrt(Abs(Int64)) + Floor(Single) + Ceiling(MinOf(1, 2.5, Int32))",
        "IsDate('2021-02-03') AND IsGuid(SignalID) AND IsNumeric(ID) AND IsInteger('1') AND IsNullOrEmpty(PointTag)",
    ],
}


def concentrations():
    """Settings, a device of eight signals, and values of them in steps of a quarter of a millisecond."""
    signals = bytes([8]) + bytes(kind << 2 for kind in (0, 1, 2, 3, 4, 7, 8, 9))
    changed = b"\xff" + bytes([6]) + signals[1:7]

    def value(row, step, number):
        return bytes([100, row]) + step.to_bytes(2, "big", signed=True) + number.to_bytes(2, "big")

    frames = b"".join(value(row, 133 * frame, row + 1) for frame in range(4) for row in range(8))
    seeds = {}
    for name, rate, choice in [("by clock", 4, 30), ("by arrival", 4, 62), ("integers", 5, 0), ("slow", 8, 32),
                               ("chosen", 4, 192)]:
        settings = bytes([rate, choice, 60, 60])
        seeds[name] = settings + signals + frames + b"\xc8\xff" * 4 + frames + changed + frames + b"\xf0\xff\xf0" + frames
    return seeds


def encapsulations(frames):
    def block(choice, frame):
        return bytes([choice]) + len(frame).to_bytes(2, "big") + frame

    def is_data(frame):
        return frame[1] >> 4 == 0

    whole = [block(2 + (not is_data(frame)), frame) for frame in frames]
    return {"stream": b"".join(whole), "late": b"".join(whole[1:] + whole), "twice": b"".join(whole * 2)}


def main():
    corpus = {"metadata_xml": documents(), **messages(json.loads((FIXTURES / "frames.json").read_text()))}
    corpus["tssc"] = {case["name"]: b"".join(piece(bytes.fromhex(block["hex"])) for block in case["blocks"][:8])
                      for case in json.loads((FIXTURES / "tssc.json").read_text())["cases"]}
    corpus["block_link"] = block_link(json.loads((FUZZ.parent / "tests/block_link/vectors.json").read_text()))
    frames = json.loads((FIXTURES / "c37118.json").read_text())["frames"]
    corpus["c37118"] = {frame["name"]: b"\x07" + bytes.fromhex(frame["hex"]) for frame in frames}
    corpus["c37118"]["stream"] = b"\x40" + b"\xaa\x00".join(bytes.fromhex(frame["hex"]) for frame in frames)
    corpus["c37118_concentrator"] = concentrations()
    corpus["c37118_encapsulation"] = encapsulations([bytes.fromhex(frame["hex"]) for frame in frames])
    corpus |= c37118_sessions({frame["name"]: bytes.fromhex(frame["hex"]) for frame in frames})
    corpus["compact"] = compact(json.loads((FIXTURES / "compact.json").read_text())["cases"])
    corpus["certificates"] = certificates()
    for target, texts in TEXTS.items():
        corpus[target] = {str(number): text.encode() for number, text in enumerate(texts)}
    for target, seeds in corpus.items():
        folder = FUZZ / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.*"):
            if not old.name.startswith("found-"):
                old.unlink()
        for name, seed in seeds.items():
            (folder / (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".seed")).write_bytes(seed)


def piece(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content


def block_link(vectors: list[dict]) -> dict[str, bytes]:
    """Streams, messages, and sessions that get them."""
    seeds = {}
    for vector in vectors:
        stream = bytes.fromhex(vector["bytes"])
        compact = vector["format"] == "compact"
        seeds[vector["name"]] = bytes([3 if compact else 8]) + stream
        if not compact:
            seeds[vector["name"] + " message"] = b"\x20" + stream[8:-2]
    # Both sides agree, one publishes, time passes, and each gets a block of each feature.
    for kind in range(4):
        data = piece(bytes([1, 2, 0, 1, 2, 3]))
        blocks = b"".join(bytes([2 + side, feature]) + data for side in range(2) for feature in range(6))
        again = b"\x0b\x0f\x06\x40\x0f" + b"\x00" + piece(b"\xa7\x7a\x00")
        seeds[f"session {kind}"] = bytes([64 + kind]) + b"\x0f\x08\x0f\x06\x20\x0f" + blocks + b"\x0f" + again
    return seeds


def c37118_sessions(frames: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """What a device and what clients do, in the choices of the fuzz targets."""
    connect, lose, wait, stream, datagram, build = b"\x00", b"\x01", b"\xfb", b"\x04", b"\x05", b"\x06"
    payload = {name: frame[14:-2] for name, frame in frames.items()}
    cfg2, cfg3 = frames["CFG-2"], frames["CFG-3"]
    data2, data3 = frames["data of CFG-2"], frames["data of CFG-3"]

    def raw(way: bytes, *all_frames: bytes) -> bytes:
        return b"".join(way + piece(frame) for frame in all_frames)

    half = len(payload["CFG-3"]) // 2
    pieces = [b"\x00\x01" + payload["CFG-3"][2:half], b"\xff\xff" + payload["CFG-3"][half:]]
    fragments = b"".join(build + b"\x0d" + piece(part) for part in pieces)
    changing = bytearray(payload["data of CFG-2"])
    changing[0] |= 4
    client = {
        "short form": b"\x00" + connect + raw(stream, cfg2, data2, data2) + wait + lose + connect + raw(stream, cfg2, data2),
        "long form by datagrams": b"\x82" + connect + b"\x13" * 2 + raw(datagram, cfg3, data3) + wait * 4,
        "unasked": b"\x03" + connect + raw(datagram, data2, cfg2, data2, cfg3, data3, cfg2 + data2) + wait,
        "in pieces": b"\x60" + connect + fragments + raw(stream, data3, frames["header"], cfg2) + wait * 3,
        "changes": b"\x21" + connect + raw(stream, cfg2) + wait + build + b"\x00" + piece(bytes(changing))
        + raw(datagram, data2, data3) + wait + raw(stream, cfg3, frames["command"]) + b"\x82",
    }

    def command(code: int, which: int = 0) -> bytes:
        return bytes([which << 4 | 5, 4]) + piece(code.to_bytes(2, "big"))

    def passed_on(kind: int, content: bytes) -> bytes:
        return bytes([11, kind]) + piece(content)

    accept, read, publish = b"\x00", b"\x0f", passed_on(0, payload["data of CFG-2"])
    configure = bytes([13, 3]) + piece(payload["CFG-2"])
    by_datagram = bytes([0x18, 4]) + piece(b"\x00\x02")
    server = {
        "commands": b"\x00" + configure + accept + b"".join(command(code) + read for code in (4, 5, 6, 3, 2, 8, 0x123))
        + publish + read + command(1) + b"\x0e" + piece(b"header"),
        "datagrams": b"\x12" + configure + by_datagram + publish + b"\x1a" + publish + b"\xf2" * 3 + b"\x19" + publish,
        "passed on": b"\x01" + accept + command(6) + command(2) + passed_on(13, pieces[0]) + passed_on(13, pieces[1])
        + publish + read + passed_on(3, payload["CFG-2"]) + passed_on(1, b"text") + read,
        "changes": b"\x00" + configure + accept * 2 + command(6) + command(2) + command(2, 1) + publish
        + bytes([13, 13]) + piece(payload["CFG-3"]) + passed_on(0, payload["data of CFG-3"]) + read + b"\x1f\x01",
        "reads nothing": b"\x00" + configure + accept * 5 + command(5) * 120 + command(2) + publish * 9 + b"\xf3" * 4,
    }
    return {"c37118_client": client, "c37118_server": server}


def documents() -> dict[str, bytes]:
    every = SCHEMA.format(
        tables=TABLE.format("Every_x0020_Type", "".join(COLUMN.format(f"C{name}", f'type="xs:{name}"')
                            for name in EVERY_TYPE) + COLUMN.format("CGuid", GUID)
                            + COLUMN.format("Computed", "ext:Expression=\"Cint + 1\" type=\"xs:int\"")),
        rows="  <Every_x0020_Type>" + "".join(f"<C{name}>{text}</C{name}>" for name, text in EVERY_TYPE.items())
             + f"<CGuid>{{{ID}}}</CGuid><Unknown><x/></Unknown></Every_x0020_Type>\n  <Every_x0020_Type />")
    strings = lambda names: "".join(COLUMN.format(name, 'type="xs:string"') for name in names)  # noqa: E731
    devices, signals = ["Acronym", "ParentAcronym"], ["DeviceAcronym", "ID", "PointTag", "SignalReference"]
    records = SCHEMA.format(
        tables=TABLE.format("DeviceDetail", strings(devices))
        + TABLE.format("MeasurementDetail", strings(signals) + COLUMN.format("SignalID", GUID)
                       + COLUMN.format("PhasorSourceIndex", 'type="xs:int"'))
        + TABLE.format("PhasorDetail", strings(["DeviceAcronym", "Label"]) + COLUMN.format("SourceIndex", 'type="xs:int"')),
        rows="<DeviceDetail><Acronym>A</Acronym><ParentAcronym>A</ParentAcronym></DeviceDetail>"
        f"<MeasurementDetail><DeviceAcronym>a</DeviceAcronym><ID>G:1</ID><SignalReference>A-PM1</SignalReference>"
        f"<SignalID>{ID}</SignalID><PhasorSourceIndex>1</PhasorSourceIndex></MeasurementDetail>"
        "<PhasorDetail><DeviceAcronym>A</DeviceAcronym><SourceIndex>1</SourceIndex></PhasorDetail>")
    plain = "<!-- c --><?p i?><a:R xmlns:a='u'><b a='1' b=\"&quot;\"/>&#xD;\r\n</a:R>"
    return {
        "every type": every.encode(), "records": records.encode(), "no schema": plain.encode(),
        "utf 16 little endian": b"\xff\xfe" + plain.encode("utf-16-le"), "utf 16 big endian": plain.encode("utf-16-be"),
        "document type": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    }


def messages(frames: dict) -> dict[str, dict[str, bytes]]:
    wire = {part: {case["name"]: bytes.fromhex(case["frame_hex"]) for case in frames[part]["cases"]}
            for part in ("operational_modes", "subscribe_commands", "commands", "responses")}
    caches = {case["name"]: case for case in frames["signal_index_cache"]["cases"]}
    body = {name: bytes.fromhex(case["hex"])[int(case["version"]) > 1:] for name, case in caches.items()}
    whole = {part: b"".join(cases.values()) for part, cases in wire.items()}
    return {
        "frames": {part: b"\x07" + stream for part, stream in whole.items()},
        "signal_index_cache": {name: b"\0" + cache for name, cache in body.items()},
        "publisher_session": publisher(wire),
        "subscriber_session": subscriber(wire, {name: bytes.fromhex(case["hex"]) for name, case in caches.items()}),
    }


def certificates() -> dict[str, bytes]:
    """Files with a byte before them, as src/tls.rs reads it: 0 a peer's certificate, 1 an authority's, 2 certificate and
    key, 3 the two, which are to be one file, 4 a revocation list. They are others each time."""
    seeds = {}
    with tempfile.TemporaryDirectory() as folder:
        def openssl(*arguments, given=b""):
            command = ["openssl", *arguments]
            return subprocess.run(command, input=given, check=True, cwd=folder, stdout=-1, stderr=-3).stdout

        (Path(folder) / "ca.cnf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\ncrlnumber=number\n")
        (Path(folder) / "index").write_text("R\t300101000000Z\t200101000000Z\t1F\tunknown\t/CN=revoked\n")
        (Path(folder) / "number").write_text("01\n")
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key")
        openssl("req", "-x509", "-key", "key", "-subj", "/O=Seeds/CN=seed", "-days", "36500", "-out", "certificate")
        key = openssl("pkcs8", "-topk8", "-nocrypt", "-in", "key")
        certificate = (Path(folder) / "certificate").read_bytes()
        der = openssl("x509", "-in", "certificate", "-outform", "DER")
        request = openssl("req", "-new", "-key", "key", "-subj", "/CN=old")
        crl = openssl("ca", "-gencrl", "-config", "ca.cnf", "-keyfile", "key", "-cert", "certificate", "-crldays", "36500")
        password = ("-passout", "pass:x")
        seeds["peer pem"] = b"\0" + certificate
        seeds["peer der"] = b"\0" + der
        seeds["peer version 1"] = b"\0" + openssl("x509", "-req", "-signkey", "key", "-days", "36500", given=request)
        seeds["authority"] = b"\1" + certificate + certificate
        seeds["own"] = b"\2" + certificate + key
        seeds["own traditional"] = b"\2" + (Path(folder) / "key").read_bytes() + certificate
        seeds["own encrypted"] = b"\2" + certificate + openssl("pkcs8", "-topk8", *password, given=key)
        seeds["own pkcs12"] = b"\3" + openssl("pkcs12", "-export", *password, given=key + certificate)
        seeds["revocations"] = b"\4" + crl
        seeds["revocations der"] = b"\4" + openssl("crl", "-outform", "DER", given=crl)
    return seeds


def publisher(wire: dict) -> dict[str, bytes]:
    """Choices as src/publisher.rs reads them: 0 bytes, 64 a record in part, 1 a command, 4 publish, 5 take what was sent,
    6 metadata, 7 time."""
    seeds = {}
    subscribe = wire["subscribe_commands"]["everything"][4:]
    for name, modes in wire["operational_modes"].items():
        commands = [modes[4:], subscribe, b"\x0a"]
        steps = b"".join(b"\x01" + piece(command) for command in commands) + b"\x04\x20\x05"
        seeds[name] = b"\0" + steps + b"\x86" + b"\x01" + piece(b"\x0a") + b"\x04\x40\x04\x40\x05\x7f\x01" + piece(b"\x03")
    modes = wire["operational_modes"]["version 2, everything compressed"][4:]
    everything = [*wire["commands"].values(), *wire["subscribe_commands"].values()]
    by_udp = [modes, wire["subscribe_commands"]["data channel"][4:], b"\x0a"]
    seeds["datagrams"] = b"\0" + b"".join(b"\x01" + piece(command) for command in by_udp) + b"\x04\x20\x05\x04\x20\x45"
    seeds["all commands"] = b"\x01\x01" + piece(modes) + b"".join(b"\x01" + piece(frame[4:]) for frame in everything) + b"\x05"
    seeds["bytes"] = b"\x02\0" + piece(b"".join([b"\0\0\0\x05" + modes, *everything])) + b"\x05"
    in_time, late = b"\x40\x20\x7f\x40\0\xff", b"\x40\x40\x7f\xff\x05"
    seeds["records in part"] = b"\0\x01" + piece(modes) + in_time + b"\xc0\xff" + late
    return seeds


def subscriber(wire: dict, caches: dict) -> dict[str, bytes]:
    """Choices as src/subscriber.rs reads them: 0 bytes, 64 a record in part, 1 a response, 4 subscribe, 5 end,
    6 take commands, 7 time."""
    seeds = {}
    responses = wire["responses"]
    for number, (name, cache) in enumerate(caches.items()):
        version = 0 if "version 1" in name else 1
        data = [frame for name, frame in responses.items() if "TSSC" in name]
        seeds[f"cache {number}"] = (
            bytes([version]) + b"\x04\x01\x8b" + piece(cache) + b"".join(b"\0" + piece(frame) for frame in data)
            + b"\x06\x07\x05\x06")
    first = b"\x81\x80" + piece(b"libsttp 0") + b"\x04\x01\x8b" + piece(caches["version 2, cache 1"])
    seeds["all responses"] = b"\x01" + first + b"".join(
        b"\x01" + frame[4:5] + piece(frame[10:]) for name, frame in responses.items()) + b"\x06\xff"
    packets = [frame[4:] for name, frame in responses.items() if "compact" in name]
    seeds["datagrams"] = b"\xc1" + first + b"".join(b"\x80" + piece(packet) for packet in packets) + b"\xc0" + piece(b"x")
    seeds["bytes"] = b"\xc2" + first + b"\0" + piece(b"".join(responses.values()))
    slow, late = b"\x40\x10\x7f\x40\x21\x7f\x40\0", b"".join(b"\x40%c\x97" % size for size in range(16, 22))
    seeds["records in part"] = b"\x01" + first + b"\x05" + slow + b"\x01\x84" + piece(b"") + late
    return seeds


def compact(cases: list[dict]) -> dict[str, bytes]:
    def payload(case):
        content = bytearray.fromhex(case["hex"])
        content[1:5] = (case["input"]["index"] % 40).to_bytes(4, "big")
        return bytes(content)

    seeds = {}
    for choice in range(16):
        with_time, milliseconds = choice & 1 == 0, choice & 2 != 0
        fitting = [case for case in cases if case["input"]["include_time"] == with_time
                   and case["input"]["millisecond_resolution"] == milliseconds]
        seeds[f"format {choice}"] = bytes([choice]) + b"".join(map(payload, fitting))
    return seeds


if __name__ == "__main__":
    main()
