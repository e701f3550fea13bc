"""Messages of negotiation, and what is selected of an Offer."""

import struct

from values import Malformed, Reader, counted

MESSAGES = {1: "offer", 2: "select", 3: "commit", 4: "reject"}


def item(tag: int, value: bytes) -> bytes:
    return struct.pack(">BH", tag, len(value)) + value


def write_negotiation(message: dict) -> bytes:
    code = {name: code for code, name in MESSAGES.items()}[message["message"]]
    out = struct.pack(">BI", code, message["exchange"])
    if code == 4:
        return out + item(9, bytes([message["reason"]])) + item(10, message["text"].encode())
    out += item(1, bytes(message["encryption"])) + item(2, bytes(message["authentication"]))
    out += item(4, bytes([message["role"]]))
    if "features" in message:
        names = b""
        for runtime_id, name in message["features"]:
            names += (b"" if code == 1 else struct.pack(">H", runtime_id)) + counted(name.encode())
        out += item(3, bytes(message["format"])) + item(5, names) + item(6, bytes(message["stream"]))
        out += item(7, struct.pack(">H", message["largest"])) + item(8, bytes([message["levels"]]))
    return out + (item(10, message["text"].encode()) if message["text"] else b"")


# What can be selected of each list, by its tag; the other numbers of the tables are there for their names.
ENTRIES = {1: {0, 2}, 2: {0, 4}, 3: {1, 2}, 6: {1, 2}}
LISTS = {1: "encryption", 2: "authentication", 3: "format", 6: "stream"}
FEATURES = ("points", "signals", "documents", "subscription", "c37118")
LEVELS = (FEATURES[:3], FEATURES[:4], FEATURES)


def one_of(items: dict[int, bytes], tag: int, size: int = 1) -> int:
    if len(items.get(tag, b"")) != size:
        raise Malformed(f"item {tag}")
    return int.from_bytes(items[tag], "big")


def read_negotiation(data: bytes) -> dict:
    reader = Reader(data)
    code, exchange, items = reader.int(1), reader.int(4), {}
    if code not in MESSAGES:
        raise Malformed("message")
    while reader.left():
        tag, value = reader.int(1), reader.bytes(reader.int(2))
        if tag in items and 1 <= tag <= 10:
            raise Malformed(f"tag {tag} twice")
        items[tag] = value
    message = {"message": MESSAGES[code], "exchange": exchange, "text": items.get(10, b"").decode(errors="replace")}
    if code == 4:
        return message | {"reason": one_of(items, 9)}
    message["role"] = one_of(items, 4)
    if message["role"] not in (1, 2, 3):
        raise Malformed("connection type")
    has_features = 5 in items
    for tag, name in LISTS.items():
        if tag in (1, 2) or has_features:
            entries = list(items.get(tag, b""))
            known = [entry for entry in entries if entry in ENTRIES[tag]]
            if not 1 <= len(entries) <= 64 or (code != 1 and (len(entries) != 1 or not known)):
                raise Malformed(name)
            message[name] = known
    if has_features:
        message |= read_features(items, code)
    return message


def read_features(items: dict[int, bytes], code: int) -> dict:
    names, features, count = Reader(items[5]), [], 0
    while names.left():
        runtime_id = 0 if code == 1 else names.int(2)
        name, count = names.counted().decode(errors="replace"), count + 1
        if name in FEATURES:
            features.append([runtime_id, name])
    known = [name for _, name in features]
    numbers = [number for number, _ in features]
    if count > 64 or len(set(known)) < len(known):
        raise Malformed("features")
    if code != 1 and (0 in numbers or len(set(numbers)) < len(numbers)):
        raise Malformed("runtime IDs")
    largest, levels = one_of(items, 7, 2), one_of(items, 8)
    if not 64 <= largest <= 32767:
        raise Malformed("largest block")
    if code == 1:
        believed = [bit for bit, needed in enumerate(LEVELS) if set(needed) <= set(known)]
        levels &= sum(1 << bit for bit in believed)
    return {"features": features, "largest": largest, "levels": levels}


def select(command: dict) -> dict:
    """What is answered to an Offer: of each list the first entry that is possible here, or the first reason why not."""
    try:
        offer = read_negotiation(bytes.fromhex(command["offer"]))
    except Malformed:
        return {"reject": 1}
    return choose(offer, command["can"], command["secured"], command["loses"])


def choose(offer: dict, can: dict, secured: bool, loses: bool) -> dict:
    first_step = "features" not in offer
    encryption = set(can["encryption"])
    if secured:
        encryption = {2}
    elif loses or not first_step:
        encryption.discard(2)
    possible = {"encryption": encryption, "authentication": can["authentication"]}
    if not first_step:
        # Compact blocks and the Standard stream are for links that lose nothing.
        possible["format"] = set(can["format"]) - ({2} if loses else set())
        possible["stream"] = set(can["stream"]) - ({2} if loses else set())
    selected, reasons = {}, []
    for name, reason in {"encryption": 2, "authentication": 3, "format": 4, "stream": 7}.items():
        if name in possible:
            entries = [entry for entry in offer[name] if entry in possible[name]]
            selected[name] = entries[0] if entries else None
            reasons += [] if entries else [reason]
    # Clients go with servers, peers with everybody.
    if can["role"] == offer["role"] and can["role"] != 3:
        reasons.append(5)
    if not first_step:
        selected["features"] = sorted({name for _, name in offer["features"]} & set(can["features"]))
        if not {"points", "signals"} <= set(selected["features"]):
            reasons.append(6)
    return {"reject": min(reasons)} if reasons else {"select": selected}
