"""A peer made of Python's ssl, which needs a certificate of its peer.

peer.py server|client PORT CERTIFICATE KEY TRUSTED VERSION BEHAVIOUR

VERSION is TLSv1_2, TLSv1_3, or one of GSF's ways: gsf speaks TLS 1.2 alone, with the suites of Windows in their order,
of which a server takes the first that its peer has too; gsf-old has only those that policies of old leave turned on.

A server prints the port that it has got. Behaviours: echo what comes until it ends, then say farewell; farewell and cut
send something and end with TLS's close_notify or without; refuse ends right after the handshake, without a word;
subscriber tells its operational modes, prints the codes of the answer, and ends without a word; curious asks for
everything at once, and prints how many bytes it gets.
"""

import socket
import ssl
import sys

# In the order of Windows Server 2019 and later; what those no longer offer stands last, and alone with gsf-old.
GSF = (
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:"
)
GSF_OLD = (
    "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:"
    "AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA"
)


def main():
    role, port, certificate, key, trusted, version, behaviour = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if role == "server" else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    if version.startswith("gsf"):
        context.set_ciphers(GSF_OLD if version == "gsf-old" else GSF + GSF_OLD)
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_TICKET
        version = "TLSv1_2"
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


def curious(secured):
    modes = bytes.fromhex("00000005 06 00000202")
    metadata = bytes.fromhex("00000001 01")
    text = b"filterExpression={FILTER ActiveMeasurements WHERE True}"
    subscribe = (6 + len(text)).to_bytes(4, "big") + bytes([2, 2]) + len(text).to_bytes(4, "big") + text
    got = 0
    try:
        secured.sendall(modes + metadata + subscribe + metadata)
        while data := secured.recv(65536):
            got += len(data)
    except OSError as error:
        print(error, flush=True)
    print("got", got, "bytes", flush=True)


BEHAVIOURS = {
    "echo": echo,
    "farewell": farewell,
    "cut": cut,
    "refuse": refuse,
    "subscriber": subscriber,
    "curious": curious,
}

if __name__ == "__main__":
    main()
