# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""Morning at the fresh market: two rows of stalls, shoppers, a motorbike that squeezes through."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import motorbike
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, upright
from console.views.demo_scenes.light import Light
from console.views.demo_scenes.people import Dog, Stance, draw_dog
from console.views.demo_scenes.shopfronts import Front, terrace
from console.views.demo_scenes.stage import PERIOD, Driver, Moving, Plan, Stage, Stander, Walker, set_stage, steady
from console.views.demo_scenes.stalls import Stall, stall
from console.views.demo_scenes.street import box, cutout, skyline
from console.views.demo_scenes.surfaces import Sign, on_wall, paint_sign, plain_wall

LENS = Lens((0.9, 5.4, -1.2), yaw=-6, pitch=19, focal=460)
LIGHT = Light(sun_from=(-0.45, 0.78, -0.42))
SKY = Sky()
SCENE = (LENS, LIGHT)

FRUIT = ((232, 150, 40), (206, 58, 48), (236, 204, 70), (120, 160, 60))
GREENS = ((70, 136, 56), (104, 164, 70), (52, 110, 60), (150, 184, 84))
FISH = ((176, 186, 196), (206, 140, 130), (150, 160, 172))
FLOWERS = ((236, 190, 50), (222, 92, 140), (246, 240, 226), (240, 140, 50))
CANVAS = (
    ((206, 56, 48), c.CREAM),
    ((40, 110, 170), c.CREAM),
    ((44, 140, 90), c.CREAM),
    ((240, 180, 50), (250, 236, 190)),
    ((146, 80, 150), c.CREAM),
)


def _stalls() -> list[Stall]:
    goods = (GREENS, FRUIT, FISH, FLOWERS, FRUIT, GREENS, FISH)
    stalls = []
    for number in range(7):
        z = 6.4 + number * 3.0
        stalls.append(Stall(-3.6, z, 2.3, CANVAS[number % 5], goods[number], roof=number % 3 == 1))
        stalls.append(Stall(3.7, z + 0.8, 2.3, CANVAS[(number + 2) % 5], goods[(number + 3) % 7], roof=number % 3 == 2))
    return stalls


def _ground(g: Ground) -> None:
    g.tiles(g.edge(g.x * 0 + 1), (178, 170, 156), 0.6)
    g.asphalt(g.between(g.x, -2.0, 2.1, 0.05), (138, 134, 128))
    g.line(g.x, -2.0, (232, 200, 80), 0.1)
    g.line(g.x, 2.1, (232, 200, 80), 0.1)
    # Water from the fish stalls.
    g.blot((-1.2, 12.5), (0.9, 0.6), 0.25)
    g.blot((1.2, 9.0), (0.7, 0.5), 0.22)


def _hall(p: QPainter) -> None:
    wall = upright((-9.5, 30.0), (9.5, 30.0), 6.2)
    plain_wall(p, SCENE, wall, (214, 206, 188), 4)
    with on_wall(p, LENS, wall) as rect:
        paint_sign(p, QRectF(180, 60, rect.width() - 360, 150), Sign("ตลาดสดเทศบาลเมืองสาธิต", c.GREEN, c.WHITE))
        for i in range(6):
            left = 70 + i * 305
            p.fillRect(QRectF(left, 270, 250, 350), QColor(82 + i % 2 * 10, 74, 64))
    for west, east in ((-10.5, 0.0), (0.0, 10.5)):
        roof = [(west, 6.2, 29.0), (east, 6.2, 29.0), (east * 0.85, 8.4, 33.0), (west * 0.85, 8.4, 33.0)]
        p.setBrush(QColor(150, 74, 58) if west < 0 else QColor(138, 66, 52))
        p.drawPolygon(LENS.polygon(roof))


def _scenery(p: QPainter) -> None:
    skyline(p, SCENE, SKY, 70, 8)
    _hall(p)
    side = (
        Front(4.4, 2, (226, 214, 190), sign=Sign("ร้านสาธิตของชำ", c.RED, c.CREAM), awning=(c.BLUE, c.CREAM)),
        Front(4.4, 2, (206, 212, 206), sign=Sign("ข้าวสารสาธิต", c.YELLOW, (120, 60, 20))),
        Front(4.4, 2, (232, 200, 180), sign=Sign("หมูสดสาธิต", (226, 120, 140), c.WHITE), awning=(c.RED, c.CREAM)),
        Front(4.4, 2, (214, 210, 196), sign=Sign("ผลไม้สาธิต", c.GREEN, c.YELLOW)),
        Front(4.4, 2, (226, 214, 190)),
    )
    terrace(p, SCENE, ((-8.4, 6.0), (-8.4, 28.0)), side)
    terrace(p, SCENE, ((8.8, 28.0), (8.8, 6.0)), side[::-1])
    for x, z, rgb in ((-2.2, 9.4, (60, 110, 170)), (2.3, 12.6, (190, 60, 50)), (-2.2, 18.2, (60, 140, 80))):
        box(p, SCENE, (x - 0.3, 0, z - 0.25), (x + 0.3, 0.34, z + 0.25), rgb)


def stage() -> Stage:
    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, _scenery), seed=2)
    for what in _stalls():
        made.actors.append(cutout(LENS, (what.x, 0, what.z), lambda p, what=what: stall(p, SCENE, what)))  # type: ignore[misc]
        keeper = (c.VENDOR, c.AUNT, c.TEAL, c.PINK, c.STRIPE)[int(what.z) % 5]
        side = -1 if what.x < 0 else 1
        made.actors.append(Stander(keeper, what.x + side * 0.9, what.z + 0.75, -side * math.pi / 2, what.z * 0.13))

    def dog(p: QPainter, t: float) -> None:
        draw_dog(p, SCENE, Stance(1.9, 8.2, 2.4, 4 * t / PERIOD / 3, 0.0), Dog())

    made.actors += [
        Moving(LENS.depth((1.9, 0, 8.2)), dog),
        Walker(c.PINK, steady(((-0.9, 1.5), (-0.8, 9.0), (-1.2, 28.0)), 0.95)),
        Walker(c.OFFICE, steady(((0.8, 28.0), (0.9, 1.5)), 1.1, 2.0)),
        Walker(c.AUNT, steady(((-1.3, 27.0), (-1.5, 12.0), (-1.1, 1.5)), 0.85, 4.5)),
        Walker(c.STRIPE, steady(((1.5, 2.0), (1.3, 15.0), (1.6, 28.0)), 0.9, 7.0)),
        Walker(c.SHADE, steady(((0.2, 28.0), (-0.3, 14.0), (0.2, 1.5)), 1.0, 8.6)),
        Walker(c.YOUTH, steady(((0.4, 1.5), (0.5, 28.0)), 1.2, 5.6)),
        Stander(c.TEAL, -2.1, 7.6, -math.pi / 2, 0.1),
        Stander(c.BOY, -1.9, 8.1, -math.pi / 2, 0.6),
        Stander(c.PINK, 2.2, 10.3, math.pi / 2, 0.4),
        Stander(c.OFFICE, -2.1, 15.6, -math.pi / 2, 0.8),
        Stander(c.AUNT, 2.2, 16.0, math.pi / 2, 0.3),
        Driver(motorbike((200, 40, 44), c.RIDER_BLUE), steady(((0.1, 40.0), (0.0, 14.0), (0.4, -1.5)), 3.2, 0.5)),
    ]
    return made
