"""The car park behind the shopping centre at night: rows of cars, a guard with a torch, one car looking for a place."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import Model, motorbike, pickup, sedan, van
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, flat, upright
from console.views.demo_scenes.light import Finish, Lamp, Light, glow
from console.views.demo_scenes.plants import Tree, tree
from console.views.demo_scenes.stage import Actor, Driver, Moving, Plan, Stage, Stander, Walker, set_stage, steady
from console.views.demo_scenes.street import box, cutout, skyline, street_lamp
from console.views.demo_scenes.surfaces import Sign, lit, on_wall, paint_sign, text_in
from console.views.demo_scenes.vehicles import Pose, draw_vehicle, parked

LENS = Lens((-4.0, 7.4, -4.0), yaw=13, pitch=19, focal=430)
LAMPS = ((-7.6, 16.0), (2.6, 15.5), (10.0, 16.0), (7.8, 26.0))
LIGHT = Light(
    ambient=(0.32, 0.35, 0.47),
    sun=(0.0, 0.0, 0.0),
    lamps=tuple(Lamp((x, 6.0, z), (1.0, 0.86, 0.62), 0.85, 5.6) for x, z in LAMPS),
    night=True,
)
SKY = Sky(horizon=(52, 52, 80), zenith=(12, 14, 34), cloud=(46, 46, 70), clouds=0.5, haze=170)
SCENE = (LENS, LIGHT)
ROWS = (11.0, 15.6, 24.6)
"""Where the rows of bays begin (nearest edge); each bay is 2.6 m wide and 4.8 m deep."""


def _ground(g: Ground) -> None:
    g.asphalt(g.edge(g.x * 0 + 1), (116, 116, 120))
    for near in ROWS:
        row = g.between(g.z, near, near + 4.7)
        line = g.edge(0.06 - abs((g.x / 2.6) % 1 - 0.5) * 2.6, 0.03)
        g.paint((226, 224, 214), row * line * g.between(g.x, -14.4, 17.0), 0.85)
    g.line(g.z, 15.65, (226, 224, 214), 0.12)
    g.tiles(g.edge(g.z - 30.4), (150, 146, 140), 0.6)
    g.kerb(g.z, g.x, 30.4, (232, 196, 60))
    g.zebra((-1.6, 2.2, 20.8, 24.4), along_x=True)
    g.tiles(g.edge(4.4 - g.z), (140, 136, 128), 0.5)
    g.kerb(g.z, g.x, 4.4, (232, 196, 60))
    for x, z in ((-5.2, 13.2), (2.6, 18.0), (8.0, 27.0)):
        g.blot((x, z), (0.6, 0.8), 0.3)


def _mall(p: QPainter) -> None:
    wall = upright((-22.0, 36.0), (26.0, 36.0), 9.0)
    with on_wall(p, LENS, wall) as rect:
        p.fillRect(rect, QColor(190, 182, 176))
        for i in range(9):
            p.fillRect(QRectF(i * 540, 0, 20, rect.height()), QColor(160, 152, 148))
        lit(p, rect, wall, LIGHT, 1.25)
        p.fillRect(QRectF(1500, 480, 1500, 420), QColor(255, 238, 196))
        p.fillRect(QRectF(1500, 480, 1500, 90), QColor(255, 250, 226))
        for i in range(8):
            p.fillRect(QRectF(1500 + i * 214, 480, 14, 420), QColor(96, 88, 84))
        paint_sign(p, QRectF(1380, 120, 1740, 270), Sign("สาธิตพลาซ่า", (150, 24, 60), c.WHITE, "ประตู ๒", shines=True))
        paint_sign(p, QRectF(3400, 300, 700, 200), Sign("โรงภาพยนตร์", (40, 40, 110), c.GOLD, shines=True))
        paint_sign(p, QRectF(250, 300, 700, 190), Sign("ซูเปอร์มาร์เก็ต", c.GREEN, c.WHITE, shines=True))
    glow(p, LENS.at((0.5, 2.0, 35.8)), (150, 60), (255, 220, 150), 0.35)
    box(p, SCENE, (-7.4, 3.9, 33.0), (8.6, 4.3, 36.0), (150, 36, 66))


def _cars() -> list[tuple[Model, Pose]]:
    kinds = (
        sedan((206, 210, 214)),
        pickup((60, 66, 74)),
        sedan((150, 30, 36)),
        van((236, 236, 234)),
        sedan((48, 70, 110)),
        pickup((196, 200, 204)),
        sedan((34, 36, 42)),
        pickup((170, 120, 60)),
    )
    cars = []
    for row, near in enumerate(ROWS):
        for n in range(-5, 6):
            if (n * 7 + row * 5) % 11 in {0, 4, 7} or (row, n) == (1, 1):
                continue
            model = kinds[(n + 5 + row * 3) % len(kinds)]
            cars.append(
                parked(model, Pose(n * 2.6 + (0.12 * (n % 3) - 0.1), near + 2.4, 0.0 if (n + row) % 3 else math.pi))
            )
    return cars


def _scenery(p: QPainter) -> None:
    skyline(p, SCENE, SKY, 90, 11)
    _mall(p)
    with on_wall(p, LENS, flat(-9.4, -6.8, 9.6, 7.0)) as rect:
        p.scale(1.0, 1.6)
        text_in(p, QRectF(0, 0, rect.width(), rect.height() / 1.6), "ทางออก", (226, 220, 200))


def _lamp(p: QPainter, x: float, z: float) -> None:
    street_lamp(p, SCENE, (x, z), 0.9)
    street_lamp(p, SCENE, (x, z), -0.9)


GUARD_WAY = steady(((-12.0, 9.6), (4.0, 9.2), (4.4, 21.5), (14.0, 22.0)), 1.15, 0.0)


def _torch(p: QPainter, t: float) -> None:
    """Swing the guard's torch over the ground in front of him."""
    for age in GUARD_WAY.times(t):
        x, z, heading, _ = GUARD_WAY.place(age, 0.5)
        swing = heading + 0.5 * math.sin(2 * math.pi * 4 * t / 10.0)
        ahead = (x + 2.4 * math.sin(swing), 0.0, z + 2.4 * math.cos(swing))
        size = LENS.scale(ahead)
        glow(p, LENS.at(ahead), (size * 1.0, size * 0.5), (255, 250, 220), 0.6)
        hand = LENS.at((x + 0.3 * math.sin(heading), 1.0, z + 0.3 * math.cos(heading)))
        glow(p, hand + QPointF(0, 0), (size * 0.2, size * 0.2), (255, 255, 240), 0.9)


def stage() -> Stage:
    trunk, leaves = tree(SCENE, Tree(-13.5, 12.0, 3.8, 1.9, seed=7))

    def scenery(p: QPainter) -> None:
        _scenery(p)
        trunk(p)

    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, scenery, Finish(bloom=0.3, threshold=180, contrast=1.1)), seed=12)
    still: list[Actor] = [
        cutout(LENS, (pose.x, 0, pose.z), lambda p, m=model, q=pose: draw_vehicle(p, SCENE, m, q))  # type: ignore[misc]
        for model, pose in _cars()
    ]
    still += [cutout(LENS, (x, 0, z), lambda p, x=x, z=z: _lamp(p, x, z)) for x, z in LAMPS]  # type: ignore[misc]
    made.actors += [
        *still,
        leaves,
        Walker(c.GUARD, GUARD_WAY),
        Moving(0.5, _torch),
        Walker(c.PINK, steady(((0.2, 33.5), (0.3, 22.6), (-6.6, 22.0), (-16.0, 22.0)), 1.15, 3)),
        Walker(c.STRIPE, steady(((16.0, 21.6), (1.0, 22.4), (0.8, 33.5)), 1.25, 6)),
        Walker(c.BOY, steady(((16.0, 22.2), (1.6, 23.0), (1.4, 33.5)), 1.25, 6)),
        Stander(c.VEST, -2.6, 21.6, math.pi / 2, 0.2),
        Driver(sedan((226, 190, 60)), steady(((40.0, 22.6), (-2.0, 22.6), (-26.0, 22.4)), 4.6, 2.0)),
        Driver(pickup((40, 90, 150)), steady(((-26.0, 7.6), (30.0, 7.6)), 5.2, 0.0)),
        Driver(motorbike((200, 50, 50), c.RIDER_BLUE), steady(((26.0, 6.0), (-22.0, 6.0)), 5.4, 5.4)),
    ]
    return made
