"""Subscribes by hand, and reads only some time after everything has been sent; meanwhile it says something.

Prints how many bytes came before the end of the connection. A publisher that has gone by then makes the system drop
them.
"""

import socket
import sys
import time

MODES, SUBSCRIBE, CONFIRM_BLOCK = 0x06, 0x02, 0x08
VERSION_1_UTF8 = 0x0000_0201
COMPACT = 0x02
PAUSE_SECONDS = 0.5
TIMEOUT_SECONDS = 20


def main() -> int:
    host, port = sys.argv[1].rsplit(":", 1)
    with socket.create_connection((host, int(port)), TIMEOUT_SECONDS) as connection:
        connection.sendall(_command(MODES, VERSION_1_UTF8.to_bytes(4, "big")))
        text = b"filterExpression={FILTER ActiveMeasurements WHERE True}"
        connection.sendall(_command(SUBSCRIBE, bytes([COMPACT]) + len(text).to_bytes(4, "big") + text))
        time.sleep(PAUSE_SECONDS)
        count = 0
        while data := connection.recv(1024):
            count += len(data)
            connection.sendall(_command(CONFIRM_BLOCK, bytes(4)))
    print(count)
    return 0


def _command(code: int, payload: bytes) -> bytes:
    return (1 + len(payload)).to_bytes(4, "big") + bytes([code]) + payload


if __name__ == "__main__":
    sys.exit(main())
