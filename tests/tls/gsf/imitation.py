"""A peer that does what a recording says that GSF did.

imitation.py PORT|0 CERTIFICATE KEY TRUSTED RECORDING SECTION

SECTION, such as 'publisher connects, unknown', tells who GSF was and what it thought of its peer. GSF that connects
is a client of TLS, of the port; GSF that listens is a server, which prints the port that it has got. From the section
come the cipher suites, whether there is a certificate, and what happens after the handshake, in its order: what GSF
says is said, what its peer said is waited for, and the end is of the same kind.
"""

import re
import socket
import ssl
import struct
import sys

MODES = bytes.fromhex("00000005 06 00000201")
NOTHING = bytes.fromhex("00000006 ff 00 00000000")


def section(path, wanted):
    """The lines (who, what) of a section."""
    lines, inside = [], False
    with open(path, encoding="utf-8") as recording:
        for line in recording:
            if line.startswith("["):
                inside = line.strip() == f"[{wanted}]"
            elif inside and line.strip() and not line.startswith("#"):
                lines.append(tuple(line.strip().split(maxsplit=2)[1:]))
    if not lines:
        sys.exit(f"{path} has no section [{wanted}]")
    return lines


def context(who, lines):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if who == "client" else ssl.PROTOCOL_TLS_SERVER)
    made.check_hostname = False
    # GSF looks at certificates after the handshake.
    made.verify_mode = ssl.CERT_OPTIONAL
    made.minimum_version = made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_TICKET
    hello = next(what for side, what in lines if side == who and what.startswith("hello"))
    numbers = re.search(r" suites?=([0-9a-f,]+)", hello)[1].split(",")
    made.set_ciphers("ALL:@SECLEVEL=2")
    names = {f"{suite['id'] & 0xFFFF:04x}": suite["name"] for suite in made.get_ciphers()}
    # 00ff is no suite: it says that renegotiation is safe, which OpenSSL does by itself.
    made.set_ciphers(":".join(names[number] for number in numbers if number != "00ff"))
    return made


def follow(secured, who, lines, greeting):
    """What came after the handshake."""
    last = max(place for place, (_, what) in enumerate(lines) if what.startswith("finished"))
    for side, what in lines[last + 1 :]:
        if (side, what) == (who, "data"):
            secured.sendall(greeting)
        elif what == "data":
            secured.recv(65536)
        elif side == who and what in ("end", "reset"):
            # Without TLS's farewell.
            return end(socket.socket(fileno=secured.detach()), what)
        else:
            # The other side has ended it: what is left is to see that.
            while secured.recv(65536):
                pass
            return


def end(plain, how):
    with plain:
        if how == "reset":
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        plain.shutdown(socket.SHUT_WR)
        # What is left unread would turn the end into a reset.
        while plain.recv(65536):
            pass


def main():
    port, certificate, key, trusted, recording, wanted = sys.argv[1:]
    lines = section(recording, wanted)
    publishes, who = wanted.startswith("publisher"), "client" if "connects" in wanted else "server"
    made = context(who, lines)
    if not any(side == who and what.endswith("certificates=0") for side, what in lines):
        made.load_cert_chain(certificate, key)
    made.load_verify_locations(trusted)
    if who == "server":
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        plain, _ = listener.accept()
    else:
        plain = socket.create_connection(("127.0.0.1", int(port)))
    plain.settimeout(60)
    try:
        secured = made.wrap_socket(plain, server_side=who == "server")
        follow(secured, who, lines, NOTHING if publishes else MODES)
    except OSError as error:
        # The other side has refused.
        print(error, flush=True)


if __name__ == "__main__":
    main()
