"""Before the bell: the gate of a school, a crossing guard, pupils, the flag in the wind."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import motorbike, pickup, sedan, van
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, upright
from console.views.demo_scenes.light import Light
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
from console.views.demo_scenes.street import box, post, skyline
from console.views.demo_scenes.surfaces import Sign, lit, on_wall, paint_sign

LENS = Lens((-1.5, 5.6, -2.6), yaw=6, pitch=13, focal=400)
LIGHT = Light(sun_from=(-0.55, 0.68, -0.48), sun=(0.54, 0.48, 0.36))
SKY = Sky(horizon=(224, 226, 222), zenith=(120, 172, 220))
SCENE = (LENS, LIGHT)
FENCE = 13.6


def _ground(g: Ground) -> None:
    g.paint((132, 158, 92), g.edge(g.z - FENCE))
    g.rough(g.edge(g.z - FENCE), 8, 12)
    g.tiles(g.edge(g.z - FENCE) * g.between(g.x, -2.4, 3.4), (196, 186, 168), 0.7)
    g.tiles(g.between(g.z, 27.0, 34.0), (196, 186, 168), 0.7)
    g.tiles(g.between(g.z, 10.0, FENCE), (186, 176, 160))
    g.asphalt(g.edge(10.0 - g.z))
    g.kerb(g.z, g.x, 9.95)
    g.dashes(g.z, g.x, 5.6)
    g.line(g.z, 9.5)
    g.line(g.z, 1.6)
    g.zebra((-1.6, 2.6, 1.6, 9.6), along_x=False)
    g.tiles(g.edge(1.2 - g.z), (186, 176, 160))


def _building(p: QPainter) -> None:
    """Paint the long three-storey school house with open corridors."""
    wall = upright((-19.0, 34.0), (21.0, 34.0), 11.4)
    with on_wall(p, LENS, wall) as rect:
        p.fillRect(rect, QColor(238, 228, 200))
        for floor in range(3):
            top = 130 + floor * 336
            p.fillRect(QRectF(0, top, rect.width(), 190), QColor(116, 110, 100))
            for i in range(20):
                left = 40 + i * 200
                p.fillRect(QRectF(left, top + 34, 110, 130), QColor(150, 176, 190) if i % 4 else QColor(120, 74, 48))
            p.fillRect(QRectF(0, top + 190, rect.width(), 90), QColor(246, 240, 222))
            p.fillRect(QRectF(0, top + 190, rect.width(), 10), QColor(190, 60, 54))
            for i in range(11):
                p.fillRect(QRectF(i * 398, top - 40, 26, 330), QColor(250, 246, 232))
        lit(p, rect, wall, LIGHT)
        paint_sign(p, QRectF(1500, 4, 1000, 110), Sign("เรียนดี มีวินัย ใส่ใจสังคม", (238, 228, 200), (60, 60, 120)))
    roof = [(-20.0, 11.4, 33.2), (22.0, 11.4, 33.2), (20.0, 14.0, 38.0), (-18.0, 14.0, 38.0)]
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(QColor(176, 76, 54))
    p.drawPolygon(LENS.polygon(roof))


def _fence(p: QPainter) -> None:
    for start, end in ((-22.0, -2.6), (3.6, 24.0)):
        wall = upright((start, FENCE), (end, FENCE), 1.9)
        with on_wall(p, LENS, wall) as rect:
            p.fillRect(QRectF(0, 120, rect.width(), 70), QColor(240, 232, 214))
            p.fillRect(QRectF(0, 114, rect.width(), 10), QColor(60, 90, 160))
            x = 6.0
            while x < rect.width():
                p.fillRect(QRectF(x, 10, 5, 108), QColor(70, 100, 170))
                x += 17
            p.fillRect(QRectF(0, 14, rect.width(), 6), QColor(70, 100, 170))
            for i in range(int(rect.width() / 320) + 1):
                p.fillRect(QRectF(i * 320, 0, 34, 190), QColor(246, 240, 224))


def _gate(p: QPainter) -> None:
    for x in (-2.9, 3.3):
        box(p, SCENE, (x, 0, FENCE - 0.35), (x + 0.8, 4.3, FENCE + 0.35), (246, 240, 224))
        box(p, SCENE, (x - 0.1, 4.3, FENCE - 0.45), (x + 0.9, 4.5, FENCE + 0.45), (60, 90, 170))
    board = upright((-3.1, FENCE - 0.4), (4.3, FENCE - 0.4), 5.9, 4.6)
    with on_wall(p, LENS, board) as rect:
        paint_sign(p, rect, Sign("โรงเรียนเมืองสาธิตวิทยา", (36, 66, 150), (255, 226, 110), "สถานศึกษาปลอดภัย"))
    notice = upright((6.4, FENCE - 0.1), (9.4, FENCE - 0.1), 1.75, 0.75)
    with on_wall(p, LENS, notice) as rect:
        paint_sign(p, rect, Sign("เขตโรงเรียน ลดความเร็ว", (240, 200, 50), (30, 30, 34)))


def _flag(p: QPainter, t: float) -> None:
    """Fly the flag of Thailand: red, white, a double blue, white, red."""
    left, top, width, height, steps = -6.0, 9.6, 2.4, 1.5, 12
    bands = (
        (0, 1, (196, 30, 52)),
        (1, 2, (246, 246, 246)),
        (2, 4, (40, 46, 110)),
        (4, 5, (246, 246, 246)),
        (5, 6, (196, 30, 52)),
    )

    def point(u: float, v: float) -> QPointF:
        beat = math.sin(2 * math.pi * (u * 1.4 - 6 * t / PERIOD)) * 0.16 * u
        return LENS.at((left + u * width, top - v * height + beat - 0.18 * u, 20.0 + beat))

    p.setPen(Qt.PenStyle.NoPen)
    for start, end, rgb in bands:
        for i in range(steps):
            u0, u1 = i / steps, (i + 1.1) / steps
            shade = 1.0 + 0.16 * math.cos(2 * math.pi * (u0 * 1.4 - 6 * t / PERIOD))
            p.setBrush(QColor(*(min(255, int(v * shade)) for v in rgb)))
            p.drawPolygon(
                QPolygonF([point(u0, start / 6), point(u1, start / 6), point(u1, end / 6), point(u0, end / 6)])
            )


def _school_bus_stop(go: float) -> Route:
    """Roll up, stop before the zebra while the guard lets pupils cross, roll on."""
    points = ((-40.0, 7.6), (40.0, 7.6))
    return Route(
        points,
        ((0.0, 0.0), (4.0, 0.31), (5.2, 0.373), (6.0, 0.38), (9.4, 0.38), (10.6, 0.42), (11.6, 0.51), (16.6, 1.0)),
        go - 9.4,
    )


def stage() -> Stage:
    trees = [
        tree(SCENE, Tree(-9.0, 17.0, 4.6, 2.2, seed=3)),
        tree(SCENE, Tree(10.0, 18.5, 5.0, 2.5, seed=8)),
        tree(SCENE, Tree(16.0, 16.0, 4.4, 2.1, seed=4)),
    ]

    def scenery(p: QPainter) -> None:
        skyline(p, SCENE, SKY, 100, 6)
        _building(p)
        post(p, SCENE, (-6.0, 0, 20.0), (-6.0, 9.8, 20.0), (0.12, (232, 232, 230)))
        for trunk, _ in trees:
            trunk(p)
        _fence(p)
        _gate(p)

    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, scenery), seed=4)
    cross = ((0.0, 0.0), (2.6, 0.26), (3.4, 0.26), (8.6, 0.66), (13.0, 1.0))
    made.actors += [
        *(leaves for _, leaves in trees),
        Moving(LENS.depth((-6, 8, 20)), _flag),
        Stander(c.VEST, -2.2, 8.6, math.pi, 0.3),
        Stander(c.TEACHER, 2.4, 13.0, math.pi, 0.7),
        Walker(c.PUPIL, Route(((-1.0, -1.0), (0.0, 13.0), (0.3, 26.0)), cross, 1.0)),
        Walker(c.PUPIL_GIRL, Route(((0.8, -1.4), (1.4, 13.0), (1.2, 26.0)), cross, 1.2)),
        Walker(c.BOY, Route(((1.8, -2.0), (0.8, 12.0), (-0.6, 26.0)), cross, 0.7)),
        Walker(c.PUPIL, steady(((-14.0, 11.2), (-0.8, 11.6), (0.6, 15.0), (0.4, 27.0)), 1.35, 4)),
        Walker(c.PUPIL_GIRL, steady(((15.0, 12.0), (1.8, 11.9), (0.9, 15.0), (2.0, 27.0)), 1.3, 7)),
        Walker(c.BOY, steady(((15.0, 11.2), (2.4, 11.2), (1.4, 16.0), (-1.0, 27.0)), 1.5, 2)),
        Walker(c.AUNT, steady(((-16.0, 12.2), (16.0, 12.6)), 1.15, 8)),
        Driver(van((244, 210, 60)), _school_bus_stop(9.8)),
        Driver(motorbike((40, 100, 180), c.RIDER_RED, c.PUPIL), steady(((22.0, 3.4), (-22.0, 3.4)), 7.0, 0.2)),
        Driver(
            sedan((60, 90, 140)),
            Route(
                ((40.0, 4.0), (-40.0, 4.0)),
                ((0, 0), (4.2, 0.42), (5.4, 0.45), (8.2, 0.45), (10.0, 0.51), (15.0, 1.0)),
                1.6,
            ),
        ),
        Driver(pickup((190, 194, 198)), steady(((-26.0, 7.6), (26.0, 7.6)), 9.0, 9.4)),
    ]
    return made
