"""The printed table: what was measured beside its mark and beside sttpapi."""

from marks import Row

HEADER = ("measured", "libsttp", "mark", "", "sttpapi", "times as good")


def render(rows: list[Row]) -> str:
    lines = [HEADER] + [_texts(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rendered = ["  ".join(text.ljust(width) if column == 0 else text.rjust(width)
                          for column, (text, width) in enumerate(zip(line, widths, strict=True))).rstrip()
                for line in lines]
    rendered.insert(1, "-" * max(map(len, rendered)))
    return "\n".join(rendered)


def _texts(row: Row) -> tuple[str, ...]:
    verdict = {None: "", True: "met", False: "missed"}[row.is_met]
    if verdict == "missed" and not row.quiet:
        verdict += " (noisy)"
    if row.failure:
        verdict += f": {row.failure}"
    return (
        row.name, quantity(row.value, row.unit), _mark(row), verdict, quantity(row.peer, row.unit),
        "" if row.times_as_good is None else f"{row.times_as_good:,.0f}",
    )


def _mark(row: Row) -> str:
    if row.mark is None:
        return ""
    mark = row.mark if row.quiet or row.noisy_mark is None else row.noisy_mark
    return f"{'>=' if row.at_least else '<='} {quantity(mark, row.unit)}"


def quantity(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit in ("s", "ns"):
        return _duration(value * (1e9 if unit == "s" else 1))
    if unit == "/s":
        return f"{value / 1e6:,.2f} million/s" if value >= 1e6 else f"{value:,.0f}/s"
    if unit == "s CPU":
        return f"{value:.4f} s"
    if unit in ("us", "bytes", ""):
        return f"{value:,.0f} {unit}".rstrip()
    return f"{value:,.1f} {unit}"


def _duration(nanoseconds: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:,.2f} {unit}"
    return f"{nanoseconds:,.1f} ns"
