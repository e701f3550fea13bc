"""A screen of a terminal, as tmux tells it with its colours, as a picture (SVG)."""

import re
from html import escape
from pathlib import Path

CELL, LINE = 8.4, 17
COLOURS = {
    30: "#0d141c", 31: "#ff6b61", 32: "#6bd68c", 33: "#ffd166", 34: "#6fa8ff", 35: "#e08cff", 36: "#6fd0ff",
    37: "#d5dde5", 90: "#7d8fa3", 91: "#ff6b61", 92: "#6bd68c", 93: "#ffd166", 94: "#6fa8ff", 95: "#e08cff",
    96: "#6fd0ff", 97: "#ffffff",
}  # fmt: skip
GROUND, TEXT = "#0d141c", "#eef3f8"
# The first of 256 colours are those above.
FIRST = {number: COLOURS[30 + number if number < 8 else 82 + number] for number in range(16)}


class Style:
    def __init__(self):
        self.colour, self.bold, self.reversed, self.underlined = TEXT, False, False, False

    def take(self, codes: list[int]):
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.__init__()
            elif code == 1:
                self.bold = True
            elif code == 4:
                self.underlined = True
            elif code == 7:
                self.reversed = True
            elif code == 38 and codes[:1] == [5]:
                self.colour = FIRST.get(codes[1], TEXT)
                del codes[:2]
            elif code == 39:
                self.colour = TEXT
            elif code in COLOURS:
                self.colour = COLOURS[code]


def write(screen: str, path: Path, width: int, height: int):
    """Writes the picture of a screen of so many columns and lines."""
    parts, style = [], Style()
    for number, line in enumerate(screen.rstrip("\n").split("\n")[:height]):
        column = 0
        for piece in re.split(r"(\x1b\[[\d;]*m)", line):
            codes = re.fullmatch(r"\x1b\[([\d;]*)m", piece)
            if codes:
                style.take([int(code or 0) for code in codes.group(1).split(";")])
            elif piece:
                parts.append(draw(piece, column, number, style))
                column += len(piece)
    size = f'width="{width * CELL + 16:.0f}" height="{height * LINE + 16}"'
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" '
        f'font-size="14">\n<rect width="100%" height="100%" rx="6" fill="{GROUND}"/>\n' + "".join(parts) + "</svg>\n",
        encoding="utf-8",
    )


def draw(text: str, column: int, line: int, style: Style) -> str:
    x, y, length = 8 + column * CELL, 8 + line * LINE, len(text) * CELL
    colour, box = style.colour, ""
    if style.reversed:
        box = f'<rect x="{x:.1f}" y="{y}" width="{length:.1f}" height="{LINE}" fill="{colour}"/>\n'
        colour = GROUND
    if not text.strip():
        return box
    more = ' font-weight="bold"' if style.bold else ""
    more += ' text-decoration="underline"' if style.underlined else ""
    return (
        f'{box}<text x="{x:.1f}" y="{y + 13}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs" '
        f'xml:space="preserve" fill="{colour}"{more}>{escape(text)}</text>\n'
    )
