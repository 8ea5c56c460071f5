# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""A scene on its stage: a finished background, things that move over it in the order of depth, and the loop in time.

Everything repeats after PERIOD, so the last frame runs into the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from console.views.demo_scenes.bodywork import Model
from console.views.demo_scenes.ground import OVERSAMPLE, Painter, Sky, ground_image
from console.views.demo_scenes.lens import HEIGHT, WIDTH, Lens
from console.views.demo_scenes.light import Finish, Light, finish, pixels, vignette
from console.views.demo_scenes.people import STRIDE, Look, Stance, draw_person
from console.views.demo_scenes.vehicles import Pose, draw_vehicle

PERIOD: Final = 10.0
RATE: Final = 15
FRAMES: Final = int(PERIOD * RATE)

Paint = Callable[[QPainter], None]
PaintAt = Callable[[QPainter, float], None]
Item = tuple[float, Paint]


class Actor(Protocol):
    """Something that is drawn in every frame."""

    def items(self, lens: Lens, light: Light, t: float) -> Iterator[Item]:
        """Yield what is to be painted at that time, each with its depth."""


def canvas(*, transparent: bool = True) -> tuple[QImage, QPainter]:
    """Return an image at twice the picture's size and a painter in the picture's own pixels."""
    kind = QImage.Format.Format_ARGB32_Premultiplied if transparent else QImage.Format.Format_RGB32
    image = QImage(WIDTH * OVERSAMPLE, HEIGHT * OVERSAMPLE, kind)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(OVERSAMPLE, OVERSAMPLE)
    return image, painter


@dataclass(frozen=True)
class Cutout:
    """A thing painted once, without what surrounds it, and laid over what passes behind it."""

    image: QImage
    corner: QPointF
    depth: float

    def items(self, _lens: Lens, _light: Light, _t: float) -> Iterator[Item]:
        yield self.depth, lambda p: p.drawImage(self.corner, self.image)


def cut_out(paint: Paint, depth: float) -> Cutout:
    """Paint something on glass and keep the smallest piece that holds it."""
    image, p = canvas()
    paint(p)
    p.end()
    small = image.scaled(
        WIDTH, HEIGHT, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    alpha = pixels(small)[..., 3]
    columns, rows = alpha.max(axis=0).nonzero()[0], alpha.max(axis=1).nonzero()[0]
    if not len(columns):
        return Cutout(QImage(), QPointF(0, 0), depth)
    box = QRect(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)
    return Cutout(small.copy(box), QPointF(box.left(), box.top()), depth)


@dataclass(frozen=True)
class Swaying:
    """Cut-outs that lean in the wind, more at the top: the foliage of a tree over its foot."""

    layers: tuple[Cutout, ...]
    foot: QPointF
    lean: float
    phase: float = 0.0

    def items(self, _lens: Lens, _light: Light, t: float) -> Iterator[Item]:
        for number, layer in enumerate(self.layers):
            turn = self.phase + number * 0.13
            bend = self.lean * (
                math.sin(2 * math.pi * (2 * t / PERIOD + turn))
                + 0.5 * math.sin(2 * math.pi * (5 * t / PERIOD + turn * 2))
            )

            def paint(p: QPainter, layer: Cutout = layer, bend: float = bend) -> None:
                p.save()
                p.translate(self.foot)
                p.shear(bend, 0)
                p.drawImage(layer.corner - self.foot, layer.image)
                p.restore()

            yield layer.depth - number * 0.001, paint


@dataclass(frozen=True)
class Route:
    """A way through the street. `keys` are (time, share of the way); between them the pace is even or eased."""

    points: tuple[tuple[float, float], ...]
    keys: tuple[tuple[float, float], ...]
    start: float = 0.0

    @property
    def length(self) -> float:
        return sum(math.dist(a, b) for a, b in zip(self.points, self.points[1:], strict=False))

    def _at(self, way: float) -> tuple[float, float]:
        left = max(0.0, min(way, self.length))
        for a, b in zip(self.points, self.points[1:], strict=False):
            step = math.dist(a, b)
            if left <= step:
                share = left / step if step else 0.0
                return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            left -= step
        return self.points[-1]

    def share(self, time: float) -> float:
        for (t0, s0), (t1, s1) in zip(self.keys, self.keys[1:], strict=False):
            if t0 <= time <= t1:
                return s0 + (s1 - s0) * (time - t0) / (t1 - t0)
        return self.keys[-1][1]

    def pace(self, time: float) -> float:
        return (self.share(time + 0.1) - self.share(time - 0.1)) * self.length / 0.2

    def place(self, time: float, soft: float) -> tuple[float, float, float, float]:
        """Return x, z, heading and the way gone; corners and starts are rounded over `soft` metres."""
        way = sum(self.share(max(0.0, time + d)) for d in (-0.24, -0.08, 0.08, 0.24)) / 4 * self.length
        a, b = self._at(way - soft), self._at(way + soft)
        middle = self._at(way)
        x = (a[0] + b[0] + 2 * middle[0]) / 4 if soft < way < self.length - soft else middle[0]
        z = (a[1] + b[1] + 2 * middle[1]) / 4 if soft < way < self.length - soft else middle[1]
        return x, z, math.atan2(b[0] - a[0], b[1] - a[1]), way

    def times(self, t: float) -> Iterator[float]:
        """Yield the age of everyone on the way at that time: one starts in each period."""
        age = (t - self.start) % PERIOD
        while age <= self.keys[-1][0]:
            yield age
            age += PERIOD


def steady(points: tuple[tuple[float, float], ...], speed: float, start: float = 0.0) -> Route:
    """Return a route walked at one pace (metres a second)."""
    route = Route(points, ((0.0, 0.0), (1.0, 1.0)), start)
    return Route(points, ((0.0, 0.0), (route.length / speed, 1.0)), start)


@dataclass(frozen=True)
class Walker:
    look: Look
    route: Route

    def items(self, lens: Lens, light: Light, t: float) -> Iterator[Item]:
        for age in self.route.times(t):
            x, z, heading, way = self.route.place(age, 0.5)
            moves = min(1.0, abs(self.route.pace(age)) / 0.8)
            stance = Stance(x, z, heading, way / STRIDE * 1.7 / self.look.size, moves)

            def paint(p: QPainter, stance: Stance = stance) -> None:
                draw_person(p, (lens, light), stance, self.look)

            yield lens.depth((x, 0.0, z)), paint


@dataclass(frozen=True)
class Stander:
    """Somebody who stays: shifts weight, looks round, lifts a hand now and then."""

    look: Look
    x: float
    z: float
    heading: float
    phase: float = 0.0
    seated: float | None = None
    gesture: bool = True

    def items(self, lens: Lens, light: Light, t: float) -> Iterator[Item]:
        turn = math.sin(2 * math.pi * (t / PERIOD + self.phase))
        quick = math.sin(2 * math.pi * (3 * t / PERIOD + self.phase))
        stance = Stance(
            self.x + 0.03 * turn,
            self.z,
            self.heading + 0.35 * turn + 0.08 * quick,
            0.05 * turn,
            0.18 if self.seated is None else 0.0,
            y=self.seated or 0.0,
            seated=self.seated is not None,
            arm=max(0.0, quick) * 0.9 if self.gesture and turn > 0 else None,
        )
        yield lens.depth((self.x, 0.0, self.z)), lambda p: draw_person(p, (lens, light), stance, self.look)


@dataclass(frozen=True)
class Driver:
    model: Model
    route: Route

    def items(self, lens: Lens, light: Light, t: float) -> Iterator[Item]:
        for age in self.route.times(t):
            x, z, heading, way = self.route.place(age, self.model.length * 0.3)
            slowing = self.route.pace(age) < 0.3 or self.route.pace(age + 0.6) < self.route.pace(age) * 0.6
            pose = Pose(x, z, heading, brakes=slowing, phase=way)

            def paint(p: QPainter, pose: Pose = pose) -> None:
                draw_vehicle(p, (lens, light), self.model, pose)

            yield lens.depth((x, 0.0, z)), paint


@dataclass(frozen=True)
class Moving:
    """Anything else, painted by a function of time at one depth."""

    depth: float
    paint: PaintAt

    def items(self, _lens: Lens, _light: Light, t: float) -> Iterator[Item]:
        yield self.depth, lambda p: self.paint(p, t)


@dataclass
class Stage:
    """One scene, ready to be painted frame by frame."""

    lens: Lens
    light: Light
    background: QImage
    actors: list[Actor] = field(default_factory=list)
    over: list[PaintAt] = field(default_factory=list)
    corners: float = 0.24

    def paint(self, p: QPainter, t: float) -> None:
        p.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        p.drawImage(QRectF(0, 0, WIDTH, HEIGHT), self.background)
        items = [item for actor in self.actors for item in actor.items(self.lens, self.light, t)]
        items.sort(key=lambda item: -item[0])
        for _, paint in items:
            paint(p)
        for cover in self.over:
            cover(p, t)
        p.drawImage(QPointF(0, 0), vignette(self.corners))

    def frames(self) -> Iterator[QImage]:
        """Yield the pictures of one period. The image is painted over again: copy it to keep it."""
        image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        for number in range(FRAMES):
            p = QPainter(image)
            self.paint(p, number / RATE)
            p.end()
            yield image


@dataclass(frozen=True)
class Plan:
    """What a scene's background is made from."""

    lens: Lens
    light: Light
    sky: Sky
    ground: Painter
    scenery: Paint
    look: Finish = field(default_factory=Finish)


def set_stage(plan: Plan, seed: int = 1) -> Stage:
    """Paint the background once, at twice the size, and give it the camera's rendering."""
    image = ground_image(plan.lens, plan.light, plan.sky, plan.ground)
    p = QPainter(image)
    p.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    p.scale(OVERSAMPLE, OVERSAMPLE)
    plan.scenery(p)
    p.end()
    return Stage(plan.lens, plan.light, finish(image, plan.look, seed), corners=plan.look.corners)
