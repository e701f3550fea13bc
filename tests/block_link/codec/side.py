"""A whole side of a two-way link: what comes and the time go in, blocks and what happened come out.

    {"do": "open", "loses": false, "datagrams": false, "offers": true, "can": {...}, "xml": hex,
     "filters": {text: [GUID, ...]}}               a side, which may offer
    {"do": "receive", "pieces": [hex, ...]}        pieces of the stream, or datagrams
    {"do": "wait", "seconds": 0.5}                 so much time passes
    {"do": "publish", "measurements": [[GUID, ticks, hex of the double, flags], ...]}
    {"do": "subscribe", "filter": text, "times": 11 or 12}
    {"do": "grow", "xml": hex, "filters": {...}}   other metadata
    {"do": "restrict", "can": {...}}               what is possible from now on
    {"do": "renegotiate", "can": {...}}            the same, and an Offer of it
    {"do": "counts"}

Each is answered with {"send": [hex of a block, ...], "told": [what happened, ...]}.
"""

from blocks import Assembler, BlockWriter, Counting
from exchange import Exchange
from messages import READERS, WRITERS
from receiving import Receiving
from sending import Sending
from values import Malformed

FORMATS, STREAMS = {1: "standard", 2: "compact"}, {1: "raw", 2: "standard"}
# On feature 0, which is always there.
NEGOTIATION = 0
SECOND = 1.0


class Side:
    def __init__(self, setup: dict):
        self.loses, self.datagrams = setup["loses"], setup["datagrams"]
        self.writer, self.assembler, self.counting = BlockWriter("standard"), Assembler(), Counting()
        self.sent: list[bytes] = []
        self.told: list[list] = []
        self.counts = {"blocks": 0, "sent": 0, "unknown": 0}
        # Runtime IDs of features, by their names, and names by runtime IDs.
        self.outgoing: dict[str, int] = {}
        self.incoming: dict[int, str] = {}
        self.largest = 4095
        self.definitions: list[bytes] = []
        self.silent = self.unfinished = 0.0
        self.position = 0
        self.exchange = Exchange(self, setup["can"], self.loses)
        self.sending, self.receiving = Sending(self, setup), Receiving(self)

    def do(self, command: dict) -> dict:
        getattr(self, "do_" + command["do"])(command)
        reply = {"send": [block.hex() for block in self.sent], "told": self.told}
        self.sent, self.told = [], []
        return reply

    def do_open(self, command: dict):
        if command["offers"]:
            self.exchange.offer()

    def do_receive(self, command: dict):
        for piece in command["pieces"]:
            self.assembler.push(bytes.fromhex(piece))
            self.take()
            while self.datagrams and self.assembler.buffer:
                self.assembler.skip()
                self.take()

    def do_wait(self, command: dict):
        seconds = command["seconds"]
        self.silent += seconds
        is_the_same = self.assembler.buffer and self.position == self.assembler.position
        self.unfinished = self.unfinished + seconds if is_the_same else 0.0
        self.position = self.assembler.position
        if self.unfinished > SECOND and self.assembler.format == "standard":
            self.assembler.skip()
            self.take()
        self.exchange.wait(seconds)
        self.sending.wait(seconds)
        self.receiving.wait(seconds)
        if self.silent >= SECOND:
            self.write(NEGOTIATION, b"")

    def do_publish(self, command: dict):
        self.sending.publish(command["measurements"])

    def do_subscribe(self, command: dict):
        self.receiving.subscribe(command["filter"], command["times"])

    def do_grow(self, command: dict):
        self.sending.filters = command["filters"]
        self.sending.set_document(bytes.fromhex(command["xml"]))
        self.sending.tell_current()

    def do_restrict(self, command: dict):
        self.exchange.can = command["can"]

    def do_renegotiate(self, command: dict):
        self.do_restrict(command)
        self.exchange.offer()

    def do_counts(self, command: dict):
        points = self.receiving.points.counts
        counts = self.receiving.counts | self.counts | {"lost": self.counting.lost, "skipped": self.assembler.skipped}
        self.told.append(["counts", counts | {"points": points}])

    # -- blocks --

    def write(self, feature: int, data: bytes):
        self.silent = 0.0
        self.counts["sent"] += 1
        self.sent.append(self.writer.write(feature, data))

    def send_negotiation(self, data: bytes):
        self.write(NEGOTIATION, data)

    def send(self, feature: str, message: dict):
        self.send_data(feature, WRITERS[feature](message))

    def send_data(self, feature: str, data: bytes):
        if len(data) + 10 > self.largest:
            raise ValueError(f"{len(data)} bytes for a block of {self.largest}")
        if feature in self.outgoing:
            self.write(self.outgoing[feature], data)

    def room(self) -> int:
        """Bytes of data that a block has room for."""
        return self.largest - 10

    def flush_definitions(self):
        """Definitions that were written, in as many blocks as it takes."""
        data = b""
        for definition in self.definitions:
            if len(data) + len(definition) > self.room():
                self.send_data("points", data)
                data = b""
            data += definition
        self.definitions = []
        if data:
            self.send_data("points", data)

    def take(self):
        while block := self.assembler.next():
            self.counts["blocks"] += 1
            if self.assembler.format == "standard":
                arrival = self.counting.take(block.sequence, block.check)
                if arrival == "repeated":
                    continue
                if arrival != "due" and not self.loses:
                    raise Malformed(f"a block that is {arrival} where nothing is lost")
            if block.feature != NEGOTIATION:
                self.take_block(block.feature, block.data)
            elif block.data:
                self.exchange.receive(block.data)

    def take_block(self, runtime_id: int, data: bytes):
        feature = self.incoming.get(runtime_id)
        if feature is None:
            self.counts["unknown"] += 1
            return
        if feature == "points":
            self.receiving.take_points(data)
            return
        message = READERS[feature](data)
        if feature == "signals" and "assign" in message:
            self.receiving.take_assign(message["assign"])
        elif feature == "signals":
            self.sending.take_ask(message["ask"])
        elif feature == "documents" and message["message"] == "request":
            self.sending.take_request(message)
        elif feature == "documents":
            self.receiving.take_document(message)
        elif feature == "subscription" and message["message"] == "answer":
            self.receiving.take_answer(message)
        elif feature == "subscription":
            self.sending.take_subscription(message)

    # -- what the exchange wants --

    def change_outgoing(self, agreement: dict):
        self.writer.change(FORMATS[agreement["format"][0]])
        self.outgoing = {name: runtime_id for runtime_id, name in agreement["features"]}
        self.largest = min(agreement["largest"], 4095)
        self.sending.restart(STREAMS[agreement["stream"][0]])

    def change_incoming(self, agreement: dict):
        self.assembler.change(FORMATS[agreement["format"][0]])
        self.incoming = {runtime_id: name for runtime_id, name in agreement["features"]}
        self.receiving.restart(STREAMS[agreement["stream"][0]])

    def agreed(self, agreement: dict):
        self.told.append(["agreed", agreement["format"][0], agreement["stream"][0]])
        if self.publishes():
            self.sending.tell_current()
            self.sending.begin()
        if self.exchange.can["role"] != 2:
            self.receiving.begin()

    def publishes(self) -> bool:
        """Clients only receive."""
        return self.exchange.can["role"] != 1

    def end(self, why: str):
        self.told.append(["ended", why])
