"""benches/views.py fails when a viewer takes more of a core than its mark, and only then. Nothing is measured here."""

import contextlib
import io
import sys
from pathlib import Path

from check import Checks

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))

import views  # noqa: E402


def code_of(found: dict[str, float]) -> object:
    views.measure = lambda *_: found
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            views.main()
    except SystemExit as end:
        return end.code
    return None


def main():
    checks = Checks("marks of the viewers")
    sys.argv = ["views.py"]
    checks.equal("at the marks", code_of(dict(views.MARKS)), 0)
    for name, mark in views.MARKS.items():
        checks.equal(f"{name} above", code_of({**views.MARKS, name: mark + 0.1}), 1)
    checks.end()


if __name__ == "__main__":
    main()
