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


def declared(files: str, *declarations: str) -> set[str]:
    """What the patterns find at the beginnings of the lines of files; comments are none of it."""
    pattern = re.compile("|".join(rf"(?:{declaration})" for declaration in declarations), re.MULTILINE)
    return {
        name
        for path in ROOT.glob(files)
        for found in pattern.finditer(path.read_text(encoding="utf-8"))
        for name in found.groups()
        if name
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
cpp = declared(
    "include/sttp/**/*.hpp",
    r"^\s*(?:class|struct|enum class|using|namespace) (?:\[\[nodiscard\]\] )?(\w+)",
    r"^\s*(?!//|\*|return\b|throw\b)(?:[\w:<>,&*\[\]]+ )+[&*]*(\w+)(?:\(|;| =|\{)",
)
python = declared(
    "bindings/python/libsttp/*.py", r"^\s*(?:async def|def|class) (\w+)", r"^\s*(\w+)(?::| = )", r"^\s*(\w+),$"
)
go = declared("bindings/go/*.go", r"^func (?:\([^)]*\) )?(\w+)", r"^(?:\t|type |const |var )([A-Z]\w*)\b")
csharp = declared(
    "bindings/dotnet/LibSttp/**/*.cs",
    r"^\s*public (?:[\w<>\[\],.?]+ )+(\w+)",
    r"^\s*public (\w+)\(",
    r"^\s+([A-Z]\w*) =",
)
keys_page = (ROOT / "docs" / "connection-strings.md").read_text(encoding="utf-8")
keys = set(re.findall(r"^\| `([\w.]+)`", keys_page, re.MULTILINE))
look_up(guide / "from-cpp.md", rf"(?:sttp::|{OBJECTS})(\w+)", cpp)
look_up(guide / "from-cpp.md", r"^[a-z]+[A-Z]\w*$|^(?:assemblyInfo|dataChannel)\.\w+$", keys)
look_up(guide / "from-python.md", rf"(?:libsttp\.|{OBJECTS})(\w+)", python)
look_up(guide / "from-python.md", r"^[a-z]+(?:_[a-z]+)+$", python)
look_up(guide / "from-go.md", rf"(?:sttp\.|{OBJECTS})(\w+)", go)
look_up(guide / "from-csharp.md", rf"(?:new |{OBJECTS}|^)([A-Z]\w+)", csharp)

for failure in failures:
    print(f"FAILED: {failure}", file=sys.stderr)
print(f"Names in pages about other libraries: {looked_up} looked up, {len(failures)} are not there")
sys.exit(bool(failures) or not looked_up)
