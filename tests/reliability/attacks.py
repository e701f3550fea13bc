"""Attacks on a publisher that need no credentials, and what becomes of an honest subscriber meanwhile.

    python3 tests/reliability/attacks.py --library build/lib/libsttp.so

For each attack one line: the longest time that the honest subscriber got nothing, the longest time until a newcomer
was served during the attack, and after it, memory before, its peak during the attack, and ten seconds after the
attacker has left, how long its sockets stayed, the longest time that the program waited for the publisher's
statistics, and what was wrong if anything was. Newcomers are at an address of their own, or at the attacker's where
the attack says so. An attack that is played again on the same publisher has another line.
Loopback only; it takes some minutes, and needs two processors that do nothing else.
"""

import argparse
import re
import resource
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import peer
from peer import Connection, Host, expensive, frame, metadata, seconds_to_be_served, subscribe

ATTACKER = "127.0.0.3"
NEWCOMER = "127.0.0.2"
LONGEST_GAP = 1.0
# Publishing waits for its subscribers if that is wanted, as long as overflowWaitTimeout by default, and two seconds in
# which that is noticed and told.
LONGEST_WAIT_FOR_READER = 32.0
LONGEST_WAIT = 2.0
LONGEST_CALL = 0.5
RECOVERY = 10.0
# What a repeated attack may leave more than the first time: the allocator and the program's own objects are not exact.
NO_MORE_MEGABYTES = 10
MANY = 5000
# Of the names of attacks.
WIDTH = 58


class Honest(threading.Thread):
    """Reads what it has subscribed to, and notes the longest time without anything."""

    def __init__(self, port: int):
        super().__init__(daemon=True)
        self._connection = Connection(port)
        self._connection.subscribe("FILTER TOP 100 ActiveMeasurements WHERE True")
        self._connection.wait(peer.DATA)
        self._last = time.monotonic()
        self._gap = 0.0
        self.start()

    def run(self):
        try:
            while True:
                self._connection.wait(peer.DATA)
                now = time.monotonic()
                self._gap = max(self._gap, now - self._last)
                self._last = now
        except (EOFError, OSError):
            self._gap = max(self._gap, time.monotonic() - self._last)

    def forget_longest_gap(self):
        self._gap = 0.0

    def longest_gap(self) -> float:
        return max(self._gap, time.monotonic() - self._last)


@dataclass
class Attack:
    name: str
    begin: Callable[[int], list[Connection]]
    megabytes: int
    signals: int = 1000
    seconds: float = 15
    rate: float = 30
    settings: str = ""
    # What the allocator keeps to be used again, and answers kept for the next who asks, when the attacker has left.
    kept_megabytes: int = 40
    # Whether measurements of the honest subscriber may wait for the attacker, by its wish; who is waited for is told.
    waits: bool = False
    # Where newcomers come from.
    newcomer: str = NEWCOMER
    # Whether it is played again on the same publisher, which then keeps no more than after the first time.
    twice: bool = False
    # What is told of each time that it was played, and what was wrong.
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def run(self, library: Path):
        try:
            self._run(library)
        except peer.Ended as end:
            self.wrong.append(f"{self.name}: {end}")
        for line in self.lines:
            print(line)
        for what in self.wrong:
            print(f"    {what}")
        sys.stdout.flush()

    def _run(self, library: Path):
        publisher = Host(library, self.signals, self.rate, self.settings)
        honest = Honest(publisher.port)
        time.sleep(2)
        publisher.forget_longest_call()
        before, kept = self._play(publisher, honest, self.name)
        self._expect(
            kept <= before + self.kept_megabytes,
            f"memory was {before} MB, and {kept} MB when the attacker had left",
        )
        if self.twice:
            _, kept_again = self._play(publisher, honest, f"{self.name}, again")
            self._expect(
                kept_again <= kept + NO_MORE_MEGABYTES,
                f"memory was {kept} MB when the attacker had left, and {kept_again} MB when it had left once more",
            )
        told = publisher.stop()
        call = float(told.splitlines()[-1])
        self._expect(self.waits or call < LONGEST_CALL, f"the program waited {call:.1f} s for the statistics")
        self._expect(len(told) < 1 << 20, f"{len(told)} bytes of messages")
        named = re.search(rf"publishing waits for {re.escape(ATTACKER)}:\d+, which has taken nothing", told)
        self._expect(not self.waits or named is not None, "nothing tells who is waited for")
        self.lines = [f"{line}  call {call:5.3f} s" for line in self.lines]

    def _play(self, publisher: Host, honest: Honest, name: str) -> tuple[int, int]:
        """Plays it once. Returns the publisher's memory before, and when the attacker has left, in MB."""
        before, descriptors = publisher.megabytes(), publisher.descriptors()
        publisher.forget_peak()
        honest.forget_longest_gap()
        attackers = self.begin(publisher.port)
        during = self._newcomers(publisher)
        for attacker in attackers:
            attacker.close()
        left = time.monotonic()
        while publisher.descriptors() > descriptors and time.monotonic() - left < 2 * RECOVERY:
            time.sleep(0.2)
        recovery = time.monotonic() - left
        after = self._newcomer(publisher, "after the attack")
        peak = publisher.peak_megabytes()
        time.sleep(max(0, left + RECOVERY - time.monotonic()))
        kept = publisher.megabytes()
        gap = honest.longest_gap()
        longest = LONGEST_WAIT_FOR_READER if self.waits else LONGEST_GAP
        self._expect(gap < longest, f"the honest subscriber got nothing for {gap:.1f} s")
        self._expect(peak <= before + self.megabytes, f"memory grew from {before} MB to {peak} MB")
        self._expect(recovery < RECOVERY, f"{recovery:.0f} s after its end its sockets were still open")
        self.lines.append(
            f"{name:{WIDTH}} gap {gap:5.2f} s  newcomer {during:5.2f} s, later {after:5.2f} s  "
            f"memory before {before}, during {peak}, after {kept} MB  over after {recovery:4.1f} s"
        )
        return before, kept

    def _newcomers(self, publisher: Host) -> float:
        """Lets the attack last, while newcomers come one after the other. Returns the longest time that one waited."""
        end = time.monotonic() + self.seconds
        longest = self._newcomer(publisher, "during the attack")
        # Where measurements wait, newcomers do.
        while not self.waits and longest < LONGEST_WAIT and time.monotonic() < end:
            time.sleep(0.5)
            longest = max(longest, self._newcomer(publisher, "during the attack"))
        time.sleep(max(0, end - time.monotonic()))
        return longest

    def _newcomer(self, publisher: Host, when: str) -> float:
        try:
            seconds = seconds_to_be_served(publisher.port, self.newcomer)
        except (OSError, EOFError, RuntimeError) as error:
            self.wrong.append(f"a newcomer was not served {when}: {error}")
            return float("inf")
        self._expect(self.waits or seconds < LONGEST_WAIT, f"a newcomer waited {seconds:.1f} s {when}")
        return seconds

    def _expect(self, is_right: bool, what: str):
        if not is_right:
            self.wrong.append(what)


def connections(port: int, count: int) -> list[Connection]:
    return [Connection(port, ATTACKER) for _ in range(count)]


def subscribes_of_one_write(port: int) -> list[Connection]:
    (attacker,) = connections(port, 1)
    attacker.send(b"".join(subscribe(expensive(number)) for number in range(150)))
    return [attacker]


def subscribes_and_hanging_up(port: int) -> list[Connection]:
    subscribes_of_one_write(port)[0].close()
    return []


def datagrams_to_closed_ports(port: int) -> list[Connection]:
    attackers = connections(port, 250)
    for number, attacker in enumerate(attackers):
        attacker.subscribe(f"FILTER ActiveMeasurements WHERE PointTag <> '{number}'", "dataChannel={localport=9}")
    return attackers


def one_shared_filter(port: int) -> list[Connection]:
    attackers = connections(port, MANY)
    for attacker in attackers:
        attacker.send(subscribe(peer.ALL) + frame(peer.CONFIRM_SIGNALS))
    return attackers


def idle_connections(port: int) -> list[Connection]:
    attackers = []
    for _ in range(MANY):
        try:
            attackers += connections(port, 1)
        except OSError:
            pass  # It was refused.
    return attackers


def metadata_left_unread(port: int) -> list[Connection]:
    attackers = connections(port, 3)
    for attacker in attackers:
        attacker.send(metadata("FILTER MeasurementDetail WHERE PointTag <> 'x'") * 16)
    return attackers


def unfinished_commands(port: int, size: int = 3 << 20, missing: int = 1 << 20) -> list[Connection]:
    attackers = connections(port, 200)
    for attacker in attackers:
        try:
            attacker.send(size.to_bytes(4, "big") + b"\x02" + b"A" * (size - 1 - missing))
        except OSError:
            pass  # It was disconnected.
    return attackers


def unfinished_large_commands(port: int) -> list[Connection]:
    return unfinished_commands(port, 16 << 20, 1)


def reader_that_never_reads(port: int) -> list[Connection]:
    (attacker,) = connections(port, 1)
    attacker.subscribe()
    return [attacker]


def busy_request_threads(port: int) -> list[Connection]:
    attackers = connections(port, 60)
    for number, attacker in enumerate(attackers):
        attacker.send(b"".join(subscribe(expensive(60 * step + number)) for step in range(20)))
    return attackers


ATTACKS = [
    Attack("150 expensive Subscribes in one write", subscribes_of_one_write, 100),
    Attack("the same, hanging up at once", subscribes_and_hanging_up, 100),
    Attack("150 expensive Subscribes, newcomer at their address", subscribes_of_one_write, 100, newcomer=ATTACKER),
    Attack("150 and hanging up, newcomer at their address", subscribes_and_hanging_up, 100, newcomer=ATTACKER),
    Attack("250 subscribers by UDP to a closed port", datagrams_to_closed_ports, 300),
    Attack(
        "5000 subscribers of one filter, which may connect",
        one_shared_filter,
        600,
        settings="maxConnectionsPerAddress=0",
        # Of small pieces, which the allocator does not return, and uses again.
        kept_megabytes=120,
        twice=True,
    ),
    Attack("5000 connections that do nothing", idle_connections, 200),
    Attack("48 metadata requests, unread", metadata_left_unread, 600, signals=100_000, seconds=30),
    Attack("200 connections with unfinished commands", unfinished_commands, 200, seconds=40),
    Attack("200 connections with 16 MiB of a command each", unfinished_large_commands, 200, seconds=40),
    Attack("a reader that never reads, lossless", reader_that_never_reads, 200, seconds=45, rate=0, waits=True),
    Attack("60 connections that keep the threads busy", busy_request_threads, 200),
]


def allow_many_descriptors():
    """Lets this program, and the publisher that it starts, have as many sockets as the attacks take."""
    # Connections take three quarters of them at most.
    needed = 2 * MANY
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        sys.exit(
            f"a process may have {hard} descriptors here, and {needed} are needed: raise the hard limit (ulimit -Hn)"
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True, help="libsttp.so")
    parser.add_argument("--only", help="attacks whose name has this in it")
    arguments = parser.parse_args()
    allow_many_descriptors()
    attacks = [attack for attack in ATTACKS if not arguments.only or arguments.only in attack.name]
    for attack in attacks:
        attack.run(arguments.library)
    failed = sum(bool(attack.wrong) for attack in attacks)
    print(f"{len(attacks) - failed} of {len(attacks)} attacks came to nothing")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
