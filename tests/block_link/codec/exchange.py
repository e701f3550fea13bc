"""Offer, Select, Commit and Reject, as one side sends and takes them. Without TLS."""

import random

from negotiation import FEATURES, choose, read_negotiation, write_negotiation
from values import Malformed

SELECTED = ("encryption", "authentication", "format", "stream", "features")
MOST_TRIES = 10


class Exchange:
    """`side` sends what it is told to, changes its directions, and ends."""

    def __init__(self, side, can: dict, loses: bool):
        self.side, self.can, self.loses = side, can, loses
        # The message that the other side has to answer, the bytes of it, how often they were sent and when.
        self.open: dict | None = None
        self.bytes, self.tries, self.waited = b"", 0, 0.0
        # What was selected by this side and waits for its Commit.
        self.selection: dict | None = None
        self.is_offer_due = False
        # What was answered, in case that it comes again.
        self.answers: dict[bytes, bytes] = {}
        self.ids: set[int] = set()

    def own(self) -> dict:
        """The items that each message has of its own sender."""
        levels = int(set(FEATURES[:3]) <= set(self.can["features"]))
        return {"role": self.can["role"], "largest": self.can["largest"], "levels": levels, "text": "codec"}

    def offer(self):
        if self.selection or (self.open and self.open["message"] == "commit"):
            self.is_offer_due = True
            return
        self.is_offer_due = False

        def possible(name):
            return [entry for entry in self.can[name] if entry == 1 or not self.loses]

        features = [[0, name] for name in self.can["features"]]
        message = {"message": "offer", "exchange": random.getrandbits(32), "features": features}
        message |= {"encryption": self.can["encryption"], "authentication": self.can["authentication"]}
        self.ask(message | {"format": possible("format"), "stream": possible("stream")} | self.own())

    def ask(self, message: dict):
        self.open, self.bytes, self.tries, self.waited = message, write_negotiation(message), 1, 0.0
        self.side.send_negotiation(self.bytes)

    def wait(self, seconds: float):
        self.waited += seconds
        if self.open and self.loses and self.waited >= 1:
            if self.tries == MOST_TRIES:
                self.side.end("no answer")
                return
            self.tries, self.waited = self.tries + 1, 0.0
            self.side.send_negotiation(self.bytes)

    def receive(self, data: bytes):
        if data in self.answers:
            self.side.send_negotiation(self.answers[data])
            return
        try:
            message = read_negotiation(data)
        except Malformed:
            if data[:1] == b"\1" and len(data) >= 5:
                self.reject(int.from_bytes(data[1:5], "big"), 1)
            return
        getattr(self, "take_" + message["message"])(message, data)

    def answer(self, data: bytes, message: dict):
        self.answers[data] = write_negotiation(message)
        self.side.send_negotiation(self.answers[data])

    def reject(self, exchange: int, reason: int):
        message = {"message": "reject", "exchange": exchange, "reason": reason, "text": "no"}
        self.side.send_negotiation(write_negotiation(message))

    def take_offer(self, offer: dict, data: bytes):
        if self.open:
            if self.open["message"] == "commit" or offer["exchange"] < self.open["exchange"]:
                return
            if offer["exchange"] == self.open["exchange"]:
                self.side.end("the link leads back")
                return
            self.open = None
        self.answers.clear()
        chosen = choose(offer, self.can, False, self.loses)
        exchange = {"exchange": offer["exchange"]}
        if "reject" in chosen:
            self.side.told.append(["refused", chosen["reject"]])
            self.answer(data, exchange | {"message": "reject", "reason": chosen["reject"], "text": "no"})
            return
        chosen = chosen["select"]
        lists = {name: [chosen[name]] for name in SELECTED if name != "features"}
        features = [[runtime_id, name] for runtime_id, name in zip(self.new_ids(), chosen["features"], strict=False)]
        self.selection = exchange | lists | {"features": features} | self.own()
        self.answer(data, self.selection | {"message": "select"})

    def new_ids(self) -> range:
        """Runtime IDs; on links that lose none of those of the agreement before."""
        first = 1
        while self.loses:
            first = random.randrange(1, 65_000)
            if not self.ids & set(range(first, first + len(FEATURES))):
                break
        return range(first, first + len(FEATURES))

    def take_select(self, message: dict, data: bytes):
        if not self.open or self.open["message"] != "offer" or self.open["exchange"] != message["exchange"]:
            return
        offer, names = self.open, [name for _, name in message["features"]]
        lists = [name for name in SELECTED if name != "features"]
        was_offered = all(message[name][0] in offer[name] for name in lists)
        if not was_offered or not {"points", "signals"} <= set(names) <= {name for _, name in offer["features"]}:
            self.open = None
            self.reject(message["exchange"], 1)
            return
        repeated = {name: message[name] for name in (*SELECTED, "exchange")}
        self.ask(repeated | {"message": "commit"} | self.own())
        self.side.change_outgoing(message)

    def take_commit(self, message: dict, data: bytes):
        mine = self.selection or (self.open if self.open and self.open["message"] == "commit" else None)
        if not mine or mine["exchange"] != message["exchange"]:
            return
        if any(sorted(mine[name]) != sorted(message[name]) for name in SELECTED):
            self.reject(message["exchange"], 1)
            self.side.end("another Commit")
            return
        self.ids = {runtime_id for runtime_id, _ in message["features"]}
        self.side.change_incoming(message)
        if self.selection:
            self.selection = None
            self.answer(data, mine | {"message": "commit"})
            self.side.change_outgoing(message)
        self.open = None
        self.side.agreed(message)
        if self.is_offer_due:
            self.offer()

    def take_reject(self, message: dict, data: bytes):
        if self.selection and self.selection["exchange"] == message["exchange"]:
            self.selection = None
        elif self.open and self.open["exchange"] == message["exchange"]:
            has_changed = self.open["message"] == "commit"
            self.open = None
            self.side.told.append(["rejected", message["reason"]])
            if has_changed:
                self.side.end("rejected behind a Commit")
