"""The tables of options in docs/viewers.md and docs/parquet.md are those that the programs tell.

    docs_test.py PROGRAMS_FOLDER PAGE... [--update]

A table stands between '<!-- PROGRAM: HEADING -->' and '<!-- end -->'.
"""

import re
import subprocess
import sys
from pathlib import Path

from check import Checks

DOCS = Path(__file__).resolve().parents[2] / "docs"
# Sections by page and program; what several have stands there once.
PAGES = {
    "viewers.md": {"sttp-top": {"Where from", "For scripts", "In general"}, "sttp-view": {"The page"}},
    "parquet.md": {"sttp-parquet": {"Files", "How long"}},
}


def tables(program: Path) -> dict[str, str]:
    told = subprocess.run([program, "--help=markdown"], check=True, capture_output=True, text=True).stdout
    return dict(re.findall(r"### (.*)\n\n((?:\|.*\n)+)", told))


def check_page(checks: Checks, folder: Path, path: Path, programs: dict[str, set[str]]):
    page = path.read_text(encoding="utf-8")
    for name, headings in programs.items():
        found = tables(folder / name)
        checks.check(f"{name} has these sections", headings <= found.keys(), found.keys())
        for heading in headings:
            mark = re.compile(rf"(<!-- {name}: {heading} -->\n)((?:\|.*\n)*)(<!-- end -->)")
            if "--update" in sys.argv:
                page = mark.sub(lambda match, table=found[heading]: match[1] + table + match[3], page)
            written = mark.search(page)
            checks.check(f"{name}: {heading}", written is not None and written[2] == found[heading], found[heading])
    if "--update" in sys.argv:
        path.write_text(page, encoding="utf-8")


def main():
    checks = Checks("options in docs")
    for page in sys.argv[2:]:
        if page != "--update":
            check_page(checks, Path(sys.argv[1]), DOCS / page, PAGES[page])
    checks.end()


if __name__ == "__main__":
    main()
