"""Messages of all features but negotiation and points."""

import struct

from values import Malformed, Reader, counted, ended, number


def write_signals(message: dict) -> bytes:
    if "ask" in message:
        return b"\x02" + number(len(message["ask"])) + b"".join(number(i) for i in message["ask"])
    records = [bytes.fromhex(guid) + number(plain) + number(flagged) for guid, plain, flagged in message["assign"]]
    return b"\x01" + number(len(records)) + b"".join(records)


def read_signals(data: bytes) -> dict:
    reader = Reader(data)
    code, count = reader.int(1), reader.number()
    if code == 1:
        found = {"assign": [[reader.bytes(16).hex(), reader.number(), reader.number()] for _ in range(count)]}
    elif code == 2:
        found = {"ask": [reader.number() for _ in range(count)]}
    else:
        raise Malformed("signals")
    return ended(reader, found)


def write_documents(message: dict) -> bytes:
    name, kind, subject = message["message"], message["kind_of"], message["subject"]
    code = {"piece": 1, "current": 2, "request": 3, "none": 4}[name]
    out = struct.pack(">BBH", code, kind, subject)
    if name in ("piece", "current"):
        out += struct.pack(">III", message["document"], message["length"], message["check"])
    if name == "piece":
        out += struct.pack(">HH", message["size"], message["number"]) + bytes.fromhex(message["data"])
    if name == "request":
        out += struct.pack(">I", message["document"]) + number(len(message["ranges"]))
        out += b"".join(struct.pack(">HH", *pair) for pair in message["ranges"])
    return out


def read_documents(data: bytes) -> dict:
    reader = Reader(data)
    code = reader.int(1)
    found = {"message": {1: "piece", 2: "current", 3: "request", 4: "none"}[code]}
    found |= {"kind_of": reader.int(1), "subject": reader.int(2)}
    if code in (1, 2):
        found |= {"document": reader.int(4), "length": reader.int(4), "check": reader.int(4)}
    if code == 1:
        found |= {"size": reader.int(2), "number": reader.int(2), "data": reader.bytes(reader.left()).hex()}
    if code == 3:
        found |= {"document": reader.int(4)}
        found |= {"ranges": [[reader.int(2), reader.int(2)] for _ in range(reader.number())]}
    return ended(reader, found)


def write_subscription(message: dict) -> bytes:
    name = message["message"]
    code = {"subscribe": 1, "unsubscribe": 2, "answer": 3}[name]
    out = struct.pack(">BH", code, message["request"])
    if name == "subscribe":
        out += bytes([message["times"]]) + counted(message["filter"].encode())
    if name == "answer":
        out += struct.pack(">BI", message["status"], message["signals"]) + counted(message["text"].encode())
    return out


def read_subscription(data: bytes) -> dict:
    reader = Reader(data)
    code = reader.int(1)
    found = {"message": {1: "subscribe", 2: "unsubscribe", 3: "answer"}[code], "request": reader.int(2)}
    if code == 1:
        found |= {"times": reader.int(1), "filter": reader.counted().decode()}
    if code == 3:
        found |= {"status": reader.int(1), "signals": reader.int(4), "text": reader.counted().decode()}
    return ended(reader, found)


# The fields of a record of C37.118 in their order, with their bytes; texts have None.
CHANNEL = [
    ("concentrator", 2), ("source", 2), ("time_base", 4), ("type", 1), ("size", 1), ("phasor", 1), ("position", 2),
    ("pmu", 2), ("station", None), ("names", None), ("nominal", 2), ("rate", 2), ("changes", 2),
]  # fmt: skip


def write_channels(message: dict) -> bytes:
    out = b"\x01" + number(len(message["channels"]))
    for channel in message["channels"]:
        out += number(channel["id"])
        for name, size in CHANNEL:
            value = channel[name]
            if name == "names":
                out += b"".join(counted(bytes.fromhex(label)) for label in value)
            elif size is None:
                out += counted(bytes.fromhex(value))
            else:
                out += (value & 256**size - 1).to_bytes(size, "big")
    return out


def read_channels(data: bytes) -> dict:
    reader = Reader(data)
    if reader.int(1) != 1:
        raise Malformed("channels")
    channels = []
    for _ in range(reader.number()):
        channel = {"id": reader.number()}
        for name, size in CHANNEL:
            if name == "names":
                count = 16 if channel["type"] == ord("D") else 1
                channel[name] = [reader.counted().hex() for _ in range(count)]
            elif size is None:
                channel[name] = reader.counted().hex()
            else:
                channel[name] = reader.int(size)
        channel["rate"] -= 0x10000 if channel["rate"] >= 0x8000 else 0
        channels.append(channel)
    return ended(reader, {"channels": channels})


WRITERS = {
    "signals": write_signals,
    "documents": write_documents,
    "subscription": write_subscription,
    "c37118": write_channels,
}
READERS = {
    "signals": read_signals,
    "documents": read_documents,
    "subscription": read_subscription,
    "c37118": read_channels,
}
