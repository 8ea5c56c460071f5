"""A quiet lane of houses at night: two lamps, a barking dog, somebody coming home."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import motorbike, sedan
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, Wall, upright
from console.views.demo_scenes.light import Finish, Lamp, Light, Rgb, blend, colour, glow
from console.views.demo_scenes.people import Dog, Stance, draw_dog
from console.views.demo_scenes.plants import Tree, tree
from console.views.demo_scenes.stage import (
    PERIOD,
    Driver,
    Moving,
    Plan,
    Route,
    Stage,
    Stander,
    Walker,
    set_stage,
    steady,
)
from console.views.demo_scenes.street import box, post, power_pole, skyline, street_lamp, wires
from console.views.demo_scenes.surfaces import Sign, lit, on_wall, paint_sign
from console.views.demo_scenes.vehicles import Pose, draw_vehicle, parked

LENS = Lens((0.9, 4.6, -1.0), yaw=-9, pitch=13, focal=430)
LAMPS = ((-3.2, 11.0), (-3.2, 30.0))
LIGHT = Light(
    ambient=(0.24, 0.27, 0.40),
    sun=(0.0, 0.0, 0.0),
    lamps=(
        Lamp((-2.0, 5.4, 11.0), (1.0, 0.80, 0.48), 1.05, 4.4),
        Lamp((-2.0, 5.4, 30.0), (1.0, 0.80, 0.48), 1.0, 4.4),
        Lamp((4.0, 2.4, 16.5), (1.0, 0.72, 0.40), 0.45, 2.2),
    ),
    night=True,
)
SKY = Sky(horizon=(36, 42, 68), zenith=(8, 12, 30), cloud=(30, 34, 54), clouds=0.6, haze=150)
SCENE = (LENS, LIGHT)


def _ground(g: Ground) -> None:
    g.paint((112, 118, 92), g.edge(g.x * 0 + 1))
    g.rough(g.edge(g.x * 0 + 1), 8, 10)
    lane = g.between(g.x, -2.6, 2.8)
    g.paint((136, 134, 132), lane)
    g.rough(lane, 5, 12)
    joint = abs((g.z / 4.0) % 1 - 0.5) * 4.0
    g.shade(g.edge(joint - 1.96, 0.04) * lane, 0.7)
    g.line(g.x, -2.5, (196, 188, 160), 0.08)
    g.tiles(g.between(g.x, 2.8, 3.6), (130, 124, 118))
    g.tiles(g.between(g.x, -3.6, -2.6), (130, 124, 118))


def _house(p: QPainter, wall: Wall, rgb: Rgb, *, lit_windows: tuple[int, ...]) -> None:
    """Paint a two-storey house over its garden wall, some windows lit."""
    with on_wall(p, LENS, wall) as rect:
        p.fillRect(rect, colour(rgb))
        p.fillRect(QRectF(0, rect.height() * 0.48, rect.width(), 14), colour(blend(rgb, (255, 255, 255), 0.3)))
        lit(p, rect, wall, LIGHT, 1.2)
        for number in range(6):
            column, row = number % 3, number // 3
            box_ = QRectF(rect.width() * (0.1 + 0.3 * column), 90 + row * 310, rect.width() * 0.2, 140)
            on = number in lit_windows
            p.fillRect(box_, QColor(255, 214, 140) if on else QColor(26, 32, 46))
            if on:
                p.fillRect(box_.adjusted(6, 6, -6, -60), QColor(255, 236, 190))
            p.fillRect(QRectF(box_.center().x() - 3, box_.top(), 6, box_.height()), QColor(70, 60, 56))
    top = [wall.point(-0.5, -0.1), wall.point(wall.width + 0.5, -0.1)]
    out = (wall.along[2], -wall.along[0])
    ridge = [(q[0] - out[0] * 2.6, q[1] + 1.7, q[2] - out[1] * 2.6) for q in reversed(top)]
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(colour((112, 62, 54), LIGHT.on(wall.point(wall.width / 2, 0))))
    p.drawPolygon(LENS.polygon([*top, *ridge]))


def _fence(p: QPainter, wall: Wall, rgb: Rgb, *, gate: bool) -> None:
    with on_wall(p, LENS, wall) as rect:
        p.fillRect(rect, colour(rgb))
        if gate:
            p.fillRect(QRectF(60, 10, rect.width() - 120, rect.height() - 14), QColor(70, 78, 88))
            x = 66.0
            while x < rect.width() - 66:
                p.fillRect(QRectF(x, 14, 5, rect.height() - 24), QColor(132, 140, 148))
                x += 15
        else:
            for i in range(int(rect.width() / 90)):
                p.fillRect(QRectF(20 + i * 90, 30, 60, 50), colour(blend(rgb, (40, 40, 40), 0.3)))
        p.fillRect(QRectF(0, 0, rect.width(), 12), colour(blend(rgb, (255, 255, 255), 0.35)))
        lit(p, rect, wall, LIGHT, 1.25)


def _scenery(p: QPainter) -> None:
    skyline(p, SCENE, SKY, 80, 14)
    walls: tuple[Rgb, ...] = ((204, 190, 164), (170, 186, 190), (206, 176, 160), (186, 190, 170))
    for n in range(3, -1, -1):
        z = 6.0 + n * 9.5
        left, right = upright((-7.2, z), (-7.2, z + 7.6), 6.4), upright((7.4, z + 8.6), (7.4, z + 1.0), 6.4)
        _house(p, left, walls[n], lit_windows=((1, 3), (0,), (2, 4), (1,))[n])
        _house(p, right, walls[(n + 2) % 4], lit_windows=((0, 4), (1, 5), (3,), (2,))[n])
        _fence(p, upright((-3.7, z - 1.0), (-3.7, z + 4.6), 1.8), walls[(n + 1) % 4], gate=False)
        _fence(p, upright((-3.7, z + 4.6), (-3.7, z + 8.5), 1.9), walls[(n + 1) % 4], gate=True)
        _fence(p, upright((3.7, z + 9.5), (3.7, z + 5.4), 1.8), walls[(n + 3) % 4], gate=False)
        _fence(p, upright((3.7, z + 5.4), (3.7, z), 1.9), walls[(n + 3) % 4], gate=True)
    for z in (30.0, 11.0):
        power_pole(p, SCENE, -3.2, z)
    wires(p, LENS, [(-3.2, 60.0), (-3.2, 30.0), (-3.2, 11.0), (-3.2, -8.0)], (14, 16, 24))
    for x, z in reversed(LAMPS):
        street_lamp(p, SCENE, (x, z), 1.2)
    at = LENS.at((3.6, 2.3, 16.5))
    glow(p, at, (26, 22), (255, 190, 110), 0.8)
    for x, z in ((3.2, 9.2), (3.2, 10.0), (-3.2, 16.6)):
        box(p, SCENE, (x - 0.2, 0, z - 0.2), (x + 0.2, 0.4, z + 0.2), (150, 84, 60))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(colour((70, 120, 60), LIGHT.on((x, 0.7, z))))
        size = LENS.scale((x, 0.7, z)) * 0.32
        p.drawEllipse(LENS.at((x, 0.66, z)), size, size * 0.9)
    post(p, SCENE, (3.1, 0, 7.4), (3.1, 2.7, 7.4), (0.07, (150, 152, 156)))
    with on_wall(p, LENS, upright((2.3, 7.38), (3.9, 7.38), 2.75, 2.2)) as rect:
        paint_sign(p, rect, Sign("ซอยสาธิต ๙", c.BLUE, c.WHITE))
    model, pose = parked(sedan((196, 200, 206)), Pose(1.9, 24.0, math.pi))
    draw_vehicle(p, SCENE, model, pose)


def _television(p: QPainter, t: float) -> None:
    """Let a television flicker behind a window."""
    beat = 0.5 + 0.3 * math.sin(2 * math.pi * 7 * t / PERIOD) + 0.2 * math.sin(2 * math.pi * 17 * t / PERIOD + 1)
    at = LENS.at((-7.1, 2.2, 17.0))
    glow(p, at, (26, 20), (90, 140, 255), 0.45 * beat)
    p.setPen(Qt.PenStyle.NoPen)
    lamp = LENS.at((-2.0, 6.85, 11.0))
    for i in range(7):
        a = 2 * math.pi * ((2 + i % 3) * t / PERIOD + i / 7)
        p.setBrush(QColor(255, 240, 210, 170))
        p.drawEllipse(lamp + QPointF(math.cos(a) * (6 + i * 2), math.sin(a * 2) * 4 + 4), 0.8, 0.8)


def _patrol(points: tuple[tuple[float, float], ...], start: float) -> Route:
    """Trot, stop to sniff, trot on."""
    return Route(points, ((0, 0), (3.2, 0.42), (5.4, 0.44), (8.8, 1.0)), start)


def _dog(p: QPainter, t: float) -> None:
    for age in DOG_WAY.times(t):
        x, z, heading, way = DOG_WAY.place(age, 0.3)
        moves = min(1.0, DOG_WAY.pace(age) / 0.6)
        draw_dog(p, SCENE, Stance(x, z, heading, way / 1.1, max(moves, 0.05)), Dog((190, 150, 100), 0.55))


DOG_WAY = _patrol(((3.3, 8.0), (0.6, 11.5), (-2.8, 17.0)), 2.0)


def stage() -> Stage:
    trunk, leaves = tree(SCENE, Tree(5.6, 21.0, 4.6, 2.0, (72, 112, 60), 2))

    def scenery(p: QPainter) -> None:
        _scenery(p)
        trunk(p)

    look = Finish(bloom=0.4, threshold=170, contrast=1.14, grain=2.4)
    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, scenery, look), seed=10)
    made.actors += [
        leaves,
        Moving(60.0, _television),
        Moving(LENS.depth((0.3, 0, 12.0)), _dog),
        Walker(c.OFFICE, steady(((1.8, 40.0), (1.2, 18.0), (1.6, 2.0)), 1.25, 1)),
        Walker(c.AUNT, steady(((-1.7, 2.0), (-1.6, 26.0), (-3.6, 27.5)), 1.05, 5)),
        Stander(c.GUARD, 2.9, 15.0, -2.2, 0.4),
        Driver(motorbike((200, 50, 50), c.RIDER_BLUE), steady(((0.6, 60.0), (0.3, 20.0), (0.9, -2.0)), 7.0, 3.6)),
        Driver(motorbike((40, 90, 170), c.RIDER, c.PILLION), steady(((-1.2, -2.0), (-0.9, 60.0)), 6.0, 8.6)),
    ]
    return made
