"""Saturday night on the walking street: stalls under bulbs, a slow crowd, a musician."""

from __future__ import annotations

import math

from PySide6.QtGui import QPainter

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, upright
from console.views.demo_scenes.light import Finish, Lamp, Light, glow
from console.views.demo_scenes.shopfronts import Front, terrace
from console.views.demo_scenes.stage import Moving, Plan, Stage, Stander, Walker, set_stage, steady
from console.views.demo_scenes.stalls import Stall, bulbs, stall
from console.views.demo_scenes.street import cutout, post, skyline
from console.views.demo_scenes.surfaces import Sign, on_wall, paint_sign

LENS = Lens((0.6, 5.2, -1.5), yaw=-4, pitch=16, focal=440)
STALLS = tuple((side * 3.7, 7.0 + n * 3.3 + (0.9 if side > 0 else 0.0)) for n in range(7) for side in (-1, 1))
LIGHT = Light(
    ambient=(0.36, 0.35, 0.46),
    sun=(0.0, 0.0, 0.0),
    lamps=tuple(Lamp((x * 0.8, 2.2, z - 0.5), (1.0, 0.74, 0.42), 0.62, 1.9) for x, z in STALLS),
    night=True,
)
SKY = Sky(horizon=(58, 52, 84), zenith=(10, 14, 36), cloud=(48, 44, 72), clouds=0.5, haze=160)
SCENE = (LENS, LIGHT)
CANVAS = (
    ((190, 40, 44), c.CREAM),
    ((38, 96, 170), c.CREAM),
    ((36, 130, 90), c.CREAM),
    ((232, 150, 40), c.CREAM),
    ((140, 60, 140), c.CREAM),
)
GOODS = (
    ((220, 120, 50), (150, 76, 40), (240, 190, 90)),
    ((240, 120, 160), (250, 220, 230), (150, 90, 190)),
    ((90, 170, 90), (240, 220, 90), (230, 90, 60)),
    ((90, 150, 210), (240, 240, 240), (60, 90, 150)),
)


def _front(wall: tuple[float, float, float], sign: Sign | None, ground: str = "open") -> Front:
    return Front(4.6, 2, wall, (236, 226, 204), sign, ground, None, True, "old")


SIDE = (
    _front((210, 180, 140), Sign("หมูปิ้งสาธิต", c.RED, c.YELLOW, shines=True)),
    _front((150, 176, 180), Sign("ของฝากเมืองสาธิต", c.GREEN, c.WHITE, shines=True), "glass"),
    _front((214, 190, 180), Sign("เสื้อผ้าพื้นเมือง", (110, 40, 120), c.CREAM)),
    _front((170, 180, 206), Sign("นวดแผนไทย", c.BLUE, c.WHITE, shines=True), "glass"),
    _front((206, 196, 160), Sign("ชานมสาธิต", c.ORANGE, c.WHITE, shines=True)),
    _front((190, 170, 160), None, "shutter"),
)


def _ground(g: Ground) -> None:
    g.tiles(g.edge(g.x * 0 + 1), (168, 150, 138), 0.6)
    g.tiles(g.between(g.x, -2.1, 2.2), (146, 132, 128), 0.9)


def _arch(p: QPainter) -> None:
    for x in (-5.0, 5.2):
        post(p, SCENE, (x, 0, 31.0), (x, 5.4, 31.0), (0.35, (150, 40, 44)))
    board = upright((-5.2, 30.9), (5.4, 30.9), 6.6, 4.9)
    with on_wall(p, LENS, board) as rect:
        paint_sign(p, rect, Sign("ถนนคนเดินเมืองสาธิต", (170, 24, 40), c.GOLD, "ยินดีต้อนรับ", shines=True))
    glow(p, LENS.at((0.0, 5.8, 30.9)), (120, 42), (255, 180, 110), 0.4)


def _scenery(p: QPainter) -> None:
    skyline(p, SCENE, SKY, 80, 5)
    terrace(p, SCENE, ((-8.2, 6.4), (-8.2, 34.0)), SIDE)
    terrace(p, SCENE, ((8.4, 34.0), (8.4, 6.4)), SIDE[::-1])
    _arch(p)


def stage() -> Stage:
    look = Finish(bloom=0.34, threshold=175, contrast=1.1)
    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, _scenery, look), seed=9)
    for number, (x, z) in enumerate(STALLS):
        what = Stall(x, z, 2.4, CANVAS[(number * 2) % 5], GOODS[number % 4], roof=True, bulb=True)
        made.actors.append(cutout(LENS, (x, 0, z), lambda p, what=what: stall(p, SCENE, what)))  # type: ignore[misc]
        side = -1 if x < 0 else 1
        keeper = (c.VENDOR, c.AUNT, c.TEAL, c.PINK, c.STRIPE)[number % 5]
        made.actors.append(Stander(keeper, x + side * 0.2, z + 0.95, math.pi, number * 0.17))
    made.actors += [
        Moving(LENS.depth((0, 5, z)), bulbs(LENS, ((-6.8, 5.4, z), (7.0, 5.4, z + 1.5)), 16))
        for z in (8.5, 13.0, 18.0, 24.0)
    ]
    crowd = (
        (c.PINK, ((-1.4, 1.0), (-1.2, 15.0), (-0.6, 33.0)), 0.85, 0.0),
        (c.OFFICE, ((0.9, 33.0), (1.2, 16.0), (0.8, 1.0)), 0.9, 1.2),
        (c.STRIPE, ((-0.4, 33.0), (-1.5, 20.0), (-0.9, 1.0)), 0.8, 3.0),
        (c.YOUTH, ((1.6, 1.0), (0.4, 18.0), (1.2, 33.0)), 1.0, 4.5),
        (c.AUNT, ((-0.2, 1.0), (0.2, 12.0), (-0.8, 33.0)), 0.75, 6.0),
        (c.BOY, ((0.3, 1.0), (0.7, 12.0), (-0.3, 33.0)), 0.76, 6.1),
        (c.TEAL, ((1.8, 33.0), (1.7, 15.0), (1.4, 1.0)), 0.85, 8.0),
        (c.PUPIL_GIRL, ((-1.9, 33.0), (-0.3, 18.0), (0.1, 1.0)), 0.95, 9.2),
    )
    made.actors += [Walker(look, steady(way, speed, start)) for look, way, speed, start in crowd]
    made.actors += [
        Stander(c.VEST, 2.3, 20.0, math.pi, 0.4),
        Stander(c.OFFICE, -2.2, 9.7, -math.pi / 2, 0.2),
        Stander(c.PINK, 2.3, 10.8, math.pi / 2, 0.5),
        Stander(c.YOUTH, -2.2, 16.4, -math.pi / 2, 0.8),
        Stander(c.STRIPE, 2.3, 14.2, math.pi / 2, 0.1),
    ]
    return made
