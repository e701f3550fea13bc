"""A subscriber of few lines, for what no honest one does, and the programs under attack."""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODES, SUBSCRIBE, METADATA, CONFIRM_SIGNALS = 0x06, 0x02, 0x01, 0x0A
SUCCEEDED, FAILED, DATA = 0x80, 0x81, 0x82
# Version 2, UTF-8, nothing compressed.
PLAIN = 0x0000_0202
ALL = "FILTER ActiveMeasurements WHERE True"


def frame(command: int, payload: bytes = b"") -> bytes:
    return struct.pack(">IB", 1 + len(payload), command) + payload


def subscribe(filter_expression: str, options: str = "") -> bytes:
    text = f"filterExpression={{{filter_expression}}};{options}".encode()
    return frame(SUBSCRIBE, struct.pack(">BI", 2, len(text)) + text)


def metadata(filters: str) -> bytes:
    text = filters.encode()
    return frame(METADATA, struct.pack(">I", len(text)) + text)


def expensive(number: int) -> str:
    """A filter of 170 characters that works on long texts in every row, and another one for each number."""
    text = "Replace(" * 4 + "'aaaaaaaaaa'" + ",'a','aaaaaaaaaa')" * 4
    return f"FILTER ActiveMeasurements WHERE Len(Upper(Reverse({text}))) > {number}"


class Connection:
    """A connection to the publisher, which has told its operational modes."""

    def __init__(self, port: int, host: str = "127.0.0.1", timeout: float = 30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout, (host, 0))
        self._received = b""
        self.send(frame(MODES, struct.pack(">I", PLAIN)))

    def send(self, data: bytes):
        self.socket.sendall(data)

    def close(self):
        self.socket.close()

    def _take(self, count: int) -> bytes:
        while len(self._received) < count:
            more = self.socket.recv(1 << 16)
            if not more:
                raise EOFError("the publisher has closed the connection")
            self._received += more
        taken, self._received = self._received[:count], self._received[count:]
        return taken

    def response(self) -> tuple[int, int, bytes]:
        (length,) = struct.unpack(">I", self._take(4))
        body = self._take(length)
        return body[0], body[1], body[6:]

    def wait(self, response: int, command: int | None = None):
        while True:
            code, answered, payload = self.response()
            if code == response and command in (None, answered):
                return
            if code == FAILED and command in (None, answered):
                raise RuntimeError(payload.decode("utf-8", "replace"))

    def subscribe(self, filter_expression: str = ALL, options: str = ""):
        self.send(subscribe(filter_expression, options))
        self.wait(SUCCEEDED, SUBSCRIBE)
        self.send(frame(CONFIRM_SIGNALS))


def seconds_to_be_served(port: int, host: str) -> float:
    """From the attempt to connect to the first measurements."""
    begun = time.monotonic()
    newcomer = Connection(port, host)
    newcomer.subscribe("FILTER TOP 10 ActiveMeasurements WHERE True")
    newcomer.wait(DATA)
    newcomer.close()
    return time.monotonic() - begun


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Ended(Exception):
    """A program that should run has ended."""


class Process:
    """A program, what it takes of the machine, and what it tells."""

    def __init__(self, command: list[str | Path]):
        self._messages = tempfile.TemporaryFile()
        self._process = subprocess.Popen(command, stdout=self._messages, stderr=self._messages)

    def wait_for_port(self, port: int):
        end = time.monotonic() + 120
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                if time.monotonic() > end or not self.is_running():
                    raise
                time.sleep(0.05)

    def is_running(self) -> bool:
        return self._process.poll() is None

    def exit_code(self) -> int | None:
        return self._process.returncode

    def how_it_ended(self) -> str:
        """In words, with the last that it told."""
        code = self._process.wait()
        how = signal.Signals(-code).name if code < 0 else f"code {code}"
        return f"the program ended with {how}; it told last: {self.told()[-1000:].strip()}"

    def _status(self, name: str) -> int:
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        for line in status.splitlines():
            if line.startswith(name):
                return int(line.split()[1])
        # Of a program that has ended the system tells less.
        raise Ended(self.how_it_ended())

    def kilobytes(self) -> int:
        return self._status("VmRSS")

    def megabytes(self) -> int:
        return self.kilobytes() // 1024

    def forget_peak(self):
        """From now on the peak is that of the time to come."""
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")

    def peak_megabytes(self) -> int:
        return self._status("VmHWM") // 1024

    def threads(self) -> int:
        return self._status("Threads")

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    def send(self, number: signal.Signals):
        self._process.send_signal(number)

    def wait(self, seconds: float = 20):
        """Waits for its end, and makes one if there is none."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def told(self) -> str:
        self._messages.seek(0)
        return self._messages.read().decode("utf-8", "replace")

    def stop(self) -> str:
        """Ends it, and returns what it told."""
        if not self.is_running():
            raise Ended(self.how_it_ended())
        self.send(signal.SIGINT)
        self.wait()
        if self.exit_code() != 0:
            raise Ended(self.how_it_ended())
        return self.told()


class Host(Process):
    """The program that publishes, once it listens."""

    def __init__(self, library: Path, signals: int, rate: float, settings: str):
        self.port = free_port()
        program = [sys.executable, Path(__file__).with_name("host.py"), f"127.0.0.1:{self.port}"]
        options = ["--library", library, "--signals", str(signals), "--rate", str(rate), "--settings", settings]
        super().__init__([*program, *options])
        self.wait_for_port(self.port)

    def forget_longest_call(self):
        """From now on the longest call, which it tells in the end, is that of the time to come."""
        self.send(signal.SIGUSR1)
