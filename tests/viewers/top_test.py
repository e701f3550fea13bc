"""sttp-top in a terminal of tmux, 80 by 24 as over ssh: its screens are compared with those in tests/viewers/screens.

    top_test.py TOOLS_FOLDER VIEWERS_FOLDER [--update] [--pictures FOLDER]

Numbers, curves and diagrams are not compared, only where they stand. --update writes the screens anew.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import picture
import stream
from check import Checks, wait

SCREENS = Path(__file__).parent / "screens"
WIDTH, HEIGHT = 80, 24
# Columns of a phasor diagram, in which numbers stand where the phasors end.
DIAGRAM = 40


class Terminal:
    """A program in a tmux of its own."""

    def __init__(self, work: Path, command: list[str]):
        self.tmux = ["tmux", "-S", str(work / "tmux"), "-f", "/dev/null"]
        self.code = work / "code"
        self.code.unlink(missing_ok=True)
        script = f'"$@"; echo $? >{self.code}; cat'
        environment = dict(os.environ, LANG="C.UTF-8", TERM="xterm-256color")
        environment.pop("TMUX", None)
        environment.pop("NO_COLOR", None)
        size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
        subprocess.run(
            [*self.tmux, "-u", "new-session", "-d", *size, "sh", "-c", script, "sh", *command],
            check=True,
            env=environment,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run([*self.tmux, "kill-server"], check=False)

    def press(self, *keys: str):
        subprocess.run([*self.tmux, "send-keys", *keys], check=True)

    def text(self, *options: str) -> str:
        return subprocess.run(
            [*self.tmux, "capture-pane", "-p", *options], check=True, capture_output=True, text=True
        ).stdout

    def wait(self, pattern: str) -> str:
        return wait(f"{pattern} in\n{self.text()}", lambda: re.search(pattern, self.text()) and self.text())


def plain(screen: str) -> str:
    """A screen without what is never the same."""
    screen = re.sub(r"[\u2800-\u28ff]", " ", screen)
    screen = re.sub(r"[▁-█][▁-█ ]*", "~", screen)
    screen = re.sub(r"\d\d:\d\d:\d\d", "TIME", screen)
    screen = re.sub(r"127\.0\.0\.1:\d+", "ADDRESS", screen)
    screen = re.sub(r"-?\d[\d,.]*", "N", screen)
    screen = re.sub(r" +│", "│", screen)
    return "\n".join(re.sub(r" +", " ", line).rstrip() for line in screen.rstrip().split("\n")) + "\n"


def compare(checks: Checks, name: str, screen: str, update: bool, first_column: int = 0):
    screen = "\n".join(line[first_column:] for line in screen.split("\n"))
    found, path = plain(screen), SCREENS / f"{name}.txt"
    if update:
        path.write_text(found, encoding="utf-8")
    wanted = path.read_text(encoding="utf-8")
    checks.check(f"screen {name}", found == wanted, f"-- found:\n{found}-- wanted:\n{wanted}-- as it is:\n{screen}")


def test_screens(checks: Checks, options: argparse.Namespace, work: Path):
    program = str(options.viewers / "sttp-top")
    with stream.devices(options.tools, work) as publisher, Terminal(work, [program, publisher.address]) as terminal:
        # First everything is good, then FELLBRIDGE has flags, then QUARRYWICK is silent.
        terminal.wait(r"FELLBRIDGE .*BAD_TIME")
        screen = terminal.wait(r"QUARRYWICK .*silent")
        checks.check("all fits", all(len(line) <= WIDTH for line in screen.split("\n")), screen)
        compare(checks, "devices", screen, options.update)
        take_picture(options, terminal, "sttp-top-devices")
        terminal.press("s", "s", "s", "s", "s")
        compare(checks, "by_state", terminal.wait(r"state▲"), options.update)
        terminal.press("s", "/", "b", "r", "i", "d", "g", "e")
        compare(checks, "search", terminal.wait(r"/bridge"), options.update)
        terminal.press("Enter", "2")
        compare(checks, "device", terminal.wait(r"status 0x"), options.update, DIAGRAM)
        take_picture(options, terminal, "sttp-top-device")
        terminal.press("Escape", "Escape", "3")
        compare(checks, "strip", terminal.wait(r"-5 min"), options.update)
        terminal.press("-", "-", "-")
        take_picture(options, terminal, "sttp-top-strip", seconds=options.picture_seconds)
        terminal.press("4")
        screen = terminal.wait(r"QUARRYWICK: nothing comes")
        checks.check("flags are told", "FELLBRIDGE: BAD_TIME" in screen, screen)
        checks.check("the connection is told", "subscribed to 33 signals" in screen, screen)
        terminal.press("1", "Space")
        frozen = terminal.wait("FROZEN")
        clock = re.search(r"\d\d:\d\d:\d\dZ", frozen).group()
        terminal.press("Down")
        terminal.press("2")
        terminal.wait("size +angle")
        checks.check("a frozen view stays", clock in terminal.text(), terminal.text())
        terminal.press("1", "Space", "?")
        compare(checks, "keys", terminal.wait(r"Ctrl\+C"), options.update)
        terminal.press("x", "q")
        wait("the end", terminal.code.exists)
        checks.equal("exit code", terminal.code.read_text().strip(), "0")
        checks.check("the terminal is as before", "sttp" not in terminal.text(), terminal.text())


def take_picture(options: argparse.Namespace, terminal: Terminal, name: str, seconds: float = 0):
    if options.pictures:
        # Curves need their time.
        time.sleep(seconds)
        picture.write(terminal.text("-e"), options.pictures / f"{name}.svg", WIDTH, HEIGHT)


def test_outage(checks: Checks, options: argparse.Namespace, work: Path):
    program = str(options.viewers / "sttp-top")
    with stream.Publisher(options.tools, ["--rate", "30"]) as publisher:
        with Terminal(work, [program, publisher.address]) as terminal:
            terminal.wait(r"ALDERMOOR.* good ")
            publisher.process.kill()
            screen = terminal.wait(r"reconnecting")
            checks.check("devices stay", re.search("ALDERMOOR.* unknown ", screen), screen)
            checks.check("it is an alarm", "  1 alarm: no connection since " in screen, screen)
            terminal.press("4")
            terminal.wait(r"attempt \d+ to connect again")
            terminal.press("C-c")
            wait("the end", terminal.code.exists)
            checks.equal("exit code", terminal.code.read_text().strip(), "0")


def run(options: argparse.Namespace, *arguments: str) -> subprocess.CompletedProcess:
    command = [str(options.viewers / "sttp-top"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


def by(work: Path, own: str, peer: str) -> list[str]:
    """Options of a side that has one certificate and trusts the other."""
    return [
        *("--certificate", f"{work}/{own}.cer", "--private-key", f"{work}/{own}.key"),
        *("--trust", f"{work}/{peer}.cer"),
    ]


def test_once(checks: Checks, options: argparse.Namespace, work: Path):
    with stream.Publisher(options.tools, ["--rate", "30"]) as publisher:
        told = run(options, publisher.address, "--once", "--format", "json", "--wait", "1.5")
        checks.equal("exit code of --once", (told.returncode, told.stderr), (0, ""))
        board = json.loads(told.stdout)
        checks.equal("state", board["connection"]["state"], "subscribed")
        checks.equal("signals", board["connection"]["signals"], 33)
        checks.equal("devices", [one["name"] for one in board["devices"]], ["ALDERMOOR", "FELLBRIDGE", "QUARRYWICK"])
        first = board["devices"][0]
        checks.check("a frequency", 45 < first["frequency"] < 65, first)
        checks.equal("phasors", len(first["phasors"]), 4)
        checks.check("latency", board["connection"]["latency_ms"]["mean"] < 1000, board["connection"])
        told = run(
            options,
            publisher.address,
            "--once",
            "--wait",
            "0",
            "--filter",
            "FILTER ActiveMeasurements WHERE Device = 'FELLBRIDGE'",
        )
        lines = told.stdout.split("\n")
        checks.check("lines", "subscribed: 11 signals" in lines[0] and lines[2].startswith("FELLBRIDGE"), told.stdout)
    for name in ("publisher", "viewer"):
        command = [options.tools / "sttp-publish", "--make-certificate", work / name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    publisher_options, viewer_options = by(work, "publisher", "viewer"), by(work, "viewer", "publisher")
    with stream.Publisher(options.tools, ["--rate", "30", *publisher_options]) as publisher:
        told = run(options, publisher.address, "--once", "--format=json", "--wait", "0", *viewer_options)
        checks.check(
            "TLS", told.returncode == 0 and json.loads(told.stdout)["connection"]["security"] == "TLS 1.3", told
        )
    told = run(options, "127.0.0.1:1", "--once", "--timeout", "1")
    checks.check("nobody there", told.returncode == 1 and "no measurement in 1 s" in told.stderr, told)
    told = run(options, "127.0.0.1:1", "--format", "json")
    checks.check("wrong usage", told.returncode == 2 and "--format needs --once" in told.stderr, told)
    told = run(options, "127.0.0.1:1")
    checks.check("no terminal", told.returncode == 1 and "no terminal" in told.stderr, told)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", type=Path)
    parser.add_argument("viewers", type=Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--pictures", type=Path, help="where pictures of the screens go")
    parser.add_argument("--picture-seconds", type=float, default=60, help="how long a curve is on its picture")
    options = parser.parse_args()
    checks = Checks("sttp-top")
    with tempfile.TemporaryDirectory() as work:
        test_once(checks, options, Path(work))
        if subprocess.run(["sh", "-c", "command -v tmux"], stdout=subprocess.DEVNULL).returncode:
            print("SKIPPED: screens of sttp-top, because tmux is missing (apt install tmux)")
        else:
            test_screens(checks, options, Path(work))
            test_outage(checks, options, Path(work))
    checks.end()


if __name__ == "__main__":
    sys.exit(main())
