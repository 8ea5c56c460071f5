"""Tables on paper: columns wide enough for their words, heads on each page, rows that are not cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from console.services.papers import TableColumn
from console.views.paper_marks import Mark, Progress, Rule, Shade, Strip, box
from console.views.paper_type import Style, Typesetter, points

_EDGE: Final = points(4)
_STEP: Final = 50
"""Rows between two questions whether to go on."""
_SLACK: Final = points(0.1)
"""What a width may lose by rounding when the columns are fitted to the page."""
_WIDEST: Final = 3
"""One word takes at most this part of the page."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's texts as they are printed, on a page of this inside."""

    columns: Sequence[TableColumn]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    width: float
    height: float


class TableSetter:
    """Sets one table."""

    def __init__(self, setter: Typesetter, grid: Grid) -> None:
        self._type = setter
        self._grid = grid
        widths = self._widths()
        self._edges = [sum(widths[:at]) for at in range(len(widths) + 1)]

    def strips(self, progress: Progress) -> Iterator[Strip]:
        """The head, then the rows; each brings the head with it."""
        grid = self._grid
        plain = self._part(self._lines(grid.head, Style.HEAD), Style.HEAD)
        head = replace(plain, marks=(Shade(0, 0, grid.width, plain.height), *plain.marks), bound=True)
        yield head
        for done, row in enumerate(grid.rows):
            if done % _STEP == 0:
                progress(done, len(grid.rows))
            for part in self._parts(row, grid.height - head.height):
                yield replace(part, head=head)

    def empty(self, text: str) -> Strip:
        """The one row of a table that has none."""
        height = Style.CELL.line + 2 * _EDGE
        x = (self._grid.width - self._type.width(text, Style.CELL)) / 2
        words = self._type.words(x, _EDGE, text, Style.CELL)
        return Strip(height, (*box(0, 0, self._grid.width, height), words))

    def _widths(self) -> list[float]:
        """Share the width out as wished, but give each column at least its widest word."""
        grid = self._grid
        whole = sum(column.width for column in grid.columns)
        wished = [column.width / whole * grid.width for column in grid.columns]
        pairs = [(wish, self._least(at)) for at, wish in enumerate(wished)]
        spare = sum(max(0.0, wish - least) for wish, least in pairs)
        missing = sum(max(0.0, least - wish) for wish, least in pairs)
        taken = min(1.0, missing / spare) if spare else 0.0
        widths = [max(wish, least) - max(0.0, wish - least) * taken for wish, least in pairs]
        return [width * grid.width / sum(widths) for width in widths]

    def _least(self, at: int) -> float:
        cells = max((self._type.widest(row[at], Style.CELL) for row in self._grid.rows), default=0.0)
        widest = max(cells, self._type.widest(self._grid.head[at], Style.HEAD))
        return min(widest + 2 * _EDGE + _SLACK, self._grid.width / _WIDEST)

    def _lines(self, cells: Sequence[str], style: Style) -> list[list[str]]:
        spans = pairwise(self._edges)
        return [
            self._type.lines(cell, style, right - left - 2 * _EDGE)
            for cell, (left, right) in zip(cells, spans, strict=True)
        ]

    def _parts(self, cells: Sequence[str], room: float) -> Iterator[Strip]:
        """One strip; more only for a row that no page holds."""
        wrapped = self._lines(cells, Style.CELL)
        most = max(1, int((room - _EDGE) // Style.CELL.line))
        for start in range(0, max(len(lines) for lines in wrapped), most):
            yield self._part([lines[start : start + most] for lines in wrapped], Style.CELL)

    def _part(self, wrapped: Sequence[Sequence[str]], style: Style) -> Strip:
        height = max(len(lines) for lines in wrapped) * style.line + _EDGE
        marks: list[Mark] = [*box(0, 0, self._grid.width, height)]
        marks += [Rule(x, 0, x, height) for x in self._edges[1:-1]]
        cells = zip(wrapped, self._grid.columns, pairwise(self._edges), strict=True)
        for lines, column, (left, right) in cells:
            for at, line in enumerate(lines):
                x = right - _EDGE - self._type.width(line, style) if column.number else left + _EDGE
                marks.append(self._type.words(x, _EDGE / 2 + at * style.line, line, style))
        return Strip(height, tuple(marks))
