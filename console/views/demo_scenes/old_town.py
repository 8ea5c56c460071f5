"""The blue hour in the old town: arched shophouses, lanterns, warm windows, evening traffic."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import motorbike, sedan, songthaew, tuktuk
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, upright
from console.views.demo_scenes.light import Finish, Lamp, Light, glow
from console.views.demo_scenes.shopfronts import Front, terrace
from console.views.demo_scenes.stage import PERIOD, Driver, Moving, Plan, Stage, Stander, Walker, set_stage, steady
from console.views.demo_scenes.street import skyline, street_lamp
from console.views.demo_scenes.surfaces import Sign, blade

LENS = Lens((-2.2, 4.9, 0.0), yaw=17, pitch=10, focal=430)
LAMPS = ((-4.4, 13.0), (-4.4, 27.0), (5.0, 5.0), (5.0, 19.0), (5.0, 34.0))
LIGHT = Light(
    ambient=(0.40, 0.45, 0.62),
    sun=(0.0, 0.0, 0.0),
    lamps=tuple(Lamp((x - math.copysign(1.2, x), 5.2, z), (1.0, 0.76, 0.44), 0.95, 4.2) for x, z in LAMPS),
    night=True,
)
SKY = Sky(horizon=(176, 124, 138), zenith=(34, 50, 108), cloud=(116, 96, 142), clouds=0.6, haze=220)
SCENE = (LENS, LIGHT)


def _front(wall: tuple[float, float, float], sign: Sign | None, ground: str = "open") -> Front:
    return Front(4.6, 2, wall, (244, 236, 214), sign, ground, None, True, "old")


RIGHT = (
    _front((232, 190, 130), Sign("ร้านน้ำชาสาธิต", (70, 44, 34), c.GOLD)),
    _front((168, 200, 196), Sign("บ้านผ้าปาเต๊ะสาธิต", (30, 90, 96), c.WHITE, shines=True), "glass"),
    _front((236, 206, 200), Sign("ขนมไทยแม่สาธิต", (160, 50, 80), c.CREAM)),
    _front((240, 222, 160), Sign("กาแฟโบราณสาธิต", (80, 50, 36), c.GOLD, shines=True)),
    _front((178, 196, 220), Sign("โรงแรมเมืองเก่า", (40, 56, 110), c.WHITE, shines=True), "glass"),
    _front((222, 180, 160), None, "shutter"),
    _front((214, 214, 180), Sign("ร้านยาจีนสาธิต", (150, 26, 30), c.GOLD)),
)
LEFT = (
    _front((220, 200, 170), None),
    _front((190, 206, 190), Sign("ข้าวต้มสาธิต", c.RED, c.YELLOW, shines=True)),
    _front((232, 200, 180), Sign("ซ่อมนาฬิกา", c.BLUE, c.WHITE)),
    _front((206, 210, 222), None, "shutter"),
)


def _ground(g: Ground) -> None:
    g.tiles(g.edge(g.x * 0 + 1), (170, 156, 140), 0.5)
    g.asphalt(g.between(g.x, -3.6, 4.2), (104, 102, 106))
    g.kerb(g.x, g.z, -3.6, (232, 196, 60))
    g.kerb(g.x, g.z, 4.2, (232, 196, 60))
    g.dashes(g.x, g.z, 0.3)
    g.line(g.x, 3.8)
    g.line(g.x, -3.2)


def _lanterns(p: QPainter, t: float) -> None:
    """Swing red paper lanterns across the street."""
    for row, z in enumerate((12.0, 18.0, 25.0, 33.0)):
        for i in range(9):
            s = (i + 0.5) / 9
            x = -5.6 + 12.0 * s
            y = 6.0 - 3.2 * s * (1 - s) + 0.05 * math.sin(2 * math.pi * (2 * t / PERIOD + s + row * 0.2))
            at, size = LENS.at((x, y, z)), LENS.scale((x, y, z))
            glow(p, at, (size * 0.9, size * 0.9), (255, 80, 50), 0.55)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(QColor(232, 60, 44))
            p.drawEllipse(at, size * 0.2, size * 0.23)
            p.setBrush(QColor(255, 170, 90))
            p.drawEllipse(at, size * 0.1, size * 0.14)


def _scenery(p: QPainter) -> None:
    skyline(p, SCENE, SKY, 90, 4)
    terrace(p, SCENE, ((-6.2, 9.0), (-6.2, 46.0)), (*LEFT, *LEFT))
    terrace(p, SCENE, ((7.0, 39.0), (7.0, 6.8)), RIGHT[::-1])
    for z, text, ground in (
        (30.0, "โรงแรม", (40, 56, 110)),
        (20.6, "กาแฟ", (80, 50, 36)),
        (11.2, "ผ้าไทย", (30, 90, 96)),
    ):
        at = upright((5.7, z), (6.9, z), 4.9, 4.2)
        blade(p, SCENE, at, Sign(text, ground, c.CREAM, shines=True))
        glow(p, LENS.at((6.3, 4.5, z)), (30, 24), (255, 210, 150), 0.25)
    for x, z in sorted(LAMPS, key=lambda foot: -foot[1]):
        street_lamp(p, SCENE, (x, z), -math.copysign(1.2, x))


def stage() -> Stage:
    made = set_stage(
        Plan(LENS, LIGHT, SKY, _ground, _scenery, Finish(bloom=0.26, threshold=185, contrast=1.12)), seed=7
    )
    made.actors += [
        Moving(13.0, _lanterns),
        Walker(c.PINK, steady(((5.8, 5.0), (5.7, 36.0)), 1.1, 0)),
        Walker(c.OFFICE, steady(((5.3, 36.0), (5.4, 5.0)), 1.3, 3)),
        Walker(c.STRIPE, steady(((6.2, 34.0), (5.2, 22.0), (-4.6, 21.0), (-4.8, 4.0)), 1.2, 7)),
        Walker(c.YOUTH, steady(((-4.7, 4.0), (-4.9, 36.0)), 1.35, 5)),
        Stander(c.TEAL, 6.3, 14.8, -math.pi / 2, 0.2),
        Stander(c.AUNT, 6.2, 15.8, -math.pi / 2 + 0.6, 0.7),
        Stander(c.VENDOR, 6.4, 24.2, -math.pi / 2, 0.4),
        Driver(sedan((224, 226, 230)), steady(((-1.6, -3.0), (-1.6, 74.0)), 8.0, 0.4)),
        Driver(tuktuk((34, 96, 170)), steady(((2.3, 70.0), (2.3, -3.0)), 6.6, 2.2)),
        Driver(motorbike(c.RED, c.RIDER, c.PILLION), steady(((3.2, 60.0), (3.2, -3.0)), 7.4, 6.6)),
        Driver(songthaew((200, 44, 40)), steady(((2.2, 80.0), (2.2, -3.0)), 7.4, 9.0)),
        Driver(motorbike((36, 100, 180), c.RIDER_BLUE), steady(((-2.7, -3.0), (-2.7, 70.0)), 7.0, 5.6)),
    ]
    return made
