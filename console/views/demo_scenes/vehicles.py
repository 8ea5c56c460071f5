# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""Vehicles on the street: turned, lit and drawn in perspective, with their people and their lights."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from console.views.demo_scenes.bodywork import TAIL, Model, Part
from console.views.demo_scenes.lens import HEIGHT, WIDTH, Lens, Vec
from console.views.demo_scenes.light import Light, Rgb, colour, glow
from console.views.demo_scenes.people import Stance, draw_person

CLOSEST: Final = 0.5
MARGIN: Final = 120.0


@dataclass(frozen=True)
class Pose:
    x: float
    z: float
    heading: float
    brakes: bool = False
    y: float = 0.0
    phase: float = 0.0


@cache
def _arrays(model: Model) -> tuple[NDArray[np.float64], list[tuple[int, int]], NDArray[np.float64]]:
    """Return all points in one table, where each face lies in it, and each face's direction."""
    points: list[Vec] = []
    spans: list[tuple[int, int]] = []
    normals: list[NDArray[np.float64]] = []
    for part in model.parts:
        for face in part.faces:
            spans.append((len(points), len(points) + len(face.points)))
            points.extend(face.points)
            a, b, c = (np.array(face.points[i]) for i in (0, 1, 2))
            normal = np.cross(c - a, b - a)
            normals.append(normal / max(float(np.linalg.norm(normal)), 1e-9))
    return np.array(points), spans, np.array(normals)


def _placed(points: NDArray[np.float64], pose: Pose) -> NDArray[np.float64]:
    sin, cos = math.sin(pose.heading), math.cos(pose.heading)
    turn = np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])
    out: NDArray[np.float64] = points @ turn
    return out


def _shadow(p: QPainter, scene: tuple[Lens, Light], model: Model, pose: Pose) -> None:
    lens, light = scene
    strong = 0.30 if light.night else light.shadow
    w, n = model.width / 2, model.length / 2
    s = light.sun_from
    shift = (-s[0] * 0.9, -s[2] * 0.9) if not light.night and light.shadow > 0.3 else (0.0, 0.0)
    p.setPen(Qt.PenStyle.NoPen)
    for grow, alpha in ((0.34, 0.3), (0.2, 0.35), (0.05, 0.5)):
        corners = np.array(
            [(-w - grow, 0, -n - grow), (w + grow, 0, -n - grow), (w + grow, 0, n + grow), (-w - grow, 0, n + grow)]
        )
        ground = _placed(corners, pose)
        outline = [(pose.x + q[0] + shift[0] * 0.5, 0.0, pose.z + q[2] + shift[1] * 0.5) for q in ground]
        p.setBrush(QColor(6, 8, 16, int(255 * strong * alpha)))
        p.drawPolygon(lens.polygon(outline))


def _order(model: Model, seen: NDArray[np.float64]) -> list[tuple[int, Part]]:
    """Return the parts in the order of painting, each with the number of its first face."""
    first, points, listed = 0, 0, []
    for part in model.parts:
        count = sum(len(face.points) for face in part.faces)
        far = float(seen[points : points + count, 2].mean())
        listed.append((part.layer, -far, first, part))
        first += len(part.faces)
        points += count
    listed.sort(key=lambda item: item[:3])
    return [(number, part) for _, _, number, part in listed]


def _outside(seen: NDArray[np.float64]) -> bool:
    """Return whether nothing of it (nor of its lights) can reach the picture."""
    left, top, _ = seen.min(axis=0)
    right, low, _ = seen.max(axis=0)
    return bool(right < -MARGIN or left > WIDTH + MARGIN or low < -MARGIN or top > HEIGHT + MARGIN)


def draw_vehicle(p: QPainter, scene: tuple[Lens, Light], model: Model, pose: Pose) -> None:
    """Draw a vehicle with its shadow, its people and, at night, its lights."""
    lens, light = scene
    points, spans, normals = _arrays(model)
    world = _placed(points, pose) + np.array([pose.x, pose.y, pose.z])
    seen = lens.see_all(world)
    if float(seen[:, 2].min()) < CLOSEST or _outside(seen):
        return
    table: list[list[float]] = seen.tolist()
    tint = light.on((pose.x, 0.9, pose.z))
    turned = _placed(normals, pose)
    _shadow(p, scene, model, pose)
    first_points = world[[start for start, _ in spans]]
    shown: list[bool] = (((np.array(lens.eye) - first_points) * turned).sum(axis=1) > 0).tolist()
    directions: list[list[float]] = turned.tolist()
    outline = max(0.5, lens.scale((pose.x, 1.0, pose.z)) * 0.012)
    people_drawn = False
    for first, part in _order(model, seen):
        if part.layer >= 4 and not people_drawn:
            _riders(p, scene, model, pose)
            people_drawn = True
        for offset, face in enumerate(part.faces):
            start, end = spans[first + offset]
            if not shown[first + offset]:
                continue
            polygon = QPolygonF([QPointF(q[0], q[1]) for q in table[start:end]])
            nx, ny, nz = directions[first + offset]
            shine = (1.25, 1.25, 1.25) if face.shines and light.night else light.facing((nx, ny, nz), tint)
            if face.shines and pose.brakes and face.rgb == TAIL:
                shine = (1.35, 1.6, 1.6)
            fill = colour(face.rgb, shine)
            p.setBrush(fill)
            p.setPen(QPen(fill.darker(112), outline) if len(face.points) == 4 else Qt.PenStyle.NoPen)
            p.drawPolygon(polygon)
    if not people_drawn:
        _riders(p, scene, model, pose)
    if light.night and model.heads:
        headlights(p, lens, model, pose, wet=light.wet)


def _riders(p: QPainter, scene: tuple[Lens, Light], model: Model, pose: Pose) -> None:
    sin, cos = math.sin(pose.heading), math.cos(pose.heading)
    for (x, y, z), look in model.riders:
        at = (pose.x + x * cos + z * sin, pose.z - x * sin + z * cos)
        draw_person(p, scene, Stance(at[0], at[1], pose.heading, y=pose.y + y, moves=0.0, seated=True), look)


def _mirror(p: QPainter, lens: Lens, at: Vec, look: tuple[float, Rgb]) -> None:
    """Draw a lamp's long reflection in a wet road."""
    deep = lens.at((at[0], -at[1] * 1.4, at[2]))
    top = lens.at((at[0], 0.0, at[2]))
    glow(p, (top + deep) / 2, (look[0], max(abs(deep.y() - top.y()), 4.0)), look[1], 0.6)


def headlights(p: QPainter, lens: Lens, model: Model, pose: Pose, *, wet: bool = False) -> None:
    """Add the glow of lamps and the pool of light ahead."""
    sin, cos = math.sin(pose.heading), math.cos(pose.heading)

    def out(point: Vec) -> Vec:
        return (pose.x + point[0] * cos + point[2] * sin, pose.y + point[1], pose.z - point[0] * sin + point[2] * cos)

    ahead = out((0.0, 0.0, model.length / 2 + 3.2))
    size = lens.scale(ahead)
    pool = lens.at((ahead[0], 0.0, ahead[2]))
    tall = abs(lens.at((ahead[0], 0.0, ahead[2] + 3)).y() - lens.at((ahead[0], 0.0, ahead[2] - 3)).y()) / 2
    along = abs(cos)
    glow(p, pool, (size * (2.6 + 3.0 * (1 - along)), tall * (0.9 + 0.9 * along) + 4), (232, 214, 168), 0.5)
    eye = lens.eye
    facing = ((eye[0] - pose.x) * sin + (eye[2] - pose.z) * cos) / max(
        math.hypot(eye[0] - pose.x, eye[2] - pose.z), 0.1
    )
    for point in model.heads:
        if facing > -0.35:
            at = out(point)
            r = lens.scale(at) * (0.28 + 0.75 * max(facing, 0.0))
            glow(p, lens.at(at), (r, r), (255, 240, 205), 0.45 + 0.5 * max(facing, 0.0))
            if wet:
                _mirror(p, lens, at, (r * 0.6, (255, 236, 200)))
    for point in model.tails:
        if facing < 0.35:
            at = out(point)
            r = lens.scale(at) * (0.5 if pose.brakes else 0.3)
            glow(p, lens.at(at), (r, r), (255, 40, 28), 0.9 if pose.brakes else 0.6)
            if wet:
                _mirror(p, lens, at, (r, (255, 40, 28)))


def parked(model: Model, pose: Pose) -> tuple[Model, Pose]:
    """Return the same vehicle with nobody on it and its lamps off."""
    parts = tuple(
        replace(part, faces=tuple(replace(face, shines=False) for face in part.faces)) for part in model.parts
    )
    return replace(model, parts=parts, riders=(), heads=(), tails=()), pose
