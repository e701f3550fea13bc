"""What a side makes of what comes: measurements of points, documents of pieces, and what it wants."""

import gzip
import struct
import zlib

from points import Points, ticks_of

RETRY_SECONDS = 1.0
MOST_ASKED, MOST_RANGES = 64, 64


class Receiving:
    """`side` sends messages, and tells what came."""

    def __init__(self, side):
        self.side = side
        self.counts = {"unknown": 0, "malformed": 0, "contradictions": 0, "repeated": 0}
        self.wish: dict | None = None
        self.is_wish_answered = True
        self.request = 0
        self.waited = {"wish": 0.0, "ask": RETRY_SECONDS, "piece": 0.0}
        # The document that is put together: number, length, check, size of pieces, and those that have come.
        self.announced: tuple[int, ...] | None = None
        self.pieces: dict[int, bytes] = {}
        self.is_wanted = False
        self.complete: int | None = None
        self.restart("raw")

    def restart(self, stream: str):
        self.points = Points(stream)
        # Signal, by runtime ID.
        self.records: dict[int, str] = {}
        self.strangers: set[int] = set()

    def begin(self):
        if not self.is_wish_answered:
            self.send_wish()
        if self.complete is None:
            self.want(0)

    def wait(self, seconds: float):
        self.waited = {what: waited + seconds for what, waited in self.waited.items()}
        if not self.side.incoming:
            return
        if self.side.loses and not self.is_wish_answered and self.waited["wish"] >= RETRY_SECONDS:
            self.send_wish()
        if self.is_wanted and self.waited["piece"] >= RETRY_SECONDS:
            self.ask_for_pieces()
        self.ask()

    # -- points --

    def take_points(self, data: bytes):
        before = len(self.points.types)
        parts = self.points.read(data)
        for part in parts:
            found = [self.measurement(*point) for point in part.get("points", [])]
            known = [each for each in found if each]
            if known:
                self.side.told.append(["points", known])
        self.counts["definitions"] = self.counts.get("definitions", 0) + len(self.points.types) - before
        self.strangers |= self.points.strangers
        self.points.strangers.clear()
        self.ask()

    def measurement(self, runtime_id: int, data: str) -> list | None:
        types, raw = self.points.types[runtime_id], bytes.fromhex(data)
        guid = self.records.get(runtime_id)
        if guid is None:
            self.strangers.add(runtime_id)
            self.counts["unknown"] += 1
            return None
        time = int.from_bytes(raw[:8], "big")
        ticks = ticks_of(time) if types[0] == 11 else time
        if ticks is None:
            self.counts["malformed"] += 1
            return None
        value = struct.unpack(">f" if types[1] == 9 else ">d", raw[8:12] if types[1] == 9 else raw[8:16])[0]
        flags = int.from_bytes(raw[-4:], "big") if len(types) == 3 else 0
        return [guid, ticks, struct.pack(">d", value).hex(), flags]

    def take_assign(self, records: list[list]):
        for guid, *pair in records:
            known = [self.records.get(runtime_id) for runtime_id in pair]
            if known == [guid, guid]:
                self.counts["repeated"] += 1
            elif known != [None, None] or guid in self.records.values():
                self.counts["contradictions"] += 1
            else:
                self.records |= dict.fromkeys(pair, guid)
            self.strangers -= set(pair)

    def ask(self):
        if self.strangers and self.side.loses and self.waited["ask"] >= RETRY_SECONDS:
            self.waited["ask"] = 0.0
            self.side.send("signals", {"ask": sorted(self.strangers)[:MOST_ASKED]})

    # -- subscriptions --

    def subscribe(self, text: str, times: int):
        self.request += 1
        self.wish = {"message": "subscribe", "request": self.request, "times": times, "filter": text}
        self.is_wish_answered = False
        if self.side.incoming:
            self.send_wish()

    def send_wish(self):
        self.waited["wish"] = 0.0
        if "subscription" in self.side.outgoing:
            self.side.send("subscription", self.wish)

    def take_answer(self, message: dict):
        if self.wish and message["request"] == self.wish["request"] and not self.is_wish_answered:
            self.is_wish_answered = True
            self.side.told.append(["answered", message["status"], message["signals"]])

    # -- documents --

    def want(self, document: int, ranges: list | None = None):
        if "documents" not in self.side.outgoing:
            return
        self.is_wanted, self.waited["piece"] = True, 0.0
        content = {"kind_of": 1, "subject": 0, "document": document, "ranges": ranges or []}
        self.side.send("documents", {"message": "request"} | content)

    def take_document(self, message: dict):
        if message["kind_of"] != 1:
            return
        if message["message"] == "none":
            self.is_wanted = False
            self.side.told.append(["no metadata"])
        elif message["message"] == "current":
            # What the current one was asked for already brings it.
            is_coming = self.is_wanted and (not self.announced or self.announced[0] == message["document"])
            if message["document"] != self.complete and not is_coming:
                self.want(message["document"])
        elif message["message"] == "piece" and message["document"] != self.complete:
            self.take_piece(message)

    def take_piece(self, message: dict):
        self.waited["piece"] = 0.0
        announced = tuple(message[name] for name in ("document", "length", "check", "size"))
        if announced != self.announced:
            self.announced, self.pieces = announced, {}
        self.pieces[message["number"]] = bytes.fromhex(message["data"])
        document, length, check, _ = announced
        if self.missing():
            return
        whole = b"".join(self.pieces[place] for place in sorted(self.pieces))
        self.announced, self.pieces = None, {}
        if len(whole) != length or zlib.crc32(whole) != check:
            self.counts["malformed"] += 1
            self.want(0)
            return
        self.complete, self.is_wanted = document, False
        self.side.told.append(["metadata", gzip.decompress(whole).hex()])

    def missing(self) -> list[int]:
        _, length, _, size = self.announced
        return [place for place in range(-(-length // size)) if place not in self.pieces]

    def ask_for_pieces(self):
        if self.announced is None:
            self.want(0)
            return
        ranges: list[list[int]] = []
        for place in self.missing():
            if ranges and ranges[-1][1] == place - 1:
                ranges[-1][1] = place
            else:
                ranges.append([place, place])
        self.side.told.append(["asks again", sum(last - first + 1 for first, last in ranges)])
        self.want(self.announced[0], ranges[:MOST_RANGES])
