"""A petrol station at night: bright under its roof, cars that fill up and go."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import motorbike, pickup, sedan, truck, van
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, upright
from console.views.demo_scenes.light import Finish, Lamp, Light, glow
from console.views.demo_scenes.stage import Driver, Plan, Route, Stage, Stander, Walker, set_stage, steady
from console.views.demo_scenes.street import box, cutout, post, skyline
from console.views.demo_scenes.surfaces import Sign, lit, on_wall, paint_sign, text_in

LENS = Lens((-5.5, 4.9, -2.5), yaw=19, pitch=8, focal=450)
LIGHT = Light(
    ambient=(0.30, 0.33, 0.46),
    sun=(0.0, 0.0, 0.0),
    lamps=(
        Lamp((-1.5, 4.6, 14.0), (0.92, 0.98, 1.0), 1.0, 6.0),
        Lamp((5.5, 4.6, 14.0), (0.92, 0.98, 1.0), 1.0, 6.0),
        Lamp((12.0, 4.6, 15.0), (0.92, 0.98, 1.0), 0.8, 6.0),
        Lamp((6.0, 3.0, 25.0), (1.0, 0.92, 0.76), 0.6, 4.0),
    ),
    night=True,
)
SKY = Sky(horizon=(46, 50, 82), zenith=(10, 14, 36), cloud=(44, 46, 70), clouds=0.5, haze=170)
SCENE = (LENS, LIGHT)
TEAL = (20, 140, 140)
PUMPS = ((0.0, 14.0), (7.0, 14.0))


def _ground(g: Ground) -> None:
    g.asphalt(g.edge(g.x * 0 + 1), (112, 112, 116))
    yard = g.between(g.z, 7.6, 24.5)
    g.paint((172, 172, 168), yard)
    g.rough(yard, 4, 8)
    for axis in (g.x, g.z):
        joint = abs((axis / 3.5) % 1 - 0.5) * 3.5
        g.shade(g.edge(joint - 1.72, 0.04) * yard, 0.82)
    g.kerb(g.z, g.x, 7.5, (232, 196, 60))
    g.asphalt(g.between(g.z, 7.2, 7.9) * (g.between(g.x, -12, -5) + g.between(g.x, 9.5, 17)).clip(0, 1))
    g.dashes(g.z, g.x, 3.6)
    for x, z in PUMPS:
        g.paint((232, 200, 70), g.box(x - 0.75, x + 0.75, z - 2.2, z + 2.2), 0.9)
        g.paint((196, 196, 192), g.box(x - 0.6, x + 0.6, z - 2.05, z + 2.05))
        g.line(g.x, x - 2.3, (230, 226, 214), 0.1)
        g.line(g.x, x + 2.3, (230, 226, 214), 0.1)
    g.paint((172, 172, 168), g.between(g.z, 17.5, 24.5), 0.9)
    g.blot((2.8, 13.0), (0.5, 0.9), 0.25)


def _shop(p: QPainter) -> None:
    wall = upright((-2.0, 26.0), (17.0, 26.0), 4.4)
    with on_wall(p, LENS, wall) as rect:
        p.fillRect(rect, QColor(226, 228, 226))
        lit(p, rect, wall, LIGHT, 1.3)
        for left, right in ((60, 700), (760, 1300), (1360, 1840)):
            glass = QRectF(left, 150, right - left, 270)
            p.fillRect(glass, QColor(255, 246, 218))
            p.fillRect(QRectF(left, 150, right - left, 60), QColor(255, 255, 244))
            for i in range(int((right - left) / 42)):
                shade = ((210, 70, 60), (240, 190, 60), (70, 150, 90), (70, 110, 190), (240, 240, 240))[i % 5]
                for row in range(3):
                    p.fillRect(QRectF(left + 8 + i * 42, 236 + row * 62, 32, 40), QColor(*shade, 215))
        p.fillRect(QRectF(360, 200, 90, 220), QColor(190, 220, 226, 190))
        paint_sign(p, QRectF(40, 20, 1000, 116), Sign("ร้านสะดวกซื้อสาธิต ๒๔ ชม.", c.GREEN, c.WHITE, shines=True))
        paint_sign(p, QRectF(1080, 20, 780, 116), Sign("กาแฟสดสาธิต", (92, 54, 34), c.GOLD, shines=True))
    glow(p, LENS.at((6.0, 2.2, 25.8)), (190, 60), (255, 226, 170), 0.3)


def _roof(p: QPainter) -> None:
    """Paint the canopy: lit below, with a coloured edge."""
    under = [(-4.2, 5.0, 10.4), (11.6, 5.0, 10.4), (11.6, 5.0, 18.0), (-4.2, 5.0, 18.0)]
    p.setBrush(QColor(226, 236, 240))
    p.drawPolygon(LENS.polygon(under))
    box(p, SCENE, (-4.4, 5.0, 10.2), (11.8, 5.9, 18.2), (206, 214, 216))
    edge = upright((-4.4, 10.18), (11.8, 10.18), 5.95, 4.95)
    with on_wall(p, LENS, edge) as rect:
        p.fillRect(rect, QColor(*TEAL))
        p.fillRect(QRectF(0, 0, rect.width(), 14), QColor(250, 200, 60))
        p.fillRect(QRectF(0, 76, rect.width(), 10), QColor(240, 250, 250))
        text_in(p, QRectF(240, 10, 1140, 74), "ปั๊มน้ำมันสาธิตออยล์", (255, 255, 255))
    for x in (-1.5, 1.5, 5.5, 8.5):
        glow(p, LENS.at((x, 4.9, 13.0)), (26, 12), (235, 246, 255), 0.5)


def _pump(p: QPainter, x: float, z: float) -> None:
    post(p, SCENE, (x, 0, z + 1.6), (x, 5.0, z + 1.6), (0.4, (214, 220, 222)))
    for at in (z - 0.9, z + 0.5):
        box(p, SCENE, (x - 0.36, 0.15, at - 0.3), (x + 0.36, 1.85, at + 0.3), TEAL)
        board = upright((x - 0.3, at - 0.32), (x + 0.3, at - 0.32), 1.78, 0.95)
        with on_wall(p, LENS, board) as rect:
            p.fillRect(rect, QColor(240, 242, 240))
            p.fillRect(QRectF(8, 8, rect.width() - 16, 30), QColor(30, 40, 40))
            text_in(p, QRectF(6, 40, rect.width() - 12, 34), "๙๕", c.RED)


def _prices(p: QPainter) -> None:
    post(p, SCENE, (-6.6, 0, 9.0), (-6.6, 2.2, 9.0), (0.5, (190, 196, 198)))
    board = upright((-7.7, 8.9), (-5.5, 8.9), 6.2, 2.0)
    with on_wall(p, LENS, board) as rect:
        p.fillRect(rect, QColor(244, 246, 246))
        paint_sign(p, QRectF(0, 0, rect.width(), 110), Sign("สาธิตออยล์", TEAL, c.WHITE, shines=True))
        rows = (("แก๊สโซฮอล์ ๙๕", "39.95"), ("แก๊สโซฮอล์ ๙๑", "39.58"), ("ดีเซล", "32.94"), ("อี ๒๐", "37.84"))
        for number, (name, price) in enumerate(rows):
            top = 122 + number * 74
            text_in(p, QRectF(4, top, 124, 60), name, (30, 60, 70))
            p.fillRect(QRectF(134, top + 6, 78, 52), QColor(24, 26, 30))
            text_in(p, QRectF(136, top + 4, 74, 56), price, (255, 96, 60))
    glow(p, LENS.at((-6.6, 4.0, 8.9)), (46, 60), (220, 240, 240), 0.22)


def _scenery(p: QPainter) -> None:
    skyline(p, SCENE, SKY, 90, 7)
    _shop(p)


def _fill_up(points: tuple[tuple[float, float], ...], start: float) -> Route:
    """Drive in, stand at the pump for a while, drive out."""
    return Route(
        points,
        ((0, 0), (2.6, 0.34), (3.6, 0.425), (4.4, 0.44), (11.0, 0.44), (12.0, 0.48), (13.2, 0.6), (16.4, 1.0)),
        start,
    )


def stage() -> Stage:
    made = set_stage(
        Plan(LENS, LIGHT, SKY, _ground, _scenery, Finish(bloom=0.3, threshold=185, contrast=1.08)), seed=11
    )
    lane = (
        (-18.0, 5.4),
        (-8.0, 6.2),
        (-3.0, 9.6),
        (-1.9, 13.6),
        (0.6, 20.6),
        (9.0, 21.0),
        (13.0, 12.0),
        (15.0, 6.0),
        (30.0, 5.2),
    )
    second = (
        (-24.0, 5.4),
        (-8.0, 6.4),
        (1.0, 9.6),
        (5.0, 13.4),
        (7.0, 19.8),
        (14.0, 20.0),
        (15.0, 10.0),
        (17.0, 6.0),
        (30.0, 5.2),
    )
    made.actors += [
        *(cutout(LENS, (x, 0, z), lambda p, x=x, z=z: _pump(p, x, z)) for x, z in PUMPS),  # type: ignore[misc]
        cutout(LENS, (3.5, 5.5, 6.0), _roof),
        cutout(LENS, (-6.6, 0, 8.6), _prices),
        Driver(sedan((190, 34, 40)), _fill_up(lane, 1.0)),
        Driver(pickup((222, 226, 230)), _fill_up(second, 6.0)),
        Stander(c.VEST, -0.95, 12.4, -math.pi / 2, 0.3),
        Stander(c.VEST, 5.9, 15.6, -math.pi / 2, 0.8),
        Walker(c.PINK, steady(((1.0, 24.8), (-0.4, 19.0), (-6.0, 17.0), (-14.0, 16.0)), 1.1, 2)),
        Walker(c.OFFICE, steady(((16.0, 21.0), (8.0, 24.6), (1.5, 25.4)), 1.2, 6)),
        Walker(c.YOUTH, steady(((2.0, 25.2), (10.0, 24.0), (18.0, 23.6)), 1.3, 8)),
        Driver(van((240, 240, 238)), steady(((34.0, 2.4), (-30.0, 2.4)), 9.5, 0.8)),
        Driver(motorbike(c.RED, c.RIDER), steady(((-24.0, 4.6), (34.0, 4.6)), 7.4, 4.4)),
        Driver(truck((200, 60, 50)), steady(((40.0, 2.0), (-36.0, 2.0)), 8.4, 6.8)),
    ]
    return made
