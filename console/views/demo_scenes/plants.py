"""Trees whose foliage sways and palms whose fronds move."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from console.views.demo_scenes.light import Rgb, blend, colour, shadow_spot
from console.views.demo_scenes.stage import PERIOD, Paint, PaintAt, Swaying, cut_out
from console.views.demo_scenes.street import Scene, post


@dataclass(frozen=True)
class Tree:
    """A round-crowned tree: where it stands, its height, crown and colours."""

    x: float
    z: float
    height: float = 6.0
    crown: float = 2.2
    leaf: Rgb = (74, 118, 52)
    seed: int = 1


def _crown(p: QPainter, scene: Scene, tree: Tree, layer: int) -> None:
    lens, light = scene
    rng = np.random.default_rng(tree.seed * 10 + layer)
    tone = (0.55, 0.78, 1.0)[layer]
    p.setPen(Qt.PenStyle.NoPen)
    for _ in range(150):
        a, b, r = rng.uniform(0, 2 * math.pi), rng.uniform(-0.5, 1.0), rng.uniform(0.35, 1.0) ** 0.6
        point = (
            tree.x + tree.crown * r * math.cos(a) * math.cos(b * 1.2),
            tree.height + tree.crown * (0.75 * math.sin(b * 1.2) * r + (layer - 1) * 0.16),
            tree.z + tree.crown * r * math.sin(a) * math.cos(b * 1.2) * 0.6,
        )
        tint = light.on(point)
        if not light.night:
            up = 0.75 + 0.35 * b
            tint = (tint[0] * up + light.sun[0] * max(b, 0), tint[1] * up + light.sun[1] * max(b, 0), tint[2] * up)
        shade = blend(tree.leaf, (tree.leaf[0] * 1.35, tree.leaf[1] * 1.2, tree.leaf[2]), float(rng.uniform(0, 1)))
        p.setBrush(colour(shade, (tint[0] * tone, tint[1] * tone, tint[2] * tone)))
        size = lens.scale(point) * tree.crown * float(rng.uniform(0.07, 0.17))
        p.save()
        p.translate(lens.at(point))
        p.rotate(float(rng.uniform(0, 180)))
        p.drawEllipse(QPointF(0, 0), size, size * 0.55)
        p.restore()


def tree(scene: Scene, what: Tree) -> tuple[Paint, Swaying]:
    """Return the trunk (for the background) and the foliage that sways."""
    lens, light = scene

    def trunk(p: QPainter) -> None:
        shadow_spot(p, lens, (what.x, 0, what.z), what.crown * 1.1, 0.5 if not light.night else 0.35)
        bark: Rgb = (104, 84, 64)
        post(p, scene, (what.x, 0, what.z), (what.x, what.height, what.z), (0.34, bark))
        for side in (-0.5, 0.45):
            post(
                p,
                scene,
                (what.x, what.height * 0.6, what.z),
                (what.x + side * what.crown, what.height, what.z),
                (0.16, bark),
            )

    depth = lens.depth((what.x, 0.0, what.z))
    layers = tuple(cut_out(lambda p, n=n: _crown(p, scene, what, n), depth) for n in range(3))  # type: ignore[misc]
    return trunk, Swaying(layers, lens.at((what.x, what.height * 0.5, what.z)), 0.022, what.seed * 0.27)


def palm(scene: Scene, foot: tuple[float, float], height: float, seed: int = 1) -> tuple[float, PaintAt]:
    """Return the depth and the painter of a coconut palm whose fronds move."""
    lens, light = scene
    x, z = foot
    rng = np.random.default_rng(seed)
    fronds = [(float(a), float(rng.uniform(0.85, 1.15))) for a in np.linspace(0, 2 * math.pi, 13)[:-1]]
    fronds.sort(key=lambda f: -math.sin(f[0]))

    def paint(p: QPainter, t: float) -> None:
        sway = 0.10 * math.sin(2 * math.pi * (2 * t / PERIOD + seed * 0.3))
        top = (x + 0.5 + sway, height, z)
        tint = light.on(top)
        a, c = lens.at((x, 0, z)), lens.at(top)
        path = QPainterPath(a)
        path.quadTo(lens.at((x + 0.05, height * 0.6, z)), c)
        p.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(colour((120, 100, 78), tint), max(1.2, lens.scale((x, height / 2, z)) * 0.24))
        p.setPen(pen)
        p.drawPath(path)
        for angle, size in fronds:
            beat = 0.12 * math.sin(2 * math.pi * (3 * t / PERIOD + angle + seed))
            reach = 2.3 * size
            tip = (top[0] + reach * math.cos(angle) + sway, top[1] - 0.9 + beat, top[2] + reach * math.sin(angle))
            rise = (
                top[0] + reach * 0.5 * math.cos(angle),
                top[1] + 0.75 + beat / 2,
                top[2] + reach * 0.5 * math.sin(angle),
            )
            droop = (rise[0], rise[1] - 0.42, rise[2])
            leaf = QPainterPath(c)
            leaf.quadTo(lens.at(rise), lens.at(tip))
            leaf.quadTo(lens.at(droop), c)
            green = blend((64, 108, 48), (126, 152, 70), 0.5 + 0.5 * math.cos(angle))
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(colour(green, light.facing((0.0, 0.8, -0.6), tint)))
            p.drawPath(leaf)

    return lens.depth((x, 0.0, z)), paint
