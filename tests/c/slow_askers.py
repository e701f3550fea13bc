"""Those who hold up a server of HTTP: ones that never stop sending, and silent ones.

    slow_askers.py URL

Prints "there" once all of them are there, and goes on until it is killed, or the server has ended.
"""

import contextlib
import socket
import sys
import threading
import time
import urllib.parse

WHERE = urllib.parse.urlsplit(sys.argv[1])
QUESTION = f"GET {WHERE.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
OF_EACH = 20


def connect() -> socket.socket:
    return socket.create_connection((WHERE.hostname, WHERE.port), timeout=60)


def talk() -> None:
    # Until the server has ended; one that waits for a moment in which nothing comes never has it.
    with contextlib.suppress(ConnectionRefusedError):
        while True:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError), connect() as connection:
                connection.sendall(QUESTION)
                connection.recv(1)
                answered.set()
                while True:
                    time.sleep(0.05)
                    connection.sendall(b"more")


answered = threading.Event()
talkers = [threading.Thread(target=talk) for _ in range(OF_EACH)]
for talker in talkers:
    talker.start()
answered.wait()
silent = [connect() for _ in range(OF_EACH)]
for connection in silent:
    connection.sendall(QUESTION[:-4])
print("there", flush=True)
for talker in talkers:
    talker.join()
