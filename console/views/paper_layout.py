"""From a `Report` to pages: what stands where, before any device is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from console.i18n import _, plain
from console.i18n.dates import format_date_time
from console.kernel import Secret
from console.services.papers import (
    Block,
    Code,
    Facts,
    Heading,
    Note,
    Paragraph,
    QrCode,
    Report,
    Signature,
    Signatures,
    Table,
    Tick,
)
from console.views.paper_marks import (
    Mark,
    PageSize,
    Picture,
    Progress,
    Rule,
    Strip,
    box,
    fill_pages,
    unheard,
)
from console.views.paper_qr import squares
from console.views.paper_table import Grid, TableSetter
from console.views.paper_type import Style, Typesetter, Words, millimetres, points

_GAP: Final = points(6)
_SIGN_ROOM: Final = points(34)
_FRAME_MM: Final = 12.0
"""From the paper's upper edge to the page number, and from its lower edge to the foot line."""
_MOST_OF_FOOT: Final = 0.8
"""So much of the foot line station, person and time take at most: the paper's title must still be known by."""


@dataclass(frozen=True, slots=True)
class Pages:
    """A paper laid out: the marks of each page, in dots from the page's corner."""

    report: Report
    size: PageSize
    pages: tuple[tuple[Mark, ...], ...]


def lay_out(report: Report, progress: Progress = unheard) -> Pages:
    """Lay a paper out, on any thread. What `progress` raises goes through."""
    return _Press(report, progress).pages()


class _Press:
    """One paper on its way to pages."""

    def __init__(self, report: Report, progress: Progress) -> None:
        self._report = report
        self._progress = progress
        self._type = Typesetter()
        self._size = PageSize.of(report.orientation)
        self._width = self._size.inner_width

    def pages(self) -> Pages:
        filled = list(fill_pages(self._strips(), self._size))
        framed = [(*marks, *self._frame(number, len(filled))) for number, marks in enumerate(filled, start=1)]
        return Pages(self._report, self._size, tuple(framed))

    def _strips(self) -> Iterator[Strip]:
        yield from self._centred(self._report.title, Style.TITLE)
        yield from self._centred(self._report.made.station, Style.BODY)
        yield Strip(_GAP * 2)
        if self._report.facts:
            yield from self._facts(Facts(self._report.facts))
            yield Strip(_GAP)
        for block in self._report.blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[Strip]:
        match block:
            case Heading():
                yield Strip(_GAP, bound=True)
                yield from (replace(strip, bound=True) for strip in self._running(block.text, Style.STRONG))
            case Paragraph():
                yield from self._paragraph(block)
                yield Strip(_GAP / 2)
            case Note():
                yield from self._running(block.text, Style.SMALL)
                yield Strip(_GAP / 2)
            case Facts():
                yield from self._facts(block)
            case Table():
                # A vowel below the line above would stand on the table's edge.
                yield Strip(_GAP / 2, bound=True)
                yield from self._table(block)
                yield Strip(_GAP)
            case Code():
                yield self._code(block)
            case Tick():
                yield from self._tick(block)
            case QrCode():
                yield self._qr_code(block)
            case Signatures():
                yield from self._signatures(block)

    # Text

    def _text(self, text: str) -> str:
        return self._report.figures(plain(text))

    def _running(self, text: str, style: Style, x: float = 0.0) -> Iterator[Strip]:
        for line in self._type.lines(self._text(text), style, self._width - x):
            yield Strip(style.line, (self._type.words(x, 0, line, style),))

    def _centred(self, text: str, style: Style) -> Iterator[Strip]:
        for line in self._type.lines(self._text(text), style, self._width):
            x = (self._width - self._type.width(line, style)) / 2
            yield Strip(style.line, (self._type.words(x, 0, line, style),), bound=True)

    def _paragraph(self, block: Paragraph) -> Iterator[Strip]:
        """The number of a numbered one hangs before it."""
        number = self._text(block.number)
        indent = self._type.width(number, Style.BODY) + points(6) if number else 0.0
        first, *others = self._running(block.text, Style.BODY, indent)
        yield replace(first, marks=(self._type.words(0, 0, number, Style.BODY), *first.marks)) if number else first
        yield from others

    def _facts(self, block: Facts) -> Iterator[Strip]:
        names = [self._text(name) for name, _value in block.pairs]
        indent = max(self._type.width(name, Style.STRONG) for name in names) + points(10)
        for name, (_name, value) in zip(names, block.pairs, strict=True):
            yield self._fact(name, self._text(value), indent)

    def _fact(self, name: str, value: str, indent: float) -> Strip:
        style = Style.BODY
        lines = self._type.lines(value, style, self._width - indent)
        marks: list[Mark] = [self._type.words(0, 0, name, Style.STRONG)]
        marks += [self._type.words(indent, at * style.line, line, style) for at, line in enumerate(lines)]
        if not value:
            marks.append(self._dots(indent, self._width, 0))
        return Strip(len(lines) * style.line, tuple(marks))

    def _dots(self, start: float, end: float, top: float) -> Rule:
        """A line to write on."""
        foot = top + self._type.baseline(Style.BODY)
        return Rule(start, foot, end, foot, dotted=True)

    def _code(self, block: Code) -> Strip:
        secret = isinstance(block.text, Secret)
        shown = block.text.reveal() if isinstance(block.text, Secret) else block.text
        style = Style.SECRET if secret else Style.CELL
        marks: list[Mark] = []
        top = 0.0
        if block.label:
            marks.append(self._type.words(0, 0, self._text(block.label), Style.STRONG))
            top = Style.STRONG.line + _GAP / 2
        lines = self._type.lines(shown, style, self._width - 2 * _GAP)
        height = len(lines) * style.line + _GAP
        if secret:
            marks += box(0, top, self._width, height)
        for at, line in enumerate(lines):
            x = (self._width - self._type.width(line, style)) / 2 if secret else 0.0
            marks.append(self._type.words(x, top + _GAP / 2 + at * style.line, line, style))
        return Strip(top + height + _GAP, tuple(marks))

    def _tick(self, block: Tick) -> Iterator[Strip]:
        """The box stands as high as a letter, at the first line of what it means."""
        style = Style.BODY
        side, top = style.size * 0.72, style.size * 0.5
        indent = side + points(8)
        drawn: list[Mark] = list(box(0, top, side, side))
        if block.ticked:
            low, middle = top + side * 0.85, side * 0.42
            drawn += [
                Rule(side * 0.15, top + side * 0.5, middle, low),
                Rule(middle, low, side * 0.95, top - side * 0.1),
            ]
        first, *others = self._running(block.text, style, indent)
        yield replace(first, marks=(*drawn, *first.marks), bound=bool(others))
        yield from others
        yield Strip(_GAP / 2)

    def _qr_code(self, block: QrCode) -> Strip:
        """The squares at the left edge, which is white already, and their label beside them, in the middle."""
        drawn = squares(block.text)
        wide = len(drawn.rows) * drawn.side
        indent = wide + points(16)
        style = Style.BODY
        lines = self._type.lines(self._text(block.label), style, self._width - indent) if block.label else []
        height = max(wide, len(lines) * style.line)
        top = (height - len(lines) * style.line) / 2
        words = [self._type.words(indent, top + at * style.line, line, style) for at, line in enumerate(lines)]
        return Strip(_GAP + height + 2 * _GAP, (replace(drawn, y=_GAP), *words))

    def _table(self, block: Table) -> Iterator[Strip]:
        head = [self._text(column.title) for column in block.columns]
        rows = [[self._text(cell) for cell in row] for row in block.rows]
        setter = TableSetter(self._type, Grid(block.columns, head, rows, self._width, self._size.inner_height))
        yield from setter.strips(self._progress)
        if not rows:
            yield setter.empty(self._text(block.empty or _("No entries.")))

    # Signatures, number and foot

    def _signatures(self, block: Signatures) -> Iterator[Strip]:
        """Two in a row; a single one stands at the right."""
        rows = [block.people[at : at + 2] for at in range(0, len(block.people), 2)]
        half = self._width / 2
        for number, row in enumerate(rows, start=1):
            places = (0.0, half) if len(row) > 1 else (half,)
            marks = [mark for person, x in zip(row, places, strict=True) for mark in self._signature(person, x, half)]
            yield Strip(_SIGN_ROOM + 3 * Style.BODY.line, tuple(marks), bound=number < len(rows))

    def _signature(self, person: Signature, x: float, width: float) -> Iterator[Mark]:
        style, edge = Style.BODY, points(8)
        signed = self._text(_("Signed"))
        start, end = x + edge + self._type.width(signed, style) + points(3), x + width - edge
        yield self._type.words(x + edge, _SIGN_ROOM, signed, style)
        yield self._dots(start, end, _SIGN_ROOM)
        if person.drawn:
            yield Picture(start, 0, end - start, _SIGN_ROOM + self._type.baseline(style), person.drawn)
        below = _SIGN_ROOM + style.line
        if person.name:
            yield self._middle(start, end, below, f"({self._text(person.name)})")
        else:
            bracket = self._type.width("(", style)
            yield self._type.words(start, below, "(", style)
            yield self._dots(start + bracket, end - bracket, below)
            yield self._type.words(end - bracket, below, ")", style)
        yield self._middle(start, end, below + style.line, self._text(person.role))

    def _middle(self, start: float, end: float, top: float, text: str) -> Words:
        x = (start + end - self._type.width(text, Style.BODY)) / 2
        return self._type.words(x, top, text, Style.BODY)

    def _frame(self, number: int, of: int) -> Iterator[Words]:
        """The page's number from the second page on; at the foot what the paper is, who made it and when."""
        figures, style, left = self._report.figures, Style.SMALL, self._size.left
        if number > 1:
            yield self._middle(left, left + self._width, millimetres(_FRAME_MM), figures(f"- {number} -"))
        top = self._size.height - millimetres(_FRAME_MM) - style.line / 2
        count = figures(f"{number}/{of}")
        end = self._type.width(count, style)
        yield self._type.words(left, top, self._made(self._width - end - points(10)), style)
        yield self._type.words(left + self._width - end, top, count, style)

    def _made(self, room: float) -> str:
        """Where room is short the title is cut, then the station left out: who and when must be read on each page."""
        made, style = self._report.made, Style.SMALL
        when = format_date_time(made.at)
        said = _("made by {person} on {when}", person=made.by, when=when)
        title, rest = self._text(self._report.title), self._text(f" · {made.station} · {said}")
        if self._type.width(rest, style) > room * _MOST_OF_FOOT:
            rest = self._text(f" · {said}")
        left = room - self._type.width(rest, style)
        if self._type.width(title, style) > left:
            title = f"{self._type.lines(title, style, max(0.0, left - self._type.width('…', style)))[0]}…"
        return title + rest
