"""Reads metrics as strictly as Prometheus' text format is written down, and compares them with what --stats counts.

    metrics_check.py FILE [PREFIX=NAME,NAME...]...

Each PREFIX has every one of these counters, once, and no others.
"""

import math
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
HELP = re.compile(rf"# HELP ({NAME}) ((?:[^\\\n]|\\\\|\\n)+)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? ([^ ]+)")


def labels_of(text: str) -> tuple:
    labels, at = [], 0
    while at < len(text):
        found = LABEL.match(text, at)
        assert found, f"no label at {text[at:]!r}"
        labels.append((found[1], found[2]))
        at = found.end()
        assert at == len(text) or text[at] == ",", f"no comma behind a label of {text!r}"
        at += 1
    names = [name for name, _ in labels]
    assert len(names) == len(set(names)), f"a label twice in {text!r}"
    return tuple(sorted(labels))


def parse(text: str) -> dict:
    """The families by name: their kind, and their samples by labels."""
    assert text.endswith("\n"), "the last line has no end"
    families, current, helped = {}, None, None
    for number, line in enumerate(text[:-1].split("\n"), 1):
        if found := HELP.fullmatch(line):
            helped = found[1]
            assert helped not in families, f"line {number}: {helped} is there twice"
        elif found := TYPE.fullmatch(line):
            current = found[1]
            assert current == helped, f"line {number}: no help in front of {current}"
            assert (found[2] == "counter") == current.endswith("_total"), f"line {number}: the kind of {current}"
            families[current] = (found[2], {})
        else:
            found = SAMPLE.fullmatch(line)
            assert found, f"line {number}: {line!r} is nothing that the format has"
            assert found[1] == current, f"line {number}: {found[1]} is not with its family"
            value, labels = float(found[3]), labels_of(found[2] or "")
            assert labels not in families[current][1], f"line {number}: twice"
            assert families[current][0] == "gauge" or (value >= 0 and not math.isnan(value)), f"line {number}: {value}"
            families[current][1][labels] = value
    return families


def main() -> None:
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        families = parse(file.read())
    for wanted in sys.argv[2:]:
        prefix, _, names = wanted.partition("=")
        there = [name.removeprefix(prefix + "_") for name in families if name.startswith(prefix + "_")]
        plain = [re.sub("_(total|seconds)$", "", name) for name in there]
        missing = set(names.split(",")) - set(plain)
        assert not missing and len(plain) == len(set(plain)), f"{prefix} lacks {missing}, or has one twice: {there}"
        assert len(there) == len(names.split(",")), f"{prefix} has more: {set(plain) - set(names.split(','))}"
        assert all(samples for _, samples in families.values()), "a family without a sample"
    print(f"{len(families)} families")


main()
