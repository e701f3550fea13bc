"""sttp-view, asked as browsers ask, and its page in Chromium.

    view_test.py TOOLS_FOLDER VIEWERS_FOLDER [--pictures FOLDER] [--slow]

--slow also waits for a browser that takes nothing to be given up, which takes half a minute.
"""

import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import chromium
import stream
from check import Checks, wait

WIDTH, HEIGHT = 1600, 1000


class View:
    """sttp-view, on a port that is free."""

    def __init__(self, folder: Path, *options: str, environment: dict[str, str] | None = None):
        command = [str(folder / "sttp-view"), "--serve", "127.0.0.1:0", *options]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=os.environ | (environment or {})
        )
        self.url = self.process.stdout.readline().strip()
        self.port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/", self.url).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self.log.close()

    def said(self) -> str:
        """What it has said on standard error."""
        self.log.seek(0)
        return self.log.read()

    def metrics(self) -> str:
        """Where they are, of one that was started with --metrics."""
        return wait("metrics", lambda: re.search(r"metrics are at (\S+)", self.said()))[1]

    def counted(self, name: str) -> int:
        with urllib.request.urlopen(self.metrics(), timeout=60) as answer:
            return int(re.search(rf"^{name} (\d+)$", answer.read().decode(), re.MULTILINE)[1])

    def snapshot(self) -> dict:
        return json.loads(self.ask("/snapshot.json")[2])

    def ask(self, path: str, method: str = "GET", host: str | None = None) -> tuple[int, dict, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, headers={"Host": host or f"127.0.0.1:{self.port}"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), body

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def streams(self) -> int:
        """Connections that stay; others are answered at once."""
        names = Path(f"/proc/{self.process.pid}/task").glob("*/comm")
        return sum(name.read_text().strip() == "browser" for name in names)

    def listen(self, path: str, buffer: int = 1 << 18) -> socket.socket:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n\r\n".encode())
        return connection


def events(connection: socket.socket, count: int) -> list[tuple[str, dict]]:
    """The next events of a stream."""
    found, text = [], ""
    with connection.makefile("r", encoding="utf-8", newline="\n") as lines:
        name = None
        while len(found) < count:
            text = lines.readline()
            if not text:
                break
            if text.startswith("event: "):
                name = text[7:].strip()
            elif text.startswith("data: "):
                found.append((name, json.loads(text[6:])))
    return found


def test_requests(checks: Checks, view: View):
    status, fields, body = view.ask("/")
    checks.check("the page", status == 200 and b"<title>sttp-view</title>" in body, body[:200])
    policy = fields.get("Content-Security-Policy", "")
    checks.check("nothing from elsewhere", "default-src 'none'" in policy and "'unsafe" not in policy, policy)
    for path, kind in [("/view.js", "javascript"), ("/plots.js", "javascript"), ("/style.css", "css")]:
        status, fields, _ = view.ask(path)
        checks.check(path, status == 200 and kind in fields["Content-Type"], fields)
    status, _, body = view.ask("/snapshot.json")
    checks.check("a snapshot", status == 200 and len(json.loads(body)["devices"]) == 3, body[:200])
    checks.equal("a name of elsewhere", view.ask("/", host="evil.example")[0], 421)
    checks.equal("a name that was given", view.ask("/", host="wall.example")[0], 200)
    checks.equal("writing", view.ask("/", method="POST")[0], 405)
    checks.equal("no such page", view.ask("/../etc/passwd")[0], 404)
    with view.listen("/events") as connection:
        told = events(connection, 12)
    names = [name for name, _ in told]
    checks.equal("first of all", names[:3], ["start", "state", "device"])
    checks.equal("from then on", set(names[3:]), {"state", "device"})
    states = [event for name, event in told if name == "state"]
    first, last = states[0], states[-1]
    checks.check("what happened is told once", first["events"] and not last["events"], (first, last))
    checks.equal("a device", len(last["devices"][0]), 8)
    checks.equal("the first one, unless another is named", told[2][1]["name"], "ALDERMOOR")
    with view.listen(f"/events?device=FELLBRIDGE&known={first['generation']}") as connection:
        told = events(connection, 2)
    checks.equal("not what is known", [name for name, _ in told], ["state", "device"])
    checks.equal("one device", told[1][1]["name"], "FELLBRIDGE")
    with view.listen("/events?device=nobody&known=1.1") as connection:
        told = events(connection, 3)
    checks.equal("what is not known", told[0][0], "start")
    checks.equal("none", told[2], ("device", None))
    # Those who ask nothing hold up nobody, and too many are told so.
    idle = [socket.create_connection(("127.0.0.1", view.port)) for _ in range(64)]
    checks.equal("too many", wait("a refusal", lambda: view.ask("/")[0] == 503 and 503), 503)
    for connection in idle:
        connection.close()
    checks.equal("others again", wait("an answer", lambda: view.ask("/")[0] == 200 and 200), 200)


def test_page(checks: Checks, options: argparse.Namespace, view: View, page: chromium.Chromium):
    page.go(view.url)
    text = "document.body.innerText"
    wait("three devices", lambda: page.evaluate("document.querySelectorAll('#rows tr').length") == 3)
    wait("phasors", lambda: page.evaluate("document.querySelectorAll('#phasor-rows tr').length") == 4)
    checks.equal("connection", page.evaluate("document.getElementById('connection').textContent"), "subscribed")
    frequency = "Number(document.querySelector('#rows td').textContent)"
    checks.check("a frequency", 49.9 < page.evaluate(frequency) < 50.1, page.evaluate(frequency))
    moves = f"new Promise((done) => {{ const old = {frequency}; setTimeout(() => done(old !== {frequency}), 1000); }})"
    wait("values that move", lambda: page.evaluate(moves))
    wait("one connection for a page", lambda: view.streams() == 1)
    drawn = """(id) => { const c = document.getElementById(id);
        return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((value) => value > 0); }"""
    for name in ("frequency", "change", "phasors"):
        checks.check(f"{name} is drawn", page.evaluate(f"({drawn})('{name}')"))
    test_keys(checks, page)
    # Flags, then silence.
    wait("an alarm", lambda: "FELLBRIDGE: BAD_TIME" in page.evaluate(text))
    wait("silence", lambda: "QUARRYWICK: silent" in page.evaluate(text))
    checks.equal("alarms", page.evaluate("document.getElementById('alarms-title').textContent"), "2 alarms")
    checks.check("title", page.evaluate("document.title").startswith("(2) "), page.evaluate("document.title"))
    told = page.evaluate("document.getElementById('announce').textContent")
    checks.check("is said", told == "Alarm: QUARRYWICK: silent", told)
    checks.check("a row says so", re.search(r"silent for \d+ s", page.evaluate(text)), page.evaluate(text))
    checks.equal("no value is that of now", page.evaluate(CELLS)[2][:5], ["–", "–", "–", "–", "0"])
    page.evaluate("document.querySelector('#alarm-list button').click()")
    wait(
        "the device of an alarm",
        lambda: page.evaluate("document.getElementById('device-title').textContent") == "FELLBRIDGE",
    )
    page.evaluate("document.querySelector('#rows button').click()")
    wait("still one connection", lambda: view.streams() == 1)
    test_names(checks, page)
    test_contrast(checks, page)
    if options.pictures:
        time.sleep(options.picture_seconds)
        page.screenshot(options.pictures / "sttp-view.png")
    test_calm(checks, page)
    checks.equal("nothing is logged", page.logged, [])
    strange = [url for url in page.fetched if not url.startswith(view.url) and not url.startswith("data:")]
    checks.equal("nothing comes from elsewhere", strange, [])


def test_keys(checks: Checks, page: chromium.Chromium):
    """Everything is reached by keys alone."""
    focus = "document.activeElement.textContent + '|' + (document.activeElement.id || document.activeElement.tagName)"
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(14):
        page.press("Tab")
        reached.append(page.evaluate(focus))
    wanted = ["To the devices|A", "Freeze|freeze", "|search", "device|BUTTON", "ALDERMOOR|BUTTON"]
    checks.check("the Tab key", all(stop in reached for stop in wanted), reached)
    page.evaluate("document.querySelector('#rows button[tabindex=\"0\"]').focus()")
    page.press("ArrowDown", "Enter")
    title = "document.getElementById('device-title').textContent"
    wait("the next device", lambda: page.evaluate(title) == "FELLBRIDGE")
    line = "document.getElementById('device-line').textContent"
    old = page.evaluate(line)
    wait("its values, by another stream in place of the first", lambda: page.evaluate(line) != old)
    pressed = "document.querySelector('#rows button[aria-pressed=\"true\"]').textContent"
    checks.equal("it is said", page.evaluate(pressed), "FELLBRIDGE")
    page.press("End")
    checks.equal("the last", page.evaluate("document.activeElement.textContent"), "QUARRYWICK")
    page.press("Home", "Enter")
    order = "[...document.querySelectorAll('#rows tr:not([hidden]) button')].map((button) => button.textContent)"
    page.evaluate("document.querySelector('[data-sort=name]').focus()")
    page.press("Enter", "Enter")
    checks.equal("sorted", page.evaluate(order), ["QUARRYWICK", "FELLBRIDGE", "ALDERMOOR"])
    checks.equal("it is said", page.evaluate("document.querySelector('[aria-sort=descending]').textContent"), "device")
    page.press("Enter")
    page.evaluate("document.getElementById('search').focus()")
    page.press(*"bridge")
    checks.equal("found", page.evaluate(order), ["FELLBRIDGE"])
    checks.equal("it is said", page.evaluate("document.getElementById('shown').textContent"), "1 of 3")
    page.evaluate("{ const s = document.getElementById('search'); s.value = ''; s.dispatchEvent(new Event('input')); }")
    page.evaluate("document.getElementById('freeze').focus()")
    page.press("Enter")
    clock = "document.getElementById('clock').textContent"
    before = page.evaluate(clock)
    time.sleep(1.2)
    checks.equal("frozen", page.evaluate(clock), before)
    page.press("Enter")
    wait("going on", lambda: page.evaluate(clock) != before)


def test_names(checks: Checks, page: chromium.Chromium):
    """What a screen reader is told."""
    nodes = page.ask("Accessibility.getFullAXTree")["nodes"]
    shown = [node for node in nodes if not node.get("ignored")]

    def of(role: str) -> list[str]:
        return [node["name"]["value"] for node in shown if node["role"]["value"] == role]

    unnamed = {role: of(role) for role in ("button", "image", "searchbox", "link") if "" in of(role)}
    checks.equal("everything has a name", unnamed, {})
    checks.equal("headings", of("heading")[1:3], ["Frequency, Hz", "Rate of change, Hz/s"])
    checks.check("landmarks", of("main") and of("banner"), [node["role"]["value"] for node in shown])
    images = of("image")
    checks.check(
        "curves in words", any(re.search(r"Frequency of 3 devices.*from [\d.]+ to", name) for name in images), images
    )
    checks.check("tables", len(of("columnheader")) >= 11 and "ALDERMOOR" in of("rowheader"), of("rowheader"))
    checks.check("language", page.evaluate("document.documentElement.lang") == "en")


CONTRASTS = """(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => { for (; element; element = element.parentElement) {
    const found = rgb(getComputedStyle(element).backgroundColor);
    if (found.length === 3 || found[3] > 0) return found; } return [255, 255, 255]; };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    const has = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!has || !element.checkVisibility()) continue;
    const [one, other] = [light(rgb(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) low.push(`${element.tagName}.${element.className} ${element.textContent}: ${ratio.toFixed(1)}`);
  }
  return low;
})()"""


def test_contrast(checks: Checks, page: chromium.Chromium):
    checks.equal("contrast of 4.5 and more", page.evaluate(CONTRASTS), [])


def test_calm(checks: Checks, page: chromium.Chromium):
    """Who wants little motion gets a picture a second."""
    changes = """new Promise((done) => { let count = 0;
        const observer = new MutationObserver(() => count++);
        const line = document.getElementById('device-line');
        observer.observe(line, { childList: true, characterData: true, subtree: true });
        setTimeout(() => { observer.disconnect(); done(count); }, 3000); })"""
    page.evaluate("document.querySelector('#rows button').click()")
    lively = page.evaluate(changes)
    page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    calm = page.evaluate(changes)
    checks.check("reduced motion", calm <= 4 < lively, f"{lively} and {calm} changes in 3 s")
    page.ask("Emulation.setEmulatedMedia", features=[])


def test_end(checks: Checks, view: View, page: chromium.Chromium | None):
    view.process.send_signal(signal.SIGTERM)
    checks.equal("exit code", view.process.wait(20), 0)
    if page:
        wait("a warning", lambda: "does not answer" in page.evaluate("document.body.innerText"))
    program = view.process.args[0]
    for options, code, told in [
        (["127.0.0.1:1", "--serve", "0.0.0.0:0"], 2, "others can reach"),
        (["127.0.0.1:1", "--serve", f"127.0.0.1:{socket_in_use()}"], 1, "cannot serve on"),
        ([], 2, "whose measurements"),
    ]:
        done = subprocess.run([program, *options], capture_output=True, text=True, timeout=30)
        checks.check(f"{options}", done.returncode == code and told in done.stderr, done)


def socket_in_use() -> int:
    global listener
    listener = socket.create_server(("127.0.0.1", 0))
    return listener.getsockname()[1]


# Of each row of devices the texts behind its name.
CELLS = """[...document.querySelectorAll('#rows tr')]
  .map((row) => [...row.cells].slice(1).map((cell) => cell.textContent))"""


def test_lost(checks: Checks, options: argparse.Namespace, page: chromium.Chromium | None):
    """A publisher that goes away is an alarm, and ends when it comes back."""
    sends = ["--rate", "30"]
    with stream.Publisher(options.tools, sends) as publisher, View(options.viewers, publisher.address) as view:
        wait("devices", lambda: {one["state"] for one in view.snapshot()["devices"]} == {"good"})
        checks.equal("no alarm", view.snapshot()["connection"]["alarm"], None)
        if page:
            page.go(view.url)
            wait("devices", lambda: [row[5] for row in page.evaluate(CELLS)] == ["good"] * 3)
        publisher.process.kill()
        told = wait("the alarm", lambda: view.snapshot()["connection"]["alarm"])
        checks.check("since when", re.match(r"no connection since \d{4}-\d\d-\d\dT", told), told)
        checks.equal("devices", {one["state"] for one in view.snapshot()["devices"]}, {"unknown"})
        if page:
            of = "document.getElementById('{}').textContent".format
            wait("it is counted", lambda: page.evaluate(of("alarms-title")) == "1 alarm")
            checks.check("title", page.evaluate("document.title").startswith("(1) "), page.evaluate("document.title"))
            for place in ("announce", "alarm-list"):
                shown = page.evaluate(of(place))
                checks.check(place, re.search(r"no connection since [\d-]+ [\d:]+Z$", shown), shown)
            checks.equal("rows", [[row[0], row[5]] for row in page.evaluate(CELLS)], [["–", "unknown"]] * 3)
            shown = page.evaluate(of("device-line"))
            checks.check("the chosen one", shown.startswith("unknown; the last: "), shown)
            test_contrast(checks, page)
        publisher.process.wait(10)
        with stream.Publisher(options.tools, sends, publisher.address):
            wait("its end", lambda: view.snapshot()["connection"]["alarm"] is None)
            wait("devices again", lambda: {one["state"] for one in view.snapshot()["devices"]} == {"good"})
            if page:
                wait("no alarms", lambda: page.evaluate(of("alarms-title")) == "No alarms")
                checks.equal("it is said", page.evaluate(of("announce")), "No alarms any more")
        of = f"INFO sttp-view: subscribed to 33 signals of {publisher.address}\n"
        lost = rf"{re.escape(of)}(?s:.*)Z ERROR sttp-view: (?s:.*){re.escape(of)}"
        checks.check("the log", re.search(lost, view.said()), view.said())


# Shows all rows, one screen after the other, and tells how many have changed.
MOVED = """new Promise((done) => {
  const moved = new Set(), scroll = document.querySelector('.scroll'), end = performance.now() + 60000;
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) moved.add(target.closest('tr').dataset.place);
  });
  observer.observe(document.getElementById('rows'), { childList: true, subtree: true });
  const timer = setInterval(() => {
    const isLast = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - 1;
    scroll.scrollTop = isLast ? 0 : scroll.scrollTop + 0.8 * scroll.clientHeight;
    if (moved.size < document.querySelectorAll('#rows tr').length && performance.now() < end) return;
    clearInterval(timer);
    observer.disconnect();
    done(moved.size);
  }, 500);
})"""


# Counts the states that a page has dealt with.
COUNTED = """{
  window.dealtWith = 0;
  const add = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (name, hear, ...more) {
    add.call(this, name, (event) => { hear(event); window.dealtWith += name === 'state'; }, ...more);
  };
}"""
# States of so many looks: five a second.
MANY_STATES = 50


def test_many(checks: Checks, options: argparse.Namespace, page: chromium.Chromium):
    """Hundreds of devices at 30 frames a second: nothing is lost, each row of the page moves, and it keeps up."""
    with stream.Publisher(options.tools, ["--signals", "3000", "--rate", "30"]) as publisher:
        with View(options.viewers, publisher.address, "--metrics", "0") as view:
            counting = page.ask("Page.addScriptToEvaluateOnNewDocument", source=COUNTED)["identifier"]
            page.go(view.url)
            wait("300 rows", lambda: page.evaluate("document.querySelectorAll('#rows tr').length") == 300)
            checks.equal("rows that move", page.evaluate(MOVED), 300)
            test_keeping_up(checks, view, page)
            page.ask("Page.removeScriptToEvaluateOnNewDocument", identifier=counting)
            board = view.snapshot()
            connection = board["connection"]
            checks.equal("losses", connection["lost"], {"packets": 0, "damaged": 0, "measurements": 0})
            checks.equal("connections", (connection["connections"], connection["reconnects"]), (1, 0))
            checks.equal("signals", connection["signals"], 3000)
            checks.equal("devices", [one["state"] for one in board["devices"]], ["good"] * 300)
            # As many as a browser has connections to one place.
            for _ in range(5):
                page.ask("Target.createTarget", url=view.url)
            wait("six pages in one browser", lambda: view.streams() == 6)


def test_keeping_up(checks: Checks, view: View, page: chromium.Chromium):
    """All that the server has sent is dealt with, and of what was due it has sent most."""
    sent, left_out = "sttp_view_states_total", "sttp_view_skipped_states_total"
    wait("many states", lambda: view.counted(sent) >= MANY_STATES)
    so_far = view.counted(sent)
    # Whoever loses one never gets there.
    wait("all of them", lambda: page.evaluate("window.dealtWith") >= so_far)
    # What was sent while the page did that is how far it was behind.
    behind = view.counted(sent) - so_far
    skipped = view.counted(left_out)
    checks.check("it keeps up", 4 * (behind + skipped) < so_far, f"{so_far} sent, {skipped} left out, {behind} behind")


def test_slow(checks: Checks, options: argparse.Namespace):
    """A browser that takes nothing is given up, and holds up nobody."""
    with stream.Publisher(options.tools, ["--signals", "10000", "--rate", "30"]) as publisher:
        with View(options.viewers, publisher.address) as view:
            wait("devices", lambda: len(json.loads(view.ask("/snapshot.json")[2])["devices"]) == 1000)
            time.sleep(2)  # So that whoever was answered has gone.
            alone = view.threads()
            with view.listen("/events", 1 << 12):
                began = time.monotonic()
                with view.listen("/events") as other:
                    told = events(other, 150)
                took = time.monotonic() - began
                checks.check("others get all", len(told) == 150 and took < 60, f"{len(told)} in {took:.1f} s")
                wait("its end", lambda: view.threads() <= alone, 90)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", type=Path)
    parser.add_argument("viewers", type=Path)
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--pictures", type=Path, help="where the picture of the page goes")
    parser.add_argument("--picture-seconds", type=float, default=60, help="how long its curves are")
    options = parser.parse_args()
    checks = Checks("sttp-view")
    if options.slow:
        test_slow(checks, options)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if chromium.find():
            with chromium.Chromium(work, WIDTH, HEIGHT) as page:
                test_lost(checks, options, page)
                test_many(checks, options, page)
        else:
            test_lost(checks, options, None)
        with stream.devices(options.tools, work) as publisher:
            with View(options.viewers, publisher.address, "--host", "wall.example") as view:
                if chromium.find():
                    with chromium.Chromium(work, WIDTH, HEIGHT) as page:
                        test_page(checks, options, view, page)
                        test_requests(checks, view)
                        test_end(checks, view, page)
                else:
                    print("SKIPPED: the page of sttp-view, because chromium is missing (apt install chromium)")
                    wait("devices", lambda: json.loads(view.ask("/snapshot.json")[2])["devices"])
                    test_requests(checks, view)
                    test_end(checks, view, None)
    checks.end()


if __name__ == "__main__":
    main()
