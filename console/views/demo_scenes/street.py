# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""Furniture of a Thai street: poles and their wires, lamps, the skyline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF

from console.views.demo_scenes.bodywork import Taper, block
from console.views.demo_scenes.ground import Sky
from console.views.demo_scenes.lens import Lens, Vec
from console.views.demo_scenes.light import Light, Rgb, blend, colour, glow, shadow_spot
from console.views.demo_scenes.stage import Cutout, Paint, cut_out

Scene = tuple[Lens, Light]


def solid(p: QPainter, scene: Scene, low: Vec, high: Vec, look: tuple[Rgb, Taper]) -> None:
    """Paint a box in the street (optionally narrower at its top)."""
    lens, light = scene
    eye = np.array(lens.eye)
    middle = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
    tint = light.on((middle[0], middle[1], middle[2]))
    faces = []
    for face in block(low, high, look[0], look[1]):
        a, b, c = (np.array(face.points[i]) for i in (0, 1, 2))
        normal = np.cross(c - a, b - a)
        normal = normal / max(float(np.linalg.norm(normal)), 1e-9)
        if float(normal @ (eye - a)) > 0:
            faces.append((face, (float(normal[0]), float(normal[1]), float(normal[2]))))
    for face, direction in faces:
        fill = colour(face.rgb, light.facing(direction, tint))
        p.setBrush(fill)
        p.setPen(QPen(fill.darker(108), 0.5))
        p.drawPolygon(lens.polygon(face.points))


def box(p: QPainter, scene: Scene, low: Vec, high: Vec, rgb: Rgb) -> None:
    solid(p, scene, low, high, (rgb, Taper()))


def post(p: QPainter, scene: Scene, foot: Vec, top: Vec, look: tuple[float, Rgb]) -> None:
    """Paint a round post: its width in metres and its colour; lit from one side."""
    lens, light = scene
    a, b = lens.at(foot), lens.at(top)
    wa, wb = lens.scale(foot) * look[0] / 2, lens.scale(top) * look[0] / 2
    middle = ((foot[0] + top[0]) / 2, (foot[1] + top[1]) / 2, (foot[2] + top[2]) / 2)
    base = light.on(middle)
    tint = (base[0] + 0.4 * light.sun[0], base[1] + 0.4 * light.sun[1], base[2] + 0.4 * light.sun[2])
    shade = QLinearGradient(a - QPointF(wa, 0), a + QPointF(wa, 0))
    shade.setColorAt(0.0, colour(look[1], tint))
    shade.setColorAt(1.0, colour(blend(look[1], (0, 0, 0), 0.38), tint))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(shade)
    p.drawPolygon(QPolygonF([a - QPointF(wa, 0), a + QPointF(wa, 0), b + QPointF(wb, 0), b - QPointF(wb, 0)]))


def power_pole(p: QPainter, scene: Scene, x: float, z: float) -> None:
    """Paint a concrete pole with cross-arms, insulators and a bundle of old lines."""
    lens, _ = scene
    shadow_spot(p, lens, (x, 0, z), 0.5, 0.4)
    post(p, scene, (x, 0, z), (x, 8.6, z), (0.26, (176, 172, 162)))
    for y, half in ((8.2, 0.9), (7.5, 0.7)):
        box(p, scene, (x - half, y, z - 0.05), (x + half, y + 0.12, z + 0.05), (150, 146, 138))
    box(p, scene, (x - 0.22, 5.6, z - 0.3), (x + 0.22, 6.2, z - 0.1), (120, 122, 124))


def wires(p: QPainter, lens: Lens, poles: Sequence[tuple[float, float]], rgb: Rgb = (24, 24, 28)) -> None:
    """Hang sagging lines between poles: four above, a thick tangle below."""
    rng = np.random.default_rng(5)
    lines = [(8.3, s, 0.25, 0.022) for s in (-0.8, -0.3, 0.3, 0.8)]
    lines += [
        (5.6 + float(rng.uniform(-0.25, 0.35)), float(rng.uniform(-0.2, 0.2)), float(rng.uniform(0.3, 0.75)), 0.028)
        for _ in range(8)
    ]
    for (x0, z0), (x1, z1) in pairwise(poles):
        for y, side, sag, thick in lines:
            path = QPainterPath()
            for i in range(13):
                s = i / 12
                point = (x0 + (x1 - x0) * s + side, y - 4 * sag * s * (1 - s), z0 + (z1 - z0) * s)
                here = lens.at(point)
                if i == 0:
                    path.moveTo(here)
                else:
                    path.lineTo(here)
            middle = ((x0 + x1) / 2, y, (z0 + z1) / 2)
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(colour(rgb, alpha=0.85), max(0.5, lens.scale(middle) * thick)))
            p.drawPath(path)


def street_lamp(p: QPainter, scene: Scene, foot: tuple[float, float], arm: float, rgb: Rgb = (255, 214, 150)) -> None:
    """Paint a lamp on a curved arm; lit at night."""
    lens, light = scene
    x, z = foot
    shadow_spot(p, lens, (x, 0, z), 0.4, 0.4)
    post(p, scene, (x, 0, z), (x, 6.2, z), (0.16, (128, 132, 136)))
    path = QPainterPath(lens.at((x, 6.2, z)))
    path.quadTo(lens.at((x, 7.0, z)), lens.at((x + arm, 6.9, z)))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(QPen(colour((128, 132, 136), light.on((x, 6, z))), max(1.0, lens.scale((x, 6.5, z)) * 0.1)))
    p.drawPath(path)
    head = (x + arm, 6.85, z)
    at, size = lens.at(head), lens.scale(head)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(colour((255, 250, 235) if light.night else (190, 192, 194)))
    p.drawEllipse(at, size * 0.34, size * 0.12)
    if light.night:
        glow(p, at, (size * 1.1, size * 0.9), rgb, 0.7)
        glow(p, at, (size * 3.4, size * 3.0), rgb, 0.26)


def skyline(p: QPainter, scene: Scene, sky: Sky, distance: float, seed: int = 3) -> None:
    """Paint far houses and a line of trees, pale with haze, along the horizon."""
    lens, light = scene
    rng = np.random.default_rng(seed)
    tint = light.on((0, 3, distance))
    p.setPen(Qt.PenStyle.NoPen)
    for step, far in enumerate((distance, distance * 0.8)):
        x = lens.eye[0] - 1.6 * distance
        while x < lens.eye[0] + 1.6 * distance:
            w, h = float(rng.uniform(5, 12)), float(rng.uniform(4, 9)) * (1.3 if step == 0 else 0.8)
            if rng.random() < 0.55:
                _far_house(p, lens, (x, far, w, h), blend(_times((176, 166, 154), tint), sky.horizon, 0.5))
            x += w * 1.2
        for _ in range(130):
            at = (lens.eye[0] + float(rng.uniform(-1.6, 1.6)) * distance, float(rng.uniform(0.5, 3.4)), far)
            green = _times(blend((74, 104, 70), (104, 128, 84), float(rng.random())), tint)
            p.setBrush(colour(blend(green, sky.horizon, 0.46 - 0.12 * step)))
            r = lens.scale(at) * float(rng.uniform(1.2, 2.6))
            p.drawEllipse(lens.at(at), r, r * 0.8)


def _times(rgb: Rgb, tint: Rgb) -> Rgb:
    return (rgb[0] * tint[0], rgb[1] * tint[1], rgb[2] * tint[2])


def _far_house(p: QPainter, lens: Lens, where: tuple[float, float, float, float], rgb: Rgb) -> None:
    x, z, w, h = where
    a, b = lens.at((x, 0, z)), lens.at((x + w, h, z))
    p.setBrush(colour(rgb))
    p.drawRect(QRectF(a.x(), b.y(), b.x() - a.x(), a.y() - b.y() + 2))
    p.setBrush(colour(blend(rgb, (60, 70, 84), 0.25)))
    floors, columns = max(1, int(h / 3)), max(2, int(w / 2.4))
    for floor in range(floors):
        for column in range(columns):
            left, top = x + w * (column + 0.25) / columns, h - 0.8 - 3 * floor
            c, d = lens.at((left, top, z)), lens.at((left + w * 0.5 / columns, top - 1.3, z))
            p.drawRect(QRectF(c, d))


def cutout(lens: Lens, at: Vec, paint: Paint) -> Cutout:
    """Return a thing that stands in the street and hides what passes behind it."""
    return cut_out(paint, lens.depth(at))
