"""A peer made of Python's ssl, which needs a certificate of its peer.

peer.py server|client PORT CERTIFICATE KEY TRUSTED VERSION BEHAVIOUR

A server prints the port that it has got. Behaviours: echo what comes until it ends, then say farewell; farewell and cut
send something and end with TLS's close_notify or without; refuse ends right after the handshake; subscriber tells its
operational modes, prints the codes of the answer, and ends without a word.
"""

import socket
import ssl
import sys


def main():
    role, port, certificate, key, trusted, version, behaviour = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if role == "server" else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(trusted)
    if role == "server":
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        plain, _ = listener.accept()
    else:
        plain = socket.create_connection(("127.0.0.1", int(port)))
    plain.settimeout(60)
    secured = context.wrap_socket(plain, server_side=role == "server")
    BEHAVIOURS[behaviour](secured)


def echo(secured):
    while data := secured.recv(65536):
        secured.sendall(data)
    secured.unwrap()


def farewell(secured):
    secured.sendall(b"data")
    secured.unwrap()


def cut(secured):
    secured.sendall(b"data")
    secured.detach()


def refuse(secured):
    secured.close()


def subscriber(secured):
    secured.sendall(bytes.fromhex("00000005 06 00000201"))
    answer = b""
    while len(answer) < 6:
        answer += secured.recv(65536)
    print("answer", answer[4:6].hex(" "), flush=True)
    secured.detach()


BEHAVIOURS = {"echo": echo, "farewell": farewell, "cut": cut, "refuse": refuse, "subscriber": subscriber}

if __name__ == "__main__":
    main()
