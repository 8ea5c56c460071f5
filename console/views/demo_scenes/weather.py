# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""Rain that falls without a seam."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from console.views.demo_scenes.lens import HEIGHT, WIDTH, Lens
from console.views.demo_scenes.stage import PERIOD, PaintAt


def rain(seed: int = 4, count: int = 170) -> PaintAt:
    """Return a painter of falling streaks; each falls a whole number of times in a period."""
    rng = np.random.default_rng(seed)
    drops = [
        (
            float(rng.uniform(-30, WIDTH)),
            float(rng.uniform(0, 1)),
            int(rng.integers(9, 15)),
            float(rng.uniform(0.4, 1.0)),
        )
        for _ in range(count)
    ]

    def paint(p: QPainter, t: float) -> None:
        for near in (False, True):
            lines = []
            for x, phase, falls, size in drops:
                if (size > 0.7) != near:
                    continue
                y = ((t * falls / PERIOD + phase) % 1.0) * (HEIGHT + 60) - 30
                lines.append(QLineF(x + y * 0.10, y, x + (y + 20 * size) * 0.10, y + 20 * size))
            p.setPen(QPen(QColor(206, 216, 230, 84 if near else 52), 1.1 if near else 0.7))
            p.drawLines(lines)

    return paint


def splashes(lens: Lens, area: tuple[float, float, float, float], seed: int = 6, count: int = 46) -> PaintAt:
    """Return a painter of small rings where drops meet the ground in (left, right, near, far)."""
    rng = np.random.default_rng(seed)
    spots = [
        (
            float(rng.uniform(area[0], area[1])),
            float(rng.uniform(area[2], area[3])),
            float(rng.uniform(0, 1)),
            int(rng.integers(10, 16)),
        )
        for _ in range(count)
    ]

    def paint(p: QPainter, t: float) -> None:
        p.setBrush(Qt.BrushStyle.NoBrush)
        for x, z, phase, times in spots:
            age = (t * times / PERIOD + phase) % 1.0
            r = lens.scale((x, 0, z)) * 0.16 * age
            p.setPen(QPen(QColor(220, 228, 238, int(130 * (1 - age))), 0.7))
            p.drawEllipse(lens.at((x, 0, z)), r, r * 0.42)

    return paint
