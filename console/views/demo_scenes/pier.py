# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""Dusk at the town pier: long-tail boats on quiet water, the last passengers, lamps coming on."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.ground import Ground, Sky, noise
from console.views.demo_scenes.lens import Lens, Vec, upright
from console.views.demo_scenes.light import Finish, Lamp, Light, Rgb, colour, glow
from console.views.demo_scenes.people import Dog, Look, Stance, draw_dog
from console.views.demo_scenes.plants import palm
from console.views.demo_scenes.stage import PERIOD, Moving, PaintAt, Plan, Stage, Stander, Walker, set_stage, steady
from console.views.demo_scenes.street import box, post, street_lamp
from console.views.demo_scenes.surfaces import Sign, on_wall, paint_sign

LENS = Lens((-3.2, 5.4, -4.0), yaw=12, pitch=9, focal=420)
POSTS = ((1.7, 8.5), (1.7, 19.0), (1.7, 28.0))
LIGHT = Light(
    ambient=(0.62, 0.52, 0.56),
    sun=(0.16, 0.08, 0.02),
    sun_from=(0.5, 0.25, 0.7),
    lamps=tuple(Lamp((x - 1.3, 5.0, z), (1.0, 0.74, 0.42), 0.75, 3.4) for x, z in POSTS),
    night=True,
)
SKY = Sky(horizon=(250, 166, 104), zenith=(70, 86, 146), cloud=(255, 142, 118), clouds=0.75, haze=120)
SCENE = (LENS, LIGHT)
DECK = 0.0


def _ground(g: Ground) -> None:
    """Water all round with the sky in it, the wooden deck of the pier, and a bit of the quay."""
    share = np.clip(g.z / 90, 0, 1)[..., None]
    g.rgb[:] = np.array((74, 84, 122), np.float32) * (1 - share) + np.array((250, 172, 120), np.float32) * share
    ripple = noise(g.x * 0.35, g.z * 1.6, 0.7) * 12 + noise(g.x * 0.3, g.z * 2.5, 0.3) * 8
    g.rgb += ripple[..., None]
    # The path of the low sun.
    path = np.exp(-(((g.x - 16 - g.z * 0.22) / (2.6 + g.z * 0.05)) ** 2)) * np.clip(g.z / 26, 0, 1)
    g.rgb += (path * (90 + ripple * 5))[..., None] * np.array((1.0, 0.66, 0.3), np.float32)
    g.rgb /= np.array((0.68, 0.56, 0.58), np.float32)
    bank = g.edge(-5.4 - g.x + 0.8 * noise(g.x, g.z, 2.5) - (g.z - 9.0) * 0.5, 0.3) * g.edge(18.0 - g.z, 0.4)
    g.paint((150, 126, 98), bank)
    g.rough(bank, 8, 12)
    deck = g.between(g.x, -2.4, 1.8) * g.edge(34.0 - g.z) + g.edge(4.6 - g.z)
    deck = np.clip(deck + g.box(-2.4, 6.5, 30.0, 34.0), 0, 1)
    g.shade(g.between(g.x, 1.8, 2.5, 0.2) * g.edge(34.0 - g.z), 0.55)
    g.paint((158, 116, 84), deck)
    plank = np.abs((g.z / 0.32) % 1 - 0.5)
    tone = noise(np.floor(g.z / 0.32) * 3.1, g.x * 0.1, 0.5)
    g.rgb += (tone * 14 * deck)[..., None]
    g.shade(g.edge(plank - 0.43, 0.1) * deck * np.clip(0.2 / g.foot, 0, 1), 0.7)


def _shelter(p: QPainter) -> None:
    for x in (-2.2, 5.8):
        for z in (30.4, 33.6):
            post(p, SCENE, (x, 0, z), (x, 3.2, z), (0.2, (120, 84, 60)))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(122, 62, 52))
    p.drawPolygon(LENS.polygon([(-3.0, 3.1, 29.6), (6.6, 3.1, 29.6), (5.2, 5.0, 32.0), (-1.6, 5.0, 32.0)]))
    board = upright((-1.6, 29.7), (5.2, 29.7), 3.2, 2.2)
    with on_wall(p, LENS, board) as rect:
        paint_sign(p, rect, Sign("ท่าเรือเมืองสาธิต", c.BLUE, c.WHITE))
    at = LENS.at((1.8, 2.1, 31.0))
    glow(p, at, (46, 24), (255, 206, 130), 0.8)


def _scenery(p: QPainter) -> None:
    rng = np.random.default_rng(3)
    sun = LENS.at((48.0, 6.0, 140.0))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(255, 236, 196))
    p.drawEllipse(sun, 13, 13)
    glow(p, sun, (110, 80), (255, 160, 70), 0.6)
    for far, rgb, low in ((135.0, (156, 104, 122), 4.0), (118.0, (104, 76, 104), 1.6)):
        ridge = QPainterPath(LENS.at((-160.0, 0.0, far)))
        for i in range(120):
            x = -160.0 + i * 3.2
            rise = low + 5.0 * abs(math.sin(x * 0.021 + far)) + float(rng.uniform(0, 1.3))
            ridge.lineTo(LENS.at((x, rise, far)))
        ridge.lineTo(LENS.at((224.0, 0.0, far)))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(*rgb))
        p.drawPath(ridge)
    for x in range(-60, 120, 11):
        at = LENS.at((x + float(rng.uniform(0, 6)), 1.4, 110.0))
        glow(p, at, (3, 3), (255, 220, 150), 0.9)
    _shelter(p)
    for side in (-2.35, 1.75):
        for z in np.arange(6.0, 30.0, 2.4):
            if side > 0 and 14 < z < 18:
                continue
            post(p, SCENE, (side, -0.6, float(z)), (side, 1.0, float(z)), (0.13, (128, 96, 72)))
        for y in (0.55, 0.95):
            a, b = LENS.at((side, y, 6.0)), LENS.at((side, y, 30.0))
            p.setPen(QPen(QColor(104, 74, 56), 1.6))
            p.drawLine(a, b)
    for x, z in reversed(POSTS):
        street_lamp(p, SCENE, (x, z), -1.3)


def _boat(where: Vec, size: tuple[float, float], look: tuple[Rgb, Rgb], phase: float) -> PaintAt:
    """Return a painter of a long-tail boat that bobs: a raised bow with ribbons, a striped awning, its mirror image."""

    def paint(p: QPainter, t: float) -> None:
        x, _, z = where
        half, high = size
        bob = 0.07 * math.sin(2 * math.pi * (2 * t / PERIOD + phase))
        tilt = 0.05 * math.sin(2 * math.pi * (3 * t / PERIOD + phase))
        tint = LIGHT.on((x, 1.0, z))

        def at(along: float, up: float) -> QPointF:
            return LENS.at((x + along, up + bob + tilt * along, z))

        hull = QPainterPath(at(-half, 0.75 * high))
        hull.quadTo(at(0.0, 0.15 * high), at(half * 0.8, 0.6 * high))
        hull.quadTo(at(half, 1.1 * high), at(half * 1.22, 2.2 * high))
        hull.quadTo(at(half * 1.05, 0.7 * high), at(half * 0.7, -0.15))
        hull.lineTo(at(-half * 0.85, -0.15))
        hull.closeSubpath()
        water = LENS.at((x, -0.1, z)).y()
        p.save()
        p.translate(0, 2 * water)
        p.scale(1, -1)
        p.setOpacity(0.28)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(40, 34, 50))
        p.drawPath(hull)
        p.restore()
        p.setPen(QPen(colour(look[1], tint), 1.2))
        p.setBrush(colour(look[0], tint))
        p.drawPath(hull)
        p.setPen(Qt.PenStyle.NoPen)
        count = 8
        for i in range(count):
            a, b = -half * 0.62 + i * half * 1.1 / count, -half * 0.62 + (i + 1) * half * 1.1 / count
            p.setBrush(colour(look[1] if i % 2 else c.CREAM, tint))
            top, low = 1.95, 1.6
            p.drawPolygon([at(a, top), at(b, top), at(b + 0.1, low), at(a + 0.1, low)])
        p.setPen(QPen(colour((60, 46, 40), tint), 1.2))
        for a in (-half * 0.6, -half * 0.1, half * 0.45):
            p.drawLine(at(a, 0.3), at(a, 1.9))
        for number, rgb in enumerate((c.RED, c.YELLOW, (230, 120, 170))):
            p.setPen(QPen(colour(rgb, tint), 2.0))
            wind = 0.12 * math.sin(2 * math.pi * (4 * t / PERIOD + phase + number * 0.2))
            p.drawLine(at(half * 1.12, 1.75 * high), at(half * 1.12 + 0.18 * number - 0.1 + wind, 0.75 * high))

    return paint


def _glints(p: QPainter, t: float) -> None:
    """Let small lights run over the water and down the sun's path."""
    rng = np.random.default_rng(9)
    p.setPen(Qt.PenStyle.NoPen)
    for i in range(150):
        z = float(rng.uniform(7, 75))
        near_sun = i % 3
        x = 16 + z * 0.22 + float(rng.normal(0, 2.2 + z * 0.05)) if near_sun else float(rng.uniform(-25, 45))
        beat = math.sin(2 * math.pi * (int(rng.integers(2, 6)) * t / PERIOD + float(rng.random())))
        if beat < 0 or (-2.6 < x < 2.2 and z < 35):
            continue
        size = LENS.scale((x, 0, z))
        p.setBrush(QColor(255, 206, 150, int(150 * beat)) if near_sun else QColor(200, 190, 220, int(70 * beat)))
        p.drawEllipse(LENS.at((x, 0, z)), size * 0.5 * beat + 0.5, max(0.5, size * 0.04))


def _ferry(p: QPainter, t: float) -> None:
    """Let a far boat pass once in each period."""
    x = -80 + 215 * (t / PERIOD % 1.0)
    box(p, SCENE, (x - 3.5, -0.2, 86.0), (x + 3.5, 1.3, 88.0), (226, 220, 214))
    box(p, SCENE, (x - 2.4, 1.3, 86.2), (x + 1.8, 2.6, 87.8), (200, 60, 56))
    glow(p, LENS.at((x - 3.0, 2.6, 86.0)), (6, 6), (255, 230, 170), 0.9)


def stage() -> Stage:
    palms = [palm(SCENE, (-7.4, 9.0), 6.4, 2), palm(SCENE, (-9.6, 13.0), 7.4, 5)]
    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, _scenery, Finish(bloom=0.22, threshold=190, contrast=1.1)), seed=6)
    angler: Look = c.VENDOR
    made.actors += [
        Moving(400.0, _glints),
        Moving(90.0, _ferry),
        *(Moving(depth, paint) for depth, paint in palms),
        Moving(LENS.depth((7.0, 0, 21.0)), _boat((7.6, 0, 21.0), (3.6, 0.7), ((126, 78, 52), c.BLUE), 0.1)),
        Moving(LENS.depth((6.0, 0, 14.0)), _boat((6.4, 0, 14.0), (3.4, 0.7), ((150, 92, 58), c.GREEN), 0.5)),
        Moving(LENS.depth((-9.0, 0, 24.0)), _boat((-8.4, 0, 24.0), (3.4, 0.7), ((110, 70, 50), c.RED), 0.8)),
        Moving(LENS.depth((16.0, 0, 30.0)), _boat((16.0, 0, 31.0), (3.4, 0.7), ((120, 76, 56), c.ORANGE), 0.3)),
        Walker(c.OFFICE, steady(((-0.9, 1.0), (-0.8, 33.0)), 1.3, 1)),
        Walker(c.PINK, steady(((0.4, 33.0), (0.2, 18.0), (-0.4, 1.0)), 1.15, 4)),
        Walker(c.STRIPE, steady(((0.9, 32.0), (1.0, 1.0)), 1.2, 8)),
        Walker(c.YOUTH, steady(((-1.5, 1.0), (-1.2, 33.0)), 1.5, 6.4)),
        Stander(angler, 1.4, 12.0, math.pi / 2, 0.1),
        Stander(c.BOY, 1.3, 13.0, math.pi / 2, 0.5),
        Stander(c.TEAL, 1.3, 24.0, math.pi / 2, 0.7),
        Moving(
            LENS.depth((-1.2, 0, 11.0)),
            lambda p, t: draw_dog(p, SCENE, Stance(-1.4, 11.0, 2.6, 6 * t / PERIOD / 3, 0), Dog()),
        ),
    ]
    return made
