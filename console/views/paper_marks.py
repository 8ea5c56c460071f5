"""What stands on a paper and where: words, rules and grounds, gathered to strips that are never cut, and pages of them.

A heading is bound to what follows it, and the rows of a table bring its head with them when a new page begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from console.services.papers import Orientation
from console.views.paper_type import Words, millimetres

SHORT_MM: Final = 210.0
LONG_MM: Final = 297.0


@dataclass(frozen=True, slots=True)
class Margins:
    """In millimetres. Official paper is bound at the left, so a lying page is bound at its top."""

    left: float
    top: float
    right: float
    bottom: float


MARGINS: Final = {
    Orientation.PORTRAIT: Margins(30, 25, 20, 20),
    Orientation.LANDSCAPE: Margins(20, 30, 25, 20),
}


@dataclass(frozen=True, slots=True)
class Rule:
    x: float
    y: float
    x_end: float
    y_end: float
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Shade:
    """A light ground under the head of a table."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Squares:
    """The dark squares of a QR code: `rows` from the top, each a bit for every square; `side` is one square's."""

    x: float
    y: float
    side: float
    rows: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn signature: fitted into this place, standing on its lower edge."""

    x: float
    y: float
    width: float
    height: float
    content: bytes


Mark: TypeAlias = Words | Rule | Shade | Squares | Picture


@dataclass(frozen=True, slots=True)
class Strip:
    """Marks that stay together, from a top of 0.

    `bound`: on the page of the next one. `head`: repeated above it where it begins a page.
    """

    height: float
    marks: tuple[Mark, ...] = ()
    bound: bool = False
    head: Strip | None = None


@dataclass(frozen=True, slots=True)
class PageSize:
    """In dots."""

    width: float
    height: float
    margins: Margins

    @classmethod
    def of(cls, orientation: Orientation) -> PageSize:
        short, long, margins = millimetres(SHORT_MM), millimetres(LONG_MM), MARGINS[orientation]
        return cls(short, long, margins) if orientation is Orientation.PORTRAIT else cls(long, short, margins)

    @property
    def left(self) -> float:
        return millimetres(self.margins.left)

    @property
    def top(self) -> float:
        return millimetres(self.margins.top)

    @property
    def inner_width(self) -> float:
        return self.width - self.left - millimetres(self.margins.right)

    @property
    def inner_height(self) -> float:
        return self.height - self.top - millimetres(self.margins.bottom)


Progress: TypeAlias = Callable[[int, int], None]
"""Told the rows that are done, of how many; raises `Stopped` when nobody waits any more."""


class Stopped(Exception):
    """The person cancelled."""


def unheard(_done: int, _of: int) -> None:
    """For a paper that is short, or nobody waits for."""


def fill_pages(strips: Iterable[Strip], size: PageSize) -> Iterator[tuple[Mark, ...]]:
    """Fill pages from the top."""
    marks: list[Mark] = []
    used = 0.0
    for group in _groups(strips):
        height = sum(strip.height for strip in group)
        if used and used + height > size.inner_height:
            yield tuple(marks)
            marks, used = [], 0.0
            if group[0].head is not None:
                group = [group[0].head, *group]  # noqa: PLW2901 - the same rows, below their head
        for strip in group:
            if used or strip.marks:  # no gap at the head of a page
                marks += [_moved(mark, size.left, size.top + used) for mark in strip.marks]
                used += strip.height
    if marks or not used:
        yield tuple(marks)


def _groups(strips: Iterable[Strip]) -> Iterator[list[Strip]]:
    group: list[Strip] = []
    for strip in strips:
        group.append(strip)
        if not strip.bound:
            yield group
            group = []
    if group:
        yield group


def _moved(mark: Mark, right: float, down: float) -> Mark:
    match mark:
        case Rule():
            return Rule(mark.x + right, mark.y + down, mark.x_end + right, mark.y_end + down, mark.dotted)
        case Words():
            return Words(mark.x + right, mark.y + down, mark.text, mark.style)
        case Shade():
            return Shade(mark.x + right, mark.y + down, mark.width, mark.height)
        case Picture():
            return Picture(mark.x + right, mark.y + down, mark.width, mark.height, mark.content)
        case Squares():
            return Squares(mark.x + right, mark.y + down, mark.side, mark.rows)


def box(x: float, y: float, width: float, height: float) -> tuple[Rule, ...]:
    right, foot = x + width, y + height
    return (Rule(x, y, right, y), Rule(x, foot, right, foot), Rule(x, y, x, foot), Rule(right, y, right, foot))
