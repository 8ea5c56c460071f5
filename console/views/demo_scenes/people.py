# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""People (and dogs) of the street: jointed figures that walk, stand and ride, drawn in perspective."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from console.views.demo_scenes.lens import HEIGHT, WIDTH, Lens, Vec
from console.views.demo_scenes.light import Light, Rgb, colour, shadow_spot

SKIN: Final[Rgb] = (196, 146, 108)
HAIR: Final[Rgb] = (34, 28, 26)
STRIDE: Final = 1.45
"""Metres of one double step."""
MARGIN: Final = 140.0

# Looked up once: an enum's member costs as much as a stroke.
_SOLID: Final = Qt.PenStyle.SolidLine
_ROUND: Final = Qt.PenCapStyle.RoundCap
_JOIN: Final = Qt.PenJoinStyle.RoundJoin
_NO_PEN: Final = Qt.PenStyle.NoPen
_NO_BRUSH: Final = Qt.BrushStyle.NoBrush


@dataclass(frozen=True)
class Look:
    """What somebody wears and carries."""

    shirt: Rgb = (70, 110, 170)
    legs: Rgb = (52, 56, 70)
    size: float = 1.66
    skirt: bool = False
    robe: bool = False
    hat: Rgb | None = None
    bag: Rgb | None = None
    umbrella: Rgb | None = None
    skin: Rgb = SKIN
    hair: Rgb = HAIR


@dataclass(frozen=True)
class Stance:
    """Where somebody is and in which phase of a step; `heading` 0 looks away from x = 0 along z, turns to +x."""

    x: float
    z: float
    heading: float
    phase: float = 0.0
    moves: float = 1.0
    y: float = 0.0
    seated: bool = False
    arm: float | None = None


@dataclass
class _Body:
    """Turns joints (lateral, up, forward; in units of body height) into picture points."""

    lens: Lens
    stance: Stance
    look: Look
    sin: float = field(init=False)
    cos: float = field(init=False)
    scale: float = field(init=False)

    def __post_init__(self) -> None:
        self.sin, self.cos = math.sin(self.stance.heading), math.cos(self.stance.heading)
        self.scale = self.lens.scale((self.stance.x, self.stance.y + 1.0, self.stance.z)) * self.look.size

    def point(self, side: float, up: float, ahead: float) -> QPointF:
        h, s = self.look.size, self.stance
        return self.lens.at(
            (
                s.x + h * (side * self.cos + ahead * self.sin),
                s.y + h * up,
                s.z + h * (-side * self.sin + ahead * self.cos),
            )
        )

    def nearer(self) -> int:
        """Return +1 when the right side is nearer to the camera, else −1."""
        eye, s = self.lens.eye, self.stance
        return 1 if (eye[0] - s.x) * self.cos - (eye[2] - s.z) * self.sin > 0 else -1

    def faces(self) -> float:
        """Return 1 when the face looks at the camera, −1 when away."""
        eye, s = self.lens.eye, self.stance
        dx, dz = eye[0] - s.x, eye[2] - s.z
        return (dx * self.sin + dz * self.cos) / max(math.hypot(dx, dz), 0.1)


def _limb(p: QPainter, points: list[QPointF], width: float, shade: QColor) -> None:
    pen = QPen(shade, max(width, 0.8), _SOLID, _ROUND, _JOIN)
    p.setPen(pen)
    p.setBrush(_NO_BRUSH)
    p.drawPolyline(QPolygonF(points))


def _leg(p: QPainter, body: _Body, side: int, tint: Rgb) -> None:
    look, stance = body.look, body.stance
    if stance.seated:
        knee, foot = (side * 0.09, 0.36, 0.22), (side * 0.08, 0.14, 0.14)
    else:
        swing = math.sin(2 * math.pi * stance.phase + (0 if side > 0 else math.pi))
        lift = max(0.0, math.cos(2 * math.pi * stance.phase + (0 if side > 0 else math.pi)))
        thigh, bend = 0.46 * swing * stance.moves, 0.75 * lift * stance.moves
        knee = (side * 0.055, 0.50 - 0.235 * math.cos(thigh), 0.235 * math.sin(thigh) + 0.02 * stance.moves)
        shin = thigh - bend
        foot = (side * 0.055, knee[1] - 0.235 * math.cos(shin), knee[2] + 0.235 * math.sin(shin))
    hip = body.point(side * 0.05, 0.50, 0.0)
    dark = (tint[0] * 0.8, tint[1] * 0.8, tint[2] * 0.8) if side != body.nearer() else tint
    bare = look.skirt or look.robe
    w = body.scale * 0.082
    _limb(p, [hip, body.point(*knee)], w * 1.1, colour(look.legs if not look.robe else look.shirt, dark))
    _limb(p, [body.point(*knee), body.point(*foot)], w * 0.85, colour(look.skin if bare else look.legs, dark))
    toe = body.point(foot[0], foot[1] - 0.015, foot[2] + 0.07)
    _limb(p, [body.point(foot[0], foot[1] - 0.01, foot[2]), toe], w * 0.7, colour((40, 34, 34), dark))


def _arm(p: QPainter, body: _Body, side: int, tint: Rgb) -> None:
    look, stance = body.look, body.stance
    swing = -math.sin(2 * math.pi * stance.phase + (0 if side > 0 else math.pi)) * 0.42 * stance.moves
    if stance.seated:
        elbow, hand = (side * 0.15, 0.63, 0.12), (side * 0.15, 0.60, 0.26)
    elif side > 0 and (stance.arm is not None or look.umbrella):
        raised = 1.0 if stance.arm is None else stance.arm
        elbow, hand = (0.13, 0.62, 0.05 + 0.04 * raised), (0.09, 0.55 + 0.24 * raised, 0.15 - 0.06 * raised)
    else:
        elbow = (side * 0.145, 0.62, 0.16 * math.sin(swing))
        hand = (side * 0.14, 0.47, 0.30 * math.sin(swing) + 0.05)
    dark = (tint[0] * 0.82, tint[1] * 0.82, tint[2] * 0.82) if side != body.nearer() else tint
    w = body.scale * 0.058
    shoulder = body.point(side * 0.115, 0.785, 0.0)
    _limb(p, [shoulder, body.point(*elbow)], w * 1.15, colour(look.shirt, dark))
    _limb(p, [body.point(*elbow), body.point(*hand)], w * 0.85, colour(look.skin, dark))
    if look.bag and side < 0 and not stance.seated:
        top = body.point(hand[0], hand[1] - 0.02, hand[2])
        _limb(p, [top, body.point(hand[0], hand[1] - 0.12, hand[2])], body.scale * 0.11, colour(look.bag, dark))


def _torso(p: QPainter, body: _Body, tint: Rgb) -> None:
    look = body.look
    breadth = abs(body.cos * body.lens.axes[0][0] - body.sin * body.lens.axes[0][2])
    shoulder, hip = body.scale * (0.07 + 0.075 * breadth), body.scale * (0.062 + 0.035 * breadth)
    lean = 0.05 if body.stance.seated else 0.015 * body.stance.moves
    top, middle, low = body.point(0, 0.80, lean), body.point(0, 0.62, lean / 2), body.point(0, 0.47, 0)
    shade, dark = colour(look.shirt, tint), colour(look.shirt, (tint[0] * 0.78, tint[1] * 0.78, tint[2] * 0.8))
    if look.robe or look.skirt:
        hem = body.point(0, 0.12 if look.robe else 0.27, 0)
        skirt = look.shirt if look.robe else look.legs
        p.setPen(_NO_PEN)
        p.setBrush(colour(skirt, tint))
        flare = hip * (1.35 if look.robe else 1.5)
        p.drawPolygon(
            QPolygonF([low - QPointF(hip, 0), low + QPointF(hip, 0), hem + QPointF(flare, 0), hem - QPointF(flare, 0)])
        )
    outline = [
        top - QPointF(shoulder * 0.9, 0),
        top + QPointF(shoulder * 0.9, 0),
        middle + QPointF(hip * 1.05, 0),
        low + QPointF(hip, 0),
        low - QPointF(hip, 0),
        middle - QPointF(hip * 1.05, 0),
    ]
    p.setBrush(shade)
    p.setPen(QPen(shade, body.scale * 0.035, _SOLID, _ROUND, _JOIN))
    p.drawPolygon(QPolygonF(outline))
    p.setPen(_NO_PEN)
    p.setBrush(dark)
    p.drawPolygon(
        QPolygonF([top + QPointF(shoulder * 0.35, 0), *outline[1:4], low + QPointF(hip * 0.35, 0)]),
    )


def _head(p: QPainter, body: _Body, tint: Rgb) -> None:
    look, faces = body.look, body.faces()
    lean = 0.06 if body.stance.seated else 0.02
    neck, middle = body.point(0, 0.83, lean), body.point(0, 0.915, lean + 0.01)
    front = body.point(0, 0.905, lean + 0.05)
    r = body.scale * 0.066
    _limb(p, [neck, middle], r * 0.9, colour(look.skin, (tint[0] * 0.85, tint[1] * 0.85, tint[2] * 0.85)))
    p.setPen(_NO_PEN)
    p.setBrush(colour(look.skin if look.robe else look.hair, tint))
    p.drawEllipse(middle, r, r * 1.14)
    if faces > -0.55:
        p.setBrush(colour(look.skin, tint))
        offset = (front - middle) * 0.9 + QPointF(0, r * 0.22)
        p.drawEllipse(middle + offset, r * (0.62 + 0.22 * faces), r * 0.84)
    if look.hat:
        p.setBrush(colour(look.hat, tint))
        p.drawChord(
            int(middle.x() - r * 1.12), int(middle.y() - r * 1.35), int(r * 2.3) + 1, int(r * 2.2) + 1, 0, 180 * 16
        )
        p.drawEllipse(middle + QPointF(0, -r * 0.18) + (front - middle) * 0.8, r * 1.25, r * 0.32)


def _umbrella(p: QPainter, body: _Body, rgb: Rgb, tint: Rgb) -> None:
    top, hand = body.point(0.06, 1.24, 0.05), body.point(0.09, 0.75, 0.09)
    _limb(p, [hand, top], body.scale * 0.016, colour((60, 60, 64), tint))
    w = body.scale * 0.36
    p.setPen(_NO_PEN)
    for share, shade in ((1.0, 0.82), (0.55, 1.0), (0.2, 1.12)):
        p.setBrush(colour(rgb, (tint[0] * shade, tint[1] * shade, tint[2] * shade)))
        p.drawChord(
            int(top.x() - w * share), int(top.y() - w * 0.05), int(2 * w * share) + 1, int(w * 0.78) + 1, 0, 180 * 16
        )


def draw_person(p: QPainter, scene: tuple[Lens, Light], stance: Stance, look: Look) -> None:
    """Draw one person with a shadow."""
    lens, light = scene
    body = _Body(lens, stance, look)
    here: Vec = (stance.x, stance.y + 1.0, stance.z)
    at = lens.at(here)
    if not (-MARGIN < at.x() < WIDTH + MARGIN and -MARGIN < at.y() < HEIGHT + MARGIN):
        return
    tint = light.on(here)
    if not light.night:
        tint = light.facing((0.0, 0.6, -0.8), tint)
    if not stance.seated:
        cast_shadow(p, scene, here, look.size)
    near = body.nearer()
    _arm(p, body, -near, tint)
    _leg(p, body, -near, tint)
    _leg(p, body, near, tint)
    _torso(p, body, tint)
    _arm(p, body, near, tint)
    _head(p, body, tint)
    if look.umbrella:
        _umbrella(p, body, look.umbrella, tint)


def cast_shadow(p: QPainter, scene: tuple[Lens, Light], at: Vec, height: float) -> None:
    """Lay the long shadow of the sun and the soft one under the feet."""
    lens, light = scene
    shadow_spot(p, lens, at, 0.36, 0.42 if light.night else light.shadow)
    if light.night or light.shadow < 0.3:
        return
    s = light.sun_from
    reach = min(height / max(s[1], 0.2), 3.2)
    tip = (at[0] - s[0] * reach, 0.0, at[2] - s[2] * reach)
    foot = lens.at((at[0], 0.0, at[2]))
    width = lens.scale((at[0], 0.0, at[2])) * 0.24
    pen = QPen(QColor(10, 12, 24, int(255 * light.shadow * 0.72)), max(width, 1.0))
    pen.setCapStyle(_ROUND)
    p.setPen(pen)
    p.drawLine(foot, lens.at(tip))


@dataclass(frozen=True)
class Dog:
    coat: Rgb = (176, 132, 84)
    size: float = 0.5


def draw_dog(p: QPainter, scene: tuple[Lens, Light], stance: Stance, dog: Dog) -> None:
    """Draw a street dog: four legs, a wagging tail; lying down when it does not move."""
    lens, light = scene
    look = Look(size=dog.size)
    body = _Body(lens, stance, look)
    tint = light.on((stance.x, 0.4, stance.z))
    shade, dark = colour(dog.coat, tint), colour(dog.coat, (tint[0] * 0.75, tint[1] * 0.75, tint[2] * 0.75))
    shadow_spot(p, lens, (stance.x, 0, stance.z), dog.size * 0.8, 0.4)
    w = body.scale
    low = 0.28 if stance.moves <= 0 else 0.62
    for side in (-body.nearer(), body.nearer()):
        for ahead, turn in ((0.42, 0.0), (-0.42, 0.5)):
            swing = math.sin(2 * math.pi * (stance.phase * 2 + turn + (0.25 if side > 0 else 0))) * 0.22 * stance.moves
            _limb(
                p,
                [body.point(side * 0.12, low, ahead), body.point(side * 0.12, 0.02, ahead + swing)],
                w * 0.10,
                dark if side != body.nearer() else shade,
            )
    wag = math.sin(2 * math.pi * stance.phase * 3) * 0.22
    _limb(p, [body.point(0, low + 0.1, -0.5), body.point(wag, low + 0.5, -0.78)], w * 0.08, shade)
    _limb(p, [body.point(0, low + 0.05, -0.46), body.point(0, low + 0.08, 0.44)], w * 0.30, shade)
    _limb(p, [body.point(0, low + 0.1, 0.44), body.point(0, low + 0.36, 0.66)], w * 0.22, shade)
    _limb(p, [body.point(0, low + 0.38, 0.66), body.point(0, low + 0.32, 0.88)], w * 0.17, shade)
    for side in (-1, 1):
        _limb(p, [body.point(side * 0.08, low + 0.44, 0.62), body.point(side * 0.1, low + 0.6, 0.6)], w * 0.07, dark)
