"""How the columns of a table share its width: measured by what stands in them, not by a number somebody once chose.

States, dates and codes are shown whole. What does not fit on a narrow table is left out, column by column, instead of
cutting all of them; the panel and the paper have every one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtGui import QFontMetrics

from console.i18n import _, plain
from console.views.record_spec import Column
from console.views.theme import font

PAD: Final = 10
SIGN: Final = 22
"""What a mark's icon takes before its word."""
ARROW: Final = 18
"""What the sign of the order takes in a heading."""
ROUNDING: Final = 2
"""Letters of a scaled window are broader by parts of a pixel than they are measured."""
LEAST_SHARE: Final = 0.85
"""Of the width that a column's description names: with less, a text of usual length is not understood."""
LEAST_OPEN: Final = 150
MOST_MARK: Final = 300
MOST_TEXT: Final = 420
MOST_KNOWN: Final = 2048
MOST_GROWTH: Final = 0.5
"""How much air a column gets at most on a wide table; the open one takes what is left."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one column asks for. `rank`: the higher, the earlier it gives way; 0 stays."""

    least: int
    whole: int
    rank: int
    opened: bool = False
    grows: bool = True


class Ruler:
    """Measures what stands in each column, as far as it was seen."""

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        self._columns = columns
        self._metrics = QFontMetrics(font())
        bold = QFontMetrics(font(bold=True))
        self._heads = [
            bold.horizontalAdvance(plain(_(column.title))) + 2 * PAD + (ARROW if column.sort is not None else 0)
            for column in columns
        ]
        self._seen = [0] * len(columns)
        self._texts: list[set[str]] = [set() for _column in columns]

    def take(self, rows: Iterable[Sequence[str]]) -> bool:
        """Look at the texts of these rows; True if a column now wishes for more."""
        before = list(self._seen)
        for row in rows:
            for number, text in enumerate(row):
                known = self._texts[number]
                if text not in known:
                    if len(known) >= MOST_KNOWN:
                        known.clear()
                    known.add(text)
                    self._seen[number] = max(self._seen[number], self._metrics.horizontalAdvance(text) + ROUNDING)
        return self._seen != before

    def wishes(self) -> list[Wish]:
        return [self._wish(number) for number in range(len(self._columns))]

    def _wish(self, number: int) -> Wish:
        column, head = self._columns[number], self._heads[number]
        last = len(self._columns) - 1
        letter = self._metrics.averageCharWidth()
        usual = column.width * letter + 2 * PAD
        seen = self._seen[number]
        text = seen + 2 * PAD + (SIGN if column.mark is not None else 0) if seen else usual
        if not column.width:
            rank = 0 if number < last else 2 * last + 1
            return Wish(max(head, LEAST_OPEN), min(max(head, LEAST_OPEN, text), MOST_TEXT), rank, opened=True)
        if column.mark is not None:
            whole = max(head, min(text, MOST_MARK))
            return Wish(min(whole, max(head, int(usual * LEAST_SHARE))) if column.cut else whole, whole, number)
        whole = max(head, min(text, MOST_TEXT))
        least = whole if column.whole else max(head, min(whole, int(usual * LEAST_SHARE)))
        return Wish(least, whole, last + number if number else 0, grows=not column.number)


def shared(wishes: Sequence[Wish], room: int) -> list[int]:
    """Return the width of each column; 0: it has no room."""
    shown = _fitting(wishes, room)
    widths = {number: wishes[number].least for number in shown}
    missing = {number: wishes[number].whole - wishes[number].least for number in shown}
    rest, lack = max(0, room - sum(widths.values())), sum(missing.values())
    part = min(1.0, rest / lack) if lack else 0.0
    for number in shown:
        widths[number] += int(missing[number] * part)
    _grow(wishes, widths, room)
    return [widths.get(number, 0) for number in range(len(wishes))]


def _fitting(wishes: Sequence[Wish], room: int) -> list[int]:
    """Return the columns that are shown: the rest, then plain texts from the last on, then states give way."""
    shown = list(range(len(wishes)))
    for number in sorted(shown, key=lambda number: -wishes[number].rank):
        if not wishes[number].rank or sum(wishes[each].least for each in shown) <= room:
            break
        shown.remove(number)
    return shown


def _grow(wishes: Sequence[Wish], widths: dict[int, int], room: int) -> None:
    """Give away what is left, in place: air for all, then everything else to the open column or the last."""
    growing = [number for number in widths if wishes[number].grows]
    base, rest = sum(widths[number] for number in growing), room - sum(widths.values())
    if rest > 0 and base:
        share = min(rest / base, MOST_GROWTH)
        for number in growing:
            widths[number] += int(widths[number] * share)
    opened = [number for number in widths if wishes[number].opened] or list(widths)[-1:]
    rest = room - sum(widths.values())
    for number in opened if rest > 0 else ():
        widths[number] += rest // len(opened)
