"""What the programs do for those who run them day and night, compared with what the C tools do: the log, signs of life,
metrics, readiness, exit codes.

    operation_test.py TOOLS_FOLDER PROGRAMS_FOLDER
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import stream
from check import Checks, wait
from view_test import View

REPOSITORY = Path(__file__).resolve().parents[2]
TIME = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
# Nobody is there.
NOBODY = "127.0.0.1:1"
# A name that has to be escaped.
ODD = 'a"b\\c\td'


class Test:
    def __init__(self, tools: Path, programs: Path, work: Path):
        self.checks = Checks("operation")
        self.tools, self.programs, self.work = tools, programs, work

    def run(self, name: str, *arguments: object, log: str | None = None) -> subprocess.CompletedProcess:
        folder = self.tools if name == "sttp-subscribe" else self.programs
        environment = {key: value for key, value in os.environ.items() if key != "STTP_LOG"}
        environment |= {"STTP_LOG": log} if log is not None else {}
        command = [str(folder / name), *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, env=environment
        )

    def records(self, name: str, *arguments: object, **more) -> subprocess.CompletedProcess:
        """A program that subscribes to somebody for a moment."""
        own = {
            "sttp-top": ["--once", "--timeout", "2"],
            "sttp-parquet": [self.work / "none.parquet", "--timeout", "2"],
            "sttp-subscribe": ["--timeout", "2", "--format", "none"],
        }
        return self.run(name, *arguments, *own[name], **more)

    def all_records(self, runs: dict, **more) -> dict:
        """The same of many, at a time, since they mostly wait."""
        with ThreadPoolExecutor(len(runs)) as pool:
            done = pool.map(lambda arguments: self.records(*arguments, **more), runs.values())
            return dict(zip(runs, done, strict=True))

    def lines(self):
        """The library's words about a peer that is not there, in each form: the same bytes but for time and name."""
        forms, names = ("plain", "text", "json", "journal"), ("sttp-subscribe", "sttp-top", "sttp-parquet")
        runs = {(form, name): (name, NOBODY, "--log-format", form) for form in forms for name in names}
        all_done = self.all_records(runs)
        for form in forms:
            found = {}
            for name in names:
                done = all_done[form, name]
                self.checks.equal(f"{name} {form}: exit code", done.returncode, 1)
                first = done.stderr.split("\n")[0]
                if form in ("text", "json"):
                    self.checks.equal(f"{name} {form}: times", len(re.findall(TIME, first)), 1)
                found[name] = re.sub(TIME, "TIME", first).replace(name, "PROGRAM")
            self.checks.check(f"{form}: it is told", "cannot connect" in found["sttp-subscribe"], found)
            self.checks.equal(f"{form}: as the C tools", set(found.values()), {found["sttp-subscribe"]})
            if form == "json":
                told = json.loads(found["sttp-top"])
                self.checks.equal("members", list(told), ["time", "level", "program", "message"])
        # What they have to say of a name differs, but not how it is escaped.
        c_tool = subprocess.run(
            [self.tools / "sttp-metadata", f"{ODD}.xml", "--log-format", "json"], capture_output=True, text=True
        )
        rust = self.run("sttp-parquet", f"{ODD}.csv", self.work / "none.parquet", "--log-format", "json")
        escaped = re.compile(r'a\\"b\S*?d(?=\.)')
        self.checks.equal("escapes", escaped.findall(rust.stderr), escaped.findall(c_tool.stderr))
        self.checks.check("escaped", ODD in json.loads(rust.stderr)["message"], rust.stderr)

    def levels(self):
        names = ("sttp-top", "sttp-parquet")
        quiet = ("--log-format", "text", "--quiet")
        all_done = self.all_records({name: (name, NOBODY, *quiet) for name in names}, log="debug")
        for name in names:
            told = all_done[name].stderr
            self.checks.check("quiet", told and all(" ERROR " in line for line in told.splitlines()), told)
            done = self.records(name, NOBODY, log="loud")
            wanted = f"{name}: STTP_LOG of the environment is error, warning, info or debug, not 'loud'\n"
            self.checks.equal("no level", (done.returncode, done.stderr), (2, wanted))
            self.checks.equal("no such option", self.records(name, NOBODY, "--loud").returncode, 2)
        view = self.run("sttp-view", NOBODY, "--metrics", "here")
        self.checks.check("no address", view.returncode == 1 and "--metrics is ADDR:PORT" in view.stderr, view)

    def events(self):
        """What happens is told with levels, and not without."""
        with stream.Publisher(self.tools, ["--rate", "30"]) as publisher:
            more = {"plain": [], "journal": ["--log-format", "journal"], "debug": ["--log-level", "debug"]}
            runs = {form: ("sttp-top", publisher.address, *options) for form, options in more.items()}
            runs["error"] = (*runs["journal"], "--log-level", "error")
            done = self.all_records(runs, log="info")
            self.checks.equal("nothing without levels", (done["plain"].returncode, done["plain"].stderr), (0, ""))
            told = done["journal"].stderr
            line = f"<6>subscribed to 33 signals of {publisher.address}\n"
            self.checks.check("what happens", line in told and "sttp::" not in told, told)
            self.checks.equal("by its level, over STTP_LOG", (done["error"].returncode, done["error"].stderr), (0, ""))
            told = done["debug"].stderr
            self.checks.check("the library's own log", "sttp-top: sttp::subscriber" in told, told)
            quiet = self.records("sttp-top", publisher.address, "--log-format", "text", log="error")
            self.checks.equal("by STTP_LOG", (quiet.returncode, quiet.stderr), (0, ""))

    def metrics(self):
        with stream.Publisher(self.tools, ["--rate", "30"]) as publisher:
            c_tool = [self.tools / "sttp-subscribe", publisher.address, "--format", "none", "--metrics", "0"]
            recorded = self.work / "counted.parquet"
            parquet = [self.programs / "sttp-parquet", publisher.address, recorded, "--metrics", "127.0.0.1:0"]
            with View(self.programs, publisher.address, "--metrics", "0") as view:
                with listening(c_tool) as wanted, listening(parquet) as recording:
                    self.compare(view, wanted, recording)
                    fetched = urllib.request.Request(view.metrics(), method="POST")
                    self.checks.equal("only reading", code_of(fetched), 405)
                    self.checks.equal("no such page", code_of(view.metrics() + "/no"), 404)
                    # Those who connect and say nothing take their turn, and no more.
                    place = re.search(r"//(.*):(\d+)/", view.metrics())
                    silent = [socket.create_connection((place[1], int(place[2]))) for _ in range(2)]
                    self.checks.check("behind those who are silent", b"sttp_view_devices{" in ask(view.metrics()))
                    for connection in silent:
                        connection.close()

    def compare(self, view: View, wanted: str, recording: str):
        name = re.compile(r"^# (?:HELP|TYPE) (?!sttp_view_|sttp_parquet_).*$", re.MULTILINE)
        of = {}
        for what, url in [("sttp-subscribe", wanted), ("sttp-view", view.metrics()), ("sttp-parquet", recording)]:
            wait("a subscription", lambda url=url: b"\nsttp_subscriber_subscribed 1\n" in ask(url))
            text = ask(url).decode()
            (self.work / "metrics").write_text(text, encoding="utf-8", newline="")
            checked = subprocess.run(
                [sys.executable, REPOSITORY / "tests/c/metrics_check.py", self.work / "metrics"],
                capture_output=True,
                text=True,
            )
            self.checks.check(f"{what}: Prometheus reads it", checked.returncode == 0, checked.stderr)
            of[what] = name.findall(text)
        self.checks.check("counters", len(of["sttp-subscribe"]) > 60, of["sttp-subscribe"])
        for what in ("sttp-view", "sttp-parquet"):
            self.checks.equal(f"{what}: names and texts of the C tools", of[what], of["sttp-subscribe"])
        wait("good devices", lambda: b'\nsttp_view_devices{state="good"} 3\n' in ask(view.metrics()))
        wait("rows", lambda: value(ask(recording), "sttp_parquet_rows_total") > 30)

    def readiness(self):
        """A supervisor is told when it begins, how it stands, and that it ends."""
        for name in (f"{self.work}/notify", f"@sttp-test-{os.getpid()}"):
            with stream.Publisher(self.tools, ["--rate", "30"]) as publisher, Supervisor(name) as supervisor:
                with View(self.programs, publisher.address, environment={"NOTIFY_SOCKET": name}) as view:
                    supervisor.until("READY=1")
                    told = supervisor.until(f"STATUS=Subscribed to 33 signals of {publisher.address}")
                    told = [line for line in told if line != "READY=1"]
                    words = ("Connecting to", "Connected to", "Subscribed to 33 signals of")
                    wanted = [f"STATUS={word} {publisher.address}" for word in words]
                    self.checks.equal("how it stands, one after the other", told, wanted)
                    view.process.terminate()
                    supervisor.until("STOPPING=1")
                    self.checks.equal("the end", view.process.wait(20), 0)
        name = f"{self.work}/recording"
        with stream.Publisher(self.tools, ["--rate", "30"]) as publisher, Supervisor(name) as supervisor:
            environment = dict(os.environ, NOTIFY_SOCKET=name)
            recorded = [self.programs / "sttp-parquet", publisher.address, self.work / "told.parquet", "--count", "99"]
            subprocess.run(recorded, check=True, env=environment, stderr=subprocess.DEVNULL, timeout=60)
            told = supervisor.until("STOPPING=1")
            self.checks.check("a recording", "READY=1" in told, told)
        done = subprocess.run(
            [self.programs / "sttp-top", "127.0.0.1:1", "--once", "--timeout", "0.1"],
            env=dict(os.environ, NOTIFY_SOCKET=f"{self.work}/nowhere"),
            capture_output=True,
            text=True,
        )
        self.checks.check("nobody to tell", "systemd, which has started this, cannot be told" in done.stderr, done)

    def signs_of_life(self):
        """Of an outage, and of a publisher that is connected and sends nothing."""
        with stream.Publisher(self.tools, ["--rate", "30"]) as publisher:
            free = publisher.address
        # It begins to send when a second one is subscribed.
        with stream.Publisher(self.tools, ["--rate", "30", "--wait-subscribers", "2"]) as silent:
            with View(self.programs, free) as away, View(self.programs, silent.address) as quiet:
                self.await_line(
                    away,
                    rf"{TIME} WARNING sttp-view: no connection with {free} for \d+ s, \d+ attempts? failed; "
                    r"the next one in \d+\.\d s\n",
                )
                with stream.Publisher(self.tools, ["--rate", "30"], free):
                    line = rf"{TIME} INFO sttp-view: connected with {free} again after \d+ s, at attempt \d+\n"
                    self.await_line(away, line)
                sends = rf"{silent.address} is connected, and has sent no measurement for \d+ s\n"
                self.await_line(quiet, rf"{TIME} WARNING sttp-view: {sends}")
                with View(self.programs, silent.address):
                    again = rf"INFO sttp-view: measurements of {silent.address} come again after \d+ s\n"
                    self.await_line(quiet, again)

    def await_line(self, view: View, pattern: str):
        wait(pattern, lambda: re.search(pattern, view.said()))


class Supervisor:
    """Hears what a program tells systemd."""

    def __init__(self, name: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self.socket.settimeout(60)
        self.told: list[str] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def until(self, line: str) -> list[str]:
        """All lines so far, once this one is among them."""
        while line not in self.told:
            self.told += self.socket.recv(65536).decode().splitlines()
        return self.told


class listening:  # noqa: N801
    """A program that tells where its metrics are."""

    def __init__(self, command: list):
        self.process = subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, text=True)

    def __enter__(self) -> str:
        for line in self.process.stderr:
            if found := re.search(r"metrics are at (\S+)", line):
                return found[1]
        sys.exit("FAILED: no metrics")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=20)


def ask(url: str | urllib.request.Request) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", answer.headers
        return answer.read()


def code_of(url: str | urllib.request.Request) -> int:
    try:
        urllib.request.urlopen(url, timeout=60).close()
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    return 200


def value(text: bytes, name: str) -> float:
    return float(re.search(rf"^{name} (\S+)$", text.decode(), re.MULTILINE)[1])


def main():
    with tempfile.TemporaryDirectory() as folder:
        test = Test(Path(sys.argv[1]), Path(sys.argv[2]), Path(folder))
        # Which wait for what takes long.
        with ThreadPoolExecutor(1) as pool:
            signs = pool.submit(test.signs_of_life)
            test.lines()
            test.levels()
            test.events()
            test.metrics()
            test.readiness()
            signs.result()
        test.checks.end()


if __name__ == "__main__":
    main()
