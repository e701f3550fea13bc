"""Shows what each binding is tested for: the table of docs/bindings.md, from bindings/scenarios.toml and the tests.

    python3 bindings/coverage.py [--check]

A test of a scenario bears its name, in the way of its language. A binding has to have a test of every scenario, or a
reason in scenarios.toml why not; and every function of include/sttp.h has to be used where a binding says that it has
them, or a reason here why not. With --check nothing is written; it ends with 1 when the table is out of date.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "bindings.md"
BEGIN, END = "<!-- the table of bindings/coverage.py -->", "<!-- end of the table -->"


@dataclass(frozen=True)
class Binding:
    """A binding, and how to see what it has."""

    language: str
    """Its table in scenarios.toml, in small letters."""
    tests: str
    """Its tests, as a pattern of paths."""
    test: Callable[[str], str]
    """What is in the text of the test of a scenario, as a regular expression."""
    sources: str = ""
    """Where it uses the functions of C, when it has to."""
    use: str = r"\b{}\b"
    apart: dict[str, str] = field(default_factory=dict)
    """Why it does not use others: patterns of their names, and the reason."""


def words(scenario: str) -> str:
    """publish_and_subscribe as PublishAndSubscribe."""
    return "".join(word.capitalize() for word in scenario.split("_"))


PYTHON_APART = {
    r"\w+_name|sttp_flags_format|sttp_signal_kind_code": "enumerations of Python have names",
    r"sttp_(guid|value)_\w+|sttp_\w*time\w*|sttp_ticks_\w+": "UUID, datetime and numpy have these",
    r"sttp_setting_(count|at|find)|sttp_counter_at": "the tables are read when the package is generated",
    r"sttp_(subscriber|publisher|(c37118|block_link)_(in|out)put|block_link)_[sg]et": "called by the role",
    r"sttp_metadata_(device|measurement|phasor)(_count)?": "called by the kind of the record",
    r"sttp_metadata_cell_string|sttp_metadata_finding_count": "values and findings are visited",
    r"sttp_metadata_filter_table|sttp_filter_select_rows": "rows are selected by expressions",
    r"sttp_signal_reference_parse": "metadata have the kind and the device of each measurement",
    r"sttp_c37118_(builder_\w+|\w+_encode|extended_command)": "Python does not make frames of devices, but commands",
    r"sttp_c37118_(configuration_details|data_raw_phasors)": "what is decoded of frames has values, not their coding",
}

GO_APART = {
    r"sttp_guid_format": "UUID writes itself",
    r"sttp_time_(to|from)_unix\w*": "time.Time is reckoned in Go",
}

DOTNET_APART = {
    r"\w+_name|sttp_signal_kind_code": "enumerations of .NET have names",
    r"sttp_guid_\w+|sttp_time_(to|from)_unix\w*|sttp_\w*datetime2\w*": "Guid, DateTime and DateTimeOffset have these",
    r"sttp_metadata_cell_string": "cells have values",
    r"sttp_metadata_filter_table": "rows are selected with their tables",
    r"sttp_signal_reference_parse": "metadata have the device and the phasor of each measurement",
    r"sttp_c37118_(builder_(?!free)\w+|\w+_encode|extended_command)": "it makes no frames of devices, but commands",
    r"sttp_c37118_(configuration_details|data_raw_phasors)": "what is decoded of frames has values, not their coding",
}

BINDINGS = [
    Binding(
        "C++",
        "tests/cpp/*.cpp",
        lambda name: rf"^TEST\({name}\)",
        "include/sttp/**/*.hpp",
        r"::{}\b",
    ),
    Binding(
        "Python",
        "bindings/python/tests/*.py",
        lambda name: rf"^(async )?def test_{name}\b",
        "bindings/python/libsttp/**/*.py",
        # Not in the table of declarations, where all are.
        r'\b{}\b(?!": \()',
        PYTHON_APART,
    ),
    Binding(
        "Go",
        "bindings/go/**/*_test.go",
        lambda name: rf"^func Test{words(name)}\(",
        # Functions that take callbacks are called by functions of C in between.
        "bindings/go/*.[gc]*",
        r"\b{}\(",
        GO_APART,
    ),
    Binding(
        "C#",
        "bindings/dotnet/tests/*.cs",
        lambda name: rf"^ *public static void {words(name)}\(\)",
        "bindings/dotnet/LibSttp/**/*.cs",
        # Where it is called, not where it is declared.
        r"\bNative\.{}\b",
        DOTNET_APART,
    ),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="tell what is out of date; write nothing")
    arguments = parser.parse_args()

    with (ROOT / "bindings" / "scenarios.toml").open("rb") as file:
        given = tomllib.load(file)
    present = [binding for binding in BINDINGS if any(ROOT.glob(binding.tests))]
    problems = [problem for binding in present for problem in missing_functions(binding)]
    columns = {}
    for binding in present:
        reasons = given.get(binding.language.lower(), {})
        columns[binding.language], missing = covered(binding, given["scenarios"], reasons)
        problems += missing
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1

    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    written = f"{before}{BEGIN}\n{table(given['scenarios'], columns)}\n{END}{after}"
    if written != page:
        if arguments.check:
            print("docs/bindings.md is not as generated. Run: make bindings-generate", file=sys.stderr)
            return 1
        PAGE.write_text(written, encoding="utf-8")
        print("written: docs/bindings.md")
    return 0


def covered(binding: Binding, scenarios: dict[str, str], reasons: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """What stands in the table for each scenario, and what is missing without a reason."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(binding.tests)))
    cells, missing = {}, []
    for scenario in scenarios:
        tested = re.search(binding.test(scenario), text, re.MULTILINE) is not None
        if tested and scenario in reasons:
            missing.append(f"{binding.language}: {scenario} is tested, and has a reason not to be")
        elif not tested and scenario not in reasons:
            missing.append(f"{binding.language}: no test of {scenario} in {binding.tests}")
        cells[scenario] = "yes" if tested else f"no: {reasons.get(scenario, '')}"
    return cells, missing


def missing_functions(binding: Binding) -> list[str]:
    """Functions of the C API that a binding which has them does not use, without a reason."""
    if not binding.sources:
        return []
    header = (ROOT / "include" / "sttp.h").read_text(encoding="utf-8")
    functions = re.findall(r"^(?:int32_t|void|const char \*|u?int64_t|uint32_t) ?(sttp_\w+)\(", header, re.MULTILINE)
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(binding.sources)))
    if len(functions) < 200:
        raise ValueError(f"only {len(functions)} functions were found in the header")
    problems = []
    for name in functions:
        used = re.search(binding.use.format(name), text) is not None
        apart = any(re.fullmatch(pattern, name) for pattern in binding.apart)
        if not used and not apart:
            problems.append(f"{binding.language}: {name} is not used in {binding.sources}")
    for pattern, reason in binding.apart.items():
        matching = [name for name in functions if re.fullmatch(pattern, name)]
        if all(re.search(binding.use.format(name), text) for name in matching):
            problems.append(f"{binding.language}: all of {pattern} is used, and has a reason not to be: {reason}")
    return problems


def table(scenarios: dict[str, str], columns: dict[str, dict[str, str]]) -> str:
    lines = [
        f"| Scenario | What is shown | {' | '.join(columns)} |",
        "|---|---|" + "---|" * len(columns),
    ]
    for scenario, what in scenarios.items():
        cells = " | ".join(column[scenario] for column in columns.values())
        lines.append(f"| `{scenario}` | {what} | {cells} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
