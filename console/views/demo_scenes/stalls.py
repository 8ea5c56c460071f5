"""Market stalls under umbrellas and canvas, strings of bulbs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from console.views.demo_scenes.lens import Lens, Vec
from console.views.demo_scenes.light import Rgb, blend, colour, glow, shadow_spot
from console.views.demo_scenes.stage import PERIOD, PaintAt
from console.views.demo_scenes.street import Scene, box, post


@dataclass(frozen=True)
class Stall:
    """A market stall: a table of goods under an umbrella or a canvas roof."""

    x: float
    z: float
    width: float = 2.0
    canopy: tuple[Rgb, Rgb] = ((200, 50, 46), (240, 232, 214))
    goods: tuple[Rgb, ...] = ((86, 140, 58), (206, 66, 50), (232, 160, 50))
    roof: bool = False
    bulb: bool = False


def stall(p: QPainter, scene: Scene, what: Stall) -> None:
    """Paint table, goods and cover."""
    lens, light = scene
    x, z, w = what.x, what.z, what.width / 2
    shadow_spot(p, lens, (x, 0, z), w * 1.5, 0.5)
    if not what.roof:
        post(p, scene, (x, 0, z + 0.2), (x, 2.6, z + 0.2), (0.06, (200, 200, 196)))
    box(p, scene, (x - w, 0.0, z - 0.5), (x + w, 0.72, z + 0.5), (150, 118, 84))
    box(p, scene, (x - w - 0.02, 0.3, z - 0.53), (x + w + 0.02, 0.74, z - 0.5), what.canopy[0])
    rng = np.random.default_rng(int(abs(x * 31 + z * 17)) + 2)
    tint = light.on((x, 1.4, z - 0.4))
    tint = light.facing((0, 0.9, -0.4), tint)
    columns = max(3, int(what.width / 0.42))
    p.setPen(Qt.PenStyle.NoPen)
    for row in range(3):
        for column in range(columns):
            rgb = what.goods[(column + row) % len(what.goods)]
            cx, cz = x - w + what.width * (column + 0.5) / columns, z + 0.34 - 0.32 * row
            for _ in range(12):
                point = (
                    cx + float(rng.uniform(-0.17, 0.17)),
                    0.76 + float(rng.uniform(0, 0.1)),
                    cz + float(rng.uniform(-0.12, 0.12)),
                )
                r = lens.scale(point) * float(rng.uniform(0.045, 0.075))
                p.setBrush(colour(blend(rgb, (255, 255, 255), float(rng.uniform(0, 0.25))), tint))
                p.drawEllipse(lens.at(point), r, r * 0.8)
    if what.roof:
        _roof(p, scene, what)
    else:
        parasol(p, scene, (x, z + 0.2), what.canopy, w * 1.35)
    if what.bulb:
        at = lens.at((x, 1.95, z - 0.2))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(255, 250, 225))
        r = lens.scale((x, 1.95, z)) * 0.07
        p.drawEllipse(at, r, r)
        glow(p, at, (r * 16, r * 14), (255, 206, 130), 0.75)


def _roof(p: QPainter, scene: Scene, what: Stall) -> None:
    lens, light = scene
    x, z, w = what.x, what.z, what.width / 2 + 0.15
    for side in (-w + 0.06, w - 0.06):
        for deep in (0.7, -0.7):
            post(p, scene, (x + side, 0, z + deep), (x + side, 2.2, z + deep), (0.06, (150, 152, 156)))
    ridge, low = 2.75, 2.15
    for near, far in (((ridge, 0.0), (low, 0.95)), ((low, -0.95), (ridge, 0.0))):
        count = max(4, int(what.width / 0.4))
        for i in range(count):
            left, right = x - w + 2 * w * i / count, x - w + 2 * w * (i + 1) / count
            normal = (0.0, 0.8, -0.6) if near[0] == low else (0.0, 0.8, 0.6)
            tint = light.facing(normal, light.on((left, 2.4, z)))
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(colour(what.canopy[i % 2], tint))
            p.drawPolygon(
                lens.polygon(
                    [
                        (left, near[0], z + near[1]),
                        (right, near[0], z + near[1]),
                        (right, far[0], z + far[1]),
                        (left, far[0], z + far[1]),
                    ]
                )
            )
    fringe = [
        (x - w, low, z - 0.95),
        (x + w, low, z - 0.95),
        (x + w, low - 0.2, z - 0.95),
        (x - w, low - 0.2, z - 0.95),
    ]
    p.setBrush(colour(blend(what.canopy[0], (0, 0, 0), 0.2), light.on((x, 2.0, z - 1))))
    p.drawPolygon(lens.polygon(fringe))


def parasol(p: QPainter, scene: Scene, at: tuple[float, float], canopy: tuple[Rgb, Rgb], radius: float) -> None:
    """Paint a big market umbrella of eight fields."""
    lens, light = scene
    x, z = at
    tip: Vec = (x, 2.75, z)
    rim = [(x + radius * math.cos(a), 2.2, z + radius * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 9)[:-1]]
    fields = list(zip(rim, [*rim[1:], rim[0]], range(8), strict=True))
    fields.sort(key=lambda f: -(f[0][2] + f[1][2]))
    for a, b, number in fields:
        direction = ((a[0] + b[0]) / 2 - x, radius * 1.6, (a[2] + b[2]) / 2 - z)
        size = math.hypot(*direction)
        tint = light.facing((direction[0] / size, direction[1] / size, direction[2] / size), light.on(tip))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(colour(canopy[number % 2], tint))
        p.drawPolygon(lens.polygon([tip, a, b]))


def bulbs(lens: Lens, ends: tuple[Vec, Vec], count: int, rgb: Rgb = (255, 214, 140)) -> PaintAt:
    """Return a painter of a hanging string of bulbs that twinkle a little."""

    def paint(p: QPainter, t: float) -> None:
        (x0, y0, z0), (x1, y1, z1) = ends
        path = QPainterPath()
        for i in range(count + 1):
            s = i / count
            y = y0 + (y1 - y0) * s - 2.4 * s * (1 - s) * 0.55 + 0.02 * math.sin(2 * math.pi * (2 * t / PERIOD + s))
            point = (x0 + (x1 - x0) * s, y, z0 + (z1 - z0) * s)
            here = lens.at(point)
            if i == 0:
                path.moveTo(here)
            else:
                path.lineTo(here)
            r = max(0.7, lens.scale(point) * 0.05)
            beat = 0.8 + 0.2 * math.sin(2 * math.pi * (3 * t / PERIOD + i * 0.37))
            glow(p, here, (r * 7, r * 7), rgb, 0.7 * beat)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(QColor(255, 246, 218))
            p.drawEllipse(here, r, r)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(QColor(20, 18, 20, 150), 0.6))
        p.drawPath(path)

    return paint
