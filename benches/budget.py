"""Counts instructions and compares them with the committed budget, benches/instructions.json.

    benches/budget.py [--update] [NAME...]

Every work of benches/instructions.rs is run under callgrind with one round and with two. What the second round adds,
divided by its measurements, is the count, which no preparation and no other load of the machine changes. A count that
has grown by more than 5 % fails, because the code has become slower. One that has fallen by more than 5 % is pointed
out: tighten the budget, or it may grow again unnoticed. Counts of another compiler than the budget's are compared, but
do not fail: they tell of that compiler. `--update` writes the counts as the new budget.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BUDGET = REPOSITORY / "benches/instructions.json"
TOLERANCE = 0.05
COMPILER = "compiler"
# Copying and filling of memory that every machine does in the same way. Otherwise the system's library uses what the
# processor has, such as instructions that valgrind counts once for each byte.
TUNABLES = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-ERMS,-FSRM,-AVX2,-AVX_Fast_Unaligned_Load,-AVX512VL"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", metavar="NAME", nargs="*", help="count this work only")
    parser.add_argument("--update", action="store_true", help="write the counts as the new budget")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        print("valgrind is missing. Install it: apt install valgrind", file=sys.stderr)
        return 1
    program = build()
    works = listed(program)
    wanted = options.names or list(works)
    if unknown := [name for name in wanted if name not in works]:
        print(f"There is no work named {'; '.join(unknown)}. There is: {'; '.join(works)}", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = dict(zip(wanted, pool.map(lambda name: count(program, name, works[name]), wanted), strict=True))
    if options.update:
        return update(counts, works)
    return compare(counts, works, wanted)


def build() -> Path:
    """Compiles the works as the library is compiled for release, and says where the program is."""
    command = [os.environ.get("CARGO", "cargo"), "bench", "--no-run", "--bench", "instructions"]
    command.append("--message-format=json-render-diagnostics")
    messages = subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE).stdout
    artifacts = (json.loads(line) for line in messages.splitlines())
    return Path(next(
        artifact["executable"] for artifact in artifacts
        if artifact.get("target", {}).get("name") == "instructions" and artifact.get("executable")
    ))


def compiler() -> str:
    found = subprocess.run(["rustc", "--version"], cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True)
    return found.stdout.strip()


def listed(program: Path) -> dict[str, int]:
    """The names of the works, with the measurements of a round."""
    lines = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return {name: int(measurements) for name, measurements in (line.split("\t") for line in lines)}


def count(program: Path, name: str, measurements: int) -> float:
    """Instructions for each measurement."""
    first, second = (collected(program, name, rounds) for rounds in (1, 2))
    return round((second - first) / measurements, 1)


def collected(program: Path, name: str, rounds: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, name, str(rounds)]
        result = subprocess.run(
            command, env=os.environ | TUNABLES, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
    found = re.search(r"Collected : (\d+)", result.stderr)
    if result.returncode or not found:
        raise SystemExit(f"counting '{name}' failed:\n{result.stderr}")
    return int(found.group(1))


def update(counts: dict[str, float], works: dict[str, int]) -> int:
    before = json.loads(BUDGET.read_text(encoding="utf-8")) if BUDGET.exists() else {}
    merged = {COMPILER: compiler()} | {name: counts.get(name, before.get(name)) for name in works}
    BUDGET.write_text(json.dumps(merged, indent=1) + "\n", encoding="utf-8")
    print(f"{BUDGET.relative_to(REPOSITORY)} is written; commit it, and say why the counts changed")
    return 0


def compare(counts: dict[str, float], works: dict[str, int], wanted: list[str]) -> int:
    budget = json.loads(BUDGET.read_text(encoding="utf-8"))
    is_same_compiler = budget.pop(COMPILER, None) == compiler()
    failures = [f"'{name}' is in the budget, but nothing counts it" for name in budget if name not in works]
    grown, fallen = [], []
    print(f"{'instructions per measurement':<32} {'counted':>9} {'budget':>9} {'change':>7}")
    for name in wanted:
        allowed = budget.get(name)
        if allowed is None:
            failures.append(f"'{name}' has no budget")
            continue
        change = counts[name] / allowed - 1
        print(f"{name:<32} {counts[name]:>9.1f} {allowed:>9.1f} {change:>+7.1%}")
        if change > TOLERANCE:
            grown.append(f"'{name}' takes {change:.1%} more instructions than its budget: make it cheaper")
        elif change < -TOLERANCE:
            fallen.append(f"'{name}' takes {-change:.1%} fewer instructions than its budget: tighten it")
    if is_same_compiler:
        failures += grown
    else:
        fallen += grown
        print(f"The budget was counted with another compiler than {compiler()}; differences do not fail")
    for note in fallen:
        print(f"NOTE: {note}")
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    if failures or fallen:
        print("If that is meant: make budget UPDATE=1, and commit benches/instructions.json", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
