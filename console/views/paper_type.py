"""The type of papers: sizes after the official rules, widths of text, and lines that end between words only.

Lengths are dots of 1/1200 inch, the same on every printer, in every file and on the screen, so that a paper has the
same lines and pages everywhere. Lines are broken here and not by Qt, which breaks Thai otherwise on each system.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtGui import QFont, QFontMetricsF

from console.i18n import NO_BREAK
from console.i18n.words import broken
from console.views.theme import FAMILY, LINE, load_fonts

DOTS: Final = 1200
_POINT: Final = DOTS / 72
_MM: Final = DOTS / 25.4
OFFICIAL: Final = 0.75
"""The rules count in points of TH Sarabun, whose letters are three quarters of their size: 16 of them are 12 here."""

_PIECE: Final = re.compile(r"[^ \u200b]+ *| +")
# A repetition mark, an abbreviation mark and the sign of hours stay on the line of the word before, a unit on that of
# its figure; a date stays whole.
_BOUND: Final = re.compile(r" (?=[ๆฯ]|น\.)|(?<=\d) (?=(?:ชม\.|ม\.|วัน|นาที)(?![ก-๙]))")
_DATE: Final = re.compile(r"(\d{1,2}) ([ก-ฮิี]{1,3}\.[ก-ฮ]\.|[A-Z][a-z]{2}) (\d{4})")
_JOINED: Final = "\u00a0"
# Where a word wider than its column is cut: after a sign that parts it, else between letters with all their marks.
_PARTS: Final = re.compile(r"[^-/_.:@,;=&?]*[-/_.:@,;=&?]+|[^-/_.:@,;=&?]+")
_LETTERS: Final = re.compile("[เแโใไ]?.[ัิ-ฺ็-๎ะาำๅๆฯ]*", re.DOTALL)


def points(size: float) -> float:
    return size * _POINT


def millimetres(length: float) -> float:
    return length * _MM


_RISE: Final = 1.2
"""The baseline below a line's top, in sizes. Tone marks stand up to 1.28 above it and vowels hang 0.35 below it, more
than Sarabun itself says: this shares the lack out, and a cell's edges take it up."""


class Style(Enum):
    """A use of type: size in official points, and whether it is bold."""

    TITLE = (20, True)
    BODY = (16, False)
    STRONG = (16, True)
    CELL = (14, False)
    HEAD = (14, True)
    SMALL = (12, False)
    SECRET = (26, True)

    @property
    def size(self) -> float:
        return points(self.value[0] * OFFICIAL)

    @property
    def line(self) -> float:
        """Height of a line: less than one and a half cuts the upper tone marks."""
        return self.size * LINE


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `y` is its baseline."""

    x: float
    y: float
    text: str
    style: Style


def font_of(style: Style) -> QFont:
    made = QFont(FAMILY)
    made.setPixelSize(round(style.size))
    made.setBold(style.value[1])
    # A hinted letter is as wide as the screen's dots say, and the lines would end elsewhere on each device.
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


class Typesetter:
    """Measures text and breaks it into lines; remembers the width of every word. Belongs to one thread."""

    def __init__(self) -> None:
        load_fonts()
        self._metrics = {style: QFontMetricsF(font_of(style)) for style in Style}
        self._widths: dict[tuple[Style, str], float] = {}

    def width(self, text: str, style: Style) -> float:
        known = self._widths.get((style, text))
        if known is None:
            known = self._widths[style, text] = self._metrics[style].horizontalAdvance(text)
        return known

    @staticmethod
    def baseline(style: Style) -> float:
        """How far below its line's top a text stands."""
        return style.size * _RISE

    def words(self, x: float, top: float, text: str, style: Style) -> Words:
        """Set a line whose upper edge is `top`."""
        return Words(x, top + self.baseline(style), text, style)

    def widest(self, text: str, style: Style) -> float:
        """The width of the widest word, which a column should not be narrower than."""
        return max((self.width(piece.rstrip(), style) for piece in pieces(text)), default=0.0)

    def lines(self, text: str, style: Style, limit: float) -> list[str]:
        """Break the text at its own line ends, and between words where it is wider than `limit`."""
        return [line for part in text.split("\n") for line in self._wrapped(part, style, limit)]

    def _wrapped(self, text: str, style: Style, limit: float) -> list[str]:
        made: list[str] = []
        line, used = "", 0.0
        for piece in pieces(text):
            bare = self.width(piece.rstrip(), style)
            if line and used + bare > limit:
                made.append(line.rstrip())
                line, used = "", 0.0
            if bare > limit:
                *whole, piece = self._cut(piece, style, limit)  # noqa: PLW2901 - its rest goes on like any word
                made += whole
            line, used = line + piece, used + self.width(piece, style)
        return [*made, line.rstrip()]

    def _cut(self, word: str, style: Style, limit: float) -> list[str]:
        """Cut a word that no line can hold."""
        parts: list[str] = []
        for part in _PARTS.findall(word):
            parts += [part] if self.width(part, style) <= limit else _LETTERS.findall(part)
        made = [""]
        for part in parts:
            if made[-1] and self.width(made[-1] + part, style) > limit:
                made.append("")
            made[-1] += part
        return made


def pieces(text: str) -> list[str]:
    """Return the words with the blanks behind them; a line may end after each of them."""
    bound = _DATE.sub(_JOINED.join((r"\1", r"\2", r"\3")), _BOUND.sub(_JOINED, text))
    shown = broken(bound).replace(NO_BREAK, "")
    return _PIECE.findall(shown)
