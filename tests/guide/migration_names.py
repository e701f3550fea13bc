#!/usr/bin/env python3
"""Looks whether what the pages of the guide about moving from other libraries name of this one is there.

Names of C are looked up when the guide is built. These are methods of C++, C#, Go and Python, and keys of settings.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OBJECTS = r"(?:subscriber|publisher|metadata)\."

failures: list[str] = []
looked_up = 0


def words_of(*patterns: str) -> set[str]:
    return {
        word
        for pattern in patterns
        for path in ROOT.glob(pattern)
        for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))
    }


def cells(page: Path) -> list[list[str]]:
    """The code spans in the second column of each row of the page's tables."""
    rows = [line.split("|")[1:-1] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [re.findall(r"`([^`]+)`", row[1]) for row in rows]


def look_up(page: Path, pattern: str, there: set[str]) -> None:
    global looked_up
    names = {name for spans in cells(page) for span in spans for name in re.findall(pattern, span)}
    looked_up += len(names)
    failures.extend(f"{page.name}: there is no {name}" for name in sorted(names - there))


guide = ROOT / "docs" / "guide"
cpp = words_of("include/sttp/**/*.hpp")
python = words_of("bindings/python/libsttp/*.py")
keys_page = (ROOT / "docs" / "connection-strings.md").read_text(encoding="utf-8")
keys = set(re.findall(r"^\| `([\w.]+)`", keys_page, re.MULTILINE))
look_up(guide / "from-cpp.md", rf"(?:sttp::|{OBJECTS})(\w+)", cpp)
look_up(guide / "from-cpp.md", r"^[a-z]+[A-Z]\w*$|^(?:assemblyInfo|dataChannel)\.\w+$", keys)
look_up(guide / "from-python.md", rf"(?:libsttp\.|{OBJECTS})(\w+)", python)
look_up(guide / "from-python.md", r"^[a-z]+(?:_[a-z]+)+$", python)
look_up(guide / "from-go.md", rf"(?:sttp\.|{OBJECTS})(\w+)", words_of("bindings/go/*.go"))
look_up(guide / "from-csharp.md", rf"(?:new |{OBJECTS}|^)([A-Z]\w+)", words_of("bindings/dotnet/LibSttp/**/*.cs"))

for failure in failures:
    print(f"FAILED: {failure}", file=sys.stderr)
print(f"Names in pages about other libraries: {looked_up} looked up, {len(failures)} are not there")
sys.exit(bool(failures) or not looked_up)
