# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""Late morning in a street of shophouses, in front of a gold shop."""

from __future__ import annotations

import math

from PySide6.QtGui import QPainter

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import motorbike, pickup, sedan, songthaew, tuktuk
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, upright
from console.views.demo_scenes.light import Light
from console.views.demo_scenes.plants import Tree, tree
from console.views.demo_scenes.shopfronts import Front, terrace
from console.views.demo_scenes.stage import Driver, Plan, Stage, Stander, Walker, set_stage, steady
from console.views.demo_scenes.street import power_pole, skyline, wires
from console.views.demo_scenes.surfaces import Sign, blade
from console.views.demo_scenes.vehicles import Pose, draw_vehicle, parked

LENS = Lens((2.6, 5.0, 0.0), yaw=-21, pitch=12, focal=440)
LIGHT = Light(sun_from=(0.50, 0.74, -0.45))
SKY = Sky()
SCENE = (LENS, LIGHT)

LEFT = (
    Front(4.4, 3, (206, 214, 206), sign=Sign("ร้านยาสาธิตเภสัช", c.GREEN, c.WHITE), ground="glass"),
    Front(
        5.6,
        3,
        (222, 64, 54),
        trim=c.GOLD,
        sign=Sign("ห้างทองแสงสาธิต", (176, 18, 28), c.GOLD, "ทองรูปพรรณ ๙๖.๕%"),
        ground="glass",
        goods=((250, 210, 80), (255, 230, 140), (214, 160, 40), (190, 30, 40)),
    ),
    Front(4.2, 3, (196, 208, 222), sign=Sign("สาธิตมือถือ", c.BLUE, c.WHITE, "ซ่อม ซื้อ ขาย"), ground="glass"),
    Front(4.2, 3, (236, 224, 190), sign=Sign("ก๋วยเตี๋ยวเรือสาธิต", c.YELLOW, (170, 24, 30)), awning=(c.RED, c.CREAM)),
    Front(4.2, 3, (232, 210, 196), sign=Sign("ร้านตัดผมช่างสาธิต", (96, 54, 128), c.CREAM), ground="shutter"),
    Front(4.2, 3, (204, 212, 190), sign=Sign("ข้าวมันไก่สาธิต", c.ORANGE, c.CREAM), awning=(c.GREEN, c.CREAM)),
    Front(4.2, 3, (224, 206, 174), sign=Sign("เครื่องเขียนสาธิต", c.RED, c.WHITE)),
    Front(4.2, 2, (210, 206, 200), sign=Sign("อู่สาธิตยนต์", c.NAVY, c.YELLOW), ground="shutter"),
    Front(4.2, 3, (230, 214, 186)),
)
RIGHT = (
    Front(4.4, 3, (224, 216, 200)),
    Front(4.4, 3, (200, 210, 214), sign=Sign("สาธิตการไฟฟ้า", c.YELLOW, c.RED)),
    Front(4.4, 2, (228, 206, 180), awning=(c.BLUE, c.CREAM)),
    Front(4.4, 3, (206, 196, 184), sign=Sign("ร้านกาแฟสาธิต", (92, 60, 40), c.CREAM)),
    Front(4.4, 3, (216, 222, 214)),
)


def _ground(g: Ground) -> None:
    g.asphalt(g.edge(g.x * 0 + 1))
    for left, right in ((-40, -4.2), (4.8, 40)):
        g.tiles(g.between(g.x, left, right), (186, 178, 166))
    g.kerb(g.x, g.z, -4.2)
    g.kerb(g.x, g.z, 4.8, (232, 196, 60))
    g.dashes(g.x, g.z, 0.2)
    g.line(g.x, -3.9)
    g.line(g.x, 4.4)
    g.zebra((-4.0, 4.5, 24.5, 27.5), along_x=True)
    # The row on the right keeps its half of the street in the shade.
    g.shade(g.edge(g.x - 3.2 + 0.25 * (g.z % 4.4 > 2.2), 0.5) * g.edge(g.z - 17.0, 0.6), 0.66)


def _scenery(p: QPainter) -> None:
    skyline(p, SCENE, SKY, 90)
    terrace(p, SCENE, ((9.0, 39.0), (9.0, 17.0)), RIGHT)
    terrace(p, SCENE, ((-7.4, 4.5), (-7.4, 44.0)), LEFT)
    blade(p, SCENE, upright((-7.3, 25.0), (-6.2, 25.0), 6.4, 4.4), Sign("ตัดผม", (96, 54, 128), c.CREAM))
    blade(p, SCENE, upright((-7.3, 18.4), (-6.0, 18.4), 6.6, 5.0), Sign("มือถือ", c.BLUE, c.WHITE))
    blade(p, SCENE, upright((-7.3, 13.4), (-5.9, 13.4), 7.0, 5.2), Sign("ทอง", (176, 18, 28), c.GOLD))
    for z in (34.0, 21.0, 9.0):
        power_pole(p, SCENE, 5.6, z)
    wires(p, LENS, [(5.6, 60.0), (5.6, 34.0), (5.6, 21.0), (5.6, 9.0), (5.6, -4.0)])
    for z, rgb in ((22.4, c.RED), (20.9, c.BLUE), (19.5, (60, 60, 66)), (16.2, (220, 220, 224))):
        model, pose = parked(motorbike(rgb, c.RIDER), Pose(-3.5, z, 1.9))
        draw_vehicle(p, SCENE, model, pose)


def stage() -> Stage:
    trunk, leaves = tree(SCENE, Tree(6.4, 14.0, 4.4, 1.9, seed=3))

    def scenery(p: QPainter) -> None:
        _scenery(p)
        trunk(p)

    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, scenery), seed=1)
    made.actors += [
        leaves,
        Walker(c.OFFICE, steady(((-5.3, 4.0), (-5.4, 33.0)), 1.35)),
        Walker(c.PINK, steady(((-6.0, 36.0), (-5.9, 4.0)), 1.15, 3)),
        Walker(c.SHADE, steady(((-6.5, 30.0), (-4.9, 18.0), (-4.8, 4.0)), 1.05, 6)),
        Walker(c.STRIPE, steady(((-7.0, 26.0), (-4.3, 26.0), (5.2, 26.0), (5.6, 40.0)), 1.3, 1.5)),
        Stander(c.GUARD, -6.6, 11.6, math.pi / 2, 0.2),
        Stander(c.VENDOR, -6.4, 20.4, math.pi * 0.7, 0.6),
        Driver(pickup((230, 232, 234)), steady(((-1.9, -3.0), (-1.9, 70.0)), 9.0, 1.0)),
        Driver(sedan((172, 28, 34)), steady(((2.3, 75.0), (2.3, -3.0)), 9.0, 4.2)),
        Driver(motorbike((36, 90, 170), c.RIDER, c.PILLION), steady(((-3.0, -2.0), (-2.9, 60.0)), 7.0, 5.0)),
        Driver(tuktuk((30, 120, 86)), steady(((2.6, 60.0), (2.5, -3.0)), 6.4, 8.2)),
        Driver(songthaew((200, 40, 40)), steady(((-1.8, -4.0), (-1.9, 64.0)), 7.4, 7.4)),
        Driver(motorbike(c.RED, c.RIDER_BLUE), steady(((3.4, 60.0), (3.4, -2.0)), 8.0, 0.6)),
    ]
    return made
