#!/usr/bin/env python3
"""Tells the licences of the Rust crates that are compiled into the library, from what cargo knows of them.

    licences.py                  a list of the crates, and the texts of their licences
    licences.py --debian FILE    debian/copyright, FILE, with a paragraph for each crate
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CARGO = os.environ.get("CARGO", "cargo")
TEXT_FILES = re.compile(r"(licen[cs]e|copying|notice|unlicense|copyright)([-._].*)?$", re.IGNORECASE)
COPYRIGHT = re.compile(
    r"^[\s*/]*(?:portions )?copyright\s+((?:\(c\)|©)?\s*(?:\d{4}|the )[^\n]*)$", re.IGNORECASE | re.MULTILINE
)
# Debian's names, in the order in which one is taken where a crate leaves the choice.
DEBIAN_NAMES = {
    "MIT": "Expat",
    "ISC": "ISC",
    "Zlib": "Zlib",
    "BSD-3-Clause": "BSD-3-clause",
    "Apache-2.0": "Apache-2.0",
}


class Crate:
    """A package that is compiled into the library."""

    def __init__(self, package):
        self.name = package["name"]
        self.version = package["version"]
        # Older packages write a choice with a slash.
        self.licence = package["license"].replace("/", " OR ")
        self.source = package["repository"] or f"https://crates.io/crates/{self.name}"
        self.authors = [re.sub(r" *<.*>", "", author) for author in package["authors"]]
        folder = Path(package["manifest_path"]).parent
        files = sorted(path for path in folder.iterdir() if path.is_file() and TEXT_FILES.match(path.name))
        self.texts = [path.read_text(encoding="utf-8", errors="replace").strip() for path in files]

    def __str__(self):
        return f"{self.name} {self.version}"

    def copyright(self):
        """Who holds it: as the licence says, or as the package does, or nobody who is named."""
        lines = [" ".join(line.split()) for text in self.texts for line in COPYRIGHT.findall(text)]
        # That of the text of the Apache licence itself is to be filled in.
        lines = [line for line in lines if "[" not in line and "{" not in line]
        return list(dict.fromkeys(lines)) or self.authors or [f"The authors of {self.name}"]

    def debian_licence(self):
        """All that hold at once, one of each choice."""
        chosen = []
        for alternatives in self.licence.replace("(", "").replace(")", "").split(" AND "):
            offered = alternatives.split(" OR ")
            known = [DEBIAN_NAMES[name] for name in DEBIAN_NAMES if name in offered]
            if not known:
                raise SystemExit(f"{self}: debian/copyright has no text for the licence {alternatives}")
            chosen.append(known[0])
        return " and ".join(dict.fromkeys(chosen))


def run(*arguments):
    """What cargo prints."""
    done = subprocess.run([CARGO, *arguments, "--locked"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{CARGO} {' '.join(arguments)} failed: the crates must be there, which 'make' fetches")
    return done.stdout


def crates():
    """What the library contains: neither what only runs while compiling, nor the library itself."""
    tree = run("tree", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}")
    compiled = {tuple(line.split()[:2]) for line in tree.splitlines()}
    packages = json.loads(run("metadata", "--format-version", "1"))["packages"]
    return [
        Crate(package)
        for package in sorted(packages, key=lambda package: (package["name"], package["version"]))
        if (package["name"], f"v{package['version']}") in compiled and package["source"] is not None
    ]


def write_texts(found):
    print("libsttp itself is under the MIT licence. The library contains these Rust crates, too, and the", end=" ")
    print("standard library of")
    print("Rust (MIT OR Apache-2.0, https://github.com/rust-lang/rust):\n")
    for crate in found:
        print(f"  {str(crate):28} {crate.licence:36} {crate.source}")
    texts = {}
    for crate in found:
        for text in crate.texts:
            # Texts that differ in spaces only stand there once.
            texts.setdefault(" ".join(text.split()), (text, []))[1].append(str(crate))
    for text, names in texts.values():
        print("\n" + "=" * 80)
        print("Of " + ", ".join(dict.fromkeys(names)) + ":\n")
        print(text)


def write_debian(found, path):
    text = Path(path).read_text(encoding="utf-8").rstrip()
    print(text)
    for crate in found:
        licence = crate.debian_licence()
        for name in licence.split(" and "):
            if f"\n\nLicense: {name}\n" not in text:
                raise SystemExit(f"{path} has no paragraph with the text of {name}, the licence of {crate}")
        holders = "\n           ".join(crate.copyright())
        print(f"\nFiles: crates/{crate.name}-{crate.version}/*")
        print(f"Copyright: {holders}")
        print(f"License: {licence}")
        print(f"Comment: Compiled into the library, from {crate.source}, which offers it under {crate.licence}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--debian", metavar="FILE")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")
    if arguments.debian:
        write_debian(crates(), arguments.debian)
    else:
        write_texts(crates())


if __name__ == "__main__":
    main()
