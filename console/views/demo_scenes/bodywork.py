"""Vehicles as solid models in their own metres: cars, pick-ups, songthaews, tuk-tuks, motorbikes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from console.views.demo_scenes.lens import Vec
from console.views.demo_scenes.light import Rgb, blend
from console.views.demo_scenes.people import Look

GLASS: Final[Rgb] = (46, 58, 70)
TYRE: Final[Rgb] = (30, 30, 32)
CHROME: Final[Rgb] = (190, 194, 198)
HEAD: Final[Rgb] = (255, 246, 222)
TAIL: Final[Rgb] = (196, 30, 26)


@dataclass(frozen=True)
class Face:
    points: tuple[Vec, ...]
    rgb: Rgb
    shines: bool = False


@dataclass(frozen=True)
class Part:
    """A convex piece: its faces, then what is painted on them. Higher layers are drawn later."""

    faces: tuple[Face, ...]
    layer: int = 1


@dataclass(frozen=True, eq=False)
class Model:
    """A vehicle in its own metres: x to its right, y up, z ahead."""

    parts: tuple[Part, ...]
    length: float
    width: float
    heads: tuple[Vec, ...] = ()
    tails: tuple[Vec, ...] = ()
    riders: tuple[tuple[Vec, Look], ...] = ()


@dataclass(frozen=True)
class Taper:
    """How much narrower the top of a block is: ahead, behind, on the sides (metres)."""

    ahead: float = 0.0
    behind: float = 0.0
    side: float = 0.0


def block(low: Vec, high: Vec, rgb: Rgb, taper: Taper | None = None) -> tuple[Face, ...]:
    """Return a box whose top may be smaller; the bottom is left out (no camera sees it)."""
    t = taper or Taper()
    (x0, y0, z0), (x1, y1, z1) = low, high
    a, b, c, d = (x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)
    e, f = (x0 + t.side, y1, z0 + t.behind), (x1 - t.side, y1, z0 + t.behind)
    g, h = (x1 - t.side, y1, z1 - t.ahead), (x0 + t.side, y1, z1 - t.ahead)
    return (
        Face((a, b, f, e), rgb),
        Face((b, c, g, f), rgb),
        Face((c, d, h, g), rgb),
        Face((d, a, e, h), rgb),
        Face((e, f, g, h), rgb),
    )


def _inset(face: Face, area: tuple[float, float, float, float], rgb: Rgb, *, shines: bool = False) -> Face:
    """Return a piece of a four-sided face: left, right (0–1 along the bottom), bottom, top (0–1 upwards)."""
    a, b, c, d = (np.array(point) for point in face.points)

    def at(u: float, v: float) -> Vec:
        point = (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v
        return (float(point[0]), float(point[1]), float(point[2]))

    left, right, bottom, top = area
    return Face((at(left, bottom), at(right, bottom), at(right, top), at(left, top)), rgb, shines)


def _wheel(x: float, z: float, r: float) -> tuple[Face, ...]:
    def ring(radius: float) -> tuple[Vec, ...]:
        turns = [2 * math.pi * i / 12 * (1 if x > 0 else -1) for i in range(12)]
        return tuple((x, r + radius * math.sin(a), z + radius * math.cos(-a)) for a in turns)

    arch = tuple((q[0] * 0.995, q[1], q[2]) for q in ring(r * 1.14))
    return (
        Face(arch, (20, 20, 22)),
        Face(ring(r), TYRE),
        Face(ring(r * 0.58), CHROME),
        Face(ring(r * 0.2), (90, 92, 96)),
    )


def _wheels(width: float, axles: Sequence[float], r: float) -> tuple[Face, ...]:
    x = width / 2 + 0.012
    return tuple(face for z in axles for side in (-x, x) for face in _wheel(side, z, r))


def _cabin(low: Vec, high: Vec, rgb: Rgb, taper: Taper) -> tuple[Face, ...]:
    """Return a cabin with windows on all four sides."""
    walls = block(low, high, rgb, taper)
    back, right, front, left, roof = walls
    glass = []
    for face in (right, left):
        glass += [
            _inset(face, (0.05, 0.47, 0.12, 0.88), GLASS),
            _inset(face, (0.52, 0.95, 0.12, 0.88), GLASS),
        ]
    glass += [_inset(front, (0.05, 0.95, 0.06, 0.92), GLASS), _inset(back, (0.07, 0.93, 0.14, 0.9), GLASS)]
    shine = (120, 140, 156)
    glass.append(_inset(front, (0.1, 0.42, 0.5, 0.88), shine))
    return (*walls, *glass, _inset(roof, (0.08, 0.92, 0.06, 0.94), blend(rgb, (255, 255, 255), 0.10)))


def _lights(body: tuple[Face, ...]) -> tuple[Face, ...]:
    back, _, front, *_ = body
    return (
        _inset(front, (0.04, 0.24, 0.52, 0.82), HEAD, shines=True),
        _inset(front, (0.76, 0.96, 0.52, 0.82), HEAD, shines=True),
        _inset(front, (0.28, 0.72, 0.3, 0.7), (54, 56, 60)),
        _inset(front, (0.38, 0.62, 0.06, 0.24), (232, 232, 226)),
        _inset(back, (0.03, 0.2, 0.45, 0.86), TAIL, shines=True),
        _inset(back, (0.8, 0.97, 0.45, 0.86), TAIL, shines=True),
        _inset(back, (0.36, 0.64, 0.28, 0.5), (232, 232, 226)),
    )


def _ends(width: float, length: float, y: float) -> tuple[tuple[Vec, ...], tuple[Vec, ...]]:
    x, z = width / 2 - 0.24, length / 2
    return ((-x, y, z), (x, y, z)), ((-x, y, -z), (x, y, -z))


@cache
def sedan(rgb: Rgb) -> Model:
    body = block((-0.86, 0.26, -2.15), (0.86, 0.86, 2.15), rgb, Taper(0.16, 0.1, 0.05))
    cabin = _cabin((-0.80, 0.84, -1.6), (0.80, 1.42, 0.95), rgb, Taper(0.72, 0.55, 0.16))
    heads, tails = _ends(1.72, 4.3, 0.62)
    base = Part((*body, *_lights(body), *_wheels(1.72, (-1.3, 1.35), 0.32)))
    return Model((base, Part(cabin, 2)), 4.3, 1.72, heads, tails)


def _pickup_front(rgb: Rgb) -> tuple[Part, Part]:
    body = block((-0.9, 0.38, -2.55), (0.9, 1.02, 2.55), rgb, Taper(0.14, 0.02, 0.03))
    cabin = _cabin((-0.84, 1.0, -0.55), (0.84, 1.68, 1.55), rgb, Taper(0.66, 0.12, 0.13))
    base = Part((*body, *_lights(body), *_wheels(1.8, (-1.6, 1.65), 0.39)))
    return base, Part(cabin, 3)


@cache
def pickup(rgb: Rgb, load: Rgb | None = None) -> Model:
    base, cabin = _pickup_front(rgb)
    floor = Face(((-0.76, 1.025, -2.45), (0.76, 1.025, -2.45), (0.76, 1.025, -0.6), (-0.76, 1.025, -0.6)), (52, 52, 56))
    parts = [base, Part((floor,), 2), cabin]
    if load:
        parts.append(Part(block((-0.66, 1.03, -2.3), (0.66, 1.5, -0.75), load, Taper(0.1, 0.1, 0.12)), 3))
    heads, tails = _ends(1.8, 5.1, 0.8)
    return Model(tuple(parts), 5.1, 1.8, heads, tails)


@cache
def songthaew(rgb: Rgb, band: Rgb = (250, 214, 80)) -> Model:
    """A pick-up with two benches under a roof, open at the sides and at the back."""
    base, cabin = _pickup_front(rgb)
    side = block((-0.9, 1.0, -2.6), (0.9, 1.34, -0.6), rgb, Taper(side=0.0))
    stripe = tuple(_inset(face, (0.0, 1.0, 0.35, 0.7), band) for face in side[:4])
    inner = block((-0.82, 1.34, -2.55), (0.82, 1.92, -0.62), (64, 58, 54))
    roof = block((-0.94, 1.92, -2.75), (0.94, 2.1, 0.75), rgb, Taper(0.25, 0.05, 0.08))
    board = _inset(roof[2], (0.1, 0.9, 0.2, 0.95), (250, 250, 240))
    posts = tuple(
        face
        for x in (-0.88, 0.8)
        for z in (-2.55, -1.6, -0.68)
        for face in block((x, 1.3, z), (x + 0.08, 1.94, z + 0.08), CHROME)
    )
    heads, tails = _ends(1.8, 5.1, 0.8)
    riders = tuple(
        ((x, 0.74, z), Look(shirt=shirt, legs=(60, 60, 70), size=1.5))
        for x, z, shirt in ((-0.5, -1.1, (220, 220, 226)), (-0.5, -1.9, (196, 92, 120)), (0.5, -1.5, (84, 150, 120)))
    )
    parts = (base, cabin, Part((*side, *stripe), 2), Part(inner, 3), Part(posts, 4), Part((*roof, board), 5))
    return Model(parts, 5.2, 1.84, heads, tails, riders[:0])


@cache
def van(rgb: Rgb) -> Model:
    body = block((-0.92, 0.3, -2.5), (0.92, 1.1, 2.5), rgb, Taper(0.12, 0.02, 0.02))
    cabin = _cabin((-0.9, 1.08, -2.48), (0.9, 2.05, 2.3), rgb, Taper(0.78, 0.08, 0.12))
    heads, tails = _ends(1.84, 5.0, 0.72)
    base = Part((*body, *_lights(body), *_wheels(1.84, (-1.55, 1.55), 0.34)))
    return Model((base, Part(cabin, 2)), 5.0, 1.84, heads, tails)


@cache
def truck(rgb: Rgb, box: Rgb = (226, 226, 220)) -> Model:
    base = block((-1.05, 0.5, -3.1), (1.05, 0.95, 3.1), (60, 62, 66))
    cab = _cabin((-1.02, 0.9, 1.6), (1.02, 2.2, 3.1), rgb, Taper(0.24, 0.02, 0.06))
    cargo = block((-1.1, 0.95, -3.1), (1.1, 2.75, 1.45), box)
    stripe = tuple(_inset(face, (0.0, 1.0, 0.3, 0.42), rgb) for face in cargo[:4])
    heads, tails = _ends(2.1, 6.2, 0.8)
    wheels = _wheels(2.1, (-1.9, 2.2), 0.45)
    return Model(
        (Part((*base, *_lights(base), *wheels)), Part(cab, 2), Part((*cargo, *stripe), 2)), 6.2, 2.2, heads, tails
    )


@cache
def tuktuk(rgb: Rgb, roof: Rgb = (236, 190, 50)) -> Model:
    """Three wheels, a bright roof on posts, open sides."""
    body = block((-0.66, 0.26, -1.35), (0.66, 0.86, 0.55), rgb, Taper(side=0.02))
    band = tuple(_inset(face, (0.0, 1.0, 0.5, 0.66), roof) for face in body[:4])
    nose = block((-0.36, 0.3, 0.5), (0.36, 1.02, 1.4), rgb, Taper(0.38, 0.0, 0.12))
    lamp = _inset(nose[2], (0.3, 0.7, 0.42, 0.75), HEAD, shines=True)
    screen = block((-0.58, 0.86, 0.35), (0.58, 1.56, 0.62), GLASS, Taper(0.2, 0.0, 0.03))
    seat = block((-0.6, 0.86, -1.3), (0.6, 1.3, -0.95), (44, 40, 44))
    posts = tuple(
        face
        for x in (-0.64, 0.58)
        for z in (-1.32, -0.35)
        for face in block((x, 0.84, z), (x + 0.06, 1.66, z + 0.06), CHROME)
    )
    top = block((-0.74, 1.64, -1.5), (0.74, 1.84, 0.62), roof, Taper(0.1, 0.1, 0.14))
    trim = tuple(_inset(face, (0.0, 1.0, 0.0, 0.3), rgb) for face in top[:4])
    tails = (
        _inset(body[0], (0.06, 0.2, 0.5, 0.8), TAIL, shines=True),
        _inset(body[0], (0.8, 0.94, 0.5, 0.8), TAIL, shines=True),
    )
    wheels = _wheels(1.3, (-0.9,), 0.27)
    front = (*_wheel(0.09, 1.1, 0.25), *_wheel(-0.09, 1.1, 0.25))
    parts = (
        Part((*body, *band, *tails, *wheels)),
        Part(front, 0),
        Part((*nose, lamp), 1),
        Part(seat, 2),
        Part(screen, 3),
        Part(posts, 3),
        Part((*top, *trim), 5),
    )
    driver = ((0.0, 0.28, 0.05), Look(shirt=(70, 96, 150), legs=(50, 50, 56), size=1.5))
    return Model(parts, 2.9, 1.4, ((0.0, 0.75, 1.45),), ((-0.5, 0.7, -1.4), (0.5, 0.7, -1.4)), (driver,))


@cache
def motorbike(rgb: Rgb, rider: Look, pillion: Look | None = None) -> Model:
    """A step-through bike with its rider (and a passenger)."""
    frame = block((-0.12, 0.34, -0.62), (0.12, 0.74, 0.1), rgb, Taper(0.06, 0.1, 0.02))
    leg = block((-0.2, 0.34, 0.3), (0.2, 0.98, 0.52), rgb, Taper(0.02, 0.08, 0.06))
    step = block((-0.1, 0.3, 0.05), (0.1, 0.42, 0.4), (50, 52, 56))
    seat = block((-0.13, 0.74, -0.66), (0.13, 0.83, 0.08), (32, 32, 34))
    basket = block((-0.17, 0.82, 0.52), (0.17, 1.04, 0.76), (92, 94, 98))
    bar = block((-0.32, 0.98, 0.36), (0.32, 1.04, 0.43), (40, 40, 44))
    lamp = _inset(leg[2], (0.3, 0.7, 0.6, 0.85), HEAD, shines=True)
    tail = _inset(frame[0], (0.15, 0.85, 0.6, 0.95), TAIL, shines=True)
    wheels = (
        *_wheel(0.05, 0.62, 0.29),
        *_wheel(-0.05, 0.62, 0.29),
        *_wheel(0.05, -0.6, 0.29),
        *_wheel(-0.05, -0.6, 0.29),
    )
    parts = (
        Part(wheels, 0),
        Part((*frame, tail)),
        Part(step),
        Part(seat, 2),
        Part((*leg, lamp), 2),
        Part((*bar, *basket), 3),
    )
    riders = [((0.0, 0.02, -0.12), rider)]
    if pillion:
        riders.insert(0, ((0.0, 0.05, -0.5), pillion))
    return Model(parts, 1.9, 0.7, ((0.0, 0.9, 0.6),), ((0.0, 0.7, -0.7),), tuple(riders))
