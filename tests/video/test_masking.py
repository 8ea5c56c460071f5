"""Which pixels masks cover, against a slow and plain reckoning; and what ever reaches the shared memory."""

from __future__ import annotations

import ctypes
from collections import deque
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.masking import MOST_CORNERS, Mask, covered, share
from console.video.frames import FrameMap, FrameMemory
from console.video.screen import Pen, Screen

Pixel = tuple[int, int]
Point = tuple[Fraction, Fraction]

BOW_TIE = Mask(((0, 0), (1000, 1000), (1000, 0), (0, 1000)))
LOOPS_AGAINST_EACH_OTHER = Mask(
    (
        (100, 100),
        (600, 100),
        (600, 600),
        (400, 600),
        (400, 900),
        (900, 900),
        (900, 400),
        (400, 400),
        (400, 600),
        (100, 600),
    )
)
CUP = Mask(((100, 100), (300, 100), (300, 700), (700, 700), (700, 100), (900, 100), (900, 900), (100, 900)))

corners = st.tuples(st.integers(0, 1000), st.integers(0, 1000))
polygons = st.lists(corners, min_size=3, max_size=7).map(lambda found: Mask(tuple(found))).filter(lambda m: m.sound)


def black(masks: tuple[Mask, ...], width: int, height: int) -> set[Pixel]:
    rows = covered(masks, width, height)
    return {(x, row) for row, spans in rows.items() for left, right in spans for x in range(left, right)}


def outline(mask: Mask, width: int, height: int) -> list[tuple[Point, Point]]:
    points = [(Fraction(x * width, 1000), Fraction(y * height, 1000)) for x, y in mask.corners]
    return list(pairwise([*points, points[0]]))


def runs_through(side: tuple[Point, Point], pixel: Pixel, margin: int = 0) -> bool:
    """Whether a side comes into the inside of a pixel, or of a pixel grown by a margin: cut by its four edges."""
    (x0, y0), (x1, y1) = side
    begins, ends = Fraction(0), Fraction(1)
    for start, step, low in ((x0, x1 - x0, pixel[0] - margin), (y0, y1 - y0, pixel[1] - margin)):
        high = low + 1 + 2 * margin
        if step == 0:
            if not low < start < high:
                return False
            continue
        one, other = sorted(((low - start) / step, (high - start) / step))
        begins, ends = max(begins, one), min(ends, other)
    return begins < ends or (begins == ends and (x0, y0) == (x1, y1))


def inside(mask: Mask, point: Point, size: Pixel) -> bool:
    winding = 0
    for (x0, y0), (x1, y1) in outline(mask, *size):
        if (y0 <= point[1]) is (y1 <= point[1]):
            continue
        if x0 + (x1 - x0) * (point[1] - y0) / (y1 - y0) > point[0]:
            winding += 1 if y1 > y0 else -1
    return winding != 0


def reached_from_outside(walls: set[Pixel], width: int, height: int) -> set[Pixel]:
    found = {(-1, -1)}
    waiting = deque(found)
    while waiting:
        x, y = waiting.popleft()
        for step in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            within = -1 <= step[0] <= width and -1 <= step[1] <= height
            if within and step not in found and step not in walls:
                found.add(step)
                waiting.append(step)
    return found


@settings(max_examples=40, deadline=None)
@given(polygons, st.sampled_from([(17, 11), (31, 9), (13, 27)]))
def test_every_pixel_that_a_mask_touches_is_black_and_none_far_from_it(mask: Mask, size: Pixel) -> None:
    width, height = size
    dark = black((mask,), width, height)
    sides = outline(mask, width, height)
    assert dark <= set(product(range(width), range(height)))
    near: set[Pixel] = set()
    for pixel in product(range(width), range(height)):
        centre = (Fraction(2 * pixel[0] + 1, 2), Fraction(2 * pixel[1] + 1, 2))
        if inside(mask, centre, size) or any(runs_through(side, pixel) for side in sides):
            assert pixel in dark
            near.add(pixel)
        elif any(runs_through(side, pixel, 2) for side in sides):
            near.add(pixel)
    # What the outline encloses counts as the mask; the rest stays as the camera sends it.
    assert not dark & reached_from_outside(near, width, height)


@pytest.mark.parametrize(
    ("mask", "dark", "light"),
    [
        (BOW_TIE, {(0, 5), (9, 5), (4, 4)}, {(5, 1), (5, 8)}),
        (LOOPS_AGAINST_EACH_OTHER, {(2, 2), (5, 5), (8, 8)}, {(8, 1), (1, 8)}),
        (CUP, {(1, 1), (8, 1), (5, 8)}, {(5, 1), (5, 6), (0, 0)}),
    ],
)
def test_an_outline_that_crosses_itself_hides_what_it_encloses(mask: Mask, dark: set[Pixel], light: set[Pixel]) -> None:
    found = black((mask,), 10, 10)
    assert dark <= found
    assert not light & found


def test_a_hole_that_nobody_drew_is_black() -> None:
    ring = Mask(
        (
            (100, 100),
            (900, 100),
            (900, 900),
            (100, 900),
            (100, 100),
            (300, 300),
            (300, 700),
            (700, 700),
            (700, 300),
            (300, 300),
        )
    )
    assert black((ring,), 100, 100) == black((Mask.rectangle(100, 100, 900, 900),), 100, 100)


def test_the_share_counts_what_lies_under_two_masks_once() -> None:
    half, quarter = Mask.rectangle(0, 0, 500, 1000), Mask.rectangle(0, 0, 500, 500)
    assert (share(()), share((half,)), share((half, quarter))) == (0, 50, 50)
    assert share((Mask(((0, 0), (1000, 0), (0, 1000))),)) == pytest.approx(50, abs=0.5)


@pytest.mark.parametrize(
    "numbers", [[0, 0, 500, 250], [0, 0, 10, 0, 0, 10], [500, 0, 0, 0, 0, 250, 500, 250], [0, 0, 9, 9, 9, 0, 0, 9]]
)
def test_a_mask_is_read_as_it_was_written(numbers: list[int]) -> None:
    assert Mask.of(numbers).numbers() == numbers


@pytest.mark.parametrize(
    "numbers",
    [
        *([], [1], [0, 0, 5], [0, 0, 5, 5, 5], [5, 0, 5, 9], [9, 0, 5, 9]),
        *([0, 0, 5, 0, 9, 0], [0, 0, 5, -1, 9, 0], [0, 0, 5, 1001, 9, 0], [0, 0, 9, 9] * (MOST_CORNERS // 2 + 1)),
    ],
)
def test_what_is_no_mask_is_not_read_as_one(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match=r"mask|zip"):
        Mask.of(numbers)


def test_shared_memory_never_holds_a_pixel_that_a_mask_covers() -> None:
    """All three slots after every picture, drawn in white by the two pens that a tile has, at two sizes."""
    masks = (Mask(((100, 100), (700, 300), (200, 900))), Mask.rectangle(800, 0, 1000, 1000))
    size = 40 * 24 * 4
    memory = FrameMemory(1, size)
    kept = FrameMap(memory.handle, 1, size)
    memory._descriptor = None  # the map has closed the one descriptor of this process
    screen = Screen(kept.writer(0, 1), masks, lambda _used: None)
    pens = [Pen(screen, 16, 9), Pen(screen, 32, 21)]
    addresses: set[int] = set()
    for number in range(24):
        pen = screen.holder = pens[number // 4 % 2]
        at = pen.begin()
        assert at == pen._paper
        ctypes.memset(at, 255, pen.stride * pen.height)
        pen.end()
        dark = black(masks, pen.width, pen.height)
        addresses.add(screen.shown_address)
        pixels = ctypes.string_at(screen.shown_address, pen.stride * pen.height)
        for x, y in product(range(pen.width), range(pen.height)):
            seen = pixels[y * pen.stride + x * 4 :][:4]
            assert seen == (bytes(4) if (x, y) in dark else b"\xff" * 4)
    assert len(addresses) == 3
