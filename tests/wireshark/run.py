"""Judges the dissector of packaging/wireshark by tshark: conversations of sttp-publish, sttp-subscribe and sttpapi are
recorded, and what the dissector decodes is compared with what the subscriber received.

    python tests/wireshark/run.py --bin build/bin

The last line is `N passed, N failed`; the exit code is 0 when nothing failed.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))

import checks  # noqa: E402
from compare import Mismatch  # noqa: E402
from processes import Session  # noqa: E402
from scenarios import Lab, Scenario  # noqa: E402

SCENARIO_SECONDS = 60


def main() -> int:
    options = _parse()
    chosen = [scenario for scenario in checks.all_checks() if re.search(options.only, scenario.name)]
    if shutil.which("tshark") is None:
        print("SKIPPED: the dissector for Wireshark, because tshark is missing; on Debian: apt install tshark")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="sttp-wireshark-"))
    lab = Lab(folder, options.bin.resolve())
    with ThreadPoolExecutor(options.jobs) as pool:
        failures = sum(pool.map(lambda scenario: not _passes(lab, scenario), chosen))
    if failures:
        print(f"files of the failed checks: {folder}")
    else:
        shutil.rmtree(folder)
    print(f"{len(chosen) - failures} passed, {failures} failed")
    return 1 if failures else 0


def _passes(lab: Lab, scenario: Scenario) -> bool:
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(dir=lab.metadata.parent))
    with Session(folder, SCENARIO_SECONDS) as session:
        try:
            scenario.run(lab, session)
        except Mismatch as mismatch:
            complaint = f"{mismatch}\n{session.report()}"
        except Exception:
            complaint = f"{traceback.format_exc()}{session.report()}"
        else:
            shutil.rmtree(folder)
            print(f"ok   {scenario.name} ({time.monotonic() - started:.1f} s)", flush=True)
            return True
    print(f"FAIL {scenario.name}, files in {folder.name}\n{complaint}", flush=True)
    return False


def _parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=HERE.parents[1] / "build/bin", help="folder of the tools")
    parser.add_argument("--only", default="", metavar="REGEX", help="run the checks whose name matches")
    parser.add_argument("--jobs", type=int, default=2, help="checks at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
