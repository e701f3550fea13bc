"""TLS, whose secrets a subscriber has written down."""

import socket
import ssl
import struct
import subprocess
from collections.abc import Iterator

import capture
import dissected
import made
from capture import Recorder
from compare import Mismatch
from scenarios import ALL, TOOL, start_publisher

PORT_OF_TLS = 7167
PACKETS = 20


def check(lab, session):
    for name in ("publisher", "subscriber"):
        command = [*lab.publish[TOOL], "--make-certificate", session.folder / name]
        subprocess.run(command, check=True, capture_output=True)
    own, trusted = session.folder / "publisher", session.folder / "subscriber"
    publisher, port = start_publisher(lab, session, TOOL, [
        "--signals", 3, "--rate", 100, "--certificate", f"{own}.cer", "--private-key", f"{own}.key",
        "--trust", f"{trusted}.cer",
    ])
    secrets = session.folder / "secrets.txt"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(f"{trusted}.cer", f"{trusted}.key")
    context.keylog_filename = secrets
    with Recorder(port) as recorder:
        with socket.create_connection(("127.0.0.1", recorder.port)) as plain, context.wrap_socket(plain) as stream:
            values = list(_values(stream))
    publisher.kill()
    path = session.folder / "tls.pcap"
    capture.write(path, capture.packets(recorder.pieces, PORT_OF_TLS))
    found = dissected.values(path, "sttp.value", "", "-o", f"tls.keylog_file:{secrets}")
    # What came last may not have been read.
    if [struct.pack(">f", float(value)) for value in found[:len(values)]] != values:
        raise Mismatch(f"{len(found)} values were decoded, not the {len(values)} that were received")
    if dissected.values(path, "sttp.value"):
        raise Mismatch("values were decoded without the secrets")


def _values(stream: ssl.SSLSocket) -> Iterator[bytes]:
    """The values of the first packets, each as its four bytes."""
    stream.sendall(made.command(6, struct.pack(">I", 0x202)))
    stream.sendall(made.command(2, b"\x02" + made.text(f"filterExpression={{{ALL}}}", "utf-8")))
    packets = 0
    with stream.makefile("rb") as reader:
        while packets < PACKETS:
            body = reader.read(struct.unpack(">I", reader.read(4))[0])
            if body[0] == 0x83:
                stream.sendall(made.command(10))
            if body[0] == 0x82:
                packets += 1
                for at in range(11, len(body), 17):
                    yield body[at + 5:at + 9]
