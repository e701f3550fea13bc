"""Runs sttp-publish and sttp-subscribe against sttpapi and compares both ends.

    python tests/interop/run.py --bin build/bin

The last line is `N passed, N failed`; the exit code is 0 when nothing failed. With --self-check sttpapi
takes the place of both tools, and the comparisons are shown faulty data, which they must refuse.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import scenarios
from compare import Mismatch
from goapi import goapi_scenarios
from history import history_scenarios
from messages import message_scenarios
from processes import Session
from scenarios import GOAPI, Lab, Scenario
from selfcheck import faults
from udp import udp_scenarios

SCENARIO_SECONDS = 60
REPOSITORY = Path(__file__).resolve().parents[2]
CANNOT_BUILD = 77


def main() -> int:
    options = _parse()
    chosen = [
        scenario for scenario in _scenarios(options)
        if re.search(options.only, scenario.name) and not (options.self_check and scenario.needs_tools)
    ]
    if options.list:
        print("\n".join(scenario.name for scenario in chosen))
        return 0
    if not options.self_check:
        for tool in ("sttp-publish", "sttp-subscribe"):
            if shutil.which(options.bin / tool) is None:
                print(f"run.py: no {tool} in {options.bin}", file=sys.stderr)
                return 2

    folder = Path(tempfile.mkdtemp(prefix="sttp-interop-"))
    lab = Lab(folder, None if options.self_check else options.bin.resolve())
    if any(scenario.needs_goapi for scenario in chosen) and not _build_goapi(lab, folder / "go"):
        skipped = [scenario for scenario in chosen if scenario.needs_goapi]
        chosen = [scenario for scenario in chosen if not scenario.needs_goapi]
        print(f"SKIPPED: {len(skipped)} exchanges with goapi", flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        try:
            failures = sum(pool.map(lambda scenario: not _passes(lab, scenario), chosen))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if failures:
        print(f"files of the failed scenarios: {folder}")
    else:
        shutil.rmtree(folder)
    print(f"{len(chosen) - failures} passed, {failures} failed")
    return 1 if failures else 0


def _build_goapi(lab: Lab, folder: Path) -> bool:
    """Builds the programs on goapi, which is possible where Go is and its module proxy gives goapi."""
    built = subprocess.run([REPOSITORY / "tests/interop/go/build.sh", folder], stderr=subprocess.PIPE, text=True)
    if built.returncode not in (0, CANNOT_BUILD):
        raise SystemExit(built.stderr)
    if built.returncode == CANNOT_BUILD:
        print(built.stderr, end="", flush=True)
        return False
    lab.subscribe[GOAPI] = [str(folder / "subscriber")]
    return True


def _scenarios(options) -> list[Scenario]:
    parts = [scenarios.all_scenarios, message_scenarios, history_scenarios, udp_scenarios, goapi_scenarios]
    return [scenario for part in parts for scenario in part()] + (faults() if options.self_check else [])


def _passes(lab: Lab, scenario: Scenario) -> bool:
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(dir=lab.metadata.parent))
    complaint = None
    with Session(folder, SCENARIO_SECONDS) as session:
        try:
            scenario.run(lab, session)
        except Mismatch as mismatch:
            complaint = f"{mismatch}\n{session.report()}"
        except Exception:
            complaint = f"{traceback.format_exc()}{session.report()}"
    seconds = time.monotonic() - started
    if complaint is None:
        shutil.rmtree(folder)
        print(f"ok   {scenario.name} ({seconds:.1f} s)", flush=True)
        return True
    print(f"FAIL {scenario.name} ({seconds:.1f} s), files in {folder.name}\n{complaint}", flush=True)
    return False


def _parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=REPOSITORY / "build/bin", help="folder of the two tools")
    parser.add_argument("--self-check", action="store_true", help="check this harness, without the tools")
    parser.add_argument("--only", default="", metavar="REGEX", help="run the scenarios whose name matches")
    parser.add_argument("--jobs", type=int, default=2, help="scenarios at a time")
    parser.add_argument("--list", action="store_true", help="print the names of the scenarios")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
