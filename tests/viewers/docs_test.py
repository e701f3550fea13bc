"""The tables of options in docs/viewers.md are those that the programs tell.

    docs_test.py VIEWERS_FOLDER [--update]

A table stands between '<!-- PROGRAM: HEADING -->' and '<!-- end -->'.
"""

import re
import subprocess
import sys
from pathlib import Path

from check import Checks

PAGE = Path(__file__).resolve().parents[2] / "docs/viewers.md"
# What both have stands in the tables of one.
PROGRAMS = {"sttp-top": {"Where from", "For scripts", "In general"}, "sttp-view": {"The page"}}


def tables(program: Path) -> dict[str, str]:
    told = subprocess.run([program, "--help=markdown"], check=True, capture_output=True, text=True).stdout
    return dict(re.findall(r"### (.*)\n\n((?:\|.*\n)+)", told))


def main():
    folder = Path(sys.argv[1])
    page = PAGE.read_text(encoding="utf-8")
    checks = Checks("docs/viewers.md")
    for name, headings in PROGRAMS.items():
        found = tables(folder / name)
        checks.check(f"{name} has these sections", headings <= found.keys(), found.keys())
        for heading in headings:
            mark = re.compile(rf"(<!-- {name}: {heading} -->\n)((?:\|.*\n)*)(<!-- end -->)")
            if "--update" in sys.argv:
                page = mark.sub(lambda match, table=found[heading]: match[1] + table + match[3], page)
            written = mark.search(page)
            checks.check(f"{name}: {heading}", written is not None and written[2] == found[heading], found[heading])
    if "--update" in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
    checks.end()


if __name__ == "__main__":
    main()
