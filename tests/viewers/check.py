"""Checks that are counted, and told."""

import sys
import time
from collections.abc import Callable


class Checks:
    def __init__(self, name: str):
        self.name = name
        self.count = 0
        self.failed = 0

    def check(self, what: str, is_so: bool, told: object = ""):
        self.count += 1
        if not is_so:
            self.failed += 1
            print(f"FAILED: {self.name}: {what}\n{told}", file=sys.stderr)

    def equal(self, what: str, found: object, wanted: object):
        self.check(what, found == wanted, f"found:  {found!r}\nwanted: {wanted!r}")

    def end(self):
        print(f"{self.name}: {self.count - self.failed} of {self.count} checks passed")
        sys.exit(1 if self.failed else 0)


def wait(what: str, look: Callable[[], object], seconds: float = 60):
    """What `look` finds, once it finds something. Nothing takes so long but what never comes."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            sys.exit(f"FAILED: still not there: {what}")
        time.sleep(0.1)
