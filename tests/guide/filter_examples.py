#!/usr/bin/env python3
"""Runs every example of a page about filters, and compares what the page says that it gives.

    filter_examples.py PAGE BIN_DIRECTORY METADATA.xml

Examples are rows of tables whose first two columns are headed `Expression` or `Filter`, and `Gives`. An expression
gives what `sttp-metadata --eval` prints, a filter the values of `ID`, or `Acronym`, of the rows that `--select` prints,
and either of them `error: ` and a part of the message. Also compared: which functions, words and columns the page
names, and which there are.
"""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

page, bin_directory, metadata = (Path(argument) for argument in sys.argv[1:])
filters = Path(__file__).parents[2] / "src" / "filter"
text = page.read_text(encoding="utf-8")
failures: list[str] = []


def cells(line: str) -> list[str]:
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def code(cell: str) -> str:
    """What stands in a code span, which is as long as its row of backticks."""
    found = re.fullmatch(r"(`+) ?(.*?) ?\1", cell)
    return found[2] if found else cell


def examples() -> list[tuple[str, str, str]]:
    found = []
    kind = None
    for line in text.splitlines():
        if not line.startswith("|"):
            kind = None
            continue
        row = cells(line)
        if row[:2] in (["Expression", "Gives"], ["Filter", "Gives"]):
            kind = row[0]
        elif kind and not set(row[0]) <= {"-", " "}:
            found.append((kind, code(row[0]), code(row[1])))
    return found


def run(*arguments: str) -> tuple[str, str]:
    done = subprocess.run(
        [bin_directory / "sttp-metadata", *arguments], capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout, done.stderr


def select(what: str) -> tuple[list[str], str]:
    out, error = run(str(metadata), "--table", "ActiveMeasurements", "--select", what)
    rows = list(csv.DictReader(io.StringIO(out)))
    key = next((key for key in ("ID", "Acronym") if rows and key in rows[0]), "")
    return [row[key] for row in rows], error


def outcome(kind: str, example: str) -> tuple[str, str]:
    if kind == "Expression":
        out, error = run("--eval", example)
        return out.removesuffix("\n"), error
    selected, error = select(example)
    return ", ".join(selected), error


def compare(kind: str, example: str, wanted: str) -> None:
    out, error = outcome(kind, example)
    if wanted.startswith("error: "):
        agrees = wanted.removeprefix("error: ") in error
    else:
        agrees = out == wanted and not error
    if not agrees:
        failures.append(f"{kind} {example}\n  page: {wanted}\n  here: {out}{error.strip()}")


def check_names(what: str, there: set[str], named: set[str]) -> None:
    for name in sorted(there - named):
        failures.append(f"the page does not tell {what} {name}")
    for name in sorted(named - there):
        failures.append(f"the page tells {what} {name}, which there is not")


def names_in_first_column(heading: str) -> set[str]:
    """The names that the tables of a section begin their rows with."""
    section = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE)) if section else set()


ran = examples()
for example in ran:
    compare(*example)

sources = {path: path.read_text(encoding="utf-8") for path in filters.rglob("*.rs")}
definitions = "".join(source for path, source in sources.items() if path.parent.name == "functions")
functions = set(re.findall(r'Definition::(?:new|at_least)\("(\w+)"', definitions))
shown = {function for _, example, _ in ran for function in re.findall(r"([A-Z]\w*)\(", example)}
check_names("the function", functions, shown)
table_of_words = sources[filters / "lexer.rs"].split("const KEYWORDS", 1)[1].split("];\n", 1)[0]
words = set(re.findall(r'\("([A-Z]+)"', table_of_words))
told = re.search(r"Words of the language \((.*?)\)", text, re.DOTALL)
check_names("the word", words, set(re.findall(r"`([A-Z]+)`", told[1] if told else "")))
header, _ = run(str(metadata), "--table", "ActiveMeasurements", "--select", "False")
check_names("the column", set(header.strip().split(",")), names_in_first_column("Columns"))

for failure in failures:
    print(f"FAILED: {failure}", file=sys.stderr)
print(f"Examples of {page.name}: {len(ran)} run, {len(failures)} failures")
sys.exit(bool(failures) or not ran)
