"""Writes the generated parts of the bindings, in each language: constants, records, functions and settings.

    python3 bindings/generate.py LIBRARY [--check]

LIBRARY is the shared library, whose tables of settings it reads; the rest is in include/sttp.h. With --check nothing
is written: it tells which files are not what would be written, and ends with 1. Needs bindings/requirements.txt and a
C compiler's headers.
"""

import argparse
import difflib
import sys
from pathlib import Path

from generator.description import describe
from generator.languages import LANGUAGES

ROOT = Path(__file__).parents[1]
SHOWN_LINES = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path, help="the shared library, as build/lib/libsttp.so")
    parser.add_argument("--check", action="store_true", help="tell what is out of date; write nothing")
    arguments = parser.parse_args()

    description = describe(arguments.library)
    outdated = []
    for language in LANGUAGES:
        for name, text in language(description).items():
            path = ROOT / name
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            if before == text:
                continue
            outdated.append(name)
            if arguments.check:
                lines = difflib.unified_diff(before.splitlines(), text.splitlines(), name, "generated", lineterm="")
                print("\n".join(list(lines)[:SHOWN_LINES]), file=sys.stderr)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                print(f"written: {name}")
    if arguments.check and outdated:
        print(f"not as generated: {', '.join(outdated)}. Run: make bindings-generate", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
