# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""Shophouses: windows, shutters, goods, awnings, in rows along a street."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen

from console.views.demo_scenes.lens import CM, Lens, Vec, Wall
from console.views.demo_scenes.light import Light, Rgb, blend, colour
from console.views.demo_scenes.surfaces import Sign, lit, on_wall, paint_sign, stains

STOREY: Final = 330.0


@dataclass(frozen=True)
class Front:
    """A shophouse: how wide (metres), how many floors, its colours and what the ground floor shows."""

    width: float = 4.0
    floors: int = 2
    wall: Rgb = (214, 200, 172)
    trim: Rgb = (238, 230, 212)
    sign: Sign | None = None
    ground: str = "open"
    awning: tuple[Rgb, Rgb] | None = None
    lights: bool = False
    style: str = "plain"
    goods: tuple[Rgb, ...] = field(default=((198, 60, 50), (226, 178, 60), (70, 130, 80), (70, 100, 160)))

    @property
    def height(self) -> float:
        return (self.floors * STOREY + 60) / CM


def _frame(p: QPainter, rect: QRectF, fill: QBrush | QColor, line: QColor, width: float = 4.0) -> None:
    p.setBrush(fill)
    p.setPen(QPen(line, width))
    p.drawRect(rect)


def _window(p: QPainter, rect: QRectF, front: Front, *, on: bool) -> None:
    if front.style == "old":
        arch = rect.adjusted(-6, -18, 6, 0)
        p.setBrush(colour(front.trim))
        p.setPen(Qt.PenStyle.NoPen)
        p.drawRoundedRect(arch, 26, 26)
    glass = QLinearGradient(rect.topLeft(), rect.bottomRight())
    if on:
        glass.setColorAt(0, QColor(255, 226, 160))
        glass.setColorAt(1, QColor(232, 176, 96))
    else:
        glass.setColorAt(0, QColor(104, 124, 140))
        glass.setColorAt(0.5, QColor(58, 72, 86))
        glass.setColorAt(1, QColor(38, 48, 60))
    _frame(p, rect, QBrush(glass), colour(front.trim), 7)
    p.setPen(QPen(colour(front.trim), 4))
    p.drawLine(QPointF(rect.center().x(), rect.top()), QPointF(rect.center().x(), rect.bottom()))
    if front.style == "old":
        leaf = colour(blend(front.trim, (60, 96, 96), 0.75))
        for side in (rect.left() - rect.width() * 0.26, rect.right()):
            shutter = QRectF(side, rect.top(), rect.width() * 0.26, rect.height())
            _frame(p, shutter, leaf, colour(blend(front.trim, (30, 60, 60), 0.9)), 2)
            p.setPen(QPen(QColor(20, 40, 40, 90), 2))
            for i in range(1, 9):
                y = shutter.top() + shutter.height() * i / 9
                p.drawLine(QPointF(shutter.left(), y), QPointF(shutter.right(), y))


def _upper(p: QPainter, rect: QRectF, front: Front, seed: int) -> None:
    """Paint the floors above the shop."""
    rng = np.random.default_rng(seed)
    for floor in range(front.floors - 1):
        top = rect.bottom() - STOREY * (floor + 2)
        storey = QRectF(rect.left(), top, rect.width(), STOREY)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(colour(front.trim))
        p.drawRect(QRectF(rect.left(), storey.bottom() - 16, rect.width(), 16))
        p.setBrush(QColor(0, 0, 0, 44))
        p.drawRect(QRectF(rect.left(), storey.bottom(), rect.width(), 12))
        count = 3 if rect.width() > 430 else 2
        for i in range(count):
            w = rect.width() / count
            box = QRectF(rect.left() + w * (i + 0.24), top + 90, w * 0.52, 150)
            _window(p, box, front, on=front.lights and bool(rng.random() < 0.5))
        if front.style == "plain" and rng.random() < 0.75:
            unit = QRectF(rect.left() + rect.width() * rng.uniform(0.08, 0.7), storey.bottom() - 78, 78, 52)
            _frame(p, unit, QColor(214, 214, 208), QColor(120, 120, 118), 3)
            p.setBrush(QColor(92, 94, 96))
            p.drawEllipse(unit.center() - QPointF(12, 0), 19, 19)


def _goods(p: QPainter, rect: QRectF, front: Front, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shelf = rect.height() / 4
    for row in range(4):
        y = rect.top() + shelf * row
        x = rect.left() + 8
        while x < rect.right() - 20:
            w, h = rng.uniform(12, 34), rng.uniform(0.45, 0.85) * shelf
            shade = blend(front.goods[int(rng.integers(len(front.goods)))], (70, 60, 50), float(rng.uniform(0, 0.5)))
            p.fillRect(QRectF(x, y + shelf - h, w, h), colour(shade))
            x += w + rng.uniform(1, 7)
        p.fillRect(QRectF(rect.left(), y + shelf - 5, rect.width(), 6), QColor(110, 92, 70))


def _inside(p: QPainter, rect: QRectF, front: Front) -> None:
    room = QLinearGradient(rect.topLeft(), rect.bottomLeft())
    if front.lights:
        room.setColorAt(0, QColor(255, 238, 196))
        room.setColorAt(0.5, QColor(226, 184, 124))
        room.setColorAt(1, QColor(126, 90, 60))
    else:
        room.setColorAt(0, QColor(58, 54, 52))
        room.setColorAt(0.55, QColor(110, 102, 92))
        room.setColorAt(1, QColor(150, 138, 122))
    _frame(p, rect, QBrush(room), QColor(60, 52, 46), 5)


def _ground_floor(p: QPainter, rect: QRectF, front: Front, seed: int) -> None:
    """Paint the shop itself: open, behind glass, or behind a rolled-down shutter."""
    if front.ground == "shutter":
        metal = QLinearGradient(rect.topLeft(), rect.bottomLeft())
        metal.setColorAt(0, QColor(150, 154, 158))
        metal.setColorAt(1, QColor(122, 126, 132))
        _frame(p, rect, QBrush(metal), QColor(84, 86, 90), 6)
        p.setPen(QPen(QColor(70, 72, 78, 120), 3))
        y = rect.top() + 12
        while y < rect.bottom():
            p.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            y += 13
        return
    _inside(p, rect, front)
    if front.ground == "open":
        _goods(p, QRectF(rect.left() + 8, rect.top() + 46, rect.width() * 0.36, rect.height() - 60), front, seed)
        _goods(
            p, QRectF(rect.right() - rect.width() * 0.34, rect.top() + 70, rect.width() * 0.32, 150), front, seed + 1
        )
    elif front.ground == "glass":
        _goods(p, QRectF(rect.left() + 12, rect.bottom() - 128, rect.width() * 0.42, 96), front, seed)
        _goods(p, QRectF(rect.center().x() + 40, rect.bottom() - 128, rect.width() * 0.36, 96), front, seed + 1)
        sheen = QLinearGradient(rect.topLeft(), rect.bottomRight())
        sheen.setColorAt(0.0, QColor(255, 255, 255, 66))
        sheen.setColorAt(0.4, QColor(200, 225, 240, 30))
        sheen.setColorAt(0.45, QColor(255, 255, 255, 76))
        sheen.setColorAt(0.6, QColor(200, 225, 240, 20))
        p.fillRect(rect, sheen)
        p.setPen(QPen(QColor(196, 200, 204), 6))
        for share in (0.0, 0.33, 0.66, 1.0):
            x = rect.left() + rect.width() * share
            p.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))


def awning(p: QPainter, scene: tuple[Lens, Light], wall: Wall, colours: tuple[Rgb, Rgb]) -> None:
    """Hang a striped canvas out from a wall, over the pavement."""
    lens, light = scene
    out = (wall.along[2], -wall.along[0])
    count = max(4, int(wall.width / 0.55))
    top, low, reach = wall.height - 2.72, wall.height - 2.25, 1.25

    def point(u: float, down: float, away: float) -> Vec:
        x, y, z = wall.point(u, down)
        return (x + out[0] * away, y, z + out[1] * away)

    tint = light.facing((out[0] * 0.4, 0.9, out[1] * 0.4), light.on(point(wall.width / 2, low, reach)))
    p.setPen(Qt.PenStyle.NoPen)
    for i in range(count):
        a, b = wall.width * i / count, wall.width * (i + 1) / count
        p.setBrush(colour(colours[i % 2], tint))
        p.drawPolygon(lens.polygon([point(a, top, 0), point(b, top, 0), point(b, low, reach), point(a, low, reach)]))
        p.setBrush(colour(colours[i % 2], (tint[0] * 0.74, tint[1] * 0.74, tint[2] * 0.78)))
        fringe = [
            point(a, low, reach),
            point(b, low, reach),
            point(b, low + 0.16, reach),
            point((a + b) / 2, low + 0.24, reach),
            point(a, low + 0.16, reach),
        ]
        p.drawPolygon(lens.polygon(fringe))


def shophouse(p: QPainter, scene: tuple[Lens, Light], wall: Wall, front: Front, seed: int = 1) -> None:
    """Paint one shophouse front. Lit signs, windows and rooms are painted after the light, so that they shine."""
    lens, light = scene
    with on_wall(p, lens, wall) as rect:
        base = QLinearGradient(rect.topLeft(), rect.bottomLeft())
        base.setColorAt(0, colour(blend(front.wall, (255, 255, 255), 0.08)))
        base.setColorAt(1, colour(blend(front.wall, (60, 50, 40), 0.14)))
        p.fillRect(rect, base)
        stains(p, rect, seed)
        p.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 26), colour(front.trim))
        for side in (rect.left(), rect.right() - 16):
            p.fillRect(QRectF(side, rect.top(), 16, rect.height()), colour(blend(front.trim, front.wall, 0.5)))
        shop = QRectF(rect.left() + 22, rect.bottom() - STOREY + 82, rect.width() - 44, STOREY - 96)
        board = QRectF(rect.left() + 6, rect.bottom() - STOREY - 22, rect.width() - 12, 96)
        if not front.lights:
            _upper(p, rect, front, seed)
            _ground_floor(p, shop, front, seed)
        if front.sign and not front.sign.shines:
            paint_sign(p, board, front.sign)
        lit(p, rect, wall, light)
        if front.lights:
            _upper(p, rect, front, seed)
            _ground_floor(p, shop, front, seed)
        if front.sign and front.sign.shines:
            paint_sign(p, board, front.sign)
    if front.awning:
        awning(p, scene, wall, front.awning)


def terrace(
    p: QPainter,
    scene: tuple[Lens, Light],
    ends: tuple[tuple[float, float], tuple[float, float]],
    fronts: tuple[Front, ...],
) -> None:
    """Paint shophouses in a row, read from left to right between two ground points; the far ones first."""
    lens, _ = scene
    (x0, z0), (x1, z1) = ends
    size = math.hypot(x1 - x0, z1 - z0)
    dx, dz = (x1 - x0) / size, (z1 - z0) / size
    at, places = 0.0, []
    for number, front in enumerate(fronts):
        wall = Wall((x0 + dx * at, front.height, z0 + dz * at), (dx, 0.0, dz), front.width, front.height)
        places.append((-lens.depth(wall.point(front.width / 2, 0)), number, wall, front))
        at += front.width
    for _, number, wall, front in sorted(places, key=lambda place: place[:2]):
        shophouse(p, scene, wall, front, seed=number + int(abs(z0)) + 3)
