"""Records a conversation that goes through it, and writes it as a capture with made-up headers.

So no rights to capture are needed, and the segments are cut where the test likes. Nothing of the headers but the
order of the bytes comes from a network.
"""

import contextlib
import random
import selectors
import socket
import struct
import threading
import time
from dataclasses import dataclass
from pathlib import Path

TO_PUBLISHER, TO_SUBSCRIBER = 0, 1
SUBSCRIBER, PUBLISHER = "10.0.0.2", "10.0.0.1"
RAW_IP = 101
ACK, PUSH = 16, 8
# Of a segment that one packet can have.
LONGEST = 65000
# Apart from the subscriber's address, where its system would take datagrams before the recorder could.
RECORDER = "127.0.0.2"


@dataclass
class Piece:
    at: float
    direction: int
    data: bytes
    connection: int
    udp_port: int = 0


class Recorder:
    """Stands between a publisher and subscribers; `port` is where they connect."""

    def __init__(self, publisher_port: int, udp_port: int = 0):
        self.pieces: list[Piece] = []
        self._publisher_port = publisher_port
        self._udp_port = udp_port
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        self._start(self._accept)
        if self._udp_port:
            receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            receiver.bind((RECORDER, self._udp_port))
            receiver.settimeout(0.05)
            self._start(self._pass_datagrams, receiver)
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _start(self, what, *arguments):
        thread = threading.Thread(target=what, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        connection = 0
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError, ConnectionRefusedError):
                subscriber = self._listener.accept()[0]
                publisher = socket.create_connection(("127.0.0.1", self._publisher_port), source_address=(RECORDER, 0))
                self._start(self._pass_on, subscriber, publisher, connection)
                connection += 1

    def _pass_on(self, subscriber: socket.socket, publisher: socket.socket, connection: int):
        """One thread for both directions, so that the order of the pieces is that of the conversation."""
        with subscriber, publisher, selectors.DefaultSelector() as selector:
            selector.register(subscriber, selectors.EVENT_READ, (publisher, TO_PUBLISHER))
            selector.register(publisher, selectors.EVENT_READ, (subscriber, TO_SUBSCRIBER))
            while not self._ended.is_set():
                for key, _ in selector.select(0.05):
                    other, direction = key.data
                    try:
                        data = key.fileobj.recv(65536)
                        # Recorded first: whoever gets it may answer at once.
                        self._record(Piece(time.time(), direction, data, connection))
                        other.sendall(data)
                    except OSError:
                        return
                    if not data:
                        return

    def _pass_datagrams(self, receiver: socket.socket):
        # From the address that the subscriber knows as the publisher's.
        with receiver, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not self._ended.is_set():
                with contextlib.suppress(TimeoutError):
                    data = receiver.recv(65536)
                    self._record(Piece(time.time(), TO_SUBSCRIBER, data, 0, self._udp_port))
                    sender.sendto(data, ("127.0.0.1", self._udp_port))

    def _record(self, piece: Piece):
        with self._lock:
            self.pieces.append(piece)


def packets(pieces: list[Piece], port: int, seed: int = 1, most: int = 1460, whole: bool = False) -> list[tuple]:
    """The pieces as packets of IP, each with its time. Segments are cut at random, unless `whole` leaves them as they
    were sent; the handshake is left out, as by whoever begins to capture later."""
    chance = random.Random(seed)
    sequences: dict[tuple, int] = {}
    made = []
    for piece in pieces:
        if piece.udp_port:
            made.append((piece.at, _ip(17, PUBLISHER, SUBSCRIBER, _udp(port, piece.udp_port, piece.data))))
            continue
        client = 40000 + piece.connection
        to_publisher = piece.direction == TO_PUBLISHER
        ends = [(SUBSCRIBER, client), (PUBLISHER, port)]
        (source, source_port), (target, target_port) = ends if to_publisher else reversed(ends)
        at = 0
        while at < len(piece.data):
            length = LONGEST if whole else chance.randint(1, most)
            data = piece.data[at:at + length]
            at += len(data)
            ours, theirs = (piece.connection, piece.direction), (piece.connection, 1 - piece.direction)
            sequence = sequences.get(ours, 1)
            segment = _tcp(source_port, target_port, sequence, sequences.get(theirs, 1), data)
            sequences[ours] = sequence + len(data)
            made.append((piece.at, _ip(6, source, target, segment)))
    return made


def write(path: Path, made: list[tuple], snapped: int = 65535):
    """A file of pcap, with at most so many bytes of each packet. Times go in whole microseconds."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW_IP))
        for at, packet in made:
            seconds, rest = divmod(round(at * 1e6), 1_000_000)
            kept = packet[:snapped]
            file.write(struct.pack("<IIII", seconds, rest, len(kept), len(packet)) + kept)


def _tcp(source: int, target: int, sequence: int, acknowledged: int, data: bytes) -> bytes:
    return struct.pack(">HHIIBBHHH", source, target, sequence, acknowledged, 5 << 4, ACK | PUSH, 65535, 0, 0) + data


def _udp(source: int, target: int, data: bytes) -> bytes:
    return struct.pack(">HHHH", source, target, 8 + len(data), 0) + data


def _ip(protocol: int, source: str, target: str, data: bytes) -> bytes:
    addresses = socket.inet_aton(source) + socket.inet_aton(target)
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(data), 0, 0, 64, protocol, 0) + addresses + data
