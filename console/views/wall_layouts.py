"""How the wall is divided: every layout is a value, its cells rectangles on a small grid.

Squares of equal tiles, and layouts of one large tile with small ones around it; there the large tile is the first cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Box:
    """Where a cell lies: its first column and row, and as many fields to the right as downwards."""

    column: int
    row: int
    span: int = 1

    @property
    def right(self) -> int:
        return self.column + self.span

    @property
    def bottom(self) -> int:
        return self.row + self.span


@dataclass(frozen=True, slots=True)
class Layout:
    """`key` is what is stored and shown: "9", "1+5". The grid has as many rows as columns."""

    key: str
    side: int
    cells: tuple[Box, ...]

    @property
    def count(self) -> int:
        return len(self.cells)

    def neighbour(self, index: int, right: int, down: int) -> int | None:
        """Return the cell beside this one in that direction, the one most nearly opposite; None at the edge."""
        here = self.cells[index]
        beside = [at for at, box in enumerate(self.cells) if _touches(here, box, right, down)]
        return min(beside, key=lambda at: _aside(here, self.cells[at], along_rows=down == 0), default=None)


def _touches(here: Box, box: Box, right: int, down: int) -> bool:
    if right:
        meets = box.column == here.right if right > 0 else box.right == here.column
        return meets and box.row < here.bottom and here.row < box.bottom
    meets = box.row == here.bottom if down > 0 else box.bottom == here.row
    return meets and box.column < here.right and here.column < box.right


def _aside(here: Box, box: Box, *, along_rows: bool) -> int:
    """Return twice the distance of the two middles across the direction."""
    if along_rows:
        return abs(box.row + box.bottom - here.row - here.bottom)
    return abs(box.column + box.right - here.column - here.right)


def _square(side: int) -> Layout:
    return Layout(str(side * side), side, tuple(Box(at % side, at // side) for at in range(side * side)))


def _around(side: int, large: Box) -> Layout:
    """One large cell, and small ones wherever it leaves room, in reading order."""
    small = [Box(at % side, at // side) for at in range(side * side)]
    small = [
        box for box in small if not (large.column <= box.column < large.right and large.row <= box.row < large.bottom)
    ]
    return Layout(f"1+{len(small)}", side, (large, *small))


ONE: Final = _square(1)
SQUARES: Final = tuple(_square(side) for side in (1, 2, 3, 4, 5, 6, 8))
MIXED: Final = (_around(3, Box(0, 0, 2)), _around(4, Box(0, 0, 3)), _around(4, Box(1, 1, 2)))
LAYOUTS: Final = (*SQUARES, *MIXED, _square(10))
"""In the order of their digits 1–9 and 0; the last one stands in the list only."""

DEFAULT: Final = SQUARES[2]
CELLS: Final = max(layout.count for layout in LAYOUTS)
_BY_KEY: Final = {layout.key: layout for layout in LAYOUTS}
_WITH_DIGIT: Final = LAYOUTS[:10]


def layout_named(key: str) -> Layout | None:
    """Return the layout that is stored under this key; None if there is none, as from a newer program."""
    return _BY_KEY.get(key)


def layout_of(digit: int) -> Layout:
    """Return the layout behind a digit: 1–7 the squares, 8, 9 and 0 those with a large tile."""
    return _WITH_DIGIT[(digit - 1) % 10]


def digit_of(layout: Layout) -> int | None:
    """Return the digit of a layout; None for one that stands in the list only."""
    return (_WITH_DIGIT.index(layout) + 1) % 10 if layout in _WITH_DIGIT else None


def large_enough(layout: Layout, index: int) -> Layout:
    """Return this layout if it has that cell, else the smallest square that has it."""
    if index < layout.count:
        return layout
    return min((each for each in LAYOUTS if each.count > index), key=lambda each: (each not in SQUARES, each.count))
