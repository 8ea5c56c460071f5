"""Which pixels of a picture its masks cover: every pixel that a mask touches at all, at any size, and what it encloses.

A mask is drawn in thousandths of the picture as the camera sends it; a picture shown is the whole of that, scaled. So
the same thousandths are the same things at every size. All in whole numbers: half a pixel too little is too much seen.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

THOUSAND: Final = 1000
FEWEST_CORNERS: Final = 3
MOST_CORNERS: Final = 32
_EDGES: Final = 4


@dataclass(frozen=True, slots=True)
class Mask:
    """A polygon that nobody may see into, its corners in thousandths of the picture's width and height.

    Written down as a list of numbers: four are the left, top, right and bottom of a rectangle, six and more are the
    corners of any other polygon, x and y in turn.
    """

    corners: tuple[tuple[int, int], ...]

    @classmethod
    def rectangle(cls, left: int, top: int, right: int, bottom: int) -> Mask:
        return cls(((left, top), (right, top), (right, bottom), (left, bottom)))

    @classmethod
    def of(cls, numbers: Sequence[int]) -> Mask:
        """Return the mask that was written down so; raises ValueError if no mask is."""
        if len(numbers) == _EDGES:
            mask = cls.rectangle(*numbers)
            if numbers[0] >= numbers[2] or numbers[1] >= numbers[3]:
                raise ValueError("mask")
        else:
            mask = cls(tuple(zip(numbers[::2], numbers[1::2], strict=True)))
        if not mask.sound:
            raise ValueError("mask")
        return mask

    def numbers(self) -> list[int]:
        """Return the numbers to write down: `of` gives the same mask again."""
        (left, top), (right, bottom) = self.corners[0], self.corners[2]
        if left < right and top < bottom and self == Mask.rectangle(left, top, right, bottom):
            return [left, top, right, bottom]
        return [number for corner in self.corners for number in corner]

    @property
    def sound(self) -> bool:
        """Whether it lies inside the picture, has three corners or more, and a width and a height."""
        if not FEWEST_CORNERS <= len(self.corners) <= MOST_CORNERS:
            return False
        across, down = ([corner[axis] for corner in self.corners] for axis in (0, 1))
        return all(0 <= min(each) < max(each) <= THOUSAND for each in (across, down))


NO_MASKS: Final[tuple[Mask, ...]] = ()

Span: TypeAlias = tuple[int, int]
"""First column, and the one after the last."""

Rows: TypeAlias = dict[int, list[Span]]
_Edge: TypeAlias = tuple[int, int, int, int]
_HALF: Final = THOUSAND // 2
_FINE: Final = 500


@functools.lru_cache(maxsize=64)
def covered(masks: tuple[Mask, ...], width: int, height: int) -> Mapping[int, Sequence[Span]]:
    """Return by row which columns of a picture of this size are black, from left to right."""
    rows: Rows = {}
    for mask in masks:
        for row, spans in _of_one(mask, width, height).items():
            rows.setdefault(row, []).extend(spans)
    return {row: _joined(spans) for row, spans in sorted(rows.items())}


def share(masks: tuple[Mask, ...]) -> float:
    """Return how much of the picture the masks cover together, in percent."""
    rows = covered(masks, _FINE, _FINE)
    return 100 * sum(right - left for spans in rows.values() for left, right in spans) / _FINE**2


def _of_one(mask: Mask, width: int, height: int) -> Rows:
    """Where the outline passes, and what is inside on a line through the middle of each row, is all that it touches."""
    edges = _edges(mask, width, height)
    rows: Rows = {}
    crossings: dict[int, list[tuple[float, int, int, int]]] = {}
    for edge in edges:
        for row, span in _passed(edge):
            rows.setdefault(row, []).append(span)
        for row, crossing in _crossed(edge):
            crossings.setdefault(row, []).append(crossing)
    for row, found in crossings.items():
        rows.setdefault(row, []).extend(_inside(sorted(found)))
    rows = {row: joined for row, spans in rows.items() if (joined := _joined(spans))}
    return _without_holes(rows)


def _edges(mask: Mask, width: int, height: int) -> list[_Edge]:
    """Return the sides in thousandths of a pixel."""
    corners = [(x * width, y * height) for x, y in mask.corners]
    return [(*one, *other) for one, other in pairwise([*corners, corners[0]])]


def _passed(edge: _Edge) -> Iterable[tuple[int, Span]]:
    """Return the rows that a side runs through, with the columns it touches in each."""
    x0, y0, x1, y1 = edge if edge[1] <= edge[3] else (*edge[2:], *edge[:2])
    tall = y1 - y0
    if tall == 0:
        if y0 % THOUSAND:
            yield y0 // THOUSAND, (min(x0, x1) // THOUSAND, _up(max(x0, x1), THOUSAND))
        return
    for row in range(y0 // THOUSAND, _up(y1, THOUSAND)):
        begins, ends = max(y0, row * THOUSAND), min(y1, (row + 1) * THOUSAND)
        # Times `tall`, so that it stays whole.
        one, other = (x0 * tall + (x1 - x0) * (y - y0) for y in (begins, ends))
        yield row, (min(one, other) // (tall * THOUSAND), _up(max(one, other), tall * THOUSAND))


def _crossed(edge: _Edge) -> Iterable[tuple[int, tuple[float, int, int, int]]]:
    """Return the rows whose middle a side crosses: where, the pixel before and after that, and which way it goes."""
    x0, y0, x1, y1 = edge if edge[1] <= edge[3] else (*edge[2:], *edge[:2])
    way, tall = (1 if edge[1] <= edge[3] else -1), y1 - y0
    if tall == 0:
        return
    for row in range(_up(y0 - _HALF, THOUSAND), _up(y1 - _HALF, THOUSAND)):
        at = x0 * tall + (x1 - x0) * (row * THOUSAND + _HALF - y0)
        yield row, (at / tall, at // (tall * THOUSAND), _up(at, tall * THOUSAND), way)


def _inside(crossings: Sequence[tuple[float, int, int, int]]) -> Iterable[Span]:
    winding = 0
    left = 0
    for _at, before, after, way in crossings:
        if winding == 0:
            left = before
        winding += way
        if winding == 0:
            yield left, after


def _without_holes(rows: Rows) -> Rows:
    """Fill what an outline that crosses itself encloses without going around it: nobody draws a hole by that."""
    holes = {(row, left, right) for row, spans in rows.items() for (_, left), (right, _) in pairwise(spans)}
    before = None
    while holes and holes != before:
        before = set(holes)
        for order in (sorted(holes), sorted(holes, reverse=True)):
            for hole in order:
                if _leads_out(hole, rows, holes):
                    holes.discard(hole)
    for row, left, right in holes:
        rows[row] = _joined([*rows[row], (left, right)])
    return rows


def _leads_out(hole: tuple[int, int, int], rows: Rows, holes: set[tuple[int, int, int]]) -> bool:
    """Whether a gap between covered pixels is open to the row above or below."""
    row, left, right = hole
    for beside in (row - 1, row + 1):
        spans = rows.get(beside)
        if spans is None or left < spans[0][0] or right > spans[-1][1]:
            return True
        gaps = ((ends, begins) for (_, ends), (begins, _) in pairwise(spans))
        if any(ends < right and begins > left and (beside, ends, begins) not in holes for ends, begins in gaps):
            return True
    return False


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans from left to right, those that meet as one; empty ones fall away."""
    found: list[Span] = []
    for left, right in sorted(spans):
        if left >= right:
            continue
        if found and left <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], right)
        else:
            found.append((left, right))
    return found


def _up(number: int, unit: int) -> int:
    return -(-number // unit)
