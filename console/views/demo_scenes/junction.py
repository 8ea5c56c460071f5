# ruff: noqa: PLR2004 - the measures of a painting are not constants with a meaning
"""A junction with traffic lights: both roads take turns, people cross on the zebra."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import motorbike, pickup, sedan, songthaew, truck, tuktuk, van
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, Vec, flat, upright
from console.views.demo_scenes.light import Light, glow
from console.views.demo_scenes.plants import Tree, tree
from console.views.demo_scenes.shopfronts import Front, terrace
from console.views.demo_scenes.stage import PERIOD, Driver, Moving, Plan, Route, Stage, Walker, set_stage, steady
from console.views.demo_scenes.street import box, post, power_pole, skyline, street_lamp, wires
from console.views.demo_scenes.surfaces import Sign, blade, on_wall, text_in

LENS = Lens((-5.0, 8.6, -5.0), yaw=10, pitch=19, focal=430)
LIGHT = Light(sun_from=(-0.4, 0.75, -0.5))
SKY = Sky(haze=160)
SCENE = (LENS, LIGHT)
ROAD = 5.2
"""Half the width of both roads; they cross at x = 0, z = 18."""
MIDDLE = 18.0

FAR = (
    Front(4.6, 3, (226, 212, 186), sign=Sign("โรงแรมสาธิตอินน์", (120, 30, 50), c.GOLD), ground="glass"),
    Front(4.6, 3, (200, 212, 220), sign=Sign("ธนาคารสาธิต", (40, 60, 140), c.WHITE), ground="glass"),
    Front(4.6, 2, (232, 220, 196), sign=Sign("สาธิตยางยนต์", c.NAVY, c.YELLOW)),
    Front(4.6, 3, (214, 204, 190), sign=Sign("คลินิกหมอสาธิต", c.WHITE, c.GREEN), ground="glass"),
    Front(4.6, 3, (228, 206, 176), awning=(c.GREEN, c.CREAM)),
)
NEAR = (
    Front(4.6, 3, (214, 220, 206), sign=Sign("ร้านหนังสือสาธิต", c.ORANGE, c.WHITE), awning=(c.RED, c.CREAM)),
    Front(4.6, 3, (230, 214, 190), sign=Sign("โจ๊กสาธิตรสเด็ด", c.RED, c.YELLOW)),
    Front(4.6, 3, (204, 208, 214)),
)


def _ground(g: Ground) -> None:
    g.tiles(g.edge(g.x * 0 + 1), (184, 178, 166))
    along, across = g.between(g.x, -ROAD, ROAD), g.between(g.z, MIDDLE - ROAD, MIDDLE + ROAD)
    g.asphalt(along)
    g.asphalt(across)
    inside = along * across
    crossing = g.between(g.x, -ROAD - 4.4, ROAD + 4.4, 0.1) * g.between(
        g.z, MIDDLE - ROAD - 4.4, MIDDLE + ROAD + 4.4, 0.1
    )
    keep = g.rgb.copy()
    for shift in (-0.1, 0.1):
        g.line(g.x, shift, (236, 200, 70), 0.1)
        g.line(g.z, MIDDLE + shift, (236, 200, 70), 0.1)
    for side in (-2.6, 2.6):
        g.dashes(g.x, g.z, side)
        g.dashes(g.z - MIDDLE, g.x, side)
    g.kerb(g.x, g.z, -ROAD)
    g.kerb(g.x, g.z, ROAD)
    g.kerb(g.z, g.x, MIDDLE - ROAD)
    g.kerb(g.z, g.x, MIDDLE + ROAD)
    g.rgb[:] = keep * crossing[..., None] + g.rgb * (1 - crossing[..., None])
    corner = crossing * (1 - g.between(g.x, -ROAD, ROAD)) * (1 - across)
    g.tiles(corner, (184, 178, 166))
    g.zebra((-ROAD, ROAD, MIDDLE - ROAD - 3.6, MIDDLE - ROAD - 0.8), along_x=True)
    g.zebra((-ROAD, ROAD, MIDDLE + ROAD + 0.8, MIDDLE + ROAD + 3.6), along_x=True)
    g.zebra((-ROAD - 3.6, -ROAD - 0.8, MIDDLE - ROAD, MIDDLE + ROAD), along_x=False)
    g.zebra((ROAD + 0.8, ROAD + 3.6, MIDDLE - ROAD, MIDDLE + ROAD), along_x=False)
    for left, right, z in ((-ROAD, 0, MIDDLE - ROAD - 4.2), (0, ROAD, MIDDLE + ROAD + 4.2)):
        g.paint((228, 226, 218), g.box(left, right, z - 0.2, z + 0.2))
    for near, far, x in ((MIDDLE, MIDDLE + ROAD, -ROAD - 4.2), (MIDDLE - ROAD, MIDDLE, ROAD + 4.2)):
        g.paint((228, 226, 218), g.box(x - 0.2, x + 0.2, near, far))
    hatch = g.edge(0.1 - np.abs((g.x + g.z) % 1.6 - 0.8)) + g.edge(0.1 - np.abs((g.x - g.z) % 1.6 - 0.8))
    g.paint(
        (236, 196, 60),
        hatch.clip(0, 1) * inside * g.box(-ROAD + 0.5, ROAD - 0.5, MIDDLE - ROAD + 0.5, MIDDLE + ROAD - 0.5),
        0.55,
    )


def _green(t: float, *, along: bool) -> str:
    """Return the light shown to the road that runs along z (else along x)."""
    t %= PERIOD
    if along:
        return "green" if t < 4.0 else "amber" if t < 4.8 else "red"
    return "green" if 5.2 <= t < 9.0 else "amber" if 9.0 <= t < 9.7 else "red"


def _signal(p: QPainter, t: float, at: Vec, *, along: bool) -> None:
    """Light one of three lamps."""
    names = ("red", "amber", "green")
    shades = {"red": (255, 48, 40), "amber": (255, 190, 50), "green": (60, 255, 140)}
    on = _green(t, along=along)
    for number, name in enumerate(names):
        here = LENS.at((at[0], at[1] - 0.34 * number, at[2]))
        r = LENS.scale(at) * 0.13
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(*shades[name]) if name == on else QColor(46, 40, 38))
        p.drawEllipse(here, r, r)
        if name == on:
            glow(p, here, (r * 4, r * 4), shades[name], 0.6)


def _masts(p: QPainter) -> None:
    for x, z, arm in ((-6.6, 11.4, 0.0), (6.6, 24.8, -3.4), (-6.8, 24.6, 0.0), (6.8, 11.6, 0.0)):
        post(p, SCENE, (x, 0, z), (x, 5.6, z), (0.2, (70, 100, 80)))
        if arm:
            box(p, SCENE, (min(x, x + arm), 5.45, z - 0.06), (max(x, x + arm), 5.6, z + 0.06), (70, 100, 80))
        box(p, SCENE, (x + arm - 0.24, 4.5, z - 0.2), (x + arm + 0.24, 5.65, z - 0.02), (34, 36, 38))


def _scenery(p: QPainter) -> None:
    skyline(p, SCENE, SKY, 110)
    terrace(p, SCENE, ((8.0, 60.0), (8.0, 37.0)), FAR)
    terrace(p, SCENE, ((8.0, 26.5), (31.0, 26.5)), FAR)
    terrace(p, SCENE, ((-8.0, 26.5), (-8.0, 49.5)), FAR[::-1])
    terrace(p, SCENE, ((-31.0, 26.5), (-8.0, 26.5)), (*NEAR[::-1], FAR[0], FAR[3]))
    power_pole(p, SCENE, 7.2, 27.6)
    power_pole(p, SCENE, 7.2, 46.0)
    wires(p, LENS, [(7.2, 80.0), (7.2, 46.0), (7.2, 27.6), (7.2, -10.0)])
    with on_wall(p, LENS, flat(-3.9, -1.2, 8.7, 4.9)) as rect:
        p.scale(1.0, 2.6)
        text_in(p, QRectF(0, 0, rect.width(), rect.height() / 2.6), "หยุด", (226, 224, 214))
    blade(p, SCENE, upright((8.6, 24.9), (11.4, 24.9), 4.8, 4.0), Sign("ถนนสาธิตพัฒนา", c.BLUE, c.WHITE))
    street_lamp(p, SCENE, (-7.2, 26.0), 1.6)
    _masts(p)


def _queue(points: tuple[tuple[float, float], ...], go: float, stop: float, wait: float) -> Route:
    """Return a route that halts at a share of the way and goes on at the time `go`."""
    length = Route(points, ((0, 0), (1, 1))).length
    arrive = length * stop / 8.0
    slow = max(0.0, stop - 6.0 / length)
    leave = arrive + 0.9 + wait
    return Route(
        points,
        (
            (0.0, 0.0),
            (arrive - 0.7, slow),
            (arrive + 0.1, slow + (stop - slow) * 0.75),
            (arrive + 0.9, stop),
            (leave, stop),
            (leave + 1.0, stop + 2.4 / length),
            (leave + 2.0, stop + 8.0 / length),
            (leave + 2.0 + (length * (1 - stop) - 8.0) / 8.5, 1.0),
        ),
        go - leave,
    )


def _crossing(start: float, end: float, z: float) -> Route:
    """Walk to the kerb, wait for the cars to stop, cross briskly, walk on."""
    return Route(((start, z), (end, z)), ((0, 0), (4.8, 0.26), (5.4, 0.26), (10.2, 0.74), (14.8, 1.0)), -0.6)


def stage() -> Stage:
    trunk, leaves = tree(SCENE, Tree(-10.5, 10.0, 3.8, 1.9, seed=5))

    def scenery(p: QPainter) -> None:
        _scenery(p)
        trunk(p)

    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, scenery), seed=3)
    east, west = ((-60.0, 20.8), (60.0, 20.8)), ((60.0, 15.2), (-60.0, 15.2))
    east_far, south = ((-60.0, 22.0), (60.0, 22.0)), ((2.4, 90.0), (2.4, -8.0))
    north = ((-2.4, -8.0), (-2.4, 90.0))
    made.actors += [
        leaves,
        Moving(LENS.depth((3.2, 5, 24.7)), lambda p, t: _signal(p, t, (3.2, 5.4, 24.6), along=True)),
        Moving(LENS.depth((-6.8, 5, 24.5)), lambda p, t: _signal(p, t, (-6.8, 5.4, 24.4), along=False)),
        Moving(LENS.depth((6.8, 5, 11.4)), lambda p, t: _signal(p, t, (6.8, 5.4, 11.4), along=False)),
        Driver(sedan((210, 214, 220)), steady(north, 10.0, 0.6)),
        Driver(motorbike(c.RED, c.RIDER_BLUE, c.PILLION), steady(((-3.9, -6.0), (-3.9, 90.0)), 9.0, 0.2)),
        Driver(songthaew((44, 96, 176)), _queue(south, 10.2, 0.612, 2.0)),
        Driver(pickup((60, 66, 74), (190, 160, 110)), steady(((3.9, 90.0), (3.9, -8.0)), 9.6, 4.2)),
        Driver(van((238, 238, 240)), _queue(east, 5.4, 0.4, 1.0)),
        Driver(motorbike((40, 100, 180), c.RIDER_RED), _queue(east_far, 5.3, 0.41, 2.4)),
        Driver(truck((40, 120, 90)), _queue(west, 5.5, 0.394, 1.6)),
        Driver(tuktuk((190, 50, 46)), steady(((60.0, 14.0), (-60.0, 14.0)), 8.6, 0.4)),
        Walker(c.OFFICE, _crossing(-12.0, 12.0, 10.3)),
        Walker(c.PINK, _crossing(11.0, -12.0, 11.2)),
        Walker(
            c.YOUTH,
            Route(((-7.4, 5.0), (-7.4, 31.0)), ((0, 0), (5.2, 0.27), (6.0, 0.27), (10.6, 0.72), (15.4, 1.0)), 4.0),
        ),
        Walker(c.SHADE, steady(((20.0, 25.3), (7.6, 25.2), (7.6, 36.0)), 1.1, 2.0)),
        Walker(c.STRIPE, steady(((-24.0, 25.4), (-7.4, 25.4), (-7.0, 40.0)), 1.2, 6.0)),
    ]
    return made
