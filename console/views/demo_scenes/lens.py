"""A pinhole camera on a pole: points of the street (metres) to points of the picture (pixels).

The street is x to the right, y up, z away from the camera; the ground is y = 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF, QTransform

Array = NDArray[np.float32]
Vec = tuple[float, float, float]

WIDTH: Final = 640
HEIGHT: Final = 360
NEAR: Final = 0.35
CM: Final = 100.0
"""Walls and road markings are painted in centimetres, so that fonts and pens have whole sizes."""


@dataclass(frozen=True)
class Lens:
    """Where the camera hangs, where it looks (degrees, pitch down) and how wide (focal length in pixels)."""

    eye: Vec
    yaw: float = 0.0
    pitch: float = 20.0
    focal: float = 520.0

    @cached_property
    def axes(self) -> NDArray[np.float64]:
        """Rows: right, down, forward of the camera in street coordinates."""
        yaw, pitch = math.radians(self.yaw), math.radians(self.pitch)
        cy, sy, cp, sp = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
        return np.array([[cy, 0.0, -sy], [-sy * sp, -cp, -cy * sp], [sy * cp, -sp, cy * cp]])

    @cached_property
    def _flat(self) -> tuple[float, ...]:
        return tuple(float(value) for value in self.axes.ravel())

    def see(self, point: Vec) -> Vec:
        """Picture x, picture y and depth in metres; a point behind the camera is held at the near plane."""
        a = self._flat
        dx, dy, dz = point[0] - self.eye[0], point[1] - self.eye[1], point[2] - self.eye[2]
        depth = max(a[6] * dx + a[7] * dy + a[8] * dz, NEAR)
        k = self.focal / depth
        return (
            WIDTH / 2 + k * (a[0] * dx + a[1] * dy + a[2] * dz),
            HEIGHT / 2 + k * (a[3] * dx + a[4] * dy + a[5] * dz),
            depth,
        )

    def at(self, point: Vec) -> QPointF:
        x, y, _ = self.see(point)
        return QPointF(x, y)

    def depth(self, point: Vec) -> float:
        return self.see(point)[2]

    def scale(self, point: Vec) -> float:
        """Pixels a metre at that point."""
        return self.focal / self.depth(point)

    def see_all(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows of picture x, picture y, depth for rows of street points."""
        seen = (points - np.array(self.eye)) @ self.axes.T
        depth = np.maximum(seen[:, 2], NEAR)
        return np.column_stack(
            (WIDTH / 2 + self.focal * seen[:, 0] / depth, HEIGHT / 2 + self.focal * seen[:, 1] / depth, seen[:, 2])
        )

    def polygon(self, points: Sequence[Vec]) -> QPolygonF:
        """Project a flat outline, cut at the near plane so that nothing behind the camera turns inside out."""
        a = self.axes
        seen = [(a @ (np.array(point) - np.array(self.eye))) for point in points]
        kept: list[NDArray[np.float64]] = []
        for here, after in zip(seen, seen[1:] + seen[:1], strict=True):
            if here[2] >= NEAR:
                kept.append(here)
            if (here[2] < NEAR) != (after[2] < NEAR):
                kept.append(here + (after - here) * ((NEAR - here[2]) / (after[2] - here[2])))
        return QPolygonF(
            [QPointF(WIDTH / 2 + self.focal * v[0] / v[2], HEIGHT / 2 + self.focal * v[1] / v[2]) for v in kept]
        )

    def onto(self, wall: Wall) -> QTransform:
        """Return the transform from the wall's own centimetres (origin top left) to the picture."""
        w, h = wall.width, wall.height
        flat = QPolygonF([QPointF(0, 0), QPointF(w * CM, 0), QPointF(w * CM, h * CM), QPointF(0, h * CM)])
        seen = QPolygonF([self.at(wall.point(u, v)) for u, v in ((0, 0), (w, 0), (w, h), (0, h))])
        transform = QTransform()
        if not QTransform.quadToQuad(flat, seen, transform):
            raise ValueError(f"a wall seen edge-on: {wall}")
        return transform


@dataclass(frozen=True)
class Wall:
    """A flat rectangle in the street: its top left corner, its two directions and its size in metres."""

    corner: Vec
    along: Vec
    width: float
    height: float
    down: Vec = (0.0, -1.0, 0.0)

    def point(self, u: float, v: float) -> Vec:
        c, a, d = self.corner, self.along, self.down
        return (c[0] + a[0] * u + d[0] * v, c[1] + a[1] * u + d[1] * v, c[2] + a[2] * u + d[2] * v)


def upright(start: tuple[float, float], end: tuple[float, float], top: float, bottom: float = 0.0) -> Wall:
    """Return an upright wall over the ground line from start to end (as read from left to right)."""
    dx, dz = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dz)
    return Wall((start[0], top, start[1]), (dx / length, 0.0, dz / length), length, top - bottom)


def flat(left: float, right: float, far: float, near: float) -> Wall:
    """Return a rectangle on the ground whose text reads upright for the camera."""
    return Wall((left, 0.0, far), (1.0, 0.0, 0.0), right - left, far - near, (0.0, 0.0, -1.0))
