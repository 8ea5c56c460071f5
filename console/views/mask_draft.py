"""The masks of one camera while somebody draws them: what is there, what is selected, what may be moved, and undoing.

Without a pixel. What is stored stays for everybody but the superintendent; what was drawn since is whoever's drew it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, TypeAlias

from console.masking import MOST_CORNERS, THOUSAND, Mask
from console.services.cameras import MOST_MASKS

Point: TypeAlias = tuple[int, int]

LEAST: Final = 4
"""Less than so many thousandths across is a slip of the hand, not a rectangle."""
_MIDDLE: Final = Mask.rectangle(350, 350, 650, 650)


class MaskDraft:
    """Masks, a selection of one of them or of one of its corners, and a polygon that is being drawn."""

    def __init__(self, stored: tuple[Mask, ...] = (), *, may_uncover: bool = False) -> None:
        self.stored = stored
        self.masks = list(stored)
        self.may_uncover = may_uncover
        self.drawing: list[Point] = []
        self.selected: int | None = None
        self.corner: int | None = None
        self._before: list[tuple[Mask, ...]] = []

    @property
    def dirty(self) -> bool:
        return tuple(self.masks) != self.stored or bool(self.drawing)

    @property
    def full(self) -> bool:
        return len(self.masks) >= MOST_MASKS

    def fixed(self, number: int) -> bool:
        """Whether this mask must stay as it is: it is stored, and taking it off is not for this person."""
        return not self.may_uncover and self.masks[number] in self.stored

    def rebase(self, stored: tuple[Mask, ...]) -> None:
        """Somebody else stored others: those count now, and what was drawn here since is kept beside them."""
        drawn = [mask for mask in self.masks if mask not in self.stored and mask not in stored]
        self.stored, self.masks = stored, [*stored, *drawn]
        self._before.clear()
        self.select(None)

    # Selecting

    def select(self, number: int | None, corner: int | None = None) -> None:
        self.selected, self.corner = number, corner

    def step(self, way: int) -> bool:
        """Select the next mask or corner, or the one before; False at the end of all."""
        stops: list[tuple[int | None, int | None]] = []
        for number, mask in enumerate(self.masks):
            stops.append((number, None))
            if not self.fixed(number):
                stops += [(number, corner) for corner in range(len(mask.corners))]
        now = (self.selected, self.corner)
        at = stops.index(now) + way if now in stops else (0 if way > 0 else len(stops) - 1)
        within = 0 <= at < len(stops)
        self.select(*(stops[at] if within else (None, None)))
        return within

    def under(self, point: Point) -> int | None:
        """Return the uppermost mask around a point."""
        hits = [number for number, mask in enumerate(self.masks) if _around(mask, point)]
        return hits[-1] if hits else None

    # Changing

    def add(self, mask: Mask) -> bool:
        """Add a mask and select it; False if it is none or there is no room for it."""
        if self.full or not mask.sound:
            return False
        if mask not in self.masks:
            self._remember()
            self.masks.append(mask)
        self.select(self.masks.index(mask))
        return True

    def add_rectangle(self, one: Point, other: Point) -> bool:
        (left, right), (top, bottom) = (sorted((one[axis], other[axis])) for axis in (0, 1))
        return right - left >= LEAST and bottom - top >= LEAST and self.add(Mask.rectangle(left, top, right, bottom))

    def add_in_the_middle(self) -> bool:
        """Add a rectangle for somebody who draws by keyboard: it is moved from there."""
        mask = _MIDDLE
        while mask in self.masks:
            mask = _moved(mask, (20, 20))
        return self.add(mask)

    def put(self, point: Point) -> bool:
        """Put the next corner of a polygon; False if it has as many as it may have."""
        if len(self.drawing) >= MOST_CORNERS or self.full:
            return False
        if not self.drawing or self.drawing[-1] != point:
            self.drawing.append(point)
        self.select(None)
        return True

    def close(self) -> bool:
        """End the polygon; False if it is none yet."""
        if not self.add(Mask(tuple(self.drawing))):
            return False
        self.drawing = []
        return True

    def move(self, step: Point) -> bool:
        """Move what is selected, inside the picture; False if it may not be moved."""
        if self.selected is None or self.fixed(self.selected):
            return False
        mask = self.masks[self.selected]
        if self.corner is None:
            return self._replace(self.selected, _moved(mask, step))
        x, y = mask.corners[self.corner]
        return self.move_corner((x + step[0], y + step[1]))

    def move_corner(self, point: Point, *, again: bool = False) -> bool:
        """Put the selected corner somewhere else. `again`: part of the move before, undone together with it."""
        if self.selected is None or self.corner is None or self.fixed(self.selected):
            return False
        corners = list(self.masks[self.selected].corners)
        corners[self.corner] = inside(point)
        return self._replace(self.selected, Mask(tuple(corners)), again=again)

    def remove(self) -> bool:
        """Take the selected mask off; False if that may not be."""
        if self.selected is None or self.fixed(self.selected):
            return False
        self._remember()
        del self.masks[self.selected]
        self.select(None)
        return True

    def undo(self) -> bool:
        """Take back the last corner of a polygon that is being drawn, else the last change."""
        if self.drawing:
            self.drawing.pop()
            return True
        if not self._before:
            return False
        self.masks = list(self._before.pop())
        self.select(None)
        return True

    def _replace(self, number: int, mask: Mask, *, again: bool = False) -> bool:
        if not mask.sound or mask in self.masks:
            return False
        if not again:
            self._remember()
        self.masks[number] = mask
        return True

    def _remember(self) -> None:
        self._before.append(tuple(self.masks))


def inside(point: Point) -> Point:
    """Return the nearest point inside the picture."""
    return min(max(point[0], 0), THOUSAND), min(max(point[1], 0), THOUSAND)


def _moved(mask: Mask, step: Point) -> Mask:
    """Return the mask moved as far as the picture's edges let it."""
    columns, rows = ([corner[axis] for corner in mask.corners] for axis in (0, 1))
    across = min(max(step[0], -min(columns)), THOUSAND - max(columns))
    down = min(max(step[1], -min(rows)), THOUSAND - max(rows))
    return Mask(tuple((x + across, y + down) for x, y in mask.corners))


def _around(mask: Mask, point: Point) -> bool:
    """Whether a point lies inside, whichever way the outline goes around it."""
    winding = 0
    for (x0, y0), (x1, y1) in pairwise([*mask.corners, mask.corners[0]]):
        if (y0 <= point[1]) is not (y1 <= point[1]) and x0 + (x1 - x0) * (point[1] - y0) / (y1 - y0) > point[0]:
            winding += 1 if y1 > y0 else -1
    return winding != 0
