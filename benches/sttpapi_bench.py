"""Measures sttpapi on this machine, for the ratios that `make bench` reports.

    target/venv/bin/python benches/sttpapi_bench.py --streams target/bench/streams

Prints one JSON object: nanoseconds a measurement for the TSSC encoder and decoder with each of the streams that
benches/codec.rs leaves in that folder, and, with the best case, measurements a second from an sttpapi publisher in one
process to an sttpapi subscriber in another over loopback. Takes about a minute.

    --documents FOLDER      read metadata.xml and select from active.xml, which benches/scale.rs leaves there
"""

import argparse
import json
import platform
import statistics
import struct
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import numpy as np
from sttp.data.dataset import DataSet
from sttp.data.filterexpressionparser import FilterExpressionParser
from sttp.metadata.cache import MetadataCache
from sttp.transport.datasubscriber import DataSubscriber
from sttp.transport.tssc.decoder import Decoder
from sttp.transport.tssc.encoder import Encoder

INTEROP = Path(__file__).resolve().parents[1] / "tests/interop"
sys.path.insert(0, str(INTEROP))
import testdata  # noqa: E402
from processes import Session, free_port  # noqa: E402

BUFFER_SIZE = 32_768
LOOPBACK_SECONDS = 60  # at most
BEST_CASE = "best-case"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--signals", type=int, default=1000, help="in each frame of the streams")
    parser.add_argument("--codec-frames", type=int, default=20, help="frames a repetition of the codec")
    parser.add_argument("--loopback-frames", type=int, default=128, help="frames published over loopback")
    parser.add_argument("--repetitions", type=int, default=5, help="of the codec; the median counts")
    parser.add_argument("--documents", type=Path)
    options = parser.parse_args()

    # TSSC arithmetic wraps around.
    np.seterr(over="ignore")
    result = {
        "sttpapi": version("sttpapi"), "numpy": version("numpy"), "python": platform.python_version(),
        "signals": options.signals,
    }
    result["codec"] = {path.stem: codec(options, path) for path in sorted(options.streams.glob("*.stream"))}
    result["loopback_tssc"] = loopback(options, compact=False)
    result["loopback_compact"] = loopback(options, compact=True)
    if options.documents:
        result["metadata"] = metadata(options.documents)
    print(json.dumps(result, indent=1))


# ---- metadata ---------------------------------------------------------------------------------------

CONDITION = "FILTER ActiveMeasurements WHERE SignalType = 'FREQ' AND Device LIKE 'SHELBY%' ORDER BY PointTag"


def metadata(folder: Path) -> dict:
    """Seconds, by the names of benches/scale.rs."""
    document, seconds = (folder / "metadata.xml").read_bytes(), {}
    cached, seconds["read"] = _timed(lambda: MetadataCache(_read(document)))
    active = _read((folder / "active.xml").read_bytes())
    rows, seconds["filter by type and device"] = _timed(lambda: _select(active, CONDITION))
    if not rows:
        raise SystemExit("sttpapi selects nothing")
    ids = [str(row.value_byname("SignalID")[0]) for row in active["ActiveMeasurements"]]
    wanted = ids[:len(ids) // 10]
    rows, seconds["find a tenth by signal ID"] = _timed(lambda: _select(active, ";".join(wanted)))
    if len(rows) != len(wanted):
        raise SystemExit(f"sttpapi found {len(rows)} of {len(wanted)} signals")
    return {"measurements": len(ids), "records": len(cached.measurement_records), "seconds": seconds}


def _timed(work):
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def _read(document: bytes) -> DataSet:
    data_set, error = DataSet.from_xml(document)
    if error is not None:
        raise SystemExit(f"sttpapi cannot read the metadata: {error}")
    return data_set


def _select(data_set: DataSet, expression: str) -> list:
    rows, error = FilterExpressionParser.select_datarows(data_set, expression, "ActiveMeasurements", None, True)
    if error is not None:
        raise SystemExit(f"sttpapi cannot select: {error}")
    return rows


# ---- frames -----------------------------------------------------------------------------------------

def read_frames(path: Path, signals: int, count: int) -> list[list[testdata.Row]]:
    """The first frames of a stream, the row standing for the signal ID."""
    content = path.read_bytes()[:20 * signals * count]
    rows = [testdata.Row(row, ticks, flags, bits) for ticks, row, flags, bits in struct.iter_unpack("<qIII", content)]
    frames = [rows[first:first + signals] for first in range(0, len(rows), signals)]
    if len(frames) != count:
        raise SystemExit(f"{path} has {len(frames)} frames instead of {count}; 'cargo bench --bench codec' writes it")
    return frames


def with_signal_ids(frames: list[list[testdata.Row]]) -> list[list[testdata.Row]]:
    # As random as real ones.
    ids = [str(UUID(int=(row + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128, version=4))
           for row in range(len(frames[0]))]
    return [[testdata.Row(ids[row.signal_id], row.ticks, row.flags, row.bits) for row in frame] for frame in frames]


# ---- codec ------------------------------------------------------------------------------------------

def codec(options, path: Path) -> dict:
    frames = [
        [(np.int32(row.signal_id), np.int64(row.ticks), np.uint32(row.flags), testdata.from_bits(row.bits))
         for row in frame]
        for frame in read_frames(path, options.signals, options.codec_frames)
    ]
    count = sum(map(len, frames))
    encoding, decoding = [], []
    for _ in range(options.repetitions):
        started = time.perf_counter()
        blocks = _encode(frames)
        encoded = time.perf_counter()
        decoded = _decode(blocks)
        decoding.append(time.perf_counter() - encoded)
        encoding.append(encoded - started)
        if decoded != count:
            raise SystemExit(f"sttpapi decoded {decoded} of {count} measurements")
    return {
        "bytes_per_measurement": sum(map(len, blocks)) / count,
        "encode": _codec_result(count, encoding),
        "decode": _codec_result(count, decoding),
    }


def _codec_result(count: int, seconds: list[float]) -> dict:
    median = statistics.median(seconds)
    return {
        "measurements": count, "repetitions": len(seconds), "ns_per_measurement": median / count * 1e9,
        "per_second": count / median,
    }


def _encode(frames) -> list[bytes]:
    encoder, buffer, blocks = Encoder(), bytearray(BUFFER_SIZE), []

    def begin():
        encoder.set_buffer(buffer, np.uint32(0), np.uint32(BUFFER_SIZE))

    def end():
        blocks.append(bytes(buffer[:encoder.finish_block()]))

    for frame in frames:
        begin()
        for measurement in frame:
            if not encoder.try_add_measurement(*measurement):
                end()
                begin()
                encoder.try_add_measurement(*measurement)
        end()
    return blocks


def _decode(blocks: list[bytes]) -> int:
    decoder, count = Decoder(), 0
    for block in blocks:
        decoder.set_buffer(block)
        while True:
            *_, found, error = decoder.try_get_measurement()
            if error is not None:
                raise SystemExit(f"sttpapi cannot decode its own block: {error}")
            if not found:
                break
            count += 1
    return count


# ---- loopback ---------------------------------------------------------------------------------------

def loopback(options, compact: bool) -> dict:
    """Measured from the first packet that arrives to the last; the publisher sends as fast as it can."""
    path = options.streams / f"{BEST_CASE}.stream"
    frames = with_signal_ids(read_frames(path, options.signals, options.loopback_frames))
    count = options.signals * options.loopback_frames
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        testdata.write_rows(folder / "rows.csv", (row for frame in frames for row in frame))
        (folder / "metadata.xml").write_text(_metadata(frames[0]), encoding="utf-8")
        with Session(folder, LOOPBACK_SECONDS) as session:
            # sttpapi's subscriber reads the compact packets of sttpapi's publisher only with the count put in.
            publisher = session.start("publisher", [
                sys.executable, INTEROP / "sttp_peer.py", "publish", "--conforming",
                "--listen", f"127.0.0.1:{port}", "--metadata", folder / "metadata.xml",
                "--replay", folder / "rows.csv", "--stats",
            ])
            session.wait_listening(publisher, port)
            packets = _receive(port, count, compact)
            session.finish(publisher)
    if (received := sum(size for _, size in packets)) < count:
        raise SystemExit(f"{received} of {count} measurements arrived")
    seconds = packets[-1][0] - packets[0][0]
    timed = count - packets[0][1]
    return {"measurements": timed, "seconds": seconds, "per_second": timed / seconds}


def _receive(port: int, count: int, compact: bool) -> list[tuple[float, int]]:
    """When each packet arrived, and how many measurements it held."""
    packets, missing, done = [], count, threading.Event()

    def take(measurements):
        nonlocal missing
        packets.append((time.perf_counter(), len(measurements)))
        missing -= len(measurements)
        if missing <= 0:
            done.set()

    subscriber = DataSubscriber(compress_payloaddata=not compact)
    subscriber.subscription.udpdatachannel = False
    subscriber.subscription.filterexpression = "FILTER ActiveMeasurements WHERE True"
    subscriber.newmeasurements_callback = take
    if (error := subscriber.connect("127.0.0.1", np.uint16(port))) is not None:
        raise SystemExit(f"cannot connect: {error}")
    subscriber.subscribe()
    done.wait(LOOPBACK_SECONDS)
    subscriber.dispose()
    return packets


def _metadata(frame: list[testdata.Row]) -> str:
    columns = testdata.COLUMN_TYPES["MeasurementDetail"]
    records = [
        ("MeasurementDetail", {
            "ID": f"BENCH:{index}", "SignalID": row.signal_id, "PointTag": f"BENCH_{index}",
            "SignalReference": "BENCH-CV", "SignalAcronym": "CALC", "Description": "", "Internal": True,
            "Enabled": True, "UpdatedOn": "2026-01-01T00:00:00.5Z",
        })
        for index, row in enumerate(frame)
    ]
    return testdata.to_xml({"MeasurementDetail": columns}, records)


if __name__ == "__main__":
    main()
