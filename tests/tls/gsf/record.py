"""Passes connections on, and writes down what TLS says on them before it encrypts, and how each side ends.

record.py PORT|0 PEER_PORT [OUR_SIDE]

Listens on PORT of 127.0.0.1, prints the port, and connects on to PEER_PORT. A line of output for each message: the
milliseconds since the connection was made, who said it (client or server), and what:

    hello ...            the first message of each side: version, cipher suites, extensions by their numbers
    NAME LENGTH ...      another message of the handshake
    finished LENGTH      an encrypted message of the handshake, which is the last
    alert LEVEL NUMBER   an alert; with LEVEL and NUMBER as long as nothing is encrypted
    data                 the first data of this side
    end, reset           this side has ended the connection, in order or not

With OUR_SIDE, client or server, the whole first message of the other side follows it in hexadecimal. When a
connection has ended, a line says over.
"""

import select
import socket
import struct
import sys
import time

NAMES = {
    0: "hello_request",
    1: "hello",
    2: "hello",
    4: "new_session_ticket",
    11: "certificate",
    12: "server_key_exchange",
    13: "certificate_request",
    14: "server_hello_done",
    15: "certificate_verify",
    16: "client_key_exchange",
    20: "finished",
    22: "certificate_status",
}
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23


class Reader:
    """Takes what a message consists of."""

    def __init__(self, data):
        self.data = data

    def take(self, length):
        taken, self.data = self.data[:length], self.data[length:]
        return taken

    def number(self, length):
        return int.from_bytes(self.take(length), "big")

    def vector(self, length_of_length):
        return Reader(self.take(self.number(length_of_length)))

    def words(self):
        return ",".join(f"{word:04x}" for (word,) in struct.iter_unpack(">H", self.data))


def hello(kind, message):
    reader = Reader(message)
    text = f"version={reader.number(2):04x}"
    reader.take(32)
    reader.vector(1)
    if kind == 1:
        text += f" suites={reader.vector(2).words()} compression={reader.vector(1).data.hex()}"
    else:
        text += f" suite={reader.number(2):04x}"
        reader.take(1)
    found = {}
    extensions = reader.vector(2)
    while extensions.data:
        number = extensions.number(2)
        found[number] = extensions.vector(2).data
    text += " extensions=" + ",".join(f"{number:04x}" for number in sorted(found))
    for name, number in [("groups", 10), ("signatures", 13)]:
        if number in found:
            text += f" {name}={Reader(found[number][2:]).words()}"
    return text


def certificates(message):
    chain = Reader(message).vector(3)
    lengths = []
    while chain.data:
        lengths.append(len(chain.vector(3).data))
    return f"certificates={len(lengths)}"


def key_exchange(message):
    reader = Reader(message)
    kind, curve = reader.number(1), reader.number(2)
    reader.vector(1)
    return f"curve={curve:04x} signature={reader.number(2):04x}" if kind == 3 else ""


def certificate_request(message):
    reader = Reader(message)
    types = reader.vector(1).data.hex()
    return f"types={types} signatures={reader.vector(2).words()} authorities={reader.number(2)}"


DETAILS = {
    1: lambda message: hello(1, message),
    2: lambda message: hello(2, message),
    11: certificates,
    12: key_exchange,
    13: certificate_request,
    15: lambda message: f"signature={message[:2].hex()}",
}


class Side:
    """What one side says."""

    def __init__(self, who, say, shows_first):
        self.who, self.say, self.shows_first = who, say, shows_first
        self.records = self.messages = b""
        self.encrypted = self.has_data = False

    def hear(self, data):
        self.records += data
        while len(self.records) >= 5 and len(self.records) >= 5 + int.from_bytes(self.records[3:5], "big"):
            length = int.from_bytes(self.records[3:5], "big")
            self.record(self.records[0], self.records[5 : 5 + length])
            self.records = self.records[5 + length :]

    def record(self, kind, body):
        if kind == CHANGE_CIPHER_SPEC:
            self.say(self.who, "change_cipher_spec")
            self.encrypted = True
        elif kind == ALERT:
            self.say(self.who, "alert" if self.encrypted else f"alert {body[0]} {body[1]}")
        elif kind == HANDSHAKE and self.encrypted:
            self.say(self.who, f"finished {len(body)}")
        elif kind == HANDSHAKE:
            self.messages += body
            self.handshake()
        elif kind == DATA and not self.has_data:
            self.has_data = True
            self.say(self.who, "data")

    def handshake(self):
        while len(self.messages) >= 4 and len(self.messages) >= 4 + int.from_bytes(self.messages[1:4], "big"):
            length = 4 + int.from_bytes(self.messages[1:4], "big")
            message, self.messages = self.messages[:length], self.messages[length:]
            details = DETAILS.get(message[0], lambda _: "")(message[4:])
            name = NAMES.get(message[0], str(message[0]))
            self.say(self.who, f"{name} {length} {details}".rstrip())
            if self.shows_first:
                self.shows_first = False
                self.say(self.who, f"bytes {message.hex()}")


def pass_on(client, server, sides):
    """Until both have ended, or one was reset: then the other meets the same."""
    others = {client: server, server: client}
    reading = {client: sides["client"], server: sides["server"]}
    while reading:
        for incoming in select.select(list(reading), [], [])[0]:
            side, outgoing = reading[incoming], others[incoming]
            try:
                data = incoming.recv(65536)
            except ConnectionResetError:
                side.say(side.who, "reset")
                outgoing.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            side.hear(data)
            try:
                if data:
                    outgoing.sendall(data)
                else:
                    side.say(side.who, "end")
                    del reading[incoming]
                    outgoing.shutdown(socket.SHUT_WR)
            except OSError:
                # It has ended by itself, which is told when that is read.
                continue


def main():
    port, peer = sys.argv[1:3]
    ours = sys.argv[3] if len(sys.argv) > 3 else None
    listener = socket.create_server(("127.0.0.1", int(port)))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        server = socket.create_connection(("127.0.0.1", int(peer)))
        began = time.monotonic()

        def say(who, what, began=began):
            print(f"{(time.monotonic() - began) * 1000:6.0f} {who} {what}", flush=True)

        with client, server:
            pass_on(client, server, {who: Side(who, say, ours not in (None, who)) for who in ("client", "server")})
        print("over", flush=True)


if __name__ == "__main__":
    main()
