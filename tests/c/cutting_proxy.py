"""A network that breaks: passes connections on to a publisher, and cuts all but the first one after so many bytes.

    python3 cutting_proxy.py HOST:PORT BYTES

Prints the address that it listens at, and a line for each connection that it has cut, until it is ended.
"""

import socket
import sys
import threading
import time


def carry(source: socket.socket, target: socket.socket, most: int) -> None:
    """Passes on until the end; most: bytes of it, 0 for all."""
    left = most
    try:
        while data := source.recv(min(4096, left) if most else 4096):
            target.sendall(data)
            left -= len(data)
            if most and left == 0:
                # What a subscriber has not read when it is cut off is lost.
                time.sleep(0.5)
                print("cut", flush=True)
                break
    except OSError:
        pass
    # What was passed on arrives before the end.
    for end, how in ((source, socket.SHUT_RD), (target, socket.SHUT_WR)):
        try:
            end.shutdown(how)
        except OSError:
            pass


def main() -> None:
    host, port = sys.argv[1].rsplit(":", 1)
    most = int(sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"127.0.0.1:{listener.getsockname()[1]}", flush=True)
    is_first = True
    while True:
        near, _ = listener.accept()
        far = socket.create_connection((host, int(port)))
        threading.Thread(target=carry, args=(near, far, 0), daemon=True).start()
        threading.Thread(target=carry, args=(far, near, 0 if is_first else most), daemon=True).start()
        is_first = False


main()
