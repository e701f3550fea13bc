#!/usr/bin/env python3
"""Looks whether each link of HTML pages to another file or to a place in one leads somewhere: check_links.py FOLDER.

Links to other hosts are not followed.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

folder = Path(sys.argv[1]).resolve()


class Page(HTMLParser):
    """The links of a page, and the places in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value and name in ("href", "src"):
                self.links.append(value)
            elif value and (name == "id" or (tag == "a" and name == "name")):
                self.places.add(value)


pages = {path: Page(path) for path in sorted(folder.rglob("*.html"))}
checked = 0
broken = []
for path, page in pages.items():
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        checked += 1
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        place = unquote(parts.fragment)
        if not target.is_file() or (place and target in pages and place not in pages[target].places):
            broken.append(f"{path.relative_to(folder)}: {link}")

for link in broken:
    print(f"leads nowhere: {link}", file=sys.stderr)
print(f"Links: {checked} of {len(pages)} pages checked, {len(broken)} lead nowhere")
sys.exit(bool(broken) or not checked)
