"""What a side sends of what it publishes: definitions, what signals they are of, points, answers and metadata."""

import gzip
import random
import struct
import zlib

from points import Points, date_time_2_of

REPEAT_SECONDS = 3.0
# Types of fields.
DATE_TIME_2, FLAGS = 11, 5
METADATA = {"kind_of": 1, "subject": 0}
# Bytes of a piece besides its content, and most bytes of a point of a measurement, its place in the string included.
PIECE, POINT = 20, 5 + 1 + 8 + 8 + 4 + 1


class Sending:
    """`side` sends messages."""

    def __init__(self, side, setup: dict):
        self.side = side
        # Which signals each filter selects; the empty one all.
        self.filters: dict[str, list[str]] = setup["filters"]
        self.document, self.document_number = b"", 0
        # The signals that are sent; None when nobody has subscribed.
        self.signals: list[str] | None = None
        self.times = 12
        self.answer: dict | None = None
        self.waiting: list[list] = []
        self.waited = 0.0
        self.restart("raw")
        self.set_document(bytes.fromhex(setup["xml"]))

    def restart(self, stream: str):
        """Behind a Commit everything that was told is forgotten."""
        self.points = Points(stream)
        self.ids: dict[str, tuple[int, int]] = {}
        self.next_id = random.randrange(1, 300)
        # The form of times in this agreement, once there are definitions.
        self.form: int | None = None

    def begin(self):
        if "subscription" not in self.side.outgoing:
            self.signals = self.filters[""]
        waiting, self.waiting = self.waiting, []
        self.publish(waiting)

    def set_document(self, xml: bytes):
        self.document, self.document_number = gzip.compress(xml, mtime=0), self.document_number + 1

    def tell_current(self):
        content = {"document": self.document_number} | self.checked()
        self.side.send("documents", {"message": "current"} | METADATA | content)

    def checked(self) -> dict:
        return {"length": len(self.document), "check": zlib.crc32(self.document)}

    def wait(self, seconds: float):
        self.waited += seconds
        is_due = self.side.loses and self.side.publishes() and self.waited >= REPEAT_SECONDS
        if is_due and "points" in self.side.outgoing:
            self.waited = 0.0
            self.tell(list(self.ids))
            self.tell_current()

    # -- points --

    def publish(self, measurements: list[list]):
        chosen = [each for each in measurements if self.signals is not None and each[0] in self.signals]
        if not chosen:
            return
        if self.form not in (None, self.times):
            # All points of an agreement have one form of times: it takes another one.
            if not self.waiting:
                self.side.exchange.offer()
            self.waiting += chosen
            return
        self.form = self.times
        new = list(dict.fromkeys(guid for guid, *_ in chosen if guid not in self.ids))
        for guid in new:
            self.define(guid)
        if self.points.stream == "raw":
            self.tell(new)
        else:
            self.side.flush_definitions()
            self.assign(new)
        most = (self.side.room() - 12) // POINT
        for start in range(0, len(chosen), most):
            string = [self.point(*each) for each in chosen[start : start + most]]
            self.side.send_data("points", self.points.write_string(string))

    def types_of(self, guid: str) -> list[int]:
        """Some signals are singles, the others doubles."""
        return [self.form, 9 if int(guid[-1], 16) % 2 else 10]

    def define(self, guid: str):
        plain = self.types_of(guid)
        pair = []
        for types in (plain, [*plain, FLAGS]):
            if self.points.stream == "raw":
                runtime_id, self.next_id = self.next_id, self.next_id + random.randrange(1, 40)
                self.points.types[runtime_id] = types
            else:
                runtime_id = len(self.points.types)
                self.side.definitions.append(self.points.write_definition(runtime_id, types))
            pair.append(runtime_id)
        self.ids[guid] = (pair[0], pair[1])

    def tell(self, guids: list[str]):
        """The definitions of the Raw stream and what they are of, also once more."""
        for guid in guids:
            for runtime_id in self.ids[guid]:
                self.side.definitions.append(self.points.write_definition(runtime_id, self.points.types[runtime_id]))
        self.side.flush_definitions()
        self.assign(guids)

    def assign(self, guids: list[str]):
        most = (self.side.room() - 8) // (16 + 5 + 5)
        for start in range(0, len(guids), most):
            records = [[guid, *self.ids[guid]] for guid in guids[start : start + most]]
            self.side.send("signals", {"assign": records})

    def point(self, guid: str, ticks: int, value: str, flags: int) -> tuple[int, bytes]:
        time = date_time_2_of(ticks) if self.form == DATE_TIME_2 else ticks
        data = struct.pack(">Q", time)
        double = struct.unpack(">d", bytes.fromhex(value))[0]
        data += struct.pack(">f" if self.types_of(guid)[1] == 9 else ">d", double)
        plain, flagged = self.ids[guid]
        return (flagged, data + struct.pack(">I", flags)) if flags else (plain, data)

    def take_ask(self, ids: list[int]):
        self.tell([guid for guid, pair in self.ids.items() if set(pair) & set(ids)])

    # -- what the other side asks for --

    def take_subscription(self, message: dict):
        if self.answer and self.answer["request"] == message["request"]:
            self.side.send("subscription", self.answer)
            return
        status, text, signals = 0, "", None
        if message["message"] == "subscribe":
            signals = self.filters.get(message["filter"])
            if signals is None:
                status, text = 1, "not among those that are known"
        if status == 0:
            self.signals, self.times = signals, message.get("times", self.times)
        self.answer = {"message": "answer", "request": message["request"], "status": status, "text": text}
        self.answer["signals"] = len(signals or [])
        self.side.told.append(["subscribed", message.get("filter"), status])
        self.side.send("subscription", self.answer)

    def take_request(self, message: dict):
        name = {"kind_of": message["kind_of"], "subject": message["subject"]}
        if name != METADATA or message["document"] not in (0, self.document_number):
            self.side.send("documents", {"message": "none"} | name)
            return
        size = self.side.room() - PIECE
        count = -(-len(self.document) // size)
        ranges = message["ranges"] or [[0, count - 1]]
        if message["ranges"]:
            self.side.told.append(["asked again", sum(last - first + 1 for first, last in ranges)])
        for first, last in ranges:
            for place in range(first, min(last, count - 1) + 1):
                data = self.document[place * size : (place + 1) * size].hex()
                piece = {"document": self.document_number, "size": size, "number": place, "data": data}
                self.side.send("documents", {"message": "piece"} | METADATA | piece | self.checked())


